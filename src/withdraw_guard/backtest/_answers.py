"""Which spans deny which payout.

The spans are sorted by the instant at which they begin to deny. Beside each stands the latest instant at which it, or
one before it, stops. So the spans that deny at an instant are found from the last one that has begun, backwards, until
all that are left have stopped.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import accumulate

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import END_MAX
from withdraw_guard.backtest._replayed import Replayed
from withdraw_guard.backtest._span import Payout, Span


def denials_of(replay: Replayed, payouts: Iterable[Payout]) -> Iterator[tuple[Payout, tuple[Span, ...]]]:
    """Yield each payout with the spans of the replay that deny it; a payout without spans is allowed.

    Raises `InvalidValue` for a payout of another account, because the replay says nothing about that.
    """
    account, spans = replay.account.id, sorted(replay.spans, key=_start)
    starts, stopped = [_start(span) for span in spans], list(accumulate(map(_stop, spans), max))
    for payout in payouts:
        if payout.account != account:
            raise InvalidValue("account", f"must be {shown(account)}, got {shown(payout.account)}")
        last = first = bisect_right(starts, payout.at)
        while first and payout.at < stopped[first - 1]:
            first -= 1
        request = payout.request
        yield payout, tuple([span for span in spans[first:last] if span.denies(payout.at, request)])


def _start(span: Span) -> datetime:
    return max(span.begins, span.known_from)


def _stop(span: Span) -> datetime:
    """Return from when on it does not deny; a later instant than any payout has, if it always does."""
    return min(span.ends or END_MAX, span.known_until or END_MAX)
