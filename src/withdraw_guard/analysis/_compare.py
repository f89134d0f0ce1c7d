"""`compare`: is another policy stricter or looser, for which requests, and what shows it.

One policy is looser than another if, under some help (`Help`) and after some security events, an account holder may
withdraw at an instant at which the other policy denies, whatever anybody does. One hold is enough to deny. To allow,
every hold must have ended. So each rule is compared alone with the rules of the other policy for the same trigger,
under each of the few kinds of help that leave its hold open. The work grows with the number of rules, and not with the
number of accounts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import timedelta
from enum import StrEnum
from itertools import chain, combinations, count, islice
from types import MappingProxyType
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.policy import Clearance, Policy, PolicyRef, Rule
from withdraw_guard._values.checks import check_type, check_word
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import Operation, RuleId
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Destination, Destinations, LiftedBy, Repeat
from withdraw_guard.analysis._circumstances import ASKED, circumstances, is_plain, plain_rule
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._help import (
    Ending,
    EndsBy,
    Help,
    can_appeal,
    can_verify,
    ending_under,
    most_help_that_keeps_it_open,
)
from withdraw_guard.analysis._people import MICROSECOND
from withdraw_guard.analysis._timers import Schedule, ScheduleCache
from withdraw_guard.analysis._witness import Case, Plan, PlannedEvent, Witness, witnessed
from withdraw_guard.operations import WELL_KNOWN

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of finished parts and the number of all parts."""

OTHER_OPERATION: Final = Operation("*")
"""Stands for every well-known operation that neither policy names."""
UNKNOWN_OPERATION: Final = Operation("?")
"""Stands for every operation that nobody knows: it is not well known, and neither policy names it."""

# At most this many sets of kept timers are tried for one rule under one help; with more, the answer is unknown.
CHOICES_TRIED_MAX: Final = 64
# At most this often a timer is triggered again during a verification or an appeal that takes longer.
REPEATS_MAX: Final = 32


@final
class Verdict(StrEnum):
    """How a new policy relates to an old one. Unknown: one direction was neither shown nor ruled out."""

    EQUAL = "equal"
    STRICTER = "stricter"
    LOOSER = "looser"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "unknown"


@final
class Standing(StrEnum):
    """What is known about one direction: a witness shows it, a complete search rules it out, or neither."""

    SHOWN = "shown"
    RULED_OUT = "ruled_out"
    UNKNOWN = "unknown"


@final
@attrs.frozen(kw_only=True, repr=False)
class Difference(Value):
    """How the new policy relates to the old one for one kind of request, with the shortest witness each way.

    `looser` is a witness that the old policy denies and the new one allows; `stricter` is the other way round.
    `about_looser` and `about_stricter` say what is known of each direction. `operation` is one that a policy names,
    `OTHER_OPERATION` or `UNKNOWN_OPERATION`.
    """

    operation: Operation
    destination: Destination
    verdict: Verdict
    looser: Witness | None
    stricter: Witness | None
    about_looser: Standing
    about_stricter: Standing

    def __attrs_post_init__(self) -> None:
        settle(self, "verdict", check_word("verdict", self.verdict, Verdict))
        settle(self, "about_looser", check_word("about_looser", self.about_looser, Standing))
        settle(self, "about_stricter", check_word("about_stricter", self.about_stricter, Standing))
        for name, about, witness in (
            ("about_looser", self.about_looser, self.looser),
            ("about_stricter", self.about_stricter, self.stricter),
        ):
            if (about is Standing.SHOWN) is (witness is None):
                raise InvalidValue(name, f"must be `shown` exactly where there is a witness, got {shown(about)}")
        if self.verdict is not _verdict(self.about_looser, self.about_stricter):
            raise InvalidValue("verdict", f"must follow from what is known each way, got {shown(self.verdict)}")


