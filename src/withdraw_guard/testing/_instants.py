"""The instants that matter: when a journal begins, and every boundary with the microseconds around it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from withdraw_guard._model.account import Account
from withdraw_guard._model.hold import Hold
from withdraw_guard._rules.offers import appeal_closes_at
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
            found |= {at for at in _marks(hold) if at is not None}
        if account.identity_report is not None:
            found |= {at for at in (account.identity_report.ends_at,) if at is not None}
    around = {at + shift for at in found for shift in (-TICK, _NOTHING, TICK)}
    return sorted(at for at in around if INSTANT_MIN <= at <= INSTANT_MAX)


def known_until(account: Account) -> datetime:
    """Return the latest instant that the account remembers of any event."""
    known = [START]
    for hold in account.holds:
        known += [at for trigger in hold.triggers for at in (trigger.at, trigger.settled_at) if at is not None]
        known += [hold.progress.moved_at] if hold.progress.moved_at is not None else []
    report = account.identity_report
    known += [report.source.at, report.retracted_at or report.source.at] if report is not None else []
    return max(known)


def _marks(hold: Hold) -> Iterator[datetime | None]:
    yield from (hold.since, hold.latest_at, hold.until, hold.end, hold.due, hold.progress.moved_at)
    yield from hold.progress.instants
    yield from (trigger.settled_at for trigger in hold.triggers)
    appeal = hold.rule.clearance and hold.rule.clearance.appeal
    if appeal is not None:
        yield appeal_closes_at(hold, appeal)


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
