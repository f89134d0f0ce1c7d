"""The library and the reference, side by side: after every event the same outcome, at every instant the same answers.

The reference (`reference/rulebook.py`) is the rulebook spelled out and shares no code with the library. Both are told
the same random stories, at real durations. After each event the two outcomes are compared. On every eighth story the
answers are compared as well: after each event about one instant, and at the end about the instants at which an answer
can change and the microseconds beside them. A story on which they differ is printed without the events and rules that
do not matter.

`WITHDRAW_GUARD_JOURNEYS` says how many times two stories are told, and `WITHDRAW_GUARD_FIRST_STORY` where to begin.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

import pytest

from reference import story as tell
from reference.clauses import CASES, Case
from reference.journals import Story, random_crowd, random_security_story, random_story, shortest
from reference.laws import probes
from reference.rulebook import Json, Reference, read_instant, write_instant
from reference.vendor import random_journey
from withdraw_guard import (
    Account,
    ChangeType,
    Denied,
    EventRefused,
    HoldPlaced,
    InvalidValue,
    Phase,
    Policy,
    Refusal,
    Request,
    State,
    apply,
    check,
    next_change_at,
    open_holds,
    phase,
    replay,
    wire,
)
from withdraw_guard.steps import StepType

STORIES = 2 * int(os.environ.get("WITHDRAW_GUARD_JOURNEYS", "150"))
FIRST = int(os.environ.get("WITHDRAW_GUARD_FIRST_STORY", "0"))
INSTANTS = 40
"""How many instants of a story are asked about, of all at which an answer can change, and of their neighbours."""
REQUESTS: tuple[Json, ...] = (
    {"operation": "withdrawal", "destination": "new"},
    {"operation": "withdrawal", "destination": "known"},
    {"operation": "trade", "destination": "known"},
    {"operation": "withdrawal", "destination": "known", "destination_id": "d1"},
    {"operation": "odd", "destination": "new", "destination_id": "d2"},
    {"operation": "misspelt", "destination": "new", "account": tell.ACCOUNT},
)
EVERYTHING = Request(operation="anything")

KINDS: tuple[Callable[[Random], Story], ...] = (
    *[random_story] * 13,
    *[random_journey] * 3,
    *[random_security_story] * 2,
    *[random_crowd] * 2,
)


def story_of(seed: int) -> Story:
    rng = Random(seed)
    return rng.choice(KINDS)(rng)


# ── The library, seen through the wire ───────────────────────────────────────────────────────────────────────────


class Library:
    """One account of the library, told and asked like the reference: in the wire format."""

    def __init__(self, account: str = tell.ACCOUNT) -> None:
        self.account = Account(id=account)
        self.changes: tuple[Any, ...] = ()
        self._policies: dict[int, tuple[Json, Policy]] = {}

    def handle(self, policy: Json, event: Json) -> object:
        """Return `applied`, what the refusal says, or `InvalidValue`."""
        self.changes = ()
        try:
            applied = apply(self.policy(policy), self.account, wire.event_from_dict(event))
        except EventRefused as refused:
            return refused.reason.value, refused.outdated, refused.hold and refused.hold.id
        except InvalidValue as invalid:
            if invalid.path not in ("event.at", "event.duration", "valid_until"):
                raise
            return "InvalidValue"
        if replay(self.account, applied.changes) != applied.account:
            raise AssertionError("the changes do not replay to the account")
        # What the wire returns went through the constructors: they refuse what no history can have left behind.
        self.account = through_the_wire(applied.account)
        if self.account != applied.account:
            raise AssertionError("the wire forgets something of the account")
        self.changes = applied.changes
        return "applied"

    def check(self, at: datetime, request: Json) -> Json:
        return without_tips(wire.to_dict(check(self.account, at, Request(**request))))

    def open_holds(self, at: datetime) -> list[Json]:
        holds = open_holds(self.account, at)
        if not holds:
            return []
        form = Denied(account="a", at=at, request=EVERYTHING, phase=Phase.SUSPENDED, resumes_at=None, holds=holds)
        written: list[Json] = without_tips(wire.to_dict(form))["holds"]
        return written

    def phase(self, at: datetime) -> str:
        return phase(self.account, at).value

    def next_change_at(self, at: datetime) -> str | None:
        return write_instant(next_change_at(self.account, at))

    def policy(self, policy: Json) -> Policy:
        # By identity: a story repeats one and the same policy object. It is kept, so that its id stays taken.
        if id(policy) not in self._policies:
            self._policies[id(policy)] = (policy, wire.policy_from_dict(policy))
        return self._policies[id(policy)][1]


def through_the_wire(account: Account) -> Account:
    return wire.account_from_dict(json.loads(json.dumps(wire.to_dict(account))))


def without_tips(data: Any) -> Any:
    """The tips are not in the rulebook; everything else is."""
    if isinstance(data, dict):
        return {name: without_tips(member) for name, member in data.items() if name != "tips"}
    return [without_tips(item) for item in data] if isinstance(data, list) else data


# ── Side by side ─────────────────────────────────────────────────────────────────────────────────────────────────


def difference_after(library: Library, reference: Reference, policy: Json, event: Json) -> str | None:
    """Tell both of an event. Returns what they disagree about, or none."""
    expected = reference.handle(policy, event)
    if not isinstance(expected, str):
        hold = None if expected.reason == "unknown_hold" else expected.hold
        expected = (expected.reason, expected.outdated, hold)
    try:
        got = library.handle(policy, event)
    except Exception as error:
        return f"{event['id']}: the library raised {error!r}, the reference says {expected}"
    return None if got == expected else f"{event['id']}: the library says {got}, the reference {expected}"


def difference_at(library: Library, reference: Reference, at: datetime, requests: tuple[Json, ...]) -> str | None:
    """Ask both everything about an instant. Returns what they disagree about, or none."""
    then = write_instant(at) or ""
    questions: list[tuple[str, Callable[[], object], object]] = [
        ("open_holds", lambda: (library.phase(at), library.open_holds(at)), reference.view(at)),
        ("next_change_at", lambda: library.next_change_at(at), reference.next_change_at(then)),
        *((f"{ask}", lambda ask=ask: library.check(at, ask), reference.check(then, ask)) for ask in requests),
    ]
    for question, ask, expected in questions:
        try:
            got = ask()
        except Exception as error:
            return f"at {then}, {question}: the library raised {error!r}, the reference says {expected}"
        if got != expected:
            return f"at {then}, {question}:\n  the library says   {got}\n  the reference says {expected}"
    return None


def first_difference(story: Story, seen: Counter[str] | None = None, asks: bool = True) -> str | None:
    """What the two sides first disagree about in a story; none if they never do."""
    library, reference, rng = Library(), Reference(tell.ACCOUNT), Random(len(story.steps))
    for version, event in story.steps:
        found = difference_after(library, reference, story.policies[version], event)
        if asks and not found:
            found = difference_at(library, reference, rng.choice(probes(reference)), (rng.choice(REQUESTS),))
        if found:
            return found
        if seen is not None:
            _record(seen, library, reference, story.policies[version], event)
    instants = probes(reference) if asks else []
    for at in rng.sample(instants, min(len(instants), INSTANTS)):
        found = difference_at(library, reference, at, tuple(rng.sample(REQUESTS, 2)))
        if found:
            return found
    return None


def difference_of_outcomes(story: Story) -> str | None:
    return first_difference(story, asks=False)


def told(story: Story) -> str:
    """The story in the wire format: one line for each policy and for each step."""
    steps = [f"under policy {version}: {json.dumps(event)}" for version, event in story.steps]
    return "\n".join([*map(json.dumps, story.policies), *steps])


def assert_no_difference(story: Story, seen: Counter[str] | None = None, asks: bool = True) -> None:
    if first_difference(story, seen, asks) is not None:
        smallest = shortest(story, first_difference)
        pytest.fail(f"{first_difference(smallest)}\n{told(smallest)}", pytrace=False)


# ── What really happened on the way ──────────────────────────────────────────────────────────────────────────────


def _record(seen: Counter[str], library: Library, reference: Reference, policy: Json, event: Json) -> None:
    if not library.changes:
        outcome = library.handle(policy, event)
        seen[f"refused: {outcome[0]}" if isinstance(outcome, tuple) else f"{outcome}, no change: {event['type']}"] += 1
        if isinstance(outcome, tuple):
            seen[f"outdated: {outcome[1]}"] += 1
    for change in library.changes:
        seen[f"change: {change.type.value}"] += 1
        if isinstance(change, HoldPlaced):
            seen["a new hold prunes ended ones"] += bool(change.pruned)
            seen["a new hold takes triggers over"] += len(change.hold.triggers) > 1
            seen["a hold id is taken"] += "#" in change.hold.id
            seen["a hold is about one destination"] += change.hold.destination_id is not None
    for hold in library.account.holds:
        seen["a hold has dropped a trigger"] += hold.dropped is not None
        seen["a trigger is settled"] += hold.cause.settled_at is not None
        seen["a move is read as later"] += any(moved.read_at is not None for moved in hold.progress.moves)
    answer = reference.check(event["at"], REQUESTS[0])
    seen[f"phase: {answer['phase']}"] += 1
    for hold in answer.get("holds", ()):
        seen[f"state: {hold['state']}"] += 1
        for step in hold["steps"]:
            seen[f"step: {step['step']}"] += 1
        seen["more is needed"] += any(step.get("documents") for step in hold["steps"] if step["step"] != "appeal")


MUST_HAPPEN = (
    *[f"refused: {reason.value}" for reason in Refusal],
    *[f"change: {change.value}" for change in ChangeType],
    *[f"phase: {word.value}" for word in Phase],
    *[f"state: {state.value}" for state in State if state is not State.RESTORED],
    *[f"step: {step.value}" for step in StepType],
    *[f"applied, no change: {kind}" for kind in ("security_event", "identity_changed", "event_retracted")],
    *[f"applied, no change: {kind}" for kind in ("verification_submitted", "release_ordered")],
    "InvalidValue, no change: security_event",
    "outdated: True",
    "outdated: False",
    "a new hold prunes ended ones",
    "a new hold takes triggers over",
    "a hold id is taken",
    "a hold is about one destination",
    "a hold has dropped a trigger",
    "a trigger is settled",
    "a move is read as later",
    "more is needed",
)


# ── The tests ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    """Tell every story, and return what happened on the way."""
    happened: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + STORIES):
        assert_no_difference(story_of(seed), happened, asks=seed % 8 == 0)
    return happened


def test_the_library_and_the_reference_never_disagree(seen: Counter[str]) -> None:
    assert seen


def test_everything_that_can_happen_happened_on_the_way(seen: Counter[str]) -> None:
    rare = [what for what in MUST_HAPPEN if not seen[what]]
    table = "\n".join(f"{count:>8}  {what}" for what, count in sorted(seen.items()))
    assert not rare, f"never, in {STORIES} stories: {rare}\n{table}"


MULTITUDES = {
    "for a time": tell.named_rule(),
    "until support ends them": tell.named_rule(duration=None),
    "until they are proved": tell.named_rule(clearance=tell.clearance(), lifted_by="all"),
}


@pytest.mark.parametrize("rule", MULTITUDES.values(), ids=MULTITUDES.keys())
def test_they_agree_on_more_separate_holds_than_may_be_open(rule: Json) -> None:
    rng, steps = Random(63), []
    for number in range(150):
        hours = number * 0.1 if rng.random() < 0.9 else rng.choice((0, 7, 200, tell.FAR))
        event = tell.flag(f"e{number}", hours, destination_id=rng.choice([f"d{number}", f"d{number}", None]))
        ended = f"e{rng.randrange(number + 1)}"
        if rng.random() < 0.3:
            event = tell.released(f"x{number}", hours, f"{ended}:r", override=rng.random() < 0.5)
        elif rng.random() < 0.1:
            event = tell.retracted(f"x{number}", hours, ended)
        steps.append((0, event))
    story = Story([tell.policy(rule)], steps)
    assert difference_of_outcomes(story) is None, difference_of_outcomes(story)
    library, reference = Library(), story.play()
    for version, event in steps:
        library.handle(story.policies[version], event)
    assert difference_at(library, reference, read_instant(tell.at(10)), REQUESTS) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_they_agree_on_the_journals_that_go_wrong_without_a_clause(case: Case) -> None:
    assert_no_difference(Story(case.policies, case.steps))


def test_a_difference_is_cut_down_to_the_events_that_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm itself is tried: a reference that forgets failures differs, on a story of a few events."""

    def forget(self: Reference, hold: Json, event: Json) -> None:
        hold.update(stage={"name": "suspended"}, reasons=event["reasons"])

    monkeypatch.setattr(Reference, "fail", forget)
    story = next(story for story in map(story_of, range(600)) if difference_of_outcomes(story))
    smallest = shortest(story, difference_of_outcomes)
    assert len(smallest.steps) <= 5, told(smallest)
    assert "the reference" in (difference_of_outcomes(smallest) or "")
