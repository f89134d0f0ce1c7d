"""FMFW, a sister of HitBTC: the same hours, and an early way out for those who are verified."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Clearance, Policy
from withdraw_guard._values.ids import Method
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, OVERLAP, READ_ON, RESET_FACT, hours, timed

_EARLIER: Final = Clearance(unverified=frozenset(), verified=frozenset({Method("registered_email")}))

FMFW: Final = Policy(
    id="fmfw",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(72), where={"reset": True}, clearance=_EARLIER),
        timed(triggers.ADDRESS_ADDED, hours(48), clearance=_EARLIER),
        timed(triggers.ADDRESS_PROTECTION_DISABLED, hours(48), clearance=_EARLIER),
    ),
)
"""The published rule of FMFW."""

PUBLISHED: Final = Published(
    author="FMFW",
    policy=FMFW,
    sources=(
        Source(
            address="https://support.fmfw.io/en/articles/5535327-my-account-withdrawals-have-been-frozen",
            grade=Grade.OFFICIAL,
            read="72 hours after a password, 48 hours after the settings of the allow list; a verified account can "
            "have it lifted by writing from its registered e-mail address",
        ),
    ),
    readings=(
        OVERLAP,
        ALL_WITHDRAWALS,
        RESET_FACT,
        "“Settings of the allow list” are what HitBTC, its sister, names: an address added, or the list switched off.",
        "A message from the registered address is reported as a verification by `registered_email`, and may be sent "
        "any number of times.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `FMFW`."""
