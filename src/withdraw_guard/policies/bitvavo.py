"""Bitvavo: two weeks after a reset of the second factor, a cooling-off for newcomers, and a lock that a bank lifts."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import authorities, public_reasons, triggers
from withdraw_guard._model.policy import Clearance, Policy, Rule
from withdraw_guard._values.ids import Method, Trigger
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import AT_MOST, CRYPTO, CRYPTO_ONLY, READ_ON, hours, timed

_BANK: Final = frozenset({Method("bank_deposit")})
_FIRST: Final = {"first_from_this_bank_account": True}

BITVAVO: Final = Policy(
    id="bitvavo",
    version="1.0.0",
    rules=(
        timed(triggers.TWO_FACTOR_RESET, timedelta(days=14), CRYPTO),
        timed(triggers.DEPOSIT_CREDITED, hours(24), CRYPTO, rule="first-deposit", where=_FIRST),
        timed(
            triggers.DEPOSIT_CREDITED,
            hours(72),
            CRYPTO,
            rule="first-deposit-at-high-risk",
            where={**_FIRST, "high_risk": True},
        ),
        Rule(
            id="withdrawals-locked",
            trigger=Trigger("withdrawals_locked"),
            scope=CRYPTO,
            clearance=Clearance(unverified=_BANK, verified=_BANK),
            releasable_by=frozenset({authorities.SUPPORT}),
            public_reason=public_reasons.UNSPECIFIED,
        ),
    ),
)
"""The published rule of Bitvavo."""

PUBLISHED: Final = Published(
    author="Bitvavo",
    policy=BITVAVO,
    sources=(
        Source(
            address="https://support.bitvavo.com/l/en/article/gf4uh8nch4-2-fa-does-not-work",
            grade=Grade.OFFICIAL,
            read="two weeks for withdrawals of crypto after the second factor was reset",
            rules=("two-factor-reset",),
        ),
        Source(
            address="https://support.bitvavo.com/l/en/article/cuv1rlnhdt-resetting-two-factor-authentication-2-fa",
            grade=Grade.OFFICIAL,
            read="seven days after the same, in another version of the text",
            rules=("two-factor-reset",),
        ),
        Source(
            address="https://support.bitvavo.com/l/en/article/a5nrhzalg9-cooldown-period",
            grade=Grade.OFFICIAL,
            read="24 hours after the first deposit of a new account, up to 72 hours for customers at high risk, and "
            "again where another bank account is used",
            rules=("first-deposit", "first-deposit-at-high-risk"),
        ),
        Source(
            address="https://support.bitvavo.com/hc/es/articles/16580973773073-Crypto-withdrawals-lock",
            grade=Grade.OFFICIAL,
            read="a lock that the account holder sets, or that an account without a second factor gets: one euro from "
            "the linked bank account lifts it, and the second factor must be on",
            rules=("withdrawals-locked",),
        ),
    ),
    readings=(
        "How holds overlap is not stated: each places one of its own and the latest end decides; a further reset of "
        "the second factor extends its hold.",
        "Of the two published lengths after a reset, 14 days and 7, the longer is taken; the earlier unlocking that "
        "one text describes is not.",
        AT_MOST,
        "What was bought is not kept apart from what was there: all crypto is held.",
        "The euro is reported as a verification by `bank_deposit`; the host approves it only once the second factor is "
        "on.",
        "The lock has two causes, one of which the account holder did not choose, so the public reason names neither.",
        "Customer support may release the lock, so that nobody is locked out for ever.",
        CRYPTO_ONLY,
    ),
    left_out=(
        "That the lock is off within two hours after the euro arrived is a promise of the operator, and no hold.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `BITVAVO`."""
