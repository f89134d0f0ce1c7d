"""Chosen, counted, separate and named rules: by hand, and beside an exhaustive walk over short journals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from random import Random

import attrs
import pytest
from hypothesis import given

from analysis_walks import DEPTH, FACT_CLASSES, TICK, differences, matches, random_calendar, some
from analysis_walks import random_rule as random_cleared_rule
from strategies import policies as drawn_policies
from withdraw_guard import (
    Account,
    Appeal,
    BusinessDay,
    Calendar,
    Chosen,
    Clearance,
    Destinations,
    Facts,
    InvalidValue,
    Policy,
    Request,
    Rule,
    Scope,
    SecurityEvent,
    apply,
    check,
    policies,
)
from withdraw_guard._factory import event_of
from withdraw_guard._rules.transitions import Move
from withdraw_guard.analysis import (
    Code,
    Comparison,
    Difference,
    Proved,
    Refuted,
    Standing,
    Unknown,
    Verdict,
    Witness,
    compare,
    lint,
    migrate_preview,
    prove,
    replayed,
    way_out,
)
from withdraw_guard.analysis._circumstances import ASKED, ELSEWHERE, on_either_calendar
from withdraw_guard.analysis._people import ACCOUNT, START, applied
from withdraw_guard.analysis._plans import Why
from withdraw_guard.analysis._prove import is_early
from withdraw_guard.analysis._witness import NotOffered
from withdraw_guard.calendars import business_days

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
FRESH = Account(id=ACCOUNT)
SUPPORT, FACE = frozenset({"support"}), frozenset({"face_web"})
TRIGGER, OTHER = "abnormal_activity", "password_changed"
NAMED = Scope(destinations="named")
SALES = Scope(operations=frozenset({"p2p_sale"}))
JANUARY = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 31))
HOLIDAYS = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 31), holidays={date(2026, 1, 6)})
FEBRUARY = business_days(UTC, first=date(2026, 2, 1), last=date(2026, 2, 28))


def a_rule(name: str = "rule", trigger: str = TRIGGER, **terms) -> Rule:
    return Rule(id=name, trigger=trigger, **terms)


def timed(hours: float = 5, name: str = "rule", trigger: str = TRIGGER, **terms) -> Rule:
    return a_rule(name, trigger, duration=hours * HOUR, **terms)


def chosen(least: int, usual: int, most: int, name: str = "rule", **terms) -> Rule:
    bounds = Chosen(minimum=least * HOUR, maximum=most * HOUR)
    return timed(usual, name, chosen=bounds, **terms)


def named_only(hours: int = 5, **terms) -> Rule:
    return timed(hours, repeat="separate", scope=NAMED, **terms)


def cleared(**terms) -> Clearance:
    return Clearance(unverified=FACE, verified=FACE, **terms)


def a_policy(*rules: Rule, calendar: Calendar | None = None) -> Policy:
    return Policy(id="p", version="1", rules=rules, calendar=calendar)


def counting(*rules: Rule) -> Policy:
    return a_policy(*rules, calendar=JANUARY)


def compared(old: Policy, new: Policy) -> Comparison:
    """Compare both ways, and replay every witness: both policies apply it, and their answers differ."""
    comparison, turned = compare(old, new), compare(new, old)
    opposite = {Verdict.LOOSER: Verdict.STRICTER, Verdict.STRICTER: Verdict.LOOSER}
    assert turned.verdict is opposite.get(comparison.verdict, comparison.verdict)
    assert all(compare(policy, policy).verdict is Verdict.EQUAL for policy in (old, new))
    for difference in comparison.differences:
        assert_it_separates(old, new, difference.looser)
        assert_it_separates(new, old, difference.stricter)
    return comparison


def assert_it_separates(denying: Policy, allowing: Policy, witness: Witness | None) -> None:
    if witness is None:
        return
    denying, allowing = on_either_calendar(denying, allowing)
    if isinstance(witness.denied, NotOffered):
        assert applied(denying, FRESH, witness.denied.event) is None
        assert check(replayed(allowing, witness.journal), witness.at, witness.request) == witness.allowed
        return
    for policy, answer in ((denying, witness.denied), (allowing, witness.allowed)):
        assert all(applied(policy, FRESH, event) for event in witness.journal if event.type == "security_event")
        assert check(replayed(policy, witness.journal), witness.at, witness.request) == answer


def flags(witness: Witness) -> int:
    return sum(event.type == "security_event" for event in witness.journal)


def a_day(of_january: int) -> datetime:
    return datetime(2026, 1, of_january, tzinfo=UTC)


def choices(witness: Witness | None) -> list[timedelta | None]:
    assert witness is not None
    return [event.duration for event in witness.journal]


def since(witness: Witness | None) -> list[tuple[str, timedelta]]:
    assert witness is not None
    return [(event.trigger, event.at - witness.journal[0].at) for event in witness.journal]


# ── Chosen ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_choice_is_incomparable_with_a_fixed_duration_within_it() -> None:
    comparison = compared(a_policy(timed(3)), a_policy(chosen(1, 3, 5)))
    assert comparison.verdict is Verdict.INCOMPARABLE
    assert (choices(comparison.looser), choices(comparison.stricter)) == ([HOUR], [5 * HOUR])
    assert comparison.looser.earlier_by == 2 * HOUR


def test_a_choice_of_nothing_shorter_is_stricter_and_of_nothing_longer_looser() -> None:
    assert compared(a_policy(timed(3)), a_policy(chosen(3, 3, 5))).verdict is Verdict.STRICTER
    assert compared(a_policy(timed(3)), a_policy(chosen(1, 3, 3))).verdict is Verdict.LOOSER
    assert compared(a_policy(timed(3)), a_policy(chosen(3, 3, 3))).verdict is Verdict.EQUAL


def test_the_duration_without_a_choice_counts() -> None:
    comparison = compared(a_policy(chosen(1, 3, 5)), a_policy(chosen(1, 2, 5)))
    assert comparison.verdict is Verdict.LOOSER
    assert choices(comparison.looser) == [None]


def test_a_choice_that_a_policy_does_not_offer_is_denied_by_its_host() -> None:
    """The policy refuses the event, so its host denies until a person has looked at it."""
    smaller = compared(a_policy(chosen(24, 48, 72)), a_policy(chosen(1, 48, 72)))
    assert (smaller.verdict, choices(smaller.looser)) == (Verdict.LOOSER, [HOUR])
    assert isinstance(smaller.looser.denied, NotOffered)
    assert smaller.looser.earlier_by is None
    assert smaller.looser.at == smaller.looser.journal[0].at + HOUR
    larger = compared(a_policy(chosen(1, 3, 5)), a_policy(chosen(1, 3, 9)))
    assert (larger.verdict, choices(larger.looser)) == (Verdict.LOOSER, [9 * HOUR])
    assert compared(a_policy(chosen(1, 3, 5)), a_policy(chosen(2, 3, 9))).verdict is Verdict.INCOMPARABLE


def test_a_shorter_choice_under_the_rule_of_kraken_is_looser() -> None:
    old = policies.GALLERY["kraken"].policy
    bounded = [rule for rule in old.rules if rule.chosen is not None]
    assert bounded
    for rule in bounded:
        shorter = attrs.evolve(rule, chosen=attrs.evolve(rule.chosen, minimum=HOUR))
        new = attrs.evolve(old, version="2", rules=tuple(shorter if each is rule else each for each in old.rules))
        comparison = compare(old, new)
        assert comparison.verdict is Verdict.LOOSER
        assert f"{rule.id}.chosen.minimum" in comparison.also_changed


def test_choices_beside_a_kept_timer_are_never_ruled_out() -> None:
    """One hour is chosen, and an hour later two hours: each kept timer equals one choice, and none holds for both."""
    old = a_policy(chosen(1, 2, 2))
    new = a_policy(timed(1, "one", repeat="keep"), timed(2, "two", repeat="keep"))
    first, second = (
        SecurityEvent(
            id=f"e{n}",
            account=ACCOUNT,
            at=START + n * HOUR,
            trigger=TRIGGER,
            initiated_by="user",
            duration=(n + 1) * HOUR,
        )
        for n in range(2)
    )
    at = START + 2 * HOUR
    assert not check(replayed(old, (first, second)), at)
    assert check(replayed(new, (first, second)), at)
    assert all(each.about_looser is not Standing.RULED_OUT for each in compare(old, new).differences)
    assert compare(old, old).verdict is Verdict.EQUAL


# ── Separate and named ───────────────────────────────────────────────────────────────────────────────────────────


def test_separate_timers_hold_as_long_as_one_that_is_extended() -> None:
    extended = a_policy(timed())
    assert compared(extended, a_policy(timed(repeat="separate"))).verdict is Verdict.EQUAL
    assert compared(extended, a_policy(timed(6, repeat="separate"))).verdict is Verdict.STRICTER
    with_face = {"clearance": cleared(attempts=1), "lifted_by": "all", "releasable_by": SUPPORT}
    one, apart = a_policy(timed(**with_face)), a_policy(timed(**with_face, repeat="separate"))
    assert compared(one, apart).verdict is Verdict.EQUAL


def test_holds_about_one_destination_are_looser_than_holds_about_all() -> None:
    comparison = compared(a_policy(timed(repeat="separate")), a_policy(named_only()))
    assert comparison.verdict is Verdict.LOOSER
    (event,) = comparison.looser.journal
    assert (event.destination_id, comparison.looser.request.destination_id) == (ELSEWHERE, ASKED)
    assert compared(a_policy(named_only()), a_policy(named_only(6))).verdict is Verdict.STRICTER


def test_a_longer_hold_about_one_destination_is_incomparable_with_a_shorter_one_about_all() -> None:
    comparison = compared(a_policy(timed()), a_policy(named_only(9)))
    assert comparison.verdict is Verdict.INCOMPARABLE
    assert comparison.stricter.journal[0].destination_id == ASKED


def test_a_kept_timer_makes_no_difference_where_a_longer_named_one_is_enough() -> None:
    kept = a_policy(timed(repeat="keep"), named_only(name="named"))
    assert compared(a_policy(timed(repeat="keep"), named_only(4, name="named")), kept).verdict is Verdict.STRICTER
    needed = compared(a_policy(named_only(4, name="named"), timed(repeat="keep")), a_policy(timed(repeat="keep")))
    assert (needed.verdict, flags(needed.looser)) == (Verdict.LOOSER, 2)
    assert compare(kept, kept).verdict is Verdict.EQUAL
    assert compared(a_policy(named_only()), a_policy(timed(9, repeat="keep"))).verdict is Verdict.INCOMPARABLE


NO_TIMER = a_rule("no-timer", releasable_by=SUPPORT)
CLEARED = a_rule("cleared", clearance=cleared(), releasable_by=SUPPORT)


def named_scope(rule: Rule) -> Rule:
    """The same rule about the one destination that the event names."""
    scope = attrs.evolve(rule.scope, destinations="named")
    return attrs.evolve(rule, scope=scope, repeat="separate")


@pytest.mark.parametrize("rule", [NO_TIMER, CLEARED], ids=["released only", "cleared"])
def test_a_hold_without_a_timer_is_looser_about_one_destination_than_about_all(rule: Rule) -> None:
    comparison = compared(a_policy(rule), a_policy(named_scope(rule)))
    assert comparison.verdict is Verdict.LOOSER
    assert comparison.looser.journal[0].destination_id == ELSEWHERE
    assert comparison.looser.denied.resumes_at is None


@pytest.mark.parametrize("beside", [NO_TIMER, CLEARED], ids=["released only", "cleared"])
def test_a_timer_for_all_destinations_matters_beside_a_hold_without_a_timer_about_one(beside: Rule) -> None:
    named, timer = named_scope(beside), timed(24)
    comparison = compared(a_policy(named, timer), a_policy(named))
    assert comparison.verdict is Verdict.LOOSER
    assert comparison.looser.earlier_by == DAY
    assert Code.RULE_NEVER_MATTERS not in {code for code, _ in codes(a_policy(named, timer))}
    same = attrs.evolve(named, id="same")
    assert (Code.RULE_NEVER_MATTERS, "same") in codes(a_policy(beside, same))


def narrowed(rule: Rule) -> Iterator[Rule | None]:
    """The rule with a smaller scope in each way that there is, and last no rule."""
    operations, destinations = rule.scope.operations, rule.scope.destinations
    if destinations is Destinations.ANY:
        yield attrs.evolve(rule, scope=attrs.evolve(rule.scope, destinations="new"))
    if destinations is not Destinations.NAMED:
        yield named_scope(rule)
    fewer = {"withdrawal"} if operations == "*" else operations - {max(operations)}
    if fewer:
        yield attrs.evolve(rule, scope=attrs.evolve(rule.scope, operations=frozenset(fewer)))
    yield None


@pytest.mark.parametrize("has_timer", [False, True], ids=["without a timer", "with a timer"])
def test_a_published_rule_with_a_smaller_scope_is_never_equal(has_timer: bool) -> None:
    """By itself the rule is looser for some request; beside the other rules of its policy that is never ruled out."""
    tried = 0
    for published in policies.GALLERY.values():
        whole = published.policy
        for rule in (each for each in whole.rules if each.has_timer is has_timer):
            only = attrs.evolve(whole, rules=(rule,))
            for smaller in narrowed(rule):
                about = [compare(old, with_another(old, rule, smaller)).about_looser for old in (only, whole)]
                assert about[0] is Standing.SHOWN, (whole.id, rule.id, smaller)
                assert about[1] is not Standing.RULED_OUT, (whole.id, rule.id, smaller)
                tried += 1
    assert tried > 30


def with_another(policy: Policy, rule: Rule, other: Rule | None) -> Policy:
    """The policy with another rule in the place of this one, or with none."""
    changed = (other if each is rule else each for each in policy.rules)
    return attrs.evolve(policy, version="changed", rules=tuple(each for each in changed if each is not None))


def test_an_event_that_should_show_a_difference_and_shows_none_rules_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("withdraw_guard.analysis._search.witnessed", lambda *_: None)
    comparison = compare(a_policy(timed(5)), a_policy(timed(4)))
    assert (comparison.about_looser, comparison.about_stricter) == (Standing.UNKNOWN, Standing.RULED_OUT)


# ── Business days ────────────────────────────────────────────────────────────────────────────────────────────────


def test_fewer_business_days_are_looser() -> None:
    comparison = compared(counting(a_rule(business_days=4)), counting(a_rule(business_days=3)))
    assert comparison.verdict is Verdict.LOOSER
    assert comparison.looser.denied.resumes_at in {day.ends for day in JANUARY.days}


def test_fewer_days_by_the_calendar_of_the_next_year_are_looser() -> None:
    """No event lies in both calendars, so each policy is compared with the days of both."""
    years = [business_days(UTC, first=date(year, 1, 1), last=date(year, 12, 31)) for year in (2026, 2027)]
    three, one = (a_rule(business_days=days) for days in (3, 1))
    changed = compared(a_policy(three, calendar=years[0]), a_policy(one, calendar=years[1]))
    assert changed.verdict is Verdict.LOOSER
    assert "calendar" in changed.also_changed
    same = compared(a_policy(three, calendar=years[0]), a_policy(three, calendar=years[1]))
    assert (same.verdict, same.also_changed) == (Verdict.EQUAL, ("calendar",))


def test_another_calendar_is_compared_for_the_days_in_both() -> None:
    rule = a_rule(business_days=2)
    assert compared(counting(rule), a_policy(rule, calendar=HOLIDAYS)).verdict is Verdict.STRICTER
    assert compared(counting(rule), a_policy(rule, calendar=FEBRUARY)).verdict is Verdict.EQUAL
    weeks = business_days(UTC, first=date(2026, 1, 5), last=date(2026, 1, 31))
    assert compared(counting(rule), a_policy(rule, calendar=weeks)).verdict is Verdict.EQUAL


def test_business_days_are_incomparable_with_a_duration_in_between() -> None:
    comparison = compared(a_policy(timed(48)), counting(a_rule(business_days=1)))
    assert comparison.verdict is Verdict.INCOMPARABLE
    (friday,), (thursday,) = comparison.stricter.journal, comparison.looser.journal
    assert (friday.at, comparison.stricter.denied.resumes_at) == (a_day(2), a_day(6))
    assert (thursday.at, comparison.looser.denied.resumes_at - comparison.looser.at) == (a_day(2) - TICK, DAY - TICK)


def test_a_condition_beside_business_days_leaves_a_policy_equal_to_itself() -> None:
    """Every event of the rule beyond the calendar is refused, so nothing is compared there."""
    vip = a_rule(business_days=3, where={"vip": True})
    assert compare(counting(vip), counting(vip)).verdict is Verdict.EQUAL
    robots = a_rule("robots", business_days=9, where={"initiated_by": "robot"})
    assert compare(counting(vip, robots), counting(vip)).verdict is Verdict.EQUAL


def test_facts_that_no_rule_refuses_are_found() -> None:
    """At the end of the calendar an event that says `vip: false` is taken, and any other event is refused."""
    vip = a_rule("vip", business_days=3, where={"vip": True})
    assert compared(counting(timed(), vip), counting(timed(4), vip)).verdict is Verdict.LOOSER
    assert compared(counting(timed(4), vip), counting(timed(), vip)).verdict is Verdict.STRICTER
    assert compare(counting(timed(), vip), counting(timed(name="renamed"), vip)).verdict is Verdict.EQUAL


def test_the_verdict_is_unknown_if_the_search_for_facts_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("withdraw_guard.analysis._conditions.REMEDIES_TRIED_MAX", 0)
    vip = a_rule("vip", business_days=3, where={"vip": True})
    assert compare(counting(timed(4), vip), counting(timed(), vip)).verdict is Verdict.UNKNOWN


def test_a_verification_that_takes_longer_than_some_business_days_and_not_others_is_seen() -> None:
    """Three days are less than one business day from Friday on, and more than one from Monday on."""
    old = counting(a_rule(business_days=1, clearance=cleared(verify_within=3 * DAY)))
    new = counting(a_rule(business_days=1, clearance=cleared()))
    comparison = compared(old, new)
    assert comparison.looser.help.hands_in_after == 3 * DAY
    assert comparison.looser.denied.resumes_at - comparison.looser.journal[0].at > 3 * DAY
    appealing, patient = cleared(appeal=Appeal(within=3 * DAY)), cleared(appeal=Appeal())
    later = compared(
        counting(a_rule(business_days=1, clearance=appealing)), counting(a_rule(business_days=1, clearance=patient))
    )
    assert later.looser.help.appeals_after == 3 * DAY


def test_due_dates_in_business_days_change_no_answer_and_are_listed() -> None:
    clearance = cleared(review_business_days=1, appeal=Appeal(decide_business_days=2))
    later = cleared(review_business_days=2, appeal=Appeal(decide_business_days=3))
    old, new = (counting(a_rule(clearance=each, releasable_by=SUPPORT)) for each in (clearance, later))
    comparison = compare(old, new)
    assert comparison.verdict is Verdict.EQUAL
    assert comparison.deadlines == (
        "rule.clearance.appeal.decide_business_days",
        "rule.clearance.review_business_days",
    )


def test_a_calendar_of_one_day_is_too_short_for_every_rule() -> None:
    one = Calendar(days=JANUARY.days[:1])
    rule = a_rule(business_days=1)
    policy = a_policy(rule, calendar=one)
    nothing = compared(policy, a_policy(timed()))
    assert nothing.verdict is Verdict.UNKNOWN
    assert {(each.way, each.rule, each.why) for each in nothing.unknown} == {
        ("looser", "rule", (Why.NO_EVENT,)),
        ("stricter", "rule", (Why.NO_EVENT,)),
    }
    assert Code.CALENDAR_TOO_SHORT in {finding.code for finding in lint(policy)}
    assert isinstance(prove(policy).reachable, Refuted)
    due = a_policy(a_rule(clearance=cleared(review_business_days=1), releasable_by=SUPPORT), calendar=one)
    assert prove(due).is_proved


def test_every_rule_of_the_trigger_can_refuse_an_event() -> None:
    """Another rule, which stops no withdrawal, counts days of February: so only events of February are compared."""
    sales = a_rule("sales", business_days=1, scope=SALES)
    for other in (sales, attrs.evolve(sales, where={"vip": True})):
        comparison = compared(a_policy(timed()), a_policy(other, calendar=FEBRUARY))
        (difference,) = {each.verdict for each in comparison.differences if each.operation == "*"}
        assert difference is Verdict.LOOSER
    offered = compared(a_policy(chosen(1, 3, 5)), a_policy(chosen(4, 8, 9, "sales", scope=SALES)))
    assert offered.verdict is Verdict.INCOMPARABLE


def test_the_verdict_is_unknown_if_the_events_that_would_show_it_are_refused() -> None:
    """The schedule has two events, and the second one is beyond the only day of a calendar."""
    kept, short = timed(9, "kept", repeat="keep"), timed(2)
    hour = Calendar(
        days=(BusinessDay(begins=START, ends=START + HOUR), BusinessDay(begins=START + HOUR, ends=START + 2 * HOUR))
    )
    sales = a_rule("sales", business_days=1, scope=SALES)
    old, new = (a_policy(*rules, sales, calendar=hour) for rules in ((short, kept), (kept,)))
    comparison = compared(old, new)
    difference = next(each for each in comparison.differences if each.operation == "*")
    assert (difference.about_looser, difference.about_stricter) == (Standing.UNKNOWN, Standing.RULED_OUT)
    assert compared(a_policy(short, kept), a_policy(kept)).verdict is Verdict.LOOSER


# ── An exhaustive walk ───────────────────────────────────────────────────────────────────────────────────────────

PAIRS, TIMES = 150 * DEPTH, 7
FOR_EVER = datetime.max.replace(tzinfo=UTC)
CLEARED_PAIRS = 80 * DEPTH
Said = tuple[str, timedelta | None, str | None, Facts]


def random_rule(random: Random, name: str) -> Rule:
    trigger = some(random, TRIGGER, TRIGGER, OTHER)
    where = some(random, {}, {}, {}, {"vip": True})
    rule = _random_rule(random, name, trigger, where)
    return attrs.evolve(rule, scope=SALES) if random.random() < 0.2 else rule


def _random_rule(random: Random, name: str, trigger: str, where: dict[str, bool]) -> Rule:
    duration = random.randint(1, 6) * TICK
    kinds = ("plain", "kept", "chosen", "chosen", "counted", "counted", "named", "named", "no timer")
    match some(random, *kinds):
        case "kept":
            return a_rule(name, trigger, where=where, duration=duration, repeat="keep")
        case "chosen":
            bounds = Chosen(minimum=random.randint(1, duration // TICK) * TICK, maximum=duration + TICK)
            repeat = some(random, "extend", "extend", "separate")
            return a_rule(name, trigger, where=where, duration=duration, chosen=bounds, repeat=repeat)
        case "counted":
            repeat = some(random, "extend", "extend", "separate", "keep")
            return a_rule(name, trigger, where=where, business_days=random.randint(1, 2), repeat=repeat)
        case "named":
            return a_rule(name, trigger, where=where, duration=duration, repeat="separate", scope=NAMED)
        case "no timer":
            rule = a_rule(name, trigger, where=where, releasable_by=SUPPORT)
            return some(random, rule, named_scope(rule))
        case _:
            return a_rule(name, trigger, where=where, duration=duration)


def random_pair(random: Random) -> tuple[Policy, Policy]:
    """Two policies that are often the same but for one rule or the calendar."""
    calendar = random_calendar(random, 2, 6)
    rules = tuple(random_rule(random, f"rule-{number}") for number in range(random.randint(1, 2)))
    others = tuple(random_rule(random, f"other-{number}") for number in range(random.randint(1, 2)))
    if random.random() < 0.6:
        others = (attrs.evolve(others[0], trigger=rules[0].trigger), *rules[1:])
    if random.random() < 0.2:
        others = rules
    other_calendar = random_calendar(random, 2, 6) if random.random() < 0.3 else calendar
    return a_policy(*rules, calendar=calendar), a_policy(*others, calendar=other_calendar)


def sayings(*both: Policy) -> list[Said]:
    """Everything in an event that can make a difference to rules of these policies."""
    rules = [rule for policy in both for rule in policy.rules]
    offers = [rule.chosen for rule in rules if rule.chosen is not None]
    bounds = {bound for offer in offers for bound in (offer.minimum, offer.maximum)}
    durations = [None, *(each for each in sorted(bounds) if all(offer.allows(each) for offer in offers))]
    is_named = any(rule.scope.destinations is Destinations.NAMED for rule in rules)
    destinations = [ASKED, ELSEWHERE] if is_named else [None]
    facts = [Facts({}), Facts({"vip": False})] if any(rule.where for rule in rules) else [Facts({})]
    heard = sorted(frozenset[str]().union(*(policy.triggers for policy in both)))
    return list(product(heard, durations, destinations, facts))


def fired(tick: int, said: Said) -> SecurityEvent:
    trigger, duration, destination_id, facts = said
    return SecurityEvent(
        id=f"e{tick}",
        account=ACCOUNT,
        at=START + tick * TICK,
        trigger=trigger,
        initiated_by="user",
        context=facts,
        duration=duration,
        destination_id=destination_id,
    )


Reached = tuple[Account, Account, datetime]


def reached(both: tuple[Policy, Policy], events_max: int) -> Iterator[Reached]:
    """The accounts after every journal of at most this many events, under both policies, with the last instant."""
    events = [[fired(tick, said) for said in sayings(*both)] for tick in range(TIMES)]
    for count in range(1, events_max + 1):
        for ticks in combinations(range(TIMES), count):
            yield from _after(both, [events[tick] for tick in ticks], (FRESH, FRESH))


def _after(
    both: tuple[Policy, Policy], layers: list[list[SecurityEvent]], accounts: tuple[Account, Account]
) -> Iterator[Reached]:
    for event in layers[0]:
        one, two = (applied(policy, account, event) for policy, account in zip(both, accounts, strict=True))
        if one is not None and two is not None:
            if len(layers) == 1:
                yield one, two, event.at
            else:
                yield from _after(both, layers[1:], (one, two))


def seen(both: tuple[Policy, Policy], events_max: int = 2) -> set[Verdict]:
    """Which differences the walk finds, by the instants until which both policies deny after the last event."""
    request = Request(operation="withdrawal", destination_id=ASKED)
    found = set[Verdict]()
    for one, two, at in reached(both, events_max):
        old, new = (check(account, at, request) for account in (one, two))
        until_old, until_new = (at if answer else answer.resumes_at or FOR_EVER for answer in (old, new))
        found |= {Verdict.LOOSER} if until_old > until_new else set()
        found |= {Verdict.STRICTER} if until_old < until_new else set()
        if len(found) == 2:
            break
    return found


def assert_not_contradicted(old: Policy, new: Policy, found: Iterable[Verdict]) -> Difference:
    comparison = compare(old, new)
    for difference in comparison.differences:
        assert_it_separates(old, new, difference.looser)
        assert_it_separates(new, old, difference.stricter)
    difference = next(each for each in comparison.differences if each.operation in ("withdrawal", "*"))
    told = {Verdict.LOOSER: difference.about_looser, Verdict.STRICTER: difference.about_stricter}
    assert all(told[verdict] is not Standing.RULED_OUT for verdict in found), (told, found, old, new)
    return difference


def test_no_verdict_on_what_is_chosen_named_or_counted_is_contradicted_by_an_exhaustive_walk() -> None:
    random = Random(7)
    told = dict.fromkeys(Verdict, 0)
    for _ in range(PAIRS):
        old, new = random_pair(random)
        difference = assert_not_contradicted(old, new, seen((old, new)))
        told[difference.verdict] += 1
    assert min(told[verdict] for verdict in Verdict if verdict is not Verdict.UNKNOWN) > 3, told
    assert told[Verdict.UNKNOWN] < PAIRS / 20, told


def cleared_or_named(random: Random, name: str) -> Rule:
    """A rule of any clearance and timer, without a timer in one case of four, often about one destination."""
    rule = attrs.evolve(random_cleared_rule(random, name), trigger=TRIGGER)
    if random.random() < 0.4:
        return named_scope(rule)
    return attrs.evolve(rule, repeat="extend") if random.random() < 0.7 else rule


def pair_of_cleared_or_named(random: Random) -> tuple[Policy, Policy]:
    """Two policies: without one of the rules, with another scope of one, or with another rule in its place."""
    old = a_policy(*(cleared_or_named(random, f"rule-{number}") for number in range(random.randint(1, 2))))
    rule = random.choice(old.rules)
    is_named = rule.scope.destinations is Destinations.NAMED
    turned = attrs.evolve(rule, scope=Scope()) if is_named else named_scope(rule)
    return old, with_another(old, rule, some(random, None, turned, turned, cleared_or_named(random, "other")))


def walked(old: Policy, new: Policy) -> set[Verdict]:
    """Which differences up to two events show, for both destinations and all help."""
    request = Request(operation="withdrawal", destination_id=ASKED)
    rules = (*old.rules, *new.rules)
    heard = {
        tuple(matches(rule, facts) and request.is_covered_by(rule.scope, about) for rule in rules)
        for facts, about in product(range(len(FACT_CLASSES)), (ASKED, ELSEWHERE, None))
    }
    journals = (
        tuple(zip(ticks, kinds, strict=True))
        for ticks in ((0,), (0, 1), (0, 2), (0, 3))
        for kinds in product(heard, repeat=len(ticks))
    )
    return set(differences(rules, len(old.rules), journals, 9))


def test_no_verdict_on_named_rules_with_and_without_timers_and_clearances_is_contradicted_by_a_walk() -> None:
    random, told = Random(13), dict.fromkeys(Verdict, 0)
    for _ in range(CLEARED_PAIRS):
        old, new = pair_of_cleared_or_named(random)
        told[assert_not_contradicted(old, new, walked(old, new)).verdict] += 1
    assert min(told[verdict] for verdict in Verdict if verdict is not Verdict.UNKNOWN) > 3, told
    assert told[Verdict.UNKNOWN] < CLEARED_PAIRS / 20, told


# ── Lint ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def codes(policy: Policy) -> set[tuple[Code, str | None]]:
    quiet = (Code.TRIGGER_UNHEARD, Code.TIMER_TELLS_THE_ALARM)
    return {(each.code, each.rule) for each in lint(policy) if each.code not in quiet}


def test_one_duration_to_choose_is_no_choice() -> None:
    assert codes(a_policy(chosen(3, 3, 3))) == {(Code.SETTING_WITHOUT_EFFECT, "rule")}
    assert codes(a_policy(chosen(1, 3, 5))) == set()


def test_what_the_calendar_refuses_does_not_make_other_rules_useless() -> None:
    short = Calendar(days=JANUARY.days[:1])
    policy = a_policy(timed(), a_rule("counted", business_days=1), calendar=short)
    assert codes(policy) == {(Code.CALENDAR_TOO_SHORT, "counted")}


def test_a_kept_timer_is_cut_short_only_if_the_calendar_is_long_enough_for_the_second_trigger() -> None:
    kept = a_rule(business_days=1, repeat="keep")
    assert codes(counting(kept)) == {(Code.KEPT_TIMER_CUT_SHORT, "rule")}
    assert codes(a_policy(kept, calendar=Calendar(days=JANUARY.days[:2]))) == set()


def test_no_published_policy_makes_an_analysis_fail() -> None:
    for published in policies.GALLERY.values():
        policy = published.policy
        assert all(finding.journal for finding in lint(policy))
        assert compare(policy, policy).verdict is Verdict.EQUAL


@given(policy=drawn_policies())
def test_every_policy_is_linted_and_equal_to_itself(policy: Policy) -> None:
    assert all(finding.journal for finding in lint(policy))
    assert compare(policy, attrs.evolve(policy, version="9")).verdict is Verdict.EQUAL


# ── Prove ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "states"),
    [
        (chosen(1, 3, 5), 3),
        (timed(repeat="separate"), 3),
        (named_only(), 3),
        (a_rule(business_days=2), 3),
    ],
    ids=["chosen", "separate", "named", "counted"],
)
def test_each_is_proved(rule: Rule, states: int) -> None:
    """A timer leads to three situations: no hold was placed, a hold is open, and its timer has ended."""
    proof = prove(counting(rule))
    assert proof.is_proved
    assert proof.no_limbo == Proved(states=states)


def test_separate_holds_with_a_dead_end_are_refuted() -> None:
    stuck = a_rule(clearance=cleared(attempts=1), repeat="separate", scope=NAMED, releasable_by=SUPPORT)
    refuted = prove(a_policy(stuck), authorities=()).no_limbo
    assert isinstance(refuted, Refuted)
    account = replayed(a_policy(stuck), refuted.journal)
    assert way_out(account, refuted.at, authorities=()) is None
    assert prove(a_policy(stuck)).is_proved


def test_business_days_beside_a_clearance_are_unknown_after_no_state() -> None:
    proof = prove(counting(a_rule(business_days=2, clearance=cleared())))
    assert {answer for _, answer in proof.answers} == {Unknown(rule="rule", states=0)}


def test_a_chosen_or_counted_hold_that_ends_before_its_time_is_early() -> None:
    for policy in (
        a_policy(chosen(2, 3, 5, releasable_by=SUPPORT)),
        counting(a_rule(business_days=2, releasable_by=SUPPORT)),
    ):
        event = fired(0, (TRIGGER, None, None, Facts({})))
        account = apply(policy, FRESH, event).account
        assert not is_early(FRESH, account, event)
        order = event_of(Move.RELEASED, account, account.holds[0], "e1", START + HOUR, authority="support")
        assert is_early(FRESH, apply(policy, account, order).account, event)


# ── Way out and migration ────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_about_another_destination_needs_no_action() -> None:
    policy = a_policy(named_only())
    account = apply(policy, FRESH, fired(0, (TRIGGER, None, "there", Facts({})))).account
    same, another = (Request(operation="withdrawal", destination_id=name) for name in ("there", "here"))
    nothing = way_out(account, START, another)
    assert (nothing.actions, nothing.allowed_at) == ((), START)
    for request in (same, Request(operation="withdrawal")):
        way = way_out(account, START, request)
        assert [type(action).__name__ for action in way.actions] == ["WaitUntil"]
        assert way.allowed_at == START + 5 * HOUR
        assert check(account, way.allowed_at, request)


def test_a_choice_that_the_new_policy_does_not_offer_counts_as_no_choice() -> None:
    old, new = a_policy(chosen(1, 3, 5)), a_policy(chosen(1, 2, 4))
    for choice, ends in ((5 * HOUR, [2 * HOUR]), (4 * HOUR, None), (None, None)):
        account = apply(old, FRESH, fired(0, (TRIGGER, choice, None, Facts({})))).account
        previews = migrate_preview([account], new, START + HOUR)
        told = [[hold.end - START for hold in preview.instead] for preview in previews]
        assert told == ([] if ends is None else [ends])


def test_each_trigger_of_a_hold_counts_with_its_own_choice() -> None:
    old, new = a_policy(chosen(1, 3, 5)), a_policy(chosen(1, 3, 6, releasable_by=SUPPORT))
    events = [fired(0, (TRIGGER, HOUR, None, Facts({})))]
    events.append(attrs.evolve(events[0], id="e9", at=START + HOUR / 2, duration=5 * HOUR))
    account = apply(old, FRESH, *events).account
    assert migrate_preview([account], a_policy(chosen(1, 3, 6)), START + HOUR) == ()
    (preview,) = migrate_preview([account], new, START + HOUR)
    assert [hold.end for hold in preview.instead] == [START + 5.5 * HOUR] == [account.holds[0].end]


def test_a_calendar_that_begins_after_the_trigger_is_refused() -> None:
    rule = a_rule(business_days=2)
    account = apply(counting(rule), FRESH, fired(0, (TRIGGER, None, None, Facts({})))).account
    assert migrate_preview([account], counting(rule), START) == ()
    (preview,) = migrate_preview([account], a_policy(a_rule(business_days=3), calendar=HOLIDAYS), START)
    assert [hold.end for hold in preview.instead] == [a_day(10)]
    with pytest.raises(InvalidValue, match="calendar"):
        migrate_preview([account], a_policy(rule, calendar=FEBRUARY), START)
