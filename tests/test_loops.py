"""The loops: each runs all of the loop before it, and what is left out or not measured is a test that exists."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from loops import BY_MODULE, FIRST, LOOPS, ORDER, RANDOM, UNMEASURED, belongs

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("start", FIRST)
def test_what_begins_with_a_later_loop_is_a_test(start: str) -> None:
    file, _, test = start.partition("::")
    assert f"def {test.partition('[')[0]}" in (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("file", sorted({*UNMEASURED, *RANDOM, *LOOPS["quick"].files}))
def test_a_file_that_is_named_exists(file: str) -> None:
    assert (ROOT / file).is_file()


def test_mutmut_runs_the_file_of_each_module() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    assert set(BY_MODULE) <= set(tools["mutmut"]["pytest_add_cli_args_test_selection"])


def test_a_test_belongs_to_its_first_loop_and_to_all_after_it() -> None:
    late = next(start for start, first in FIRST.items() if first == "ci")
    assert [belongs(f"{late}[case]", loop) for loop in ORDER] == [False, False, True, True]
    assert all(belongs("tests/test_rulebook.py::test_anything", loop) for loop in ORDER)


def test_a_larger_loop_draws_more() -> None:
    sizes = [(loop.examples, loop.journeys, loop.pairs) for loop in LOOPS.values()]
    assert sizes == sorted(sizes)
