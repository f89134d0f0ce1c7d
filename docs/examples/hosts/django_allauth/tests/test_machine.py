"""`HostMachine` drives the host through its doors: signed events, the JSON API, the pages. The money is the machine's.

One walk after the other, against PostgreSQL. `SHOP_DEEP=1 python run.py test tests.test_machine` looks longer, and
through every way out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest import TestCase, mock
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import rule
from withdraw_guard import Event, EventRefused, Refusal, not_after, wire
from withdraw_guard.testing import HostMachine, gate_coverage

from guard import payouts
from guard.models import Entry, GuardedAccount, Message, Notice, Payout
from guard.payouts import recover
from shop.policy import POLICY
from tests.base import DEEP, Clock, Rail, post


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
        self.rail = BankRail(self)
        self.patch = mock.patch("tests.base.RAIL", self.rail)
        self.patch.start()

    def end(self) -> None:
        self.patch.stop()
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

    @rule(is_idempotent=st.booleans())
    def a_sender_hangs(self, is_idempotent: bool) -> None:
        """It is paused after its mark; meanwhile the payout is recovered and sent by another one. Then it wakes."""
        name, self.rail.idempotent = f"hung{len(self._steps)}", is_idempotent
        if self._step(f"payout {name} is requested", lambda: self.request(name, self._now)):
            self._step(f"payout {name} is marked, recovered and broadcast; its sender wakes", lambda: self.pause(name))
        self.rail.idempotent = True

    def pause(self, payout: str) -> None:
        """Send a payout with a pause between the mark and the money."""
        is_ours, pauses = payouts._is_ours, [1]

        def after_a_pause(marked: Payout) -> bool:
            if pauses:
                pauses.clear()
                self.meanwhile(marked)
            return is_ours(marked)

        with mock.patch("guard.payouts._is_ours", after_a_pause):
            self.broadcast(payout, self._now)

    def meanwhile(self, payout: Payout) -> None:
        """The lease ends; recovery runs; a person settles what is unclear; another sender sends."""
        self._now += settings.GUARD_LEASE
        self.restart(self._now)
        if not self.rail.idempotent:
            self._now += settings.GUARD_LEASE
            Clock.at = self._now
            assert payouts.settle(payout.pk, "requested")
        self.broadcast(payout.key, self._now)

    def posted(self, path: str, body: dict[str, str], **more: Any) -> Any:
        """Post JSON."""
        return self.browser.post(path, body, "application/json", **more)


class ForgetfulMachine(ShopMachine):
    """The same host, with a worker that sends without asking."""

    def retry(self, payout: str, at: datetime) -> None:
        self.bank.send(payout)


class TestShop(ShopMachine.TestCase):  # type: ignore[misc,valid-type]  # Hypothesis makes the class
    """No walk lets money out during a hold, sends it twice, refuses without reason, or locks somebody in."""

    settings = hypothesis_settings(
        max_examples=300 if DEEP else 10, stateful_step_count=30, deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip


class Pauses(TestCase):
    """The step with a sender that hangs."""

    def test_a_sender_that_does_not_look_whether_the_payout_is_still_its_own_is_found(self) -> None:
        for is_idempotent in (True, False):
            machine: Any = ShopMachine()
            careless = mock.patch("guard.payouts._is_ours", return_value=True)
            with careless, self.assertRaisesRegex(AssertionError, "money is sent twice"):
                machine.a_sender_hangs(is_idempotent)
            machine._close()


class Gates(TestCase):
    """Every way out, under every kind of hold."""

    def test_every_way_out_is_tight(self) -> None:
        ways = {"page": ShopMachine.confirm_on_the_page}
        ways |= {"api": ShopMachine.broadcast, "retry": ShopMachine.retry} if DEEP else {}
        gates = gate_coverage(ways, host=ShopMachine)
        assert gates.is_tight, f"\n{gates}"

    def test_a_way_out_that_forgot_to_ask_is_found(self) -> None:
        gates = gate_coverage({"worker": ForgetfulMachine.retry}, host=ForgetfulMachine)
        assert {way for way, _ in gates.slips} == {"worker"}
