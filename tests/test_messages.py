"""The words: complete in every language, never at odds with the decision, never early, and safe to show."""

from __future__ import annotations

import ast
import copy
import os
import pickle
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import withdraw_guard
from ids import shown
from strategies import REQUESTS, START, TICK, Story, boundaries, stories
from withdraw_guard import (
    Account,
    Actor,
    ActorKind,
    Allowed,
    AppealSubmitted,
    Decision,
    Denied,
    Destinations,
    EventRefused,
    IdentityChanged,
    InvalidValue,
    MoreRequested,
    OpenHold,
    Phase,
    Policy,
    PolicyRef,
    Refusal,
    ReleaseOrdered,
    Request,
    ReviewDecided,
    Rule,
    Scope,
    SecurityEvent,
    State,
    VerificationStarted,
    VerificationSubmitted,
    _prose,
    apply,
    check,
    methods,
    open_holds,
    policies,
    public_reasons,
    reasons,
    steps,
    tips,
    triggers,
)
from withdraw_guard import messages as m
from withdraw_guard._values.frozen import Frozen
from withdraw_guard.messages import CATALOGUE, CODES, Audience, Catalogue, Message, explain, explain_refusal, render
from withdraw_guard.messages._codes import PARAMETERS, PLACEHOLDER, ParameterKind, name_of
from withdraw_guard.messages._languages import candidates
from withdraw_guard.messages._plurals import COUNTED_LANGUAGES, plural_categories, plural_category
from withdraw_guard.steps import StepType

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LANGUAGES = tuple(CATALOGUE.languages)
OSLO = ZoneInfo("Europe/Oslo")
ZONES = (UTC, OSLO, ZoneInfo("America/St_Johns"), ZoneInfo("Asia/Kathmandu"), timezone(-timedelta(hours=3, seconds=20)))

NAMES = ("authority", "destination", "document", "method", "operation", "phase", "reason", "refusal", "tip", "why")
# What a language writes values with. Every other code that is no name is a sentence.
GRAMMAR = {code for code in CODES if code.partition(".")[0] in {"date", "duration", "instant", "list", "month", "unit"}}
MESSAGES = {code for code in CODES if code.partition(".")[0] not in NAMES} - GRAMMAR

each_language = pytest.mark.parametrize("tag", LANGUAGES)
each_other_language = pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])


# ── Decisions to speak of ────────────────────────────────────────────────────────────────────────────────────────

SUPPORT = steps.ContactSupport(authorities=("compliance", "support"))
OTHERS = steps.ContactSupport(authorities=("compliance", "house_desk"))
REASONS = tuple(str(value) for name, value in vars(public_reasons).items() if name.isupper() and type(value) is str)


def a_hold(**members: object) -> OpenHold:
    usual: dict[str, object] = {
        "id": "event-7:some-rule",
        "rule": "some-rule",
        "trigger": "some_trigger",
        "policy": PolicyRef(id="house-policy", version="7.7"),
        "state": State.SUSPENDED,
        "since": START,
        "until": None,
        "reasons": (),
        "public_reason": public_reasons.ABNORMAL_ACTIVITY,
        "steps": (SUPPORT,),
    }
    return OpenHold(**usual | members)


def a_denial(*holds: OpenHold, resumes_at: datetime | None = None, operation: str = "withdrawal") -> Denied:
    return Denied(
        account="account-9",
        at=START,
        request=Request(operation=operation),
        phase=Phase.SUSPENDED,
        resumes_at=resumes_at,
        holds=holds or (a_hold(),),
    )


def denied_with(*given_steps: steps.Step, **members: object) -> Denied:
    return a_denial(a_hold(steps=given_steps, **members))


LATER = START + timedelta(hours=48)
EARLIER = START - HOUR
FACES = steps.Verify(methods=(methods.FACE_MOBILE, methods.FACE_WEB), tips=tips.PUBLISHED_ORDER)
IDENTITIES = steps.Verify(methods=(methods.IDENTITY_BUSINESS, methods.IDENTITY_PERSONAL))
CHANGED = {"until": LATER, "public_reason": public_reasons.SECURITY_CHANGE, "steps": (steps.Wait(until=LATER),)}
TIMED = a_denial(a_hold(**CHANGED), resumes_at=LATER)
ASKED_FOR_MORE = steps.CompleteVerification(
    method="face_web", due=LATER, reasons=("detector_17", reasons.POOR_LIGHT), documents=("id_photo", "tax_form")
)

ONE_HELD = attrs.evolve(TIMED, holds=(attrs.evolve(TIMED.holds[0], destination_id="address-3"),))

# Every kind of line, whatever the road to it.
DECISIONS: tuple[Decision, ...] = (
    Allowed(account="account-9", at=START, request=Request(operation="withdrawal"), phase=Phase.RESTORED),
    Allowed(account="account-9", at=START, request=Request(operation="gift_card"), phase=Phase.ACTIVE),
    TIMED,
    attrs.evolve(TIMED, request=Request(operation="p2p_sale")),
    a_denial(operation="gift_card"),
    a_denial(a_hold(), a_hold(id="event-8:some-rule")),
    denied_with(steps.Wait(until=LATER), IDENTITIES, until=LATER),
    denied_with(FACES, reasons=(reasons.POOR_LIGHT, "detector_17", reasons.CLOCK_SKEW)),
    denied_with(FACES, reasons=("detector_17",)),
    denied_with(steps.Verify(methods=("face_web", "video_call"))),
    *(denied_with(steps.CompleteVerification(method="face_web", due=due)) for due in (None, LATER)),
    *(denied_with(attrs.evolve(ASKED_FOR_MORE, due=due)) for due in (None, LATER)),
    denied_with(steps.CompleteVerification(method="face_web", due=LATER, reasons=(reasons.POOR_LIGHT,))),
    *(denied_with(steps.AwaitReview(due=due)) for due in (None, LATER, EARLIER)),
    *(denied_with(steps.AwaitAppeal(due=due)) for due in (None, LATER, EARLIER)),
    *(
        denied_with(steps.Appeal(documents=documents), state=state)
        for state in (State.SUSPENDED, State.APPEAL)
        for documents in ((), ("id_photo", "tax_form"))
    ),
    *(denied_with(SUPPORT, public_reason=reason) for reason in (*REASONS, "house_reason")),
    attrs.evolve(denied_with(steps.Wait(until=LATER), FACES), resumes_at=LATER),
    *(denied_with(*given_steps) for given_steps in ((OTHERS,), (steps.Wait(until=LATER), OTHERS), (FACES, OTHERS))),
    *(
        attrs.evolve(denied, request=Request(operation=operation, destination_id=destination_id))
        for denied in (ONE_HELD, attrs.evolve(ONE_HELD, resumes_at=None))
        for operation in ("withdrawal", "gift_card")
        for destination_id in (None, "address-3")
    ),
)
EVERYTHING_SAID = frozenset(message for decision in DECISIONS for message in explain(decision, Audience.STAFF))

FLAG = SecurityEvent(
    id="e1", account="a1", at=START, trigger="abnormal_activity", initiated_by=ActorKind.SYSTEM, context={}
)
FLAGGED = apply(policies.BINANCE, Account(id="a1"), FLAG).account
(FLAGGED_HOLD,) = FLAGGED.holds


def refusal(reason: Refusal, event: object = FLAG, hold: object = FLAGGED_HOLD) -> EventRefused:
    return EventRefused(reason, event, hold)


APPEAL = AppealSubmitted(id="e2", account="a1", at=START, hold=FLAGGED_HOLD.id)
RELEASE = ReleaseOrdered(
    id="e3",
    account="a1",
    at=START - TICK,
    hold=FLAGGED_HOLD.id,
    by=Actor(id="s", kind=ActorKind.ADMIN),
    authority="legal_team",
)
REFUSALS = (
    *(refusal(reason) for reason in Refusal),
    refusal(Refusal.DOCUMENTS_MISSING, APPEAL),
    refusal(Refusal.NOT_AUTHORIZED, RELEASE),
    refusal(Refusal.UNKNOWN_HOLD, APPEAL, None),
)


def said(messages: tuple[Message, ...], tag: str, zone: tzinfo = UTC, now: datetime | None = START) -> str:
    return "\n".join(render(message, (tag,), zone=zone, now=now) for message in messages)


# ── Reading a text back ──────────────────────────────────────────────────────────────────────────────────────────


def pattern_of(template: str, patterns: dict[str, str]) -> str:
    """A template as a regular expression in which each placeholder is a group of its name."""
    pieces = PLACEHOLDER.split(template)
    return "".join(patterns[piece] if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))


@cache
def months(tag: str) -> dict[str, int]:
    return {CATALOGUE.languages[tag][f"month.{number}"]: number for number in range(1, 13)}


@cache
def date_pattern(tag: str) -> str:
    names = "|".join(sorted(map(re.escape, months(tag)), key=len, reverse=True))
    patterns = {"day": r"(?P<day>\d{1,2})", "month": f"(?P<month>{names})", "year": r"(?P<year>\d{4})"}
    return pattern_of(CATALOGUE.languages[tag]["date"], patterns)


@cache
def instant_patterns(tag: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """An instant with a duration beside it, and one without."""
    patterns = {
        "date": date_pattern(tag),
        "time": r"(?P<time>\d\d:\d\d(?::\d\d)?)",
        "offset": r"(?P<offset>UTC(?:[+-]\d\d:\d\d(?::\d\d)?)?)",
        "duration": r"(?P<duration>[^()（）]+)",
    }
    texts = CATALOGUE.languages[tag]
    ahead, alone = (re.compile(pattern_of(texts[code], patterns)) for code in ("instant.ahead", "instant"))
    return ahead, alone


def matches_in(text: str, tag: str) -> list[re.Match[str]]:
    """Every instant that a text names, in the order of the text."""
    found: dict[int, re.Match[str]] = {}
    for pattern in instant_patterns(tag):
        for match in pattern.finditer(text):
            found.setdefault(match.start(), match)
    return [found[start] for start in sorted(found)]


def day_of(match: re.Match[str], tag: str) -> datetime:
    return datetime(int(match["year"]), months(tag)[match["month"]], int(match["day"]), tzinfo=UTC)


def days_in(text: str, tag: str) -> list[datetime]:
    """Every day that a text names, be it that of an instant or a day alone."""
    return [day_of(match, tag) for match in re.finditer(date_pattern(tag), text)]


def elapsed(clock: str) -> timedelta:
    hours, minutes, seconds = (*clock.split(":"), "0")[:3]
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))


def instants_in(text: str, tag: str) -> list[datetime]:
    """Every instant that a text names, as a reader with a calendar understands it."""
    found = []
    for match in matches_in(text, tag):
        offset = elapsed(match["offset"][4:]) if match["offset"] != "UTC" else timedelta(0)
        shift = -offset if match["offset"][3:4] == "-" else offset
        found.append(day_of(match, tag) + elapsed(match["time"]) - shift)
    return found


