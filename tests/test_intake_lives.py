"""Whole lives of a vendor's session, as each vendor tells them, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from intake_messages import NINE, VENDORS, Vendor, clock
from withdraw_guard import (
    Account,
    ActorKind,
    Appeal,
    Clearance,
    Denied,
    EventRefused,
    HoldId,
    MoreRequested,
    Policy,
    ReviewDecided,
    Rule,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    authorities,
    check,
    methods,
    phase,
    triggers,
)
from withdraw_guard.intake import Ignored, Outcome, Reported, Says, Unreadable, read

CLEARANCE = Clearance(
    unverified={methods.IDENTITY_PERSONAL},
    verified={methods.FACE_WEB},
    attempts=1,
    appeal=Appeal(after_failures=1),
)
POLICY = Policy(
    id="ours",
    version="1",
    rules=tuple(
        Rule(id=name, trigger=trigger, clearance=CLEARANCE, releasable_by={authorities.SUPPORT})
        for name, trigger in (
            ("flagged", triggers.ABNORMAL_ACTIVITY),
            ("reported", "reported"),
            ("revoked", triggers.VERIFICATION_REVOKED),
        )
    ),
)
HOLD = HoldId("flag:flagged")
END = clock(60)
AGAINST = {Says.AGAIN, Says.REJECTED, Says.CLOSED}

each_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS.keys())


def each_that_says(meaning: Says) -> pytest.MarkDecorator:
    saying = [vendor for vendor in VENDORS.values() if meaning in vendor.statuses]
    return pytest.mark.parametrize("vendor", saying, ids=lambda vendor: vendor.source.id)


each_decider = each_that_says(Says.APPROVED)


def flag(minutes: float, name: str = "flag", trigger: str = triggers.ABNORMAL_ACTIVITY) -> SecurityEvent:
    return SecurityEvent(id=name, account="a1", at=clock(minutes), trigger=trigger, initiated_by=ActorKind.SYSTEM)


def press(minutes: float, session: str = "s1", hold: str = HOLD) -> VerificationStarted:
    return VerificationStarted(id=session, account="a1", at=clock(minutes), hold=hold, method=methods.IDENTITY_PERSONAL)


STARTED = apply(POLICY, Account(id="a1"), flag(0), press(1)).account


def heard(vendor: Vendor, account: Account, message: Any, minutes: float = 60) -> Outcome:
    return read(vendor.source, message, lambda _: account, clock(minutes))


def receive(vendor: Vendor, account: Account, message: Any) -> Account:
    """Apply what is reported: in these lives nothing is refused, not even as outdated."""
    outcome = heard(vendor, account, message)
    assert not isinstance(outcome, Unreadable), str(outcome)
    if isinstance(outcome, Ignored):
        return account
    return apply(POLICY, account, *outcome.events).account


def live(vendor: Vendor, *life: tuple[Says, float], account: Account = STARTED) -> Account:
    for meaning, minutes in life:
        account = receive(vendor, account, vendor.says(meaning, minutes))
    return account


def reported(vendor: Vendor, account: Account, meaning: Says, minutes: float) -> list[type]:
    outcome = heard(vendor, account, vendor.says(meaning, minutes))
    return [type(event) for event in outcome.events] if isinstance(outcome, Reported) else []


# ── One by one ───────────────────────────────────────────────────────────────────────────────────────────────────


@each_decider
def test_a_pass_restores_and_only_a_pass_does(vendor: Vendor) -> None:
    for meaning in vendor.statuses:
        restored = phase(live(vendor, (meaning, 4)), END) == "restored"
        assert restored == (meaning is Says.APPROVED), meaning


@each_decider
def test_a_verdict_with_nothing_before_it_brings_its_submission(vendor: Vendor) -> None:
    assert reported(vendor, STARTED, Says.APPROVED, 4) == [VerificationSubmitted, ReviewDecided]
    in_review = live(vendor, (Says.HANDED_IN, 2))
    assert reported(vendor, in_review, Says.APPROVED, 4) == [ReviewDecided]


@each_decider
def test_the_submission_that_nobody_reported_is_as_old_as_can_be(vendor: Vendor) -> None:
    """So that a machine does not clear a flag with a picture that may be older."""
    flagged_again = apply(POLICY, STARTED, flag(3, "flag-2")).account
    outcome = heard(vendor, flagged_again, vendor.says(Says.APPROVED, 4))
    assert isinstance(outcome, Reported)
    with pytest.raises(EventRefused, match="stale"):
        apply(POLICY, flagged_again, *outcome.events)


@each_vendor
def test_what_is_pending_may_be_said_any_number_of_times(vendor: Vendor) -> None:
    once = live(vendor, (Says.HANDED_IN, 2))
    assert phase(once, END) == "review"
    assert live(vendor, *((Says.HANDED_IN, 3.0 + number) for number in range(40)), account=once) == once


@each_that_says(Says.WAITS)
def test_a_vendor_that_waits_again_asks_for_more(vendor: Vendor) -> None:
    assert reported(vendor, STARTED, Says.WAITS, 2) == []
    in_review = live(vendor, (Says.HANDED_IN, 4))
    assert reported(vendor, in_review, Says.WAITS, 3) == []
    assert reported(vendor, in_review, Says.WAITS, 5) == [MoreRequested]


@each_that_says(Says.AGAIN)
def test_one_who_may_try_again_loses_no_attempt(vendor: Vendor) -> None:
    asked = live(vendor, (Says.AGAIN, 2), (Says.AGAIN, 4))
    assert phase(asked, END) == "verification"
    assert phase(live(vendor, (Says.HANDED_IN, 5), (Says.APPROVED, 6), account=asked), END) == "restored"


@each_that_says(Says.AGAIN)
def test_an_older_pass_does_not_answer_a_later_request_for_more(vendor: Vendor) -> None:
    asked = live(vendor, (Says.AGAIN, 6))
    assert heard(vendor, asked, vendor.says(Says.APPROVED, 4)) == Ignored(reason="more was requested after this")


@each_that_says(Says.AGAIN)
def test_a_request_of_another_round_is_no_answer_to_a_pass(vendor: Vendor) -> None:
    again = apply(POLICY, live(vendor, (Says.AGAIN, 6)), press(7, "s2")).account
    lagging = receive(vendor, again, vendor.says(Says.APPROVED, 5, session="s2"))
    assert phase(lagging, END) == "restored"


@each_that_says(Says.AGAIN)
def test_a_word_that_the_hold_knows_says_nothing(vendor: Vendor) -> None:
    asked = live(vendor, (Says.AGAIN, 4))
    assert heard(vendor, asked, vendor.says(Says.AGAIN, 4)) == Ignored(reason="the hold knows this already")


@each_that_says(Says.ENDED)
def test_a_session_that_ended_costs_an_attempt_unless_something_is_in_review(vendor: Vendor) -> None:
    assert reported(vendor, STARTED, Says.ENDED, 4) == [VerificationFailed]
    assert reported(vendor, live(vendor, (Says.HANDED_IN, 2)), Says.ENDED, 4) == [ReviewDecided]


@each_that_says(Says.CLOSED)
def test_a_final_rejection_closes_verification(vendor: Vendor) -> None:
    hold = live(vendor, (Says.CLOSED, 4)).hold(HOLD)
    assert hold is not None
    assert hold.progress.verification_closed


@each_decider
def test_a_session_that_was_replaced_says_nothing(vendor: Vendor) -> None:
    replaced = apply(POLICY, STARTED, press(3, "s2")).account
    for meaning in vendor.statuses.keys() - {Says.IGNORED}:
        assert heard(vendor, replaced, vendor.says(meaning, 4)) == Ignored(reason="the session is over"), meaning
    approved = receive(vendor, replaced, vendor.says(Says.APPROVED, 5, session="s2"))
    assert phase(approved, END) == "restored"
    assert heard(vendor, approved, vendor.says(Says.APPROVED, 6)) == Ignored(reason="the session is over")


@each_decider
def test_a_pass_that_is_taken_back_ends_the_identity_and_holds(vendor: Vendor) -> None:
    passed = live(vendor, (Says.HANDED_IN, 2), (Says.APPROVED, 4))
    assert passed.identity_at(END) == "personal"
    for meaning in AGAINST & vendor.statuses.keys():
        revoked = live(vendor, (meaning, 30), account=passed)
        assert revoked.identity_at(END) is None
        denied = check(revoked, END)
        assert isinstance(denied, Denied)
        assert [hold.trigger for hold in denied.holds] == [triggers.VERIFICATION_REVOKED]
        assert live(vendor, (meaning, 30), account=revoked) == revoked
        assert live(vendor, (meaning, 3), account=passed) == passed, "an older verdict takes nothing back"


@each_decider
def test_a_session_serves_every_hold_that_knows_it(vendor: Vendor) -> None:
    account = apply(POLICY, STARTED, flag(1, "r", "reported"), press(2, hold="r:reported")).account
    assert phase(live(vendor, (Says.HANDED_IN, 3), (Says.APPROVED, 4), account=account), END) == "restored"


@each_decider
def test_a_clock_that_lags_loses_no_verdict(vendor: Vendor) -> None:
    assert phase(live(vendor, (Says.HANDED_IN, 0.5), (Says.APPROVED, 0.75)), END) == "restored"


@each_vendor
def test_a_session_that_no_hold_knows_is_kept(vendor: Vendor) -> None:
    outcome = heard(vendor, Account(id="a1"), vendor.says(Says.HANDED_IN, 4))
    assert outcome == Unreadable(path="session", problem="must be one that a hold of the account knows, got `s1`")
    outcome = read(vendor.source, vendor.says(Says.HANDED_IN, 4), lambda _: "a1", NINE)
    assert isinstance(outcome, Unreadable)
    assert outcome.path == "account"
