"""How many examples `HostMachine` takes to break each of nine hosts, and how short the story is.

    python tests/hosts/run.py              ten seeds for each host, and 2,000 examples for the one that is right
    python tests/hosts/run.py --write      the same, and write it to tests/hosts/RESULT.md

Everything is as `MyHost.TestCase` has it by default, but for the number of examples and the seed. A host that is not
found within 200 examples under some seed, a story of more than five steps, or a finding on the right host fails.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).parents[1]))

from withdraw_guard.testing import HostBroken, HostMachine

RESULT = Path(__file__).parent / "RESULT.md"
SEEDS = range(10)
EXAMPLES_MAX = 200
EXAMPLES_RIGHT = 2_000
STEPS_MAX = 5
PROCESSES = 2


@dataclass(frozen=True)
class Found:
    """What was found on a host under one seed: after how many examples, and the shortest story."""

    examples: int
    broken: HostBroken | None
    seconds: float


def look(host: type[HostMachine], with_seed: int, examples: int = EXAMPLES_MAX) -> Found:
    """Drive a host with the settings that `TestCase` has, from a seed of its own and without the example database."""
    begun: list[int] = []
    failed_at: list[int] = []

    class Counted(host):
        def __init__(self) -> None:
            begun.append(1)
            super().__init__()

        def _fail(self, *what: object) -> None:
            failed_at.append(len(begun))
            super()._fail(*what)

    Counted.__name__ = host.__name__
    how = settings(Counted.TestCase.settings, database=None, max_examples=examples, print_blob=False)
    seed(with_seed)(Counted)
    since, broken = perf_counter(), None
    try:
        run_state_machine_as_test(Counted, settings=how)
    except HostBroken as error:
        broken = error
    return Found(failed_at[0] if failed_at else len(begun), broken, perf_counter() - since)
