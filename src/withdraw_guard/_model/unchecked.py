"""Constructors without validation, for values that the rules derive from validated ones.

A value from here has every field set, the derived ones included, in the order of its class. Validating it again is most
of the cost of an event. Untrusted input goes through the public constructors, and so does every copy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

import attrs

from withdraw_guard._model.account import Account, IdentityReport
from withdraw_guard._model.changes import (
    Applied,
    Change,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    IdentityRecorded,
    TriggerRetracted,
)
from withdraw_guard._model.events import EventType
from withdraw_guard._model.hold import Dropped, Hold, HoldTrigger, Occurrence
from withdraw_guard._model.policy import PolicyRef, Rule
from withdraw_guard._model.progress import (
    HoldState,
    InAppeal,
    InReview,
    InVerification,
    Moved,
    Needed,
    Progress,
    Restored,
)
from withdraw_guard._values.ids import AccountId, ActorId, Document, EventId, HoldId, Method, Reason
from withdraw_guard._values.ids import DestinationId as Destination
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Identity

T = TypeVar("T", bound=Value)


def unchecked(cls: type[T]) -> Callable[..., T]:
    """Return a constructor that sets the fields of a class in their order, and validates nothing."""
    # A slot's own setter passes by the `__setattr__` that makes the value immutable.
    slots = [vars(cls)[field.name].__set__ for field in attrs.fields(cast("Any", cls))]

    def construct(*values: object) -> T:
        made = object.__new__(cls)
        for set_field, value in zip(slots, values, strict=True):
            set_field(made, value)
        return made

    return construct


Instant = datetime
Maybe = datetime | None

occurrence: Callable[[EventId, Instant], Occurrence] = unchecked(Occurrence)
hold_trigger: Callable[[EventId, Instant, Maybe, Maybe], HoldTrigger] = unchecked(HoldTrigger)
hold: Callable[
    [HoldId, Rule, PolicyRef, tuple[HoldTrigger, ...], Progress, Destination | None, Dropped | None, Maybe, Maybe], Hold
] = unchecked(Hold)
Events = tuple[Occurrence, ...]
account: Callable[[AccountId, tuple[Hold, ...], IdentityReport | None, Events, Events, Events], Account] = unchecked(
    Account
)
dropped: Callable[[Instant, Maybe], Dropped] = unchecked(Dropped)
identity_report: Callable[[Identity | None, Occurrence, Maybe, Maybe], IdentityReport] = unchecked(IdentityReport)

needed: Callable[[Instant, Instant, tuple[Reason, ...], frozenset[Document]], Needed] = unchecked(Needed)
in_verification: Callable[[EventId, Instant, Method, Needed | None], InVerification] = unchecked(InVerification)
in_review: Callable[[EventId, Instant, Method, Instant, Maybe], InReview] = unchecked(InReview)
in_appeal: Callable[[EventId, Instant, Maybe, Maybe, Needed | None], InAppeal] = unchecked(InAppeal)
restored: Callable[[Instant, bool], Restored] = unchecked(Restored)
moved: Callable[[EventType, EventId, Instant, Maybe], Moved] = unchecked(Moved)
progress: Callable[
    [HoldState, int, Maybe, bool, int, tuple[Reason, ...], ActorId | None, tuple[Moved, ...], Maybe], Progress
] = unchecked(Progress)

hold_placed: Callable[[AccountId, EventId, Instant, Hold, tuple[HoldId, ...]], HoldPlaced] = unchecked(HoldPlaced)
hold_repeated: Callable[[AccountId, EventId, Instant, HoldId, Maybe], HoldRepeated] = unchecked(HoldRepeated)
hold_moved: Callable[[AccountId, EventId, Instant, HoldId, Progress], HoldMoved] = unchecked(HoldMoved)
hold_released: Callable[[AccountId, EventId, Instant, HoldId, Progress], HoldReleased] = unchecked(HoldReleased)
trigger_retracted: Callable[[AccountId, EventId, Instant, HoldId, EventId], TriggerRetracted] = unchecked(
    TriggerRetracted
)
identity_recorded: Callable[[AccountId, EventId, Instant, IdentityReport], IdentityRecorded] = unchecked(
    IdentityRecorded
)
applied: Callable[[Account, tuple[Change, ...]], Applied] = unchecked(Applied)
