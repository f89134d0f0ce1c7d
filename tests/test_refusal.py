"""A refused event carries its reason and its hold, and says whether the hold knows of something later."""

from __future__ import annotations

import pickle

import pytest

from good_values import FRESH, HELD, HOLD, NINE, TICK, TRIGGER, good
from withdraw_guard import EventRefused, Policy, Refusal, ReleaseOrdered, SecurityEvent, VerificationStarted, apply
from withdraw_guard._values.limits import INSTANT_MIN
from withdraw_guard.policies import BINANCE


def test_what_cannot_be_applied_survives_pickling() -> None:
    refused = EventRefused(Refusal.STALE, TRIGGER, HOLD)
    thawed = pickle.loads(pickle.dumps(refused))
    assert (thawed.reason, thawed.event, thawed.hold) == (Refusal.STALE, TRIGGER, HOLD)
    assert str(thawed) == str(refused)


def test_a_refusal_carries_its_reason_its_event_and_its_hold() -> None:
    event = good(VerificationStarted, method="face_web")
    with pytest.raises(EventRefused) as refused:
        apply(good(Policy), HELD, event)
    assert (refused.value.reason, refused.value.event) == (Refusal.METHOD_NOT_ACCEPTED, event)
    assert refused.value.hold is HOLD
    assert not refused.value.outdated
    expected = "verification_started `e9` on hold `e1:r` is refused: method_not_accepted"
    assert str(refused.value) == expected


def test_a_refusal_without_a_hold_is_never_outdated() -> None:
    with pytest.raises(EventRefused) as refused:
        apply(good(Policy), HELD, good(VerificationStarted, hold="e0:r", at=INSTANT_MIN))
    assert (refused.value.reason, refused.value.hold) == (Refusal.UNKNOWN_HOLD, None)
    assert not refused.value.outdated
    assert str(refused.value) == "verification_started `e9` is refused: unknown_hold"


def test_a_refusal_is_outdated_if_the_hold_knows_of_something_later() -> None:
    with pytest.raises(EventRefused) as refused:
        apply(good(Policy), HELD, good(ReleaseOrdered, at=NINE - TICK, override_stale=False))
    assert (refused.value.reason, refused.value.outdated) == (Refusal.STALE, True)


def test_an_event_of_another_account_is_refused() -> None:
    with pytest.raises(EventRefused) as refused:
        apply(BINANCE, FRESH, good(SecurityEvent, account="a2"))
    assert (refused.value.reason, refused.value.hold) == (Refusal.WRONG_ACCOUNT, None)
