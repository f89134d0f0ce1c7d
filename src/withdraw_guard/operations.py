"""The well-known operations that a scope may cover. Any other name of the form `[a-z][a-z0-9_]*` is one as well."""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.ids import Operation

ADDRESS_ADDITION: Final = Operation("address_addition")
"""Adding an address, a payee or a bank account to which withdrawals may go."""
API_ACCESS: Final = Operation("api_access")
"""Using the account by program."""
API_KEY_MANAGEMENT: Final = Operation("api_key_management")
"""Creating, changing or deleting keys for programs."""
DEPOSIT: Final = Operation("deposit")
"""Paying into the account."""
FIAT_WITHDRAWAL: Final = Operation("fiat_withdrawal")
"""A withdrawal of money to a bank, if a policy treats it separately from a withdrawal of crypto."""
GIFT: Final = Operation("gift")
"""A gift, a gift card, a code or a red packet that somebody else can redeem."""
LOGIN: Final = Operation("login")
"""Logging in."""
P2P_SALE: Final = Operation("p2p_sale")
PAYMENT: Final = Operation("payment")
"""A payment out of the account, also by card."""
SETTINGS_CHANGE: Final = Operation("settings_change")
"""A change of the account's settings, its limits or its contact details."""
TRADE: Final = Operation("trade")
"""Buying and selling."""
TRANSFER: Final = Operation("transfer")
"""A transfer to another account of the same platform."""
VAULT_WITHDRAWAL: Final = Operation("vault_withdrawal")
"""A withdrawal from a part of the account that is kept apart, such as a vault."""
WITHDRAWAL: Final = Operation("withdrawal")

WELL_KNOWN: Final = frozenset(
    {
        ADDRESS_ADDITION,
        API_ACCESS,
        API_KEY_MANAGEMENT,
        DEPOSIT,
        FIAT_WITHDRAWAL,
        GIFT,
        LOGIN,
        P2P_SALE,
        PAYMENT,
        SETTINGS_CHANGE,
        TRADE,
        TRANSFER,
        VAULT_WITHDRAWAL,
        WITHDRAWAL,
    }
)
"""The operations that everybody knows. A scope that does not name one of these leaves it alone.

The list never grows within a schema, because a name that is added turns a deny into an allow.
"""
