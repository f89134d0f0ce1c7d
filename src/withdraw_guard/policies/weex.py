"""WEEX: 24 hours after a way of verification was changed."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, FACTOR_CHANGES, NO_RELEASE, OVERLAP, READ_ON, hours, timed

WEEX: Final = Policy(
    id="weex",
    version="1.0.0",
    rules=(
        timed(triggers.EMAIL_CHANGED, hours(24)),
        timed(triggers.PHONE_CHANGED, hours(24)),
        *(timed(trigger, hours(24)) for trigger in FACTOR_CHANGES),
    ),
)
"""The published rule of WEEX."""

PUBLISHED: Final = Published(
    author="WEEX",
    policy=WEEX,
    sources=(
        Source(
            address="https://weexsupport.zendesk.com/hc/en-us/articles/13467819116441",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals after any way of verification was changed",
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        ALL_WITHDRAWALS,
        "A way of verification is the e-mail address, the telephone or the second factor.",
    ),
    left_out=("That the change itself is reviewed within a working day is about the change, and no hold.",),
    read_on=READ_ON,
)
"""The sources and readings of `WEEX`."""
