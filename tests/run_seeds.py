"""The test of the tests: seeded faults, which technique finds which, and which loop finds which alone.

    python tests/run_seeds.py                   the whole matrix, technique × seed
    python tests/run_seeds.py --loop NAME       loop × seed instead (may be given more than once): `quick`, `tests`
    python tests/run_seeds.py --seed NAME       only that seed (may be given more than once)
    python tests/run_seeds.py … --write         the same, and write it: tests/seeds/RESULT.md, tests/seeds/loops.json
    python tests/run_seeds.py --waiting         no run: the seeds without a row are listed below the matrix

Each seed is a patch in `tests/seeds/`. The library is copied, the patch is applied to the copy, and each technique or
loop runs against the copy in a process of its own; one that fails has killed the seed. A seed that survives all
techniques is a hole in the tests, and so is a loop that finds too few: the exit code is 1. Without a patch everything
must pass, or the result would say nothing. With `--seed`, `--write` replaces those rows and leaves the others.
"""

from __future__ import annotations

import argparse
import json
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
from loops import LOOPS, QUICK
from withdraw_guard import InvalidValue

TESTS = Path(__file__).parent
sys.path.insert(0, str(TESTS.parent / "docs"))

from tree import named_in, tree_about  # noqa: E402

SEEDS = TESTS / "seeds"
RESULT = SEEDS / "RESULT.md"
BY_LOOP = SEEDS / "loops.json"
LIBRARY = Path(withdraw_guard.__file__).parent
JOURNEYS = 200
EXAMPLES = 20
FAST_STORIES = 400
PROCESSES = 2

TECHNIQUES = {
    "sentences": ("test_rulebook.py",),
    "walk": ("test_walk.py", "-k", "every_step and not (evidence or window or identity or support)"),
    "differential": ("test_differential.py", "-k", "never_disagree"),
    "metamorphic": ("test_metamorphic.py",),
    "guided": ("test_guided_machine.py",),
    "laws": ("test_laws.py",),
}
# The least share of the seeds that a loop must find alone.
SHARES = {"quick": 0.0, "tests": 0.95}


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


def patched(patch: str, root: Path) -> dict[Path, str]:
    """The files that a unified diff changes below a folder, as they are after it.

    Raises `PatchDoesNotApply` if a hunk does not fit exactly once.
    """
    files: dict[Path, str] = {}
    for hunk in hunks(patch):
        file = root / hunk.path
        source = files.get(file) or (file.read_text(encoding="utf-8") if file.is_file() else "")
        if source.count(hunk.before) != 1:
            raise PatchDoesNotApply(f"{hunk.path} has {source.count(hunk.before)} times:\n{hunk.before}")
        files[file] = source.replace(hunk.before, hunk.after)
    return files


def apply_patch(patch: str, root: Path) -> None:
    """Apply a unified diff below a folder, wholly or not at all. Raises what `patched` raises."""
    for file, source in patched(patch, root).items():
        file.write_text(source, encoding="utf-8")


@contextmanager
def copy_of_the_library(seed: Path | None) -> Iterator[Path]:
    """A folder for the import path, with the library in it, faulty if there is a seed."""
    with tempfile.TemporaryDirectory(prefix=f"withdraw-guard-seed-{seed.stem if seed else 'none'}-") as folder:
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
    from reference.clauses import CASES
    from reference.journals import Story
    from test_differential import first_difference, story_of

    for case in CASES:
        yield first_difference(Story(case.policies, case.steps), asks=False)
    yield _cases()
    for seed in range(FAST_STORIES):
        story = story_of(seed)
        found = first_difference(story, asks=seed % 4 == 0)
        yield f"story {seed}: {found}" if found else None
        if seed % 4 == 0:
            yield _or_refused(partial(metamorphic._twice, story))
            yield _or_refused(partial(metamorphic._stored, story, frozenset(range(len(story.steps)))))
    for number in metamorphic._numbers_in_the_code():
        yield _or_refused(partial(metamorphic._moving, metamorphic._short_story(0), number * metamorphic.TICK))
    yield _or_refused(_walk)


def _walk() -> str | None:
    # Imported only now: its spaces are made by the library, which may refuse to.
    from test_walk import SPACES, Walk

    try:
        Walk(SPACES["a proof that lapses"]).run()
    except pytest.fail.Exception as broken:
        return str(broken)
    return None


def _cases() -> str | None:
    """The rulebook, sentence by sentence."""
    ended = run_with(
        Path(os.environ["WITHDRAW_GUARD_SEEDED"]),
        *("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", str(TESTS / "test_rulebook.py")),
    )
    return ended.stdout if ended.returncode else None


def _or_refused(look: Callable[[], str | None]) -> str | None:
    """What a look finds. A library that refuses what it made itself is wrong, too."""
    try:
        return look()
    except InvalidValue as refused:
        return f"the library refuses what it made itself: {refused}"


# ── The matrix ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """As a plugin of pytest: a profile that does not look for the smallest example, only whether there is one."""
    phases = (Phase.explicit, Phase.generate)
    loop = settings.get_profile(config.getoption("--loop"))
    settings.register_profile("seeds", loop, phases=phases, max_examples=min(loop.max_examples, EXAMPLES))


