"""From a retraction to what no longer counts (rule 30): triggers of holds, and the identity on record.

A retraction corrects the record; it moves no hold. It counts from its own instant on, so no answer about an earlier
instant becomes an allow by it. Of two retractions of the same event the earlier counts: a retraction that was itself
dated wrongly is put right by another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account, IdentityReport
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import EventRetracted
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._values.ids import EventId
from withdraw_guard._values.vocabulary import ActorKind


def retract(policy: Policy, account: Account, event: EventRetracted) -> tuple[Change, ...]:
    """Return one change for each hold in which the event no longer counts, and one for the identity that it reported.

    Raises `EventRefused` if the actor may not retract, and if nothing on record knows the event.
    """
    if event.by.kind is not ActorKind.ADMIN or event.authority not in policy.retractable_by:
        raise EventRefused(Refusal.NOT_AUTHORIZED, event)
    if not _is_on_record(account, event.event):
        raise EventRefused(Refusal.UNKNOWN_EVENT, event)
    if unchecked.occurrence(event.id, event.at) in account.retractions:
        return ()
    return (*_settled_triggers(account, event), *_ended_identity(account, event))


def _is_on_record(account: Account, event: EventId) -> bool:
    reports = [*account.retracted_reports]
    if account.identity_report is not None:
        reports.append(account.identity_report.source)
    if any(report.event == event for report in reports):
        return True
    return any(trigger.event == event for hold in account.holds for trigger in hold.triggers)


def _settled_triggers(account: Account, event: EventRetracted) -> Iterator[Change]:
    for hold in account.holds:
        if _counts_after(hold, event.event, event.at):
            yield unchecked.trigger_retracted(account.id, event.id, event.at, hold.id, event.event)


def _counts_after(hold: Hold, event: EventId, at: datetime) -> bool:
    return any(
        trigger.event == event and (trigger.settled_at is None or at < trigger.settled_at) for trigger in hold.triggers
    )


def _ended_identity(account: Account, event: EventRetracted) -> Iterator[Change]:
    report = account.identity_report
    if report is None or report.source.event != event.event:
        return
    if report.retracted_at is None or event.at < report.retracted_at:
        yield unchecked.identity_recorded(account.id, event.id, event.at, _ended_by(report, event))


def _ended_by(report: IdentityReport, event: EventRetracted) -> IdentityReport:
    return unchecked.identity_report(report.identity, report.source, report.valid_until, event.at)
