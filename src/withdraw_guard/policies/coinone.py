"""Coinone: the first withdrawal of crypto waits for 72 hours and for a video call."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import authorities, triggers
from withdraw_guard._model.policy import Clearance, Policy, Rule
from withdraw_guard._values.ids import Method
from withdraw_guard._values.vocabulary import LiftedBy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import CRYPTO, CRYPTO_ONLY, READ_ON

_CALL: Final = frozenset({Method("video_call")})

COINONE: Final = Policy(
    id="coinone",
    version="1.0.0",
    rules=(
        Rule(
            id="before-the-first-withdrawal",
            trigger=triggers.DEPOSIT_CREDITED,
            where={"has_withdrawn": False},
            scope=CRYPTO,
            duration=timedelta(hours=72),
            clearance=Clearance(unverified=_CALL, verified=_CALL),
            lifted_by=LiftedBy.ALL,
            releasable_by=frozenset({authorities.SUPPORT}),
        ),
    ),
)
"""The rule of Coinone."""

PUBLISHED: Final = Published(
    author="Coinone",
    policy=COINONE,
    sources=(
        Source(
            address="https://sangtech.tistory.com/158",
            grade=Grade.THIRD_PARTY,
            read="the first withdrawal of crypto is possible 72 hours after a deposit of won, and then has to be asked "
            "for in a video call",
        ),
    ),
    readings=(
        "A further deposit before the call extends the 72 hours; that is not stated.",
        "The fact `has_withdrawn` says whether crypto was withdrawn before; an event that does not carry it is held.",
        "The call may come before the 72 hours are over; both are needed.",
        "Customer support may release the hold, so that nobody is locked out for ever.",
        CRYPTO_ONLY,
    ),
    read_on=READ_ON,
)
"""The sources and readings of `COINONE`."""
