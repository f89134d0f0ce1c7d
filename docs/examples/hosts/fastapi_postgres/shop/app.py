"""The doors of the shop as JSON. Put your login before those of the customer, and your network before the others."""

import hashlib
import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from guard.accounts import ask, deliver, open_account, report, report_in, trying
from guard.messages import DETECTOR, OURS, happened, know_subject, receive, take
from guard.payouts import NoSuchPayout, recover, send
from guard.policy import POLICY
from guard.tables import GuardMessage, Payout
from pydantic import BaseModel, Field
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shop import desk, problems
from shop.jobs import tick
from shop.parts import Id, Shop, TheShop
from shop.senders import claims_of, verify_signature
from shop.tables import Customer
from withdraw_guard import ActorKind, AppealSubmitted, Decision, VerificationStarted, triggers

doors = APIRouter()
CHANGES = {
    "password": triggers.PASSWORD_CHANGED,
    "email": triggers.EMAIL_CHANGED,
    "two_factor": triggers.TWO_FACTOR_DISABLED,
}
SIGNALS = {*CHANGES.values(), triggers.TWO_FACTOR_RESET, triggers.ABNORMAL_ACTIVITY, triggers.VERIFICATION_REVOKED}
if not POLICY.triggers >= SIGNALS:
    raise AssertionError(f"no rule listens to {sorted(SIGNALS - POLICY.triggers)}")


def create_app(shop: Shop) -> FastAPI:
    """Return the app; whatever it needs comes in here."""
    app = FastAPI(title="withdraw_guard behind FastAPI and PostgreSQL")
    app.state.shop = shop
    app.include_router(doors)
    app.include_router(desk.doors)
    problems.add_to(app)
    return app


# ── The customer ─────────────────────────────────────────────────────────────────────────────────────────────────


class Settings(BaseModel):
    """What to change; what is left out stays."""

    email: str | None = Field(default=None, max_length=320)
    password: str | None = Field(default=None, max_length=200)
    two_factor: Literal[False] | None = None


class Round(BaseModel):
    """A hold, and how it is verified or with what an appeal is made."""

    hold: str
    method: str = ""
    documents: list[str] = []


class NewPayout(BaseModel):
    """What the customer wants to withdraw."""

    id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")
    account: str
    destination: str = Field(max_length=128)
    amount: int = Field(gt=0)


@doors.post("/accounts/{account}", status_code=201)
async def open_an_account(account: Id, shop: TheShop) -> dict[str, str]:
    async with shop.sessions.begin() as db:
        await open_account(db, account, shop.clock())
        row = {
            "id": account,
            "email": f"{account}@example.org",
            "password": _hashed("correct horse"),
            "two_factor": True,
        }
        await db.execute(insert(Customer).values(**row))
    return {"account": account}


@doors.get("/accounts/{account}/withdrawals")
async def may_i_withdraw(account: Id, shop: TheShop, request: Request) -> Response:
    return _said(request, await ask(shop.sessions, account, shop.clock()), {})


@doors.patch("/accounts/{account}")
async def change_settings(
    account: Id, asked: Settings, shop: TheShop, user_agent: Annotated[str, Header()] = ""
) -> dict[str, list[str]]:
    """The change and the message that tells of it commit together; the guard cannot make the change fail."""
    wanted = asked.model_dump(exclude_none=True)
    if "password" in wanted:
        wanted["password"] = _hashed(wanted["password"])

    async with shop.sessions.begin() as db:
        if wanted:
            await db.execute(update(Customer).where(Customer.id == account).values(**wanted))
        for name in wanted:
            facts = {"user_agent": user_agent}  # no rule asks for it, so it is left out
            await happened(db, account, CHANGES[name], ActorKind.USER, shop.clock(), facts)
    return {"changed": sorted(wanted)}


@doors.post("/accounts/{account}/verifications", status_code=201)
async def verify_now(account: Id, asked: Round, shop: TheShop) -> dict[str, str]:
    """The session of the vendor is the round: its id is that of the event."""
    session = f"vs_{secrets.token_hex(8)}"

    async def work(db: AsyncSession) -> None:
        now = shop.clock()
        started = VerificationStarted(id=session, account=account, at=now, hold=asked.hold, method=asked.method)
        await report_in(db, started, now)
        await know_subject(db, "stripe", session, account)

    await trying(shop.sessions, work)
    return {"session": session}


