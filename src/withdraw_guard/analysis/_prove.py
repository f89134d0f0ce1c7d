"""`prove`: four promises of a policy, for every account that it can ever lead to and not for samples.

A hold never influences another, except through the triggers that place both and through the identity of the account.
Every walk reports every event to its rule at every instant and every identity, so what holds for each rule by itself
holds for all of them together, and the work is the sum over the rules. Rules of the same terms are walked once.
"""

from collections import deque
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._answers.check import check
from withdraw_guard._answers.open import open_holds
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    AppealDecided,
    AppealSubmitted,
    Event,
    IdentityChanged,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, PolicyRef, Rule, Scope
from withdraw_guard._values.checks import check_names, check_tally, check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import Authority, RuleId, Trigger
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import AppealOutcome, Repeat, ReviewOutcome
from withdraw_guard.analysis._circumstances import alone, stopped_by
from withdraw_guard.analysis._compare import Progress
from withdraw_guard.analysis._conditions import can_match
from withdraw_guard.analysis._deeds import MICROSECOND, Journal, Party, party_of
from withdraw_guard.analysis._space import Edge, Place, Space, space_of
from withdraw_guard.steps import ContactSupport

STATES_MAX: Final = 20_000
"""After so many abstract states of one rule the answer is unknown."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Proved(Value):
    """It holds in every one of so many abstract states, and there are no others."""

    states: int


@final
@attrs.frozen(kw_only=True, repr=False)
class Refuted(Value):
    """It does not hold: apply the shortest journal to a fresh account and look at it at this instant."""

    rule: RuleId
    sentence: str
    journal: Journal
    at: datetime


@final
@attrs.frozen(kw_only=True, repr=False)
class Unknown(Value):
    """Nobody knows: the walk of this rule was given up after so many abstract states.

    After none at all, if the rule has a clearance and a timer that counts business days.
    """

    rule: RuleId
    states: int


Answer: TypeAlias = Proved | Refuted | Unknown
"""What became of one promise."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Proof(Value):
    """What became of the four promises.

    `no_limbo`: from every reachable account something that somebody may do, or time, leads to restored.
    `never_early`: nothing that the account holder can cause ends a hold before the time or the clearance of its rule.
    `next_step`: a denial always names a next step that somebody answers to.
    `reachable`: whatever the rules promise (a review, an appeal, a release, an end by time) can really happen.
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

    `authorities` are those who really answer; all that the policy names, if left out. Pass the ones that are staffed,
    or none at all: then no limbo says whether people get out without any of them. A rule is given up after
    `states_max` abstract states. `progress` is called with how many rules are done and how many there are.
    """
    check_type("policy", policy, Policy, "a Policy")
    named = frozenset(authority for rule in policy.rules for authority in rule.releasable_by)
    answering = named if authorities is None else frozenset(authorities)
    check_names("authorities", answering)
    check_tally("states_max", states_max)
    if not states_max:
        raise InvalidValue("states_max", "must be at least one abstract state")
    walked: dict[Rule, tuple[int, _Verdicts]] = {}
    told: list[tuple[int, _Verdicts]] = []
    for done, rule in enumerate(policy.rules, start=1):
        terms = _terms_only(rule)
        if terms not in walked:
            walked[terms] = _walked(policy, terms, states_max, answering)
        states, verdicts = walked[terms]
        if any(isinstance(verdict, Refuted) for verdict in verdicts):
            states, verdicts = _walked(policy, rule, states_max, answering)
        told.append((states, tuple(_about(rule, verdict) for verdict in verdicts)))
        if progress is not None:
            progress(done, len(policy.rules))
    answers = [_combined([(states, verdicts[index]) for states, verdicts in told]) for index in range(4)]
    return Proof(
        policy=policy.ref, no_limbo=answers[0], never_early=answers[1], next_step=answers[2], reachable=answers[3]
    )


_Verdicts: TypeAlias = tuple[Refuted | Unknown | None, ...]


def _about(rule: Rule, verdict: Refuted | Unknown | None) -> Refuted | Unknown | None:
    """Return the verdict with the name of the rule: what is unknown was walked under another name."""
    return attrs.evolve(verdict, rule=rule.id) if isinstance(verdict, Unknown) else verdict


def _terms_only(rule: Rule) -> Rule:
    """Return the rule without what makes no difference to one hold of it. What nothing matches stays as it is."""
    if not can_match(rule):
        return rule
    return Rule(
        id="rule",
        trigger=Trigger("trigger"),
        scope=Scope(),
        duration=rule.duration,
        clearance=rule.clearance,
        lifted_by=rule.lifted_by,
        repeat=rule.repeat,
        releasable_by=rule.releasable_by,
        chosen=rule.chosen,
        business_days=rule.business_days,
        extended_by=frozenset({Trigger("extends")} if rule.extended_by else ()),
    )


def _walked(policy: Policy, rule: Rule, states_max: int, answering: frozenset[Authority]) -> tuple[int, _Verdicts]:
    if rule.business_days is not None and rule.clearance is not None:
        # Whether its timer is over before or after another boundary depends on the day of the week.
        return 0, (Unknown(rule=rule.id, states=0),) * 4
    space = space_of(alone(policy, rule), states_max)
    return len(space.places), (
        _limbo(space, answering),
        _early(space),
        _stepless(space, answering),
        _unreached(space),
    )


