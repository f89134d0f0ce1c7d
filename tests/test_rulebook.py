"""The rulebook, sentence by sentence, on the smallest journal that shows it: at each boundary and one tick beside it.

The laws and the reference say more; this says it so that it can be read beside `docs/rulebook.md`. Instants are hours
after the first trigger.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import attrs
import pytest

from withdraw_guard import (
    TABLE,
    Account,
    Actor,
    ActorKind,
    Allowed,
    Appeal,
    AppealDecided,
    AppealOutcome,
    AppealSubmitted,
    BusinessDay,
    Calendar,
    Change,
    Chosen,
    Clearance,
    Denied,
    Destination,
    Destinations,
    Event,
    EventRefused,
    EventRetracted,
    EventType,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    Identity,
    IdentityChanged,
    IdentityRecorded,
    InvalidValue,
    LiftedBy,
    MoreRequested,
    Moved,
    OpenHold,
    Phase,
    Policy,
    Refusal,
    ReleaseOrdered,
    Repeat,
    Request,
    ReviewDecided,
    ReviewOutcome,
    Rule,
    Scope,
    SecurityEvent,
    State,
    TriggerRetracted,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    check,
    next_change_at,
    not_after,
    open_holds,
    operations,
    phase,
    replay,
    steps,
    tips,
    wire,
)
from withdraw_guard._values.limits import INSTANT_MAX, MOVES_MAX, REPORTS_MAX, RETRACTIONS_MAX, TRIGGERS_MAX

# The table of rulebook 13, written down once more: state and move, and the state that follows.
TABLE_OF_RULE_13 = {
    "suspended": {"started": "verification", "appealed": "appeal", "released": "restored"},
    "verification": {
        "started": "verification",
        "submitted": "review",
        "failed": "suspended",
        "released": "restored",
    },
    "review": {
        "approved": "restored",
        "rejected": "suspended",
        "more_requested": "verification",
        "released": "restored",
    },
    "appeal": {
        "granted": "restored",
        "dismissed": "suspended",
        "more_requested": "appeal",
        "appealed": "appeal",
        "released": "restored",
    },
    "restored": {"released": "restored"},
}

ZERO = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
ADMIN = Actor(id="admin", kind=ActorKind.ADMIN)
OTHER_ADMIN = Actor(id="other", kind=ActorKind.ADMIN)
SYSTEM = Actor(id="machine", kind=ActorKind.SYSTEM)
USER = Actor(id="user", kind=ActorKind.USER)
WITHDRAWALS = Scope(operations=frozenset({"withdrawal"}))
APPEAL = Appeal(after_failures=1, limit=2, within=48 * HOUR, decide_within=5 * HOUR, documents=frozenset({"b", "a"}))
CLEARANCE = Clearance(
    unverified=frozenset({"identity_personal", "identity_business"}),
    verified=frozenset({"face_web", "face_mobile"}),
    attempts=2,
    verify_within=HOUR,
    review_within=3 * HOUR,
    appeal=APPEAL,
)


def rule(name: str = "r", trigger: str = "t", **terms: Any) -> Rule:
    lifted = {"releasable_by": frozenset({"support"}), "scope": WITHDRAWALS}
    return Rule(id=name, trigger=trigger, **{**lifted, **terms})


def policy(*rules: Rule) -> Policy:
    return Policy(id="p", version="1", rules=rules)


TIMER = rule(duration=24 * HOUR)
CLEAR = rule(clearance=CLEARANCE)
SUPPORT = steps.ContactSupport(authorities=("support",))
EITHER = rule(duration=24 * HOUR, clearance=CLEARANCE)
BOTH = rule(duration=24 * HOUR, clearance=CLEARANCE, lifted_by=LiftedBy.ALL)
ORDERS_ONLY = rule()


def at(hours: float, tick: int = 0) -> datetime:
    return ZERO + hours * HOUR + tick * TICK


def flag(name: str = "e1", hours: float = 0, tick: int = 0, trigger: str = "t", **facts: Any) -> SecurityEvent:
    return SecurityEvent(
        id=name, account="a", at=at(hours, tick), trigger=trigger, initiated_by=ActorKind.SYSTEM, context=facts
    )


def about(cls: Any, name: str, hours: float, tick: int = 0, hold: str = "e1:r", **members: Any) -> Any:
    return cls(id=name, account="a", at=at(hours, tick), hold=hold, **members)


def start(
    name: str = "s1", hours: float = 1, tick: int = 0, method: str = "identity_personal", **members: Any
) -> Event:
    return about(VerificationStarted, name, hours, tick, method=method, **members)


def submit(name: str = "u1", hours: float = 1.5, tick: int = 0, **members: Any) -> Event:
    return about(VerificationSubmitted, name, hours, tick, **members)


def fail(name: str = "f1", hours: float = 1.5, tick: int = 0, **members: Any) -> Event:
    return about(VerificationFailed, name, hours, tick, **{"reasons": ("blurred",), **members})


def review(outcome: ReviewOutcome, name: str = "d1", hours: float = 2, tick: int = 0, **members: Any) -> Event:
    return about(ReviewDecided, name, hours, tick, outcome=outcome, **{"by": ADMIN, **members})


def approve(name: str = "d1", hours: float = 2, tick: int = 0, **members: Any) -> Event:
    return review(ReviewOutcome.APPROVED, name, hours, tick, **members)


def reject(name: str = "d1", hours: float = 2, tick: int = 0, **members: Any) -> Event:
    return review(ReviewOutcome.REJECTED, name, hours, tick, **{"reasons": ("forged",), **members})


def appeal(name: str = "p1", hours: float = 3, tick: int = 0, **members: Any) -> Event:
    return about(AppealSubmitted, name, hours, tick, **{"documents": frozenset({"a", "b"}), **members})


def decide_appeal(outcome: AppealOutcome, name: str = "q1", hours: float = 4, tick: int = 0, **members: Any) -> Event:
    return about(AppealDecided, name, hours, tick, outcome=outcome, **{"by": OTHER_ADMIN, **members})


def grant(name: str = "q1", hours: float = 4, tick: int = 0, **members: Any) -> Event:
    return decide_appeal(AppealOutcome.GRANTED, name, hours, tick, **members)


def dismiss(name: str = "q1", hours: float = 4, tick: int = 0, **members: Any) -> Event:
    return decide_appeal(AppealOutcome.DISMISSED, name, hours, tick, **{"reasons": ("unproven",), **members})


def release(name: str = "x1", hours: float = 5, tick: int = 0, **members: Any) -> Event:
    return about(ReleaseOrdered, name, hours, tick, **{"by": ADMIN, "authority": "support", **members})


def more(name: str = "m1", hours: float = 2, tick: int = 0, **members: Any) -> Event:
    return about(MoreRequested, name, hours, tick, **{"by": OTHER_ADMIN, **members})


def identity(
    name: str = "i1",
    hours: float = 0,
    value: Identity | None = Identity.PERSONAL,
    tick: int = 0,
    until: float | None = None,
) -> Event:
    valid_until = None if until is None else at(until)
    return IdentityChanged(id=name, account="a", at=at(hours, tick), identity=value, valid_until=valid_until)


def retract(event: str = "e1", hours: float = 5, name: str = "z1", tick: int = 0, **members: Any) -> EventRetracted:
    said = {"by": ADMIN, "authority": "security", "note": "wrong account", **members}
    return EventRetracted(id=name, account="a", at=at(hours, tick), event=event, **said)


def flags(first: int, last: int) -> list[SecurityEvent]:
    """One event for each hour, named by it."""
    return [flag(f"e{hour}", hour) for hour in range(first, last + 1)]


def after(terms: Rule | Policy, *events: Event, account: Account | None = None) -> Account:
    under = terms if isinstance(terms, Policy) else policy(terms)
    return apply(under, account or Account(id="a"), *events).account


def changes(terms: Rule | Policy, account: Account, event: Event) -> tuple[Change, ...]:
    return apply(terms if isinstance(terms, Policy) else policy(terms), account, event).changes


def refusal(account: Account, event: Event, terms: Rule | Policy = CLEAR) -> tuple[Refusal, bool]:
    with pytest.raises(EventRefused) as refused:
        changes(terms, account, event)
    return refused.value.reason, refused.value.outdated


def stale(account: Account, event: Event, terms: Rule = CLEAR) -> bool:
    return refusal(account, event, terms)[0] is Refusal.STALE


def is_denied(account: Account, hours: float, tick: int = 0, request: Request | None = None) -> bool:
    return not (check(account, at(hours, tick), request) if request else check(account, at(hours, tick)))


def ends_at(account: Account, hours: float) -> bool:
    return is_denied(account, hours, -1) and not is_denied(account, hours)


def shown(account: Account, hours: float, tick: int = 0) -> OpenHold:
    (hold,) = open_holds(account, at(hours, tick))
    return hold


FLAGGED = after(CLEAR, flag())
VERIFYING = after(CLEAR, flag(), start())
IN_REVIEW = after(CLEAR, flag(), start(), submit())
REJECTED = after(CLEAR, flag(), start(), submit(), reject())
APPEALED = after(CLEAR, flag(), start(), submit(), reject(), appeal())
MORE_NEEDED = after(CLEAR, more(documents=frozenset({"b"}), reasons=("blurred",)), account=IN_REVIEW)
MORE_NEEDED_IN_APPEAL = after(CLEAR, more("m2", 3.5, documents=frozenset({"c"})), account=APPEALED)
# Seventeen triggers: the second was dropped.
FULL = after(CLEAR, *(flag(f"e{hour}", hour) for hour in range(TRIGGERS_MAX + 1)))


CHOSEN = rule(duration=24 * HOUR, chosen=Chosen(minimum=2 * HOUR, maximum=72 * HOUR))
SEPARATE = rule(duration=24 * HOUR, repeat=Repeat.SEPARATE)
SEPARATE_UNTIL_RELEASED = rule(repeat=Repeat.SEPARATE)
NAMED = rule(
    duration=24 * HOUR,
    repeat=Repeat.SEPARATE,
    scope=Scope(operations=frozenset({"withdrawal"}), destinations=Destinations.NAMED),
)
# Monday to Wednesday and Friday, from midnight to midnight; ZERO is Monday at nine.
MIDNIGHT = ZERO - 9 * HOUR
DAYS = Calendar(
    days=tuple(
        BusinessDay(begins=MIDNIGHT + 24 * day * HOUR, ends=MIDNIGHT + 24 * (day + 1) * HOUR) for day in (0, 1, 2, 4)
    )
)


def by_the_calendar(*rules: Rule, calendar: Calendar = DAYS) -> Policy:
    return Policy(id="p", version="1", rules=rules, calendar=calendar)


def choose(hours: float, name: str = "e1", since: float = 0, tick: int = 0) -> SecurityEvent:
    return attrs.evolve(flag(name, since, tick), duration=hours * HOUR)


def about_one(destination: str, name: str = "e1", hours: float = 0) -> SecurityEvent:
    return attrs.evolve(flag(name, hours), destination_id=destination)


def to(destination: str | None, known: bool = False) -> Request:
    return Request(
        operation="withdrawal",
        destination=Destination.KNOWN if known else Destination.NEW,
        destination_id=destination,
    )


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_1_an_instant_before_2000_is_refused_because_a_unit_was_mistaken_for_another() -> None:
    first = datetime(2000, 1, 1, tzinfo=UTC)
    assert attrs.evolve(flag(), at=first).at == first
    with pytest.raises(InvalidValue, match=r"at: must be between 2000-01-01 and 2200-01-01, got `1999-12-31T"):
        attrs.evolve(flag(), at=first - TICK)


def test_3_a_hold_blocks_until_its_end_and_not_at_it_and_also_before_it_was_placed() -> None:
    account = after(TIMER, flag())
    assert ends_at(account, 24)
    assert is_denied(account, -1000)


def test_4_an_end_may_lie_beyond_2200_and_a_question_may_not_be_asked_there() -> None:
    account = after(TIMER, attrs.evolve(flag(), at=INSTANT_MAX))
    denied = check(account, INSTANT_MAX)
    assert isinstance(denied, Denied)
    assert denied.resumes_at == INSTANT_MAX + 24 * HOUR
    with pytest.raises(InvalidValue, match="at: must be between"):
        check(account, INSTANT_MAX + TICK)


# ── Placing holds ────────────────────────────────────────────────────────────────────────────────────────────────


def test_6_every_rule_that_listens_places_its_own_hold_in_the_order_of_the_policy() -> None:
    account = after(policy(rule("b"), rule("a"), rule("c", "other")), flag())
    assert [hold.id for hold in account.holds] == ["e1:b", "e1:a"]


@pytest.mark.parametrize(
    ("facts", "places"),
    [({"known": True}, True), ({"known": False}, False), ({}, True), ({"known": 1}, True), ({"known": "no"}, True)],
)
def test_6_a_fact_that_is_missing_or_of_another_type_matches(facts: dict[str, Any], places: bool) -> None:
    assert bool(after(rule(where={"known": True}), flag(**facts)).holds) is places


@pytest.mark.parametrize(("expected", "places"), [("system", True), ("user", False), (7, True)])
def test_6_who_initiated_it_is_a_fact_of_that_name(expected: object, places: bool) -> None:
    assert bool(after(rule(where={"initiated_by": expected}), flag(initiated_by="user")).holds) is places


def test_6_a_hold_remembers_its_triggers_with_the_end_of_the_timer_that_each_set() -> None:
    account = after(TIMER, flag(), flag("e2", 10), retract("e2", 12))
    assert [(trigger.event, trigger.until, trigger.settled_at) for trigger in account.holds[0].triggers] == [
        ("e1", at(24), None),
        ("e2", at(34), at(12)),
    ]
    assert account.holds[0].cause.event == "e1"


def test_6_beyond_16_the_trigger_is_dropped_whose_timer_is_over_first_and_never_the_cause() -> None:
    assert TRIGGERS_MAX == 16
    (hold,) = after(TIMER, *flags(0, 16)).holds
    assert [trigger.event for trigger in hold.triggers] == ["e0", *(f"e{hour}" for hour in range(2, 17))]
    assert hold.dropped is not None
    assert (hold.dropped.latest_at, hold.dropped.until) == (at(1), at(25))


def test_6_a_trigger_without_a_timer_counts_as_over_at_its_own_instant() -> None:
    (hold,) = FULL.holds
    assert "e1" not in [trigger.event for trigger in hold.triggers]


def test_6_the_latest_unsettled_trigger_is_never_dropped_although_its_timer_is_over_first() -> None:
    long = [choose(72, f"e{hour}", hour) for hour in range(15)]
    (hold,) = after(CHOSEN, *long, choose(2, "latest", 20), choose(72, "old", 0.5)).holds
    assert "latest" in [trigger.event for trigger in hold.triggers]
    assert "old" not in [trigger.event for trigger in hold.triggers]


def test_6_a_settled_trigger_is_dropped_first_and_its_timer_counts_until_it_was_settled() -> None:
    account = after(CHOSEN, flag("e0"), choose(72, "long", 1), *flags(2, 15), retract("long", 60), flag("e16", 16))
    assert "long" not in [trigger.event for trigger in account.holds[0].triggers]
    assert ends_at(account, 60)


def test_6_a_timer_never_moves_back_because_a_trigger_was_dropped() -> None:
    """Of many choices the longest is dropped here, because it was settled."""
    before = after(CHOSEN, flag("e0"), choose(72, "long", 1), *flags(2, 15), retract("long", 60))
    after_it = after(CHOSEN, flag("e16", 16), account=before)
    assert before.holds[0].until == after_it.holds[0].until == at(60)


def test_9_what_a_released_hold_has_dropped_counts_until_that_hold_ended() -> None:
    """Found by the reference: seventeen choices are released, and two short ones are held for as long as the first."""
    long = [choose(72, f"e{hour}", hour) for hour in range(17)]
    order = release(hours=18, hold="e0:r")
    account = after(CHOSEN, *long, order, choose(2, "next", 19), choose(2, "last", 22))
    assert ends_at(account, 24)


@pytest.mark.parametrize("number", range(3))
def test_7_an_event_that_a_hold_of_that_rule_id_remembers_is_already_known(number: int) -> None:
    events = (flag("e1"), flag("e2", 1), flag("e3", 2))
    account = after(TIMER, *events, retract("e2", 3))
    assert changes(TIMER, account, events[number]) == ()
    assert changes(rule(duration=36 * HOUR), account, events[number]) == ()
    assert changes(TIMER, account, attrs.evolve(events[number], at=at(2.5))) != ()


def test_7_whether_an_event_is_known_is_asked_before_bounds_and_calendars() -> None:
    account = after(CHOSEN, choose(72))
    narrower = attrs.evolve(CHOSEN, chosen=Chosen(minimum=2 * HOUR, maximum=48 * HOUR))
    assert changes(narrower, account, choose(72)) == ()
    counted = rule(business_days=1)
    known = after(by_the_calendar(counted), flag())
    next_year = Calendar(days=(BusinessDay(begins=at(9_000), ends=at(9_024)),))
    assert changes(by_the_calendar(counted, calendar=next_year), known, flag()) == ()


def test_7_the_calendar_of_next_year_and_an_event_of_december_that_is_delivered_again() -> None:
    days = tuple(
        BusinessDay(begins=datetime(2026, 12, day, tzinfo=UTC), ends=datetime(2026, 12, day + 1, tzinfo=UTC))
        for day in (28, 29, 30)
    )
    january = tuple(
        attrs.evolve(day, begins=day.begins + 31 * 24 * HOUR, ends=day.ends + 31 * 24 * HOUR) for day in days
    )
    event = attrs.evolve(flag(), at=datetime(2026, 12, 28, 9, tzinfo=UTC))
    terms = rule(business_days=2)
    account = after(by_the_calendar(terms, calendar=Calendar(days=days)), event)
    assert account.holds[0].until == datetime(2026, 12, 31, tzinfo=UTC)
    assert changes(by_the_calendar(terms, calendar=Calendar(days=january)), account, event) == ()
    with pytest.raises(InvalidValue, match=r"event\.at: must lie within the calendar"):
        changes(by_the_calendar(terms, calendar=Calendar(days=january)), account, attrs.evolve(event, id="e2"))


def test_7_an_event_that_may_have_been_dropped_is_swallowed() -> None:
    assert changes(CLEAR, FULL, flag("e1", 1)) == ()
    assert changes(CLEAR, FULL, flag("unseen", 1)) == ()
    assert changes(CLEAR, FULL, flag("unseen", -1)) == ()


def test_7_an_event_later_than_the_latest_dropped_trigger_is_not_swallowed() -> None:
    assert isinstance(changes(CLEAR, FULL, flag("unseen", 1, tick=1))[0], HoldRepeated)


def test_7_an_event_later_than_the_earliest_remembered_trigger_beside_the_cause_is_not_swallowed() -> None:
    account = after(CHOSEN, *(choose(72, f"e{hour}", hour) for hour in range(16)), choose(2, "short", 10))
    assert "short" not in [trigger.event for trigger in account.holds[0].triggers]
    assert isinstance(changes(CHOSEN, account, choose(2, "unseen", 5))[0], HoldRepeated)
    assert changes(CHOSEN, account, choose(2, "unseen", 1)) == ()


def test_7_nothing_is_swallowed_while_nothing_has_been_dropped() -> None:
    account = after(CLEAR, *flags(0, 15))
    assert len(account.holds[0].triggers) == TRIGGERS_MAX
    assert isinstance(changes(CLEAR, account, flag("unseen", -1))[0], HoldRepeated)


def test_7_a_hold_that_ends_at_the_instant_of_the_event_has_not_ended_before_it() -> None:
    account = after(CLEAR, release(hours=0.5, hold="e0:r", override_stale=True), account=FULL)
    assert changes(CLEAR, account, flag("unseen", 0.5)) == ()
    assert isinstance(changes(CLEAR, account, flag("unseen", 0.5, tick=1))[0], HoldPlaced)


def test_7_an_event_is_never_swallowed_whose_timer_would_end_later_than_those_on_record() -> None:
    account = after(CHOSEN, *flags(0, 16))
    assert changes(CHOSEN, account, choose(39.5, "unseen", 0.5)) == ()
    longer = attrs.evolve(choose(39.5, "unseen", 0.5), duration=39.5 * HOUR + TICK)
    assert isinstance(changes(CHOSEN, account, longer)[0], HoldRepeated)


def test_7_the_timer_of_a_settled_trigger_swallows_only_until_it_was_settled() -> None:
    account = after(CHOSEN, *flags(0, 15), choose(72, "wrong", 15), retract("wrong", 16), choose(50, "old", 0.5))
    assert ends_at(account, 50.5)


def test_8_an_event_joins_an_open_hold_of_exactly_the_same_rule_and_the_state_stays() -> None:
    account = after(CLEAR, flag(), start(), submit(), flag("e2", 1.75))
    assert [hold.id for hold in account.holds] == ["e1:r"]
    assert account.holds[0].latest_at == at(1.75)
    assert shown(account, 2).state is State.REVIEW


@pytest.mark.parametrize(("repeat", "end"), [(Repeat.EXTEND, 34), (Repeat.KEEP, 24)])
def test_8_extend_lasts_until_the_latest_timer_and_keep_until_that_of_the_cause(repeat: Repeat, end: float) -> None:
    account = after(rule(duration=24 * HOUR, repeat=repeat), flag(), flag("e2", 10))
    assert ends_at(account, end)
    assert account.holds[0].latest_at == at(10)


def test_8_an_older_event_joins_and_does_not_shorten_the_timer() -> None:
    account = after(TIMER, flag("e2", 10), flag("e1", 0))
    assert [trigger.event for trigger in account.holds[0].triggers] == ["e2", "e1"]
    assert ends_at(account, 34)


def test_8_a_kept_hold_whose_cause_is_settled_lasts_as_long_as_one_that_extends() -> None:
    """Without that sentence: allowed at 102 although the last of three flags holds until 172."""
    kept = rule(duration=72 * HOUR, repeat=Repeat.KEEP)
    account = after(kept, flag("e1", 80), flag("e2", 100), retract("e1", 102))
    assert ends_at(account, 172)


def test_8_a_settled_trigger_counts_in_the_timer_until_it_was_settled() -> None:
    account = after(TIMER, flag(), flag("e2", 10), retract("e2", 30))
    assert ends_at(account, 30)
    assert ends_at(after(TIMER, flag(), flag("e2", 10), retract("e2", 12)), 24)


def test_8_a_hold_that_ends_at_the_instant_of_the_event_is_not_joined() -> None:
    assert isinstance(changes(TIMER, after(TIMER, flag()), flag("e2", 24, tick=-1))[0], HoldRepeated)
    assert isinstance(changes(TIMER, after(TIMER, flag()), flag("e2", 24))[0], HoldPlaced)


@pytest.mark.parametrize(
    "lift",
    [(start(), submit(), approve()), (release(hours=1, override_stale=True),), (retract("e1", 9),)],
    ids=["cleared", "released", "retracted"],
)
def test_8_a_hold_that_was_cleared_or_released_or_whose_triggers_are_all_settled_is_not_joined(
    lift: tuple[Event, ...],
) -> None:
    account = after(BOTH, flag(), *lift, flag("e2", 3))
    assert [hold.id for hold in account.holds][-1] == "e2:r"


def test_9_a_new_hold_prunes_each_hold_that_has_ended_and_takes_its_triggers_over() -> None:
    (placed,) = changes(TIMER, after(TIMER, flag(), flag("e2", 1)), flag("e3", 25))
    assert isinstance(placed, HoldPlaced)
    assert placed.pruned == ()
    (placed,) = changes(TIMER, after(TIMER, flag(), flag("e2", 1), flag("e3", 25)), flag("e4", 49))
    assert isinstance(placed, HoldPlaced)
    assert placed.pruned == ("e1:r",)
    assert [trigger.event for trigger in placed.hold.triggers] == ["e4", "e1", "e2"]


def test_9_one_wrong_date_alone_prunes_nothing() -> None:
    """With it, a rejection for good was lost: the wrong date pruned the hold, and the next one had fresh attempts."""
    account = after(EITHER, flag(), start(), submit(), reject(final=True), flag("wrong", 1_000_000))
    account = after(EITHER, retract("wrong", 4), account=account)
    assert account.hold("e1:r") is not None
    assert refusal(account, start("s2", 5), EITHER)[0] is Refusal.ATTEMPTS_EXHAUSTED


def test_9_a_settled_trigger_counts_at_the_earlier_of_its_instant_and_of_that_at_which_it_was_settled() -> None:
    account = after(TIMER, flag("wrong", 1_000_000), retract("wrong", 1), flag(), flag("far", 1_000_000))
    assert account.hold("e1:r") is not None


def test_9_what_is_taken_over_from_a_released_hold_is_settled_at_its_end() -> None:
    account = after(CLEAR, flag(), release(hours=2), flag("e2", 3), flag("e3", 4), release("x2", 5, hold="e2:r"))
    account = after(CLEAR, flag("e4", 6), account=account)
    settled = {trigger.event: trigger.settled_at for trigger in account.holds[-1].triggers}
    assert settled == {"e4": None, "e1": at(2)}
    assert changes(CLEAR, account, flag()) == ()


def test_9_a_rule_that_has_changed_places_a_second_hold_and_the_first_keeps_its_terms() -> None:
    account = after(rule(duration=HOUR), flag("e2", 1), account=after(TIMER, flag()))
    assert [hold.until for hold in account.holds] == [at(24), at(2)]


def test_10_a_hold_id_that_is_taken_is_numbered() -> None:
    first = after(TIMER, flag())
    second = after(rule(duration=HOUR), flag("e1", 1), account=first)
    third = after(rule(duration=2 * HOUR), flag("e1", 1.5), account=second)
    assert [hold.id for hold in third.holds] == ["e1:r", "e1:r#2", "e1:r#3"]


def test_10_a_hold_that_this_event_prunes_still_counts_as_taken() -> None:
    account = after(TIMER, flag("e1", 0), flag("e2", 25), flag("e1", 50))
    assert [hold.id for hold in account.holds] == ["e2:r", "e1:r#2"]


def test_11_security_events_commute() -> None:
    events = (flag("e1", 0), flag("e2", 10), flag("e3", 24), flag("e4", 60))
    answers = {
        tuple(
            getattr(check(after(TIMER, *order), at(hours)), "resumes_at", None) for hours in (0, 5, 24, 47, 48, 61, 84)
        )
        for order in permutations(events)
    }
    assert len(answers) == 1


# ── The cases of the field ───────────────────────────────────────────────────────────────────────────────────────


def test_a_burst_of_three_flags_is_cleared_and_the_middle_one_comes_again_under_the_next_version() -> None:
    burst = (flag("e1", 0), flag("e2", 0.1), flag("e3", 0.2))
    account = after(CLEAR, *burst, start(), submit(), approve())
    next_version = attrs.evolve(policy(attrs.evolve(CLEAR, scope=Scope())), version="2")
    assert changes(next_version, account, burst[1]) == ()
    assert not is_denied(account, 2)


def test_flags_at_0_and_4_are_released_at_5_and_a_flag_of_3_arrives_and_holds() -> None:
    """A flag that nobody had seen was swallowed by a release that came later."""
    account = after(CLEAR, flag(), flag("e2", 4), release(hours=5))
    assert isinstance(changes(CLEAR, account, flag("e3", 3))[0], HoldPlaced)
    assert is_denied(after(CLEAR, flag("e3", 3), account=account), 6)


@pytest.mark.parametrize("operation", ["withdraw", "withdrawals", "payout"])
def test_a_misspelt_operation_is_denied_under_a_password_hold(operation: str) -> None:
    assert is_denied(after(TIMER, flag()), 1, request=Request(operation=operation))
    assert not is_denied(after(TIMER, flag()), 1, request=Request(operation="trade"))


def test_an_identity_that_is_valid_for_a_year_is_asked_about_after_400_days() -> None:
    aging = attrs.evolve(CLEARANCE, identity_valid_for=timedelta(days=365))
    account = after(rule(clearance=aging), flag(), start(), submit(), approve())
    assert account.identity_at(at(2) + timedelta(days=365) - TICK) is Identity.PERSONAL
    assert account.identity_at(at(2) + timedelta(days=365)) is None
    late = after(rule(clearance=aging), flag("e2", 400 * 24), account=account)
    (verify, _) = shown(late, 400 * 24).steps
    assert isinstance(verify, steps.Verify)
    assert verify.methods == ("identity_business", "identity_personal")


def test_an_account_row_of_somebody_else_is_refused() -> None:
    row = wire.to_dict(FLAGGED)
    assert wire.account_from_dict(row, account="a") == FLAGGED
    with pytest.raises(InvalidValue, match="id: must be `b`, got `a`"):
        wire.account_from_dict(row, account="b")


def test_a_vendor_30_seconds_behind_names_its_attempt_and_its_check_of_12_seconds_counts() -> None:
    behind, second = 30 / 3600, 1 / 3600
    account = after(
        CLEAR,
        flag(),
        start(hours=1),
        submit(hours=1 + 5 * second - behind, attempt="s1"),
        approve(hours=1 + 17 * second - behind, attempt="s1", by=SYSTEM),
    )
    assert ends_at(account, 1)


def test_a_start_at_700_milliseconds_and_a_submission_that_is_stamped_with_whole_seconds() -> None:
    started_at = 1 + 0.7 / 3600
    account = after(CLEAR, flag(), start(hours=started_at), submit(hours=1, attempt="s1"))
    assert shown(account, started_at).state is State.REVIEW
    assert stale(after(CLEAR, flag(), start(hours=started_at)), submit(hours=1))


def test_a_vendor_says_pending_again_and_again_and_then_that_it_is_approved() -> None:
    """Pending, prechecked, queued, on hold, pending, awaiting service, approved: each says that it was handed in."""
    words = [submit(f"u{number}", 1 + number / 100, attempt="s1") for number in range(6)]
    account = after(CLEAR, flag(), start(hours=1), *words)
    assert account.holds[0].progress.moved_at == words[0].at
    assert not is_denied(after(CLEAR, approve(hours=1.5, attempt="s1"), account=account), 1.5)


SECOND_SESSION = (start("s2", 1.3), submit("u2", 1.4, attempt="s2"), approve("d2", 1.5, attempt="s2"))


def test_a_session_expires_before_it_is_replaced() -> None:
    account = after(CLEAR, flag(), start(hours=1), fail("x", 1.2, attempt="s1"), *SECOND_SESSION)
    assert account.holds[0].progress.failures == 1
    assert not is_denied(account, 1.5)


@pytest.mark.parametrize("number", [1, 2, 3], ids=["after its start", "after its submission", "after its approval"])
def test_a_session_that_was_replaced_expires_during_the_new_one_or_after_it(number: int) -> None:
    account = after(CLEAR, flag(), start(hours=1), *SECOND_SESSION[:number])
    assert refusal(account, fail("x", 1.2 + number / 10, tick=1, attempt="s1"))[1]
    account = after(CLEAR, *SECOND_SESSION[number:], account=account)
    assert account.holds[0].progress.failures == 0
    assert not is_denied(account, 1.5)


def test_more_documents_are_asked_for_and_a_late_word_of_before_is_no_answer_with_one_attempt() -> None:
    terms = rule(clearance=attrs.evolve(CLEARANCE, attempts=1))
    account = after(terms, flag(), start(hours=1), submit(hours=1.1, attempt="s1"))
    account = after(terms, more(hours=1.2, attempt="s1", documents=frozenset({"passport"})), account=account)
    account = after(terms, submit("u2", 1.15, attempt="s1"), account=account)
    assert shown(account, 1.3).steps == (
        steps.CompleteVerification(method="identity_personal", due=at(2.2), documents=("passport",)),
    )
    account = after(terms, submit("u3", 1.4, attempt="s1"), approve(hours=1.5, attempt="s1"), account=account)
    assert not is_denied(account, 1.5)


def test_a_log_in_which_a_submission_stands_twice_does_not_undo_a_final_rejection() -> None:
    log = apply(policy(CLEAR), Account(id="a"), flag(), start(), submit(), reject(final=True)).changes
    account = replay(Account(id="a"), [*log, log[2]])
    assert account == after(CLEAR, flag(), start(), submit(), reject(final=True))
    assert refusal(account, start("s2", 3))[0] is Refusal.ATTEMPTS_EXHAUSTED


# ── Kinds of rules ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hours", [2, 48, 72])
def test_25_the_account_holder_chooses_how_long_and_both_bounds_are_offered(hours: float) -> None:
    assert ends_at(after(CHOSEN, choose(hours)), hours)


def test_25_an_event_without_a_choice_has_the_duration_of_the_rule() -> None:
    assert ends_at(after(CHOSEN, flag()), 24)


@pytest.mark.parametrize("duration", [2 * HOUR - TICK, 72 * HOUR + TICK])
def test_25_a_choice_outside_the_bounds_refuses_the_whole_event_and_names_the_bounds(duration: timedelta) -> None:
    event = attrs.evolve(flag(), duration=duration)
    with pytest.raises(InvalidValue, match=r"event\.duration: .*`PT2H` to `PT72H`") as refused:
        after(policy(rule("first", duration=HOUR), CHOSEN), event)
    assert refused.value.path == "event.duration"


def test_25_a_rule_without_chosen_ignores_a_choice() -> None:
    assert ends_at(after(TIMER, choose(1)), 24)


def test_25_a_rule_that_does_not_match_ignores_a_choice() -> None:
    assert after(attrs.evolve(CHOSEN, where={"known": True}), attrs.evolve(choose(1), context={"known": False})) == (
        Account(id="a")
    )


def test_25_a_rule_with_chosen_has_no_clearance_and_does_not_keep_its_timer() -> None:
    with pytest.raises(InvalidValue, match="chosen: must not be given beside a clearance"):
        attrs.evolve(CHOSEN, clearance=CLEARANCE)
    with pytest.raises(InvalidValue, match="repeat: must not be `keep`, because the account holder chooses"):
        attrs.evolve(CHOSEN, repeat=Repeat.KEEP)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_25_the_timer_is_the_latest_end_that_any_of_its_triggers_set(order: tuple[int, ...]) -> None:
    choices = (choose(48), choose(2, "e2", 1), choose(24, "e3", 2))
    assert ends_at(after(CHOSEN, *(choices[number] for number in order)), 48)


def test_25_what_a_released_hold_chose_never_comes_back() -> None:
    long, order = choose(72), release(hours=2)
    account = after(CHOSEN, long, choose(2, "e2", 1), order, choose(2, "e3", 10), choose(2, "e4", 12))
    assert [hold.id for hold in account.holds] == ["e3:r", "e4:r"]
    assert changes(CHOSEN, account, long) == ()
    assert ends_at(account, 14)


def test_26_every_event_places_a_hold_of_its_own_and_releasing_one_leaves_the_others() -> None:
    account = after(SEPARATE_UNTIL_RELEASED, flag(), flag("e2", 1), release(hours=2))
    assert [(hold.id, hold.end) for hold in account.holds] == [("e1:r", at(2)), ("e2:r", None)]
    assert is_denied(account, 9_999)


def test_26_an_event_that_placed_a_hold_of_that_rule_id_is_already_known() -> None:
    account = after(SEPARATE, flag(), flag("e2", 1))
    for again in (flag(), flag("e2", 1)):
        assert changes(SEPARATE, account, again) == ()
        assert changes(rule(duration=36 * HOUR, repeat=Repeat.SEPARATE), account, again) == ()


def test_26_while_fewer_than_16_holds_are_on_record_nothing_is_pruned_and_nothing_is_swallowed() -> None:
    """Two wrong dates in one batch pruned the live hold of every address and silenced the rule."""
    wrong = [flag("w1", 1_000_000), flag("w2", 1_000_000, tick=1)]
    account = after(SEPARATE, *flags(1, 12), *wrong)
    assert len(account.holds) == 14
    account = after(SEPARATE, flag("e13", 13), account=account)
    assert (len(account.holds), account.holds[-1].id) == (15, "e13:r")


def test_26_from_the_16th_on_holds_are_pruned_whose_timer_was_over_by_the_second_latest_trigger() -> None:
    account = after(SEPARATE, *flags(0, 14), flag("x1", 24.5), flag("x2", 25, tick=-1))
    assert [hold.id for hold in account.holds[:2]] == ["e1:r", "e2:r"]
    assert len(account.holds) == 16
    account = after(SEPARATE, flag("x3", 60), flag("x4", 60), account=account)
    assert len(account.holds) == 16
    assert [hold.id for hold in account.holds[-2:]] == ["x3:r", "x4:r"]


def test_26_one_wrong_date_among_16_holds_prunes_no_hold_that_is_open() -> None:
    account = after(SEPARATE, *flags(0, 14), flag("wrong", 1_000_000), flag("e15", 15))
    assert {f"e{hour}:r" for hour in range(16)} <= {hold.id for hold in account.holds}


def test_26_with_16_holds_on_record_an_event_changes_nothing_whose_timer_was_over_by_then() -> None:
    account = after(SEPARATE, *flags(10, 25))
    assert changes(SEPARATE, account, flag("old", 0)) == ()
    assert isinstance(changes(SEPARATE, account, flag("old", 0, tick=1))[0], HoldPlaced)
    needs_proof = attrs.evolve(BOTH, repeat=Repeat.SEPARATE)
    proofs = after(needs_proof, *flags(10, 25))
    assert isinstance(changes(needs_proof, proofs, flag("old", -100))[0], HoldPlaced)


def test_26_the_timer_that_was_set_counts_settled_or_not() -> None:
    account = after(SEPARATE, flag("e0", 50), retract("e0", 1), *flags(1, 15))
    account = after(SEPARATE, flag("e16", 27), flag("e17", 27), account=account)
    assert account.hold("e0:r") is not None
    assert account.hold("e1:r") is None


def test_26_holds_that_a_person_ended_are_kept_and_beyond_63_the_earliest_are_pruned() -> None:
    account = Account(id="a")
    for number in range(64):
        order = release(f"x{number}", number, tick=1, hold=f"e{number}:r")
        account = after(SEPARATE_UNTIL_RELEASED, flag(f"e{number}", number), order, account=account)
    account = after(SEPARATE_UNTIL_RELEASED, flag("now", 100), account=account)
    assert len(account.holds) == 65
    account = after(SEPARATE_UNTIL_RELEASED, flag("then", 101), account=account)
    assert [hold.cause.event for hold in account.holds] == [*(f"e{number}" for number in range(1, 64)), "now", "then"]


def test_26_after_63_open_holds_an_event_joins_the_last_placed_that_it_can_join() -> None:
    account = after(SEPARATE, *(flag(f"e{number}", tick=number) for number in range(63)))
    (joined,) = changes(SEPARATE, account, flag("more", 1))
    assert isinstance(joined, HoldRepeated)
    assert joined.hold == "e62:r"
    account = after(SEPARATE, release(hours=2, hold="e62:r"), flag("more", 3), account=account)
    assert (len(account.holds), account.holds[-1].id) == (64, "more:r")


def test_26_an_event_that_joined_an_overflow_hold_is_remembered() -> None:
    joined = flag("e63", tick=63)
    account = after(SEPARATE, *(flag(f"e{number}", tick=number) for number in range(63)), joined, flag("e64", tick=64))
    assert len(account.holds) == 63
    account = after(SEPARATE, *[release(f"x{number}", 5, hold=f"e{number}:r") for number in range(63)], account=account)
    assert changes(SEPARATE, account, joined) == ()


def test_26_if_63_open_holds_have_a_destination_one_overflow_hold_without_a_destination_is_placed() -> None:
    events = [attrs.evolve(flag(f"e{number}", tick=number), destination_id=f"d{number}") for number in range(63)]
    account = after(NAMED, *events)
    assert not is_denied(account, 1, request=to("never-named"))
    account = after(NAMED, about_one("one-more", "e63", 1), account=account)
    assert account.holds[-1].destination_id is None
    assert is_denied(account, 2, request=to("never-named"))
    account = after(NAMED, about_one("two-more", "e64", 2), account=account)
    assert len(account.holds) == 64
    assert account.holds[-1].until == at(26)


@pytest.mark.parametrize("known", [True, False])
def test_27_a_named_hold_covers_a_request_unless_it_names_another_destination(known: bool) -> None:
    account = after(NAMED, about_one("here"))
    assert is_denied(account, 1, request=to("here", known))
    assert is_denied(account, 1, request=to(None, known))
    assert not is_denied(account, 1, request=to("there", known))


def test_27_an_event_that_names_no_destination_is_about_all_of_them() -> None:
    assert is_denied(after(NAMED, flag()), 1, request=to("there"))


def test_27_a_rule_about_any_destination_does_not_look_at_the_one_that_is_named() -> None:
    account = after(SEPARATE, about_one("here"))
    assert account.holds[0].destination_id is None
    assert is_denied(account, 1, request=to("there"))


def test_27_a_request_that_names_an_address_is_told_when_it_can_be_used() -> None:
    account = after(NAMED, about_one("here"), about_one("there", "e2", 10))
    for destination, end in (("here", 24), ("there", 34), (None, 34)):
        answer = check(account, at(11), to(destination))
        assert isinstance(answer, Denied)
        assert answer.resumes_at == at(end)


def test_28_no_rule_says_what_extends_it() -> None:
    written = wire.to_dict(policy(TIMER))
    written["rules"][0]["extended_by"] = ["other"]
    with pytest.raises(InvalidValue, match=r"rules\[0\]\.extended_by"):
        wire.policy_from_dict(written)


@pytest.mark.parametrize(("number", "end"), [(1, 39), (2, 63), (3, 111)])
def test_29_the_timer_runs_until_the_end_of_the_business_day_that_begins_after_the_trigger(
    number: int, end: float
) -> None:
    account = after(by_the_calendar(rule(business_days=number)), flag())
    assert ends_at(account, end)


def test_29_a_day_that_begins_with_the_trigger_does_not_begin_after_it() -> None:
    terms = by_the_calendar(rule(business_days=1))
    assert ends_at(after(terms, flag("e1", 15, tick=-1)), 39)
    assert ends_at(after(terms, flag("e1", 15)), 63)


@pytest.mark.parametrize(("hours", "number"), [(-9 - 1, 1), (0, 4), (63, 2)])
def test_29_an_event_whose_day_lies_beyond_the_calendar_or_before_it_is_refused(hours: float, number: int) -> None:
    with pytest.raises(InvalidValue) as refused:
        after(by_the_calendar(rule("first", duration=HOUR), rule(business_days=number)), flag("e1", hours))
    assert refused.value.path == "event.at"


def test_29_the_hold_keeps_its_instant_whatever_a_later_calendar_says() -> None:
    terms = rule(business_days=1)
    account = after(by_the_calendar(terms), flag("e2", 1))
    without_tuesday = attrs.evolve(DAYS, days=(DAYS.days[0], *DAYS.days[2:]))
    assert changes(by_the_calendar(terms, calendar=without_tuesday), account, flag("e2", 1)) == ()
    assert ends_at(account, 39)


def test_29_due_dates_are_counted_in_the_same_way_and_there_is_none_beyond_the_calendar() -> None:
    appealed = attrs.evolve(APPEAL, decide_within=None, decide_business_days=1)
    clearance = attrs.evolve(CLEARANCE, review_within=None, review_business_days=2, appeal=appealed)
    terms = by_the_calendar(rule(clearance=clearance))
    reviewed = after(terms, flag(), start(), submit())
    assert shown(reviewed, 2).steps == (steps.AwaitReview(due=at(63)),)
    assert shown(after(terms, reject(), appeal(), account=reviewed), 4).steps == (steps.AwaitAppeal(due=at(39)),)
    late = after(terms, start("s1", 100), submit("u1", 100.5), account=after(terms, flag()))
    assert shown(late, 101).steps == (steps.AwaitReview(due=None),)


# ── Corrections ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("terms", [TIMER, CLEAR, EITHER, BOTH, ORDERS_ONLY])
def test_30_a_retraction_ends_a_hold_from_its_own_instant_on(terms: Rule) -> None:
    assert ends_at(after(terms, flag(), retract(hours=5)), 5)


def test_30_a_retraction_is_one_change_for_each_hold_that_remembers_the_event() -> None:
    account = after(policy(TIMER, rule("z", duration=48 * HOUR)), flag(), flag("e2", 1))
    assert changes(policy(TIMER), account, retract()) == (
        TriggerRetracted(account="a", event="z1", at=at(5), hold="e1:r", trigger="e1"),
        TriggerRetracted(account="a", event="z1", at=at(5), hold="e1:z", trigger="e1"),
    )


def test_30_a_hold_goes_on_for_the_triggers_that_are_left() -> None:
    account = after(TIMER, flag(), flag("e2", 10), retract("e1", 12))
    assert ends_at(account, 34)
    assert shown(account, 12).since == at(10)


def test_30_of_two_retractions_the_earlier_counts_so_a_wrong_date_is_put_right() -> None:
    account = after(CLEAR, flag(), retract(hours=1_000_000))
    assert is_denied(account, 2)
    assert ends_at(after(CLEAR, retract(hours=1, name="z2"), account=account), 1)
    assert changes(CLEAR, after(CLEAR, flag(), retract(hours=1)), retract(hours=2, name="z2")) == ()


def test_30_a_retraction_takes_the_identity_away_that_the_event_reported() -> None:
    account = after(CLEAR, identity(hours=1), retract("i1", 3))
    assert account.identity_at(at(3, -1)) is Identity.PERSONAL
    assert account.identity_at(at(3)) is None
    assert changes(CLEAR, account, identity(hours=1)) == ()


def test_30_of_two_retractions_of_an_identity_the_earlier_counts() -> None:
    account = after(CLEAR, identity(hours=1), retract("i1", 3))
    assert changes(CLEAR, account, retract("i1", 5, name="z2")) == ()
    assert after(CLEAR, retract("i1", 2, name="z2"), account=account).identity_at(at(2)) is None


def test_30_a_retraction_takes_the_identity_away_that_an_approval_recorded_and_the_move_stays() -> None:
    account = after(CLEAR, flag(), start(), submit(), approve(), retract("d1", 3))
    assert account.identity_at(at(3)) is None
    assert not is_denied(account, 4)


def test_30_a_retracted_report_ranks_at_the_earlier_of_both_instants() -> None:
    """A report with a wrong date, retracted, outranked every true one for 173 years."""
    account = after(CLEAR, identity(hours=1_000_000), retract("i1", 3), identity("i2", 4))
    assert account.identity_at(at(4)) is Identity.PERSONAL


def test_30_moves_are_not_retracted() -> None:
    assert refusal(VERIFYING, retract("s1")) == (Refusal.UNKNOWN_EVENT, False)


def test_30_what_was_retracted_is_known_when_it_comes_again_and_holds_under_another_id() -> None:
    account = after(TIMER, flag(), retract(hours=1))
    assert changes(TIMER, account, flag()) == ()
    assert ends_at(after(TIMER, flag("e2", 0), account=account), 24)


def test_30_one_of_the_last_16_retractions_changes_nothing_when_it_comes_again() -> None:
    account = after(TIMER, flag("e1", 1_000), retract(hours=1), flag("e1", 0.5))
    assert changes(TIMER, account, retract(hours=1)) == ()
    assert is_denied(account, 2)
    assert [(known.event, known.at) for known in account.retractions] == [("z1", at(1))]
    more_of_them = [
        event for number in range(16) for event in (flag(f"g{number}", 2), retract(f"g{number}", 3, f"y{number}"))
    ]
    account = after(TIMER, *more_of_them, account=account)
    assert len(account.retractions) == RETRACTIONS_MAX == 16
    assert account.retractions[0].event == "y0"


def test_30_a_retraction_or_a_report_that_changed_nothing_is_not_remembered() -> None:
    account = after(TIMER, flag(), retract(hours=1), retract(hours=2, name="z2"))
    assert [known.event for known in account.retractions] == ["z1"]
    account = after(TIMER, identity("i2", 2), identity("i1", 1))
    assert [known.event for known in account.reports] == ["i2"]


def test_30_the_last_16_reports_are_remembered_and_change_nothing_when_they_come_again() -> None:
    """The first of two reports came again after the second was retracted, and counted once more."""
    account = after(CLEAR, identity("i1", 2), identity("i2", 3), retract("i2", 1))
    assert changes(CLEAR, account, identity("i1", 2)) == ()
    account = after(CLEAR, *(identity(f"j{number}", 10 + number) for number in range(17)), account=account)
    assert len(account.reports) == REPORTS_MAX == 16


def test_31_more_is_needed_in_a_review_and_the_same_round_goes_on() -> None:
    assert shown(MORE_NEEDED, 2).state is State.VERIFICATION
    assert shown(MORE_NEEDED, 2).steps == (
        steps.CompleteVerification(method="identity_personal", due=at(3), reasons=("blurred",), documents=("b",)),
    )
    assert MORE_NEEDED.holds[0].progress.failures == 0
    again = after(CLEAR, submit("u2", 2.5, attempt="s1"), approve("d2", 2.75, attempt="s1"), account=MORE_NEEDED)
    assert not is_denied(again, 2.75)


def test_31_a_request_for_more_in_a_review_lapses_and_is_no_failure() -> None:
    assert shown(MORE_NEEDED, 3, tick=-1).state is State.VERIFICATION
    assert shown(MORE_NEEDED, 3).state is State.SUSPENDED
    assert MORE_NEEDED.holds[0].attempts_left


def test_31_more_is_needed_in_an_appeal_and_it_waits_for_the_person() -> None:
    assert shown(MORE_NEEDED_IN_APPEAL, 4).steps == (
        steps.Appeal(documents=("c",)),
        steps.ContactSupport(authorities=("support",)),
    )
    assert refusal(MORE_NEEDED_IN_APPEAL, appeal("p2", 4))[0] is Refusal.DOCUMENTS_MISSING
    again = after(CLEAR, appeal("p2", 4, documents=frozenset({"c"})), account=MORE_NEEDED_IN_APPEAL)
    assert shown(again, 4).steps == (steps.AwaitAppeal(due=at(9)),)
    assert again.holds[0].progress.appeals == 1
    assert refusal(again, appeal("p3", 5, documents=frozenset({"c"})))[0] is Refusal.WRONG_STATE


def test_31_a_decision_may_be_made_while_the_appeal_waits_for_more() -> None:
    assert not is_denied(after(CLEAR, grant(hours=5), account=MORE_NEEDED_IN_APPEAL), 5)


def test_31_a_second_request_in_an_appeal_replaces_the_documents() -> None:
    account = after(CLEAR, more("m3", 4, documents=frozenset({"d"})), account=MORE_NEEDED_IN_APPEAL)
    assert shown(account, 4).steps[0] == steps.Appeal(documents=("d",))


def test_33_a_rule_says_why_in_public_or_it_follows_from_the_trigger() -> None:
    said = [rule(public_reason="own_request"), rule(trigger="password_changed"), rule(trigger="never_heard_of")]
    assert [terms.told_reason for terms in said] == ["own_request", "security_change", "unspecified"]


def test_33_the_public_reason_is_no_term_of_the_hold_which_tells_that_of_the_rule_that_placed_it() -> None:
    other = attrs.evolve(TIMER, public_reason="own_request")
    assert other == TIMER
    account = after(other, flag("e2", 1), account=after(TIMER, flag()))
    assert [hold.id for hold in account.holds] == ["e1:r"]
    assert shown(account, 2).public_reason == "unspecified"


def test_33_a_hold_that_is_loaded_beside_a_new_version_tells_the_reason_that_it_was_placed_with() -> None:
    """Found by the reference: equal rules may tell different reasons."""
    other = attrs.evolve(TIMER, public_reason="own_request")
    account = wire.account_from_dict(wire.to_dict(after(TIMER, flag())), rules=(other,))
    assert shown(account, 2).public_reason == "unspecified"


def test_34_a_change_that_was_taken_before_changes_nothing() -> None:
    log = apply(
        policy(CLEAR), Account(id="a"), flag(), flag("e2", 0.5), start(), submit(), reject(), retract("e2", 3)
    ).changes
    account = replay(Account(id="a"), log)
    for change in log:
        assert replay(account, [change]) == account


@pytest.mark.parametrize("missing", range(5))
def test_34_a_log_with_its_middle_missing_is_refused(missing: int) -> None:
    log = apply(
        policy(CLEAR), Account(id="a"), flag(), start(), submit(), reject(), start("s2", 2.5), submit("u2", 2.75)
    )
    with pytest.raises(InvalidValue, match="change"):
        replay(Account(id="a"), [change for index, change in enumerate(log.changes) if index != missing])


def test_34_a_change_that_takes_a_failure_back_is_refused() -> None:
    account = after(CLEAR, start("s2", 3), fail("f2", 3.5), account=REJECTED)
    progress = account.holds[0].progress
    forged = Moved(type=EventType.VERIFICATION_STARTED, event="s3", at=at(4))
    progress = attrs.evolve(progress, failures=1, moves=(*progress.moves, forged), moved_at=at(4))
    with pytest.raises(InvalidValue, match=r"change\.progress: must not take back"):
        replay(account, [HoldMoved(account="a", event="s3", at=at(4), hold="e1:r", progress=progress)])


STARTED_LATER = after(CLEAR, flag(), start("s3", 4)).holds[0].progress.state


@pytest.mark.parametrize(
    ("known", "lost"),
    [
        (
            after(CLEAR, flag(), start(), submit(), approve()),
            {"state": STARTED_LATER, "reviewer": None},
        ),
        (after(CLEAR, flag(), start(), submit(), reject(final=True)), {"verification_closed": False}),
    ],
    ids=["a clearance", "a final rejection"],
)
def test_34_a_change_that_takes_back_what_was_decided_is_refused(known: Account, lost: dict[str, Any]) -> None:
    progress = known.holds[0].progress
    forged = Moved(type=EventType.VERIFICATION_STARTED, event="s3", at=at(4))
    progress = attrs.evolve(progress, **lost, moves=(*progress.moves, forged), moved_at=at(4))
    with pytest.raises(InvalidValue, match=r"change\.progress: must not take back"):
        replay(known, [HoldMoved(account="a", event="s3", at=at(4), hold="e1:r", progress=progress)])


def test_34_a_separate_hold_that_is_pruned_may_be_open_at_the_instant_of_the_event_that_prunes_it() -> None:
    """Found by the reference: an event that came late pruned a hold, and the log could not be read."""
    account = after(SEPARATE, *flags(0, 14), flag("l", 60), flag("m", 60))
    applied = apply(policy(SEPARATE), account, flag("late", 20))
    assert [hold.id for hold in account.holds[:2]] == ["e1:r", "e2:r"]
    assert applied.account.holds[0].is_open(at(20))
    assert replay(account, applied.changes) == applied.account


# ── Bad input ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("event", ["never", "s1", "f1"])
def test_a_retraction_of_what_was_never_reported_is_refused(event: str) -> None:
    assert refusal(after(CLEAR, fail(), account=VERIFYING), retract(event)) == (Refusal.UNKNOWN_EVENT, False)


@pytest.mark.parametrize("kind", [ActorKind.USER, ActorKind.SYSTEM, ActorKind.POLICY])
def test_only_an_admin_retracts(kind: ActorKind) -> None:
    assert refusal(FLAGGED, retract(by=Actor(id="x", kind=kind))) == (Refusal.NOT_AUTHORIZED, False)


def test_only_an_authority_that_the_policy_in_force_names_retracts() -> None:
    court = attrs.evolve(policy(CLEAR), retractable_by=frozenset({"court"}))
    nobody = attrs.evolve(policy(CLEAR), retractable_by=frozenset())
    assert refusal(FLAGGED, retract(authority="support"))[0] is Refusal.NOT_AUTHORIZED
    assert refusal(FLAGGED, retract(), court)[0] is Refusal.NOT_AUTHORIZED
    assert refusal(FLAGGED, retract(), nobody)[0] is Refusal.NOT_AUTHORIZED
    assert ends_at(after(court, retract(authority="court"), account=FLAGGED), 5)


def test_who_may_not_retract_is_told_so_before_the_event_is_looked_for() -> None:
    assert refusal(FLAGGED, retract("never", by=USER))[0] is Refusal.NOT_AUTHORIZED


@pytest.mark.parametrize("note", ["", "  \t"])
def test_a_retraction_says_why(note: str) -> None:
    with pytest.raises(InvalidValue, match="note: must say why the event is retracted"):
        retract(note=note)


@pytest.mark.parametrize("account", [FLAGGED, VERIFYING, IN_REVIEW, APPEALED, REJECTED])
def test_a_request_for_more_by_the_account_holder_is_refused_in_every_state(account: Account) -> None:
    assert refusal(account, more(hours=3, by=USER))[0] is Refusal.NOT_AUTHORIZED


@pytest.mark.parametrize(("until", "value"), [(1, Identity.PERSONAL), (0.5, Identity.PERSONAL), (2, None)])
def test_the_end_of_an_identity_is_after_its_report_and_beside_an_identity(
    until: float, value: Identity | None
) -> None:
    with pytest.raises(InvalidValue, match="valid_until: must be"):
        identity(hours=1, value=value, until=until)


def test_leaves_names_no_operation_that_is_covered() -> None:
    with pytest.raises(InvalidValue, match="leaves: must not name what `operations` covers, got `withdrawal`"):
        Scope(operations=frozenset({"withdrawal"}), leaves=frozenset({"withdrawal", "trade"}))
    with pytest.raises(InvalidValue, match="leaves: must be empty, because the scope covers every operation"):
        Scope(leaves=frozenset({"trade"}))


def test_an_attempt_of_another_hold_is_refused() -> None:
    two = policy(CLEAR, rule("z", clearance=CLEARANCE))
    account = after(two, flag(), start(), start("s2", 1, hold="e1:z"))
    assert refusal(account, submit(attempt="s2"), two) == (Refusal.STALE, False)


def test_a_list_of_events_is_refused_with_what_to_pass_instead() -> None:
    with pytest.raises(
        InvalidValue, match=r"pass each event as an argument of its own, `apply\(policy, account, \*events\)`"
    ):
        apply(policy(CLEAR), Account(id="a"), [flag()])  # type: ignore[arg-type]


def test_the_text_of_an_account_is_refused_with_what_to_call_first() -> None:
    with pytest.raises(InvalidValue, match=r"must be an object: read the text with `wire\.parse` first"):
        wire.account_from_dict('{"schema": "withdraw-guard/account/1"}')


def test_a_clock_that_runs_ahead_is_dated_no_later_than_its_receipt() -> None:
    assert not_after(flag(hours=5), at(3)).at == at(3)
    assert not_after(flag(hours=2), at(3)) == flag(hours=2)
    with pytest.raises(InvalidValue, match="instant: must be an aware datetime"):
        not_after(flag(), datetime(2026, 1, 5))  # noqa: DTZ001


# ── Lifting holds ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("terms", "end"), [(CLEAR, 2), (EITHER, 2), (BOTH, 24)])
def test_12_a_clearance_ends_a_hold_as_its_rule_says(terms: Rule, end: float) -> None:
    assert ends_at(after(terms, flag(), start(), submit(), approve()), end)


def test_12_either_ends_with_the_timer_too_and_both_does_not() -> None:
    assert ends_at(after(EITHER, flag()), 24)
    assert is_denied(after(BOTH, flag()), 9_999)
    late = after(BOTH, flag(), start(hours=30), submit(hours=30.5), approve(hours=31))
    assert ends_at(late, 31)


@pytest.mark.parametrize("terms", [TIMER, CLEAR, EITHER, BOTH, ORDERS_ONLY])
def test_12_a_release_ends_any_hold_at_its_instant(terms: Rule) -> None:
    assert ends_at(after(terms, flag(), release()), 5)


@pytest.mark.parametrize("terms", [TIMER, CLEAR, EITHER, BOTH, ORDERS_ONLY])
def test_12_a_hold_whose_triggers_are_all_settled_ends_when_the_last_of_them_was_settled(terms: Rule) -> None:
    account = after(terms, flag(), flag("e2", 1), retract("e1", 2), retract("e2", 3, "z2"))
    assert ends_at(account, 3)


def test_12_such_a_hold_never_ends_later_than_it_would_otherwise() -> None:
    assert ends_at(after(TIMER, flag(), retract(hours=100)), 24)
    assert ends_at(after(CLEAR, flag(), release(hours=2), retract(hours=100)), 2)


def test_12_whether_all_triggers_are_settled_is_asked_before_the_release() -> None:
    """A release with a wrong date must not outlive the retraction."""
    assert ends_at(after(CLEAR, flag(), release(hours=1_000_000), retract(hours=1)), 1)


def test_12_a_retraction_opens_no_instant_before_it() -> None:
    assert is_denied(after(BOTH, flag(), retract(hours=100)), 50)


def test_12_a_rule_that_time_alone_does_not_end_names_an_authority() -> None:
    with pytest.raises(InvalidValue, match="releasable_by: must name an authority"):
        attrs.evolve(BOTH, releasable_by=frozenset())


def test_13_the_table_is_the_published_one() -> None:
    assert {state.value: {str(move): str(to) for move, to in row.items()} for state, row in TABLE.items()} == (
        TABLE_OF_RULE_13
    )


def test_13_a_hold_that_was_cleared_but_is_open_reads_as_suspended_and_takes_only_a_release() -> None:
    cleared = after(BOTH, flag(), start(), submit(), approve())
    assert shown(cleared, 3).state is State.SUSPENDED
    assert refusal(cleared, start("s2", 3), BOTH) == (Refusal.WRONG_STATE, False)
    assert ends_at(after(BOTH, flag(), start(), submit(), approve(), release()), 5)


def test_14_the_accepted_methods_depend_on_the_identity_now_on_record() -> None:
    verified = after(CLEAR, identity(hours=0.5), account=FLAGGED)
    assert refusal(verified, start(method="identity_personal"))[0] is Refusal.METHOD_NOT_ACCEPTED
    assert refusal(FLAGGED, start(method="face_web"))[0] is Refusal.METHOD_NOT_ACCEPTED
    assert after(CLEAR, start(method="face_web"), account=verified)


@pytest.mark.parametrize(
    ("method", "proved"),
    [("identity_personal", Identity.PERSONAL), ("identity_business", Identity.BUSINESS)],
)
def test_14_approving_an_identity_method_records_the_identity(method: str, proved: Identity) -> None:
    submitted = after(CLEAR, flag(), start(method=method), submit())
    moved, recorded = changes(CLEAR, submitted, approve())
    assert isinstance(moved, HoldMoved)
    assert isinstance(recorded, IdentityRecorded)
    assert recorded.report.identity is proved
    assert changes(CLEAR, submitted, reject())[1:] == ()
    again = after(
        CLEAR, start("s2", 3, method=method), submit("u2", 3.5), account=after(CLEAR, reject(), account=submitted)
    )
    assert after(CLEAR, approve("d2", 4), account=again).identity_at(at(4)) is proved


def test_14_an_approval_is_refused_when_the_identity_was_taken_away_and_the_method_is_for_the_verified() -> None:
    account = after(CLEAR, identity(), flag(), start(method="face_web"), submit(), identity("i2", 1.75, None))
    assert refusal(account, approve()) == (Refusal.METHOD_NOT_ACCEPTED, False)
    assert after(CLEAR, reject(), account=account)
    assert after(CLEAR, approve(), account=IN_REVIEW)


def test_14_of_two_reports_the_later_counts_by_instant_and_then_by_id() -> None:
    account = after(CLEAR, identity("i5", 1, Identity.PERSONAL))
    assert changes(CLEAR, account, identity("i5", 1, Identity.PERSONAL)) == ()
    assert changes(CLEAR, account, identity("i4", 1, None)) == ()
    assert changes(CLEAR, account, identity("i9", 1, None, tick=-1)) == ()
    assert changes(CLEAR, account, identity("i6", 1, None)) != ()
    assert changes(CLEAR, account, identity("i0", 1, None, tick=1)) != ()


def test_14_an_identity_counts_until_its_end_and_also_before_it_was_reported() -> None:
    account = after(CLEAR, identity(hours=10, until=20))
    assert account.identity_at(at(-1_000)) is Identity.PERSONAL
    assert account.identity_at(at(20, -1)) is Identity.PERSONAL
    assert account.identity_at(at(20)) is None


def test_14_the_identity_at_the_instant_of_the_event_decides_which_methods_are_accepted() -> None:
    account = after(CLEAR, identity(until=1), account=FLAGGED)
    assert after(CLEAR, start(hours=1, tick=-1, method="face_web"), account=account)
    assert refusal(account, start(hours=1, method="face_web"))[0] is Refusal.METHOD_NOT_ACCEPTED
    assert next_change_at(account, at(0)) == at(1)


def test_14_an_approval_is_refused_when_the_identity_ended_since_the_verification_started() -> None:
    account = after(CLEAR, identity(until=1.75), flag(), start(method="face_web"), submit())
    assert refusal(account, approve()) == (Refusal.METHOD_NOT_ACCEPTED, False)
    assert after(CLEAR, approve(hours=1.6), account=account)


def test_15_a_started_verification_lapses_and_counts_as_no_failure() -> None:
    assert shown(VERIFYING, 2, tick=-1).state is State.VERIFICATION
    assert shown(VERIFYING, 2).state is State.SUSPENDED
    assert refusal(VERIFYING, submit(hours=2))[0] is Refusal.WRONG_STATE
    again = after(CLEAR, start("s2", 2), submit("u2", 2.5), account=VERIFYING)
    assert shown(again, 3).state is State.REVIEW


def test_15_a_due_date_that_has_passed_lifts_nothing() -> None:
    assert shown(IN_REVIEW, 100).state is State.REVIEW
    assert shown(APPEALED, 100).state is State.APPEAL


def test_15_a_due_date_counts_anew_when_it_is_handed_in_again() -> None:
    again = after(CLEAR, submit("u2", 2.5), account=MORE_NEEDED)
    assert shown(again, 3).steps == (steps.AwaitReview(due=at(5.5)),)


def test_16_an_appeal_is_offered_after_enough_failures_up_to_its_limit() -> None:
    assert refusal(FLAGGED, appeal())[0] is Refusal.APPEAL_NOT_OFFERED
    twice = after(CLEAR, dismiss(), appeal("p2", 5), dismiss("q2", 6), account=APPEALED)
    assert refusal(twice, appeal("p3", 7))[0] is Refusal.APPEAL_NOT_OFFERED


@pytest.mark.parametrize(("later", "closes"), [((), 50), ((flag("e2", 10),), 58), ((flag("e0", -5),), 50)])
def test_16_its_window_counts_from_the_latest_failure_or_trigger(later: tuple[Event, ...], closes: float) -> None:
    account = after(CLEAR, *later, account=REJECTED)
    assert after(CLEAR, appeal(hours=closes, tick=-1), account=account)
    assert refusal(account, appeal(hours=closes))[0] is Refusal.APPEAL_NOT_OFFERED
    assert next_change_at(account, at(11)) == at(closes)


def test_16_a_settled_trigger_opens_no_window() -> None:
    account = after(CLEAR, flag("e2", 10), retract("e2", 11), account=REJECTED)
    assert refusal(account, appeal(hours=50))[0] is Refusal.APPEAL_NOT_OFFERED


def test_16_granting_an_appeal_lifts_that_hold_only() -> None:
    two = policy(CLEAR, rule("z", clearance=CLEARANCE))
    account = after(two, flag(), start(), submit(), reject(), appeal(), grant())
    assert [hold.id for hold in open_holds(account, at(4))] == ["e1:z"]


@pytest.mark.parametrize("kind", ActorKind)
def test_17_a_user_never_decides_or_asks_or_releases_and_in_an_appeal_only_an_admin_decides_or_asks(
    kind: ActorKind,
) -> None:
    by = Actor(id="someone", kind=kind)
    for account, event, may in (
        (IN_REVIEW, approve(by=by), kind is not ActorKind.USER),
        (IN_REVIEW, more(by=by), kind is not ActorKind.USER),
        (APPEALED, more(hours=4, by=by), kind is ActorKind.ADMIN),
        (APPEALED, grant(by=by), kind is ActorKind.ADMIN),
        (FLAGGED, release(by=by), kind is not ActorKind.USER),
    ):
        if may:
            assert after(CLEAR, event, account=account)
        else:
            assert refusal(account, event)[0] is Refusal.NOT_AUTHORIZED


def test_17_who_decided_the_latest_review_does_not_decide_the_appeal() -> None:
    assert refusal(APPEALED, grant(by=ADMIN))[0] is Refusal.SAME_REVIEWER
    assert refusal(APPEALED, dismiss(by=ADMIN))[0] is Refusal.SAME_REVIEWER
    assert refusal(APPEALED, more(hours=4, by=ADMIN))[0] is Refusal.SAME_REVIEWER


def test_17_the_two_are_compared_by_id() -> None:
    by_a_machine = after(CLEAR, flag(), start(), submit(), reject(by=SYSTEM), appeal())
    assert refusal(by_a_machine, grant(by=attrs.evolve(ADMIN, id=SYSTEM.id)))[0] is Refusal.SAME_REVIEWER


@pytest.mark.parametrize("hours", [1, 6])
def test_17_override_stale_is_for_an_admin_alone_whether_it_was_needed_or_not(hours: float) -> None:
    order = release(hours=hours, by=SYSTEM, override_stale=True)
    assert refusal(REJECTED, order)[0] is Refusal.NOT_AUTHORIZED
    assert after(CLEAR, attrs.evolve(order, by=ADMIN), account=REJECTED)


def test_17_a_machine_that_asks_for_more_meets_its_state_only_where_it_may_ask() -> None:
    assert refusal(FLAGGED, more(by=SYSTEM))[0] is Refusal.WRONG_STATE
    assert refusal(APPEALED, more(hours=4, by=SYSTEM))[0] is Refusal.NOT_AUTHORIZED


def test_17_only_an_authority_that_the_rule_names_releases() -> None:
    assert refusal(FLAGGED, release(authority="court"))[0] is Refusal.NOT_AUTHORIZED


def test_18_one_of_the_last_16_events_that_moved_the_hold_changes_nothing_when_it_comes_again() -> None:
    account, told = FLAGGED, []
    for number in range(9):
        told += [start(f"s{number}", number), submit(f"u{number}", number + 0.5)]
        told += [more(f"m{number}", number + 0.6)] if number < 8 else []
    account = after(rule(clearance=attrs.evolve(CLEARANCE, verify_within=None)), *told, account=FLAGGED)
    (hold,) = account.holds
    assert [moved.event for moved in hold.progress.moves] == [event.id for event in told[-16:]]
    assert len(hold.progress.moves) == MOVES_MAX == 16
    for again in told[-16:]:
        assert changes(CLEAR, account, again) == ()


def test_18_an_event_is_that_move_only_with_the_same_type_and_the_same_instant() -> None:
    assert changes(CLEAR, IN_REVIEW, submit()) == ()
    assert refusal(IN_REVIEW, submit(tick=1))[0] is Refusal.WRONG_STATE
    assert refusal(IN_REVIEW, fail("u1"))[0] is Refusal.WRONG_STATE
    assert changes(CLEAR, after(CLEAR, flag(), release()), release()) == ()


def test_18_a_vendor_that_names_both_verdicts_by_its_session_is_heard_twice() -> None:
    account = after(CLEAR, flag(), start(), submit(), reject("session"), start("s2", 3), submit("u2", 3.5))
    assert not is_denied(after(CLEAR, approve("session", 3.75), account=account), 4)


def test_18_an_event_that_names_the_open_round_is_read_as_no_earlier_than_its_opening() -> None:
    account = after(CLEAR, submit(hours=0.5, attempt="s1"), account=VERIFYING)
    assert shown(account, 1).state is State.REVIEW
    moved = account.holds[0].progress.moves[-1]
    assert (moved.at, moved.read_at) == (at(0.5), at(1))
    assert changes(CLEAR, account, submit(hours=0.5, attempt="s1")) == ()
    assert changes(CLEAR, account, submit(hours=1, attempt="s1")) == ()
    assert ends_at(after(CLEAR, approve(hours=0, attempt="s1"), account=account), 1)


def test_18_something_handed_in_that_is_in_review_already_is_only_remembered() -> None:
    account = after(CLEAR, submit("u2", 1.75, attempt="s1"), account=IN_REVIEW)
    before, progress = IN_REVIEW.holds[0].progress, account.holds[0].progress
    assert (progress.state, progress.moved_at) == (before.state, before.moved_at)
    assert progress.moves[-1].event == "u2"


def test_18_something_handed_in_before_the_latest_request_for_more_is_only_remembered() -> None:
    late = submit("u2", 2, tick=-1, attempt="s1")
    assert shown(after(CLEAR, late, account=MORE_NEEDED), 2).state is State.VERIFICATION
    assert shown(after(CLEAR, submit("u2", 2, attempt="s1"), account=MORE_NEEDED), 2).state is State.REVIEW
    documents = frozenset({"c"})
    late = appeal("p2", 3.5, tick=-1, attempt="p1", documents=documents)
    assert after(CLEAR, late, account=MORE_NEEDED_IN_APPEAL).holds[0].progress.moves[-1].event == "p2"
    assert shown(after(CLEAR, late, account=MORE_NEEDED_IN_APPEAL), 4).steps[0] == steps.Appeal(documents=("c",))


def test_18_the_words_of_one_reporter_are_put_in_order_by_its_own_clock() -> None:
    """A clock that lags by hours: what was handed in at 3 by it came before the request of 4."""
    account = after(CLEAR, flag(), start(hours=10), submit(hours=2, attempt="s1"), more(hours=4, attempt="s1"))
    account = after(CLEAR, submit("u2", 3, attempt="s1"), account=account)
    assert shown(account, 10).state is State.VERIFICATION
    assert shown(after(CLEAR, submit("u3", 5, attempt="s1"), account=account), 10).state is State.REVIEW


def test_18_of_two_requests_for_more_the_one_that_was_heard_last_is_the_latest() -> None:
    account = after(CLEAR, more(hours=1_000, attempt="s1"), account=IN_REVIEW)
    account = after(CLEAR, submit("u2", 2.5), more("m2", 3, attempt="s1"), account=account)
    assert shown(after(CLEAR, submit("u3", 3.5, attempt="s1"), account=account), 3.5).state is State.REVIEW


def test_18_a_late_word_that_was_remembered_answers_no_later_request() -> None:
    late = submit("u2", 2.5, attempt="s1")
    account = after(CLEAR, late, more(hours=2, attempt="s1"), account=IN_REVIEW)
    assert changes(CLEAR, account, late) == ()


def test_18_a_round_is_not_opened_before_the_latest_move() -> None:
    assert stale(REJECTED, start("s2", 2, tick=-1))
    assert stale(REJECTED, appeal(hours=2, tick=-1))
    assert refusal(REJECTED, start("s2", 2, tick=-1)) == (Refusal.STALE, True)
    assert after(CLEAR, start("s2", 2), account=REJECTED)
    assert after(CLEAR, appeal(hours=2), account=REJECTED)


def test_18_an_event_of_a_round_may_be_dated_a_little_early_but_not_before_the_round() -> None:
    assert after(CLEAR, submit(hours=1), account=VERIFYING)
    assert stale(VERIFYING, submit(hours=1, tick=-1))
    assert stale(VERIFYING, fail(hours=1, tick=-1))
    assert after(CLEAR, approve(hours=1), account=IN_REVIEW)
    assert stale(IN_REVIEW, approve(hours=1, tick=-1))
    assert after(CLEAR, grant(hours=3), account=APPEALED)
    assert stale(APPEALED, grant(hours=3, tick=-1))


@pytest.mark.parametrize(
    ("account", "event"),
    [(VERIFYING, submit), (VERIFYING, fail), (IN_REVIEW, approve), (APPEALED, grant)],
)
def test_18_an_event_that_names_another_round_is_stale(account: Account, event: Any) -> None:
    opened = "p1" if account is APPEALED else "s1"
    assert stale(account, event(attempt="another"))
    assert after(CLEAR, event(attempt=opened), account=account)


def test_18_an_appeal_that_names_a_round_while_no_appeal_is_open_is_stale() -> None:
    assert stale(REJECTED, appeal(attempt="p0"))


def test_18_stale_comes_last_also_for_an_event_that_names_another_round() -> None:
    assert refusal(IN_REVIEW, approve(by=USER, attempt="another"))[0] is Refusal.NOT_AUTHORIZED
    assert refusal(IN_REVIEW, fail(hours=2, attempt="another"))[0] is Refusal.WRONG_STATE
    assert refusal(REJECTED, appeal(attempt="p0", documents=frozenset()))[0] is Refusal.DOCUMENTS_MISSING


def test_18_a_round_that_has_lapsed_is_not_open() -> None:
    assert refusal(VERIFYING, submit(hours=2, attempt="s1")) == (Refusal.WRONG_STATE, True)
    assert refusal(VERIFYING, submit(hours=2)) == (Refusal.WRONG_STATE, False)


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (IN_REVIEW, approve),
        (IN_REVIEW, reject),
        (IN_REVIEW, more),
        (APPEALED, grant),
        (APPEALED, dismiss),
        (APPEALED, more),
        (FLAGGED, release),
    ],
)
def test_18_a_decision_from_before_the_latest_trigger_is_stale(before: Account, event: Any) -> None:
    account = after(CLEAR, flag("e2", 6), account=before)
    assert stale(account, event(hours=6, tick=-1))
    assert after(CLEAR, event(hours=6), account=account)


def test_18_evidence_that_was_retracted_makes_no_decision_stale() -> None:
    account = after(CLEAR, flag("e2", 6), retract("e2", 7), account=IN_REVIEW)
    assert after(CLEAR, approve(by=SYSTEM), account=account)


def test_18_a_machine_does_not_clear_new_evidence_with_an_old_picture_but_an_admin_may() -> None:
    newer = after(CLEAR, flag("e2", 1.75), account=IN_REVIEW)
    for kind in (ActorKind.SYSTEM, ActorKind.POLICY):
        assert stale(newer, approve(by=Actor(id="m", kind=kind)))
        assert after(CLEAR, approve(by=Actor(id="m", kind=kind)), account=IN_REVIEW)
    assert after(CLEAR, approve(), account=newer)
    assert after(CLEAR, reject(by=SYSTEM), account=newer)
    same_instant = after(CLEAR, flag("e2", 1.5), account=IN_REVIEW)
    assert after(CLEAR, approve(by=SYSTEM), account=same_instant)


def test_18_a_release_from_before_the_latest_move_needs_an_override() -> None:
    assert stale(REJECTED, release(hours=2, tick=-1))
    assert ends_at(after(CLEAR, release(hours=2), account=REJECTED), 2)
    assert ends_at(after(CLEAR, release(hours=1, override_stale=True), account=REJECTED), 1)


def test_18_an_override_waives_newer_evidence_as_well() -> None:
    account = after(CLEAR, flag("e2", 6), account=FLAGGED)
    assert stale(account, release(hours=5))
    assert ends_at(after(CLEAR, release(hours=5, override_stale=True), account=account), 5)


def test_18_an_event_dated_before_the_latest_move_does_not_set_that_instant_back() -> None:
    early = after(CLEAR, reject(hours=1.25), account=IN_REVIEW)
    assert early.holds[0].progress.moved_at == IN_REVIEW.holds[0].progress.moved_at == at(1.5)


def test_18_a_rejection_does_not_count_again_for_the_next_round() -> None:
    next_round = after(CLEAR, start("s2", 2), submit("u2", 2.5), account=REJECTED)
    assert changes(CLEAR, next_round, reject()) == ()
    assert after(CLEAR, reject("d2", 2), account=next_round)


def test_19_a_final_rejection_closes_verification_for_its_hold_only() -> None:
    two = policy(CLEAR, rule("z", clearance=CLEARANCE))
    account = after(two, flag(), start(), submit(), reject(final=True))
    assert refusal(account, start("s2", 3))[0] is Refusal.ATTEMPTS_EXHAUSTED
    assert after(two, start("s2", 3, hold="e1:z"), account=account)


def test_19_attempts_are_counted_for_each_hold_whether_they_failed_or_were_rejected() -> None:
    account = after(CLEAR, start("s2", 3), fail("f2", 3.5), account=REJECTED)
    assert account.holds[0].progress.failures == 2
    assert refusal(account, start("s3", 4))[0] is Refusal.ATTEMPTS_EXHAUSTED


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_of_another_account_is_refused_before_anything_else() -> None:
    strange = VerificationStarted(id="s", account="b", at=at(1), hold="nothing", method="x")
    with pytest.raises(EventRefused) as refused:
        apply(policy(CLEAR), FLAGGED, strange)
    assert (refused.value.reason, refused.value.event, refused.value.hold) == (Refusal.WRONG_ACCOUNT, strange, None)


def test_an_event_about_an_unknown_hold_or_one_that_is_no_longer_open_is_refused() -> None:
    assert refusal(FLAGGED, start(hold="e9:r")) == (Refusal.UNKNOWN_HOLD, False)
    ended = after(TIMER, flag())
    assert refusal(ended, release(hours=24), TIMER) == (Refusal.HOLD_NOT_OPEN, False)
    assert refusal(ended, start(hours=1), TIMER) == (Refusal.NO_CLEARANCE, False)


def test_a_missing_document_is_refused_and_one_more_is_not() -> None:
    assert refusal(REJECTED, appeal(documents=frozenset({"a"})))[0] is Refusal.DOCUMENTS_MISSING
    assert after(CLEAR, appeal(documents=frozenset({"a", "b", "c"})), account=REJECTED)


def test_an_event_is_outdated_if_it_happened_before_the_latest_that_the_hold_knows_of_and_not_at_it() -> None:
    assert refusal(REJECTED, submit("u2", 2)) == (Refusal.WRONG_STATE, False)
    assert refusal(REJECTED, submit("u2", 2, tick=-1)) == (Refusal.WRONG_STATE, True)
    later = after(CLEAR, flag("e2", 6), account=REJECTED)
    assert refusal(later, submit("u2", 6, tick=-1)) == (Refusal.WRONG_STATE, True)


def test_an_event_about_a_round_that_is_remembered_and_not_open_is_outdated() -> None:
    next_round = after(CLEAR, start("s2", 3), submit("u2", 3.5), account=REJECTED)
    assert refusal(next_round, approve("d2", 9, attempt="s1")) == (Refusal.STALE, True)
    assert refusal(next_round, approve("d2", 9, attempt="s9")) == (Refusal.STALE, False)


def test_an_event_that_names_the_open_round_is_never_outdated() -> None:
    later = after(CLEAR, flag("e2", 6), account=IN_REVIEW)
    assert refusal(later, approve(attempt="s1")) == (Refusal.STALE, False)


def test_a_retracted_trigger_makes_no_event_outdated() -> None:
    account = after(CLEAR, flag(), flag("wrong", 1_000_000), retract("wrong", 1))
    assert refusal(account, submit(hours=2)) == (Refusal.WRONG_STATE, False)


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_20_a_scope_of_all_operations_covers_an_unknown_operation() -> None:
    account = after(rule(scope=Scope(operations="*")), flag())
    assert all(is_denied(account, 1, request=Request(operation=name)) for name in ("teleportation", "trade"))


def test_20_an_operation_that_nobody_knows_is_covered() -> None:
    account = after(ORDERS_ONLY, flag())
    assert is_denied(account, 1, request=Request(operation="teleportation"))
    others = operations.WELL_KNOWN - {"withdrawal"}
    assert not any(is_denied(account, 1, request=Request(operation=name)) for name in others)


def test_20_an_operation_that_the_scope_leaves_is_known() -> None:
    leaves = Scope(operations=frozenset({"withdrawal"}), leaves=frozenset({"teleportation"}))
    account = after(rule(scope=leaves), flag())
    assert not is_denied(account, 1, request=Request(operation="teleportation"))
    assert is_denied(account, 1, request=Request(operation="levitation"))
    assert policy(rule(scope=leaves)).operations == {"withdrawal", "teleportation"}


def test_20_a_request_that_says_whose_it_is_is_refused_for_another_account() -> None:
    assert check(FLAGGED, at(1), Request(operation="trade", account="a"))
    with pytest.raises(InvalidValue, match=r"request\.account: must be the account that is asked about, got `b`"):
        check(FLAGGED, at(1), Request(operation="trade", account="b"))


def test_20_new_destinations_are_all_that_are_not_exactly_known() -> None:
    account = after(rule(scope=Scope(operations=frozenset({"withdrawal"}), destinations=Destinations.NEW)), flag())
    assert is_denied(account, 1, request=Request(operation="withdrawal", destination="somewhere"))  # type: ignore[arg-type]
    assert not is_denied(account, 1, request=Request(operation="withdrawal", destination=Destination.KNOWN))


def test_21_a_denial_carries_all_holds_that_cover_and_the_latest_of_their_ends() -> None:
    three = policy(TIMER, rule("z", duration=48 * HOUR), rule("p", scope=Scope(operations=frozenset({"p2p_sale"}))))
    denied = check(after(three, flag()), at(1))
    assert isinstance(denied, Denied)
    assert [hold.id for hold in denied.holds] == ["e1:r", "e1:z"]
    assert denied.resumes_at == at(48)
    endless = check(after(policy(TIMER, rule("z", clearance=CLEARANCE)), flag()), at(1))
    assert isinstance(endless, Denied)
    assert endless.resumes_at is None


def test_22_the_phase_is_the_least_advanced_state_of_the_holds_with_an_outstanding_clearance() -> None:
    two = policy(CLEAR, rule("z", clearance=CLEARANCE))
    account = Account(id="a")
    seen = [phase(account, at(0))]
    for event in (
        flag(),
        start(),
        start("s2", 1.1, hold="e1:z"),
        submit(),
        submit("u2", 1.6, hold="e1:z"),
        reject(),
        appeal(),
        grant(),
        approve("d2", 4.5, hold="e1:z"),
    ):
        account = after(two, event, account=account)
        seen.append(phase(account, event.at))
    assert [str(word) for word in seen] == [
        "active", "suspended", "suspended", "verification", "verification", "review", "suspended", "review", "review",
        "restored",
    ]  # fmt: skip


def test_22_the_phase_does_not_depend_on_the_request() -> None:
    allowed = check(after(TIMER, flag()), at(1), Request(operation="p2p_sale"))
    assert isinstance(allowed, Allowed)
    assert allowed.phase is Phase.SUSPENDED


@pytest.mark.parametrize(
    ("account", "hours", "expected"),
    [
        (after(TIMER, flag()), 1, (steps.Wait(until=at(24)), SUPPORT)),
        (after(rule(duration=24 * HOUR, releasable_by=frozenset()), flag()), 1, (steps.Wait(until=at(24)),)),
        (VERIFYING, 1, (steps.CompleteVerification(method="identity_personal", due=at(2)),)),
        (IN_REVIEW, 2, (steps.AwaitReview(due=at(4.5)),)),
        (APPEALED, 3, (steps.AwaitAppeal(due=at(8)),)),
        (
            after(BOTH, flag(), start(), submit(), approve()),
            3,
            (steps.Wait(until=at(24)), SUPPORT),
        ),
        (
            after(CLEAR, start("s2", 3), fail("f2", 3.5), account=REJECTED),
            4,
            (steps.Appeal(documents=("a", "b")),),
        ),
        (
            after(CLEAR, start("s2", 3), fail("f2", 3.5), account=REJECTED),
            51.5,
            (SUPPORT,),
        ),
    ],
)
def test_23_the_next_steps_in_their_order(account: Account, hours: float, expected: tuple[steps.Step, ...]) -> None:
    assert shown(account, hours).steps == expected


def test_23_no_verification_and_no_appeal_is_offered_while_the_hold_knows_of_a_later_move() -> None:
    assert shown(REJECTED, 2, tick=-1).steps == (SUPPORT,)
    assert [step.step for step in shown(REJECTED, 2).steps] == ["verify", "appeal"]
    assert next_change_at(REJECTED, at(1)) == at(2)
    assert shown(MORE_NEEDED_IN_APPEAL, 3.5, tick=-1).steps == (SUPPORT,)


def test_23_no_verification_is_to_be_completed_whose_round_was_opened_after_the_hold_had_ended() -> None:
    account = after(CLEAR, flag(), start(hours=6), retract(hours=3))
    assert shown(account, 2).steps == (steps.Wait(until=at(3)), SUPPORT)


def test_23_a_move_with_a_wrong_date_leaves_customer_support() -> None:
    account = after(CLEAR, fail(hours=1_000_000, attempt="s1"), account=after(CLEAR, flag(), start(hours=999_999.5)))
    assert refusal(account, start("s2", 2)) == (Refusal.STALE, True)
    assert shown(account, 2).steps == (SUPPORT,)


def test_23_verify_comes_first_with_its_methods_sorted_and_the_tips_of_the_failure_then_the_appeal() -> None:
    rejected = after(CLEAR, flag(), start(), submit(), reject(reasons=("poor_light",)))
    verify, afterwards = shown(rejected, 3).steps
    assert isinstance(verify, steps.Verify)
    assert verify.methods == ("identity_business", "identity_personal")
    assert verify.tips[0] == tips.GOOD_LIGHT
    assert afterwards == steps.Appeal(documents=("a", "b"))


def test_23_the_timer_of_both_is_waited_for_while_it_runs_and_then_no_longer() -> None:
    account = after(BOTH, flag())
    assert shown(account, 24, tick=-1).steps[0] == steps.Wait(until=at(24))
    assert isinstance(shown(account, 24).steps[0], steps.Verify)


def test_the_reasons_are_those_of_the_latest_verdict_against_the_person() -> None:
    assert shown(REJECTED, 3).reasons == ("forged",)
    assert shown(after(CLEAR, dismiss(), account=APPEALED), 5).reasons == ("unproven",)
    assert shown(after(CLEAR, start("s2", 3), fail("f2", 3.5), account=REJECTED), 4).reasons == ("blurred",)


def test_there_are_no_reasons_while_a_review_is_open_and_once_the_clearance_was_given() -> None:
    again = after(CLEAR, start("s2", 3), submit("u2", 3.5), account=REJECTED)
    assert shown(again, 4).reasons == ()
    both = after(BOTH, flag(), start(), submit(), reject(), start("s2", 3), submit("u2", 3.5), approve("d2", 4))
    assert shown(both, 5).reasons == ()
    assert shown(after(BOTH, start("s2", 3), account=after(BOTH, flag(), start(), submit(), reject())), 3).reasons == (
        "forged",
    )


def test_the_next_change_is_the_first_instant_at_which_an_answer_changes() -> None:
    both = after(BOTH, flag(), start(hours=1))
    assert next_change_at(both, at(0)) == at(2)
    assert next_change_at(both, at(2)) == at(24)
    assert next_change_at(both, at(24)) is None
    assert next_change_at(after(TIMER, flag()), at(24)) is None


def test_the_changes_of_several_events_are_returned_together_and_in_order() -> None:
    applied = apply(policy(CLEAR), Account(id="a"), flag(), start(), submit(), approve())
    assert [change.type for change in applied.changes] == [
        "hold_placed",
        "hold_moved",
        "hold_moved",
        "hold_moved",
        "identity_recorded",
    ]
    assert changes(CLEAR, FLAGGED, flag("e2", 1))[0].type == "hold_repeated"
    assert changes(CLEAR, FLAGGED, release())[0].type == "hold_released"


def test_a_release_and_a_repetition_have_changes_of_their_own() -> None:
    (released,) = changes(CLEAR, FLAGGED, release())
    assert isinstance(released, HoldReleased)
    (repeated,) = changes(CLEAR, FLAGGED, flag("e2", 1))
    assert repeated == HoldRepeated(account="a", event="e2", at=at(1), hold="e1:r")
    (repeated,) = changes(TIMER, after(TIMER, flag()), flag("e2", 1))
    assert repeated == HoldRepeated(account="a", event="e2", at=at(1), hold="e1:r", until=at(25))
