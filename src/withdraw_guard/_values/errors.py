"""The errors of construction: one kind, one line, with the path to the fault.

This module imports nothing of the library. A value that cannot exist raises `InvalidValue`. An event that cannot be
applied raises `EventRefused`, which is in `_model/refusal.py` because it carries the event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, final

_SHOWN_MAX: Final = 60
_PLAIN_MEMBER: Final = "[A-Za-z_][A-Za-z0-9_-]{0,127}"


class GuardError(Exception):
    """The base of every refusal of this library. If you catch it, deny: a guard that raises does not allow."""


@final
class InvalidValue(GuardError, ValueError):
    """A value that cannot exist.

    `path` leads to the fault (`rules[2].clearance.attempts`), `problem` says what was wrong with it.
    Nothing was constructed and nothing changed: correct the value and construct it again.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem

    def within(self, parent: str) -> InvalidValue:
        """Return the same fault, with the path of the parent before its own."""
        return InvalidValue(join_path(parent, self.path), self.problem)


def join_path(parent: str, child: str) -> str:
    """Join two pieces of a path: `rules[2]` and `duration` make `rules[2].duration`."""
    if not parent or not child or child.startswith("["):
        return parent + child
    return f"{parent}.{child}"


def member_path(name: str) -> str:
    """Return a member's name as a piece of a path; any but a plain word is quoted, shortened and escaped."""
    return name if re.fullmatch(_PLAIN_MEMBER, name) else f"[{shown(name)}]"


# What JSON calls a value is shown as JSON writes it, because the reader may have written it there.
_IN_JSON: Final[Mapping[type, str]] = {type(None): "`null`", dict: "an object", list: "a list"}


def shown(value: object) -> str:
    """Show a refused value in one short line of ASCII.

    Only plain text, numbers and booleans are shown as they are. Anything else is shown by its type, because its own
    `repr` may be long, secret or hostile.
    """
    kind: type = type(value)
    if kind in _IN_JSON:
        return _IN_JSON[kind]
    if kind not in (str, int, bool, float):
        return f"a `{ascii(kind.__name__)[1:-1][:_SHOWN_MAX]}`"
    if type(value) is int and value.bit_length() > 256:
        return "a whole number of more than 256 bits"
    text = value if type(value) is str else str(value).lower()
    line = ascii(text)[1:-1]
    return f"`{line}`" if len(line) <= _SHOWN_MAX else f"`{line[:_SHOWN_MAX]}…`"
