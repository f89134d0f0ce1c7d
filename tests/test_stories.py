"""Stories of a policy: how they are read, what they find, what they cover, and that a wrong one is told in one line."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from withdraw_guard import (
    Appeal,
    Chosen,
    Clearance,
    Destinations,
    InvalidValue,
    LiftedBy,
    Policy,
    Repeat,
    Request,
    Rule,
    Scope,
    operations,
    policies,
)
from withdraw_guard._model.events import EVENTS, EventType
from withdraw_guard.calendars import business_days
from withdraw_guard.cli._stories import stories_beside
from withdraw_guard.stories import Group, StoryReport, read_stories, tell_stories
from withdraw_guard.stories._clauses import Kind
from withdraw_guard.stories._points import points_of
from withdraw_guard.stories._story import request_words
from withdraw_guard.stories._times import BEGIN, read_time, time_words

HOUR = timedelta(hours=1)
WITHDRAWALS = Scope(operations=frozenset({operations.WITHDRAWAL}))


def document(*lines: dict[str, Any], **members: Any) -> dict[str, Any]:
    story = {"story": "a story", "lines": list(lines), **members}
    return {"schema": "withdraw-guard/stories/1", "stories": [story]}


def told(policy: Policy, *lines: dict[str, Any], **members: Any) -> StoryReport:
    return tell_stories(policy, read_stories(document(*lines, **members)))


def problem(policy: Policy, *lines: dict[str, Any], **members: Any) -> str:
    (broken,) = told(policy, *lines, **members).broken
    assert broken.broken is not None
    return f"{broken.broken.path}: {broken.broken.problem}"


PASSWORD = {"event": "password_changed"}
FLAGGED = {"event": "abnormal_activity"}

# ── What is expected ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_that_is_true_is_told_to_its_end() -> None:
    report = told(policies.BINANCE, {**PASSWORD, "expect": "denied until +24h, because password-changed"})
    assert report.broken == ()
    assert report.answers == 3  # then, just before the end, and at it


def test_what_is_not_so_is_told_beside_what_is_true() -> None:
    said = problem(policies.BINANCE, {**PASSWORD, "at": "+1h", "expect": "denied until just before +25h"})
    assert said == (
        "stories[0].lines[0]: withdrawal at +1h: expected `denied until just before +25h`, got `denied until +25h`"
    )


STARTED = [FLAGGED, {"event": "verification_started", "method": "identity_personal"}]
REVIEWED = [*STARTED, {"event": "verification_submitted"}]
REJECTED = [*REVIEWED, {"event": "review_decided", "outcome": "rejected", "reasons": ["face_not_found"]}]
APPEALED = [*REJECTED, {"event": "appeal_submitted", "documents": ["supporting_documents"]}]


@pytest.mark.parametrize(
    ("lines", "expect", "true"),
    [
        ([], "denied", "allowed"),
        ([PASSWORD], "allowed", "denied until +24h"),
        ([FLAGGED], "denied until +24h", "denied whatever time passes"),
        ([PASSWORD], "denied whatever time passes", "denied until +24h"),
        ([], "because password-changed", "because nothing"),
        ([PASSWORD], "because email-changed and password-changed", "because password-changed"),
        ([PASSWORD], "told abnormal_activity", "told security_change"),
        ([FLAGGED], "phase review", "phase suspended"),
        (REJECTED, "reasons document_unreadable", "reasons face_not_found"),
        ([PASSWORD], "wait until +25h", "wait until +24h"),
        ([FLAGGED], "wait until +25h", "wait until"),
        ([FLAGGED], "may verify with face_web", "may verify with identity_business or identity_personal"),
        ([FLAGGED], "may not verify", "may verify with identity_business or identity_personal"),
        ([PASSWORD], "may verify with face_web", "may not verify"),
        (STARTED, "to complete face_web", "to complete identity_personal"),
        (STARTED, "to complete identity_personal until +1h", "to complete identity_personal"),
        (STARTED, "awaits review", "phase verification"),
        (REVIEWED, "awaits review until +48h", "awaits review"),
        (REJECTED, "may appeal with id_photo", "may appeal with supporting_documents"),
        (REJECTED, "may appeal", "may appeal with supporting_documents"),
        (REJECTED, "may not appeal", "may appeal with supporting_documents"),
        ([FLAGGED], "may appeal", "may not appeal"),
        (REJECTED, "awaits appeal", "phase suspended"),
        (APPEALED, "awaits appeal until +48h", "awaits appeal"),
        ([FLAGGED], "may contact risk", "may contact support"),
        ([PASSWORD], "may contact support", "may contact nothing"),
        ([PASSWORD], "refused stale", "refused nothing"),
        ([PASSWORD], "unmatched", "refused nothing"),
    ],
)
def test_a_clause_that_is_not_so_is_told_beside_the_one_that_is(
    lines: list[dict[str, Any]], expect: str, true: str
) -> None:
    assert problem(policies.BINANCE, *lines, {"expect": expect}).endswith(f": expected `{expect}`, got `{true}`")
    if true.startswith(("allowed", "denied", "may verify", "may not", "may appeal", "phase", "told", "reasons")):
        assert told(policies.BINANCE, *lines, {"expect": true}).broken == ()


def test_the_names_of_a_clause_stand_in_any_order() -> None:
    for expect in ("may verify with identity_personal or identity_business", "denied, phase suspended"):
        assert told(policies.BINANCE, {**FLAGGED, "expect": expect}).broken == ()


def test_a_due_date_may_be_left_out_or_said() -> None:
    clearance = Clearance(
        unverified=frozenset({"video_call"}), verified=frozenset(), verify_within=HOUR, review_within=2 * HOUR
    )
    policy = Policy(
        id="p", version="1", rules=(Rule(id="r", trigger="t", clearance=clearance, releasable_by=frozenset({"a"})),)
    )
    begun = {"event": "verification_started", "method": "video_call", "at": "+1h"}
    for one, other in ((" until +2h", " until +5h"), ("", "")):
        lines = [
            {"event": "t"},
            {**begun, "expect": f"to complete video_call{one}"},
            {"event": "verification_submitted", "at": "+90m", "expect": f"awaits review{other.replace('5h', '210m')}"},
        ]
        assert told(policy, *lines).broken == ()


def test_several_requests_are_asked_and_the_wrong_one_is_named() -> None:
    asks = ["withdrawal", "withdrawal to known", "withdrawal to known a-1", "trade to a-1"]
    said = problem(policies.BINANCE, {**PASSWORD, "ask": asks, "expect": "denied"})
    assert said == "stories[0].lines[0]: trade to a-1 at +0h: expected `denied`, got `allowed`"


def test_a_request_is_written_as_it_is_read() -> None:
    for asked in ("withdrawal", "payment to known", "payment to address-1", "payment to known an address"):
        (story,) = read_stories(document({"ask": asked, "expect": "allowed"}))
        assert request_words(story.lines[0].requests[0]) == asked
    (story,) = read_stories(document({"ask": "payment to known a", "expect": "allowed"}))
    assert story.lines[0].requests == (Request(operation="payment", destination="known", destination_id="a"),)


# ── What happens ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_that_no_rule_matches_must_say_so() -> None:
    expected = "matches this event: did you mean `password_changed`? Correct it, or expect `unmatched`"
    assert problem(policies.BINANCE, {"event": "passwrd_changed", "expect": "allowed"}).endswith(expected)
    assert told(policies.BINANCE, {"event": "passwrd_changed", "expect": "unmatched, allowed"}).broken == ()


def test_an_event_that_is_refused_must_say_why() -> None:
    early = {"event": "verification_submitted"}
    expected = "this event is refused: correct it, or expect `refused wrong_state`"
    assert problem(policies.BINANCE, FLAGGED, early).endswith(expected)
    assert told(policies.BINANCE, FLAGGED, {**early, "expect": "refused wrong_state, phase suspended"}).broken == ()
    assert "expected `refused stale`, got `refused wrong_state`" in problem(
        policies.BINANCE, FLAGGED, {**early, "expect": "refused stale"}
    )


def test_a_refused_event_is_not_in_the_timeline_of_what_comes_later() -> None:
    lines = [FLAGGED, {"event": "verification_submitted", "expect": "refused wrong_state"}, {"expect": "allowed"}]
    (broken,) = told(policies.BINANCE, *lines).broken
    assert broken.broken is not None
    assert "handed in" not in broken.broken.timeline
    assert "abnormal activity (e1)" in broken.broken.timeline


def test_the_hold_is_the_only_one_or_is_named_by_its_rule_or_its_id() -> None:
    release = {"event": "release_ordered", "authority": "support", "at": "+1h", "expect": "denied until +24h"}
    both = [PASSWORD, FLAGGED]
    assert problem(policies.BINANCE, *both, release) == (
        "stories[0].lines[2]: the event must name one hold of the account as `hold`; "
        "there is `e1:password-changed`, `e2:abnormal-activity`"
    )
    for hold in ("abnormal-activity", "e2:abnormal-activity"):
        assert told(policies.BINANCE, *both, {**release, "hold": hold}).broken == ()
    assert problem(policies.BINANCE, release).endswith("as `hold`; there is none")
    gone = {**release, "hold": "e9:nothing", "expect": "refused unknown_hold"}
    assert told(policies.BINANCE, *both, gone).broken == ()


def test_the_hold_of_a_rule_is_the_one_that_is_still_open() -> None:
    release = {"event": "release_ordered", "authority": "support", "hold": "abnormal-activity"}
    lines = [FLAGGED, {**release, "at": "+1h"}, {**FLAGGED, "at": "+2h"}, {**release, "at": "+3h", "expect": "allowed"}]
    assert told(policies.BINANCE, *lines).broken == ()
    again = {**release, "at": "+4h", "expect": "refused hold_not_open"}
    assert told(policies.BINANCE, FLAGGED, {**release, "at": "+1h"}, again).broken == ()


def test_events_have_the_members_of_the_wire_format_and_short_forms() -> None:
    (story,) = read_stories(
        document(
            {"event": "password_changed", "at": "+1h", "initiated_by": "admin", "context": {"n": 1}, "id": "mine"},
            {"event": "lock", "duration": "just over 36h", "destination_id": "d"},
            {"event": "review_decided", "outcome": "approved", "by": "system vendor-7", "at": "just after +2h"},
            {"event": "identity_changed", "identity": "personal", "valid_until": "+30d"},
            {"event": "event_retracted", "retracts": "mine", "authority": "security"},
            {"event": "lock", "duration": "PT36H", "at": "-2h"},
        )
    )
    first, chosen, reviewed, known, retracted, late = (line.event for line in story.lines)
    assert (first.id, first.at, first.initiated_by, dict(first.context)) == ("mine", BEGIN + HOUR, "admin", {"n": 1})
    assert (chosen.id, chosen.at, chosen.destination_id) == ("e2", BEGIN + HOUR, "d")
    assert chosen.duration == 36 * HOUR + timedelta(microseconds=1)
    assert (reviewed.by.kind, reviewed.by.id) == ("system", "vendor-7")
    assert reviewed.at == BEGIN + 2 * HOUR + timedelta(microseconds=1)
    assert known.valid_until == BEGIN + timedelta(days=30)
    assert (retracted.event, retracted.by.id, retracted.note) == ("mine", "releaser", "a mistake")
    assert (late.duration, late.at) == (36 * HOUR, BEGIN - 2 * HOUR)


def test_a_story_may_begin_at_another_instant() -> None:
    begins = "2026-03-28T23:00:00+01:00"
    assert (
        told(policies.BINANCE, {**PASSWORD, "expect": "denied until 2026-03-29T22:00:00Z"}, begins=begins).broken == ()
    )
    assert told(policies.BINANCE, {**PASSWORD, "expect": "denied until +24h"}, begins=begins).broken == ()


@given(st.integers(-(10**9), 10**9), st.sampled_from([-1, 0, 1]))
def test_a_time_is_written_as_it_is_read(seconds: int, ticks: int) -> None:
    at = BEGIN + timedelta(seconds=seconds, microseconds=ticks)
    if at.year >= 2000:
        assert read_time("at", time_words(at, BEGIN), BEGIN) == at


def test_a_time_beside_no_whole_second_is_written_as_an_instant() -> None:
    assert time_words(BEGIN + timedelta(microseconds=7), BEGIN) == "2026-01-05T09:00:00.000007Z"


# ── A wrong file ─────────────────────────────────────────────────────────────────────────────────────────────────


def wrong(*lines: object, **members: object) -> dict[str, Any]:
    return {
        "schema": "withdraw-guard/stories/1",
        "stories": [{"story": "a", "lines": [{"expect": "allowed"}]}, {"story": "s", "lines": list(lines), **members}],
    }


AT_EXAMPLES = "must be a time such as `+24h`, `just before +24h` or `2026-01-05T09:00:00Z`, got"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ([], "must be an object, got a list"),
        ({"schema": "withdraw-guard/policy/1", "stories": []}, "schema: must be `withdraw-guard/stories/1`, got `w"),
        ({"stories": []}, "schema: is missing"),
        ({"schema": "withdraw-guard/stories/1", "stories": [], "rules": []}, "rules: is not a member here"),
        ({"schema": "withdraw-guard/stories/1", "stories": []}, "stories: must be a list with at least one entry, got"),
        ({"schema": "withdraw-guard/stories/1", "stories": {}}, "stories: must be a list with at least one entry, got"),
        (wrong(), "stories[1].lines: must be a list with at least one entry, got a list"),
        (wrong({"expect": "allowed"}, story="a"), "stories[1].story: must be unique in the file, got `a` again"),
        (wrong({"expect": "allowed"}, story=1), "stories[1].story: must be text, got `1`"),
        (wrong({"expect": "allowed"}, source=1), "stories[1].source: must be text, got `1`"),
        (wrong({"expect": "allowed"}, begins="soon"), f"stories[1].begins: {AT_EXAMPLES} `soon`"),
        (
            wrong({"expect": "allowed"}, beginns="+1h"),
            "stories[1].beginns: is not a member here; did you mean `begins`?",
        ),
        (wrong("allowed"), "stories[1].lines[0]: must be an object, got `allowed`"),
        (wrong({}), "stories[1].lines[0]: must have an `event`, or say what to `expect`"),
        (wrong({"expect": "allowed", "att": "+1h"}), "stories[1].lines[0].att: is not a member here: the line has no"),
        (wrong({"expect": "allowed", "hold": "r"}), "stories[1].lines[0].hold: is not a member here: the line has no"),
        (wrong({**PASSWORD, "ask": "trade"}), "stories[1].lines[0].ask: must stand beside an `expect`"),
        (wrong({**PASSWORD, "at": "24h"}), f"stories[1].lines[0].at: {AT_EXAMPLES} `24h`"),
        (wrong({**PASSWORD, "at": 24}), f"stories[1].lines[0].at: {AT_EXAMPLES} `24`"),
        (wrong({**PASSWORD, "at": "+"}), f"stories[1].lines[0].at: {AT_EXAMPLES} `+`"),
        (wrong({**PASSWORD, "at": "+999999w"}), f"stories[1].lines[0].at: {AT_EXAMPLES} `+999999w`"),
        (wrong({**PASSWORD, "at": "just before +1h x"}), f"stories[1].lines[0].at: {AT_EXAMPLES} `just before +1h x`"),
        (wrong({"event": "Password"}), "stories[1].lines[0].event: must be 1 to 128 characters of lower-case letters"),
        (wrong({"event": None}), "stories[1].lines[0].event: must be text, got `null`"),
        (wrong({**PASSWORD, "hold": "r"}), "stories[1].lines[0].hold: is not a member here"),
        (wrong({**PASSWORD, "contxt": {}}), "stories[1].lines[0].contxt: is not a member here"),
        (wrong({**PASSWORD, "context": {"a": 1.5}}), "stories[1].lines[0].context.a: must be text, an integer or a"),
        (wrong({**PASSWORD, "duration": "a day"}), "stories[1].lines[0].duration: must be a duration of days and time"),
        (wrong({**PASSWORD, "duration": 24}), "stories[1].lines[0].duration: must be a duration of days and time"),
        (wrong({"event": "verification_started"}), "stories[1].lines[0].method: is missing"),
        (wrong({"event": "verification_submitted", "hold": 1}), "stories[1].lines[0].hold: must be text, got `1`"),
        (wrong({"event": "event_retracted", "authority": "security"}), "stories[1].lines[0].retracts: is missing"),
        (
            wrong({"event": "review_decided", "outcome": "approved", "by": "nobody"}),
            "stories[1].lines[0].by: must be one of `user`, `admin`, `policy`, `system`, with or without an id",
        ),
        (
            wrong({"event": "review_decided", "outcome": "fine"}),
            "stories[1].lines[0].outcome: must be one of `approved`",
        ),
        (wrong({"expect": None}), "stories[1].lines[0].expect: must be a sentence such as `denied until +24h`, got"),
        (
            wrong({"expect": "forbidden"}),
            "stories[1].lines[0].expect: must be clauses that begin with one of `allowed`",
        ),
        (wrong({"expect": "allowed,"}), "stories[1].lines[0].expect: must be clauses that begin with one of `allowed`"),
        (wrong({"expect": "denied until noon"}), f"stories[1].lines[0].expect: {AT_EXAMPLES} `noon`"),
        (wrong({"expect": "denied soon"}), "stories[1].lines[0].expect: must have nothing, or a comma and the next c"),
        (wrong({"expect": "because"}), "stories[1].lines[0].expect: must have names with `and` or `or` between them"),
        (wrong({"expect": "because a b"}), "stories[1].lines[0].expect: must have names with `and` or `or` between"),
        (
            wrong({"expect": "phase a and b"}),
            "stories[1].lines[0].expect: must have one name after `phase`, got `a and",
        ),
        (wrong({"expect": "awaits review soon"}), "stories[1].lines[0].expect: must have nothing, or `until` and a"),
        (wrong({"expect": "awaits review until x"}), f"stories[1].lines[0].expect: {AT_EXAMPLES} `x`"),
        (wrong({"expect": "to complete"}), "stories[1].lines[0].expect: must have one name, or a name, `until` and"),
        (wrong({"ask": 1, "expect": "allowed"}), "stories[1].lines[0].ask: must be a request such as `withdrawal to k"),
        (wrong({"ask": ["trade", 1], "expect": "allowed"}), "stories[1].lines[0].ask[1]: must be a request such as"),
        (wrong({"ask": "Trade", "expect": "allowed"}), "stories[1].lines[0].ask: must be 1 to 128 characters of lower"),
        (wrong({"ask": [], "expect": "allowed"}), "stories[1].lines[0].ask: must be a list with at least one entry"),
    ],
)
def test_a_wrong_file_is_refused_with_the_path_to_the_fault(data: object, fault: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_stories(data)
    assert str(refused.value).startswith(fault)
    assert "\n" not in str(refused.value)


def test_a_misspelt_clause_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(InvalidValue, match=r"got `alowed`; did you mean `allowed`\?$"):
        read_stories(wrong({"expect": "alowed"}))


SCHEMA = json.loads(
    (Path(__file__).parents[1] / "src" / "withdraw_guard" / "schemas" / "stories.schema.json").read_text("utf-8")
)
VALID = Draft202012Validator(SCHEMA)


def test_the_schema_knows_the_members_of_every_event_and_of_a_line() -> None:
    of_events = {attribute.name for event in EVENTS for attribute in attrs.fields(event)} - {"account", "trigger"}
    of_a_line = {"ask", "expect", "retracts"}
    assert SCHEMA["$defs"]["line"]["properties"].keys() == of_events | of_a_line
    kinds = SCHEMA["$defs"]["line"]["properties"]["event"]["anyOf"][0]["enum"]
    assert {*kinds, "security_event"} == {kind.value for kind in EventType}


@pytest.mark.parametrize("name", policies.GALLERY)
def test_the_stories_of_a_published_policy_are_valid_by_the_schema(name: str) -> None:
    (path,) = stories_beside(name)
    assert [*VALID.iter_errors(json.loads(path.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"stories": [{"story": "s", "lines": [{"expect": "allowed"}]}]},
        wrong(),
        wrong({"expect": "allowed"}, beginns="+1h"),
        wrong({}),
        wrong({"expect": "allowed", "att": "+1h"}),
        wrong({"expect": "allowed", "hold": "r"}),
        wrong({**PASSWORD, "ask": "trade"}),
        wrong({"event": "Password"}),
        wrong({**PASSWORD, "contxt": {}}),
        wrong({**PASSWORD, "context": {"a": 1.5}}),
        wrong({"event": "review_decided", "outcome": "approved", "by": "nobody"}),
        wrong({"event": "review_decided", "outcome": "fine"}),
        wrong({"expect": None}),
        wrong({"ask": [], "expect": "allowed"}),
    ],
)
def test_what_the_reader_refuses_for_its_form_the_schema_refuses_too(data: object) -> None:
    assert not VALID.is_valid(data)
    with pytest.raises(InvalidValue):
        read_stories(data)


# ── What is covered ──────────────────────────────────────────────────────────────────────────────────────────────

FULL = Policy(
    id="full",
    version="1",
    calendar=business_days(UTC, first=date(2026, 1, 5), last=date(2026, 1, 30)),
    retractable_by=frozenset({"security"}),
    rules=(
        Rule(
            id="flagged",
            trigger="flagged",
            clearance=Clearance(
                unverified=frozenset({"identity_personal"}),
                verified=frozenset({"face_web"}),
                attempts=2,
                verify_within=HOUR,
                review_within=timedelta(days=2),
                identity_valid_for=timedelta(days=30),
                appeal=Appeal(
                    after_failures=1,
                    limit=2,
                    within=timedelta(days=10),
                    decide_within=timedelta(days=5),
                    documents=frozenset({"id_photo"}),
                ),
            ),
            releasable_by=frozenset({"support"}),
        ),
        Rule(
            id="both",
            trigger="both",
            scope=WITHDRAWALS,
            duration=timedelta(days=3),
            clearance=Clearance(
                unverified=frozenset({"video_call"}), verified=frozenset(), appeal=Appeal(after_failures=0)
            ),
            lifted_by=LiftedBy.ALL,
            releasable_by=frozenset({"support"}),
        ),
        Rule(
            id="chosen",
            trigger="chosen",
            scope=Scope(
                operations=frozenset({operations.WITHDRAWAL}),
                leaves=frozenset({"staking"}),
                destinations=Destinations.NEW,
            ),
            duration=2 * HOUR,
            chosen=Chosen(minimum=HOUR, maximum=3 * HOUR),
        ),
        Rule(
            id="one-place",
            trigger="place",
            where={"locked": True, "initiated_by": "admin"},
            scope=Scope(operations=frozenset({operations.WITHDRAWAL}), destinations=Destinations.NAMED),
            business_days=1,
            repeat=Repeat.SEPARATE,
        ),
        Rule(
            id="nobody-verifies",
            trigger="silent",
            scope=WITHDRAWALS,
            clearance=Clearance(unverified=frozenset(), verified=frozenset(), review_business_days=1),
            releasable_by=frozenset({"support"}),
        ),
    ),
)


def start(at: str, **more: Any) -> dict[str, Any]:
    return {"event": "verification_started", "method": "identity_personal", "at": at, **more}


def release(hold: str) -> list[dict[str, Any]]:
    return [
        {"at": "just before +1d", "expect": "denied"},
        {"event": "release_ordered", "hold": hold, "authority": "support", "at": "+1d", "expect": "allowed"},
    ]


FLAG, BOTH, PHOTO = {"event": "flagged"}, {"event": "both"}, {"documents": ["id_photo"]}
FAIL = {"event": "verification_failed"}
SUBMIT = {"event": "verification_submitted"}
APPEAL = {"event": "appeal_submitted", **PHOTO}
CALL = {"event": "verification_started", "method": "video_call"}
FULL_STORIES: dict[str, list[dict[str, Any]]] = {
    "flagged, everything until it is approved and the identity ends": [
        {**FLAG, "ask": ["trade", "withdrawal to known"], "expect": "denied, told unspecified"},
        {**FLAG, "expect": "denied, may verify with identity_personal, may not appeal"},
        start("+0h", expect="to complete identity_personal until +1h"),
        start("+0h"),
        {"at": "just before +1h", "expect": "phase verification"},
        {"at": "+1h", "expect": "phase suspended"},
        start("+1h"),
        SUBMIT,
        {"expect": "awaits review until +49h"},
        {"event": "more_requested"},
        SUBMIT,
        {"at": "just before +2h", "expect": "denied"},
        {"event": "review_decided", "outcome": "approved", "at": "+2h", "expect": "allowed"},
        {**FLAG, "at": "+3h", "expect": "may verify with face_web"},
        {"at": "just before +722h", "expect": "may verify with face_web"},
        {"at": "+722h", "expect": "may verify with identity_personal"},
    ],
    "flagged, fails and appeals": [
        FLAG,
        {**APPEAL, "expect": "refused appeal_not_offered"},
        start("+0h"),
        SUBMIT,
        {"event": "review_decided", "outcome": "rejected"},
        {"at": "just before +10d", "expect": "may appeal with id_photo"},
        {"at": "+10d", "expect": "may not appeal"},
        {**APPEAL, "at": "+1h", "expect": "awaits appeal until +121h"},
        {"event": "more_requested", **PHOTO, "by": "admin appeals-officer"},
        APPEAL,
        {"event": "appeal_decided", "outcome": "dismissed"},
        start("+1h"),
        FAIL,
        {"expect": "may not verify"},
        start("+1h", expect="refused attempts_exhausted"),
        {**APPEAL, "at": "+1h"},
        {"event": "appeal_decided", "outcome": "dismissed"},
        {"expect": "may not appeal"},
        {**APPEAL, "expect": "refused appeal_not_offered"},
    ],
    "flagged, an appeal is granted": [
        FLAG,
        start("+0h"),
        FAIL,
        APPEAL,
        {"at": "just before +2h", "expect": "denied"},
        {"event": "appeal_decided", "outcome": "granted", "at": "+2h", "expect": "allowed"},
    ],
    "flagged, released at once": [FLAG, *release("flagged")],
    "flagged, released in verification": [FLAG, start("just before +1d"), *release("flagged")],
    "flagged, released in review": [FLAG, start("+0h"), SUBMIT, *release("flagged")],
    "flagged, released in an appeal": [FLAG, start("+0h"), FAIL, APPEAL, *release("flagged")],
    "both, cleared and then over": [
        {**BOTH, "ask": "withdrawal to known", "expect": "denied, told unspecified"},
        {"ask": "trade", "expect": "allowed"},
        {**BOTH, "at": "+1h", "expect": "may appeal, may verify with video_call"},
        CALL,
        CALL,
        SUBMIT,
        {"event": "review_decided", "outcome": "approved", "expect": "denied until +73h"},
    ],
    "both, over and then cleared": [
        BOTH,
        CALL,
        SUBMIT,
        {"event": "more_requested"},
        SUBMIT,
        {"event": "review_decided", "outcome": "rejected"},
        CALL,
        FAIL,
        CALL,
        SUBMIT,
        {"at": "just before +4d", "expect": "denied"},
        {"event": "review_decided", "outcome": "approved", "at": "+4d", "expect": "allowed"},
    ],
    "both, appealed at once": [
        BOTH,
        {"event": "appeal_submitted", "expect": "awaits appeal"},
        {"event": "more_requested", **PHOTO},
        {"event": "appeal_submitted", **PHOTO},
        {"at": "just before +4d", "expect": "denied"},
        {"event": "appeal_decided", "outcome": "granted", "at": "+4d", "expect": "allowed"},
    ],
    "both, appealed in vain": [
        BOTH,
        {"event": "appeal_submitted"},
        {"event": "appeal_decided", "outcome": "dismissed", "expect": "may not appeal"},
    ],
    "both, released at once": [BOTH, *release("both")],
    "both, released in verification": [BOTH, CALL, *release("both")],
    "both, released in review": [BOTH, CALL, SUBMIT, *release("both")],
    "both, released in an appeal": [BOTH, {"event": "appeal_submitted"}, *release("both")],
    "both, released after it was cleared": [
        BOTH,
        CALL,
        SUBMIT,
        {"event": "review_decided", "outcome": "approved"},
        *release("both"),
    ],
    "chosen": [
        {"event": "chosen", "expect": "denied until +2h, told unspecified"},
        {"event": "chosen", "at": "+30m", "duration": "1h", "expect": "denied until +2h"},
        {"event": "chosen", "at": "+1h", "duration": "3h", "expect": "denied until +4h"},
        {"ask": ["staking", "trade", "withdrawal to known"], "expect": "allowed"},
        {"event": "chosen", "duration": "just under 1h", "expect": "refused invalid"},
        {"event": "chosen", "duration": "just over 3h", "expect": "refused invalid"},
        {"event": "chosen", "duration": "99h", "expect": "refused invalid"},
        {"event": "chosen", "duration": "90m"},
    ],
    "one place": [
        {
            "event": "place",
            "destination_id": "here",
            "initiated_by": "admin",
            "expect": "denied until 2026-01-07T00:00:00Z, told unspecified",
        },
        {"ask": "withdrawal to there", "expect": "allowed"},
        {"ask": "trade", "expect": "allowed"},
        {
            "event": "place",
            "at": "+24h",
            "destination_id": "there",
            "initiated_by": "admin",
            "ask": "withdrawal to there",
            "expect": "denied until 2026-01-08T00:00:00Z",
        },
    ],
    "one place, not locked": [
        {"event": "place", "initiated_by": "admin", "context": {"locked": False}, "expect": "unmatched, allowed"},
        {"event": "place", "context": {"locked": True}, "expect": "unmatched, allowed"},
        {"event": "place", "context": {"locked": False}, "expect": "unmatched, allowed"},
    ],
    "silent": [
        {"event": "silent", "ask": "withdrawal to known", "expect": "denied, told unspecified"},
        {"event": "silent", "expect": "denied"},
        {"ask": "trade", "expect": "allowed"},
        *release("nobody-verifies"),
    ],
    "taken back": [
        {"event": "chosen", "id": "x"},
        {"at": "just before +1h", "expect": "denied"},
        {"event": "event_retracted", "at": "+1h", "retracts": "x", "authority": "security", "expect": "allowed"},
    ],
}


def full(stories: dict[str, list[dict[str, Any]]]) -> StoryReport:
    told = [{"story": name, "lines": lines} for name, lines in stories.items()]
    return tell_stories(FULL, read_stories({"schema": "withdraw-guard/stories/1", "stories": told}))


def test_they_are_valid_by_the_schema() -> None:
    told = [{"story": name, "lines": lines} for name, lines in FULL_STORIES.items()]
    assert VALID.is_valid({"schema": "withdraw-guard/stories/1", "stories": told})


def test_stories_of_a_policy_with_every_kind_of_term_cover_every_point() -> None:
    report = full(FULL_STORIES)
    assert [(each.story.name, each.broken) for each in report.broken] == []
    assert [(point.rule, point.says) for point in report.missing] == []
    assert {group: report.count(group) for group in Group} == {
        Group.RULES: (17, 17),
        Group.SCOPES: (16, 16),
        Group.ENDS: (28, 28),
        Group.MOVES: (37, 37),
        Group.BOUNDS: (17, 17),
    }


@pytest.mark.parametrize("name", FULL_STORIES)
def test_without_one_of_the_stories_something_is_not_covered(name: str) -> None:
    assert full({other: lines for other, lines in FULL_STORIES.items() if other != name}).missing


@pytest.mark.parametrize("name", FULL_STORIES)
def test_events_without_a_question_cover_no_end_and_nothing_that_is_stopped(name: str) -> None:
    """What is refused or unmatched must still be expected."""
    events = [
        line
        if line.get("expect", "").startswith(("refused", "unmatched"))
        else {member: value for member, value in line.items() if member not in ("ask", "expect")}
        for line in FULL_STORIES[name]
        if "event" in line
    ]
    found = {(point.group, point.says) for point in full({name: events}).covered}
    assert not [says for group, says in found if group in (Group.SCOPES, Group.ENDS)]


def test_a_rule_whose_hold_is_hidden_by_another_is_covered_only_with_because() -> None:
    """A day and three days after the same deposit: the answer after an hour would be the same without the first."""
    deposit = {"event": "deposit_credited", "context": {"first_ever": True}}
    points = {}
    for extra in ("", ", because first-deposit and later-deposit"):
        report = told(policies.FLATA, {**deposit, "expect": f"denied until +72h{extra}"})
        points[extra] = {(point.rule, point.says) for point in report.covered if point.group is Group.RULES}
    stops = "an event that it stops something for"
    assert points[""] == {("first-deposit", stops)}
    assert points[", because first-deposit and later-deposit"] == {("first-deposit", stops), ("later-deposit", stops)}


def test_a_condition_is_covered_where_another_rule_denies_if_all_rules_are_named() -> None:
    deposit = {"event": "deposit_credited", "context": {"first_ever": False}}
    for expect, is_covered in (("denied", False), ("denied, because later-deposit", True)):
        report = told(policies.FLATA, {**deposit, "expect": expect})
        assert is_covered == any("says otherwise" in point.says for point in report.covered)


def test_a_policy_without_rules_has_no_points() -> None:
    assert points_of(Policy(id="p", version="1", rules=())) == ()


def test_the_page_has_every_clause() -> None:
    page = (Path(__file__).parents[1] / "docs" / "policy-tests.md").read_text("utf-8")
    assert {*re.findall(r"^\| `([a-z ]+)`", page, re.MULTILINE)} >= {kind.value for kind in Kind}


def test_a_story_is_read_from_plain_data_only() -> None:
    assert datetime(2026, 1, 5, 9, tzinfo=UTC) == BEGIN
    with pytest.raises(InvalidValue, match="must be a time such as"):
        read_stories(document({"at": BEGIN, "expect": "allowed"}))
