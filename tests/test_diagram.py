"""The pictures: what they show is what the guard answers, whatever the ids say, and however long the history is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import TICK, Story, boundaries, policies, stories
from withdraw_guard import (
    TABLE,
    WITHDRAWAL,
    Account,
    Actor,
    ActorKind,
    Appeal,
    AppealDecided,
    AppealSubmitted,
    Applied,
    Clearance,
    Event,
    EventRetracted,
    IdentityChanged,
    InvalidValue,
    LiftedBy,
    MoreRequested,
    Move,
    Policy,
    Refusal,
    ReleaseOrdered,
    Repeat,
    ReviewDecided,
    Rule,
    Scope,
    SecurityEvent,
    State,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    check,
    diagram,
    open_holds,
    wire,
)
from withdraw_guard._pictures.axis import Axis, axis_of
from withdraw_guard._pictures.history import History, Refused, history_of, stretches
from withdraw_guard._pictures.timeline import (
    MarkKind,
    Permission,
    Span,
    Stage,
    Timeline,
    described,
    timeline_of,
)
from withdraw_guard._values.escape import markdown_code, mermaid_text, shortened, visible, xml_text
from withdraw_guard._values.limits import (
    EVENTS_DRAWN_MAX,
    INSTANT_MAX,
    INSTANT_MIN,
    LANES_DRAWN_MAX,
    PASSAGES_LISTED_MAX,
    RULES_DRAWN_MAX,
    SPANS_DESCRIBED_MAX,
)
from withdraw_guard.diagram import (
    policy_as_markdown,
    policy_as_mermaid,
    table_as_markdown,
    table_as_mermaid,
    timeline_as_mermaid,
    timeline_as_svg,
)
from withdraw_guard.policies import BINANCE

T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MERMAID_TEXT_MAX = 50_000
MERMAID_EDGES_MAX = 500
JOURNAL = Path(__file__).parent.parent / "docs" / "examples" / "journal.jsonl"
SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><image href='//evil.example/x'/>&amp;]]>",
    "]]><!ENTITY x SYSTEM 'file:'>&x;",
    "x; section Withdrawals",
    "denied :crit, 2026-01-05T09:00:00.000, 2099-01-05T09:00:00.000",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "end",
    '"] --> over click a href "javascript:alert(1)"',
    "#60;b#62; ﬂ°°60¶ß `md` $$x^2$$ fa:fa-ban @{shape: x}",
    "style a:#f00; classDef b:#f00;",
    "a | b \\| c ``` d",
    "\u202eabc\u2066 \u200b\ufeff\u00ad",
    "\ufffe\uffff\U0001fffe",
    "日本語のアカウント" * 14,
    "e" + "\u0301" * 100,
    "x" * 128,
    "\\u202e",
]


# ── Helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def secured(hours: float, trigger: str = "password_changed", event: str = "", account: str = "a1") -> SecurityEvent:
    return SecurityEvent(
        id=event or f"e{hours:g}",
        account=account,
        at=T0 + hours * HOUR,
        trigger=trigger,
        initiated_by=ActorKind.SYSTEM,
    )


def about(kind: type, hours: float, hold: str, **members: object) -> Event:
    return kind(id=f"e{hours:g}", account="a1", at=T0 + hours * HOUR, hold=hold, **members)


IDA = Actor(id="ida", kind=ActorKind.ADMIN)
OTO = Actor(id="oto", kind=ActorKind.ADMIN)

TOLD = [
    IdentityChanged(id="e0", account="a1", at=T0, identity="personal"),
    secured(1, "abnormal_activity"),
    secured(1, "signed_in", event="e1b"),
    about(VerificationStarted, 2, "e1:abnormal-activity", method="face_web"),
    about(VerificationSubmitted, 3, "e1:abnormal-activity"),
    about(ReviewDecided, 4, "e1:abnormal-activity", by=IDA, outcome="rejected", reasons=("poor_light",)),
    about(AppealSubmitted, 5, "e1:abnormal-activity", documents=frozenset({"supporting_documents"})),
    about(ReleaseOrdered, 6, "e1:abnormal-activity", by=IDA, authority="compliance"),
    about(AppealDecided, 7, "e1:abnormal-activity", by=OTO, outcome="dismissed"),
    about(ReleaseOrdered, 8, "e1:abnormal-activity", by=IDA, authority="support", note="seen\nin person"),
    secured(30, "password_changed"),
]


def told(policy: Policy = BINANCE, events: Sequence[Event] = TOLD, hours: float = 40, **rest: int) -> History:
    return history_of(policy, "a1", events, now=T0 + hours * HOUR, **rest)


def example(account: str, now: datetime) -> History:
    events = [wire.event_from_dict(wire.parse(line)) for line in JOURNAL.read_text("utf-8").splitlines()]
    return history_of(BINANCE, account, [event for event in events if event.account == account], now=now)


def known_from(events: Sequence[Event], now: datetime) -> list[datetime]:
    """From when on each event is known, as the theory of histories says it, word for word."""
    known = []
    for index, event in enumerate(events):
        if event.at <= now:
            known.append(max(earlier.at for earlier in events[: index + 1] if earlier.at <= now))
        else:
            later = [number for number in range(index, len(events)) if events[number].at <= now]
            until = [earlier.at for earlier in events[: later[0] + 1] if earlier.at <= now] if later else [now]
            known.append(max(until))
    return known


def account_known_at(story: Story, now: datetime, at: datetime) -> Account:
    return story.accounts[sum(known <= at for known in known_from(story.events, now))]


def covering(spans: Sequence[Span], at: datetime) -> list[Span]:
    return [span for span in spans if span.since <= at and (span.until is None or at < span.until)]


def instants_of(story: Story, now: datetime) -> list[datetime]:
    edges = [*known_from(story.events, now), now]
    return [*boundaries(*story.accounts), *(at + shift for at in edges for shift in (-TICK, timedelta(), TICK))]


nows = st.sampled_from([timedelta(), HOUR, 31 * HOUR, 10 * DAY, 400 * DAY, -HOUR]).map(lambda after: T0 + after)


def svg(history: History) -> ET.Element:
    return ET.fromstring(timeline_as_svg(history))  # noqa: S314 - it is our own


def words(root: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


# ── The picture is the decision ──────────────────────────────────────────────────────────────────────────────────


@given(stories(), nows)
def test_the_picture_of_any_history_shows_what_the_guard_answers(story: Story, now: datetime) -> None:
    history = history_of(story.policy, "a1", iter(story.events), now=now)
    timeline = timeline_of(history)
    assert_a_history_takes_the_events_as_apply_does(story, now, history)
    assert_the_stretches_cover_all_of_time_without_a_gap(history)
    assert_the_band_agrees_with_check(story, now, timeline)
    assert_the_lanes_agree_with_the_open_holds(story, now, timeline)
    assert_the_answer_now_is_that_of_the_account_as_the_host_has_it(story, now, timeline)
    assert_where_something_could_not_be_read_nothing_is_allowed(story, now, timeline)


def assert_the_band_agrees_with_check(story: Story, now: datetime, timeline: Timeline) -> None:
    """At every boundary and a microsecond around it the band says what `check` says of the account as it was known."""
    band = timeline.band
    for at in instants_of(story, now):
        (span,) = covering(band, at)
        answer = check(account_known_at(story, now, at), at)
        assert span.what is (Permission.ALLOWED if answer else Permission.DENIED)
    assert band[0].since == INSTANT_MIN
    assert band[-1].until is None
    assert all(one.until == other.since and one.what is not other.what for one, other in pairwise(band))


def assert_the_lanes_agree_with_the_open_holds(story: Story, now: datetime, timeline: Timeline) -> None:
    for at in instants_of(story, now):
        account = account_known_at(story, now, at)
        drawn = {lane.hold.id: span.what for lane in timeline.lanes for span in covering(lane.spans, at)}
        assert drawn == {hold.id: expected_stage(account, hold.id, at) for hold in open_holds(account, at)}


def expected_stage(account: Account, hold_id: str, at: datetime) -> Stage:
    hold = account.hold(hold_id)
    is_cleared = hold.stage(at) is State.RESTORED and not hold.released
    reads_as, state = hold.reads_as(at), hold.progress.state
    is_filed = reads_as is State.APPEAL and state.submitted_at is not None
    if reads_as in (State.VERIFICATION, State.APPEAL) and state.needed is not None and not is_filed:
        return Stage.MORE_NEEDED
    return Stage.CLEARED if is_cleared else Stage(reads_as.value)


def assert_the_answer_now_is_that_of_the_account_as_the_host_has_it(
    story: Story, now: datetime, timeline: Timeline
) -> None:
    history = timeline.history
    assert history.latest == history.account_at(now) == story.account
    assert timeline.decision == check(story.account, now)
    (span,) = covering(timeline.band, now)
    assert timeline.is_allowed is (span.what is Permission.ALLOWED)


def assert_where_something_could_not_be_read_nothing_is_allowed(story: Story, now: datetime, read: Timeline) -> None:
    history = history_of(story.policy, "a1", story.events, now=now, unread=2)
    unsure = timeline_of(history)
    distrusted = {Permission.ALLOWED: Permission.UNKNOWN, Permission.DENIED: Permission.DENIED}
    assert [span.what for span in unsure.band] == [distrusted[span.what] for span in read.band]
    assert not unsure.is_allowed
    assert unsure.answer == "denied: 2 events that may be about this account could not be read"
    assert "allowed" not in words(svg(history))
    assert "    allowed :" not in timeline_as_mermaid(history)


def assert_a_history_takes_the_events_as_apply_does(story: Story, now: datetime, history: History) -> None:
    assert [entry.after for entry in history.entries] == list(story.accounts[1:])
    assert [entry.before for entry in history.entries] == list(story.accounts[:-1])
    assert [entry.known_at for entry in history.entries] == known_from(story.events, now)
    for entry in history.entries:
        if isinstance(entry.outcome, Refused):
            assert entry.after == entry.before


def assert_the_stretches_cover_all_of_time_without_a_gap(history: History) -> None:
    cut = list(stretches(history))
    assert cut[0].since == INSTANT_MIN
    assert cut[-1].until is None
    assert all(one.until == other.since for one, other in pairwise(cut))


@given(stories(), nows)
def test_the_same_history_gives_the_same_well_formed_picture(story: Story, now: datetime) -> None:
    one, other = (history_of(story.policy, "a1", story.events, now=now) for _ in range(2))
    assert one == other
    assert timeline_as_svg(one) == timeline_as_svg(other)
    assert timeline_as_mermaid(one) == timeline_as_mermaid(other)
    assert svg(one).tag == f"{SVG}svg"


def test_an_end_beyond_the_last_instant_is_drawn_and_not_asked_about() -> None:
    rule = Rule(id="r", trigger="password_changed", duration=3_653 * DAY)
    event = SecurityEvent(id="e", account="a1", at=INSTANT_MAX, trigger="password_changed", initiated_by="user")
    history = history_of(Policy(id="p", version="1", rules=(rule,)), "a1", [event], now=INSTANT_MAX)
    timeline = timeline_of(history)
    assert timeline.band[-1] == Span(what=Permission.DENIED, since=INSTANT_MAX, until=INSTANT_MAX + 3_653 * DAY)
    assert timeline.passages == ()
    assert svg(history) is not None


def test_history_refuses_what_cannot_be() -> None:
    with pytest.raises(InvalidValue, match="now: must be an aware datetime"):
        history_of(BINANCE, "a1", [], now=T0.replace(tzinfo=None))
    with pytest.raises(InvalidValue, match="id: must be 1 to 128 characters"):
        history_of(BINANCE, "", [], now=T0)
    with pytest.raises(InvalidValue, match="unread: must be a whole number"):
        told(unread=-1)
    with pytest.raises(InvalidValue, match="unread: must be a whole number"):
        told(unread=True)
    with pytest.raises(InvalidValue, match="policy: must be a Policy"):
        history_of("binance", "a1", [], now=T0)


# ── When an event is known ───────────────────────────────────────────────────────────────────────────────────────


def test_a_late_event_is_known_from_its_delivery_on() -> None:
    history = told(events=[secured(5, "signed_in"), secured(2)], hours=6)
    assert [entry.known_at for entry in history.entries] == [T0 + 5 * HOUR] * 2
    assert bool(check(history.account_at(T0 + 4 * HOUR), T0 + 4 * HOUR))
    (mark,) = timeline_of(history).marks[1:]
    assert (mark.at, mark.dated) == (T0 + 5 * HOUR, T0 + 2 * HOUR)
    assert mark.happened == "late: password changed"
    (leader,) = svg(history).findall(f".//{SVG}line[@class='wg-late']")
    assert float(leader.get("x1")) < float(leader.get("x2"))


def test_an_event_that_is_dated_ahead_is_known_when_the_next_one_is() -> None:
    events = [secured(1, "abnormal_activity"), secured(9_000), secured(3, "signed_in")]
    history = told(events=events, hours=10)
    assert [entry.known_at for entry in history.entries] == [T0 + HOUR, T0 + 3 * HOUR, T0 + 3 * HOUR]
    timeline = timeline_of(history)
    assert timeline.marks[1].happened == "ahead: password changed"
    assert timeline.notes == ("1 event dated after now; what is known counts, whatever its date",)
    assert svg(history).findall(f".//{SVG}line[@class='wg-late']")


def test_an_event_that_is_dated_ahead_and_the_last_is_known_now() -> None:
    history = told(events=[secured(1, "signed_in"), secured(20)], hours=10)
    assert [entry.known_at for entry in history.entries] == [T0 + HOUR, T0 + 10 * HOUR]


# ── What it shows ────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_kind_of_event_has_its_mark_and_its_holds() -> None:
    marks = timeline_of(told()).marks
    hold = ("e1:abnormal-activity",)
    assert [(mark.kind, mark.holds) for mark in marks] == [
        (MarkKind.IDENTITY, ()),
        (MarkKind.TRIGGER, hold),
        (MarkKind.NOTHING_NEW, ()),
        (MarkKind.MOVE, hold),
        (MarkKind.MOVE, hold),
        (MarkKind.MOVE, hold),
        (MarkKind.MOVE, hold),
        (MarkKind.REFUSED, hold),
        (MarkKind.MOVE, hold),
        (MarkKind.RELEASE, hold),
        (MarkKind.TRIGGER, ("e30:password-changed",)),
    ]
    assert (marks[7].happened, marks[7].outcome) == (
        "release ordered for compliance by admin ida",
        "refused, not_authorized: this is not theirs to decide",
    )


def test_a_redelivered_move_is_nothing_new_about_its_hold() -> None:
    again = about(VerificationStarted, 2, "e1:abnormal-activity", method="face_web")
    events = [TOLD[0], TOLD[1], again, again, secured(1, "abnormal_activity"), TOLD[0]]
    kinds = [(mark.kind, mark.holds) for mark in timeline_of(told(events=events)).marks[3:]]
    assert kinds == [
        (MarkKind.NOTHING_NEW, ("e1:abnormal-activity",)),
        (MarkKind.NOTHING_NEW, ()),
        (MarkKind.NOTHING_NEW, ()),
    ]


def test_an_approval_that_records_the_identity_is_about_its_hold_alone() -> None:
    hold = "e1:abnormal-activity"
    events = [
        secured(1, "abnormal_activity"),
        about(VerificationStarted, 2, hold, method="identity_personal"),
        about(VerificationSubmitted, 3, hold),
        about(ReviewDecided, 4, hold, by=IDA, outcome="approved"),
    ]
    (mark,) = timeline_of(told(events=events)).marks[3:]
    assert mark.holds == (hold,)
    assert mark.outcome == f"hold {hold} is cleared; identity is personal now"


def test_an_event_of_another_account_is_refused() -> None:
    (entry,) = told(events=[secured(1, account="a2")]).entries
    assert isinstance(entry.outcome, Refused)
    assert (entry.outcome.reason, entry.holds) == (Refusal.WRONG_ACCOUNT, ())


ENDINGS = Policy(
    id="endings",
    version="1",
    rules=(
        Rule(id="timed", trigger="t", duration=3 * HOUR),
        Rule(id="longer", trigger="t", duration=90 * HOUR),
        Rule(
            id="both",
            trigger="t",
            duration=30 * HOUR,
            lifted_by=LiftedBy.ALL,
            clearance=Clearance(unverified=frozenset({"video_call"}), verified=frozenset({"video_call"})),
            releasable_by=frozenset({"support"}),
        ),
        Rule(
            id="either",
            trigger="t",
            duration=30 * HOUR,
            clearance=Clearance(
                unverified=frozenset({"video_call"}), verified=frozenset(), verify_within=HOUR, attempts=2
            ),
        ),
        Rule(id="closed", trigger="t", releasable_by=frozenset({"support"})),
        Rule(id="released", trigger="t", releasable_by=frozenset({"support"})),
        Rule(id="sales", trigger="t", duration=HOUR, scope=Scope(operations=frozenset({"p2p_sale"}))),
    ),
)
ENDED = [
    secured(0, "t"),
    *(
        about(kind, hours, hold, **rest)
        for hold, start in (("e0:both", 1), ("e0:either", 3))
        for kind, hours, rest in (
            (VerificationStarted, start, {"method": "video_call"}),
            (VerificationSubmitted, start + 0.5, {}),
            (ReviewDecided, start + 1, {"by": IDA, "outcome": "approved"}),
        )
    ),
    about(ReleaseOrdered, 5, "e0:released", by=IDA, authority="support"),
]


def test_a_lane_says_where_its_hold_stood_and_how_it_ended() -> None:
    timeline = timeline_of(told(ENDINGS, ENDED, hours=10))
    assert [(lane.hold.rule.id, [span.what.value for span in lane.spans], lane.ending) for lane in timeline.lanes] == [
        ("timed", ["suspended"], "ended by itself"),
        ("longer", ["suspended"], "ends by itself"),
        ("both", ["suspended", "verification", "review", "cleared"], "ends by itself"),
        ("either", ["suspended", "verification", "review"], "cleared"),
        ("closed", ["suspended"], "still open"),
        ("released", ["suspended"], "released"),
        ("sales", ["suspended"], "ended by itself"),
    ]
    shown = words(svg(told(ENDINGS, ENDED, hours=10)))
    assert "by e0, released" in shown
    assert shown.count("does not stop withdrawals") == 1
    assert "<br/>does not stop withdrawals" in timeline_as_mermaid(told(ENDINGS, ENDED, hours=10))


def test_what_comes_is_told_as_expected_and_what_came_is_not() -> None:
    passages = [passage.text for passage in timeline_of(told(ENDINGS, ENDED, hours=10)).passages]
    assert passages == [
        "hold e0:sales ended by itself",
        "hold e0:timed ended by itself",
        "expected: hold e0:both ended by itself",
        "expected: hold e0:longer ended by itself",
    ]


def test_a_hold_whose_release_lies_ahead_is_suspended_until_then_and_not_cleared() -> None:
    """With a clearance or without one: nobody has given a clearance."""
    for hold in ("e0:both", "e0:closed"):
        released = about(ReleaseOrdered, 20, hold, by=IDA, authority="support")
        lanes = timeline_of(told(ENDINGS, [secured(0, "t"), released], hours=10)).lanes
        (lane,) = (lane for lane in lanes if lane.hold.id == hold)
        assert [span.what for span in lane.spans] == [Stage.SUSPENDED]
        assert lane.until == T0 + 20 * HOUR


def retracted(hours: float, event: str, dated: float | None = None) -> EventRetracted:
    at = T0 + (hours if dated is None else dated) * HOUR
    return EventRetracted(
        id=f"e{hours:g}", account="a1", at=at, event=event, by=IDA, authority="security", note="another account"
    )


def lanes_of(history: History) -> list[tuple[str, list[tuple[datetime, datetime | None]], str]]:
    lanes = timeline_of(history).lanes
    return [(lane.hold.id, [(span.since, span.until) for span in lane.spans], lane.ending) for lane in lanes]


def test_a_hold_ends_with_the_retraction_of_its_report() -> None:
    history = told(events=[secured(0), secured(1, "abnormal_activity"), retracted(3, "e1"), retracted(4, "e0")])
    timeline = timeline_of(history)
    assert lanes_of(history) == [
        ("e0:password-changed", [(T0, T0 + 4 * HOUR)], "retracted"),
        ("e1:abnormal-activity", [(T0 + HOUR, T0 + 3 * HOUR)], "retracted"),
    ]
    assert [(mark.kind, mark.holds) for mark in timeline.marks[2:]] == [
        (MarkKind.RETRACTION, ("e1:abnormal-activity",)),
        (MarkKind.RETRACTION, ("e0:password-changed",)),
    ]
    assert timeline.marks[2].happened == (
        "retraction of event e1 ordered for the security team by admin ida: another account"
    )
    assert [mark.outcome for mark in timeline.marks[2:]] == [
        "event e1 no longer counts for hold e1:abnormal-activity, which ended at 2026-01-05 12:00:00 UTC",
        "event e0 no longer counts for hold e0:password-changed, which ended at 2026-01-05 13:00:00 UTC",
    ]
    assert timeline.passages == ()
    assert {"by e1, retracted", "retraction"} <= set(words(svg(history)))
    assert "retraction" in timeline_as_mermaid(history)


def test_a_report_that_was_retracted_is_struck_through() -> None:
    history = told(events=[secured(0), secured(1, "abnormal_activity"), retracted(3, "e1")])
    assert [mark.retracted for mark in timeline_of(history).marks] == [False, True, False]
    assert timeline_of(history).marks[1].happened == "retracted: abnormal activity"
    drawn = svg(history)
    classes = {element.get("class"): "".join(element.itertext()) for element in drawn.iter()}
    assert classes["wg-text wg-struck"].startswith("retracted: abnormal activity → ")
    assert [element.get("class") for element in drawn.iter()].count("wg-strike") == 2
    before = told(events=[secured(0), secured(1, "abnormal_activity")])
    assert "wg-strike" not in {element.get("class") for element in svg(before).iter()}


def test_a_retraction_that_was_refused_strikes_nothing() -> None:
    by_support = attrs.evolve(retracted(3, "e1"), by=attrs.evolve(IDA, kind="system"))
    history = told(events=[secured(0), secured(1, "abnormal_activity"), by_support])
    assert not any(mark.retracted for mark in timeline_of(history).marks)


def test_an_identity_that_ends_while_nothing_is_held_is_told() -> None:
    report = IdentityChanged(id="e0", account="a1", at=T0, identity="personal", valid_until=T0 + 9 * HOUR)
    taken = IdentityChanged(id="e1", account="a1", at=T0 + HOUR, identity=None)
    for events, told_at in (([report], [T0 + 9 * HOUR]), ([report, taken], [])):
        assert [passage.at for passage in timeline_of(told(events=events, hours=10)).passages] == told_at


def test_a_timer_is_shorter_after_the_retraction_of_the_latest_trigger() -> None:
    history = told(events=[secured(0), secured(10), retracted(12, "e10")], hours=13)
    assert lanes_of(history) == [("e0:password-changed", [(T0, T0 + 24 * HOUR)], "ends by itself")]
    assert [mark.outcome for mark in timeline_of(history).marks[1:]] == [
        "hold e0:password-changed is extended to 2026-01-06 19:00:00 UTC",
        "event e10 no longer counts for hold e0:password-changed, which ends at 2026-01-06 09:00:00 UTC",
    ]


def test_a_retraction_that_is_dated_ahead_is_told_as_what_is_expected() -> None:
    history = told(events=[secured(1, "abnormal_activity"), retracted(2, "e1", dated=9)], hours=3)
    assert lanes_of(history) == [("e1:abnormal-activity", [(T0 + HOUR, T0 + 9 * HOUR)], "retracted")]
    assert timeline_of(history).marks[1].outcome == (
        "event e1 no longer counts for hold e1:abnormal-activity, which ends at 2026-01-05 18:00:00 UTC"
    )
    assert [passage.text for passage in timeline_of(history).passages] == [
        "expected: hold e1:abnormal-activity is retracted"
    ]


def test_a_retraction_of_one_of_several_triggers_leaves_the_hold_open() -> None:
    flags = [secured(hours, "abnormal_activity") for hours in (1, 2)]
    history = told(events=[*flags, retracted(3, "e1"), retracted(4, "e1")], hours=5)
    assert lanes_of(history) == [("e1:abnormal-activity", [(T0 + HOUR, None)], "still open")]
    assert [(mark.kind, mark.outcome) for mark in timeline_of(history).marks[2:]] == [
        (MarkKind.RETRACTION, "event e1 no longer counts for hold e1:abnormal-activity"),
        (MarkKind.NOTHING_NEW, "nothing new"),
    ]


def test_a_kept_timer_runs_as_the_other_triggers_say_once_its_cause_is_retracted() -> None:
    rule = Rule(
        id="r",
        trigger="t",
        duration=5 * HOUR,
        repeat=Repeat.KEEP,
        lifted_by=LiftedBy.ALL,
        clearance=Clearance(unverified={"video_call"}, verified=frozenset()),
        releasable_by={"support"},
    )
    events = [secured(0, "t"), secured(2, "t"), retracted(3, "e0")]
    history = told(Policy(id="p", version="1", rules=(rule,)), events, hours=4)
    assert [mark.outcome for mark in timeline_of(history).marks[1:]] == [
        "hold e0:r is triggered again, its timer stays as it is",
        "event e0 no longer counts for hold e0:r, its timer ends at 2026-01-05 16:00:00 UTC",
    ]


def test_a_retracted_identity_is_about_no_hold() -> None:
    (_, mark) = timeline_of(told(events=[TOLD[0], retracted(1, "e0")])).marks
    assert (mark.kind, mark.holds, mark.outcome) == (MarkKind.RETRACTION, (), "identity is no longer verified")


def test_a_round_that_waits_for_the_person_is_drawn_as_such() -> None:
    hold = "e1:abnormal-activity"
    more = {"by": OTO, "documents": ("id_photo",), "reasons": ("poor_light",)}
    events = [
        *TOLD[:2],
        about(VerificationStarted, 2, hold, method="face_web"),
        about(VerificationSubmitted, 3, hold),
        about(MoreRequested, 4, hold, **more),
        about(VerificationSubmitted, 5, hold),
        about(VerificationSubmitted, 5.5, hold, attempt="e2"),
        about(ReviewDecided, 6, hold, by=IDA, outcome="rejected"),
        about(AppealSubmitted, 7, hold, documents=("supporting_documents",)),
        about(MoreRequested, 8, hold, **more),
        about(AppealSubmitted, 9, hold, documents=("id_photo",), attempt="e7"),
    ]
    timeline = timeline_of(told(events=events, hours=10))
    (lane,) = timeline.lanes
    assert [(span.what, span.since - T0) for span in lane.spans] == [
        (Stage.SUSPENDED, 1 * HOUR),
        (Stage.VERIFICATION, 2 * HOUR),
        (Stage.REVIEW, 3 * HOUR),
        (Stage.MORE_NEEDED, 4 * HOUR),
        (Stage.REVIEW, 5 * HOUR),
        (Stage.SUSPENDED, 6 * HOUR),
        (Stage.APPEAL, 7 * HOUR),
        (Stage.MORE_NEEDED, 8 * HOUR),
        (Stage.APPEAL, 9 * HOUR),
    ]
    assert re.search(r"url\(#wg-[0-9a-f]+-more-needed\)", timeline_as_svg(told(events=events, hours=10)))
    assert "more needed" in words(svg(told(events=events, hours=10)))
    assert {mark.kind for mark in timeline.marks[2:]} == {MarkKind.MOVE}
    assert [(mark.happened, mark.outcome) for mark in timeline.marks[4:]] == [
        (
            "a photo of your identity document requested by admin oto: the light was too poor",
            f"hold {hold} moved back to verification",
        ),
        ("verification handed in", f"hold {hold} moved to review"),
        ("verification handed in", f"hold {hold} stays in review, because the event comes too late to move it"),
        ("review rejected by admin ida", f"hold {hold} is suspended again, 1 failure so far"),
        ("appeal filed with supporting documents", f"hold {hold} moved to appeal"),
        (
            "a photo of your identity document requested by admin oto: the light was too poor",
            f"the appeal against hold {hold} waits for the account holder",
        ),
        (
            "appeal handed in again with a photo of your identity document",
            f"the appeal against hold {hold} waits for a decision again",
        ),
    ]


def test_an_identity_that_ends_inside_a_hold_is_told_with_what_is_accepted_from_then_on() -> None:
    report = IdentityChanged(id="e0", account="a1", at=T0, identity="personal", valid_until=T0 + 9 * HOUR)
    timeline = timeline_of(told(events=[report, secured(1, "abnormal_activity")], hours=10))
    assert timeline.marks[0].outcome == "identity is personal until 2026-01-05 18:00:00 UTC"
    assert [(passage.at, passage.text) for passage in timeline.passages] == [
        (T0 + 9 * HOUR, "identity is no longer verified"),
        (
            T0 + 9 * HOUR,
            "hold e1:abnormal-activity accepts identity verification as a business or identity verification as a "
            "person from now on",
        ),
    ]
    late = timeline_of(told(events=[secured(12, "signed_in"), report], hours=13)).marks[1]
    assert late.outcome == "identity was personal until 2026-01-05 18:00:00 UTC"


def test_what_a_move_that_is_dated_ahead_leaves_closed_is_told_to_open() -> None:
    """Until the instant of the latest move no verification and no appeal is offered, because they would be stale."""
    hold = "e1:abnormal-activity"
    ahead = {"account": "a1", "at": T0 + 30 * HOUR, "hold": hold}
    events = [
        secured(1, "abnormal_activity"),
        VerificationStarted(id="s", method="identity_personal", **ahead),
        VerificationFailed(id="f", **ahead),
    ]
    texts = [(passage.at, passage.text) for passage in timeline_of(told(events=events, hours=10)).passages]
    assert texts == [
        (
            T0 + 30 * HOUR,
            f"expected: hold {hold} accepts identity verification as a business or identity verification as a person "
            "from now on",
        ),
        (T0 + 30 * HOUR, f"expected: an appeal against hold {hold} may be handed in from now on"),
    ]


def test_a_hold_that_a_late_trigger_revives_goes_on_in_its_lane() -> None:
    events = [secured(0), secured(30, "signed_in"), secured(10)]
    (lane,) = timeline_of(told(events=events, hours=31)).lanes
    assert [(span.since, span.until) for span in lane.spans] == [
        (T0, T0 + 24 * HOUR),
        (T0 + 30 * HOUR, T0 + 34 * HOUR),
    ]


def test_the_description_tells_the_picture_to_somebody_who_cannot_see_it() -> None:
    assert described(timeline_of(told(events=TOLD[:3], hours=3, unread=1))) == (
        "Asked at 2026-01-05 12:00:00 UTC, a withdrawal is "
        "denied: 1 event that may be about this account could not be read. "
        "Note: 1 event that may be about this account could not be read: nothing here is known to be allowed. "
        "Withdrawals: unknown until 2026-01-05 10:00:00 UTC; denied from 2026-01-05 10:00:00 UTC. "
        "Hold e1:abnormal-activity, since 2026-01-05 10:00:00, still open."
    )
    assert described(timeline_of(told(events=[], hours=0))) == (
        "Asked at 2026-01-05 09:00:00 UTC, a withdrawal is allowed. Withdrawals: allowed throughout."
    )


# ── The SVG ──────────────────────────────────────────────────────────────────────────────────────────────────────

DRAWN_WITH = {"svg", "title", "desc", "style", "defs", "pattern", "path", "rect", "line", "g", "text"}


def hostile_history(text: str) -> History:
    header = {"account": text, "hold": f"{text}:abnormal-activity"}
    events = [
        SecurityEvent(id=text, account=text, at=T0, trigger="abnormal_activity", initiated_by="user"),
        VerificationStarted(**header, id=text, at=T0 + HOUR, method="identity_personal"),
        VerificationFailed(**header, id="f", at=T0 + 2 * HOUR),
        ReleaseOrdered(
            **header,
            id="r",
            at=T0 + 3 * HOUR,
            by=Actor(id=text, kind="admin"),
            authority="support",
            note=f"{text[:-1]}\n\t%% {text[:-1]}".replace("\x85", "")[:2_000],
        ),
    ]
    policy = Policy(id=text, version=text, rules=BINANCE.rules)
    return history_of(policy, text, events, now=T0 + 4 * HOUR)


def assert_stays_text(history: History, text: str) -> None:
    root = svg(history)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= DRAWN_WITH
    for element in root.iter():
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
        assert all(
            re.fullmatch(r"url\(#wg-[0-9a-f]{12}-\w+\)", fill) for fill in [element.get("fill", "")] if "(" in fill
        )
    assert root.find(f"{SVG}title").text == f"Withdrawals of account {visible(text)}: allowed"
    for element in root.iter():
        assert visible(element.text or "") == (element.text or "")
        assert element.tail in ("\n", None)
    assert "url(" not in root.find(f"{SVG}style").text
    assert "@import" not in root.find(f"{SVG}style").text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_ids_stay_text_in_the_svg(text: str) -> None:
    assert_stays_text(hostile_history(text), text)


identifiers = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029"), min_size=1, max_size=128
)


@given(identifiers)
def test_any_id_stays_text_in_the_svg(text: str) -> None:
    assert_stays_text(hostile_history(text), text)


def test_two_pictures_on_one_page_have_ids_of_their_own() -> None:
    one, other = (svg(told(hours=hours)) for hours in (40, 41))
    ids = [{element.get("id") for element in root.iter() if element.get("id")} for root in (one, other)]
    assert ids[0].isdisjoint(ids[1])
    for root in (one, other):
        named = root.get("aria-labelledby").split()
        assert [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")] == named
        assert root.get("role") == "img"


def test_every_colour_has_a_pattern_or_is_the_one_that_has_none() -> None:
    """Colour is never alone: of all states just `allowed` is plain, and each is in the legend with its word."""
    root = svg(told(ENDINGS, ENDED, hours=10))
    plain = [pattern.get("id") for pattern in root.iter(f"{SVG}pattern") if not list(pattern)]
    assert [name.rpartition("-")[2] for name in plain] == ["allowed"]
    shown = words(root)
    assert {"allowed", "denied", "suspended", "verification", "review", "cleared", "move", "release"} <= set(shown)
    assert "appeal" not in shown


def test_it_is_read_in_the_light_and_in_the_dark_and_loads_nothing() -> None:
    text = timeline_as_svg(told())
    assert "prefers-color-scheme:dark" in text
    assert text.count("http") == text.count("http://www.w3.org/2000/svg") == 1
    for word in ("<script", "@import", "@font-face", "<image", "href", "javascript"):
        assert word not in text


def test_nothing_stands_beside_the_sheet() -> None:
    for history in (
        told(),
        told(ENDINGS, ENDED, hours=10),
        hostile_history("日本語" * 40),
        example("takeover", T0 + 90 * DAY),
    ):
        root = svg(history)
        width, height = float(root.get("width")), float(root.get("height"))
        for element in root.iter():
            for name, limit in (
                ("x", width),
                ("x1", width),
                ("x2", width),
                ("y", height),
                ("y1", height),
                ("y2", height),
            ):
                assert -100 <= float(element.get(name, 0)) <= limit


def test_marks_that_have_no_room_share_a_flag_and_show_a_refusal() -> None:
    crowd = [secured(number / 3_600, "signed_in") for number in range(9)]
    refused = about(ReleaseOrdered, 0.01, "e9:none", by=IDA, authority="support")
    root = svg(told(events=[*crowd, refused], hours=40))
    captions = [element.text for element in root.iter(f"{SVG}text") if element.get("class") == "wg-number"]
    assert captions[:4] == ["1", "2", "3", "4–10"]
    flags = [group for group in root.iter(f"{SVG}g") if group.find(f"{SVG}text").get("class") == "wg-number"]
    assert flags[3].find(f"{SVG}path").get("class") == "wg-mark wg-refused"


def test_a_long_sentence_is_cut_in_its_middle_and_told_in_full_on_hovering() -> None:
    note = "because " * 60
    hold = "e1:abnormal-activity"
    events = [TOLD[1], about(ReleaseOrdered, 6, hold, by=IDA, authority="support", note=note.strip())]
    root = svg(told(events=events))
    (row,) = [
        group for group in root.iter(f"{SVG}g") if "release ordered" in "".join(group.find(f"{SVG}text").itertext())
    ]
    assert row.find(f"{SVG}text").text.endswith(f"→ hold {hold} is released")
    assert "…" in row.find(f"{SVG}text").text
    assert "because because" in row.find(f"{SVG}title").text


# ── Limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


def crowded(rules: int, events: int, account: str = "a1") -> History:
    policy = Policy(
        id="p", version="1", rules=tuple(Rule(id=f"r{n}", trigger="t", duration=(n + 1) * HOUR) for n in range(rules))
    )
    told = [
        SecurityEvent(id=f"{n}{account[4:]}", account=account, at=T0 + n * HOUR, trigger="t", initiated_by="system")
        for n in range(events)
    ]
    return history_of(policy, account, told, now=T0 + (events - 1) * HOUR)


def test_a_long_history_is_cut_and_says_so() -> None:
    history = crowded(1, 2_000)
    timeline = timeline_of(history)
    assert [mark.number for mark in timeline.marks] == list(range(2_001 - EVENTS_DRAWN_MAX, 2_001))
    assert timeline.cuts[0] == "not drawn: the first 1940 events, and what ended before"
    assert timeline.begins == timeline.marks[0].at
    assert timeline.notes[0] in words(svg(history))
    assert len(timeline_as_svg(history)) < 200_000
    assert len(timeline_as_mermaid(history)) < MERMAID_TEXT_MAX
    assert "1940 events" in timeline_as_mermaid(history)


def test_a_caption_at_the_right_edge_stands_on_the_left_of_its_mark() -> None:
    events = [secured(number, "signed_in") for number in range(0, 1_200_000, 1_000)]
    root = svg(told(events=[*events, *[events[-1]] * 9], hours=1_199_000))
    captions = {element.get("class"): element.text for element in root.iter(f"{SVG}text") if element.text}
    assert captions["wg-number wg-left"] == "1200–1209"


def test_a_band_that_changes_often_is_described_from_its_latest_changes_on() -> None:
    timeline = timeline_of(told(events=[secured(100 * number) for number in range(20)], hours=2_000))
    assert len(timeline.band) == 41
    text = described(timeline).partition(" Hold ")[0]
    assert "Withdrawals of late: denied from" in text
    assert text.count(";") == SPANS_DESCRIBED_MAX - 1


def test_many_holds_are_cut_to_those_that_last_longest() -> None:
    history = crowded(96, 2)
    timeline = timeline_of(history)
    assert [lane.hold.rule.id for lane in timeline.lanes] == [f"r{n}" for n in range(96 - LANES_DRAWN_MAX, 96)]
    assert timeline.cuts == (
        f"not drawn: {97 - LANES_DRAWN_MAX} holds that end before all others",
        f"not listed: {97 - PASSAGES_LISTED_MAX} changes that come by themselves",
    )
    assert len(timeline.passages) == PASSAGES_LISTED_MAX
    assert [passage.at for passage in timeline.passages] == sorted(passage.at for passage in timeline.passages)
    assert len(timeline_as_svg(history)) < 200_000
    assert len(timeline_as_mermaid(history)) < MERMAID_TEXT_MAX


def test_an_open_hold_is_drawn_before_one_that_ends() -> None:
    rules = [Rule(id="open", trigger="t", releasable_by=frozenset({"support"}))]
    rules += [Rule(id=f"r{n}", trigger="t", duration=900 * HOUR) for n in range(LANES_DRAWN_MAX + 5)]
    lanes = timeline_of(told(Policy(id="p", version="1", rules=tuple(rules)), [secured(0, "t")])).lanes
    assert lanes[0].hold.rule.id == "open"
    assert len(lanes) == LANES_DRAWN_MAX


def test_the_widest_mermaid_is_one_that_mermaid_draws() -> None:
    history = crowded(64, 70, account="acc-" + "#" * 120)
    assert len(timeline_as_mermaid(history)) < MERMAID_TEXT_MAX
    name = "x" * 120
    clearance = Clearance(
        unverified=frozenset(f"{name}{n}" for n in range(64)),
        verified=frozenset({name}),
        attempts=2,
        verify_within=HOUR,
        review_within=HOUR,
        appeal=Appeal(within=HOUR, decide_within=HOUR, documents=frozenset(f"{name}{n}" for n in range(64))),
    )
    rules = tuple(
        Rule(
            id=f"r{n}-{'x' * 120}",
            trigger=f"{name}{n}",
            where={f"{m}" + "#" * 100: "#" * 1_000 for m in range(64)},
            scope=Scope(operations=frozenset(f"{name}{m}" for m in range(64))),
            duration=DAY + TICK,
            clearance=clearance,
            lifted_by=LiftedBy.ALL,
            releasable_by=frozenset(f"{name}{m}" for m in range(64)),
        )
        for n in range(RULES_DRAWN_MAX + 8)
    )
    chart = policy_as_mermaid(Policy(id="#" * 128, version="#" * 128, rules=rules))
    assert len(chart) < MERMAID_TEXT_MAX
    assert len(re.findall(r"-->|-\.->", chart)) < MERMAID_EDGES_MAX
    assert '    cut["8 more rules"]\n' in chart
    assert policy_as_markdown(Policy(id="p", version="1", rules=rules)).count("\n") == 2 + len(rules)


# ── The axis ─────────────────────────────────────────────────────────────────────────────────────────────────────


def shown(axis: Axis) -> list[str]:
    return [tick.text for tick in axis.ticks()]


def headed(axis: Axis) -> list[str]:
    return [heading.text for heading in axis.headings()]


@given(st.lists(st.timedeltas(timedelta(), 87_600 * DAY).map(INSTANT_MIN.__add__), min_size=1, max_size=9))
def test_time_runs_from_left_to_right(instants: list[datetime]) -> None:
    instants = sorted(set(instants))
    axis = axis_of(instants, 200, 900)
    places = [axis.x(at) for at in instants]
    assert places == sorted(places)
    assert all(200 <= place <= 900.1 for place in places)
    assert axis.pieces[0].left == 200
    assert axis.pieces[-1].right == pytest.approx(900)
    assert all(piece.since <= at <= piece.until for at in instants for piece in axis.pieces if at == piece.first)
    ticks = [tick.x for tick in axis.ticks()]
    assert ticks == sorted(ticks)
    assert all(later - earlier >= 40 for earlier, later in pairwise(ticks)) or len(axis.pieces) > 1
    assert len(ticks) <= 20


@pytest.mark.parametrize(
    ("length", "ticks", "headings"),
    [
        (timedelta(), ["08:30", "08:35", "08:40"], ["Mon 5 Jan 2026"]),
        (6 * HOUR, ["09:00", "09:30", "10:00"], ["Mon 5 Jan 2026"]),
        (DAY, ["10:00", "12:00", "14:00"], ["Mon 5 Jan 2026", "Tue 6 Jan 2026"]),
        (10 * DAY, ["Tue 6", "Wed 7", "Thu 8"], ["Jan 2026"]),
        (40 * DAY, ["Mon 5", "Mon 12", "Mon 19"], ["Jan 2026", "Feb 2026"]),
        (300 * DAY, ["Jan", "Feb", "Mar"], ["2026"]),
        (800 * DAY, ["Jan", "Apr", "Jul"], ["2026", "2027", "2028"]),
        (4_000 * DAY, ["2026", "2027", "2028"], [""]),
        (40_000 * DAY, ["2030", "2040", "2050"], [""]),
    ],
    ids=lambda value: str(value).replace(" ", "") if isinstance(value, timedelta) else "",
)
def test_ticks_are_round_from_minutes_to_decades(length: timedelta, ticks: list[str], headings: list[str]) -> None:
    axis = axis_of(sorted({T0, T0 + length}), 208, 924)
    first = shown(axis).index(ticks[0])
    assert shown(axis)[first : first + 3] == ticks
    assert headed(axis) == headings


def test_a_gap_that_dwarfs_the_rest_is_broken() -> None:
    """A password was changed, and a year later somebody asks."""
    axis = axis_of([T0, T0 + DAY, T0 + 365 * DAY], 208, 924)
    assert len(axis.pieces) == 2
    assert axis.x(T0 + DAY) - axis.x(T0) > 500
    assert axis.pieces[0].right < axis.x(T0 + 100 * DAY) < axis.pieces[1].left
    assert headed(axis)[-1] == "Tue 5 Jan 2027"
    assert axis.x(T0 - 9 * DAY) == axis.pieces[0].left
    assert axis.x(T0 + 999 * DAY) == axis.pieces[-1].right


def test_the_usual_holds_and_a_lonely_gap_are_drawn_to_scale() -> None:
    assert len(axis_of([T0, T0 + TICK, T0 + 96 * HOUR], 208, 924).pieces) == 1
    assert len(axis_of([T0, T0 + 999 * DAY], 208, 924).pieces) == 1


def test_an_axis_breaks_four_times_at_most() -> None:
    instants = [T0 + timedelta(hours=20**power) for power in range(6)]
    assert len(axis_of(instants, 208, 924).pieces) <= 5


def test_a_lane_that_goes_on_across_a_break_is_torn_there() -> None:
    policy = Policy(id="p", version="1", rules=(Rule(id="r", trigger="password_changed", duration=3_653 * DAY),))
    events = [secured(0), secured(48, "signed_in")]
    root = svg(told(policy, events, hours=49))
    assert len(root.findall(f".//{SVG}rect[@class='wg-gap']")) == 1
    assert len(root.findall(f".//{SVG}path[@class='wg-ragged']")) == 2


def headings_of(history: History) -> list[str]:
    return [shown for shown in words(svg(history)) if re.fullmatch(r"\w{3} \d+ \w{3} \d{4}", shown)]


def test_a_heading_that_has_no_room_is_left_out() -> None:
    """The first ten minutes are of Monday; there is no room to say so."""
    night = [secured(14.9, "signed_in"), secured(38, "signed_in")]
    assert headings_of(told(events=night, hours=38)) == ["Tue 6 Jan 2026"]


def test_the_day_after_a_break_is_always_told() -> None:
    """Monday and Tuesday in detail, and then the instant of a question weeks later."""
    events = [secured(0, "signed_in"), secured(39, "signed_in")]
    assert headings_of(told(events=events, hours=2_000)) == ["Mon 5 Jan 2026", "Tue 6 Jan 2026", "Sun 29 Mar 2026"]


# ── Text of strangers ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_cannot_be_seen_is_shown() -> None:
    assert visible("a\nb\u202e\u200b\ufffe\U000e0041") == "a\\nb\\u202e\\u200b\\ufffe\\U000e0041"
    assert visible("Zoë 日本 ✓") == "Zoë 日本 ✓"


def test_a_long_text_keeps_its_two_ends() -> None:
    assert shortened("abcdefghij", 10) == "abcdefghij"
    assert shortened("abcdefghijk", 10) == "abcdef…ijk"
    assert shortened("\n" * 20, 8) == "\\n\\n…\\n"


@given(st.text(max_size=300), st.integers(1, 200))
def test_a_shortened_text_is_never_longer(text: str, length_max: int) -> None:
    for short in (shortened(text, length_max), mermaid_text(text, length_max)):
        assert len(short) <= length_max


def test_what_is_cut_out_of_a_long_text_does_not_matter() -> None:
    one, other = "a" * 40 + "\u202e" * 500 + "z" * 40, "a" * 40 + "#" * 9_000 + "z" * 40
    assert shortened(one, 30) == shortened(other, 30) == "a" * 19 + "…" + "z" * 10
    assert mermaid_text(one, 30) == mermaid_text(other, 30) == shortened(one, 30)


@given(st.text(max_size=60))
def test_text_in_xml_reads_back_as_it_is_shown(text: str) -> None:
    element = ET.fromstring(f'<a b="{xml_text(text)}">{xml_text(text)}</a>')  # noqa: S314 - it is our own
    assert element.text == (visible(text) or None)
    assert element.get("b") == visible(text)


@given(st.text(max_size=60))
def test_text_in_mermaid_has_no_sign_with_a_meaning(text: str) -> None:
    safe = mermaid_text(text, 10_000)
    assert not set(re.sub("#[0-9]{2,5};", "", safe)) & set("#:;%<>&\"'`$|{}[]\\^~@*\n\ufb02\u00b0\u00b6\u00df")
    assert re.sub("#([0-9]{2,5});", lambda code: chr(int(code[1])), safe) == visible(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("a_b", "`a_b`"), ("a|b", "`a\\|b`"), ("a`b", "`` a`b ``"), ("``", "``` `` ```"), ("<b>\n", "`<b>\\n`")],
)
def test_text_in_markdown_is_a_code_span_of_one_cell(text: str, code: str) -> None:
    assert markdown_code(text) == code


GANTT_LINE = re.compile(
    r"%%\{init: \{'gantt': \{'leftPadding': 170\}\}\}%%|gantt|    title [^:;%<>]+|    acc(Title|Descr): [^:%<>]+"
    r"|    dateFormat [-:.A-Zms]+|    axisFormat [-%: a-zA-Z]+|    todayMarker off|    section ([^:;%<>]|<br/>|#\d+;)+"
    r"|    ([^:%<>]+) :(crit|done|active|milestone), [-T:.\d]+, ([-T:.\d]+|0d)"
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_ids_stay_text_in_a_gantt_chart(text: str) -> None:
    tame, wild = timeline_as_mermaid(hostile_history("a")), timeline_as_mermaid(hostile_history(text))
    assert wild.count("\n") == tame.count("\n")
    for line in wild.splitlines():
        assert GANTT_LINE.fullmatch(re.sub(r"#\d+;", "", line)), line


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_facts_stay_text_in_the_picture_of_a_policy(text: str) -> None:
    def policy(words: str) -> Policy:
        rule = Rule(id="r", trigger="t", where={words[:128]: words}, duration=HOUR)
        return Policy(id=words, version=words, rules=(rule,))

    wild = policy_as_mermaid(policy(text))
    assert wild.count("\n") == policy_as_mermaid(policy("a")).count("\n")
    assert wild.count('"') == policy_as_mermaid(policy("a")).count('"')
    (row,) = policy_as_markdown(policy(text)).splitlines()[2:]
    assert len(re.findall(r"(?<!\\)\|", row)) == 9


# ── The table and a policy ───────────────────────────────────────────────────────────────────────────────────────


def test_the_table_as_mermaid_reads_like_this() -> None:
    assert (
        table_as_mermaid()
        == """\
