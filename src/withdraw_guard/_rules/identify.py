"""From a report about the identity to what is on record (rule 14): of two reports the later one counts."""

from __future__ import annotations

from datetime import datetime

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import IdentityRecorded
from withdraw_guard._values.ids import EventId
from withdraw_guard._values.vocabulary import Identity


def record_identity(
    account: Account, event: EventId, at: datetime, identity: Identity | None, valid_until: datetime | None
) -> tuple[IdentityRecorded, ...]:
    """Return the change that puts this report on record; nothing if a later one is there.

    A report that is remembered, retracted or not, changes nothing if it is delivered again.
    """
    source = unchecked.occurrence(event, at)
    if source in account.reports or source in account.retracted_reports:
        return ()
    if account.identity_report is not None and (at, event) <= account.identity_report.rank:
        return ()
    report = unchecked.identity_report(identity, source, valid_until, None)
    return (unchecked.identity_recorded(account.id, event, at, report),)
