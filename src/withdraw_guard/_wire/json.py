"""JSON text, read strictly into plain data: nothing is guessed, repaired or dropped.

The standard reader keeps the last of two equal names, accepts NaN and lone surrogates, and recurses into deep nesting.
Here each of these is refused, with the path to it. Deep nesting is refused before the standard reader sees the text,
because a small stack would overflow and end the process.
"""

from __future__ import annotations

import json
import re
from functools import reduce
from itertools import accumulate
from typing import Final, NamedTuple, TypeAlias, final

from withdraw_guard._values.errors import InvalidValue, join_path, member_path, shown
from withdraw_guard._values.limits import JSON_DEPTH_MAX, JSON_LENGTH_MAX
from withdraw_guard._wire.plain import Json

_INFINITY: Final = float("inf")
_WHITESPACE: Final = " \t\n\r"
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# An unclosed string ends with the text, so the search is linear.
_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NO_BRACKETS: Final = re.compile(r"[^\[\]{}]+")
_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def parse(text: str) -> Json:
    """Read one JSON document of at most 16 million characters and 32 levels.

    Raises `InvalidValue` for duplicate names, NaN and infinities, lone surrogates, and for anything that is not JSON.
    """
    if type(text) is not str:
        raise InvalidValue("", f"must be JSON text, got {shown(text)}")
    if len(text) > JSON_LENGTH_MAX:
        raise InvalidValue("", f"must be at most {JSON_LENGTH_MAX} characters of JSON, got {len(text)}")
    refuse_depth(text)
    try:
        return _read_plain(text)
    except ValueError:
        return _read_with_care(text)


def _read_plain(text: str) -> Json:
    """Read a text without any fault, as nearly all are. Raises `ValueError` if there may be one."""
    if "\\u" in text or _has_lone_surrogate(text):
        raise ValueError("there may be lone surrogates")
    trimmed = text.strip(_WHITESPACE)
    document: Json
    document, end = _PLAIN.raw_decode(trimmed)
    if end < len(trimmed):
        raise ValueError("there is more than one document")
    return document


def _read_with_care(text: str) -> Json:
    """Read a text that may have a fault. Raises `InvalidValue` with the path to the first one."""
    try:
        document: Json = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise InvalidValue("", f"must be JSON: {error.msg.lower()} at column {error.pos + 1}") from None
    except ValueError as error:
        # The interpreter limits the digits of a whole number; JSON does not.
        raise InvalidValue("", f"must be JSON that can be read: {str(error).partition(';')[0].lower()}") from None
    _refuse_faults(document)
    return document


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("there are duplicate keys")
    return members


def _number(text: str) -> float:
    number = float(text)
    if number in (_INFINITY, -_INFINITY):
        raise ValueError("there is a number that is too great")
    return number


def _no_constant(name: str) -> Json:
    raise ValueError(f"there is `{name}`")


_PLAIN: Final = json.JSONDecoder(object_pairs_hook=_members, parse_float=_number, parse_constant=_no_constant)


def refuse_depth(text: str) -> None:
    """Refuse JSON text of more than 32 levels, before a reader recurses into it."""
    if text.count("[") + text.count("{") <= JSON_DEPTH_MAX:
        return
    depths = accumulate(map(_STEPS.__getitem__, _NO_BRACKETS.sub("", _without_strings(text))))
    if any(depth > JSON_DEPTH_MAX for depth in depths):
        raise InvalidValue("", f"must be at most {JSON_DEPTH_MAX} levels deep")


def _without_strings(text: str) -> str:
    # A text without escapes alternates between strings and the rest.
    return _STRING.sub("", text) if "\\" in text else "".join(text.split('"')[::2])


@final
class _Fault:
    """Replaces a faulty part of the document until its path is known."""

    def __init__(self, problem: str) -> None:
        self.problem = problem


Node: TypeAlias = "Json | _Fault"


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json] | _Fault:
    members: dict[str, Json] = {}
    for name, value in pairs:
        if name in members:
            return _Fault(f"must not have two members of one name, got {shown(name)} twice")
        members[name] = value
    return members


def _constant(name: str) -> _Fault:
    return _Fault(f"must be a number, got `{name}`")


@final
class _Position(NamedTuple):
    """The position of a value: its parent, and its name or index there. The path is written only for a fault."""

    parent: _Position | None
    step: str | int

    def path(self) -> str:
        """Write the path from the document to this value."""
        steps: list[str] = []
        position = self
        while position.parent is not None:
            steps.append(f"[{position.step}]" if type(position.step) is int else member_path(str(position.step)))
            position = position.parent
        return reduce(join_path, reversed(steps), "")


def _refuse_faults(document: Node) -> None:
    """Refuse the first fault in the order of the text. The walk is a loop, because recursion needs a deep stack."""
    pending: list[tuple[_Position, Node]] = [(_Position(None, ""), document)]
    while pending:
        position, value = pending.pop()
        problem = _fault_of(value)
        if problem is not None:
            raise InvalidValue(position.path(), problem)
        if isinstance(value, dict):
            pending.extend((_Position(position, name), child) for name, child in reversed(value.items()))
        elif isinstance(value, list):
            children = enumerate(reversed(value), start=1)
            pending.extend((_Position(position, len(value) - count), child) for count, child in children)


def _fault_of(value: Node) -> str | None:
    """Return what is wrong with this value itself, or none."""
    if isinstance(value, _Fault):
        return value.problem
    if isinstance(value, dict) and any(_has_lone_surrogate(name) for name in value):
        return "must not have a member whose name contains a lone surrogate"
    if isinstance(value, str) and _has_lone_surrogate(value):
        return "must not contain a lone surrogate"
    if isinstance(value, float) and value in (_INFINITY, -_INFINITY):
        return "must be a number of at most 1.8e308, positive or negative"
    return None


def _has_lone_surrogate(text: str) -> bool:
    return not text.isascii() and _LONE_SURROGATE.search(text) is not None
