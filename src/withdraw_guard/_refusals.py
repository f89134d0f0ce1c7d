"""Why an event cannot be applied: twelve reasons, in an order of precedence that is part of the API."""

from __future__ import annotations

from enum import StrEnum
from typing import final

from withdraw_guard._errors import GuardError
from withdraw_guard._events import Event
from withdraw_guard._holds import Hold


@final
class Refusal(StrEnum):
    """Why an event cannot be applied. Of several reasons the first in this order is given."""

    WRONG_ACCOUNT = "wrong_account"
    UNKNOWN_HOLD = "unknown_hold"
    HOLD_NOT_OPEN = "hold_not_open"
    NO_CLEARANCE = "no_clearance"
    NOT_AUTHORIZED = "not_authorized"
    WRONG_STATE = "wrong_state"
    METHOD_NOT_ACCEPTED = "method_not_accepted"
    ATTEMPTS_EXHAUSTED = "attempts_exhausted"
    APPEAL_NOT_OFFERED = "appeal_not_offered"
    DOCUMENTS_MISSING = "documents_missing"
    SAME_REVIEWER = "same_reviewer"
    STALE = "stale"


@final
class EventRefused(GuardError):
    """The event cannot be applied; the account is as it was.

    If it is `outdated`, it happened before what the hold already knows: acknowledge it. Otherwise it may only be
    early (its predecessor is still on the way): deliver it again, for as long as a predecessor may be late, then show
    it to a person. `hold` is the hold it is about, or none if the account has no such hold.
    """

    def __init__(self, reason: Refusal, event: Event, hold: Hold | None = None) -> None:
        super().__init__(reason, event, hold)
        self.reason = reason
        self.event = event
        self.hold = hold

    @property
    def outdated(self) -> bool:
        """Whether it happened before what the hold already knows."""
        return self.hold is not None and self.event.at < self.hold.knows_of

    def __str__(self) -> str:
        about = "" if self.hold is None else f" on hold `{self.hold.id}`"
        return f"{self.event.type} `{self.event.id}`{about} is refused: {self.reason}"
