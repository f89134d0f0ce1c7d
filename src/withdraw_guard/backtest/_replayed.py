"""The events of one account under one policy, in order of arrival: the spans that deny, and what was refused.

Each arrival gives a new account. A hold that is the same object as before is unchanged, and its span goes on. For any
other hold, the span that was open is closed at the arrival, and a new one begins to be known there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import final

import attrs

from withdraw_guard._model.account import Account
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import HoldId
from withdraw_guard.backtest._span import Arrived, Span


@final
@attrs.frozen(kw_only=True)
class RefusedArrival:
    """An arrival that the policy does not take; the account stays as it was.

    `fault` is an `EventRefused`, or an `InvalidValue` if the policy does not offer what was chosen or if its calendar
    does not have the day.
    """

    arrived: Arrived
    fault: EventRefused | InvalidValue


@final
@attrs.frozen(kw_only=True)
class Replayed:
    """The spans of one account under one policy, the refused arrivals, and the account after all arrivals."""

    account: Account
    spans: tuple[Span, ...]
    refused: tuple[RefusedArrival, ...]


def replayed(policy: Policy, account: Account, arrivals: Iterable[Arrived]) -> Replayed:
    """Return the spans of the arrivals, which are in order of arrival and about this account.

    Raises `InvalidValue` if an arrival is earlier than the one before it.
    """
    replay = Replay(policy=policy, account=account)
    for arrived in arrivals:
        replay.take(arrived)
    return replay.outcome()


@final
@attrs.define(kw_only=True)
class Replay:
    """A replay that is under way: the account so far, since when each hold is known like this, and what is found."""

    policy: Policy
    account: Account
    latest: datetime | None = None
    open_since: dict[HoldId, tuple[Hold, datetime]] = attrs.Factory(dict[HoldId, tuple[Hold, datetime]])
    spans: list[Span] = attrs.Factory(list[Span])
    refused: list[RefusedArrival] = attrs.Factory(list[RefusedArrival])

    def take(self, arrived: Arrived) -> None:
        """Apply one arrival, or note why the policy does not take it."""
        if self.latest is not None and arrived.at < self.latest:
            raise InvalidValue("arrivals", "must be in order of arrival")
        self.latest = arrived.at
        try:
            after = apply(self.policy, self.account, arrived.event).account
        except (EventRefused, InvalidValue) as fault:
            self.refused.append(RefusedArrival(arrived=arrived, fault=fault))
            return
        if after is not self.account:
            self.spans += _closed(self.account, after, self.open_since, arrived.at)
            self.account = after

    def outcome(self) -> Replayed:
        """Return what was found, with the spans of the holds that are still known like this."""
        last = [span for hold, since in self.open_since.values() for span in _span(self.account, hold, since, None)]
        return Replayed(account=self.account, spans=(*self.spans, *last), refused=tuple(self.refused))


def _closed(
    before: Account, after: Account, open_since: dict[HoldId, tuple[Hold, datetime]], at: datetime
) -> list[Span]:
    """Return the spans that end with this arrival, and note which holds are known from it on."""
    now = {hold.id: hold for hold in after.holds}
    gone = [(hold, since) for hold, since in open_since.values() if now.get(hold.id) is not hold]
    for hold, _ in gone:
        del open_since[hold.id]
    for hold in after.holds:
        open_since.setdefault(hold.id, (hold, at))
    return [span for hold, since in gone for span in _span(before, hold, since, at)]


def _span(account: Account, hold: Hold, known_from: datetime, known_until: datetime | None) -> list[Span]:
    """Return the span of a hold that was known like this; none if it denies at no instant."""
    if known_from == known_until or (hold.end is not None and hold.end <= known_from):
        return []
    span = Span(
        account=account.id,
        policy=hold.policy,
        hold=hold.id,
        rule=hold.rule.id,
        event=hold.cause.event,
        state=hold.progress.state.state,
        begins=min(hold.since, known_from),
        ends=hold.end,
        known_from=known_from,
        known_until=known_until,
        scope=hold.rule.scope,
        destination_id=hold.destination_id,
    )
    return [span]
