"""The command line: what it prints, what it returns, and that a line it could not read never ends in an allow."""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import re
import runpy
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import boundaries, stories
from terminal import Terminal
from withdraw_guard import (
    EVERYTHING,
    WITHDRAWAL,
    Account,
    Appeal,
    Chosen,
    Clearance,
    Destinations,
    EventRefused,
    LiftedBy,
    Policy,
    Refusal,
    Repeat,
    Rule,
    Scope,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    _prose,
    apply,
    cli,
    open_holds,
    phase,
    policies,
    steps,
    wire,
)
from withdraw_guard.cli import _arguments, _journal, _replay
from withdraw_guard.cli._records import AccountRecord, JournalReplay

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
JOURNAL = EXAMPLES / "journal.jsonl"
AT = "2026-03-01T00:00:00Z"
T0 = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

# Everything that can change by itself: a lapse, an appeal window, a timer beside a clearance, a kept timer.
STRICT = Policy(
    id="strict",
    version="7",
    rules=(
        Rule(
            id="flag",
            trigger="abnormal_activity",
            scope=Scope(operations=EVERYTHING, destinations=Destinations.NEW),
            clearance=Clearance(
                unverified=frozenset({"video_call"}),
                verified=frozenset({"face_web"}),
                attempts=2,
                verify_within=timedelta(hours=1),
                review_within=timedelta(hours=2),
                appeal=Appeal(
                    within=timedelta(hours=10), decide_within=timedelta(hours=3), documents=frozenset({"id_photo"})
                ),
            ),
            releasable_by=frozenset({"support", "compliance"}),
        ),
        Rule(
            id="both",
            trigger="both_needed",
            duration=timedelta(hours=24),
            clearance=Clearance(unverified=frozenset({"video_call"}), verified=frozenset(), appeal=Appeal(limit=2)),
            lifted_by=LiftedBy.ALL,
            releasable_by=frozenset({"support"}),
        ),
        Rule(
            id="either",
            trigger="either_lifts",
            where={"amount": 5, "vip": True},
            duration=timedelta(days=4),
            clearance=Clearance(unverified=frozenset({"video_call"}), verified=frozenset()),
        ),
        Rule(id="kept", trigger="kept", duration=timedelta(minutes=90), repeat=Repeat.KEEP),
        Rule(id="closed", trigger="account_closed", releasable_by=frozenset({"support", "compliance"})),
    ),
)


# ── Helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def strict(tmp_path: Path) -> Path:
    path = tmp_path / "strict.json"
    path.write_text(json.dumps(wire.to_dict(STRICT)))
    return path


def security(hours: float, trigger: str = "password_changed", event: str = "", account: str = "a1", **context) -> dict:
    return {
        "type": "security_event",
        "id": event or f"e{hours:g}",
        "account": account,
        "at": instant(hours),
        "trigger": trigger,
        "initiated_by": "system",
        "context": context,
    }


def about(hours: float, kind: str, hold: str, **members) -> dict:
    return {"type": kind, "id": f"e{hours:g}", "account": "a1", "at": instant(hours), "hold": hold, **members}


def identity(hours: float, identity: str | None) -> dict:
    at = instant(hours)
    return {"type": "identity_changed", "id": f"e{hours:g}", "account": "a1", "at": at, "identity": identity}


def instant(hours: float) -> str:
    return f"{(T0 + hours * HOUR).replace(tzinfo=None).isoformat()}Z"


def clock(hours: float) -> str:
    return f"{(T0 + hours * HOUR).replace(tzinfo=None).isoformat(sep=' ')}"


def by(admin: str = "ida") -> dict:
    return {"id": admin, "kind": "admin"}


ROW = re.compile(r"  (\d{4}-\d\d-\d\d [\d:.]+)  (\w+) +(.*)")


def rows(out: str) -> list[tuple[str, str, str]]:
    """The rows that begin with an instant: instant, phase, what happened."""
    return [match.groups() for match in map(ROW.fullmatch, out.splitlines()) if match]


def below(out: str) -> list[str]:
    """The rows below an event: what the guard made of it, and why the answer is what it is."""
    return [line.strip() for line in out.splitlines() if line.startswith(" " * 8)]


# ── The example ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_example_journal_is_what_the_generator_writes(tmp_path):
    generator = tmp_path / "make_journal.py"
    generator.write_bytes((EXAMPLES / "make_journal.py").read_bytes())
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        printed = subprocess.run([sys.executable, generator, "-"], env=environment, check=True, capture_output=True)
        assert printed.stdout == JOURNAL.read_bytes()
    subprocess.run([sys.executable, generator], check=True)
    assert generator.with_name("journal.jsonl").read_bytes() == JOURNAL.read_bytes()


def test_the_example_journal_is_a_few_hundred_events_of_some_fifty_accounts_interleaved():
    events = [wire.event_from_dict(wire.parse(line)) for line in JOURNAL.read_text().splitlines()]
    accounts = [event.account for event in events]
    assert 300 <= len(events) <= 500
    assert 35 <= len(set(accounts)) <= 50
    assert sum(one != other for one, other in pairwise(accounts)) > 150


def test_the_example_journal_takes_every_path_of_the_published_rule(run):
    events = [wire.event_from_dict(wire.parse(line)) for line in JOURNAL.read_text().splitlines()]
    assert policies.BINANCE.triggers <= {event.trigger for event in events if isinstance(event, SecurityEvent)}
    assert {event.type for event in events} == set(type(events[0]).type.__class__)
    assert {event.method for event in events if isinstance(event, VerificationStarted)} == {
        "face_mobile",
        "face_web",
        "identity_business",
        "identity_personal",
    }
    status, out, err = run("replay", JOURNAL, "--at", AT)
    assert status == 1
    assert {now for _, now, _ in rows(out)} == {"active", "suspended", "verification", "review", "appeal", "restored"}
    refused = set(re.findall(r"refused, (\w+):", out))
    assert refused == {reason.value for reason in Refusal} - {"wrong_account"}
    for words in (
        "review approved by system",
        "review approved by admin",
        "rejected for good",
        "is triggered again",
        "appeal granted",
        "appeal dismissed",
        "is released",
        "late:",
        "nothing new\n",
        "is extended to",
        "identity is no longer verified",
        "identity is personal until",
        "ended by itself",
        "requested by admin",
        "moved back to verification",
        "waits for the account holder",
        "waits for a decision again",
        "no longer counts for hold",
    ):
        assert words in out, words
    assert err.splitlines() == [
        "withdraw-guard: 335 events of 50 accounts, 23 refused; 0 unreadable lines",
        "  COUNT  FIRST LINE  REFUSED",
        "  5      26          not_authorized: this is not theirs to decide",
        "  3      89          stale: it is about something older than what is known now",
        "  3      241         method_not_accepted: the method is not accepted for this account now",
        "  2      151         appeal_not_offered: no appeal is offered",
        "  2      235         hold_not_open: the hold was not open at that instant",
        "  2      270         unknown_hold: the account has no such hold",
        "  1      25          no_clearance: no verification and no appeal lifts this hold",
        "  1      129         attempts_exhausted: verification is closed for this hold",
        "  1      154         documents_missing: a required document is missing",
        "  1      207         same_reviewer: whoever decided the review may not decide the appeal",
        "  1      264         wrong_state: it does not fit the state of the hold",
        "  1      298         unknown_event: nothing on record knows the event that was to be retracted",
        "withdraw-guard: 29 events that no rule listens to: signed_in (26), withdrawal_attempted (2), "
        "api_key_created (1)",
        "withdraw-guard: 1 hold had ended before the previous event of the account, first in line 292: "
        "are the unit, the day and the zone of the instant right?",
        "withdraw-guard: 1 event after --at left out; --knowing-all uses every event",
    ]


