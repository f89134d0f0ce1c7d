"""How far a person has come in lifting one hold: five states, each with the data that only it has.

`Progress` records what was tried and which events moved the hold. It does not know its hold, so it refuses only what no
hold could have; `Hold` refuses the rest.
"""

from datetime import datetime
from typing import ClassVar, Final, TypeAlias, assert_never, final, get_args

import attrs

from withdraw_guard._model.events import HOLD_EVENTS, EventType, HoldEvent
from withdraw_guard._values.checks import (
    check_flag,
    check_identifier,
    check_items,
    check_name,
    check_names,
    check_optional_identifier,
    check_tally,
    check_type,
    check_word,
)
from withdraw_guard._values.complete import complete
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.given import in_a_set, in_a_tuple, text_or_none
from withdraw_guard._values.ids import ActorId, Document, EventId, Method, Reason
from withdraw_guard._values.limits import MOVES_MAX
from withdraw_guard._values.time import settle_instant
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import State

_MOVERS: Final = frozenset(event.type for event in HOLD_EVENTS)


@final
@attrs.frozen(kw_only=True, repr=False)
class Suspended(Value):
    """Nothing is under way."""

    state: ClassVar = State.SUSPENDED


@final
@attrs.frozen(kw_only=True, repr=False)
class Needed(Value):
    """What a reviewer asked for in the open round.

    `requested_at` is the instant that the request itself named: words of one reporter are put in order by its own
    clock. `since` is the instant from which the round waits for the person.
    """

    requested_at: datetime
    since: datetime
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=in_a_tuple)
    documents: frozenset[Document] = attrs.field(default=frozenset(), converter=in_a_set)

    def __attrs_post_init__(self) -> None:
        settle_instant(self, "requested_at")
        settle_instant(self, "since")
        check_names("reasons", self.reasons, tuple)
        check_names("documents", self.documents)


@final
@attrs.frozen(kw_only=True, repr=False)
class InVerification(Value):
    """The event `attempt` opened a round; the account holder verifies, or hands in what is `needed` as well."""

    state: ClassVar = State.VERIFICATION
    attempt: EventId = attrs.field(converter=EventId)
    opened_at: datetime
    method: Method = attrs.field(converter=Method)
    needed: Needed | None = None

    def __attrs_post_init__(self) -> None:
        _settle_round(self)
        check_name("method", self.method)
        _check_needed(self)

    @property
    def waits_since(self) -> datetime:
        """The instant from which the round waits for the account holder."""
        return self.opened_at if self.needed is None else self.needed.since


@final
@attrs.frozen(kw_only=True, repr=False)
class InReview(Value):
    """What was handed in at `submitted_at` waits for a reviewer; `due` is given if it was counted in business days."""

    state: ClassVar = State.REVIEW
    attempt: EventId = attrs.field(converter=EventId)
    opened_at: datetime
    method: Method = attrs.field(converter=Method)
    submitted_at: datetime
    due: datetime | None = None

    def __attrs_post_init__(self) -> None:
        _settle_round(self)
        check_name("method", self.method)
        settle_instant(self, "submitted_at")
        if self.submitted_at < self.opened_at:
            raise InvalidValue("submitted_at", "must not be before `opened_at`")
        _settle_due(self, self.submitted_at)


@final
@attrs.frozen(kw_only=True, repr=False)
class InAppeal(Value):
    """The event `attempt` filed an appeal. It waits for a decision since `submitted_at`, or for what is `needed`.

    While it waits for the account holder, `submitted_at` and `due` are left out. `needed` is the latest request for
    more, also when it was answered. `due` is given where it was counted in business days.
    """

    state: ClassVar = State.APPEAL
    attempt: EventId = attrs.field(converter=EventId)
    opened_at: datetime
    submitted_at: datetime | None
    due: datetime | None = None
    needed: Needed | None = None

    def __attrs_post_init__(self) -> None:
        _settle_round(self)
        _check_needed(self)
        if self.submitted_at is None:
            if self.needed is None or self.due is not None:
                raise InvalidValue("submitted_at", "must be given, unless the appeal waits for more")
            return
        settle_instant(self, "submitted_at")
        if self.submitted_at < self.opened_at:
            raise InvalidValue("submitted_at", "must not be before `opened_at`")
        _settle_due(self, self.submitted_at)


@final
@attrs.frozen(kw_only=True, repr=False)
class Restored(Value):
    """The clearance was given at `at`, or, if `released`, an authority ended the hold at `at`."""

    state: ClassVar = State.RESTORED
    at: datetime
    released: bool

    def __attrs_post_init__(self) -> None:
        settle_instant(self, "at")
        check_flag("released", self.released)


