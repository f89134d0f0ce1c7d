"""Account × change → account. The second half of `apply`; it knows no policy and no clock."""

from __future__ import annotations

from typing import assert_never

from withdraw_guard._account import Account
from withdraw_guard._changes import CHANGES, Change, HoldMoved, HoldPlaced, HoldReleased, HoldRepeated, IdentityRecorded
from withdraw_guard._errors import InvalidValue, shown
from withdraw_guard._fields import check_type
from withdraw_guard._holds import Hold, Occurrence, check_timer_of
from withdraw_guard._words import Repeat


def evolve(account: Account, change: Change) -> Account:
    """Return the account after the change.

    Raises `InvalidValue` for a change of another account, or of a hold that the account does not have: the log
    that it comes from is not the log of this account, or a part of it is missing.
    """
    check_type("account", account, Account, "an Account")
    if type(change) not in CHANGES:
        raise InvalidValue("change", f"must be one of the five changes, got {shown(change)}")
    if change.account != account.id:
        raise InvalidValue("change.account", f"must be `{account.id}`, got {shown(change.account)}")
    match change:
        case HoldPlaced():
            return _with_placed(account, change)
        case HoldRepeated():
            return _with_hold(account, _repeated(_hold_of(account, change), change))
        case HoldMoved() | HoldReleased():
            return _with_hold(account, _moved(_hold_of(account, change), change))
        case IdentityRecorded():
            return Account(id=account.id, holds=account.holds, identity_report=change.report)
        case _ as never:
            assert_never(never)


def _with_placed(account: Account, change: HoldPlaced) -> Account:
    forgotten = [hold for hold in account.holds if hold.id in change.forgotten]
    if len(forgotten) != len(change.forgotten) or any(hold.is_open(change.at) for hold in forgotten):
        raise InvalidValue("change.forgotten", "must be holds of the account that have ended")
    kept = tuple(hold for hold in account.holds if hold not in forgotten)
    return Account(id=account.id, holds=(*kept, change.hold), identity_report=account.identity_report)


def _hold_of(account: Account, change: HoldRepeated | HoldMoved | HoldReleased) -> Hold:
    hold = account.hold(change.hold)
    if hold is None:
        raise InvalidValue("change.hold", f"must be a hold of the account, got {shown(change.hold)}")
    return hold


def _repeated(hold: Hold, change: HoldRepeated) -> Hold:
    _check_joined(hold, change)
    return Hold(
        id=hold.id,
        rule=hold.rule,
        policy=hold.policy,
        cause=hold.cause,
        latest=hold.latest if change.at <= hold.latest.at else Occurrence(event=change.event, at=change.at),
        progress=hold.progress,
        destination_id=hold.destination_id,
        timer=change.timer,
    )


def _check_joined(hold: Hold, change: HoldRepeated) -> None:
    """Refuse a further trigger that cannot have joined the hold as it stands."""
    if hold.destination_id is not None:
        raise InvalidValue("change.hold", "must not be about one destination, nothing joins such a hold")
    if hold.timer is not None and change.timer is not None and change.timer != hold.timer:
        if change.timer < hold.timer or hold.rule.repeat is Repeat.KEEP:
            raise InvalidValue("change.timer", "must not be moved, but to a later end where the rule extends it")
        check_timer_of("change.timer", hold.rule, change.timer, change.at)
    elif change.at <= hold.latest.at and hold.latest != Occurrence(event=change.event, at=change.at):
        raise InvalidValue("change.at", "must be after the latest trigger of the hold, for it moves no timer")


def _moved(hold: Hold, change: HoldMoved | HoldReleased) -> Hold:
    return Hold(
        id=hold.id,
        rule=hold.rule,
        policy=hold.policy,
        cause=hold.cause,
        latest=hold.latest,
        progress=change.progress,
        destination_id=hold.destination_id,
        timer=hold.timer,
    )


def _with_hold(account: Account, changed: Hold) -> Account:
    holds = tuple(changed if hold.id == changed.id else hold for hold in account.holds)
    return Account(id=account.id, holds=holds, identity_report=account.identity_report)
