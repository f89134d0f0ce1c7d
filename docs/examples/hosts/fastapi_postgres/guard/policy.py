"""What you edit: the policy of this host, and who may send messages about its accounts."""

from withdraw_guard import Policy, Rule, Scope, authorities, operations, policies, triggers
from withdraw_guard.intake import SIGNALS, STRIPE

_REVOKED = Rule(
    id="verification-revoked", trigger=triggers.VERIFICATION_REVOKED,
    scope=Scope(operations={operations.WITHDRAWAL}), releasable_by={authorities.SUPPORT},
)  # fmt: skip
POLICY = Policy(id="fastapi-shop", version="1", rules=(*policies.BINANCE.rules, _REVOKED))
ASKED_FOR = frozenset(name for rule in POLICY.rules for name in rule.where)
SOURCES = {"stripe": STRIPE, "signals": SIGNALS}
