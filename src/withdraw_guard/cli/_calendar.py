"""The command `calendar`: the business days of a zone, as the member `calendar` of a policy.

The file of holidays has one date a line (`2026-12-25`); what follows the date, and what follows `#`, is a note.
"""

import argparse
import json
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.time import write_instant
from withdraw_guard.calendars import business_days
from withdraw_guard.cli._arguments import AddParser, Unusable, add_command
from withdraw_guard.cli._journal import opened
from withdraw_guard.cli._terminal import complain

_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ARGUMENTS: Final = {"first": "--from", "last": "--to", "zone": "--zone", "days": "--to", "weekdays": "--weekdays"}

NOTES: Final = """\
It prints the value of the member `calendar` of a policy in JSON. With --yaml it
prints the whole member, to be put at the end of a policy in YAML. A file of
holidays has one date on a line, such as 2026-12-25.

examples:
  withdraw-guard calendar --zone Europe/London --from 2026-01-01 \\
      --to 2027-12-31 --holidays holidays.txt
  withdraw-guard calendar --zone Europe/Oslo --from 2026-01-01 \\
      --to 2027-12-31 --yaml >> mine.yaml
  withdraw-guard calendar --zone Asia/Dubai --from 2026-01-01 \\
      --to 2026-12-31 --weekdays mon-fri

exit status:
  0  the calendar was printed
  2  the command cannot be run
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "calendar", NOTES)
    parser.add_argument("--zone", required=True, metavar="ZONE", help="a time zone, such as Europe/London")
    parser.add_argument("--from", required=True, dest="first", metavar="DATE", type=_day, help="the first day")
    parser.add_argument("--to", required=True, dest="last", metavar="DATE", type=_day, help="the last day")
    parser.add_argument("--holidays", metavar="FILE", help="the days that are no business days, one date a line")
    parser.add_argument(
        "--weekdays", type=_weekdays, default=_WEEK[:5], metavar="DAYS", help="the working week (default: mon-fri)"
    )
    parser.add_argument("--yaml", action="store_true", help="print the member for the end of a policy in YAML")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    holidays = [] if arguments.holidays is None else _holidays(arguments.holidays)
    span = {"first": arguments.first, "last": arguments.last}
    weekdays = frozenset(map(_WEEK.index, arguments.weekdays))
    try:
        calendar = business_days(_zone(arguments.zone), holidays=holidays, weekdays=weekdays, **span)
    except InvalidValue as fault:
        raise Unusable(f"{_ARGUMENTS[fault.path]}: {fault.problem}") from None
    days = [{"begins": write_instant(day.begins), "ends": write_instant(day.ends)} for day in calendar.days]
    if arguments.yaml:
        print(
            "calendar:",
            "  days:",
            *(f"    - {{begins: {day['begins']}, ends: {day['ends']}}}" for day in days),
            sep="\n",
        )
    else:
        print(json.dumps({"days": days}, indent=2))
    if unused := sum(not arguments.first <= holiday <= arguments.last for holiday in holidays):
        complain(f"{arguments.holidays}: {unused} of {len(holidays)} dates are outside of the calendar")
    return 0


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unusable(f"--zone: must be a time zone that this machine knows, got {shown(name)}") from None


def _holidays(name: str) -> list[date]:
    days: list[date] = []
    with opened(name) as stream:
        text = stream.read().decode("utf-8-sig")
    for number, line in enumerate(text.splitlines(), start=1):
        if not (said := line.partition("#")[0].strip()):
            continue
        try:
            days.append(_day(said[:10]))
        except argparse.ArgumentTypeError as error:
            raise Unusable(f"{name}:{number}: {error}") from None
    return days


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise argparse.ArgumentTypeError(f"must be a date such as `2026-12-25`, got {shown(text)}")
    return day


def _weekdays(text: str) -> tuple[str, ...]:
    """Read `mon-fri` or `sun,mon,tue`."""
    first, dash, last = text.partition("-")
    days = tuple(text.split(","))
    if dash and first in _WEEK and last in _WEEK:
        begin, length = _WEEK.index(first), (_WEEK.index(last) - _WEEK.index(first)) % 7 + 1
        days = tuple((_WEEK * 2)[begin : begin + length])
    if not set(days) <= set(_WEEK):
        raise argparse.ArgumentTypeError(f"must be days such as `mon-fri` or `sun,mon,tue`, got {shown(text)}")
    return days
