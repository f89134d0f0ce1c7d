"""The payout: marked and committed before the money leaves, and sent once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from unittest import mock

from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connections, transaction
from withdraw_guard import Policy

from guard import payouts
from guard.config import NotSent
from guard.models import Payout
from guard.payouts import recover, send
from shop.policy import POLICY
from tests.base import HOUR, MONDAY, RAIL, TICK, Clock, HostTestCase, outbox, security_event


class Sending(HostTestCase):
    """`send` says whether it let the money go."""

    def state(self, key: str = "p1") -> str:
        return Payout.objects.get(key=key).state

    def test_only_the_call_that_lets_the_money_go_says_so(self) -> None:
        payout = self.payout()
        assert [send(payout.pk).let_go for _ in range(3)] == [True, False, False]
        assert RAIL.told == ["p1"]

    def test_inside_another_transaction_it_raises_before_anything_is_marked(self) -> None:
        payout = self.payout()
        with self.assertRaisesMessage(RuntimeError, "durable"), transaction.atomic():
            send(payout.pk)
        assert (self.state(), RAIL.told) == ("requested", [])

    def test_a_view_that_forgot_to_leave_the_transaction_of_its_request_pays_nothing(self) -> None:
        browser, payout = self.logged_in(), self.payout()
        with mock.patch("shop.views.send_payout._non_atomic_requests", set()), self.assertRaises(RuntimeError):
            browser.post(f"/payouts/{payout.pk}/send")
        assert (self.state(), RAIL.told) == ("requested", [])

    def test_a_time_out_leaves_it_leaving_and_the_rail_is_asked_after_the_lease(self) -> None:
        payout = self.payout()
        RAIL.fails = TimeoutError()
        assert (send(payout.pk).let_go, self.state()) == (True, "leaving")
        RAIL.fails = None
        recover()
        assert self.state() == "leaving", "its sender may still be at work"
        Clock.at += settings.GUARD_LEASE
        recover()
        assert (self.state(), RAIL.told) == ("sent", ["p1"])

    def test_what_the_rail_refuses_has_failed(self) -> None:
        RAIL.fails = NotSent()
        assert send(self.payout().pk).state == "failed"
        assert (self.state(), RAIL.told) == ("failed", [])

    def test_a_process_that_dies_before_sending(self) -> None:
        for idempotent, expected in ((True, "requested"), (False, "unclear")):
            RAIL.idempotent = idempotent
            payout = self.payout(expected)
            with mock.patch("guard.payouts._sent", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
                send(payout.pk)
            assert self.state(expected) == "leaving"
            Clock.at += settings.GUARD_LEASE
            recover()
            assert self.state(expected) == expected
        assert RAIL.told == []

    def test_what_was_recovered_asks_again(self) -> None:
        payout = self.payout()
        with mock.patch("guard.payouts._sent", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            send(payout.pk)
        Clock.at += settings.GUARD_LEASE
        recover()
        outbox(security_event("password_changed", account=str(self.ada.pk)))
        assert not send(payout.pk).answer
        assert RAIL.told == []

    def test_a_sender_that_hangs_while_recovery_runs(self) -> None:
        payout = self.payout()

        def recovery(_: Payout) -> None:
            Clock.at += settings.GUARD_LEASE
            in_another_connection(recover)
            assert self.state() == "requested"
            RAIL.told.append("p1")

        with mock.patch.object(RAIL, "send", recovery):
            assert send(payout.pk).let_go
        assert self.state() == "sent", "the sender knows better than recovery"
        assert not send(payout.pk).let_go
        assert RAIL.told == ["p1"]

    def test_two_workers_recover_and_one_of_them_asks_the_rail(self) -> None:
        RAIL.fails = TimeoutError()
        send(self.payout().pk)
        Clock.at += settings.GUARD_LEASE
        stale = Payout.objects.get()
        with mock.patch.object(RAIL, "knows", return_value=False) as asked:
            recover()
            assert not payouts._takes(stale, Clock.at)
        assert asked.call_count == 1

    def test_a_sender_that_wakes_after_its_lease_sends_nothing(self) -> None:
        payout = self.payout()
        with mock.patch("guard.payouts._is_ours", side_effect=self.later(payouts._is_ours)):
            assert not send(payout.pk).let_go
        assert (self.state(), RAIL.told) == ("leaving", [])

    def later(self, is_ours: Callable[[Payout], bool]) -> Callable[[Payout], bool]:
        """Let the lease pass before a sender looks."""

        def looks(payout: Payout) -> bool:
            Clock.at += settings.GUARD_LEASE
            return is_ours(payout)

        return looks

    def test_a_person_settles_what_is_unclear_after_two_leases(self) -> None:
        RAIL.idempotent = False
        payout = self.payout()
        with mock.patch("guard.payouts._sent", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            send(payout.pk)
        Clock.at += settings.GUARD_LEASE
        recover()
        assert self.state() == "unclear"
        Clock.at += settings.GUARD_LEASE - TICK
        assert not payouts.settle(payout.pk, "requested"), "its sender may still be at work"
        Clock.at += TICK
        assert payouts.settle(payout.pk, "requested")
        assert not payouts.settle(payout.pk, "sent"), "it is not unclear any more"
        assert send(payout.pk).let_go
        assert RAIL.told == ["p1"]

    def test_a_bank_that_learns_of_it_late_is_asked_again(self) -> None:
        RAIL.idempotent, payout = False, self.payout()
        with mock.patch("guard.payouts._sent", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            send(payout.pk)
        for told, state in (([], "unclear"), (["p1"], "sent")):
            RAIL.told = told
            Clock.at += settings.GUARD_LEASE
            recover()
            assert self.state() == state

    def test_the_tick_recovers(self) -> None:
        RAIL.fails = TimeoutError()
        send(self.payout().pk)
        Clock.at += settings.GUARD_LEASE
        call_command("guard_tick")
        assert self.state() == "sent"

    def test_a_payout_that_is_asked_for_twice_is_one(self) -> None:
        browser = self.logged_in()
        for _ in range(2):
            answer = browser.post(
                "/api/payouts",
                {"amount": "5", "destination": "DE02"},
                "application/json",
                headers={"Idempotency-Key": "k"},
            )
            assert answer.status_code == 201, answer.content
        assert Payout.objects.count() == 1
        assert [browser.post("/api/payouts/k/send").json()["let_go"] for _ in range(2)] == [True, False]

    def test_the_payout_of_somebody_else_is_not_found(self) -> None:
        from shop.management.commands.demo import person

        payout = self.payout(user=person("bob"))
        assert self.logged_in().post(f"/payouts/{payout.pk}/send").status_code == 404


class Checks(HostTestCase):
    """What `manage.py check` finds."""

    def ids(self, **changed: object) -> list[str]:
        with self.settings(**changed):
            return [str(found.id) for found in run_checks() if str(found.id).startswith("guard.")]

    def test_the_example_is_set_up(self) -> None:
        assert self.ids() == []

    def test_each_fault_is_found(self) -> None:
        fewer = Policy(id="shop", version="1", rules=POLICY.rules[1:])
        with mock.patch("shop.policy.POLICY", fewer):
            assert self.ids() == ["guard.E001", "guard.E003"]
            assert self.ids(GUARD_FINGERPRINT=fewer.fingerprint) == ["guard.E001"]
        with mock.patch("shop.policy.POLICY", Policy(id="none", version="1", rules=())):
            assert "guard.E002" in self.ids()
        with mock.patch.dict(settings.DATABASES["default"], ATOMIC_REQUESTS=False):
            assert self.ids() == ["guard.E004"]
        with mock.patch("shop.api.send_payout._non_atomic_requests", set()):
            assert self.ids() == ["guard.E005"]
        assert self.ids(GUARD_LEASE=timedelta(seconds=30)) == ["guard.E006"]


class Notices(HostTestCase):
    """The courtesy: told once, however often the timer fires."""

    def test_a_timer_that_fires_twice_is_counted_once(self) -> None:
        from django.core import mail

        outbox(security_event("password_changed", account=str(self.ada.pk)))
        call_command("guard_tick")
        assert len(mail.outbox) == 0
        Clock.at = MONDAY + 24 * HOUR
        threads = [threading.Thread(target=in_another_connection, args=(call_command, "guard_tick")) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        call_command("guard_tick")
        assert [message.to for message in mail.outbox] == [[self.ada.email]]
        assert self.row().phase == "restored"


def in_another_connection(do: Callable[..., object], *arguments: object) -> None:
    """Do something in a thread of its own, so with a connection of its own."""

    def done() -> None:
        try:
            do(*arguments)
        finally:
            connections.close_all()

    thread = threading.Thread(target=done)
    thread.start()
    thread.join()
