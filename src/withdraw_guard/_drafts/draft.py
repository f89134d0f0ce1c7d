"""The bytes of a file as a policy, or everything that is wrong with them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._drafts.faults import mistakes_of
from withdraw_guard._drafts.json_text import json_parts
from withdraw_guard._drafts.mistake import Mistake
from withdraw_guard._drafts.part import Part
from withdraw_guard._model.events import EventType
from withdraw_guard._model.policy import POLICY_SCHEMA, Policy
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import JSON_LENGTH_MAX
from withdraw_guard._wire.plain import Json
from withdraw_guard.wire import parse, policy_from_dict

ReadParts: TypeAlias = Callable[[str], tuple[Part | None, tuple[Mistake, ...]]]

BEGIN: Final = "`withdraw-guard new-policy` prints a policy to begin with"
_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_YAML_NAME: Final = re.compile(r".*\.ya?ml", re.IGNORECASE)
_YAML_BEGIN: Final = re.compile(r"(?:\s*#[^\n]*\n|\s)*(?:---|%YAML|[A-Za-z_$][\w$]*[ ]*:(?:\s|\Z))")
# The members that tell what a message is, and the source that reads it.
_MESSAGES: Final = (
    ({"specversion", "source"}, "CloudEvents", "cloudevents"),
    ({"op", "after"}, "change events of Debezium", "debezium"),
    ({"realmId", "type"}, "events of Keycloak", "keycloak"),
    ({"jti", "events"}, "security event tokens", "signals"),
    ({"eventType", "published"}, "events of Okta", "FILE"),
)
_OTHER_FORMS: Final = ("withdraw-guard/account/", "withdraw-guard/stories/", "withdraw-guard/source/")
_EVENTS: Final = frozenset(kind.value for kind in EventType)


@final
@attrs.frozen(kw_only=True)
class Faulty:
    """A text that is no policy, with everything that is wrong with it."""

    text: str
    mistakes: tuple[Mistake, ...]


def is_yaml(name: str, text: str) -> bool:
    """Whether a file is meant as YAML: by its name, or because it begins as no JSON does."""
    return bool(_YAML_NAME.fullmatch(name) or _YAML_BEGIN.match(text))


def read_policy(name: str, document: bytes, yaml_parts: ReadParts) -> Policy | Faulty:
    """Read the bytes of a file of that name. `yaml_parts` reads YAML; it is called for YAML only."""
    text, mistakes = text_in(document)
    if text is None:
        return Faulty(text="", mistakes=mistakes)
    if not mistakes and not is_yaml(name, text):
        try:
            return policy_from_dict(parse(text))
        except InvalidValue as fault:
            return _faulty(text, json_parts, (), fault)
    if not mistakes:
        part, slips = yaml_parts(text)
        if part is not None and not slips:
            try:
                return policy_from_dict(part.plain())
            except InvalidValue as fault:
                return _faulty(text, yaml_parts, (), fault)
    return _faulty(text, yaml_parts if is_yaml(name, text) else json_parts, mistakes, None)


def text_in(document: bytes) -> tuple[str | None, tuple[Mistake, ...]]:
    """Decode a document: UTF-8, with or without a byte order mark. UTF-16 is read on, and refused."""
    if len(document) > JSON_LENGTH_MAX:
        return None, (_at_begin(f"must be at most {JSON_LENGTH_MAX} bytes"),)
    for mark, encoding in _UTF_16.items():
        if document.startswith(mark):
            problem = "is UTF-16, and must be UTF-8"
            advice = "save the file again, and choose UTF-8 as its encoding"
            return document[2:].decode(encoding, "replace"), (_at_begin(problem, advice),)
    try:
        return document.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = document.count(b"\n", 0, error.start) + 1
        problem = f"must be UTF-8, got the byte 0x{document[error.start]:02x} in line {line}"
        return None, (_at_begin(problem, "save the file again, and choose UTF-8 as its encoding"),)


def _at_begin(problem: str, *advice: str) -> Mistake:
    return Mistake(path="", problem=problem, begin=0, end=0, advice=advice)


def _faulty(text: str, read_parts: ReadParts, mistakes: tuple[Mistake, ...], fault: InvalidValue | None) -> Faulty:
    part, slips = read_parts(text)
    if other := _another_document(text, part):
        return Faulty(text=text, mistakes=(other,))
    if (part is None or part.value is None) and not slips:
        slips = (_at_begin("is empty", BEGIN),)
    found = (*mistakes, *slips, *(() if part is None else mistakes_of(part, text)))
    if not found and fault is not None:
        found = (Mistake(path=fault.path, problem=fault.problem, begin=0, end=0),)
    return Faulty(text=text, mistakes=found)


def _another_document(text: str, part: Part | None) -> Mistake | None:
    """Say what a document is, if it is not meant as a policy."""
    document = None if part is None else part.plain()
    first: Json = document[0] if isinstance(document, list) and document else document
    begin = len(text) - len(text.lstrip())
    line, _, rest = text[begin:].partition("\n")
    said: tuple[str, str] | None = None
    if isinstance(first, dict):
        said = _another_object(first, isinstance(document, list))
    elif "," in line and line[0] not in "{[" and rest.partition("\n")[0].count(",") == line.count(","):
        said = "is CSV, and no policy", "`withdraw-guard convert --csv` reads messages in CSV"
    if said is None:
        return None
    problem, advice = said
    return Mistake(path="", problem=problem, begin=begin, end=begin + len(line), advice=(advice,))


def _another_object(first: dict[str, Json], is_in_list: bool) -> tuple[str, str] | None:
    schema, kind = first.get("schema"), first.get("type")
    if isinstance(schema, str) and schema.startswith(_OTHER_FORMS):
        return f"is a document of the form {shown(schema)}, and a policy has {shown(POLICY_SCHEMA)}", BEGIN
    if not first.keys().isdisjoint(("schema", "rules", "version")):
        return None
    if kind in _EVENTS and is_in_list:
        advice = "with each event in a line of its own it is a journal, and `withdraw-guard replay` reads it"
        return "is a list of events, and no policy", advice
    if kind in _EVENTS:
        return "is a journal of events, and no policy", "`withdraw-guard replay` reads a journal"
    for members, what, source in _MESSAGES:
        if members <= first.keys():
            own = ", with a source of your own in FILE" if source == "FILE" else ""
            return f"has {what}, and no policy", f"`withdraw-guard convert --map {source}` makes a journal of them{own}"
    return None
