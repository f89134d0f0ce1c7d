"""`withdraw-guard replay`: the period that is told, what no rule listens to, many faults, lines skipped, the totals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from withdraw_guard import WITHDRAWAL, wire
from withdraw_guard.cli import _replay
from withdraw_guard.cli._records import JournalReplay
from withdraw_guard.cli._summary import summary_as_members, summary_of
from withdraw_guard.policies import BINANCE

Run = Callable[..., tuple[int, str, str]]
Write = Callable[..., Path]
T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)


def instant(hours: float) -> str:
    return f"{(T0 + timedelta(hours=hours)).replace(tzinfo=None).isoformat()}Z"


def clock(hours: float) -> str:
    return instant(hours).replace("T", " ").removesuffix("Z")


def security(hours: float, trigger: str = "password_changed", account: str = "a1", **members: Any) -> dict[str, Any]:
    head = {"type": "security_event", "id": f"e{hours:g}", "account": account, "at": instant(hours)}
    return {**head, "trigger": trigger, "initiated_by": "user", "context": {}, **members}


def refused(hours: float, account: str = "a1") -> dict[str, Any]:
    return {
        "type": "verification_submitted",
        "id": f"v{hours:g}",
        "account": account,
        "at": instant(hours),
        "hold": "x:y",
    }


def told(run: Run, *words: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("replay", *words, "--json")[1].splitlines()]


# ── The period that is told ──────────────────────────────────────────────────────────────────────────────────────


def test_the_period_is_told_and_counted_and_what_came_before_it_is_used(run: Run, journal: Write) -> None:
    path = journal(security(0), security(30, "email_changed"), refused(31), security(60, "two_factor_reset"))
    asked = (path, "--from", instant(30), "--until", instant(60))
    status, out, err = run("replay", *asked, "--at", instant(70))
    assert status == 1
    assert [line for line in out.splitlines() if line.startswith("  2026")] == [
        f"  {clock(30)}  suspended     e-mail address changed (e30)",
        f"  {clock(31)}  suspended     verification handed in (v31)",
        f"  {clock(70)}  suspended     withdrawal denied until {clock(108)} UTC",
    ]
    assert "        2 events outside --from and --until used, and not told\n" in out
    assert err.splitlines()[0] == "withdraw-guard: 2 events of 1 account, 1 refused; 0 unreadable lines"
    (line,) = told(run, *asked, "--at", instant(70))
    assert (line["events"], line["outside_count"], len(line["state"]["holds"])) == (2, 2, 3)


def test_without_an_instant_the_answer_is_as_of_the_end_of_the_period(run: Run, journal: Write) -> None:
    path = journal(security(0), security(50, "email_changed"))
    (line,) = told(run, path, "--until", instant(10))
    assert (line["decision"]["at"], line["decision"]["decision"]) == (instant(10), "denied")
    assert (line["events"], line["left_out_count"], line["outside_count"]) == (1, 1, 0)
    (line,) = told(run, path, "--until", instant(10), "--knowing-all")
    assert (line["decision"]["at"], line["events"], line["outside_count"]) == (instant(10), 1, 1)


@pytest.mark.parametrize(("hours", "count"), [(-1, 1), (0, 1), (1, 0)])
def test_a_period_has_its_first_instant_and_not_its_last(run: Run, journal: Write, hours: float, count: int) -> None:
    path = journal(security(0))
    (line,) = told(run, path, "--from", instant(hours), "--at", instant(9))
    assert (line["events"], line["outside_count"]) == (count, 1 - count)
    (line,) = told(run, path, "--until", instant(-hours), "--at", instant(9))
    assert line["events"] == (1 if hours < 0 else 0)


def test_what_time_alone_changes_is_told_in_the_period_only(run: Run, journal: Write) -> None:
    path = journal(security(0), security(30, "signed_in"))
    at = ("--at", instant(40))
    assert "ended by itself" in run("replay", path, *at, "--from", instant(20))[1]
    assert "ended by itself" not in run("replay", path, *at, "--from", instant(25))[1]
    assert "ended by itself" not in run("replay", path, *at, "--until", instant(24))[1]


def test_a_period_that_ends_before_it_begins_is_a_usage_error(run: Run, journal: Write) -> None:
    asked = ("replay", journal(security(0)), "--from", instant(5), "--until", instant(5))
    assert run(*asked) == (2, "", "withdraw-guard: --until: must be later than --from\n")


def test_several_accounts_are_told_in_the_order_of_the_journal(run: Run, journal: Write) -> None:
    path = journal(security(0, account="a3"), security(1, account="a2"), security(2, account="a1"))
    status, out, err = run("replay", path, "--account", "a1", "--account", "a3", "--at", instant(9))
    assert (status, re.findall(r"^\w+$", out, re.MULTILINE)) == (0, ["a3", "a1"])
    assert "picture" not in err
    asked = ("replay", path, "--account", "a1", "--account", "a4")
    assert run(*asked) == (2, "", "withdraw-guard: the journal has no line about the account `a4`\n")


# ── What no rule listens to, and what had ended when it came ─────────────────────────────────────────────────────


def test_an_event_that_no_rule_listens_to_is_counted_with_its_trigger(run: Run, journal: Write) -> None:
    lines = [security(0), security(1, "pasword_changed"), security(2, "signed_in"), security(3, "signed_in")]
    path = journal(*lines)
    (line,) = told(run, path, "--at", instant(9))
    assert (line["events"], line["applied"], line["refused_count"], line["unmatched_count"]) == (4, 1, 0, 3)
    assert line["unmatched"] == {"pasword_changed": 1, "signed_in": 2}
    status, _, err = run("replay", path, "--at", instant(9))
    assert status == 0
    assert "withdraw-guard: 3 events that no rule listens to: signed_in (2), pasword_changed (1)\n" in err
    assert run("replay", path, "--at", instant(9), "--fail-if", "unmatched")[0] == 1
    assert run("replay", journal(security(0)), "--at", instant(9), "--fail-if", "unmatched")[0] == 0


def test_many_triggers_without_a_rule_take_no_more_room(run: Run, journal: Write) -> None:
    path = journal(*(security(number, f"trigger_{number}") for number in range(300)))
    (line,) = told(run, path, "--at", instant(999))
    assert (len(line["unmatched"]), line["unmatched_count"]) == (101, 300)
    assert line["unmatched"]["other kinds"] == 200
    _, _, err = run("replay", path, "--at", instant(999))
    assert "300 events that no rule listens to: other kinds (280), trigger_0 (1)" in err
    assert err.splitlines()[1].endswith(", …")


def test_a_hold_that_had_ended_before_the_previous_event_is_warned_about(run: Run, journal: Write) -> None:
    path = journal(security(0, "signed_in"), security(-24), security(-23.9, "email_changed"))
    status, out, err = run("replay", path, "--at", instant(1))
    assert status == 0
    question = "are the unit, the day and the zone of the instant right?"
    assert out.count(f"        warning: the hold had ended before the previous event of the account: {question}\n") == 1
    assert f"1 hold had ended before the previous event of the account, first in line 2: {question}\n" in err
    (line,) = told(run, path, "--at", instant(1))
    assert line["over_on_arrival"] == [{"line": 2, "event": "e-24", "hold": "e-24:password-changed"}]
    assert line["over_on_arrival_count"] == 1


def test_the_first_event_of_an_account_has_no_event_before_it(run: Run, journal: Write) -> None:
    path = journal(security(0, "signed_in", account="a2"), security(-99))
    assert "had ended" not in run("replay", path, "--at", instant(1))[2]


# ── Many faults ──────────────────────────────────────────────────────────────────────────────────────────────────


def many(count: int) -> list[dict[str, Any]]:
    ages = [{**security(number), "at": number} for number in range(count)]
    facts = [{**security(number), "context": {"amount": number + 0.5}} for number in range(count)]
    return [*ages, *facts, *map(refused, range(count)), *(security(hours, "signed_in") for hours in range(count))]


def test_the_first_twenty_faults_are_told_and_then_all_are_counted_by_kind(run: Run, journal: Write) -> None:
    _, out, err = run("replay", journal(*many(30)), "--at", instant(99), "--json")
    lines = err.splitlines()
    unread = [line for line in lines if "cannot be read" in line]
    assert unread == [
        f"withdraw-guard: line {number} cannot be read: at: must be an RFC 3339 instant such as "
        f"`2026-01-05T09:00:00Z`, got `{number - 1}`"
        for number in range(1, 21)
    ]
    told_refusals = [line for line in lines if " is refused, " in line]
    assert len(told_refusals) == 20
    assert told_refusals[0] == "withdraw-guard: line 61 is refused, unknown_hold: the account has no such hold"
    assert lines[40:] == [
        "withdraw-guard: 60 events of 1 account, 30 refused; 60 unreadable lines",
        "withdraw-guard: line 1 looks like an event whose instant is a number: describe it in a source of your own, "
        "and `convert --map` that file, with the unit of the instant",
        "  COUNT  FIRST LINE  CANNOT BE READ OR APPLIED, FOR EXAMPLE",
        "  30     1           at: must be an RFC 3339 instant such as `2026-01-05T09:00:00Z`, got `0`",
        "  30     31          context.amount: must be text, an integer or a boolean, got `0.5`",
        "  COUNT  FIRST LINE  REFUSED",
        "  30     61          unknown_hold: the account has no such hold",
        "withdraw-guard: 30 events that no rule listens to: signed_in (30)",
    ]
    assert (json.loads(out)["unreadable_count"], json.loads(out)["refused_count"]) == (60, 30)


@pytest.mark.parametrize("form", [[], ["--json"], ["--summary"], ["--summary", "--json"]])
def test_standard_error_does_not_grow_with_the_number_of_faults(run: Run, journal: Write, form: list[str]) -> None:
    few = run("replay", journal(*many(40)), "--at", instant(99), *form)[2]
    more = run("replay", journal(*many(400)), "--at", instant(999), *form)[2]
    assert len(few.splitlines()) == len(more.splitlines()) <= 50


def test_faults_of_many_kinds_are_counted_as_other_kinds(run: Run, journal: Write) -> None:
    lines = [{**security(0), f"member_{number}": 1} for number in range(50)]
    _, _, err = run("replay", journal(*lines), "--at", instant(99))
    table = err.splitlines()[22:]
    assert len(table) == 21
    assert table[0] == "  30     21          other kinds"


# ── Lines that are skipped ───────────────────────────────────────────────────────────────────────────────────────


def test_unreadable_lines_are_skipped_if_asked_to_be_and_the_result_says_how_many(run: Run, journal: Write) -> None:
    path = journal(security(0), {**security(1), "at": "soon"}, "{", security(0, "signed_in", account="a2"))
    asked = (path, "--at", instant(99))
    status, out, err = run("replay", *asked, "--skip-unreadable")
    assert status == 0
    assert out.count("withdrawal allowed") == 2
    rest = "skipped: the answer is an analysis, and no withdrawal may rest on it"
    assert f"        2 unreadable lines {rest}\n" in out
    assert f"        1 unreadable line {rest}\n" in out
    assert "2 unreadable lines\n" in err
    assert "no account is allowed" not in err
    strict, skipping = told(run, *asked), told(run, *asked, "--skip-unreadable")
    assert [line["decision"] for line in strict] == [None, None]
    assert [line["skipped_count"] for line in strict] == [0, 0]
    assert [line["decision"]["decision"] for line in skipping] == ["allowed", "allowed"]
    assert [line["skipped_count"] for line in skipping] == [2, 1]
    assert run("replay", journal(refused(1), "{"), "--skip-unreadable")[0] == 1


# ── The totals ───────────────────────────────────────────────────────────────────────────────────────────────────


def a_day() -> list[dict[str, Any]]:
    return [
        security(0),
        security(1, "abnormal_activity"),
        security(2, "abnormal_activity"),
        security(0, account="a2"),
        security(3, "signed_in", account="a3"),
        refused(4),
        security(200, account="a3"),
    ]


def test_the_totals_are_by_decision_phase_rule_and_refusal(run: Run, journal: Write) -> None:
    status, out, _ = run("replay", journal(*a_day()), "--at", instant(30), "--summary")
    assert status == 1
    assert (
        out
        == f"""\
