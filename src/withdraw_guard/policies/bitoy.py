"""Bitoy: an hour after a new device, 24 after a change of what protects the account, and a stop that support ends."""

from __future__ import annotations

from typing import Final

from withdraw_guard import authorities, triggers
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, NO_RELEASE, OVERLAP, READ_ON, WITHDRAWALS, hours, timed

BITOY: Final = Policy(
    id="bitoy",
    version="1.0.0",
    rules=(
        timed(triggers.DEVICE_ADDED, hours(1)),
        timed(triggers.TWO_FACTOR_RESET, hours(24)),
        timed(triggers.PHONE_CHANGED, hours(24)),
        timed(triggers.EMAIL_CHANGED, hours(24)),
        timed(triggers.PASSWORD_CHANGED, hours(24)),
        Rule(
            id="abnormal-activity",
            trigger=triggers.ABNORMAL_ACTIVITY,
            scope=WITHDRAWALS,
            releasable_by=frozenset({authorities.SUPPORT}),
        ),
    ),
)
"""The published rule of Bitoy."""

PUBLISHED: Final = Published(
    author="Bitoy",
    policy=BITOY,
    sources=(
        Source(
            address="https://support.bitoy.com/hc/es-419/articles/24741959824281",
            grade=Grade.OFFICIAL,
            read="for withdrawals an hour after a new device, 24 hours after the authenticator was reset or the "
            "telephone, the e-mail address or the password was changed; at a risk until support ends it",
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        ALL_WITHDRAWALS,
        "A risk is `abnormal_activity`.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `BITOY`."""
