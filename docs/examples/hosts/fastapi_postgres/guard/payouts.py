"""The one way in which money leaves: ask and mark in one transaction, commit it, then send.

The mark fails if the account has another version than the one that was asked about.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from guard.accounts import Sessions, load, store, trying
from guard.tables import Payout
from withdraw_guard import Decision, Request, check, operations

Clock = Callable[[], datetime]


class Rail(Protocol):
    """The bank, the chain or the card network. The payout id is the key at the other end.

    `send` is given up after `timeout`. `is_idempotent` says whether two sendings under one id move money once.
    """

    timeout: timedelta
    is_idempotent: bool

    async def send(self, payout: str, amount: int, destination: str) -> None: ...
    async def has_sent(self, payout: str) -> bool: ...


class NoSuchPayout(LookupError):
    """There is no payout of that id."""


@dataclass(frozen=True)
class Sent:
    """The answer, and whether this very call let the money go."""

    answer: Decision
    let_go: bool


async def send(sessions: Sessions, rail: Rail, payout_id: str, clock: Clock) -> Sent:
    """Send a payout if it may leave now. What the rail raises is raised, and the payout stays `leaving`."""
    answer, payout = await trying(sessions, lambda db: mark(db, payout_id, clock(), lease_of(rail)))
    if payout is None:
        return Sent(answer, let_go=False)
    async with asyncio.timeout(rail.timeout.total_seconds()):
        await rail.send(payout.id, payout.amount, payout.destination)
    async with sessions.begin() as db:
        # The rail has it: that is a fact, whatever the state has become meanwhile.
        await db.execute(update(Payout).where(Payout.id == payout.id).values(state="sent"))
    return Sent(answer, let_go=True)


def lease_of(rail: Rail) -> timedelta:
    """How long a payout may be leaving before somebody asks: longer than any sender may take that is alive."""
    return 3 * rail.timeout


async def mark(db: AsyncSession, payout_id: str, now: datetime, lease: timedelta) -> tuple[Decision, Payout | None]:
    """Ask about the account as it is now; if the payout may leave, mark it and return it. Commit before you send."""
    payout = (await db.execute(select(Payout).where(Payout.id == payout_id))).scalar_one_or_none()
    if payout is None:
        raise NoSuchPayout(payout_id)
    loaded = await load(db, payout.account)
    asked = Request(operation=operations.WITHDRAWAL, destination_id=payout.destination, account=payout.account)
    answer = check(loaded.account, now, asked)
    if not answer or payout.state != "requested":
        return answer, None
    await store(db, loaded, now)  # it raises `Overtaken` if anything was reported since `load`
    leaving = update(Payout).where(Payout.id == payout_id, Payout.state == "requested")
    leaving = leaving.values(state="leaving", left_at=now, lease_until=now + lease)
    marked = (await db.execute(leaving.returning(Payout.id))).one_or_none()
    return answer, payout if marked else None


async def recover(sessions: Sessions, rail: Rail, now: datetime) -> dict[str, str]:
    """Settle what was left leaving for longer than its lease, and return what became of it.

    What the rail does not know is requested again only if a second sending under its id moves nothing, because a sender
    that was paused may still wake up. Else it is `unclear`, and a person asks the bank.
    """
    async with sessions() as db:
        overdue = select(Payout.id, Payout.left_at).where(Payout.state == "leaving", Payout.lease_until <= now)
        rows = (await db.execute(overdue)).all()
    became = dict[str, str]()
    for payout_id, left_at in rows:
        unsent = "requested" if rail.is_idempotent else "unclear"
        state = "sent" if await rail.has_sent(payout_id) else unsent
        same = (Payout.id == payout_id, Payout.state == "leaving", Payout.left_at == left_at)
        async with sessions.begin() as db:
            done = await db.execute(update(Payout).where(*same).values(state=state).returning(Payout.id))
            became |= dict.fromkeys(done.scalars(), state)
    return became