def test_the_phases_of_the_account_whole_road_appear_in_order(run):
    _, out, _ = run("replay", JOURNAL, "--account", "whole-road", "--at", AT)
    assert [now for _, now, _ in rows(out)] == [
        "active",
        "suspended",
        "verification",
        "review",
        "suspended",
        "appeal",
        "restored",
        "restored",
    ]
    assert rows(out)[-1] == ("2026-03-01 00:00:00", "restored", "withdrawal allowed")


def test_the_first_command_of_the_readme_fits_a_screen_and_says_where_the_picture_is(run, monkeypatch):
    readme = (EXAMPLES.parent.parent / "README.md").read_text()
    (command,) = re.findall(r"\.venv/bin/withdraw-guard (.+)", readme)
    monkeypatch.chdir(EXAMPLES.parent.parent)
    status, out, err = run(*command.split())
    printed = [*out.splitlines(), *err.splitlines()]
    assert status == 0
    assert len(printed) <= 24
    assert max(map(len, printed)) <= 100
    account = command.split()[-1]
    assert f"\n{account}\n" in out
    assert f"](docs/examples/timeline-{account}.svg)" in readme
    assert "`timeline` with the same arguments" in err


def test_the_simplest_story_reads_like_this(run):
    _, out, _ = run("replay", JOURNAL, "--account", "password-24h", "--at", AT)
    assert (
        out
        == """\
policy binance, version 1.0.0: when (UTC), the phase after it, what happened and what came of it

password-24h
  2026-01-05 14:17:00  suspended     password changed (e1)
        withdrawals are held until 2026-01-06 14:17:00 UTC (hold e1:password-changed)
  2026-01-06 14:17:00  restored      hold e1:password-changed ended by itself
  2026-01-06 20:17:00  restored      signed in (e2)
        nothing new: no rule listens to signed_in
  2026-03-01 00:00:00  restored      withdrawal allowed
"""
    )


# ── What changes by itself ───────────────────────────────────────────────────────────────────────────────────────


def test_the_end_of_a_hold_is_shown_once_and_in_order(run, journal):
    lines = [security(0), security(30, "signed_in"), security(60, "signed_in")]
    status, out, _ = run("replay", journal(*lines), "--at", instant(100))
    assert status == 0
    assert rows(out) == [
        (clock(0), "suspended", "password changed (e0)"),
        (clock(24), "restored", "hold e0:password-changed ended by itself"),
        (clock(30), "restored", "signed in (e30)"),
        (clock(60), "restored", "signed in (e60)"),
        (clock(100), "restored", "withdrawal allowed"),
    ]


def test_the_end_of_a_hold_comes_before_an_event_at_the_same_instant(run, journal):
    _, out, _ = run("replay", journal(security(0), security(24)), "--at", instant(24))
    assert [(at, text) for at, _, text in rows(out)] == [
        (clock(0), "password changed (e0)"),
        (clock(24), "hold e0:password-changed ended by itself"),
        (clock(24), "password changed (e24)"),
        (clock(24), "withdrawal denied until 2026-01-07 09:00:00 UTC"),
    ]


def test_an_end_after_the_last_event_is_shown_up_to_the_instant_of_the_question(run, journal):
    path = journal(security(0))
    assert "ended by itself" not in run("replay", path, "--at", "2026-01-06T08:59:59.999999Z")[1]
    assert "ended by itself" in run("replay", path, "--at", "2026-01-06T09:00:00Z")[1]


def test_after_a_late_event_no_end_is_repeated_or_invented(run, journal):
    lines = [security(0), security(30, "signed_in"), security(2, "email_changed"), security(-40, "two_factor_reset")]
    _, out, _ = run("replay", journal(*lines), "--at", instant(100))
    assert rows(out) == [
        (clock(0), "suspended", "password changed (e0)"),
        (clock(24), "restored", "hold e0:password-changed ended by itself"),
        (clock(30), "restored", "signed in (e30)"),
        (clock(2), "suspended", "late: e-mail address changed (e2)"),
        (clock(-40), "suspended", "late: two-factor reset (e-40)"),
        (clock(50), "restored", "hold e2:email-changed ended by itself"),
        (clock(100), "restored", "withdrawal allowed"),
    ]
    assert f"withdrawals were held until {clock(8)} UTC (hold e-40:two-factor-reset)" in below(out)


def test_a_late_trigger_that_extends_an_ended_hold_is_shown_in_the_order_of_delivery(run, journal):
    lines = [security(0, event="x"), security(25, "signed_in"), security(20)]
    _, out, _ = run("replay", journal(*lines), "--at", instant(100))
    assert [row for row in rows(out) if "ended" in row[2]] == [
        (clock(24), "restored", "hold x:password-changed ended by itself"),
        (clock(44), "restored", "hold x:password-changed ended by itself"),
    ]
    assert f"hold x:password-changed is extended to {clock(44)} UTC" in below(out)
    _, out, _ = run("replay", journal(*lines[:1], security(99, "signed_in"), lines[2]), "--at", instant(100))
    assert f"hold x:password-changed had been extended to {clock(44)} UTC" in below(out)


def test_a_lapse_and_the_ends_of_an_appeal_period_and_of_a_timer_are_shown(run, journal, strict):
    lines = [
        security(0, "abnormal_activity", event="f"),
        security(0, "both_needed", event="b"),
        about(1, "verification_started", "f:flag", method="video_call"),
        about(3, "verification_started", "f:flag", method="video_call"),
        about(3.5, "verification_failed", "f:flag", attempt=None, reasons=["poor_light"]),
    ]
    _, out, _ = run("replay", journal(*lines), "--policy", strict, "--at", instant(100))
    assert rows(out)[3:] == [
        (clock(2), "suspended", "the verification on hold f:flag lapsed, it may be started again"),
        (clock(3), "suspended", "a video call started (e3)"),
        (clock(3.5), "suspended", "verification failed: the light was too poor (e3.5)"),
        (clock(13.5), "suspended", "the time to appeal against hold f:flag is over"),
        (clock(24), "suspended", "the timer of hold b:both ran out, what remains is the clearance"),
        (clock(100), "suspended", "withdrawal denied, and time alone does not change that"),
    ]
    assert f"hold f:flag moved to verification, which lapses at {clock(2)} UTC" in below(out)


def test_a_verification_that_arrives_after_it_lapsed_says_so(run, journal, strict):
    lines = [
        security(0, "abnormal_activity", event="f"),
        security(9, "signed_in"),
        about(1, "verification_started", "f:flag", method="video_call"),
    ]
    _, out, _ = run("replay", journal(*lines), "--policy", strict, "--at", instant(100))
    assert f"hold f:flag moved to verification, which lapsed at {clock(2)} UTC" in below(out)
    assert "lapsed, it may" not in out


def test_an_answer_about_an_earlier_instant_names_the_later_events_that_it_uses(run, journal):
    _, out, _ = run("replay", journal(security(0)), "--at", instant(-1), "--knowing-all")
    assert rows(out)[-1] == (clock(-1), "suspended", "withdrawal denied until 2026-01-06 09:00:00 UTC")
    assert f"what happened until {clock(0)} UTC is already known and used" in below(out)
    assert "left out" not in out


