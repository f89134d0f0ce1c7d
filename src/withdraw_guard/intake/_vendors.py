"""Vendors of verification as data. Only a documented final pass says `approved`, and it has a line of its own.

A vendor is here because its documentation could be read on the day that is named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from withdraw_guard import reasons
from withdraw_guard._values.checks import check_text
from withdraw_guard._values.limits import IDENTIFIER_LENGTH_MAX
from withdraw_guard.intake._source import Line, Says, Source, Unit


def _line(words: str, says: Says, when: Mapping[str, Collection[str]] | None = None) -> Line:
    return Line(words=words.split(), says=says, when=when or {})


def _ignored(words: str, why: str) -> Line:
    return Line(words=words.split(), says=Says.IGNORED, why=why)


# ── Stripe Identity ──────────────────────────────────────────────────────────────────────────────────────────────

_STRIPE: Final = "identity.verification_session."
_STATUS: Final = "data.object.status"
_CODE: Final = "data.object.last_error.code"

STRIPE: Final = Source(
    id="stripe",
    documented="Stripe: How sessions work; Handle verification outcomes; API reference of VerificationSession, 2026-11",
    event_id=("id",),
    only={"data.object.object": ("identity.verification_session",)},
    at=("created",),
    unit=Unit.SECONDS,
    subject={"session": "data.object.id", "reference": "data.object.client_reference_id"},
    session="data.object.id",
    word="type",
    reasons=_CODE,
    reason_words={
        "abandoned": reasons.ABANDONED,
        "document_expired": reasons.DOCUMENT_EXPIRED,
        "document_type_not_supported": reasons.DOCUMENT_TYPE_NOT_SUPPORTED,
        "document_unverified_other": reasons.DOCUMENT_UNREADABLE,
        "id_number_mismatch": reasons.PERSONAL_DATA_MISMATCH,
        "selfie_document_missing_photo": reasons.FACE_NOT_FOUND,
        "selfie_face_mismatch": reasons.FACE_MISMATCH,
    },
    lines=(
        _ignored(f"{_STRIPE}created", "nothing was handed in yet"),
        _line(f"{_STRIPE}processing", Says.HANDED_IN, {_STATUS: ("processing",)}),
        _line(f"{_STRIPE}verified", Says.APPROVED, {_STATUS: ("verified",)}),
        _line(f"{_STRIPE}canceled", Says.ENDED, {_STATUS: ("canceled",)}),
        # Nothing was handed in: the account holder went away, or did not agree.
        _line(f"{_STRIPE}requires_input", Says.WAITS, {_CODE: ("", "abandoned", "consent_declined")}),
        _line(f"{_STRIPE}requires_input", Says.AGAIN, {_STATUS: ("requires_input",)}),
        _ignored(f"{_STRIPE}redacted", "its personal data was deleted; the verdict stands"),
    ),
)
"""Events of Stripe Identity. The session is the `VerificationSession`, `vs_…`."""

# ── Sumsub ───────────────────────────────────────────────────────────────────────────────────────────────────────

_ANSWER: Final = "reviewResult.reviewAnswer"
_REJECT_TYPE: Final = "reviewResult.reviewRejectType"
# The webhooks about applicants. Those about transactions say `completed` and `GREEN` as well.
_SUMSUB_TYPES: Final = (
    "applicantAwaitingService",
    "applicantAwaitingUser",
    "applicantCreated",
    "applicantOnHold",
    "applicantPending",
    "applicantPrechecked",
    "applicantReset",
    "applicantReviewed",
    "applicantWorkflowCompleted",
)


def sumsub(level: str) -> Source:
    """Return the source of Sumsub's user verification webhooks for one verification level.

    The pass of another level is not the one that you asked for, so it is ignored. The session is the `externalUserId`:
    create an applicant for each verification, under an id of its own.
    """
    check_text("level", level, IDENTIFIER_LENGTH_MAX)
    return Source(
        id="sumsub",
        documented="Sumsub: User verification webhooks; Applicant statuses, 2026-11",
        event_id=("correlationId", "type", "createdAtMs"),
        only={"type": _SUMSUB_TYPES, "levelName": (level,)},
        at=("createdAtMs", "createdAt"),
        unit=Unit.TEXT,
        zone="Z",
        subject={"session": "externalUserId", "applicant": "applicantId"},
        session="externalUserId",
        word="reviewStatus",
        reasons="reviewResult.rejectLabels",
        reason_words={
            "BAD_FACE_MATCHING": reasons.FACE_MISMATCH,
            "BAD_SELFIE": reasons.FACE_NOT_FOUND,
            "DOCUMENT_DAMAGED": reasons.DOCUMENT_UNREADABLE,
            "FORGERY": reasons.DOCUMENT_TAMPERED,
            "GRAPHIC_EDITOR": reasons.IMAGE_EDITED,
            "UNSATISFACTORY_PHOTOS": reasons.DOCUMENT_UNREADABLE,
        },
        lines=(
            _line("init awaitingUser", Says.WAITS),
            # They may stand beside an old answer, which says nothing.
            _line("pending prechecked queued onHold awaitingService", Says.HANDED_IN),
            _line("completed", Says.APPROVED, {_ANSWER: ("GREEN",), _REJECT_TYPE: ("",)}),
            _line("completed", Says.AGAIN, {_ANSWER: ("RED",), _REJECT_TYPE: ("RETRY",)}),
            _line("completed", Says.CLOSED, {_ANSWER: ("RED",), _REJECT_TYPE: ("FINAL",)}),
        ),
    )


# ── Veriff ───────────────────────────────────────────────────────────────────────────────────────────────────────

VERIFF: Final = Source(
    id="veriff",
    documented="Veriff: Decision webhook of 2026-11-10; Verification session status codes (table) of 2025-06-19",
    event_id=("verification.id", "verification.attemptId", "verification.status", "verification.decisionTime"),
    at=("verification.decisionTime",),
    dated_by_receipt=True,
    subject={"session": "verification.id", "reference": "verification.vendorData"},
    session="verification.id",
    word="verification.status",
    reasons="verification.reasonCode",
    reason_words={
        "102": reasons.DOCUMENT_TAMPERED,
        "103": reasons.FACE_MISMATCH,
        "204": reasons.DOCUMENT_UNREADABLE,
        "205": reasons.DOCUMENT_UNREADABLE,
        "206": reasons.DOCUMENT_TYPE_NOT_SUPPORTED,
        "207": reasons.DOCUMENT_EXPIRED,
    },
    lines=(
        _line("review", Says.HANDED_IN),
        _line("approved", Says.APPROVED),
        _line("resubmission_requested", Says.AGAIN),
        _line("declined", Says.CLOSED),
        _line("expired abandoned", Says.ENDED),
    ),
)
"""Veriff's decision webhook. The words count, because two of them share one number."""
VERIFF_EVENTS: Final = Source(
    id="veriff-events",
    documented="Veriff: Event webhook of 2025-07-23",
    event_id=("id", "attemptId", "action"),
    dated_by_receipt=True,
    subject={"session": "id", "reference": "vendorData"},
    session="id",
    word="action",
    lines=(
        _line("submitted", Says.HANDED_IN),
        # It has no instant, so a late one cannot be told from a second start.
        _ignored("started", "the account holder has begun, and has handed in nothing yet"),
    ),
)
"""Veriff's event webhook, which is optional. It tells no instant, so the receipt counts."""

