"""What `compare` rules out without a search, and identities that end: rules that are no harder than others."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import attrs
import pytest

from analysis_net import random_calendar
from analysis_walks import (
    DEPTH,
    DOCUMENTS,
    METHODS,
    TICK,
    TooMany,
    allowed_on_real_accounts,
    random_help,
    random_rule,
    some,
)
from withdraw_guard import WITHDRAWAL, Appeal, Clearance, Policy, Rule, Scope, SecurityEvent, check
from withdraw_guard.analysis import Comparison, Standing, Verdict, Witness, compare, replayed
from withdraw_guard.analysis._match import is_no_harder
from withdraw_guard.analysis._people import START, security_event
from withdraw_guard.analysis._plans import Why

TRIGGER = "abnormal_activity"
HOUR = timedelta(hours=1)
SUPPORT = frozenset({"support"})
NOTHING, FACE, IDENTITY = (frozenset(names) for names in ((), METHODS[:1], METHODS[1:]))


def a_policy(*rules: Rule, version: str = "1", **terms: object) -> Policy:
    return Policy(id="p", version=version, rules=rules, **terms)


# ── Term by term ─────────────────────────────────────────────────────────────────────────────────────────────────

APPEAL = Appeal(after_failures=1, limit=2, documents=frozenset({"id_photo"}), within=2 * HOUR)
RULE = Rule(
    id="rule",
    trigger=TRIGGER,
    duration=48 * HOUR,
    clearance=Clearance(unverified=FACE, verified=FACE, attempts=2, verify_within=2 * HOUR, appeal=APPEAL),
    lifted_by="all",
    releasable_by=SUPPORT,
)


def with_clearance(rule: Rule = RULE, **terms: object) -> Rule:
    return attrs.evolve(rule, clearance=attrs.evolve(rule.clearance, **terms))


def with_appeal(**terms: object) -> Rule:
    return with_clearance(appeal=attrs.evolve(APPEAL, **terms))


@pytest.mark.parametrize(
    "easier",
    [
        attrs.evolve(RULE, id="renamed"),
        attrs.evolve(RULE, scope=Scope(destinations="new")),
        attrs.evolve(RULE, releasable_by=SUPPORT | {"compliance"}),
        with_clearance(unverified=FACE | IDENTITY),
        with_clearance(verified=FACE | IDENTITY),
        with_clearance(attempts=3),
        with_clearance(attempts=None),
        with_clearance(verify_within=3 * HOUR),
        with_clearance(verify_within=None),
        with_appeal(after_failures=0),
        with_appeal(limit=3),
        with_appeal(documents=NOTHING),
        with_appeal(within=None),
    ],
)
def test_a_rule_with_easier_terms_is_no_harder(easier: Rule) -> None:
    assert is_no_harder(easier, RULE)
    is_the_same = attrs.evolve(easier, id="rule", scope=Scope()) == RULE
    assert is_no_harder(RULE, easier) is is_the_same


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(RULE, trigger="password_changed"),
        attrs.evolve(RULE, where={"vip": True}),
        attrs.evolve(RULE, duration=HOUR),
        attrs.evolve(RULE, repeat="keep"),
        attrs.evolve(RULE, lifted_by="any"),
        attrs.evolve(RULE, clearance=None, lifted_by="any"),
        attrs.evolve(RULE, repeat="separate", scope=Scope(destinations="named")),
        with_clearance(identity_valid_for=HOUR),
        with_clearance(appeal=None, attempts=3),
    ],
)
def test_rules_that_wait_for_something_else_are_not_compared_term_by_term(other: Rule) -> None:
    assert not is_no_harder(other, RULE)
    assert not is_no_harder(RULE, other)


def test_what_lifts_a_hold_is_no_term_of_a_rule_that_waits_for_one_thing_only() -> None:
    timerless = attrs.evolve(RULE, duration=None)
    assert is_no_harder(attrs.evolve(timerless, lifted_by="any"), timerless)
    unclearable = attrs.evolve(RULE, clearance=None)
    assert is_no_harder(attrs.evolve(unclearable, lifted_by="any"), unclearable)


def test_separate_holds_about_one_destination_and_about_all_are_not_compared_term_by_term() -> None:
    about_all = attrs.evolve(RULE, repeat="separate")
    about_one = attrs.evolve(about_all, scope=Scope(destinations="named"))
    assert is_no_harder(about_one, about_one)
    assert not is_no_harder(about_one, about_all)
    assert not is_no_harder(about_all, about_one)


def eased(random: Random, rule: Rule) -> Rule:
    """The rule with one easier term, or with other terms that make no difference."""
    clearance = rule.clearance
    if clearance is None or random.random() < 0.2:
        return attrs.evolve(rule, releasable_by=rule.releasable_by | SUPPORT)
    appeal = clearance.appeal or Appeal(after_failures=random.randint(0, 2), documents=some(random, *DOCUMENTS))
    appeals = [attrs.evolve(appeal, limit=appeal.limit + 1), attrs.evolve(appeal, documents=NOTHING, after_failures=0)]
    terms = some(
        random,
        {"unverified": clearance.unverified | frozenset(METHODS)},
        {"verified": clearance.verified | frozenset(METHODS)},
        {"attempts": None if clearance.attempts is None else clearance.attempts + 1},
        {"verify_within": None if clearance.verify_within is None else clearance.verify_within + TICK},
        {"appeal": some(random, *appeals, attrs.evolve(appeal, within=None))},
    )
    return attrs.evolve(rule, clearance=attrs.evolve(clearance, **terms))


def test_no_behaviour_ends_a_hold_of_a_harder_rule_earlier() -> None:
    """Brute force on real accounts, whatever people do, with every kind of timer and with deadlines."""
    walked = 0
    for seed in range(120 * DEPTH):
        random = Random(f"no harder {seed}")
        rule = attrs.evolve(random_rule(random, "rule", where=False, deadlines=True), trigger=TRIGGER, scope=Scope())
        easier, help_ = eased(random, rule), random_help(random)
        assert is_no_harder(easier, rule), seed
        ticks = sorted(random.sample(range(4), random.choice((1, 2, 2))))
        journal = [security_event(TRIGGER, f"e{tick}", START + tick * TICK) for tick in ticks]
        try:
            hard, easy = (
                allowed_on_real_accounts(a_policy(each), help_, journal, WITHDRAWAL, 7, hurry, 300)
                for each, hurry in ((rule, False), (easier, True))
            )
        except TooMany:
            continue
        walked += 1
        assert not hard & ~easy, (seed, rule, easier, help_, bin(hard), bin(easy))
    assert walked >= 60 * DEPTH


# ── What needs no search ─────────────────────────────────────────────────────────────────────────────────────────


def counted(**terms: object) -> Policy:
    rule = Rule(id="days", trigger=TRIGGER, business_days=2, repeat="keep", **terms)
    return a_policy(rule, calendar=random_calendar(Random(1), 7, 7))


def test_kept_business_days_under_another_word_for_the_same_are_equal() -> None:
    assert compare(counted(), counted(lifted_by="all")).verdict is Verdict.EQUAL


def test_kept_business_days_for_new_destinations_alone_are_looser() -> None:
    assert compare(counted(), counted(scope=Scope(destinations="new"))).verdict is Verdict.LOOSER


def test_kept_business_days_of_another_calendar_are_never_the_same_without_a_search() -> None:
    other = attrs.evolve(counted(), version="2", calendar=random_calendar(Random(2), 7, 7))
    assert compare(counted(), other).verdict is not Verdict.EQUAL


# ── An identity that ends ────────────────────────────────────────────────────────────────────────────────────────


def asks(name: str, unverified: frozenset[str], verified: frozenset[str], hours: int = 0, **terms: object) -> Rule:
    """A rule that waits for one of these methods; an identity that it records ends after so many hours."""
    clearance = Clearance(unverified=unverified, verified=verified, identity_valid_for=hours * HOUR or None)
    return Rule(**{"id": name, "trigger": TRIGGER, "clearance": clearance, "releasable_by": SUPPORT, **terms})


UNVERIFIED_ONLY = asks("unverified-only", FACE, NOTHING)
AGES = asks("ages", FACE, IDENTITY, 1)


def is_a_witness(witness: Witness, denying: Policy, allowing: Policy) -> bool:
    """Whether the journal replays as told, and nothing that a verified account can do ends the denial by then."""
    reported = [event for event in witness.journal if isinstance(event, SecurityEvent)]
    assert [event.at for event in reported] == [START]
    ticks = (witness.at - START) // HOUR
    ends = allowed_on_real_accounts(in_ticks(denying), witness.help, reported, witness.request, ticks + 1, True, 1000)
    return (
        check(replayed(allowing, witness.journal), witness.at, witness.request) == witness.allowed
        and check(replayed(denying, witness.journal), witness.at, witness.request) == witness.denied
        and not ends >> ticks & 1
    )


def in_ticks(policy: Policy) -> Policy:
    """The policy with a microsecond for each hour."""

    def shorter(rule: Rule) -> Rule:
        valid_for = rule.clearance.identity_valid_for
        return with_clearance(rule, identity_valid_for=valid_for and valid_for // HOUR * TICK)

    return attrs.evolve(policy, rules=tuple(map(shorter, policy.rules)))


def test_who_is_verified_is_denied_until_their_identity_has_ended() -> None:
    """Once said to be equal: the other policy accepts what a verified account can hand in at once."""
    old = a_policy(asks("rule", IDENTITY, NOTHING), AGES)
    new = a_policy(asks("rule", NOTHING, IDENTITY), version="2")
    looser = compare(old, new).looser
    assert looser is not None
    assert (looser.help.unverified, looser.help.verified) == (False, True)
    assert is_a_witness(looser, old, new)


def test_one_rule_more_is_looser_if_it_makes_a_verified_account_unverified() -> None:
    old, new = a_policy(UNVERIFIED_ONLY), a_policy(UNVERIFIED_ONLY, AGES, version="2")
    comparison = compare(old, new)
    assert comparison.verdict is Verdict.LOOSER
    assert comparison.looser is not None
    assert comparison.looser.at - comparison.looser.journal[0].at == HOUR
    assert is_a_witness(comparison.looser, old, new)


def test_a_rule_that_stops_nothing_may_make_a_verified_account_unverified() -> None:
    elsewhere = Scope(operations=frozenset({"p2p_sale"}))
    beside = asks("beside", NOTHING, NOTHING, scope=elsewhere)
    old = a_policy(UNVERIFIED_ONLY, beside)
    new = a_policy(UNVERIFIED_ONLY, attrs.evolve(AGES, scope=elsewhere), beside, version="2")
    kinds = {each.operation: each for each in compare(old, new).differences}
    looser = kinds["*"].looser
    assert looser is not None
    assert is_a_witness(looser, old, new)


def test_the_same_rule_under_both_policies_makes_no_difference() -> None:
    renamed = (attrs.evolve(each, id=f"{each.id}-2") for each in (AGES, UNVERIFIED_ONLY))
    assert compare(a_policy(UNVERIFIED_ONLY, AGES), a_policy(*renamed, version="2")).verdict is Verdict.EQUAL


def about_looser(old: Policy, new: Policy) -> tuple[Standing, frozenset[Why]]:
    comparison: Comparison = compare(old, new)
    return comparison.about_looser, frozenset(why for each in comparison.unknown for why in each.why)


def test_an_identity_that_ends_sooner_is_seen_and_one_that_ends_later_is_in_doubt() -> None:
    """Under the policy that denies the same person is unverified as well, before or after."""
    later = a_policy(UNVERIFIED_ONLY, asks("ages", FACE, IDENTITY, 2), version="2")
    sooner = a_policy(UNVERIFIED_ONLY, AGES)
    assert compare(later, sooner).about_looser is Standing.SHOWN
    assert about_looser(sooner, later) == (Standing.UNKNOWN, {Why.AGES})


def test_who_must_be_verified_for_one_hold_and_unverified_for_another_is_never_ruled_out() -> None:
    """Once said to be equal: after a second event both holds are open, and the identity has ended already."""
    old = a_policy(AGES, UNVERIFIED_ONLY, asks("rule", NOTHING, FACE))
    new = a_policy(AGES, UNVERIFIED_ONLY, asks("rule", IDENTITY, FACE), version="2")
    assert about_looser(old, new) == (Standing.UNKNOWN, {Why.AGES})


def test_a_second_rule_that_records_an_identity_needs_one_of_its_own() -> None:
    second = attrs.evolve(AGES, id="second")
    old, more = a_policy(UNVERIFIED_ONLY, AGES), a_policy(UNVERIFIED_ONLY, AGES, second, version="2")
    assert about_looser(old, more) == (Standing.UNKNOWN, {Why.AGES})


def test_a_rule_that_stops_a_request_is_followed_by_one_that_stops_it() -> None:
    """What people do about a hold that does not stop the request under one policy may not be enough under the other."""
    elsewhere = attrs.evolve(AGES, id="second", scope=Scope(operations=frozenset({"p2p_sale"})))
    old, new = a_policy(UNVERIFIED_ONLY, AGES), a_policy(UNVERIFIED_ONLY, elsewhere, version="2")
    assert about_looser(old, new) == (Standing.UNKNOWN, {Why.AGES})


def test_a_timer_beside_an_identity_that_ends_is_in_doubt() -> None:
    timed = attrs.evolve(UNVERIFIED_ONLY, duration=5 * HOUR)
    assert about_looser(a_policy(timed), a_policy(timed, AGES, version="2")) == (Standing.UNKNOWN, {Why.AGES})


def test_nobody_reports_that_an_identity_ended_before_it_does() -> None:
    """What records an identity that ends waits for another event, so the event of the rule alone shows nothing."""
    apart = attrs.evolve(AGES, trigger="password_changed")
    old, new = a_policy(UNVERIFIED_ONLY), a_policy(attrs.evolve(UNVERIFIED_ONLY, id="renamed"), apart, version="2")
    assert about_looser(old, new) == (Standing.UNKNOWN, {Why.AGES})


def test_a_late_person_whose_identity_ends_shows_nothing_by_it() -> None:
    hasty = with_clearance(asks("hasty", FACE, FACE), verify_within=HOUR)
    new = a_policy(asks("rule", FACE, NOTHING), AGES, version="2")
    looser = compare(a_policy(hasty), new).looser
    assert looser is not None
    assert looser.help.is_late
    assert looser.help.unverified
