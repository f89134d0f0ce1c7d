"""What people do: the queue, decisions, releases, retractions, appeals; and the timer that does nothing but tell."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import attrs
import pytest
from cluster import Cluster
from guard.payouts import lease_of
from guard.policy import POLICY
from shop.jobs import drain, tick
from world import HOUR, MONDAY, World, run

HOLD = "f1:abnormal-activity"


async def in_review(world: World) -> str:
    await world.open()
    await world.flag()
    session = await world.verify()
    await world.vendor(session, "processing")
    return session


def test_the_whole_road_from_a_flag_to_a_granted_appeal(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await in_review(world)
        ((waiting),) = await world.desk("queue")
        assert (waiting["account"], waiting["hold"], waiting["step"]) == ("a1", HOLD, "await_review")
        world.now += HOUR
        more: dict[str, Any] = {
            "type": "more_requested",
            "hold": HOLD,
            "attempt": None,
            "reasons": [],
            "documents": ["proof_of_address"],
        }
        assert (await world.staff("rita", **more)).status_code == 200
        said = await world.says()
        assert said.json()["type"].endswith("complete-verification")
        assert await world.desk("queue") == []
        sent = {
            "type": "verification_submitted",
            "id": "s2",
            "account": "a1",
            "at": world.now.isoformat(),
            "hold": HOLD,
        }
        await world.client.post("/reports/ours/a1", json={**sent, "attempt": None})
        verdict: dict[str, Any] = {
            "type": "review_decided",
            "hold": HOLD,
            "attempt": None,
            "outcome": "rejected",
            "final": False,
        }
        verdict["reasons"] = ["document_unreadable"]
        assert (await world.staff("rita", **verdict)).status_code == 200
        said = await world.says()
        assert "the document could not be read" in said.json()["detail"]

        asked = {"hold": HOLD, "documents": []}
        missing = await world.client.post("/accounts/a1/appeals", json=asked)
        assert (missing.status_code, missing.json()["documents"]) == (422, ["supporting_documents"])
        asked["documents"] = ["supporting_documents"]
        assert (await world.client.post("/accounts/a1/appeals", json=asked)).status_code == 201
        ((waiting),) = await world.desk("queue")
        assert waiting["step"] == "await_appeal"
        world.now += HOUR
        granted: dict[str, Any] = {
            "type": "appeal_decided",
            "hold": HOLD,
            "attempt": None,
            "outcome": "granted",
            "reasons": [],
        }
        assert (await world.staff("rita", **granted)).status_code == 403
        assert (await world.staff("odd", **granted)).status_code == 200
        assert await world.allows()
        assert await world.desk("queue") == []
        assert (await world.staff("odd", **granted)).status_code == 409

    run(cluster, story)


def test_support_releases_one_hold_and_no_other(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.flag()
        await world.change(password="new")
        order: dict[str, Any] = {"type": "release_ordered", "hold": HOLD, "authority": "support", "note": "called back"}
        order["override_stale"] = False
        assert (await world.staff("ines", **order)).status_code == 403
        assert (await world.staff("nobody", **order)).status_code == 403
        assert (await world.staff("sam", **order)).status_code == 200
        assert (await world.says()).json()["resumes_at"] == "2026-01-06T09:00:00Z"
        name = await world.one("select row::jsonb -> 'holds' -> 1 ->> 'id' from guard_account")
        refused = await world.staff("sam", **{**order, "hold": name})
        assert (refused.status_code, refused.headers["Content-Type"]) == (422, "application/problem+json")

    run(cluster, story)


def test_security_takes_back_a_wrong_report_with_a_note(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.flag()
        wrong: dict[str, Any] = {"type": "event_retracted", "event": "f1", "authority": "security", "note": ""}
        assert (await world.staff("ines", **wrong)).status_code == 422
        assert (await world.staff("sam", **{**wrong, "note": "a test"})).status_code == 403
        assert (await world.staff("ines", **{**wrong, "note": "a test"})).status_code == 200
        assert await world.allows()

    run(cluster, story)


def test_nobody_at_the_desk_can_speak_for_somebody_else(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await in_review(world)
        verdict: dict[str, Any] = {
            "type": "review_decided",
            "hold": HOLD,
            "attempt": None,
            "outcome": "approved",
            "final": False,
        }
        forged: dict[str, Any] = {
            **verdict,
            "reasons": [],
            "by": {"id": "odd", "kind": "admin"},
            "at": "2030-01-01T00:00:00Z",
            "id": "x",
        }
        assert (await world.staff("rita", **forged)).status_code == 200
        assert (
            await world.one("select body::json -> 'by' ->> 'id' from guard_message order by seq desc limit 1") == "rita"
        )
        assert await world.one("select body::json ->> 'at' from guard_message order by seq desc limit 1") == (
            "2026-01-05T09:00:00Z"
        )

    run(cluster, story)


def test_a_pass_that_the_vendor_takes_back_holds_again(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        session = await in_review(world)
        world.now += timedelta(minutes=1)
        await world.vendor(session, "verified")
        assert await world.allows()
        world.now += timedelta(days=20)
        await world.vendor(session, "requires_input", code="document_unverified_other")
        assert not await world.allows()

    run(cluster, story)


def test_a_payout_whose_fate_is_unclear_is_settled_by_a_person(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.request("p1")
        left_at = world.now - 2 * lease_of(world.shop.rail) + timedelta(microseconds=1)
        await world.do(f"update payout set state = 'unclear', left_at = '{left_at}'")
        assert [each["state"] for each in await world.desk("payouts")] == ["unclear"]
        settle = "/desk/payouts/p1/"
        assert (await world.client.post(settle + "lost", headers={"X-Staff": "sam"})).status_code == 403
        early = await world.client.post(settle + "requested", headers={"X-Staff": "sam"})
        assert "its sender may still be at work" in early.text
        assert await world.state("p1") == "unclear"
        world.now += timedelta(microseconds=1)
        assert (await world.client.post(settle + "requested", headers={"X-Staff": "sam"})).status_code == 200
        assert (await world.client.post(settle + "sent", headers={"X-Staff": "sam"})).status_code == 403
        assert (await world.send("p1")).json()["let_go"] is True

    run(cluster, story)


def test_a_policy_that_is_shortened_leaves_an_open_hold_as_it_was_placed(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tuple(attrs.evolve(rule, duration=HOUR, clearance=None) for rule in POLICY.rules)
    shorter = attrs.evolve(POLICY, version="2", rules=rules)

    async def story(world: World) -> None:
        await world.open()
        await world.change(password="new")
        await drain(world.shop.sessions, world.now)
        for module in ("accounts", "messages"):
            monkeypatch.setattr(f"guard.{module}.POLICY", shorter)
        await world.change(email="new@example.org")
        assert (await world.says()).json()["resumes_at"] == "2026-01-06T09:00:00Z"
        world.now += 24 * HOUR
        await world.change(email="newer@example.org")
        assert (await world.says()).json()["resumes_at"] == "2026-01-06T10:00:00Z"

    run(cluster, story)


# ── The timer ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_timer_tells_once_however_often_and_however_late_it_fires(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.open("a2")
        await world.change(password="new")
        await world.change(email="new@example.org")
        await drain(world.shop.sessions, world.now)
        assert await tick(world.shop.sessions, world.now) == []
        world.now = MONDAY + 24 * HOUR
        assert await tick(world.shop.sessions, world.now) == []  # the other hold is still open
        world.now = MONDAY + 49 * HOUR
        told = await asyncio.gather(*(tick(world.shop.sessions, world.now) for _ in range(5)))
        assert sum(told, []) == ["a1"]  # noqa: RUF017
        assert (await world.client.post("/jobs/tick")).json() == []
        assert await world.one("select count(*) from notice") == 1
        assert await world.one("select phase from guard_account where id = 'a1'") == "restored"

    run(cluster, story)


def test_a_timer_that_never_fires_costs_a_message_and_no_answer(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.change(password="new")
        await world.change(email="new@example.org")
        world.now = MONDAY + 48 * HOUR
        assert await world.allows()
        assert await world.one("select count(*) from notice") == 0

    run(cluster, story)


def test_an_account_that_cannot_be_read_stops_the_jobs_of_no_other(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        for name in ("a1", "a2"):
            await world.open(name)
            await world.change(name, password="new")
        await world.do("update guard_account set row = '{}' where id = 'a1'")
        assert await drain(world.shop.sessions, world.now) == ["a1"]
        await world.do("update guard_account set next_change_at = '2026-01-06T00:00:00Z' where id = 'a1'")
        world.now = MONDAY + 24 * HOUR
        assert await tick(world.shop.sessions, world.now) == ["a2"]

    run(cluster, story)
