"""A committed result names the tree that it was measured on, so nobody takes an old number for a new one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree import RESULTS, ROOT, SRC, named_in, tree_about, tree_of

# They take minutes to hours and are measured again on an idle machine. Until then an old one is reported as skipped.
TOLD_ONLY = {
    "tests/mutants/DATA.md",
    "tests/mutants/FUNCTIONS.md",
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_about_the_code_beside_it(name: str) -> None:
    named, here = named_in(ROOT / name), tree_about(ROOT / name)
    assert named is not None, f"{name} does not name the tree that it was measured on"
    old = f"{name} was measured on the tree {named}, which is {here} now: run `{RESULTS[name].command}`"
    if named != here and name in TOLD_ONLY:
        pytest.skip(old)
    assert named == here, old


@pytest.mark.parametrize("name", RESULTS)
def test_what_a_result_is_about_is_there(name: str) -> None:
    assert all((SRC / part).exists() for part in RESULTS[name].about)


def test_a_tree_has_the_same_name_wherever_it_stands_and_another_one_after_each_change(tmp_path: Path) -> None:
    here, there = tmp_path / "1" / "src", tmp_path / "2" / "src"
    for folder in (here, there):
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "one.py").write_text("1\n", "utf-8")
        (folder / "two.json").write_text("2\n", "utf-8")
    name = tree_of([here])
    assert tree_of([there]) == name
    (there / "inner" / "one.pyc").write_bytes(b"compiled")
    assert tree_of([there]) == name
    assert tree_of([there / "inner", there / "two.json"]) == tree_of([here / "inner", here / "two.json"])
    (there / "two.json").write_text("3\n", "utf-8")
    changed = tree_of([there])
    assert tree_of([there / "inner"]) == tree_of([here / "inner"])
    (there / "two.json").rename(there / "three.json")
    assert len({name, changed, tree_of([there])}) == 3


def test_a_result_without_a_tree_is_seen(tmp_path: Path) -> None:
    (tmp_path / "RESULT.md").write_text("Python 3.11.7.\n", "utf-8")
    assert named_in(tmp_path / "RESULT.md") is None
