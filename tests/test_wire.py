"""The wire format: nothing is lost, nothing is guessed, and every fault has a path."""

from __future__ import annotations

import copy
import importlib
import json
import pathlib
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest_journal import (
    ABNORMAL_ACTIVITY,
    PASSWORD_CHANGED,
    POLICY,
    STRICTER_POLICY,
    appealed,
    clearance,
    event,
    failed,
    handle,
    identity,
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
    Allowed,
    Change,
    ChangeType,
    Decision,
    Event,
    EventRefused,
    EventType,
    InvalidValue,
    Phase,
    Policy,
    Request,
    Rule,
    apply,
    check,
    next_change_at,
    open_holds,
    phase,
    wire,
)
from withdraw_guard._values.canonical import canonical
from withdraw_guard.policies import BINANCE, GALLERY

Document = Any
Path = tuple[str | int, ...]
Reader = Callable[[Any], object]
TAGS = ("type", "step", "state", "decision")


# ── The documents that these tests are tried on ──────────────────────────────────────────────────────────────────

BY_DAYS_APPEAL = {"after_failures": 0, "limit": 1, "documents": [], "decide_business_days": 2}
# A policy that uses what the policy of the digest does not. What has a default is left out.
RICH_POLICY: dict[str, Any] = {
    "schema": "withdraw-guard/policy/1",
    "id": "rich",
    "version": "1.0.0",
    "retractable_by": ["compliance", "security"],
    "rules": [
        {
            "id": "locked",
            "trigger": "withdrawal_locked",
            "duration": "PT72H",
            "chosen": {"minimum": "PT24H", "maximum": "P7D"},
            "public_reason": "own_request",
        },
        {"id": "staff", "trigger": "staff_hold", "repeat": "separate", "releasable_by": ["support"]},
        {
            "id": "new-address",
            "trigger": "address_added",
            "scope": {"operations": ["withdrawal"], "destinations": "named"},
            "repeat": "separate",
            "duration": "PT24H",
        },
        {
            "id": "reset",
            "trigger": "two_factor_reset",
            "scope": {"operations": ["withdrawal"], "leaves": ["stake"]},
            "duration": "PT48H",
        },
        {"id": "suspicion", "trigger": "payout_suspicious", "business_days": 2},
        {
            "id": "flagged",
            "trigger": "flagged",
            "clearance": {
                "unverified": ["identity_business", "identity_personal"],
                "verified": ["face_mobile", "face_web"],
                "review_business_days": 1,
                "identity_valid_for": "P365D",
                "appeal": BY_DAYS_APPEAL,
            },
            "releasable_by": ["support"],
        },
    ],
    "calendar": {
        "days": [
            {"begins": f"2026-01-{day:02}T00:00:00Z", "ends": f"2026-01-{day + 1:02}T00:00:00Z"}
            for day in (5, 6, 7, 8, 9, 12)
        ]
    },
}
BY_ADMIN = {"id": "r-7", "kind": "admin"}


def more_requested(event_id: str, at: str, hold: str, *documents: str) -> dict[str, Any]:
    reasons = ["document_unreadable"]
    said = {"hold": hold, "attempt": None, "by": BY_ADMIN, "reasons": reasons, "documents": [*documents]}
    return event("more_requested", event_id, at, **said)


def retracted(event_id: str, at: str, retracted_id: str) -> dict[str, Any]:
    said = {"event": retracted_id, "by": BY_ADMIN, "authority": "security", "note": "wrong account"}
    return event("event_retracted", event_id, at, **said)


RICH_JOURNAL: dict[str, dict[str, Any]] = {
    told["id"]: told
    for told in (
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
        retracted("g11", "01-06T15:30:00", "g10"),
        security("g12", "01-06T16:00:00", "payout_suspicious"),
        security("g13", "01-07T09:00:00", "payout_suspicious"),
        security("g14", "01-07T09:00:00", "flagged"),
        started("g15", "01-07T10:00:00", "g14:flagged", "identity_personal"),
        # By a clock that is behind: it names its round, so it is read as the instant at which that was opened.
        submitted("g16", "01-07T09:59:59", "g14:flagged", attempt="g15"),
        more_requested("g17", "01-07T11:00:00", "g14:flagged", "proof_of_address"),
        submitted("g18", "01-07T11:30:00", "g14:flagged", attempt="g15"),
        reviewed("g19", "01-07T12:00:00", "g14:flagged", "rejected"),
        appealed("g20", "01-07T13:00:00", "g14:flagged"),
        more_requested("g21", "01-07T14:00:00", "g14:flagged", "id_photo"),
        {**appealed("g22", "01-07T15:00:00", "g14:flagged", "id_photo"), "attempt": "g20"},
        security("g23", "01-11T09:00:00", "flagged"),
        judged("g24", "01-11T10:00:00", "g14:flagged", "dismissed"),
        {**identity("g25", "01-11T11:00:00", "personal"), "valid_until": "2027-01-11T11:00:00Z"},
        retracted("g26", "01-11T12:00:00", "g25"),
        released("g27", "01-11T13:00:00", "g14:flagged", "support"),
        security("g28", "01-11T14:00:00", "flagged"),
        released("g29", "01-11T15:00:00", "g28:flagged", "support"),
        # It takes over the triggers of the first hold, which is pruned.
        security("g30", "01-11T16:00:00", "flagged"),
    )
}


def rich_story() -> Iterator[tuple[Event, tuple[Change, ...], Account]]:
    policy, account = wire.policy_from_dict(RICH_POLICY), Account(id="a1")
    for told in RICH_JOURNAL.values():
        happened = wire.event_from_dict(told)
        applied = apply(policy, account, happened)
        account = applied.account
        yield happened, applied.changes, account