@cache
def unit_patterns(tag: str) -> tuple[tuple[timedelta, re.Pattern[str]], ...]:
    texts = CATALOGUE.languages[tag]
    return tuple(
        (length, re.compile("|".join(pattern_of(form, {"count": r"(\d+)"}) for form in texts[f"unit.{unit}"].values())))
        for unit, length in (("day", DAY), ("hour", HOUR), ("minute", MINUTE))
    )


def duration_in(words: str, tag: str) -> timedelta:
    """The duration that words say; every digit of them must be understood."""
    total, digits = timedelta(0), []
    for length, pattern in unit_patterns(tag):
        for match in pattern.finditer(words):
            (count,) = [group for group in match.groups() if group is not None]
            total, digits = total + int(count) * length, [*digits, count]
    assert sorted(digits) == sorted(re.findall(r"\d+", words)), words
    return total


def ahead_in(text: str, tag: str) -> list[timedelta]:
    """Every duration that stands beside an instant."""
    durations = (match.groupdict().get("duration") for match in matches_in(text, tag))
    return [duration_in(words, tag) for words in durations if words is not None]


@each_language
def test_a_text_can_be_read_back(tag: str) -> None:
    for month in range(1, 13):
        instant = datetime(2027, month, 11, 22, 59, tzinfo=UTC)
        for zone in ZONES:
            text = render(Message(code="step.wait", params={"until": instant}), (tag,), zone=zone, now=START)
            assert instants_in(text, tag) == [instant]
            (ahead,) = ahead_in(text, tag)
            assert instant - START <= ahead < instant - START + HOUR


# ── The law ──────────────────────────────────────────────────────────────────────────────────────────────────────


def rounded_up(instant: datetime) -> datetime:
    return instant + (START - instant) % MINUTE


KNOWN = frozenset(str(value) for name, value in vars(reasons).items() if name.isupper())
# What a detector, a court or nobody says; the day on which it began is not told.
HIDDEN = {public_reasons.ABNORMAL_ACTIVITY, public_reasons.LEGAL_ORDER, public_reasons.UNSPECIFIED}


def told_of(step: dict[str, Any]) -> dict[str, Any]:
    """What a browser is told of a step on the wire: no reason that is not well known."""
    return {**step, "reasons": [each for each in step["reasons"] if each in KNOWN]} if "reasons" in step else step


def steps_of(denied: Denied) -> Iterator[steps.Step]:
    return (step for hold in denied.holds for step in hold.steps)


# What is said of each kind of step, and the parameters in which it names what belongs to it.
SAID_OF = {
    StepType.WAIT: {"step.wait", "step.wait_too"},
    StepType.VERIFY: {"step.verify", "step.verify_otherwise"},
    StepType.APPEAL: {"step.appeal", "step.appeal_bare", "step.appeal_more", "step.appeal_more_bare"},
    StepType.CONTACT_SUPPORT: {"step.contact_support", "step.ask_others"},
    StepType.COMPLETE_VERIFICATION: {
        "step.complete_verification",
        "step.complete_verification_by",
        "step.hand_in",
        "step.hand_in_by",
    },
    StepType.AWAIT_REVIEW: {"step.await_review", "step.await_review_by", "step.await_review_overdue"},
    StepType.AWAIT_APPEAL: {"step.await_appeal", "step.await_appeal_by", "step.await_appeal_overdue"},
}


HELP = ("step.tip", "step.more_because", "step.nothing_now", "step.sooner")


def assert_messages_agree(decision: Decision, messages: tuple[Message, ...]) -> None:
    codes = [message.code for message in messages]
    if decision:
        assert codes == ["allowed" if decision.request.operation == "withdrawal" else "allowed_operation"]
        return
    ends = [message.params["resumes_at"] for message in messages if message.code.startswith("denied.until")]
    assert ends == ([] if decision.resumes_at is None else [decision.resumes_at])
    assert any(code.startswith("denied.open") for code in codes) == (decision.resumes_at is None)
    named = [code for code in codes if code.startswith("step.") and code not in HELP]
    assert len(named) == len(list(steps_of(decision)))
    assert all(code in SAID_OF[step.step] for code, step in zip(named, steps_of(decision), strict=True))
    assert codes.count("step.tip") == sum(len(getattr(step, "tips", ())) for step in steps_of(decision))
    if "step.wait" in codes:
        assert decision.resumes_at is not None or any(len(hold.steps) == 1 for hold in decision.holds)


def assert_text_agrees(decision: Decision, messages: tuple[Message, ...], tag: str, zone: tzinfo) -> None:
    texts = [render(message, (tag,), zone=zone, now=decision.at) for message in messages]
    assert all(texts)
    assert not set(texts) & set(CODES)
    if decision:
        return
    named = instants_in(texts[0], tag)
    assert named == ([] if decision.resumes_at is None else [rounded_up(decision.resumes_at)])
    assert all(ahead >= decision.resumes_at - decision.at for ahead in ahead_in(texts[0], tag))
    everything = "\n".join(texts)
    for step in steps_of(decision):
        if isinstance(step, steps.Wait):
            assert rounded_up(step.until) in instants_in(everything, tag)
        for method in getattr(step, "methods", ()):
            assert CATALOGUE.languages[tag].get(f"method.{method}", method.replace("_", " ")) in everything
        for document in getattr(step, "documents", ()):
            assert CATALOGUE.languages[tag].get(f"document.{document}", document.replace("_", " ")) in everything


@given(story=stories(policy=policies.BINANCE), zone=st.sampled_from(ZONES), data=st.data())
def test_words_agree_with_any_decision_of_the_policy(story: Story, zone: tzinfo, data: st.DataObject) -> None:
    """On drawn stories, at every instant, to both audiences: an end exactly when there is one, and what can be done."""
    at, tag = data.draw(st.sampled_from(boundaries(story.account))), data.draw(st.sampled_from(LANGUAGES))
    for request in REQUESTS:
        decision = check(story.account, at, request)
        assert_messages_agree(decision, explain(decision))
        for audience in Audience:
            assert_text_agrees(decision, explain(decision, audience), tag, zone)


@given(story=stories())
def test_words_agree_under_every_policy(story: Story) -> None:
    for at in boundaries(story.account):
        for request in REQUESTS:
            decision = check(story.account, at, request)
            assert_messages_agree(decision, explain(decision))


@each_language
def test_words_agree_with_every_kind_of_decision(tag: str) -> None:
    for decision in DECISIONS:
        assert_messages_agree(decision, explain(decision))
        assert_text_agrees(decision, explain(decision), tag, OSLO)


def test_everything_that_can_be_said_is_said_by_something() -> None:
    page = [getattr(m, name) for name in m.__all__] + [m.notice_of(denied) for denied in DECISIONS if not denied]
    spoken = {message.code for message in [*EVERYTHING_SAID, *page] if isinstance(message, Message)}
    spoken |= {message.code for refused in REFUSALS for message in m.explain_refusal(refused, Audience.STAFF)}
    sentences = {code for code in CODES if code.startswith("why.")} | {"why.house_reason"}
    assert {code for code in MESSAGES if not code.startswith("problem.")} | sentences == spoken


def test_a_wait_that_may_not_be_enough_does_not_promise_an_end() -> None:
    waiting = steps.Wait(until=LATER)
    both = denied_with(waiting, FACES, until=LATER)
    assert [message.code for message in explain(both)][2:4] == ["step.wait_too", "step.verify"]
    either = attrs.evolve(both, resumes_at=LATER)
    assert [message.code for message in explain(either)][2:5] == ["step.wait", "step.sooner", "step.verify"]
    beside_another = a_denial(a_hold(until=LATER, steps=(waiting,)), a_hold(id="other"))
    assert "step.wait" in [message.code for message in explain(beside_another)]


def test_a_review_is_late_from_the_instant_at_which_it_was_due() -> None:
    due = attrs.evolve(denied_with(steps.AwaitReview(due=START)), at=START - TICK)
    assert explain(due)[-1].code == "step.await_review_by"
    assert explain(attrs.evolve(due, at=START))[-1].code == "step.await_review_overdue"


def test_the_tips_are_in_the_order_of_the_step() -> None:
    answering = tips.tips_for({methods.FACE_WEB}, (reasons.POOR_LIGHT,))
    told = explain(denied_with(steps.Verify(methods=(methods.FACE_WEB,), tips=answering)))
    assert [message.params["tip"] for message in told if message.code == "step.tip"] == list(answering)


@pytest.mark.parametrize(
    ("offered", "choices"),
    [
        (("face_mobile", "face_web"), [m.CHOOSE_FACE, m.SCAN_QR_CODE]),
        (("face_mobile",), [m.SCAN_QR_CODE]),
        (("face_web",), []),
        (("identity_business", "identity_personal"), [m.CHOOSE_IDENTITY]),
        (("identity_personal", "video_call"), []),
    ],
)
def test_a_choice_is_offered_where_there_is_one(offered: tuple[str, ...], choices: list[Message]) -> None:
    told = explain(denied_with(steps.Verify(methods=offered)))
    assert [message for message in told if message.code.startswith("choice.")] == choices


# ── One destination ──────────────────────────────────────────────────────────────────────────────────────────────


def to(destination_id: str | None, *holds: OpenHold) -> Denied:
    request = Request(operation="withdrawal", destination_id=destination_id)
    return attrs.evolve(ONE_HELD, request=request, holds=holds or ONE_HELD.holds)


def test_a_hold_about_the_destination_of_the_request_is_said_to_be_about_this_one_only() -> None:
    assert said(explain(to("address-3")), "en").splitlines()[:4] == [
        "Withdrawals to this destination are paused for a while. If nothing else happens, they resume by themselves on "
        "7 January 2026, 09:00 UTC (in 2 days).",
        "Reason: a change to the security of your account.",
        "This reason began on 5 January 2026.",
        "This reason is about this destination only.",
    ]


def test_a_request_that_names_no_destination_is_told_which_ones_are_held() -> None:
    second = attrs.evolve(ONE_HELD.holds[0], id="event-8:some-rule", destination_id="address-4")
    lines = said(explain(to(None, ONE_HELD.holds[0], second)), "en").splitlines()
    assert lines[1] == "Only the destinations that are named here are affected."
    told = [line for line in lines if line.startswith("This reason is about")]
    assert told == [f"This reason is about one destination only (address-{number})." for number in (3, 4)]


@pytest.mark.parametrize("destination_id", [None, "address-3"])
def test_where_something_else_is_held_for_all_the_answer_is_about_all(destination_id: str | None) -> None:
    lines = said(explain(to(destination_id, ONE_HELD.holds[0], TIMED.holds[0])), "en").splitlines()
    assert lines[0].startswith("This withdrawal is paused for a while.")
    assert lines[1].startswith("There are 2 separate reasons")
    assert sum("destination" in line for line in lines) == 1


