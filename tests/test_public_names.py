"""The public path of a name is its identity: private files may move, and pickles of yesterday stay readable."""

from __future__ import annotations

import copy
import importlib
import pickle
import pickletools
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from types import FunctionType

import attrs
import pytest

import withdraw_guard
from withdraw_guard import (
    Account,
    AppealSubmitted,
    EventRefused,
    SecurityEvent,
    VerificationStarted,
    analysis,
    apply,
    check,
    policies,
)

PUBLIC = [
    "",
    ".wire",
    ".messages",
    ".problem",
    ".diagram",
    ".policies",
    ".calendars",
    ".analysis",
    ".backtest",
    ".testing",
    ".intake",
    ".steps",
    ".stories",
]
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def public_members() -> Iterator[tuple[str, object]]:
    """Every class, function and kind of id that a public module exports, by its path."""
    for suffix in PUBLIC:
        module = importlib.import_module(f"withdraw_guard{suffix}")
        own = [name for name, member in vars(module).items() if getattr(member, "__module__", "") == module.__name__]
        for name in getattr(module, "__all__", own):
            member = getattr(module, name)
            if isinstance(member, type | FunctionType | typing.NewType):
                yield f"{module.__name__}.{name}", member


MEMBERS = dict(public_members())
EVENT = SecurityEvent(id="e1", account="a1", at=MONDAY, trigger="abnormal_activity", initiated_by="system")
APPLIED = apply(
    policies.BINANCE,
    Account(id="a1"),
    EVENT,
    VerificationStarted(
        id="e2", account="a1", at=MONDAY, hold="e1:abnormal-activity", method=withdraw_guard.methods.IDENTITY_PERSONAL
    ),
)


def refusal() -> EventRefused:
    with pytest.raises(EventRefused) as refused:
        apply(
            policies.BINANCE,
            APPLIED.account,
            AppealSubmitted(id="e3", account="a1", at=MONDAY, hold="e1:abnormal-activity", documents=frozenset()),
        )
    return refused.value


VALUES = [
    policies.BINANCE,
    EVENT,
    EVENT.context,
    APPLIED,
    check(APPLIED.account, MONDAY),
    check(Account(id="a2"), MONDAY),
    refusal(),
    analysis.compare(policies.BINANCE, policies.KRAKEN),
    analysis.prove(policies.BINANCE),
    analysis.way_out(APPLIED.account, MONDAY),
    policies.GALLERY["binance"],
]


def modules_named_in(pickled: bytes) -> set[str]:
    """The modules that reading the pickle imports: of protocol 0 and 1 they are spelled in one opcode."""
    named = [argument for opcode, argument, _ in pickletools.genops(pickled) if opcode.name == "GLOBAL"]
    return {argument.split(" ")[0] for argument in named}


def test_there_are_public_members() -> None:
    assert {"withdraw_guard.Account", "withdraw_guard.check", "withdraw_guard.AccountId"} <= set(MEMBERS)
    assert {"withdraw_guard.wire.parse", "withdraw_guard.analysis.Witness", "withdraw_guard.steps.Wait"} <= set(MEMBERS)


@pytest.mark.parametrize("path", MEMBERS)
def test_a_public_name_carries_a_public_path(path: str) -> None:
    member = MEMBERS[path]
    named = f"{member.__module__}.{member.__name__}"
    assert MEMBERS[named] is member


@pytest.mark.parametrize(
    "path", [path for path, member in MEMBERS.items() if isinstance(member, type) and attrs.has(member)]
)
def test_the_types_of_a_public_class_can_be_read(path: str) -> None:
    """A class that was given another path is no longer where its annotations were written."""
    hints = typing.get_type_hints(MEMBERS[path])
    assert not [hint for hint in hints.values() if isinstance(hint, str)]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_pickle_names_public_paths_only(value: object) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)).__class__ is type(value)
    named = modules_named_in(pickle.dumps(value, 1))
    assert any(module.startswith("withdraw_guard") for module in named)
    assert [module for module in named if "._" in module] == []


def test_a_copy_is_equal() -> None:
    account = APPLIED.account
    assert copy.deepcopy(account) == copy.copy(account) == pickle.loads(pickle.dumps(account)) == account
