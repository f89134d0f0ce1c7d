"""The report of a backtest: payouts newly blocked and newly let through, refusals, hold-hours, what is left out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs

from strategies import START
from test_backtest_both import HOUR, LONG, SHORT, changed, policy, released
from withdraw_guard import Chosen, Policy, Rule, SecurityEvent
from withdraw_guard._values.ids import AccountId
from withdraw_guard.backtest import ActsAfter, Arrived, Backtest, HoldTimes, Payout, Task, amount_of, backtest

DAYS_30 = START + timedelta(days=30)


def payout(hours: int, account: str = "a1", amount: str | None = None) -> Payout:
    known = None if amount is None else Decimal(amount)
    return Payout(id=f"p{hours}", account=account, at=START + hours * HOUR, amount=known)


def report_of(old: Policy, new: Policy, arrivals: list[Arrived], *payouts: Payout) -> Backtest:
    return backtest(old, new, {AccountId("a1"): arrivals}, payouts, DAYS_30)


def test_a_longer_hold_blocks_the_payouts_between_the_two_ends() -> None:
    asked = [payout(hours, amount="10.50") for hours in (23, 24, 47, 48)]
    report = report_of(policy(SHORT), policy(LONG), [changed(0)], *asked)
    assert [each.payout.id for each in report.blocked] == ["p24", "p47"]
    assert [span.rule for each in report.blocked for span in each.spans] == ["long", "long"]
    assert (report.let_through, amount_of(report.blocked)) == ((), Decimal("21.00"))
    assert (report.compared, report.old.denied, report.new.denied) == (4, 1, 3)


def test_a_shorter_hold_lets_them_through() -> None:
    report = report_of(policy(LONG), policy(SHORT), [changed(0)], payout(24, amount="3"), payout(30))
    assert [each.payout.id for each in report.let_through] == ["p24", "p30"]
    assert (report.blocked, amount_of(report.let_through)) == ((), Decimal(3))
    assert {span.rule for each in report.let_through for span in each.spans} == {"long"}


def test_a_policy_beside_itself_changes_nothing() -> None:
    report = report_of(policy(LONG), policy(LONG), [changed(0)], payout(1), payout(50))
    assert (report.blocked, report.let_through, report.old) == ((), (), report.new)


def test_payouts_that_nothing_is_known_about_are_left_out() -> None:
    early, unknown = payout(1), payout(9, account="a9")
    report = report_of(policy(SHORT), policy(LONG), [changed(2)], early, unknown, payout(3))
    assert (report.before_first_event, report.unknown_account, report.compared) == ((early,), (unknown,), 1)
    assert report_of(policy(), policy(), [], early).before_first_event == (early,)


def test_hold_times_are_of_the_holds_that_denied() -> None:
    ends = [changed(0), released(10, "e1:long"), changed(100, "e2"), changed(200, "e3")]
    times = report_of(policy(LONG), policy(), ends).old.hold_times
    assert times == {"long": HoldTimes(holds=3, total=106 * HOUR, median=48 * HOUR, p95=48 * HOUR)}


def test_a_hold_without_an_end_is_counted_until_the_end_of_the_backtest() -> None:
    endless = policy(Rule(id="endless", trigger="password_changed", releasable_by={"support"}))
    [times] = report_of(endless, policy(), [changed(0)]).old.hold_times.values()
    assert (times.holds, times.total) == (1, timedelta(days=30))


def test_refused_events_are_counted_by_reason() -> None:
    choosing = attrs.evolve(LONG, id="choosing", chosen=Chosen(minimum=HOUR, maximum=50 * HOUR))
    event = changed(61, "e2").event
    assert isinstance(event, SecurityEvent)
    chosen = attrs.evolve(event, duration=51 * HOUR)
    arrivals = [changed(0), released(60, "e1:long"), Arrived(at=START + 61 * HOUR, event=chosen)]
    report = report_of(policy(LONG), policy(choosing), arrivals)
    assert (report.old.refused, report.events) == ({"hold_not_open": 1}, 3)
    assert report.new.refused == {"hold_not_open": 1, "invalid_value": 1}


def test_people_are_assumed_to_end_a_hold_of_the_new_policy_and_that_is_their_work() -> None:
    endless = Rule(id="endless", trigger="password_changed", releasable_by={"support"})
    arrivals = {AccountId("a1"): [changed(0)], AccountId("a2"): []}
    monday = START.date() - timedelta(days=START.weekday())
    for until, work in ((START + 9 * HOUR, 1), (START + 4 * HOUR, None)):
        report = backtest(policy(), policy(endless), arrivals, [], until, ActsAfter(time=5 * HOUR))
        weeks = {week: counts[Task.ASSUMED] for week, counts in report.new.desk.items()}
        assert weeks == ({monday: work} if work else {})
        assert (report.old.desk, report.new.stuck) == ({}, ())


def test_accounts_that_change_most_come_first_payouts_before_hours() -> None:
    arrivals = {
        AccountId(name): [attrs.evolve(changed(hours), event=attrs.evolve(changed(hours).event, account=name))]
        for name, hours in (("same", 0), ("longer", 0), ("blocked", 0))
    }
    del arrivals[AccountId("same")][0]
    report = backtest(policy(SHORT), policy(LONG), arrivals, [payout(30, "blocked")], DAYS_30)
    assert [(each.account, each.blocked, each.held_after - each.held_before) for each in report.accounts_changed] == [
        ("blocked", 1, 24 * HOUR),
        ("longer", 0, 24 * HOUR),
    ]
