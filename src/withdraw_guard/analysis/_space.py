"""Every situation that a hold of one rule can reach, found breadth first on real accounts.

A situation is what can still make a difference: the states of the holds, the failures and appeals as far as the rule
counts them, the identity, and the order of the instants at which time will change something. In two accounts of the
same situation the same events are possible, now and later. How far away an instant is makes no difference, because
events take no time. So each event is tried once in each situation, and time passes to the next such instant.

The walk reports everything in order, under new ids, and retracts nothing. So what a hold remembers of its triggers and
moves, to know them again, makes no difference. What a reviewer asked for makes none either: it can be handed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias, assert_never, final

import attrs

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import IdentityChanged, SecurityEvent
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._model.progress import HoldState, InAppeal, InReview, InVerification, Restored, Suspended
from withdraw_guard._values.ids import EventId
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Identity, Repeat, State
from withdraw_guard.analysis._circumstances import start_of
from withdraw_guard.analysis._people import (
    ACCOUNT,
    Journal,
    Reported,
    applied,
    boundaries,
    matching_event,
    possible_events,
)

Key: TypeAlias = tuple[object, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class Situation(Value):
    """A reached situation: an account, the instant, and the earlier situation and the event that led to it.

    If there is no event, time passed, or it is the situation in which the walk began.
    """

    account: Account
    now: datetime
    came_from: int
    event: Reported | None


@final
@attrs.frozen(kw_only=True, repr=False)
class Edge(Value):
    """From which situation to which, by which event (none: time passed), and the account after it."""

    source: int
    target: int
    event: Reported | None
    after: Account


@final
@attrs.frozen(kw_only=True, repr=False)
class Space(Value):
    """The situations of one rule and the edges between them, and whether these are all."""

    rule: Rule
    situations: tuple[Situation, ...]
    edges: tuple[Edge, ...]
    is_whole: bool

    def journal_to(self, number: int) -> Journal:
        """Return the shortest journal that leads to a situation."""
        events: list[Reported] = []
        while number >= 0:
            situation = self.situations[number]
            events.extend([] if situation.event is None else [situation.event])
            number = situation.came_from
        return tuple(reversed(events))


def space_of(policy: Policy, states_max: int) -> Space:
    """Walk a policy of one rule from a fresh account, until nothing new is found or `states_max` is exceeded."""
    (rule,), start = policy.rules, start_of(policy)
    situations = [Situation(account=Account(id=ACCOUNT), now=start, came_from=-1, event=None)]
    found: dict[Key, int] = {key_of(situations[0].account, start): 0}
    edges: list[Edge] = []
    ahead = deque([0])
    while ahead and len(situations) <= states_max:
        source = ahead.popleft()
        for event, account, now in _steps(policy, situations[source], EventId(f"e{source:05}")):
            key = key_of(account, now)
            if key not in found:
                found[key] = len(situations)
                ahead.append(len(situations))
                situations.append(Situation(account=account, now=now, came_from=source, event=event))
            edges.append(Edge(source=source, target=found[key], event=event, after=account))
    return Space(rule=rule, situations=tuple(situations), edges=tuple(edges), is_whole=not ahead)


def _steps(
    policy: Policy, situation: Situation, event_id: EventId
) -> Iterator[tuple[Reported | None, Account, datetime]]:
    """Give every event that is possible in a situation, and time, with the account and the instant after it."""
    account, now = situation.account, situation.now
    for event in _events(policy.rules[0], account, now, event_id):
        after = applied(policy, account, event)
        if after is not None:
            yield event, after, now
    ahead = _instants_ahead(account, now)
    if ahead:
        yield None, account, min(ahead.values())


def _events(rule: Rule, account: Account, now: datetime, event_id: EventId) -> Iterator[Reported]:
    yield from _triggers(rule, account, now, event_id)
    clearance = rule.clearance
    if clearance is not None and clearance.unverified != clearance.verified:
        identity = Identity.PERSONAL if account.identity_at(now) is None else None
        yield IdentityChanged(id=event_id, account=ACCOUNT, at=now, identity=identity)
    for hold in account.holds:
        if hold.is_open(now):
            yield from possible_events(account, hold, now, event_id)


def _triggers(rule: Rule, account: Account, now: datetime, event_id: EventId) -> Iterator[SecurityEvent]:
    """Give every kind of event of the triggers of the rule. Separate holds are placed one at a time."""
    if rule.repeat is Repeat.SEPARATE and any(hold.is_open(now) for hold in account.holds):
        return
    simplest = matching_event(rule, event_id, now)
    yield simplest
    if rule.chosen is not None:
        yield from (attrs.evolve(simplest, duration=each) for each in (rule.chosen.minimum, rule.chosen.maximum))


# ── What can still make a difference ─────────────────────────────────────────────────────────────────────────────


def key_of(account: Account, now: datetime) -> Key:
    """Return what of an account can still make a difference, as seen from now."""
    ahead = _instants_ahead(account, now)
    order = sorted(set(ahead.values()))
    ranks = tuple(sorted((name, order.index(then)) for name, then in ahead.items()))
    forms = tuple(_form_of(hold, now) for hold in _outstanding(account, now))
    return bool(account.holds), account.identity_at(now) is not None, forms, ranks


def _instants_ahead(account: Account, now: datetime) -> dict[str, datetime]:
    """Return the later instants at which time alone changes something, each under a name.

    Of several holds that are cleared and that only wait for their timers, only the last end counts.
    """
    ahead = {
        f"{index}.{name}": then
        for index, hold in enumerate(_outstanding(account, now))
        for name, then in boundaries(hold, now).items()
    }
    waiting = [hold.end for hold in account.holds if hold.is_open(now) and _only_timer_runs(hold)]
    ends = {"last_timer": max((end for end in waiting if end is not None), default=None)}
    if account.identity_report is not None:
        ends["identity"] = account.identity_report.ends_at
    return ahead | {name: end for name, end in ends.items() if end is not None and end > now}


def _outstanding(account: Account, now: datetime) -> list[Hold]:
    return [hold for hold in account.holds if hold.is_open(now) and not _only_timer_runs(hold)]


def _only_timer_runs(hold: Hold) -> bool:
    return hold.progress.state.state is State.RESTORED


def _form_of(hold: Hold, now: datetime) -> Key:
    progress, clearance = hold.progress, hold.rule.clearance
    failures = progress.failures
    if clearance is not None and clearance.attempts is None:
        failures = min(failures, 0 if clearance.appeal is None else clearance.appeal.after_failures)
    tried = (failures, progress.verification_closed, progress.appeals, progress.reviewer is not None)
    return hold.stage(now), _round_of(progress.state), tried


def _round_of(state: HoldState) -> object:
    """Return the method of a verification, or whether an appeal waits for the account holder."""
    match state:
        case InVerification() | InReview():
            return state.method
        case InAppeal():
            return state.submitted_at is None
        case Suspended() | Restored():
            return None
        case _ as never:
            assert_never(never)
