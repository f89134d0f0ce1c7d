"""A value that is made without validation equals the value that its constructor makes of the same members."""

from __future__ import annotations

import ast
import copy
import gc
import pickle
import re
import weakref
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import get_args, get_type_hints

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import withdraw_guard
from bench.journal import journals
from bench.ours import prepared
from digest_journal import REQUESTS, handle
from reference.journals import Story, random_story
from reference.story import ACCOUNT, START
from withdraw_guard import (
    Account,
    Allowed,
    Applied,
    Denied,
    EventRefused,
    Hold,
    InvalidValue,
    Phase,
    apply,
    check,
    evolve,
    next_change_at,
    open_holds,
    phase,
    policies,
    wire,
)
from withdraw_guard._model import unchecked
from withdraw_guard._values.value import Value

SOURCE = Path(withdraw_guard.__file__).parent


def checked(value: Value) -> Value:
    """The same members through the constructors, all the way down."""
    return pickle.loads(pickle.dumps(value))


def assert_as_checked(value: Value) -> None:
    twin = checked(value)
    assert twin == value
    assert hash(twin) == hash(value)
    assert list(derived(twin)) == list(derived(value))


def derived(value: object) -> Iterator[object]:
    """Every field, also those that take no part in equality."""
    if isinstance(value, Hold):
        yield value.until
        yield value.end
    if isinstance(value, tuple):
        for item in value:
            yield from derived(item)
    elif attrs.has(type(value)) and isinstance(value, Value):
        for field in attrs.fields(type(value)):
            if field.init:
                yield from derived(getattr(value, field.name))


# ── What `apply` derives ─────────────────────────────────────────────────────────────────────────────────────────


def test_everything_that_comes_of_the_journal_of_the_comparison_is_as_the_constructors_make_it() -> None:
    for number, entries in enumerate(journals(60)):
        account, steps = prepared(number, entries)
        for step in steps:
            if isinstance(step, datetime):
                assert_as_checked(check(account, step))
                continue
            try:
                applied = apply(policies.BINANCE, account, step)
            except EventRefused:
                continue
            assert_as_checked(applied)
            account = applied.account


def test_everything_that_comes_of_the_digested_journal_is_as_the_constructors_make_it() -> None:
    for policy, event, made, account in handle():
        assert_as_checked(account)
        if isinstance(made, EventRefused):
            continue
        for change in made:
            assert_as_checked(change)
        for request in REQUESTS:
            assert_as_checked(check(account, event.at, request))
        del policy


def test_a_change_that_is_followed_comes_to_what_evolve_makes_of_it() -> None:
    for number, entries in enumerate(journals(60)):
        account, steps = prepared(number, entries)
        for step in steps:
            if isinstance(step, datetime):
                continue
            try:
                applied = apply(policies.BINANCE, account, step)
            except EventRefused:
                continue
            for change in applied.changes:
                account = evolve(account, change)
            assert account == applied.account
            assert list(derived(account)) == list(derived(applied.account))


def test_two_modules_and_no_other_pass_by_the_constructors() -> None:
    users = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_set = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == "__class__"
            is_made_of_text = isinstance(node, ast.Name) and node.id in ("compile", "eval", "exec")
            if is_set or is_made_of_text or (isinstance(node, ast.Attribute) and node.attr == "__new__"):
                users.add(path.relative_to(SOURCE).as_posix())
    assert users == {"_model/unchecked.py", "_answers/decision.py"}


def declarations() -> dict[str, tuple[list[object], type[Value]]]:
    """The members and the class of every constructor without validation, as its annotation states them."""
    hints = get_type_hints(unchecked)
    return {name: (list(get_args(hint)[0]), get_args(hint)[1]) for name, hint in hints.items() if name[0] != "_"}


def test_every_constructor_without_validation_is_declared() -> None:
    callables = {name for name, made in vars(unchecked).items() if getattr(made, "__name__", None) == "construct"}
    assert callables == set(declarations())
    assert len(callables) == 20


