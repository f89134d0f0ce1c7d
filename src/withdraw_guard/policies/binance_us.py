"""Binance.US: 48 hours after a password or a reset of the second factor, 120 hours after an e-mail address."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, NO_RELEASE, OVERLAP, READ_ON, hours, timed

BINANCE_US: Final = Policy(
    id="binance-us",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(48)),
        timed(triggers.TWO_FACTOR_RESET, hours(48)),
        timed(triggers.EMAIL_CHANGED, hours(120)),
    ),
)
"""The published rule of Binance.US."""

PUBLISHED: Final = Published(
    author="Binance.US",
    policy=BINANCE_US,
    sources=(
        Source(
            address="https://support.binance.us/hc/en-us/articles/360047428953-Why-can-t-I-withdraw-or-trade",
            grade=Grade.OFFICIAL,
            read="48 hours after a second factor was reset by support or a password was changed, 120 hours after an "
            "e-mail address was changed; they end by themselves",
        ),
        Source(
            address="https://intercom.help/binance-us/en/articles/10128496-how-to-reset-two-factor-authentication",
            grade=Grade.OFFICIAL,
            read="48 hours after a second factor was reset",
            rules=("two-factor-reset",),
        ),
    ),
    readings=(OVERLAP, NO_RELEASE, ALL_WITHDRAWALS),
    left_out=(
        "An ACH deposit is frozen for 168 hours up to its amount: that is an amount, and a ledger's work.",
        "That the deposit hold was cut from 10 days to 7 at once shows that policies change under running holds; "
        "how those were treated is not stated.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `BINANCE_US`."""
