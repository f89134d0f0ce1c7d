"""The command line as a fixture, and what a Python without processes and threads must skip."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command line in this process: its exit status, and what it printed on both streams."""
    # Here, so that a library that cannot be imported fails its tests, and not this file.
    from withdraw_guard import cli

    def run_main(*argv: object) -> tuple[int, str, str]:
        status = cli.main([str(word) for word in argv])
        out, err = capsys.readouterr()
        return status, out, err

    return run_main


@pytest.fixture
def journal(tmp_path: Path) -> Callable[..., Path]:
    """Write a journal of these lines: events in the wire format, text or bytes."""

    def write(*lines: dict[str, object] | str | bytes) -> Path:
        path = tmp_path / "journal.jsonl"
        path.write_bytes(b"".join(as_bytes(line) + b"\n" for line in lines))
        return path

    return write


@pytest.fixture
def short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for schedules is given up early, because it is given up in any case."""
    monkeypatch.setattr("withdraw_guard.analysis._timers.GRID_WORK_MAX", 6_000)


def as_bytes(line: dict[str, object] | str | bytes) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


if sys.platform == "emscripten":

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call() -> Generator[None, T, T]:
        """Skip what needs a second process, a thread or an event loop of its own, where there is none."""
        lacking = ("does not support processes", "can't start new thread", "called from a running event loop")
        try:
            return (yield)
        except (OSError, RuntimeError) as error:
            if any(words in str(error) for words in lacking):
                pytest.skip(str(error))
            raise
