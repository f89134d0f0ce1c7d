"""What a noun cannot hold is refused, with its path and its reason, whatever a hostile value does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from good_values import GOOD, good, name_of
from hostile_values import HOSTILE
from refused_values import REFUSED, Row, row_id
from withdraw_guard import (
    Account,
    Actor,
    ActorKind,
    Hold,
    Identity,
    IdentityChanged,
    InvalidValue,
    LiftedBy,
    OpenHold,
    Progress,
    Request,
    Rule,
    Scope,
    State,
)


def test_the_exact_word_is_taken_for_its_member() -> None:
    assert good(Rule, lifted_by="all").lifted_by is LiftedBy.ALL
    assert good(Actor, kind="admin").kind is ActorKind.ADMIN
    assert good(IdentityChanged, identity="personal").identity is Identity.PERSONAL
    assert good(OpenHold, state="review").state is State.REVIEW


def assert_refused(row: Row) -> None:
    cls, members, path, words = row
    try:
        good(cls, **members)
    except InvalidValue as error:
        refused = error
    else:
        pytest.fail(f"{row_id(row)} was taken")
    assert (refused.path, words in refused.problem) == (path, True), row_id(row) + f" met: {refused}"
    assert "\n" not in str(refused)
    assert len(str(refused)) < 400


@pytest.mark.parametrize("cls", sorted({row[0] for row in REFUSED}, key=name_of), ids=name_of)
def test_what_cannot_be_is_refused_with_its_path_and_its_reason(cls: type[Any]) -> None:
    for row in REFUSED:
        if row[0] is cls:
            assert_refused(row)


@pytest.fixture
def validators_switched_off() -> Iterator[None]:
    """Somebody else in this process has switched the validators of attrs off."""
    before = attrs.validators.get_disabled()
    attrs.validators.set_disabled(True)
    yield
    attrs.validators.set_disabled(before)


@pytest.mark.usefixtures("validators_switched_off")
def test_switching_the_validators_of_attrs_off_changes_nothing() -> None:
    assert attrs.validators.get_disabled()
    for row in REFUSED:
        assert_refused(row)


def test_every_field_of_every_noun_is_met_by_some_refusal() -> None:
    met = {(cls, field) for cls, members, _, _ in REFUSED for field in members}
    # A Request takes any destination; the rest is a header like its neighbours'.
    unmet = {(cls, field) for cls in GOOD for field in GOOD[cls]} - met - {(Request, "destination")}
    assert {(cls, field) for cls, field in unmet if field not in ("id", "account", "at", "event")} == set()


LEAKS = {
    (Scope, "operations", "evil"): "Scope compares before it looks at the type",
    (Progress, "failures", "a huge number"): "a tally has no limit, so its repr raises",
    (Progress, "appeals", "a huge number"): "a tally has no limit, so its repr raises",
}


def assert_harmless(cls: type[Any], field: str, kind: str) -> None:
    about = f"{name_of(cls)}.{field}: {kind}"
    try:
        value = good(cls, **{field: HOSTILE[kind]})
    except InvalidValue as error:
        refused = error
    else:
        # What was taken can be compared, hashed and shown.
        twin = good(cls, **{field: HOSTILE[kind]})
        assert (value == twin, hash(value) == hash(twin), len(repr(value)) < 10_000) == (True, True, True), about
        return
    assert refused.path.startswith(field) or cls in (Progress, Hold), about
    assert "\n" not in str(refused), about
    assert len(str(refused)) < 400, about


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_a_hostile_value_does_it_ends_in_an_invalid_value(kind: str) -> None:
    for cls in GOOD:
        for field in GOOD[cls]:
            if (cls, field, kind) not in LEAKS:
                assert_harmless(cls, field, kind)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: f"{name_of(leak[0])}.{leak[1]}: {leak[2]}, {LEAKS[leak]}")
def test_what_once_leaked_ends_in_an_invalid_value(leak: tuple[type[Any], str, str]) -> None:
    assert_harmless(*leak)


def test_the_name_of_a_hostile_class_cannot_break_the_line() -> None:
    with pytest.raises(InvalidValue) as refused:
        Account(id=type("x\nERROR forged line", (), {})())
    assert "\n" not in str(refused.value)


def test_the_same_fault_is_told_alike_under_every_hash_seed() -> None:
    script = """if True:
        from withdraw_guard import InvalidValue, Scope
        try:
            Scope(operations=frozenset("ABCDEFGH"))
        except InvalidValue as error:
            print(error)
    """
    told = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(6)
    }
    assert len(told) == 1
