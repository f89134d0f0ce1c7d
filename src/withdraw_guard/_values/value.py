"""What every value of this library shares: nobody may extend it, and a copy is built like the original.

Subclasses are forbidden because equality, and with it safety, rests on exact types. Pickling and copying go
through the constructor, so that bytes from elsewhere meet the same checks as any other input.

What the library itself derives from values that were checked needs no second look, and a second look is most of what
an event costs. `draft_of` is how such a value is written without one. Only `unchecked.py` and `decision.py` use it, a
test says so, and others compare everything they make with what the constructors make of the same members.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs


class Value:
    """The base of every immutable value. Use `@final @attrs.frozen(kw_only=True, repr=False)` on each class."""

    # Here and not in each class, so that a value and its draft have the same layout.
    __slots__ = ("__weakref__",)

    def __init_subclass__(cls) -> None:
        if cls.__bases__ != (Value,):
            raise TypeError(f"`{cls.__bases__[0].__name__}` is final: compose it, do not inherit from it")

    def __repr__(self) -> str:
        # As attrs writes it, and here once: compiling it for each class was a seventh of the import.
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


def draft_of(cls: type[Value]) -> Callable[[], Any]:
    """Return what makes a draft of such a value: it has the same fields, all of them empty, and may still be changed.

    Fill every field, then say `draft.__class__ = cls`: now it is the value, and nobody can change it any more. Django
    copies its queries like this. It is to Python as if the value had been born so: nobody has seen the draft, and
    therefore an interpreter without a global lock need not stop its threads for it (CPython gh-145566).
    """
    return type(f"{cls.__name__}Draft", (Value,), {"__slots__": vars(cls)["__slots__"]})


def _member_names(cls: type[Value]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in _fields_of(cls) if attribute.init)


def _shown_names(cls: type[Value]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in _fields_of(cls) if attribute.repr)


def _fields_of(cls: Any) -> tuple[attrs.Attribute[Any], ...]:
    # `Any`: attrs' own signature wants a class it can prove to be an attrs class, which a base class cannot say.
    return tuple(attrs.fields(cls))
