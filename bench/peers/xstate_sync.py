"""xstate-statemachine: a synchronous interpreter for each account, with the record in its context."""

from __future__ import annotations

from typing import Any

from xstate_statemachine import MachineLogic, SyncInterpreter, create_machine

from bench.by_hand import CHART, INITIAL, Record, move_of
from bench.by_hand import run as run_record
from bench.entries import Entry


def _may(context: Any, event: Any) -> bool:
    return event.payload["record"].may(event.payload["entry"])


def _do(_interpreter: Any, _context: Any, event: Any, _action: Any) -> None:
    event.payload["record"].do(event.payload["entry"])


MACHINE = create_machine(
    {
        "id": "phases",
        "initial": INITIAL,
        "states": {
            source: {
                "on": {move: {"target": target, "guard": "may", "actions": "do"} for move, target in moves.items()}
            }
            for source, moves in CHART.items()
        },
    },
    logic=MachineLogic(guards={"may": _may}, actions={"do": _do}),
)


class Account(Record):
    """A record beside an interpreter of its own; it comes with every event."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = SyncInterpreter(MACHINE).start()

    def move(self, entry: Entry) -> None:
        self.chart.send(move_of(entry), record=self, entry=entry)


def prepared(_number: int, entries: list[Entry]) -> tuple[Account, list[Entry]]:
    return Account(), entries


def run(account: Account, entries: list[Entry]) -> tuple[Account, list[Any]]:
    return account, run_record(account, entries, account.move)
