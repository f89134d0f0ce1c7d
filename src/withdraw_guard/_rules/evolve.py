"""Account × change → account. The second half of `apply`; it knows no policy and no clock.

`evolve` is for changes that come from outside, such as a log, and what comes of them goes through the constructors.
`follow` is for changes that were decided just now, about this very account: then there is nothing to check.

A log is read in order (rule 34). A change that was taken before changes nothing. A change that is older than what the
account knows, or before which another one is missing, is refused.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

import attrs

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account, IdentityReport
from withdraw_guard._model.changes import (
    CHANGES,
    Change,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    IdentityRecorded,
    TriggerRetracted,
)
from withdraw_guard._model.hold import Dropped, Hold, HoldTrigger, Occurrence, end_of, until_of
from withdraw_guard._model.progress import Progress, Restored
from withdraw_guard._rules.place import remember
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import EventId, HoldId
from withdraw_guard._values.limits import MOVES_MAX, REPORTS_MAX, RETRACTIONS_MAX
from withdraw_guard._values.vocabulary import Repeat


def evolve(account: Account, change: Change) -> Account:
    """Return the account after the change; the account itself if the change was taken before.

    Raises `InvalidValue` for a change of another account, of a hold that the account does not have, or that is out of
    order: the log that it comes from is not the log of this account, or a part of it is missing or stands twice.
    """
    check_type("account", account, Account, "an Account")
    if type(change) not in CHANGES:
        raise InvalidValue("change", f"must be one of the six changes, got {shown(change)}")
    if change.account != account.id:
        raise InvalidValue("change.account", f"must be `{account.id}`, got {shown(change.account)}")
    return account if _is_taken(account, change) else _checked(account, follow(account, change))


def follow(account: Account, change: Change) -> Account:
    """Return the account after a change that was decided about it, without a check."""
    holds, report = account.holds, account.identity_report
    reports, retracted, retractions = account.reports, account.retracted_reports, account.retractions
    match change:
        case HoldPlaced():
            staying = [hold for hold in holds if hold.id not in change.pruned] if change.pruned else holds
            holds = (*staying, change.hold)
        case HoldMoved() | HoldReleased():
            hold = _hold_of(account, change.hold)
            holds = _with(holds, _rebuilt(hold, hold.triggers, hold.dropped, change.progress))
        case HoldRepeated():
            holds = _with(holds, _repeated(_hold_of(account, change.hold), change))
        case TriggerRetracted():
            holds = _with(holds, _settled(_hold_of(account, change.hold), change.trigger, change.at))
            retractions = _remembered(retractions, unchecked.occurrence(change.event, change.at), RETRACTIONS_MAX)
        case IdentityRecorded():
            report = change.report
            if report.retracted_at is None:
                reports = _remembered(reports, report.source, REPORTS_MAX)
            else:
                retracted = _remembered(retracted, report.source, REPORTS_MAX)
                retractions = _remembered(retractions, unchecked.occurrence(change.event, change.at), RETRACTIONS_MAX)
        case _ as never:
            assert_never(never)
    return unchecked.account(account.id, holds, report, reports, retracted, retractions)


def _remembered(known: tuple[Occurrence, ...], this: Occurrence, most: int) -> tuple[Occurrence, ...]:
    """Return the last events that are remembered, this one among them."""
    return known if this in known else (*known[1 - most :], this)


def _hold_of(account: Account, hold_id: HoldId) -> Hold:
    hold = account.hold(hold_id)
    if hold is None:
        raise InvalidValue("change.hold", f"must be a hold of the account, got {shown(hold_id)}")
    return hold


def _repeated(hold: Hold, change: HoldRepeated) -> Hold:
    trigger = unchecked.hold_trigger(change.event, change.at, change.until, None)
    triggers, dropped = remember((*hold.triggers, trigger), hold.dropped)
    return _rebuilt(hold, triggers, dropped, hold.progress)


def _settled(hold: Hold, event: EventId, at: datetime) -> Hold:
    triggers = tuple([_settle(trigger, event, at) for trigger in hold.triggers])
    return _rebuilt(hold, triggers, hold.dropped, hold.progress)


def _settle(trigger: HoldTrigger, event: EventId, at: datetime) -> HoldTrigger:
    if trigger.event != event or (trigger.settled_at is not None and trigger.settled_at <= at):
        return trigger
    return unchecked.hold_trigger(trigger.event, trigger.at, trigger.until, at)


def _rebuilt(hold: Hold, triggers: tuple[HoldTrigger, ...], dropped: Dropped | None, progress: Progress) -> Hold:
    rule = hold.rule
    until = hold.until if triggers is hold.triggers else until_of(rule, triggers, dropped)
    end = end_of(rule, triggers, until, progress.state)
    return unchecked.hold(hold.id, rule, hold.policy, triggers, progress, hold.destination_id, dropped, until, end)


def _with(holds: tuple[Hold, ...], changed: Hold) -> tuple[Hold, ...]:
    if len(holds) == 1:
        return (changed,)
    return tuple([changed if hold.id == changed.id else hold for hold in holds])


# ── A log is read in order ───────────────────────────────────────────────────────────────────────────────────────


def _is_taken(account: Account, change: Change) -> bool:
    """Whether the account has taken this change before. Raises `InvalidValue` if it is out of order."""
    match change:
        case HoldPlaced():
            return _is_placed(account, change)
        case HoldRepeated():
            return _is_joined(_hold_of(account, change.hold), change)
        case HoldMoved() | HoldReleased():
            return _is_moved(_hold_of(account, change.hold).progress, change)
        case TriggerRetracted():
            return _is_settled(_hold_of(account, change.hold), change)
        case IdentityRecorded():
            return _is_recorded(account, change.report)
        case _ as never:
            assert_never(never)


def _is_placed(account: Account, change: HoldPlaced) -> bool:
    placed, cause = change.hold, change.hold.cause
    for hold in account.holds:
        if hold.rule.id == placed.rule.id and hold.remembers(cause.event, cause.at):
            if hold.id == placed.id and (hold.rule, hold.policy) != (placed.rule, placed.policy):
                raise InvalidValue("change.hold", "must be the hold that the account has under that id")
            return True
    pruned = [hold for hold in account.holds if hold.id in change.pruned]
    # A separate hold is pruned by later triggers than this one, so it may be open at the instant of this one.
    may_be_open = placed.rule.repeat is Repeat.SEPARATE
    if len(pruned) != len(change.pruned) or any(hold.is_open(change.at) and not may_be_open for hold in pruned):
        raise InvalidValue("change.pruned", "must be holds of the account that have ended")
    if account.hold(placed.id) is not None:
        raise InvalidValue("change.hold.id", f"must be a new id, got `{placed.id}` again")
    return False


def _is_joined(hold: Hold, change: HoldRepeated) -> bool:
    if hold.remembers(change.event, change.at):
        return True
    if type(hold.progress.state) is Restored or not hold.is_open(change.at):
        raise InvalidValue("change.hold", "must be a hold that a further trigger can join")
    return False


def _is_moved(before: Progress, change: HoldMoved | HoldReleased) -> bool:
    """Whether the move is remembered already. The new memory must be the old one and one move more."""
    *known, latest = change.progress.moves
    if latest in before.moves:
        return True
    if tuple(known) != before.moves[1 - MOVES_MAX :]:
        raise InvalidValue("change.progress.moves", "must be the moves that the hold remembers, and one more")
    if _takes_back(before, change.progress):
        raise InvalidValue("change.progress", "must not take back what the hold knows")
    return False


def _takes_back(before: Progress, after: Progress) -> bool:
    """Whether a failure, an appeal, a final rejection, a later instant or the clearance itself would be lost."""
    if type(before.state) is Restored and not (type(after.state) is Restored and after.state.released):
        return True
    if after.failures < before.failures or after.appeals < before.appeals:
        return True
    if before.verification_closed and not after.verification_closed:
        return True
    return before.moved_at is not None and (after.moved_at is None or after.moved_at < before.moved_at)


def _is_settled(hold: Hold, change: TriggerRetracted) -> bool:
    settled = [trigger.settled_at for trigger in hold.triggers if trigger.event == change.trigger]
    if not settled:
        raise InvalidValue("change.trigger", f"must be a trigger of the hold, got {shown(change.trigger)}")
    return all(at is not None and at <= change.at for at in settled)


def _is_recorded(account: Account, report: IdentityReport) -> bool:
    known = account.identity_report
    if known is None:
        return False
    is_remembered = report.source in (*account.reports, *account.retracted_reports)
    if known == report or (report.retracted_at is None and is_remembered and report.source != known.source):
        return True
    if known.source == report.source:
        if known.retracted_at is not None and (report.retracted_at is None or known.retracted_at < report.retracted_at):
            raise InvalidValue("change.report", "must not take back that the report was retracted")
        return False
    if report.rank < known.rank:
        raise InvalidValue("change.report", "must not be older than the report that the account knows")
    return False


# ── What comes of a change from outside goes through the constructors ────────────────────────────────────────────


def _checked(before: Account, after: Account) -> Account:
    """Return the account after a change, made by its constructor, and so is each hold that it did not have before."""
    return attrs.evolve(
        after, holds=tuple([hold if hold in before.holds else _made_again(hold) for hold in after.holds])
    )


def _made_again(hold: Hold) -> Hold:
    return attrs.evolve(hold, triggers=tuple([attrs.evolve(trigger) for trigger in hold.triggers]))
