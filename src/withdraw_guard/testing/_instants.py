"""The instants that matter: when a journal begins, and every boundary with the microseconds around it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from withdraw_guard._model.account import Account
from withdraw_guard._rules.offers import appeal_closes_at
from withdraw_guard._values.limits import INSTANT_MAX, INSTANT_MIN

START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)


def boundaries(*accounts: Account) -> list[datetime]:
    """Return every instant at which an answer about these accounts may change, just before, at and just after."""
    found = {START, *(at for account in accounts for at in _marks(account) if at is not None)}
    around = {at + shift for at in found for shift in (-TICK, 0 * TICK, TICK)}
    return sorted(at for at in around if INSTANT_MIN <= at <= INSTANT_MAX)


def known_until(account: Account) -> datetime:
    """Return the latest instant that the account remembers of any event."""
    triggers = [trigger for hold in account.holds for trigger in hold.triggers]
    known = [at for trigger in triggers for at in (trigger.at, trigger.settled_at)]
    known += [hold.progress.moved_at for hold in account.holds]
    report = account.identity_report
    known += [] if report is None else [report.source.at, report.retracted_at]
    return max(at for at in (START, *known) if at is not None)


def _marks(account: Account) -> Iterator[datetime | None]:
    for hold in account.holds:
        yield from (hold.since, hold.latest_at, hold.until, hold.end, hold.due, hold.progress.moved_at)
        yield from hold.progress.instants
        yield from (trigger.settled_at for trigger in hold.triggers)
        appeal = hold.rule.clearance and hold.rule.clearance.appeal
        if appeal is not None:
            yield appeal_closes_at(hold, appeal)
    if account.identity_report is not None:
        yield account.identity_report.ends_at


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
