"""The laws of the guard, each a function of a policy and a journal: it returns, or raises `LawBroken`.

    check_laws(policy, journal)                   # all of them
    resumes_at_is_exact(policy, journal)          # one of them

The journal is the events of one account in the order of delivery; refused ones may be among them. Where a law is
about something else as well (another policy, a further rule or event), a plain one is taken from the policy, and
yours if you pass it. This is the one statement of each law: the tests of the library run these functions too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

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

Law: TypeAlias = Callable[[Policy, Journal], None]
"""A promise as a function of a policy and a journal; it returns, or raises `LawBroken`."""
_Decided: TypeAlias = ReviewDecided | AppealDecided | ReleaseOrdered
_HERE: Final = DestinationId("right-here")
_T = TypeVar("_T")


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────────


def a_naive_instant_is_refused(policy: Policy, journal: Journal) -> None:
    """No question and no event takes an instant without a time zone."""
    law = Trial("a_naive_instant_is_refused", policy, journal)
    for at in law.instants:
        naive = at.replace(tzinfo=None)
        for question in (check, open_holds, phase, next_change_at):
            law.require(_is_called_naive(question, law.account, naive), at, "a question takes a naive instant")
    for event in law.story.events:
        naive = event.at.replace(tzinfo=None)
        law.require(_is_called_naive(_redated, event, naive), event.at, "an event takes a naive instant")


def _is_called_naive(asked: Callable[[_T, datetime], object], about: _T, naive: datetime) -> bool:
    try:
        asked(about, naive)
    except InvalidValue as error:
        return "naive" in str(error)
    return False


def _redated(event: Event, at: datetime) -> Event:
    return attrs.evolve(event, at=at)


def deciding_is_pure(policy: Policy, journal: Journal) -> None:
    """Asking changes nothing, and the same question has the same answer."""
    law = Trial("deciding_is_pure", policy, journal)
    before = json.dumps(wire.to_dict(law.account))
    answers = [(law.view(law.account, at), next_change_at(law.account, at)) for at in law.instants]
    for event in law.story.events:
        handle(policy, law.account, event)
    again = [(law.view(law.account, at), next_change_at(law.account, at)) for at in law.instants]
    law.require(answers == again, law.now, "the same question has another answer")
    law.require(json.dumps(wire.to_dict(law.account)) == before, law.now, "asking has changed the account")


def deny_says_why(policy: Policy, journal: Journal) -> None:
    """A denial names every hold that denies, and each of them alone would deny."""
    law = Trial("deny_says_why", policy, journal)
    for at in law.instants:
        for request in law.requests:
            answer = check(law.account, at, request)
            still_open = [hold for hold in law.account.holds if hold.is_open(at)]
            covering = [hold for hold in still_open if request.is_covered_by(hold.rule.scope, hold.destination_id)]
            named = [hold.id for hold in answer.holds] if isinstance(answer, Denied) else []
            law.require(named == [hold.id for hold in covering], at, "a denial names other holds than those that deny")
            for hold in covering:
                # Without a look at it: one hold of a crowd, as an account by itself, has no history.
                alone = unchecked.account(law.account.id, (hold,), law.account.identity_report)
                law.require(not check(alone, at, request), at, f"hold {hold.id} is named and does not deny")


def a_denial_has_a_next_step(policy: Policy, journal: Journal) -> None:
    """Every open hold says what can be done now."""
    law = Trial("a_denial_has_a_next_step", policy, journal)
    for at in law.instants:
        law.require(all(hold.steps for hold in open_holds(law.account, at)), at, "an open hold has no next step")


def resumes_at_is_exact(policy: Policy, journal: Journal) -> None:
    """Denied just before, allowed at it; where there is none, time alone never allows."""
    law = Trial("resumes_at_is_exact", policy, journal)
    for at in law.instants:
        for request in law.requests:
            answer = check(law.account, at, request)
            if not isinstance(answer, Denied):
                continue
            then = INSTANT_MAX if answer.resumes_at is None else answer.resumes_at - TICK
            law.require(not check(law.account, then, request), then, "is allowed before withdrawals resume")
            if answer.resumes_at is not None:
                resumes_at = answer.resumes_at
                law.require(bool(check(law.account, resumes_at, request)), resumes_at, "is denied when they resume")


def time_alone_never_tightens(policy: Policy, journal: Journal) -> None:
    """What is allowed stays allowed until something happens."""
    law = Trial("time_alone_never_tightens", policy, journal)
    answers = [(at, law.denied(law.account, at)) for at in law.instants]
    for (_, earlier), (at, later) in pairwise(answers):
        tightened = any(now and not then for now, then in zip(later, earlier, strict=True))
        law.require(not tightened, at, "what was allowed is denied, and nothing has happened")


def next_change_at_misses_nothing(policy: Policy, journal: Journal) -> None:
    """Until then nothing changes by itself, and at that instant something does."""
    law = Trial("next_change_at_misses_nothing", policy, journal)
    views = {at: law.view(law.account, at) for at in law.instants}
    for at, view in views.items():
        then = next_change_at(law.account, at)
        until = INSTANT_MAX if then is None else min(then, INSTANT_MAX)
        unchanged = all(views[instant] == view for instant in views if at < instant < until)
        law.require(unchanged, at, "something changes before the next change")
        law.require(then is None or at < then, at, "the next change is not after the question")
        if then is not None and then < INSTANT_MAX:
            changed = law.view(law.account, then) != law.view(law.account, then - TICK)
            law.require(changed, then, "nothing changes at the next change")


# ── Placing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def a_security_event_never_loosens(
    policy: Policy, journal: Journal, *, under: Policy | None = None, event: SecurityEvent | None = None
) -> None:
    """Under whatever policy, at every instant, a security event only adds.

    What is asked about one destination is about no instant before the event: what was over by then is forgotten.
    """
    law = Trial("a_security_event_never_loosens", policy, journal)
    in_force = under or policy
    for more in _one_more(law, in_force, event):
        after = handle(in_force, law.account, more)
        for at in boundaries(law.account, after):
            asked = [request for request in law.requests if request.destination_id is None or at >= more.at]
            denied = [request for request in asked if not check(law.account, at, request)]
            still = not any(check(after, at, request) for request in denied)
            law.require(still, at, f"one more {more.trigger} allows what was denied")


def an_open_hold_keeps_its_terms(
    policy: Policy, journal: Journal, *, under: Policy | None = None, event: SecurityEvent | None = None
) -> None:
    """Another policy, or another calendar, never changes a hold that is open, and never ends it earlier."""
    law = Trial("an_open_hold_keeps_its_terms", policy, journal)
    for in_force in (under,) if under is not None else _others(policy):
        for more in _one_more(law, in_force, event):
            after = handle(in_force, law.account, more)
            for hold in law.account.holds:
                kept = after.hold(hold.id)
                is_kept = kept is not None and _keeps_its_terms(hold, kept)
                law.require(is_kept or not hold.is_open(more.at), more.at, f"hold {hold.id} has other terms")


def _others(policy: Policy) -> Iterator[Policy]:
    """Yield the policy with other scopes, and with every second day of its calendar, if it has one."""
    yield attrs.evolve(policy, rules=tuple(attrs.evolve(rule, scope=Scope()) for rule in policy.rules))
    if policy.calendar is not None:
        yield attrs.evolve(policy, calendar=attrs.evolve(policy.calendar, days=policy.calendar.days[::2]))


def _keeps_its_terms(hold: Hold, kept: Hold) -> bool:
    unchanged = attrs.evolve(kept, latest=hold.latest, timer=hold.timer) == hold
    return unchanged and (kept.end is None or (hold.end is not None and hold.end <= kept.end))


def _one_more(law: Trial, policy: Policy, event: SecurityEvent | None) -> Sequence[SecurityEvent]:
    """The event that was given, or else one for each rule of the policy."""
    if event is not None:
        return [event]
    return [matching_event(rule, law.account.id, "one-more", law.now) for rule in policy.rules]


def a_rule_more_never_allows_more(policy: Policy, journal: Journal, *, extra: Rule | None = None) -> None:
    """The same journal under one rule more is denied wherever it was denied.

    What is said about holds of the additional rule is not part of the journal, nor is an event that it cannot take.
    """
    law = Trial("a_rule_more_never_allows_more", policy, journal)
    if len(policy.rules) == RULES_MAX:
        return
    extras = [attrs.evolve(rule, id="one-rule-more", where={}) for rule in policy.rules] if extra is None else [extra]
    for more in extras:
        if more.counts_business_days and policy.calendar is None:
            continue
        larger = attrs.evolve(policy, rules=(*policy.rules, more))
        flags = [event for event, _, _ in law.story.applied if isinstance(event, SecurityEvent)]
        if not all(delivered(larger, law.fresh, event)[1] for event in flags):
            continue
        account = story_of(larger, law.story.events).account
        for at in boundaries(law.account, account):
            law.require_denied(account, law.account, at, f"one rule more, {more.id}, allows what was denied")


def rule_order_does_not_matter(policy: Policy, journal: Journal, *, shuffled: Policy | None = None) -> None:
    """Rules are asked one by one, and none is told what another has just made of the event."""
    law = Trial("rule_order_does_not_matter", policy, journal)
    in_other_order = shuffled or attrs.evolve(policy, rules=policy.rules[::-1])
    account = story_of(in_other_order, law.story.events).account
    law.require(set(account.holds) == set(law.account.holds), law.now, "the order of the rules changes the holds")
    same = account.identity_report == law.account.identity_report
    law.require(same, law.now, "the order of the rules changes the identity")


def security_events_commute(policy: Policy, journal: Journal, *, again: Journal | None = None) -> None:
    """Whatever order they arrive in, and however often, yes or no and `resumes_at` are the same.

    This is about the security events of the journal and the rules that a further trigger extends or that keep their
    holds apart; not about rules that another trigger extends, nor about more holds apart than an account may have.
    `again` is the same events in another order; by default all of them twice, the latest delivered first.
    """
    law = Trial("security_events_commute", policy, journal)
    flags = [event for event in law.story.events if isinstance(event, SecurityEvent)]
    crowded = len(flags) >= HOLDS_APART_MAX - 1
    commuting = [rule for rule in policy.rules if rule.repeat is not Repeat.KEEP and not rule.extended_by]
    kept = tuple(rule for rule in commuting if rule.repeat is Repeat.EXTEND or not crowded)
    extending = attrs.evolve(policy, rules=kept)
    one = story_of(extending, flags).account if flags else law.fresh
    other = story_of(extending, [*flags, *flags][::-1] if again is None else again).account if flags else law.fresh
    for at in boundaries(one, other):
        for request in law.requests:
            first, second = check(one, at, request), check(other, at, request)
            same = getattr(first, "resumes_at", None) == getattr(second, "resumes_at", None)
            law.require(bool(first) == bool(second) and same, at, "another order of delivery gives another answer")


def state_is_bounded(policy: Policy, journal: Journal) -> None:
    """However many triggers come, an account has at most one hold per rule that nobody lifted, or 64 kept apart."""
    law = Trial("state_is_bounded", policy, journal)
    account = law.fresh
    at_most = sum(HOLDS_APART_MAX if rule.repeat is Repeat.SEPARATE else 1 for rule in policy.rules)
    for event in law.story.events:
        if isinstance(event, SecurityEvent):
            account = handle(policy, account, event)
            law.require(len(account.holds) <= at_most, event.at, "there are more holds than the rules allow")


# ── Delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────


def redelivery_changes_nothing(policy: Policy, journal: Journal) -> None:
    """An event that was applied, delivered again at any later time, changes nothing or is refused.

    The law is about releases that do not override; those of the journal are taken without that word. A trigger that
    extends a rule is delivered again at once: later there may be a hold that was not there before.
    """
    plain = (attrs.evolve(e, override_stale=False) if isinstance(e, ReleaseOrdered) else e for e in journal)
    law = Trial("redelivery_changes_nothing", policy, plain)
    extending = {trigger for rule in policy.rules for trigger in rule.extended_by}
    for number, event in enumerate(law.story.events):
        later = law.story.accounts[number + 1 :] if law.story.was_applied[number] else ()
        at_once = isinstance(event, SecurityEvent) and event.trigger in extending
        for account in later[:1] if at_once else later:
            same = handle(policy, account, event) == account
            law.require(same, event.at, f"event {event.id} delivered again changes the account")


def a_refused_event_changes_nothing(policy: Policy, journal: Journal) -> None:
    """After a refusal the account is the very same, and nothing was decided."""
    law = Trial("a_refused_event_changes_nothing", policy, journal)
    for number, event in enumerate(law.story.events):
        before, after = law.story.accounts[number : number + 2]
        refused = _decided(policy, before, event) is None
        law.require(refused != law.story.was_applied[number], event.at, f"event {event.id} is refused only sometimes")
        law.require(after is before or not refused, event.at, f"event {event.id} is refused and changes the account")


def _decided(policy: Policy, account: Account, event: Event) -> Sequence[Change] | None:
    return decide(policy, account, event) if delivered(policy, account, event)[1] else None


def all_events_are_applied_or_none(policy: Policy, journal: Journal) -> None:
    """Several events in one `apply` are one step."""
    law = Trial("all_events_are_applied_or_none", policy, journal)
    unapplied = [event for event, fine in zip(law.story.events, law.story.was_applied, strict=True) if not fine]
    try:
        at_once = apply(policy, law.fresh, *law.story.events).account
    except EventRefused as refused:
        law.require(refused.event in unapplied[:1], refused.event.at, "all at once, another event is refused")
    except InvalidValue as fault:
        law.require(bool(unapplied), law.now, f"all at once, an event cannot be applied: {fault}")
    else:
        law.require(not unapplied and at_once == law.account, law.now, "all at once, they lead to another account")


def changes_replay_to_the_account(policy: Policy, journal: Journal) -> None:
    """Folding the changes gives what `apply` gave, without a policy."""
    law = Trial("changes_replay_to_the_account", policy, journal)
    log = [change for event, before, _ in law.story.applied for change in decide(policy, before, event)]
    law.require(replay(law.fresh, log) == law.account, law.now, "the changes lead to another account")
    mine = all(change.account == law.account.id for change in log)
    law.require(mine, law.now, "a change is about another account")


def ticks_are_invisible(policy: Policy, journal: Journal) -> None:
    """Looking, storing and loading in between lead to the same account."""
    law = Trial("ticks_are_invisible", policy, journal)
    account = law.fresh
    for event in law.story.events:
        for at in boundaries(account)[:6]:
            law.view(account, at)
            next_change_at(account, at)
        stored = wire.parse(json.dumps(wire.to_dict(account)))
        account = handle(policy, wire.account_from_dict(stored, rules=policy.rules), event)
    law.require(account == law.account, law.now, "looking, storing and loading lead to another account")


def the_wire_forgets_nothing(policy: Policy, journal: Journal) -> None:
    """Every value survives JSON text."""
    law = Trial("the_wire_forgets_nothing", policy, journal)
    changes = [change for event, before, _ in law.story.applied for change in decide(policy, before, event)]
    answers = [check(law.account, at, request) for at in law.instants for request in law.requests]
    survives = (
        wire.policy_from_dict(_through_text(policy)) == policy
        and wire.account_from_dict(_through_text(law.account)) == law.account
        and all(wire.event_from_dict(_through_text(event)) == event for event in law.story.events)
        and all(wire.change_from_dict(_through_text(change)) == change for change in changes)
        and all(wire.decision_from_dict(_through_text(answer)) == answer for answer in answers)
    )
    law.require(survives, law.now, "a value does not survive JSON text")


def _through_text(value: Policy | Event | Account | Change | Decision) -> object:
    return wire.parse(json.dumps(wire.to_dict(value)))


# ── Lifting ──────────────────────────────────────────────────────────────────────────────────────────────────────


def releasing_one_hold_touches_no_other(policy: Policy, journal: Journal, *, event: HoldEvent | None = None) -> None:
    """An event about one hold leaves every other as it is."""
    law = Trial("releasing_one_hold_touches_no_other", policy, journal)
    for said in _one_word(law, event):
        after = handle(policy, law.account, said)
        others = [hold for hold in law.account.holds if hold.id != said.hold]
        untouched = [hold for hold in after.holds if hold.id != said.hold] == others
        law.require(untouched, said.at, f"{said.type} on hold {said.hold} touches another hold")


def the_table_is_the_truth(policy: Policy, journal: Journal, *, event: HoldEvent | None = None) -> None:
    """What is accepted stands in the table and leads where it says; what is not in it is never accepted."""
    law = Trial("the_table_is_the_truth", policy, journal)
    for said in _one_word(law, event):
        move = move_of(said)
        row = next(TABLE[hold.stage(said.at)] for hold in law.account.holds if hold.id == said.hold)
        try:
            after = apply(policy, law.account, said).account.hold(said.hold)
        except EventRefused as refused:
            is_so = refused.reason is not Refusal.WRONG_STATE or move not in row
        else:
            is_so = after is not None and after.progress.state.state is row.get(move)
        law.require(is_so, said.at, f"{move} on hold {said.hold} is not what the table says")


def _one_word(law: Trial, event: HoldEvent | None) -> Iterator[HoldEvent]:
    """Yield the event that was given, or else every move of every hold."""
    if event is not None:
        yield event
        return
    for hold in law.account.holds:
        for move in Move:
            yield event_of(move, law.account, hold, "one-word", law.now)


def a_clearance_is_never_spent_twice(policy: Policy, journal: Journal) -> None:
    """What was lifted, by proof or by order, does not cover the next trigger."""
    law = Trial("a_clearance_is_never_spent_twice", policy, journal)
    account = law.account
    for hold in account.holds:
        account = _lifted(policy, account, hold, law.now)
        later = matching_event(hold.rule, account.id, f"again-{hold.cause.event}"[:128], law.now + TICK)
        rule_alone = attrs.evolve(policy, rules=(attrs.evolve(hold.rule, where={}),))
        after, is_taken = delivered(rule_alone, account, later)
        if not is_taken:
            continue
        knowing = [other for other in after.holds if other.latest == Occurrence(event=later.id, at=later.at)]
        covered = [other.is_open(later.at) and type(other.progress.state) is not Restored for other in knowing]
        law.require(covered == [True], later.at, f"what lifted hold {hold.id} covers the next trigger")


def _lifted(policy: Policy, account: Account, hold: Hold, at: datetime) -> Account:
    """Lift the hold if it can be lifted at that instant: by verifying where it says so, else by an order."""
    reading = next((reading for reading in open_holds(account, at) if reading.id == hold.id), None)
    if reading is None:
        return account
    if any(isinstance(step, Verify) for step in reading.steps):
        proof = (Move.STARTED, Move.SUBMITTED, Move.APPROVED)
        return apply(policy, account, *(event_of(move, account, hold, move.value, at) for move in proof)).account
    if hold.rule.releasable_by:
        return apply(policy, account, event_of(Move.RELEASED, account, hold, "order", at)).account
    return account


def a_lift_is_never_early(policy: Policy, journal: Journal) -> None:
    """A hold ends by its timer, by a clearance that somebody gave, or by an order: at that instant, not before."""
    law = Trial("a_lift_is_never_early", policy, journal)
    given_at: dict[HoldId, set[datetime]] = {}
    ordered_at: dict[HoldId, set[datetime]] = {}
    for event, _, _ in law.story.applied:
        if isinstance(event, ReleaseOrdered):
            ordered_at.setdefault(event.hold, set()).add(event.at)
        elif isinstance(event, _Decided) and move_of(event) in (Move.APPROVED, Move.GRANTED):
            given_at.setdefault(event.hold, set()).add(event.at)
    for hold in law.account.holds:
        law.require(_is_told_by(law, hold), law.now, f"the timer of hold {hold.id} is wrong")
        cleared_at = given_at.get(hold.id, set())
        law.require(len(cleared_at) <= 1, law.now, f"hold {hold.id} was cleared twice")
        ends = ordered_at.get(hold.id, set()) if hold.released else {_end(hold, next(iter(cleared_at), None))}
        law.require(hold.end in ends, law.now, f"hold {hold.id} ends when nothing ends it")


def _is_told_by(law: Trial, hold: Hold) -> bool:
    """Whether the timer is where the trigger of the hold that counts set it; what was chosen, where some event did."""
    rule, trigger = hold.rule, hold.cause if hold.rule.repeat is Repeat.KEEP else hold.latest
    if rule.chosen is not None and rule.duration is not None:
        flags = (event for event, _, _ in law.story.applied if isinstance(event, SecurityEvent))
        return hold.until in {event.at + (event.duration or rule.duration) for event in flags}
    if rule.business_days is not None:
        days = law.policy.calendar
        return days is not None and hold.until == days.end_of_business_day(rule.business_days, trigger.at)
    return hold.until == (None if rule.duration is None else trigger.at + rule.duration)


def _end(hold: Hold, cleared_at: datetime | None) -> datetime | None:
    """When a hold that nobody released ends (rule 12)."""
    if hold.until is None or hold.rule.clearance is None:
        return hold.until or cleared_at
    if hold.rule.lifted_by is LiftedBy.ANY:
        return min(hold.until, cleared_at or hold.until)
    return None if cleared_at is None else max(hold.until, cleared_at)


def no_user_lifts_their_own_hold(policy: Policy, journal: Journal) -> None:
    """Nothing that an account holder can do clears or releases a hold."""
    law = Trial("no_user_lifts_their_own_hold", policy, journal)
    alone = [e for e in law.story.events if not isinstance(e, _Decided) or e.by.kind is ActorKind.USER]
    account = story_of(policy, alone).account
    lifted = any(isinstance(hold.progress.state, Restored) for hold in account.holds)
    law.require(not lifted, law.now, "the account holder alone lifts a hold")


def approval_is_newer_than_evidence(policy: Policy, journal: Journal) -> None:
    """No decision is older than the latest trigger, and no machine clears it with an older picture."""
    law = Trial("approval_is_newer_than_evidence", policy, journal)
    for event, before, after in law.story.applied:
        if not isinstance(event, ReviewDecided | AppealDecided) or before == after:
            continue
        hold = next(hold for hold in before.holds if hold.id == event.hold)
        law.require(event.at >= hold.latest.at, event.at, f"{event.id} decides on what came after it")
        review = hold.progress.state
        by_machine = move_of(event) is Move.APPROVED and event.by.kind is not ActorKind.ADMIN
        old_picture = isinstance(review, InReview) and review.submitted_at < hold.latest.at
        law.require(not (by_machine and old_picture), event.at, f"{event.id} clears new evidence with an old picture")


# ── What came with schema 1.1 ────────────────────────────────────────────────────────────────────────────────────


def a_choice_never_shortens(policy: Policy, journal: Journal) -> None:
    """Who has chosen long stays held for long, whatever is chosen later, and whichever choice is delivered first."""
    law = Trial("a_choice_never_shortens", policy, journal)
    for alone, rule, event in law.on_each_rule(lambda rule: rule.chosen is not None):
        longest, shortest = (rule.chosen.maximum, rule.chosen.minimum) if rule.chosen is not None else (None, None)
        long = attrs.evolve(event, duration=longest)
        short = attrs.evolve(event, id="a-moment-later", at=event.at + TICK, duration=shortest)
        first = apply(alone, law.account, long).account
        second = apply(alone, first, short).account
        swapped = apply(alone, law.account, short, long).account
        for at in boundaries(first, second, swapped):
            law.require_denied(second, first, at, "a shorter choice allows what was denied")
            same = rule.repeat is Repeat.KEEP or law.denied(second, at) == law.denied(swapped, at)
            law.require(same, at, "the order of two choices gives another answer")


def holds_apart_are_lifted_apart(policy: Policy, journal: Journal) -> None:
    """Two events place two holds where a rule keeps them apart, and whoever lifts one leaves the other."""
    law = Trial("holds_apart_are_lifted_apart", policy, journal)
    for alone, _, event in law.on_each_rule(lambda rule: rule.repeat is Repeat.SEPARATE):
        if len(law.account.holds) >= HOLDS_APART_MAX - 2:
            continue
        another = attrs.evolve(event, id="a-moment-later", at=event.at + TICK)
        if not delivered(alone, law.account, another)[1]:
            continue
        account = apply(alone, law.account, event, another).account
        pair = [hold for hold in account.holds if hold.cause.event in (event.id, another.id)]
        law.require(len(pair) == 2, another.at, "two events do not place two holds")
        for one, other in (pair, pair[::-1]):
            after = _lifted(alone, account, one, another.at)
            law.require(after.hold(other.id) == other, another.at, f"hold {other.id} is lifted with another")


def a_named_hold_stops_no_other_destination(policy: Policy, journal: Journal) -> None:
    """A hold about one destination stops that one and whatever does not say where to, and nothing else."""
    law = Trial("a_named_hold_stops_no_other_destination", policy, journal)
    for alone, rule, event in law.on_each_rule(is_named):
        account = apply(alone, law.fresh, attrs.evolve(event, destination_id=_HERE)).account
        nowhere = apply(alone, law.fresh, event).account
        operation = WITHDRAWAL.operation if rule.scope.operations == EVERYTHING else min(rule.scope.operations)
        for destination in Destination:
            unsaid = Request(operation=operation, destination=destination)
            here = attrs.evolve(unsaid, destination_id=_HERE)
            elsewhere = attrs.evolve(unsaid, destination_id=ELSEWHERE)
            law.require(not check(account, event.at, here), event.at, "the destination that was named is not stopped")
            law.require(not check(account, event.at, unsaid), event.at, "what does not say where to is not stopped")
            law.require(bool(check(account, event.at, elsewhere)), event.at, "another destination is stopped")
            law.require(not check(nowhere, event.at, elsewhere), event.at, "about none, the hold does not stop all")


def what_only_extends_places_nothing(policy: Policy, journal: Journal) -> None:
    """A trigger in `extended_by` places nothing; what is open then lasts its full duration from there on."""
    law = Trial("what_only_extends_places_nothing", policy, journal)
    for alone, rule, event in law.on_each_rule(lambda rule: bool(rule.extended_by)):
        held = apply(alone, law.account, event).account
        for trigger in sorted(rule.extended_by):
            later = attrs.evolve(event, id="a-moment-later", at=event.at + TICK, trigger=trigger)
            law.require(not decide(alone, law.fresh, later), later.at, f"{trigger} alone places a hold")
            after = apply(alone, held, later).account
            ends = [hold.until for hold in after.holds if hold.rule == rule and hold.latest.at == later.at]
            full = [later.at + rule.duration] if rule.duration is not None else []
            law.require(ends == full, later.at, f"{trigger} does not make the open hold as long as it lasts")


def a_business_day_is_counted_by_its_calendar(policy: Policy, journal: Journal) -> None:
    """Between its trigger and its end so many business days begin, and the last of them ends there."""
    law = Trial("a_business_day_is_counted_by_its_calendar", policy, journal)
    days = () if policy.calendar is None else policy.calendar.days
    for hold in law.account.holds:
        if hold.rule.business_days is None or hold.until is None:
            continue
        since = hold.cause.at if hold.rule.repeat is Repeat.KEEP else hold.latest.at
        counted = [day for day in days if since < day.begins and day.ends <= hold.until]
        is_so = len(counted) == hold.rule.business_days and counted[-1].ends == hold.until
        law.require(is_so, hold.until, f"the timer of hold {hold.id} is not the end of its business day")


# ── Getting out ──────────────────────────────────────────────────────────────────────────────────────────────────


def no_limbo(policy: Policy, journal: Journal) -> None:
    """From every reachable account, waiting and permitted orders lead to restored."""
    law = Trial("no_limbo", policy, journal)
    account = law.account
    for hold in account.holds:
        if hold.end is None:
            order = event_of(Move.RELEASED, account, hold, "way-out", INSTANT_MAX, override_stale=True)
            account = handle(policy, account, order)
    is_out = check(account, INSTANT_MAX) and not open_holds(account, INSTANT_MAX)
    law.require(bool(is_out), INSTANT_MAX, "no order and no time lets the account out")


def a_person_who_proves_who_they_are_gets_out_without_an_authority(policy: Policy, journal: Journal) -> None:
    """Where a hold says *verify*, verifying and an approval clear it."""
    law = Trial("a_person_who_proves_who_they_are_gets_out_without_an_authority", policy, journal)
    for reading in open_holds(law.account, law.now):
        hold = next(hold for hold in law.account.holds if hold.id == reading.id)
        offered = any(isinstance(step, Verify) for step in reading.steps)
        lifted = _lifted(policy, law.account, hold, law.now).hold(hold.id)
        cleared = lifted is not None and lifted.progress.state == Restored(at=law.now, released=False)
        law.require(cleared or not offered, law.now, f"hold {hold.id} says verify, and verifying does not clear it")


# ── All of them ──────────────────────────────────────────────────────────────────────────────────────────────────

LAWS: Final[Mapping[str, Law]] = MappingProxyType(
    {
        "a_naive_instant_is_refused": a_naive_instant_is_refused,
        "deciding_is_pure": deciding_is_pure,
        "deny_says_why": deny_says_why,
        "a_denial_has_a_next_step": a_denial_has_a_next_step,
        "resumes_at_is_exact": resumes_at_is_exact,
        "time_alone_never_tightens": time_alone_never_tightens,
        "a_security_event_never_loosens": a_security_event_never_loosens,
        "a_rule_more_never_allows_more": a_rule_more_never_allows_more,
        "rule_order_does_not_matter": rule_order_does_not_matter,
        "security_events_commute": security_events_commute,
        "redelivery_changes_nothing": redelivery_changes_nothing,
        "releasing_one_hold_touches_no_other": releasing_one_hold_touches_no_other,
        "a_refused_event_changes_nothing": a_refused_event_changes_nothing,
        "all_events_are_applied_or_none": all_events_are_applied_or_none,
        "changes_replay_to_the_account": changes_replay_to_the_account,
        "an_open_hold_keeps_its_terms": an_open_hold_keeps_its_terms,
        "a_clearance_is_never_spent_twice": a_clearance_is_never_spent_twice,
        "a_lift_is_never_early": a_lift_is_never_early,
        "next_change_at_misses_nothing": next_change_at_misses_nothing,
        "ticks_are_invisible": ticks_are_invisible,
        "the_table_is_the_truth": the_table_is_the_truth,
        "the_wire_forgets_nothing": the_wire_forgets_nothing,
        "state_is_bounded": state_is_bounded,
        "no_user_lifts_their_own_hold": no_user_lifts_their_own_hold,
        "approval_is_newer_than_evidence": approval_is_newer_than_evidence,
        "a_choice_never_shortens": a_choice_never_shortens,
        "holds_apart_are_lifted_apart": holds_apart_are_lifted_apart,
        "a_named_hold_stops_no_other_destination": a_named_hold_stops_no_other_destination,
        "what_only_extends_places_nothing": what_only_extends_places_nothing,
        "a_business_day_is_counted_by_its_calendar": a_business_day_is_counted_by_its_calendar,
        "no_limbo": no_limbo,
        "a_person_who_proves_who_they_are_gets_out_without_an_authority": (
            a_person_who_proves_who_they_are_gets_out_without_an_authority
        ),
    }
)
"""Every law by its name, each a function of a policy and a journal."""


def check_laws(policy: Policy, journal: Journal) -> None:
    """Check every law on the journal of one account under the policy. Raises `LawBroken` for the first that fails."""
    events = tuple(journal)
    for law in LAWS.values():
        law(policy, events)
