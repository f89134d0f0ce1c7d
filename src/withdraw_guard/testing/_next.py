"""The events that may be reported next, as one list to choose from, so that a story shrinks step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never, final

import attrs

from withdraw_guard._factory import ADMIN, event_of, matching_event
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Actor, Event, IdentityChanged
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.progress import InReview, InVerification
from withdraw_guard._rules.transitions import TABLE, Move
from withdraw_guard._values.ids import Authority, DestinationId
from withdraw_guard._values.vocabulary import ActorKind, Identity, State
from withdraw_guard.testing._journal import delivered, retractable, retraction, round_of
from withdraw_guard.testing._trial import is_named

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
    found: Iterable[Event] = reported
    match kind:
        case EventKind.TRIGGER:
            found = _triggers(policy, account, name, at)
        case EventKind.MOVE:
            found = _moves(account, name, at)
        case EventKind.RELEASE:
            found = _releases(account, name, at)
        case EventKind.ANYTHING:
            found = (event_of(move, account, hold, name, at) for hold in account.holds for move in Move)
        case EventKind.IDENTITY:
            found = _identities(account, name, at)
        case EventKind.VENDOR:
            found = _words_of_a_vendor(account, name, at)
        case EventKind.RETRACTION:
            found = _retractions(policy, account, name, at)
        case EventKind.AGAIN:
            pass
        case _ as never:
            assert_never(never)
    return tuple(found) or tuple(_triggers(policy, account, name, at)) or tuple(_identities(account, name, at))


def _triggers(policy: Policy, account: Account, name: str, at: datetime) -> Iterator[Event]:
    for rule in policy.rules:
        plain = matching_event(rule, account.id, name, at)
        chosen = () if rule.chosen is None else (attrs.evolve(plain, duration=rule.chosen.maximum),)
        named = (attrs.evolve(plain, destination_id=_SOMEWHERE),) if is_named(rule) else ()
        yield from (event for event in (plain, *chosen, *named) if delivered(policy, account, event)[1])


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


def _identities(account: Account, name: str, at: datetime) -> Iterator[Event]:
    for identity in (None, *Identity):
        yield IdentityChanged(id=name, account=account.id, at=at, identity=identity)
    yield IdentityChanged(id=name, account=account.id, at=at, identity=Identity.PERSONAL, valid_until=at + _DAY)


def _words_of_a_vendor(account: Account, name: str, at: datetime) -> Iterator[Event]:
    for hold in account.holds:
        if isinstance(hold.progress.state, InVerification | InReview):
            for move in _OF_A_VENDOR:
                yield event_of(move, account, hold, name, at, by=_MACHINE, attempt=round_of(hold))


def _retractions(policy: Policy, account: Account, name: str, at: datetime) -> Iterator[Event]:
    for authority in policy.retractable_by:
        for event in retractable(account):
            for by in (ADMIN, _HOLDER):
                yield retraction(event, account, at, name, by=by, authority=authority)
