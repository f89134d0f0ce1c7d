"""The way of the money: what is held is not sent, and what is sent is sent once."""

from __future__ import annotations

from cluster import Cluster
from world import HOUR, World, run


def test_a_payout_is_sent_once_and_send_says_whether_it_was_this_call(cluster: Cluster) -> None:
    async def story(world: World) -> None:
        await world.open()
        assert (await world.request("p1")).status_code == 201
        assert (await world.send("p1")).json()["let_go"] is True
        assert (await world.send("p1")).json()["let_go"] is False
        assert await world.state("p1") == "sent" and await world.lines() == ["p1"]

    run(cluster, story)


def test_a_change_of_the_password_stops_what_was_requested_before_it_and_says_why_and_until_when(
    cluster: Cluster,
) -> None:
    async def story(world: World) -> None:
        await world.open()
        await world.request("p1")
        await world.change(password="new")
        denied = await world.send("p1")
        assert denied.status_code == 403 and denied.headers["Content-Type"] == "application/problem+json"
        assert denied.headers["Retry-After"] == "86400" and denied.json()["resumes_at"] == "2026-01-06T09:00:00Z"
        assert "Reason: a change to the security of your account." in denied.json()["detail"]
        assert await world.lines() == []
        world.now += 24 * HOUR
        assert (await world.send("p1")).json()["let_go"] is True

    run(cluster, story)
