"""What was applied is an account and changes, and nothing else.

What the constructors refuse is in `refused_values.py`.
"""

from __future__ import annotations

import pytest

from hostile_values import Evil
from withdraw_guard import Account, Applied, InvalidValue, apply, policies


def test_what_was_applied_is_an_account_and_changes() -> None:
    with pytest.raises(InvalidValue):
        Applied(account=Evil(), changes=Evil())  # type: ignore[arg-type]


def test_without_an_event_nothing_changes() -> None:
    account = Account(id="a1")
    assert apply(policies.BINANCE, account) == Applied(account=account, changes=())
