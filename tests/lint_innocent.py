"""Twenty policies without a fault, written from what operators, banks and vendors publish. None is in the gallery.

They were written before it was tried what lint says of them.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta

from withdraw_guard import Appeal, Chosen, Clearance, Policy, Rule, Scope, calendars

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERY_WITHDRAWAL = Scope(operations={"withdrawal", "fiat_withdrawal"})
ONE_ADDRESS = Scope(operations={"withdrawal"}, destinations="named")
PERSON, BOTH = {"identity_personal"}, {"identity_personal", "identity_business"}
FACE = {"face_web", "face_mobile"}


def rule(name: str, trigger: str, lasts: timedelta | None = None, **terms: object) -> Rule:
    return Rule(**{"id": name, "trigger": trigger, "duration": lasts, "scope": EVERY_WITHDRAWAL, **terms})


def policy(name: str, *rules: Rule, **terms: object) -> Policy:
    return Policy(id=name, version="2026-11", rules=rules, **terms)


WORKING_DAYS = calendars.business_days(UTC, first=date(2026, 1, 1), last=date(2027, 12, 31))
CRYPTO_ONLY = Scope(operations={"withdrawal"})
BY_APP = Scope(operations={"payment", "transfer", "fiat_withdrawal", "withdrawal"}, destinations="named")

INNOCENT = (
    # Extra Security that the account holder chooses, and a whitelist that is slow to go.
    policy(
        "nexo-pattern",
        rule("new-address", "address_added", 2 * DAY, scope=ONE_ADDRESS, repeat="separate"),
        rule("whitelist-off", "address_protection_disabled", DAY, chosen=Chosen(minimum=DAY, maximum=7 * DAY)),
    ),
    # One switch of the account holder that takes a day to go off.
    policy("hodl-pattern", rule("hodl-off", "address_protection_disabled", DAY, scope=Scope())),
    # Card purchases and a security concern, for up to three days; never shortened.
    policy(
        "wallet-pattern",
        rule("card", "purchase_made", 3 * DAY, where={"by_card": True}, scope=CRYPTO_ONLY),
        rule("concern", "security_concern", 3 * DAY, public_reason="security_change"),
    ),
    # A matrix: what changed, and whether a second factor was on.
    policy(
        "matrix-pattern",
        *(
            rule(f"{what.replace('_', '-')}-{'with' if on else 'without'}-2fa", what, lasts, where={"two_factor": on})
            for what, pair in (
                ("password_changed", (DAY, 3 * DAY)),
                ("email_changed", (2 * DAY, 5 * DAY)),
            )
            for on, lasts in zip((True, False), pair, strict=True)
        ),
        rule("two-factor-by-staff", "two_factor_reset", 3 * DAY, where={"initiated_by": "admin"}),
        rule("two-factor-by-user", "two_factor_reset", DAY, where={"initiated_by": "user"}),
        rule("two-factor-by-others", "two_factor_reset", DAY, where={"initiated_by": "system"}),
    ),
    # Fourteen days after a change of the address; support cannot remove it.
    policy(
        "mining-pattern",
        rule("wallet", "address_added", 14 * DAY),
        rule("password", "password_changed", 14 * DAY),
        rule("card", "purchase_made", 14 * DAY),
    ),
    # An hour, and then a second look at the face; earlier only by somebody at the counter.
    policy(
        "stolen-device-pattern",
        rule(
            "sensitive-change",
            "email_changed",
            HOUR,
            clearance=Clearance(unverified=FACE, verified=FACE),
            lifted_by="all",
            releasable_by={"branch"},
        ),
    ),
    # A token that is new may not do what is risky for twelve hours; a kill switch ends only at the counter.
    policy(
        "bank-in-singapore-pattern",
        rule("token", "token_activated", 12 * HOUR, scope=Scope(operations={"payment", "transfer"}),
             public_reason="security_change"),
        rule("kill-switch", "account_locked", scope=Scope(), releasable_by={"branch", "support"}),
        rule("limit-raised", "limit_raised", 12 * HOUR, public_reason="security_change"),
    ),
    # A large outflow is held for a day; a customer who confirms it by face is free.
    policy(
        "outflow-pattern",
        rule("more-than-half", "outflow_crossed", DAY, public_reason="abnormal_activity",
             clearance=Clearance(unverified=FACE, verified=FACE, verify_within=15 * MINUTE)),
    ),
    # A payee that is new: four hours by day, and until eight in the morning by night.
    policy(
        "payee-pattern",
        rule("payee-by-day", "address_added", 4 * HOUR, where={"by_day": True}, scope=BY_APP, repeat="separate"),
        rule("payee-by-night", "address_added", 12 * HOUR, where={"by_day": False}, scope=BY_APP, repeat="separate"),
    ),
    # Half an hour after a large credit, and a transfer that the payer delays by three hours or more.
    policy(
        "bank-in-korea-pattern",
        rule("large-credit", "deposit_credited", 30 * MINUTE, where={"over_a_million": True}),
        rule("deferred", "deferral_chosen", 3 * HOUR, chosen=Chosen(minimum=3 * HOUR, maximum=12 * HOUR),
             public_reason="own_request", releasable_by={"branch"}),
    ),
    # A limit that is raised waits for one or two days; a device that is not registered is registered.
    policy(
        "instant-payment-pattern",
        rule("limit-raised", "limit_raised", 2 * DAY, scope=Scope(operations={"payment", "transfer"}),
             public_reason="own_request", chosen=Chosen(minimum=DAY, maximum=2 * DAY)),
        rule("device", "device_added", scope=Scope(operations={"payment", "transfer"}),
             clearance=Clearance(unverified={"device_registration"}, verified={"device_registration"}),
             releasable_by={"support"}),
    ),
    # A wrong password five times, then ten times.
    policy(
        "login-pattern",
        rule("five-times", "password_failed", 2 * HOUR, where={"times": 5}, scope=Scope(operations={"login"}),
             public_reason="security_change"),
        rule("ten-times", "password_failed", DAY, where={"times": 10}, scope=Scope(operations={"login"}),
             public_reason="security_change"),
    ),
    # Recovery that staff reviews within three business days.
    policy(
        "recovery-pattern",
        rule("recovery", "recovery_requested", scope=Scope(), public_reason="own_request",
             clearance=Clearance(unverified={"old_device"}, verified={"old_device"}, review_business_days=3),
             releasable_by={"support"}),
        calendar=WORKING_DAYS,
    ),
    # A vendor's session ends after a day; two tries, then an appeal with documents, then compliance.
    policy(
        "vendor-pattern",
        rule("flagged", "abnormal_activity",
             clearance=Clearance(
                 unverified=BOTH, verified=FACE, attempts=2, verify_within=DAY, review_within=4 * HOUR,
                 appeal=Appeal(after_failures=2, within=14 * DAY, decide_within=3 * DAY,
                               documents={"id_photo", "supporting_documents"}),
             ),
             releasable_by={"compliance", "support"}),
    ),
    # An identity that a nightly job lets expire, here a term: two years, then it is asked for again.
    policy(
        "expiring-identity-pattern",
        rule("flagged", "abnormal_activity",
             clearance=Clearance(unverified=BOTH, verified=FACE, identity_valid_for=730 * DAY),
             releasable_by={"compliance"}),
        rule("revoked", "verification_revoked", clearance=Clearance(unverified=BOTH, verified=BOTH),
             releasable_by={"compliance"}),
    ),
    # The fourth business day after a payment that looks like fraud by somebody else.
    policy(
        "payment-regulation-pattern",
        rule("suspected", "payment_suspected", business_days=4, scope=BY_APP, repeat="separate",
             public_reason="legal_order", releasable_by={"compliance"}),
        calendar=WORKING_DAYS,
    ),
    # Money that arrived is free a day after the last one; the first purchase waits for three days.
    policy(
        "deposit-pattern",
        rule("deposit", "deposit_credited", DAY, scope=CRYPTO_ONLY),
        rule("first-deposit", "deposit_credited", 3 * DAY, where={"first_ever": True}, scope=CRYPTO_ONLY),
    ),
    # Logged in or not decides how long, and new devices wait for an hour.
    policy(
        "signals-pattern",
        rule("password-changed", "password_changed", DAY, where={"reset": False}),
        rule("password-reset", "password_changed", 3 * DAY, where={"reset": True}),
        rule("device", "device_added", HOUR),
        rule("api-key", "api_key_created", 6 * HOUR, scope=Scope(operations={"api_access", "withdrawal"}),
             public_reason="security_change"),
    ),
    # A company: a second approver replaces the wait of a new address.
    policy(
        "company-pattern",
        rule("address", "address_added", 7 * DAY, scope=ONE_ADDRESS, repeat="separate",
             clearance=Clearance(unverified={"second_approver"}, verified={"second_approver"})),
        rule("signer-changed", "signer_changed", 3 * DAY, public_reason="security_change"),
    ),
    # A game: items wait for fifteen days, for one day between old friends; staking of our own stays open.
    policy(
        "trade-pattern",
        rule("no-authenticator", "two_factor_disabled", 15 * DAY,
             scope=Scope(operations={"trade", "withdrawal"}, leaves={"unstaking"})),
        rule("trade-cancelled", "trade_cancelled", 7 * DAY, scope=Scope(operations={"trade", "withdrawal"}),
             public_reason="own_request"),
    ),
)  # fmt: skip
