"""Drafts of policies: all faults at once, where each is and what to write instead; JSON, and YAML without surprises."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal import Terminal
from withdraw_guard import InvalidValue, Policy, wire
from withdraw_guard._drafts.draft import Faulty, read_policy
from withdraw_guard._drafts.faults import MAKE_A_CALENDAR
from withdraw_guard._drafts.json_text import json_parts
from withdraw_guard._drafts.mistake import corrected
from withdraw_guard._drafts.yaml_text import yaml_parts
from withdraw_guard._wire.structure import collecting_reader
from withdraw_guard.policies import GALLERY

Run = Callable[..., tuple[int, str, str]]
HERE = Path(__file__).parent / "drafts"
SHARED = next((folder / "shared" for folder in Path(__file__).parents if (folder / "shared").is_dir()), None)
beside = pytest.mark.skipif(SHARED is None, reason="the broken files stand beside the repository")
HEAD = '"schema": "withdraw-guard/policy/1", "id": "p", "version": "1"'


def draft(text: str | bytes, name: str = "p.json") -> Policy | Faulty:
    return read_policy(name, text if isinstance(text, bytes) else text.encode(), yaml_parts)


def said(text: str | bytes, name: str = "p.json") -> list[str]:
    outcome = draft(text, name)
    return [str(mistake) for mistake in outcome.mistakes] if isinstance(outcome, Faulty) else []


def runs_until_accepted(text: str, name: str = "p.json") -> tuple[int, str]:
    """Follow the advice of each run; return how many runs found faults, and the text that is accepted."""
    for runs in range(10):
        outcome = draft(text, name)
        if isinstance(outcome, Policy):
            return runs, text
        text = corrected(text, outcome.mistakes)
    raise AssertionError(said(text, name))


def rule(**members: Any) -> str:
    whole = {"id": "r", "trigger": "t", "duration": "PT1H", **members}
    kept = {name: value for name, value in whole.items() if value is not ...}
    return f'{{{HEAD}, "rules": [{json.dumps(kept)}]}}'


# ── The files beside the repository ──────────────────────────────────────────────────────────────────────────────


def golden(run: Run, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said about every file of a folder; the expected text was read by a person, line by line."""
    assert SHARED is not None
    monkeypatch.chdir(SHARED / folder)
    names = sorted(path.name for path in Path().iterdir() if path.name != "README.md")
    told = "".join(run("check-policy", name)[2] for name in names)
    assert told == (HERE / f"{folder}.txt").read_text("utf-8")


@beside
@pytest.mark.parametrize("folder", ["policies-broken", "journals-foreign"])
def test_every_fault_of_a_file_is_said_at_its_line(run: Run, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    golden(run, folder, monkeypatch)


@beside
def test_what_is_valid_is_accepted(run: Run) -> None:
    assert SHARED is not None
    accepted = [
        path.name[:2] for path in sorted((SHARED / "policies-broken").glob("*.json")) if not said(path.read_bytes())
    ]
    assert accepted == ["06", "11", "22", "27", "28"]
    for number in ("27", "28"):
        (path,) = (SHARED / "policies-broken").glob(f"{number}_*")
        assert "unknown-name" in run("lint", path)[1]


def test_a_draft_with_forty_faults_is_accepted_after_three_runs() -> None:
    text = (HERE / "forty.json").read_text("utf-8")
    assert len(said(text)) >= 40
    runs, accepted = runs_until_accepted(text)
    assert runs <= 2  # the third run accepts it
    assert len(json.loads(accepted)["rules"]) == 7


# ── One reader ───────────────────────────────────────────────────────────────────────────────────────────────────

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2000), st.floats(), st.text(max_size=8),
    st.sampled_from(
        ["24h", "P1M", "PT0S", "*", "Any", "seperate", [], {}, ["a", "a"], ["A b"], [1], {"a": 1}, [None], [[]], "P9999D"]  # noqa: E501
    ),
)  # fmt: skip
NAMES = st.sampled_from(
    ["id", "trigger", "where", "scope", "duration", "clearance", "hours", "Id", "calendar", "chosen", "leaves", "x", ""]
)


