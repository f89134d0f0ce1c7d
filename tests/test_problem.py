"""A denial as a web response: it says what the decision says, names an action and no detector, and fits its schema."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from strategies import REQUESTS, START, TICK, Story, boundaries, stories
from test_messages import (
    APPEAL,
    ASKED_FOR_MORE,
    CHANGED,
    DECISIONS,
    EARLIER,
    FACES,
    FLAGGED,
    IDENTITIES,
    LANGUAGES,
    LATER,
    OSLO,
    OTHERS,
    REFUSALS,
    SUPPORT,
    TIMED,
    a_denial,
    a_hold,
    denied_with,
    refusal,
    rounded_up,
    steps_of,
    told_of,
)
from withdraw_guard import Allowed, Denied, InvalidValue, Refusal, check, policies, reasons, steps, wire
from withdraw_guard.messages import CATALOGUE, Audience, explain, explain_refusal, explanation_of, render
from withdraw_guard.problem import (
    BASE,
    MEDIA_TYPE,
    Action,
    DenialProblem,
    action_of,
    authzen_of,
    problem_of,
    retry_after,
)
from withdraw_guard.steps import StepType

ROOT = Path(__file__).parents[1]
VECTORS = ROOT.parent / "shared" / "vectors"
DENIALS = [decision for decision in DECISIONS if isinstance(decision, Denied)]
ALLOWED = [decision for decision in DECISIONS if isinstance(decision, Allowed)]
WAIT = steps.Wait(until=LATER)
IN_REVIEW = steps.AwaitReview(due=None)
IN_APPEAL = steps.AwaitAppeal(due=None)
STARTED = steps.CompleteVerification(method="face_web", due=LATER)
MAY_APPEAL = steps.Appeal(documents=("id_photo",))


@cache
def schema() -> dict[str, Any]:
    text = (ROOT / "src/withdraw_guard/schemas/problem.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def assert_fits(document: dict[str, Any]) -> None:
    """It fits its schema, has no member that the schema does not describe, and is JSON as it stands."""
    Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)
    kind = "denial" if document["status"] == 403 else "refusal"
    assert document.keys() <= schema()["$defs"][kind]["properties"].keys()
    assert json.loads(json.dumps(document)) == document


def vector(name: str) -> Any:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"the vectors are not at hand: {path.name}")
    return json.loads(path.read_text(encoding="utf-8"))


# ── The law ──────────────────────────────────────────────────────────────────────────────────────────────────────

BY_ONESELF = (StepType.VERIFY, StepType.COMPLETE_VERIFICATION, StepType.APPEAL)


def assert_action_is_right(denied: Denied) -> None:
    offered = [step.step for step in steps_of(denied)]
    action = action_of(denied)
    by_oneself = [step for step in offered if step in BY_ONESELF]
    if by_oneself:
        assert action == by_oneself[0]
    elif denied.resumes_at is not None:
        assert action == StepType.WAIT
    else:
        assert action in {*offered, Action.ASK_OTHERS} - {StepType.WAIT}
        by_support = action in (Action.CONTACT_SUPPORT, Action.ASK_OTHERS)
        assert by_support == (StepType.CONTACT_SUPPORT in offered)
        named = {who for step in steps_of(denied) for who in getattr(step, "authorities", ())}
        assert not by_support or (action is Action.CONTACT_SUPPORT) == ("support" in named)


TOLD = ("controls", "button", "texts")


def assert_problem_agrees(denied: Denied, tag: str) -> None:
    problem = problem_of(denied, languages=(tag,), zone=OSLO)
    assert_fits(problem)
    assert problem["type"] == BASE + action_of(denied).value.replace("_", "-")
    form = wire.to_dict(denied)
    assert (problem["phase"], problem["resumes_at"]) == (form["phase"], form["resumes_at"])
    written = [{name: part for name, part in step.items() if name not in TOLD} for step in problem["steps"]]
    every_step = [told_of(step) for hold in form["holds"] for step in hold["steps"]]
    assert all(step in every_step for step in written)
    assert all(step in written for step in every_step)
    told = {render(message, (tag,), zone=OSLO, now=denied.at) for message in explain(denied)}
    texts = [text for step in problem["steps"] for text in step["texts"]]
    assert {*problem["detail"].split("\n"), *texts} == told
    assert_page_agrees(problem, denied, tag)
    assert all(step["texts"][0] in problem["detail"].split("\n") for step in problem["steps"])


def assert_page_agrees(problem: DenialProblem, denied: Denied, tag: str) -> None:
    """The holds of the document are those of the explanation, and each step has its controls."""
    page = explanation_of(denied)
    for written, told in zip(problem["holds"], page.holds, strict=True):
        assert written["why"] == [render(message, (tag,), zone=OSLO, now=denied.at) for message in told.why]
        assert written["relation"] == told.relation
        for number, step in zip(written["steps"], told.steps, strict=True):
            shown = problem["steps"][number]
            assert (shown["step"], shown["texts"][0]) == (
                step.step.step,
                render(step.says, (tag,), zone=OSLO, now=denied.at),
            )
            assert {each["name"] for each in shown["controls"]} == {
                *shown.get("methods", ()),
                *shown.get("documents", ()),
            }
            assert (shown["button"] is None) == (step.step.step not in BY_ONESELF)
    assert {number for hold in problem["holds"] for number in hold["steps"]} == set(range(len(problem["steps"])))


@given(story=stories(policy=policies.BINANCE), tag=st.sampled_from(LANGUAGES), data=st.data())
def test_a_problem_agrees_with_its_decision(story: Story, tag: str, data: st.DataObject) -> None:
    """The problem document, the text and the decision say the same thing."""
    decision = check(story.account, data.draw(st.sampled_from(boundaries(story.account))))
    if isinstance(decision, Denied):
        assert_action_is_right(decision)
        assert_problem_agrees(decision, tag)


@given(story=stories(), data=st.data())
def test_a_problem_agrees_under_every_policy(story: Story, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from(boundaries(story.account)))
    for request in REQUESTS:
        decision = check(story.account, at, request)
        if isinstance(decision, Denied):
            assert_action_is_right(decision)
            assert_problem_agrees(decision, "en")


@given(story=stories(policy=policies.BINANCE), tag=st.sampled_from(LANGUAGES), data=st.data())
def test_no_problem_document_names_a_rule_a_hold_or_a_trigger(story: Story, tag: str, data: st.DataObject) -> None:
    decision = check(story.account, data.draw(st.sampled_from(boundaries(story.account))))
    if isinstance(decision, Denied):
        documents = [problem_of(decision, languages=(tag,)), authzen_of(decision, languages=(tag,))]
        for text in (json.dumps(document, ensure_ascii=False) for document in documents):
            for hold in decision.holds:
                for secret in (hold.id, hold.rule, hold.trigger, hold.policy.id, hold.policy.version):
                    assert secret not in text


@given(story=stories(), data=st.data())
def test_retry_after_is_exact_to_the_second_and_never_early(story: Story, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from(boundaries(story.account)))
    decision = check(story.account, at)
    if isinstance(decision, Denied):
        seconds = retry_after(decision)
        assert (seconds is None) == (decision.resumes_at is None)
        if seconds is not None:
            assert check(story.account, at + timedelta(seconds=seconds))
            assert not check(story.account, at + timedelta(seconds=seconds - 1))


# ── Denials ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("denied", "action"),
    [
        (TIMED, Action.WAIT),
        (denied_with(FACES), Action.VERIFY),
        (denied_with(FACES, MAY_APPEAL), Action.VERIFY),
        (denied_with(MAY_APPEAL), Action.APPEAL),
        (denied_with(STARTED), Action.COMPLETE_VERIFICATION),
        (denied_with(IN_REVIEW), Action.AWAIT_REVIEW),
        (denied_with(IN_APPEAL), Action.AWAIT_APPEAL),
        (denied_with(SUPPORT), Action.CONTACT_SUPPORT),
        # What one can do comes before what one can only wait for, and before asking.
        (denied_with(WAIT, FACES), Action.VERIFY),
        (attrs.evolve(denied_with(WAIT, FACES), resumes_at=LATER), Action.VERIFY),
        (a_denial(a_hold(steps=(IN_REVIEW,)), a_hold(steps=(SUPPORT,)), a_hold(steps=(MAY_APPEAL,))), Action.APPEAL),
        # Of two things that one can do, the first.
        (a_denial(a_hold(steps=(STARTED,)), a_hold(steps=(FACES,))), Action.COMPLETE_VERIFICATION),
        # Nobody is sent to support for what ends by itself, but is where it does not.
        (attrs.evolve(denied_with(WAIT, SUPPORT), resumes_at=LATER), Action.WAIT),
        (denied_with(WAIT, SUPPORT), Action.CONTACT_SUPPORT),
        # Nobody is sent to support where support can end nothing.
        (denied_with(OTHERS), Action.ASK_OTHERS),
        (denied_with(WAIT, OTHERS), Action.ASK_OTHERS),
        (a_denial(a_hold(steps=(OTHERS,)), a_hold(steps=(SUPPORT,))), Action.CONTACT_SUPPORT),
        (denied_with(OTHERS, FACES), Action.VERIFY),
        (a_denial(a_hold(steps=(IN_REVIEW,)), a_hold(steps=(SUPPORT,))), Action.CONTACT_SUPPORT),
        # Time alone does not end it: the others do.
        (a_denial(a_hold(steps=(WAIT,)), a_hold(steps=(IN_APPEAL,)), a_hold(steps=(IN_REVIEW,))), Action.AWAIT_APPEAL),
        # No account leads here, but a denial can be read from anywhere.
        (denied_with(WAIT), Action.WAIT),
    ],
)
def test_the_type_is_the_action_that_can_be_taken(denied: Denied, action: Action) -> None:
    assert action_of(denied) is action
    problem = problem_of(denied)
    assert problem["type"] == f"urn:withdraw-guard:problem:{action.value.replace('_', '-')}"
    assert problem["title"] == CATALOGUE.languages["en"][f"problem.{action}"]
    assert_fits(problem)


def test_a_wait_as_a_document() -> None:
    assert problem_of(TIMED, languages=("nb",), zone=OSLO, base="https://bank.example/p/", instance="urn:uuid:7") == {
        "type": "https://bank.example/p/wait",
        "title": "Midlertidig sperret",
        "status": 403,
        "detail": "Dette uttaket er midlertidig sperret. Hvis det ikke skjer noe nytt, oppheves sperren av seg selv "
        "7. januar 2026 kl. 10:00 UTC+01:00 (om 2 dager).\n"
        "Årsak: en endring av sikkerheten på kontoen din.\n"
        "Denne årsaken har vart siden 5. januar 2026.\n"
        "Vent til 7. januar 2026 kl. 10:00 UTC+01:00 (om 2 dager). Da opphører denne årsaken av seg selv, og du "
        "trenger ikke å gjøre noe med den.",
        "phase": "suspended",
        "resumes_at": "2026-01-07T09:00:00Z",
        "holds": [
            {
                "why": [
                    "Årsak: en endring av sikkerheten på kontoen din.",
                    "Denne årsaken har vart siden 5. januar 2026.",
                ],
                "relation": "only",
                "steps": [0],
            }
        ],
        "steps": [
            {
                "step": "wait",
                "until": "2026-01-07T09:00:00Z",
                "controls": [],
                "button": None,
                "texts": [
                    "Vent til 7. januar 2026 kl. 10:00 UTC+01:00 (om 2 dager). Da opphører denne årsaken av seg selv, "
                    "og du trenger ikke å gjøre noe med den."
                ],
            }
        ],
        "instance": "urn:uuid:7",
    }


def test_several_holds_that_are_verified_alike_are_one_button() -> None:
    denied = a_denial(
        a_hold(steps=(FACES,)), a_hold(id="second", steps=(FACES,)), a_hold(id="third", steps=(IDENTITIES,))
    )
    problem = problem_of(denied)
    assert [step["step"] for step in problem["steps"]] == ["verify", "verify"]
    assert problem["steps"][0]["tips"] == list(FACES.tips)
    assert len(problem["steps"][0]["texts"]) == 9
    assert problem["detail"].count("Verify now") == 2
    assert problem["detail"].count("Reason: ") == 1
    assert [hold["steps"] for hold in problem["holds"]] == [[0], [0], [1]]
    assert [each["label"] for each in problem["steps"][0]["controls"]] == ["On the web", "In the mobile app"]
    assert [each["scans_a_qr_code"] for each in problem["steps"][0]["controls"]] == [False, True]
    assert "There are 3 separate reasons" in problem["detail"]


def test_a_browser_is_told_what_was_asked_for_and_who_can_end_it_and_no_detector() -> None:
    hidden = attrs.evolve(ASKED_FOR_MORE, reasons=("detector_18", reasons.POOR_LIGHT))
    denied = a_denial(a_hold(steps=(ASKED_FOR_MORE, SUPPORT)), a_hold(id="second", steps=(hidden, SUPPORT)))
    asked_for, support = problem_of(denied)["steps"]
    assert (asked_for["reasons"], asked_for["documents"]) == (["poor_light"], ["id_photo", "tax_form"])
    assert asked_for["texts"][1:] == ["Why more is needed: the light was too poor."]
    assert support["authorities"] == ["compliance", "support"]
    for document in (problem_of(denied), authzen_of(denied)):
        assert "detector" not in json.dumps(document)
    assert "detector 17" in json.dumps(authzen_of(denied, Audience.STAFF))


@pytest.mark.parametrize("denied", DENIALS)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_kind_of_denial_fits_its_schema(denied: Denied, tag: str) -> None:
    assert_problem_agrees(denied, tag)


def test_a_title_is_that_of_its_type_in_every_language() -> None:
    for tag in LANGUAGES:
        titles = [CATALOGUE.languages[tag][f"problem.{action}"] for action in Action]
        assert len(set(titles)) == len(Action)


def test_every_step_is_an_action() -> None:
    assert {step.value for step in StepType} < {action.value for action in Action}


@pytest.mark.parametrize(
    ("ahead", "seconds"),
    [
        (TICK, 1),
        (timedelta(seconds=1), 1),
        (timedelta(seconds=1) + TICK, 2),
        (timedelta(hours=24), 86_400),
        (timedelta(days=3_653), 315_619_200),
    ],
)
def test_retry_after_is_rounded_up(ahead: timedelta, seconds: int) -> None:
    assert retry_after(attrs.evolve(TIMED, resumes_at=START + ahead)) == seconds


def test_there_is_no_retry_after_if_time_alone_does_not_end_the_denial() -> None:
    assert retry_after(denied_with(WAIT, FACES)) is None


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (lambda: problem_of(ALLOWED[0]), "outcome"),
        (lambda: problem_of(None), "outcome"),
        (lambda: action_of(ALLOWED[0]), "outcome"),
        (lambda: retry_after(ALLOWED[0]), "denied"),
        (lambda: authzen_of(FLAGGED), "decision"),
        (lambda: authzen_of(TIMED, "everybody"), "audience"),
        (lambda: problem_of(TIMED, base=""), "base"),
        (lambda: problem_of(TIMED, base=None), "base"),
        (lambda: problem_of(TIMED, base="https://bank.example/problems"), "base"),
        (lambda: problem_of(TIMED, base="a\r\nb:"), "base"),
        (lambda: problem_of(TIMED, base="a" * 1_024 + ":"), "base"),
        (lambda: problem_of(TIMED, instance="a\nb"), "instance"),
        (lambda: problem_of(TIMED, instance=""), "instance"),
    ],
)
def test_a_value_without_a_problem_document_is_refused(call, path: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        call()
    assert refused.value.path == path


def test_languages_and_zones_from_a_browser_are_never_an_error() -> None:
    strange = problem_of(TIMED, languages=(None, "", "*", "xx"), zone="Europe/Oslo")
    assert strange == problem_of(TIMED)
    assert problem_of(TIMED, languages=(tag for tag in ("qaa", "de"))) == problem_of(TIMED, languages="de")


def test_the_texts_of_a_host_are_used() -> None:
    ours = CATALOGUE.overriding({"en": {"problem.wait": "Please wait", "step.wait": "Back at {until}."}})
    problem = problem_of(TIMED, catalogue=ours)
    assert problem["title"] == "Please wait"
    assert problem["steps"][0]["texts"] == ["Back at 7 January 2026, 09:00 UTC (in 2 days)."]
    assert authzen_of(TIMED, catalogue=ours)["context"]["steps"] == problem["steps"]


# ── Refused events ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reason", "status", "action"),
    [
        (Refusal.WRONG_ACCOUNT, 422, "look-again"),
        (Refusal.UNKNOWN_HOLD, 409, "look-again"),
        (Refusal.HOLD_NOT_OPEN, 409, "look-again"),
        (Refusal.NO_CLEARANCE, 422, "look-again"),
        (Refusal.NOT_AUTHORIZED, 422, "contact-support"),
        (Refusal.WRONG_STATE, 409, "look-again"),
        (Refusal.METHOD_NOT_ACCEPTED, 422, "choose-another-method"),
        (Refusal.ATTEMPTS_EXHAUSTED, 409, "look-again"),
        (Refusal.APPEAL_NOT_OFFERED, 409, "look-again"),
        (Refusal.DOCUMENTS_MISSING, 422, "add-documents"),
        (Refusal.SAME_REVIEWER, 422, "contact-support"),
        (Refusal.STALE, 409, "look-again"),
        (Refusal.UNKNOWN_EVENT, 422, "look-again"),
    ],
)
def test_every_refusal_has_a_document(reason: Refusal, status: int, action: str) -> None:
    problem = problem_of(refusal(reason), languages=("de",), instance="/requests/7")
    assert (problem["status"], problem["type"]) == (status, BASE + action)
    assert problem["title"] == CATALOGUE.languages["de"][f"problem.{action.replace('-', '_')}"]
    assert problem["detail"] == render(explain_refusal(refusal(reason))[0], "de")
    assert problem["instance"] == "/requests/7"
    assert_fits(problem)


@pytest.mark.parametrize("refused", REFUSALS)
def test_a_refusal_names_no_hold_and_no_rule(refused) -> None:
    text = json.dumps(problem_of(refused))
    for secret in ("e1", "abnormal", "binance", "legal_team", refused.reason.value.upper()):
        assert secret not in text
    assert_fits(problem_of(refused))


def test_the_documents_that_are_missing_are_listed() -> None:
    problem = problem_of(refusal(Refusal.DOCUMENTS_MISSING, APPEAL))
    assert problem["documents"] == ["supporting_documents"]
    assert problem["detail"] == "Documents are missing: supporting documents."
    assert "documents" not in problem_of(refusal(Refusal.DOCUMENTS_MISSING))


# ── Standards ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_media_type_is_that_of_the_rfc() -> None:
    assert MEDIA_TYPE == "application/problem+json"


@pytest.mark.parametrize("name", ["problem-rfc9457-403.json", "problem-rfc9457-422.json"])
def test_the_members_of_the_rfc_have_its_types(name: str) -> None:
    published = vector(name)
    ours = {**problem_of(TIMED, instance="urn:uuid:7"), "status": 403}
    common = {member for member in ("type", "title", "detail", "instance") if member in published}
    assert {type(ours[member]) for member in common} == {type(published[member]) for member in common} == {str}


def test_the_schema_is_a_schema_of_its_own_and_written_like_the_others() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema()["$id"] == "urn:withdraw-guard:schema:problem:1"
    text = (ROOT / "src/withdraw_guard/schemas/problem.schema.json").read_text(encoding="utf-8")
    assert text == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    used = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', text))
    assert used == schema()["$defs"].keys()


def test_the_schema_knows_every_action_and_every_step() -> None:
    definitions = schema()["$defs"]
    assert {step.value for step in StepType} == {
        definitions[ref["$ref"].rpartition("/")[2]]["properties"]["step"]["const"]
        for ref in definitions["step"]["oneOf"]
    }
    listed = [
        re.search(r"\(\?:(.*?)\)", definitions[kind]["properties"]["type"]["pattern"])[1].split("|")
        for kind in ("denial", "refusal")
    ]
    assert {name for names in listed for name in names} == {action.value.replace("_", "-") for action in Action}


@pytest.mark.parametrize(
    "change",
    [
        {"status": 200},
        {"type": "urn:withdraw-guard:problem:panic"},
        {"resumes_at": "2026-01-07"},
        {"resumes_at": 7},
        {"phase": "active"},
        {"steps": []},
        {"steps": [{"step": "wait", "until": "2026-01-07T09:00:00Z"}]},
        {"steps": [{"step": "wait", "until": "2026-01-07T09:00:00Z", "texts": ["x"], "hold": "e1:r"}]},
        {"title": ""},
        {"detail": None},
        {"instance": 7},
    ],
)
def test_the_schema_refuses_another_document(change: dict[str, Any]) -> None:
    assert not Draft202012Validator(schema()).is_valid({**problem_of(TIMED), **change})


@pytest.mark.parametrize("member", ["type", "title", "status", "detail", "phase", "resumes_at", "steps"])
def test_the_schema_misses_what_is_missing(member: str) -> None:
    document = problem_of(TIMED)
    del document[member]
    assert not Draft202012Validator(schema()).is_valid(document)


def test_an_allow_has_no_context() -> None:
    for decision in ALLOWED:
        for audience in Audience:
            assert authzen_of(decision, audience) == {"decision": True}


@pytest.mark.parametrize("denied", DENIALS)
def test_a_deny_says_to_the_account_holder_what_the_problem_says(denied: Denied) -> None:
    answer = authzen_of(denied, languages=("ko-KR", "en"), zone=OSLO)
    assert answer["decision"] is False
    context = answer["context"]
    problem = problem_of(denied, languages=("ko-KR", "en"), zone=OSLO)
    assert context.keys() == {"action", "phase", "resumes_at", "steps", "reason_user"}
    assert context["action"] == action_of(denied)
    assert [context[name] for name in ("phase", "resumes_at", "steps")] == [
        problem[name] for name in ("phase", "resumes_at", "steps")
    ]
    assert context["reason_user"].keys() == {"ko"}
    assert set(problem["detail"].split("\n")) <= set(context["reason_user"]["ko"].split("\n"))


@pytest.mark.parametrize("denied", DENIALS)
def test_a_deny_says_everything_to_staff(denied: Denied) -> None:
    context = authzen_of(denied, Audience.STAFF, languages=("nb",), zone=OSLO)["context"]
    to_staff = [render(message, "nb", zone=OSLO, now=START) for message in explain(denied, Audience.STAFF)]
    assert context["reason_admin"] == {"nb": "\n".join(to_staff)}
    without = [{name: part for name, part in hold.items() if name != "steps"} for hold in wire.to_dict(denied)["holds"]]
    assert context["holds"] == without
    user = authzen_of(denied, languages=("nb",), zone=OSLO)["context"]
    assert {name: context[name] for name in user} == user


def test_answers_have_the_shape_that_authzen_publishes() -> None:
    validator = Draft202012Validator(vector("authzen-schema-evaluation-response.json"))
    for decision in DECISIONS:
        for audience in Audience:
            validator.validate(authzen_of(decision, audience))
    published = vector("authzen-response-with-reason-context.json")
    validator.validate(published)
    ours = authzen_of(TIMED, Audience.STAFF)
    assert published["context"].keys() <= ours["context"].keys()
    assert published.keys() == ours.keys()


def test_an_instant_in_a_document_is_exact_and_in_a_text_rounded() -> None:
    uneven = LATER + timedelta(seconds=1, microseconds=1)
    denied = a_denial(a_hold(**{**CHANGED, "until": uneven, "steps": (steps.Wait(until=uneven),)}), resumes_at=uneven)
    problem = problem_of(denied)
    assert problem["resumes_at"] == problem["steps"][0]["until"] == "2026-01-07T09:00:01.000001Z"
    assert f"{rounded_up(uneven):%H:%M}" == "09:01"
    assert "7 January 2026, 09:01 UTC (in 2 days 1 hour)" in problem["detail"]


def test_an_overdue_review_is_reported_and_ends_nothing() -> None:
    late = problem_of(denied_with(steps.AwaitReview(due=EARLIER)))
    assert late["type"].endswith(":await-review")
    assert late["resumes_at"] is None
    assert "is late" in late["detail"]
