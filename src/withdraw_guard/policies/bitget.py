"""Bitget: 24 hours for withdrawals and P2P after a password."""

from __future__ import annotations

from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, NO_RELEASE, READ_ON, also, hours, timed

BITGET: Final = Policy(
    id="bitget",
    version="1.0.0",
    rules=(timed(triggers.PASSWORD_CHANGED, hours(24), also(operations.P2P_SALE)),),
)
"""The rule of Bitget."""

PUBLISHED: Final = Published(
    author="Bitget",
    policy=BITGET,
    sources=(
        Source(
            address="https://www.niftah.cn/ph/support/articles/12560603821818",
            grade=Grade.MIRROR,
            read="24 hours for withdrawals and P2P after the password was changed",
        ),
    ),
    readings=(
        "Changing the password again extends the hold; that is not stated.",
        NO_RELEASE,
        ALL_WITHDRAWALS,
    ),
    read_on=READ_ON,
)
"""The sources and readings of `BITGET`."""
