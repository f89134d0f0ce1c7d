"""The wire format: nothing is forgotten, nothing is guessed, and every fault has a path."""

from __future__ import annotations

import copy
import importlib
import json
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest_journal import (
    ABNORMAL_ACTIVITY,
    POLICY,
    STRICTER_POLICY,
    appealed,
    clearance,
    failed,
    handle,
    judged,
    look_at,
    released,
    reviewed,
    rule,
    security,
    started,
    submitted,
)
from ids import shown
from withdraw_guard import (
    Account,
    Change,
    ChangeType,
    Decision,
    Event,
    EventRefused,
    EventType,
    InvalidValue,
    Policy,
    Request,
    apply,
    check,
    next_change_at,
    open_holds,
    phase,
    wire,
)
from withdraw_guard.policies import BINANCE

Document = Any
Path = tuple[str | int, ...]
Reader = Callable[[Any], object]
TAGS = ("type", "step", "state", "decision")


# ── The documents that these tests are tried on ──────────────────────────────────────────────────────────────────

BY_DAYS_APPEAL = {
    "after_failures": 0,
    "limit": 1,
    "within": None,
    "decide_within": None,
    "documents": [],
    "decide_business_days": 2,
}
# A policy that uses all that the first schema cannot say.
GROWN_POLICY: dict[str, Any] = {
    "schema": "withdraw-guard/policy/1.1",
    "id": "grown",
    "version": "1.0.0",
    "rules": [
        rule("locked", "withdrawal_locked", duration="PT72H", chosen={"minimum": "PT24H", "maximum": "P7D"}),
        rule("staff", "staff_hold", repeat="separate", releasable_by=["support"]),
        rule(
            "new-address",
            "address_added",
            scope={"operations": ["withdrawal"], "destinations": "named"},
            repeat="separate",
            duration="PT24H",
        ),
        rule("password", "password_changed", duration="PT24H", extended_by=["email_changed", "two_factor_reset"]),
        rule("reset", "two_factor_reset", duration="PT48H"),
        rule("suspicion", "payout_suspicious", business_days=2),
        rule(
            "flagged",
            "flagged",
            clearance={**clearance(review_business_days=1), "appeal": BY_DAYS_APPEAL},
            releasable_by=["support"],
        ),
    ],
    "calendar": {
        "days": [
            {"begins": f"2026-01-{day:02}T00:00:00Z", "ends": f"2026-01-{day + 1:02}T00:00:00Z"}
            for day in (5, 6, 7, 8, 9, 12)
        ]
    },
}
GROWN_JOURNAL: list[dict[str, Any]] = [
    {**security("g1", "01-05T09:00:00", "withdrawal_locked"), "duration": "P5D"},
    security("g2", "01-05T10:00:00", "withdrawal_locked"),
    {**security("g3", "01-06T09:00:00", "withdrawal_locked"), "duration": "P7D"},
    security("g4", "01-06T10:00:00", "staff_hold"),
    security("g5", "01-06T10:00:00", "staff_hold"),
    released("g6", "01-06T11:00:00", "g4:staff", "support"),
    {**security("g7", "01-06T12:00:00", "address_added"), "destination_id": "bc1q"},
    {**security("g8", "01-06T13:00:00", "address_added"), "destination_id": "bc1r"},
    security("g9", "01-06T14:00:00", "address_added"),
    security("g10", "01-06T15:00:00", "two_factor_reset"),
    # Delivered late: what extends it is on record.
    security("g11", "01-06T14:30:00", "password_changed"),
    security("g12", "01-06T16:00:00", "payout_suspicious"),
    security("g13", "01-07T09:00:00", "payout_suspicious"),
    security("g14", "01-07T09:00:00", "flagged"),
    started("g15", "01-07T10:00:00", "g14:flagged", "identity_personal"),
    submitted("g16", "01-07T11:00:00", "g14:flagged"),
    reviewed("g17", "01-07T12:00:00", "g14:flagged", "rejected"),
    appealed("g18", "01-07T13:00:00", "g14:flagged"),
    security("g19", "01-11T09:00:00", "flagged"),
    judged("g20", "01-11T10:00:00", "g14:flagged", "dismissed"),
]


def grown_story() -> Iterator[tuple[Event, tuple[Change, ...], Account]]:
    policy, account = wire.policy_from_dict(GROWN_POLICY), Account(id="a1")
    for document in GROWN_JOURNAL:
        event = wire.event_from_dict(document)
        applied = apply(policy, account, event)
        account = applied.account
        yield event, applied.changes, account


STORY, GROWN_STORY = list(handle()), list(grown_story())
ADDRESSED = tuple(Request(operation="withdrawal", destination_id=address) for address in ("bc1q", "bc1x"))
POLICIES: list[Policy] = [
    BINANCE,
    *dict.fromkeys(policy for policy, _, _, _ in STORY),
    wire.policy_from_dict(GROWN_POLICY),
]
EVENTS: list[Event] = [event for _, event, _, _ in STORY] + [event for event, _, _ in GROWN_STORY]
CHANGES: list[Change] = [
    *(change for _, _, made, _ in STORY if not isinstance(made, EventRefused) for change in made),
    *(change for _, made, _ in GROWN_STORY for change in made),
]
ACCOUNTS: list[Account] = [
    Account(id="a1"),
    *(account for _, _, _, account in STORY),
    *(account for _, _, account in GROWN_STORY),
]
DECISIONS: list[Decision] = [
    *(decision for account in ACCOUNTS for _, answers in look_at(account) for decision in answers),
    *(check(account, event.at, request) for event, _, account in GROWN_STORY for request in ADDRESSED),
]
READERS: dict[str, tuple[Reader, list[Any]]] = {
    "policy": (wire.policy_from_dict, POLICIES),
    "event": (wire.event_from_dict, EVENTS),
    "change": (wire.change_from_dict, CHANGES),
    "account": (wire.account_from_dict, ACCOUNTS),
    "decision": (wire.decision_from_dict, DECISIONS),
}


def account_after(*events: dict[str, Any], policy: dict[str, Any] = POLICY) -> Document:
    account = Account(id="a1")
    for event in events:
        account = apply(wire.policy_from_dict(policy), account, wire.event_from_dict(event)).account
    return wire.to_dict(account)


FLAG = "e2:abnormal-activity"
FLAGGED = security("e2", "01-05T10:00:00", "abnormal_activity")
STARTED = started("e3", "01-05T10:10:00", FLAG, "identity_personal")
SUBMITTED = submitted("e4", "01-05T10:20:00", FLAG)
FAILED = failed("e4", "01-05T10:20:00", FLAG, "poor_light")
APPEALED = appealed("e5", "01-05T11:00:00", FLAG, "id_photo")
TIMED = security("e1", "01-05T09:00:00", "password_changed")
RESET = security("e30", "01-05T09:00:00", "two_factor_reset")
RESET_HOLD = "e30:either-lifts"
REAL: dict[str, Document] = {
    "timed": account_after(TIMED),
    "repeated": account_after(TIMED, security("e1b", "01-05T10:00:00", "password_changed")),
    "flagged": account_after(FLAGGED),
    "started": account_after(FLAGGED, STARTED),
    "failed": account_after(FLAGGED, STARTED, FAILED),
    "in review": account_after(FLAGGED, STARTED, SUBMITTED),
    "rejected": account_after(FLAGGED, STARTED, SUBMITTED, reviewed("e5", "01-05T11:00:00", FLAG, "rejected")),
    "approved": account_after(FLAGGED, STARTED, SUBMITTED, reviewed("e5", "01-05T11:00:00", FLAG, "approved")),
    "in appeal": account_after(FLAGGED, STARTED, FAILED, APPEALED),
    "granted": account_after(FLAGGED, STARTED, FAILED, APPEALED, judged("e6", "01-05T12:00:00", FLAG, "granted")),
    "dismissed": account_after(FLAGGED, STARTED, FAILED, APPEALED, judged("e6", "01-05T12:00:00", FLAG, "dismissed")),
    "released": account_after(FLAGGED, released("e6", "01-05T12:00:00", FLAG, "support")),
    "kept": account_after(RESET, started("e31", "01-05T10:00:00", RESET_HOLD, "identity_personal")),
    "two": account_after(TIMED, FLAGGED),
    "chosen": account_after(*GROWN_JOURNAL[:3], policy=GROWN_POLICY),
    "named": account_after(*GROWN_JOURNAL[6:9], policy=GROWN_POLICY),
    "extended": account_after(*GROWN_JOURNAL[9:11], policy=GROWN_POLICY),
    "counted": account_after(*GROWN_JOURNAL[11:13], policy=GROWN_POLICY),
    "review due": account_after(*GROWN_JOURNAL[13:16], policy=GROWN_POLICY),
    "appeal due": account_after(*GROWN_JOURNAL[13:18], policy=GROWN_POLICY),
    "identity": account_after(
        FLAGGED,
        STARTED,
        {
            "type": "identity_changed",
            "id": "e7",
            "account": "a1",
            "at": "2026-01-05T13:00:00Z",
            "identity": "business",
        },
    ),
}


SMALL_ACCOUNTS = [Account(id="a1"), *(wire.account_from_dict(row) for row in REAL.values())]
LOOKS = [datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=hours) for hours in (0, 9, 34, 24 * 60)]
SMALL: dict[str, list[Any]] = {
    "policy": POLICIES,
    "event": EVENTS,
    "change": CHANGES,
    "account": SMALL_ACCOUNTS,
    "decision": [
        *(check(account, at) for account in SMALL_ACCOUNTS for at in LOOKS),
        *(check(account, at, request) for account in SMALL_ACCOUNTS for at in LOOKS for request in ADDRESSED),
    ],
}


