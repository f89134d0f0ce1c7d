"""The gallery: every published policy with what stands behind it, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from withdraw_guard.policies import (
    binance,
    binance_2026,
    binance_us,
    bitfinex,
    bithumb,
    bitso,
    bitvavo,
    bybit,
    coinbase,
    coinex,
    crypto_com,
    easicoin,
    flata,
    fmfw,
    gate,
    gemini,
    hitbtc,
    htx,
    india,
    korea,
    kraken,
    kucoin,
    luno,
    maicoin_max,
    mexc,
    okx,
    probit,
    singapore,
    swyftx,
    turkey,
    uk,
    whitebit,
)
from withdraw_guard.policies._published import Published

GALLERY: Final[Mapping[str, Published]] = MappingProxyType(
    {
        published.name: published
        for published in (
            binance.PUBLISHED,
            binance_2026.PUBLISHED,
            binance_us.PUBLISHED,
            bitfinex.PUBLISHED,
            bithumb.PUBLISHED,
            bitso.PUBLISHED,
            bitvavo.PUBLISHED,
            bybit.PUBLISHED,
            coinbase.PUBLISHED,
            coinex.PUBLISHED,
            crypto_com.PUBLISHED,
            easicoin.PUBLISHED,
            flata.PUBLISHED,
            fmfw.PUBLISHED,
            gate.PUBLISHED,
            gemini.PUBLISHED,
            hitbtc.PUBLISHED,
            htx.PUBLISHED,
            india.PUBLISHED,
            korea.PUBLISHED,
            kraken.PUBLISHED,
            kucoin.PUBLISHED,
            luno.PUBLISHED,
            maicoin_max.PUBLISHED,
            mexc.PUBLISHED,
            okx.PUBLISHED,
            probit.PUBLISHED,
            singapore.PUBLISHED,
            swyftx.PUBLISHED,
            turkey.PUBLISHED,
            uk.PUBLISHED,
            whitebit.PUBLISHED,
        )
    }
)
"""Every published policy with what stands behind it, by its name."""