# ── Persona ──────────────────────────────────────────────────────────────────────────────────────────────────────

PERSONA: Final = Source(
    id="persona",
    documented="Persona: Webhooks; Inquiry events, 2026-11",
    event_id=("data.id",),
    at=("data.attributes.created-at",),
    subject={
        "session": "data.attributes.payload.data.id",
        "reference": "data.attributes.payload.data.attributes.reference-id",
    },
    session="data.attributes.payload.data.id",
    word="data.attributes.name",
    lines=(
        _ignored("inquiry.created inquiry.started", "nothing was handed in yet"),
        # The checks are done; the decision is yet to come.
        _line("inquiry.completed inquiry.marked-for-review", Says.HANDED_IN),
        _line("inquiry.approved", Says.APPROVED, {"data.attributes.payload.data.attributes.status": ("approved",)}),
        _line("inquiry.failed", Says.REJECTED),
        _line("inquiry.declined", Says.CLOSED),
        _line("inquiry.expired", Says.ENDED),
        _ignored(
            "inquiry.transitioned inquiry.redacted inquiry.updated-tags inquiry.reusable-persona-created "
            "inquiry.reusable-persona-used",
            "it is no step of the verification",
        ),
    ),
)
"""Persona's inquiry events. The session is the inquiry, `inq_…`."""
