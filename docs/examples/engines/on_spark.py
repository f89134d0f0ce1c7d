"""The same on Spark: the events of an account come to one place, in order, and `spans_of` replays them there."""

from __future__ import annotations

from functools import partial

from join import ANSWERS
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema
from tables import SPANS, spans_of

from withdraw_guard import Policy


def spans_on_spark(old: Policy, new: Policy, events: DataFrame) -> DataFrame:
    """Return the spans of both policies. The events are of the schema `tables.EVENTS`, in any order."""
    in_order = events.repartition("account").sortWithinPartitions("account", "arrived_at", "number")
    return in_order.mapInArrow(partial(spans_of, old, new), from_arrow_schema(SPANS))


def answers_on_spark(spark: SparkSession, payouts: DataFrame, spans: DataFrame) -> DataFrame:
    """Return for each payout whether the old and whether the new policy denies it."""
    payouts.createOrReplaceTempView("payouts")
    spans.createOrReplaceTempView("spans")
    return spark.sql(ANSWERS)
