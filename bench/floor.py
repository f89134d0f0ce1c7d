"""The floor: Binance's published rule by hand, in plain tuples and integers, and nothing that is not needed.

It obeys the rulebook for this one policy and gives the same refusals, the same yes or no and the same ends. It has no
types, no policy, no explanation, no record of what happened and no check of its input: what is left is the least that
Python can do for such a journal. `step` is pure, as `apply` is; a state is a tuple of

    report    whether an identity is on record, with the instant and the id of the report that says so
    timers    for each rule that time alone ends, the id of its hold and its end, or none
    cases     the holds that abnormal activity placed

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
MOVES_PER_INSTANT_MAX = 64

# A case: its id; its first and its latest trigger, each an instant and an id; where it stands; the round that is open
# (attempt, instant, method, submitted at, reviews decided in the instant in which it was opened); its end or none;
# whether anything failed, whether verification is closed, whether it was appealed; who decided the latest review; the
# instant of the latest move and what moved it then.
ID, CAUSE, LATEST, STATE, ATTEMPT, OPENED, METHOD, SUBMITTED_AT, OVERTAKEN = range(9)
END, ANY_FAILURE, CLOSED, WAS_APPEALED, REVIEWER, MOVED_AT, MOVED_BY = range(9, 16)
Case: TypeAlias = tuple[Any, ...]
State: TypeAlias = tuple[tuple[bool, int, str], tuple[tuple[str, int] | None, ...], tuple[Case, ...]]

FRESH: State = ((False, -1, ""), (None,) * len(TIMED), ())

_TIMERS = {
    trigger: (index, f":{trigger.replace('_', '-')}", length) for index, (trigger, length) in enumerate(TIMED.items())
}
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
    for timer in timers:
        if timer is not None and timer[1] > at and timer[1] > latest:
            latest = timer[1]
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
    if case[MOVED_AT] == at and (kind, event) in case[MOVED_BY]:
        return state, None
    refused = _refusal(case, report, entry)
    if refused is not None:
        return state, refused
    if kind == REVIEWED and entry[7] and case[METHOD] in IDENTITY_METHODS:
        report = _reported(report, True, at, event)
    return (report, timers, (*cases[:index], _moved(case, entry), *cases[index + 1 :])), None


def _reported(report: tuple[bool, int, str], verified: bool, at: int, event: str) -> tuple[bool, int, str]:
    return (verified, at, event) if (at, event) > report[1:] else report


def _timed(timers: tuple, terms: tuple[int, str, int], event: str, at: int) -> tuple:
    index, suffix, length = terms
    placed, end = timers[index], at + length
    if placed is None or at >= placed[1]:
        changed = (event + suffix, end)
    elif end > placed[1]:
        changed = (placed[0], end)
    else:
        return timers
    return (*timers[:index], changed, *timers[index + 1 :])


def _flagged(cases: tuple[Case, ...], event: str, at: int) -> tuple[Case, ...]:
    trigger = (at, event)
    for case in cases:
        if trigger == case[CAUSE] or trigger == case[LATEST]:
            return cases
        if case[LATEST][0] >= at and not (case[END] is not None and case[END] < at):
            return cases
    for index, case in enumerate(cases):
        if case[END] is None:
            return (*cases[:index], (*case[:LATEST], trigger, *case[STATE:]), *cases[index + 1 :])
    kept = tuple(case for case in cases if at < case[END] or at < case[LATEST][0] or at < case[MOVED_AT])
    plain = hold = event + _FLAG_RULE
    number = 2
    while any(case[ID] == hold for case in cases):
        hold, number = f"{plain}#{number}", number + 1
    placed = (hold, trigger, trigger, SUSPENDED, "", 0, "", 0, (), None, False, False, False, None, None, ())
    return (*kept, placed)


def _about_no_case(timers: tuple, hold: str, kind: int, at: int) -> str:
    for timer in timers:
        if timer is not None and timer[0] == hold:
            if at >= timer[1]:
                return "hold_not_open"
            return "not_authorized" if kind == RELEASED else "no_clearance"
    return "unknown_hold"


def _refusal(case: Case, report: tuple[bool, int, str], entry: Entry) -> str | None:
    kind, _, at = entry[:3]
    state = case[STATE]
    if case[END] is not None and at >= case[END]:
        return "hold_not_open"
    if kind == RELEASED:
        if entry[4] == "user" or entry[5] != AUTHORITY:
            return "not_authorized"
        return "stale" if not entry[6] and (at < case[LATEST][0] or at < (case[MOVED_AT] or 0)) else None
    if kind == STARTED:
        if state not in (SUSPENDED, VERIFICATION):
            return "wrong_state"
        if entry[4] not in (FACE_METHODS if report[0] else IDENTITY_METHODS):
            return "method_not_accepted"
        return "attempts_exhausted" if case[CLOSED] else _opens_too_early(case, at)
    if kind == APPEALED:
        if state != SUSPENDED:
            return "wrong_state"
        if not case[ANY_FAILURE] or case[WAS_APPEALED]:
            return "appeal_not_offered"
        return _opens_too_early(case, at) if entry[4] >= DOCUMENTS else "documents_missing"
    of_another_round = at < case[OPENED] or (entry[4] is not None and entry[4] != case[ATTEMPT])
    if kind in (SUBMITTED, FAILED):
        if state != VERIFICATION:
            return "wrong_state"
        return "stale" if of_another_round else None
    evidence = case[LATEST][0]
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
    if of_another_round or at < evidence or (at == case[OPENED] and entry[1] in case[OVERTAKEN]):
        return "stale"
    return "stale" if entry[7] and entry[6] != "admin" and case[SUBMITTED_AT] < evidence else None


def _opens_too_early(case: Case, at: int) -> str | None:
    moved_at = case[MOVED_AT]
    if moved_at is None or at > moved_at:
        return None
    return "stale" if at < moved_at or len(case[MOVED_BY]) >= MOVES_PER_INSTANT_MAX else None


def _moved(case: Case, entry: Entry) -> Case:
    kind, event, at = entry[:3]
    known, round_, tried = case[:STATE], case[ATTEMPT:END], case[ANY_FAILURE:REVIEWER]
    end, reviewer, moved_at, moved_by = None, *case[REVIEWER:]
    if kind == STARTED:
        state, round_ = VERIFICATION, (event, at, entry[4], 0, ())
    elif kind == SUBMITTED:
        overtaken = tuple(mover for what, mover in moved_by if what == REVIEWED)
        state, round_ = REVIEW, (*round_[:3], at, overtaken)
    elif kind == APPEALED:
        state, round_, tried = APPEAL, (event, at, "", 0, ()), (*tried[:2], True)
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
    if moved_at is None or at > moved_at:
        moved_at, moved_by = at, ((kind, event),)
    elif at == moved_at:
        moved_by = (*moved_by, (kind, event))
    return (*known, state, *round_, end, *tried, reviewer, moved_at, moved_by)
