"""What the project says in its settings: the policy, the clock, the payment rail, and who may send messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string
from withdraw_guard import Policy
from withdraw_guard.intake import Source

if TYPE_CHECKING:
    from guard.models import Payout


class NotSent(Exception):
    """The rail says that it did not send the money, and never will."""


class Rail(Protocol):
    """The payment system. `idempotent`: it sends a payout id once, however often it is told to."""

    idempotent: bool
    timeout: timedelta

    def send(self, payout: Payout) -> None:
        """Send the money. Raises `NotSent` if it certainly did not; after anything else nobody knows."""

    def knows(self, payout: Payout) -> bool:
        """Tell whether the money of this payout id was sent."""


@dataclass(frozen=True)
class Sender:
    """Who posts to `/hooks/NAME`: how its messages are read, and which member names the account."""

    source: Source
    account_at: str
    secret: str = ""
    """With it the sender signs the header `Signature`."""
    opened: Callable[[bytes], bytes | None] | None = None
    """For a sender of signed tokens: it returns the claims as JSON, or none if the token is not genuine."""
    stops_everything: bool = False
    """Whether a message of it that names no account may be about a hold of any account."""


def policy() -> Policy:
    """Return the policy in force."""
    return cast("Policy", import_string(settings.GUARD_POLICY))


def now() -> datetime:
    """Return the instant by the clock of the project. Nothing else in this part reads a clock."""
    return cast("Callable[[], datetime]", import_string(settings.GUARD_CLOCK))()


def rail() -> Rail:
    """Return the payment rail."""
    return cast("Rail", import_string(settings.GUARD_RAIL))


def senders() -> dict[str, Sender]:
    """Return who may post messages, by name."""
    return cast("dict[str, Sender]", import_string(settings.GUARD_SENDERS))
