"""May this account withdraw at this instant, and if not, why, until when, and what can be done about it?

    policy × account × event  → apply →  account, changes
    account × instant × request  → check →  Allowed | Denied

No clock, no randomness, no I/O: `at` is always an argument.
"""

from __future__ import annotations

from withdraw_guard import (
    authorities,
    calendars,
    documents,
    methods,
    operations,
    policies,
    reasons,
    steps,
    tips,
    triggers,
)
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Allowed, Decision, Denied
from withdraw_guard._answers.open import next_change_at, open_holds, phase
from withdraw_guard._answers.request import WITHDRAWAL, OpenHold, Request
from withdraw_guard._model.account import Account, IdentityReport
from withdraw_guard._model.calendar import BusinessDay, Calendar
from withdraw_guard._model.changes import (
    Applied,
    Change,
    ChangeType,
    HoldMoved,
    HoldPlaced,
    HoldReleased,
    HoldRepeated,
    IdentityRecorded,
)
from withdraw_guard._model.events import (
    Actor,
    AppealDecided,
    AppealSubmitted,
    Event,
    EventType,
    HoldEvent,
    IdentityChanged,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._model.policy import (
    EVERYTHING,
    Appeal,
    Chosen,
    Clearance,
    Everything,
    Policy,
    PolicyRef,
    Rule,
    Scope,
)
from withdraw_guard._model.progress import (
    HoldState,
    InAppeal,
    InReview,
    InVerification,
    Moved,
    Progress,
    Restored,
    Suspended,
)
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.apply import apply, replay
from withdraw_guard._rules.decide import decide
from withdraw_guard._rules.evolve import evolve
from withdraw_guard._rules.transitions import TABLE, Move
from withdraw_guard._values.errors import GuardError, InvalidValue
from withdraw_guard._values.facts import Fact, Facts
from withdraw_guard._values.ids import (
    AccountId,
    ActorId,
    Authority,
    DestinationId,
    Document,
    EventId,
    HoldId,
    Method,
    Operation,
    PolicyId,
    Reason,
    RuleId,
    Tip,
    Trigger,
    Version,
)
from withdraw_guard._values.public import publish as _publish
from withdraw_guard._values.vocabulary import (
    ActorKind,
    AppealOutcome,
    Destination,
    Destinations,
    Identity,
    LiftedBy,
    Phase,
    Repeat,
    ReviewOutcome,
    State,
)

__all__ = [
    "EVERYTHING",
    "TABLE",
    "WITHDRAWAL",
    "Account",
    "AccountId",
    "Actor",
    "ActorId",
    "ActorKind",
    "Allowed",
    "Appeal",
    "AppealDecided",
    "AppealOutcome",
    "AppealSubmitted",
    "Applied",
    "Authority",
    "BusinessDay",
    "Calendar",
    "Change",
    "ChangeType",
    "Chosen",
    "Clearance",
    "Decision",
    "Denied",
    "Destination",
    "DestinationId",
    "Destinations",
    "Document",
    "Event",
    "EventId",
    "EventRefused",
    "EventType",
    "Everything",
    "Fact",
    "Facts",
    "GuardError",
    "Hold",
    "HoldEvent",
    "HoldId",
    "HoldMoved",
    "HoldPlaced",
    "HoldReleased",
    "HoldRepeated",
    "HoldState",
    "Identity",
    "IdentityChanged",
    "IdentityRecorded",
    "IdentityReport",
    "InAppeal",
    "InReview",
    "InVerification",
    "InvalidValue",
    "LiftedBy",
    "Method",
    "Move",
    "Moved",
    "Occurrence",
    "OpenHold",
    "Operation",
    "Phase",
    "Policy",
    "PolicyId",
    "PolicyRef",
    "Progress",
    "Reason",
    "Refusal",
    "ReleaseOrdered",
    "Repeat",
    "Request",
    "Restored",
    "ReviewDecided",
    "ReviewOutcome",
    "Rule",
    "RuleId",
    "Scope",
    "SecurityEvent",
    "State",
    "Suspended",
    "Tip",
    "Trigger",
    "VerificationFailed",
    "VerificationStarted",
    "VerificationSubmitted",
    "Version",
    "apply",
    "authorities",
    "calendars",
    "check",
    "decide",
    "documents",
    "evolve",
    "methods",
    "next_change_at",
    "open_holds",
    "operations",
    "phase",
    "policies",
    "reasons",
    "replay",
    "steps",
    "tips",
    "triggers",
]

_publish(vars())
