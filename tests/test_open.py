"""A method that takes no picture comes without tips."""

from __future__ import annotations

from good_values import NINE, good, held, trigger
from withdraw_guard import Account, Clearance, Rule, open_holds, steps


def test_a_method_that_takes_no_picture_comes_without_tips() -> None:
    clearance = Clearance(unverified=frozenset({"video_call"}), verified=frozenset())
    hold = held(good(Rule, clearance=clearance), trigger(until=1))
    (opened,) = open_holds(Account(id="a1", holds=(hold,)), NINE)
    assert steps.Verify(methods=("video_call",), tips=()) in opened.steps
