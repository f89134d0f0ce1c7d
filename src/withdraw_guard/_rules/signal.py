"""What one rule makes of one event by itself: whether it matches, and how long it would hold."""

from __future__ import annotations

from datetime import datetime

from withdraw_guard._model.events import INITIATED_BY, SecurityEvent
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import NO_FACTS, Fact
from withdraw_guard._values.time import write_duration


def matches(rule: Rule, event: SecurityEvent) -> bool:
    """Whether the facts of the event match (rule 6): a fact that it does not carry, or with another type, matches."""
    if rule.where is NO_FACTS:
        return True
    return not any(_says_otherwise(event, name, expected) for name, expected in rule.where.items())


def timer_set_by(event: SecurityEvent, rule: Rule, policy: Policy) -> datetime | None:
    """Return the end of the timer that the event sets under the rule, or none if the rule has no timer.

    Raises `InvalidValue` if the event chooses a duration that the rule does not offer, and if the calendar of the
    policy does not reach as far as the rule counts.
    """
    if rule.business_days is not None and policy.calendar is not None:
        ends_at = policy.calendar.end_of_business_day(rule.business_days, event.at)
        if ends_at is None:
            raise InvalidValue("event.at", f"must lie within the calendar: rule `{rule.id}` counts business days")
        return ends_at
    if rule.chosen is not None and event.duration is not None:
        if not rule.chosen.allows(event.duration):
            least, most = write_duration(rule.chosen.minimum), write_duration(rule.chosen.maximum)
            offered = f"from `{least}` to `{most}` for `{rule.id}`"
            raise InvalidValue("event.duration", f"must be {offered}, got `{write_duration(event.duration)}`")
        return event.at + event.duration
    return None if rule.duration is None else event.at + rule.duration


def _says_otherwise(event: SecurityEvent, name: str, expected: Fact) -> bool:
    if name == INITIATED_BY:
        return type(expected) is str and expected != event.initiated_by.value
    return event.context.says_otherwise(name, expected)
