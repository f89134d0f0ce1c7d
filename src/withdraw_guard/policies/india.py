"""India, State Bank of India: a new beneficiary can be paid after four hours, or the next morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._answers.request import Request
from withdraw_guard._model.policy import Chosen, Policy, Rule, Scope
from withdraw_guard._values.ids import DestinationId
from withdraw_guard._values.vocabulary import Destinations, Repeat
from withdraw_guard.policies._published import Grade, Published, Source, Vector
from withdraw_guard.policies._terms import NO_RELEASE, READ_ON, START, happened, hours, not_held, timed

_PAYMENTS: Final = Scope(
    operations=frozenset({operations.WITHDRAWAL, operations.FIAT_WITHDRAWAL, operations.PAYMENT, operations.TRANSFER}),
    destinations=Destinations.NAMED,
)

INDIA: Final = Policy(
    id="india-beneficiary",
    version="1.0.0",
    rules=(
        timed(
            triggers.ADDRESS_ADDED,
            hours(4),
            _PAYMENTS,
            rule="approved-by-day",
            where={"by_branch": False, "by_day": True},
            repeat=Repeat.SEPARATE,
        ),
        Rule(
            id="approved-by-night",
            trigger=triggers.ADDRESS_ADDED,
            where={"by_branch": False, "by_day": False},
            scope=_PAYMENTS,
            duration=timedelta(hours=32),
            chosen=Chosen(minimum=timedelta(hours=8), maximum=timedelta(hours=32)),
            repeat=Repeat.SEPARATE,
        ),
    ),
)
"""The activation of a new beneficiary at the State Bank of India."""

_NIGHT: Final = datetime(2026, 1, 5, 14, 31, tzinfo=UTC)
_MORNING: Final = datetime(2026, 1, 6, 2, 30, tzinfo=UTC)
_TO_THEM: Final = Request(operation=operations.PAYMENT, destination_id=DestinationId("beneficiary-1"))

PUBLISHED: Final = Published(
    author="State Bank of India: activation of a new beneficiary",
    policy=INDIA,
    sources=(
        Source(
            address="https://corp.onlinesbi.sbi/sbijava/saral_new_ben_add_faq_0.html",
            grade=Grade.OFFICIAL,
            read="a beneficiary approved between 06:00 and 20:00 is active after 4 hours, a later one on the next day "
            "after 08:00; a form at a branch makes it active at once",
        ),
    ),
    readings=(
        "Each beneficiary waits for itself.",
        NO_RELEASE,
        "A hold knows no time of day. The facts `by_day` and `by_branch` say when and how it was approved; an event "
        "that does not carry them is held by both rules.",
        "After an approval by night the host works out how long it is until the next day at 08:00 and gives it as the "
        "`duration` of the event. After midnight “the next day” is read as the day after that, the stricter of the "
        "two: so it is 8 to 32 hours, and 32 where it is not given.",
        "The event names the beneficiary and the request whom the money goes to; where either does not, the request is "
        "held.",
    ),
    left_out=(
        "The cap of 500,000 rupees over the four days after that is an amount.",
        "That at most ten are added in a calendar day is about adding them, and no hold.",
    ),
    read_on=READ_ON,
    vectors=(
        Vector(
            number="V14",
            says="approved at 20:01 in India: active on the next day from 08:00 on",
            journal=(
                happened(
                    triggers.ADDRESS_ADDED,
                    _NIGHT - START,
                    duration=_MORNING - _NIGHT,
                    to="beneficiary-1",
                    by_day=False,
                    by_branch=False,
                ),
            ),
            denied_at=(_MORNING - timedelta(microseconds=1),),
            allowed_at=(_MORNING,),
            request=_TO_THEM,
        ),
        not_held(
            "V14",
            "by a form at a branch: none",
            happened(triggers.ADDRESS_ADDED, to="beneficiary-1", by_branch=True),
            request=_TO_THEM,
        ),
    ),
)
"""The sources and readings of `INDIA`."""
