"""The published policies of the field as pure data, each with its sources and with what is our reading of it.

    policies.KRAKEN                  the policy itself, as `apply` takes it
    policies.GALLERY["kraken"]       what stands behind it: sources with grades, readings, what was left out

A policy claims to be published only if `is_published`: if every rule of it was read on the site of the operator or
regulator. All of them were read from copies of different ages, so look at the source before you rely on a number.
"""

from __future__ import annotations

from withdraw_guard._values.public import publish as _publish
from withdraw_guard.policies._gallery import GALLERY
from withdraw_guard.policies._published import Grade, Published, Source, Vector
from withdraw_guard.policies.binance import BINANCE
from withdraw_guard.policies.binance_2026 import BINANCE_2026
from withdraw_guard.policies.binance_us import BINANCE_US
from withdraw_guard.policies.bitfinex import BITFINEX
from withdraw_guard.policies.bitget import BITGET
from withdraw_guard.policies.bithumb import BITHUMB
from withdraw_guard.policies.bitoy import BITOY
from withdraw_guard.policies.bitso import BITSO
from withdraw_guard.policies.bitvavo import BITVAVO
from withdraw_guard.policies.bybit import BYBIT
from withdraw_guard.policies.coinbase import COINBASE
from withdraw_guard.policies.coinex import COINEX
from withdraw_guard.policies.coinone import COINONE
from withdraw_guard.policies.crypto_com import CRYPTO_COM
from withdraw_guard.policies.cryptomus import CRYPTOMUS
from withdraw_guard.policies.deribit import DERIBIT
from withdraw_guard.policies.earnpark import EARNPARK
from withdraw_guard.policies.easicoin import EASICOIN
from withdraw_guard.policies.flata import FLATA
from withdraw_guard.policies.fmfw import FMFW
from withdraw_guard.policies.gate import GATE
from withdraw_guard.policies.gemini import GEMINI
from withdraw_guard.policies.hitbtc import HITBTC
from withdraw_guard.policies.htx import HTX
from withdraw_guard.policies.india import INDIA
from withdraw_guard.policies.korea import KOREA
from withdraw_guard.policies.kraken import KRAKEN
from withdraw_guard.policies.kucoin import KUCOIN
from withdraw_guard.policies.luno import LUNO
from withdraw_guard.policies.maicoin_max import MAX
from withdraw_guard.policies.mexc import MEXC
from withdraw_guard.policies.okx import OKX
from withdraw_guard.policies.phemex import PHEMEX
from withdraw_guard.policies.probit import PROBIT
from withdraw_guard.policies.singapore import SINGAPORE
from withdraw_guard.policies.swyftx import SWYFTX
from withdraw_guard.policies.turkey import TURKEY
from withdraw_guard.policies.uk import UK
from withdraw_guard.policies.weex import WEEX
from withdraw_guard.policies.whitebit import WHITEBIT
from withdraw_guard.policies.zignaly import ZIGNALY

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

_publish(vars())
