"""What allauth, axes and Django say, as triggers and actors.

The handlers run inside the request's transaction (`ATOMIC_REQUESTS`), so a password is changed together with its hold.
Left out on purpose: `authenticator_added` and `authenticator_reset` (recovery codes were made anew), which no rule of
the policy listens to and which allauth sends after the commit, and axes' `user_locked_out`: with it anybody who types
a wrong password five times would hold the withdrawals of somebody else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, User
from django.db.models import Sum
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from withdraw_guard import Account, ActorKind, triggers

from guard import config
from guard.events import happened
from guard.models import GuardedAccount

REPORTED = {
    triggers.PASSWORD_CHANGED,
    triggers.EMAIL_CHANGED,
    triggers.TWO_FACTOR_DISABLED,
    triggers.TWO_FACTOR_RESET,
    triggers.ACCOUNT_UNLOCKED,
}
"""Every trigger that is reported here or by the desk. A system check finds those that no rule listens to."""


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def open_account(instance: User, created: bool, raw: bool = False, **_: Any) -> None:
    """Write the row together with the user: later, a row that is missing is a fault."""
    if created and not raw:
        GuardedAccount(user=instance).keep(Account(id=str(instance.pk)), config.now())


@receiver([account_signals.password_changed, account_signals.password_set, account_signals.password_reset])
def password_changed(request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    """By the form, for the first time, or by a link in an e-mail: it is another password."""
    happened(user.pk, triggers.PASSWORD_CHANGED, ActorKind.USER, facts(request))


@receiver(account_signals.email_changed)
def email_changed(
    request: HttpRequest, user: AbstractBaseUser, from_email_address: EmailAddress | None, **_: Any
) -> None:
    """Another primary address. With no predecessor the first address was confirmed, and nothing has changed."""
    if from_email_address is not None:
        happened(user.pk, triggers.EMAIL_CHANGED, ActorKind.USER, facts(request))


@receiver(mfa_signals.authenticator_removed)
def factor_removed(request: HttpRequest, user: AbstractBaseUser, authenticator: Authenticator, **_: Any) -> None:
    """allauth tells of the last factor, and then of the recovery codes that went with it: these are no factor."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        happened(user.pk, triggers.TWO_FACTOR_DISABLED, ActorKind.USER, facts(request))


@receiver(pre_delete, sender=AccessAttempt)
def login_unlocked(instance: AccessAttempt, **_: Any) -> None:
    """axes has no signal for it: staff, or a command, deletes attempts that lock a login and have not expired."""
    since = timezone.now() - (get_cool_off(None) or timedelta.max)
    counted = AccessAttempt.objects.filter(username=instance.username, attempt_time__gt=since)
    if (counted.aggregate(failures=Sum("failures_since_start"))["failures"] or 0) >= settings.AXES_FAILURE_LIMIT:
        for user in get_user_model().objects.filter(email__iexact=instance.username or ""):
            happened(user.pk, triggers.ACCOUNT_UNLOCKED, ActorKind.ADMIN)


def facts(request: HttpRequest) -> dict[str, object]:
    """Return what a rule may ask about; `happened` keeps what some rule does ask about."""
    return {"user_agent": request.headers.get("User-Agent", ""), "address": request.META.get("REMOTE_ADDR", "")}
