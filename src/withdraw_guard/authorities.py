"""The well-known authorities that may release a hold. Any other name `[a-z][a-z0-9_]*` is one as well."""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.ids import Authority

COMPLIANCE: Final = Authority("compliance")
SECURITY: Final = Authority("security")
"""Who may say that a report was wrong, unless the policy names others."""
SUPPORT: Final = Authority("support")
