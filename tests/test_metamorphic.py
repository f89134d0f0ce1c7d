"""What must stay the same when a journal is changed in a way that does not matter. No oracle is asked.

Two runs of the library are compared with each other: all instants moved, all durations stretched, security events in
another order, other names, questions in between, everything told twice, the account stored and loaded again. A fault
that the library and the reference share is seen here and nowhere else. What differs is printed with the events that
matter, as a conformance scenario.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import withdraw_guard
from journeys import REQUESTS, START, TICK, Journal, instant, journey, random_policy, text
from test_differential import Library
from withdraw_guard import replay, wire

DURATIONS = ("duration", "minimum", "maximum", "verify_within", "review_within", "within", "decide_within")
INSTANTS = ("at", "since", "until", "due", "resumes_at", "begins", "ends")
NAMES = ("id", "hold", "attempt")

journeys = st.integers(0, 10**6).map(lambda seed: journey(seed, 20))
shifts = st.one_of(
    st.integers(-(10**6), 10**6).map(lambda count: count * TICK),
    st.timedeltas(timedelta(days=-15_000), timedelta(days=20_000)),
)


def told(journal: Journal, account: str = "a1") -> tuple[Library, list[object]]:
    """The library after the journal, and its verdict on each event."""
    library = Library(account)
    return library, [library.handle(policy, event) for policy, event in journal.entries]


def marks(library: Library) -> list[datetime]:
    """The instants at which something may change, and those just before and after."""
    found = {START}
    for hold in library.account.holds:
        clearance = hold.rule.clearance
        within = clearance.appeal.within if clearance and clearance.appeal else None
        since = [at for at in (hold.latest.at, hold.progress.failed_at) if at and within]
        found |= {hold.cause.at, hold.latest.at, hold.until, hold.end, hold.due, *(at + within for at in since)}
    return sorted({at + shift for at in found if at for shift in (-TICK, timedelta(0), TICK)})


def answers(library: Library, at: datetime) -> list[object]:
    """Everything that can be asked about an instant."""
    decisions = [library.check(at, request) for request in REQUESTS]
    return [decisions, library.open_holds(at), library.phase(at), library.next_change_at(at)]


def verdict_of(answer: dict) -> object:
    """Yes or no, and when it resumes: without the holds, which may be others in another order."""
    return answer["decision"], answer.get("resumes_at")


def never(difference: Callable[[Journal], str | None], journal: Journal) -> None:
    """Fail if there is a difference, with no more events than it takes."""

    def found(journal: Journal) -> str | None:
        try:
            return difference(journal)
        except Exception as error:
            return f"the library raised {error!r}"

    what, index = found(journal), 0
    if what is None:
        return
    while index < len(journal):
        still = found(journal.without(index))
        if still is None:
            index += 1
        else:
            what, journal, index = still, journal.without(index), 0
    pytest.fail(f"{what}\n{journal.as_json()}", pytrace=False)


def rewritten(value: object, rewrite: Callable[[str, object], object], key: str = "") -> object:
    """A copy of plain data with each scalar replaced by what `rewrite` makes of it and of the name it stands under."""
    if isinstance(value, dict):
        return {name: rewritten(inner, rewrite, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rewritten(inner, rewrite, key) for inner in value]
    return rewrite(key, value)


def other_journal(journal: Journal, rewrite: Callable[[str, object], object]) -> Journal:
    policies: dict[int, dict] = {}
    entries = []
    for policy, event in journal.entries:
        other = policies.setdefault(id(policy), rewritten(policy, rewrite))
        entries.append((other, rewritten(event, rewrite)))
    return Journal(tuple(entries))


def compared(journal: Journal, there: Callable, back: Callable, when: Callable[[datetime], datetime]) -> str | None:
    """The first difference between a journal and the same one told otherwise, if what it says is told back."""
    library, verdicts = told(journal)
    other, other_verdicts = told(other_journal(journal, there))
    if verdicts != other_verdicts:
        return f"the verdicts are {verdicts}, and otherwise {other_verdicts}"
    for at in marks(library):
        expected, got = answers(library, at), rewritten(answers(other, when(at)), back)
        got[-1] = back("at", got[-1])
        if rewritten(expected, lambda _, value: value) != got:
            return f"at {text(at)} the answers are {expected}, and otherwise {got}"
    return None


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moved(by: timedelta) -> Callable[[str, object], object]:
    return lambda key, value: text(instant(value) + by) if key in INSTANTS and value else value


def _moving(journal: Journal, by: timedelta) -> str | None:
    return compared(journal, _moved(by), _moved(-by), lambda at: at + by)


@given(journal=journeys, by=shifts)
def test_moving_all_instants_moves_all_answers(journal: Journal, by: timedelta) -> None:
    never(lambda journal: _moving(journal, by), journal)


@given(journal=journeys, microsecond=st.integers(0, 999_999))
def test_no_microsecond_is_special(journal: Journal, microsecond: int) -> None:
    by = (microsecond - START.microsecond) * TICK
    never(lambda journal: _moving(journal, by), journal)


def _numbers_in_the_code() -> list[int]:
    """Every whole number that the library's source mentions: where a special case would have to be written down."""
    found = set()
    for file in Path(withdraw_guard.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < 10**6:
                found.add(node.value)
    return sorted(found)


@pytest.mark.parametrize("seed", range(2))
def test_no_number_in_the_code_is_a_special_microsecond(seed: int) -> None:
    for number in _numbers_in_the_code():
        by = (number - START.microsecond) * TICK
        never(lambda journal, by=by: _moving(journal, by), journey(seed, 5))


@given(journal=journeys, factor=st.sampled_from((2, 3, 7, 24, 100)))
def test_stretching_all_durations_stretches_all_answers(journal: Journal, factor: int) -> None:
    """No duration is treated otherwise because of its length."""

    def there(key: str, value: object) -> object:
        if key in DURATIONS and value:
            return _seconds(factor * _read(value))
        return text(START + factor * (instant(value) - START)) if key in INSTANTS and value else value

    def back(key: str, value: object) -> object:
        return text(START + (instant(value) - START) / factor) if key in INSTANTS and value else value

    never(lambda journal: compared(journal, there, back, lambda at: START + factor * (at - START)), journal)


def _read(duration: object) -> timedelta:
    policy = {"schema": "withdraw-guard/policy/1", "id": "p", "version": "1"}
    rule = {"id": "r", "trigger": "t", "where": {}, "scope": {"operations": "*", "destinations": "any"}}
    rule |= {"duration": duration, "clearance": None, "lifted_by": "any", "repeat": "extend", "releasable_by": []}
    return wire.policy_from_dict({**policy, "rules": [rule]}).rules[0].duration


def _seconds(duration: timedelta) -> str:
    return f"PT{duration // timedelta(seconds=1)}.{duration.microseconds:06}S"


# ── Order and repetition ─────────────────────────────────────────────────────────────────────────────────────────


def flags(rng: Random, policy: dict, count: int) -> list[dict]:
    """Security events, many of them a duration apart, give or take a microsecond."""
    durations = [_read(rule["duration"]) for rule in policy["rules"] if rule["duration"]] or [timedelta(hours=1)]
    at, made = START, []
    for number in range(count):
        at += rng.choice((timedelta(0), TICK, rng.choice(durations) + rng.choice((-TICK, timedelta(0), TICK))))
        event = {"type": "security_event", "id": f"e{number}", "account": "a1", "at": text(at)}
        event["trigger"] = rng.choice([rule["trigger"] for rule in policy["rules"]])
        chosen = {"duration": rng.choice(("PT1H", "PT24H", "P5D"))} if rng.random() < 0.5 else {}
        made.append({**event, "initiated_by": rng.choice(("user", "admin")), "context": {}, **chosen})
    return made


@given(seed=st.integers(0, 10**6), order=st.permutations(range(5)), again=st.lists(st.integers(0, 4), max_size=3))
def test_security_events_commute(seed: int, order: list[int], again: list[int]) -> None:
    """Under one policy, whatever order they come in and however often, yes or no and when are the same."""
    rng = Random(seed)
    policy = random_policy(rng, grown=seed % 2 == 1)
    for rule in policy["rules"]:
        rule["repeat"] = "separate" if rule["repeat"] == "separate" else "extend"
        rule.pop("extended_by", None)
    events = flags(rng, policy, 5)
    in_order = Journal(tuple((policy, event) for event in events))
    shuffled = Journal(tuple((policy, events[number]) for number in (*order, *again)))
    library, other = told(in_order)[0], told(shuffled)[0]
    for at in sorted({*marks(library), *marks(other)}):
        for request in REQUESTS:
            expected, got = verdict_of(library.check(at, request)), verdict_of(other.check(at, request))
            assert got == expected, f"at {text(at)}, {request}: {shuffled.as_json()}"


def _twice(journal: Journal) -> str | None:
    once, twice = Library(), Library()
    for policy, event in journal.entries:
        verdict = once.handle(policy, event)
        if twice.handle(policy, event) != verdict:
            return f"{event['id']}: another verdict after a journal told twice"
        again = twice.handle(policy, event)
        if twice.changes or (verdict is not None and again != verdict):
            return f"{event['id']}: told again, the verdict is {again}, the changes are {twice.changes}"
        if twice.account != once.account:
            return f"{event['id']}: told again, it changed the account"
    return None


@given(journal=journeys)
def test_telling_each_event_twice_changes_nothing(journal: Journal) -> None:
    never(_twice, journal)


def _again(journal: Journal, rng: Random) -> str | None:
    """Tell everything that was handled so far once more, in any order, after every event, each under its policy."""
    library, handled, named = Library(), [], {}
    for policy, event in journal.entries:
        # The overriding word makes exceptions, and an id with two instants breaks the promise that a host gives.
        if event.get("override_stale") or named.setdefault(event["id"], event["at"]) != event["at"]:
            continue
        # What extended nothing may find a hold when it comes again (rule 28).
        only_extends = any(event.get("trigger") in rule.get("extended_by", ()) for rule in policy["rules"])
        if library.handle(policy, event) is None and not only_extends:
            handled.append((policy, event))
        before = library.account
        for earlier_policy, earlier in rng.sample(handled, len(handled)):
            library.handle(earlier_policy, earlier)
            if library.account != before:
                return f"{earlier['id']} was told once more after {event['id']}, and changed the account"
    return None


@given(seed=st.integers(0, 10**6), ends=st.integers(2, 20))
def test_telling_anything_again_later_changes_nothing(seed: int, ends: int) -> None:
    """Under one policy, whatever was handled may come again whenever it likes."""
    journal = journey(seed, ends, changing=False, hasty=0.6)
    never(lambda journal: _again(journal, Random(seed)), journal)


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(journal=journeys, name=st.sampled_from(("a", "a11", "z" * 128, "Ä 1", "e0:rule-0", "*")))
def test_another_account_name_changes_nothing_but_the_name(journal: Journal, name: str) -> None:
    def renamed(key: str, value: object, old: str, new: str) -> object:
        return new if key == "account" and value == old else value

    def difference(journal: Journal) -> str | None:
        library, verdicts = told(journal)
        other = Library(name)
        there = other_journal(journal, lambda key, value: renamed(key, value, "a1", name))
        if [other.handle(policy, event) for policy, event in there.entries] != verdicts:
            return f"other verdicts for an account called {name}"
        for at in marks(library):
            got = rewritten(answers(other, at), lambda key, value: renamed(key, value, name, "a1"))
            if got != rewritten(answers(library, at), lambda _, value: value):
                return f"other answers at {text(at)} for an account called {name}"
        return None

    never(difference, journal)


@given(journal=journeys, prefix=st.sampled_from(("x", "e", "0:", "rule-0:", "#2", "é")))
def test_other_event_ids_change_nothing_but_the_ids(journal: Journal, prefix: str) -> None:
    """Ids are compared, never read."""

    def there(key: str, value: object) -> object:
        return f"{prefix}{value}" if key in NAMES and value is not None and _is_of_event(value) else value

    def back(key: str, value: object) -> object:
        return value.removeprefix(prefix) if key in NAMES and value is not None else value

    never(lambda journal: compared(journal, there, back, lambda at: at), journal)


def _is_of_event(name: object) -> bool:
    """Whether a name is an event's or a hold's (`e7`, `e7:rule-1`), and not that of a rule, an actor or a policy."""
    return str(name)[:1] == "e" and str(name)[1:2].isdigit()


# ── Questions, and going through the wire ────────────────────────────────────────────────────────────────────────


def _asked(journal: Journal) -> str | None:
    silent, asked = Library(), Library()
    for policy, event in journal.entries:
        silent.handle(policy, event)
        asked.handle(policy, event)
        at = instant(event["at"])
        if answers(asked, at) != answers(asked, at):
            return f"the same question at {text(at)} has two answers"
        if asked.account != silent.account:
            return f"{event['id']}: asking changed the account"
    return None


@given(journal=journeys)
def test_asking_changes_nothing(journal: Journal) -> None:
    never(_asked, journal)


def _stored(journal: Journal, splits: frozenset[int]) -> str | None:
    """Store and load the account at each split. Elsewhere keep only the changes, and fold them when it is loaded."""
    library, loaded, log = Library(), Library(), []
    base = loaded.account
    for number, (policy, event) in enumerate(journal.entries):
        verdict = library.handle(policy, event)
        if loaded.handle(policy, event) != verdict:
            return f"{event['id']}: the account that was stored and loaded has another verdict"
        log += [json.dumps(wire.to_dict(change)) for change in loaded.changes]
        if number not in splits and number < len(journal) - 1:
            continue
        folded = replay(base, map(wire.change_from_dict, map(wire.parse, log)))
        if folded != loaded.account or folded != library.account:
            return f"{event['id']}: the changes do not replay to the account"
        stored = wire.parse(json.dumps(wire.to_dict(folded)))
        rules = library._policy(policy).rules if number % 2 else ()
        loaded.account = base = wire.account_from_dict(stored, rules=rules)
        log = []
    return None


@given(journal=journeys, splits=st.frozensets(st.integers(0, 19)))
def test_storing_and_loading_anywhere_changes_nothing(journal: Journal, splits: frozenset[int]) -> None:
    never(lambda journal: _stored(journal, splits), journal)
