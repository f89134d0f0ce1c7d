"""The events of the table, one for each move: what is not said is what the hold and the account allow."""

from __future__ import annotations

from datetime import datetime
from typing import Final, assert_never

from withdraw_guard import authorities, methods
from withdraw_guard._account import Account
from withdraw_guard._events import (
    INITIATED_BY,
    Actor,
    AppealDecided,
    AppealSubmitted,
    HoldEvent,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._holds import Hold
from withdraw_guard._ids import AccountId, Authority, Document, EventId, Method, Reason
from withdraw_guard._offers import accepted_methods
from withdraw_guard._policy import Rule
from withdraw_guard._transitions import Move
from withdraw_guard._words import ActorKind, AppealOutcome, ReviewOutcome

ADMIN: Final = Actor(id="an-admin", kind=ActorKind.ADMIN)


def flag(rule: Rule, account: AccountId, event_id: str, at: datetime) -> SecurityEvent:
    """Return the plainest event that a rule listens to and that matches its facts."""
    facts = dict(rule.where)
    initiated_by = facts.pop(INITIATED_BY, None)
    kind = next((kind for kind in ActorKind if kind == initiated_by), ActorKind.USER)
    return SecurityEvent(id=event_id, account=account, at=at, trigger=rule.trigger, initiated_by=kind, context=facts)


def methods_for(account: Account, hold: Hold) -> list[Method]:
    """Return the methods that the hold accepts from the account; if there are none, one that may be tried in vain."""
    clearance = hold.rule.clearance
    accepted = frozenset[Method]() if clearance is None else accepted_methods(clearance, account.identity)
    return sorted(accepted) or [methods.FACE_WEB]


def documents_for(hold: Hold) -> frozenset[Document]:
    """Return the documents that an appeal against the hold requires."""
    clearance = hold.rule.clearance
    return frozenset() if clearance is None or clearance.appeal is None else clearance.appeal.documents


def authority_for(hold: Hold) -> Authority:
    """Return an authority that may release the hold; if nobody may, one that may try."""
    return min(hold.rule.releasable_by, default=authorities.SUPPORT)


def event_of(
    move: Move,
    account: Account,
    hold: Hold,
    event_id: str,
    at: datetime,
    *,
    by: Actor = ADMIN,
    method: Method | None = None,
    attempt: EventId | None = None,
    reasons: tuple[Reason, ...] = (),
    final: bool = False,
    documents: frozenset[Document] | None = None,
    authority: Authority | None = None,
    override_stale: bool = False,
) -> HoldEvent:
    """Return the event that makes the move."""
    match move:
        case Move.STARTED:
            how = method or methods_for(account, hold)[0]
            return VerificationStarted(id=event_id, account=account.id, at=at, hold=hold.id, method=how)
        case Move.SUBMITTED:
            return VerificationSubmitted(id=event_id, account=account.id, at=at, hold=hold.id, attempt=attempt)
        case Move.FAILED:
            return VerificationFailed(
                id=event_id, account=account.id, at=at, hold=hold.id, attempt=attempt, reasons=reasons
            )
        case Move.APPROVED | Move.REJECTED:
            return ReviewDecided(
                id=event_id, account=account.id, at=at, hold=hold.id, attempt=attempt, by=by,
                outcome=ReviewOutcome(move.value), reasons=reasons, final=final,
            )  # fmt: skip
        case Move.APPEALED:
            given = documents_for(hold) if documents is None else documents
            return AppealSubmitted(id=event_id, account=account.id, at=at, hold=hold.id, documents=given)
        case Move.GRANTED | Move.DISMISSED:
            return AppealDecided(
                id=event_id, account=account.id, at=at, hold=hold.id, attempt=attempt, by=by,
                outcome=AppealOutcome(move.value), reasons=reasons,
            )  # fmt: skip
        case Move.RELEASED:
            return ReleaseOrdered(
                id=event_id, account=account.id, at=at, hold=hold.id, by=by,
                authority=authority or authority_for(hold), override_stale=override_stale,
            )  # fmt: skip
        case _ as never:
            assert_never(never)