def test_an_id_is_told_to_the_account_holder_only_where_the_request_did_not_say() -> None:
    for audience in Audience:
        text = said(explain(to("address-3"), audience), "en")
        assert text.count("address-3") == (2 if audience is Audience.STAFF else 0)
    assert "address-3" in said(explain(to(None)), "en")


@each_language
def test_a_hostile_id_turns_nothing_around_it_and_hides_nothing(tag: str) -> None:
    hostile = "\u05d0\u05d1 \u202e\u2069{until}"
    before, after = CATALOGUE.languages[tag]["hold.destination"].split("{destination_id}")
    (told,) = (
        each
        for each in explain(to(None, attrs.evolve(ONE_HELD.holds[0], destination_id=hostile)))
        if each.params.get("destination_id")
    )
    assert render(told, tag) == f"{before}\u2068\u05d0\u05d1 \\u202e\\u2069{{until}}\u2069{after}"
    plain = Message(code="hold.destination", params={"destination_id": "bc1q x"})
    assert render(plain, tag) == f"{before}bc1q x{after}"


def test_a_refusal_about_a_hold_of_one_destination_says_so_to_staff() -> None:
    scope = Scope(destinations=Destinations.NAMED)
    rule = Rule(id="r", trigger="t", scope=scope, repeat="separate", releasable_by=frozenset({"support"}))
    event = SecurityEvent(id="e1", account="a1", at=START, trigger="t", initiated_by="user", destination_id="address-3")
    held = apply(Policy(id="p", version="1", rules=(rule,)), Account(id="a1"), event).account
    refused = refusal(Refusal.NOT_AUTHORIZED, RELEASE, held.holds[0])
    assert "About this destination only: address-3" in said(explain_refusal(refused, Audience.STAFF), "en")
    assert "address-3" not in said(explain_refusal(refused), "en")


# ── What is told of a reason, of a request for more, and of who may release ──────────────────────────────────────


@pytest.mark.parametrize("timer", [{}, {"until": LATER, "steps": (steps.Wait(until=LATER),)}], ids=["open", "timed"])
@pytest.mark.parametrize("reason", [*REASONS, "house_reason"])
def test_the_public_reason_is_told_whether_or_not_the_hold_has_a_timer(reason: str, timer: dict[str, object]) -> None:
    told = explain(a_denial(a_hold(public_reason=reason, **timer)))
    assert told[1] == Message(code=f"why.{reason}")
    began = Message(code="hold.began_on", params={"began_on": START})
    assert (told[2] == began) == (reason not in {*HIDDEN, "house_reason"})


def test_the_day_on_which_a_reason_began_is_told_only_once_it_is_past() -> None:
    began = a_denial(a_hold(public_reason=public_reasons.MONEY_RECEIVED))
    codes = {at: [message.code for message in explain(attrs.evolve(began, at=at))] for at in (START - TICK, START)}
    assert [("hold.began_on" in codes[at]) for at in codes] == [False, True]


@each_language
def test_each_public_reason_has_a_sentence_of_its_own(tag: str) -> None:
    sentences = {reason: render(Message(code=f"why.{reason}"), tag) for reason in REASONS}
    assert len(set(sentences.values())) == len(REASONS)
    assert not any(days_in(sentence, tag) for sentence in sentences.values())


@each_language
def test_a_public_reason_that_nobody_knows_gives_the_neutral_sentence(tag: str) -> None:
    neutral = render(Message(code="why.unspecified"), tag)
    assert render(Message(code="why.detector_17"), tag) == neutral
    assert said(explain(denied_with(SUPPORT, public_reason="detector_17")), tag).splitlines()[1] == neutral


def test_a_host_replaces_the_text_of_one_reason_and_adds_its_own() -> None:
    ours: Catalogue = CATALOGUE.overriding(
        {
            "en": {"why.new_device": "Reason: we have not seen this phone before.", "why.strike": "Reason: a strike."},
            "nb": {"why.strike": "Årsak: en streik."},
        }
    )
    told = {
        (reason, tag): render(Message(code=f"why.{reason}"), tag, catalogue=ours)
        for reason in ("new_device", "strike", "new_account")
        for tag in ("en", "nb", "de")
    }
    assert told["new_device", "en"] == "Reason: we have not seen this phone before."
    assert told["new_device", "nb"] == "Årsak: en ny enhet på kontoen din."
    assert (told["strike", "en"], told["strike", "nb"]) == ("Reason: a strike.", "Årsak: en streik.")
    assert told["strike", "de"] == "Reason: a strike."  # borrowed, as every text that a language lacks
    assert told["new_account", "en"] == "Reason: your account is new."


def test_a_text_of_a_reason_names_nothing() -> None:
    """So no host can tell an instant in it."""
    with pytest.raises(InvalidValue, match=r"why\.strike`\]: must not name `\{since\}`"):
        CATALOGUE.overriding({"en": {"why.strike": "Reason: a strike ({since})."}})


def test_the_instant_of_an_alarm_with_a_timer_is_not_told() -> None:
    rule = Rule(id="r", trigger=triggers.ABNORMAL_ACTIVITY, duration=timedelta(hours=5))
    at = START + timedelta(hours=1, minutes=7)
    flagged = apply(Policy(id="p", version="1", rules=(rule,)), Account(id="a1"), attrs.evolve(FLAG, at=at)).account
    text = said(explain(check(flagged, at)), "en")
    assert "Reason: unusual activity" in text
    assert instants_in(text, "en") == [at + timedelta(hours=5)] * 2
    assert days_in(text, "en") == [START.replace(hour=0)] * 2


def test_a_deposit_is_no_change_of_the_security() -> None:
    rule = Rule(id="r", trigger=triggers.DEPOSIT_CREDITED, duration=timedelta(days=1))
    event = attrs.evolve(FLAG, trigger=triggers.DEPOSIT_CREDITED)
    held = apply(Policy(id="p", version="1", rules=(rule,)), Account(id="a1"), event).account
    assert said(explain(check(held, START)), "en").splitlines()[1:3] == [
        "Reason: a deposit arrived in your account.",
        "This reason began on 5 January 2026.",
    ]


def test_the_day_is_that_of_the_reader() -> None:
    message = Message(code="hold.began_on", params={"began_on": datetime(2026, 1, 5, 23, 30, tzinfo=UTC)})
    assert render(message, "en", zone=OSLO) == "This reason began on 6 January 2026."
    assert render(message, "ru") == "Эта причина действует с 5 января 2026 года."


RITA, OTTO, VENDOR = (
    Actor(id=name, kind=kind) for name, kind in (("rita", "admin"), ("otto", "admin"), ("vendor", "system"))
)


def after(*happened: tuple[type, dict[str, object]]) -> Account:
    """The flagged account after these events, one each minute."""
    account = FLAGGED
    for number, (kind, members) in enumerate(happened, 1):
        header = {"id": f"s{number}", "account": "a1", "at": START + number * MINUTE, "hold": FLAGGED_HOLD.id}
        account = apply(policies.BINANCE, account, kind(**header, **members)).account
    return account


HANDED_IN = (VerificationStarted, {"method": methods.IDENTITY_PERSONAL}), (VerificationSubmitted, {"attempt": "s1"})
MORE = {"by": VENDOR, "reasons": ("detector_17", reasons.DOCUMENT_UNREADABLE), "documents": {"id_photo"}}


def test_what_a_reviewer_asked_for_is_told_with_the_reasons_that_are_well_known() -> None:
    asked = check(after(*HANDED_IN, (MoreRequested, MORE)), START + HOUR)
    assert asked.phase is Phase.VERIFICATION
    assert said(explain(asked), "en").splitlines()[1:] == [
        "Reason: unusual activity, or something else on your account that we have to check.",
        "More is needed to complete your verification (identity verification as a person). Please send: a photo of "
        "your identity document.",
        "Why more is needed: the document could not be read.",
    ]
    assert said(explain(asked, Audience.STAFF), "en").splitlines()[-1] == (
        "Reasons for asking for more: detector 17, and the document could not be read"
    )


def test_a_request_for_more_without_documents_is_told_as_the_verification_that_goes_on() -> None:
    asked = check(after(*HANDED_IN, (MoreRequested, {"by": VENDOR})), START + HOUR)
    assert [message.code for message in explain(asked, Audience.STAFF)][-1] == "step.complete_verification"
    hidden = check(after(*HANDED_IN, (MoreRequested, {"by": VENDOR, "reasons": ("detector_17",)})), START + HOUR)
    assert explain(hidden) == explain(asked)
    assert [message.code for message in explain(hidden, Audience.STAFF)][-2:] == [
        "step.complete_verification",
        "staff.more_because",
    ]


REJECTED = (ReviewDecided, {"by": RITA, "outcome": "rejected", "reasons": (reasons.POOR_LIGHT,)})
FILED = (AppealSubmitted, {"documents": {"supporting_documents"}})


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        (
            {"id_photo"},
            "More is needed for your appeal. Select “Withdrawal appeal” and send: a photo of your identity document.",
        ),
        ((), "More is needed for your appeal. Select “Withdrawal appeal” and send your answer."),
    ],
)
def test_an_appeal_that_waits_for_the_person_is_not_told_to_be_filed_again(documents: object, told: str) -> None:
    asked = {"by": OTTO, "documents": documents}
    waiting = check(after(*HANDED_IN, REJECTED, FILED, (MoreRequested, asked)), START + HOUR)
    assert waiting.phase is Phase.APPEAL
    assert said(explain(waiting), "en").splitlines()[-2:] == [
        told,
        "Contact our customer support, and only through our official channels. "
        "Authorised to end this: customer support.",
    ]


def test_a_failure_is_not_told_while_a_later_review_is_open() -> None:
    again = (VerificationStarted, {"method": methods.IDENTITY_PERSONAL}), (VerificationSubmitted, {"attempt": "s4"})
    failed = "Your previous verification or appeal was not accepted: the light was too poor."
    journey = (*HANDED_IN, REJECTED, *again)
    told = [failed in said(explain(check(after(*journey[:count]), START + HOUR)), "en") for count in range(6)]
    assert told == [False, False, False, True, True, False]


def test_who_can_end_a_hold_is_told_and_support_only_where_it_can() -> None:
    support, others = (said(explain(denied_with(step)), "en").splitlines()[2:] for step in (SUPPORT, OTHERS))
    assert support == [
        "Contact our customer support, and only through our official channels. "
        "Authorised to end this: compliance or customer support."
    ]
    assert others == [
        "Our customer support cannot end this. Authorised to end this: compliance or house desk.",
        "There is nothing that you can do about it here now.",
    ]


