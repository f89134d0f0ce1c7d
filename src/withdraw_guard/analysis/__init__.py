"""What a policy can never do, what a change of the policy changes, and how an account may withdraw again.

    policy             → lint             → rules and settings without effect, dead ends, appeals that open too easily
    policy             → prove            → four promises: proved, refuted or unknown
    old policy × new   → compare          → equal, stricter, looser or incomparable, with the shortest witness each way
    account × instant  → way_out          → who has to do what, and from when it may withdraw
    account × instant  → if_wrong         → which reports to retract if they were wrong
    accounts × new     → migrate_preview  → which open holds the new policy would have placed in another way

Everything is found and shown with `apply` and `check` of the library. `docs/analysis.md` explains the words, and why
the search is complete.
"""

from __future__ import annotations

from withdraw_guard._values.public import publish as _publish
from withdraw_guard.analysis._changes import ChangeKind, RuleChange, TermChange
from withdraw_guard.analysis._circumstances import on_either_calendar
from withdraw_guard.analysis._compare import (
    OTHER_OPERATION,
    UNKNOWN_OPERATION,
    Comparison,
    Difference,
    NotKnown,
    Progress,
    Standing,
    Verdict,
    compare,
)
from withdraw_guard.analysis._diff import (
    Accepted,
    Review,
    change_told,
    counts_told,
    named,
    people_told,
    shown_told,
    unknown_told,
)
from withdraw_guard.analysis._findings import Code, Finding, Severity
from withdraw_guard.analysis._help import Help
from withdraw_guard.analysis._if_wrong import IfWrong, if_wrong
from withdraw_guard.analysis._lint import lint
from withdraw_guard.analysis._people import Journal, Party, replayed
from withdraw_guard.analysis._plans import Why
from withdraw_guard.analysis._preview import Otherwise, migrate_preview
from withdraw_guard.analysis._prove import STATES_MAX, Answer, Proof, Proved, Refuted, Unknown, prove
from withdraw_guard.analysis._report import (
    PROMISES,
    answer_told,
    comparison_as_markdown,
    difference_told,
    finding_told,
    findings_as_markdown,
    proof_as_markdown,
    told,
)
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
from withdraw_guard.analysis._witness import NotOffered, Witness

__all__ = [
    "OTHER_OPERATION",
    "PROMISES",
    "STATES_MAX",
    "UNKNOWN_OPERATION",
    "Accepted",
    "Action",
    "Answer",
    "ApproveReview",
    "ChangeKind",
    "Code",
    "Comparison",
    "CompleteVerification",
    "Difference",
    "FileAppeal",
    "Finding",
    "GrantAppeal",
    "Help",
    "IfWrong",
    "Journal",
    "NotKnown",
    "NotOffered",
    "OrderRelease",
    "Otherwise",
    "Party",
    "Progress",
    "Proof",
    "Proved",
    "Refuted",
    "RejectReview",
    "Review",
    "RuleChange",
    "Severity",
    "Standing",
    "StartVerification",
    "TermChange",
    "Unknown",
    "Verdict",
    "WaitUntil",
    "WayOut",
    "Why",
    "Witness",
    "answer_told",
    "change_told",
    "compare",
    "comparison_as_markdown",
    "counts_told",
    "difference_told",
    "finding_told",
    "findings_as_markdown",
    "if_wrong",
    "lint",
    "migrate_preview",
    "named",
    "on_either_calendar",
    "people_told",
    "proof_as_markdown",
    "prove",
    "replayed",
    "shown_told",
    "told",
    "unknown_told",
    "way_out",
]

_publish(vars())