def places(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict | list) else []), *(place for each in inner for place in places(each))]


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """A policy with some changes."""
    policy = GALLERY[draw(st.sampled_from(["kraken", "uk-payment-delay", "binance"]))].policy
    document = json.loads(json.dumps(wire.to_dict(policy)))
    if document.get("calendar"):
        document["calendar"]["days"] = document["calendar"]["days"][:3]
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.sampled_from(places(document)))
        odd = json.loads(json.dumps(draw(ODD)))
        if isinstance(place, list):
            place.append(odd)
        elif place and draw(st.booleans()):
            place[draw(st.sampled_from(sorted(place)))] = odd
        elif place and draw(st.booleans()):
            del place[draw(st.sampled_from(sorted(place)))]
        else:
            place[draw(NAMES)] = odd
    return document


def raised(document: object) -> str | None:
    try:
        wire.policy_from_dict(document)
    except InvalidValue as fault:
        return str(fault)
    return None


@given(documents())
def test_the_first_fault_that_is_collected_is_the_one_that_the_library_raises(document: Any) -> None:
    found = collecting_reader()(document)
    assert (str(found[0]) if found else None) == raised(document)
    text = json.dumps(document)
    if "NaN" not in text and "Infinity" not in text:
        assert (said(text) or [None])[0] == raised(document)


@given(documents())
def test_each_fault_that_is_collected_is_a_fault_of_the_document(document: Any) -> None:
    """Each is still found when all others, one by one, are not: here, that no path is said twice in one reading."""
    found = [(fault.path, fault.problem) for fault in collecting_reader()(document)]
    assert len(set(found)) == len(found)


@given(documents(), st.data())
def test_a_text_is_accepted_if_and_only_if_the_library_reads_it(document: Any, data: st.DataObject) -> None:
    text = json.dumps(document, indent=data.draw(st.sampled_from([None, 1])))
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text = (
            text[:place]
            + data.draw(st.sampled_from([*",:{}[]\"'\\ \n\t#/“0-.eE+=;\x00", "", "//", "'"]))
            + text[place + 1 :]
        )
    try:
        expected: Policy | None = wire.policy_from_dict(wire.parse(text))
    except InvalidValue:
        expected = None
    outcome = draft(text)
    assert (outcome if isinstance(outcome, Policy) else None) == expected
    if isinstance(outcome, Faulty):
        assert outcome.mistakes
        corrected(text, outcome.mistakes)


@given(documents())
def test_yaml_that_is_json_is_read_alike(document: Any) -> None:
    text = json.dumps(document)
    if raised(document) is None:
        assert draft(text, "p.yaml") == wire.policy_from_dict(document)
    else:
        assert said(text, "p.yaml")


@pytest.mark.parametrize("name", GALLERY)
def test_a_published_policy_has_no_slip(name: str) -> None:
    text = json.dumps(wire.to_dict(GALLERY[name].policy), indent=2)
    part, slips = json_parts(text)
    assert part is not None
    assert (slips, part.plain()) == ((), json.loads(text))


# ── Slips of JSON ────────────────────────────────────────────────────────────────────────────────────────────────

