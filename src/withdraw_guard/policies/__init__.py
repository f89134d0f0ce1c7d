"""Published policies as pure data, each with its source and with what is our reading of it."""

from __future__ import annotations

from withdraw_guard.policies.binance import BINANCE

__all__ = ["BINANCE"]
