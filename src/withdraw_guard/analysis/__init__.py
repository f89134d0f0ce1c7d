"""What a policy can never do, what a change of policy changes, and how this very account gets out.

account × instant  → way_out  → who must do what, and from when it may withdraw again
"""

from __future__ import annotations

from withdraw_guard.analysis._compare import Comparison, Difference, Progress, Verdict, compare
from withdraw_guard.analysis._deeds import Journal, Party, replayed
from withdraw_guard.analysis._help import Help
from withdraw_guard.analysis._lint import Code, Finding, Severity, lint
from withdraw_guard.analysis._prove import Answer, Proof, Proved, Refuted, Unknown, prove
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
from withdraw_guard.analysis._witness import Witness

__all__ = [
    "Action",
    "Answer",
    "ApproveReview",
    "Code",
    "Comparison",
    "CompleteVerification",
    "Difference",
    "FileAppeal",
    "Finding",
    "GrantAppeal",
    "Help",
    "Journal",
    "OrderRelease",
    "Party",
    "Progress",
    "Proof",
    "Proved",
    "Refuted",
    "RejectReview",
    "Severity",
    "StartVerification",
    "Unknown",
    "Verdict",
    "WaitUntil",
    "WayOut",
    "Witness",
    "compare",
    "lint",
    "prove",
    "replayed",
    "way_out",
]
