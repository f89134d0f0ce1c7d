"""The account with its holds, the journal, messages that wait, payouts and notices."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import MD5
from withdraw_guard import Account, check, next_change_at, open_holds, phase, wire
from withdraw_guard.steps import AwaitAppeal, AwaitReview

from guard import config

NEVER = datetime.max.replace(tzinfo=UTC)
"""`infinity` in the database."""


class InstantField(models.DateTimeField):  # type: ignore[type-arg]  # Django's class has no parameters when it runs
    """An instant, or `NEVER`, which PostgreSQL keeps as `infinity` and psycopg cannot read."""

    def get_prep_value(self, value: Any) -> Any:
        return "infinity" if value == NEVER else super().get_prep_value(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return value if value == "infinity" else super().get_db_prep_value(value, connection, prepared=True)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        never = f"'{NEVER.isoformat()}'::timestamptz"
        return f"CASE WHEN {sql} = 'infinity' THEN {never} ELSE {sql} END", (*params, *params)


class GuardedAccount(models.Model):
    """One user's account. The columns are for queries: they say what the document says from `stored_at` on.

    `phase` and `next_change_at` are exact until `next_change_at`; `resumes_at` and `review_due` until the next event.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="guarded")
    document = models.TextField(help_text="The account in the wire format. It is read when it is asked for.")
    stored_at = models.DateTimeField()
    phase = models.CharField(max_length=12, db_index=True)
    resumes_at = InstantField(db_index=True, help_text="From here on it may withdraw.")
    next_change_at = InstantField(db_index=True, help_text="Some answer changes by itself here.")
    review_due = InstantField(null=True, db_index=True, help_text="Empty if nothing waits for staff.")

    class Meta:
        permissions: ClassVar = [
            ("review", "Can decide reviews and appeals"),
            ("release", "Can release holds for customer support"),
            ("retract", "Can take back wrong reports, for the security office"),
            ("reset_login", "Can reset a second factor and unlock a login"),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"

    @property
    def account(self) -> Account:
        """The account itself. Raises `InvalidValue` if the row cannot be read or is another account's: then deny."""
        return wire.account_from_dict(wire.parse(self.document), rules=config.policy().rules, account=str(self.pk))

    def keep(self, account: Account, at: datetime) -> None:
        """Write the account and its columns, and a notice if it may withdraw again."""
        was_denied = not self._state.adding and self.resumes_at > self.stored_at
        answer = check(account, at)
        steps = [step for hold in open_holds(account, at) for step in hold.steps]
        dues = [step.due or NEVER for step in steps if isinstance(step, AwaitReview | AwaitAppeal)]
        self.document = json.dumps(wire.to_dict(account))
        self.stored_at = at
        self.phase = phase(account, at).value
        self.resumes_at = at if answer else answer.resumes_at or NEVER
        self.next_change_at = next_change_at(account, at) or NEVER
        self.review_due = min(dues, default=None)
        self.save()
        if was_denied and answer:
            Notice.objects.create(account=self, at=at)


class Entry(models.Model):
    """The journal: each event that was applied, when it was received, and what it changed."""

    account = models.ForeignKey(GuardedAccount, models.PROTECT)
    received_at = models.DateTimeField()
    event = models.TextField()
    changes = models.TextField()

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar = [models.UniqueConstraint("account", MD5("event"), name="an_event_is_kept_once")]


class Message(models.Model):
    """A message, as it came. With a `problem` it waits for a person; if it `blocks`, everything behind it waits too.

    `account` is empty if the message names none: then it blocks every account.
    """

    sender = models.CharField(max_length=40)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    account = models.CharField(max_length=40, blank=True, db_index=True)
    problem = models.TextField(blank=True)
    blocks = models.BooleanField(default=False, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "digest"], name="a_message_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.sender}: {self.problem or 'done'}"

    @classmethod
    def kept(cls, sender: str, body: str, at: datetime, account: str = "") -> Message:
        """Return the message as it first came: delivered again, it is the same row."""
        fields = {"body": body, "received_at": at, "account": account}
        digest = hashlib.sha256(body.encode()).hexdigest()
        return cls.objects.get_or_create(sender=sender, digest=digest, defaults=fields)[0]


class Payout(models.Model):
    """Money that somebody asked for. Its id is its key at the payment rail."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        LEAVING = "leaving"
        SENT = "sent"
        FAILED = "failed"
        UNCLEAR = "unclear"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    account = models.ForeignKey(GuardedAccount, models.PROTECT, related_name="payouts")
    key = models.CharField(max_length=64, help_text="The browser's key: asked for twice, it is one payout.")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    destination = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.REQUESTED)
    left_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    marks = models.PositiveIntegerField(default=0)
    doubted_by = models.CharField(max_length=128, blank=True, help_text="An event from before it left came later.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "key"], name="a_payout_is_asked_for_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_payout_is_of_money"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} to {self.destination}"


class Notice(models.Model):
    """The message *you can withdraw again*, written once and then mailed."""

    account = models.ForeignKey(GuardedAccount, models.PROTECT)
    at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
