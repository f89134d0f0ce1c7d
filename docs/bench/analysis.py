"""Measure how `prove`, `compare` and `lint` grow with the number of rules, and write `docs/bench/analysis.md`.

    python docs/bench/analysis.py

Each measurement runs in a process of its own on one core: processor time, and the most memory it ever had.
"""

from __future__ import annotations

import platform
import resource
import subprocess
import sys
import time
from datetime import UTC, date, timedelta
from pathlib import Path

import attrs

sys.path.insert(0, str(Path(__file__).parents[1]))

from tree import tree_about

from withdraw_guard import Appeal, Clearance, Policy, Rule, policies
from withdraw_guard._values.limits import RULES_MAX
from withdraw_guard.analysis import compare, lint, prove
from withdraw_guard.calendars import business_days

RESULT = Path(__file__).with_suffix(".md")
SIZES = (2, 4, 8, 16, 32, 64, 128)
SHAPES = {
    "own triggers": "every rule has a trigger and terms of its own, every second one a clearance with an appeal",
    "one trigger": "the same rules, all on one trigger, each under a condition of its own",
    "kept timers": "every rule has a timer of its own length that triggers do not move, all on one trigger",
    "business days": "every rule counts business days of its own on a calendar of 15 years, all on one trigger",
    "alike": "the rules of `policies.BINANCE` again and again, each on a trigger of its own",
}
HOUR = timedelta(hours=1)
FIRST, LAST = date(2026, 1, 1), date(2040, 12, 31)


def rules_of(shape: str, count: int) -> tuple[Rule, ...]:
    if shape == "alike":
        published = policies.BINANCE.rules
        return tuple(
            attrs.evolve(published[-1 - n % len(published)], id=f"rule-{n}", trigger=f"trigger_{n}")
            for n in range(count)
        )
    if shape == "kept timers":
        return tuple(
            Rule(id=f"rule-{n}", trigger="flagged", duration=(24 + 7 * n) * HOUR, repeat="keep") for n in range(count)
        )
    if shape == "business days":
        return tuple(Rule(id=f"rule-{n}", trigger="flagged", business_days=1 + n) for n in range(count))
    return tuple(rule_of(n, shape == "one trigger") for n in range(count))


def rule_of(number: int, shared: bool) -> Rule:
    where = {"score": number} if shared else {}
    trigger = "flagged" if shared else f"trigger_{number}"
    if number % 2:
        return Rule(id=f"rule-{number}", trigger=trigger, where=where, duration=(number + 1) * HOUR)
    appeal = Appeal(limit=1, within=(24 + number) * HOUR, documents=frozenset({"id_photo"}))
    clearance = Clearance(
        unverified=frozenset({"identity_personal"}),
        verified=frozenset({"face_web"}),
        attempts=2 + number % 3,
        verify_within=(1 + number) * HOUR,
        appeal=appeal,
    )
    support = frozenset({"support"})
    return Rule(id=f"rule-{number}", trigger=trigger, where=where, clearance=clearance, releasable_by=support)


def longer_than(rule: Rule) -> Rule:
    if rule.business_days is not None:
        return attrs.evolve(rule, business_days=rule.business_days + 1)
    return attrs.evolve(rule, duration=(rule.duration or HOUR) + HOUR)


def measured(what: str, shape: str, count: int) -> None:
    calendar = business_days(UTC, first=FIRST, last=LAST) if shape == "business days" else None
    policy = Policy(id="bench", version="1", rules=rules_of(shape, count), calendar=calendar)
    longer = tuple(map(longer_than, policy.rules))
    changed = attrs.evolve(policy, version="2", rules=longer)
    work = {"prove": lambda: prove(policy), "compare": lambda: compare(policy, changed), "lint": lambda: lint(policy)}
    begun = time.process_time()
    work[what]()
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds:.2f} s, {peak:.0f} MB")


def report() -> str:
    machine = f"Python {platform.python_version()}, {platform.machine()}, one core"
    lines = [
        "# How the analysis grows with the rules",
        "",
        "Written by `python docs/bench/analysis.py`; run it again to repeat it.",
        f"Measured on the tree `{tree_about(RESULT)}` of `src`.",
        f"{machine}; processor time and peak memory of a process that does nothing else.",
        "`compare` compares the policy with one in which every rule lasts longer.",
        f"A policy has at most {RULES_MAX} rules.",
        "",
    ]
    for shape, words in SHAPES.items():
        lines += [f"## {shape.capitalize()}", "", f"{words[0].upper()}{words[1:]}.", ""]
        lines += ["| rules | prove | compare | lint |", "| --- | --- | --- | --- |"]
        for count in SIZES:
            cells = [run(what, shape, count) for what in ("prove", "compare", "lint")]
            lines.append(f"| {count} | {' | '.join(cells)} |")
        lines.append(f"| {RULES_MAX} | | | {run('lint', shape, RULES_MAX)} |")
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def run(what: str, shape: str, count: int) -> str:
    command = [sys.executable, __file__, what, shape, str(count)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    if len(sys.argv) == 4:
        measured(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    else:
        RESULT.write_text(report())
