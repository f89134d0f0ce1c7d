"""One door for everything that happens: `report`. And one question for everything that leaves: `ask`.

An event is a document in the wire format. Whatever keeps it from being applied parks it, and the account with it:
while it waits, `ask` has no answer, and no money leaves.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TypeAlias
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from withdraw_guard import (
    WITHDRAWAL,
    ActorKind,
    Change,
    Decision,
    Event,
    Facts,
    GuardError,
    InvalidValue,
    Request,
    SecurityEvent,
    apply,
    check,
    not_after,
    wire,
)

from guard import config
from guard.models import Entry, GuardedAccount, Message, Payout

log = logging.getLogger("guard")

Document: TypeAlias = Mapping[str, object]
OURS = "ours"
"""The sender of events that this project reports itself."""


class NoAnswer(Exception):
    """Nobody knows whether this account may withdraw, so it may not. Somebody has been called."""


def happened(
    account: object, trigger: str, initiated_by: ActorKind, facts: Mapping[str, object] | None = None, **more: object
) -> None:
    """Report a security event of now, with the facts that some rule asks for."""
    asked_for = {name for rule in config.policy().rules for name in rule.where}
    context = Facts.clipped({name: fact for name, fact in (facts or {}).items() if name in asked_for})
    event = {"type": "security_event", "trigger": str(trigger), "initiated_by": initiated_by.value, **more}
    report(str(account), {**header(account), **event, "context": dict(context)})


def header(account: object) -> dict[str, object]:
    """Return the members that every event has: a new id, the account, and now."""
    return {"id": uuid4().hex, "account": str(account), "at": config.now().isoformat()}


def report(account: str, *events: Document | Event, message: Message | None = None) -> tuple[Change, ...] | None:
    """Apply events about an account, all or none, and return the changes; `None` if they were parked.

    It is part of your transaction, so that the change and its event commit together. `EventRefused` may be raised.
    `message` is where the events came in, if they did.
    """
    documents = [event if isinstance(event, Mapping) else wire.to_dict(event) for event in events]
    sender, before = (OURS, None) if message is None else (message.sender, message.pk)
    try:
        with transaction.atomic():
            row = _row(account)
            if is_parked(account, sender, before):
                raise NoAnswer("it waits behind an event that could not be applied")
            return _applied(row, documents)
    except (InvalidValue, NoAnswer) as problem:
        park(message or Message.kept(OURS, json.dumps(documents), config.now(), account), str(problem))
        return None


def number_of(account: str) -> int | None:
    """Return the key of the row of an account, or none if no row has this name."""
    return int(account) if account.isascii() and account.isdecimal() else None


def _row(account: str, *, lock: bool = True) -> GuardedAccount:
    """Locked `for no key update`, so that a payout that refers to the account can be written meanwhile."""
    rows = GuardedAccount.objects.select_for_update(no_key=True) if lock else GuardedAccount.objects.all()
    row = rows.filter(pk=number_of(account)).first()
    if row is None:
        raise NoAnswer("the row of the account is missing")
    return row


def _applied(row: GuardedAccount, documents: list[Document]) -> tuple[Change, ...]:
    at = config.now()
    events = [not_after(wire.event_from_dict(document), at) for document in documents]
    applied = apply(config.policy(), row.account, *events)
    if applied.changes:
        row.keep(applied.account, at)
    changes = json.dumps([wire.to_dict(change) for change in applied.changes])
    Entry.objects.bulk_create(
        [
            Entry(account=row, received_at=at, event=json.dumps(wire.to_dict(event)), changes=changes)
            for event in events
        ],
        ignore_conflicts=True,
    )
    for event in events:
        if isinstance(event, SecurityEvent) and applied.changes:
            gone = row.payouts.filter(left_at__gte=event.at).exclude(state=Payout.State.FAILED)
            if gone.update(doubted_by=event.id):
                log.critical("money may be gone: payouts of account %s left since event %s", row.pk, event.id)
    return applied.changes


def park(message: Message, problem: str, *, blocks: bool = True) -> None:
    """Keep a message that cannot be applied now, and call somebody."""
    message.problem, message.blocks = problem, blocks
    message.save()
    log.critical("account %s: %s", message.account or "unknown", problem)


def is_parked(account: str, sender: str | None = None, before: int | None = None) -> bool:
    """Tell whether a message about this account waits: of anybody, or of one sender, who is kept in order."""
    waiting = Message.objects.filter(Q(account=account) | Q(account=""), blocks=True)
    waiting = waiting if sender is None else waiting.filter(sender=sender)
    return (waiting if before is None else waiting.filter(pk__lt=before)).exists()


def ask(account: object, request: Request = WITHDRAWAL, *, lock: bool = False) -> Decision:
    """Return the answer of now. Raises `NoAnswer` if nobody knows: then nothing leaves, and somebody is called."""
    try:
        row = _row(str(account), lock=lock)
        if is_parked(str(account)):
            raise NoAnswer("an event about the account could not be applied yet")
        return check(row.account, config.now(), request)
    except (GuardError, NoAnswer) as problem:
        log.critical("account %s: %s", account, problem)
        raise NoAnswer(str(problem)) from problem
