"""The whole space: every situation that a few small policies can lead to within some microseconds.

The walk is breadth-first from a fresh account. In each situation it tries every event of the alphabet, and lets time
pass by one microsecond. The reference is walked along: each step is compared with it, and each new situation is asked
about. What is found to be different is printed with the shortest way to it. The number of situations and of steps is
pinned: a change that adds or removes one is a change of behaviour, and somebody should look at it.

Why the space is finite, and what is lost by making it so:

* *Durations are one or two microseconds*, so that one tick is both a step of time and the probe of a boundary. This is
  sound only where code does not look at the size of a duration; the stories of `test_differential.py` have sizes.
* *Time passes for a few microseconds only.* An event happens now; security events and what a clock that is behind says
  also happen one microsecond ago.
* *One or two security events* are told; each may be retracted, and each other move may be tried as often as it likes.
* *Two accounts are in the same situation if they differ only in ids and in what they remember of earlier moves.* An id
  is only ever compared. The walk goes on from the account that came first. In every situation, what was handled along
  the way that came first is told again.
* Not in these spaces: an id that is taken (`#2`), more than one policy, more than 16 triggers or moves.
"""

from __future__ import annotations

import json
import pickle
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, NoReturn

import pytest

from reference import story as tell
from reference.journals import TICK
from reference.rulebook import Json, Reference, read_instant
from test_differential import Library, difference_after, difference_at
from withdraw_guard import TABLE, Account, Hold, HoldPlaced, IdentityRecorded, Refusal, State, TriggerRetracted, wire

SITUATIONS_MAX = 20_000
MICRO = timedelta(microseconds=1)
REQUESTS: tuple[Json, ...] = (
    {"operation": "withdrawal", "destination": "new"},
    {"operation": "withdrawal", "destination": "known", "destination_id": "here"},
)


# ── The policies ─────────────────────────────────────────────────────────────────────────────────────────────────


def micros(count: int) -> str:
    return f"PT0.{count:06}S"


def proof(**members: Any) -> Json:
    """A clearance that accepts one method from everybody."""
    return tell.clearance(**{"unverified": ["face_web"], "verified": ["face_web"], "attempts": 1, **members})


def days(*begins: int) -> Json:
    """Business days of one microsecond each, told from the first instant of the walk."""
    return {"days": [{"begins": at(begin), "ends": at(begin + 1)} for begin in begins]}


def at(micro: int) -> str:
    return tell.at(micro * TICK)


@dataclass(frozen=True)
class Space:
    """A policy and how large the space is that it spans, if so many flags are told in so many microseconds."""

    policy: Json
    flags: int
    ticks: int
    situations: int
    steps: int
    late: bool = True  # whether events also happen one microsecond ago