SLIPS = {
    "// c\n{}": ("JSON has no comments", "\n{}"),
    "{} # c": ("JSON has no comments", "{} "),
    "{/* c */}": ("JSON has no comments", "{}"),
    '{"a": 1,}': ("must not have a comma after the last entry", '{"a": 1}'),
    "[1,,2]": ("must not have a comma more", "[1,2]"),
    "[,1]": ("must not have a comma more", "[1]"),
    "[1;2]": ("must be a comma, got `;`", "[1,2]"),
    '{"a": 1 "b": 2}': ("must have a comma between two entries", '{"a": 1, "b": 2}'),
    '{"a" 1}': ("a: must have a colon after the name", '{"a": 1}'),
    '{"a" = 1}': ("a: must have a colon after the name, got `=`", '{"a" : 1}'),
    '{"a" => 1}': ("a: must have a colon after the name, got `=`", '{"a" : 1}'),
    '{"a":: 1}': ("a: must have one colon after the name", '{"a": 1}'),
    "{: 1}": ("must have a name before a colon", None),
    '{"a": }': ("a: must have a value after the colon", '{"a":  null}'),
    '{"a": , "b": 1}': ("a: must have a value after the colon", '{"a":  null, "b": 1}'),
    "{'a': 1}": ("must stand in straight double quotation marks, got `'`", '{"a": 1}'),
    "{“a”: 1}": ("must stand in straight double quotation marks, got curly ones", '{"a": 1}'),
    '{"a": ‘x\n}': ("a: must stand in straight double quotation marks, got curly ones", '{"a": "x"\n}'),
    "{a: 1}": ("must be a name in quotation marks, got `a`", '{"a": 1}'),
    '{"a": yes}': ("a: must be a value of JSON, got `yes`", '{"a": true}'),
    '{"a": None}': ("a: must be a value of JSON, got `None`", '{"a": null}'),
    '{"a": NaN}': ("a: must be a value of JSON, got `NaN`", '{"a": "NaN"}'),
    '{"a": +07}': ("a: must be a value of JSON, got `+07`", '{"a": 7}'),
    '{"a": -1_000}': ("a: must be a value of JSON, got `-1_000`", '{"a": -1000}'),
    '{"a": .5}': ("a: must be a value of JSON, got `.5`", '{"a": 0.5}'),
    '{"a": 5.}': ("a: must be a value of JSON, got `5.`", '{"a": 5}'),
    '{"a": PT24H}': ("a: must be a value of JSON, got `PT24H`", '{"a": "PT24H"}'),
    '{"a": "x\n}': ('a: must have a quotation mark at its end, got `"x`', '{"a": "x"\n}'),
    '{"a": "x,\n"b": 1}': ('a: must have a quotation mark at its end, got `"x`', '{"a": "x",\n"b": 1}'),
    '{"a": "\\d"}': ("a: must not have a backslash or a control character that JSON does not know", '{"a": "d"}'),
    '{"a": "x\ty"}': ("a: must not have a backslash or a control character that JSON does not know", '{"a": "x\\ty"}'),
    '{\xa0"a": 1}': ("must be a blank, got `\\xa0`", '{ "a": 1}'),
    '{"a": 1, "a": 2}': ("must not have two members of one name, got `a` twice", '{"a": 1}'),
    '{"a": [1}': ("must end the list that begins in line 1 with `]`, got `}`", '{"a": [1]}'),
    '{"a": {"b": 1]}': ("must end the object that begins in line 1 with `}`, got `]`", '{"a": {"b": 1}}'),
    '{"a": [1': ("the text ends too early: what begins in the lines 1, 1 has no end", '{"a": [1]}'),
    '{"a": "x': ("the text ends too early: what begins in the lines 1 has no end", None),
    '{"a"': ("the text ends too early: what begins in the lines 1 has no end", None),
    '{"a": 1}}]': ("must end with the document", '{"a": 1}'),
    '{"a": 1}{"a": 2}': ("must be one document, and here another text begins", None),
    "[" * 33 + "]" * 33: ("[0]" * 32 + ": must be at most 32 levels deep", None),
}  # fmt: skip


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_of_json_is_named_with_what_to_write(text: str) -> None:
    problem, expected = SLIPS[text]
    _, slips = json_parts(text)
    assert problem in [str(slip) for slip in slips]
    assert all(slip.advice for slip in slips)
    with pytest.raises(InvalidValue):
        wire.parse(text)
    if expected is not None:
        assert corrected(text, slips) == expected
        assert json_parts(expected)[1] == ()
        wire.parse(expected)


@given(st.text(alphabet=st.sampled_from([*"{}[]:,;\"'\\ \nabn01.-+e=#/“”"]), max_size=14))
def test_every_text_has_a_slip_or_is_json(text: str) -> None:
    part, slips = json_parts(text)
    try:
        document: object = wire.parse(text)
    except InvalidValue:
        assert part is None or slips or "\\u" in text
    else:
        assert part is not None
        assert (slips, part.plain()) == ((), document)


# ── Bytes, and what is no policy ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{\n\xe9", "must be UTF-8, got the byte 0xe9 in line 2"),
        ("\ufeff{}".encode("utf-16-be"), "is UTF-16, and must be UTF-8"),
        (b" " * (16 * 1024 * 1024 + 1), "must be at most 16777216 bytes"),
        (b'{"schema": "withdraw-guard/account/1"}', "is a document of the form `withdraw-guard/account/1`, and a policy has `withdraw-guard/policy/1`"),  # noqa: E501
        (b'[{"type": "security_event"}]', "is a list of events, and no policy"),
        (b'{"type": "security_event"}\n{"type": "security_event"}\n', "is a journal of events, and no policy"),
        (b'{"eventType": "x", "published": "y"}', "has events of Okta, and no policy"),
        (b"a,b\n1,2\n", "is CSV, and no policy"),
        (b"# nothing\n--- # still nothing\n", "is empty"),
        (b"[1]", "must be an object, got a list"),
        (b'"x"', "must be an object, got `x`"),
        (b'{"$schema": "\\ud800", %s, "rules": []}' % HEAD.encode(), "[`$schema`]: must not contain a lone surrogate"),
    ],
)  # fmt: skip
def test_what_is_no_policy_is_named_as_what_it_is(document: bytes, problem: str) -> None:
    assert problem in said(document)


