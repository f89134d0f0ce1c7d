"""What the shop keeps beside the guard: sessions with the vendor, documents of appeals, and the pretended bank."""

from __future__ import annotations

from django.db import models

from guard.models import GuardedAccount


class Session(models.Model):
    """One press of *Verify now*: its id is that of the vendor's session and of `VerificationStarted`."""

    id = models.CharField(primary_key=True, max_length=40)
    account = models.ForeignKey(GuardedAccount, models.PROTECT)
    method = models.CharField(max_length=40)


class Upload(models.Model):
    """A document that somebody handed in; `event` is the id of the event that says so."""

    account = models.ForeignKey(GuardedAccount, models.PROTECT)
    event = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=64)
    file = models.FileField(upload_to="documents")


class Transfer(models.Model):
    """The book of the pretended bank."""

    payout_id = models.UUIDField(unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
