"""What the playground asks of the library, without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playground import make, play

from withdraw_guard import Policy, analysis, policies
from withdraw_guard.policies import GALLERY
from withdraw_guard.wire import Members, to_dict

BINANCE = json.dumps(to_dict(policies.BINANCE))
QUESTION: Members = {
    "at": "2026-01-05 12:00",
    "operation": "withdrawal",
    "destination": "new",
    "to": "",
    "language": "en",
    "audience": "user",
}


def row(number: int, at: str, what: str, about: str = "", details: str = "") -> Members:
    return {"id": f"e{number}", "at": at, "what": what, "about": about, "details": details}


@pytest.mark.parametrize("name", GALLERY)
def test_the_text_of_a_published_policy_is_that_policy(name: str) -> None:
    policy = GALLERY[name].policy
    assert isinstance(draft := play._draft(make.text_of(policy)), Policy)
    assert draft == policy
    assert draft.fingerprint == policy.fingerprint


@pytest.mark.parametrize(
    "written", ["2026-01-05 09:00", "2026-01-05T09:00:00Z", "2026-01-05T10:00+01:00", "2026-01-05T04:00:00-05:00"]
)
def test_an_instant_is_read_as_people_write_it(written: str) -> None:
    assert play.instant_written(play.instant_of(written)) == "2026-01-05T09:00:00Z"


def test_a_denial_is_told_with_its_reason_and_its_picture() -> None:
    answered = play.answer(BINANCE, [row(1, "2026-01-05 09:00", "security_event:password_changed")], QUESTION)
    assert answered["decision"]["allowed"] is False
    assert answered["next"] == "2026-01-06T09:00:00Z"
    assert "denied" in answered["picture"]
    assert answered["rows"] == [{"outcome": "applied", "says": "hold placed"}]


@pytest.mark.parametrize("language", play.languages())
def test_the_answer_is_told_in_each_language(language: str) -> None:
    told = play.answer(BINANCE, [row(1, "2026-01-05 09:00", "security_event:email_changed")], QUESTION)
    other = play.answer(
        BINANCE, [row(1, "2026-01-05 09:00", "security_event:email_changed")], {**QUESTION, "language": language}
    )
    assert (other["decision"] == told["decision"]) is (language == "en")


def test_an_event_after_the_question_is_left_out() -> None:
    answered = play.answer(BINANCE, [row(1, "2026-01-05 12:01", "security_event:password_changed")], QUESTION)
    assert answered["decision"]["allowed"] is True
    assert answered["rows"][0]["outcome"] == "later"


@pytest.mark.parametrize(
    "unread",
    [
        row(1, "yesterday", "security_event:password_changed"),
        row(1, "2026-01-05 09:00", "security_event:password_changed", details="[1]"),
        row(1, "2026-01-05 09:00", "security_event:password_changed", details='{"unknown": 1}'),
        row(1, "2026-01-05 09:00", "verification_started"),
        row(1, "2026-01-05 09:00", "nothing:like_it"),
    ],
)
def test_there_is_no_answer_while_an_event_cannot_be_read(unread: Members) -> None:
    answered = play.answer(BINANCE, [unread, row(2, "2026-01-05 10:00", "identity_changed:personal")], QUESTION)
    assert answered["decision"] is None
    assert "Event 1 cannot be read" in answered["problem"]
    assert "picture" not in answered


def test_a_question_that_cannot_be_read_has_no_answer() -> None:
    answered = play.answer(BINANCE, [], {**QUESTION, "at": "noon"})
    assert answered["decision"] is None
    assert "The question cannot be read" in answered["problem"]


def test_one_hold_walks_the_whole_road_without_a_word_about_which_hold() -> None:
    kinds = (
        "security_event:abnormal_activity",
        "verification_started",
        "verification_submitted",
        "review_decided:rejected",
        "appeal_submitted",
        "appeal_decided:granted",
    )
    rows = [row(number, f"2026-01-05 0{number}:00", kind) for number, kind in enumerate(kinds, 1)]
    answered = play.answer(BINANCE, rows, QUESTION)
    assert [each["outcome"] for each in answered["rows"]] == ["applied"] * len(kinds)
    assert answered["decision"]["allowed"] is True


@pytest.mark.parametrize("last", ["release_ordered", "event_retracted", "more_requested"])
def test_staff_acts_on_a_hold(last: str) -> None:
    rows = [
        row(1, "2026-01-05 01:00", "security_event:abnormal_activity"),
        row(2, "2026-01-05 02:00", "verification_started"),
        row(3, "2026-01-05 03:00", "verification_submitted"),
        row(4, "2026-01-05 04:00", last, about="e1" if last == "event_retracted" else ""),
    ]
    answered = play.answer(BINANCE, rows, QUESTION)
    assert answered["rows"][3]["outcome"] == "applied"
    assert answered["decision"]["allowed"] is (last != "more_requested")


def test_a_fault_has_its_place_in_units_of_the_page() -> None:
    text = "\ufeff# 💶\nid: p\nversion: '1'\nrules: []\nschema: other\n"
    said = play.answer(text, [], QUESTION)
    assert said["policy"] is None
    units = text.encode("utf-16-le")
    shown = [units[2 * each["begin"] : 2 * each["end"]].decode("utf-16-le") for each in said["faults"]]
    assert "other" in shown
    assert all(each["line"] > 1 for each in said["faults"])


def test_half_of_a_sign_is_a_fault_and_no_failure() -> None:
    assert play.read("id: \ud83d")["policy"] is None


@pytest.mark.parametrize("name", ["binance", "kraken", "bitvavo"])
def test_the_events_of_each_finding_and_witness_are_shown_by_rows_that_read_as_them(name: str) -> None:
    new = GALLERY[name].policy
    compared = analysis.compare(policies.BINANCE_2026, new)
    journals = [each.journal for each in (*analysis.lint(new), *compared.loosened, *compared.tightened)]
    for event in (event for journal in journals for event in journal):
        assert play.event_of(play.row_of(event), new, play.Account(id=play.ACCOUNT)) == event


def test_proofs_and_lint_are_those_of_the_analysis() -> None:
    examined = play.examine(BINANCE)
    assert [each["answer"] for each in examined["promises"]] == ["proved"] * 4
    assert len(examined["findings"]) == len(analysis.lint(policies.BINANCE))


def test_a_comparison_names_the_verdict_and_draws_both_sides() -> None:
    compared = play.compare(BINANCE, BINANCE.replace("PT48H", "PT24H").replace('"1.0.0"', '"1.0.1"'))
    assert compared["verdict"] == "looser"
    assert (compared["looser"], compared["stricter"]) == ("yes, shown", "no, ruled out")
    assert all(len(each["pictures"]) == 2 for each in compared["witnesses"])


def test_no_text_that_is_no_policy_is_proved_or_compared() -> None:
    assert play.examine("x: 1")["problem"]
    assert play.compare("x: 1", BINANCE)["problem"]
    assert play.compare(BINANCE, "x: 1")["problem"]


def test_the_page_calls_by_name_with_json() -> None:
    assert json.loads(play.run("examine", json.dumps({"policy": BINANCE})))["problem"] is None


def test_the_page_has_at_most_500_lines_of_javascript() -> None:
    folder = Path(play.__file__).parent
    scripts = [folder / "play.js", folder / "worker.js"]
    assert sum(len(each.read_text("utf-8").splitlines()) for each in scripts) <= 500


def test_each_verdict_and_standing_has_its_words() -> None:
    assert {*play.VERDICTS} == {*analysis.Verdict}
    assert {*play.STANDINGS} == {*analysis.Standing}
