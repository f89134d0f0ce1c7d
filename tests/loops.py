"""The loops of the tests: which tests each of them runs, and how many examples each test draws.

    quick    ten seconds        the tests that find most                 `nox -s quick`
    tests    two minutes        every kind of test, at a small size      `nox -s tests`
    ci       some minutes       every test, with branch coverage         `nox -s coverage`, in `.ci/run`
    deep     hours              the random tests, at a large size        `nox -s deep`, before a release

`pytest --loop NAME` runs one of them. Without `--loop`, pytest runs all that it is asked for, at the sizes of `tests`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Loop:
    """How much one loop draws, and the files that it runs; no file means all of them."""

    examples: int
    """Of each property, by Hypothesis."""
    journeys: int
    """In the differential test."""
    pairs: int
    """Of policies, in the tests of `analysis.compare`."""
    files: tuple[str, ...] = ()

    def arguments(self) -> tuple[str, ...]:
        """Return what pytest is told to run this loop."""
        (name,) = (name for name, loop in LOOPS.items() if loop is self)
        return (f"--loop={name}", *self.files)


QUICK = (
    "tests/test_rulebook.py",
    "tests/test_differential.py",
    "tests/test_metamorphic.py",
    "tests/test_laws.py",
)
RANDOM = (
    "tests/test_analysis_compare.py",
    "tests/test_analysis_grown.py",
    "tests/test_differential.py",
    "tests/test_guided_machine.py",
    "tests/test_laws.py",
    "tests/test_metamorphic.py",
)
LOOPS = {
    "quick": Loop(examples=10, journeys=40, pairs=20, files=QUICK),
    "tests": Loop(examples=25, journeys=150, pairs=40),
    "ci": Loop(examples=60, journeys=600, pairs=160),
    "deep": Loop(examples=5_000, journeys=6_000, pairs=2_000, files=RANDOM),
}
ORDER = tuple(LOOPS)

# The first loop that runs a test, by how its id begins. A test that is not listed belongs to every loop.
FIRST = {
    "tests/test_results.py::test_a_result_is_about_the_code_beside_it": "ci",
    "tests/test_of_the_tests.py::test_each_seed_is_seen_by_a_short_run": "ci",
}

# The tests of these files share what is expensive, as far as the second word says: a `test`, or a `case` of several.
# The tests of every other file stay together.
SPLIT = {
    "tests/test_analysis_compare.py": "test",
    "tests/test_hosts.py": "test",
    "tests/test_kit.py": "test",
    "tests/test_laws.py": "test",
    "tests/test_of_the_tests.py": "test",
    "tests/test_walk.py": "case",
}

# These reach no line that the others do not reach, and take twice as long while coverage is measured.
UNMEASURED = (
    "tests/test_differential.py",
    "tests/test_guided_machine.py",
    "tests/test_laws.py",
    "tests/test_metamorphic.py",
    "tests/test_of_the_tests.py",
    "tests/test_walk.py",
)


def belongs(test: str, loop: str) -> bool:
    """Return whether a loop runs the test with this id."""
    first = next((first for start, first in FIRST.items() if test.startswith(start)), ORDER[0])
    return ORDER.index(first) <= ORDER.index(loop)


def group_of(test: str) -> str:
    """Return the name of the tests that one process runs one after the other."""
    file, _, name = test.partition("::")
    case = name.partition("[")[2]
    return f"{file}::{(case or name) if SPLIT.get(file) == 'case' else name}" if file in SPLIT else file
