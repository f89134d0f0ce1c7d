"""What a policy can never do, what a change of policy changes, and how this very account gets out.

account × instant  → way_out  → who must do what, and from when it may withdraw again
"""

from __future__ import annotations

from withdraw_guard.analysis._deeds import Journal, Party, replayed
from withdraw_guard.analysis._way_out import (
    Action,
    ApproveReview,
    CompleteVerification,
    FileAppeal,
    GrantAppeal,
    OrderRelease,
    RejectReview,
    StartVerification,
    WaitUntil,
    WayOut,
    way_out,
)

__all__ = [
    "Action",
    "ApproveReview",
    "CompleteVerification",
    "FileAppeal",
    "GrantAppeal",
    "Journal",
    "OrderRelease",
    "Party",
    "RejectReview",
    "StartVerification",
    "WaitUntil",
    "WayOut",
    "replayed",
    "way_out",
]
