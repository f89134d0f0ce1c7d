"""JSON text, read strictly into plain data: nothing is guessed, repaired or dropped.

The standard reader keeps the last of two equal keys, accepts NaN and lone surrogates and recurses into deep nesting.
Here each of these is refused, with the path to it; the nesting before the reader sees the text, because a reader that
runs out of stack takes the process with it where the stack is small.
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
# An unclosed string reaches to the end, so nothing is read twice.
_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NO_BRACKETS: Final = re.compile(r"[^\[\]{}]+")
_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def parse(text: str) -> Json:
    """Read one JSON document of at most 16 million characters and 32 levels.

    Raises `InvalidValue` for duplicate keys, NaN and infinities, lone surrogates and whatever else is not JSON.
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
    """Read what has no fault at all, as nearly every text does. Raises `ValueError` for one that may have some."""
    if "\\u" in text or _has_lone_surrogate(text):
        raise ValueError("there may be lone surrogates")
    trimmed = text.strip(_WHITESPACE)
    document: Json
    document, end = _PLAIN.raw_decode(trimmed)
    if end < len(trimmed):
        raise ValueError("there is more than one document")
    return document


def _read_with_care(text: str) -> Json:
    """Read a text that may have a fault, and say where it is."""
    try:
        document: Json = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise InvalidValue("", f"must be JSON: {error.msg.lower()} at column {error.pos + 1}") from None
    except ValueError as error:
        # The interpreter limits the digits of an integer; JSON does not.
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
        raise ValueError("there is a number that cannot be kept")
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
    """Stands where the text was at fault, until the path to it is known."""

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
class _Place(NamedTuple):
    """Where a value stands: below which other place, and by what name or index. The path is written when asked for."""

    parent: _Place | None
    step: str | int

    def path(self) -> str:
        """Write the path from the outermost value to this one."""
        steps: list[str] = []
        place = self
        while place.parent is not None:
            steps.append(f"[{place.step}]" if type(place.step) is int else member_path(str(place.step)))
            place = place.parent
        return reduce(join_path, reversed(steps), "")


def _refuse_faults(document: Node) -> None:
    """Walk the document without recursion and refuse the first fault, in the order of the text."""
    pending: list[tuple[_Place, Node]] = [(_Place(None, ""), document)]
    while pending:
        place, value = pending.pop()
        problem = _problem_of(value)
        if problem is not None:
            raise InvalidValue(place.path(), problem)
        if isinstance(value, dict):
            pending.extend((_Place(place, name), child) for name, child in reversed(value.items()))
        elif isinstance(value, list):
            children = enumerate(reversed(value), start=1)
            pending.extend((_Place(place, len(value) - count), child) for count, child in children)


def _problem_of(value: Node) -> str | None:
    """Tell what JSON, or its reader, allows and we do not."""
    if isinstance(value, _Fault):
        return value.problem
    if isinstance(value, dict) and any(_has_lone_surrogate(name) for name in value):
        return "must not have a member whose name contains a lone surrogate"
    if isinstance(value, str) and _has_lone_surrogate(value):
        return "must not contain a lone surrogate"
    if isinstance(value, float) and value in (_INFINITY, -_INFINITY):
        return "must be a number that can be kept"
    return None


def _has_lone_surrogate(text: str) -> bool:
    return not text.isascii() and _LONE_SURROGATE.search(text) is not None
