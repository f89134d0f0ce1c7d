"""The one way in which money leaves: ask and mark in one transaction, commit it, then send.

The mark fails if the account has another version than the one that was asked about.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, select, update
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
    if payout is None or not await _is_ours(sessions, payout, clock()):
        return Sent(answer, let_go=False)
    async with asyncio.timeout(rail.timeout.total_seconds()):
        await rail.send(payout.id, payout.amount, payout.destination)
    async with sessions.begin() as db:
        # The rail has it: that is a fact, whatever the state has become meanwhile.
        await db.execute(update(Payout).where(Payout.id == payout.id).values(state="sent"))
    return Sent(answer, let_go=True)


async def _is_ours(sessions: Sessions, payout: Payout, now: datetime) -> bool:
    """Tell whether this call may still let the money go: after a pause, somebody else may have it."""
    same = and_(Payout.id == payout.id, Payout.state == "leaving", Payout.left_at == payout.left_at)
    async with sessions() as db:
        return bool((await db.execute(select(exists().where(same, Payout.lease_until > now)))).scalar())


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
    """Take each payout whose lease has ended from its sender, ask the rail, and return what became of it.

    What the rail does not know may still be on its way. It is requested again only if a second sending under its id
    moves nothing. Otherwise it stays `unclear`: the rail is asked again after each lease, and a person may `settle` it.
    """
    async with sessions() as db:
        overdue = and_(Payout.state.in_(("leaving", "unclear")), Payout.lease_until <= now)
        rows = (await db.execute(select(Payout.id, Payout.lease_until).where(overdue))).all()
    became = dict[str, str]()
    for payout_id, lease_until in rows:
        same, unclear = Payout.id == payout_id, {"state": "unclear", "lease_until": now + lease_of(rail)}
        if not await _is_written(sessions, and_(same, overdue, Payout.lease_until == lease_until), **unclear):
            continue  # another worker has taken it; from here on its sender lets nothing go
        unsent = "requested" if rail.is_idempotent else "unclear"
        state = "sent" if await rail.has_sent(payout_id) else unsent
        if await _is_written(sessions, and_(same, Payout.state == "unclear"), state=state):
            became[payout_id] = state
    return became


async def settle(sessions: Sessions, rail: Rail, payout_id: str, state: str, now: datetime) -> bool:
    """Write what a person has learnt from the bank about an unclear payout, and return whether it was in time.

    `requested` waits for two leases: a sender begins within the first, and its call ends within the second.
    """
    unclear = and_(Payout.id == payout_id, Payout.state == "unclear")
    if state != "sent":
        unclear = and_(unclear, Payout.left_at <= now - 2 * lease_of(rail))
    return await _is_written(sessions, unclear, state=state)


async def _is_written(sessions: Sessions, where: ColumnElement[bool], **values: object) -> bool:
    """Write a payout if it is as expected, commit, and tell whether it was."""
    async with sessions.begin() as db:
        written = await db.execute(update(Payout).where(where).values(**values).returning(Payout.id))
        return written.one_or_none() is not None
