"""What one rule is told of one event, and the two changes it can answer with: a hold placed, a hold joined."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import final

import attrs

from withdraw_guard._account import Account
from withdraw_guard._changes import HoldPlaced, HoldRepeated
from withdraw_guard._errors import InvalidValue
from withdraw_guard._events import INITIATED_BY, SecurityEvent
from withdraw_guard._facts import Fact
from withdraw_guard._holds import Hold, Occurrence
from withdraw_guard._ids import DestinationId, HoldId
from withdraw_guard._policy import Policy, Rule
from withdraw_guard._progress import Restored
from withdraw_guard._time import write_duration
from withdraw_guard._value import Value
from withdraw_guard._words import Destinations, Repeat


@final
@attrs.frozen(kw_only=True)
class Signal(Value):
    """An event as a rule hears it. `until` is when the timer would run out if this event were alone."""

    rule: Rule
    policy: Policy
    account: Account
    event: SecurityEvent
    trigger: Occurrence
    until: datetime | None

    @property
    def same_rule(self) -> list[Hold]:
        """The holds that were placed under exactly the same rule, by value."""
        return [hold for hold in self.account.holds if hold.rule is self.rule or hold.rule == self.rule]

    @property
    def destination(self) -> DestinationId | None:
        """The destination that a hold of this rule would be about, if about one."""
        return self.event.destination_id if self.rule.scope.destinations is Destinations.NAMED else None

    @property
    def is_heard(self) -> bool:
        """Whether this very event placed, or is the latest trigger of, a hold of that rule id (rule 7)."""
        return any(
            self.trigger in (hold.cause, hold.latest) for hold in self.account.holds if hold.rule.id == self.rule.id
        )

    def is_known_to(self, hold: Hold) -> bool:
        """Whether the hold reaches beyond it: it has a trigger as late, had not ended before, and lasts as long."""
        at = self.trigger.at
        return hold.latest.at >= at and not (hold.end is not None and hold.end < at) and not self._chose_longer(hold)

    def joins(self, hold: Hold) -> bool:
        """Whether the hold is open at that instant, and nobody has lifted it (rule 8)."""
        return hold.is_open(self.trigger.at) and type(hold.progress.state) is not Restored

    def repeated(self, hold: Hold) -> HoldRepeated:
        """Return the change by which the event joins the hold."""
        timer = hold.timer
        if timer is not None and self.until is not None and self.rule.repeat is not Repeat.KEEP:
            timer = max(timer, self.until)
        return HoldRepeated(account=self.account.id, event=self.event.id, at=self.event.at, hold=hold.id, timer=timer)

    def placed(self, forgotten: Iterable[Hold], about: DestinationId | None = None) -> HoldPlaced:
        """Return the change by which the event places a hold of its own, about that destination if about one."""
        hold = Hold(
            id=self._free_id(),
            rule=self.rule,
            policy=self.policy.ref,
            cause=self.trigger,
            latest=self.trigger,
            destination_id=about,
            timer=self.until if self.rule.leaves_the_timer_to_the_hold else None,
        )
        return HoldPlaced(
            account=self.account.id,
            event=self.event.id,
            at=self.event.at,
            hold=hold,
            forgotten=tuple(gone.id for gone in forgotten),
        )

    def _chose_longer(self, hold: Hold) -> bool:
        """Whether something longer was chosen than the hold lasts. What was released was looked at, however long."""
        # Not of business days: a calendar that has changed since makes no hold longer.
        if self.rule.chosen is None or self.rule.repeat is Repeat.KEEP or hold.released:
            return False
        return hold.until is not None and self.until is not None and hold.until < self.until

    def _free_id(self) -> HoldId:
        """Rule 10: ids are derived, never generated; `#2`, `#3`, … where the account already has that one."""
        plain, taken = f"{self.event.id}:{self.rule.id}", {hold.id for hold in self.account.holds}
        if plain not in taken:
            return HoldId(plain)
        return next(HoldId(f"{plain}#{n}") for n in count(2) if f"{plain}#{n}" not in taken)


def signal_of(rule: Rule, policy: Policy, account: Account, event: SecurityEvent) -> Signal | None:
    """Return what the rule hears of the event, or none if it is not meant.

    Raises `InvalidValue` where the event chooses a duration that the rule does not offer, and where the calendar of
    the policy does not reach as far as the rule counts.
    """
    if not _is_meant(rule, event):
        return None
    trigger = Occurrence(event=event.id, at=event.at)
    until = _until(rule, policy, event)
    return Signal(rule=rule, policy=policy, account=account, event=event, trigger=trigger, until=until)


def _is_meant(rule: Rule, event: SecurityEvent) -> bool:
    """Whether no fact of the event says otherwise. What the event does not say matches: unknown means held."""
    if event.trigger != rule.trigger:
        return event.trigger in rule.extended_by
    return not any(_says_otherwise(event, name, expected) for name, expected in rule.where.items())


def _says_otherwise(event: SecurityEvent, name: str, expected: Fact) -> bool:
    if name == INITIATED_BY:
        return type(expected) is str and expected != event.initiated_by.value
    return event.context.says_otherwise(name, expected)


def _until(rule: Rule, policy: Policy, event: SecurityEvent) -> datetime | None:
    if rule.business_days is not None and policy.calendar is not None:
        ends_at = policy.calendar.end_of_business_day(rule.business_days, event.at)
        if ends_at is None:
            raise InvalidValue("event.at", f"must be where the calendar reaches, for `{rule.id}` counts business days")
        return ends_at
    if rule.chosen is not None and event.duration is not None:
        if not rule.chosen.allows(event.duration):
            least, most = write_duration(rule.chosen.minimum), write_duration(rule.chosen.maximum)
            offered = f"from `{least}` to `{most}` for `{rule.id}`"
            raise InvalidValue("event.duration", f"must be {offered}, got `{write_duration(event.duration)}`")
        return event.at + event.duration
    return None if rule.duration is None else event.at + rule.duration