@final
@attrs.frozen(kw_only=True, repr=False)
class Comparison(Value):
    """How the new policy relates to the old one: in total, and for each operation and class of destination.

    `deadlines` are paths to changed due dates of reviews and appeals. They are no part of the verdict, because an
    overdue review or appeal ends no hold. `verify_within` and the `within` of an appeal are part of the verdict.
    `also_changed` are paths to what else differs beside the verdict: what people are told, who may retract, and how
    long an identity counts.
    """

    old: PolicyRef
    new: PolicyRef
    verdict: Verdict
    differences: tuple[Difference, ...]
    deadlines: tuple[str, ...] = ()
    also_changed: tuple[str, ...] = ()

    @property
    def about_looser(self) -> Standing:
        """Whether a request is allowed that was denied. Ruled out only if it is ruled out for every kind of request."""
        return _about_all(each.about_looser for each in self.differences)

    @property
    def about_stricter(self) -> Standing:
        """Whether a request is denied that was allowed. Ruled out only if it is ruled out for every kind of request."""
        return _about_all(each.about_stricter for each in self.differences)

    @property
    def looser(self) -> Witness | None:
        """The shortest witness that a request is allowed that was denied, if there is one."""
        return min((each.looser for each in self.differences if each.looser is not None), key=_length, default=None)

    @property
    def stricter(self) -> Witness | None:
        """The shortest witness that a request is denied that was allowed, if there is one."""
        return min((each.stricter for each in self.differences if each.stricter is not None), key=_length, default=None)


def compare(old: Policy, new: Policy, progress: Progress | None = None) -> Comparison:
    """Compare two policies for fresh accounts: every kind of operation that makes a difference, and both destinations.

    `progress` is called with the number of finished kinds of request and the number of all.
    """
    check_type("old", old, Policy, "a Policy")
    check_type("new", new, Policy, "a Policy")
    requests = requests_of(old, new)
    found: dict[tuple[frozenset[RuleId], frozenset[RuleId]], tuple[_Found, _Found]] = {}
    differences: list[Difference] = []
    for done, (operation, request) in enumerate(requests):
        covering = (_covering(old, request), _covering(new, request))
        key = (frozenset(rule.id for rule in covering[0]), frozenset(rule.id for rule in covering[1]))
        if key not in found:
            found[key] = (_allowed_where(old, new, request), _allowed_where(new, old, request))
        differences.append(_difference(operation, request, *found[key]))
        if progress is not None:
            progress(done + 1, len(requests))
    return Comparison(
        old=old.ref,
        new=new.ref,
        verdict=_verdict(
            _about_all(each.about_looser for each in differences),
            _about_all(each.about_stricter for each in differences),
        ),
        differences=tuple(differences),
        deadlines=tuple(_deadlines_changed(old, new)),
        also_changed=tuple(dict.fromkeys(_also_changed(old, new))),
    )


def _also_changed(old: Policy, new: Policy) -> Iterator[str]:
    """Give the path to each term that differs and that no witness can show."""
    if old.retractable_by != new.retractable_by:
        yield "retractable_by"
    yield from _identities_that_age_otherwise(old, new)
    for rule, others in _counterparts(old, new):
        if rule.told_reason not in {other.told_reason for other in others}:
            yield f"{rule.id}.public_reason"


def _identities_that_age_otherwise(old: Policy, new: Policy) -> Iterator[str]:
    for rule, others in _counterparts(old, new):
        ages = {other.clearance.identity_valid_for for other in others if other.clearance is not None}
        if rule.clearance is not None and ages and rule.clearance.identity_valid_for not in ages:
            yield f"{rule.id}.clearance.identity_valid_for"


def _counterparts(old: Policy, new: Policy) -> Iterator[tuple[Rule, list[Rule]]]:
    """Give each rule with the rules of the other policy that have its id, or its trigger and condition; if any do."""
    for policy, another in ((old, new), (new, old)):
        for rule in policy.rules:
            same = (rule.trigger, rule.where)
            others = [other for other in another.rules if other.id == rule.id or (other.trigger, other.where) == same]
            if others:
                yield rule, others


def _deadlines_changed(old: Policy, new: Policy) -> Iterator[str]:
    """Give the path to each due date that differs in two rules with the same id."""
    before = {rule.id: _deadlines(rule) for rule in old.rules}
    for rule in new.rules:
        for name, deadline in _deadlines(rule).items():
            if name in before.get(rule.id, {}) and before[rule.id][name] != deadline:
                yield f"{rule.id}.clearance.{name}"


