"""A policy and its rules: their defaults, and that each rule has a way out.

What the constructors refuse is in `refused_values.py`.
"""

from __future__ import annotations

import copy
import pickle
from datetime import timedelta
from typing import Any

import attrs
import pytest

from good_values import CLEARANCE, HOUR, REQUEST, SUPPORT, good
from withdraw_guard import (
    Appeal,
    Clearance,
    Destination,
    Destinations,
    Facts,
    InvalidValue,
    LiftedBy,
    Policy,
    Repeat,
    Request,
    Rule,
    Scope,
)
from withdraw_guard.policies import BINANCE


def test_a_scope_covers_everything_by_default() -> None:
    assert (Scope().operations, Scope().destinations, Scope().leaves) == ("*", Destinations.ANY, frozenset())
    assert REQUEST.is_covered_by(Scope())
    assert Request(operation="never_heard_of", destination=Destination.KNOWN).is_covered_by(Scope())


def test_a_rule_has_the_defaults_of_its_wire_form() -> None:
    rule = Rule(id="r", trigger="t", duration=HOUR)
    defaults = (rule.where, rule.scope, rule.clearance, rule.lifted_by, rule.repeat, rule.releasable_by)
    assert defaults == (Facts(), Scope(), None, LiftedBy.ANY, Repeat.EXTEND, frozenset())
    assert (rule.chosen, rule.business_days, rule.public_reason) == (None, None, None)
    policy = Policy(id="p", version="1", rules=(rule,))
    assert (policy.calendar, policy.retractable_by) == (None, frozenset({"security"}))
    assert Clearance(unverified=frozenset(), verified=frozenset()).review_business_days is None


def test_what_is_made_of_a_rule_is_made_once_and_is_no_part_of_its_value() -> None:
    made: list[Rule] = []
    rule, twin = (Rule(id="r", trigger="t", duration=HOUR) for _ in range(2))

    def make(rule: Rule) -> int:
        made.append(rule)
        return len(made)

    assert [rule.made_once(make), rule.made_once(make), rule.made_once(repr)] == [1, 1, repr(twin)]
    assert (rule, hash(rule), repr(rule), pickle.dumps(rule)) == (twin, hash(twin), repr(twin), pickle.dumps(twin))
    assert attrs.asdict(rule) == attrs.asdict(twin)
    assert copy.copy(rule).made_once(make) == 2


def test_an_appeal_is_one_after_the_first_failure_by_default() -> None:
    appeal = Appeal()
    assert (appeal.after_failures, appeal.limit, appeal.within, appeal.decide_within) == (1, 1, None, None)
    assert (appeal.documents, appeal.decide_business_days) == (frozenset(), None)


@pytest.mark.parametrize(
    ("duration", "clearance", "lifted_by", "ends_by_itself"),
    [
        (HOUR, None, "any", True),
        (HOUR, None, "all", True),
        (HOUR, CLEARANCE, "any", True),
        (HOUR, CLEARANCE, "all", False),
        (None, CLEARANCE, "any", False),
        (None, CLEARANCE, "all", False),
        (None, None, "any", False),
    ],
)
def test_a_rule_that_time_alone_does_not_end_names_an_authority(
    duration: timedelta | None, clearance: Clearance | None, lifted_by: Any, ends_by_itself: bool
) -> None:
    terms: dict[str, Any] = {"duration": duration, "clearance": clearance, "lifted_by": lifted_by}
    rule = Rule(id="r", trigger="t", releasable_by=SUPPORT, **terms)
    assert rule.ends_by_time_alone is ends_by_itself
    if ends_by_itself:
        Rule(id="r", trigger="t", **terms)
    else:
        with pytest.raises(InvalidValue, match="releasable_by: must name an authority, because time alone does not"):
            Rule(id="r", trigger="t", **terms)


def test_a_policy_names_its_triggers() -> None:
    assert good(Policy).triggers == {"abnormal_activity"}
    assert "password_changed" in BINANCE.triggers
