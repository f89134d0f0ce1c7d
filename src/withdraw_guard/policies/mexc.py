"""MEXC: 24 hours after a security setting was changed."""

from __future__ import annotations

from typing import Final

from withdraw_guard._model.policy import Policy
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, EVERY_SETTING, NO_RELEASE, OVERLAP, READ_ON, hours, timed

MEXC: Final = Policy(
    id="mexc",
    version="1.0.0",
    rules=tuple(timed(trigger, hours(24)) for trigger in EVERY_SETTING),
)
"""The published rule of MEXC."""

PUBLISHED: Final = Published(
    author="MEXC",
    policy=MEXC,
    sources=(
        Source(
            address="https://www.mexc.com/learn/article/"
            "mexc-account-frozen-withdrawal-limits-how-to-fix-restricted-account-issues/1",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals after a security setting was changed",
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        ALL_WITHDRAWALS,
        "“A security setting” is read as the password, the fund password, the e-mail address, the telephone and the "
        "second factor. A host that has more of them adds a rule for each.",
    ),
    left_out=(
        "Other restrictions are reviewed in one to three business days, and up to 30 days where money laundering is "
        "suspected: neither what places them nor what they stop is stated well enough.",
        "The lock of the login after wrong passwords, which grows from 2 hours to 24, is about logging in.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `MEXC`."""
