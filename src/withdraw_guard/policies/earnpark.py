"""EarnPark: 24 hours for a new address, and for everything after the allow list was switched off."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import NO_RELEASE, OVERLAP, PER_ADDRESS, READ_ON, hours, per_address, timed

EARNPARK: Final = Policy(
    id="earnpark",
    version="1.0.0",
    rules=(
        per_address(hours(24)),
        timed(triggers.ADDRESS_PROTECTION_DISABLED, hours(24)),
    ),
)
"""The published rule of EarnPark."""

PUBLISHED: Final = Published(
    author="EarnPark",
    policy=EARNPARK,
    sources=(
        Source(
            address="https://help.earnpark.com/en/articles/8569813-whitelisting",
            grade=Grade.OFFICIAL,
            read="24 hours for an address that was added, 24 hours for the whole account after the allow list was "
            "switched off",
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        PER_ADDRESS,
        "The whole account is every withdrawal: `withdrawal` and `fiat_withdrawal`.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `EARNPARK`."""
