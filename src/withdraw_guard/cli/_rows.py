"""The rows of a replay in text: an event, what the guard made of it, and what time alone changed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from withdraw_guard import _prose
from withdraw_guard._answers.open import phase
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change, HoldPlaced
from withdraw_guard._model.events import Event
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._prose import Row
from withdraw_guard._values.complete import complete
from withdraw_guard._values.vocabulary import Phase
from withdraw_guard.cli._period import Period

FAULT: Final = "magenta"
OVER_ON_ARRIVAL: Final = "had ended before the previous event of the account"
CHECK_THE_UNIT: Final = "are the unit, the day and the zone of the instant right?"

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
        for change in outcome:
            yield below(_prose.changed(change, before, after, now))
            if isinstance(change, HoldPlaced) and is_over(change.hold, since):
                yield below(f"warning: the hold {OVER_ON_ARRIVAL}: {CHECK_THE_UNIT}", FAULT)
    else:
        yield below(_prose.nothing_new(policy, event), "dim")


def is_over(hold: Hold, since: datetime) -> bool:
    """Whether a hold that was just placed had ended before the event that was known before it."""
    return hold.end is not None and hold.end <= since


def rows_of_time(account: Account, since: datetime, until: datetime, told: Period) -> Iterator[Row]:
    """Tell what time alone changes after `since` and up to `until`, as far as it is in the period that is told."""
    for then, text in _prose.passed(account, since, until):
        if then in told:
            yield dated(then, phase(account, then), text, "italic")
