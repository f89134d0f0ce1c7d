"""The changes that an event causes: absolute facts, each with its account, its event and its instant.

A change states what is so now, not a difference to what was, and needs no policy to be understood. Folding
`evolve` over all changes of an account gives the account.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias, final, get_args

import attrs

from withdraw_guard._model.account import Account, IdentityReport
from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._model.progress import UNTOUCHED, Progress, Restored
from withdraw_guard._values.checks import check_identifier, check_type, check_word
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.given import in_a_tuple
from withdraw_guard._values.ids import AccountId, EventId, HoldId
from withdraw_guard._values.limits import HOLD_ID_LENGTH_MAX
from withdraw_guard._values.time import utc, utc_end
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Identity


@final
class ChangeType(StrEnum):
    """The kind of a change; on the wire its `type`."""

    HOLD_PLACED = "hold_placed"
    HOLD_REPEATED = "hold_repeated"
    HOLD_MOVED = "hold_moved"
    HOLD_RELEASED = "hold_released"
    IDENTITY_RECORDED = "identity_recorded"


@final
@attrs.frozen(kw_only=True, repr=False)
class HoldPlaced(Value):
    """A rule placed a hold; `forgotten` are the ended holds of the same rule that are pruned with it."""

    type: ClassVar = ChangeType.HOLD_PLACED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    hold: Hold
    forgotten: tuple[HoldId, ...] = attrs.field(default=(), converter=in_a_tuple)

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_type("hold", self.hold, Hold, "a Hold")
        if self.hold.cause != Occurrence(event=self.event, at=self.at) or self.hold.latest != self.hold.cause:
            raise InvalidValue("hold.cause", "must be the event that placed it")
        if self.hold.progress != UNTOUCHED:
            raise InvalidValue("hold.progress", "must be untouched, because the hold is new")
        check_type("forgotten", self.forgotten, tuple, "a list of hold ids")
        for index, hold_id in enumerate(self.forgotten):
            check_identifier(f"forgotten[{index}]", hold_id, HOLD_ID_LENGTH_MAX)
            if hold_id == self.hold.id:
                raise InvalidValue(f"forgotten[{index}]", "must be another hold than the one placed")


@final
@attrs.frozen(kw_only=True, repr=False)
class HoldRepeated(Value):
    """A further trigger joined an open hold: it is now the latest trigger of that hold, unless a later one is.

    `timer` is the timer of the hold from now on; it is given if it does not follow from the rule.
    """

    type: ClassVar = ChangeType.HOLD_REPEATED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    timer: datetime | None = None

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_identifier("hold", self.hold, HOLD_ID_LENGTH_MAX)
        if self.timer is not None:
            settle(self, "timer", utc_end("timer", self.timer))


@final
@attrs.frozen(kw_only=True, repr=False)
class HoldMoved(Value):
    """A hold moved in the table of transitions; `progress` is how far the person has come now."""

    type: ClassVar = ChangeType.HOLD_MOVED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    progress: Progress

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_identifier("hold", self.hold, HOLD_ID_LENGTH_MAX)
        check_type("progress", self.progress, Progress, "a Progress")
        _check_led_by(self)
        if type(self.progress.state) is Restored and self.progress.state.released:
            raise InvalidValue("progress.state", "must not be released, because a release is another change")


@final
@attrs.frozen(kw_only=True, repr=False)
class HoldReleased(Value):
    """An authority ended a hold at this instant."""

    type: ClassVar = ChangeType.HOLD_RELEASED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    progress: Progress

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_identifier("hold", self.hold, HOLD_ID_LENGTH_MAX)
        check_type("progress", self.progress, Progress, "a Progress")
        if self.progress.state != Restored(at=self.at, released=True):
            raise InvalidValue("progress.state", "must be restored, released at the instant of the order")
        _check_led_by(self)


@final
@attrs.frozen(kw_only=True, repr=False)
class IdentityRecorded(Value):
    """The identity of the account is now this one, or none."""

    type: ClassVar = ChangeType.IDENTITY_RECORDED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    identity: Identity | None

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        if self.identity is not None:
            settle(self, "identity", check_word("identity", self.identity, Identity))

    @property
    def report(self) -> IdentityReport:
        """The report that this change puts on record."""
        return IdentityReport(identity=self.identity, source=Occurrence(event=self.event, at=self.at))


Change: TypeAlias = HoldPlaced | HoldRepeated | HoldMoved | HoldReleased | IdentityRecorded
"""A change that an event causes: an absolute fact, of one of five kinds."""
CHANGES: Final = get_args(Change)


@final
@attrs.frozen(kw_only=True, repr=False)
class Applied(Value):
    """The account after the events, and what they changed, in order. Store one or the other in one transaction."""

    account: Account
    changes: tuple[Change, ...]

    def __attrs_post_init__(self) -> None:
        check_type("account", self.account, Account, "an Account")
        check_type("changes", self.changes, tuple, "a tuple of changes")
        if any(type(change) not in CHANGES for change in self.changes):
            raise InvalidValue("changes", "must be changes")


def _settle_header(change: Change) -> None:
    check_identifier("account", change.account)
    check_identifier("event", change.event)
    settle(change, "at", utc("at", change.at))


def _check_led_by(change: HoldMoved | HoldReleased) -> None:
    """Refuse a progress that does not know of the event that is said to have led to it."""
    moved = change.progress.moved
    known = moved is not None and change.at <= moved.at
    if moved is None or not known or (change.at == moved.at and change.event not in {event for _, event in moved.by}):
        raise InvalidValue("progress.moved", "must know of the event")
