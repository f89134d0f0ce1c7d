"""Gemini: 72 hours for crypto after a password or an e-mail address, seven days or a second approver for an address."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._answers.request import Request
from withdraw_guard._model.events import Actor, ReviewDecided, VerificationStarted, VerificationSubmitted
from withdraw_guard._model.policy import Clearance, Policy
from withdraw_guard._values.ids import DestinationId, Method
from withdraw_guard._values.vocabulary import ActorKind, ReviewOutcome
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import (
    CRYPTO,
    CRYPTO_ONLY,
    NO_RELEASE,
    OVERLAP,
    PER_ADDRESS,
    READ_ON,
    RESET_FACT,
    happened,
    held_until,
    hours,
    per_address,
    timed,
)

_SECOND_APPROVER: Final = Method("second_approver")
_APPROVAL: Final = Clearance(unverified=frozenset({_SECOND_APPROVER}), verified=frozenset({_SECOND_APPROVER}))

GEMINI: Final = Policy(
    id="gemini",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(72), CRYPTO, where={"reset": True}),
        timed(triggers.EMAIL_CHANGED, hours(72), CRYPTO),
        per_address(timedelta(days=7), where={"multi_user": False}),
        per_address(
            timedelta(days=7), rule="address-added-by-several", where={"multi_user": True}, clearance=_APPROVAL
        ),
    ),
)
"""The published rule of Gemini."""

_ADDED: Final = happened(triggers.ADDRESS_ADDED, to="address-1", multi_user=True)
_HOLD: Final = f"{_ADDED.id}:address-added-by-several"
_TO_IT: Final = Request(operation=operations.WITHDRAWAL, destination_id=DestinationId("address-1"))

PUBLISHED: Final = Published(
    author="Gemini",
    policy=GEMINI,
    sources=(
        Source(
            address="https://support.gemini.com/hc/en-us/articles/"
            "19093782264347-How-do-change-my-password-or-reset-my-password-if-I-have-forgotten-it",
            grade=Grade.OFFICIAL,
            read="72 hours for withdrawals of digital assets after a password was reset",
            rules=("password-changed",),
        ),
        Source(
            address="https://support.gemini.com/hc/en-us/articles/115005755526-How-do-I-change-my-email-address",
            grade=Grade.OFFICIAL,
            read="72 hours for all withdrawals of crypto after the e-mail address was changed",
            rules=("email-changed",),
        ),
        Source(
            address="https://support.gemini.com/hc/en-us/articles/360001411543-What-is-whitelisting-",
            grade=Grade.OFFICIAL,
            read="seven days for a new approved address; on accounts of several users the approval by a second "
            "administrator replaces the wait",
            rules=("address-added", "address-added-by-several"),
        ),
    ),
    readings=(
        OVERLAP,
        NO_RELEASE,
        RESET_FACT,
        PER_ADDRESS,
        "The fact `multi_user` says whether several people use the account; an event that does not carry it waits for "
        "seven days whoever approves.",
        "The approval is reported as a verification by `second_approver` that somebody who is not a user decided.",
        CRYPTO_ONLY,
    ),
    left_out=(
        "An article of 2021 says at least 24 hours where the pages now say 72.",
        "That switching the feature off needs support is about a setting, and no hold.",
    ),
    read_on=READ_ON,
    vectors=(
        held_until(
            "V19",
            "one user: a new address is held for 7 days",
            timedelta(days=7),
            happened(triggers.ADDRESS_ADDED, to="address-1", multi_user=False),
            request=_TO_IT,
        ),
        held_until(
            "V19",
            "a second administrator approves after one hour: the address can be used from then on",
            hours(1),
            _ADDED,
            VerificationStarted(id="v1", account="a1", at=_ADDED.at, hold=_HOLD, method=_SECOND_APPROVER),
            VerificationSubmitted(id="v2", account="a1", at=_ADDED.at, hold=_HOLD),
            ReviewDecided(
                id="v3",
                account="a1",
                at=_ADDED.at + hours(1),
                hold=_HOLD,
                by=Actor(id="second-admin", kind=ActorKind.ADMIN),
                outcome=ReviewOutcome.APPROVED,
            ),
            request=_TO_IT,
        ),
    ),
)
"""The sources and readings of `GEMINI`."""