def _deadlines(rule: Rule) -> dict[str, timedelta | int | None]:
    clearance = rule.clearance
    if clearance is None:
        return {}
    found: dict[str, timedelta | int | None] = {
        "review_within": clearance.review_within,
        "review_business_days": clearance.review_business_days,
    }
    if clearance.appeal is not None:
        found["appeal.decide_within"] = clearance.appeal.decide_within
        found["appeal.decide_business_days"] = clearance.appeal.decide_business_days
    return found


def _about_all(abouts: Iterable[Standing]) -> Standing:
    """Return what is known of all kinds of request together."""
    standings = set(abouts)
    if Standing.SHOWN in standings:
        return Standing.SHOWN
    return Standing.RULED_OUT if standings == {Standing.RULED_OUT} else Standing.UNKNOWN


def _verdict(looser: Standing, stricter: Standing) -> Verdict:
    """Return what follows from both directions: unknown if one of them is unknown."""
    return Verdict.UNKNOWN if Standing.UNKNOWN in (looser, stricter) else _VERDICTS[looser, stricter]


_VERDICTS: Final[Mapping[tuple[Standing, Standing], Verdict]] = MappingProxyType(
    {
        (Standing.RULED_OUT, Standing.RULED_OUT): Verdict.EQUAL,
        (Standing.RULED_OUT, Standing.SHOWN): Verdict.STRICTER,
        (Standing.SHOWN, Standing.RULED_OUT): Verdict.LOOSER,
        (Standing.SHOWN, Standing.SHOWN): Verdict.INCOMPARABLE,
    }
)


def requests_of(*policies: Policy) -> list[tuple[Operation, Request]]:
    """Return one request of each kind that these policies can tell apart, with the name of its operation.

    A scope that names operations leaves every other one that is well known, and covers one that nobody knows.
    If a rule is about a named destination, every request names one. A request without a destination is stopped by
    every hold that stops a request for the destination of the event, so it shows nothing else.
    """
    rules = [rule for policy in policies for rule in policy.rules]
    is_about_one = any(rule.scope.destinations is Destinations.NAMED for rule in rules)
    asked = ASKED if is_about_one else None
    return [
        (name, Request(operation=operation, destination=destination, destination_id=asked))
        for name, operation in _kinds_of_operations({name for policy in policies for name in policy.operations})
        for destination in Destination
    ]


def _kinds_of_operations(named: Set[Operation]) -> Iterator[tuple[Operation, Operation]]:
    """Give the name of each kind of operation, and one operation of that kind."""
    yield from ((operation, operation) for operation in sorted(named))
    others = WELL_KNOWN - named
    if others:
        yield OTHER_OPERATION, WITHDRAWAL.operation if WITHDRAWAL.operation in others else min(others)
    unknown = chain(["unknown_operation"], (f"unknown_operation_{number}" for number in count(2)))
    yield UNKNOWN_OPERATION, next(Operation(name) for name in unknown if name not in named)


@final
@attrs.frozen(kw_only=True, repr=False)
class _Found(Value):
    witness: Witness | None
    is_exact: bool

    @property
    def standing(self) -> Standing:
        if self.witness is not None:
            return Standing.SHOWN
        return Standing.RULED_OUT if self.is_exact else Standing.UNKNOWN


_NOTHING_KNOWN: Final = _Found(witness=None, is_exact=False)


def _difference(operation: Operation, request: Request, looser: _Found, stricter: _Found) -> Difference:
    return Difference(
        operation=operation,
        destination=request.destination,
        verdict=_verdict(looser.standing, stricter.standing),
        looser=_asking(looser.witness, request),
        stricter=_asking(stricter.witness, request),
        about_looser=looser.standing,
        about_stricter=stricter.standing,
    )


