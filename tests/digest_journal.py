"""One fixed journal through the whole machine, and the digest of everything it says. Run it by itself:

    python tests/digest_journal.py           prints the digest
    python tests/digest_journal.py --lines   prints what is digested, one canonical line each

The journal is plain data in the wire format, so it needs nothing but the library and its extra `[wire]`. It is
handled under one policy and, from the third chapter on, under another; every refusal is provoked once. After each
event its changes or its refusal are written down, then the account; at the end come the decisions just before, at
and just after every boundary.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from withdraw_guard import (
    Account,
    Change,
    Decision,
    Destination,
    Event,
    EventRefused,
    Policy,
    Request,
    apply,
    check,
    next_change_at,
    open_holds,
    phase,
    wire,
)

TICK = timedelta(microseconds=1)
ACCOUNT = "a1"
REQUESTS = (
    Request(operation="withdrawal"),
    Request(operation="withdrawal", destination=Destination.KNOWN),
    Request(operation="p2p_sale"),
)
FIRST_LOOK = datetime(2026, 1, 1, tzinfo=UTC)


# ── The policies ─────────────────────────────────────────────────────────────────────────────────────────────────


def rule(rule_id: str, trigger: str, **terms: Any) -> dict[str, Any]:
    return {
        "id": rule_id,
        "trigger": trigger,
        "where": {},
        "scope": {"operations": ["withdrawal"], "destinations": "any"},
        "duration": None,
        "clearance": None,
        "lifted_by": "any",
        "repeat": "extend",
        "releasable_by": [],
        **terms,
    }


def clearance(**terms: Any) -> dict[str, Any]:
    return {
        "unverified": ["identity_business", "identity_personal"],
        "verified": ["face_mobile", "face_web"],
        "attempts": None,
        "verify_within": None,
        "review_within": None,
        "appeal": None,
        **terms,
    }


APPEAL = {"after_failures": 1, "limit": 1, "within": "P30D", "decide_within": "P5D", "documents": ["id_photo"]}
PASSWORD_CHANGED = rule(
    "password-changed",
    "password_changed",
    where={"initiated_by": "user", "two_factor_enabled": True},
    scope={"operations": ["p2p_sale", "withdrawal"], "destinations": "new"},
    duration="PT24H",
)
ABNORMAL_ACTIVITY = rule(
    "abnormal-activity",
    "abnormal_activity",
    scope={"operations": "*", "destinations": "any"},
    clearance=clearance(attempts=3, verify_within="PT1H", review_within="P2D", appeal=APPEAL),
    releasable_by=["compliance", "support"],
)
POLICY = {
    "schema": "withdraw-guard/policy/1",
    "id": "digest",
    "version": "1.0.0",
    "rules": [
        PASSWORD_CHANGED,
        ABNORMAL_ACTIVITY,
        rule(
            "both-needed",
            "email_changed",
            duration="PT72H",
            clearance=clearance(),
            lifted_by="all",
            repeat="keep",
            releasable_by=["support"],
        ),
        rule("either-lifts", "two_factor_reset", duration="P5DT12H30M0.5S", clearance=clearance(), repeat="keep"),
        rule("frozen", "account_frozen", releasable_by=["compliance"]),
    ],
}
# The same, but the password holds longer and verification may be tried only once.
STRICTER_POLICY = {
    **POLICY,
    "version": "2.0.0",
    "rules": [
        {**PASSWORD_CHANGED, "duration": "PT48H"},
        {**ABNORMAL_ACTIVITY, "clearance": clearance(attempts=1, appeal={**APPEAL, "documents": []})},
        *POLICY["rules"][2:],
    ],
}


# ── The journal ──────────────────────────────────────────────────────────────────────────────────────────────────


def event(type_: str, event_id: str, at: str, **members: Any) -> dict[str, Any]:
    return {"type": type_, "id": event_id, "account": ACCOUNT, "at": f"2026-{at}Z", **members}


def security(event_id: str, at: str, trigger: str, **context: Any) -> dict[str, Any]:
    return event("security_event", event_id, at, trigger=trigger, initiated_by="user", context=context)


def started(event_id: str, at: str, hold: str, method: str) -> dict[str, Any]:
    return event("verification_started", event_id, at, hold=hold, method=method)


def submitted(event_id: str, at: str, hold: str, attempt: str | None = None) -> dict[str, Any]:
    return event("verification_submitted", event_id, at, hold=hold, attempt=attempt)


def failed(event_id: str, at: str, hold: str, *reasons: str) -> dict[str, Any]:
    return event("verification_failed", event_id, at, hold=hold, attempt=None, reasons=list(reasons))


def reviewed(event_id: str, at: str, hold: str, outcome: str, by: str = "r-1", kind: str = "admin") -> dict[str, Any]:
    verdict = {"outcome": outcome, "reasons": ["document_unreadable"] if outcome == "rejected" else [], "final": False}
    return event("review_decided", event_id, at, hold=hold, attempt=None, by={"id": by, "kind": kind}, **verdict)


def appealed(event_id: str, at: str, hold: str, *documents: str) -> dict[str, Any]:
    return event("appeal_submitted", event_id, at, hold=hold, documents=list(documents))


def more(event_id: str, at: str, hold: str, attempt: str, *documents: str, by: str = "r-2") -> dict[str, Any]:
    actor = {"id": by, "kind": "admin"}
    asked = {"reasons": ["document_unreadable"], "documents": list(documents)}
    return event("more_requested", event_id, at, hold=hold, attempt=attempt, by=actor, **asked)


def judged(event_id: str, at: str, hold: str, outcome: str, by: str = "r-9", kind: str = "admin") -> dict[str, Any]:
    actor = {"id": by, "kind": kind}
    return event("appeal_decided", event_id, at, hold=hold, attempt=None, by=actor, outcome=outcome, reasons=[])


def released(event_id: str, at: str, hold: str, authority: str, override_stale: bool = False) -> dict[str, Any]:
    actor = {"id": "s-1", "kind": "admin"}
    note = {"note": "ticket\n№ 7", "override_stale": override_stale}
    return event("release_ordered", event_id, at, hold=hold, by=actor, authority=authority, **note)


def identity(event_id: str, at: str, value: str | None, until: str | None = None) -> dict[str, Any]:
    valid_until = None if until is None else f"2026-{until}Z"
    return event("identity_changed", event_id, at, identity=value, valid_until=valid_until)


def retracted(event_id: str, at: str, what: str, kind: str = "admin") -> dict[str, Any]:
    actor = {"id": "s-1", "kind": kind}
    return event("event_retracted", event_id, at, event=what, by=actor, authority="security", note="wrong account")


FLAG, EMAIL, RESET, FROZEN = "e2:abnormal-activity", "e20:both-needed", "e30:either-lifts", "e40:frozen"
SECOND_FLAG, THIRD_FLAG = "e50:abnormal-activity", "e70:abnormal-activity"

# (event, the refusal it must meet or none). The first two chapters are handled under POLICY, the others under
# STRICTER_POLICY.
VERIFICATION_AND_APPEAL = [
    (security("e1", "01-05T09:00:00", "password_changed", two_factor_enabled=True, attempts=3, device="phone"), None),
    (security("e1", "01-05T09:00:00", "password_changed", two_factor_enabled=True, attempts=3, device="phone"), None),
    (security("e1b", "01-05T09:30:00", "password_changed", two_factor_enabled=False), None),
    ({**security("e1c", "01-05T09:30:00", "password_changed"), "account": "a2"}, "wrong_account"),
    (security("e2", "01-05T10:00:00.000001", "abnormal_activity"), None),
    (started("e3", "01-05T10:10:00", "e0:abnormal-activity", "identity_personal"), "unknown_hold"),
    (started("e3", "01-05T10:10:00", "e1:password-changed", "identity_personal"), "no_clearance"),
    (started("e3", "01-05T10:10:00", FLAG, "face_web"), "method_not_accepted"),
    (submitted("e3", "01-05T10:10:00", FLAG), "wrong_state"),
    (started("e3", "01-05T10:10:00", FLAG, "identity_personal"), None),
    (submitted("e4", "01-05T10:20:00", FLAG, attempt="e9"), "stale"),
    (failed("e4", "01-05T10:20:00", FLAG, "face_not_found", "poor_light"), None),
    (appealed("e5", "01-05T10:30:00", FLAG, "supporting_documents"), "documents_missing"),
    (started("e5", "01-05T10:30:00", FLAG, "identity_business"), None),
    (started("e6", "01-05T12:00:00", FLAG, "identity_personal"), None),
    (submitted("e7", "01-05T12:59:59.999999", FLAG, attempt="e6"), None),
    (reviewed("e8", "01-05T13:30:00", FLAG, "rejected", kind="user"), "not_authorized"),
    (reviewed("e8", "01-05T13:30:00", FLAG, "rejected"), None),
    (appealed("e9", "01-05T14:00:00", FLAG, "id_photo", "supporting_documents"), None),
    (judged("e10", "01-06T09:00:00", FLAG, "dismissed", by="r-1"), "same_reviewer"),
    (judged("e10", "01-06T09:00:00", FLAG, "dismissed"), None),
    (appealed("e11", "01-06T10:00:00", FLAG, "id_photo"), "appeal_not_offered"),
    (started("e12", "01-06T10:00:00", FLAG, "identity_personal"), None),
    (submitted("e13", "01-06T10:30:00", FLAG), None),
    (security("e14", "01-06T11:00:00", "abnormal_activity"), None),
    (security("e14b", "01-06T11:00:00", "abnormal_activity"), None),
    (reviewed("e15", "01-06T11:30:00", FLAG, "approved", by="bot", kind="system"), "stale"),
    (reviewed("e15", "01-06T11:30:00", FLAG, "approved"), None),
    (released("e16", "01-06T12:00:00", FLAG, "support"), "hold_not_open"),
]
TIMERS_WITH_CLEARANCES = [
    (security("e20", "02-02T09:00:00", "email_changed"), None),
    (security("e21", "02-02T10:00:00", "email_changed"), None),
    (started("e22", "02-02T11:00:00", EMAIL, "face_mobile"), None),
    (submitted("e23", "02-02T11:30:00", EMAIL), None),
    (reviewed("e24", "02-02T12:00:00", EMAIL, "approved"), None),
    (security("e30", "02-03T09:00:00.5", "two_factor_reset"), None),
    (identity("e31", "02-03T09:30:00", None), None),
    (identity("e31a", "02-03T09:15:00", "business"), None),
    (started("e32", "02-03T10:00:00", RESET, "identity_business"), None),
    (submitted("e33", "02-03T10:00:00", RESET), None),
]
UNDER_ANOTHER_POLICY = [
    (security("e40", "03-02T09:00:00", "account_frozen"), None),
    (released("e41", "03-02T10:00:00", FROZEN, "support"), "not_authorized"),
    (released("e41", "03-02T08:00:00", FROZEN, "compliance"), "stale"),
    (released("e41", "03-02T08:00:00", FROZEN, "compliance", override_stale=True), None),
    (security("e1", "01-05T09:00:00", "password_changed", two_factor_enabled=True, attempts=3, device="phone"), None),
    (security("e50", "03-03T09:00:00", "abnormal_activity"), None),
    (started("e51", "03-03T10:00:00", SECOND_FLAG, "identity_personal"), None),
    (failed("e52", "03-03T10:05:00", SECOND_FLAG, "image_edited"), None),
    (started("e53", "03-03T10:10:00", SECOND_FLAG, "identity_personal"), "attempts_exhausted"),
    (appealed("e54", "03-03T11:00:00", SECOND_FLAG), None),
    (judged("e55", "03-03T12:00:00", SECOND_FLAG, "granted", kind="policy"), "not_authorized"),
    (security("e60", "03-04T09:00:00", "password_changed"), None),
    (security("e61", "03-04T10:00:00", "password_changed"), None),
]
CORRECTIONS = [
    (released("e69", "04-01T08:00:00", SECOND_FLAG, "support"), None),
    (security("e70", "04-01T09:00:00", "abnormal_activity"), None),
    (started("e72", "04-01T10:00:00", THIRD_FLAG, "identity_personal"), None),
    (submitted("e73", "04-01T09:59:30", THIRD_FLAG, attempt="e72"), None),
    (submitted("e74", "04-01T10:05:00", THIRD_FLAG, attempt="e72"), None),
    (more("e75", "04-01T10:20:00", THIRD_FLAG, "e72", "proof_of_address"), None),
    (submitted("e76", "04-01T10:10:00", THIRD_FLAG, attempt="e72"), None),
    (submitted("e77", "04-01T10:40:00", THIRD_FLAG, attempt="e72"), None),
    (reviewed("e78", "04-01T11:00:00", THIRD_FLAG, "rejected"), None),
    (appealed("e79", "04-01T11:30:00", THIRD_FLAG), None),
    (more("e80", "04-01T12:00:00", THIRD_FLAG, "e79", "bank_statement"), None),
    ({**appealed("e81", "04-01T12:30:00", THIRD_FLAG, "bank_statement"), "attempt": "e79"}, None),
    (retracted("e82", "04-01T13:00:00", "e72"), "unknown_event"),
    (retracted("e82", "04-01T13:00:00", "e70", kind="system"), "not_authorized"),
    (retracted("e82", "04-01T13:00:00", "e70"), None),
    (security("e70", "04-01T09:00:00", "abnormal_activity"), None),
    (judged("e83", "04-01T14:00:00", THIRD_FLAG, "granted"), "hold_not_open"),
    (security("e84", "04-02T09:00:00", "email_changed"), None),
    (identity("e85", "04-02T09:30:00", "business", until="04-03T09:30:00"), None),
    (retracted("e86", "04-02T10:00:00", "e85"), None),
]
CHAPTERS = (
    (POLICY, VERIFICATION_AND_APPEAL),
    (POLICY, TIMERS_WITH_CLEARANCES),
    (STRICTER_POLICY, UNDER_ANOTHER_POLICY),
    (STRICTER_POLICY, CORRECTIONS),
)


# ── Handling it ──────────────────────────────────────────────────────────────────────────────────────────────────


def handle() -> Iterator[tuple[Policy, Event, tuple[Change, ...] | EventRefused, Account]]:
    """Yield each event with what the guard made of it and the account after it; each goes through the wire."""
    account = Account(id=ACCOUNT)
    for policy_data, chapter in CHAPTERS:
        policy = wire.policy_from_dict(through_text(policy_data))
        for event_data, expected in chapter:
            happened = wire.event_from_dict(through_text(event_data))
            made: tuple[Change, ...] | EventRefused
            try:
                applied = apply(policy, account, happened)
                made, account = applied.changes, applied.account
            except EventRefused as refused:
                made = refused
            met = made.reason.value if isinstance(made, EventRefused) else None
            if met != expected:
                raise AssertionError(f"event {happened.id} met {met}, expected {expected}")
            account = wire.account_from_dict(through_text(wire.to_dict(account)), rules=policy.rules)
            yield policy, happened, made, account


def look_at(account: Account) -> Iterator[tuple[datetime, tuple[Decision, ...]]]:
    """Yield the decisions just before, at and just after every instant at which an answer changes by itself."""
    boundary: datetime | None = FIRST_LOOK
    while boundary is not None:
        for at in (boundary - TICK, boundary, boundary + TICK):
            yield at, tuple(check(account, at, request) for request in REQUESTS)
        boundary = next_change_at(account, boundary)


def lines() -> Iterator[str]:
    """Yield everything that is digested, as canonical JSON."""
    yield canonical(wire.to_dict(check(Account(id=ACCOUNT), FIRST_LOOK)))
    for policy, happened, made, account in handle():
        yield canonical(wire.to_dict(policy))
        yield canonical(wire.to_dict(happened))
        if isinstance(made, EventRefused):
            yield canonical({"refused": made.reason.value, "outdated": made.outdated, "said": str(made)})
        else:
            yield from (canonical(wire.to_dict(change)) for change in made)
        yield canonical(wire.to_dict(account))
        for at, decisions in look_at(account):
            yield from (canonical(wire.to_dict(decision)) for decision in decisions)
            yield canonical([phase(account, at).value, [hold.id for hold in open_holds(account, at)]])


def through_text(data: object) -> object:
    """Write plain data as JSON text and read it again, strictly."""
    return wire.parse(canonical(data))


def canonical(data: object) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest() -> str:
    """The SHA-256 of all lines."""
    return hashlib.sha256("\n".join(lines()).encode()).hexdigest()


if __name__ == "__main__":
    print("\n".join(lines()) if "--lines" in sys.argv[1:] else digest())
