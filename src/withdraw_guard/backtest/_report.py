"""What would have been different: payouts that one policy denies and the other one allows, refusals and hold-hours."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from functools import reduce
from math import ceil
from typing import Final, final

import attrs

from withdraw_guard._model.account import Account
from withdraw_guard._model.policy import Policy, PolicyRef
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._values.ids import AccountId, HoldId, RuleId
from withdraw_guard.backtest._answers import denials_of
from withdraw_guard.backtest._assumption import NOBODY_ACTS, Assumption
from withdraw_guard.backtest._both import replayed_twice, times_to_end
from withdraw_guard.backtest._desk import Task, Week, by_week, monday_of, tasks_of
from withdraw_guard.backtest._replayed import Replayed
from withdraw_guard.backtest._span import Arrived, Payout, Span

INVALID: Final = "invalid_value"
"""Why an event is refused that the policy can never apply."""


@final
@attrs.frozen(kw_only=True)
class Changed:
    """A payout that exactly one of the two policies denies, and the spans of that policy that deny it."""

    payout: Payout
    spans: tuple[Span, ...]


@final
@attrs.frozen(kw_only=True)
class HoldTimes:
    """How long the holds of one rule denied: how many holds did, and the sum, the median and the 95th percentile."""

    holds: int
    total: timedelta
    median: timedelta
    p95: timedelta


@final
@attrs.frozen(kw_only=True)
class Stuck:
    """An account that a hold of each of these rules denies at the end of the backtest, and that time does not end."""

    account: AccountId
    rules: tuple[RuleId, ...]
    since: datetime


@final
@attrs.frozen(kw_only=True)
class AccountChange:
    """An account for which something would have been different.

    `blocked` and `let_through` count payouts. `held_before` and `held_after` are how long the holds of the old and of
    the new policy denied, one hold after the other.
    """

    account: AccountId
    blocked: int
    let_through: int
    held_before: timedelta
    held_after: timedelta

    @property
    def size(self) -> tuple[int, timedelta]:
        """How much changed: payouts first, then hold-hours."""
        return self.blocked + self.let_through, abs(self.held_after - self.held_before)


@final
@attrs.frozen(kw_only=True)
class UnderPolicy:
    """What one policy did: payouts denied, events refused by reason, and how long the holds of each rule denied.

    `desk` counts the work of people by the Monday of each week, and `stuck` are the accounts that never get out.
    """

    policy: PolicyRef
    denied: int
    refused: Mapping[str, int]
    hold_times: Mapping[RuleId, HoldTimes]
    desk: Mapping[date, Mapping[Task, int]]
    stuck: tuple[Stuck, ...]


@final
@attrs.frozen(kw_only=True)
class Backtest:
    """What would have been different. Payouts that are left out are in no other number.

    `accounts_changed` has those first that change most. `unmapped` is how many events are about a hold that only the
    old policy places. `assumption` says what ends a hold that only the new policy places.
    """

    assumption: Assumption
    old: UnderPolicy
    new: UnderPolicy
    accounts: int
    events: int
    compared: int
    blocked: tuple[Changed, ...]
    let_through: tuple[Changed, ...]
    accounts_changed: tuple[AccountChange, ...]
    unmapped: int
    unknown_account: tuple[Payout, ...]
    before_first_event: tuple[Payout, ...]


def amount_of(changes: Iterable[Changed]) -> Decimal:
    """Return the sum of the amounts that are known."""
    known = (each.payout.amount for each in changes if each.payout.amount is not None)
    # So many digits that no sum of numbers that JSON readers know is rounded.
    return reduce(Context(prec=700).add, known, Decimal(0))


def backtest(
    old: Policy,
    new: Policy,
    arrivals: Mapping[AccountId, Iterable[Arrived]],
    payouts: Iterable[Payout],
    until: datetime,
    assumption: Assumption = NOBODY_ACTS,
) -> Backtest:
    """Return what would have been different under the new policy, with holds counted until that instant.

    The arrivals of each account are in order of arrival and name holds of the old policy. A payout of an account
    without arrivals, or from before the first of them, is left out.
    """
    work = _BacktestUnderWay(old=old, new=new, until=until, assumption=assumption)
    asked: dict[AccountId, list[Payout]] = {}
    for payout in payouts:
        asked.setdefault(payout.account, []).append(payout)
    for account, of_account in arrivals.items():
        work.take(account, tuple(of_account), asked.pop(account, []))
    return work.outcome(tuple(payout for left in asked.values() for payout in left))


def median_time_to_end(policy: Policy, arrivals: Mapping[AccountId, Iterable[Arrived]]) -> timedelta | None:
    """Return the median of how long people took to clear or release a hold; none if they ended no hold.

    It is counted from the arrival that placed the hold to the arrival that ended it. The arrivals of each account are
    in order.
    """
    times = [time for account, each in arrivals.items() for time in times_to_end(policy, Account(id=account), each)]
    return _hold_times(times).median if times else None


@final
@attrs.define
class _Tally:
    """What is counted for one policy."""

    denied: int = 0
    refused: Counter[str] = attrs.Factory(Counter[str])
    times: dict[RuleId, list[timedelta]] = attrs.Factory(dict[RuleId, list[timedelta]])
    tasks: Counter[Week] = attrs.Factory(Counter[Week])
    stuck: list[Stuck] = attrs.Factory(list[Stuck])

    def take(self, replay: Replayed, until: datetime) -> timedelta:
        """Count what the replay of one account found, and return how long its holds denied."""
        for refused in replay.refused:
            fault = refused.fault
            self.refused[fault.reason.value if isinstance(fault, EventRefused) else INVALID] += 1
        of_holds: dict[tuple[RuleId, HoldId], timedelta] = {}
        for span in replay.spans:
            key = (span.rule, span.hold)
            of_holds[key] = of_holds.get(key, timedelta()) + _length(span, until)
        for (rule, _), length in of_holds.items():
            self.times.setdefault(rule, []).append(length)
        self.tasks.update(tasks_of(replay.work))
        endless = [span for span in replay.spans if span.known_until is None and span.ends is None]
        if endless:
            rules = tuple(dict.fromkeys(span.rule for span in endless))
            since = min(span.known_from for span in endless)
            self.stuck.append(Stuck(account=replay.account.id, rules=rules, since=since))
        return sum(of_holds.values(), timedelta())

    def under(self, policy: Policy) -> UnderPolicy:
        times = {rule.id: _hold_times(self.times[rule.id]) for rule in policy.rules if rule.id in self.times}
        return UnderPolicy(
            policy=policy.ref,
            denied=self.denied,
            refused=dict(self.refused),
            hold_times=times,
            desk=by_week(self.tasks),
            stuck=tuple(self.stuck),
        )


@final
@attrs.define(kw_only=True)
class _BacktestUnderWay:
    """A backtest that is under way."""

    old: Policy
    new: Policy
    until: datetime
    assumption: Assumption
    of_old: _Tally = attrs.Factory(_Tally)
    of_new: _Tally = attrs.Factory(_Tally)
    accounts: int = 0
    events: int = 0
    compared: int = 0
    unmapped: int = 0
    blocked: list[Changed] = attrs.Factory(list[Changed])
    let_through: list[Changed] = attrs.Factory(list[Changed])
    changed: list[AccountChange] = attrs.Factory(list[AccountChange])
    early: list[Payout] = attrs.Factory(list[Payout])

    def take(self, account: AccountId, arrivals: tuple[Arrived, ...], payouts: Iterable[Payout]) -> None:
        both = replayed_twice(self.old, self.new, Account(id=account), arrivals, self.assumption)
        self.accounts += 1
        self.events += len(arrivals)
        self.unmapped += len(both.unmapped)
        held_before, held_after = self.of_old.take(both.old, self.until), self.of_new.take(both.new, self.until)
        self.of_new.tasks.update((monday_of(at), Task.ASSUMED) for at in both.acted_at if at <= self.until)
        blocked, let_through = len(self.blocked), len(self.let_through)
        known = [payout for payout in payouts if arrivals and arrivals[0].at <= payout.at]
        self.early += [payout for payout in payouts if not arrivals or payout.at < arrivals[0].at]
        under_old, under_new = denials_of(both.old, known), denials_of(both.new, known)
        for (payout, before), (_, after) in zip(under_old, under_new, strict=True):
            self._compare(payout, before, after)
        change = AccountChange(
            account=account,
            blocked=len(self.blocked) - blocked,
            let_through=len(self.let_through) - let_through,
            held_before=held_before,
            held_after=held_after,
        )
        if any(change.size):
            self.changed.append(change)

    def _compare(self, payout: Payout, before: tuple[Span, ...], after: tuple[Span, ...]) -> None:
        self.compared += 1
        self.of_old.denied += bool(before)
        self.of_new.denied += bool(after)
        if after and not before:
            self.blocked.append(Changed(payout=payout, spans=after))
        elif before and not after:
            self.let_through.append(Changed(payout=payout, spans=before))

    def outcome(self, of_unknown: tuple[Payout, ...]) -> Backtest:
        return Backtest(
            assumption=self.assumption,
            old=self.of_old.under(self.old),
            new=self.of_new.under(self.new),
            accounts=self.accounts,
            events=self.events,
            compared=self.compared,
            blocked=tuple(self.blocked),
            let_through=tuple(self.let_through),
            accounts_changed=tuple(sorted(self.changed, key=lambda each: each.size, reverse=True)),
            unmapped=self.unmapped,
            unknown_account=of_unknown,
            before_first_event=tuple(self.early),
        )


def _length(span: Span, until: datetime) -> timedelta:
    """Return how long the span denies until that instant."""
    ends = [end for end in (span.ends, span.known_until, until) if end is not None]
    return max(timedelta(), min(ends) - max(span.begins, span.known_from))


def _hold_times(lengths: list[timedelta]) -> HoldTimes:
    in_order = sorted(lengths)
    return HoldTimes(
        holds=len(in_order),
        total=sum(in_order, timedelta()),
        median=(in_order[(len(in_order) - 1) // 2] + in_order[len(in_order) // 2]) / 2,
        p95=in_order[ceil(len(in_order) * 0.95) - 1],
    )
