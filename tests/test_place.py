"""Placing: an event that no rule listens to, a second hold of one event, and a flood of separate holds."""

from __future__ import annotations

from typing import Any

import pytest

from good_values import FRESH, HELD, HOUR, NAMED, NINE, SUPPORT, TICK, good
from withdraw_guard import Policy, Repeat, Rule, Scope, SecurityEvent, apply, wire
from withdraw_guard.policies import BINANCE


def test_a_trigger_that_no_rule_listens_to_changes_nothing() -> None:
    applied = apply(BINANCE, HELD, good(SecurityEvent, trigger="coffee_spilled"))
    assert applied.changes == ()
    assert applied.account is HELD


def test_a_second_hold_of_one_event_and_one_rule_is_numbered() -> None:
    account = FRESH
    for hours in (1, 2, 3):
        policy = Policy(id="p", version=f"{hours}", rules=(Rule(id="r", trigger="t", duration=hours * HOUR),))
        account = apply(policy, account, good(SecurityEvent, id="e1", at=NINE + hours * TICK)).account
    assert [hold.id for hold in account.holds] == ["e1:r", "e1:r#2", "e1:r#3"]


@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize("ends_by_itself", [False, True])
def test_a_flood_of_separate_holds_leaves_an_account_that_is_read_again(
    *, is_named: bool, ends_by_itself: bool
) -> None:
    terms: dict[str, Any] = {"scope": NAMED if is_named else Scope(), "duration": HOUR if ends_by_itself else None}
    rule = Rule(id="r", trigger="t", repeat=Repeat.SEPARATE, releasable_by=SUPPORT, **terms)
    policy, account = Policy(id="p", version="1", rules=(rule,)), FRESH
    for number in range(200):
        event = good(SecurityEvent, id=f"e{number}", at=NINE + number * TICK, destination_id=f"d{number}")
        account = apply(policy, account, event).account
    # One of them is about no single destination: it stands for all that came later.
    assert len(account.holds) == (64 if is_named else 63)
    assert account.holds[-1].triggers[-1].event == "e199"
    assert wire.account_from_dict(wire.to_dict(account)) == account
