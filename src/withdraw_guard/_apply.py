"""`apply`: an event in, the account and the changes out. `replay`: the account from its changes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import final

import attrs

from withdraw_guard._account import Account
from withdraw_guard._changes import CHANGES, Change
from withdraw_guard._decide import decide
from withdraw_guard._errors import InvalidValue, shown
from withdraw_guard._events import Event
from withdraw_guard._evolve import evolve
from withdraw_guard._fields import check_type
from withdraw_guard._policy import Policy
from withdraw_guard._value import Value


@final
@attrs.frozen(kw_only=True)
class Applied(Value):
    """The account after the events, and what they changed, in order. Store one or the other in one transaction."""

    account: Account
    changes: tuple[Change, ...]

    def __attrs_post_init__(self) -> None:
        check_type("account", self.account, Account, "an Account")
        check_type("changes", self.changes, tuple, "a tuple of changes")
        if any(type(change) not in CHANGES for change in self.changes):
            raise InvalidValue("changes", "must be changes")


def apply(policy: Policy, account: Account, *events: Event) -> Applied:
    """Apply the events in order: all of them or none.

    Raises `EventRefused` for the first one that cannot be applied; the account you passed is as it was. After
    calling, store the account (or append the changes) in the transaction in which the events were received.
    """
    check_type("policy", policy, Policy, "a Policy")
    check_type("account", account, Account, "an Account")
    changes: tuple[Change, ...] = ()
    for event in events:
        decided = decide(policy, account, event)
        account = replay(account, decided)
        changes += decided
    return Applied(account=account, changes=changes)


def replay(account: Account, changes: Iterable[Change]) -> Account:
    """Return the account after all the changes, in order. Raises `InvalidValue` as `evolve` does."""
    check_type("account", account, Account, "an Account")
    try:
        in_order = iter(changes)
    except TypeError:
        raise InvalidValue("changes", f"must be changes in order, got {shown(changes)}") from None
    return reduce(evolve, in_order, account)
