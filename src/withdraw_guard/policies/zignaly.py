"""Zignaly: 24 hours for withdrawals and API keys after a password or a second factor."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.ids import Operation
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, NO_RELEASE, OVERLAP, READ_ON, also, hours, timed

_HELD: Final = also(Operation("api_key_management"))

ZIGNALY: Final = Policy(
    id="zignaly",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(24), _HELD),
        timed(triggers.TWO_FACTOR_DISABLED, hours(24), _HELD),
    ),
)
"""The published rule of Zignaly."""

PUBLISHED: Final = Published(
    author="Zignaly",
    policy=ZIGNALY,
    sources=(
        Source(
            address="https://help.zignaly.com/en/articles/9572900-advanced-security-settings-enhancing-assets-security",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals and the management of API keys after the second factor was switched off or "
            "the password was changed",
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        ALL_WITHDRAWALS,
    ),
    left_out=("The special path for wealth managers is not stated in enough detail.",),
    read_on=READ_ON,
)
"""The sources and readings of `ZIGNALY`."""
