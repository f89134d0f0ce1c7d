"""Bitso: 24 hours after a password, and support for those who cannot wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import authorities, triggers
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, READ_ON, WITHDRAWALS

BITSO: Final = Policy(
    id="bitso",
    version="1.0.0",
    rules=(
        Rule(
            id="password-changed",
            trigger=triggers.PASSWORD_CHANGED,
            scope=WITHDRAWALS,
            duration=timedelta(hours=24),
            releasable_by=frozenset({authorities.SUPPORT}),
        ),
    ),
)
"""The published rule of Bitso."""

PUBLISHED: Final = Published(
    author="Bitso",
    policy=BITSO,
    sources=(
        Source(
            address="https://support.bitso.com/hc/en-us/articles/14396463073428-Why-are-my-withdrawals-disabled-",
            grade=Grade.OFFICIAL,
            read="24 hours after a password was changed; who cannot wait contacts customer support",
        ),
        Source(
            address="https://docs.bitso.com/bitso-api/docs/account-errors-07-http-400",
            grade=Grade.OFFICIAL,
            read="the error code of a withdrawal that is refused for it",
        ),
    ),
    readings=(
        "Changing the password again extends the hold; that is not stated.",
        "That support may be contacted is read as that support may release the hold.",
        ALL_WITHDRAWALS,
    ),
    read_on=READ_ON,
)
"""The sources and readings of `BITSO`."""
