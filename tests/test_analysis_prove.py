"""The four promises: proved for the published policy, refuted for planted faults, the same as in an exact walk."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import attrs
import pytest

from analysis_walks import TICK, random_rule
from withdraw_guard import (
    Account,
    Appeal,
    AppealDecided,
    AppealSubmitted,
    Clearance,
    Hold,
    HoldEvent,
    IdentityChanged,
    InAppeal,
    InvalidValue,
    InVerification,
    MoreRequested,
    Policy,
    ReleaseOrdered,
    Rule,
    Scope,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    apply,
    check,
    open_holds,
    policies,
    steps,
)
from withdraw_guard.analysis import Proved, Refuted, Unknown, prove, replayed, way_out
from withdraw_guard.analysis import _prove as proving
from withdraw_guard.analysis._people import START, applied, matching_event, possible_events
from withdraw_guard.analysis._prove import is_early
from withdraw_guard.analysis._space import Situation, Space, space_of

HOUR = timedelta(hours=1)
SUPPORT, NOBODY = frozenset({"support"}), frozenset[str]()


def cleared(appeal: Appeal | None = None, **terms) -> Rule:
    rule = {key: terms.pop(key) for key in ("id", "duration", "lifted_by", "repeat", "releasable_by") if key in terms}
    methods = {"unverified": frozenset({"identity_personal"}), "verified": frozenset({"face_web"})}
    clearance = Clearance(**{**methods, "appeal": appeal, **terms})
    return Rule(
        **{"id": "abnormal", "trigger": "abnormal_activity", "clearance": clearance, "releasable_by": SUPPORT, **rule}
    )


def a_policy(*rules: Rule) -> Policy:
    return Policy(id="p", version="1", rules=rules)


def test_the_published_policy_keeps_every_promise() -> None:
    proof = prove(policies.BINANCE)
    assert proof.is_proved
    assert {type(answer) for _, answer in proof.answers} == {Proved}
    assert proof.no_limbo.states == sum(
        len(space_of(a_policy(rule), 1_000).situations) for rule in policies.BINANCE.rules
    )


def test_without_support_the_published_policy_has_a_dead_end() -> None:
    """After a final rejection and a dismissed appeal there is only customer support."""
    proof = prove(policies.BINANCE, authorities=())
    assert not proof.is_proved
    refuted = proof.no_limbo
    assert isinstance(refuted, Refuted)
    assert refuted.rule == "abnormal-activity"
    account = replayed(policies.BINANCE, refuted.journal)
    assert way_out(account, refuted.at, authorities=()) is None
    assert way_out(account, refuted.at) is not None


DEAD_ENDS = {
    "no method for anybody": cleared(unverified=NOBODY, verified=NOBODY),
    "no method once verified": cleared(verified=NOBODY),
    "one attempt": cleared(attempts=1),
    "one attempt and one appeal": cleared(Appeal(), attempts=1),
    "an appeal that comes too late": cleared(Appeal(after_failures=2), attempts=1),
    "support alone": Rule(id="abnormal", trigger="abnormal_activity", releasable_by=SUPPORT),
    "a timer and one attempt": cleared(attempts=1, duration=HOUR, lifted_by="all"),
}


@pytest.mark.parametrize("rule", DEAD_ENDS.values(), ids=DEAD_ENDS)
def test_a_dead_end_is_refuted_and_its_journal_leads_into_it(rule: Rule) -> None:
    policy = a_policy(rule)
    proof = prove(policy, authorities=["compliance"])
    for answer in (proof.no_limbo, proof.next_step):
        assert isinstance(answer, Refuted)
        account = replayed(policy, answer.journal)
        assert way_out(account, answer.at, authorities=["compliance"]) is None
        assert not check(account, answer.at)
    at = proof.next_step.at
    held = open_holds(replayed(policy, proof.next_step.journal), at)
    assert any({type(step) for step in hold.steps} == {steps.ContactSupport} for hold in held)
    assert prove(policy).no_limbo == Proved(states=prove(policy).never_early.states)


def test_a_report_about_the_identity_can_lead_to_a_dead_end_and_never_out() -> None:
    refuted = prove(a_policy(cleared(verified=NOBODY)), authorities=()).no_limbo
    assert isinstance(refuted, Refuted)
    assert {event.type.value for event in refuted.journal} == {"security_event", "identity_changed"}


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        (cleared(Appeal(after_failures=2), attempts=1), "appeal number 1"),
        (cleared(unverified=NOBODY, verified=NOBODY), "a verification"),
        (attrs.evolve(cleared(), where={"initiated_by": "robot"}), "a hold"),
        (cleared(Appeal(limit=2, after_failures=2), attempts=1), "appeal number 1"),
    ],
)
def test_a_promise_that_never_comes_true_is_refuted(rule: Rule, missing: str) -> None:
    answer = prove(a_policy(rule)).reachable
    assert isinstance(answer, Refuted)
    assert answer.sentence == f"{missing} is promised, and no journal leads to it"
    account = replayed(a_policy(rule), answer.journal)
    named = {type(step) for hold in open_holds(account, answer.at) for step in hold.steps}
    assert not named & {steps.Appeal, steps.Verify}


def test_a_check_that_was_stopped_is_unknown() -> None:
    rule = cleared(Appeal(limit=2), attempts=3)
    for authorities in (None, ()):
        proof = prove(a_policy(rule), authorities=authorities, states_max=5)
        assert isinstance(proof.no_limbo, Unknown)
        assert isinstance(proof.never_early, Unknown)
        assert isinstance(proof.reachable, Unknown)
        assert not proof.is_proved
    assert isinstance(prove(a_policy(cleared(appeal=None)), authorities=(), states_max=1).next_step, Unknown)


def test_any_number_of_failures_is_walked() -> None:
    rule = cleared(Appeal(after_failures=40), attempts=41, unverified=frozenset({"x"}), verified=frozenset({"x"}))
    proof = prove(a_policy(rule))
    assert isinstance(proof.reachable, Proved)
    assert isinstance(proof.no_limbo, Proved)
    assert max(len(space_of(a_policy(rule), 10_000).journal_to(n)) for n in (0, proof.no_limbo.states - 1)) > 64


def test_rules_of_the_same_terms_are_walked_once_and_counted_each(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[Policy] = []

    def walk(policy: Policy, states_max: int) -> Space:
        walked.append(policy)
        return space_of(policy, states_max)

    monkeypatch.setattr(proving, "space_of", walk)
    proof = prove(policies.BINANCE)
    assert len(walked) == 3
    assert proof.never_early.states > 3


def test_progress_is_called_for_each_rule() -> None:
    told: list[tuple[int, int]] = []
    prove(policies.BINANCE, progress=lambda done, count: told.append((done, count)))
    assert told == [(number, 6) for number in range(1, 7)]


@pytest.mark.parametrize("states_max", [0, -1, True, "many", None])
def test_the_bound_of_situations_is_at_least_one(states_max: object) -> None:
    with pytest.raises(InvalidValue, match="states_max"):
        prove(policies.BINANCE, states_max=states_max)


def test_authorities_are_names() -> None:
    with pytest.raises(InvalidValue, match="authorities"):
        prove(policies.BINANCE, authorities=["Not a name"])


# ── More is needed, and an identity that ends ────────────────────────────────────────────────────────────────────


def test_a_request_for_more_neither_makes_a_dead_end_nor_leads_out_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(11)
    rules = [random_rule(random, "rule", where=False, deadlines=True) for _ in range(60)]
    asked = [type(prove(a_policy(rule), authorities=()).no_limbo) for rule in rules]

    def never_asking(*about) -> list[HoldEvent]:
        return [event for event in possible_events(*about) if not isinstance(event, MoreRequested)]

    monkeypatch.setattr("withdraw_guard.analysis._space.possible_events", never_asking)
    assert [type(prove(a_policy(rule), authorities=()).no_limbo) for rule in rules] == asked
    assert set(asked) == {Proved, Refuted}


def test_every_situation_after_a_request_for_more_is_walked() -> None:
    space = space_of(a_policy(cleared(Appeal())), 1_000)
    states = [hold.progress.state for edge in space.edges for hold in edge.after.holds]
    assert any(isinstance(state, InVerification) and state.needed for state in states)
    waiting = [state for state in states if isinstance(state, InAppeal) and state.submitted_at is None]
    assert waiting
    assert {type(edge.event) for edge in space.edges if _waits(space, edge.source)} >= {AppealSubmitted, AppealDecided}


def _waits(space: Space, number: int) -> bool:
    states = [hold.progress.state for hold in space.situations[number].account.holds]
    return any(isinstance(state, InAppeal) and state.submitted_at is None for state in states)


def test_time_ends_an_identity_that_an_approval_recorded() -> None:
    """Without such an end, time changes nothing about a hold without a timer."""
    ages = space_of(a_policy(cleared(identity_valid_for=HOUR)), 1_000)
    ended = [(ages.situations[edge.source], ages.situations[edge.target]) for edge in ages.edges if not edge.event]
    assert ended
    for before, after in ended:
        assert before.account.identity_at(before.now) is not None
        assert after.account.identity_at(after.now) is None
    assert not [edge for edge in space_of(a_policy(cleared()), 1_000).edges if edge.event is None]
    assert prove(a_policy(cleared(identity_valid_for=HOUR))).is_proved


# ── Never early: the library never is, so the faults are made by hand ────────────────────────────────────────────


def placed(rule: Rule, event_id: str = "e1") -> tuple[Account, SecurityEvent]:
    event = matching_event(rule, event_id, START)
    return apply(a_policy(rule), Account(id="a1"), event).account, event


def rule_of_hold(account: Account, rule: Rule) -> Account:
    """The account with this rule, and its timer, for its only hold."""
    (hold,) = account.holds
    cause = attrs.evolve(hold.cause, until=hold.cause.at + rule.duration)
    return attrs.evolve(account, holds=(attrs.evolve(hold, rule=rule, triggers=(cause,)),))


TIMED = Rule(id="timed", trigger="password_changed", duration=HOUR)


def test_a_trigger_that_drops_a_hold_is_early() -> None:
    account, _ = placed(TIMED)
    again = matching_event(TIMED, "e2", START + 2 * TICK)
    assert is_early(account, Account(id="a1"), again)
    assert not is_early(account, account, again)


def test_a_trigger_that_ends_a_hold_sooner_is_early() -> None:
    account, _ = placed(TIMED)
    shorter = rule_of_hold(account, attrs.evolve(TIMED, duration=HOUR / 2))
    assert is_early(account, shorter, matching_event(TIMED, "e2", START + TICK))
    endless, _ = placed(cleared())
    ended = rule_of_hold(endless, cleared(duration=HOUR))
    assert is_early(endless, ended, matching_event(TIMED, "e2", START))


def test_a_trigger_that_holds_for_less_than_its_rule_is_early() -> None:
    account, event = placed(TIMED)
    assert not is_early(Account(id="a1"), account, event)
    late = attrs.evolve(event, at=START + TICK)
    assert is_early(Account(id="a1"), account, late)
    kept, event = placed(attrs.evolve(TIMED, repeat="keep"))
    assert not is_early(Account(id="a1"), kept, attrs.evolve(event, at=START + TICK))


def test_an_event_of_the_account_holder_must_end_no_hold_and_a_decision_may() -> None:
    account, _ = placed(cleared(duration=HOUR, lifted_by="all"))
    hold = account.holds[0]
    freed_by = next(event for event in possible_events(account, hold, START, "r1") if isinstance(event, ReleaseOrdered))
    freed = apply(a_policy(hold.rule), account, freed_by)
    about = {"account": "a1", "hold": hold.id, "at": START}
    assert is_early(account, freed.account, VerificationFailed(**about, id="f1"))
    assert not is_early(account, freed.account, freed_by)


def test_an_open_hold_that_stops_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "check", lambda account, at, request: True)
    answer = prove(policies.BINANCE).never_early
    assert isinstance(answer, Refuted)
    assert answer.sentence == "a withdrawal is allowed although a hold is open"
    assert len(answer.journal) == 1


def test_a_rule_that_stops_no_withdrawal_is_checked_with_a_request_that_it_stops() -> None:
    rule = Rule(id="r", trigger="t", scope=Scope(operations=frozenset({"p2p_sale"})), releasable_by=SUPPORT)
    proof = prove(a_policy(rule), authorities=())
    assert isinstance(proof.no_limbo, Refuted)
    assert isinstance(proof.never_early, Proved)


def test_an_early_end_along_the_walk_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "is_early", lambda before, after, event: isinstance(event, VerificationStarted))
    answer = prove(policies.BINANCE).never_early
    assert isinstance(answer, Refuted)
    assert isinstance(answer.journal[-1], VerificationStarted)


# ── Beside an exact walk: every microsecond, and every instant told from now ─────────────────────────────────────


def exact_form(account: Account, place_now, reach: int) -> tuple:
    """Everything of an account but ids, with every instant relative to now and limited by the longest duration."""

    def ago(at) -> int | None:
        return None if at is None else max(-reach, (at - place_now) // TICK)

    forms = []
    for hold in account.holds:
        if hold.is_open(place_now):
            progress, state = hold.progress, hold.progress.state
            opened = ago(state.waits_since) if isinstance(state, InVerification) else None
            waits = isinstance(state, InAppeal) and state.submitted_at is None
            tried = (progress.failures, progress.verification_closed, progress.appeals, progress.reviewer is not None)
            done = (state.state, getattr(state, "method", None), opened, waits, tried, ago(progress.failed_at))
            forms.append((done, ago(hold.latest_at), ago(hold.cause.at), hold.end and ago(hold.end)))
    report = account.identity_report
    ends = None if report is None or report.ends_at is None else min(reach, max(0, ago(report.ends_at)))
    return tuple(sorted(map(repr, forms))), account.identity_at(place_now), ends


def exact_walk(rule: Rule) -> tuple[bool, set[str]]:
    """Whether some state has no way out without an authority, and which events ever happen."""
    policy, reach = a_policy(rule), 4
    start = Situation(account=Account(id="a1"), now=START, came_from=-1, event=None)
    places, found = [start], {exact_form(start.account, START, reach): 0}
    back: dict[int, list[int]] = {}
    happened: set[str] = set()
    ahead = deque([0])
    while ahead:
        source = ahead.popleft()
        account, now = places[source].account, places[source].now
        for event, after, then in steps_from(policy, account, now, f"e{source:06}"):
            form = exact_form(after, then, reach)
            if form not in found:
                found[form] = len(places)
                ahead.append(len(places))
                places.append(Situation(account=after, now=then, came_from=source, event=event))
            if event is not None:
                happened.add(f"{event.type} {getattr(event, 'outcome', '')}")
            if event is None or not isinstance(event, SecurityEvent | IdentityChanged | MoreRequested | ReleaseOrdered):
                back.setdefault(found[form], []).append(source)
        assert len(places) < 20_000
    out = {n for n, place in enumerate(places) if not any(hold.is_open(place.now) for hold in place.account.holds)}
    ahead = deque(out)
    while ahead:
        for source in back.get(ahead.popleft(), ()):
            if source not in out:
                out.add(source)
                ahead.append(source)
    return len(out) < len(places), happened


def steps_from(policy: Policy, account: Account, now, event_id: str) -> Iterator[tuple]:
    yield None, account, now + TICK
    events = [matching_event(policy.rules[0], event_id, now)]
    identity = "personal" if account.identity_at(now) is None else None
    events.append(IdentityChanged(id=event_id, account="a1", at=now, identity=identity))
    cooling: list[Hold] = []
    for hold in account.holds:
        if hold.is_open(now):
            events += possible_events(account, hold, now, event_id)
            cooling += [hold] if hold.progress.state.state == "restored" else []
    for event in events:
        after = applied(policy, account, event)
        # Two holds that only wait for their timers are as many as any number.
        if after is not None and not (isinstance(event, SecurityEvent) and len(cooling) > 1):
            yield event, after, now


def test_the_abstract_walk_agrees_with_an_exact_one() -> None:
    random = Random(7)
    compared = 0
    while compared < 12:
        rule = random_rule(random, "rule", where=False)
        clearance = rule.clearance
        if clearance is None:
            continue
        limited = random.choice(["verify_within", "identity_valid_for", "attempts"])
        if limited != "attempts":
            clearance = attrs.evolve(clearance, **{limited: random.choice([1, 2]) * TICK})
        if clearance.appeal is not None and random.random() < 0.5:
            appeal = attrs.evolve(clearance.appeal, within=random.choice([1, 2]) * TICK, limit=1)
            clearance = attrs.evolve(clearance, appeal=appeal)
        rule = attrs.evolve(rule, clearance=attrs.evolve(clearance, attempts=1))
        compared += 1
        has_limbo, happened = exact_walk(rule)
        proof = prove(a_policy(rule), authorities=())
        assert isinstance(proof.no_limbo, Refuted) is has_limbo, rule
        space = space_of(a_policy(rule), 20_000)
        told = {f"{e.event.type} {getattr(e.event, 'outcome', '')}" for e in space.edges if e.event is not None}
        assert told - {"identity_changed "} == happened - {"identity_changed "}, rule
