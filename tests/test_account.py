"""A fresh account has nothing but its id.

What the constructors refuse is in `refused_values.py`.
"""

from __future__ import annotations

import withdraw_guard as g
from good_values import NINE
from withdraw_guard import Account


def test_a_fresh_account_has_nothing_but_its_id() -> None:
    account = Account(id="a1")
    assert (account.holds, account.identity_report, account.identity_at(NINE)) == ((), None, None)
    assert (account.reports, account.retracted_reports, account.retractions) == ((), (), ())
    assert account.hold(g.HoldId("e1:r")) is None
