"""The way out replays without a refusal, is exact to the microsecond, and no shorter one exists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from strategies import Story, instants_after, stories
from withdraw_guard import (
    WITHDRAWAL,
    Account,
    Actor,
    Appeal,
    AppealSubmitted,
    Chosen,
    Clearance,
    EventRetracted,
    IdentityChanged,
    InvalidValue,
    LiftedBy,
    MoreRequested,
    Policy,
    Request,
    Rule,
    Scope,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    check,
    policies,
)
from withdraw_guard.analysis import (
    ApproveReview,
    CompleteVerification,
    FileAppeal,
    GrantAppeal,
    IfWrong,
    OrderRelease,
    Party,
    RejectReview,
    StartVerification,
    WaitUntil,
    WayOut,
    if_wrong,
    replayed,
    way_out,
)
from withdraw_guard.analysis._people import NO_RULES, applied, possible_events

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
TICK, HOUR = timedelta(microseconds=1), timedelta(hours=1)
SUPPORT = frozenset({"support"})
FACE, PERSONAL = frozenset({"face_web"}), frozenset({"identity_personal"})


def flagged(*rules: Rule, at: datetime = MONDAY) -> Account:
    """An account on which every one of these rules has placed a hold."""
    account = Account(id="a1")
    for trigger in sorted({rule.trigger for rule in rules}):
        event = SecurityEvent(id=f"e-{trigger}", account="a1", at=at, trigger=trigger, initiated_by="user")
        account = apply(Policy(id="p", version="1", rules=rules), account, event).account
    return account


def cleared(name: str = "abnormal", trigger: str = "abnormal_activity", **terms) -> Rule:
    rule = {key: terms.pop(key) for key in ("duration", "lifted_by", "releasable_by", "scope") if key in terms}
    clearance = Clearance(**{"unverified": PERSONAL, "verified": FACE, **terms})
    return Rule(**{"id": name, "trigger": trigger, "clearance": clearance, "releasable_by": SUPPORT, **rule})


def after(account: Account, *events) -> Account:
    return apply(NO_RULES, account, *events).account


def kinds(way: WayOut | None) -> list[type]:
    assert way is not None
    return [type(action) for action in way.actions]


@given(story=stories(), data=st.data())
def test_every_way_out_replays_without_a_refusal_and_is_exact(story: Story, data: st.DataObject) -> None:
    latest = max(event.at for event in story.events)
    at = data.draw(instants_after(story.account, latest))
    way = way_out(story.account, at)
    assert way is not None, "every rule that time alone does not end names an authority"
    assert bool(way.actions) is not bool(check(story.account, at))
    account = apply(story.policy, story.account, *way.events).account
    assert check(account, way.allowed_at)
    assert list(way.actions) == sorted(way.actions, key=lambda action: action.at)
    assert all(action.at >= at for action in way.actions)
    if way.actions and isinstance(way.actions[-1], WaitUntil):
        assert not check(account, way.allowed_at - TICK)


def cost(account: Account, now: datetime, deeds_done: int, releases: int, at: datetime) -> tuple | None:
    """What a sequence of events costs, if it ends every hold that covers a withdrawal."""
    holds = [hold for hold in account.holds if WITHDRAWAL.is_covered_by(hold.rule.scope) and hold.is_open(at)]
    if any(hold.end is None for hold in holds):
        return None
    by_then = now if deeds_done else at
    allowed_at = max([by_then, *(hold.end for hold in holds)])
    return releases, deeds_done + (allowed_at > by_then), allowed_at


def cheapest(account: Account, at: datetime, steps_max: int) -> tuple:
    """The lowest cost of all sequences of events at one instant."""
    covering = [hold for hold in account.holds if hold.is_open(at) and WITHDRAWAL.is_covered_by(hold.rule.scope)]
    known = [then for hold in covering for then in (hold.latest_at, hold.progress.moved_at) if then is not None]
    now = max([at, *known])
    ids = {hold.id for hold in covering}
    found, level = [], {(account, 0)}
    for done in range(steps_max + 1):
        found += [price for reached, freed in level if (price := cost(reached, now, done, freed, at)) is not None]
        nearer = set()
        for reached, freed in level:
            for hold in reached.holds:
                if hold.id in ids and hold.is_open(now):
                    for event in possible_events(reached, hold, now, f"w{done}"):
                        then = applied(NO_RULES, reached, event)
                        if then is not None:
                            nearer.add((then, freed + (event.type == "release_ordered")))
        level = nearer
    return min(found)


@settings(max_examples=min(40, settings().max_examples))
@given(story=stories(max_events=8), data=st.data())
def test_no_shorter_way_exists(story: Story, data: st.DataObject) -> None:
    at = max(event.at for event in story.events) + data.draw(st.sampled_from([timedelta(0), HOUR]))
    way = way_out(story.account, at)
    assume(len(way.actions) <= 5)
    releases = sum(isinstance(action, OrderRelease) for action in way.actions)
    assert (releases, len(way.actions), way.allowed_at) == cheapest(story.account, at, len(way.actions))


def test_an_account_that_may_withdraw_needs_nothing() -> None:
    assert way_out(Account(id="a1"), MONDAY) == WayOut(actions=(), allowed_at=MONDAY)


def test_a_timer_is_waited_for_although_somebody_could_release() -> None:
    rule = Rule(id="timed", trigger="password_changed", duration=24 * HOUR, releasable_by=SUPPORT)
    way = way_out(flagged(rule), MONDAY + HOUR)
    assert way == WayOut(actions=(WaitUntil(at=MONDAY + 24 * HOUR),), allowed_at=MONDAY + 24 * HOUR)
    assert way.actions[0].who is Party.HOLDER


def test_abnormal_activity_takes_a_verification_and_a_reviewer() -> None:
    event = SecurityEvent(id="e1", account="a1", at=MONDAY, trigger="abnormal_activity", initiated_by="system")
    account = apply(policies.BINANCE, Account(id="a1"), event).account
    way = way_out(account, MONDAY + HOUR)
    assert kinds(way) == [StartVerification, CompleteVerification, ApproveReview]
    assert [action.who for action in way.actions] == [Party.HOLDER, Party.HOLDER, Party.REVIEWER]
    assert way.actions[0].method == "identity_business"
    assert way.allowed_at == MONDAY + HOUR
    assert check(replayed(policies.BINANCE, way.events, account), way.allowed_at)


def test_the_appeal_is_the_way_out_if_no_verification_is_left() -> None:
    rule = cleared(attempts=1, appeal=Appeal(documents=frozenset({"id_photo"})))
    about = {"account": "a1", "hold": "e-abnormal_activity:abnormal", "at": MONDAY}
    account = after(
        flagged(rule),
        VerificationStarted(**about, id="e2", method="identity_personal"),
        VerificationFailed(**about, id="e3"),
    )
    way = way_out(account, MONDAY + HOUR)
    assert kinds(way) == [FileAppeal, GrantAppeal]
    assert way.actions[0].documents == ("id_photo",)
    assert way.actions[1].who is Party.APPEALS_OFFICER


def test_support_releases_only_if_nothing_else_ends_the_hold() -> None:
    account = flagged(Rule(id="closed", trigger="account_closed", releasable_by=SUPPORT | {"compliance"}))
    way = way_out(account, MONDAY)
    assert kinds(way) == [OrderRelease]
    assert (way.actions[0].authority, way.actions[0].who) == ("compliance", Party.AUTHORITY)
    assert way_out(account, MONDAY, authorities=["support"]).actions[0].authority == "support"
    assert way_out(account, MONDAY, authorities=()) is None


def test_a_review_that_can_no_longer_be_approved_is_rejected_first() -> None:
    """The identity was taken away during the review of the face."""
    account = after(Account(id="a1"), IdentityChanged(id="i1", account="a1", at=MONDAY - HOUR, identity="personal"))
    rule = cleared()
    event = SecurityEvent(id="e1", account="a1", at=MONDAY, trigger="abnormal_activity", initiated_by="user")
    about = {"account": "a1", "hold": "e1:abnormal", "at": MONDAY}
    account = apply(
        Policy(id="p", version="1", rules=(rule,)),
        account,
        event,
        VerificationStarted(**about, id="e2", method="face_web"),
        VerificationSubmitted(**about, id="e3"),
        IdentityChanged(id="i2", account="a1", at=MONDAY, identity=None),
    ).account
    way = way_out(account, MONDAY)
    assert kinds(way) == [RejectReview, StartVerification, CompleteVerification, ApproveReview]


def test_two_holds_that_accept_only_the_unverified_are_verified_side_by_side() -> None:
    """Approving one records the identity; the other was started before."""
    nobody = frozenset[str]()
    rules = (cleared("first", verified=nobody), cleared("second", verified=nobody))
    way = way_out(flagged(*rules), MONDAY)
    assert sorted(kinds(way), key=str) == sorted([StartVerification, CompleteVerification, ApproveReview] * 2, key=str)


def test_an_identity_that_one_hold_records_is_used_for_the_other() -> None:
    rules = (cleared("first", unverified=frozenset()), cleared("second"))
    way = way_out(flagged(*rules), MONDAY)
    assert OrderRelease not in kinds(way)
    assert [action.hold for action in way.actions[:3]] == ["e-abnormal_activity:second"] * 3


def test_the_holds_end_in_an_order_in_which_no_identity_prevents_a_verification() -> None:
    """Approving the review that is open records an identity with which the other cannot be verified."""
    about = {"account": "a1", "hold": "e-abnormal_activity:first", "at": MONDAY}
    account = after(
        flagged(cleared("first"), cleared("second", verified=frozenset())),
        VerificationStarted(**about, id="e2", method="identity_personal"),
        VerificationSubmitted(**about, id="e3"),
    )
    way = way_out(account, MONDAY)
    assert kinds(way) == [StartVerification, CompleteVerification, ApproveReview, ApproveReview]


def test_a_hold_that_does_not_cover_the_request_stays() -> None:
    rules = (
        Rule(id="timed", trigger="password_changed", duration=24 * HOUR),
        cleared(scope=Scope(operations=frozenset({"p2p_sale"}))),
    )
    assert kinds(way_out(flagged(*rules), MONDAY)) == [WaitUntil]


def test_a_timer_and_a_clearance_take_both() -> None:
    way = way_out(flagged(cleared(duration=48 * HOUR, lifted_by=LiftedBy.ALL)), MONDAY)
    assert kinds(way) == [StartVerification, CompleteVerification, ApproveReview, WaitUntil]
    assert way.allowed_at == MONDAY + 48 * HOUR


def test_actions_are_never_earlier_than_the_latest_event_of_the_hold() -> None:
    """The hold was placed by a clock that was ahead."""
    way = way_out(flagged(cleared(), at=MONDAY + HOUR), MONDAY)
    assert {action.at for action in way.actions} == {MONDAY + HOUR}


def test_an_id_that_the_hold_knows_is_not_used_again() -> None:
    account = after(
        flagged(cleared()),
        VerificationStarted(
            id="way-out-1", account="a1", hold="e-abnormal_activity:abnormal", at=MONDAY, method="identity_personal"
        ),
    )
    way = way_out(account, MONDAY)
    assert kinds(way) == [CompleteVerification, ApproveReview]
    assert len({event.id for event in way.events} | {"way-out-1"}) == 3


def test_an_invalid_question_is_refused() -> None:
    with pytest.raises(InvalidValue, match="aware"):
        way_out(Account(id="a1"), MONDAY.replace(tzinfo=None))
    with pytest.raises(InvalidValue, match="authorities"):
        way_out(Account(id="a1"), MONDAY, authorities=["Not a name"])
    with pytest.raises(InvalidValue, match="actions: must be actions"):
        WayOut(actions=(Actor(id="x", kind="admin"),), allowed_at=MONDAY)


# ── More is needed, and an identity that ends ────────────────────────────────────────────────────────────────────


def test_what_a_reviewer_asked_for_is_handed_in_and_approved() -> None:
    account = started(flagged(cleared()), "e-abnormal_activity:abnormal", "identity_personal", MONDAY)
    about = {"account": "a1", "hold": "e-abnormal_activity:abnormal", "at": MONDAY}
    asked = after(
        account,
        VerificationSubmitted(**about, id="e3"),
        MoreRequested(**about, id="e4", by=Actor(id="r-1", kind="admin"), documents=frozenset({"id_photo"})),
    )
    assert kinds(way_out(asked, MONDAY)) == [CompleteVerification, ApproveReview]


def test_an_appeal_that_waits_for_documents_can_be_granted_without_them() -> None:
    about = {"account": "a1", "hold": "e-abnormal_activity:abnormal", "at": MONDAY}
    asked = after(
        flagged(cleared(appeal=Appeal(after_failures=0))),
        AppealSubmitted(**about, id="e2"),
        MoreRequested(**about, id="e3", by=Actor(id="r-1", kind="admin"), documents=frozenset({"id_photo"})),
    )
    assert kinds(way_out(asked, MONDAY)) == [GrantAppeal]


def test_the_end_of_an_identity_is_waited_for_before_anybody_releases() -> None:
    """The rule accepts nothing from an account that is verified."""
    valid_until = MONDAY + HOUR
    known = IdentityChanged(id="i1", account="a1", at=MONDAY, identity="personal", valid_until=valid_until)
    account = after(flagged(cleared(verified=frozenset())), known)
    way = way_out(account, MONDAY)
    assert kinds(way) == [StartVerification, CompleteVerification, ApproveReview]
    assert {action.at for action in way.actions} == {valid_until}
    assert way_out(account, MONDAY, authorities=()) == way
    assert kinds(way_out(after(account, attrs.evolve(known, id="i2", valid_until=None)), MONDAY)) == [OrderRelease]


# ── If a report was wrong ────────────────────────────────────────────────────────────────────────────────────────


def retracted(policy: Policy, account: Account, events: Iterable[str], at: datetime) -> Account:
    by = Actor(id="s-1", kind="admin")
    authority = min(policy.retractable_by)
    for number, event in enumerate(events):
        retraction = EventRetracted(
            id=f"x{number}", account=account.id, at=at, event=event, by=by, authority=authority, note="wrong"
        )
        account = apply(policy, account, retraction).account
    return account


@given(story=stories(), data=st.data())
def test_retracting_what_is_named_ends_the_hold_and_less_does_not(story: Story, data: st.DataObject) -> None:
    latest = max(event.at for event in story.events)
    at = data.draw(instants_after(story.account, latest))
    policy = attrs.evolve(story.policy, retractable_by=frozenset({"security"}))
    found = if_wrong(policy, story.account, at)
    assert bool(found) is not bool(check(story.account, at))
    for wrong in found:
        account = retracted(policy, story.account, wrong.events, at)
        assert not account.hold(wrong.hold).is_open(at)
        for left in wrong.events:
            fewer = [event for event in wrong.events if event != left]
            assert retracted(policy, story.account, fewer, at).hold(wrong.hold).is_open(at)


def test_a_report_with_a_wrong_date_is_named_apart_from_the_way_out() -> None:
    """The way out of a change of the password that is dated far ahead is to wait for it."""
    far = datetime(2199, 1, 1, tzinfo=UTC)
    event = SecurityEvent(id="e1", account="a1", at=far, trigger="password_changed", initiated_by="user")
    account = apply(policies.BINANCE, Account(id="a1"), event).account
    assert way_out(account, MONDAY).allowed_at == far + 24 * HOUR
    (wrong,) = if_wrong(policies.BINANCE, account, MONDAY)
    assert wrong == IfWrong(hold="e1:password-changed", events=("e1",), authorities=policies.BINANCE.retractable_by)
    assert check(retracted(policies.BINANCE, account, wrong.events, MONDAY), MONDAY)


def test_only_reports_that_still_hold_are_named() -> None:
    rule = Rule(id="timed", trigger="password_changed", duration=24 * HOUR)
    policy, account = Policy(id="p", version="1", rules=(rule,)), Account(id="a1")
    for hours in (0, 20, 22):
        at = MONDAY + hours * HOUR
        event = SecurityEvent(id=f"e{hours}", account="a1", at=at, trigger="password_changed", initiated_by="user")
        account = apply(policy, account, event).account
    (wrong,) = if_wrong(policy, account, MONDAY + 30 * HOUR)
    assert wrong.events == ("e20", "e22")
    assert if_wrong(policy, account, MONDAY + 46 * HOUR) == ()


def test_every_remembered_report_is_named_if_the_hold_no_longer_remembers_one_that_still_holds() -> None:
    """The timer of the cause is over; that of the event that was dropped is not."""
    bounds = Chosen(minimum=HOUR, maximum=9 * HOUR)
    rule = Rule(id="lock", trigger="lock", duration=HOUR, chosen=bounds)
    policy, account = Policy(id="p", version="1", rules=(rule,)), Account(id="a1")
    for number in range(18):
        event = SecurityEvent(
            id=f"e{number}", account="a1", at=MONDAY + number * TICK, trigger="lock", initiated_by="user",
            duration=9 * HOUR if number else None,
        )  # fmt: skip
        account = apply(policy, account, event).account
    (hold,) = account.holds
    assert hold.dropped is not None
    (wrong,) = if_wrong(policy, account, MONDAY + 2 * HOUR)
    assert wrong.events == tuple(trigger.event for trigger in hold.triggers)
    assert check(retracted(policy, account, wrong.events, MONDAY + 2 * HOUR), MONDAY + 2 * HOUR)


def test_no_report_is_named_if_nobody_may_retract_or_if_it_stops_something_else() -> None:
    account = flagged(cleared(scope=Scope(operations=frozenset({"p2p_sale"}))))
    policy = Policy(id="p", version="1", rules=())
    assert if_wrong(policy, account, MONDAY) == ()
    sale = Request(operation="p2p_sale")
    assert [wrong.events for wrong in if_wrong(policy, account, MONDAY, sale)] == [("e-abnormal_activity",)]
    assert if_wrong(attrs.evolve(policy, retractable_by=frozenset()), account, MONDAY, sale) == ()


# ── What a search once missed ────────────────────────────────────────────────────────────────────────────────────


def started(account: Account, hold: str, method: str, at: datetime) -> Account:
    return after(account, VerificationStarted(id=f"s-{hold}", account="a1", at=at, hold=hold, method=method))


def test_a_verification_that_lapsed_is_started_again() -> None:
    account = started(flagged(cleared(verify_within=HOUR)), "e-abnormal_activity:abnormal", "identity_personal", MONDAY)
    assert kinds(way_out(account, MONDAY)) == [CompleteVerification, ApproveReview]
    for authorities in (frozenset[str](), SUPPORT):
        way = way_out(account, MONDAY + HOUR, authorities=authorities)
        assert kinds(way) == [StartVerification, CompleteVerification, ApproveReview]


@pytest.mark.parametrize("other", ["face_web", "voice"])
def test_of_two_methods_the_one_is_taken_that_records_the_identity_for_another_hold(other: str) -> None:
    either = cleared("either", unverified=frozenset({other, "identity_personal"}), verified=FACE)
    identified = cleared("identified", unverified=frozenset())
    account = flagged(either, identified)
    begun = started(account, "e-abnormal_activity:either", other, MONDAY)
    for held in (account, begun):
        way = way_out(held, MONDAY)
        assert OrderRelease not in kinds(way)
        assert way.actions[0].event.method == "identity_personal"
        assert check(replayed(NO_RULES, way.events, held), way.allowed_at)


def test_a_verification_is_done_instead_of_waiting_if_it_records_the_identity_for_another_hold() -> None:
    timed = cleared("timed", duration=HOUR)
    identified = cleared("identified", unverified=frozenset(), duration=2 * HOUR, lifted_by="all")
    way = way_out(flagged(timed, identified), MONDAY)
    assert kinds(way) == [StartVerification, CompleteVerification, ApproveReview] * 2 + [WaitUntil]