def test_a_byte_order_mark_is_read() -> None:
    assert isinstance(draft(b"\xef\xbb\xbf" + rule().encode()), Policy)


# ── What to write ────────────────────────────────────────────────────────────────────────────────────────────────

ADVICE = [
    ({"duration": 24}, "PT24H"), ({"duration": "24h"}, "PT24H"), ({"duration": "P1M"}, "P30D"),
    ({"duration": "2 weeks"}, "P2W"), ({"duration": "pt24h"}, "PT24H"), ({"duration": "24:00"}, "PT24H"),
    ({"duration": "P1Y"}, "P365D"), ({"duration": "PT1D"}, "P1D"), ({"duration": "PT5m"}, "PT5M"),
    ({"duration": "12"}, "PT12H"), ({"duration": "soon"}, "PT24H"), ({"duration": "PT0S"}, "PT24H"),
    ({"duration": True}, "PT24H"), ({"duration": "90 sec"}, "PT90S"), ({"duration": "30 min"}, "PT30M"),
    ({"duration": "9 moons"}, "PT24H"),
    ({"repeat": "Keep"}, "keep"), ({"repeat": None}, "extend"), ({"lifted_by": "whatever"}, "all"), ({"lifted_by": "either"}, "any"), ({"lifted_by": "Both"}, "all"),  # noqa: E501
    ({"releasable_by": "Support"}, ["support"]), ({"releasable_by": None}, []), ({"releasable_by": 5}, ["support"]),
    ({"releasable_by": ["Support"]}, ["support"]), ({"releasable_by": ["!"]}, ["support"]),
    ({"releasable_by": [3]}, ["support"]), ({"releasable_by": ["a", "a"]}, ["a"]),
    ({"where": []}, {}), ({"where": {"a": [1, 2]}}, {"a": 1}), ({"where": {"a": None}}, {}),
    ({"where": {"a": 2**70}}, {"a": str(2**70)}), ({"where": {"": 1}}, {}),
    ({"where": {"a": {"b": 1}}}, {"a": '{"b": 1}'}), ({"where": {"a": []}}, {"a": "[]"}),
    ({"where": {"a": "x" * 2000}}, {"a": "x" * 1024}),
    ({"id": 7}, "my-rule"), ({"trigger": "Password changed"}, "password_changed"), ({"trigger": 1}, "password_changed"),
    ({"scope": "all"}, ...), ({"clearance": "none"}, ...), ({"scope": []}, ...),
    ({"business_days": 3}, ...), ({"public_reason": "Legal Order"}, "legal_order"),
]  # fmt: skip


@pytest.mark.parametrize(("members", "expected"), ADVICE, ids=str)
def test_what_to_write_is_close_to_what_was_written(members: dict[str, Any], expected: Any) -> None:
    (name, *_), text = members, rule(**members)
    assert len(said(text)) == 1
    runs, accepted = runs_until_accepted(text)
    (written,) = json.loads(accepted)["rules"]
    assert (runs, written.get(name, ...)) == (1, expected)


SCOPES = [
    ({"operations": "withdrawal"}, {"operations": ["withdrawal"]}), ({"operations": []}, {"operations": "*"}),
    ({"operations": "all"}, {"operations": "*"}), ({"operations": [5]}, {"operations": ["withdrawal"]}),
    ({"operations": 5}, {"operations": "*"}),
    ({"leaves": ["trade"]}, {"leaves": []}),
    ({"operations": ["trade"], "leaves": ["trade"]}, {"operations": ["trade"], "leaves": []}),
]  # fmt: skip


