"""How far a person has come in lifting one hold: five states, each with the data that only it has.

`Progress` is a record of what was tried. It knows nothing of the hold it belongs to, so it only refuses what
no hold could have: `Hold` refuses the rest.
"""

from collections.abc import Set
from datetime import datetime
from typing import ClassVar, Final, TypeAlias, assert_never, cast, final, get_args

import attrs

from withdraw_guard._model.events import EventType, HoldEvent
from withdraw_guard._values.checks import (
    check_flag,
    check_identifier,
    check_name,
    check_names,
    check_optional_identifier,
    check_tally,
    check_type,
    in_order,
)
from withdraw_guard._values.complete import complete
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.given import in_a_set, in_a_tuple, text_or_none
from withdraw_guard._values.ids import ActorId, EventId, Method, Reason
from withdraw_guard._values.limits import MOVES_REMEMBERED_MAX
from withdraw_guard._values.time import utc
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import State

_MOVERS: Final = frozenset(event.type for event in get_args(HoldEvent))


@final
@attrs.frozen(kw_only=True, repr=False)
class Suspended(Value):
    """Nothing is under way."""

    state: ClassVar = State.SUSPENDED


@final
@attrs.frozen(kw_only=True, repr=False)
class InVerification(Value):
    """A verification was started by the event `attempt`."""

    state: ClassVar = State.VERIFICATION
    attempt: EventId = attrs.field(converter=EventId)
    opened_at: datetime
    method: Method = attrs.field(converter=Method)

    def __attrs_post_init__(self) -> None:
        _settle_round(self)
        check_name("method", self.method)


@final
@attrs.frozen(kw_only=True, repr=False)
class InReview(Value):
    """What was submitted at `submitted_at` waits for a reviewer; `due` is given if it was counted in business days.

    `overtaken` are the decisions about earlier rounds that were made at the same instant at which this round was
    opened. If they are delivered again, they must not be taken for decisions about this round.
    """

    state: ClassVar = State.REVIEW
    attempt: EventId = attrs.field(converter=EventId)
    opened_at: datetime
    method: Method = attrs.field(converter=Method)
    submitted_at: datetime
    overtaken: frozenset[EventId] = attrs.field(default=frozenset(), converter=in_a_set)
    due: datetime | None = None

    def __attrs_post_init__(self) -> None:
        _settle_round(self)
        check_type("overtaken", self.overtaken, frozenset, "a list of event ids")
        if len(self.overtaken) > MOVES_REMEMBERED_MAX:
            raise InvalidValue("overtaken", f"must be at most {MOVES_REMEMBERED_MAX} events")
        for event in in_order(self.overtaken):
            check_identifier("overtaken", event)
        check_name("method", self.method)
        settle(self, "submitted_at", utc("submitted_at", self.submitted_at))
        if self.submitted_at < self.opened_at:
            raise InvalidValue("submitted_at", "must not be before `opened_at`")
        _settle_due(self, self.submitted_at)


@final
@attrs.frozen(kw_only=True, repr=False)
class InAppeal(Value):
    """An appeal was filed by the event `attempt`; `due` is given if it was counted in business days."""

    state: ClassVar = State.APPEAL
    attempt: EventId = attrs.field(converter=EventId)
    opened_at: datetime
    due: datetime | None = None

    def __attrs_post_init__(self) -> None:
        _settle_round(self)
        _settle_due(self, self.opened_at)


@final
@attrs.frozen(kw_only=True, repr=False)
class Restored(Value):
    """The clearance was given at `at`, or, if `released`, an authority ended the hold at `at`."""

    state: ClassVar = State.RESTORED
    at: datetime
    released: bool

    def __attrs_post_init__(self) -> None:
        settle(self, "at", utc("at", self.at))
        check_flag("released", self.released)


HoldState: TypeAlias = Suspended | InVerification | InReview | InAppeal | Restored
"""The state of a hold, with the data that only this state has."""
HOLD_STATES: Final = complete(State, {state.state: state for state in get_args(HoldState)})


@final
@attrs.frozen(kw_only=True, repr=False)
class Moved(Value):
    """The latest instant at which an event of the table moved a hold, and which events did so at that instant."""

    at: datetime
    by: frozenset[tuple[EventType, EventId]]

    def __attrs_post_init__(self) -> None:
        settle(self, "at", utc("at", self.at))
        check_type("by", self.by, frozenset, "a set of event types with ids")
        if not self.by:
            raise InvalidValue("by", "must name the events that moved the hold")
        if len(self.by) > MOVES_REMEMBERED_MAX:
            raise InvalidValue("by", f"must be at most {MOVES_REMEMBERED_MAX} events, got {len(self.by)}")
        for mover in self.by:
            if not _is_mover(mover):
                raise InvalidValue("by", "must be types of events that move a hold, each with an id")
            check_identifier("by", mover[1])


def _is_mover(mover: object) -> bool:
    if type(mover) is not tuple:
        return False
    parts = cast("tuple[object, ...]", mover)
    return [type(part) for part in parts] == [EventType, str] and parts[0] in _MOVERS


