"""Create the people of the example, if they are not there."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission, User
from django.core.management.base import BaseCommand

PASSWORD = "let me look around"  # an example on your own machine
DESK = {
    "rita": ["review"],
    "odd": ["review"],
    "sam": ["release", "reset_login"],
    "ines": ["retract"],
}


class Command(BaseCommand):
    """One account holder, two reviewers, one of support, one of the security office."""

    help = __doc__ or ""

    def handle(self, *_: Any, **__: Any) -> None:
        person("ada")
        for name, duties in DESK.items():
            staff = person(name, is_staff=True)
            staff.user_permissions.add(*Permission.objects.filter(content_type__app_label="guard", codename__in=duties))
            staff.user_permissions.add(
                *Permission.objects.filter(content_type__app_label="guard", codename__startswith="view_")
            )
        people = ", ".join(f"{name}@shop.example" for name in ("ada", *DESK))
        self.stdout.write(f"People: {people}. Their password: {PASSWORD}")


def person(name: str, *, is_staff: bool = False) -> User:
    """Return a user with a confirmed e-mail address."""
    email = f"{name}@shop.example"
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User.objects.create_user(name, email, PASSWORD, is_staff=is_staff)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
