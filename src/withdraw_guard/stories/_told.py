"""A journal as a timeline in plain text: each event, what the guard made of it, and what time alone changed.

2026-01-05 09:00:00  password changed (e1)
                     withdrawals are held until 2026-01-06 09:00:00 UTC (hold e1:password-changed)
2026-01-06 09:00:00  hold e1:password-changed ended by itself
2026-01-06 09:00:00  now: allowed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from withdraw_guard import _prose
from withdraw_guard._answers.check import check
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.events import Event
from withdraw_guard._model.policy import Policy
from withdraw_guard._pictures.history import history_of
from withdraw_guard._pictures.timeline import Mark, Passage, Timeline, timeline_of
from withdraw_guard._values.ids import AccountId

_NO_CLOCK: Final = " " * len("2026-01-05 09:00:00")


def timeline_as_text(
    policy: Policy, account: AccountId, events: Iterable[Event], now: datetime, request: Request = WITHDRAWAL
) -> str:
    """Tell the history of an account until `now`, and what the guard answers to the request then."""
    timeline = timeline_of(history_of(policy, account, events, now=now))
    answer = _prose.answered(check(timeline.history.latest, now, request))
    return "\n".join([*_lines(timeline), *(f"note: {note}" for note in timeline.notes), at_line(now, f"now: {answer}")])


def at_line(at: datetime, text: str) -> str:
    """Return a line that begins with an instant."""
    return f"{_prose.clock_words(at)}  {text}"


def _lines(timeline: Timeline) -> Iterator[str]:
    until_now = (passage for passage in timeline.passages if passage.at <= timeline.history.now)
    happened: list[Mark | Passage] = sorted([*timeline.marks, *until_now], key=lambda each: each.at)
    for each in happened:
        if isinstance(each, Passage):
            yield at_line(each.at, each.text)
        else:
            dated = "" if each.dated == each.at else f", dated {_prose.clock_words(each.dated)}"
            yield at_line(each.at, f"{each.happened} ({each.event}{dated})")
            yield f"{_NO_CLOCK}  {each.outcome}"
