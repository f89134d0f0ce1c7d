"""What must be true of the settings before the first payout. `manage.py check` says what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string
from withdraw_guard import operations

from guard import config
from guard.signals import REPORTED


@register
def guard_is_set_up(**_: Any) -> list[CheckMessage]:
    """Check names, the fingerprint of the policy, the lease, and that no transaction surrounds a payout."""
    return [Error(text, id=f"guard.E{number:03}") for number, text in _faults()]


def _faults() -> Iterator[tuple[int, str]]:
    policy = config.policy()
    heard: set[str] = set(REPORTED).union(*(sender.source.triggers for sender in config.senders().values()))
    for name in sorted(heard - policy.triggers):
        yield 1, f"no rule of the policy listens to `{name}`"
    if operations.WITHDRAWAL not in policy.operations:
        yield 2, f"no rule of the policy names the operation `{operations.WITHDRAWAL}`"
    if policy.fingerprint != settings.GUARD_FINGERPRINT:
        yield 3, f"the policy has changed: give it a new version and set GUARD_FINGERPRINT to `{policy.fingerprint}`"
    if not settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        yield 4, "ATOMIC_REQUESTS must be on: allauth would commit a new password before its hold"
    for name in settings.GUARD_SENDING_VIEWS:
        if "default" not in getattr(import_string(name), "_non_atomic_requests", ()):
            yield 5, f"`{name}` sends money: decorate it with transaction.non_atomic_requests"
    if config.rail().timeout >= settings.GUARD_LEASE:
        yield 6, "GUARD_LEASE must be longer than the time-out of the rail: recovery would overtake a sender"
