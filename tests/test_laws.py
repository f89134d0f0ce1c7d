"""The laws of the guard, each a test of its name. `docs/laws.md` lists them; a test there keeps the list complete."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import get_args

import attrs
import pytest
from hypothesis import Phase as HypothesisPhase
from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

from strategies import (
    DURATIONS,
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
    ChangeType,
    Clearance,
    Event,
    EventRefused,
    EventRetracted,
    HoldEvent,
    HoldReleased,
    Identity,
    IdentityChanged,
    LiftedBy,
    Move,
    Phase,
    Policy,
    Refusal,
    Repeat,
    Rule,
    Scope,
    SecurityEvent,
    State,
    VerificationStarted,
    apply,
    check,
    decide,
    evolve,
    open_holds,
    phase,
)
from withdraw_guard._factory import event_of
from withdraw_guard._rules.transitions import move_of
from withdraw_guard.steps import StepType
from withdraw_guard.testing import _laws as laws
from withdraw_guard.testing import _laws_of_lifting as lifting
from withdraw_guard.testing import instants_around
from withdraw_guard.testing._journal import handle, story_of

EVER_AFTER = datetime(2199, 1, 1, tzinfo=START.tzinfo)
ADMIN = Actor(id="somebody-else", kind=ActorKind.ADMIN)
WORDS = (Move.SUBMITTED, Move.MORE_REQUESTED, Move.REJECTED, Move.FAILED, Move.APPROVED)


def on_any_story(law: Callable[[Policy, Sequence[Event]], None], max_events: int = 14) -> Callable[[], None]:
    """A law that asks for nothing but a policy and a journal, as a test."""

    @given(story=stories(max_events=max_events))
    def holds(story: Story) -> None:
        law(story.policy, story.events)

    return holds


# ── always ───────────────────────────────────────────────────────────────────────────────────────────────────────


test_a_naive_instant_is_refused = on_any_story(laws.a_naive_instant_is_refused, max_events=4)
test_deciding_is_pure = on_any_story(laws.deciding_is_pure)
test_deny_says_why = on_any_story(laws.deny_says_why)
test_a_denial_has_a_next_step = on_any_story(laws.a_denial_has_a_next_step)
test_resumes_at_is_exact = on_any_story(laws.resumes_at_is_exact)
test_time_alone_never_tightens = on_any_story(laws.time_alone_never_tightens)


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


@st.composite
def flags_only(draw: st.DrawFn) -> Story:
    """A policy whose rules commute, and security events in any order."""
    policy = draw(policies(repeats=(Repeat.EXTEND, Repeat.SEPARATE)))
    hours = draw(st.lists(st.integers(0, 200), min_size=1, max_size=7))
    instants = (START + timedelta(hours=hour) for hour in hours)
    events = [draw(security_events(policy, Account(id="a1"), f"e{number}", at)) for number, at in enumerate(instants)]
    return story_of(policy, events)


@given(story=flags_only(), data=st.data())
def test_security_events_commute(story: Story, data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(story.events), max_size=4))
    laws.security_events_commute(story.policy, story.events, again=data.draw(st.permutations([*story.events, *again])))


@given(story=stories(), policy=policies())
def test_redelivery_changes_nothing(story: Story, policy: Policy) -> None:
    laws.redelivery_changes_nothing(story.policy, story.events, under=policy)


test_a_log_out_of_order_is_refused = on_any_story(laws.a_log_out_of_order_is_refused)


@given(story=stories(), data=st.data())
def test_what_nobody_has_seen_denies(story: Story, data: st.DataObject) -> None:
    laws.what_nobody_has_seen_denies(story.policy, story.events, at=data.draw(instants_around(story.account)))


@given(story=flags_only(), data=st.data())
def test_a_retracted_event_might_as_well_not_have_happened(story: Story, data: st.DataObject) -> None:
    event, at = data.draw(st.sampled_from(story.events)).id, data.draw(instants_around(story.account))
    laws.a_retracted_event_might_as_well_not_have_happened(story.policy, story.events, event=event, at=at)


@given(story=stories(), data=st.data())
def test_a_retraction_touches_no_other_trigger(story: Story, data: st.DataObject) -> None:
    at = data.draw(instants_around(story.account))
    laws.a_retraction_touches_no_other_trigger(story.policy, story.events, at=at)


@given(story=stories(), data=st.data())
def test_a_retraction_is_never_early(story: Story, data: st.DataObject) -> None:
    laws.a_retraction_is_never_early(story.policy, story.events, at=data.draw(instants_around(story.account)))


test_an_unknown_operation_is_covered = on_any_story(laws.an_unknown_operation_is_covered)
test_the_public_reason_betrays_no_detector = on_any_story(laws.the_public_reason_betrays_no_detector)
test_a_step_that_is_offered_is_taken = on_any_story(lifting.a_step_that_is_offered_is_taken)
test_more_costs_nothing = on_any_story(lifting.more_costs_nothing)


@given(story=stories(), words=st.lists(st.sampled_from(WORDS), max_size=6), seconds=st.integers(1, 10**8))
def test_a_clock_that_lags_locks_nobody_out(story: Story, words: list[Move], seconds: int) -> None:
    skew = timedelta(seconds=seconds)
    lifting.a_clock_that_lags_locks_nobody_out(story.policy, story.events, words=words, skew=skew)


@given(story=stories(), lasts=st.sampled_from(DURATIONS))
def test_an_identity_ages_by_itself(story: Story, lasts: timedelta) -> None:
    lifting.an_identity_ages_by_itself(story.policy, story.events, lasts=lasts)


@given(story=stories(), data=st.data())
def test_releasing_one_hold_touches_no_other(story: Story, data: st.DataObject) -> None:
    lifting.releasing_one_hold_touches_no_other(story.policy, story.events, event=one_word(story, data))


test_a_refused_event_changes_nothing = on_any_story(laws.a_refused_event_changes_nothing)
test_all_events_are_applied_or_none = on_any_story(laws.all_events_are_applied_or_none)
test_changes_replay_to_the_account = on_any_story(laws.changes_replay_to_the_account)


@given(story=stories(), policy=policies(), data=st.data())
def test_an_open_hold_keeps_its_terms(story: Story, policy: Policy, data: st.DataObject) -> None:
    at = data.draw(instants_around(story.account))
    event = data.draw(security_events(policy, story.account, "new", at))
    laws.an_open_hold_keeps_its_terms(story.policy, story.events, under=policy, event=event)


test_a_clearance_is_never_spent_twice = on_any_story(lifting.a_clearance_is_never_spent_twice)
test_a_lift_is_never_early = on_any_story(lifting.a_lift_is_never_early)
test_next_change_at_misses_nothing = on_any_story(laws.next_change_at_misses_nothing)
test_ticks_are_invisible = on_any_story(laws.ticks_are_invisible)


@given(story=stories(), data=st.data())
def test_the_table_is_the_truth(story: Story, data: st.DataObject) -> None:
    lifting.the_table_is_the_truth(story.policy, story.events, event=one_word(story, data))


test_the_wire_forgets_nothing = on_any_story(laws.the_wire_forgets_nothing)


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
    account = apply(EVERY_STATE, Account(id="a1"), _flag("e0", START)).account
    for number in range(200):
        account = handle(EVERY_STATE, account, _started(f"s{number}", START, "e0:r"))
    assert len(account.holds[0].progress.moves) == 16
    assert handle(EVERY_STATE, account, _started("later", START + TICK, "e0:r")) != account


test_no_user_lifts_their_own_hold = on_any_story(lifting.no_user_lifts_their_own_hold)
test_approval_is_newer_than_evidence = on_any_story(lifting.approval_is_newer_than_evidence)
test_a_choice_never_shortens = settings(max_examples=30)(on_any_story(laws.a_choice_never_shortens, max_events=6))
test_holds_apart_are_lifted_apart = settings(max_examples=30)(
    on_any_story(laws.holds_apart_are_lifted_apart, max_events=6)
)
test_a_named_hold_stops_no_other_destination = settings(max_examples=30)(
    on_any_story(laws.a_named_hold_stops_no_other_destination, max_events=6)
)
test_a_business_day_is_counted_by_its_calendar = on_any_story(laws.a_business_day_is_counted_by_its_calendar)


# ── eventually ───────────────────────────────────────────────────────────────────────────────────────────────────


test_no_limbo = on_any_story(lifting.no_limbo)
test_a_person_who_proves_who_they_are_gets_out_without_an_authority = on_any_story(
    lifting.a_person_who_proves_who_they_are_gets_out_without_an_authority
)


def one_word(story: Story, data: st.DataObject) -> HoldEvent:
    """An event about one of the holds, at an instant that matters."""
    assume(story.account.holds)
    hold = data.draw(st.sampled_from(story.account.holds))
    return data.draw(hold_events(story.account, hold, "one-word", data.draw(instants_around(story.account))))


# ── the table, cell by cell ──────────────────────────────────────────────────────────────────────────────────────


EVERY_STATE = Policy(
    id="p",
    version="1",
    rules=(
        Rule(
            id="r",
            trigger="abnormal_activity",
            duration=timedelta(days=5),
            clearance=Clearance(
                unverified=frozenset({"face_web"}),
                verified=frozenset({"face_web"}),
                appeal=Appeal(after_failures=0, limit=9),
            ),
            lifted_by=LiftedBy.ALL,
            releasable_by=frozenset({"support"}),
        ),
    ),
)


def _flag(event_id: str, at: datetime) -> SecurityEvent:
    return SecurityEvent(id=event_id, account="a1", at=at, trigger="abnormal_activity", initiated_by=ActorKind.SYSTEM)


def _started(event_id: str, at: datetime, hold: str, method: str = "face_web") -> VerificationStarted:
    return VerificationStarted(id=event_id, account="a1", at=at, hold=hold, method=method)


def _move(move: Move, event_id: str, at: datetime, account: Account) -> HoldEvent:
    return event_of(move, account, account.holds[0], event_id, at, by=ADMIN)


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
    account = apply(EVERY_STATE, Account(id="a1"), _flag("e0", START)).account
    for number, before in enumerate(ROADS[state]):
        account = apply(EVERY_STATE, account, _move(before, f"m{number}", START, account)).account
    assert account.holds[0].stage(START) is state
    event = _move(move, "now", START, account)
    # What an appeal waits for is handed in only after a request for more.
    if move in TABLE[state] and (state, move) != (State.APPEAL, Move.APPEALED):
        after = apply(EVERY_STATE, account, event).account.holds[0]
        assert after.progress.state.state is TABLE[state][move]
    else:
        with pytest.raises(EventRefused) as refused:
            apply(EVERY_STATE, account, event)
        assert refused.value.reason is Refusal.WRONG_STATE


# ── named examples: each was once the shortest counterexample, or marks where a law ends ─────────────────────────


def test_redelivery_after_an_overriding_release_that_was_dated_before_a_trigger_changes_nothing() -> None:
    """The hold remembers each of its triggers, also those that came after the instant of the release."""
    flags = [_flag(f"e{hour}", START + timedelta(hours=hour)) for hour in (0, 2, 3)]
    account = apply(EVERY_STATE, Account(id="a1"), *flags).account
    order = attrs.evolve(_move(Move.RELEASED, "order", START + timedelta(hours=1), account), override_stale=True)
    account = apply(EVERY_STATE, account, order).account
    assert check(account, START + timedelta(hours=4))
    assert [handle(EVERY_STATE, account, flag) for flag in flags] == [account] * 3


def test_a_rejection_that_shares_its_instant_with_the_next_start_is_counted_once() -> None:
    """Found by an attack: hosts whose clocks have whole seconds reject and start again in one instant."""
    account = apply(EVERY_STATE, Account(id="a1"), _flag("e0", START)).account
    moves = [(Move.STARTED, 1), (Move.SUBMITTED, 2), (Move.REJECTED, 20), (Move.STARTED, 20), (Move.SUBMITTED, 30)]
    events = [_move(move, f"m{n}", START + timedelta(seconds=at), account) for n, (move, at) in enumerate(moves)]
    account = apply(EVERY_STATE, account, *events).account
    rejected = events[2]
    assert handle(EVERY_STATE, account, rejected) == account
    assert apply(EVERY_STATE, account, attrs.evolve(rejected, id="r2")).account.holds[0].progress.failures == 2


def test_a_hold_that_was_cleared_and_waits_for_its_timer_is_not_joined() -> None:
    account = apply(EVERY_STATE, Account(id="a1"), _flag("e0", START)).account
    for move in (Move.APPEALED, Move.GRANTED):
        account = apply(EVERY_STATE, account, _move(move, move.value, START, account)).account
    account = apply(EVERY_STATE, account, _flag("e1", START + TICK)).account
    assert [hold.id for hold in account.holds] == ["e0:r", "e1:r"]


def test_triggers_out_of_order_leave_ended_holds_on_record_until_two_more_come() -> None:
    """Each late trigger prolongs a hold that had ended, so that it had not ended by the second latest trigger."""
    rule = Rule(id="r", trigger="abnormal_activity", duration=timedelta(hours=24))
    policy, account = Policy(id="p", version="1", rules=(rule,)), Account(id="a1")
    for hour in (0, 24, 23, 48, 47, 46, 72, 71, 70, 69, 96):
        account = handle(policy, account, _flag(f"e{hour}", START + timedelta(hours=hour)))
    assert [hold.cause.event for hold in account.holds] == ["e0", "e24", "e48", "e72", "e96"]
    for hour in (200, 300):
        account = handle(policy, account, _flag(f"e{hour}", START + timedelta(hours=hour)))
    assert [hold.cause.event for hold in account.holds] == ["e200", "e300"]
    assert sum(len(hold.triggers) for hold in account.holds) == 13


def test_a_report_that_was_recorded_before_is_not_recorded_again_after_the_later_one_was_retracted() -> None:
    """The retraction is dated before both reports, so the retracted report ranks below the older one."""
    first, second = (
        IdentityChanged(id=name, account="a1", at=START, identity=Identity.PERSONAL) for name in ("e0", "e1")
    )
    wrong = EventRetracted(
        id="e2", account="a1", at=START - TICK, event="e1", by=ADMIN, authority="security", note="a mistake"
    )
    laws.a_log_out_of_order_is_refused(EVERY_STATE, [first, second, wrong])


def test_a_change_says_released_only_of_a_release() -> None:
    account = apply(EVERY_STATE, Account(id="a1"), _flag("e0", START)).account
    (change,) = decide(EVERY_STATE, account, _move(Move.RELEASED, "order", START, account))
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
                appeal=Appeal(after_failures=0, limit=2, documents=frozenset({"id_photo"})),
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
        apply(EVERY_STATE, Account(id=account), event)
    assert (refused.value.reason, refused.value.hold, refused.value.outdated) == (reason, None, False)
