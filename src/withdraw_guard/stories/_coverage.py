"""Which points of a policy the scenes of a story cover.

An answer covers a point of a rule only if it would not be as expected without that rule: its hold alone denies, or the
story names all rules that deny. That is why `because` is worth writing where holds overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple, assert_never, final

import attrs

from withdraw_guard._answers.decision import Denied, stops
from withdraw_guard._answers.request import Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    AppealDecided,
    AppealSubmitted,
    EventRetracted,
    HoldEvent,
    IdentityChanged,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationStarted,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import EVERYTHING, Appeal, Policy, Rule
from withdraw_guard._model.refusal import Refusal
from withdraw_guard._prose import BY_ITSELF, RETRACTED, how_ended
from withdraw_guard._rules.offers import appeal_closes_at
from withdraw_guard._rules.signal import matches
from withdraw_guard._rules.transitions import move_of
from withdraw_guard._values.ids import HoldId, Method, RuleId
from withdraw_guard._values.vocabulary import Destination, Destinations, State
from withdraw_guard.operations import WITHDRAWAL
from withdraw_guard.stories import _points as points
from withdraw_guard.stories._clauses import INVALID, Kind
from withdraw_guard.stories._points import Point, Words
from withdraw_guard.stories._tell import Asked, Happened, Scene
from withdraw_guard.stories._times import TICK

# An answer with one of these clauses is known to the last hold.
_NAMES_ALL: Final = frozenset({Kind.ALLOWED, Kind.BECAUSE})
# These would be as true if the request were allowed.
_DENIES: Final = frozenset(Kind) - {
    Kind.ALLOWED,
    Kind.PHASE,
    Kind.NO_VERIFY,
    Kind.NO_APPEAL,
    Kind.REFUSED,
    Kind.UNMATCHED,
}


@final
class _Evidence(NamedTuple):
    """What an answer proves: which holds deny, and which of those that would deny if they were open surely do not."""

    at: datetime
    denying: frozenset[HoldId]
    passing: frozenset[HoldId]


def covered(policy: Policy, scenes: Iterable[Scene]) -> frozenset[Point]:
    """Return the points that a story covers by the scenes that came of it."""
    coverage = _Coverage(policy)
    for scene in scenes:
        match scene:
            case Happened():
                coverage.happened(scene)
            case Asked():
                coverage.asked(scene)
            case _ as never:
                assert_never(never)
    return frozenset(coverage.found)


@final
class _Coverage:
    """What is covered so far, and what a later answer may still prove."""

    def __init__(self, policy: Policy) -> None:
        self.found: Final[set[Point]] = set()
        self._policy: Final = policy
        self._questions: Final[list[_Evidence]] = []
        self._ended: Final[dict[HoldId, str]] = {}
        self._repeated: Final[set[RuleId]] = set()
        self._unmatched: list[tuple[Rule, str]] = []
        self._retracted_for = ""

    def _add(self, rule: RuleId | None, words: Words) -> None:
        group, says = words
        self.found.add(Point(group=group, says=says, rule=rule))

    # ── What happened ────────────────────────────────────────────────────────────────────────────────────────────

    def happened(self, scene: Happened) -> None:
        """Note what an event covers by itself, and what the answers after it may cover."""
        event = scene.event
        self._unmatched = []
        if isinstance(event, SecurityEvent):
            self._triggered(event, scene)
        elif isinstance(event, EventRetracted):
            self._retracted_for = points.retraction(event.authority)
        elif not isinstance(event, IdentityChanged) and (hold := scene.before.hold(event.hold)) is not None:
            self._moved(event, hold, scene)

    def _triggered(self, event: SecurityEvent, scene: Happened) -> None:
        rules = self._policy.rules_by_trigger.get(event.trigger, ())
        for rule in rules:
            if matches(rule, event):
                self._chosen(rule, event, scene.refused)
                if any(hold.rule == rule and hold.is_open(event.at) for hold in scene.before.holds):
                    self._repeated.add(rule.id)
            elif (fact := _only_fact_against(rule, event)) is not None:
                self._unmatched.append((rule, fact))
        if not any(matches(rule, event) for rule in rules):
            for rule, fact in self._unmatched:
                self._add(rule.id, points.otherwise(fact))

    def _chosen(self, rule: Rule, event: SecurityEvent, refused: str | None) -> None:
        if rule.chosen is None:
            return
        least, most = rule.chosen.minimum, rule.chosen.maximum
        accepted = {least: points.SHORTEST, most: points.LONGEST, None: points.UNCHOSEN}
        refusals = {least - TICK: points.TOO_SHORT, most + TICK: points.TOO_LONG}
        words = accepted.get(event.duration) if refused is None else None
        if refused == INVALID and event.duration is not None:
            words = refusals.get(event.duration)
        if words is not None:
            self._add(rule.id, words)

    def _moved(self, event: HoldEvent, hold: Hold, scene: Happened) -> None:
        if scene.refused is not None:
            no_attempt, no_appeal = Refusal.ATTEMPTS_EXHAUSTED, Refusal.APPEAL_NOT_OFFERED
            self._not_offered(hold, verify=scene.refused == no_attempt, appeal=scene.refused == no_appeal)
            return
        rule, clearance, state = hold.rule.id, hold.rule.clearance, hold.stage(event.at)
        self._add(rule, points.moved(move_of(event), state))
        if isinstance(event, ReleaseOrdered):
            self._ended[hold.id] = points.release(event.authority)
        elif isinstance(event, ReviewDecided):
            self._ended[hold.id] = points.APPROVAL
        elif isinstance(event, AppealDecided):
            self._ended[hold.id] = points.GRANT
        elif isinstance(event, VerificationStarted) and clearance is not None:
            is_verified = scene.before.identity_at(event.at) is not None
            self._add(rule, points.verifies(event.method, is_verified=is_verified))
            if hold.progress.failures + 1 == clearance.attempts:
                self._add(rule, points.LAST_ATTEMPT)
        elif isinstance(event, AppealSubmitted) and state is State.SUSPENDED and clearance is not None:
            self._appealed(hold, clearance.appeal)

    def _appealed(self, hold: Hold, terms: Appeal | None) -> None:
        if terms is not None and hold.progress.failures == terms.after_failures:
            self._add(hold.rule.id, points.FIRST_APPEAL)
        if terms is not None and hold.progress.appeals + 1 == terms.limit:
            self._add(hold.rule.id, points.LAST_APPEAL)

    def _not_offered(self, hold: Hold, *, verify: bool, appeal: bool) -> None:
        """Note that a verification or an appeal was not to be had, and that one bound alone was the reason."""
        clearance, progress = hold.rule.clearance, hold.progress
        if clearance is None:
            return
        if verify and progress.failures == clearance.attempts and not progress.verification_closed:
            self._add(hold.rule.id, points.NO_ATTEMPT)
        terms = clearance.appeal
        if appeal and terms is not None:
            if progress.failures == terms.after_failures - 1 and progress.appeals < terms.limit:
                self._add(hold.rule.id, points.EARLY_APPEAL)
            if progress.failures >= terms.after_failures and progress.appeals == terms.limit:
                self._add(hold.rule.id, points.NO_APPEAL)

    # ── What was asked ───────────────────────────────────────────────────────────────────────────────────────────

    def asked(self, scene: Asked) -> None:
        """Note what an answer covers."""
        decision, account = scene.decision, scene.account
        holds = decision.holds if isinstance(decision, Denied) else ()
        expected = {clause.kind for clause in scene.clauses}
        is_exact = not expected.isdisjoint(_NAMES_ALL)
        is_proved = is_exact or (len(holds) == 1 and not expected.isdisjoint(_DENIES))
        denying = frozenset(hold.id for hold in holds if is_proved)
        passing = {hold.id for hold in account.holds if is_exact and stops(hold, decision.request)} - denying
        self._questions.append(_Evidence(decision.at, denying, frozenset(passing)))
        for rule, fact in self._unmatched if is_exact else ():
            if rule.id not in {hold.rule for hold in holds} and rule.scope.covers(decision.request.operation):
                self._add(rule.id, points.otherwise(fact))
        for hold in account.holds:
            if hold.id in denying:
                self._stopped(hold, decision.request, told=Kind.TOLD in expected)
            elif is_exact and hold.is_open(decision.at):
                self._passed(hold, decision.request)
        if len(holds) == 1:
            self._offered(next(hold for hold in account.holds if hold.id == holds[0].id), scene)
        self._ends(account)

    def _stopped(self, hold: Hold, request: Request, *, told: bool) -> None:
        rule = hold.rule
        self._add(rule.id, points.PLACES)
        if told:
            self._add(rule.id, points.TOLD)
        if rule.id in self._repeated and not rule.has_timer:
            self._add(rule.id, points.FURTHER)
        if rule.scope.operations != EVERYTHING:
            self._add(rule.id, points.stops(request.operation))
        elif request.operation != WITHDRAWAL:
            self._add(rule.id, points.STOPS_OTHER)
        if request.destination is Destination.KNOWN:
            self._add(rule.id, points.STOPS_KNOWN)
        if hold.destination_id is not None and request.destination_id is None:
            self._add(rule.id, points.STOPS_UNSAID)

    def _passed(self, hold: Hold, request: Request) -> None:
        rule = hold.rule
        if not rule.scope.covers(request.operation):
            is_left = request.operation in rule.scope.leaves
            self._add(rule.id, points.passes(request.operation) if is_left else points.PASSES_OTHER)
        elif rule.scope.destinations is Destinations.NEW:
            self._add(rule.id, points.PASSES_KNOWN)
        else:
            self._add(rule.id, points.PASSES_ELSEWHERE)

    def _offered(self, hold: Hold, scene: Asked) -> None:
        """Note what the expected steps cover: methods, documents, due dates, bounds and what lapses."""
        rule, kinds, at = hold.rule.id, {clause.kind: clause for clause in scene.clauses}, scene.decision.at
        is_verified = scene.account.identity_at(at) is not None
        if Kind.VERIFY in kinds:
            for method in kinds[Kind.VERIFY].names:
                self._add(rule, points.verifies(Method(method), is_verified=is_verified))
        if Kind.APPEAL in kinds and hold.stage(at) is State.SUSPENDED:
            self._add(rule, points.DOCUMENTS)
        if Kind.REVIEW in kinds and kinds[Kind.REVIEW].at is not None:
            self._add(rule, points.REVIEW_DUE)
        if Kind.DECISION in kinds and kinds[Kind.DECISION].at is not None:
            self._add(rule, points.DECISION_DUE)
        self._not_offered(hold, verify=Kind.NO_VERIFY in kinds, appeal=Kind.NO_APPEAL in kinds)
        for end, instant, said in self._lapses(hold, scene.account):
            if said & kinds.keys():
                self._side(rule, end, instant, at)

    def _lapses(self, hold: Hold, account: Account) -> Iterator[tuple[str, datetime | None, set[Kind]]]:
        """Yield the ends within a hold: of a verification, of the time to appeal, of an identity."""
        report, clearance = account.identity_report, hold.rule.clearance
        yield points.LAPSE, hold.lapses_at, {Kind.PHASE, Kind.COMPLETE, Kind.VERIFY}
        yield points.IDENTITY, None if report is None else report.ends_at, {Kind.VERIFY}
        if clearance is not None and clearance.appeal is not None:
            appeals = {Kind.APPEAL, Kind.APPEAL_PLAIN, Kind.NO_APPEAL}
            yield points.WINDOW, appeal_closes_at(hold, clearance.appeal), appeals

    def _side(self, rule: RuleId | None, end: str, instant: datetime | None, at: datetime) -> None:
        if instant == at:
            self._add(rule, points.at(end))
        elif instant == at + TICK:
            self._add(rule, points.before(end))

    def _ends(self, account: Account) -> None:
        """Note the sides of every end that is known now and was asked about, also before it was known."""
        for hold in account.holds:
            for question in self._questions:
                if question.at == hold.end and hold.id in question.passing:
                    self._end(hold, points.at)
                elif hold.end is not None and question.at == hold.end - TICK and hold.id in question.denying:
                    self._end(hold, points.before)

    def _end(self, hold: Hold, side: Callable[[str], Words]) -> None:
        how = how_ended(hold)
        if how == BY_ITSELF:
            self._add(hold.rule.id, side(points.TIMER))
            if hold.rule.id in self._repeated:
                self._add(hold.rule.id, points.FURTHER)
        elif how == RETRACTED:
            self._add(None, side(self._retracted_for))
        else:
            self._add(hold.rule.id, side(self._ended[hold.id]))


def _only_fact_against(rule: Rule, event: SecurityEvent) -> str | None:
    """Return the only fact for which the event does not match the rule, or none if there are more."""
    against = [name for name in rule.where if not matches(attrs.evolve(rule, where={name: rule.where[name]}), event)]
    return against[0] if len(against) == 1 else None
