"""A table over a closed vocabulary has a row for every word."""

from __future__ import annotations

import re

import pytest

from withdraw_guard import Identity, Repeat
from withdraw_guard._values.complete import complete


def test_a_complete_table_is_returned_in_its_own_order() -> None:
    table = {Identity.BUSINESS: 2, Identity.PERSONAL: 1}
    assert list(complete(Identity, table).items()) == list(table.items())


def test_a_table_without_a_row_is_refused_and_every_missing_word_is_named() -> None:
    expected = "the table over `Repeat` has no row for KEEP, SEPARATE"
    with pytest.raises(AssertionError, match=re.escape(expected)):
        complete(Repeat, {Repeat.EXTEND: 1})


def test_a_complete_table_cannot_be_changed() -> None:
    given = {Identity.PERSONAL: 1, Identity.BUSINESS: 2}
    table = complete(Identity, given)
    given[Identity.PERSONAL] = 3
    assert table[Identity.PERSONAL] == 1
    with pytest.raises(TypeError):
        table[Identity.PERSONAL] = 4  # type: ignore[index]
