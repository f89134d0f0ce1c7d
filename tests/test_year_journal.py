"""A year of a journal: an answer as of an instant is that of the journal that ends there, and memory has a limit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import year
from withdraw_guard.cli._faults import FAULTS_LISTED_MAX, KINDS_MAX
from withdraw_guard.cli._records import JournalReplay
from withdraw_guard.policies import BINANCE

Run = Callable[..., tuple[int, str, str]]
LINES, ACCOUNTS = 700, 25


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return year.written(tmp_path_factory.mktemp("year"), LINES, ACCOUNTS)


@pytest.mark.parametrize("at", year.INSTANTS, ids=year.instant)
def test_the_answers_as_of_an_instant_are_those_of_the_journal_that_ends_there(run: Run, path: Path, at) -> None:
    _, as_of, _ = run("replay", path, "--at", year.instant(at), "--json")
    _, ended, _ = run("replay", year.cut(path, at), "--at", year.instant(at), "--knowing-all", "--json")
    answers = year.answers(as_of)
    assert answers == year.answers(ended)
    assert len(answers) > ACCOUNTS / 2
    assert all(answer["decision"] is not None for answer in answers.values())


def test_the_journal_has_what_a_year_has(run: Run, path: Path) -> None:
    told = json.loads(run("replay", path, "--summary", "--json", "--at", year.instant(year.INSTANTS[-1]))[1])
    assert (told["events"], told["accounts"]) == (LINES, ACCOUNTS)
    assert min(told["refused_count"], told["unmatched_count"], *told["decisions"].values()) == 0
    assert min(told["refused_count"], told["unmatched_count"], told["decisions"]["denied"]) > 0
    assert all(rule["placed"] for rule in told["rules"])


def test_what_is_kept_of_an_account_does_not_grow_with_the_journal() -> None:
    replay = JournalReplay(policy=BINANCE)
    sizes = []
    for number, event in enumerate(year.journal(6_000, 1), start=1):
        replay.take(number, json.dumps(event).encode())
        if number % 2_000 == 0:
            (record,) = replay.records.values()
            listed = (record.refused.first, record.over_on_arrival.first, record.unreadable.first)
            assert max(map(len, listed)) <= FAULTS_LISTED_MAX
            assert len(replay.totals.refused.first) <= KINDS_MAX
            assert (record.rows, replay.kept) == ([], [])
            sizes.append(len(record.account.holds))
    assert sizes[-1] <= 2 * sizes[0]


def test_the_script_says_how_fast_and_that_all_is_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    year.main(40, 5, year.INSTANTS[5:6])
    told = capfd.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == ["10", "40", "1:"]
    assert all(line.endswith(", the same") for line in told[2:])