# ── As of an instant ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_later_event_is_left_out_without_knowing_all(run, journal):
    path = journal(security(0, "signed_in"), security(10), security(20, account="a2"))
    status, out, err = run("replay", path, "--at", instant(9))
    assert status == 0
    assert rows(out) == [
        (clock(0), "active", "signed in (e0)"),
        (clock(9), "active", "withdrawal allowed"),
        (clock(9), "active", "withdrawal allowed"),
    ]
    assert below(out)[1:] == ["1 later event left out"] * 2
    assert err.splitlines() == [
        "withdraw-guard: 1 event of 2 accounts, 0 refused; 0 unreadable lines",
        "withdraw-guard: 1 event that no rule listens to: signed_in (1)",
        "withdraw-guard: 2 events after --at left out; --knowing-all uses every event",
    ]
    status, out, err = run("replay", path, "--at", instant(9), "--knowing-all")
    assert status == 0
    assert [text for _, _, text in rows(out) if text.startswith("withdrawal")] == [
        f"withdrawal denied until {clock(34)} UTC",
        f"withdrawal denied until {clock(44)} UTC",
    ]
    assert err.splitlines()[0] == "withdraw-guard: 3 events of 2 accounts, 0 refused; 0 unreadable lines"
    assert "left out" not in err


def test_json_counts_the_events_that_are_left_out(run, journal):
    asked = (journal(security(0, "signed_in"), security(10), security(11, "email_changed")), "--at", instant(9))
    answer = json.loads(run("replay", *asked, "--json")[1])
    assert (answer["events"], answer["left_out_count"], answer["latest_event_at"]) == (1, 2, instant(0))
    assert (answer["decision"]["decision"], answer["state"]["holds"]) == ("allowed", [])
    answer = json.loads(run("replay", *asked, "--json", "--knowing-all")[1])
    assert (answer["events"], answer["left_out_count"], answer["latest_event_at"]) == (3, 0, instant(11))
    assert (answer["decision"]["decision"], len(answer["state"]["holds"])) == ("denied", 2)


def test_an_event_at_the_instant_of_the_question_is_used_and_one_a_microsecond_later_is_not(run, journal):
    path = journal(security(0))
    assert "withdrawal denied" in run("replay", path, "--at", instant(0))[1]
    assert "withdrawal allowed" in run("replay", path, "--at", "2026-01-05T08:59:59.999999Z")[1]


def test_the_instant_of_an_event_decides_whether_it_is_used_and_not_its_line(run, journal):
    path = journal(security(50, "signed_in"), security(0, "email_changed"), security(60, "signed_in"))
    _, out, _ = run("replay", path, "--at", instant(10))
    assert rows(out) == [
        (clock(0), "suspended", "e-mail address changed (e0)"),
        (clock(10), "suspended", f"withdrawal denied until {clock(48)} UTC"),
    ]
    assert below(out)[1] == "2 later events left out"


def test_an_order_that_only_a_later_event_makes_stale_is_applied(run, journal):
    order = {"by": by(), "authority": "support", "note": "", "override_stale": False}
    flag = security(0, "abnormal_activity", event="f")
    release = about(1, "release_ordered", "f:abnormal-activity", **order)
    path = journal(flag, security(3, "abnormal_activity"), release)
    status, out, _ = run("replay", path, "--at", instant(2), "--knowing-all")
    assert (status, rows(out)[-1][2]) == (1, "withdrawal denied, and time alone does not change that")
    status, out, _ = run("replay", path, "--at", instant(2))
    assert (status, rows(out)[-1][2]) == (0, "withdrawal allowed")


def test_a_later_event_is_left_out_even_if_it_would_be_refused_or_can_never_be_applied(run, journal, tmp_path):
    rule = Rule(
        id="lock",
        trigger="lock",
        duration=timedelta(days=1),
        chosen=Chosen(minimum=timedelta(days=1), maximum=timedelta(days=2)),
    )
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(wire.to_dict(Policy(id="p", version="1", rules=(rule,)))))
    impossible = {**security(9, "lock"), "duration": "P9D"}
    asked = ("--policy", policy, "--at", instant(8))
    for later, status in ((about(9, "verification_submitted", "x:y"), 1), (impossible, 2)):
        path = journal(security(0, "signed_in"), later)
        assert run("replay", path, *asked)[0] == 0
        assert run("replay", path, *asked, "--knowing-all")[0] == status


def test_an_unreadable_line_counts_whatever_its_instant(run, journal):
    for broken in ({**security(50), "trigger": "Email Changed"}, {**security(50), "account": ""}):
        status, out, _ = run("replay", journal(security(0, "signed_in"), broken), "--at", instant(9))
        assert status == 2
        assert "withdrawal denied" in out
        assert "allowed" not in out


def test_without_an_instant_every_event_is_used(run, journal):
    ahead = {**security(0), "at": "2199-01-01T00:00:00Z"}
    for options in ((), ("--knowing-all",)):
        _, out, err = run("replay", journal(ahead), *options)
        assert "withdrawal denied until 2199-01-02 00:00:00 UTC" in out
        assert "left out" not in out + err


@pytest.mark.parametrize("day", range(4, 32, 3))
def test_the_answer_as_of_an_instant_is_that_of_a_journal_that_ends_there(run, journal, day):
    at = f"2026-01-{day:02}T12:00:00Z"
    known = [line for line in JOURNAL.read_text().splitlines() if json.loads(line)["at"] <= at]
    _, out, _ = run("replay", JOURNAL, "--at", at, "--json")
    as_of = {line["account"]: line for line in map(json.loads, out.splitlines())}
    _, out, _ = run("replay", journal(*known), "--at", at, "--json", "--knowing-all")
    ended = {line["account"]: line for line in map(json.loads, out.splitlines())}
    without_numbers = {"refused": None, "over_on_arrival": None, "left_out_count": None}
    assert {name: {**as_of[name], **without_numbers} for name in ended} == {
        name: {**line, **without_numbers} for name, line in ended.items()
    }
    for name in as_of.keys() - ended.keys():
        assert as_of[name]["events"] == 0
        assert as_of[name]["decision"]["decision"] == "allowed"
    assert sum(line["events"] + line["left_out_count"] for line in as_of.values()) == 336


@st.composite
def _histories(draw: st.DrawFn) -> Account:
    """An account under the strict policy, after events in whatever order."""
    account = Account(id="a1")
    for index, hour in enumerate(draw(st.lists(st.integers(0, 40), max_size=8))):
        common = {"id": f"e{index}", "account": "a1", "at": T0 + hour * HOUR}
        trigger = draw(st.sampled_from(sorted(STRICT.triggers)))
        events = [SecurityEvent(trigger=trigger, initiated_by="system", **common)]
        for hold in account.holds:
            events.append(VerificationStarted(hold=hold.id, method="video_call", **common))
            events.append(VerificationFailed(hold=hold.id, **common))
        try:
            account = apply(STRICT, account, draw(st.sampled_from(events))).account
        except EventRefused:
            continue
    return account


@given(account=_histories(), since=st.integers(0, 50), hours=st.integers(0, 200))
def test_between_two_rows_nothing_changes(account, since, hours):
    since = T0 + since * HOUR
    told = list(_prose.passed(account, since, since + hours * HOUR))
    assert len(told) == len(set(told))
    instants = [at for at, _ in told]
    assert instants == sorted(instants)
    for half_hours in range(2 * hours + 1):
        at = since + half_hours * HOUR / 2
        latest = max((then for then in instants if then <= at), default=since)
        assert since <= latest <= at
        assert phase(account, at) == phase(account, latest)
        assert open_holds(account, at) == open_holds(account, latest)


