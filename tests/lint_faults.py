"""Fifty mistakes as people make them in a policy: edits of published policies, and rules written from scratch.

Each has the code that must find it, and the rule that the finding names. The mistakes were written before it was tried
what finds them. `MISSED` are those that no code finds, because the policy alone does not show what was meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import attrs

from withdraw_guard import Appeal, Chosen, Clearance, Policy, Rule, Scope, policies
from withdraw_guard.analysis import Code
from withdraw_guard.calendars import business_days

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WITHDRAWALS = Scope(operations={"withdrawal", "fiat_withdrawal"})
FACE, PERSON, NOBODY = frozenset({"face_web"}), frozenset({"identity_personal"}), frozenset[str]()
EDITED = {name: published.policy for name, published in policies.GALLERY.items()}


@dataclass(frozen=True)
class Fault:
    """A mistake: what was meant and what was written, the policy before and after it, and what must be found."""

    says: str
    before: Policy
    after: Policy
    code: Code | None
    rule: str | None
    at: datetime | None = None


def edited(says: str, name: str, rule: str, code: Code | None, about: str | None = None, **terms: object) -> Fault:
    """A mistake in the terms of one rule of a published policy; terms of its clearance may be among them."""
    before = EDITED[name]
    after = tuple(with_terms(each, terms) if each.id == rule else each for each in before.rules)
    return Fault(says, before, attrs.evolve(before, rules=after), code, about or rule)


def with_terms(rule: Rule, terms: dict[str, object]) -> Rule:
    inner = {name: terms[name] for name in terms if rule.clearance is not None and hasattr(rule.clearance, name)}
    outer = {name: term for name, term in terms.items() if name not in inner}
    if inner:
        outer["clearance"] = attrs.evolve(rule.clearance, **inner)
    return attrs.evolve(rule, **outer)


def added(says: str, name: str, rule: Rule, code: Code) -> Fault:
    """A rule that was added to a published policy."""
    before = EDITED[name]
    return Fault(says, before, attrs.evolve(before, rules=(*before.rules, rule)), code, rule.id)


def written(says: str, code: Code, about: str, *rules: Rule) -> Fault:
    """Rules that were written from scratch, on a calendar of the year."""
    empty = Policy(id="own", version="1", rules=(), calendar=THIS_YEAR)
    return Fault(says, empty, attrs.evolve(empty, rules=rules), code, about)


def held(name: str, trigger: str, hours: float = 24, **terms: object) -> Rule:
    return Rule(**{"id": name, "trigger": trigger, "duration": hours * HOUR, "scope": WITHDRAWALS, **terms})


def flagged(appeal: Appeal | None = None, **terms: object) -> Rule:
    """The rule of a team that has every suspicious account verified, with support as the last resort."""
    clearance = Clearance(unverified=PERSON | {"identity_business"}, verified=FACE, appeal=appeal)
    rule = Rule(
        id="flagged", trigger="abnormal_activity", scope=WITHDRAWALS, clearance=clearance, releasable_by={"support"}
    )
    return with_terms(rule, terms)


THIS_YEAR = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 12, 31))
LATE = EDITED["uk-payment-delay"].calendar.days[-1].begins
NEW_ADDRESSES = Scope(operations={"withdrawal"}, destinations="new")

NAMES = (
    edited("withdrawl", "binance", "email-changed", Code.UNKNOWN_NAME, scope=Scope(operations={"withdrawl"})),
    edited(
        "internal_transfer for transfer", "htx", "two-factor-reset", Code.OPERATION_UNKNOWN,
        scope=Scope(operations={"withdrawal", "fiat_withdrawal", "internal_transfer"}),
    ),
    edited("personel", "binance", "abnormal-activity", Code.UNKNOWN_NAME, unverified={"identity_personel"}),
    edited("id_personal", "crypto-com", "account-locked", Code.UNKNOWN_NAME, unverified={"id_personal"}),
    edited("email_change", "gate", "email-changed", Code.UNKNOWN_NAME, trigger="email_change"),
    edited("pwd_changed", "swyftx", "password-changed", Code.UNKNOWN_NAME, trigger="pwd_changed"),
    edited("changed_phone", "probit", "phone-changed", Code.UNKNOWN_NAME, trigger="changed_phone"),
    edited("costumer support", "bitso", "password-changed", Code.UNKNOWN_NAME, releasable_by={"suport"}),
    edited("a document", "binance", "abnormal-activity", Code.UNKNOWN_NAME,
           appeal=Appeal(documents={"suporting_documents"})),
    edited("own_requst", "luno", "account-locked", Code.UNKNOWN_NAME, public_reason="own_requst"),
    edited("a fact that other rules spell right", "turkey-masak", "swap-made-before-the-first-withdrawal",
           Code.UNKNOWN_NAME, where={"has_withdrawen": False}),
    Fault("secruity may retract", EDITED["kraken"],
          attrs.evolve(EDITED["kraken"], retractable_by={"secruity"}), Code.UNKNOWN_NAME, None),
)  # fmt: skip
FACTS = (
    edited("true as text, with no other rule", "coinex", "password-changed", Code.CONDITIONS_OF_DIFFERENT_TYPES,
           where={"reset": "true"}),
    edited("staff for admin", "bitfinex", "email-changed", Code.CONDITION_NEVER_MET, where={"initiated_by": "staff"}),
    written("Gold and gold", Code.UNKNOWN_NAME, "silver", held("gold", "deposit_credited", where={"tier": "gold"}),
            held("silver", "deposit_credited", 48, where={"tier": "Gold"})),
    edited("the branch again instead of the night", "india-beneficiary", "approved-by-night",
           Code.CONDITIONS_LEAVE_GAP, "approved-by-day", where={"by_day": True, "by_branch": True}),
    written("three tiers and no other", Code.CONDITIONS_LEAVE_GAP, "basic",
            held("basic", "limit_raised", 72, where={"tier": "basic"}),
            held("plus", "limit_raised", 48, where={"tier": "plus"}),
            held("pro", "limit_raised", 24, where={"tier": "pro"})),
)  # fmt: skip
TIMES = (
    edited("PT24M", "easicoin", "password-changed", Code.DURATION_LOOKS_WRONG, duration=24 * MINUTE),
    edited("PT72M", "probit", "phone-changed", Code.DURATION_LOOKS_WRONG, duration=72 * MINUTE),
    edited("five days in seconds", "bitfinex", "address-unlocked", Code.DURATION_LOOKS_WRONG,
           duration=timedelta(seconds=5)),
    edited("P400D", "bitvavo", "two-factor-reset", Code.DURATION_LOOKS_WRONG, duration=400 * DAY),
    edited("days for hours", "binance-us", "email-changed", Code.NOBODY_CAN_END_IT_SOONER, duration=120 * DAY),
    edited("the shortest choice in minutes", "binance-2026", "withdraw-protection", Code.DURATION_LOOKS_WRONG,
           chosen=Chosen(minimum=24 * MINUTE, maximum=7 * DAY)),
    edited("fifteen seconds to verify", "binance", "abnormal-activity", Code.DURATION_LOOKS_WRONG,
           verify_within=timedelta(seconds=15)),
    edited("an identity for twelve minutes, not months", "bitvavo", "withdrawals-locked", Code.DURATION_LOOKS_WRONG,
           identity_valid_for=12 * MINUTE),
    written("seven minutes to appeal, not days", Code.DURATION_LOOKS_WRONG, "flagged",
            flagged(Appeal(within=7 * MINUTE))),
)  # fmt: skip
STEPS = (
    edited("an appeal after more failures than attempts", "binance", "abnormal-activity", Code.APPEAL_NEVER_OFFERED,
           attempts=3, appeal=Appeal(after_failures=5)),
    edited("nobody thought of verified accounts", "binance-2026", "abnormal-activity", Code.NO_METHOD_FOR_VERIFIED,
           verified=NOBODY),
    edited("both lists are empty", "crypto-com", "account-locked", Code.CLEARANCE_WITHOUT_METHOD,
           unverified=NOBODY, verified=NOBODY),
    edited("one attempt and then five days", "bitfinex", "password-changed", Code.ATTEMPTS_RUN_OUT, attempts=1),
    written("three attempts and one appeal", Code.APPEALS_RUN_OUT, "flagged",
            flagged(Appeal(after_failures=3), attempts=3)),
    written("an appeal is late before the verification is", Code.APPEAL_WINDOW_TOO_SHORT, "flagged",
            flagged(Appeal(within=12 * HOUR), verify_within=DAY)),
    written("an appeal at once", Code.APPEAL_CHEAPER_THAN_VERIFICATION, "flagged", flagged(Appeal(after_failures=0))),
    edited("a review that takes longer than the hold", "bitfinex", "two-factor-reset",
           Code.TIMER_OPENS_BEFORE_ANYONE_CAN_VERIFY, review_within=7 * DAY),
    written("three business days of review and a hold of one day", Code.TIMER_OPENS_BEFORE_ANYONE_CAN_VERIFY,
            "flagged", flagged(duration=DAY, review_business_days=3)),
    edited("persons only", "binance", "abnormal-activity", Code.ONLY_FOR_PERSONS, unverified=PERSON),
    edited("an authority that nobody else names", "kraken", "settings-locked-without-wait", Code.AUTHORITY_NAMED_ONCE,
           releasable_by={"master_key", "settings_desk"}),
)  # fmt: skip
EFFECTS = (
    added("twelve hours beside the 24", "bitget", held("short", "password_changed", 12), Code.RULE_NEVER_MATTERS),
    edited("the usual rule became the longest", "turkey-masak", "purchase-made", Code.RULE_NEVER_MATTERS,
           "purchase-made-before-the-first-withdrawal", duration=72 * HOUR),
    edited("keep for a rule that should extend", "mexc", "password-changed", Code.KEPT_TIMER_CUT_SHORT,
           repeat="keep"),
    edited("both, without a timer", "binance", "abnormal-activity", Code.SETTING_WITHOUT_EFFECT, lifted_by="all"),
    edited("logging in is held, and no withdrawal", "zignaly", "password-changed", Code.NEVER_STOPS_A_WITHDRAWAL,
           scope=Scope(operations={"login", "api_key_management"})),
    edited("new addresses only, after a password", "cryptomus", "password-changed", Code.LEAVES_KNOWN_ADDRESSES_OPEN,
           scope=NEW_ADDRESSES),
    edited("a timer after an alarm", "bitoy", "abnormal-activity", Code.TIMER_TELLS_THE_ALARM, duration=72 * HOUR),
    edited("more business days than the calendar has", "uk-payment-delay", "payment-suspected",
           Code.CALENDAR_TOO_SHORT, business_days=300),
    Fault("the calendar was not continued", EDITED["uk-payment-delay"], EDITED["uk-payment-delay"],
          Code.CALENDAR_ENDS_SOON, "payment-suspected", at=LATE),
)  # fmt: skip
MISSED = (
    edited("two hours for 24", "bitget", "password-changed", None, duration=2 * HOUR),
    edited("one rule forgets the bank", "probit", "phone-changed", None, scope=Scope(operations={"withdrawal"})),
    edited("either instead of both", "coinone", "before-the-first-withdrawal", None, lifted_by="any"),
    edited("a misspelt fact that no other rule has", "okx", "address-added", None, where={"adress_lock": True}),
)  # fmt: skip
FOUND = (*NAMES, *FACTS, *TIMES, *STEPS, *EFFECTS)