STORY, RICH_STORY = list(handle()), list(rich_story())
ADDRESSED = tuple(Request(operation="withdrawal", destination_id=address) for address in ("bc1q", "bc1x"))
POLICIES: list[Policy] = [
    BINANCE,
    *dict.fromkeys(policy for policy, _, _, _ in STORY),
    wire.policy_from_dict(RICH_POLICY),
]
EVENTS: list[Event] = [event for _, event, _, _ in STORY] + [event for event, _, _ in RICH_STORY]
CHANGES: list[Change] = [
    *(change for _, _, made, _ in STORY if not isinstance(made, EventRefused) for change in made),
    *(change for _, made, _ in RICH_STORY for change in made),
]
ACCOUNTS: list[Account] = [
    Account(id="a1"),
    *(account for _, _, _, account in STORY),
    *(account for _, _, account in RICH_STORY),
]
DECISIONS: list[Decision] = [
    *(decision for account in ACCOUNTS for _, answers in look_at(account) for decision in answers),
    *(check(account, event.at, request) for event, _, account in RICH_STORY for request in ADDRESSED),
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
    for told in events:
        account = apply(wire.policy_from_dict(policy), account, wire.event_from_dict(told)).account
    return wire.to_dict(account)


def rich_account(*names: str) -> Document:
    return account_after(*(RICH_JOURNAL[name] for name in names), policy=RICH_POLICY)


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
    "more needed": rich_account("g14", "g15", "g16", "g17"),
    "rejected": account_after(FLAGGED, STARTED, SUBMITTED, reviewed("e5", "01-05T11:00:00", FLAG, "rejected")),
    "approved": account_after(FLAGGED, STARTED, SUBMITTED, reviewed("e5", "01-05T11:00:00", FLAG, "approved")),
    "in appeal": account_after(FLAGGED, STARTED, FAILED, APPEALED),
    "granted": account_after(FLAGGED, STARTED, FAILED, APPEALED, judged("e6", "01-05T12:00:00", FLAG, "granted")),
    "dismissed": account_after(FLAGGED, STARTED, FAILED, APPEALED, judged("e6", "01-05T12:00:00", FLAG, "dismissed")),
    "released": account_after(FLAGGED, released("e6", "01-05T12:00:00", FLAG, "support")),
    "retracted": account_after(FLAGGED, retracted("e6", "01-05T12:00:00", "e2")),
    "kept": account_after(RESET, started("e31", "01-05T10:00:00", RESET_HOLD, "identity_personal")),
    "two": account_after(TIMED, FLAGGED),
    "many triggers": account_after(
        *(security(f"e{day}", f"01-{day:02}T09:00:00", "abnormal_activity") for day in range(1, 21))
    ),
    "timed often": account_after(
        *(security(f"e{hour}", f"01-05T{hour:02}:00:00", "password_changed") for hour in range(20))
    ),
    "chosen": rich_account("g1", "g2", "g3"),
    "named": rich_account("g7", "g8", "g9"),
    "counted": rich_account("g12", "g13"),
    "review due": rich_account("g14", "g15", "g16"),
    "appeal due": rich_account("g14", "g15", "g16", "g19", "g20"),
    "appeal waits": rich_account("g14", "g15", "g16", "g19", "g20", "g21"),
    "identity": account_after(FLAGGED, STARTED, identity("e7", "01-05T13:00:00", "business")),
    "identity retracted": rich_account("g25", "g26"),
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
        words = [([step for step in path if isinstance(step, str)], part) for path, part in walk(document)]
        shape |= {(f"{names[-2:]}={part}", str) for names, part in words if type(part) is str and names[-1] in TAGS}
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


# A hold that was only just placed: nothing has moved it yet, and no story places one that remembers all it can.
OF_A_NEW_HOLD = {"hold.dropped", *(f"hold.progress.{name}" for name in ("failed_at", "moved_at", "reviewer"))}


@each_kind
def test_every_member_has_a_value_in_some_document(kind: str) -> None:
    met = {(re.sub(r"\d+", "", spell(path)), type(part)) for _, valid in CORPUS[kind] for path, part in walk(valid)}
    given = {path for path, type_ in met if type_ is not type(None)}
    assert {path for path, _ in met} - given == (OF_A_NEW_HOLD if kind == "change" else set())


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
"scope": {"operations": ["withdrawal"], "destinations": "any", "leaves": []},
"duration": "PT24H", "clearance": null, "lifted_by": "any", "repeat": "extend", "releasable_by": [],
"chosen": null, "business_days": null, "public_reason": null},
{"id": "abnormal-activity", "trigger": "abnormal_activity", "where": {},
"scope": {"operations": "*", "destinations": "any", "leaves": []},
"duration": null,
"clearance": {"unverified": ["identity_business", "identity_personal"], "verified": ["face_mobile", "face_web"],
"attempts": 3, "verify_within": "PT1H", "review_within": "P2D",
"appeal": {"after_failures": 1, "limit": 1, "within": "P30D", "decide_within": "P5D", "documents": ["id_photo"],
"decide_business_days": null}, "review_business_days": null, "identity_valid_for": null},
"lifted_by": "any", "repeat": "extend", "releasable_by": ["support"],
"chosen": null, "business_days": null, "public_reason": null}],
"calendar": null, "retractable_by": ["security"]}"""
EVENT_TEXTS = [
    text.replace("EVENT", '"account": "a1", "at": "2026-01-05T09:00:00Z"').replace("HOLD", '"hold": "e1:r"')
    for text in (
        '{"type": "security_event", "id": "e1", EVENT, "trigger": "password_changed", "initiated_by": "user", '
        '"context": {"two_factor_enabled": true}, "duration": null, "destination_id": null}',
        '{"type": "verification_started", "id": "e2", EVENT, HOLD, "method": "identity_personal"}',
        '{"type": "verification_submitted", "id": "e3", EVENT, HOLD, "attempt": "e2"}',
        '{"type": "verification_failed", "id": "e4", EVENT, HOLD, "attempt": null, "reasons": ["face_not_found"]}',
        '{"type": "review_decided", "id": "e5", EVENT, HOLD, "attempt": null, "by": {"id": "r-7", "kind": "admin"}, '
        '"outcome": "rejected", "reasons": ["document_unreadable"], "final": false}',
        '{"type": "more_requested", "id": "e6", EVENT, HOLD, "attempt": null, "by": {"id": "r-7", "kind": "admin"}, '
        '"reasons": [], "documents": ["proof_of_address"]}',
        '{"type": "appeal_submitted", "id": "e7", EVENT, HOLD, "attempt": null, "documents": ["id_photo"]}',
        '{"type": "appeal_decided", "id": "e8", EVENT, HOLD, "attempt": null, "by": {"id": "r-9", "kind": "admin"}, '
        '"outcome": "granted", "reasons": []}',
        '{"type": "release_ordered", "id": "e9", EVENT, HOLD, "by": {"id": "s-1", "kind": "admin"}, '
        '"authority": "support", "note": "a \\u2026 note", "override_stale": false}',
        '{"type": "identity_changed", "id": "e10", EVENT, "identity": "personal", '
        '"valid_until": "2027-01-05T09:00:00Z"}',
        '{"type": "event_retracted", "id": "e11", EVENT, "event": "e1", "by": {"id": "s-1", "kind": "admin"}, '
        '"authority": "security", "note": "wrong account"}',
        '{"type": "identity_changed", "id": "e10", EVENT, "identity": null, "valid_until": null}',
    )
]
DECISION_TEXTS = [
    '{"decision": "denied", "account": "a1", "at": "2026-01-06T08:59:59Z", "operation": "withdrawal", '
    '"destination": "new", "phase": "suspended", "resumes_at": "2026-01-06T09:00:00Z", "holds": [{'
    '"id": "e1:password-changed", "rule": "password-changed", "trigger": "password_changed", '
    '"policy": {"id": "binance", "version": "1.0.0"}, "state": "suspended", "since": "2026-01-05T09:00:00Z", '
    '"until": "2026-01-06T09:00:00Z", "reasons": [], "public_reason": "security_change", '
    '"steps": [{"step": "wait", "until": "2026-01-06T09:00:00Z"}]}]}',
    '{"decision": "allowed", "account": "a1", "at": "2026-01-05T09:00:00.000001Z", "operation": "withdrawal", '
    '"destination": "known", "phase": "restored"}',
]
STEP_TEXTS = [
    '{"step": "wait", "until": "2026-01-06T09:00:00.500000Z"}',
    '{"step": "verify", "methods": ["face_mobile", "face_web"], "tips": ["good_light"]}',
    '{"step": "appeal", "documents": ["id_photo", "supporting_documents"]}',
    '{"step": "contact_support", "authorities": ["compliance", "support"]}',
    '{"step": "complete_verification", "method": "face_web", "due": "2026-01-06T09:00:00Z", "reasons": [], '
    '"documents": []}',
    '{"step": "complete_verification", "method": "face_web", "due": null, "reasons": ["document_unreadable"], '
    '"documents": ["proof_of_address"]}',
    '{"step": "await_review", "due": "2026-01-06T09:00:00Z"}',
    '{"step": "await_review", "due": null}',
    '{"step": "await_appeal", "due": "2026-01-06T09:00:00Z"}',
    '{"step": "await_appeal", "due": null}',
]
DENIED_TEXT = DECISION_TEXTS[0]
WAIT_TEXT = STEP_TEXTS[0].replace(".500000", "")


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
    text = DENIED_TEXT.replace(WAIT_TEXT, step)
    assert json.dumps(wire.to_dict(wire.decision_from_dict(wire.parse(text)))) == text


def test_a_decision_names_a_destination_only_if_it_is_about_one() -> None:
    account = wire.account_from_dict(REAL["named"])
    denied: Any = wire.to_dict(check(account, LOOKS[1], ADDRESSED[0]))
    assert (denied["destination_id"], denied["holds"][0]["destination_id"]) == ("bc1q", "bc1q")
    about_all: Any = wire.to_dict(check(wire.account_from_dict(REAL["flagged"]), LOOKS[1]))
    assert "destination_id" not in {*about_all, *about_all["holds"][0]}


@pytest.mark.parametrize("account", ["flagged", "timed", "named"])
def test_an_answer_to_a_request_that_names_its_account_survives_the_wire(account: str) -> None:
    request = Request(operation="withdrawal", account="a1")
    for at in LOOKS:
        answer = check(wire.account_from_dict(REAL[account]), at, request)
        assert wire.decision_from_dict(wire.to_dict(answer)) == answer


def test_an_answer_about_another_account_than_its_request_is_refused() -> None:
    request = Request(operation="withdrawal", account="b")
    with pytest.raises(InvalidValue, match=r"request\.account: must be the account of the answer, got `b`"):
        Allowed(account="a1", at=LOOKS[0], request=request, phase=Phase.ACTIVE)


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


# What a policy must say. Every other member has a default.
REQUIRED_IN_A_POLICY = {
    "schema",
    "id",
    "version",
    "rules",
    "trigger",
    "minimum",
    "maximum",
    "unverified",
    "verified",
    "days",
    "begins",
    "ends",
}
OPTIONAL_IN_AN_EVENT = {"attempt", "destination_id", "duration", "valid_until"}
DEFAULTS: dict[str, object] = {
    "where": {},
    "scope": {"operations": "*", "destinations": "any", "leaves": []},
    "operations": "*",
    "destinations": "any",
    "leaves": [],
    "lifted_by": "any",
    "repeat": "extend",
    "releasable_by": [],
    "after_failures": 1,
    "limit": 1,
    "documents": [],
    "retractable_by": ["security"],
    **dict.fromkeys(
        (
            "calendar",
            "duration",
            "clearance",
            "chosen",
            "business_days",
            "public_reason",
            "attempts",
            "verify_within",
            "review_within",
            "appeal",
            "review_business_days",
            "identity_valid_for",
            "within",
            "decide_within",
            "decide_business_days",
        )
    ),
}


def may_be_left_out(kind: str, path: Path) -> bool:
    if is_free(path[:-1]):
        return True
    if kind == "policy":
        return path[-1] not in REQUIRED_IN_A_POLICY
    return path[-1] in {"event": OPTIONAL_IN_AN_EVENT, "decision": {"destination_id"}}.get(kind, set())


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_a_member_that_is_missing_is_refused_with_its_path(kind: str, name: str) -> None:
    valid = document(kind, name)
    for path, _ in walk(valid):
        if path and isinstance(path[-1], str) and not may_be_left_out(kind, path):
            without = at_path(valid, path, lambda parent, step: parent.pop(step))
            assert fault(READERS[kind][0], without) == spell(path)


@pytest.mark.parametrize(("kind", "name"), EACH_DOCUMENT)
def test_a_member_that_may_be_left_out_means_its_default(kind: str, name: str) -> None:
    valid = document(kind, name)
    for path, _ in walk(valid):
        if path and isinstance(path[-1], str) and may_be_left_out(kind, path) and not is_free(path[:-1]):
            without = at_path(valid, path, lambda parent, step: parent.pop(step))
            default = DEFAULTS[path[-1]] if kind == "policy" else None
            spelled_out = at_path(valid, path, lambda parent, step, value=default: parent.update({step: value}))
            assert told(READERS[kind][0], without) == told(READERS[kind][0], spelled_out)


def without_defaults(part: Document) -> Document:
    if isinstance(part, dict):
        shorter = {name: value if name == "where" else without_defaults(value) for name, value in part.items()}
        return {name: value for name, value in shorter.items() if part[name] != DEFAULTS.get(name, ...)}
    return [without_defaults(item) for item in part] if isinstance(part, list) else part


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_a_policy_is_the_same_without_what_has_a_default(policy: Policy) -> None:
    written = wire.to_dict(policy)
    short = without_defaults(written)
    assert len(json.dumps(short)) < 0.8 * len(json.dumps(written))
    assert wire.to_dict(wire.policy_from_dict(short)) == written


def test_the_shortest_policy_is_read() -> None:
    short = {"schema": wire.POLICY_SCHEMA, "id": "p", "version": "1", "rules": []}
    assert wire.policy_from_dict(short) == Policy(id="p", version="1", rules=())


def test_the_writer_writes_every_member_of_a_policy() -> None:
    written = wire.to_dict(wire.policy_from_dict(RICH_POLICY))
    members = {path[-1] for path, _ in walk(written) if path and isinstance(path[-1], str)}
    assert members == REQUIRED_IN_A_POLICY | set(DEFAULTS)


@pytest.mark.parametrize("name", ["leaves", "chosen", "public_reason", "repeat", "clearance"])
def test_a_rule_inside_a_hold_may_not_leave_out_what_a_policy_may(name: str) -> None:
    """A member that a row has lost must not be read as its default."""
    row = REAL["timed"]
    path = f"holds[0].rule.scope.{name}" if name == "leaves" else f"holds[0].rule.{name}"
    steps = next(steps for steps, _ in walk(row) if spell(steps) == path)
    without = at_path(row, steps, lambda parent, step: parent.pop(step))
    for rules in ((), wire.policy_from_dict(POLICY).rules):
        with pytest.raises(InvalidValue) as refused:
            wire.account_from_dict(without, rules=rules)
        assert str(refused.value) == f"{path}: is missing"


@pytest.mark.parametrize("said", ["urn:withdraw-guard:schema:policy:1", "../policy.schema.json", "", 7, None])
def test_the_schema_that_an_editor_needs_is_allowed_at_the_top_of_a_policy_and_ignored(said: object) -> None:
    assert wire.policy_from_dict({"$schema": said, **POLICY}) == wire.policy_from_dict(POLICY)
    assert "$schema" not in wire.to_dict(wire.policy_from_dict({"$schema": said, **POLICY}))


@each_kind
def test_the_schema_that_an_editor_needs_is_allowed_nowhere_else(kind: str) -> None:
    for _, valid in CORPUS[kind]:
        for path, value in walk(valid):
            if isinstance(value, dict) and not is_free(path) and (kind, path) != ("policy", ()):
                wrong = at_path({"": valid}, ("", *path, ""), lambda parent, _: parent.update({"$schema": "x"}))[""]
                assert fault(READERS[kind][0], wrong) == spell(path) + "[`$schema`]"


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
    in_order = {"reasons", "steps", "methods", "tips", "authorities", "holds", "rules", "days", "pruned"}
    in_order |= {"triggers", "moves", "reports", "retracted_reports", "retractions"}
    for path, value in walk(valid):
        is_set = not (path and path[-1] in in_order) and "steps" not in path
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


@pytest.mark.parametrize("kind", ["policy", "account"])
def test_there_is_one_schema(kind: str) -> None:
    for _, valid in CORPUS[kind]:
        assert valid["schema"] == f"withdraw-guard/{kind}/1"
        with pytest.raises(InvalidValue) as refused:
            READERS[kind][0]({**valid, "schema": f"withdraw-guard/{kind}/1.1"})
        assert str(refused.value) == f"schema: must be `withdraw-guard/{kind}/1`, got `withdraw-guard/{kind}/1.1`"


def test_a_trigger_that_only_extends_is_no_longer_a_member_of_a_rule() -> None:
    assert fault(wire.policy_from_dict, changed(POLICY, "rules[0]", {**PASSWORD_CHANGED, "extended_by": []})) == (
        "rules[0].extended_by"
    )


def test_the_rich_story_uses_what_the_other_one_does_not() -> None:
    last = RICH_STORY[-1][2]
    holds = {str(hold.id): hold for _, _, account in RICH_STORY for hold in account.holds}
    assert len(holds) == len(last.holds) + 1 == 11
    assert {hold.destination_id for hold in last.holds} == {None, "bc1q", "bc1r"}
    assert holds["g1:locked"].until == datetime(2026, 1, 13, 9, tzinfo=UTC)
    assert holds["g10:reset"].cause.settled_at == holds["g10:reset"].end == datetime(2026, 1, 6, 15, 30, tzinfo=UTC)
    moves = holds["g14:flagged"].progress.moves
    assert [moved.event for moved in moves] == [f"g{number}" for number in (15, 16, 17, 18, 19, 20, 21, 22, 24, 27)]
    assert [moved.event for moved in moves if moved.read_at is not None] == ["g16"]
    assert last.identity_report is not None
    assert None not in (last.identity_report.valid_until, last.identity_report.retracted_at)
    assert [report.event for report in last.retracted_reports] == ["g25"]
    assert [retraction.event for retraction in last.retractions] == ["g11", "g26"]
    assert [hold_id for change in CHANGES for hold_id in getattr(change, "pruned", ())] == ["g14:flagged"]
    assert [trigger.settled_at for trigger in holds["g30:flagged"].triggers] == [None, *[holds["g14:flagged"].end] * 2]


def test_a_document_of_another_kind_is_refused() -> None:
    for kind, (reader, _) in READERS.items():
        for other, named in CORPUS.items():
            if other != kind:
                assert all(fault(reader, valid) is not None for _, valid in named)


ABNORMAL = "rules[1]"
FAULTS: list[tuple[str, object, str, str]] = [
    ("rules[2].lifted_by", "ANY", "rules[2].lifted_by", "must be one of `any`, `all`, got `ANY`"),
    ("rules[1].clearance.appeal.limit", True, "rules[1].clearance.appeal.limit", "must be a whole number, got `true`"),
    ("rules[1].clearance.appeal.limit", 0, "rules[1].clearance.appeal.limit", "must be a whole number from 1 to 1000"),
    ("rules[1].clearance.appeal.limit", 1.0, "rules[1].clearance.appeal.limit", "must be a whole number, got `1.0`"),
    ("rules[1].clearance.appeal.limit", "1", "rules[1].clearance.appeal.limit", "must be a whole number, got `1`"),
    ("rules[1].clearance.appeal.within", "P1M", "rules[1].clearance.appeal.within", "must be a duration of days"),
    ("rules[1].clearance.appeal.within", "PT0S", "rules[1].clearance.appeal.within", "must be longer than zero"),
    ("rules[1].clearance.attempts", 0, "rules[1].clearance.attempts", "must be a whole number from 1 to 1000, got `0`"),
    ("rules[1].clearance.verified[1]", "Face", "rules[1].clearance.verified", "of lower-case letters, digits and `_`"),
    ("rules[1].clearance.verified[1]", 7, "rules[1].clearance.verified[1]", "must be text, got `7`"),
    ("rules[0].where", {"a": None}, "rules[0].where.a", "must be text, an integer or a boolean, got `null`"),
    ("rules[0].where", {"": 1}, "rules[0].where", "must be 1 to 128 characters"),
    ("rules[0].where", [], "rules[0].where", "must be an object, got a list"),
    ("rules[0].scope.operations", [], "rules[0].scope.operations", "must name at least one operation"),
    ("rules[0].scope.operations", "withdrawal", "rules[0].scope.operations", "must be a list, got `withdrawal`"),
    ("rules[0].scope.operations", ["*"], "rules[0].scope.operations", "of lower-case letters, digits and `_`"),
    ("rules[0].duration", None, "rules[0].releasable_by", "must name an authority, because time alone does not end"),
    ("rules[4].releasable_by", [], "rules[4].releasable_by", "must name an authority, because time alone does not end"),
    ("rules[0].duration", "P3654D", "rules[0].duration", "must be longer than zero and at most 3653 days"),
    ("rules[0].id", "password_changed", "rules[0].id", "of lower-case letters, digits and `-`"),
    ("rules[3].id", "password-changed", "rules[3].id", "must be unique in the policy"),
    ("rules", {}, "rules", "must be a list, got an object"),
    ("rules", [rule("r", "t", duration="PT1H")] * 257, "rules", "must have at most 256 entries, got 257"),
    ("id", "a\nb", "id", "must not contain control characters"),
    ("version", "\ud800", "version", "lone surrogates"),
]
RICH = wire.to_dict(wire.policy_from_dict(RICH_POLICY))
RICH_FAULTS: list[tuple[str, object, str, str]] = [
    ("rules[0].chosen", {"minimum": "PT24H"}, "rules[0].chosen.maximum", "is missing"),
    ("rules[0].chosen.minimum", "P8D", "rules[0].chosen.maximum", "must not be shorter than `minimum`"),
    ("rules[0].chosen.minimum", "PT73H", "rules[0].duration", "must be within `chosen`"),
    ("rules[0].chosen.maximum", "PT71H", "rules[0].duration", "must be within `chosen`"),
    ("rules[0].chosen.maximum", "P3654D", "rules[0].chosen.maximum", "must be longer than zero and at most 3653 days"),
    ("rules[0].chosen.maximum", 24, "rules[0].chosen.maximum", "must be a duration of days and time"),
    ("rules[0].chosen.maximum", None, "rules[0].chosen.maximum", "must be a duration of days and time"),
    ("rules[0].chosen", [], "rules[0].chosen", "must be an object, got a list"),
    ("rules[0].duration", None, "rules[0].duration", "must be within `chosen`"),
    ("rules[0].clearance", clearance(), "rules[0].chosen", "must not be given beside a clearance"),
    ("rules[0].repeat", "keep", "rules[0].repeat", "must not be `keep`, because the account holder chooses how long"),
    ("rules[0].public_reason", "Own request", "rules[0].public_reason", "of lower-case letters, digits and `_`"),
    ("rules[0].public_reason", 7, "rules[0].public_reason", "must be text, got `7`"),
    ("rules[2].repeat", "extend", "rules[2].repeat", "must be `separate` where a hold is about one destination"),
    ("rules[3].scope.leaves", None, "rules[3].scope.leaves", "must be a list, got `null`"),
    ("rules[3].scope.leaves", ["a", "a"], "rules[3].scope.leaves[1]", "must not be listed twice"),
    ("rules[3].scope.leaves", ["withdrawal"], "rules[3].scope.leaves", "must not name what `operations` covers"),
    ("rules[3].scope.operations", "*", "rules[3].scope.leaves", "must be empty, because the scope covers every"),
    ("rules[4].business_days", 0, "rules[4].business_days", "must be a whole number from 1 to 366, got `0`"),
    ("rules[4].business_days", 367, "rules[4].business_days", "must be a whole number from 1 to 366, got `367`"),
    ("rules[4].business_days", True, "rules[4].business_days", "must be a whole number, got `true`"),
    ("rules[4].business_days", 2.0, "rules[4].business_days", "must be a whole number, got `2.0`"),
    ("rules[4].business_days", 10**400, "rules[4].business_days", "must be a whole number from 1 to 366"),
    ("rules[4].business_days", None, "rules[4].releasable_by", "must name an authority"),
    ("rules[4].duration", "PT24H", "rules[4].business_days", "must not be given beside `duration`"),
    (
        "rules[5].clearance.review_within",
        "PT24H",
        "rules[5].clearance.review_business_days",
        "must not be given beside `review_within`",
    ),
    (
        "rules[5].clearance.appeal.decide_within",
        "PT24H",
        "rules[5].clearance.appeal.decide_business_days",
        "must not be given beside `decide_within`",
    ),
    ("rules[5].clearance.identity_valid_for", "P1Y", "rules[5].clearance.identity_valid_for", "must be a duration of"),
    ("rules[5].clearance.identity_valid_for", "PT0S", "rules[5].clearance.identity_valid_for", "longer than zero"),
    ("calendar", None, "calendar", "must be given, because the rule `suspicion` counts business days"),
    ("calendar.days", [], "calendar.days", "must be 1 to 4000 days, got 0"),
    ("calendar.days[1].begins", "2026-01-05T23:59:59Z", "calendar.days[1].begins", "must not be before the end"),
    ("calendar.days[0].ends", "2026-01-05T00:00:00Z", "calendar.days[0].ends", "must be after `begins`"),
    ("calendar.days[0].ends", "2026-01-06", "calendar.days[0].ends", "must be an RFC 3339 instant"),
    ("calendar.days[0]", ["2026-01-05T00:00:00Z"], "calendar.days[0]", "must be an object, got a list"),
    ("retractable_by", None, "retractable_by", "must be a list, got `null`"),
    ("retractable_by", ["Security"], "retractable_by", "of lower-case letters, digits and `_`"),
    ("retractable_by", ["security", "security"], "retractable_by[1]", "must not be listed twice"),
]


@pytest.mark.parametrize(
    ("place", "value", "path", "words"), RICH_FAULTS, ids=[f"{row[0]}={shown(row[1], 20)}" for row in RICH_FAULTS]
)
def test_a_fault_in_what_a_policy_seldom_says_is_told_with_its_path(
    place: str, value: object, path: str, words: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.policy_from_dict(changed(RICH, place, value))
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


def test_an_event_without_its_optional_members_is_read_with_none() -> None:
    for text in EVENT_TEXTS:
        told = json.loads(text)
        left_out = OPTIONAL_IN_AN_EVENT & told.keys()
        read = wire.event_from_dict({name: value for name, value in told.items() if name not in left_out})
        assert [getattr(read, name) for name in left_out] == [None] * len(left_out)


@each_kind
def test_text_in_place_of_a_document_is_told_to_parse_it(kind: str) -> None:
    text = json.dumps(CORPUS[kind][0][1])
    with pytest.raises(InvalidValue) as refused:
        READERS[kind][0](text)
    assert str(refused.value) == "must be an object: read the text with `wire.parse` first"
    assert fault(READERS[kind][0], wire.parse(text)) is None


# ── Whose account it is ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("account", REAL)
def test_an_account_of_somebody_else_is_refused(account: str) -> None:
    row = REAL[account]
    assert wire.account_from_dict(row, account="a1") == wire.account_from_dict(row)
    with pytest.raises(InvalidValue) as refused:
        wire.account_from_dict(row, account="a2")
    assert str(refused.value) == "id: must be `a2`, got `a1`"


@pytest.mark.parametrize("account", [7, "", "a\n1", ["a1"], MyText("a1")], ids=shown)
def test_an_account_that_is_asked_for_by_no_identifier_is_refused(account: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        wire.account_from_dict(REAL["timed"], account=account)
    assert refused.value.path == "account"


# ── The fingerprint of a policy ──────────────────────────────────────────────────────────────────────────────────

VECTORS = [
    file for folder in pathlib.Path(__file__).parents for file in folder.glob("shared/vectors/jcs-rfc8785-*-input.json")
]
# The vector of numbers and that of values have fractions, and no policy has any.
WHOLE = [file for file in VECTORS if "values" not in file.name]


def jcs(value: Document) -> str:
    """Canonical JSON by RFC 8785, written again without looking at the library."""
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: [*pair[0].encode("utf-16-be")])
        return "{" + ",".join(f"{jcs(name)}:{jcs(part)}" for name, part in pairs) + "}"
    return "[" + ",".join(map(jcs, value)) + "]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)


def as_kept(value: Document) -> Document:
    """The document with its lists as the tuples that a value of the library has."""
    if isinstance(value, dict):
        return {name: as_kept(part) for name, part in value.items()}
    return tuple(map(as_kept, value)) if isinstance(value, list) else value


@pytest.mark.parametrize("source", WHOLE, ids=lambda source: source.name)
def test_the_canonical_form_is_that_of_the_vectors(source: pathlib.Path) -> None:
    # `56.0` is a whole number to RFC 8785.
    read = json.loads(source.read_text("utf-8"), parse_float=lambda text: int(float(text)))
    expected = source.with_name(source.name.replace("input", "output")).read_text("utf-8")
    assert canonical(as_kept(read)) == jcs(read) == expected


def test_the_vectors_are_there() -> None:
    if not VECTORS:
        pytest.skip("no folder `shared/vectors` stands beside this repository")
    assert len(WHOLE) == 5


def fingerprint_by_hand(policy: Policy) -> str:
    return sha256(jcs(wire.to_dict(policy)).encode()).hexdigest()


@pytest.mark.parametrize(
    "policy", [*POLICIES, *(published.policy for published in GALLERY.values())], ids=lambda p: p.id
)
def test_the_fingerprint_is_the_hash_of_the_canonical_wire_form(policy: Policy) -> None:
    assert policy.fingerprint == fingerprint_by_hand(policy)


facts = st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text(st.characters(codec="utf-8"), max_size=5)
names_of_facts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=3)


@given(st.dictionaries(names_of_facts, facts, max_size=5))
def test_the_fingerprint_is_the_hash_of_the_canonical_wire_form_whatever_the_facts(where: dict[str, Any]) -> None:
    try:
        rule = Rule(id="r", trigger="t", where=where, duration=timedelta(hours=1))
    except InvalidValue:
        return
    policy = Policy(id="p", version="1", rules=(rule,))
    assert policy.fingerprint == fingerprint_by_hand(policy)


def test_the_fingerprint_of_a_policy_does_not_depend_on_how_it_is_written() -> None:
    full = wire.to_dict(wire.policy_from_dict(RICH_POLICY))
    read = [wire.policy_from_dict(written) for written in (RICH_POLICY, full, in_another_order(full))]
    assert len({policy.fingerprint for policy in read}) == 1


def test_every_member_of_a_policy_is_in_its_fingerprint() -> None:
    """A version that was edited in place has another fingerprint, whatever was edited."""
    before = wire.policy_from_dict(RICH)
    edits: dict[str, object] = {
        "id": "other",
        "version": "2",
        "retractable_by": [],
        "rules": RICH["rules"][:-1],  # type: ignore[index]
        "calendar.days[0].ends": "2026-01-05T23:00:00Z",
        "rules[0].id": "other",
        "rules[0].trigger": "other",
        "rules[0].where": {"a": True},
        "rules[0].public_reason": None,
        "rules[0].chosen.maximum": "P8D",
        "rules[3].scope.leaves": [],
        "rules[3].scope.operations": "*",
        "rules[3].duration": "PT49H",
        "rules[3].repeat": "keep",
        "rules[4].business_days": 3,
        "rules[5].clearance.identity_valid_for": None,
        "rules[5].clearance.attempts": 3,
        "rules[5].clearance.appeal.limit": 2,
        "rules[5].releasable_by": ["compliance", "support"],
    }
    row = {path: changed(RICH, path, value) for path, value in edits.items()}
    row["rules[3].scope.operations"] = changed(row["rules[3].scope.operations"], "rules[3].scope.leaves", [])
    after = [before, *map(wire.policy_from_dict, row.values())]
    assert len({policy.fingerprint for policy in after}) == len(after)


# ── Sizes ────────────────────────────────────────────────────────────────────────────────────────────────────────

UUID = "018f2f1e-7c3a-7b60-9d8e-{:012}"


def size(row: Document) -> int:
    """The bytes of the last hold of an account, as compact JSON."""
    return len(json.dumps(row["holds"][-1], separators=(",", ":")).encode())


def uuid_events(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """The events with ids as long as those of a real host."""
    long = {told["id"]: UUID.format(index) for index, told in enumerate(events)}
    text = json.dumps(events)
    for short, long_id in sorted(long.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(f'"{short}"', f'"{long_id}"').replace(f'"{short}:', f'"{long_id}:')
    renamed: list[dict[str, Any]] = json.loads(text)
    return renamed


def binance_account(*events: dict[str, Any]) -> Document:
    return account_after(*uuid_events(*events), policy=wire.to_dict(BINANCE))


def test_a_hold_with_a_timer_takes_at_most_800_bytes() -> None:
    assert size(binance_account(TIMED)) <= 800


def test_a_hold_in_review_takes_at_most_1600_bytes() -> None:
    row = binance_account(FLAGGED, STARTED, {**SUBMITTED, "attempt": "e3"})
    assert row["holds"][0]["progress"]["state"]["state"] == "review"
    assert size(row) <= 1_600


def test_a_hold_that_remembers_all_it_can_takes_at_most_5000_bytes() -> None:
    flags = [security(f"f{minute}", f"01-05T10:{minute:02}:00", "abnormal_activity") for minute in range(20)]
    rounds = [
        started(f"s{minute}", f"01-05T11:{minute:02}:00", "f0:abnormal-activity", "identity_personal")
        for minute in range(20)
    ]
    row = binance_account(*flags, *rounds, submitted("s", "01-05T12:00:00", "f0:abnormal-activity", attempt="s19"))
    hold = row["holds"][0]
    assert (len(hold["triggers"]), len(hold["progress"]["moves"])) == (16, 16)
    assert hold["dropped"] is not None
    assert size(row) <= 5_000


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
    respelled = changed(row, "holds[0].rule.duration", "P1D")
    assert json.dumps(reordered) != json.dumps(row) != json.dumps(respelled)
    for written in (row, reordered, respelled):
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
HOLD, CAUSE = "holds[0]", "holds[0].triggers[0]"
PROGRESS, STATE, MOVES = "holds[0].progress", "holds[0].progress.state", "holds[0].progress.moves"
EMPTY_STATE = {"state": "suspended"}
CLEARED = {"state": "restored", "at": "2026-01-05T12:00:00Z", "released": False}
UNTOUCHED = REAL["flagged"]["holds"][0]["progress"]
TRIGGERS = REAL["repeated"]["holds"][0]["triggers"]
NO_METHOD = {**wire.to_dict(POLICIES[1])["rules"][1]["clearance"], "unverified": [], "verified": []}  # type: ignore[index,call-overload,dict-item]
DROPPED = {"latest_at": "2026-01-05T09:00:00Z", "until": "2026-01-06T09:00:00Z"}


def moved(type_: str, event_id: str, at: str = "2026-01-05T12:00:00Z") -> dict[str, object]:
    return {"type": type_, "event": event_id, "at": at, "read_at": None}


# (the real account, [(what is tampered with, the new value), …], where the fault is found)
TAMPERED: list[tuple[str, list[tuple[str, object]], str]] = [
    ("timed", [("id", "")], "id"),
    ("timed", [(f"{HOLD}.id", "e9:password-changed")], f"{HOLD}.id"),
    ("timed", [(f"{HOLD}.id", "e1:password-changed#1")], f"{HOLD}.id"),
    ("timed", [(f"{HOLD}.id", "#2")], f"{HOLD}.id"),
    ("timed", [(f"{HOLD}.rule.id", "other")], f"{HOLD}.id"),
    ("timed", [(f"{HOLD}.policy.version", "")], f"{HOLD}.policy.version"),
    ("timed", [(f"{HOLD}.rule.duration", None)], f"{HOLD}.rule.releasable_by"),
    ("timed", [(f"{HOLD}.triggers", [])], f"{HOLD}.triggers"),
    ("timed", [(f"{CAUSE}.event", "e9")], f"{HOLD}.id"),
    ("timed", [(f"{CAUSE}.event", "")], f"{CAUSE}.event"),
    ("timed", [(f"{CAUSE}.at", LATER)], f"{CAUSE}.until"),
    ("timed", [(f"{CAUSE}.until", None)], f"{CAUSE}.until"),
    ("timed", [(f"{CAUSE}.until", LATER)], f"{CAUSE}.until"),
    ("timed", [(f"{CAUSE}.settled_at", "2211-01-01T00:00:00Z")], f"{CAUSE}.settled_at"),
    ("timed", [(f"{HOLD}.dropped", DROPPED)], f"{HOLD}.dropped"),
    ("timed", [(f"{PROGRESS}.moves", [moved("review_decided", "e6")])], f"{PROGRESS}.moved_at"),
    ("timed", [(f"{PROGRESS}.reasons", ["x"])], f"{PROGRESS}.reasons"),
    ("repeated", [(f"{HOLD}.triggers[1]", TRIGGERS[0])], f"{HOLD}.triggers[1]"),
    ("repeated", [(f"{HOLD}.triggers", [*reversed(TRIGGERS)])], f"{HOLD}.id"),
    ("repeated", [(f"{HOLD}.triggers[1].until", "2026-01-06T09:00:00Z")], f"{HOLD}.triggers[1].until"),
    ("many triggers", [(f"{HOLD}.triggers", [*REAL["many triggers"]["holds"][0]["triggers"]] * 2)], f"{HOLD}.triggers"),
    ("many triggers", [(f"{HOLD}.dropped", DROPPED)], f"{HOLD}.dropped"),
    ("timed often", [(f"{HOLD}.dropped.until", None)], f"{HOLD}.dropped"),
    ("timed often", [(f"{HOLD}.dropped.latest_at", "soon")], f"{HOLD}.dropped.latest_at"),
    ("flagged", [(f"{HOLD}.rule.releasable_by", [])], f"{HOLD}.rule.releasable_by"),
    ("flagged", [(f"{CAUSE}.until", LATER)], f"{CAUSE}.until"),
    ("flagged", [(f"{PROGRESS}.failures", 1)], f"{PROGRESS}.failed_at"),
    ("flagged", [(f"{PROGRESS}.failures", -1)], f"{PROGRESS}.failures"),
    ("flagged", [(f"{PROGRESS}.failed_at", LATER)], f"{PROGRESS}.failed_at"),
    ("flagged", [(f"{PROGRESS}.appeals", 1)], f"{PROGRESS}.moves"),
    ("flagged", [(f"{PROGRESS}.verification_closed", True)], f"{PROGRESS}.verification_closed"),
    ("flagged", [(f"{PROGRESS}.reviewer", "r-1")], f"{PROGRESS}.reviewer"),
    ("flagged", [(f"{PROGRESS}.reasons", ["x"])], f"{PROGRESS}.reasons"),
    ("flagged", [(f"{PROGRESS}.moved_at", LATER)], f"{PROGRESS}.moved_at"),
    ("flagged", [(f"{PROGRESS}.moves", [moved("review_decided", "e6")])], f"{PROGRESS}.moved_at"),
    ("flagged", [(STATE, CLEARED)], f"{PROGRESS}.moves"),
    (
        "flagged",
        [(STATE, CLEARED), (MOVES, [moved("review_decided", "e6")]), (f"{PROGRESS}.moved_at", CLEARED["at"])],
        STATE,
    ),
    ("started", [(MOVES, [])], f"{PROGRESS}.moved_at"),
    ("started", [(MOVES, []), (f"{PROGRESS}.moved_at", None)], f"{PROGRESS}.moves"),
    ("started", [(f"{PROGRESS}.moved_at", EARLIER)], f"{PROGRESS}.moved_at"),
    ("started", [(f"{PROGRESS}.moved_at", None)], f"{PROGRESS}.moved_at"),
    ("started", [(f"{MOVES}[0].type", "security_event")], f"{MOVES}[0].type"),
    ("started", [(f"{MOVES}[0].type", "event_retracted")], f"{MOVES}[0].type"),
    ("started", [(f"{MOVES}[0].event", "")], f"{MOVES}[0].event"),
    ("started", [(f"{MOVES}[0].read_at", EARLIER)], f"{MOVES}[0].read_at"),
    ("started", [(MOVES, [moved("verification_started", f"e{number}") for number in range(17)])], MOVES),
    ("started", [(f"{STATE}.opened_at", LATER)], f"{PROGRESS}.moved_at"),
    ("started", [(f"{STATE}.method", "video_call")], f"{STATE}.method"),
    ("started", [(STATE, EMPTY_STATE), (f"{PROGRESS}.failed_at", EARLIER)], f"{PROGRESS}.failed_at"),
    ("started", [(f"{STATE}.state", "review")], f"{STATE}.needed"),
    ("started", [(f"{STATE}.state", "appeal")], f"{STATE}.method"),
    ("started", [(f"{HOLD}.rule.clearance", None)], STATE),
    ("started", [(f"{PROGRESS}.failures", 3), (f"{PROGRESS}.failed_at", EARLIER)], STATE),
    (
        "started",
        [
            (f"{PROGRESS}.failures", 1),
            (f"{PROGRESS}.failed_at", EARLIER),
            (f"{PROGRESS}.reviewer", "r-1"),
            (f"{PROGRESS}.verification_closed", True),
        ],
        STATE,
    ),
    ("failed", [(f"{PROGRESS}.failures", 0)], f"{PROGRESS}.failed_at"),
    ("failed", [(f"{PROGRESS}.failures", 4)], f"{PROGRESS}.failures"),
    ("failed", [(f"{PROGRESS}.failed_at", None)], f"{PROGRESS}.failed_at"),
    ("failed", [(f"{PROGRESS}.failed_at", LATER)], f"{PROGRESS}.moved_at"),
    ("failed", [(MOVES, []), (f"{PROGRESS}.moved_at", None)], f"{PROGRESS}.moves"),
    ("failed", [(f"{HOLD}.rule.clearance", None)], PROGRESS),
    ("failed", [(f"{PROGRESS}.verification_closed", True)], f"{PROGRESS}.verification_closed"),
    ("in review", [(f"{STATE}.submitted_at", EARLIER)], f"{STATE}.submitted_at"),
    ("in review", [(f"{STATE}.submitted_at", LATER)], f"{PROGRESS}.moved_at"),
    ("in review", [(f"{STATE}.method", "video_call")], f"{STATE}.method"),
    ("in review", [(f"{STATE}.due", LATER)], f"{STATE}.due"),
    ("more needed", [(f"{STATE}.needed.since", EARLIER)], f"{STATE}.needed.since"),
    ("more needed", [(f"{STATE}.needed.since", LATER)], f"{PROGRESS}.moved_at"),
    ("more needed", [(f"{STATE}.needed.requested_at", None)], f"{STATE}.needed.requested_at"),
    ("more needed", [(f"{STATE}.needed.documents", ["a", "a"])], f"{STATE}.needed.documents[1]"),
    ("more needed", [(f"{STATE}.needed.reasons", None)], f"{STATE}.needed.reasons"),
    ("rejected", [(f"{HOLD}.rule.clearance", None)], PROGRESS),
    ("approved", [(f"{PROGRESS}.reviewer", None)], STATE),
    ("approved", [(f"{STATE}.at", LATER)], f"{PROGRESS}.moved_at"),
    ("approved", [(f"{HOLD}.rule.clearance", None)], STATE),
    ("approved", [(f"{HOLD}.rule.clearance", NO_METHOD)], STATE),
    (
        "approved",
        [(f"{PROGRESS}.failures", 3), (f"{PROGRESS}.failed_at", EARLIER), (f"{PROGRESS}.reasons", ["x"])],
        STATE,
    ),
    (
        "approved",
        [
            (f"{PROGRESS}.failures", 1),
            (f"{PROGRESS}.failed_at", EARLIER),
            (f"{PROGRESS}.verification_closed", True),
        ],
        STATE,
    ),
    ("in appeal", [(f"{PROGRESS}.appeals", 0)], f"{PROGRESS}.appeals"),
    ("in appeal", [(f"{PROGRESS}.appeals", 2)], f"{PROGRESS}.appeals"),
    ("in appeal", [(f"{HOLD}.rule.clearance.appeal", None)], f"{PROGRESS}.appeals"),
    ("in appeal", [(f"{HOLD}.rule.clearance.appeal.after_failures", 2)], f"{PROGRESS}.appeals"),
    ("in appeal", [(f"{STATE}.submitted_at", EARLIER)], f"{STATE}.submitted_at"),
    ("in appeal", [(f"{STATE}.submitted_at", None)], f"{STATE}.submitted_at"),
    ("in appeal", [(f"{STATE}.due", LATER)], f"{STATE}.due"),
    ("appeal waits", [(f"{STATE}.needed", None)], f"{STATE}.submitted_at"),
    ("appeal waits", [(f"{STATE}.due", LATER)], f"{STATE}.submitted_at"),
    ("granted", [(f"{PROGRESS}.appeals", 0)], STATE),
    ("granted", [(f"{STATE}.at", "2026-01-05T12:00:01Z")], f"{PROGRESS}.moved_at"),
    ("dismissed", [(f"{PROGRESS}.appeals", 2)], f"{PROGRESS}.appeals"),
    ("released", [(f"{STATE}.released", False)], STATE),
    ("released", [(f"{HOLD}.rule.releasable_by", [])], f"{HOLD}.rule.releasable_by"),
    ("released", [(f"{HOLD}.rule.clearance", None), (f"{PROGRESS}.reviewer", "r-1")], PROGRESS),
    ("two", [("holds[1]", REAL["two"]["holds"][0])], "holds[1].id"),
    ("two", [("holds[1]", {**REAL["two"]["holds"][0], "id": "e1:password-changed#2"})], "holds[1]"),
    ("chosen", [(f"{CAUSE}.until", None)], f"{CAUSE}.until"),
    ("chosen", [(f"{CAUSE}.until", "2026-01-12T09:00:00.000001Z")], f"{CAUSE}.until"),
    ("chosen", [(f"{CAUSE}.until", "2026-01-06T08:59:59Z")], f"{CAUSE}.until"),
    ("chosen", [(f"{CAUSE}.until", "soon")], f"{CAUSE}.until"),
    ("chosen", [(f"{HOLD}.rule.chosen", None)], f"{CAUSE}.until"),
    ("counted", [(f"{CAUSE}.until", "2026-01-06T16:00:00Z")], f"{CAUSE}.until"),
    ("counted", [(f"{CAUSE}.until", "2200-01-01T00:00:00.000001Z")], f"{CAUSE}.until"),
    ("named", [(f"{HOLD}.destination_id", "")], f"{HOLD}.destination_id"),
    ("named", [(f"{HOLD}.rule.scope.destinations", "any")], f"{HOLD}.destination_id"),
    ("named", [(f"{HOLD}.rule.repeat", "extend")], f"{HOLD}.rule.repeat"),
    (
        "named",
        [(f"{HOLD}.triggers", [*REAL["named"]["holds"][0]["triggers"], *REAL["named"]["holds"][1]["triggers"]])],
        f"{HOLD}.triggers",
    ),
    ("review due", [(f"{STATE}.due", "2026-01-07T10:00:00Z")], f"{STATE}.due"),
    ("review due", [(f"{HOLD}.rule.clearance.review_business_days", None)], f"{STATE}.due"),
    ("review due", [(f"{STATE}.due", "2200-01-01T00:00:01Z")], f"{STATE}.due"),
    ("appeal due", [(f"{STATE}.due", "2026-01-07T13:00:00.000002Z")], f"{STATE}.due"),
    ("appeal due", [(f"{HOLD}.rule.clearance.appeal.decide_business_days", None)], f"{STATE}.due"),
    ("identity", [("identity_report.identity", "nobody")], "identity_report.identity"),
    ("identity", [("identity_report.source", None)], "identity_report.source"),
    ("identity", [("identity_report.source.event", "")], "identity_report.source.event"),
    ("identity", [("identity_report.valid_until", "2026-01-05T13:00:00Z")], "identity_report.valid_until"),
    ("identity", [("identity_report.retracted_at", "2026-01-05")], "identity_report.retracted_at"),
    ("identity retracted", [("identity_report.identity", None)], "identity_report.valid_until"),
    ("identity retracted", [("reports", [{"event": "e", "at": LATER}] * 17)], "reports"),
    ("identity retracted", [("retracted_reports", [{"event": "e", "at": LATER}] * 17)], "retracted_reports"),
    ("identity retracted", [("retractions", [{"event": "e", "at": LATER}] * 17)], "retractions"),
    ("identity retracted", [("retractions[0].event", 7)], "retractions[0].event"),
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


@pytest.mark.parametrize("everything", [MyText("*"), EqualToAll()], ids=["a subclass of text", "equal to all"])
def test_an_object_that_is_equal_to_everything_is_refused(everything: object) -> None:
    policy = changed(wire.to_dict(BINANCE), "rules[0].scope.operations", everything)
    assert fault(wire.policy_from_dict, policy) == "rules[0].scope.operations"


NAMES = (
    "releasable_by",
    "retractable_by",
    "leaves",
    "authorities",
    "unverified",
    "documents",
    "operations",
    "reasons",
    "tips",
)


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
    days = [7, *RICH_POLICY["calendar"]["days"][:1] * 4_000]
    with pytest.raises(InvalidValue) as refused:
        wire.policy_from_dict(changed(RICH, "calendar.days", days))
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
RETRACTION = {
    **{name: RELEASE[name] for name in ("id", "account", "at", "by")},
    "type": "event_retracted",
    "event": "e1",
    "authority": "security",
    "note": "wrong account",
}


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
        ({**RETRACTION, "note": " \n"}, "note: must say why the event is retracted"),
        ({**RETRACTION, "event": None}, "event: must be text, got `null`"),
        ({**RETRACTION, "hold": "e1:r"}, "hold: is not a member here"),
        (
            {**RELEASE, "at": "1970-01-01T00:00:00Z"},
            "at: must be between 2000-01-01 and 2200-01-01, got `1970-01-01T00:00:00+00:00`",
        ),
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
        "`verification_failed`, `review_decided`, `more_requested`, `appeal_submitted`, `appeal_decided`, "
        "`release_ordered`, `identity_changed`, `event_retracted`, got `released`"
    )


@pytest.mark.parametrize("hold", [5, None, [], {}, "h1"], ids=repr)
def test_what_is_no_hold_is_refused_alike_whichever_rules_are_known(hold: Any) -> None:
    row = {**REAL["timed"], "holds": [hold]}
    assert told(knowing(wire.policy_from_dict(POLICY)), row) == told(wire.account_from_dict, row)
    assert told(wire.account_from_dict, row)[0].startswith("holds[0]")  # type: ignore[index]


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
    """A wide margin: these take a tenth of a second, and half a minute where each name is compared with each."""
    names = [*(f"n{index}" for index in range(50_000)), "n49999"]
    text = "{" + ",".join(f'"{name}":0' for name in names) + "}"
    assert seconds(lambda: fault(wire.parse, text)) < 5


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

NEEDS_EXTRA = "withdraw_guard.wire needs cattrs: install withdraw-guard with its extra `wire`"


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
    assert told.stderr.count("its extra") == 2, "once in the source line that raises it, once in the message"


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
