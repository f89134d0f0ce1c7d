"""What runs by itself each second: messages are handled, what was left leaving is settled, and the timer fires.

No answer depends on any of it. It makes the columns current, and says `you can withdraw again`.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime

from guard.accounts import NotKnown, Sessions, deliver, load, store, trying
from guard.payouts import recover
from guard.tables import GuardAccount, GuardMessage, GuardSubject
from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shop.parts import Shop
from shop.tables import Notice
from withdraw_guard import check

LOG = logging.getLogger("shop")
BATCH = 100


async def run_jobs(shop: Shop) -> None:
    """Run the jobs for ever. A fault of one round is logged, and the next round tries again."""
    while True:
        try:
            now = shop.clock()
            await drain(shop.sessions, now)
            await recover(shop.sessions, shop.rail, now)
            await tick(shop.sessions, now)
        except Exception:
            LOG.exception("the jobs of this round")
        await asyncio.sleep(1)


async def drain(sessions: Sessions, now: datetime) -> list[str]:
    """Handle what waits for any account; return the accounts that are parked."""
    means = and_(GuardSubject.source == GuardMessage.source, GuardSubject.subject == GuardMessage.subject)
    whose = func.coalesce(GuardMessage.account, GuardSubject.account)
    waits = select(whose).outerjoin(GuardSubject, means).where(GuardMessage.state == "waiting", whose.is_not(None))
    async with sessions() as db:
        accounts = (await db.execute(waits.distinct())).scalars().all()
    return [each for each in accounts if not await _delivered(sessions, each, now)]


async def _delivered(sessions: Sessions, account_id: str, now: datetime) -> bool:
    """Handle what waits for one account; one that cannot be read must not stop the others."""
    try:
        return (await deliver(sessions, account_id, now)).parked is None
    except NotKnown:
        return False


async def tick(sessions: Sessions, now: datetime) -> list[str]:
    """Look at the accounts whose answers have changed by themselves; return whom a message goes to."""
    async with sessions() as db:
        due = select(GuardAccount.id).where(GuardAccount.next_change_at <= now)
        accounts = (await db.execute(due.order_by(GuardAccount.next_change_at).limit(BATCH))).scalars().all()
    return [each for each in accounts if await _told(sessions, each, now)]


async def _told(sessions: Sessions, account_id: str, now: datetime) -> bool:
    """Ask, and say so if withdrawals have resumed. A timer that fires twice finds that nothing is due any more."""

    async def work(db: AsyncSession) -> bool:
        columns = select(GuardAccount.next_change_at, GuardAccount.resumes_at).where(GuardAccount.id == account_id)
        due, resumed_at = (await db.execute(columns)).one()
        if due is None or due > now:
            return False
        try:
            loaded = await load(db, account_id)
        except NotKnown:
            return False
        await store(db, replace(loaded, is_changed=True), now)
        if loaded.parked is not None or not check(loaded.after, now) or resumed_at is None or resumed_at < due:
            return False
        said = insert(Notice).values(account=account_id, resumed_at=resumed_at).on_conflict_do_nothing()
        return (await db.execute(said.returning(Notice.account))).one_or_none() is not None

    return await trying(sessions, work)
