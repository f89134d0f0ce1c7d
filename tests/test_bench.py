"""The comparison of speed compares the same decisions, and nothing asks for many more calls than it needs."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any

import pytest
import speed_page

from bench import compare, floor, micro, ours
from bench.contestants import CONTESTANTS, FLOOR, OURS, Contestant
from bench.entries import ALLOWED, NO_END, QUESTION, Entry, Kind
from bench.journal import ENTRIES_PER_ACCOUNT, journals
from withdraw_guard import Refusal, policies, triggers

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
    # The journal is of one policy without a limit of attempts, and nothing in it is retracted.
    assert refusals >= {*Refusal} - {"wrong_account", "attempts_exhausted", "unknown_event"}
    assert told[ALLOWED] > 100
    assert told[NO_END] > 100
    assert sum(count for outcome, count in told.items() if isinstance(outcome, int) and outcome > 0) > 100


def test_the_floor_decides_as_the_library_does() -> None:
    assert outcomes(FLOOR) == outcomes(OURS)


def test_the_floor_obeys_the_rulebook_in_whatever_order_events_arrive() -> None:
    random = Random(7)
    shuffled = [random.sample(entries, len(entries)) for entries in JOURNAL]
    assert outcomes(FLOOR, shuffled) == outcomes(OURS, shuffled)


def test_a_floor_of_another_policy_is_noticed() -> None:
    assert {rule.trigger for rule in policies.BINANCE.rules} == {*floor.TIMED, triggers.ABNORMAL_ACTIVITY}
    hurried = [[(QUESTION, entry[1] + 1_000) if entry[0] == QUESTION else entry for entry in each] for each in JOURNAL]
    assert compare.digest(outcomes(OURS)) != compare.digest(outcomes(OURS, hurried)[1:])


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda each: each.module)
def test_a_peer_decides_as_the_floor_does(contestant: Contestant) -> None:
    if contestant.imports and not importlib.util.find_spec(contestant.imports.partition(".")[0]):
        pytest.skip(f"{contestant.name} is not installed")
    journal = JOURNAL[:50]
    assert outcomes(contestant, journal) == outcomes(FLOOR, journal)


def test_a_contestant_with_other_decisions_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
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


# ── What three targets rest on, counted: a count is the same on a busy machine ───────────────────────────────────


def calls_of(work: Callable[[], object]) -> int:
    """Count the functions that are called, of Python and of C, once everything that is made once was made."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    work()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def calls_of_bench(name: str) -> int:
    function, arguments = micro.CALLS[name]()
    return calls_of(lambda: function(*arguments))


def test_a_question_asks_for_as_little_with_six_holds_as_with_one() -> None:
    """About ten calls: the explanation is made when it is read, and costs hundreds with six holds."""
    assert calls_of_bench("check, six open holds") == calls_of_bench("check, one open hold") <= 15


def test_the_journal_asks_for_no_more_calls_than_a_few_floors() -> None:
    """About ten times the calls of a program that is written by hand for this one policy."""
    journal = JOURNAL[:40]
    prepared = [ours.prepared(number, entries) for number, entries in enumerate(journal)]
    by_hand = calls_of(lambda: [floor.run(floor.FRESH, entries) for entries in journal])
    assert calls_of(lambda: [ours.run(*each) for each in prepared]) < 12 * by_hand


def test_an_account_is_loaded_with_the_calls_of_a_few_events() -> None:
    """About seven; twelve where the rule of the hold is read anew, because it is not known."""
    assert calls_of_bench("wire.account_from_dict, one open hold") < 9 * calls_of_bench("apply, placing a hold")
