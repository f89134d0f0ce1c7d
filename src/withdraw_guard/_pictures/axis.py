"""A time axis: the position of an instant on a picture, and the positions of the ticks.

Time is drawn to scale. A gap that is much longer than all the rest (a question asked a year later, a hold of ten
years) is left out, so that hours beside it stay readable: the axis is a row of pieces of one scale, with breaks
between them.

    ├──┬──┬──┬──┤ // ├──┤
    9:00 … 15:00      now

Ticks are at round instants of UTC. They show the small unit; the headings above them show the large one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._values.limits import BREAKS_MAX, INSTANT_MIN
from withdraw_guard._values.value import Value

BREAK_WIDTH: Final = 22.0
PAD_WIDTH: Final = 24.0
TICK_WIDTH_MIN: Final = 46.0
# A gap is left out if it is longer than this many times all the rest. The rest counts as at least twelve hours, so
# that the usual holds of a few days are always drawn to scale.
BREAK_FACTOR: Final = 8
BREAK_REST_MIN: Final = timedelta(hours=12)
LENGTH_MIN: Final = timedelta(hours=1)

_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_MONTHS: Final = tuple(_prose.month_words(number)[:3] for number in range(1, 13))
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONDAY: Final = INSTANT_MIN - timedelta(days=INSTANT_MIN.weekday())


@final
@attrs.frozen(kw_only=True, repr=False)
class Interval(Value):
    """The time between two ticks, in minutes or in months."""

    minutes: int = 0
    months: int = 0

    @property
    def shortest(self) -> timedelta:
        return timedelta(minutes=self.minutes) if self.minutes else timedelta(days=28) * self.months


_INTERVALS: Final = (
    *(Interval(minutes=minutes) for minutes in (5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 10_080)),
    *(Interval(months=months) for months in (1, 3, 12, 24, 60, 120, 240, 600)),
)
_HOURLY_MAX: Final = 720


@final
@attrs.frozen(kw_only=True, repr=False)
class Piece(Value):
    """A part of the axis, drawn to scale from `left` to `right`; `first` is the first instant that it has to show."""

    since: datetime
    first: datetime
    until: datetime
    left: float
    right: float


@final
@attrs.frozen(kw_only=True, repr=False)
class Label(Value):
    """A text at a position on the axis. One that may move may be drawn a little to the left of it."""

    x: float
    text: str
    may_move: bool = False


@final
@attrs.frozen(kw_only=True, repr=False)
class Axis(Value):
    """The pieces from left to right, and the time between two ticks."""

    pieces: tuple[Piece, ...]
    interval: Interval

    def x(self, at: datetime) -> float:
        """Return the position of an instant: in a break its middle, beyond the axis its edge."""
        x = self.pieces[0].left
        for index, piece in enumerate(self.pieces):
            if at < piece.since:
                return x if index == 0 else x + BREAK_WIDTH / 2
            x = piece.left + (min(at, piece.until) - piece.since) / (piece.until - piece.since) * (
                piece.right - piece.left
            )
            if at <= piece.until:
                return x
        return x

    def ticks(self) -> Iterator[Label]:
        """Give each tick with its small unit: `09:00`, `Mon 5`, `Jan`, `2026`."""
        for piece in self.pieces:
            for at in _ticks(self.interval, piece):
                yield Label(x=self.x(at), text=_small(self.interval, at))

    def headings(self) -> Iterator[Label]:
        """Give the large unit at each of its beginnings and at that of each piece: `Mon 5 Jan 2026`, `Jan 2026`."""
        for index, piece in enumerate(self.pieces):
            seen = _large(self.interval, piece.first)
            yield Label(x=piece.left, text=seen, may_move=index > 0)
            for at in _ticks(self.interval, piece):
                if at > piece.first and _large(self.interval, at) != seen:
                    seen = _large(self.interval, at)
                    yield Label(x=self.x(at), text=seen)


def axis_of(instants: Sequence[datetime], left: float, right: float) -> Axis:
    """Return the axis that shows these instants (sorted, at least one) between two positions."""
    groups = _grouped(instants)
    lengths = _lengths(groups)
    room = right - left - BREAK_WIDTH * (len(groups) - 1) - 2 * PAD_WIDTH * len(groups)
    total = sum(lengths, timedelta())
    pad = total * (PAD_WIDTH / room)
    pieces: list[Piece] = []
    for group, length in zip(groups, lengths, strict=True):
        width = room * (length / total) + 2 * PAD_WIDTH
        since = group[0] - (length - (group[-1] - group[0])) / 2 - pad
        until = since + length + 2 * pad
        pieces.append(Piece(since=since, first=group[0], until=until, left=left, right=left + width))
        left += width + BREAK_WIDTH
    wide_enough = (each for each in _INTERVALS if each.shortest / total * room >= TICK_WIDTH_MIN)
    interval = next(wide_enough, _INTERVALS[-1])
    return Axis(pieces=tuple(pieces), interval=interval)


def _grouped(instants: Sequence[datetime]) -> list[list[datetime]]:
    """Group the instants between the breaks of the axis."""
    broken = _broken([later - earlier for earlier, later in pairwise(instants)])
    groups = [[instants[0]]]
    for index, at in enumerate(instants[1:]):
        if index in broken:
            groups.append([])
        groups[-1].append(at)
    return groups


def _lengths(groups: list[list[datetime]]) -> list[timedelta]:
    """Return how much time each piece shows. If all of it is too short to be drawn, the longest piece shows more."""
    lengths = [group[-1] - group[0] for group in groups]
    missing = LENGTH_MIN - sum(lengths, timedelta())
    longest = lengths.index(max(lengths))
    lengths[longest] += max(missing, timedelta())
    return lengths


def _broken(gaps: list[timedelta]) -> frozenset[int]:
    """Return the gaps that are much longer than the rest, the longest first; the last gap is always drawn."""
    longest_first = sorted(range(len(gaps)), key=lambda index: gaps[index], reverse=True)
    rest, broken = sum(gaps, timedelta()), set[int]()
    for index in longest_first[:BREAKS_MAX]:
        rest -= gaps[index]
        if not rest or gaps[index] <= BREAK_FACTOR * max(rest, BREAK_REST_MIN):
            break
        broken.add(index)
    return frozenset(broken)


def _ticks(interval: Interval, piece: Piece) -> Iterator[datetime]:
    at = _at_or_after(interval, piece.since)
    while at <= piece.until:
        yield at
        at = _next(interval, at)


def _at_or_after(interval: Interval, at: datetime) -> datetime:
    if interval.minutes:
        # Counted from a Monday, so that weeks begin on a Monday; every shorter interval divides the day.
        length = interval.shortest
        return at + (_MONDAY - at) % length
    first = at.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    first = first.replace(year=at.year - at.year % max(1, interval.months // 12))
    while first < at:
        first = _next(interval, first)
    return first


def _next(interval: Interval, at: datetime) -> datetime:
    if interval.minutes:
        return at + interval.shortest
    years, month = divmod(at.month - 1 + interval.months, 12)
    return at.replace(year=at.year + years, month=month + 1)


def _small(interval: Interval, at: datetime) -> str:
    if interval.months >= 12:
        return f"{at.year}"
    if interval.months:
        return _MONTHS[at.month - 1]
    return f"{_WEEKDAYS[at.weekday()]} {at.day}" if interval.minutes > _HOURLY_MAX else f"{at.hour:02}:{at.minute:02}"


def _large(interval: Interval, at: datetime) -> str:
    """Return the large unit of an instant: its day, its month or its year."""
    if interval.months >= 12:
        return ""
    if interval.months:
        return f"{at.year}"
    month = f"{_MONTHS[at.month - 1]} {at.year}"
    return month if interval.minutes > _HOURLY_MAX else f"{_WEEKDAYS[at.weekday()]} {at.day} {month}"
