"""What a host writes. mypy and pyright, both strict, must accept every line of it; and it runs.

Every union is matched to its end and closed with `assert_never`, ids are told apart, `None` is looked at.
"""
# pyright: strict

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import assert_never

from withdraw_guard import (
    Account,
    AccountId,
    Allowed,
    AppealDecided,
    AppealSubmitted,
    Applied,
    Change,
    Clearance,
    Decision,
    Denied,
    Destination,
    Event,
    EventRefused,
    HoldId,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    HoldState,
    Identity,
    IdentityChanged,
    IdentityRecorded,
    InAppeal,
    InReview,
    InvalidValue,
    InVerification,
    Policy,
    Refusal,
    ReleaseOrdered,
    Request,
    Restored,
    ReviewDecided,
    Rule,
    SecurityEvent,
    Suspended,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    ActorKind,
    apply,
    check,
    decide,
    evolve,
    methods,
    next_change_at,
    open_holds,
    operations,
    policies,
    replay,
    steps,
    triggers,
    wire,
)

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def about_an_event(event: Event) -> str:
    match event:
        case SecurityEvent(trigger=trigger, context=context):
            return f"{trigger} {len(context)}"
        case VerificationStarted(method=method):
            return method
        case VerificationSubmitted(attempt=attempt):
            return attempt or "some attempt"
        case VerificationFailed(reasons=reasons):
            return ", ".join(reasons)
        case ReviewDecided(by=by, outcome=outcome):
            return f"{outcome.value} by {by.id}"
        case AppealSubmitted(documents=documents):
            return ", ".join(sorted(documents))
        case AppealDecided(outcome=outcome):
            return outcome.value
        case ReleaseOrdered(authority=authority):
            return authority
        case IdentityChanged(identity=identity):
            return "taken away" if identity is None else identity.value
        case _ as never:
            assert_never(never)


def about_a_change(change: Change) -> HoldId | None:
    match change:
        case HoldPlaced(hold=hold):
            return hold.id
        case HoldRepeated() | HoldMoved() | HoldReleased():
            return change.hold
        case IdentityRecorded():
            return None
        case _ as never:
            assert_never(never)


def about_a_state(state: HoldState) -> datetime | None:
    match state:
        case Suspended():
            return None
        case InVerification(opened_at=opened_at) | InAppeal(opened_at=opened_at):
            return opened_at
        case InReview(submitted_at=submitted_at):
            return submitted_at
        case Restored(at=at):
            return at
        case _ as never:
            assert_never(never)


def about_a_step(step: steps.Step) -> str:
    match step:
        case steps.Wait(until=until):
            return f"wait until {until:%H:%M}"
        case steps.Verify(methods=accepted, tips=tips):
            return f"{', '.join(accepted)} ({len(tips)} tips)"
        case steps.Appeal(documents=documents):
            return f"appeal with {', '.join(documents)}"
        case steps.ContactSupport():
            return "contact support"
        case steps.CompleteVerification(method=method, due=due):
            return f"complete {method} by {due}"
        case steps.AwaitReview(due=due) | steps.AwaitAppeal(due=due):
            return "wait" if due is None else f"wait, due at {due:%H:%M}"
        case _ as never:
            assert_never(never)


def about_a_decision(decision: Decision) -> str:
    match decision:
        case Allowed(phase=phase):
            return phase.value
        case Denied(resumes_at=None, holds=holds):
            return f"{len(holds)} holds, with no end in sight"
        case Denied(resumes_at=resumes_at):
            return f"until {resumes_at}"
        case _ as never:
            assert_never(never)


def pay(account: Account, at: datetime) -> tuple[HoldId, ...]:
    """The truth of an answer tells the checkers which one it is."""
    answer = check(account, at, Request(operation=operations.WITHDRAWAL, destination=Destination.KNOWN))
    if not answer:
        return tuple(hold.id for hold in answer.holds)
    return ()


def load(row: str, policy: Policy) -> Account | None:
    try:
        return wire.account_from_dict(wire.parse(row), rules=policy.rules)
    except InvalidValue as refused:
        print(refused.path, refused.problem)
        return None


def host(account_id: AccountId) -> Applied:
    policy = Policy(
        id="mine",
        version="1",
        rules=(
            Rule(id="password", trigger=triggers.PASSWORD_CHANGED, duration=timedelta(hours=24)),
            Rule(
                id="abnormal",
                trigger=triggers.ABNORMAL_ACTIVITY,
                where={"score": 90, "device": "new", "manual": True},
                clearance=Clearance(unverified=frozenset({methods.FACE_WEB}), verified=frozenset()),
                releasable_by=policies.BINANCE.rules[-1].releasable_by,
            ),
        ),
    )
    event = SecurityEvent(
        id="e1",
        account=account_id,
        at=NINE,
        trigger=triggers.ABNORMAL_ACTIVITY,
        initiated_by=ActorKind.USER,
        context={"score": 90},
    )
    account = Account(id=account_id)
    changes = decide(policy, account, event)
    for change in changes:
        account = evolve(account, change)
    applied = apply(policy, Account(id=account_id), event)
    if applied.account != account or replay(Account(id=account_id), applied.changes) != account:
        raise AssertionError("the halves are not the whole")
    return applied


def main() -> None:
    applied = host(AccountId("a1"))
    print(pay(applied.account, NINE), [about_a_change(change) for change in applied.changes])
    for hold in open_holds(applied.account, NINE):
        print(hold.since.isoformat(), [about_a_step(step) for step in hold.steps])
    print([about_a_state(hold.progress.state) for hold in applied.account.holds])
    print(about_a_decision(check(applied.account, NINE)), next_change_at(applied.account, NINE))
    unverified: Identity | None = applied.account.identity
    event: Event = IdentityChanged(id="e2", account="a1", at=NINE, identity=unverified)
    print(about_an_event(event), wire.to_dict(event)["type"], load("{}", policies.BINANCE))
    try:
        apply(policies.BINANCE, applied.account, VerificationSubmitted(id="e3", account="a1", at=NINE, hold="none"))
    except EventRefused as refused:
        print(refused.reason is Refusal.UNKNOWN_HOLD, refused.outdated, refused.hold is None)


if __name__ == "__main__":
    main()
