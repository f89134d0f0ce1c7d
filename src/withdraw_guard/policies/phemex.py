"""Phemex: 24 hours after the allow list was switched off."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, NO_RELEASE, READ_ON, hours, timed

PHEMEX: Final = Policy(
    id="phemex",
    version="1.0.0",
    rules=(timed(triggers.ADDRESS_PROTECTION_DISABLED, hours(24)),),
)
"""The published rule of Phemex."""

PUBLISHED: Final = Published(
    author="Phemex",
    policy=PHEMEX,
    sources=(
        Source(
            address="https://phemex.com/help-center/how-to-enable-withdrawal-whitelist-new-address-lock(web)",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals after the allow list of addresses was switched off, which also switches off "
            "the lock of new ones",
        ),
    ),
    readings=(
        "Switching it off again extends the hold; that is not stated.",
        NO_RELEASE,
        ALL_WITHDRAWALS,
    ),
    left_out=("How long the lock of new addresses lasts was not read.",),
    read_on=READ_ON,
)
"""The sources and readings of `PHEMEX`."""
