"""Tells a story under a policy: delivers the events, asks the questions, and says what was expected and is not so.

`denied until +24h` is asked three times: then, a microsecond before that end, where the request must be denied, and at
it, where it must be allowed.
"""

from collections.abc import Collection
from datetime import datetime
from difflib import get_close_matches
from typing import Final, NamedTuple, TypeAlias, final

import attrs

from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Decision
from withdraw_guard._answers.request import Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event, EventRetracted, IdentityChanged, SecurityEvent
from withdraw_guard._model.policy import Policy
from withdraw_guard._rules.signal import matches
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.value import Value
from withdraw_guard.stories._clauses import INVALID, Answer, Clause, Kind, is_so, truth
from withdraw_guard.stories._given import given
from withdraw_guard.stories._story import ACCOUNT, Story, StoryLine, request_words
from withdraw_guard.stories._times import TICK, time_words
from withdraw_guard.stories._told import timeline_as_text


@final
@attrs.frozen(kw_only=True, repr=False)
class Broken(Value):
    """What is not as a line of a story expects: the path of the line, what is wrong, and the timeline."""

    path: str
    problem: str
    timeline: str


@final
@attrs.frozen(kw_only=True, repr=False)
class Happened(Value):
    """An event of a story, the account before and after it, and why it was refused, if it was."""

    event: Event
    before: Account
    after: Account
    refused: str | None


@final
@attrs.frozen(kw_only=True, repr=False)
class Asked(Value):
    """A question of a story with its answer, which is as all of its clauses say."""

    account: Account
    decision: Decision
    clauses: tuple[Clause, ...]


Scene: TypeAlias = Happened | Asked
"""What came of one line of a story, or of one question of it."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Telling(Value):
    """A story as it was told under a policy: its scenes until the end, or until what is broken."""

    story: Story
    scenes: tuple[Scene, ...]
    broken: Broken | None = None


@final
class _OfEvent(NamedTuple):
    """What became of the event of a line: why it was refused, if it was, and whether no rule matches it."""

    refused: str | None
    is_unmatched: bool


_NO_EVENT: Final = _OfEvent(None, False)


@final
class _NotSo(Exception):
    """A line expects something that is not so; the text says what is true."""


def tell(policy: Policy, story: Story) -> Telling:
    """Tell a story under a policy, until something in it is not as expected."""
    teller = _Teller(policy, story)
    for line in story.lines:
        try:
            teller.tell(line)
        except _NotSo as problem:
            broken = Broken(path=line.path, problem=str(problem), timeline=teller.timeline(line.at))
            return Telling(story=story, scenes=tuple(teller.scenes), broken=broken)
    return Telling(story=story, scenes=tuple(teller.scenes))


@final
class _Teller:
    def __init__(self, policy: Policy, story: Story) -> None:
        self._policy: Final = policy
        self._begins: Final = story.begins
        self._account = Account(id=ACCOUNT)
        self._events: list[Event] = []
        self.scenes: list[Scene] = []

    def tell(self, line: StoryLine) -> None:
        """Deliver the event of the line, and ask its questions."""
        event = _NO_EVENT if line.event is None else self._happens(line, line.event)
        for request in line.requests:
            self._ask(line.at, request, line.clauses, event)

    def _happens(self, line: StoryLine, said: Event) -> _OfEvent:
        """Deliver an event. That no rule matches it, or that it is refused, must be expected."""
        event, expected = self._about_its_hold(said, line), [clause.kind for clause in line.clauses]
        is_unmatched = self._is_unmatched(event)
        if is_unmatched and Kind.UNMATCHED not in expected:
            raise _NotSo(f"no rule of the policy matches this event: {self._meant(event)}, or expect `unmatched`")
        refused = self._deliver(event)
        if refused is not None and Kind.REFUSED not in expected:
            raise _NotSo(f"this event is refused: correct it, or expect `refused {refused}`")
        return _OfEvent(refused, is_unmatched)

    def _meant(self, event: Event) -> str:
        """Say what to do about an event that no rule matches: its trigger may be misspelt."""
        triggers = self._policy.triggers
        said = event.trigger if isinstance(event, SecurityEvent) and event.trigger not in triggers else ""
        close = get_close_matches(said, sorted(triggers), 1)
        return f"did you mean `{close[0]}`? Correct it" if close else "correct it"

    def _about_its_hold(self, event: Event, line: StoryLine) -> Event:
        """Return the event about the hold that the line names by its rule or its id, or about the only one."""
        if isinstance(event, SecurityEvent | IdentityChanged | EventRetracted):
            return event
        name = line.hold
        if name is not None and ":" in name:
            return attrs.evolve(event, hold=name)
        named = [hold for hold in self._account.holds if name in (None, hold.rule.id)]
        of_them = [hold for hold in named if hold.is_open(event.at)] or named
        if len(of_them) != 1:
            ids = ", ".join(f"`{hold.id}`" for hold in of_them) or "none"
            raise _NotSo(f"the event must name one hold of the account as `hold`; there is {ids}")
        return attrs.evolve(event, hold=of_them[0].id)

    def _is_unmatched(self, event: Event) -> bool:
        """Whether it is a security event that no rule matches."""
        if not isinstance(event, SecurityEvent):
            return False
        return not any(matches(rule, event) for rule in self._policy.rules_by_trigger.get(event.trigger, ()))

    def _deliver(self, event: Event) -> str | None:
        """Deliver an event, and return why it was refused, if it was."""
        before, refused = self._account, None
        try:
            outcome = given(*self._events).under(self._policy).when(event)
        except InvalidValue:
            refused = INVALID
        else:
            refused = None if outcome.refusal is None else outcome.refusal.value
            if refused is None:
                self._events.append(event)
                self._account = outcome.account
        self.scenes.append(Happened(event=event, before=before, after=self._account, refused=refused))
        return refused

    def _ask(self, at: datetime, request: Request, clauses: Collection[Clause], event: _OfEvent) -> None:
        decision = check(self._account, at, request)
        answer = Answer(decision=decision, refused=event.refused, is_unmatched=event.is_unmatched)
        for clause in clauses:
            if not is_so(clause, answer):
                asked = f"{request_words(request)} at {time_words(at, self._begins)}"
                wanted, true = clause.words(self._begins), truth(clause.kind, answer).words(self._begins)
                raise _NotSo(f"{asked}: expected `{wanted}`, got `{true}`")
        self.scenes.append(Asked(account=self._account, decision=decision, clauses=tuple(clauses)))
        for end in (clause.at for clause in clauses if clause.kind is Kind.DENIED_UNTIL and clause.at is not None):
            for then, verdict in ((end - TICK, Kind.DENIED), (end, Kind.ALLOWED)):
                self._ask(then, request, [Clause(kind=verdict)], _NO_EVENT)

    def timeline(self, at: datetime) -> str:
        """Tell what happened until the broken line."""
        until = max([at, *(event.at for event in self._events)])
        return timeline_as_text(self._policy, self._account.id, self._events, until)
