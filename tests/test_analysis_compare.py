"""The comparison of two policies, beside exhaustive walks over small ones and random journals over large ones."""

from __future__ import annotations

from random import Random

import attrs
import pytest

from analysis_walks import (
    allowed_ticks,
    denied_ticks,
    every_help,
    firings,
    random_policy,
    random_rule,
    term_vectors,
)
from withdraw_guard import WITHDRAWAL, Policy, Scope, check
from withdraw_guard.analysis import Verdict, Witness, compare, replayed
from withdraw_guard.analysis._help import terms_under

HORIZON = 12
TIMES, EVENTS_MAX = 6, 3
CASES = 300


def test_a_rule_comes_to_what_trying_everything_comes_to() -> None:
    """The five courses, beside all that people may do on real accounts at every microsecond."""
    random = Random(1)
    for number in range(CASES):
        rule = attrs.evolve(random_rule(random, "rule", where=False), scope=Scope())
        help_ = random.choice(list(every_help(rule)))
        shots = tuple(sorted(random.sample(range(5), random.randint(1, 3))))
        allowed = allowed_ticks(rule, help_, shots, 8)
        denied = denied_ticks(terms_under(rule, help_), shots, 8)
        assert allowed == frozenset(range(8)) - denied, (number, rule, help_, shots)


def walked(old: Policy, new: Policy) -> dict[Verdict, int]:
    """Which differences an exhaustive walk finds, each with how many security events it takes."""
    found: dict[Verdict, int] = {}
    rules = tuple(rule for policy in (old, new) for rule in policy.rules if WITHDRAWAL.is_covered_by(rule.scope))
    count = sum(WITHDRAWAL.is_covered_by(rule.scope) for rule in old.rules)
    vectors = list(term_vectors(rules))
    for trigger in sorted({rule.trigger for rule in rules}):
        for shots in firings(rules, trigger, TIMES, EVENTS_MAX):
            heard = [tuple(at for at, heard in shots if heard[index]) for index in range(len(rules))]
            for vector in vectors:
                denied: list[set[int]] = [set(), set()]
                for index, terms in enumerate(vector):
                    denied[index >= count] |= denied_ticks(terms, heard[index], HORIZON)
                if denied[0] - denied[1]:
                    found[Verdict.LOOSER] = min(len(shots), found.get(Verdict.LOOSER, EVENTS_MAX))
                if denied[1] - denied[0]:
                    found[Verdict.STRICTER] = min(len(shots), found.get(Verdict.STRICTER, EVENTS_MAX))
    return found


def assert_it_separates(denying: Policy, allowing: Policy, witness: Witness) -> None:
    held, freed = replayed(denying, witness.journal), replayed(allowing, witness.journal)
    assert check(held, witness.at, witness.request) == witness.denied
    assert check(freed, witness.at, witness.request) == witness.allowed


def flags(witness: Witness) -> int:
    return sum(event.type == "security_event" for event in witness.journal)


@pytest.mark.parametrize("seed", range(8))
def test_no_verdict_is_contradicted_by_an_exhaustive_walk(seed: int) -> None:
    """2,000 random pairs of small policies: what is found, that it separates, and that nothing shorter does."""
    random = Random(seed)
    for number in range(250):
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
