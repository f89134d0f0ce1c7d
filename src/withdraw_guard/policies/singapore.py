"""Singapore's cooling-off: twelve hours in which a new digital token cannot do what is risky."""

from __future__ import annotations

from typing import Final

from withdraw_guard import operations, public_reasons
from withdraw_guard._model.policy import Policy, Scope
from withdraw_guard._values.ids import Trigger
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import READ_ON, hours, timed

SINGAPORE: Final = Policy(
    id="singapore-token",
    version="1.0.0",
    rules=(
        timed(
            Trigger("token_activated"),
            hours(12),
            Scope(operations=frozenset({operations.ADDRESS_ADDITION, operations.SETTINGS_CHANGE})),
            public_reason=public_reasons.SECURITY_CHANGE,
        ),
    ),
)
"""The cooling-off of a digital token in Singapore."""

PUBLISHED: Final = Published(
    author="Monetary Authority of Singapore: E-Payments User Protection Guidelines and Shared Responsibility Framework",
    policy=SINGAPORE,
    sources=(
        Source(
            address="https://www.orionw.com/news-insights/"
            "mas-proposes-improvements-to-e-payments-user-protection-guidelines",
            grade=Grade.THIRD_PARTY,
            read="at least twelve hours after a digital token was activated it cannot authenticate activities at high "
            "risk: adding a payee, raising a limit, changing contact details",
        ),
        Source(
            address="https://www.channelnewsasia.com/watch/"
            "alvin-tan-cooling-period-shared-responsibility-framework-against-scams-4742661",
            grade=Grade.THIRD_PARTY,
            read="the cooling-off in parliament",
        ),
    ),
    readings=(
        "Activating a further token extends the hold; that is not stated.",
        "“At least” twelve hours is read as twelve hours: a bank may ask for more.",
        "Adding a payee is the operation `address_addition`; raising a limit and changing contact details are "
        "`settings_change`. Withdrawals to known payees are not held.",
        "An end before its time is not stated: nobody may end this hold.",
    ),
    left_out=(
        "The block where more than half of a balance leaves within 24 hours is about amounts, and banks differ.",
        "The kill switch is not stated in enough detail; a bank that has one adds a rule without a timer.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `SINGAPORE`."""
