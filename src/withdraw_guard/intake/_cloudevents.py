"""CloudEvents 1.0.2 in JSON: which objects are one, and what a batch contains.

Written from the specification and its JSON event format, as of 2026-07. An attribute that is null is absent. The data
is given back as it stands, because only the source knows what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from withdraw_guard._values.errors import InvalidValue, member_path, shown
from withdraw_guard._values.time import read_instant
from withdraw_guard._wire.plain import Json, Members, members_in

_REQUIRED: Final = ("id", "source", "specversion", "type")
_OPTIONAL: Final = ("datacontenttype", "dataschema", "subject", "time")
_NAME: Final = re.compile(r"(?a)[a-z0-9]+|data_base64")
_MEDIA_TYPE: Final = re.compile(r"(?a)[\w!#$&^.+-]+/[\w!#$&^.+-]+\s*(?:;.*)?", re.DOTALL)
_INTEGER_MAX: Final = 2**31


def cloudevents_in(payload: Json) -> Iterator[tuple[str, Members]]:
    """Yield each event with its path. Raises `InvalidValue` for what is no CloudEvent."""
    if type(payload) is list:
        for index, item in enumerate(payload):
            yield f"[{index}]", _cloudevent(f"[{index}]", item)
    else:
        yield "", _cloudevent("", payload)


def _cloudevent(path: str, payload: Json) -> Members:
    try:
        event = {name: value for name, value in members_in(payload).items() if name == "data" or value is not None}
        _check_attributes(event)
    except InvalidValue as fault:
        raise fault.within(path) from None
    return event


def _check_attributes(event: Members) -> None:
    for name in _REQUIRED:
        if name not in event:
            raise InvalidValue(name, "is missing")
    for name, value in event.items():
        if not _NAME.fullmatch(name):
            raise InvalidValue(member_path(name), "must be named in lower-case letters and digits")
        if name in (*_REQUIRED, *_OPTIONAL) and (type(value) is not str or not value):
            raise InvalidValue(name, f"must be text, got {shown(value)}")
        if name not in ("data", "data_base64") and not _is_attribute(value):
            raise InvalidValue(name, f"must be text, a whole number of 32 bits or a boolean, got {shown(value)}")
    if event["specversion"] != "1.0":
        raise InvalidValue("specversion", f"must be `1.0`, got {shown(event['specversion'])}")
    if "time" in event:
        read_instant("time", event["time"])
    if not _MEDIA_TYPE.fullmatch(str(event.get("datacontenttype", "a/b"))):
        raise InvalidValue("datacontenttype", f"must be a media type, got {shown(event['datacontenttype'])}")
    if "data" in event and "data_base64" in event:
        raise InvalidValue("data_base64", "must not stand beside `data`")


def _is_attribute(value: Json) -> bool:
    return type(value) in (str, bool) or (type(value) is int and -_INTEGER_MAX <= value < _INTEGER_MAX)
