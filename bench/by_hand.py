"""What users of each peer write by hand: the timers, the conditions of each move, the answer to a question.

The peers have phases; none of them has holds that last, overlap and remember, or an answer that says until when. So a
`Record` has all of that, in plain numbers and as fast as it can, and leaves one thing to the library: where the hold of
abnormal activity stands, which move may follow there, and to call `may` before and `do` after a move.

`settled` says whether the library is needed for an event at all. If it is, the event is refused as `wrong_state` unless
the library asks `may`, and done when the library calls `do`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.entries import (
    ALLOWED,
    APPEALED,
    AUTHORITY,
    DOCUMENTS,
    FACE_METHODS,
    FAILED,
    FLAGGED,
    IDENTITY,
    IDENTITY_METHODS,
    JUDGED,
    NO_END,
    QUESTION,
    RELEASED,
    REVIEWED,
    SECURITY,
    STARTED,
    SUBMITTED,
    TIMED,
    Entry,
)

WRONG_STATE = "wrong_state"


class Record:
    """One account, as an engineer would keep it beside a state machine."""

    def __init__(self) -> None:
        self.identity, self.reported = False, (-1, "")
        self.timers: dict[str, tuple[str, int]] = {}
        self.hold = ""
        self.refused: str | None = None
        self.begin("", (-1, ""))

    def begin(self, hold: str, trigger: tuple[int, str]) -> None:
        """Forget the former hold of abnormal activity."""
        self.hold, self.cause, self.latest = hold, trigger, trigger
        self.end: int | None = None if hold else -1
        self.attempt, self.opened, self.method, self.submitted = "", 0, "", 0
        self.failed = self.closed = self.appealed = False
        self.reviewer: str | None = None
        self.moved_at, self.moved_by = -1, ()

    def until(self, at: int) -> int:
        """Answer a question."""
        if self.end is None:
            return NO_END
        latest = self.end if self.end > at else ALLOWED
        for _, end in self.timers.values():
            if end > at and end > latest:
                latest = end
        return latest

    def settled(self, entry: Entry) -> bool:
        """Handle an event that needs no phase. Returns true if that was all; then `refused` has the refusal, if any."""
        kind, event, at = entry[0], entry[1], entry[2]
        self.refused = None
        if kind == SECURITY:
            if entry[3] != FLAGGED:
                self._timed(event, at, entry[3])
                return True
            return self._is_heard(event, at)
        if kind == IDENTITY:
            self._report(entry[3] is not None, at, event)
            return True
        if entry[3] != self.hold:
            self.refused = self._about_a_timer(entry[3], kind, at)
            return True
        if at == self.moved_at and (kind, event) in self.moved_by:
            return True
        if self.end is not None and at >= self.end:
            self.refused = "hold_not_open"
        elif kind == RELEASED:
            if entry[4] == "user" or entry[5] != AUTHORITY:
                self.refused = "not_authorized"
        elif (kind == REVIEWED and entry[6] == "user") or (kind == JUDGED and entry[6] != "admin"):
            self.refused = "not_authorized"
        return self.refused is not None

    def may(self, entry: Entry) -> bool:
        """Return whether the conditions of a move are met; if not, `refused` says which one."""
        self.refused = self._obstacle(entry)
        return self.refused is None

    def do(self, entry: Entry) -> None:
        """Record a move."""
        kind, event, at = entry[0], entry[1], entry[2]
        if kind == SECURITY:
            self.begin(event + ":abnormal-activity", (at, event))
            return
        if kind == STARTED:
            self.attempt, self.opened, self.method = event, at, entry[4]
        elif kind == SUBMITTED:
            self.submitted = at
        elif kind == APPEALED:
            self.attempt, self.opened, self.appealed = event, at, True
        elif kind == REVIEWED:
            self._reviewed(entry)
        elif kind == JUDGED:
            self.end = at if entry[7] else None
        elif kind == RELEASED:
            self.end = at
        else:
            self.failed = True
        if at > self.moved_at:
            self.moved_at, self.moved_by = at, ((kind, event),)
        elif at == self.moved_at:
            self.moved_by = (*self.moved_by, (kind, event))

    def _reviewed(self, entry: Entry) -> None:
        self.reviewer = entry[5]
        if entry[7]:
            self.end = entry[2]
            if self.method in IDENTITY_METHODS:
                self._report(True, entry[2], entry[1])
        else:
            self.failed, self.closed = True, self.closed or entry[8]

    def _report(self, verified: bool, at: int, event: str) -> None:
        if (at, event) > self.reported:
            self.identity, self.reported = verified, (at, event)

    def _timed(self, event: str, at: int, trigger: str) -> None:
        if trigger not in TIMED:
            return
        end, timer = at + TIMED[trigger], self.timers.get(trigger)
        if timer is None or at >= timer[1]:
            self.timers[trigger] = (f"{event}:{trigger.replace('_', '-')}", end)
        elif end > timer[1]:
            self.timers[trigger] = (timer[0], end)

    def _is_heard(self, event: str, at: int) -> bool:
        """Rule 7, and rule 8: a further trigger joins the open hold, and needs no phase either."""
        if (at, event) in (self.cause, self.latest) or (self.latest[0] >= at and (self.end is None or self.end >= at)):
            return True
        if self.end is None:
            self.latest = (at, event)
            return True
        return False

    def _about_a_timer(self, hold: str, kind: int, at: int) -> str:
        for known, end in self.timers.values():
            if known == hold:
                if at >= end:
                    return "hold_not_open"
                return "not_authorized" if kind == RELEASED else "no_clearance"
        return "unknown_hold"

    def _obstacle(self, entry: Entry) -> str | None:
        kind, at = entry[0], entry[2]
        if kind == SECURITY:
            return None
        if kind == RELEASED:
            return "stale" if not entry[6] and (at < self.latest[0] or at < self.moved_at) else None
        if kind == STARTED:
            if entry[4] not in (FACE_METHODS if self.identity else IDENTITY_METHODS):
                return "method_not_accepted"
            return "attempts_exhausted" if self.closed else self._too_early(at)
        if kind == APPEALED:
            if not self.failed or self.appealed:
                return "appeal_not_offered"
            return self._too_early(at) if entry[4] >= DOCUMENTS else "documents_missing"
        if kind == JUDGED and entry[5] == self.reviewer:
            return "same_reviewer"
        if kind == REVIEWED and entry[7] and not self.identity and self.method not in IDENTITY_METHODS:
            return "method_not_accepted"
        return "stale" if self._is_old(entry) else None

    def _too_early(self, at: int) -> str | None:
        return "stale" if at < self.moved_at else None

    def _is_old(self, entry: Entry) -> bool:
        kind, at, evidence = entry[0], entry[2], self.latest[0]
        if at < self.opened or entry[4] not in (None, self.attempt):
            return True
        if kind in (REVIEWED, JUDGED) and at < evidence:
            return True
        return kind == REVIEWED and entry[7] and entry[6] != "admin" and self.submitted < evidence


CHART: dict[str, dict[str, str]] = {
    "suspended": {"start": "verification", "appeal": "in_appeal", "release": "restored"},
    "verification": {"start": "verification", "submit": "review", "fail": "suspended", "release": "restored"},
    "review": {"approve": "restored", "reject": "suspended", "release": "restored"},
    "in_appeal": {"grant": "restored", "dismiss": "suspended", "release": "restored"},
    "restored": {"flag": "suspended", "release": "restored"},
}
"""Which phase may follow which. A fresh account is `restored`."""
INITIAL = "restored"
_MOVES = {
    (SECURITY, None): "flag",
    (STARTED, None): "start",
    (SUBMITTED, None): "submit",
    (FAILED, None): "fail",
    (APPEALED, None): "appeal",
    (RELEASED, None): "release",
    (REVIEWED, True): "approve",
    (REVIEWED, False): "reject",
    (JUDGED, True): "grant",
    (JUDGED, False): "dismiss",
}


def move_of(entry: Entry) -> str:
    """Return what an event asks of the chart."""
    kind = entry[0]
    return _MOVES[kind, entry[7] if kind in (REVIEWED, JUDGED) else None]


def run(record: Record, entries: list[Entry], move: Callable[[Entry], None]) -> list[Any]:
    """Return what came of each entry; `move` hands an event to the library."""
    outcomes: list[Any] = []
    for entry in entries:
        if entry[0] == QUESTION:
            outcomes.append(record.until(entry[1]))
            continue
        if not record.settled(entry):
            record.refused = WRONG_STATE
            move(entry)
        outcomes.append(record.refused)
    return outcomes
