"""One good example of every noun, and what tests make of it: holds, triggers, progress."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

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
    Destination,
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
    InvalidValue,
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
    apply,
    steps,
)
from withdraw_guard._model.hold import Dropped

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
NAIVE = datetime(2026, 1, 5, 9)  # noqa: DTZ001

SUPPORT = frozenset({"support"})
CLEARANCE = Clearance(
    unverified=frozenset({"identity_personal"}),
    verified=frozenset({"face_web"}),
    attempts=3,
    verify_within=HOUR,
    review_within=2 * HOUR,
    identity_valid_for=9_000 * HOUR,
    appeal=Appeal(limit=2, within=30 * HOUR, decide_within=HOUR, documents=frozenset({"id_photo"})),
)
CHOSEN = Chosen(minimum=HOUR, maximum=9 * HOUR)
BY_DAYS = Clearance(
    unverified=frozenset({"identity_personal"}),
    verified=frozenset(),
    review_business_days=2,
    appeal=Appeal(after_failures=0, decide_business_days=2),
)
DAY = BusinessDay(begins=NINE, ends=NINE + HOUR)
NEXT_DAY = BusinessDay(begins=NINE + 2 * HOUR, ends=NINE + 3 * HOUR)
CALENDAR = Calendar(days=(DAY, NEXT_DAY))
RULE = Rule(id="r", trigger="abnormal_activity", clearance=CLEARANCE, releasable_by=SUPPORT)
CHOSEN_RULE = Rule(id="r", trigger="t", duration=2 * HOUR, chosen=CHOSEN)
COUNTED_RULE = Rule(id="r", trigger="t", business_days=2)
NAMED = Scope(destinations=Destinations.NAMED)
NAMED_RULE = Rule(
    id="r", trigger="t", scope=NAMED, duration=2 * HOUR, repeat=Repeat.SEPARATE, chosen=CHOSEN, releasable_by=SUPPORT
)
REF = PolicyRef(id="p", version="1")
REPORTED = Occurrence(event="e1", at=NINE)
CAUSE = HoldTrigger(event="e1", at=NINE)
STARTED = Moved(type=EventType.VERIFICATION_STARTED, event="e2", at=NINE + HOUR)
MOVED: dict[str, Any] = {"moves": (STARTED,), "moved_at": NINE + HOUR}
VERIFYING = InVerification(attempt="e2", opened_at=NINE + HOUR, method="identity_personal")
HOLD = Hold(id="e1:r", rule=RULE, policy=REF, triggers=(CAUSE,))
ADMIN = Actor(id="r-7", kind=ActorKind.ADMIN)
EVENT = {"id": "e9", "account": "a1", "at": NINE}
CHANGE = {"account": "a1", "event": "e1", "at": NINE}
RELEASED = Progress(
    state=Restored(at=NINE, released=True),
    moves=(Moved(type=EventType.RELEASE_ORDERED, event="e1", at=NINE),),
    moved_at=NINE,
)
SUPPORTED = steps.ContactSupport(authorities=("support",))
OPEN = OpenHold(
    id="e1:r",
    rule="r",
    trigger="abnormal_activity",
    policy=REF,
    state=State.SUSPENDED,
    since=NINE,
    until=NINE + HOUR,
    reasons=("poor_light",),
    public_reason="abnormal_activity",
    steps=(steps.Wait(until=NINE + HOUR), SUPPORTED),
    destination_id="bc1q",
)
REQUEST = Request(operation="withdrawal")
NEEDED = Needed(requested_at=NINE, since=NINE + HOUR)

GOOD: dict[type[Any], dict[str, Any]] = {
    Scope: {
        "operations": frozenset({"withdrawal"}),
        "destinations": Destinations.NEW,
        "leaves": frozenset({"teleportation"}),
    },
    Appeal: {
        "after_failures": 1,
        "limit": 1,
        "within": HOUR,
        "decide_within": HOUR,
        "documents": frozenset({"d"}),
        "decide_business_days": None,
    },
    Chosen: {"minimum": HOUR, "maximum": 9 * HOUR},
    BusinessDay: {"begins": NINE, "ends": NINE + HOUR},
    Calendar: {"days": (DAY, NEXT_DAY)},
    Clearance: {name: getattr(CLEARANCE, name) for name in attrs.fields_dict(Clearance)},
    Rule: {
        "id": "r",
        "trigger": "abnormal_activity",
        "where": {"device": "phone", "score": 7, "trusted": False},
        "scope": Scope(),
        "duration": HOUR,
        "clearance": CLEARANCE,
        "lifted_by": LiftedBy.ALL,
        "repeat": Repeat.EXTEND,
        "releasable_by": SUPPORT,
        "chosen": None,
        "business_days": None,
        "public_reason": "own_request",
    },
    PolicyRef: {"id": "p", "version": "1"},
    Policy: {
        "id": "p",
        "version": "1",
        "rules": (RULE,),
        "calendar": CALENDAR,
        "retractable_by": frozenset({"security"}),
    },
    Actor: {"id": "r-7", "kind": ActorKind.ADMIN},
    SecurityEvent: {
        **EVENT,
        "trigger": "t",
        "initiated_by": ActorKind.USER,
        "context": {"a": True},
        "duration": HOUR,
        "destination_id": "bc1q",
    },
    VerificationStarted: {**EVENT, "hold": "e1:r", "method": "face_web"},
    VerificationSubmitted: {**EVENT, "hold": "e1:r", "attempt": "e2"},
    VerificationFailed: {**EVENT, "hold": "e1:r", "attempt": "e2", "reasons": ("poor_light",)},
    ReviewDecided: {
        **EVENT,
        "hold": "e1:r",
        "attempt": "e2",
        "by": ADMIN,
        "outcome": ReviewOutcome.REJECTED,
        "reasons": ("poor_light",),
        "final": True,
    },
    MoreRequested: {
        **EVENT,
        "hold": "e1:r",
        "attempt": "e2",
        "by": ADMIN,
        "reasons": ("poor_light",),
        "documents": frozenset({"id_photo"}),
    },
    AppealSubmitted: {**EVENT, "hold": "e1:r", "attempt": "e2", "documents": frozenset({"id_photo"})},
    AppealDecided: {
        **EVENT,
        "hold": "e1:r",
        "attempt": "e2",
        "by": ADMIN,
        "outcome": AppealOutcome.GRANTED,
        "reasons": (),
    },
    ReleaseOrdered: {
        **EVENT,
        "hold": "e1:r",
        "by": ADMIN,
        "authority": "support",
        "note": "two\nlines",
        "override_stale": True,
    },
    IdentityChanged: {**EVENT, "identity": Identity.BUSINESS, "valid_until": NINE + 9_000 * HOUR},
    EventRetracted: {**EVENT, "event": "e1", "by": ADMIN, "authority": "security", "note": "wrong\naccount"},
    Suspended: {},
    Needed: {
        "requested_at": NINE,
        "since": NINE + HOUR,
        "reasons": ("poor_light",),
        "documents": frozenset({"id_photo"}),
    },
    InVerification: {"attempt": "e2", "opened_at": NINE, "method": "face_web", "needed": NEEDED},
    InReview: {
        "attempt": "e2",
        "opened_at": NINE,
        "method": "face_web",
        "submitted_at": NINE,
        "due": NINE + HOUR,
    },
    InAppeal: {"attempt": "e2", "opened_at": NINE, "submitted_at": NINE, "due": NINE + HOUR, "needed": NEEDED},
    Restored: {"at": NINE, "released": True},
    Moved: {
        "type": EventType.VERIFICATION_STARTED,
        "event": "e2",
        "at": NINE,
        "read_at": NINE + TICK,
    },
    Progress: {
        "state": VERIFYING,
        "failures": 1,
        "failed_at": NINE,
        "verification_closed": False,
        "appeals": 1,
        "reasons": ("poor_light",),
        "reviewer": "r-7",
        **MOVED,
    },
    Occurrence: {"event": "e1", "at": NINE},
    HoldTrigger: {"event": "e1", "at": NINE, "until": NINE + HOUR, "settled_at": NINE + TICK},
    Dropped: {"latest_at": NINE, "until": NINE + HOUR},
    Hold: {
        "id": "e1:r",
        "rule": RULE,
        "policy": REF,
        "triggers": (CAUSE, HoldTrigger(event="e3", at=NINE + HOUR)),
        "progress": Progress(state=VERIFYING, **MOVED),
        "destination_id": None,
        "dropped": None,
    },
    IdentityReport: {
        "identity": Identity.PERSONAL,
        "source": REPORTED,
        "valid_until": NINE + 9 * HOUR,
        "retracted_at": NINE + HOUR,
    },
    Account: {
        "id": "a1",
        "holds": (HOLD,),
        "identity_report": IdentityReport(identity=None, source=REPORTED),
        "reports": (REPORTED,),
        "retracted_reports": (REPORTED,),
        "retractions": (REPORTED,),
    },
    HoldPlaced: {**CHANGE, "hold": HOLD, "pruned": ("e0:r",)},
    HoldRepeated: {**CHANGE, "hold": "e0:r", "until": NINE + HOUR},
    TriggerRetracted: {**CHANGE, "hold": "e0:r", "trigger": "e0"},
    HoldMoved: {
        "account": "a1",
        "event": "e2",
        "at": NINE + HOUR,
        "hold": "e1:r",
        "progress": Progress(state=VERIFYING, **MOVED),
    },
    HoldReleased: {**CHANGE, "hold": "e1:r", "progress": RELEASED},
    IdentityRecorded: {**CHANGE, "report": IdentityReport(identity=None, source=REPORTED)},
    Request: {
        "operation": "withdrawal",
        "destination": Destination.KNOWN,
        "destination_id": "bc1q",
        "account": "a1",
    },
    OpenHold: {name: getattr(OPEN, name) for name in attrs.fields_dict(OpenHold)},
    Allowed: {"account": "a1", "at": NINE, "request": REQUEST, "phase": Phase.ACTIVE},
    Denied: {
        "account": "a1",
        "at": NINE,
        "request": REQUEST,
        "phase": Phase.SUSPENDED,
        "resumes_at": NINE + HOUR,
        "holds": (OPEN,),
    },
    Applied: {"account": Account(id="a1"), "changes": ()},
    steps.Wait: {"until": NINE},
    steps.Verify: {"methods": ("face_web",), "tips": ("good_light",)},
    steps.Appeal: {"documents": ("id_photo",)},
    steps.ContactSupport: {"authorities": ("support",)},
    steps.CompleteVerification: {
        "method": "face_web",
        "due": NINE,
        "reasons": ("poor_light",),
        "documents": ("id_photo",),
    },
    steps.AwaitReview: {"due": NINE},
    steps.AwaitAppeal: {"due": NINE},
}


def name_of(cls: type) -> str:
    return f"steps.{cls.__name__}" if cls.__module__.endswith(".steps") else cls.__name__


def good(cls: type[Any], **changed: Any) -> Any:
    return cls(**{**GOOD[cls], **changed})


each_noun = pytest.mark.parametrize("cls", GOOD, ids=name_of)


def trigger(event: str = "e1", hours: float = 0, until: float | None = None, **members: Any) -> HoldTrigger:
    """What a hold remembers of an event so many hours after nine, with the end of the timer that it set."""
    end = None if until is None else NINE + until * HOUR
    return HoldTrigger(event=event, at=NINE + hours * HOUR, until=end, **members)


def held(rule: Rule, *triggers: HoldTrigger, **changed: Any) -> Hold:
    """An untouched hold of the rule with these triggers, or with one of nine o'clock."""
    remembered = triggers or (CAUSE,)
    hold_id = f"{remembered[0].event}:{rule.id}"
    return Hold(**{"id": hold_id, "rule": rule, "policy": REF, "triggers": remembered, **changed})