stateDiagram-v2
    direction LR
    [*] --> suspended : trigger
    suspended --> verification : started
    suspended --> appeal : appealed
    suspended --> restored : released
    verification --> verification : started
    verification --> review : submitted
    verification --> suspended : failed
    verification --> restored : released
    review --> restored : approved or released
    review --> suspended : rejected
    review --> verification : more_requested
    appeal --> restored : granted or released
    appeal --> suspended : dismissed
    appeal --> appeal : more_requested or appealed
    restored --> restored : released
    restored --> [*]
"""
    )


def test_the_table_as_markdown_has_a_cell_for_every_state_and_move() -> None:
    heading, _, *rows = [line.strip("| ").split(" | ") for line in table_as_markdown().splitlines()]
    assert heading == ["state", *(f"`{move}`" for move in Move)]
    assert rows == [
        [f"**{state}**", *(TABLE[state][move].value if move in TABLE[state] else "—" for move in Move)]
        for state in State
    ]


def test_the_binance_policy_as_mermaid_reads_like_this() -> None:
    assert (
        policy_as_mermaid(BINANCE)
        == """\
flowchart LR
    accTitle: policy binance, version 1.0.0
    t1(["password changed"])
    t2(["two-factor disabled"])
    t3(["two-factor reset"])
    t4(["account unlocked"])
    t5(["e-mail address changed"])
    t6(["abnormal activity"])
    h1["password-changed<br/>stops withdrawals"]
    t1 --> h1
    h1 -->|"24 hours after the latest trigger"| over
    h2["two-factor-disabled<br/>stops withdrawals"]
    t2 --> h2
    h2 -->|"24 hours after the latest trigger"| over
    h3["two-factor-reset<br/>stops withdrawals"]
    t3 --> h3
    h3 -->|"48 hours after the latest trigger"| over
    h4["account-unlocked<br/>stops withdrawals"]
    t4 --> h4
    h4 -->|"48 hours after the latest trigger"| over
    h5["email-changed<br/>stops withdrawals"]
    t5 --> h5
    h5 -->|"48 hours after the latest trigger"| over
    h6["abnormal-activity<br/>stops withdrawals"]
    t6 --> h6
    h6 --> v6("verification and review<br/>\
identity not verified#58; identity verification as a business or identity verification as a person<br/>\
identity verified#58; face verification in the mobile app or face verification on the web")
    v6 -->|"approved"| over
    a6("appeal<br/>once<br/>with supporting documents")
    v6 -->|"after 1 failure"| a6
    a6 -->|"granted"| over
    h6 -.->|"released by customer support"| over
    over(("the hold<br/>has ended"))
