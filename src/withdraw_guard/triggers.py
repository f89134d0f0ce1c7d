"""The well-known triggers: kinds of security event that a rule may listen to.

Any other name of the form `[a-z][a-z0-9_]*` is a trigger as well. Assert at start-up that none of yours is
misspelt: `assert my_triggers <= policy.triggers`.
"""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.ids import Trigger

ABNORMAL_ACTIVITY: Final = Trigger("abnormal_activity")
"""Something looked wrong: a detector, a processor or a person flagged the account."""
ACCOUNT_LOCKED: Final = Trigger("account_locked")
"""The account holder locked or froze the account."""
ACCOUNT_UNLOCKED: Final = Trigger("account_unlocked")
"""An account that had been locked can be used again."""
ADDRESS_ADDED: Final = Trigger("address_added")
"""An address, a payee or a bank account to which withdrawals may go was added."""
ADDRESS_PROTECTION_DISABLED: Final = Trigger("address_protection_disabled")
"""A protection of the addresses (an allow list, a delay of new ones) was switched off."""
DEPOSIT_CREDITED: Final = Trigger("deposit_credited")
"""A deposit was credited to the account."""
DEVICE_ADDED: Final = Trigger("device_added")
"""Somebody logged in from a device that the account had not used before."""
EMAIL_CHANGED: Final = Trigger("email_changed")
"""The e-mail address of the account was changed."""
FUND_PASSWORD_CHANGED: Final = Trigger("fund_password_changed")
"""The second password, for trading or for withdrawals, was changed or reset."""
PASSWORD_CHANGED: Final = Trigger("password_changed")
"""The password was changed or reset."""
PHONE_BOUND: Final = Trigger("phone_bound")
"""A telephone number was bound to an account that had none."""
PHONE_CHANGED: Final = Trigger("phone_changed")
"""The telephone number of the account was changed or taken away."""
PURCHASE_MADE: Final = Trigger("purchase_made")
"""Something was bought with money that had not been in the account."""
TWO_FACTOR_CHANGED: Final = Trigger("two_factor_changed")
"""The second factor was replaced by another one by somebody who was logged in."""
TWO_FACTOR_DISABLED: Final = Trigger("two_factor_disabled")
"""The second factor was switched off by somebody who was logged in."""
TWO_FACTOR_ENABLED: Final = Trigger("two_factor_enabled")
"""A second factor was bound to the account."""
TWO_FACTOR_RESET: Final = Trigger("two_factor_reset")
"""The second factor was reset by somebody who could not log in with it."""
VERIFICATION_REVOKED: Final = Trigger("verification_revoked")
"""A verification that had been passed was taken back."""
