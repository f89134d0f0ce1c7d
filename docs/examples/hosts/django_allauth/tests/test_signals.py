"""Each signal, by doing the thing: which trigger it is, and who did it."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.management import call_command
from django.test import Client
from withdraw_guard import SecurityEvent, wire

from guard.models import Entry, GuardedAccount
from shop.management.commands.demo import PASSWORD, person
from tests.base import HostTestCase, now

NEW = {"password1": "another one 4711", "password2": "another one 4711"}


class Signals(HostTestCase):
    """allauth, axes, Django's admin and the desk."""

    def reported(self) -> list[tuple[str, str]]:
        """Return the security events that are in the journal of the account: trigger and actor."""
        entries = Entry.objects.filter(account=self.ada.pk).order_by("pk")
        events = [wire.event_from_dict(wire.parse(entry.event)) for entry in entries]
        assert all(event.at == now() for event in events)
        return [(event.trigger, event.initiated_by.value) for event in events if isinstance(event, SecurityEvent)]

    def desk(self, *duties: str) -> Client:
        """Return the browser of somebody of the staff with these permissions."""
        staff = person("sam", is_staff=True)
        staff.user_permissions.add(*Permission.objects.filter(content_type__app_label="guard", codename__in=duties))
        return self.logged_in(staff)

    def logged_in_by_hand(self) -> Client:
        """Return a browser with a session, without the form."""
        browser = Client()
        browser.force_login(self.ada, "django.contrib.auth.backends.ModelBackend")
        return browser

    def reauthenticated(self) -> Client:
        """Return a browser that has just shown the password once more."""
        browser = self.logged_in()
        assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
        return browser

    def with_factor(self) -> tuple[Client, str]:
        """Return a browser that has just shown the password, and the secret of a second factor."""
        browser = self.reauthenticated()
        secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        TOTP.activate(self.ada, secret)
        RecoveryCodes.activate(self.ada)
        return browser, secret

    def test_a_new_user_has_a_row_and_no_hold(self) -> None:
        Client().post("/accounts/signup/", {"email": "new@shop.example", **NEW})
        new = User.objects.get(email="new@shop.example")
        assert GuardedAccount.objects.get(pk=new.pk).account.holds == ()

    def test_the_first_confirmed_address_is_no_change(self) -> None:
        EmailAddress.objects.filter(user=self.ada).delete()
        User.objects.filter(pk=self.ada.pk).update(email="")
        browser = self.logged_in_by_hand()
        with self.settings(ACCOUNT_CHANGE_EMAIL=True):
            browser.post("/accounts/email/", {"action_add": "", "email": "first@shop.example"})
            confirm(browser)
        assert EmailAddress.objects.get(user=self.ada).verified
        assert self.reported() == []

    def test_password_changed(self) -> None:
        self.logged_in().post("/accounts/password/change/", {"oldpassword": PASSWORD, **NEW})
        assert self.reported() == [("password_changed", "user")]

    def test_password_set_for_the_first_time(self) -> None:
        browser = self.logged_in()
        self.ada.set_unusable_password()
        self.ada.save()
        browser.force_login(User.objects.get(pk=self.ada.pk), "django.contrib.auth.backends.ModelBackend")
        assert browser.post("/accounts/password/set/", NEW).status_code == 302
        assert self.reported() == [("password_changed", "user")]

    def test_password_reset_by_a_link(self) -> None:
        browser = Client()
        browser.post("/accounts/password/reset/", {"email": self.ada.email})
        page = browser.get(link_in_mail(), follow=True)
        browser.post(page.redirect_chain[-1][0], NEW)
        assert self.reported() == [("password_changed", "user")]

    def test_email_changed(self) -> None:
        browser = self.logged_in()
        browser.post("/accounts/email/", {"action_add": "", "email": "thief@shop.example"})
        assert self.reported() == [], "an address that is added is not the primary one"
        confirm(browser)
        browser.post("/accounts/email/", {"action_primary": "", "email": "thief@shop.example"})
        assert User.objects.get(pk=self.ada.pk).email == "thief@shop.example"
        assert self.reported() == [("email_changed", "user")]

    def test_a_removed_factor_is_told_once_although_the_signal_fires_twice(self) -> None:
        browser, _ = self.with_factor()
        fired: list[str] = []
        listen(fired)
        assert browser.post("/accounts/2fa/totp/deactivate/").status_code == 302
        assert fired == [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
        assert self.reported() == [("two_factor_disabled", "user")]

    def test_recovery_codes_that_are_made_anew_are_no_reset_of_the_factor(self) -> None:
        browser, _ = self.with_factor()
        before = Authenticator.objects.get(user=self.ada, type="recovery_codes").pk
        assert browser.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
        assert Authenticator.objects.get(user=self.ada, type="recovery_codes").pk != before
        assert self.reported() == []

    def test_a_second_factor_that_is_bound_holds_nothing(self) -> None:
        browser = self.reauthenticated()
        page = browser.get("/accounts/2fa/totp/activate/")
        secret = page.context["form"].secret
        code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
        assert browser.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
        assert Authenticator.objects.filter(user=self.ada).count() == 2
        assert self.reported() == []

    def test_support_resets_the_second_factor(self) -> None:
        self.with_factor()
        self.desk("reset_login", "view_guardedaccount").post(self.order_url(), {"order": "reset-factor"})
        assert not Authenticator.objects.filter(user=self.ada).exists()
        assert self.reported() == [("two_factor_reset", "admin")]

    def test_a_login_that_staff_unlocks(self) -> None:
        self.lock()
        assert self.reported() == [], "whoever types wrong passwords must not hold the withdrawals of somebody else"
        self.desk("reset_login", "view_guardedaccount").post(self.order_url(), {"order": "unlock"})
        assert set(self.reported()) == {("account_unlocked", "admin")}
        self.logged_in()

    def test_a_login_that_a_command_unlocks(self) -> None:
        self.lock()
        call_command("axes_reset_username", self.ada.email, stdout=StringIO())
        assert set(self.reported()) == {("account_unlocked", "admin")}

    def test_attempts_that_lock_nothing_are_deleted_without_an_event(self) -> None:
        wrong(self.ada.email)
        call_command("axes_reset_username", self.ada.email, stdout=StringIO())
        assert self.reported() == []

    def test_staff_set_a_password(self) -> None:
        boss = User.objects.create_superuser("boss", "boss@shop.example", PASSWORD)
        EmailAddress.objects.create(user=boss, email=boss.email, verified=True, primary=True)
        answer = self.logged_in(boss).post(
            f"/desk/auth/user/{self.ada.pk}/password/", {**NEW, "usable_password": "true"}
        )
        assert answer.status_code == 302, answer.content
        assert self.reported() == [("password_changed", "admin")]

    def test_the_admin_has_no_other_page_that_changes_what_protects_an_account(self) -> None:
        boss = User.objects.create_superuser("boss", "boss@shop.example", PASSWORD)
        browser = Client()
        browser.force_login(boss, "django.contrib.auth.backends.ModelBackend")
        assert browser.get("/desk/mfa/authenticator/").status_code == 404
        assert browser.get("/desk/account/emailaddress/").status_code == 404
        assert 'name="email"' not in browser.get(f"/desk/auth/user/{self.ada.pk}/change/").content.decode()

    def test_what_raises_in_a_handler_takes_the_change_back(self) -> None:
        browser = self.logged_in()
        before = User.objects.get(pk=self.ada.pk).password
        with self.assertRaises(ZeroDivisionError), self.settings(GUARD_CLOCK="tests.test_signals.broken_clock"):
            browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **NEW})
        assert User.objects.get(pk=self.ada.pk).password == before

    def order_url(self) -> str:
        """Return where the desk gives orders about the account."""
        return f"/desk/guard/guardedaccount/{self.ada.pk}/order"

    def lock(self) -> None:
        """Type wrong passwords until axes locks the login."""
        answers = [wrong(self.ada.email) for _ in range(5)]
        assert answers[-1].status_code == 429


def broken_clock() -> None:
    """Raise, as a fault of our own would."""
    raise ZeroDivisionError


def wrong(email: str) -> Any:
    """Log in with a wrong password."""
    return Client().post("/accounts/login/", {"login": email, "password": "wrong"})


def link_in_mail() -> str:
    """Return the path of the link in the latest mail."""
    found = re.findall(r"http://testserver(/accounts/\S+)", str(mail.outbox[-1].body))
    return str(found[0])


def confirm(browser: Client) -> None:
    """Confirm the address of the latest mail."""
    browser.post(link_in_mail())


def listen(fired: list[str]) -> None:
    """Write down what allauth says about authenticators."""
    from allauth.mfa.signals import authenticator_removed

    def heard(authenticator: Authenticator, **_: Any) -> None:
        fired.append(authenticator.type)

    authenticator_removed.connect(heard, weak=False)
