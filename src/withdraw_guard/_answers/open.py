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
from withdraw_guard._values.ids import Reason
from withdraw_guard._values.time import utc
from withdraw_guard._values.vocabulary import Phase, State
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
    return tuple(describe(hold, account, at) for hold in account.holds if hold.is_open(at))


def phase(account: Account, at: datetime) -> Phase:
    """Return the one-word summary of the account at `at`; it is about the account, whatever the request."""
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

    A courtesy for one timer: no answer ever depends on anyone using it.
    """
    at = _checked(account, at)
    changes = [_next_change_of(hold, account, at) for hold in account.holds if hold.is_open(at)]
    return min((then for then in changes if then is not None), default=None)


def _next_change_of(hold: Hold, account: Account, at: datetime) -> datetime | None:
    for then in sorted({then for then in _boundaries(hold, account) if then is not None and at < then}):
        if not hold.is_open(then) or describe(hold, account, then) != describe(hold, account, at):
            return then
    return None


def describe(hold: Hold, account: Account, at: datetime) -> OpenHold:
    """Return an open hold as it reads at `at`."""
    return OpenHold(
        id=hold.id,
        rule=hold.rule.id,
        trigger=hold.rule.trigger,
        policy=hold.policy,
        state=hold.reads_as(at),
        since=hold.since,
        until=hold.until,
        reasons=_reasons(hold),
        public_reason=hold.rule.told_reason,
        steps=(*_waiting(hold, at), *_acting(hold, account, at)),
        destination_id=hold.destination_id,
    )


def _reasons(hold: Hold) -> tuple[Reason, ...]:
    """A failure is past while a review is open, and once the clearance was given."""
    state = hold.progress.state
    is_past = isinstance(state, InReview) or (isinstance(state, Restored) and not state.released)
    return () if is_past else hold.progress.reasons


def _waiting(hold: Hold, at: datetime) -> Iterator[Step]:
    until = hold.until if hold.end is None else hold.end
    if until is not None and at < until:
        yield Wait(until=until)


def _acting(hold: Hold, account: Account, at: datetime) -> Iterator[Step]:
    state = hold.progress.state
    match state:
        case InVerification() if hold.stage(at) is State.VERIFICATION:
            yield from _completing(hold, state)
        case InReview():
            yield AwaitReview(due=hold.due)
        case InAppeal():
            yield from _appealing(hold, state, at)
        case Suspended() | InVerification() | Restored():
            yield from _starting(hold, account, at)
        case _ as never:
            assert_never(never)


def _completing(hold: Hold, state: InVerification) -> Iterator[Step]:
    if not hold.is_open(state.opened_at):
        yield from _contacting(hold)
        return
    reasons = () if state.needed is None else state.needed.reasons
    documents = () if state.needed is None else tuple(sorted(state.needed.documents))
    yield CompleteVerification(method=state.method, due=hold.due, reasons=reasons, documents=documents)


def _appealing(hold: Hold, state: InAppeal, at: datetime) -> Iterator[Step]:
    if state.submitted_at is not None or state.needed is None:
        yield AwaitAppeal(due=hold.due)
        return
    if hold.is_open(state.opened_at) and not hold.knows_later_move(at):
        yield Appeal(documents=tuple(sorted(state.needed.documents)))
    yield from _contacting(hold)


def _starting(hold: Hold, account: Account, at: datetime) -> Iterator[Step]:
    offered = offered_methods(hold, account.identity_at(at), at)
    if offered:
        yield Verify(methods=tuple(sorted(offered)), tips=tips_for(offered, _reasons(hold)))
    appeal = offered_appeal(hold, at)
    if appeal is not None and not hold.knows_later_move(at):
        yield Appeal(documents=tuple(sorted(appeal.documents)))
    else:
        yield from _contacting(hold)


def _contacting(hold: Hold) -> Iterator[Step]:
    if hold.rule.releasable_by:
        yield ContactSupport(authorities=tuple(sorted(hold.rule.releasable_by)))


def _boundaries(hold: Hold, account: Account) -> Iterator[datetime | None]:
    """The instants at which a hold may read otherwise than before, if nothing happens."""
    yield hold.end
    yield hold.until
    yield hold.due
    yield hold.progress.moved_at
    if account.identity_report is not None:
        yield account.identity_report.ends_at
    appeal = None if hold.rule.clearance is None else hold.rule.clearance.appeal
    if appeal is not None:
        yield appeal_closes_at(hold, appeal)


def _checked(account: Account, at: datetime) -> datetime:
    check_type("account", account, Account, "an Account")
    return utc("at", at)
