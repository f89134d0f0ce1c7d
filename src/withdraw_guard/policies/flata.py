"""Flata: 72 hours after the first deposit of crypto, 24 hours after each later one, and the later end counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source, Vector
from withdraw_guard.policies._terms import CRYPTO, CRYPTO_ONLY, NO_RELEASE, READ_ON, START, happened, hours, timed

_AUGUST: Final = datetime(2026, 8, 1, tzinfo=UTC)

FLATA: Final = Policy(
    id="flata",
    version="1.0.0",
    rules=(
        timed(triggers.DEPOSIT_CREDITED, hours(72), CRYPTO, rule="first-deposit", where={"first_ever": True}),
        timed(triggers.DEPOSIT_CREDITED, hours(24), CRYPTO, rule="later-deposit"),
    ),
)
"""The published rule of Flata."""

PUBLISHED: Final = Published(
    author="Flata",
    policy=FLATA,
    sources=(
        Source(
            address="https://support.flata.exchange/hc/ko/articles/360057447811",
            grade=Grade.OFFICIAL,
            read="72 hours from the crediting of the first deposit of crypto, 24 hours from that of each later one, "
            "for withdrawals of crypto; the later of the two ends counts, with an example",
        ),
    ),
    readings=(
        NO_RELEASE,
        CRYPTO_ONLY,
        "The fact `first_ever` says whether it is the first deposit; an event that does not carry it is held for 72 "
        "hours. The event happens when the deposit is credited.",
    ),
    read_on=READ_ON,
    vectors=(
        Vector(
            number="V5",
            says="the first on 1 August at 00:00, a later one on 3 August at 12:00: free on 4 August at 12:00",
            journal=(
                happened(triggers.DEPOSIT_CREDITED, _AUGUST - START, first_ever=True),
                happened(triggers.DEPOSIT_CREDITED, _AUGUST + hours(60) - START, first_ever=False),
            ),
            denied_at=(_AUGUST + hours(84) - timedelta(microseconds=1),),
            allowed_at=(_AUGUST + hours(84),),
        ),
    ),
)
"""The sources and readings of `FLATA`."""
