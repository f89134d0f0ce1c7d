"""From an event about a hold to how far that hold has come (rules 13 to 18, and 31).

The table in `transitions.py` says which move may follow where the hold stands. The conditions of each move stand here,
in the order in which refusals are promised.

Rounds. A verification with its review is one round, an appeal is another. The id of the event that opened a round is
its name; on the wire and in events it is called `attempt`. A round in verification lapses if the account holder takes
too long: from then on it is not open any more.

Whose clock counts. A vendor has a clock of its own, and it may lag. An event that names the open round is believed
about that: it is read as having happened no earlier than the round was opened, whatever its clock says. From there on
that later instant is its instant. An event that names another round is stale. Only an event that names no round is
placed by its clock alone.

What a hold remembers. It remembers the last 16 events that moved it, and the latest instant at which any did. One of
these events, delivered again, changes nothing; this is asked before anything else. So is whether an event that names
the open round comes too late to change it: something handed in that is in review already, or that was handed in before
a later request for more. Such an event is only remembered.

Nothing old decides something new. An event that opens a round must not be older than the latest move. A decision must
not be older than the latest trigger that counts, because new evidence needs a new look. A machine may not approve what
was handed in before that trigger. An admin may override both for a release, by `override_stale`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeAlias, assert_never

import attrs

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.calendar import Calendar
from withdraw_guard._model.changes import Change, IdentityRecorded
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
    attempt_of,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Clearance
from withdraw_guard._model.progress import (
    HoldState,
    InAppeal,
    InReview,
    InVerification,
    Moved,
    Progress,
    Round,
    Suspended,
)
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.identify import record_identity
from withdraw_guard._rules.offers import accepted_methods, offered_appeal, required_documents
from withdraw_guard._rules.transitions import (
    AGAINST,
    APPEALED,
    APPROVED,
    FAILURES,
    REJECTED,
    RELEASED,
    STARTED,
    TABLE,
    Move,
    move_of,
)
from withdraw_guard._values.ids import Reason
from withdraw_guard._values.limits import MOVES_MAX
from withdraw_guard._values.vocabulary import ActorKind, State
from withdraw_guard.methods import recorded_by

Decision: TypeAlias = ReviewDecided | AppealDecided | MoreRequested

_NOTHING_UNDER_WAY: Final = Suspended()
_SUSPENDED: Final = State.SUSPENDED
_RESTORED: Final = State.RESTORED
_VERIFICATION: Final = State.VERIFICATION
_REVIEW: Final = State.REVIEW
_APPEAL: Final = State.APPEAL
_USER: Final = ActorKind.USER
_ADMIN: Final = ActorKind.ADMIN


def move_hold(calendar: Calendar | None, account: Account, event: HoldEvent) -> tuple[Change, ...]:
    """Return what the event makes of its hold; nothing if this very event moved it before.

    The calendar counts the business days of due dates; where it does not reach there is none. Raises `EventRefused`
    if the event cannot be applied.
    """
    hold = account.hold(event.hold)
    if hold is None:
        raise EventRefused(Refusal.UNKNOWN_HOLD, event)
    for moved in hold.progress.moves:
        if moved.is_made_by(event):
            return ()
    named = hold.round_named_by(event)
    at = event.at if named is None else max(event.at, named.opened_at)
    if named is not None and _is_late_word(named, event):
        remembered = _remembered(hold.progress, event, at)
        return (_moved(account, hold, event, attrs.evolve(hold.progress, moves=remembered)),)
    move = move_of(event)
    following = TABLE[hold.stage(at)].get(move)
    refusal = _refusal(account, hold, event, move, following, at, named)
    if refusal is not None:
        raise EventRefused(refusal, event, hold)
    if following is None:
        raise AssertionError("an event was accepted that does not follow")
    progress = _advance(hold.progress, event, move, _next_state(calendar, hold, event, following, at), at)
    if move is RELEASED:
        return (unchecked.hold_released(account.id, event.id, event.at, hold.id, progress),)
    recorded = _identity_proved(account, hold, event, at) if move is APPROVED else ()
    return (_moved(account, hold, event, progress), *recorded)


def _moved(account: Account, hold: Hold, event: HoldEvent, progress: Progress) -> Change:
    return unchecked.hold_moved(account.id, event.id, event.at, hold.id, progress)


def _is_late_word(named: Round, event: HoldEvent) -> bool:
    """Whether the event hands in what is in review already, or what was handed in before the latest request for more.

    The words of one reporter are put in order by its own clock.
    """
    match event:
        case VerificationSubmitted():
            if isinstance(named, InReview):
                return True
            needed = named.needed
        case AppealSubmitted() if isinstance(named, InAppeal):
            needed = named.needed
        case _:
            return False
    return needed is not None and event.at < needed.requested_at


# ── Refusals, in their order of precedence ───────────────────────────────────────────────────────────────────────


def _refusal(
    account: Account,
    hold: Hold,
    event: HoldEvent,
    move: Move,
    following: State | None,
    at: datetime,
    named: Round | None,
) -> Refusal | None:
    clearance = hold.rule.clearance
    if not hold.is_open(at):
        return Refusal.HOLD_NOT_OPEN
    if type(event) is ReleaseOrdered:
        return _refusal_of_release(hold, event)
    if clearance is None:
        return Refusal.NO_CLEARANCE
    if not _may_decide(event, hold, at):
        return Refusal.NOT_AUTHORIZED
    if following is None:
        return Refusal.WRONG_STATE
    return _refusal_of_move(account, hold, clearance, event, move, at) or _stale(hold, event, move, at, named)


def _refusal_of_release(hold: Hold, event: ReleaseOrdered) -> Refusal | None:
    if event.by.kind is _USER or event.authority not in hold.rule.releasable_by:
        return Refusal.NOT_AUTHORIZED
    if event.override_stale:
        return None if event.by.kind is _ADMIN else Refusal.NOT_AUTHORIZED
    is_old = hold.knows_later_move(event.at) or _is_before_evidence(hold, event.at)
    return Refusal.STALE if is_old else None


def _may_decide(event: HoldEvent, hold: Hold, at: datetime) -> bool:
    """Rule 17: no user decides a review or asks for more; in an appeal, nobody but an admin does either."""
    match event:
        case ReviewDecided():
            return event.by.kind is not _USER
        case AppealDecided():
            return event.by.kind is _ADMIN
        case MoreRequested():
            return event.by.kind is _ADMIN or (event.by.kind is not _USER and hold.stage(at) is not _APPEAL)
        case _:
            return True


def _refusal_of_move(
    account: Account, hold: Hold, clearance: Clearance, event: HoldEvent, move: Move, at: datetime
) -> Refusal | None:
    """Return why this move is refused although it follows, apart from what is stale."""
    match event:
        case VerificationStarted():
            if event.method not in accepted_methods(clearance, account.identity_at(at)):
                return Refusal.METHOD_NOT_ACCEPTED
            return None if hold.attempts_left else Refusal.ATTEMPTS_EXHAUSTED
        case ReviewDecided():
            return _refusal_of_approval(account, hold, clearance, at) if move is APPROVED else None
        case AppealSubmitted():
            return _refusal_of_appeal(hold, event, at)
        case AppealDecided() | MoreRequested():
            is_in_appeal = isinstance(hold.progress.state, InAppeal)
            return Refusal.SAME_REVIEWER if is_in_appeal and event.by.id == hold.progress.reviewer else None
        case VerificationSubmitted() | VerificationFailed() | ReleaseOrdered():
            return None
        case _ as never:
            assert_never(never)


def _refusal_of_approval(account: Account, hold: Hold, clearance: Clearance, at: datetime) -> Refusal | None:
    """An approval of a method for the verified needs an identity that counts at that instant."""
    state = hold.progress.state
    if not isinstance(state, InReview):
        raise AssertionError("the table let a review be decided that was not open")
    is_for_anybody = account.identity_at(at) is not None or state.method in clearance.unverified
    return None if is_for_anybody else Refusal.METHOD_NOT_ACCEPTED


def _refusal_of_appeal(hold: Hold, event: AppealSubmitted, at: datetime) -> Refusal | None:
    state = hold.progress.state
    if not isinstance(state, InAppeal):
        if offered_appeal(hold, at) is None:
            return Refusal.APPEAL_NOT_OFFERED
    elif state.submitted_at is not None:
        return Refusal.WRONG_STATE
    return None if required_documents(hold) <= event.documents else Refusal.DOCUMENTS_MISSING


def _stale(hold: Hold, event: HoldEvent, move: Move, at: datetime, named: Round | None) -> Refusal | None:
    """Rule 18: nothing old decides something new."""
    if named is None and attempt_of(event) is not None:
        return Refusal.STALE
    opens_a_round = move is STARTED or _is_filed(hold.progress, move)
    is_old = hold.knows_later_move(at) if opens_a_round else _is_before_round(hold, named, at)
    if isinstance(event, Decision):
        is_old = is_old or _is_before_evidence(hold, at) or _approves_an_old_picture(hold, event, move)
    return Refusal.STALE if is_old else None


def _is_before_round(hold: Hold, named: Round | None, at: datetime) -> bool:
    """Whether the event names no round and happened before the open one was opened."""
    state = hold.progress.state
    return named is None and isinstance(state, Round) and at < state.opened_at


def _is_before_evidence(hold: Hold, at: datetime) -> bool:
    """Whether it happened before the latest trigger that counts."""
    latest_at = hold.latest_at
    return latest_at is not None and at < latest_at


def _approves_an_old_picture(hold: Hold, event: Decision, move: Move) -> bool:
    """A machine may not clear new evidence with an old picture; a person may, after looking."""
    state = hold.progress.state
    if move is not APPROVED or event.by.kind is _ADMIN or not isinstance(state, InReview):
        return False
    return _is_before_evidence(hold, state.submitted_at)


# ── What comes of an event that is not refused ───────────────────────────────────────────────────────────────────


def _advance(before: Progress, event: HoldEvent, move: Move, state: HoldState, at: datetime) -> Progress:
    """Return the progress after an event that was not refused."""
    failed = move in FAILURES
    return unchecked.progress(
        state,
        before.failures + failed,
        at if failed else before.failed_at,
        before.verification_closed or (move is REJECTED and isinstance(event, ReviewDecided) and event.final),
        before.appeals + _is_filed(before, move),
        _reasons_of(event) if move in AGAINST else before.reasons,
        event.by.id if type(event) is ReviewDecided else before.reviewer,
        _remembered(before, event, at),
        at if before.moved_at is None or before.moved_at < at else before.moved_at,
    )


def _is_filed(before: Progress, move: Move) -> bool:
    """Whether the move files an appeal, and does not hand in what an open one waits for."""
    return move is APPEALED and not isinstance(before.state, InAppeal)


def _remembered(before: Progress, event: HoldEvent, at: datetime) -> tuple[Moved, ...]:
    this = unchecked.moved(event.type, event.id, event.at, at if at != event.at else None)
    return (*before.moves[1 - MOVES_MAX :], this)


def _next_state(calendar: Calendar | None, hold: Hold, event: HoldEvent, following: State, at: datetime) -> HoldState:
    if following is _SUSPENDED:
        return _NOTHING_UNDER_WAY
    if following is _RESTORED:
        return unchecked.restored(at, type(event) is ReleaseOrdered)
    if following is _VERIFICATION or following is _REVIEW or following is _APPEAL:
        return _open_round(calendar, hold, event, at)
    assert_never(following)


def _open_round(calendar: Calendar | None, hold: Hold, event: HoldEvent, at: datetime) -> Round:
    """Return the round that the event opens, or that goes on after it."""
    state = hold.progress.state
    match event, state:
        case VerificationStarted(), _:
            return unchecked.in_verification(event.id, at, event.method, None)
        case VerificationSubmitted(), InVerification():
            due = _due(calendar, hold, event, at)
            return unchecked.in_review(state.attempt, state.opened_at, state.method, at, due)
        case MoreRequested(), InReview():
            needed = unchecked.needed(event.at, at, event.reasons, event.documents)
            return unchecked.in_verification(state.attempt, state.opened_at, state.method, needed)
        case MoreRequested(), InAppeal():
            needed = unchecked.needed(event.at, at, event.reasons, event.documents)
            return unchecked.in_appeal(state.attempt, state.opened_at, None, None, needed)
        case AppealSubmitted(), InAppeal():
            due = _due(calendar, hold, event, at)
            return unchecked.in_appeal(state.attempt, state.opened_at, at, due, state.needed)
        case AppealSubmitted(), _:
            return unchecked.in_appeal(event.id, at, at, _due(calendar, hold, event, at), None)
        case _:
            raise AssertionError("the table opens a round for an event that opens none")


def _due(
    calendar: Calendar | None, hold: Hold, event: VerificationSubmitted | AppealSubmitted, at: datetime
) -> datetime | None:
    """Return when what the event asks for is due, if the rule counts business days.

    A due date is a promise that lifts nothing. Where the calendar cannot give one, there is none.
    """
    clearance = hold.rule.clearance
    if calendar is None or clearance is None:
        return None
    if isinstance(event, VerificationSubmitted):
        number = clearance.review_business_days
    else:
        number = None if clearance.appeal is None else clearance.appeal.decide_business_days
    return None if number is None else calendar.end_of_business_day(number, at)


def _reasons_of(event: HoldEvent) -> tuple[Reason, ...]:
    """Return the reasons of a verdict against the person."""
    if isinstance(event, VerificationFailed | ReviewDecided | AppealDecided):
        return event.reasons
    raise AssertionError("an event that is no verdict went against the person")


def _identity_proved(account: Account, hold: Hold, event: HoldEvent, at: datetime) -> tuple[IdentityRecorded, ...]:
    """Return the identity that this approval puts on record, unless a later report is there already."""
    clearance, review = hold.rule.clearance, hold.progress.state
    if clearance is None or not isinstance(review, InReview):
        raise AssertionError("the table let an approval pass while no review was open")
    identity = recorded_by(review.method)
    if identity is None:
        return ()
    valid_until = None if clearance.identity_valid_for is None else at + clearance.identity_valid_for
    return record_identity(account, event.id, at, identity, valid_until)
