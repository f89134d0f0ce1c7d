"""Which spans deny which payout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard.backtest._replayed import Replayed
from withdraw_guard.backtest._span import Payout, Span


def denials_of(replay: Replayed, payouts: Iterable[Payout]) -> Iterator[tuple[Payout, tuple[Span, ...]]]:
    """Yield each payout with the spans of the replay that deny it; a payout without spans is allowed.

    Raises `InvalidValue` for a payout of another account, because the replay says nothing about that.
    """
    account = replay.account.id
    for payout in payouts:
        if payout.account != account:
            raise InvalidValue("account", f"must be {shown(account)}, got {shown(payout.account)}")
        request = payout.request
        yield payout, tuple([span for span in replay.spans if span.denies(payout.at, request)])
