"""A denial as a page: the explanation of `withdraw_guard.messages`, said in the languages of the browser.

The browser gets no id of a hold, because it names the rule that fired. A form names its hold by a keyed hash.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation.trans_real import parse_accept_lang_header
from withdraw_guard import Denied, OpenHold
from withdraw_guard.messages import (
    NOTICE_LINK,
    SCAN_QR_CODE,
    VERIFY_PROMPT,
    ExplainedStep,
    Message,
    explanation_of,
    notice_of,
    render,
)
from withdraw_guard.steps import Verify


def languages_of(request: HttpRequest) -> list[str]:
    """Return what the browser prefers, the best first."""
    return [tag for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]


def handle_of(hold: OpenHold) -> str:
    """Return the name of a hold in a form: it says nothing about the hold."""
    return salted_hmac("shop.hold", hold.id, algorithm="sha256").hexdigest()


class Page:
    """One denial, in the languages of one browser."""

    def __init__(self, request: HttpRequest, denied: Denied) -> None:
        self.languages, self.denied = languages_of(request), denied

    def say(self, message: Message) -> str:
        """Say one message."""
        zone = timezone.get_current_timezone()
        return render(message, self.languages, zone=zone, now=self.denied.at)

    def notice(self) -> dict[str, str] | None:
        """Return the notice of the user centre, with its link."""
        notice = notice_of(self.denied)
        return None if notice is None else {"text": self.say(notice), "link": self.say(NOTICE_LINK)}

    def context(self) -> dict[str, Any]:
        """Return what the template shows."""
        told = explanation_of(self.denied)
        holds = [
            {
                "why": [self.say(message) for message in hold.why],
                "relation": hold.relation.value,
                "steps": [self.step(step, handle_of(of)) for step in hold.steps],
            }
            for hold, of in zip(told.holds, self.denied.holds, strict=True)
        ]
        return {"answer": [self.say(message) for message in told.answer], "holds": holds, "notice": self.notice()}

    def step(self, step: ExplainedStep, handle: str) -> dict[str, Any]:
        """Return one next step: what to say, what to choose or to attach, and its button."""
        is_choice = isinstance(step.step, Verify)
        return {
            "step": step.step.step,
            "says": self.say(step.says),
            "prompt": self.say(VERIFY_PROMPT) if is_choice else "",
            "help": [
                self.say(message) for message in step.help if message.code != "step.tip" and message != SCAN_QR_CODE
            ],
            "tips": [self.say(message) for message in step.help if message.code == "step.tip"],
            "controls": [
                {
                    "name": control.name,
                    "label": self.say(control.label),
                    "scan": self.say(SCAN_QR_CODE) if control.scans_a_qr_code else "",
                }
                for control in step.controls
            ],
            "kind": "choice" if is_choice else "documents" if step.controls else "plain",
            "button": None if step.button is None else self.say(step.button),
            "method": getattr(step.step, "method", ""),
            "handle": handle,
        }
