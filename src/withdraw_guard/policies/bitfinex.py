"""Bitfinex: five days for every withdrawal, and an early way out for those who are verified."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from withdraw_guard import public_reasons, triggers
from withdraw_guard._model.policy import Clearance, Policy, Rule
from withdraw_guard._values.facts import NO_FACTS, Fact
from withdraw_guard._values.ids import Method, Trigger
from withdraw_guard.policies._published import Grade, Published, Source, Vector
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, OVERLAP, READ_ON, RESET_FACT, START, happened, timed

_EARLIER: Final = Clearance(unverified=frozenset(), verified=frozenset({Method("id_photo_with_note")}))


def _held(trigger: Trigger, where: Mapping[str, Fact] = NO_FACTS) -> Rule:
    reason = public_reasons.SECURITY_CHANGE
    return timed(trigger, timedelta(days=5), where=where, clearance=_EARLIER, public_reason=reason)


BITFINEX: Final = Policy(
    id="bitfinex",
    version="1.0.0",
    rules=(
        _held(triggers.PASSWORD_CHANGED, where={"reset": True}),
        _held(Trigger("address_unlocked")),
        _held(triggers.TWO_FACTOR_RESET, where={"initiated_by": "admin"}),
        _held(triggers.EMAIL_CHANGED, where={"initiated_by": "admin"}),
        _held(Trigger("ip_allowlist_changed"), where={"initiated_by": "admin"}),
    ),
)
"""The published rule of Bitfinex."""

PUBLISHED: Final = Published(
    author="Bitfinex",
    policy=BITFINEX,
    sources=(
        Source(
            address="https://support.bitfinex.com/hc/en-us/articles/115003284189-Why-do-I-have-a-withdrawal-hold-",
            grade=Grade.OFFICIAL,
            read="five days for all withdrawals after a password was reset, a locked address was unlocked or changed, "
            "or support changed the second factor, the e-mail address or the allowed IP addresses; a withdrawal "
            "that is submitted meanwhile is cancelled; those who are verified at Intermediate level or higher may "
            "have it lifted with a photo of their document and a dated, signed note",
        ),
        Source(
            address="https://support.bitfinex.com/hc/en-us/articles/360017321633-Verification-levels-at-Bitfinex",
            grade=Grade.OFFICIAL,
            read="the levels of verification",
            rules=(),
        ),
    ),
    readings=(
        OVERLAP,
        ALL_WITHDRAWALS,
        RESET_FACT,
        "An account counts as verified here from the Intermediate level on: the host reports its identity only then.",
        "The photo may be handed in any number of times.",
        "“Support-made” is read as an event that an `admin` initiated; the same change by the account holder is not "
        "held.",
        "Unlocking a locked address and changing it are one trigger, `address_unlocked`.",
    ),
    left_out=("That a withdrawal is cancelled and not queued is the host's: the guard denies it and keeps nothing.",),
    read_on=READ_ON,
    vectors=(
        Vector(
            number="V16",
            says="a withdrawal one day into the five is denied; that it is cancelled is the host's",
            journal=(happened(triggers.PASSWORD_CHANGED, reset=True),),
            denied_at=(START + timedelta(days=1), START + timedelta(days=5, microseconds=-1)),
            allowed_at=(START + timedelta(days=5),),
        ),
    ),
)
"""The sources and readings of `BITFINEX`."""
