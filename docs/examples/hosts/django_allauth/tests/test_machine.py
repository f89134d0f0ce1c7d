"""`HostMachine` drives the host through its doors: signed events, the JSON API, the tick. The money is the machine's.

One walk after the other, against PostgreSQL. `SHOP_WALKS=200 python run.py test tests.test_machine` looks longer.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, TransactionTestCase
from guard.models import GuardedAccount, Payout
from hypothesis import HealthCheck, settings
from tests.base import RAIL, Clock, post
from withdraw_guard import AccountId, Event, EventRefused, Refusal, check, not_after, wire
from withdraw_guard.testing import HostBroken, HostMachine, gate_coverage

from shop.policy import POLICY


class ShopMachine(HostMachine):
    """The example, seen from outside."""

    policy = POLICY

    def begin(self) -> None:
        self.user = User.objects.create_user(uuid4().hex)
        self.account = AccountId(str(self.user.pk))
        self.browser = Client(raise_request_exception=True)
        self.browser.force_login(self.user, "django.contrib.auth.backends.ModelBackend")
        RAIL.send = lambda payout: self.bank.send(payout.key)  # type: ignore[method-assign]
        RAIL.knows = lambda payout: self.bank.has_sent(payout.key)  # type: ignore[method-assign]

    def report(self, event: Event, at: datetime) -> None:
        Clock.at = at
        answer = post("outbox", {"payload": wire.to_dict(event)}).json()
        if answer["outcome"] == "refused":
            raise EventRefused(Refusal(answer["reason"]), event)
        assert answer["outcome"] == "applied", answer

    def may_withdraw(self, at: datetime) -> bool:
        Clock.at = at
        return self.browser.get("/api/withdrawal").status_code == 200

    def request(self, payout: str, at: datetime) -> bool:
        Clock.at = at
        wanted = {"amount": "25", "destination": "DE02"}
        return self.posted("/api/payouts", wanted, headers={"Idempotency-Key": payout}).status_code == 201

    def broadcast(self, payout: str, at: datetime) -> None:
        Clock.at = at
        self.posted(f"/api/payouts/{payout}/send", {})

    def retry(self, payout: str, at: datetime) -> None:
        self.restart(at)
        self.broadcast(payout, at)

    def restart(self, at: datetime) -> None:
        Clock.at = at
        call_command("guard_tick")

    def posted(self, path: str, body: dict[str, str], **more: Any) -> Any:
        """Post JSON."""
        return self.browser.post(path, body, "application/json", **more)
