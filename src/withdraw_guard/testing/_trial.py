"""The trial of a law: one story, what can be asked about it, and `LawBroken` where something is not as it must be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias, final

import attrs

from withdraw_guard import operations
from withdraw_guard._account import Account
from withdraw_guard._check import check
from withdraw_guard._decisions import WITHDRAWAL, Request
from withdraw_guard._events import Event
from withdraw_guard._open import open_holds, phase
from withdraw_guard._policy import EVERYTHING, Policy
from withdraw_guard._words import Destination
from withdraw_guard.testing._instants import START, TICK, boundaries
from withdraw_guard.testing._journal import story_of
from withdraw_guard.testing._told import timeline_as_text

Journal: TypeAlias = Iterable[Event]


@final
class LawBroken(AssertionError):
    """A law does not hold: which one, at which instant, what is wrong, and the timeline of the journal."""

    def __init__(self, law: str, at: datetime, problem: str, timeline: str) -> None:
        super().__init__(law, at, problem, timeline)
        self.law = law
        self.at = at
        self.problem = problem
        self.timeline = timeline

    def __str__(self) -> str:
        return f"{self.law}: {self.problem}, at {self.at.isoformat()}\n\n{self.timeline}"


@final
class Trial:
    """One law on one story. What it requires must be so, or the law is broken."""

    def __init__(self, law: str, policy: Policy, journal: Journal) -> None:
        self.law, self.policy = law, policy
        self.story = story_of(policy, journal)
        self.account, self.fresh = self.story.account, self.story.fresh
        self.requests = requests_of(policy)

    @property
    def instants(self) -> list[datetime]:
        """The instants around which an answer may change."""
        return boundaries(self.account)

    @property
    def now(self) -> datetime:
        """Just after everything that the account has heard of."""
        return max([START, *(hold.knows_of for hold in self.account.holds)]) + TICK

    def require(self, is_so: bool, at: datetime, problem: str) -> None:
        """Raise `LawBroken` if it is not so."""
        if not is_so:
            timeline = timeline_as_text(self.policy, self.account.id, self.story.events, at)
            raise LawBroken(self.law, at, problem, timeline)

    def view(self, account: Account, at: datetime) -> tuple[object, ...]:
        """Everything that can be asked about the account at an instant, but for the instant itself."""
        answers = [check(account, at, request) for request in self.requests]
        return (
            phase(account, at),
            open_holds(account, at),
            [attrs.evolve(answer, at=START) for answer in answers if answer],
        )

    def denied(self, account: Account, at: datetime) -> tuple[bool, ...]:
        """For every request, whether it is denied."""
        return tuple(not check(account, at, request) for request in self.requests)

    def require_denied(self, account: Account, before: Account, at: datetime, problem: str) -> None:
        """What is denied before must be denied still."""
        still = zip(self.denied(account, at), self.denied(before, at), strict=True)
        self.require(all(now for now, then in still if then), at, problem)


def requests_of(policy: Policy) -> tuple[Request, ...]:
    """Every operation that the policy names, one that it does not, and a known destination."""
    scopes = (rule.scope.operations for rule in policy.rules)
    named = {operation for scope in scopes if scope != EVERYTHING for operation in scope}
    others = sorted({*named, operations.P2P_SALE} - {WITHDRAWAL.operation})
    known = Request(operation=WITHDRAWAL.operation, destination=Destination.KNOWN)
    return (WITHDRAWAL, known, *(Request(operation=operation) for operation in others))
