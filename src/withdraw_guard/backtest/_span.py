"""What goes into a backtest, and what comes out: an event that arrived, a payout, and a span that denies payouts."""

from datetime import datetime
from decimal import Decimal
from typing import final

import attrs

from withdraw_guard import operations
from withdraw_guard._answers.request import Request
from withdraw_guard._model.events import EVENTS, Event
from withdraw_guard._model.policy import PolicyRef, Scope
from withdraw_guard._values.checks import check_identifier, check_type
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.given import text_or_none
from withdraw_guard._values.ids import AccountId, DestinationId, EventId, HoldId, Operation, RuleId
from withdraw_guard._values.time import settle_instant
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Destination, State


@final
@attrs.frozen(kw_only=True, repr=False)
class Arrived(Value):
    """An event, and the instant `at` from which the host knew of it.

    Where a journal has no instants of arrival, take the event's own.
    """

    at: datetime
    event: Event

    def __attrs_post_init__(self) -> None:
        settle_instant(self, "at")
        if type(self.event) not in EVENTS:
            raise InvalidValue("event", f"must be an event, got {shown(self.event)}")


@final
@attrs.frozen(kw_only=True, repr=False)
class Payout(Value):
    """A payout that was asked for at `at`. `amount` is in any unit; none if it is not known.

    Any destination but exactly `known` is `new`, as in a request.
    """

    id: str
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    operation: Operation = attrs.field(default=operations.WITHDRAWAL, converter=Operation)
    destination: Destination = Destination.NEW
    destination_id: DestinationId | None = attrs.field(default=None, converter=text_or_none)
    amount: Decimal | None = None

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id)
        check_identifier("account", self.account)
        settle_instant(self, "at")
        settle(self, "destination", self.request.destination)
        if self.amount is not None:
            check_type("amount", self.amount, Decimal, "a decimal number")
            if not (self.amount.is_finite() and self.amount >= 0):
                raise InvalidValue("amount", f"must be a number from zero on, got `{self.amount}`")

    @property
    def request(self) -> Request:
        """The question that the host asked about it."""
        return Request(operation=self.operation, destination=self.destination, destination_id=self.destination_id)


@final
@attrs.frozen(kw_only=True)
class Span:
    """One hold as it was known for a while. It denies what it covers if both intervals contain the instant.

    `begins` and `ends` say when the hold blocks: from the instant of its cause (or of the arrival, if that is earlier)
    until its end, none if time alone does not end it. `known_from` and `known_until` say between which arrivals the
    host knew the hold like this; none if until today. All are half-open. `event` is the cause, `state` the state
    after the arrival (a verification may have lapsed since), and `scope` with `destination_id` says what it covers.
    The rules derive a span from validated values, so it is not validated again.
    """

    account: AccountId
    policy: PolicyRef
    hold: HoldId
    rule: RuleId
    event: EventId
    state: State
    begins: datetime
    ends: datetime | None
    known_from: datetime
    known_until: datetime | None
    scope: Scope
    destination_id: DestinationId | None

    def denies(self, at: datetime, request: Request) -> bool:
        """Whether it denies this request at that instant."""
        return (
            self.begins <= at
            and self.known_from <= at
            and (self.ends is None or at < self.ends)
            and (self.known_until is None or at < self.known_until)
            and request.is_covered_by(self.scope, self.destination_id)
        )
