"""A policy: pure data that says which trigger places which hold, how long, over what, and how it is lifted.

Nothing here decides anything. No callable is ever part of a policy, so that a policy can be compared, stored,
printed and proved. Two rules are the same rule exactly when they are equal by value.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, TypeVar, final

import attrs

from withdraw_guard import authorities, public_reasons
from withdraw_guard._model.calendar import Calendar
from withdraw_guard._values.canonical import canonical
from withdraw_guard._values.checks import (
    check_count,
    check_duration,
    check_identifier,
    check_name,
    check_names,
    check_optional_duration,
    check_rule_id,
    check_type,
    check_word,
)
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import NO_FACTS, Fact, Facts, freeze_facts
from withdraw_guard._values.given import in_a_set, text_or_none
from withdraw_guard._values.ids import (
    Authority,
    Document,
    Method,
    Operation,
    PolicyId,
    PublicReason,
    RuleId,
    Trigger,
    Version,
)
from withdraw_guard._values.limits import BUSINESS_DAYS_MAX, RULES_MAX
from withdraw_guard._values.value import Value, members_of, settle
from withdraw_guard._values.vocabulary import Destinations, LiftedBy, Repeat
from withdraw_guard.operations import WELL_KNOWN

T = TypeVar("T")

Everything: TypeAlias = Literal["*"]
"""The scope of every operation."""
POLICY_SCHEMA: Final = "withdraw-guard/policy/1"
"""Which form of a policy this is; the first member of its document."""
EVERYTHING: Final[Everything] = "*"
"""Every operation, including unknown ones."""


def _operations(given: Collection[str]) -> frozenset[Operation] | Everything:
    operations: frozenset[Operation] | Everything = in_a_set(given)
    return operations


@final
@attrs.frozen(kw_only=True, repr=False)
class Scope(Value):
    """What a hold stops. By default everything, to any destination.

    `operations` is a set of operations, or `EVERYTHING`. An operation that nobody knows is covered as well: one that is
    neither well known (`operations.WELL_KNOWN`) nor named in `leaves`, so that a misspelt operation never passes.
    With `Destinations.NEW` a request to a known destination passes; with `Destinations.NAMED` a request to another
    destination than the one that the event named. What is not said, by the event or by the request, is covered.
    """

    operations: frozenset[Operation] | Everything = attrs.field(default=EVERYTHING, converter=_operations)
    destinations: Destinations = Destinations.ANY
    leaves: frozenset[Operation] = attrs.field(default=frozenset(), converter=in_a_set)

    def __attrs_post_init__(self) -> None:
        settle(self, "destinations", check_word("destinations", self.destinations, Destinations))
        check_names("leaves", self.leaves)
        operations: object = self.operations
        if type(operations) is str and operations == EVERYTHING:
            if self.leaves:
                raise InvalidValue("leaves", "must be empty, because the scope covers every operation")
            return
        check_names("operations", self.operations)
        if not self.operations:
            raise InvalidValue("operations", 'must name at least one operation, or be "*" for all of them')
        for operation in sorted(self.leaves.intersection(self.operations)):
            raise InvalidValue("leaves", f"must not name what `operations` covers, got `{operation}`")

    def covers(self, operation: Operation) -> bool:
        """Whether the scope covers this operation: it names it, names all, or nobody knows it to be another one."""
        if isinstance(self.operations, str) or operation in self.operations:
            return True
        return operation not in WELL_KNOWN and operation not in self.leaves


@final
@attrs.frozen(kw_only=True, repr=False)
class Appeal(Value):
    """When an appeal is offered and what it needs.

    It is offered from `after_failures` failures on, until `limit` appeals were filed on the hold, and while
    less than `within` (if set) has passed since the latest failure or trigger. `decide_within` sets the due
    date of its decision, or `decide_business_days` by the calendar of the policy; being overdue lifts nothing.
    """

    after_failures: int = 1
    limit: int = 1
    within: timedelta | None = None
    decide_within: timedelta | None = None
    documents: frozenset[Document] = attrs.field(default=frozenset(), converter=in_a_set)
    decide_business_days: int | None = None

    def __attrs_post_init__(self) -> None:
        check_count("after_failures", self.after_failures, least=0)
        check_count("limit", self.limit, least=1)
        check_optional_duration("within", self.within)
        check_optional_duration("decide_within", self.decide_within)
        check_names("documents", self.documents)
        _check_business_days("decide_business_days", self.decide_business_days, "decide_within", self.decide_within)


@final
@attrs.frozen(kw_only=True, repr=False)
class Clearance(Value):
    """How a person lifts a hold by proving something.

    `unverified` and `verified` are the methods accepted from an account whose identity is not, or is, verified.
    `attempts` is how many failures close verification; none means any number. A started verification lapses
    `verify_within` later. `review_within` sets the due date of a review, or `review_business_days` by the calendar of
    the policy; being overdue lifts nothing. An identity that an approval records counts for `identity_valid_for`;
    without it, it has no end.
    """

    unverified: frozenset[Method] = attrs.field(converter=in_a_set)
    verified: frozenset[Method] = attrs.field(converter=in_a_set)
    attempts: int | None = None
    verify_within: timedelta | None = None
    review_within: timedelta | None = None
    appeal: Appeal | None = None
    review_business_days: int | None = None
    identity_valid_for: timedelta | None = None

    def __attrs_post_init__(self) -> None:
        check_names("unverified", self.unverified)
        check_names("verified", self.verified)
        if self.attempts is not None:
            check_count("attempts", self.attempts, least=1)
        check_optional_duration("verify_within", self.verify_within)
        check_optional_duration("review_within", self.review_within)
        check_optional_duration("identity_valid_for", self.identity_valid_for)
        if self.appeal is not None:
            check_type("appeal", self.appeal, Appeal, "an Appeal")
        _check_business_days("review_business_days", self.review_business_days, "review_within", self.review_within)

    @property
    def counts_business_days(self) -> bool:
        """Whether a due date needs the calendar of the policy."""
        decided_by_day = self.appeal is not None and self.appeal.decide_business_days is not None
        return decided_by_day or self.review_business_days is not None


@final
@attrs.frozen(kw_only=True, repr=False)
class Chosen(Value):
    """The bounds, both included, of a duration that the account holder chooses."""

    minimum: timedelta
    maximum: timedelta

    def __attrs_post_init__(self) -> None:
        check_duration("minimum", self.minimum)
        check_duration("maximum", self.maximum)
        if self.minimum > self.maximum:
            raise InvalidValue("maximum", "must not be shorter than `minimum`")

    def allows(self, duration: timedelta) -> bool:
        """Whether the account holder may choose this duration."""
        return self.minimum <= duration <= self.maximum


def _where(given: Mapping[str, Fact]) -> Facts:
    return freeze_facts("where", given)


@final
@attrs.frozen(kw_only=True, repr=False, cache_hash=True)
class Rule(Value):
    """Which trigger places a hold, and the terms of that hold.

    `where` narrows the trigger to facts of the event; a fact that the event does not carry matches. A rule that
    time alone does not end must name an authority in `releasable_by`, so that every hold can end.

    The timer lasts `duration`; or what the event says, within `chosen`, with `duration` for an event that says
    nothing; or until the end of the n-th business day that begins after the trigger, by the calendar of the policy.

    `public_reason` is what the account holder is told; without it, it follows from the trigger. It is no term of the
    hold: two rules that differ only in it are the same rule, and compare equal.
    """

    id: RuleId = attrs.field(converter=RuleId)
    trigger: Trigger = attrs.field(converter=Trigger)
    where: Facts = attrs.field(default=NO_FACTS, converter=_where)
    scope: Scope = Scope()
    duration: timedelta | None = None
    clearance: Clearance | None = None
    lifted_by: LiftedBy = LiftedBy.ANY
    repeat: Repeat = Repeat.EXTEND
    releasable_by: frozenset[Authority] = attrs.field(default=frozenset(), converter=in_a_set)
    chosen: Chosen | None = None
    business_days: int | None = None
    public_reason: PublicReason | None = attrs.field(default=None, converter=text_or_none, eq=False)
    has_timer: bool = attrs.field(init=False, eq=False, repr=False)
    """Whether a hold of this rule has a timer."""
    ends_by_time_alone: bool = attrs.field(init=False, eq=False, repr=False)
    """Whether a hold of this rule ends even if nobody does anything."""
    leaves_the_timer_to_the_hold: bool = attrs.field(init=False, eq=False, repr=False)
    """Whether the timer of a hold depends on more than its triggers: on a choice, or on a calendar."""

    def __attrs_post_init__(self) -> None:
        check_rule_id("id", self.id)
        check_name("trigger", self.trigger)
        check_type("scope", self.scope, Scope, "a Scope")
        check_optional_duration("duration", self.duration)
        if self.clearance is not None:
            check_type("clearance", self.clearance, Clearance, "a Clearance")
        settle(self, "lifted_by", check_word("lifted_by", self.lifted_by, LiftedBy))
        settle(self, "repeat", check_word("repeat", self.repeat, Repeat))
        check_names("releasable_by", self.releasable_by)
        _check_chosen(self)
        _check_business_days("business_days", self.business_days, "duration", self.duration)
        if self.public_reason is not None:
            check_name("public_reason", self.public_reason)
        # Every event asks for these.
        settle(self, "has_timer", self.duration is not None or self.business_days is not None)
        time_alone = self.clearance is None or self.lifted_by is LiftedBy.ANY
        settle(self, "ends_by_time_alone", self.has_timer and time_alone)
        settle(self, "leaves_the_timer_to_the_hold", self.chosen is not None or self.business_days is not None)
        if self.scope.destinations is Destinations.NAMED and self.repeat is not Repeat.SEPARATE:
            raise InvalidValue("repeat", "must be `separate` where a hold is about one destination")
        if self.chosen is not None and self.repeat is Repeat.KEEP:
            raise InvalidValue(
                "repeat", "must not be `keep`, because the account holder chooses how long the hold lasts"
            )
        if not self.releasable_by and not self.ends_by_time_alone:
            raise InvalidValue("releasable_by", "must name an authority, because time alone does not end this hold")

    def made_once(self, make: Callable[["Rule"], T]) -> T:
        """Return what `make` makes of this rule. It is made once and kept, because a rule never changes."""
        try:
            made: T = self._made[make]
        except KeyError:
            made = self._made[make] = make(self)
        return made

    @cached_property
    def _made(self) -> dict[object, Any]:
        # `Any`: of each type that some function makes.
        return {}

    @property
    def counts_business_days(self) -> bool:
        """Whether it needs the calendar of the policy."""
        return self.business_days is not None or (self.clearance is not None and self.clearance.counts_business_days)

    def is_told_as(self, other: "Rule") -> bool:
        """Whether it is the same rule, and account holders are told the same about it."""
        return self == other and self.public_reason == other.public_reason

    @property
    def told_reason(self) -> PublicReason:
        """What the account holder is told: the reason that the rule names, or that of its trigger."""
        return self.public_reason or public_reasons.of_trigger(self.trigger)


@final
@attrs.frozen(kw_only=True, repr=False)
class PolicyRef(Value):
    """Which policy placed a hold."""

    id: PolicyId = attrs.field(converter=PolicyId)
    version: Version = attrs.field(converter=Version)

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id)
        check_identifier("version", self.version)


@final
@attrs.frozen(kw_only=True, repr=False, cache_hash=True)
class Policy(Value):
    """At most 256 rules with different ids, under an id and a version of the host's choosing.

    A version that is in force is never edited: give the changed policy a new version. A rule that counts business
    days needs the calendar (`withdraw_guard.calendars` makes one). `retractable_by` names the authorities for which
    an admin may retract an event that was reported by mistake; it may be empty.
    """

    id: PolicyId = attrs.field(converter=PolicyId)
    version: Version = attrs.field(converter=Version)
    rules: tuple[Rule, ...]
    calendar: Calendar | None = None
    retractable_by: frozenset[Authority] = attrs.field(default=frozenset({authorities.SECURITY}), converter=in_a_set)
    public_reasons: tuple[PublicReason | None, ...] = attrs.field(init=False, repr=False)
    ref: PolicyRef = attrs.field(init=False, eq=False, repr=False)
    rules_by_trigger: Mapping[Trigger, tuple[Rule, ...]] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        settle(self, "ref", PolicyRef(id=self.id, version=self.version))
        check_type("rules", self.rules, tuple, "a tuple of rules")
        if len(self.rules) > RULES_MAX:
            raise InvalidValue("rules", f"must be at most {RULES_MAX} rules, got {len(self.rules)}")
        if self.calendar is not None:
            check_type("calendar", self.calendar, Calendar, "a Calendar")
        check_names("retractable_by", self.retractable_by)
        seen: set[RuleId] = set()
        by_trigger: dict[Trigger, tuple[Rule, ...]] = {}
        for index, rule in enumerate(self.rules):
            check_type(f"rules[{index}]", rule, Rule, "a Rule")
            if rule.id in seen:
                raise InvalidValue(f"rules[{index}].id", f"must be unique in the policy, got `{rule.id}` again")
            if rule.counts_business_days and self.calendar is None:
                raise InvalidValue("calendar", f"must be given, because the rule `{rule.id}` counts business days")
            seen.add(rule.id)
            by_trigger[rule.trigger] = (*by_trigger.get(rule.trigger, ()), rule)
        # Rules compare equal whatever they tell; policies do not.
        settle(self, "public_reasons", tuple(rule.public_reason for rule in self.rules))
        settle(self, "rules_by_trigger", MappingProxyType(by_trigger))

    @property
    def triggers(self) -> frozenset[Trigger]:
        """The triggers that some rule listens to. Assert at start-up that every signal of yours is among them."""
        return frozenset(self.rules_by_trigger)

    @property
    def fingerprint(self) -> str:
        """The SHA-256, in hexadecimal digits, of the wire form as canonical JSON (RFC 8785).

        Store it beside the version: a version that was edited in place has another fingerprint.
        """
        return sha256(canonical({**members_of(self), "schema": POLICY_SCHEMA}).encode()).hexdigest()

    @property
    def operations(self) -> frozenset[Operation]:
        """The operations that its scopes name or leave. Assert at start-up that each operation of yours is one."""
        names: set[Operation] = set()
        for rule in self.rules:
            names |= rule.scope.leaves
            if not isinstance(rule.scope.operations, str):
                names |= rule.scope.operations
        return frozenset(names)


def _check_chosen(rule: Rule) -> None:
    if rule.chosen is None:
        return
    check_type("chosen", rule.chosen, Chosen, "a Chosen")
    if rule.clearance is not None:
        raise InvalidValue("chosen", "must not be given beside a clearance")
    if rule.duration is None or not rule.chosen.allows(rule.duration):
        raise InvalidValue(
            "duration", "must be within `chosen`, because it counts if an event does not say what was chosen"
        )


def _check_business_days(field: str, number: int | None, other: str, duration: timedelta | None) -> None:
    if number is None:
        return
    check_count(field, number, least=1, most=BUSINESS_DAYS_MAX)
    if duration is not None:
        raise InvalidValue(field, f"must not be given beside `{other}`")