SPACES = {
    "a timer that extends": Space(
        tell.policy(tell.rule(duration=micros(2), releasable_by=[])), flags=2, ticks=2, situations=307, steps=3208
    ),
    "a timer that is kept": Space(
        tell.policy(tell.rule(duration=micros(2), repeat="keep", releasable_by=[])),
        flags=2,
        ticks=2,
        situations=307,
        steps=3208,
    ),
    "a duration that people choose": Space(
        tell.policy(tell.rule(duration=micros(2), chosen={"minimum": micros(1), "maximum": micros(3)})),
        flags=1,
        ticks=2,
        situations=327,
        steps=2616,
    ),
    "separate holds about one destination, until support ends them": Space(
        tell.policy(tell.named_rule(duration=None)), flags=2, ticks=1, late=False, situations=1202, steps=14314
    ),
    "separate holds about one destination, for a time": Space(
        tell.policy(tell.named_rule(duration=micros(1), releasable_by=[])), flags=2, ticks=1, situations=686, steps=9592
    ),
    "a proof that lapses": Space(
        tell.policy(tell.rule(clearance=proof(verify_within=micros(1), review_within=micros(1)))),
        flags=1,
        ticks=1,
        situations=446,
        steps=15548,
    ),
    "a proof and newer evidence": Space(
        tell.policy(tell.rule(clearance=proof())), flags=2, ticks=1, late=False, situations=1426, steps=57734
    ),
    "a proof and evidence that comes late": Space(
        tell.policy(tell.rule(clearance=proof(), releasable_by=["court"])),
        flags=2,
        ticks=0,
        situations=2449,
        steps=150823,
    ),
    "an appeal within a window": Space(
        tell.policy(tell.rule(clearance=proof(appeal=tell.appeal(within=micros(1))))),
        flags=1,
        ticks=1,
        situations=1130,
        steps=39488,
    ),
    "either a timer or a proof, and two appeals": Space(
        tell.policy(tell.rule(duration=micros(1), clearance=proof(appeal=tell.appeal(after_failures=0, limit=2)))),
        flags=1,
        ticks=0,
        situations=328,
        steps=11449,
    ),
    "both a timer and a proof": Space(
        tell.policy(tell.rule(duration=micros(1), clearance=proof(), lifted_by="all")),
        flags=1,
        ticks=1,
        situations=461,
        steps=16073,
    ),
    "two rules for one flag": Space(
        tell.policy(
            tell.rule(id="timed", duration=micros(1), releasable_by=[]), tell.rule(id="proof", clearance=proof())
        ),
        flags=1,
        ticks=1,
        situations=446,
        steps=17768,
    ),
    "an identity that ends while a hold is open": Space(
        tell.policy(tell.rule(clearance=tell.clearance(attempts=1, identity_valid_for=micros(1)))),
        flags=1,
        ticks=1,
        late=False,
        situations=1350,
        steps=41341,
    ),
    "business days": Space(
        tell.policy(
            tell.rule(
                business_days=2,
                clearance=proof(review_business_days=1, appeal=tell.appeal(after_failures=0, decide_business_days=1)),
            ),
            calendar=days(-1, 1, 2),
        ),
        flags=1,
        ticks=0,
        situations=348,
        steps=12149,
    ),
}


# ── What may happen next ─────────────────────────────────────────────────────────────────────────────────────────


def events(space: Space, account: Account, now: int) -> Iterator[tuple[str, Json]]:
    """Every event of the alphabet, with a name: now, and most of them a microsecond ago as well."""
    here = [*flags(space, account), *retractions(account), *identities(space)]
    here += [move for hold in account.holds for move in moves(hold)]
    late = (
        [*flags(space, account), *[move for hold in account.holds for move in late_moves(hold)]] if space.late else []
    )
    for name, event in here:
        yield name, {**event, "at": at(now)}
    for name, event in late:
        yield f"{name} 1 µs ago", {**event, "at": at(now - 1)}


def flags(space: Space, account: Account) -> Iterator[tuple[str, Json]]:
    """Another security event, while there may be one."""
    told = {trigger.event for hold in account.holds for trigger in hold.triggers}
    if len(told) >= space.flags:
        return
    rules = space.policy["rules"]
    durations = [None, micros(1), micros(3)] if any(rule["chosen"] for rule in rules) else [None]
    named = any(rule["scope"]["destinations"] == "named" for rule in rules)
    for duration in durations:
        for destination in ("here", "there", None) if named else (None,):
            name = f"flag for {duration} about {destination}"
            yield name, tell.flag(f"f{len(told)}", 0, duration=duration, destination_id=destination)


def retractions(account: Account) -> Iterator[tuple[str, Json]]:
    """A retraction of each trigger, of the identity on record, and of what nobody reported."""
    told = {trigger.event for hold in account.holds for trigger in hold.triggers}
    report = account.identity_report
    for event in sorted(told | ({report.source.event} if report else set()) | {"nothing"}):
        yield f"retract {'a report' if event not in told else event}", tell.retracted("x", 0, event)
    yield "retract by a machine", tell.retracted("x", 0, min(told, default="nothing"), kind="system")


def identities(space: Space) -> Iterator[tuple[str, Json]]:
    clearances = [rule["clearance"] for rule in space.policy["rules"] if rule["clearance"]]
    if any(clearance["unverified"] != clearance["verified"] for clearance in clearances):
        yield "no identity", tell.identity("i", 0, None)
        yield "an identity that ends", {**tell.identity("i", 0), "valid_until": at(2)}


