"""Circumstances of an event, apart from its trigger and facts, on which the timer of some rules depends.

In given circumstances a rule with a chosen duration, business days or a named destination is equivalent to a plain
rule with a duration, or covers nothing. So everything that is known about plain rules holds for it, once for each
circumstance that makes a difference to which timer is longer and which requests are covered.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Final, Literal, final

import attrs

from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.calendar import Calendar
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule, Scope
from withdraw_guard._values.ids import DestinationId, Trigger
from withdraw_guard._values.limits import CALENDAR_DAYS_MAX
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Destinations, Repeat
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._people import MICROSECOND, START

ASKED: Final = DestinationId("asked")
"""The destination of the requests of this package, if a rule is about a named destination."""
ELSEWHERE: Final = DestinationId("elsewhere")
"""Another destination."""

# At most this many orders of timers are tried for the events of one trigger; with more, the answer is unknown.
INSTANTS_MAX: Final = 200


@final
@attrs.frozen(kw_only=True, repr=False)
class Circumstance(Value):
    """When an event happens, which duration the account holder chose, and which destination the event names."""

    since: datetime = START
    chosen: timedelta | None = None
    destination_id: DestinationId | None = None


def start_of(policy: Policy) -> datetime:
    """Return the first instant of journals about a policy: the begin of its calendar, if it has one."""
    return START if policy.calendar is None else policy.calendar.days[0].begins


def policy_of_one(policy: Policy, rule: Rule) -> Policy:
    """Return a policy with only this rule and the same calendar."""
    return Policy(id="one-rule", version="0", rules=(rule,), calendar=policy.calendar)


def request_stopped_by(rule: Rule) -> Request:
    """Return a request that every hold of the rule stops."""
    operations = rule.scope.operations
    return WITHDRAWAL if operations == EVERYTHING else Request(operation=min(operations))


def fits_calendar(policy: Policy, rule: Rule) -> bool:
    """Whether the calendar of the policy has the business days that the rule counts, at least from its first day."""
    return can_be_applied(policy, rule, Circumstance(since=start_of(policy)))


def timer_length(policy: Policy, rule: Rule, here: Circumstance) -> timedelta | None:
    """Return how long the timer of the rule runs, or none if it has no timer or the calendar is too short."""
    if rule.business_days is not None and policy.calendar is not None:
        ends_at = policy.calendar.end_of_business_day(rule.business_days, here.since)
        return None if ends_at is None else ends_at - here.since
    return here.chosen if rule.chosen is not None and here.chosen is not None else rule.duration


def plain_rule(policy: Policy, rule: Rule, here: Circumstance, request: Request) -> Rule | None:
    """Return the plain rule that is equivalent for this request here, or none if the rule does not cover the request.

    People clear each separate hold at once or never, and the last timer of separate holds is that of the latest one.
    So they are equivalent to one hold that triggers extend.
    """
    if not request.is_covered_by(rule.scope, here.destination_id):
        return None
    return attrs.evolve(
        rule,
        scope=Scope(),
        duration=timer_length(policy, rule, here),
        repeat=Repeat.EXTEND if rule.repeat is Repeat.SEPARATE else rule.repeat,
        chosen=None,
        business_days=None,
    )


def is_plain(rule: Rule) -> bool:
    """Whether the rule is the same in all circumstances."""
    return not rule.leaves_the_timer_to_the_hold and rule.scope.destinations is not Destinations.NAMED


def on_either_calendar(old: Policy, new: Policy) -> tuple[Policy, Policy]:
    """Return both policies as they are compared: each also has the days that only the other calendar reaches.

    Without them no event could be compared on the days of one calendar alone. If the two together have more days than
    a calendar may have, each policy keeps its own.
    """
    return _with_days_of(new, old), _with_days_of(old, new)


def _with_days_of(other: Policy, policy: Policy) -> Policy:
    if policy.calendar is None or other.calendar is None or policy.calendar == other.calendar:
        return policy
    own = policy.calendar.days
    before = (day for day in other.calendar.days if day.ends <= own[0].begins)
    after = (day for day in other.calendar.days if day.begins >= own[-1].ends)
    days = (*before, *own, *after)
    return policy if len(days) > CALENDAR_DAYS_MAX else attrs.evolve(policy, calendar=Calendar(days=days))


@final
@attrs.define
class Occasions:
    """The circumstances of each trigger of two policies that make a difference. They are found once."""

    both: tuple[Policy, Policy]
    instants: dict[Trigger, list[datetime]] = attrs.Factory(dict[Trigger, list[datetime]])

    def rules_of(self, trigger: Trigger) -> list[tuple[Policy, Rule]]:
        """Return the rules that hear the trigger, each with its policy."""
        return [
            (policy, rule)
            for policy in dict.fromkeys(self.both)
            for rule in policy.rules_by_trigger.get(trigger, ())
            if can_match(rule)
        ]

    def instants_of(self, trigger: Trigger) -> list[datetime]:
        """Return one instant for each order of the timers that business days bring about."""
        if trigger not in self.instants:
            self.instants[trigger] = list(_instants(self.rules_of(trigger)))
        return self.instants[trigger]

    def different_for(
        self, rule: tuple[Policy, Rule], others: tuple[Policy, Sequence[Rule]], request: Request
    ) -> Iterator[tuple[Circumstance, list[Rule]]]:
        """Give one circumstance for each relation between a rule and other rules, and the rules that refuse it.

        A rule refuses a choice that it does not offer, and a day beyond its calendar, even if it does not cover the
        request. Circumstances in which every event of the rule is refused are left out.
        """
        of_trigger = self.rules_of(rule[1].trigger)
        if all(is_plain(each) for _, each in of_trigger):
            yield Circumstance(), []
            return
        compared = (rule, *((others[0], other) for other in others[1]))
        instants = self.instants_of(rule[1].trigger)[:INSTANTS_MAX]
        seen: set[tuple[object, ...]] = set()
        for since, chosen, about in product(instants, choices_of(of_trigger), destinations_of(of_trigger)):
            here = Circumstance(since=since, chosen=chosen, destination_id=about)
            refusing = [each for policy, each in of_trigger if not can_be_applied(policy, each, here)]
            kind = (
                *(_timer_relation(each, rule, here, request) for each in compared),
                *(each.id for each in refusing),
            )
            if kind not in seen:
                seen.add(kind)
                if rule[1] not in refusing and _may_avoid(rule[1], refusing):
                    yield here, refusing


def _may_avoid(rule: Rule, refusing: Sequence[Rule]) -> bool:
    """Whether the rule may match an event that none of the refusing rules matches."""
    try:
        return facts_for([rule], refusing) is not None
    except GivenUp:
        return True


def _instants(of_trigger: Sequence[tuple[Policy, Rule]]) -> Iterable[datetime]:
    """Return the instants at which the end of a counted business day changes, and the microsecond before each.

    Of several instants with the same order of the ends and of the other timers only the first is returned. A rule with
    a clearance is also compared with how long people take, so its length counts as it is.
    """
    counts: dict[Calendar, dict[int, bool]] = {}
    for policy, rule in of_trigger:
        if rule.business_days is not None and policy.calendar is not None:
            numbers = counts.setdefault(policy.calendar, {})
            numbers[rule.business_days] = numbers.get(rule.business_days, False) or rule.clearance is not None
    begins = {calendar: [day.begins for day in calendar.days] for calendar in counts}
    days = {begin for each in begins.values() for begin in each}
    fixed = {rule.duration for _, rule in of_trigger}
    lengths = sorted(each for each in {*fixed, *choices_of(of_trigger)} if each is not None)
    found: dict[tuple[object, ...], datetime] = {}
    for since in sorted(days | {instant - MICROSECOND for instant in days}) or [START]:
        found.setdefault(tuple(_order(counts, begins, lengths, since)), since)
    return found.values()


def _order(
    counts: Mapping[Calendar, Mapping[int, bool]],
    begins: Mapping[Calendar, Sequence[datetime]],
    lengths: Sequence[timedelta],
    since: datetime,
) -> Iterator[object]:
    """Give what decides which timers that begin at an instant are longer than which.

    The ends are those of `end_of_business_day`, with one search of a calendar for all numbers.
    """
    ends: list[datetime | None] = []
    for calendar, numbers in counts.items():
        first = bisect_right(begins[calendar], since)
        for number, is_cleared in numbers.items():
            index = first + number - 1
            end = calendar.days[index].ends if first and index < len(calendar.days) else None
            ends.append(end)
            if end is None or is_cleared:
                yield end and end - since
            elif lengths:
                yield bisect_left(lengths, end - since), bisect_right(lengths, end - since)
    if len(counts) > 1:
        order = sorted({end for end in ends if end is not None})
        yield tuple(end and order.index(end) for end in ends)


def choices_of(of_trigger: Sequence[tuple[Policy, Rule]]) -> list[timedelta | None]:
    """Return no choice, and each shortest and longest choice: between these the order of the timers is the same."""
    bounds = [rule.chosen for _, rule in of_trigger if rule.chosen is not None]
    return [None, *sorted({bound.minimum for bound in bounds} | {bound.maximum for bound in bounds})]


def destinations_of(of_trigger: Sequence[tuple[Policy, Rule]]) -> list[DestinationId | None]:
    """Return the destination of the requests and another one, if a rule is about the one that the event names."""
    named = any(rule.scope.destinations is Destinations.NAMED for _, rule in of_trigger)
    return [ASKED, ELSEWHERE] if named else [None]


def can_be_applied(policy: Policy, rule: Rule, here: Circumstance) -> bool:
    """Whether the rule takes an event in these circumstances, and does not refuse it."""
    if rule.business_days is not None:
        return timer_length(policy, rule, here) is not None
    return rule.chosen is None or here.chosen is None or rule.chosen.allows(here.chosen)


def _timer_relation(
    each: tuple[Policy, Rule], rule: tuple[Policy, Rule], here: Circumstance, request: Request
) -> timedelta | int | Literal["not covered", "no timer"]:
    """Return how the timer of one rule compares with the timer of another rule: -1 if it is shorter, 0 or 1.

    `not covered` and `no timer` (of either rule) are two answers: a hold that does not cover the request stops nothing,
    and a hold without a timer lasts until somebody ends it. A rule with a clearance that counts business days gives
    the length itself, because it is also compared with how long people take.
    """
    if not request.is_covered_by(each[1].scope, here.destination_id):
        return "not covered"
    mine, its = timer_length(*each, here), timer_length(*rule, here)
    if mine is not None and each[1].clearance is not None and each[1].business_days is not None:
        return mine
    return "no timer" if mine is None or its is None else (mine > its) - (mine < its)
