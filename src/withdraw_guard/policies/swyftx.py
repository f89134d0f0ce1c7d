"""Swyftx: up to 48 hours for crypto after a password."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import AT_MOST, CRYPTO, CRYPTO_ONLY, NO_RELEASE, READ_ON, hours, timed

SWYFTX: Final = Policy(
    id="swyftx",
    version="1.0.0",
    rules=(timed(triggers.PASSWORD_CHANGED, hours(48), CRYPTO),),
)
"""The published rule of Swyftx."""

PUBLISHED: Final = Published(
    author="Swyftx",
    policy=SWYFTX,
    sources=(
        Source(
            address="https://support.swyftx.com/hc/en-au/articles/13474518609433-Reset-or-change-your-password",
            grade=Grade.OFFICIAL,
            read="up to 48 hours for withdrawals of crypto after a password was changed or reset",
        ),
    ),
    readings=("Changing the password again extends the hold; that is not stated.", NO_RELEASE, AT_MOST, CRYPTO_ONLY),
    read_on=READ_ON,
)
"""The sources and readings of `SWYFTX`."""
