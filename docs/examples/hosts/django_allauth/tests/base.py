"""What the tests share: a clock that stands still, a rail that remembers, people, and signed messages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.test import Client, TransactionTestCase

from guard import hooks
from guard.config import NotSent, senders
from guard.models import GuardedAccount, Payout
from shop.management.commands.demo import PASSWORD, person

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
DEEP = "SHOP_DEEP" in os.environ
"""Whether there is time: more examples, more ways out, more accounts."""
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)


class Clock:
    """A clock that stands still until it is moved."""

    at = MONDAY


def now() -> datetime:
    """Return the instant of the tests."""
    return Clock.at


class Rail:
    """A rail that remembers each time that it was told to send, and does what the test says while it sends."""

    def __init__(self, *, idempotent: bool = True) -> None:
        self.idempotent, self.timeout = idempotent, timedelta(seconds=30)
        self.told: list[str] = []
        self.fails: Exception | None = None

    def send(self, payout: Payout) -> None:
        """Send, or fail."""
        assert not any(connection.in_atomic_block for connection in connections.all()), (
            "money left inside a transaction"
        )
        if isinstance(self.fails, NotSent):
            raise self.fails
        self.told.append(payout.key)
        if self.fails:
            raise self.fails

    def knows(self, payout: Payout) -> bool:
        """Tell whether it was sent."""
        return payout.key in self.told


RAIL = Rail()


class Emptied(TransactionTestCase):
    """Transactions are committed, as in production, and afterwards the rows are deleted: Django's way takes longer."""

    def _fixture_teardown(self) -> None:
        kept = {Permission, ContentType}
        tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model not in kept]
        with connection.cursor() as cursor:
            # Without the triggers of foreign keys the order is of no matter.
            cursor.execute("set session_replication_role = replica")
            cursor.execute("; ".join(f'delete from "{table}"' for table in tables))  # noqa: S608  # our own tables
            cursor.execute("set session_replication_role = default")


class HostTestCase(Emptied):
    """A test of the host, with a clock that stands still and a rail that remembers."""

    def setUp(self) -> None:
        Clock.at = MONDAY
        RAIL.__init__()  # type: ignore[misc]  # a new rail under the name that the settings know
        self.ada = person("ada")

    def logged_in(self, user: User | None = None) -> Client:
        """Return the browser of somebody who has logged in."""
        client = Client()
        answer = client.post("/accounts/login/", {"login": (user or self.ada).email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content
        return client

    def row(self, user: User | None = None) -> GuardedAccount:
        """Return the row of an account as it is now."""
        return GuardedAccount.objects.get(pk=(user or self.ada).pk)

    def triggers(self, user: User | None = None) -> list[str]:
        """Return the triggers of the holds of an account, in order."""
        return [str(hold.rule.trigger) for hold in self.row(user).account.holds]

    def payout(self, key: str = "p1", user: User | None = None) -> Payout:
        """Return a payout that was requested."""
        account = self.row(user)
        return Payout.objects.create(account=account, key=key, amount=25, destination="DE02")


def security_event(trigger: str, **more: object) -> dict[str, object]:
    """Return a security event in the wire format."""
    event = {
        "type": "security_event",
        "id": "e1",
        "account": "1",
        "trigger": trigger,
        "initiated_by": "system",
        "context": {},
    }
    return {**event, "at": now().isoformat(), **more}


def post(name: str, body: bytes | dict[str, Any], **more: Any) -> Any:
    """Post a signed message, and return what the door says."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    header = hooks.signature(senders()[name].secret, body)
    return Client().post(f"/hooks/{name}", body, "application/json", headers={"Signature": header, **more})


def outbox(event: dict[str, Any]) -> Any:
    """Post an event of our own systems, and return what became of it."""
    answer = post("outbox", {"payload": event})
    assert answer.status_code == 200, answer.content
    return answer.json()


@contextmanager
def critical() -> Iterator[mock.Mock]:
    """Expect that somebody is called."""
    with mock.patch("guard.events.log.critical") as called:
        yield called
        assert called.called, "nobody was called"