"""
    )


FULL = Policy(
    id="full",
    version="2",
    rules=(
        Rule(
            id="both",
            trigger="t",
            where={"amount": 5, "vip": True},
            duration=DAY,
            clearance=Clearance(
                unverified=frozenset({"video_call"}),
                verified=frozenset({"video_call"}),
                attempts=2,
                verify_within=HOUR,
                review_within=2 * HOUR,
                appeal=Appeal(after_failures=0, limit=2, within=10 * DAY, decide_within=5 * DAY),
            ),
            lifted_by=LiftedBy.ALL,
            releasable_by=frozenset({"support", "compliance"}),
        ),
        Rule(id="kept", trigger="t", duration=timedelta(minutes=90), repeat=Repeat.KEEP),
        Rule(
            id="either",
            trigger="u",
            duration=DAY,
            clearance=Clearance(unverified=frozenset(), verified=frozenset({"face_web"})),
        ),
        Rule(id="closed", trigger="u", releasable_by=frozenset({"support"})),
    ),
)


def test_every_way_out_of_a_hold_is_an_edge() -> None:
    assert (
        policy_as_mermaid(FULL)
        == """\
flowchart LR
    accTitle: policy full, version 2
    t1(["t"])
    t2(["u"])
    h1["both<br/>stops all operations"]
    t1 -->|"amount = 5 and vip = true"| h1
    h1 -->|"24 hours after the latest trigger"| b1
    h1 --> v1("verification and review<br/>a video call<br/>closed after 2 failures<br/>\
a started one lapses after 1 hour<br/>review due within 2 hours")
    v1 -->|"approved"| b1
    a1("appeal<br/>up to 2 times<br/>within 10 days of the latest failure or trigger<br/>with no documents<br/>\
decision due within 5 days")
    v1 -->|"at any time"| a1
    a1 -->|"granted"| b1
    b1{{"both"}} --> over
    h1 -.->|"released by compliance or customer support"| over
    h2["kept<br/>stops all operations"]
    t1 --> h2
    h2 -->|"PT1H30M after the first trigger"| over
    h3["either<br/>stops all operations"]
    t2 --> h3
    h3 -->|"24 hours after the latest trigger"| over
    h3 --> v3("verification and review<br/>identity not verified#58; no method<br/>\
identity verified#58; face verification on the web")
    v3 -->|"approved"| over
    h4["closed<br/>stops all operations"]
    t2 --> h4
    h4 -.->|"released by customer support"| over
    over(("the hold<br/>has ended"))
