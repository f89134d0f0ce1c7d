"""The library and the reference, side by side: after every event the same verdict, at every instant the same answers.

The reference (`reference.py`) is the rulebook spelled out and shares no code with the library. Both are told the same
journeys; whatever can be asked is asked of both, most of all around the instants at which something changes. Where
they differ, the events that do not matter are taken out, and what is left is printed as a conformance scenario.

`WITHDRAW_GUARD_JOURNEYS` sets the number of journeys, `WITHDRAW_GUARD_FIRST_JOURNEY` the first one.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

import pytest

import reference
from journeys import (
    ACCOUNT,
    REQUESTS,
    TICK,
    Journal,
    Remembering,
    flags_of_one_rule,
    instant,
    journey,
    text,
)
from reference import Reference
from withdraw_guard import (
    Account,
    ChangeType,
    Denied,
    EventRefused,
    Hold,
    InvalidValue,
    Phase,
    Refusal,
    Request,
    State,
    apply,
    check,
    next_change_at,
    open_holds,
    phase,
    wire,
)
from withdraw_guard._model import account as _account
from withdraw_guard._rules import place as _place
from withdraw_guard.steps import StepType

JOURNEYS = int(os.environ.get("WITHDRAW_GUARD_JOURNEYS", "600"))
FIRST = int(os.environ.get("WITHDRAW_GUARD_FIRST_JOURNEY", "0"))
EVENTS = 25
LEAST = 10
"""How often each thing that can happen must have happened, for the run to prove anything."""


# ── The library, seen through the wire ───────────────────────────────────────────────────────────────────────────


class Library:
    """One account of the library, spoken to like the reference: in wire dicts."""

    def __init__(self, account: str = ACCOUNT) -> None:
        self.account = Account(id=account)
        self.changes: tuple = ()
        self._policies: dict[int, tuple] = {}

    def handle(self, policy: dict, event: dict) -> tuple[str, bool] | None:
        """None if the event is applied, else the reason of its refusal and whether it is outdated."""
        self.changes = ()
        in_force, read = self._policy(policy), wire.event_from_dict(event)
        try:
            applied = apply(in_force, self.account, read)
        except EventRefused as refused:
            return refused.reason.value, refused.outdated
        except InvalidValue as invalid:
            if invalid.path not in ("event.at", "event.duration"):
                raise
            return reference.INVALID, False
        # A copy goes through the constructors: they refuse what no history can have left behind.
        self.account, self.changes = copy.deepcopy(applied.account), applied.changes
        return None

    def check(self, at: datetime, request: dict) -> dict:
        answer = wire.to_dict(check(self.account, at, Request(**request)))
        return {**answer, "holds": _without_tips(answer["holds"])} if "holds" in answer else answer

    def open_holds(self, at: datetime) -> list[dict]:
        holds = open_holds(self.account, at)
        if not holds:
            return []
        asked = Request(operation="anything")
        form = Denied(account="a", at=at, request=asked, phase=Phase.SUSPENDED, resumes_at=None, holds=holds)
        return _without_tips(wire.to_dict(form)["holds"])

    def phase(self, at: datetime) -> str:
        return phase(self.account, at).value

    def next_change_at(self, at: datetime) -> str | None:
        then = next_change_at(self.account, at)
        return None if then is None else text(then)

    def _policy(self, policy: dict) -> object:
        # By identity: a journey repeats one and the same policy object. It is kept, so that its id stays taken.
        if id(policy) not in self._policies:
            self._policies[id(policy)] = (policy, wire.policy_from_dict(policy))
        return self._policies[id(policy)][1]


def _without_tips(holds: list[dict]) -> list[dict]:
    """The tips are not in the rulebook; everything else is."""
    return [
        {**hold, "steps": [{k: v for k, v in step.items() if k != "tips"} for step in hold["steps"]]} for hold in holds
    ]


# ── Side by side ─────────────────────────────────────────────────────────────────────────────────────────────────


def difference_after(library: Library, oracle: Remembering, policy: dict, event: dict) -> str | None:
    """Tell both of an event. Returns what they disagree about, or none."""
    expected = oracle.refusal(policy, event)
    oracle.handle(policy, event)
    try:
        got = library.handle(policy, event)
    except Exception as error:
        return f"{event['id']}: the library raised {error!r}, the reference says {expected}"
    return None if got == expected else f"{event['id']}: the library says {got}, the reference {expected}"


def difference_at(library: Library, oracle: Remembering, at: datetime, requests: tuple[dict, ...]) -> str | None:
    """Ask both everything about an instant. Returns what they disagree about, or none."""
    then = text(at)
    questions: list[tuple[str, Callable[[], object], object]] = [
        ("open_holds", lambda: library.open_holds(at), oracle.open_holds(then)),
        ("phase", lambda: library.phase(at), oracle.phase(then)),
        ("next_change_at", lambda: library.next_change_at(at), oracle.next_change_at(then)),
        *((f"check {ask}", lambda ask=ask: library.check(at, ask), oracle.check(then, ask)) for ask in requests),
    ]
    for question, ask, expected in questions:
        try:
            got = ask()
        except Exception as error:
            return f"at {then}, {question}: the library raised {error!r}, the reference says {expected}"
        if got != expected:
            return f"at {then}, {question}:\n  the library says   {got}\n  the reference says {expected}"
    return None


def first_difference(journal: Journal, seen: Counter | None = None, thorough: bool = False) -> tuple[int, str] | None:
    """The number of events after which the two sides first disagree, and about what; none if they never do."""
    library, oracle, rng = Library(), Remembering(), Random(len(journal))
    for told, (policy, event) in enumerate(journal.entries, start=1):
        found = difference_after(library, oracle, policy, event)
        if found:
            return told, found
        if seen is not None:
            _record(seen, library, oracle, policy, event)
        instants = _instants(oracle, instant(event["at"]))
        last = told == len(journal)
        if not (last or thorough):
            instants = rng.sample(instants, min(len(instants), rng.choice((1, 2))))
        for at in instants:
            requests = REQUESTS if last or thorough else (rng.choice(REQUESTS),)
            found = difference_at(library, oracle, at, requests)
            if found:
                return told, found
    return None


def _instants(oracle: Remembering, at: datetime) -> list[datetime]:
    """The instant of the event, and just before, at and just after every boundary."""
    around = {edge + shift for edge in oracle.boundaries() for shift in (-TICK, timedelta(0), TICK)}
    return sorted(around | {at})


@contextmanager
def crowds_of(most: int) -> Iterator[None]:
    """Let so many holds of a rule be a crowd on both sides: with 63 a journey would have to be very long."""
    before = _place.HOLDS_APART_MAX, reference.APART_MAX
    _place.HOLDS_APART_MAX, reference.APART_MAX = most + 1, most
    _account.HOLDS_APART_MAX = most + 1
    try:
        yield
    finally:
        _place.HOLDS_APART_MAX, reference.APART_MAX = before
        _account.HOLDS_APART_MAX = before[0]


def difference_of_flags(seed: int, seen: Counter | None = None) -> str | None:
    """What the two sides disagree about on a journey of triggers; every other one knows of small crowds only."""
    journal = flags_of_one_rule(seed)
    with crowds_of(3 if seed % 2 else 63):
        if first_difference(journal, seen) is None:
            return None
        smallest, what = shortest(journal) or (journal, "only where it is asked about less")
        return f"{journal.name}: {what}\n{smallest.as_json()}"


def shortest(journal: Journal) -> tuple[Journal, str] | None:
    """The journal without whatever can be left out so that the two sides still disagree."""
    found = first_difference(journal, thorough=True)
    if found is None:
        return None
    journal, what = journal.up_to(found[0]), found[1]
    index = 0
    while index < len(journal):
        shorter = journal.without(index)
        still = first_difference(shorter, thorough=True)
        if still is None:
            index += 1
        else:
            journal, what, index = shorter.up_to(still[0]), still[1], 0
    return journal, what


# ── What really happened on the way ──────────────────────────────────────────────────────────────────────────────


def _record(seen: Counter, library: Library, oracle: Remembering, policy: dict, event: dict) -> None:
    at = instant(event["at"])
    refused = oracle.refusal(policy, event) if not library.changes else None
    if refused:
        seen[f"refused: {refused[0]}"] += 1
        seen[f"outdated: {refused[1]}"] += 1
    elif not library.changes:
        seen[f"nothing to do: {event['type']}"] += 1
    for change in library.changes:
        seen[f"change: {change.type}"] += 1
        if change.type == ChangeType.HOLD_PLACED:
            seen["a new hold forgets ended ones"] += bool(change.forgotten)
            seen["a hold id is taken"] += "#" in change.hold.id
        if change.type == ChangeType.HOLD_REPEATED:
            hold = reference._find(oracle._fold(), change.hold)
            seen[f"a further trigger joins in {reference._state(hold, at)}"] += 1
    seen[f"phase: {oracle.phase(event['at'])}"] += 1
    if event["type"] == "security_event" and library.changes:
        _record_grown(seen, library, oracle, event)
    for hold in oracle.holds():
        if hold["closed"]:
            seen["verification is closed for good"] += 1
        if reference._is_open(hold, at):
            _record_open(seen, oracle, hold, at)


def _record_grown(seen: Counter, library: Library, oracle: Remembering, event: dict) -> None:
    """What only the rules of schema 1.1 can do (rules 25 to 29)."""
    for change in library.changes:
        hold = change.hold if change.type == ChangeType.HOLD_PLACED else library.account.hold(change.hold)
        is_new, rule = change.type == ChangeType.HOLD_PLACED, hold.rule
        chose = rule.chosen is not None and event.get("duration") is not None
        seen["a hold lasts as long as was chosen"] += is_new and chose
        seen["a choice is joined by another"] += not is_new and chose
        seen["an older event chose longer"] += not is_new and chose and hold.latest.event != change.event
        seen["holds stand apart"] += is_new and rule.repeat == "separate" and _is_not_alone(library, hold)
        seen["a hold is about one destination"] += is_new and hold.destination_id is not None
        seen["a trigger that extends is joined"] += not is_new and event["trigger"] in rule.extended_by
        seen["what came before its turn is joined"] += not is_new and change.event != event["id"]
        seen["a timer counts business days"] += is_new and rule.business_days is not None


def _is_not_alone(library: Library, hold: Hold) -> bool:
    return sum(other.rule == hold.rule and other.is_open(hold.cause.at) for other in library.account.holds) > 1


def _record_open(seen: Counter, oracle: Remembering, hold: dict, at: datetime) -> None:
    seen[f"state: {reference._state(hold, at)}"] += 1
    seen["cleared, but the timer runs"] += hold["cleared_at"] is not None
    seen["released, but asked about before"] += hold["released_at"] is not None
    seen["a verification has lapsed"] += hold["state"] == "verification" and reference._state(hold, at) == "suspended"
    for step in reference._steps(oracle._fold(), hold, at):
        seen[f"step: {step['step']}"] += 1


MUST_HAPPEN = (
    *[f"refused: {reason.value}" for reason in Refusal],
    *[f"change: {change.value}" for change in ChangeType],
    *[f"phase: {word.value}" for word in Phase],
    *[f"state: {state.value}" for state in State if state is not State.RESTORED],
    *[f"step: {step.value}" for step in StepType],
    *[f"a further trigger joins in {state}" for state in ("suspended", "verification", "review", "appeal")],
    *[f"nothing to do: {kind}" for kind in (*reference.FOLLOWS, "security_event", "identity_changed")],
    "nothing to do: release_ordered",
    "outdated: True",
    "outdated: False",
    "a new hold forgets ended ones",
    "a hold id is taken",
    "verification is closed for good",
    "cleared, but the timer runs",
    "released, but asked about before",
    "a verification has lapsed",
    f"refused: {reference.INVALID}",
    "a hold lasts as long as was chosen",
    "a choice is joined by another",
    "holds stand apart",
    "a hold is about one destination",
    "a trigger that extends is joined",
    "a timer counts business days",
    "an older event chose longer",
    "what came before its turn is joined",
)


# ── The tests ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def seen() -> Counter:
    """Travel every journey, and return what happened on the way."""
    happened: Counter = Counter()
    for seed in range(FIRST, FIRST + JOURNEYS):
        journal = journey(seed, EVENTS)
        found = first_difference(journal, happened)
        if found:
            smallest, what = shortest(journal) or (journal.up_to(found[0]), found[1])
            pytest.fail(f"journey {seed}: {what}\n{smallest.as_json()}", pytrace=False)
    for seed in range(FIRST, FIRST + JOURNEYS):
        what = difference_of_flags(seed, happened)
        if what:
            pytest.fail(what, pytrace=False)
    return happened


def test_the_library_and_the_reference_never_disagree(seen: Counter) -> None:
    assert seen


def test_everything_that_can_happen_happened_on_the_way(seen: Counter) -> None:
    least = LEAST * JOURNEYS / 1500
    rare = {what: seen[what] for what in MUST_HAPPEN if seen[what] < least}
    table = "\n".join(f"{count:>8}  {what}" for what, count in sorted(seen.items()))
    assert not rare, f"too rare, of {JOURNEYS} journeys: {rare}\n{table}"


def test_the_reference_with_a_memory_is_the_reference() -> None:
    for seed in range(FIRST, FIRST + 40):
        remembering, plain = Remembering(), Reference(ACCOUNT)
        for policy, event in journey(seed, EVENTS).entries:
            assert remembering.handle(policy, event) == plain.handle(policy, event)
            assert remembering._fold() == plain._fold()


def test_a_difference_is_cut_down_to_the_events_that_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm itself is tried: a reference that forgets failures is told apart, by a journal of a few events."""
    forgetful = lambda hold, event: hold.update(state="suspended", reasons=event["reasons"])  # noqa: E731
    monkeypatch.setattr(reference, "_fail", forgetful)
    smallest, what = next(found for seed in range(60) if (found := shortest(journey(seed, EVENTS))))
    assert len(smallest) <= 8, smallest.as_json()
    assert "the reference" in what
    assert smallest.as_json().startswith("{")
