"""What a policy begins with: a first policy, the canonical form, the schemas for an editor, and a calendar."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from jsonschema import Draft202012Validator

from test_conformance import OWN, scenario
from withdraw_guard import (
    Account,
    Appeal,
    Clearance,
    EventRefused,
    InvalidValue,
    Policy,
    Rule,
    Scope,
    apply,
    authorities,
    documents,
    methods,
    operations,
    policies,
    public_reasons,
    reasons,
    triggers,
    wire,
)
from withdraw_guard._drafts.draft import Faulty, read_policy
from withdraw_guard._drafts.mistake import corrected
from withdraw_guard._drafts.yaml_text import yaml_parts
from withdraw_guard._model.events import EventType
from withdraw_guard._wire.structure import write
from withdraw_guard.calendars import business_days
from withdraw_guard.cli import _fmt, _new_policy, _test_policy, main
from withdraw_guard.cli._arguments import A_JOURNAL
from withdraw_guard.cli._stories import stories_in
from withdraw_guard.policies import GALLERY
from withdraw_guard.stories._clauses import Kind

Run = Callable[..., tuple[int, str, str]]
SCHEMAS = Path(__file__).parents[1] / "src" / "withdraw_guard" / "schemas"


# ── A first policy ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_policy_is_the_same_in_both_languages(run: Run) -> None:
    in_json, in_yaml = run("new-policy")[1], run("new-policy", "--yaml")[1]
    policy = wire.policy_from_dict(wire.parse(in_json))
    assert read_policy("p.yaml", in_yaml.encode(), yaml_parts) == policy
    assert len(policy.rules) == 3


def test_the_first_policy_names_its_schema(run: Run) -> None:
    document = json.loads(run("new-policy")[1])
    assert next(iter(document)) == "$schema"
    schema = json.loads(run("schema", "policy")[1])
    Draft202012Validator(schema).validate(document)
    assert run("new-policy", "--yaml")[1].startswith("# yaml-language-server: $schema=./policy.schema.json\n")


def test_the_first_policy_has_no_warning(run: Run, tmp_path: Path) -> None:
    for name in ("p.yaml", "p.json"):
        status, out, err = run("new-policy", tmp_path / name)
        assert (status, out) == (0, "")
        stories = (tmp_path / name).with_name(name.replace(".", ".stories."))
        assert err.startswith(
            f"withdraw-guard: wrote {tmp_path / name} and {stories}; `withdraw-guard schema policy > "
        )
        assert run("lint", tmp_path / name, "--fail-if", "warning")[0] == 0


def test_the_stories_of_the_first_policy_are_true_and_the_same_in_both_languages(run: Run, tmp_path: Path) -> None:
    told = []
    for name in ("one.yaml", "two.json"):
        run("new-policy", tmp_path / name)
        status, out, _ = run("test-policy", tmp_path / name)
        assert (status, out.partition("\n")[0]) == (
            0,
            "policy my-policy, version 1.0.0: 6 stories, 18 answers: all as expected",
        )
        told.append(stories_in(tmp_path / name.replace(".", ".stories.")))
    assert told[0] == told[1]


def test_stories_that_exist_are_not_overwritten_and_no_policy_is_written(run: Run, tmp_path: Path) -> None:
    stories = tmp_path / "p.stories.json"
    stories.write_text("mine", "utf-8")
    refused = f"withdraw-guard: {stories}: exists already, and is not overwritten\n"
    assert run("new-policy", tmp_path / "p.json") == (2, "", refused)
    assert (stories.read_text("utf-8"), (tmp_path / "p.json").exists()) == ("mine", False)


def test_the_help_names_every_member_of_a_rule_and_every_trigger() -> None:
    words = set(re.findall(r"\w+", _new_policy.NOTES))
    fields = {field.name for cls in (Rule, Clearance, Appeal, Scope) for field in attrs.fields(cls) if field.init}
    assert fields - words == {"identity_valid_for"}
    assert {str(each) for name, each in vars(triggers).items() if name.isupper()} <= words


def test_the_help_names_every_clause_and_every_event_of_a_story() -> None:
    told = " ".join(_test_policy.NOTES.split())
    assert [kind for kind in Kind if f" {kind}" not in told] == []
    assert [kind.value for kind in EventType if kind is not EventType.SECURITY_EVENT and kind.value not in told] == []


def test_the_event_in_the_help_is_an_event() -> None:
    line = A_JOURNAL[A_JOURNAL.index("{") : A_JOURNAL.index("written")]
    assert wire.event_from_dict(json.loads(line)).account == "a1"


def test_a_newcomer_writes_tests_and_compares_a_policy_and_tells_a_customer(run: Run, tmp_path: Path) -> None:
    """Each step follows the help, or the advice of the step before it."""
    mine, last_year, journal = tmp_path / "mine.yaml", tmp_path / "last-year.yaml", tmp_path / "journal.jsonl"
    run("new-policy", mine)
    mine.write_text(f"{mine.read_text('utf-8').replace('my-policy', 'ours')}{FOUR_MORE_RULES}", "utf-8")
    faults = run("check-policy", mine)[2]
    assert faults.splitlines()[-1] == f"withdraw-guard: {mine}: 4 faults"
    for said in (
        "calendar: must be given, because the rule `email-changed` counts business days",
        "write `business_days: 2`, and give the policy a `calendar`",
        "write `two_factor_disabled`",
        "write `repeat: separate`",
    ):
        assert said in faults
    draft = read_policy("mine.yaml", mine.read_bytes(), yaml_parts)
    assert isinstance(draft, Faulty)
    days = run("calendar", "--zone", "Europe/Oslo", "--from", "2026-01-01", "--to", "2026-12-31", "--yaml")[1]
    mine.write_text(f"{corrected(draft.text, draft.mistakes)}{days}", "utf-8")
    assert run("check-policy", mine)[1].startswith("policy ours, version 1.0.0: 7 rules\n")

    stories = mine.with_name("mine.stories.yaml")
    stories.write_text(f"{stories.read_text('utf-8')}{ONE_MORE_STORY}", "utf-8")
    status, told, _ = run("test-policy", mine)
    assert (status, "did you mean `email_changed`? Correct it, or expect `unmatched`" in told) == (1, True)
    stories.write_text(stories.read_text("utf-8").replace("emial", "email"), "utf-8")
    told = run("test-policy", mine)[1]
    assert "withdrawal at +0h: expected `denied until +48h`, got `denied until +62h`" in told
    stories.write_text(stories.read_text("utf-8").replace("+48h, because email", "+62h, because email"), "utf-8")
    assert run("test-policy", mine)[0] == 0
    assert run("lint", mine)[0] == 0

    last_year.write_text(mine.read_text("utf-8").replace("business_days: 2", "business_days: 3"), "utf-8")
    status, told, _ = run("diff", last_year, mine, "--fail-if", "looser")
    assert (status, "looser" in told) == (1, True)

    event = '"trigger": "email_changed", "initiated_by": "user", "context": {}'
    said = f'{{"type": "security_event", "id": "e1", "account": "a1", "at": "2026-01-09T09:00:00Z", {event}}}\n'
    journal.write_text(said, "utf-8")
    asked = ("--account", "a1", "--policy", mine, "--at", "2026-01-09T10:00:00Z")
    status, told, _ = run("explain", journal, *asked, "--lang", "no", "--zone", "Europe/Oslo")
    assert (status, told) == (0, TOLD_IN_NORWEGIAN)


FOUR_MORE_RULES = """
  - id: email-changed
    trigger: email_changed
    duration: 2 business days

  - id: two-factor-off
    trigger: 2fa_disabled
    duration: PT48H

  - id: bank-account-added
    trigger: address_added
    duration: PT24H
    scope:
      operations: [payment]
      destinations: named

  - id: device-added
    trigger: device_added
    duration: PT12H
