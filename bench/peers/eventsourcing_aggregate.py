"""eventsourcing: an aggregate that records each move as an event and keeps the phase. Nothing is saved."""

from __future__ import annotations

from typing import Any

from eventsourcing.domain import Aggregate, event

from bench.by_hand import CHART, INITIAL, Record, move_of
from bench.by_hand import run as run_record
from bench.entries import Entry


class Phases(Aggregate):
    """Where the hold stands, as far as its recorded events say."""

    def __init__(self) -> None:
        self.phase = INITIAL

    @event("Moved")
    def follow(self, phase: str, entry: Entry) -> None:
        self.phase = phase


class Account(Record):
    """A record beside an aggregate of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.phases = Phases()

    def move(self, entry: Entry) -> None:
        following = CHART[self.phases.phase].get(move_of(entry))
        if following is not None and self.may(entry):
            self.phases.follow(phase=following, entry=entry)
            self.do(entry)


def prepared(_number: int, entries: list[Entry]) -> tuple[Account, list[Entry]]:
    return Account(), entries


def run(account: Account, entries: list[Entry]) -> tuple[Account, list[Any]]:
    return account, run_record(account, entries, account.move)
