"""Messages of each vendor by what they mean, for the tests of whole lives; every shape is that of its documentation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from withdraw_guard.intake import PERSONA, STRIPE, VERIFF, VERIFF_EVENTS, Says, Source, sumsub

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
SUMSUB = sumsub("kyc")


def clock(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


@attrs.frozen
class Vendor:
    """A vendor: its source, one status for each meaning that it has, and how a message with that status looks."""

    source: Source
    statuses: dict[Says, str]
    message: Callable[[str, str, float], Any]

    def says(self, meaning: Says, minutes: float, session: str = "s1") -> Any:
        return self.message(self.statuses[meaning], session, minutes)


def stripe(status: str, session: str, minutes: float) -> Any:
    word, _, code = status.partition(" ")
    state = "requires_input" if word == "created" else word
    return {
        "id": f"evt_{session}_{minutes}",
        "object": "event",
        "type": f"identity.verification_session.{word}",
        "created": int(clock(minutes).timestamp()),
        "data": {
            "object": {
                "id": session,
                "object": "identity.verification_session",
                "status": state,
                "last_error": {"code": code or None, "reason": None},
                "client_reference_id": None,
            }
        },
    }


def sumsub_message(status: str, session: str, minutes: float) -> Any:
    word, *answer = status.split(" ")
    result = dict(zip(("reviewAnswer", "reviewRejectType"), answer, strict=False))
    return {
        "applicantId": "64106d6b7d5a2d5159e6b01a",
        "correlationId": f"req-{session}-{minutes}",
        "levelName": "kyc",
        "externalUserId": session,
        "type": "applicantReviewed" if answer else "applicantPending",
        "reviewStatus": word,
        "reviewResult": result,
        "createdAtMs": f"{clock(minutes):%Y-%m-%d %H:%M:%S}.000",
    }


def veriff(status: str, session: str, minutes: float) -> Any:
    at = f"{clock(minutes):%Y-%m-%dT%H:%M:%S}.000Z"
    verification = {"id": session, "attemptId": "a-1", "status": status, "decisionTime": at, "vendorData": "42"}
    return {"status": "success", "verification": verification, "technicalData": {"ip": None}}


def veriff_event(status: str, session: str, minutes: float) -> Any:
    return {"id": session, "attemptId": f"a-{minutes}", "feature": "selfid", "code": 7002, "action": status}


def persona(status: str, session: str, minutes: float) -> Any:
    attributes = {"status": status, "reference-id": "42"}
    return {
        "data": {
            "type": "event",
            "id": f"evt_{session}_{minutes}",
            "attributes": {
                "name": f"inquiry.{status}",
                "created-at": f"{clock(minutes):%Y-%m-%dT%H:%M:%S}.000Z",
                "payload": {"data": {"type": "inquiry", "id": session, "attributes": attributes}},
            },
        }
    }


VENDORS = {
    "stripe": Vendor(
        STRIPE,
        {
            Says.WAITS: "requires_input abandoned",
            Says.HANDED_IN: "processing",
            Says.AGAIN: "requires_input document_expired",
            Says.APPROVED: "verified",
            Says.ENDED: "canceled",
            Says.IGNORED: "created",
        },
        stripe,
    ),
    "sumsub": Vendor(
        SUMSUB,
        {
            Says.WAITS: "init",
            Says.HANDED_IN: "onHold",
            Says.AGAIN: "completed RED RETRY",
            Says.APPROVED: "completed GREEN",
            Says.CLOSED: "completed RED FINAL",
            Says.IGNORED: "completed RED",
        },
        sumsub_message,
    ),
    "veriff": Vendor(
        VERIFF,
        {
            Says.HANDED_IN: "review",
            Says.AGAIN: "resubmission_requested",
            Says.APPROVED: "approved",
            Says.CLOSED: "declined",
            Says.ENDED: "expired",
            Says.IGNORED: "a status of next year",
        },
        veriff,
    ),
    "veriff-events": Vendor(VERIFF_EVENTS, {Says.IGNORED: "started", Says.HANDED_IN: "submitted"}, veriff_event),
    "persona": Vendor(
        PERSONA,
        {
            Says.HANDED_IN: "completed",
            Says.APPROVED: "approved",
            Says.REJECTED: "failed",
            Says.CLOSED: "declined",
            Says.ENDED: "expired",
            Says.IGNORED: "transitioned",
        },
        persona,
    ),
}
