"""Gate: 24 hours after any security setting was set up, changed or reset."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, EVERY_SETTING, OVERLAP, READ_ON, hours, timed

_SET_UP: Final = (triggers.PHONE_BOUND, triggers.TWO_FACTOR_ENABLED)

GATE: Final = Policy(
    id="gate",
    version="1.0.0",
    rules=tuple(timed(trigger, hours(24)) for trigger in (*EVERY_SETTING, *_SET_UP)),
)
"""The published rule of Gate."""

PUBLISHED: Final = Published(
    author="Gate",
    policy=GATE,
    sources=(
        Source(
            address="https://www.gate.io/article/17392",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals from the time at which a security setting was set up, changed or reset; it "
            "cannot be removed",
        ),
    ),
    readings=(
        OVERLAP,
        ALL_WITHDRAWALS,
        "“Any security setting” is read as the password, the fund password, the e-mail address, the telephone and the "
        "second factor. A host that has more of them adds a rule for each.",
    ),
    left_out=(
        "That a fund password also stops fiat trading was read on a host that is not known to be Gate's, and nowhere "
        "else.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `GATE`."""
