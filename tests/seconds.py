"""A plugin of pytest that writes how much processor time each file of tests took: `nox -s seconds`.

Processor time and not time on the clock, so that it hardly matters what else the machine does.
"""

from __future__ import annotations

import json
import platform
import resource
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

RESULT = Path(__file__).with_name("seconds.json")


def processor_time() -> float:
    """The seconds that this process and the processes that it waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class Seconds:
    """Notes with each report what was used since the one before, and adds up the reports of all processes."""

    def __init__(self) -> None:
        self.files: Counter[str] = Counter()
        self.before = processor_time()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        now = processor_time()
        report.seconds, self.before = now - self.before, now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.files[report.nodeid.partition("::")[0]] += report.seconds

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not hasattr(session.config, "workerinput"):
            files = {name: round(seconds, 2) for name, seconds in sorted(self.files.items())}
            machine = f"{platform.machine()}, Python {platform.python_version()}"
            RESULT.write_text(json.dumps({"machine": machine, "files": files}, indent=1) + "\n", "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Seconds())