@pytest.mark.parametrize(
    ("others", "is_told"),
    [((), False), ((FACES,), True), ((SUPPORT,), True), ((OTHERS,), False), ((steps.AwaitReview(due=None),), False)],
)
def test_that_it_may_end_sooner_is_told_where_something_can_be_done(
    others: tuple[steps.Step, ...], is_told: bool
) -> None:
    waiting = denied_with(steps.Wait(until=LATER), *others)
    enough = attrs.evolve(waiting, resumes_at=LATER)
    assert ("step.sooner" in [message.code for message in explain(enough)]) is is_told
    assert "step.sooner" not in [message.code for message in explain(waiting)]


@pytest.mark.parametrize(
    ("denied", "is_told"),
    [
        (denied_with(OTHERS), True),
        (denied_with(steps.Wait(until=LATER), OTHERS), True),
        (attrs.evolve(denied_with(steps.Wait(until=LATER), OTHERS), resumes_at=LATER), False),
        (denied_with(FACES, OTHERS), False),
        (denied_with(SUPPORT), False),
    ],
)
def test_that_nothing_can_be_done_is_told_where_it_is_so(denied: Denied, is_told: bool) -> None:
    assert ("step.nothing_now" in [message.code for message in explain(denied)]) is is_told


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────


@given(story=stories(), audience=st.sampled_from(Audience), data=st.data())
def test_a_page_says_the_lines_by_hold_and_by_step(story: Story, audience: Audience, data: st.DataObject) -> None:
    decision = check(story.account, data.draw(st.sampled_from(boundaries(story.account))))
    page = m.explanation_of(decision, audience)
    assert page.lines == explain(decision, audience)
    holds = decision.holds if isinstance(decision, Denied) else ()
    assert [len(told.steps) for told in page.holds] == [len(hold.steps) for hold in holds]
    for told, hold in zip(page.holds, holds, strict=True):
        assert told.why[0].code == f"why.{hold.public_reason}"
        assert [step.step.step for step in told.steps] == [step.step for step in hold.steps]
        waits = any(step.step == StepType.WAIT for step in hold.steps)
        if told.relation is m.Relation.ANY and waits:
            assert decision.resumes_at is not None
        assert (told.relation is m.Relation.ONLY) == (len(hold.steps) == 1)


def test_a_person_comes_before_a_business_and_the_web_before_the_app() -> None:
    offered = (*FACES.methods, *IDENTITIES.methods, "home_visit")
    ((step,),) = (told.steps for told in m.explanation_of(denied_with(steps.Verify(methods=offered))).holds)
    assert [(each.name, render(each.label, "en"), each.scans_a_qr_code) for each in step.controls] == [
        ("identity_personal", "As a person", False),
        ("identity_business", "As a business", False),
        ("face_web", "On the web", False),
        ("face_mobile", "In the mobile app", True),
        ("home_visit", "home visit", False),
    ]
    assert step.button == m.VERIFY_NOW


@pytest.mark.parametrize(
    ("step", "attached", "button"),
    [
        (steps.Appeal(documents=("id_photo", "tax_form")), ["a photo of your identity document", "tax form"], True),
        (ASKED_FOR_MORE, ["a photo of your identity document", "tax form"], False),
        (steps.AwaitReview(due=None), [], False),
    ],
)
def test_what_is_to_be_attached_is_a_control_with_its_label(
    step: steps.Step, attached: list[str], button: bool
) -> None:
    ((told,),) = (hold.steps for hold in m.explanation_of(denied_with(step)).holds)
    assert [render(each.label, "en") for each in told.controls] == attached
    assert (told.button == m.WITHDRAWAL_APPEAL) == button


def test_a_step_of_a_page_has_no_reason_that_is_not_well_known() -> None:
    ((told,),) = (hold.steps for hold in m.explanation_of(denied_with(ASKED_FOR_MORE)).holds)
    assert told.step == attrs.evolve(ASKED_FOR_MORE, reasons=(reasons.POOR_LIGHT,))


@pytest.mark.parametrize(
    ("denied", "relation"),
    [
        (TIMED, "only"),
        (denied_with(FACES, SUPPORT), "any"),
        (denied_with(steps.Wait(until=LATER), FACES), "wait_and_perhaps_more"),
        (attrs.evolve(denied_with(steps.Wait(until=LATER), FACES), resumes_at=LATER), "any"),
    ],
)
def test_the_steps_of_a_hold_say_how_they_belong_together(denied: Denied, relation: str) -> None:
    (hold,) = m.explanation_of(denied).holds
    assert hold.relation == relation


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("face_web", "Gesichtsverifizierung im Browser"),
        ("id_photo", "ein Foto Ihres Ausweises"),
        ("fiat_withdrawal", "Auszahlungen auf ein Bankkonto"),
        ("compliance", "Compliance-Abteilung"),
        ("tax_form", "Steuerformular"),
        ("video_call", "ein Videogespräch"),
        ("home_visit", "home visit"),
    ],
)
def test_every_name_has_a_label(name: str, label: str) -> None:
    ours = CATALOGUE.overriding({"de": {"document.tax_form": "Steuerformular"}})
    assert m.label_of(name, ["de"], catalogue=ours) == label


def test_no_well_known_name_has_two_labels() -> None:
    names = [
        code.partition(".")[2] for code in CODES if code.startswith(("method.", "document.", "operation.", "auth"))
    ]
    assert len(set(names)) == len(names)


# ── The notice ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("denied", "notice"),
    [
        (a_denial(), "notice.abnormal_activity"),
        (a_denial(a_hold(), a_hold(**CHANGED)), "notice.abnormal_activity"),
        (a_denial(operation="p2p_sale"), "notice.abnormal_activity_some"),
        (a_denial(a_hold(destination_id="address-3")), "notice.abnormal_activity_some"),
        (a_denial(a_hold(destination_id="address-3"), a_hold()), "notice.abnormal_activity"),
        (TIMED, "notice.timed"),
        (ONE_HELD, "notice.timed"),
        (denied_with(SUPPORT, public_reason=public_reasons.OWN_REQUEST), None),
        (denied_with(SUPPORT, public_reason=public_reasons.LEGAL_ORDER), None),
    ],
)
def test_a_notice_fits_its_denial_or_there_is_none(denied: Denied, notice: str | None) -> None:
    told = m.notice_of(denied)
    assert (told and told.code) == notice


def test_the_methods_that_are_told_change_when_the_identity_ends() -> None:
    ends_at = START + DAY
    event = IdentityChanged(id="i1", account="a1", at=START, identity="personal", valid_until=ends_at)
    account = apply(policies.BINANCE, FLAGGED, event).account
    before, then = (said(explain(check(account, at)), "en", now=at) for at in (ends_at - TICK, ends_at))
    assert "confirm who you are: face verification on the web or face verification in the mobile app." in before
    assert "confirm who you are: identity verification as a person or identity verification as a business." in then


# ── What a thief could learn ─────────────────────────────────────────────────────────────────────────────────────


def disguised(decision: Denied) -> Denied:
    """The same decision with everything renamed that an account holder must not learn."""
    holds = tuple(
        attrs.evolve(
            hold,
            id=f"x:{index}",
            rule="disguised",
            trigger="disguised",
            policy=PolicyRef(id="disguised", version="0"),
            since=START + index * DAY if hold.public_reason in HIDDEN else hold.since,
        )
        for index, hold in enumerate(decision.holds)
    )
    return attrs.evolve(decision, account="disguised", holds=holds)


@given(story=stories(), data=st.data())
def test_an_account_holder_learns_nothing_about_what_fired(story: Story, data: st.DataObject) -> None:
    """The words are the same whatever the rule, the hold, the trigger and the policy are called."""
    decision = check(story.account, data.draw(st.sampled_from(boundaries(story.account))))
    if not decision:
        assert explain(decision) == explain(disguised(decision))


@given(story=stories(policy=policies.BINANCE), tag=st.sampled_from(LANGUAGES), data=st.data())
def test_no_text_for_an_account_holder_names_what_fired(story: Story, tag: str, data: st.DataObject) -> None:
    decision = check(story.account, data.draw(st.sampled_from(boundaries(story.account))))
    text = said(explain(decision), tag, now=decision.at)
    for hold in decision.holds if isinstance(decision, Denied) else ():
        for secret in (hold.id, hold.rule, hold.trigger, hold.trigger.replace("_", " "), hold.policy.id):
            assert secret not in text.lower()


def test_a_reason_that_is_not_well_known_is_for_staff_only() -> None:
    failed = denied_with(FACES, reasons=("detector_17", reasons.POOR_LIGHT))
    assert Message(code="hold.failed_because", params={"reasons": ("poor_light",)}) in explain(failed)
    assert "detector" not in said(explain(failed), "en")
    assert "detector 17, and the light was too poor" in said(explain(failed, Audience.STAFF), "en")
    assert Message(code="hold.failed") in explain(denied_with(FACES, reasons=("detector_17",)))


@given(story=stories(), data=st.data())
def test_staff_is_told_what_the_account_holder_is_told_and_what_is_behind_it(story: Story, data: st.DataObject) -> None:
    decision = check(story.account, data.draw(st.sampled_from(boundaries(story.account))))
    to_staff = explain(decision, Audience.STAFF)
    assert tuple(message for message in to_staff if not message.code.startswith("staff.")) == explain(decision)
    text = said(to_staff, "en", now=decision.at)
    for hold in decision.holds if isinstance(decision, Denied) else ():
        for fact in (hold.id, hold.rule, hold.trigger, hold.policy.id, hold.policy.version):
            assert fact in text
        for reason in hold.reasons:
            assert render(Message(code="staff.reasons", params={"reasons": (reason,)}), "en").split(": ")[1] in text


# ── Refusals and phases ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Refusal.WRONG_ACCOUNT, "refused.look_again"),
        (Refusal.UNKNOWN_HOLD, "refused.look_again"),
        (Refusal.HOLD_NOT_OPEN, "refused.look_again"),
        (Refusal.NO_CLEARANCE, "refused.look_again"),
        (Refusal.NOT_AUTHORIZED, "refused.not_permitted"),
        (Refusal.WRONG_STATE, "refused.look_again"),
        (Refusal.METHOD_NOT_ACCEPTED, "refused.choose_another_method"),
        (Refusal.ATTEMPTS_EXHAUSTED, "refused.verification_closed"),
        (Refusal.APPEAL_NOT_OFFERED, "refused.appeal_not_offered"),
        (Refusal.DOCUMENTS_MISSING, "refused.look_again"),
        (Refusal.SAME_REVIEWER, "refused.not_permitted"),
        (Refusal.STALE, "refused.look_again"),
        (Refusal.UNKNOWN_EVENT, "refused.look_again"),
    ],
)
def test_every_refusal_is_explained(reason: Refusal, told: str) -> None:
    assert [message.code for message in m.explain_refusal(refusal(reason))] == [told]
    to_staff = m.explain_refusal(refusal(reason), Audience.STAFF)
    assert to_staff[0].code == told
    assert to_staff[1] == Message(code="staff.refused", params={"event": "e1", "refusal": reason.value})
    assert FLAGGED_HOLD.id in said(to_staff, "en")


