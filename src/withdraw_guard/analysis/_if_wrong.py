"""`if_wrong`: which reports to retract, if they were wrong, so that a hold no longer stops the account.

A retraction corrects the record and is no way out. So `way_out` never uses one, and this is a question of its own.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import final

import attrs

from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._factory import ADMIN
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import EventRetracted
from withdraw_guard._model.hold import Hold, HoldTrigger, counts_until
from withdraw_guard._model.policy import Policy
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.ids import Authority, EventId, HoldId
from withdraw_guard._values.time import utc
from withdraw_guard._values.value import Value
from withdraw_guard.analysis._people import stopping, unused_ids


@final
@attrs.frozen(kw_only=True, repr=False)
class IfWrong(Value):
    """If it was wrong to report these events, their retraction ends the hold.

    An admin retracts each, for one of these authorities. The events are all that keep the hold open, so the hold stays
    if one of the reports was right.
    """

    hold: HoldId
    events: tuple[EventId, ...]
    authorities: frozenset[Authority]


def if_wrong(policy: Policy, account: Account, at: datetime, request: Request = WITHDRAWAL) -> tuple[IfWrong, ...]:
    """Return, for each hold that stops the request at `at`, which reports to retract if they were wrong.

    `policy` is the one in force: it says for which authorities an admin may retract. If it names none, nothing is
    returned.
    """
    check_type("policy", policy, Policy, "a Policy")
    check_type("account", account, Account, "an Account")
    check_type("request", request, Request, "a Request")
    at = utc("at", at)
    if not policy.retractable_by:
        return ()
    return tuple(
        IfWrong(hold=hold.id, events=_kept_open_by(policy, account, hold, at), authorities=policy.retractable_by)
        for hold in stopping(account, at, request)
    )


def _kept_open_by(policy: Policy, account: Account, hold: Hold, at: datetime) -> tuple[EventId, ...]:
    """Return the events whose timers still run, if their retraction ends the hold; else all that still count."""
    counting = [trigger for trigger in hold.triggers if trigger.settled_at is None or at < trigger.settled_at]
    running = _events_of(trigger for trigger in counting if at < (counts_until(trigger) or at))
    return running if _is_ended_by(running, policy, account, hold, at) else _events_of(counting)


def _events_of(triggers: Iterable[HoldTrigger]) -> tuple[EventId, ...]:
    return tuple(dict.fromkeys(trigger.event for trigger in triggers))


def _is_ended_by(events: tuple[EventId, ...], policy: Policy, account: Account, hold: Hold, at: datetime) -> bool:
    authority = min(policy.retractable_by)
    for event, unused in zip(events, unused_ids(account), strict=False):
        retraction = EventRetracted(
            id=unused, account=account.id, at=at, event=event, by=ADMIN, authority=authority, note="if it was wrong"
        )
        account = apply(policy, account, retraction).account
    return not any(left.id == hold.id and left.is_open(at) for left in account.holds)