def techniques() -> dict[str, tuple[str, ...]]:
    return {name: command for name, command in TECHNIQUES.items() if (TESTS / command[0]).exists()}


def survives(root: Path, technique: str) -> bool:
    """Whether a technique finds nothing wrong with the library in a folder."""
    file, *options = TECHNIQUES[technique]
    sizes = {"WITHDRAW_GUARD_JOURNEYS": str(JOURNEYS)}
    seeded = ("-p", "run_seeds", "--hypothesis-profile=seeds", "--loop=ci")
    return _passes(root, technique, *seeded, str(TESTS / file), *options, **sizes)


def passes_alone(root: Path, loop: str) -> bool:
    """Whether a loop finds nothing wrong with the library in a folder; what finds most begins."""
    return _passes(root, loop, f"--loop={loop}", *QUICK) and _passes(root, loop, *LOOPS[loop].arguments())


def _passes(root: Path, name: str, *arguments: str, **variables: str) -> bool:
    runner = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0")
    ended = run_with(root, *runner, *arguments, **variables)
    if ended.returncode not in (0, 1) and "Error" not in ended.stdout:
        raise AssertionError(f"{name} could not be run:\n{ended.stdout}{ended.stderr}")
    if ended.returncode and "withdraw-guard-seed-none-" in str(root):
        print(ended.stdout)
    return ended.returncode == 0


def row_of(passes: dict[str, Callable[[Path], bool]], seed: Path | None) -> dict[str, bool]:
    """For each technique or loop, whether it kills the seed."""
    with copy_of_the_library(seed) as root:
        row = {name: not is_passed(root) for name, is_passed in passes.items()}
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


def result_of(rows: dict[str, dict[str, bool]], tree: str | None) -> str:
    return f"""# Which technique sees which fault

Written by `python tests/run_seeds.py --write`; never edit it by hand.
Measured on the tree `{tree}` of `src`.
Python {platform.python_version()}, `--hypothesis-seed=0`.
{JOURNEYS} journeys in the differential test, at most {EXAMPLES} examples of a law.
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


# ── What each loop finds alone ───────────────────────────────────────────────────────────────────────────────────


def written_by_loop() -> dict[str, dict[str, bool]]:
    """The rows of the last run by loop, as they were written."""
    rows: dict[str, dict[str, bool]] = json.loads(BY_LOOP.read_text("utf-8"))["seeds"] if BY_LOOP.exists() else {}
    return rows


def by_loop_of(rows: dict[str, dict[str, bool]], tree: str | None) -> str:
    result = {"tree": tree, "python": platform.python_version(), "seeds": rows}
    return json.dumps(result, indent=1) + "\n"


def too_few(rows: dict[str, dict[str, bool]]) -> list[str]:
    """The loops that find a smaller share than they must."""
    found = {loop: sum(row[loop] for row in rows.values()) / len(rows) for loop in next(iter(rows.values()), {})}
    return [f"{loop} finds {share:.0%} alone" for loop, share in found.items() if share < SHARES[loop]]


# ── The commands ─────────────────────────────────────────────────────────────────────────────────────────────────


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the result beside the seeds")
    parser.add_argument("--waiting", action="store_true", help="only list the seeds that have no row")
    parser.add_argument("--seed", action="append", default=[], help="the name of a seed, without `.patch`")
    parser.add_argument("--loop", action="append", default=[], choices=SHARES, help="run this loop, not the techniques")
    options = parser.parse_args(arguments)
    if options.waiting:
        RESULT.write_text(result_of(written_rows(), named_in(RESULT)), encoding="utf-8")
        return 0
    if options.loop:
        passes = {loop: partial(passes_alone, loop=loop) for loop in options.loop}
    else:
        passes = {technique: partial(survives, technique=technique) for technique in techniques()}
    chosen = [seed for seed in seeds() if not options.seed or seed.stem in options.seed]
    if any(row_of(passes, None).values()):
        print("the library fails without any fault; the result would say nothing")
        return 2
    with ThreadPoolExecutor(PROCESSES) as pool:
        rows = dict(zip([seed.stem for seed in chosen], pool.map(partial(row_of, passes), chosen), strict=True))
    if options.write:
        write(rows, bool(options.loop), is_whole=not options.seed)
    holes = too_few(rows) if options.loop else [name for name, row in rows.items() if not any(row.values())]
    print(*holes, sep="\n")
    return 1 if holes else 0


def write(rows: dict[str, dict[str, bool]], is_by_loop: bool, is_whole: bool) -> None:
    """Write the rows; those that are not among them stay, and the result still names the tree that they are about."""
    file, written = (BY_LOOP, written_by_loop()) if is_by_loop else (RESULT, written_rows())
    tree = tree_about(file) if is_whole or not file.exists() else named_in(file)
    merged = rows if is_whole else {**written, **rows}
    known = {seed.stem: merged[seed.stem] for seed in seeds() if seed.stem in merged}
    file.write_text((by_loop_of if is_by_loop else result_of)(known, tree), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
