"""A backtest answers what `check` answered, payout by payout, from what had arrived by then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import REQUESTS, START, TICK, Story, boundaries, stories
from withdraw_guard import Account, ActorKind, InvalidValue, Request, SecurityEvent, check, policies, triggers
from withdraw_guard.backtest import Arrived, Payout, Span, denials_of, replayed

EVENT = SecurityEvent(id="e1", account="a1", at=START, trigger=triggers.PASSWORD_CHANGED, initiated_by=ActorKind.USER)
ARRIVED = Arrived(at=START + timedelta(hours=2), event=EVENT)


def spans_of(*arrivals: Arrived) -> tuple[Span, ...]:
    return replayed(policies.BINANCE, Account(id="a1"), arrivals).spans


@st.composite
def arrivals_of(draw: st.DrawFn, story: Story) -> list[Arrived]:
    """The events of the story, each at or after its turn; two may arrive at the same instant."""
    at, arrivals = START, []
    for event in story.events:
        at += draw(st.sampled_from([timedelta(), TICK, timedelta(hours=1), timedelta(days=3)]))
        arrivals.append(Arrived(at=at, event=event))
    return arrivals


@given(st.data())
def test_a_backtest_answers_what_check_answers(data: st.DataObject) -> None:
    story = data.draw(stories())
    arrivals = data.draw(arrivals_of(story))
    of_story = replayed(story.policy, story.fresh, arrivals)
    assert of_story.account == story.account
    assert len(of_story.refused) == story.was_applied.count(False)
    marks = {at + shift for at in [START, *(each.at for each in arrivals)] for shift in (-TICK, TICK * 0, TICK)}
    for at in sorted({*marks, *boundaries(*story.accounts)}):
        known = story.accounts[sum(each.at <= at for each in arrivals)]
        for request in REQUESTS:
            payout = Payout(
                id="p", account=known.id, at=at, operation=request.operation, destination=request.destination
            )
            [(_, denying)] = denials_of(of_story.spans, [payout])
            denial = check(known, at, request)
            assert {span.hold for span in denying} == {hold.id for hold in getattr(denial, "holds", ())}
            assert bool(denying) is not bool(denial)


def test_a_late_event_denies_from_its_arrival_on() -> None:
    [span] = spans_of(ARRIVED)
    assert not span.denies(ARRIVED.at - TICK, REQUESTS[0])
    assert span.denies(ARRIVED.at, REQUESTS[0])
    assert (span.begins, span.ends) == (START, START + timedelta(hours=24))


def test_a_payout_of_another_account_is_denied_by_no_span() -> None:
    payout = Payout(id="p", account="a2", at=ARRIVED.at)
    assert list(denials_of(spans_of(ARRIVED), [payout])) == [(payout, ())]
    assert payout.request == Request(operation="withdrawal")


def test_a_delivery_again_makes_no_span() -> None:
    assert spans_of(ARRIVED, ARRIVED) == spans_of(ARRIVED)


def test_arrivals_out_of_order_are_refused() -> None:
    with pytest.raises(InvalidValue, match="must be in order of arrival"):
        spans_of(ARRIVED, Arrived(at=START, event=EVENT))
