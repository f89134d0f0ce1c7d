"""From a security event to the holds it places (rulebook 6 to 11).

Each rule is asked by itself, and for each there are three answers: it has heard of this already, it joins the
hold that is open, or it places a new one. Whatever else the account holds is left alone, so a security event can
only add.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from withdraw_guard._account import Account
from withdraw_guard._changes import Change, HoldPlaced, HoldRepeated
from withdraw_guard._events import INITIATED_BY, SecurityEvent
from withdraw_guard._facts import Fact
from withdraw_guard._holds import Hold, Occurrence
from withdraw_guard._ids import HoldId
from withdraw_guard._policy import Policy, Rule
from withdraw_guard._progress import Restored


def place_holds(policy: Policy, account: Account, event: SecurityEvent) -> tuple[Change, ...]:
    """Return what each rule that listens to this event makes of it, in the order of the policy."""
    rules = policy.rules_by_trigger.get(event.trigger)
    if not rules:
        return ()
    occurrence = Occurrence(event=event.id, at=event.at)
    changes = (_ask(rule, policy, account, event, occurrence) for rule in rules if _matches(rule, event))
    return tuple(change for change in changes if change is not None)


def _matches(rule: Rule, event: SecurityEvent) -> bool:
    """Whether no fact of the event says otherwise. What the event does not say matches: unknown means held."""
    return not any(_says_otherwise(event, name, expected) for name, expected in rule.where.items())


def _says_otherwise(event: SecurityEvent, name: str, expected: Fact) -> bool:
    if name == INITIATED_BY:
        return type(expected) is str and expected != event.initiated_by.value
    return event.context.says_otherwise(name, expected)


def _ask(rule: Rule, policy: Policy, account: Account, event: SecurityEvent, trigger: Occurrence) -> Change | None:
    same_rule = [hold for hold in account.holds if hold.rule is rule or hold.rule == rule]
    if _is_heard(rule, account, same_rule, trigger):
        return None
    joined = next((hold for hold in same_rule if _is_joined(hold, trigger)), None)
    if joined is not None:
        return HoldRepeated(account=account.id, event=event.id, at=event.at, hold=joined.id)
    forgotten = tuple(hold.id for hold in same_rule if _is_forgotten(hold, trigger))
    hold_id = _free_id(account, f"{event.id}:{rule.id}")
    hold = Hold(id=hold_id, rule=rule, policy=policy.ref, cause=trigger, latest=trigger)
    return HoldPlaced(account=account.id, event=event.id, at=event.at, hold=hold, forgotten=forgotten)


def _is_heard(rule: Rule, account: Account, same_rule: Iterable[Hold], trigger: Occurrence) -> bool:
    """Rule 7, once is enough: this very event is known, or a hold of these terms reaches beyond it."""
    if any(trigger in (hold.cause, hold.latest) for hold in account.holds if hold.rule.id == rule.id):
        return True
    return any(
        hold.latest.at >= trigger.at and not (hold.end is not None and hold.end < trigger.at) for hold in same_rule
    )


def _is_joined(hold: Hold, trigger: Occurrence) -> bool:
    """Rule 8: it is open at that instant, and nobody has lifted it."""
    return hold.is_open(trigger.at) and type(hold.progress.state) is not Restored


def _is_forgotten(hold: Hold, trigger: Occurrence) -> bool:
    """Rule 9: it had ended by then and knows of nothing later."""
    return not hold.is_open(trigger.at) and hold.knows_of <= trigger.at


def _free_id(account: Account, plain: str) -> HoldId:
    """Rule 10: ids are derived, never generated; `#2`, `#3`, … where the account already has that one."""
    taken = {hold.id for hold in account.holds}
    if plain not in taken:
        return HoldId(plain)
    return next(HoldId(f"{plain}#{n}") for n in count(2) if f"{plain}#{n}" not in taken)