def moves(hold: Hold) -> Iterator[tuple[str, Json]]:
    """What may happen to a hold, by each kind of actor."""
    about: Any = {"hold": hold.id}
    for kind in ("admin", "system", "user"):
        yield f"{hold.id}: released by {kind}", tell.released("m", 0, hold.id, kind=kind)
    if hold.rule.clearance is None:
        yield f"{hold.id}: started", tell.started("m", 0, hold.id)
        return
    for method in sorted(hold.rule.clearance.unverified | hold.rule.clearance.verified):
        yield f"{hold.id}: started {method}", tell.started("m", 0, hold.id, method)
    yield from moves_of_a_round(hold, None)
    yield from moves_of_a_round(hold, "another")
    yield f"{hold.id}: failed", tell.failed("m", 0, **about)
    yield f"{hold.id}: approved by a user", tell.reviewed("m", 0, "approved", **about, kind="user")
    yield f"{hold.id}: rejected", tell.reviewed("m", 0, "rejected", **about)
    yield f"{hold.id}: rejected for good", tell.reviewed("m", 0, "rejected", **about, final=True)
    yield f"{hold.id}: more asked for by a user", tell.more("m", 0, **about, kind="user")
    yield f"{hold.id}: appealed without documents", tell.appealed("m", 0, hold.id, documents=())
    yield f"{hold.id}: dismissed", tell.appeal_decided("m", 0, "dismissed", **about)
    by_the_reviewer = {**tell.appeal_decided("m", 0, "granted", **about), "by": tell.by("admin", "reviewer")}
    yield f"{hold.id}: granted by the reviewer", by_the_reviewer


def late_moves(hold: Hold) -> Iterator[tuple[str, Json]]:
    """What a clock that is behind says, of this round by name, and what an admin puts right."""
    yield f"{hold.id}: released whatever came since", tell.released("m", 0, hold.id, override=True)
    this = getattr(hold.progress.state, "attempt", None)
    if hold.rule.clearance is not None:
        yield f"{hold.id}: started", tell.started("m", 0, hold.id, min(hold.rule.clearance.unverified))
        yield from moves_of_a_round(hold, this)


def moves_of_a_round(hold: Hold, attempt: str | None) -> Iterator[tuple[str, Json]]:
    named: Any = {"hold": hold.id, "attempt": attempt}
    which = f"{hold.id}, {attempt and 'a named round'}"
    yield f"{which}: submitted", tell.submitted("m", 0, **named)
    yield f"{which}: approved by an admin", tell.reviewed("m", 0, "approved", **named)
    yield f"{which}: approved by a machine", tell.reviewed("m", 0, "approved", **named, kind="system")
    yield f"{which}: more asked for", tell.more("m", 0, **named, documents=("passport",))
    yield f"{which}: appealed", tell.appealed("m", 0, **named, documents=("id_photo", "passport"))
    yield f"{which}: granted", tell.appeal_decided("m", 0, "granted", **named)


# ── A situation ──────────────────────────────────────────────────────────────────────────────────────────────────


def key_of(account: Account, now: int) -> str:
    """All of an account but the ids of events other than triggers, and what is remembered of earlier moves."""
    written = wire.to_dict(account)
    report = written["identity_report"]
    if report is not None:
        report["source"] = report["source"]["at"]
    for hold in written["holds"]:
        del hold["progress"]["moves"], hold["rule"]
        hold["progress"]["state"].pop("attempt", None)
    return json.dumps([now, written["holds"], report])


@dataclass(frozen=True)
class Place:
    """One situation that was reached: both accounts, when that was, and the step by which it was reached first."""

    account: Account
    reference: bytes
    now: int
    came_from: int
    step: str
    event: Json | None = None


