"""When to fire a trigger so that one rule still holds while others, that last longer, are over.

Only kept timers make this a question: a trigger that comes while such a timer runs does not move its end. So it is
fired once to start the long timers, and again shortly before they end. With one of them the instant can be worked out;
with several it is searched for, on a grid that is exact where durations are a few microseconds long.
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
from withdraw_guard.analysis._deeds import MICROSECOND
from withdraw_guard.analysis._help import Course, Terms

# So much is looked at on one grid: shots, each with the timers that it may start.
GRID_WORK_MAX: Final = 600_000
# A grid has so many points in the length that divides those of all timers.
_PARTS: Final = (2, 8)


@final
@attrs.frozen(kw_only=True, repr=False)
class Shot(Value):
    """Fire at this time; `loud` if the rule that is to hold hears it as well, and not only those that last longer."""

    at: timedelta
    loud: bool


Shots: TypeAlias = tuple[Shot, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class Dodging(Value):
    """Ways to outlast longer timers, and whether none means that there are none."""

    ways: tuple[Shots, ...]
    is_exact: bool


@final
@attrs.define
class Dodges:
    """Remembers what was found: under many helps a rule meets the same timers."""

    found: dict[tuple[Terms, frozenset[Terms], bool], Dodging] = attrs.Factory(
        dict[tuple[Terms, frozenset[Terms], bool], Dodging]
    )

    def around(self, rule: Terms, longer: Sequence[Terms], quiet: bool) -> Dodging:
        """Return the ways to outlast these timers, looking for them once."""
        key = (rule, frozenset(longer), quiet)
        if key not in self.found:
            self.found[key] = dodged(rule, longer, quiet)
        return self.found[key]


def dodged(rule: Terms, longer: Sequence[Terms], quiet: bool) -> Dodging:
    """Return ways to fire so that the rule outlasts these timers, each of which is longer.

    With `quiet` there is an event that only the longer ones hear.
    """
    first, *others = dict.fromkeys(longer)
    if not others:
        return Dodging(ways=tuple(before_the_end(rule, first, quiet)), is_exact=True)
    return staggered(rule, longer, quiet)


def before_the_end(rule: Terms, longer: Terms, quiet: bool) -> Iterator[Shots]:
    """Give the ways to start one long timer first and the rule shortly before that ends, the plainest first."""
    for loud in (True, False):
        if not (loud or quiet):
            continue
        latest = longer.lasts - MICROSECOND
        earliest = longer.lasts - rule.lasts + MICROSECOND
        if loud and rule.course is Course.FROM_FIRST:
            continue
        if loud and rule.course is Course.KEPT:
            earliest = max(earliest, rule.lasts)
        if longer.course is Course.FROM_FIRST:
            latest = max(latest, longer.lasts, rule.lasts)
        middle = max(earliest, longer.lasts - rule.lasts / 2)
        for at in dict.fromkeys((middle, latest)):
            if timedelta() < at and earliest <= at <= latest:
                yield Shot(at=timedelta(), loud=loud), Shot(at=at, loud=True)


def staggered(rule: Terms, longer: Sequence[Terms], quiet: bool) -> Dodging:
    """Search for shots after which the rule outlasts several kept timers that are each longer.

    Whether a shot before the last one is loud makes a difference to the rule only. One that is kept has to be over by
    the last shot, or never begun; one that runs from its first trigger must never have begun.
    """
    kept = sorted({terms.lasts // MICROSECOND for terms in longer if terms.course is Course.KEPT})
    from_first = max((terms.lasts // MICROSECOND for terms in longer if terms.course is Course.FROM_FIRST), default=0)
    lasts = rule.lasts // MICROSECOND
    # What runs from its first trigger is over whenever what is kept, and lasts as long, is nearly over.
    timers = _Timers(rule=lasts, kept=tuple(kept), from_first=0 if from_first <= max(kept, default=0) else from_first)
    match rule.course:
        case Course.EXTENDED:
            return _searched(timers, is_heard=False, loud=True)
        case Course.FROM_FIRST:
            return _searched(timers, is_heard=False, loud=False) if quiet else Dodging(ways=(), is_exact=True)
        case Course.KEPT if quiet:
            unheard = _searched(timers, is_heard=False, loud=False)
            heard = _searched(timers, is_heard=True, loud=True) if unheard.ways else unheard
            return Dodging(ways=tuple(sorted((*heard.ways, *unheard.ways), key=len)), is_exact=unheard.is_exact)
        case Course.KEPT:
            return _searched(timers, is_heard=True, loud=True)
        case Course.NOTHING | Course.FOR_EVER:
            raise AssertionError("what has no timer outlasts none")
        case _ as never:
            assert_never(never)


@final
@attrs.frozen(kw_only=True)
class _Timers(Value):
    """How long the rule lasts, the longer timers that are kept, and the longest that runs from its first trigger."""

    rule: int
    kept: tuple[int, ...]
    from_first: int

    def measured(self, common: int, parts: int) -> _Timers:
        """Return them in such parts of a length that divides all of them."""
        rule, from_first, *kept = (each // common * parts for each in (self.rule, self.from_first, *self.kept))
        return _Timers(rule=rule, kept=tuple(kept), from_first=from_first)


def _searched(timers: _Timers, *, is_heard: bool, loud: bool) -> Dodging:
    """Search on a coarse grid and, where nothing is found, on a finer one; of a few microseconds none is left out.

    A point of the grid is rounded down to a microsecond. That keeps the order of shots and ends, because every end is
    a whole number of common lengths after a shot.
    """
    if is_heard and timers.rule in timers.kept:
        return Dodging(ways=(), is_exact=True)  # one is never over without the other
    common = gcd(timers.rule, *timers.kept, timers.from_first)
    grids = (common,) if common < 2 * _PARTS[-1] else _PARTS
    is_exact = False
    for parts in grids:
        search = _Search(timers=timers.measured(common, parts), is_heard=is_heard)
        waits = search.waits()
        if waits is not None:
            times = [point * common // parts * MICROSECOND for point in accumulate(waits, initial=0)]
            before = tuple(Shot(at=at, loud=loud) for at in times[:-1])
            return Dodging(ways=((*before, Shot(at=times[-1], loud=True)),), is_exact=True)
        is_exact = parts == common and not search.is_given_up
    return Dodging(ways=(), is_exact=is_exact)


# How long each timer still runs after a shot: those that are kept, the rule if it hears every shot, and last what runs
# from its first trigger. But for the latter all of them run: a shot starts whatever is over.
_State: TypeAlias = tuple[int, ...]


@final
@attrs.define
class _Search:
    """Looks for the fewest shots. One that starts nothing changes nothing, so it is tried as the last one only."""

    timers: _Timers
    is_heard: bool
    is_given_up: bool = False

    def waits(self) -> list[int] | None:
        """Return how long to wait before each shot but the first, if a way is found."""
        timers = self.timers
        lengths = (*timers.kept, timers.rule) if self.is_heard else timers.kept
        tries_left = GRID_WORK_MAX // (len(lengths) + 1)
        start: _State = (*lengths, timers.from_first)
        came_from: dict[_State, tuple[_State, int] | None] = {start: None}
        ahead: deque[_State] = deque([start])
        while ahead:
            state = ahead.popleft()
            last = self._last_wait(state)
            if last is not None:
                return [*_waits_to(came_from, state), last]
            for wait in range(min(state[:-1], default=0), max(state) + 1) if lengths else ():
                if not tries_left:
                    self.is_given_up = True
                    return None
                tries_left -= 1
                then = _shot(state, lengths, wait)
                if then not in came_from:
                    came_from[then] = (state, wait)
                    ahead.append(then)
        return None

    def _last_wait(self, state: _State) -> int | None:
        """Return the shortest wait after which the rule, started just then, is the last to end."""
        timers, kept = self.timers, state[: len(self.timers.kept)]
        over_by = state[-2] if self.is_heard else 0
        wait = max(1, over_by, max((*kept, state[-1])) - timers.rule + 1)
        return wait if wait < min(kept, default=wait + 1) else None


def _shot(state: _State, lengths: Sequence[int], wait: int) -> _State:
    started = [left - wait if left > wait else length for left, length in zip(state, lengths, strict=False)]
    return (*started, max(0, state[-1] - wait))


def _waits_to(came_from: dict[_State, tuple[_State, int] | None], state: _State) -> list[int]:
    back: list[int] = []
    step = came_from[state]
    while step is not None:
        state, wait = step
        back.append(wait)
        step = came_from[state]
    return back[::-1]
