"""A backtest assumes what ends the holds that only the new policy places: time, people after a while, or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import START, Story, stories
from test_backtest import payouts_of
from test_backtest_both import HOUR, LONG, SHORT, both, changed, policy, released
from withdraw_guard import Account, Actor, ActorKind, Clearance, EventRetracted, InvalidValue, LiftedBy, Policy, Rule
from withdraw_guard._values.ids import AccountId
from withdraw_guard.backtest import (
    ActsAfter,
    Arrived,
    Assumption,
    NeverEnds,
    NobodyActs,
    denials_of,
    median_time_to_end,
    replayed_twice,
)

CLEARED = Rule(
    id="cleared",
    trigger="password_changed",
    clearance=Clearance(verified={"passport"}, unverified={"passport"}),
    releasable_by={"support"},
)
EITHER = attrs.evolve(CLEARED, id="either", duration=24 * HOUR)
BOTH = attrs.evolve(EITHER, id="both", lifted_by=LiftedBy.ALL)
FIVE_HOURS = ActsAfter(time=5 * HOUR)


def ends(new: Policy, assumption: Assumption, *arrivals: Arrived) -> list[datetime | None]:
    """When the holds end that only the new policy places, as they are known one after the other."""
    spans = replayed_twice(policy(), new, Account(id="a1"), arrivals, assumption).new.spans
    return [span.ends for span in sorted(spans, key=lambda span: span.known_from)]


def hours(*numbers: int | None) -> list[datetime | None]:
    return [None if number is None else START + number * HOUR for number in numbers]


@pytest.mark.parametrize(
    ("rule", "assumption", "end"),
    [
        (SHORT, NobodyActs(), 24),
        (SHORT, FIVE_HOURS, 24),
        (SHORT, NeverEnds(), None),
        (CLEARED, NobodyActs(), None),
        (CLEARED, FIVE_HOURS, 5),
        (CLEARED, NeverEnds(), None),
        (EITHER, NobodyActs(), 24),
        (EITHER, FIVE_HOURS, 5),
        (EITHER, ActsAfter(time=30 * HOUR), 24),
        (BOTH, NobodyActs(), None),
        (BOTH, FIVE_HOURS, 24),
        (BOTH, ActsAfter(time=30 * HOUR), 30),
        (attrs.evolve(LONG, duration=None), FIVE_HOURS, 5),
    ],
)
def test_an_assumption_says_when_a_hold_ends(rule: Rule, assumption: Assumption, end: int | None) -> None:
    assert ends(policy(rule), assumption, changed(0)) == hours(end)


def test_people_act_so_long_after_the_arrival() -> None:
    late = attrs.evolve(changed(0), at=START + 2 * HOUR)
    assert ends(policy(CLEARED), FIVE_HOURS, late) == hours(7)


def test_a_trigger_before_people_act_is_ended_with_the_others_and_one_after_that_begins_again() -> None:
    arrivals = (changed(0), changed(4, "e2"), changed(6, "e3"))
    assert ends(policy(CLEARED), FIVE_HOURS, *arrivals) == hours(5, 5, 11)
    assert ends(policy(BOTH), FIVE_HOURS, changed(0), changed(25, "e2")) == hours(24, 49)


def test_a_retracted_hold_ends_whatever_is_assumed() -> None:
    by = Actor(id="s1", kind=ActorKind.ADMIN)
    at = START + 2 * HOUR
    event = EventRetracted(id="r1", account="a1", at=at, event="e1", by=by, authority="security", note="a mistake")
    new = attrs.evolve(policy(CLEARED), retractable_by={"security"})
    for assumption in (NobodyActs(), FIVE_HOURS, NeverEnds()):
        outcome = replayed_twice(policy(), new, Account(id="a1"), [changed(0), Arrived(at=at, event=event)], assumption)
        assert [span.known_until for span in outcome.new.spans] == [at]


def test_a_hold_that_never_ends_goes_on_when_a_later_one_has_replaced_it() -> None:
    assert ends(policy(SHORT), NeverEnds(), changed(0), changed(30, "e2")) == hours(None, None)
    outcome = replayed_twice(
        policy(), policy(SHORT), Account(id="a1"), [changed(0), changed(30, "e2")], NeverEnds()
    )  # fmt: skip
    assert [span.known_until for span in outcome.new.spans] == [None, None]


def test_holds_of_both_policies_are_ended_by_what_people_did() -> None:
    arrivals = (changed(0), released(9, "e1:long"))
    for assumption in (NobodyActs(), FIVE_HOURS, NeverEnds()):
        outcome = replayed_twice(policy(LONG), policy(LONG), Account(id="a1"), arrivals, assumption)
        assert outcome.new == outcome.old


@given(stories(), stories(), st.sampled_from([timedelta(), HOUR, 30 * HOUR, timedelta(days=9)]))
def test_an_assumption_that_ends_holds_later_denies_all_that_one_denies_that_ends_them_earlier(
    told: Story, other: Story, time: timedelta
) -> None:
    arrivals = [Arrived(at=START + place * HOUR, event=event) for place, event in enumerate(told.events)]
    replays = [
        replayed_twice(other.policy, told.policy, told.fresh, arrivals, assumption).new
        for assumption in (ActsAfter(time=time), NobodyActs(), NeverEnds())
    ]
    asked = [payout for place in range(0, 100, 7) for payout in payouts_of(told, START + place * HOUR)]
    denied = [{index for index, (_, by) in enumerate(denials_of(replay, asked)) if by} for replay in replays]
    assert denied[0] <= denied[1] <= denied[2]


def test_the_median_is_how_long_people_took_for_the_holds_that_they_ended() -> None:
    journal = {
        AccountId("a1"): [changed(0), released(4, "e1:long"), changed(60, "e2"), released(66, "e2:long")],
        AccountId("a2"): [attrs.evolve(changed(0), event=attrs.evolve(changed(0).event, account="a2"))],
    }
    assert median_time_to_end(policy(LONG), journal) == 5 * HOUR
    assert median_time_to_end(policy(), journal) is None


def test_what_people_would_have_taken_is_a_duration_from_zero_on() -> None:
    with pytest.raises(InvalidValue, match="time: must not be negative"):
        ActsAfter(time=-HOUR)


def test_without_an_assumption_nobody_acts() -> None:
    assert [span.ends for span in both(policy(), policy(SHORT), changed(0)).new.spans] == hours(24)
