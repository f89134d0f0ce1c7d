"""What people can do about a hold, as events of the library itself.

Every search of this package tries these events with `apply`, the library's own, so that an analysis cannot drift from
the rulebook: what is refused there is no way here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias, assert_never, final

from withdraw_guard import _factory
from withdraw_guard._factory import OFFICER, Desk
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    Actor,
    AppealDecided,
    AppealSubmitted,
    Event,
    HoldEvent,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Clearance, Policy, Rule
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._rules.apply import apply
from withdraw_guard._rules.offers import accepted_methods, appeal_closes_at
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import NO_FACTS, Facts
from withdraw_guard._values.ids import AccountId, EventId, Method, Trigger
from withdraw_guard._values.vocabulary import ActorKind, AppealOutcome, Identity, ReviewOutcome, State
from withdraw_guard.methods import recorded_by

Journal: TypeAlias = tuple[Event, ...]
"""The events of one account, in the order of delivery."""

# The journals of this package are about this account and begin at this instant.
ACCOUNT: Final = AccountId("a1")
START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

# An event about a hold is decided by the terms of the hold; the policy in force has no say in it.
NO_RULES: Final = Policy(id="no-rules", version="0", rules=())
SECOND_OFFICER: Final = Actor(id="second-appeals-officer", kind=ActorKind.ADMIN)


@final
class Party(StrEnum):
    """Who has to do something: the account holder, or somebody of the operator's."""

    HOLDER = "holder"
    REVIEWER = "reviewer"
    APPEALS_OFFICER = "appeals_officer"
    AUTHORITY = "authority"


def party_of(event: HoldEvent) -> Party:
    """Return who does this. A verification fails because of the account holder, who may even want it to."""
    match event:
        case VerificationStarted() | VerificationSubmitted() | VerificationFailed() | AppealSubmitted():
            return Party.HOLDER
        case ReviewDecided():
            return Party.REVIEWER
        case AppealDecided():
            return Party.APPEALS_OFFICER
        case ReleaseOrdered():
            return Party.AUTHORITY
        case _ as never:
            assert_never(never)


def handled(policy: Policy, account: Account, event: Event) -> Account | None:
    """Return the account after the event, or none if it is refused or can never be applied under this policy."""
    try:
        return apply(policy, account, event).account
    except (EventRefused, InvalidValue):
        return None


def replayed(policy: Policy, journal: Journal, account: Account | None = None) -> Account:
    """Return a fresh account, or the one given, after a journal. Refused events leave it as it was."""
    account = Account(id=ACCOUNT) if account is None else account
    for event in journal:
        account = handled(policy, account, event) or account
    return account


def fired(trigger: Trigger, event_id: str, at: datetime, facts: Facts = NO_FACTS) -> SecurityEvent:
    """Return a security event of our account with these facts; `initiated_by` may be among them."""
    return _factory.fired(trigger, ACCOUNT, event_id, at, facts)


def flag(rule: Rule, event_id: str, at: datetime) -> SecurityEvent:
    """Return the plainest event that places a hold of this rule on our account."""
    return _factory.flag(rule, ACCOUNT, event_id, at)


def deeds(account: Account, hold: Hold, at: datetime, event_id: EventId) -> Iterator[HoldEvent]:
    """Give what each party might do about the hold where it stands; `apply` says whether they may.

    Of methods that make no difference to each other there is one, and of the documents just the required ones.
    """
    clearance = hold.rule.clearance
    desk = Desk(account=account.id, hold=hold.id, at=at, event_id=event_id)
    match hold.stage(at):
        case State.SUSPENDED:
            yield from _starts(desk, clearance, account.identity)
            if clearance is not None and clearance.appeal is not None:
                yield desk.appealed(clearance.appeal.documents)
        case State.VERIFICATION:
            yield from _starts(desk, clearance, account.identity)
            yield desk.submitted()
            yield desk.failed()
        case State.REVIEW:
            yield desk.reviewed(ReviewOutcome.APPROVED)
            yield desk.reviewed(ReviewOutcome.REJECTED)
            yield desk.reviewed(ReviewOutcome.REJECTED, final=True)
        case State.APPEAL:
            by = SECOND_OFFICER if hold.progress.reviewer == OFFICER.id else OFFICER
            yield desk.decided(AppealOutcome.GRANTED, by)
            yield desk.decided(AppealOutcome.DISMISSED, by)
        case State.RESTORED:
            pass
        case _ as never:
            assert_never(never)
    yield from (desk.released(authority) for authority in sorted(hold.rule.releasable_by))


def _starts(desk: Desk, clearance: Clearance | None, identity: Identity | None) -> Iterator[HoldEvent]:
    if clearance is not None:
        yield from (desk.started(method) for method in representatives(clearance, identity))


def representatives(clearance: Clearance, identity: Identity | None) -> list[Method]:
    """Return one of each kind of accepted method: what else accepts it, and what an approval of it records."""
    kinds: dict[tuple[bool, bool, Identity | None], Method] = {}
    for method in sorted(accepted_methods(clearance, identity)):
        kinds.setdefault((method in clearance.unverified, method in clearance.verified, recorded_by(method)), method)
    return list(kinds.values())


def clocks(hold: Hold, at: datetime) -> dict[str, datetime]:
    """Return the instants ahead at which something about an open hold is over, if nothing happens."""
    ahead = {"end": hold.end if hold.end is not None else hold.until, "lapse": hold.lapses_at}
    clearance = hold.clearance_outstanding
    if clearance is not None and clearance.appeal is not None:
        ahead["window"] = appeal_closes_at(hold, clearance.appeal)
    return {name: then for name, then in ahead.items() if then is not None and then > at}
