"""Bad input: deny, say so, lose nothing."""

from __future__ import annotations

import json
import time
from unittest import mock

from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from withdraw_guard import Policy, Rule, triggers

from guard import hooks
from guard.events import NoAnswer, ask, park
from guard.models import Entry, GuardedAccount, Message, Payout
from guard.payouts import send
from shop import vendor
from shop.management.commands.demo import PASSWORD, person
from shop.models import Session
from tests.base import HOUR, MONDAY, RAIL, Clock, HostTestCase, critical, now, outbox, post, security_event

NEW = {"oldpassword": PASSWORD, "password1": "another one 4711", "password2": "another one 4711"}
CURIOUS = Policy(
    id="curious",
    version="1",
    rules=(Rule(id="r", trigger=triggers.PASSWORD_CHANGED, where={"user_agent": "evil"}, duration=HOUR),),
)


class Rows(HostTestCase):
    """The row of an account is not as it should be."""

    def assert_denied(self) -> None:
        payout = self.payout(f"k{Payout.objects.count()}")
        with critical(), self.assertRaises(NoAnswer):
            send(payout.pk)
        payout.refresh_from_db()
        assert (payout.state, RAIL.told) == ("requested", [])
        browser = self.logged_in()
        answer = browser.post(f"/payouts/{payout.pk}/send")
        assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
        assert browser.get("/").status_code == 200, "the user centre is still there"
        assert browser.get("/api/withdrawal").json()["status"] == 503
        assert RAIL.told == []

    def test_a_row_that_is_missing(self) -> None:
        browser = self.logged_in()
        GuardedAccount.objects.filter(pk=self.ada.pk).delete()
        with critical(), self.assertRaises(NoAnswer):
            ask(self.ada.pk)
        with critical():
            browser.post("/accounts/password/change/", NEW)
        assert Message.objects.get().account == str(self.ada.pk), "the event waits for the row"
        assert browser.get("/api/withdrawal").status_code == 503

    def test_a_row_that_cannot_be_read(self) -> None:
        GuardedAccount.objects.filter(pk=self.ada.pk).update(document="{}")
        self.assert_denied()

    def test_the_row_of_another_account(self) -> None:
        other = json.loads(self.row(person("bob")).document)
        GuardedAccount.objects.filter(pk=self.ada.pk).update(document=json.dumps(other))
        self.assert_denied()

    def test_one_unreadable_row_does_not_break_the_list_of_the_desk(self) -> None:
        GuardedAccount.objects.filter(pk=self.ada.pk).update(document="{")
        staff = person("rita", is_staff=True)
        staff.is_superuser = True
        staff.save()
        browser = self.logged_in(staff)
        page = browser.get("/desk/guard/guardedaccount/")
        self.assertContains(page, "ada")
        self.assertContains(page, "icon-no.svg", count=1)
        self.assertContains(browser.get(f"/desk/guard/guardedaccount/{self.ada.pk}/change/"), "This row cannot be read")

    def test_a_user_with_an_account_cannot_be_deleted(self) -> None:
        with self.assertRaisesMessage(Exception, "protected"):
            self.ada.delete()

    def test_a_database_that_is_away(self) -> None:
        browser, payout = self.logged_in(), self.payout()
        for door in ("/api/withdrawal", "/api/payouts"):
            with mock.patch("guard.models.GuardedAccount.objects", new=mock.Mock(side_effect=OperationalError)) as away:
                away.all.side_effect = away.select_for_update.side_effect = OperationalError("gone")
                answer = (
                    browser.get(door) if door == "/api/withdrawal" else browser.post(door, b"{}", "application/json")
                )
            assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
        with mock.patch("django.db.models.query.QuerySet.select_for_update", side_effect=OperationalError("gone")):
            assert browser.post(f"/payouts/{payout.pk}/send").status_code == 503
        assert RAIL.told == []

    def test_a_database_that_goes_away_while_a_password_is_changed(self) -> None:
        browser, before = self.logged_in(), self.ada.password
        with mock.patch("django.db.models.query.QuerySet.select_for_update", side_effect=OperationalError("gone")):
            assert browser.post("/accounts/password/change/", NEW).status_code == 503
        self.ada.refresh_from_db()
        assert (self.ada.password, self.triggers()) == (before, [])


