"""Every noun is final, frozen and equal by its members alone; copies and pickles go through the constructor."""

from __future__ import annotations

import copy
import pickle
from datetime import timedelta
from typing import Any

import attrs
import pytest

import withdraw_guard as g
from good_values import (
    BY_DAYS,
    BY_DAYS_RULE,
    CAUSE,
    CHOSEN_RULE,
    COUNTED_RULE,
    GOOD,
    HOLD,
    HOUR,
    NAMED_RULE,
    NINE,
    RULE,
    SEVENTEEN,
    SUPPORTED,
    TICK,
    each_noun,
    good,
    held,
    in_appeal,
    in_review,
    name_of,
    separate_holds,
    trigger,
)
from refused_values import RULED_OUT, Row, row_id
from withdraw_guard import Account, InAppeal, InvalidValue, Policy, PolicyRef, Repeat, Rule, Suspended, steps
from withdraw_guard._model.hold import Dropped
from withdraw_guard._values.value import Value
from withdraw_guard.policies import BINANCE


def test_every_noun_has_a_good_example() -> None:
    for cls, members in GOOD.items():
        assert set(members) == {attribute.name for attribute in attrs.fields(cls) if attribute.init}
    # The windows have values of their own, and tests of their own.
    core = {cls.__module__ for cls in GOOD}
    assert set(GOOD) == {cls for cls in Value.__subclasses__() if cls.__module__ in core}
    assert {cls for name in g.__all__ if isinstance(cls := getattr(g, name), type) and attrs.has(cls)} <= set(GOOD)


@each_noun
def test_a_member_that_is_missing_or_unknown_is_a_type_error(cls: type[Any]) -> None:
    with pytest.raises(TypeError, match="nonsense"):
        good(cls, nonsense=1)
    for attribute in attrs.fields(cls):
        if attribute.init and attribute.default is attrs.NOTHING:
            members = {name: value for name, value in GOOD[cls].items() if name != attribute.name}
            with pytest.raises(TypeError, match=attribute.name):
                cls(**members)


@each_noun
def test_a_noun_takes_keywords_only(cls: type[Any]) -> None:
    positional = tuple(GOOD[cls].values()) or (1,)
    with pytest.raises(TypeError, match="positional argument"):
        cls(*positional)


@each_noun
def test_nothing_changes_a_noun(cls: type[Any]) -> None:
    value = good(cls)
    before = repr(value)
    for attribute in attrs.fields(cls):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, attribute.name, None)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(value, attribute.name)
    with pytest.raises(AttributeError):
        value.nonsense = 1
    assert not hasattr(value, "__dict__")
    assert repr(value) == before


@each_noun
def test_a_noun_is_shown_as_attrs_shows_a_class_of_its_fields(cls: type[Any]) -> None:
    value = good(cls)
    shown = [attribute.name for attribute in attrs.fields(cls) if attribute.repr]
    twin = attrs.make_class(cls.__name__, dict.fromkeys(shown, attrs.field()), kw_only=True)
    assert repr(value) == repr(twin(**{name: getattr(value, name) for name in shown}))


@each_noun
def test_a_noun_is_equal_by_value_and_hashable(cls: type[Any]) -> None:
    one, other = good(cls), good(cls)
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1
    assert one != object()
    assert all(one != good(stranger) for stranger in GOOD if stranger is not cls)


def test_nouns_of_different_classes_are_never_equal() -> None:
    assert steps.AwaitReview(due=None) != steps.AwaitAppeal(due=None)
    assert Suspended() != SUPPORTED
    assert PolicyRef(id="p", version="1") != Policy(id="p", version="1", rules=())


@each_noun
def test_a_noun_cannot_be_extended(cls: type[Any]) -> None:
    with pytest.raises(TypeError, match=f"`{cls.__name__}` is final: compose it, do not inherit from it"):
        type("Evil", (cls,), {})


def test_a_noun_cannot_be_mixed_with_another_class() -> None:
    with pytest.raises(TypeError):
        type("Evil", (str, Value), {})


@each_noun
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_noun_survives_pickling(cls: type[Any], protocol: int) -> None:
    value = good(cls)
    thawed = pickle.loads(pickle.dumps(value, protocol))
    assert (thawed, hash(thawed), repr(thawed)) == (value, hash(value), repr(value))


@each_noun
def test_a_noun_survives_copying(cls: type[Any]) -> None:
    value = good(cls)
    for twin in (copy.copy(value), copy.deepcopy(value), attrs.evolve(value)):
        assert (twin, hash(twin), repr(twin)) == (value, hash(value), repr(value))


