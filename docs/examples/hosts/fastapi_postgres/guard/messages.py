"""What is reported: kept word for word, and handled whenever the account is loaded.

`happened` is the outbox: it commits with the change that it tells of. `receive` is the inbox of verified senders.
`handle` applies what waits; what it cannot handle parks the account.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from guard import webhooks
from guard.policy import ASKED_FOR, POLICY, SOURCES
from guard.tables import GuardAccount, GuardMessage, GuardSubject
from withdraw_guard import (
    Account,
    ActorKind,
    Change,
    Event,
    EventRefused,
    Facts,
    InvalidValue,
    SecurityEvent,
    apply,
    not_after,
)
from withdraw_guard.intake import Ignored, Outcome, Unreadable, read
from withdraw_guard.wire import event_from_dict, parse, to_dict

OURS, DETECTOR = "ours", "detector"
BODY_MAX = 64 * 1024


@dataclass(frozen=True)
class Waiting:
    """A message that the account does not know yet."""

    seq: int
    source: str
    body: str
    received_at: datetime


@dataclass(frozen=True)
class Handled:
    """What became of a message, and why."""

    seq: int
    state: str
    why: str | None = None


async def happened(
    db: AsyncSession, account_id: str, trigger: str, by: ActorKind, now: datetime, facts: Mapping[str, object]
) -> None:
    """Report a change of your own in its transaction. Only facts that a rule asks for are taken along.

    An event that cannot be built parks the account, like one that cannot be read: something did happen.
    """
    asked_for = Facts.clipped({name: facts[name] for name in ASKED_FOR & facts.keys()})
    name = uuid4().hex
    try:
        event = SecurityEvent(id=name, account=account_id, at=now, trigger=trigger, initiated_by=by, context=asked_for)
        body = json.dumps(to_dict(event))
    except InvalidValue as fault:
        body = f"{name} cannot be built: {fault}: {trigger!r} by {by!r} at {now!r}"
    await take(db, OURS, body.encode(), now, account=account_id)


async def take(
    db: AsyncSession,
    source: str,
    body: bytes,
    now: datetime,
    *,
    account: str | None,
    subject: str | None = None,
    state: str = "waiting",
) -> int:
    """Keep a message and return its number. The account gets a newer version, so that no payout overlooks it.

    The same message again keeps the instant of its first receipt; one that was refused is tried again.
    """
    newer = update(GuardAccount).where(GuardAccount.id == account).values(version=GuardAccount.version + 1)
    await db.execute(newer)
    text = body.decode("utf-8", "backslashreplace").replace("\0", "\\0")
    text = text if len(text) <= BODY_MAX else f"too large, it begins with {text[:BODY_MAX]}"
    row = {"account": account, "source": source, "subject": subject, "body": text, "received_at": now, "state": state}
    kept = insert(GuardMessage).values(**row, digest=hashlib.sha256(body).hexdigest())
    again = {"state": func.replace(GuardMessage.state, "refused", state)}
    kept = kept.on_conflict_do_update(index_elements=["source", "digest"], set_=again)
    return (await db.execute(kept.returning(GuardMessage.seq))).scalar_one()


async def receive(db: AsyncSession, source: str, body: bytes, now: datetime) -> str | None:
    """Keep what a verified sender said, and return whose it is; none if it waits until the subject is known.

    While a message waits of which not even the subject can be read, every account is parked.
    """
    met = list[Mapping[str, Any]]()
    try:
        # `append` returns none: here the account does not matter.
        outcome: Outcome = read(SOURCES[source], parse(body.decode()), lambda who: met.append(who), now)
    except (InvalidValue, UnicodeDecodeError) as fault:
        outcome = Unreadable(path="", problem=str(fault))
    subject = str(met[0].get("session") or met[0].get("sub") or json.dumps(met[0], default=str)) if met else None
    found = select(GuardSubject.account).where(GuardSubject.source == source, GuardSubject.subject == subject)
    account = (await db.execute(found)).scalar_one_or_none()
    state = "ignored" if isinstance(outcome, Ignored) else "waiting"
    await take(db, source, body, now, account=account, subject=subject, state=state)
    return account


async def know_subject(db: AsyncSession, source: str, subject: str, account: str) -> None:
    """Write down whom a sender will mean, in the transaction that reports the start, or that links the login."""
    await db.execute(insert(GuardSubject).values(source=source, subject=subject, account=account))


def handle(
    account: Account, waiting: Iterable[Waiting]
) -> tuple[Account, tuple[Handled, ...], tuple[Change, ...], str | None]:
    """Apply the messages in order; the last value is why the first cannot be handled that cannot.

    What a vendor said too early is tried again after what came behind it, and then waits for its predecessor.
    """
    handled, changes, left = tuple[Handled, ...](), tuple[Change, ...](), list(waiting)
    while left:
        early = list[Waiting]()
        for message in left:
            try:
                account, made, done = _one(account, message)
            except InvalidValue as fault:
                return account, handled, changes, f"message {message.seq} cannot be handled: {fault}"
            changes += made
            if done is None:
                early.append(message)
            else:
                handled += (done,)
        left = early if len(early) < len(left) else []
    return account, handled, changes, None


def _one(account: Account, message: Waiting) -> tuple[Account, tuple[Change, ...], Handled | None]:
    """Apply one message: the account, its changes, and what became of it; none if it may only be early."""
    changes, data, refused = tuple[Change, ...](), parse(message.body), tuple[EventRefused, ...]()

    def report(event: Event) -> None:
        nonlocal account, changes
        made = apply(POLICY, account, event)
        account, changes = made.account, changes + made.changes

    if message.source in SOURCES:
        said = webhooks.receive(SOURCES[message.source], data, lambda _: account, message.received_at, report)
        if isinstance(said, Unreadable):
            raise InvalidValue(said.path, said.problem)
        if isinstance(said, Ignored):
            return account, changes, Handled(message.seq, "ignored", said.reason)
        if not all(each.outdated for each in said):
            return account, changes, None
        refused = said
    else:
        event = event_from_dict(data)
        try:
            report(event if message.source == OURS else not_after(event, message.received_at))
        except EventRefused as refusal:
            refused = (refusal,)
    why = "; ".join(map(str, refused))
    return account, changes, Handled(message.seq, "refused" if refused else "applied", why or None)
