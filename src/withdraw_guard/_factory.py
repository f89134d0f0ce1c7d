"""Event factory for the analysis and the test kit.

`security_event` and `matching_event` make security events. `HoldEventFactory` has one method for each event about a
hold, and `event_of` makes the event of a row of the transition table. What the caller leaves out is chosen so that the
hold and the account accept the event.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypedDict, assert_never, final

import attrs

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
from withdraw_guard._values.value import Value
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


@final
@attrs.frozen(kw_only=True, repr=False)
class HoldEventFactory(Value):
    """Makes events about one hold, all with the same instant and the same event id."""

    account: AccountId
    hold: HoldId
    at: datetime
    event_id: EventId

    @property
    def _common(self) -> _Common:
        return {"id": self.event_id, "account": self.account, "at": self.at, "hold": self.hold}

    def verification_started(self, method: Method) -> VerificationStarted:
        """The account holder starts a verification."""
        return VerificationStarted(**self._common, method=method)

    def verification_submitted(self, attempt: EventId | None = None) -> VerificationSubmitted:
        """The account holder hands in the verification."""
        return VerificationSubmitted(**self._common, attempt=attempt)

    def verification_failed(
        self, attempt: EventId | None = None, reasons: tuple[Reason, ...] = ()
    ) -> VerificationFailed:
        """The verification fails."""
        return VerificationFailed(**self._common, attempt=attempt, reasons=reasons)

    def review_decided(
        self,
        outcome: ReviewOutcome,
        by: Actor = REVIEWER,
        *,
        attempt: EventId | None = None,
        reasons: tuple[Reason, ...] = (),
        final: bool = False,
    ) -> ReviewDecided:
        """A reviewer decides."""
        return ReviewDecided(**self._common, attempt=attempt, by=by, outcome=outcome, reasons=reasons, final=final)

    def more_requested(
        self,
        by: Actor = REVIEWER,
        *,
        attempt: EventId | None = None,
        reasons: tuple[Reason, ...] = (),
        documents: frozenset[Document] = frozenset(),
    ) -> MoreRequested:
        """Whoever reviews, or decides the appeal, asks for more."""
        return MoreRequested(**self._common, attempt=attempt, by=by, reasons=reasons, documents=documents)

    def appeal_submitted(self, documents: frozenset[Document], attempt: EventId | None = None) -> AppealSubmitted:
        """The account holder files an appeal, or hands in what the open one waits for."""
        return AppealSubmitted(**self._common, attempt=attempt, documents=documents)

    def appeal_decided(
        self,
        outcome: AppealOutcome,
        by: Actor = OFFICER,
        *,
        attempt: EventId | None = None,
        reasons: tuple[Reason, ...] = (),
    ) -> AppealDecided:
        """An appeals officer decides."""
        return AppealDecided(**self._common, attempt=attempt, by=by, outcome=outcome, reasons=reasons)

    def release_ordered(
        self, authority: Authority, by: Actor = RELEASER, *, override_stale: bool = False
    ) -> ReleaseOrdered:
        """An authority ends the hold."""
        return ReleaseOrdered(**self._common, by=by, authority=authority, override_stale=override_stale)


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
    events = HoldEventFactory(account=account.id, hold=hold.id, at=at, event_id=EventId(event_id))
    match move:
        case Move.STARTED:
            return events.verification_started(method or methods_for(account, hold, at)[0])
        case Move.SUBMITTED:
            return events.verification_submitted(attempt)
        case Move.FAILED:
            return events.verification_failed(attempt, reasons)
        case Move.APPROVED | Move.REJECTED:
            return events.review_decided(ReviewOutcome(move.value), by, attempt=attempt, reasons=reasons, final=final)
        case Move.MORE_REQUESTED:
            return events.more_requested(by, attempt=attempt, reasons=reasons, documents=documents or frozenset())
        case Move.APPEALED:
            return events.appeal_submitted(required_documents(hold) if documents is None else documents, attempt)
        case Move.GRANTED | Move.DISMISSED:
            return events.appeal_decided(AppealOutcome(move.value), by, attempt=attempt, reasons=reasons)
        case Move.RELEASED:
            return events.release_ordered(authority or authority_for(hold), by, override_stale=override_stale)
        case _ as never:
            assert_never(never)
