"""Pictures and replays say single destinations, chosen timers, business days and separate holds correctly."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from test_diagram import HOSTILE, MERMAID_TEXT_MAX
from withdraw_guard import (
    Account,
    Appeal,
    Chosen,
    Clearance,
    Destinations,
    Event,
    InvalidValue,
    LiftedBy,
    Policy,
    Repeat,
    Request,
    Rule,
    Scope,
    SecurityEvent,
    _prose,
    check,
    operations,
    wire,
)
from withdraw_guard._pictures.timeline import Permission, described, timeline_of
from withdraw_guard.calendars import business_days
from withdraw_guard.diagram import (
    History,
    history_of,
    policy_as_markdown,
    policy_as_mermaid,
    timeline_as_mermaid,
    timeline_as_svg,
)

T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NAMED = Scope(operations=frozenset({operations.WITHDRAWAL}), destinations=Destinations.NAMED)
BOUNDS = Chosen(minimum=DAY, maximum=7 * DAY)
Run = Callable[..., tuple[int, str, str]]

GROWN = Policy(
    id="grown",
    version="1",
    calendar=business_days(UTC, first=date(2026, 1, 1), last=date(2026, 1, 31)),
    rules=(
        Rule(id="address", trigger="destination_added", scope=NAMED, duration=2 * DAY, repeat=Repeat.SEPARATE),
        Rule(id="locked", trigger="withdrawals_locked", duration=DAY, chosen=BOUNDS),
        Rule(id="locked-once", trigger="locked_once", duration=2 * DAY, repeat=Repeat.KEEP),
        Rule(id="counted", trigger="payment_flagged", business_days=4),
        Rule(
            id="both",
            trigger="odd",
            business_days=1,
            clearance=Clearance(
                unverified=frozenset(),
                verified=frozenset({"face_web"}),
                review_business_days=2,
                identity_valid_for=365 * DAY,
                appeal=Appeal(decide_business_days=1),
            ),
            lifted_by=LiftedBy.ALL,
            releasable_by=frozenset({"support"}),
        ),
        Rule(id="court", trigger="court_order", repeat=Repeat.SEPARATE, releasable_by=frozenset({"compliance"})),
        Rule(id="email", trigger="email_changed", duration=DAY),
        Rule(
            id="sale",
            trigger="sale_flagged",
            duration=DAY,
            scope=Scope(operations={operations.P2P_SALE}, leaves={"lending", "staking"}),
        ),
    ),
)


def happened(hours: float, trigger: str, **members: object) -> SecurityEvent:
    at = T0 + hours * HOUR
    return SecurityEvent(id=f"e{hours:g}", account="a1", at=at, trigger=trigger, initiated_by="user", **members)


TWO_ADDRESSES = (
    happened(0, "destination_added", destination_id="bc1q-one"),
    happened(30, "destination_added", destination_id="0x-two"),
)


def told(*events: Event, hours: float = 33, destination_id: str | None = None, policy: Policy = GROWN) -> History:
    return history_of(policy, "a1", events, now=T0 + hours * HOUR, destination_id=destination_id)


def words(history: History) -> list[str]:
    root = ET.fromstring(timeline_as_svg(history))  # noqa: S314 - it is our own
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


def outcomes(history: History) -> list[str]:
    return [mark.outcome for mark in timeline_of(history).marks]


# ── A policy ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_table_of_a_policy_says_what_is_separate_chosen_and_counted() -> None:
    rows = [line.strip("| ").split(" | ") for line in policy_as_markdown(GROWN).splitlines()[2:]]
    assert [row[1:4] for row in rows] == [
        [
            "`destination_added`, each event its own hold",
            "withdrawals to the destination that the event names",
            "48 hours after its trigger",
        ],
        [
            "`withdrawals_locked`",
            "all operations",
            "24 hours to 7 days as chosen (24 hours if nothing is), to the latest end that a trigger sets",
        ],
        ["`locked_once`", "all operations", "48 hours after the first trigger"],
        ["`payment_flagged`", "all operations", "end of business day 4 after the latest trigger"],
        ["`odd`", "all operations", "end of business day 1 after the latest trigger"],
        ["`court_order`, each event its own hold", "all operations", "—"],
        ["`email_changed`", "all operations", "24 hours after the latest trigger"],
        ["`sale_flagged`", "P2P sales (and not lending or staking)", "24 hours after the latest trigger"],
    ]
    assert [row[6] for row in rows] == [
        "by time",
        "by time",
        "by time",
        "by time",
        "by time and by clearance",
        "by release",
        "by time",
        "by time",
    ]
    assert rows[4][4].endswith("review due within 2 business days; a proved identity counts for 365 days")
    assert rows[4][5].endswith("decision due within 1 business day")


def test_the_picture_of_a_policy_says_it_too() -> None:
    lines = [line.strip() for line in policy_as_mermaid(GROWN).splitlines()]
    for line in (
        'h1["address<br/>stops withdrawals to the destination that the event names<br/>each event its own hold"]',
        'h2 -->|"24 hours to 7 days as chosen (24 hours if nothing is), to the latest end that a trigger sets"| over',
        'h4 -->|"end of business day 4 after the latest trigger"| over',
        'h5 -->|"end of business day 1 after the latest trigger"| b5',
        'b5{{"both"}} --> over',
        'h6["court<br/>stops all operations<br/>each event its own hold"]',
        'h8["sale<br/>stops P2P sales (and not lending or staking)"]',
    ):
        assert line in lines


def test_a_policy_is_summarised_on_the_command_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "grown.json").write_text(json.dumps(wire.to_dict(GROWN)))
    status, out, err = run("check-policy", tmp_path / "grown.json")
    assert (status, err) == (0, "")
    for cells in (
        ("destination_added (each separate)", "withdrawals to the destination that the event names", "48 hours"),
        ("withdrawals_locked", "24 hours to 7 days as chosen (24 hours if nothing is)", "time"),
        ("payment_flagged", "4 business days", "time"),
        ("odd", "1 business day", "time and verification (appeal)"),
        ("court_order (each separate)", "-", "compliance"),
    ):
        (line,) = (line for line in out.splitlines() if f"  {cells[0]}  " in line)
        assert all(f"  {cell}" in line for cell in cells)


# ── One destination ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("destination_id", [None, "bc1q-one", "0x-two", "elsewhere"])
def test_the_band_is_that_of_the_destination(destination_id: str | None) -> None:
    history = told(*TWO_ADDRESSES, destination_id=destination_id)
    request = Request(operation="withdrawal", destination_id=destination_id)
    timeline = timeline_of(history)
    for hours in (-1, 0, 29, 30, 47, 48, 77, 78, 99):
        at = T0 + hours * HOUR
        (span,) = (s for s in timeline.band if s.since <= at and (s.until is None or at < s.until))
        assert span.what is (Permission.ALLOWED if check(history.account_at(at), at, request) else Permission.DENIED)
    assert timeline.decision == check(history.latest, history.now, request)


def test_each_lane_says_which_destination_it_is_about() -> None:
    shown = words(told(*TWO_ADDRESSES))
    assert [line for line in shown if line.startswith("only to")] == ["only to bc1q-one", "only to 0x-two"]
    assert "withdrawals here name no destination" in shown[3]
    text = timeline_as_mermaid(told(*TWO_ADDRESSES))
    assert "section address<br/>by e30, ends by itself<br/>only to 0x-two" in text
    assert "Hold e0:address, only to bc1q-one, since" in described(timeline_of(told(*TWO_ADDRESSES)))


def test_a_lane_that_stops_no_withdrawals_says_that_first() -> None:
    scope = Scope(operations=frozenset({"p2p_sale"}), destinations=Destinations.NAMED)
    rule = Rule(id="r", trigger="destination_added", scope=scope, duration=DAY, repeat=Repeat.SEPARATE)
    (lane,) = timeline_of(told(TWO_ADDRESSES[0], policy=Policy(id="p", version="1", rules=(rule,)))).lanes
    assert lane.aside == "does not stop withdrawals"


def test_a_picture_of_another_request_says_which_it_is() -> None:
    scope = Scope(operations=frozenset({"p2p_sale", "api_access"}))
    policy = Policy(id="p", version="1", rules=(Rule(id="r", trigger="destination_added", scope=scope, duration=DAY),))
    for request, one, every in (
        (Request(operation="p2p_sale"), "a p2p sale", "P2P sales"),
        (Request(operation="api_access", destination="known"), "an api access to a known destination", "Access by"),
        (Request(operation="p2p_sale", destination_id="d1"), "a p2p sale to d1", "P2P sales to d1"),
    ):
        history = history_of(policy, "a1", TWO_ADDRESSES[:1], now=T0 + HOUR, request=request)
        assert history.request == request
        assert f", {one} is denied until " in described(timeline_of(history))
        assert timeline_of(history).title.startswith(every)
        assert every.split(" to ")[0].lower() in timeline_as_svg(history).lower()
        assert timeline_of(history).lanes[0].aside == ""
    other = history_of(policy, "a1", TWO_ADDRESSES[:1], now=T0 + HOUR, request=Request(operation="login"))
    assert timeline_of(other).lanes[0].aside == "does not stop this request"
    with pytest.raises(InvalidValue, match="request"):
        history_of(policy, "a1", [], now=T0, request="login")


def test_a_picture_of_one_destination_says_whose_it_is() -> None:
    history = told(*TWO_ADDRESSES, destination_id="bc1q-one")
    shown = words(history)
    assert "2026-01-06 18:00:00 UTC: withdrawal to bc1q-one denied until 2026-01-07 09:00:00 UTC" in shown
    assert "to bc1q-one" in shown
    assert not timeline_of(history).notes
    assert "<title" in timeline_as_svg(history)
    assert ">Withdrawals to bc1q-one of account a1: denied until" in timeline_as_svg(history)
    assert "accTitle: Withdrawals to bc1q-one of account a1\n" in timeline_as_mermaid(history)
    assert "a withdrawal to bc1q-one is denied until" in described(timeline_of(history))
    elsewhere = told(*TWO_ADDRESSES, destination_id="elsewhere")
    assert "2026-01-06 18:00:00 UTC: withdrawal to elsewhere allowed" in words(elsewhere)


def openings(chart: str) -> list[str]:
    """The word that each line begins with: what Mermaid takes it for."""
    return [line.split()[0] for line in chart.splitlines()]


@pytest.mark.parametrize("text", [*HOSTILE, "\u05d0\u05d1"], ids=range(len(HOSTILE) + 1))
def test_a_hostile_destination_stays_text(text: str) -> None:
    events = (happened(0, "destination_added", destination_id=text), TWO_ADDRESSES[1])
    for destination_id in (None, text):
        history = told(*events, destination_id=destination_id)
        root = ET.fromstring(timeline_as_svg(history))  # noqa: S314 - it is our own
        assert len(timeline_as_mermaid(history)) < MERMAID_TEXT_MAX
        plain = timeline_as_mermaid(told(*TWO_ADDRESSES, destination_id=destination_id and "bc1q-one"))
        assert openings(timeline_as_mermaid(history)) == openings(plain)
        assert {element.tag.rpartition("}")[2] for element in root.iter()}.isdisjoint({"script", "image", "a"})
        assert "\u202e" not in "".join(root.itertext())


def test_an_answer_that_only_misses_the_destination_says_so() -> None:
    account = told(*TWO_ADDRESSES).latest
    unnamed = check(account, T0 + 33 * HOUR)
    assert _prose.answered(unnamed) == (
        "denied unless it names a destination that is not held, until 2026-01-08 15:00:00 UTC"
    )
    named = check(account, T0 + 33 * HOUR, Request(operation="withdrawal", destination_id="0x-two"))
    assert _prose.answered(named) == "denied until 2026-01-08 15:00:00 UTC"
    beside = told(*TWO_ADDRESSES, happened(31, "email_changed")).latest
    assert _prose.answered(check(beside, T0 + 33 * HOUR)) == "denied until 2026-01-08 15:00:00 UTC"
    flagged = Rule(
        id="f", trigger="t", scope=NAMED, repeat=Repeat.SEPARATE, releasable_by=frozenset({"support"})
    )  # fmt: skip
    held = told(happened(0, "t", destination_id="x"), policy=Policy(id="p", version="1", rules=(flagged,))).latest
    assert _prose.answered(check(held, T0)) == (
        "denied unless it names a destination that is not held, and time alone does not change that"
    )


def test_a_hold_whose_event_named_no_destination_is_told_to_stop_all_of_them() -> None:
    history = told(happened(0, "destination_added"))
    assert outcomes(history) == ["withdrawals are held until 2026-01-07 09:00:00 UTC (hold e0:address)"]
    assert _prose.answered(check(history.latest, T0)) == "denied until 2026-01-07 09:00:00 UTC"
    assert timeline_of(history).lanes[0].aside == ""


# ── Timers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_chosen_and_counted_is_told() -> None:
    history = told(
        happened(0, "withdrawals_locked", duration=3 * DAY),
        happened(1, "withdrawals_locked", duration=DAY),
        happened(2, "payment_flagged"),
        happened(3, "withdrawals_locked", duration=5 * DAY),
    )
    assert [mark.happened for mark in timeline_of(history).marks] == [
        "withdrawals locked, 72 hours chosen",
        "withdrawals locked, 24 hours chosen",
        "payment flagged",
        "withdrawals locked, 5 days chosen",
    ]
    assert outcomes(history) == [
        "all operations are held until 2026-01-08 09:00:00 UTC (hold e0:locked)",
        "hold e0:locked is triggered again, its timer stays as it is",
        "all operations are held until 2026-01-10 00:00:00 UTC (hold e2:counted)",
        "hold e0:locked is extended to 2026-01-10 12:00:00 UTC",
    ]


# ── What can never be applied ────────────────────────────────────────────────────────────────────────────────────

NOT_OFFERED = happened(5, "withdrawals_locked", duration=HOUR)
BEYOND = happened(24 * 30, "payment_flagged")


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (NOT_OFFERED, "duration: must be from `PT24H` to `P7D` for `locked`, got `PT1H`"),
        (BEYOND, "at: must lie within the calendar: rule `counted` counts business days"),
    ],
)
def test_a_line_that_can_never_be_applied_is_one_clear_line_and_its_account_is_denied(
    run: Run, tmp_path: Path, event: SecurityEvent, problem: str
) -> None:
    policy, journal = tmp_path / "grown.json", tmp_path / "journal.jsonl"
    policy.write_text(json.dumps(wire.to_dict(GROWN)))
    lines = [happened(0, "email_changed"), event, happened(1, "destination_added", destination_id="x")]
    journal.write_text("".join(json.dumps(wire.to_dict(line)) + "\n" for line in lines))
    asked = [journal, "--policy", policy, "--at", "2026-03-01T00:00:00Z", "--account", "a1"]
    status, out, err = run("replay", *asked)
    assert status == 2
    assert err.splitlines() == [
        f"withdraw-guard: line 2 cannot be applied: {problem}",
        "withdraw-guard: 2 events of 1 account, 0 refused; 1 unreadable line",
        "withdraw-guard: a picture of this account: `timeline` with the same arguments and --svg FILE.svg",
    ]
    assert f"line 2 could not be applied: {problem}" in out
    assert "withdrawal denied: 1 event of this account could not be read or applied" in out
    status, out, _ = run("replay", *asked, "--json")
    (record,) = map(json.loads, out.splitlines())
    path, _, why = problem.partition(": ")
    assert (status, record["decision"], record["events"]) == (2, None, 2)
    assert record["unreadable"] == [{"line": 2, "path": path, "problem": why}]
    assert record["latest_event_at"] == "2026-01-05T10:00:00Z"
    known = history_of(GROWN, "a1", [lines[0], lines[2]], now=datetime(2026, 3, 1, tzinfo=UTC), unread=1)
    assert record["state"] == wire.to_dict(known.latest)
    status, out, _ = run("timeline", *asked)
    assert (status, out) == (2, timeline_as_mermaid(known))


def test_a_history_names_the_event_that_can_never_be_applied() -> None:
    with pytest.raises(InvalidValue, match=r"^events\[1\]\.duration: must be from `PT24H` to `P7D` for `locked`"):
        told(happened(0, "email_changed"), NOT_OFFERED)


# ── The command line ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_replay_asks_about_the_destination(run: Run, tmp_path: Path) -> None:
    policy, journal = tmp_path / "grown.json", tmp_path / "journal.jsonl"
    policy.write_text(json.dumps(wire.to_dict(GROWN)))
    journal.write_text("".join(json.dumps(wire.to_dict(event)) + "\n" for event in TWO_ADDRESSES))
    asked = [journal, "--policy", policy, "--at", "2026-01-06T18:00:00Z"]
    _, out, _ = run("replay", *asked, "--destination", "bc1q-one")
    assert "withdrawal to bc1q-one denied until 2026-01-07 09:00:00 UTC" in out
    assert "because of destination added at 2026-01-05 09:00:00 UTC, about the destination bc1q-one only" in out
    assert "about the destination 0x-two only" not in out
    assert "destination added: 0x-two (e30)" in out
    _, out, _ = run("replay", *asked, "--destination", "elsewhere", "--json")
    record = json.loads(out)
    assert (record["decision"]["decision"], record["decision"]["destination_id"]) == ("allowed", "elsewhere")
    account = wire.account_from_dict(record["state"])
    assert account == told(*TWO_ADDRESSES).latest
    assert account != Account(id="a1")
    _, out, _ = run("timeline", *asked, "--account", "a1", "--destination", "bc1q-one")
    assert out == timeline_as_mermaid(told(*TWO_ADDRESSES, destination_id="bc1q-one"))
    status, out, err = run("replay", *asked, "--destination", "")
    assert (status, out) == (2, "")
    assert err == "withdraw-guard: --destination: must be 1 to 128 characters, got ``\n"
