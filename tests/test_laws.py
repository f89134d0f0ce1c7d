"""The laws of the guard, each a test of its name. `docs/laws.md` lists them; a test there keeps the list complete."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import get_args

import attrs
import pytest
from hypothesis import Phase as HypothesisPhase
from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

from strategies import (
    METHODS,
    START,
    TICK,
    Story,
    hold_events,
    policies,
    rules,
    security_events,
    stories,
)
from withdraw_guard import (
    TABLE,
    Account,
    Actor,
    ActorKind,
    Appeal,
    AppealDecided,
    AppealOutcome,
    AppealSubmitted,
    ChangeType,
    Clearance,
    Event,
    EventRefused,
    HoldEvent,
    HoldReleased,
    Move,
    Phase,
    Policy,
    Refusal,
    ReleaseOrdered,
    Repeat,
    ReviewDecided,
    ReviewOutcome,
    Rule,
    Scope,
    SecurityEvent,
    State,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    check,
    decide,
    evolve,
    open_holds,
    phase,
    wire,
)
from withdraw_guard._rules.transitions import move_of
from withdraw_guard.steps import StepType
from withdraw_guard.testing import _laws as laws
from withdraw_guard.testing import instants_around
from withdraw_guard.testing._journal import handle

EVER_AFTER = datetime(2199, 1, 1, tzinfo=START.tzinfo)
ADMIN = Actor(id="somebody-else", kind=ActorKind.ADMIN)


# ── always ───────────────────────────────────────────────────────────────────────────────────────────────────────


@given(story=stories(max_events=4))
def test_a_naive_instant_is_refused(story: Story) -> None:
    laws.a_naive_instant_is_refused(story.policy, story.events)


@given(story=stories())
def test_deciding_is_pure(story: Story) -> None:
    laws.deciding_is_pure(story.policy, story.events)


@given(story=stories())
def test_deny_says_why(story: Story) -> None:
    laws.deny_says_why(story.policy, story.events)


@given(story=stories())
def test_a_denial_has_a_next_step(story: Story) -> None:
    laws.a_denial_has_a_next_step(story.policy, story.events)


@given(story=stories())
def test_resumes_at_is_exact(story: Story) -> None:
    laws.resumes_at_is_exact(story.policy, story.events)


@given(story=stories())
def test_time_alone_never_tightens(story: Story) -> None:
    laws.time_alone_never_tightens(story.policy, story.events)


@given(story=stories(), policy=policies(), data=st.data())
def test_a_security_event_never_loosens(story: Story, policy: Policy, data: st.DataObject) -> None:
    at = data.draw(instants_around(story.account))
    event = data.draw(security_events(policy, story.account, "new", at))
    laws.a_security_event_never_loosens(story.policy, story.events, under=policy, event=event)


@given(story=stories(), extra=rules(name="extra"))
def test_a_rule_more_never_allows_more(story: Story, extra: Rule) -> None:
    laws.a_rule_more_never_allows_more(story.policy, story.events, extra=extra)


@given(story=stories(), data=st.data())
def test_rule_order_does_not_matter(story: Story, data: st.DataObject) -> None:
    shuffled = attrs.evolve(story.policy, rules=tuple(data.draw(st.permutations(story.policy.rules))))
    laws.rule_order_does_not_matter(story.policy, story.events, shuffled=shuffled)


@given(policy=policies(repeats=(Repeat.EXTEND, Repeat.SEPARATE)), data=st.data())
def test_security_events_commute(policy: Policy, data: st.DataObject) -> None:
    hours = data.draw(st.lists(st.integers(0, 200), min_size=1, max_size=7))
    events = [
        data.draw(security_events(policy, Account(id="a1"), f"e{number}", START + timedelta(hours=hour)))
        for number, hour in enumerate(hours)
    ]
    again = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=4))))
    laws.security_events_commute(policy, events, again=again)


@given(story=stories())
def test_redelivery_changes_nothing(story: Story) -> None:
    laws.redelivery_changes_nothing(story.policy, story.events)


@given(story=stories(), data=st.data())
def test_releasing_one_hold_touches_no_other(story: Story, data: st.DataObject) -> None:
    laws.releasing_one_hold_touches_no_other(story.policy, story.events, event=one_word(story, data))


@given(story=stories())
def test_a_refused_event_changes_nothing(story: Story) -> None:
    laws.a_refused_event_changes_nothing(story.policy, story.events)


@given(story=stories())
def test_all_events_are_applied_or_none(story: Story) -> None:
    laws.all_events_are_applied_or_none(story.policy, story.events)


@given(story=stories())
def test_changes_replay_to_the_account(story: Story) -> None:
    laws.changes_replay_to_the_account(story.policy, story.events)


@given(story=stories(), policy=policies(), data=st.data())
def test_an_open_hold_keeps_its_terms(story: Story, policy: Policy, data: st.DataObject) -> None:
    at = data.draw(instants_around(story.account))
    event = data.draw(security_events(policy, story.account, "new", at))
    laws.an_open_hold_keeps_its_terms(story.policy, story.events, under=policy, event=event)


@given(story=stories())
def test_a_clearance_is_never_spent_twice(story: Story) -> None:
    laws.a_clearance_is_never_spent_twice(story.policy, story.events)


@given(story=stories())
def test_a_lift_is_never_early(story: Story) -> None:
    laws.a_lift_is_never_early(story.policy, story.events)


@given(story=stories())
def test_next_change_at_misses_nothing(story: Story) -> None:
    laws.next_change_at_misses_nothing(story.policy, story.events)


@given(story=stories())
def test_ticks_are_invisible(story: Story) -> None:
    laws.ticks_are_invisible(story.policy, story.events)


@given(story=stories(), data=st.data())
def test_the_table_is_the_truth(story: Story, data: st.DataObject) -> None:
    laws.the_table_is_the_truth(story.policy, story.events, event=one_word(story, data))


@given(story=stories())
def test_the_wire_forgets_nothing(story: Story) -> None:
    laws.the_wire_forgets_nothing(story.policy, story.events)


@given(policy=policies(), number=st.integers(0, 2**32))
def test_state_is_bounded(policy: Policy, number: int) -> None:
    chance = random.Random(number)
    triggers = [
        SecurityEvent(
            id=f"e{count:03}",
            account="a1",
            at=START + timedelta(hours=chance.randrange(2_000)),
            trigger=chance.choice(policy.rules).trigger,
            initiated_by=ActorKind.USER,
        )
        for count in range(120)
    ]
    laws.state_is_bounded(policy, triggers)


def test_a_flood_of_starts_in_one_microsecond_does_not_grow_the_state() -> None:
    policy = _policy_with_every_state()
    account = apply(policy, Account(id="a1"), _flag("e0", START)).account
    for number in range(200):
        account = handle(policy, account, _started(f"s{number}", START, "e0:r"))
    moved = account.holds[0].progress.moved
    assert moved is not None
    assert len(moved.by) == 64
    assert handle(policy, account, _started("later", START + TICK, "e0:r")) != account


@given(story=stories())
def test_no_user_lifts_their_own_hold(story: Story) -> None:
    laws.no_user_lifts_their_own_hold(story.policy, story.events)


@given(story=stories())
def test_approval_is_newer_than_evidence(story: Story) -> None:
    laws.approval_is_newer_than_evidence(story.policy, story.events)


@settings(max_examples=30)
@given(story=stories(max_events=6))
def test_a_choice_never_shortens(story: Story) -> None:
    laws.a_choice_never_shortens(story.policy, story.events)


@settings(max_examples=30)
@given(story=stories(max_events=6))
def test_holds_apart_are_lifted_apart(story: Story) -> None:
    laws.holds_apart_are_lifted_apart(story.policy, story.events)


@settings(max_examples=30)
@given(story=stories(max_events=6))
def test_a_named_hold_stops_no_other_destination(story: Story) -> None:
    laws.a_named_hold_stops_no_other_destination(story.policy, story.events)


@given(story=stories())
def test_a_business_day_is_counted_by_its_calendar(story: Story) -> None:
    laws.a_business_day_is_counted_by_its_calendar(story.policy, story.events)


# ── eventually ───────────────────────────────────────────────────────────────────────────────────────────────────


@given(story=stories())
def test_no_limbo(story: Story) -> None:
    laws.no_limbo(story.policy, story.events)


@given(story=stories())
def test_a_person_who_proves_who_they_are_gets_out_without_an_authority(story: Story) -> None:
    laws.a_person_who_proves_who_they_are_gets_out_without_an_authority(story.policy, story.events)


def one_word(story: Story, data: st.DataObject) -> HoldEvent:
    """An event about one of the holds, at an instant that matters."""
    assume(story.account.holds)
    hold = data.draw(st.sampled_from(story.account.holds))
    return data.draw(hold_events(story.account, hold, "one-word", data.draw(instants_around(story.account))))


# ── the table, cell by cell ──────────────────────────────────────────────────────────────────────────────────────


def _policy_with_every_state() -> Policy:
    return wire.policy_from_dict(
        {
            "schema": "withdraw-guard/policy/1",
            "id": "p",
            "version": "1",
            "rules": [
                {
                    "id": "r",
                    "trigger": "abnormal_activity",
                    "where": {},
                    "scope": {"operations": "*", "destinations": "any"},
                    "duration": "P5D",
                    "clearance": {
                        "unverified": ["face_web"],
                        "verified": ["face_web"],
                        "attempts": None,
                        "verify_within": None,
                        "review_within": None,
                        "appeal": {
                            "after_failures": 0,
                            "limit": 9,
                            "within": None,
                            "decide_within": None,
                            "documents": [],
                        },
                    },
                    "lifted_by": "all",
                    "repeat": "extend",
                    "releasable_by": ["support"],
                }
            ],
        }
    )


def _flag(event_id: str, at: datetime) -> SecurityEvent:
    return SecurityEvent(id=event_id, account="a1", at=at, trigger="abnormal_activity", initiated_by=ActorKind.SYSTEM)


def _started(event_id: str, at: datetime, hold: str, method: str = "face_web") -> VerificationStarted:
    return VerificationStarted(id=event_id, account="a1", at=at, hold=hold, method=method)


def _move(move: Move, event_id: str, at: datetime) -> Event:
    header = {"id": event_id, "account": "a1", "at": at, "hold": "e0:r"}
    match move:
        case Move.STARTED:
            return VerificationStarted(**header, method="face_web")
        case Move.SUBMITTED:
            return VerificationSubmitted(**header)
        case Move.FAILED:
            return VerificationFailed(**header)
        case Move.APPROVED:
            return ReviewDecided(**header, by=ADMIN, outcome=ReviewOutcome.APPROVED)
        case Move.REJECTED:
            return ReviewDecided(**header, by=ADMIN, outcome=ReviewOutcome.REJECTED)
        case Move.APPEALED:
            return AppealSubmitted(**header)
        case Move.GRANTED:
            return AppealDecided(**header, by=ADMIN, outcome=AppealOutcome.GRANTED)
        case Move.DISMISSED:
            return AppealDecided(**header, by=ADMIN, outcome=AppealOutcome.DISMISSED)
        case Move.RELEASED:
            return ReleaseOrdered(**header, by=ADMIN, authority="support")


ROADS = {
    State.SUSPENDED: (),
    State.VERIFICATION: (Move.STARTED,),
    State.REVIEW: (Move.STARTED, Move.SUBMITTED),
    State.APPEAL: (Move.APPEALED,),
    State.RESTORED: (Move.APPEALED, Move.GRANTED),
}


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", State)
def test_every_cell_of_the_table_is_what_decide_does(state: State, move: Move) -> None:
    policy = _policy_with_every_state()
    account = apply(policy, Account(id="a1"), _flag("e0", START)).account
    for number, before in enumerate(ROADS[state]):
        account = apply(policy, account, _move(before, f"m{number}", START)).account
    assert account.holds[0].stage(START) is state
    event = _move(move, "now", START)
    if move in TABLE[state]:
        after = apply(policy, account, event).account.holds[0]
        assert after.progress.state.state is TABLE[state][move]
    else:
        with pytest.raises(EventRefused) as refused:
            apply(policy, account, event)
        assert refused.value.reason is Refusal.WRONG_STATE


# ── named examples: each was once the shortest counterexample, or marks where a law ends ─────────────────────────


def test_redelivery_after_an_overriding_release_that_was_dated_before_a_trigger_denies_again() -> None:
    """The one place where a redelivered event does change something, and it only adds a hold (rulebook 7).

    Three triggers; a human orders the release as of an instant between the first and the second, overriding. The
    second trigger, delivered once more, is neither the cause nor the latest trigger of the hold, and the hold
    ended before it. The safe answer is to deny.
    """
    policy = _policy_with_every_state()
    flags = [_flag(f"e{hour}", START + timedelta(hours=hour)) for hour in (0, 2, 3)]
    released_at = START + timedelta(hours=1)
    order = attrs.evolve(_move(Move.RELEASED, "order", released_at), override_stale=True)
    account = apply(policy, Account(id="a1"), *flags, order).account
    assert check(account, START + timedelta(hours=4))
    assert handle(policy, account, flags[0]) == account
    assert handle(policy, account, flags[2]) == account
    assert not check(handle(policy, account, flags[1]), START + timedelta(hours=4))


def test_a_rejection_that_shares_its_instant_with_the_next_start_is_counted_once() -> None:
    """Found by an attack: hosts whose clocks have whole seconds reject and start again in one instant."""
    policy = _policy_with_every_state()
    rejected = _move(Move.REJECTED, "r1", START + timedelta(seconds=20))
    account = apply(
        policy,
        Account(id="a1"),
        _flag("e0", START),
        _started("v1", START + timedelta(seconds=1), "e0:r"),
        _move(Move.SUBMITTED, "s1", START + timedelta(seconds=2)),
        rejected,
        _started("v2", rejected.at, "e0:r"),
        _move(Move.SUBMITTED, "s2", START + timedelta(seconds=30)),
    ).account
    with pytest.raises(EventRefused) as refused:
        apply(policy, account, rejected)
    assert (refused.value.reason, refused.value.outdated) == (Refusal.STALE, True)
    another = attrs.evolve(rejected, id="r2")
    assert apply(policy, account, another).account.holds[0].progress.failures == 2


def test_a_hold_that_was_cleared_and_waits_for_its_timer_is_not_joined() -> None:
    policy = _policy_with_every_state()
    account = apply(policy, Account(id="a1"), _flag("e0", START), _move(Move.APPEALED, "m0", START)).account
    account = apply(policy, account, _move(Move.GRANTED, "m1", START), _flag("e1", START + TICK)).account
    assert [hold.id for hold in account.holds] == ["e0:r", "e1:r"]


def test_a_change_says_released_only_of_a_release() -> None:
    policy = _policy_with_every_state()
    account = apply(policy, Account(id="a1"), _flag("e0", START)).account
    (change,) = decide(policy, account, _move(Move.RELEASED, "order", START))
    assert isinstance(change, HoldReleased)
    assert evolve(account, change).holds[0].released


def test_the_default_scope_is_everything() -> None:
    assert Scope() == Scope(operations="*", destinations="any")


ROOMY = Policy(
    id="roomy",
    version="1",
    rules=(
        Rule(
            id="flagged",
            trigger="abnormal_activity",
            clearance=Clearance(
                unverified=METHODS - {"face_web"},
                verified=METHODS - {"identity_personal"},
                attempts=2,
                verify_within=timedelta(hours=2),
                appeal=Appeal(limit=2, within=timedelta(days=7), documents=frozenset({"id_photo"})),
            ),
            releasable_by=frozenset({"support"}),
        ),
        Rule(id="timed", trigger="password_changed", duration=timedelta(hours=24)),
    ),
)


# ── sometimes ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_phase_refusal_change_and_next_step_really_occurs() -> None:
    """What is never reached is proved of nothing: the stories of these laws reach all of it."""
    # By `repr`: a phase and a step may be the same word.
    wanted = {repr(word) for words in (Phase, Refusal, ChangeType, StepType, Move) for word in words}
    wanted -= {repr(Refusal.WRONG_ACCOUNT), repr(Refusal.UNKNOWN_HOLD)}
    seen = {repr(phase(Account(id="a1"), START))}

    @settings(max_examples=150, database=None, phases=[HypothesisPhase.generate])
    @given(story=stories(policy=ROOMY, max_events=18) | stories(max_events=18))
    def look(story: Story) -> None:
        for number, event in enumerate(story.events):
            seen.update(map(repr, _what_it_made_of(story, number, event)))
        seen.add(repr(phase(story.account, EVER_AFTER)))

    for attempt in range(20):
        seed(attempt)(look)()
        if seen >= wanted:
            return
    raise AssertionError(f"never reached: {sorted(wanted - seen)}")


def _what_it_made_of(story: Story, number: int, event: Event) -> list[object]:
    try:
        changes = decide(story.policy, story.accounts[number], event)
    except EventRefused as refused:
        return [refused.reason]
    account = story.accounts[number + 1]
    moves = [move_of(event)] if changes and isinstance(event, get_args(HoldEvent)) else []
    steps = [step.step for hold in open_holds(account, event.at) for step in hold.steps]
    return [*(change.type for change in changes), *moves, *steps, phase(account, event.at)]


@pytest.mark.parametrize(
    ("account", "hold", "reason"),
    [("a2", "e0:r", Refusal.WRONG_ACCOUNT), ("a1", "e0:r", Refusal.UNKNOWN_HOLD)],
)
def test_an_event_for_somebody_else_or_about_an_unknown_hold_is_refused(
    account: str, hold: str, reason: Refusal
) -> None:
    event = _started("s", START, hold)
    with pytest.raises(EventRefused) as refused:
        apply(_policy_with_every_state(), Account(id=account), event)
    assert (refused.value.reason, refused.value.hold, refused.value.outdated) == (reason, None, False)
