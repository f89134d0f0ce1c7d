"""Bybit: 24 hours after a password or an e-mail address, on all ways out, and for a new address under a lock."""

from __future__ import annotations

from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import NO_RELEASE, OVERLAP, PER_ADDRESS, READ_ON, also, hours, per_address, timed

BYBIT: Final = Policy(
    id="bybit",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(24), also(operations.P2P_SALE, operations.PAYMENT)),
        timed(triggers.EMAIL_CHANGED, hours(24), also(operations.P2P_SALE)),
        per_address(hours(24), where={"address_lock": True}),
        timed(triggers.ADDRESS_PROTECTION_DISABLED, hours(24)),
    ),
)
"""The rule of Bybit."""

PUBLISHED: Final = Published(
    author="Bybit",
    policy=BYBIT,
    sources=(
        Source(
            address="https://bybit.com/uk-UA/help-center/article/How-to-reset-your-password",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals of crypto and of money, P2P and the card after a password was reset or "
            "changed",
            rules=("password-changed",),
        ),
        Source(
            address="https://bybit.com/zh-TW/help-center/article/How-to-Change-Unlink-Your-Registered-Email-Address",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals and P2P after the e-mail address was changed",
            rules=("email-changed",),
        ),
        Source(
            address="https://www.365shuku.com/1438.html",
            grade=Grade.THIRD_PARTY,
            read="24 hours for each new address under a lock, and 24 hours after the lock was switched off",
            rules=("address-added", "address-protection-disabled"),
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        "Withdrawals of crypto are `withdrawal`, of money `fiat_withdrawal`; the card is `payment`.",
        PER_ADDRESS,
        "The fact `address_lock` says whether the lock is on; an event that does not carry it is held.",
        "What stops after the lock was switched off is not stated: all withdrawals.",
    ),
    left_out=("That the e-mail address cannot be changed again for seven days is about the change, and no hold.",),
    read_on=READ_ON,
)
"""The sources and readings of `BYBIT`."""
