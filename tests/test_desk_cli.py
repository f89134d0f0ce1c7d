"""`withdraw-guard explain`, `way-out` and `overdue`: what a support desk asks about a journal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from withdraw_guard import (
    EVERYTHING,
    Account,
    Appeal,
    Clearance,
    Policy,
    Rule,
    Scope,
    apply,
    check,
    cli,
    wire,
)
from withdraw_guard.analysis import way_out
from withdraw_guard.cli import _explain, _overdue, _way_out
from withdraw_guard.messages import CATALOGUE, Audience, explain, notice_of, render
from withdraw_guard.policies import BINANCE

Run = Callable[..., tuple[int, str, str]]
Write = Callable[..., Path]
T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

DESK = Policy(
    id="desk",
    version="1",
    rules=(
        Rule(
            id="flag",
            trigger="abnormal_activity",
            clearance=Clearance(
                unverified=frozenset({"identity_personal"}),
                verified=frozenset({"face_web", "face_mobile"}),
                attempts=1,
                review_within=timedelta(hours=2),
                appeal=Appeal(decide_within=timedelta(hours=3), documents=frozenset({"id_photo"})),
            ),
            releasable_by=frozenset({"support"}),
        ),
        Rule(id="order", trigger="legal_order", scope=Scope(operations=EVERYTHING), releasable_by=frozenset({"legal"})),
        Rule(id="change", trigger="email_changed", duration=timedelta(hours=48)),
    ),
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy above is in force."""
    path = tmp_path / "desk.json"
    path.write_text(json.dumps(wire.to_dict(DESK)), "utf-8")
    monkeypatch.setenv("WITHDRAW_GUARD_POLICY", str(path))


def instant(hours: float) -> str:
    return f"{(T0 + hours * HOUR).replace(tzinfo=None).isoformat()}Z"


def clock(hours: float) -> str:
    return instant(hours).replace("T", " ").removesuffix("Z")


def event(hours: float, kind: str, account: str = "a1", **members: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"e{hours:g}", "account": account, "at": instant(hours), **members}


def security(hours: float, trigger: str, account: str = "a1") -> dict[str, Any]:
    return event(hours, "security_event", account, trigger=trigger, initiated_by="user", context={})


FLAG = security(0, "abnormal_activity")
BY = {"id": "r-7", "kind": "admin"}
ABOUT = {"hold": "e0:flag"}
STARTED = event(1, "verification_started", **ABOUT, method="identity_personal")
SUBMITTED = event(2, "verification_submitted", **ABOUT)
REJECTED = event(3, "review_decided", **ABOUT, by=BY, outcome="rejected", reasons=["document_expired"], final=False)
APPEALED = event(4, "appeal_submitted", **ABOUT, documents=["id_photo"])
DISMISSED = event(5, "appeal_decided", **ABOUT, by={**BY, "id": "r-9"}, outcome="dismissed", reasons=[])


def account_after(*lines: dict[str, Any], policy: Policy = DESK) -> Account:
    return apply(policy, Account(id="a1"), *map(wire.event_from_dict, lines)).account


# ── What the account holder sees ─────────────────────────────────────────────────────────────────────────────────


def test_an_account_holder_in_berlin_is_told_this(run: Run, journal: Write) -> None:
    path = journal(security(0, "email_changed"), security(1, "signed_in"))
    asked = (path, "--account", "a1", "--at", instant(1), "--lang", "de", "--zone", "Europe/Berlin")
    status, out, err = run("explain", *asked)
    assert status == 0
    assert (
        out
        == """\
Einige Vorgänge in Ihrem Konto sind gesperrt. Wenn nichts Weiteres geschieht, endet dies von selbst am 7. Januar 2026 \
um 10:00 Uhr (UTC+01:00, in 1 Tag und 23 Stunden).  [ Gründe und nächste Schritte ansehen ]

Diese Auszahlung ist vorübergehend gesperrt. Wenn nichts Weiteres geschieht, endet die Sperre von selbst am \
7. Januar 2026 um 10:00 Uhr (UTC+01:00, in 1 Tag und 23 Stunden).

Grund: eine Änderung an der Sicherheit Ihres Kontos.
Dieser Grund besteht seit dem 5. Januar 2026.
  - Bitte warten Sie bis zum 7. Januar 2026 um 10:00 Uhr (UTC+01:00, in 1 Tag und 23 Stunden). Dieser Grund fällt \
dann von selbst weg; dafür müssen Sie nichts tun.
"""
    )
    assert err.splitlines()[0] == "withdraw-guard: 2 events of 1 account, 0 refused; 0 unreadable lines"


