"""The engine of `intake`: its laws, sources as documents, messages of one's own, and ids that are always another's."""

from __future__ import annotations

import json
import os
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_messages import SUMSUB, VENDORS, clock
from test_intake_lives import STARTED
from withdraw_guard import (
    Account,
    ActorKind,
    EventRefused,
    Fact,
    IdentityChanged,
    InvalidValue,
    ReviewDecided,
    ReviewOutcome,
    SecurityEvent,
    apply,
    policies,
    triggers,
    wire,
)
from withdraw_guard.intake import (
    CLOUDEVENTS,
    KEYCLOAK,
    OUTBOX,
    SIGNALS,
    SIGNALS_STRICT,
    SOURCES,
    STRIPE,
    Deviation,
    Form,
    Ignored,
    Line,
    Outcome,
    Reported,
    Says,
    Source,
    Unit,
    Unreadable,
    read,
    source_from_dict,
    source_to_dict,
    sumsub,
)
from withdraw_guard.intake._fields import joined_id

RECEIVED = datetime(2026, 11, 30, tzinfo=UTC)
ALL = (*SOURCES, SUMSUB)
VECTORS = [
    (case["source"], case["base"], row["with"])
    for file in sorted((Path(__file__).parent / "intake").glob("*.json"))
    for case in [json.loads(file.read_text("utf-8"))]
    for row in case["cases"]
]
FOREIGN = [file for folder in Path(__file__).parents for file in folder.glob("shared/journals-foreign/*")]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
sources = st.sampled_from(ALL)


def outcome_of(source: Source, message: Any, account: Account | str | None = STARTED) -> Outcome:
    return read(source, message, lambda _: account, RECEIVED)


# ── Laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def damaged_messages(draw: st.DrawFn) -> tuple[Source, Any]:
    """A documented message of some source, with values anywhere in it that do not belong there."""
    name, base, changes = draw(st.sampled_from(VECTORS))
    message = json.loads(json.dumps({**base, **changes}))
    for _ in range(draw(st.integers(0, 3))):
        message = damaged(message, draw)
    return draw(st.sampled_from([source for source in ALL if source.id == name])), message


def damaged(value: Any, draw: st.DrawFn) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        name = draw(st.sampled_from(sorted(value)))
        return {**value, name: damaged(value[name], draw)}
    return draw(json_values)


@given(damaged_messages())
def test_any_message_has_an_outcome_and_always_the_same(told: tuple[Source, Any]) -> None:
    source, message = told
    outcome = outcome_of(source, message)
    assert isinstance(outcome, Reported | Ignored | Unreadable)
    assert outcome_of(source, message) == outcome
    assert outcome_of(source_from_dict(source_to_dict(source)), message) == outcome