def _asking(witness: Witness | None, request: Request) -> Witness | None:
    """Return the witness with another request that is covered by the same rules."""
    if witness is None or witness.request == request:
        return witness
    return attrs.evolve(
        witness,
        request=request,
        denied=attrs.evolve(witness.denied, request=request),
        allowed=attrs.evolve(witness.allowed, request=request),
    )


def _covering(policy: Policy, request: Request) -> tuple[Rule, ...]:
    return tuple(rule for rule in policy.rules if request.is_covered_by(rule.scope))


def _allowed_where(denying: Policy, allowing: Policy, request: Request) -> _Found:
    """Return the shortest witness that the one policy allows what the other denies."""
    found = [each for rule in _covering(denying, request) for each in _found_against(rule, denying, allowing, request)]
    needed = (rule.clearance for policy in (denying, allowing) for rule in _covering(policy, request))
    if any(clearance is not None and clearance.unverified != clearance.verified for clearance in needed):
        # A help says which identity the account can have, and so nothing about identities that end.
        found.extend(_NOTHING_KNOWN for _ in _identities_that_age_otherwise(denying, allowing))
    return _shortest(found)


def _found_against(rule: Rule, denying: Policy, allowing: Policy, request: Request) -> Iterator[_Found]:
    """Give everything found about requests that this rule denies and the other policy allows."""
    if not can_match(rule):
        return
    others = [other for other in _covering(allowing, request) if other.trigger == rule.trigger and can_match(other)]
    counts_alike = rule.business_days is None or denying.calendar == allowing.calendar
    if counts_alike and any(_is_same(other, rule) for other in others):
        return
    for here in circumstances((denying, rule), (allowing, others), request):
        if here is None:
            yield _NOTHING_KNOWN
        else:
            case = Case(rule=rule, denying=denying, allowing=allowing, request=request, here=here)
            yield from _found_here(case, others)


def _found_here(case: Case, others: Sequence[Rule]) -> Iterator[_Found]:
    """Give everything found in these circumstances, in which each rule is a plain one or covers nothing."""
    rule = plain_rule(case.denying, case.rule, case.here, case.request)
    plain_others = (plain_rule(case.allowing, other, case.here, case.request) for other in others)
    rivals = list(dict.fromkeys(rival for rival in plain_others if rival is not None))
    if rule is None:
        return
    if not _one_event_shows_all(case.rule, others):
        yield _NOTHING_KNOWN
    if any(_is_same(rival, rule) for rival in rivals):
        return
    cache = ScheduleCache()
    for help_ in most_help_that_keeps_it_open(rule, case.denying, case.allowing):
        if _delays_make_a_difference(help_, rule, rivals):
            yield _found_under(help_, rule, rivals, case, cache)


def _one_event_shows_all(rule: Rule, others: Sequence[Rule]) -> bool:
    """Whether events in the same circumstances show every difference. Not so beside kept timers, if one rule varies."""
    every = (rule, *others)
    is_kept = any(each.repeat is Repeat.KEEP and each.has_timer for each in every)
    return not is_kept or all(is_plain(each) for each in every)


def _delays_make_a_difference(help_: Help, rule: Rule, rivals: Sequence[Rule]) -> bool:
    """Whether a rival still waits after each delay. If none does, a delay is the same as no verification or appeal.

    An appeal that takes as long as the timer of the rule never helps, because both count from the latest trigger.
    """
    ending = ending_under(rule, help_)
    if ending.by is not EndsBy.NOTHING and help_.appeals_after >= ending.lasts:
        return False
    ways = ((help_.hands_in_after, can_verify), (help_.appeals_after, can_appeal))
    return all(any(_waits(rival, way, delay, help_) for rival in rivals) for delay, way in ways if delay)


def _waits(rival: Rule, way: Callable[[Clearance, Help], bool], delay: timedelta, help_: Help) -> bool:
    ends_before = rival.duration is not None and rival.duration <= delay
    has_ended = ends_before and rival.lifted_by is LiftedBy.ANY and rival.repeat is Repeat.KEEP
    return rival.clearance is not None and not has_ended and way(rival.clearance, help_)


