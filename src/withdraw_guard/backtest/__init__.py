"""What a policy would have answered: the events of one account in order of arrival → spans → answers to payouts.

    arrivals × policy  → replayed       → spans: which requests were denied, from when to when, known from when on
    arrivals × both    → replayed_twice → the same under two policies, with what people did mapped to the new one
    replay × payouts   → denials_of     → each payout with the spans that deny it
    accounts × payouts × both            → backtest → what would have been different

An answer at an instant uses what had arrived by then. A late event never rewrites what was answered before it arrived.
"""

from __future__ import annotations

from withdraw_guard._values.public import publish as _publish
from withdraw_guard.backtest._answers import denials_of
from withdraw_guard.backtest._assumption import ActsAfter, Assumption, NeverEnds, NobodyActs
from withdraw_guard.backtest._both import ReplayedTwice, counterparts, replayed_twice
from withdraw_guard.backtest._desk import Task
from withdraw_guard.backtest._replayed import RefusedArrival, Replayed, replayed
from withdraw_guard.backtest._report import (
    AccountChange,
    Backtest,
    Changed,
    HoldTimes,
    Stuck,
    UnderPolicy,
    amount_of,
    backtest,
    median_time_to_end,
)
from withdraw_guard.backtest._span import Arrived, Payout, Span

__all__ = [
    "AccountChange",
    "ActsAfter",
    "Arrived",
    "Assumption",
    "Backtest",
    "Changed",
    "HoldTimes",
    "NeverEnds",
    "NobodyActs",
    "Payout",
    "RefusedArrival",
    "Replayed",
    "ReplayedTwice",
    "Span",
    "Stuck",
    "Task",
    "UnderPolicy",
    "amount_of",
    "backtest",
    "counterparts",
    "denials_of",
    "median_time_to_end",
    "replayed",
    "replayed_twice",
]

_publish(vars())