@given(story=stories(), data=st.data())
def test_every_change_that_comes_by_time_is_a_row(story, data):
    """Under any policy, with retractions, requests for more, identities that end and events that are dated ahead."""
    instants = sorted(set(boundaries(story.account)))
    since = data.draw(st.sampled_from(instants))
    told = [then for then, _ in _prose.passed(story.account, since, instants[-1])]
    for at in instants[instants.index(since) :]:
        latest = max((then for then in told if then <= at), default=since)
        assert open_holds(story.account, at) == open_holds(story.account, latest)


# ── What happened and what came of it ────────────────────────────────────────────────────────────────────────────


def test_a_hold_that_two_things_can_end_names_both(run, journal, strict):
    lines = [
        security(0, "both_needed", event="b"),
        security(0, "either_lifts", event="e"),
        security(0, "kept", event="k"),
        security(0, "account_closed", event="c"),
        security(0, "abnormal_activity", event="f"),
        security(1, "kept"),
        security(1, "account_closed"),
    ]
    _, out, _ = run("replay", journal(*lines), "--policy", strict, "--at", instant(2))
    assert below(out)[:7] == [
        f"all operations are held until {clock(24)} UTC and until a verification is approved (hold b:both)",
        f"all operations are held until {clock(96)} UTC or until a verification is approved (hold e:either)",
        f"all operations are held until {clock(1.5)} UTC (hold k:kept)",
        "all operations are held until compliance or customer support releases them (hold c:closed)",
        "all operations to new destinations are held until a verification is approved (hold f:flag)",
        "hold k:kept is triggered again, its timer stays as it is",
        "hold c:closed is triggered again",
    ]


def test_every_event_and_change_under_the_strict_policy_has_its_sentence(run, journal, strict):
    lines = [
        security(0, "both_needed", event="b"),
        about(1, "verification_started", "b:both", method="video_call"),
        about(2, "verification_submitted", "b:both"),
        about(3, "review_decided", "b:both", by=by(), outcome="rejected", reasons=[], final=True),
        about(4, "appeal_submitted", "b:both", documents=[]),
        about(5, "appeal_decided", "b:both", by=by("oto"), outcome="granted", reasons=[]),
        identity(6, "business"),
        identity(7, None),
        about(8, "release_ordered", "b:both", by=by("sam"), authority="support", note="fine\nnow", override_stale=True),
    ]
    status, out, _ = run("replay", journal(*lines), "--policy", strict, "--at", instant(9))
    assert status == 0
    assert [text for _, _, text in rows(out)] == [
        "both needed (b)",
        "a video call started (e1)",
        "verification handed in (e2)",
        "review rejected for good by admin ida (e3)",
        "appeal filed with no documents (e4)",
        "appeal granted by admin oto (e5)",
        "identity reported: business (e6)",
        "identity taken away (e7)",
        "release ordered for customer support by admin sam, whatever is known later: fine\\nnow (e8)",
        "withdrawal allowed",
    ]
    assert below(out)[1:] == [
        "hold b:both moved to verification",
        "hold b:both moved to review",
        "hold b:both is suspended again, 1 failure so far, closed to verification",
        "hold b:both moved to appeal",
        f"hold b:both is cleared, it ends at {clock(24)} UTC",
        "identity is business now",
        "identity is no longer verified",
        "hold b:both is released",
    ]


def retraction(hours: float, event: str, **members) -> dict:
    at = instant(hours)
    told = {"event": event, "by": by("rita"), "authority": "security", "note": "another account"}
    return {"type": "event_retracted", "id": f"e{hours:g}", "account": "a1", "at": at, **told, **members}


def test_a_request_for_more_and_what_was_asked_for_are_shown(run, journal, strict):
    more = {"by": by("oto"), "reasons": ["detector_17"], "documents": ["proof_of_address"]}
    lines = [
        security(0, "abnormal_activity", event="f"),
        about(1, "verification_started", "f:flag", method="video_call"),
        about(1.5, "verification_submitted", "f:flag"),
        about(2, "more_requested", "f:flag", attempt="e1", **more),
    ]
    status, out, _ = run("replay", journal(*lines), "--policy", strict, "--at", instant(2.5))
    assert status == 0
    assert rows(out)[3][1:] == ("verification", "proof of address requested by admin oto: detector 17 (e2)")
    assert f"hold f:flag moved back to verification, which lapses at {clock(3)} UTC" in below(out)
    assert below(out)[-2:] == [
        f"- More is needed to complete your verification (a video call). Please send before {clock(3)} UTC: proof of "
        "address.",
        "Why more is needed: detector 17.",
    ]
    failed = [about(2.2, "verification_failed", "f:flag", reasons=[]), about(3, "appeal_submitted", "f:flag", **FILED)]
    waiting = about(4, "more_requested", "f:flag", **more)
    status, out, _ = run("replay", journal(*lines, *failed, waiting), "--policy", strict, "--at", instant(5))
    assert status == 0
    assert below(out)[-2] == (
        "- More is needed for your appeal. Select “Withdrawal appeal” and send: proof of address."
    )


FILED = {"documents": ["id_photo"]}


def test_a_retraction_is_shown_with_what_it_ends_and_is_used_from_its_instant_on(run, journal):
    lines = [security(0), retraction(5, "e0"), retraction(6, "e9")]
    path = journal(*lines)
    status, out, _ = run("replay", path, "--at", instant(7))
    assert status == 1
    assert rows(out) == [
        (clock(0), "suspended", "password changed (e0)"),
        (
            clock(5),
            "restored",
            "retraction of event e0 ordered for the security team by admin rita: another account (e5)",
        ),
        (
            clock(6),
            "restored",
            "retraction of event e9 ordered for the security team by admin rita: another account (e6)",
        ),
        (clock(7), "restored", "withdrawal allowed"),
    ]
    assert f"event e0 no longer counts for hold e0:password-changed, which ended at {clock(5)} UTC" in below(out)
    assert "refused, unknown_event: nothing on record knows the event that was to be retracted" in below(out)
    for at, answer in ((4, "denied"), (5, "allowed")):
        _, out, _ = run("replay", path, "--at", instant(at), "--json")
        assert json.loads(out)["decision"]["decision"] == answer
    _, out, _ = run("replay", path, "--at", instant(4), "--knowing-all", "--json")
    answer = json.loads(out)
    assert (answer["decision"]["decision"], answer["decision"]["resumes_at"]) == ("denied", instant(5))


def test_an_identity_that_ends_is_shown_and_proved_anew(run, journal):
    report = {**identity(0, "personal"), "valid_until": instant(10)}
    path = journal(report, security(1, "abnormal_activity", event="f"))
    _, out, _ = run("replay", path, "--at", instant(11))
    assert rows(out)[2] == (
        clock(10),
        "suspended",
        "hold f:abnormal-activity accepts identity verification as a business or identity verification as a person "
        "from now on",
    )
    assert below(out)[0] == f"identity is personal until {clock(10)} UTC"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (retraction(1, "e0", note=""), "note: must"),
        ({**identity(1, "personal"), "valid_until": instant(1)}, "valid_until: must"),
        ({**identity(1, None), "valid_until": instant(2)}, "valid_until: must"),
    ],
)
def test_a_line_of_a_new_kind_that_cannot_be_read_denies_its_account(run, journal, line, problem):
    status, out, err = run("replay", journal(line), "--at", instant(2))
    assert status == 2
    assert f"line 1 cannot be read: {problem}" in err
    assert "withdrawal denied: 1 event of this account could not be read or applied" in out


