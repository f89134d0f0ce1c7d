"""The parts of the analysis: facts that some rules match, schedules for timers, and words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_walks import TICK
from withdraw_guard import WITHDRAWAL, Account, Facts, InvalidValue, Policy, Rule, apply
from withdraw_guard._values.limits import FACTS_MAX, RULES_MAX
from withdraw_guard.analysis import Help, Verdict, compare, help_told, lint, told
from withdraw_guard.analysis._circumstances import Circumstance
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._help import Ending, EndsBy, ending_under
from withdraw_guard.analysis._people import START, security_event
from withdraw_guard.analysis._timers import Firing, ScheduleCache, schedules_that_outlast, staggered
from withdraw_guard.analysis._witness import Case, PlannedEvent, witnessed

VALUES = {"score": (1, 2, True), "country": ("at", "de"), "initiated_by": ("user", "admin", "robot", 7)}


@st.composite
def conditions(draw: st.DrawFn) -> tuple[list[Rule], list[Rule]]:
    def rule(number: int) -> Rule:
        names = draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=3))
        where = {name: draw(st.sampled_from(VALUES[name])) for name in names}
        return Rule(id=f"r{number}", trigger="t", duration=TICK, where=where)

    rules = [rule(number) for number in range(draw(st.integers(1, 4)))]
    cut = draw(st.integers(0, len(rules)))
    return rules[:cut], rules[cut:]


def matches(rule: Rule, facts: Facts) -> bool:
    event = security_event(rule.trigger, "e1", START, facts)
    return bool(apply(Policy(id="p", version="1", rules=(rule,)), Account(id="a1"), event).changes)


def every_facts() -> list[Facts]:
    choices = {"score": (None, 0, 1, 2, 3, True, False), "country": (None, "at", "de", "fr")}
    return [
        Facts(
            {**{name: fact for name, fact in zip(choices, facts, strict=True) if fact is not None}, "initiated_by": by}
        )
        for facts in product(*choices.values())
        for by in ("user", "admin", "system")
    ]


EVERY_FACTS = every_facts()


@given(rules=conditions())
def test_facts_are_found_exactly_if_trying_all_of_them_finds_some(rules: tuple[list[Rule], list[Rule]]) -> None:
    match, avoid = rules

    def fits(facts: Facts) -> bool:
        return all(matches(rule, facts) for rule in match) and not any(matches(rule, facts) for rule in avoid)

    found = facts_for(match, avoid)
    assert (found is not None) is any(fits(facts) for facts in EVERY_FACTS)
    assert found is None or fits(found)


def each_asking_for_one(count: int, **more: object) -> list[Rule]:
    return [Rule(id=f"r{n}", trigger="t", duration=TICK, where={f"fact{n}": True, **more}) for n in range(count)]


def test_facts_for_an_event_are_at_most_as_many_as_it_may_have() -> None:
    """The initiator is no fact of the context; next to 64 facts it is left out if it is the account holder."""
    rules = each_asking_for_one(FACTS_MAX + 1)
    assert facts_for([], rules) is None
    assert set(facts_for([], rules[1:]) or {}) == {f"fact{n}" for n in range(1, FACTS_MAX + 1)}
    assert len(facts_for([], rules[2:]) or {}) == FACTS_MAX
    asked = Rule(id="asked", trigger="t", duration=TICK, where={"initiated_by": "admin"})
    with pytest.raises(GivenUp):
        facts_for([asked], rules[1:])


def test_a_search_for_facts_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three facts for each of 256 rules, among 60: such a search can take for ever."""
    random = Random(1)
    rules = [
        Rule(
            id=f"r{n}",
            trigger="t",
            duration=TICK,
            where={f"fact{name}": random.random() < 0.5 for name in random.sample(range(60), 3)},
        )
        for n in range(RULES_MAX)
    ]
    with pytest.raises(GivenUp):
        facts_for([], rules)
    policy = Policy(id="p", version="1", rules=tuple(rules))
    monkeypatch.setattr("withdraw_guard.analysis._lint.matters", lambda *_: True)
    assert "conditions-leave-gap" not in {finding.code.value for finding in lint(policy)}
    lasting = Rule(id="lasting", trigger="t", duration=TICK)
    assert compare(Policy(id="p", version="0", rules=(lasting,)), policy).verdict is Verdict.UNKNOWN


def test_no_search_begins_if_too_many_facts_are_needed() -> None:
    """No two of these rules share a fact, so more facts are needed than an event can have."""
    rules = [
        Rule(id=f"r{n}", trigger="t", duration=TICK, where={f"fact{n}-{part}": True for part in range(3)})
        for n in range(FACTS_MAX + 1)
    ]
    assert facts_for([], rules) is None


