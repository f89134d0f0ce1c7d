"""How long the replay and the join take: `python measure.py [EVENTS [ACCOUNTS [PAYOUTS]]]`, in this folder."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa

sys.path.append(str(Path(__file__).resolve().parents[3]))

from join import answers
from tables import EVENTS, PAYOUTS, SPANS, spans_of

from bench.year import BEGINS, YEAR, journal
from withdraw_guard import policies
from withdraw_guard.policies import coinbase


def main(events: int = 2_000_000, accounts: int = 10_000, payouts: int = 5_000_000) -> None:
    """Print how long each step took."""
    old, new = policies.BINANCE, coinbase.COINBASE
    table = in_order(events, accounts)
    begun = time.perf_counter()
    spans = pa.Table.from_batches(spans_of(old, new, table.to_batches(max_chunksize=10_000)), schema=SPANS)
    print(f"{events:,} events → {spans.num_rows:,} spans of two policies: {time.perf_counter() - begun:.1f} s")
    asked = pa.Table.from_batches(asked_in_the_year(payouts, accounts), schema=PAYOUTS)
    begun = time.perf_counter()
    said = answers(asked, spans)
    seconds = time.perf_counter() - begun
    blocked = sum(row["denied_after"] and not row["denied_before"] for row in said.to_pylist())
    print(f"{payouts:,} payouts joined: {seconds:.1f} s; newly blocked {blocked:,}")


def in_order(events: int, accounts: int) -> pa.Table:
    """Return the events of a year, by account and then by arrival."""
    latest, rows = datetime.min.replace(tzinfo=UTC), []
    for number, event in enumerate(journal(events, accounts)):
        latest = max(latest, datetime.fromisoformat(event["at"]))
        rows.append({"account": event["account"], "arrived_at": latest, "number": number, "event": json.dumps(event)})
    keys = [("account", "ascending"), ("number", "ascending")]
    return pa.Table.from_pylist(rows, schema=EVENTS).sort_by(keys)


def asked_in_the_year(payouts: int, accounts: int) -> Iterator[pa.RecordBatch]:
    """Give payouts of random accounts at random instants."""
    random = Random(5)
    for first in range(0, payouts, 100_000):
        numbers = range(first, min(payouts, first + 100_000))
        seconds = int(YEAR / timedelta(seconds=1))
        columns = {
            "id": [f"p{number}" for number in numbers],
            "account": [f"a{random.randrange(accounts)}" for _ in numbers],
            "at": [BEGINS + timedelta(seconds=random.randrange(seconds)) for _ in numbers],
            "operation": ["withdrawal"] * len(numbers),
            "destination": ["new"] * len(numbers),
            "destination_id": [None] * len(numbers),
        }
        yield pa.RecordBatch.from_pydict(columns, schema=PAYOUTS)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
