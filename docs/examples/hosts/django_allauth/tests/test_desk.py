"""The desk, and the problem documents of the API."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shop import vendor
from shop.management.commands.demo import person
from shop.models import Session, Upload
from tests.base import HOUR, MONDAY, Clock, HostTestCase, outbox, post, security_event


class Desk(HostTestCase):
    """Who may do what, and what it does."""

    def setUp(self) -> None:
        super().setUp()
        outbox(security_event("abnormal_activity", account=str(self.ada.pk)))

    def staff(self, name: str, *duties: str) -> Client:
        """Return the browser of somebody with these permissions."""
        user = person(name, is_staff=True)
        user.user_permissions.add(*Permission.objects.filter(codename__in=[*duties, "view_guardedaccount"]))
        return self.logged_in(user)

    def order(self, desk: Client, order: str, **more: str) -> Any:
        """Give an order about the hold, and the round that is open."""
        (hold,) = self.row().account.holds
        about = f"{hold.id} {getattr(hold.progress.state, 'attempt', '')}"
        path = f"/desk/guard/guardedaccount/{self.ada.pk}/order"
        return desk.post(path, {"order": order, "hold": about, **more}, follow=True)

    def verify(self) -> Session:
        """Press *Verify now*, and let the vendor take the pictures."""
        self.logged_in().post("/held/verify", {"method": "identity_personal"})
        session = Session.objects.latest("pk")
        post("vendor", vendor.message(session, "processing"))
        assert self.row().phase == "review"
        return session

    def test_support_releases_with_a_note(self) -> None:
        self.assertContains(self.order(self.staff("sam", "release"), "release", note="called back"), "Done.")
        assert self.row().phase == "restored"

    def test_the_security_office_takes_a_report_back(self) -> None:
        ines = self.staff("ines", "retract")
        self.assertContains(self.order(ines, "retract", event="e9", note="wrong account"), "refused")
        self.order(ines, "retract", event="e1", note="wrong account")
        assert self.row().resumes_at <= MONDAY

    def test_nobody_gives_an_order_without_its_permission(self) -> None:
        rita = self.staff("rita", "review")
        for order in ("release", "retract", "reset-factor", "unlock"):
            assert self.order(rita, order).status_code == 403
        self.order(self.logged_in(), "release")
        assert self.row().phase == "suspended"

    def test_more_is_requested_and_handed_in(self) -> None:
        self.verify()
        rita = self.staff("rita", "review")
        self.order(rita, "more", documents="proof_of_address")
        ada = self.logged_in()
        page = ada.get("/held/")
        (step,) = (step for hold in page.context["holds"] for step in hold["steps"] if step["kind"] == "documents")
        program = SimpleUploadedFile("x.exe", b"MZ")
        ada.post("/held/hand-in", {"hold": step["handle"], "proof_of_address": program})
        assert (self.row().phase, Upload.objects.count()) == ("verification", 0)
        letter = SimpleUploadedFile("bill.pdf", b"%PDF-1.7")
        ada.post("/held/hand-in", {"hold": step["handle"], "proof_of_address": letter})
        assert (self.row().phase, Upload.objects.get().name) == ("review", "proof_of_address")
        self.order(rita, "approve")
        assert self.row().phase == "restored"

    def test_the_queue_is_in_the_order_of_its_due_dates(self) -> None:
        self.verify()
        assert self.row().review_due == MONDAY + 48 * HOUR
        person("bob")
        page = self.staff("rita", "review").get("/desk/guard/guardedaccount/")
        assert page.context["cl"].result_list[0].pk == self.ada.pk
        self.assertContains(page, "2026-01-07 09:00")

    def test_an_appeal_without_its_documents_is_refused_and_says_so(self) -> None:
        self.verify()
        self.order(self.staff("rita", "review"), "close", reasons="document_tampered")
        ada = self.logged_in()
        page = ada.get("/held/")
        (step,) = (step for hold in page.context["holds"] for step in hold["steps"] if step["kind"] == "documents")
        self.assertContains(
            ada.post("/held/hand-in", {"hold": step["handle"]}, follow=True), "upporting", status_code=403
        )
        assert self.row().phase == "suspended"

    def test_a_pressed_button_goes_on_with_the_open_session(self) -> None:
        ada = self.logged_in()
        first, second = (ada.post("/held/verify", {"method": "identity_personal"})["Location"] for _ in range(2))
        assert first == second
        assert Session.objects.count() == 1

    def test_a_verified_person_shows_a_face_on_the_web_or_by_a_qr_code(self) -> None:
        identity = {"type": "identity_changed", "id": "i1", "identity": "personal", "valid_until": None}
        outbox({**identity, "account": str(self.ada.pk), "at": MONDAY.isoformat()})
        ada = self.logged_in()
        page = ada.get("/held/", headers={"Accept-Language": "de"})
        self.assertContains(page, "face_web", status_code=403)
        self.assertContains(page, "QR", status_code=403)
        self.assertContains(page, "Jetzt verifizieren", status_code=403)
        self.assertContains(ada.post("/held/verify", {"method": "face_mobile"}, follow=True), "<svg")


class Problems(HostTestCase):
    """Problem documents (RFC 9457)."""

    def test_a_denial(self) -> None:
        outbox(security_event("password_changed", account=str(self.ada.pk)))
        Clock.at = MONDAY + 23 * HOUR
        answer = self.logged_in().get("/api/withdrawal")
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
        assert (answer["Retry-After"], answer["Content-Language"]) == ("3600", "en")
        body = answer.json()
        assert body["type"] == "urn:withdraw-guard:problem:wait"
        assert "password-changed" not in str(body), "nothing names the rule"

    def test_a_request_that_is_no_payout(self) -> None:
        browser = self.logged_in()
        for body in (b"{", b"[]", b'{"amount": "-1", "destination": "x"}'):
            assert browser.post("/api/payouts", body, "application/json").status_code == 422
