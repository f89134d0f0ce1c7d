"""An approval is refused if the identity that its method needs was taken away meanwhile."""

from __future__ import annotations

import pytest

from good_values import HELD, HOUR, NINE, TICK, good
from withdraw_guard import (
    EventRefused,
    IdentityChanged,
    Policy,
    Refusal,
    ReviewDecided,
    VerificationStarted,
    VerificationSubmitted,
    apply,
)


def test_an_approval_is_refused_if_the_identity_was_taken_away_meanwhile() -> None:
    events = (
        good(IdentityChanged, id="i1", at=NINE - HOUR),
        good(VerificationStarted, id="v1", at=NINE + TICK),
        good(VerificationSubmitted, id="v2", at=NINE + 2 * TICK, attempt="v1"),
        good(IdentityChanged, id="i2", at=NINE + 3 * TICK, identity=None, valid_until=None),
    )
    account = apply(good(Policy), HELD, *events).account
    approval = good(ReviewDecided, at=NINE + 4 * TICK, attempt=None, outcome="approved", reasons=(), final=False)
    with pytest.raises(EventRefused) as refused:
        apply(good(Policy), account, approval)
    assert refused.value.reason is Refusal.METHOD_NOT_ACCEPTED
