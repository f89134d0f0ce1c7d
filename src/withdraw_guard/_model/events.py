"""What the host reports: eleven kinds of event, each in the past tense, each with an id and an instant.

An event is a memory: it says what happened and asks for nothing. Ids are the host's promise to be unique per
account and hold; the same event may be delivered as often as it likes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias, TypeVar, final, get_args

import attrs

from withdraw_guard._values.checks import (
    check_flag,
    check_identifier,
    check_name,
    check_names,
    check_optional_duration,
    check_optional_identifier,
    check_text,
    check_type,
    check_word,
)
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import NO_FACTS, Fact, Facts, freeze_facts
from withdraw_guard._values.given import in_a_set, in_a_tuple, text_or_none
from withdraw_guard._values.ids import (
    AccountId,
    ActorId,
    Authority,
    DestinationId,
    Document,
    EventId,
    HoldId,
    Method,
    Reason,
    Trigger,
)
from withdraw_guard._values.limits import HOLD_ID_LENGTH_MAX, NOTE_LENGTH_MAX
from withdraw_guard._values.time import settle_instant, utc, utc_end
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import ActorKind, AppealOutcome, Identity, ReviewOutcome

INITIATED_BY = "initiated_by"


@final
class EventType(StrEnum):
    """The kind of an event; on the wire its `type`."""

    SECURITY_EVENT = "security_event"
    VERIFICATION_STARTED = "verification_started"
    VERIFICATION_SUBMITTED = "verification_submitted"
    VERIFICATION_FAILED = "verification_failed"
    REVIEW_DECIDED = "review_decided"
    MORE_REQUESTED = "more_requested"
    APPEAL_SUBMITTED = "appeal_submitted"
    APPEAL_DECIDED = "appeal_decided"
    RELEASE_ORDERED = "release_ordered"
    IDENTITY_CHANGED = "identity_changed"
    EVENT_RETRACTED = "event_retracted"


@final
@attrs.frozen(kw_only=True, repr=False)
class Actor(Value):
    """Who decided something: an id of the host's, and what kind of actor that is."""

    id: ActorId = attrs.field(converter=ActorId)
    kind: ActorKind

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id)
        settle(self, "kind", check_word("kind", self.kind, ActorKind))


def _context(given: Mapping[str, Fact]) -> Facts:
    return freeze_facts("context", given)


@final
@attrs.frozen(kw_only=True, repr=False)
class SecurityEvent(Value):
    """Something happened to the account that a rule may listen to.

    `context` carries facts about it: text, integers or booleans. `initiated_by` is a fact as well, under that name;
    a fact of the context by that name is kept, and no rule reads it. `duration` is what the account holder chose,
    for rules that let them choose. `destination_id` is the destination of the event, for rules about one destination.
    """

    type: ClassVar = EventType.SECURITY_EVENT
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    trigger: Trigger = attrs.field(converter=Trigger)
    initiated_by: ActorKind
    context: Facts = attrs.field(default=NO_FACTS, converter=_context)
    duration: timedelta | None = None
    destination_id: DestinationId | None = attrs.field(default=None, converter=text_or_none)

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_name("trigger", self.trigger)
        check_optional_duration("duration", self.duration)
        check_optional_identifier("destination_id", self.destination_id)
        settle(self, "initiated_by", check_word("initiated_by", self.initiated_by, ActorKind))


@final
@attrs.frozen(kw_only=True, repr=False)
class VerificationStarted(Value):
    """The account holder began to verify with a method. It opens a round on the hold."""

    type: ClassVar = EventType.VERIFICATION_STARTED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    method: Method = attrs.field(converter=Method)

    def __attrs_post_init__(self) -> None:
        _settle_hold_header(self)
        check_name("method", self.method)


@final
@attrs.frozen(kw_only=True, repr=False)
class VerificationSubmitted(Value):
    """The account holder submitted what was required; a review follows.

    `attempt` is the id of the event that opened the round. Pass it if your vendor has sessions: then an event about
    another session is refused.
    """

    type: ClassVar = EventType.VERIFICATION_SUBMITTED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    attempt: EventId | None = attrs.field(default=None, converter=text_or_none)

    def __attrs_post_init__(self) -> None:
        _settle_hold_header(self)
        check_optional_identifier("attempt", self.attempt)


