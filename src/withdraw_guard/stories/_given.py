"""Given events, when another happens, then this is the result: a test of a policy that reads as a sentence.

    given(password_changed).under(BINANCE).when(email_changed).then_denied_until(wednesday)

Each `then` returns the same object, so that several can follow. A wrong one raises `StoryBroken` with the timeline.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, final

from withdraw_guard import _prose
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Denied
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change, ChangeType
from withdraw_guard._model.events import Event
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.apply import apply
from withdraw_guard.stories._told import timeline_as_text


@final
class StoryBroken(AssertionError):
    """An expectation is wrong: the message says what is true, and shows the timeline."""


def given(*events: Event) -> Given:
    """Begin a story with the events before, in the order of delivery; without events, the account is fresh."""
    return Given(events)


@final
class Given:
    """The events before. Say `under` which policy."""

    def __init__(self, events: tuple[Event, ...]) -> None:
        self._events: Final = events

    def under(self, policy: Policy) -> Under:
        """Say under which policy the events happened."""
        return Under(self._events, policy)


@final
class Under:
    """The events before and their policy. Say `when` which events happen."""

    def __init__(self, events: tuple[Event, ...], policy: Policy) -> None:
        self._events: Final = events
        self._policy: Final = policy

    def when(self, event: Event, *more: Event) -> Outcome:
        """Apply the events, all of them or none. Raises `StoryBroken` if a given event is refused."""
        return Outcome(self._policy, self._events, (event, *more))


@final
class Outcome:
    """The result. Each `then` is about the account after the events, or before them if one was refused."""

    def __init__(self, policy: Policy, before: tuple[Event, ...], events: tuple[Event, ...]) -> None:
        self._policy: Final = policy
        self._events: Final = (*before, *events)
        self._now: Final = max(event.at for event in self._events)
        self.account = Account(id=events[0].account)
        self.changes: tuple[Change, ...] = ()
        self.refusal: Refusal | None = None
        try:
            self.account = apply(policy, self.account, *before).account
        except EventRefused as refused:
            raise self._broken(f"given: {refused}", self._now) from refused
        try:
            applied = apply(policy, self.account, *events)
        except EventRefused as refused:
            self.refusal = refused.reason
        else:
            self.account, self.changes = applied.account, applied.changes

    def then(self, *changes: Change | ChangeType) -> Outcome:
        """Exactly these changes were made, in this order, each as a value or a type; without any, nothing changed."""
        both = zip(self.changes, changes, strict=False)
        found = [made.type if isinstance(wanted, ChangeType) else made for made, wanted in both]
        is_so = self.refusal is None and len(self.changes) == len(changes) and found == list(changes)
        wanted_words = ", ".join(_change_words(change) for change in changes) or "nothing"
        made_words = ", ".join(change.type for change in self.changes) or "nothing"
        found_words = f"was refused: {self.refusal}" if self.refusal else f"changed {made_words}"
        return self._require(is_so, f"should change {wanted_words}, and {found_words}", self._now)

    def then_refused(self, reason: Refusal | str) -> Outcome:
        """An event was refused for this reason."""
        found = "was not refused" if self.refusal is None else f"was refused: {self.refusal}"
        return self._require(self.refusal == reason, f"should be refused, {reason}, and {found}", self._now)

    def then_denied_until(self, instant: datetime | None, request: Request = WITHDRAWAL) -> Outcome:
        """At the latest event the request is denied until this instant; `None` if time alone does not end it."""
        answer = check(self.account, self._now, request)
        is_so = isinstance(answer, Denied) and answer.resumes_at == instant
        wanted = "whatever time passes" if instant is None else f"until {_prose.instant_words(instant)}"
        return self._require(is_so, f"should be denied {wanted}, and is {_prose.answered(answer)}", self._now)

    def then_denied_at(self, instant: datetime, request: Request = WITHDRAWAL) -> Outcome:
        """The request is denied at that instant."""
        answer = check(self.account, instant, request)
        return self._require(not answer, f"should be denied at {_prose.instant_words(instant)}, and is not", instant)

    def then_allowed_at(self, instant: datetime, request: Request = WITHDRAWAL) -> Outcome:
        """The request is allowed at that instant."""
        answer = check(self.account, instant, request)
        asked = f"should be allowed at {_prose.instant_words(instant)}"
        return self._require(bool(answer), f"{asked}, and is {_prose.answered(answer)}", instant)

    def _require(self, is_so: bool, problem: str, at: datetime) -> Outcome:
        if not is_so:
            raise self._broken(problem, at)
        return self

    def _broken(self, problem: str, at: datetime) -> StoryBroken:
        timeline = timeline_as_text(self._policy, self.account.id, self._events, max(at, self._now))
        return StoryBroken(f"{problem}\n\n{timeline}")


def _change_words(change: Change | ChangeType) -> str:
    return change.value if isinstance(change, ChangeType) else f"{change.type} {change}"