@pytest.mark.parametrize(("scope", "expected"), SCOPES, ids=str)
def test_a_scope_is_corrected(scope: dict[str, Any], expected: dict[str, Any]) -> None:
    _, accepted = runs_until_accepted(rule(scope=scope))
    assert json.loads(accepted)["rules"][0]["scope"] == expected


def test_an_id_of_its_own_is_found_beside_what_is_no_rule_yet() -> None:
    given = [
        {"id": "a", "trigger": "t", "where": {"id": "\x1f"}, "duration": "PT24H"},
        {"id": "a", "trigger": "t", "duration": "PT24H"},
        {"trigger": "t", "duration": "PT24H"},
        None,
    ]
    text = json.dumps({"schema": "withdraw-guard/policy/1", "id": "p", "version": "1", "rules": given})
    outcome = draft(text)
    assert isinstance(outcome, Faulty)
    advice = {mistake.path: mistake.advice for mistake in outcome.mistakes}
    assert advice["rules[1].id"] == ("give each rule an id of its own", 'write `"a-2"`')
    assert advice["rules[0].where.id"] == ("remove it",)
    assert advice.keys() == {"rules[0].where.id", "rules[1].id", "rules[2].id", "rules[3]"}


def test_rules_that_cannot_stand_together_are_told_apart() -> None:
    clearance = {"unverified": ["face_web"], "verified": ["face_web"]}
    bounds = {"minimum": "PT1H", "maximum": "P2D"}
    for members, problem in (
        ({"scope": {"destinations": "named"}}, "rules[0].repeat: must be `separate` where a hold is about one destination"),  # noqa: E501
        ({"chosen": bounds, "clearance": clearance}, "rules[0].chosen: must not be given beside a clearance"),
        ({"chosen": {"minimum": "P9D", "maximum": "P1D"}}, "rules[0].chosen.maximum: must not be shorter than `minimum`"),  # noqa: E501
        ({"chosen": {"minimum": "P9D"}}, "rules[0].chosen.maximum: is missing"),
        ({"chosen": {**bounds, "maximum": "P1M"}, "repeat": "keep"}, "rules[0].chosen.maximum: must be a duration of days and time such as `PT24H` or `P5D`, got `P1M`"),  # noqa: E501
        ({"duration": ...}, "rules[0].releasable_by: must name an authority, because time alone does not end this hold"),  # noqa: E501
    ):  # fmt: skip
        text = rule(**members)
        assert problem in said(text)
        assert runs_until_accepted(text)[0] <= 2


def test_what_misses_beside_an_unknown_member_is_said_when_that_is_clear() -> None:
    """The member may be what is missing, so nothing is claimed that may be false."""
    text = rule(duration=..., kept_for="PT24H")
    assert said(text) == ["rules[0].kept_for: is not a member here"]
    assert said(rule(duration=..., kept_for="PT24H", releasable_by=[])) == said(text)
    assert said(corrected(text, draft(text).mistakes)) == [  # type: ignore[union-attr]
        "rules[0].releasable_by: must name an authority, because time alone does not end this hold"
    ]


def test_an_unknown_member_is_told_from_one_that_is_there_already() -> None:
    for member, advice in (("durration", "remove it, because `duration` is here already"), ("zzz", "remove it")):
        outcome = draft(rule(**{member: "PT24H"}))
        assert isinstance(outcome, Faulty)
        assert outcome.mistakes[0].advice[0] == advice
        assert outcome.mistakes[0].advice[1].startswith("possible here: `id`, `trigger`, ")


def test_missing_members_are_written_by_example() -> None:
    _, accepted = runs_until_accepted("{}")
    assert json.loads(accepted)["schema"] == "withdraw-guard/policy/1"
    runs, accepted = runs_until_accepted(f'{{{HEAD}, "rules": [{{}}, {{"trigger": "a_b", "duration": "PT1H"}}]}}')  # noqa: RUF059
    assert [each["id"] for each in json.loads(accepted)["rules"]] == ["rule-1", "a-b"]
    assert said(f'{{{HEAD}, "rules": {{"id": "x"}}}}')[0] == "rules: must be a list, got an object"
    assert runs_until_accepted(f'{{{HEAD}, "rules": "none"}}')[0] == 1
    assert said(f'{{{HEAD}, "rules": [5, []]}}') == [
        "rules[0]: must be an object, got `5`", "rules[1]: must be an object, got a list"
    ]  # fmt: skip


