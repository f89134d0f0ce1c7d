"""Measure what the guard costs a host: load → check → mark and load → apply → store, and whose time it is.

    python3 serve.py measure [payouts]

Each payout and each event is one transaction on one connection, on a cluster that flushes to the disk. *Ours* is what
the same steps take in the library alone, without a database. The table goes to the README, between its two marks.
"""

import asyncio
import json
import platform
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from cluster import a_cluster
from guard.accounts import columns_of, open_account, report, trying
from guard.payouts import mark
from guard.policy import POLICY
from guard.tables import Payout
from shop.main import engine_of, make_tables
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import async_sessionmaker

from withdraw_guard import Account, ActorKind, SecurityEvent, apply, check
from withdraw_guard.wire import account_from_dict, parse, to_dict

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def changed(number: int, at: datetime = MONDAY) -> SecurityEvent:
    """Return a change of the password or of the e-mail address."""
    trigger = ("password_changed", "email_changed")[number % 2]
    return SecurityEvent(id=f"e{number}", account="a1", at=at, trigger=trigger, initiated_by=ActorKind.USER)


def ours() -> tuple[float, float]:
    """Return the milliseconds of the library alone: read, check; and read, apply, write the row and its columns."""
    row = json.dumps(to_dict(apply(POLICY, Account(id="a1"), *map(changed, range(8))).account))

    def read() -> Account:
        return account_from_dict(parse(row), account="a1", rules=POLICY.rules)

    def stored() -> None:
        columns_of(apply(POLICY, read(), changed(8, MONDAY + timedelta(hours=1))).account, MONDAY)

    return _timed(lambda: check(read(), MONDAY)), _timed(stored)


def _timed(work: Callable[[], object], times: int = 500) -> float:
    taken = list[float]()
    for _ in range(times):
        begun = perf_counter()
        work()
        taken.append(perf_counter() - begun)
    return 1000 * median(taken)


async def whole(url: str, times: int) -> tuple[float, float, float]:
    """Return the milliseconds of an empty transaction, of a mark, and of an event."""
    engine = engine_of(url, 1)
    await make_tables(engine)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    async with sessions.begin() as db:
        await open_account(db, "a1", MONDAY)
        values = [{"id": f"p{number}", "account": "a1", "destination": "iban", "amount": 5} for number in range(times)]
        await db.execute(insert(Payout), values)

    async def each(work: Callable[[int], Awaitable[object]]) -> float:
        taken = list[float]()
        for number in range(times):
            begun = perf_counter()
            await work(number)
            taken.append(perf_counter() - begun)
        return 1000 * median(taken)

    async def empty(_: int) -> None:
        async with sessions.begin() as db:
            await db.execute(text("update payout set amount = amount where id = 'p0'"))

    lease, later = timedelta(seconds=15), MONDAY + timedelta(days=10)
    for number in range(8):
        await report(sessions, changed(number), MONDAY)
    marks = await each(lambda number: trying(sessions, lambda db: mark(db, f"p{number}", later, lease)))
    events = await each(lambda number: report(sessions, changed(number + 8, later), later))
    nothing = await each(empty)
    await engine.dispose()
    return nothing, marks, events


def table(times: int, nothing: float, marks: float, events: float) -> str:
    """Return the table, and where and when it was measured."""
    read, stored = ours()
    rows = [("load → check → mark", marks, read), ("load → apply → store", events, stored)]
    lines = [
        f"| {name} | {total:.1f} ms | {own:.2f} ms | {total - own:.1f} ms | {nothing:.1f} ms |"
        for name, total, own in rows
    ]
    head = "| median | whole | ours | SQLAlchemy and the database | a transaction with one update |"
    where = f"{times} times each, on one connection, CPython {platform.python_version()}, {platform.machine()}"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *lines, "", f"Measured {where}."])


def main() -> None:
    """Measure, and write the table into the README."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with a_cluster() as cluster:
        written = table(times, *asyncio.run(whole(cluster.url, times)))
    page = README.read_text("utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{written}\n{END}{after}", "utf-8")
    print(written)


if __name__ == "__main__":
    main()
