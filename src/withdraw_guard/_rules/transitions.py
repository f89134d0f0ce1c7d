"""The table of transitions: the one statement of what may follow what.

`TABLE[state][move]` is the next state; a move that is not in a row is refused with `wrong_state`. A row is where a
hold stands, a move is what an event does to it. The other conditions of a move (attempts left, an appeal offered, an
actor who may decide) are in `move.py`: they may refuse a move, and never lead to another state.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never, final

from withdraw_guard._model.events import (
    AppealDecided,
    AppealSubmitted,
    HoldEvent,
    MoreRequested,
    ReleaseOrdered,
    ReviewDecided,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._values.complete import complete
from withdraw_guard._values.vocabulary import AppealOutcome, ReviewOutcome, State


@final
class Move(StrEnum):
    """What an event does to a hold: one move for each kind of event, or for each outcome of a decision."""

    STARTED = "started"
    SUBMITTED = "submitted"
    FAILED = "failed"
    APPROVED = "approved"
    REJECTED = "rejected"
    MORE_REQUESTED = "more_requested"
    APPEALED = "appealed"
    GRANTED = "granted"
    DISMISSED = "dismissed"
    RELEASED = "released"


def _row(**moves: State) -> Mapping[Move, State]:
    return MappingProxyType({Move(move): state for move, state in moves.items()})


TABLE: Final[Mapping[State, Mapping[Move, State]]] = complete(
    State,
    {
        State.SUSPENDED: _row(started=State.VERIFICATION, appealed=State.APPEAL, released=State.RESTORED),
        State.VERIFICATION: _row(
            started=State.VERIFICATION,
            submitted=State.REVIEW,
            failed=State.SUSPENDED,
            released=State.RESTORED,
        ),
        State.REVIEW: _row(
            approved=State.RESTORED,
            rejected=State.SUSPENDED,
            more_requested=State.VERIFICATION,
            released=State.RESTORED,
        ),
        # What was asked for is handed in only while the appeal waits for it.
        State.APPEAL: _row(
            granted=State.RESTORED,
            dismissed=State.SUSPENDED,
            more_requested=State.APPEAL,
            appealed=State.APPEAL,
            released=State.RESTORED,
        ),
        # A hold that was cleared stays open while its timer runs; only an authority can end it sooner.
        State.RESTORED: _row(released=State.RESTORED),
    },
)
"""The next state, by state and by move. A move that is not in a row is refused with `wrong_state`."""


# Aliases, because each event asks for these, and before Python 3.12 it takes long to reach a member by its name.
STARTED, SUBMITTED, FAILED, APPROVED, REJECTED, MORE_REQUESTED, APPEALED, GRANTED, DISMISSED, RELEASED = Move

FAILURES: Final = frozenset({FAILED, REJECTED})
AGAINST: Final = FAILURES | {DISMISSED}

_GRANTED: Final = AppealOutcome.GRANTED
_APPROVED: Final = ReviewOutcome.APPROVED


def move_of(event: HoldEvent) -> Move:
    """Return what this event does to its hold."""
    match event:
        case VerificationStarted():
            return STARTED
        case VerificationSubmitted():
            return SUBMITTED
        case VerificationFailed():
            return FAILED
        case ReviewDecided():
            return APPROVED if event.outcome is _APPROVED else REJECTED
        case MoreRequested():
            return MORE_REQUESTED
        case AppealSubmitted():
            return APPEALED
        case AppealDecided():
            return GRANTED if event.outcome is _GRANTED else DISMISSED
        case ReleaseOrdered():
            return RELEASED
        case _ as never:
            assert_never(never)
