"""The test of the tests: seeded faults, and which technique sees which.

    python tests/run_seeds.py                 the whole matrix, technique × seed
    python tests/run_seeds.py --write         the same, and write it to tests/seeds/RESULT.md
    python tests/run_seeds.py --seed NAME     only that seed (may be given more than once)
    python tests/run_seeds.py --write --seed NAME     that row is written again, the others are left as they are
    python tests/run_seeds.py --waiting       no run: the seeds without a row are listed below the matrix

Each seed is a patch in `tests/seeds/`. The library is copied, the patch is applied to the copy, and each technique runs
against the copy in a process of its own; a technique that fails has killed the seed. A seed that survives all of them
is a hole in the tests: the exit code is 1. Without a patch everything must pass, or the matrix would say nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, settings

import withdraw_guard
from withdraw_guard import InvalidValue

TESTS = Path(__file__).parent
SEEDS = TESTS / "seeds"
RESULT = SEEDS / "RESULT.md"
LIBRARY = Path(withdraw_guard.__file__).parent
JOURNEYS = 400
FAST_JOURNEYS = 150
FAST_FLAGS = 300
PROCESSES = 2

TECHNIQUES = {
    "walk": ("test_walk.py",),
    "differential": ("test_differential.py", "-k", "never_disagree"),
    "metamorphic": ("test_metamorphic.py",),
    "guided": ("test_guided_machine.py",),
    "laws": ("test_laws.py",),
}


# ── Patches ──────────────────────────────────────────────────────────────────────────────────────────────────────


class PatchDoesNotApply(Exception):
    """The lines that a patch replaces are not in the library, or not only once."""


@dataclass(frozen=True)
class Hunk:
    """One place of a patch: which file, which lines are there, and which are there instead."""

    path: str
    before: str
    after: str


def seeds() -> list[Path]:
    return sorted(SEEDS.glob("*.patch"))


def about(seed: Path) -> str:
    """What is wrong with the library after the patch: its first line."""
    return seed.read_text(encoding="utf-8").splitlines()[0]


def hunks(patch: str) -> list[Hunk]:
    """Read a unified diff. Line numbers are not looked at: the lines themselves say where a hunk belongs."""
    found: list[Hunk] = []
    path, before, after = "", "", ""
    for line in [*patch.splitlines(keepends=True), "@@"]:
        if line.startswith(("@@", "--- ")) and before:
            found.append(Hunk(path, before, after))
            before = after = ""
        if line.startswith("+++ "):
            path = line[4:].strip().removeprefix("b/").removeprefix("src/")
        elif path and line[:1] in (" ", "-", "+") and not line.startswith("--- "):
            before += line[1:] if line[0] in " -" else ""
            after += line[1:] if line[0] in " +" else ""
    return found


def apply_patch(patch: str, root: Path) -> None:
    """Apply a unified diff below a folder. Raises `PatchDoesNotApply` if a hunk does not fit exactly once."""
    for hunk in hunks(patch):
        file = root / hunk.path
        source = file.read_text(encoding="utf-8") if file.is_file() else ""
        if source.count(hunk.before) != 1:
            raise PatchDoesNotApply(f"{hunk.path} has {source.count(hunk.before)} times:\n{hunk.before}")
        file.write_text(source.replace(hunk.before, hunk.after), encoding="utf-8")


@contextmanager
def copy_of_the_library(seed: Path | None) -> Iterator[Path]:
    """A folder for the import path, with the library in it, faulty if there is a seed."""
    with tempfile.TemporaryDirectory(prefix="withdraw-guard-seed-") as folder:
        root = Path(folder)
        shutil.copytree(LIBRARY, root / LIBRARY.name, ignore=shutil.ignore_patterns("__pycache__"))
        if seed is not None:
            apply_patch(seed.read_text(encoding="utf-8"), root)
        yield root


def run_with(root: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own that imports the library from a folder."""
    paths = os.pathsep.join((str(root), str(TESTS)))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", **variables}
    environment["HYPOTHESIS_STORAGE_DIRECTORY"] = str(root / ".hypothesis")
    return subprocess.run(
        [sys.executable, *command], cwd=TESTS.parent, env=environment, capture_output=True, text=True, check=False
    )


# ── One fast oracle, for every day ───────────────────────────────────────────────────────────────────────────────


def fast_oracle(root: Path) -> str | None:
    """What is wrong with the library in a folder, as far as a short run can tell; none if nothing was found."""
    ended = run_with(root, "-c", "import run_seeds; run_seeds.look_fast()", WITHDRAW_GUARD_SEEDED=str(root))
    if ended.returncode != 0:
        # Not taken for silence: then the library without a fault would pass a run that never came to look.
        raise AssertionError(f"the oracle itself is broken:\n{ended.stderr}")
    return ended.stdout.strip() or None


def look_fast() -> None:
    """Print the first thing that is wrong: with a journey, in a microsecond that the code mentions, or on a walk."""
    if not LIBRARY.is_relative_to(os.environ["WITHDRAW_GUARD_SEEDED"]):
        sys.exit(f"this is not the library that was asked for: {LIBRARY}")
    print(next(filter(None, _looks()), ""))


