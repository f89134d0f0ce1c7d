"""The published JSON Schemas say what the library reads: no less, and no more than a schema can say."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import withdraw_guard as g
from ids import shown
from test_conformance import FILES, OWN, each_scenario, scenario
from test_differential import Library
from test_wire import (
    DECISION_TEXTS,
    DECISIONS,
    DENIED_TEXT,
    EVENT_TEXTS,
    EVENTS,
    OPTIONAL_IN_AN_EVENT,
    POLICIES,
    POLICY_TEXT,
    READERS,
    RICH,
    RICH_JOURNAL,
    RICH_POLICY,
    STEP_TEXTS,
    WAIT_TEXT,
    changed,
    mutants,
    without_defaults,
)
from withdraw_guard import InvalidValue, Request, check, steps, wire
from withdraw_guard._values import limits
from withdraw_guard._values.checks import check_identifier, check_name, check_rule_id, check_text
from withdraw_guard._values.time import read_instant

FOLDER = Path(__file__).parents[1] / "src" / "withdraw_guard" / "schemas"
KINDS = ("policy", "event", "decision")
each_kind = pytest.mark.parametrize("kind", KINDS)
# What a host stores has schemas as well; `tests/test_workbench.py` compares them with what the library writes.
each_schema = pytest.mark.parametrize("kind", [*KINDS, "account", "change"])


@cache
def schema(kind: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return document


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema(kind))


def definition(kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema(kind) if name == kind == "policy" else schema(kind)["$defs"][name]
    return found


def walk(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        yield path, part
        for name, child in part.items():
            yield from walk(child, f"{path}/{name}")
    elif isinstance(part, list):
        for index, child in enumerate(part):
            yield from walk(child, f"{path}/{index}")


def is_valid(kind: str, document: object) -> bool:
    return validator(kind).is_valid(document)


def assert_valid(kind: str, document: object) -> None:
    validator(kind).validate(document)


def problem_of(kind: str, document: object) -> str | None:
    """What the library says against the document, or none if it reads it."""
    try:
        READERS[kind][0](document)
    except InvalidValue as refused:
        return refused.problem
    return None


# ── The schemas themselves ───────────────────────────────────────────────────────────────────────────────────────


@each_schema
def test_a_schema_is_a_schema_with_a_name_of_its_own(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))
    assert schema(kind)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema(kind)["$id"] == f"urn:withdraw-guard:schema:{kind}:1"
    assert schema(kind)["title"]
    text = (FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert text == json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"


@each_schema
def test_no_object_takes_unknown_members(kind: str) -> None:
    objects = {path: part for path, part in walk(schema(kind)) if part.get("type") == "object"}
    assert objects
    for path, part in objects.items():
        host_facts = path.endswith(("/where", "/context"))
        assert part["additionalProperties"] == ({"$ref": "#/$defs/fact"} if host_facts else False), path


@each_schema
def test_everything_is_described_in_words(kind: str) -> None:
    for path, part in walk(schema(kind)):
        for name, member in (part.get("properties") or {}).items() if part.get("type") == "object" else ():
            if isinstance(member, dict) and "const" not in member:
                target = definition(kind, member["$ref"].rpartition("/")[2]) if "$ref" in member else member
                assert member.get("description") or target.get("description"), f"{path}/{name}"
    for name, part in schema(kind).get("$defs", {}).items():
        assert len(part["description"]) > 10, name


@each_schema
def test_every_definition_is_used(kind: str) -> None:
    used = {part["$ref"] for _, part in walk(schema(kind)) if isinstance(part.get("$ref"), str)}
    assert used == {f"#/$defs/{name}" for name in schema(kind)["$defs"]}


@each_schema
def test_every_pattern_is_anchored_and_means_the_same_in_every_language(kind: str) -> None:
    """A pattern is searched for, `\\d` means more than ten digits to some readers, `$` lets a line end through."""
    for path, part in walk(schema(kind)):
        pattern = part.get("pattern")
        if isinstance(pattern, str):
            re.compile(pattern)
            assert not re.search(r"\\[dwsbDWSBpAzZ]|\(\?P|\(\?[aimsx]", pattern), path
            assert path.endswith("/not") or (pattern.startswith("^") and pattern.endswith(r"$(?!\n)")), path


# ── No drift from the code ───────────────────────────────────────────────────────────────────────────────────────

CLASSES: list[tuple[str, str, type[Any], dict[str, object]]] = [
    ("policy", "policy", g.Policy, {"$schema": None, "schema": wire.POLICY_SCHEMA}),
    ("policy", "rule", g.Rule, {}),
    ("policy", "scope", g.Scope, {}),
    ("policy", "clearance", g.Clearance, {}),
    ("policy", "appeal", g.Appeal, {}),
    ("policy", "chosen", g.Chosen, {}),
    ("policy", "calendar", g.Calendar, {}),
    ("policy", "business_day", g.BusinessDay, {}),
    *(
        ("event", cls.type.value, cls, {"type": cls.type.value})
        for cls in dict.fromkeys(type(event) for event in EVENTS)
    ),
    ("event", "actor", g.Actor, {}),
    ("decision", "open_hold", g.OpenHold, {}),
    *(("decision", cls.step.value, cls, {"step": cls.step.value}) for cls in steps.STEPS),
]


OF_A_POLICY = (g.Policy, g.Rule, g.Scope, g.Clearance, g.Appeal, g.Chosen, g.Calendar, g.BusinessDay)
WITH_ATTEMPT = (
    g.VerificationSubmitted,
    g.VerificationFailed,
    g.ReviewDecided,
    g.MoreRequested,
    g.AppealSubmitted,
    g.AppealDecided,
)
MAY_BE_LEFT_OUT: dict[type[Any], set[str]] = {
    **{cls: {field.name for field in attrs.fields(cls) if field.default is not attrs.NOTHING} for cls in OF_A_POLICY},
    g.SecurityEvent: {"destination_id", "duration"},
    g.IdentityChanged: {"valid_until"},
    g.OpenHold: {"destination_id"},
    **{cls: {"attempt"} for cls in WITH_ATTEMPT},
}


@pytest.mark.parametrize(("kind", "name", "cls", "tag"), CLASSES, ids=[f"{row[0]}.{row[1]}" for row in CLASSES])
def test_an_object_has_the_members_of_its_class(kind: str, name: str, cls: type[Any], tag: dict[str, object]) -> None:
    part = definition(kind, name)
    fields = {attribute.name for attribute in attrs.fields(cls) if attribute.init}
    assert set(part["properties"]) == fields | set(tag)
    optional = MAY_BE_LEFT_OUT.get(cls, set()) | {member for member, word in tag.items() if word is None}
    assert set(part.get("required", ())) == set(part["properties"]) - optional
    for member, word in tag.items():
        assert part["properties"][member].get("const") == word


def referred(part: dict[str, Any]) -> list[str]:
    return [choice["$ref"].rpartition("/")[2] for choice in part["oneOf"]]


def test_every_event_and_every_step_has_a_definition() -> None:
    assert [part["$ref"].rpartition("/")[2] for part in schema("event")["oneOf"]] == [
        word.value for word in g.EventType
    ]
    step_refs = definition("decision", "step")["oneOf"]
    assert [part["$ref"].rpartition("/")[2] for part in step_refs] == [word.value for word in steps.StepType]


def test_a_decision_has_its_request_written_flat() -> None:
    request = {attribute.name for attribute in attrs.fields(Request)} - {"account"}
    assert set(definition("decision", "allowed")["properties"]) == {"decision", "account", "at", "phase"} | request
    told = {attribute.name for attribute in attrs.fields(g.Denied) if attribute.init}
    denied = told - {"request"} | {"decision"} | request
    assert set(definition("decision", "denied")["properties"]) == denied
    for name in ("allowed", "denied"):
        part = definition("decision", name)
        assert set(part["properties"]) - set(part["required"]) == {"destination_id"}


OPEN_PHASES = set(g.Phase) - {g.Phase.ACTIVE, g.Phase.RESTORED}
VOCABULARIES: list[tuple[str, str, set[Any] | type[StrEnum]]] = [
    ("policy", "rule/properties/lifted_by", g.LiftedBy),
    ("policy", "rule/properties/repeat", g.Repeat),
    ("policy", "scope/properties/destinations", g.Destinations),
    ("event", "actor_kind", g.ActorKind),
    ("event", "review_decided/properties/outcome", g.ReviewOutcome),
    ("event", "appeal_decided/properties/outcome", g.AppealOutcome),
    ("event", "identity_changed/properties/identity", {*g.Identity, None}),
    ("decision", "allowed/properties/destination", g.Destination),
    ("decision", "denied/properties/destination", g.Destination),
    ("decision", "allowed/properties/phase", g.Phase),
    ("decision", "denied/properties/phase", OPEN_PHASES),
    ("decision", "open_hold/properties/state", set(g.State) - {g.State.RESTORED}),
]


def at(kind: str, path: str) -> dict[str, Any]:
    part: Any = schema(kind)["$defs"]
    for name in path.split("/"):
        part = part[int(name) if isinstance(part, list) else name]
    found: dict[str, Any] = part
    return found


@pytest.mark.parametrize(("kind", "path", "words"), VOCABULARIES, ids=[f"{row[0]}/{row[1]}" for row in VOCABULARIES])
def test_a_closed_vocabulary_is_that_of_the_code(kind: str, path: str, words: set[Any] | type[StrEnum]) -> None:
    assert set(at(kind, path)["enum"]) == set(words)
    assert len(at(kind, path)["enum"]) == len(set(words))


def test_every_closed_vocabulary_of_the_schemas_is_in_the_table() -> None:
    in_schemas = {
        (kind, path) for kind in KINDS for path, part in walk(schema(kind)) if isinstance(part.get("enum"), list)
    }
    # A choice is not `keep`.
    in_schemas.remove(("policy", "/$defs/rule/allOf/0/then/properties/repeat"))
    assert in_schemas == {(kind, f"/$defs/{path}") for kind, path, _ in VOCABULARIES}


LIMITS: dict[str, set[int]] = {
    "maxLength": {
        limits.IDENTIFIER_LENGTH_MAX,
        limits.HOLD_ID_LENGTH_MAX,
        limits.FACT_LENGTH_MAX,
        limits.NOTE_LENGTH_MAX,
    },
    "maxItems": {limits.RULES_MAX, limits.NAMES_MAX, limits.CALENDAR_DAYS_MAX, 0},
    "maxProperties": {limits.FACTS_MAX},
    "maximum": {limits.COUNT_MAX, limits.FACT_INTEGER_MAX, limits.BUSINESS_DAYS_MAX},
    "minimum": {0, 1, -limits.FACT_INTEGER_MAX},
    "minLength": {1},
    "minItems": {1},
}


def test_every_limit_is_that_of_the_code() -> None:
    stated: dict[str, set[int]] = {name: set() for name in LIMITS}
    for kind in KINDS:
        for _, part in walk(schema(kind)):
            for name in LIMITS:
                if isinstance(part.get(name), int):
                    stated[name].add(part[name])
    assert stated == LIMITS


def check_note(field: str, note: str) -> None:
    wire.event_from_dict({**RETRACTED, "note": note})


PATTERNS: list[tuple[str, str, Any, str]] = [
    ("policy", "name", check_name, "abz09_-A\n"),
    ("policy", "rule_id", check_rule_id, "abz09_-A\n"),
    ("policy", "identifier", check_identifier, "aé 😀\n\t\x00\x7f\x85\u2028\u2029\ud800\udfff"),
    ("event", "hold_id", lambda f, v: check_identifier(f, v, 270), "a:#2\n\u2028\ud800"),
    ("policy", "fact/oneOf/0", lambda f, v: check_text(f, v, 1_024), "a\n\t\r\x0b\x0c\x1b\x85\u2028\ud800"),
    ("event", "release_ordered/properties/note", lambda f, v: check_text(f, v, 2_000), "a\n\t\r\x0b\x0c\x1b\x85\ud800"),
    (
        "event",
        "event_retracted/properties/note",
        check_note,
        "a\n\t\r \x0b\x0c\x1c\x1f\x85\xa0\u1680\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ud800",
    ),
]


def library_takes(look: Any, value: object) -> bool:
    try:
        look("", value)
    except InvalidValue:
        return False
    return True


@pytest.mark.parametrize("row", PATTERNS, ids=[row[1] for row in PATTERNS])
@given(data=st.data())
def test_a_pattern_takes_what_the_library_takes(row: tuple[str, str, Any, str], data: st.DataObject) -> None:
    kind, path, look, alphabet = row
    text = data.draw(st.text(max_size=5) | st.text(alphabet=alphabet, max_size=6))
    text *= data.draw(st.sampled_from([1, 1, 1, 30, 128, 300, 1_000]))
    part = Draft202012Validator({**at(kind, path), "$defs": schema(kind)["$defs"]})
    assert part.is_valid(text) is library_takes(look, text)


spelled_instants = st.from_regex(
    r"\A(1999-12-31|19[79]\d-\d\d-\d\d|20\d\d-[01]\d-[0-3]\d|2[12]\d\d-\d\d-\d\d|2200-01-01)[Tt ]"
    r"[012]\d:[0-6]\d:[0-6]\d(\.\d{0,8})?([Zz]|[+-][012]\d:[0-6]\d)?\n?\Z",
    alphabet=st.characters(codec="ascii"),
)
spelled_durations = st.from_regex(
    r"\AP(\d{1,2}[WYM])?(\d{1,4}D)?(T(\d{1,3}H)?(\d{1,2}M)?(\d{1,2}(\.\d{0,7})?S)?)?\n?\Z",
    alphabet=st.characters(codec="ascii"),
)


@given(spelled_instants)
def test_the_pattern_of_instants_takes_what_the_library_takes_but_for_the_calendar(text: str) -> None:
    takes = Draft202012Validator(at("event", "instant")).is_valid(text)
    event = {"type": "identity_changed", "id": "e", "account": "a", "at": text, "identity": None}
    problem = problem_of("event", event)
    by_calendar = ("must be a date and time that exist", "must have second 60 only where", "must be between 2000")
    assert takes if problem is None else not takes or problem.startswith(by_calendar)


@given(spelled_durations)
def test_the_pattern_of_durations_takes_what_the_library_takes_but_for_the_longest(text: str) -> None:
    takes = Draft202012Validator(at("policy", "duration")).is_valid(text)
    problem = problem_of("policy", changed(POLICY, "rules[0].duration", text))
    is_zero = not any(digit in text for digit in "123456789")
    assert takes if problem is None else not takes or ("at most 3653 days" in problem and not is_zero)


# ── What is valid ────────────────────────────────────────────────────────────────────────────────────────────────


@each_scenario
def test_every_scenario_is_valid(path: Path) -> None:
    story = scenario(path)
    assert_valid("policy", story["policy"])
    for then in story.get("then", ()):
        assert_valid("policy", then["policy"])
    for event in story["events"]:
        assert_valid("event", event)
    library, new_policies, policy = Library(story["account"]), story.get("then", ()), story["policy"]
    for index, event in enumerate(story["events"], 1):
        policy = next((then["policy"] for then in new_policies if then["from"] == index - 1), policy)
        library.handle(policy, event)
        for expected in story["expect"]:
            if expected["after"] == index:
                at, request = read_instant("at", expected["at"]), Request(**expected["request"])
                assert_valid("decision", wire.to_dict(check(library.account, at, request)))


@pytest.mark.skipif(FILES == OWN, reason="the scenarios beside the repository are not there")
def test_there_are_scenarios_of_every_kind_of_event() -> None:
    told = {event["type"] for path in FILES for event in scenario(path)["events"]}
    assert told == set(g.EventType)


def test_the_examples_of_the_design_are_valid() -> None:
    assert_valid("policy", json.loads(POLICY_TEXT))
    for text in EVENT_TEXTS:
        assert_valid("event", json.loads(text))
    for text in DECISION_TEXTS:
        assert_valid("decision", json.loads(text))


def test_an_event_without_its_optional_members_is_valid() -> None:
    for text in EVENT_TEXTS:
        event = json.loads(text)
        for name in OPTIONAL_IN_AN_EVENT & event.keys():
            del event[name]
        assert_valid("event", event)


@pytest.mark.parametrize("step", STEP_TEXTS)
def test_every_step_is_valid(step: str) -> None:
    assert_valid("decision", json.loads(DENIED_TEXT.replace(WAIT_TEXT, step)))


def test_what_the_library_writes_is_valid() -> None:
    for policy in POLICIES:
        assert_valid("policy", wire.to_dict(policy))
    for event in EVENTS:
        assert_valid("event", wire.to_dict(event))
    kinds_of_steps = set()
    for decision in DECISIONS[:: max(1, len(DECISIONS) // 400)]:
        document: Any = wire.to_dict(decision)
        assert_valid("decision", document)
        kinds_of_steps |= {step["step"] for hold in document.get("holds", ()) for step in hold["steps"]}
    assert kinds_of_steps == set(steps.StepType)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_a_policy_is_valid_without_what_has_a_default(policy: g.Policy) -> None:
    short = without_defaults(wire.to_dict(policy))
    assert_valid("policy", short)
    assert_valid("policy", {"$schema": "policy.schema.json", **short})


def test_the_policy_with_everything_left_out_that_may_be_is_valid() -> None:
    for policy in (RICH_POLICY, {"schema": wire.POLICY_SCHEMA, "id": "p", "version": "1", "rules": []}):
        assert_valid("policy", policy)
        assert problem_of("policy", policy) is None


def test_the_published_policies_are_valid() -> None:
    for published in g.policies.GALLERY.values():
        assert_valid("policy", wire.to_dict(published.policy))


def test_the_longest_hold_is_valid() -> None:
    rule = g.Rule(id="r", trigger="t", duration=limits.DURATION_MAX)
    event = g.SecurityEvent(id="e", account="a", at=limits.INSTANT_MAX, trigger="t", initiated_by=g.ActorKind.USER)
    policy = g.Policy(id="p", version="1", rules=(rule,))
    account = g.apply(policy, g.Account(id="a"), event).account
    assert_valid("policy", wire.to_dict(policy))
    assert_valid("event", wire.to_dict(event))
    assert_valid("decision", wire.to_dict(check(account, limits.INSTANT_MAX)))


# ── What is malformed is refused by both ─────────────────────────────────────────────────────────────────────────

POLICY = json.loads(POLICY_TEXT)
SECURITY_EVENT, STARTED, SUBMITTED, _, REVIEWED, MORE, APPEALED, _, RELEASED, IDENTITY, RETRACTED, _ = map(
    json.loads, EVENT_TEXTS
)
DENIED, ALLOWED = map(json.loads, DECISION_TEXTS)
GONE = object()
CLEARANCE, HOLD = "rules[1].clearance", "holds[0]"
CHOICE, ABOUT = RICH_JOURNAL["g1"], RICH_JOURNAL["g7"]
SUPPORTED = {
    **DENIED,
    "holds": [{**DENIED["holds"][0], "steps": [json.loads(STEP_TEXTS[3]), json.loads(STEP_TEXTS[5])]}],
}
ADDRESSED_DENIAL = {**DENIED, "destination_id": "bc1q", "holds": [{**DENIED["holds"][0], "destination_id": "bc1q"}]}

# (kind, the document, the place that is changed, its new value or GONE, the path that the library names)
MALFORMED: list[tuple[str, Any, str, object, str]] = [
    ("policy", POLICY, "schema", GONE, "schema"),
    ("policy", POLICY, "schema", "withdraw-guard/policy/2", "schema"),
    ("policy", POLICY, "id", "", "id"),
    ("policy", POLICY, "id", "x" * 129, "id"),
    ("policy", POLICY, "id", "a\nb", "id"),
    ("policy", POLICY, "id", "a\u2028b", "id"),
    ("policy", POLICY, "version", 1, "version"),
    ("policy", POLICY, "version", "\ud800", "version"),
    ("policy", POLICY, "rules", {}, "rules"),
    ("policy", POLICY, "rules", None, "rules"),
    ("policy", POLICY, "rules[0].id", "Password", "rules[0].id"),
    ("policy", POLICY, "rules[0].id", "password_changed", "rules[0].id"),
    ("policy", POLICY, "rules[0].id", "password-changed\n", "rules[0].id"),
    ("policy", POLICY, "rules[0].trigger", "password-changed", "rules[0].trigger"),
    ("policy", POLICY, "rules[0].trigger", "", "rules[0].trigger"),
    ("policy", POLICY, "rules[0].trigger", GONE, "rules[0].trigger"),
    ("policy", POLICY, "rules[0].where", {"a": 1.5}, "rules[0].where.a"),
    ("policy", POLICY, "rules[0].where", {"a": None}, "rules[0].where.a"),
    ("policy", POLICY, "rules[0].where", {"a": [1]}, "rules[0].where.a"),
    ("policy", POLICY, "rules[0].where", {"a": 2**63}, "rules[0].where.a"),
    ("policy", POLICY, "rules[0].where", {"a": "x" * 1_025}, "rules[0].where.a"),
    ("policy", POLICY, "rules[0].where", {"a": "\x1b"}, "rules[0].where.a"),
    ("policy", POLICY, "rules[0].where", {"": 1}, "rules[0].where"),
    ("policy", POLICY, "rules[0].where", {f"f{i}": i for i in range(65)}, "rules[0].where"),
    ("policy", POLICY, "rules[0].where", [], "rules[0].where"),
    ("policy", POLICY, "rules[0].scope.operations", [], "rules[0].scope.operations"),
    ("policy", POLICY, "rules[0].scope.operations", "withdrawal", "rules[0].scope.operations"),
    ("policy", POLICY, "rules[0].scope.operations", ["*"], "rules[0].scope.operations"),
    ("policy", POLICY, "rules[0].scope.operations", ["a", "a"], "rules[0].scope.operations[1]"),
    ("policy", POLICY, "rules[0].scope.operations", [f"n{i}" for i in range(65)], "rules[0].scope.operations"),
    ("policy", POLICY, "rules[0].scope.destinations", "known", "rules[0].scope.destinations"),
    ("policy", POLICY, "rules[0].scope.destinations", None, "rules[0].scope.destinations"),
    ("policy", POLICY, "rules[0].duration", "24h", "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", "P1M", "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", "P1Y", "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", "PT0S", "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", "P0D", "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", "-PT1H", "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", "PT1H\n", "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", "PT1H1S", "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", 86_400, "rules[0].duration"),
    ("policy", POLICY, "rules[0].duration", None, "rules[0].releasable_by"),
    ("policy", POLICY, "rules[0].lifted_by", "none", "rules[0].lifted_by"),
    ("policy", POLICY, "rules[0].repeat", "EXTEND", "rules[0].repeat"),
    ("policy", POLICY, "rules[0].callback", "os.system", "rules[0].callback"),
    ("policy", POLICY, "rules[1].releasable_by", [], "rules[1].releasable_by"),
    ("policy", POLICY, "rules[1].releasable_by", ["Support"], "rules[1].releasable_by"),
    ("policy", POLICY, f"{CLEARANCE}.attempts", 0, f"{CLEARANCE}.attempts"),
    ("policy", POLICY, f"{CLEARANCE}.attempts", True, f"{CLEARANCE}.attempts"),
    ("policy", POLICY, f"{CLEARANCE}.attempts", 1_001, f"{CLEARANCE}.attempts"),
    ("policy", POLICY, f"{CLEARANCE}.verified", None, f"{CLEARANCE}.verified"),
    ("policy", POLICY, f"{CLEARANCE}.appeal.limit", 0, f"{CLEARANCE}.appeal.limit"),
    ("policy", POLICY, f"{CLEARANCE}.appeal.limit", "1", f"{CLEARANCE}.appeal.limit"),
    ("policy", POLICY, f"{CLEARANCE}.appeal.after_failures", -1, f"{CLEARANCE}.appeal.after_failures"),
    ("policy", POLICY, f"{CLEARANCE}.appeal.documents", ["id_photo"] * 2, f"{CLEARANCE}.appeal.documents[1]"),
    ("policy", POLICY, f"{CLEARANCE}.appeal.unknown", 1, f"{CLEARANCE}.appeal.unknown"),
    ("policy", POLICY, f"{CLEARANCE}.appeal", [], f"{CLEARANCE}.appeal"),
    ("policy", POLICY, "schema", "withdraw-guard/policy/1.1", "schema"),
    ("policy", POLICY, "rules[0].id", GONE, "rules[0].id"),
    ("policy", POLICY, "rules[0].duration", GONE, "rules[0].releasable_by"),
    ("policy", POLICY, "rules[1].releasable_by", GONE, "rules[1].releasable_by"),
    ("policy", POLICY, f"{CLEARANCE}.verified", GONE, f"{CLEARANCE}.verified"),
    ("policy", POLICY, "rules[0].extended_by", [], "rules[0].extended_by"),
    ("policy", POLICY, "rules[0].public_reason", "Security", "rules[0].public_reason"),
    ("policy", POLICY, "rules[0].public_reason", [], "rules[0].public_reason"),
    ("policy", POLICY, "rules[0].scope.leaves", None, "rules[0].scope.leaves"),
    ("policy", POLICY, "rules[0].scope.leaves", ["a", "a"], "rules[0].scope.leaves[1]"),
    ("policy", POLICY, "rules[1].scope.leaves", ["stake"], "rules[1].scope.leaves"),
    ("policy", POLICY, f"{CLEARANCE}.identity_valid_for", "P1Y", f"{CLEARANCE}.identity_valid_for"),
    ("policy", POLICY, f"{CLEARANCE}.identity_valid_for", 365, f"{CLEARANCE}.identity_valid_for"),
    ("policy", POLICY, "retractable_by", None, "retractable_by"),
    ("policy", POLICY, "retractable_by", ["Security"], "retractable_by"),
    ("policy", POLICY, "retractable_by", [f"a{i}" for i in range(65)], "retractable_by"),
    ("policy", RICH, "calendar", GONE, "calendar"),
    ("policy", RICH, "calendar", None, "calendar"),
    ("policy", RICH, "calendar", [], "calendar"),
    ("policy", RICH, "calendar.days", [], "calendar.days"),
    ("policy", RICH, "calendar.days", {}, "calendar.days"),
    ("policy", RICH, "calendar.days", RICH_POLICY["calendar"]["days"][:1] * 4_001, "calendar.days"),
    ("policy", RICH, "calendar.zone", "UTC", "calendar.zone"),
    ("policy", RICH, "calendar.days[0].ends", "2026-01-06", "calendar.days[0].ends"),
    ("policy", RICH, "calendar.days[0].ends", None, "calendar.days[0].ends"),
    ("policy", RICH, "rules[0].chosen.minimum", GONE, "rules[0].chosen.minimum"),
    ("policy", RICH, "rules[0].chosen.maximum", None, "rules[0].chosen.maximum"),
    ("policy", RICH, "rules[0].chosen.maximum", "P1M", "rules[0].chosen.maximum"),
    ("policy", RICH, "rules[0].chosen.default", "P1D", "rules[0].chosen.default"),
    ("policy", RICH, "rules[0].chosen", "P7D", "rules[0].chosen"),
    ("policy", RICH, "rules[0].duration", None, "rules[0].duration"),
    ("policy", RICH, "rules[0].duration", GONE, "rules[0].duration"),
    ("policy", RICH, "rules[0].repeat", "keep", "rules[0].repeat"),
    ("policy", RICH, "rules[0].clearance", RICH_POLICY["rules"][5]["clearance"], "rules[0].chosen"),
    ("policy", RICH, "rules[2].repeat", "extend", "rules[2].repeat"),
    ("policy", RICH, "rules[2].repeat", GONE, "rules[2].repeat"),
    ("policy", RICH, "rules[2].scope.destinations", "Named", "rules[2].scope.destinations"),
    ("policy", RICH, "rules[3].scope.operations", "*", "rules[3].scope.leaves"),
    ("policy", RICH, "rules[3].scope.operations", GONE, "rules[3].scope.leaves"),
    ("policy", RICH, "rules[4].business_days", 0, "rules[4].business_days"),
    ("policy", RICH, "rules[4].business_days", 367, "rules[4].business_days"),
    ("policy", RICH, "rules[4].business_days", True, "rules[4].business_days"),
    ("policy", RICH, "rules[4].business_days", "2", "rules[4].business_days"),
    ("policy", RICH, "rules[4].business_days", None, "rules[4].releasable_by"),
    ("policy", RICH, "rules[4].duration", "PT24H", "rules[4].business_days"),
    (
        "policy",
        RICH,
        "rules[5].clearance.review_within",
        "PT24H",
        "rules[5].clearance.review_business_days",
    ),
    (
        "policy",
        RICH,
        "rules[5].clearance.appeal.decide_within",
        "PT24H",
        "rules[5].clearance.appeal.decide_business_days",
    ),
    ("event", SECURITY_EVENT, "type", GONE, "type"),
    ("event", SECURITY_EVENT, "type", "security", "type"),
    ("event", SECURITY_EVENT, "type", None, "type"),
    ("event", SECURITY_EVENT, "id", "", "id"),
    ("event", SECURITY_EVENT, "account", GONE, "account"),
    ("event", SECURITY_EVENT, "at", "2026-01-05T09:00:00", "at"),
    ("event", SECURITY_EVENT, "at", "2026-01-05 09:00:00Z", "at"),
    ("event", SECURITY_EVENT, "at", "2026-01-05T09:00:00+01", "at"),
    ("event", SECURITY_EVENT, "at", "2026-01-05T24:00:00Z", "at"),
    ("event", SECURITY_EVENT, "at", "2026-01-05T09:00:00Z\n", "at"),
    ("event", SECURITY_EVENT, "at", "1999-01-05T09:00:00Z", "at"),
    ("event", SECURITY_EVENT, "at", "2201-01-05T09:00:00Z", "at"),
    ("event", SECURITY_EVENT, "at", 1_767_603_600, "at"),
    ("event", SECURITY_EVENT, "initiated_by", "hacker", "initiated_by"),
    ("event", SECURITY_EVENT, "context", {"amount": 1.5}, "context.amount"),
    ("event", SECURITY_EVENT, "context", None, "context"),
    ("event", SECURITY_EVENT, "hold", "e1:r", "hold"),
    ("event", CHOICE, "duration", "P1M", "duration"),
    ("event", CHOICE, "duration", "PT0S", "duration"),
    ("event", CHOICE, "duration", 24, "duration"),
    ("event", ABOUT, "destination_id", "", "destination_id"),
    ("event", ABOUT, "destination_id", "a\nb", "destination_id"),
    ("event", ABOUT, "destination_id", "x" * 129, "destination_id"),
    ("event", ABOUT, "destination_id", 7, "destination_id"),
    ("event", STARTED, "duration", "PT1H", "duration"),
    ("event", RELEASED, "destination_id", "bc1q", "destination_id"),
    ("event", STARTED, "hold", "", "hold"),
    ("event", STARTED, "hold", "x" * 271, "hold"),
    ("event", STARTED, "method", "Face", "method"),
    ("event", STARTED, "attempt", None, "attempt"),
    ("event", SUBMITTED, "attempt", "", "attempt"),
    ("event", SUBMITTED, "attempt", 7, "attempt"),
    ("event", REVIEWED, "by", "r-7", "by"),
    ("event", REVIEWED, "by.kind", "robot", "by.kind"),
    ("event", REVIEWED, "by.name", "Ann", "by.name"),
    ("event", REVIEWED, "outcome", "granted", "outcome"),
    ("event", REVIEWED, "reasons", None, "reasons"),
    ("event", REVIEWED, "reasons", ["Bad"], "reasons[0]"),
    ("event", REVIEWED, "reasons", ["x"] * 65, "reasons"),
    ("event", REVIEWED, "final", 0, "final"),
    ("event", REVIEWED, "final", GONE, "final"),
    ("event", APPEALED, "documents", ["id_photo", "id_photo"], "documents[1]"),
    ("event", APPEALED, "attempt", "", "attempt"),
    ("event", MORE, "by", GONE, "by"),
    ("event", MORE, "outcome", "approved", "outcome"),
    ("event", MORE, "documents", ["id_photo", "id_photo"], "documents[1]"),
    ("event", MORE, "documents", GONE, "documents"),
    ("event", MORE, "reasons", GONE, "reasons"),
    ("event", MORE, "attempt", 7, "attempt"),
    ("event", RETRACTED, "event", "", "event"),
    ("event", RETRACTED, "event", GONE, "event"),
    ("event", RETRACTED, "hold", "e1:r", "hold"),
    ("event", RETRACTED, "note", "", "note"),
    ("event", RETRACTED, "note", " \n\u3000", "note"),
    ("event", RETRACTED, "note", "x" * 2_001, "note"),
    ("event", RETRACTED, "note", GONE, "note"),
    ("event", RETRACTED, "authority", "Security", "authority"),
    ("event", RETRACTED, "by.kind", "robot", "by.kind"),
    ("event", RELEASED, "note", "x" * 2_001, "note"),
    ("event", RELEASED, "note", "\x00", "note"),
    ("event", RELEASED, "authority", "Support Team", "authority"),
    ("event", RELEASED, "override_stale", "yes", "override_stale"),
    ("event", IDENTITY, "identity", "verified", "identity"),
    ("event", IDENTITY, "identity", False, "identity"),
    ("event", IDENTITY, "identity", None, "valid_until"),
    ("event", IDENTITY, "valid_until", "2027-01-05", "valid_until"),
    ("event", IDENTITY, "valid_until", "2211-01-01T00:00:00Z", "valid_until"),
    ("event", STARTED, "valid_until", None, "valid_until"),
    ("decision", DENIED, "decision", "maybe", "decision"),
    ("decision", DENIED, "decision", GONE, "decision"),
    ("decision", DENIED, "decision", "allowed", "resumes_at"),
    ("decision", ALLOWED, "decision", "denied", "holds"),
    ("decision", ALLOWED, "phase", "open", "phase"),
    ("decision", ALLOWED, "destination", "old", "destination"),
    ("decision", ALLOWED, "operation", "Withdrawal", "operation"),
    ("decision", DENIED, "phase", "active", "phase"),
    ("decision", DENIED, "phase", "restored", "phase"),
    ("decision", DENIED, "resumes_at", "soon", "resumes_at"),
    ("decision", DENIED, "resumes_at", "2211-01-01T00:00:00Z", "resumes_at"),
    ("decision", DENIED, "holds", [], "holds"),
    ("decision", DENIED, f"{HOLD}.state", "restored", f"{HOLD}.state"),
    ("decision", ADDRESSED_DENIAL, "destination_id", "", "destination_id"),
    ("decision", ADDRESSED_DENIAL, "destination_id", 7, "destination_id"),
    ("decision", ADDRESSED_DENIAL, f"{HOLD}.destination_id", "\x00", f"{HOLD}.destination_id"),
    ("decision", ALLOWED, "destination_id", "x" * 129, "destination_id"),
    ("decision", DENIED, f"{HOLD}.rule", "password_changed", f"{HOLD}.rule"),
    ("decision", DENIED, f"{HOLD}.policy", "binance", f"{HOLD}.policy"),
    ("decision", DENIED, f"{HOLD}.since", None, f"{HOLD}.since"),
    ("decision", DENIED, f"{HOLD}.steps", [], f"{HOLD}.steps"),
    ("decision", DENIED, f"{HOLD}.steps[0].step", "relax", f"{HOLD}.steps[0].step"),
    ("decision", DENIED, f"{HOLD}.steps[0].until", None, f"{HOLD}.steps[0].until"),
    ("decision", DENIED, f"{HOLD}.steps[0].due", None, f"{HOLD}.steps[0].due"),
    ("decision", DENIED, f"{HOLD}.public_reason", GONE, f"{HOLD}.public_reason"),
    ("decision", DENIED, f"{HOLD}.public_reason", None, f"{HOLD}.public_reason"),
    ("decision", SUPPORTED, f"{HOLD}.steps[0].authorities", [], f"{HOLD}.steps[0].authorities"),
    ("decision", SUPPORTED, f"{HOLD}.steps[0].authorities", GONE, f"{HOLD}.steps[0].authorities"),
    ("decision", SUPPORTED, f"{HOLD}.steps[1].reasons", GONE, f"{HOLD}.steps[1].reasons"),
    ("decision", SUPPORTED, f"{HOLD}.steps[1].documents", ["Id"], f"{HOLD}.steps[1].documents[0]"),
]


def malformed(valid: Any, place: str, value: object) -> Any:
    parent_path, _, name = place.rpartition(".")
    wrong = copy.deepcopy(valid)
    parent = wrong
    for step in re.findall(r"\w+", parent_path):
        parent = parent[int(step) if step.isdigit() else step]
    if value is GONE:
        del parent[name]
    elif "[" in name:
        return changed(valid, place, value)
    else:
        parent[name] = copy.deepcopy(value)
    return wrong


@pytest.mark.parametrize(
    "row", MALFORMED, ids=lambda row: f"{row[0]}: {row[2]}={'gone' if row[3] is GONE else shown(row[3], 24)}"
)
def test_what_is_malformed_is_refused_by_the_schema_and_by_the_library(row: tuple[str, Any, str, object, str]) -> None:
    kind, valid, place, value, path = row
    assert_valid(kind, valid)
    wrong = malformed(valid, place, value)
    assert not is_valid(kind, wrong)
    with pytest.raises(InvalidValue) as refused:
        READERS[kind][0](wrong)
    assert refused.value.path == path


# Plain text cannot tell these from what is valid; the descriptions say that the library looks at them.
ONLY_THE_LIBRARY: dict[str, tuple[str, Any, str, object, str]] = {
    "a day that does not exist": ("event", IDENTITY, "at", "2026-02-29T09:00:00Z", "at"),
    "a leap second at noon": ("event", IDENTITY, "at", "2026-01-05T12:00:60Z", "at"),
    "an hour after the last instant": ("event", IDENTITY, "at", "2200-01-01T01:00:00Z", "at"),
    "an hour before the first instant": ("event", IDENTITY, "at", "1999-12-31T23:00:00Z", "at"),
    "a hold of eleven years": ("policy", POLICY, "rules[0].duration", "P4000D", "rules[0].duration"),
    "a default that may not be chosen": ("policy", RICH, "rules[0].duration", "PT23H", "rules[0].duration"),
    "a shortest choice that is the longer": (
        "policy",
        RICH,
        "rules[0].chosen.minimum",
        "P8D",
        "rules[0].chosen.maximum",
    ),
    "an operation that is stopped and left": (
        "policy",
        RICH,
        "rules[3].scope.leaves",
        ["withdrawal"],
        "rules[3].scope.leaves",
    ),
    "an identity that ends before it was reported": ("event", IDENTITY, "valid_until", IDENTITY["at"], "valid_until"),
    "a day that ends as it begins": (
        "policy",
        RICH,
        "calendar.days[0].ends",
        "2026-01-05T00:00:00Z",
        "calendar.days[0].ends",
    ),
    "days that overlap": (
        "policy",
        RICH,
        "calendar.days[1].begins",
        "2026-01-05T12:00:00Z",
        "calendar.days[1].begins",
    ),
    "a hold about another destination": (
        "decision",
        ADDRESSED_DENIAL,
        "destination_id",
        "bc1r",
        "holds[0].destination_id",
    ),
    "two rules of one id": ("policy", POLICY, "rules[1].id", "password-changed", "rules[1].id"),
    "a number written as a fraction": ("policy", POLICY, f"{CLEARANCE}.attempts", 3.0, f"{CLEARANCE}.attempts"),
    "a denial that is over": ("decision", DENIED, "resumes_at", "2026-01-06T08:59:59Z", "resumes_at"),
}


@pytest.mark.parametrize("case", ONLY_THE_LIBRARY)
def test_a_fault_that_a_schema_cannot_express_is_refused_by_the_library(case: str) -> None:
    kind, valid, place, value, path = ONLY_THE_LIBRARY[case]
    wrong = malformed(valid, place, value)
    assert is_valid(kind, wrong)
    with pytest.raises(InvalidValue) as refused:
        READERS[kind][0](wrong)
    assert refused.value.path == path


CANNOT_BE_SAID = (
    "must be a date and time that exist",
    "must have second 60 only where",
    "must be between 2000-01-01 and",
    "must be longer than zero and at most 3653 days",
    "must be a duration of a sensible length",
    "must be unique in the policy",
    "must be after the instant of the question",
    "must be within `chosen`",
    "must not be shorter than `minimum`",
    "must not name what `operations` covers",
    "must be after the instant of the report",
    "must be after `begins`",
    "must not be before the end of the day before it",
    "must be the destination of the request",
)


@each_kind
@given(data=st.data())
def test_the_schema_and_the_library_agree_on_changed_documents(kind: str, data: st.DataObject) -> None:
    mutant = data.draw(mutants(kind))
    problem = problem_of(kind, mutant)
    if problem is None:
        assert_valid(kind, mutant)
    else:
        # To a schema `1.0` and `1e16` are whole numbers.
        is_whole_fraction = re.search(r"got `-?[0-9]+(\.0|e\+[0-9]+|\.[0-9]+e\+[0-9]+)`$", problem) is not None
        assert not is_valid(kind, mutant) or is_whole_fraction or problem.startswith(CANNOT_BE_SAID)
