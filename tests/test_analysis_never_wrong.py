"""What the analysis once said and what was wrong about it: each the shortest example of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, permutations
from random import Random

import attrs
import pytest

from analysis_net import FAMILIES, _base, _changed, _until_valid, random_pair
from realistic_edits import EDITS, Change, edited
from withdraw_guard import (
    WITHDRAWAL,
    Account,
    Appeal,
    Chosen,
    Clearance,
    Policy,
    Rule,
    Scope,
    SecurityEvent,
    check,
    policies,
    triggers,
)
from withdraw_guard.analysis import (
    OrderRelease,
    Review,
    Standing,
    Verdict,
    compare,
    comparison_as_markdown,
    migrate_preview,
    replayed,
    way_out,
)
from withdraw_guard.analysis._circumstances import on_either_calendar
from withdraw_guard.analysis._conditions import contradict
from withdraw_guard.analysis._plans import Why
from withdraw_guard.calendars import business_days

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
SUPPORT = frozenset({"support"})
NAMED = Scope(destinations="named")


def a_policy(*rules: Rule, version: str = "1") -> Policy:
    return Policy(id="p", version=version, rules=rules)


def an_event(trigger: str = triggers.ABNORMAL_ACTIVITY, hours: int = 0, **said: object) -> SecurityEvent:
    at = MONDAY + hours * HOUR
    return SecurityEvent(id=f"e-{trigger}-{hours}", account="a1", at=at, trigger=trigger, initiated_by="user", **said)


# ── A way out through a hold that does not stop the request ──────────────────────────────────────────────────────

IDENTITY, FACE = frozenset({"identity_personal"}), frozenset({"face_web"})
BY_IDENTITY = Rule(
    id="sales",
    trigger=triggers.PASSWORD_CHANGED,
    scope=Scope(operations=frozenset({"p2p_sale"})),
    clearance=Clearance(unverified=IDENTITY, verified=IDENTITY),
    releasable_by=SUPPORT,
)
BY_FACE = Rule(
    id="face",
    trigger=triggers.ABNORMAL_ACTIVITY,
    clearance=Clearance(unverified=frozenset(), verified=FACE),
    releasable_by=SUPPORT,
)


@pytest.mark.parametrize("authorities", [None, ()], ids=["all answer", "nobody answers"])
def test_a_verification_on_a_hold_that_stops_nothing_records_the_identity_that_another_hold_waits_for(
    authorities: tuple[str, ...] | None,
) -> None:
    policy = a_policy(BY_IDENTITY, BY_FACE)
    account = replayed(policy, (an_event(triggers.PASSWORD_CHANGED), an_event()), Account(id="a1"))
    way = way_out(account, MONDAY, authorities=authorities)
    assert way is not None
    assert not any(isinstance(action, OrderRelease) for action in way.actions)
    assert [type(action).__name__ for action in way.actions] == [
        "StartVerification", "CompleteVerification", "ApproveReview",
        "StartVerification", "CompleteVerification", "ApproveReview",
    ]  # fmt: skip
    assert check(replayed(policy, way.events, account), way.allowed_at)
    assert way.actions[0].hold.endswith("sales")


def test_a_hold_that_knows_of_something_later_records_the_identity_then() -> None:
    policy = a_policy(BY_IDENTITY, BY_FACE)
    account = replayed(policy, (an_event(triggers.PASSWORD_CHANGED, 5), an_event()), Account(id="a1"))
    way = way_out(account, MONDAY, authorities=())
    assert way is not None
    assert way.allowed_at == MONDAY + 5 * HOUR
    assert check(replayed(policy, way.events, account), way.allowed_at)


def test_no_way_is_invented_where_no_hold_records_an_identity() -> None:
    by_face = attrs.evolve(BY_IDENTITY, clearance=Clearance(unverified=FACE, verified=FACE))
    account = replayed(a_policy(by_face, BY_FACE), (an_event(triggers.PASSWORD_CHANGED), an_event()), Account(id="a1"))
    assert way_out(account, MONDAY, authorities=()) is None


# ── What really differs for an account that is held already ──────────────────────────────────────────────────────

TIMED = Rule(id="timed", trigger=triggers.PASSWORD_CHANGED, duration=24 * HOUR)
HELD = replayed(a_policy(TIMED), (an_event(triggers.PASSWORD_CHANGED),), Account(id="a1"))


@pytest.mark.parametrize(
    "same",
    [
        attrs.evolve(TIMED, id="renamed"),
        attrs.evolve(TIMED, where={"vip": True}),
        attrs.evolve(TIMED, repeat="keep"),
        attrs.evolve(TIMED, lifted_by="all"),
    ],
    ids=["renamed", "another condition", "another repeat", "nothing else to wait for"],
)
def test_what_makes_no_difference_now_is_not_listed(same: Rule) -> None:
    assert migrate_preview([HELD], a_policy(same, version="2"), MONDAY) == ()


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(TIMED, duration=25 * HOUR),
        attrs.evolve(TIMED, scope=Scope(destinations="new")),
        attrs.evolve(TIMED, releasable_by=SUPPORT),
        attrs.evolve(TIMED, clearance=BY_FACE.clearance),
    ],
    ids=["longer", "new destinations", "released", "cleared"],
)
def test_what_makes_a_difference_now_is_listed(other: Rule) -> None:
    (preview,) = migrate_preview([HELD], a_policy(other, version="2"), MONDAY)
    assert [hold.rule for hold in preview.instead] == [other]


def test_a_rule_that_is_added_beside_the_same_one_is_named_by_the_comparison_alone() -> None:
    old, new = a_policy(TIMED), a_policy(TIMED, attrs.evolve(TIMED, id="more", duration=25 * HOUR), version="2")
    assert migrate_preview([HELD], new, MONDAY) == ()
    assert [witness.rule.id for witness in compare(old, new).tightened] == ["more"]


def test_a_hold_that_would_have_ended_by_now_is_none() -> None:
    shorter = a_policy(attrs.evolve(TIMED, duration=HOUR), version="2")
    (preview,) = migrate_preview([HELD], shorter, MONDAY + 2 * HOUR)
    assert preview.instead == ()


# ── More holds side by side than may be ──────────────────────────────────────────────────────────────────────────


def named(name: str, hours: int = 5, **terms: object) -> Rule:
    return Rule(
        id=name,
        trigger=triggers.ADDRESS_ADDED,
        duration=hours * HOUR,
        repeat="separate",
        scope=terms.pop("scope", NAMED),
        **terms,
    )


def test_sixty_three_holds_of_one_rule_are_more_than_of_each_of_two() -> None:
    """Beyond 63 holds a further event holds every destination. Two rules share the events, and do not get there."""
    whole = a_policy(named("all"))
    halves = a_policy(*(named(f"vip-{vip}".lower(), where={"vip": vip}) for vip in (True, False)), version="2")
    events = [
        attrs.evolve(
            an_event(triggers.ADDRESS_ADDED), id=f"e{n:02}", destination_id=f"d{n}", context={"vip": bool(n % 2)}
        )
        for n in range(64)
    ]
    asked = attrs.evolve(WITHDRAWAL, destination_id="another")
    assert not check(replayed(whole, events, Account(id="a1")), MONDAY, asked)
    assert check(replayed(halves, events, Account(id="a1")), MONDAY, asked)
    comparison = compare(whole, halves)
    assert (comparison.about_looser, comparison.about_stricter) == (Standing.UNKNOWN, Standing.RULED_OUT)
    assert [(each.rule, each.why) for each in comparison.unknown] == [("all", (Why.OVERFLOW,))]


def test_rules_that_hold_every_destination_need_no_overflow() -> None:
    whole = a_policy(named("all"))
    halves = [named(f"vip-{vip}".lower(), where={"vip": vip}, scope=Scope()) for vip in (True, False)]
    assert compare(whole, a_policy(*halves, version="2")).verdict is Verdict.STRICTER
    assert compare(whole, a_policy(named("longer", 6), version="2")).about_looser is Standing.RULED_OUT


# ── An identity that ends lets a verified account out as one that is not verified ────────────────────────────────


def test_who_records_an_identity_that_ends_is_not_always_verified() -> None:
    """A verification on one hold, early enough, makes the account unverified when the other hold asks."""
    ages = attrs.evolve(
        BY_IDENTITY,
        id="ages",
        scope=Scope(),
        clearance=Clearance(unverified=FACE, verified=IDENTITY, identity_valid_for=HOUR),
    )
    unverified_only = attrs.evolve(BY_FACE, clearance=Clearance(unverified=FACE, verified=frozenset()))
    nobody = attrs.evolve(BY_FACE, clearance=Clearance(unverified=frozenset(), verified=frozenset()))
    old, new = a_policy(ages, nobody), a_policy(ages, unverified_only, version="2")
    assert compare(old, new).about_looser is Standing.SHOWN
    assert compare(new, old).about_looser is not Standing.SHOWN
    without = a_policy(unverified_only, version="3")
    assert compare(without, new).about_looser is Standing.UNKNOWN


# ── What is given up is named ────────────────────────────────────────────────────────────────────────────────────


def chosen(name: str, least: int, **terms: object) -> Rule:
    bounds = Chosen(minimum=least * HOUR, maximum=48 * HOUR)
    return Rule(id=name, trigger=triggers.PASSWORD_CHANGED, duration=24 * HOUR, chosen=bounds, **terms)


def test_a_choice_is_unknown_if_the_search_for_facts_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("withdraw_guard.analysis._conditions.REMEDIES_TRIED_MAX", 0)
    old = a_policy(chosen("r", 2))
    new = a_policy(chosen("r", 1), chosen("vip", 3, where={"vip": True}), version="2")
    assert Why.FACTS in {why for each in compare(old, new).unknown for why in each.why}


def test_more_orders_of_timers_than_are_tried_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("_circumstances", "_search"):
        monkeypatch.setattr(f"withdraw_guard.analysis.{module}.INSTANTS_MAX", 1)
    calendar = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 31))
    old, new = (
        Policy(
            id="p",
            version="1",
            rules=(
                Rule(id="days", trigger=triggers.PASSWORD_CHANGED, business_days=days),
                Rule(id="hours", trigger=triggers.PASSWORD_CHANGED, duration=60 * HOUR),
            ),
            calendar=calendar,
        )
        for days in (2, 1)
    )
    comparison = compare(old, new)
    assert Why.CALENDARS in {why for each in comparison.unknown for why in each.why}


def test_calendars_that_are_too_long_together_stay_as_they_are() -> None:
    days = [business_days(UTC, first=date(year, 1, 1), last=date(year + 14, 12, 31)) for year in (2026, 2041)]
    rule = Rule(id="days", trigger=triggers.PASSWORD_CHANGED, business_days=1)
    old, new = (Policy(id="p", version="1", rules=(rule,), calendar=calendar) for calendar in days)
    assert on_either_calendar(old, new) == (old, new)
    assert {each.why for each in compare(old, new).unknown} == {(Why.NO_EVENT,)}


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [(24, 12, 6), (6, 12, 24), (24, 24, 12)],
)
def test_the_direction_of_three_durations_is_transitive_and_antisymmetric(first: int, second: int, third: int) -> None:
    one, two, three = (a_policy(attrs.evolve(TIMED, duration=hours * HOUR)) for hours in (first, second, third))
    looser = (Verdict.LOOSER, Verdict.EQUAL)
    turned = {Verdict.LOOSER: Verdict.STRICTER, Verdict.STRICTER: Verdict.LOOSER, Verdict.EQUAL: Verdict.EQUAL}
    assert compare(two, one).verdict is turned[compare(one, two).verdict]
    if compare(one, two).verdict in looser and compare(two, three).verdict in looser:
        assert compare(one, three).verdict in looser


# ── Edits of published policies ──────────────────────────────────────────────────────────────────────────────────


def edits() -> Iterator[tuple[Policy, Rule, Rule, Verdict]]:
    """A rule of a published policy, a realistic edit of it, and what that comes to for the rule by itself."""
    for published in policies.GALLERY.values():
        for rule in published.policy.rules:
            if rule.duration is not None and rule.chosen is None and rule.repeat != "keep":
                yield published.policy, rule, attrs.evolve(rule, duration=rule.duration / 2), Verdict.LOOSER
                yield published.policy, rule, attrs.evolve(rule, duration=rule.duration * 2), Verdict.STRICTER
            if rule.business_days is not None:
                yield published.policy, rule, attrs.evolve(rule, business_days=rule.business_days + 1), Verdict.STRICTER
            if not rule.where:
                yield published.policy, rule, attrs.evolve(rule, where={"known_device": False}), Verdict.LOOSER


def test_a_realistic_edit_of_a_published_rule_has_the_right_verdict_and_is_named() -> None:
    tried = 0
    for whole, rule, other, verdict in edits():
        only, by_itself = (attrs.evolve(whole, version="2", rules=(each,)) for each in (rule, other))
        assert compare(only, by_itself).verdict is verdict, (whole.id, other)
        new = attrs.evolve(whole, version="2", rules=tuple(other if each is rule else each for each in whole.rules))
        comparison = compare(whole, new)
        about = {Verdict.LOOSER: comparison.about_stricter, Verdict.STRICTER: comparison.about_looser}
        assert about[verdict] is not Standing.SHOWN, (whole.id, other)
        reviewed = Review(comparison=comparison, old=whole, new=new)
        assert [change.new.id for change in reviewed.changes] == [rule.id]
        tried += 1
    assert tried >= 60


def test_every_two_published_policies_can_be_compared_and_the_verdict_turns_with_them() -> None:
    every = [published.policy for published in policies.GALLERY.values()]
    for old, new in combinations(every, 2):
        comparison, turned = compare(old, new), compare(new, old)
        assert (turned.about_looser, turned.about_stricter) == (comparison.about_stricter, comparison.about_looser)


# ── People who are late ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_that_shows_nothing_about_a_late_person_rules_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("withdraw_guard.analysis._search.witnessed", lambda *_: None)
    hasty, patient = (
        a_policy(attrs.evolve(BY_FACE, clearance=Clearance(unverified=FACE, verified=FACE, verify_within=within)))
        for within in (HOUR, 2 * HOUR)
    )
    assert compare(patient, hasty).about_stricter is Standing.UNKNOWN


def test_a_late_person_appeals_where_that_is_quicker() -> None:
    hasty = Clearance(unverified=FACE, verified=FACE, verify_within=HOUR)
    appealed = attrs.evolve(hasty, verify_within=None, appeal=Appeal(after_failures=0))
    old, new = (a_policy(attrs.evolve(TIMED, clearance=clearance)) for clearance in (hasty, appealed))
    comparison = compare(old, new)
    assert comparison.verdict is Verdict.LOOSER
    assert "verification_started" not in {event.type for event in comparison.looser.journal}


def test_an_initiator_that_is_no_text_is_not_asked_about() -> None:
    assert not contradict({"initiated_by": "user"}, attrs.evolve(TIMED, where={"initiated_by": 7}))


# ── Sixty changes as teams make them ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "rule", "change", "verdict"),
    EDITS,
    ids=[f"{number} {name} {rule}" for number, (name, rule, *_) in enumerate(EDITS, 1)],
)
def test_a_change_as_teams_make_it_has_the_verdict_of_a_person_and_its_rule_is_named(
    name: str, rule: str, change: Change, verdict: Verdict
) -> None:
    old, new = edited(name, rule, change)
    comparison = compare(old, new)
    assert comparison.verdict is verdict
    report = comparison_as_markdown(Review(comparison=comparison, old=old, new=new))
    assert f"\n- {rule} (" in report.partition("### The verdict")[0]
    looser = verdict in (Verdict.LOOSER, Verdict.INCOMPARABLE)
    stricter = verdict in (Verdict.STRICTER, Verdict.INCOMPARABLE)
    assert (f"\n#### Looser: `{rule}`\n" in report) is looser
    assert (f"\n#### Stricter: `{rule}`\n" in report) is stricter
    assert report.count("\n#### ") == looser + stricter


def test_there_are_sixty_such_changes() -> None:
    assert len(EDITS) == 60


def test_changes_of_several_rules_at_once_are_each_named_with_their_direction() -> None:
    several = 0
    for name in {name for name, *_ in EDITS}:
        changes = {rule: (change, verdict) for other, rule, change, verdict in EDITS if other == name}
        old = new = policies.GALLERY[name].policy
        for rule, (change, _) in changes.items():
            rules = [change(each) if each.id == rule else each for each in new.rules]
            new = attrs.evolve(new, version="next", rules=tuple(each for each in rules if each is not None))
        report = comparison_as_markdown(Review(comparison=compare(old, new), old=old, new=new))
        for rule, (_, verdict) in changes.items():
            assert f"\n- {rule} (" in report
            for way in (Verdict.LOOSER, Verdict.STRICTER):
                assert (f"\n#### {way.capitalize()}: `{rule}`\n" in report) is (
                    verdict in (way, Verdict.INCOMPARABLE)
                ), (name, rule)
        several += len(changes) > 1
    assert several >= 10


# ── Three policies of a family ───────────────────────────────────────────────────────────────────────────────────


def three_of(name: str, number: int) -> tuple[Policy, Policy, Policy, Rule]:
    """A random pair of a family, another small change of its second policy, and one rule more."""
    random, family = Random(f"{name} {number} of three"), FAMILIES[name]
    first, second = random_pair(name, number)
    third = _until_valid(lambda: _changed(random, family, second)) if second.rules else first
    return first, second, third, attrs.evolve(_base(random, family).rules[0], id="one-more")


@pytest.mark.parametrize("family", FAMILIES)
def test_three_policies_of_a_family_are_compared_without_a_contradiction(family: str) -> None:
    """What is no looser than what is no looser than a third one, is not looser than that; a verdict turns with both."""
    chained = 0
    for number in range(8):
        three = three_of(family, number)[:3]
        compared = {(i, j): compare(three[i], three[j]) for i, j in permutations(range(3), 2)}
        for (i, j), comparison in compared.items():
            turned = compared[j, i]
            assert (turned.about_looser, turned.about_stricter) == (comparison.about_stricter, comparison.about_looser)
        for i, j, k in permutations(range(3)):
            if compared[i, j].about_looser is compared[j, k].about_looser is Standing.RULED_OUT:
                chained += 1
                assert compared[i, k].about_looser is not Standing.SHOWN, (family, number)
    assert chained


@pytest.mark.parametrize("family", FAMILIES)
def test_one_rule_more_is_never_looser_in_any_family(family: str) -> None:
    """It is unknown only if an identity ends."""
    for number in range(8):
        policy, _, _, rule = three_of(family, number)
        comparison = compare(policy, attrs.evolve(policy, version="more", rules=(*policy.rules, rule)))
        if family != "ageing" or comparison.about_looser is not Standing.UNKNOWN:
            assert comparison.about_looser is Standing.RULED_OUT, (family, number)
        assert {why for each in comparison.unknown for why in each.why if each.way == "looser"} <= {Why.AGES}
