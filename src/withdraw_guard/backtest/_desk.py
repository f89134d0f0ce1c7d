"""What people had to do, week by week: verifications begun, reviews and appeals decided, releases ordered."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias, final

from withdraw_guard._model.events import AppealDecided, Event, ReleaseOrdered, ReviewDecided, VerificationStarted


@final
class Task(StrEnum):
    """One kind of work. `assumed` are the holds that people are assumed to have ended."""

    VERIFICATIONS = "verifications"
    REVIEWS = "reviews"
    APPEALS = "appeals"
    RELEASES = "releases"
    ASSUMED = "assumed"


Week: TypeAlias = tuple[date, Task]

TASKS: Final[Mapping[type, Task]] = {
    VerificationStarted: Task.VERIFICATIONS,
    ReviewDecided: Task.REVIEWS,
    AppealDecided: Task.APPEALS,
    ReleaseOrdered: Task.RELEASES,
}


def tasks_of(events: Iterable[Event]) -> Counter[Week]:
    """Return how many events of each kind there are in each week."""
    return Counter((monday_of(event.at), TASKS[type(event)]) for event in events)


def monday_of(at: datetime) -> date:
    """Return the day, in UTC, on which the week begins."""
    return at.date() - timedelta(days=at.weekday())


def by_week(counts: Mapping[Week, int]) -> Mapping[date, Mapping[Task, int]]:
    """Return the counts of each week in which there was work, in order, with zeros."""
    mondays = sorted({monday for monday, _ in counts})
    return {monday: {task: counts.get((monday, task), 0) for task in Task} for monday in mondays}