def test_a_dismissed_appeal_without_a_failure_counts_none(run, journal, tmp_path):
    appeal = Appeal(after_failures=0, limit=1)
    clearance = Clearance(unverified=frozenset(), verified=frozenset(), appeal=appeal)
    rule = Rule(id="r", trigger="flag", clearance=clearance, releasable_by=frozenset({"support"}))
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(wire.to_dict(Policy(id="p", version="1", rules=(rule,)))))
    lines = [
        security(0, "flag", event="f"),
        about(1, "appeal_submitted", "f:r", documents=[]),
        about(2, "appeal_decided", "f:r", by=by(), outcome="dismissed", reasons=["document_expired"]),
    ]
    _, out, _ = run("replay", journal(*lines[:1]), "--policy", policy, "--at", instant(3))
    assert below(out)[-1] == "- Select “Withdrawal appeal” and send your appeal. No documents are needed."
    _, out, _ = run("replay", journal(*lines), "--policy", policy, "--at", instant(3))
    assert "appeal dismissed by admin ida: the document had expired (e2)" in out
    assert "hold f:r is suspended again" in below(out)
    assert below(out)[-1] == (
        "- Contact our customer support, and only through our official channels. Authorised to end this: customer "
        "support."
    )


def test_a_due_date_is_shown_and_so_is_an_overdue_one(run, journal, strict):
    flag = security(0, "abnormal_activity", event="f")
    start = about(1, "verification_started", "f:flag", method="video_call")
    submit = about(1.5, "verification_submitted", "f:flag")
    reject = about(2, "review_decided", "f:flag", by=by(), outcome="rejected", reasons=[], final=False)
    appeal = about(3, "appeal_submitted", "f:flag", documents=["id_photo"])

    def last(*lines: dict, at: float) -> str:
        return below(run("replay", journal(*lines), "--policy", strict, "--at", instant(at))[1])[-1]

    assert last(flag, start, at=1.2) == (
        f"- Complete the verification that you have started before {clock(2)} UTC: a video call."
    )
    assert last(flag, start, submit, at=2) == (
        f"- Your verification is being reviewed. We expect to decide by {clock(3.5)} UTC; that date alone does not "
        "end the pause."
    )
    assert last(flag, start, submit, at=4) == (
        f"- Your verification is still being reviewed. The decision was expected by {clock(3.5)} UTC and is late. "
        "You do not need to do anything about it now."
    )
    assert last(flag, start, submit, reject, at=2.5) == (
        "- Select “Withdrawal appeal” and send your appeal with: a photo of your identity document."
    )
    assert last(flag, start, submit, reject, appeal, at=4) == (
        f"- Your appeal is being decided. We expect to decide by {clock(6)} UTC; that date alone does not end the "
        "pause."
    )
    _, out, _ = run("replay", journal(flag, start, submit), "--policy", strict, "--at", instant(2))
    assert f"hold f:flag moved to review, due at {clock(3.5)} UTC" in below(out)
    assert f"because of abnormal activity at {clock(0)} UTC, in review" in below(out)


def test_a_denial_says_what_to_do_next(run, journal):
    lines = [security(0, event="p"), security(1, "abnormal_activity", event="f"), identity(2, "personal")]
    _, out, _ = run("replay", journal(*lines), "--at", instant(3))
    assert below(out)[3:] == [
        f"because of password changed at {clock(0)} UTC",
        f"- There is a waiting time until {clock(24)} UTC.",
        f"because of abnormal activity at {clock(1)} UTC",
        "- Select “Verify now” and confirm who you are: face verification on the web or face verification in the "
        "mobile app. We then review the result.",
        "check your network connection; make sure that security software does not block the app; synchronise the "
        "clocks of your phone and your computer; take off hat and glasses; make sure that the light is good; use "
        "pictures without editing and without watermarks",
        "- Contact our customer support, and only through our official channels. Authorised to end this: customer "
        "support.",
    ]


def test_a_refused_event_is_shown_with_its_reason_and_counted(run, journal):
    lines = [
        security(0, "abnormal_activity", event="f"),
        about(2, "verification_submitted", "f:abnormal-activity"),
        security(3, "abnormal_activity"),
        about(1, "release_ordered", "f:abnormal-activity", by=by(), authority="support", note="", override_stale=False),
    ]
    status, out, err = run("replay", journal(*lines), "--at", instant(4))
    assert status == 1
    assert "refused, wrong_state: it does not fit the state of the hold" in below(out)
    assert (
        "refused, stale: it is about something older than what is known now. The event comes too late: acknowledge "
        "it." in below(out)
    )
    assert "2 events refused, see above" in below(out)
    assert err == "withdraw-guard: 4 events of 1 account, 2 refused; 0 unreadable lines\n"


def test_a_name_that_a_host_invented_is_said_in_its_own_words():
    assert _prose.trigger_words("sim_swap") == "sim swap"
    assert _prose.advice(steps.Verify(methods=("x",), tips=("sit_still",))) == "sit still"
    assert _prose.listed("method", ["c", "b_d", "a"], "or") == "a, b d or c"


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=72), "72 hours"),
        (timedelta(hours=96), "4 days"),
        (timedelta(hours=97), "P4DT1H"),
        (timedelta(minutes=90), "PT1H30M"),
    ],
)
def test_a_duration_is_written_as_operators_publish_it(duration, expected):
    assert _prose.duration_words(duration) == expected


# ── Unreadable lines ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unreadable_line_is_reported_with_its_number_and_path_and_the_rest_is_processed(run, journal):
    broken = {**security(1), "context": {"amount": 1.5}}
    status, out, err = run("replay", journal(security(0), "", "  ", broken, security(2)), "--at", instant(99))
    assert status == 2
    assert err.splitlines() == [
        "withdraw-guard: line 4 cannot be read: context.amount: must be text, an integer or a boolean, got `1.5`",
        "withdraw-guard: 2 events of 1 account, 0 refused; 1 unreadable line",
    ]
    assert "password changed (e2)" in out


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "must be JSON: expecting property name enclosed in double quotes at column 2"),
        (b'{"account": "a1\xff"}', "must be UTF-8, got the byte 0xff at 16"),
        ("[" * 100_000, "must be at most 32 levels deep"),
        ("[]", "must be an object, got a list"),
        ("7", "must be an object, got `7`"),
        ('{"type": "security_event"}', "account: is missing"),
        ({**security(0), "account": "a\x1b[2J"}, "account: must not contain control characters or lone surrogates"),
        (json.dumps(security(0)).replace('"account"', '"account": "a2", "account"'), "account"),
        ('{"\\u202e": NaN}', "must be a number, got `NaN`"),
        (
            '{"\\u001b[2J\\n": {"a": 1, "a": 2}}',
            "[`\\x1b[2J\\n`]: must not have two members of one name, got `a` twice",
        ),
    ],
)
def test_an_unreadable_line_without_an_account_may_be_about_any_account(run, journal, line, problem):
    status, out, err = run("replay", journal(security(0, account="a9"), line), "--at", instant(99))
    assert status == 2
    assert problem in err
    assert err.splitlines()[-1] == (
        "withdraw-guard: 1 unreadable line may be about any account: "
        "no account is allowed to withdraw until the journal is corrected"
    )
    assert rows(out)[-1] == (
        clock(99),
        "restored",
        "withdrawal denied: 1 unreadable line of the journal may be about this account",
    )
    assert "allowed" not in out


