"""Sixty changes of published policies as teams make them, each with the verdict that a person gives it.

The verdicts were written before the policies were compared. A change is a function of a rule; `None` removes the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import TypeAlias

import attrs

from withdraw_guard import Appeal, Chosen, Clearance, Policy, Rule, Scope, policies
from withdraw_guard.analysis import Verdict

HOUR = timedelta(hours=1)
EQUAL, LOOSER, STRICTER, BOTH = Verdict.EQUAL, Verdict.LOOSER, Verdict.STRICTER, Verdict.INCOMPARABLE
Change: TypeAlias = Callable[[Rule], Rule | None]


def lasts(hours: float) -> Change:
    return lambda rule: attrs.evolve(rule, duration=hours * HOUR)


def terms(**given: object) -> Change:
    return lambda rule: attrs.evolve(rule, **given)


def clearance(**given: object) -> Change:
    return lambda rule: attrs.evolve(rule, clearance=attrs.evolve(rule.clearance, **given))


def appeal(**given: object) -> Change:
    return lambda rule: clearance(appeal=attrs.evolve(rule.clearance.appeal, **given))(rule)


def if_also(**facts: object) -> Change:
    return lambda rule: attrs.evolve(rule, where={**rule.where, **facts})


def holds(*operations: str, to: str | None = None) -> Change:
    def change(rule: Rule) -> Rule:
        names: Collection[str] = operations or rule.scope.operations
        return attrs.evolve(rule, scope=Scope(operations=names, destinations=to or rule.scope.destinations))

    return change


def removed(rule: Rule) -> None:
    """The rule goes."""


SELFIE = Clearance(unverified=frozenset({"identity_personal"}), verified=frozenset({"face_web"}))
BOTH_KINDS = ("withdrawal", "fiat_withdrawal")
NAMED = Scope(operations=BOTH_KINDS, destinations="named")
EDITS: tuple[tuple[str, str, Change, Verdict], ...] = (
    # Another time.
    ("binance", "email-changed", lasts(24), LOOSER),
    ("binance", "password-changed", lasts(48), STRICTER),
    ("binance-us", "email-changed", lasts(48), LOOSER),
    ("gemini", "password-changed", lasts(24), LOOSER),
    ("gemini", "address-added", lasts(14 * 24), STRICTER),
    ("bitvavo", "two-factor-reset", lasts(7 * 24), LOOSER),
    ("bitfinex", "address-unlocked", lasts(72), LOOSER),
    ("easicoin", "phone-bound", lasts(6), LOOSER),
    ("turkey-masak", "swap-made-before-the-first-withdrawal", lasts(60), LOOSER),
    ("whitebit", "two-factor-disabled", lasts(71.5), LOOSER),
    ("luno", "account-locked", lasts(7 * 24 + 1), STRICTER),
    ("deribit", "address-added", lasts(24), LOOSER),
    ("bitoy", "abnormal-activity", lasts(72), LOOSER),
    ("uk-payment-delay", "payment-suspected", terms(business_days=3), LOOSER),
    ("uk-payment-delay", "payment-suspected", terms(business_days=5), STRICTER),
    ("kraken", "first-instant-purchase", lasts(96), BOTH),
    ("binance-2026", "withdraw-protection", terms(chosen=Chosen(minimum=12 * HOUR, maximum=168 * HOUR)), LOOSER),
    ("binance-2026", "withdraw-protection", terms(chosen=Chosen(minimum=48 * HOUR, maximum=168 * HOUR)), STRICTER),
    ("kraken", "settings-unlock-requested", terms(duration=24 * HOUR), LOOSER),
    # Other conditions.
    ("binance", "two-factor-disabled", if_also(known_device=False), LOOSER),
    ("swyftx", "password-changed", if_also(reset=True), LOOSER),
    ("kraken", "password-changed", terms(where={}), STRICTER),
    ("coinbase", "address-added", terms(where={}), STRICTER),
    ("hitbtc", "password-changed", terms(where={}), STRICTER),
    ("bitfinex", "email-changed", terms(where={"initiated_by": "user"}), BOTH),
    ("coinone", "before-the-first-withdrawal", if_also(country="KR"), LOOSER),
    ("cryptomus", "api-key-changed", terms(trigger="api_key_created"), BOTH),
    ("flata", "later-deposit", if_also(first_ever=False), EQUAL),
    # Other operations and destinations.
    ("probit", "phone-changed", holds("withdrawal"), LOOSER),
    ("swyftx", "password-changed", holds(*BOTH_KINDS), STRICTER),
    ("bybit", "password-changed", holds(*BOTH_KINDS), LOOSER),
    ("htx", "two-factor-reset", holds(*BOTH_KINDS, "transfer", "p2p_sale"), STRICTER),
    ("weex", "email-changed", holds("withdrawal", "transfer"), BOTH),
    ("gate", "password-changed", holds(to="new"), LOOSER),
    ("crypto-com", "address-protection-disabled", holds(to="any"), STRICTER),
    ("earnpark", "address-added", holds(to="any"), STRICTER),
    ("hitbtc", "address-added", terms(repeat="separate", scope=NAMED), LOOSER),
    ("phemex", "address-protection-disabled", terms(scope=Scope()), STRICTER),
    # Other people.
    ("bitso", "password-changed", terms(releasable_by=frozenset()), STRICTER),
    ("bitget", "password-changed", terms(releasable_by={"support"}), LOOSER),
    ("bitoy", "abnormal-activity", terms(releasable_by={"support", "compliance"}), LOOSER),
    ("uk-payment-delay", "payment-suspected", terms(releasable_by={"support"}), BOTH),
    ("kraken", "settings-locked", terms(releasable_by={"unlock_request"}), STRICTER),
    # Other ways to prove it.
    ("coinone", "before-the-first-withdrawal", terms(lifted_by="any"), LOOSER),
    ("gemini", "address-added-by-several", terms(lifted_by="all", releasable_by={"support"}), BOTH),
    ("bitfinex", "password-changed", clearance(unverified={"id_photo_with_note"}), LOOSER),
    ("fmfw", "address-added", terms(clearance=None), STRICTER),
    ("gate", "two-factor-reset", terms(clearance=SELFIE), LOOSER),
    ("bitvavo", "withdrawals-locked", clearance(unverified={"video_call"}, verified={"video_call"}), BOTH),
    ("crypto-com", "account-locked", clearance(unverified={"identity_personal", "identity_business"}), LOOSER),
    ("binance", "abnormal-activity", clearance(attempts=3), STRICTER),
    ("binance", "abnormal-activity", clearance(appeal=None), STRICTER),
    ("binance", "abnormal-activity", appeal(limit=2), LOOSER),
    ("binance-2026", "abnormal-activity", appeal(documents=frozenset()), LOOSER),
    ("binance-2026", "abnormal-activity", clearance(verify_within=24 * HOUR), STRICTER),
    ("crypto-com", "account-locked", clearance(appeal=Appeal()), LOOSER),
    # What changes no answer, and what goes.
    ("binance", "abnormal-activity", clearance(review_within=48 * HOUR), EQUAL),
    ("luno", "account-locked", terms(id="locked-by-the-account-holder"), EQUAL),
    ("mexc", "email-changed", removed, LOOSER),
    ("turkey-masak", "purchase-made", removed, LOOSER),
)  # fmt: skip


def edited(name: str, rule: str, change: Change) -> tuple[Policy, Policy]:
    """Return the published policy and the next version of it."""
    old = policies.GALLERY[name].policy
    rules = [change(each) if each.id == rule else each for each in old.rules]
    return old, attrs.evolve(old, version="next", rules=tuple(each for each in rules if each is not None))
