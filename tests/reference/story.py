"""Policies and events in their wire form, written short. Instants are hours after the first Monday of 2026, 09:00."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .rulebook import Json, write_instant

ACCOUNT = "a1"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
FAR = (datetime(2199, 1, 7, 9, tzinfo=UTC) - START) / timedelta(hours=1)  # A wrong date, in hours.
WITHDRAWAL: Json = {"operation": "withdrawal", "destination": "new"}


def at(hours: float) -> str:
    text = write_instant(START + timedelta(hours=hours))
    assert text is not None
    return text


def policy(*rules: Json, **members: object) -> Json:
    return {
        "schema": "withdraw-guard/policy/1",
        "id": "p",
        "version": "1",
        "calendar": None,
        "retractable_by": ["security"],
        "rules": list(rules),
        **members,
    }


def rule(**members: object) -> Json:
    return {
        "id": "r",
        "trigger": "flag",
        "where": {},
        "scope": {"operations": ["withdrawal"], "destinations": "any", "leaves": []},
        "duration": None,
        "clearance": None,
        "lifted_by": "any",
        "repeat": "extend",
        "releasable_by": ["support"],
        "chosen": None,
        "business_days": None,
        "public_reason": None,
        **members,
    }


def named_rule(**members: object) -> Json:
    scope = {"operations": ["withdrawal"], "destinations": "named", "leaves": []}
    return rule(**{"scope": scope, "duration": "PT24H", "repeat": "separate", **members})


def clearance(**members: object) -> Json:
    return {
        "unverified": ["identity_personal"],
        "verified": ["face_web"],
        "attempts": None,
        "verify_within": None,
        "review_within": None,
        "review_business_days": None,
        "identity_valid_for": None,
        "appeal": None,
        **members,
    }


def appeal(**members: object) -> Json:
    return {
        "after_failures": 1,
        "limit": 1,
        "within": None,
        "decide_within": None,
        "decide_business_days": None,
        "documents": ["id_photo"],
        **members,
    }


def event(kind: str, event_id: str, hours: float, **members: object) -> Json:
    return {"type": kind, "id": event_id, "account": ACCOUNT, "at": at(hours), **members}


def by(kind: str, actor_id: str | None = None) -> Json:
    return {"id": actor_id or kind, "kind": kind}


def flag(event_id: str, hours: float, **members: object) -> Json:
    standard = {"trigger": "flag", "initiated_by": "user", "context": {}, "duration": None, "destination_id": None}
    return event("security_event", event_id, hours, **{**standard, **members})


def started(event_id: str, hours: float, hold: str = "f:r", method: str = "identity_personal") -> Json:
    return event("verification_started", event_id, hours, hold=hold, method=method)


def submitted(event_id: str, hours: float, hold: str = "f:r", attempt: str | None = None) -> Json:
    return event("verification_submitted", event_id, hours, hold=hold, attempt=attempt)


def failed(event_id: str, hours: float, hold: str = "f:r", attempt: str | None = None) -> Json:
    return event("verification_failed", event_id, hours, hold=hold, attempt=attempt, reasons=["poor_light"])


def reviewed(
    event_id: str,
    hours: float,
    outcome: str,
    hold: str = "f:r",
    attempt: str | None = None,
    kind: str = "admin",
    final: bool = False,
) -> Json:
    reasons = ["document_unreadable"] if outcome == "rejected" else []
    members = {"by": by(kind, "reviewer"), "outcome": outcome, "reasons": reasons, "final": final}
    return event("review_decided", event_id, hours, hold=hold, attempt=attempt, **members)


def more(
    event_id: str,
    hours: float,
    hold: str = "f:r",
    attempt: str | None = None,
    kind: str = "admin",
    documents: tuple[str, ...] = (),
) -> Json:
    members = {"by": by(kind, "desk"), "reasons": [], "documents": list(documents)}
    return event("more_requested", event_id, hours, hold=hold, attempt=attempt, **members)


def appealed(
    event_id: str,
    hours: float,
    hold: str = "f:r",
    attempt: str | None = None,
    documents: tuple[str, ...] = ("id_photo",),
) -> Json:
    return event("appeal_submitted", event_id, hours, hold=hold, attempt=attempt, documents=list(documents))


def appeal_decided(
    event_id: str, hours: float, outcome: str, hold: str = "f:r", attempt: str | None = None, kind: str = "admin"
) -> Json:
    members = {"by": by(kind, "judge"), "outcome": outcome, "reasons": []}
    return event("appeal_decided", event_id, hours, hold=hold, attempt=attempt, **members)


def released(event_id: str, hours: float, hold: str = "f:r", override: bool = False, kind: str = "admin") -> Json:
    members = {"by": by(kind), "authority": "support", "note": "", "override_stale": override}
    return event("release_ordered", event_id, hours, hold=hold, **members)


def identity(event_id: str, hours: float, known: str | None = "personal", until: float | None = None) -> Json:
    valid_until = None if until is None else at(until)
    return event("identity_changed", event_id, hours, identity=known, valid_until=valid_until)


def retracted(event_id: str, hours: float, what: str, kind: str = "admin") -> Json:
    members = {"event": what, "by": by(kind), "authority": "security", "note": "wrong"}
    return event("event_retracted", event_id, hours, **members)
