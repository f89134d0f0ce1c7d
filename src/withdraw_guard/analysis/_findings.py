"""Findings about a policy: what was found, how severe it is, and the shortest journal that shows it."""

from datetime import datetime
from enum import StrEnum
from typing import Final, final

import attrs

from withdraw_guard import authorities
from withdraw_guard._model.policy import Rule
from withdraw_guard._values.checks import check_type, check_word
from withdraw_guard._values.ids import RuleId
from withdraw_guard._values.value import Value, settle
from withdraw_guard.analysis._people import Journal, matching_event

WELL_KNOWN_AUTHORITIES: Final = frozenset({authorities.COMPLIANCE, authorities.SECURITY, authorities.SUPPORT})


@final
class Severity(StrEnum):
    """How likely a finding is a mistake: from worth knowing, to certainly not meant."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@final
class Code(StrEnum):
    """What was found. The codes are stable, so that a host can keep a list of accepted ones."""

    CONDITION_NEVER_MET = "condition-never-met"
    CALENDAR_TOO_SHORT = "calendar-too-short"
    CLEARANCE_WITHOUT_METHOD = "clearance-without-method"
    ATTEMPTS_RUN_OUT = "attempts-run-out"
    APPEAL_NEVER_OFFERED = "appeal-never-offered"
    RULE_NEVER_MATTERS = "rule-never-matters"
    NO_METHOD_FOR_UNVERIFIED = "no-method-for-unverified"
    NO_METHOD_FOR_VERIFIED = "no-method-for-verified"
    APPEAL_WINDOW_TOO_SHORT = "appeal-window-too-short"
    KEPT_TIMER_CUT_SHORT = "kept-timer-cut-short"
    CONDITIONS_LEAVE_GAP = "conditions-leave-gap"
    CONDITIONS_OF_DIFFERENT_TYPES = "conditions-of-different-types"
    OPERATION_UNKNOWN = "operation-unknown"
    AUTHORITY_NAMED_ONCE = "authority-named-once"
    APPEAL_CHEAPER_THAN_VERIFICATION = "appeal-cheaper-than-verification"
    CONDITIONS_EXCLUDE_EACH_OTHER = "conditions-exclude-each-other"
    SETTING_WITHOUT_EFFECT = "setting-without-effect"
    TIMER_TELLS_THE_ALARM = "timer-tells-the-alarm"
    UNKNOWN_NAME = "unknown-name"
    NEVER_STOPS_A_WITHDRAWAL = "never-stops-a-withdrawal"
    TIMER_OPENS_BEFORE_ANYONE_CAN_VERIFY = "timer-opens-before-anyone-can-verify"
    NOBODY_CAN_END_IT_SOONER = "nobody-can-end-it-sooner"
    DURATION_LOOKS_WRONG = "duration-looks-wrong"
    ONLY_FOR_PERSONS = "only-for-persons"
    ONLY_FOR_BUSINESSES = "only-for-businesses"
    APPEALS_RUN_OUT = "appeals-run-out"
    CALENDAR_ENDS_SOON = "calendar-ends-soon"
    LEAVES_KNOWN_ADDRESSES_OPEN = "leaves-known-addresses-open"
    TRIGGER_UNHEARD = "trigger-unheard"


@final
@attrs.frozen(kw_only=True, repr=False)
class Finding(Value):
    """A fact about a policy, and the shortest journal that shows it at an instant.

    `rule` is none if the finding is about the whole policy.
    """

    code: Code
    severity: Severity
    rule: RuleId | None
    sentence: str
    journal: Journal
    at: datetime

    def __attrs_post_init__(self) -> None:
        settle(self, "code", check_word("code", self.code, Code))
        settle(self, "severity", check_word("severity", self.severity, Severity))
        check_type("journal", self.journal, tuple, "a tuple of events")


def once(rule: Rule, at: datetime) -> Journal:
    """Return the journal of one event that matches the rule."""
    return (matching_event(rule, "e1", at),)


def found(
    code: Code, severity: Severity, rule: Rule | None, sentence: str, journal: Journal, at: datetime | None = None
) -> Finding:
    """Return a finding; without `at` it is shown at the latest event of the journal."""
    return Finding(
        code=code,
        severity=severity,
        rule=None if rule is None else rule.id,
        sentence=sentence,
        journal=journal,
        at=max(event.at for event in journal) if at is None else at,
    )
