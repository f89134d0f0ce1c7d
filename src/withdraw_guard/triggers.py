"""The well-known triggers: kinds of security event that a rule may listen to.

Any other name of the form `[a-z][a-z0-9_]*` is a trigger as well. Assert at start-up that none of yours is
misspelt: `assert my_triggers <= policy.triggers`.
"""

from __future__ import annotations

from typing import Final

from withdraw_guard._ids import Trigger

ABNORMAL_ACTIVITY: Final = Trigger("abnormal_activity")
ACCOUNT_UNLOCKED: Final = Trigger("account_unlocked")
EMAIL_CHANGED: Final = Trigger("email_changed")
PASSWORD_CHANGED: Final = Trigger("password_changed")
TWO_FACTOR_DISABLED: Final = Trigger("two_factor_disabled")
TWO_FACTOR_RESET: Final = Trigger("two_factor_reset")
VERIFICATION_REVOKED: Final = Trigger("verification_revoked")
