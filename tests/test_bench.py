"""The comparison of speed compares the same decisions, and the three most important targets are kept by far."""

from __future__ import annotations

import importlib.util
import json
import time
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import attrs
import pytest
import speed_page

from bench import compare, floor, micro, ours
from bench.contestants import CONTESTANTS, FLOOR, OURS, Contestant
from bench.entries import ALLOWED, NO_END, QUESTION, Entry, Kind
from bench.journal import ENTRIES_PER_ACCOUNT, journals
from withdraw_guard import Account, Refusal, check, policies, triggers

JOURNAL = journals(300)


def outcomes(contestant: Contestant, journal: list[list[Entry]] = JOURNAL) -> list[list[Any]]:
    return compare.outcomes_of(contestant, journal)


# ── The same work ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_journal_is_the_same_every_time() -> None:
    assert journals(20) == JOURNAL[:20]
    assert {len(entries) for entries in JOURNAL} == {ENTRIES_PER_ACCOUNT}


def test_the_journal_has_every_kind_of_event_and_most_of_what_can_come_of_one() -> None:
    assert {entry[0] for entries in JOURNAL for entry in entries} == set(Kind)
    told = Counter(outcome for each in outcomes(FLOOR) for outcome in each)
    refusals = {outcome for outcome in told if isinstance(outcome, str)}
    assert refusals >= {*Refusal} - {"wrong_account", "attempts_exhausted"}
    assert told[ALLOWED] > 100
    assert told[NO_END] > 100
    assert sum(count for outcome, count in told.items() if isinstance(outcome, int) and outcome > 0) > 100


def test_the_floor_decides_as_the_library_does() -> None:
    assert outcomes(FLOOR) == outcomes(OURS)


def test_the_floor_obeys_the_rulebook_in_whatever_order_events_arrive() -> None:
    random = Random(7)
    shuffled = [random.sample(entries, len(entries)) for entries in JOURNAL]
    assert outcomes(FLOOR, shuffled) == outcomes(OURS, shuffled)


def test_a_floor_under_another_policy_would_be_seen() -> None:
    assert {rule.trigger for rule in policies.BINANCE.rules} == {*floor.TIMED, triggers.ABNORMAL_ACTIVITY}
    hurried = [[(QUESTION, entry[1] + 1_000) if entry[0] == QUESTION else entry for entry in each] for each in JOURNAL]
    assert compare.digest(outcomes(OURS)) != compare.digest(outcomes(OURS, hurried)[1:])


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda each: each.module)
def test_a_peer_decides_as_the_floor_does(contestant: Contestant) -> None:
    if contestant.imports and not importlib.util.find_spec(contestant.imports.partition(".")[0]):
        pytest.skip(f"{contestant.name} is not installed")
    journal = JOURNAL[:50]
    assert outcomes(contestant, journal) == outcomes(FLOOR, journal)


def test_who_decides_otherwise_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    here = tuple(each for each in CONTESTANTS if each.imports in (None, "withdraw_guard"))
    monkeypatch.setattr(compare, "CONTESTANTS", here)
    assert [each.contestant for each in compare.compare(1, 0.002)] == list(here)
    as_numbers = ours.outcomes_as_numbers
    wrong = lambda entries, told: [ALLOWED if each == NO_END else each for each in as_numbers(entries, told)]  # noqa: E731
    monkeypatch.setattr(ours, "outcomes_as_numbers", wrong)
    with pytest.raises(compare.AnotherDecision, match="withdraw_guard"):
        compare.compare(1, 0.002)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_promise_is_about_a_call_that_is_measured_and_the_steps_of_a_host_come_first() -> None:
    assert set(speed_page.LIMITS) <= set(micro.CALLS)
    assert [name.partition(",")[0] for name in list(micro.CALLS)[:4]] == ["load → apply → store"] * 2 + [
        "load → check"
    ] * 2
    assert list(speed_page.LIMITS)[:4] == list(micro.CALLS)[:4]


def test_the_page_shows_every_promise() -> None:
    result = json.loads(speed_page.RESULT.read_text("utf-8"))
    page = speed_page.page_of({**result, "calls": result["calls"] | dict.fromkeys(speed_page.LIMITS, 1e6)})
    assert page.count("| 1,000,000 µs | **missed** |") == len(speed_page.LIMITS)


# ── Three targets, as ratios and with a wide margin ──────────────────────────────────────────────────────────────


def least(work: Callable[[], object], calls: int) -> float:
    """The least processor time of a call: what others on this machine do only ever adds to it."""
    times = []
    for _ in range(15):
        begun = time.process_time()
        for _ in range(calls):
            work()
        times.append((time.process_time() - begun) / calls)
    return min(times)


@attrs.frozen(kw_only=True)
class FourFields:
    a: object
    b: object
    c: object
    d: object


def test_a_question_costs_no_more_than_a_few_plain_values() -> None:
    """Of the order of one; before answers worked out their explanation when read, six holds cost a hundred."""
    account, steps = ours.prepared(0, JOURNAL[0])
    lived, _ = ours.run(account, steps)
    at = ours.instant(JOURNAL[0][-1][1])
    yardstick = least(lambda: FourFields(a=1, b=2, c=3, d=4), 2_000)
    assert least(lambda: check(lived, at), 2_000) < 6 * yardstick
    assert least(lambda: check(Account(id="a1"), at), 500) < 12 * yardstick


def test_the_journal_costs_no_more_than_a_few_floors() -> None:
    """About five; the target is eight, and before the values of `apply` were built without a second look it was 22."""
    journal = JOURNAL[:40]
    prepared = [ours.prepared(number, entries) for number, entries in enumerate(journal)]
    by_hand = least(lambda: [floor.run(floor.FRESH, entries) for entries in journal], 2)
    assert least(lambda: [ours.run(*each) for each in prepared], 2) < 12 * by_hand


def test_an_account_is_loaded_at_the_cost_of_a_few_events() -> None:
    """About eight; before known rules were found by their documents it was 25."""
    read, arguments = micro.CALLS["wire.account_from_dict, one open hold"]()
    placed, event = micro.CALLS["apply, placing a hold"]()
    assert least(lambda: read(*arguments), 200) < 16 * least(lambda: placed(*event), 1_000)
