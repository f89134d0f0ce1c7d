"""Planted faults: each is found with the right code, and its replayed journal shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import attrs
import pytest
from hypothesis import given

from analysis_walks import random_policy
from lint_faults import FOUND, MISSED, Fault
from lint_innocent import INNOCENT
from strategies import policies as drawn_policies
from withdraw_guard import (
    WITHDRAWAL,
    Account,
    Appeal,
    Chosen,
    Clearance,
    InvalidValue,
    Policy,
    Request,
    Rule,
    Scope,
    SecurityEvent,
    check,
    open_holds,
    policies,
    steps,
)
from withdraw_guard.analysis import (
    Code,
    Finding,
    Severity,
    Verdict,
    compare,
    finding_told,
    lint,
    replayed,
    way_out,
)
from withdraw_guard.analysis._lint import WELL_KNOWN_TRIGGERS
from withdraw_guard.analysis._lint import _matters as matters
from withdraw_guard.analysis._lint_names import in_short, meant
from withdraw_guard.analysis._search import matters as real_matters
from withdraw_guard.calendars import business_days

HOUR = timedelta(hours=1)
TODAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
MONTH = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 30))
MATCHED = SecurityEvent(id="e1", account="a1", at=TODAY, trigger="password_changed", initiated_by="user")
SUPPORT = frozenset({"support"})
FACE, PERSONAL, NOBODY = frozenset({"face_web"}), frozenset({"identity_personal"}), frozenset[str]()
OTHER = Request(operation="an_operation_that_nobody_knows")
TO_A_KNOWN_ONE = Request(operation="withdrawal", destination="known")
Shows = Callable[[Policy, Finding], object]


def timed(name: str = "timed", hours: int = 24, **terms) -> Rule:
    return Rule(**{"id": name, "trigger": "password_changed", "duration": hours * HOUR, **terms})


def cleared(appeal: Appeal | None = None, **terms) -> Rule:
    rule = {key: terms.pop(key) for key in ("id", "duration", "lifted_by", "repeat", "releasable_by") if key in terms}
    clearance = Clearance(**{"unverified": PERSONAL, "verified": FACE, "appeal": appeal, **terms})
    return Rule(
        **{"id": "abnormal", "trigger": "abnormal_activity", "clearance": clearance, "releasable_by": SUPPORT, **rule}
    )


def account(policy: Policy, finding: Finding) -> Account:
    return replayed(policy, finding.journal)


def steps_of(policy: Policy, finding: Finding) -> set[type]:
    return {type(step) for hold in open_holds(account(policy, finding), finding.at) for step in hold.steps}


def places_nothing(policy: Policy, finding: Finding) -> bool:
    return not account(policy, finding).holds


def its_rule_places_nothing(policy: Policy, finding: Finding) -> bool:
    return finding.rule not in {hold.rule.id for hold in account(policy, finding).holds}


def others_deny_as_long(policy: Policy, finding: Finding) -> bool:
    rest = attrs.evolve(policy, rules=tuple(rule for rule in policy.rules if rule.id != finding.rule))
    at = [finding.at, finding.at + 24 * HOUR - timedelta(microseconds=1)]
    with_it, without = account(policy, finding), account(rest, finding)
    return all(bool(check(with_it, then)) is bool(check(without, then)) is False for then in at)


def offers(*step: type) -> Shows:
    return lambda policy, finding: set(step) <= steps_of(policy, finding)


def offers_neither(*step: type) -> Shows:
    return lambda policy, finding: not set(step) & steps_of(policy, finding)


def is_free(policy: Policy, finding: Finding) -> bool:
    return bool(check(account(policy, finding), finding.at, OTHER))


def is_stopped(policy: Policy, finding: Finding) -> bool:
    return not check(account(policy, finding), finding.at, OTHER)


def both_hold(policy: Policy, finding: Finding) -> bool:
    return len(account(policy, finding).holds) == 2


def skips_the_verification(policy: Policy, finding: Finding) -> bool:
    passed = any(event.type == "verification_submitted" for event in finding.journal)
    return not passed and is_free(policy, finding)


def only_support_leads_out(policy: Policy, finding: Finding) -> bool:
    return way_out(account(policy, finding), finding.at, OTHER, authorities=()) is None


def only_time_leads_out(policy: Policy, finding: Finding) -> bool:
    way = way_out(account(policy, finding), finding.at, OTHER)
    return [type(action).__name__ for action in way.actions] == ["WaitUntil"]


VERIFY, APPEAL = steps.Verify, steps.Appeal
# The calendar of the planted policies; those without a count of business days do not look at it.
ONE_DAY = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 1))
TWO_DAYS = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 2))
PLANTED: list[tuple[str, tuple[Rule, ...], Code, str | None, Shows]] = [
    ("a rule twice", (timed("a"), timed("b")), Code.RULE_NEVER_MATTERS, "b", others_deny_as_long),
    ("a shorter rule beside", (timed("a"), timed("b", 48)), Code.RULE_NEVER_MATTERS, "a", others_deny_as_long),
    (
        "a narrower rule beside",
        (timed("a", where={"vip": True}, scope=Scope(destinations="new")), timed("b")),
        Code.RULE_NEVER_MATTERS,
        "a",
        others_deny_as_long,
    ),
    (
        "two rules that cover a third together",
        (
            timed("a", scope=Scope(operations=frozenset({"withdrawal", "p2p_sale"}))),
            timed("b", scope=Scope(operations=frozenset({"withdrawal"}))),
            timed("c", scope=Scope(operations=frozenset({"p2p_sale"}))),
        ),
        Code.RULE_NEVER_MATTERS,
        "c",
        lambda policy, finding: len(account(policy, finding).holds) == 3,
    ),
    (
        "two scopes that are each longer, and neither is enough",
        (
            timed("whole", scope=Scope(operations=frozenset({"withdrawal", "p2p_sale"}))),
            timed("a", 48, scope=Scope(operations=frozenset({"withdrawal"}))),
            timed("b", 48, scope=Scope(operations=frozenset({"p2p_sale"}))),
        ),
        Code.RULE_NEVER_MATTERS,
        "whole",
        lambda policy, finding: "the other rules together hold at least as long" in finding.sentence,
    ),
    (
        "two halves that are each longer",
        (timed("whole"), *(timed(f"half-{int(vip)}", 48, where={"vip": vip}) for vip in (True, False))),
        Code.RULE_NEVER_MATTERS,
        "whole",
        lambda policy, finding: "the other rules together hold at least as long" in finding.sentence,
    ),
    ("nobody is a robot", (timed(where={"initiated_by": "robot"}),), Code.CONDITION_NEVER_MET, "timed", places_nothing),
    (
        "no method at all",
        (cleared(unverified=NOBODY, verified=NOBODY),),
        Code.CLEARANCE_WITHOUT_METHOD,
        "abnormal",
        only_support_leads_out,
    ),
    (
        "no method once verified",
        (cleared(verified=NOBODY),),
        Code.NO_METHOD_FOR_VERIFIED,
        "abnormal",
        offers_neither(VERIFY),
    ),
    (
        "no method until verified",
        (cleared(unverified=NOBODY),),
        Code.NO_METHOD_FOR_UNVERIFIED,
        "abnormal",
        offers_neither(VERIFY),
    ),
    (
        "no method once verified, but an appeal or the timer",
        (cleared(Appeal(after_failures=0), verified=NOBODY, duration=HOUR),),
        Code.NO_METHOD_FOR_VERIFIED,
        "abnormal",
        offers(APPEAL, steps.Wait),
    ),
    ("three attempts and support", (cleared(attempts=3),), Code.ATTEMPTS_RUN_OUT, "abnormal", only_support_leads_out),
    (
        "one attempt and nobody",
        (cleared(attempts=1, duration=48 * HOUR, releasable_by=frozenset()),),
        Code.ATTEMPTS_RUN_OUT,
        "abnormal",
        only_time_leads_out,
    ),
    (
        "more failures than attempts",
        (cleared(Appeal(after_failures=3), attempts=2),),
        Code.APPEAL_NEVER_OFFERED,
        "abnormal",
        offers_neither(APPEAL, VERIFY),
    ),
    (
        "failures that nobody can have",
        (cleared(Appeal(after_failures=1), unverified=NOBODY, verified=NOBODY),),
        Code.APPEAL_NEVER_OFFERED,
        "abnormal",
        offers_neither(APPEAL),
    ),
    (
        "a window shorter than the verification",
        (cleared(Appeal(within=HOUR), verify_within=2 * HOUR),),
        Code.APPEAL_WINDOW_TOO_SHORT,
        "abnormal",
        offers_neither(APPEAL),
    ),
    (
        "a window from the trigger that is shorter than the verification",
        (cleared(Appeal(after_failures=0, within=HOUR), verify_within=HOUR),),
        Code.APPEAL_WINDOW_TOO_SHORT,
        "abnormal",
        offers_neither(APPEAL),
    ),
    (
        "an appeal after one failure",
        (cleared(Appeal()),),
        Code.APPEAL_CHEAPER_THAN_VERIFICATION,
        "abnormal",
        skips_the_verification,
    ),
    (
        "an appeal without a failure",
        (cleared(Appeal(after_failures=0), attempts=1),),
        Code.APPEAL_CHEAPER_THAN_VERIFICATION,
        "abnormal",
        skips_the_verification,
    ),
    ("a kept timer", (timed(repeat="keep"),), Code.KEPT_TIMER_CUT_SHORT, "timed", is_free),
    (
        "a kept timer and a clearance",
        (cleared(duration=24 * HOUR, lifted_by="all", repeat="keep"),),
        Code.KEPT_TIMER_CUT_SHORT,
        "abnormal",
        is_free,
    ),
    (
        "a kept timer that is not there",
        (cleared(repeat="keep"),),
        Code.SETTING_WITHOUT_EFFECT,
        "abnormal",
        lambda policy, finding: len(account(policy, finding).holds) == 1,
    ),
    (
        "all of one thing",
        (timed(lifted_by="all", releasable_by=SUPPORT),),
        Code.SETTING_WITHOUT_EFFECT,
        "timed",
        only_time_leads_out,
    ),
    (
        "a scope that leaves what it does not cover",
        (timed(scope=Scope(operations=frozenset({"withdrawal"}), leaves=frozenset({"trade"}))),),
        Code.SETTING_WITHOUT_EFFECT,
        "timed",
        lambda policy, finding: check(account(policy, finding), finding.at, Request(operation="trade")),
    ),
    (
        "an operation that is misspelt",
        (timed(scope=Scope(operations=frozenset({"withdrawal", "withdrawl"}))),),
        Code.OPERATION_UNKNOWN,
        "timed",
        is_stopped,
    ),
    (
        "an alarm with a timer",
        (cleared(duration=48 * HOUR),),
        Code.TIMER_TELLS_THE_ALARM,
        "abnormal",
        offers(steps.Wait),
    ),
    (
        "a timer after what nobody knows",
        (timed(trigger="score_high"),),
        Code.TIMER_TELLS_THE_ALARM,
        "timed",
        only_time_leads_out,
    ),
    (
        "conditions with a gap",
        (timed("a", where={"score": 1}), timed("b", where={"score": 2})),
        Code.CONDITIONS_LEAVE_GAP,
        "a",
        places_nothing,
    ),
    (
        "conditions on who did it, with a gap",
        (timed("a", where={"initiated_by": "user"}), timed("b", where={"initiated_by": "admin"})),
        Code.CONDITIONS_LEAVE_GAP,
        "a",
        places_nothing,
    ),
    (
        "conditions that exclude each other",
        (timed("a", where={"vip": True}), timed("b", where={"vip": False})),
        Code.CONDITIONS_EXCLUDE_EACH_OTHER,
        "b",
        its_rule_places_nothing,
    ),
    (
        "true is not one",
        (timed("a", where={"score": 1}), timed("b", 25, where={"score": True})),
        Code.CONDITIONS_OF_DIFFERENT_TYPES,
        "b",
        both_hold,
    ),
    (
        "a calendar of one day",
        (Rule(id="counted", trigger="password_changed", business_days=1), timed()),
        Code.CALENDAR_TOO_SHORT,
        "counted",
        places_nothing,
    ),
    ("a trigger that nobody hears", (timed(),), Code.TRIGGER_UNHEARD, None, places_nothing),
    (
        "an authority that is misspelt",
        (cleared(), attrs.evolve(cleared(), id="second", trigger="second", releasable_by=frozenset({"suport"}))),
        Code.AUTHORITY_NAMED_ONCE,
        "second",
        lambda policy, finding: way_out(account(policy, finding), finding.at, authorities=["suport"]),
    ),
    *(
        (
            f"a misspelt {kind}",
            rules,
            Code.UNKNOWN_NAME,
            rules[-1].id,
            lambda _, found, kind=kind: kind in found.sentence,
        )
        for kind, rules in (
            ("operation", (timed(scope=Scope(operations=frozenset({"withdrawl"}))),)),
            ("method", (cleared(verified=frozenset({"face_wep"})),)),
            ("document", (cleared(Appeal(documents=frozenset({"id_foto"}))),)),
            ("authority", (cleared(releasable_by=frozenset({"suport"})),)),
            ("trigger", (timed(trigger="pasword_changed"),)),
            ("public reason", (timed(public_reason="legal_oder"),)),
            ("fact", (timed("a", where={"logged_in": True}), timed("b", where={"loged_in": False}))),
            ("value", (timed("a", where={"tier": "Gold"}), timed("b", where={"tier": "gold"}))),
            ("initiator", (timed(where={"initiated_by": "amin"}), timed("b", where={"initiated_by": "sytem"}))),
        )
    ),
    (
        "other operations only",
        (timed(scope=Scope(operations=frozenset({"login"}))),),
        Code.NEVER_STOPS_A_WITHDRAWAL,
        "timed",
        lambda policy, finding: check(account(policy, finding), finding.at),
    ),
    *(
        (
            f"a timer that ends before a {name}",
            (cleared(duration=2 * HOUR, **{f"{term}_within": 2 * HOUR}),),
            Code.TIMER_OPENS_BEFORE_ANYONE_CAN_VERIFY,
            "abnormal",
            lambda policy, finding: account(policy, finding).holds[0].end == finding.at + 2 * HOUR,
        )
        for name, term in (("verification", "verify"), ("review", "review"))
    ),
    ("nobody for eight days", (timed(hours=8 * 24),), Code.NOBODY_CAN_END_IT_SOONER, "timed", only_time_leads_out),
    *(
        (f"a timer that {what}", (timed("a"), timed("b", hours)), Code.DURATION_LOOKS_WRONG, "b", is_stopped)
        for what, hours in (("is short", 0.5), ("is long", 24 * 400), ("was meant to be hours", 0.4))
    ),
    (
        "a choice of minutes",
        (timed(chosen=Chosen(minimum=HOUR / 2, maximum=48 * HOUR)),),
        Code.DURATION_LOOKS_WRONG,
        "timed",
        is_stopped,
    ),
    ("for persons", (cleared(verified=PERSONAL),), Code.ONLY_FOR_PERSONS, "abnormal", offers(VERIFY)),
    (
        "for businesses",
        (cleared(unverified=frozenset({"identity_business"})),),
        Code.ONLY_FOR_BUSINESSES,
        "abnormal",
        offers(VERIFY),
    ),
    ("two attempts and an appeal", (cleared(Appeal(), attempts=2),), Code.APPEALS_RUN_OUT, "abnormal", is_stopped),
    ("the last day", (timed("d", duration=None, business_days=1),), Code.CALENDAR_ENDS_SOON, "d", is_stopped),
    (
        "new destinations only",
        (timed(scope=Scope(destinations="new")),),
        Code.LEAVES_KNOWN_ADDRESSES_OPEN,
        "timed",
        lambda policy, finding: check(
            account(policy, finding), finding.at, Request(operation="withdrawal", destination="known")
        ),
    ),
]


@pytest.mark.parametrize(
    ("rules", "code", "rule", "shows"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED]
)
def test_a_planted_fault_is_found_and_its_journal_shows_it(rules, code: Code, rule: str | None, shows: Shows) -> None:
    calendar = TWO_DAYS if code is Code.CALENDAR_ENDS_SOON else ONE_DAY
    policy = Policy(id="p", version="1", rules=rules, calendar=calendar)
    found = [
        finding for finding in lint(policy, at=calendar.days[0].begins) if (finding.code, finding.rule) == (code, rule)
    ]
    assert found, [(finding.code, finding.rule) for finding in lint(policy)]
    assert shows(policy, found[0])
    assert not found[0].sentence.endswith(".")


def test_every_code_is_planted() -> None:
    assert {row[2] for row in PLANTED} == set(Code)


def test_every_code_has_a_paragraph_and_an_example_on_its_page() -> None:
    page = (Path(__file__).parents[1] / "docs" / "lint.md").read_text(encoding="utf-8")
    for code in Code:
        paragraph = page.partition(f"\n## `{code}`\n")[2].partition("\n## ")[0]
        assert f'assert "{code}" in codes(' in paragraph
        assert len(paragraph) > 120


def test_the_published_policy_has_nothing_worse_than_a_note() -> None:
    found = lint(policies.BINANCE)
    assert {finding.severity for finding in found} == {Severity.NOTE}
    assert [(finding.code, finding.rule) for finding in found] == [
        (Code.APPEAL_CHEAPER_THAN_VERIFICATION, "abnormal-activity"),
        (Code.TRIGGER_UNHEARD, None),
    ]


def test_the_most_severe_comes_first_and_a_policy_without_rules_has_only_notes() -> None:
    rules = (timed("a", repeat="keep"), timed("b", where={"initiated_by": "robot"}))
    severities = [finding.severity for finding in lint(Policy(id="p", version="1", rules=rules))]
    order = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    assert severities == sorted(severities, key=order.index)
    assert set(severities) == set(order)
    assert {finding.code for finding in lint(Policy(id="p", version="1", rules=()))} == {Code.TRIGGER_UNHEARD}


@pytest.mark.parametrize("name", policies.GALLERY)
def test_a_published_policy_has_no_warning_but_for_a_kept_timer(name: str) -> None:
    """Of the 41 one has a timer that a trigger just before its end does not move, and that is worth a look."""
    warned = {finding.code for finding in lint(policies.GALLERY[name].policy) if finding.severity != Severity.NOTE}
    assert warned <= ({Code.KEPT_TIMER_CUT_SHORT} if name == "kraken" else set())


# ── Fifty mistakes and twenty policies without one ───────────────────────────────────────────────────────────────


def codes_that_are_new(fault: Fault) -> set[tuple[Code, str | None]]:
    """What is found after the mistake and was not before it."""
    before = {(each.code, each.rule, each.sentence) for each in lint(fault.before)}
    after = lint(fault.after, at=fault.at)
    return {(each.code, each.rule) for each in after if (each.code, each.rule, each.sentence) not in before}


@pytest.mark.parametrize("fault", FOUND, ids=lambda fault: fault.says)
def test_a_mistake_that_people_make_is_found_with_the_right_code_and_rule(fault: Fault) -> None:
    assert (fault.code, fault.rule) in codes_that_are_new(fault)


@pytest.mark.parametrize("fault", MISSED, ids=lambda fault: fault.says)
def test_what_only_its_author_knows_to_be_wrong_has_no_warning_and_is_named_in_the_docs(fault: Fault) -> None:
    assert codes_that_are_new(fault) <= {(Code.CONDITIONS_LEAVE_GAP, fault.rule)}
    page = (Path(__file__).parents[1] / "docs" / "lint-misses.md").read_text(encoding="utf-8")
    assert f"- {fault.says}:" in page


def test_of_fifty_mistakes_forty_six_are_found() -> None:
    assert (len(FOUND), len(FOUND) + len(MISSED)) == (46, 50)
    page = (Path(__file__).parents[1] / "docs" / "lint-misses.md").read_text(encoding="utf-8")
    assert "46 of 50" in page


@pytest.mark.parametrize("policy", INNOCENT, ids=lambda policy: policy.id)
def test_a_policy_without_a_fault_has_no_warning(policy: Policy) -> None:
    found = lint(policy, at=TODAY)
    assert [finding_told(each) for each in found if each.severity is not Severity.NOTE] == []


def test_there_are_twenty_policies_without_a_fault_and_none_is_in_the_gallery() -> None:
    assert len({policy.id for policy in INNOCENT}) == 20
    assert not {policy.id for policy in INNOCENT} & set(policies.GALLERY)


# ── Kinds of findings ────────────────────────────────────────────────────────────────────────────────────────────


def found_in(*rules: Rule, code: Code, at: datetime | None = None, **terms) -> list[tuple[Severity, str]]:
    policy = Policy(id="p", version="1", rules=rules, **terms)
    return [(each.severity, each.sentence) for each in lint(policy, at=at) if each.code is code]


@pytest.mark.parametrize(
    ("duration", "severity", "sentence"),
    [
        (HOUR / 2, Severity.NOTE, "its timer is 30 minutes, less than an hour"),
        (HOUR / 12, Severity.WARNING, "its timer is 5 minutes, less than an hour"),
        (24 * HOUR / 60, Severity.WARNING, "its timer is 24 minutes: did you mean 24 hours?"),
        (72 * HOUR / 60, Severity.WARNING, "its timer is 1 hour 12 minutes: did you mean 72 hours?"),
        (72 * HOUR / 3600, Severity.WARNING, "its timer is 1 minute 12 seconds: did you mean 72 hours?"),
        (367 * 24 * HOUR, Severity.WARNING, "its timer is 367 days, more than a year"),
    ],
)
def test_a_timer_looks_wrong_if_hours_were_meant(duration: timedelta, severity: Severity, sentence: str) -> None:
    assert found_in(timed(duration=duration), code=Code.DURATION_LOOKS_WRONG) == [(severity, sentence)]


def test_minutes_look_wrong_beside_a_rule_with_as_many_hours() -> None:
    rules = timed("a", 40), timed("b", trigger="other", duration=40 * HOUR / 60)
    told = [(Severity.WARNING, "its timer is 40 minutes: did you mean 40 hours?")]
    assert found_in(*rules, code=Code.DURATION_LOOKS_WRONG) == told
    assert found_in(rules[1], code=Code.DURATION_LOOKS_WRONG)[0][0] is Severity.NOTE


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"verify_within": HOUR / 60}, "its time to verify is 1 minute, less than 5 minutes"),
        ({"review_within": 400 * 24 * HOUR}, "its time to review is 400 days, more than a year"),
        ({"identity_valid_for": HOUR / 5}, "the time that an identity counts is 12 minutes: did you mean 12 hours?"),
        ({"appeal": Appeal(within=HOUR / 9)}, "its time to appeal is 6 minutes 40 seconds, less than an hour"),
        (
            {"appeal": Appeal(decide_within=500 * 24 * HOUR)},
            "its time to decide an appeal is 500 days, more than a year",
        ),
    ],
)
def test_the_time_that_people_have_looks_wrong(terms: dict[str, object], sentence: str) -> None:
    assert found_in(cleared(**terms), code=Code.DURATION_LOOKS_WRONG) == [(Severity.WARNING, sentence)]


def test_a_choice_is_told_as_a_choice_and_an_equal_timer_once() -> None:
    rule = timed(duration=HOUR / 2, chosen=Chosen(minimum=HOUR / 2, maximum=400 * 24 * HOUR))
    assert [sentence for _, sentence in found_in(rule, code=Code.DURATION_LOOKS_WRONG)] == [
        "its longest choice is 400 days, more than a year",
        "its timer is 30 minutes, less than an hour",
    ]


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("personal_identity", {"identity_personal"}, "identity_personal"),
        ("pwd_changed", {"email_changed", "password_changed"}, "password_changed"),
        ("pay", {"payment"}, None),
        ("p_changed", {"password_changed"}, None),
        ("word_changed", {"password_changed"}, None),
        ("password_mail", {"email_changed"}, None),
        ("abnormal", {"abnormal_activity"}, None),
    ],
)
def test_a_well_known_name_is_known_in_another_order_and_in_short(
    name: str, others: set[str], expected: str | None
) -> None:
    assert in_short(name, others) == expected


def test_an_authority_that_may_retract_is_misspelt_in_a_policy_with_and_without_rules() -> None:
    for rules in ((), (timed(),)):
        told = found_in(*rules, code=Code.UNKNOWN_NAME, retractable_by={"secruity"})
        assert told == [(Severity.WARNING, "`retractable_by` names the authority `secruity`: did you mean `security`?")]


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (
            {"reset": "True"},
            'expects the text `"True"` in `reset`, and an event always matches if its `reset` is `true`',
        ),
        ({"initiated_by": 7}, "expects an `initiated_by` that is no text, so every initiator matches"),
    ],
)
def test_a_condition_that_everything_meets_is_found(where: dict[str, object], sentence: str) -> None:
    rule = timed(where=where)
    assert found_in(rule, code=Code.CONDITIONS_OF_DIFFERENT_TYPES) == [(Severity.WARNING, sentence)]
    facts = {"reset": True} if "reset" in where else {}
    event = attrs.evolve(MATCHED, context=facts, initiated_by="system")
    assert replayed(Policy(id="p", version="1", rules=(rule,)), (event,)).holds


@pytest.mark.parametrize(
    ("where", "severity"),
    [
        ([{"times": 5}, {"times": 10}], Severity.NOTE),
        ([{"initiated_by": who} for who in ("user", "admin", "system")], Severity.NOTE),
        ([{"initiated_by": who} for who in ("user", "admin")], Severity.WARNING),
    ],
    ids=["numbers", "all but the policy", "not the system"],
)
def test_a_gap_that_nobody_can_close_is_a_note(where: list[dict[str, object]], severity: Severity) -> None:
    rules = (timed(f"r{number}", 24 + number, where=each) for number, each in enumerate(where))
    assert [each for each, _ in found_in(*rules, code=Code.CONDITIONS_LEAVE_GAP)] == [severity]


@pytest.mark.parametrize("operation", ["withdrawal", "fiat_withdrawal", "vault_withdrawal"])
def test_a_rule_that_holds_a_withdrawal_of_some_kind_stops_one(operation: str) -> None:
    assert not found_in(timed(scope=Scope(operations={operation, "login"})), code=Code.NEVER_STOPS_A_WITHDRAWAL)


def test_a_timer_of_business_days_may_end_before_a_review_is_due() -> None:
    def told(**terms) -> list[str]:
        rule = attrs.evolve(cleared(**terms), duration=None, business_days=1)
        return [each for _, each in found_in(rule, code=Code.TIMER_OPENS_BEFORE_ANYONE_CAN_VERIFY, calendar=MONTH)]

    after = "its timer alone ends the hold after 1 business day"
    assert told(review_business_days=3) == [f"{after}; a review is due after 3 business days"]
    assert told(review_within=72 * HOUR) == [f"{after}; a review is due after 72 hours"]
    assert told(review_within=HOUR) == []
    assert told(review_business_days=100) == []  # beyond the calendar a review has no due date


@pytest.mark.parametrize(
    ("at", "rule", "sentence"),
    [
        (
            datetime(2025, 6, 1, tzinfo=UTC),
            timed(duration=None, business_days=2),
            "the calendar begins at 2026-01-01: until then every event of the rule is refused",
        ),
        (
            datetime(2026, 1, 9, tzinfo=UTC),
            cleared(review_business_days=2),
            "the calendar ends at 2026-01-31: from then on its reviews and appeals have no due date",
        ),
        (
            datetime(2026, 1, 9, tzinfo=UTC),
            cleared(Appeal(decide_business_days=2)),
            "the calendar ends at 2026-01-31: from then on its reviews and appeals have no due date",
        ),
    ],
)
def test_a_calendar_is_looked_at_from_an_instant(at: datetime, rule: Rule, sentence: str) -> None:
    found = found_in(rule, code=Code.CALENDAR_ENDS_SOON, at=at, calendar=MONTH)
    assert found == [(Severity.WARNING, sentence)]
    assert not found_in(rule, code=Code.CALENDAR_ENDS_SOON, calendar=MONTH)


def test_a_policy_without_a_calendar_has_none_that_ends() -> None:
    assert not found_in(timed(), code=Code.CALENDAR_ENDS_SOON, at=TODAY)


def test_triggers_without_a_rule_are_one_finding() -> None:
    (found,) = [each for each in lint(policies.GALLERY["swyftx"].policy) if each.code is Code.TRIGGER_UNHEARD]
    assert found.sentence.startswith("no rule listens to `abnormal_activity`, `account_unlocked`, `email_changed`, ")
    heard = [timed(f"r{number}", trigger=trigger) for number, trigger in enumerate(WELL_KNOWN_TRIGGERS)]
    assert not found_in(*heard, code=Code.TRIGGER_UNHEARD)


def test_a_longer_calendar_is_not_about_to_end() -> None:
    years = business_days(UTC, first=date(2026, 1, 1), last=date(2026, 12, 31))
    policy = Policy(id="p", version="1", rules=(timed("d", duration=None, business_days=2),), calendar=years)
    assert Code.CALENDAR_ENDS_SOON not in {each.code for each in lint(policy, at=years.days[0].begins)}
    assert Code.CALENDAR_ENDS_SOON in {each.code for each in lint(policy, at=years.days[-30].begins)}


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("suport", {"support", "compliance"}, "support"),
        ("Vip", {"vip"}, "vip"),
        ("vip", {"vap"}, None),
        ("desk", {"disk"}, "disk"),
        ("level_1", {"level_2"}, None),
        ("withdrawal", {"withdrawal"}, None),
        ("p2p_sale", {"p2p_sales"}, "p2p_sales"),
        ("security", {"support"}, None),
    ],
)
def test_a_name_is_near_another_one_by_a_few_letters(name: str, others: set[str], expected: str | None) -> None:
    assert meant(name, others) == expected


def test_rules_that_share_a_fact_leave_a_gap_that_is_not_meant() -> None:
    def gap(*rules: Rule) -> list[Severity]:
        found = lint(Policy(id="p", version="1", rules=rules))
        return [each.severity for each in found if each.code is Code.CONDITIONS_LEAVE_GAP]

    assert gap(timed("a", where={"tier": "gold"})) == [Severity.NOTE]
    assert gap(timed("a", where={"tier": "gold"}), timed("b", 48, where={"tier": "silver"})) == [Severity.WARNING]


def test_progress_is_told_for_each_rule() -> None:
    told: list[tuple[int, int]] = []
    lint(policies.BINANCE, progress=lambda done, count: told.append((done, count)))
    assert told == [(number, 6) for number in range(1, 7)]


def test_a_setting_without_a_fault_is_not_reported() -> None:
    rules = (
        cleared(Appeal(within=3 * HOUR, after_failures=2), attempts=2, verify_within=2 * HOUR),
        timed("a", where={"vip": True}, releasable_by=frozenset({"desk"})),
        timed("b", 48, where={"vip": False}, releasable_by=frozenset({"desk"})),
        timed("brief", trigger="email_changed", duration=timedelta(microseconds=1), repeat="keep"),
        Rule(
            id="both",
            trigger="both",
            public_reason="own_request",
            duration=HOUR,
            repeat="keep",
            lifted_by="all",
            releasable_by=SUPPORT,
            clearance=Clearance(unverified=NOBODY, verified=NOBODY),
        ),
    )
    codes = {finding.code for finding in lint(Policy(id="p", version="1", rules=rules))}
    assert codes == {
        Code.APPEALS_RUN_OUT,
        Code.CLEARANCE_WITHOUT_METHOD,
        Code.CONDITIONS_EXCLUDE_EACH_OTHER,
        Code.DURATION_LOOKS_WRONG,
        Code.ONLY_FOR_PERSONS,
        Code.TRIGGER_UNHEARD,
    }


@given(policy=drawn_policies())
def test_every_finding_has_a_journal(policy: Policy) -> None:
    for finding in lint(policy):
        assert finding.journal
        assert finding.rule is None or finding.rule in {rule.id for rule in policy.rules}
        if finding.code is Code.RULE_NEVER_MATTERS:
            assert finding.rule in {hold.rule.id for hold in account(policy, finding).holds}


def test_an_invalid_finding_is_refused() -> None:
    finding = lint(policies.BINANCE)[0]
    with pytest.raises(InvalidValue, match="severity"):
        attrs.evolve(finding, severity="fatal")
    with pytest.raises(InvalidValue, match="policy"):
        lint("binance")


def test_a_window_that_ends_after_the_timer_is_not_reported() -> None:
    """When the verification lapses, the hold has ended, so no appeal is needed."""
    rule = cleared(Appeal(within=HOUR), verify_within=2 * HOUR)
    for hours, reported in ((2, False), (3, True)):
        timed_as_well = attrs.evolve(rule, duration=hours * HOUR)
        codes = {finding.code for finding in lint(Policy(id="p", version="1", rules=(timed_as_well,)))}
        assert (Code.APPEAL_WINDOW_TOO_SHORT in codes) is reported


def test_a_longer_rule_is_found_to_matter_without_writing_a_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rule of a trigger is longer than the one before, so no journal is needed to show it."""
    rules = tuple(timed(f"r{n}", n + 1) for n in range(40))
    written: list[object] = []
    monkeypatch.setattr("withdraw_guard.analysis._search.witnessed", lambda *case: written.append(case))
    findings = [each for each in lint(Policy(id="p", version="1", rules=rules)) if each.rule is not None]
    assert [each.code for each in findings] == [Code.RULE_NEVER_MATTERS] * 39
    assert all(
        each.sentence == "never matters: `r39` holds at least as long, and stops at least as much" for each in findings
    )
    assert not written


def test_what_makes_a_rule_useless_is_asked_of_the_longest_rule_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of 40 rules under conditions of their own is compared once with all others, and once with the longest."""
    asked: list[int] = []
    monkeypatch.setattr(
        "withdraw_guard.analysis._lint.matters",
        lambda policy, rule, requests: asked.append(len(list(requests))) or real_matters(policy, rule, [WITHDRAWAL]),
    )
    rules = [timed(f"r{n}", n + 1, where={"score": n}) for n in range(40)]
    codes = [each.code for each in lint(Policy(id="p", version="1", rules=(*rules, timed("long", 48))))]
    assert codes.count(Code.RULE_NEVER_MATTERS) == 40
    assert len(asked) == 81
    assert set(asked) == {1}


def test_a_rule_matters_exactly_if_the_rest_of_the_policy_allows_more() -> None:
    random = Random(12)
    found: list[bool] = []
    for _ in range(60):
        policy = random_policy(random, 4)
        for rule in policy.rules:
            rest = attrs.evolve(policy, version="2", rules=tuple(each for each in policy.rules if each is not rule))
            found.append(matters(policy, rule))
            assert found[-1] is (compare(policy, rest).verdict is not Verdict.EQUAL), (policy, rule)
    assert {True, False} == set(found)
