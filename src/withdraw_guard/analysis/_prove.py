"""`prove`: four promises of a policy, for every account that the policy can lead to.

A hold influences another only through a trigger that places both, and through the identity of the account. For each
rule every event is tried in every situation, and so is every change of the identity. So what holds for each rule alone
holds for all rules together, and the work is the sum over the rules. Rules with the same terms are walked once.
"""

from collections import deque
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final, TypeAlias, assert_never, final

import attrs

from withdraw_guard._answers.check import check
from withdraw_guard._answers.open import open_holds
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    AppealDecided,
    AppealSubmitted,
    IdentityChanged,
    MoreRequested,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, PolicyRef, Rule, Scope
from withdraw_guard._values.checks import check_names, check_tally, check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import NO_FACTS
from withdraw_guard._values.ids import Authority, RuleId, Trigger
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import AppealOutcome, Repeat, ReviewOutcome
from withdraw_guard.analysis._circumstances import policy_of_one, request_stopped_by
from withdraw_guard.analysis._compare import Progress
from withdraw_guard.analysis._conditions import can_match
from withdraw_guard.analysis._findings import WELL_KNOWN_AUTHORITIES
from withdraw_guard.analysis._people import MICROSECOND, Journal, Reported
from withdraw_guard.analysis._space import Edge, Situation, Space, space_of
from withdraw_guard.steps import ContactSupport

STATES_MAX: Final = 20_000
"""The most situations of one rule that are checked; with more, the answer is unknown."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Proved(Value):
    """The promise holds: every reachable situation was checked, and `states` is their number."""

    states: int


@final
@attrs.frozen(kw_only=True, repr=False)
class Refuted(Value):
    """The promise does not hold: apply the shortest journal to a fresh account and look at it at this instant."""

    rule: RuleId
    sentence: str
    journal: Journal
    at: datetime


@final
@attrs.frozen(kw_only=True, repr=False)
class Unknown(Value):
    """Not known: the check of this rule stopped after this many situations.

    `states` is 0 if the rule has a clearance and a timer that counts business days: such a rule is not checked.
    """

    rule: RuleId
    states: int


Answer: TypeAlias = Proved | Refuted | Unknown
"""The answer to one promise."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Proof(Value):
    """The answers to the four promises.

    `no_limbo`: there is no dead end: from every reachable account some event that people can cause, or time, leads to
    the end of all holds. `never_early`: no event that the account holder can cause ends a hold before the time or the
    clearance of its rule. `next_step`: every denial names a next step that somebody answers. `reachable`: everything
    that the rules promise (a review, an appeal, a release, an end by time) can happen.
    """

    policy: PolicyRef
    no_limbo: Answer
    never_early: Answer
    next_step: Answer
    reachable: Answer

    @property
    def answers(self) -> tuple[tuple[str, Answer], ...]:
        """The promises by name, in the order above."""
        return (
            ("no_limbo", self.no_limbo),
            ("never_early", self.never_early),
            ("next_step", self.next_step),
            ("reachable", self.reachable),
        )

    @property
    def is_proved(self) -> bool:
        """Whether all four are proved."""
        return all(type(answer) is Proved for _, answer in self.answers)


def prove(
    policy: Policy,
    authorities: Collection[Authority] | None = None,
    states_max: int = STATES_MAX,
    progress: Progress | None = None,
) -> Proof:
    """Prove or refute the promises of a policy.

    `authorities` are those that really answer; by default all that the policy names. Pass the staffed ones, or none to
    learn whether every hold ends without an authority. The check of a rule stops after `states_max` situations.
    `progress` is called with the number of finished rules and the number of all.
    """
    check_type("policy", policy, Policy, "a Policy")
    named = frozenset(authority for rule in policy.rules for authority in rule.releasable_by)
    answering = named if authorities is None else frozenset(authorities)
    check_names("authorities", answering)
    for authority in sorted(answering - named - WELL_KNOWN_AUTHORITIES):
        raise InvalidValue("authorities", f"must be well known or named by a rule, got `{authority}`")
    check_tally("states_max", states_max)
    if not states_max:
        raise InvalidValue("states_max", "must be at least 1")
    walked: dict[Rule, _RuleAnswers] = {}
    by_rule: list[_RuleAnswers] = []
    for done, rule in enumerate(policy.rules, start=1):
        by_rule.append(_answers(policy, rule, states_max, answering, walked))
        if progress is not None:
            progress(done, len(policy.rules))
    promises = [_combined([(states, answers[index]) for states, answers in by_rule]) for index in range(4)]
    return Proof(
        policy=policy.ref, no_limbo=promises[0], never_early=promises[1], next_step=promises[2], reachable=promises[3]
    )


