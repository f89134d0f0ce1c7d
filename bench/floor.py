"""The floor: Binance's published rule by hand, in plain tuples and integers, and nothing that is not needed.

It obeys the rulebook for this one policy and gives the same refusals, the same yes or no and the same ends. It has no
types, no policy, no explanation, no record of what happened and no check of its input: what is left is the least that
Python can do for such a journal. `step` is pure, as `apply` is; a state is a tuple of

    report    whether an identity is on record, with the instant and the id of the report that says so
    timers    for each rule that time alone ends, its holds: the id, the end, and the triggers of each
    cases     the holds that abnormal activity placed

An account has at most twenty events, so no hold forgets one of its triggers or moves: the limit of 16 is not here.
Instants are microseconds. An event gives `None` or the word of a refusal; a question gives `ALLOWED`, `NO_END` or the
instant from which a withdrawal is allowed.
"""

from __future__ import annotations

from typing import Any, TypeAlias

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

SUSPENDED, VERIFICATION, REVIEW, APPEAL, RESTORED = range(5)

# A case: its id; its triggers, each an instant, an id and the instant from which it counts; the latest trigger that
# counts; where it stands; the latest round (attempt, instant, method, submitted at); its end or none; whether anything
# failed, whether verification is closed, whether it was appealed; who decided the latest review; the instant of the
# latest move; every move, by what it was, its id and each instant as which it was read.
ID, TRIGGERS, LATEST, STATE, ATTEMPT, OPENED, METHOD, SUBMITTED_AT = range(8)
END, ANY_FAILURE, CLOSED, WAS_APPEALED, REVIEWER, MOVED_AT, MOVES = range(8, 15)
Case: TypeAlias = tuple[Any, ...]
Timer: TypeAlias = tuple[str, int, tuple[tuple[int, str], ...]]
State: TypeAlias = tuple[tuple[bool, int, str], tuple[tuple[Timer, ...], ...], tuple[Case, ...]]

FRESH: State = ((False, -1, ""), ((),) * len(TIMED), ())

_TIMERS = {
    trigger: (index, f":{trigger.replace('_', '-')}", length) for index, (trigger, length) in enumerate(TIMED.items())
}
# What names a round may name the open one.
_NAMING = (SUBMITTED, FAILED, REVIEWED, JUDGED)
_FLAG_RULE = f":{FLAGGED.replace('_', '-')}"


def prepared(_number: int, entries: list[Entry]) -> tuple[State, list[Entry]]:
    """Return a fresh account, and what it will be told and asked, in order."""
    return FRESH, entries


def run(state: State, entries: list[Entry]) -> tuple[State, list[Any]]:
    """Return the account after all of it, and what came of each entry."""
    outcomes: list[Any] = []
    for entry in entries:
        if entry[0] == QUESTION:
            outcomes.append(answer(state, entry[1]))
        else:
            state, refused = step(state, entry)
            outcomes.append(refused)
    return state, outcomes


def answer(state: State, at: int) -> int:
    """Return `ALLOWED`, `NO_END` or the instant from which a withdrawal is allowed."""
    _, timers, cases = state
    latest = ALLOWED
    for holds in timers:
        for hold in holds:
            if hold[1] > at and hold[1] > latest:
                latest = hold[1]
    for case in cases:
        end = case[END]
        if end is None:
            return NO_END
        if end > at and end > latest:
            latest = end
    return latest


def step(state: State, entry: Entry) -> tuple[State, str | None]:
    """Return the state after an event, and why the event was refused, if it was."""
    report, timers, cases = state
    kind, event, at = entry[:3]
    if kind == SECURITY:
        if entry[3] == FLAGGED:
            return (report, timers, _flagged(cases, event, at)), None
        terms = _TIMERS.get(entry[3])
        return (state if terms is None else (report, _timed(timers, terms, event, at), cases)), None
    if kind == IDENTITY:
        return (_reported(report, entry[3] is not None, at, event), timers, cases), None
    hold = entry[3]
    for index, case in enumerate(cases):  # noqa: B007 (it is used after the loop)
        if case[ID] == hold:
            break
    else:
        return state, _about_no_case(timers, hold, kind, at)
    if (kind, event, at) in case[MOVES]:
        return state, None
    state_of_case = case[STATE]
    named = kind in _NAMING and entry[4] == case[ATTEMPT] and SUSPENDED < state_of_case < RESTORED
    if named and at < case[OPENED]:
        at = case[OPENED]
    if named and kind == SUBMITTED and state_of_case == REVIEW:
        case = (*case[:MOVES], _remembered(case, entry, at))
        return (report, timers, (*cases[:index], case, *cases[index + 1 :])), None
    refused = _refusal(case, report, entry, at, named)
    if refused is not None:
        return state, refused
    if kind == REVIEWED and entry[7] and case[METHOD] in IDENTITY_METHODS:
        report = _reported(report, True, at, event)
    return (report, timers, (*cases[:index], _moved(case, entry, at), *cases[index + 1 :])), None


def _reported(report: tuple[bool, int, str], verified: bool, at: int, event: str) -> tuple[bool, int, str]:
    return (verified, at, event) if (at, event) > report[1:] else report


