"""Plain Python, DuckDB and Spark say the same of every payout, and all of them what `check` said at the time."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # Spark starts Pythons of its own

from join import answers  # noqa: E402
from tables import EVENTS, PAYOUTS, SPANS, spans_of  # noqa: E402

from bench.year import journal  # noqa: E402
from withdraw_guard import Account, EventRefused, Policy, Request, Rule, Scope, apply, check, policies, wire  # noqa: E402

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
ACCOUNTS, LINES = 60, 3_000
OLD = policies.BINANCE
SCOPES = {
    "password_changed": Scope(operations={"withdrawal"}, destinations="new"),
    "email_changed": Scope(destinations="named"),
    "two_factor_reset": Scope(operations={"transfer"}, leaves={"our_own"}),
    "account_unlocked": Scope(operations={"withdrawal"}),
}
NEW = Policy(
    id="new",
    version="1",
    rules=(
        *(
            Rule(id=name.replace("_", "-"), trigger=name, duration=90 * HOUR, scope=scope, repeat="separate")
            for name, scope in SCOPES.items()
        ),
        next(rule for rule in OLD.rules if rule.clearance is not None),
    ),
)


def arrivals() -> Iterator[dict[str, object]]:
    """Give the rows of a year: events that are late, refused, delivered twice, and about one destination."""
    latest, random = datetime.min.replace(tzinfo=UTC), Random(7)
    for number, event in enumerate(journal(LINES, ACCOUNTS)):
        if event.get("trigger") == "email_changed":
            event = {**event, "destination_id": random.choice(("iban-1", "iban-2"))}
        latest = max(latest, datetime.fromisoformat(event["at"]))
        for again in range(1 if number % 9 else 2):
            arrived_at = latest + again * HOUR
            yield {"account": event["account"], "arrived_at": arrived_at, "number": number, "event": json.dumps(event)}


def payouts(spans: pa.Table) -> Iterator[dict[str, object]]:
    """Give payouts at each edge of each span, and one tick before it."""
    random = Random(11)
    for row in spans.to_pylist():
        for edge in ("begins", "ends", "known_from", "known_until"):
            for at in (row[edge], row[edge] and row[edge] - TICK):
                if at is not None:
                    yield {
                        "account": row["account"],
                        "at": at,
                        "operation": random.choice(("withdrawal", "transfer", "login", "our_own", "unheard_of")),
                        "destination": random.choice(("new", "known")),
                        "destination_id": random.choice((None, "iban-1", "iban-2")),
                    }


@pytest.fixture(scope="module")
def events() -> pa.Table:
    rows = sorted(arrivals(), key=lambda row: (row["account"], row["arrived_at"], row["number"]))
    return pa.Table.from_pylist(rows, schema=EVENTS)


@pytest.fixture(scope="module")
def spans(events: pa.Table) -> pa.Table:
    return pa.Table.from_batches(spans_of(OLD, NEW, events.to_batches(max_chunksize=100)), schema=SPANS)


@pytest.fixture(scope="module")
def asked(spans: pa.Table) -> pa.Table:
    rows = [{"id": f"p{number}", **row} for number, row in enumerate(payouts(spans))]
    return pa.Table.from_pylist(rows, schema=PAYOUTS)


def told(table: pa.Table) -> dict[str, tuple[bool, bool]]:
    """Return what a table of answers says, by payout."""
    rows = table.to_pylist()
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: (row["denied_before"], row["denied_after"]) for row in rows}


def denied_by_check(policy: Policy, events: pa.Table, asked: pa.Table) -> dict[str, bool]:
    """Ask `check` about each payout, of the account as it was when the payout was asked for."""
    said: dict[str, bool] = {}
    waiting: dict[str, list[dict[str, object]]] = {}
    for row in sorted(asked.to_pylist(), key=lambda row: row["at"]):
        waiting.setdefault(row["account"], []).append(row)
    rows = events.to_pylist()
    for name, of_account in waiting.items():
        account, arrived = Account(id=name), [row for row in rows if row["account"] == name]
        for payout in of_account:
            while arrived and arrived[0]["arrived_at"] <= payout["at"]:
                try:
                    account = apply(policy, account, wire.event_from_dict(json.loads(arrived.pop(0)["event"]))).account
                except EventRefused:
                    continue
            asks = {name: payout[name] for name in ("operation", "destination", "destination_id")}
            said[payout["id"]] = not check(account, payout["at"], Request(**asks))
    return said


def test_duckdb_says_of_every_payout_what_check_said(events: pa.Table, spans: pa.Table, asked: pa.Table) -> None:
    by_duckdb = told(answers(asked, spans))
    assert len(by_duckdb) == asked.num_rows > 3_000
    assert set(by_duckdb.values()) == {(a, b) for a in (True, False) for b in (True, False)}
    assert {payout: before for payout, (before, _) in by_duckdb.items()} == denied_by_check(OLD, events, asked)


def test_duckdb_says_of_the_new_policy_what_check_says(asked: pa.Table) -> None:
    """Without events that name a hold: those are mapped to the holds of the new policy."""
    rows = [row for row in arrivals() if "security_event" in str(row["event"])]
    rows.sort(key=lambda row: (row["account"], row["arrived_at"], row["number"]))
    table = pa.Table.from_pylist(rows, schema=EVENTS)
    found = pa.Table.from_batches(spans_of(OLD, NEW, table.to_batches()), schema=SPANS)
    after = {payout: after for payout, (_, after) in told(answers(asked, found)).items()}
    assert after == denied_by_check(NEW, table, asked)


def test_a_join_by_instant_alone_would_be_wrong(spans: pa.Table, asked: pa.Table) -> None:
    column = pa.array([datetime(2000, 1, 1, tzinfo=UTC)] * spans.num_rows, type=SPANS.field("known_from").type)
    always = spans.set_column(SPANS.get_field_index("known_from"), SPANS.field("known_from"), column)
    assert told(answers(asked, always)) != told(answers(asked, spans))


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs a JDK")
def test_spark_says_the_same(events: pa.Table, spans: pa.Table, asked: pa.Table) -> None:
    from on_spark import answers_on_spark, spans_on_spark
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
    }
    spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    try:
        shuffled = events.take(pa.array(Random(3).sample(range(events.num_rows), events.num_rows)))
        found = spans_on_spark(OLD, NEW, spark.createDataFrame(shuffled)).cache()
        assert found.count() == spans.num_rows
        said = answers_on_spark(spark, spark.createDataFrame(asked), found).toArrow()
    finally:
        spark.stop()
    assert told(said) == told(answers(asked, spans))
