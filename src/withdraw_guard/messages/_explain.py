"""A decision, a refusal or a phase as messages: every line follows from the value that it explains.

    decision ──explanation_of──▶ answer, and for each hold: why, then each next step ──explain──▶ the lines in order

There are two audiences. The account holder reads why, until when, what to do next and who else can end it, and nothing
that tells a thief which alarm went off: no rule, hold, trigger or policy, no reason of a failure that is not well
known, and no instant of a trigger. Why is the public reason of the rule, and nothing else. Support reads exactly what
the account holder reads and, after each line, the internal facts.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Final, assert_never, final

import attrs

from withdraw_guard import authorities, methods, operations, public_reasons
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
from withdraw_guard._values.value import Value
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


@final
class Relation(StrEnum):
    """How the next steps of one hold belong together. Beside other holds, each of them has to end."""

    ONLY = "only"
    """There is one step."""
    ANY = "any"
    """Any one of the steps may end the hold; if one of them is to wait, waiting alone is enough."""
    WAIT_AND_PERHAPS_MORE = "wait_and_perhaps_more"
    """The waiting time is one thing, and another step may be needed as well."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Control(Value):
    """One method to choose, or one document to attach, with the label of its control."""

    name: Method | Document
    label: Message
    scans_a_qr_code: bool = False


