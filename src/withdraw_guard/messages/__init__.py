"""Decisions, refusals and phases in words: stable codes with typed parameters, and texts in several languages.

    decision ──explain──▶ messages ──render──▶ text
                          (codes)   (languages, time zone)

`explanation_of` gives the same messages grouped by hold and by step, for a page. The two steps are separate on purpose.
The messages follow from the decision alone, so the words cannot disagree with the decision. A host may change single
texts, add a public reason or a language, or render the messages with a system of its own.
Everything here is pure: no files, no locale of the machine, no clock.
"""

from __future__ import annotations

from withdraw_guard._values.public import publish as _publish
from withdraw_guard.messages._catalogue import CATALOGUE, Catalogue, Text, Texts
from withdraw_guard.messages._codes import CODES
from withdraw_guard.messages._explain import (
    AS_A_BUSINESS,
    AS_A_PERSON,
    CHOOSE_FACE,
    CHOOSE_IDENTITY,
    IN_THE_APP,
    NOTICE_LINK,
    ON_THE_WEB,
    SCAN_QR_CODE,
    VERIFY_NOW,
    VERIFY_PROMPT,
    WITHDRAWAL_APPEAL,
    Audience,
    Control,
    ExplainedHold,
    ExplainedStep,
    Explanation,
    Relation,
    explain,
    explain_phase,
    explain_refusal,
    explanation_of,
    notice_of,
)
from withdraw_guard.messages._message import Message, Param
from withdraw_guard.messages._render import label_of, render

__all__ = [
    "AS_A_BUSINESS",
    "AS_A_PERSON",
    "CATALOGUE",
    "CHOOSE_FACE",
    "CHOOSE_IDENTITY",
    "CODES",
    "IN_THE_APP",
    "NOTICE_LINK",
    "ON_THE_WEB",
    "SCAN_QR_CODE",
    "VERIFY_NOW",
    "VERIFY_PROMPT",
    "WITHDRAWAL_APPEAL",
    "Audience",
    "Catalogue",
    "Control",
    "ExplainedHold",
    "ExplainedStep",
    "Explanation",
    "Message",
    "Param",
    "Relation",
    "Text",
    "Texts",
    "explain",
    "explain_phase",
    "explain_refusal",
    "explanation_of",
    "label_of",
    "notice_of",
    "render",
]

_publish(vars())
