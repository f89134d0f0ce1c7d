"""The library at the same work: events built beforehand, `apply` for each, `check` for each question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.entries import ALLOWED, NO_END, QUESTION, Entry, Kind
from withdraw_guard import (
    Account,
    Actor,
    AppealDecided,
    AppealSubmitted,
    Event,
    EventRefused,
    IdentityChanged,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    check,
    policies,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def instant(microseconds: int) -> datetime:
    """Return the instant that the journal means."""
    return EPOCH + timedelta(microseconds=microseconds)


def event_of(account: str, entry: Entry) -> Event:
    """Return the event that an entry is."""
    kind, event, at, *rest = entry
    head: dict[str, Any] = {"id": event, "account": account, "at": instant(at)}
    return _EVENTS[Kind(kind)](head, *rest)


_EVENTS: dict[Kind, Callable[..., Event]] = {
    Kind.SECURITY: lambda head, trigger: SecurityEvent(**head, trigger=trigger, initiated_by="user"),
    Kind.STARTED: lambda head, hold, method: VerificationStarted(**head, hold=hold, method=method),
    Kind.SUBMITTED: lambda head, hold, attempt: VerificationSubmitted(**head, hold=hold, attempt=attempt),
    Kind.FAILED: lambda head, hold, attempt: VerificationFailed(**head, hold=hold, attempt=attempt),
    Kind.REVIEWED: lambda head, hold, attempt, who, kind, approved, final: ReviewDecided(
        **head,
        hold=hold,
        attempt=attempt,
        by=Actor(id=who, kind=kind),
        outcome="approved" if approved else "rejected",
        final=final,
    ),
    Kind.APPEALED: lambda head, hold, documents: AppealSubmitted(**head, hold=hold, documents=documents),
    Kind.JUDGED: lambda head, hold, attempt, who, kind, granted: AppealDecided(
        **head,
        hold=hold,
        attempt=attempt,
        by=Actor(id=who, kind=kind),
        outcome="granted" if granted else "dismissed",
    ),
    Kind.RELEASED: lambda head, hold, kind, authority, overriding: ReleaseOrdered(
        **head, hold=hold, by=Actor(id="s1", kind=kind), authority=authority, override_stale=overriding
    ),
    Kind.IDENTITY: lambda head, identity: IdentityChanged(**head, identity=identity),
}


def prepared(number: int, entries: list[Entry]) -> tuple[Account, list[Event | datetime]]:
    """Return a fresh account, and what it will be told and asked, in order."""
    account = Account(id=f"a{number}")
    steps = [instant(entry[1]) if entry[0] == QUESTION else event_of(account.id, entry) for entry in entries]
    return account, steps


def run(account: Account, steps: list[Event | datetime]) -> tuple[Account, list[Any]]:
    """Return the account after all of it, and what came of each step."""
    outcomes: list[Any] = []
    for step in steps:
        if isinstance(step, datetime):
            decision = check(account, step)
            outcomes.append(ALLOWED if decision else decision.resumes_at)
            continue
        try:
            account = apply(policies.BINANCE, account, step).account
        except EventRefused as refused:
            outcomes.append(refused.reason)
        else:
            outcomes.append(None)
    return account, outcomes


def outcomes_as_numbers(entries: list[Entry], outcomes: list[Any]) -> list[Any]:
    """Return the outcomes as the floor says them."""
    return [
        _number(outcome) if entry[0] == QUESTION else None if outcome is None else outcome.value
        for entry, outcome in zip(entries, outcomes, strict=True)
    ]


def _number(answer: Any) -> int:
    if answer is None:
        return NO_END
    return answer if answer == ALLOWED else (answer - EPOCH) // MICROSECOND
