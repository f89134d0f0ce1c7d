"""The history of an account as known at an instant: its events in the order of delivery, and the outcome of each.

An event says when it happened and not when it was delivered. Here it counts as known from the instant at which it
happened. A late event counts as known from the latest instant of the events before it, because knowledge never goes
back in time. All events of a history have been delivered by `now`. So an event that is dated after `now` was known
when the next event was, or else at `now`.

    e1 happens      e3 happens and is known; e2, which happened before, is known from here on as well
    ────┼───────────────┼────────────▶ time
        account after e1   account after e1, e3, e2

So `account_at` is the account that the host had at that instant, and `check` gives the answer of that instant; at
`now` it is the account after all events. `stretches` cuts time wherever an answer may change; within a stretch no
answer changes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import accumulate
from typing import TypeAlias, final

import attrs

from withdraw_guard._answers.open import next_change_at
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Applied, Change, HoldPlaced, IdentityRecorded
from withdraw_guard._model.events import Event, EventRetracted, IdentityChanged, SecurityEvent
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import AccountId, DestinationId, HoldId
from withdraw_guard._values.limits import INSTANT_MAX, INSTANT_MIN
from withdraw_guard._values.time import utc
from withdraw_guard._values.value import Value, settle


@final
@attrs.frozen(kw_only=True, repr=False)
class Refused(Value):
    """The event could not be applied: the reason, its hold if there is one, and the unchanged account."""

    account: Account
    reason: Refusal
    hold: Hold | None


Outcome: TypeAlias = Applied | Refused
"""What the guard made of an event."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Entry(Value):
    """One event and its outcome; `number` counts from 1 in the order of delivery."""

    number: int
    event: Event
    known_at: datetime
    before: Account
    outcome: Outcome

    @property
    def after(self) -> Account:
        return self.outcome.account

    @property
    def holds(self) -> tuple[HoldId, ...]:
        """The holds of the event: those that it changed, or the one that it could not change."""
        if isinstance(self.outcome, Applied) and self.outcome.changes:
            return tuple(hold for change in self.outcome.changes if (hold := _hold_of(change)) is not None)
        if isinstance(self.event, SecurityEvent | IdentityChanged | EventRetracted):
            return ()
        return (self.event.hold,)


@final
@attrs.frozen(kw_only=True, repr=False)
class History(Value):
    """What happened to an account under a policy, as known at `now`. Make one with `history_of`.

    `unread` counts further events that may be about the account and could not be read. Each of them may be a security
    event, so a history that has some shows no allow. The pictures are about `request`.
    """

    policy: Policy
    account: AccountId = attrs.field(converter=AccountId)
    now: datetime
    entries: tuple[Entry, ...]
    unread: int = 0
    request: Request = WITHDRAWAL

    def __attrs_post_init__(self) -> None:
        check_type("request", self.request, Request, "a Request")
        check_type("policy", self.policy, Policy, "a Policy")
        settle(self, "now", utc("now", self.now))
        if type(self.unread) is not int or self.unread < 0:
            raise InvalidValue("unread", f"must be a whole number that is not negative, got {shown(self.unread)}")

    @property
    def destination_id(self) -> DestinationId | None:
        """The destination that the pictures are about, if about one."""
        return self.request.destination_id

    @property
    def latest(self) -> Account:
        """The account after all events."""
        return self.entries[-1].after if self.entries else Account(id=self.account)

    def account_at(self, at: datetime) -> Account:
        """Return the account as it was known at this instant."""
        known = bisect_right(self.entries, at, key=lambda entry: entry.known_at)
        return self.entries[known - 1].after if known else Account(id=self.account)


@final
@attrs.frozen(kw_only=True, repr=False)
class Stretch(Value):
    """The time from `since` to `until` (half-open), in which this account was known and no answer about it changed.

    The first stretch begins at the first possible instant. The last one has no `until`, unless it ends after the last
    possible instant.
    """

    since: datetime
    until: datetime | None
    account: Account


def history_of(
    policy: Policy,
    account: AccountId,
    events: Iterable[Event],
    *,
    now: datetime,
    unread: int = 0,
    destination_id: DestinationId | None = None,
    request: Request | None = None,
) -> History:
    """Apply the events of an account one by one, in the order of delivery; some may be refused.

    `unread` counts the events that may be about the account and could not be read. `destination_id` is the destination
    of the withdrawals that the pictures are about; without it they name no destination. With `request` the pictures
    are about that, and not about a withdrawal. Raises `InvalidValue` for an
    instant that is naive or out of range, for an invalid id, and for an event that can never be applied under this
    policy: leave that event out and count it as unread.
    """
    now, delivered, account_then = utc("now", now), tuple(events), Account(id=account)
    entries: list[Entry] = []
    for number, (event, known_at) in enumerate(zip(delivered, _known_at(delivered, now), strict=True), 1):
        outcome = _handle(policy, account_then, event, f"events[{number - 1}]")
        entry = Entry(number=number, event=event, known_at=known_at, before=account_then, outcome=outcome)
        entries.append(entry)
        account_then = entry.after
    return History(
        policy=policy,
        account=account,
        now=now,
        entries=tuple(entries),
        unread=unread,
        request=request or Request(operation=WITHDRAWAL.operation, destination_id=destination_id),
    )


def stretches(history: History) -> Iterator[Stretch]:
    """Cut time at each event that became known and at each change that comes by time. The stretches cover all of it."""
    known = [entry.known_at for entry in history.entries]
    accounts = (Account(id=history.account), *(entry.after for entry in history.entries))
    for account, since, until in zip(accounts, (INSTANT_MIN, *known), (*known, None), strict=True):
        yield from _undisturbed(account, since, until)


def _known_at(events: tuple[Event, ...], now: datetime) -> list[datetime]:
    """Return when each event became known; an event that is dated after `now` takes the instant of the next one."""
    dated = [event.at if event.at <= now else INSTANT_MIN for event in events]
    known = list(accumulate(dated, max))
    following = now
    for index in reversed(range(len(events))):
        if events[index].at > now:
            known[index] = following
        following = known[index]
    return known


def _handle(policy: Policy, account: Account, event: Event, path: str) -> Outcome:
    try:
        return apply(policy, account, event)
    except EventRefused as refused:
        return Refused(account=account, reason=refused.reason, hold=refused.hold)
    except InvalidValue as fault:
        raise InvalidValue(path + fault.path.removeprefix("event"), fault.problem) from None


def _undisturbed(account: Account, since: datetime, until: datetime | None) -> Iterator[Stretch]:
    """Cut the time between two events at each change that comes by time."""
    while until is None or since < until:
        then = next_change_at(account, since)
        if then is None or (until is not None and then >= until):
            yield Stretch(since=since, until=until, account=account)
            return
        yield Stretch(since=since, until=then, account=account)
        if then > INSTANT_MAX:
            return
        since = then


def _hold_of(change: Change) -> HoldId | None:
    if isinstance(change, IdentityRecorded):
        return None
    return change.hold.id if isinstance(change, HoldPlaced) else change.hold
