"""A million lines through the command line: seconds, and the most memory that the process ever had.

The journal has 10,000 accounts with 100 events each, all in the order in which they happened. It is replayed twice, the
second time with a tenth of its lines and as many accounts: memory must not grow with the length of a history.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.entries import QUESTION
from bench.journal import journals
from bench.ours import event_of
from withdraw_guard import wire

ACCOUNTS = 10_000
EVENTS = 100
TOLD_APART = 1_000
"""The accounts whose events differ; the others have the same stories under other names."""


def replayed(share: float = 1.0) -> dict[str, Any]:
    """Return what is kept of both replays, of a share of the accounts."""
    accounts = max(10, int(ACCOUNTS * share))
    with tempfile.TemporaryDirectory() as folder:
        long, short = Path(folder) / "long.jsonl", Path(folder) / "short.jsonl"
        long_lines, short_lines = _write(long, accounts, EVENTS), _write(short, accounts, EVENTS // 10)
        return {
            "accounts": accounts,
            "long": {"lines": long_lines, **_replay(long)},
            "short": {"lines": short_lines, **_replay(short)},
        }


def _write(path: Path, accounts: int, events: int) -> int:
    lines = 0
    with path.open("w", encoding="utf-8") as stream:
        for line in _lines(accounts, events):
            stream.write(line)
            lines += 1
    return lines


def _lines(accounts: int, events: int) -> Iterator[str]:
    """Give the events of all accounts, in the order of their instants within each group of accounts told apart."""
    apart = min(accounts, TOLD_APART)
    told = [
        (entry[2], json.dumps(wire.to_dict(event_of("@", entry))) + "\n")
        for entries in journals(apart, events)
        for entry in entries
        if entry[0] != QUESTION
    ]
    names = [number for number, entries in enumerate(journals(apart, events)) for e in entries if e[0] != QUESTION]
    in_order = sorted(range(len(told)), key=lambda index: told[index][0])
    for first in range(0, accounts, apart):
        for index in in_order:
            yield told[index][1].replace('"account": "@"', f'"account": "a{first + names[index]}"', 1)


def _replay(journal: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "withdraw_guard", "replay", str(journal), "--json", "--at", "2027-01-01T00:00:00Z"]
    with Path(os.devnull).open("w") as nothing:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=nothing, stderr=nothing)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise RuntimeError("the journal could not be replayed")
    unit = 1 if sys.platform == "darwin" else 1_024
    return {"seconds": round(seconds, 1), "cpu": round(used.ru_utime, 1), "mb": round(used.ru_maxrss * unit / 1e6)}
