"""What a host writes. mypy and pyright, both strict, must accept every line of it; and it runs.

Every union is matched to its end and closed with `assert_never`, ids are told apart, `None` is looked at.
"""
# pyright: strict

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from withdraw_guard import (
    Account,
    AccountId,
    Actor,
    ActorKind,
    Allowed,
    Appeal,
    AppealDecided,
    AppealOutcome,
    AppealSubmitted,
    Applied,
    BusinessDay,
    Calendar,
    Change,
    Chosen,
    Clearance,
    Decision,
    Denied,
    Destination,
    DestinationId,
    Destinations,
    Event,
    EventRefused,
    EventRetracted,
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
    MoreRequested,
    Policy,
    Refusal,
    ReleaseOrdered,
    Repeat,
    Request,
    Restored,
    ReviewDecided,
    ReviewOutcome,
    Rule,
    Scope,
    SecurityEvent,
    Suspended,
    TriggerRetracted,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
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
from withdraw_guard.calendars import business_days

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
        case MoreRequested(documents=documents) | AppealSubmitted(documents=documents):
            return ", ".join(sorted(documents))
        case AppealDecided(outcome=outcome):
            return outcome.value
        case ReleaseOrdered(authority=authority):
            return authority
        case IdentityChanged(identity=identity):
            return "taken away" if identity is None else identity.value
        case EventRetracted(event=retracted):
            return retracted
        case _ as never:
            assert_never(never)


def about_a_change(change: Change) -> HoldId | None:
    match change:
        case HoldPlaced(hold=hold):
            return hold.id
        case HoldRepeated() | HoldMoved() | HoldReleased() | TriggerRetracted():
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
        case steps.ContactSupport(authorities=authorities):
            return f"contact {', '.join(authorities)}"
        case steps.CompleteVerification(method=method, due=due):
            return f"complete {method} by {due}"
        case steps.AwaitReview(due=due) | steps.AwaitAppeal(due=due):
            return "wait" if due is None else f"wait, due at {due:%H:%M}"
        case _ as never:
            assert_never(never)


def until_of(step: steps.Step) -> datetime | None:
    """The word of a step tells the checkers which one it is."""
    if step.step == "wait":
        return step.until
    if step.step == "complete_verification" or step.step == "await_review":
        return step.due
    return None


def in_plain_text(hold: str, account: str) -> list[Event]:
    """Ids and names are plain text, and sets and lists of names are any collection of plain text."""
    by = Actor(id="r-7", kind=ActorKind.ADMIN)
    attempt, found, papers = "e2", ["face_not_found"], {"id_photo"}
    return [
        VerificationStarted(id="e2", account=account, at=NINE, hold=hold, method="face_web"),
        VerificationSubmitted(id="e3", account=account, at=NINE, hold=hold, attempt=attempt),
        VerificationFailed(id="e4", account=account, at=NINE, hold=hold, attempt=attempt, reasons=found),
        ReviewDecided(
            id="e5",
            account=account,
            at=NINE,
            hold=hold,
            attempt=attempt,
            by=by,
            outcome=ReviewOutcome.REJECTED,
            reasons=tuple(found),
        ),
        AppealSubmitted(id="e6", account=account, at=NINE, hold=hold, documents=papers),
        AppealDecided(
            id="e7",
            account=account,
            at=NINE,
            hold=hold,
            attempt=attempt,
            by=by,
            outcome=AppealOutcome.GRANTED,
            reasons=set(found),
        ),
        ReleaseOrdered(id="e8", account=account, at=NINE, hold=hold, by=by, authority="support"),
        SecurityEvent(
            id="e9",
            account=account,
            at=NINE,
            trigger="address_added",
            initiated_by=ActorKind.USER,
            destination_id="bc1q",
        ),
    ]


def terms_in_plain_text(names: Mapping[str, str]) -> Rule:
    return Rule(
        id="plain",
        trigger="t",
        scope=Scope(operations=["withdrawal", "gift"]),
        duration=timedelta(hours=24),
        clearance=Clearance(
            unverified=["identity_personal"], verified=set(names), appeal=Appeal(documents=names.keys())
        ),
        releasable_by={"support"},
    )


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


def about_a_calendar(calendar: Calendar | None, at: datetime) -> datetime | None:
    """Where nobody knows, there is none."""
    first: BusinessDay | None = None if calendar is None else calendar.days[0]
    return None if calendar is None or first is None or at < first.begins else calendar.end_of_business_day(2, at)


def grown() -> Policy:
    """What came with the second schema: bounds, business days, holds apart about one destination, extending triggers."""
    return Policy(
        id="grown",
        version="1",
        rules=(
            Rule(
                id="lock",
                trigger="withdrawal_locked",
                duration=timedelta(hours=72),
                chosen=Chosen(minimum=timedelta(hours=24), maximum=timedelta(days=7)),
            ),
            Rule(id="suspicion", trigger="payout_suspicious", business_days=2),
            Rule(
                id="address",
                trigger="address_added",
                scope=Scope(operations=frozenset({operations.WITHDRAWAL}), destinations=Destinations.NAMED),
                repeat=Repeat.SEPARATE,
                duration=timedelta(hours=24),
            ),
            Rule(
                id="password",
                trigger=triggers.PASSWORD_CHANGED,
                duration=timedelta(hours=24),
                public_reason="security_change",
            ),
        ),
        calendar=business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 31), holidays={date(2026, 1, 6)}),
    )


def may_pay_to(address: DestinationId, account: Account) -> bool:
    return bool(check(account, NINE, Request(operation=operations.WITHDRAWAL, destination_id=address)))


def address_book(account_id: AccountId) -> None:
    policy, added = grown(), DestinationId("bc1q")
    event = SecurityEvent(
        id="e1",
        account=account_id,
        at=NINE,
        trigger="address_added",
        initiated_by=ActorKind.USER,
        duration=timedelta(hours=48),
        destination_id=added,
    )
    account = apply(policy, Account(id=account_id), event).account
    kept: list[tuple[DestinationId | None, datetime | None]] = [
        (hold.destination_id, hold.until) for hold in account.holds
    ]
    print(kept, may_pay_to(added, account), may_pay_to(DestinationId("bc1r"), account))
    print(about_a_calendar(policy.calendar, NINE))


def main() -> None:
    address_book(AccountId("a1"))
    applied = host(AccountId("a1"))
    print(pay(applied.account, NINE), [about_a_change(change) for change in applied.changes])
    for hold in open_holds(applied.account, NINE):
        print(hold.since.isoformat(), [(about_a_step(step), until_of(step)) for step in hold.steps])
    print([about_a_state(hold.progress.state) for hold in applied.account.holds])
    print(about_a_decision(check(applied.account, NINE)), next_change_at(applied.account, NINE))
    print([about_an_event(event) for event in in_plain_text("e1:abnormal", "a1")], terms_in_plain_text({"face_web": "web"}))
    unverified: Identity | None = applied.account.identity_at(NINE)
    event: Event = IdentityChanged(id="e2", account="a1", at=NINE, identity=unverified)
    print(about_an_event(event), wire.to_dict(event)["type"], load("{}", policies.BINANCE))
    print(policies.KRAKEN.version, policies.GALLERY["kraken"].is_published, policies.Grade.OFFICIAL.value)
    try:
        apply(policies.BINANCE, applied.account, VerificationSubmitted(id="e3", account="a1", at=NINE, hold="none"))
    except EventRefused as refused:
        print(refused.reason is Refusal.UNKNOWN_HOLD, refused.outdated, refused.hold is None)


if __name__ == "__main__":
    main()
