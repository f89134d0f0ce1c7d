"""What every value of this library shares: nobody may extend it, and a copy is built like the original.

Subclasses are forbidden because equality, and with it safety, rests on exact types. Pickling and copying go
through the constructor, so that bytes from elsewhere meet the same checks as any other input.

What the library itself derives from values that were checked needs no second look, and a second look is most of what
an event costs. `slots_of` fills the fields of such a value without one. Only `_trusted.py` and `_answers.py` use it, a
test says so, and others compare everything they make with what the constructors make of the same members.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import attrs

V = TypeVar("V", bound="Value")


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


class _Blank(Protocol):
    def __call__(self, cls: type[V], /) -> V: ...


blank: Final[_Blank] = object.__new__
"""Return a value of that class whose fields are empty, to be filled at once."""


def slots_of(cls: type[Value]) -> tuple[Callable[[Value, object], None], ...]:
    """Return what fills each field of a blank value, in the order of the fields.

    Take all of them apart in one assignment: then a field that is added to the class cannot be forgotten.
    """
    return tuple(vars(cls)[attribute.name].__set__ for attribute in _fields_of(cls))


def _member_names(cls: type[Value]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in _fields_of(cls) if attribute.init)


def _fields_of(cls: Any) -> tuple[attrs.Attribute[Any], ...]:
    # `Any`: attrs' own signature wants a class it can prove to be an attrs class, which a base class cannot say.
    return tuple(attrs.fields(cls))


def _rebuild(cls: type[Value], members: dict[str, object]) -> Value:
    return cls(**members)
