"""HTX: 24 hours for withdrawals and for transfers to the fiat account after the second factor was changed."""

from __future__ import annotations

from typing import Final

from withdraw_guard import operations
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import (
    ALL_WITHDRAWALS,
    FACTOR_CHANGES,
    NO_RELEASE,
    OVERLAP,
    READ_ON,
    also,
    hours,
    timed,
)

HTX: Final = Policy(
    id="htx",
    version="1.0.0",
    rules=tuple(timed(trigger, hours(24), also(operations.TRANSFER)) for trigger in FACTOR_CHANGES),
)
"""The published rule of HTX."""

PUBLISHED: Final = Published(
    author="HTX",
    policy=HTX,
    sources=(
        Source(
            address="https://www.huobi.com/zh-cn/support/94947627897379",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals and for transfers to the fiat account after the second factor was changed; "
            "deposits and trading stay open",
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        ALL_WITHDRAWALS,
        "A change of the second factor is also that it was switched off or reset.",
        "A transfer to the fiat account is the operation `transfer`.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `HTX`."""
