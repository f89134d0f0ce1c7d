"""Circumstances of an event, apart from its trigger and facts, on which the timer of some rules depends.

In given circumstances a rule with a chosen duration, business days or a named destination is equivalent to a plain
rule with a duration, or covers nothing. So everything that is known about plain rules holds for it, once for each
circumstance that makes a difference to which timer is longer and which requests are covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Final, Literal, final

import attrs

from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.events import SecurityEvent
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule, Scope
from withdraw_guard._values.ids import DestinationId
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Destinations, Repeat
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._people import MICROSECOND, START

ASKED: Final = DestinationId("asked")
"""The destination of the requests of this package, if a rule is about a named destination."""
ELSEWHERE: Final = DestinationId("elsewhere")
"""Another destination."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Circumstance(Value):
    """When an event happens, which duration the account holder chose, and which destination the event names."""

    since: datetime = START
    chosen: timedelta | None = None
    destination_id: DestinationId | None = None

    def applied_to(self, event: SecurityEvent) -> SecurityEvent:
        """Return the event with this choice and this destination."""
        return attrs.evolve(event, duration=self.chosen, destination_id=self.destination_id)


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
    return rule.business_days is None or timer_length(policy, rule, Circumstance(since=start_of(policy))) is not None


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


def circumstances(
    rule: tuple[Policy, Rule], others: tuple[Policy, Sequence[Rule]], request: Request
) -> Iterator[Circumstance | None]:
    """Give one circumstance for each different relation between a rule and other rules.

    Circumstances in which the event cannot be applied, because of a calendar or a choice, are left out. Every rule of
    the trigger can refuse the event, even if it does not cover the request. None is given if it depends on the facts
    of the event whether a rule refuses it.
    """
    of_trigger = [
        (policy, each)
        for policy in dict.fromkeys((rule[0], others[0]))
        for each in policy.rules
        if each.trigger == rule[1].trigger and can_match(each)
    ]
    compared = (rule, *((others[0], other) for other in others[1]))
    if all(is_plain(each) for _, each in of_trigger):
        yield Circumstance()
        return
    seen: set[tuple[object, ...]] = set()
    for since, chosen, about in product(_instants(of_trigger), _choices(of_trigger), _destinations(of_trigger)):
        here = Circumstance(since=since, chosen=chosen, destination_id=about)
        refusing = [each for policy, each in of_trigger if not _can_be_applied(policy, each, here)]
        if refusing:
            if _may_avoid(rule[1], refusing):
                yield None
            continue
        kind = tuple(_timer_relation(each, rule, here, request) for each in compared)
        if kind not in seen:
            seen.add(kind)
            yield here


def _may_avoid(rule: Rule, refusing: Sequence[Rule]) -> bool:
    """Whether the rule may match an event that none of the refusing rules matches."""
    try:
        return facts_for([rule], refusing) is not None
    except GivenUp:
        return True


def _instants(of_trigger: Sequence[tuple[Policy, Rule]]) -> Iterable[datetime]:
    """Return the instants at which the end of a counted business day changes, and the microsecond before each.

    Of several instants at which all timers have the same lengths only the first is returned.
    """
    counting = {
        (policy.calendar, rule.business_days): (policy, rule)
        for policy, rule in of_trigger
        if rule.business_days is not None
    }
    begins = {day.begins for calendar, _ in counting if calendar is not None for day in calendar.days}
    found: dict[tuple[timedelta | None, ...], datetime] = {}
    for since in sorted(begins | {instant - MICROSECOND for instant in begins}) or [START]:
        here = Circumstance(since=since)
        found.setdefault(tuple(timer_length(policy, rule, here) for policy, rule in counting.values()), since)
    return found.values()


def _choices(of_trigger: Sequence[tuple[Policy, Rule]]) -> list[timedelta | None]:
    """Return no choice, and each shortest and longest choice: between these the order of the timers is the same."""
    bounds = [rule.chosen for _, rule in of_trigger if rule.chosen is not None]
    return [None, *sorted({bound.minimum for bound in bounds} | {bound.maximum for bound in bounds})]


def _destinations(of_trigger: Sequence[tuple[Policy, Rule]]) -> list[DestinationId | None]:
    named = any(rule.scope.destinations is Destinations.NAMED for _, rule in of_trigger)
    return [ASKED, ELSEWHERE] if named else [None]


def _can_be_applied(policy: Policy, rule: Rule, here: Circumstance) -> bool:
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
