"""The laws about lifting a hold: by a clearance, by an order, by time, and what a person can do."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias, assert_never

import attrs

from withdraw_guard import steps
from withdraw_guard._answers.check import check
from withdraw_guard._answers.open import next_change_at, open_holds
from withdraw_guard._factory import OFFICER, event_of, matching_event
from withdraw_guard._model import events
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Actor, HoldEvent
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.progress import InAppeal, InReview, InVerification, Restored
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.apply import apply
from withdraw_guard._rules.offers import accepted_methods
from withdraw_guard._rules.signal import timer_set_by
from withdraw_guard._rules.transitions import TABLE, Move, move_of
from withdraw_guard._values.ids import EventId
from withdraw_guard._values.limits import INSTANT_MAX, INSTANT_MIN
from withdraw_guard._values.vocabulary import ActorKind, Identity, LiftedBy, Repeat, State
from withdraw_guard.methods import IDENTITY_BUSINESS, IDENTITY_PERSONAL
from withdraw_guard.testing._instants import TICK
from withdraw_guard.testing._journal import delivered, handle, held, round_of, story_of
from withdraw_guard.testing._law import ended, law, offers_verification, steps_of
from withdraw_guard.testing._trial import Trial

_NOTHING: Final = timedelta(0)
_MACHINE: Final = Actor(id="a-machine", kind=ActorKind.SYSTEM)
_ROUND: Final = EventId("round")
_ROUNDS: Final[tuple[Sequence[Move], ...]] = (
    (Move.SUBMITTED, Move.APPROVED),
    (Move.SUBMITTED, Move.MORE_REQUESTED, Move.SUBMITTED, Move.SUBMITTED, Move.APPROVED),
    (Move.SUBMITTED, Move.REJECTED),
    (Move.FAILED,),
)
_PROVING: Final = frozenset({IDENTITY_PERSONAL, IDENTITY_BUSINESS})
_Reviewed: TypeAlias = events.ReviewDecided | events.AppealDecided
_Ordered: TypeAlias = _Reviewed | events.ReleaseOrdered | events.MoreRequested | events.EventRetracted


# ── Lifting ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_at(hold: Hold, event: HoldEvent) -> datetime:
    """Return the instant at which the event counts: not before the round was opened that it names."""
    named = hold.round_named_by(event)
    return event.at if named is None else max(event.at, named.opened_at)


@law
def releasing_one_hold_touches_no_other(trial: Trial, *, event: HoldEvent | None = None) -> None:
    """An event about one hold leaves every other hold as it is."""
    for moving in _hold_events(trial, event):
        after = handle(trial.policy, trial.account, moving)
        others = [hold for hold in trial.account.holds if hold.id != moving.hold]
        untouched = [hold for hold in after.holds if hold.id != moving.hold] == others
        trial.require(untouched, moving.at, f"{moving.type} on hold {moving.hold} touches another hold")


@law
def the_table_is_the_truth(trial: Trial, *, event: HoldEvent | None = None) -> None:
    """A move is accepted only if the table has it, and leads to the state that the table says.

    What comes too late to change an open round is accepted as well, and leaves the state as it is.
    """
    for moving in _hold_events(trial, event):
        move, before = move_of(moving), held(trial.account, moving.hold)
        row = TABLE[before.stage(_read_at(before, moving))]
        is_answered = isinstance(before.progress.state, InAppeal) and move is Move.APPEALED
        try:
            after = held(apply(trial.policy, trial.account, moving).account, moving.hold)
        except EventRefused as refused:
            is_so = refused.reason is not Refusal.WRONG_STATE or move not in row or is_answered
        else:
            is_late = move in (Move.SUBMITTED, Move.APPEALED) and after.progress.state == before.progress.state
            is_so = is_late or after.progress.state.state is row.get(move)
        trial.require(is_so, moving.at, f"{move} on hold {moving.hold} is not what the table says")


def _hold_events(trial: Trial, event: HoldEvent | None) -> Sequence[HoldEvent]:
    """The event that was given, or else every move of every hold."""
    if event is not None:
        return [event]
    account = trial.account
    return [event_of(move, account, hold, "any-move", trial.now) for hold in account.holds for move in Move]


@law
def a_clearance_is_never_spent_twice(trial: Trial) -> None:
    """After a clearance or a release, the next trigger holds again."""
    account = trial.account
    for hold in account.holds:
        account = ended(trial.policy, account, hold, trial.now)
        later = matching_event(hold.rule, account.id, f"again-{hold.cause.event}"[:128], trial.now + TICK)
        rule_alone = attrs.evolve(trial.policy, rules=(attrs.evolve(hold.rule, where={}),))
        after, is_taken = delivered(rule_alone, account, later)
        if not is_taken:
            continue
        knowing = [other for other in after.holds if other.remembers(later.id, later.at)]
        covered = [other.is_open(later.at) and type(other.progress.state) is not Restored for other in knowing]
        trial.require(covered == [True], later.at, f"what ended hold {hold.id} covers the next trigger")


@law
def a_lift_is_never_early(trial: Trial) -> None:
    """A hold ends by its timer, by a clearance, by an order or by a retraction: at that instant, not earlier."""
    for hold in trial.account.holds:
        trial.require(_has_its_timer(trial, hold), trial.now, f"the timer of hold {hold.id} is wrong")
        ordered = _decided_at(trial, hold, (Move.RELEASED,))
        cleared = _decided_at(trial, hold, (Move.APPROVED, Move.GRANTED))
        trial.require(len(cleared) <= 1, trial.now, f"hold {hold.id} was cleared twice")
        lifted = ordered if hold.released else {_lifted_at(hold, next(iter(cleared), None))}
        ends = {_retracted_or(hold, end) for end in lifted}
        trial.require(hold.end in ends, trial.now, f"hold {hold.id} ends at an instant at which nothing ends it")


def _decided_at(trial: Trial, hold: Hold, moves: Container[Move]) -> set[datetime | None]:
    """Return when one of these moves was made."""
    return {
        _read_at(held(before, hold.id), event)
        for event, before, after in trial.applied
        if before != after and isinstance(event, HoldEvent) and event.hold == hold.id and move_of(event) in moves
    }


def _has_its_timer(trial: Trial, hold: Hold) -> bool:
    """Whether each trigger has the timer that its event set, and none that still counts is over before."""
    flags = {(flag.id, flag.at): flag for flag in trial.applied_flags}
    if hold.until is None:
        return not hold.rule.has_timer
    set_right = all(
        trigger.until == timer_set_by(flags[trigger.event, trigger.at], hold.rule, trial.policy)
        for trigger in hold.triggers
    )
    kept = hold.rule.repeat is Repeat.KEEP and hold.cause.settled_at is None
    counting = [hold.cause] if kept else [each for each in hold.triggers if each.settled_at is None]
    late_enough = all(trigger.until is not None and trigger.until <= hold.until for trigger in counting)
    marks = {at for trigger in hold.triggers for at in (trigger.until, trigger.settled_at)}
    return set_right and late_enough and (hold.dropped is not None or hold.until in marks)


def _lifted_at(hold: Hold, cleared_at: datetime | None) -> datetime | None:
    """When a hold ends that was not released, whatever is retracted (rule 12)."""
    if hold.until is None or hold.rule.clearance is None:
        return hold.until or cleared_at
    if hold.rule.lifted_by is LiftedBy.ANY:
        return min(hold.until, cleared_at or hold.until)
    return None if cleared_at is None else max(hold.until, cleared_at)


def _retracted_or(hold: Hold, end: datetime | None) -> datetime | None:
    settled = [trigger.settled_at for trigger in hold.triggers if trigger.settled_at is not None]
    if len(settled) < len(hold.triggers):
        return end
    return max(settled) if end is None else min(end, max(settled))


@law
def no_user_lifts_their_own_hold(trial: Trial) -> None:
    """An account holder alone can neither clear nor release a hold, nor retract what was reported."""
    alone = [e for e in trial.events if not isinstance(e, _Ordered) or e.by.kind is ActorKind.USER]
    for hold in story_of(trial.policy, alone).account.holds:
        is_ended = isinstance(hold.progress.state, Restored) or hold.latest_at is None
        trial.require(not is_ended, trial.now, f"the account holder alone ends hold {hold.id}")


@law
def approval_is_newer_than_evidence(trial: Trial) -> None:
    """A decision is at least as new as the latest trigger; a machine that approves also needs pictures as new."""
    for event, before, after in trial.applied:
        if not isinstance(event, _Reviewed) or before == after:
            continue
        hold = held(before, event.hold)
        evidence_at, review = hold.latest_at or INSTANT_MIN, hold.progress.state
        is_newer = _read_at(hold, event) >= evidence_at
        trial.require(is_newer, event.at, f"{event.id} decides about a trigger that came after it")
        by_machine = move_of(event) is Move.APPROVED and event.by.kind is not ActorKind.ADMIN
        old_picture = isinstance(review, InReview) and review.submitted_at < evidence_at
        trial.require(not (by_machine and old_picture), event.at, f"{event.id} clears new evidence with an old picture")


# ── Rounds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@law
def a_step_that_is_offered_is_taken(trial: Trial) -> None:
    """A verification, its completion and an appeal that are named as next steps are accepted at that instant."""
    for at in trial.instants:
        for reading in open_holds(trial.account, at):
            hold = held(trial.account, reading.id)
            for event in _taking(trial.account, hold, reading.steps, at):
                is_taken = delivered(trial.policy, trial.account, event)[1]
                trial.require(is_taken, at, f"{event.type} is a next step of hold {hold.id}, and is refused")


def _taking(account: Account, hold: Hold, named: Iterable[steps.Step], at: datetime) -> Iterator[HoldEvent]:
    attempt = round_of(hold)
    for step in named:
        match step:
            case steps.Verify():
                for method in step.methods:
                    yield event_of(Move.STARTED, account, hold, "taken", at, method=method)
            case steps.CompleteVerification():
                for move in (Move.SUBMITTED, Move.FAILED):
                    yield event_of(move, account, hold, "taken", at, attempt=attempt)
            case steps.Appeal():
                answered = attempt if hold.stage(at) is State.APPEAL else None
                documents = frozenset(step.documents)
                yield event_of(Move.APPEALED, account, hold, "taken", at, attempt=answered, documents=documents)
            case steps.Wait() | steps.ContactSupport() | steps.AwaitReview() | steps.AwaitAppeal():
                pass
            case _ as never:
                assert_never(never)


@law
def a_clock_that_lags_locks_nobody_out(
    trial: Trial, *, words: Sequence[Move] | None = None, skew: timedelta = timedelta(days=1)
) -> None:
    """What a vendor says of the round that it names leads to the same state, however far its clock lags.

    If a trigger comes after the round was opened, its verdict is stale and not outdated, and a person decides.
    """
    for hold in trial.account.holds:
        if not offers_verification(trial.account, hold, trial.now):
            continue
        started = handle(trial.policy, trial.account, event_of(Move.STARTED, trial.account, hold, "round", trial.now))
        for said in _ROUNDS if words is None else (words,):
            right, lagging = (_told(trial, started, hold, said, lag) for lag in (_NOTHING, skew))
            same = _where_it_stands(right) == _where_it_stands(lagging)
            is_over = not hold.is_open(trial.now + len(said) * TICK)
            trial.require(same or is_over, trial.now, f"a clock that lags {skew} leads hold {hold.id} elsewhere")
        _require_a_person(trial, started, hold, skew)


def _told(trial: Trial, account: Account, hold: Hold, words: Sequence[Move], lag: timedelta) -> Hold:
    for number, move in enumerate(words, 1):
        at = trial.now + number * TICK - lag
        word = event_of(move, account, hold, f"word-{number}", at, by=_MACHINE, attempt=_ROUND)
        account = handle(trial.policy, account, word)
    return held(account, hold.id)


def _where_it_stands(hold: Hold) -> tuple[object, ...]:
    """Everything about the progress of a hold that is not an instant."""
    progress, state = hold.progress, hold.progress.state
    needed = state.needed if isinstance(state, InVerification | InAppeal) else None
    asked = None if needed is None else (needed.reasons, needed.documents)
    counted = (progress.failures, progress.appeals, progress.verification_closed, progress.reasons, progress.reviewer)
    return (state.state, round_of(hold), asked, *counted)


def _require_a_person(trial: Trial, started: Account, hold: Hold, skew: timedelta) -> None:
    """Require that a lagging verdict about a hold with a newer trigger is refused, and that a person can give it."""
    handed_in = handle(
        trial.policy, started, event_of(Move.SUBMITTED, started, hold, "word", trial.now, attempt=_ROUND)
    )
    alone, at = attrs.evolve(trial.policy, rules=(hold.rule,)), trial.now + TICK
    account = handle(alone, handed_in, matching_event(hold.rule, handed_in.id, "another-trigger", at))
    joined = held(account, hold.id)
    if joined.latest_at != at or not joined.is_open(at) or skew < TICK:
        return
    verdict = event_of(Move.APPROVED, account, hold, "verdict", at - skew, by=_MACHINE, attempt=_ROUND)
    is_so = False
    try:
        apply(trial.policy, account, verdict)
    except EventRefused as refused:
        is_so = refused.reason is Refusal.STALE and not refused.outdated
    trial.require(is_so, at, "a lagging verdict about new evidence is not refused as stale, or is said to be outdated")
    decided = delivered(trial.policy, account, event_of(Move.APPROVED, account, hold, "by-hand", at, attempt=_ROUND))
    trial.require(decided[1], at, f"a person cannot decide about hold {hold.id}")


@law
def more_costs_nothing(trial: Trial) -> None:
    """A request for more changes no counter and ends no round; what it asks for can be handed in at once."""
    for account, hold in _under_way(trial):
        request = event_of(Move.MORE_REQUESTED, account, hold, "more", trial.now, by=OFFICER)
        asked = apply(trial.policy, account, request).account
        after = held(asked, hold.id)
        known = attrs.evolve(
            after.progress, state=hold.progress.state, moves=hold.progress.moves, moved_at=hold.progress.moved_at
        )
        same = known == hold.progress and round_of(after) == round_of(hold)
        trial.require(same, trial.now, f"a request for more costs something on hold {hold.id}")
        answering = Move.APPEALED if hold.stage(trial.now) is State.APPEAL else Move.SUBMITTED
        answer = event_of(answering, asked, after, "answer", trial.now, attempt=round_of(after))
        state = held(handle(trial.policy, asked, answer), hold.id).progress.state
        is_back = isinstance(state, InReview) or (isinstance(state, InAppeal) and state.submitted_at == trial.now)
        trial.require(is_back, trial.now, f"what was asked for on hold {hold.id} cannot be handed in")


def _under_way(trial: Trial) -> Iterator[tuple[Account, Hold]]:
    """Yield each hold in review or appeal, as it is or after the moves that it offers, with its account."""
    for hold in trial.account.holds:
        for moves in ((), (Move.STARTED, Move.SUBMITTED), (Move.APPEALED,)):
            account = trial.account
            for move in moves:
                account = handle(trial.policy, account, event_of(move, account, hold, move.value, trial.now))
            led = held(account, hold.id)
            if led.is_open(trial.now) and isinstance(led.progress.state, InReview | InAppeal):
                yield account, led


@law
def an_identity_ages_by_itself(trial: Trial, *, lasts: timedelta = timedelta(hours=1)) -> None:
    """From the end of an identity on the account counts as not verified, and an open hold says so by itself."""
    until = trial.now + lasts
    report = events.IdentityChanged(
        id="report", account=trial.account.id, at=trial.now, identity=Identity.PERSONAL, valid_until=until
    )
    account = apply(trial.policy, trial.account, report).account
    has_aged = account.identity_at(until - TICK) is Identity.PERSONAL and account.identity_at(until) is None
    trial.require(has_aged, until, "an identity does not end at its end")
    for hold in account.holds:
        for at, identity in ((until - TICK, Identity.PERSONAL), (until, None)):
            for step in steps_of(account, hold, at):
                if isinstance(step, steps.Verify) and hold.rule.clearance is not None:
                    accepts = frozenset(step.methods) == accepted_methods(hold.rule.clearance, identity)
                    trial.require(accepts, at, f"hold {hold.id} offers what it does not accept")
    if open_holds(account, until - TICK) != open_holds(account, until):
        trial.require(next_change_at(account, until - TICK) == until, until, "nobody says when an identity ends")
    _require_an_end(trial)


def _require_an_end(trial: Trial) -> None:
    """Require that an identity that an approval records counts as long as the clearance says."""
    for hold in trial.account.holds:
        for step in steps_of(trial.account, hold, trial.now):
            proving = set(step.methods) & _PROVING if isinstance(step, steps.Verify) else ()
            for method in sorted(proving):
                moves = (Move.STARTED, Move.SUBMITTED, Move.APPROVED)
                proof = [event_of(move, trial.account, hold, move.value, trial.now, method=method) for move in moves]
                report = apply(trial.policy, trial.account, *proof).account.identity_report
                lasts = hold.rule.clearance and hold.rule.clearance.identity_valid_for
                is_so = report is not None and report.valid_until == (lasts and trial.now + lasts)
                trial.require(is_so, trial.now, f"an identity proved on hold {hold.id} has another end")


# ── Getting out ──────────────────────────────────────────────────────────────────────────────────────────────────


@law
def no_limbo(trial: Trial) -> None:
    """From every reachable account, time and permitted orders lead to restored."""
    account = trial.account
    for hold in account.holds:
        if hold.end is None:
            order = event_of(Move.RELEASED, account, hold, "way-out", INSTANT_MAX, override_stale=True)
            account = handle(trial.policy, account, order)
    is_out = check(account, INSTANT_MAX) and not open_holds(account, INSTANT_MAX)
    trial.require(bool(is_out), INSTANT_MAX, "neither orders nor time end every hold")


@law
def a_person_who_proves_who_they_are_gets_out_without_an_authority(trial: Trial) -> None:
    """If a hold offers verification, a verification and its approval clear it."""
    for hold in trial.account.holds:
        if offers_verification(trial.account, hold, trial.now):
            after = held(ended(trial.policy, trial.account, hold, trial.now), hold.id)
            cleared = after.progress.state == Restored(at=trial.now, released=False)
            trial.require(cleared, trial.now, f"an approved verification does not clear hold {hold.id}")
