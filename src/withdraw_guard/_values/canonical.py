"""One text for one value: its wire form as JSON in the canonical form of RFC 8785, so that it can be hashed.

Members are sorted by their UTF-16 code units, and there is no white space. The core writes this form by itself, because
a fingerprint must not depend on an optional library. RFC 8785 knows integers of up to 53 bits. A longer one, which only
a fact can be, is written in full, because two policies that differ must not have one fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias, cast

from withdraw_guard._values.time import write_duration, write_instant
from withdraw_guard._values.value import Value, members_of

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"


def canonical(value: object) -> str:
    """Return the canonical JSON of a value, or of the members of one by name."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _sorted(members: Mapping[str, object]) -> dict[str, Plain]:
    return {name: _plain(members[name]) for name in sorted(members, key=_utf_16)}


def _utf_16(name: str) -> bytes:
    return name.encode("utf-16-be")


def _plain(value: object) -> Plain:
    match value:
        case Value():
            return _sorted(members_of(value))
        case Mapping():
            return _sorted(cast("Mapping[str, object]", value))
        case tuple():
            return [_plain(item) for item in cast("tuple[object, ...]", value)]
        case frozenset():
            return [_plain(item) for item in sorted(cast("frozenset[str]", value))]
        case datetime():
            return write_instant(value)
        case timedelta():
            return write_duration(value)
        case StrEnum():
            return value.value
        case str() | int() | None:
            return value
        case _:
            raise AssertionError("a value of a policy has no wire form")