_RuleAnswer: TypeAlias = Refuted | Unknown | None
_RuleAnswers: TypeAlias = tuple[int, tuple[_RuleAnswer, ...]]


def _answers(
    policy: Policy, rule: Rule, states_max: int, answering: frozenset[Authority], walked: dict[Rule, _RuleAnswers]
) -> _RuleAnswers:
    """Return the number of situations and the answers for one rule. Rules with the same terms are walked once."""
    terms = _terms_only(rule)
    if terms not in walked:
        walked[terms] = _walked(policy, terms, states_max, answering)
    states, answers = walked[terms]
    if any(isinstance(answer, Refuted) for answer in answers):
        return _walked(policy, rule, states_max, answering)
    return states, tuple(answer and attrs.evolve(answer, rule=rule.id) for answer in answers)


def _terms_only(rule: Rule) -> Rule:
    """Return the rule without what makes no difference to one hold. A rule that nothing matches stays as it is."""
    if not can_match(rule):
        return rule
    return attrs.evolve(rule, id=RuleId("rule"), trigger=Trigger("trigger"), where=NO_FACTS, scope=Scope())


def _walked(policy: Policy, rule: Rule, states_max: int, answering: frozenset[Authority]) -> _RuleAnswers:
    if rule.business_days is not None and rule.clearance is not None:
        # Whether its timer ends before or after another instant depends on the day of the week.
        return 0, (Unknown(rule=rule.id, states=0),) * 4
    space = space_of(policy_of_one(policy, rule), states_max)
    given_up = None if space.is_whole else Unknown(rule=rule.id, states=len(space.situations))
    unreached = _unreached(space)
    return len(space.situations), (
        given_up or _dead_end(space, answering),
        _early(space) or given_up,
        _stepless(space, answering) or given_up,
        unreached and (given_up or unreached),
    )


def _combined(by_rule: list[tuple[int, _RuleAnswer]]) -> Answer:
    """Return the shortest refutation if there is one, else the first unknown answer, else `Proved`."""
    refuted = [answer for _, answer in by_rule if isinstance(answer, Refuted)]
    if refuted:
        return min(refuted, key=lambda each: (len(each.journal), each.at))
    unknown = next((answer for _, answer in by_rule if isinstance(answer, Unknown)), None)
    return Proved(states=sum(states for states, _ in by_rule)) if unknown is None else unknown


def _found(space: Space, number: int, sentence: str) -> Refuted:
    journal = space.journal_to(number)
    return Refuted(rule=space.rule.id, sentence=sentence, journal=journal, at=space.situations[number].now)


def _open(situation: Situation) -> list[Hold]:
    return [hold for hold in situation.account.holds if hold.is_open(situation.now)]


# ── No dead end ──────────────────────────────────────────────────────────────────────────────────────────────────


def _dead_end(space: Space, answering: frozenset[Authority]) -> Refuted | None:
    """Search for a situation from which nothing leads to one without an open hold."""
    sources: dict[int, list[int]] = {}
    for edge in space.edges:
        if _leads_on(edge.event, answering):
            sources.setdefault(edge.target, []).append(edge.source)
    out = {number for number, situation in enumerate(space.situations) if not _open(situation)}
    ahead = deque(out)
    while ahead:
        for source in sources.get(ahead.popleft(), ()):
            if source not in out:
                out.add(source)
                ahead.append(source)
    stuck = next((number for number in range(len(space.situations)) if number not in out), None)
    return None if stuck is None else _found(space, stuck, "neither people nor time can end the hold")


def _leads_on(event: Reported | None, answering: frozenset[Authority]) -> bool:
    """Whether it counts as a way out: time, or an event about a hold. An authority must be one that answers.

    A request for more decides nothing, so it does not count.
    """
    if isinstance(event, SecurityEvent | IdentityChanged | MoreRequested):
        return False
    return not isinstance(event, ReleaseOrdered) or event.authority in answering


# ── Never early ──────────────────────────────────────────────────────────────────────────────────────────────────


def _early(space: Space) -> Refuted | None:
    """Search for an open hold that stops nothing, and for an event by which the account holder ends a hold early."""
    stopped = request_stopped_by(space.rule)
    for number, situation in enumerate(space.situations):
        if any(check(situation.account, then, stopped) for then in _still_held(situation)):
            return _found(space, number, "a withdrawal is allowed although a hold is open")
    for edge in space.edges:
        if edge.event is not None and is_early(space.situations[edge.source].account, edge.after, edge.event):
            return _found(space, edge.target, "an event that the account holder can cause ends a hold early")
    return None


