"""From a security event to the holds it places (rulebook 6 to 11).

Each rule is asked by itself, and there are three answers: the event is already known, it joins an open hold, or it
places a new hold. No other hold changes, so a security event can only add.

Most rules have at most one hold that further triggers may join. A `separate` rule places a hold for every event, up
to a number that no honest account reaches.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change, HoldPlaced, HoldRepeated
from withdraw_guard._model.events import SecurityEvent
from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._model.policy import Policy
from withdraw_guard._rules.signal import Signal, is_meant, signal_of
from withdraw_guard._values.ids import EventId, HoldId
from withdraw_guard._values.limits import HOLDS_APART_MAX
from withdraw_guard._values.vocabulary import Repeat

_SEPARATE: Final = Repeat.SEPARATE


def place_holds(policy: Policy, account: Account, event: SecurityEvent) -> tuple[Change, ...]:
    """Return the change that each rule listening to this event makes, in the order of the policy.

    Raises `InvalidValue` if a rule cannot say how long its hold would last (`signal_of`).
    """
    listening = policy.rules_by_trigger.get(event.trigger)
    if listening is None:
        return ()
    trigger = unchecked.occurrence(event.id, event.at)
    changes: tuple[Change, ...] = ()
    for rule in listening:
        if is_meant(rule, event):
            changes += _ask(signal_of(rule, policy, account, event, trigger))
    return changes


def _ask(signal: Signal) -> tuple[HoldPlaced | HoldRepeated, ...]:
    for namesake in signal.namesakes:
        if signal.is_trigger_of(namesake):
            return ()
    return _stay_apart(signal) if signal.rule.repeat is _SEPARATE else _join_or_place(signal)


def _join_or_place(signal: Signal) -> tuple[HoldPlaced | HoldRepeated, ...]:
    at, same_rule, extended_by = signal.trigger.at, signal.same_rule, signal.rule.extended_by
    for hold in same_rule:
        if signal.is_known_to(hold):
            return ()
    for hold in same_rule:
        if signal.joins(hold):
            repeated = signal.repeated(hold)
            return (repeated, *_catch_up(signal, hold.id, max(hold.latest.at, at))) if extended_by else (repeated,)
    if signal.event.trigger in extended_by:
        return ()
    forgotten = [hold for hold in same_rule if _is_forgotten(hold, at)] if same_rule else same_rule
    placed = signal.placed(forgotten)
    return (placed, *_catch_up(signal, placed.hold.id, at)) if extended_by else (placed,)


def _is_forgotten(hold: Hold, at: datetime) -> bool:
    """Rule 9: it had ended by then and knows of nothing later.

    What was chosen is remembered for as long as it was chosen, so that nothing that was released comes back.
    """
    chosen_longer = (
        hold.rule.chosen is not None and hold.rule.repeat is not Repeat.KEEP and not _is_over(hold.until, at)
    )
    return not hold.is_open(at) and hold.knows_of <= at and not chosen_longer


def _catch_up(signal: Signal, joined: HoldId, since: datetime) -> Iterator[HoldRepeated]:
    """Join what is on record of the triggers that extend this rule: it may have been delivered before its turn."""
    rule, duration = signal.rule, signal.rule.duration
    if duration is None:
        raise AssertionError("a rule that is extended has no duration")
    others = [other for other in signal.account.holds if other.rule.trigger in rule.extended_by]
    on_record = {trigger for other in others for trigger in _triggers(other)}
    heard = {trigger for namesake in signal.namesakes for trigger in _triggers(namesake)}
    for trigger in sorted(on_record - heard, key=_by_instant):
        is_open = not rule.ends_by_time_alone or trigger.at < since + duration
        if since < trigger.at and is_open:
            yield unchecked.hold_repeated(signal.account.id, trigger.event, trigger.at, joined, None)
            since = trigger.at


def _triggers(hold: Hold) -> tuple[Occurrence, Occurrence]:
    return hold.cause, hold.latest


def _by_instant(trigger: Occurrence) -> tuple[datetime, EventId]:
    return trigger.at, trigger.event


def _stay_apart(signal: Signal) -> tuple[HoldPlaced | HoldRepeated, ...]:
    same_rule, at = signal.same_rule, signal.trigger.at
    if signal.rule.ends_by_time_alone and any(_is_over(signal.until, hold.latest.at) for hold in same_rule):
        return ()
    forgotten = _forgotten_apart(signal, same_rule)
    still_open = [hold for hold in same_rule if hold.is_open(at)]
    if len(still_open) < HOLDS_APART_MAX - 1:
        return (signal.placed(forgotten, about=signal.destination),)
    crowd = [hold for hold in still_open if hold.destination_id is None and signal.joins(hold)]
    if not crowd:
        return (signal.placed(forgotten),)
    return () if signal.is_known_to(crowd[-1]) else (signal.repeated(crowd[-1]),)


def _forgotten_apart(signal: Signal, same_rule: list[Hold]) -> list[Hold]:
    """Return what need not be remembered any more.

    A timer that is over is not missed: an event as late as that places nothing. What a person has ended is kept, so
    that a redelivered event does not place it again; of very many, the latest are.
    """
    at = signal.trigger.at
    if signal.rule.ends_by_time_alone:
        return [hold for hold in same_rule if _is_over(hold.until, at)]
    return [hold for hold in same_rule if _is_forgotten(hold, at)][: -HOLDS_APART_MAX + 1]


def _is_over(until: datetime | None, at: datetime) -> bool:
    return until is not None and until <= at
