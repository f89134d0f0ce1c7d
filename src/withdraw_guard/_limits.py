"""Every limit of the library, stated once. Each has a test that meets it.

A limit that is missing is an invitation: to a rule that never ends, to a row that grows with every event,
to a document that takes the process down.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

INSTANT_MIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT_MAX: Final = datetime(2200, 1, 1, tzinfo=UTC)
DURATION_MAX: Final = timedelta(days=3_653)
# An end is an instant plus a duration, so an answer may speak of a time that no question may ask about.
END_MAX: Final = INSTANT_MAX + DURATION_MAX

IDENTIFIER_LENGTH_MAX: Final = 128
HOLD_ID_LENGTH_MAX: Final = 270
FACT_LENGTH_MAX: Final = 1_024
NOTE_LENGTH_MAX: Final = 2_000

RULES_MAX: Final = 256
FACTS_MAX: Final = 64
NAMES_MAX: Final = 64
COUNT_MAX: Final = 1_000

# Ids of the host travel as facts, and many are 64-bit integers.
FACT_INTEGER_MAX: Final = 2**63 - 1
# The integers that every JSON reader keeps exactly (RFC 8259, section 6).
TALLY_MAX: Final = 2**53 - 1

# How many events that moved a hold in one and the same microsecond are remembered before no further round
# is opened in that microsecond. Without it a hold would grow with a flood stamped alike.
MOVES_PER_INSTANT_MAX: Final = 64
# What was submitted, decided and released in that microsecond is still remembered with them.
MOVES_REMEMBERED_MAX: Final = MOVES_PER_INSTANT_MAX + 3

JSON_LENGTH_MAX: Final = 16 * 1024 * 1024
JSON_DEPTH_MAX: Final = 32