"""
ONE_MORE_STORY = """
  - story: a new e-mail address stops everything for two business days
    lines:
      - event: emial_changed
        expect: denied until +48h, because email-changed
"""
TOLD_IN_NORWEGIAN = """\
Noen handlinger på kontoen din er sperret. Hvis det ikke skjer noe nytt, opphører dette av seg selv 14. \
januar 2026 kl. 00:00 UTC+01:00 (om 4 dager og 13 timer).  [ Se hvorfor og hva du kan gjøre ]

Dette uttaket er midlertidig sperret. Hvis det ikke skjer noe nytt, oppheves sperren av seg selv 14. januar \
2026 kl. 00:00 UTC+01:00 (om 4 dager og 13 timer).

Årsak: en endring av sikkerheten på kontoen din.
Denne årsaken har vart siden 9. januar 2026.
  - Vent til 14. januar 2026 kl. 00:00 UTC+01:00 (om 4 dager og 13 timer). Da opphører denne årsaken av seg \
selv, og du trenger ikke å gjøre noe med den.
"""


def test_a_file_that_exists_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("mine", "utf-8")
    assert run("new-policy", path) == (2, "", f"withdraw-guard: {path}: exists already, and is not overwritten\n")
    assert path.read_text("utf-8") == "mine"


# ── The canonical form ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_policy_is_written_in_its_canonical_form(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    run("new-policy", path)
    before = wire.policy_from_dict(wire.parse(path.read_text("utf-8")))
    told = f"withdraw-guard: {path}: is not in the canonical form: `withdraw-guard fmt {path}` writes it\n"
    assert run("fmt", "--check", path) == (1, "", told)
    assert run("fmt", path) == (0, "", "")
    text = path.read_text("utf-8")
    assert json.loads(text) == {"$schema": "./policy.schema.json", **wire.to_dict(before)}
    assert wire.policy_from_dict(wire.parse(text)) == before
    assert run("fmt", "--check", path) == run("fmt", path) == (0, "", "")
    assert path.read_text("utf-8") == text
    assert sorted(each.name for each in tmp_path.iterdir()) == ["p.json", "p.stories.json"]


@pytest.mark.parametrize("name", GALLERY)
def test_equal_policies_have_equal_texts(name: str) -> None:
    policy = GALLERY[name].policy
    text = _fmt.canonical_text(policy, {})
    assert _fmt.canonical_text(wire.policy_from_dict(wire.parse(text)), {}) == text


def test_a_policy_in_yaml_keeps_its_comments(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    run("new-policy", path)
    before = path.read_bytes()
    status, out, err = run("fmt", path)
    assert (status, err) == (0, "")
    assert out == _fmt.canonical_text(wire.policy_from_dict(json.loads(run("new-policy")[1])), {})
    assert run("fmt", "--check", path) == (0, "", "")
    assert path.read_bytes() == before


def test_a_faulty_file_is_not_written(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("{}", "utf-8")
    status, out, err = run("fmt", path)
    assert (status, out, path.read_text("utf-8")) == (2, "", "{}")
    assert "schema: is missing" in err


def test_a_file_is_not_taken_for_a_published_policy(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kraken").write_text(json.dumps(wire.to_dict(policies.BINANCE)), "utf-8")
    assert run("fmt", "kraken")[0] == 0
    assert json.loads((tmp_path / "kraken").read_text("utf-8"))["id"] == "binance"


def test_a_full_disk_leaves_the_file_as_it_was(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.json"
    run("new-policy", path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert run("fmt", path)[:2] == (2, "")
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["p.json", "p.stories.json"]


# ── A calendar ───────────────────────────────────────────────────────────────────────────────────────────────────

SPAN = ("--from", "2026-12-21", "--to", "2027-01-08")


def test_a_calendar_is_that_of_the_library(run: Run, tmp_path: Path) -> None:
    holidays = tmp_path / "holidays.txt"
    holidays.write_text(
        "\ufeff2026-12-25 Christmas\n\n# England\n2026-12-28  # instead of Boxing Day\n2028-01-01\n", "utf-8"
    )
    status, out, err = run("calendar", "--zone", "Europe/London", *SPAN, "--holidays", holidays)
    assert (status, err) == (0, f"withdraw-guard: {holidays}: 1 of 3 dates are outside of the calendar\n")
    expected = business_days(
        ZoneInfo("Europe/London"),
        first=date(2026, 12, 21),
        last=date(2027, 1, 8),
        holidays=[date(2026, 12, 25), date(2026, 12, 28)],
    )
    policy = {"schema": "withdraw-guard/policy/1", "id": "p", "version": "1", "rules": [], "calendar": json.loads(out)}
    assert wire.policy_from_dict(policy).calendar == expected


@pytest.mark.parametrize(("words", "days"), [("sun-thu", 14), ("sat,sun", 4), ("mon-sun", 19), ("fri-mon", 10)])
def test_a_week_may_be_another_one(run: Run, words: str, days: int) -> None:
    status, out, err = run("calendar", "--zone", "UTC", *SPAN, "--weekdays", words)
    assert (status, err, len(json.loads(out)["days"])) == (0, "", days)


def test_what_is_no_calendar_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    holidays = tmp_path / "holidays.txt"
    holidays.write_text("2026-12-25\n25 December\n", "utf-8")
    for arguments, problem in (
        (("--zone", "Mars/Olympus", *SPAN), "--zone: must be a time zone that this machine knows, got \
`Mars/Olympus`"),
        (("--zone", "UTC", "--from", "2026-02-01", "--to", "2026-01-01"), "--to: must not be before `first`"),
        (("--zone", "UTC", "--from", "1999-01-01", "--to", "2026-01-01"), "--from: must be between "),
        (("--zone", "UTC", "--from", "2026-01-03", "--to", "2026-01-04"), "--to: must be 1 to 4000 days, got 0"),
        (("--zone", "UTC", *SPAN, "--holidays", holidays), f"{holidays}:2: must be a date such as `2026-12-25`, got `25 Decembe`"),  # noqa: E501
    ):  # fmt: skip
        status, out, err = run("calendar", *arguments)
        assert (status, out) == (2, "")
        assert err.startswith(f"withdraw-guard: {problem}")
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (("--from", "5.1.2026"), "argument --from: must be a date such as `2026-12-25`, got `5.1.2026`"),
        (("--from", "20260105"), "argument --from: must be a date such as `2026-12-25`, got `20260105`"),
        (
            ("--weekdays", "mo-fr"),
            "argument --weekdays: must be days such as `mon-fri` or `sun,mon,tue`, got \
`mo-fr`",
        ),
    ],
)
def test_an_argument_of_a_calendar_is_checked(
    option: tuple[str, str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["calendar", "--zone", "UTC", *SPAN, *option])
    assert capsys.readouterr().err == f"withdraw-guard: {problem}\n"


# ── The schemas ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", sorted(SCHEMAS.iterdir()), ids=lambda path: path.name)
def test_a_schema_is_printed(path: Path, run: Run) -> None:
    assert run("schema", path.name.partition(".")[0]) == (0, path.read_text("utf-8"), "")


def schema(kind: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SCHEMAS / f"{kind}.schema.json").read_text("utf-8"))
    return document


def members(node: Any) -> Iterator[tuple[str, Any]]:
    """Every member of every object that a schema describes."""
    if isinstance(node, dict):
        yield from node.get("properties", {}).items()
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for each in inner:
        yield from members(each)


VOCABULARIES: dict[str, ModuleType] = {
    "trigger": triggers, "operations": operations, "releasable_by": authorities, "retractable_by": authorities,
    "unverified": methods, "verified": methods, "documents": documents, "public_reason": public_reasons,
    "method": methods, "reasons": reasons, "authority": authorities,
}  # fmt: skip


@pytest.mark.parametrize("kind", ["policy", "event"])
def test_an_editor_offers_the_well_known_names(kind: str) -> None:
    offered = {
        name: found["items"].get("examples") if "items" in found else found.get("examples")
        for name, node in members(schema(kind))
        if name in VOCABULARIES and set(node) & {"$ref", "items", "oneOf"}
        for found in [next((each for each in node.get("oneOf", ()) if "items" in each), node)]
    }
    assert offered == {name: well_known(VOCABULARIES[name]) for name in offered}
    assert len(offered) >= 5


def well_known(vocabulary: ModuleType) -> list[str]:
    return sorted(name for key, name in vars(vocabulary).items() if key.isupper() and isinstance(name, str))


LEAST = {
    "": Policy(id="p", version="1", rules=()),
    "rule": Rule(id="r", trigger="t", releasable_by=frozenset({"support"})),
    "scope": Scope(),
    "clearance": Clearance(unverified=frozenset(), verified=frozenset()),
    "appeal": Appeal(),
}


@pytest.mark.parametrize("name", LEAST)
def test_an_editor_shows_the_defaults_of_the_code(name: str) -> None:
    document = schema("policy")
    described = document["$defs"][name] if name else document
    shown = {member: node["default"] for member, node in described["properties"].items() if "default" in node}
    optional = {
        field.name for field in attrs.fields(type(LEAST[name])) if field.init and field.default is not attrs.NOTHING
    }
    assert set(shown) == optional
    written = {**write(LEAST[name]), **({"releasable_by": []} if name == "rule" else {})}
    assert shown == {member: written[member] for member in shown}


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_accounts_and_changes_are_what_their_schemas_say(path: Path) -> None:
    """And without any one of their members they are not, for the schema and for the library."""
    account_schema, change_schema = (Draft202012Validator(schema(kind)) for kind in ("account", "change"))
    story = scenario(path)
    policy = wire.policy_from_dict(story["policy"])
    accounts: dict[str, Account] = {}
    for event in (wire.event_from_dict(event) for event in story["events"]):
        try:
            outcome = apply(policy, accounts.get(event.account, Account(id=event.account)), event)
        except EventRefused:
            continue
        accounts[event.account] = outcome.account
        for document, validator, read in (
            (wire.to_dict(outcome.account), account_schema, wire.account_from_dict),
            *((wire.to_dict(change), change_schema, wire.change_from_dict) for change in outcome.changes),
        ):
            validator.validate(document)
            for less in without_one(document):
                assert not validator.is_valid(less)
                with pytest.raises(InvalidValue):
                    read(less)


def without_one(document: Any) -> Iterator[Any]:
    """The document without each of its members in turn, but for facts."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield {other: each for other, each in document.items() if other != name}
            for less in () if name == "where" else without_one(value):
                yield {**document, name: less}
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from ([*document[:index], less, *document[index + 1 :]] for less in without_one(value))


@pytest.mark.parametrize("kind", ["policy", "event"])
def test_every_example_is_valid(kind: str) -> None:
    document = schema(kind)

    def check(node: Any) -> None:
        if isinstance(node, dict) and isinstance(node.get("examples"), list):
            for example in node["examples"]:
                Draft202012Validator({**node, "$defs": document["$defs"]}).validate(example)
        for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            check(each)

    check(document)
