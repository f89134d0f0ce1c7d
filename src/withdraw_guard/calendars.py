"""Business days for the rules that count them: a calendar from a zone, a span of days and a list of holidays.

The zone and the holidays are the caller's, so that no answer depends on what a machine has installed:

    calendar = business_days(ZoneInfo("Europe/London"), first=date(2026, 1, 1), last=date(2030, 12, 31),
                             holidays=frozenset({date(2026, 12, 25)}))

Make the next one in time: an event whose business day lies beyond the calendar is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from dateutil.rrule import DAILY, rrule

from withdraw_guard._calendar import BusinessDay, Calendar
from withdraw_guard._errors import InvalidValue, shown
from withdraw_guard._limits import CALENDAR_DAYS_MAX

MONDAY_TO_FRIDAY: Final = frozenset({0, 1, 2, 3, 4})
"""The working week of most places, as `date.weekday` counts it; Sunday is 6."""
_WEEKDAYS: Final = frozenset(range(7))
_A_DAY: Final = timedelta(days=1)


def business_days(
    zone: tzinfo,
    *,
    first: date,
    last: date,
    holidays: Collection[date] = frozenset(),
    weekdays: Collection[int] = MONDAY_TO_FRIDAY,
) -> Calendar:
    """Return the business days from `first` to `last`, both included.

    A day lasts from midnight to midnight on the clocks of the zone, also when it has 23 or 25 hours. Raises
    `InvalidValue` where no such calendar can be: no day at all, too many, or one out of range.
    """
    _check_date("first", first)
    _check_date("last", last)
    for holiday in holidays:
        _check_date("holidays", holiday)
    if not weekdays or not _WEEKDAYS.issuperset(weekdays):
        raise InvalidValue("weekdays", "must be days of the week from 0 (Monday) to 6 (Sunday)")
    if last - first > 7 * CALENDAR_DAYS_MAX * _A_DAY:
        raise InvalidValue("last", f"must leave at most {CALENDAR_DAYS_MAX} business days")
    midnights = rrule(
        DAILY,
        dtstart=datetime.combine(first, time()),
        until=datetime.combine(last, time()),
        byweekday=sorted(weekdays),
    )
    days = (midnight.date() for midnight in midnights if midnight.date() not in holidays)
    return Calendar(
        days=tuple(BusinessDay(begins=_midnight(day, zone), ends=_midnight(day + _A_DAY, zone)) for day in days)
    )


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _check_date(field: str, day: object) -> None:
    if type(day) is not date:
        raise InvalidValue(field, f"must be a date, got {shown(day)}")
