"""Hypothesis calls this when it is imported, so that `st.from_type(Account)` draws accounts that can exist.

This is the project's entry point of the group `hypothesis`. Nothing is registered if a part of the extra `[testing]` is
missing, because Hypothesis must stay importable beside an installation of this library without extras.
"""

from __future__ import annotations

try:
    from withdraw_guard.testing._strategies import register
except ImportError as error:
    if error.name != "withdraw-guard[testing]":
        raise

    def register() -> None:
        """Register nothing."""


__all__ = ["register"]
