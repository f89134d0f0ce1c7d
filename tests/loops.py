"""The loops of the tests: which tests each of them runs, and how many examples each test draws.

    quick    ten seconds        the tests that find most                 `nox -s quick`
    tests    two minutes        every kind of test, at a small size      `nox -s tests`
    ci       some minutes       every test, with branch coverage         `nox -s coverage`, in `.ci/run`
    deep     hours              the random tests, at a large size        `nox -s deep`, before a release

`pytest --loop NAME` runs one of them. Without `--loop`, pytest runs all that it is asked for, at the sizes of `tests`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# What `nox -s seconds` measured.
_SECONDS: dict[str, float] = json.loads(Path(__file__).with_name("seconds.json").read_text("utf-8"))["files"]


@dataclass(frozen=True)
class Loop:
    """How much one loop draws, and the files that it runs; no file means all of them."""

    examples: int
    """Of each property, by Hypothesis."""
    journeys: int
    """In the differential test."""
    pairs: int
    """Of policies, in the tests of `analysis.compare`."""
    takes: str
    """How long it takes on two cores, with everything that belongs to it."""
    files: tuple[str, ...] = ()

    def arguments(self) -> tuple[str, ...]:
        """Return what pytest is told to run this loop."""
        (name,) = (name for name, loop in LOOPS.items() if loop is self)
        return (f"--loop={name}", *self.files)


QUICK = (
    "tests/test_rulebook.py",
    "tests/test_differential.py",
    "tests/test_conformance.py",
    "tests/test_policies.py",
    "tests/test_one_number.py",
    "tests/test_values.py",
    "tests/test_unchecked.py",
    "tests/test_time.py",
)
RANDOM = (
    "tests/test_analysis_compare.py",
    "tests/test_analysis_grown.py",
    "tests/test_differential.py",
    "tests/test_guided_machine.py",
    "tests/test_intake.py",
    "tests/test_laws.py",
    "tests/test_metamorphic.py",
)
LOOPS = {
    "quick": Loop(takes="10 seconds", examples=5, journeys=40, pairs=8, files=QUICK),
    "tests": Loop(takes="2 minutes in a fresh clone", examples=10, journeys=150, pairs=24),
    "ci": Loop(takes="25 minutes, all of `.ci/run`", examples=60, journeys=600, pairs=160),
    "deep": Loop(takes="hours", examples=5_000, journeys=6_000, pairs=2_000, files=RANDOM),
}
ORDER = tuple(LOOPS)

# The first loop that runs a test, by how its id begins. A test that is not listed belongs to every loop.
FIRST = {
    "tests/test_analysis_cli.py::test_diff_fails_only_because_of_the_directions_in_fail_if": "ci",
    "tests/test_analysis_compare.py::test_no_verdict_is_contradicted_by_people_who_are_late": "ci",
    "tests/test_analysis_compare.py::test_no_attempt_to_be_late_ends_a_hold_that_should_stay_open": "ci",
    "tests/test_analysis_way_out.py::test_no_shorter_way_exists": "ci",
    "tests/test_differential.py::test_everything_that_can_happen_happened_on_the_way": "tests",
    "tests/test_generated_pages.py::test_the_script_writes_the_same_bytes": "ci",
    "tests/test_hosts.py::test_the_bug_is_found_and_its_story_is_short": "ci",
    "tests/test_kit.py::test_a_journal_that_reaches_a_deep_state_shrinks_to_a_short_one": "ci",
    "tests/test_of_the_tests.py::test_each_seed_is_seen_by_a_short_run": "deep",
    "tests/test_of_the_tests.py::test_the_library_without_a_fault_passes_the_short_run": "deep",
    "tests/test_results.py::test_a_result_is_about_the_code_beside_it": "ci",
    "tests/test_walk.py::test_every_refusal_but_two_is_met_on_the_way": "ci",
    "tests/test_walk.py::test_a_trigger_is_retracted_in_every_state_and_more_is_asked_for_in_both_rounds": "ci",
    **{
        f"tests/test_walk.py::test_every_step_is_that_of_the_reference[{space}": "ci"
        for space in (
            "a proof and",
            "an appeal within",
            "an identity that ends",
            "separate holds about one destination, un",
        )
    },
}

# These reach no line that the others do not reach, and take twice as long while coverage is measured. What is timed
# says nothing then.
UNMEASURED = (
    "tests/test_bench.py",
    "tests/test_differential.py",
    "tests/test_guided_machine.py",
    "tests/test_intake_orders.py",
    "tests/test_laws.py",
    "tests/test_metamorphic.py",
    "tests/test_of_the_tests.py",
    "tests/test_walk.py",
)


def belongs(test: str, loop: str) -> bool:
    """Return whether a loop runs the test with this id."""
    first = next((first for start, first in FIRST.items() if test.startswith(start)), ORDER[0])
    return ORDER.index(first) <= ORDER.index(loop)


def seconds_of(test: str) -> float:
    """Return how long the file of a test takes; what was not measured yet counts as long."""
    return _SECONDS.get(test.partition("::")[0], 60.0)
