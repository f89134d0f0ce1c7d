"""Many at once: nothing is sent twice, nothing under a hold that was committed before the mark, no event is lost.

`GUARD_DEEP=1` adds 200 payouts over 20 accounts, and 2,000 over 500.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from cluster import Cluster, a_cluster
from guard.accounts import Loaded, store
from guard.payouts import send
from guard.tables import GuardAccount
from shop.bank import FakeBank
from shop.jobs import drain
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from world import World, run

# The database itself remembers when each mark and each message was committed.
WATCH = """
    drop table if exists seen;
    create table seen (what text, account text);
    create or replace function see() returns trigger language plpgsql as
        $$ begin insert into seen values (tg_argv[0], new.account); return new; end $$;
    create or replace trigger marks after update on payout for each row
        when (old.state = 'requested' and new.state = 'leaving') execute function see('mark');
    create or replace trigger messages after insert on guard_message for each row execute function see('message');
"""
UNDER_A_HOLD = """
    with at as (select what, account, pg_xact_commit_timestamp(xmin) as committed_at from seen)
    select count(*) from at mark where what = 'mark' and committed_at >
        (select min(committed_at) from at where what = 'message' and at.account = mark.account)
"""
TRIGGERS = """
    select sum(jsonb_array_length(hold -> 'triggers'))
    from guard_account, jsonb_array_elements(row::jsonb -> 'holds') hold
"""
deep = pytest.mark.skipif("GUARD_DEEP" not in os.environ, reason="it takes minutes")


@pytest.fixture(scope="module")
def watching() -> Iterator[Cluster]:
    with a_cluster("fsync=off", "track_commit_timestamp=on") as made:
        yield made


class Counting(FakeBank):
    """It counts every call, and takes a moment."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.calls = Counter[str]()

    async def send(self, payout: str, amount: int, destination: str) -> None:
        self.calls[payout] += 1
        await asyncio.sleep(0.001)
        await super().send(payout, amount, destination)


async def paused(db: AsyncSession, loaded: Loaded, now: datetime) -> None:
    """The same as `store`, a moment later: there is time for an event between the question and the mark."""
    await asyncio.sleep(random.choice((0, 0, 0.3)))
    await store(db, loaded, now)


async def unchecked(db: AsyncSession, loaded: Loaded, now: datetime) -> None:
    """The version check taken out: whatever the version is by now, it will do. Some wait until it is another one."""
    by_now = select(GuardAccount.version).where(GuardAccount.id == loaded.after.id)
    version = (await db.execute(by_now)).scalar_one()
    for _ in range(random.choice((0, 0, 40))):
        if version != loaded.version:
            break
        await asyncio.sleep(0.05)
        version = (await db.execute(by_now)).scalar_one()
    await store(db, replace(loaded, version=version), now)


async def crowd(world: World, accounts: int, of_each: int) -> Counter[str]:
    """Send every payout twice at once, beside two changes and a flag for each account; return what the bank was told.

    The clock stands, so each hold lasts: whatever is marked after a message is committed leaves under a hold.
    """
    names = [f"a{number}" for number in range(accounts)]
    for name in names:
        await world.open(name)
    await world.do(
        "insert into payout (id, account, destination, amount, state)"
        f" select a.id || '-' || n, a.id, 'iban', 5, 'requested' from guard_account a, generate_series(1, {of_each}) n"
    )
    bank, at_once = Counting(world.shop.sessions, is_idempotent=False), asyncio.Semaphore(50)

    async def pay(payout: str) -> None:
        async with at_once:
            await send(world.shop.sessions, bank, payout, lambda: world.now)

    async def disturb(name: str, number: int) -> None:
        async with at_once:
            if number:
                await world.change(name, email=f"{number}@example.org")
            else:
                await world.flag("f1", name)

    pays = [pay(f"{name}-{number}") for number in range(1, of_each + 1) for name in names for _ in range(2)]
    events = [disturb(name, number) for name in names for number in range(3)]
    soon = len(pays) // 3
    await asyncio.gather(*pays[:soon], *events, *pays[soon:])
    return bank.calls


@pytest.mark.parametrize(
    ("accounts", "of_each"),
    [(1, 200), pytest.param(20, 10, marks=deep), pytest.param(500, 4, marks=deep)],
    ids=["one", "twenty", "many"],
)
def test_a_crowd_is_paid_once_and_never_under_a_hold_and_loses_no_event(
    watching: Cluster, monkeypatch: pytest.MonkeyPatch, accounts: int, of_each: int
) -> None:
    monkeypatch.setattr("guard.payouts.store", paused)

    async def story(world: World) -> None:
        await world.do(WATCH)
        calls = await crowd(world, accounts, of_each)
        assert 0 < len(calls) < accounts * of_each
        assert max(calls.values()) == 1
        assert sorted(await world.lines()) == sorted(calls)
        states = {
            row: await world.one(f"select count(*) from payout where state = '{row}'") for row in ("sent", "leaving")
        }
        assert states == {"sent": len(calls), "leaving": 0}
        assert await world.one(UNDER_A_HOLD) == 0
        assert await drain(world.shop.sessions, world.now) == []
        assert await world.one("select count(*) from guard_message where state = 'applied'") == 3 * accounts
        assert await world.one(TRIGGERS) == 3 * accounts

    run(watching, story, connections=50)


def test_the_same_host_without_the_version_check_is_caught(watching: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guard.payouts.store", unchecked)

    async def story(world: World) -> None:
        await world.do(WATCH)
        await crowd(world, 1, 200)
        assert await world.one(UNDER_A_HOLD) > 0

    run(watching, story, connections=50)
