"""A worker that is killed at one point of a payout: python killed_worker.py URL PAYOUT POINT IS_IDEMPOTENT."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from guard.payouts import send
from shop.bank import FakeBank
from shop.main import engine_of
from sqlalchemy.ext.asyncio import async_sessionmaker
from world import MONDAY


class Deadly(FakeBank):
    """The process dies right before or right after the money is sent."""

    async def send(self, payout: str, amount: int, destination: str) -> None:
        if sys.argv[3] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        await super().send(payout, amount, destination)
        os.kill(os.getpid(), signal.SIGKILL)


sessions = async_sessionmaker(engine_of(sys.argv[1], 2), expire_on_commit=False)
asyncio.run(send(sessions, Deadly(sessions, is_idempotent=sys.argv[4] == "yes"), sys.argv[2], lambda: MONDAY))
