"""Business days: what a calendar has in it, where it ends, and what is refused before anything is made of it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from withdraw_guard import BusinessDay, Calendar, InvalidValue
from withdraw_guard._values.limits import CALENDAR_DAYS_MAX
from withdraw_guard.calendars import MONDAY_TO_FRIDAY, business_days

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
EVERY_DAY = frozenset(range(7))
SUNDAY_TO_THURSDAY = frozenset({6, 0, 1, 2, 3})
HOUR = timedelta(hours=1)
MONDAY = date(2026, 1, 5)


def dates(calendar: Calendar, zone: tzinfo = UTC) -> list[date]:
    return [day.begins.astimezone(zone).date() for day in calendar.days]


def one_day(zone: tzinfo, day: date) -> BusinessDay:
    (only,) = business_days(zone, first=day, last=day, weekdays=EVERY_DAY).days
    return only


# ── What is in it ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_week_has_five_business_days_and_both_ends_are_in_it() -> None:
    calendar = business_days(UTC, first=MONDAY, last=date(2026, 1, 12))
    assert dates(calendar) == [date(2026, 1, day) for day in (5, 6, 7, 8, 9, 12)]


def test_a_day_lasts_from_midnight_to_midnight_on_the_clocks_of_the_zone() -> None:
    tokyo = one_day(ZoneInfo("Asia/Tokyo"), MONDAY)
    assert tokyo == BusinessDay(begins=datetime(2026, 1, 4, 15, tzinfo=UTC), ends=datetime(2026, 1, 5, 15, tzinfo=UTC))
    assert one_day(timezone(timedelta(hours=9)), MONDAY) == tokyo


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (LONDON, date(2026, 3, 29), 23),
        (LONDON, date(2026, 10, 25), 25),
        (NEW_YORK, date(2026, 3, 8), 23),
        (NEW_YORK, date(2026, 11, 1), 25),
        (LONDON, date(2026, 3, 30), 24),
        (ZoneInfo("America/Sao_Paulo"), date(2018, 11, 4), 23),
        (ZoneInfo("Australia/Lord_Howe"), date(2026, 4, 5), 24.5),
    ],
    ids=str,
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(zone: ZoneInfo, day: date, hours: float) -> None:
    """In Sao Paulo the clocks went forward at midnight: that day began at one o'clock."""
    only = one_day(zone, day)
    assert only.ends - only.begins == hours * HOUR


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK], ids=str)
def test_one_day_begins_where_the_day_before_it_ended(zone: ZoneInfo) -> None:
    days = business_days(zone, first=date(2026, 1, 1), last=date(2026, 12, 31), weekdays=EVERY_DAY).days
    assert all(day.ends == following.begins for day, following in pairwise(days))
    assert sum((day.ends - day.begins for day in days), timedelta()) == timedelta(days=365)
    assert sorted({(day.ends - day.begins) / HOUR for day in days}) == [23, 24, 25]


def test_a_weekend_of_friday_and_saturday() -> None:
    calendar = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 11), weekdays=SUNDAY_TO_THURSDAY)
    assert dates(calendar) == [date(2026, 1, day) for day in (1, 4, 5, 6, 7, 8, 11)]


def test_a_holiday_is_no_business_day_and_on_a_weekend_it_takes_none_away() -> None:
    christmas, boxing_day, substitute = date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28)
    week = {"first": date(2026, 12, 24), "last": date(2026, 12, 29)}
    assert dates(business_days(UTC, **week, holidays={christmas, boxing_day, substitute})) == [
        date(2026, 12, 24),
        date(2026, 12, 29),
    ]
    assert len(business_days(UTC, **week, holidays=[boxing_day]).days) == len(business_days(UTC, **week).days)


def test_a_holiday_outside_the_span_changes_nothing() -> None:
    week = {"first": MONDAY, "last": date(2026, 1, 9)}
    assert business_days(UTC, **week, holidays=[date(1945, 5, 8), date(2030, 1, 1)]) == business_days(UTC, **week)


@pytest.mark.parametrize("collection", [frozenset, set, tuple, list, lambda days: [*days, *days]])
def test_holidays_and_weekdays_may_come_in_any_plain_collection(collection: Callable[[Any], Any]) -> None:
    week = {"first": MONDAY, "last": date(2026, 1, 16)}
    holidays = (date(2026, 1, 7), date(2026, 1, 6))
    given_plain = business_days(UTC, **week, holidays=collection(holidays), weekdays=collection((2, 0, 1)))
    assert dates(given_plain) == [date(2026, 1, day) for day in (5, 12, 13, 14)]


def test_a_span_of_one_day_has_one_day() -> None:
    assert dates(business_days(LONDON, first=MONDAY, last=MONDAY), LONDON) == [MONDAY]


