"""Two walks in a real browser: a changed password, and the whole way of a flag. The pictures of the pages are kept.

Chromium of the system is driven; `CHROMIUM` names it where it is not on the path.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import ClassVar
from unittest import skipUnless

from django.contrib.auth.models import Permission
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from guard.models import Payout
from shop.management.commands.demo import DESK, PASSWORD, person
from tests.base import HOUR, MONDAY, RAIL, Clock, Emptied, outbox, security_event

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PICTURES = Path(__file__).parents[1] / "screenshots"


@skipUnless(CHROMIUM, "no Chromium is installed")
class Walks(Emptied, StaticLiveServerTestCase):
    """What people see."""

    chromium: ClassVar[Browser]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread
        playwright = sync_playwright().start()
        cls.addClassCleanup(playwright.stop)
        cls.chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.chromium.close)

    def setUp(self) -> None:
        Clock.at = MONDAY
        RAIL.told, RAIL.fails = [], None
        self.ada = person("ada")
        for name, duties in DESK.items():
            staff = person(name, is_staff=True)
            staff.user_permissions.add(*Permission.objects.filter(codename__in=[*duties, "view_guardedaccount"]))
        self.addCleanup(connections.close_all)  # those that were opened while the loop of playwright ran

    def browser(self, name: str) -> Page:
        """Return the browser of somebody who has logged in."""
        page = self.chromium.new_context(locale="en-GB", viewport={"width": 760, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{self.live_server_url}/accounts/login/")
        page.fill("[name=login]", f"{name}@shop.example")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_selector("h1:has-text('Withdraw')")
        return page

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture of the page."""
        if os.environ.get("SHOP_PICTURES"):
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def test_a_changed_password_is_denied_until_the_clock_moves(self) -> None:
        ada = self.browser("ada")
        ada.click("text=Change password")
        ada.fill("[name=oldpassword]", PASSWORD)
        for field in ("password1", "password2"):
            ada.fill(f"[name={field}]", "another one 4711")
        ada.click("main button[type=submit]")
        ada.wait_for_selector("text=Password successfully changed")
        ada.goto(self.live_server_url)
        assert "Some actions on your account are paused" in ada.inner_text("[role=status]")
        ada.click("main button:has-text('Withdraw')")
        ada.wait_for_selector("h1:has-text('This withdrawal is paused')")
        assert "6 January 2026, 09:00 UTC" in ada.inner_text("h1")
        assert "a change to the security of your account" in ada.inner_text("section h2")
        self.picture(ada, "password-changed")
        Clock.at = MONDAY + 24 * HOUR
        ada.goto(self.live_server_url)
        assert ada.locator("[role=status]").count() == 0
        ada.click("main button:has-text('Withdraw')")
        ada.click("text=Confirm")
        ada.wait_for_selector("td:has-text('Sent')")
        self.picture(ada, "paid")
        assert len(RAIL.told) == 1

    def test_flagged_verified_reviewed_appealed_restored(self) -> None:
        ada = self.browser("ada")
        outbox(security_event("abnormal_activity", account=str(self.ada.pk)))
        ada.goto(self.live_server_url)
        ada.click("[role=status] a")
        ada.wait_for_selector("section")
        assert ada.locator("section li").count() == 6, "the six tips"
        assert ada.locator("input[type=radio]").count() == 2, "a person or a business"
        assert "abnormal-activity" not in ada.content(), "nothing names the rule"
        self.picture(ada, "flagged")
        ada.check("[value=identity_personal]")
        ada.click("button:has-text('Verify now')")
        ada.click("button:has-text('The pictures are taken')")
        ada.wait_for_selector("[data-step=await_review]")
        rita = self.browser("rita")
        self.decide(rita, "Reject", reasons="document_unreadable")
        ada.reload()
        assert "the document could not be read" in ada.inner_text("section")
        ada.set_input_files(
            "input[type=file]", {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
        )
        ada.click("button:has-text('Withdrawal appeal')")
        ada.wait_for_selector("[data-step=await_appeal]")
        self.picture(ada, "appealed")
        self.decide(rita, "Grant the appeal")
        assert "Done." not in rita.inner_text("body"), "who has rejected may not decide the appeal"
        odd = self.browser("odd")
        odd.goto(f"{self.live_server_url}/desk/guard/guardedaccount/{self.ada.pk}/change/")
        self.picture(odd, "desk")
        with odd.expect_download() as document:
            odd.click("a:has-text('supporting_documents')")
        assert document.value.suggested_filename.endswith(".pdf")
        self.decide(odd, "Grant the appeal")
        assert "Done." in odd.inner_text("body")
        ada.goto(self.live_server_url)
        ada.click("main button:has-text('Withdraw')")
        ada.click("text=Confirm")
        ada.wait_for_selector("td:has-text('Sent')")
        assert Payout.objects.get().state == "sent"

    def decide(self, desk: Page, button: str, reasons: str = "") -> None:
        """Give an order at the desk."""
        desk.goto(f"{self.live_server_url}/desk/guard/guardedaccount/{self.ada.pk}/change/")
        desk.fill("[name=reasons]", reasons)
        desk.get_by_role("button", name=button, exact=True).click()
        desk.wait_for_selector(".messagelist")
