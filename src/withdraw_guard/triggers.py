"""The well-known triggers: kinds of security event that a rule may listen to.

Any other name of the form `[a-z][a-z0-9_]*` is a trigger as well. Assert at start-up that none of yours is
misspelt: `assert my_triggers <= policy.triggers`.
"""

from __future__ import annotations

from typing import Final

from withdraw_guard._ids import Trigger

ABNORMAL_ACTIVITY: Final = Trigger("abnormal_activity")
"""Something looked wrong: a detector, a processor or a person flagged the account."""
ACCOUNT_UNLOCKED: Final = Trigger("account_unlocked")
"""An account that had been locked can be used again."""
EMAIL_CHANGED: Final = Trigger("email_changed")
"""The e-mail address of the account was changed."""
PASSWORD_CHANGED: Final = Trigger("password_changed")
"""The password was changed or reset."""
TWO_FACTOR_DISABLED: Final = Trigger("two_factor_disabled")
"""The second factor was switched off by somebody who was logged in."""
TWO_FACTOR_RESET: Final = Trigger("two_factor_reset")
"""The second factor was reset by somebody who could not log in with it."""
VERIFICATION_REVOKED: Final = Trigger("verification_revoked")
"""A verification that had been passed was taken back."""