def test_the_documents_that_are_missing_are_named() -> None:
    (told,) = m.explain_refusal(refusal(Refusal.DOCUMENTS_MISSING, APPEAL))
    assert told == Message(code="refused.documents_missing", params={"documents": ("supporting_documents",)})
    assert render(told, "nb") == "Det mangler dokumenter: dokumentasjon som støtter saken."
    assert m.explain_refusal(refusal(Refusal.DOCUMENTS_MISSING, APPEAL, None)) == (Message(code="refused.look_again"),)


def test_a_document_that_was_sent_is_not_missing() -> None:
    clearance = FLAGGED_HOLD.rule.clearance
    terms = attrs.evolve(clearance.appeal, documents=frozenset({"id_photo", "payslip", "supporting_documents"}))
    rule = attrs.evolve(FLAGGED_HOLD.rule, clearance=attrs.evolve(clearance, appeal=terms))
    event = attrs.evolve(APPEAL, documents=frozenset({"id_photo", "holiday_picture"}))
    refused = refusal(Refusal.DOCUMENTS_MISSING, event, attrs.evolve(FLAGGED_HOLD, rule=rule))
    (told,) = m.explain_refusal(refused)
    assert told.params["documents"] == ("payslip", "supporting_documents")


def test_staff_is_told_who_may_release_and_whether_to_try_again() -> None:
    to_staff = m.explain_refusal(refusal(Refusal.NOT_AUTHORIZED, RELEASE), Audience.STAFF)
    assert [message.code for message in to_staff][-2:] == ["staff.authorities", "staff.outdated"]
    assert "legal team · may release: customer support" in said(to_staff, "en")
    assert m.explain_refusal(refusal(Refusal.STALE), Audience.STAFF)[-1].code == "staff.early"
    timed = SecurityEvent(
        id="e1", account="a1", at=START, trigger="email_changed", initiated_by=ActorKind.USER, context={}
    )
    (nobody,) = apply(policies.BINANCE, Account(id="a1"), timed).account.holds
    codes = [message.code for message in m.explain_refusal(refusal(Refusal.STALE, RELEASE, nobody), Audience.STAFF)]
    assert "staff.authorities" not in codes


def test_a_real_refusal_is_explained() -> None:
    event = VerificationStarted(id="e2", account="a1", at=START, hold=FLAGGED_HOLD.id, method="face_web")
    with pytest.raises(EventRefused) as refused:
        apply(policies.BINANCE, FLAGGED, event)
    assert said(m.explain_refusal(refused.value), "en").startswith("This way of verifying is not accepted")


