"""Automat: a typed machine around the record. It has no conditions, so they are asked before an input is given."""

from __future__ import annotations

from typing import Any, Protocol

from automat import NoTransition, TypeMachineBuilder

from bench.by_hand import CHART, INITIAL, WRONG_STATE, Record, move_of
from bench.by_hand import run as run_record
from bench.entries import Entry


class Inputs(Protocol):
    """What may happen to a hold."""

    def flag(self, entry: Entry) -> None: ...
    def start(self, entry: Entry) -> None: ...
    def submit(self, entry: Entry) -> None: ...
    def fail(self, entry: Entry) -> None: ...
    def approve(self, entry: Entry) -> None: ...
    def reject(self, entry: Entry) -> None: ...
    def appeal(self, entry: Entry) -> None: ...
    def grant(self, entry: Entry) -> None: ...
    def dismiss(self, entry: Entry) -> None: ...
    def release(self, entry: Entry) -> None: ...


class Account(Record):
    """A record behind a machine of its own. It keeps its phase, because the machine does not tell."""

    def __init__(self) -> None:
        super().__init__()
        self.phase = INITIAL
        self.chart = CHARTS(self)

    def move(self, entry: Entry) -> None:
        move = move_of(entry)
        if not self.may(entry):
            if move not in CHART[self.phase]:
                self.refused = WRONG_STATE
            return
        try:
            getattr(self.chart, move)(entry)
        except NoTransition:
            self.refused = WRONG_STATE


def _charts() -> Any:
    builder = TypeMachineBuilder(Inputs, Account)
    states = {name: builder.state(name) for name in (INITIAL, *(name for name in CHART if name != INITIAL))}
    for source, moves in CHART.items():
        for move, target in moves.items():
            _teach(states[source].upon(getattr(Inputs, move)).to(states[target]), target)
    return builder.build()


def _teach(transition: Any, target: str) -> None:
    @transition
    def moved(inputs: Inputs, account: Account, entry: Entry) -> None:
        account.do(entry)
        account.phase = target


CHARTS = _charts()


def prepared(_number: int, entries: list[Entry]) -> tuple[Account, list[Entry]]:
    return Account(), entries


def run(account: Account, entries: list[Entry]) -> tuple[Account, list[Any]]:
    return account, run_record(account, entries, account.move)
