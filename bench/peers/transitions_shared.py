"""transitions, as its documentation advises for many models: one machine, and each account is a model of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from transitions import Machine, MachineError

from bench.by_hand import CHART, INITIAL, Record, move_of
from bench.by_hand import run as run_record
from bench.entries import Entry

TRANSITIONS = [
    {"trigger": move, "source": source, "dest": target, "conditions": "may", "after": "do"}
    for source, moves in CHART.items()
    for move, target in moves.items()
]


class Account(Record):
    """A record that is a model of the machine."""

    def move(self, entry: Entry) -> None:
        with suppress(MachineError):
            self.trigger(move_of(entry), entry)


def machine() -> Machine:
    return Machine(model=None, states=list(CHART), transitions=TRANSITIONS, initial=INITIAL, auto_transitions=False)


MACHINE = machine()


def prepared(_number: int, entries: list[Entry]) -> tuple[Account, list[Entry]]:
    account = Account()
    MACHINE.add_model(account)
    return account, entries


def run(account: Account, entries: list[Entry]) -> tuple[Account, list[Any]]:
    return account, run_record(account, entries, account.move)
