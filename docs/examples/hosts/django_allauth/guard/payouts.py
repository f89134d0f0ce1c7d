"""The only way in which money leaves: ask and mark in one transaction, commit it, then send.

`send` and `recover` open the outermost transaction (`durable`). Inside another one, such as that of `ATOMIC_REQUESTS`,
they raise before anything is marked: the mark would not be committed when the money leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from withdraw_guard import Decision, Request, operations

from guard import config
from guard.events import ask
from guard.models import Payout

State = Payout.State


@dataclass(frozen=True)
class Sent:
    """The answer of the guard, whether *this call* let the money go, and what is known of the payout now."""

    answer: Decision
    let_go: bool
    state: str


def send(payout_id: UUID) -> Sent:
    """Let a payout leave, if it is still to leave and the account may withdraw now. Raises `NoAnswer`: nothing left."""
    with transaction.atomic(durable=True):
        account = Payout.objects.values_list("account_id", flat=True).get(pk=payout_id)
        answer = ask(account, Request(operation=operations.WITHDRAWAL, account=str(account)), lock=True)
        payout = Payout.objects.select_for_update(no_key=True).get(pk=payout_id)
        if payout.state != State.REQUESTED or not answer:
            return Sent(answer, let_go=False, state=payout.state)
        payout.state, payout.marks, payout.left_at = State.LEAVING, payout.marks + 1, config.now()
        payout.lease_until = payout.left_at + settings.GUARD_LEASE
        payout.save()
    if not _is_ours(payout):
        return Sent(answer, let_go=False, state=State.UNCLEAR)
    return Sent(answer, let_go=True, state=_sent(payout))


def _is_ours(payout: Payout) -> bool:
    """Tell whether this call may still let the money go: after a pause, somebody else may have it."""
    same = Payout.objects.filter(pk=payout.pk, marks=payout.marks, state=State.LEAVING)
    return same.filter(lease_until__gt=config.now()).exists()


def _sent(payout: Payout) -> str:
    """Send, with no transaction open. What is not known afterwards stays *leaving*, and `recover` asks the rail."""
    try:
        config.rail().send(payout)
    except config.NotSent:
        state = State.FAILED
    except Exception:  # a time-out, a broken connection: the money may have left
        return State.LEAVING
    else:
        state = State.SENT
    # Recovery may have been here meanwhile. What this call knows is newer, unless somebody has marked it again.
    Payout.objects.filter(pk=payout.pk, marks=payout.marks).update(state=state)
    return state


def recover() -> None:
    """Take each payout whose lease has ended from its sender, and ask the rail about it.

    What the rail does not know may still be on its way. It is *requested* again only if the rail sends an id once;
    otherwise it stays *unclear*: the rail is asked again after each lease, and a person may `settle` it.
    """
    now = config.now()
    for payout in Payout.objects.filter(state__in=(State.LEAVING, State.UNCLEAR), lease_until__lte=now):
        if _takes(payout, now):
            state = State.SENT if config.rail().knows(payout) else State.UNCLEAR
            if state == State.UNCLEAR and config.rail().idempotent:
                state = State.REQUESTED
            Payout.objects.filter(pk=payout.pk, state=State.UNCLEAR, marks=payout.marks).update(state=state)


def _takes(payout: Payout, now: datetime) -> bool:
    """Tell whether this worker, and no other one, recovers the payout. From here on its sender lets nothing go."""
    with transaction.atomic(durable=True):
        same = Payout.objects.filter(pk=payout.pk, state=payout.state, lease_until=payout.lease_until)
        return same.update(state=State.UNCLEAR, lease_until=now + settings.GUARD_LEASE) == 1


def settle(payout_id: UUID, state: str) -> bool:
    """Write what a person has learnt from the bank about an unclear payout, and return whether it was in time.

    *Requested* and *failed* wait for two leases: a sender begins within the first, and its call ends within the second.
    """
    unclear = Payout.objects.filter(pk=payout_id, state=State.UNCLEAR)
    if state != State.SENT:
        unclear = unclear.filter(left_at__lte=config.now() - 2 * settings.GUARD_LEASE)
    return unclear.update(state=state) == 1
