"""What must stay the same when a story is changed in a way that does not matter. No oracle is asked.

Two runs of the library are compared with each other: all instants moved, all durations stretched, security events in
another order, other names, questions in between, everything told twice, the account stored and loaded again. A fault
that the library and the reference share is seen here and nowhere else. What differs is printed with the events that
matter.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import withdraw_guard
from reference import story as tell
from reference.journals import Story, random_security_story, random_story, shortest
from reference.laws import only_rules, rules_that_hear
from reference.rulebook import Json, read_duration, read_instant
from test_differential import REQUESTS, Library, told
from withdraw_guard import replay, wire

DURATIONS = ("duration", "minimum", "maximum", "verify_within", "review_within", "within", "decide_within")
DURATIONS += ("identity_valid_for",)
INSTANTS = ("at", "since", "until", "due", "resumes_at", "begins", "ends", "valid_until")
NAMES = ("id", "hold", "attempt", "event")
ASKED = REQUESTS[:-1]  # The last one says whose request it is.
TICK = timedelta(microseconds=1)
START = tell.START
MARKS = 15
"""How many instants are asked about, of all at which something may change, and of those beside them."""

stories = st.integers(0, 2**32).map(lambda seed: random_story(Random(seed)))
shifts = st.one_of(
    st.integers(-(10**6), 10**6).map(lambda count: count * TICK),
    st.timedeltas(timedelta(days=-9_000), timedelta(days=300)),
)


def text(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat()}Z"


def instant(written: object) -> datetime:
    return datetime.fromisoformat(str(written))


def outcomes(story: Story, account: str = tell.ACCOUNT) -> tuple[Library, list[object]]:
    """The library after the story, and what became of each event."""
    library = Library(account)
    return library, [library.handle(story.policies[version], event) for version, event in story.steps]


def marks(library: Library) -> list[datetime]:
    """Some of the instants at which something may change, and of those just before and after."""
    found: set[datetime | None] = {START}
    report = library.account.identity_report
    found |= {report.ends_at} if report else set()
    for hold in library.account.holds:
        clearance = hold.rule.clearance
        within = clearance.appeal.within if clearance and clearance.appeal else None
        found |= {at + within for at in (hold.latest_at, hold.progress.failed_at) if at and within}
        found |= {hold.until, hold.end, hold.due, hold.progress.moved_at}
        for trigger in hold.triggers:
            found |= {trigger.at, trigger.until, trigger.settled_at}
    near = sorted({at + shift for at in found if at and at.year < 2199 for shift in (-TICK, timedelta(0), TICK)})
    return sorted(Random(len(near)).sample(near, min(len(near), MARKS)))


def answers(library: Library, at: datetime) -> list[Any]:
    """Everything that can be asked about an instant."""
    decisions = [library.check(at, request) for request in ASKED]
    return [decisions, library.open_holds(at), library.phase(at), library.next_change_at(at)]


def verdict_of(answer: Json) -> object:
    """Yes or no, and when it resumes: without the holds, which may be others in another order."""
    return answer["decision"], answer.get("resumes_at")


def never(difference: Callable[[Story], str | None], story: Story) -> None:
    """Fail if there is a difference, with no more events and rules than it takes."""

    def found(story: Story) -> str | None:
        try:
            return difference(story)
        except Exception as error:
            return f"the library raised {error!r}"

    if found(story) is not None:
        smallest = shortest(story, found)
        pytest.fail(f"{found(smallest)}\n{told(smallest)}", pytrace=False)


Rewrite = Callable[[str, Any], Any]


def rewritten(value: Any, rewrite: Rewrite, key: str = "") -> Any:
    """A copy of plain data with each scalar replaced by what `rewrite` makes of it and of the name it stands under."""
    if isinstance(value, dict):
        return {name: rewritten(inner, rewrite, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rewritten(inner, rewrite, key) for inner in value]
    return rewrite(key, value)


def other_story(story: Story, rewrite: Rewrite) -> Story:
    policies = [rewritten(policy, rewrite) for policy in story.policies]
    return Story(policies, [(version, rewritten(event, rewrite)) for version, event in story.steps])


def as_it_is(_: str, value: Any) -> Any:
    return value


def compared(story: Story, there: Rewrite, back: Rewrite, when: Callable[[datetime], datetime]) -> str | None:
    """The first difference between a story and the same one told otherwise, if what it says is told back."""
    library, said = outcomes(story)
    other, other_said = outcomes(other_story(story, there))
    if rewritten(said, as_it_is) != rewritten(other_said, lambda _, value: back("hold", value)):
        return f"the outcomes are {said}, and otherwise {other_said}"
    for at in marks(library):
        expected, got = answers(library, at), rewritten(answers(other, when(at)), back)
        got[-1] = back("at", got[-1])
        if rewritten(expected, as_it_is) != got:
            return f"at {text(at)} the answers are {expected}, and otherwise {got}"
    return None


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moved(by: timedelta) -> Rewrite:
    return lambda key, value: text(instant(value) + by) if key in INSTANTS and value else value


def _moving(story: Story, by: timedelta) -> str | None:
    return compared(story, _moved(by), _moved(-by), lambda at: at + by)


@given(story=stories, by=shifts)
def test_moving_all_instants_moves_all_answers(story: Story, by: timedelta) -> None:
    never(lambda story: _moving(story, by), story)


@given(story=stories, microsecond=st.integers(0, 999_999))
def test_no_microsecond_is_special(story: Story, microsecond: int) -> None:
    never(lambda story: _moving(story, microsecond * TICK), story)


def _numbers_in_the_code() -> list[int]:
    """Every whole number that the library's source mentions: where a special case would have to be written down."""
    found = set()
    for file in Path(withdraw_guard.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < 10**6:
                found.add(node.value)
    return sorted(found)


def _short_story(seed: int) -> Story:
    """A story of at most three security events that places a hold."""
    stories = (random_security_story(Random(f"{seed}.{number}"), 3) for number in itertools.count())
    return next(story for story in stories if outcomes(story)[0].account.holds)


@pytest.mark.parametrize("seed", range(2))
def test_no_number_in_the_code_is_a_special_microsecond(seed: int) -> None:
    for number in _numbers_in_the_code():
        never(lambda story, by=number * TICK: _moving(story, by), _short_story(seed))


def _near(story: Story) -> Story:
    """The story without its wrong dates, which cannot be stretched."""
    return story._replace(steps=[step for step in story.steps if read_instant(step[1]["at"]).year < 2100])


@given(story=stories, factor=st.sampled_from((2, 3, 7, 24)))
def test_stretching_all_durations_stretches_all_answers(story: Story, factor: int) -> None:
    """No duration is treated otherwise because of its length."""

    def there(key: str, value: Any) -> Any:
        if key in DURATIONS and value:
            return _seconds(factor * read_duration(value))
        return text(START + factor * (instant(value) - START)) if key in INSTANTS and value else value

    def back(key: str, value: Any) -> Any:
        return text(START + (instant(value) - START) / factor) if key in INSTANTS and value else value

    never(lambda story: compared(story, there, back, lambda at: START + factor * (at - START)), _near(story))


def _seconds(duration: timedelta) -> str:
    return f"PT{duration // timedelta(seconds=1)}.{duration.microseconds:06}S"


# ── Order and repetition ─────────────────────────────────────────────────────────────────────────────────────────


@given(seed=st.integers(0, 2**32), chance=st.randoms(use_true_random=False))
def test_security_events_commute(seed: int, chance: Random) -> None:
    """Under one policy, whatever order they come in and however often, yes or no and when are the same."""
    story = random_security_story(Random(seed), 6)
    again = chance.choices(story.steps, k=chance.randint(0, 3))
    shuffled = story._replace(steps=chance.sample(story.steps, len(story.steps)) + again)
    library, other = outcomes(story)[0], outcomes(shuffled)[0]
    for at in sorted({*marks(library), *marks(other)}):
        for request in ASKED:
            expected, got = verdict_of(library.check(at, request)), verdict_of(other.check(at, request))
            assert got == expected, f"at {text(at)}, {request}: {told(shuffled)}"


def _twice(story: Story) -> str | None:
    once, twice = Library(), Library()
    for version, event in story.steps:
        outcome = once.handle(story.policies[version], event)
        if twice.handle(story.policies[version], event) != outcome:
            return f"{event['id']}: another outcome after a story told twice"
        again = twice.handle(story.policies[version], event)
        if twice.changes or (outcome != "applied" and again != outcome):
            return f"{event['id']}: told again, the outcome is {again}, the changes are {twice.changes}"
        if twice.account != once.account:
            return f"{event['id']}: told again, it changed the account"
    return None


@given(story=stories)
def test_telling_each_event_twice_changes_nothing(story: Story) -> None:
    never(_twice, story)


def _again(story: Story) -> str | None:
    """Tell everything that was handled once more, at the end, under every version of the policy."""
    library, said = outcomes(story)
    before = library.account
    for (version, event), outcome in zip(story.steps, said, strict=True):
        heard = rules_that_hear(story.policies[version], event)
        for policy in story.policies if outcome == "applied" else ():
            library.handle(only_rules(policy, heard, event), event)
            if library.account != before:
                return f"{event['id']} was told once more, and changed the account"
    return None


@given(story=stories)
def test_telling_anything_again_later_changes_nothing_under_any_version(story: Story) -> None:
    never(_again, story)


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(story=stories, name=st.sampled_from(("a", "a11", "z" * 128, "Ä 1", "e0:r", "*")))
def test_another_account_name_changes_nothing_but_the_name(story: Story, name: str) -> None:
    def renamed(key: str, value: Any, old: str, new: str) -> Any:
        return new if key == "account" and value == old else value

    def difference(story: Story) -> str | None:
        library, said = outcomes(story)
        there = other_story(story, lambda key, value: renamed(key, value, tell.ACCOUNT, name))
        other, other_said = outcomes(there, name)
        if other_said != said:
            return f"other outcomes for an account called {name}"
        for at in marks(library):
            got = rewritten(answers(other, at), lambda key, value: renamed(key, value, name, tell.ACCOUNT))
            if got != rewritten(answers(library, at), as_it_is):
                return f"other answers at {text(at)} for an account called {name}"
        return None

    never(difference, story)


@given(story=stories, prefix=st.sampled_from(("x", "e", "0:", "r:", "#2", "é")))
def test_other_event_ids_change_nothing_but_the_ids(story: Story, prefix: str) -> None:
    """Ids are compared, never read."""

    def there(key: str, value: Any) -> Any:
        return f"{prefix}{value}" if key in NAMES and _is_of_event(value) else value

    def back(key: str, value: Any) -> Any:
        return value.removeprefix(prefix) if key in NAMES and isinstance(value, str) else value

    never(lambda story: compared(story, there, back, lambda at: at), story)


def _is_of_event(name: object) -> bool:
    """Whether a name is an event's or a hold's (`e7`, `e7:r`), and not that of a rule, an actor or a policy."""
    return isinstance(name, str) and re.fullmatch(r"e\d+(:.*)?", name) is not None


# ── Questions, and going through the wire ────────────────────────────────────────────────────────────────────────


def _asked(story: Story) -> str | None:
    silent, asked = Library(), Library()
    for version, event in story.steps:
        silent.handle(story.policies[version], event)
        asked.handle(story.policies[version], event)
        at = instant(event["at"])
        if answers(asked, at) != answers(asked, at):
            return f"the same question at {text(at)} has two answers"
        if asked.account != silent.account:
            return f"{event['id']}: asking changed the account"
    return None


@given(story=stories)
def test_asking_changes_nothing(story: Story) -> None:
    never(_asked, story)


def _stored(story: Story, splits: frozenset[int]) -> str | None:
    """Store and load the account at each split. Elsewhere keep only the changes, and fold them when it is loaded."""
    library, loaded, log = Library(), Library(), []
    base = loaded.account
    for number, (version, event) in enumerate(story.steps):
        policy = story.policies[version]
        outcome = library.handle(policy, event)
        if loaded.handle(policy, event) != outcome:
            return f"{event['id']}: the account that was stored and loaded has another outcome"
        log += [json.dumps(wire.to_dict(change)) for change in loaded.changes]
        if number not in splits and number < len(story.steps) - 1:
            continue
        folded = replay(base, map(wire.change_from_dict, map(wire.parse, log)))
        if folded != loaded.account or folded != library.account:
            return f"{event['id']}: the changes do not replay to the account"
        stored = wire.parse(json.dumps(wire.to_dict(folded)))
        rules = library.policy(policy).rules if number % 2 else ()
        loaded.account = base = wire.account_from_dict(stored, rules=rules)
        log = []
    return None


@given(story=stories, splits=st.frozensets(st.integers(0, 19)))
def test_storing_and_loading_anywhere_changes_nothing(story: Story, splits: frozenset[int]) -> None:
    never(lambda story: _stored(story, splits), story)
