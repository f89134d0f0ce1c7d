"""`apply` returns the account after events, with the changes. `replay` returns the account after changes."""

from __future__ import annotations

from collections.abc import Iterable

from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Applied, Change
from withdraw_guard._model.events import Event
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.unchecked import applied
from withdraw_guard._rules.decide import decided
from withdraw_guard._rules.evolve import evolve, follow
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue, shown


def apply(policy: Policy, account: Account, *events: Event) -> Applied:
    """Apply the events in order: all of them or none.

    Raises `EventRefused` for the first event that cannot be applied; the account that you passed stays as it was. After
    calling, store the account (or append the changes) in the transaction in which the events were received.
    """
    kind: type = type(policy)
    if kind is not Policy or type(account) is not Account:
        check_type("policy", policy, Policy, "a Policy")
        check_type("account", account, Account, "an Account")
    changes: tuple[Change, ...] = ()
    for event in events:
        made = decided(policy, account, event)
        for change in made:
            account = follow(account, change)
        changes = (*changes, *made) if changes else made
    return applied(account, changes)


def replay(account: Account, changes: Iterable[Change]) -> Account:
    """Return the account after all the changes, in order. Raises `InvalidValue` like `evolve`."""
    check_type("account", account, Account, "an Account")
    try:
        in_order = iter(changes)
    except TypeError:
        raise InvalidValue("changes", f"must be changes in order, got {shown(changes)}") from None
    for change in in_order:
        account = evolve(account, change)
    return account