@given(st.dates(date(1971, 1, 1), date(2190, 1, 1)), st.integers(0, 60), st.sets(st.integers(0, 6), min_size=1))
def test_it_is_every_date_that_is_on_such_a_weekday_and_no_holiday(
    first: date, length: int, weekdays: set[int]
) -> None:
    span = [first + timedelta(days=number) for number in range(length + 1)]
    holidays = frozenset(span[1::3])
    expected = [day for day in span if day.weekday() in weekdays and day not in holidays]
    if expected:
        calendar = business_days(UTC, first=first, last=span[-1], holidays=holidays, weekdays=weekdays)
        assert dates(calendar) == expected
    else:
        with pytest.raises(InvalidValue, match="must be 1 to 4000 days, got 0"):
            business_days(UTC, first=first, last=span[-1], holidays=holidays, weekdays=weekdays)


# ── Counting ─────────────────────────────────────────────────────────────────────────────────────────────────────

BANK_HOLIDAYS = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
SPRING = business_days(LONDON, first=date(2026, 3, 1), last=date(2026, 4, 30), holidays=BANK_HOLIDAYS)


def london(day: int, hour: int = 0, *, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("after", "number", "end"),
    [
        # Received on a Thursday, four business days: the end of the following Wednesday.
        (london(12, 15, month=3), 4, london(19, month=3)),
        # The clocks go forward in that weekend.
        (london(27, 12, month=3), 1, london(31, month=3)),
        # Good Friday and Easter Monday are none.
        (london(2, 9), 1, london(8)),
        (london(4, 9), 2, london(9)),
        # A day that begins at that very instant has begun.
        (london(7), 1, london(9)),
        (london(7) - timedelta(microseconds=1), 1, london(8)),
        # The last one that is there, and one more.
        (london(29, 9), 1, london(1, month=5)),
        (london(29, 9), 2, None),
        (london(30, 9), 1, None),
        # Nobody knows what days there were before the first.
        (london(2, month=3), 1, london(4, month=3)),
        (london(2, month=3) - timedelta(microseconds=1), 1, None),
    ],
)
def test_the_days_that_begin_after_an_instant_are_counted(after: datetime, number: int, end: datetime | None) -> None:
    assert SPRING.end_of_business_day(number, after) == end


@given(st.integers(-3 * 24, 62 * 24).map(lambda hours: london(1, month=3) + hours * HOUR), st.integers(1, 50))
def test_counting_is_looking_at_one_day_after_the_other(after: datetime, number: int) -> None:
    later = [day for day in SPRING.days if day.begins > after]
    known = SPRING.days[0].begins <= after and len(later) >= number
    assert SPRING.end_of_business_day(number, after) == (later[number - 1].ends if known else None)


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────