def test_what_can_be_chosen_and_pressed_is_shown(run: Run, journal: Write) -> None:
    path = journal(FLAG)
    status, out, _ = run("explain", path, "--account", "a1", "--at", instant(1))
    assert status == 0
    assert [line.strip() for line in out.splitlines() if line.startswith(("    (", "    ["))] == [
        "( ) As a person",
        "( ) As a business",
        "[ Verify now ]",
    ]


STORIES = {
    "never held": [security(1, "signed_in")],
    "flagged": [FLAG],
    "started": [FLAG, STARTED],
    "in review": [FLAG, STARTED, SUBMITTED],
    "rejected": [FLAG, STARTED, SUBMITTED, REJECTED],
    "in appeal": [FLAG, STARTED, SUBMITTED, REJECTED, APPEALED],
    "two holds": [FLAG, security(1, "email_changed"), security(2, "legal_order")],
}


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("language", sorted(CATALOGUE.languages))
def test_every_sentence_is_that_of_the_library(run: Run, journal: Write, story: str, language: str) -> None:
    lines, at = STORIES[story], T0 + 6 * HOUR
    zone = ZoneInfo("Asia/Kathmandu")
    path, asked = journal(*lines), ("--account", "a1", "--at", instant(6), "--lang", language)
    decision = check(account_after(*lines), at)
    for audience, staff in ((Audience.USER, []), (Audience.STAFF, ["--staff"])):
        said = [render(message, [language], zone=zone, now=at) for message in explain(decision, audience)]
        _, out, _ = run("explain", path, *asked, "--zone", "Asia/Kathmandu", *staff)
        shown = [line.strip().removeprefix("- ").removeprefix("staff: ") for line in out.splitlines()]
        assert [line for line in shown if line in said] == said
        _, out, _ = run("explain", path, *asked, "--zone", "Asia/Kathmandu", *staff, "--json")
        told = json.loads(out)
        assert sorted(texts_of(told)) == sorted(said)
        assert told["decision"] == ("allowed" if decision else "denied")
        notice = notice_of(decision) if not decision else None
        assert (told["notice"] or [None])[0] == (notice and render(notice, [language], zone=zone, now=at))


def texts_of(told: dict[str, Any]) -> list[str]:
    """The sentences of the JSON: all but the notice and the labels of controls."""
    texts = [*told["answer"], *told["behind"]]
    for hold in told["holds"]:
        texts += [*hold["why"], *hold["behind"]]
        for step in hold["steps"]:
            texts += [step["says"], *step["help"], *step["behind"]]
    return texts


def test_the_controls_are_in_the_json(run: Run, journal: Write) -> None:
    identity = event(-1, "identity_changed", identity="personal")
    _, out, _ = run("explain", journal(identity, FLAG), "--account", "a1", "--at", instant(1), "--json")
    told = json.loads(out)
    (hold,) = told["holds"]
    assert (told["phase"], told["language"], hold["relation"]) == ("Suspended", "en", "any")
    assert hold["steps"][0]["step"] == "verify"
    assert hold["steps"][0]["button"] == "Verify now"
    assert hold["steps"][0]["controls"] == [
        {"name": "face_web", "label": "On the web", "scans_a_qr_code": False},
        {"name": "face_mobile", "label": "In the mobile app", "scans_a_qr_code": True},
    ]


def test_staff_reads_what_the_account_holder_must_not(run: Run, journal: Write) -> None:
    asked = (journal(FLAG), "--account", "a1", "--at", instant(1))
    user, staff = run("explain", *asked)[1], run("explain", *asked, "--staff")[1]
    assert "e0:abnormal-activity" in staff
    assert "e0" not in user
    assert [line for line in staff.splitlines() if "staff: " not in line] == user.splitlines()


