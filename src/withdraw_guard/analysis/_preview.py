"""`migrate_preview`: which open holds a new policy would have placed in another way. It changes nothing.

An open hold keeps its terms under every policy. So a new policy changes nothing for accounts that are held now, but
accounts with the same trigger a day later are held in another way. A support desk wants to know which accounts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import final

import attrs

from withdraw_guard import _factory
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import SecurityEvent
from withdraw_guard._model.hold import Hold, HoldTrigger
from withdraw_guard._model.policy import Policy
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import AccountId, EventId
from withdraw_guard._values.time import utc
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import LiftedBy


@final
@attrs.frozen(kw_only=True, repr=False)
class Otherwise(Value):
    """An open hold, and the holds that the new policy would have placed instead.

    There are none if the new policy would have placed none that is still open, or only holds that the account has.
    A hold does not remember the facts of its triggers. They are assumed to be exactly those that its rule asks for.
    Only a hold about one destination remembers a destination. For any other hold the events are assumed to name none.
    """

    account: AccountId
    hold: Hold
    instead: tuple[Hold, ...]


def migrate_preview(accounts: Iterable[Account], new: Policy, at: datetime) -> tuple[Otherwise, ...]:
    """Return every hold that is open at `at` and that the new policy would have placed in another way.

    Only what differs at `at` counts: what is held, until when, and how it is lifted. Another id is no difference, and
    neither is another condition. A further hold beside one that stays the same is none either, because an account does
    not say which holds ended before; `compare` names the rule that would place it. Holds that the account has already
    are left out. A chosen duration that the new policy does not offer counts as no choice. Raises `InvalidValue` if the
    calendar of the new policy begins after a trigger.
    """
    check_type("new", new, Policy, "a Policy")
    at = utc("at", at)
    return tuple(preview for account in accounts for preview in _previews(account, new, at))


def _previews(account: Account, new: Policy, at: datetime) -> Iterator[Otherwise]:
    effects = {_effect(hold) for hold in account.holds if hold.is_open(at)}
    for hold in account.holds:
        if hold.is_open(at):
            placed = [each for each in _placed(account, hold, new) if each.is_open(at)]
            if all(_effect(each) != _effect(hold) for each in placed):
                instead = tuple(each for each in placed if _effect(each) not in effects)
                yield Otherwise(account=account.id, hold=hold, instead=instead)


def _effect(hold: Hold) -> tuple[object, ...]:
    """Return what a hold stops, until when, and how it is lifted, whoever has done what about it."""
    rule = hold.rule
    waits_for_all = rule.has_timer and rule.clearance is not None and rule.lifted_by is LiftedBy.ALL
    return rule.scope, hold.destination_id, hold.until, rule.clearance, waits_for_all, rule.releasable_by


def _placed(account: Account, hold: Hold, new: Policy) -> tuple[Hold, ...]:
    """Return the holds that the triggers of this hold would have placed on a fresh account, settled as they are here.

    They are reported in the order of the hold, because the first is its cause.
    """
    events = [_event_of(account, hold, trigger) for trigger in hold.triggers]
    fresh = Account(id=account.id)
    try:
        placed = apply(new, fresh, *events).account.holds
    except InvalidValue:
        # The new policy does not offer the chosen duration, so its rule says how long.
        placed = apply(new, fresh, *(attrs.evolve(event, duration=None) for event in events)).account.holds
    settled_at = {(trigger.event, trigger.at): trigger.settled_at for trigger in hold.triggers}
    return tuple(_settled(each, settled_at) for each in placed)


def _settled(hold: Hold, settled_at: Mapping[tuple[EventId, datetime], datetime | None]) -> Hold:
    triggers = (attrs.evolve(each, settled_at=settled_at[each.event, each.at]) for each in hold.triggers)
    return attrs.evolve(hold, triggers=tuple(triggers))


def _event_of(account: Account, hold: Hold, trigger: HoldTrigger) -> SecurityEvent:
    event = _factory.security_event(hold.rule.trigger, account.id, trigger.event, trigger.at, hold.rule.where)
    chosen = None if hold.rule.chosen is None or trigger.until is None else trigger.until - trigger.at
    return attrs.evolve(event, duration=chosen, destination_id=hold.destination_id)
