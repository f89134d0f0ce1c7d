"""Terms of a rule that are allowed and seldom meant: durations, who can verify, what is left open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from withdraw_guard import methods, public_reasons, triggers
from withdraw_guard._answers.request import WITHDRAWAL
from withdraw_guard._model.policy import EVERYTHING, Clearance, Policy, Rule
from withdraw_guard._values.vocabulary import Destinations, Identity, LiftedBy
from withdraw_guard.analysis._circumstances import start_of
from withdraw_guard.analysis._diff import lasting
from withdraw_guard.analysis._findings import Code, Finding, Severity, found, once
from withdraw_guard.operations import WELL_KNOWN

_HOUR, _WEEK, _YEAR = timedelta(hours=1), timedelta(days=7), timedelta(days=366)
# What people are told if a detector may have placed the hold.
_ALARMS: Final = frozenset({public_reasons.ABNORMAL_ACTIVITY, public_reasons.UNSPECIFIED})
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
        sentence = "its timer tells the instant of the alarm, because people are told when it ends"
        yield Code.TIMER_TELLS_THE_ALARM, Severity.NOTE, sentence
    yield from _of_durations(policy, rule)
    if rule.clearance is not None:
        yield from _of_clearance(rule, rule.clearance)


def _of_operations(rule: Rule) -> Iterator[_Told]:
    """Report names of operations that make no difference, because of a mistake in the spelling or not."""
    named = frozenset(() if rule.scope.operations == EVERYTHING else rule.scope.operations)
    for operation in sorted(named - WELL_KNOWN):
        unknown = f"names the operation `{operation}`, which is not well known"
        yield Code.OPERATION_UNKNOWN, Severity.NOTE, f"{unknown}: a scope covers it if it does not leave it"
    for operation in sorted(rule.scope.leaves & WELL_KNOWN):
        sentence = f"`leaves` has no effect on `{operation}`, because it is well known and not held"
        yield Code.SETTING_WITHOUT_EFFECT, Severity.NOTE, sentence


def _of_scope(policy: Policy, rule: Rule) -> Iterator[_Told]:
    if not rule.scope.covers(WITHDRAWAL.operation):
        sentence = "stops no withdrawal: its scope names other operations only"
        yield Code.NEVER_STOPS_A_WITHDRAWAL, Severity.NOTE, sentence
    beside = policy.rules_by_trigger[rule.trigger]
    if all(other.scope.destinations is Destinations.NEW for other in beside):
        sentence = "leaves known destinations open: whoever took the account over may withdraw to one at once"
        yield Code.LEAVES_KNOWN_ADDRESSES_OPEN, Severity.NOTE, sentence


def _of_durations(policy: Policy, rule: Rule) -> Iterator[_Told]:
    lengths = {each.duration for each in policy.rules if each.duration is not None}
    bounds = () if rule.chosen is None else (rule.chosen.minimum, rule.chosen.maximum)
    for duration in dict.fromkeys(each for each in (rule.duration, *bounds) if each is not None):
        why = _looks_wrong(duration, lengths)
        if why is not None:
            yield Code.DURATION_LOOKS_WRONG, Severity.WARNING, f"its timer of {lasting(duration)} {why}"
    if rule.clearance is None and not rule.releasable_by and rule.duration is not None and rule.duration > _WEEK:
        sentence = f"nobody can end its hold of {lasting(rule.duration)} sooner"
        yield Code.NOBODY_CAN_END_IT_SOONER, Severity.NOTE, sentence


def _looks_wrong(duration: timedelta, lengths: set[timedelta]) -> str | None:
    if duration < _HOUR:
        beside = f", and another rule has {lasting(duration * 60)}" if duration * 60 in lengths else ""
        return f"is under an hour{beside}"
    return "is over a year" if duration > _YEAR else None


def _of_clearance(rule: Rule, clearance: Clearance) -> Iterator[_Told]:
    yield from _of_timer(rule, clearance)
    usable = clearance.unverified or clearance.verified
    recorded = {methods.recorded_by(method) for method in usable}
    for kind, code, others in (
        (Identity.PERSONAL, Code.ONLY_FOR_PERSONS, "a business"),
        (Identity.BUSINESS, Code.ONLY_FOR_BUSINESSES, "a person"),
    ):
        if recorded == {kind}:
            sentence = f"no method of its clearance is for {others}: each records the identity of the other kind"
            yield code, Severity.NOTE, sentence
    if clearance.attempts is not None and clearance.appeal is not None:
        last = f"after {clearance.attempts} failed verifications and {clearance.appeal.limit} dismissed appeals"
        remains = " or ".join(sorted(rule.releasable_by)) or "the timer"
        yield Code.APPEALS_RUN_OUT, Severity.NOTE, f"{last} only {remains} ends the hold"


def _of_timer(rule: Rule, clearance: Clearance) -> Iterator[_Told]:
    """Report a timer that ends before a verification or its review is due, if the timer alone is enough."""
    if rule.duration is None or rule.lifted_by is LiftedBy.ALL:
        return
    for name, within in (("verification", clearance.verify_within), ("review", clearance.review_within)):
        if within is not None and rule.duration <= within:
            sentence = f"its timer of {lasting(rule.duration)} ends before a {name} is due ({lasting(within)})"
            yield Code.TIMER_OPENS_BEFORE_ANYONE_CAN_VERIFY, Severity.WARNING, sentence


def of_calendar(policy: Policy, at: datetime) -> Iterator[Finding]:
    """Report a calendar that ends soon after an instant: afterwards every event that counts its days is refused."""
    counting = [rule for rule in policy.rules if rule.business_days is not None]
    if policy.calendar is None or not counting:
        return
    longest = max(counting, key=lambda rule: rule.business_days or 0)
    ends_at = policy.calendar.days[-1].ends
    if policy.calendar.end_of_business_day(longest.business_days or 0, at + _CALENDAR_LEFT) is None:
        sentence = f"the calendar ends at {ends_at:%Y-%m-%d}: from then on every event of the rule is refused"
        journal = once(longest, start_of(policy))
        yield found(Code.CALENDAR_ENDS_SOON, Severity.WARNING, longest, sentence, journal, max(at, journal[0].at))
