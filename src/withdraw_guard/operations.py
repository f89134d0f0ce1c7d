"""The well-known operations that a scope may cover. Any other name of the form `[a-z][a-z0-9_]*` is one as well."""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.ids import Operation

ADDRESS_ADDITION: Final = Operation("address_addition")
"""Adding an address, a payee or a bank account to which withdrawals may go."""
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
WITHDRAWAL: Final = Operation("withdrawal")
