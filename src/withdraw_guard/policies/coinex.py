"""CoinEx: 24 hours after a reset of the password, and a freeze that support ends."""

from __future__ import annotations

from typing import Final

from withdraw_guard import authorities, operations, triggers
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, OVERLAP, READ_ON, RESET_FACT, also, hours, timed

COINEX: Final = Policy(
    id="coinex",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(24), where={"reset": True}),
        Rule(
            id="account-locked",
            trigger=triggers.ACCOUNT_LOCKED,
            scope=also(operations.LOGIN, operations.TRADE),
            releasable_by=frozenset({authorities.SUPPORT}),
        ),
    ),
)
"""The published rule of CoinEx."""

PUBLISHED: Final = Published(
    author="CoinEx",
    policy=COINEX,
    sources=(
        Source(
            address="https://www.coinex.com/help/sections/articles/50969956949017",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals after the login password was reset",
            rules=("password-changed",),
        ),
        Source(
            address="https://support.coinex.com/hc/ko-kr/articles/900003385766",
            grade=Grade.OFFICIAL,
            read="a freeze by the account holder stops login, trading and withdrawals until support, on a ticket, ends "
            "it, which takes 3 to 30 days",
            rules=("account-locked",),
        ),
    ),
    readings=(OVERLAP, ALL_WITHDRAWALS, RESET_FACT),
    left_out=(
        "Coins bought from a person are held for some days by the risk of the account, amount by amount: a ledger's "
        "work.",
        "That a freeze cancels pending withdrawals and deletes API keys is the host's.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `COINEX`."""
