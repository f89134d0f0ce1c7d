"""Flag an account, as a detector does: `manage.py flag ada@shop.example`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from withdraw_guard import ActorKind, triggers

from guard.events import happened


class Command(BaseCommand):
    """Report abnormal activity."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *_: Any, **options: Any) -> None:
        happened(User.objects.get(email=options["email"]).pk, triggers.ABNORMAL_ACTIVITY, ActorKind.SYSTEM)