class NoIteration(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("no items")


class MadeWhenAsked(dict[date, str]):
    """As the calendars of other libraries: empty until a date is looked up."""

    def __contains__(self, day: object) -> bool:
        return True


class MyDate(date):
    pass


class MyNumber(int):
    pass


class NoOffset(tzinfo):
    def utcoffset(self, instant: datetime | None) -> timedelta | None:
        return None


class Broken(NoOffset):
    def utcoffset(self, instant: datetime | None) -> timedelta | None:
        raise RuntimeError("no offset")


DATES, A_DATE = "must be a set, a list or a tuple of dates", "must be a date, got "
NUMBERS, WEEKDAYS = "must be a set, a list or a tuple of whole numbers", "must be days of the week from 0 (Monday) to 6"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
# (what is given instead, the path, the words)
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "an instant to begin with": ({"first": NOON}, "first", A_DATE),
    "an instant to end with": ({"last": NOON}, "last", A_DATE),
    "a text": ({"first": "2026-01-05"}, "first", A_DATE),
    "nothing": ({"last": None}, "last", A_DATE),
    "a subclass of date": ({"first": MyDate(2026, 1, 5)}, "first", A_DATE),
    "an end before the beginning": ({"last": date(2026, 1, 4)}, "last", "must not be before `first`"),
    "a weekend": ({"first": date(2026, 1, 10), "last": date(2026, 1, 11)}, "days", "must be 1 to 4000 days, got 0"),
    "nothing but holidays": ({"last": MONDAY, "holidays": [MONDAY]}, "days", "must be 1 to 4000 days, got 0"),
    "the day before the first": ({"first": date(1969, 12, 31)}, "first", "must be between 1970-01-01 and 2200-01-01"),
    "the day after the last": ({"last": date(2200, 1, 2)}, "last", "must be between 1970-01-01 and 2200-01-01"),
    "the last date of all": ({"last": date.max}, "last", "must be between"),
    "a day that ends too late": (
        {"first": date(2200, 1, 1), "last": date(2200, 1, 1)},
        "zone",
        "must have the whole of `2200-01-01`: ends: must be between",
    ),
    "holidays that are nothing": ({"holidays": None}, "holidays", DATES),
    "one holiday": ({"holidays": MONDAY}, "holidays", DATES),
    "holidays in a text": ({"holidays": "2026-01-05"}, "holidays", DATES),
    "holidays in a generator": ({"holidays": (day for day in [MONDAY])}, "holidays", DATES),
    "holidays with names": ({"holidays": {MONDAY: "Epiphany, observed"}}, "holidays", DATES),
    "holidays that are made when asked": ({"holidays": MadeWhenAsked()}, "holidays", DATES),
    "holidays that cannot be read": ({"holidays": NoIteration()}, "holidays", DATES),
    "an instant among the holidays": ({"holidays": [MONDAY, NOON]}, "holidays", A_DATE),
    "a text among the holidays": ({"holidays": ["2026-01-05"]}, "holidays", A_DATE),
    "what cannot be hashed among the holidays": ({"holidays": [[MONDAY]]}, "holidays", A_DATE),
    "no weekday": ({"weekdays": ()}, "weekdays", WEEKDAYS),
    "the eighth weekday": ({"weekdays": {7}}, "weekdays", WEEKDAYS),
    "a weekday before Monday": ({"weekdays": [-1, 0]}, "weekdays", WEEKDAYS),
    "booleans": ({"weekdays": [True, False]}, "weekdays", WEEKDAYS),
    "fractions": ({"weekdays": [1.0]}, "weekdays", WEEKDAYS),
    "not a number": ({"weekdays": [float("nan")]}, "weekdays", WEEKDAYS),
    "a huge number": ({"weekdays": [10**5_000]}, "weekdays", WEEKDAYS),
    "a subclass of int": ({"weekdays": [MyNumber(1)]}, "weekdays", WEEKDAYS),
    "weekdays in words": ({"weekdays": ["monday"]}, "weekdays", WEEKDAYS),
    "weekdays in a text": ({"weekdays": "01234"}, "weekdays", NUMBERS),
    "weekdays in a range": ({"weekdays": range(5)}, "weekdays", NUMBERS),
    "weekdays that are nothing": ({"weekdays": None}, "weekdays", NUMBERS),
    "no zone": ({"zone": None}, "zone", "must be a time zone (a tzinfo), got `null`"),
    "the name of a zone": ({"zone": "Europe/London"}, "zone", "must be a time zone (a tzinfo)"),
    "a zone without an offset": ({"zone": NoOffset()}, "zone", "must be an aware datetime"),
    "a zone that is broken": ({"zone": Broken()}, "zone", "must be an instant that can be converted to UTC"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_calendar_is_refused_with_its_path(case: str) -> None:
    changed, path, words = REFUSED[case]
    members: dict[str, Any] = {"zone": LONDON, "first": MONDAY, "last": date(2026, 1, 9), **changed}
    with pytest.raises(InvalidValue) as refused:
        business_days(members.pop("zone"), **members)
    assert refused.value.path == path
    assert words in refused.value.problem
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_day_that_a_zone_left_out_is_told_and_can_be_named_as_a_holiday() -> None:
    """Samoa went from Thursday to Saturday when it crossed the date line."""
    apia, friday = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)
    span = {"first": date(2011, 12, 29), "last": date(2012, 1, 2)}
    with pytest.raises(InvalidValue, match=r"^zone: must have the whole of `2011-12-30`: ends: must be after `begins`"):
        business_days(apia, **span)
    assert dates(business_days(apia, **span, holidays=[friday]), apia) == [span["first"], span["last"]]


# ── How much ─────────────────────────────────────────────────────────────────────────────────────────────────────


def span_of(days: int) -> dict[str, date]:
    return {"first": date(2000, 1, 1), "last": date(2000, 1, 1) + timedelta(days=days - 1)}


def test_a_calendar_has_at_most_four_thousand_days() -> None:
    assert len(business_days(UTC, **span_of(CALENDAR_DAYS_MAX), weekdays=EVERY_DAY).days) == CALENDAR_DAYS_MAX
    with pytest.raises(InvalidValue, match="must be 1 to 4000 days, got 4001"):
        business_days(UTC, **span_of(CALENDAR_DAYS_MAX + 1), weekdays=EVERY_DAY)


def test_the_longest_span_is_that_of_one_day_a_week() -> None:
    longest = 7 * CALENDAR_DAYS_MAX
    assert len(business_days(UTC, **span_of(longest), weekdays={0}).days) == CALENDAR_DAYS_MAX
    with pytest.raises(InvalidValue, match="last: must leave at most 4000 business days"):
        business_days(UTC, **span_of(longest + 2), weekdays={0})


def test_a_span_of_centuries_is_refused_before_its_days_are_made() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(InvalidValue):
            business_days(UTC, first=date(1970, 1, 1), last=date(2200, 1, 1), weekdays=EVERY_DAY)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 1024


def test_monday_to_friday_is_the_working_week_by_default() -> None:
    assert business_days(UTC, first=MONDAY, last=MONDAY + timedelta(days=30)) == business_days(
        UTC, first=MONDAY, last=MONDAY + timedelta(days=30), weekdays=MONDAY_TO_FRIDAY
    )
    assert {date(2026, 1, 5 + day).weekday() for day in range(5)} == MONDAY_TO_FRIDAY
