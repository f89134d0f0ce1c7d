"""OKX: 24 hours after a change of what protects the account, and for a new address under a lock."""

from __future__ import annotations

from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import (
    ALL_WITHDRAWALS,
    NO_RELEASE,
    OVERLAP,
    PER_ADDRESS,
    READ_ON,
    also,
    hours,
    per_address,
    timed,
)

_EXITS: Final = also(operations.TRANSFER, operations.GIFT, operations.P2P_SALE)

OKX: Final = Policy(
    id="okx",
    version="1.0.0",
    rules=(
        timed(triggers.TWO_FACTOR_RESET, hours(24)),
        timed(triggers.TWO_FACTOR_CHANGED, hours(24)),
        timed(
            triggers.DEVICE_ADDED, hours(24), rule="new-device-after-password", where={"after_password_change": True}
        ),
        timed(triggers.PHONE_CHANGED, hours(24), _EXITS),
        timed(triggers.EMAIL_CHANGED, hours(24), _EXITS),
        per_address(hours(24), where={"address_lock": True}),
    ),
)
"""The rule of OKX."""

PUBLISHED: Final = Published(
    author="OKX",
    policy=OKX,
    sources=(
        Source(
            address="https://tr.okx.com/en/help/what-if-mobile-email-google-verification-cannot-be-used-tr",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals after an authenticator was reset or changed",
            rules=("two-factor-reset", "two-factor-changed"),
        ),
        Source(
            address="https://www.marketnode.io/en-us/help/search",
            grade=Grade.MIRROR,
            read="24 hours after a password was changed and somebody then logged in from a new device; 24 hours, also "
            "for transfers, gifts and P2P sales, after the telephone or the e-mail address was changed",
            rules=("new-device-after-password", "phone-changed", "email-changed"),
        ),
        Source(
            address="https://www.oucnyi.com/help/search",
            grade=Grade.MIRROR,
            read="24 hours for a new address of the allow list while its lock is on",
            rules=("address-added",),
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        ALL_WITHDRAWALS,
        "That the login from a new device follows a change of the password is the fact `after_password_change`, which "
        "the host knows; an event that does not carry it is held.",
        PER_ADDRESS,
        "The fact `address_lock` says whether the lock is on; an event that does not carry it is held.",
    ),
    left_out=(
        "Coins bought from a person are held for one, three or seven days, order by order: a ledger's work. With it "
        "goes which of these may be appealed.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `OKX`."""
