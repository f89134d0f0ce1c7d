"""The pages of the refusals: one for each reason, with the shortest journal whose last event is refused for it.

`make_pages` writes them. Each example runs with the pages, and a test leaves out one event after the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from read_code import sentences
from reference_pages import page, table

from withdraw_guard import EventRefused, IdentityChanged, Refusal
from withdraw_guard._values.time import write_instant
from withdraw_guard.problem import RefusalProblem, problem_of

MONDAY: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
# The type of an event, and its members without the id and the instant: the events follow each other by an hour.
Line: TypeAlias = tuple[str, Mapping[str, object]]

FLAGGED: Final = "e1:abnormal-activity"
TIMED: Final = "e1:password-changed"
IDA: Final = {"id": "ida", "kind": "admin"}
SAM: Final = {"id": "sam", "kind": "admin"}

ALARM: Final[Line] = ("security_event", {"trigger": "abnormal_activity", "initiated_by": "system", "context": {}})
PASSWORD: Final[Line] = ("security_event", {"trigger": "password_changed", "initiated_by": "user", "context": {}})
STARTED: Final[Line] = ("verification_started", {"hold": FLAGGED, "method": "identity_personal"})
SUBMITTED: Final[Line] = ("verification_submitted", {"hold": FLAGGED})
FAILED: Final[Line] = ("verification_failed", {"hold": FLAGGED, "reasons": []})
REJECTED: Final[Line] = (
    "review_decided",
    {"hold": FLAGGED, "by": IDA, "outcome": "rejected", "reasons": [], "final": False},
)
APPEALED: Final[Line] = ("appeal_submitted", {"hold": FLAGGED, "documents": ["supporting_documents"]})
DISMISSED: Final[Line] = ("appeal_decided", {"hold": FLAGGED, "by": IDA, "outcome": "dismissed", "reasons": []})
RELEASED: Final[Line] = (
    "release_ordered",
    {"hold": TIMED, "by": SAM, "authority": "support", "note": "a call", "override_stale": False},
)
RETRACTED: Final[Line] = (
    "event_retracted",
    {"event": "e9", "by": SAM, "authority": "security", "note": "another account was meant"},
)


def but(line: Line, **members: object) -> Line:
    """Return the line with other members."""
    return line[0], {**line[1], **members}


def hours_later(hours: int) -> str:
    """Return the instant so many hours after Monday morning."""
    return write_instant(MONDAY + timedelta(hours=hours))


EXAMPLES: Final[Mapping[Refusal, tuple[str, tuple[Line, ...]]]] = {
    Refusal.WRONG_ACCOUNT: (
        "In the example the account `a1` is given an event of the account `a2`. Load the account that the event names.",
        (but(PASSWORD, account="a2"),),
    ),
    Refusal.UNKNOWN_HOLD: (
        "In the example a verification is started, and no event before it placed the hold. "
        "If that event is still on its way, deliver this one again after it.",
        (STARTED,),
    ),
    Refusal.HOLD_NOT_OPEN: (
        "In the example a timer ends the hold after 24 hours, and a release is ordered an hour later.",
        (PASSWORD, but(RELEASED, at=hours_later(25))),
    ),
    Refusal.NO_CLEARANCE: (
        "In the example the hold after a change of the password ends by its timer, and a verification is started.",
        (PASSWORD, but(STARTED, hold=TIMED)),
    ),
    Refusal.NOT_AUTHORIZED: (
        "In the example support orders the release of a hold, and the rule lets no authority release it.",
        (PASSWORD, RELEASED),
    ),
    Refusal.WRONG_STATE: (
        "In the example a verification is submitted that was never started. "
        "If its start is still on its way, deliver this event again after it.",
        (ALARM, SUBMITTED),
    ),
    Refusal.METHOD_NOT_ACCEPTED: (
        "In the example no identity is on record, and the rule then accepts only methods that record one. "
        "The verification is started with a check of the face.",
        (ALARM, but(STARTED, method="face_web")),
    ),
    Refusal.ATTEMPTS_EXHAUSTED: (
        "In the example a reviewer rejects the first verification for good, and another one is started.",
        (ALARM, STARTED, SUBMITTED, but(REJECTED, final=True), STARTED),
    ),
    Refusal.APPEAL_NOT_OFFERED: (
        "In the example an appeal is filed before a verification failed.",
        (ALARM, APPEALED),
    ),
    Refusal.DOCUMENTS_MISSING: (
        "In the example the rule asks for `supporting_documents`, and the appeal comes without a document.",
        (ALARM, STARTED, FAILED, but(APPEALED, documents=[])),
    ),
    Refusal.SAME_REVIEWER: (
        "In the example the same person rejects the verification and dismisses the appeal against it. "
        "Let another person decide.",
        (ALARM, STARTED, SUBMITTED, REJECTED, APPEALED, DISMISSED),
    ),
    Refusal.STALE: (
        "In the example the account is flagged twice, and support ordered the release before the second alarm.",
        (ALARM, ALARM, but(RELEASED, hold=FLAGGED, at=hours_later(0))),
    ),
    Refusal.UNKNOWN_EVENT: (
        "In the example an event is taken back that the account never had.",
        (RETRACTED,),
    ),
}


def refusal_pages() -> Iterator[tuple[str, str]]:
    """A page for each reason, and one that leads to them."""
    paths = "\n".join(f"refusals/{reason}" for reason in Refusal)
    rows = [(str(number), *row(reason)) for number, reason in enumerate(Refusal, 1)]
    yield (
        "refusals.md",
        page(
            "The refusals",
            "An event that cannot be applied raises `EventRefused`, and the account is as it was.\n"
            "Of several reasons the first in this order is given; the order is part of the API.\n"
            "Each has a page with the shortest journal that is refused so.\n"
            "The last column is the end of the `type` and the status in [a problem document](howto/show-a-denial.md).",
            table(("", "reason", "what it means", "problem"), rows),
            "`EventRefused` carries the `event`, the `hold` (or none) and `outdated`.\n"
            "An event is outdated in two cases: acknowledge it.\n"
            "It names a round that the hold remembers and that is not the open one; "
            "or it happened before the latest move or the latest unsettled trigger of the hold, "
            "and does not name the open round.\n"
            "A round that has lapsed is not open.\n"
            "Any other may only be early: deliver it again, for as long as a predecessor may be late.\n"
            "Then show it to a person.",
            f"```{{toctree}}\n:hidden:\n\n{paths}\n```",
        ),
    )
    for reason in Refusal:
        yield f"refusals/{reason}.md", refusal_page(reason)


def row(reason: Refusal) -> tuple[str, str, str]:
    """Return the link to the page of the reason, what it means, and its problem."""
    problem = problem_about(reason)
    return f"[`{reason}`](refusals/{reason}.md)", meaning(reason), f"`{problem['type']}`, {problem['status']}"


def meaning(reason: Refusal) -> str:
    return sentences(Refusal)[reason.name]


def problem_about(reason: Refusal) -> RefusalProblem:
    return problem_of(EventRefused(reason, IdentityChanged(id="e1", account="a1", at=MONDAY, identity=None)), base="/")


def refusal_page(reason: Refusal) -> str:
    words, lines = EXAMPLES[reason]
    return page(
        f"`{reason}`",
        f"{meaning(reason)}\n{words}",
        f"```python\n{example(reason, lines)}```",
        "[The refusals](../refusals.md) says when to deliver a refused event again.",
    )


def example(reason: Refusal, lines: tuple[Line, ...]) -> str:
    """Return the journal as text, and what becomes of its last event."""
    journal = "\n".join(json.dumps(event(number, *line)) for number, line in enumerate(lines))
    return f'''\
from withdraw_guard import Account, EventRefused, apply, policies, wire

journal = """
{journal}
"""
*before, last = (wire.event_from_dict(wire.parse(line)) for line in journal.split("\\n")[1:-1])
account = apply(policies.BINANCE, Account(id="a1"), *before).account
try:
    apply(policies.BINANCE, account, last)
except EventRefused as refused:
    assert refused.reason == "{reason}"
else:
    raise AssertionError("it was not refused")
'''


def event(number: int, kind: str, members: Mapping[str, object]) -> dict[str, object]:
    return {"type": kind, "id": f"e{number + 1}", "account": "a1", "at": hours_later(number), **members}
