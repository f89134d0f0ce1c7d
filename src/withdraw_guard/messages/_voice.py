"""How values are said in a language: names, lists, counts, durations and instants.

Two promises about time. An end that is waited for is rounded up, to the minute, so that nobody is told to come back
too early. A deadline is rounded down, so that nobody comes too late. A moment that has been is cut to the minute.

A time zone is foreign code. What it says is believed only if it adds up; otherwise the instant is said in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from functools import reduce
from typing import Final, assert_never, final

import attrs

from withdraw_guard._values.escape import isolated
from withdraw_guard._values.time import DATETIMES
from withdraw_guard.messages._catalogue import PLACEHOLDER, Catalogue
from withdraw_guard.messages._codes import PARAMETERS, Kind, Parameter
from withdraw_guard.messages._message import Message, Param
from withdraw_guard.messages._plurals import plural_category

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)


@final
@attrs.frozen(kw_only=True)
class Voice:
    """Who speaks: the languages to take texts from, the time zone of the listener, and the instant if it is known."""

    catalogue: Catalogue
    tags: tuple[str, ...]
    zone: object
    now: datetime | None

    def message(self, message: Message) -> str:
        """Say a message; one whose code has no text is said as its code."""
        count = message.params.get("count")
        words = {name: self._value(PARAMETERS[name], value) for name, value in message.params.items()}
        return self._text(message.code, words, count if type(count) is int else 0)

    def _text(self, code: str, words: Mapping[str, str], count: int = 0) -> str:
        found = self.catalogue.find(code, self.tags)
        if found is None:
            return code
        tag, text = found
        template = text if isinstance(text, str) else text[plural_category(tag, count)]
        return PLACEHOLDER.sub(lambda placeholder: words[placeholder[1]], template)

    def _value(self, parameter: Parameter, value: Param) -> str:
        match value:
            case datetime():
                return self._instant(value, parameter.kind)
            case timedelta():
                return self._duration(_rounded(value, Kind.END))
            case int():
                return str(value)
            case str():
                return self._name(parameter.family, value) if parameter.kind is Kind.NAME else isolated(value)
            case tuple():
                return self._list([self._name(parameter.family, name) for name in value], parameter.joined_by)
            case _ as never:
                assert_never(never)

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, family: str, name: str) -> str:
        """Say a name in the language, or, if nobody has translated it, in its own words: `my_method`, `my method`."""
        code = f"{family}.{name}"
        if self.catalogue.find(code, self.tags) is not None:
            return self._text(code, {})
        return " ".join(name.replace("_", " ").split())

    def _list(self, names: list[str], joined_by: str) -> str:
        *head, last = names or [""]
        if not head:
            return last
        return self._pair(joined_by, reduce(lambda listed, name: self._pair("list.comma", listed, name), head), last)

    def _pair(self, code: str, head: str, last: str) -> str:
        return self._text(code, {"head": head, "last": last})

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _duration(self, duration: timedelta) -> str:
        larger, *smaller = (self._text(f"unit.{unit}", {"count": str(n)}, n) for unit, n in _units(duration))
        return self._text("duration.pair", {"larger": larger, "smaller": smaller[0]}) if smaller else larger

    def _instant(self, instant: datetime, kind: Kind) -> str:
        clock = self._clock(_to_the_minute(instant, kind))
        if self.now is None or kind is Kind.MOMENT or instant <= self.now:
            return clock
        ahead = _rounded(instant - self.now, kind)
        return self._text("instant.ahead", {"instant": clock, "duration": self._duration(ahead)}) if ahead else clock

    def _clock(self, instant: datetime) -> str:
        local, offset = _on_the_wall(instant, self.zone)
        seconds = f":{local.second:02}" if local.second else ""
        parts = {
            "day": str(local.day),
            "month": self._text(f"month.{local.month}", {}),
            "year": str(local.year),
            "time": f"{local.hour:02}:{local.minute:02}{seconds}",
            "offset": _offset(offset),
        }
        return self._text("instant", parts)


def _to_the_minute(instant: datetime, kind: Kind) -> datetime:
    minute = instant.replace(second=0, microsecond=0)
    return minute + _MINUTE if kind is Kind.END and minute < instant else minute


def _rounded(duration: timedelta, kind: Kind) -> timedelta:
    """Round to hours from a day on, to minutes below: up, or down where being late matters."""
    grain = _HOUR if duration >= _DAY else _MINUTE
    return grain * (duration // grain if kind is Kind.DEADLINE else -(-duration // grain))


def _units(duration: timedelta) -> list[tuple[str, int]]:
    """Return the one or two units, largest first, of a duration that is rounded."""
    days, rest = divmod(duration, _DAY)
    hours, rest = divmod(rest, _HOUR)
    counts = {"day": days, "hour": hours, "minute": rest // _MINUTE}
    return [(unit, count) for unit, count in counts.items() if count] or [("minute", 0)]


def _on_the_wall(instant: datetime, zone: object) -> tuple[datetime, timedelta]:
    """Return what the clock on the wall shows in the zone, and its offset, if the two lead back to the instant."""
    in_utc = instant.replace(tzinfo=None)
    with suppress(Exception):
        local = instant.astimezone(_tzinfo(zone))
        wall, offset = local.replace(tzinfo=None), local.utcoffset()
        if type(wall) in DATETIMES and type(offset) is timedelta and not offset % _SECOND and wall - offset == in_utc:
            return wall, offset
    return in_utc, timedelta(0)


def _tzinfo(zone: object) -> tzinfo:
    # `astimezone(None)` would ask the machine where it is.
    if not isinstance(zone, tzinfo):
        raise TypeError("not a time zone")
    return zone


def _offset(offset: timedelta) -> str:
    if not offset:
        return "UTC"
    return f"UTC{'-' if offset < timedelta(0) else '+'}{':'.join(_sexagesimal(abs(offset)))}"


def _sexagesimal(offset: timedelta) -> Iterator[str]:
    hours, rest = divmod(offset, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    yield f"{hours:02}"
    yield f"{minutes:02}"
    if rest:
        yield f"{rest // _SECOND:02}"