def test_norwegian_is_found_by_its_common_tag(run: Run, journal: Write) -> None:
    _, out, _ = run("explain", journal(security(0, "signed_in")), "--account", "a1", "--lang", "no")
    assert out == f"{render(explain(check(Account(id='a1'), T0))[0], ['nb'])}\n"
    assert run("explain", journal(security(0, "signed_in")), "--account", "a1", "--lang", "en-GB")[0] == 0


def test_a_language_without_texts_is_named(run: Run, journal: Write) -> None:
    status, out, err = run("explain", journal(FLAG), "--account", "a1", "--lang", "xx")
    assert (status, out) == (2, "")
    assert err.startswith("withdraw-guard: --lang: must be one of `de`, `en`, ")
    assert err.endswith(", got `xx`\n")


@pytest.mark.parametrize("name", ["Europe/Berlim", "../etc/passwd", "Europe", ""])
def test_a_zone_that_nobody_knows_is_named(journal: Write, capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["explain", str(journal(FLAG)), "--account", "a1", "--zone", name])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == (
        "withdraw-guard: argument --zone: must be a time zone that this machine knows, such as `Europe/Berlin`, "
        f"got `{name}`\n"
    )


@pytest.mark.parametrize("command", ["explain", "way-out"])
@pytest.mark.parametrize("line", [{**FLAG, "at": "soon"}, "{"])
def test_nothing_is_said_of_an_account_with_a_line_that_cannot_be_read(
    run: Run, journal: Write, command: str, line: Any
) -> None:
    path = journal(security(0, "signed_in"), line, security(0, "signed_in", account="a2"))
    status, out, err = run(command, path, "--account", "a1", "--at", instant(9))
    assert (status, out) == (2, "")
    assert err.splitlines()[-1] == (
        "withdraw-guard: nothing is said, because a line that may be about this account could not be read or applied"
    )
    assert run(command, path, "--account", "a2", "--at", instant(9))[0] == (2 if line == "{" else 0)


# ── The way out ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_way_out_names_who_must_act_and_from_when(run: Run, journal: Write) -> None:
    path = journal(FLAG, security(1, "email_changed"))
    status, out, _ = run("way-out", path, "--account", "a1", "--at", instant(2))
    assert status == 0
    assert (
        out
        == f"""\
a1, {clock(2)} UTC: withdrawal denied, and time alone does not change that
     FROM (UTC)           WHO                 DOES                                                        ABOUT THE HOLD
  1  {clock(2)}  the account holder  starts a verification: identity verification as a business  e0:abnormal-activity
  2  {clock(2)}  the account holder  hands in the verification                                   e0:abnormal-activity
  3  {clock(2)}  a reviewer          approves the verification                                   e0:abnormal-activity
  4  {clock(49)}  the account holder  waits until then
allowed from {clock(49)} UTC on
if wrong: the security team retracts 1 report (e0), and hold e0:abnormal-activity ends
if wrong: the security team retracts 1 report (e1), and hold e1:email-changed ends
"""
    )


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (STORIES["never held"], []),
        (STORIES["started"], ["hands in the verification", "approves the verification"]),
        (STORIES["in review"], ["approves the verification"]),
        (STORIES["rejected"], ["files an appeal with a photo of your identity document", "grants the appeal"]),
        (STORIES["in appeal"], ["grants the appeal"]),
        ([FLAG, STARTED, SUBMITTED, REJECTED, APPEALED, DISMISSED], ["releases the hold"]),
        ([security(0, "legal_order")], ["releases the hold"]),
    ],
)
def test_each_action_has_its_words_and_its_event(
    run: Run, journal: Write, lines: list[dict[str, Any]], told: list[str]
) -> None:
    at = T0 + 6 * HOUR
    asked = ("way-out", journal(*lines), "--account", "a1", "--at", instant(6))
    status, out, _ = run(*asked)
    assert status == 0
    assert all(words in out for words in told)
    _, out, _ = run(*asked, "--json")
    line = json.loads(out)
    assert [action["does"] for action in line["actions"]] == told
    assert {action["who"] for action in line["actions"]} <= {"holder", "reviewer", "appeals_officer", "authority"}
    account, way = account_after(*lines), way_out(account_after(*lines), at)
    assert way is not None
    assert line["allowed_at"] == wire.to_dict(check(account, way.allowed_at))["at"]
    for action in line["actions"]:
        account = apply(DESK, account, wire.event_from_dict(action["event"])).account
    assert check(account, way.allowed_at)


