"""What each noun refuses: the class, its members, the path of the fault, and words of the error.

`test_checks.py` builds each row; no row may be taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Any

import attrs

from good_values import (
    BY_DAYS,
    BY_DAYS_RULE,
    CAUSE,
    CHOSEN,
    CHOSEN_RULE,
    COUNTED_RULE,
    DAY,
    HOLD,
    HOUR,
    NAIVE,
    NAMED,
    NAMED_RULE,
    NEXT_DAY,
    NINE,
    OPEN,
    RELEASED,
    REPORTED,
    RULE,
    SEVENTEEN,
    STARTED,
    SUPPORTED,
    TICK,
    good,
    held,
    in_appeal,
    in_review,
    name_of,
    trigger,
)
from ids import shown
from withdraw_guard import (
    Account,
    Actor,
    ActorKind,
    Allowed,
    Appeal,
    AppealDecided,
    AppealOutcome,
    AppealSubmitted,
    Applied,
    BusinessDay,
    Calendar,
    Chosen,
    Clearance,
    Denied,
    Destinations,
    EventRetracted,
    EventType,
    Hold,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    HoldTrigger,
    Identity,
    IdentityChanged,
    IdentityRecorded,
    IdentityReport,
    InAppeal,
    InReview,
    InVerification,
    LiftedBy,
    MoreRequested,
    Moved,
    Needed,
    Occurrence,
    OpenHold,
    Phase,
    Policy,
    PolicyRef,
    Progress,
    Refusal,
    ReleaseOrdered,
    Repeat,
    Request,
    Restored,
    ReviewDecided,
    ReviewOutcome,
    Rule,
    Scope,
    SecurityEvent,
    State,
    Suspended,
    TriggerRetracted,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    steps,
)
from withdraw_guard._model.hold import Dropped
from withdraw_guard._values.limits import DURATION_MAX, END_MAX, INSTANT_MAX, INSTANT_MIN

CONTROL = ("\x00", "a\nb", "a\rb", "a\tb", "\x7f", "\x85", "a\u2028b", "a\u2029b", "\x9b31m", "\ud800", "\udfff")
NOT_AN_IDENTIFIER = ("", "x" * 129, *CONTROL)
NOT_A_NAME = ("", "A", "Withdrawal", "1a", "_a", "a-b", "a b", "a\n", "é", "ａ", "a" * 129, "٣", "a٣", "\ud800")
NOT_A_RULE_ID = ("", "A", "1a", "-a", "a_b", "a b", "a\n", "a" * 129)
NOT_TEXT = (None, 1, True, 1.5, b"a", ["a"], ("a",))
NOT_A_DURATION = (timedelta(0), -TICK, timedelta.min, DURATION_MAX + TICK, timedelta.max, 24, 86400.0, "PT24H", True)
NOT_A_NUMBER = (-1, 10**400, True, False, 1.0, float("nan"), float("inf"), "1", b"1", [1])
NOT_NAMES = ("a", b"a", {"a": 1}, None, 1, iter(["a"]), range(10**9))

IDENTIFIERS = [
    (Account, "id"),
    (Actor, "id"),
    (Allowed, "account"),
    (Denied, "account"),
    (HoldMoved, "event"),
    (HoldPlaced, "account"),
    (HoldReleased, "event"),
    (HoldRepeated, "event"),
    (EventRetracted, "event"),
    (EventRetracted, "id"),
    (HoldTrigger, "event"),
    (IdentityChanged, "account"),
    (IdentityChanged, "id"),
    (IdentityRecorded, "event"),
    (InAppeal, "attempt"),
    (InReview, "attempt"),
    (InVerification, "attempt"),
    (Moved, "event"),
    (Occurrence, "event"),
    (Policy, "id"),
    (Policy, "version"),
    (PolicyRef, "id"),
    (PolicyRef, "version"),
    (SecurityEvent, "id"),
    (TriggerRetracted, "event"),
    (TriggerRetracted, "trigger"),
    (VerificationStarted, "account"),
]
OPTIONAL_IDENTIFIERS = [
    (AppealDecided, "attempt"),
    (AppealSubmitted, "attempt"),
    (MoreRequested, "attempt"),
    (OpenHold, "destination_id"),
    (Progress, "reviewer"),
    (Request, "account"),
    (Request, "destination_id"),
    (ReviewDecided, "attempt"),
    (SecurityEvent, "destination_id"),
    (VerificationFailed, "attempt"),
    (VerificationSubmitted, "attempt"),
]
HOLD_IDS = [
    (cls, "hold")
    for cls in (
        AppealDecided,
        AppealSubmitted,
        HoldMoved,
        HoldReleased,
        HoldRepeated,
        MoreRequested,
        ReleaseOrdered,
        ReviewDecided,
        TriggerRetracted,
        VerificationFailed,
        VerificationStarted,
        VerificationSubmitted,
    )
] + [(OpenHold, "id")]
NAMES = [
    (EventRetracted, "authority"),
    (InReview, "method"),
    (InVerification, "method"),
    (OpenHold, "public_reason"),
    (OpenHold, "trigger"),
    (ReleaseOrdered, "authority"),
    (Request, "operation"),
    (Rule, "trigger"),
    (SecurityEvent, "trigger"),
    (VerificationStarted, "method"),
    (steps.CompleteVerification, "method"),
]
SETS_OF_NAMES = [
    (Appeal, "documents"),
    (AppealSubmitted, "documents"),
    (Clearance, "unverified"),
    (Clearance, "verified"),
    (MoreRequested, "documents"),
    (Needed, "documents"),
    (Policy, "retractable_by"),
    (Rule, "releasable_by"),
    (Scope, "leaves"),
    (Scope, "operations"),
]
TUPLES_OF_NAMES = [
    (AppealDecided, "reasons"),
    (MoreRequested, "reasons"),
    (Needed, "reasons"),
    (OpenHold, "reasons"),
    (Progress, "reasons"),
    (ReviewDecided, "reasons"),
    (VerificationFailed, "reasons"),
    (steps.Appeal, "documents"),
    (steps.CompleteVerification, "documents"),
    (steps.CompleteVerification, "reasons"),
    (steps.ContactSupport, "authorities"),
    (steps.Verify, "methods"),
    (steps.Verify, "tips"),
]
OPTIONAL_DURATIONS = [
    (Appeal, "within"),
    (Appeal, "decide_within"),
    (Clearance, "verify_within"),
    (Clearance, "review_within"),
    (Clearance, "identity_valid_for"),
    (Rule, "duration"),
    (SecurityEvent, "duration"),
]
DURATIONS = [(Chosen, "minimum"), (Chosen, "maximum")]
BUSINESS_DAYS = [
    (Appeal, "decide_business_days", "decide_within"),
    (Clearance, "review_business_days", "review_within"),
    (Rule, "business_days", "duration"),
]
COUNTS = [(Appeal, "after_failures", 0), (Appeal, "limit", 1), (Clearance, "attempts", 1)]
FLAGS = [
    (Progress, "verification_closed"),
    (ReleaseOrdered, "override_stale"),
    (Restored, "released"),
    (ReviewDecided, "final"),
]
INSTANTS = [
    (cls, name)
    for cls, names in {
        Allowed: ("at",),
        AppealDecided: ("at",),
        AppealSubmitted: ("at",),
        BusinessDay: ("begins", "ends"),
        Denied: ("at",),
        Dropped: ("latest_at",),
        EventRetracted: ("at",),
        HoldMoved: ("at",),
        HoldRepeated: ("at",),
        HoldTrigger: ("at",),
        IdentityChanged: ("at",),
        IdentityRecorded: ("at",),
        InAppeal: ("opened_at",),
        InReview: ("opened_at", "submitted_at"),
        InVerification: ("opened_at",),
        Moved: ("at",),
        MoreRequested: ("at",),
        Needed: ("requested_at", "since"),
        Occurrence: ("at",),
        OpenHold: ("since",),
        ReleaseOrdered: ("at",),
        Restored: ("at",),
        ReviewDecided: ("at",),
        SecurityEvent: ("at",),
        TriggerRetracted: ("at",),
        VerificationFailed: ("at",),
        VerificationStarted: ("at",),
        VerificationSubmitted: ("at",),
    }.items()
    for name in names
]
OPTIONAL_INSTANTS = [
    (InAppeal, "due"),
    (InAppeal, "submitted_at"),
    (InReview, "due"),
    (Moved, "read_at"),
    (Progress, "failed_at"),
    (Progress, "moved_at"),
]
OPTIONAL_ENDS = [
    (Denied, "resumes_at"),
    (Dropped, "until"),
    (HoldRepeated, "until"),
    (HoldTrigger, "settled_at"),
    (HoldTrigger, "until"),
    (IdentityChanged, "valid_until"),
    (IdentityReport, "retracted_at"),
    (IdentityReport, "valid_until"),
    (OpenHold, "until"),
    (steps.AwaitAppeal, "due"),
    (steps.AwaitReview, "due"),
    (steps.CompleteVerification, "due"),
]
WORDS: list[tuple[type[Any], str, type[StrEnum]]] = [
    (Actor, "kind", ActorKind),
    (Allowed, "phase", Phase),
    (AppealDecided, "outcome", AppealOutcome),
    (Denied, "phase", Phase),
    (Moved, "type", EventType),
    (OpenHold, "state", State),
    (ReviewDecided, "outcome", ReviewOutcome),
    (Rule, "lifted_by", LiftedBy),
    (Rule, "repeat", Repeat),
    (Scope, "destinations", Destinations),
    (SecurityEvent, "initiated_by", ActorKind),
]
NESTED: list[tuple[type[Any], str, str]] = [
    (Account, "identity_report", "an IdentityReport"),
    (Allowed, "request", "a Request"),
    (AppealDecided, "by", "an Actor"),
    (Clearance, "appeal", "an Appeal"),
    (Denied, "request", "a Request"),
    (Hold, "policy", "a PolicyRef"),
    (Hold, "progress", "a Progress"),
    (Hold, "dropped", "what is left of dropped triggers"),
    (Hold, "rule", "a Rule"),
    (HoldMoved, "progress", "a Progress"),
    (HoldPlaced, "hold", "a Hold"),
    (HoldReleased, "progress", "a Progress"),
    (EventRetracted, "by", "an Actor"),
    (IdentityRecorded, "report", "an IdentityReport"),
    (IdentityReport, "source", "an Occurrence"),
    (InAppeal, "needed", "a request for more"),
    (InVerification, "needed", "a request for more"),
    (MoreRequested, "by", "an Actor"),
    (OpenHold, "policy", "a PolicyRef"),
    (Policy, "calendar", "a Calendar"),
    (ReleaseOrdered, "by", "an Actor"),
    (ReviewDecided, "by", "an Actor"),
    (Rule, "chosen", "a Chosen"),
    (Rule, "clearance", "a Clearance"),
    (Rule, "scope", "a Scope"),
]

Row = tuple[type[Any], dict[str, Any], str, str]


def rows_of_text() -> Iterator[Row]:
    for cls, field in IDENTIFIERS + OPTIONAL_IDENTIFIERS:
        yield from ((cls, {field: bad}, field, "must ") for bad in NOT_AN_IDENTIFIER)
    for cls, field in IDENTIFIERS + NAMES:
        yield from ((cls, {field: bad}, field, "must be text") for bad in NOT_TEXT)
    for cls, field in OPTIONAL_IDENTIFIERS:
        yield from ((cls, {field: bad}, field, "must be text") for bad in NOT_TEXT if bad is not None)
    for cls, field in HOLD_IDS:
        yield cls, {field: ""}, field, "must be 1 to 270 characters"
        yield cls, {field: "x" * 271}, field, "must be 1 to 270 characters"
        yield cls, {field: 7}, field, "must be text"
        yield cls, {field: "e1\n:r"}, field, "must not contain control characters"
    for cls, field in NAMES:
        yield from ((cls, {field: bad}, field, "lower-case letters, digits and `_`") for bad in NOT_A_NAME)


def rows_of_collections() -> Iterator[Row]:
    for cls, field in SETS_OF_NAMES:
        yield from ((cls, {field: bad}, field, "must be a list of names, got ") for bad in NOT_NAMES)
        yield from ((cls, {field: frozenset({bad})}, field, "must be 1 to 128 characters") for bad in NOT_A_NAME)
        yield from ((cls, {field: bad}, field, "must be text") for bad in (frozenset({1}), [1], ["a", ["b"]]))
        yield cls, {field: [f"n{i}" for i in range(2_000)]}, field, "must have at most 64 entries, got 2000"
        yield cls, {field: frozenset(f"n{i}" for i in range(65))}, field, "must have at most 64 entries, got 65"
    for cls, field in TUPLES_OF_NAMES:
        yield from ((cls, {field: bad}, field, "must be a list of names, got ") for bad in NOT_NAMES)
        yield from ((cls, {field: (bad,)}, f"{field}[0]", "must be 1 to 128 characters") for bad in NOT_A_NAME)
        yield cls, {field: ("n", 1)}, f"{field}[1]", "must be text"
        yield cls, {field: {1}}, f"{field}[0]", "must be text"
        yield cls, {field: ("n",) * 65}, field, "must have at most 64 entries, got 65"


def rows_of_numbers_and_words() -> Iterator[Row]:
    for cls, field in OPTIONAL_DURATIONS:
        yield from ((cls, {field: bad}, field, "must be ") for bad in NOT_A_DURATION)
        yield cls, {field: timedelta(0)}, field, "must be longer than zero and at most 3653 days, got `0:00:00`"
    for cls, field in DURATIONS:
        yield from ((cls, {field: bad}, field, "must be ") for bad in (*NOT_A_DURATION, None))
    for cls, field, least in COUNTS:
        for bad in (least - 1, 1_001, *NOT_A_NUMBER):
            yield cls, {field: bad}, field, f"must be a whole number from {least} to 1000"
    for cls, field, other in BUSINESS_DAYS:
        yield from (
            (cls, {field: bad}, field, "must be a whole number from 1 to 366") for bad in (0, 367, *NOT_A_NUMBER)
        )
        yield cls, {field: 1, other: HOUR}, field, f"must not be given beside `{other}`"
    for cls, field in FLAGS:
        yield from ((cls, {field: bad}, field, "must be true or false") for bad in (None, 0, 1, "true", [], 1.0))


def rows_of_instants() -> Iterator[Row]:
    not_a_datetime = ("2026-01-05T09:00:00Z", 0, NINE.date())
    for cls, field in INSTANTS + OPTIONAL_INSTANTS + OPTIONAL_ENDS:
        yield cls, {field: NAIVE}, field, "must be an aware datetime, got a naive one"
        yield cls, {field: INSTANT_MIN - TICK}, field, "must be between 2000-01-01 and 22"
        yield from ((cls, {field: bad}, field, "must be a datetime") for bad in not_a_datetime)
    for cls, field in INSTANTS:
        yield cls, {field: None}, field, "must be a datetime"
    for cls, field in INSTANTS + OPTIONAL_INSTANTS:
        yield cls, {field: INSTANT_MAX + TICK}, field, "must be between 2000-01-01 and 2200-01-01"
    for cls, field in OPTIONAL_ENDS:
        yield cls, {field: END_MAX + TICK}, field, "must be between 2000-01-01 and 2210-01-0"


def rows_of_words_and_values() -> Iterator[Row]:
    for cls, field, vocabulary in WORDS:
        choices = "must be one of `" + "`, `".join(vocabulary) + "`, got "
        wrong = ("", "nonsense", next(iter(vocabulary)).upper(), " user", None, 1, True, ["user"], Refusal.STALE)
        yield from ((cls, {field: bad}, field, choices) for bad in wrong)
    for cls, field, noun in NESTED:
        wrong = ("x", 1, {}, [], object(), Suspended())
        yield from ((cls, {field: bad}, field, f"must be {noun}, got ") for bad in wrong)


UNTOUCHED: dict[str, Any] = {"progress": Progress(), "triggers": (CAUSE,)}
RULED_OUT: list[Row] = [
    # The policy.
    (Rule, {"id": None}, "id", "must be text"),
    *(
        (Rule, {"id": bad}, "id", "lower-case letters, digits and `-` that begin with a letter")
        for bad in NOT_A_RULE_ID
    ),
    *((OpenHold, {"rule": bad}, "rule", "lower-case letters, digits and `-`") for bad in NOT_A_RULE_ID),
    (Scope, {"operations": frozenset()}, "operations", 'must name at least one operation, or be "*" for all of them'),
    (Scope, {"operations": "withdrawal"}, "operations", "must be a list of names, got `withdrawal`"),
    (Rule, {"where": [("a", 1)]}, "where", "must be facts by name, got a list"),
    (Rule, {"where": "a"}, "where", "must be facts by name, got `a`"),
    (Rule, {"where": {"": 1}}, "where", "must be 1 to 128 characters"),
    (Rule, {"where": {"a\n": 1}}, "where", "must not contain control characters"),
    (Rule, {"where": {1: 1}}, "where", "must be text"),
    (Rule, {"where": {"a": 1.5}}, "where.a", "must be text, an integer or a boolean, got `1.5`"),
    (Rule, {"where": {"a": None}}, "where.a", "must be text, an integer or a boolean, got `null`"),
    (Rule, {"where": {"a": ["x"]}}, "where.a", "must be text, an integer or a boolean, got a list"),
    (Rule, {"where": {"a": Identity.PERSONAL}}, "where.a", "must be text, an integer or a boolean"),
    (Rule, {"where": {"a": 2**63}}, "where.a", "must be an integer of at most 64 bits"),
    (Rule, {"where": {"a": -(2**63)}}, "where.a", "must be an integer of at most 64 bits"),
    (Rule, {"where": {"a": 10**4_000}}, "where.a", "got a whole number of more than 256 bits"),
    (Rule, {"where": {"a": "x" * 1_025}}, "where.a", "must be at most 1024 characters, got 1025"),
    (Rule, {"where": {"a": "\x1b[2J"}}, "where.a", "must not contain control characters"),
    (Rule, {"where": {"a": "\ud800"}}, "where.a", "lone surrogates"),
    (Rule, {"where": {f"n{i}": i for i in range(65)}}, "where", "must be at most 64 facts, got 65"),
    (SecurityEvent, {"context": {"a": 1.5}}, "context.a", "must be text, an integer or a boolean"),
    (Policy, {"rules": [RULE]}, "rules", "must be a tuple of rules, got a list"),
    (Policy, {"rules": None}, "rules", "must be a tuple of rules"),
    (Policy, {"rules": (RULE, "r")}, "rules[1]", "must be a Rule, got `r`"),
    (Policy, {"rules": (RULE, RULE)}, "rules[1].id", "must be unique in the policy, got `r` again"),
    (Policy, {"rules": (RULE,) * 257}, "rules", "must be at most 256 rules, got 257"),
    (Chosen, {"minimum": 9 * HOUR + TICK}, "maximum", "must not be shorter than `minimum`"),
    (Rule, {"chosen": CHOSEN}, "chosen", "must not be given beside a clearance"),
    (Rule, {"chosen": CHOSEN, "clearance": None, "duration": None}, "duration", "must be within `chosen`"),
    (Rule, {"chosen": CHOSEN, "clearance": None, "duration": HOUR - TICK}, "duration", "must be within `chosen`"),
    (Rule, {"chosen": CHOSEN, "clearance": None, "duration": 9 * HOUR + TICK}, "duration", "must be within `chosen`"),
    (
        Rule,
        {"chosen": CHOSEN, "clearance": None, "duration": None, "business_days": 1},
        "duration",
        "must be within `chosen`",
    ),
    (
        Rule,
        {"chosen": CHOSEN, "clearance": None, "repeat": "keep"},
        "repeat",
        "must not be `keep`, because the account",
    ),
    (Rule, {"public_reason": "A"}, "public_reason", "lower-case letters, digits and `_`"),
    (Rule, {"public_reason": 7}, "public_reason", "must be text"),
    (
        Scope,
        {"leaves": frozenset({"withdrawal"})},
        "leaves",
        "must not name what `operations` covers, got `withdrawal`",
    ),
    (Scope, {"operations": "*"}, "leaves", "must be empty, because the scope covers every operation"),
    *(
        (
            Rule,
            {"scope": NAMED, "repeat": repeat},
            "repeat",
            "must be `separate` ",
        )
        for repeat in ("extend", "keep")
    ),
    *(
        (
            Policy,
            {"rules": (rule,), "calendar": None},
            "calendar",
            "must be given, because the rule `r` counts business",
        )
        for rule in (
            COUNTED_RULE,
            BY_DAYS_RULE,
            good(Rule, clearance=attrs.evolve(BY_DAYS, appeal=None)),
            good(Rule, clearance=attrs.evolve(BY_DAYS, review_business_days=None)),
        )
    ),
    (BusinessDay, {"ends": NINE}, "ends", "must be after `begins`"),
    (BusinessDay, {"begins": NINE + 2 * HOUR}, "ends", "must be after `begins`"),
    (Calendar, {"days": [DAY]}, "days", "must be a tuple of business days, got a list"),
    (Calendar, {"days": ()}, "days", "must be 1 to 4000 days, got 0"),
    (Calendar, {"days": (DAY, (NINE, NINE))}, "days[1]", "must be a BusinessDay, got a `tuple`"),
    (Calendar, {"days": (NEXT_DAY, DAY)}, "days[1].begins", "must not be before the end of the day before it"),
    (
        Calendar,
        {"days": (DAY, BusinessDay(begins=NINE + HOUR - TICK, ends=NINE + 2 * HOUR))},
        "days[1].begins",
        "must not be before the end of the day before it",
    ),
    (Calendar, {"days": (DAY, DAY)}, "days[1].begins", "must not be before the end of the day before it"),
    # The events.
    (ReleaseOrdered, {"note": None}, "note", "must be text"),
    (ReleaseOrdered, {"note": "x" * 2_001}, "note", "must be at most 2000 characters, got 2001"),
    (ReleaseOrdered, {"note": "\x00"}, "note", "must not contain control characters"),
    (ReleaseOrdered, {"note": "\udfff"}, "note", "lone surrogates"),
    (IdentityChanged, {"identity": "nobody"}, "identity", "must be one of `personal`, `business`, got `nobody`"),
    (IdentityChanged, {"identity": False}, "identity", "must be one of `personal`, `business`"),
    *((EventRetracted, {"note": bad}, "note", "must be text") for bad in (None, 7, ["a"])),
    *((EventRetracted, {"note": bad}, "note", "must say why the event is retracted") for bad in ("", " ", "\n")),
    (EventRetracted, {"note": "x" * 2_001}, "note", "must be at most 2000 characters, got 2001"),
    (IdentityChanged, {"identity": None}, "valid_until", "must be left out, because no identity was verified"),
    (IdentityChanged, {"valid_until": NINE}, "valid_until", "must be after the instant of the report"),
    # The progress: what no sequence of events can leave behind.
    (InReview, {"submitted_at": NINE - TICK}, "submitted_at", "must not be before `opened_at`"),
    *(
        (cls, {"needed": good(Needed, since=NINE - TICK)}, "needed.since", "must not be before `opened_at`")
        for cls in (InVerification, InAppeal)
    ),
    (InAppeal, {"submitted_at": NINE - TICK}, "submitted_at", "must not be before `opened_at`"),
    (InAppeal, {"submitted_at": None}, "submitted_at", "must be given, unless the appeal waits for more"),
    (InAppeal, {"submitted_at": None, "due": None, "needed": None}, "submitted_at", "must be given, unless the appeal"),
    *(
        (Moved, {"type": kind}, "type", "must be an event that moves a hold, got `")
        for kind in ("security_event", EventType.IDENTITY_CHANGED, EventType.EVENT_RETRACTED)
    ),
    *((Moved, {"read_at": at}, "read_at", "must be after `at`") for at in (NINE, NINE - HOUR)),
    (Progress, {"state": "suspended"}, "state", "must be one of the five states of a hold"),
    (Progress, {"state": None}, "state", "must be one of the five states of a hold"),
    (Progress, {"state": Suspended}, "state", "must be one of the five states of a hold"),
    *(
        (Progress, {field: bad}, field, "must be a whole number that is not negative")
        for field in ("failures", "appeals")
        for bad in (-1, True, 1.0, None, "1")
    ),
    (Progress, {"failures": 0}, "failed_at", "must be given exactly when something has failed"),
    (Progress, {"failed_at": None}, "failed_at", "must be given exactly when something has failed"),
    (Progress, {"failed_at": NAIVE}, "failed_at", "must be an aware datetime"),
    (Progress, {"moved_at": None}, "moved_at", "must be given exactly when some event has moved the hold"),
    (Progress, {"moves": ()}, "moved_at", "must be given exactly when some event has moved the hold"),
    (Progress, {"moves": (), "moved_at": None}, "moves", "must be given exactly when some event has moved the hold"),
    (Progress, {"moves": [STARTED] * 17}, "moves", "must be a list of the events that moved the hold"),
    (Progress, {"moves": (STARTED,) * 17}, "moves", "must be at most 16 events, got 17"),
    (Progress, {"moves": (STARTED, "e2")}, "moves[1]", "must be an event that moved the hold"),
    (Progress, {"moved_at": NINE}, "moved_at", "must not be before anything that moved the hold"),
    (Progress, {"failed_at": NINE + HOUR + TICK}, "moved_at", "must not be before anything that moved the hold"),
    (
        Progress,
        {"reviewer": None, "verification_closed": True},
        "verification_closed",
        "must follow a rejected review",
    ),
    (
        Progress,
        {"failures": 0, "failed_at": None, "verification_closed": True},
        "verification_closed",
        "must follow a rejected review",
    ),
    (Progress, {"failures": 0, "failed_at": None}, "reviewer", "must have rejected or approved something"),
    # The hold.
    *(
        (Hold, {"id": bad}, "id", "must be the id of its cause and of its rule, `e1:r`, or that with `#2`")
        for bad in ("e1:s", "e2:r", "e1", "r", "e1:r#", "e1:r#0", "e1:r#1", "e1:r#02", "e1:r#2x", "e1:r#-2", "e1:r##2")
    ),
    (Hold, {"id": "e1:r#\N{BENGALI DIGIT FOUR}"}, "id", "must be the id of its cause"),
    (Hold, {"id": "e1:r#12345678901"}, "id", "must be the id of its cause"),
    (Hold, {"id": 7}, "id", "must be text"),
    (Hold, {"triggers": [CAUSE]}, "triggers", "must be a list of triggers"),
    (Hold, {"triggers": ()}, "triggers", "must be 1 to 16 triggers, got 0"),
    (Hold, {"triggers": SEVENTEEN}, "triggers", "must be 1 to 16 triggers, got 17"),
    (Hold, {"triggers": (CAUSE, "e3")}, "triggers[1]", "must be a trigger, got `e3`"),
    (Hold, {"triggers": (CAUSE, CAUSE)}, "triggers[1]", "must be another event than the triggers before it"),
    (Hold, {"triggers": (trigger(until=1),)}, "triggers[0].until", "must be given exactly "),
    *(
        (Hold, {**UNTOUCHED, "rule": rule}, "triggers[0].until", "must be given exactly ")
        for rule in (CHOSEN_RULE, COUNTED_RULE, NAMED_RULE, good(Rule))
    ),
    *(
        (
            Hold,
            {"progress": Progress(), "rule": CHOSEN_RULE, "triggers": (trigger(hours=hours, until=hours + length),)},
            "triggers[0].until",
            "must be as long after the trigger as the rule lets people choose",
        )
        for hours in (0, 1)
        for length in (0.99, 0, -1, 9.01)
    ),
    *(
        (
            Hold,
            {"progress": Progress(), "rule": good(Rule), "triggers": (trigger(until=length),)},
            "triggers[0].until",
            "must be as long after the trigger as the rule says",
        )
        for length in (0.99, 1.01, -1)
    ),
    *(
        (
            Hold,
            {"progress": Progress(), "rule": COUNTED_RULE, "triggers": (attrs.evolve(CAUSE, until=until),)},
            "triggers[0].until",
            "must be an end that a calendar can have for business day number 2",
        )
        for until in (NINE + 2 * TICK, NINE, NINE - HOUR, INSTANT_MAX + TICK)
    ),
    (Hold, {"dropped": Dropped(latest_at=NINE)}, "dropped", "must be what a full memory of triggers has dropped"),
    (
        Hold,
        {"triggers": SEVENTEEN[:16], "dropped": good(Dropped)},
        "dropped",
        "must be what a full memory of triggers has dropped",
    ),
    (Hold, {"destination_id": "bc1q"}, "destination_id", "must be left out, because the rule is not about single"),
    *(
        (
            Hold,
            {**UNTOUCHED, "rule": NAMED_RULE, "triggers": (trigger(until=1),), "destination_id": bad},
            "destination_id",
            "must ",
        )
        for bad in (*NOT_AN_IDENTIFIER, *NOT_TEXT)
        if bad is not None
    ),
    (
        Hold,
        {
            "progress": Progress(),
            "rule": NAMED_RULE,
            "triggers": (trigger(until=1), trigger("e2", 1, 3)),
            "destination_id": "bc1q",
        },
        "triggers",
        "must be one, because no event joins a hold about one destination",
    ),
    *(
        (
            Hold,
            {"rule": RULE, "progress": progress, "triggers": (CAUSE,)},
            "progress.state.due",
            "must be left out, because the rule",
        )
        for progress in (in_review(NINE + 9 * HOUR), in_appeal(NINE + 9 * HOUR, failures=1))
    ),
    *(
        (
            Hold,
            {"rule": BY_DAYS_RULE, "progress": progress, "triggers": (CAUSE,)},
            "progress.state.due",
            "must be an end that a calendar can have for business day number 2",
        )
        for progress in (in_review(NINE + HOUR + 2 * TICK), in_appeal(NINE + HOUR + 2 * TICK))
    ),
    *(
        (cls, {"due": due}, "due", "must be after the instant")
        for cls in (InReview, InAppeal)
        for due in (NINE, NINE - HOUR)
    ),
    # The account and what refers to it.
    *(
        (Account, {field: bad}, path, words)
        for field in ("reports", "retracted_reports", "retractions")
        for bad, path, words in (
            ([REPORTED], field, "must be a list of events"),
            ((REPORTED,) * 17, field, "must be at most 16 events, got 17"),
            ((REPORTED, "e1"), f"{field}[1]", "must be an Occurrence"),
        )
    ),
    (
        Account,
        {"holds": (HOLD, held(RULE, trigger("e2", 1), CAUSE))},
        "holds[1]",
        "must not share a trigger with another hold of its rule",
    ),
    (Account, {"holds": [HOLD]}, "holds", "must be a list of holds"),
    (Account, {"holds": ("e1:r",)}, "holds[0]", "must be a Hold, got `e1:r`"),
    (Account, {"holds": (HOLD, HOLD)}, "holds[1].id", "must be unique in the account, got `e1:r` again"),
    (IdentityReport, {"identity": "nobody"}, "identity", "must be one of `personal`, `business`"),
    (IdentityReport, {"identity": None}, "valid_until", "must be left out, because no identity was verified"),
    (IdentityReport, {"valid_until": NINE}, "valid_until", "must be after the instant of the report"),
    (IdentityRecorded, {"event": "e2"}, "report.source", "must be the event that reported it"),
    (IdentityRecorded, {"at": NINE + TICK}, "report.source", "must be the event that reported it"),
    (
        IdentityRecorded,
        {"report": good(IdentityReport)},
        "report.retracted_at",
        "must be the instant of the retraction",
    ),
    (HoldPlaced, {"event": "e2"}, "hold.triggers[0]", "must be the event that placed it"),
    (HoldPlaced, {"at": NINE + TICK}, "hold.triggers[0]", "must be the event that placed it"),
    (
        HoldPlaced,
        {"hold": held(RULE, trigger(settled_at=NINE))},
        "hold.triggers[0]",
        "must be the event that placed it",
    ),
    (HoldPlaced, {"pruned": "e0:r"}, "pruned", "must be a list of hold ids"),
    (HoldPlaced, {"pruned": ("e0:r", "")}, "pruned[1]", "must be 1 to 270 characters"),
    (HoldPlaced, {"pruned": ("e1:r",)}, "pruned[0]", "must be another hold than the one placed"),
    (HoldPlaced, {"hold": good(Hold)}, "hold.progress", "must be untouched, because the hold was only just placed"),
    (
        HoldMoved,
        {"event": "e1", "at": NINE, "progress": RELEASED},
        "progress.state",
        "must not be released",
    ),
    (HoldMoved, {"progress": Progress()}, "progress.moves", "must end with the event that moved the hold"),
    (HoldMoved, {"at": NINE}, "progress.moves", "must end with the event that moved the hold"),
    (HoldMoved, {"event": "e9"}, "progress.moves", "must end with the event that moved the hold"),
    (HoldReleased, {"event": "e2"}, "progress.moves", "must end with the event that moved the hold"),
    (Applied, {"account": "a1"}, "account", "must be an Account"),
    (Applied, {"changes": []}, "changes", "must be a tuple of changes"),
    (Applied, {"changes": (HOLD,)}, "changes", "must be changes"),
    (HoldReleased, {"at": NINE + TICK}, "progress.state", "must be restored, released at the instant of the order"),
    (HoldReleased, {"progress": Progress()}, "progress.state", "must be restored, released at the instant"),
    # The decision.
    (
        OpenHold,
        {"state": State.RESTORED},
        "state",
        "must not be `restored`, because a cleared hold that is open is suspended",
    ),
    (OpenHold, {"steps": ()}, "steps", "must be one next step or more"),
    (OpenHold, {"steps": [SUPPORTED]}, "steps", "must be a tuple of steps"),
    (OpenHold, {"steps": (Appeal(),)}, "steps", "must be one next step or more"),
    (Denied, {"resumes_at": NINE}, "resumes_at", "must be after the instant of the question"),
    (Denied, {"resumes_at": NINE - HOUR}, "resumes_at", "must be after the instant of the question"),
    (Denied, {"holds": ()}, "holds", "must name what denies"),
    (
        Denied,
        {"request": Request(operation="withdrawal", destination_id="bc1r")},
        "holds[0].destination_id",
        "must be the destination of the request",
    ),
    (Denied, {"holds": [OPEN]}, "holds", "must be a tuple of open holds"),
    (Denied, {"holds": (OPEN, HOLD)}, "holds[1]", "must be an OpenHold, got a `Hold`"),
    (Denied, {"phase": Phase.ACTIVE}, "phase", "must be a phase with an open hold, got `active`"),
    (Denied, {"phase": "restored"}, "phase", "must be a phase with an open hold, got `restored`"),
    (steps.Wait, {"until": None}, "until", "must be a datetime"),
    (steps.Wait, {"until": NAIVE}, "until", "must be an aware datetime"),
]
REFUSED = [
    *rows_of_text(),
    *rows_of_collections(),
    *rows_of_numbers_and_words(),
    *rows_of_instants(),
    *rows_of_words_and_values(),
    *RULED_OUT,
]


def row_id(row: Row) -> str:
    cls, members, _, _ = row
    ordered = {name: sorted(value, key=repr) if type(value) is frozenset else value for name, value in members.items()}
    return f"{name_of(cls)}-" + ",".join(f"{name}={shown(str(value), 30)}" for name, value in ordered.items())
