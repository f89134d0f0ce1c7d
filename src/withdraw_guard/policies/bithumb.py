"""Bithumb: 24 hours for crypto after the latest deposit of won."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import CRYPTO, CRYPTO_ONLY, NO_RELEASE, READ_ON, hours, timed

BITHUMB: Final = Policy(
    id="bithumb",
    version="1.0.0",
    rules=(timed(triggers.DEPOSIT_CREDITED, hours(24), CRYPTO),),
)
"""The rule of Bithumb, as others tell it."""

PUBLISHED: Final = Published(
    author="Bithumb",
    policy=BITHUMB,
    sources=(
        Source(
            address="https://sangtech.tistory.com/158",
            grade=Grade.THIRD_PARTY,
            read="24 hours for withdrawals of crypto from the last deposit of won: each deposit starts it again",
        ),
    ),
    readings=(NO_RELEASE, CRYPTO_ONLY, "Only deposits of won are reported."),
    read_on=READ_ON,
)
"""The sources and readings of `BITHUMB`."""
