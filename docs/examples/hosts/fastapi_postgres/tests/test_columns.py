"""The columns to query answer what the guard answers, at every later instant until the next event."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cluster import Cluster
from guard.accounts import open_account, report
from guard.policy import POLICY
from guard.tables import GuardAccount
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select
from world import World, a_world

from withdraw_guard import Account, Event, EventRefused, apply, check, next_change_at, open_holds, phase
from withdraw_guard.steps import AwaitAppeal, AwaitReview
from withdraw_guard.testing import instants_around, journals


def due_at(account: Account, at: datetime) -> datetime | None:
    """When the first review or appeal is due that waits at an instant; what has no due date, when its hold began."""
    found = [(hold, step) for hold in open_holds(account, at) for step in hold.steps]
    return min((s.due or h.since for h, s in found if isinstance(s, AwaitReview | AwaitAppeal)), default=None)


def after(journal: Sequence[Event], name: str) -> tuple[Account, list[Event]]:
    """The account after a journal, and the events that were applied."""
    account, applied = Account(id=name), list[Event]()
    for event in journal:
        try:
            account = apply(POLICY, account, event).account
        except EventRefused:
            continue
        applied.append(event)
    return account, applied


@given(data=st.data())
@settings(max_examples=25)
def test_each_column_answers_what_the_guard_answers_at_every_later_instant(
    cluster: Cluster, data: st.DataObject
) -> None:
    journal = data.draw(journals(POLICY))
    name = journal[0].account if journal else "a1"
    account, applied = after(journal, name)
    now = max([event.at for event in applied], default=datetime(2026, 1, 5, tzinfo=UTC))
    later = [at for at in data.draw(st.lists(instants_around(account), min_size=6, max_size=6)) if at >= now]
    instants = [now, now + timedelta(microseconds=1), *later]

    async def story(world: World) -> None:
        async with world.shop.sessions.begin() as db:
            await open_account(db, name, now)
        for event in applied:
            await report(world.shop.sessions, event, now)
        row = GuardAccount
        change = next_change_at(account, now)
        async with world.shop.sessions() as db:
            said: Any = (await db.execute(select(row.phase, row.next_change_at, row.review_due))).one()
            assert tuple(said) == (phase(account, now), change, due_at(account, now))
            for at in instants:
                answer = (await db.execute(select(row.resumes_at <= literal(at)))).scalar_one()
                assert answer == bool(check(account, at)), at
                if change is None or at < change:
                    assert (said.phase, said.review_due) == (phase(account, at), due_at(account, at)), at

    async def told() -> None:
        async with a_world(cluster, 2) as world:
            await story(world)

    asyncio.run(told())
