"""Coinbase: 48 hours after a reset from a new device, for a new address of the allow list, and for a vault."""

from __future__ import annotations

from typing import Final

from withdraw_guard import authorities, public_reasons, triggers
from withdraw_guard._answers.request import Request
from withdraw_guard._model.policy import Policy, Rule, Scope
from withdraw_guard._values.ids import DestinationId, Operation, Trigger
from withdraw_guard._values.vocabulary import Destinations, Repeat
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import (
    AT_MOST,
    CRYPTO,
    CRYPTO_ONLY,
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

_VAULT: Final = Scope(operations=frozenset({Operation("vault_withdrawal")}), destinations=Destinations.NAMED)
_APPROVED: Final = Trigger("vault_withdrawal_approved")

COINBASE: Final = Policy(
    id="coinbase",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(48), CRYPTO, where={"reset": True, "known_device": False}),
        per_address(hours(48), where={"address_lock": True}),
        Rule(
            id="under-review",
            trigger=Trigger("account_under_review"),
            scope=CRYPTO,
            releasable_by=frozenset({authorities.SUPPORT}),
            public_reason=public_reasons.ABNORMAL_ACTIVITY,
        ),
        timed(_APPROVED, hours(48), _VAULT, repeat=Repeat.SEPARATE, public_reason=public_reasons.OWN_REQUEST),
    ),
)
"""The published rule of Coinbase."""

PUBLISHED: Final = Published(
    author="Coinbase",
    policy=COINBASE,
    sources=(
        Source(
            address="https://help.coinbase.com/en/coinbase/privacy-and-security/other/"
            "why-will-my-password-reset-require-24-hours-to-process",
            grade=Grade.OFFICIAL,
            read="the reset of a password from a new device may itself wait for 24 hours; then sends of crypto wait "
            "for up to 48 hours; only a device that was verified before avoids it",
            rules=("password-changed",),
        ),
        Source(
            address="https://help.coinbase.com/en/coinbase/managing-my-account/other/address-book-allowlist",
            grade=Grade.OFFICIAL,
            read="48 hours for a new address while allow listing is on",
            rules=("address-added",),
        ),
        Source(
            address="https://help.coinbase.com/en/coinbase/trading-and-funding/cryptocurrency-trading-pairs/"
            "unable-to-send-crypto",
            grade=Grade.OFFICIAL,
            read="an account under review cannot send crypto; cashing out to a verified bank may stay open",
            rules=("under-review",),
        ),
        Source(
            address="https://www.coinbase.com/blog/a-guide-to-coinbase-account-security",
            grade=Grade.OFFICIAL,
            read="a vault waits for 48 hours and for several approvals",
            rules=("vault-withdrawal-approved",),
        ),
        Source(
            address="http://go.aigcmore.com/help/123.html",
            grade=Grade.MIRROR,
            read="the 48 hours of a vault begin when both approvals are in; what is not approved within 24 hours is "
            "cancelled",
            rules=("vault-withdrawal-approved",),
        ),
    ),
    readings=(
        OVERLAP,
        AT_MOST,
        RESET_FACT,
        "The host reports the reset when it is done: the 24 hours before are a wait for the reset. The fact "
        "`known_device` says whether the device was verified before; an event that does not carry it is held.",
        PER_ADDRESS,
        "The fact `address_lock` says whether allow listing is on; an event that does not carry it is held.",
        "A review ends when support says so.",
        "The host reports `vault_withdrawal_approved` when the last approval is in, names the withdrawal where an "
        "address would be named, and asks for `vault_withdrawal` only then.",
        CRYPTO_ONLY,
    ),
    left_out=(
        "The 72 hours of a single send that looks wrong are about one transaction.",
        "An authenticator that nobody knows, and a telephone that was changed by recovery, stop logging in.",
        "That an unapproved withdrawal from a vault is cancelled after 24 hours is the host's.",
    ),
    read_on=READ_ON,
    vectors=(
        held_until(
            "V17",
            "both approvals are in after 10 hours: free after 58",
            hours(58),
            happened(_APPROVED, hours(10), to="withdrawal-7"),
            request=Request(operation=Operation("vault_withdrawal"), destination_id=DestinationId("withdrawal-7")),
        ),
    ),
)
"""The sources and readings of `COINBASE`."""