# What one good example of a noun cannot hold beside the rest.
MORE_GOOD: dict[str, Any] = {
    "a rule whose timer is chosen": CHOSEN_RULE,
    "a rule that counts business days": COUNTED_RULE,
    "a rule about one destination": NAMED_RULE,
    "a rule that keeps its timer": good(Rule, repeat=Repeat.KEEP),
    "a clearance that counts business days": BY_DAYS,
    "a policy that counts business days": good(Policy, rules=(COUNTED_RULE,)),
    "a hold that was chosen": held(CHOSEN_RULE, trigger(until=5)),
    "a hold that was chosen longer": held(CHOSEN_RULE, trigger(until=6)),
    "a hold that was counted": held(COUNTED_RULE, trigger(until=5)),
    "a hold about one destination": held(NAMED_RULE, trigger(until=5), destination_id="bc1q"),
    "a hold about another destination": held(NAMED_RULE, trigger(until=5), destination_id="bc1r"),
    "a hold about no single destination": held(NAMED_RULE, trigger(until=5)),
    "a hold that was joined": held(NAMED_RULE, trigger(until=5), trigger("e3", 1, 6)),
    "a hold of which a trigger was retracted": held(RULE, CAUSE, trigger("e3", 1, settled_at=NINE)),
    "a hold of which every trigger was retracted": held(RULE, trigger(settled_at=NINE + HOUR)),
    "a hold that has dropped a trigger": held(RULE, *SEVENTEEN[:16], dropped=Dropped(latest_at=NINE)),
    "a hold whose review is due": held(BY_DAYS_RULE, progress=in_review(NINE + HOUR + 3 * TICK)),
    "a hold whose appeal is due": held(BY_DAYS_RULE, progress=in_appeal(NINE + HOUR + 3 * TICK)),
    "a hold whose review is never due": held(BY_DAYS_RULE, progress=in_review(None)),
    "an appeal that waits for more": good(InAppeal, submitted_at=None, due=None),
    "an account of separate holds": separate_holds(63),
}


@pytest.mark.parametrize("case", MORE_GOOD)
def test_what_stands_for_more_survives_copying_and_is_equal_to_nothing_else(case: str) -> None:
    value = MORE_GOOD[case]
    for twin in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value), attrs.evolve(value)):
        assert (twin, hash(twin), repr(twin)) == (value, hash(value), repr(value))
    assert [other for other, stranger in MORE_GOOD.items() if stranger == value] == [case]
    assert all(value != good(cls) for cls in GOOD)


def test_a_hold_that_was_thawed_ends_when_its_timer_does() -> None:
    hold = MORE_GOOD["a hold that was joined"]
    thawed = pickle.loads(pickle.dumps(hold))
    assert (thawed.until, thawed.end) == (hold.until, hold.end) == (NINE + 6 * HOUR, NINE + 6 * HOUR)
    assert (MORE_GOOD["a hold whose review is due"].due, MORE_GOOD["a hold whose review is never due"].due) == (
        NINE + HOUR + 3 * TICK,
        None,
    )


def test_what_is_derived_is_derived_again_after_thawing() -> None:
    hold = held(good(Rule), trigger(until=1))
    assert (pickle.loads(pickle.dumps(hold)).until, copy.deepcopy(hold).end) == (hold.until, hold.end)
    policy = pickle.loads(pickle.dumps(BINANCE))
    assert (policy.ref, policy.rules_by_trigger) == (BINANCE.ref, BINANCE.rules_by_trigger)


@pytest.mark.parametrize("cls", GOOD, ids=name_of)
def test_what_is_derived_is_neither_compared_nor_shown(cls: type) -> None:
    derived = {field.name: (field.eq, field.repr) for field in attrs.fields(cls) if not field.init}
    # Rules compare equal whatever they tell; policies do not.
    told = {"public_reasons": (True, False)} if cls is Policy else {}
    assert derived == {**dict.fromkeys(derived, (False, False)), **told}


@pytest.mark.parametrize("row", RULED_OUT, ids=row_id)
def test_a_tampered_pickle_is_refused(row: Row) -> None:
    """What is thawed goes through the constructor, so that bytes from elsewhere meet the same checks."""
    cls, members, path, _ = row
    rebuild, _ = good(cls).__reduce__()
    assert rebuild.func is cls
    with pytest.raises(InvalidValue) as refused:
        rebuild(**members)
    assert refused.value.path == path


def test_the_bytes_of_a_tampered_pickle_are_refused() -> None:
    frozen = pickle.dumps(good(Account), protocol=0)
    assert b"Va1\n" in frozen
    with pytest.raises(InvalidValue, match="id: must not contain control characters"):
        pickle.loads(frozen.replace(b"Va1\n", b"V\\u000a1\n"))


def test_evolving_goes_through_the_constructor() -> None:
    with pytest.raises(InvalidValue, match="duration: must be longer than zero"):
        attrs.evolve(good(Rule), duration=timedelta(0))
    with pytest.raises(TypeError):
        attrs.evolve(HOLD, end=NINE)


def test_an_instance_holds_nothing_that_can_be_changed_from_outside() -> None:
    where: dict[str, Any] = {"a": 1}
    rule = good(Rule, where=where)
    where["a"] = 2
    assert rule.where["a"] == 1
    with pytest.raises(TypeError):
        rule.where["a"] = 2  # type: ignore[index]
    with pytest.raises(TypeError):
        good(Policy).rules_by_trigger["t"] = ()
