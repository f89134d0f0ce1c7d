"""The laws of the guard, each a function of a policy and a journal: it returns, or raises `LawBroken`.

    check_laws(policy, journal)                   # all of them
    resumes_at_is_exact(policy, journal)          # one of them

The journal is the events of one account in the order of delivery; refused events may be among them. Some laws also
need another policy, one more rule or one more event: pass yours, or the law makes a plain one from the policy. Each law
is stated here only: the tests of the library run these functions too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Concatenate, Final, ParamSpec, TypeAlias, TypeVar, cast

import attrs

from withdraw_guard import wire
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Decision, Denied
from withdraw_guard._answers.open import next_change_at, open_holds, phase
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._factory import event_of, matching_event
from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import AppealDecided, Event, HoldEvent, ReleaseOrdered, ReviewDecided, SecurityEvent
from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule, Scope
from withdraw_guard._model.progress import InReview, Restored
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.apply import apply, replay
from withdraw_guard._rules.decide import decide
from withdraw_guard._rules.transitions import TABLE, Move, move_of
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import DestinationId, HoldId
from withdraw_guard._values.limits import HOLDS_APART_MAX, INSTANT_MAX, RULES_MAX
from withdraw_guard._values.vocabulary import ActorKind, Destination, LiftedBy, Repeat
from withdraw_guard.steps import Verify
from withdraw_guard.testing._instants import TICK, boundaries
from withdraw_guard.testing._journal import delivered, handle, story_of
from withdraw_guard.testing._trial import ELSEWHERE, Journal, Trial, is_named

_T = TypeVar("_T")
_P = ParamSpec("_P")
Law: TypeAlias = Callable[[Policy, Journal], None]
"""A promise as a function of a policy and a journal; it returns, or raises `LawBroken`."""
_Decided: TypeAlias = ReviewDecided | AppealDecided | ReleaseOrdered
_Statement: TypeAlias = Callable[Concatenate[Trial, _P], None]
_OpenLaw: TypeAlias = Callable[Concatenate[Policy, Journal, _P], None]
_LAWS: Final[dict[str, Law]] = {}
_HERE: Final = DestinationId("right-here")


def _law(statement: _Statement[_P]) -> _OpenLaw[_P]:
    """Make a law of a statement about a trial, and list it in `LAWS`. Other arguments of the statement are optional."""

    def law(policy: Policy, journal: Journal, /, *args: _P.args, **options: _P.kwargs) -> None:
        statement(Trial(statement.__name__, policy, journal), *args, **options)

    law.__name__ = law.__qualname__ = statement.__name__
    law.__doc__ = statement.__doc__
    _LAWS[statement.__name__] = cast("Law", law)
    return law


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────────


@_law
def a_naive_instant_is_refused(trial: Trial) -> None:
    """Every question and every event refuses an instant without a time zone."""
    for at in trial.instants:
        naive = at.replace(tzinfo=None)
        for question in (check, open_holds, phase, next_change_at):
            trial.require(_is_called_naive(question, trial.account, naive), at, "a question takes a naive instant")
    for event in trial.events:
        naive = event.at.replace(tzinfo=None)
        trial.require(_is_called_naive(_redated, event, naive), event.at, "an event takes a naive instant")


def _is_called_naive(asked: Callable[[_T, datetime], object], about: _T, naive: datetime) -> bool:
    try:
        asked(about, naive)
    except InvalidValue as error:
        return "naive" in str(error)
    return False


def _redated(event: Event, at: datetime) -> Event:
    return attrs.evolve(event, at=at)


@_law
def deciding_is_pure(trial: Trial) -> None:
    """Asking changes nothing, and the same question has the same answer."""
    before = json.dumps(wire.to_dict(trial.account))
    answers = [(trial.view(trial.account, at), next_change_at(trial.account, at)) for at in trial.instants]
    for event in trial.events:
        handle(trial.policy, trial.account, event)
    again = [(trial.view(trial.account, at), next_change_at(trial.account, at)) for at in trial.instants]
    trial.require(answers == again, trial.now, "the same question has another answer")
    trial.require(json.dumps(wire.to_dict(trial.account)) == before, trial.now, "asking has changed the account")


@_law
def deny_says_why(trial: Trial) -> None:
    """A denial names every hold that denies, and each of them alone would deny."""
    for at, request in trial.questions:
        answer = check(trial.account, at, request)
        still_open = [hold for hold in trial.account.holds if hold.is_open(at)]
        covering = [hold for hold in still_open if request.is_covered_by(hold.rule.scope, hold.destination_id)]
        named = [hold.id for hold in answer.holds] if isinstance(answer, Denied) else []
        are_named = named == [hold.id for hold in covering]
        trial.require(are_named, at, "a denial names other holds than those that deny")
        for hold in covering:
            # Not validated, because an overflow hold is not valid as the only hold of an account.
            alone = unchecked.account(trial.account.id, (hold,), trial.account.identity_report)
            trial.require(not check(alone, at, request), at, f"hold {hold.id} is named and does not deny")


@_law
def a_denial_has_a_next_step(trial: Trial) -> None:
    """Every open hold says what can be done now."""
    for at in trial.instants:
        trial.require(all(hold.steps for hold in open_holds(trial.account, at)), at, "an open hold has no next step")


@_law
def resumes_at_is_exact(trial: Trial) -> None:
    """A request is denied just before `resumes_at` and allowed at it; if there is none, time alone never allows it."""
    for at, request in trial.questions:
        answer = check(trial.account, at, request)
        if not isinstance(answer, Denied):
            continue
        resumes_at = answer.resumes_at
        before = INSTANT_MAX if resumes_at is None else resumes_at - TICK
        trial.require(not check(trial.account, before, request), before, "is allowed before withdrawals resume")
        if resumes_at is not None:
            trial.require(bool(check(trial.account, resumes_at, request)), resumes_at, "is denied when they resume")


@_law
def time_alone_never_tightens(trial: Trial) -> None:
    """A request that is allowed stays allowed until an event happens."""
    answers = [(at, trial.denied(trial.account, at)) for at in trial.instants]
    for (_, earlier), (at, later) in pairwise(answers):
        tightened = any(now and not then for now, then in zip(later, earlier, strict=True))
        trial.require(not tightened, at, "a request that was allowed is denied, and no event has happened")


@_law
def next_change_at_misses_nothing(trial: Trial) -> None:
    """Before `next_change_at` no answer changes by itself, and at that instant one does."""
    views = {at: trial.view(trial.account, at) for at in trial.instants}
    for at, view in views.items():
        then = next_change_at(trial.account, at)
        until = INSTANT_MAX if then is None else min(then, INSTANT_MAX)
        unchanged = all(views[instant] == view for instant in views if at < instant < until)
        trial.require(unchanged, at, "something changes before the next change")
        trial.require(then is None or at < then, at, "the next change is not after the question")
        if then is not None and then < INSTANT_MAX:
            changed = trial.view(trial.account, then) != trial.view(trial.account, then - TICK)
            trial.require(changed, then, "nothing changes at the next change")


# ── Placing ──────────────────────────────────────────────────────────────────────────────────────────────────────


@_law
def a_security_event_never_loosens(
    trial: Trial, *, under: Policy | None = None, event: SecurityEvent | None = None
) -> None:
    """Under any policy and at every instant, a security event allows no request that was denied.

    A request about one destination is asked from the instant of the event on, because holds that ended before it may
    be pruned.
    """
    in_force = under or trial.policy
    for more in _one_more(trial, in_force, event):
        after = handle(in_force, trial.account, more)
        for at in boundaries(trial.account, after):
            asked = [request for request in trial.requests if request.destination_id is None or at >= more.at]
            denied = [request for request in asked if not check(trial.account, at, request)]
            still = not any(check(after, at, request) for request in denied)
            trial.require(still, at, f"one more {more.trigger} allows what was denied")


@_law
def an_open_hold_keeps_its_terms(
    trial: Trial, *, under: Policy | None = None, event: SecurityEvent | None = None
) -> None:
    """An open hold keeps its terms under another policy or calendar, and never ends earlier."""
    for in_force in (under,) if under is not None else _others(trial.policy):
        for more in _one_more(trial, in_force, event):
            after = handle(in_force, trial.account, more)
            for hold in trial.account.holds:
                kept = after.hold(hold.id)
                is_kept = kept is not None and _keeps_its_terms(hold, kept)
                trial.require(is_kept or not hold.is_open(more.at), more.at, f"hold {hold.id} has other terms")


def _others(policy: Policy) -> Iterator[Policy]:
    """Yield the policy with other scopes, and with every second day of its calendar, if it has one."""
    yield attrs.evolve(policy, rules=tuple(attrs.evolve(rule, scope=Scope()) for rule in policy.rules))
    if policy.calendar is not None:
        yield attrs.evolve(policy, calendar=attrs.evolve(policy.calendar, days=policy.calendar.days[::2]))


def _keeps_its_terms(hold: Hold, kept: Hold) -> bool:
    unchanged = attrs.evolve(kept, latest=hold.latest, timer=hold.timer) == hold
    return unchanged and (kept.end is None or (hold.end is not None and hold.end <= kept.end))


def _one_more(trial: Trial, policy: Policy, event: SecurityEvent | None) -> Sequence[SecurityEvent]:
    """The event that was given, or else one for each rule of the policy."""
    if event is not None:
        return [event]
    return [matching_event(rule, trial.account.id, "one-more", trial.now) for rule in policy.rules]


@_law
def a_rule_more_never_allows_more(trial: Trial, *, extra: Rule | None = None) -> None:
    """With one more rule, the same journal is denied wherever it was denied.

    The journal has no events about the holds of the additional rule, and no event that this rule cannot apply.
    """
    if len(trial.policy.rules) == RULES_MAX:
        return
    plain = (attrs.evolve(rule, id="one-rule-more", where={}) for rule in trial.policy.rules)
    for more in plain if extra is None else [extra]:
        if more.counts_business_days and trial.policy.calendar is None:
            continue
        larger = attrs.evolve(trial.policy, rules=(*trial.policy.rules, more))
        flags = [event for event, _, _ in trial.applied if isinstance(event, SecurityEvent)]
        if not all(delivered(larger, trial.fresh, event)[1] for event in flags):
            continue
        account = story_of(larger, trial.events).account
        for at in boundaries(trial.account, account):
            trial.require_denied(account, trial.account, at, f"one rule more, {more.id}, allows what was denied")


@_law
def rule_order_does_not_matter(trial: Trial, *, shuffled: Policy | None = None) -> None:
    """Each rule answers an event by itself, so the order of the rules changes nothing."""
    in_other_order = shuffled or attrs.evolve(trial.policy, rules=trial.policy.rules[::-1])
    account = story_of(in_other_order, trial.events).account
    one, other = ((set(made.holds), made.identity_report) for made in (trial.account, account))
    trial.require(one == other, trial.now, "the order of the rules changes the account")


@_law
def security_events_commute(trial: Trial, *, again: Journal | None = None) -> None:
    """In whatever order and however often security events arrive, the answers and `resumes_at` are the same.

    The law is about the rules that a further trigger extends and the rules with separate holds. It is not about rules
    that another trigger extends, and not about more separate holds than an account may have. `again` is the same events
    in another order; by default all of them twice, the latest first.
    """
    flags = [event for event in trial.events if isinstance(event, SecurityEvent)]
    may_overflow = len(flags) >= HOLDS_APART_MAX - 1
    commuting = [rule for rule in trial.policy.rules if rule.repeat is not Repeat.KEEP and not rule.extended_by]
    kept = tuple(rule for rule in commuting if rule.repeat is Repeat.EXTEND or not may_overflow)
    extending = attrs.evolve(trial.policy, rules=kept)
    one = story_of(extending, flags).account
    other = story_of(extending, [*flags, *flags][::-1] if again is None else again).account
    for at in boundaries(one, other):
        for request in trial.requests:
            first, second = check(one, at, request), check(other, at, request)
            same = getattr(first, "resumes_at", None) == getattr(second, "resumes_at", None)
            trial.require(bool(first) == bool(second) and same, at, "another order of delivery gives another answer")


@_law
def state_is_bounded(trial: Trial) -> None:
    """However many triggers come, an account has at most one hold per rule, or 64 separate ones."""
    account = trial.fresh
    at_most = sum(HOLDS_APART_MAX if rule.repeat is Repeat.SEPARATE else 1 for rule in trial.policy.rules)
    for event in trial.events:
        if isinstance(event, SecurityEvent):
            account = handle(trial.policy, account, event)
            trial.require(len(account.holds) <= at_most, event.at, "there are more holds than the rules allow")


# ── Delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────


@_law
def redelivery_changes_nothing(trial: Trial) -> None:
    """An event that was applied and is delivered again at any later time changes nothing or is refused.

    The law is about releases without `override_stale`, so it is removed from those of the journal. A trigger that only
    extends is delivered again at once, because later there may be a new hold to extend.
    """
    plain = [attrs.evolve(e, override_stale=False) if isinstance(e, ReleaseOrdered) else e for e in trial.events]
    trial = Trial(trial.law, trial.policy, plain)
    extending = {trigger for rule in trial.policy.rules for trigger in rule.extended_by}
    for number, event in enumerate(trial.events):
        later = trial.journal.accounts[number + 1 :] if trial.journal.was_applied[number] else ()
        at_once = isinstance(event, SecurityEvent) and event.trigger in extending
        for account in later[:1] if at_once else later:
            same = handle(trial.policy, account, event) == account
            trial.require(same, event.at, f"event {event.id} delivered again changes the account")


@_law
def a_refused_event_changes_nothing(trial: Trial) -> None:
    """After a refusal the account is the same object, and no change was decided."""
    for number, event in enumerate(trial.events):
        before, after = trial.journal.accounts[number : number + 2]
        refused = _decided(trial.policy, before, event) is None
        always = refused != trial.journal.was_applied[number]
        trial.require(always, event.at, f"event {event.id} is refused only sometimes")
        trial.require(after is before or not refused, event.at, f"event {event.id} is refused and changes the account")


def _decided(policy: Policy, account: Account, event: Event) -> Sequence[Change] | None:
    return decide(policy, account, event) if delivered(policy, account, event)[1] else None


@_law
def all_events_are_applied_or_none(trial: Trial) -> None:
    """Several events in one `apply` are applied all together or not at all."""
    unapplied = [event for event, fine in zip(trial.events, trial.journal.was_applied, strict=True) if not fine]
    try:
        at_once = apply(trial.policy, trial.fresh, *trial.events).account
    except EventRefused as refused:
        trial.require(refused.event in unapplied[:1], refused.event.at, "together, another event is refused")
    except InvalidValue as fault:
        trial.require(bool(unapplied), trial.now, f"together, an event cannot be applied: {fault}")
    else:
        same = not unapplied and at_once == trial.account
        trial.require(same, trial.now, "together, the events lead to another account")


@_law
def changes_replay_to_the_account(trial: Trial) -> None:
    """Replaying the changes gives the account that `apply` gave, without a policy."""
    changes = trial.changes
    trial.require(replay(trial.fresh, changes) == trial.account, trial.now, "the changes lead to another account")
    mine = all(change.account == trial.account.id for change in changes)
    trial.require(mine, trial.now, "a change is about another account")


@_law
def ticks_are_invisible(trial: Trial) -> None:
    """Asking, storing and loading between two events lead to the same account."""
    account = trial.fresh
    for event in trial.events:
        for at in boundaries(account)[:6]:
            trial.view(account, at)
            next_change_at(account, at)
        stored = wire.parse(json.dumps(wire.to_dict(account)))
        account = handle(trial.policy, wire.account_from_dict(stored, rules=trial.policy.rules), event)
    trial.require(account == trial.account, trial.now, "asking, storing and loading lead to another account")


@_law
def the_wire_forgets_nothing(trial: Trial) -> None:
    """Every value comes back from JSON text as it was."""
    answers = [check(trial.account, at, request) for at, request in trial.questions]
    survives = (
        wire.policy_from_dict(_through_text(trial.policy)) == trial.policy
        and wire.account_from_dict(_through_text(trial.account)) == trial.account
        and all(wire.event_from_dict(_through_text(event)) == event for event in trial.events)
        and all(wire.change_from_dict(_through_text(change)) == change for change in trial.changes)
        and all(wire.decision_from_dict(_through_text(answer)) == answer for answer in answers)
    )
    trial.require(survives, trial.now, "a value comes back from JSON text as another")


def _through_text(value: Policy | Event | Account | Change | Decision) -> object:
    return wire.parse(json.dumps(wire.to_dict(value)))


# ── Lifting ──────────────────────────────────────────────────────────────────────────────────────────────────────


@_law
def releasing_one_hold_touches_no_other(trial: Trial, *, event: HoldEvent | None = None) -> None:
    """An event about one hold leaves every other hold as it is."""
    for moving in _hold_events(trial, event):
        after = handle(trial.policy, trial.account, moving)
        others = [hold for hold in trial.account.holds if hold.id != moving.hold]
        untouched = [hold for hold in after.holds if hold.id != moving.hold] == others
        trial.require(untouched, moving.at, f"{moving.type} on hold {moving.hold} touches another hold")


@_law
def the_table_is_the_truth(trial: Trial, *, event: HoldEvent | None = None) -> None:
    """A move is accepted only if the table has it, and leads to the state that the table says."""
    for moving in _hold_events(trial, event):
        move = move_of(moving)
        row = next(TABLE[hold.stage(moving.at)] for hold in trial.account.holds if hold.id == moving.hold)
        try:
            after = apply(trial.policy, trial.account, moving).account.hold(moving.hold)
        except EventRefused as refused:
            is_so = refused.reason is not Refusal.WRONG_STATE or move not in row
        else:
            is_so = after is not None and after.progress.state.state is row.get(move)
        trial.require(is_so, moving.at, f"{move} on hold {moving.hold} is not what the table says")


def _hold_events(trial: Trial, event: HoldEvent | None) -> Sequence[HoldEvent]:
    """The event that was given, or else every move of every hold."""
    if event is not None:
        return [event]
    account = trial.account
    return [event_of(move, account, hold, "any-move", trial.now) for hold in account.holds for move in Move]


@_law
def a_clearance_is_never_spent_twice(trial: Trial) -> None:
    """After a clearance or a release, the next trigger holds again."""
    account = trial.account
    for hold in account.holds:
        account = _ended(trial.policy, account, hold, trial.now)
        later = matching_event(hold.rule, account.id, f"again-{hold.cause.event}"[:128], trial.now + TICK)
        rule_alone = attrs.evolve(trial.policy, rules=(attrs.evolve(hold.rule, where={}),))
        after, is_taken = delivered(rule_alone, account, later)
        if not is_taken:
            continue
        knowing = [other for other in after.holds if other.latest == Occurrence(event=later.id, at=later.at)]
        covered = [other.is_open(later.at) and type(other.progress.state) is not Restored for other in knowing]
        trial.require(covered == [True], later.at, f"what ended hold {hold.id} covers the next trigger")


def _ended(policy: Policy, account: Account, hold: Hold, at: datetime) -> Account:
    """End an open hold at that instant if that is possible: by verifying if it offers that, else by an order."""
    reading = next((reading for reading in open_holds(account, at) if reading.id == hold.id), None)
    if reading is None:
        return account
    if any(isinstance(step, Verify) for step in reading.steps):
        proof = (Move.STARTED, Move.SUBMITTED, Move.APPROVED)
        return apply(policy, account, *(event_of(move, account, hold, move.value, at) for move in proof)).account
    if hold.rule.releasable_by:
        return apply(policy, account, event_of(Move.RELEASED, account, hold, "order", at)).account
    return account


@_law
def a_lift_is_never_early(trial: Trial) -> None:
    """A hold ends by its timer, by a clearance or by an order: at that instant, not earlier."""
    given_at: dict[HoldId, set[datetime]] = {}
    ordered_at: dict[HoldId, set[datetime]] = {}
    for event, _, _ in trial.applied:
        if isinstance(event, ReleaseOrdered):
            ordered_at.setdefault(event.hold, set()).add(event.at)
        elif isinstance(event, _Decided) and move_of(event) in (Move.APPROVED, Move.GRANTED):
            given_at.setdefault(event.hold, set()).add(event.at)
    for hold in trial.account.holds:
        trial.require(_has_its_timer(trial, hold), trial.now, f"the timer of hold {hold.id} is wrong")
        cleared_at = given_at.get(hold.id, set())
        trial.require(len(cleared_at) <= 1, trial.now, f"hold {hold.id} was cleared twice")
        ends = ordered_at.get(hold.id, set()) if hold.released else {_end(hold, next(iter(cleared_at), None))}
        trial.require(hold.end in ends, trial.now, f"hold {hold.id} ends at an instant at which nothing ends it")


def _has_its_timer(trial: Trial, hold: Hold) -> bool:
    """Whether the timer is what the rule says from the trigger that counts; a chosen timer must come from an event."""
    rule, trigger = hold.rule, hold.cause if hold.rule.repeat is Repeat.KEEP else hold.latest
    if rule.chosen is not None and rule.duration is not None:
        flags = (event for event, _, _ in trial.applied if isinstance(event, SecurityEvent))
        return hold.until in {event.at + (event.duration or rule.duration) for event in flags}
    if rule.business_days is not None:
        days = trial.policy.calendar
        return days is not None and hold.until == days.end_of_business_day(rule.business_days, trigger.at)
    return hold.until == (None if rule.duration is None else trigger.at + rule.duration)


def _end(hold: Hold, cleared_at: datetime | None) -> datetime | None:
    """When a hold ends that was not released (rule 12)."""
    if hold.until is None or hold.rule.clearance is None:
        return hold.until or cleared_at
    if hold.rule.lifted_by is LiftedBy.ANY:
        return min(hold.until, cleared_at or hold.until)
    return None if cleared_at is None else max(hold.until, cleared_at)


@_law
def no_user_lifts_their_own_hold(trial: Trial) -> None:
    """An account holder alone can neither clear nor release a hold."""
    alone = [e for e in trial.events if not isinstance(e, _Decided) or e.by.kind is ActorKind.USER]
    account = story_of(trial.policy, alone).account
    is_ended = any(isinstance(hold.progress.state, Restored) for hold in account.holds)
    trial.require(not is_ended, trial.now, "the account holder alone clears or releases a hold")


@_law
def approval_is_newer_than_evidence(trial: Trial) -> None:
    """A decision is at least as new as the latest trigger; a machine that approves also needs pictures as new."""
    for event, before, after in trial.applied:
        if not isinstance(event, ReviewDecided | AppealDecided) or before == after:
            continue
        hold = next(hold for hold in before.holds if hold.id == event.hold)
        trial.require(event.at >= hold.latest.at, event.at, f"{event.id} decides about a trigger that came after it")
        review = hold.progress.state
        by_machine = move_of(event) is Move.APPROVED and event.by.kind is not ActorKind.ADMIN
        old_picture = isinstance(review, InReview) and review.submitted_at < hold.latest.at
        trial.require(not (by_machine and old_picture), event.at, f"{event.id} clears new evidence with an old picture")


# ── Choices, separate holds, one destination, business days ──────────────────────────────────────────────────────────


@_law
def a_choice_never_shortens(trial: Trial) -> None:
    """A hold with a long chosen duration stays as long, whatever is chosen later, in whatever order of delivery."""
    for alone, rule, event in trial.on_each_rule(lambda rule: rule.chosen is not None):
        longest, shortest = (rule.chosen.maximum, rule.chosen.minimum) if rule.chosen is not None else (None, None)
        long = attrs.evolve(event, duration=longest)
        short = attrs.evolve(event, id="a-moment-later", at=event.at + TICK, duration=shortest)
        first = apply(alone, trial.account, long).account
        second = apply(alone, first, short).account
        swapped = apply(alone, trial.account, short, long).account
        for at in boundaries(first, second, swapped):
            trial.require_denied(second, first, at, "a shorter choice allows what was denied")
            same = rule.repeat is Repeat.KEEP or trial.denied(second, at) == trial.denied(swapped, at)
            trial.require(same, at, "the order of two choices gives another answer")


@_law
def holds_apart_are_lifted_apart(trial: Trial) -> None:
    """Under a rule with separate holds two events place two holds, and ending one leaves the other."""
    for alone, _, event in trial.on_each_rule(lambda rule: rule.repeat is Repeat.SEPARATE):
        if len(trial.account.holds) >= HOLDS_APART_MAX - 2:
            continue
        another = attrs.evolve(event, id="a-moment-later", at=event.at + TICK)
        if not delivered(alone, trial.account, another)[1]:
            continue
        account = apply(alone, trial.account, event, another).account
        pair = [hold for hold in account.holds if hold.cause.event in (event.id, another.id)]
        trial.require(len(pair) == 2, another.at, "two events do not place two holds")
        for one, other in (pair, pair[::-1]):
            after = _ended(alone, account, one, another.at)
            trial.require(after.hold(other.id) == other, another.at, f"hold {other.id} ends with another")


@_law
def a_named_hold_stops_no_other_destination(trial: Trial) -> None:
    """A hold about one destination stops requests to it and requests without a destination, and no others."""
    for alone, rule, event in trial.on_each_rule(is_named):
        account = apply(alone, trial.fresh, attrs.evolve(event, destination_id=_HERE)).account
        nowhere = apply(alone, trial.fresh, event).account
        operation = WITHDRAWAL.operation if rule.scope.operations == EVERYTHING else min(rule.scope.operations)
        for destination in Destination:
            unsaid = Request(operation=operation, destination=destination)
            here = attrs.evolve(unsaid, destination_id=_HERE)
            elsewhere = attrs.evolve(unsaid, destination_id=ELSEWHERE)
            trial.require(not check(account, event.at, here), event.at, "the destination of the hold is not stopped")
            trial.require(not check(account, event.at, unsaid), event.at, "a request without one is not stopped")
            trial.require(bool(check(account, event.at, elsewhere)), event.at, "another destination is stopped")
            trial.require(
                not check(nowhere, event.at, elsewhere), event.at, "a hold without one does not stop them all"
            )


@_law
def what_only_extends_places_nothing(trial: Trial) -> None:
    """A trigger in `extended_by` places no hold; it extends an open hold to its full duration from then on."""
    for alone, rule, event in trial.on_each_rule(lambda rule: bool(rule.extended_by)):
        held = apply(alone, trial.account, event).account
        for trigger in sorted(rule.extended_by):
            later = attrs.evolve(event, id="a-moment-later", at=event.at + TICK, trigger=trigger)
            trial.require(not decide(alone, trial.fresh, later), later.at, f"{trigger} alone places a hold")
            after = apply(alone, held, later).account
            ends = [hold.until for hold in after.holds if hold.rule == rule and hold.latest.at == later.at]
            full = [later.at + rule.duration] if rule.duration is not None else []
            trial.require(ends == full, later.at, f"{trigger} does not extend the open hold to its full duration")


@_law
def a_business_day_is_counted_by_its_calendar(trial: Trial) -> None:
    """Between its trigger and its end there are as many business days as the rule says, and the last ends with it."""
    days = () if trial.policy.calendar is None else trial.policy.calendar.days
    for hold in trial.account.holds:
        if hold.rule.business_days is None or hold.until is None:
            continue
        since = hold.cause.at if hold.rule.repeat is Repeat.KEEP else hold.latest.at
        counted = [day for day in days if since < day.begins and day.ends <= hold.until]
        is_so = len(counted) == hold.rule.business_days and counted[-1].ends == hold.until
        trial.require(is_so, hold.until, f"the timer of hold {hold.id} is not the end of its business day")


# ── Getting out ──────────────────────────────────────────────────────────────────────────────────────────────────


@_law
def no_limbo(trial: Trial) -> None:
    """From every reachable account, time and permitted orders lead to restored."""
    account = trial.account
    for hold in account.holds:
        if hold.end is None:
            order = event_of(Move.RELEASED, account, hold, "way-out", INSTANT_MAX, override_stale=True)
            account = handle(trial.policy, account, order)
    is_out = check(account, INSTANT_MAX) and not open_holds(account, INSTANT_MAX)
    trial.require(bool(is_out), INSTANT_MAX, "neither orders nor time end every hold")


@_law
def a_person_who_proves_who_they_are_gets_out_without_an_authority(trial: Trial) -> None:
    """If a hold offers verification, a verification and its approval clear it."""
    for reading in open_holds(trial.account, trial.now):
        hold = next(hold for hold in trial.account.holds if hold.id == reading.id)
        offered = any(isinstance(step, Verify) for step in reading.steps)
        after = _ended(trial.policy, trial.account, hold, trial.now).hold(hold.id)
        cleared = after is not None and after.progress.state == Restored(at=trial.now, released=False)
        trial.require(cleared or not offered, trial.now, f"an approved verification does not clear hold {hold.id}")


# ── All of them ──────────────────────────────────────────────────────────────────────────────────────────────────

LAWS: Final[Mapping[str, Law]] = MappingProxyType(_LAWS)
"""Every law by its name, each a function of a policy and a journal."""


def check_laws(policy: Policy, journal: Journal) -> None:
    """Check every law on the journal of one account under the policy. Raises `LawBroken` for the first that fails."""
    events = tuple(journal)
    for law in LAWS.values():
        law(policy, events)
