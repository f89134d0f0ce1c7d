"""One hold as a replay knew it between two arrivals, and the span in which it denies."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, final

from withdraw_guard._model.account import Account
from withdraw_guard._model.hold import Hold
from withdraw_guard.backtest._span import Span


@final
class KnownHold(NamedTuple):
    """A hold, between which arrivals it was known like this, and when it ends; none if time does not end it."""

    hold: Hold
    known_from: datetime
    known_until: datetime | None
    end: datetime | None


def spans_of(account: Account, known: KnownHold) -> Iterator[Span]:
    """Yield the span of a hold that was known like this; none if it denies at no instant."""
    hold, known_from, known_until, end = known
    if known_from == known_until or (end is not None and end <= known_from):
        return
    yield Span(
        account=account.id,
        policy=hold.policy,
        hold=hold.id,
        rule=hold.rule.id,
        event=hold.cause.event,
        state=hold.progress.state.state,
        begins=min(hold.since, known_from),
        ends=end,
        known_from=known_from,
        known_until=known_until,
        scope=hold.rule.scope,
        destination_id=hold.destination_id,
    )
