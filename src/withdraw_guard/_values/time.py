"""Instants and durations: read strictly, kept in UTC, written in one form.

An instant is an aware `datetime` between 2000-01-01 and 2200-01-01 (both included), kept in UTC at microsecond
precision. A duration is a `timedelta`: exact elapsed time, so that 24 hours are 24 hours when the clocks change.
This is the only module that knows dateutil. Its `isoparse` reads more than RFC 3339 (`2026`, week
dates, `+01`, hour 24) and less (no leap second), so each text is checked against the grammar of RFC 3339 first.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from dateutil.parser import isoparse

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import END_MAX, INSTANT_MAX, INSTANT_MIN
from withdraw_guard._values.value import Value, settle

_RFC3339: Final = (
    r"(?a)(?P<day>\d{4}-\d{2}-\d{2})[Tt](?P<minute>(?:[01]\d|2[0-3]):[0-5]\d):(?P<second>[0-5]\d|60)"
    r"(?:\.(?P<fraction>\d+))?(?P<offset>[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)
# The form in which this library writes an instant. The standard reader reads it exactly.
_OWN: Final = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{6})?Z", re.ASCII)
# RFC 3339, appendix A, without years and months and with a fraction of the seconds: weeks stand alone, and
# within the time no unit is left out between two that are given.
_DURATION: Final = (
    r"(?a)P(?:(?P<weeks>\d+)W|(?=\d|T\d)(?:(?P<days>\d+)D)?(?:T(?=\d)"
    r"(?:(?P<hours>\d+)H(?=\d+M|$))?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d{1,6}))?S)?)?)"
)
_UNITS: Final = ("weeks", "days", "hours", "minutes", "seconds")
_UNIT_DIGITS_MAX: Final = 12
# A tool for tests such as freezegun puts a class of its own behind the names `datetime` and `date` of every module. It
# does not look into tuples, and it defines no `fold` and no `day`.
DATETIMES: Final = tuple(kind for kind in datetime.__mro__ if "fold" in vars(kind))
"""The one class that an instant may have."""
DATES: Final = tuple(kind for kind in date.__mro__ if "day" in vars(kind))
"""The one class that a day may have."""
_YEAR_MIN, _YEAR_MAX = INSTANT_MIN.year, INSTANT_MAX.year
# Operators publish 24, 48 and 72 hours, and days beyond that; durations are written the same way.
_WRITTEN_IN_HOURS_MAX: Final = timedelta(days=3)


def utc(field: str, value: Any, latest: datetime = INSTANT_MAX) -> datetime:
    """Return the instant in UTC; refuse one that is naive, of another type or out of range."""
    # `Any`, because its class is checked here. Nearly every caller passes an instant that needs no change.
    at: datetime = value
    if type(at) in DATETIMES and at.tzinfo is UTC and _YEAR_MIN <= at.year < _YEAR_MAX and not at.fold:
        return at
    return _within(field, _in_utc(field, value), latest)


def utc_end(field: str, value: object) -> datetime:
    """Return the instant in UTC; it may be an end, which lies up to one longest duration after the last instant."""
    return utc(field, value, END_MAX)


def settle_instant(value: Value, field: str, latest: datetime = INSTANT_MAX) -> None:
    """Give an instant of a value that is being constructed its normal form."""
    given: Any = getattr(value, field)
    instant = utc(field, given, latest)
    if instant is not given:
        settle(value, field, instant)


def settle_end(value: Value, field: str) -> None:
    """Give an end of a value that is being constructed its normal form; there may be none."""
    if getattr(value, field) is not None:
        settle_instant(value, field, END_MAX)


def read_instant(field: str, text: object) -> datetime:
    """Read an RFC 3339 date-time.

    Digits beyond the sixth of a fraction are cut off. A leap second is read as the instant at which it ends,
    so that no hold that begins in one ends early.
    """
    if type(text) is not str:
        raise InvalidValue(field, f"must be an RFC 3339 instant such as `2026-01-05T09:00:00Z`, got {shown(text)}")
    if _OWN.fullmatch(text):
        return _parse_own(field, text)
    parts = re.fullmatch(_RFC3339, text)
    if parts is None:
        raise InvalidValue(field, f"must be an RFC 3339 instant such as `2026-01-05T09:00:00Z`, got {shown(text)}")
    if parts["second"] == "60":
        return _end_of_leap_second(field, text, parts)
    fraction = f".{parts['fraction'][:6]}" if parts["fraction"] else ""
    return _parse(field, text, f"{parts['day']}T{parts['minute']}:{parts['second']}{fraction}{parts['offset']}")


def write_instant(instant: datetime) -> str:
    """Write an instant of ours: `2026-01-05T09:00:00Z`, with six digits of fraction only when it has one."""
    # `isoformat` of both at once asks the zone for its offset, and takes twice as long.
    return f"{instant.date().isoformat()}T{instant.time().isoformat()}Z"


def read_duration(field: str, text: object) -> timedelta:
    """Read an ISO 8601 duration of days and time (`PT24H`, `P5D`) or of weeks; years and months have no length."""
    parts = re.fullmatch(_DURATION, text) if type(text) is str else None
    if parts is None:
        raise InvalidValue(field, f"must be a duration of days and time such as `PT24H` or `P5D`, got {shown(text)}")
    fraction = int((parts["fraction"] or "").ljust(6, "0"))
    units = {unit: parts[unit].lstrip("0") or "0" for unit in _UNITS if parts[unit]}
    if any(len(digits) > _UNIT_DIGITS_MAX for digits in units.values()):
        raise InvalidValue(field, f"must be a duration of a sensible length, got {shown(text)}")
    try:
        return timedelta(**{unit: int(digits) for unit, digits in units.items()}, microseconds=fraction)
    except OverflowError:
        raise InvalidValue(field, f"must be a duration of a sensible length, got {shown(text)}") from None


def write_duration(duration: timedelta) -> str:
    """Write a duration: whole hours up to three days (`PT48H`), then days (`P5D`, `P4DT12H`)."""
    days, rest = (0, duration) if duration <= _WRITTEN_IN_HOURS_MAX else (duration.days, duration % timedelta(days=1))
    hours, rest = divmod(rest, timedelta(hours=1))
    minutes, rest = divmod(rest, timedelta(minutes=1))
    seconds = f"{rest.seconds}.{rest.microseconds:06}".rstrip("0").rstrip(".") if rest else ""
    time = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes or (hours and seconds) else "")
        + (f"{seconds}S" if seconds else "")
    )
    return "P" + (f"{days}D" if days else "") + (f"T{time}" if time else "")


def _in_utc(field: str, value: Any) -> datetime:
    # A subclass may compare as it likes, so the exact class is required. Only the stand-in for `datetime` that a tool
    # for tests has put into this module is taken as well, and becomes a plain datetime.
    if type(value) not in DATETIMES:
        if type(value) is not datetime:
            raise InvalidValue(field, f"must be a datetime, got {shown(value)}")
        value = _plain(value)
    instant: datetime = value
    if instant.tzinfo is UTC:
        return instant if instant.fold == 0 else instant.replace(fold=0)
    try:
        # Asked once, because a second answer could be none, and then the zone of the machine would count.
        offset = instant.utcoffset()
        converted = None if offset is None else (instant.replace(tzinfo=None) - offset).replace(tzinfo=UTC, fold=0)
    except Exception as error:
        # A time zone is foreign code: it may raise anything.
        raise InvalidValue(field, "must be an instant that can be converted to UTC") from error
    if converted is None:
        raise InvalidValue(field, "must be an aware datetime, got a naive one; say which time zone it is in")
    return converted


def _plain(value: datetime) -> datetime:
    day, clock = (value.year, value.month, value.day), (value.hour, value.minute, value.second, value.microsecond)
    plain: datetime = DATETIMES[0](*day, *clock, value.tzinfo, fold=value.fold)
    return plain


def _within(field: str, instant: datetime, latest: datetime) -> datetime:
    if not INSTANT_MIN <= instant <= latest:
        limits = f"{INSTANT_MIN:%Y-%m-%d} and {latest:%Y-%m-%d}"
        raise InvalidValue(field, f"must be between {limits}, got `{instant.isoformat()}`")
    return instant


def _end_of_leap_second(field: str, text: str, parts: re.Match[str]) -> datetime:
    before = _parse(field, text, f"{parts['day']}T{parts['minute']}:59{parts['offset']}")
    if (before.hour, before.minute) != (23, 59):
        raise InvalidValue(field, f"must have second 60 only if UTC reads 23:59:60, got {shown(text)}")
    try:
        return before + timedelta(seconds=1)
    except OverflowError:
        raise InvalidValue(field, f"must be a date and time that exist, got {shown(text)}") from None


def _parse_own(field: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(field, f"must be a date and time that exist, got {shown(text)}") from None


def _parse(field: str, text: str, normalised: str) -> datetime:
    try:
        return isoparse(normalised.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidValue(field, f"must be a date and time that exist, got {shown(text)}") from None
