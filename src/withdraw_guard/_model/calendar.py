"""A calendar: the business days of one place, as instants. Pure data, made by the caller.

The zone says when a day begins and ends, and a list of holidays says which days are business days. The caller gives
both, and `withdraw_guard.calendars` combines them. Here a business day is two instants.
"""

from bisect import bisect_right
from datetime import datetime
from itertools import pairwise
from typing import final

import attrs

from withdraw_guard._values.checks import check_items, check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.limits import CALENDAR_DAYS_MAX
from withdraw_guard._values.time import settle_instant
from withdraw_guard._values.value import Value


@final
@attrs.frozen(kw_only=True, repr=False)
class BusinessDay(Value):
    """One business day: half-open, from `begins` until `ends`."""

    begins: datetime
    ends: datetime

    def __attrs_post_init__(self) -> None:
        settle_instant(self, "begins")
        settle_instant(self, "ends")
        if self.ends <= self.begins:
            raise InvalidValue("ends", "must be after `begins`")


@final
@attrs.frozen(kw_only=True, repr=False, cache_hash=True)
class Calendar(Value):
    """At most 4,000 business days, in order, none of which overlaps the next."""

    days: tuple[BusinessDay, ...]

    def __attrs_post_init__(self) -> None:
        check_type("days", self.days, tuple, "a tuple of business days")
        if not 1 <= len(self.days) <= CALENDAR_DAYS_MAX:
            raise InvalidValue("days", f"must be 1 to {CALENDAR_DAYS_MAX} days, got {len(self.days)}")
        check_items("days", self.days, BusinessDay, "a BusinessDay")
        for index, (day, following) in enumerate(pairwise(self.days)):
            if following.begins < day.ends:
                raise InvalidValue(f"days[{index + 1}].begins", "must not be before the end of the day before it")

    def end_of_business_day(self, number: int, after: datetime) -> datetime | None:
        """Return the end of the business day with this number among those that begin after an instant.

        The first one has the number 1. Returns none if that day is after the end of the calendar, or if the instant is
        before its first day, because the days between them are unknown.
        """
        if after < self.days[0].begins:
            return None
        first = bisect_right(self.days, after, key=_beginning)
        index = first + number - 1
        return self.days[index].ends if index < len(self.days) else None


def _beginning(day: BusinessDay) -> datetime:
    return day.begins
