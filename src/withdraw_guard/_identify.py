"""From a report about the identity to what is on record (rulebook 14): of two reports the later one counts."""

from __future__ import annotations

from datetime import datetime

from withdraw_guard._account import Account
from withdraw_guard._changes import IdentityRecorded
from withdraw_guard._holds import Occurrence
from withdraw_guard._ids import EventId
from withdraw_guard._words import Identity


def record_identity(
    account: Account, event: EventId, at: datetime, identity: Identity | None
) -> tuple[IdentityRecorded, ...]:
    """Return the change that puts this report on record, or nothing if one as late is there."""
    report = account.identity_report
    if report is not None and not report.is_older_than(Occurrence(event=event, at=at)):
        return ()
    return (IdentityRecorded(account=account.id, event=event, at=at, identity=identity),)
