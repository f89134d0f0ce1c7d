"""What a hostile or careless host may pass for any member: it raises when looked at, or is equal to everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Evil:
    """Whatever is asked of it, it raises."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    def __hash__(self) -> int:
        raise RuntimeError("no hash")

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __str__(self) -> str:
        raise RuntimeError("no str")

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")

    def __iter__(self) -> Iterator[object]:
        raise RuntimeError("no items")

    def __len__(self) -> int:
        raise RuntimeError("no length")


class Hashable(Evil):
    """Evil that can be put into a set, and is equal to everything there."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class EvilText(str):
    """Text that is equal to everything."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("any")


class EvilNumber(int):
    def __lt__(self, other: object) -> bool:
        return True

    def __le__(self, other: object) -> bool:
        return True


class EvilDuration(timedelta):
    def __lt__(self, other: object) -> bool:
        return True


class EvilSet(frozenset[str]):
    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("no items")


class EvilTuple(tuple[object, ...]):
    __slots__ = ()

    def __iter__(self) -> Iterator[object]:
        raise RuntimeError("no items")


class EvilMapping(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        raise RuntimeError("no facts")

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


class Foreign(StrEnum):
    ANY = "any"


HOSTILE: dict[str, object] = {
    "evil": Evil(),
    "evil but hashable": Hashable(),
    "evil text": EvilText("any"),
    "evil number": EvilNumber(3),
    "evil duration": EvilDuration(hours=1),
    "evil set": EvilSet({"a"}),
    "evil tuple": EvilTuple(("a",)),
    "evil in a tuple": (Evil(),),
    "evil in a set": frozenset({Hashable()}),
    "evil text in a set": frozenset({EvilText("any")}),
    "evil text in a tuple": (EvilText("any"),),
    "a foreign word": Foreign.ANY,
    "a class": Evil,
    "a function": lambda: None,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a huge number": 10**5_000,
    "a long text": "x" * 100_000,
    "a long text of quotes": "'" * 1_000 + '"' * 1_000,
    "an exception": RuntimeError("boom"),
    "an enumeration": Foreign,
    "a complex number": 1j,
    "bytes": b"\xff" * 1_000,
    "a deep list": [[[[]]]],
    "a range": range(10**9),
    "not implemented": NotImplemented,
    "an ellipsis": ...,
    "an evil mapping": EvilMapping(),
    "evil facts": {"a": Evil()},
    "facts of an evil name": {EvilText("a"): 1},
}
