"""A policy: pure data that says which trigger places which hold, how long, over what, and how it is lifted.

Nothing here decides anything. No callable is ever part of a policy, so that a policy can be compared, stored,
printed and proved. Two rules are the same rule exactly when they are equal by value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, final

import attrs

from withdraw_guard._errors import InvalidValue
from withdraw_guard._facts import NO_FACTS, Fact, Facts, freeze_facts
from withdraw_guard._fields import (
    check_count,
    check_duration,
    check_identifier,
    check_name,
    check_names,
    check_rule_id,
    check_type,
    check_word,
)
from withdraw_guard._ids import Authority, Document, Method, Operation, PolicyId, RuleId, Trigger, Version
from withdraw_guard._limits import RULES_MAX
from withdraw_guard._value import Value, settle
from withdraw_guard._words import Destinations, LiftedBy, Repeat

Everything: TypeAlias = Literal["*"]
"""The scope of every operation."""
EVERYTHING: Final[Everything] = "*"
"""Every operation, also those that nobody has heard of yet."""


@final
@attrs.frozen(kw_only=True)
class Scope(Value):
    """What a hold stops. By default everything, to any destination.

    `operations` is a set of operations, or `EVERYTHING`: then an operation that nobody heard of is covered too.
    With `Destinations.NEW` a request to a known destination passes.
    """

    operations: frozenset[Operation] | Everything = EVERYTHING
    destinations: Destinations = Destinations.ANY

    def __attrs_post_init__(self) -> None:
        settle(self, "destinations", check_word("destinations", self.destinations, Destinations))
        operations: object = self.operations
        if type(operations) is str and operations == EVERYTHING:
            return
        check_names("operations", self.operations)
        if not self.operations:
            raise InvalidValue("operations", 'must name at least one operation, or be "*" for all of them')


@final
@attrs.frozen(kw_only=True)
class Appeal(Value):
    """When an appeal is offered and what it needs.

    It is offered from `after_failures` failures on, until `limit` appeals were filed on the hold, and while
    less than `within` (if set) has passed since the latest failure or trigger. `decide_within` sets the due
    date of its decision; being overdue lifts nothing.
    """

    after_failures: int = 1
    limit: int = 1
    within: timedelta | None = None
    decide_within: timedelta | None = None
    documents: frozenset[Document] = frozenset()

    def __attrs_post_init__(self) -> None:
        check_count("after_failures", self.after_failures, least=0)
        check_count("limit", self.limit, least=1)
        _check_duration_if_set("within", self.within)
        _check_duration_if_set("decide_within", self.decide_within)
        check_names("documents", self.documents)


@final
@attrs.frozen(kw_only=True)
class Clearance(Value):
    """How a person lifts a hold by proving something.

    `unverified` and `verified` are the methods accepted from an account whose identity is not, or is, verified.
    `attempts` is how many failures close verification; none means any number. A started verification lapses
    `verify_within` later; `review_within` sets the due date of a review, and being overdue lifts nothing.
    """

    unverified: frozenset[Method]
    verified: frozenset[Method]
    attempts: int | None = None
    verify_within: timedelta | None = None
    review_within: timedelta | None = None
    appeal: Appeal | None = None

    def __attrs_post_init__(self) -> None:
        check_names("unverified", self.unverified)
        check_names("verified", self.verified)
        if self.attempts is not None:
            check_count("attempts", self.attempts, least=1)
        _check_duration_if_set("verify_within", self.verify_within)
        _check_duration_if_set("review_within", self.review_within)
        if self.appeal is not None:
            check_type("appeal", self.appeal, Appeal, "an Appeal")


def _where(given: Mapping[str, Fact]) -> Facts:
    return freeze_facts("where", given)


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class Rule(Value):
    """Which trigger places a hold, and the terms of that hold.

    `where` narrows the trigger to facts of the event; a fact that the event does not carry matches. A rule that
    time alone does not end must name an authority in `releasable_by`: nobody is locked in for ever.
    """

    id: RuleId = attrs.field(converter=RuleId)
    trigger: Trigger = attrs.field(converter=Trigger)
    where: Facts = attrs.field(default=NO_FACTS, converter=_where)
    scope: Scope = Scope()
    duration: timedelta | None = None
    clearance: Clearance | None = None
    lifted_by: LiftedBy = LiftedBy.ANY
    repeat: Repeat = Repeat.EXTEND
    releasable_by: frozenset[Authority] = frozenset()

    def __attrs_post_init__(self) -> None:
        check_rule_id("id", self.id)
        check_name("trigger", self.trigger)
        check_type("scope", self.scope, Scope, "a Scope")
        _check_duration_if_set("duration", self.duration)
        if self.clearance is not None:
            check_type("clearance", self.clearance, Clearance, "a Clearance")
        settle(self, "lifted_by", check_word("lifted_by", self.lifted_by, LiftedBy))
        settle(self, "repeat", check_word("repeat", self.repeat, Repeat))
        check_names("releasable_by", self.releasable_by)
        if not self.releasable_by and not self.ends_by_time_alone:
            raise InvalidValue("releasable_by", "must name an authority, because time alone does not end this hold")

    @property
    def ends_by_time_alone(self) -> bool:
        """Whether a hold of this rule ends even if nobody does anything."""
        return self.duration is not None and (self.clearance is None or self.lifted_by is LiftedBy.ANY)


@final
@attrs.frozen(kw_only=True)
class PolicyRef(Value):
    """Which policy placed a hold."""

    id: PolicyId = attrs.field(converter=PolicyId)
    version: Version = attrs.field(converter=Version)

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id)
        check_identifier("version", self.version)


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class Policy(Value):
    """At most 256 rules with different ids, under an id and a version of the host's choosing.

    A version that is in force is never edited: give the changed policy a new version.
    """

    id: PolicyId = attrs.field(converter=PolicyId)
    version: Version = attrs.field(converter=Version)
    rules: tuple[Rule, ...]
    ref: PolicyRef = attrs.field(init=False, eq=False, repr=False)
    rules_by_trigger: Mapping[Trigger, tuple[Rule, ...]] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        settle(self, "ref", PolicyRef(id=self.id, version=self.version))
        check_type("rules", self.rules, tuple, "a tuple of rules")
        if len(self.rules) > RULES_MAX:
            raise InvalidValue("rules", f"must be at most {RULES_MAX} rules, got {len(self.rules)}")
        seen: set[RuleId] = set()
        by_trigger: dict[Trigger, tuple[Rule, ...]] = {}
        for index, rule in enumerate(self.rules):
            check_type(f"rules[{index}]", rule, Rule, "a Rule")
            if rule.id in seen:
                raise InvalidValue(f"rules[{index}].id", f"must be unique in the policy, got `{rule.id}` again")
            seen.add(rule.id)
            by_trigger[rule.trigger] = (*by_trigger.get(rule.trigger, ()), rule)
        settle(self, "rules_by_trigger", MappingProxyType(by_trigger))

    @property
    def triggers(self) -> frozenset[Trigger]:
        """The triggers that some rule listens to. Assert at start-up that every signal of yours is among them."""
        return frozenset(self.rules_by_trigger)


def _check_duration_if_set(field: str, duration: timedelta | None) -> None:
    if duration is not None:
        check_duration(field, duration)
