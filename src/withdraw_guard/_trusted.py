"""The values that `apply` derives, built without a second look at what they are built of.

Every member comes from a value that a constructor has checked (the event, the account, the policy), and is put
together here as the verbs put it together and nobody else: `_place`, `_signal`, `_lift`, `_identify` and `_evolve` call
these functions, each with the fields of one class in their order. What comes in by the door goes through the
constructors, and so does every copy.
"""

from __future__ import annotations

from datetime import datetime

from withdraw_guard._account import Account, IdentityReport
from withdraw_guard._changes import (
    Applied,
    Change,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    IdentityRecorded,
)
from withdraw_guard._events import EventType
from withdraw_guard._holds import Hold, Occurrence
from withdraw_guard._ids import AccountId, ActorId, DestinationId, EventId, HoldId, Method, Reason
from withdraw_guard._policy import PolicyRef, Rule
from withdraw_guard._progress import HoldState, InAppeal, InReview, InVerification, Moved, Progress, Restored
from withdraw_guard._value import blank, slots_of
from withdraw_guard._words import Identity

_occurrence_event, _occurrence_at = slots_of(Occurrence)


def occurrence(event: EventId, at: datetime) -> Occurrence:
    """Return which event, and when."""
    made = blank(Occurrence)
    _occurrence_event(made, event)
    _occurrence_at(made, at)
    return made


(
    _hold_id,
    _hold_rule,
    _hold_policy,
    _hold_cause,
    _hold_latest,
    _hold_progress,
    _hold_destination_id,
    _hold_timer,
    _hold_until,
    _hold_end,
) = slots_of(Hold)


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
    made = blank(Hold)
    _hold_id(made, hold_id)
    _hold_rule(made, rule)
    _hold_policy(made, policy)
    _hold_cause(made, cause)
    _hold_latest(made, latest)
    _hold_progress(made, progress)
    _hold_destination_id(made, destination_id)
    _hold_timer(made, timer)
    _hold_until(made, until)
    _hold_end(made, end)
    return made


_account_id, _account_holds, _account_identity_report = slots_of(Account)


def account(account_id: AccountId, holds: tuple[Hold, ...], identity_report: IdentityReport | None) -> Account:
    """Return an account."""
    made = blank(Account)
    _account_id(made, account_id)
    _account_holds(made, holds)
    _account_identity_report(made, identity_report)
    return made


_report_identity, _report_source = slots_of(IdentityReport)


def identity_report(identity: Identity | None, source: Occurrence) -> IdentityReport:
    """Return what is on record about an identity."""
    made = blank(IdentityReport)
    _report_identity(made, identity)
    _report_source(made, source)
    return made


# ── How far a hold has come ──────────────────────────────────────────────────────────────────────────────────────

_verification_attempt, _verification_opened_at, _verification_method = slots_of(InVerification)


def in_verification(attempt: EventId, opened_at: datetime, method: Method) -> InVerification:
    """Return a verification that was started."""
    made = blank(InVerification)
    _verification_attempt(made, attempt)
    _verification_opened_at(made, opened_at)
    _verification_method(made, method)
    return made


_review_attempt, _review_opened_at, _review_method, _review_submitted_at, _review_overtaken, _review_due = slots_of(
    InReview
)


def in_review(
    attempt: EventId,
    opened_at: datetime,
    method: Method,
    submitted_at: datetime,
    overtaken: frozenset[EventId],
    due: datetime | None,
) -> InReview:
    """Return what waits for a reviewer."""
    made = blank(InReview)
    _review_attempt(made, attempt)
    _review_opened_at(made, opened_at)
    _review_method(made, method)
    _review_submitted_at(made, submitted_at)
    _review_overtaken(made, overtaken)
    _review_due(made, due)
    return made


_appeal_attempt, _appeal_opened_at, _appeal_due = slots_of(InAppeal)


def in_appeal(attempt: EventId, opened_at: datetime, due: datetime | None) -> InAppeal:
    """Return an appeal that was filed."""
    made = blank(InAppeal)
    _appeal_attempt(made, attempt)
    _appeal_opened_at(made, opened_at)
    _appeal_due(made, due)
    return made


