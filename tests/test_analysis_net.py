"""The net that needs no theory over every family of policies, and the faults that it must find."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from analysis_net import FAMILIES, HEAD, Row, walk
from run_seeds import copy_of_the_library, run_with
from withdraw_guard.analysis import Verdict

PAIRS = int(os.environ.get("WITHDRAW_GUARD_PAIRS", "24"))
PAIRS = PAIRS if PAIRS >= 1000 else max(2, PAIRS * 18 // 25)
# Fewer pairs need not show every verdict.
ENOUGH = 60
KNOWN = (Verdict.EQUAL, Verdict.STRICTER, Verdict.LOOSER)
SEEDS = sorted((Path(__file__).parent / "analysis_seeds").glob("*.patch"))
# Pairs of the family that a seed names: the number of `.ci/run`.
SEED_PAIRS = 72


@pytest.mark.parametrize("family", FAMILIES)
def test_no_verdict_is_contradicted_by_brute_force(family: str, record_property) -> None:
    row = walk(family, PAIRS)
    print(f"{HEAD}\n{row.told()}")
    record_property("net", row.told())
    assert row.contradictions == []
    assert sum(row.verdicts.values()) == PAIRS
    assert PAIRS < ENOUGH or _shows_each(row), row.told()


def _shows_each(row: Row) -> bool:
    return min(row.verdicts[verdict] for verdict in KNOWN) >= 10 and row.journals >= PAIRS


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.stem)
def test_the_net_finds_each_planted_fault(seed: Path) -> None:
    """Of the pairs that every run of CI draws, one is contradicted if the analysis has the fault."""
    (family,) = re.findall("^Found by the family: (.+)$", seed.read_text(encoding="utf-8"), re.MULTILINE)
    with copy_of_the_library(seed) as root:
        ended = run_with(root, "tests/analysis_net.py", "--first", str(SEED_PAIRS), family)
    assert ended.returncode == 1, f"{ended.stdout}{ended.stderr}"
    found = re.search(rf"^{family} \d+: ", ended.stdout, re.MULTILINE)
    assert found, ended.stdout
    print(f"{seed.stem} → {found[0]}")


def test_every_family_has_a_planted_fault() -> None:
    named = {re.search("family: (.+)", seed.read_text(encoding="utf-8"))[1] for seed in SEEDS}
    assert named == set(FAMILIES)
