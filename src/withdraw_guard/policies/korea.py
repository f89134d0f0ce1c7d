"""Korea's standard for exchanges: 72 hours after the first deposit of won, 24 hours after each later one."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import CRYPTO, CRYPTO_ONLY, NO_RELEASE, READ_ON, hours, timed

KOREA: Final = Policy(
    id="korea-standard",
    version="1.0.0",
    rules=(
        timed(triggers.DEPOSIT_CREDITED, hours(72), CRYPTO, rule="first-deposit", where={"first_ever": True}),
        timed(triggers.DEPOSIT_CREDITED, hours(24), CRYPTO, rule="later-deposit"),
    ),
)
"""The standard delay of the Korean association of exchanges, 24 June 2025."""

PUBLISHED: Final = Published(
    author="DAXA, the association of Korean exchanges: standard of 24 June 2025",
    policy=KOREA,
    sources=(
        Source(
            address="https://www.newsprime.co.kr/news/article/?no=693606",
            grade=Grade.THIRD_PARTY,
            read="72 hours for all crypto after the first deposit of won; after a later one 24 hours for crypto of the "
            "same value",
        ),
    ),
    readings=(
        "How holds overlap is not stated: the latest end decides.",
        NO_RELEASE,
        "A hold knows no amounts: after a later deposit all crypto is held, which is stricter than what is stated.",
        "The fact `first_ever` says whether it is the first deposit; an event that does not carry it is held for 72 "
        "hours.",
        CRYPTO_ONLY,
    ),
    read_on=READ_ON,
)
"""The sources and readings of `KOREA`."""