@doors.post("/accounts/{account}/appeals", status_code=201)
async def appeal(account: Id, asked: Round, shop: TheShop) -> dict[str, str]:
    now, name = shop.clock(), f"ap_{secrets.token_hex(8)}"
    filed = AppealSubmitted(id=name, account=account, at=now, hold=asked.hold, documents=frozenset(asked.documents))
    await report(shop.sessions, filed, now)
    return {"appeal": name}


@doors.post("/payouts", status_code=201)
async def request_a_payout(asked: NewPayout, shop: TheShop, request: Request) -> Response:
    """Asked here, so that nobody waits in vain; asked again when it leaves, because that is what counts."""
    answer = await ask(shop.sessions, asked.account, shop.clock())
    if answer:
        async with shop.sessions.begin() as db:
            await db.execute(insert(Payout).values(**asked.model_dump()))
    return _said(request, answer, {"state": "requested"}, 201)


@doors.get("/payouts/{payout}")
async def look_at_a_payout(payout: Id, shop: TheShop) -> dict[str, Any]:
    async with shop.sessions() as db:
        found = (await db.execute(select(Payout).where(Payout.id == payout))).scalar_one_or_none()
    if found is None:
        raise NoSuchPayout(payout)
    return {"id": found.id, "account": found.account, "amount": found.amount, "state": found.state}


# ── Your own machines ────────────────────────────────────────────────────────────────────────────────────────────


@doors.post("/payouts/{payout}/send")
async def send_a_payout(payout: Id, shop: TheShop, request: Request) -> Response:
    sent = await send(shop.sessions, shop.rail, payout, shop.clock)
    return _said(request, sent.answer, {"let_go": sent.let_go})


@doors.post("/jobs/recover")
async def settle_what_was_left(shop: TheShop) -> dict[str, str]:
    return await recover(shop.sessions, shop.rail, shop.clock())


@doors.post("/jobs/tick")
async def fire_the_timer(shop: TheShop) -> list[str]:
    return await tick(shop.sessions, shop.clock())


@doors.post("/reports/{source}/{account}")
async def take_a_report(
    source: Literal["ours", "detector"], account: Id, request: Request, shop: TheShop
) -> JSONResponse:
    """Keep an event in the wire format, then handle it. `ours` keeps our time; a `detector` may be ahead of it."""
    now, name = shop.clock(), OURS if source == "ours" else DETECTOR
    async with shop.sessions.begin() as db:
        seq = await take(db, name, await request.body(), now, account=account)
    loaded = await deliver(shop.sessions, account, now)
    async with shop.sessions() as db:
        kept = select(GuardMessage.state, GuardMessage.why).where(GuardMessage.seq == seq)
        state, why = (await db.execute(kept)).one()
    return JSONResponse({"state": state, "why": why or loaded.parked}, 202 if state == "waiting" else 200)


# ── Strangers who sign ───────────────────────────────────────────────────────────────────────────────────────────


@doors.post("/webhooks/stripe", status_code=202)
async def from_the_vendor(
    request: Request, shop: TheShop, stripe_signature: Annotated[str, Header()] = ""
) -> dict[str, str]:
    body = await request.body()
    verify_signature(shop.vendor_secret, body, stripe_signature, shop.clock())
    return await _receive(shop, "stripe", body)


@doors.post("/webhooks/signals", status_code=202)
async def from_the_identity_provider(request: Request, shop: TheShop) -> dict[str, str]:
    claims = claims_of(await request.body(), shop.signal_keys, shop.signal_issuer, shop.signal_audience)
    return await _receive(shop, "signals", claims)


async def _receive(shop: Shop, source: str, body: bytes) -> dict[str, str]:
    """Commit the message first: then the sender may forget it."""
    now = shop.clock()
    async with shop.sessions.begin() as db:
        account = await receive(db, source, body, now)
    if account is not None:
        await deliver(shop.sessions, account, now)
    return {"state": "kept"}


def _said(request: Request, answer: Decision, otherwise: dict[str, Any], status: int = 200) -> JSONResponse:
    if not answer:
        return problems.denial(request, answer)
    return JSONResponse({"allowed": True, "phase": answer.phase.value, **otherwise}, status)


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1).hex()}"
