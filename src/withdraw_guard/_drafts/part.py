"""A document in parts: each value with its place in the text, so that a fault can be shown and corrected there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias, final

import attrs

from withdraw_guard._values.errors import join_path, member_path
from withdraw_guard._wire.plain import Json

Scalar: TypeAlias = "str | int | float | bool | None"
Step: TypeAlias = "str | int"


@final
@attrs.define(eq=False)
class Part:
    """One value of a document: where it begins and ends in the text, and the same of its name if it is a member."""

    begin: int
    end: int
    value: Scalar | list[Part] | dict[str, Part]
    name: tuple[int, int] | None = None
    is_block: bool = False
    """Whether it is a mapping or a list of YAML that stands in lines, without brackets."""
    is_cut: bool = False
    """Whether the text ends inside it."""

    def plain(self) -> Json:
        """Return the value as plain data."""
        if isinstance(self.value, dict):
            return {name: part.plain() for name, part in self.value.items()}
        if isinstance(self.value, list):
            return [part.plain() for part in self.value]
        return self.value

    def children(self) -> Iterator[tuple[Step, Part]]:
        """Yield the members or the items, each with its name or index."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        else:
            yield from enumerate(self.value if isinstance(self.value, list) else ())


@final
@attrs.frozen
class Trail:
    """The way from the document to a part: the steps and the parts on it, and the name of a member that is missing."""

    steps: tuple[Step, ...]
    parts: tuple[Part, ...]
    missing: str | None = None

    @property
    def owner(self) -> Part:
        """The object or the list that the last step leads out of."""
        return self.parts[-1] if self.missing is not None or len(self.parts) == 1 else self.parts[-2]


def piece(step: Step) -> str:
    """Return a step as a piece of a path."""
    return f"[{step}]" if isinstance(step, int) else member_path(step)


def find(document: Part, path: str) -> Trail:
    """Follow a path as far as it leads; the rest of it is the name of a missing member."""
    steps: list[Step] = []
    parts, walked = [document], ""
    while walked != path:
        following = _following(parts[-1], walked, path)
        if following is None:
            missing = path[len(walked) :].lstrip(".")
            return Trail(tuple(steps), tuple(parts), missing)
        step, part, walked = following
        steps.append(step)
        parts.append(part)
    return Trail(tuple(steps), tuple(parts))


def _following(part: Part, walked: str, path: str) -> tuple[Step, Part, str] | None:
    for step, child in part.children():
        reached = join_path(walked, piece(step))
        if path == reached or path.startswith((f"{reached}.", f"{reached}[")):
            return step, child, reached
    return None


def built(value: Json, like: Part) -> Part:
    """Return a part with this value, at the place of another one."""
    if isinstance(value, dict):
        members = {name: built(child, like) for name, child in value.items()}
        return Part(like.begin, like.end, members, like.name)
    if isinstance(value, list):
        return Part(like.begin, like.end, [built(child, like) for child in value], like.name)
    return Part(like.begin, like.end, value, like.name)
