"""The page about the tests: what each file proves and how long it takes, and what each loop finds alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from read_code import docstring_of, first_sentence

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from loops import LOOPS  # noqa: E402

SECONDS = TESTS / "seconds.json"
BY_LOOP = TESTS / "seeds" / "loops.json"
PAGE = Path(__file__).with_name("testing.txt")


def testing_page() -> str:
    """Return the page about the tests."""
    measured = json.loads(SECONDS.read_text("utf-8"))
    seconds = measured["files"]
    return PAGE.read_text("utf-8").format(
        loops=LOOPS,
        count=len(list((TESTS / "seeds").glob("*.patch"))),
        by_loop=_by_loop(),
        machine=measured["machine"],
        total=sum(seconds.values()),
        files="\n".join(_files(seconds)),
    )


def test_files() -> list[str]:
    """Return the path of each file of tests, from the root of the repository."""
    return sorted(path.relative_to(TESTS.parent).as_posix() for path in TESTS.rglob("test_*.py"))


def _files(seconds: dict[str, float]) -> Iterator[str]:
    """A row for each file, with the first sentence of its docstring; a new file has no seconds yet."""
    for name in test_files():
        proves = first_sentence(docstring_of(TESTS.parent / name)).replace("|", "\\|")
        yield f"| `{name}` | {proves} | {f'{seconds[name]:.1f}' if name in seconds else ''} |"
    pages = sum(each for name, each in seconds.items() if name.endswith(".md"))
    yield f"| `README.md`, `docs/**/*.md` | Every Python block of every page runs. | {pages:.1f} |"


def _by_loop() -> str:
    """The share that each loop finds alone, and by name what it misses."""
    result = json.loads(BY_LOOP.read_text("utf-8"))
    rows = result["seeds"]
    loops = list(next(iter(rows.values()), ()))
    lines = ["| loop | planted faults that it finds alone | share | what it misses |", "| --- | --: | --: | --- |"]
    for loop in loops:
        missed = [f"`{seed}`" for seed, row in rows.items() if not row[loop]]
        found = len(rows) - len(missed)
        lines.append(f"| {loop} | {found} of {len(rows)} | {found / len(rows):.0%} | {', '.join(missed) or 'none'} |")
    lines += ["", f"Measured on the tree `{result['tree']}` of `src`, Python {result['python']}."]
    return "\n".join(lines)
