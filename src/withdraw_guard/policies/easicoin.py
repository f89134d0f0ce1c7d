"""Easicoin, Yubit and SafeX, which share a text: whatever happens within 24 hours starts them again."""

from __future__ import annotations

from typing import Final

from withdraw_guard import public_reasons, triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.ids import Trigger
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import (
    ALL_WITHDRAWALS,
    NO_RELEASE,
    READ_ON,
    happened,
    held_until,
    hours,
    timed,
)

_PASSWORD_SET: Final = Trigger("password_set")
_EMAIL_BOUND: Final = Trigger("email_bound")
_CHANGES: Final = (
    _PASSWORD_SET,
    triggers.PASSWORD_CHANGED,
    triggers.TWO_FACTOR_DISABLED,
    _EMAIL_BOUND,
    triggers.PHONE_BOUND,
    triggers.TWO_FACTOR_ENABLED,
)

EASICOIN: Final = Policy(
    id="easicoin",
    version="2.0.0",
    rules=tuple(timed(trigger, hours(24), public_reason=public_reasons.SECURITY_CHANGE) for trigger in _CHANGES),
)
"""The published rule that Easicoin, Yubit and SafeX share."""

PUBLISHED: Final = Published(
    author="Easicoin, Yubit and SafeX",
    policy=EASICOIN,
    sources=tuple(
        Source(
            address=address,
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals after the first password, a reset or changed one, or an authenticator that "
            "was unbound; 6 hours after an e-mail address, a telephone or an authenticator was bound; within the 24 "
            "hours any of these extends them to 24 hours from the latest",
        )
        for address in (
            "https://docs.easicoin.io/english/deposite-and-withdraw/withdrawal-restrictions-notice",
            "https://www.yubit.com/yubit/deposit-and-withdraw/withdrawal-restrictions-notice",
            "https://docs.safex.hk/help/chong-zhi-ti-xian/zhang-hao-an-quan-gui-ze",
        )
    ),
    readings=(
        "The six hours after an e-mail address, a telephone or an authenticator was bound are held as 24 hours. They "
        "extend a hold of 24 hours to 24 hours from then, and a rule cannot say that of some events only. That is "
        "stricter.",
        NO_RELEASE,
        ALL_WITHDRAWALS,
        "The first password after logging in without one is `password_set`.",
    ),
    read_on=READ_ON,
    vectors=(
        held_until(
            "V3",
            "a password, and a telephone bound 10 hours later: 34 hours",
            hours(34),
            happened(triggers.PASSWORD_CHANGED),
            happened(triggers.PHONE_BOUND, hours(10)),
        ),
        held_until(
            "V4",
            "a telephone bound, and a password 2 hours later: 26 hours",
            hours(26),
            happened(triggers.PHONE_BOUND),
            happened(triggers.PASSWORD_CHANGED, hours(2)),
        ),
    ),
)
"""The sources and readings of `EASICOIN`."""
