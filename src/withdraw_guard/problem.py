"""A denial or a refusal as a web response: RFC 9457 problem details, `Retry-After`, and an AuthZEN 1.0 evaluation.

The `type` of a problem names the *action* that the account holder can take. It does not name what placed the hold, so
a thief learns nothing about the detectors, and a client needs one screen for each of eleven actions.
Everything in a problem document may be shown in a browser: it never names a rule, a hold, a trigger or a policy, and
only well-known reasons of a failure. It is the explanation of `messages`, written: the holds with their reasons, and
each next step once, with what its control needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final, NotRequired, TypedDict, Unpack, cast, final, overload

from withdraw_guard import authorities
from withdraw_guard._answers.decision import Allowed, Decision, Denied
from withdraw_guard._answers.request import OpenHold
from withdraw_guard._model.policy import PolicyRef
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._values.checks import check_identifier, check_type, check_word
from withdraw_guard._values.complete import complete
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import URI_LENGTH_MAX
from withdraw_guard._values.time import write_instant
from withdraw_guard._values.value import members_of
from withdraw_guard._wire.plain import Json
from withdraw_guard.messages import (
    CATALOGUE,
    Audience,
    Catalogue,
    Control,
    ExplainedStep,
    Explanation,
    Message,
    explain,
    explain_refusal,
    explanation_of,
)
from withdraw_guard.messages._explain import missing_documents
from withdraw_guard.messages._message import say
from withdraw_guard.messages._voice import Voice
from withdraw_guard.steps import ContactSupport, StepType

MEDIA_TYPE: Final = "application/problem+json"
"""The media type of a problem document."""
BASE: Final = "urn:withdraw-guard:problem:"
"""The beginning of the `type` of a problem, unless the host gives an address of its own."""
_SEPARATORS: Final = (":", "/", "#")


@final
class Action(StrEnum):
    """What a person can do about a denial or a refusal. With hyphens it ends the `type` of a problem document."""

    WAIT = "wait"
    VERIFY = "verify"
    COMPLETE_VERIFICATION = "complete_verification"
    AWAIT_REVIEW = "await_review"
    APPEAL = "appeal"
    AWAIT_APPEAL = "await_appeal"
    CONTACT_SUPPORT = "contact_support"
    ASK_OTHERS = "ask_others"
    LOOK_AGAIN = "look_again"
    CHOOSE_ANOTHER_METHOD = "choose_another_method"
    ADD_DOCUMENTS = "add_documents"


_DENIED_STATUS: Final = 403
# 409: the account has changed, read it again. 422: the event must be corrected before it is sent again.
_REFUSALS: Final = complete(
    Refusal,
    {
        Refusal.WRONG_ACCOUNT: (422, Action.LOOK_AGAIN),
        Refusal.UNKNOWN_HOLD: (409, Action.LOOK_AGAIN),
        Refusal.HOLD_NOT_OPEN: (409, Action.LOOK_AGAIN),
        Refusal.NO_CLEARANCE: (422, Action.LOOK_AGAIN),
        Refusal.NOT_AUTHORIZED: (422, Action.CONTACT_SUPPORT),
        Refusal.WRONG_STATE: (409, Action.LOOK_AGAIN),
        Refusal.METHOD_NOT_ACCEPTED: (422, Action.CHOOSE_ANOTHER_METHOD),
        Refusal.ATTEMPTS_EXHAUSTED: (409, Action.LOOK_AGAIN),
        Refusal.APPEAL_NOT_OFFERED: (409, Action.LOOK_AGAIN),
        Refusal.DOCUMENTS_MISSING: (422, Action.ADD_DOCUMENTS),
        Refusal.SAME_REVIEWER: (422, Action.CONTACT_SUPPORT),
        Refusal.STALE: (409, Action.LOOK_AGAIN),
        Refusal.UNKNOWN_EVENT: (422, Action.LOOK_AGAIN),
    },
)

# Of the steps that are offered, a problem names the first with the lowest number.
_PREFERENCE: Final = complete(
    StepType,
    {
        StepType.VERIFY: 0,
        StepType.COMPLETE_VERIFICATION: 0,
        StepType.APPEAL: 0,
        StepType.WAIT: 1,
        StepType.CONTACT_SUPPORT: 2,
        StepType.AWAIT_REVIEW: 3,
        StepType.AWAIT_APPEAL: 3,
    },
)


@final
class ProblemControl(TypedDict):
    """A method to choose or a document to attach, in the order of a page, with its label."""

    name: str
    label: str
    scans_a_qr_code: bool


@final
class ProblemStep(TypedDict):
    """A next step: its name, what belongs to it (see `steps`), and what to say, the instruction first.

    `controls` are what there is to choose or to attach, and `button` is the label of the button, if there is one.
    """

    step: str
    until: NotRequired[str]
    methods: NotRequired[list[str]]
    tips: NotRequired[list[str]]
    method: NotRequired[str]
    due: NotRequired[str | None]
    reasons: NotRequired[list[str]]
    documents: NotRequired[list[str]]
    authorities: NotRequired[list[str]]
    controls: list[ProblemControl]
    button: str | None
    texts: list[str]


@final
class ProblemHold(TypedDict):
    """Why something is held, the numbers of its next steps in `steps` (from 0), and how they belong together."""

    why: list[str]
    relation: str
    steps: list[int]


class Problem(TypedDict):
    """What every problem document has, after RFC 9457; `instance` if the host gave one."""

    type: str
    title: str
    status: int
    detail: str
    instance: NotRequired[str]


@final
class DenialProblem(Problem):
    """The problem document of a denial."""

    phase: str
    resumes_at: str | None
    holds: list[ProblemHold]
    steps: list[ProblemStep]


@final
class RefusalProblem(Problem):
    """The problem document of a refused event; `documents` are the missing ones, if any are missing."""

    documents: NotRequired[list[str]]


class _Options(TypedDict, total=False):
    languages: Iterable[str]
    zone: tzinfo
    base: str
    instance: str | None
    catalogue: Catalogue


# ── RFC 9457 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@overload
def problem_of(outcome: Denied, **options: Unpack[_Options]) -> DenialProblem: ...
@overload
def problem_of(outcome: EventRefused, **options: Unpack[_Options]) -> RefusalProblem: ...
def problem_of(
    outcome: Denied | EventRefused,
    *,
    languages: Iterable[str] = ("en",),
    zone: tzinfo = UTC,
    base: str = BASE,
    instance: str | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> DenialProblem | RefusalProblem:
    """Return the problem details of a denial (403) or of a refused event (409 or 422), to send as `MEDIA_TYPE`.

    `base` is put before the action to make the `type`; end it with its separator (`https://bank.example/problems/`).
    `instance` is your own URI for this occurrence. Texts are plain: escape them if they become HTML.
    """
    check_identifier("base", base, URI_LENGTH_MAX)
    if not base.endswith(_SEPARATORS):
        raise InvalidValue("base", f"must end with `:`, `/` or `#`, got {shown(base)}")
    if instance is not None:
        check_identifier("instance", instance, URI_LENGTH_MAX)
    action = action_of(outcome)
    now = outcome.at if isinstance(outcome, Denied) else None
    voice = Voice(catalogue=catalogue, tags=catalogue.lookup(languages), zone=zone, now=now)
    kind, title = base + action.replace("_", "-"), voice.message(say(f"problem.{action}"))
    problem = (
        _denial(outcome, kind, title, voice) if isinstance(outcome, Denied) else _refusal(outcome, kind, title, voice)
    )
    if instance is not None:
        problem["instance"] = instance
    return problem


def action_of(outcome: Denied | EventRefused) -> Action:
    """Return what the account holder can do now: the one action that names the problem.

    For a denial it is the first step that they can take by themselves. If there is no such step: to wait, if time alone
    ends the denial; else to contact support, or to ask others where support can end none of it; else to wait for other
    people.
    """
    if isinstance(outcome, EventRefused):
        return _REFUSALS[outcome.reason][1]
    check_type("outcome", outcome, Denied, "a Denied or an EventRefused")
    every_step = [step for hold in outcome.holds for step in hold.steps]
    offered = [StepType(step.step) for step in every_step]
    if outcome.resumes_at is None:
        offered = [step for step in offered if step is not StepType.WAIT]
    first = min(offered, key=_PREFERENCE.__getitem__, default=StepType.WAIT)
    asked = [step.authorities for step in every_step if isinstance(step, ContactSupport)]
    if first is StepType.CONTACT_SUPPORT and not any(authorities.SUPPORT in those for those in asked):
        return Action.ASK_OTHERS
    return Action(first)


def retry_after(denied: Denied) -> int | None:
    """Return the whole seconds for the header `Retry-After`, rounded up; none if time alone does not end the denial."""
    check_type("denied", denied, Denied, "a Denied")
    return None if denied.resumes_at is None else -((denied.at - denied.resumes_at) // timedelta(seconds=1))


# ── AuthZEN 1.0 ──────────────────────────────────────────────────────────────────────────────────────────────────


def authzen_of(
    decision: Decision,
    audience: Audience = Audience.USER,
    *,
    languages: Iterable[str] = ("en",),
    zone: tzinfo = UTC,
    catalogue: Catalogue = CATALOGUE,
) -> dict[str, Json]:
    """Return the evaluation response. An allow has no context, because some clients refuse a context.

    `reason_user` and `reason_admin` are texts by language tag, as in CAEP. Only the response for staff has
    `reason_admin` and `holds`: send it to staff only.
    """
    to_staff = check_word("audience", audience, Audience) is Audience.STAFF
    if isinstance(decision, Allowed):
        return {"decision": True}
    check_type("decision", decision, Denied, "a decision")
    voice = Voice(catalogue=catalogue, tags=catalogue.lookup(languages), zone=zone, now=decision.at)
    context: dict[str, Json] = {
        "action": action_of(decision).value,
        "phase": decision.phase.value,
        "resumes_at": _written(decision.resumes_at),
        # To type checkers a TypedDict is no `dict`.
        "steps": cast("list[Json]", [_step_form(step, voice) for step in _each_step_once(explanation_of(decision))]),
        "reason_user": {voice.tags[0]: _each_line_once(explain(decision), voice)},
    }
    if to_staff:
        context["reason_admin"] = {voice.tags[0]: "\n".join(map(voice.message, explain(decision, Audience.STAFF)))}
        context["holds"] = [_hold_form(hold) for hold in decision.holds]
    return {"decision": False, "context": context}


# ── The parts ────────────────────────────────────────────────────────────────────────────────────────────────────


def _denial(denied: Denied, kind: str, title: str, voice: Voice) -> DenialProblem:
    explanation = explanation_of(denied)
    once = _each_step_once(explanation)
    return {
        "type": kind,
        "title": title,
        "status": _DENIED_STATUS,
        "detail": _each_line_once(_detail(explanation), voice),
        "phase": denied.phase.value,
        "resumes_at": _written(denied.resumes_at),
        "holds": [
            {
                "why": [*map(voice.message, hold.why)],
                "relation": hold.relation.value,
                "steps": [once[step] for step in hold.steps],
            }
            for hold in explanation.holds
        ],
        "steps": [_step_form(step, voice) for step in once],
    }


def _each_line_once(messages: Iterable[Message], voice: Voice) -> str:
    """Render the messages, and write what reads the same only once."""
    return "\n".join(dict.fromkeys(map(voice.message, messages)))


def _detail(explanation: Explanation) -> Iterator[Message]:
    """Yield the lines of the explanation without the help with a step, which is in the texts of the step."""
    yield from explanation.answer
    for hold in explanation.holds:
        yield from hold.why
        yield from (step.says for step in hold.steps)


def _each_step_once(explanation: Explanation) -> dict[ExplainedStep, int]:
    """Number each next step: several holds that are verified alike are one button."""
    every_step = dict.fromkeys(step for hold in explanation.holds for step in hold.steps)
    return {step: number for number, step in enumerate(every_step)}


def _step_form(explained: ExplainedStep, voice: Voice) -> ProblemStep:
    form: dict[str, object] = {
        "step": str(explained.step.step),
        **{name: _plain(value) for name, value in members_of(explained.step).items()},
        "controls": [_control_form(control, voice) for control in explained.controls],
        "button": None if explained.button is None else voice.message(explained.button),
        "texts": [*map(voice.message, (explained.says, *explained.help))],
    }
    # The classes of `steps` have the members that `ProblemStep` lists, as the schema of the document says as well.
    return cast("ProblemStep", form)


def _control_form(control: Control, voice: Voice) -> ProblemControl:
    label = voice.message(control.label)
    return {"name": str(control.name), "label": label, "scans_a_qr_code": control.scans_a_qr_code}


def _refusal(refused: EventRefused, kind: str, title: str, voice: Voice) -> RefusalProblem:
    missing, detail = missing_documents(refused), "\n".join(map(voice.message, explain_refusal(refused)))
    problem: RefusalProblem = {"type": kind, "title": title, "status": _REFUSALS[refused.reason][0], "detail": detail}
    if missing:
        problem["documents"] = [*missing]
    return problem


def _hold_form(hold: OpenHold) -> Json:
    left_out = ("steps", "destination_id") if hold.destination_id is None else ("steps",)
    return {name: _plain(value) for name, value in members_of(hold).items() if name not in left_out}


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)


def _plain(value: object) -> Json:
    """Write a member of a step or of a hold: an instant, a name, several names, the policy, or nothing."""
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, PolicyRef):
        return {"id": value.id, "version": value.version}
    if isinstance(value, tuple):
        return [str(name) for name in cast("tuple[str, ...]", value)]
    return None if value is None else str(value)
