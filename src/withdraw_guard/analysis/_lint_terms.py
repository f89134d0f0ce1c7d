"""Terms of a rule that are allowed and seldom meant: durations, who can verify, what is left open."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from withdraw_guard import _prose, methods, operations, public_reasons, triggers
from withdraw_guard._model.policy import Clearance, Policy, Rule
from withdraw_guard._values.ids import Operation
from withdraw_guard._values.vocabulary import Destinations, Identity, LiftedBy
from withdraw_guard.analysis._circumstances import Circumstance, start_of, timer_length
from withdraw_guard.analysis._diff import lasting
from withdraw_guard.analysis._findings import Code, Finding, Severity, found, once
from withdraw_guard.operations import WELL_KNOWN

_FIVE_MINUTES, _TEN_MINUTES = timedelta(minutes=5), timedelta(minutes=10)
_HOUR, _WEEK, _YEAR = timedelta(hours=1), timedelta(days=7), timedelta(days=366)
# Numbers of hours that are usual, and of minutes or seconds are not: 24 minutes were meant to be 24 hours.
_USUAL: Final = frozenset({12, 24, 36, 48, 72, 96, 168})
_IN_SHORT: Final = (timedelta(minutes=1), timedelta(seconds=1))
# What people are told if a detector may have placed the hold.
_ALARMS: Final = frozenset({public_reasons.ABNORMAL_ACTIVITY, public_reasons.UNSPECIFIED})
# A scope with one of these stops a withdrawal of some kind.
_WITHDRAWALS: Final = (operations.WITHDRAWAL, operations.FIAT_WITHDRAWAL, operations.VAULT_WITHDRAWAL)
# How long before its end a calendar should be continued, beside the business days that rules count.
_CALENDAR_LEFT: Final = timedelta(days=60)


def of_terms(policy: Policy, rule: Rule) -> Iterator[Finding]:
    """Report the terms of one rule."""
    journal = once(rule, start_of(policy))
    yield from (found(code, severity, rule, sentence, journal) for code, severity, sentence in _told(policy, rule))


_Told = tuple[Code, Severity, str]


def _told(policy: Policy, rule: Rule) -> Iterator[_Told]:
    yield from _of_operations(rule)
    yield from _of_scope(policy, rule)
    if rule.duration is not None and (rule.trigger == triggers.ABNORMAL_ACTIVITY or rule.told_reason in _ALARMS):
        sentence = "its timer tells when the alarm was raised, because people are told when the timer ends"
        yield Code.TIMER_TELLS_THE_ALARM, Severity.NOTE, sentence
    yield from _of_durations(policy, rule)
    if rule.clearance is not None:
        yield from _of_clearance(policy, rule, rule.clearance)


def _of_operations(rule: Rule) -> Iterator[_Told]:
    """Report names of operations that make no difference, because of a mistake in the spelling or not."""
    for operation in sorted(_named(rule) - WELL_KNOWN):
        unknown = f"names the operation `{operation}`, which is not well known"
        yield Code.OPERATION_UNKNOWN, Severity.NOTE, f"{unknown}: every scope covers it, unless `leaves` names it"
    for operation in sorted(rule.scope.leaves & WELL_KNOWN):
        known = "a scope leaves every well-known operation that it does not name"
        sentence = f"`leaves` has no effect on `{operation}`, because {known}"
        yield Code.SETTING_WITHOUT_EFFECT, Severity.NOTE, sentence


def _named(rule: Rule) -> frozenset[Operation]:
    return frozenset() if isinstance(rule.scope.operations, str) else rule.scope.operations


def _of_scope(policy: Policy, rule: Rule) -> Iterator[_Told]:
    if not any(map(rule.scope.covers, _WITHDRAWALS)):
        names = ", ".join(f"`{operation}`" for operation in sorted(_named(rule)))
        yield Code.NEVER_STOPS_A_WITHDRAWAL, Severity.NOTE, f"stops no withdrawal: its scope names only {names}"
    beside = policy.rules_by_trigger[rule.trigger]
    if all(other.scope.destinations is Destinations.NEW for other in beside):
        sentence = "leaves known destinations open: whoever took the account over may withdraw to one at once"
        yield Code.LEAVES_KNOWN_ADDRESSES_OPEN, Severity.NOTE, sentence


def _of_durations(policy: Policy, rule: Rule) -> Iterator[_Told]:
    beside = {other.duration for other in policy.rules} - {rule.duration}
    for name, duration, least, most in _durations(rule):
        told, meant = f"{name} is {lasting(duration)}", _meant(duration, beside)
        if duration > most:
            yield Code.DURATION_LOOKS_WRONG, Severity.WARNING, f"{told}, more than a year"
        elif meant is not None:
            yield Code.DURATION_LOOKS_WRONG, Severity.WARNING, f"{told}: did you mean {meant} hours?"
        elif duration < least:
            is_round = duration >= _TEN_MINUTES and not duration % _FIVE_MINUTES
            usual = "an hour" if least == _HOUR else lasting(least)
            yield (
                Code.DURATION_LOOKS_WRONG,
                Severity.NOTE if is_round else Severity.WARNING,
                f"{told}, less than {usual}",
            )
    if rule.clearance is None and not rule.releasable_by and rule.duration is not None and rule.duration > _WEEK:
        sentence = f"nobody can end its hold of {lasting(rule.duration)} sooner"
        yield Code.NOBODY_CAN_END_IT_SOONER, Severity.NOTE, sentence


_Bounded = tuple[str, timedelta, timedelta, timedelta]
"""What a duration is called, the duration, and the shortest and the longest one that are usual."""


def _durations(rule: Rule) -> Iterator[_Bounded]:
    """Give each duration of the rule. A choice that is as long as the timer is told as the timer."""
    bounds = rule.chosen
    timers = {} if bounds is None else {bounds.minimum: "its shortest choice", bounds.maximum: "its longest choice"}
    if rule.duration is not None:
        timers[rule.duration] = "its timer"
    yield from ((name, duration, _HOUR, _YEAR) for duration, name in timers.items())
    if rule.clearance is not None:
        yield from _durations_of_people(rule.clearance)


def _durations_of_people(clearance: Clearance) -> Iterator[_Bounded]:
    appeal, never = clearance.appeal, timedelta()
    for name, duration, least, most in (
        ("its time to verify", clearance.verify_within, _FIVE_MINUTES, _YEAR),
        ("its time to review", clearance.review_within, never, _YEAR),
        ("the time that an identity counts", clearance.identity_valid_for, _HOUR, timedelta.max),
        ("its time to appeal", appeal and appeal.within, _HOUR, _YEAR),
        ("its time to decide an appeal", appeal and appeal.decide_within, never, _YEAR),
    ):
        if duration is not None:
            yield name, duration, least, most


def _meant(duration: timedelta, beside: Collection[timedelta | None]) -> int | None:
    """Return how many hours so many minutes or seconds were meant to be, if that is usual or another rule has it."""
    for unit in _IN_SHORT if duration % _HOUR else ():
        number, rest = divmod(duration, unit)
        if not rest and (number in _USUAL or number * _HOUR in beside):
            return number
    return None


def _of_clearance(policy: Policy, rule: Rule, clearance: Clearance) -> Iterator[_Told]:
    yield from _of_timer(policy, rule, clearance)
    usable = clearance.unverified or clearance.verified
    recorded = {methods.recorded_by(method) for method in usable}
    for kind, code, whose, others in (
        (Identity.PERSONAL, Code.ONLY_FOR_PERSONS, "a person", "a business"),
        (Identity.BUSINESS, Code.ONLY_FOR_BUSINESSES, "a business", "a person"),
    ):
        if recorded == {kind}:
            sentence = f"no method of its clearance is for {others}: each one proves the identity of {whose}"
            yield code, Severity.NOTE, sentence
    if clearance.attempts is not None and clearance.appeal is not None:
        failed = _prose.counted(clearance.attempts, "failed verification")
        last = f"after {failed} and {_prose.counted(clearance.appeal.limit, 'dismissed appeal')}"
        remains = " or ".join(sorted(rule.releasable_by)) or "the timer"
        yield Code.APPEALS_RUN_OUT, Severity.NOTE, f"{last}, only {remains} ends the hold"


def _of_timer(policy: Policy, rule: Rule, clearance: Clearance) -> Iterator[_Told]:
    """Report a timer that ends before a verification or its review is due, if the timer alone is enough."""
    lasts = timer_length(policy, rule, Circumstance(since=start_of(policy)))
    if lasts is None or rule.lifted_by is LiftedBy.ALL:
        return
    by_day = None if rule.business_days is None else _prose.counted(rule.business_days, "business day")
    for name, within, days in (
        ("verification", clearance.verify_within, None),
        ("review", clearance.review_within, clearance.review_business_days),
    ):
        due = within if days is None else _length_of(policy, days)
        if due is not None and lasts <= due:
            told = lasting(due) if days is None else _prose.counted(days, "business day")
            sentence = f"its timer alone ends the hold after {by_day or lasting(lasts)}; a {name} is due after {told}"
            yield Code.TIMER_OPENS_BEFORE_ANYONE_CAN_VERIFY, Severity.WARNING, sentence


def _length_of(policy: Policy, days: int) -> timedelta | None:
    """Return how long so many business days take from the first day of the calendar on, as far as it reaches."""
    start = start_of(policy)
    ends_at = None if policy.calendar is None else policy.calendar.end_of_business_day(days, start)
    return None if ends_at is None else ends_at - start


def of_calendar(policy: Policy, at: datetime) -> Iterator[Finding]:
    """Report a calendar that has not begun at an instant, or that ends soon after it, for each use of its days."""
    calendar, start = policy.calendar, start_of(policy)
    if calendar is None:
        return
    for counting, refused in (
        ({rule: rule.business_days for rule in policy.rules}, "every event of the rule is refused"),
        ({rule: _days_of_people(rule) for rule in policy.rules}, "its reviews and appeals have no due date"),
    ):
        counted = {rule: number for rule, number in counting.items() if number}
        if not counted:
            continue
        rule = max(counted, key=lambda each: counted[each])
        if at < start:
            sentence = f"the calendar begins at {start:%Y-%m-%d}: until then {refused}"
            yield found(Code.CALENDAR_ENDS_SOON, Severity.WARNING, rule, sentence, once(rule, at))
        elif calendar.end_of_business_day(counted[rule], at + _CALENDAR_LEFT) is None:
            sentence = f"the calendar ends at {calendar.days[-1].ends:%Y-%m-%d}: from then on {refused}"
            yield found(Code.CALENDAR_ENDS_SOON, Severity.WARNING, rule, sentence, once(rule, start), at)


def _days_of_people(rule: Rule) -> int:
    """Return the most business days of a due date of the rule; 0 if no due date counts them."""
    clearance = rule.clearance
    appeal = None if clearance is None else clearance.appeal
    of_review = None if clearance is None else clearance.review_business_days
    return max(of_review or 0, (appeal and appeal.decide_business_days) or 0)
