"""HitBTC: 72 hours after a recovered password, 48 hours after a change of the allow list, lifted by nobody."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, OVERLAP, READ_ON, RESET_FACT, hours, timed

HITBTC: Final = Policy(
    id="hitbtc",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(72), where={"reset": True}),
        timed(triggers.ADDRESS_ADDED, hours(48)),
        timed(triggers.ADDRESS_PROTECTION_DISABLED, hours(48)),
    ),
)
"""The published rule of HitBTC."""

PUBLISHED: Final = Published(
    author="HitBTC",
    policy=HITBTC,
    sources=(
        Source(
            address="https://support.hitbtc.com/en/support/solutions/articles/"
            "63000224924--withdrawals-from-your-account-are-suspended-",
            grade=Grade.OFFICIAL,
            read="72 hours for all withdrawals after the recovery of a password was confirmed, 48 hours after an "
            "address was added to the allow list or the list was switched off; nobody lifts them, support included",
        ),
    ),
    readings=(OVERLAP, ALL_WITHDRAWALS, RESET_FACT),
    read_on=READ_ON,
)
"""The sources and readings of `HITBTC`."""