@pytest.mark.usefixtures("desk")
def test_a_review_that_can_no_longer_be_approved_is_rejected_first(run: Run, journal: Write) -> None:
    lines = [
        event(-2, "identity_changed", identity="personal"),
        FLAG,
        {**STARTED, "method": "face_web"},
        SUBMITTED,
        event(3, "identity_changed", identity=None),
    ]
    _, out, _ = run("way-out", journal(*lines), "--account", "a1", "--at", instant(4), "--no-authority")
    assert "rejects the verification, because the identity was taken away" in out


@pytest.mark.usefixtures("desk")
def test_without_the_authority_that_could_there_is_no_way_out(run: Run, journal: Write) -> None:
    asked = ("way-out", journal(security(0, "legal_order")), "--account", "a1", "--at", instant(6))
    assert run(*asked, "--authority", "legal")[0] == 0
    for words in (["--no-authority"], ["--authority", "support"]):
        status, out, _ = run(*asked, *words)
        assert status == 1
        assert "nothing that these people can do ends the hold" in out
        line = json.loads(run(*asked, *words, "--json")[1])
        assert (line["allowed_at"], line["actions"]) == (None, [])
        assert line["if_wrong"] == [{"hold": "e0:order", "events": ["e0"], "authorities": ["security"]}]
    status, out, err = run(*asked, "--authority", "The Boss")
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].startswith("withdraw-guard: --authority: must be ")


def test_waiting_has_no_event(run: Run, journal: Write) -> None:
    path = journal(security(0, "email_changed"))
    line = json.loads(run("way-out", path, "--account", "a1", "--at", instant(1), "--json")[1])
    assert line["actions"] == [
        {"who": "holder", "does": "waits until then", "at": instant(48), "hold": None, "event": None}
    ]


# ── What is overdue ──────────────────────────────────────────────────────────────────────────────────────────────


def of_account(account: str, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**line, "account": account} for line in lines]


OVERDUE = [
    *of_account("reviewed", FLAG, STARTED, SUBMITTED),
    *of_account("reviewed-later", FLAG, STARTED, {**SUBMITTED, "at": instant(3.5)}),
    *of_account("in-time", FLAG, STARTED, {**SUBMITTED, "at": instant(39)}),
    *of_account("appealed", FLAG, STARTED, SUBMITTED, REJECTED, APPEALED),
    *of_account("dismissed", FLAG, STARTED, SUBMITTED, REJECTED, APPEALED, DISMISSED),
    *of_account("ordered", security(30, "legal_order")),
    *of_account("waits", security(30, "email_changed")),
    *of_account("parked", {**FLAG, "at": "soon"}, {**FLAG, "at": 7}),
]


@pytest.mark.usefixtures("desk")
def test_what_is_overdue_is_listed_with_the_oldest_first(run: Run, journal: Write) -> None:
    status, out, _ = run("overdue", journal(*OVERDUE), "--at", instant(40.25))
    assert status == 1
    assert (
        out
        == f"""\
6 overdue at {clock(40.25)} UTC

parked
  ACCOUNT  LINES  FIRST LINE  PROBLEM
  parked   2      23          at: must be an RFC 3339 instant such as `2026-01-05T09:00:00Z`, got `soon`

reviews past due
  LATE BY   DUE (UTC)            ACCOUNT         HOLD
  1 d 12 h  {clock(4)}  reviewed        e0:flag
  1 d 10 h  {clock(5.5)}  reviewed-later  e0:flag

appeals past due
  LATE BY   DUE (UTC)            ACCOUNT   HOLD
  1 d 09 h  {clock(7)}  appealed  e0:flag

only an authority ends
  OPEN FOR  SINCE (UTC)          ACCOUNT    HOLD       RELEASED BY
  1 d 16 h  {clock(0)}  dismissed  e0:flag    customer support
  0 d 10 h  {clock(30)}  ordered    e30:order  legal
"""
    )


