"""Deribit: three days for a new address."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import NO_RELEASE, PER_ADDRESS, READ_ON, per_address

DERIBIT: Final = Policy(
    id="deribit",
    version="1.0.0",
    rules=(per_address(timedelta(days=3)),),
)
"""The published rule of Deribit."""

PUBLISHED: Final = Published(
    author="Deribit",
    policy=DERIBIT,
    sources=(
        Source(
            address="https://docs.deribit.com/articles/managing-withdrawals-api",
            grade=Grade.OFFICIAL,
            read="three days for a new address, unless the account has another setting; the API says when each can be "
            "used",
        ),
    ),
    readings=(
        NO_RELEASE,
        PER_ADDRESS,
        "Every account has the three days: which other settings there are is not stated.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `DERIBIT`."""
