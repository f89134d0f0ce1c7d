"""Run it every minute. Each part may run twice, late or never: no answer depends on it."""

from __future__ import annotations

from typing import Any

from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.db import transaction
from withdraw_guard import GuardError

from guard import config
from guard.hooks import handle
from guard.models import GuardedAccount, Message, Notice
from guard.payouts import recover


class Command(BaseCommand):
    """Recover payouts, try messages again, bring columns up to date, and tell people that they can withdraw again."""

    help = __doc__ or ""

    def handle(self, *_: Any, **__: Any) -> None:
        recover()
        for message in Message.objects.exclude(problem="").order_by("pk"):
            handle(message)
        for pk in GuardedAccount.objects.filter(next_change_at__lte=config.now()).values_list("pk", flat=True):
            bring_up_to_date(pk)
        for pk in Notice.objects.filter(mailed_at=None).values_list("pk", flat=True):
            mail(pk)


@transaction.atomic
def bring_up_to_date(pk: int) -> None:
    """Write the columns of now; whoever comes second finds that nothing is due."""
    now = config.now()
    row = GuardedAccount.objects.select_for_update(no_key=True).filter(pk=pk, next_change_at__lte=now).first()
    if row is not None:
        try:
            row.keep(row.account, now)
        except GuardError:
            return  # the row cannot be read: `ask` denies and says so


@transaction.atomic
def mail(pk: int) -> None:
    """Mail a notice, unless somebody else has it."""
    notice = Notice.objects.select_for_update(skip_locked=True).filter(pk=pk, mailed_at=None).first()
    if notice is not None:
        text = "You can withdraw again. Nothing else is needed."
        send_mail("Withdrawals", text, None, [notice.account.user.email])
        notice.mailed_at = config.now()
        notice.save()
