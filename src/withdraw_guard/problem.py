"""A denial or a refusal as a web response: RFC 9457 problem details, `Retry-After`, and an AuthZEN 1.0 evaluation.

The `type` of a problem is the *action* that the account holder can take. It is not what set the hold off, so it
tells a thief nothing about the detectors, and a client needs a screen for each of nine actions and no more.
Whatever is in a problem document may be shown in a browser: no rule, hold, trigger or policy is ever in it, no
authority, and no reason that is not well known. That a hold is about one destination only is said in its texts, and
which one only where the request named none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final, cast, final

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
"""What the `type` of a problem begins with, unless the host gives its own pages."""
_SEPARATORS: Final = (":", "/", "#")


@final
class Action(StrEnum):
    """What the account holder can do about it; with hyphens, the last part of a problem's `type`."""

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
# 409: the account has moved on, look at it again. 422: what was sent has to be mended before it is sent again.
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


# ── RFC 9457 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def problem_of(
    outcome: Denied | EventRefused,
    *,
    languages: Iterable[str] = ("en",),
    zone: tzinfo = UTC,
    base: str = BASE,
    instance: str | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> dict[str, Json]:
    """Return the problem details of a denial (403) or of a refused event (409 or 422), to send as `MEDIA_TYPE`.

    `base` is put before the action to make the `type`; end it with its separator (`https://bank.example/problems/`).
    `instance` is your own URI for this occurrence. Texts are plain: escape them where they become HTML.
    """
    check_identifier("base", base, URI_LENGTH_MAX)
    if not base.endswith(_SEPARATORS):
        raise InvalidValue("base", f"must end with `:`, `/` or `#`, got {shown(base)}")
    if instance is not None:
        check_identifier("instance", instance, URI_LENGTH_MAX)
    action = action_of(outcome)
    speech = _Speech(tags=catalogue.lookup(languages), zone=zone, now=_instant_of(outcome), catalogue=catalogue)
    return {
        "type": base + action.replace("_", "-"),
        "title": speech.text([say(f"problem.{action}")]),
        **(_denial(outcome, speech) if isinstance(outcome, Denied) else _refusal(outcome, speech)),
        **({} if instance is None else {"instance": instance}),
    }


def action_of(outcome: Denied | EventRefused) -> Action:
    """Return what the account holder can do now: the one action that names the problem.

    For a denial, the first step that they can take by themselves. If there is none, to wait, where time alone lifts
    the denial; to contact support, where that is a step; and to wait for others, where nothing else is left.
    """
    if isinstance(outcome, EventRefused):
        return _REFUSALS[outcome.reason][1]
    check_type("outcome", outcome, Denied, "a Denied or an EventRefused")
    offered = [StepType(step.step) for hold in outcome.holds for step in hold.steps]
    if outcome.resumes_at is None:
        offered = [step for step in offered if step is not StepType.WAIT]
    return Action(min(offered, key=_PREFERENCE.__getitem__, default=StepType.WAIT))


def retry_after(denied: Denied) -> int | None:
    """Return the whole seconds for the header `Retry-After`, rounded up, or none where time alone does not lift it."""
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
    """Return the evaluation response. An allow has no context: who does not understand the context may refuse it.

    `reason_user` and `reason_admin` are texts by language tag, as in CAEP. Only for staff are there `reason_admin`
    and `holds`; send that to nobody else.
    """
    to_staff = check_word("audience", audience, Audience) is Audience.STAFF
    if isinstance(decision, Allowed):
        return {"decision": True}
    check_type("decision", decision, Denied, "a decision")
    speech = _Speech(tags=catalogue.lookup(languages), zone=zone, now=decision.at, catalogue=catalogue)
    context: dict[str, Json] = {
        "action": action_of(decision).value,
        "phase": decision.phase.value,
        "resumes_at": _plain(decision.resumes_at),
        "steps": _steps(decision, speech),
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
    """How to say messages: in which languages, for which time zone, at which instant."""

    tags: tuple[str, ...]
    zone: tzinfo
    now: datetime | None
    catalogue: Catalogue

    def lines(self, messages: Iterable[Message]) -> list[str]:
        """Say each message."""
        return [
            render(message, self.tags, zone=self.zone, now=self.now, catalogue=self.catalogue) for message in messages
        ]

    def text(self, messages: Iterable[Message]) -> str:
        return "\n".join(self.lines(messages))


def _instant_of(outcome: Denied | EventRefused) -> datetime | None:
    return outcome.at if isinstance(outcome, Denied) else None


def _denial(denied: Denied, speech: _Speech) -> dict[str, Json]:
    return {
        "status": _DENIED_STATUS,
        "detail": speech.text(dict.fromkeys(_detail(denied))),
        "phase": denied.phase.value,
        "resumes_at": _plain(denied.resumes_at),
        "steps": _steps(denied, speech),
    }


def _detail(denied: Denied) -> Iterator[Message]:
    """Say what `explain` says, but leave the help with a step to the step."""
    yield from opening(denied)
    for hold in denied.holds:
        yield from why(denied, hold)
        yield from (next_step(denied, hold, step) for step in hold.steps)


def _steps(denied: Denied, speech: _Speech) -> list[Json]:
    """Write every next step once: several holds that are verified alike are one button."""
    told = {(next_step(denied, hold, step), *help_with(step)): step for hold in denied.holds for step in hold.steps}
    return [{**_step_form(step), "texts": list[Json](speech.lines(messages))} for messages, step in told.items()]


def _refusal(refused: EventRefused, speech: _Speech) -> dict[str, Json]:
    missing = missing_documents(refused)
    return {
        "status": _REFUSALS[refused.reason][0],
        "detail": speech.text(explain_refusal(refused)),
        **({"documents": list[Json](missing)} if missing else {}),
    }


def _step_form(step: Step) -> dict[str, Json]:
    """Write a step for the account holder: who may release a hold is for staff."""
    members = {} if isinstance(step, ContactSupport) else members_of(step)
    if isinstance(step, CompleteVerification):
        members = {**members, "reasons": told_reasons(step.reasons)}
    return {"step": str(step.step), **{name: _plain(value) for name, value in members.items()}}


def _hold_form(hold: OpenHold) -> dict[str, Json]:
    return {
        "id": hold.id,
        "rule": hold.rule,
        "trigger": hold.trigger,
        "policy": {"id": hold.policy.id, "version": hold.policy.version},
        "state": hold.state.value,
        "since": _plain(hold.since),
        "until": _plain(hold.until),
        "reasons": _plain(hold.reasons),
        "public_reason": _plain(hold.public_reason),
        **({} if hold.destination_id is None else {"destination_id": hold.destination_id}),
    }


def _plain(value: object) -> Json:
    """Write a member of a step or of a hold: an instant, a name, several names, or nothing."""
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, tuple):
        return [str(name) for name in cast("tuple[str, ...]", value)]
    return None if value is None else str(value)
