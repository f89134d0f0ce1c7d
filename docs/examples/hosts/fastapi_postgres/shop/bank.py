"""The fake bank: it commits by itself, like a bank at the other end of a wire."""

from datetime import timedelta
from uuid import uuid4

from guard.accounts import Sessions
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from shop.tables import BankLine


class FakeBank:
    """It sends what it is told. If it is not idempotent, the same payout twice moves money twice."""

    timeout = timedelta(seconds=5)

    def __init__(self, sessions: Sessions, *, is_idempotent: bool = True) -> None:
        self._sessions, self.is_idempotent = sessions, is_idempotent

    async def send(self, payout: str, amount: int, destination: str) -> None:
        key = payout if self.is_idempotent else uuid4().hex
        line = {"key": key, "payout": payout, "amount": amount, "destination": destination}
        async with self._sessions.begin() as db:
            await db.execute(insert(BankLine).values(**line).on_conflict_do_nothing())

    async def has_sent(self, payout: str) -> bool:
        async with self._sessions() as db:
            return bool((await db.execute(select(exists().where(BankLine.payout == payout)))).scalar())
