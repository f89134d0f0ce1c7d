"""From a report about the identity to the identity on record (rulebook 14): of two reports the later one counts."""

from __future__ import annotations

from datetime import datetime

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import IdentityRecorded
from withdraw_guard._values.ids import EventId
from withdraw_guard._values.vocabulary import Identity


def record_identity(
    account: Account, event: EventId, at: datetime, identity: Identity | None
) -> tuple[IdentityRecorded, ...]:
    """Return the change that records this report, or nothing if a report that is not older is on record."""
    report = account.identity_report
    if report is not None and not report.is_older_than(unchecked.occurrence(event, at)):
        return ()
    return (unchecked.identity_recorded(account.id, event, at, identity),)
