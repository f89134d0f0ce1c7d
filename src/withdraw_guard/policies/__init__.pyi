"""What `policies` exports, for type checkers: they cannot see what a module loads when it is asked for."""

# ruff: noqa: I001
from withdraw_guard.policies._binance import BINANCE as BINANCE
from withdraw_guard.policies._gallery import GALLERY as GALLERY
from withdraw_guard.policies._published import (
    Grade as Grade,
    Published as Published,
    Source as Source,
    Vector as Vector,
)
from withdraw_guard.policies.binance_2026 import BINANCE_2026 as BINANCE_2026
from withdraw_guard.policies.binance_us import BINANCE_US as BINANCE_US
from withdraw_guard.policies.bitfinex import BITFINEX as BITFINEX
from withdraw_guard.policies.bitget import BITGET as BITGET
from withdraw_guard.policies.bithumb import BITHUMB as BITHUMB
from withdraw_guard.policies.bitoy import BITOY as BITOY
from withdraw_guard.policies.bitso import BITSO as BITSO
from withdraw_guard.policies.bitvavo import BITVAVO as BITVAVO
from withdraw_guard.policies.bybit import BYBIT as BYBIT
from withdraw_guard.policies.coinbase import COINBASE as COINBASE
from withdraw_guard.policies.coinex import COINEX as COINEX
from withdraw_guard.policies.coinone import COINONE as COINONE
from withdraw_guard.policies.crypto_com import CRYPTO_COM as CRYPTO_COM
from withdraw_guard.policies.cryptomus import CRYPTOMUS as CRYPTOMUS
from withdraw_guard.policies.deribit import DERIBIT as DERIBIT
from withdraw_guard.policies.earnpark import EARNPARK as EARNPARK
from withdraw_guard.policies.easicoin import EASICOIN as EASICOIN
from withdraw_guard.policies.flata import FLATA as FLATA
from withdraw_guard.policies.fmfw import FMFW as FMFW
from withdraw_guard.policies.gate import GATE as GATE
from withdraw_guard.policies.gemini import GEMINI as GEMINI
from withdraw_guard.policies.hitbtc import HITBTC as HITBTC
from withdraw_guard.policies.htx import HTX as HTX
from withdraw_guard.policies.india import INDIA as INDIA
from withdraw_guard.policies.korea import KOREA as KOREA
from withdraw_guard.policies.kraken import KRAKEN as KRAKEN
from withdraw_guard.policies.kucoin import KUCOIN as KUCOIN
from withdraw_guard.policies.luno import LUNO as LUNO
from withdraw_guard.policies.maicoin_max import MAX as MAX
from withdraw_guard.policies.mexc import MEXC as MEXC
from withdraw_guard.policies.okx import OKX as OKX
from withdraw_guard.policies.phemex import PHEMEX as PHEMEX
from withdraw_guard.policies.probit import PROBIT as PROBIT
from withdraw_guard.policies.singapore import SINGAPORE as SINGAPORE
from withdraw_guard.policies.swyftx import SWYFTX as SWYFTX
from withdraw_guard.policies.turkey import TURKEY as TURKEY
from withdraw_guard.policies.uk import UK as UK
from withdraw_guard.policies.weex import WEEX as WEEX
from withdraw_guard.policies.whitebit import WHITEBIT as WHITEBIT
from withdraw_guard.policies.zignaly import ZIGNALY as ZIGNALY
