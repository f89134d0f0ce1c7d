"""What people can do about a hold, as events, and the account that a journal leads to.

Every search of this package tries these events with `apply` of the library. So the analysis always agrees with the
rulebook: an event that `apply` refuses is never part of a result.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import count
from typing import Final, TypeAlias, assert_never, final

from withdraw_guard import _factory
from withdraw_guard._answers.decision import stops
from withdraw_guard._answers.request import Request
from withdraw_guard._factory import OFFICER, RELEASER, REVIEWER, event_of
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    Actor,
    Event,
    HoldEvent,
    IdentityChanged,
    SecurityEvent,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Clearance, Policy, Rule
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._rules.apply import apply
from withdraw_guard._rules.offers import accepted_methods, appeal_closes_at
from withdraw_guard._rules.transitions import Move
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import NO_FACTS, Facts
from withdraw_guard._values.ids import AccountId, EventId, Method, Trigger
from withdraw_guard._values.vocabulary import ActorKind, Identity, State
from withdraw_guard.methods import recorded_by

Journal: TypeAlias = tuple[Event, ...]
"""The events of one account, in the order in which they are delivered."""
Reported: TypeAlias = SecurityEvent | IdentityChanged | HoldEvent
"""What a search of this package may report. It takes every report as true, so it never retracts one."""

# The journals that this package writes are about this account and begin at this instant, if there is no calendar.
ACCOUNT: Final = AccountId("a1")
START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

# An event about a hold is decided by the terms of the hold alone, so any policy will do.
NO_RULES: Final = Policy(id="no-rules", version="0", rules=())
SECOND_OFFICER: Final = Actor(id="second-appeals-officer", kind=ActorKind.ADMIN)


@final
class Party(StrEnum):
    """Who has to act: the account holder, or a person who works for the operator."""

    HOLDER = "holder"
    REVIEWER = "reviewer"
    APPEALS_OFFICER = "appeals_officer"
    AUTHORITY = "authority"


def applied(policy: Policy, account: Account, event: Event) -> Account | None:
    """Return the account after the event, or none if the policy refuses the event or cannot apply it at all."""
    try:
        return apply(policy, account, event).account
    except (EventRefused, InvalidValue):
        return None


def replayed(policy: Policy, journal: Journal, account: Account | None = None) -> Account:
    """Return the account after a journal, beginning with a fresh account by default. Refused events change nothing."""
    account = Account(id=ACCOUNT) if account is None else account
    for event in journal:
        account = applied(policy, account, event) or account
    return account


def security_event(trigger: Trigger, event_id: str, at: datetime, facts: Facts = NO_FACTS) -> SecurityEvent:
    """Return a security event of `ACCOUNT` with these facts; `initiated_by` may be among them."""
    return _factory.security_event(trigger, ACCOUNT, event_id, at, facts)


def matching_event(rule: Rule, event_id: str, at: datetime) -> SecurityEvent:
    """Return the event of `ACCOUNT` with the fewest facts that matches the rule."""
    return _factory.matching_event(rule, ACCOUNT, event_id, at)


def possible_events(account: Account, hold: Hold, at: datetime, event_id: EventId) -> Iterator[HoldEvent]:
    """Give every event about the hold that may be possible in its state; `apply` decides which ones are.

    Of several methods without a difference only one is used, and an appeal has exactly the required documents. A
    request for more asks for no document.
    """
    clearance, state = hold.rule.clearance, hold.stage(at)
    event = partial(event_of, account=account, hold=hold, event_id=event_id, at=at)
    match state:
        case State.SUSPENDED if clearance is not None:
            for method in different_methods(clearance, account.identity_at(at)):
                yield event(Move.STARTED, method=method)
            yield event(Move.APPEALED)
        case State.VERIFICATION if clearance is not None:
            for method in different_methods(clearance, account.identity_at(at)):
                yield event(Move.STARTED, method=method)
            yield event(Move.SUBMITTED)
            yield event(Move.FAILED)
        case State.REVIEW:
            yield event(Move.APPROVED, by=REVIEWER)
            yield event(Move.REJECTED, by=REVIEWER)
            yield event(Move.REJECTED, by=REVIEWER, final=True)
            yield event(Move.MORE_REQUESTED, by=REVIEWER)
        case State.APPEAL:
            by = SECOND_OFFICER if hold.progress.reviewer == OFFICER.id else OFFICER
            yield event(Move.GRANTED, by=by)
            yield event(Move.DISMISSED, by=by)
            yield event(Move.MORE_REQUESTED, by=by)
            yield event(Move.APPEALED)
        case State.SUSPENDED | State.VERIFICATION | State.RESTORED:
            pass
        case _ as never:
            assert_never(never)
    for authority in sorted(hold.rule.releasable_by):
        yield event(Move.RELEASED, by=RELEASER, authority=authority)


def different_methods(clearance: Clearance, identity: Identity | None) -> list[Method]:
    """Return one accepted method of each kind: which identities may use it, and what its approval records."""
    kinds: dict[tuple[bool, bool, Identity | None], Method] = {}
    for method in sorted(accepted_methods(clearance, identity)):
        kinds.setdefault((method in clearance.unverified, method in clearance.verified, recorded_by(method)), method)
    return list(kinds.values())


def boundaries(hold: Hold, at: datetime) -> dict[str, datetime]:
    """Return the later instants at which time alone changes an open hold: its end, a lapse, the end of a window."""
    ahead = {"end": hold.end if hold.end is not None else hold.until, "lapse": hold.lapses_at}
    clearance = hold.clearance_outstanding
    if clearance is not None and clearance.appeal is not None:
        ahead["window"] = appeal_closes_at(hold, clearance.appeal)
    return {name: then for name, then in ahead.items() if then is not None and then > at}


def stopping(account: Account, at: datetime, request: Request) -> list[Hold]:
    """Return the open holds that stop the request."""
    return [hold for hold in account.holds if hold.is_open(at) and stops(hold, request)]


def unused_ids(account: Account) -> Iterator[EventId]:
    """Give event ids that nothing on the account knows."""
    known = {each.event for each in (*account.reports, *account.retracted_reports, *account.retractions)}
    known.update(trigger.event for hold in account.holds for trigger in hold.triggers)
    known.update(moved.event for hold in account.holds for moved in hold.progress.moves)
    return (EventId(f"way-out-{n}") for n in count(1) if f"way-out-{n}" not in known)
