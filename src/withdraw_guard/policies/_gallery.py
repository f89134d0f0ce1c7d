"""The gallery: every published policy with its sources and readings, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from withdraw_guard.policies import (
    binance,
    binance_2026,
    binance_us,
    bitfinex,
    bitget,
    bithumb,
    bitoy,
    bitso,
    bitvavo,
    bybit,
    coinbase,
    coinex,
    coinone,
    crypto_com,
    cryptomus,
    deribit,
    earnpark,
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
    phemex,
    probit,
    singapore,
    swyftx,
    turkey,
    uk,
    weex,
    whitebit,
    zignaly,
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
            bitget.PUBLISHED,
            bithumb.PUBLISHED,
            bitoy.PUBLISHED,
            bitso.PUBLISHED,
            bitvavo.PUBLISHED,
            bybit.PUBLISHED,
            coinbase.PUBLISHED,
            coinex.PUBLISHED,
            coinone.PUBLISHED,
            crypto_com.PUBLISHED,
            cryptomus.PUBLISHED,
            deribit.PUBLISHED,
            earnpark.PUBLISHED,
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
            phemex.PUBLISHED,
            probit.PUBLISHED,
            singapore.PUBLISHED,
            swyftx.PUBLISHED,
            turkey.PUBLISHED,
            uk.PUBLISHED,
            weex.PUBLISHED,
            whitebit.PUBLISHED,
            zignaly.PUBLISHED,
        )
    }
)
"""Every published policy with its sources and readings, by name."""
