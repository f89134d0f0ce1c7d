"""The United Kingdom: a payment that looks like fraud may wait until the end of the fourth business day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from withdraw_guard import authorities, operations, public_reasons
from withdraw_guard._answers.request import Request
from withdraw_guard._model.policy import Policy, Rule, Scope
from withdraw_guard._values.ids import DestinationId, Trigger
from withdraw_guard._values.vocabulary import Destinations, Repeat
from withdraw_guard.calendars import business_days
from withdraw_guard.policies._published import Grade, Published, Source, Vector
from withdraw_guard.policies._terms import READ_ON, START, happened

UK: Final = Policy(
    id="uk-payment-delay",
    version="1.0.0",
    rules=(
        Rule(
            id="payment-suspected",
            trigger=Trigger("payment_suspected"),
            scope=Scope(
                operations=frozenset({operations.WITHDRAWAL, operations.FIAT_WITHDRAWAL, operations.PAYMENT}),
                destinations=Destinations.NAMED,
            ),
            business_days=4,
            repeat=Repeat.SEPARATE,
            releasable_by=frozenset({authorities.COMPLIANCE}),
            public_reason=public_reasons.ABNORMAL_ACTIVITY,
        ),
    ),
    # Four weeks without a bank holiday, to read and test it by. What happens outside of them is refused, so that
    # nobody takes this calendar for theirs.
    calendar=business_days(UTC, first=date(2026, 1, 5), last=date(2026, 1, 30)),
)
"""The delay of a payment in the United Kingdom. Its calendar is an example of four weeks: give it your own.

`attrs.evolve(policies.UK, calendar=business_days(...))` does, with the bank holidays of your place.
"""

_RECEIVED: Final = datetime(2026, 1, 8, 14, 30, tzinfo=UTC)
_FIFTH_DAY: Final = datetime(2026, 1, 15, tzinfo=UTC)

PUBLISHED: Final = Published(
    author="United Kingdom: Payment Services (Amendment) Regulations 2024",
    policy=UK,
    sources=(
        Source(
            address="https://fca.org.uk/publications/finalised-guidance/"
            "fg24-6-guidance-firms-enables-risk-based-approach-payments",
            grade=Grade.OFFICIAL,
            read="where there are reasonable grounds to suspect fraud by somebody else, a payment may be delayed",
            rules=(),
        ),
        Source(
            address="https://cosegic.com/resources-library/articles/2024/"
            "fca-issues-guidance-on-payment-services-regulations-2024",
            grade=Grade.THIRD_PARTY,
            read="the days: the grounds by the end of the next business day after receipt, the delay until the end of "
            "the fourth",
        ),
    ),
    readings=(
        "Each payment waits for itself.",
        "The event is dated with the receipt of the order, and names the payment where an address would be named.",
        "The firm may end the delay as soon as the grounds are gone, in the name of `compliance`.",
        "A day lasts from midnight to midnight, and the calendar is the host's.",
    ),
    left_out=(
        "That the grounds must be there by the end of the next business day is a condition for reporting the event.",
    ),
    read_on=READ_ON,
    vectors=(
        Vector(
            number="V13",
            says="received on a Thursday: the delay ends with the following Wednesday",
            journal=(happened(Trigger("payment_suspected"), _RECEIVED - START, to="payment-1"),),
            denied_at=(_RECEIVED, _FIFTH_DAY - timedelta(microseconds=1)),
            allowed_at=(_FIFTH_DAY,),
            request=Request(operation=operations.PAYMENT, destination_id=DestinationId("payment-1")),
        ),
    ),
)
"""The sources and readings of `UK`."""
