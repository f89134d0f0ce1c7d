"""A read-only mapping that is hashable; copies go through the constructor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn, TypeVar, cast

from withdraw_guard._values.errors import InvalidValue, shown

V_co = TypeVar("V_co", covariant=True)


class Frozen(Mapping[str, V_co]):
    """Values by name, in the order in which they were given; the order is no part of equality."""

    __slots__ = ("_by_name", "_hash")

    _by_name: Mapping[str, V_co]
    _hash: int

    def __init__(self, items: Mapping[str, V_co]) -> None:
        object.__setattr__(self, "_by_name", dict(items))
        object.__setattr__(self, "_hash", hash(frozenset(items.items())))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"`{type(self).__name__}` is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"`{type(self).__name__}` is immutable")

    def __getitem__(self, name: str) -> V_co:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return repr(self._by_name)

    def __reduce__(self) -> tuple[type[Frozen[V_co]], tuple[dict[str, V_co]]]:
        return type(self), (dict(self._by_name),)


def members_by_name(path: str, given: object) -> dict[str, object]:
    """Return a copy of a mapping whose names are text; refuse anything else."""
    if not isinstance(given, Mapping):
        raise InvalidValue(path, f"must be a mapping, got {shown(given)}")
    try:
        copied = dict(cast("Mapping[object, object]", given))
    except Exception as error:
        # A mapping of another library is foreign code: it may raise anything.
        raise InvalidValue(path, "must be a mapping that can be read") from error
    by_name = {name: value for name, value in copied.items() if type(name) is str}
    if len(by_name) != len(copied):
        raise InvalidValue(path, "must have text for every name")
    return by_name
