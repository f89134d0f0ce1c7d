"""Account × change → account. The second half of `apply`; it knows no policy and no clock.

`evolve` is for untrusted changes: the account that it returns goes through the constructors. `follow` is for changes
that `decide` has just made for this account: they are valid, so nothing is validated again.
"""

from __future__ import annotations

from typing import assert_never

import attrs

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import (
    CHANGES,
    Change,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    IdentityRecorded,
)
from withdraw_guard._model.hold import Hold, Occurrence, check_timer_of, end_of, until_of
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import HoldId
from withdraw_guard._values.vocabulary import Repeat


def evolve(account: Account, change: Change) -> Account:
    """Return the account after the change.

    Raises `InvalidValue` for a change of another account, or of a hold that the account does not have. Then the log
    of changes is the log of another account, or a part of it is missing.
    """
    check_type("account", account, Account, "an Account")
    if type(change) not in CHANGES:
        raise InvalidValue("change", f"must be one of the five changes, got {shown(change)}")
    if change.account != account.id:
        raise InvalidValue("change.account", f"must be `{account.id}`, got {shown(change.account)}")
    if isinstance(change, HoldPlaced):
        _check_forgotten(account, change)
    if isinstance(change, HoldRepeated):
        _check_joined(_hold_of(account, change.hold), change)
    return _checked(follow(account, change), change)


def follow(account: Account, change: Change) -> Account:
    """Return the account after a change that `decide` made for it, without validation."""
    holds, report = account.holds, account.identity_report
    match change:
        case HoldPlaced():
            staying = [hold for hold in holds if hold.id not in change.forgotten] if change.forgotten else holds
            holds = (*staying, change.hold)
        case HoldMoved() | HoldReleased():
            holds = _with(holds, _moved(_hold_of(account, change.hold), change))
        case HoldRepeated():
            holds = _with(holds, _repeated(_hold_of(account, change.hold), change))
        case IdentityRecorded():
            report = unchecked.identity_report(change.identity, unchecked.occurrence(change.event, change.at))
        case _ as never:
            assert_never(never)
    return unchecked.account(account.id, holds, report)


def _hold_of(account: Account, hold_id: HoldId) -> Hold:
    hold = account.hold(hold_id)
    if hold is None:
        raise InvalidValue("change.hold", f"must be a hold of the account, got {shown(hold_id)}")
    return hold


def _repeated(hold: Hold, change: HoldRepeated) -> Hold:
    rule, cause, latest = hold.rule, hold.cause, hold.latest
    if change.at > latest.at:
        latest = unchecked.occurrence(change.event, change.at)
    until = until_of(rule, cause, latest, change.timer)
    end = end_of(rule, until, hold.progress)
    about = hold.destination_id
    return unchecked.hold(hold.id, rule, hold.policy, cause, latest, hold.progress, about, change.timer, until, end)


def _moved(hold: Hold, change: HoldMoved | HoldReleased) -> Hold:
    rule, until, progress = hold.rule, hold.until, change.progress
    end = end_of(rule, until, progress)
    about = hold.destination_id
    return unchecked.hold(hold.id, rule, hold.policy, hold.cause, hold.latest, progress, about, hold.timer, until, end)


def _with(holds: tuple[Hold, ...], changed: Hold) -> tuple[Hold, ...]:
    if len(holds) == 1:
        return (changed,)
    return tuple([changed if hold.id == changed.id else hold for hold in holds])


def _check_forgotten(account: Account, change: HoldPlaced) -> None:
    forgotten = [hold for hold in account.holds if hold.id in change.forgotten]
    if len(forgotten) != len(change.forgotten) or any(hold.is_open(change.at) for hold in forgotten):
        raise InvalidValue("change.forgotten", "must be holds of the account that have ended")


def _check_joined(hold: Hold, change: HoldRepeated) -> None:
    """Refuse a further trigger that cannot have joined the hold."""
    if hold.destination_id is not None:
        raise InvalidValue("change.hold", "must not be a single-destination hold: these are never repeated")
    if hold.timer is not None and change.timer is not None and change.timer != hold.timer:
        if change.timer < hold.timer or hold.rule.repeat is Repeat.KEEP:
            raise InvalidValue("change.timer", "must stay the same, or become later if the rule extends it")
        check_timer_of("change.timer", hold.rule, change.timer, change.at)
    elif change.at <= hold.latest.at and hold.latest != Occurrence(event=change.event, at=change.at):
        raise InvalidValue("change.at", "must be later than the latest trigger, because the timer stays the same")


def _checked(account: Account, change: Change) -> Account:
    """Return the same account from its constructors, with the hold that changed: they refuse what cannot be."""
    touched = None if isinstance(change, HoldPlaced | IdentityRecorded) else change.hold
    # `attrs.evolve` calls the constructors again.
    holds = tuple(
        [attrs.evolve(hold, latest=attrs.evolve(hold.latest)) if hold.id == touched else hold for hold in account.holds]
    )
    report = change.report if isinstance(change, IdentityRecorded) else account.identity_report
    return Account(id=account.id, holds=holds, identity_report=report)
