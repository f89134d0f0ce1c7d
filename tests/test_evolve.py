"""A change that contradicts the account is refused, and one that is told twice counts once."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from good_values import (
    CHOSEN_RULE,
    COUNTED_RULE,
    FRESH,
    HELD,
    HOLD,
    HOUR,
    NAMED_RULE,
    NINE,
    RELEASED,
    REPORTED,
    RULE,
    good,
    held,
    trigger,
)
from withdraw_guard import (
    Account,
    Hold,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    HoldTrigger,
    IdentityRecorded,
    IdentityReport,
    InvalidValue,
    Occurrence,
    Rule,
    TriggerRetracted,
    evolve,
)


def test_a_change_of_another_account_is_refused() -> None:
    with pytest.raises(InvalidValue) as refused:
        evolve(FRESH, good(IdentityRecorded, account="a2"))
    assert str(refused.value) == "change.account: must be `a1`, got `a2`"


@pytest.mark.parametrize("cls", [HoldRepeated, HoldMoved, HoldReleased])
def test_a_change_of_a_hold_that_the_account_does_not_have_is_refused(cls: type[Any]) -> None:
    with pytest.raises(InvalidValue) as refused:
        evolve(HELD, good(cls, hold="e7:r"))
    assert str(refused.value) == "change.hold: must be a hold of the account, got `e7:r`"


def test_a_hold_that_is_placed_twice_is_placed_once() -> None:
    assert evolve(HELD, good(HoldPlaced, pruned=())) is HELD


def test_a_hold_under_an_id_that_is_taken_is_refused() -> None:
    other = good(Rule, id="r", duration=2 * HOUR)
    changed = good(HoldPlaced, hold=held(other, trigger(until=2)), pruned=())
    with pytest.raises(InvalidValue, match=r"change\.hold: must be the hold that the account has under that id"):
        evolve(HELD, changed)
    later = HoldPlaced(account="a1", event="e1", at=NINE + HOUR, hold=held(RULE, trigger(hours=1)))
    with pytest.raises(InvalidValue, match=r"change\.hold\.id: must be a new id, got `e1:r` again"):
        evolve(HELD, later)


def joining(until: float | None, hours: float = 1, event: str = "e5") -> HoldRepeated:
    end = None if until is None else NINE + until * HOUR
    return HoldRepeated(account="a1", event=event, at=NINE + hours * HOUR, hold="e1:r", until=end)


LIFTED = held(RULE, progress=RELEASED)
CONTRADICTIONS: dict[str, tuple[Hold, HoldRepeated, str]] = {
    "a timer for a hold that has none": (HOLD, joining(2), "triggers[1].until"),
    "no timer for a hold that has one": (held(CHOSEN_RULE, trigger(until=5)), joining(None), "triggers[1].until"),
    "a timer longer than it lets people choose": (
        held(CHOSEN_RULE, trigger(until=5)),
        joining(10.01),
        "triggers[1].until",
    ),
    "business days that ended before the trigger": (
        held(COUNTED_RULE, trigger(until=5)),
        joining(2, hours=3),
        "triggers[1].until",
    ),
    "a hold about one destination": (
        held(NAMED_RULE, trigger(until=5), destination_id="bc1q"),
        joining(6),
        "triggers",
    ),
    "a hold that was released": (LIFTED, joining(None, hours=-1), "change.hold"),
    "a hold that has ended": (held(CHOSEN_RULE, trigger(until=5)), joining(10, hours=5), "change.hold"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_further_trigger_that_cannot_have_joined_is_refused(case: str) -> None:
    hold, change, path = CONTRADICTIONS[case]
    with pytest.raises(InvalidValue) as refused:
        evolve(Account(id="a1", holds=(hold,)), change)
    assert refused.value.path == path


@pytest.mark.parametrize("case", ["a hold that was released", "a hold that has ended"])
def test_a_hold_that_is_over_says_that_no_further_trigger_can_join_it(case: str) -> None:
    hold, change, _ = CONTRADICTIONS[case]
    with pytest.raises(InvalidValue, match=r"^change\.hold: must be a hold that a further trigger can join$"):
        evolve(Account(id="a1", holds=(hold,)), change)


JOINED: dict[str, tuple[Hold, HoldRepeated, float | None]] = {
    "a longer choice": (held(CHOSEN_RULE, trigger(until=5)), joining(10), 10),
    "a shorter choice": (held(CHOSEN_RULE, trigger(until=5)), joining(2), 5),
    "an earlier trigger": (held(CHOSEN_RULE, trigger(until=5)), joining(8, hours=-1), 8),
    "a trigger of that instant": (held(CHOSEN_RULE, trigger(until=5)), joining(6, hours=0), 6),
    "the latest of business days": (held(COUNTED_RULE, trigger(until=1)), joining(9_000, hours=0.5), 9_000),
    "a hold without a timer": (HOLD, joining(None), None),
}


@pytest.mark.parametrize("case", JOINED)
def test_a_further_trigger_that_can_have_joined_is_taken_once(case: str) -> None:
    hold, change, until = JOINED[case]
    account = evolve(Account(id="a1", holds=(hold,)), change)
    (joined,) = account.holds
    assert joined.triggers == (*hold.triggers, HoldTrigger(event="e5", at=change.at, until=change.until))
    assert joined.until == (None if until is None else NINE + until * HOUR)
    assert evolve(account, change) == account


def test_a_retraction_of_a_trigger_that_the_hold_does_not_remember_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"change\.trigger: must be a trigger of the hold, got `e7`"):
        evolve(HELD, good(TriggerRetracted, hold="e1:r", trigger="e7"))


def test_a_report_that_is_older_than_the_one_on_record_is_refused() -> None:
    source = Occurrence(event="e0", at=NINE - HOUR)
    older = good(IdentityRecorded, event="e0", at=source.at, report=IdentityReport(identity=None, source=source))
    with pytest.raises(InvalidValue, match=r"change\.report: must not be older than the report"):
        evolve(good(Account), older)


def test_a_report_that_was_retracted_is_not_put_back() -> None:
    report = IdentityReport(identity=None, source=REPORTED)
    retracted = attrs.evolve(report, retracted_at=NINE + HOUR)
    with pytest.raises(InvalidValue, match=r"change\.report: must not take back that the report was retracted"):
        evolve(good(Account, identity_report=retracted), good(IdentityRecorded, report=report))


@pytest.mark.parametrize("pruned", [("e7:r",), ("e1:r",)], ids=["unknown", "open"])
def test_a_hold_is_pruned_only_if_it_is_there_and_has_ended(pruned: tuple[str, ...]) -> None:
    placed = held(good(Rule, id="other"), trigger("e9", 1, 2))
    change = HoldPlaced(account="a1", event="e9", at=NINE + HOUR, hold=placed, pruned=pruned)
    with pytest.raises(InvalidValue, match=r"change\.pruned: must be holds of the account that have ended"):
        evolve(HELD, change)
