"""Facts are compared by type and value, never change, and leave out what does not fit where a host asks for that."""

from __future__ import annotations

import copy
import pickle
from types import MappingProxyType
from typing import Any

import pytest

from good_values import good
from withdraw_guard import Facts, InvalidValue, Rule, SecurityEvent


def test_facts_are_compared_by_type_and_value() -> None:
    assert Facts({"a": True}) != Facts({"a": 1})
    assert Facts({"a": False}) != Facts({"a": 0})
    assert Facts({"a": "1"}) != Facts({"a": 1})
    assert len({Facts({"a": True}), Facts({"a": 1}), Facts({"a": "1"})}) == 3
    assert good(Rule, where={"a": True}) != good(Rule, where={"a": 1})
    assert good(SecurityEvent, context={"a": True}) != good(SecurityEvent, context={"a": 1})
    assert Facts({"a": True}) != {"a": 1}
    assert Facts({"a": True}) != {"a": 1}
    assert Facts({"a": 1}) != [("a", 1)]


def test_facts_are_a_mapping_whose_order_does_not_matter() -> None:
    one, other = Facts({"b": 2, "a": 1}), Facts({"a": 1, "b": 2})
    assert (one, hash(one), repr(one)) == (other, hash(other), repr(other))
    assert (list(one), len(one), one["b"], dict(one)) == (["a", "b"], 2, 2, {"a": 1, "b": 2})
    assert one == MappingProxyType({"a": 1, "b": 2})
    assert Facts() == Facts({}) == {}
    with pytest.raises(KeyError):
        one["c"]


def test_facts_survive_pickling_and_copying() -> None:
    facts = Facts({"a": True, "b": "x"})
    for twin in (pickle.loads(pickle.dumps(facts)), copy.copy(facts), copy.deepcopy(facts)):
        assert (twin, hash(twin), type(twin)) == (facts, hash(facts), Facts)
    rebuild, (members,) = facts.__reduce__()
    with pytest.raises(InvalidValue):
        rebuild({**members, "a": 1.5})


def test_facts_that_are_facts_already_are_kept() -> None:
    facts = Facts({"a": 1})
    assert good(Rule, where=facts).where is facts


def test_facts_that_do_not_fit_are_left_out() -> None:
    """A fact that is absent matches, so what is left out never lets money go."""
    given = {"fits": True, "agent": "x" * 1_025, "amount": 1.5, "big": 2**63, 7: "no name", "": "no name either"}
    assert Facts.clipped(given) == Facts({"fits": True})
    assert Facts.clipped(Facts({"a": 1})) == Facts({"a": 1})
    many = {f"f{number:03}": number for number in range(70)}
    assert sorted(Facts.clipped(many)) == sorted(many)[:64]
    with pytest.raises(InvalidValue):
        Facts.clipped("text")  # type: ignore[arg-type]


def test_facts_cannot_be_extended() -> None:
    with pytest.raises(TypeError):
        type("Evil", (Facts,), {})


def test_nothing_changes_facts() -> None:
    facts = Facts({"a": 1})
    with pytest.raises(AttributeError):
        facts._by_name = {}
    with pytest.raises(AttributeError):
        del facts._by_name
    assert facts == {"a": 1}


@pytest.mark.parametrize(("cls", "field"), [(Rule, "where"), (SecurityEvent, "context")])
def test_nothing_is_not_facts(cls: type[Any], field: str) -> None:
    with pytest.raises(InvalidValue):
        good(cls, **{field: None})