STAFF_RULE = Rule(id="r", trigger="t", repeat=Repeat.SEPARATE, releasable_by=SUPPORT)
SEVENTEEN = tuple(HoldTrigger(event=f"e{number}", at=NINE + number * HOUR) for number in range(1, 18))


def moved(kind: str, event: str = "e4", hours: float = 1) -> Moved:
    return Moved(type=EventType(kind), event=event, at=NINE + hours * HOUR)


def in_review(due: datetime | None) -> Progress:
    opened_at = NINE + HOUR
    state = InReview(attempt="e2", opened_at=opened_at, method="identity_personal", submitted_at=opened_at, due=due)
    return Progress(state=state, moves=(STARTED, moved("verification_submitted")), moved_at=opened_at)


def in_appeal(due: datetime | None, failures: int = 0) -> Progress:
    opened_at = NINE + HOUR
    state = InAppeal(attempt="e4", opened_at=opened_at, submitted_at=opened_at, due=due)
    failed_at = NINE if failures else None
    moves = (moved("appeal_submitted"),)
    return Progress(state=state, appeals=1, moves=moves, moved_at=opened_at, failures=failures, failed_at=failed_at)


BY_DAYS_RULE = Rule(id="r", trigger="t", clearance=BY_DAYS, releasable_by=SUPPORT)


def separate_holds(count: int) -> Account:
    """So many holds of a `separate` rule; one more than may be open side by side is told as an invalid value."""
    account, policy = Account(id="a1"), good(Policy, rules=(STAFF_RULE,))
    for number in range(count):
        event = good(SecurityEvent, id=f"e{number}", context={}, duration=None)
        account = apply(policy, account, event).account
    if len(account.holds) < count:
        raise InvalidValue("holds", "were joined")
    return account


FRESH = Account(id="a1")
HELD = good(Account, identity_report=None)
TRIGGER = good(SecurityEvent, id="e8", trigger="password_changed", context={})
