"""Every limit of the library, stated once. Each has a test that meets it.

Without limits a rule might never end, a row might grow with every event, and a document might exhaust the process.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

INSTANT_MIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The first instant that an event or a question may have."""
INSTANT_MAX: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""The last instant that an event or a question may have."""
DURATION_MAX: Final = timedelta(days=3_653)
"""How long a duration of a policy may be; it is longer than zero."""
END_MAX: Final = INSTANT_MAX + DURATION_MAX
"""The last end that an answer may name: an instant plus a duration. No question may be asked there."""

IDENTIFIER_LENGTH_MAX: Final = 128
"""The characters of an identifier or a name. At least one, no control characters, no lone surrogates."""
HOLD_ID_LENGTH_MAX: Final = 270
"""The characters of a hold id: an event id, a rule id and a number."""
FACT_LENGTH_MAX: Final = 1_024
"""The characters of a fact that is text."""
NOTE_LENGTH_MAX: Final = 2_000
"""The characters of the note of a release."""

RULES_MAX: Final = 256
"""The rules of a policy."""
FACTS_MAX: Final = 64
"""The facts of an event, and of the condition of a rule."""
NAMES_MAX: Final = 64
"""The names in a set or a list: methods, operations, documents, authorities, reasons."""
COUNT_MAX: Final = 1_000
"""The attempts, failures and appeals that a rule may ask for."""
BUSINESS_DAYS_MAX: Final = 366
"""The business days that a hold may last."""
CALENDAR_DAYS_MAX: Final = 4_000
"""The business days of a calendar."""
SEPARATE_HOLDS_MAX: Final = 63
"""The holds of a `separate` rule that are open side by side; a further event joins one overflow hold."""
SEPARATE_HOLDS_KEPT: Final = 16
"""The holds of a `separate` rule below which no hold of it is pruned."""
TRIGGERS_MAX: Final = 16
"""The triggers that a hold remembers."""
MOVES_MAX: Final = 16
"""The events that moved a hold and that it remembers."""
REPORTS_MAX: Final = 16
"""The reports about the identity that an account remembers, and as many that were retracted."""
RETRACTIONS_MAX: Final = 16
"""The retractions that an account remembers."""

# Ids of the host travel as facts, and many are 64-bit integers.
FACT_INTEGER_MAX: Final = 2**63 - 1
"""The greatest integer that is a fact; its negative is the least."""
# The integers that every JSON reader keeps exactly (RFC 8259, section 6).
TALLY_MAX: Final = 2**53 - 1
"""The failures and appeals that a hold can count."""

JSON_LENGTH_MAX: Final = 16 * 1024 * 1024
"""The characters of a JSON text."""
JSON_DEPTH_MAX: Final = 32
"""The levels of a JSON text."""

TEXT_LENGTH_MAX: Final = 2_000
"""The characters of a text in a catalogue."""
CODE_LENGTH_MAX: Final = 256
"""The characters of the code of a message."""
# RFC 5646 asks readers for 35.
TAG_LENGTH_MAX: Final = 64
"""The characters of a language tag."""
URI_LENGTH_MAX: Final = 1_024
"""The characters of the `base` and of the `instance` of a problem document."""

# These truncate instead of refusing; pictures say what was cut.
LANGUAGES_ASKED_MAX: Final = 32
"""The languages that are considered when a text is looked up; later ones are ignored."""
EVENTS_DRAWN_MAX: Final = 60
"""The events of a timeline; older ones are left out."""
LANES_DRAWN_MAX: Final = 24
"""The holds of a timeline; those that end before all others are left out."""
PASSAGES_LISTED_MAX: Final = 30
"""The changes that come by themselves in the list of a timeline; those that are furthest from now are left out."""
SPANS_DESCRIBED_MAX: Final = 12
"""The spans of a timeline that its description tells; earlier ones are left out."""
BREAKS_MAX: Final = 4
"""The gaps of a timeline that are drawn shorter than they are."""
TOOLTIP_LENGTH_MAX: Final = 400
"""The characters of a tooltip in a picture; a longer text is shortened."""
# Mermaid draws nothing at all of a text of more than 50,000 characters or a flowchart of more than 500 edges.
RULES_DRAWN_MAX: Final = 24
"""The rules of a policy in a picture; later ones are left out. The table is complete."""
LABEL_LENGTH_MAX: Final = 160
"""The characters of a label in a picture in Mermaid; a longer text is shortened."""
MILESTONE_LENGTH_MAX: Final = 70
"""The characters of what happened in a timeline in Mermaid; a longer text is shortened."""
DESCRIPTION_LENGTH_MAX: Final = 1_500
"""The characters of the description of a timeline in Mermaid; a longer text is shortened."""