@dataclass
class Walk:
    """All situations that were found, and the refusals that were met."""

    space: Space
    library: Library = field(default_factory=Library)
    found: set[str] = field(default_factory=set)
    places: list[Place] = field(default_factory=list)
    steps: int = 0
    refusals: set[str] = field(default_factory=set)
    settled_in: set[State] = field(default_factory=set)
    asked_for_more_in: set[State] = field(default_factory=set)

    def run(self) -> Walk:
        self._reach(Reference(tell.ACCOUNT), 0, -1, "a fresh account", None)
        ahead = deque([0])
        while ahead:
            known = len(self.places)
            self._look_around(ahead.popleft())
            ahead.extend(range(known, len(self.places)))
            if len(self.places) > SITUATIONS_MAX:
                self._report(known, "", f"the space has no end, or more than {SITUATIONS_MAX} situations")
        return self

    def _look_around(self, number: int) -> None:
        place, library, policy = self.places[number], self.library, self.space.policy
        if place.now < self.space.ticks:
            library.account = place.account
            self._reach(thawed(place), place.now + 1, number, "tick", None)
        reference = thawed(place)
        for name, event in events(self.space, place.account, place.now):
            event = {**event, "id": event["id"] if event["id"][0] == "f" else f"m{number:05}"}
            library.account = place.account
            found = difference_after(library, reference, policy, event)
            if found:
                self._report(number, name, found)
            self.steps += 1
            if library.changes:
                self._note(place.account, event)
                self._reach(reference, place.now, number, name, event)
                reference = thawed(place)
            else:
                outcome = library.handle(policy, event)
                self.refusals |= {outcome[0]} if isinstance(outcome, tuple) else set()

    def _note(self, before: Account, event: Json) -> None:
        for change in self.library.changes:
            hold = None if isinstance(change, HoldPlaced | IdentityRecorded) else before.hold(change.hold)
            if hold is not None and isinstance(change, TriggerRetracted):
                self.settled_in.add(hold.progress.state.state)
            if hold is not None and event["type"] == "more_requested":
                self.asked_for_more_in.add(hold.progress.state.state)

    def _reach(self, reference: Reference, now: int, came_from: int, step: str, event: Json | None) -> None:
        """Note the situation. If it is a new one, ask both about it, and tell the library again what was handled."""
        library = self.library
        key = key_of(library.account, now)
        if key in self.found:
            return
        self.found.add(key)
        self.places.append(Place(library.account, pickle.dumps(reference), now, came_from, step, event))
        number = len(self.places) - 1
        for micro in (now - 1, now, now + 1):
            found = difference_at(library, reference, read_instant(at(micro)), REQUESTS)
            if found:
                self._report(number, "", found)
        for handled in self._events_to(number):
            library.handle(self.space.policy, handled)
            if library.changes:
                self._report(number, f"{handled}", "told again, it changed the account")

    def _report(self, number: int, name: str, broken: str) -> NoReturn:
        pytest.fail(f"{broken}\nthe shortest way to it:\n{self._way_to(number, name)}", pytrace=False)

    def _back_from(self, number: int) -> Iterator[Place]:
        while number >= 0:
            yield self.places[number]
            number = self.places[number].came_from

    def _events_to(self, number: int) -> list[Json]:
        return [place.event for place in self._back_from(number) if place.event is not None]

    def _way_to(self, number: int, last: str = "") -> str:
        names = [last] if last else []
        return "\n".join(f"  {name}" for name in reversed([*names, *(place.step for place in self._back_from(number))]))


def thawed(place: Place) -> Reference:
    reference: Reference = pickle.loads(place.reference)
    return reference


@cache
def walk_of(name: str) -> Walk:
    return Walk(SPACES[name]).run()


# ── The tests ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SPACES)
def test_every_step_is_that_of_the_reference(name: str) -> None:
    """A difference is reported with the shortest way to it; the numbers of situations and of steps are pinned."""
    walk = walk_of(name)
    assert (len(walk.places), walk.steps) == (SPACES[name].situations, SPACES[name].steps)


def test_every_refusal_but_two_is_met_on_the_way() -> None:
    """The two that are not need another account and a hold that nobody placed."""
    met = set().union(*(walk_of(name).refusals for name in SPACES))
    assert met == {reason.value for reason in Refusal} - {"wrong_account", "unknown_hold"}


def test_a_trigger_is_retracted_in_every_state_and_more_is_asked_for_in_both_rounds() -> None:
    assert set().union(*(walk_of(name).settled_in for name in SPACES)) == set(State)
    assert set().union(*(walk_of(name).asked_for_more_in for name in SPACES)) == {State.REVIEW, State.APPEAL}


def test_the_table_leads_nowhere_but_to_its_states() -> None:
    assert {state for row in TABLE.values() for state in row.values()} == set(State)
