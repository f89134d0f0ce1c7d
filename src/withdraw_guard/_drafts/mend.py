"""What a person probably meant: for a member of a policy, a good value that is close to the given one.

The types of the members say what is good, and the constructors of the policy stay the judges: whoever follows the
advice writes what they accept.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import EnumType, StrEnum
from types import NoneType
from typing import Any, Final, cast, get_args

import attrs

from withdraw_guard._model.calendar import BusinessDay, Calendar
from withdraw_guard._model.policy import POLICY_SCHEMA, Appeal, Chosen, Clearance, Policy, Rule, Scope
from withdraw_guard._values.checks import check_duration, check_name
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import Fact, Facts
from withdraw_guard._values.ids import PolicyId, RuleId, Version
from withdraw_guard._values.limits import (
    BUSINESS_DAYS_MAX,
    COUNT_MAX,
    FACT_INTEGER_MAX,
    FACT_LENGTH_MAX,
    IDENTIFIER_LENGTH_MAX,
    NAMES_MAX,
)
from withdraw_guard._values.time import read_duration, read_instant
from withdraw_guard._values.vocabulary import LiftedBy
from withdraw_guard._wire.plain import Json, Members

_RULE: Final[Members] = {"id": "password-changed", "trigger": "password_changed", "duration": "PT24H"}
_DAY: Final[Members] = {"begins": "2026-01-05T00:00:00Z", "ends": "2026-01-06T00:00:00Z"}
_CLASSES: Final[dict[Any, Members]] = {
    Rule: _RULE,
    Scope: {"operations": "*"},
    Clearance: {"unverified": ["identity_personal"], "verified": ["face_web"]},
    Appeal: {"after_failures": 1},
    Chosen: {"minimum": "PT24H", "maximum": "P7D"},
    Calendar: {"days": [cast("Json", _DAY)]},
    BusinessDay: _DAY,
}
# What to write for a member if nothing can be made of what is given.
EXAMPLES: Final[Members] = {
    "schema": POLICY_SCHEMA,
    "id": "my-policy",
    "version": "1.0.0",
    "trigger": "password_changed",
    "unverified": ["identity_personal"],
    "verified": ["face_web"],
    "releasable_by": ["support"],
    "retractable_by": ["security"],
    "documents": ["id_photo"],
    "operations": "*",
    "maximum": "P7D",
    "public_reason": "security_change",
    "begins": _DAY["begins"],
    "ends": _DAY["ends"],
}
# Words that people write for a member.
_MEANT: Final = {
    "name": "id",
    "event": "trigger",
    "on": "trigger",
    "when": "where",
    "if": "where",
    "condition": "where",
    "conditions": "where",
    "hours": "duration",
    "length": "duration",
    "period": "duration",
    "hold_for": "duration",
    "timer": "duration",
    "released_by": "releasable_by",
    "min": "minimum",
    "max": "maximum",
    "start": "begins",
    "end": "ends",
}
_WORDS_MEANT: Final = {"either": "any", "first": "any", "or": "any", "both": "all", "and": "all", "every": "all"}
_UNITS: Final = (
    (r"s(ec(ond)?s?)?", "PT{}S"),
    (r"m(in(ute)?s?)?", "PT{}M"),
    (r"h(r|rs|our|ours)?", "PT{}H"),
    (r"d(ays?)?", "P{}D"),
    (r"w(eeks?)?", "P{}W"),
)
_LENGTHS: Final = ((r"mo(nths?)?", 30), (r"y(ears?|rs?)?", 365))
_NUMBER_AND_UNIT: Final = re.compile(r"(\d{1,6})[ _-]*([a-z]+)", re.ASCII)
_ISO: Final = re.compile(r"p?t?(\d{1,6})([ymwdhs])", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,4}):00(:00)?", re.ASCII)


def members_of_class(cls: Any) -> tuple[str, ...]:
    """Return the names of the members of a class, as a document has them."""
    names = tuple(field.name for field in attrs.fields(cls) if field.init)
    return ("schema", *names) if cls is Policy else names


def member_type(cls: Any, name: str) -> Any:
    """Return the type of a member, without null."""
    if cls is Policy and name == "schema":
        return str
    return without_null(attrs.fields_dict(cls)[name].type)


def without_null(kind: Any) -> Any:
    """Return a type without null."""
    given = [each for each in get_args(kind) if each is not NoneType]
    return given[0] if NoneType in get_args(kind) and len(given) == 1 else kind


def name_meant(name: str, possible: tuple[str, ...]) -> str | None:
    """Return the member that an unknown name is close to, or none."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_").replace(" ", "_")
    close = get_close_matches(plain, possible, 1, 0.7)
    return close[0] if close else next((meant for meant in [_MEANT.get(plain)] if meant in possible), None)


def example(name: str, kind: Any) -> Json:
    """Return what to write for a member if nothing can be made of what is given."""
    if kind in _CLASSES:
        return dict(_CLASSES[kind])
    if get_args(kind)[:1] == (Rule,):
        return [dict(_RULE)]
    if get_args(kind)[:1] == (BusinessDay,):
        return [dict(_DAY)]
    if kind is RuleId:
        return "my-rule"
    if name in EXAMPLES:
        value = EXAMPLES[name]
        is_item = getattr(kind, "__supertype__", None) is str and name not in (
            "id",
            "version",
            "trigger",
            "public_reason",
        )
        return "withdrawal" if is_item and value == "*" else value[0] if is_item and isinstance(value, list) else value
    if isinstance(kind, EnumType):
        # What is looser is for its author to say.
        return LiftedBy.ALL.value if kind is LiftedBy else str(cast("StrEnum", next(iter(kind))))
    of_kind: dict[Any, Json] = {timedelta: "PT24H", int: 3 if name == "attempts" else 1, Facts: {}}
    return of_kind.get(kind, [])


