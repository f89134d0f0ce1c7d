"""The command `explain`: what an account holder sees, word for word, in their language and their time zone."""

import argparse
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from typing import Final, final

import attrs

from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Decision, Denied
from withdraw_guard._prose import Row
from withdraw_guard._values.errors import shown
from withdraw_guard._values.time import write_instant
from withdraw_guard.cli._arguments import A_JOURNAL, AddParser, Unusable, add_command, instant_asked, request_to
from withdraw_guard.cli._one_account import account_asked, add_account
from withdraw_guard.cli._terminal import print_rows
from withdraw_guard.cli._zones import zone_named
from withdraw_guard.messages import (
    CATALOGUE,
    NOTICE_LINK,
    Audience,
    Explanation,
    Message,
    explain_phase,
    explanation_of,
    notice_of,
    render,
)
from withdraw_guard.messages._explain import ExplainedHold, ExplainedStep
from withdraw_guard.wire import Json, Members

NOTES: Final = f"""\
{A_JOURNAL}
The sentences are those of the library, in the order of a page: the notice, the
answer, and for each hold why it is there and what can be done about it.
A button is written as [ Verify now ], and what can be chosen as ( ) On the web.
With --staff, a line that begins with `staff:` is not for the account holder.

examples:
  withdraw-guard explain journal.jsonl --account a1
  withdraw-guard explain journal.jsonl --account a1 --lang de \\
      --zone Europe/Berlin
  withdraw-guard explain journal.jsonl --account a1 --lang no --staff

exit status:
  0  the account holder is told this
  2  a line that may be about this account could not be read, so nothing is
     said; or the command cannot be run

--json prints one object:
  account, at  the account and the instant of the question
  language     the language of the texts
  decision     allowed or denied
  phase        the phase of the account, in words
  notice       the notice and the text of its link, or null
  answer       the sentences of the answer
  holds        for each hold: why, relation (only, any, wait_and_perhaps_more),
               steps ({{"step", "says", "help", "controls", "button"}}), behind
  behind       what only staff reads; empty without --staff
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "explain", NOTES)
    add_account(parser)
    known = ", ".join(sorted(CATALOGUE.languages))
    parser.add_argument("--lang", default="en", metavar="TAG", help=f"a language tag (default: en; known: {known})")
    parser.add_argument("--zone", type=zone_named, default=UTC, metavar="NAME", help="their time zone (default: UTC)")
    parser.add_argument("--staff", action="store_true", help="also tell what only staff may know")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    at, request = instant_asked(arguments), request_to(arguments.destination)
    tags = _tags(arguments.lang)
    account, _ = account_asked(arguments)
    decision = check(account, at, request)
    audience = Audience.STAFF if arguments.staff else Audience.USER
    told = _Told(decision=decision, explanation=explanation_of(decision, audience), tags=tags, zone=arguments.zone)
    if arguments.json:
        print(json.dumps(told.as_members()))
    else:
        print_rows(told.as_rows())
    return 0


def _tags(language: str) -> tuple[str, ...]:
    """Return the languages to take texts from. Raises `Unusable` for a language that has none."""
    tags = CATALOGUE.lookup([language])
    if tags == (CATALOGUE.default,) and language.lower().partition("-")[0] != CATALOGUE.default:
        known = ", ".join(f"`{tag}`" for tag in sorted(CATALOGUE.languages))
        raise Unusable(f"--lang: must be one of {known}, got {shown(language)}")
    return tags


@final
@attrs.frozen(kw_only=True)
class _Told:
    """An explanation, in a language and a time zone."""

    decision: Decision
    explanation: Explanation
    tags: tuple[str, ...]
    zone: tzinfo

    @property
    def notice(self) -> Message | None:
        return notice_of(self.decision) if isinstance(self.decision, Denied) else None

    def say(self, message: Message) -> str:
        """Return the text of a message."""
        return render(message, self.tags, zone=self.zone, now=self.decision.at)

    def as_members(self) -> Members:
        """Return what `--json` prints."""
        return {
            "account": self.decision.account,
            "at": write_instant(self.decision.at),
            "language": self.tags[0],
            "decision": "allowed" if self.decision else "denied",
            "phase": self.say(explain_phase(self.decision.phase)),
            "notice": None if self.notice is None else self._all((self.notice, NOTICE_LINK)),
            "answer": self._all(self.explanation.answer),
            "holds": [self._hold(hold) for hold in self.explanation.holds],
            "behind": self._all(self.explanation.behind),
        }

    def _all(self, messages: Iterable[Message]) -> list[Json]:
        return [self.say(message) for message in messages]

    def _hold(self, hold: ExplainedHold) -> Members:
        return {
            "why": self._all(hold.why),
            "relation": hold.relation.value,
            "steps": [self._step(step) for step in hold.steps],
            "behind": self._all(hold.behind),
        }

    def _step(self, step: ExplainedStep) -> Members:
        return {
            "step": step.step.step,
            "says": self.say(step.says),
            "help": self._all(step.help),
            "controls": [
                {
                    "name": control.name,
                    "label": self.say(control.label),
                    "scans_a_qr_code": control.scans_a_qr_code,
                }
                for control in step.controls
            ],
            "button": None if step.button is None else self.say(step.button),
            "behind": self._all(step.behind),
        }

    def as_rows(self) -> Iterator[Row]:
        """Give the sentences in the order of a page."""
        if self.notice is not None:
            yield ((f"{self.say(self.notice)}  ", "bold"), (f"[ {self.say(NOTICE_LINK)} ]", "cyan"))
            yield ()
        yield from (((self.say(message), "bold"),) for message in self.explanation.answer)
        yield from self._behind(self.explanation.behind, "")
        for hold in self.explanation.holds:
            yield ()
            yield from (((self.say(message), ""),) for message in hold.why)
            yield from self._behind(hold.behind, "")
            for step in hold.steps:
                yield from self._rows_of_step(step)

    def _rows_of_step(self, step: ExplainedStep) -> Iterator[Row]:
        yield ((f"  - {self.say(step.says)}", ""),)
        yield from (((f"    {self.say(message)}", "dim"),) for message in step.help)
        yield from (((f"    ( ) {self.say(control.label)}", "cyan"),) for control in step.controls)
        if step.button is not None:
            yield ((f"    [ {self.say(step.button)} ]", "cyan"),)
        yield from self._behind(step.behind, "    ")

    def _behind(self, messages: Iterable[Message], indent: str) -> Iterator[Row]:
        yield from (((f"{indent}staff: {self.say(message)}", "magenta"),) for message in messages)
