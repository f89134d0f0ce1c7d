"""What an account holder does, from the first page to the money."""

from __future__ import annotations

from guard.models import Payout
from shop.management.commands.demo import PASSWORD
from tests.base import HOUR, MONDAY, RAIL, Clock, HostTestCase


class Journeys(HostTestCase):
    """The pages, as a browser sees them."""

    def test_a_payout_is_asked_for_and_confirmed(self) -> None:
        browser = self.logged_in()
        browser.post("/payouts/", {"amount": "25", "destination": "DE02", "key": "k1"})
        payout = Payout.objects.get()
        browser.post(f"/payouts/{payout.pk}/send")
        payout.refresh_from_db()
        self.assertEqual((payout.state, RAIL.told), ("sent", ["k1"]))

    def test_a_changed_password_holds_for_a_day(self) -> None:
        browser = self.logged_in()
        payout = self.payout()
        new = {"oldpassword": PASSWORD, "password1": "another one 4711", "password2": "another one 4711"}
        self.assertEqual(browser.post("/accounts/password/change/", new).status_code, 302)
        Clock.at = MONDAY + 23 * HOUR
        self.assertContains(browser.get("/"), "Some actions on your account are paused")
        answer = browser.post(f"/payouts/{payout.pk}/send", follow=True)
        self.assertContains(answer, "6 January 2026, 09:00 UTC (in 1 hour)", status_code=403)
        self.assertContains(answer, "a change to the security of your account", status_code=403)
        self.assertEqual(RAIL.told, [])
        Clock.at = MONDAY + 24 * HOUR
        browser.post(f"/payouts/{payout.pk}/send")
        self.assertEqual(RAIL.told, ["p1"])
