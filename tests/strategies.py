"""What the suite shares with the test kit: the strategies are `withdraw_guard.testing`'s own."""

from __future__ import annotations

from withdraw_guard import Destination, Request
from withdraw_guard.testing._instants import START, TICK, boundaries
from withdraw_guard.testing._journal import DeliveredJournal as Story
from withdraw_guard.testing._strategies import (
    DURATIONS,
    METHODS,
    hold_events,
    instants_after,
    policies,
    rules,
    security_events,
    stories,
)

__all__ = [
    "DURATIONS",
    "METHODS",
    "REQUESTS",
    "START",
    "TICK",
    "Story",
    "boundaries",
    "hold_events",
    "instants_after",
    "policies",
    "rules",
    "security_events",
    "stories",
]

REQUESTS = (
    Request(operation="withdrawal"),
    Request(operation="withdrawal", destination=Destination.KNOWN),
    Request(operation="p2p_sale"),
)
