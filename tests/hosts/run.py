"""How many examples `HostMachine` takes to break each of nine hosts, and how short the story is.

    PYTHONPATH=tests python -m hosts.run           ten seeds for each host, 2,000 examples for the one that is right
    PYTHONPATH=tests python -m hosts.run --write   the same, and write it to tests/hosts/RESULT.md

Everything is as `MyHost.TestCase` has it by default, but for the number of examples and the seed. A host that is not
found within 200 examples under some seed, a story of more than five steps, or a finding on the right host fails.
"""

from __future__ import annotations

import argparse
import io
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from hypothesis import __version__ as hypothesis_version
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))

from tree import tree_about

from hosts.hosts import BROKEN, Right
from withdraw_guard.testing import Finding, HostBroken, HostMachine

RESULT = Path(__file__).parent / "RESULT.md"
SEEDS = range(10)
EXAMPLES_MAX = 200
EXAMPLES_RIGHT = 2_000
STEPS_MAX = 5
PROCESSES = 2


@dataclass(frozen=True)
class Found:
    """What was found on a host under one seed: after how many examples, what, and the steps of the shortest story."""

    examples: int
    finding: Finding | None = None
    steps: int = 0
    story: str = ""


def look(host: type[HostMachine], with_seed: int, examples: int = EXAMPLES_MAX) -> Found:
    """Drive a host with the settings that `TestCase` has, from a seed of its own and without the example database."""
    begun: list[None] = []
    failed_at: list[int] = []

    class Counted(host):
        def __init__(self) -> None:
            begun.append(None)
            super().__init__()

        def _fail(self, *what: object) -> None:
            failed_at.append(len(begun))
            super()._fail(*what)

    Counted.__name__ = host.__name__
    how = settings(Counted.TestCase.settings, database=None, max_examples=examples, print_blob=False)
    try:
        with redirect_stdout(io.StringIO()):
            run_state_machine_as_test(seed(with_seed)(Counted), settings=how)
    except HostBroken as broken:
        return Found(failed_at[0], broken.finding, len(broken.steps), str(broken))
    return Found(len(begun))


# ── The table ────────────────────────────────────────────────────────────────────────────────────────────────────


def is_good(host: type[HostMachine], found: Found) -> bool:
    return found.finding in BROKEN[host] and found.examples <= EXAMPLES_MAX and found.steps <= STEPS_MAX


def row(host: type[HostMachine], found: list[Found]) -> str:
    what = (host.__doc__ or "").splitlines()[0]
    steps = max(each.steps for each in found)
    numbers = ", ".join(str(each.examples) if each.finding else "never" for each in found)
    return f"| `{host.__name__}` | {what} | {numbers} | {steps} |"


def result_of(rows: list[str], right: Found, stories: list[str]) -> str:
    """The table as Markdown, and under it one shortest story of each host."""
    lines = "\n".join(rows)
    shown = "\n\n".join(f"```text\n{story}\n```" for story in stories)
    seen = f"seeds {SEEDS[0]} to {SEEDS[-1]}, at most {EXAMPLES_MAX} examples each, nothing else set"
    return f"""# How soon `HostMachine` breaks each host

Written by `nox -s hosts -- --write`; never edit it by hand.
Measured on the tree `{tree_about(RESULT)}` of `src`.
Python {platform.python_version()}, Hypothesis {hypothesis_version}; {seen}.
*Examples* is how many were begun, under each seed, until something was found.
*Steps* is the longest of the ten shrunk stories.

| host | what is wrong | examples | steps |
| --- | --- | --- | --- |
{lines}

`Right` keeps everything in SQLite; it asks in the transaction that marks the payout as leaving, commits it, then sends.
In {EXAMPLES_RIGHT:,} examples: {right.finding or "nothing found"}.

## One shortest story of each

{shown}
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table to tests/hosts/RESULT.md")
    options = parser.parse_args(arguments)
    rows, stories, failed = [], [], []
    with ProcessPoolExecutor(PROCESSES) as pool:
        looking_right = pool.submit(look, Right, 0, EXAMPLES_RIGHT)
        looking = {host: [pool.submit(look, host, number) for number in SEEDS] for host in BROKEN}
        for host, under_way in looking.items():
            found = [each.result() for each in under_way]
            rows.append(row(host, found))
            stories.append(min(found, key=lambda each: (not each.finding, each.steps)).story)
            failed += [host.__name__ for each in found if not is_good(host, each)]
            print(rows[-1], flush=True)
        right = looking_right.result()
    print(right.story or f"Right: nothing found in {right.examples} examples")
    if options.write:
        RESULT.write_text(result_of(rows, right, stories), encoding="utf-8")
    if failed:
        print(f"not as it should be: {', '.join(failed)}")
    return 1 if failed or right.finding else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
