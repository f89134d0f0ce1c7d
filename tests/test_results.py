"""A committed result names the tree of `src` that it was measured on, so nobody takes an old number for a new one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree import RESULTS, ROOT, named_in, tree_of

# They take minutes to hours and are measured again on an idle machine. Until then an old one is reported as skipped.
TOLD_ONLY = {
    "docs/bench/speed.json",
    "docs/bench/analysis.md",
    "tests/hosts/RESULT.md",
    "tests/seeds/RESULT.md",
    "tests/seeds/loops.json",
    "tests/mutants/DATA.md",
    "tests/mutants/FUNCTIONS.md",
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_about_the_code_beside_it(name: str) -> None:
    named, here = named_in(ROOT / name), tree_of()
    assert named is not None, f"{name} does not name the tree of `src` that it was measured on"
    old = f"{name} was measured on the tree {named}, and `src` is {here}: run `{RESULTS[name]}`"
    if named != here and name in TOLD_ONLY:
        pytest.skip(old)
    assert named == here, old


def test_a_tree_has_the_same_name_wherever_it_stands_and_another_one_after_each_change(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "one.py").write_text("1\n", "utf-8")
        (folder / "two.json").write_text("2\n", "utf-8")
    name = tree_of(here)
    assert tree_of(there) == name
    (there / "inner" / "one.pyc").write_bytes(b"compiled")
    assert tree_of(there) == name
    (there / "two.json").write_text("3\n", "utf-8")
    changed = tree_of(there)
    (there / "two.json").rename(there / "three.json")
    assert len({name, changed, tree_of(there)}) == 3


def test_a_result_without_a_tree_is_seen(tmp_path: Path) -> None:
    (tmp_path / "RESULT.md").write_text("Python 3.11.7.\n", "utf-8")
    assert named_in(tmp_path / "RESULT.md") is None
