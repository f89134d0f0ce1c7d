"""A backtest answers what `check` answered, payout by payout, from what had arrived by then."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import REQUESTS, START, TICK, Story, boundaries, stories
from withdraw_guard import Account, ActorKind, InvalidValue, Request, SecurityEvent, check, policies, triggers
from withdraw_guard.backtest import Arrived, Payout, Span, denials_of, replayed
from withdraw_guard.testing._journal import story_of

EVENT = SecurityEvent(id="e1", account="a1", at=START, trigger=triggers.PASSWORD_CHANGED, initiated_by=ActorKind.USER)
ARRIVED = Arrived(at=START + timedelta(hours=2), event=EVENT)


def spans_of(*arrivals: Arrived) -> tuple[Span, ...]:
    return replayed(policies.BINANCE, Account(id="a1"), arrivals).spans


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[Story, list[Arrived]]:
    """A story whose events are late by delays of their own, so that later ones overtake them, or come twice."""
    story = draw(stories())
    late = st.sampled_from([timedelta(), timedelta(), TICK, timedelta(hours=1), timedelta(days=3)])
    at, arrivals = START, []
    for event in story.events:
        at += draw(st.sampled_from([timedelta(), TICK, timedelta(hours=1), timedelta(days=3)]))
        arrivals.append(Arrived(at=at + draw(late), event=event))
        if draw(st.booleans()):
            arrivals.append(Arrived(at=at + draw(late), event=event))
    arrivals.sort(key=lambda arrived: arrived.at)
    return story_of(story.policy, [arrived.event for arrived in arrivals]), arrivals


def payouts_of(story: Story, at: datetime) -> list[Payout]:
    """The usual payouts, those of an unknown operation, and those to each destination that a hold is about."""
    about = {hold.destination_id for account in story.accounts for hold in account.holds} - {None}
    asked = [*REQUESTS, Request(operation="unheard_of")]
    asked += [Request(operation="withdrawal", destination_id=name) for name in [*sorted(filter(None, about)), "other"]]
    members = ("operation", "destination", "destination_id")
    return [
        Payout(id="p", account=story.account.id, at=at, **{name: getattr(request, name) for name in members})
        for request in asked
    ]


def instants(story: Story, arrivals: list[Arrived]) -> list[datetime]:
    marks = {at + shift for at in [START, *(each.at for each in arrivals)] for shift in (-TICK, TICK * 0, TICK)}
    return sorted({*marks, *boundaries(*story.accounts)})


@given(deliveries())
def test_a_backtest_answers_what_check_answers(delivery: tuple[Story, list[Arrived]]) -> None:
    story, arrivals = delivery
    of_story = replayed(story.policy, story.fresh, arrivals)
    assert of_story.account == story.account
    assert len(of_story.refused) == story.was_applied.count(False)
    for at in instants(story, arrivals):
        known = story.accounts[sum(each.at <= at for each in arrivals)]
        for payout, denying in denials_of(of_story, payouts_of(story, at)):
            denial = check(known, at, payout.request)
            assert {span.hold for span in denying} == {hold.id for hold in getattr(denial, "holds", ())}
            assert bool(denying) is not bool(denial)


def test_a_late_event_denies_from_its_arrival_on() -> None:
    [span] = spans_of(ARRIVED)
    assert not span.denies(ARRIVED.at - TICK, REQUESTS[0])
    assert span.denies(ARRIVED.at, REQUESTS[0])
    assert (span.begins, span.ends) == (START, START + timedelta(hours=24))


def test_a_payout_of_another_account_is_no_question_to_a_replay() -> None:
    payout = Payout(id="p", account="a2", at=ARRIVED.at, amount=Decimal("12.50"))
    of_a1 = replayed(policies.BINANCE, Account(id="a1"), [ARRIVED])
    with pytest.raises(InvalidValue, match="account: must be `a1`, got `a2`"):
        list(denials_of(of_a1, [payout]))
    assert payout.request == Request(operation="withdrawal")


def test_a_delivery_again_makes_no_span() -> None:
    assert spans_of(ARRIVED, ARRIVED) == spans_of(ARRIVED)


def test_arrivals_out_of_order_are_refused() -> None:
    with pytest.raises(InvalidValue, match="must be in order of arrival"):
        spans_of(ARRIVED, Arrived(at=START, event=EVENT))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"id": 7}, "id: must be text, got `7`"),
        ({"account": ""}, "account: must be 1 to "),
        ({"at": START.replace(tzinfo=None)}, "at: "),
        ({"operation": "Cash Out"}, "operation: must be 1 to "),
        ({"destination_id": ""}, "destination_id: must be 1 to "),
        ({"amount": 10.5}, "amount: must be a decimal number, got `10.5`"),
        ({"amount": Decimal("NaN")}, "amount: must be a number from zero on, got `NaN`"),
        ({"amount": Decimal(-1)}, "amount: must be a number from zero on, got `-1`"),
    ],
)
def test_a_payout_that_cannot_be_is_refused(members: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Payout(**{"id": "p1", "account": "a1", "at": START, "amount": Decimal(0), **members})
    assert str(caught.value).startswith(message)


def test_a_destination_is_new_unless_it_is_known() -> None:
    said = [Payout(id="p", account="a1", at=START, destination=word) for word in ("known", "nearby")]  # type: ignore[arg-type]
    assert [payout.destination for payout in said] == ["known", "new"]


def test_what_arrives_is_an_event() -> None:
    with pytest.raises(InvalidValue, match="event: must be an event, got `e1`"):
        Arrived(at=START, event="e1")  # type: ignore[arg-type]
