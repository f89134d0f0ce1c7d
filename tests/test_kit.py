"""The rest of the test kit: laws as functions, given/when/then, the strategies, and life without the extra."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import get_args

import attrs
import pytest
from hypothesis import Phase as HypothesisPhase
from hypothesis import find, given, settings
from hypothesis import strategies as st

from strategies import START, TICK, Story, stories
from withdraw_guard import (
    Account,
    Actor,
    ActorKind,
    BusinessDay,
    Calendar,
    ChangeType,
    Chosen,
    Destinations,
    Event,
    EventRetracted,
    HoldPlaced,
    Identity,
    IdentityChanged,
    InvalidValue,
    LiftedBy,
    MoreRequested,
    Move,
    Phase,
    Policy,
    Refusal,
    Repeat,
    Request,
    ReviewDecided,
    Rule,
    Scope,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    _hypothesis,
    apply,
    check,
    phase,
    testing,
    triggers,
)
from withdraw_guard._factory import event_of
from withdraw_guard._values.ids import EventId
from withdraw_guard.policies import BINANCE
from withdraw_guard.testing import LAWS, LawBroken, StoryBroken, check_laws
from withdraw_guard.testing import _laws as laws
from withdraw_guard.testing import _laws_of_lifting as lifting
from withdraw_guard.testing import given as story_given
from withdraw_guard.testing._journal import delivered, story_of
from withdraw_guard.testing._next import EventKind, candidates

HOUR = timedelta(hours=1)


def security(name: str, trigger: str, at: datetime = START) -> SecurityEvent:
    return SecurityEvent(id=name, account="a1", at=at, trigger=trigger, initiated_by=ActorKind.USER)


PASSWORD = security("e1", triggers.PASSWORD_CHANGED)
EMAIL = security("e2", triggers.EMAIL_CHANGED, START + HOUR)
FLAG = security("e3", triggers.ABNORMAL_ACTIVITY, START + HOUR)
PERSON = IdentityChanged(id="e5", account="a1", at=START, identity=Identity.PERSONAL)
START_FACE = VerificationStarted(id="e4", account="a1", at=START + HOUR, hold="e3:abnormal-activity", method="face_web")


# ── The laws ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", LAWS)
def test_each_law_has_its_name_and_a_sentence(name: str) -> None:
    assert LAWS[name].__name__ == name
    assert LAWS[name].__doc__


@settings(max_examples=8)
@given(story=stories())
def test_every_law_holds_on_any_policy_and_journal(story: Story) -> None:
    check_laws(story.policy, story.events)


def test_every_law_holds_on_a_plain_journal_under_the_published_rule() -> None:
    again = attrs.evolve(FLAG, id="e9", at=START + 3 * HOUR)
    account = apply(BINANCE, Account(id="a1"), FLAG).account
    proof = [
        event_of(move, account, account.holds[0], move.value, START + 2 * HOUR)
        for move in (Move.STARTED, Move.SUBMITTED, Move.APPROVED)
    ]
    later = apply(BINANCE, account, *proof, again).account
    order = event_of(Move.RELEASED, later, later.holds[-1], "order", START + 4 * HOUR)
    check_laws(BINANCE, [PASSWORD, EMAIL, FLAG, *proof, again, order])


def test_every_law_holds_on_an_empty_journal_and_under_a_policy_with_all_its_rules() -> None:
    rules = tuple(Rule(id=f"r{number}", trigger="t", duration=HOUR) for number in range(256))
    check_laws(BINANCE, ())
    laws.a_rule_more_never_allows_more(Policy(id="full", version="1", rules=rules), [security("e1", "t")])


def test_the_laws_hold_on_any_account_and_any_operation() -> None:
    event = attrs.evolve(PASSWORD, account="another", trigger="t")
    scope = attrs.evolve(BINANCE.rules[0].scope, operations=frozenset({"loan"}))
    check_laws(Policy(id="p", version="1", rules=(Rule(id="r", trigger="t", duration=HOUR, scope=scope),)), [event])


def a_tick_too_early(account: Account, at: datetime, request: Request = testing.HostMachine.withdrawal) -> object:
    """A `check` that is wrong: it allows everybody at the very instant from which nobody is."""
    return check(account, at + TICK, request)


def test_a_law_that_does_not_hold_says_at_which_instant_and_shows_the_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "check", a_tick_too_early)
    with pytest.raises(LawBroken) as broken:
        check_laws(BINANCE, [PASSWORD, EMAIL])
    assert broken.value.law == "deny_says_why"
    assert (broken.value.at, broken.value.problem) == (
        START + 24 * HOUR - TICK,
        "a denial names other holds than those that deny",
    )
    assert str(broken.value).splitlines()[0] == (
        "deny_says_why: a denial names other holds than those that deny, at 2026-01-06T08:59:59.999999+00:00"
    )
    assert "password changed (e1)" in broken.value.timeline


def anything(account: Account, at: datetime) -> None:
    """A question that does not mind a naive instant."""


def test_a_question_that_takes_a_naive_instant_breaks_its_law(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "phase", anything)
    with pytest.raises(LawBroken, match="a_naive_instant_is_refused: a question takes a naive instant"):
        check_laws(BINANCE, [PASSWORD])


# ── Given, when, then ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_reads_as_a_sentence() -> None:
    then = story_given(PASSWORD).under(BINANCE).when(EMAIL)
    then.then(ChangeType.HOLD_PLACED).then_denied_until(EMAIL.at + 48 * HOUR).then_allowed_at(EMAIL.at + 48 * HOUR)
    then.then_denied_at(EMAIL.at + 48 * HOUR - TICK).then_allowed_at(START, Request(operation="deposit"))
    assert [change.hold.id for change in then.changes if isinstance(change, HoldPlaced)] == ["e2:email-changed"]
    story_given(PASSWORD, EMAIL).under(BINANCE).when(PASSWORD).then()
    story_given().under(BINANCE).when(FLAG, EMAIL).then(*apply(BINANCE, Account(id="a1"), FLAG, EMAIL).changes)
    story_given(FLAG).under(BINANCE).when(START_FACE).then_refused(Refusal.METHOD_NOT_ACCEPTED).then_denied_until(None)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda story: story.then(), "should change nothing, and changed hold_placed"),
        (lambda story: story.then(ChangeType.HOLD_MOVED), "should change hold_moved, and changed hold_placed"),
        (lambda story: story.then_refused("stale"), "should be refused, stale, and was not refused"),
        (
            lambda story: story.then_denied_until(None),
            "should be denied whatever time passes, and is denied until 2026",
        ),
        (lambda story: story.then_denied_until(START), "should be denied until 2026-01-05 09:00:00 UTC, and is denied"),
        (
            lambda story: story.then_denied_at(START + 99 * HOUR),
            "should be denied at 2026-01-09 12:00:00 UTC, and is not",
        ),
        (
            lambda story: story.then_allowed_at(START),
            "should be allowed at 2026-01-05 09:00:00 UTC, and is denied until",
        ),
    ],
)
def test_a_wrong_expectation_is_reported_with_the_timeline(
    wrong: Callable[[testing.Outcome], object], says: str
) -> None:
    with pytest.raises(StoryBroken) as broken:
        wrong(story_given(PASSWORD).under(BINANCE).when(EMAIL))
    first, _, *timeline = str(broken.value).splitlines()
    assert first.startswith(says)
    assert timeline[:2] == [
        "2026-01-05 09:00:00  password changed (e1)",
        " " * 21 + "withdrawals are held until 2026-01-06 09:00:00 UTC (hold e1:password-changed)",
    ]


def test_a_refusal_that_was_not_expected_is_reported() -> None:
    refused = story_given(FLAG).under(BINANCE).when(START_FACE)
    with pytest.raises(StoryBroken, match="should change nothing, and was refused: method_not_accepted"):
        refused.then()
    with pytest.raises(StoryBroken, match="should be refused, stale, and was refused: method_not_accepted"):
        refused.then_refused(Refusal.STALE)


def test_a_given_event_that_is_refused_breaks_the_story() -> None:
    with pytest.raises(StoryBroken, match=r"^given: verification_started `e4` on hold .* is refused: method_not"):
        story_given(FLAG, START_FACE).under(BINANCE).when(EMAIL)


def test_the_timeline_shows_late_events_and_changes_by_time_alone() -> None:
    late = attrs.evolve(PASSWORD, id="e5")
    with pytest.raises(StoryBroken) as broken:
        story_given(EMAIL).under(BINANCE).when(late).then_denied_at(START + 99 * HOUR)
    lines = str(broken.value).splitlines()
    assert lines[4] == "2026-01-05 10:00:00  late: password changed (e5, dated 2026-01-05 09:00:00)"
    assert lines[-3:] == [
        "2026-01-06 09:00:00  hold e5:password-changed ended by itself",
        "2026-01-07 10:00:00  hold e2:email-changed ended by itself",
        "2026-01-09 12:00:00  now: allowed",
    ]


# ── The strategies ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_journal_that_reaches_a_deep_state_shrinks_to_a_short_one() -> None:
    def is_in_appeal(journal: tuple[Event, ...]) -> bool:
        return phase(story_of(BINANCE, journal).account, START + 1_000 * HOUR) is Phase.APPEAL

    # One shrink in several stops at six or seven events, so the draw is always the same one.
    how = settings(max_examples=5_000, database=None)
    found = find(testing.journals(BINANCE, max_events=8), is_in_appeal, settings=how, random=Random(1))
    story = story_of(BINANCE, found)
    assert all(story.was_applied)
    assert len(story.events) <= 5


@settings(max_examples=30)
@given(data=st.data(), policy=testing.policies(max_rules=2))
def test_accounts_instants_and_events_can_be_drawn_for_a_policy(data: st.DataObject, policy: Policy) -> None:
    account = data.draw(testing.accounts(policy))
    at = data.draw(testing.instants_around(account))
    for event in (
        data.draw(testing.events(policy)),
        data.draw(testing.events(policy, account, name="next", at=at)),
    ):
        assert isinstance(event, get_args(Event))
        assert event.account == account.id


def any_of(kind: object) -> object:
    return find(
        st.from_type(kind), lambda drawn: True, settings=settings(database=None, phases=[HypothesisPhase.generate])
    )


@pytest.mark.parametrize("kind", [Account, Policy, Rule, *get_args(Event)], ids=lambda kind: kind.__name__)
def test_from_type_draws_values_that_can_exist(kind: type) -> None:
    assert type(any_of(kind)) is kind
    assert isinstance(any_of(Event), get_args(Event))


def test_from_type_works_in_a_fresh_interpreter() -> None:
    script = "from hypothesis import strategies as st; from withdraw_guard import Account; print(st.from_type(Account))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert told.stderr == ""
    assert "flatmap" in told.stdout


# ── Without the extra ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("missing", ["hypothesis", "withdraw_guard.wire"])
def test_without_the_extra_one_line_names_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("withdraw_guard.wire", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError) as error:
        runpy.run_path(str(testing.__file__))
    needed = "withdraw_guard.testing needs cattrs and hypothesis: install withdraw-guard with its extra `testing`"
    assert str(error.value) == needed


def test_hypothesis_can_be_imported_beside_an_installation_without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("withdraw_guard.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    runpy.run_path(str(_hypothesis.__file__))["register"]()


def test_another_fault_of_the_kit_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "withdraw_guard.testing._strategies", None)
    with pytest.raises(ImportError, match="_strategies"):
        runpy.run_path(str(_hypothesis.__file__))


# ── Choices, separate holds and business days ────────────────────────────────────────────────────────────────────────

LOCK = Rule(id="lock", trigger="locked", duration=48 * HOUR, chosen=Chosen(minimum=24 * HOUR, maximum=168 * HOUR))
ADDRESS = Rule(
    id="address",
    trigger="address_added",
    duration=24 * HOUR,
    repeat=Repeat.SEPARATE,
    scope=Scope(destinations=Destinations.NAMED),
)
LAST_DAY = START + 48 * HOUR
DAYS = Calendar(
    days=(
        BusinessDay(begins=START - HOUR, ends=START + HOUR),
        BusinessDay(begins=LAST_DAY, ends=LAST_DAY + 24 * HOUR),
    )
)
REVIEWED = Rule(id="reviewed", trigger="payment_suspected", business_days=1, repeat=Repeat.SEPARATE)
GROWN = Policy(id="grown", version="1", rules=(LOCK, ADDRESS, REVIEWED), calendar=DAYS)


def test_the_laws_hold_where_an_event_can_never_be_applied() -> None:
    too_long = attrs.evolve(security("e1", "locked"), duration=200 * HOUR)
    beyond_the_calendar = security("e2", "payment_suspected", LAST_DAY + HOUR)
    check_laws(GROWN, [too_long, security("e3", "locked", START + HOUR), beyond_the_calendar])
    of_others = attrs.evolve(GROWN, rules=(attrs.evolve(REVIEWED, where={"of_others": True}),))
    check_laws(of_others, [attrs.evolve(beyond_the_calendar, context={"of_others": False})])


def test_the_laws_hold_at_the_end_of_a_calendar() -> None:
    """The next event is the last that the calendar takes, and the one after it is not."""
    check_laws(GROWN, [security("e1", "payment_suspected", LAST_DAY - 2 * TICK)])
    flags = [security("e1", "payment_suspected"), security("e2", "payment_suspected", LAST_DAY - TICK)]
    check_laws(GROWN, flags)


def test_the_laws_hold_with_an_overflow_hold() -> None:
    check_laws(GROWN, [security(f"e{number:02}", "address_added", START + number * TICK) for number in range(64)])


def test_a_fault_that_is_not_about_the_event_is_raised() -> None:
    with pytest.raises(InvalidValue, match="policy"):
        delivered("no policy", Account(id="a1"), PASSWORD)  # type: ignore[arg-type]


def test_a_host_gets_events_with_choices_and_destinations() -> None:
    found = candidates(EventKind.TRIGGER, GROWN, Account(id="a1"), "e1", START, ())
    assert {event.trigger for event in found} == {"locked", "address_added", "payment_suspected"}
    assert {event.duration for event in found} == {None, 168 * HOUR}
    assert {event.destination_id for event in found} == {None, "somewhere"}


def test_a_host_gets_the_words_of_a_vendor_that_names_the_open_round_by_a_clock_that_lags() -> None:
    account = apply(BINANCE, Account(id="a1"), FLAG, PERSON, START_FACE).account
    words = candidates(EventKind.VENDOR, BINANCE, account, "e9", START, ())
    assert {type(word) for word in words} == {MoreRequested, ReviewDecided, VerificationFailed, VerificationSubmitted}
    assert {word.attempt for word in words} == {START_FACE.id}
    assert all(word.at < START_FACE.at for word in words)
    assert [delivered(BINANCE, account, word)[1] for word in words] == [True, False, False, False, True]


def test_a_host_gets_retractions_of_all_that_is_on_record_also_by_somebody_who_may_not_retract() -> None:
    account = apply(BINANCE, Account(id="a1"), FLAG, PERSON).account
    retractions = candidates(EventKind.RETRACTION, BINANCE, account, "e9", START, ())
    assert {(made.event, delivered(BINANCE, account, made)[1]) for made in retractions} == {
        (FLAG.id, True), (FLAG.id, False), (PERSON.id, True), (PERSON.id, False)
    }  # fmt: skip


def test_a_law_takes_one_event_or_one_rule() -> None:
    laws.a_security_event_never_loosens(BINANCE, [PASSWORD], event=EMAIL)
    lifting.the_table_is_the_truth(BINANCE, [FLAG], event=START_FACE)
    laws.a_retracted_event_might_as_well_not_have_happened(BINANCE, [PASSWORD, EMAIL], event=EMAIL.id)
    laws.a_retraction_is_never_early(BINANCE, [PASSWORD], event=EventId("reported-by-nobody"))
    # A rule that counts business days is no rule of a policy without a calendar.
    laws.a_rule_more_never_allows_more(BINANCE, [PASSWORD], extra=REVIEWED)


@pytest.mark.parametrize("lifted_by", LiftedBy)
def test_the_laws_hold_if_a_timer_and_a_clearance_end_a_hold_after_a_failure(lifted_by: LiftedBy) -> None:
    (flagged,) = (rule for rule in BINANCE.rules if rule.clearance is not None)
    terms = attrs.evolve(flagged, duration=24 * HOUR, lifted_by=lifted_by)
    failed = VerificationFailed(id="e6", account="a1", at=START + 2 * HOUR, hold=START_FACE.hold)
    check_laws(attrs.evolve(BINANCE, rules=(terms,)), [FLAG, PERSON, START_FACE, failed])


@pytest.mark.parametrize("after", [HOUR, 60 * HOUR], ids=["before its timer", "after its timer"])
def test_the_laws_hold_if_all_that_a_hold_stands_on_is_taken_back(after: timedelta) -> None:
    wrong = EventRetracted(
        id="e8",
        account="a1",
        at=EMAIL.at + after,
        event=EMAIL.id,
        by=Actor(id="agent", kind=ActorKind.ADMIN),
        authority="security",
        note="of another account",
    )
    assert story_of(BINANCE, [EMAIL, wrong]).account.holds[0].latest_at is None
    check_laws(BINANCE, [EMAIL, wrong])


def test_a_clock_that_does_not_lag_is_no_exception() -> None:
    lifting.a_clock_that_lags_locks_nobody_out(BINANCE, [FLAG], skew=timedelta(0))
