"""What a line is that is no event in the wire format: the shapes that people have, and what reads each of them."""

import codecs
import json
from typing import Any, Final, cast

from withdraw_guard._wire.json import refuse_depth

# The members that tell a message of a known sender, and the source that reads it.
_SOURCES: Final = (
    ({"specversion", "source", "id"}, "a CloudEvent", "cloudevents"),
    ({"op", "after"}, "a change event of Debezium", "debezium"),
    ({"aggregateid", "payload"}, "a row of an outbox", "outbox"),
    ({"realmId", "type"}, "an event of Keycloak", "keycloak"),
    ({"jti", "events"}, "a security event token", "signals"),
)
_OKTA: Final = {"eventType", "published", "target"}
_OWN_SOURCE: Final = "describe it in a source of your own, and `convert --map` that file"


def shape_of(number: int, line: bytes) -> str | None:
    """Say what the first unreadable line looks like and what reads such lines, or nothing if it is not known."""
    shape = _shape_of(line.strip())
    return None if shape is None else f"line {number} looks like {shape}"


def _shape_of(line: bytes) -> str | None:
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16: save the file as UTF-8"
    if line.startswith(b"["):
        return "the beginning of a JSON array, but a journal has one event on each line, as `jq -c '.[]'` writes them"
    message = _object_in(line)
    if message is None:
        is_csv = line.count(b",") > 1 and b"{" not in line
        return f"CSV: {_OWN_SOURCE}" if is_csv else None
    for members, what, source in _SOURCES:
        if members <= message.keys():
            return f"{what}: `convert --map {source}` makes events of such lines"
    if message.keys() >= _OKTA:
        return f"an entry of the system log of Okta: {_OWN_SOURCE}"
    return _event_in(message, message.get("at"))


def _event_in(message: dict[str, Any], at: object) -> str | None:
    if type(at) is int:
        return f"an event whose instant is a number: {_OWN_SOURCE}, with the unit of the instant"
    if type(at) is str and at.startswith("1970-01-"):
        return "an event whose instant counts seconds, read as if they were milliseconds: correct the unit"
    if type(at) is str and " " in at:
        return f"an event whose instant is written as databases do: {_OWN_SOURCE}, with the unit `text`"
    if type(message.get("account")) is int:
        return f"an event whose account is a number: {_OWN_SOURCE}"
    return None


def _object_in(line: bytes) -> dict[str, Any] | None:
    """Return the object of a line. The strict reader has refused the line already; here its shape is enough."""
    try:
        text = line.decode()
        refuse_depth(text)
        document: object = json.loads(text)
    except ValueError:
        return None
    return cast("dict[str, Any]", document) if type(document) is dict else None
