"""Decisions, refusals and phases in words: stable codes with typed parameters, and texts in several languages.

    decision ──explain──▶ messages ──render──▶ text
                          (codes)   (languages, time zone)

The two steps are separate on purpose. The messages follow from the decision alone, so the words cannot disagree with
the decision. A host may change single texts, add a language, or render the messages with a system of its own.
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
    NOTICE,
    NOTICE_LINK,
    ON_THE_WEB,
    SCAN_QR_CODE,
    VERIFY_NOW,
    VERIFY_PROMPT,
    WITHDRAWAL_APPEAL,
    Audience,
    explain,
    explain_phase,
    explain_refusal,
)
from withdraw_guard.messages._message import Message, Param
from withdraw_guard.messages._render import render

__all__ = [
    "AS_A_BUSINESS",
    "AS_A_PERSON",
    "CATALOGUE",
    "CHOOSE_FACE",
    "CHOOSE_IDENTITY",
    "CODES",
    "IN_THE_APP",
    "NOTICE",
    "NOTICE_LINK",
    "ON_THE_WEB",
    "SCAN_QR_CODE",
    "VERIFY_NOW",
    "VERIFY_PROMPT",
    "WITHDRAWAL_APPEAL",
    "Audience",
    "Catalogue",
    "Message",
    "Param",
    "Text",
    "Texts",
    "explain",
    "explain_phase",
    "explain_refusal",
    "render",
]

_publish(vars())
