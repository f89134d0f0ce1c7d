"""The events of one account under one policy, in order of arrival: the spans that deny, and what was refused.

Each arrival gives a new account. A hold that is the same object as before is unchanged, and its span goes on. For any
other hold, the span that was open is closed at the arrival, and a new one begins to be known there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import final

import attrs

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import HoldId
from withdraw_guard.backtest._desk import TASKS
from withdraw_guard.backtest._known import KnownHold, spans_of
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
    """The spans of one account under one policy, the refused arrivals, and the account after all arrivals.

    `work` are the events that were the work of people and that changed something: verifications begun, reviews and
    appeals decided, releases ordered.
    """

    account: Account
    spans: tuple[Span, ...]
    refused: tuple[RefusedArrival, ...]
    work: tuple[Event, ...]


def replayed(policy: Policy, account: Account, arrivals: Iterable[Arrived]) -> Replayed:
    """Return the spans of the arrivals, which are in order of arrival and about this account.

    Raises `InvalidValue` if an arrival is earlier than the one before it.
    """
    replay = Replay(policy=policy, account=account)
    for arrived in arrivals:
        replay.take(arrived)
    return replay.outcome(replay.all_known())


@final
@attrs.define(kw_only=True)
class Replay:
    """A replay that is under way: the account so far, since when each hold is known like this, and what is found."""

    policy: Policy
    account: Account
    latest: datetime | None = None
    open_since: dict[HoldId, tuple[Hold, datetime]] = attrs.Factory(dict[HoldId, tuple[Hold, datetime]])
    known: list[KnownHold] = attrs.Factory(list[KnownHold])
    work: list[Event] = attrs.Factory(list[Event])
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
            self.known += _closed(after, self.open_since, arrived.at)
            self.account = after
            if type(arrived.event) in TASKS:
                self.work.append(arrived.event)

    def all_known(self) -> list[KnownHold]:
        """Return each hold as it was known between two arrivals, with those that are still known like this."""
        last = [KnownHold(hold, since, None, hold.end) for hold, since in self.open_since.values()]
        return [*self.known, *last]

    def outcome(self, known: Iterable[KnownHold]) -> Replayed:
        """Return what was found. `known` are all known holds, with the ends that are assumed."""
        spans = tuple(span for each in known for span in spans_of(self.account, each))
        return Replayed(account=self.account, spans=spans, refused=tuple(self.refused), work=tuple(self.work))


def _closed(after: Account, open_since: dict[HoldId, tuple[Hold, datetime]], at: datetime) -> list[KnownHold]:
    """Return the holds that were known until this arrival, and note which are known from it on."""
    now = {hold.id: hold for hold in after.holds}
    gone = [(hold, since) for hold, since in open_since.values() if now.get(hold.id) is not hold]
    for hold, _ in gone:
        del open_since[hold.id]
    for hold in after.holds:
        open_since.setdefault(hold.id, (hold, at))
    return [KnownHold(hold, since, at, hold.end) for hold, since in gone]
