"""Mistakes that a host could make. Both type checkers, strict, must report every marked line, and no other.

This file is never run.
"""
# pyright: strict

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import assert_never

from withdraw_guard import (
    Account,
    AccountId,
    ActorKind,
    Allowed,
    AppealDecided,
    AppealSubmitted,
    BusinessDay,
    Calendar,
    Change,
    Chosen,
    Decision,
    Denied,
    Destinations,
    Event,
    HoldId,
    HoldMoved,
    HoldPlaced,
    HoldRepeated,
    HoldState,
    IdentityChanged,
    IdentityRecorded,
    InAppeal,
    InReview,
    InVerification,
    Policy,
    ReleaseOrdered,
    Repeat,
    Request,
    ReviewDecided,
    Rule,
    Scope,
    SecurityEvent,
    Suspended,
    VerificationFailed,
    VerificationStarted,
    apply,
    check,
    evolve,
    phase,
    policies,
    steps,
)
from withdraw_guard.calendars import business_days
from withdraw_guard.problem import problem_of


# ── A case is missing ────────────────────────────────────────────────────────────────────────────────────────────


def about_an_event(event: Event) -> str:
    match event:
        case SecurityEvent() | VerificationStarted() | VerificationFailed() | ReviewDecided():
            return "verification"
        case AppealSubmitted() | AppealDecided() | ReleaseOrdered() | IdentityChanged():
            return "the rest"
        case _ as never:
            assert_never(never)  # mistake: VerificationSubmitted is not handled


def about_a_change(change: Change) -> str:
    match change:
        case HoldPlaced() | HoldRepeated() | HoldMoved() | IdentityRecorded():
            return "handled"
        case _ as never:
            assert_never(never)  # mistake: HoldReleased is not handled


def about_a_decision(decision: Decision) -> str:
    match decision:
        case Allowed():
            return "pay"
        case Denied(resumes_at=datetime()):
            return "later"
        case _ as never:
            assert_never(never)  # mistake: a denial without an end is not handled


def about_a_state(state: HoldState) -> str:
    match state:
        case Suspended() | InVerification() | InReview() | InAppeal():
            return "open"
        case _ as never:
            assert_never(never)  # mistake: Restored is not handled


def about_a_step(step: steps.Step) -> str:
    match step:
        case steps.Wait() | steps.Verify() | steps.Appeal() | steps.CompleteVerification():
            return "act"
        case steps.AwaitReview() | steps.AwaitAppeal():
            return "wait"
        case _ as never:
            assert_never(never)  # mistake: ContactSupport is not handled


def about_a_word(step: steps.Step) -> datetime | None:
    if step.step == "wait" or step.step == "verify":
        return step.until  # mistake: a verification has no end
    return None


# ── A value is built from something else ─────────────────────────────────────────────────────────────────────────


def build(at: datetime) -> None:
    Account(id=7)  # mistake: a number for an id
    Account("a1")  # mistake: positional construction
    Account(id="a1", frozen=True)  # mistake: an unknown keyword
    Account(id="a1", holds=[])  # mistake: a list for a tuple
    Policy(id="p", version="1")  # mistake: a required keyword is missing
    Rule(id="r", trigger="t", duration=24)  # mistake: a number for a duration
    Rule(id="r", trigger="t", duration=timedelta(hours=1), releasable_by={7})  # mistake: a number for a name
    Rule(id="r", trigger="t", duration=timedelta(hours=1), releasable_by=None)  # mistake: nothing for a set of names
    VerificationFailed(id="e", account="a", at=at, hold="h", reasons=iter(["r"]))  # mistake: an iterator for a list
    VerificationFailed(id="e", account="a", at=at, hold="h", attempt=2)  # mistake: a number for an id
    Scope(destinations="any")  # mistake: text for a word
    Request(operation="withdrawal", destination="known")  # mistake: text for a destination
    IdentityChanged(id="e", account="a", at="2026-01-05T09:00:00Z", identity=None)  # mistake: text for an instant
    Rule(id="r", trigger="t", duration=timedelta(1), chosen=(timedelta(1), timedelta(2)))  # mistake: a pair of bounds
    Rule(id="r", trigger="t", business_days=timedelta(days=2))  # mistake: a duration for a number of days
    Rule(id="r", trigger="t", duration=timedelta(1), extended_by={None})  # mistake: nothing for a name
    Rule(id="r", trigger="t", duration=timedelta(1), repeat="separate")  # mistake: text for a word
    Chosen(minimum=timedelta(hours=1))  # mistake: there is no longest choice
    Chosen(minimum="PT1H", maximum=timedelta(hours=2))  # mistake: text for a duration
    BusinessDay(begins=at.date(), ends=at)  # mistake: a date for an instant
    Calendar(days=[BusinessDay(begins=at, ends=at)])  # mistake: a list for a tuple
    Policy(id="p", version="1", rules=(), calendar=())  # mistake: days for a calendar
    business_days("Europe/London", first=at.date(), last=at.date())  # mistake: the name of a zone for the zone
    business_days(UTC, first=at.date(), last=at.date(), weekdays=["monday"])  # mistake: the name of a day for its number
    Request(operation="withdrawal", destination_id=7)  # mistake: a number for a destination
    user, facts = ActorKind.USER, {"amount": 1.5}
    SecurityEvent(id="e", account="a", at=at, trigger="t", initiated_by=user, duration=24)  # mistake: a number of hours
    SecurityEvent(id="e", account="a", at=at, trigger="t", initiated_by=user, context=facts)  # mistake: a fraction


def about_destinations(destinations: Destinations) -> str:
    match destinations:
        case Destinations.ANY | Destinations.NEW:
            return "whatever it is called"
        case _ as never:
            assert_never(never)  # mistake: NAMED is not handled


def about_repeats(repeat: Repeat) -> str:
    match repeat:
        case Repeat.EXTEND | Repeat.KEEP:
            return "one hold"
        case _ as never:
            assert_never(never)  # mistake: SEPARATE is not handled


class MyAccount(Account):  # mistake: an account is final
    pass


# ── A verb is misused ────────────────────────────────────────────────────────────────────────────────────────────


def freeze(account: AccountId) -> str:
    return account


def ask(policy: Policy, account: Account, hold: HoldId, at: datetime) -> None:
    check(account, "2026-01-05T09:00:00Z")  # mistake: text for an instant
    check(account)  # mistake: the instant of the question is missing
    phase(account.id, at)  # mistake: an id for an account
    apply(policy, account, {"type": "security_event"})  # mistake: plain data for an event
    evolve(account, IdentityChanged(id="e", account="a", at=at, identity=None))  # mistake: an event for a change
    freeze(hold)  # mistake: the id of a hold for the id of an account
    print(check(account, at).holds)  # mistake: an answer may be Allowed, which has no holds
    decision = check(account, at)
    if isinstance(decision, Denied):
        print(problem_of(decision)["status_code"])  # mistake: RFC 9457 calls it `status`
        print(decision.resumes_at.isoformat())  # mistake: there may be no instant at which it resumes
    print(account.holds[0].timer.isoformat())  # mistake: not every timer is kept by its hold
    print(policy.calendar.days)  # mistake: not every policy has a calendar
    account.id = AccountId("a2")  # mistake: an account is frozen
    print(account.holds[0].progress.state.method)  # mistake: not every state has a method
    print(policies.ACME)  # mistake: nobody has published that policy
