"""From a security event to the holds that it places or joins (rules 6 to 11, and 26 for separate holds).

Each rule is asked by itself. First: is the event already known? Then nothing changes, whatever has come since. Else it
joins the open hold of exactly the same rule, as one trigger more, or it places a new hold. A new hold takes over the
triggers of ended holds, which are then pruned: what was known stays known. Whatever else the account holds is left
alone, so a security event can only add.

One wrong date must not prune anything. So a hold is pruned only if it had ended by the second latest trigger on record,
too.

A `separate` rule places a hold for every event. Nothing of it is pruned while fewer than 16 are on record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from itertools import count
from typing import Final

from withdraw_guard._model import unchecked
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change, HoldPlaced, HoldRepeated
from withdraw_guard._model.events import SecurityEvent
from withdraw_guard._model.hold import Dropped, Hold, HoldTrigger, counts_until, end_of, settled_at, until_of
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._model.progress import UNTOUCHED, Restored
from withdraw_guard._rules.signal import matches, timer_set_by
from withdraw_guard._values.ids import DestinationId, HoldId, RuleId
from withdraw_guard._values.limits import SEPARATE_HOLDS_KEPT, SEPARATE_HOLDS_MAX, TRIGGERS_MAX
from withdraw_guard._values.vocabulary import Destinations, Repeat

_SEPARATE: Final = Repeat.SEPARATE


def place_holds(policy: Policy, account: Account, event: SecurityEvent) -> tuple[Change, ...]:
    """Return what each rule that listens to this event makes of it, in the order of the policy.

    Raises `InvalidValue` if a rule cannot say how long its hold would last (`timer_set_by`).
    """
    changes: tuple[Change, ...] = ()
    for rule in policy.rules_by_trigger.get(event.trigger, ()):
        if matches(rule, event):
            changes = (*changes, *_added(policy, account, rule, event))
    return changes


def remember(
    triggers: tuple[HoldTrigger, ...], dropped: Dropped | None
) -> tuple[tuple[HoldTrigger, ...], Dropped | None]:
    """Return at most 16 of the triggers of a hold, and what is left of those that matter least (rule 6)."""
    while len(triggers) > TRIGGERS_MAX:
        least = _least_important(triggers)
        triggers = tuple(trigger for trigger in triggers if trigger is not least)
        dropped = _merged(dropped, unchecked.dropped(least.at, counts_until(least)))
    return triggers, dropped


def _merged(one: Dropped | None, other: Dropped | None) -> Dropped | None:
    if one is None or other is None:
        return one or other
    ends = [end for end in (one.until, other.until) if end is not None]
    return unchecked.dropped(max(one.latest_at, other.latest_at), max(ends, default=None))


def _added(policy: Policy, account: Account, rule: Rule, event: SecurityEvent) -> tuple[HoldPlaced | HoldRepeated, ...]:
    same_rule: list[Hold] = []
    for hold in account.holds:
        if hold.rule.id == rule.id:
            # Rule 7: this very event is known, whatever version of the policy is in force now.
            if hold.remembers(event.id, event.at):
                return ()
            if hold.rule is rule or hold.rule == rule:
                same_rule.append(hold)
    trigger = unchecked.hold_trigger(event.id, event.at, timer_set_by(event, rule, policy), None)
    if rule.repeat is _SEPARATE:
        return _added_separately(policy, account, rule, event, trigger, same_rule)
    for hold in same_rule:
        if _is_covered_by_a_full_hold(trigger, hold):
            return ()
    for hold in same_rule:
        if _is_joined(hold, trigger):
            return (_repeated(account, hold, trigger),)
    if not same_rule:
        return (_placed(policy, account, rule, (trigger,), same_rule),)
    pruned = _ended(same_rule, min(trigger.at, _second_latest(same_rule, trigger)))
    dropped_before = reduce(_merged, map(_dropped_before, pruned), None)
    triggers, dropped = remember((trigger, *_taken_over(pruned)), dropped_before)
    return (_placed(policy, account, rule, triggers, pruned, dropped=dropped),)


def _added_separately(
    policy: Policy, account: Account, rule: Rule, event: SecurityEvent, trigger: HoldTrigger, same_rule: list[Hold]
) -> tuple[HoldPlaced | HoldRepeated, ...]:
    known_until = _second_latest(same_rule, trigger)
    is_full = len(same_rule) >= SEPARATE_HOLDS_KEPT
    if rule.ends_by_time_alone and is_full and _is_over(trigger, known_until):
        return ()
    pruned = _pruned_of_separate(rule, same_rule, min(trigger.at, known_until), known_until)
    open_then = [hold for hold in same_rule if hold.is_open(trigger.at)]
    if len(open_then) < SEPARATE_HOLDS_MAX:
        about = event.destination_id if rule.scope.destinations is Destinations.NAMED else None
        return (_placed(policy, account, rule, (trigger,), pruned, about),)
    for hold in reversed(open_then):
        if hold.destination_id is None and _is_joined(hold, trigger):
            return (_repeated(account, hold, trigger),)
    return (_placed(policy, account, rule, (trigger,), pruned),)


def _is_covered_by_a_full_hold(trigger: HoldTrigger, hold: Hold) -> bool:
    """Rule 7: the event could be one that was dropped from the full memory of the hold, and would make it no longer."""
    if hold.dropped is None or trigger.at > hold.dropped.latest_at or (hold.end is not None and hold.end < trigger.at):
        return False
    if trigger.at > min(known.at for known in hold.triggers[1:]):
        return False
    return trigger.until is None or trigger.until <= max(counts_until(known) or known.at for known in hold.triggers)


def _is_joined(hold: Hold, trigger: HoldTrigger) -> bool:
    """Rule 8: open at that instant, neither cleared nor released, and some trigger of it still counts."""
    return type(hold.progress.state) is not Restored and hold.is_open(trigger.at) and settled_at(hold.triggers) is None


def _repeated(account: Account, hold: Hold, trigger: HoldTrigger) -> HoldRepeated:
    return unchecked.hold_repeated(account.id, trigger.event, trigger.at, hold.id, trigger.until)


def _placed(
    policy: Policy,
    account: Account,
    rule: Rule,
    triggers: tuple[HoldTrigger, ...],
    pruned: list[Hold],
    about: DestinationId | None = None,
    dropped: Dropped | None = None,
) -> HoldPlaced:
    cause = triggers[0]
    until = until_of(rule, triggers, dropped)
    hold = unchecked.hold(
        _free_id(account, rule.id, cause),
        rule,
        policy.ref,
        triggers,
        UNTOUCHED,
        about,
        dropped,
        until,
        end_of(rule, triggers, until, UNTOUCHED.state),
    )
    return unchecked.hold_placed(account.id, cause.event, cause.at, hold, tuple([old.id for old in pruned]))


def _free_id(account: Account, rule: RuleId, cause: HoldTrigger) -> HoldId:
    """Rule 10: ids are derived, never generated; `#2`, `#3`, … where the account already has that one."""
    plain = free = HoldId(f"{cause.event}:{rule}")
    numbers = count(2)
    while account.hold(free) is not None:
        free = HoldId(f"{plain}#{next(numbers)}")
    return free


# ── What is pruned, and what is remembered of it ─────────────────────────────────────────────────────────────────


def _second_latest(same_rule: list[Hold], trigger: HoldTrigger) -> datetime:
    """Return the second latest trigger on record for exactly this rule, the new one included.

    A trigger that was settled counts at the earlier of its instant and of that from which it no longer counts.
    """
    instants = sorted([trigger.at, *(known.counts_from for hold in same_rule for known in hold.triggers)])
    return instants[-2] if len(instants) > 1 else instants[-1]


def _ended(holds: list[Hold], at: datetime) -> list[Hold]:
    return [hold for hold in holds if not hold.is_open(at)]


def _taken_over(pruned: list[Hold]) -> Iterator[HoldTrigger]:
    """Rule 9: each as it is; if the hold was released or cleared, settled at its end unless it was settled earlier."""
    for hold in pruned:
        for trigger in hold.triggers:
            if type(hold.progress.state) is not Restored or hold.end is None:
                yield trigger
            elif trigger.settled_at is None or hold.end < trigger.settled_at:
                yield unchecked.hold_trigger(trigger.event, trigger.at, trigger.until, hold.end)
            else:
                yield trigger


def _dropped_before(hold: Hold) -> Dropped | None:
    """Rule 9, of the triggers that the hold no longer remembers: they are settled at its end as well."""
    dropped = hold.dropped
    if dropped is None or dropped.until is None or type(hold.progress.state) is not Restored or hold.end is None:
        return dropped
    return unchecked.dropped(dropped.latest_at, min(dropped.until, hold.end))


def _pruned_of_separate(rule: Rule, same_rule: list[Hold], at: datetime, known_until: datetime) -> list[Hold]:
    """Rule 26: of holds that time alone ends, the earliest that are over, until 16 are left; of others, beyond 63."""
    if rule.ends_by_time_alone:
        over = [hold for hold in same_rule if _timer_set(hold) <= known_until]
        surplus = len(same_rule) + 1 - SEPARATE_HOLDS_KEPT
    else:
        over = _ended(same_rule, at)
        surplus = len(over) - SEPARATE_HOLDS_MAX
    return sorted(over, key=_cause_at)[: max(surplus, 0)]


def _cause_at(hold: Hold) -> datetime:
    return hold.cause.at


def _timer_set(hold: Hold) -> datetime:
    """Return the latest timer that any trigger of the hold set, settled or not."""
    return max(_over_at(trigger) for trigger in hold.triggers)


def _least_important(triggers: tuple[HoldTrigger, ...]) -> HoldTrigger:
    """Rule 6: never the cause or the latest that counts; first a settled one, then the one that is over first."""
    joined = triggers[1:]
    settled = [trigger for trigger in joined if trigger.settled_at is not None]
    if settled:
        return min(settled, key=_over_at)
    latest = max(triggers, key=lambda trigger: (trigger.settled_at is None, trigger.at))
    return min((trigger for trigger in joined if trigger is not latest), key=_over_at)


def _over_at(trigger: HoldTrigger) -> datetime:
    """Return when the timer that the trigger set is over; one without a timer is over at its own instant."""
    return trigger.at if trigger.until is None else trigger.until


def _is_over(trigger: HoldTrigger, at: datetime) -> bool:
    return trigger.until is not None and trigger.until <= at
