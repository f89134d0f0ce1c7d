"""What the rulebook leaves as it is: journals that a reader would not expect, each with what it says about them.

The rules are followed here, because nothing that the guard can know tells these journals from right ones.
"""

from __future__ import annotations

from .clauses import ADDRESS, DAY, PROOF, addresses, decision_at, flags
from .rulebook import Json, Reference
from .story import (
    ACCOUNT,
    FAR,
    WITHDRAWAL,
    appeal,
    appealed,
    at,
    clearance,
    failed,
    flag,
    more,
    policy,
    retracted,
    reviewed,
    rule,
    started,
    submitted,
)


def told(policy: Json, *events: Json) -> Reference:
    reference = Reference(ACCOUNT)
    for event in events:
        assert reference.handle(policy, event) == "applied", event
    return reference


def decision(reference: Reference, hours: float, **request: object) -> object:
    return decision_at(hours, **request).see(reference, [])


WRONG_DATES = [flag(name, FAR, destination_id=name) for name in ("v", "w")]


def test_two_wrong_dates_among_sixteen_addresses_prune_an_open_hold() -> None:
    """(rule 26) From the sixteenth on, the second latest trigger is all that says how late it is."""
    reference = told(ADDRESS, *addresses(1, 15), *WRONG_DATES)
    assert decision(reference, 16, destination_id="d1") == "allowed"
    assert decision(reference, 16, destination_id="d2") == "denied"


def test_two_wrong_dates_among_sixteen_addresses_swallow_what_nobody_has_seen() -> None:
    """(rule 26) It stays swallowed when they are retracted: it is to be reported again, and then it is held."""
    reference = told(ADDRESS, *addresses(1, 14), *WRONG_DATES, flag("f", 15, destination_id="d"))
    assert decision(reference, 16, destination_id="d") == "allowed"
    for event in [retracted("x", 16, "v"), retracted("y", 16, "w"), flag("f", 15, destination_id="d")]:
        assert reference.handle(ADDRESS, event) == "applied"
    assert decision(reference, 16, destination_id="d") == "denied"


def test_two_wrong_dates_end_an_open_verification() -> None:
    """(rule 9) One wrong date prunes nothing; two of them prune a hold whose timer would have ended it."""
    either = policy(rule(duration="P5D", clearance=clearance()))
    reference = told(either, flag("f", 0), started("v", 1), flag("w", FAR), flag("x", FAR + 200))
    assert [hold["id"] for hold in reference.holds] == ["w:r", "x:r"]
    assert decision(reference, 2) == "denied"


def test_a_dropped_flag_holds_nobody_when_all_that_are_remembered_are_retracted() -> None:
    """(rule 6) Of seventeen flags the second is dropped: sixteen retractions end the hold."""
    retractions = [retracted(f"x{number}", 20, f"e{number}") for number in (0, *range(2, 17))]
    reference = told(PROOF, *flags(0, 16), *retractions)
    assert decision(reference, 20) == "allowed"


def test_a_retracted_wrong_date_comes_back_when_it_was_dropped() -> None:
    """(rule 6) What is settled is dropped first, however late its timer is; what comes back denies."""
    month = policy(rule(duration="P30D"))
    wrong = flag("wrong", 700)
    reference = told(month, flag("f", 0), wrong, retracted("x", 2, "wrong"), *flags(3, 17), wrong)
    assert reference.check(at(18), WITHDRAWAL)["resumes_at"] == at(700 + 30 * 24)


def test_an_older_request_for_more_replaces_the_documents_of_a_newer_one() -> None:
    """(rule 13) In an appeal the request that comes last says which documents are needed."""
    reference = told(
        policy(rule(clearance=clearance(appeal=appeal()))),
        flag("f", 0),
        started("v", 1),
        failed("e", 2),
        appealed("a", 3),
        more("m", 6, attempt="a", documents=("passport",)),
        more("l", 5, attempt="a"),
    )
    assert reference.holds[0]["stage"]["documents"] == []


def test_a_move_with_a_wrong_date_leaves_customer_support() -> None:
    """(rules 18, 30) Moves are not retracted: every later start is stale, and the steps say so."""
    reference = told(PROOF, flag("f", 0), started("v", 1), failed("e", FAR))
    outcome = reference.handle(PROOF, started("w", 2))
    assert not isinstance(outcome, str)
    assert (outcome.reason, outcome.outdated) == ("stale", True)
    assert [step["step"] for step in reference.check(at(2), WITHDRAWAL)["holds"][0]["steps"]] == ["contact_support"]


def test_a_machine_clears_a_newer_flag_where_the_clock_of_the_submission_runs_ahead() -> None:
    """(rule 18) What was submitted is believed to be as new as it says: hosts date events by `not_after`."""
    approval = reviewed("y", 6, "approved", attempt="v", kind="system")
    reference = told(PROOF, flag("f", 0), started("v", 1), submitted("s", 9, attempt="v"), flag("g", 5), approval)
    assert decision(reference, 6) == "allowed"


def test_a_retraction_before_the_report_is_refused_until_the_report_is_there() -> None:
    """(rule 30) It is not outdated, so it is delivered again."""
    reference = Reference(ACCOUNT)
    outcome = reference.handle(DAY, retracted("x", 1, "f"))
    assert not isinstance(outcome, str)
    assert (outcome.reason, outcome.outdated) == ("unknown_event", False)
    assert [reference.handle(DAY, event) for event in (flag("f", 0), retracted("x", 1, "f"))] == ["applied", "applied"]
    assert decision(reference, 1) == "allowed"
