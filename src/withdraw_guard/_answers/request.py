"""A request, which is what is asked about, and an open hold, which is what a denial names."""

from datetime import datetime
from typing import Final, assert_never, final

import attrs

from withdraw_guard import operations
from withdraw_guard._model.policy import PolicyRef, Scope
from withdraw_guard._values.checks import (
    check_identifier,
    check_name,
    check_names,
    check_optional_identifier,
    check_rule_id,
    check_type,
    check_word,
)
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.given import in_a_tuple, text_or_none
from withdraw_guard._values.ids import (
    AccountId,
    DestinationId,
    HoldId,
    Operation,
    PublicReason,
    Reason,
    RuleId,
    Trigger,
)
from withdraw_guard._values.limits import HOLD_ID_LENGTH_MAX
from withdraw_guard._values.time import settle_end, settle_instant
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Destination, Destinations, State
from withdraw_guard.steps import STEPS, Step

# An alias, because before Python 3.12 it takes long to reach a member by its name.
_ANY: Final = Destinations.ANY


@final
@attrs.frozen(kw_only=True, repr=False)
class Request(Value):
    """What the account holder wants to do, and to which destination. Any destination but exactly `known` is `new`.

    `destination_id` says which destination it is. Give it where a policy has holds about single destinations: a
    request that does not say is stopped by each of them. `account` says whose request it is: asked of another account
    it is an `InvalidValue`, never an answer.
    """

    operation: Operation = attrs.field(converter=Operation)
    destination: Destination = Destination.NEW
    destination_id: DestinationId | None = attrs.field(default=None, converter=text_or_none)
    account: AccountId | None = attrs.field(default=None, converter=text_or_none)

    def __attrs_post_init__(self) -> None:
        check_name("operation", self.operation)
        check_optional_identifier("account", self.account)
        check_optional_identifier("destination_id", self.destination_id)
        is_known = type(self.destination) in (Destination, str) and self.destination == Destination.KNOWN
        settle(self, "destination", Destination.KNOWN if is_known else Destination.NEW)

    def is_covered_by(self, scope: Scope, about: DestinationId | None = None) -> bool:
        """Whether a hold of that scope, about that destination if about one, stops this request."""
        if not scope.covers(self.operation):
            return False
        if scope.destinations is _ANY:
            return True
        match scope.destinations:
            case Destinations.NEW:
                return self.destination is not Destination.KNOWN
            case Destinations.NAMED:
                return about is None or self.destination_id is None or about == self.destination_id
            case _ as never:
                assert_never(never)


WITHDRAWAL: Final = Request(operation=operations.WITHDRAWAL)
"""A withdrawal to a new destination: the question that is asked if no other is."""


@final
@attrs.frozen(kw_only=True, repr=False)
class OpenHold(Value):
    """One open hold as it reads at the instant of the question, with what can be done about it, in order.

    `since` is the instant of its cause, and `until` its timer, if it has one; that may be past if a clearance is needed
    as well. `reasons` are those of the latest verdict against the person; there are none while a review is open and
    once the clearance was given. `public_reason` is what the account holder is told. `destination_id` is the
    destination that it is about, if about one.
    """

    id: HoldId = attrs.field(converter=HoldId)
    rule: RuleId = attrs.field(converter=RuleId)
    trigger: Trigger = attrs.field(converter=Trigger)
    policy: PolicyRef
    state: State
    since: datetime
    until: datetime | None
    reasons: tuple[Reason, ...] = attrs.field(converter=in_a_tuple)
    public_reason: PublicReason = attrs.field(converter=PublicReason)
    steps: tuple[Step, ...]
    destination_id: DestinationId | None = attrs.field(default=None, converter=text_or_none)

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id, HOLD_ID_LENGTH_MAX)
        check_rule_id("rule", self.rule)
        check_name("trigger", self.trigger)
        check_type("policy", self.policy, PolicyRef, "a PolicyRef")
        settle(self, "state", check_word("state", self.state, State))
        if self.state is State.RESTORED:
            raise InvalidValue("state", "must not be `restored`, because a cleared hold that is open is suspended")
        settle_instant(self, "since")
        settle_end(self, "until")
        check_names("reasons", self.reasons, tuple)
        check_name("public_reason", self.public_reason)
        check_type("steps", self.steps, tuple, "a tuple of steps")
        if not self.steps or any(type(step) not in STEPS for step in self.steps):
            raise InvalidValue("steps", "must be one next step or more")
        check_optional_identifier("destination_id", self.destination_id)