@pytest.mark.parametrize("name", declarations())
def test_a_declaration_states_the_types_of_the_fields_in_their_order(name: str) -> None:
    members, cls = declarations()[name]
    types = get_type_hints(cls)
    assert members == [types[field.name] for field in attrs.fields(cls)]
    assert name == re.sub("(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


@pytest.mark.parametrize("name", declarations())
def test_a_constructor_without_validation_fills_the_fields_in_their_order_and_freezes_them(name: str) -> None:
    members, cls = declarations()[name]
    made = getattr(unchecked, name)(*range(len(members)))
    assert type(made) is cls
    assert [getattr(made, field.name) for field in attrs.fields(cls)] == list(range(len(members)))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(made, attrs.fields(cls)[0].name, "something else")
    with pytest.raises(TypeError):
        getattr(unchecked, name)(*range(len(members) - 1))


# ── What an answer computes when it is read ─────────────────────────────────────────────────────────────────────


def told(story: Story) -> Iterator[Applied]:
    """What was applied of a story, event by event."""
    account = Account(id=ACCOUNT)
    policies_in_force = [wire.policy_from_dict(policy) for policy in story.policies]
    for version, event in story.steps:
        with suppress(EventRefused, InvalidValue):
            applied = apply(policies_in_force[version], account, wire.event_from_dict(event))
            account = applied.account
            yield applied


@given(seed=st.integers(0, 2**32), chance=st.randoms(use_true_random=False))
def test_an_answer_says_what_the_verbs_say_under_any_policy(seed: int, chance: Random) -> None:
    account = Account(id=ACCOUNT)
    for applied in told(random_story(Random(seed))):
        assert_as_checked(applied)
        account = applied.account
    at = START + timedelta(hours=chance.choice((0, 1, 5, 24, 48, 100)))
    for request in REQUESTS:
        answer = check(account, at, request)
        assert (answer.account, answer.at, answer.request) == (account.id, at, request)
        assert answer.phase is phase(account, at)
        if isinstance(answer, Denied):
            assert answer.holds == tuple(hold for hold in open_holds(account, at) if hold in answer.holds) != ()
            ends = [hold.end for hold in account.holds if hold.id in {each.id for each in answer.holds}]
            assert answer.resumes_at == (None if None in ends else max(end for end in ends if end is not None))
        assert_as_checked(answer)


def denied() -> tuple[Account, Denied]:
    account, steps = prepared(0, journals(1)[0])
    for step in steps:
        if not isinstance(step, datetime):
            account = apply(policies.BINANCE, account, step).account
            answer = check(account, step.at)
            if isinstance(answer, Denied):
                return account, answer
    raise AssertionError("nothing is denied")


@pytest.mark.parametrize("look", [repr, hash, copy.copy, copy.deepcopy, checked], ids=lambda look: look.__name__)
def test_an_answer_that_was_not_read_is_the_same_as_one_that_was(look) -> None:
    (account, unread), (_, read) = denied(), denied()
    assert read.holds
    assert read.phase
    assert look(unread) == look(read)
    assert unread == read
    assert check(account, unread.at) == read


def test_what_an_answer_computes_is_kept_and_the_account_is_not() -> None:
    account, answer = denied()
    watched = weakref.ref(account)
    assert answer.holds is answer.holds
    del account
    gc.collect()
    assert watched() is None


def test_nothing_that_attrs_shows_of_an_answer_is_the_account() -> None:
    account, answer = denied()
    assert [field.name for field in attrs.fields(Allowed)] == ["account", "at", "request", "phase"]
    assert [field.name for field in attrs.fields(Denied)] == [*attrs.asdict(answer)]
    assert attrs.asdict(answer)["account"] == account.id
    assert attrs.asdict(answer) == attrs.asdict(checked(answer))
    assert attrs.evolve(answer, at=answer.at) == answer


def test_an_answer_has_no_other_names() -> None:
    account, no = denied()
    yes = check(account, no.at + timedelta(days=4_000))
    assert isinstance(yes, Allowed)
    for answer, name in ((yes, "resumes_at"), (yes, "holds"), (no, "until"), (no, "__deepcopy__")):
        with pytest.raises(AttributeError, match=f"'{type(answer).__name__}' object has no attribute '{name}'"):
            getattr(answer, name)


def test_an_answer_that_is_made_by_hand_equals_the_answer_about_an_account() -> None:
    _, answer = denied()
    made = Denied(**{field.name: getattr(answer, field.name) for field in attrs.fields(Denied)})
    assert (made, hash(made), repr(made)) == (answer, hash(answer), repr(answer))


def test_an_answer_is_as_immutable_after_it_was_read_as_before() -> None:
    _, answer = denied()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        answer.phase = Phase.ACTIVE  # type: ignore[misc]
    assert answer.phase is Phase.SUSPENDED
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        answer.phase = Phase.ACTIVE  # type: ignore[misc]


def test_the_answer_to_a_question_of_the_host_reads_no_account_that_was_changed_meanwhile() -> None:
    """An account is immutable, so what an answer works out later is what it would have worked out at once."""
    account, answer = denied()
    upcoming = next_change_at(account, answer.at)
    assert upcoming is not None
    late = answer.resumes_at
    assert checked(check(account, answer.at)).resumes_at == late
    with pytest.raises(InvalidValue):
        check(account, "now")  # type: ignore[arg-type]
