"""A decision, a refusal or a phase as messages: every line follows from the value that it explains.

There are two audiences. The account holder reads why, until when and what to do next, and nothing that tells a thief
which alarm went off: no rule, hold, trigger or policy, no reason that is not well known, and not the instant of the
alarm. A hold about one destination says so, and names the destination only if the request did not. Who may release a
hold is for staff too. Support reads exactly what the account holder reads and, after each line, the internal facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never, final

from withdraw_guard import operations, public_reasons
from withdraw_guard._answers.decision import Allowed, Decision, Denied
from withdraw_guard._answers.request import OpenHold
from withdraw_guard._model.events import AppealSubmitted, ReleaseOrdered
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._rules.offers import required_documents
from withdraw_guard._values.checks import check_type, check_word
from withdraw_guard._values.complete import complete
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import Document, Method, Reason
from withdraw_guard._values.vocabulary import Phase, State
from withdraw_guard.messages._codes import CODES
from withdraw_guard.messages._message import Message, say
from withdraw_guard.methods import WELL_KNOWN, Family
from withdraw_guard.steps import (
    Appeal,
    AwaitAppeal,
    AwaitReview,
    CompleteVerification,
    ContactSupport,
    Step,
    Verify,
    Wait,
)


@final
class Audience(StrEnum):
    """The reader: the account holder, or staff."""

    USER = "user"
    STAFF = "staff"


# Texts of the published guide that belong to a page and not to a decision.
NOTICE: Final = say("notice.text")
NOTICE_LINK: Final = say("notice.link")
VERIFY_PROMPT: Final = say("verify.prompt")
VERIFY_NOW: Final = say("verify.button")
CHOOSE_IDENTITY: Final = say("choice.identity")
AS_A_PERSON: Final = say("choice.personal")
AS_A_BUSINESS: Final = say("choice.business")
CHOOSE_FACE: Final = say("choice.face")
ON_THE_WEB: Final = say("choice.web")
IN_THE_APP: Final = say("choice.mobile")
SCAN_QR_CODE: Final = say("choice.qr_code")
WITHDRAWAL_APPEAL: Final = say("appeal.button")

_CHOICES: Final = complete(Family, {Family.IDENTITY: CHOOSE_IDENTITY, Family.FACE: CHOOSE_FACE})


def explain(decision: Decision, audience: Audience = Audience.USER) -> tuple[Message, ...]:
    """Say the answer, then for every hold its reason, its latest failure, and every next step with its tips.

    Holds are in the order of the decision, steps in that of the rulebook. Pass `decision.at` to `render` as `now`.
    """
    if type(decision) not in (Allowed, Denied):
        raise InvalidValue("decision", f"must be a decision, got {shown(decision)}")
    to_staff = check_word("audience", audience, Audience) is Audience.STAFF
    lines = [*opening(decision), *(_request_behind(decision) if to_staff else ())]
    if isinstance(decision, Denied):
        for hold in decision.holds:
            lines.extend(_hold_lines(decision, hold, to_staff))
    return tuple(lines)


def explain_phase(phase: Phase) -> Message:
    """Say the phase of an account, as a label of a few words."""
    return say(f"phase.{check_word('phase', phase, Phase)}")


def explain_refusal(refused: EventRefused, audience: Audience = Audience.USER) -> tuple[Message, ...]:
    """Say what the account holder can do after a refusal; to staff also what was refused and why."""
    check_type("refused", refused, EventRefused, "an EventRefused")
    to_staff = check_word("audience", audience, Audience) is Audience.STAFF
    return (_for_the_account_holder(refused), *(_refusal_behind(refused) if to_staff else ()))


# ── The answer ───────────────────────────────────────────────────────────────────────────────────────────────────


def opening(decision: Decision) -> Iterator[Message]:
    """Say allowed or denied, until when, for which destinations if not for all, and for how many reasons."""
    operation = decision.request.operation
    about: dict[str, str] = {} if operation == operations.WITHDRAWAL else {"operation": operation}
    named = "_operation" if about else ""
    if isinstance(decision, Allowed):
        yield say(f"allowed{named}", **about)
        return
    elsewhere = all(hold.destination_id is not None for hold in decision.holds)
    this = "_destination" if elsewhere and decision.request.destination_id is not None else ""
    if decision.resumes_at is None:
        yield say(f"denied.open{this}{named}", **about)
    else:
        yield say(f"denied.until{this}{named}", resumes_at=decision.resumes_at, **about)
    if elsewhere and not this:
        yield say("denied.destinations_only")
    if len(decision.holds) > 1:
        yield say("denied.several", count=len(decision.holds))


def _request_behind(decision: Decision) -> Iterator[Message]:
    yield say(
        "staff.decision",
        account=decision.account,
        operation=decision.request.operation,
        destination=decision.request.destination.value,
        phase=decision.phase.value,
    )
    if decision.request.destination_id is not None:
        yield say("staff.request_destination", destination_id=decision.request.destination_id)


# ── A hold ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _hold_lines(denied: Denied, hold: OpenHold, to_staff: bool) -> Iterator[Message]:
    yield from why(denied, hold)
    if to_staff:
        yield from _hold_behind(hold, denied.at)
    for step in hold.steps:
        yield next_step(denied, hold, step)
        yield from help_with(step)
        if to_staff:
            yield from _step_behind(step)


def why(denied: Denied, hold: OpenHold) -> Iterator[Message]:
    """Say the public reason to the account holder, and the latest failure."""
    yield _public_reason(hold)
    if hold.destination_id is not None:
        asked = denied.request.destination_id is not None
        yield say("hold.this_destination") if asked else say("hold.destination", destination_id=hold.destination_id)
    if hold.reasons:
        told = told_reasons(hold.reasons)
        yield say("hold.failed_because", reasons=told) if told else say("hold.failed")


def _public_reason(hold: OpenHold) -> Message:
    """The person made a change and may know its instant. The instant of an alarm would tell which alarm it was."""
    if hold.public_reason == public_reasons.SECURITY_CHANGE:
        return say("hold.security_change", since=hold.since)
    is_alarm = hold.public_reason == public_reasons.ABNORMAL_ACTIVITY
    return say("hold.abnormal_activity" if is_alarm else "hold.other")


def told_reasons(reasons: Collection[Reason]) -> tuple[Reason, ...]:
    """Return the reasons that the account holder may read. One that is not well known may be the name of a detector."""
    return tuple(reason for reason in reasons if f"reason.{reason}" in CODES)


def _hold_behind(hold: OpenHold, at: datetime) -> Iterator[Message]:
    yield say(
        "staff.hold",
        hold=hold.id,
        rule=hold.rule,
        trigger=hold.trigger,
        policy=hold.policy.id,
        version=hold.policy.version,
        state=hold.state.value,
        since=hold.since,
    )
    if hold.destination_id is not None:
        yield say("staff.hold_destination", destination_id=hold.destination_id)
    if hold.since <= at:
        yield say("staff.open_for", duration=at - hold.since)
    if hold.until is not None:
        yield say("staff.hold_timer", until=hold.until)
    if hold.reasons:
        yield say("staff.reasons", reasons=hold.reasons)


# ── A next step ──────────────────────────────────────────────────────────────────────────────────────────────────


def next_step(denied: Denied, hold: OpenHold, step: Step) -> Message:
    """Say one next step of a hold, in a sentence."""
    return step_message(hold, step, denied.at, waiting_is_enough=_ends_by_itself(denied, hold))


def step_message(hold: OpenHold, step: Step, at: datetime, *, waiting_is_enough: bool = False) -> Message:
    """Say a step of a hold as of this instant; only if waiting is certainly enough, say so."""
    match step:
        case Wait():
            return say("step.wait" if waiting_is_enough else "step.wait_too", until=step.until)
        case Verify():
            return say("step.verify", methods=step.methods)
        case Appeal():
            return _appealing(step, is_filed=hold.state is State.APPEAL)
        case ContactSupport():
            return say("step.contact_support")
        case CompleteVerification():
            return _completing(step)
        case AwaitReview() | AwaitAppeal():
            return _awaiting(step, at)
        case _ as never:
            assert_never(never)


def _appealing(step: Appeal, *, is_filed: bool) -> Message:
    """An appeal that was filed already waits for what was asked for."""
    code = "step.appeal_more" if is_filed else "step.appeal"
    return say(code, documents=step.documents) if step.documents else say(f"{code}_bare")


def _completing(step: CompleteVerification) -> Message:
    code = "step.hand_in" if step.documents else "step.complete_verification"
    documents = {"documents": step.documents} if step.documents else {}
    due = {} if step.due is None else {"due": step.due}
    return say(f"{code}{'_by' if due else ''}", method=step.method, **due, **documents)


def help_with(step: Step) -> Iterator[Message]:
    """Say the choices of a step, then its tips in their order; or why a reviewer asked for more."""
    if isinstance(step, Verify):
        yield from _choices(step.methods)
        yield from (say("step.tip", tip=tip) for tip in step.tips)
    if isinstance(step, CompleteVerification) and (told := told_reasons(step.reasons)):
        yield say("step.more_because", reasons=told)


def _step_behind(step: Step) -> Iterator[Message]:
    if isinstance(step, CompleteVerification) and step.reasons:
        yield say("staff.more_because", reasons=step.reasons)
    if isinstance(step, ContactSupport):
        yield say("staff.may_release", authorities=step.authorities)


def _choices(offered: Collection[Method]) -> Iterator[Message]:
    for family, choice in _CHOICES.items():
        if all(method in offered for method, known in WELL_KNOWN.items() if known.family is family):
            yield choice
    if any(method in offered for method, known in WELL_KNOWN.items() if known.scans_a_qr_code):
        yield SCAN_QR_CODE


def _ends_by_itself(denied: Denied, hold: OpenHold) -> bool:
    """Whether waiting is certainly enough. An open hold does not say whether it needs its clearance as well."""
    return denied.resumes_at is not None or all(isinstance(step, Wait) for step in hold.steps)


def _awaiting(step: AwaitReview | AwaitAppeal, at: datetime) -> Message:
    if step.due is None:
        return say(f"step.{step.step}")
    return say(f"step.{step.step}_{'by' if at < step.due else 'overdue'}", expected_by=step.due)


# ── A refusal ────────────────────────────────────────────────────────────────────────────────────────────────────

_FOR_THE_ACCOUNT_HOLDER: Final = complete(
    Refusal,
    {
        Refusal.WRONG_ACCOUNT: say("refused.look_again"),
        Refusal.UNKNOWN_HOLD: say("refused.look_again"),
        Refusal.HOLD_NOT_OPEN: say("refused.look_again"),
        Refusal.NO_CLEARANCE: say("refused.look_again"),
        Refusal.NOT_AUTHORIZED: say("refused.not_permitted"),
        Refusal.WRONG_STATE: say("refused.look_again"),
        Refusal.METHOD_NOT_ACCEPTED: say("refused.choose_another_method"),
        Refusal.ATTEMPTS_EXHAUSTED: say("refused.verification_closed"),
        Refusal.APPEAL_NOT_OFFERED: say("refused.appeal_not_offered"),
        Refusal.DOCUMENTS_MISSING: say("refused.look_again"),
        Refusal.SAME_REVIEWER: say("refused.not_permitted"),
        Refusal.STALE: say("refused.look_again"),
        Refusal.UNKNOWN_EVENT: say("refused.look_again"),
    },
)


def _for_the_account_holder(refused: EventRefused) -> Message:
    missing = missing_documents(refused)
    return say("refused.documents_missing", documents=missing) if missing else _FOR_THE_ACCOUNT_HOLDER[refused.reason]


def missing_documents(refused: EventRefused) -> tuple[Document, ...]:
    """Return the documents that a refused appeal lacked (sorted), or none if it was refused for another reason."""
    event, hold = refused.event, refused.hold
    if hold is None or not isinstance(event, AppealSubmitted) or refused.reason is not Refusal.DOCUMENTS_MISSING:
        return ()
    return tuple(sorted(required_documents(hold) - event.documents))


def _refusal_behind(refused: EventRefused) -> Iterator[Message]:
    event, hold = refused.event, refused.hold
    yield say("staff.refused", event=event.id, refusal=refused.reason.value)
    if hold is not None:
        yield _refused_hold(hold, event.at)
    if hold is not None and hold.destination_id is not None:
        yield say("staff.hold_destination", destination_id=hold.destination_id)
    if hold is not None and hold.rule.releasable_by and isinstance(event, ReleaseOrdered):
        may_release = tuple(sorted(hold.rule.releasable_by))
        yield say("staff.authorities", authority=event.authority, authorities=may_release)
    yield say("staff.outdated" if refused.outdated else "staff.early")


def _refused_hold(hold: Hold, at: datetime) -> Message:
    return say(
        "staff.hold",
        hold=hold.id,
        rule=hold.rule.id,
        trigger=hold.rule.trigger,
        policy=hold.policy.id,
        version=hold.policy.version,
        state=hold.reads_as(at).value,
        since=hold.since,
    )
