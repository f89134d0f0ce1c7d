"""Why an event cannot be applied: thirteen reasons, in an order of precedence that is part of the API."""

from __future__ import annotations

from enum import StrEnum
from typing import final

from withdraw_guard._model.events import Event, EventRetracted, HoldEvent, IdentityChanged, SecurityEvent, attempt_of
from withdraw_guard._model.hold import Hold
from withdraw_guard._values.errors import GuardError


@final
class Refusal(StrEnum):
    """Why an event cannot be applied. Of several reasons the first in this order is given."""

    WRONG_ACCOUNT = "wrong_account"
    """The event names another account than the one that it was given for."""
    UNKNOWN_HOLD = "unknown_hold"
    """The account has no hold of that id: it never had one, or the hold has ended and was pruned."""
    HOLD_NOT_OPEN = "hold_not_open"
    """The hold is not open at the instant of the event: it had ended by then."""
    NO_CLEARANCE = "no_clearance"
    """No verification and no appeal lifts this hold; only its timer or an authority ends it."""
    NOT_AUTHORIZED = "not_authorized"
    """This actor may not decide this, or the rule does not let this authority release the hold."""
    WRONG_STATE = "wrong_state"
    """The event does not follow from the state of the hold; the table of transitions says which events do."""
    METHOD_NOT_ACCEPTED = "method_not_accepted"
    """The method is not one of those that are accepted for the identity now on record."""
    ATTEMPTS_EXHAUSTED = "attempts_exhausted"
    """Verification is closed for this hold: it failed too often, or a rejection was final."""
    APPEAL_NOT_OFFERED = "appeal_not_offered"
    """No appeal is offered: too early, too late, or as often filed as the rule allows."""
    DOCUMENTS_MISSING = "documents_missing"
    """The appeal lacks a document that the rule requires."""
    SAME_REVIEWER = "same_reviewer"
    """The actor who decided the latest review may not decide the appeal against it."""
    STALE = "stale"
    """The event is about something older than what the hold knows now. Nothing old decides something new."""
    UNKNOWN_EVENT = "unknown_event"
    """Nothing on record knows the event that is to be retracted: no trigger of a hold, and no report of an identity."""


@final
class EventRefused(GuardError):
    """The event cannot be applied; the account is as it was.

    If it is `outdated`, something later has overtaken it: acknowledge it. Otherwise it may only be early (its
    predecessor is still on the way): deliver it again, for as long as a predecessor may be late, then show it to a
    person. `hold` is the hold it is about, or none if the account has no such hold.
    """

    def __init__(self, reason: Refusal, event: Event, hold: Hold | None = None) -> None:
        super().__init__(reason, event, hold)
        self.reason = reason
        self.event = event
        self.hold = hold

    @property
    def outdated(self) -> bool:
        """Whether something later has overtaken the event.

        True if it names a round that the hold remembers and that is not the open one. True also if it happened before
        the latest move or the latest unsettled trigger of the hold and does not name the open round. A round that has
        lapsed is not open.
        """
        if self.hold is None or isinstance(self.event, SecurityEvent | IdentityChanged | EventRetracted):
            return False
        return _is_outdated(self.hold, self.event)

    def __str__(self) -> str:
        about = "" if self.hold is None else f" on hold `{self.hold.id}`"
        return f"{self.event.type} `{self.event.id}`{about} is refused: {self.reason}"


def _is_outdated(hold: Hold, event: HoldEvent) -> bool:
    attempt = attempt_of(event)
    if attempt is not None:
        if hold.round_named_by(event) is not None:
            return False
        if hold.progress.knows_round(attempt):
            return True
    known = [at for at in (hold.progress.moved_at, hold.latest_at) if at is not None]
    return any(event.at < at for at in known)