def documents(kind: str) -> dict[str, Document]:
    """The documents of the kind that have something which those before them have not, by a name for each."""
    seen: set[tuple[str, type]] = set()
    kept: dict[str, Document] = {}
    for value in SMALL[kind]:
        document = wire.to_dict(value)
        shape = {(re.sub(r"\d+", "", spell(path)), type(part)) for path, part in walk(document)}
        shape |= {(f"{path[-2:]}={part}", str) for path, part in walk(document) if path and path[-1] in TAGS}
        if not shape <= seen:
            seen |= shape
            kept[f"{kind}{len(kept)}"] = document
    return kept


def walk(document: Document, path: Path = ()) -> Iterator[tuple[Path, Document]]:
    """Every value of the document with the path to it, the document itself first."""
    yield path, document
    if isinstance(document, dict | list):
        children = document.items() if isinstance(document, dict) else enumerate(document)
        for step, child in children:
            yield from walk(child, (*path, step))


def spell(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def changed(document: Document, path: str, value: object) -> Document:
    """A copy in which the value at the path is another one."""
    steps = next(steps for steps, _ in walk(document) if spell(steps) == path)
    return at_path(document, steps, lambda parent, step: parent.__setitem__(step, copy.deepcopy(value)))


def at_path(document: Document, path: Path, change: Callable[[Any, Any], object]) -> Document:
    twin = copy.deepcopy(document)
    parent = twin
    for step in path[:-1]:
        parent = parent[step]
    change(parent, path[-1])
    return twin


CORPUS = {kind: list(documents(kind).items()) for kind in READERS}
EACH_DOCUMENT = [(kind, name) for kind, named in CORPUS.items() for name, _ in named]
each_kind = pytest.mark.parametrize("kind", READERS)


def fault(reader: Reader, document: object) -> str | None:
    """The path to the fault, or none if there is none; anything else than a fault is an error of ours."""
    try:
        reader(document)
    except InvalidValue as refused:
        return refused.path
    return None


def problem(reader: Reader, document: object) -> str | None:
    try:
        reader(document)
    except InvalidValue as refused:
        return refused.problem
    return None


# ── Round trips ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_story_has_values_of_every_kind() -> None:
    assert {event.type for event in EVENTS} == set(EventType)
    assert {change.type for change in CHANGES} == set(ChangeType)
    assert {type(decision).__name__ for decision in DECISIONS} == {"Allowed", "Denied"}
    assert len(CORPUS["account"]) >= 10


@each_kind
def test_the_wire_forgets_nothing(kind: str) -> None:
    reader, values = READERS[kind]
    for value in values:
        text = json.dumps(wire.to_dict(value), allow_nan=False)
        again = reader(wire.parse(text))
        assert again == value
        assert hash(again) == hash(value)
        assert json.dumps(wire.to_dict(again)) == text  # type: ignore[arg-type]


@each_kind
def test_what_is_written_is_plain_data(kind: str) -> None:
    plain = {dict, list, str, int, bool, type(None)}
    for value in READERS[kind][1]:
        document = wire.to_dict(value)
        assert {type(part) for _, part in walk(document)} <= plain
        assert {type(step) for path, _ in walk(document) for step in path} <= {str, int}


@each_kind
def test_reading_and_writing_leave_what_they_were_given_alone(kind: str) -> None:
    reader, _ = READERS[kind]
    for _, document in CORPUS[kind]:
        before = copy.deepcopy(document)
        value: Any = reader(document)
        assert document == before
        written = wire.to_dict(value)
        for _, part in reversed(list(walk(written))):
            if isinstance(part, dict | list):
                part.clear()
        assert wire.to_dict(value) == before


def test_sets_are_written_sorted_and_read_in_any_order() -> None:
    document = wire.to_dict(BINANCE)
    rule = document["rules"][-1]  # type: ignore[index,call-overload]
    assert rule["clearance"]["unverified"] == ["identity_business", "identity_personal"]  # type: ignore[index,call-overload]
    rule["clearance"]["unverified"].reverse()  # type: ignore[index,call-overload,union-attr]
    assert wire.policy_from_dict(document) == BINANCE


# ── The design's examples, byte by byte ──────────────────────────────────────────────────────────────────────────

POLICY_TEXT = """{"schema": "withdraw-guard/policy/1", "id": "binance", "version": "1.0.0", "rules": [
{"id": "password-changed", "trigger": "password_changed", "where": {},
"scope": {"operations": ["withdrawal"], "destinations": "any"},
"duration": "PT24H", "clearance": null, "lifted_by": "any", "repeat": "extend", "releasable_by": []},
{"id": "abnormal-activity", "trigger": "abnormal_activity", "where": {},
"scope": {"operations": "*", "destinations": "any"},
"duration": null,
"clearance": {"unverified": ["identity_business", "identity_personal"], "verified": ["face_mobile", "face_web"],
"attempts": 3, "verify_within": "PT1H", "review_within": "P2D",
"appeal": {"after_failures": 1, "limit": 1, "within": "P30D", "decide_within": "P5D", "documents": ["id_photo"]}},
"lifted_by": "any", "repeat": "extend", "releasable_by": ["support"]}]}"""
EVENT_TEXTS = [
    text.replace("EVENT", '"account": "a1", "at": "2026-01-05T09:00:00Z"').replace("HOLD", '"hold": "e1:r"')
    for text in (
        '{"type": "security_event", "id": "e1", EVENT, "trigger": "password_changed", "initiated_by": "user", '
        '"context": {"two_factor_enabled": true}}',
        '{"type": "verification_started", "id": "e2", EVENT, HOLD, "method": "identity_personal"}',
        '{"type": "verification_submitted", "id": "e3", EVENT, HOLD, "attempt": "e2"}',
        '{"type": "verification_failed", "id": "e4", EVENT, HOLD, "attempt": null, "reasons": ["face_not_found"]}',
        '{"type": "review_decided", "id": "e5", EVENT, HOLD, "attempt": null, "by": {"id": "r-7", "kind": "admin"}, '
        '"outcome": "rejected", "reasons": ["document_unreadable"], "final": false}',
        '{"type": "appeal_submitted", "id": "e6", EVENT, HOLD, "documents": ["id_photo"]}',
        '{"type": "appeal_decided", "id": "e7", EVENT, HOLD, "attempt": null, "by": {"id": "r-9", "kind": "admin"}, '
        '"outcome": "granted", "reasons": []}',
        '{"type": "release_ordered", "id": "e8", EVENT, HOLD, "by": {"id": "s-1", "kind": "admin"}, '
        '"authority": "support", "note": "a \\u2026 note", "override_stale": false}',
        '{"type": "identity_changed", "id": "e9", EVENT, "identity": "personal"}',
        '{"type": "identity_changed", "id": "e9", EVENT, "identity": null}',
    )
]
DECISION_TEXTS = [
    '{"decision": "denied", "account": "a1", "at": "2026-01-06T08:59:59Z", "operation": "withdrawal", '
    '"destination": "new", "phase": "suspended", "resumes_at": "2026-01-06T09:00:00Z", "holds": [{'
    '"id": "e1:password-changed", "rule": "password-changed", "trigger": "password_changed", '
    '"policy": {"id": "binance", "version": "1.0.0"}, "state": "suspended", "since": "2026-01-05T09:00:00Z", '
    '"until": "2026-01-06T09:00:00Z", "reasons": [], "steps": [{"step": "wait", "until": "2026-01-06T09:00:00Z"}]}]}',
    '{"decision": "allowed", "account": "a1", "at": "2026-01-05T09:00:00.000001Z", "operation": "withdrawal", '
    '"destination": "known", "phase": "restored"}',
]
STEP_TEXTS = [
    '{"step": "wait", "until": "2026-01-06T09:00:00.500000Z"}',
    '{"step": "verify", "methods": ["face_mobile", "face_web"], "tips": ["good_light"]}',
    '{"step": "appeal", "documents": ["id_photo", "supporting_documents"]}',
    '{"step": "contact_support"}',
    '{"step": "complete_verification", "method": "face_web", "due": "2026-01-06T09:00:00Z"}',
    '{"step": "complete_verification", "method": "face_web", "due": null}',
    '{"step": "await_review", "due": "2026-01-06T09:00:00Z"}',
    '{"step": "await_review", "due": null}',
    '{"step": "await_appeal", "due": "2026-01-06T09:00:00Z"}',
    '{"step": "await_appeal", "due": null}',
]
DENIED_TEXT = DECISION_TEXTS[0]


def test_the_policy_of_the_design_is_written_as_it_is_printed() -> None:
    written = json.dumps(wire.to_dict(wire.policy_from_dict(wire.parse(POLICY_TEXT))))
    printed = POLICY_TEXT.replace("[\n", "[").replace("\n", " ")
    # The design prints two days as `P2D`; up to three days are written in hours, as operators publish them.
    assert written == printed.replace('"P2D"', '"PT48H"')


@pytest.mark.parametrize("text", EVENT_TEXTS, ids=lambda text: json.loads(text)["type"])
def test_the_events_of_the_design_are_written_as_they_are_printed(text: str) -> None:
    assert json.dumps(wire.to_dict(wire.event_from_dict(wire.parse(text)))) == text


def test_the_design_prints_every_event() -> None:
    assert {json.loads(text)["type"] for text in EVENT_TEXTS} == set(EventType)


@pytest.mark.parametrize("text", DECISION_TEXTS, ids=lambda text: json.loads(text)["decision"])
def test_the_decisions_of_the_design_are_written_as_they_are_printed(text: str) -> None:
    assert json.dumps(wire.to_dict(wire.decision_from_dict(wire.parse(text)))) == text


@pytest.mark.parametrize("step", STEP_TEXTS)
def test_every_step_is_written_as_it_is_printed(step: str) -> None:
    text = DENIED_TEXT.replace('{"step": "wait", "until": "2026-01-06T09:00:00Z"}', step)
    assert json.dumps(wire.to_dict(wire.decision_from_dict(wire.parse(text)))) == text


@pytest.mark.parametrize(
    ("spelled", "written"),
    [
        ("2026-01-05T10:00:00+01:00", "2026-01-05T09:00:00Z"),
        ("2026-01-05t09:00:00z", "2026-01-05T09:00:00Z"),
        ("2026-01-05T09:00:00.000Z", "2026-01-05T09:00:00Z"),
        ("2026-01-05T09:00:00.25Z", "2026-01-05T09:00:00.250000Z"),
    ],
)
def test_an_instant_has_one_written_form(spelled: str, written: str) -> None:
    event = changed(json.loads(EVENT_TEXTS[-1]), "at", spelled)
    assert wire.to_dict(wire.event_from_dict(event))["at"] == written


@pytest.mark.parametrize(
    ("spelled", "written"), [("P1D", "PT24H"), ("PT120H", "P5D"), ("PT1440M", "PT24H"), ("P1W", "P7D")]
)
def test_a_duration_has_one_written_form(spelled: str, written: str) -> None:
    policy = changed(wire.to_dict(BINANCE), "rules[0].duration", spelled)
    assert wire.to_dict(wire.policy_from_dict(policy))["rules"][0]["duration"] == written  # type: ignore[index,call-overload]


def test_only_what_has_a_wire_form_is_written() -> None:
    for value in (BINANCE.rules[0], ACCOUNTS[-1].holds[0], STORY, {}, "policy", None):
        with pytest.raises(InvalidValue, match="must be a value that has a wire form, got "):
            wire.to_dict(value)  # type: ignore[arg-type]


# ── Strictness, at every place of every document ─────────────────────────────────────────────────────────────────


def document(kind: str, name: str) -> Document:
    return copy.deepcopy(dict(CORPUS[kind])[name])


def is_free(path: Path) -> bool:
    """Whether the members there are the host's own facts."""
    return bool(path) and path[-1] in ("where", "context")


def may_be_left_out(kind: str, path: Path) -> bool:
    return (kind, path) == ("event", ("attempt",)) or is_free(path[:-1])


ADDED = {
    "business_days",
    "calendar",
    "chosen",
    "decide_business_days",
    "destination_id",
    "extended_by",
    "review_business_days",
    "timer",
}


def came_with_1_1(kind: str, path: Path) -> bool:
    return path[-1] in ADDED or path[-2:] == ("state", "due") or (kind, path) == ("event", ("duration",))


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_a_member_that_is_missing_is_refused_with_its_path(kind: str, name: str) -> None:
    valid = document(kind, name)
    for path, _ in walk(valid):
        if path and isinstance(path[-1], str) and not came_with_1_1(kind, path):
            without = at_path(valid, path, lambda parent, step: parent.pop(step))
            expected = None if may_be_left_out(kind, path) else spell(path)
            assert fault(READERS[kind][0], without) == expected


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_a_member_of_1_1_is_never_reported_as_missing(kind: str, name: str) -> None:
    """It may be left out; where the rest then makes no sense, that is what is said."""
    valid = document(kind, name)
    for path, _ in walk(valid):
        if path and came_with_1_1(kind, path):
            without = at_path(valid, path, lambda parent, step: parent.pop(step))
            with suppress(InvalidValue):
                assert READERS[kind][0](without) != READERS[kind][0](valid)
            assert "is missing" not in (problem(READERS[kind][0], without) or "")


def test_every_member_of_1_1_is_in_some_document() -> None:
    met = {
        path[-1]
        for kind, named in CORPUS.items()
        for _, valid in named
        for path, _ in walk(valid)
        if path and came_with_1_1(kind, path)
    }
    assert met == ADDED | {"duration", "due"}


@pytest.mark.parametrize(("kind", "path"), [("account", "holds[0].progress.state"), ("change", "progress.state")])
def test_the_attempt_of_an_open_round_may_not_be_left_out(kind: str, path: str) -> None:
    valid = next(
        valid
        for _, valid in CORPUS[kind]
        for place, value in walk(valid)
        if spell(place) == path and isinstance(value, dict) and "attempt" in value
    )
    state = next(value for place, value in walk(valid) if spell(place) == path)
    without = {name: value for name, value in state.items() if name != "attempt"}
    assert fault(READERS[kind][0], changed(valid, path, without)) == f"{path}.attempt"


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_a_member_that_is_unknown_is_refused_with_its_path(kind: str, name: str) -> None:
    valid = document(kind, name)
    for path, value in walk(valid):
        if isinstance(value, dict) and not is_free(path):
            grown = at_path({"": valid}, ("", *path, "nonsense"), lambda parent, step: parent.update({step: None}))[""]
            assert fault(READERS[kind][0], grown) == spell((*path, "nonsense"))


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_a_fraction_is_refused_everywhere(kind: str, name: str) -> None:
    """No member of any document is a fraction, so it is wrong everywhere, and the path must lead to it."""
    valid = document(kind, name)
    for path, _ in walk(valid):
        if path:
            wrong = at_path(valid, path, lambda parent, step: parent.__setitem__(step, 1.5))
            assert fault(READERS[kind][0], wrong) == spell(path)


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_a_value_of_another_type_is_refused_with_its_path(kind: str, name: str) -> None:
    valid = document(kind, name)
    for path, value in walk(valid):
        if path and not is_free(path[:-1]):
            for other in ("\n", True, 7, [], {}):
                if type(other) is not type(value) and not (value is None or other in ([],)):
                    wrong = at_path(valid, path, lambda parent, step, other=other: parent.__setitem__(step, other))
                    assert fault(READERS[kind][0], wrong) == spell(path)


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_no_set_lists_a_name_twice(kind: str, name: str) -> None:
    valid = document(kind, name)
    in_order = ("reasons", "steps", "methods", "tips", "forgotten", "holds", "rules", "by", "days")
    for path, value in walk(valid):
        is_set = not ((path and path[-1] in in_order) or path[-2:-1] == ("steps",) or "steps" in path)
        if isinstance(value, list) and value and is_set:
            twice = at_path(valid, path, lambda parent, step: parent[step].append(parent[step][0]))
            assert fault(READERS[kind][0], twice) == spell((*path, len(value)))


class MyDict(dict[Any, Any]):
    pass


class MyList(list[Any]):
    pass


class MyText(str):
    __slots__ = ()


class MyNumber(int):
    pass


class EqualToAll:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __deepcopy__(self, memo: object) -> EqualToAll:
        return self


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_a_subclass_of_plain_data_is_refused_with_its_path(kind: str, name: str) -> None:
    subclasses: dict[type[Any], type[Any]] = {dict: MyDict, list: MyList, str: MyText, int: MyNumber}
    valid = document(kind, name)
    for path, value in walk(valid):
        if type(value) in subclasses and path and (path != ("schema",) and value != "*"):
            wrong = at_path(
                valid, path, lambda parent, step: parent.__setitem__(step, subclasses[type(parent[step])](parent[step]))
            )
            assert fault(READERS[kind][0], wrong) == spell(path)
    assert fault(READERS[kind][0], MyDict(valid)) == ""


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_names_of_members_are_text(kind: str, name: str) -> None:
    valid = document(kind, name)
    for path, value in walk(valid):
        if isinstance(value, dict):
            for strange in (1, None, True, b"id", ("id",), MyText("id")):
                wrong = at_path(
                    {"": valid},
                    ("", *path, ""),
                    lambda parent, _, strange=strange: parent.update({strange: parent.pop("id", None)}),
                )[""]
                assert fault(READERS[kind][0], wrong) == spell(path)


@each_kind
@pytest.mark.parametrize(
    "nonsense", [None, True, 0, 1.5, "", "{}", [], [[]], {}, {"type": "nonsense"}, {1: 2}, object()]
)
def test_data_that_is_no_document_is_refused(kind: str, nonsense: object) -> None:
    assert fault(READERS[kind][0], nonsense) is not None


@pytest.mark.parametrize("kind", ["policy", "account"])
@pytest.mark.parametrize("schema", ["", "withdraw-guard/policy/2", "withdraw-guard/account/2", "x", 1, None, [], {}])
def test_an_unknown_schema_is_refused(kind: str, schema: object) -> None:
    valid = CORPUS[kind][0][1]
    assert fault(READERS[kind][0], changed(valid, "schema", schema)) == "schema"


# ── The first schema and 1.1 ─────────────────────────────────────────────────────────────────────────────────────

FIRST, GROWN = "withdraw-guard/policy/1", "withdraw-guard/policy/1.1"
LOCKED, STAFF, ADDRESS, PASSWORD, RESET_RULE, SUSPICION, FLAGGED_RULE = GROWN_POLICY["rules"]
PLAIN_RULES = [RESET_RULE]
NEEDS_1_1: dict[str, dict[str, Any]] = {
    "a duration that is chosen": {"rules": [LOCKED]},
    "holds apart": {"rules": [STAFF]},
    "holds about one destination": {"rules": [ADDRESS]},
    "triggers that extend": {"rules": [PASSWORD]},
    "a timer in business days": {"rules": [SUSPICION], "calendar": GROWN_POLICY["calendar"]},
    "due dates in business days": {"rules": [FLAGGED_RULE], "calendar": GROWN_POLICY["calendar"]},
    "the due date of a review in business days": {
        "rules": [rule("r", "t", clearance=clearance(review_business_days=1), releasable_by=["support"])],
        "calendar": GROWN_POLICY["calendar"],
    },
    "a calendar that nobody counts by": {"rules": PLAIN_RULES, "calendar": GROWN_POLICY["calendar"]},
}


@pytest.mark.parametrize("case", NEEDS_1_1)
def test_what_the_first_schema_cannot_say_is_written_with_1_1_and_refused_without_it(case: str) -> None:
    said = {"schema": GROWN, "id": "p", "version": "1", **NEEDS_1_1[case]}
    policy = wire.policy_from_dict(said)
    assert wire.to_dict(policy) == said
    with pytest.raises(InvalidValue) as refused:
        wire.policy_from_dict({**said, "schema": FIRST})
    assert str(refused.value) == f"schema: must be `{GROWN}`, for that is what it uses, got `{FIRST}`"


@pytest.mark.parametrize("account", ["chosen", "named", "extended", "counted", "review due", "appeal due"])
def test_an_account_with_a_hold_of_1_1_is_written_with_1_1_and_refused_without_it(account: str) -> None:
    row = REAL[account]
    assert row["schema"] == "withdraw-guard/account/1.1"
    assert fault(wire.account_from_dict, {**row, "schema": "withdraw-guard/account/1"}) == "schema"


def test_a_policy_that_the_first_schema_can_express_is_written_in_the_first() -> None:
    """Nothing that came with 1.1 is in a document that does not use it."""
    accounts = [account for _, _, _, account in STORY]
    values: dict[str, list[Any]] = {
        "policy": POLICIES[:-1],
        "account": accounts,
        "event": [event for _, event, _, _ in STORY],
        "decision": [check(account, at) for account in accounts for at in LOOKS],
    }
    for kind, of_kind in values.items():
        for value in of_kind:
            written = wire.to_dict(value)
            assert written.get("schema") in (None, f"withdraw-guard/{kind}/1")
            assert not [path for path, _ in walk(written) if path and came_with_1_1(kind, path)]


def test_a_document_of_1_1_that_uses_nothing_of_it_is_written_with_the_first() -> None:
    policy = {"schema": GROWN, "id": "p", "version": "1", "rules": PLAIN_RULES}
    assert wire.to_dict(wire.policy_from_dict(policy)) == {**policy, "schema": FIRST}
    row = {**REAL["timed"], "schema": "withdraw-guard/account/1.1"}
    assert wire.to_dict(wire.account_from_dict(row)) == REAL["timed"]


@pytest.mark.parametrize("schema", [FIRST, GROWN])
def test_a_member_of_1_1_with_its_default_says_nothing(schema: str) -> None:
    nothing = {"chosen": None, "business_days": None, "extended_by": []}
    policy = {"schema": schema, "id": "p", "version": "1", "rules": [{**RESET_RULE, **nothing}], "calendar": None}
    assert wire.to_dict(wire.policy_from_dict(policy)) == {
        "schema": FIRST,
        "id": "p",
        "version": "1",
        "rules": PLAIN_RULES,
    }


def test_the_grown_story_is_about_all_that_came_with_1_1() -> None:
    last = GROWN_STORY[-1][2]
    holds = {hold.id: hold for hold in last.holds}
    assert len(holds) == len(last.holds) == 10
    assert [type(change).__name__ for _, made, _ in GROWN_STORY for change in made].count("HoldRepeated") == 5
    assert wire.to_dict(last)["holds"][0]["timer"] == "2026-01-13T09:00:00Z"  # type: ignore[index,call-overload]
    assert {hold.destination_id for hold in last.holds} == {None, "bc1q", "bc1r"}


def test_a_document_of_another_kind_is_refused() -> None:
    for kind, (reader, _) in READERS.items():
        for other, named in CORPUS.items():
            if other != kind:
                assert all(fault(reader, valid) is not None for _, valid in named)


ABNORMAL = "rules[1]"
FAULTS: list[tuple[str, object, str, str]] = [
    ("rules[2].lifted_by", "ANY", "rules[2].lifted_by", "must be one of `any`, `all`, got `ANY`"),
    ("rules[1].clearance.appeal.limit", True, "rules[1].clearance.appeal.limit", "must be a whole number, got `True`"),
    ("rules[1].clearance.appeal.limit", 0, "rules[1].clearance.appeal.limit", "must be a whole number from 1 to 1000"),
    ("rules[1].clearance.appeal.limit", 1.0, "rules[1].clearance.appeal.limit", "must be a whole number, got `1.0`"),
    ("rules[1].clearance.appeal.limit", "1", "rules[1].clearance.appeal.limit", "must be a whole number, got `1`"),
    ("rules[1].clearance.appeal.within", "P1M", "rules[1].clearance.appeal.within", "must be a duration of days"),
    ("rules[1].clearance.appeal.within", "PT0S", "rules[1].clearance.appeal.within", "must be longer than zero"),
    ("rules[1].clearance.attempts", 0, "rules[1].clearance.attempts", "must be a whole number from 1 to 1000, got `0`"),
    ("rules[1].clearance.verified[1]", "Face", "rules[1].clearance.verified", "of lower-case letters, digits and `_`"),
    ("rules[1].clearance.verified[1]", 7, "rules[1].clearance.verified[1]", "must be text, got `7`"),
    ("rules[0].where", {"a": None}, "rules[0].where.a", "must be text, an integer or a boolean, got `None`"),
    ("rules[0].where", {"": 1}, "rules[0].where", "must be 1 to 128 characters"),
    ("rules[0].where", [], "rules[0].where", "must be an object, got a `list`"),
    ("rules[0].scope.operations", [], "rules[0].scope.operations", "must name at least one operation"),
    ("rules[0].scope.operations", "withdrawal", "rules[0].scope.operations", "must be a list, got `withdrawal`"),
    ("rules[0].scope.operations", ["*"], "rules[0].scope.operations", "of lower-case letters, digits and `_`"),
    ("rules[0].duration", None, "rules[0].releasable_by", "must name an authority, because time alone does not end"),
    ("rules[4].releasable_by", [], "rules[4].releasable_by", "must name an authority, because time alone does not end"),
    ("rules[0].duration", "P3654D", "rules[0].duration", "must be longer than zero and at most 3653 days"),
    ("rules[0].id", "password_changed", "rules[0].id", "of lower-case letters, digits and `-`"),
    ("rules[3].id", "password-changed", "rules[3].id", "must be unique in the policy"),
    ("rules", {}, "rules", "must be a list, got a `dict`"),
    ("rules", [rule("r", "t", duration="PT1H")] * 257, "rules", "must have at most 256 entries, got 257"),
    ("id", "a\nb", "id", "must not contain control characters"),
    ("version", "\ud800", "version", "lone surrogates"),
]
GROWN_FAULTS: list[tuple[str, object, str, str]] = [
    ("rules[0].chosen", {"minimum": "PT24H"}, "rules[0].chosen.maximum", "is missing"),
    ("rules[0].chosen.minimum", "P8D", "rules[0].chosen.maximum", "must not be shorter than `minimum`"),
    ("rules[0].chosen.minimum", "PT73H", "rules[0].duration", "must be within `chosen`"),
    ("rules[0].chosen.maximum", "PT71H", "rules[0].duration", "must be within `chosen`"),
    ("rules[0].chosen.maximum", "P3654D", "rules[0].chosen.maximum", "must be longer than zero and at most 3653 days"),
    ("rules[0].chosen.maximum", 24, "rules[0].chosen.maximum", "must be a duration of days and time"),
    ("rules[0].chosen.maximum", None, "rules[0].chosen.maximum", "must be a duration of days and time"),
    ("rules[0].chosen", [], "rules[0].chosen", "must be an object, got a `list`"),
    ("rules[0].duration", None, "rules[0].duration", "must be within `chosen`"),
    ("rules[0].clearance", clearance(), "rules[0].chosen", "must not be given beside a clearance"),
    ("rules[2].repeat", "extend", "rules[2].repeat", "must be `separate` where a hold is about one destination"),
    ("rules[3].extended_by", ["password_changed"], "rules[3].extended_by", "must not be the trigger of the rule"),
    ("rules[3].extended_by", None, "rules[3].extended_by", "must be a list, got `None`"),
    ("rules[3].extended_by", ["a", "a"], "rules[3].extended_by[1]", "must not be listed twice"),
    ("rules[3].repeat", "keep", "rules[3].extended_by", "must be of a rule with `repeat` `extend`"),
    ("rules[5].business_days", 0, "rules[5].business_days", "must be a whole number from 1 to 366, got `0`"),
    ("rules[5].business_days", 367, "rules[5].business_days", "must be a whole number from 1 to 366, got `367`"),
    ("rules[5].business_days", True, "rules[5].business_days", "must be a whole number, got `True`"),
    ("rules[5].business_days", 2.0, "rules[5].business_days", "must be a whole number, got `2.0`"),
    ("rules[5].business_days", 10**400, "rules[5].business_days", "must be a whole number from 1 to 366"),
    ("rules[5].business_days", None, "rules[5].releasable_by", "must name an authority"),
    ("rules[5].duration", "PT24H", "rules[5].business_days", "must not be given beside `duration`"),
    (
        "rules[6].clearance.review_within",
        "PT24H",
        "rules[6].clearance.review_business_days",
        "must not be given beside `review_within`",
    ),
    (
        "rules[6].clearance.appeal.decide_within",
        "PT24H",
        "rules[6].clearance.appeal.decide_business_days",
        "must not be given beside `decide_within`",
    ),
    ("calendar", None, "calendar", "must be given, because the rule `suspicion` counts business days"),
    ("calendar.days", [], "calendar.days", "must be 1 to 4000 days, got 0"),
    ("calendar.days[1].begins", "2026-01-05T23:59:59Z", "calendar.days[1].begins", "must not be before the end"),
    ("calendar.days[0].ends", "2026-01-05T00:00:00Z", "calendar.days[0].ends", "must be after `begins`"),
    ("calendar.days[0].ends", "2026-01-06", "calendar.days[0].ends", "must be an RFC 3339 instant"),
    ("calendar.days[0]", ["2026-01-05T00:00:00Z"], "calendar.days[0]", "must be an object, got a `list`"),
]


@pytest.mark.parametrize(
    ("place", "value", "path", "words"), GROWN_FAULTS, ids=[f"{row[0]}={shown(row[1], 20)}" for row in GROWN_FAULTS]
)
def test_a_fault_in_a_policy_of_1_1_is_reported_with_its_path(place: str, value: object, path: str, words: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.policy_from_dict(changed(GROWN_POLICY, place, value))
    assert (refused.value.path, words in refused.value.problem) == (path, True)


@pytest.mark.parametrize(
    ("place", "value", "path", "words"), FAULTS, ids=[f"{row[0]}={shown(row[1], 20)}" for row in FAULTS]
)
def test_a_fault_in_a_policy_is_reported_with_its_path(place: str, value: object, path: str, words: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.policy_from_dict(changed(POLICY, place, value))
    assert refused.value.path == path
    assert words in refused.value.problem


@pytest.mark.parametrize(
    "name", ["x\ny", "a.b", "a[0]", "", " ", "1", "ä b", "a" * 1_000, "\ud800", "x\u2028y"], ids=shown
)
def test_a_name_that_could_forge_a_path_is_reported_in_quotes_or_left_out(name: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.policy_from_dict({**POLICY, name: 1})
    assert refused.value.path == "" or refused.value.path.startswith("[`")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300


def test_the_attempt_of_an_event_may_be_left_out() -> None:
    for text in EVENT_TEXTS:
        event = json.loads(text)
        if "attempt" in event:
            del event["attempt"]
            assert getattr(wire.event_from_dict(event), "attempt") is None  # noqa: B009


# ── Accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_account_shares_the_rules_of_its_policy() -> None:
    policy = POLICIES[1]
    rows = [wire.to_dict(account) for account in ACCOUNTS]
    shared = [wire.account_from_dict(row, rules=policy.rules) for row in rows]
    holds = [hold for account in shared for hold in account.holds]
    assert holds
    for hold in holds:
        equal = [known for known in policy.rules if known == hold.rule]
        assert all(hold.rule is known for known in equal)
    assert shared == ACCOUNTS
    assert any(hold.rule not in policy.rules for hold in holds), "some hold has a rule of another policy"


def test_an_account_that_is_read_alone_builds_its_own_rules() -> None:
    rule = POLICIES[1].rules[0]
    row = wire.to_dict(ACCOUNTS[2])
    alone = wire.account_from_dict(row).holds[0].rule
    assert alone == rule
    assert alone is not rule
    assert wire.account_from_dict(row, rules=[rule]).holds[0].rule is rule
    assert wire.account_from_dict(row, rules={rule}).holds[0].rule is rule


def test_facts_of_another_type_are_not_shared() -> None:
    """`True` and `1` are equal to Python, and a rule that waits for one is not a rule that waits for the other."""
    row = wire.to_dict(ACCOUNTS[2])
    other = wire.policy_from_dict(changed(POLICY, "rules[0].where", {"initiated_by": "user", "two_factor_enabled": 1}))
    read = wire.account_from_dict(row, rules=other.rules).holds[0].rule
    assert read == POLICIES[1].rules[0]
    assert type(read.where["two_factor_enabled"]) is bool


def in_another_order(document: Document) -> Document:
    if isinstance(document, dict):
        return {name: in_another_order(part) for name, part in reversed(document.items())}
    return [in_another_order(item) for item in document] if isinstance(document, list) else document


def test_a_known_rule_is_shared_even_if_it_is_written_in_another_way() -> None:
    """A database may keep members in an order of its own, and an older writer may have said what is the default."""
    rule = POLICIES[1].rules[0]
    row = wire.to_dict(ACCOUNTS[2])
    reordered = in_another_order(row)
    spelled_out = changed(row, "holds[0].rule", {**wire.to_dict(ACCOUNTS[2])["holds"][0]["rule"], "chosen": None})  # type: ignore[index,call-overload,dict-item]
    assert json.dumps(reordered) != json.dumps(row) != json.dumps(spelled_out)
    for written in (row, reordered, spelled_out):
        assert wire.account_from_dict(written, rules=[rule]).holds[0].rule is rule


@pytest.mark.parametrize(
    ("place", "twist"),
    [
        ("holds", MyList),
        ("holds", tuple),
        ("holds[0].rule.scope.operations", tuple),
        ("holds[0].rule.scope.operations", MyList),
        ("holds[0].rule.id", MyText),
        ("holds[0].rule.where.two_factor_enabled", int),
        ("holds[0].rule.where", lambda where: [*where.items()]),
        ("holds[0].rule", lambda rule: {MyText(name): part for name, part in rule.items()}),
        ("holds[0].progress.failures", bool),
        ("holds[0].progress.verification_closed", int),
        ("holds[0].progress.state.state", MyText),
    ],
)
def test_data_that_only_looks_like_a_known_document_is_read_as_if_nothing_were_known(
    place: str, twist: Callable[[Any], object]
) -> None:
    row = wire.to_dict(ACCOUNTS[2])
    steps = next(steps for steps, _ in walk(row) if spell(steps) == place)
    alike = at_path(row, steps, lambda parent, step: parent.__setitem__(step, twist(parent[step])))
    assert told(wire.account_from_dict, alike) == told(knowing(POLICIES[1]), alike) != told(wire.account_from_dict, row)


def knowing(policy: Policy) -> Reader:
    return partial(wire.account_from_dict, rules=policy.rules)


def told(reader: Reader, document: object) -> object:
    """What is read, as it would be written; or the refusal."""
    try:
        return json.dumps(wire.to_dict(reader(document)))  # type: ignore[arg-type]
    except InvalidValue as refused:
        return refused.path, refused.problem


LATER, EARLIER = "2026-01-20T09:00:00Z", "2026-01-01T09:00:00Z"
PROGRESS, STATE = "holds[0].progress", "holds[0].progress.state"
EMPTY_STATE = {"state": "suspended"}
BY_REVIEW = {"at": "2026-01-05T12:00:00Z", "by": [{"type": "review_decided", "id": "e6"}]}
CLEARED = {"state": "restored", "at": "2026-01-05T12:00:00Z", "released": False}
UNTOUCHED = REAL["flagged"]["holds"][0]["progress"]

# (the real account, [(what is tampered with, the new value), …], where the fault is found)
TAMPERED: list[tuple[str, list[tuple[str, object]], str]] = [
    ("timed", [("id", "")], "id"),
    ("timed", [("holds[0].id", "e9:password-changed")], "holds[0].id"),
    ("timed", [("holds[0].id", "e1:password-changed#1")], "holds[0].id"),
    ("timed", [("holds[0].rule.id", "other")], "holds[0].id"),
    ("timed", [("holds[0].cause.event", "e9")], "holds[0].id"),
    ("timed", [("holds[0].cause.at", LATER)], "holds[0].latest"),
    ("timed", [("holds[0].latest.event", "e9")], "holds[0].latest"),
    ("timed", [("holds[0].latest.at", EARLIER)], "holds[0].latest"),
    ("timed", [("holds[0].policy.version", "")], "holds[0].policy.version"),
    ("timed", [("holds[0].rule.duration", None)], "holds[0].rule.releasable_by"),
    ("timed", [("holds[0].progress.moved", BY_REVIEW)], "holds[0].progress.moved"),
    ("timed", [("holds[0].progress", {**UNTOUCHED, "reasons": ["x"]})], "holds[0].progress.reasons"),
    ("repeated", [("holds[0].latest.at", "2026-01-05T09:00:00Z")], "holds[0].latest"),
    ("flagged", [("holds[0].rule.releasable_by", [])], "holds[0].rule.releasable_by"),
    ("flagged", [("holds[0].progress.failures", 1)], "holds[0].progress.failed_at"),
    ("flagged", [("holds[0].progress.failures", -1)], "holds[0].progress.failures"),
    ("flagged", [("holds[0].progress.failed_at", LATER)], "holds[0].progress.failed_at"),
    ("flagged", [("holds[0].progress.appeals", 1)], "holds[0].progress.moved"),
    ("flagged", [("holds[0].progress.verification_closed", True)], "holds[0].progress.verification_closed"),
    ("flagged", [("holds[0].progress.reviewer", "r-1")], "holds[0].progress.reviewer"),
    ("flagged", [("holds[0].progress.reasons", ["x"])], "holds[0].progress.reasons"),
    ("flagged", [("holds[0].progress.state", CLEARED)], "holds[0].progress.moved"),
    ("flagged", [(STATE, CLEARED), (f"{PROGRESS}.moved", BY_REVIEW)], STATE),
    ("started", [("holds[0].progress.moved", None)], "holds[0].progress.moved"),
    ("started", [("holds[0].progress.moved.at", EARLIER)], "holds[0].progress.moved.at"),
    ("started", [("holds[0].progress.moved.by", [])], "holds[0].progress.moved.by"),
    ("started", [("holds[0].progress.state.opened_at", LATER)], "holds[0].progress.moved.at"),
    ("started", [("holds[0].progress.state.method", "video_call")], "holds[0].progress.state.method"),
    ("started", [("holds[0].progress.state", EMPTY_STATE)], "holds[0].progress.moved"),
    ("started", [("holds[0].progress.state.state", "review")], "holds[0].progress.state.overtaken"),
    ("started", [("holds[0].progress.state.state", "appeal")], "holds[0].progress.state.method"),
    ("started", [("holds[0].rule.clearance", None)], "holds[0].progress.state"),
    (
        "started",
        [
            (f"{PROGRESS}.failures", 3),
            (f"{PROGRESS}.failed_at", EARLIER),
        ],
        "holds[0].progress.state",
    ),
    (
        "started",
        [
            (f"{PROGRESS}.failures", 1),
            (f"{PROGRESS}.failed_at", EARLIER),
            (f"{PROGRESS}.reviewer", "r-1"),
            (f"{PROGRESS}.verification_closed", True),
        ],
        "holds[0].progress.state",
    ),
    ("failed", [("holds[0].progress.failures", 0)], "holds[0].progress.failed_at"),
    ("failed", [("holds[0].progress.failures", 4)], "holds[0].progress.failures"),
    ("failed", [("holds[0].progress.failed_at", None)], "holds[0].progress.failed_at"),
    ("failed", [("holds[0].progress.failed_at", LATER)], "holds[0].progress.moved.at"),
    ("failed", [("holds[0].progress.moved", None)], "holds[0].progress.moved"),
    ("failed", [("holds[0].rule.clearance", None)], "holds[0].progress"),
    ("failed", [("holds[0].progress.verification_closed", True)], "holds[0].progress.verification_closed"),
    ("in review", [("holds[0].progress.state.submitted_at", EARLIER)], "holds[0].progress.state.submitted_at"),
    (
        "in review",
        [(f"{STATE}.submitted_at", LATER), (f"{PROGRESS}.moved.at", LATER)],
        "holds[0].progress.state.submitted_at",
    ),
    ("in review", [("holds[0].progress.state.method", "video_call")], "holds[0].progress.state.method"),
    ("in review", [("holds[0].rule.clearance.verify_within", "PT10M")], "holds[0].progress.state.submitted_at"),
    ("rejected", [("holds[0].rule.clearance", None)], "holds[0].progress"),
    ("approved", [("holds[0].progress.reviewer", None)], "holds[0].progress.state"),
    ("approved", [("holds[0].progress.state.at", "2026-01-05T09:59:59Z")], "holds[0].progress.moved"),
    ("approved", [("holds[0].rule.clearance", None)], "holds[0].progress.state"),
    (
        "approved",
        [("holds[0].latest", {"event": "e8", "at": "2026-01-05T11:00:00.000001Z"})],
        "holds[0].progress.state.at",
    ),
    ("in appeal", [("holds[0].progress.appeals", 0)], "holds[0].progress.appeals"),
    ("in appeal", [("holds[0].progress.appeals", 2)], "holds[0].progress.appeals"),
    ("in appeal", [("holds[0].rule.clearance.appeal", None)], "holds[0].progress.appeals"),
    ("in appeal", [("holds[0].rule.clearance.appeal.after_failures", 2)], "holds[0].progress.appeals"),
    ("granted", [("holds[0].progress.appeals", 0)], "holds[0].progress.state"),
    ("granted", [("holds[0].progress.state.at", "2026-01-05T12:00:01Z")], "holds[0].progress.moved.at"),
    ("dismissed", [("holds[0].progress.appeals", 2)], "holds[0].progress.appeals"),
    ("released", [("holds[0].progress.state.released", False)], "holds[0].progress.state"),
    ("released", [("holds[0].rule.releasable_by", [])], "holds[0].rule.releasable_by"),
    (
        "released",
        [("holds[0].rule.releasable_by", []), ("holds[0].rule.duration", "P30D")],
        "holds[0].progress.state",
    ),
    (
        "released",
        [("holds[0].rule.clearance", None), (f"{PROGRESS}.reviewer", "r-1")],
        "holds[0].progress",
    ),
    ("kept", [("holds[0].latest", {"event": "e32", "at": "2026-01-10T21:30:00.500000Z"})], "holds[0].latest.at"),
    ("kept", [("holds[0].rule.duration", "PT1H")], "holds[0].progress"),
    ("two", [("holds[1]", REAL["two"]["holds"][0])], "holds[1].id"),
    (
        "two",
        [("holds[1]", {**REAL["two"]["holds"][0], "id": "e1:password-changed#2"})],
        "holds[1]",
    ),
    (
        "two",
        [("holds[1]", account_after(security("e9", "01-05T09:30:00", "password_changed"))["holds"][0])],
        "holds[1]",
    ),
    # What came with 1.1.
    ("chosen", [("holds[0].timer", None)], "holds[0].timer"),
    ("chosen", [("holds[0].timer", "2026-01-13T09:00:00.000001Z")], "holds[0].timer"),
    ("chosen", [("holds[0].timer", "2026-01-07T08:59:59Z")], "holds[0].timer"),
    ("chosen", [("holds[0].timer", "soon")], "holds[0].timer"),
    ("chosen", [("holds[0].rule.chosen", None)], "holds[0].timer"),
    ("counted", [("holds[0].timer", "2026-01-07T09:00:00Z")], "holds[0].timer"),
    ("counted", [("holds[0].timer", "2200-01-01T00:00:00.000001Z")], "holds[0].timer"),
    ("named", [("holds[0].destination_id", "")], "holds[0].destination_id"),
    ("named", [("holds[0].rule.scope.destinations", "any")], "holds[0].destination_id"),
    ("named", [("holds[0].rule.repeat", "extend")], "holds[0].rule.repeat"),
    ("named", [("holds[0].latest", {"event": "g8", "at": "2026-01-06T12:30:00Z"})], "holds[0].latest"),
    ("named", [("holds[2].cause.at", LATER), ("holds[2].latest.at", LATER)], "holds"),
    ("review due", [("holds[0].progress.state.due", "2026-01-07T11:00:00Z")], f"{STATE}.due"),
    ("review due", [("holds[0].rule.clearance.review_business_days", None)], f"{STATE}.due"),
    ("review due", [("holds[0].progress.state.due", "2200-01-01T00:00:01Z")], f"{STATE}.due"),
    ("appeal due", [("holds[0].progress.state.due", "2026-01-07T13:00:00.000002Z")], f"{STATE}.due"),
    ("appeal due", [("holds[0].rule.clearance.appeal.decide_business_days", None)], f"{STATE}.due"),
    ("identity", [("identity_report.identity", "nobody")], "identity_report.identity"),
    ("identity", [("identity_report.source", None)], "identity_report.source"),
    ("identity", [("identity_report.source.event", "")], "identity_report.source.event"),
]
MOVED = "holds[0].progress.moved"
NO_METHOD = {**ABNORMAL_ACTIVITY["clearance"], "unverified": [], "verified": []}
# What a hold remembers of its latest move must fit what the record says.
DOES_NOT_FIT: list[tuple[str, list[tuple[str, object]], str]] = [
    ("timed", [("holds[0].id", "#2")], "an id of a number alone"),
    ("started", [(f"{MOVED}.by", [{"type": "security_event", "id": "e3"}])], "moved by what moves no hold"),
    ("started", [(f"{MOVED}.by", [{"type": "review_decided", "id": "e3"}])], "open without having been opened"),
    ("started", [(f"{STATE}.attempt", "e9")], "a round opened by an event that moved nothing"),
    ("started", [(f"{MOVED}.at", LATER)], "moved since, and still in verification"),
    ("in review", [(f"{MOVED}.at", LATER)], "moved since, and still in review"),
    ("in appeal", [(f"{STATE}.attempt", "e9")], "an appeal filed by an event that moved nothing"),
    ("in appeal", [("holds[0].rule.clearance.appeal.within", "PT10M")], "an appeal that was no longer offered"),
    ("approved", [("holds[0].rule.clearance", NO_METHOD)], "approved, but no method was ever accepted"),
    (
        "approved",
        [(f"{PROGRESS}.failures", 3), (f"{PROGRESS}.failed_at", EARLIER), (f"{PROGRESS}.reasons", ["x"])],
        "approved, but every attempt had failed",
    ),
    (
        "approved",
        [
            (f"{PROGRESS}.failures", 1),
            (f"{PROGRESS}.failed_at", EARLIER),
            (f"{PROGRESS}.verification_closed", True),
        ],
        "approved after verification was closed for good",
    ),
    ("failed", [(f"{MOVED}.by", [{"type": "verification_started", "id": "e3"}])], "failed by being started"),
    ("released", [(f"{MOVED}.by", [{"type": "appeal_decided", "id": "e6"}])], "released by the decision of an appeal"),
]


def tampered(account: str, changes: list[tuple[str, object]]) -> Document:
    row = REAL[account]
    for path, value in changes:
        row = changed(row, path, value)
    assert row != REAL[account]
    return row


def tampered_id(row: tuple[str, list[tuple[str, object]], str]) -> str:
    return f"{row[0]}: " + ", ".join(path for path, _ in row[1])


@pytest.mark.parametrize("account", REAL)
def test_a_real_account_is_read(account: str) -> None:
    assert fault(wire.account_from_dict, REAL[account]) is None


@pytest.mark.parametrize("row", TAMPERED, ids=tampered_id)
def test_an_account_that_no_history_can_produce_is_refused(row: tuple[str, list[tuple[str, object]], str]) -> None:
    account, changes, path = row
    assert fault(wire.account_from_dict, tampered(account, changes)) == path


@pytest.mark.parametrize("row", DOES_NOT_FIT, ids=lambda row: row[2])
def test_a_record_that_does_not_fit_its_memory_is_refused(
    row: tuple[str, list[tuple[str, object]], str],
) -> None:
    account, changes, _ = row
    assert fault(wire.account_from_dict, tampered(account, changes)) is not None


def test_nothing_is_overtaken_if_nothing_was_decided() -> None:
    """A decision is overtaken by a round only if it rejected an earlier one in the instant at which that was opened."""
    row = tampered("in review", [(f"{STATE}.overtaken", ["e1"])])
    assert fault(wire.account_from_dict, row) is not None


def test_an_event_that_moved_a_hold_is_listed_once() -> None:
    twice = [{"type": "verification_started", "id": "e3"}] * 2
    row = tampered("started", [(f"{MOVED}.by", [*twice, {"type": "verification_started", "id": "e4"}])])
    assert fault(wire.account_from_dict, row) == f"{MOVED}.by"


@pytest.mark.parametrize("everything", [MyText("*"), EqualToAll()], ids=["a subclass of text", "equal to all"])
def test_an_object_that_is_equal_to_everything_is_refused(everything: object) -> None:
    policy = changed(wire.to_dict(BINANCE), "rules[0].scope.operations", everything)
    assert fault(wire.policy_from_dict, policy) == "rules[0].scope.operations"


NAMES = ("releasable_by", "extended_by", "unverified", "documents", "operations", "reasons", "tips")


@pytest.mark.parametrize("name", NAMES)
def test_a_list_that_is_too_long_is_refused_before_its_items_are_read(name: str) -> None:
    kind, document, path = next(
        (kind, document, steps)
        for kind, named in CORPUS.items()
        for _, document in named
        for steps, value in walk(document)
        if steps and steps[-1] == name and isinstance(value, list)
    )
    crowded = at_path(document, path, lambda parent, step: parent.__setitem__(step, [7, *"a" * 64]))
    with pytest.raises(InvalidValue) as refused:
        READERS[kind][0](crowded)
    assert str(refused.value) == f"{spell(path)}: must have at most 64 entries, got 65"


def test_a_calendar_that_is_too_long_is_refused_before_any_day_is_read() -> None:
    days = [7, *GROWN_POLICY["calendar"]["days"][:1] * 4_000]
    with pytest.raises(InvalidValue) as refused:
        wire.policy_from_dict(changed(GROWN_POLICY, "calendar.days", days))
    assert str(refused.value) == "calendar.days: must have at most 4000 entries, got 4001"


RELEASE = {
    "type": "release_ordered",
    "id": "e8",
    "account": "a1",
    "at": "2026-01-05T09:00:00Z",
    "hold": "e1:r",
    "by": {"id": "s-1", "kind": "admin"},
    "authority": "support",
    "note": "",
    "override_stale": False,
}
FILED = {**{name: RELEASE[name] for name in ("id", "account", "at", "hold")}, "type": "appeal_submitted"}


def test_as_many_names_as_the_limit_allows_are_read() -> None:
    event = wire.event_from_dict({**FILED, "documents": [f"d{number}" for number in range(64)]})
    assert len(event.documents) == 64  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({name: value for name, value in RELEASE.items() if name != "note"}, "note: is missing"),
        ({name: value for name, value in RELEASE.items() if name != "type"}, "type: is missing"),
        ({**RELEASE, "more": 1}, "more: is not a member here"),
        ({**RELEASE, 7: 1}, "must be an object with text for names"),
        ({**RELEASE, "override_stale": 1}, "override_stale: must be true or false, got `1`"),
        ({**FILED, "documents": ["a", "b", "a"]}, "documents[2]: must not be listed twice, got `a`"),
    ],
)
def test_a_fault_is_reported_in_these_words(document: Document, told: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.event_from_dict(document)
    assert str(refused.value) == told


def test_an_unknown_type_of_event_is_reported_with_all_known_types() -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.event_from_dict({**RELEASE, "type": "released"})
    assert str(refused.value) == (
        "type: must be one of `security_event`, `verification_started`, `verification_submitted`, "
        "`verification_failed`, `review_decided`, `appeal_submitted`, `appeal_decided`, `release_ordered`, "
        "`identity_changed`, got `released`"
    )


@pytest.mark.parametrize("rules", [5, None, [[]]], ids=str)
def test_a_collection_of_anything_else_than_rules_is_refused(rules: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.account_from_dict(REAL["timed"], rules=rules)
    assert str(refused.value) == "rules: must be a collection of rules"


# ── JSON text ────────────────────────────────────────────────────────────────────────────────────────────────────

BACKSLASH = "\\"
REFUSED_TEXTS: dict[str, tuple[object, str]] = {
    "nothing": ("", ""),
    "blank": (" \n", ""),
    "a word": ("nonsense", ""),
    "an open list": ("[1", ""),
    "a trailing comma": ("[1,]", ""),
    "a comment": ("{} // x", ""),
    "single quotes": ("{'a': 1}", ""),
    "trailing data": ("{} {}", ""),
    "a trailing zero byte": ("{}\x00", ""),
    "a byte order mark": ("\ufeff{}", ""),
    "bytes": (b"{}", ""),
    "plain data": ({}, ""),
    "no text": (None, ""),
    "a subclass": (MyText("{}"), ""),
    "a control character in a text": ('"a\nb"', ""),
    "a wrong escape": ('"' + BACKSLASH + 'x41"', ""),
    "a leading zero": ("01", ""),
    "a leading plus": ("+1", ""),
    "not a number": ("NaN", ""),
    "not a number inside": ('{"a": [NaN]}', "a[0]"),
    "infinity": ("Infinity", ""),
    "minus infinity": ("[-Infinity]", "[0]"),
    "a number too great": ("1e400", ""),
    "a number too great inside": ('{"a": [1, -1e400]}', "a[1]"),
    "a number of 5000 digits": ("9" * 5_000, ""),
    "a deep list": ("[" * 100_000, ""),
    "a deep list that is closed": ("[" * 100_000 + "]" * 100_000, ""),
    "a deep object": ('{"a":' * 100_000, ""),
    "a deep list behind a string of brackets": ('["]]]]", ' + "[" * 100_000, ""),
    "an unclosed string of many quotes": ("[" * 20 + '"' + (BACKSLASH + '"') * 4_000_000 + "[" * 20, ""),
    "a list of 33 levels": ("[" * 33 + "0" + "]" * 33, ""),
    "an object of 40 levels": ('{"a":' * 40 + "0" + "}" * 40, ""),
    "a name twice": ('{"a": 1, "a": 2}', ""),
    "a name twice with one value": ('{"a": 1, "a": 1}', ""),
    "a name twice in two spellings": ('{"a": 1, "' + BACKSLASH + 'u0061": 1}', ""),
    "a name twice at depth": ('{"a": [0, {"b": {"x": 1, "y": 2, "x": 3}}]}', "a[1].b"),
    "a name twice in a list": ('[{"x": 1}, {"x": 1, "x": 2}]', "[1]"),
    "the first of two faults": ('{"a": {"x": 1, "x": 2}, "b": {"y": 1, "y": 2}}', "a"),
    "an escaped lone surrogate": ('{"a": "' + BACKSLASH + 'ud800"}', "a"),
    "a raw lone surrogate": ('{"a": ["\udfff"]}', "a[0]"),
    "a lone surrogate in a name": ('{"a": {"' + BACKSLASH + 'udc00": 1}}', "a"),
    "surrogates in the wrong order": ('"' + BACKSLASH + "udc00" + BACKSLASH + 'ud800"', ""),
}
READ_TEXTS: dict[str, tuple[str, object]] = {
    "an object": ('{"a": [1, -1.5, true, false, null, "x"]}', {"a": [1, -1.5, True, False, None, "x"]}),
    "blanks around": (" \t\r\n[]\n", []),
    "a pair of surrogates": ('"' + BACKSLASH + "ud83d" + BACKSLASH + 'ude00"', "\U0001f600"),
    "a zero byte, escaped": ('"' + BACKSLASH + 'u0000"', "\x00"),
    "a name in two objects": ('[{"a": 1}, {"a": 1}]', [{"a": 1}, {"a": 1}]),
    "a list of 32 levels": ("[" * 32 + "0" + "]" * 32, json.loads("[" * 32 + "0" + "]" * 32)),
    "forty lists side by side": ("[" + "[]," * 40 + "[]]", [[]] * 41),
    "brackets in a string": (json.dumps("[" * 40 + BACKSLASH + '"' + "{" * 40), "[" * 40 + BACKSLASH + '"' + "{" * 40),
    "brackets in names": ('{"' + "{" * 40 + '": {"' + "[" * 40 + '": 0}}', {"{" * 40: {"[" * 40: 0}}),
    "a great whole number": ("9" * 4_000, int("9" * 4_000)),
    "a small number": ("1e-400", 0.0),
    "an empty name": ('{"": 1}', {"": 1}),
    "a text alone": ('"x"', "x"),
}


@pytest.mark.parametrize("case", REFUSED_TEXTS)
def test_what_is_not_one_strict_json_document_is_refused_with_its_path(case: str) -> None:
    text, path = REFUSED_TEXTS[case]
    with pytest.raises(InvalidValue) as refused:
        wire.parse(text)  # type: ignore[arg-type]
    assert refused.value.path == path
    assert refused.value.problem.startswith("must ")
    assert len(str(refused.value)) < 200
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("case", READ_TEXTS)
def test_strict_json_is_read_as_it_is(case: str) -> None:
    text, document = READ_TEXTS[case]
    assert wire.parse(text) == document


def test_a_duplicate_name_is_reported() -> None:
    with pytest.raises(InvalidValue, match=r"^a: must not have two members of one name, got `x` twice$"):
        wire.parse('{"a": {"y": 1, "x": 1, "z": 1, "x": 1, "y": 2}}')


def test_a_name_in_a_path_cannot_break_the_line() -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.parse('{"a' + BACKSLASH + 'nERROR forged line": {"x": 1, "x": 2}}')
    assert "\n" not in str(refused.value)


def test_a_name_in_a_path_cannot_be_endless() -> None:
    name = "a" * 100_000
    with pytest.raises(InvalidValue) as of_text:
        wire.parse(f'{{"{name}": 1e400}}')
    with pytest.raises(InvalidValue) as of_member:
        wire.policy_from_dict({**POLICY, name: 1})
    assert max(len(str(of_text.value)), len(str(of_member.value))) < 2_000


def seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def test_an_object_of_many_names_is_refused_in_linear_time() -> None:
    names = [*(f"n{index}" for index in range(20_000)), "n19999"]
    text = "{" + ",".join(f'"{name}":0' for name in names) + "}"
    assert seconds(lambda: fault(wire.parse, text)) < 0.3


def test_a_list_of_many_names_is_refused_in_linear_time() -> None:
    many = changed(POLICY, "rules[0].scope.operations", [f"n{index}" for index in range(14_000)])
    assert seconds(lambda: fault(wire.policy_from_dict, many)) < 0.3


def test_a_long_name_before_a_long_list_takes_linear_memory() -> None:
    text = '{"' + "n" * 5_000 + '":[' + ",".join(["0"] * 5_000) + "]}"
    tracemalloc.start()
    try:
        wire.parse(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200 * len(text)


# ── Whatever comes ───────────────────────────────────────────────────────────────────────────────────────────────

WORDS = sorted(
    {str(step) for named in CORPUS.values() for _, valid in named for path, _ in walk(valid) for step in path}
    | {value for named in CORPUS.values() for _, valid in named for _, value in walk(valid) if type(value) is str}
)
texts = st.text(max_size=8) | st.sampled_from(WORDS) | st.sampled_from(["*", "P0D", "2200-01-01T00:00:00Z", "\ud800"])
numbers = st.integers() | st.sampled_from([0, 1, -1, 1_000, 2**53, 10**400]) | st.floats()
scalars = st.none() | st.booleans() | numbers | texts
json_like = st.recursive(
    scalars,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(texts, children, max_size=5),
    max_leaves=12,
)
parts = [value for named in CORPUS.values() for _, valid in named for _, value in walk(valid)]


@st.composite
def mutants(draw: st.DrawFn, kind: str) -> Document:
    """A valid document with one to three places deleted, replaced or grown."""
    mutant: Document = copy.deepcopy(draw(st.sampled_from([valid for _, valid in CORPUS[kind]])))
    for _ in range(draw(st.integers(1, 3))):
        path, value = draw(st.sampled_from(list(walk(mutant))))
        replacement = copy.deepcopy(draw(scalars | st.sampled_from(parts) | json_like))
        match draw(st.sampled_from(["delete", "replace", "insert"])):
            case "delete" if path:
                mutant = at_path(mutant, path, lambda parent, step: parent.pop(step))
            case "insert" if isinstance(value, list):
                value.insert(draw(st.integers(0, len(value))), replacement)
            case "insert" if isinstance(value, dict):
                value[draw(texts)] = replacement
            case _ if path:
                mutant = at_path(mutant, path, lambda parent, step, new=replacement: parent.__setitem__(step, new))
    return mutant


@each_kind
@given(data=st.data())
def test_any_plain_data_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    document = data.draw(json_like)
    for name in ("schema", "type", "decision"):
        if isinstance(document, dict) and data.draw(st.booleans()):
            document[name] = data.draw(st.sampled_from(WORDS))
    fault(READERS[kind][0], document)


@each_kind
@given(data=st.data())
def test_a_changed_document_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    reader, _ = READERS[kind]
    mutant = data.draw(mutants(kind))
    before = copy.deepcopy(mutant)
    if fault(reader, mutant) is None:
        value: Any = reader(mutant)
        assert reader(wire.to_dict(value)) == value
    assert repr(mutant) == repr(before)


@given(mutants("account"))
def test_every_account_that_is_read_answers_every_question(mutant: Document) -> None:
    try:
        account = wire.account_from_dict(mutant)
    except InvalidValue:
        return
    for at in LOOKS:
        answer = check(account, at)
        assert bool(answer) is (answer == check(account, at) and not open_holds_of_withdrawals(account, at))
        phase(account, at)
        next_change_at(account, at)
        assert wire.decision_from_dict(wire.to_dict(answer)) == answer


def open_holds_of_withdrawals(account: Account, at: datetime) -> list[str]:
    scopes = {hold.id: hold.rule.scope.operations for hold in account.holds}
    return [hold.id for hold in open_holds(account, at) if scopes[hold.id] == "*" or "withdrawal" in scopes[hold.id]]


@given(mutants("account"), st.sampled_from(POLICIES))
def test_an_account_is_read_or_refused_alike_with_known_rules_and_without(mutant: Document, policy: Policy) -> None:
    assert told(wire.account_from_dict, mutant) == told(knowing(policy), mutant)


@given(mutants("account"), st.sampled_from(EVENTS), st.sampled_from(POLICIES))
def test_every_account_that_is_read_takes_or_refuses_any_event(mutant: Document, event: Event, policy: Policy) -> None:
    try:
        account = wire.account_from_dict(mutant)
    except InvalidValue:
        return
    with suppress(EventRefused):
        apply(policy, account, event)


@given(st.text() | st.text(alphabet='{}[]",:0123456789.eE+-truefalsn \\u\ud800', max_size=60))
def test_any_text_is_read_as_json_reads_it_or_refused(text: str) -> None:
    try:
        document = wire.parse(text)
    except InvalidValue:
        return
    assert document == json.loads(text)


@given(json_like)
def test_json_is_read_as_it_was_written(document: object) -> None:
    try:
        again = wire.parse(json.dumps(document))
    except InvalidValue:
        # NaN, infinities and lone surrogates, which `json` writes and JSON cannot say.
        with pytest.raises((ValueError, UnicodeEncodeError)):
            json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
        return
    assert again == document


# ── Without the extra ────────────────────────────────────────────────────────────────────────────────────────────

NEEDS_EXTRA = "withdraw_guard.wire needs cattrs: pip install 'withdraw-guard[wire]'"


def without_cattrs(statement: str) -> subprocess.CompletedProcess[str]:
    script = f"import sys; sys.modules['cattrs'] = None\n{statement}"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)


def test_the_library_works_without_the_extra() -> None:
    told = without_cattrs(
        "import datetime, withdraw_guard as g\n"
        "print(g.check(g.Account(id='a1'), datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)).phase)"
    )
    assert (told.stdout, told.stderr, told.returncode) == ("active\n", "", 0)


def test_the_wire_format_says_which_extra_it_needs() -> None:
    told = without_cattrs("import withdraw_guard.wire")
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1] == f"ImportError: {NEEDS_EXTRA}"
    assert told.stderr.count("pip install") == 2, "once in the source line that raises it, once in the message"


def test_the_import_error_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cattrs", None)
    for name in ("withdraw_guard.wire", "withdraw_guard._wire.structure"):
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError) as missing:
        importlib.import_module("withdraw_guard.wire")
    assert str(missing.value) == NEEDS_EXTRA


def test_the_other_policy_of_the_story_is_another_one() -> None:
    """What is asked of rules that differ is asked of something."""
    assert wire.policy_from_dict(STRICTER_POLICY) != wire.policy_from_dict(POLICY)
    assert clearance() != ABNORMAL_ACTIVITY["clearance"]
