"""Binance's published rule for the suspension of withdrawals, version 1.0.0.

Source: the support article "How to resume the withdrawal function for my Binance account" and the published guide
of the same rule, as read on 2026-11-22. The hours of each trigger and the abnormal-activity path (identity or face
verification, review, approval; an appeal where it is offered, customer support where it is not) are published.

Our reading, because the published text is silent:

* each trigger places a hold of its own and the latest end decides; the same trigger again extends its hold;
* the holds that end by themselves cannot be released early by anyone;
* verification may be tried again any number of times, and has no time limit;
* one appeal is offered after the first failure, with the documents called `supporting_documents`;
* customer support may release the abnormal-activity hold, so that nobody is locked out for ever;
* the suspension covers withdrawals to any destination, and no other operation.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import authorities, documents, methods, operations, triggers
from withdraw_guard._model.policy import Appeal, Clearance, Policy, Rule, Scope
from withdraw_guard._values.ids import Trigger
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import READ_ON, happened, held_until, hours

_WITHDRAWALS: Final = Scope(operations=frozenset({operations.WITHDRAWAL}))


def _timed(trigger: Trigger, hours: int) -> Rule:
    return Rule(
        id=trigger.replace("_", "-"),
        trigger=trigger,
        scope=_WITHDRAWALS,
        duration=timedelta(hours=hours),
    )


_ABNORMAL_ACTIVITY: Final = Rule(
    id="abnormal-activity",
    trigger=triggers.ABNORMAL_ACTIVITY,
    scope=_WITHDRAWALS,
    clearance=Clearance(
        unverified=frozenset({methods.IDENTITY_BUSINESS, methods.IDENTITY_PERSONAL}),
        verified=frozenset({methods.FACE_MOBILE, methods.FACE_WEB}),
        appeal=Appeal(after_failures=1, limit=1, documents=frozenset({documents.SUPPORTING_DOCUMENTS})),
    ),
    releasable_by=frozenset({authorities.SUPPORT}),
)

BINANCE: Final = Policy(
    id="binance",
    version="1.0.0",
    rules=(
        _timed(triggers.PASSWORD_CHANGED, hours=24),
        _timed(triggers.TWO_FACTOR_DISABLED, hours=24),
        _timed(triggers.TWO_FACTOR_RESET, hours=48),
        _timed(triggers.ACCOUNT_UNLOCKED, hours=48),
        _timed(triggers.EMAIL_CHANGED, hours=48),
        _ABNORMAL_ACTIVITY,
    ),
)
"""Binance's published rule for the suspension of withdrawals."""

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
"""What stands behind `BINANCE`."""
