"""The shop with the clock of the machine, a fake bank and keys of its own: for a demonstration, and for no money."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI
from guard.tables import Base
from joserfc.jwk import ECKey, KeySet
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from shop import tables
from shop.app import create_app
from shop.bank import FakeBank
from shop.jobs import run_jobs
from shop.parts import Shop

__all__ = ["engine_of", "main", "make_tables", "tables"]


def engine_of(url: str, connections: int = 50) -> AsyncEngine:
    """Return an engine that waits for a connection for three seconds, and then says that there is none."""
    return create_async_engine(url, pool_size=connections, max_overflow=0, pool_timeout=3, pool_pre_ping=True)


async def make_tables(engine: AsyncEngine) -> None:
    """Make the tables that are missing; use migrations instead as soon as there is anything in them."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


def main(url: str, port: int = 8000) -> None:
    """Serve until it is stopped."""
    engine = engine_of(url)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    shop = Shop(
        sessions=sessions,
        rail=FakeBank(sessions),
        clock=lambda: datetime.now(UTC),
        vendor_secret=os.environ.get("VENDOR_SECRET", secrets.token_hex(16)).encode(),
        signal_keys=KeySet([ECKey.generate_key("P-256", {"kid": "nobody-has-the-private-one"})]),
        signal_issuer="https://identity.example",
        signal_audience="https://shop.example",
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await make_tables(engine)
        jobs = asyncio.create_task(run_jobs(shop))
        yield
        jobs.cancel()
        await engine.dispose()

    app = create_app(shop)
    app.router.lifespan_context = lifespan
    uvicorn.run(app, host="127.0.0.1", port=port)
