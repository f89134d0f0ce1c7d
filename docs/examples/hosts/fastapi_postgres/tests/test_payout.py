"""The way of the money: what is held is not sent, and what is sent is sent once, whoever dies and whoever waits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cluster import Cluster
from guard.payouts import lease_of, recover, send
from shop.bank import FakeBank
from world import HOUR, World, run

TESTS = Path(__file__).parent


def test_a_payout_is_sent_once_and_send_says_whether_it_was_this_call(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        assert (await world.request("p1")).status_code == 201
        assert (await world.request("p1")).status_code == 409
        assert (await world.send("p1")).json()["let_go"] is True
        assert (await world.send("p1")).json()["let_go"] is False
        assert await world.state("p1") == "sent"
        assert await world.lines() == ["p1"]
        assert (await world.send("p2")).status_code == 404

    run(cluster, story)


def test_a_change_of_the_password_stops_what_was_requested_before_and_says_why_and_until_when(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.request("p1")
        await world.change(password="new")
        denied = await world.send("p1")
        assert denied.status_code == 403
        assert denied.headers["Content-Type"] == "application/problem+json"
        assert denied.headers["Retry-After"] == "86400"
        assert denied.json()["resumes_at"] == "2026-01-06T09:00:00Z"
        assert "Reason: a change to the security of your account." in denied.json()["detail"]
        assert (await world.request("p2")).status_code == 403
        assert await world.lines() == []
        world.now += 24 * HOUR
        assert (await world.send("p1")).json()["let_go"] is True

    run(cluster, story)


def test_a_change_that_fails_reports_nothing(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.do("alter table customer add constraint no_spam check (email not like 'spam%')")
        try:
            said = await world.client.patch("/accounts/a1", json={"email": "spam@example.org", "password": "new"})
            assert said.status_code == 409
            assert await world.one("select count(*) from guard_message") == 0
            assert await world.allows()
        finally:
            await world.do("alter table customer drop constraint no_spam")

    run(cluster, story)


# ── A process that dies, and one that only sleeps ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_idempotent", [True, False])
@pytest.mark.parametrize("point", ["before", "after"])
def test_a_worker_that_is_killed_between_mark_send_and_save_pays_once_or_not_at_all(
    cluster: Cluster, point: str, is_idempotent: bool
) -> None:
    async def story(world: World) -> None:
        bank = FakeBank(world.shop.sessions, is_idempotent=is_idempotent)
        await world.open()
        await world.request("p1")
        said = ["yes" if is_idempotent else "no"]
        command = [sys.executable, str(TESTS / "killed_worker.py"), cluster.url, "p1", point, *said]
        environment = {"PYTHONPATH": f"{TESTS.parent}:{TESTS}"}
        died = await asyncio.to_thread(lambda: subprocess.run(command, env=environment, capture_output=True))
        assert died.returncode == -9, died.stderr
        assert await world.state("p1") == "leaving"
        assert (await world.send("p1")).json()["let_go"] is False
        world.now += lease_of(bank) - timedelta(microseconds=1)
        assert await recover(world.shop.sessions, bank, world.now) == {}
        world.now += timedelta(microseconds=1)
        both = await asyncio.gather(*(recover(world.shop.sessions, bank, world.now) for _ in range(2)))
        became = "sent" if point == "after" else "requested" if is_idempotent else "unclear"
        assert both[0] | both[1] == {"p1": became}
        assert await world.state("p1") == became
        await send(world.shop.sessions, bank, "p1", lambda: world.now)
        assert await world.lines() == ["p1"] * (point == "after" or is_idempotent)

    run(cluster, story)


def test_what_was_left_before_a_hold_is_asked_again_under_the_hold(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.request("p1")
        await world.do(f"update payout set state = 'leaving', left_at = '{world.now}', lease_until = '{world.now}'")
        await world.change(password="new")
        assert (await world.client.post("/jobs/recover")).json() == {"p1": "requested"}
        assert (await world.send("p1")).status_code == 403
        assert await world.lines() == []

    run(cluster, story)


class Slow(FakeBank):
    """It takes longer than we wait, and sends all the same."""

    timeout = timedelta(milliseconds=50)

    async def send(self, payout: str, amount: int, destination: str) -> None:
        await super().send(payout, amount, destination)
        await asyncio.sleep(1)


def test_a_bank_that_does_not_answer_is_asked_before_anything_is_sent_again(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        bank = Slow(world.shop.sessions, is_idempotent=False)
        await world.open()
        await world.request("p1")
        with pytest.raises(TimeoutError):
            await send(world.shop.sessions, bank, "p1", lambda: world.now)
        assert await world.state("p1") == "leaving"
        assert (await world.send("p1")).json()["let_go"] is False
        world.now += lease_of(bank)
        assert await recover(world.shop.sessions, bank, world.now) == {"p1": "sent"}
        assert await world.lines() == ["p1"]

    run(cluster, story)


class Hanging(FakeBank):
    """A sender that was paused between the mark and the money, like a process that is swapped out."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.wakes, self.hangs = asyncio.Event(), asyncio.Event()

    async def send(self, payout: str, amount: int, destination: str) -> None:
        self.hangs.set()
        await self.wakes.wait()
        await super().send(payout, amount, destination)


def test_a_sender_that_hangs_while_recovery_runs_never_pays_twice(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        hanging = Hanging(world.shop.sessions)
        await world.open()
        await world.request("p1")
        sleeper = asyncio.create_task(send(world.shop.sessions, hanging, "p1", lambda: world.now))
        await hanging.hangs.wait()
        world.now += lease_of(hanging)
        assert (await world.client.post("/jobs/recover")).json() == {"p1": "requested"}
        assert (await world.send("p1")).json()["let_go"] is True
        hanging.wakes.set()
        await sleeper
        assert await world.lines() == ["p1"]
        assert await world.state("p1") == "sent"

    run(cluster, story)
