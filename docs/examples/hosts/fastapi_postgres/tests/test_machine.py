"""The test kit drives this host over HTTP, against the real database: one walk, and every way in which money leaves.

`GUARD_EXAMPLES=500` walks longer.
"""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import ClassVar

from cluster import Cluster
from guard.policy import POLICY
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from world import World, a_world

from withdraw_guard import Event, EventRefused, Refusal
from withdraw_guard.testing import Bank, HostMachine, gate_coverage
from withdraw_guard.wire import to_dict


class KitRail:
    """The bank of the kit, at the other end of our rail."""

    timeout, is_idempotent = timedelta(seconds=5), True

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

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

    async def begin(self) -> None:
        self.stack = AsyncExitStack()
        self.world = await self.stack.enter_async_context(a_world(self.cluster, 2, KitRail(self.bank)))
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


def test_no_story_is_found_in_which_this_host_pays_or_refuses_wrongly(cluster: Cluster) -> None:
    OverHttp.cluster = cluster
    examples = int(os.environ.get("GUARD_EXAMPLES", "10"))
    run_state_machine_as_test(OverHttp, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None))


async def after_a_settlement(machine: OverHttp, payout: str, at: datetime) -> None:
    """A person has asked the bank about a payout that was unclear, and it is requested again."""
    await machine.world.do("update payout set state = 'unclear'")
    settled = await machine.world.client.post(f"/desk/payouts/{payout}/requested", headers={"X-Staff": "sam"})
    assert settled.status_code == 200
    await machine.broadcast(payout, at)


def test_every_way_in_which_money_leaves_is_stopped_by_every_kind_of_hold(cluster: Cluster) -> None:
    OverHttp.cluster = cluster
    gates = {"send": OverHttp.broadcast, "retry": OverHttp.retry, "settled by a person": after_a_settlement}
    report = gate_coverage(gates, host=OverHttp)
    print(report)
    assert report.is_tight, report
