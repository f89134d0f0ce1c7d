"""A constructor takes ids and names in any collection, and keeps plain text in plain tuples and sets."""

from __future__ import annotations

from collections import UserList, deque
from collections.abc import Callable
from typing import Any

import pytest

from good_values import good
from refused_values import SETS_OF_NAMES, TUPLES_OF_NAMES
from withdraw_guard import AppealSubmitted, HoldPlaced, Rule, VerificationFailed


@pytest.mark.parametrize("collection", [list, tuple, deque, UserList], ids=lambda collection: collection.__name__)
def test_names_in_any_collection_keep_their_order_and_their_repetitions(collection: Callable[..., Any]) -> None:
    names = ["b", "c", "a", "b"]
    for cls, field in TUPLES_OF_NAMES:
        assert getattr(good(cls, **{field: collection(names)}), field) == ("b", "c", "a", "b")
    for cls, field in SETS_OF_NAMES:
        plain = {"chosen": None, "clearance": None} if cls is Rule else {}
        assert getattr(good(cls, **plain, **{field: collection(names)}), field) == frozenset("abc")


@pytest.mark.parametrize("collection", [set, frozenset, lambda names: dict.fromkeys(names).keys()])
def test_a_set_of_names_is_sorted_where_names_have_an_order(collection: Callable[..., Any]) -> None:
    for cls, field in TUPLES_OF_NAMES:
        assert getattr(good(cls, **{field: collection(["face", "b", "a1", "a"])}), field) == ("a", "a1", "b", "face")


def test_ids_in_any_collection_are_kept() -> None:
    assert good(HoldPlaced, pruned=["e0:r"]).pruned == ("e0:r",)


def test_what_is_converted_is_of_the_exact_class() -> None:
    class Names(tuple[str, ...]):
        __slots__ = ()

    class Several(frozenset[str]):
        pass

    assert type(good(VerificationFailed, reasons=Names("a")).reasons) is tuple
    assert type(good(AppealSubmitted, documents=Several("a")).documents) is frozenset
