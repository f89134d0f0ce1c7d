"""What the users of every peer write by hand: the timers, the conditions of each move, the answer to a question.

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
        # For each trigger its holds, the id and the end of each, and its latest instant.
        self.timers: dict[str, tuple[tuple[tuple[str, int], ...], int]] = {}
        self.heard: set[tuple[int, str]] = set()
        self.former: dict[str, tuple[int, int, set[tuple[int, str, int]]]] = {}
        self.end: int | None = -1
        self.hold, self.latest = "", -1
        self.refused: str | None = None
        self._begin("", -1)

    def _begin(self, hold: str, at: int) -> None:
        """Begin a hold of abnormal activity, and forget those that had ended by the trigger before."""
        self.former = {known: former for known, former in self.former.items() if former[0] > self.latest}
        if self.hold and self.end is not None and self.end > self.latest:
            self.former[self.hold] = (self.end, self.moved_at, self.moves)
        self.hold, self.latest = hold, at
        self.end = None if hold else -1
        self.attempt, self.opened, self.method = "", 0, ""
        self.submitted: int | None = None
        self.failed = self.closed = self.appealed = False
        self.reviewer: str | None = None
        self.moved_at = -1
        self.moves: set[tuple[int, str, int]] = set()

    def until(self, at: int) -> int:
        """Answer a question."""
        if self.end is None:
            return NO_END
        latest = self.end if self.end > at else ALLOWED
        for holds, _ in self.timers.values():
            for _, end in holds:
                if end > at and end > latest:
                    latest = end
        return latest

    def settled(self, entry: Entry) -> bool:
        """Do what needs no phase. If that was all, `refused` says what came of it."""
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
            self.refused = self._about_another(entry)
            return True
        if (kind, event, at) in self.moves:
            return True
        if kind == SUBMITTED and self._names_the_round(entry) and self.submitted is not None:
            self._remember(entry)
            return True
        self.refused = self._not_open(entry, self._read_at(entry), self.end)
        return self.refused is not None

    def may(self, entry: Entry) -> bool:
        """Tell whether the conditions of a move are met, and remember which is not."""
        self.refused = self._obstacle(entry)
        return self.refused is None

    def do(self, entry: Entry) -> None:
        """Keep what a move leaves behind."""
        kind, event, at = entry[0], entry[1], self._read_at(entry)
        if kind == SECURITY:
            self._begin(event + ":abnormal-activity", at)
            return
        self._remember(entry)
        self.moved_at = max(self.moved_at, at)
        if kind == STARTED:
            self.attempt, self.opened, self.method, self.submitted = event, at, entry[4], None
        elif kind == SUBMITTED:
            self.submitted = at
        elif kind == APPEALED:
            self.attempt, self.opened, self.submitted, self.appealed = event, at, None, True
        else:
            self._close(entry, at)

    def _close(self, entry: Entry, at: int) -> None:
        """End the open round, and the hold if that is what was decided."""
        self.attempt = ""
        kind = entry[0]
        if kind == RELEASED or (kind in (REVIEWED, JUDGED) and entry[7]):
            self.end = at
        if kind == REVIEWED:
            self.reviewer = entry[5]
            if entry[7] and self.method in IDENTITY_METHODS:
                self._report(True, at, entry[1])
        if kind == FAILED or (kind == REVIEWED and not entry[7]):
            self.failed = True
            self.closed = self.closed or (kind == REVIEWED and entry[8])

    def _names_the_round(self, entry: Entry) -> bool:
        return entry[0] in _NAMING and entry[4] is not None and entry[4] == self.attempt

    def _read_at(self, entry: Entry) -> int:
        """Return the instant as which an event is read: none that names the round is older than the round."""
        return max(entry[2], self.opened) if self._names_the_round(entry) else entry[2]

    def _remember(self, entry: Entry) -> None:
        self.moves |= {(entry[0], entry[1], entry[2]), (entry[0], entry[1], self._read_at(entry))}

    def _not_open(self, entry: Entry, at: int, end: int | None) -> str | None:
        kind = entry[0]
        if end is not None and at >= end:
            return "hold_not_open"
        if kind == RELEASED:
            is_authorized = entry[4] != "user" and entry[5] == AUTHORITY and not (entry[6] and entry[4] != "admin")
        else:
            is_authorized = not ((kind == REVIEWED and entry[6] == "user") or (kind == JUDGED and entry[6] != "admin"))
        return None if is_authorized else "not_authorized"

    def _report(self, verified: bool, at: int, event: str) -> None:
        if (at, event) > self.reported:
            self.identity, self.reported = verified, (at, event)

    def _timed(self, event: str, at: int, trigger: str) -> None:
        if trigger not in TIMED:
            return
        holds, latest = self.timers.get(trigger, ((), at))
        hold, end = f"{event}:{trigger.replace('_', '-')}", at + TIMED[trigger]
        joined = next((known for known in holds if at < known[1]), None)
        if joined is None:
            holds = (*(known for known in holds if known[1] > min(at, latest)), (hold, end))
        else:
            holds = tuple((known[0], max(known[1], end)) if known is joined else known for known in holds)
        self.timers[trigger] = (holds, max(latest, at))

    def _is_heard(self, event: str, at: int) -> bool:
        """Rule 7, and rule 8: a further trigger joins the open hold, and needs no phase either."""
        if (at, event) in self.heard:
            return True
        self.heard.add((at, event))
        if self.end is None:
            self.latest = max(self.latest, at)
            return True
        return False

    def _about_another(self, entry: Entry) -> str | None:
        """Return what comes of an event about a hold that ended before, or about a timer."""
        kind, event, at, hold = entry[:4]
        if hold in self.former:
            end, moved_at, moves = self.former[hold]
            if (kind, event, at) in moves:
                return None
            old = "stale" if kind == RELEASED and not entry[6] and at < moved_at else WRONG_STATE
            return self._not_open(entry, at, end) or old
        for holds, _ in self.timers.values():
            for known, end in holds:
                if known == hold:
                    if at >= end:
                        return "hold_not_open"
                    return "not_authorized" if kind == RELEASED else "no_clearance"
        return "unknown_hold"

    def _obstacle(self, entry: Entry) -> str | None:
        kind, at = entry[0], self._read_at(entry)
        if kind == SECURITY:
            return None
        if kind == RELEASED:
            return "stale" if not entry[6] and (at < self.latest or at < self.moved_at) else None
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
        return "stale" if self._is_old(entry, at) else None

    def _too_early(self, at: int) -> str | None:
        return "stale" if at < self.moved_at else None

    def _is_old(self, entry: Entry, at: int) -> bool:
        kind = entry[0]
        if not self._names_the_round(entry) and (entry[4] is not None or at < self.opened):
            return True
        if kind in (REVIEWED, JUDGED) and at < self.latest:
            return True
        old_picture = self.submitted is not None and self.submitted < self.latest
        return kind == REVIEWED and entry[7] and entry[6] != "admin" and old_picture


# What names a round may name the open one.
_NAMING = (SUBMITTED, FAILED, REVIEWED, JUDGED)
CHART: dict[str, dict[str, str]] = {
    "suspended": {"start": "verification", "appeal": "in_appeal", "release": "restored"},
    "verification": {"start": "verification", "submit": "review", "fail": "suspended", "release": "restored"},
    "review": {"approve": "restored", "reject": "suspended", "release": "restored"},
    "in_appeal": {"grant": "restored", "dismiss": "suspended", "release": "restored"},
    "restored": {"flag": "suspended", "release": "restored"},
}
"""What may follow what. An account to which nothing has happened is `restored`."""
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