@final
@attrs.frozen(kw_only=True, repr=False)
class VerificationFailed(Value):
    """The verification failed before anything was submitted for review."""

    type: ClassVar = EventType.VERIFICATION_FAILED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    attempt: EventId | None = attrs.field(default=None, converter=text_or_none)
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=in_a_tuple)

    def __attrs_post_init__(self) -> None:
        _settle_hold_header(self)
        check_optional_identifier("attempt", self.attempt)
        check_names("reasons", self.reasons, tuple)


@final
@attrs.frozen(kw_only=True, repr=False)
class ReviewDecided(Value):
    """A reviewer, a person or a machine, decided on what was submitted.

    A rejection that is `final` closes verification for this hold; `final` says nothing about an approval.
    """

    type: ClassVar = EventType.REVIEW_DECIDED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    attempt: EventId | None = attrs.field(default=None, converter=text_or_none)
    by: Actor
    outcome: ReviewOutcome
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=in_a_tuple)
    final: bool = False

    def __attrs_post_init__(self) -> None:
        _settle_hold_header(self)
        check_optional_identifier("attempt", self.attempt)
        check_type("by", self.by, Actor, "an Actor")
        settle(self, "outcome", check_word("outcome", self.outcome, ReviewOutcome))
        check_names("reasons", self.reasons, tuple)
        check_flag("final", self.final)


@final
@attrs.frozen(kw_only=True, repr=False)
class MoreRequested(Value):
    """Whoever reviews, or decides the appeal, needs more; `documents` are what the account holder is asked for.

    The same round goes on: no attempt and no appeal is used up. In an appeal only an admin may ask for more.
    """

    type: ClassVar = EventType.MORE_REQUESTED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    attempt: EventId | None = attrs.field(default=None, converter=text_or_none)
    by: Actor
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=in_a_tuple)
    documents: frozenset[Document] = attrs.field(default=frozenset(), converter=in_a_set)

    def __attrs_post_init__(self) -> None:
        _settle_hold_header(self)
        check_optional_identifier("attempt", self.attempt)
        check_type("by", self.by, Actor, "an Actor")
        check_names("reasons", self.reasons, tuple)
        check_names("documents", self.documents)


@final
@attrs.frozen(kw_only=True, repr=False)
class AppealSubmitted(Value):
    """The account holder appealed, with documents. It opens a round on the hold.

    While an open appeal waits for more documents, it hands them in; then `attempt` may name that appeal.
    """

    type: ClassVar = EventType.APPEAL_SUBMITTED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    attempt: EventId | None = attrs.field(default=None, converter=text_or_none)
    documents: frozenset[Document] = attrs.field(default=frozenset(), converter=in_a_set)

    def __attrs_post_init__(self) -> None:
        _settle_hold_header(self)
        check_optional_identifier("attempt", self.attempt)
        check_names("documents", self.documents)


@final
@attrs.frozen(kw_only=True, repr=False)
class AppealDecided(Value):
    """A person decided on the appeal; `attempt` is the id of the event that filed it."""

    type: ClassVar = EventType.APPEAL_DECIDED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    attempt: EventId | None = attrs.field(default=None, converter=text_or_none)
    by: Actor
    outcome: AppealOutcome
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=in_a_tuple)

    def __attrs_post_init__(self) -> None:
        _settle_hold_header(self)
        check_optional_identifier("attempt", self.attempt)
        check_type("by", self.by, Actor, "an Actor")
        settle(self, "outcome", check_word("outcome", self.outcome, AppealOutcome))
        check_names("reasons", self.reasons, tuple)