def _shortest(every: Iterable[_Found]) -> _Found:
    found = tuple(every)
    witnesses = [each.witness for each in found if each.witness is not None]
    return _Found(witness=min(witnesses, key=_length, default=None), is_exact=all(each.is_exact for each in found))


def _found_under(help_: Help, rule: Rule, rivals: Sequence[Rule], case: Case, cache: ScheduleCache) -> _Found:
    """Return the first witness under this help; the simplest plans are tried first.

    Each plan should show a difference. If one shows none, for example because a policy refuses an event, nothing is
    known.
    """
    is_exact, ending = True, ending_under(rule, help_)
    plans = (_plans_with_delays if help_.is_late else _plans)(rule, rivals, help_, cache)
    for plan in _until_given_up(plans):
        witness = None if plan is None else witnessed(case, ending, help_, plan)
        if witness is not None:
            return _Found(witness=witness, is_exact=True)
        is_exact = False
    return _Found(witness=None, is_exact=is_exact)


def _until_given_up(plans: Iterator[Plan | None]) -> Iterator[Plan | None]:
    """Give the same plans, and none if the search for the facts of an event is given up."""
    try:
        yield from plans
    except GivenUp:
        yield None


def matters(policy: Policy, rule: Rule) -> bool:
    """Whether the policy without this rule would allow a request that the policy denies."""
    others = tuple(other for other in policy.rules if other != rule)
    beside = [other for other in others if other.trigger == rule.trigger and can_match(other)]
    if can_match(rule) and is_plain(rule) and all(_ends_before(other, rule) for other in beside):
        return True
    rest = attrs.evolve(policy, rules=others)
    return any(
        found.witness is not None or not found.is_exact
        for _, request in requests_of(policy)
        if request.is_covered_by(rule.scope)
        for found in _found_against(rule, policy, rest, request)
    )


def _ends_before(other: Rule, rule: Rule) -> bool:
    """Whether, of two holds of one event, the hold of this other rule ends first if people end neither."""
    if not is_plain(other) or other.clearance is not None or other.duration is None:
        return False
    return rule.duration is None or other.duration < rule.duration


def _is_same(other: Rule, rule: Rule) -> bool:
    """Whether the rules differ in their ids only."""
    return attrs.evolve(other, id=rule.id) == rule


def _length(witness: Witness) -> tuple[int, int, timedelta]:
    triggers = sum(event.type == "security_event" for event in witness.journal)
    return triggers, len(witness.journal), witness.at - witness.journal[0].at


# ── Plans: security events after which a rule denies longer than its rivals ──────────────────────────────────────

_Obstacle: TypeAlias = tuple[Rule, Ending]


def _plans(rule: Rule, rivals: Sequence[Rule], help_: Help, cache: ScheduleCache) -> Iterator[Plan | None]:
    """Give the plans after which the rule denies longer than all its rivals, and none if there may be others.

    A rival that lasts as long is avoided by the facts of the event, if its timer is not kept. A kept timer is avoided
    or met: it starts first, and the rule starts shortly before its end.
    """
    ending = ending_under(rule, help_)
    obstacles = ((rival, ending_under(rival, help_)) for rival in rivals)
    longer = [(rival, other) for rival, other in obstacles if _may_outlast(other, ending)]
    avoided = [rival for rival, other in longer if other.by in (EndsBy.NOTHING, EndsBy.EXTENDED_TIMER)]
    kept = [(rival, other) for rival, other in longer if other.by in (EndsBy.KEPT_TIMER, EndsBy.FIRST_TIMER)]
    if facts_for([rule], avoided) is None:
        return
    fixed = [each for each in kept if facts_for([rule], [*avoided, each[0]]) is None]
    if any(_outlasts_always(each, rule, ending, cache) for each in fixed):
        return
    optional = [each for each in kept if each not in fixed]
    choices = (chosen for size in range(len(optional) + 1) for chosen in combinations(optional, size))
    for chosen in islice(choices, CHOICES_TRIED_MAX):
        met = [*fixed, *chosen]
        others = [rival for rival, _ in kept if all(rival is not other for other, _ in met)]
        yield from _plans_that_meet(met, rule, ending, (avoided, others), cache)
    # Kept timers of different conditions can be started one by one. That is not searched for.
    is_partial = len({rival.where for rival, _ in kept}) > 1 or 2 ** len(optional) > CHOICES_TRIED_MAX
    if is_partial or any(_can_start_alone(rule, ending, rival) for rival, _ in kept):
        yield None


