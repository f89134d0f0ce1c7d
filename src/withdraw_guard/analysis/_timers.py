"""When to fire a trigger so that one rule still holds while others, that last longer, are over.

Only kept timers make this a question: a trigger that comes while such a timer runs does not move its end. So it is
fired once to start the long timers, and again shortly before they end. With one of them the instant can be worked out;
with several it is searched for, on a grid that is exact where durations are a few microseconds long.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import gcd
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._value import Value
from withdraw_guard.analysis._deeds import MICROSECOND
from withdraw_guard.analysis._help import Course, Terms

GRID_STATES_MAX: Final = 20_000
_PARTS: Final = 8


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


def dodged(rule: Terms, longer: Sequence[Terms], quiet: bool) -> Dodging:
    """Return ways to fire so that the rule outlasts these timers, each of which is longer.

    With `quiet` there is an event that only the longer ones hear.
    """
    if len(longer) == 1:
        return Dodging(ways=tuple(before_the_end(rule, longer[0], quiet)), is_exact=True)
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


_State: TypeAlias = tuple[int | None, ...]


def staggered(rule: Terms, longer: Sequence[Terms], quiet: bool) -> Dodging:
    """Search for shots after which the rule outlasts several kept timers that are each longer."""
    every = (rule, *longer)
    lengths = [terms.lasts // MICROSECOND for terms in every]
    unit = max(1, gcd(*lengths) // _PARTS)
    steps = [length // unit for length in lengths]
    start: _State = (None,) * len(every)
    came_from: dict[_State, tuple[_State, int, bool] | None] = {start: None}
    ahead: deque[_State] = deque([start])
    while ahead:
        state = ahead.popleft()
        for delay in range(max(left or 0 for left in state) + 1):
            if len(came_from) > GRID_STATES_MAX:
                return Dodging(ways=(), is_exact=False)
            aged = tuple(None if left is None else max(0, left - delay) for left in state)
            for loud in (True, False) if quiet else (True,):
                then = _fired(every, steps, aged, loud)
                if loud and _outlasts(rule, steps, aged, then):
                    shots = _shots_to(came_from, state, unit)
                    at = (shots[-1].at if shots else timedelta()) + delay * unit * MICROSECOND
                    return Dodging(ways=((*shots, Shot(at=at, loud=True)),), is_exact=True)
                if then not in came_from:
                    came_from[then] = (state, delay, loud)
                    ahead.append(then)
    return Dodging(ways=(), is_exact=unit == 1)


def _fired(every: Sequence[Terms], steps: Sequence[int], aged: _State, loud: bool) -> _State:
    """Return how long each timer still runs after a trigger. None: it never ran."""
    after: list[int | None] = []
    for index, (terms, length, left) in enumerate(zip(every, steps, aged, strict=True)):
        starts = left is None or terms.course is Course.EXTENDED or (left == 0 and terms.course is Course.KEPT)
        after.append(length if starts and (loud or index) else left)
    return tuple(after)


def _outlasts(rule: Terms, steps: Sequence[int], before: _State, after: _State) -> bool:
    """Whether the rule, started just now, is the last of them to end."""
    starts_now = rule.course is Course.EXTENDED or not before[0]
    if rule.course is Course.FROM_FIRST:
        starts_now = before[0] is None
    return starts_now and all((left or 0) < steps[0] for left in after[1:])


def _shots_to(came_from: dict[_State, tuple[_State, int, bool] | None], state: _State, unit: int) -> Shots:
    back: list[tuple[int, bool]] = []
    step = came_from[state]
    while step is not None:
        state, delay, loud = step
        back.append((delay, loud))
        step = came_from[state]
    at, shots = timedelta(), list[Shot]()
    for delay, loud in reversed(back):
        at += delay * unit * MICROSECOND
        shots.append(Shot(at=at, loud=loud))
    return tuple(shots)
