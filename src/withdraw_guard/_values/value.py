"""Base class of all values: final, compared by exact type; copies go through the constructor.

Subclasses are forbidden because equality, and with it safety, rests on exact types. Pickling and copying go through
the constructor, so that bytes from elsewhere meet the same checks as any other input.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs


class Value:
    """The base of every immutable value. Use `@final @attrs.frozen(kw_only=True, repr=False)` on each class."""

    __slots__ = ("__weakref__",)

    def __init_subclass__(cls) -> None:
        if cls.__bases__ != (Value,):
            raise TypeError(f"`{cls.__bases__[0].__name__}` is final: compose it, do not inherit from it")

    def __repr__(self) -> str:
        # The text that attrs writes. Here once, because compiling it for each class was a seventh of the import.
        members = (f"{name}={getattr(self, name)!r}" for name in _shown_names(type(self)))
        return f"{type(self).__qualname__}({', '.join(members)})"

    def __reduce__(self) -> tuple[Callable[[], Value], tuple[()]]:
        # A pickle names what it calls, and that must not be a private function.
        return partial(type(self), **members_of(self)), ()


def members_of(value: Value) -> dict[str, object]:
    """Return what the constructor took, by name; what was derived from it is left out."""
    return {name: getattr(value, name) for name in _member_names(type(value))}


def settle(value: Value, field: str, settled: object) -> None:
    """Give a field of a value that is being constructed its normal form."""
    object.__setattr__(value, field, settled)


def _member_names(cls: type[Value]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in fields_of(cls) if attribute.init)


def _shown_names(cls: type[Value]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in fields_of(cls) if attribute.repr)


def fields_of(cls: Any) -> tuple[attrs.Attribute[Any], ...]:
    """Return the fields of a class of values, in their order."""
    # `Any`: attrs' own signature wants a class it can prove to be an attrs class, which a base class cannot say.
    return tuple(attrs.fields(cls))
