"""The parts of the analysis: facts that some rules match, schedules for timers, and words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from itertools import product
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_walks import TICK
from withdraw_guard import (
    WITHDRAWAL,
    Account,
    Appeal,
    BusinessDay,
    Calendar,
    Chosen,
    Clearance,
    Facts,
    InvalidValue,
    Policy,
    Rule,
    Scope,
    apply,
)
from withdraw_guard._values.limits import FACTS_MAX, RULES_MAX
from withdraw_guard.analysis import (
    Accepted,
    Help,
    Review,
    Verdict,
    change_told,
    compare,
    comparison_as_markdown,
    lint,
    people_told,
    shown_told,
    told,
)
from withdraw_guard.analysis._circumstances import Circumstance
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._diff import lasting, lines_of, listed_told
from withdraw_guard.analysis._help import Ending, EndsBy, ending_under
from withdraw_guard.analysis._people import START, security_event
from withdraw_guard.analysis._timers import Firing, ScheduleCache, schedules_that_outlast, staggered
from withdraw_guard.analysis._witness import Case, PlannedEvent, witnessed
from withdraw_guard.calendars import business_days

HOUR = timedelta(hours=1)
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


PERSONAL, FACE, PHOTO = frozenset({"identity_personal"}), frozenset({"face_web"}), frozenset({"id_photo"})


def one(version: str = "1", **terms: object) -> Policy:
    """A policy of one rule, which verification or an appeal clears."""
    appeal = Appeal(documents=PHOTO, limit=2, within=3 * HOUR, after_failures=1)
    clearance = Clearance(unverified=PERSONAL, verified=FACE, attempts=2, verify_within=2 * HOUR, appeal=appeal)
    rule = Rule(id="flag", trigger="abnormal_activity", clearance=clearance, releasable_by=frozenset({"support"}))
    return Policy(id="p", version=version, rules=(attrs.evolve(rule, **terms),))


def without(**terms: object) -> Policy:
    """The same policy with other terms of the clearance."""
    clearance = one().rules[0].clearance
    return one("2", clearance=attrs.evolve(clearance, **terms))


def said_of_people(old: Policy, new: Policy) -> str:
    witness = compare(old, new).stricter or compare(old, new).looser
    assert witness is not None
    return people_told(witness)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (without(attempts=1), "fails once before passing"),
        (without(verify_within=HOUR), "hands a verification in 1 hour after its start"),
        (without(appeal=Appeal(documents=PHOTO, limit=1, within=3 * HOUR)), "loses the first appeal"),
        (without(appeal=Appeal(documents=PHOTO, limit=2, within=HOUR)), "appeals 1 hour after the latest failure"),
        (without(appeal=Appeal(documents=frozenset({"x", *PHOTO}), limit=2, within=3 * HOUR)), "does not have x"),
        (without(appeal=Appeal(documents=PHOTO, limit=2, within=3 * HOUR, after_failures=2)), "tries at most once"),
        (one("2", releasable_by=frozenset({"compliance"})), "is not released by compliance"),
    ],
)
def test_a_report_says_only_the_help_that_plays_a_part(new: Policy, words: str) -> None:
    told_of = said_of_people(one(), new)
    assert words in told_of
    assert "business" not in told_of
    assert told_of.startswith("is not released by ")


@pytest.mark.parametrize(
    ("fewer", "words"),
    [("unverified", "never has a verified identity"), ("verified", "always has a verified identity")],
)
def test_an_identity_is_said_where_it_makes_the_difference(fewer: str, words: str) -> None:
    both = {"unverified": FACE, "verified": FACE, "appeal": None}
    old, new = (without(**both | more) for more in ({}, {fewer: frozenset()}))
    assert words in said_of_people(old, new)


def test_a_second_dismissal_and_no_verification_at_all_are_said() -> None:
    once_more = without(appeal=Appeal(documents=PHOTO, limit=3, within=3 * HOUR))
    assert "loses the first 2 appeals" in said_of_people(once_more, one())
    at_once = without(appeal=Appeal(documents=PHOTO, limit=2, within=3 * HOUR, after_failures=0))
    assert "tries no verification" in said_of_people(at_once, one())


def test_a_duration_is_said_in_days_hours_minutes_and_seconds() -> None:
    told_of = [
        (HOUR, "1 hour"),
        (48 * HOUR, "48 hours"),
        (96 * HOUR, "4 days"),
        (97 * HOUR, "4 days 1 hour"),
        (24 * HOUR - TICK, "just under 24 hours"),
        (HOUR + timedelta(minutes=30), "1 hour 30 minutes"),
        (timedelta(seconds=1.5), "1.5 seconds"),
        (timedelta(minutes=5), "5 minutes"),
    ]
    assert [lasting(duration) for duration, _ in told_of] == [words for _, words in told_of]


def timed(name: str, hours: int, **terms: object) -> Rule:
    return Rule(id=name, trigger="password_changed", duration=hours * HOUR, **terms)


def test_each_rule_is_said_to_be_added_removed_changed_renamed_or_moved() -> None:
    same, moved = timed("same", 1, where={"tier": "same"}), timed("moved", 2, where={"tier": "moved"})
    changed, gone = timed("changed", 3), timed("gone", 4, where={"vip": True})
    renamed = timed("renamed", 5, where={"vip": False})
    both = timed("both", 6, where={"tier": "both"})
    old = Policy(id="p", version="1", rules=(moved, same, changed, gone, renamed, both))
    new_rules = (
        same,
        attrs.evolve(changed, duration=None, business_days=3, scope=Scope(operations=frozenset({"withdrawal"}))),
        attrs.evolve(renamed, id="other-name"),
        moved,
        attrs.evolve(both, id="both-now", repeat="keep"),
        timed("more", 7, where={"score": 1}),
    )
    calendar = Calendar(days=(BusinessDay(begins=START, ends=START + HOUR),))
    new = Policy(id="p", version="2", rules=new_rules, calendar=calendar)
    reviewed = Review(comparison=compare(old, new), old=old, new=new)
    assert [change_told(change) for change in reviewed.changes] == [
        "moved (password changed): only moved",
        "changed (password changed): operations all → withdrawal; timer 3 hours → none; business days none → 3",
        "gone (password changed): removed",
        "renamed (password changed): only renamed to other-name",
        "both (password changed): renamed to both-now; repeat extend → keep",
        "more (password changed): added",
    ]
    assert [listed_told(*each) for each in reviewed.listed] == [
        "calendar none → 2026-01-05 to 2026-01-05 (1 business day)"
    ]


def test_a_clearance_that_accepts_nobody_is_not_said_to_have_changed_from_none_to_none() -> None:
    old = Policy(id="p", version="1", rules=(timed("r", 24),))
    clearance = Clearance(unverified=frozenset(), verified=FACE)
    new = Policy(id="p", version="2", rules=(timed("r", 24, clearance=clearance),))
    (change,) = Review(comparison=compare(old, new), old=old, new=new).changes
    assert change_told(change) == ("r (password changed): methods after the identity is verified none → face web")


def test_a_condition_and_a_choice_are_said() -> None:
    old = Policy(id="p", version="1", rules=(timed("r", 24, where={"vip": True}),))
    bounds = Chosen(minimum=HOUR, maximum=48 * HOUR)
    new = Policy(id="p", version="2", rules=(timed("r", 24, chosen=bounds),))
    reviewed = Review(comparison=compare(old, new), old=old, new=new)
    assert [change_told(change) for change in reviewed.changes] == [
        "r (password changed): condition vip = true → none; "
        "shortest choice none → 1 hour; longest choice none → 48 hours"
    ]


def test_a_refused_choice_and_a_business_day_are_told_with_the_choice_and_the_date() -> None:
    wide, narrow = (
        Policy(id="p", version=version, rules=(timed("r", 24, chosen=Chosen(minimum=least * HOUR, maximum=48 * HOUR)),))
        for version, least in (("1", 1), ("2", 12))
    )
    reviewed = Review(comparison=compare(wide, narrow), old=wide, new=narrow)
    (told_of,) = [line.told for line in lines_of(reviewed) if line.kind == "stricter"]
    assert told_of == (
        "rule r of p 2 does not offer this choice, so p 2 refuses the event; p 1 takes it, and allows withdrawal to a "
        "new destination afterwards: after password changed, 1 hour chosen (by the account holder)"
    )
    days = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 31))
    three, one_day = (
        Policy(
            id="p",
            version=str(number),
            rules=(Rule(id="r", trigger="password_changed", business_days=number),),
            calendar=days,
        )
        for number in (3, 1)
    )
    witness = compare(three, one_day).looser
    assert witness is not None
    assert "(by the account holder, on Thursday 2026-01-01 00:00:00 UTC)" in shown_told(witness, "p 3", "p 1")
    assert "#### Stricter" in comparison_as_markdown(reviewed)
    assert "the event is refused" in comparison_as_markdown(reviewed)


def shown(old: Policy, new: Policy, way: str = "looser") -> str:
    """The line of the report about one direction."""
    reviewed = Review(comparison=compare(old, new), old=old, new=new)
    (line,) = [line for line in lines_of(reviewed) if line.kind == way]
    return line.told


def test_a_report_says_when_time_alone_allows_what_somebody_had_to_end() -> None:
    def flagged(**terms: object) -> Policy:
        rule = Rule(id="r", trigger="abnormal_activity", releasable_by=frozenset({"support"}), **terms)
        return Policy(id="p", version="2" if terms else "1", rules=(rule,))

    assert shown(flagged(), flagged(duration=24 * HOUR)).startswith(
        "rule r of p 1 denies withdrawal to a new destination until somebody ends the hold, and p 2 allows it 24 hours "
        "after the last event: after abnormal activity (by the account holder)"
    )


def test_a_report_says_which_destination_the_event_names() -> None:
    named = Scope(destinations="named")
    one_address, every = (
        Policy(id="p", version=version, rules=(timed("r", 24, repeat="separate", scope=scope),))
        for version, scope in (("1", named), ("2", Scope()))
    )
    assert shown(every, one_address).endswith("(by the account holder, about another destination)")
    known = attrs.evolve(one_address, rules=(timed("r", 24, scope=Scope(destinations="new")),))
    assert shown(one_address, known).endswith("(by the account holder, about the same destination)")
    journal = compare(every, one_address).looser.journal
    assert told(journal) == "password changed"


def test_a_date_is_said_if_one_of_the_policies_counts_business_days() -> None:
    days = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 31))
    counted, fixed = (
        Policy(id="p", version=version, rules=(Rule(id="r", trigger="t", **terms),), calendar=days)
        for version, terms in (("1", {"business_days": 2}), ("2", {"duration": 60 * HOUR}))
    )
    assert shown(counted, fixed).endswith("(by the account holder, on Thursday 2026-01-01 00:00:00 UTC)")
    assert "just before Monday 2026-01-05 00:00:00 UTC" in shown(counted, fixed, "stricter")
    assert ".999999" not in shown(counted, fixed, "stricter")


def test_a_witness_is_about_a_withdrawal_where_it_may_be() -> None:
    both = Scope(operations=frozenset({"fiat_withdrawal", "withdrawal"}))
    old, new = (Policy(id="p", version="1", rules=(timed("r", hours, scope=both),)) for hours in (24, 12))
    assert "denies withdrawal to a new destination" in shown(old, new)
    assert [each.operation for each in compare(old, new).differences][:4:2] == ["withdrawal", "fiat_withdrawal"]


def test_both_sides_are_drawn_for_the_request_of_the_witness() -> None:
    old, new = (
        Policy(id="p", version=version, rules=(timed("r", 24, scope=scope),))
        for version, scope in (("1", Scope()), ("2", Scope(operations=frozenset({"withdrawal"}), destinations="new")))
    )
    report = comparison_as_markdown(Review(comparison=compare(old, new), old=old, new=new))
    before, after = report.split("```mermaid\n")[1:]
    assert "withdrawal to a known destination denied until" in before
    assert "Under `p 2`" in before
    assert "now, withdrawal to a known destination allowed :milestone" in after
    assert "<br/>does not stop this request\n" in after
    assert "denied" not in after.partition("accDescr")[2].partition("dateFormat")[2].partition("```")[0]


def test_what_is_accepted_is_one_rule_in_one_direction_or_in_both() -> None:
    assert Accepted(rule="r").covers("looser", "r")
    assert Accepted(rule="r", way="stricter").covers("stricter", "r")
    assert not Accepted(rule="r", way="stricter").covers("looser", "r")
    assert not Accepted(rule="r").covers("looser", "other")
    with pytest.raises(InvalidValue, match="way"):
        Accepted(rule="r", way="longer")
