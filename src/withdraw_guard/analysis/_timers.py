"""When to fire a trigger so that one rule still denies after longer timers have ended.

This is a question only for kept timers, because a trigger during a kept timer does not move its end. So the trigger
fires once to start the long timers, and again shortly before they end. For one long timer the instant is computed. For
several it is searched for on a grid. The search is complete if the timers are a few microseconds long.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import accumulate
from math import gcd
from typing import Final, TypeAlias, assert_never, final

import attrs

from withdraw_guard._values.value import Value
from withdraw_guard.analysis._help import Ending, EndsBy
from withdraw_guard.analysis._people import MICROSECOND

# At most this much work on one grid: firings, each times the timers that it may start.
GRID_WORK_MAX: Final = 300_000
# The grids have this many points in the greatest length that divides all timers.
_PARTS: Final = (2, 8)


@final
@attrs.frozen(kw_only=True, repr=False)
class Firing(Value):
    """Fire at this time. Every firing triggers the longer timers, and with `also_triggers` the rule too."""

    at: timedelta
    also_triggers: bool


Schedule: TypeAlias = tuple[Firing, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class Schedules(Value):
    """Schedules that outlast longer timers. If there are none and it `is_exact`, none exists."""

    found: tuple[Schedule, ...]
    is_exact: bool


@final
@attrs.define
class ScheduleCache:
    """Keeps what was found, because a rule meets the same timers under many kinds of help."""

    found: dict[tuple[Ending, frozenset[Ending], bool], Schedules] = attrs.Factory(
        dict[tuple[Ending, frozenset[Ending], bool], Schedules]
    )

    def that_outlast(self, rule: Ending, longer: Sequence[Ending], can_miss_rule: bool) -> Schedules:
        """Return `schedules_that_outlast`, computed once."""
        key = (rule, frozenset(longer), can_miss_rule)
        if key not in self.found:
            self.found[key] = schedules_that_outlast(rule, longer, can_miss_rule)
        return self.found[key]


def schedules_that_outlast(rule: Ending, longer: Sequence[Ending], can_miss_rule: bool) -> Schedules:
    """Return schedules after which the rule denies longer than these timers, each of which is as long or longer.

    `can_miss_rule` says that some event triggers the longer timers and not the rule.
    """
    first, *others = dict.fromkeys(longer)
    if not others:
        return Schedules(found=tuple(before_the_end(rule, first, can_miss_rule)), is_exact=True)
    return staggered(rule, longer, can_miss_rule)


def before_the_end(rule: Ending, longer: Ending, can_miss_rule: bool) -> Iterator[Schedule]:
    """Give the schedules that start one long timer, and the rule shortly before its end; the simplest first."""
    for also_triggers in (True, False):
        if rule.by is EndsBy.FIRST_TIMER if also_triggers else not can_miss_rule:
            continue
        latest = longer.lasts - MICROSECOND
        earliest = longer.lasts - rule.lasts + MICROSECOND
        if also_triggers and rule.by is EndsBy.KEPT_TIMER:
            earliest = max(earliest, rule.lasts)
        if longer.by is EndsBy.FIRST_TIMER:
            latest = max(latest, longer.lasts, rule.lasts)
        middle = max(earliest, longer.lasts - rule.lasts / 2)
        for at in dict.fromkeys((middle, latest)):
            if timedelta() < at and earliest <= at <= latest:
                yield Firing(at=timedelta(), also_triggers=also_triggers), Firing(at=at, also_triggers=True)


def staggered(rule: Ending, longer: Sequence[Ending], can_miss_rule: bool) -> Schedules:
    """Search for schedules after which the rule denies longer than several kept timers.

    Which firings before the last one also trigger the rule makes a difference to the rule only. A kept timer of the
    rule must have ended by the last firing, or not have started before. A first timer must not have started before.
    """
    kept = sorted({each.lasts // MICROSECOND for each in longer if each.by is EndsBy.KEPT_TIMER})
    from_first = max((each.lasts // MICROSECOND for each in longer if each.by is EndsBy.FIRST_TIMER), default=0)
    lasts = rule.lasts // MICROSECOND
    # Whenever a kept timer is about to end, a first timer of the same length has ended.
    timers = _Timers(rule=lasts, kept=tuple(kept), from_first=0 if from_first <= max(kept, default=0) else from_first)
    match rule.by:
        case EndsBy.EXTENDED_TIMER:
            return _schedules_on_grids(timers, always_triggers=False, also_triggers=True)
        case EndsBy.FIRST_TIMER if not can_miss_rule:
            return Schedules(found=(), is_exact=True)
        case EndsBy.FIRST_TIMER:
            return _schedules_on_grids(timers, always_triggers=False, also_triggers=False)
        case EndsBy.KEPT_TIMER if can_miss_rule:
            missed = _schedules_on_grids(timers, always_triggers=False, also_triggers=False)
            always = _schedules_on_grids(timers, always_triggers=True, also_triggers=True) if missed.found else missed
            return Schedules(found=tuple(sorted((*always.found, *missed.found), key=len)), is_exact=missed.is_exact)
        case EndsBy.KEPT_TIMER:
            return _schedules_on_grids(timers, always_triggers=True, also_triggers=True)
        case EndsBy.PEOPLE_AT_ONCE | EndsBy.NOTHING:
            raise AssertionError("a rule without a timer outlasts no timer")
        case _ as never:
            assert_never(never)


@final
@attrs.frozen(kw_only=True)
class _Timers(Value):
    """The lengths of the timer of the rule, of the longer kept timers, and of the longest first timer."""

    rule: int
    kept: tuple[int, ...]
    from_first: int

    def measured(self, common: int, parts: int) -> _Timers:
        """Return the lengths in parts of a length that divides all of them."""
        rule, from_first, *kept = (each // common * parts for each in (self.rule, self.from_first, *self.kept))
        return _Timers(rule=rule, kept=tuple(kept), from_first=from_first)


def _schedules_on_grids(timers: _Timers, *, always_triggers: bool, also_triggers: bool) -> Schedules:
    """Search on a coarse grid and, if nothing is found, on a finer one. For short timers every microsecond is tried.

    A point of the grid is rounded down to a microsecond. That keeps the order of firings and ends, because each end is
    a whole number of common lengths after a firing.
    """
    if always_triggers and timers.rule in timers.kept:
        return Schedules(found=(), is_exact=True)  # timers of the same length that start together also end together
    common = gcd(timers.rule, *timers.kept, timers.from_first)
    grids = (common,) if common < 2 * _PARTS[-1] else _PARTS
    is_exact = False
    for parts in grids:
        waits, is_given_up = _waits(timers.measured(common, parts), always_triggers=always_triggers)
        if waits is not None:
            times = [point * common // parts * MICROSECOND for point in accumulate(waits, initial=0)]
            before = tuple(Firing(at=at, also_triggers=also_triggers) for at in times[:-1])
            return Schedules(found=((*before, Firing(at=times[-1], also_triggers=True)),), is_exact=True)
        is_exact = parts == common and not is_given_up
    return Schedules(found=(), is_exact=is_exact)


# How long each timer still runs after a firing: the kept timers, then the rule if every firing triggers it, and last
# the first timer. All but the first timer run, because a firing starts every timer that has ended.
_Remaining: TypeAlias = tuple[int, ...]


def _waits(timers: _Timers, *, always_triggers: bool) -> tuple[list[int] | None, bool]:
    """Return how long to wait before each firing but the first, if a schedule is found, and whether it was given up.

    The fewest firings are found. A firing that starts no timer is tried only as the last one.
    """
    lengths = (*timers.kept, timers.rule) if always_triggers else timers.kept
    tries_left = GRID_WORK_MAX // (len(lengths) + 1)
    start: _Remaining = (*lengths, timers.from_first)
    waits: dict[_Remaining, list[int]] = {start: []}
    ahead: deque[_Remaining] = deque([start])
    while ahead:
        state = ahead.popleft()
        last = _last_wait(timers, state, state[-2] if always_triggers else 0)
        if last is not None:
            return [*waits[state], last], False
        for wait in range(min(state[:-1], default=0), max(state) + 1) if lengths else ():
            if not tries_left:
                return None, True
            tries_left -= 1
            then = _after_firing(state, lengths, wait)
            if then not in waits:
                waits[then] = [*waits[state], wait]
                ahead.append(then)
    return None, False


def _last_wait(timers: _Timers, state: _Remaining, over_by: int) -> int | None:
    """Return the shortest wait after which the rule, if it starts then, ends last."""
    kept = state[: len(timers.kept)]
    wait = max(1, over_by, max((*kept, state[-1])) - timers.rule + 1)
    return wait if wait < min(kept, default=wait + 1) else None


def _after_firing(state: _Remaining, lengths: Sequence[int], wait: int) -> _Remaining:
    started = [left - wait if left > wait else length for left, length in zip(state, lengths, strict=False)]
    return (*started, max(0, state[-1] - wait))
