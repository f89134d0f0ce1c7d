"""The instants that matter: when a journal begins, and every boundary with the microseconds around it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from withdraw_guard._model.account import Account
from withdraw_guard._values.limits import INSTANT_MAX, INSTANT_MIN

START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
_NOTHING: Final = timedelta(0)
_DAY: Final = timedelta(days=1)


def boundaries(*accounts: Account) -> list[datetime]:
    """Return every instant at which an answer about these accounts may change, just before, at and just after."""
    found = {START}
    for account in accounts:
        for hold in account.holds:
            marks = {hold.cause.at, hold.latest.at, hold.until, hold.end, hold.due, *hold.progress.instants}
            clearance = hold.rule.clearance
            if clearance and clearance.appeal and clearance.appeal.within:
                marks |= {at + clearance.appeal.within for at in (hold.latest.at, hold.progress.failed_at) if at}
            found |= {at for at in marks if at is not None}
    around = {at + shift for at in found for shift in (-TICK, _NOTHING, TICK)}
    return sorted(at for at in around if INSTANT_MIN <= at <= INSTANT_MAX)


def before_the_clocks_change(account: Account, now: datetime) -> datetime:
    """Return the next Saturday before a Sunday on which the clocks of Europe or North America change.

    A host that counts in local time is an hour wrong from there.
    """
    del account
    sundays = (
        _sunday_until(now.year + later, *day) for later in (0, 1) for day in ((3, 14), (3, 31), (10, 31), (11, 7))
    )
    return min(sunday for sunday in sundays if sunday - _DAY > now) - _DAY


def _sunday_until(year: int, month: int, day: int) -> datetime:
    latest = datetime(year, month, day, 9, tzinfo=UTC)
    return latest - (latest.weekday() + 1) % 7 * _DAY