"""
    )


def test_a_policy_as_markdown_has_a_row_for_every_rule() -> None:
    assert [line.strip("| ").split(" | ") for line in policy_as_markdown(FULL).splitlines()[2:]] == [
        [
            "`both`",
            "`t` where `amount = 5`, `vip = true`",
            "all operations",
            "24 hours after the latest trigger",
            "a video call; closed after 2 failures; a started one lapses after 1 hour; review due within 2 hours",
            "at any time; up to 2 times; within 10 days of the latest failure or trigger; with no documents; "
            "decision due within 5 days",
            "by time and by clearance",
            "compliance or customer support",
        ],
        ["`kept`", "`t`", "all operations", "PT1H30M after the first trigger", "—", "—", "by time", "nobody"],
        [
            "`either`",
            "`u`",
            "all operations",
            "24 hours after the latest trigger",
            "identity not verified: no method; identity verified: face verification on the web",
            "—",
            "by time or by clearance",
            "nobody",
        ],
        ["`closed`", "`u`", "all operations", "—", "—", "—", "by release", "customer support"],
    ]


@given(policies())
def test_every_policy_can_be_drawn(policy: Policy) -> None:
    chart = policy_as_mermaid(policy)
    assert chart == policy_as_mermaid(policy)
    nodes = set(re.findall(r"(?<![\w.])([thva]\d+|b\d+|over)\b(?=[\[({])", chart))
    assert set(re.findall(r"^    (\w+) -", chart, re.MULTILINE)) <= nodes
    assert policy_as_markdown(policy).count("\n") == 2 + len(policy.rules)


def test_the_whole_road_as_mermaid_reads_like_this() -> None:
    chart = timeline_as_mermaid(example("whole-road", datetime(2026, 1, 15, tzinfo=UTC)))
    assert (
        chart
        == """\
