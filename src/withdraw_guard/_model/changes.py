"""The changes that an event causes: absolute facts, each with its account, its event and its instant.

A change states what is so now, not a difference to what was, and needs no policy to be understood. Folding
`evolve` over all changes of an account gives the account.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias, final, get_args

import attrs

from withdraw_guard._model.account import Account, IdentityReport
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.progress import UNTOUCHED, Progress, Restored
from withdraw_guard._values.checks import check_identifier, check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.given import in_a_tuple
from withdraw_guard._values.ids import AccountId, EventId, HoldId
from withdraw_guard._values.limits import HOLD_ID_LENGTH_MAX
from withdraw_guard._values.time import settle_end, settle_instant
from withdraw_guard._values.value import Value


@final
class ChangeType(StrEnum):
    """The kind of a change; on the wire its `type`."""

    HOLD_PLACED = "hold_placed"
    HOLD_REPEATED = "hold_repeated"
    HOLD_MOVED = "hold_moved"
    HOLD_RELEASED = "hold_released"
    TRIGGER_RETRACTED = "trigger_retracted"
    IDENTITY_RECORDED = "identity_recorded"


@final
@attrs.frozen(kw_only=True, repr=False)
class HoldPlaced(Value):
    """A rule placed a hold; `pruned` are ended holds of the same rule whose triggers it has taken over, or forgets."""

    type: ClassVar = ChangeType.HOLD_PLACED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    hold: Hold
    pruned: tuple[HoldId, ...] = attrs.field(default=(), converter=in_a_tuple)

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_type("hold", self.hold, Hold, "a Hold")
        if (self.hold.cause.event, self.hold.cause.at, self.hold.cause.settled_at) != (self.event, self.at, None):
            raise InvalidValue("hold.triggers[0]", "must be the event that placed it")
        if self.hold.progress != UNTOUCHED:
            raise InvalidValue("hold.progress", "must be untouched, because the hold was only just placed")
        check_type("pruned", self.pruned, tuple, "a list of hold ids")
        for index, hold_id in enumerate(self.pruned):
            check_identifier(f"pruned[{index}]", hold_id, HOLD_ID_LENGTH_MAX)
            if hold_id == self.hold.id:
                raise InvalidValue(f"pruned[{index}]", "must be another hold than the one placed")


@final
@attrs.frozen(kw_only=True, repr=False)
class HoldRepeated(Value):
    """A further trigger joined an open hold; `until` is the end of the timer that it set, if the rule has a timer."""

    type: ClassVar = ChangeType.HOLD_REPEATED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_identifier("hold", self.hold, HOLD_ID_LENGTH_MAX)
        settle_end(self, "until")


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
class TriggerRetracted(Value):
    """The event `trigger` no longer counts for the hold, from this instant on; `event` is the retraction."""

    type: ClassVar = ChangeType.TRIGGER_RETRACTED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    trigger: EventId = attrs.field(converter=EventId)

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_identifier("hold", self.hold, HOLD_ID_LENGTH_MAX)
        check_identifier("trigger", self.trigger)


@final
@attrs.frozen(kw_only=True, repr=False)
class IdentityRecorded(Value):
    """What is on record about the identity is now this report; `event` reported it, or retracted what it says."""

    type: ClassVar = ChangeType.IDENTITY_RECORDED
    account: AccountId = attrs.field(converter=AccountId)
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    report: IdentityReport

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_type("report", self.report, IdentityReport, "an IdentityReport")
        source, retracted_at = self.report.source, self.report.retracted_at
        if retracted_at is None and (source.event, source.at) != (self.event, self.at):
            raise InvalidValue("report.source", "must be the event that reported it")
        if retracted_at is not None and retracted_at != self.at:
            raise InvalidValue("report.retracted_at", "must be the instant of the retraction")


Change: TypeAlias = HoldPlaced | HoldRepeated | HoldMoved | HoldReleased | TriggerRetracted | IdentityRecorded
"""What the guard made of an event: an absolute fact, of one of six kinds."""
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
    settle_instant(change, "at")


def _check_led_by(change: HoldMoved | HoldReleased) -> None:
    """Refuse a progress that does not know of the event that is said to have led to it."""
    moves = change.progress.moves
    if not moves or moves[-1].event != change.event or change.at not in (moves[-1].at, moves[-1].read_at):
        raise InvalidValue("progress.moves", "must end with the event that moved the hold")
