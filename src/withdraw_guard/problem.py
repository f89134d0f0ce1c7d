"""A denial or a refusal as a web response: RFC 9457 problem details, `Retry-After`, and an AuthZEN 1.0 evaluation.

The `type` of a problem names the *action* that the account holder can take. It does not name what placed the hold, so
a thief learns nothing about the detectors, and a client needs one screen for each of ten actions.
Everything in a problem document may be shown in a browser: it never names a rule, a hold, a trigger, a policy or an
authority, and only well-known reasons. Its texts say that a hold is about one destination only, and name that
destination only if the request named none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final, NotRequired, TypedDict, Unpack, cast, final, overload

import attrs

from withdraw_guard._answers.decision import Allowed, Decision, Denied
from withdraw_guard._answers.request import OpenHold
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._values.checks import check_identifier, check_type, check_word
from withdraw_guard._values.complete import complete
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import URI_LENGTH_MAX
from withdraw_guard._values.time import write_instant
from withdraw_guard._values.value import members_of
from withdraw_guard._wire.plain import Json
from withdraw_guard.messages import CATALOGUE, Audience, Catalogue, Message, explain, explain_refusal, render
from withdraw_guard.messages._explain import help_with, missing_documents, next_step, opening, told_reasons, why
from withdraw_guard.messages._message import say
from withdraw_guard.steps import CompleteVerification, ContactSupport, Step, StepType

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
class ProblemStep(TypedDict):
    """A next step: its name, what belongs to it (see `steps`), and what to say, the instruction first."""

    step: str
    until: NotRequired[str]
    methods: NotRequired[list[str]]
    tips: NotRequired[list[str]]
    method: NotRequired[str]
    due: NotRequired[str | None]
    reasons: NotRequired[list[str]]
    documents: NotRequired[list[str]]
    texts: list[str]


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
    speech = _Speech(tags=catalogue.lookup(languages), zone=zone, now=_instant_of(outcome), catalogue=catalogue)
    kind, title = base + action.replace("_", "-"), speech.text([say(f"problem.{action}")])
    problem = (
        _denial(outcome, kind, title, speech) if isinstance(outcome, Denied) else _refusal(outcome, kind, title, speech)
    )
    if instance is not None:
        problem["instance"] = instance
    return problem


def action_of(outcome: Denied | EventRefused) -> Action:
    """Return what the account holder can do now: the one action that names the problem.

    For a denial it is the first step that they can take by themselves. If there is no such step: to wait, if time alone
    ends the denial; else to contact support, if that is a step; else to wait for other people.
    """
    if isinstance(outcome, EventRefused):
        return _REFUSALS[outcome.reason][1]
    check_type("outcome", outcome, Denied, "a Denied or an EventRefused")
    offered = [StepType(step.step) for hold in outcome.holds for step in hold.steps]
    if outcome.resumes_at is None:
        offered = [step for step in offered if step is not StepType.WAIT]
    return Action(min(offered, key=_PREFERENCE.__getitem__, default=StepType.WAIT))


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
    speech = _Speech(tags=catalogue.lookup(languages), zone=zone, now=decision.at, catalogue=catalogue)
    context: dict[str, Json] = {
        "action": action_of(decision).value,
        "phase": decision.phase.value,
        "resumes_at": _written(decision.resumes_at),
        # To type checkers a TypedDict is no `dict`.
        "steps": cast("list[Json]", _steps(decision, speech)),
        "reason_user": {speech.tags[0]: speech.text(dict.fromkeys(explain(decision)))},
    }
    if to_staff:
        context["reason_admin"] = {speech.tags[0]: speech.text(explain(decision, Audience.STAFF))}
        context["holds"] = [_hold_form(hold) for hold in decision.holds]
    return {"decision": False, "context": context}


# ── The parts ────────────────────────────────────────────────────────────────────────────────────────────────────


@final
@attrs.frozen(kw_only=True)
class _Speech:
    """How messages are rendered: in which languages, for which time zone, at which instant."""

    tags: tuple[str, ...]
    zone: tzinfo
    now: datetime | None
    catalogue: Catalogue

    def lines(self, messages: Iterable[Message]) -> list[str]:
        """Render each message."""
        return [
            render(message, self.tags, zone=self.zone, now=self.now, catalogue=self.catalogue) for message in messages
        ]

    def text(self, messages: Iterable[Message]) -> str:
        return "\n".join(self.lines(messages))


def _instant_of(outcome: Denied | EventRefused) -> datetime | None:
    return outcome.at if isinstance(outcome, Denied) else None


def _denial(denied: Denied, kind: str, title: str, speech: _Speech) -> DenialProblem:
    return {
        "type": kind,
        "title": title,
        "status": _DENIED_STATUS,
        "detail": speech.text(dict.fromkeys(_detail(denied))),
        "phase": denied.phase.value,
        "resumes_at": _written(denied.resumes_at),
        "steps": _steps(denied, speech),
    }


def _detail(denied: Denied) -> Iterator[Message]:
    """Yield the messages of `explain` without the help with a step, which is in the texts of the step."""
    yield from opening(denied)
    for hold in denied.holds:
        yield from why(denied, hold)
        yield from (next_step(denied, hold, step) for step in hold.steps)


def _steps(denied: Denied, speech: _Speech) -> list[ProblemStep]:
    """Write each next step once: several holds that are verified alike are one button."""
    told = {(next_step(denied, hold, step), *help_with(step)): step for hold in denied.holds for step in hold.steps}
    return [_step_form(step, speech.lines(messages)) for messages, step in told.items()]


def _step_form(step: Step, texts: list[str]) -> ProblemStep:
    """Write a step for the account holder: who may release a hold is for staff."""
    members = {} if isinstance(step, ContactSupport) else members_of(step)
    if isinstance(step, CompleteVerification):
        members = {**members, "reasons": told_reasons(step.reasons)}
    written = {name: _plain(value) for name, value in members.items()}
    # The classes of `steps` have the members that `ProblemStep` lists, as the schema of the document says as well.
    return cast("ProblemStep", {"step": str(step.step), **written, "texts": texts})


def _refusal(refused: EventRefused, kind: str, title: str, speech: _Speech) -> RefusalProblem:
    missing, detail = missing_documents(refused), speech.text(explain_refusal(refused))
    problem: RefusalProblem = {"type": kind, "title": title, "status": _REFUSALS[refused.reason][0], "detail": detail}
    if missing:
        problem["documents"] = [*missing]
    return problem


def _hold_form(hold: OpenHold) -> dict[str, Json]:
    return {
        "id": hold.id,
        "rule": hold.rule,
        "trigger": hold.trigger,
        "policy": {"id": hold.policy.id, "version": hold.policy.version},
        "state": hold.state.value,
        "since": _written(hold.since),
        "until": _written(hold.until),
        "reasons": [*hold.reasons],
        "public_reason": hold.public_reason,
        **({} if hold.destination_id is None else {"destination_id": hold.destination_id}),
    }


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)


def _plain(value: object) -> Json:
    """Write a member of a step: an instant, a name, several names, or nothing."""
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, tuple):
        return [str(name) for name in cast("tuple[str, ...]", value)]
    return None if value is None else str(value)
