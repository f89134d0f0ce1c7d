"""The comparison of two policies, beside exhaustive walks over small ones and random journals over large ones."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from itertools import chain, permutations
from operator import or_
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_walks import (
    FACT_CLASSES,
    OTHER_TRIGGER,
    TICK,
    TRIGGER,
    allowed_ticks,
    cases,
    denied_ticks,
    denies,
    differences,
    every_help,
    firings,
    matches,
    random_help,
    random_policy,
    random_rule,
    ticks,
)
from strategies import DURATIONS, START, security_events
from withdraw_guard import (
    WITHDRAWAL,
    Account,
    Appeal,
    Clearance,
    Facts,
    InvalidValue,
    Policy,
    Repeat,
    Rule,
    Scope,
    SecurityEvent,
    apply,
    check,
    policies,
)
from withdraw_guard.analysis import Help, Standing, Verdict, Witness, compare, replayed, unknown_told
from withdraw_guard.analysis._help import Ending, ending_under, full_help
from withdraw_guard.analysis._people import ACCOUNT
from withdraw_guard.analysis._writer import JournalWriter
from withdraw_guard.operations import WELL_KNOWN
from withdraw_guard.testing._strategies import _plain_rules as plain_rules

HORIZON = 12
TIMES, EVENTS_MAX = 6, 3
CASES = cases(60)
HOUR = timedelta(hours=1)
FRESH = Account(id="a1")
JOINING = (Repeat.EXTEND, Repeat.KEEP)


def test_a_rule_ends_as_trying_everything_shows() -> None:
    """The five endings, beside everything that people can do on real accounts at every microsecond."""
    random = Random(1)
    for number in range(CASES):
        rule = attrs.evolve(random_rule(random, "rule", where=False), scope=Scope())
        answering = random.choice([frozenset(), frozenset(), frozenset({"support"})])
        help_ = attrs.evolve(random.choice(list(every_help(rule))), authorities=answering)
        shots = tuple(sorted(random.sample(range(5), random.randint(1, 3))))
        allowed = allowed_ticks(rule, help_, shots, 8)
        denied = denied_ticks(ending_under(rule, help_), shots, 8)
        assert allowed ^ denied == ticks(0, 8), (number, rule, help_, shots)


def test_no_attempt_to_be_late_ends_a_hold_that_should_stay_open() -> None:
    """Real accounts at every microsecond: with delays no hold ends too early, and without them the end is exact."""
    random = Random(8)
    for number in range(CASES):
        rule = attrs.evolve(random_rule(random, "rule", where=False, deadlines=True), scope=Scope())
        help_ = random_help(random)
        shots = tuple(sorted(random.sample(range(5), random.randint(1, 3))))
        allowed = allowed_ticks(rule, help_, shots, 8)
        denied = denied_ticks(ending_under(rule, help_), shots, 8)
        assert not allowed & denied, (number, rule, help_, shots)
        assert help_.is_late or allowed | denied == ticks(0, 8), (number, rule, help_, shots)


def slowly_allowed(
    denying: Policy, allowing: Policy, help_: Help, shots: tuple[tuple[int, int], ...], trigger: str
) -> bool:
    """Whether the one policy allows, with delays, a request that the other denies without delays."""

    def heard(rule: Rule) -> tuple[int, ...]:
        hears = rule.trigger == trigger and WITHDRAWAL.is_covered_by(rule.scope)
        return tuple(at for at, facts in shots if hears and matches(rule, facts))

    held = 0
    for rule in denying.rules:
        held |= denied_ticks(ending_under(rule, help_), heard(rule), HORIZON)
    for rule in allowing.rules:
        held &= ~denied_ticks(ending_under(rule, help_), heard(rule), HORIZON)
    for rule in allowing.rules:
        if held and heard(rule):
            held &= allowed_ticks(attrs.evolve(rule, where={}), help_, heard(rule), HORIZON)
    return bool(held)


def test_no_verdict_is_contradicted_by_people_who_are_late() -> None:
    """Deadlines of all kinds, and random help with delays."""
    random = Random(9)
    found = dict.fromkeys(Verdict, 0)
    for number in range(CASES):
        old = random_policy(random, 2, deadlines=True)
        first = old.rules[0]
        other = attrs.evolve(random_rule(random, first.id, deadlines=True), trigger=first.trigger, scope=first.scope)
        clearance = first.clearance
        if clearance is not None and other.clearance is not None and random.random() < 0.7:
            within = other.clearance.verify_within
            other = attrs.evolve(first, clearance=attrs.evolve(clearance, verify_within=within))
        new = attrs.evolve(old, version="2", rules=(other, *old.rules[1:]))
        comparison = compare(old, new)
        found[comparison.verdict] += 1
        told = {(each.operation, each.destination): each for each in comparison.differences}
        difference = told[next(key for key in told if key[0] in ("withdrawal", "*") and key[1] == "new")]
        for about, denying, allowing, witness in (
            (difference.about_looser, old, new, difference.looser),
            (difference.about_stricter, new, old, difference.stricter),
        ):
            if witness is not None:
                assert_it_separates(denying, allowing, witness)
                assert_nothing_opens(denying, witness)
            elif about is Standing.RULED_OUT:
                for _ in range(60):
                    shots = tuple(
                        (at, random.randrange(len(FACT_CLASSES))) for at in sorted(random.sample(range(6), 3))
                    )
                    help_ = random_help(random)
                    assert not slowly_allowed(denying, allowing, help_, shots, first.trigger), (number, help_, shots)
    assert min(found[verdict] for verdict in Verdict if verdict is not Verdict.UNKNOWN) > 0, found


def assert_nothing_opens(denying: Policy, witness: Witness) -> None:
    """Trying everything within the help of the witness does not end the hold of its rule."""
    events = [event for event in witness.journal if event.type == "security_event"]
    shots = tuple(
        (event.at - events[0].at) // TICK for event in events if apply(only(witness.rule), FRESH, event).changes
    )
    tick = (witness.at - events[0].at) // TICK
    if tick < HORIZON:
        allowed = allowed_ticks(attrs.evolve(witness.rule, where={}), witness.help, shots, tick + 1)
        assert not allowed >> tick & 1


def is_kept(rule: Rule) -> bool:
    return rule.repeat == "keep" and rule.duration is not None


def walked(old: Policy, new: Policy) -> dict[Verdict, int]:
    """Which differences an exhaustive walk finds, each with how many security events it takes."""
    rules = tuple(rule for policy in (old, new) for rule in policy.rules if WITHDRAWAL.is_covered_by(rule.scope))
    count = sum(WITHDRAWAL.is_covered_by(rule.scope) for rule in old.rules)
    events_max = EVENTS_MAX if any(map(is_kept, rules)) else 2
    triggers = sorted({rule.trigger for rule in rules})
    journals = (
        journal
        for events in range(1, events_max + 1)
        for trigger in triggers
        for journal in firings(rules, trigger, TIMES, events)
    )
    return differences(rules, count, journals, HORIZON)


def assert_it_separates(denying: Policy, allowing: Policy, witness: Witness) -> None:
    held, freed = replayed(denying, witness.journal), replayed(allowing, witness.journal)
    assert check(held, witness.at, witness.request) == witness.denied
    assert check(freed, witness.at, witness.request) == witness.allowed


def flags(witness: Witness) -> int:
    return sum(event.type == "security_event" for event in witness.journal)


SEEDS = 8
PAIRS = cases(20)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_verdict_is_contradicted_by_an_exhaustive_walk(seed: int) -> None:
    """Every difference has a witness, and no shorter one exists."""
    random = Random(seed)
    for number in range(PAIRS):
        old, new = random_policy(random), random_policy(random)
        if random.random() < 0.5:
            changed = random.randrange(len(old.rules))
            rules = list(old.rules)
            rules[changed] = attrs.evolve(random_rule(random, rules[changed].id), trigger=rules[changed].trigger)
            new = attrs.evolve(old, version="2", rules=tuple(rules))
        comparison = compare(old, new)
        told = {(each.operation, each.destination): each for each in comparison.differences}
        difference = told[next(key for key in told if key[0] in ("withdrawal", "*") and key[1] == "new")]
        found = walked(old, new)
        for verdict, witness, denying, allowing in (
            (Verdict.LOOSER, difference.looser, old, new),
            (Verdict.STRICTER, difference.stricter, new, old),
        ):
            if witness is None:
                assert verdict not in found, (seed, number, verdict, old, new)
                continue
            assert_it_separates(denying, allowing, witness)
            assert flags(witness) == found.get(verdict, flags(witness)), (seed, number, old, new)
            assert verdict in found or flags(witness) > 3, (seed, number, verdict, old, new, witness)


# ── Laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def lengthened(rule: Rule, by: timedelta) -> Rule:
    return attrs.evolve(rule, duration=(rule.duration or timedelta()) + by)


def test_a_policy_is_equal_to_itself_under_any_names_and_in_any_order() -> None:
    random = Random(3)
    published = [each.policy for each in policies.GALLERY.values()]
    for policy in (*published, *(random_policy(random) for _ in range(cases(100)))):
        renamed = tuple(attrs.evolve(rule, id=f"other-{n}") for n, rule in enumerate(reversed(policy.rules)))
        for same in (policy, attrs.evolve(policy, version="9"), attrs.evolve(policy, rules=renamed)):
            comparison = compare(policy, same)
            assert (comparison.verdict, comparison.also_changed) == (Verdict.EQUAL, ())


def test_adding_a_rule_is_never_looser() -> None:
    random = Random(4)
    for _ in range(cases(120)):
        policy = random_policy(random)
        more = attrs.evolve(policy, rules=(*policy.rules, random_rule(random, "more")))
        comparison = compare(policy, more)
        assert comparison.verdict in (Verdict.EQUAL, Verdict.STRICTER)
        assert comparison.looser is None
        assert compare(more, policy).verdict in (Verdict.EQUAL, Verdict.LOOSER)


def test_lengthening_a_duration_that_triggers_extend_is_never_looser() -> None:
    random = Random(5)
    for _ in range(cases(120)):
        policy = random_policy(random)
        rules = tuple(
            lengthened(rule, TICK) if rule.duration and rule.repeat == "extend" else rule for rule in policy.rules
        )
        assert compare(policy, attrs.evolve(policy, rules=rules)).looser is None


def test_a_longer_kept_timer_is_looser_after_a_second_trigger() -> None:
    """A trigger after 24 hours starts a new hold of 24 hours; with 36 it repeats the old hold, and 12 are left."""
    old = Policy(id="p", version="1", rules=(Rule(id="r", trigger=TRIGGER, duration=24 * HOUR, repeat="keep"),))
    new = attrs.evolve(old, version="2", rules=(lengthened(old.rules[0], 12 * HOUR),))
    comparison = compare(old, new)
    assert comparison.verdict is Verdict.INCOMPARABLE
    assert [event.at - comparison.looser.journal[0].at for event in comparison.looser.journal] == [0 * HOUR, 24 * HOUR]
    assert comparison.looser.earlier_by == 12 * HOUR
    assert flags(comparison.stricter) == 1


def test_the_relation_is_transitive() -> None:
    random = Random(6)
    looser_or_equal = (Verdict.EQUAL, Verdict.LOOSER)
    chained = 0
    for _ in range(cases(40)):
        first = random_policy(random)
        rules = list(first.rules)
        rules[0] = attrs.evolve(random_rule(random, rules[0].id), trigger=rules[0].trigger, where=rules[0].where)
        second = attrs.evolve(first, rules=tuple(rules))
        third = attrs.evolve(second, rules=tuple(rules[:-1]) or tuple(rules))
        pairs = permutations(enumerate((first, second, third)), 2)
        is_looser = {(one, two): compare(old, new).verdict in looser_or_equal for (one, old), (two, new) in pairs}
        for one, two, three in permutations(range(3)):
            if is_looser[one, two] and is_looser[two, three]:
                chained += 1
                assert is_looser[one, three]
    assert chained >= cases(40) // 10


def test_fewer_attempts_are_not_stricter_if_a_failure_offers_an_appeal() -> None:
    """After one failure there is an appeal under the new policy, and under the old one after three."""
    rule = policies.BINANCE.rules[-1]
    clearance = attrs.evolve(rule.clearance, attempts=3, appeal=attrs.evolve(rule.clearance.appeal, after_failures=3))
    fewer = attrs.evolve(rule.clearance, attempts=1)
    old = Policy(id="p", version="1", rules=(attrs.evolve(rule, clearance=clearance),))
    new = Policy(id="p", version="2", rules=(attrs.evolve(rule, clearance=fewer),))
    comparison = compare(old, new)
    assert comparison.verdict is Verdict.INCOMPARABLE
    kinds = [event.type.value for event in comparison.looser.journal]
    assert kinds[1:] == ["verification_started", "verification_failed", "appeal_submitted", "appeal_decided"]
    assert comparison.looser.help.tries == 2
    only_fewer = attrs.evolve(new, rules=(attrs.evolve(rule, clearance=attrs.evolve(fewer, attempts=3)),))
    assert compare(only_fewer, new).verdict is Verdict.STRICTER


# ── Deadlines ────────────────────────────────────────────────────────────────────────────────────────────────────


def with_deadlines(verify_within: int | None = None, within: int | None = None, **terms: object) -> Policy:
    """A policy of one rule that is cleared by a verification or an appeal, with these deadlines in hours."""
    hours = (None if deadline is None else deadline * HOUR for deadline in (verify_within, within))
    verifying, appealing = hours
    clearance = Clearance(
        unverified=frozenset({"face_web"}),
        verified=frozenset({"face_web"}),
        attempts=3,
        verify_within=verifying,
        appeal=Appeal(within=appealing),
    )
    support = frozenset({"support"})
    rule = attrs.evolve(Rule(id="r", trigger=TRIGGER, clearance=clearance, releasable_by=support), **terms)
    return Policy(id="p", version="1", rules=(rule,))


def test_less_time_to_verify_is_stricter_for_people_who_need_longer() -> None:
    comparison = compare(with_deadlines(verify_within=2), with_deadlines(verify_within=1))
    assert comparison.verdict is Verdict.STRICTER
    witness = comparison.stricter
    assert_it_separates(with_deadlines(verify_within=1), with_deadlines(verify_within=2), witness)
    assert [event.type.value for event in witness.journal] == [
        "security_event", "verification_started", "verification_submitted", "review_decided",
    ]  # fmt: skip
    assert witness.help.hands_in_after == HOUR == witness.journal[2].at - witness.journal[1].at
    assert compare(with_deadlines(), with_deadlines(verify_within=1)).verdict is Verdict.STRICTER
    assert compare(with_deadlines(verify_within=1), with_deadlines(verify_within=1)).verdict is Verdict.EQUAL


def test_less_time_to_appeal_is_stricter_for_people_who_need_longer() -> None:
    comparison = compare(with_deadlines(within=30), with_deadlines(within=20))
    assert comparison.verdict is Verdict.STRICTER
    assert comparison.stricter.help.appeals_after == 20 * HOUR
    assert_it_separates(with_deadlines(within=20), with_deadlines(within=30), comparison.stricter)


def test_more_time_to_verify_and_less_time_to_appeal_is_incomparable() -> None:
    comparison = compare(with_deadlines(1, 30), with_deadlines(2, 20))
    assert comparison.verdict is Verdict.INCOMPARABLE
    assert comparison.looser.help.hands_in_after == HOUR
    assert comparison.stricter.help.appeals_after == 20 * HOUR


def test_due_dates_of_reviews_and_appeals_change_no_answer() -> None:
    old = with_deadlines()
    clearance = old.rules[0].clearance
    due = attrs.evolve(clearance, review_within=HOUR, appeal=attrs.evolve(clearance.appeal, decide_within=HOUR))
    comparison = compare(old, attrs.evolve(old, version="2", rules=(attrs.evolve(old.rules[0], clearance=due),)))
    assert comparison.verdict is Verdict.EQUAL
    assert comparison.deadlines == ("r.clearance.review_within", "r.clearance.appeal.decide_within")


def test_triggers_keep_a_timer_running_during_a_longer_verification() -> None:
    """A verification of 48 hours ends the hold under the new policy, if triggers keep the timer of 24 hours running."""
    old, new = (with_deadlines(verify_within=hours, duration=24 * HOUR) for hours in (48, 72))
    comparison = compare(old, new)
    assert comparison.verdict is Verdict.LOOSER
    assert flags(comparison.looser) == 3
    assert_it_separates(old, new, comparison.looser)
    kept = [with_deadlines(verify_within=hours, duration=24 * HOUR, repeat="keep") for hours in (48, 72)]
    assert compare(*kept).verdict is Verdict.EQUAL


def test_the_verdict_is_unknown_if_no_triggers_keep_the_timer_running() -> None:
    """A timer of one microsecond cannot be kept running, and one of an hour not for ten years."""
    for duration in (TICK, HOUR):
        old, new = (with_deadlines(verify_within=24 * days, duration=duration) for days in (3_652, 3_653))
        assert compare(old, new).verdict is Verdict.UNKNOWN


def test_an_identity_that_another_hold_took_away_is_reported_again() -> None:
    rule = with_deadlines(verify_within=1).rules[0]
    longer = attrs.evolve(rule.clearance, verify_within=2 * HOUR, appeal=None)
    known = attrs.evolve(rule, id="known", clearance=attrs.evolve(longer, unverified=frozenset()))
    unknown = attrs.evolve(rule, id="unknown", clearance=attrs.evolve(longer, verified=frozenset()))
    old, new = (Policy(id="p", version="1", rules=rules) for rules in ((rule,), (known, unknown)))
    witness = compare(old, new).looser
    assert witness.help.hands_in_after == HOUR
    assert_it_separates(old, new, witness)
    assert sum(event.type == "identity_changed" for event in witness.journal) == 3


def test_two_holds_of_one_trigger_are_verified_side_by_side() -> None:
    """Both take the hour at the same time, and the reports about the identity that they need stay in order."""
    rule = with_deadlines(verify_within=1).rules[0]
    longer = attrs.evolve(rule.clearance, verify_within=2 * HOUR, appeal=None)
    one = attrs.evolve(rule, id="one", clearance=attrs.evolve(longer, unverified=frozenset({"identity_personal"})))
    two = attrs.evolve(rule, id="two", clearance=attrs.evolve(longer, unverified=frozenset()))
    timed = attrs.evolve(rule, duration=90 * HOUR / 60, repeat="keep")
    old, new = (Policy(id="p", version="1", rules=rules) for rules in ((timed,), (one, two)))
    comparison = compare(old, new)
    assert comparison.looser.help.hands_in_after == HOUR
    assert comparison.looser.earlier_by == HOUR / 2
    assert_it_separates(old, new, comparison.looser)


def test_each_request_has_its_own_verdict_if_the_rules_cover_different_requests() -> None:
    scope = Scope(operations=frozenset({"withdrawal"}))
    old = Policy(id="p", version="1", rules=(Rule(id="r", trigger=TRIGGER, duration=HOUR, scope=scope),))
    wider = attrs.evolve(scope, operations=frozenset({"withdrawal", "p2p_sale"}))
    new = attrs.evolve(old, rules=(attrs.evolve(old.rules[0], scope=wider),))
    told = {(each.operation, each.destination.value): each.verdict for each in compare(old, new).differences}
    assert told == {
        ("withdrawal", "new"): Verdict.EQUAL,
        ("withdrawal", "known"): Verdict.EQUAL,
        ("p2p_sale", "new"): Verdict.STRICTER,
        ("p2p_sale", "known"): Verdict.STRICTER,
        ("*", "new"): Verdict.EQUAL,
        ("*", "known"): Verdict.EQUAL,
        ("?", "new"): Verdict.EQUAL,
        ("?", "known"): Verdict.EQUAL,
    }
    narrower = attrs.evolve(old, rules=(attrs.evolve(old.rules[0], scope=attrs.evolve(scope, destinations="new")),))
    assert [each.verdict.value for each in compare(old, narrower).differences][:2] == ["equal", "looser"]
    crossed = attrs.evolve(old, rules=(attrs.evolve(old.rules[0], scope=Scope(destinations="new")),))
    assert compare(old, crossed).verdict is Verdict.INCOMPARABLE


def scoped(*operations: str, leaves: tuple[str, ...] = ()) -> Policy:
    scope = Scope(operations=frozenset(operations) or "*", leaves=frozenset(leaves))
    return only(Rule(id="r", trigger=TRIGGER, duration=HOUR, scope=scope))


def verdicts(old: Policy, new: Policy) -> dict[str, Verdict]:
    return {each.operation: each.verdict for each in compare(old, new).differences}


def test_leaving_an_operation_of_the_hosts_own_is_looser_for_it_alone() -> None:
    assert verdicts(scoped("withdrawal"), scoped("withdrawal", leaves=("staking",))) == {
        "staking": Verdict.LOOSER,
        "withdrawal": Verdict.EQUAL,
        "*": Verdict.EQUAL,
        "?": Verdict.EQUAL,
    }


def test_an_operation_that_nobody_knows_is_held_by_every_rule() -> None:
    """So naming it changes nothing, and covering more well-known operations is nothing new to it."""
    named, everything = scoped("withdrawal"), scoped()
    assert set(verdicts(named, scoped("withdrawal", "withdrawl")).values()) == {Verdict.EQUAL}
    assert verdicts(named, everything) == {
        "withdrawal": Verdict.EQUAL,
        "*": Verdict.STRICTER,
        "?": Verdict.EQUAL,
    }
    witness = compare(named, everything).stricter
    assert witness.request.operation in WELL_KNOWN - {"withdrawal"}
    assert_it_separates(everything, named, witness)
    assert "*" not in verdicts(scoped(*WELL_KNOWN), everything)
    assert compare(scoped(*WELL_KNOWN), everything).verdict is Verdict.EQUAL
    sees_its_own_name = verdicts(named, scoped("withdrawal", leaves=("unknown_operation",)))
    assert sees_its_own_name["unknown_operation"] is Verdict.LOOSER
    assert sees_its_own_name["?"] is Verdict.EQUAL


# ── What changes beside the verdict ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["r", "renamed"])
def test_another_public_reason_changes_no_answer_and_is_listed(name: str) -> None:
    old = only(Rule(id="r", trigger=TRIGGER, duration=HOUR))
    told = attrs.evolve(old, rules=(attrs.evolve(old.rules[0], id=name, public_reason="legal_order"),))
    comparison = compare(old, told)
    assert comparison.verdict is Verdict.EQUAL
    assert comparison.also_changed == (f"{name}.public_reason",)
    same = attrs.evolve(old, rules=(attrs.evolve(old.rules[0], public_reason="abnormal_activity"),))
    assert compare(old, same).also_changed == ()


def test_who_may_retract_changes_no_answer_and_is_listed() -> None:
    old = scoped()
    comparison = compare(old, attrs.evolve(old, retractable_by=frozenset()))
    assert (comparison.verdict, comparison.also_changed) == (Verdict.EQUAL, ("retractable_by",))


def aging(valid_for: timedelta | None, **terms: object) -> Policy:
    clearance = attrs.evolve(with_deadlines().rules[0].clearance, appeal=None, identity_valid_for=valid_for, **terms)
    rule = Rule(id="r", trigger=TRIGGER, clearance=clearance, releasable_by=frozenset({"support"}))
    return only(rule)


def test_an_identity_that_ends_is_listed_and_is_never_equal_where_the_identity_matters() -> None:
    by_document = {"unverified": frozenset({"identity_personal"})}
    comparison = compare(aging(None, **by_document), aging(HOUR, **by_document))
    assert comparison.also_changed == ("r.clearance.identity_valid_for",)
    assert comparison.about_looser is comparison.about_stricter is Standing.UNKNOWN
    assert compare(aging(HOUR, **by_document), aging(HOUR, **by_document)).verdict is Verdict.EQUAL
    for_anybody = compare(aging(None), aging(HOUR))
    assert (for_anybody.verdict, for_anybody.also_changed) == (Verdict.EQUAL, comparison.also_changed)


def test_one_rule_more_whose_identity_ends_is_stricter() -> None:
    old = aging(None, unverified=frozenset({"identity_personal"}))
    more = attrs.evolve(aging(HOUR).rules[0], id="more", trigger=OTHER_TRIGGER)
    comparison = compare(old, attrs.evolve(old, rules=(*old.rules, more)))
    assert (comparison.verdict, comparison.also_changed) == (Verdict.STRICTER, ())


def test_a_schedule_outlasts_several_kept_timers() -> None:
    """The rule lasts 20 hours, and must start shortly before kept timers of 60 and 100 hours end."""
    lasting = {20: "extend", 60: "keep", 100: "keep"}
    rules = tuple(
        Rule(id=f"r{hours}", trigger=TRIGGER, duration=hours * HOUR, repeat=repeat) for hours, repeat in lasting.items()
    )
    comparison = compare(Policy(id="p", version="1", rules=rules), Policy(id="p", version="2", rules=rules[1:]))
    assert comparison.verdict is Verdict.LOOSER
    assert flags(comparison.looser) > 2


def test_a_schedule_has_more_firings_if_fewer_are_not_enough() -> None:
    lasting = {23: "extend", 57: "keep", 80: "keep"}
    rules = tuple(
        Rule(id=f"r{hours}", trigger=TRIGGER, duration=hours * HOUR, repeat=repeat) for hours, repeat in lasting.items()
    )
    old, new = Policy(id="p", version="1", rules=rules), Policy(id="p", version="2", rules=rules[1:])
    comparison = compare(old, new)
    assert comparison.verdict is Verdict.LOOSER
    assert flags(comparison.looser) == 5
    assert_it_separates(old, new, comparison.looser)


WITHDRAWALS = Scope(operations=frozenset({"withdrawal"}))


def beside_close_timers() -> tuple[Policy, Policy]:
    """A rule beside two kept timers that differ by a microsecond, and these alone: the grid would be too fine."""
    rules = (
        Rule(id="r", trigger=TRIGGER, duration=2 * TICK, repeat="extend"),
        Rule(id="one", trigger=TRIGGER, duration=24 * HOUR, repeat="keep"),
        Rule(id="two", trigger=TRIGGER, duration=24 * HOUR + TICK, repeat="keep"),
    )
    return Policy(id="p", version="1", rules=rules), Policy(id="p", version="2", rules=rules[1:])


def test_a_search_that_reaches_its_bound_says_so() -> None:
    comparison = compare(*beside_close_timers())
    assert comparison.verdict is Verdict.UNKNOWN
    assert (comparison.about_looser, comparison.about_stricter) == (Standing.UNKNOWN, Standing.RULED_OUT)
    turned = compare(*reversed(beside_close_timers()))
    assert turned.verdict is Verdict.UNKNOWN
    assert (turned.about_looser, turned.about_stricter) == (Standing.RULED_OUT, Standing.UNKNOWN)


@pytest.mark.usefixtures("short_search")
def test_a_direction_that_is_unknown_for_one_request_is_not_ruled_out_for_the_policy() -> None:
    """Withdrawals are not looser, and for any other operation it is unknown. So it is unknown for the policy."""
    sales = Scope(operations=frozenset({"p2p_sale"}))
    old, new = (
        attrs.evolve(policy, rules=tuple(attrs.evolve(rule, scope=sales) for rule in policy.rules))
        for policy in beside_close_timers()
    )
    shorter, longer = (Rule(id="w", trigger=TRIGGER, duration=n * HOUR, scope=WITHDRAWALS) for n in (1, 2))
    comparison = compare(attrs.evolve(old, rules=(*old.rules, shorter)), attrs.evolve(new, rules=(*new.rules, longer)))
    told = {each.operation: (each.about_looser, each.about_stricter) for each in comparison.differences}
    assert told["withdrawal"] == (Standing.RULED_OUT, Standing.SHOWN)
    assert told["p2p_sale"] == (Standing.UNKNOWN, Standing.RULED_OUT)
    assert comparison.verdict is Verdict.UNKNOWN
    assert (comparison.about_looser, comparison.about_stricter) == (Standing.UNKNOWN, Standing.SHOWN)


@pytest.mark.usefixtures("short_search")
def test_a_direction_that_is_shown_for_one_request_is_shown_for_the_policy() -> None:
    old, new = beside_close_timers()
    longer = Rule(id="w", trigger=OTHER_TRIGGER, duration=HOUR, scope=WITHDRAWALS)
    comparison = compare(attrs.evolve(old, rules=(*old.rules, longer)), new)
    told = {each.operation: each.verdict for each in comparison.differences}
    assert told == {"withdrawal": Verdict.LOOSER, "*": Verdict.UNKNOWN, "?": Verdict.LOOSER}
    assert comparison.verdict is Verdict.LOOSER


@pytest.mark.usefixtures("short_search")
def test_a_rule_that_is_shown_for_one_request_and_unknown_for_another_names_its_reason() -> None:
    old, new = (
        attrs.evolve(
            policy,
            rules=tuple(rule if rule.id == "r" else attrs.evolve(rule, scope=WITHDRAWALS) for rule in policy.rules),
        )
        for policy in beside_close_timers()
    )
    comparison = compare(old, new)
    assert {each.operation: each.verdict for each in comparison.differences} == {
        "withdrawal": Verdict.UNKNOWN,
        "*": Verdict.LOOSER,
        "?": Verdict.UNKNOWN,
    }
    (unknown,) = comparison.unknown
    assert unknown_told(unknown) == (
        "whether rule r is looser for other requests as well: kept timers can be started in more ways than are searched"
    )


@pytest.mark.usefixtures("short_search")
def test_a_difference_with_contradictory_fields_is_refused() -> None:
    """A verdict or a witness must agree with what is known of each direction."""
    told = compare(*beside_close_timers()).differences[0]
    assert attrs.evolve(told, about_stricter="ruled_out") == told
    for wrong in (
        {"verdict": Verdict.EQUAL},
        {"about_looser": Standing.RULED_OUT},
        {"about_looser": Standing.SHOWN},
        {"about_stricter": "perhaps"},
    ):
        with pytest.raises(InvalidValue):
            attrs.evolve(told, **wrong)


def facing_pairs_of_kept_timers(pairs: int) -> tuple[Policy, Policy]:
    """A short rule beside kept timers, two for each fact: every event matches one of each two."""
    kept = tuple(
        Rule(id=f"k{n}-{int(yes)}", trigger=TRIGGER, duration=24 * HOUR, repeat="keep", where={f"fact{n}": yes})
        for n in range(pairs)
        for yes in (True, False)
    )
    rules = (Rule(id="r", trigger=TRIGGER, duration=HOUR), *kept)
    return Policy(id="p", version="1", rules=rules), Policy(id="p", version="2", rules=kept)


def test_a_plan_meets_as_few_kept_timers_as_possible() -> None:
    old, new = facing_pairs_of_kept_timers(2)
    comparison = compare(old, new)
    assert comparison.verdict is Verdict.LOOSER
    assert flags(comparison.looser) == 2
    assert_it_separates(old, new, comparison.looser)


def test_the_verdict_is_unknown_if_there_are_too_many_sets_of_kept_timers() -> None:
    assert compare(*facing_pairs_of_kept_timers(4)).verdict is Verdict.UNKNOWN


KEPT = Rule(id="r", trigger=TRIGGER, duration=24 * HOUR, repeat="keep")


@pytest.mark.parametrize("unit", [HOUR, TICK], ids=["hours", "microseconds"])
@pytest.mark.parametrize(
    ("lasting", "shots"),
    [
        (
            ((24, {}), (24, {"vip": True}), (24, {"vip": False})),
            ((0, {"vip": True}), (9, {"vip": False}), (25, {"vip": False})),
        ),
        (((5, {"score": 1}), (5, {}), (9, {"score": 1})), ((0, {"score": 1}), (5, {"score": 2}), (7, {"score": 1}))),
        (
            ((24, {"score": 1, "vip": True}), (24, {"score": 1}), (24, {"vip": True})),
            ((0, {"score": 1, "vip": False}), (1, {"score": 2, "vip": True}), (23, {"score": 1, "vip": True})),
        ),
    ],
    ids=["either", "one of two", "each"],
)
def test_kept_timers_that_different_events_start_are_never_ruled_out(lasting, shots, unit: timedelta) -> None:
    """These events start the timers one by one, and then the rule outlasts all of them."""
    rules = tuple(
        attrs.evolve(KEPT, id=f"r{n}", duration=ticks * unit, where=where) for n, (ticks, where) in enumerate(lasting)
    )
    old, new = Policy(id="p", version="1", rules=rules), Policy(id="p", version="2", rules=rules[1:])
    journal = [
        SecurityEvent(
            id=f"e{at}", account=ACCOUNT, at=START + at * unit, trigger=TRIGGER, initiated_by="user", context=said
        )
        for at, said in shots
    ]
    held, freed = (check(replayed(policy, journal), journal[-1].at) for policy in (old, new))
    assert held.resumes_at > freed.resumes_at
    comparison = compare(old, new)
    assert comparison.about_looser is not Standing.RULED_OUT
    assert comparison.about_stricter is Standing.RULED_OUT


def test_a_kept_rule_that_may_run_before_its_rival_is_never_ruled_out() -> None:
    """The first event starts the rule without its rival, and the second one the rival without the rule."""
    rival = attrs.evolve(KEPT, id="rival", where={"vip": True})
    over = attrs.evolve(KEPT, id="over", where={"vip": False}, duration=30 * HOUR, repeat="extend")
    old, new = (Policy(id="p", version="1", rules=rules) for rules in ((KEPT, rival, over), (rival, over)))
    journal = [
        SecurityEvent(
            id=f"e{at}",
            account=ACCOUNT,
            at=START + at * HOUR,
            trigger=TRIGGER,
            initiated_by="user",
            context={"vip": vip},
        )
        for at, vip in ((0, False), (23, True), (46, True))
    ]
    held, freed = (check(replayed(policy, journal), START + 47 * HOUR) for policy in (old, new))
    assert freed
    assert not held
    assert compare(old, new).about_looser is not Standing.RULED_OUT


def test_one_kept_timer_that_always_outlasts_the_rule_rules_the_direction_out() -> None:
    """Two kept timers of the same length run together; timers that other events start make no difference."""
    others = [attrs.evolve(KEPT, id=f"k{n}", duration=(30 + n) * HOUR, where={"score": n}) for n in range(3)]
    beside = attrs.evolve(KEPT, id="beside", scope=Scope(operations=frozenset({"withdrawal", "p2p_sale"})))
    withdrawn = attrs.evolve(KEPT, scope=WITHDRAWALS)
    old = Policy(id="p", version="1", rules=(withdrawn, beside, *others))
    new = Policy(id="p", version="2", rules=(beside, *others))
    assert compare(old, new).verdict is Verdict.EQUAL


def test_no_schedule_outlasts_kept_timers_that_are_ruled_out() -> None:
    """Up to three events at seven microseconds, with all facts that make a difference."""
    random = Random(21)
    told = dict.fromkeys(Standing, 0)
    for number in range(2 * CASES):
        rules = tuple(
            attrs.evolve(
                KEPT,
                id=f"r{n}",
                duration=random.randint(1, 5) * TICK,
                repeat=random.choice(("keep", "keep", "keep", "extend")),
                where=random.choice(({}, {}, {"vip": True}, {"vip": False}, {"score": 1})),
            )
            for n in range(random.randint(2, 4))
        )
        comparison = compare(Policy(id="p", version="1", rules=rules), Policy(id="p", version="2", rules=rules[1:]))
        told[comparison.about_looser] += 1
        if comparison.about_looser is Standing.RULED_OUT:
            journals = chain.from_iterable(firings(rules, TRIGGER, 7, events) for events in (1, 2, 3))
            endings = [ending_under(rule, Help(unverified=True, verified=True)) for rule in rules]
            assert not any(first_outlasts(endings, shots) for shots in journals), (number, rules)
    assert min(told[Standing.SHOWN], told[Standing.RULED_OUT]) > CASES // 3, told


def first_outlasts(endings: list[Ending], shots: tuple[tuple[int, tuple[bool, ...]], ...]) -> bool:
    first, *others = (
        denied_ticks(ending, tuple(at for at, heard in shots if heard[number]), HORIZON)
        for number, ending in enumerate(endings)
    )
    return bool(first & ~reduce(or_, others, 0))


def beside_a_kept_timer(rule_says: Facts, *others: Rule) -> tuple[Policy, Policy]:
    """A kept timer with a condition, beside one of the same length without a condition, and others."""
    rule = Rule(id="r", trigger=TRIGGER, duration=24 * HOUR, repeat="keep", where=rule_says)
    rivals = (Rule(id="kept", trigger=TRIGGER, duration=24 * HOUR, repeat="keep"), *others)
    return Policy(id="p", version="1", rules=(rule, *rivals)), Policy(id="p", version="2", rules=rivals)


def test_an_event_that_the_rule_does_not_match_starts_only_the_kept_timer() -> None:
    closed = Rule(id="closed", trigger=TRIGGER, where={"score": 2}, releasable_by=frozenset({"support"}))
    stopped = Rule(id="stopped", trigger=TRIGGER, where={"score": 3}, duration=100 * HOUR)
    comparison = compare(*beside_a_kept_timer(Facts({"score": 1}), closed, stopped))
    assert comparison.verdict is Verdict.LOOSER
    assert [event.context.get("score") for event in comparison.looser.journal] == [0, 1]


def test_the_verdict_is_unknown_if_every_such_event_starts_another_timer() -> None:
    stopped = Rule(id="stopped", trigger=TRIGGER, where={"vip": False}, duration=100 * HOUR)
    assert compare(*beside_a_kept_timer(Facts({"vip": True}), stopped)).verdict is Verdict.UNKNOWN


def test_a_rule_that_nothing_matches_replaces_no_other_rule() -> None:
    rule = Rule(id="r", trigger=TRIGGER, duration=24 * HOUR)
    robot = attrs.evolve(rule, id="robot", where={"initiated_by": "robot"}, duration=48 * HOUR)
    old = Policy(id="p", version="1", rules=(rule,))
    assert compare(old, attrs.evolve(old, version="2", rules=(robot,))).verdict is Verdict.LOOSER
    assert compare(old, attrs.evolve(old, version="2", rules=(rule, robot))).verdict is Verdict.EQUAL


def test_progress_is_called_for_each_rule_and_kind_of_request() -> None:
    told: list[tuple[int, int]] = []
    compare(policies.BINANCE, policies.BINANCE, progress=lambda done, count: told.append((done, count)))
    searches = 2 * len(policies.BINANCE.rules) * 6
    assert told[-1] == (searches, searches)
    assert told == sorted(set(told))
    assert len(told) > len(policies.BINANCE.rules)


# ── Random journals over large policies ──────────────────────────────────────────────────────────────────────────


@st.composite
def large_policies(draw: st.DrawFn) -> Policy:
    """Policies of plain rules; the others are walked in `test_analysis_grown.py`."""
    count = draw(st.integers(1, 10))
    return Policy(id="p", version="1", rules=tuple(draw(plain_rules(f"rule-{n}", JOINING)) for n in range(count)))


@given(policy=large_policies(), data=st.data())
def test_no_random_journal_contradicts_a_verdict_on_large_policies(policy: Policy, data: st.DataObject) -> None:
    """Security events at any time, and after each everything that some help can do under the policy that allows."""
    index = data.draw(st.integers(0, len(policy.rules) - 1))
    old = policy.rules[index]
    other = attrs.evolve(data.draw(plain_rules(old.id, JOINING)), trigger=old.trigger)
    changed = attrs.evolve(policy, rules=tuple(other if rule is old else rule for rule in policy.rules))
    comparison = compare(policy, changed)
    help_ = data.draw(st.sampled_from(list(helps_of(policy, changed))))
    hours = sorted(data.draw(st.sets(st.integers(0, 150), min_size=1, max_size=6)))
    events = [
        data.draw(security_events(only(old), Account(id="a1"), f"e{hour:03}", START + hour * HOUR)) for hour in hours
    ]
    difference = next(each for each in comparison.differences if each.operation in ("withdrawal", "*"))
    for denying, allowing, witness in ((policy, changed, difference.looser), (changed, policy, difference.stricter)):
        account, heard = Account(id="a1"), dict[Rule, list]()
        for event in events:
            account = apply(allowing, account, event).account
            account = helped(allowing, account, event.at, help_)
            for rule in denying.rules:
                if rule.trigger == event.trigger and apply(only(rule), Account(id="a1"), event).changes:
                    heard.setdefault(rule, []).append(event.at)
            for at in (event.at, *(event.at + duration - TICK for duration in DURATIONS)):
                if check(account, at) and witness is None:
                    held = (rule for rule in heard if WITHDRAWAL.is_covered_by(rule.scope))
                    assert not any(denies(ending_under(rule, help_), heard[rule], at) for rule in held)


def only(rule: Rule) -> Policy:
    return Policy(id="p", version="1", rules=(rule,))


def helps_of(*both: Policy):
    most = full_help(*both)
    for methods in (most.methods, frozenset({"face_web"}), frozenset[str]()):
        for authorities in (frozenset[str](), frozenset({"support"}), most.authorities):
            yield attrs.evolve(most, methods=methods, authorities=authorities)
            yield attrs.evolve(most, methods=methods, authorities=authorities, failures=1, tries=1, dismissals=1)


def helped(policy: Policy, account: Account, at, help_: Help) -> Account:
    """Every hold that this help can end at once is ended at once."""
    for hold in account.holds:
        if hold.is_open(at) and hold.progress.state.state != "restored":
            writer = JournalWriter(help=help_)
            writer.write_end_of(account, hold, at)
            account = replayed(
                policy, [attrs.evolve(e, id=f"{hold.id[:4]}-{at:%d%H}-{e.id}") for e in writer.journal], account
            )
    return account
