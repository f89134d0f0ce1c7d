"""What a policy would have answered: the events of one account in order of arrival → spans → answers to payouts.

    arrivals × policy  → replayed    → spans: which requests were denied, from when to when, known from when on
    spans × payouts    → denials_of  → each payout with the spans that deny it

An answer at an instant uses what had arrived by then. A late event never rewrites what was answered before it arrived.
"""

from __future__ import annotations

from withdraw_guard._values.public import publish as _publish
from withdraw_guard.backtest._answers import denials_of
from withdraw_guard.backtest._replayed import RefusedArrival, Replayed, replayed
from withdraw_guard.backtest._span import Arrived, Payout, Span

__all__ = ["Arrived", "Payout", "RefusedArrival", "Replayed", "Span", "denials_of", "replayed"]

_publish(vars())
