"""What stands at a path of a message: texts, instants, ids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from withdraw_guard._values.checks import check_identifier
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import IDENTIFIER_LENGTH_MAX
from withdraw_guard._values.time import read_instant, utc
from withdraw_guard._wire.plain import Json
from withdraw_guard.intake._source import PRESENT, Source, Unit

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Later seconds than these are after the year 2200, so a greater number counts milliseconds.
_SECONDS_MAX: Final = 7_300_000_000
_MILLISECONDS_MIN: Final = 100_000_000_000
_TEXT: Final = re.compile(
    r"(?a)(?P<day>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,9}))? ?"
    r"(?P<offset>Z|(?P<hours>[+-]\d\d)(?::?(?P<minutes>\d\d))?)?"
)
_DIGITS: Final = re.compile(r"(?a)\d{1,15}")
_SHORTENED: Final = re.compile("~[0-9a-f]{64}")
_KEPT: Final = IDENTIFIER_LENGTH_MAX - 65


def at_path(message: Json, path: str) -> Json:
    """Return what stands at the path, or none. The empty path leads to the message itself."""
    if not path:
        return message
    if isinstance(message, dict) and "." not in path:
        return message.get(path)
    found: Json = message
    for name in path.split("."):
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and name.isdecimal() and len(name) < 4 and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def text_at(message: Json, path: str) -> str | None:
    """Return the text at the path, or none. A whole number is written as text; so is a boolean, as JSON writes it."""
    return _as_text(at_path(message, path))


def _as_text(found: Json) -> str | None:
    if type(found) is bool:
        return "true" if found else "false"
    if type(found) is int and found.bit_length() <= 64:
        return str(found)
    return found if type(found) is str else None


def required_text(message: Json, path: str) -> str:
    """Return the text at the path. Raises `InvalidValue` if there is none."""
    found = text_at(message, path)
    if not found:
        raise InvalidValue(path, f"must be text, got {shown(at_path(message, path))}")
    return found


def holds(message: Json, conditions: Mapping[str, Collection[str]]) -> bool:
    """Whether each condition holds: one of its texts stands at its path."""
    for path, texts in conditions.items():
        found = at_path(message, path)
        if _as_text(found) not in texts and ("" if found is None else PRESENT) not in texts:
            return False
    return True


# ── Ids ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def joined_id(parts: Collection[str]) -> str:
    """Return one id for the parts: another one for other parts, and never longer than an id may be."""
    *before, last = parts
    # Only the last part may contain a space, so that two lists of parts never make one text.
    text = " ".join([*(part.replace("%", "%25").replace(" ", "%20") for part in before), last])
    return safe_id(text)


def safe_id(text: str) -> str:
    """Return the text itself, if it is an id; else its beginning and its hash."""
    try:
        check_identifier("", text)
    except InvalidValue:
        return _shortened(text)
    # A text that looks shortened might be the id of another one.
    return _shortened(text) if _SHORTENED.fullmatch(text[-65:]) else text


def _shortened(text: str) -> str:
    beginning = "".join(sign for sign in text[:_KEPT] if sign.isascii() and sign.isprintable())
    return f"{beginning}~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def id_of(source: Source, message: Json) -> str:
    """Return the id of the message. The first member that the source names must be there."""
    first, *others = source.event_id
    return joined_id([required_text(message, first), *(text_at(message, path) or "-" for path in others)])


# ── Instants ─────────────────────────────────────────────────────────────────────────────────────────────────────


def instant_of(source: Source, message: Json, received_at: datetime) -> datetime:
    """Return the instant of the message: of the first member that is there, or that of the receipt."""
    for path in source.at:
        found = at_path(message, path)
        if found is not None:
            return read_unit(path, found, source.unit, source.zone)
    if source.dated_by_receipt:
        return received_at
    raise InvalidValue(source.at[0] if source.at else "at", "is missing")


def read_unit(path: str, found: Json, unit: Unit, zone: str | None) -> datetime:
    """Read an instant in the unit of the source. Raises `InvalidValue` if it is none between 2000 and 2200."""
    if unit is Unit.RFC3339:
        is_plain = type(found) is str and found[10:11] == "T" and found[-1:] == "Z" and " " not in found
        return utc(path, read_instant(path, _as_rfc3339(found, None) if is_plain else found))
    if unit is Unit.TEXT:
        return utc(path, read_instant(path, _as_rfc3339(found, zone)))
    if type(found) is str and _DIGITS.fullmatch(found):
        found = int(found)
    return read_number(path, found, milliseconds=unit is Unit.MILLISECONDS)


def read_number(path: str, found: Json, *, milliseconds: bool) -> datetime:
    """Read seconds or milliseconds since 1970."""
    most = _SECONDS_MAX * (1000 if milliseconds else 1)
    if not isinstance(found, int | float) or type(found) is bool or not 0 <= found <= most:
        what = "milliseconds" if milliseconds else "seconds"
        raise InvalidValue(path, f"must be a number of {what} since 1970, got {shown(found)}")
    elapsed = timedelta(milliseconds=found) if milliseconds else timedelta(seconds=found)
    return utc(path, _EPOCH + elapsed)


def counts_milliseconds(found: Json) -> bool:
    """Whether a number is too great to count seconds."""
    return isinstance(found, int | float) and found >= _MILLISECONDS_MIN


def _as_rfc3339(found: Json, zone: str | None) -> Json:
    parts = _TEXT.fullmatch(found) if type(found) is str else None
    if parts is None:
        return found
    offset = f"{parts['hours']}:{parts['minutes'] or '00'}" if parts["hours"] else parts["offset"] or zone or ""
    fraction = f".{parts['fraction'][:6]:0<6}" if parts["fraction"] else ""
    # In this form it is read fastest.
    return f"{parts['day']}T{parts['time']}{fraction}{'Z' if offset == '+00:00' else offset}"