@final
@attrs.frozen(kw_only=True, repr=False)
class ExplainedStep(Value):
    """A next step: what to say, what helps with it, the controls in the order of a page, and the label of its button.

    `step` has the instants and names, without a reason that is not well known. `behind` is for staff.
    """

    step: Step
    says: Message
    help: tuple[Message, ...]
    controls: tuple[Control, ...]
    button: Message | None
    behind: tuple[Message, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class ExplainedHold(Value):
    """Why a hold stops the request, and what can be done about it. `behind` is for staff."""

    why: tuple[Message, ...]
    relation: Relation
    steps: tuple[ExplainedStep, ...]
    behind: tuple[Message, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class Explanation(Value):
    """A decision as a page shows it: the answer, then the holds in the order of the decision, each with its steps.

    Nothing but `behind` names a rule, a hold, a trigger or a policy, and `behind` is empty unless it is for staff.
    """

    answer: tuple[Message, ...]
    holds: tuple[ExplainedHold, ...]
    behind: tuple[Message, ...]

    @property
    def lines(self) -> tuple[Message, ...]:
        """Every message in the order of reading."""
        parts = [self.answer, self.behind]
        for hold in self.holds:
            parts += [hold.why, hold.behind]
            for step in hold.steps:
                parts += [(step.says,), step.help, step.behind]
        return tuple(chain.from_iterable(parts))


# Texts of the published guide that belong to a page and not to a decision.
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
# The labels of the well-known methods, in the order in which a person reads them.
_LABELS: Final = {
    methods.IDENTITY_PERSONAL: AS_A_PERSON,
    methods.IDENTITY_BUSINESS: AS_A_BUSINESS,
    methods.FACE_WEB: ON_THE_WEB,
    methods.FACE_MOBILE: IN_THE_APP,
}
_PLACES: Final = {method: place for place, method in enumerate(_LABELS)}

# What the account holder sees happen, so that the day on which it began betrays nothing.
_SEEN: Final = frozenset(
    {
        public_reasons.ADDRESS_ADDED,
        public_reasons.EXCHANGE_MADE,
        public_reasons.MONEY_RECEIVED,
        public_reasons.NEW_ACCOUNT,
        public_reasons.NEW_DEVICE,
        public_reasons.OWN_REQUEST,
        public_reasons.PURCHASE_MADE,
        public_reasons.SECURITY_CHANGE,
    }
)


def explain(decision: Decision, audience: Audience = Audience.USER) -> tuple[Message, ...]:
    """Say the answer, then for every hold its reason, its latest failure, and every next step with its tips.

    Holds are in the order of the decision, steps in that of the rulebook. Pass `decision.at` to `render` as `now`.
    """
    return explanation_of(decision, audience).lines


def explanation_of(decision: Decision, audience: Audience = Audience.USER) -> Explanation:
    """Return what `explain` says, grouped by hold and by step, for a page; an allow has no holds."""
    if type(decision) not in (Allowed, Denied):
        raise InvalidValue("decision", f"must be a decision, got {shown(decision)}")
    to_staff = check_word("audience", audience, Audience) is Audience.STAFF
    return Explanation(
        answer=tuple(_answer(decision)),
        holds=tuple(_explained_holds(decision, to_staff)) if isinstance(decision, Denied) else (),
        behind=tuple(_request_behind(decision)) if to_staff else (),
    )


def notice_of(denied: Denied) -> Message | None:
    """Return the notice that fits a denial, to show with `NOTICE_LINK`; or none.

    Abnormal activity has a notice of its own. Otherwise a denial that ends by itself has one: until when it is.
    """
    check_type("denied", denied, Denied, "a Denied")
    flagged = [hold for hold in denied.holds if hold.public_reason == public_reasons.ABNORMAL_ACTIVITY]
    if flagged:
        of_all = any(hold.destination_id is None for hold in flagged)
        is_plain = of_all and denied.request.operation == operations.WITHDRAWAL
        return say("notice.abnormal_activity" if is_plain else "notice.abnormal_activity_some")
    return None if denied.resumes_at is None else say("notice.timed", resumes_at=denied.resumes_at)


def explain_phase(phase: Phase) -> Message:
    """Say the phase of an account, as a label of a few words."""
    return say(f"phase.{check_word('phase', phase, Phase)}")


def explain_refusal(refused: EventRefused, audience: Audience = Audience.USER) -> tuple[Message, ...]:
    """Say what the account holder can do after a refusal; to staff also what was refused and why."""
    check_type("refused", refused, EventRefused, "an EventRefused")
    to_staff = check_word("audience", audience, Audience) is Audience.STAFF
    return (_for_the_account_holder(refused), *(_refusal_behind(refused) if to_staff else ()))


# ── The answer ───────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(decision: Decision) -> Iterator[Message]:
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


def _explained_holds(denied: Denied, to_staff: bool) -> Iterator[ExplainedHold]:
    for hold in denied.holds:
        enough = _ends_by_itself(denied, hold)
        yield ExplainedHold(
            why=tuple(_why(denied, hold)),
            relation=_relation(hold, enough),
            steps=tuple(_explained_step(hold, step, denied.at, enough, to_staff) for step in hold.steps),
            behind=tuple(_hold_behind(hold, denied.at)) if to_staff else (),
        )


def _ends_by_itself(denied: Denied, hold: OpenHold) -> bool:
    """Whether waiting is certainly enough. An open hold does not say whether it needs its clearance as well."""
    return denied.resumes_at is not None or all(isinstance(step, Wait) for step in hold.steps)


def _relation(hold: OpenHold, waiting_is_enough: bool) -> Relation:
    if len(hold.steps) == 1:
        return Relation.ONLY
    waits = any(isinstance(step, Wait) for step in hold.steps)
    return Relation.WAIT_AND_PERHAPS_MORE if waits and not waiting_is_enough else Relation.ANY


def _why(denied: Denied, hold: OpenHold) -> Iterator[Message]:
    """Say the public reason, the day on which it began if the account holder saw it, and the latest failure."""
    # A reason for which the catalogue has no text is rendered as `unspecified`.
    yield say(f"why.{hold.public_reason}")
    if hold.public_reason in _SEEN and hold.since <= denied.at:
        yield say("hold.began_on", began_on=hold.since)
    if hold.destination_id is not None:
        asked = denied.request.destination_id is not None
        yield say("hold.this_destination") if asked else say("hold.destination", destination_id=hold.destination_id)
    if hold.reasons:
        told = told_reasons(hold.reasons)
        yield say("hold.failed_because", reasons=told) if told else say("hold.failed")


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
    yield say("staff.public_reason", public_reason=hold.public_reason)
    if hold.public_reason not in _SEEN:
        yield say("staff.keep_to_yourself")
    if hold.destination_id is not None:
        yield say("staff.hold_destination", destination_id=hold.destination_id)
    if hold.since <= at:
        yield say("staff.open_for", duration=at - hold.since)
    if hold.until is not None:
        yield say("staff.hold_timer", until=hold.until)
    if hold.reasons:
        yield say("staff.reasons", reasons=hold.reasons)


# ── A next step ──────────────────────────────────────────────────────────────────────────────────────────────────


def _explained_step(hold: OpenHold, step: Step, at: datetime, waiting_is_enough: bool, to_staff: bool) -> ExplainedStep:
    return ExplainedStep(
        step=_without_unknown_reasons(step),
        says=step_message(hold, step, at, waiting_is_enough=waiting_is_enough),
        help=tuple(_help_with(hold, step, waiting_is_enough)),
        controls=_controls(step),
        button=_button(step),
        behind=tuple(_step_behind(step)) if to_staff else (),
    )


def _without_unknown_reasons(step: Step) -> Step:
    if isinstance(step, CompleteVerification):
        return attrs.evolve(step, reasons=told_reasons(step.reasons))
    return step


def step_message(hold: OpenHold, step: Step, at: datetime, *, waiting_is_enough: bool = False) -> Message:
    """Say a step of a hold as of this instant; only if waiting is certainly enough, say so."""
    match step:
        case Wait():
            return say("step.wait" if waiting_is_enough else "step.wait_too", until=step.until)
        case Verify():
            code = "step.verify" if _LABELS.keys() >= set(step.methods) else "step.verify_otherwise"
            return say(code, methods=_in_order(step.methods))
        case Appeal():
            return _appealing(step, is_filed=hold.state is State.APPEAL)
        case ContactSupport():
            code = "step.contact_support" if authorities.SUPPORT in step.authorities else "step.ask_others"
            return say(code, authorities=step.authorities)
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


def _help_with(hold: OpenHold, step: Step, waiting_is_enough: bool) -> Iterator[Message]:
    """Say what else may be done, the choices and the tips, why more is needed, or that nothing can be done now."""
    match step:
        case Wait() if waiting_is_enough and any(_can_be_taken(other) for other in hold.steps):
            yield say("step.sooner")
        case Verify():
            yield from _choices(step.methods)
            yield from (say("step.tip", tip=tip) for tip in step.tips)
        case CompleteVerification():
            told = told_reasons(step.reasons)
            if told:
                yield say("step.more_because", reasons=told)
        case ContactSupport() if authorities.SUPPORT not in step.authorities and not waiting_is_enough:
            if all(isinstance(other, Wait | ContactSupport) for other in hold.steps):
                yield say("step.nothing_now")
        case _:
            return


def _can_be_taken(step: Step) -> bool:
    """Whether the account holder can do it, beside waiting."""
    if isinstance(step, ContactSupport):
        return authorities.SUPPORT in step.authorities
    return isinstance(step, Verify | Appeal | CompleteVerification)


def _controls(step: Step) -> tuple[Control, ...]:
    if isinstance(step, Verify):
        return tuple(_method_control(method) for method in _in_order(step.methods))
    documents = step.documents if isinstance(step, Appeal | CompleteVerification) else ()
    return tuple(Control(name=name, label=say(f"document.{name}")) for name in documents)


def _in_order(offered: Collection[Method]) -> tuple[Method, ...]:
    """A person comes before a business and the web before the app, as in the published guide; then all others."""
    return tuple(sorted(offered, key=lambda method: _PLACES.get(method, len(_PLACES))))


def _method_control(method: Method) -> Control:
    known = WELL_KNOWN.get(method)
    return Control(
        name=method,
        label=_LABELS.get(method, say(f"method.{method}")),
        scans_a_qr_code=known is not None and known.scans_a_qr_code,
    )


def _button(step: Step) -> Message | None:
    if isinstance(step, Verify | CompleteVerification):
        return VERIFY_NOW
    return WITHDRAWAL_APPEAL if isinstance(step, Appeal) else None


def _step_behind(step: Step) -> Iterator[Message]:
    if isinstance(step, CompleteVerification) and step.reasons:
        yield say("staff.more_because", reasons=step.reasons)


def _choices(offered: Collection[Method]) -> Iterator[Message]:
    for family, choice in _CHOICES.items():
        if all(method in offered for method, known in WELL_KNOWN.items() if known.family is family):
            yield choice
    if any(method in offered for method, known in WELL_KNOWN.items() if known.scans_a_qr_code):
        yield SCAN_QR_CODE


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
