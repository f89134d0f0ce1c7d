"""python-statemachine: a machine for each account, with the record as its model."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from statemachine import State, StateMachine
from statemachine.exceptions import TransitionNotAllowed

from bench.by_hand import Record, move_of
from bench.by_hand import run as run_record
from bench.entries import Entry

GUARDED = {"cond": "may", "on": "do"}


class Chart(StateMachine):
    """The phases of an account."""

    restored = State(initial=True)
    suspended = State()
    verification = State()
    review = State()
    in_appeal = State()

    flag = restored.to(suspended, **GUARDED)
    start = suspended.to(verification, **GUARDED) | verification.to.itself(**GUARDED)
    submit = verification.to(review, **GUARDED)
    fail = verification.to(suspended, **GUARDED)
    approve = review.to(restored, **GUARDED)
    reject = review.to(suspended, **GUARDED)
    appeal = suspended.to(in_appeal, **GUARDED)
    grant = in_appeal.to(restored, **GUARDED)
    dismiss = in_appeal.to(suspended, **GUARDED)
    release = restored.from_(suspended, verification, review, in_appeal, restored, **GUARDED)


class Account(Record):
    """A record that is the model of a machine of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = Chart(self)

    def move(self, entry: Entry) -> None:
        with suppress(TransitionNotAllowed):
            self.chart.send(move_of(entry), entry)


def prepared(_number: int, entries: list[Entry]) -> tuple[Account, list[Entry]]:
    return Account(), entries


def run(account: Account, entries: list[Entry]) -> tuple[Account, list[Any]]:
    return account, run_record(account, entries, account.move)
