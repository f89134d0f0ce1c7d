"""What every value of this library shares: nobody may extend it, and a copy is built like the original.

Subclasses are forbidden because equality, and with it safety, rests on exact types. Pickling and copying go
through the constructor, so that bytes from elsewhere meet the same checks as any other input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs


class Value:
    """The base of every immutable value. Use `@final @attrs.frozen(kw_only=True)` on each class that has it."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if cls.__bases__ != (Value,):
            raise TypeError(f"`{cls.__bases__[0].__name__}` is final: compose it, do not inherit from it")

    def __reduce__(self) -> tuple[Callable[..., Value], tuple[type[Value], dict[str, object]]]:
        return _rebuild, (type(self), members_of(self))


def members_of(value: Value) -> dict[str, object]:
    """Return what the constructor took, by name; what was derived from it is left out."""
    return {name: getattr(value, name) for name in _member_names(type(value))}


def settle(value: Value, field: str, settled: object) -> None:
    """Give a field of a value that is being constructed its normal form."""
    object.__setattr__(value, field, settled)


def _member_names(cls: Any) -> tuple[str, ...]:
    # `Any`: attrs' own signature wants a class it can prove to be an attrs class, which a base class cannot say.
    return tuple(attribute.name for attribute in attrs.fields(cls) if attribute.init)


def _rebuild(cls: type[Value], members: dict[str, object]) -> Value:
    return cls(**members)
