"""What the published policies share: scopes, rules that end by time alone, and the most usual readings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.events import Event, SecurityEvent
from withdraw_guard._model.policy import Clearance, Rule, Scope
from withdraw_guard._values.facts import NO_FACTS, Fact
from withdraw_guard._values.ids import DestinationId, Operation, PublicReason, Trigger
from withdraw_guard._values.vocabulary import ActorKind, Destinations, Repeat
from withdraw_guard.policies._published import Vector

READ_ON: Final = date(2026, 11, 22)
"""The day on which the facts were collected, from copies of different ages."""

_CRYPTO: Final = frozenset({operations.WITHDRAWAL})
_WITHDRAWALS: Final = frozenset({operations.WITHDRAWAL, operations.FIAT_WITHDRAWAL})
CRYPTO: Final = Scope(operations=_CRYPTO)
WITHDRAWALS: Final = Scope(operations=_WITHDRAWALS)

OVERLAP: Final = (
    "How holds overlap is not stated: each trigger places a hold of its own and the latest end decides; "
    "the same trigger again extends its hold."
)
NO_RELEASE: Final = "An early release is not stated: nobody may end these holds before their time."
ALL_WITHDRAWALS: Final = (
    "The text says withdrawals and keeps none apart: `withdrawal` and `fiat_withdrawal` are both held."
)
CRYPTO_ONLY: Final = (
    "Only crypto is held: a host asks for `withdrawal` where crypto leaves and for `fiat_withdrawal` where money goes "
    "to a bank."
)
RESET_FACT: Final = (
    "The fact `reset` says whether a password was reset or only changed; an event that does not carry it is held."
)
PER_ADDRESS: Final = (
    "The event names the added address and the request the one that the money goes to; where either does not, the "
    "request is held."
)
AT_MOST: Final = "“Up to” so many hours is read as that many hours."


FACTOR_CHANGES: Final = (
    triggers.TWO_FACTOR_CHANGED,
    triggers.TWO_FACTOR_DISABLED,
    triggers.TWO_FACTOR_RESET,
)
"""How a text is read that says only “two-factor authentication changed”."""

EVERY_SETTING: Final = (
    triggers.PASSWORD_CHANGED,
    triggers.FUND_PASSWORD_CHANGED,
    triggers.EMAIL_CHANGED,
    triggers.PHONE_CHANGED,
    *FACTOR_CHANGES,
)
"""How a text is read that says only “a security setting was changed”."""


def also(*more: Operation) -> Scope:
    """Return a scope that covers every withdrawal and these operations."""
    return Scope(operations=_WITHDRAWALS | frozenset(more))


def timed(
    trigger: Trigger,
    duration: timedelta,
    scope: Scope = WITHDRAWALS,
    *,
    rule: str = "",
    where: Mapping[str, Fact] = NO_FACTS,
    repeat: Repeat = Repeat.EXTEND,
    clearance: Clearance | None = None,
    public_reason: PublicReason | None = None,
) -> Rule:
    """Return a rule whose holds end by time alone; its id is made from its trigger unless one is given."""
    return Rule(
        id=rule or trigger.replace("_", "-"),
        trigger=trigger,
        where=where,
        scope=scope,
        duration=duration,
        repeat=repeat,
        clearance=clearance,
        public_reason=public_reason,
    )


def per_address(
    duration: timedelta,
    *,
    more: frozenset[Operation] = frozenset(),
    rule: str = "",
    where: Mapping[str, Fact] = NO_FACTS,
    clearance: Clearance | None = None,
) -> Rule:
    """Return a rule that holds only the address that was added."""
    scope = Scope(operations=_CRYPTO | more, destinations=Destinations.NAMED)
    return timed(
        triggers.ADDRESS_ADDED, duration, scope, rule=rule, where=where, repeat=Repeat.SEPARATE, clearance=clearance
    )


def hours(number: float) -> timedelta:
    """Return so many hours."""
    return timedelta(hours=number)


START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""The start of the examples: a Monday at nine."""


def happened(
    trigger: Trigger,
    after: timedelta = timedelta(),
    *,
    duration: timedelta | None = None,
    to: str | None = None,
    **facts: Fact,
) -> SecurityEvent:
    """Return an event that happened so long after `START`, about a destination if one is given."""
    at = START + after
    return SecurityEvent(
        id=f"{trigger}-{at:%Y%m%dT%H%M%S}",
        account="a1",
        at=at,
        trigger=trigger,
        initiated_by=ActorKind.USER,
        context=facts,
        duration=duration,
        destination_id=None if to is None else DestinationId(to),
    )


def held_until(number: str, says: str, end: timedelta, *journal: Event, request: Request = WITHDRAWAL) -> Vector:
    """Return an example that is denied a microsecond before the end and allowed at it."""
    before, at = START + end - timedelta(microseconds=1), START + end
    return Vector(
        number=number,
        says=says,
        journal=journal,
        denied_at=(before,),
        allowed_at=(at,),
        request=request,
    )


def not_held(number: str, says: str, *journal: Event, request: Request = WITHDRAWAL) -> Vector:
    """Return an example that is allowed at the instant of its last event."""
    return Vector(number=number, says=says, journal=journal, allowed_at=(journal[-1].at,), request=request)
