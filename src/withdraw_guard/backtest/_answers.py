"""Which spans deny which payout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from withdraw_guard.backtest._span import Payout, Span


def denials_of(spans: Iterable[Span], payouts: Iterable[Payout]) -> Iterator[tuple[Payout, tuple[Span, ...]]]:
    """Yield each payout of one account with the spans of one policy that deny it; a payout without spans is allowed."""
    known = tuple(spans)
    for payout in payouts:
        request = payout.request
        yield (
            payout,
            tuple(span for span in known if span.account == payout.account and span.denies(payout.at, request)),
        )