@pytest.mark.parametrize(("given", "number"), [(4000, 366), ("x", 1), ("7", 7), (True, 1)])
def test_a_number_of_business_days_is_brought_within_its_limits(given: object, number: int) -> None:
    outcome = draft(rule(business_days=given, duration=...))
    assert isinstance(outcome, Faulty)
    assert [mistake.correction and mistake.correction.text for mistake in outcome.mistakes] == [str(number), None]


def test_a_calendar_is_made_by_a_command() -> None:
    day = {"begins": "2026-01-05", "ends": "2026-01-06T00:00:00Z"}
    text = rule(business_days=2, duration=...)
    outcome = draft(text)
    assert isinstance(outcome, Faulty)
    assert [mistake.advice for mistake in outcome.mistakes] == [(MAKE_A_CALENDAR,)]
    days = [day, {"begins": day["ends"], "ends": day["ends"]}, {"begins": 5}, []]
    text = f'{{{HEAD}, "rules": [], "calendar": {{"days": {json.dumps(days)}}}}}'
    assert [each.split(":")[0] for each in said(text)] == [
        "calendar.days[0].begins", "calendar.days[1].ends", "calendar.days[2].ends", "calendar.days[2].begins",
        "calendar.days[3]",
    ]  # fmt: skip
    assert runs_until_accepted(text)[0] <= 3
    assert said(f'{{{HEAD}, "rules": [], "calendar": {{"days": []}}}}') == [
        "calendar.days: must be 1 to 4000 days, got 0"
    ]
    many = json.dumps([{"id": f"r{number}", "trigger": "t", "duration": "PT1H"} for number in range(257)])
    assert said(f'{{{HEAD}, "rules": {many}}}') == ["rules: must have at most 256 entries, got 257"]


def test_the_same_id_is_given_once() -> None:
    rules = json.dumps([{"id": "r", "trigger": "t", "duration": "PT1H"}] * 3)
    runs, accepted = runs_until_accepted(f'{{{HEAD}, "rules": {rules}}}')
    assert (runs, [each["id"] for each in json.loads(accepted)["rules"]]) == (1, ["r", "r-2", "r-3"])


# ── YAML ─────────────────────────────────────────────────────────────────────────────────────────────────────────

YAML = """\
# Our policy.
schema: withdraw-guard/policy/1
id: ours
version: 2026-01-05
rules:
  - id: password   # the most common one
    trigger: password_changed
    duration: PT24H
    where: {country: DE, "vip": true, amount: 10}
    scope:
      operations: [withdrawal, trade]
    clearance: ~
"""


def test_a_policy_in_yaml_means_what_it_says() -> None:
    outcome = draft(YAML, "p.yml")
    assert isinstance(outcome, Policy)
    assert outcome.version == "2026-01-05"
    assert dict(outcome.rules[0].where) == {"amount": 10, "country": "DE", "vip": True}
    assert draft(YAML, "whatever") == outcome


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        (YAML.replace("DE", "NO"), "rules[0].where.country: must be written so that every YAML reads it alike, got `NO`", 9),  # noqa: E501
        (YAML.replace("DE", "no"), "rules[0].where.country: must be written so that every YAML reads it alike, got `no`", 9),  # noqa: E501
        (YAML.replace("10}", "010}"), "rules[0].where.amount: must be written so that every YAML reads it alike, got `010`", 9),  # noqa: E501
        (YAML.replace("10}", "1_0}"), "rules[0].where.amount: must be written so that every YAML reads it alike, got `1_0`", 9),  # noqa: E501
        (YAML.replace("10}", "0x1F}"), "rules[0].where.amount: must be written so that every YAML reads it alike, got `0x1F`", 9),  # noqa: E501
        (YAML.replace("10}", "1:30}"), "rules[0].where.amount: must be written so that every YAML reads it alike, got `1:30`", 9),  # noqa: E501
        (YAML.replace("10}", "1.5}"), "rules[0].where.amount: must be text, an integer or a boolean, got `1.5`", 9),
        (YAML.replace("2026-01-05", "1.10"), "version: must be text, got `1.1`", 4),
        (YAML.replace("id: ours", "id: ours\nid: theirs"), "must not have two members of one name, got `id` twice", 4),
        (YAML.replace("id: ours", "id: &x ours"), "id: must not use anchors (`&`, `*`)", 3),
        (YAML.replace("id: ours", "id: !!str ours"), "id: must not have a tag (`!`)", 3),
        (YAML.replace("id: ours", "? [id]\n: ours"), "must have text for names", 3),
        (f"{YAML}---\nid: x\n", "must be one document, and here another one begins", 13),
        (YAML.replace("    trigger", "\ttrigger"), "must be indented with blanks, not with tabs", 7),
        (YAML.replace("id: ours", "id: a: b"), "must not have a second colon in a line: put a text with `: ` in quotes", 3),  # noqa: E501
        (YAML.replace("id: ours", "id: @ours"), "must have a text that begins with `@` in quotes", 3),
        (YAML.replace("id: ours", "id: \x07"), "must be YAML: unacceptable character #x0007: special characters are not allowed", 3),  # noqa: E501
        (YAML.replace("id: ours", f"id: {'[' * 40}"), "id" + "[0]" * 32 + ": must be at most 32 levels deep", 3),
        (YAML.replace("duration: PT24H", "durration: PT24H"), "rules[0].durration: is not a member here", 8),
    ],
)  # fmt: skip
def test_nothing_in_yaml_surprises(text: str, problem: str, line: int) -> None:
    outcome = draft(text, "p.yaml")
    assert isinstance(outcome, Faulty)
    (mistake,) = (each for each in outcome.mistakes if str(each) == problem)
    assert outcome.text.count("\n", 0, mistake.begin) + 1 == line