def _may_outlast(other: Ending, ending: Ending) -> bool:
    """Whether a hold of a rival that starts at the same time does not end before that of the rule."""
    if EndsBy.NOTHING in (ending.by, other.by):
        return other.by is EndsBy.NOTHING
    return other.by is not EndsBy.PEOPLE_AT_ONCE and other.lasts >= ending.lasts


def _can_start_alone(rule: Rule, ending: Ending, rival: Rule) -> bool:
    """Whether an event triggers the rule and not the rival, so that a later event triggers only the rival.

    It makes a difference only if the timer of the rule is kept.
    """
    return ending.by is EndsBy.KEPT_TIMER and facts_for([rule], [rival]) is not None


def _outlasts_always(obstacle: _Obstacle, rule: Rule, ending: Ending, cache: ScheduleCache) -> bool:
    """Whether this kept timer, which every event of the rule triggers, outlasts the rule after every schedule."""
    rival, other = obstacle
    if _can_start_alone(rule, ending, rival):
        return False
    return not cache.that_outlast(ending, [other], facts_for([rival], [rule]) is not None).found


def _plans_that_meet(
    met: Sequence[_Obstacle],
    rule: Rule,
    ending: Ending,
    unwanted: tuple[Sequence[Rule], Sequence[Rule]],
    cache: ScheduleCache,
) -> Iterator[Plan | None]:
    """Give the plans that start these kept timers and then the rule, and none if there may be others.

    An event that does not trigger the rule may trigger other rivals. Then the timers alone do not show whether the
    plan works.
    """
    avoided, others = unwanted
    facts = facts_for([rule], [*avoided, *others])
    if facts is None:
        return
    if not met:
        yield (PlannedEvent(at=timedelta(), facts=facts),)
        return
    timers, rivals = [other for _, other in met], [rival for rival, _ in met]
    is_exact = True
    for missing in dict.fromkeys(facts_for(rivals, [rule, *more]) for more in ([*avoided, *others], avoided, [])):
        schedules = cache.that_outlast(ending, timers, missing is not None)
        is_exact &= schedules.is_exact and (not schedules.found or missing is None)
        yield from (_planned(schedule, facts, missing) for schedule in schedules.found)
    if not is_exact:
        yield None


def _planned(schedule: Schedule, facts: Facts, missing: Facts | None) -> Plan:
    """Return a plan; `missing` are the facts of an event that does not trigger the rule."""
    return tuple(
        PlannedEvent(at=firing.at, facts=facts if firing.also_triggers or missing is None else missing)
        for firing in schedule
    )


def _plans_with_delays(rule: Rule, rivals: Sequence[Rule], help_: Help, cache: ScheduleCache) -> Iterator[Plan | None]:
    """Give the same plans, and then each plan with triggers that keep the timer of the rule running during the delay.

    A hold that nobody clears stays open as long as needed. A timer may end before, and then nothing is known.
    """
    repeated: list[Plan | None] = []
    for plan in _plans(rule, rivals, help_, cache):
        yield plan
        if plan is not None and ending_under(rule, help_).by is not EndsBy.NOTHING:
            repeated.extend((*_repeated(plan, rule, help_), None))
    yield from repeated


def _repeated(plan: Plan, rule: Rule, help_: Help) -> Iterator[Plan]:
    """Repeat the trigger until the delay is over: each time one microsecond before the timer ends, or when it ends."""
    lasts = ending_under(rule, help_).lasts
    for step in (lasts - MICROSECOND, lasts):
        repeats = max(help_.hands_in_after, help_.appeals_after) // step if step and len(plan) == 1 else 0
        if 0 < repeats <= REPEATS_MAX:
            yield tuple(attrs.evolve(plan[0], at=number * step) for number in range(repeats + 1))