@each_language
def test_every_phase_has_a_label(tag: str) -> None:
    labels = [render(m.explain_phase(phase), (tag,)) for phase in Phase]
    assert len(set(labels)) == len(Phase)
    assert labels == [CATALOGUE.languages[tag][f"phase.{phase}"] for phase in Phase]


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (lambda: explain(FLAGGED), "decision"),
        (lambda: explain(TIMED, "everybody"), "audience"),
        (lambda: m.explain_refusal(TIMED), "refused"),
        (lambda: m.explain_refusal(refusal(Refusal.STALE), "nobody"), "audience"),
        (lambda: m.explain_phase("limbo"), "phase"),
    ],
)
def test_what_cannot_be_explained_is_refused(call, path: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        call()
    assert refused.value.path == path


def test_an_audience_may_be_given_by_its_word() -> None:
    assert explain(TIMED, "staff") == explain(TIMED, Audience.STAFF) != explain(TIMED, "user") == explain(TIMED)


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────────────────────

PLAIN = Message(code="step.wait", params={"until": LATER})


@pytest.mark.parametrize("value", [PLAIN, *sorted(EVERYTHING_SAID, key=repr), CATALOGUE], ids=lambda value: "value")
def test_a_message_and_a_catalogue_are_values(value: object) -> None:
    again = pickle.loads(pickle.dumps(value))
    assert again == value
    assert hash(again) == hash(value)
    assert copy.deepcopy(value) == value


def test_a_message_keeps_its_instants_in_utc() -> None:
    local = Message(code="step.wait", params={"until": LATER.astimezone(OSLO)})
    assert local == PLAIN
    assert local.params["until"].tzinfo is UTC
    assert repr(Message(code="allowed")) == "Message(code='allowed', params={})"


def test_a_message_and_its_parameters_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        PLAIN.code = "allowed"
    for change in (lambda: setattr(PLAIN.params, "_by_name", {}), lambda: delattr(PLAIN.params, "_hash")):
        with pytest.raises(AttributeError, match="immutable"):
            change()
    given = {"until": LATER}
    message = Message(code="step.wait", params=given)
    given["until"] = START
    assert message == PLAIN
    assert len(message.params) == 1


class Unreadable(dict):
    def keys(self):
        raise RuntimeError("no")

    def __iter__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"code": 7}, "code: must be text"),
        ({"code": "Step.Wait"}, "code: must be words with dots between"),
        ({"code": "step..wait"}, "code: must be words with dots between"),
        ({"code": "a" * 257}, "code: must be words with dots between"),
        ({"code": "step.wait"}, "params: must be exactly what `step.wait` names: `until`"),
        ({"code": "allowed", "params": {"until": LATER}}, "params: must be exactly what `allowed` names: nothing"),
        ({"code": "later", "params": {"colour": "red"}}, "params.colour: must be a parameter that some message has"),
        ({"code": "later", "params": {"a b": 1}}, "params[`a b`]: must be a parameter that some message has"),
        ({"code": "later", "params": {7: 1}}, "params: must have text for every name"),
        ({"code": "later", "params": None}, "params: must be a mapping, got `null`"),
        ({"code": "later", "params": Unreadable(a=1)}, "params: must be a mapping that can be read"),
        ({"code": "later", "params": {"until": "soon"}}, "params.until: must be a datetime"),
        ({"code": "later", "params": {"since": START.replace(tzinfo=None)}}, "params.since: must be an aware datetime"),
        ({"code": "later", "params": {"due": datetime(1969, 1, 1, tzinfo=UTC)}}, "params.due: must be between"),
        ({"code": "later", "params": {"duration": 3}}, "params.duration: must be a timedelta"),
        ({"code": "later", "params": {"duration": -TICK}}, "params.duration: must be a timedelta that is not negative"),
        ({"code": "later", "params": {"count": True}}, "params.count: must be a whole number"),
        ({"code": "later", "params": {"count": -1}}, "params.count: must be a whole number"),
        ({"code": "later", "params": {"count": 2**53}}, "params.count: must be a whole number"),
        ({"code": "later", "params": {"method": "Face Web"}}, "params.method: must be 1 to 128 characters"),
        ({"code": "later", "params": {"methods": ["face_web"]}}, "params.methods: must be a tuple"),
        ({"code": "later", "params": {"methods": ("Face",)}}, "params.methods[0]: must be 1 to 128 characters"),
        ({"code": "later", "params": {"methods": ("a",) * 65}}, "params.methods: must have at most 64 entries"),
        ({"code": "later", "params": {"hold": "a\nb"}}, "params.hold: must not contain control characters"),
        ({"code": "later", "params": {"hold": "a" * 271}}, "params.hold: must be 1 to 270 characters"),
    ],
)
def test_nonsense_cannot_be_said(members: dict[str, object], fault: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        Message(**members)
    assert str(refused.value).startswith(fault)


# ── Every language ───────────────────────────────────────────────────────────────────────────────────────────────


def templates(tag: str) -> dict[str, str]:
    """Every text of a language, each plural form under a name of its own."""
    found = {}
    for code, text in CATALOGUE.languages[tag].items():
        forms = {code: text} if isinstance(text, str) else {f"{code}[{form}]": text[form] for form in text}
        found |= forms
    return found


def test_the_languages_that_are_promised_are_shipped() -> None:
    assert set(LANGUAGES) >= {"nb", "en", "de", "es", "pt-BR", "ja", "zh-Hans", "ko", "tr", "ru"}
    assert repr(CATALOGUE) == f"Catalogue(languages={list(LANGUAGES)!r}, default='en')"


# A language that is not shipped and that counts in another way than English.
NEW_LANGUAGE = next(tag for tag in ("fr", "pl", "ar") if tag not in LANGUAGES)
USES_THE_NEW_LANGUAGE = """
import sys
from datetime import timedelta
from reference_pages import languages_table
from withdraw_guard.messages import CATALOGUE, Message, render

tag = sys.argv[1]
print(sorted(CATALOGUE.missing(tag)), CATALOGUE.lookup((f"{tag}-XX", "nb"))[0])
print(render(Message(code="allowed"), tag))
for days in (1, 2, 5):
    print(render(Message(code="staff.open_for", params={"duration": timedelta(days=days)}), tag))
print(languages_table())
"""


def test_a_language_is_added_by_one_file_and_one_line(tmp_path: Path) -> None:
    """The registry, the lookup, the plural rules and the generator of the docs find it."""

    def worded(text: str | Mapping[str, str]) -> str | dict[str, str]:
        if isinstance(text, str):
            return f"{text} ({NEW_LANGUAGE})"
        return {form: f"{text['other']} [{form}]" for form in plural_categories(NEW_LANGUAGE)}

    library = Path(withdraw_guard.__file__).parent
    copied = shutil.copytree(library, tmp_path / "withdraw_guard", ignore=shutil.ignore_patterns("__pycache__"))
    texts = {code: worded(text) for code, text in CATALOGUE.languages["en"].items()}
    (copied / "catalogues" / f"{NEW_LANGUAGE}.py").write_text(f"TEXTS = {texts!r}\n")
    with (copied / "catalogues" / "__init__.py").open("a") as registry:
        registry.write(f"from withdraw_guard.catalogues import {NEW_LANGUAGE} as {NEW_LANGUAGE}\n")
    paths = (tmp_path, Path(__file__).parents[1] / "docs")
    told = subprocess.run(
        [sys.executable, "-c", USES_THE_NEW_LANGUAGE, NEW_LANGUAGE],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.splitlines()
    assert told[:2] == [f"[] {NEW_LANGUAGE}", f"You can withdraw now. ({NEW_LANGUAGE})"]
    for line, days in zip(told[2:5], (1, 2, 5), strict=True):
        assert f"{days} days [{plural_category(NEW_LANGUAGE, days)}]" in line
    assert f"| `{NEW_LANGUAGE}` | You can withdraw now. ({NEW_LANGUAGE}) |" in told
    assert NEW_LANGUAGE not in CATALOGUE.languages


@each_language
def test_every_language_is_complete_and_has_nothing_else(tag: str) -> None:
    assert CATALOGUE.missing(tag) == frozenset()
    assert set(CATALOGUE.languages[tag]) == set(CODES)
    assert CATALOGUE.missing(tag.upper()) == frozenset()


@each_language
def test_every_placeholder_is_used_and_every_text_is_tidy(tag: str) -> None:
    for name, template in templates(tag).items():
        assert set(PLACEHOLDER.findall(template)) == CODES[name.partition("[")[0]], name
        assert template == template.strip() == unicodedata.normalize("NFC", template), name
        assert not re.search(r"  |[{}]", PLACEHOLDER.sub("x", template)), name
        opening, closing = template.count("(") + template.count("（"), template.count(")") + template.count("）")
        assert opening == closing, name
    sentences = [text for code, text in templates(tag).items() if code.startswith(("denied.", "step.", "refused."))]
    assert all(text.endswith((".", "。")) or re.search(r"\.\[|\}\.$", text) for text in sentences)


# April, August, September, November.
SAME_IN_GERMAN = {"month.4", "month.8", "month.9", "month.11"}


@each_other_language
def test_no_text_is_a_copy_of_the_english_one(tag: str) -> None:
    english = templates("en")
    for name, template in templates(tag).items():
        has_words = re.search(r"[^\W\d_]", PLACEHOLDER.sub("", template))
        if has_words and name in english and not (tag == "de" and name in SAME_IN_GERMAN):
            assert template != english[name], name


@each_language
def test_texts_that_mean_different_things_differ(tag: str) -> None:
    """No line was pasted twice."""
    seen: dict[str, str] = {}
    for name, template in templates(tag).items():
        if name.startswith(
            ("why.", "denied.", "hold.", "step.", "choice.", "refused.", "reason.", "refusal.", "tip.", "month.")
        ):
            assert template not in seen or name.startswith("denied.several"), (name, seen.get(template))
            seen[template] = name


SCRIPTS = {"ja": "HIRAGANA|KATAKANA|CJK", "zh-Hans": "CJK", "ko": "HANGUL", "ru": "CYRILLIC"}
LATIN_WORDS = re.compile(r"API|QR|P2P|UTC")


@pytest.mark.parametrize(("tag", "script"), SCRIPTS.items())
def test_a_language_is_written_in_its_script(tag: str, script: str) -> None:
    for name, template in templates(tag).items():
        letters = [letter for letter in LATIN_WORDS.sub("", PLACEHOLDER.sub("", template)) if letter.isalpha()]
        strange = [letter for letter in letters if not re.match(script, unicodedata.name(letter))]
        assert not strange, (name, strange)


@each_language
def test_a_sentence_names_the_button_as_the_button_is_labelled(tag: str) -> None:
    texts = CATALOGUE.languages[tag]
    assert texts["verify.button"] in texts["step.verify"]
    assert texts["verify.button"] in texts["step.verify_otherwise"]
    assert texts["appeal.button"] in texts["step.appeal"]
    assert texts["appeal.button"] in texts["step.appeal_bare"]


@each_language
def test_everything_is_said_with_all_that_it_names(tag: str) -> None:
    for message in EVERYTHING_SAID:
        text = render(message, (tag,), zone=OSLO, now=START)
        assert not re.search(r"[{}]", text)
        for name, value in message.params.items():
            if PARAMETERS[name].kind is ParameterKind.IDENTIFIER:
                assert value in text
            if isinstance(value, datetime):
                assert len(days_in(text, tag)) == 1
                assert len(instants_in(text, tag)) == (PARAMETERS[name].kind is not ParameterKind.DAY)


def test_no_other_module_says_in_english_what_a_message_says() -> None:
    """A second set of the same words would drift away from the catalogue."""
    library = Path(withdraw_guard.__file__).parent
    english = {text for text in templates("en").values() if " " in text and not text.startswith("{")}
    for path in sorted(library.rglob("*.py")):
        if path.parent.name != "catalogues":
            said_twice = {
                node.value
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Constant) and node.value in english
            }
            assert not said_twice, path


@pytest.mark.parametrize("family", ["authority", "document", "method", "operation", "reason", "refusal", "tip"])
def test_replays_and_pictures_say_names_as_messages_do(family: str) -> None:
    names = {code.partition(".")[2]: text for code, text in ENGLISH.items() if code.startswith(f"{family}.")}
    assert {name: _prose.listed(family, [name], "and") for name in names} == names


def test_replays_say_a_next_step_as_a_message_does_with_its_exact_instant() -> None:
    due = START + TICK
    for step in (steps.AwaitReview(due=due), steps.AwaitReview(due=None), steps.Verify(methods=("face_web",))):
        (message,) = (told for told in explain(denied_with(step)) if told.code.startswith("step."))
        exact = {"expected_by": _prose.instant_words(due)}
        assert _prose.next_step(a_hold(), step, START) == CATALOGUE.languages["en"][message.code].format(
            **exact, methods="face verification on the web"
        )


def test_the_published_texts_read_as_they_should() -> None:
    told = [
        m.notice_of(a_denial()),
        m.NOTICE_LINK,
        m.VERIFY_PROMPT,
        m.VERIFY_NOW,
        m.AS_A_PERSON,
        m.AS_A_BUSINESS,
        m.WITHDRAWAL_APPEAL,
    ]
    assert [render(message, "en") for message in told] == [
        "We have noticed unusual activity, or something else that we have to check, and have restricted withdrawals to "
        "protect your account.",
        "See why and what to do",
        "To protect your account, please confirm that it is really you. We then review your verification.",
        "Verify now",
        "As a person",
        "As a business",
        "Withdrawal appeal",
    ]
    assert [render(message, "nb") for message in (m.ON_THE_WEB, m.IN_THE_APP)] == ["På nettet", "I mobilappen"]


def test_a_wait_in_english_and_in_norwegian() -> None:
    assert said(explain(TIMED), "en").splitlines() == [
        "This withdrawal is paused for a while. If nothing else happens, it becomes possible by itself on "
        "7 January 2026, 09:00 UTC (in 2 days).",
        "Reason: a change to the security of your account.",
        "This reason began on 5 January 2026.",
        "Wait until 7 January 2026, 09:00 UTC (in 2 days). This reason then ends by itself, and you do not need to do "
        "anything about it.",
    ]
    assert said(explain(TIMED), "nb", OSLO, LATER - timedelta(hours=27)).splitlines()[0] == (
        "Dette uttaket er midlertidig sperret. Hvis det ikke skjer noe nytt, oppheves sperren av seg selv "
        "7. januar 2026 kl. 10:00 UTC+01:00 (om 1 dag og 3 timer)."
    )


def test_names_that_nobody_translated_are_said_in_their_own_words() -> None:
    told = explain(denied_with(steps.Verify(methods=("my_method", "video_call_", "x"), tips=("keep__calm",))))
    assert "in one of these ways: my method, video call or x." in said(told, "en")
    assert "Tips: keep calm." in said(told, "nb")


@pytest.mark.parametrize(
    ("tag", "documents"),
    [
        ("en", "a photo of your identity document, supporting documents and tax form"),
        ("nb", "et bilde av legitimasjonen din, dokumentasjon som støtter saken og tax form"),
        ("ja", "本人確認書類の写真、補足資料、tax form"),
        ("ko", "신분증 사진, 증빙 서류 및 tax form"),
    ],
)
def test_a_list_is_joined_as_the_language_does(tag: str, documents: str) -> None:
    names = ("id_photo", "supporting_documents", "tax_form")
    message = Message(code="refused.documents_missing", params={"documents": names})
    assert documents in render(message, tag)


def test_an_empty_list_is_said_without_an_error() -> None:
    message = Message(code="refused.documents_missing", params={"documents": ()})
    assert render(message, "en") == "Documents are missing: ."


# ── Plurals ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tag", [*COUNTED_LANGUAGES, *LANGUAGES, "pt-PT", "ru-UA"])
def test_plurals_are_those_of_cldr(tag: str) -> None:
    babel = pytest.importorskip("babel")
    rule = babel.Locale.parse({"no": "nb", "pt": "pt-BR"}.get(tag, tag), sep="-").plural_form
    counts = [*range(201), 1_000, 1_001, 999_999, 1_000_000, 1_000_001, 2_000_000, 1_000_000_000]
    assert {count: plural_category(tag, count) for count in counts} == {count: rule(count) for count in counts}
    assert set(plural_categories(tag)) == {rule(count) for count in counts} | {"other"}


@each_language
def test_months_are_those_of_cldr(tag: str) -> None:
    babel = pytest.importorskip("babel")
    # Chinese spells the months out where it is wide, and writes dates with the numbers.
    width = "abbreviated" if tag == "zh-Hans" else "wide"
    names = babel.Locale.parse(tag, sep="-").months["format"][width]
    assert months(tag) == {name: number for number, name in names.items()}


def test_a_language_that_nobody_knows_counts_in_one_form() -> None:
    assert plural_categories("tlh") == ("other",)
    assert {plural_category("tlh", count) for count in range(10)} == {"other"}


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("ru", ["1 день", "2 дня", "5 дней", "11 дней", "21 день", "22 дня", "100 дней"]),
        ("en", ["1 day", "2 days", "5 days", "11 days", "21 days", "22 days", "100 days"]),
        ("tr", ["1 gün", "2 gün", "5 gün", "11 gün", "21 gün", "22 gün", "100 gün"]),
        ("ja", ["1日", "2日", "5日", "11日", "21日", "22日", "100日"]),
    ],
)
def test_days_are_counted_as_the_language_does(tag: str, words: list[str]) -> None:
    for count, said_so in zip((1, 2, 5, 11, 21, 22, 100), words, strict=True):
        assert said_so in render(Message(code="staff.open_for", params={"duration": count * DAY}), tag)


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

instants = st.timedeltas(timedelta(0), 76_000 * DAY).map(lambda elapsed: datetime(2000, 1, 1, tzinfo=UTC) + elapsed)
zones = st.one_of(
    st.sampled_from(ZONES),
    st.timezones(),
    st.builds(timezone, st.timedeltas(-timedelta(hours=23), timedelta(hours=23))),
)


@given(until=instants, zone=zones, tag=st.sampled_from(LANGUAGES))
def test_an_end_is_never_said_early(until: datetime, zone: tzinfo, tag: str) -> None:
    text = render(Message(code="step.wait", params={"until": until}), (tag,), zone=zone)
    (named,) = instants_in(text, tag)
    assert until <= named < until + MINUTE


@given(due=instants, zone=zones, tag=st.sampled_from(LANGUAGES))
def test_a_deadline_is_never_said_late(due: datetime, zone: tzinfo, tag: str) -> None:
    params = {"method": "face_web", "due": due}
    (named,) = instants_in(render(Message(code="step.complete_verification_by", params=params), (tag,), zone=zone), tag)
    assert due - MINUTE < named <= due


elapsed_times = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=4_000)),
    st.builds(
        lambda grain, count, shift: max(grain * count + shift * TICK, timedelta(0)),
        st.sampled_from([MINUTE, HOUR, DAY]),
        st.integers(0, 400),
        st.integers(-1, 1),
    ),
)