def test_the_norwegians_may_choose() -> None:
    """`no` is false for some readers of YAML, and a text for others."""
    _, accepted = runs_until_accepted(YAML.replace("DE", "NO").replace("10}", "010}"), "p.yaml")
    assert "country: false" in accepted
    outcome = draft(YAML.replace("DE", '"NO"'), "p.yaml")
    assert isinstance(outcome, Policy)
    assert outcome.rules[0].where["country"] == "NO"


def test_yaml_is_corrected_in_its_own_form() -> None:
    text = (
        YAML.replace("duration: PT24H", "hours: 24")
        .replace("id: ours\n", "")
        .replace("    trigger", "    x: 1\n    trigger")
    )
    runs, accepted = runs_until_accepted(text, "p.yaml")
    assert runs == 1
    assert accepted == YAML.replace("duration: PT24H", "duration: PT24H").replace("id: ours\n", "").replace(
        "schema", "id: my-policy\nschema", 1
    )


def test_entries_of_yaml_are_removed_with_their_lines() -> None:
    for text in (
        YAML.replace("  - id: password ", "  - zzz: 1\n    id: password "),
        YAML.replace("    clearance: ~\n", "    clearance: ~\n    zzz: 1\n"),
        YAML.replace("vip", "vip").replace("scope:\n", "scope:\n      zzz: {a: 1}\n"),
    ):
        assert runs_until_accepted(text, "p.yaml")[1].replace("\n    clearance: ~\n", "\n    clearance: ~\n") == YAML


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_many_policies_are_checked_at_once(run: Run, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.json"
    good.write_text(YAML, "utf-8")
    bad.write_text(rule(duration="24h"), "utf-8")
    status, out, err = run("check-policy", good, bad, "binance", "binanc", tmp_path)
    assert status == 2
    assert [line for line in out.splitlines() if not line.startswith("  ")] == [
        "policy ours, version 2026-01-05: 1 rule", "", "policy binance, version 1.0.0: 6 rules"
    ]  # fmt: skip
    assert err.splitlines()[0].startswith(f"{bad}:1:")
    assert err.splitlines()[-3:] == [
        f"withdraw-guard: {bad}: 1 fault",
        "withdraw-guard: binanc: is neither the name of a published policy nor a file; did you mean `binance`?",
        f"withdraw-guard: {tmp_path}: Is a directory",
    ]
    assert run("check-policy", good, "binance")[0] == 0


def test_what_is_wrong_with_a_whole_file_has_no_line(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.touch()
    advice = "`withdraw-guard new-policy` prints a policy to begin with"
    told = f"{path}: is empty\n      = {advice}\nwithdraw-guard: {path}: 1 fault\n"
    assert run("check-policy", path) == (2, "", told)
    assert run("check-policy", path, "--github") == (2, f"::error file={path}::is empty; {advice}\n", "")


def test_each_fault_is_a_line_that_github_shows_beside_it(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "a%,b.json"
    path.write_text('{"schema": "withdraw-guard/policy/1", "id": "x",\n "version": "1", "rulez": []}', "utf-8")
    status, out, err = run("check-policy", path, "kraken", "binanc", "--github")
    file = str(path).replace("%", "%25").replace(",", "%2C")
    placed, *more = out.splitlines()
    assert placed.startswith(
        f"::error file={file},line=2,col=18,title=rulez::is not a member here; did you mean `rules`?"
    )
    assert (
        more[-1]
        == "::error file=binanc::binanc: is neither the name of a published policy nor a file; did you mean `binance`?"
    )
    assert all(line.startswith(f"::error file={file},line=") for line in more[:-1])
    assert (status, err) == (2, "")
    assert run("check-policy", "kraken", "--github") == (0, "", "")


def test_a_machine_reads_the_faults_and_the_corrections(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{\n" + rule(duration="24h")[1:], "utf-8")
    (tmp_path / "empty.json").write_text("", "utf-8")
    status, out, err = run(
        "check-policy", "--json", tmp_path / "bad.json", "kraken", tmp_path / "empty.json", "x", tmp_path
    )
    bad, kraken, empty, nothing, folder = map(json.loads, out.splitlines())
    assert (status, err) == (2, "")
    (fault,) = bad["faults"]
    begin, end = fault["correction"].pop("from"), fault["correction"].pop("to")
    assert begin == [fault["line"], fault["column"]] == [2, end[1] - len('"24h"')]
    assert fault["correction"] == {"text": '"PT24H"'}
    assert (fault["path"], fault["advice"]) == ("rules[0].duration", ['write `"PT24H"`'])
    assert kraken == {"file": "kraken", "policy": {"id": "kraken", "version": "1.0.0", "rules": 5}, "faults": []}
    assert (empty["faults"][0]["line"], empty["faults"][0]["correction"]) == (None, None)
    assert nothing["faults"][0]["problem"] == "x: is neither the name of a published policy nor a file"
    assert folder["faults"][0]["problem"].endswith("Is a directory")


def test_many_faults_of_one_kind_are_listed_up_to_twenty(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    rules = [{"id": f"r{number}", "trigger": "t", "duration": number + 1} for number in range(25)]
    path.write_text(f'{{{HEAD}, "rules":\n' + json.dumps(rules, indent=0) + "}", "utf-8")
    err = run("check-policy", path)[2]
    assert err.count("must be a duration") == 20
    assert f"{path}: 5 more faults of this kind, the last one in line 126\n" in err
    assert err.endswith(": 25 faults\n")


@pytest.mark.parametrize("width", [80, 160])
def test_a_terminal_of_any_width_shows_the_place(
    run: Run, width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.json"
    path.write_text(rule(trigger="x" * 100, durration="24h"), "utf-8")
    monkeypatch.setenv("COLUMNS", str(width))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run("check-policy", path)
    lines = terminal.getvalue().splitlines()
    assert all(len(line) <= max(width, len(str(path)) + 70) for line in lines)
    place = next(number for number, line in enumerate(lines) if line.startswith("    1 | "))
    marked = [sign for sign, mark in zip(lines[place], lines[place + 1].ljust(width), strict=False) if mark == "^"]
    assert "".join(marked) == '"durration"'


def test_another_command_says_the_first_fault_and_who_says_the_others(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(rule(duration="24h", repeat="x"), "utf-8")
    status, out, err = run("lint", path)
    assert (status, out) == (2, "")
    assert err.endswith("got `24h`; 1 more: `withdraw-guard check-policy` says them all\n")
    assert err.startswith(f"withdraw-guard: {path}:1:")


def test_without_the_library_yaml_is_one_clear_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(YAML, "utf-8")
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("ruamel"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "withdraw_guard._drafts.yaml_text")
    monkeypatch.setattr(builtins, "__import__", missing)
    needs = "withdraw-guard: what is in YAML needs ruamel.yaml: install withdraw-guard with its extra `yaml`\n"
    assert run("check-policy", path) == (2, "", needs)
    assert run("check-policy", "binance")[0] == 0
    monkeypatch.undo()
    import_module("withdraw_guard._drafts.yaml_text")