@pytest.mark.parametrize(("asked", "ever"), [("user", True), ("robot", False), (7, True), (None, True)])
def test_only_the_four_kinds_of_actor_initiate_events(asked: object, ever: bool) -> None:
    where = {} if asked is None else {"initiated_by": asked}
    assert can_match(Rule(id="r", trigger="t", duration=TICK, where=where)) is ever


def ending(by: EndsBy, ticks: int) -> Ending:
    return Ending(by=by, lasts=ticks * TICK)


def outlasts(rule: Ending, longer: list[Ending], schedule: tuple[Firing, ...]) -> bool:
    """Whether the rule denies at an instant at which none of the longer ones does."""

    def denied(of: Ending, always: bool) -> set[int]:
        ticks: set[int] = set()
        end, first = -1, None
        for firing in schedule:
            at, lasts = firing.at // TICK, of.lasts // TICK
            if not (firing.also_triggers or always):
                continue
            first = at if first is None else first
            if of.by is EndsBy.EXTENDED_TIMER or (of.by is EndsBy.KEPT_TIMER and at >= end):
                end = at + lasts
            elif of.by is EndsBy.FIRST_TIMER:
                end = first + lasts
            ticks |= set(range(at, end))
        return ticks

    others = set[int]().union(*(denied(other, True) for other in longer))
    return bool(denied(rule, False) - others)


@pytest.mark.parametrize("by", [EndsBy.EXTENDED_TIMER, EndsBy.KEPT_TIMER, EndsBy.FIRST_TIMER])
@pytest.mark.parametrize("can_miss_rule", [True, False])
@pytest.mark.parametrize("longer", [(5, 7), (3, 3), (4, 9)])
def test_several_kept_timers_are_outlasted_whenever_a_schedule_exists(
    by: EndsBy, can_miss_rule: bool, longer: tuple
) -> None:
    rule, others = ending(by, 3), [ending(EndsBy.KEPT_TIMER, ticks) for ticks in longer]
    schedules = staggered(rule, others, can_miss_rule)
    assert schedules.is_exact
    for schedule in schedules.found:
        assert outlasts(rule, others, schedule)
    if not schedules.found:
        assert not can_miss_rule
        assert by is EndsBy.FIRST_TIMER or longer == (3, 3)


@given(
    by=st.sampled_from([EndsBy.EXTENDED_TIMER, EndsBy.KEPT_TIMER, EndsBy.FIRST_TIMER]),
    other=st.sampled_from([EndsBy.KEPT_TIMER, EndsBy.FIRST_TIMER]),
    lasts=st.integers(1, 4),
    more=st.integers(0, 5),
    can_miss_rule=st.booleans(),
)
def test_one_kept_timer_is_outlasted_exactly_if_the_search_finds_a_schedule(
    by: EndsBy, other: EndsBy, lasts: int, more: int, can_miss_rule: bool
) -> None:
    rule, longer = ending(by, lasts), ending(other, lasts + more)
    ways = schedules_that_outlast(rule, [longer], can_miss_rule).found
    assert bool(ways) is bool(staggered(rule, [longer], can_miss_rule).found)
    assert all(outlasts(rule, [longer], schedule) for schedule in ways)


@pytest.mark.parametrize("seed", range(6))
def test_a_schedule_for_several_timers_is_found_exactly_if_trying_every_schedule_finds_one(seed: int) -> None:
    """Timers of a few microseconds, and a firing or none at each of nine microseconds."""
    random, found = Random(seed), 0
    for _ in range(10):
        lasts, can_miss_rule = random.randint(1, 3), random.random() < 0.3
        rule = ending(random.choice([EndsBy.EXTENDED_TIMER, EndsBy.KEPT_TIMER, EndsBy.FIRST_TIMER]), lasts)
        others = [
            ending(random.choice([EndsBy.KEPT_TIMER, EndsBy.KEPT_TIMER, EndsBy.FIRST_TIMER]), random.randint(lasts, 5))
            for _ in range(random.randint(2, 3))
        ]
        schedules = staggered(rule, others, can_miss_rule)
        assert schedules.is_exact
        assert all(outlasts(rule, others, schedule) for schedule in schedules.found)
        shortest = min(
            (len(schedule) for schedule in every_schedule(can_miss_rule) if outlasts(rule, others, schedule)),
            default=None,
        )
        if shortest is not None:
            assert min(map(len, schedules.found)) <= shortest, (rule, others, can_miss_rule)
            found += 1
    assert 0 < found < 10