class Events(HostTestCase):
    """Events that come twice, late, early, or as they should not."""

    def event(self, trigger: str = "password_changed", **more: object) -> dict[str, object]:
        return security_event(trigger, account=str(self.ada.pk), **more)

    def test_an_event_twice(self) -> None:
        for _ in range(2):
            assert outbox(self.event()) == {"outcome": "applied"}
        Clock.at = MONDAY + HOUR
        assert outbox({**self.event(), "at": MONDAY.isoformat()}) == {"outcome": "applied"}
        assert self.row().resumes_at == MONDAY + 24 * HOUR
        assert Entry.objects.count() == 1

    def test_an_event_that_comes_late_lists_the_payouts_that_left_since(self) -> None:
        early, later = self.payout("early"), self.payout("later")
        send(early.pk)
        Clock.at = MONDAY + 2 * HOUR
        send(later.pk)
        Clock.at = MONDAY + 3 * HOUR
        with critical():
            outbox({**self.event("abnormal_activity"), "at": (MONDAY + HOUR).isoformat()})
        assert list(Payout.objects.exclude(doubted_by="").values_list("key", "doubted_by")) == [("later", "e1")]

    def test_a_word_of_the_vendor_that_comes_before_the_start_is_tried_again(self) -> None:
        outbox(self.event("abnormal_activity"))
        session = Session(id="vs_1", account=self.row(), method="identity_personal")
        assert post("vendor", vendor.message(session, "processing")).json() == {"outcome": "parked"}
        start = {
            "type": "verification_started",
            "id": "vs_1",
            "hold": "e1:abnormal-activity",
            "method": "identity_personal",
        }
        header = {"account": str(self.ada.pk), "at": MONDAY.isoformat()}
        with critical(), self.assertRaises(NoAnswer):
            ask(self.ada.pk)
        assert outbox({**header, **start}) == {"outcome": "applied"}, "another sender does not wait"
        call_command("guard_tick")
        assert self.row().phase == "review"
        assert not Message.objects.exclude(problem="").exists()

    def test_an_event_that_is_early_is_kept_and_shown_to_a_person(self) -> None:
        outbox(self.event("abnormal_activity"))
        submitted = {"type": "verification_submitted", "id": "s1", "hold": "e1:abnormal-activity", "attempt": None}
        header = {"account": str(self.ada.pk), "at": MONDAY.isoformat()}
        assert outbox({**header, **submitted}) == {"outcome": "refused", "reason": "wrong_state"}
        start = {
            "type": "verification_started",
            "id": "v1",
            "hold": "e1:abnormal-activity",
            "method": "identity_personal",
        }
        assert outbox({**header, **start}) == {"outcome": "applied"}
        call_command("guard_tick")
        assert self.row().phase == "review"
        assert not Message.objects.exclude(problem="").exists()

    def test_an_event_that_cannot_be_read_parks_the_account_and_loses_nothing(self) -> None:
        unreadable = {**self.event(), "at": "2026-01-05 09:00"}
        with critical():
            assert outbox(unreadable) == {"outcome": "parked"}
        with self.assertRaises(NoAnswer), critical():
            ask(self.ada.pk)
        assert outbox(self.event("email_changed", id="e2")) == {"outcome": "parked"}, "what comes after it waits"
        assert ask(person("bob").pk), "other accounts do not"
        message = Message.objects.order_by("pk")[0]
        message.body = message.body.replace("2026-01-05 09:00", "2026-01-05T09:00:00Z")
        message.save()
        call_command("guard_tick")
        assert self.triggers() == ["password_changed", "email_changed"]

    def test_an_event_of_our_own_that_cannot_be_built_commits_with_its_change(self) -> None:
        browser, before = self.logged_in(), self.ada.password
        with critical(), mock.patch("guard.events.uuid4", return_value=mock.Mock(hex="")):
            assert browser.post("/accounts/password/change/", NEW).status_code == 302
        self.ada.refresh_from_db()
        assert self.ada.password != before
        with critical(), self.assertRaises(NoAnswer):
            ask(self.ada.pk)
        message = Message.objects.get()
        message.body = message.body.replace('"id": ""', '"id": "mended"')
        message.save()
        call_command("guard_tick")
        assert self.triggers() == ["password_changed"]

    def test_an_event_of_our_own_that_is_refused_when_it_is_tried_again_stops_nobody(self) -> None:
        start = {"type": "verification_started", "id": "v1", "hold": "e9:abnormal-activity", "method": "face_web"}
        refused = {**start, "account": str(self.ada.pk), "at": MONDAY.isoformat()}
        for body in (json.dumps([refused]), "{", "1"):
            message = Message.kept("ours", body, now(), str(self.ada.pk))
            park(message, "it was corrected by hand")
        with critical():
            call_command("guard_tick")
        problems = [message.problem for message in Message.objects.order_by("pk")]
        assert "unknown_hold" in problems[0], problems
        assert all("list of events" in problem for problem in problems[1:]), problems

    def test_a_message_that_names_no_account_stops_everything(self) -> None:
        with critical():
            assert outbox({"type": "security_event"}) == {"outcome": "parked"}
        for user in (self.ada, person("bob")):
            with critical(), self.assertRaises(NoAnswer):
                ask(user.pk)

    def test_facts_that_no_rule_asks_for_stay_out(self) -> None:
        self.logged_in().post("/accounts/password/change/", NEW, headers={"User-Agent": "x" * 2000})
        assert self.triggers() == ["password_changed"]
        assert json.loads(Entry.objects.get().event)["context"] == {}

    def test_a_fact_that_does_not_fit_matches(self) -> None:
        with mock.patch("shop.policy.POLICY", CURIOUS):
            self.logged_in().post("/accounts/password/change/", NEW, headers={"User-Agent": "x" * 2000})
        assert self.triggers() == ["password_changed"]

    def test_a_fact_that_says_otherwise_does_not_match(self) -> None:
        with mock.patch("shop.policy.POLICY", CURIOUS):
            self.logged_in().post("/accounts/password/change/", NEW, headers={"User-Agent": "good"})
        assert self.triggers() == []
        assert json.loads(Entry.objects.get().event)["context"] == {"user_agent": "good"}

    def test_an_instant_ahead_of_our_clock_counts_from_the_receipt(self) -> None:
        outbox({**self.event(), "at": "2030-01-01T00:00:00Z"})
        assert self.row().resumes_at == MONDAY + 24 * HOUR


