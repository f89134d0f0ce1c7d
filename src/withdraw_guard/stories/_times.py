"""The times of a story: `+24h` counts from its beginning, and `just before +24h` is the microsecond before that."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.time import read_duration, read_instant, utc, write_instant

BEGIN: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When a story begins, if it does not say: a Monday at nine."""
TICK: Final = timedelta(microseconds=1)
"""The smallest step of time."""

_NO_TIME: Final = timedelta(0)
_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_LENGTH: Final = re.compile("".join(rf"(?:(?P<{name}>[0-9]{{1,6}}){letter})?" for letter, name in _UNITS.items()))
_BESIDE: Final = {"just before ": -TICK, "just after ": TICK}
_LIMITS: Final = {"just under ": -TICK, "just over ": TICK}
_EXAMPLES: Final = "`+24h`, `just before +24h` or `2026-01-05T09:00:00Z`"
_HOURS_MAX: Final = 72


def read_time(field: str, text: object, begin: datetime) -> datetime:
    """Read a time: so long after the beginning of the story, or an instant, or just before or after either."""
    words = text if type(text) is str else ""
    prefix = next((prefix for prefix in _BESIDE if words.startswith(prefix)), "")
    rest = words.removeprefix(prefix)
    length = _length(rest[1:]) if rest[:1] in ("+", "-") else None
    try:
        at = read_instant(field, rest) if length is None else begin + length * (-1 if rest[0] == "-" else 1)
        return utc(field, at + _BESIDE.get(prefix, _NO_TIME))
    except (InvalidValue, OverflowError):
        raise InvalidValue(field, f"must be a time such as {_EXAMPLES}, got {shown(text)}") from None


def read_length(field: str, text: object) -> timedelta:
    """Read a length of time: `24h`, or `PT24H` as in a policy; `just under 24h` is a microsecond less."""
    words = text if type(text) is str else ""
    prefix = next((prefix for prefix in _LIMITS if words.startswith(prefix)), "")
    rest = words.removeprefix(prefix)
    length = _length(rest)
    return (read_duration(field, rest if prefix else text) if length is None else length) + _LIMITS.get(
        prefix, _NO_TIME
    )


def _length(text: str) -> timedelta | None:
    parts = _LENGTH.fullmatch(text) if text else None
    if parts is None:
        return None
    return timedelta(**{unit: int(number) for unit, number in parts.groupdict().items() if number})


def time_words(at: datetime, begin: datetime) -> str:
    """Write a time as a story does: from the beginning, if it is a whole number of seconds away, or just beside one."""
    for prefix, shift in (("", _NO_TIME), *((prefix, -shift) for prefix, shift in _BESIDE.items())):
        length = at + shift - begin
        if not length.microseconds:
            return f"{prefix}{'-' if length < _NO_TIME else '+'}{length_words(abs(length))}"
    return write_instant(at)


def length_words(length: timedelta) -> str:
    """Write a length of whole seconds: hours up to three days, then days."""
    hours, rest = divmod(length, timedelta(hours=1))
    minutes, rest = divmod(rest, timedelta(minutes=1))
    days, hours = divmod(hours, 24) if hours > _HOURS_MAX else (0, hours)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (rest.seconds, "s"))
    return "".join(f"{number}{letter}" for number, letter in parts if number) or "0h"
