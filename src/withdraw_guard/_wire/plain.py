"""Plain data: of exact types only, because a subclass may compare as it likes."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

from withdraw_guard._values.errors import InvalidValue, shown

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""Plain data: what `json.loads` gives and `json.dumps` takes."""
Members: TypeAlias = dict[str, Json]
"""The members of a JSON object, by name."""

_TEXT: Final = frozenset({str})
# The last version without back references, which depend on more than the data.
_MARSHAL_VERSION: Final = 2


def members_in(data: Any) -> Members:
    """Return the members of a plain object. It is the object itself: change nothing in it."""
    # `Any`, because its type is checked here.
    if type(data) is not dict:
        raise InvalidValue("", f"must be an object, got {shown(data)}")
    members = cast("Members", data)
    if not _TEXT.issuperset(map(type, members)):
        raise InvalidValue("", "must be an object with text for names")
    return members


def members_of(data: object, schema: str) -> Members:
    """Return a copy of the members of a document of that schema, without the member that names it."""
    members = {**members_in(data)}
    if "schema" not in members:
        raise InvalidValue("schema", "is missing")
    given = members.pop("schema")
    if type(given) is not str or given != schema:
        raise InvalidValue("schema", f"must be `{schema}`, got {shown(given)}")
    return members


def exact_bytes(data: Any) -> bytes:
    """Return bytes that are the same for the same data, in the same order and of the same exact types, and only then.

    Of data that is not plain they are empty. `==` takes `1` for `true`, and `json.dumps` takes a subclass for its base
    class; marshal does neither, and needs a quarter of the time.
    """
    # `Any`, because that is what marshal takes.
    try:
        return marshal.dumps(data, _MARSHAL_VERSION)
    except ValueError:
        return b""


def copier_of(document: Members) -> Callable[[], Members]:
    """Return a function that copies a document. Its lists contain scalars only; a copy shares no object and no list."""
    objects = [(name, copier_of(part)) for name, part in document.items() if isinstance(part, dict)]
    lists = [(name, part) for name, part in document.items() if isinstance(part, list)]

    def copied() -> Members:
        copy = {**document}
        for name, copied_part in objects:
            copy[name] = copied_part()
        for name, part in lists:
            copy[name] = [*part]
        return copy

    return copied
