"""Business days for the rules that count them: a calendar from a time zone, a span of days and a list of holidays.

The caller gives the zone and the holidays, so that no answer depends on what is installed on a machine:

    calendar = business_days(ZoneInfo("Europe/London"), first=date(2026, 1, 1), last=date(2030, 12, 31),
                             holidays=frozenset({date(2026, 12, 25)}))

Make the next calendar in time: an event whose business day lies beyond the calendar is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from withdraw_guard._model.calendar import BusinessDay, Calendar
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import CALENDAR_DAYS_MAX, INSTANT_MAX, INSTANT_MIN
from withdraw_guard._values.time import DATES, DATETIMES

MONDAY_TO_FRIDAY: Final = frozenset({0, 1, 2, 3, 4})
"""The working week of most places, as `date.weekday` counts it; Sunday is 6."""
_WEEKDAYS: Final = range(7)
_A_DAY: Final = timedelta(days=1)
_EARLIEST: Final = INSTANT_MIN.date()
_LATEST: Final = INSTANT_MAX.date()


def business_days(
    zone: tzinfo,
    *,
    first: date,
    last: date,
    holidays: Collection[date] = frozenset(),
    weekdays: Collection[int] = MONDAY_TO_FRIDAY,
) -> Calendar:
    """Return the business days from `first` to `last`, both included.

    A day lasts from midnight to midnight on the clocks of the zone, also if it has 23 or 25 hours. Holidays and
    weekdays are a set, a list or a tuple, because an iterator could be empty. Raises `InvalidValue` if the calendar has
    no day, too many days, or a day that is out of range or that the zone left out.
    """
    _check_zone(zone)
    _check_span(first, last)
    free = _checked_holidays(holidays)
    working = _checked_weekdays(weekdays)
    days = (first + number * _A_DAY for number in range((last - first).days + 1))
    return Calendar(
        days=tuple(_business_day(day, zone) for day in days if day.weekday() in working and day not in free)
    )


def _business_day(day: date, zone: tzinfo) -> BusinessDay:
    try:
        return BusinessDay(begins=_midnight(day, zone), ends=_midnight(day + _A_DAY, zone))
    except InvalidValue as fault:
        raise InvalidValue("zone", f"must have the whole of `{day}`: {fault}") from None


def _midnight(day: date, zone: tzinfo) -> datetime:
    # By the class itself: a tool for tests may have put a stand-in behind its name here, and not where it is checked.
    midnight: datetime = DATETIMES[0](day.year, day.month, day.day, tzinfo=zone)
    return midnight


def _checked_holidays(holidays: Collection[date]) -> frozenset[date]:
    """Return a copy. Only plain collections: one that makes its entries on demand could leave a holiday out."""
    _check_collection("holidays", holidays, "dates")
    for holiday in holidays:
        _check_date("holidays", holiday)
    return frozenset(holidays)


def _checked_weekdays(weekdays: Collection[int]) -> frozenset[int]:
    _check_collection("weekdays", weekdays, "whole numbers")
    if not weekdays or any(type(day) is not int or day not in _WEEKDAYS for day in weekdays):
        raise InvalidValue("weekdays", "must be days of the week from 0 (Monday) to 6 (Sunday)")
    return frozenset(weekdays)


def _check_zone(zone: object) -> None:
    if not isinstance(zone, tzinfo):
        raise InvalidValue("zone", f"must be a time zone (a tzinfo), got {shown(zone)}")


def _check_span(first: date, last: date) -> None:
    """Refuse a span before its days are made: it may be thousands of years long."""
    for field, day in (("first", first), ("last", last)):
        _check_date(field, day)
        if not _EARLIEST <= day <= _LATEST:
            raise InvalidValue(field, f"must be between {_EARLIEST} and {_LATEST}, got `{day}`")
    if first > last:
        raise InvalidValue("last", "must not be before `first`")
    if last - first > 7 * CALENDAR_DAYS_MAX * _A_DAY:
        raise InvalidValue("last", f"must leave at most {CALENDAR_DAYS_MAX} business days")


def _check_collection(field: str, given: object, noun: str) -> None:
    if type(given) not in (frozenset, set, tuple, list):
        raise InvalidValue(field, f"must be a set, a list or a tuple of {noun}, got {shown(given)}")


def _check_date(field: str, day: object) -> None:
    if type(day) not in (*DATES, date):
        raise InvalidValue(field, f"must be a date, got {shown(day)}")
