"""Constructors without validation, for the values that the rules derive from validated ones.

Every member comes from a value that a constructor has validated (the event, the account, the policy); validating it
again is most of the cost of an event. Each constructor here takes all fields of its class, in their order. Only
`_rules` calls them. Untrusted input (public constructors, wire) is always validated, and so is every copy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import FunctionType
from typing import TypeAlias, TypeVar

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
from withdraw_guard._values.ids import AccountId, ActorId, DestinationId, Document, EventId, HoldId, Method, Reason
from withdraw_guard._values.value import Value, fields_of
from withdraw_guard._values.vocabulary import Identity

V = TypeVar("V", bound=Value)
_Instant: TypeAlias = datetime | None


def _constructor(cls: type[V]) -> Callable[..., V]:
    """Return a constructor that fills a draft, a mutable class with the same fields, and then changes its class.

    The fields of a frozen class can only be set with a call each; an event would take twice as long. So the constructor
    is made of text that sets each field by its name, as attrs makes its own. The object is not shared before its class
    changes, so no other thread can see the draft.
    """
    fields = [field.name for field in fields_of(cls)]
    draft = type(f"{cls.__name__}Draft", (Value,), {"__slots__": fields})
    filled = "".join(f" made.{field} = {field}\n" for field in fields)
    text = f"def construct({', '.join(fields)}):\n made = draft()\n{filled} made.__class__ = cls\n return made"
    return FunctionType(compile(text, f"<unchecked {cls.__name__}>", "exec").co_consts[0], {"draft": draft, "cls": cls})


occurrence: Callable[[EventId, datetime], Occurrence] = _constructor(Occurrence)
hold_trigger: Callable[[EventId, datetime, _Instant, _Instant], HoldTrigger] = _constructor(HoldTrigger)
dropped: Callable[[datetime, _Instant], Dropped] = _constructor(Dropped)
# `until_of` and `end_of` say what the last two members must be.
hold: Callable[
    [
        HoldId,
        Rule,
        PolicyRef,
        tuple[HoldTrigger, ...],
        Progress,
        DestinationId | None,
        Dropped | None,
        _Instant,
        _Instant,
    ],
    Hold,
] = _constructor(Hold)
_Events: TypeAlias = tuple[Occurrence, ...]
account: Callable[[AccountId, tuple[Hold, ...], IdentityReport | None, _Events, _Events, _Events], Account] = (
    _constructor(Account)
)
identity_report: Callable[[Identity | None, Occurrence, _Instant, _Instant], IdentityReport] = _constructor(
    IdentityReport
)

needed: Callable[[datetime, datetime, tuple[Reason, ...], frozenset[Document]], Needed] = _constructor(Needed)
in_verification: Callable[[EventId, datetime, Method, Needed | None], InVerification] = _constructor(InVerification)
in_review: Callable[[EventId, datetime, Method, datetime, _Instant], InReview] = _constructor(InReview)
in_appeal: Callable[[EventId, datetime, _Instant, _Instant, Needed | None], InAppeal] = _constructor(InAppeal)
restored: Callable[[datetime, bool], Restored] = _constructor(Restored)
moved: Callable[[EventType, EventId, datetime, _Instant], Moved] = _constructor(Moved)
progress: Callable[
    [HoldState, int, _Instant, bool, int, tuple[Reason, ...], ActorId | None, tuple[Moved, ...], _Instant], Progress
] = _constructor(Progress)

hold_placed: Callable[[AccountId, EventId, datetime, Hold, tuple[HoldId, ...]], HoldPlaced] = _constructor(HoldPlaced)
hold_repeated: Callable[[AccountId, EventId, datetime, HoldId, _Instant], HoldRepeated] = _constructor(HoldRepeated)
hold_moved: Callable[[AccountId, EventId, datetime, HoldId, Progress], HoldMoved] = _constructor(HoldMoved)
hold_released: Callable[[AccountId, EventId, datetime, HoldId, Progress], HoldReleased] = _constructor(HoldReleased)
trigger_retracted: Callable[[AccountId, EventId, datetime, HoldId, EventId], TriggerRetracted] = _constructor(
    TriggerRetracted
)
identity_recorded: Callable[[AccountId, EventId, datetime, IdentityReport], IdentityRecorded] = _constructor(
    IdentityRecorded
)
applied: Callable[[Account, tuple[Change, ...]], Applied] = _constructor(Applied)