def _combined(told: list[tuple[int, Refuted | Unknown | None]]) -> Answer:
    """Return the shortest refutation, or else what is unknown, or else that it is proved."""
    refuted = [verdict for _, verdict in told if isinstance(verdict, Refuted)]
    if refuted:
        return min(refuted, key=lambda each: (len(each.journal), each.at))
    unknown = next((verdict for _, verdict in told if isinstance(verdict, Unknown)), None)
    return Proved(states=sum(states for states, _ in told)) if unknown is None else unknown


def _found(space: Space, number: int, sentence: str) -> Refuted:
    journal = space.journal_to(number)
    return Refuted(rule=space.rule.id, sentence=sentence, journal=journal, at=space.places[number].now)


def _given_up(space: Space) -> Unknown | None:
    return None if space.is_whole else Unknown(rule=space.rule.id, states=len(space.places))


def _open(place: Place) -> list[Hold]:
    return [hold for hold in place.account.holds if hold.is_open(place.now)]


# ── No limbo ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _limbo(space: Space, answering: frozenset[Authority]) -> Refuted | Unknown | None:
    """Look for a place from which nothing leads to one where nothing is open."""
    if not space.is_whole:
        return _given_up(space)
    sources: dict[int, list[int]] = {}
    for edge in space.edges:
        if _leads_on(edge.event, answering):
            sources.setdefault(edge.target, []).append(edge.source)
    out = {number for number, place in enumerate(space.places) if not _open(place)}
    ahead = deque(out)
    while ahead:
        for source in sources.get(ahead.popleft(), ()):
            if source not in out:
                out.add(source)
                ahead.append(source)
    stuck = next((number for number in range(len(space.places)) if number not in out), None)
    return None if stuck is None else _found(space, stuck, "nothing that anybody does, and no time, leads out of here")


def _leads_on(event: Event | None, answering: frozenset[Authority]) -> bool:
    """Whether it is something to count on: time, or what somebody does about a hold."""
    if isinstance(event, SecurityEvent | IdentityChanged):
        return False
    return not isinstance(event, ReleaseOrdered) or event.authority in answering


# ── Never early ──────────────────────────────────────────────────────────────────────────────────────────────────


def _early(space: Space) -> Refuted | Unknown | None:
    """Look for a place that lets through what is held, and for an event by which the account holder is out early."""
    stopped = stopped_by(space.rule)
    for number, place in enumerate(space.places):
        if any(check(place.account, then, stopped) for then in _still_held(place)):
            return _found(space, number, "a withdrawal is let through although a hold is open")
    for edge in space.edges:
        if edge.event is not None and is_early(space.places[edge.source].account, edge.after, edge.event):
            return _found(space, edge.target, "something that the account holder can cause ends a hold early")
    return _given_up(space)


def _still_held(place: Place) -> Iterator[datetime]:
    """Give now and the last instant before each end ahead."""
    for hold in _open(place):
        yield place.now
        if hold.end is not None:
            yield hold.end - MICROSECOND


def is_early(before: Account, after: Account, event: Event) -> bool:
    """Tell whether an event that no reviewer, appeals officer or authority decides ends a hold before its time.

    A trigger must hold for the duration of its rule: counted from it, or from the first one where the timer is kept.
    """
    if not isinstance(event, SecurityEvent | IdentityChanged) and party_of(event) is not Party.HOLDER:
        return False
    kept = {hold.id: hold for hold in after.holds}
    for hold in before.holds:
        if hold.is_open(event.at) and (hold.id not in kept or _ends_before(kept[hold.id].end, hold.end)):
            return True
    return any(_is_too_short(hold, event) for hold in after.holds if hold.latest.event == event.id)


def _ends_before(end: datetime | None, other: datetime | None) -> bool:
    return end is not None and (other is None or end < other)


def _is_too_short(hold: Hold, event: Event) -> bool:
    start, rule = hold.cause.at if hold.rule.repeat is Repeat.KEEP else event.at, hold.rule
    if hold.end is None:
        return False
    if rule.business_days is not None:
        return hold.timer is None or hold.end < hold.timer
    least = rule.duration if rule.chosen is None else rule.chosen.minimum
    return least is None or hold.end < start + least


# ── A denial always has a next step ──────────────────────────────────────────────────────────────────────────────


def _stepless(space: Space, answering: frozenset[Authority]) -> Refuted | Unknown | None:
    """Look for an open hold whose only next step is to contact somebody who does not answer."""
    if space.rule.releasable_by & answering:
        return _given_up(space)
    for number, place in enumerate(space.places):
        for hold in open_holds(place.account, place.now):
            if all(isinstance(step, ContactSupport) for step in hold.steps):
                return _found(space, number, "the only next step is to contact support, and nobody answers")
    return _given_up(space)


# ── Every promised state is reachable ────────────────────────────────────────────────────────────────────────────


def _unreached(space: Space) -> Refuted | Unknown | None:
    """Look for something that the rule promises and that never happens."""
    happened = {name for edge in space.edges for name in _happening(space, edge)}
    missing = next((name for name in _promises(space.rule) if name not in happened), None)
    if missing is None:
        return None
    if not space.is_whole:
        return _given_up(space)
    most = max(range(len(space.places)), key=lambda number: (_failures(space.places[number]), -number))
    return _found(space, most, f"{missing} is promised, and no journal leads to it")


def _failures(place: Place) -> int:
    return max((hold.progress.failures for hold in place.account.holds), default=-1)


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
    """Name what happens along an edge, as far as a rule promises it."""
    match edge.event:
        case SecurityEvent() if edge.after.holds:
            yield "a hold"
        case None if not _open(space.places[edge.target]):
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
        case _:
            return
