"""The closed vocabularies: every word that the rulebook lists and a host may not extend.

Each word is its own wire form. A constructor takes the member or its exact word.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, final


@final
class ActorKind(StrEnum):
    """Who acted: the values of CAEP's `initiating_entity` (OpenID CAEP 1.0)."""

    USER = "user"
    ADMIN = "admin"
    POLICY = "policy"
    SYSTEM = "system"


@final
class Identity(StrEnum):
    """The identity that has been verified for an account: of a person or of a business."""

    PERSONAL = "personal"
    BUSINESS = "business"


@final
class Destination(StrEnum):
    """Where the money goes: to a destination that was known before, or to a new one."""

    NEW = "new"
    KNOWN = "known"


@final
class Destinations(StrEnum):
    """Which destinations a scope covers: any, only those that are not known, or only the one that the event named."""

    ANY = "any"
    NEW = "new"
    NAMED = "named"


@final
class LiftedBy(StrEnum):
    """What ends a hold that has a timer and a clearance: the first of the two, or both."""

    ANY = "any"
    ALL = "all"


@final
class Repeat(StrEnum):
    """What a further trigger does: it extends the timer of the open hold, keeps it, or places a separate hold."""

    EXTEND = "extend"
    KEEP = "keep"
    SEPARATE = "separate"


@final
class ReviewOutcome(StrEnum):
    """What a review may decide."""

    APPROVED = "approved"
    REJECTED = "rejected"


@final
class AppealOutcome(StrEnum):
    """What the decision of an appeal may be."""

    GRANTED = "granted"
    DISMISSED = "dismissed"


@final
class State(StrEnum):
    """Where a hold stands."""

    SUSPENDED = "suspended"
    VERIFICATION = "verification"
    REVIEW = "review"
    APPEAL = "appeal"
    RESTORED = "restored"


@final
class Phase(StrEnum):
    """The one-word summary of an account."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    VERIFICATION = "verification"
    REVIEW = "review"
    APPEAL = "appeal"
    RESTORED = "restored"


VOCABULARIES: Final = (
    ActorKind,
    AppealOutcome,
    Destination,
    Destinations,
    Identity,
    LiftedBy,
    Phase,
    Repeat,
    ReviewOutcome,
    State,
)