def every_schedule(can_miss_rule: bool) -> Iterator[tuple[Firing, ...]]:
    for fired_at in product((None, True, False) if can_miss_rule else (None, True), repeat=7 if can_miss_rule else 9):
        yield tuple(
            Firing(at=at * TICK, also_triggers=also_triggers)
            for at, also_triggers in enumerate(fired_at)
            if also_triggers is not None
        )


def test_a_schedule_on_a_coarse_grid_is_right_to_the_microsecond() -> None:
    """No part of these lengths is a whole number of microseconds, so the points of the grid are rounded."""
    odd = 1_000_003
    rule, others = (
        ending(EndsBy.EXTENDED_TIMER, 23 * odd),
        [ending(EndsBy.KEPT_TIMER, hours * odd) for hours in (57, 80)],
    )
    (schedule,) = staggered(rule, others, can_miss_rule=False).found
    assert len(schedule) == 5
    ends = dict.fromkeys(others, timedelta())
    for firing in schedule:
        ends = {other: end if firing.at < end else firing.at + other.lasts for other, end in ends.items()}
    assert all(schedule[-1].at < end < schedule[-1].at + rule.lasts for end in ends.values())


def test_the_same_timers_are_searched_once_for_all_help() -> None:
    cache = ScheduleCache()
    rule, others = ending(EndsBy.EXTENDED_TIMER, 3), [ending(EndsBy.KEPT_TIMER, 5), ending(EndsBy.KEPT_TIMER, 7)]
    once = cache.that_outlast(rule, others, can_miss_rule=True)
    assert cache.that_outlast(rule, others[::-1], can_miss_rule=True) is once
    assert once.found
    assert cache.that_outlast(rule, [*others, *others], can_miss_rule=True) is once
    assert cache.that_outlast(rule, others, can_miss_rule=False) is not once


def test_a_rule_without_a_timer_is_never_searched_for() -> None:
    with pytest.raises(AssertionError, match="a rule without a timer"):
        staggered(
            Ending(by=EndsBy.NOTHING), [ending(EndsBy.KEPT_TIMER, 5), ending(EndsBy.KEPT_TIMER, 7)], can_miss_rule=False
        )


def test_a_help_has_words() -> None:
    some = Help(
        unverified=True,
        verified=False,
        methods=frozenset({"face_web"}),
        failures=1,
        tries=2,
        documents=frozenset({"id_photo"}),
        dismissals=1,
        authorities=frozenset({"support", "compliance"}),
    )
    assert help_told(some) == (
        "identity unverified; can pass face verification on the web; fails 1 time before passing; "
        "tries at most 2 times; has a photo of your identity document; 1 appeal dismissed before one is granted; "
        "released by compliance or customer support"
    )
    assert help_told(Help(unverified=False, verified=True)) == (
        "identity verified; can pass no verification; has no documents; released by nobody"
    )


def test_a_journal_is_one_line_of_words() -> None:
    first = security_event("two_factor_reset", "e1", START)
    assert told((first,)) == "two-factor reset"
    assert told((first, security_event("password_changed", "e2", START + timedelta(hours=1)))) == (
        "two-factor reset, then 1 hour later password changed"
    )
    assert told(()) == "nothing happened"


def test_an_invalid_help_is_refused() -> None:
    with pytest.raises(InvalidValue, match="tries"):
        Help(unverified=True, verified=True, tries=-1)
    with pytest.raises(InvalidValue, match="methods"):
        Help(unverified=True, verified=True, methods=frozenset({"Not a name"}))


def test_events_without_a_different_answer_are_no_witness() -> None:
    most = Help(unverified=True, verified=True)
    schedule = [PlannedEvent(at=timedelta(), facts=Facts())]
    timed = Rule(id="r", trigger="t", duration=TICK)
    for rule in (timed, Rule(id="r", trigger="t", releasable_by=frozenset({"support"}))):
        policy = Policy(id="p", version="1", rules=(rule,))
        terms = ending_under(rule, most)
        same = Case(rule=rule, denying=policy, allowing=policy, request=WITHDRAWAL, here=Circumstance())
        assert witnessed(same, terms, most, schedule) is None
        empty = attrs.evolve(same, allowing=Policy(id="p", version="2", rules=()))
        assert witnessed(empty, terms, most, schedule) is not None


def test_the_words_of_help_include_the_delays() -> None:
    late = Help(
        unverified=True, verified=False, hands_in_after=2 * TICK * 1_800_000_000, appeals_after=TICK * 3_600_000_000
    )
    assert "hands in 1 hour after the start; " in help_told(late)
    assert "appeals 1 hour after the latest failure or trigger; " in help_told(late)