@final
@attrs.frozen(kw_only=True, repr=False)
class ReleaseOrdered(Value):
    """An authority ordered the hold to end at this instant.

    `override_stale` is typed by a human who knows that the hold remembers an instant that was wrong: it lets the
    order count although the hold knows of something later.
    """

    type: ClassVar = EventType.RELEASE_ORDERED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    hold: HoldId = attrs.field(converter=HoldId)
    by: Actor
    authority: Authority = attrs.field(converter=Authority)
    note: str = ""
    override_stale: bool = False

    def __attrs_post_init__(self) -> None:
        _settle_hold_header(self)
        check_type("by", self.by, Actor, "an Actor")
        check_name("authority", self.authority)
        check_text("note", self.note, NOTE_LENGTH_MAX)
        check_flag("override_stale", self.override_stale)


@final
@attrs.frozen(kw_only=True, repr=False)
class IdentityChanged(Value):
    """The identity was verified elsewhere, or taken away (`None`). Of two reports the later one counts.

    From `valid_until` on the account counts as not verified; nobody has to report that.
    """

    type: ClassVar = EventType.IDENTITY_CHANGED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    identity: Identity | None
    valid_until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        if self.identity is not None:
            settle(self, "identity", check_word("identity", self.identity, Identity))
        settle(self, "valid_until", valid_until(self.valid_until, self.identity, self.at))


@final
@attrs.frozen(kw_only=True, repr=False)
class EventRetracted(Value):
    """What was reported under the id `event` did not happen, or not to this account, or not then.

    Only an admin retracts, for an authority that the policy names in `retractable_by`; `note` says why. Report again,
    under another id, what was retracted by mistake.
    """

    type: ClassVar = EventType.EVENT_RETRACTED
    id: EventId = attrs.field(converter=EventId)
    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    event: EventId = attrs.field(converter=EventId)
    by: Actor
    authority: Authority = attrs.field(converter=Authority)
    note: str

    def __attrs_post_init__(self) -> None:
        _settle_header(self)
        check_identifier("event", self.event)
        check_type("by", self.by, Actor, "an Actor")
        check_name("authority", self.authority)
        check_text("note", self.note, NOTE_LENGTH_MAX)
        if not self.note.strip():
            raise InvalidValue("note", "must say why the event is retracted")


HoldEvent: TypeAlias = (
    VerificationStarted
    | VerificationSubmitted
    | VerificationFailed
    | ReviewDecided
    | MoreRequested
    | AppealSubmitted
    | AppealDecided
    | ReleaseOrdered
)
"""What happens to one hold: the eight events of the table of transitions."""
Event: TypeAlias = SecurityEvent | HoldEvent | IdentityChanged | EventRetracted
"""Something that happened, reported by the host, in the past tense: one of eleven kinds."""
EVENTS: Final = get_args(Event)
HOLD_EVENTS: Final = get_args(HoldEvent)

_E = TypeVar("_E", bound=Event)


def not_after(event: _E, instant: datetime) -> _E:
    """Return the event, dated no later than the instant: for a reporter whose clock may run ahead.

    Pass the instant at which your host received the event. Raises `InvalidValue` for an instant that is naive or out
    of range, and where the event cannot have that date.
    """
    instant = utc("instant", instant)
    return event if event.at <= instant else attrs.evolve(event, at=instant)


def _settle_header(event: Event) -> None:
    check_identifier("id", event.id)
    check_identifier("account", event.account)
    settle_instant(event, "at")


def _settle_hold_header(event: HoldEvent) -> None:
    _settle_header(event)
    check_identifier("hold", event.hold, HOLD_ID_LENGTH_MAX)


def attempt_of(event: HoldEvent) -> EventId | None:
    """Return the round that the event names, or none."""
    match event:
        case VerificationStarted() | ReleaseOrdered():
            return None
        case _:
            return event.attempt


def valid_until(end: datetime | None, identity: Identity | None, since: datetime) -> datetime | None:
    """Return the end of an identity; refuse one that is not after its beginning, or beside no identity."""
    if end is None:
        return None
    if identity is None:
        raise InvalidValue("valid_until", "must be left out, because no identity was verified")
    end = utc_end("valid_until", end)
    if end <= since:
        raise InvalidValue("valid_until", "must be after the instant of the report")
    return end
