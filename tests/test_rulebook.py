"""The rulebook, sentence by sentence, on the smallest journal that shows it: at each boundary and one tick beside it.

The laws and the reference say more; this says it so that it can be read beside `docs/rulebook.md`. Instants are hours
after the first trigger.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from test_walk import RULEBOOK
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
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    Identity,
    IdentityChanged,
    IdentityRecorded,
    InvalidValue,
    LiftedBy,
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
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    check,
    next_change_at,
    open_holds,
    phase,
    steps,
    tips,
)

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


def identity(name: str = "i1", hours: float = 0, value: Identity | None = Identity.PERSONAL, tick: int = 0) -> Event:
    return IdentityChanged(id=name, account="a", at=at(hours, tick), identity=value)


def after(terms: Rule | Policy, *events: Event, account: Account | None = None) -> Account:
    under = terms if isinstance(terms, Policy) else policy(terms)
    return apply(under, account or Account(id="a"), *events).account


def changes(terms: Rule | Policy, account: Account, event: Event) -> tuple[Change, ...]:
    return apply(terms if isinstance(terms, Policy) else policy(terms), account, event).changes


def refusal(account: Account, event: Event, terms: Rule = CLEAR) -> tuple[Refusal, bool]:
    with pytest.raises(EventRefused) as refused:
        apply(policy(terms), account, event)
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
# A hold that a human ended at an instant before its latest trigger.
RELEASED_EARLY = after(CLEAR, flag("e2", 5), release(hours=3, override_stale=True, hold="e2:r"))


# ── 4.1 Time ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_3_a_hold_blocks_until_its_end_and_not_at_it_and_also_before_it_was_placed() -> None:
    account = after(TIMER, flag())
    assert ends_at(account, 24)
    assert is_denied(account, -1000)


# ── 4.2 Placing holds ────────────────────────────────────────────────────────────────────────────────────────────


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


def test_7_an_event_that_placed_or_last_triggered_a_hold_of_that_rule_id_is_already_known() -> None:
    account = after(TIMER, flag("e1"), flag("e2", 1))
    for again in (flag("e1"), flag("e2", 1)):
        assert changes(TIMER, account, again) == ()
        assert changes(rule(duration=36 * HOUR), account, again) == ()
    assert changes(TIMER, account, flag("e1", 1.5)) != ()


def test_7_an_event_is_already_known_to_a_hold_of_the_same_rule_with_a_trigger_as_late() -> None:
    account = after(TIMER, flag("e1", 0))
    assert changes(TIMER, account, flag("e0", 0)) == ()
    assert changes(TIMER, account, flag("e0", -1)) == ()
    assert isinstance(changes(TIMER, account, flag("e2", 0, tick=1))[0], HoldRepeated)


def test_7_an_event_is_new_to_a_hold_that_ended_before_it() -> None:
    assert RELEASED_EARLY.holds[-1].end == at(3)
    assert changes(CLEAR, RELEASED_EARLY, flag("e3", 3)) == ()
    assert isinstance(changes(CLEAR, RELEASED_EARLY, flag("e3", 3, tick=1))[0], HoldPlaced)


def test_8_an_event_joins_an_open_hold_of_exactly_the_same_rule_and_the_state_stays() -> None:
    account = after(CLEAR, flag(), start(), submit(), flag("e2", 1.75))
    assert [hold.id for hold in account.holds] == ["e1:r"]
    assert account.holds[0].latest.event == "e2"
    assert shown(account, 2).state is State.REVIEW


@pytest.mark.parametrize(("repeat", "end"), [(Repeat.EXTEND, 34), (Repeat.KEEP, 24)])
def test_8_extend_moves_the_timer_and_keep_leaves_it(repeat: Repeat, end: float) -> None:
    account = after(rule(duration=24 * HOUR, repeat=repeat), flag(), flag("e2", 10))
    assert ends_at(account, end)
    assert account.holds[0].latest.event == "e2"


def test_8_a_hold_that_ends_at_the_instant_of_the_event_is_not_joined() -> None:
    assert isinstance(changes(TIMER, after(TIMER, flag()), flag("e2", 24, tick=-1))[0], HoldRepeated)
    assert isinstance(changes(TIMER, after(TIMER, flag()), flag("e2", 24))[0], HoldPlaced)


@pytest.mark.parametrize("lift", [(start(), submit(), approve()), (release(hours=1, override_stale=True),)])
def test_8_a_hold_that_was_cleared_or_released_is_not_joined(lift: tuple[Event, ...]) -> None:
    account = after(BOTH, flag(), *lift, flag("e2", 3))
    assert [hold.id for hold in account.holds][-1] == "e2:r"


def test_9_a_new_hold_prunes_each_hold_that_has_ended_by_then_and_knows_of_nothing_later() -> None:
    (placed,) = changes(TIMER, after(TIMER, flag()), flag("e2", 24))
    assert isinstance(placed, HoldPlaced)
    assert placed.forgotten == ("e1:r",)


def test_9_an_ended_hold_that_knows_of_something_later_is_not_pruned() -> None:
    (placed,) = changes(CLEAR, RELEASED_EARLY, flag("e3", 4))
    assert isinstance(placed, HoldPlaced)
    assert placed.forgotten == ()
    (placed,) = changes(CLEAR, RELEASED_EARLY, flag("e3", 5))
    assert isinstance(placed, HoldPlaced)
    assert placed.forgotten == ("e2:r",)


def test_9_a_rule_that_has_changed_places_a_second_hold_and_the_first_keeps_its_terms() -> None:
    account = after(rule(duration=HOUR), flag("e2", 1), account=after(TIMER, flag()))
    assert [hold.until for hold in account.holds] == [at(24), at(2)]


def test_10_a_hold_id_that_is_taken_is_numbered() -> None:
    first = after(TIMER, flag())
    second = after(rule(duration=HOUR), flag("e1", 1), account=first)
    third = after(rule(duration=2 * HOUR), flag("e1", 1.5), account=second)
    assert [hold.id for hold in third.holds] == ["e1:r", "e1:r#2", "e1:r#3"]


# ── What came with schema 1.1 ────────────────────────────────────────────────────────────────────────────────────

CHOSEN = rule(duration=24 * HOUR, chosen=Chosen(minimum=2 * HOUR, maximum=72 * HOUR))
APART = rule(duration=24 * HOUR, repeat=Repeat.SEPARATE)
APART_UNTIL_RELEASED = rule(repeat=Repeat.SEPARATE)
NAMED = rule(
    duration=24 * HOUR,
    repeat=Repeat.SEPARATE,
    scope=Scope(operations=frozenset({"withdrawal"}), destinations=Destinations.NAMED),
)
EXTENDED = rule(duration=24 * HOUR, extended_by=frozenset({"other"}))
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


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_25_the_timer_is_the_latest_end_that_any_of_its_triggers_set(order: tuple[int, ...]) -> None:
    choices = (choose(48), choose(2, "e2", 1), choose(24, "e3", 2))
    assert ends_at(after(CHOSEN, *(choices[number] for number in order)), 48)


def test_25_an_older_event_is_already_known_only_if_the_hold_lasts_as_long() -> None:
    account = after(CHOSEN, choose(24, "e2", 1))
    assert changes(CHOSEN, account, choose(25)) == ()
    (longer,) = changes(CHOSEN, account, attrs.evolve(choose(25), duration=25 * HOUR + TICK))
    assert isinstance(longer, HoldRepeated)
    assert longer.timer == at(25, 1)
    assert after(CHOSEN, choose(26), account=account).holds[0].latest.event == "e2"


def test_25_if_a_further_trigger_moves_no_timer_a_longer_choice_moves_none() -> None:
    kept = attrs.evolve(CHOSEN, repeat=Repeat.KEEP)
    account = after(kept, choose(24, "e2", 1))
    assert changes(kept, account, choose(72)) == ()
    assert ends_at(after(kept, choose(72, "e3", 2), account=account), 25)


def test_25_every_older_event_is_already_known_to_a_released_hold_and_it_never_comes_back() -> None:
    """The shortest journal that brought a released choice back: the release was forgotten with its hold."""
    long, order = choose(72), release(hours=2)
    account = after(CHOSEN, long, choose(2, "e2", 1), order)
    assert changes(CHOSEN, account, choose(72, "e0", -1)) == ()
    account = after(CHOSEN, choose(2, "e3", 10), account=account)
    assert [hold.id for hold in account.holds] == ["e1:r", "e3:r"]
    assert changes(CHOSEN, account, long) == ()
    assert ends_at(account, 12)
    account = after(CHOSEN, choose(2, "e4", 72), account=account)
    assert [hold.id for hold in account.holds] == ["e4:r"]
    assert changes(CHOSEN, account, long) == ()


def test_26_every_event_places_a_hold_of_its_own_and_releasing_one_leaves_the_others() -> None:
    account = after(APART_UNTIL_RELEASED, flag(), flag("e2", 1), release(hours=2))
    assert [(hold.id, hold.end) for hold in account.holds] == [("e1:r", at(2)), ("e2:r", None)]
    assert is_denied(account, 9_999)


def test_26_an_event_that_placed_a_hold_of_that_rule_id_is_already_known() -> None:
    account = after(APART, flag(), flag("e2", 1))
    for again in (flag(), flag("e2", 1)):
        assert changes(APART, account, again) == ()
        assert changes(rule(duration=36 * HOUR, repeat=Repeat.SEPARATE), account, again) == ()


def test_26_an_event_is_already_known_if_its_timer_is_over_by_the_latest_trigger_on_record() -> None:
    account = after(APART, flag("e2", 24))
    assert changes(APART, account, flag("e1", 0)) == ()
    assert isinstance(changes(APART, account, flag("e1", 0, tick=1))[0], HoldPlaced)


def test_26_a_hold_whose_timer_is_over_by_a_new_trigger_is_pruned_and_never_comes_back() -> None:
    account = after(APART, flag(), release(hours=1), flag("e2", 24, tick=-1))
    assert [hold.id for hold in account.holds] == ["e1:r", "e2:r"]
    account = after(APART, flag("e3", 24), account=account)
    assert [hold.id for hold in account.holds] == ["e2:r", "e3:r"]
    assert changes(APART, account, flag()) == ()


def test_26_holds_that_a_person_ended_are_kept_and_of_very_many_the_latest() -> None:
    account = Account(id="a")
    for number in range(64):
        order = release(f"x{number}", number, tick=1, hold=f"e{number}:r")
        account = after(APART_UNTIL_RELEASED, flag(f"e{number}", number), order, account=account)
    assert len(account.holds) == 64
    account = after(APART_UNTIL_RELEASED, flag("now", 100), account=account)
    assert [hold.cause.event for hold in account.holds] == [*(f"e{number}" for number in range(1, 64)), "now"]


def test_26_after_63_open_holds_an_event_joins_the_latest_without_a_destination() -> None:
    flags = [flag(f"e{number}", tick=number) for number in range(63)]
    account = after(APART, *flags)
    (joined,) = changes(APART, account, flag("more", 1))
    assert isinstance(joined, HoldRepeated)
    assert joined.hold == "e62:r"
    account = after(APART, release(hours=2, hold="e62:r"), flag("more", 3), account=account)
    assert (len(account.holds), account.holds[-1].id) == (64, "more:r")


@pytest.mark.parametrize(
    ("terms", "since"),
    [
        (APART_UNTIL_RELEASED, [release(f"x{number}", 5, hold=f"e{number}:r") for number in range(63)]),
        (APART_UNTIL_RELEASED, [release("x0", 0, tick=63, hold="e0:r")]),
        (APART, [flag("next", 24, tick=1)]),
    ],
    ids=["all of it was released", "one was released at that instant", "two were over and are forgotten"],
)
def test_26_an_event_that_joined_before_the_latest_denies_again_when_fewer_holds_are_open(
    terms: Rule, since: list[Event]
) -> None:
    """The second trigger that joins takes the place of the first on record, so the first is not known for certain."""
    joined = flag("e63", tick=63)
    account = after(terms, *(flag(f"e{number}", tick=number) for number in range(63)), joined, flag("e64", tick=64))
    assert len(account.holds) == 63
    assert changes(terms, account, joined) == ()
    account = after(terms, *since, account=account)
    assert [type(change) for change in changes(terms, account, joined)] == [HoldPlaced]


def test_26_if_63_open_holds_have_a_destination_one_hold_without_a_destination_is_placed() -> None:
    flags = [attrs.evolve(flag(f"e{number}", tick=number), destination_id=f"d{number}") for number in range(63)]
    account = after(NAMED, *flags)
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
    account = after(APART, about_one("here"))
    assert account.holds[0].destination_id is None
    assert is_denied(account, 1, request=to("there"))


def test_27_a_request_that_names_an_address_is_told_when_it_can_be_used() -> None:
    account = after(NAMED, about_one("here"), about_one("there", "e2", 10))
    for destination, end in (("here", 24), ("there", 34), (None, 34)):
        answer = check(account, at(11), to(destination))
        assert isinstance(answer, Denied)
        assert answer.resumes_at == at(end)


def test_28_a_trigger_that_extends_places_nothing_and_makes_the_open_hold_last_from_there_on() -> None:
    assert changes(EXTENDED, Account(id="a"), flag("e2", 1, trigger="other")) == ()
    account = after(EXTENDED, flag(), flag("e2", 10, trigger="other"))
    assert [hold.id for hold in account.holds] == ["e1:r"]
    assert ends_at(account, 34)
    assert changes(EXTENDED, after(EXTENDED, flag()), flag("e2", 24, trigger="other")) == ()


def test_28_the_facts_of_a_trigger_that_extends_are_ignored() -> None:
    terms = attrs.evolve(EXTENDED, where={"known": True})
    account = after(terms, flag(known=True), flag("e2", 10, trigger="other", known=False))
    assert ends_at(account, 34)


def test_28_a_trigger_that_came_too_early_is_joined_if_it_is_on_record() -> None:
    weak = rule("weak", "other", duration=6 * HOUR)
    strong_then_weak = after(policy(EXTENDED, weak), flag(), flag("e2", 10, trigger="other"))
    weak_then_strong = after(policy(EXTENDED, weak), flag("e2", 10, trigger="other"), flag())
    assert set(strong_then_weak.holds) == set(weak_then_strong.holds)
    alone = after(EXTENDED, flag("e2", 10, trigger="other"), flag())
    assert ends_at(alone, 24)


def test_28_a_trigger_that_came_too_early_is_joined_when_the_hold_is_made_longer() -> None:
    weak = rule("weak", "other", duration=6 * HOUR)
    account = after(policy(EXTENDED, weak), flag(), flag("e3", 30, trigger="other"), flag("e2", 10))
    assert [hold.until for hold in account.holds] == [at(54), at(36)]


def test_28_a_hold_that_only_a_clearance_ends_is_extended_after_its_timer() -> None:
    """Found by the reference: what came before its turn was joined only while the timer ran."""
    both = attrs.evolve(BOTH, extended_by=frozenset({"other"}))
    weak = rule("weak", "other", duration=6 * HOUR)
    in_order = after(policy(both, weak), flag(), flag("e2", 30, trigger="other"))
    swapped = after(policy(both, weak), flag("e2", 30, trigger="other"), flag())
    assert [hold.until for hold in in_order.holds] == [at(54), at(36)]
    assert set(in_order.holds) == set(swapped.holds)


def test_28_a_trigger_that_a_hold_of_that_rule_id_knows_joins_no_other_hold() -> None:
    """Found by reading: the account that came of it could not be, and so the event could not be applied."""
    weak = rule("weak", "other", duration=60 * HOUR)
    before = after(policy(EXTENDED, weak), flag(), flag("e2", 10, trigger="other"), release(hours=11))
    changed = attrs.evolve(EXTENDED, duration=36 * HOUR)
    account = after(policy(changed, weak), flag("e3", 9), account=before)
    assert [(hold.id, hold.until) for hold in account.holds if hold.rule == changed] == [("e3:r", at(45))]


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
    """Also where an older event comes late, or again: the later calendar once made the hold longer."""
    terms = rule(business_days=1)
    account = after(by_the_calendar(terms), flag("e2", 1))
    without_tuesday = attrs.evolve(DAYS, days=(DAYS.days[0], *DAYS.days[2:]))
    assert changes(by_the_calendar(terms, calendar=without_tuesday), account, flag("e1", 0)) == ()
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


# ── 4.3 Lifting holds ────────────────────────────────────────────────────────────────────────────────────────────


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


def test_13_the_table_is_the_published_one() -> None:
    assert {state.value: {str(move): str(to) for move, to in row.items()} for state, row in TABLE.items()} == RULEBOOK


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
    assert recorded.identity is proved
    assert changes(CLEAR, submitted, reject())[1:] == ()


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


def test_15_a_started_verification_lapses_and_counts_as_no_failure() -> None:
    assert shown(VERIFYING, 2, tick=-1).state is State.VERIFICATION
    assert shown(VERIFYING, 2).state is State.SUSPENDED
    assert refusal(VERIFYING, submit(hours=2))[0] is Refusal.WRONG_STATE
    again = after(CLEAR, start("s2", 2), submit("u2", 2.5), account=VERIFYING)
    assert shown(again, 3).state is State.REVIEW


def test_15_a_due_date_that_has_passed_lifts_nothing() -> None:
    assert shown(IN_REVIEW, 100).state is State.REVIEW
    assert shown(APPEALED, 100).state is State.APPEAL


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


def test_16_granting_an_appeal_lifts_that_hold_only() -> None:
    two = policy(CLEAR, rule("z", clearance=CLEARANCE))
    account = after(two, flag(), start(), submit(), reject(), appeal(), grant())
    assert [hold.id for hold in open_holds(account, at(4))] == ["e1:z"]


@pytest.mark.parametrize("kind", ActorKind)
def test_17_a_user_never_decides_or_releases_and_only_an_admin_decides_an_appeal(kind: ActorKind) -> None:
    by = Actor(id="someone", kind=kind)
    for account, event, may in (
        (IN_REVIEW, approve(by=by), kind is not ActorKind.USER),
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


def test_17_only_an_authority_that_the_rule_names_releases() -> None:
    assert refusal(FLAGGED, release(authority="court"))[0] is Refusal.NOT_AUTHORIZED


def test_18_the_events_of_the_latest_move_change_nothing_when_they_come_again() -> None:
    assert changes(CLEAR, IN_REVIEW, submit()) == ()
    assert refusal(IN_REVIEW, submit("u9"))[0] is Refusal.WRONG_STATE
    assert refusal(IN_REVIEW, submit(tick=1))[0] is Refusal.WRONG_STATE
    assert refusal(IN_REVIEW, fail("u1"))[0] is Refusal.WRONG_STATE
    assert changes(CLEAR, after(CLEAR, flag(), release()), release()) == ()


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


@pytest.mark.parametrize(
    ("before", "event"),
    [(IN_REVIEW, approve), (IN_REVIEW, reject), (APPEALED, grant), (APPEALED, dismiss), (FLAGGED, release)],
)
def test_18_a_decision_from_before_the_latest_trigger_is_stale(before: Account, event: Any) -> None:
    account = after(CLEAR, flag("e2", 6), account=before)
    assert stale(account, event(hours=6, tick=-1))
    assert after(CLEAR, event(hours=6), account=account)


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


def test_18_a_verdict_that_is_dated_before_the_submission_leaves_the_latest_move() -> None:
    early = after(CLEAR, reject(hours=1.25), account=IN_REVIEW)
    assert early.holds[0].progress.moved == IN_REVIEW.holds[0].progress.moved
    at_once = after(CLEAR, reject(hours=1.5), account=IN_REVIEW).holds[0].progress.moved
    assert at_once is not None
    assert [name for _, name in sorted(at_once.by)] == ["d1", "u1"]


def test_18_a_rejection_at_the_instant_of_the_next_round_does_not_count_again_for_it() -> None:
    next_round = after(CLEAR, start("s2", 2), submit("u2", 2.5), account=REJECTED)
    assert stale(next_round, reject())
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


# ── 4.4 Refusals ─────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── 4.5 Answers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_20_a_scope_of_all_operations_covers_an_unknown_operation() -> None:
    account = after(rule(scope=Scope(operations="*")), flag())
    assert is_denied(account, 1, request=Request(operation="teleportation"))
    assert not is_denied(after(ORDERS_ONLY, flag()), 1, request=Request(operation="teleportation"))


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
        (after(TIMER, flag()), 1, (steps.Wait(until=at(24)), steps.ContactSupport())),
        (after(rule(duration=24 * HOUR, releasable_by=frozenset()), flag()), 1, (steps.Wait(until=at(24)),)),
        (VERIFYING, 1, (steps.CompleteVerification(method="identity_personal", due=at(2)),)),
        (IN_REVIEW, 2, (steps.AwaitReview(due=at(4.5)),)),
        (APPEALED, 3, (steps.AwaitAppeal(due=at(8)),)),
        (
            after(BOTH, flag(), start(), submit(), approve()),
            3,
            (steps.Wait(until=at(24)), steps.ContactSupport()),
        ),
        (
            after(CLEAR, start("s2", 3), fail("f2", 3.5), account=REJECTED),
            4,
            (steps.Appeal(documents=("a", "b")),),
        ),
        (
            after(CLEAR, start("s2", 3), fail("f2", 3.5), account=REJECTED),
            51.5,
            (steps.ContactSupport(),),
        ),
    ],
)
def test_23_the_next_steps_in_their_order(account: Account, hours: float, expected: tuple[steps.Step, ...]) -> None:
    assert shown(account, hours).steps == expected


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
