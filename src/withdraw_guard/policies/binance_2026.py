"""Binance's newer page: fewer hours are named, more than withdrawals is stopped, and a lock that people choose."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import authorities, documents, methods, operations, public_reasons, triggers
from withdraw_guard._model.policy import Appeal, Chosen, Clearance, Policy, Rule
from withdraw_guard._values.ids import Trigger
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, CRYPTO, OVERLAP, READ_ON, WITHDRAWALS, also, hours, timed

BINANCE_2026: Final = Policy(
    id="binance-2026",
    version="1.0.0",
    rules=(
        timed(triggers.PASSWORD_CHANGED, hours(48)),
        timed(triggers.TWO_FACTOR_RESET, hours(48), also(operations.P2P_SALE, operations.PAYMENT)),
        timed(triggers.EMAIL_CHANGED, hours(24), also(operations.P2P_SALE)),
        Rule(
            id="abnormal-activity",
            trigger=triggers.ABNORMAL_ACTIVITY,
            scope=WITHDRAWALS,
            clearance=Clearance(
                unverified=frozenset({methods.IDENTITY_BUSINESS, methods.IDENTITY_PERSONAL}),
                verified=frozenset({methods.FACE_MOBILE, methods.FACE_WEB}),
                appeal=Appeal(after_failures=1, limit=1, documents=frozenset({documents.SUPPORTING_DOCUMENTS})),
            ),
            releasable_by=frozenset({authorities.SUPPORT}),
        ),
        Rule(
            id="withdraw-protection",
            trigger=Trigger("withdraw_protection_enabled"),
            scope=CRYPTO,
            duration=timedelta(hours=48),
            chosen=Chosen(minimum=timedelta(days=1), maximum=timedelta(days=7)),
            public_reason=public_reasons.OWN_REQUEST,
        ),
    ),
)
"""Binance's newer pages, read in 2026."""

PUBLISHED: Final = Published(
    author="Binance, the newer pages",
    policy=BINANCE_2026,
    sources=(
        Source(
            address="https://www.binance.com/en/support/faq/"
            "how-to-resume-the-withdrawal-function-for-my-binance-account-360038583951",
            grade=Grade.OFFICIAL,
            read="24 to 48 hours after certain security operations, such as changing a password; the 48 hours "
            "cannot be lifted; who fails the verification after abnormal activity may appeal",
            rules=("password-changed", "abnormal-activity"),
        ),
        Source(
            address="https://www.binance.bh/bg/support/faq/detail/2de25ddf8c5b4f59adaebe9452f7b64b",
            grade=Grade.OFFICIAL,
            read="a regional page: 48 hours for withdrawals, P2P sales and payment services after the second factor "
            "was reset by somebody who was locked out",
            rules=("two-factor-reset",),
        ),
        Source(
            address="https://binance.com/pt/support/faq/como-alterar-o-e-mail-da-minha-conta-binance-115003784871",
            grade=Grade.OFFICIAL,
            read="24 hours for withdrawals and P2P after somebody who was logged in changed the e-mail address",
            rules=("email-changed",),
        ),
        Source(
            address="https://www.binance.bh/en/blog/security/3542633869509684449",
            grade=Grade.OFFICIAL,
            read="Withdraw Protection of May 2026: one to seven days, 48 hours if nothing is chosen, for withdrawals "
            "on chain; nobody can end it early, but who opted in to that beforehand",
            rules=("withdraw-protection",),
        ),
    ),
    readings=(
        OVERLAP,
        "“24 to 48 hours” after a password is read as 48.",
        "Other security operations that no page names are not here.",
        "The methods of verification, the one appeal and its documents, and that support may release the hold, are "
        "those of the older article.",
        "Choosing Withdraw Protection again never shortens it.",
        ALL_WITHDRAWALS,
    ),
    left_out=(
        "The message of 24 hours while one withdrawal is under review is about that withdrawal.",
        "Restrictions of P2P trading have a length for each case, which is not stated.",
        "Who opted in beforehand may end Withdraw Protection with a security key and an authenticator; a length that "
        "people choose has no verification beside it, so here nobody ends it early, which is stricter.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `BINANCE_2026`."""