def test_no_account_has_a_decision_while_a_line_may_be_about_any_account(run, journal):
    path = journal(security(0, "signed_in"), "{", security(0, account="a2"), "[]", {**security(1), "at": "soon"})
    for account in ("a1", "a2"):
        status, out, _ = run("replay", path, "--at", instant(99), "--json", "--account", account)
        answer = json.loads(out)
        assert status == 2
        assert answer["decision"] is None
        assert answer["unattributed_count"] == 2
    status, out, _ = run("replay", path, "--at", instant(99), "--json")
    assert status == 2
    assert [json.loads(line)["decision"] for line in out.splitlines()] == [None, None]
    _, out, _ = run("replay", path, "--at", instant(99))
    anybody = "2 unreadable lines of the journal may be about this account"
    assert [row for row in rows(out) if row[2].startswith("withdrawal")] == [
        (
            clock(99),
            "active",
            f"withdrawal denied: 1 event of this account could not be read or applied, and {anybody}",
        ),
        (clock(99), "restored", f"withdrawal denied: {anybody}"),
    ]


def test_a_line_that_may_be_about_any_account_hides_no_other_reason_to_deny(run, journal):
    _, out, _ = run("replay", journal(security(0), "{"), "--at", instant(2))
    assert rows(out)[-1][2] == "withdrawal denied: 1 unreadable line of the journal may be about this account"
    assert below(out)[-1] == f"- There is a waiting time until {clock(24)} UTC."


@pytest.mark.parametrize(
    "line",
    [
        {**security(1), "trigger": "Email Changed"},
        {**security(1), "at": "2026-01-05T09:00:00"},
        {**security(1), "type": "security_event_2"},
        json.dumps(security(1)).replace('"trigger"', '"trigger": "signed_in", "trigger"'),
        json.dumps(security(1)).replace('"context": {}', '"context": {"x": NaN}'),
        json.dumps({**security(1), "context": {"x": "\ud800"}}),
        json.dumps({**security(1), "context": [["account", "a2"]]}),
    ],
)
def test_an_account_with_an_unreadable_line_is_never_allowed(run, journal, line):
    path = journal(security(0, "signed_in"), line, security(0, account="a2"))
    status, out, err = run("replay", path, "--at", instant(99))
    assert status == 2
    assert "any account" not in err
    assert rows(out)[1] == (
        clock(99),
        "active",
        "withdrawal denied: 1 event of this account could not be read or applied",
    )
    assert rows(out)[-1] == (clock(99), "restored", "withdrawal allowed")
    _, out, _ = run("replay", path, "--at", instant(99), "--json")
    suspect, other = map(json.loads, out.splitlines())
    assert suspect["decision"] is None
    assert suspect["unreadable_count"] == 1
    assert [fault["line"] for fault in suspect["unreadable"]] == [2]
    assert set(suspect["unreadable"][0]) == {"line", "path", "problem"}
    assert other["decision"]["decision"] == "allowed"


def test_an_account_known_only_from_unreadable_lines_is_denied_too(run, journal):
    broken = {**security(0), "at": "soon"}
    _, out, _ = run("replay", journal(broken, broken), "--at", AT)
    assert rows(out) == [
        ("2026-03-01 00:00:00", "active", "withdrawal denied: 2 events of this account could not be read or applied")
    ]
    assert "line 1 could not be read: at: must be an RFC 3339 instant" in out
    _, out, _ = run("replay", journal(broken), "--at", AT, "--json")
    assert json.loads(out)["latest_event_at"] is None


def test_an_account_with_an_unreadable_line_still_shows_the_holds_that_deny(run, journal):
    _, out, _ = run("replay", journal(security(0), {**security(1), "at": None}), "--at", instant(2))
    assert rows(out)[-1][2] == "withdrawal denied: 1 event of this account could not be read or applied"
    assert below(out)[-1] == f"- There is a waiting time until {clock(24)} UTC."


def test_a_line_that_is_too_long_is_unreadable_and_the_next_one_is_read(run, journal, monkeypatch):
    monkeypatch.setattr(_journal, "DOCUMENT_BYTES_MAX", 400)
    for long in (b" " * 399 + b"x", b"x" * 401, b"x" * 399 + b"\n" + b"x" * 5_000):
        status, out, err = run("replay", journal(long, security(0)), "--at", AT)
        assert status == 2
        assert "password changed (e0)" in out
        assert err.startswith("withdraw-guard: line ")
    assert "must be at most 400 bytes" in err
    path = journal(security(0))
    path.write_bytes(path.read_bytes() + b"y" * 1_000)
    assert "line 2 cannot be read: must be at most 400 bytes" in run("replay", path, "--at", AT)[2]


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_line_of_json_can_be_read_again(run):
    status, out, _ = run("replay", JOURNAL, "--at", AT, "--json")
    assert status == 1
    lines = [wire.parse(line) for line in out.splitlines()]
    assert [line["account"] for line in lines][:2] == ["never-held", "password-24h"]
    for line in lines:
        assert list(line) == [
            "account",
            "events",
            "applied",
            "refused",
            "refused_count",
            "unmatched",
            "unmatched_count",
            "over_on_arrival",
            "over_on_arrival_count",
            "unreadable",
            "unreadable_count",
            "unattributed_count",
            "skipped_count",
            "left_out_count",
            "outside_count",
            "latest_event_at",
            "phase",
            "decision",
            "next_change_at",
            "state",
        ]
        decision = wire.decision_from_dict(line["decision"])
        account = wire.account_from_dict(line["state"])
        assert decision.account == account.id == line["account"]
        assert decision.phase == phase(account, decision.at) == line["phase"]
        assert line["events"] == line["applied"] + line["refused_count"] + line["unmatched_count"]
        assert sum(line["unmatched"].values()) == line["unmatched_count"]
        assert line["refused_count"] == len(line["refused"])
        assert line["unreadable"] == []
        assert line["unattributed_count"] == 0
        assert line["left_out_count"] == (line["account"] == "dated-in-the-future")


def test_the_members_of_the_json_are_documented():
    table = _replay.NOTES.partition("first appear:")[2].partition("--summary --json")[0]
    documented = re.findall(r"^  (\w+) +[a-z]", table, re.MULTILINE)
    replay = JournalReplay(policy=STRICT)
    assert documented == list(_replay.members_of(replay, AccountRecord(Account(id="a1")), T0, WITHDRAWAL))


def test_json_has_the_refused_events_and_the_next_change(run, journal):
    lines = [security(0, account="a2"), security(0), about(1, "verification_submitted", "e0:password-changed")]
    _, out, _ = run("replay", journal(*lines), "--at", instant(2), "--account", "a1", "--json")
    line = json.loads(out)
    assert line["refused"] == [{"line": 3, "event": "e1", "reason": "no_clearance", "outdated": False}]
    assert line["next_change_at"] == instant(24)
    assert line["latest_event_at"] == instant(1)
    assert line["decision"]["resumes_at"] == instant(24)


def test_json_lists_a_hundred_faults_and_counts_them_all(run, journal):
    refused = [about(hours, "verification_submitted", "e0:x") for hours in range(150)]
    broken = [{**security(0), "at": hours} for hours in range(130)]
    _, out, _ = run("replay", journal(*refused, *broken), "--at", AT, "--json")
    line = json.loads(out)
    assert (len(line["refused"]), line["refused_count"]) == (100, 150)
    assert (len(line["unreadable"]), line["unreadable_count"]) == (100, 130)


