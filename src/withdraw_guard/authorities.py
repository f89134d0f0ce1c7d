"""The well-known authorities that may release a hold. Any other name `[a-z][a-z0-9_]*` is one as well."""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.ids import Authority

COMPLIANCE: Final = Authority("compliance")
SUPPORT: Final = Authority("support")
