"""Crypto.com: 24 hours for a new address, and a lock of everything that an identity check opens."""

from __future__ import annotations

from typing import Final

from withdraw_guard import authorities, methods, operations, triggers
from withdraw_guard._model.policy import Clearance, Policy, Rule, Scope
from withdraw_guard._values.vocabulary import Destinations
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import CRYPTO, OVERLAP, PER_ADDRESS, READ_ON, also, hours, per_address, timed

_IDENTITY: Final = frozenset({methods.IDENTITY_PERSONAL})

CRYPTO_COM: Final = Policy(
    id="crypto-com",
    version="1.0.0",
    rules=(
        per_address(hours(24), where={"address_lock": True}),
        timed(
            triggers.ADDRESS_PROTECTION_DISABLED,
            hours(24),
            Scope(operations=CRYPTO.operations, destinations=Destinations.NEW),
        ),
        Rule(
            id="account-locked",
            trigger=triggers.ACCOUNT_LOCKED,
            scope=also(operations.LOGIN, operations.TRADE, operations.ADDRESS_ADDITION),
            clearance=Clearance(unverified=_IDENTITY, verified=_IDENTITY),
            releasable_by=frozenset({authorities.SUPPORT}),
        ),
    ),
)
"""The published rule of Crypto.com."""

PUBLISHED: Final = Published(
    author="Crypto.com",
    policy=CRYPTO_COM,
    sources=(
        Source(
            address="https://help.crypto.com/en/articles/6006803-24h-withdrawal-lock-on-newly-added-withdrawal-address",
            grade=Grade.OFFICIAL,
            read="24 hours for a new address of the allow list; switching that lock off takes effect after 24 hours",
            rules=("address-added", "address-protection-disabled"),
        ),
        Source(
            address="https://help.crypto.com/en/articles/8000374-one-button-lock-faq",
            grade=Grade.OFFICIAL,
            read="a lock by the account holder stops login, trading, withdrawals of crypto and of money and adding "
            "addresses, until an identity check in the app, or support",
            rules=("account-locked",),
        ),
    ),
    readings=(
        OVERLAP,
        PER_ADDRESS,
        "The fact `address_lock` says whether the lock is on; an event that does not carry it is held.",
        "For the 24 hours in which a lock that was switched off still acts, every new address is held.",
        "The identity check is the method `identity_personal`, also for who is verified, and may be tried any number "
        "of times.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `CRYPTO_COM`."""