def test_no_mutation_of_a_documented_message_is_too_much() -> None:
    """In the loop `deep` there are a million of them."""
    chance = random.Random(20261130)
    for _ in range(int(os.environ["WITHDRAW_GUARD_JOURNEYS"]) ** 2 // 36):
        name, base, changes = chance.choice(VECTORS)
        message = mutated({**base, **changes}, chance)
        (source,) = (source for source in ALL if source.id == name)
        assert isinstance(outcome_of(source, message), Reported | Ignored | Unreadable)


def mutated(value: Any, chance: random.Random) -> Any:
    """The message with one value anywhere in it replaced, dropped or put elsewhere."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        name = chance.choice(list(value))
        if chance.random() < 0.1:
            return {other: member for other, member in value.items() if other != name}
        return {**value, name: mutated(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        return [mutated(item, chance) for item in value]
    return chance.choice((*ODD, value, [value], {"format": value}, str(value)))


ODD = (None, True, 0, -1, 10**30, 1e308, float("inf"), "", "*", "\x00", "\ud800", "x" * 200, [], {}, [[]])


@given(sources, json_values)
def test_any_json_at_all_has_an_outcome(source: Source, message: Any) -> None:
    assert isinstance(outcome_of(source, message), Reported | Ignored | Unreadable)


@given(damaged_messages())
def test_what_is_reported_is_applied_or_refused_as_outdated_and_once_is_enough(told: tuple[Source, Any]) -> None:
    outcome = outcome_of(*told)
    if not isinstance(outcome, Reported):
        return
    assert outcome.events
    assert all(wire.event_from_dict(wire.to_dict(event)) == event for event in outcome.events)
    assert all(event.at <= RECEIVED for event in outcome.events)
    if any(event.account != STARTED.id for event in outcome.events):
        return
    account = applied_or_outdated(outcome)
    if account is None:
        return
    again = outcome_of(told[0], told[1], account)
    ids = {event.id for event in outcome.events}
    if isinstance(again, Reported):
        assert {event.id for event in again.events} <= ids
        assert apply(policies.BINANCE, account, *again.events).account == account


def applied_or_outdated(outcome: Reported) -> Account | None:
    try:
        return apply(policies.BINANCE, STARTED, *outcome.events).account
    except EventRefused as refused:
        if not refused.outdated:
            raise
        return None


@given(damaged_messages())
def test_strictly_there_are_no_deviations(told: tuple[Source, Any]) -> None:
    outcome = outcome_of(SIGNALS_STRICT, told[1])
    assert not isinstance(outcome, Reported) or outcome.deviations == ()
    lenient = outcome_of(SIGNALS, told[1])
    if isinstance(lenient, Reported) and not lenient.deviations:
        assert outcome == lenient


@given(st.sampled_from(list(VENDORS.values())), st.text(max_size=12), st.sampled_from(["", " GREEN", " GREEN RETRY"]))
def test_a_status_that_nobody_documents_does_nothing(vendor: Any, status: str, answer: str) -> None:
    known = {word for line in vendor.source.lines for word in line.words}
    message = vendor.message(status + answer, "s1", 2)
    if known.isdisjoint(re.findall(r"[\w.-]+", json.dumps(message))):
        assert isinstance(outcome_of(vendor.source, message), Ignored)


def test_only_a_line_that_says_approved_approves() -> None:
    for vendor in VENDORS.values():
        for meaning, status in vendor.statuses.items():
            outcome = outcome_of(vendor.source, vendor.message(status, "s1", 2))
            events = outcome.events if isinstance(outcome, Reported) else ()
            outcomes = [event.outcome for event in events if isinstance(event, ReviewDecided)]
            assert (ReviewOutcome.APPROVED in outcomes) == (meaning is Says.APPROVED)
            assert not [event for event in events if isinstance(event, IdentityChanged) and event.identity]


def test_every_event_of_a_session_names_its_attempt() -> None:
    for vendor in VENDORS.values():
        for status in vendor.statuses.values():
            outcome = outcome_of(vendor.source, vendor.message(status, "s1", 2))
            for event in outcome.events if isinstance(outcome, Reported) else ():
                assert getattr(event, "attempt", None) == "s1"


@given(st.lists(st.text(min_size=1, max_size=90), min_size=1, max_size=3))
def test_an_id_is_never_too_long_and_never_another_ones(parts: list[str]) -> None:
    made = joined_id(parts)
    SecurityEvent(id=made, account="a1", at=RECEIVED, trigger="x", initiated_by="user")
    assert joined_id([*parts, "x"]) != made
    assert joined_id([parts[0] + " ", *parts[1:]]) != made
    assert joined_id([made]) == made or joined_id([made]) != joined_id(parts)


# ── Who it is about, and when ────────────────────────────────────────────────────────────────────────────────────

UPDATED = {"id": "u1", "time": 1767603600123, "type": "UPDATE_PASSWORD", "userId": "a1", "realmId": "r"}


def test_resolve_is_given_the_subject_and_answers_with_an_account_or_its_id() -> None:
    asked: list[Any] = []
    outcome = read(KEYCLOAK, UPDATED, lambda subject: asked.append(subject) or "account-7", RECEIVED)
    assert asked == [{"user": "a1", "realm": "r"}]
    assert isinstance(outcome, Reported)
    assert outcome.events[0].account == "account-7"
    assert isinstance(read(KEYCLOAK, UPDATED, lambda _: Account(id="account-7"), RECEIVED), Reported)


def test_nobody_that_is_known_is_unreadable_and_not_ignored() -> None:
    outcome = outcome_of(KEYCLOAK, UPDATED, None)
    assert outcome == Unreadable(path="subject", problem="must belong to an account that is known")
    assert str(outcome) == "subject: must belong to an account that is known"
    assert str(Unreadable(path="", problem="must be an object")) == "must be an object"
    assert isinstance(outcome_of(KEYCLOAK, UPDATED, ""), Unreadable)


def test_an_instant_ahead_of_the_receipt_is_clamped_and_said() -> None:
    outcome = read(KEYCLOAK, UPDATED, lambda _: "a1", clock(-60))
    assert isinstance(outcome, Reported)
    assert (outcome.events[0].at, outcome.deviations) == (clock(-60), (Deviation.AHEAD_OF_RECEIPT,))
    row = {"payload": {**wire.to_dict(outcome.events[0]), "at": "2027-01-01T00:00:00Z"}}
    carried = outcome_of(OUTBOX, row)
    assert isinstance(carried, Reported)
    assert (carried.events[0].at, carried.deviations) == (RECEIVED, (Deviation.AHEAD_OF_RECEIPT,))


def test_a_receipt_without_a_zone_is_a_fault_of_the_caller() -> None:
    with pytest.raises(InvalidValue, match="received_at"):
        read(KEYCLOAK, UPDATED, lambda _: "a1", datetime(2026, 1, 5))  # noqa: DTZ001


def test_a_batch_is_read_whole_or_not_at_all() -> None:
    data: dict[str, Any] = {"type": "security_event", "id": "e1", "account": "a1", "at": "2026-01-05T09:00:00Z"}
    data |= {"trigger": "password_changed", "initiated_by": "user", "context": {}}
    event = {"specversion": "1.0", "id": "1", "source": "/a", "type": "t", "data": data}
    both = outcome_of(CLOUDEVENTS, [event, {**event, "data": {**data, "id": "e2"}}])
    assert isinstance(both, Reported)
    assert [event.id for event in both.events] == ["e1", "e2"]
    assert outcome_of(CLOUDEVENTS, []) == Ignored(reason="the message is empty")
    outcome = outcome_of(CLOUDEVENTS, [event, {**event, "data": {**data, "account": 7}}])
    assert isinstance(outcome, Unreadable)
    assert outcome.path == "[1].data.account"


def test_what_a_source_can_report_is_compared_with_what_a_policy_listens_to() -> None:
    assert KEYCLOAK.triggers - policies.BINANCE.triggers == {triggers.TWO_FACTOR_CHANGED}
    assert SIGNALS.triggers >= {triggers.PASSWORD_CHANGED, triggers.TWO_FACTOR_RESET}


# ── Sources of one's own ─────────────────────────────────────────────────────────────────────────────────────────


def own(**members: Any) -> Source:
    document = {"schema": "withdraw-guard/source/1", "id": "ours", "documented": "our own", "event_id": ["id"]}
    line = {"words": ["x"], "says": "security_event", "trigger": "email_changed"}
    return source_from_dict({**document, "at": ["at"], "word": "what", "lines": [line], **members})


@pytest.mark.parametrize(
    ("unit", "zone", "written", "read_as"),
    [
        ("rfc3339", None, "2026-01-05T09:00:00+01:00", clock(-60)),
        ("text", None, "2026-01-05 09:00:00.123456+00", clock(0) + timedelta(microseconds=123456)),
        ("text", None, "2026-01-05 09:00:00+0130", clock(-90)),
        ("text", None, "2026-01-05T09:00:00Z", clock(0)),
        ("text", "+02:00", "2026-01-05 09:00:00", clock(-120)),
        ("text", "Z", "2026-01-05 09:00:00", clock(0)),
        ("text", None, "2026-01-05 09:00:00", None),
        ("text", None, "yesterday", None),
        ("text", None, 1767603600, None),
        ("seconds", None, 1767603600, clock(0)),
        ("seconds", None, "1767603600", clock(0)),
        ("seconds", None, 1767603600123, None),
        ("seconds", None, "-1", None),
        ("milliseconds", None, 1767603600000, clock(0)),
        ("milliseconds", None, 1767603600, None),
        ("milliseconds", None, float("nan"), None),
        ("milliseconds", None, None, None),
    ],
)
def test_instants_are_read_in_the_declared_unit_and_zone(unit: str, zone: Any, written: Any, read_as: Any) -> None:
    outcome = outcome_of(own(unit=unit, zone=zone), {"id": "1", "what": "x", "at": written})
    if read_as is None:
        assert isinstance(outcome, Unreadable)
        assert outcome.path == "at"
    else:
        assert isinstance(outcome, Reported)
        assert outcome.events[0].at == read_as


def test_facts_and_the_initiator_are_read() -> None:
    source = own(initiator="by", initiated_by="admin", context={"count": "n", "long": "deep.list.0.text"})
    message: Any = {"id": "1", "what": "x", "at": "2026-01-05T09:00:00Z", "by": "user", "n": 2}
    outcome = outcome_of(source, {**message, "deep": {"list": [{"text": "t"}]}})
    assert isinstance(outcome, Reported)
    (event,) = outcome.events
    assert isinstance(event, SecurityEvent)
    facts: dict[str, Fact] = dict(event.context)
    assert (event.initiated_by, facts) == (ActorKind.USER, {"count": 2, "long": "t"})
    someone = outcome_of(source, {**message, "by": "a robot", "n": 2**70, "deep": {"list": "no list"}})
    assert isinstance(someone, Reported)
    (event,) = someone.events
    assert isinstance(event, SecurityEvent)
    assert (event.initiated_by, dict(event.context)) == (ActorKind.ADMIN, {})


@pytest.mark.parametrize(
    ("word", "reported"), [(True, True), (7, True), ("true", True), (None, False), (1.5, False), (2**70, False)]
)
def test_a_word_may_be_text_a_whole_number_or_a_boolean(word: Any, reported: bool) -> None:
    source = own(lines=[{"words": ["true", "7"], "says": "security_event", "trigger": "email_changed"}])
    outcome = outcome_of(source, {"id": "1", "what": word, "at": "2026-01-05T09:00:00Z"})
    assert isinstance(outcome, Reported) == reported
    assert reported or isinstance(outcome, Unreadable)


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"schema": "withdraw-guard/source/2"}, "schema"),
    ({"colour": "red"}, "colour"),
    ({"id": "Our Own"}, "id"),
    ({"documented": 7}, "documented"),
    ({"form": "letter"}, "form"),
    ({"unit": "hours"}, "unit"),
    ({"initiated_by": "a robot"}, "initiated_by"),
    ({"at": "at"}, "at"),
    ({"event_id": [7]}, "event_id[0]"),
    ({"zone": "Europe/Berlin"}, "zone"),
    ({"strict": "yes"}, "strict"),
    ({"session": ["a"]}, "session"),
    ({"word": 7}, "word"),
    ({"subject": {"user": ["a"]}}, "subject[0]"),
    ({"subject": []}, "subject"),
    ({"context": 7}, "context"),
    ({"only": {"a": "b"}}, "only"),
    ({"only": {"a": [["b"]]}}, "only[0]"),
    ({"only": []}, "only"),
    ({"reason_words": {"a b": "Not A Name"}}, "reason_words"),
    ({"lines": "none"}, "lines"),
    ({"lines": ["none"]}, "lines[0]"),
    ({"lines": [{"says": "event"}]}, "lines[0].words"),
    ({"lines": [{"words": ["x"], "says": "event", "colour": 1}]}, "lines[0].colour"),
    ({"lines": [{"words": ["x"], "says": "hums"}]}, "lines[0].says"),
    ({"lines": [{"words": ["x"], "says": "ignored"}]}, "lines[0].why"),
    ({"lines": [{"words": ["x"], "says": "ignored", "why": "w", "deviation": "d"}]}, "lines[0].deviation"),
    ({"lines": [{"words": ["x"], "says": "security_event"}]}, "lines[0].trigger"),
    ({"lines": [{"words": ["x"], "says": "security_event", "trigger": "X"}]}, "lines[0].trigger"),
    ({"lines": [{"words": ["x"], "says": "approved"}]}, "session"),
    ({"lines": [{"words": ["x"], "says": "event"}]}, "carries"),
    ({"event_id": []}, "event_id"),
    ({"form": "security_event_token", "session": "s", "lines": [{"words": ["x"], "says": "ended"}]}, "lines[0].says"),
]


@pytest.mark.parametrize(("members", "path"), FAULTS, ids=lambda value: str(value)[:60])
def test_a_source_that_makes_no_sense_is_refused_with_the_path(members: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidValue) as fault:
        own(**members)
    assert fault.value.path == path


def test_a_document_without_a_required_member_is_refused() -> None:
    with pytest.raises(InvalidValue, match="documented: is missing"):
        source_from_dict({"schema": "withdraw-guard/source/1", "id": "ours", "lines": []})
    with pytest.raises(InvalidValue, match=r"lines\[0\]: must be a line"):
        Source(id="ours", documented="", lines=("x",))  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ALL, ids=lambda source: source.id)
def test_a_source_survives_its_document(source: Source) -> None:
    document = json.loads(json.dumps(source_to_dict(source)))
    assert source_from_dict({"$schema": "ours", **document}) == source
    assert hash(source_from_dict(document)) == hash(source)


def test_sources_are_values() -> None:
    assert sumsub("kyc") == SUMSUB != sumsub("kyb")
    assert attrs.evolve(STRIPE, only={}) != STRIPE
    with pytest.raises(InvalidValue, match="level"):
        sumsub("x" * 200)
    assert {source.form for source in SOURCES} == set(Form)
    assert Line(words=["a"], says=Says.WAITS).words == ("a",)
    assert {source.unit for source in ALL} == set(Unit)


# ── Journals of others ───────────────────────────────────────────────────────────────────────────────────────────

WIRE_LIKE = {"carries": [""], "word": None, "lines": [{"words": [""], "says": "event"}], "event_id": [], "at": []}
JOURNALS: dict[str, tuple[Source, int, int]] = {
    "okta.jsonl": (
        own(
            event_id=["uuid"],
            at=["published"],
            subject={"user": "target.0.id"},
            word="eventType",
            only={"outcome.result": ["SUCCESS"]},
            lines=[{"words": ["user.mfa.factor.reset_all"], "says": "security_event", "trigger": "two_factor_reset"}],
        ),
        1,
        0,
    ),
    "keycloak.jsonl": (KEYCLOAK, 2, 0),
    "set.jsonl": (SIGNALS_STRICT, 1, 0),
    "cloudevents.jsonl": (CLOUDEVENTS, 1, 0),
    "debezium.jsonl": (next(source for source in SOURCES if source.id == "debezium"), 1, 0),
    "epoch.jsonl": (own(**{**WIRE_LIKE, "at": ["at"]}, unit="seconds"), 1, 0),
    "pg_text_time.jsonl": (own(**{**WIRE_LIKE, "at": ["at"]}, unit="text"), 1, 0),
    "int_account.jsonl": (own(**WIRE_LIKE, subject={"id": "account"}), 1, 0),
    "unit.jsonl": (own(**WIRE_LIKE), 0, 1),
}


@pytest.mark.parametrize("name", JOURNALS)
def test_a_journal_of_others_is_read_with_a_source(name: str) -> None:
    files = [file for file in FOREIGN if file.name == name]
    if not files:
        pytest.skip("no folder `shared/journals-foreign` stands beside this repository")
    source, reported, unreadable = JOURNALS[name]
    messages = [json.loads(line) for line in files[0].read_text("utf-8").splitlines()]
    outcomes = [
        read(source, message, lambda subject: str(next(iter(subject.values()))), RECEIVED) for message in messages
    ]
    assert sum(isinstance(outcome, Reported) for outcome in outcomes) == reported, outcomes
    assert sum(isinstance(outcome, Unreadable) for outcome in outcomes) == unreadable


def test_an_event_that_is_carried_may_have_an_id_elsewhere() -> None:
    source = own(**{**WIRE_LIKE, "event_id": ["row", "n"]})
    data: Any = {"type": "identity_changed", "account": "a1", "at": "2026-01-05T09:00:00Z", "identity": "personal"}
    outcome = outcome_of(source, {**data, "row": "r 1", "n": 2})
    assert outcome == Unreadable(path="row", problem="is not a member here")
    assert isinstance(outcome_of(own(**{**WIRE_LIKE, "event_id": ["id", "n"]}), {**data, "id": "r 1"}), Reported)
