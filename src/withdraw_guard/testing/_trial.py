"""The trial of a law: one delivered journal, the questions about it, and `LawBroken` if the law does not hold."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard import operations
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Denied
from withdraw_guard._answers.open import open_holds, phase
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._factory import matching_event
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import Event, SecurityEvent
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule
from withdraw_guard._rules.decide import decide
from withdraw_guard._values.ids import DestinationId
from withdraw_guard._values.limits import INSTANT_MIN
from withdraw_guard._values.vocabulary import Destination, Destinations
from withdraw_guard.stories._told import timeline_as_text
from withdraw_guard.testing._instants import START, TICK, boundaries, known_until
from withdraw_guard.testing._journal import delivered, story_of

Journal: TypeAlias = Iterable[Event]

ELSEWHERE: Final = DestinationId("somewhere-else")
"""A destination that no event of a journal names."""


@final
@attrs.define(eq=False, repr=False)
class LawBroken(AssertionError):
    """A law does not hold: which one, at which instant, what is wrong, and the timeline of the journal."""

    law: str
    at: datetime
    problem: str
    timeline: str

    def __str__(self) -> str:
        return f"{self.law}: {self.problem}, at {self.at.isoformat()}\n\n{self.timeline}"


@final
class Trial:
    """One law and one delivered journal. `require` states what must hold."""

    def __init__(self, law: str, policy: Policy, journal: Journal) -> None:
        self.law, self.policy = law, policy
        self.journal = story_of(policy, journal)
        self.events, self.applied = self.journal.events, self.journal.applied
        self.account, self.fresh = self.journal.account, self.journal.fresh
        self.applied_flags = [event for event, _, _ in self.applied if isinstance(event, SecurityEvent)]
        self.flags = [event for event in self.events if isinstance(event, SecurityEvent)]
        self.requests = _requests(policy, self.flags)

    @property
    def instants(self) -> list[datetime]:
        """The instants around which an answer may change."""
        return boundaries(self.account)

    @property
    def questions(self) -> list[tuple[datetime, Request]]:
        """Every request at every such instant."""
        return [(at, request) for at in self.instants for request in self.requests]

    @property
    def changes(self) -> list[Change]:
        """All changes that were decided."""
        return [change for event, before, _ in self.applied for change in decide(self.policy, before, event)]

    @property
    def now(self) -> datetime:
        """Just after everything that the account knows of."""
        return known_until(self.account) + TICK

    def require(self, is_so: bool, at: datetime, problem: str) -> None:
        """Raise `LawBroken` if it is not so."""
        if not is_so:
            timeline = timeline_as_text(self.policy, self.account.id, self.events, at)
            raise LawBroken(self.law, at, problem, timeline)

    def view(self, account: Account, at: datetime) -> tuple[object, ...]:
        """All answers about the account at an instant, without the instant itself."""
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
        """Require that every request that was denied before is still denied."""
        still = zip(self.denied(account, at), self.denied(before, at), strict=True)
        self.require(all(now for now, then in still if then), at, problem)

    def require_same_answers(self, one: Account, other: Account, problem: str, since: datetime = INSTANT_MIN) -> None:
        """Require that yes or no and `resumes_at` are the same for both accounts, from an instant on."""
        for at in boundaries(one, other):
            for request in self.requests if since <= at else ():
                answers = check(one, at, request), check(other, at, request)
                first, second = (answer.resumes_at if isinstance(answer, Denied) else at for answer in answers)
                self.require(first == second, at, problem)

    def on_each_rule(self, having: Callable[[Rule], bool]) -> Iterator[tuple[Policy, Rule, SecurityEvent]]:
        """Yield each such rule with a policy of this rule alone and an event that it applies now."""
        for rule in self.policy.rules:
            alone = attrs.evolve(self.policy, rules=(rule,))
            event = matching_event(rule, self.account.id, "right-now", self.now)
            if having(rule) and delivered(alone, self.account, event)[1]:
                yield alone, rule, event


def _requests(policy: Policy, flags: Iterable[SecurityEvent]) -> tuple[Request, ...]:
    """Every operation that the policy names and one that it does not, a known destination, and two with an id."""
    scopes = (rule.scope.operations for rule in policy.rules)
    named = {operation for scope in scopes if scope != EVERYTHING for operation in scope}
    others = sorted({*named, operations.P2P_SALE} - {WITHDRAWAL.operation})
    known = Request(operation=WITHDRAWAL.operation, destination=Destination.KNOWN)
    known_ids = {flag.destination_id for flag in flags if flag.destination_id}
    about = [*sorted(known_ids)[:1], ELSEWHERE] if any(map(is_named, policy.rules)) else []
    somewhere = (attrs.evolve(WITHDRAWAL, destination_id=destination) for destination in about)
    return (WITHDRAWAL, known, *(Request(operation=operation) for operation in others), *somewhere)


def is_named(rule: Rule) -> bool:
    """Whether a hold of the rule is about one destination."""
    return rule.scope.destinations is Destinations.NAMED
