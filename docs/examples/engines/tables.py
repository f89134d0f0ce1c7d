"""The events of many accounts → the spans of two policies, as Arrow tables. It opens nothing, and knows no engine.

DuckDB, Spark, Ray and Dask all pass Arrow batches, so each of them runs `spans_of` as it stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa

from withdraw_guard import Account, Policy, wire
from withdraw_guard.backtest import Arrived, Replayed, Span, replayed_twice

INSTANT = pa.timestamp("us", tz="UTC")
EVENTS = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("arrived_at", INSTANT, nullable=False),
        pa.field("number", pa.int64(), nullable=False),  # the order of two that arrived at the same instant
        pa.field("event", pa.string(), nullable=False),  # JSON in the wire format
    ]
)
PAYOUTS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("account", pa.string(), nullable=False),
        pa.field("at", INSTANT, nullable=False),
        pa.field("operation", pa.string(), nullable=False),
        pa.field("destination", pa.string(), nullable=False),
        pa.field("destination_id", pa.string()),
    ]
)
SPANS = pa.schema(
    [
        pa.field("side", pa.string(), nullable=False),  # `old` or `new`
        pa.field("account", pa.string(), nullable=False),
        pa.field("hold", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("state", pa.string(), nullable=False),
        pa.field("begins", INSTANT, nullable=False),
        pa.field("ends", INSTANT),  # none: time alone does not end it
        pa.field("known_from", INSTANT, nullable=False),
        pa.field("known_until", INSTANT),  # none: it is known like this until today
        pa.field("operations", pa.list_(pa.string())),  # none: all of them
        pa.field("leaves", pa.list_(pa.string()), nullable=False),
        pa.field("destinations", pa.string(), nullable=False),
        pa.field("destination_id", pa.string()),
    ]
)
ROWS_OF_A_BATCH = 10_000


def spans_of(old: Policy, new: Policy, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Replay the events of each account under both policies, and yield the spans.

    The rows are of the schema `EVENTS`, sorted by account, arrival and number, and hold all events of their accounts.
    Raises `InvalidValue`, which names the account, for an event that cannot be read.
    """
    events = (row for batch in batches for row in batch.to_pylist())
    spans: list[dict[str, Any]] = []
    for account, rows in groupby(events, key=itemgetter("account")):
        both = replayed_twice(old, new, Account(id=account), map(_arrived, rows))
        spans += [*_rows("old", both.old), *_rows("new", both.new)]
        if len(spans) >= ROWS_OF_A_BATCH:
            yield pa.RecordBatch.from_pylist(spans, schema=SPANS)
            spans = []
    yield pa.RecordBatch.from_pylist(spans, schema=SPANS)


def _arrived(row: dict[str, Any]) -> Arrived:
    return Arrived(at=row["arrived_at"], event=wire.event_from_dict(wire.parse(row["event"])))


def _rows(side: str, replay: Replayed) -> Iterator[dict[str, Any]]:
    return (_row(side, span) for span in replay.spans)


def _row(side: str, span: Span) -> dict[str, Any]:
    operations = span.scope.operations
    return {
        "side": side,
        "account": span.account,
        "hold": span.hold,
        "rule": span.rule,
        "event": span.event,
        "state": span.state.value,
        "begins": span.begins,
        "ends": span.ends,
        "known_from": span.known_from,
        "known_until": span.known_until,
        "operations": None if isinstance(operations, str) else sorted(operations),
        "leaves": sorted(span.scope.leaves),
        "destinations": span.scope.destinations.value,
        "destination_id": span.destination_id,
    }
