"""ProBit: 72 hours after a password, a second factor or a telephone."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, NO_RELEASE, OVERLAP, READ_ON, hours, timed

PROBIT: Final = Policy(
    id="probit",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(72)),
        timed(triggers.TWO_FACTOR_DISABLED, hours(72)),
        timed(triggers.PHONE_CHANGED, hours(72)),
    ),
)
"""The published rule of ProBit."""

PUBLISHED: Final = Published(
    author="ProBit",
    policy=PROBIT,
    sources=(
        Source(
            address="https://www.probit.com/en-us/hc/articles/360041450391",
            grade=Grade.OFFICIAL,
            read="72 hours for withdrawals after a password was changed or reset, the one-time password was switched "
            "off, or the telephone was deleted or changed",
        ),
    ),
    readings=(OVERLAP, NO_RELEASE, ALL_WITHDRAWALS),
    read_on=READ_ON,
)
"""The sources and readings of `PROBIT`."""
