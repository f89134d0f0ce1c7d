"""A hold: the ids that it may have, when something is due, and when it may be released.

What the constructors refuse is in `refused_values.py`.
"""

from __future__ import annotations

import pytest

from good_values import HOLD, HOUR, NINE, RELEASED, RULE, good, held, trigger
from withdraw_guard import Hold, InvalidValue, Rule


@pytest.mark.parametrize("number", [2, 9, 10, 99, 9_999_999_999])
def test_a_hold_may_have_the_id_of_another_with_a_number(number: int) -> None:
    assert good(Hold, id=f"e1:r#{number}").id == f"e1:r#{number}"


@pytest.mark.parametrize("hold_id", ["#2", "#10"])
def test_a_number_alone_is_not_the_id_of_a_hold(hold_id: str) -> None:
    with pytest.raises(InvalidValue):
        good(Hold, id=hold_id)


def test_nothing_is_due_where_no_round_is_open() -> None:
    assert HOLD.due is None
    assert held(Rule(id="r", trigger="t", duration=HOUR), trigger(until=1)).due is None
    released = held(RULE, progress=RELEASED)
    assert (released.due, released.end) == (None, NINE)


def test_a_hold_is_released_only_where_its_rule_names_an_authority() -> None:
    with pytest.raises(InvalidValue, match=r"progress\.state: must not be released, because the rule names no"):
        held(Rule(id="r", trigger="t", duration=HOUR), trigger(until=1), progress=RELEASED)
