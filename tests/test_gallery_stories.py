"""The stories that are shipped with the published policies: they are true, cover everything, and find faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import attrs
import pytest
import write_stories

from withdraw_guard import Destinations, Policy, Repeat, Rule, policies
from withdraw_guard.cli._stories import stories_beside, stories_in
from withdraw_guard.policies import GALLERY
from withdraw_guard.stories import Story, tell_stories
from withdraw_guard.stories._tell import tell

TICK = timedelta(microseconds=1)

each = pytest.mark.parametrize("name", GALLERY)


@cache
def stories_of(name: str) -> tuple[Story, ...]:
    (path,) = stories_beside(name)
    return stories_in(path)


def is_found(mutant: Policy, stories: tuple[Story, ...]) -> bool:
    return any(tell(mutant, story).broken for story in stories)


@each
def test_every_story_is_true_and_every_point_is_covered(name: str) -> None:
    report = tell_stories(GALLERY[name].policy, stories_of(name))
    assert [(telling.story.name, telling.broken) for telling in report.broken] == []
    assert report.missing == ()


def test_every_published_example_is_among_them() -> None:
    for name, published in GALLERY.items():
        told = [story.name for story in stories_of(name)]
        assert [f"{vector.number}: {vector.says}" for vector in published.vectors] == told[: len(published.vectors)]


def test_every_story_names_where_its_numbers_are_from() -> None:
    for name, published in GALLERY.items():
        known = {published.author, "retractable_by", *(f"{each.grade} {each.address}" for each in published.sources)}
        assert {story.source for story in stories_of(name)} <= known


def test_the_files_are_those_that_the_script_writes() -> None:
    written = write_stories.documents()
    assert {path: path.read_text("utf-8") for path in written} == written
    assert {path.name for path in write_stories.FOLDER.iterdir()} == {path.name for path in written}


def test_the_script_asks_the_library_for_no_answer() -> None:
    """What is expected is computed from the terms: no verb and no rule of the library is within its reach."""
    assert not {"apply", "check", "stories", "analysis"} & vars(write_stories).keys()


# ── Planted faults ───────────────────────────────────────────────────────────────────────────────────────────────


def faults_of(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Every fault of these kinds that can be planted in a policy, with its kind."""
    for rule in policy.rules:
        others = tuple(other for other in policy.rules if other is not rule)
        yield "a rule is dropped", attrs.evolve(policy, rules=others)
        for kind, wrong in (*shorter(rule), *narrowed(rule), *cleared_otherwise(rule), *other_faults(rule)):
            rules = tuple(wrong if each is rule else each for each in policy.rules)
            yield kind, attrs.evolve(policy, rules=rules)


def shorter(rule: Rule) -> Iterator[tuple[str, Rule]]:
    if rule.duration is not None:
        yield "a timer is one microsecond shorter", attrs.evolve(rule, duration=rule.duration - TICK)
    if rule.business_days is not None:
        yield "a timer is one business day shorter", attrs.evolve(rule, business_days=rule.business_days - 1)


def narrowed(rule: Rule) -> Iterator[tuple[str, Rule]]:
    assert not isinstance(rule.scope.operations, str)
    for operation in rule.scope.operations if len(rule.scope.operations) > 1 else ():
        fewer = attrs.evolve(rule.scope, operations=rule.scope.operations - {operation})
        yield "an operation is dropped", attrs.evolve(rule, scope=fewer)
    if rule.scope.destinations is Destinations.ANY:
        narrower = attrs.evolve(rule.scope, destinations=Destinations.NEW)
        yield "known destinations are dropped", attrs.evolve(rule, scope=narrower)


def cleared_otherwise(rule: Rule) -> Iterator[tuple[str, Rule]]:
    clearance = rule.clearance
    for side in ("unverified", "verified") if clearance is not None else ():
        for method in getattr(clearance, side):
            fewer = attrs.evolve(clearance, **{side: getattr(clearance, side) - {method}})
            yield "a method is dropped", attrs.evolve(rule, clearance=fewer)
    if clearance is not None and clearance.appeal is not None:
        yield "the appeal is dropped", attrs.evolve(rule, clearance=attrs.evolve(clearance, appeal=None))
        for term in ("after_failures", "limit"):
            more = attrs.evolve(clearance.appeal, **{term: getattr(clearance.appeal, term) + 1})
            yield "a term of the appeal is changed", attrs.evolve(rule, clearance=attrs.evolve(clearance, appeal=more))


def other_faults(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for fact in rule.where:
        where = {name: value for name, value in rule.where.items() if name != fact}
        yield "a condition is dropped", attrs.evolve(rule, where=where)
    for authority in rule.releasable_by:
        fewer = rule.releasable_by - {authority}
        if fewer or rule.ends_by_time_alone:
            yield "an authority is dropped", attrs.evolve(rule, releasable_by=fewer)
    if rule.repeat is Repeat.EXTEND and rule.has_timer and rule.chosen is None:
        yield "a timer is kept", attrs.evolve(rule, repeat=Repeat.KEEP)
    if rule.chosen is not None:
        shortest, longest = rule.chosen.minimum, rule.chosen.maximum
        yield "a shorter choice is allowed", choosing(rule, minimum=shortest - TICK)
        yield "a longer choice is allowed", choosing(rule, maximum=longest + TICK)
    yield "another reason is told", attrs.evolve(rule, public_reason="legal_order")


def choosing(rule: Rule, **bounds: timedelta) -> Rule:
    assert rule.chosen is not None
    return attrs.evolve(rule, chosen=attrs.evolve(rule.chosen, **bounds))


def test_every_planted_fault_is_found_by_the_stories_of_its_policy() -> None:
    planted, missed = Counter[str](), []
    for name, published in GALLERY.items():
        for kind, mutant in faults_of(published.policy):
            planted[kind] += 1
            if not is_found(mutant, stories_of(name)):
                missed.append((name, kind, mutant))
    assert missed == []
    assert planted == {
        "a condition is dropped": 37,
        "a longer choice is allowed": 3,
        "a method is dropped": 24,
        "a rule is dropped": 138,
        "a shorter choice is allowed": 3,
        "a term of the appeal is changed": 4,
        "a timer is kept": 113,
        "a timer is one business day shorter": 1,
        "a timer is one microsecond shorter": 128,
        "an authority is dropped": 7,
        "an operation is dropped": 236,
        "another reason is told": 138,
        "known destinations are dropped": 123,
        "the appeal is dropped": 2,
    }
    page = (Path(__file__).parents[1] / "docs" / "policy-tests.md").read_text("utf-8")
    assert f"Of {planted.total()} faults that were planted" in page


def test_a_policy_without_its_stories_misses_a_fault() -> None:
    """The net can fail."""
    (_, mutant), *_ = faults_of(policies.BINANCE)
    assert not is_found(mutant, stories_of("binance")[-2:-1])