@given(elapsed=elapsed_times, tag=st.sampled_from(LANGUAGES))
def test_a_duration_is_never_said_too_short(elapsed: timedelta, tag: str) -> None:
    """Rounded up to the minute, and to the hour from a day on; an end is at least that far, a deadline at most."""
    grain = HOUR if elapsed >= DAY else MINUTE
    now = datetime(2026, 1, 5, tzinfo=UTC)
    told = render(Message(code="staff.open_for", params={"duration": elapsed}), tag)
    assert elapsed <= duration_in(told, tag) < elapsed + grain
    until = render(Message(code="step.wait", params={"until": now + elapsed}), tag, now=now)
    assert ahead_in(until, tag) == ([duration_in(told, tag)] if elapsed else [])
    params = {"method": "face_web", "due": now + elapsed}
    due = render(Message(code="step.complete_verification_by", params=params), tag, now=now)
    assert ahead_in(due, tag) == ([elapsed // grain * grain] if elapsed >= MINUTE else [])


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (timedelta(0), "0 minutes"),
        (TICK, "1 minute"),
        (MINUTE, "1 minute"),
        (MINUTE + TICK, "2 minutes"),
        (HOUR - TICK, "1 hour"),
        (HOUR + MINUTE, "1 hour 1 minute"),
        (DAY - TICK, "1 day"),
        (DAY, "1 day"),
        (DAY + TICK, "1 day 1 hour"),
        (DAY + 3 * HOUR, "1 day 3 hours"),
        (timedelta(hours=25), "1 day 1 hour"),
        (2 * DAY - TICK, "2 days"),
        (timedelta(days=3_653), "3653 days"),
    ],
)
def test_durations_in_words(elapsed: timedelta, words: str) -> None:
    message = Message(code="staff.open_for", params={"duration": elapsed})
    assert render(message, "en") == f"Open for: {words}"


@pytest.mark.parametrize(
    ("instant", "zone", "words"),
    [
        (datetime(2026, 1, 5, 9, tzinfo=UTC), UTC, "5 January 2026, 09:00 UTC "),
        (datetime(2026, 1, 5, 9, tzinfo=UTC), OSLO, "5 January 2026, 10:00 UTC+01:00 "),
        (datetime(2026, 12, 31, 23, 59, 0, 1, tzinfo=UTC), UTC, "1 January 2027, 00:00 UTC "),
        (datetime(2026, 7, 5, 9, 0, 59, tzinfo=UTC), OSLO, "5 July 2026, 11:01 UTC+02:00 "),
        # The clocks go back: 02:30 comes twice, and the offset tells which.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), OSLO, "25 October 2026, 02:30 UTC+02:00 "),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), OSLO, "25 October 2026, 02:30 UTC+01:00 "),
        # The last second of summer time is rounded into winter time.
        (datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC), OSLO, "25 October 2026, 02:00 UTC+01:00 "),
        (
            datetime(2026, 1, 5, tzinfo=UTC),
            timezone(-timedelta(hours=3, minutes=30)),
            "4 January 2026, 20:30 UTC-03:30 ",
        ),
        (datetime(2026, 1, 5, tzinfo=UTC), timezone(timedelta(seconds=-5)), "4 January 2026, 23:59:55 UTC-00:00:05 "),
    ],
)
def test_instants_in_words(instant: datetime, zone: tzinfo, words: str) -> None:
    text = render(Message(code="step.wait", params={"until": instant}), "en", zone=zone)
    assert text.startswith(f"Wait until {words}"[:-1])


def test_a_moment_that_has_been_is_cut_to_the_minute_and_said_without_a_duration() -> None:
    (told,) = (each for each in explain(TIMED, Audience.STAFF) if each.code == "staff.hold")
    moved = attrs.evolve(told, params={**told.params, "since": START + timedelta(seconds=59)})
    assert render(moved, "en", now=START - DAY).endswith("since: 5 January 2026, 09:00 UTC")


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("en", "7 January 2026, 10:00 UTC+01:00 (in 2 days)"),
        ("de", "7. Januar 2026 um 10:00 Uhr (UTC+01:00, in 2 Tagen)"),
        ("es", "7 de enero de 2026 a las 10:00 (UTC+01:00, dentro de 2 días)"),
        ("pt", "7 de janeiro de 2026, às 10:00 (UTC+01:00, daqui a 2 dias)"),
        ("nb", "7. januar 2026 kl. 10:00 UTC+01:00 (om 2 dager)"),
        ("tr", "7 Ocak 2026 saat 10:00 (UTC+01:00, 2 gün sonra)"),
        ("ru", "7 января 2026 года, 10:00 (UTC+01:00, через 2 дня)"),
        ("ja", "2026年1月7日 10:00（UTC+01:00、2日後）"),
        ("ko", "2026년 1월 7일 10:00(UTC+01:00, 2일 후)"),
        ("zh", "2026年1月7日 10:00（UTC+01:00，2天后）"),
    ],
)
def test_an_instant_is_written_as_the_language_does(tag: str, words: str) -> None:
    assert words in render(PLAIN, tag, zone=OSLO, now=START)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("en", "the face was covered, and the light was too poor."),
        ("de", "das Gesicht war verdeckt und das Licht war zu schwach."),
        ("ru", "лицо было закрыто, и освещение было слишком слабым."),
        ("es", "el rostro estaba cubierto y la luz era insuficiente."),
    ],
)
def test_two_reasons_of_a_failure_are_joined_as_sentences(tag: str, words: str) -> None:
    failed = Message(code="hold.failed_because", params={"reasons": (reasons.FACE_COVERED, reasons.POOR_LIGHT)})
    assert render(failed, tag).endswith(words)


class Zone(tzinfo):
    """A time zone that says what it is told to."""

    def __init__(self, offset: object = timedelta(0), local: object = None) -> None:
        self.offset, self.local = offset, local

    def utcoffset(self, _: datetime | None) -> timedelta:
        if isinstance(self.offset, Exception):
            raise self.offset
        return self.offset

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def fromutc(self, instant: datetime) -> datetime:
        return instant + self.offset if self.local is None else self.local


@pytest.fixture
def a_machine_in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot change its zone")
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


class Later(datetime):
    """A datetime that is not exactly one."""


@pytest.mark.parametrize(
    "zone",
    [
        Zone(RuntimeError("evil")),
        Zone(None),
        Zone(7),
        Zone(timedelta(days=3)),
        Zone(timedelta(seconds=0.5)),
        Zone(HOUR, START),
        Zone(HOUR, (START + 2 * HOUR).replace(tzinfo=None)),
        Zone(HOUR, "tomorrow"),
        Zone(HOUR, Later(2026, 1, 5, 10, tzinfo=timezone(HOUR))),
        Zone(HOUR, datetime(2026, 1, 5, 9, tzinfo=timezone(-HOUR))),
        None,
        "Europe/Oslo",
        object(),
    ],
)
@pytest.mark.usefixtures("a_machine_in_tokyo")
def test_a_time_zone_that_does_not_add_up_is_utc(zone: object) -> None:
    text = render(Message(code="step.wait", params={"until": START}), "en", zone=zone)
    assert text.startswith("Wait until 5 January 2026, 09:00 UTC. ")


@pytest.mark.parametrize("now", [START.replace(tzinfo=None), "now", None, 7, Later(2026, 1, 5, tzinfo=UTC)])
def test_a_now_that_is_no_instant_is_unknown(now: object) -> None:
    assert render(PLAIN, "en", now=now) == render(PLAIN, "en")


def test_a_deadline_that_is_less_than_a_minute_ahead_is_said_without_a_duration() -> None:
    due = Message(code="step.complete_verification_by", params={"method": "face_web", "due": START + MINUTE})
    assert "(in 1 minute)" in render(due, "en", now=START)
    assert "(in" not in render(due, "en", now=START + TICK)


def test_what_is_not_ahead_is_said_without_a_duration() -> None:
    for now in (LATER, LATER + TICK):
        assert "(" not in render(PLAIN, "en", now=now)
    assert "(in 1 minute)" in render(PLAIN, "en", now=LATER - TICK)


# ── Looking a language up ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("languages", "found"),
    [
        ("nb", "nb"),
        (["nb-NO"], "nb"),
        (["NB-no-x-bank"], "nb"),
        (["no"], "nb"),
        (["nn-NO"], "nb"),
        (["pt"], "pt-BR"),
        (["pt-PT"], "pt-BR"),
        (["PT-br"], "pt-BR"),
        (["zh"], "zh-Hans"),
        (["zh-CN"], "zh-Hans"),
        (["zh-Hans-SG"], "zh-Hans"),
        (["zh-TW"], "zh-Hans"),
        (["zh-Hant-HK"], "zh-Hans"),
        (["de-CH-1996"], "de"),
        (["de-a-value-b"], "de"),
        (["en-GB"], "en"),
        (["qaa", "ja", "ko"], "ja"),
        (["qaa-CA", "*", "ko-KR"], "ko"),
        ([], "en"),
        ([""], "en"),
        (["*"], "en"),
        (["qaa"], "en"),
        (["nb_NO"], "en"),
        (["nb-"], "en"),
        (["-nb"], "en"),
        (["n b"], "en"),
        (["nb\n"], "en"),
        (["ｎｂ"], "en"),
        (["x-nb"], "en"),
        (["norwegianbokmaal"], "en"),
        (["nb-" + "a-" * 40 + "a"], "en"),
        ([None, 7, b"nb", "tr"], "tr"),
        (("xx",) * 31 + ("ru",), "ru"),
        (("xx",) * 32 + ("ru",), "en"),
        (iter(("xx", "es-419")), "es"),
    ],
    ids=lambda languages: shown(languages) if isinstance(languages, str | list | tuple) else "an iterator",
)
def test_a_language_is_looked_up_by_truncation(languages: object, found: str) -> None:
    assert CATALOGUE.lookup(languages)[0] == found
    assert CATALOGUE.lookup(languages)[-1] == "en"


def test_truncation_is_that_of_the_rfc() -> None:
    """RFC 4647, section 3.4, with what we call the language where people call it otherwise."""
    assert list(candidates("zh-Hant-CN-x-private1-private2")) == [
        "zh-hant-cn-x-private1-private2",
        "zh-hant-cn-x-private1",
        "zh-hant-cn",
        "zh-hant",
        "zh",
        "zh-hans",
    ]


def test_a_language_that_a_host_adds_is_found_first() -> None:
    traditional = CATALOGUE.with_language("ZH-hant", {"allowed": "您現在可以提現。"})
    assert [traditional.lookup((tag,))[0] for tag in ("zh-TW", "zh-Hant-HK", "zh-CN")] == [
        "zh-Hant",
        "zh-Hant",
        "zh-Hans",
    ]
    european = CATALOGUE.with_language("pt-pt", {"allowed": "Já pode fazer levantamentos."})
    assert european.lookup(("pt-PT",)) == ("pt-PT", "pt-BR", "en")
    assert european.lookup(("pt-AO",))[0] == "pt-BR"