@pytest.mark.usefixtures("desk")
def test_what_is_overdue_as_json(run: Run, journal: Write) -> None:
    told = json.loads(run("overdue", journal(*OVERDUE, "{"), "--at", instant(40.25), "--json")[1])
    assert told["unattributed_count"] == 1
    assert [each["account"] for each in told["parked"]] == ["parked"]
    assert told["reviews"][1] == {
        "account": "reviewed-later",
        "hold": "e0:flag",
        "rule": "flag",
        "due": instant(5.5),
        "late_by": "PT34H45M",
    }
    assert told["appeals"] == [
        {"account": "appealed", "hold": "e0:flag", "rule": "flag", "due": instant(7), "late_by": "PT33H15M"}
    ]
    assert told["releases"][1] == {
        "account": "ordered",
        "hold": "e30:order",
        "rule": "order",
        "since": instant(30),
        "open_for": "PT10H15M",
        "authorities": ["legal"],
    }


@pytest.mark.usefixtures("desk")
def test_a_review_is_overdue_from_its_due_date_on(run: Run, journal: Write) -> None:
    path = journal(FLAG, STARTED, SUBMITTED)
    status, out, _ = run("overdue", path, "--at", instant(3.999))
    assert (status, out) == (0, f"nothing is overdue at {clock(3.999)} UTC\n")
    status, out, _ = run("overdue", path, "--at", instant(4))
    assert status == 1
    assert f"  0 min    {clock(4)}  a1       e0:flag\n" in out


@pytest.mark.usefixtures("desk")
def test_a_line_about_any_account_and_a_hold_dated_ahead_are_listed(run: Run, journal: Write) -> None:
    status, out, _ = run("overdue", journal(security(9, "legal_order"), "{"), "--at", instant(1), "--knowing-all")
    assert status == 1
    assert "  any account  1                  the lines do not say which account they are about\n" in out
    assert f"  0 min     {clock(9)}  a1       e9:order  legal\n" in out


# ── What the help documents ──────────────────────────────────────────────────────────────────────────────────────


def documented(module: ModuleType) -> set[str]:
    table: str = module.NOTES.partition("--json prints one object:\n")[2]
    names = re.findall(r"^  (\w[\w, ]*?)  +", table, re.MULTILINE)
    return {name for line in names for name in line.split(", ")}


@pytest.mark.parametrize(("command", "module"), [("explain", _explain), ("way-out", _way_out), ("overdue", _overdue)])
def test_the_members_of_the_json_are_documented(run: Run, journal: Write, command: str, module: ModuleType) -> None:
    words = [] if command == "overdue" else ["--account", "a1"]
    _, out, _ = run(command, journal(FLAG), *words, "--at", instant(1), "--json")
    assert set(json.loads(out)) == documented(module)


def test_the_policy_of_the_published_rule_is_used_if_no_other_is_named(run: Run, journal: Write) -> None:
    _, out, _ = run("way-out", journal(FLAG), "--account", "a1", "--at", instant(1), "--json")
    rules = {action["hold"].partition(":")[2] for action in json.loads(out)["actions"]}
    assert rules <= {rule.id for rule in BINANCE.rules}


# ── The page for the desk ────────────────────────────────────────────────────────────────────────────────────────

PAGE = Path(__file__).parent.parent / "docs" / "howto" / "answer-a-customer.md"
SHOWN = re.findall(r"^```console\n\$ withdraw-guard (.+)\n((?s:.+?))^```$", PAGE.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("command", "printed"), SHOWN, ids=[command.split()[0] for command, _ in SHOWN])
def test_the_page_shows_what_is_printed(run: Run, monkeypatch: pytest.MonkeyPatch, command: str, printed: str) -> None:
    monkeypatch.chdir(PAGE.parents[2])
    assert run(*command.split())[1] == printed
    assert len(SHOWN) == 3