def _still_held(situation: Situation) -> Iterator[datetime]:
    """Give now, and the last instant before each end."""
    for hold in _open(situation):
        yield situation.now
        if hold.end is not None:
            yield hold.end - MICROSECOND


def is_early(before: Account, after: Account, event: Reported) -> bool:
    """Whether an event ends a hold too early, and no reviewer, appeals officer or authority decides the event.

    A trigger must hold for the duration of its rule: from the trigger on, or from the first one if the timer is kept.
    """
    match event:
        case ReviewDecided() | MoreRequested() | AppealDecided() | ReleaseOrdered():
            return False
        case SecurityEvent() | IdentityChanged() | VerificationStarted() | VerificationSubmitted():
            pass
        case VerificationFailed() | AppealSubmitted():
            pass
        case _ as never:
            assert_never(never)
    kept = {hold.id: hold for hold in after.holds}
    for hold in before.holds:
        if hold.is_open(event.at) and (hold.id not in kept or _ends_before(kept[hold.id].end, hold.end)):
            return True
    placed = [hold for hold in after.holds if any(trigger.event == event.id for trigger in hold.triggers)]
    return any(_is_too_short(hold, event) for hold in placed)


def _ends_before(end: datetime | None, other: datetime | None) -> bool:
    return end is not None and (other is None or end < other)


def _is_too_short(hold: Hold, event: Reported) -> bool:
    start, rule = hold.cause.at if hold.rule.repeat is Repeat.KEEP else event.at, hold.rule
    if hold.end is None:
        return False
    if rule.business_days is not None:
        return hold.until is None or hold.end < hold.until
    least = rule.duration if rule.chosen is None else rule.chosen.minimum
    return least is None or hold.end < start + least


# ── A denial always has a next step ──────────────────────────────────────────────────────────────────────────────


def _stepless(space: Space, answering: frozenset[Authority]) -> Refuted | None:
    """Search for an open hold whose only next step is to contact support, if no authority of the rule answers."""
    if space.rule.releasable_by & answering:
        return None
    for number, situation in enumerate(space.situations):
        for hold in open_holds(situation.account, situation.now):
            if all(isinstance(step, ContactSupport) for step in hold.steps):
                return _found(space, number, "the only next step is to contact support, and nobody answers")
    return None


# ── Every promised state is reachable ────────────────────────────────────────────────────────────────────────────


def _unreached(space: Space) -> Refuted | None:
    """Search for something that the rule promises and that never happens."""
    happened = {name for edge in space.edges for name in _happening(space, edge)}
    missing = next((name for name in _promises(space.rule) if name not in happened), None)
    if missing is None:
        return None
    most = max(range(len(space.situations)), key=lambda number: (_failures(space.situations[number]), -number))
    return _found(space, most, f"{missing} is promised, and no journal leads to it")


def _failures(situation: Situation) -> int:
    return max((hold.progress.failures for hold in situation.account.holds), default=-1)


def _promises(rule: Rule) -> Iterator[str]:
    yield "a hold"
    if rule.ends_by_time_alone:
        yield "an end by time"
    if rule.releasable_by:
        yield "a release"
    if rule.clearance is not None:
        yield from ("a verification", "a review", "an approval")
        if rule.clearance.appeal is not None:
            yield from (f"appeal number {number + 1}" for number in range(rule.clearance.appeal.limit))
            yield "an appeal that is granted"


def _happening(space: Space, edge: Edge) -> Iterator[str]:
    """Name the promises of a rule that come true along an edge."""
    match edge.event:
        case SecurityEvent() if edge.after.holds:
            yield "a hold"
        case None if _open(space.situations[edge.source]) and not _open(space.situations[edge.target]):
            yield "an end by time"
        case ReleaseOrdered():
            yield "a release"
        case VerificationStarted():
            yield "a verification"
        case VerificationSubmitted():
            yield "a review"
        case ReviewDecided(outcome=ReviewOutcome.APPROVED):
            yield "an approval"
        case AppealSubmitted():
            yield from (f"appeal number {hold.progress.appeals}" for hold in edge.after.holds)
        case AppealDecided(outcome=AppealOutcome.GRANTED):
            yield "an appeal that is granted"
        case None | SecurityEvent() | IdentityChanged() | VerificationFailed() | MoreRequested():
            return
        case ReviewDecided() | AppealDecided():
            return
        case _ as never:
            assert_never(never)
