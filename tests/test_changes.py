"""What was applied is an account and changes, and nothing else.

What the constructors refuse is in `refused_values.py`.
"""

from __future__ import annotations

import pytest

from hostile_values import Evil
from withdraw_guard import Applied, InvalidValue


def test_what_was_applied_is_an_account_and_changes() -> None:
    with pytest.raises(InvalidValue):
        Applied(account=Evil(), changes=Evil())  # type: ignore[arg-type]
