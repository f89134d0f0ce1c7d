"""No library: the phases in a dictionary, beside the record."""

from __future__ import annotations

from typing import Any

from bench.by_hand import CHART, INITIAL, Record, move_of
from bench.by_hand import run as run_record
from bench.entries import Entry


class Account(Record):
    """A record that knows its phase."""

    def __init__(self) -> None:
        super().__init__()
        self.phase = INITIAL

    def move(self, entry: Entry) -> None:
        following = CHART[self.phase].get(move_of(entry))
        if following is not None and self.may(entry):
            self.do(entry)
            self.phase = following


def prepared(_number: int, entries: list[Entry]) -> tuple[Account, list[Entry]]:
    return Account(), entries


def run(account: Account, entries: list[Entry]) -> tuple[Account, list[Any]]:
    return account, run_record(account, entries, account.move)
