"""How a language writes values: names, lists, counts, durations and instants.

An end that a person waits for is rounded up to the minute, so nobody comes back too early. A deadline is rounded down
to the minute, so nobody is late. A past instant is rounded down as well.

A time zone is foreign code. Its answer is used only if it is consistent; otherwise the instant is written in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from functools import reduce
from typing import Final, assert_never, final

import attrs

from withdraw_guard import public_reasons
from withdraw_guard._values.escape import isolated
from withdraw_guard._values.time import DATETIMES
from withdraw_guard.messages._catalogue import Catalogue
from withdraw_guard.messages._codes import PARAMETERS, PLACEHOLDER, Parameter, ParameterKind, name_of
from withdraw_guard.messages._message import Message, Param
from withdraw_guard.messages._plurals import plural_category

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)


@final
@attrs.frozen(kw_only=True)
class Voice:
    """The languages to take texts from, the time zone of the reader, and the instant of the question if it is known.

    A journal needs exact instants: there `write` writes them, without a zone and without rounding.
    """

    catalogue: Catalogue
    tags: tuple[str, ...]
    zone: object = UTC
    now: datetime | None = None
    write: Callable[[datetime], str] | None = None

    def message(self, message: Message) -> str:
        """Write a message; one whose code has no text is written as its code."""
        count = message.params.get("count")
        words = {name: self._value(PARAMETERS[name], value) for name, value in message.params.items()}
        return self._text(message.code, words, count if type(count) is int else 0)

    def name(self, family: str, name: str) -> str:
        """Write a name in the language or, if it has no text, in its own words: `my_method` is `my method`."""
        return self._text(f"{family}.{name}", {})

    def names(self, family: str, names: Iterable[str], joined_by: str) -> str:
        """List names of a family; nothing is an empty text."""
        *head, last = [self.name(family, name) for name in names] or [""]
        if not head:
            return last
        return self._pair(joined_by, reduce(lambda listed, name: self._pair("list.comma", listed, name), head), last)

    def counted(self, unit: str, count: int) -> str:
        """Count days, hours or minutes: `2 hours`."""
        return self._text(f"unit.{unit}", {"count": str(count)}, count)

    def month(self, number: int) -> str:
        """Name a month."""
        return self._text(f"month.{number}", {})

    def _text(self, code: str, words: Mapping[str, str], count: int = 0) -> str:
        found = self.catalogue.find(code, self.tags)
        if found is None:
            return self._without_text(code)
        tag, text = found
        template = text if isinstance(text, str) else text[plural_category(tag, count)]
        return PLACEHOLDER.sub(lambda placeholder: words[placeholder[1]], template)

    def _without_text(self, code: str) -> str:
        """Write a name in its own words, a public reason as the neutral one, and any other code as it is."""
        family, name = name_of(code) or ("", code)
        if family == "why":
            return self.name(family, public_reasons.UNSPECIFIED)
        return " ".join(name.replace("_", " ").split()) if family else code

    def _value(self, parameter: Parameter, value: Param) -> str:
        match value:
            case datetime():
                return self._instant(value, parameter.kind)
            case timedelta():
                return self._duration(_rounded(value, ParameterKind.END))
            case int():
                return str(value)
            case str():
                return self.name(parameter.family, value) if parameter.kind is ParameterKind.NAME else isolated(value)
            case tuple():
                return self.names(parameter.family, value, parameter.joined_by)
            case _ as never:
                assert_never(never)

    def _pair(self, code: str, head: str, last: str) -> str:
        return self._text(code, {"head": head, "last": last})

    def _duration(self, duration: timedelta) -> str:
        larger, *smaller = (self.counted(unit, count) for unit, count in _units(duration))
        return self._text("duration.pair", {"larger": larger, "smaller": smaller[0]}) if smaller else larger

    def _instant(self, instant: datetime, kind: ParameterKind) -> str:
        if self.write is not None:
            return self.write(instant)
        local, offset = _on_the_wall(_to_the_minute(instant, kind), self.zone)
        date = self._text("date", {"day": str(local.day), "month": self.month(local.month), "year": str(local.year)})
        if kind is ParameterKind.DAY:
            return date
        seconds = f":{local.second:02}" if local.second else ""
        clock = {"date": date, "time": f"{local.hour:02}:{local.minute:02}{seconds}", "offset": _offset(offset)}
        ahead = None if self.now is None or kind is ParameterKind.MOMENT else _rounded(instant - self.now, kind)
        if ahead is None or ahead <= timedelta(0):
            return self._text("instant", clock)
        return self._text("instant.ahead", {**clock, "duration": self._duration(ahead)})


def _to_the_minute(instant: datetime, kind: ParameterKind) -> datetime:
    minute = instant.replace(second=0, microsecond=0)
    return minute + _MINUTE if kind is ParameterKind.END and minute < instant else minute


def _rounded(duration: timedelta, kind: ParameterKind) -> timedelta:
    """Round to hours if it is a day or more, else to minutes: a deadline down, all others up."""
    grain = _HOUR if duration >= _DAY else _MINUTE
    return grain * (duration // grain if kind is ParameterKind.DEADLINE else -(-duration // grain))


def _units(duration: timedelta) -> list[tuple[str, int]]:
    """Return the one or two units of a rounded duration, the largest first."""
    days, rest = divmod(duration, _DAY)
    hours, rest = divmod(rest, _HOUR)
    counts = {"day": days, "hour": hours, "minute": rest // _MINUTE}
    return [(unit, count) for unit, count in counts.items() if count] or [("minute", 0)]


def _on_the_wall(instant: datetime, zone: object) -> tuple[datetime, timedelta]:
    """Return the local time in the zone and its offset if the two give the instant again, else those of UTC."""
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
