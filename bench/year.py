"""A year of a journal through the command line: is the answer as of an instant that of a journal that ends there?

python -m bench.year [LINES [ACCOUNTS]]    the answers, the memory and the lines a second; 200,000 lines take minutes

The journal is in the order of arrival. Some events arrive late, are refused, or have a trigger that no rule has.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

LINES, ACCOUNTS = 200_000, 5_000
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
INSTANTS = tuple(BEGINS + YEAR * month / 12 for month in range(1, 13))

PLAIN = ("password_changed", "two_factor_disabled", "two_factor_reset", "email_changed", "account_unlocked")
UNMATCHED = ("signed_in", "withdrawal_attempted")
BY = {"id": "r-7", "kind": "admin"}
OFFICER = {"id": "r-9", "kind": "admin"}


def journal(lines: int = LINES, accounts: int = ACCOUNTS) -> Iterator[dict[str, Any]]:
    """Give the events in the order of arrival."""
    random = Random(2026)
    # Each account with a flag: the hold, and how far its story has come.
    flagged: dict[str, tuple[str, int]] = {}
    for number in range(lines):
        account = f"a{random.randrange(accounts)}"
        arrives = BEGINS + YEAR * number / lines
        late = random.random() < 0.03
        at = arrives - timedelta(minutes=random.randrange(4 * 24 * 60)) if late else arrives
        common = {"id": f"e{number}", "account": account, "at": f"{max(at, BEGINS).replace(tzinfo=None).isoformat()}Z"}
        kind = random.random()
        if account in flagged and kind < 0.7:
            hold, step = flagged[account]
            yield {**common, "hold": hold, **STORY[step]}
            flagged[account] = (hold, step + 1)
            if step + 1 == len(STORY):
                del flagged[account]
        else:
            trigger = random.choice(UNMATCHED if kind < 0.5 else (*PLAIN, "abnormal_activity"))
            if trigger == "abnormal_activity":
                flagged[account] = (f"e{number}:abnormal-activity", 0)
            yield {**common, "type": "security_event", "trigger": trigger, "initiated_by": "user", "context": {}}


STORY: tuple[dict[str, Any], ...] = (
    {"type": "verification_started", "method": "identity_personal"},
    {"type": "verification_submitted"},
    {"type": "review_decided", "by": BY, "outcome": "rejected", "reasons": ["document_expired"], "final": False},
    {"type": "verification_submitted"},
    {"type": "appeal_submitted", "documents": ["supporting_documents"]},
    {"type": "appeal_decided", "by": OFFICER, "outcome": "granted", "reasons": []},
)


def written(folder: Path, lines: int = LINES, accounts: int = ACCOUNTS) -> Path:
    """Write the journal line by line and return where it is: a child would count what is in memory here as its own."""
    path = folder / f"year-{lines}.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{json.dumps(event)}\n" for event in journal(lines, accounts))
    return path


def cut(path: Path, instant: datetime) -> Path:
    """Write the journal as it is without what happened later; the lines keep their numbers."""
    until = instant.replace(tzinfo=None)
    lines = path.read_text("utf-8").splitlines()
    kept = (line if datetime.fromisoformat(json.loads(line)["at"][:-1]) <= until else "" for line in lines)
    shorter = path.with_suffix(".cut")
    shorter.write_text("".join(f"{line}\n" for line in kept), "utf-8")
    return shorter


def answers(text: str) -> dict[str, dict[str, Any]]:
    """Return what `--json` says of each account that has an event by then."""
    told = map(json.loads, text.splitlines())
    return {line["account"]: {**line, "left_out_count": 0} for line in told if line["events"] or line["refused_count"]}


def ran(*words: object) -> tuple[str, float, int]:
    """Run the command line: what it printed, the seconds of processor time, and the most memory that it had, in MiB."""
    command = [sys.executable, "-m", "withdraw_guard", "replay", *map(str, words), "--json"]
    with tempfile.TemporaryFile("w+") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL) as child:
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        out.seek(0)
        return out.read(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def instant(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat()}Z"


def main(lines: int, accounts: int, instants: tuple[datetime, ...] = INSTANTS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for fewer in (lines // 4, lines):
            path = written(Path(folder), fewer, accounts)
            begun = time.perf_counter()
            _, seconds, memory = ran(path, "--at", instant(INSTANTS[-1]))
            elapsed = time.perf_counter() - begun
            print(
                f"{fewer} lines: {fewer / seconds:,.0f} lines a second of the processor, {elapsed:.1f} s, {memory} MiB"
            )
        for number, at in enumerate(instants, 1):
            as_of, _, _ = ran(path, "--at", instant(at))
            ended, _, _ = ran(cut(path, at), "--at", instant(at), "--knowing-all")
            same = answers(as_of) == answers(ended)
            print(f"{number}: {instant(at)}: {len(answers(ended))} accounts, {'the same' if same else 'NOT THE SAME'}")


if __name__ == "__main__":
    main(*(map(int, sys.argv[1:]) if sys.argv[1:] else (LINES, ACCOUNTS)))
