"""The well-known operations that a scope may cover. Any other name of the form `[a-z][a-z0-9_]*` is one as well."""

from __future__ import annotations

from typing import Final

from withdraw_guard._ids import Operation

P2P_SALE: Final = Operation("p2p_sale")
WITHDRAWAL: Final = Operation("withdrawal")
