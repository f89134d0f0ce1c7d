"""MAX, of MaiCoin in Taiwan: 24 hours for a new address, if the account holder switched the lock on."""

from __future__ import annotations

from typing import Final

from withdraw_guard import operations
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import NO_RELEASE, PER_ADDRESS, READ_ON, hours, per_address

MAX: Final = Policy(
    id="max",
    version="1.0.0",
    rules=(per_address(hours(24), more=frozenset({operations.TRANSFER}), where={"address_lock": True}),),
)
"""The published rule of MAX, of MaiCoin."""

PUBLISHED: Final = Published(
    author="MAX, of MaiCoin",
    policy=MAX,
    sources=(
        Source(
            address="https://maicoin2.freshdesk.com/en/support/solutions/articles/"
            "32000036202-withdrawal-locking-period-faq",
            grade=Grade.OFFICIAL,
            read="24 hours for a new address, on chain and inside, if the account holder switched the lock on; the "
            "list shows when each can be used, and other addresses stay open",
        ),
    ),
    readings=(
        NO_RELEASE,
        PER_ADDRESS,
        "The fact `address_lock` says whether the lock is on; an event that does not carry it is held.",
    ),
    left_out=(
        "Deposits of Taiwan dollars are held for 48 hours up to their amount, and sales for US dollars for a day: "
        "amounts, and a ledger's work.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `MAX`."""