class Webhooks(HostTestCase):
    """Messages with a wrong signature, an old one, an unknown word."""

    def setUp(self) -> None:
        super().setUp()
        outbox(security_event("abnormal_activity", account=str(self.ada.pk)))
        self.session = self.start("vs_1")

    def start(self, session: str) -> Session:
        at = MONDAY.isoformat()
        start = {"type": "verification_started", "hold": "e1:abnormal-activity", "method": "identity_personal"}
        outbox({**start, "id": session, "account": str(self.ada.pk), "at": at})
        return Session(id=session, account=self.row(), method="identity_personal")

    def say(self, word: str) -> dict[str, str]:
        outcome: dict[str, str] = post("vendor", vendor.message(self.session, word)).json()
        return outcome

    def test_a_wrong_signature(self) -> None:
        body = vendor.message(self.session, "verified")
        for header in (
            "",
            "t=1",
            "t=x,v1=y",
            hooks.signature("another secret", body),
            "t=²,v1=y",
            f"t={'9' * 40},v1=é",
        ):
            answer = Client().post("/hooks/vendor", body, "application/json", headers={"Signature": header})
            assert answer.status_code == 401, header
        assert self.row().phase == "verification"

    def test_an_old_signature(self) -> None:
        body = vendor.message(self.session, "verified")
        header = hooks.signature("the vendor's secret", body, int(time.time()) - 301)
        assert (
            Client().post("/hooks/vendor", body, "application/json", headers={"Signature": header}).status_code == 401
        )

    def test_a_sender_that_nobody_knows(self) -> None:
        assert Client().post("/hooks/nobody", b"{}", "application/json").status_code == 404

    def test_an_unknown_status_lifts_nothing(self) -> None:
        body = vendor.message(self.session, "verified").replace(b"session.verified", b"session.blessed")
        assert post("vendor", body).json()["outcome"] == "ignored"
        assert self.row().phase == "verification"

    def test_bodies_that_are_no_message_are_kept(self) -> None:
        for body in (b"", b"\xff\x00", b"[1]", b'"x"', b"{" * 10_000, b'{"a": 1, "a": 2}'):
            assert post("vendor", body).json() == {"outcome": "parked"}
        assert Message.objects.exclude(problem="").count() == 6
        assert not ask(self.ada.pk), "they name no account, and this sender's messages place no holds"

    def test_a_body_that_is_too_large(self) -> None:
        assert post("vendor", b"x" * 3_000_000).status_code == 400

    def test_a_pass_that_comes_before_its_submission_and_both_twice(self) -> None:
        submitted, passed = vendor.message(self.session, "processing"), vendor.message(self.session, "verified")
        for body in (passed, submitted, passed, submitted):
            assert post("vendor", body).status_code == 200
        assert self.row().phase == "restored"
        assert ask(self.ada.pk)

    def test_a_session_that_was_replaced_is_ignored(self) -> None:
        old, self.session = self.session, self.start("vs_2")
        assert post("vendor", vendor.message(old, "verified")).json()["outcome"] == "ignored"
        assert self.row().phase == "verification"

    def test_a_pass_that_is_taken_back_holds_again(self) -> None:
        self.say("verified")
        Clock.at = MONDAY + 100 * HOUR
        self.say("unreadable")
        assert self.triggers() == ["abnormal_activity", "verification_revoked"]
        assert self.row().account.identity_at(now()) is None

    def test_the_receipt_is_the_first_one(self) -> None:
        body = vendor.message(self.session, "processing")
        post("vendor", body)
        Clock.at = MONDAY + HOUR
        post("vendor", body)
        assert Message.objects.get(sender="vendor").received_at == MONDAY

    def test_an_event_that_is_refused_stops_no_other_of_its_message(self) -> None:
        outbox(security_event("verification_revoked", account=str(self.ada.pk), id="e2"))
        start = {"type": "verification_started", "hold": "e2:verification-revoked", "method": "identity_personal"}
        outbox({**start, "id": "vs_1", "account": str(self.ada.pk), "at": MONDAY.isoformat()})
        Clock.at = MONDAY + HOUR
        outbox(security_event("abnormal_activity", account=str(self.ada.pk), id="e3"))
        Clock.at = MONDAY + 2 * HOUR
        assert self.say("verified") == {"outcome": "refused", "reason": "stale"}
        states = [hold.progress.state.state.value for hold in self.row().account.holds]
        assert states == ["review", "restored"], "the flag came in between, and a person decides about its hold"
        assert Message.objects.exclude(problem="").count() == 1
