"""The laws of the guard, each a function of a policy and a journal: it returns, or raises `LawBroken`.

    check_laws(policy, journal)                   # all of them
    resumes_at_is_exact(policy, journal)          # one of them

The journal is the events of one account in the order of delivery; refused events may be among them. Some laws also
need another policy, one more rule or one more event: pass yours, or the law makes a plain one from the policy. Each law
is stated here only: the tests of the library run these functions too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count, pairwise
from operator import attrgetter
from typing import Final

import attrs

from withdraw_guard import public_reasons, wire
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Decision, Denied
from withdraw_guard._answers.open import next_change_at, open_holds, phase
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._factory import matching_event
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change, HoldMoved, HoldPlaced, HoldReleased
from withdraw_guard._model.events import Event, EventRetracted, SecurityEvent
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule, Scope
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._rules.apply import apply, replay
from withdraw_guard._rules.evolve import evolve
from withdraw_guard._rules.signal import matches, timer_set_by
from withdraw_guard._values import limits
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import DestinationId, EventId
from withdraw_guard._values.vocabulary import Destination, Repeat
from withdraw_guard.authorities import SECURITY
from withdraw_guard.operations import WELL_KNOWN
from withdraw_guard.testing._instants import START, TICK, boundaries
from withdraw_guard.testing._journal import delivered, handle, retractable, retraction, story_of
from withdraw_guard.testing._law import ended, law, others
from withdraw_guard.testing._trial import ELSEWHERE, Journal, Trial, is_named

_HERE: Final = DestinationId("right-here")


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────────


@law
def a_naive_instant_is_refused(trial: Trial) -> None:
    """Every question and every event refuses an instant without a time zone."""
    for at in trial.instants:
        for question in (check, open_holds, phase, next_change_at):
            trial.require(_needs_a_zone(question, trial.account, at), at, "a question takes a naive instant")
    for event in trial.events:
        trial.require(_needs_a_zone(attrs.evolve, event, event.at), event.at, "an event takes a naive instant")


def _needs_a_zone(asked: Callable[..., object], about: Account | Event, at: datetime) -> bool:
    try:
        asked(about, at=at.replace(tzinfo=None))
    except InvalidValue as error:
        return "naive" in str(error)
    return False


@law
def deciding_is_pure(trial: Trial) -> None:
    """Asking changes nothing, and the same question has the same answer."""
    before = json.dumps(wire.to_dict(trial.account))
    answers = [(trial.view(trial.account, at), next_change_at(trial.account, at)) for at in trial.instants]
    for event in trial.events:
        handle(trial.policy, trial.account, event)
    again = [(trial.view(trial.account, at), next_change_at(trial.account, at)) for at in trial.instants]
    trial.require(answers == again, trial.now, "the same question has another answer")
    trial.require(json.dumps(wire.to_dict(trial.account)) == before, trial.now, "asking has changed the account")


@law
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
            alone = attrs.evolve(trial.account, holds=(hold,))
            trial.require(not check(alone, at, request), at, f"hold {hold.id} is named and does not deny")


@law
def a_denial_has_a_next_step(trial: Trial) -> None:
    """Every open hold says what can be done now."""
    for at in trial.instants:
        trial.require(all(hold.steps for hold in open_holds(trial.account, at)), at, "an open hold has no next step")


@law
def resumes_at_is_exact(trial: Trial) -> None:
    """A request is denied just before `resumes_at` and allowed at it; if there is none, time alone never allows it."""
    for at, request in trial.questions:
        answer = check(trial.account, at, request)
        if not isinstance(answer, Denied):
            continue
        resumes_at = answer.resumes_at
        before = limits.INSTANT_MAX if resumes_at is None else resumes_at - TICK
        trial.require(not check(trial.account, before, request), before, "is allowed before withdrawals resume")
        if resumes_at is not None:
            trial.require(bool(check(trial.account, resumes_at, request)), resumes_at, "is denied when they resume")


@law
def time_alone_never_tightens(trial: Trial) -> None:
    """A request that is allowed stays allowed until an event happens."""
    answers = [(at, trial.denied(trial.account, at)) for at in trial.instants]
    for (_, earlier), (at, later) in pairwise(answers):
        tightened = any(now and not then for now, then in zip(later, earlier, strict=True))
        trial.require(not tightened, at, "a request that was allowed is denied, and no event has happened")


@law
def next_change_at_misses_nothing(trial: Trial) -> None:
    """Before `next_change_at` no answer changes by itself, and at that instant one does."""
    views = {at: trial.view(trial.account, at) for at in trial.instants}
    for at, view in views.items():
        then = next_change_at(trial.account, at)
        until = limits.INSTANT_MAX if then is None else min(then, limits.INSTANT_MAX)
        unchanged = all(views[instant] == view for instant in views if at < instant < until)
        trial.require(unchanged, at, "something changes before the next change")
        trial.require(then is None or at < then, at, "the next change is not after the question")
        if then is not None and then < limits.INSTANT_MAX:
            changed = trial.view(trial.account, then) != trial.view(trial.account, then - TICK)
            trial.require(changed, then, "nothing changes at the next change")


@law
def an_unknown_operation_is_covered(trial: Trial) -> None:
    """Every open hold stops an operation that nobody knows; none stops an operation that its scope leaves."""
    known = trial.policy.operations | WELL_KNOWN
    unknown = Request(operation=next(name for name in map("unheard_of_{}".format, count()) if name not in known))
    for at in trial.instants:
        is_held = bool(open_holds(trial.account, at))
        trial.require(is_held is not bool(check(trial.account, at, unknown)), at, "a misspelt operation is allowed")
    for hold in trial.account.holds:
        alone = attrs.evolve(trial.account, holds=(hold,))
        for operation in sorted(hold.rule.scope.leaves):
            is_left = check(alone, START, Request(operation=operation))
            trial.require(bool(is_left), START, f"hold {hold.id} stops `{operation}`, which its scope leaves")


@law
def the_public_reason_betrays_no_detector(trial: Trial) -> None:
    """The public reason of a hold follows from its rule alone, whatever the event says, and is no term of the hold."""
    told = {rule.id: rule.told_reason for rule in trial.policy.rules}
    unsaid = (attrs.evolve(rule, public_reason=public_reasons.UNSPECIFIED) for rule in trial.policy.rules)
    silent = story_of(attrs.evolve(trial.policy, rules=tuple(unsaid)), trial.events).account
    trial.require(silent == trial.account, trial.now, "the public reason is a term of a hold")
    for at in trial.instants:
        for reading, silently in zip(open_holds(trial.account, at), open_holds(silent, at), strict=True):
            same = attrs.evolve(reading, public_reason=public_reasons.UNSPECIFIED) == silently
            is_so = same and reading.public_reason == told[reading.rule]
            trial.require(is_so, at, f"the public reason of hold {reading.id} says more than its rule")


# ── Placing ──────────────────────────────────────────────────────────────────────────────────────────────────────


@law
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


@law
def an_open_hold_keeps_its_terms(
    trial: Trial, *, under: Policy | None = None, event: SecurityEvent | None = None
) -> None:
    """An open hold keeps its terms under another policy or calendar, and never ends earlier."""
    for in_force in (under,) if under is not None else others(trial.policy):
        for more in _one_more(trial, in_force, event):
            after = handle(in_force, trial.account, more)
            for hold in trial.account.holds:
                kept = after.hold(hold.id)
                is_kept = kept is not None and _keeps_its_terms(hold, kept)
                trial.require(is_kept or not hold.is_open(more.at), more.at, f"hold {hold.id} has other terms")


def _keeps_its_terms(hold: Hold, kept: Hold) -> bool:
    unchanged = attrs.evolve(kept, triggers=hold.triggers, dropped=hold.dropped) == hold
    return unchanged and (kept.end is None or (hold.end is not None and hold.end <= kept.end))


def _one_more(trial: Trial, policy: Policy, event: SecurityEvent | None) -> Sequence[SecurityEvent]:
    """The event that was given, or else one for each rule of the policy."""
    if event is not None:
        return [event]
    return [matching_event(rule, trial.account.id, "one-more", trial.now) for rule in policy.rules]


@law
def a_rule_more_never_allows_more(trial: Trial, *, extra: Rule | None = None) -> None:
    """With one more rule, the same journal is denied wherever it was denied.

    The journal has no events about the holds of the additional rule, and no event that this rule cannot apply.
    """
    if len(trial.policy.rules) == limits.RULES_MAX:
        return
    plain = (attrs.evolve(rule, id="one-rule-more", where={}) for rule in trial.policy.rules)
    for more in plain if extra is None else [extra]:
        if more.counts_business_days and trial.policy.calendar is None:
            continue
        larger = attrs.evolve(trial.policy, rules=(*trial.policy.rules, more))
        if not all(delivered(larger, trial.fresh, flag)[1] for flag in trial.applied_flags):
            continue
        account = story_of(larger, trial.events).account
        for at in boundaries(trial.account, account):
            trial.require_denied(account, trial.account, at, f"one rule more, {more.id}, allows what was denied")


@law
def rule_order_does_not_matter(trial: Trial, *, shuffled: Policy | None = None) -> None:
    """Each rule answers an event by itself, so the order of the rules changes nothing."""
    in_other_order = shuffled or attrs.evolve(trial.policy, rules=trial.policy.rules[::-1])
    account = story_of(in_other_order, trial.events).account
    one, other = ((set(made.holds), made.identity_report) for made in (trial.account, account))
    trial.require(one == other, trial.now, "the order of the rules changes the account")


@law
def security_events_commute(trial: Trial, *, again: Journal | None = None) -> None:
    """In whatever order and however often security events arrive, the answers and `resumes_at` are the same.

    The law is about the rules that a further trigger extends, and the rules with separate holds for as many events as
    are remembered. `again` is the same events in another order; by default all of them twice, the latest first.
    """
    commuting = _commuting(trial.policy, len(trial.flags))
    one = story_of(commuting, trial.flags).account
    other = story_of(commuting, (trial.flags * 2)[::-1] if again is None else again).account
    trial.require_same_answers(one, other, "another order of delivery gives another answer")


def _commuting(policy: Policy, number: int) -> Policy:
    """Return the policy with the rules whose order of delivery does not matter, for that number of events."""
    repeats = (Repeat.EXTEND, Repeat.SEPARATE) if number <= limits.SEPARATE_HOLDS_KEPT else (Repeat.EXTEND,)
    return attrs.evolve(policy, rules=tuple(rule for rule in policy.rules if rule.repeat in repeats))


@law
def state_is_bounded(trial: Trial) -> None:
    """However many triggers come in the order of their instants, an account has at most two holds per rule.

    Of a rule with separate holds it has at most 128. What comes out of order can leave more on record for a while.
    """
    account = trial.fresh
    separate = 2 * (limits.SEPARATE_HOLDS_MAX + 1)
    at_most = sum(separate if rule.repeat is Repeat.SEPARATE else 2 for rule in trial.policy.rules)
    for event in sorted(trial.flags, key=attrgetter("at")):
        account = handle(trial.policy, account, event)
        trial.require(len(account.holds) <= at_most, event.at, "there are more holds than the rules allow")


@law
def what_nobody_has_seen_denies(trial: Trial, *, at: datetime | None = None) -> None:
    """An event that was never delivered denies, whatever its instant and whatever has ended the holds before it.

    It denies until its own timer is over; if time alone does not end the hold, until somebody lifts it. The law is not
    about a rule that keeps its timer, and not about what 16 places cannot remember.
    """
    for rule in trial.policy.rules:
        alone = attrs.evolve(trial.policy, rules=(rule,))
        for then in trial.instants if at is None else (at,):
            event = matching_event(rule, trial.account.id, "nobody-has-seen", then)
            after, is_taken = delivered(alone, trial.account, event)
            if not is_taken or rule.repeat is Repeat.KEEP or _is_full(trial.account, rule, then):
                continue
            until = timer_set_by(event, rule, alone)
            last = until - TICK if until is not None and rule.ends_by_time_alone else limits.INSTANT_MAX
            last = max(min(last, limits.INSTANT_MAX), limits.INSTANT_MIN)
            is_denied = not check(after, last, _asked(rule.scope))
            trial.require(is_denied, last, f"a new event of {rule.id}, dated {then.isoformat()}, denies nothing")


def _is_full(account: Account, rule: Rule, at: datetime) -> bool:
    """Whether an event of that instant may be one of those that the holds of the rule no longer remember."""
    holds = [hold for hold in account.holds if hold.rule == rule]
    if rule.repeat is Repeat.SEPARATE:
        return len(holds) >= limits.SEPARATE_HOLDS_KEPT
    return any(hold.dropped is not None and at <= hold.dropped.latest_at for hold in holds)


def _asked(scope: Scope) -> Request:
    """Return a request that the scope covers, whatever the destination of a hold."""
    return WITHDRAWAL if scope.operations == EVERYTHING else Request(operation=min(scope.operations))


# ── Delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────


@law
def redelivery_changes_nothing(trial: Trial, *, under: Policy | None = None) -> None:
    """An event that was applied and is delivered again, at any later time and under any policy, changes nothing.

    It may also be refused. Under another policy the law is about the rules, by their ids, that heard the event when it
    was applied. It is about the first 16 events of the journal, because a hold remembers as many.
    """
    policies = (trial.policy, *((under,) if under is not None else others(trial.policy)))
    accounts = trial.journal.accounts[: limits.TRIGGERS_MAX + 1]
    for number, event in enumerate(trial.events[: limits.TRIGGERS_MAX], 1):
        later = accounts[number:] if trial.journal.was_applied[number - 1] else ()
        for policy in policies:
            hearing = _hearing(policy, trial.policy, event)
            same = all(handle(hearing, account, event) == account for account in later)
            trial.require(same, event.at, f"event {event.id} delivered again changes the account")


def _hearing(policy: Policy, first: Policy, event: Event) -> Policy:
    """Return the policy with those of its rules that heard the event under the first policy."""
    if not isinstance(event, SecurityEvent):
        return policy
    heard = {rule.id for rule in first.rules_by_trigger.get(event.trigger, ()) if matches(rule, event)}
    return attrs.evolve(policy, rules=tuple(rule for rule in policy.rules if rule.id in heard))


@law
def a_refused_event_changes_nothing(trial: Trial) -> None:
    """After a refusal the account is the same object, and no change was decided."""
    accounts, was_applied = trial.journal.accounts, trial.journal.was_applied
    for event, before, after, is_applied in zip(trial.events, accounts, accounts[1:], was_applied, strict=False):
        always = delivered(trial.policy, before, event)[1] is is_applied
        trial.require(always, event.at, f"event {event.id} is refused only sometimes")
        trial.require(after is before or is_applied, event.at, f"event {event.id} is refused and changes the account")


@law
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


@law
def changes_replay_to_the_account(trial: Trial) -> None:
    """Replaying the changes gives the account that `apply` gave, without a policy."""
    changes = trial.changes
    trial.require(replay(trial.fresh, changes) == trial.account, trial.now, "the changes lead to another account")
    mine = all(change.account == trial.account.id for change in changes)
    trial.require(mine, trial.now, "a change is about another account")


@law
def ticks_are_invisible(trial: Trial) -> None:
    """Asking, storing and loading between two events lead to the same account."""
    account = trial.fresh
    for event in trial.events:
        for at in boundaries(account)[:6]:
            trial.view(account, at)
            next_change_at(account, at)
        loaded = wire.account_from_dict(_through_text(account), rules=trial.policy.rules)
        account = handle(trial.policy, loaded, event)
    trial.require(account == trial.account, trial.now, "asking, storing and loading lead to another account")


@law
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


@law
def a_log_out_of_order_is_refused(trial: Trial) -> None:
    """A change that is taken again at any later time changes nothing or is refused; so is a log without its middle."""
    account, changes = trial.fresh, trial.changes
    for number, change in enumerate(changes):
        account = evolve(account, change)
        for again in changes[: number + 1]:
            same = _evolved(account, [again]) in (None, account)
            trial.require(same, change.at, f"{again.type} of {again.event} changes the account once more")
    for number, missing in enumerate(changes):
        if any(_is_next_move(missing, later) for later in changes[number + 1 :]):
            is_refused = _evolved(trial.fresh, changes[:number] + changes[number + 1 :]) is None
            trial.require(is_refused, missing.at, f"nobody misses {missing.type} of {missing.event}")


def _evolved(account: Account, changes: Iterable[Change]) -> Account | None:
    try:
        return replay(account, changes)
    except InvalidValue:
        return None


def _is_next_move(change: Change, later: Change) -> bool:
    """Whether both move the same hold, or the first places it."""
    if not isinstance(later, HoldMoved | HoldReleased):
        return False
    if isinstance(change, HoldPlaced):
        return change.hold.id == later.hold
    return isinstance(change, HoldMoved | HoldReleased) and change.hold == later.hold


# ── Retraction ───────────────────────────────────────────────────────────────────────────────────────────────────────


@law
def a_retracted_event_might_as_well_not_have_happened(
    trial: Trial, *, event: EventId | None = None, at: datetime | None = None
) -> None:
    """From the retraction of a security event on, the answers are those of the journal without that event.

    So it is wherever the event stood in the order, and whatever its instant. The law is about rules that a further
    trigger extends, and about separate holds if no other trigger is dated after the retraction.
    """
    for number, flag in enumerate(trial.flags, 1):
        if event not in (None, flag.id):
            continue
        others_told = [other for other in trial.flags if other.id != flag.id]
        for then in (flag.at, trial.now) if at is None else (at,):
            separate = (
                len(trial.flags) if all(other.at <= then for other in others_told) else limits.SEPARATE_HOLDS_KEPT + 1
            )
            policy = _retracting(_commuting(trial.policy, separate))
            told: list[Event] = [*trial.flags, flag]
            told.insert(number, retraction(flag.id, trial.account, then))
            after, never = story_of(policy, told).account, story_of(policy, others_told).account
            trial.require_same_answers(after, never, f"{flag.id} was retracted, and still counts", since=then)


@law
def a_retraction_touches_no_other_trigger(
    trial: Trial, *, event: EventId | None = None, at: datetime | None = None
) -> None:
    """A retraction settles the triggers of that event, and changes nothing else of any hold or identity."""
    for made, after in _retractions(trial, event, at):
        for hold, kept in zip(trial.account.holds, after.holds, strict=True):
            same = attrs.evolve(kept, triggers=hold.triggers) == hold
            triggers = zip(hold.triggers, kept.triggers, strict=True)
            untouched = same and all(one == other for one, other in triggers if one.event != made.event)
            trial.require(untouched, made.at, f"a retraction of {made.event} changes more of hold {hold.id}")
        report = trial.account.identity_report
        is_other = report is None or report.source.event != made.event
        same = not is_other or after.identity_report == report
        trial.require(same, made.at, f"a retraction of {made.event} changes the identity that another event reported")


@law
def a_retraction_is_never_early(trial: Trial, *, event: EventId | None = None, at: datetime | None = None) -> None:
    """No answer about an instant before a retraction becomes an allow by it."""
    for made, after in _retractions(trial, event, at):
        for then in boundaries(trial.account, after):
            if then < made.at:
                trial.require_denied(after, trial.account, then, f"a retraction of {made.event} allows it too early")


def _retractions(trial: Trial, event: EventId | None, at: datetime | None) -> Iterator[tuple[EventRetracted, Account]]:
    """Yield a retraction of the event, or of each that is on record, with the account after it."""
    for known in retractable(trial.account) if event is None else [event]:
        for then in (START, trial.now) if at is None else (at,):
            made = retraction(known, trial.account, then)
            after, is_taken = delivered(_retracting(trial.policy), trial.account, made)
            if is_taken:
                yield made, after


def _retracting(policy: Policy) -> Policy:
    return attrs.evolve(policy, retractable_by=frozenset({SECURITY}))


# ── Choices, separate holds, one destination, business days ──────────────────────────────────────────────────────────


@law
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
            same = trial.denied(second, at) == trial.denied(swapped, at)
            trial.require(same, at, "the order of two choices gives another answer")


@law
def holds_apart_are_lifted_apart(trial: Trial) -> None:
    """Under a rule with separate holds two events place two holds, and ending one leaves the other."""
    for alone, _, event in trial.on_each_rule(lambda rule: rule.repeat is Repeat.SEPARATE):
        if len(trial.account.holds) >= limits.SEPARATE_HOLDS_MAX - 2:
            continue
        another = attrs.evolve(event, id="a-moment-later", at=event.at + TICK)
        if not delivered(alone, trial.account, another)[1]:
            continue
        account = apply(alone, trial.account, event, another).account
        pair = [hold for hold in account.holds if hold.cause.event in (event.id, another.id)]
        trial.require(len(pair) == 2, another.at, "two events do not place two holds")
        for one, other in (pair, pair[::-1]):
            after = ended(alone, account, one, another.at)
            trial.require(after.hold(other.id) == other, another.at, f"hold {other.id} ends with another")


@law
def a_named_hold_stops_no_other_destination(trial: Trial) -> None:
    """A hold about one destination stops requests to it and requests without a destination, and no others."""
    for alone, rule, event in trial.on_each_rule(is_named):
        account = apply(alone, trial.fresh, attrs.evolve(event, destination_id=_HERE)).account
        nowhere = apply(alone, trial.fresh, event).account
        operation = _asked(rule.scope).operation
        for destination in Destination:
            unsaid = Request(operation=operation, destination=destination)
            here, elsewhere = (attrs.evolve(unsaid, destination_id=each) for each in (_HERE, ELSEWHERE))
            allowed = [bool(check(account, event.at, each)) for each in (here, unsaid, elsewhere)]
            trial.require(allowed == [False, False, True], event.at, "another destination is stopped, or not this one")
            are_all = not check(nowhere, event.at, elsewhere)
            trial.require(are_all, event.at, "a hold without a destination does not stop them all")


@law
def a_business_day_is_counted_by_its_calendar(trial: Trial) -> None:
    """From a trigger to the end of its timer there are as many business days as the rule says; the last ends there."""
    days = () if trial.policy.calendar is None else trial.policy.calendar.days
    timers = [(hold.rule.business_days, trigger) for hold in trial.account.holds for trigger in hold.triggers]
    for number, trigger in timers:
        if number is None or trigger.until is None:
            continue
        until = trigger.until
        counted = [day for day in days if trigger.at < day.begins and day.ends <= until]
        is_so = len(counted) == number and counted[-1].ends == until
        trial.require(is_so, until, f"the timer of {trigger.event} is not the end of its business day")
