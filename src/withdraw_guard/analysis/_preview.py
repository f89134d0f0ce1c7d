"""`migrate_preview`: which open holds a new policy would have placed otherwise. It changes nothing.

An open hold keeps its terms, whatever policy is in force: that is a promise. So a change of policy is seen by those
who are held now only in that others, flagged a day later, are held otherwise. A support desk wants to know whom.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import final

import attrs

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import SecurityEvent
from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import AccountId
from withdraw_guard._values.time import utc
from withdraw_guard._values.value import Value
from withdraw_guard.analysis._deeds import fired


@final
@attrs.frozen(kw_only=True, repr=False)
class Otherwise(Value):
    """An open hold, and the holds that the new policy would have placed instead.

    There is none if the new policy would have placed nothing, or only what other holds of the account are already.
    A hold remembers its triggers and not their facts. They are taken to be just those that its rule asked for.
    Only a hold about one destination remembers a destination. For any other hold, the event is taken to name none.
    """

    account: AccountId
    hold: Hold
    instead: tuple[Hold, ...]


def migrate_preview(accounts: Iterable[Account], new: Policy, at: datetime) -> tuple[Otherwise, ...]:
    """Return every hold that is open at `at` and that the new policy would have placed otherwise.

    What the new policy would have placed besides, and the account has already by other holds, is left out. A duration
    that was chosen and that the new policy does not offer is taken for one that nobody chose. Raises `InvalidValue` if
    the calendar of the new policy does not reach back to a trigger.
    """
    check_type("new", new, Policy, "a Policy")
    at = utc("at", at)
    return tuple(
        Otherwise(account=account.id, hold=hold, instead=_instead(account, hold, new))
        for account in accounts
        for hold in account.holds
        if hold.is_open(at) and hold.rule not in {other.rule for other in _placed(account, hold, new)}
    )


def _instead(account: Account, hold: Hold, new: Policy) -> tuple[Hold, ...]:
    others: set[Rule] = {other.rule for other in account.holds}
    return tuple(placed for placed in _placed(account, hold, new) if placed.rule not in others)


def _placed(account: Account, hold: Hold, new: Policy) -> tuple[Hold, ...]:
    """Return what the triggers of the hold would have placed on an account that has nothing else."""
    told = tuple(_told(account, hold, trigger) for trigger in dict.fromkeys((hold.cause, hold.latest)))
    fresh = Account(id=account.id)
    try:
        return apply(new, fresh, *told).account.holds
    except InvalidValue:
        # What was chosen is not on offer any more: then the rule says how long.
        return apply(new, fresh, *(attrs.evolve(event, duration=None) for event in told)).account.holds


def _told(account: Account, hold: Hold, trigger: Occurrence) -> SecurityEvent:
    return attrs.evolve(
        fired(hold.rule.trigger, trigger.event, trigger.at, hold.rule.where),
        account=account.id,
        duration=_chosen(hold, trigger),
        destination_id=hold.destination_id,
    )


def _chosen(hold: Hold, trigger: Occurrence) -> timedelta | None:
    """Return what was chosen, as far as it is on record: one of several triggers set the timer."""
    if hold.timer is None or hold.rule.chosen is None:
        return None
    return min(hold.timer - trigger.at, hold.rule.chosen.maximum)
