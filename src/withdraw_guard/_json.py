"""JSON text, read strictly into plain data: nothing is guessed, repaired or dropped.

The standard reader keeps the last of two equal keys, accepts NaN and lone surrogates and overflows on deep
nesting. Here each of these is refused, with the path to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NoReturn, TypeAlias, final

from withdraw_guard._errors import InvalidValue, join_path, member_path, shown
from withdraw_guard._limits import JSON_DEPTH_MAX, JSON_LENGTH_MAX

_INFINITY: Final = float("inf")

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def parse(text: str) -> Json:
    """Read one JSON document of at most 16 million characters and 32 levels.

    Raises `InvalidValue` for duplicate keys, NaN and infinities, lone surrogates and whatever else is not JSON.
    """
    if type(text) is not str:
        raise InvalidValue("", f"must be JSON text, got {shown(text)}")
    if len(text) > JSON_LENGTH_MAX:
        raise InvalidValue("", f"must be at most {JSON_LENGTH_MAX} characters of JSON, got {len(text)}")
    try:
        document: Json = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except InvalidValue:
        raise
    except json.JSONDecodeError as error:
        raise InvalidValue("", f"must be JSON: {error.msg.lower()} at column {error.pos + 1}") from None
    except RecursionError:
        raise InvalidValue("", f"must be at most {JSON_DEPTH_MAX} levels deep") from None
    except ValueError as error:
        # The interpreter limits the digits of an integer; JSON does not.
        raise InvalidValue("", f"must be JSON that can be read: {str(error).partition(';')[0].lower()}") from None
    for path, problem in _faults(document):
        raise InvalidValue(path, problem)
    return document


@final
class _Duplicate:
    """Stands where an object had two members of one name, until the path to it is known."""

    def __init__(self, name: str) -> None:
        self.name = name


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json] | _Duplicate:
    members: dict[str, Json] = {}
    for name, value in pairs:
        if name in members:
            return _Duplicate(name)
        members[name] = value
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidValue("", f"must be JSON: `{name}` is not a number")


def _faults(document: Json) -> Iterator[tuple[str, str]]:
    """Walk the document without recursion and tell what JSON allows but we do not, in the order of the text."""
    pending: list[tuple[str, int, Json | _Duplicate]] = [("", 0, document)]
    while pending:
        path, depth, value = pending.pop()
        if depth > JSON_DEPTH_MAX:
            yield "", f"must be at most {JSON_DEPTH_MAX} levels deep"
        if isinstance(value, _Duplicate):
            yield path, f"must not have two members of one name, got {shown(value.name)} twice"
        elif isinstance(value, str) and _has_lone_surrogate(value):
            yield path, "must not contain a lone surrogate"
        elif isinstance(value, float) and value in (_INFINITY, -_INFINITY):
            yield path, "must be a number that can be kept"
        pending.extend(reversed(_children(path, depth, value)))


def _children(path: str, depth: int, value: Json | _Duplicate) -> list[tuple[str, int, Json | _Duplicate]]:
    if isinstance(value, dict):
        names: list[tuple[str, int, Json | _Duplicate]] = [(path, depth + 1, name) for name in value]
        return names + [(join_path(path, member_path(name)), depth + 1, child) for name, child in value.items()]
    if isinstance(value, list):
        return [(f"{path}[{index}]", depth + 1, child) for index, child in enumerate(value)]
    return []


def _has_lone_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