def test_json_keeps_nothing_of_the_history():
    replay = JournalReplay(policy=policies.BINANCE)
    for number in range(1, 300):
        replay.take(number, json.dumps(security(number, "password_changed")).encode())
    assert replay.records["a1"].rows == []


# ── One account, another source, another policy ──────────────────────────────────────────────────────────────────


def test_with_an_account_all_others_are_ignored(run, journal):
    lines = [
        security(0),
        about(1, "verification_submitted", "x:y"),
        {**security(0, account="a2"), "at": "soon"},
        security(0, account="a3"),
    ]
    status, out, err = run("replay", journal(*lines), "--account", "a3", "--at", AT)
    assert status == 0
    assert "a1" not in out
    assert err.splitlines() == [
        "withdraw-guard: 1 event of 1 account, 0 refused; 0 unreadable lines",
        "withdraw-guard: a picture of this account: `timeline` with the same arguments and --svg FILE.svg",
    ]


def test_an_account_without_a_line_in_the_journal_is_a_usage_error(run, journal):
    assert run("replay", journal(security(0)), "--account", "b\x1b", "--at", AT) == (
        2,
        "",
        "withdraw-guard: the journal has no line about the account `b\\x1b`\n",
    )


def test_a_dash_reads_standard_input(run, journal, monkeypatch):
    expected = run("replay", JOURNAL, "--at", AT)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(JOURNAL.read_bytes())))
    assert run("replay", "-", "--at", AT) == expected


def test_an_empty_journal_gives_no_account(run, journal):
    assert run("replay", journal(), "--at", AT)[0] == 0
    assert run("replay", journal(), "--at", AT, "--json")[1] == ""


def test_without_an_instant_the_clock_is_read_once(run, journal, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            asked.append(tz)
            return T0 + 25 * HOUR

    asked: list[object] = []
    monkeypatch.setattr(_arguments, "datetime", Clock)
    assert rows(
        run(
            "replay",
            journal(security(0), security(3)),
        )[1]
    )[-1][0] == clock(25)
    assert asked == [UTC]


def test_the_published_policy_in_a_file_gives_the_same_answers(run, tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(wire.to_dict(policies.BINANCE)))
    expected = run("replay", JOURNAL, "--at", AT)
    assert run("replay", JOURNAL, "--at", AT, "--policy", path) == expected
    assert run("replay", JOURNAL, "--at", AT, "--policy", "binance") == expected


# ── Checking a policy ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sound_policy_is_summarised(run, strict):
    status, out, err = run("check-policy", strict)
    head, *table = out.splitlines()
    assert (status, head, err) == (0, "policy strict, version 7: 5 rules", "")
    assert [re.split(" {2,}", line.strip()) for line in table] == [
        ["RULE", "TRIGGER", "STOPS", "FOR", "LIFTED BY", "RELEASABLE BY"],
        [
            "flag",
            "abnormal_activity",
            "all operations to new destinations",
            "-",
            "verification (appeal)",
            "compliance or customer support",
        ],
        ["both", "both_needed", "all operations", "24 hours", "time and verification (appeal)", "customer support"],
        [
            "either",
            "either_lifts where amount = 5, vip = true",
            "all operations",
            "4 days",
            "time or verification",
            "-",
        ],
        ["kept", "kept", "all operations", "PT1H30M", "time", "-"],
        ["closed", "account_closed", "all operations", "-", "-", "compliance or customer support"],
    ]
    assert len({line.index(line.strip().split()[0]) for line in table}) == 1


def test_the_published_policy_is_summarised_by_its_name(run):
    status, out, _ = run("check-policy", "binance")
    assert status == 0
    assert out.splitlines()[0] == "policy binance, version 1.0.0: 6 rules"
    assert out.splitlines()[2].split() == [
        "password-changed",
        "password_changed",
        "withdrawals",
        "24",
        "hours",
        "time",
        "-",
    ]


def test_a_policy_without_rules_is_a_policy(run, tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(wire.to_dict(Policy(id="p", version="1", rules=()))))
    assert run("check-policy", path)[:2] == (
        0,
        "policy p, version 1: 0 rules\n  RULE  TRIGGER  STOPS  FOR  LIFTED BY  RELEASABLE BY\n",
    )


def test_a_policy_may_leave_out_what_has_a_default_and_name_its_schema(run, journal, tmp_path):
    path = tmp_path / "policy.json"
    rule = {"id": "r", "trigger": "password_changed", "duration": "PT24H"}
    short = {"$schema": "policy.schema.json", "schema": "withdraw-guard/policy/1", "id": "p", "version": "1"}
    path.write_text(json.dumps({**short, "rules": [rule]}))
    status, out, err = run("check-policy", path)
    assert (status, err) == (0, "")
    assert out.splitlines()[2].split() == ["r", "password_changed", "all", "operations", "24", "hours", "time", "-"]
    asked = (journal(security(0)), "--at", instant(1), "--json")
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(wire.to_dict(wire.policy_from_dict(wire.parse(path.read_text())))))
    answer = run("replay", *asked, "--policy", path)
    assert json.loads(answer[1])["decision"]["resumes_at"] == instant(24)
    assert answer == run("replay", *asked, "--policy", whole)


def test_a_fault_in_a_policy_is_reported_with_its_path(run, tmp_path):
    data = wire.to_dict(STRICT)
    data["rules"][0]["clearance"]["appeal"]["limit"] = 0
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(data))
    fault = "rules[0].clearance.appeal.limit: must be a whole number from 1 to 1000, got `0`"
    before = '"limit": '
    place = f"{path}:1:{path.read_text().index(before + '0') + len(before) + 1}"
    assert run("replay", JOURNAL, "--policy", path) == (2, "", f"withdraw-guard: {place}: {fault}\n")
    status, out, err = run("check-policy", path)
    assert (status, out) == (2, "")
    assert err.startswith(f"{place}: {fault}\n    1 | ")
    assert err.endswith(f"      = write `1`\nwithdraw-guard: {path}: 1 fault\n")


# ── Usage errors ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["replay", "{missing}"], "{missing}: No such file or directory"),
        (["replay", "{directory}"], "{directory}: Is a directory"),
        (
            ["replay", "{journal}", "--policy", "{missing}"],
            "{missing}: is neither the name of a published policy nor a file",
        ),
        (["check-policy", "{missing}"], "{missing}: is neither the name of a published policy nor a file"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(run, tmp_path, argv, problem):
    names = {"missing": tmp_path / "missing", "directory": tmp_path, "journal": JOURNAL}
    assert run(*(word.format(**names) for word in argv)) == (2, "", f"withdraw-guard: {problem.format(**names)}\n")


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["reply"], "argument COMMAND: invalid choice: 'reply' (choose from"),
        (["replay"], "the following arguments are required: JOURNAL.jsonl"),
        (["replay", "x", "--at", "2026-01-05T09:00:00"], "argument --at: must be an RFC 3339 instant such as"),
        (["replay", "x", "--at", "1969-12-31T23:59:59Z"], "argument --at: must be between 2000-01-01 and 2200-01-01"),
        (["replay", "x", "--loud"], "unrecognized arguments: --loud"),
    ],
)
def test_a_command_with_wrong_arguments_is_one_clear_line(capsys, argv, problem):
    with pytest.raises(SystemExit) as exit:
        cli.main(argv)
    assert exit.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith(f"withdraw-guard: {problem}")
    assert err.count("\n") == 1