def mended(name: str, kind: Any, given: Json, raw: str) -> Json:
    """Return a good value that is close to the given one, or the example; a value that is good alone stays the same."""
    close: Json
    if kind is timedelta:
        close = _duration(given, raw)
    elif isinstance(kind, EnumType):
        close = _word(given, [str(word.value) for word in cast("type[StrEnum]", kind)])
    elif kind is int:
        close = _count(name, given, raw)
    elif kind in (PolicyId, Version, RuleId) or getattr(kind, "__supertype__", None) is str:
        close = _name(kind, given, raw)
    elif kind is datetime:
        close = _instant(given)
    elif kind is Facts:
        close = {str(fact): _fact(value) for fact, value in given.items() if fact} if isinstance(given, dict) else None
    elif frozenset in (kind, getattr(kind, "__origin__", None)) or name == "operations":
        close = _names(name, given)
    elif kind == Fact:
        close = _fact(given)
    elif get_args(kind)[:1] in ((Rule,), (BusinessDay,)):
        close = given if isinstance(given, list) else [given] if isinstance(given, dict) else None
    else:
        close = given if isinstance(given, dict) else None
    return example(name, kind) if close is None else close


def _duration(given: Json, raw: str) -> str | None:
    if isinstance(given, str) and _is_duration(given):
        return given
    if isinstance(given, int | float) and not isinstance(given, bool):
        return _if_good(f"PT{raw}H")
    text = str(given).strip().lower()
    if found := _ISO.fullmatch(text):
        number, unit = found[1], found[2]
        return _if_good(_with_unit(number, "min" if unit == "m" and "t" in text else "mo" if unit == "m" else unit))
    if found := _NUMBER_AND_UNIT.fullmatch(text):
        return _if_good(_with_unit(found[1], found[2]))
    if found := _CLOCK.fullmatch(text):
        return _if_good(f"PT{found[1]}H")
    return _if_good(text.upper()) or _if_good(f"PT{text}H")


def _with_unit(number: str, unit: str) -> str:
    for pattern, days in _LENGTHS:
        if re.fullmatch(pattern, unit):
            return f"P{int(number) * days}D"
    return next((form.format(number) for pattern, form in _UNITS if re.fullmatch(pattern, unit)), "")


def _if_good(text: str) -> str | None:
    return text if _is_duration(text) else None


def _is_duration(text: str) -> bool:
    try:
        check_duration("", read_duration("", text))
    except InvalidValue:
        return False
    return True


def _word(given: Json, words: list[str]) -> str | None:
    word = str(given).lower()
    if _WORDS_MEANT.get(word) in words:
        return _WORDS_MEANT[word]
    close = get_close_matches(word, words, 1, 0.7)
    return close[0] if close else None


def _count(name: str, given: Json, raw: str) -> int | None:
    least, most = int(name != "after_failures"), BUSINESS_DAYS_MAX if "business_days" in name else COUNT_MAX
    text = raw.strip("\"' ") if isinstance(given, str) else str(given)
    found = re.fullmatch(r"(\d{1,6})(\.0*)?", text, re.ASCII)
    return None if found is None or isinstance(given, bool) else min(max(int(found[1]), least), most)


def _name(kind: Any, given: Json, raw: str) -> str | None:
    if not isinstance(given, str):
        given = raw if isinstance(given, int | float) and not isinstance(given, bool) else ""
    if kind in (PolicyId, Version):
        text = "".join(sign for sign in given if sign.isprintable())[:IDENTIFIER_LENGTH_MAX]
    else:
        join = "-" if kind is RuleId else "_"
        spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", given).lower().replace("2fa", "two_factor")
        text = join.join(re.findall(r"[a-z0-9]+", spaced))[:IDENTIFIER_LENGTH_MAX].lstrip("0123456789-_")
    return text or None


def _names(name: str, given: Json) -> Json:
    if name == "operations" and given in ("*", "all", "any", ["*"]):
        return "*"
    texts = given if isinstance(given, list) else [given]
    if given in (None, []) and name != "operations":
        return []
    meant = [_name(None, text, "") for text in texts if isinstance(text, str)]
    return cast("Json", [*dict.fromkeys(text for text in meant if text)][:NAMES_MAX]) or None


def name_is_good(text: Json) -> bool:
    """Whether a text is a name."""
    try:
        check_name("", text)
    except InvalidValue:
        return False
    return True


def _fact(given: Json) -> Json:
    if isinstance(given, list) and given:
        return _fact(given[0])
    if isinstance(given, str):
        return given[:FACT_LENGTH_MAX]
    return given if isinstance(given, bool | int) and abs(given) <= FACT_INTEGER_MAX else json.dumps(given)


def _instant(given: Json) -> str | None:
    if not isinstance(given, str):
        return None
    for text in (given, f"{given}Z", f"{given.replace(' ', 'T', 1)}Z", f"{given}T00:00:00Z"):
        try:
            read_instant("", text)
        except InvalidValue:
            continue
        return text
    return None
