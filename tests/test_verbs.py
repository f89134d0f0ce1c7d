"""Every verb refuses an argument of another type, and names the argument."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from good_values import ADMIN, FRESH, HOLD, NAIVE, NINE, TRIGGER, good
from hostile_values import Evil
from withdraw_guard import (
    IdentityRecorded,
    InvalidValue,
    Policy,
    apply,
    check,
    decide,
    evolve,
    next_change_at,
    open_holds,
    phase,
    replay,
    wire,
)
from withdraw_guard.policies import BINANCE

RECORDED = good(IdentityRecorded)
WRONG_TYPES: dict[str, tuple[Callable[[], object], str]] = {
    "check an account of another type": (lambda: check("a1", NINE), "account"),  # type: ignore[arg-type]
    "check no account": (lambda: check(None, NINE), "account"),  # type: ignore[arg-type]
    "check at a text": (lambda: check(FRESH, "2026-01-05T09:00:00Z"), "at"),  # type: ignore[arg-type]
    "check at a naive instant": (lambda: check(FRESH, NAIVE), "at"),
    "check an operation": (lambda: check(FRESH, NINE, "withdrawal"), "request"),  # type: ignore[arg-type]
    "check no request": (lambda: check(FRESH, NINE, None), "request"),  # type: ignore[arg-type]
    "check evil": (lambda: check(Evil(), Evil(), Evil()), "account"),  # type: ignore[arg-type]
    "open holds of a hold": (lambda: open_holds(HOLD, NINE), "account"),  # type: ignore[arg-type]
    "open holds at nothing": (lambda: open_holds(FRESH, None), "at"),  # type: ignore[arg-type]
    "phase of evil": (lambda: phase(Evil(), NINE), "account"),  # type: ignore[arg-type]
    "phase at a naive instant": (lambda: phase(FRESH, NAIVE), "at"),
    "next change of a policy": (lambda: next_change_at(BINANCE, NINE), "account"),  # type: ignore[arg-type]
    "next change at a naive instant": (lambda: next_change_at(FRESH, NAIVE), "at"),
    "decide under a dict": (lambda: decide({}, FRESH, TRIGGER), "policy"),  # type: ignore[arg-type]
    "decide for an id": (lambda: decide(BINANCE, "a1", TRIGGER), "account"),  # type: ignore[arg-type]
    "decide a dict": (lambda: decide(BINANCE, FRESH, {}), "event"),  # type: ignore[arg-type]
    "decide a change": (lambda: decide(BINANCE, FRESH, RECORDED), "event"),  # type: ignore[arg-type]
    "decide evil": (lambda: decide(BINANCE, FRESH, Evil()), "event"),  # type: ignore[arg-type]
    "apply under nothing": (lambda: apply(None, FRESH, TRIGGER), "policy"),  # type: ignore[arg-type]
    "apply a list": (lambda: apply(BINANCE, FRESH, [TRIGGER]), "event"),  # type: ignore[arg-type]
    "apply to a dict": (lambda: apply(BINANCE, {}, TRIGGER), "account"),  # type: ignore[arg-type]
    "evolve a dict": (lambda: evolve({}, RECORDED), "account"),  # type: ignore[arg-type]
    "evolve by an event": (lambda: evolve(FRESH, TRIGGER), "change"),  # type: ignore[arg-type]
    "evolve by evil": (lambda: evolve(FRESH, Evil()), "change"),  # type: ignore[arg-type]
    "replay an event": (lambda: replay(FRESH, [TRIGGER]), "change"),  # type: ignore[list-item]
    "replay on an id": (lambda: replay("a1", [RECORDED]), "account"),  # type: ignore[arg-type]
    "replay a number": (lambda: replay(FRESH, 7), "changes"),  # type: ignore[arg-type]
    "write an actor": (lambda: wire.to_dict(ADMIN), ""),  # type: ignore[arg-type]
    "write evil": (lambda: wire.to_dict(Evil()), ""),  # type: ignore[arg-type]
    "write nothing": (lambda: wire.to_dict(None), ""),  # type: ignore[arg-type]
}
NOT_CHECKED: dict[str, Callable[[], object]] = {
    "apply nothing under nothing": lambda: apply(None, FRESH),  # type: ignore[arg-type]
    "apply nothing to an id": lambda: apply(BINANCE, "a1"),  # type: ignore[arg-type]
    "replay nothing on an id": lambda: replay("a1", ()),  # type: ignore[arg-type]
    "replay what is no collection": lambda: replay(FRESH, None),  # type: ignore[arg-type]
    "write what says it is a policy": lambda: wire.to_dict(SaysItIsAPolicy()),  # type: ignore[arg-type]
}


class SaysItIsAPolicy:
    """As `unittest.mock.Mock(spec=policy)` does."""

    @property
    def __class__(self) -> type[Policy]:  # type: ignore[override]
        return Policy


ASKED_FOR = {
    "account": "an Account",
    "at": "a datetime|an aware datetime",
    "change": "one of the six changes",
    "changes": "changes in order",
    "event": "one of the eleven events",
    "policy": "a Policy",
    "request": "a Request",
    "": "a value that has a wire form",
}


@pytest.mark.parametrize("case", WRONG_TYPES)
def test_a_verb_refuses_what_is_of_another_type(case: str) -> None:
    ask, path = WRONG_TYPES[case]
    with pytest.raises(InvalidValue) as refused:
        ask()
    assert refused.value.path == path
    assert re.fullmatch(f"must be ({ASKED_FOR[path]}), got .+", refused.value.problem)
    assert ("`null`" in refused.value.problem) is (" no " in case or "nothing" in case)


@pytest.mark.parametrize("case", NOT_CHECKED)
def test_a_verb_refuses_what_is_of_another_type_even_if_there_is_nothing_to_do(case: str) -> None:
    with pytest.raises(InvalidValue):
        NOT_CHECKED[case]()
