"""KuCoin: 24 hours after a change of what protects the account."""

from __future__ import annotations

from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import (
    ALL_WITHDRAWALS,
    FACTOR_CHANGES,
    OVERLAP,
    READ_ON,
    RESET_FACT,
    also,
    hours,
    timed,
)

KUCOIN: Final = Policy(
    id="kucoin",
    version="1.0.0",
    rules=(
        timed(triggers.PHONE_BOUND, hours(24)),
        timed(triggers.PHONE_CHANGED, hours(24)),
        *(timed(trigger, hours(24)) for trigger in FACTOR_CHANGES),
        timed(triggers.FUND_PASSWORD_CHANGED, hours(24), also(operations.P2P_SALE, operations.GIFT)),
        timed(triggers.EMAIL_CHANGED, hours(24)),
        timed(triggers.ACCOUNT_UNLOCKED, hours(24)),
        timed(triggers.PASSWORD_CHANGED, hours(24), where={"reset": True}),
    ),
)
"""The published rule of KuCoin."""

PUBLISHED: Final = Published(
    author="KuCoin",
    policy=KUCOIN,
    sources=(
        Source(
            address="https://www.kucoin.com/support/900006118646",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals after a telephone was bound or changed, the second factor, the trading "
            "password or the e-mail address was changed, the account was unfrozen, or the password was reset "
            "through “Forgot password”; after a trading password P2P sales and red packets as well",
        ),
        Source(
            address="https://kucoin.com/fil/support/31708353840793",
            grade=Grade.OFFICIAL,
            read="the same in another language",
        ),
        Source(
            address="https://support.kucoin.plus/hc/en-us/articles/900006118646-Withdrawal-Function-Restrictions",
            grade=Grade.MIRROR,
            read="an older text: the restriction cannot be reset by hand",
        ),
    ),
    readings=(
        OVERLAP,
        ALL_WITHDRAWALS,
        "Nobody may end these holds early: that stands in the older text only.",
        RESET_FACT,
        "A change of the second factor is also that it was switched off or reset.",
        "Red packets are the operation `gift`.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `KUCOIN`."""
