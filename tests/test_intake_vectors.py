"""Messages as the specifications and the vendors document them, each with what becomes of it.

Those in `intake/` are our own. Each file says by which pages it was written, and when they were read. The published
examples stand beside the repository, and are left out if they are not at hand.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake_messages import SUMSUB
from test_intake_lives import STARTED
from withdraw_guard import Event, MoreRequested, ReviewDecided, SecurityEvent, VerificationFailed
from withdraw_guard._values.time import write_instant
from withdraw_guard.intake import (
    CLOUDEVENTS,
    SIGNALS,
    SIGNALS_STRICT,
    SOURCES,
    Deviation,
    Ignored,
    Outcome,
    Reported,
    Source,
    Unreadable,
    read,
)

RECEIVED = datetime(2026, 11, 30, tzinfo=UTC)
BY_ID = {source.id: source for source in (*SOURCES, SUMSUB)}
OWN = sorted((Path(__file__).parent / "intake").glob("*.json"))
SHARED = {file.name: file for folder in Path(__file__).parents for file in folder.glob("shared/vectors/*")}


def merged(base: Any, changes: Any) -> Any:
    """The base with other members; `<absent>` takes one away, and a subject is never mixed with another one."""
    if not isinstance(base, dict) or not isinstance(changes, dict) or "format" in changes:
        return {k: v for k, v in changes.items() if v != "<absent>"} if isinstance(changes, dict) else changes
    both = {**base, **{name: merged(base.get(name), change) for name, change in changes.items()}}
    return {name: value for name, value in both.items() if value != "<absent>"}


def cases() -> list[Any]:
    found = []
    for file in OWN:
        told = json.loads(file.read_text("utf-8"))
        for case in told["cases"]:
            message = merged(told["base"], case["with"])
            found.append(pytest.param(BY_ID[told["source"]], message, case, id=f"{file.stem}: {case['name']}"))
    return found


def words_of(event: Event) -> list[str]:
    """What an expectation may say of an event: its trigger or its type first."""
    words = [event.trigger if isinstance(event, SecurityEvent) else event.type.value, write_instant(event.at)]
    if isinstance(event, ReviewDecided):
        words += [event.outcome.value, *(["final"] if event.final else [])]
    if isinstance(event, ReviewDecided | MoreRequested | VerificationFailed):
        words += event.reasons
    return words


def assert_becomes(outcome: Outcome, case: dict[str, Any]) -> None:
    if "reports" in case:
        assert isinstance(outcome, Reported), outcome
        said = [words_of(event) for event in outcome.events]
        expected = [text.split() for text in case["reports"]]
        assert [words[0] for words in said] == [words[0] for words in expected]
        assert all(set(some) <= set(words) for some, words in zip(expected, said, strict=True)), said
        assert [str(deviation) for deviation in outcome.deviations] == case.get("deviations", [])
    elif "ignored" in case:
        assert outcome == Ignored(reason=case["ignored"])
    else:
        assert isinstance(outcome, Unreadable), outcome
        assert outcome.path == case["unreadable"], outcome.problem


@pytest.mark.parametrize(("source", "message", "case"), cases())
def test_a_documented_message_becomes_what_it_says(source: Source, message: Any, case: dict[str, Any]) -> None:
    outcome = read(source, message, lambda _: STARTED, RECEIVED)
    assert_becomes(outcome, case)
    assert read(source, message, lambda _: STARTED, RECEIVED) == outcome
    if source is SIGNALS:
        strictly = read(SIGNALS_STRICT, message, lambda _: STARTED, RECEIVED)
        deviates = isinstance(outcome, Reported) and bool(outcome.deviations)
        assert isinstance(strictly, Unreadable) == (deviates or isinstance(outcome, Unreadable))


def test_there_are_enough_messages_of_our_own() -> None:
    assert len(cases()) >= 120
    assert {json.loads(file.read_text("utf-8"))["source"] for file in OWN} == BY_ID.keys() - {"signals-strict"}


def test_every_deviation_occurs() -> None:
    told = [case for file in OWN for case in json.loads(file.read_text("utf-8"))["cases"]]
    assert {name for case in told for name in case.get("deviations", ())} == {str(name) for name in Deviation}


# ── Beside the repository ────────────────────────────────────────────────────────────────────────────────────────


def shared(prefix: str) -> list[Any]:
    found = [json.loads(path.read_text("utf-8")) for name, path in sorted(SHARED.items()) if name.startswith(prefix)]
    if not found:
        pytest.skip("no folder `shared/vectors` stands beside this repository")
    return found


def test_okta_is_read_as_it_sends_and_not_at_all_strictly() -> None:
    tokens = shared("okta-")
    assert len(tokens) == 9
    for token in tokens:
        outcome = read(SIGNALS, token, lambda _: "a1", RECEIVED)
        assert isinstance(outcome, Reported)
        assert {Deviation.MILLISECONDS, Deviation.SUBJECT_IN_EVENT} <= set(outcome.deviations)
        assert isinstance(read(SIGNALS_STRICT, token, lambda _: "a1", RECEIVED), Unreadable)


@pytest.mark.parametrize(
    ("prefix", "reported", "reported_strictly", "ignored"),
    [("caep-session-revoked", 3, 3, 0), ("risc-", 4, 4, 1), ("google-", 1, 0, 0), ("login-gov-", 2, 0, 0)],
)
def test_published_tokens_are_read(prefix: str, reported: int, reported_strictly: int, ignored: int) -> None:
    tokens = [token for token in shared(prefix) if "events" in token] if prefix != "risc-" else risc_tokens()
    outcomes = [read(SIGNALS, token, lambda _: "a1", RECEIVED) for token in tokens]
    strictly = [read(SIGNALS_STRICT, token, lambda _: "a1", RECEIVED) for token in tokens]
    assert sum(isinstance(outcome, Reported) for outcome in outcomes) == reported
    assert sum(isinstance(outcome, Reported) for outcome in strictly) == reported_strictly
    assert sum(isinstance(outcome, Ignored) for outcome in outcomes) == ignored
    assert not [outcome for outcome in outcomes if isinstance(outcome, Unreadable)]


def risc_tokens() -> list[Any]:
    """Without the example that is not JSON as it was printed."""
    names = [name for name in SHARED if name.startswith("risc-") and name.endswith(".json")]
    return [token for name in sorted(names) for token in shared(name)] or shared("risc-")


def test_all_cloudevents_of_the_conformance_suite_are_told_apart() -> None:
    count = 0
    for suite in shared("cloudevents-conformance-"):
        for test in suite["tests"]:
            outcome = read(CLOUDEVENTS, test.get("event", test.get("batch")), lambda _: "a1", RECEIVED)
            assert isinstance(outcome, Unreadable) == suite["testType"].startswith("Invalid"), test["id"]
            count += 1
    assert count == 43


def test_published_messages_of_vendors_are_read() -> None:
    (rejected,) = shared("sumsub-applicant-workflow-completed-red-final")
    source = BY_ID["sumsub"]
    assert isinstance(read(source, rejected, lambda _: STARTED, RECEIVED), Ignored), "another level"
    for transaction in shared("sumsub-kyt-"):
        assert isinstance(read(source, transaction, lambda _: STARTED, RECEIVED), Ignored)