def test_a_fault_of_the_device_is_one_clear_line(run, journal, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(_journal, "_lines", fail)
    assert run("replay", journal()) == (2, "", "withdraw-guard: Input/output error\n")


def test_an_interruption_ends_quietly(run, journal, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_journal, "_lines", interrupt)
    assert run("replay", journal()) == (130, "", "")


def test_the_version_is_that_of_the_package(capsys, monkeypatch):
    with pytest.raises(SystemExit) as exit:
        cli.main(["--version"])
    assert exit.value.code == 0
    assert re.fullmatch(r"withdraw-guard \d+\.\d+\.\d+\n", capsys.readouterr().out)

    def not_installed(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", not_installed)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == "withdraw-guard (not installed)\n"


# ── Memory ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_event_leaves_no_circular_garbage():
    replay = JournalReplay(policy=STRICT)
    unknown = json.dumps(about(1, "verification_submitted", "e0:flag")).encode()
    replay.take(1, unknown)
    gc.collect()
    gc.disable()
    try:
        for number in range(2, 52):
            replay.take(number, unknown)
        assert gc.collect() == 0
    finally:
        gc.enable()
    assert replay.records["a1"].refused.count == 51


# ── On a terminal ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_terminal_gets_the_same_words_in_colour_and_in_its_width(run, monkeypatch):
    argv = ("replay", JOURNAL, "--at", AT)
    _, plain, _ = run(*argv)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    assert cli.main([str(word) for word in argv]) == 1
    coloured = terminal.getvalue()
    assert "\x1b[31msuspended" in coloured
    shown = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert shown.split() == plain.split()
    assert max(map(len, shown.splitlines())) <= 60
    assert re.search(r"\n {10}\S", shown)
    assert re.search(r"\n {30}\S", shown)


def test_with_no_color_a_terminal_gets_no_colours(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    assert cli.main(["replay", str(JOURNAL), "--at", AT]) == 1
    assert re.search(r"\x1b\[[0-9;]*3[0-7]m", terminal.getvalue()) is None


def test_a_name_cannot_colour_or_forge_a_line(run, journal):
    _, out, _ = run("replay", journal(security(0, account="[red]a\u202eb[/red]")), "--at", AT)
    assert out.splitlines()[2] == "[red]a\\u202eb[/red]"


def test_a_name_that_the_terminal_cannot_show_is_escaped(journal, monkeypatch):
    monkeypatch.setattr(sys, "stdout", out := io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert cli.main(["replay", str(journal(security(0, account="añb"))), "--at", AT]) == 0
    assert b"\na\\xf1b\n" in out.buffer.getvalue()


def test_a_long_journal_has_a_progress_bar_on_a_terminal_only(run, monkeypatch):
    argv = ["replay", str(JOURNAL), "--at", AT, "--json"]
    _, expected, err = run(*argv)
    assert "replaying" not in err
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stderr", short := Terminal())
    cli.main(argv)
    assert "replaying" not in short.getvalue()
    monkeypatch.setattr(_journal, "LINES_BEFORE_PROGRESS", 20)
    monkeypatch.setattr(_journal, "LINES_PER_STEP", 10)
    monkeypatch.setattr(sys, "stderr", long := Terminal())
    monkeypatch.setattr(sys, "stdout", out := io.StringIO())
    cli.main(argv)
    assert "replaying" in long.getvalue()
    assert out.getvalue() == expected


def test_a_pipe_has_no_progress_bar_because_its_end_is_unknown(monkeypatch):
    reader, writer = os.pipe()
    os.write(writer, json.dumps(security(0)).encode())
    os.close(writer)
    monkeypatch.setattr(_journal, "LINES_BEFORE_PROGRESS", 0)
    monkeypatch.setattr(sys, "stderr", err := Terminal())
    monkeypatch.setattr(sys, "stdin", os.fdopen(reader))
    assert cli.main(["replay", "-", "--at", AT, "--json"]) == 0
    assert err.getvalue() == "withdraw-guard: 1 event of 1 account, 0 refused; 0 unreadable lines\n"
    sys.stdin.close()


@pytest.mark.skipif(sys.platform == "emscripten", reason="a pipe without a reader is no error there")
def test_a_closed_pipe_ends_quietly(monkeypatch, capsys):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert cli.main(["replay", str(JOURNAL), "--at", AT]) == 141
    assert capsys.readouterr().err == ""


# ── As a process ─────────────────────────────────────────────────────────────────────────────────────────────────


def process(*words: object, options: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *options, *map(str, words)]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=False)


def test_the_output_is_the_same_bytes_everywhere():
    argv = ("-m", "withdraw_guard", "replay", JOURNAL, "--at", AT)
    expected = process(*argv, PYTHONHASHSEED="0", TZ="UTC")
    assert expected.returncode == 1
    for options, environment in [
        ((), {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"}),
        ((), {"TZ": "America/St_Johns", "PYTHONHASHSEED": "2", "COLUMNS": "20", "FORCE_COLOR": "1"}),
        (("-O",), {"PYTHONHASHSEED": "3", "LC_ALL": "C"}),
        (("-OO",), {"PYTHONHASHSEED": "4"}),
    ]:
        other = process(*argv, options=options, **environment)
        assert (other.returncode, other.stdout, other.stderr) == (1, expected.stdout, expected.stderr)


def test_the_json_is_the_same_bytes_everywhere():
    argv = ("-m", "withdraw_guard", "replay", JOURNAL, "--at", AT, "--json")
    expected = process(*argv, PYTHONHASHSEED="0", TZ="UTC")
    for seed in ("1", "2", "3"):
        assert process(*argv, PYTHONHASHSEED=seed, TZ="Asia/Kathmandu", COLUMNS="9").stdout == expected.stdout


def test_a_reader_that_closes_the_pipe_causes_no_complaint():
    command = [sys.executable, "-m", "withdraw_guard", "replay", JOURNAL, "--at", AT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


@pytest.mark.parametrize("missing", ["rich", "cattrs"])
def test_without_the_extra_one_line_names_what_to_install(missing):
    code = f"import sys; sys.modules['{missing}'] = None; import withdraw_guard.__main__ as m; sys.exit(m.main())"
    ended = process("-c", code)
    assert ended.returncode == 2
    assert ended.stdout == b""
    assert ended.stderr.decode() == (
        "withdraw-guard: the command line needs cattrs and rich: install withdraw-guard with its extra `cli`\n"
    )


def test_the_entry_point_is_the_command_line(capsys):
    assert importlib.import_module("withdraw_guard.__main__").main is cli.main


def test_the_entry_point_without_the_extra_reads_nothing(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "withdraw_guard.__main__", raising=False)
    for name in [name for name in sys.modules if name.startswith("withdraw_guard.cli")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    entry = runpy.run_module("withdraw_guard.__main__", run_name="entry")
    assert entry["main"](["replay", "nowhere"]) == 2
    assert capsys.readouterr().err == f"{entry['NEEDS_EXTRA']}\n"


def test_any_other_fault_of_an_import_is_not_hidden(monkeypatch):
    monkeypatch.delitem(sys.modules, "withdraw_guard.__main__", raising=False)
    monkeypatch.setitem(sys.modules, "withdraw_guard.cli", None)
    with pytest.raises(ImportError, match=r"withdraw_guard\.cli"):
        runpy.run_module("withdraw_guard.__main__", run_name="entry")
