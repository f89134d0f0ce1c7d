"""What comes in broken, twice, late, early or not at all: the answer is no, it says so, and nothing is lost."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from cluster import Cluster
from guard.messages import BODY_MAX, Waiting, handle, happened
from shop.jobs import drain
from world import EC, HOUR, MONDAY, OTHER, RSA, World, run, signal, vendor_says

from withdraw_guard import (
    Account,
    ActorKind,
    Clearance,
    Policy,
    Rule,
    SecurityEvent,
    VerificationStarted,
    apply,
    authorities,
    methods,
    triggers,
)

PARKED = "We cannot say yet whether you may withdraw. We have been told, and will look into it."


async def denied_unknown(world: World, account: str = "a1") -> bool:
    """Whether the answer is: we do not know, so no; for a question as well as for a payout."""
    said = await world.says(account)
    return said.status_code == 403 and said.json()["title"] == PARKED


# ── The row ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault",
    [
        "update guard_account set row = '{}'",
        "update guard_account set row = 'no json'",
        "update guard_account set row = (select row from guard_account where id = 'a2') where id = 'a1'",
        "update guard_account set row = replace(row, 'holds', 'hodls')",
    ],
    ids=["empty", "no JSON", "of another account", "another member"],
)
def test_a_row_that_cannot_be_read_denies_and_what_is_reported_meanwhile_is_kept(cluster: Cluster, fault: str) -> None:
    async def story(world: World) -> None:
        await world.open("a2")
        await world.open()
        await world.request("p1")
        good = await world.one("select row from guard_account where id = 'a1'")
        await world.do(fault)
        assert await denied_unknown(world)
        assert (await world.send("p1")).status_code == 403
        await world.change(password="new")
        assert await world.lines() == []
        async with world.engine.begin() as db:
            await db.exec_driver_sql("update guard_account set row = %s where id = 'a1'", (good,))
        assert (await world.says()).json()["resumes_at"] == "2026-01-06T09:00:00Z"

    run(cluster, story)


def test_a_row_that_is_missing_is_no_fresh_account(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.do("delete from customer; delete from guard_account")
        assert await denied_unknown(world)
        assert (await world.request("p1")).status_code == 403
        await world.change(password="new")
        assert (await world.flag()).status_code == 403
        assert await world.one("select count(*) from guard_message where state = 'waiting'") == 2

    run(cluster, story)


def test_an_account_that_is_opened_twice_keeps_its_holds(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.change(password="new")
        assert (await world.client.post("/accounts/a1")).status_code == 409
        assert not await world.allows()

    run(cluster, story)


# ── An event ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_that_comes_twice_counts_once_and_keeps_the_instant_of_its_first_receipt(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        ahead = (world.now + HOUR).isoformat()
        event = {"trigger": "password_changed", "at": ahead}
        assert (await world.flag(**event)).json() == {"state": "applied", "why": None}
        world.now += 10 * HOUR
        assert (await world.flag(**event)).json()["state"] == "applied"
        assert (await world.says()).json()["resumes_at"] == "2026-01-06T09:00:00Z"
        assert await world.one("select count(*) from guard_message") == 1

    run(cluster, story)


def test_a_late_event_holds_and_lists_the_payouts_that_left_since_its_instant(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        for payout in ("before", "after", "waiting"):
            await world.request(payout)
        await world.send("before")
        world.now += HOUR
        await world.send("after")
        world.now += HOUR
        await world.flag(at=(MONDAY + timedelta(minutes=30)).isoformat())
        assert not await world.allows()
        assert [each["id"] for each in await world.desk("payouts")] == ["after"]
        assert (await world.send("waiting")).status_code == 403

    run(cluster, story)


def test_an_event_of_our_own_that_is_early_holds_now_and_until_its_own_end(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        event = {"type": "security_event", "id": "e1", "account": "a1", "at": (world.now + HOUR).isoformat()}
        event |= {"trigger": "password_changed", "initiated_by": "user", "context": {}}  # type: ignore[dict-item]
        assert (await world.client.post("/reports/ours/a1", json=event)).status_code == 200
        assert (await world.says()).json()["resumes_at"] == "2026-01-06T10:00:00Z"

    run(cluster, story)


def test_an_event_that_is_refused_stops_no_other_of_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """One session clears two holds, and a flag came in between for the first of them."""
    clearance = Clearance(unverified={methods.IDENTITY_PERSONAL}, verified={methods.FACE_WEB})
    rules = tuple(
        Rule(id=trigger.replace("_", "-"), trigger=trigger, clearance=clearance, releasable_by={authorities.SUPPORT})
        for trigger in (triggers.ABNORMAL_ACTIVITY, triggers.VERIFICATION_REVOKED)
    )
    policy = Policy(id="two", version="1", rules=rules)
    monkeypatch.setattr("guard.messages.POLICY", policy)

    def reported(name: str, trigger: str, at: datetime) -> SecurityEvent:
        return SecurityEvent(id=name, account="a1", at=at, trigger=trigger, initiated_by=ActorKind.SYSTEM)

    def started(hold: str) -> VerificationStarted:
        return VerificationStarted(id="vs_1", account="a1", at=MONDAY, hold=hold, method=methods.IDENTITY_PERSONAL)

    account = apply(
        policy, Account(id="a1"),
        reported("e1", triggers.ABNORMAL_ACTIVITY, MONDAY), reported("e2", triggers.VERIFICATION_REVOKED, MONDAY),
        started("e1:abnormal-activity"), started("e2:verification-revoked"),
        reported("e3", triggers.ABNORMAL_ACTIVITY, MONDAY + HOUR),
    ).account  # fmt: skip
    at = MONDAY + 2 * HOUR
    said = Waiting(seq=1, source="stripe", body=vendor_says("vs_1", "verified", at).decode(), received_at=at)
    after, handled, _, parked = handle(account, [said])
    assert [hold.progress.state.state.value for hold in after.holds] == ["review", "restored"]
    assert (handled, parked) == ((), None), "it is tried again, and then shown to a person"


def test_an_instant_of_a_stranger_is_no_later_than_its_receipt(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.flag(trigger="password_changed", at="2030-01-01T00:00:00+00:00")
        assert (await world.says()).json()["resumes_at"] == "2026-01-06T09:00:00Z"

    run(cluster, story)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"[" * 10_000, b'{"type": "of tomorrow"}', b'"\\u0000"', b"\0",
        b'{"a": 1, "a": 2}', b"null", b'{"type": "security_event", "id": "e1", "account": "a1"}',
        b'{"padding": "' + b"x" * 2 * BODY_MAX + b'"}',
    ],
    ids=["empty", "cut off", "no UTF-8", "deep", "new type", "NUL", "byte NUL", "twice", "null", "short", "large"],
)  # fmt: skip
def test_an_event_that_cannot_be_read_parks_its_account_until_somebody_puts_it_right(
    cluster: Cluster, body: bytes
) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.open("a2")
        await world.request("p1")
        kept = await world.client.post("/reports/detector/a1", content=body)
        assert kept.status_code == 202
        assert kept.json()["state"] == "waiting"
        assert "cannot be handled" in kept.json()["why"]
        assert await denied_unknown(world)
        assert (await world.send("p1")).status_code == 403
        assert await world.allows("a2")
        await world.change(email="new@example.org")  # it is kept, and waits behind the other
        ((first), (second)) = await world.desk("waiting")
        assert (first["account"], second["account"]) == ("a1", "a1")

        event = {"type": "security_event", "id": "e1", "account": "a1", "at": MONDAY.isoformat()}
        event |= {"trigger": "password_changed", "initiated_by": "user", "context": {}}  # type: ignore[dict-item]
        path = f"/desk/waiting/{first['seq']}"
        assert (await world.client.post(path, json=event, headers={"X-Staff": "rita"})).status_code == 403
        mended = await world.client.post(path, json=event, headers={"X-Staff": "ines"})
        assert mended.json() == {"parked": None}
        assert len((await world.says()).json()["holds"]) == 2
        assert await world.desk("waiting") == []

    run(cluster, story)


def test_an_event_that_the_host_cannot_build_parks_the_account_and_the_change_is_made(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        async with world.shop.sessions.begin() as db:
            await happened(db, "a1", "No Such Trigger", ActorKind.USER, world.now, {"user_agent": object()})
        assert await denied_unknown(world)
        assert "cannot be built" in (await world.desk("waiting"))[0]["body"]

    run(cluster, story)


def test_an_event_that_is_readable_and_impossible_parks_the_account(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        kept = await world.flag(at="1999-12-31T00:00:00Z")
        assert kept.status_code == 202
        assert await denied_unknown(world)

    run(cluster, story)


def test_an_event_about_another_account_is_refused(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.open("a2")
        event = {"type": "identity_changed", "id": "e1", "account": "a2", "at": MONDAY.isoformat(), "identity": None}
        said = await world.client.post("/reports/ours/a1", json=event)
        assert said.json()["state"] == "refused"
        assert "wrong_account" in said.json()["why"]
        assert await world.allows()

    run(cluster, story)


# ── A webhook ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_webhook_with_a_wrong_signature_or_an_old_instant_is_refused_and_leaves_nothing(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.flag()
        session = await world.verify()
        kept = await world.one("select count(*) from guard_message")
        body = vendor_says(session, "verified", world.now)
        good = {"Stripe-Signature": ""}
        for signed_at in (world.now - timedelta(minutes=6), world.now + timedelta(minutes=6)):
            assert (await world.signed(body, signed_at)).status_code == 401
        for header in ("", "t=,v1=", "t=9" + "9" * 30 + ",v1=aa", f"t={int(world.now.timestamp())},v1=00", "ü=1"):
            good["Stripe-Signature"] = header.encode("latin-1").decode("latin-1")
            said = await world.client.post(
                "/webhooks/stripe", content=body, headers=[(b"Stripe-Signature", header.encode("latin-1"))]
            )
            assert said.status_code == 401
        said = await world.vendor(session, "verified")
        assert said.status_code == 202
        tampered = body.replace(b"verified", b"canceled")
        signature = said.request.headers["Stripe-Signature"]
        answer = await world.client.post("/webhooks/stripe", content=tampered, headers={"Stripe-Signature": signature})
        assert answer.status_code == 401
        assert await world.one("select count(*) from guard_message") == kept + 1
        assert await world.allows()

    run(cluster, story)


def test_a_status_that_nobody_documents_lifts_nothing_and_costs_nothing(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.flag()
        session = await world.verify()
        assert (await world.vendor(session, "sparkling")).status_code == 202
        assert (await world.says()).json()["phase"] == "verification"
        assert await world.one("select state from guard_message order by seq desc limit 1") == "ignored"
        await world.vendor(session, "verified")
        assert await world.allows()

    run(cluster, story)


def test_what_a_vendor_says_is_the_same_redelivered_and_in_any_order(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.flag()
        session = await world.verify()
        early = world.now + timedelta(minutes=1)
        world.now += timedelta(minutes=5)
        for word, at in [("verified", world.now), ("processing", early), ("verified", world.now)] * 2:
            assert (await world.vendor(session, word, at=at)).status_code == 202
        assert await world.allows()
        assert await world.one("select count(*) from guard_message where source = 'stripe'") == 2

    run(cluster, story)


def test_a_word_that_overtakes_the_press_waits_for_its_session(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.flag()
        assert (await world.vendor("vs_soon", "verified")).status_code == 202
        ((message),) = await world.desk("waiting")
        assert message["account"] is None
        assert not await world.allows()
        await world.open("a2")
        assert await world.allows("a2")
        monkeypatch.setattr("secrets.token_hex", lambda _: "soon")
        assert await world.verify() == "vs_soon"
        assert await world.allows()
        assert (await world.one("select account from guard_message where source = 'stripe'")) is None
        assert await drain(world.shop.sessions, world.now) == []
        assert await world.one("select account from guard_message where source = 'stripe'") == "a1"
        assert await world.one("select state from guard_message where source = 'stripe'") == "applied"

    run(cluster, story)


def test_a_genuine_message_of_which_nothing_can_be_read_stops_everybody_until_somebody_looks(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.open("a2")
        assert (await world.signed(b"\xff no json")).status_code == 202
        assert await denied_unknown(world)
        assert await denied_unknown(world, "a2")
        (message,) = await world.desk("waiting")
        meant = json.dumps(
            {"type": "identity_changed", "id": "e1", "account": "a2", "at": MONDAY.isoformat(), "identity": None}
        )
        headers = {"X-Staff": "ines", "X-Account": "a2"}
        await world.client.post(f"/desk/waiting/{message['seq']}", content=meant, headers=headers)
        assert await world.allows()
        assert await world.allows("a2")

    run(cluster, story)


def test_a_token_of_the_identity_provider_holds_and_each_wrong_one_is_refused(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.do("insert into guard_subject values ('signals', 'u1', 'a1')")
        good = signal(RSA)
        head, claims, signature = good.split(".")
        wrong = {
            "signature": signal(OTHER),
            "issuer": signal(iss="https://elsewhere.example"),
            "audience": signal(aud="https://elsewhere.example"),
            "audience missing": signal(aud=None),
            "another kind of token": signal(typ="JWT"),
            "body": ".".join([head, claims[:-4] + "AAAA", signature]),
            "algorithm": ".".join(["eyJhbGciOiJub25lIn0", claims, ""]),
            "no token": "nothing",
            "empty": "",
        }
        for why, token in wrong.items():
            assert (await world.client.post("/webhooks/signals", content=token)).status_code == 401, why
        assert await world.allows()
        assert await world.one("select count(*) from guard_message") == 0
        for token in (good, good, signal(EC, jti="set-2")):
            assert (await world.client.post("/webhooks/signals", content=token)).status_code == 202
        assert (await world.says()).json()["resumes_at"] == "2026-01-07T09:00:00Z"
        assert await world.one("select count(*) from guard_message") == 2

    run(cluster, story)


# ── The database ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_database_that_is_away_denies_says_so_and_loses_nothing(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.request("p1")
        cluster.stop()
        try:
            for said in (
                await world.says(),
                await world.send("p1"),
                await world.client.patch("/accounts/a1", json={"password": "new"}),
                await world.flag(),
                await world.signed(vendor_says("vs_1", "verified", world.now)),
            ):
                assert said.status_code == 503
                assert said.headers["Content-Type"] == "application/problem+json"
                assert said.headers["Retry-After"] == "5"
        finally:
            cluster.start()
        assert await world.allows()
        await world.change(password="new")
        assert (await world.send("p1")).status_code == 403
        assert await world.lines() == []

    run(cluster, story)


def test_the_answer_of_a_hold_is_in_the_language_of_the_browser(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.change(password="new")
        said = await world.client.get("/accounts/a1/withdrawals", headers={"Accept-Language": "de-CH, en;q=0.5"})
        assert said.headers["Content-Language"] == "de"
        assert "6. Januar 2026" in said.json()["detail"]

    run(cluster, story)
