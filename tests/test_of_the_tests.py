"""Tests that can no longer fail are worse than none: each seeded fault must still be seen.

This is the short form for every day, one fast oracle against every seed. `python tests/run_seeds.py` is the long one,
every technique against every seed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from run_seeds import (
    LIBRARY,
    RESULT,
    TECHNIQUES,
    PatchDoesNotApply,
    about,
    apply_patch,
    copy_of_the_library,
    fast_oracle,
    hunks,
    patched,
    seeds,
)

every_seed = pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.stem)


def test_there_are_seeds_of_many_kinds() -> None:
    assert len(seeds()) >= 14
    assert len({hunk.path for seed in seeds() for hunk in hunks(seed.read_text(encoding="utf-8"))}) >= 6


@every_seed
def test_each_seed_says_what_is_wrong_and_still_applies(seed: Path) -> None:
    assert re.fullmatch(r".{10,110}\.", about(seed))
    files = patched(seed.read_text(encoding="utf-8"), LIBRARY.parent)
    assert files
    for file, source in files.items():
        assert source != file.read_text(encoding="utf-8")
        compile(source, str(file), "exec")


@every_seed
def test_each_seed_is_seen_by_a_short_run(seed: Path) -> None:
    with copy_of_the_library(seed) as root:
        assert fast_oracle(root), about(seed)


def test_the_result_of_the_long_run_tells_who_killed_each_seed() -> None:
    lines = RESULT.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if "| `" in line]
    told = [name.strip("`") for name, *_ in rows]
    listed = [line.strip("- `") for line in lines if line.startswith("- `")]
    assert sorted([*told, *listed]) == [seed.stem for seed in seeds()]
    assert all("killed" in told and len(told) == len(TECHNIQUES) for _, *told in rows)


def test_the_library_without_a_fault_passes_the_short_run() -> None:
    with copy_of_the_library(None) as root:
        assert fast_oracle(root) is None


def test_a_patch_that_does_not_fit_is_not_applied_somewhere_else(tmp_path: Path) -> None:
    patch = "about\n\n--- a/src/x.py\n+++ b/src/x.py\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
    (tmp_path / "x.py").write_text("zero\none\ntwo\n", encoding="utf-8")
    apply_patch(patch, tmp_path)
    assert (tmp_path / "x.py").read_text(encoding="utf-8") == "zero\none\nthree\n"
    with pytest.raises(PatchDoesNotApply):
        apply_patch(patch, tmp_path)
