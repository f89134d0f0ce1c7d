"""What a journal of the comparison is made of: plain tuples that know nothing of any library.

The first member says the kind, the second is the event's id, the third its instant in microseconds, and the rest is

    SECURITY     trigger
    STARTED      hold, method
    SUBMITTED    hold, attempt or none
    FAILED       hold, attempt or none
    REVIEWED     hold, attempt or none, who, their kind, whether approved, whether final
    APPEALED     hold, documents
    JUDGED       hold, attempt or none, who, their kind, whether granted
    RELEASED     hold, the kind of who, authority, whether overriding
    IDENTITY     identity or none

A question has its kind and its instant alone.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, TypeAlias

Entry: TypeAlias = tuple[Any, ...]


class Kind(IntEnum):
    """What an entry is."""

    QUESTION = 0
    SECURITY = 1
    STARTED = 2
    SUBMITTED = 3
    FAILED = 4
    REVIEWED = 5
    APPEALED = 6
    JUDGED = 7
    RELEASED = 8
    IDENTITY = 9


# As plain numbers: a member of an enumeration is slower to compare and to hash.
QUESTION, SECURITY, STARTED, SUBMITTED, FAILED, REVIEWED, APPEALED, JUDGED, RELEASED, IDENTITY = map(int, Kind)

SECOND: Final = 1_000_000
HOUR: Final = 3_600 * SECOND

TIMED: Final = {
    "password_changed": 24 * HOUR,
    "two_factor_disabled": 24 * HOUR,
    "two_factor_reset": 48 * HOUR,
    "account_unlocked": 48 * HOUR,
    "email_changed": 48 * HOUR,
}
"""The triggers of Binance's published rule that time alone ends, with the lengths of their holds."""
FLAGGED: Final = "abnormal_activity"
"""The trigger whose hold a clearance lifts."""
IDENTITY_METHODS: Final = frozenset({"identity_business", "identity_personal"})
FACE_METHODS: Final = frozenset({"face_mobile", "face_web"})
DOCUMENTS: Final = frozenset({"supporting_documents"})
AUTHORITY: Final = "support"

ALLOWED: Final = 0
"""What comes of a question, if a withdrawal is allowed. Else it is the instant from which it is."""
NO_END: Final = -1
"""What comes of a question, if a withdrawal is not allowed and time alone does not change that."""
