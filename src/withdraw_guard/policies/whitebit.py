"""WhiteBIT: 72 hours after a password or after the second factor was switched off, whatever comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import (
    ALL_WITHDRAWALS,
    NO_RELEASE,
    OVERLAP,
    READ_ON,
    also,
    happened,
    held_until,
    hours,
    timed,
)

_HELD: Final = also(operations.P2P_SALE, operations.GIFT)

WHITEBIT: Final = Policy(
    id="whitebit",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(72), _HELD),
        timed(triggers.TWO_FACTOR_DISABLED, hours(72), _HELD),
    ),
)
"""The published rule of WhiteBIT."""

PUBLISHED: Final = Published(
    author="WhiteBIT",
    policy=WHITEBIT,
    sources=(
        Source(
            address="https://blog.whitebit.com/en/security-update-when-changing-the-password-and-deactivating-2fa/",
            grade=Grade.OFFICIAL,
            read="72 hours for withdrawals, also through P2P, for codes and for gift cards after a password was "
            "changed or the second factor switched off; switching it on again does not lift it",
        ),
    ),
    readings=(OVERLAP, NO_RELEASE, ALL_WITHDRAWALS, "Codes and gift cards are the operation `gift`."),
    left_out=(
        "An older text holds a changed password only where no second factor is active; the newer one holds always.",
    ),
    read_on=READ_ON,
    vectors=(
        held_until(
            "V11",
            "the second factor is switched off, and on again five minutes later: still 72 hours",
            hours(72),
            happened(triggers.TWO_FACTOR_DISABLED),
            happened(triggers.TWO_FACTOR_ENABLED, timedelta(minutes=5)),
        ),
    ),
)
"""The sources and readings of `WHITEBIT`."""
