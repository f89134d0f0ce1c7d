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

PAGE = """\
# How it is tested

<!-- Made by docs/make_pages.py from docs/testing_page.py, the tests and their results: run it again to change this. -->

A wrong allow and a wrong deny are both the worst that can happen.
So the guard is tested by several techniques, and no two of them make the same mistakes.

| technique | where | what it finds |
| --- | --- | --- |
| laws | `tests/test_laws.py` | each promise of [the laws](laws.md), on random stories that reach review, appeal and a second trigger during an appeal |
| the rulebook | `tests/test_rulebook.py` | each sentence of [the rulebook](rulebook.md) on the smallest journal that shows it, at each boundary and one tick beside it |
| exhaustive walk | `tests/test_walk.py` | small policies with durations of a few microseconds: every event in every state, until no new state is found; the number of states is pinned |
| differential | `tests/test_differential.py` | the library beside `tests/reference.py`, a second implementation that was written from the rulebook alone, at real durations |
| guided machine | `tests/test_guided_machine.py` | the same comparison; Hypothesis chooses and shrinks the moves |
| metamorphic | `tests/test_metamorphic.py` | what needs no second implementation: shifting, permuting, splitting and storing change nothing |
| scenarios | `tests/test_conformance.py` | the open conformance scenarios, if their folder stands beside this repository |
| hosts | `tests/test_hosts.py`, `tests/test_kit.py` | the test kit: `HostMachine` on nine hosts with real bugs of the field, and on one that is right |
| bad input | `tests/test_values.py`, `tests/test_wire.py`, `tests/test_time.py` | hostile values, malformed documents, impossible accounts, clocks and zones |
| words | `tests/test_words.py`, `tests/test_messages.py`, `tests/test_problem.py` | every decision that the published policy can come to: its text and its document, in every language |
| style | `tests/test_house.py`, `tests/test_typing.py` | purity by reading and by running, exports, the length of functions, planted type mistakes, the Python of every page |
| one digest | `tests/test_digest.py` | the same journal gives the same bytes on every Python, under every hash seed, time zone and `-O` |
| analysis | `tests/test_analysis_*.py` | every verdict beside an exhaustive walk over random pairs of small policies, and beside random journals over large ones; planted faults, each shown by its journal |
| docs | `README.md`, `docs/` | every Python block runs; the reference is made from the code again and compared |

## The four loops

| loop | how long, on two cores | examples of a property | journeys of the differential test | pairs of policies |
| --- | --- | --: | --: | --: |
{loops}

`tests/loops.py` says which tests a loop runs; `pytest --loop NAME` runs one.
`.ci/run` begins with the README's test command, and then runs the loop `ci` (`nox -s coverage`) and everything else.

## What each loop finds alone

`tests/seeds/` holds {count} faults as small patches: a newer shorter hold replaces a longer one, one microsecond early, an approval of an older attempt, and so on.
A loop finds a fault if a test of that loop fails when the patch is applied.
`nox -s seeds -- --loop quick --loop tests --write` measures this again.

{by_loop}

## The tests of the tests

In the loop `ci`, each planted fault must still apply and a short run must see it.
`nox -s seeds` shows which technique sees which fault; a fault that no technique sees fails.
`tests/seeds/RESULT.md` is the last such run: most faults are seen by several techniques, few by one alone, and one that hides in a single microsecond by the metamorphic tests alone.

`nox -s mutants` changes every constant, default, table entry and member outside the bodies of functions, one at a time, and runs a short suite on each; a mutant that survives without a reason fails.
`nox -s mutmut` does the same with the functions of the verbs, and shows what survives a short suite to every technique.
`tests/mutants/` keeps the results of both, with the reason for each survivor.

Each committed result names the tree of `src` that it was measured on, a digest of the files.
A test of the loop `ci` fails if `src` has changed since then; for the matrices of the faults and the mutants it is reported and does not fail yet.
`python docs/tree.py` lists the results and their trees.

## The test kit, tested

[The test kit](howto/test-your-host.md) is only worth something if it finds what goes wrong in real hosts.
`tests/hosts/` holds nine small hosts, each with one bug that cost somebody money: one column with last write wins, a boolean that anyone releases, expiry by a job, local time, the gate at request time only, a retry path without gate, a crash between sending and saving, a second hold that drops a pending appeal, releasing one hold releases all.
A tenth keeps everything in SQLite and is right.
The tests look for each bug under one seed; `nox -s hosts` looks under ten, with at most 200 examples and the default settings, and drives the right one through 2,000.
`tests/hosts/RESULT.md` says how many examples each took and shows the shortest stories.

## Commands

| command | what it does |
| --- | --- |
| `nox -s quick` | the tests that find most |
| `nox -s tests` | every kind of test, at a small size |
| `nox -s coverage` | every test on this Python, with branch coverage of 100 % |
| `nox -s pythons` | a part of the tests on every other Python from 3.12 to 3.14 that is here |
| `nox -s floors` | a part of the tests on Python 3.11, with the oldest libraries that are allowed |
| `nox -s pyodide` | the suite on CPython 3.14, as Pyodide, offline after the packages are there |
| `nox -s lint types layers` | style, types with mypy and pyright (the library and the Python of every page), the import contract |
| `nox -s wheel` | the archive and the wheel, built twice with the same bytes, and the wheel in an empty environment |
| `nox -s sdist` | the commands of the README in the unpacked archive |
| `nox -s docs` | the site of these pages, with every warning and every link that leads nowhere as an error |
| `nox -s seeds`, `nox -s mutants`, `nox -s mutmut` | the tests of the tests |
| `nox -s hosts` | how soon each of the nine hosts is broken; with `-- --write`, written down |
| `nox -s crosshair` | a solver looks for a number that breaks one of the laws with one number in it |
| `nox -s deep` | the random tests at a large size, then all of the four rows above |
| `nox -s release` | builds, checks and prints the notes of a release |

## What each file proves

The seconds are processor time in the loop `tests`, on {machine}; the whole loop took {total:.0f}.
`nox -s seconds` measures them again.

| file | what it proves | seconds |
| --- | --- | --: |
{files}
"""


def testing_page() -> str:
    """Return the page about the tests."""
    measured = json.loads(SECONDS.read_text("utf-8"))
    seconds = measured["files"]
    return PAGE.format(
        loops="\n".join(
            f"| {name} | {loop.takes} | {loop.examples:,} | {loop.journeys:,} | {loop.pairs:,} |"
            for name, loop in LOOPS.items()
        ),
        count=len(list((TESTS / "seeds").glob("*.patch"))),
        by_loop=_by_loop(),
        machine=measured["machine"],
        total=sum(seconds.values()),
        files="\n".join(_files(seconds)),
    )


def test_files() -> list[str]:
    """Return the path of each file of tests, from the root of the repository."""
    return sorted(f"tests/{path.name}" for path in TESTS.glob("test_*.py"))


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
    loops = list(next(iter(rows.values())))
    lines = ["| loop | planted faults that it finds alone | share | what it misses |", "| --- | --: | --: | --- |"]
    for loop in loops:
        missed = [f"`{seed}`" for seed, row in rows.items() if not row[loop]]
        found = len(rows) - len(missed)
        lines.append(f"| {loop} | {found} of {len(rows)} | {found / len(rows):.0%} | {', '.join(missed) or 'none'} |")
    lines += ["", f"Measured on the tree `{result['tree']}` of `src`, Python {result['python']}."]
    return "\n".join(lines)