HoldState: TypeAlias = Suspended | InVerification | InReview | InAppeal | Restored
"""The state of a hold, with the data that only this state has."""
HOLD_STATES: Final = complete(State, {state.state: state for state in get_args(HoldState)})
Round: TypeAlias = InVerification | InReview | InAppeal
"""One verification with its review, or one appeal."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Moved(Value):
    """One event that moved a hold: its type, its id, and the instant that it named.

    `read_at` is the instant as which it was read, where that is later: an event that names its round is read as having
    happened no earlier than the round was opened.
    """

    type: EventType
    event: EventId = attrs.field(converter=EventId)
    at: datetime
    read_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        settle(self, "type", check_word("type", self.type, EventType))
        if self.type not in _MOVERS:
            raise InvalidValue("type", f"must be an event that moves a hold, got `{self.type}`")
        check_identifier("event", self.event)
        settle_instant(self, "at")
        if self.read_at is not None:
            settle_instant(self, "read_at")
            if self.read_at <= self.at:
                raise InvalidValue("read_at", "must be after `at`")

    def is_made_by(self, event: HoldEvent) -> bool:
        """Whether this very event moved the hold: same type and id, and its instant or that which it was read as."""
        return self.event == event.id and self.type is event.type and event.at in (self.at, self.read_at)


@final
@attrs.frozen(kw_only=True, repr=False)
class Progress(Value):
    """How far a person has come in lifting one hold, and what was tried before.

    `failures` counts failed verifications and rejected reviews, the latest of them at `failed_at`. `reasons` are those
    of the latest verdict against the person, of whatever kind. `reviewer` decided the latest review. `moves` are the
    last 16 events that moved the hold, in order of arrival, and `moved_at` is the latest instant at which any did.
    """

    state: HoldState = Suspended()
    failures: int = 0
    failed_at: datetime | None = None
    verification_closed: bool = False
    appeals: int = 0
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=in_a_tuple)
    reviewer: ActorId | None = attrs.field(default=None, converter=text_or_none)
    moves: tuple[Moved, ...] = ()
    moved_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if type(self.state) not in HOLD_STATES.values():
            raise InvalidValue("state", "must be one of the five states of a hold")
        check_tally("failures", self.failures)
        check_tally("appeals", self.appeals)
        if self.failed_at is not None:
            settle_instant(self, "failed_at")
        check_flag("verification_closed", self.verification_closed)
        check_names("reasons", self.reasons, tuple)
        check_optional_identifier("reviewer", self.reviewer)
        _check_moves(self)
        _check_possible(self)

    def knows_round(self, attempt: EventId) -> bool:
        """Whether a round of that id is among the moves that are remembered."""
        openers = (EventType.VERIFICATION_STARTED, EventType.APPEAL_SUBMITTED)
        return any(moved.event == attempt and moved.type in openers for moved in self.moves)

    @property
    def instants(self) -> tuple[datetime, ...]:
        """Every instant at which the record says that something moved the hold."""
        return tuple(at for at in (*_instants_of(self.state), self.failed_at) if at is not None)


def _check_needed(state: InVerification | InAppeal) -> None:
    if state.needed is None:
        return
    check_type("needed", state.needed, Needed, "a request for more")
    if state.needed.since < state.opened_at:
        raise InvalidValue("needed.since", "must not be before `opened_at`")


def _settle_round(state: Round) -> None:
    check_identifier("attempt", state.attempt)
    settle_instant(state, "opened_at")


def _settle_due(state: InReview | InAppeal, since: datetime) -> None:
    if state.due is None:
        return
    settle_instant(state, "due")
    if state.due <= since:
        raise InvalidValue("due", "must be after the instant that it counts from")


def _instants_of(state: HoldState) -> tuple[datetime, ...]:
    match state:
        case Suspended():
            return ()
        case InVerification():
            return (state.opened_at, state.waits_since)
        case InReview():
            return (state.opened_at, state.submitted_at)
        case InAppeal():
            return (state.opened_at,) if state.submitted_at is None else (state.opened_at, state.submitted_at)
        case Restored():
            return (state.at,)
        case _ as never:
            assert_never(never)


def _check_moves(progress: Progress) -> None:
    check_type("moves", progress.moves, tuple, "a list of the events that moved the hold")
    if len(progress.moves) > MOVES_MAX:
        raise InvalidValue("moves", f"must be at most {MOVES_MAX} events, got {len(progress.moves)}")
    check_items("moves", progress.moves, Moved, "an event that moved the hold")
    if (progress.moved_at is None) != (not progress.moves):
        raise InvalidValue("moved_at", "must be given exactly when some event has moved the hold")
    if progress.moved_at is None:
        return
    settle_instant(progress, "moved_at")
    if any(at > progress.moved_at for at in progress.instants):
        raise InvalidValue("moved_at", "must not be before anything that moved the hold")


def _check_possible(progress: Progress) -> None:
    """Refuse a record that no sequence of events can leave behind, whatever the hold."""
    state = progress.state
    tried = progress.failures > 0 or progress.appeals > 0
    if (progress.failures > 0) != (progress.failed_at is not None):
        raise InvalidValue("failed_at", "must be given exactly when something has failed")
    if (type(state) is not Suspended or tried) != (progress.moved_at is not None):
        raise InvalidValue("moves", "must be given exactly when some event has moved the hold")
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


UNTOUCHED: Final = Progress()
