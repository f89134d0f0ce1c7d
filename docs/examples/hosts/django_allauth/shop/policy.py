"""The policy of the shop: Binance's published rule, with due dates, and a rule for passes that are taken back."""

from __future__ import annotations

from datetime import timedelta

from withdraw_guard import Appeal, Clearance, Policy, Rule, Scope, authorities, documents, methods, operations, triggers
from withdraw_guard.policies import BINANCE

_CLEARANCE = Clearance(
    unverified={methods.IDENTITY_BUSINESS, methods.IDENTITY_PERSONAL},
    verified={methods.FACE_MOBILE, methods.FACE_WEB},
    verify_within=timedelta(days=1),
    review_within=timedelta(days=2),
    appeal=Appeal(decide_within=timedelta(days=5), documents={documents.SUPPORTING_DOCUMENTS}),
)
_BY_PEOPLE = tuple(
    Rule(
        id=trigger.replace("_", "-"),
        trigger=trigger,
        scope=Scope(operations={operations.WITHDRAWAL}),
        clearance=_CLEARANCE,
        releasable_by={authorities.SUPPORT},
    )
    for trigger in (triggers.ABNORMAL_ACTIVITY, triggers.VERIFICATION_REVOKED)
)
_BY_TIME = tuple(rule for rule in BINANCE.rules if rule.clearance is None)

POLICY = Policy(id="shop", version="1", rules=_BY_TIME + _BY_PEOPLE)
