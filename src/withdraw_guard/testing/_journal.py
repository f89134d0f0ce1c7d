"""A journal that was delivered: the events in their order, and the accounts they led to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, final

import attrs

from withdraw_guard._factory import ADMIN
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Actor, Event, EventRetracted
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.progress import InAppeal, InReview, InVerification
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import AccountId, Authority, EventId, HoldId
from withdraw_guard._values.value import Value
from withdraw_guard.authorities import SECURITY

ACCOUNT: AccountId = AccountId("a1")
# An event is invalid there under a policy that does not offer its choice, or whose calendar does not have its day.
_NOT_OFFERED: Final = frozenset({"event.at", "event.duration"})


@final
@attrs.frozen(kw_only=True, repr=False)
class DeliveredJournal(Value):
    """A policy, the events that were delivered, and the accounts they led to (one more than events).

    A refused event is one of the events and leaves the account as it was.
    """

    policy: Policy
    events: tuple[Event, ...]
    accounts: tuple[Account, ...]
    was_applied: tuple[bool, ...]

    @property
    def account(self) -> Account:
        """The account after all events."""
        return self.accounts[-1]

    @property
    def fresh(self) -> Account:
        """The account before any event."""
        return self.accounts[0]

    @property
    def applied(self) -> tuple[tuple[Event, Account, Account], ...]:
        """Each event that was not refused, with the account before and after."""
        handled = zip(self.was_applied, self.events, self.accounts, self.accounts[1:], strict=False)
        return tuple((event, before, after) for applied, event, before, after in handled if applied)


def story_of(policy: Policy, journal: Iterable[Event]) -> DeliveredJournal:
    """Deliver the events of one account in order; an empty journal is about the account `a1`."""
    events = tuple(journal)
    account = Account(id=events[0].account if events else ACCOUNT)
    accounts, was_applied = [account], list[bool]()
    for event in events:
        account, applied = delivered(policy, account, event)
        accounts.append(account)
        was_applied.append(applied)
    return DeliveredJournal(policy=policy, events=events, accounts=tuple(accounts), was_applied=tuple(was_applied))


def retractable(account: Account) -> list[EventId]:
    """Return the ids of the events that the account knows and that can be retracted."""
    known = [trigger.event for hold in account.holds for trigger in hold.triggers]
    report = account.identity_report
    return [*dict.fromkeys(known), *([] if report is None else [report.source.event])]


def retraction(
    event: EventId,
    account: Account,
    at: datetime,
    name: str = "retraction",
    *,
    by: Actor = ADMIN,
    authority: Authority = SECURITY,
) -> EventRetracted:
    """Return a retraction of an event."""
    return EventRetracted(id=name, account=account.id, at=at, event=event, by=by, authority=authority, note="a mistake")


def held(account: Account, hold: HoldId) -> Hold:
    """Return the hold with this id, which the account has."""
    return next(each for each in account.holds if each.id == hold)


def round_of(hold: Hold) -> EventId | None:
    """Return the id of the open round; none if no round is open."""
    state = hold.progress.state
    return state.attempt if isinstance(state, InVerification | InReview | InAppeal) else None


def handle(policy: Policy, account: Account, event: Event) -> Account:
    """Deliver an event and return the account after it; a refused event leaves it as it was."""
    return delivered(policy, account, event)[0]


def delivered(policy: Policy, account: Account, event: Event) -> tuple[Account, bool]:
    """Deliver an event, and tell whether it was applied."""
    try:
        return apply(policy, account, event).account, True
    except EventRefused:
        return account, False
    except InvalidValue as fault:
        if fault.path not in _NOT_OFFERED:
            raise
        return account, False
