"""What a constructor takes for ids and names: plain text, and any collection of plain text.

These are converters of attrs fields. They refuse nothing: what they cannot convert they leave as it is, and the check
of the field refuses it in its turn, so that of several faults the first one is reported. They return `Any`, because
only the field says which kind of id or name it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from withdraw_guard._values.checks import in_order
from withdraw_guard._values.limits import COUNT_MAX

# Text is a collection of its letters, and a mapping one of its names.
_NOT_MEANT: Final = (str, bytes, bytearray, memoryview, Mapping)


def text_or_none(given: str | None) -> Any:
    """Return the text or none."""
    return given


def in_a_tuple(given: Collection[str]) -> Any:
    """Return a collection as a tuple, in its order; a set is sorted, so that every machine sees the same order."""
    names = _names(given)
    return given if names is None else names


def in_a_set(given: Collection[str]) -> Any:
    """Return a collection as a frozen set."""
    kind: type = type(given)
    names = None if kind is frozenset else _names(given)
    if names is None:
        return given
    # Anything but text need not even have a hash.
    return frozenset(names) if all(type(name) is str for name in names) else names


def _names(given: object) -> tuple[object, ...] | None:
    """Return what is in a collection, or none if it is no collection of names."""
    if isinstance(given, _NOT_MEANT) or not isinstance(given, Collection):
        return None
    collection = cast("Collection[str]", given)
    try:
        # Longer ones are refused in any case, and some, such as a range, would take all memory.
        return tuple(in_order(collection)) if len(collection) <= COUNT_MAX else None
    except Exception:
        # A collection of another library is foreign code: it may raise anything.
        return None
