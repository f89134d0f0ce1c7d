"""The peers on the same work, in one process: interleaved rounds, medians, and a digest of the decisions in each.

Events are built beforehand and accounts are made beforehand; what is timed is only what comes of them. A contestant
that decides anything otherwise than the floor stops the run.
"""

from __future__ import annotations

import gc
import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from bench.contestants import CONTESTANTS, FLOOR, Contestant
from bench.entries import Entry
from bench.journal import ENTRIES_PER_ACCOUNT, journals


class AnotherDecision(Exception):
    """A contestant decides otherwise than the floor, so its time means nothing."""


@dataclass
class Measured:
    """Nanoseconds for each entry of the journal, one number per round, and microseconds for making an account."""

    contestant: Contestant
    entry: list[float] = field(default_factory=list)
    making: list[float] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Return the result as plain data."""
        low, _, high = quantiles(self.entry, n=4) if len(self.entry) > 1 else (self.entry[0],) * 3
        return {
            "name": self.contestant.name,
            "accounts": self.contestant.accounts,
            "ns": round(median(self.entry)),
            "ns_quartiles": [round(low), round(high)],
            "make_us": round(median(self.making), 2),
        }


def compare(rounds: int, share: float = 1.0) -> list[Measured]:
    """Run everybody `rounds` times in an order that rotates, on a share of their accounts.

    Raises `AnotherDecision` for the first contestant that decides otherwise than the floor.
    """
    counts = {each: max(20, int(each.accounts * share)) for each in CONTESTANTS}
    journal = journals(max(counts.values()))
    expected = {count: digest(outcomes_of(FLOOR, journal[:count])) for count in set(counts.values())}
    measured = {each: Measured(each) for each in CONTESTANTS}
    for number in range(rounds):
        start = number % len(CONTESTANTS)
        for each in (*CONTESTANTS[start:], *CONTESTANTS[:start]):
            _measure(measured[each], journal[: counts[each]], expected[counts[each]])
    return list(measured.values())


def outcomes_of(contestant: Contestant, journal: list[list[Entry]]) -> list[list[Any]]:
    """Return what comes of every entry of every account, as the floor says it."""
    module = contestant.loaded()
    outcomes = [module.run(*module.prepared(number, entries))[1] for number, entries in enumerate(journal)]
    return list(_as_numbers(module, journal, outcomes))


def digest(outcomes: Iterable[list[Any]]) -> str:
    """Return the SHA-256 of all outcomes."""
    lines = (json.dumps(each, separators=(",", ":")) for each in outcomes)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _measure(measured: Measured, journal: list[list[Entry]], expected: str) -> None:
    module = measured.contestant.loaded()
    run, count = module.run, len(journal)
    gc.collect()
    begun = time.process_time_ns()
    accounts = [module.prepared(number, entries) for number, entries in enumerate(journal)]
    measured.making.append((time.process_time_ns() - begun) / count / 1_000)
    # A collection would be paid by whoever is running when it is due.
    gc.disable()
    begun = time.process_time_ns()
    results = [run(account, steps) for account, steps in accounts]
    spent = time.process_time_ns() - begun
    gc.enable()
    measured.entry.append(spent / (count * ENTRIES_PER_ACCOUNT))
    decided = digest(_as_numbers(module, journal, [outcomes for _, outcomes in results]))
    if decided != expected:
        raise AnotherDecision(measured.contestant.name)


def _as_numbers(module: Any, journal: list[list[Entry]], outcomes: list[list[Any]]) -> Iterable[list[Any]]:
    translate = getattr(module, "outcomes_as_numbers", None)
    if translate is None:
        return outcomes
    return (translate(entries, each) for entries, each in zip(journal, outcomes, strict=True))
