"""The contestants of the comparison: the floor, the library and its peers, made and run in the same way.

Each is a module with `prepared(number, entries)`, which gives a fresh account and what it will be told and asked, and
`run(account, steps)`, which gives the account after that and what came of each step.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Contestant:
    """One implementation. `accounts` is how many of the journal's accounts it is given; slow ones get fewer."""

    name: str
    module: str
    accounts: int
    distribution: str | None = None
    imports: str | None = None

    def loaded(self) -> Any:
        """Import it."""
        return importlib.import_module(self.module)


FLOOR = Contestant("the floor: tuples and integers", "bench.floor", 10_000)
OURS = Contestant("withdraw_guard", "bench.ours", 10_000, "withdraw-guard", "withdraw_guard")
TRANSITIONS = Contestant("transitions", "bench.peers.transitions_shared", 2_000, "transitions", "transitions")
CONTESTANTS = (
    FLOOR,
    OURS,
    Contestant("by hand: an object and a dictionary of phases", "bench.peers.hand_chart", 10_000),
    Contestant("Automat", "bench.peers.automat_typed", 2_000, "Automat", "automat"),
    Contestant("eventsourcing", "bench.peers.eventsourcing_aggregate", 2_000, "eventsourcing", "eventsourcing.domain"),
    TRANSITIONS,
    Contestant("xstate-statemachine", "bench.peers.xstate_sync", 1_000, "xstate-statemachine", "xstate_statemachine"),
    Contestant("python-statemachine", "bench.peers.python_statemachine", 300, "python-statemachine", "statemachine"),
    Contestant("sismic", "bench.peers.sismic_chart", 200, "sismic", "sismic.interpreter"),
)
