"""The test kit drives this host over HTTP, against the real database: one walk, and every way in which money leaves.

`GUARD_EXAMPLES=500` walks longer, and `GUARD_DEEP=1` tries every way out instead of the longest one.
"""

from __future__ import annotations

import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, ClassVar
from unittest import mock

import pytest
from cluster import Cluster
from guard import payouts
from guard.accounts import Sessions
from guard.payouts import lease_of
from guard.policy import POLICY
from guard.tables import Payout
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from world import World, a_world

from withdraw_guard import Event, EventRefused, Refusal
from withdraw_guard.testing import Bank, HostMachine, gate_coverage
from withdraw_guard.wire import to_dict


class KitRail:
    """The bank of the kit, at the other end of our rail."""

    timeout = timedelta(seconds=5)

    def __init__(self, bank: Bank) -> None:
        self.bank, self.is_idempotent = bank, True

    async def send(self, payout: str, amount: int, destination: str) -> None:
        self.bank.send(payout)

    async def has_sent(self, payout: str) -> bool:
        return self.bank.has_sent(payout)


class OverHttp(HostMachine):
    """Every hook is a request; between two of them nothing is left but what is stored."""

    policy = POLICY
    cluster: ClassVar[Cluster]
    stack: AsyncExitStack
    world: World
    rail: KitRail

    async def begin(self) -> None:
        self.stack, self.rail = AsyncExitStack(), KitRail(self.bank)
        self.world = await self.stack.enter_async_context(a_world(self.cluster, 2, self.rail))
        await self.world.open(self.account)

    async def report(self, event: Event, at: datetime) -> None:
        self.world.now = at
        said = await self.world.client.post(f"/reports/ours/{self.account}", json=to_dict(event))
        if said.json()["state"] == "refused":
            raise EventRefused(Refusal(said.json()["why"].rpartition(": ")[2]), event)

    async def may_withdraw(self, at: datetime) -> bool:
        self.world.now = at
        return await self.world.allows(self.account)

    async def request(self, payout: str, at: datetime) -> bool:
        self.world.now = at
        return (await self.world.request(payout, self.account)).status_code == 201

    async def broadcast(self, payout: str, at: datetime) -> None:
        self.world.now = at
        await self.world.send(payout)

    async def retry(self, payout: str, at: datetime) -> None:
        self.world.now = at
        await self.world.client.post("/jobs/recover")
        await self.world.send(payout)

    async def restart(self, at: datetime) -> None:
        self.world.now = at
        await self.world.client.post("/jobs/recover")
        await self.world.client.post("/jobs/tick")

    async def end(self) -> None:
        await self.stack.aclose()

    @rule(is_idempotent=st.booleans())
    def a_sender_hangs(self, is_idempotent: bool) -> None:
        """It is paused after its mark; meanwhile the payout is recovered and sent by another one. Then it wakes."""
        name, self.rail.is_idempotent = f"hung{len(self._steps)}", is_idempotent

        def request() -> bool | Coroutine[object, None, bool]:
            return self.request(name, self._now)

        def pause() -> bool | Coroutine[object, None, bool]:
            return self.pause(name)

        if self._step(f"payout {name} is requested", request):
            self._step(f"payout {name} is marked, recovered and broadcast; its sender wakes", pause)
        self.rail.is_idempotent = True

    async def pause(self, payout: str) -> bool:
        """Send a payout with a pause between the mark and the money, and tell whether it was sent in the end."""
        is_ours, pauses = payouts._is_ours, [1]

        async def after_a_pause(sessions: Sessions, marked: Payout, now: datetime) -> bool:
            if pauses:
                pauses.clear()
                await self.meanwhile(payout)
                now = self._now
            return await is_ours(sessions, marked, now)

        with mock.patch("guard.payouts._is_ours", after_a_pause):
            await self.broadcast(payout, self._now)
        return self.bank.has_sent(payout)

    async def meanwhile(self, payout: str) -> None:
        """The lease ends; recovery runs; a person settles what is unclear; another sender sends."""
        lease = lease_of(self.rail)
        self._now += lease
        await self.restart(self._now)
        if not self.rail.is_idempotent:
            self._now += lease
            self.world.now = self._now
            settled = await self.world.client.post(f"/desk/payouts/{payout}/requested", headers={"X-Staff": "sam"})
            assert settled.status_code == 200, settled.text
        await self.broadcast(payout, self._now)


def test_no_story_is_found_in_which_this_host_pays_or_refuses_wrongly(cluster: Cluster) -> None:
    OverHttp.cluster = cluster
    examples = int(os.environ.get("GUARD_EXAMPLES", "6"))
    run_state_machine_as_test(OverHttp, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None))


@pytest.mark.parametrize("is_idempotent", [True, False])
def test_the_machine_finds_a_sender_that_does_not_look_whether_the_payout_is_still_its_own(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, is_idempotent: bool
) -> None:
    async def always(*_: object) -> bool:
        return True

    monkeypatch.setattr("guard.payouts._is_ours", always)
    OverHttp.cluster = cluster
    machine = OverHttp()
    try:
        with pytest.raises(AssertionError, match="money is sent twice"):
            machine.a_sender_hangs(is_idempotent)
    finally:
        machine._close()


async def after_a_settlement(machine: OverHttp, payout: str, at: datetime) -> None:
    """A person has asked the bank about a payout that was unclear, and it is requested again."""
    await machine.world.do("update payout set state = 'unclear', left_at = '2000-01-01T00:00:00Z'")
    settled = await machine.world.client.post(f"/desk/payouts/{payout}/requested", headers={"X-Staff": "sam"})
    assert settled.status_code == 200
    await machine.broadcast(payout, at)


def test_every_way_in_which_money_leaves_is_stopped_by_every_kind_of_hold(cluster: Cluster) -> None:
    OverHttp.cluster = cluster
    gates: dict[str, Any] = {"settled by a person": after_a_settlement}
    gates |= {"send": OverHttp.broadcast, "retry": OverHttp.retry} if "GUARD_DEEP" in os.environ else {}
    report = gate_coverage(gates, host=OverHttp)
    print(report)
    assert report.is_tight, report
