"""A decision that allows is true, and one that denies is false.

What the constructors refuse is in `refused_values.py`.
"""

from __future__ import annotations

from good_values import good
from withdraw_guard import Allowed, Denied


def test_a_decision_is_as_true_as_it_says() -> None:
    assert good(Allowed)
    assert not good(Denied)
