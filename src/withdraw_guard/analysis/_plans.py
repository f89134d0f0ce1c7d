"""Plans: security events after which a rule denies longer than its rivals, the holds of the other policy.

A plan names the events of one trigger: when each happens, and its facts. Beside the plans come reasons: why there may
be other plans that are not searched for.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import combinations, islice
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._model.policy import Rule
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import RuleId
from withdraw_guard.analysis._conditions import facts_for, with_own_facts
from withdraw_guard.analysis._help import Ending, EndsBy, Help, ending_under
from withdraw_guard.analysis._people import MICROSECOND
from withdraw_guard.analysis._timers import Schedule, ScheduleCache
from withdraw_guard.analysis._witness import Plan, PlannedEvent

# At most this many sets of kept timers are tried for one rule under one help; with more, the answer is unknown.
CHOICES_TRIED_MAX: Final = 64
# At most this often a timer is triggered again during a verification or an appeal that takes longer.
REPEATS_MAX: Final = 32


@final
class Why(StrEnum):
    """Why it is not known whether a rule denies what the other policy allows."""

    FACTS = "no facts of an event were found in 500 steps"
    NO_EVENT = "no event can be reported under both policies"
    REFUSED = "a policy refuses the events that would show it"
    KEPT_STARTS = "kept timers can be started in more ways than are searched"
    KEPT_VARIES = "a kept timer stands beside one that is chosen, counted or about one destination"
    LATE = "a timer ends before a late person is done"
    AGES = "an identity ends at an instant that depends on when it was recorded"
    OVERFLOW = "beyond 63 open holds of a rule a further event holds every destination"
    CALENDARS = "the calendars differ in more ways than are tried"


_Obstacle: TypeAlias = tuple[Rule, Ending]


@final
@attrs.frozen(kw_only=True)
class Contest:
    """A plain rule, the plain rules of the other policy, and the rules that would refuse the event.

    `about_one` are the rivals about a named destination, if the rule is about one as well.
    """

    rule: Rule
    rivals: Sequence[Rule]
    refusing: Sequence[Rule]
    about_one: frozenset[RuleId] | None = None


def plans(contest: Contest, help_: Help, cache: ScheduleCache) -> Iterator[Plan | Why]:
    """Give the plans after which the rule denies longer than all its rivals, and why there may be others.

    A rival that lasts as long is avoided by the facts of the event, if its timer is not kept. A kept timer is avoided
    or met: it starts first, and the rule starts shortly before its end.
    """
    rule, ending = contest.rule, ending_under(contest.rule, help_)
    obstacles = ((rival, ending_under(rival, help_)) for rival in contest.rivals)
    longer = [(rival, other) for rival, other in obstacles if _may_outlast(other, ending)]
    avoided = [rival for rival, other in longer if other.by in (EndsBy.NOTHING, EndsBy.EXTENDED_TIMER)]
    kept = [(rival, other) for rival, other in longer if other.by in (EndsBy.KEPT_TIMER, EndsBy.FIRST_TIMER)]
    if facts_for([rule], [*contest.refusing, *avoided]) is None:
        if contest.about_one is not None and not _overflows_no_later(rule, avoided, contest.about_one):
            yield Why.OVERFLOW
        return
    avoided = [*contest.refusing, *avoided]
    free = facts_for([rule], [*contest.refusing, *contest.rivals])
    if free is not None:
        # Nothing at all is held under the other policy. That tells a reader most, so it is tried first.
        yield (PlannedEvent(at=timedelta(), facts=with_own_facts(rule, free)),)
    fixed = [each for each in kept if facts_for([rule], [*avoided, each[0]]) is None]
    if any(_outlasts_always(each, rule, ending, cache) for each in fixed):
        return
    optional = [each for each in kept if each not in fixed]
    choices = (chosen for size in range(len(optional) + 1) for chosen in combinations(optional, size))
    for chosen in islice(choices, CHOICES_TRIED_MAX):
        met = [*fixed, *chosen]
        others = [rival for rival, _ in kept if all(rival is not other for other, _ in met)]
        yield from _plans_that_meet(met, rule, ending, (avoided, others), cache)
    # Kept timers of different conditions can be started one by one. That is not searched for.
    is_partial = len({rival.where for rival, _ in kept}) > 1 or 2 ** len(optional) > CHOICES_TRIED_MAX
    if is_partial or any(_can_start_alone(rule, ending, rival) for rival, _ in kept):
        yield Why.KEPT_STARTS


def _overflows_no_later(rule: Rule, rivals: Sequence[Rule], about_one: frozenset[RuleId]) -> bool:
    """Whether rivals still hold every destination when so many holds of the rule are open that it does.

    One rival that is triggered whenever the rule is has as many. Rivals about every destination need no overflow.
    """
    about_all = [rival for rival in rivals if rival.id not in about_one]
    if facts_for([rule], about_all) is None:
        return True
    return any(facts_for([rule], [rival]) is None for rival in rivals if rival.id in about_one)


def _may_outlast(other: Ending, ending: Ending) -> bool:
    """Whether a hold of a rival that starts at the same time does not end before that of the rule."""
    if EndsBy.NOTHING in (ending.by, other.by):
        return other.by is EndsBy.NOTHING
    return other.by is not EndsBy.PEOPLE_AT_ONCE and other.lasts >= ending.lasts


def _can_start_alone(rule: Rule, ending: Ending, rival: Rule) -> bool:
    """Whether an event triggers the rule and not the rival, so that a later event triggers only the rival.

    It makes a difference only if the timer of the rule is kept.
    """
    return ending.by is EndsBy.KEPT_TIMER and facts_for([rule], [rival]) is not None


def _outlasts_always(obstacle: _Obstacle, rule: Rule, ending: Ending, cache: ScheduleCache) -> bool:
    """Whether this kept timer, which every event of the rule triggers, outlasts the rule after every schedule."""
    rival, other = obstacle
    if _can_start_alone(rule, ending, rival):
        return False
    return not cache.that_outlast(ending, [other], facts_for([rival], [rule]) is not None).found


def _plans_that_meet(
    met: Sequence[_Obstacle],
    rule: Rule,
    ending: Ending,
    unwanted: tuple[Sequence[Rule], Sequence[Rule]],
    cache: ScheduleCache,
) -> Iterator[Plan | Why]:
    """Give the plans that start these kept timers and then the rule, and why there may be others.

    An event that does not trigger the rule may trigger other rivals. Then the timers alone do not show whether the
    plan works.
    """
    avoided, others = unwanted
    facts = facts_for([rule], [*avoided, *others])
    if facts is None:
        return
    if not met:
        yield (PlannedEvent(at=timedelta(), facts=with_own_facts(rule, facts)),)
        return
    timers, rivals = [other for _, other in met], [rival for rival, _ in met]
    is_exact = True
    for missing in dict.fromkeys(facts_for(rivals, [rule, *more]) for more in ([*avoided, *others], avoided, [])):
        schedules = cache.that_outlast(ending, timers, missing is not None)
        is_exact &= schedules.is_exact and (not schedules.found or missing is None)
        yield from (_planned(schedule, facts, missing) for schedule in schedules.found)
    if not is_exact:
        yield Why.KEPT_STARTS


def _planned(schedule: Schedule, facts: Facts, missing: Facts | None) -> Plan:
    """Return a plan; `missing` are the facts of an event that does not trigger the rule."""
    return tuple(
        PlannedEvent(at=firing.at, facts=facts if firing.also_triggers or missing is None else missing)
        for firing in schedule
    )


def plans_with_delays(contest: Contest, help_: Help, cache: ScheduleCache) -> Iterator[Plan | Why]:
    """Give the same plans, and then each plan with triggers that keep the timer of the rule running during the delay.

    A hold that nobody clears stays open as long as needed. A timer may end before, and then nothing is known.
    """
    repeated: list[Plan | Why] = []
    for plan in plans(contest, help_, cache):
        yield plan
        if not isinstance(plan, Why) and ending_under(contest.rule, help_).by is not EndsBy.NOTHING:
            repeated.extend((*_repeated(plan, contest.rule, help_), Why.LATE))
    yield from repeated


def _repeated(plan: Plan, rule: Rule, help_: Help) -> Iterator[Plan]:
    """Repeat the trigger until the delay is over: each time one microsecond before the timer ends, or when it ends."""
    lasts = ending_under(rule, help_).lasts
    for step in (lasts - MICROSECOND, lasts):
        repeats = max(help_.hands_in_after, help_.appeals_after) // step if step and len(plan) == 1 else 0
        if 0 < repeats <= REPEATS_MAX:
            yield tuple(attrs.evolve(plan[0], at=number * step) for number in range(repeats + 1))