policy binance, version 1.0.0: 6 events of 3 accounts, and the answers at {clock(30)} UTC

  ACCOUNTS  WITHDRAWAL
  2         allowed
  1         denied
  0         unknown

  ACCOUNTS  PHASE
  1         active
  1         suspended
  0         verification
  0         review
  0         appeal
  1         restored

  RULE                 PLACED  REPEATED  OPEN  ACCOUNTS DENIED
  password-changed     2       0         0     0
  two-factor-disabled  0       0         0     0
  two-factor-reset     0       0         0     0
  account-unlocked     0       0         0     0
  email-changed        0       0         0     0
  abnormal-activity    1       1         1     1

  COUNT  FIRST LINE  EVENTS REFUSED
  1      6           unknown_hold: the account has no such hold

  COUNT  FIRST LINE  EVENTS THAT NO RULE LISTENS TO
  1      5           signed_in
"""
    )


def test_the_totals_as_json_are_the_sums_of_the_accounts(run: Run, journal: Write) -> None:
    path = journal(*a_day(), {**security(1, account="a4"), "at": 1}, "{")
    asked = (path, "--at", instant(30))
    accounts = told(run, *asked)
    (total,) = told(run, *asked, "--summary")
    for name in ("events", "applied", "refused_count", "unmatched_count", "left_out_count", "outside_count"):
        assert total[name] == sum(line[name] for line in accounts), name
    assert (total["accounts"], total["unreadable_count"], total["unattributed_count"]) == (4, 2, 1)
    assert (total["decisions"], total["skipped_count"]) == ({"allowed": 0, "denied": 0, "unknown": 4}, 0)
    assert sum(total["phases"].values()) == 4
    (total,) = told(run, *asked, "--summary", "--skip-unreadable")
    assert (total["decisions"], total["skipped_count"]) == ({"allowed": 3, "denied": 1, "unknown": 0}, 2)
    assert total["rules"][-1] == {
        "rule": "abnormal-activity",
        "placed": 1,
        "repeated": 1,
        "open": 1,
        "accounts_denied": 1,
    }
    assert total["refused"] == [
        {"count": 1, "first_line": 6, "kind": "unknown_hold: the account has no such hold"},
    ]
    _, out, _ = run("replay", *asked, "--summary", "--skip-unreadable")
    assert "6 events of 4 accounts, 2 unreadable lines skipped, and the answers at" in out


def test_the_members_of_the_totals_are_documented() -> None:
    names = re.findall(r"^  (\S.*?)  ", _replay.NOTES.partition("--summary --json")[2], re.MULTILINE)
    documented = {name for names_of_a_line in names for name in names_of_a_line.split(", ")}
    summary = summary_of(JournalReplay(policy=BINANCE), T0, WITHDRAWAL)
    members = {name for name in summary_as_members(summary) if not name.endswith("_count") and name != "applied"}
    assert documented - {"…"} == members


# ── A policy from elsewhere ──────────────────────────────────────────────────────────────────────────────────────


def test_the_policy_may_be_named_by_the_environment(run: Run, journal: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = journal(security(0, "account_locked"))
    monkeypatch.setenv("WITHDRAW_GUARD_POLICY", "kraken")
    assert run("replay", path)[1].startswith("policy kraken, ")
    assert run("replay", path, "--policy", "binance")[1].startswith("policy binance, ")
    monkeypatch.setenv("WITHDRAW_GUARD_POLICY", "")
    assert run("replay", path)[1].startswith("policy binance, ")


def test_the_file_may_begin_with_a_byte_order_mark(run: Run, journal: Write) -> None:
    first, second = json.dumps(security(0)).encode(), json.dumps(security(1)).encode()
    status, _, err = run("replay", journal(b"\xef\xbb\xbf" + first, b"\xef\xbb\xbf" + second), "--at", instant(9))
    assert status == 2
    assert "line 2 cannot be read: must be JSON" in err
    assert "line 1 cannot" not in err


def test_the_answers_are_those_of_the_library(run: Run, journal: Write) -> None:
    (line,) = told(run, journal(*(each for each in a_day() if each["account"] == "a1")), "--at", instant(30))
    assert wire.decision_from_dict(line["decision"]).account == wire.account_from_dict(line["state"]).id == "a1"