def _timed(timers: tuple, terms: tuple[int, str, int], event: str, at: int) -> tuple:
    index, suffix, length = terms
    holds, trigger, end = timers[index], (at, event), at + length
    if any(trigger in hold[2] for hold in holds):
        return timers
    for number, (hold, until, triggers) in enumerate(holds):
        if at < until:
            joined = (hold, max(until, end), (*triggers, trigger))
            return (*timers[:index], (*holds[:number], joined, *holds[number + 1 :]), *timers[index + 1 :])
    since = _second_latest(at, [known for hold in holds for known, _ in hold[2]])
    kept = tuple(hold for hold in holds if hold[1] > since)
    taken = tuple(known for hold in holds if hold[1] <= since for known in hold[2])
    return (*timers[:index], (*kept, (event + suffix, end, (trigger, *taken))), *timers[index + 1 :])


def _second_latest(at: int, others: list[int]) -> int:
    """Return what an ended hold must have ended by: this trigger and the second latest on record."""
    return min(at, sorted([at, *others])[-2]) if others else at


def _flagged(cases: tuple[Case, ...], event: str, at: int) -> tuple[Case, ...]:
    if any((at, event) == known[:2] for case in cases for known in case[TRIGGERS]):
        return cases
    for index, case in enumerate(cases):
        if case[END] is None:
            joined = (case[ID], (*case[TRIGGERS], (at, event, at)), max(case[LATEST], at), *case[STATE:])
            return (*cases[:index], joined, *cases[index + 1 :])
    since = _second_latest(at, [known[2] for case in cases for known in case[TRIGGERS]])
    kept = tuple(case for case in cases if case[END] > since)
    taken = tuple(
        (*known[:2], min(known[2], case[END])) for case in cases if case[END] <= since for known in case[TRIGGERS]
    )
    triggers = ((at, event, at), *taken)
    placed = (event + _FLAG_RULE, triggers, at, SUSPENDED, "", 0, "", 0, None, False, False, False, None, -1, ())
    return (*kept, placed)


def _about_no_case(timers: tuple, hold: str, kind: int, at: int) -> str:
    for holds in timers:
        for timer in holds:
            if timer[0] == hold:
                if at >= timer[1]:
                    return "hold_not_open"
                return "not_authorized" if kind == RELEASED else "no_clearance"
    return "unknown_hold"


def _refusal(case: Case, report: tuple[bool, int, str], entry: Entry, at: int, named: bool) -> str | None:
    kind = entry[0]
    state = case[STATE]
    if case[END] is not None and at >= case[END]:
        return "hold_not_open"
    if kind == RELEASED:
        if entry[4] == "user" or entry[5] != AUTHORITY or (entry[6] and entry[4] != "admin"):
            return "not_authorized"
        return "stale" if not entry[6] and (at < case[LATEST] or at < case[MOVED_AT]) else None
    if kind == STARTED:
        if state not in (SUSPENDED, VERIFICATION):
            return "wrong_state"
        if entry[4] not in (FACE_METHODS if report[0] else IDENTITY_METHODS):
            return "method_not_accepted"
        if case[CLOSED]:
            return "attempts_exhausted"
        return "stale" if at < case[MOVED_AT] else None
    if kind == APPEALED:
        if state != SUSPENDED:
            return "wrong_state"
        if not case[ANY_FAILURE] or case[WAS_APPEALED]:
            return "appeal_not_offered"
        if not entry[4] >= DOCUMENTS:
            return "documents_missing"
        return "stale" if at < case[MOVED_AT] else None
    of_another_round = not named and (entry[4] is not None or at < case[OPENED])
    if kind in (SUBMITTED, FAILED):
        if state != VERIFICATION:
            return "wrong_state"
        return "stale" if of_another_round else None
    evidence = case[LATEST]
    if kind == JUDGED:
        if entry[6] != "admin":
            return "not_authorized"
        if state != APPEAL:
            return "wrong_state"
        if entry[5] == case[REVIEWER]:
            return "same_reviewer"
        return "stale" if of_another_round or at < evidence else None
    if entry[6] == "user":
        return "not_authorized"
    if state != REVIEW:
        return "wrong_state"
    if entry[7] and not report[0] and case[METHOD] not in IDENTITY_METHODS:
        return "method_not_accepted"
    if of_another_round or at < evidence:
        return "stale"
    return "stale" if entry[7] and entry[6] != "admin" and case[SUBMITTED_AT] < evidence else None


def _moved(case: Case, entry: Entry, at: int) -> Case:
    kind, event = entry[:2]
    known, round_, tried = case[:STATE], case[ATTEMPT:END], case[ANY_FAILURE:REVIEWER]
    end, reviewer = None, case[REVIEWER]
    if kind == STARTED:
        state, round_ = VERIFICATION, (event, at, entry[4], 0)
    elif kind == SUBMITTED:
        state, round_ = REVIEW, (*round_[:3], at)
    elif kind == APPEALED:
        state, round_, tried = APPEAL, (event, at, "", 0), (*tried[:2], True)
    elif kind == FAILED:
        state, tried = SUSPENDED, (True, *tried[1:])
    elif kind == RELEASED or entry[7]:
        state, end = RESTORED, at
    else:
        state = SUSPENDED
    if kind == REVIEWED:
        reviewer = entry[5]
        if not entry[7]:
            tried = (True, tried[1] or entry[8], tried[2])
    return (*known, state, *round_, end, *tried, reviewer, max(case[MOVED_AT], at), _remembered(case, entry, at))


def _remembered(case: Case, entry: Entry, at: int) -> tuple[tuple[int, str, int], ...]:
    kind, event, own = entry[:3]
    moves = (*case[MOVES], (kind, event, own))
    return moves if at == own else (*moves, (kind, event, at))
