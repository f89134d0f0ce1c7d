"""`HostMachine` drives the host through its doors: signed events, the JSON API, the pages. The money is the machine's.

One walk after the other, against PostgreSQL. `SHOP_WALKS=200 python run.py test tests.test_machine` looks longer.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any
from unittest import TestCase, mock
from uuid import uuid4

from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, settings
from withdraw_guard import Event, EventRefused, Refusal, not_after, wire
from withdraw_guard.testing import HostMachine, gate_coverage

from guard.models import Entry, GuardedAccount, Message, Notice, Payout
from guard.payouts import recover
from shop.policy import POLICY
from tests.base import Clock, Rail, post


class BankRail(Rail):
    """The bank of the machine, as the rail of the host."""

    def __init__(self, machine: HostMachine) -> None:
        super().__init__()
        self.machine = machine

    def send(self, payout: Payout) -> None:
        """Send; the process may die here."""
        self.machine.bank.send(payout.key)

    def knows(self, payout: Payout) -> bool:
        """Tell whether the bank has sent it."""
        return self.machine.bank.has_sent(payout.key)


class ShopMachine(HostMachine):
    """The example, seen from outside."""

    policy = POLICY

    def begin(self) -> None:
        self.user = User.objects.create_user(uuid4().hex)
        self.browser = Client()
        self.browser.force_login(self.user, "django.contrib.auth.backends.ModelBackend")
        self.rail = mock.patch("tests.base.RAIL", BankRail(self))
        self.rail.start()

    def end(self) -> None:
        self.rail.stop()
        for kept in (Entry, Notice, Payout):
            kept.objects.filter(account=self.user.pk).delete()
        Message.objects.all().delete()
        GuardedAccount.objects.filter(pk=self.user.pk).delete()
        self.user.delete()

    def _deliver(self, event: Event) -> None:
        # The door dates an event no later than it came; so does the guard of the machine.
        super()._deliver(not_after(event, self._now))

    def report(self, event: Event, at: datetime) -> None:
        Clock.at = at
        answer = post("outbox", {"payload": {**wire.to_dict(event), "account": str(self.user.pk)}}).json()
        if answer["outcome"] == "refused":
            raise EventRefused(Refusal(answer["reason"]), event)
        assert answer["outcome"] == "applied", answer

    def may_withdraw(self, at: datetime) -> bool:
        Clock.at = at
        return self.browser.get("/api/withdrawal").status_code == 200

    def request(self, payout: str, at: datetime) -> bool:
        Clock.at = at
        wanted = {"amount": "25", "destination": "DE02"}
        return bool(self.posted("/api/payouts", wanted, headers={"Idempotency-Key": payout}).status_code == 201)

    def broadcast(self, payout: str, at: datetime) -> None:
        Clock.at = at
        self.posted(f"/api/payouts/{payout}/send", {})

    def confirm_on_the_page(self, payout: str, at: datetime) -> None:
        """Press the button of the page."""
        Clock.at = at
        self.browser.post(f"/payouts/{Payout.objects.get(account=self.user.pk, key=payout).pk}/send")

    def retry(self, payout: str, at: datetime) -> None:
        self.restart(at)
        self.broadcast(payout, at)

    def restart(self, at: datetime) -> None:
        Clock.at = at
        recover()

    def posted(self, path: str, body: dict[str, str], **more: Any) -> Any:
        """Post JSON."""
        return self.browser.post(path, body, "application/json", **more)


class ForgetfulMachine(ShopMachine):
    """The same host, with a worker that sends without asking."""

    def retry(self, payout: str, at: datetime) -> None:
        self.bank.send(payout)


class TestShop(ShopMachine.TestCase):  # type: ignore[misc,valid-type]  # Hypothesis makes the class
    """No walk lets money out during a hold, sends it twice, refuses without reason, or locks somebody in."""

    settings = settings(
        max_examples=int(os.environ.get("SHOP_WALKS", "12")), stateful_step_count=30, deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip


class Gates(TestCase):
    """Every way out, under every kind of hold."""

    def test_every_way_out_is_tight(self) -> None:
        ways = {
            "api": ShopMachine.broadcast,
            "page": ShopMachine.confirm_on_the_page,
            "retry": ShopMachine.retry,
        }
        gates = gate_coverage(ways, host=ShopMachine)
        assert gates.is_tight, f"\n{gates}"

    def test_a_way_out_that_forgot_to_ask_is_found(self) -> None:
        gates = gate_coverage(
            {"api": ForgetfulMachine.broadcast, "worker": ForgetfulMachine.retry}, host=ForgetfulMachine
        )
        assert {way for way, _ in gates.slips} == {"worker"}
