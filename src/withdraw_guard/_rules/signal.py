"""What one rule is told of one event, and the two changes it can answer with: a hold placed, a hold joined."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Final, final

import attrs

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import HoldPlaced, HoldRepeated
from withdraw_guard._model.events import INITIATED_BY, SecurityEvent
from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._model.progress import UNTOUCHED, Restored
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import NO_FACTS, Fact
from withdraw_guard._values.ids import DestinationId, HoldId
from withdraw_guard._values.time import write_duration
from withdraw_guard._values.vocabulary import Destinations, Repeat

_KEEP: Final = Repeat.KEEP


@final
@attrs.define(eq=False)
class Signal:
    """One event, as one rule sees it: a short-lived working object, not validated.

    `until` is the end of the timer that this event alone would set. `namesakes` are the holds of that rule id, and
    `same_rule` those of them that were placed under exactly the same rule, by value.
    """

    rule: Rule
    policy: Policy
    account: Account
    event: SecurityEvent
    trigger: Occurrence
    until: datetime | None
    namesakes: list[Hold]
    same_rule: list[Hold]

    @property
    def destination(self) -> DestinationId | None:
        """The destination that a hold of this rule would be about, if about one."""
        return self.event.destination_id if self.rule.scope.destinations is Destinations.NAMED else None

    def is_trigger_of(self, hold: Hold) -> bool:
        """Whether this very event placed the hold, or is its latest trigger (rule 7)."""
        at = self.trigger.at
        if hold.latest.at != at and hold.cause.at != at:
            return False
        return self.trigger in (hold.cause, hold.latest)

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
        if timer is not None and self.until is not None and self.rule.repeat is not _KEEP:
            timer = max(timer, self.until)
        return unchecked.hold_repeated(self.account.id, self.event.id, self.event.at, hold.id, timer)

    def placed(self, forgotten: list[Hold], about: DestinationId | None = None) -> HoldPlaced:
        """Return the change by which the event places a hold of its own, about that destination if about one."""
        rule, event, trigger, until = self.rule, self.event, self.trigger, self.until
        timer = until if rule.leaves_the_timer_to_the_hold else None
        end = until if rule.ends_by_time_alone else None
        hold = unchecked.hold(
            self._free_id(), rule, self.policy.ref, trigger, trigger, UNTOUCHED, about, timer, until, end
        )
        gone = tuple([old.id for old in forgotten]) if forgotten else ()
        return unchecked.hold_placed(self.account.id, event.id, event.at, hold, gone)

    def _chose_longer(self, hold: Hold) -> bool:
        """Whether something longer was chosen than the hold lasts. What was released was looked at, however long."""
        # Not of business days: a calendar that has changed since makes no hold longer.
        if self.rule.chosen is None or self.rule.repeat is _KEEP or hold.released:
            return False
        return hold.until is not None and self.until is not None and hold.until < self.until

    def _free_id(self) -> HoldId:
        """Rule 10: ids are derived, never generated; `#2`, `#3`, … where the account already has that one."""
        plain = HoldId(f"{self.event.id}:{self.rule.id}")
        if not self.namesakes or self.account.hold(plain) is None:
            return plain
        taken = {hold.id for hold in self.account.holds}
        return next(HoldId(f"{plain}#{n}") for n in count(2) if f"{plain}#{n}" not in taken)


def signal_of(rule: Rule, policy: Policy, account: Account, event: SecurityEvent, trigger: Occurrence) -> Signal:
    """Return the event as the rule sees it.

    Raises `InvalidValue` if the event chooses a duration that the rule does not offer, or if the calendar of the policy
    does not have the business day on which the hold would end.
    """
    namesakes: list[Hold] = []
    same_rule: list[Hold] = []
    for hold in account.holds:
        if hold.rule.id == rule.id:
            namesakes.append(hold)
            if hold.rule is rule or hold.rule == rule:
                same_rule.append(hold)
    return Signal(rule, policy, account, event, trigger, _until(rule, policy, event), namesakes, same_rule)


def is_meant(rule: Rule, event: SecurityEvent) -> bool:
    """Whether no fact of the event differs from the rule. A fact that is absent matches: unknown means held."""
    if event.trigger != rule.trigger:
        return event.trigger in rule.extended_by
    if rule.where is NO_FACTS:
        return True
    return not any(_says_otherwise(event, name, expected) for name, expected in rule.where.items())


def _says_otherwise(event: SecurityEvent, name: str, expected: Fact) -> bool:
    if name == INITIATED_BY:
        return type(expected) is str and expected != event.initiated_by.value
    return event.context.says_otherwise(name, expected)


def _until(rule: Rule, policy: Policy, event: SecurityEvent) -> datetime | None:
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
