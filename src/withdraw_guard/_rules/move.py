"""From an event about a hold to how far that hold has come (rulebook 13 to 18).

A *move* is what an event does to a hold: started, submitted, approved and so on. `TABLE` in `transitions.py` says
which moves a state allows, and which state comes next. This file has the conditions of each move, in the order in
which refusals are promised, and the record that a move leaves (`Progress`).

A *round* is one verification with its review, or one appeal. The event that starts the verification or files the
appeal opens the round, and the id of that event is the id of the round. A verdict or a release closes the round. A
verification that is started again is a new round. An event may name its round: the member `attempt`, so called on
the wire, is the id of a round.

Events arrive late, twice and out of order. What a hold *remembers* is its latest move: the instant, and which events
moved the hold at that instant (`Moved`). One of these events, delivered again, changes nothing.

An event is *stale* if it is too old to decide what it would decide:
- an event that opens a round, if it happened before the latest move;
- an event of a round, if it happened before the round was opened, or is about another round;
- the decision of a review or an appeal, if it happened before the latest trigger: new evidence needs a new look;
- an approval by anyone but an administrator, if what was submitted is older than the latest trigger;
- a release, if it happened before the latest move or the latest trigger, unless it overrides this.

Two events may have the same instant, and then the instant does not say which round a verdict is about. So an open
review knows the reviews that were decided at the instant at which its round was opened (`overtaken`): they are about
earlier rounds. `MOVES_PER_INSTANT_MAX` keeps this record short: no round is opened at an instant with as many moves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeAlias, assert_never

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.calendar import Calendar
from withdraw_guard._model.changes import Change, IdentityRecorded
from withdraw_guard._model.events import (
    AppealDecided,
    AppealSubmitted,
    EventType,
    HoldEvent,
    ReleaseOrdered,
    ReviewDecided,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.progress import (
    HoldState,
    InAppeal,
    InReview,
    InVerification,
    Moved,
    Progress,
    Suspended,
)
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.identify import record_identity
from withdraw_guard._rules.offers import accepted_methods, offered_appeal
from withdraw_guard._rules.transitions import (
    AGAINST,
    APPEALED,
    APPROVED,
    FAILURES,
    REJECTED,
    RELEASED,
    TABLE,
    Move,
    move_of,
)
from withdraw_guard._values.ids import EventId, Reason
from withdraw_guard._values.limits import MOVES_PER_INSTANT_MAX
from withdraw_guard._values.vocabulary import ActorKind, State
from withdraw_guard.methods import recorded_by

RoundEvent: TypeAlias = VerificationSubmitted | VerificationFailed | ReviewDecided | AppealDecided

_ROUNDS: Final = (InVerification, InReview, InAppeal)
_VERDICTS: Final = (VerificationFailed, ReviewDecided, AppealDecided)
_NOTHING_UNDER_WAY: Final = Suspended()
# Aliases, because each event asks for these, and before Python 3.12 it takes long to reach a member by its name.
_SUSPENDED: Final = State.SUSPENDED
_VERIFICATION: Final = State.VERIFICATION
_REVIEW: Final = State.REVIEW
_APPEAL: Final = State.APPEAL
_RESTORED: Final = State.RESTORED
_USER: Final = ActorKind.USER
_ADMIN: Final = ActorKind.ADMIN
_REVIEW_DECIDED: Final = EventType.REVIEW_DECIDED


def move_hold(calendar: Calendar | None, account: Account, event: HoldEvent) -> tuple[Change, ...]:
    """Return what the event changes in its hold: nothing if the hold remembers this event as its latest move.

    The calendar counts the business days of due dates. Raises `EventRefused` if the event cannot be applied.
    """
    hold = account.hold(event.hold)
    if hold is None:
        raise EventRefused(Refusal.UNKNOWN_HOLD, event)
    if _remembers(hold, event):
        return ()
    move = move_of(event)
    following = TABLE[hold.stage(event.at)].get(move)
    refusal = _refusal(account, hold, event, move, following)
    if refusal is not None:
        raise EventRefused(refusal, event, hold)
    if following is None:
        raise AssertionError("an event was accepted that the table does not have in this state")
    progress = _advance(hold.progress, event, move, _next_state(calendar, hold, event, following))
    if move is RELEASED:
        return (unchecked.hold_released(account.id, event.id, event.at, hold.id, progress),)
    moved = unchecked.hold_moved(account.id, event.id, event.at, hold.id, progress)
    return (moved, *_identity_proved(account, hold, event)) if move is APPROVED else (moved,)


def _remembers(hold: Hold, event: HoldEvent) -> bool:
    """Whether the event is one of those that moved the hold at the instant of its latest move."""
    moved = hold.progress.moved
    return moved is not None and moved.at == event.at and (event.type, event.id) in moved.by


def _refusal(account: Account, hold: Hold, event: HoldEvent, move: Move, following: State | None) -> Refusal | None:
    if not hold.is_open(event.at):
        return Refusal.HOLD_NOT_OPEN
    if type(event) is ReleaseOrdered:
        return _refusal_of_release(hold, event)
    if hold.rule.clearance is None:
        return Refusal.NO_CLEARANCE
    if not _may_decide(event):
        return Refusal.NOT_AUTHORIZED
    if following is None:
        return Refusal.WRONG_STATE
    match event:
        case VerificationStarted():
            return _refusal_of_start(account, hold, event)
        case AppealSubmitted():
            return _refusal_of_appeal(hold, event)
        case VerificationSubmitted() | VerificationFailed():
            return _stale_if(_is_of_another_round(hold, event))
        case ReviewDecided():
            return _refusal_of_review(account, hold, event, approves=move is APPROVED)
        case AppealDecided():
            return _refusal_of_appeal_decision(hold, event)
        case _ as never:
            assert_never(never)


def _may_decide(event: HoldEvent) -> bool:
    """Rule 17: a user never decides a review, and only an administrator decides an appeal."""
    if type(event) is ReviewDecided:
        return event.by.kind is not _USER
    if type(event) is AppealDecided:
        return event.by.kind is _ADMIN
    return True


def _refusal_of_release(hold: Hold, event: ReleaseOrdered) -> Refusal | None:
    if event.by.kind is _USER or event.authority not in hold.rule.releasable_by:
        return Refusal.NOT_AUTHORIZED
    return _stale_if(event.at < hold.knows_of and not event.override_stale)


def _refusal_of_start(account: Account, hold: Hold, event: VerificationStarted) -> Refusal | None:
    clearance = hold.rule.clearance
    if clearance is None or event.method not in accepted_methods(clearance, account.identity):
        return Refusal.METHOD_NOT_ACCEPTED
    if not hold.attempts_left:
        return Refusal.ATTEMPTS_EXHAUSTED
    return _stale_if(_opens_too_early(hold, event))


def _refusal_of_appeal(hold: Hold, event: AppealSubmitted) -> Refusal | None:
    appeal = offered_appeal(hold, event.at)
    if appeal is None:
        return Refusal.APPEAL_NOT_OFFERED
    if not appeal.documents <= event.documents:
        return Refusal.DOCUMENTS_MISSING
    return _stale_if(_opens_too_early(hold, event))


def _refusal_of_review(account: Account, hold: Hold, event: ReviewDecided, approves: bool) -> Refusal | None:
    clearance, review = hold.rule.clearance, hold.progress.state
    if clearance is None or not isinstance(review, InReview):
        raise AssertionError("the table allows the decision of a review only in review")
    if approves and account.identity is None and review.method not in clearance.unverified:
        return Refusal.METHOD_NOT_ACCEPTED
    # An administrator looks at the new evidence; a machine only at the picture, which may be older.
    overtaken = event.at == review.opened_at and event.id in review.overtaken
    old_picture = approves and event.by.kind is not _ADMIN and review.submitted_at < hold.latest.at
    is_old = _is_of_another_round(hold, event) or overtaken or event.at < hold.latest.at
    return _stale_if(is_old or old_picture)


def _refusal_of_appeal_decision(hold: Hold, event: AppealDecided) -> Refusal | None:
    if event.by.id == hold.progress.reviewer:
        return Refusal.SAME_REVIEWER
    return _stale_if(_is_of_another_round(hold, event) or event.at < hold.latest.at)


def _opens_too_early(hold: Hold, event: VerificationStarted | AppealSubmitted) -> bool:
    """Whether the event happened before the latest move, or at its instant, at which too many events moved the hold."""
    moved = hold.progress.moved
    if moved is None or event.at > moved.at:
        return False
    return event.at < moved.at or len(moved.by) >= MOVES_PER_INSTANT_MAX


def _is_of_another_round(hold: Hold, event: RoundEvent) -> bool:
    """Whether the event happened before the open round was opened, or names another round."""
    state = hold.progress.state
    if not isinstance(state, _ROUNDS):
        raise AssertionError("the table allows an event of a round only while a round is open")
    return event.at < state.opened_at or (event.attempt is not None and event.attempt != state.attempt)


def _stale_if(is_stale: bool) -> Refusal | None:
    return Refusal.STALE if is_stale else None


def _advance(before: Progress, event: HoldEvent, move: Move, state: HoldState) -> Progress:
    """Return the record after an event that is not refused."""
    failed = move in FAILURES
    return unchecked.progress(
        state,
        before.failures + failed,
        event.at if failed else before.failed_at,
        before.verification_closed or (move is REJECTED and _is_final(event)),
        before.appeals + (move is APPEALED),
        _reasons_of(event) if move in AGAINST else before.reasons,
        event.by.id if isinstance(event, ReviewDecided) else before.reviewer,
        _remember(before.moved, event),
    )


def _next_state(calendar: Calendar | None, hold: Hold, event: HoldEvent, following: State) -> HoldState:
    if following is _SUSPENDED:
        return _NOTHING_UNDER_WAY
    if following is _RESTORED:
        return unchecked.restored(event.at, isinstance(event, ReleaseOrdered))
    if following is _VERIFICATION or following is _REVIEW or following is _APPEAL:
        return _round(calendar, hold, event)
    assert_never(following)


def _round(calendar: Calendar | None, hold: Hold, event: HoldEvent) -> HoldState:
    before, state = hold.progress, hold.progress.state
    match event:
        case VerificationStarted():
            return unchecked.in_verification(event.id, event.at, event.method)
        case VerificationSubmitted() if isinstance(state, InVerification):
            overtaken = _reviews_among(before.moved)
            due = _due(calendar, hold, event)
            return unchecked.in_review(state.attempt, state.opened_at, state.method, event.at, overtaken, due)
        case AppealSubmitted():
            return unchecked.in_appeal(event.id, event.at, _due(calendar, hold, event))
        case _:
            raise AssertionError("the table leads to an open round by an event that does not open or continue one")


def _due(calendar: Calendar | None, hold: Hold, event: VerificationSubmitted | AppealSubmitted) -> datetime | None:
    """Return the due date of the review or the appeal, if the rule counts it in business days.

    Nothing ends at a due date. So if the calendar has no such day, the event is accepted without a due date.
    """
    clearance = hold.rule.clearance
    if calendar is None or clearance is None:
        return None
    if isinstance(event, VerificationSubmitted):
        number = clearance.review_business_days
    else:
        number = None if clearance.appeal is None else clearance.appeal.decide_business_days
    return None if number is None else calendar.end_of_business_day(number, event.at)


def _reviews_among(moved: Moved | None) -> frozenset[EventId]:
    """Return the reviews decided at the instant at which the round was opened: they are about earlier rounds."""
    movers = moved.by if moved is not None else ()
    return frozenset([event for event_type, event in movers if event_type is _REVIEW_DECIDED])


def _is_final(event: HoldEvent) -> bool:
    return isinstance(event, ReviewDecided) and event.final


def _reasons_of(event: HoldEvent) -> tuple[Reason, ...]:
    """Return the reasons of a verdict against the person."""
    if isinstance(event, _VERDICTS):
        return event.reasons
    raise AssertionError("only a verdict goes against the person")


def _remember(moved: Moved | None, event: HoldEvent) -> Moved:
    """Return the latest move of the hold, after this event.

    A decision may carry an earlier instant than the submission that it answers. Then the later instant stays.
    """
    this = (event.type, event.id)
    if moved is None or event.at > moved.at:
        return unchecked.moved(event.at, frozenset((this,)))
    return unchecked.moved(moved.at, moved.by | {this}) if event.at == moved.at else moved


def _identity_proved(account: Account, hold: Hold, event: HoldEvent) -> tuple[IdentityRecorded, ...]:
    """Return the identity that this approval records, unless a later report is on record."""
    review = hold.progress.state
    if not isinstance(review, InReview):
        raise AssertionError("the table allows an approval only in review")
    identity = recorded_by(review.method)
    return () if identity is None else record_identity(account, event.id, event.at, identity)