def _looks() -> Iterator[str | None]:
    import test_metamorphic as metamorphic
    from journeys import START, TICK, journey
    from test_differential import difference_of_flags, first_difference

    # In turn, because most faults of schema 1.1 are seen on the short journeys and most others on the long ones.
    for seed in range(FAST_FLAGS):
        yield difference_of_flags(seed)
        if seed >= FAST_JOURNEYS:
            continue
        journal = journey(seed)
        found = first_difference(journal)
        yield f"journey {seed}, after event {found[0]}: {found[1]}" if found else None
        if seed % 4 == 0:
            yield _or_refused(partial(metamorphic._twice, journal))
            yield _or_refused(partial(metamorphic._stored, journal, frozenset(range(len(journal)))))
    for number in metamorphic._numbers_in_the_code():
        yield _or_refused(partial(metamorphic._moving, journey(0, 3), (number - START.microsecond) * TICK))
    yield _or_refused(_walk)


def _walk() -> str | None:
    # Imported only now: its spaces are made by the library, which may refuse to.
    from test_walk import SPACES, Walk

    try:
        Walk(SPACES["clearance alone, with all that it can have"]).run()
    except pytest.fail.Exception as broken:
        return str(broken)
    return None


def _or_refused(look: Callable[[], str | None]) -> str | None:
    """What a look finds. A library that refuses what it made itself is wrong, too."""
    try:
        return look()
    except InvalidValue as refused:
        return f"the library refuses what it made itself: {refused}"


# ── The matrix ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """As a plugin of pytest: a profile that does not look for the smallest example, only whether there is one."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("seeds", settings.get_profile("default"), phases=phases, deadline=None)


def techniques() -> dict[str, tuple[str, ...]]:
    return {name: command for name, command in TECHNIQUES.items() if (TESTS / command[0]).exists()}


def survives(root: Path, technique: str) -> bool:
    """Whether a technique finds nothing wrong with the library in a folder."""
    file, *options = TECHNIQUES[technique]
    runner = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "run_seeds")
    hypothesis = ("--hypothesis-profile=seeds", "--hypothesis-seed=0")
    command = (*runner, *hypothesis, str(TESTS / file), *options)
    ended = run_with(root, *command, WITHDRAW_GUARD_JOURNEYS=str(JOURNEYS))
    if ended.returncode not in (0, 1) and "Error" not in ended.stdout:
        raise AssertionError(f"{technique} could not be run:\n{ended.stdout}{ended.stderr}")
    return ended.returncode == 0


def row_of(seed: Path | None) -> dict[str, bool]:
    """For each technique, whether it kills the seed."""
    with copy_of_the_library(seed) as root:
        row = {name: not survives(root, name) for name in techniques()}
    killers = [name for name, kills in row.items() if kills]
    print(f"{seed.stem if seed else 'without a fault':<50}", *killers, flush=True)
    return row


def table_of(rows: dict[str, dict[str, bool]]) -> str:
    """The matrix as Markdown."""
    names = list(techniques())
    lines = [f"| seed | {' | '.join(names)} |", f"| --- |{' :-: |' * len(names)}"]
    for seed, row in rows.items():
        lines.append(f"| `{seed}` | {' | '.join('killed' if row[name] else '·' for name in names)} |")
    sums = " | ".join(f"**{sum(row[name] for row in rows.values())}**" for name in names)
    return "\n".join([*lines, f"| **{len(rows)} seeds** | {sums} |"])


def written_rows() -> dict[str, dict[str, bool]]:
    """The rows of the last long run, as they were written."""
    lines = [line.strip("| ").split(" | ") for line in RESULT.read_text(encoding="utf-8").splitlines() if "| `" in line]
    return {name.strip("`"): dict(zip(techniques(), map("killed".__eq__, told), strict=True)) for name, *told in lines}


def result_of(rows: dict[str, dict[str, bool]]) -> str:
    return f"""# Which technique sees which fault

Written by `python tests/run_seeds.py --write`; never edit it by hand.
Python {platform.python_version()}, {JOURNEYS} journeys in the differential test, `--hypothesis-seed=0`.
Without a fault, every technique passes.
`killed` means that the technique fails when the fault is there. What each fault is says the first line of its patch.

{table_of(rows)}
{_told(waiting(rows))}"""


def waiting(rows: dict[str, dict[str, bool]]) -> list[str]:
    """The seeds that the long run has not been asked about."""
    return [seed.stem for seed in seeds() if seed.stem not in rows]


def _told(names: list[str]) -> str:
    if not names:
        return ""
    listed = "\n".join(f"- `{name}`" for name in names)
    since = "Planted since that run; every short run sees them, and which technique does is not measured yet:"
    return f"\n{since}\n\n{listed}\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the matrix to tests/seeds/RESULT.md")
    parser.add_argument("--waiting", action="store_true", help="only list the seeds that have no row")
    parser.add_argument("--seed", action="append", default=[], help="the name of a seed, without `.patch`")
    options = parser.parse_args(arguments)
    if options.waiting:
        RESULT.write_text(result_of(written_rows()), encoding="utf-8")
        return 0
    chosen = [seed for seed in seeds() if not options.seed or seed.stem in options.seed]
    with ThreadPoolExecutor(PROCESSES) as pool:
        found = list(pool.map(row_of, [None, *chosen]))
    if any(found[0].values()):
        print("the library fails without any fault; the matrix says nothing")
        return 2
    rows = {seed.stem: row for seed, row in zip(chosen, found[1:], strict=True)}
    survivors = [name for name, row in rows.items() if not any(row.values())]
    print(table_of(rows))
    if options.write:
        written = {**written_rows(), **rows} if options.seed else rows
        known = {seed.stem: written[seed.stem] for seed in seeds() if seed.stem in written}
        RESULT.write_text(result_of(known), encoding="utf-8")
    if survivors:
        print(f"survived: {', '.join(survivors)}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
