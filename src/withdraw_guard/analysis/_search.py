"""Searches for requests that one policy denies and another policy allows, for one rule of the first after the other.

One hold is enough to deny. To allow, every hold must have ended. So each rule is compared alone with the rules of the
other policy for the same trigger, under each of the few kinds of help that leave its hold open.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar, final

import attrs

from withdraw_guard._answers.request import Request
from withdraw_guard._model.policy import Clearance, Policy, Rule
from withdraw_guard._values.ids import RuleId
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Destinations, LiftedBy, Repeat
from withdraw_guard.analysis._changes import IDENTITY_ENDS, is_same, paths_changed
from withdraw_guard.analysis._circumstances import (
    INSTANTS_MAX,
    Circumstance,
    Occasions,
    can_be_applied,
    choices_of,
    destinations_of,
    is_plain,
    plain_rule,
    start_of,
)
from withdraw_guard.analysis._conditions import GivenUp, can_match, contradict, facts_for, with_own_facts
from withdraw_guard.analysis._help import (
    EndsBy,
    Help,
    can_appeal,
    can_verify,
    ending_under,
    full_help,
    identity_ends_after,
    records_identity,
    some_identity_ends,
)
from withdraw_guard.analysis._help import most_help_that_keeps_it_open as helps_that_keep_open
from withdraw_guard.analysis._match import is_no_harder
from withdraw_guard.analysis._plans import Contest, Why, plans, plans_with_delays
from withdraw_guard.analysis._timers import ScheduleCache
from withdraw_guard.analysis._witness import Case, Plan, Witness, witnessed, witnessed_by_age, witnessed_refusal

T = TypeVar("T", Plan, Witness)


@final
@attrs.frozen(kw_only=True, repr=False)
class Found(Value):
    """The shortest witness against a rule, or why it is not known whether there is one. With neither there is none."""

    rule: RuleId
    witness: Witness | None = None
    why: frozenset[Why] = frozenset()


@final
@attrs.define
class Search:
    """Searches where `denying` denies and `allowing` allows. `occasions` may be shared with the other direction."""

    denying: Policy
    allowing: Policy
    occasions: Occasions
    schedules: ScheduleCache = attrs.Factory(ScheduleCache)
    followed: dict[Request, bool] = attrs.Factory(dict[Request, bool])

    @cached_property
    def ages_otherwise(self) -> bool:
        """Whether an identity counts for another time under the other policy."""
        return any(paths_changed(self.denying, self.allowing, [IDENTITY_ENDS]))

    def against(self, rule: Rule, request: Request) -> Found:
        """Return what is known about requests that this rule denies and the other policy allows."""
        found = [*self._refused(rule, request)]
        if request.is_covered_by(rule.scope):
            found.extend(self._found(rule, request))
        witnesses = [each for each in found if isinstance(each, Witness)]
        if witnesses:
            return Found(rule=rule.id, witness=min(witnesses, key=length_of))
        return Found(rule=rule.id, why=frozenset(each for each in found if isinstance(each, Why)))

    def _refused(self, rule: Rule, request: Request) -> Iterator[Witness | Why]:
        """Give a witness for each choice that the rule refuses and the other policy takes."""
        if rule.chosen is None or not can_match(rule):
            return
        of_trigger = self.occasions.rules_of(rule.trigger)
        about = destinations_of(of_trigger)[0]
        for chosen in choices_of(of_trigger):
            here = Circumstance(since=start_of(self.allowing), chosen=chosen, destination_id=about)
            if can_be_applied(self.denying, rule, here):
                continue
            others = self.allowing.rules_by_trigger.get(rule.trigger, ())
            refusing = [other for other in others if not can_be_applied(self.allowing, other, here)]
            case = Case(rule=rule, denying=self.denying, allowing=self.allowing, request=request, here=here)
            yield from _until_given_up(_refused_here(case, refusing))

    def _found(self, rule: Rule, request: Request) -> Iterator[Witness | Why]:
        """Give everything found about holds of the rule."""
        if not can_match(rule):
            return
        hearing = self.allowing.rules_by_trigger.get(rule.trigger, ())
        others = [other for other in hearing if request.is_covered_by(other.scope) and can_match(other)]
        if not any(_is_kept(each) for each in (rule, *others)):
            # An event with the facts that the rule asks for triggers the fewest others.
            others = [other for other in others if not contradict(rule.where, other)]
        is_matched = self._is_matched(rule, others)
        may_age = _asks_for_identity(rule) and some_identity_ends([self.allowing])
        if not is_matched or (may_age and not self._is_followed(request)):
            yield from self._found_beside(rule, others, request, is_matched=is_matched)
        if self.ages_otherwise and any(map(_asks_for_identity, (rule, *others))):
            yield Why.AGES

    def _is_matched(self, rule: Rule, others: Iterable[Rule]) -> bool:
        """Whether the rule is no harder than one of these rules of the other policy."""
        counts_alike = rule.business_days is None or self.denying.calendar == self.allowing.calendar
        return counts_alike and any(is_no_harder(rule, other) for other in others)

    def _is_followed(self, request: Request) -> bool:
        """Whether people can do under the policy that denies all that they do under the other one and that matters.

        That is what they do about the holds that stop the request, and what records an identity. So each rule that may
        record one needs a rule of its own that is no harder. Then the identity is the same under both, at all times.
        """
        if request not in self.followed:
            self.followed[request] = self._is_followed_by_each(request)
        return self.followed[request]

    def _is_followed_by_each(self, request: Request) -> bool:
        left, others = ([rule for rule in each.rules if can_match(rule)] for each in (self.denying, self.allowing))
        covering = [other for other in others if request.is_covered_by(other.scope)]
        for other in filter(records_identity, others):
            beside = [other] if other in covering else []
            follows = [
                rule
                for rule in left
                if self._is_matched(rule, beside if request.is_covered_by(rule.scope) else [other])
            ]
            if not follows:
                return False
            left.remove(min(follows, key=lambda rule: not is_same(other, rule)))
        return all(self._is_matched(rule, covering) for rule in left if request.is_covered_by(rule.scope))

    def _found_beside(
        self, rule: Rule, others: Sequence[Rule], request: Request, *, is_matched: bool
    ) -> Iterator[Witness | Why]:
        is_compared = False
        for here, refusing in self.occasions.different_for((self.denying, rule), (self.allowing, others), request):
            is_compared = True
            case = Case(rule=rule, denying=self.denying, allowing=self.allowing, request=request, here=here)
            contest = _contest(case, others, refusing)
            if contest is not None:
                yield from self._found_here(case, contest, is_matched=is_matched)
        if not is_compared:
            yield Why.NO_EVENT
        if len(self.occasions.instants_of(rule.trigger)) > INSTANTS_MAX and not all(map(is_plain, (rule, *others))):
            yield Why.CALENDARS

    def _found_here(self, case: Case, contest: Contest, *, is_matched: bool) -> Iterator[Witness | Why]:
        """Give everything found in these circumstances, in which each rule is a plain one."""
        helps = list(helps_that_keep_open(contest.rule, case.denying, case.allowing))
        for help_ in helps:
            if identity_ends_after(self.allowing, help_) or not is_matched:
                yield from self._found_with(help_, contest, case)
        if is_matched:
            return
        unkept = [rival for rival in contest.rivals if not _is_kept(rival)]
        others = self.allowing.rules_by_trigger.get(case.rule.trigger, ())
        if len(unkept) < len(contest.rivals) and not all(map(is_plain, (case.rule, *others))):
            # Events in different circumstances may start a kept timer and the rule. So it must not be needed.
            beside = attrs.evolve(contest, rivals=unkept)
            if any(self._has_plan(self._as_aged(beside, help_), help_) for help_ in helps):
                yield Why.KEPT_VARIES

    def _as_aged(self, contest: Contest, help_: Help) -> Contest:
        """Return the contest as it is at the best after a while, if an identity ends under the policy that allows."""
        if identity_ends_after(self.allowing, help_) is None:
            return contest
        return attrs.evolve(contest, rivals=[_for_any_identity(rival) for rival in contest.rivals])

    def _has_plan(self, contest: Contest, help_: Help) -> bool:
        return any(True for _ in _until_given_up(plans(contest, help_, self.schedules)))

    def _found_with(self, help_: Help, contest: Contest, case: Case) -> Iterator[Witness | Why]:
        """Give what is found under this help, also if somebody who is always verified may be unverified after a while.

        Under the policy that denies that may end a hold of the rule, from this instant on. Before it a witness is one.
        """
        doubtful_from, aged = self._doubtful_from(help_, contest, case), self._as_aged(contest, help_)
        if not _delays_make_a_difference(help_, contest.rule, aged.rivals):
            return
        found = list(self._found_under(help_, contest, case))
        if aged is not contest and not any(isinstance(each, Witness) for each in found):
            found.extend(self._found_by_age(help_, aged, case))
        for each in found:
            is_shown = isinstance(each, Witness) and doubtful_from is not None and doubtful_from <= each.at
            yield Why.AGES if is_shown else each

    def _doubtful_from(self, help_: Help, contest: Contest, case: Case) -> datetime | None:
        """Return when an identity may have ended under the policy that denies, if that may end a hold of the rule."""
        if ending_under(_for_any_identity(contest.rule), help_) == ending_under(contest.rule, help_):
            return None
        ends = identity_ends_after(self.denying, help_)
        return None if ends is None else case.here.since + ends

    def _found_by_age(self, help_: Help, aged: Contest, case: Case) -> Iterator[Witness | Why]:
        """Give a witness that gets out when an identity has ended, if only people could end a hold of the rule."""
        for plan in _until_given_up(plans(aged, help_, self.schedules)):
            is_endless = ending_under(aged.rule, help_).by is EndsBy.NOTHING
            witness = witnessed_by_age(case, help_, plan) if is_endless and not isinstance(plan, Why) else None
            yield witness or Why.AGES
            if witness is not None:
                return

    def _found_under(self, help_: Help, contest: Contest, case: Case) -> Iterator[Witness | Why]:
        """Give the first witness under this help, or why there may be one. The simplest plans are tried first.

        Each plan should show a difference. If one shows none, for example because a policy refuses an event, nothing
        is known.
        """
        ending, why = ending_under(contest.rule, help_), list[Why]()
        every = (plans_with_delays if help_.is_late else plans)(contest, help_, self.schedules)
        for plan in _until_given_up(every):
            witness = None if isinstance(plan, Why) else witnessed(case, ending, help_, plan)
            if witness is not None:
                yield witness
                return
            why.append(plan if isinstance(plan, Why) else Why.REFUSED)
        yield from why


def _refused_here(case: Case, refusing: Sequence[Rule]) -> Iterator[Witness | Why]:
    facts = facts_for([case.rule], refusing)
    if facts is not None:
        facts, most = with_own_facts(case.rule, facts), full_help(case.denying, case.allowing)
        yield witnessed_refusal(case, most, facts) or Why.REFUSED


def _asks_for_identity(rule: Rule) -> bool:
    return rule.clearance is not None and rule.clearance.unverified != rule.clearance.verified


def _is_kept(rule: Rule) -> bool:
    return rule.repeat is Repeat.KEEP and rule.has_timer


def _contest(case: Case, others: Sequence[Rule], refusing: Sequence[Rule]) -> Contest | None:
    """Return the plain rules in these circumstances, or none if the rule does not cover the request here."""
    rule = plain_rule(case.denying, case.rule, case.here, case.request)
    if rule is None:
        return None
    heard = (other for other in others if other not in refusing)
    plain_others = (plain_rule(case.allowing, other, case.here, case.request) for other in heard)
    about_one = frozenset(other.id for other in others if other.scope.destinations is Destinations.NAMED)
    return Contest(
        rule=rule,
        rivals=list(dict.fromkeys(rival for rival in plain_others if rival is not None)),
        refusing=refusing,
        about_one=about_one if case.rule.scope.destinations is Destinations.NAMED else None,
    )


def _for_any_identity(rule: Rule) -> Rule:
    """Return the rule with the same methods for both kinds of accounts."""
    if rule.clearance is None:
        return rule
    methods = rule.clearance.unverified | rule.clearance.verified
    return attrs.evolve(rule, clearance=attrs.evolve(rule.clearance, unverified=methods, verified=methods))


def _delays_make_a_difference(help_: Help, rule: Rule, rivals: Sequence[Rule]) -> bool:
    """Whether a rival still waits after each delay. If none does, a delay is the same as no verification or appeal.

    An appeal that takes as long as the timer of the rule never helps, because both count from the latest trigger.
    """
    ending = ending_under(rule, help_)
    if ending.by is not EndsBy.NOTHING and help_.appeals_after >= ending.lasts:
        return False
    ways = ((help_.hands_in_after, can_verify), (help_.appeals_after, can_appeal))
    return all(any(_waits(rival, way, delay, help_) for rival in rivals) for delay, way in ways if delay)


def _waits(rival: Rule, way: Callable[[Clearance, Help], bool], delay: timedelta, help_: Help) -> bool:
    ends_before = rival.duration is not None and rival.duration <= delay
    has_ended = ends_before and rival.lifted_by is LiftedBy.ANY and rival.repeat is Repeat.KEEP
    return rival.clearance is not None and not has_ended and way(rival.clearance, help_)


def _until_given_up(every: Iterator[T | Why]) -> Iterator[T | Why]:
    """Give the same, and a reason if the search for the facts of an event is given up."""
    try:
        yield from every
    except GivenUp:
        yield Why.FACTS


def matters(policy: Policy, rule: Rule, requests: Iterable[Request]) -> bool:
    """Whether the policy without this rule would allow one of these requests that the policy denies."""
    others = tuple(other for other in policy.rules if other != rule)
    beside = [other for other in others if other.trigger == rule.trigger and can_match(other)]
    if can_match(rule) and is_plain(rule) and all(_ends_before(other, rule) for other in beside):
        return True
    rest = attrs.evolve(policy, rules=others)
    search = Search(policy, rest, Occasions((policy, rest)))
    every = (search.against(rule, request) for request in requests)
    return any(found.witness is not None or found.why for found in every)


def _ends_before(other: Rule, rule: Rule) -> bool:
    """Whether, of two holds of one event, the hold of this other rule ends first if people end neither."""
    if not is_plain(other) or other.clearance is not None or other.duration is None:
        return False
    return rule.duration is None or other.duration < rule.duration


def length_of(witness: Witness) -> tuple[int, int, timedelta]:
    """Return how long a witness is: its security events, all its events, and its time."""
    triggers = sum(event.type == "security_event" for event in witness.journal)
    return triggers, len(witness.journal), witness.at - witness.journal[0].at
