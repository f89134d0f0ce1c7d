"""One deterministic journal: 10,000 accounts, 20 events each and 5 questions in between, every kind of event.

Its author looks at the floor to know where a hold stands, so that most stories go on as they do in life. Some events
arrive twice; some are stamped long before they arrive, come from somebody who may not decide, are about a hold that
nobody knows, or do not follow from where the hold stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bench import floor
from bench.entries import (
    APPEALED,
    DOCUMENTS,
    FACE_METHODS,
    FAILED,
    FLAGGED,
    HOUR,
    IDENTITY,
    IDENTITY_METHODS,
    JUDGED,
    QUESTION,
    RELEASED,
    REVIEWED,
    SECOND,
    SECURITY,
    STARTED,
    SUBMITTED,
    TIMED,
    Entry,
)

ACCOUNTS = 10_000
EVENTS_PER_ACCOUNT = 20
EVENTS_PER_QUESTION = 4
ENTRIES_PER_ACCOUNT = EVENTS_PER_ACCOUNT + EVENTS_PER_ACCOUNT // EVENTS_PER_QUESTION

FIRST_INSTANT = 1_767_225_600 * SECOND  # 2026-01-01
PAUSES = (SECOND, 60 * SECOND, 10 * 60 * SECOND, HOUR, 5 * HOUR, 11 * HOUR, 23 * HOUR, 47 * HOUR, 95 * HOUR, 119 * HOUR)
TIMED_AND_UNHEARD = (*TIMED, "new_device")
UNKNOWN_HOLD = "e99:abnormal-activity"


def journals(accounts: int = ACCOUNTS, events: int = EVENTS_PER_ACCOUNT) -> list[list[Entry]]:
    """Return the entries of each account; those of the first ones are the same, however many there are."""
    return [list(_Story(Random(f"account {number}")).entries(events)) for number in range(accounts)]


class _Story:
    """One account, told event by event."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.now = FIRST_INSTANT + random.randrange(30 * 24 * HOUR // SECOND) * SECOND
        self.state = floor.FRESH
        self.told: list[Entry] = []

    def entries(self, events: int) -> Iterator[Entry]:
        for number in range(1, events + 1):
            self.now += self.random.choice(PAUSES) + self.random.randrange(60) * SECOND
            entry = self._next(f"e{number}")
            self.state, _ = floor.step(self.state, entry)
            self.told.append(entry)
            yield entry
            if number % EVENTS_PER_QUESTION == 0:
                yield QUESTION, self.now + self.random.choice(PAUSES)

    def _next(self, event: str) -> Entry:
        chance, cases = self.random.random(), self.state[2]
        case = cases[-1] if cases else None
        is_open = case is not None and case[floor.END] is None
        if chance < 0.05 and self.told:
            return self.random.choice(self.told)
        if chance < 0.10:
            return IDENTITY, event, self.now, self.random.choice(("personal", "business", None))
        if case is not None and chance < 0.14:
            timers = [hold[0] for holds in self.state[1] for hold in holds]
            return self._out_of_place(event, self.random.choice((case[floor.ID], UNKNOWN_HOLD, *timers[:1])))
        if chance < (0.24 if is_open else 0.75):
            return SECURITY, event, self.now, self.random.choice(TIMED_AND_UNHEARD)
        if case is None or not is_open or chance < 0.28:
            return SECURITY, event, self.now, FLAGGED
        return self._on_the_road(event, case)

    def _out_of_place(self, event: str, hold: str) -> Entry:
        """Return what no host should report: it does not follow, is too old, or about nothing."""
        at = self.now - self.random.choice((0, 0, 72 * HOUR))
        return self.random.choice(
            (
                (STARTED, event, at, hold, self._any_of(IDENTITY_METHODS | FACE_METHODS)),
                (SUBMITTED, event, at, hold, "e99"),
                (REVIEWED, event, at, hold, None, "r0", "user", True, False),
                (APPEALED, event, at, hold, frozenset[str]()),
                (JUDGED, event, at, hold, None, "r1", "system", True),
                (RELEASED, event, at, hold, "admin", self.random.choice(("support", "sales")), False),
            )
        )

    def _on_the_road(self, event: str, case: floor.Case) -> Entry:
        """Return what follows from where the hold stands."""
        hold, attempt = case[floor.ID], self.random.choice((None, case[floor.ATTEMPT]))
        chance = self.random.random()
        match case[floor.STATE]:
            case floor.SUSPENDED:
                return self._from_suspended(event, case)
            case floor.VERIFICATION if chance < 0.25:
                return FAILED, event, self.now, hold, attempt
            case floor.VERIFICATION:
                return SUBMITTED, event, self.now, hold, attempt
            case floor.REVIEW:
                who, kind = self.random.choice((("r1", "admin"), ("r2", "admin"), ("robot", "system")))
                return REVIEWED, event, self.now, hold, attempt, who, kind, chance < 0.6, chance > 0.95
            case _:
                return JUDGED, event, self.now, hold, attempt, self.random.choice(("r1", "r9")), "admin", chance < 0.6

    def _from_suspended(self, event: str, case: floor.Case) -> Entry:
        hold, chance = case[floor.ID], self.random.random()
        may_appeal = case[floor.ANY_FAILURE] and not case[floor.WAS_APPEALED]
        if chance < 0.1 or (case[floor.CLOSED] and not may_appeal):
            return RELEASED, event, self.now, hold, "admin", "support", False
        if may_appeal and (chance < 0.6 or case[floor.CLOSED]):
            return APPEALED, event, self.now, hold, DOCUMENTS
        return STARTED, event, self.now, hold, self._any_of(FACE_METHODS if self.state[0][0] else IDENTITY_METHODS)

    def _any_of(self, names: frozenset[str]) -> str:
        return self.random.choice(sorted(names))
