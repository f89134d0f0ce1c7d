"""sismic: an interpreter for each account, with the record in its context."""

from __future__ import annotations

from typing import Any

from sismic.interpreter import Event, Interpreter
from sismic.io.datadict import import_from_dict

from bench.by_hand import CHART, INITIAL, Record, move_of
from bench.by_hand import run as run_record
from bench.entries import Entry

STATECHART = import_from_dict(
    {
        "statechart": {
            "name": "phases",
            "root state": {
                "name": "root",
                "initial": INITIAL,
                "states": [
                    {
                        "name": source,
                        "transitions": [
                            {
                                "event": move,
                                "target": target,
                                "guard": "record.may(event.entry)",
                                "action": "record.do(event.entry)",
                            }
                            for move, target in moves.items()
                        ],
                    }
                    for source, moves in CHART.items()
                ],
            },
        }
    }
)


class Account(Record):
    """A record in the context of an interpreter of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = Interpreter(STATECHART, initial_context={"record": self})
        self.chart.execute_once()

    def move(self, entry: Entry) -> None:
        self.chart.queue(Event(move_of(entry), entry=entry))
        self.chart.execute_once()


def prepared(_number: int, entries: list[Entry]) -> tuple[Account, list[Entry]]:
    return Account(), entries


def run(account: Account, entries: list[Entry]) -> tuple[Account, list[Any]]:
    return account, run_record(account, entries, account.move)
