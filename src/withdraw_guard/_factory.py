"""Event factory for the analysis and the test kit.

`security_event` and `matching_event` make security events. `event_of` makes the event of a row of the transition
table; what the caller leaves out is chosen so that the hold and the account accept the event.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypedDict, assert_never

from withdraw_guard import authorities, methods
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    INITIATED_BY,
    Actor,
    AppealDecided,
    AppealSubmitted,
    HoldEvent,
    MoreRequested,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Rule
from withdraw_guard._rules.offers import accepted_methods, required_documents
from withdraw_guard._rules.transitions import Move
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import AccountId, Authority, Document, EventId, HoldId, Method, Reason, Trigger
from withdraw_guard._values.vocabulary import ActorKind, AppealOutcome, ReviewOutcome

ADMIN: Final = Actor(id="an-admin", kind=ActorKind.ADMIN)
REVIEWER: Final = Actor(id="reviewer", kind=ActorKind.ADMIN)
OFFICER: Final = Actor(id="appeals-officer", kind=ActorKind.ADMIN)
RELEASER: Final = Actor(id="releaser", kind=ActorKind.ADMIN)


def security_event(trigger: Trigger, account: AccountId, event_id: str, at: datetime, facts: Facts) -> SecurityEvent:
    """Return a security event with these facts; `initiated_by` may be among them."""
    context = dict(facts)
    initiated_by = context.pop(INITIATED_BY, None)
    kind = next((kind for kind in ActorKind if kind == initiated_by), ActorKind.USER)
    return SecurityEvent(
        id=EventId(event_id), account=account, at=at, trigger=trigger, initiated_by=kind, context=Facts(context)
    )


def matching_event(rule: Rule, account: AccountId, event_id: str, at: datetime) -> SecurityEvent:
    """Return the event with the fewest facts that matches the rule."""
    return security_event(rule.trigger, account, event_id, at, rule.where)


class _Common(TypedDict):
    id: EventId
    account: AccountId
    at: datetime
    hold: HoldId


def methods_for(account: Account, hold: Hold, at: datetime) -> list[Method]:
    """Return the methods that the hold accepts from the account at `at`; if there is none, one that it refuses."""
    clearance = hold.rule.clearance
    accepted = frozenset[Method]() if clearance is None else accepted_methods(clearance, account.identity_at(at))
    return sorted(accepted) or [methods.FACE_WEB]


def authority_for(hold: Hold) -> Authority:
    """Return an authority that may release the hold; if the rule names none, one that is refused."""
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
    """Return the event that makes this move of the transition table."""
    common: _Common = {"id": EventId(event_id), "account": account.id, "at": at, "hold": hold.id}
    match move:
        case Move.STARTED:
            return VerificationStarted(**common, method=method or methods_for(account, hold, at)[0])
        case Move.SUBMITTED:
            return VerificationSubmitted(**common, attempt=attempt)
        case Move.FAILED:
            return VerificationFailed(**common, attempt=attempt, reasons=reasons)
        case Move.APPROVED | Move.REJECTED:
            outcome = ReviewOutcome(move.value)
            return ReviewDecided(**common, attempt=attempt, by=by, outcome=outcome, reasons=reasons, final=final)
        case Move.MORE_REQUESTED:
            asked_for = documents or frozenset[Document]()
            return MoreRequested(**common, attempt=attempt, by=by, reasons=reasons, documents=asked_for)
        case Move.APPEALED:
            attached = required_documents(hold) if documents is None else documents
            return AppealSubmitted(**common, attempt=attempt, documents=attached)
        case Move.GRANTED | Move.DISMISSED:
            return AppealDecided(**common, attempt=attempt, by=by, outcome=AppealOutcome(move.value), reasons=reasons)
        case Move.RELEASED:
            authority = authority or authority_for(hold)
            return ReleaseOrdered(**common, by=by, authority=authority, override_stale=override_stale)
        case _ as never:
            assert_never(never)
