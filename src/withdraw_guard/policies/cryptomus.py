"""Cryptomus: 24 hours after a password, an e-mail address, a telephone or an API key."""

from __future__ import annotations

from typing import Final

from withdraw_guard import public_reasons, triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.ids import Trigger
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, NO_RELEASE, OVERLAP, READ_ON, hours, timed

CRYPTOMUS: Final = Policy(
    id="cryptomus",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(24)),
        timed(triggers.EMAIL_CHANGED, hours(24)),
        timed(triggers.PHONE_CHANGED, hours(24)),
        timed(Trigger("api_key_changed"), hours(24), public_reason=public_reasons.SECURITY_CHANGE),
    ),
)
"""The published rule of Cryptomus."""

PUBLISHED: Final = Published(
    author="Cryptomus",
    policy=CRYPTOMUS,
    sources=(
        Source(
            address="https://cryptomus.com/faq/hack-my-account",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals after the password, the e-mail address, the telephone or an API key was "
            "changed",
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        ALL_WITHDRAWALS,
    ),
    read_on=READ_ON,
)
"""The sources and readings of `CRYPTOMUS`."""
