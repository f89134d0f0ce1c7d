"""An account as it is now: its row, and the messages that wait for it. Whoever stores it compares its version.

`ask` answers for a page, `report` applies an event at once, `deliver` applies what waits. These and the payout are made
of `load`, `store` and `trying`.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from guard.messages import OURS, Handled, Waiting, handle, take
from guard.policy import POLICY
from guard.tables import GuardAccount, GuardMessage, GuardSubject, Payout
from withdraw_guard import (
    Account,
    Change,
    Decision,
    Event,
    HoldPlaced,
    HoldRepeated,
    InvalidValue,
    apply,
    check,
    next_change_at,
    open_holds,
)
from withdraw_guard.steps import AwaitAppeal, AwaitReview
from withdraw_guard.wire import account_from_dict, parse, to_dict

T = TypeVar("T")
Sessions = async_sessionmaker[AsyncSession]
PATIENCE = timedelta(seconds=10)


class NotKnown(Exception):
    """It is not known what has happened: no row, or a row or a message that cannot be read. Deny, and call somebody."""


class Overtaken(Exception):
    """Somebody else has written the account since it was loaded."""


@dataclass(frozen=True)
class Loaded:
    """An account after its messages, the version of its row, what is to be stored with it, and what parks it."""

    after: Account
    version: int
    is_changed: bool
    handled: tuple[Handled, ...]
    changes: tuple[Change, ...]
    parked: str | None

    @property
    def account(self) -> Account:
        """The account; `NotKnown` is raised while a message is parked: then nobody knows whether it is held."""
        if self.parked is not None:
            raise NotKnown(self.parked)
        return self.after


async def open_account(db: AsyncSession, account_id: str, now: datetime) -> None:
    """Write the row of a new account: call it where the user is created, and nowhere else."""
    await db.execute(insert(GuardAccount).values(id=account_id, version=1, **columns_of(Account(id=account_id), now)))


async def ask(sessions: Sessions, account_id: str, now: datetime) -> Decision:
    """Answer for a page. A payout does not rely on it: it asks again when it leaves."""
    async with sessions() as db:
        return check((await load(db, account_id)).account, now)


async def report(sessions: Sessions, event: Event, now: datetime) -> None:
    """Report an event in a transaction of its own. If it is refused, `EventRefused` is raised and nothing is stored."""
    await trying(sessions, lambda db: report_in(db, event, now))


async def report_in(db: AsyncSession, event: Event, now: datetime) -> None:
    """Report an event in the transaction of something else. `Overtaken` must end that transaction."""
    loaded = await load(db, event.account)
    made = apply(POLICY, loaded.account, event)
    changes = loaded.changes + made.changes
    await store(db, replace(loaded, after=made.account, changes=changes, is_changed=True), now)
    await take(db, OURS, json.dumps(to_dict(event)).encode(), now, account=event.account, state="applied")


async def deliver(sessions: Sessions, account_id: str, now: datetime) -> Loaded:
    """Handle what waits for an account, up to the first message that cannot be handled."""

    async def work(db: AsyncSession) -> Loaded:
        loaded = await load(db, account_id)
        if loaded.handled:
            await store(db, loaded, now)
        return loaded

    return await trying(sessions, work)


async def load(db: AsyncSession, account_id: str) -> Loaded:
    """Load the row and its messages in one statement: one instant of the database, whatever else is written."""
    to = GuardSubject
    means = and_(to.source == GuardMessage.source, to.subject == GuardMessage.subject, to.account == GuardAccount.id)
    of_a_subject = and_(GuardMessage.account.is_(None), or_(GuardMessage.subject.is_(None), exists().where(means)))
    waits = and_(GuardMessage.state == "waiting", or_(GuardMessage.account == GuardAccount.id, of_a_subject))
    message = (GuardMessage.seq, GuardMessage.source, GuardMessage.body, GuardMessage.received_at)
    found = select(GuardAccount.row, GuardAccount.version, *message).outerjoin(GuardMessage, waits)
    rows = (await db.execute(found.where(GuardAccount.id == account_id).order_by(GuardMessage.seq))).all()
    if not rows:
        raise NotKnown("the account has no row")
    try:
        account = account_from_dict(parse(rows[0].row), account=account_id, rules=POLICY.rules)
    except InvalidValue as fault:
        raise NotKnown(f"the row of the account cannot be read: {fault}") from None
    waiting = [Waiting(*row[2:]) for row in rows if row.seq is not None]
    after, handled, changes, parked = handle(account, waiting)
    return Loaded(after, rows[0].version, after is not account, handled, changes, parked)


async def store(db: AsyncSession, loaded: Loaded, now: datetime) -> None:
    """Write the account and what became of its messages. Raises `Overtaken` if its version is another one by now.

    If there is nothing to write, the version is only compared, and no event is committed before this transaction is:
    `for share` makes an event wait for it, and lets other payouts pass.
    """
    account, same = loaded.after, and_(GuardAccount.id == loaded.after.id, GuardAccount.version == loaded.version)
    if loaded.is_changed or loaded.handled:
        values = columns_of(account, now) if loaded.is_changed else {}
        newer = update(GuardAccount).where(same).values(version=loaded.version + 1, **values)
        is_same = (await db.execute(newer.returning(GuardAccount.id))).one_or_none()
    else:
        is_same = (await db.execute(select(GuardAccount.id).where(same).with_for_update(read=True))).one_or_none()
    if is_same is None:
        raise Overtaken(account.id)
    for done in loaded.handled:
        became = update(GuardMessage).where(GuardMessage.seq == done.seq)
        why = func.coalesce(done.why, GuardMessage.why)
        await db.execute(became.values(state=done.state, why=why, account=account.id))
    for change in loaded.changes:
        if isinstance(change, HoldPlaced | HoldRepeated):
            # What left since the instant of the event left before anybody knew: a person looks.
            left = and_(Payout.account == account.id, Payout.left_at >= change.at, Payout.late_event.is_(None))
            await db.execute(update(Payout).where(left).values(late_event=change.event))


def columns_of(account: Account, now: datetime) -> dict[str, Any]:
    """Return the row and its columns to query, exact from `now` until the next message.

    A withdrawal is allowed from `resumes_at` on. The others may change by themselves, but not before `next_change_at`.
    """
    answer, holds = check(account, now), open_holds(account, now)
    # What has no due date is due since the hold began, so that no list misses it.
    due = [
        each.due or hold.since for hold in holds for each in hold.steps if isinstance(each, AwaitReview | AwaitAppeal)
    ]
    return {
        "row": json.dumps(to_dict(account)),
        "phase": answer.phase.value,
        "resumes_at": now if answer else answer.resumes_at,
        "next_change_at": next_change_at(account, now),
        "review_due": min(due, default=None),
    }


async def trying(sessions: Sessions, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run the work in one transaction, and again if it is overtaken; give up after ten seconds."""
    until = monotonic() + PATIENCE.total_seconds()
    while True:
        try:
            async with sessions.begin() as db:
                return await work(db)
        except Overtaken:
            if monotonic() > until:
                raise
        await asyncio.sleep(random.uniform(0, 0.02))
