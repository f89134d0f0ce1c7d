"""Which payouts each policy denies: one query over the tables `payouts` and `spans`, in SQL that DuckDB and Spark know.

A span denies a payout that it covers, if it blocks at that instant *and* was known by then. A join by the first alone
answers with events that had not arrived yet.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from withdraw_guard.operations import WELL_KNOWN

_WELL_KNOWN = ", ".join(f"'{name}'" for name in sorted(WELL_KNOWN))
ANSWERS = f"""
select payouts.id,
       coalesce(bool_or(spans.side = 'old'), false) as denied_before,
       coalesce(bool_or(spans.side = 'new'), false) as denied_after
from payouts left join spans
  on spans.account = payouts.account
 and spans.begins <= payouts.at and (spans.ends is null or payouts.at < spans.ends)
 and spans.known_from <= payouts.at and (spans.known_until is null or payouts.at < spans.known_until)
 and (spans.operations is null
      or array_contains(spans.operations, payouts.operation)
      or not (payouts.operation in ({_WELL_KNOWN}) or array_contains(spans.leaves, payouts.operation)))
 and (spans.destinations = 'any'
      or spans.destinations = 'new' and payouts.destination <> 'known'
      or spans.destinations = 'named' and coalesce(spans.destination_id = payouts.destination_id, true))
group by payouts.id
"""  # noqa: S608 - the names are ours


def answers(payouts: pa.Table, spans: pa.Table) -> pa.Table:
    """Return for each payout whether the old and whether the new policy denies it, by DuckDB."""
    with duckdb.connect() as db:
        db.register("payouts", payouts)
        db.register("spans", spans)
        return db.sql(ANSWERS).to_arrow_table()
