"""Policy × account × event → changes, or `EventRefused`. The first half of `apply`."""

from __future__ import annotations

from typing import Final

from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import EVENTS, Event, EventRetracted, IdentityChanged, SecurityEvent
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.identify import record_identity
from withdraw_guard._rules.move import move_hold
from withdraw_guard._rules.place import place_holds
from withdraw_guard._rules.retract import retract
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue, shown

_EVENTS: Final = frozenset(EVENTS)


def decide(policy: Policy, account: Account, event: Event) -> tuple[Change, ...]:
    """Return what the event changes; an event that is already known changes nothing.

    Raises `EventRefused` with a reason if the event cannot be applied. The account stays as it was. After calling,
    give each change to `evolve`, or store the changes and `replay` them later.
    """
    check_type("policy", policy, Policy, "a Policy")
    check_type("account", account, Account, "an Account")
    return decided(policy, account, event)


def decided(policy: Policy, account: Account, event: Event) -> tuple[Change, ...]:
    """Return what the event changes; the types of the policy and of the account are already checked."""
    if type(event) not in _EVENTS:
        raise InvalidValue("event", f"must be one of the eleven events, got {_given(event)}")
    if event.account != account.id:
        raise EventRefused(Refusal.WRONG_ACCOUNT, event)
    match event:
        case SecurityEvent():
            return place_holds(policy, account, event)
        case IdentityChanged():
            return record_identity(account, event.id, event.at, event.identity, event.valid_until)
        case EventRetracted():
            return retract(policy, account, event)
        case _:
            return move_hold(policy.calendar, account, event)


def _given(event: object) -> str:
    """Show what was given; for a list, what to do instead."""
    if isinstance(event, list | tuple):
        return "a list of events: pass each event as an argument of its own, `apply(policy, account, *events)`"
    return shown(event)
