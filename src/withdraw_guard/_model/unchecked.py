"""The values that `apply` derives, built without a second look at what they are built of.

Every member comes from a value that a constructor has checked (the event, the account, the policy), and is put
together here as the verbs put it together and nobody else: `_place`, `_signal`, `_lift`, `_identify` and `_evolve` call
these functions, each with the fields of one class in their order. What comes in by the door goes through the
constructors, and so does every copy.
"""

from __future__ import annotations

from datetime import datetime

from withdraw_guard._model.account import Account, IdentityReport
from withdraw_guard._model.changes import (
    Applied,
    Change,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    IdentityRecorded,
)
from withdraw_guard._model.events import EventType
from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._model.policy import PolicyRef, Rule
from withdraw_guard._model.progress import HoldState, InAppeal, InReview, InVerification, Moved, Progress, Restored
from withdraw_guard._values.ids import AccountId, ActorId, DestinationId, EventId, HoldId, Method, Reason
from withdraw_guard._values.value import draft_of
from withdraw_guard._values.vocabulary import Identity

_Occurrence = draft_of(Occurrence)


def occurrence(event: EventId, at: datetime) -> Occurrence:
    """Return which event, and when."""
    made = _Occurrence()
    made.event = event
    made.at = at
    made.__class__ = Occurrence
    return made


_Hold = draft_of(Hold)


def hold(
    hold_id: HoldId,
    rule: Rule,
    policy: PolicyRef,
    cause: Occurrence,
    latest: Occurrence,
    progress: Progress,
    destination_id: DestinationId | None,
    timer: datetime | None,
    until: datetime | None,
    end: datetime | None,
) -> Hold:
    """Return a hold. `until_of` and `end_of` say what its timer and its end must be."""
    made = _Hold()
    made.id = hold_id
    made.rule = rule
    made.policy = policy
    made.cause = cause
    made.latest = latest
    made.progress = progress
    made.destination_id = destination_id
    made.timer = timer
    made.until = until
    made.end = end
    made.__class__ = Hold
    return made


_Account = draft_of(Account)


def account(account_id: AccountId, holds: tuple[Hold, ...], identity_report: IdentityReport | None) -> Account:
    """Return an account."""
    made = _Account()
    made.id = account_id
    made.holds = holds
    made.identity_report = identity_report
    made.__class__ = Account
    return made


_IdentityReport = draft_of(IdentityReport)


def identity_report(identity: Identity | None, source: Occurrence) -> IdentityReport:
    """Return what is on record about an identity."""
    made = _IdentityReport()
    made.identity = identity
    made.source = source
    made.__class__ = IdentityReport
    return made


# ── How far a hold has come ──────────────────────────────────────────────────────────────────────────────────────


_InVerification = draft_of(InVerification)


def in_verification(attempt: EventId, opened_at: datetime, method: Method) -> InVerification:
    """Return a verification that was started."""
    made = _InVerification()
    made.attempt = attempt
    made.opened_at = opened_at
    made.method = method
    made.__class__ = InVerification
    return made


_InReview = draft_of(InReview)


def in_review(
    attempt: EventId,
    opened_at: datetime,
    method: Method,
    submitted_at: datetime,
    overtaken: frozenset[EventId],
    due: datetime | None,
) -> InReview:
    """Return what waits for a reviewer."""
    made = _InReview()
    made.attempt = attempt
    made.opened_at = opened_at
    made.method = method
    made.submitted_at = submitted_at
    made.overtaken = overtaken
    made.due = due
    made.__class__ = InReview
    return made


_InAppeal = draft_of(InAppeal)


def in_appeal(attempt: EventId, opened_at: datetime, due: datetime | None) -> InAppeal:
    """Return an appeal that was filed."""
    made = _InAppeal()
    made.attempt = attempt
    made.opened_at = opened_at
    made.due = due
    made.__class__ = InAppeal
    return made


_Restored = draft_of(Restored)


def restored(at: datetime, released: bool) -> Restored:
    """Return a clearance that was given, or a release."""
    made = _Restored()
    made.at = at
    made.released = released
    made.__class__ = Restored
    return made


_Moved = draft_of(Moved)


def moved(at: datetime, by: frozenset[tuple[EventType, EventId]]) -> Moved:
    """Return the latest instant at which a hold was moved, and by what."""
    made = _Moved()
    made.at = at
    made.by = by
    made.__class__ = Moved
    return made


_Progress = draft_of(Progress)


def progress(
    state: HoldState,
    failures: int,
    failed_at: datetime | None,
    verification_closed: bool,
    appeals: int,
    reasons: tuple[Reason, ...],
    reviewer: ActorId | None,
    moved: Moved | None,
) -> Progress:
    """Return how far a person has come."""
    made = _Progress()
    made.state = state
    made.failures = failures
    made.failed_at = failed_at
    made.verification_closed = verification_closed
    made.appeals = appeals
    made.reasons = reasons
    made.reviewer = reviewer
    made.moved = moved
    made.__class__ = Progress
    return made


# ── What the guard makes of an event ─────────────────────────────────────────────────────────────────────────────


_HoldPlaced = draft_of(HoldPlaced)


def hold_placed(
    account: AccountId, event: EventId, at: datetime, hold: Hold, forgotten: tuple[HoldId, ...]
) -> HoldPlaced:
    """Return the change by which a hold is placed."""
    made = _HoldPlaced()
    made.account = account
    made.event = event
    made.at = at
    made.hold = hold
    made.forgotten = forgotten
    made.__class__ = HoldPlaced
    return made


_HoldRepeated = draft_of(HoldRepeated)


def hold_repeated(
    account: AccountId, event: EventId, at: datetime, hold: HoldId, timer: datetime | None
) -> HoldRepeated:
    """Return the change by which a trigger joins a hold."""
    made = _HoldRepeated()
    made.account = account
    made.event = event
    made.at = at
    made.hold = hold
    made.timer = timer
    made.__class__ = HoldRepeated
    return made


_HoldMoved = draft_of(HoldMoved)


def hold_moved(account: AccountId, event: EventId, at: datetime, hold: HoldId, progress: Progress) -> HoldMoved:
    """Return the change by which a hold moves."""
    made = _HoldMoved()
    made.account = account
    made.event = event
    made.at = at
    made.hold = hold
    made.progress = progress
    made.__class__ = HoldMoved
    return made


_HoldReleased = draft_of(HoldReleased)


def hold_released(account: AccountId, event: EventId, at: datetime, hold: HoldId, progress: Progress) -> HoldReleased:
    """Return the change by which an authority ends a hold."""
    made = _HoldReleased()
    made.account = account
    made.event = event
    made.at = at
    made.hold = hold
    made.progress = progress
    made.__class__ = HoldReleased
    return made


_IdentityRecorded = draft_of(IdentityRecorded)


def identity_recorded(account: AccountId, event: EventId, at: datetime, identity: Identity | None) -> IdentityRecorded:
    """Return the change by which an identity is put on record."""
    made = _IdentityRecorded()
    made.account = account
    made.event = event
    made.at = at
    made.identity = identity
    made.__class__ = IdentityRecorded
    return made


_Applied = draft_of(Applied)


def applied(account: Account, changes: tuple[Change, ...]) -> Applied:
    """Return what became of an account."""
    made = _Applied()
    made.account = account
    made.changes = changes
    made.__class__ = Applied
    return made
