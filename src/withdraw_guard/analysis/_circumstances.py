"""What an event says beyond its trigger and its facts, and when it happens: what the timer of some rules depends on.

In given circumstances a rule whose timer is chosen, counted in business days or about one destination comes to a rule
that has just a duration, or to nothing. So everything that is said about plain rules is said about it, once for each of
the circumstances that make a difference: which timers are longer than which, and whom they cover.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Final, Literal, final

import attrs

from withdraw_guard._answers.request import Request
from withdraw_guard._model.events import SecurityEvent
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule, Scope
from withdraw_guard._values.ids import DestinationId, Operation, Trigger
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Destinations, Repeat
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._deeds import MICROSECOND, START

ANY_OTHER: Final = Operation("any_other_operation")
"""An operation that no rule names."""
ASKED: Final = DestinationId("asked")
"""The destination that a request of this package names, where rules tell destinations apart."""
ELSEWHERE: Final = DestinationId("elsewhere")
"""Another one."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Circumstance(Value):
    """When an event happens, what its account holder chose, and which destination it names."""

    since: datetime = START
    chosen: timedelta | None = None
    destination_id: DestinationId | None = None

    def told_by(self, event: SecurityEvent) -> SecurityEvent:
        """Return the event with what is the case here."""
        return attrs.evolve(event, duration=self.chosen, destination_id=self.destination_id)


def start_of(policy: Policy) -> datetime:
    """Return when the journals about a policy begin: where its calendar begins, if it has one."""
    return START if policy.calendar is None else policy.calendar.days[0].begins


def alone(policy: Policy, rule: Rule) -> Policy:
    """Return a policy of this rule only, with the same calendar."""
    return Policy(id="one-rule", version="0", rules=(rule,), calendar=policy.calendar)


def stopped_by(rule: Rule) -> Request:
    """Return a request that every hold of the rule stops."""
    operations = rule.scope.operations
    return Request(operation=ANY_OTHER if operations == EVERYTHING else min(operations))


def can_last(policy: Policy, rule: Rule) -> bool:
    """Whether the calendar of the policy reaches as far as the rule counts, at least from its first day on."""
    return rule.business_days is None or lasts(policy, rule, Circumstance(since=start_of(policy))) is not None


def lasts(policy: Policy, rule: Rule, here: Circumstance) -> timedelta | None:
    """Return how long the timer of the rule runs, if it has one and the calendar reaches as far."""
    if rule.business_days is not None and policy.calendar is not None:
        ends_at = policy.calendar.end_of_business_day(rule.business_days, here.since)
        return None if ends_at is None else ends_at - here.since
    return here.chosen if rule.chosen is not None and here.chosen is not None else rule.duration


def plain(policy: Policy, rule: Rule, here: Circumstance, request: Request) -> Rule | None:
    """Return the rule with nothing but a duration that comes to the same for this request, or none if none does.

    Holds that stay apart are lifted each at once or never, and their timers are over when that of the latest is.
    """
    if not request.is_covered_by(rule.scope, here.destination_id):
        return None
    return attrs.evolve(
        rule,
        scope=Scope(),
        duration=lasts(policy, rule, here),
        repeat=Repeat.EXTEND if rule.repeat is Repeat.SEPARATE else rule.repeat,
        chosen=None,
        business_days=None,
        extended_by=frozenset[Trigger](),
    )


def is_plain(rule: Rule) -> bool:
    """Whether no circumstance makes a difference to it."""
    return not rule.leaves_the_timer_to_the_hold and rule.scope.destinations is not Destinations.NAMED


def circumstances(
    rule: tuple[Policy, Rule], others: tuple[Policy, Sequence[Rule]], request: Request
) -> Iterator[Circumstance | None]:
    """Give one of each kind of circumstances that make a difference to how a rule stands to others.

    Circumstances in which no such event can be applied, because a calendar or a choice does not allow it, are left out:
    there every rule has a say that hears the trigger, also one that does not cover the request. None stands for some
    circumstances in which that depends on the facts of the event.
    """
    listening = [
        (policy, each)
        for policy in dict.fromkeys((rule[0], others[0]))
        for each in policy.rules
        if each.trigger == rule[1].trigger and can_match(each)
    ]
    compared = (rule, *((others[0], other) for other in others[1]))
    if all(is_plain(each) for _, each in listening):
        yield Circumstance()
        return
    seen: set[tuple[object, ...]] = set()
    for since, chosen, about in product(_instants(listening), _choices(listening), _destinations(listening)):
        here = Circumstance(since=since, chosen=chosen, destination_id=about)
        refusing = [each for policy, each in listening if not _can_be_applied(policy, each, here)]
        if refusing:
            if _may_avoid(rule[1], refusing):
                yield None
            continue
        kind = tuple(_standing(each, rule, here, request) for each in compared)
        if kind not in seen:
            seen.add(kind)
            yield here


def _may_avoid(rule: Rule, refusing: Sequence[Rule]) -> bool:
    """Whether the rule may hear an event that none of those matches which would refuse it."""
    try:
        return facts_for([rule], refusing) is not None
    except GivenUp:
        return True


def _instants(listening: Sequence[tuple[Policy, Rule]]) -> Iterable[datetime]:
    """Return the instants at which the end of some business day, as a rule counts them, moves on, and just before.

    Of those at which every rule counts as long the first one is enough: most weeks are alike.
    """
    counting = {
        (policy.calendar, rule.business_days): (policy, rule)
        for policy, rule in listening
        if rule.business_days is not None
    }
    begins = {day.begins for calendar, _ in counting if calendar is not None for day in calendar.days}
    found: dict[tuple[timedelta | None, ...], datetime] = {}
    for since in sorted(begins | {instant - MICROSECOND for instant in begins}) or [START]:
        here = Circumstance(since=since)
        found.setdefault(tuple(lasts(policy, rule, here) for policy, rule in counting.values()), since)
    return found.values()


def _choices(listening: Sequence[tuple[Policy, Rule]]) -> list[timedelta | None]:
    """Return no choice, and the shortest and the longest ones: between them no rule begins to outlast another."""
    bounds = [rule.chosen for _, rule in listening if rule.chosen is not None]
    return [None, *sorted({bound.minimum for bound in bounds} | {bound.maximum for bound in bounds})]


def _destinations(listening: Sequence[tuple[Policy, Rule]]) -> list[DestinationId | None]:
    named = any(rule.scope.destinations is Destinations.NAMED for _, rule in listening)
    return [ASKED, ELSEWHERE] if named else [None]


def _can_be_applied(policy: Policy, rule: Rule, here: Circumstance) -> bool:
    if rule.business_days is not None:
        return lasts(policy, rule, here) is not None
    return rule.chosen is None or here.chosen is None or rule.chosen.allows(here.chosen)


def _standing(
    each: tuple[Policy, Rule], rule: tuple[Policy, Rule], here: Circumstance, request: Request
) -> timedelta | int | Literal["not covered", "no timer"]:
    """Return how the timer of one rule compares with the timer of another rule: -1 if it is shorter, 0 or 1.

    `not covered` and `no timer` (of either rule) are two answers: a hold that does not cover the request stops nothing,
    and a hold without a timer lasts until somebody ends it. Beside a clearance the timer is also compared with how long
    people take, so a rule with a clearance that counts business days gives the timer itself.
    """
    if not request.is_covered_by(each[1].scope, here.destination_id):
        return "not covered"
    mine, its = lasts(*each, here), lasts(*rule, here)
    if mine is not None and each[1].clearance is not None and each[1].business_days is not None:
        return mine
    return "no timer" if mine is None or its is None else (mine > its) - (mine < its)
