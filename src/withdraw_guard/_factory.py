"""The events that anybody may report, written once: security events, and those of the table, one for each move.

What is not said is what the hold and the account allow. The analysis and the test kit write their journals with this.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, assert_never, final

import attrs

from withdraw_guard import authorities, methods
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
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
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Rule
from withdraw_guard._rules.offers import accepted_methods
from withdraw_guard._rules.transitions import Move
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import AccountId, Authority, Document, EventId, HoldId, Method, Reason, Trigger
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import ActorKind, AppealOutcome, ReviewOutcome

ADMIN: Final = Actor(id="an-admin", kind=ActorKind.ADMIN)
REVIEWER: Final = Actor(id="reviewer", kind=ActorKind.ADMIN)
OFFICER: Final = Actor(id="appeals-officer", kind=ActorKind.ADMIN)
RELEASER: Final = Actor(id="releaser", kind=ActorKind.ADMIN)


def fired(trigger: Trigger, account: AccountId, event_id: str, at: datetime, facts: Facts) -> SecurityEvent:
    """Return a security event with these facts; `initiated_by` may be among them."""
    context = dict(facts)
    initiated_by = context.pop(INITIATED_BY, None)
    kind = next((kind for kind in ActorKind if kind == initiated_by), ActorKind.USER)
    return SecurityEvent(
        id=EventId(event_id), account=account, at=at, trigger=trigger, initiated_by=kind, context=Facts(context)
    )


def flag(rule: Rule, account: AccountId, event_id: str, at: datetime) -> SecurityEvent:
    """Return the plainest event that a rule listens to and that matches its facts."""
    return fired(rule.trigger, account, event_id, at, rule.where)


@final
@attrs.frozen(kw_only=True, repr=False)
class Desk(Value):
    """Writes the events that people may report about one hold at one instant, under one event id."""

    account: AccountId
    hold: HoldId
    at: datetime
    event_id: EventId

    def started(self, method: Method) -> VerificationStarted:
        """The account holder starts to verify."""
        return VerificationStarted(id=self.event_id, account=self.account, at=self.at, hold=self.hold, method=method)

    def submitted(self, attempt: EventId | None = None) -> VerificationSubmitted:
        """The account holder hands it in."""
        return VerificationSubmitted(
            id=self.event_id, account=self.account, at=self.at, hold=self.hold, attempt=attempt
        )

    def failed(self, attempt: EventId | None = None, reasons: tuple[Reason, ...] = ()) -> VerificationFailed:
        """The verification fails, as the account holder may even want it to."""
        return VerificationFailed(
            id=self.event_id, account=self.account, at=self.at, hold=self.hold, attempt=attempt, reasons=reasons
        )

    def reviewed(
        self,
        outcome: ReviewOutcome,
        by: Actor = REVIEWER,
        *,
        attempt: EventId | None = None,
        reasons: tuple[Reason, ...] = (),
        final: bool = False,
    ) -> ReviewDecided:
        """A reviewer decides."""
        return ReviewDecided(
            id=self.event_id,
            account=self.account,
            at=self.at,
            hold=self.hold,
            attempt=attempt,
            by=by,
            outcome=outcome,
            reasons=reasons,
            final=final,
        )

    def appealed(self, documents: frozenset[Document]) -> AppealSubmitted:
        """The account holder appeals."""
        return AppealSubmitted(id=self.event_id, account=self.account, at=self.at, hold=self.hold, documents=documents)

    def decided(
        self,
        outcome: AppealOutcome,
        by: Actor = OFFICER,
        *,
        attempt: EventId | None = None,
        reasons: tuple[Reason, ...] = (),
    ) -> AppealDecided:
        """An appeals officer decides."""
        return AppealDecided(
            id=self.event_id,
            account=self.account,
            at=self.at,
            hold=self.hold,
            attempt=attempt,
            by=by,
            outcome=outcome,
            reasons=reasons,
        )

    def released(self, authority: Authority, by: Actor = RELEASER, *, override_stale: bool = False) -> ReleaseOrdered:
        """An authority ends the hold."""
        return ReleaseOrdered(
            id=self.event_id,
            account=self.account,
            at=self.at,
            hold=self.hold,
            by=by,
            authority=authority,
            override_stale=override_stale,
        )


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
    desk = Desk(account=account.id, hold=hold.id, at=at, event_id=EventId(event_id))
    match move:
        case Move.STARTED:
            return desk.started(method or methods_for(account, hold)[0])
        case Move.SUBMITTED:
            return desk.submitted(attempt)
        case Move.FAILED:
            return desk.failed(attempt, reasons)
        case Move.APPROVED | Move.REJECTED:
            return desk.reviewed(ReviewOutcome(move.value), by, attempt=attempt, reasons=reasons, final=final)
        case Move.APPEALED:
            return desk.appealed(documents_for(hold) if documents is None else documents)
        case Move.GRANTED | Move.DISMISSED:
            return desk.decided(AppealOutcome(move.value), by, attempt=attempt, reasons=reasons)
        case Move.RELEASED:
            return desk.released(authority or authority_for(hold), by, override_stale=override_stale)
        case _ as never:
            assert_never(never)
