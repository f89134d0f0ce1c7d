"""A shop with everything around it: a client that speaks HTTP to the app, a clock, a bank, a vendor."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cluster import Cluster
from guard.payouts import Rail
from guard.tables import Base
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from shop.app import create_app
from shop.bank import FakeBank
from shop.main import engine_of, make_tables
from shop.parts import Shop
from shop.senders import signature_of
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

MADE = set[str]()
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = b"of the vendor and of us"
ISSUER, AUDIENCE = "https://identity.example", "https://shop.example"
RSA, EC = RSAKey.generate_key(2048, {"kid": "r1"}), ECKey.generate_key("P-256", {"kid": "e1"})
OTHER = ECKey.generate_key("P-256", {"kid": "e1"})
CREDENTIAL_CHANGE = "https://schemas.openid.net/secevent/caep/event-type/credential-change"


@dataclass
class World:
    """What a test drives. `now` is the clock of the shop."""

    client: httpx.AsyncClient
    shop: Shop
    engine: AsyncEngine
    now: datetime = MONDAY

    async def open(self, account: str = "a1") -> None:
        assert (await self.client.post(f"/accounts/{account}")).status_code == 201

    async def says(self, account: str = "a1") -> httpx.Response:
        return await self.client.get(f"/accounts/{account}/withdrawals")

    async def allows(self, account: str = "a1") -> bool:
        return (await self.says(account)).status_code == 200

    async def change(self, account: str = "a1", **wanted: object) -> None:
        answer = await self.client.patch(f"/accounts/{account}", json=wanted, headers={"User-Agent": "x" * 2000})
        assert answer.status_code == 200, answer.text

    async def request(self, payout: str, account: str = "a1") -> httpx.Response:
        wanted = {"id": payout, "account": account, "destination": "iban", "amount": 5}
        return await self.client.post("/payouts", json=wanted)

    async def send(self, payout: str) -> httpx.Response:
        return await self.client.post(f"/payouts/{payout}/send")

    async def state(self, payout: str) -> str:
        return str((await self.client.get(f"/payouts/{payout}")).json()["state"])

    async def lines(self) -> list[str]:
        """Return the payouts whose money has moved, as often as it has moved."""
        async with self.shop.sessions() as db:
            return [*(await db.execute(text("select payout from bank_line order by seq"))).scalars()]

    async def one(self, sql: str) -> Any:
        async with self.engine.begin() as db:
            return (await db.execute(text(sql))).scalar()

    async def do(self, sql: str) -> None:
        async with self.engine.begin() as db:
            await db.execute(text(sql))

    async def flag(self, name: str = "f1", account: str = "a1", **members: object) -> httpx.Response:
        """A detector of our own reports abnormal activity."""
        event = {
            "type": "security_event", "id": name, "account": account, "at": self.now.isoformat(),
            "trigger": "abnormal_activity", "initiated_by": "system", "context": {}, **members,
        }  # fmt: skip
        return await self.client.post(f"/reports/detector/{account}", json=event)

    async def verify(self, hold: str = "f1:abnormal-activity", account: str = "a1") -> str:
        """The account holder presses `Verify now`; return the session."""
        asked = {"hold": hold, "method": "identity_personal"}
        answer = await self.client.post(f"/accounts/{account}/verifications", json=asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["session"])

    async def vendor(self, session: str, word: str, **how: Any) -> httpx.Response:
        """The vendor says a word about a session."""
        body = vendor_says(session, word, how.pop("at", self.now), how.pop("code", None))
        return await self.signed(body, **how)

    async def signed(self, body: bytes, signed_at: datetime | None = None, **headers: str) -> httpx.Response:
        signature = signature_of(SECRET, body, signed_at or self.now)
        return await self.client.post(
            "/webhooks/stripe", content=body, headers={"Stripe-Signature": signature, **headers}
        )

    async def staff(self, who: str, account: str = "a1", **event: object) -> httpx.Response:
        path = f"/desk/accounts/{account}/events"
        return await self.client.post(path, json=event, headers={"X-Staff": who})

    async def desk(self, path: str, who: str = "rita") -> Any:
        return (await self.client.get(f"/desk/{path}", headers={"X-Staff": who})).json()


def vendor_says(session: str, word: str, at: datetime, code: str | None = None) -> bytes:
    status = {"id": session, "object": "identity.verification_session", "status": word, "last_error": {"code": code}}
    name = f"evt_{session}_{word}_{int(at.timestamp())}"
    kind = f"identity.verification_session.{word}"
    message = {"id": name, "type": kind, "created": int(at.timestamp()), "data": {"object": status}}
    return json.dumps(message).encode()


def signal(key: RSAKey | ECKey = EC, typ: str = "secevent+jwt", **claims: object) -> str:
    """Return a security event token of an identity provider: all second factors of `sub` were removed."""
    subject = {"format": "iss_sub", "iss": ISSUER, "sub": claims.pop("sub", "u1")}
    event: dict[str, Any] = {"subject": subject, "credential_type": "ALL_FACTORS", "change_type": "revoke"}
    event["event_timestamp"] = int(MONDAY.timestamp())
    said: dict[str, Any] = {"iss": ISSUER, "aud": AUDIENCE, "jti": "set-1", "iat": int(MONDAY.timestamp())}
    said["events"] = {CREDENTIAL_CHANGE: event}
    header = {"alg": "RS256" if isinstance(key, RSAKey) else "ES256", "kid": key.kid, "typ": typ}
    return jwt.encode(header, {**said, **claims}, key)


@asynccontextmanager
async def a_world(cluster: Cluster, connections: int = 10, rail: Rail | None = None) -> AsyncIterator[World]:
    """Open a shop with empty tables."""
    engine = engine_of(cluster.url, connections)
    if cluster.url not in MADE:
        await make_tables(engine)
        MADE.add(cluster.url)
    async with engine.begin() as db:
        # Faster than `truncate`, because there is little in them.
        await db.execute(
            text("; ".join(f"delete from {table.name}" for table in reversed(Base.metadata.sorted_tables)))
        )
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    shop = Shop(
        sessions=sessions,
        rail=rail or FakeBank(sessions),
        clock=lambda: world.now,
        vendor_secret=SECRET,
        signal_keys=KeySet(
            [RSAKey.import_key(RSA.as_dict(private=False)), ECKey.import_key(EC.as_dict(private=False))]
        ),
        signal_issuer=ISSUER,
        signal_audience=AUDIENCE,
    )
    transport = httpx.ASGITransport(create_app(shop), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        world = World(client, shop, engine)
        try:
            yield world
        finally:
            await engine.dispose()


def run(cluster: Cluster, story: Callable[[World], Awaitable[None]], **how: Any) -> None:
    """Tell a story in a new shop."""

    async def told() -> None:
        async with a_world(cluster, **how) as world:
            await story(world)

    asyncio.run(told())
