"""Six laws with one number in them: small enough for a solver, which looks for the number that breaks one.

In the other loops Hypothesis draws the numbers. `nox -s crosshair` gives them to CrossHair, which runs the library on a
symbol and asks an SMT solver for a number that takes another way through the code.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from withdraw_guard import (
    Account,
    Actor,
    ActorKind,
    Chosen,
    Clearance,
    Denied,
    Event,
    EventRefused,
    Phase,
    Policy,
    ReviewDecided,
    ReviewOutcome,
    Rule,
    SecurityEvent,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    check,
    next_change_at,
    phase,
)

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = 24 * 60 * 60 * 10**6
HOUR = DAY // 24


def micros(number: int) -> timedelta:
    """So many microseconds. A product with a `timedelta` would be a number at once, and no symbol for the solver."""
    return timedelta(microseconds=number)


TIMED = Policy(id="timed", version="1", rules=(Rule(id="timer", trigger="password_changed", duration=micros(DAY)),))
PROVED = Clearance(
    unverified=frozenset({"identity_personal"}),
    verified=frozenset({"face_web"}),
    attempts=3,
    verify_within=micros(HOUR),
)
RISK = Rule(id="risk", trigger="abnormal_activity", clearance=PROVED, releasable_by=frozenset({"support"}))
CLEARED = Policy(id="cleared", version="1", rules=(RISK,))
CHOICE = Chosen(minimum=micros(HOUR), maximum=micros(7 * DAY))
CHOSEN = Policy(
    id="chosen", version="1", rules=(Rule(id="lock", trigger="account_locked", duration=micros(DAY), chosen=CHOICE),)
)


def after(number: int) -> datetime:
    """The instant that is so many microseconds after the first event."""
    return MONDAY + micros(number)


def happened(name: str, trigger: str, number: int, chosen: int | None = None) -> SecurityEvent:
    duration = None if chosen is None else micros(chosen)
    return SecurityEvent(
        id=name, account="a1", at=after(number), trigger=trigger, initiated_by=ActorKind.USER, duration=duration
    )


def told(policy: Policy, *events: Event) -> Account:
    return apply(policy, Account(id="a1"), *events).account


def started(number: int) -> VerificationStarted:
    return VerificationStarted(id="s1", account="a1", at=after(number), hold="e1:risk", method="identity_personal")


def submitted(number: int) -> VerificationSubmitted:
    return VerificationSubmitted(id="s2", account="a1", at=after(number), hold="e1:risk", attempt="s1")


HELD = told(TIMED, happened("e1", "password_changed", 0))
FLAGGED = told(CLEARED, happened("e1", "abnormal_activity", 0))


@given(st.integers(0, 3 * DAY))
def test_a_hold_denies_until_the_microsecond_in_which_it_ends(number: int) -> None:
    assert bool(check(HELD, after(number))) is (number >= DAY)


@given(st.integers(0, 3 * DAY))
def test_a_denial_and_the_next_change_name_the_same_end(number: int) -> None:
    answer = check(HELD, after(number))
    end = answer.resumes_at if isinstance(answer, Denied) else None
    assert end == next_change_at(HELD, after(number)) == (after(DAY) if number < DAY else None)


@given(st.integers(0, 3 * DAY))
def test_a_second_event_never_shortens_a_hold(number: int) -> None:
    account = told(TIMED, happened("e1", "password_changed", 0), happened("e2", "password_changed", number))
    assert not check(account, after(DAY - 1))
    assert not check(account, after(number + DAY - 1))
    assert check(account, after(number + DAY))


@given(st.integers(HOUR, 7 * DAY))
def test_a_choice_never_shortens_what_was_chosen_before(number: int) -> None:
    account = told(CHOSEN, happened("e1", "account_locked", 0, DAY), happened("e2", "account_locked", 0, chosen=number))
    assert not check(account, after(max(number, DAY) - 1))
    assert check(account, after(max(number, DAY)))


@given(st.integers(0, 2 * HOUR))
def test_a_verification_lapses_in_the_microsecond_in_which_its_time_is_over(number: int) -> None:
    account = apply(CLEARED, FLAGGED, started(0)).account
    if number >= HOUR:
        with pytest.raises(EventRefused):
            apply(CLEARED, account, submitted(number))
    else:
        assert phase(apply(CLEARED, account, submitted(number)).account, after(number)) is Phase.REVIEW


@given(st.integers(0, HOUR))
def test_a_machine_clears_no_trigger_that_is_newer_than_what_was_submitted(number: int) -> None:
    approved = ReviewDecided(
        id="r1",
        account="a1",
        at=after(HOUR),
        hold="e1:risk",
        attempt="s1",
        by=Actor(id="machine", kind=ActorKind.SYSTEM),
        outcome=ReviewOutcome.APPROVED,
    )
    flagged = happened("e2", "abnormal_activity", number)
    account = apply(CLEARED, FLAGGED, started(HOUR // 4), submitted(HOUR // 2), flagged).account
    if number > HOUR // 2:
        with pytest.raises(EventRefused, match="stale"):
            apply(CLEARED, account, approved)
    else:
        assert check(apply(CLEARED, account, approved).account, after(2 * HOUR))
