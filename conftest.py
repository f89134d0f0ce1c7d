"""The loops of the tests, and the Python blocks of the pages.

`--loop` chooses one of `tests/loops.py`. Every Python block of the README and of the docs runs as a test, in the order
of its page.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from loops import LOOPS, ORDER, UNMEASURED, belongs, seconds_of

pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).pytest()

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
for _name, _loop in LOOPS.items():
    # Every loop but `deep` draws the same examples each time: what one run finds or covers, all find and cover.
    settings.register_profile(
        _name,
        deadline=None,
        max_examples=_loop.examples,
        derandomize=_name != "deep",
        suppress_health_check=SLOW_IS_FINE,
    )

# The profile of `nox -s crosshair`: a solver draws the examples, where it is installed.
if find_spec("hypothesis_crosshair_provider"):
    settings.register_profile("crosshair", backend="crosshair", deadline=None, suppress_health_check=SLOW_IS_FINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that chooses a loop."""
    parser.addoption("--loop", choices=ORDER, help="run the tests of this loop, at its sizes")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set the sizes before a test is imported. What the environment or another option says goes first."""
    name = config.getoption("--loop") or "tests"
    os.environ.setdefault("WITHDRAW_GUARD_JOURNEYS", str(LOOPS[name].journeys))
    os.environ.setdefault("WITHDRAW_GUARD_PAIRS", str(LOOPS[name].pairs))
    settings.load_profile(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the loop, and the blocks of a page in order."""
    loop = config.getoption("--loop")
    kept = [item for item in items if not loop or belongs(item.nodeid, loop)]
    config.hook.pytest_deselected(items=[item for item in items if loop and not belongs(item.nodeid, loop)])
    blocks = [item for item in kept if item.path.suffix == ".md"]
    blocks.sort(key=lambda item: (item.path, item.reportinfo()[1] or 0))
    tests = [item for item in kept if item.path.suffix != ".md"]
    # The longest files begin, so that no process is left with one of them when the others are done.
    tests.sort(key=lambda item: seconds_of(item.nodeid), reverse=True)
    items[:] = [*tests, *blocks]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Measure no coverage while a test runs that reaches nothing new."""
    coverage = sys.modules.get("coverage") if item.nodeid.startswith(UNMEASURED) else None
    measured = coverage.Coverage.current() if coverage else None
    if measured is None:
        return (yield)
    measured.stop()
    try:
        return (yield)
    finally:
        measured.start()
