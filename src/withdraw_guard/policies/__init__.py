"""The published policies of operators and regulators as pure data, each with its sources and our readings of it.

    policies.KRAKEN                  the policy itself, as `apply` takes it
    policies.GALLERY["kraken"]       its sources with grades, our readings, what was left out

A policy claims to be published only if `is_published`: if every rule of it was read on the site of the operator or
regulator. All of them were read from copies of different ages, so check the source before you rely on a number.
"""

from __future__ import annotations

from importlib import import_module as _import_module

from withdraw_guard.policies._binance import BINANCE

# The stub says where each name is, because they are not imported here.
# pyright: reportUnsupportedDunderAll=false
__all__ = [
    "BINANCE",
    "BINANCE_2026",
    "BINANCE_US",
    "BITFINEX",
    "BITGET",
    "BITHUMB",
    "BITOY",
    "BITSO",
    "BITVAVO",
    "BYBIT",
    "COINBASE",
    "COINEX",
    "COINONE",
    "CRYPTOMUS",
    "CRYPTO_COM",
    "DERIBIT",
    "EARNPARK",
    "EASICOIN",
    "FLATA",
    "FMFW",
    "GALLERY",
    "GATE",
    "GEMINI",
    "HITBTC",
    "HTX",
    "INDIA",
    "KOREA",
    "KRAKEN",
    "KUCOIN",
    "LUNO",
    "MAX",
    "MEXC",
    "OKX",
    "PHEMEX",
    "PROBIT",
    "SINGAPORE",
    "SWYFTX",
    "TURKEY",
    "UK",
    "WEEX",
    "WHITEBIT",
    "ZIGNALY",
    "Grade",
    "Published",
    "Source",
    "Vector",
]

# A policy is in the module of its name, and these names are elsewhere.
_MODULES = {
    "GALLERY": "_gallery",
    "Grade": "_published",
    "MAX": "maicoin_max",
    "Published": "_published",
    "Source": "_published",
    "Vector": "_published",
}


def __getattr__(name: str) -> object:
    # A host imports one policy, and 41 are a third of the import of the library.
    if name not in __all__:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    module = _import_module(f"{__name__}.{_MODULES.get(name, name.lower())}")
    loaded: object = getattr(module, name)
    return loaded


def __dir__() -> list[str]:
    return __all__
