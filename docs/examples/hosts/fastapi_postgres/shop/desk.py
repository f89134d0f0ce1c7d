"""The desk: what waits for a person, and what a person decides. The host checks who may; the guard checks the rule."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from guard.accounts import deliver, load, report
from guard.messages import OURS
from guard.payouts import settle
from guard.tables import GuardAccount, GuardMessage, Payout
from sqlalchemy import select, text

from shop.parts import Id, TheShop
from shop.problems import Forbidden
from withdraw_guard import ActorKind, open_holds
from withdraw_guard.steps import AwaitAppeal, AwaitReview
from withdraw_guard.wire import Json, event_from_dict, parse

doors = APIRouter(prefix="/desk")
# Put your own directory here: who may do what, by the name of the login.
STAFF = {"rita": {"reviewer"}, "odd": {"appeals"}, "sam": {"support"}, "ines": {"security"}}
NEEDED = {"review_decided": "reviewer", "more_requested": "reviewer", "appeal_decided": "appeals"}


def _staff(x_staff: Annotated[str, Header()] = "") -> str:
    if x_staff not in STAFF:
        raise Forbidden("name yourself in `X-Staff`")
    return x_staff


Staff = Annotated[str, Depends(_staff)]


@doors.get("/queue")
async def queue(shop: TheShop, _: Staff) -> list[dict[str, Any]]:
    """The reviews and appeals that wait, by due date. The column finds the accounts, the account itself answers."""
    now, waits = shop.clock(), list[dict[str, Any]]()
    async with shop.sessions() as db:
        due = (
            select(GuardAccount.id)
            .where(GuardAccount.review_due < text("'infinity'"))
            .order_by(GuardAccount.review_due)
        )
        for account in (await db.execute(due.limit(100))).scalars().all():
            for hold in open_holds((await load(db, account)).after, now):
                found = [step for step in hold.steps if isinstance(step, AwaitReview | AwaitAppeal)]
                waits += [{"account": account, "hold": hold.id, "step": each.step, "due": each.due} for each in found]
    return waits


@doors.post("/accounts/{account}/events")
async def decide(account: Id, request: Request, shop: TheShop, staff: Staff) -> dict[str, str]:
    """A decision, a request for more, a release or a retraction, as in the wire format; the header is ours."""
    said = parse((await request.body()).decode())
    given: dict[str, Json] = dict(said) if isinstance(said, dict) else {}
    needed = NEEDED.get(str(given.get("type")), str(given.get("authority")))
    if needed not in STAFF[staff]:
        raise Forbidden(f"this needs somebody of `{needed}`")
    now, name = shop.clock(), f"desk_{secrets.token_hex(8)}"
    by: Json = {"id": staff, "kind": ActorKind.ADMIN.value}
    event = event_from_dict({**given, "id": name, "account": account, "at": now.isoformat(), "by": by})
    await report(shop.sessions, event, now)
    return {"event": name}


@doors.get("/waiting")
async def messages_that_wait(shop: TheShop, _: Staff) -> list[dict[str, Any]]:
    """Messages that cannot be handled, that are early, or whose account nobody knows."""
    columns = (GuardMessage.seq, GuardMessage.account, GuardMessage.source, GuardMessage.body)
    async with shop.sessions() as db:
        found = select(*columns).where(GuardMessage.state == "waiting").order_by(GuardMessage.seq)
        return [dict(row) for row in (await db.execute(found.limit(100))).mappings()]


@doors.post("/waiting/{seq}")
async def put_right(seq: int, request: Request, shop: TheShop, staff: Staff) -> dict[str, str | None]:
    """Replace a message by what was meant, and say whose it is in `X-Account`; what stood there stays in `why`."""
    if "security" not in STAFF[staff]:
        raise Forbidden("this needs somebody of `security`")
    now, body = shop.clock(), (await request.body()).decode()
    async with shop.sessions.begin() as db:
        old = select(GuardMessage).where(GuardMessage.seq == seq, GuardMessage.state == "waiting").with_for_update()
        message = (await db.execute(old)).scalar_one()
        account = message.account or request.headers.get("X-Account", "")
        message.why = f"{staff} replaced {message.body!r}"
        message.account, message.body, message.source = account, body, OURS
    loaded = await deliver(shop.sessions, account, now)
    return {"parked": loaded.parked}


@doors.get("/payouts")
async def payouts_to_look_at(shop: TheShop, _: Staff) -> list[dict[str, Any]]:
    """Payouts of which nobody knows whether they left, and payouts that left before a late event was known."""
    columns = (Payout.id, Payout.account, Payout.state, Payout.left_at, Payout.late_event)
    async with shop.sessions() as db:
        found = select(*columns).where((Payout.state == "unclear") | Payout.late_event.is_not(None))
        return [dict(row) for row in (await db.execute(found.order_by(Payout.left_at).limit(100))).mappings()]


@doors.post("/payouts/{payout}/{state}")
async def write_what_the_bank_says(payout: Id, state: str, shop: TheShop, _: Staff) -> dict[str, str]:
    """A person has asked the bank: the payout was `sent`, or it never left and is `requested` again."""
    if state not in ("sent", "requested"):
        raise Forbidden("a payout was `sent`, or is `requested` again")
    if not await settle(shop.sessions, shop.rail, payout, state, shop.clock()):
        raise Forbidden("the payout is not unclear, or its sender may still be at work: wait for two leases")
    return {"state": state}
