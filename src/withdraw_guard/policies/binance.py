"""The sources, readings and examples of `BINANCE`."""

from __future__ import annotations

from typing import Final

from withdraw_guard import triggers
from withdraw_guard.policies._binance import BINANCE
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import READ_ON, happened, held_until, hours

PUBLISHED: Final = Published(
    author="Binance, the rule of the article that this library began with",
    policy=BINANCE,
    sources=(
        Source(
            address="https://binantrader.com/ms/sambung-pengeluaran-pada-binance-051315",
            grade=Grade.THIRD_PARTY,
            read="a copy of the article that this library began with: the hours of each trigger, and the path of "
            "abnormal activity",
        ),
        Source(
            address="https://cryptoblogx.com/no/gjenoppta-uttaket-pa-binance-051315",
            grade=Grade.THIRD_PARTY,
            read="another copy of the same article",
        ),
    ),
    readings=(
        "How holds overlap is not stated: each trigger places a hold of its own and the latest end decides; "
        "the same trigger again extends its hold.",
        "The holds that end by themselves cannot be released early by anyone.",
        "Verification may be tried again any number of times, and has no time limit.",
        "One appeal is offered after the first failure, with the documents called `supporting_documents`.",
        "Customer support may release the abnormal-activity hold, so that nobody is locked out for ever.",
        "The suspension covers withdrawals to any destination, and no other operation.",
    ),
    read_on=READ_ON,
    vectors=(
        held_until("V1", "a password is held for 24 hours", hours(24), happened(triggers.PASSWORD_CHANGED)),
        held_until(
            "V2",
            "a password, and a reset of the second factor 10 hours later: the later end counts",
            hours(58),
            happened(triggers.PASSWORD_CHANGED),
            happened(triggers.TWO_FACTOR_RESET, hours(10)),
        ),
        held_until(
            "V2",
            "a reset of the second factor, and a password 47 hours later: the later end counts",
            hours(71),
            happened(triggers.TWO_FACTOR_RESET),
            happened(triggers.PASSWORD_CHANGED, hours(47)),
        ),
    ),
)
"""The sources and readings of `BINANCE`."""
