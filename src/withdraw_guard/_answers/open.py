"""What is open on an account at an instant, what can be done about it, and when the next answer changes.

Everything is derived from the account when it is asked. If no process runs for a month, every answer is still right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, assert_never

from withdraw_guard._answers.request import OpenHold
from withdraw_guard._model.account import Account
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.progress import InAppeal, InReview, InVerification, Restored, Suspended
from withdraw_guard._rules.offers import appeal_closes_at, offered_appeal, offered_methods
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.complete import complete
from withdraw_guard._values.time import utc
from withdraw_guard._values.vocabulary import Identity, Phase, State
from withdraw_guard.steps import (
    Appeal,
    AwaitAppeal,
    AwaitReview,
    CompleteVerification,
    ContactSupport,
    Step,
    Verify,
    Wait,
)
from withdraw_guard.tips import tips_for

# From the least advanced state on: the phase of an account is that of its least advanced hold.
_PHASES: Final = complete(
    State,
    {
        State.SUSPENDED: Phase.SUSPENDED,
        State.VERIFICATION: Phase.VERIFICATION,
        State.REVIEW: Phase.REVIEW,
        State.APPEAL: Phase.APPEAL,
        State.RESTORED: Phase.RESTORED,
    },
)


def open_holds(account: Account, at: datetime) -> tuple[OpenHold, ...]:
    """Return every hold that blocks at `at`, whatever its scope, with its state and its next steps.

    They are in order of placement. A hold that can be verified with a method names it in its `Verify` step.
    """
    at = _checked(account, at)
    return tuple(describe(hold, account.identity, at) for hold in account.holds if hold.is_open(at))


def phase(account: Account, at: datetime) -> Phase:
    """Return the one-word summary of the account at `at`. It does not depend on a request."""
    at = _checked(account, at)
    return phase_of(account, [hold for hold in account.holds if hold.is_open(at)], at)


def phase_of(account: Account, still_open: Sequence[Hold], at: datetime) -> Phase:
    """Return the phase of an account with these open holds."""
    if not still_open:
        return Phase.RESTORED if account.holds else Phase.ACTIVE
    stages = {hold.stage(at) for hold in still_open if hold.clearance_outstanding is not None}
    return next((phase for state, phase in _PHASES.items() if state in stages), Phase.SUSPENDED)


def next_change_at(account: Account, at: datetime) -> datetime | None:
    """Return the first instant after `at` at which some answer changes by itself, or none.

    A courtesy for one timer, such as a notification: no answer depends on anyone using it.
    """
    at = _checked(account, at)
    upcoming = [then for hold in account.holds if hold.is_open(at) for then in _boundaries(hold, at) if then > at]
    return min(upcoming, default=None)


def describe(hold: Hold, identity: Identity | None, at: datetime) -> OpenHold:
    """Return an open hold as it reads at `at`."""
    return OpenHold(
        id=hold.id,
        rule=hold.rule.id,
        trigger=hold.rule.trigger,
        policy=hold.policy,
        state=hold.reads_as(at),
        since=hold.cause.at,
        until=hold.until,
        reasons=hold.progress.reasons,
        steps=(*_waiting(hold, at), *_acting(hold, identity, at)),
        destination_id=hold.destination_id,
    )


def _waiting(hold: Hold, at: datetime) -> Iterator[Step]:
    until = hold.until if hold.end is None else hold.end
    if until is not None and at < until:
        yield Wait(until=until)


def _acting(hold: Hold, identity: Identity | None, at: datetime) -> Iterator[Step]:
    state = hold.progress.state
    match state:
        case InVerification() if hold.stage(at) is State.VERIFICATION:
            yield CompleteVerification(method=state.method, due=hold.due)
        case InReview():
            yield AwaitReview(due=hold.due)
        case InAppeal():
            yield AwaitAppeal(due=hold.due)
        case Suspended() | InVerification() | Restored():
            yield from _starting(hold, identity, at)
        case _ as never:
            assert_never(never)


def _starting(hold: Hold, identity: Identity | None, at: datetime) -> Iterator[Step]:
    offered = offered_methods(hold, identity)
    if offered:
        yield Verify(methods=tuple(sorted(offered)), tips=tips_for(offered, hold.progress.reasons))
    appeal = offered_appeal(hold, at)
    if appeal is not None:
        yield Appeal(documents=tuple(sorted(appeal.documents)))
    elif hold.rule.releasable_by:
        yield ContactSupport()


def _boundaries(hold: Hold, at: datetime) -> Iterator[datetime]:
    """Give the instants at which the answers about an open hold may change by themselves."""
    candidates = [hold.end, hold.until if hold.end is None else None, hold.lapses_at]
    appeal = offered_appeal(hold, at)
    if appeal is not None and hold.reads_as(at) is State.SUSPENDED:
        candidates.append(appeal_closes_at(hold, appeal))
    return (instant for instant in candidates if instant is not None)


def _checked(account: Account, at: datetime) -> datetime:
    check_type("account", account, Account, "an Account")
    return utc("at", at)
