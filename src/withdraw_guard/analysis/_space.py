"""Every state that a hold of one rule can reach, found breadth first on real accounts.

A state is what of an account can still matter: where its holds stand, what was tried as far as the rule counts it, the
identity, and the order in which what is ahead will be over. Two accounts in one state offer the same doors now, and
the same things shut later in the same order; how much later makes no difference to what can be reached, because
everything that people do takes no time. So a walk needs no durations, only their boundaries: it reports each event in
each state once and waits for each boundary once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias, assert_never, final

import attrs

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event, IdentityChanged, SecurityEvent
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._model.progress import HoldState, InAppeal, InReview, InVerification, Restored, Suspended
from withdraw_guard._values.ids import EventId, Method
from withdraw_guard._values.limits import MOVES_PER_INSTANT_MAX
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Identity, Repeat, State
from withdraw_guard.analysis._circumstances import start_of
from withdraw_guard.analysis._deeds import ACCOUNT, MICROSECOND, Journal, clocks, deeds, fired, flag, handled

Key: TypeAlias = tuple[object, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class Place(Value):
    """A state that was reached: an account in it, when that was, and by which event from which other place.

    No event and no journal: it is where the walk began. No event otherwise: time passed.
    """

    account: Account
    now: datetime
    came_from: int
    event: Event | None


@final
@attrs.frozen(kw_only=True, repr=False)
class Edge(Value):
    """From which place to which, by what (none is time), and the account that it leads to there."""

    source: int
    target: int
    event: Event | None
    after: Account


@final
@attrs.frozen(kw_only=True, repr=False)
class Space(Value):
    """All places of one rule, all edges between them, and whether that is really all."""

    rule: Rule
    places: tuple[Place, ...]
    edges: tuple[Edge, ...]
    is_whole: bool

    def journal_to(self, number: int) -> Journal:
        """Return the shortest journal that leads to a place."""
        events: list[Event] = []
        while number >= 0:
            place = self.places[number]
            events.extend([] if place.event is None else [place.event])
            number = place.came_from
        return tuple(reversed(events))


def space_of(policy: Policy, states_max: int) -> Space:
    """Walk a policy of one rule from a fresh account until nothing new is found, or too much."""
    (rule,), start = policy.rules, start_of(policy)
    places = [Place(account=Account(id=ACCOUNT), now=start, came_from=-1, event=None)]
    found: dict[Key, int] = {key_of(places[0].account, start): 0}
    edges: list[Edge] = []
    ahead = deque([0])
    while ahead and len(places) <= states_max:
        source = ahead.popleft()
        for event, account, now in _steps(policy, places[source], EventId(f"e{source:05}")):
            key = key_of(account, now)
            if key not in found:
                found[key] = len(places)
                ahead.append(len(places))
                places.append(Place(account=account, now=now, came_from=source, event=event))
            edges.append(Edge(source=source, target=found[key], event=event, after=account))
    return Space(rule=rule, places=tuple(places), edges=tuple(edges), is_whole=not ahead)


def _steps(policy: Policy, place: Place, event_id: EventId) -> Iterator[tuple[Event | None, Account, datetime]]:
    """Give where everything that can happen in a place leads to."""
    account, now = place.account, place.now
    soon = now + MICROSECOND if any(_is_full(hold, now) for hold in account.holds) else now
    for event in _events(policy.rules[0], account, soon, event_id):
        after = handled(policy, account, event)
        if after is not None:
            yield event, after, soon
    ahead = [then for hold in account.holds if hold.is_open(now) for then in clocks(hold, now).values()]
    if ahead:
        yield None, account, min(ahead)


def _is_full(hold: Hold, now: datetime) -> bool:
    """Whether no further round is opened in this microsecond, because so much happened in it."""
    moved = hold.progress.moved
    return moved is not None and moved.at == now and len(moved.by) >= MOVES_PER_INSTANT_MAX


def _events(rule: Rule, account: Account, now: datetime, event_id: EventId) -> Iterator[Event]:
    yield from _triggers(rule, account, now, event_id)
    clearance = rule.clearance
    if clearance is not None and clearance.unverified != clearance.verified:
        identity = Identity.PERSONAL if account.identity is None else None
        yield IdentityChanged(id=event_id, account=ACCOUNT, at=now, identity=identity)
    for hold in account.holds:
        if hold.is_open(now):
            yield from deeds(account, hold, now, event_id)


def _triggers(rule: Rule, account: Account, now: datetime, event_id: EventId) -> Iterator[SecurityEvent]:
    """Give every kind of event that the rule hears. Holds that stay apart are walked one at a time."""
    if rule.repeat is Repeat.SEPARATE and any(hold.is_open(now) for hold in account.holds):
        return
    plainest = flag(rule, event_id, now)
    yield plainest
    if rule.chosen is not None:
        yield from (attrs.evolve(plainest, duration=each) for each in (rule.chosen.minimum, rule.chosen.maximum))
    yield from (fired(trigger, event_id, now) for trigger in sorted(rule.extended_by))


# ── What can still matter ────────────────────────────────────────────────────────────────────────────────────────


def key_of(account: Account, now: datetime) -> Key:
    """Return what of an account can still matter, as seen from now."""
    still_open = [hold for hold in account.holds if hold.is_open(now)]
    outstanding = [hold for hold in still_open if not _is_cooling(hold)]
    cooling = max((hold.end for hold in still_open if _is_cooling(hold) and hold.end is not None), default=None)
    ahead = {
        f"{index}.{name}": then for index, hold in enumerate(outstanding) for name, then in clocks(hold, now).items()
    }
    if cooling is not None:
        ahead["cooling"] = cooling
    order = sorted(set(ahead.values()))
    ranks = tuple(sorted((name, order.index(then)) for name, then in ahead.items()))
    forms = tuple(_form_of(hold, now) for hold in outstanding)
    return bool(account.holds), account.identity is not None, forms, ranks


def _is_cooling(hold: Hold) -> bool:
    """Whether it was cleared and only its timer runs: of several such holds the last one to end counts."""
    return hold.progress.state.state is State.RESTORED


def _form_of(hold: Hold, now: datetime) -> Key:
    progress, clearance = hold.progress, hold.rule.clearance
    failures = progress.failures
    if clearance is not None and clearance.attempts is None:
        failures = min(failures, 0 if clearance.appeal is None else clearance.appeal.after_failures)
    tried = (failures, progress.verification_closed, progress.appeals, progress.reviewer is not None)
    return hold.stage(now), _method_of(progress.state), tried


def _method_of(state: HoldState) -> Method | None:
    match state:
        case InVerification() | InReview():
            return state.method
        case Suspended() | InAppeal() | Restored():
            return None
        case _ as never:
            assert_never(never)
