"""The rows of a replay in text: an event, what the guard made of it, and what time alone changed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from withdraw_guard import _prose
from withdraw_guard._answers.open import phase
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import Event
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._report import Row
from withdraw_guard._values.complete import complete
from withdraw_guard._values.vocabulary import Phase

FAULT: Final = "magenta"

_PHASE_STYLES: Final = complete(
    Phase,
    {
        Phase.ACTIVE: "green",
        Phase.SUSPENDED: "red",
        Phase.VERIFICATION: "yellow",
        Phase.REVIEW: "yellow",
        Phase.APPEAL: "yellow",
        Phase.RESTORED: "green",
    },
)
_PHASE_WIDTH: Final = max(len(phase) for phase in Phase)
_INDENT: Final = " " * 8


def dated(at: datetime, now: Phase, text: str, style: str = "", *more: tuple[str, str]) -> Row:
    """Return a row that begins with an instant and the phase then."""
    begin = (f"  {_prose.clock_words(at)}  ", "dim"), (f"{now:<{_PHASE_WIDTH}}  ", _PHASE_STYLES[now])
    return (*begin, (text, style), *more)


def below(text: str, style: str = "") -> Row:
    """Return a row that belongs to the dated row above it."""
    return ((f"{_INDENT}{text}", style),)


def rows_of_event(
    policy: Policy,
    event: Event,
    outcome: tuple[Change, ...] | EventRefused,
    before: Account,
    after: Account,
    since: datetime,
) -> Iterator[Row]:
    """Tell of one event and of what the guard made of it. Time has passed to `since` before, and never goes back."""
    now = max(since, event.at)
    late = "late: " if event.at < since else ""
    yield dated(event.at, phase(after, now), f"{late}{_prose.happened(event)}", "", (f" ({event.id})", "dim"))
    if isinstance(outcome, EventRefused):
        yield below(_prose.why_refused(outcome), FAULT)
    elif outcome:
        yield from (below(_prose.changed(change, before, after, now)) for change in outcome)
    else:
        yield below(_prose.nothing_new(policy, event), "dim")


def rows_of_time(account: Account, since: datetime, until: datetime) -> Iterator[Row]:
    """Tell what time alone changes after `since` and up to `until`."""
    for then, text in _prose.passed(account, since, until):
        yield dated(then, phase(account, then), text, "italic")
