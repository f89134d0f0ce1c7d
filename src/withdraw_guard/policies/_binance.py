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

Its sources and examples are in `binance`, because every import of the library loads this module and few need them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import authorities, documents, methods, operations, triggers
from withdraw_guard._model.policy import Appeal, Clearance, Policy, Rule, Scope
from withdraw_guard._values.ids import Trigger

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