%%{init: {'gantt': {'leftPadding': 170}}}%%
gantt
    title 2026-01-15 00#58;00#58;00 UTC, withdrawal allowed
    accTitle: Withdrawals of account whole-road
    accDescr: Asked at 2026-01-15 00#58;00#58;00 UTC, a withdrawal is allowed. Withdrawals#58; allowed until \
2026-01-11 05#58;22#58;00 UTC#59; denied from 2026-01-11 05#58;22#58;00 UTC until 2026-01-14 03#58;59#58;00 UTC#59; \
allowed from 2026-01-14 03#58;59#58;00 UTC. Hold e2#58;abnormal-activity, since 2026-01-11 05#58;22#58;00, \
cleared at 2026-01-14 03#58;59#58;00.
    dateFormat YYYY-MM-DDTHH:mm:ss.SSS
    axisFormat %d %b %H:%M
    todayMarker off
    section Account<br/>whole-road
    allowed :done, 2026-01-10T21:41:06.000, 2026-01-11T05:22:00.000
    denied :crit, 2026-01-11T05:22:00.000, 2026-01-14T03:59:00.000
    allowed :done, 2026-01-14T03:59:00.000, 2026-01-15T04:40:54.000
    now, withdrawal allowed :milestone, 2026-01-15T00:00:00.000, 0d
    section Events
    1 signed in, nothing new :milestone, 2026-01-11T02:22:00.000, 0d
    2 abnormal activity, trigger :milestone, 2026-01-11T05:22:00.000, 0d
    3 identity verification as a person started :milestone, 2026-01-11T05:47:00.000, 0d
    4 verification handed in :milestone, 2026-01-11T05:59:00.000, 0d
    5 review rejected by admin ida#58; the document had expired :milestone, 2026-01-12T01:59:00.000, 0d
    6 appeal filed with supporting documents :milestone, 2026-01-12T03:59:00.000, 0d
    7 appeal granted by admin oto :milestone, 2026-01-14T03:59:00.000, 0d
    section abnormal-activity<br/>by e2, cleared
    suspended :crit, 2026-01-11T05:22:00.000, 2026-01-11T05:47:00.000
    verification :active, 2026-01-11T05:47:00.000, 2026-01-11T05:59:00.000
    review :active, 2026-01-11T05:59:00.000, 2026-01-12T01:59:00.000
    suspended :crit, 2026-01-12T01:59:00.000, 2026-01-12T03:59:00.000
    appeal :active, 2026-01-12T03:59:00.000, 2026-01-14T03:59:00.000
"""
    )


def test_a_long_gantt_chart_has_dates_and_an_open_hold_reaches_its_edge() -> None:
    chart = timeline_as_mermaid(told(events=TOLD[1:2], hours=2_400))
    assert "    axisFormat %Y-%m-%d\n" in chart
    denied, suspended = re.findall(r"(?:denied|suspended) :crit, \S+ (\S+)", chart)
    assert denied == suspended > "2026-04-15"


def test_what_is_exported_is_what_the_pictures_need() -> None:
    assert set(diagram.__all__) >= {"History", "history_of", "timeline_as_svg", "timeline_as_mermaid"}
    assert WITHDRAWAL.operation == "withdrawal"
    assert isinstance(told().entries[0].outcome, Applied)
    assert isinstance(timeline_of(told()), Timeline)
