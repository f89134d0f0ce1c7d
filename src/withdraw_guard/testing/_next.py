"""The events that may be reported next, as one list to choose from, so that a story shrinks step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never, final

import attrs

from withdraw_guard._factory import ADMIN, event_of, matching_event
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Actor, Event, EventRetracted, IdentityChanged, SecurityEvent
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._model.progress import InReview, InVerification
from withdraw_guard._rules.transitions import TABLE, Move
from withdraw_guard._values.ids import Authority, DestinationId
from withdraw_guard._values.vocabulary import ActorKind, Destinations, Identity, State
from withdraw_guard.testing._journal import delivered, retractable

_DAY: Final = timedelta(days=1)
_OF_A_VENDOR: Final = (Move.SUBMITTED, Move.MORE_REQUESTED, Move.REJECTED, Move.APPROVED, Move.FAILED)
_SOMEWHERE: Final = DestinationId("somewhere")
_HOLDER: Final = Actor(id="the-account-holder", kind=ActorKind.USER)
_MACHINE: Final = Actor(id="a-machine", kind=ActorKind.SYSTEM)
_ANOTHER: Final = Actor(id="another-admin", kind=ActorKind.ADMIN)


@final
class EventKind(StrEnum):
    """What kind of event is reported."""

    TRIGGER = "a trigger that the policy listens to"
    MOVE = "a move that an open hold allows"
    RELEASE = "an order to release a hold, by an authority or by somebody else"
    ANYTHING = "any move of any hold"
    IDENTITY = "a report about the identity"
    VENDOR = "what a vendor says of the open round, which it names"
    RETRACTION = "a retraction of what was reported by mistake, or by somebody who may not retract"
    AGAIN = "an event that was reported before"


def candidates(
    kind: EventKind, policy: Policy, account: Account, name: str, at: datetime, reported: Sequence[Event]
) -> Sequence[Event]:
    """Return the events of a kind that may be reported next; if there are none, the triggers of the policy.

    A trigger that the policy cannot apply is left out: after the end of its calendar, those that count business days.
    """
    found = tuple(_of_kind(kind, policy, account, name, at, reported))
    return found or tuple(_triggers(policy, account, name, at)) or tuple(_identities(account, name, at))


def _of_kind(
    kind: EventKind, policy: Policy, account: Account, name: str, at: datetime, reported: Sequence[Event]
) -> Iterable[Event]:
    match kind:
        case EventKind.TRIGGER:
            return _triggers(policy, account, name, at)
        case EventKind.MOVE:
            return _moves(account, name, at)
        case EventKind.RELEASE:
            return _releases(account, name, at)
        case EventKind.ANYTHING:
            return _anything(account, name, at)
        case EventKind.IDENTITY:
            return _identities(account, name, at)
        case EventKind.VENDOR:
            return _words_of_a_vendor(account, name, at)
        case EventKind.RETRACTION:
            return _retractions(policy, account, name, at)
        case EventKind.AGAIN:
            return reported
        case _ as never:
            assert_never(never)


def _triggers(policy: Policy, account: Account, name: str, at: datetime) -> Iterator[Event]:
    flags = (event for rule in policy.rules for event in _triggers_of(rule, account, name, at))
    return (event for event in flags if delivered(policy, account, event)[1])


def _triggers_of(rule: Rule, account: Account, name: str, at: datetime) -> Iterator[SecurityEvent]:
    plain = matching_event(rule, account.id, name, at)
    yield plain
    if rule.chosen is not None:
        yield attrs.evolve(plain, duration=rule.chosen.maximum)
    if rule.scope.destinations is Destinations.NAMED:
        yield attrs.evolve(plain, destination_id=_SOMEWHERE)


def _moves(account: Account, name: str, at: datetime) -> Iterator[Event]:
    for hold in account.holds:
        if hold.is_open(at) and hold.clearance_outstanding:
            for move in TABLE[hold.stage(at)]:
                if move is not Move.RELEASED:
                    by = _ANOTHER if hold.stage(at) is State.APPEAL else ADMIN
                    yield event_of(move, account, hold, name, at, by=by)
                if move is Move.APPROVED:
                    yield event_of(move, account, hold, name, at, by=_MACHINE)


def _releases(account: Account, name: str, at: datetime) -> Iterator[Event]:
    for hold in account.holds:
        yield event_of(Move.RELEASED, account, hold, name, at)
        yield event_of(Move.RELEASED, account, hold, name, at, by=_HOLDER)
        yield event_of(Move.RELEASED, account, hold, name, at, authority=Authority("nobody"))


def _anything(account: Account, name: str, at: datetime) -> Iterator[Event]:
    return (event_of(move, account, hold, name, at) for hold in account.holds for move in Move)


def _identities(account: Account, name: str, at: datetime) -> Iterator[Event]:
    for identity in (None, *Identity):
        yield IdentityChanged(id=name, account=account.id, at=at, identity=identity)
    yield IdentityChanged(id=name, account=account.id, at=at, identity=Identity.PERSONAL, valid_until=at + _DAY)


def _words_of_a_vendor(account: Account, name: str, at: datetime) -> Iterator[Event]:
    for hold in account.holds:
        state = hold.progress.state
        if isinstance(state, InVerification | InReview):
            for move in _OF_A_VENDOR:
                yield event_of(move, account, hold, name, at, by=_MACHINE, attempt=state.attempt)


def _retractions(policy: Policy, account: Account, name: str, at: datetime) -> Iterator[Event]:
    for authority in policy.retractable_by:
        for event in retractable(account):
            plain = EventRetracted(
                id=name, account=account.id, at=at, event=event, by=ADMIN, authority=authority, note="a mistake"
            )
            yield plain
            yield attrs.evolve(plain, by=_HOLDER)