@final
@attrs.frozen(kw_only=True, repr=False)
class Progress(Value):
    """How far a person has come in lifting one hold, and what was tried before.

    `failures` counts failed verifications and rejected reviews, the latest of them at `failed_at`; `reasons` are
    those of the latest verdict against the person, of whatever kind. `reviewer` decided the latest review.
    """

    state: HoldState = Suspended()
    failures: int = 0
    failed_at: datetime | None = None
    verification_closed: bool = False
    appeals: int = 0
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=in_a_tuple)
    reviewer: ActorId | None = attrs.field(default=None, converter=text_or_none)
    moved: Moved | None = None

    def __attrs_post_init__(self) -> None:
        if type(self.state) not in HOLD_STATES.values():
            raise InvalidValue("state", "must be one of the five states of a hold")
        check_tally("failures", self.failures)
        check_tally("appeals", self.appeals)
        if self.failed_at is not None:
            settle(self, "failed_at", utc("failed_at", self.failed_at))
        check_flag("verification_closed", self.verification_closed)
        check_names("reasons", self.reasons, tuple)
        check_optional_identifier("reviewer", self.reviewer)
        if self.moved is not None:
            check_type("moved", self.moved, Moved, "a Moved")
        _check_possible(self)

    @property
    def instants(self) -> tuple[datetime, ...]:
        """Every instant at which the record says that something moved the hold."""
        return tuple(at for at in (*_instants_of(self.state), self.failed_at) if at is not None)


def _settle_round(state: InVerification | InReview | InAppeal) -> None:
    check_identifier("attempt", state.attempt)
    settle(state, "opened_at", utc("opened_at", state.opened_at))


def _settle_due(state: InReview | InAppeal, since: datetime) -> None:
    if state.due is None:
        return
    settle(state, "due", utc("due", state.due))
    if state.due <= since:
        raise InvalidValue("due", "must be after the instant that it counts from")


def _instants_of(state: HoldState) -> tuple[datetime, ...]:
    match state:
        case Suspended():
            return ()
        case InVerification() | InAppeal():
            return (state.opened_at,)
        case InReview():
            return (state.opened_at, state.submitted_at)
        case Restored():
            return (state.at,)
        case _ as never:
            assert_never(never)


def _check_possible(progress: Progress) -> None:
    """Refuse a record that no sequence of events can leave behind, whatever the hold."""
    state, moved = progress.state, progress.moved
    tried = progress.failures > 0 or progress.appeals > 0
    if (progress.failures > 0) != (progress.failed_at is not None):
        raise InvalidValue("failed_at", "must be given exactly when something has failed")
    if (type(state) is not Suspended or tried) != (moved is not None):
        raise InvalidValue("moved", "must be given exactly when some event has moved the hold")
    if progress.verification_closed and (progress.failures == 0 or progress.reviewer is None):
        raise InvalidValue("verification_closed", "must follow a rejected review")
    if progress.reviewer is not None and progress.failures == 0 and type(state) is not Restored:
        raise InvalidValue("reviewer", "must have rejected or approved something")
    if type(state) is Restored and not state.released and progress.reviewer is None and progress.appeals == 0:
        raise InvalidValue("state", "must have been approved by a reviewer or granted on appeal")
    if type(state) is InAppeal and progress.appeals == 0:
        raise InvalidValue("appeals", "must count the open appeal")
    if progress.reasons and progress.failures == 0 and progress.appeals <= isinstance(state, InAppeal):
        raise InvalidValue("reasons", "must follow a failure or a dismissed appeal")
    overtaken = isinstance(state, InReview) and len(state.overtaken) > 0
    if overtaken and (progress.reviewer is None or progress.failed_at != _instants_of(state)[0]):
        raise InvalidValue("state.overtaken", "must be rejections at the instant at which the round was opened")
    if moved is not None:
        _check_moved(progress, moved)


def _check_moved(progress: Progress, moved: Moved) -> None:
    """Refuse a latest move that contradicts the rest of the record."""
    state, failed_at = progress.state, progress.failed_at
    if any(at > moved.at for at in (*_instants_of(state), failed_at) if at is not None):
        raise InvalidValue("moved.at", "must not be before anything that moved the hold")
    is_order = type(state) is Restored and state.released
    if failed_at is not None and not is_order and any(at < failed_at for at in _instants_of(state)):
        raise InvalidValue("failed_at", "must not be after the instants of the state that followed it")
    if not _is_led_to(progress, moved):
        raise InvalidValue("moved", "must be the events that led to this state")


def _is_led_to(progress: Progress, moved: Moved) -> bool:
    """Whether these events, at that instant, can have led to this state.

    An event that opens a round or submits something is the latest of all. A verdict or an overriding order may be
    earlier than the latest event; if it is not, it is one of these events.
    """
    state, kinds = progress.state, {event_type for event_type, _ in moved.by}
    match state:
        case InVerification():
            return state.opened_at == moved.at and (EventType.VERIFICATION_STARTED, state.attempt) in moved.by
        case InReview():
            return state.submitted_at == moved.at and EventType.VERIFICATION_SUBMITTED in kinds
        case InAppeal():
            return state.opened_at == moved.at and (EventType.APPEAL_SUBMITTED, state.attempt) in moved.by
        case Restored(released=True):
            return state.at < moved.at or EventType.RELEASE_ORDERED in kinds
        case Restored():
            granted = progress.appeals > 0 and state.at == moved.at and EventType.APPEAL_DECIDED in kinds
            return granted or _is_reviewed(progress, state.at, moved, kinds)
        case Suspended():
            failed = progress.failed_at == moved.at and EventType.VERIFICATION_FAILED in kinds
            dismissed = progress.appeals > 0 and EventType.APPEAL_DECIDED in kinds
            return failed or dismissed or _is_reviewed(progress, progress.failed_at, moved, kinds)
        case _ as never:
            assert_never(never)


def _is_reviewed(progress: Progress, at: datetime | None, moved: Moved, kinds: Set[EventType]) -> bool:
    if at is None or progress.reviewer is None:
        return False
    return (EventType.REVIEW_DECIDED if at == moved.at else EventType.VERIFICATION_SUBMITTED) in kinds


UNTOUCHED: Final = Progress()
