"""A table over a closed vocabulary has a row for every word, or its module does not import."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

E = TypeVar("E", bound=enum.Enum)
V = TypeVar("V")


def complete(words: type[E], table: Mapping[E, V]) -> Mapping[E, V]:
    """Return a read-only copy of the table; raise `AssertionError` if words have no row, and name each of them."""
    missing = [word.name for word in words if word not in table]
    if missing:
        raise AssertionError(f"the table over `{words.__name__}` has no row for {', '.join(missing)}")
    return MappingProxyType(dict(table))
