"""What an account costs in memory and what an import costs in time, each measured in a process of its own.

python -m bench.costs account MODULE COUNT    bytes of a fresh account, and of one after its journal
python -m bench.costs hold COUNT              bytes of an account with one open hold
"""

from __future__ import annotations

import gc
import importlib
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from bench.contestants import CONTESTANTS, OURS, Contestant
from bench.journal import journals
from withdraw_guard import Account, SecurityEvent, apply, policies

ACCOUNTS = 1_000
IMPORTS = 9
BEFORE_OURS = ("attrs", "dateutil.parser")
"""The dependencies of the library. Its own import is measured after these."""


def bytes_per_account(contestant: Contestant) -> list[int]:
    """Return the bytes of a fresh account, and of one after its journal; the events themselves are not counted."""
    return [int(number) for number in _told("account", contestant.module, str(min(ACCOUNTS, contestant.accounts)))]


def bytes_of_one_hold() -> int:
    """Return the bytes of an account with one open hold, including its id and that of its event, without the policy."""
    return int(_told("hold", str(ACCOUNTS))[0])


def import_ms(module: str, *before: str, repeat: int = IMPORTS) -> float:
    """Return the milliseconds of the processor that an import takes in a fresh process, after the others: a median.

    The first process is not counted, so that everything is compiled, as in an installation.
    """
    timed = f"import time; begun = time.process_time(); import {module}; print(time.process_time() - begun)"
    script = "".join(f"import {name}; " for name in before) + timed
    command = [sys.executable, "-c", script]
    compiling = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = [
        subprocess.run(command, capture_output=True, text=True, check=True, env=compiling).stdout
        for _ in range(1 + repeat)
    ]
    return round(median(map(float, told[1:])) * 1_000, 1)


def costs(repeat: int = IMPORTS) -> dict[str, Any]:
    """Return all costs as plain data."""
    return {
        "account_bytes": {each.name: bytes_per_account(each) for each in CONTESTANTS},
        "one_hold_bytes": bytes_of_one_hold(),
        "import_ms": {each.name: import_ms(each.imports, repeat=repeat) for each in CONTESTANTS if each.imports},
        "import_beyond_ms": import_ms(str(OURS.imports), *BEFORE_OURS, repeat=repeat),
    }


def _told(*arguments: str) -> list[str]:
    command = [sys.executable, "-m", "bench.costs", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


# ── In the process that is measured ──────────────────────────────────────────────────────────────────────────────


def _account(name: str, count: str) -> None:
    contestant, journal = importlib.import_module(name), journals(int(count))
    # Whatever is made once is made now. The steps are kept apart: they are the host's.
    contestant.run(*contestant.prepared(0, journal[0]))
    steps = [contestant.prepared(number, entries)[1] for number, entries in enumerate(journal)]

    def made(number: int) -> Any:
        return contestant.prepared(number, [])[0]

    fresh = _grown_by(lambda: [made(number) for number in range(len(steps))])
    lived = _grown_by(lambda: [contestant.run(made(number), each)[0] for number, each in enumerate(steps)])
    print(round(fresh / int(count)), round(lived / int(count)))


def _hold(count: str) -> None:
    nine = datetime(2026, 1, 5, 9, tzinfo=UTC)

    def held(number: int) -> Account:
        account = Account(id=f"account-{number}")
        at = nine + timedelta(seconds=number)
        trigger = "".join(("password", "_changed"))
        event = SecurityEvent(id=f"event-{number}", account=account.id, at=at, trigger=trigger, initiated_by="user")
        return apply(policies.BINANCE, account, event).account

    held(-1)
    grown = _grown_by(lambda: [held(number) for number in range(int(count))])
    print(round(grown / int(count)))


def _grown_by(work: Callable[[], Any]) -> int:
    """Return the bytes of what the work gives back."""
    gc.collect()
    tracemalloc.start()
    kept = work()
    gc.collect()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return grown


if __name__ == "__main__":
    {"account": _account, "hold": _hold}[sys.argv[1]](*sys.argv[2:])
