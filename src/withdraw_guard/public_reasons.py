"""The well-known public reasons: what an account holder is told about why a hold was placed.

Any other name of the form `[a-z][a-z0-9_]*` is one as well. A rule may name its own; otherwise the reason follows from
the trigger. A reason never tells what a detector saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from withdraw_guard import triggers
from withdraw_guard._values.ids import PublicReason, Trigger

ABNORMAL_ACTIVITY: Final = PublicReason("abnormal_activity")
"""Something looked wrong, or a verification was taken back."""
ADDRESS_ADDED: Final = PublicReason("address_added")
"""An address, a payee or a bank account was added."""
EXCHANGE_MADE: Final = PublicReason("exchange_made")
"""Something was exchanged."""
LEGAL_ORDER: Final = PublicReason("legal_order")
"""A court or another authority ordered it."""
MONEY_RECEIVED: Final = PublicReason("money_received")
"""Money arrived."""
NEW_ACCOUNT: Final = PublicReason("new_account")
"""The account is new."""
NEW_DEVICE: Final = PublicReason("new_device")
"""Somebody logged in from a new device."""
OWN_REQUEST: Final = PublicReason("own_request")
"""The account holder asked for it."""
PURCHASE_MADE: Final = PublicReason("purchase_made")
"""Something was bought."""
SECURITY_CHANGE: Final = PublicReason("security_change")
"""Credentials or contact details were changed."""
UNSPECIFIED: Final = PublicReason("unspecified")
"""No reason is told."""

BY_TRIGGER: Final[Mapping[Trigger, PublicReason]] = MappingProxyType(
    {
        triggers.ABNORMAL_ACTIVITY: ABNORMAL_ACTIVITY,
        triggers.ACCOUNT_LOCKED: OWN_REQUEST,
        triggers.ACCOUNT_UNLOCKED: SECURITY_CHANGE,
        triggers.ADDRESS_ADDED: ADDRESS_ADDED,
        triggers.ADDRESS_PROTECTION_DISABLED: SECURITY_CHANGE,
        triggers.DEPOSIT_CREDITED: MONEY_RECEIVED,
        triggers.DEVICE_ADDED: NEW_DEVICE,
        triggers.EMAIL_CHANGED: SECURITY_CHANGE,
        triggers.FUND_PASSWORD_CHANGED: SECURITY_CHANGE,
        triggers.PASSWORD_CHANGED: SECURITY_CHANGE,
        triggers.PHONE_BOUND: SECURITY_CHANGE,
        triggers.PHONE_CHANGED: SECURITY_CHANGE,
        triggers.PURCHASE_MADE: PURCHASE_MADE,
        triggers.TWO_FACTOR_CHANGED: SECURITY_CHANGE,
        triggers.TWO_FACTOR_DISABLED: SECURITY_CHANGE,
        triggers.TWO_FACTOR_ENABLED: SECURITY_CHANGE,
        triggers.TWO_FACTOR_RESET: SECURITY_CHANGE,
        triggers.VERIFICATION_REVOKED: ABNORMAL_ACTIVITY,
    }
)
"""The reason for each well-known trigger."""


def of_trigger(trigger: Trigger) -> PublicReason:
    """Return the reason for a trigger; for one that nobody knows, `unspecified`."""
    return BY_TRIGGER.get(trigger, UNSPECIFIED)