_restored_at, _restored_released = slots_of(Restored)


def restored(at: datetime, released: bool) -> Restored:
    """Return a clearance that was given, or a release."""
    made = blank(Restored)
    _restored_at(made, at)
    _restored_released(made, released)
    return made


_moved_at, _moved_by = slots_of(Moved)


def moved(at: datetime, by: frozenset[tuple[EventType, EventId]]) -> Moved:
    """Return the latest instant at which a hold was moved, and by what."""
    made = blank(Moved)
    _moved_at(made, at)
    _moved_by(made, by)
    return made


(
    _progress_state,
    _progress_failures,
    _progress_failed_at,
    _progress_verification_closed,
    _progress_appeals,
    _progress_reasons,
    _progress_reviewer,
    _progress_moved,
) = slots_of(Progress)


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
    made = blank(Progress)
    _progress_state(made, state)
    _progress_failures(made, failures)
    _progress_failed_at(made, failed_at)
    _progress_verification_closed(made, verification_closed)
    _progress_appeals(made, appeals)
    _progress_reasons(made, reasons)
    _progress_reviewer(made, reviewer)
    _progress_moved(made, moved)
    return made


# ── What the guard makes of an event ─────────────────────────────────────────────────────────────────────────────

_placed_account, _placed_event, _placed_at, _placed_hold, _placed_forgotten = slots_of(HoldPlaced)


def hold_placed(
    account: AccountId, event: EventId, at: datetime, hold: Hold, forgotten: tuple[HoldId, ...]
) -> HoldPlaced:
    """Return the change by which a hold is placed."""
    made = blank(HoldPlaced)
    _placed_account(made, account)
    _placed_event(made, event)
    _placed_at(made, at)
    _placed_hold(made, hold)
    _placed_forgotten(made, forgotten)
    return made


_repeated_account, _repeated_event, _repeated_at, _repeated_hold, _repeated_timer = slots_of(HoldRepeated)


def hold_repeated(
    account: AccountId, event: EventId, at: datetime, hold: HoldId, timer: datetime | None
) -> HoldRepeated:
    """Return the change by which a trigger joins a hold."""
    made = blank(HoldRepeated)
    _repeated_account(made, account)
    _repeated_event(made, event)
    _repeated_at(made, at)
    _repeated_hold(made, hold)
    _repeated_timer(made, timer)
    return made


_hold_moved_account, _hold_moved_event, _hold_moved_at, _hold_moved_hold, _hold_moved_progress = slots_of(HoldMoved)


def hold_moved(account: AccountId, event: EventId, at: datetime, hold: HoldId, progress: Progress) -> HoldMoved:
    """Return the change by which a hold moves."""
    made = blank(HoldMoved)
    _hold_moved_account(made, account)
    _hold_moved_event(made, event)
    _hold_moved_at(made, at)
    _hold_moved_hold(made, hold)
    _hold_moved_progress(made, progress)
    return made


_released_account, _released_event, _released_at, _released_hold, _released_progress = slots_of(HoldReleased)


def hold_released(account: AccountId, event: EventId, at: datetime, hold: HoldId, progress: Progress) -> HoldReleased:
    """Return the change by which an authority ends a hold."""
    made = blank(HoldReleased)
    _released_account(made, account)
    _released_event(made, event)
    _released_at(made, at)
    _released_hold(made, hold)
    _released_progress(made, progress)
    return made


_recorded_account, _recorded_event, _recorded_at, _recorded_identity = slots_of(IdentityRecorded)


def identity_recorded(account: AccountId, event: EventId, at: datetime, identity: Identity | None) -> IdentityRecorded:
    """Return the change by which an identity is put on record."""
    made = blank(IdentityRecorded)
    _recorded_account(made, account)
    _recorded_event(made, event)
    _recorded_at(made, at)
    _recorded_identity(made, identity)
    return made


_applied_account, _applied_changes = slots_of(Applied)


def applied(account: Account, changes: tuple[Change, ...]) -> Applied:
    """Return what became of an account."""
    made = blank(Applied)
    _applied_account(made, account)
    _applied_changes(made, changes)
    return made