# ── Catalogues of hosts ──────────────────────────────────────────────────────────────────────────────────────────

ALLOWED = Message(code="allowed")
ENGLISH = dict(CATALOGUE.languages["en"])


def test_a_host_overrides_single_texts() -> None:
    ours = CATALOGUE.overriding({"nb": {"allowed": "Bare ta ut."}, "en": {"reason.detector_17": "a robot said so"}})
    assert render(ALLOWED, "nb", catalogue=ours) == "Bare ta ut."
    assert render(ALLOWED, "nb") == "Du kan gjøre uttak nå."
    assert render(ALLOWED, "de", catalogue=ours) == render(ALLOWED, "de")
    message = Message(code="staff.reasons", params={"reasons": ("detector_17",)})
    assert render(message, "en", catalogue=ours) == "Reasons for the latest failure: a robot said so"
    twice = CATALOGUE.overriding({"pt-BR": {"allowed": "Sim."}, "PT-br": {"phase.active": "Ok"}})
    assert render(ALLOWED, "pt", catalogue=twice) == "Sim."
    assert render(m.explain_phase(Phase.ACTIVE), "pt", catalogue=twice) == "Ok"


def test_a_language_that_lacks_a_text_borrows_it() -> None:
    ours = CATALOGUE.with_language("qaa", {"allowed": "Ja ja.", "unit.day": "{count} suns"})
    assert render(ALLOWED, ("qaa-NO", "nb"), catalogue=ours) == "Ja ja."
    assert render(m.NOTICE_LINK, ("qaa-NO", "nb"), catalogue=ours) == render(m.NOTICE_LINK, "nb")
    assert render(m.NOTICE_LINK, "qaa", catalogue=ours) == "See why and what to do"
    assert ours.missing("qaa") == CODES.keys() - {"allowed", "unit.day"}
    message = Message(code="staff.open_for", params={"duration": 2 * DAY})
    assert "2 suns" in render(message, "qaa", catalogue=ours)


def test_a_host_may_bring_a_catalogue_of_its_own() -> None:
    own = Catalogue(languages={"NB": CATALOGUE.languages["nb"], "ja": {"unit.day": "{count}日"}}, default="nb")
    assert own.lookup(("en",)) == ("nb",)
    assert render(ALLOWED, "ja", catalogue=own) == "Du kan gjøre uttak nå."
    assert own.languages["ja"]["unit.day"] == {"other": "{count}日"}
    assert own == Catalogue(languages=own.languages, default="NB")
    assert isinstance(own.languages, Frozen)


@pytest.mark.parametrize(
    ("tag", "code", "text", "problem"),
    [
        ("nb", "step.wait", "Vent.", "must name `{until}`"),
        ("nb", "step.wait", "Vent til {until} {since}.", "must not name `{since}`, which this text is not given"),
        ("nb", "allowed", "Ja {until}.", "must not name `{until}`, which this text is not given"),
        ("nb", "step.wait", "{until.__class__}", "must have braces only around a plain name"),
        ("nb", "step.wait", "{until!r}", "must have braces only around a plain name"),
        ("nb", "step.wait", "{until:>9999}", "must have braces only around a plain name"),
        ("nb", "step.wait", "{until[0]}", "must have braces only around a plain name"),
        ("nb", "step.wait", "{0}", "must have braces only around a plain name"),
        ("nb", "step.wait", "{}", "must have braces only around a plain name"),
        ("nb", "step.wait", "{{until}}", "must have braces only around a plain name"),
        ("nb", "step.wait", "{until", "must have braces only around a plain name"),
        ("nb", "step.wait", "{until} }", "must have braces only around a plain name"),
        ("nb", "step.wait", "{ until }", "must have braces only around a plain name"),
        ("nb", "allowed", "Ja\nda.", "must not contain control characters"),
        ("nb", "allowed", "Ja\x1b[31m.", "must not contain control characters"),
        ("nb", "allowed", "\ud800", "must not contain control characters or lone surrogates"),
        ("nb", "allowed", "", "must be 1 to 2000 characters"),
        ("nb", "allowed", "x" * 2_001, "must be 1 to 2000 characters"),
        ("nb", "allowed", None, "must be text, got `null`"),
        ("nb", "allowed", {"other": "Ja."}, "must be text, got an object"),
        ("nb", "step.wiat", "Vent.", "must be the code of a text"),
        ("nb", "reason.Evil", "x", "must be the code of a text"),
        ("nb", "phase.limbo", "x", "must be the code of a text"),
        ("nb", "unit.day", "{count} dager", "must be a mapping"),
        ("nb", "unit.day", {"other": "{count}"}, "must have exactly the plural forms of `nb`: `one`, `other`"),
        ("ru", "unit.day", {"one": "{count}", "other": "{count}"}, "must have exactly the plural forms of `ru`"),
        (
            "ja",
            "unit.day",
            {"one": "{count}", "other": "{count}"},
            "must have exactly the plural forms of `ja`: `other`",
        ),
        ("nb", "unit.day", {"one": "en dag", "other": "{count}"}, "must name `{count}`"),
        ("nb", "unit.day", {"one": "{count}", "other": "{count!r}"}, "must have braces only around a plain name"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused(tag: str, code: str, text: object, problem: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        CATALOGUE.overriding({tag: {code: text}})
    assert refused.value.problem.startswith(problem)
    expected = f"languages.{tag}[`{code}`]" if "." in code else f"languages.{tag}.{code}"
    assert refused.value.path in (expected, f"{expected}.one", f"{expected}.other")


@pytest.mark.parametrize(
    ("build", "fault"),
    [
        (lambda: CATALOGUE.with_language("fr_FR", {}), "tag: must be a language tag such as `pt-BR`"),
        (lambda: CATALOGUE.with_language("NB", {}), "tag: must be a new language"),
        (lambda: CATALOGUE.with_language("qaa", None), "languages.qaa: must be a mapping"),
        (lambda: CATALOGUE.with_language("qaa", {7: "x"}), "languages.qaa: must have text for every name"),
        (
            lambda: CATALOGUE.overriding({"qaa": {}}),
            "texts.qaa: must be a language of the catalogue, got `qaa`; add it",
        ),
        (lambda: CATALOGUE.overriding({"?": {}}), "texts[`?`]: must be a language tag"),
        (lambda: CATALOGUE.overriding({"nb": None}), "texts.nb: must be a mapping"),
        (lambda: CATALOGUE.overriding(None), "texts: must be a mapping"),
        (lambda: CATALOGUE.missing("qaa"), "tag: must be a language of the catalogue"),
        (lambda: Catalogue(languages={}), "default: must be one of the languages, got `en`"),
        (lambda: Catalogue(languages={"en": ENGLISH}, default="nb"), "default: must be one of the languages"),
        (lambda: Catalogue(languages={"en": ENGLISH}, default=None), "default: must be a language tag"),
        (lambda: Catalogue(languages={"en": {}}), "languages.en[`allowed`]: is missing in the default language"),
        (lambda: Catalogue(languages={"en": ENGLISH, "EN": {}}), "languages.EN: must be given once"),
        (lambda: Catalogue(languages=None), "languages: must be a mapping"),
        (lambda: Catalogue(languages=Unreadable(en=ENGLISH)), "languages: must be a mapping that can be read"),
    ],
)
def test_a_catalogue_that_cannot_be_used_is_refused(build, fault: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        build()
    assert str(refused.value).startswith(fault)


@pytest.mark.parametrize(
    ("tag", "canonical"), [("SR-latn-rs", "sr-Latn-RS"), ("es-419", "es-419"), ("EN-x-AB-Bank", "en-x-ab-bank")]
)
def test_a_tag_is_kept_in_canonical_case(tag: str, canonical: str) -> None:
    assert canonical in CATALOGUE.with_language(tag, {}).languages


def test_what_is_put_in_is_not_a_text_again() -> None:
    """An identifier that looks like a placeholder stays what it is."""
    hold = a_hold(id="{rule}", rule="r", trigger="t", policy=PolicyRef(id="{since}", version="{0}"))
    told = explain(a_denial(hold), Audience.STAFF)
    assert "Hold: {rule} · rule: r · trigger: t · policy: {since} {0}" in said(told, "en")


# ── Never an exception ───────────────────────────────────────────────────────────────────────────────────────────

names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
values = {
    ParameterKind.DAY: instants,
    ParameterKind.MOMENT: instants,
    ParameterKind.END: instants,
    ParameterKind.DEADLINE: instants,
    ParameterKind.DURATION: st.timedeltas(timedelta(0)),
    ParameterKind.COUNT: st.integers(0, 2**53 - 1),
    ParameterKind.IDENTIFIER: st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1),
    ParameterKind.NAME: names,
    ParameterKind.NAMES: st.lists(names, max_size=5).map(tuple),
}


@st.composite
def any_messages(draw: st.DrawFn) -> Message:
    code = draw(
        st.sampled_from(sorted(MESSAGES)) | st.from_regex(r"[a-z]{1,5}(\.[a-z0-9][a-z0-9_]{0,8}){0,2}", fullmatch=True)
    )
    expected = CODES.get(code)
    if expected is not None and not expected <= PARAMETERS.keys():
        code, expected = "later", None
    chosen = draw(st.sets(st.sampled_from(sorted(PARAMETERS)), max_size=3)) if expected is None else expected
    return Message(code=code, params={name: draw(values[PARAMETERS[name].kind]) for name in sorted(chosen)})


@given(
    message=any_messages(),
    languages=st.lists(st.sampled_from(LANGUAGES) | st.text() | st.none() | st.integers(), max_size=4) | st.text(),
    zone=zones | st.builds(Zone, st.timedeltas() | st.none() | st.integers()) | st.none() | st.text(),
    now=st.none() | instants | st.datetimes() | st.text(),
)
def test_rendering_never_raises(message: Message, languages: object, zone: object, now: object) -> None:
    text = render(message, languages, zone=zone, now=now)
    assert text
    if message.code not in CODES and name_of(message.code) is None:
        assert text == message.code


def test_a_code_without_a_text_is_said_as_its_code() -> None:
    assert render(Message(code="later.release", params={"count": 3}), LANGUAGES) == "later.release"


@pytest.mark.parametrize("code", sorted(GRAMMAR - {"month.1"}))
def test_what_texts_are_made_with_is_no_message_by_itself(code: str) -> None:
    if CODES[code] and CODES[code] != {"count"}:
        with pytest.raises(InvalidValue, match="must be exactly what"):
            Message(code=code)


def test_open_holds_and_denials_are_said_alike() -> None:
    """What a page about all holds shows can be said through a denial of everything that is open."""
    holds = open_holds(FLAGGED, START)
    denied = check(FLAGGED, START)
    assert isinstance(denied, Denied)
    assert denied.holds == holds
