"""The arguments that several commands share: a policy, a journal and the question about it, the form of the output."""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Final, NoReturn, TypeAlias, final

import attrs

from withdraw_guard import policies
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._drafts.draft import Faulty, ReadParts, read_policy
from withdraw_guard._drafts.meant import did_you_mean
from withdraw_guard._drafts.mistake import Mistake
from withdraw_guard._drafts.part import Part
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.time import read_instant, utc
from withdraw_guard.cli._commands import COMMANDS
from withdraw_guard.cli._journal import DOCUMENT_BYTES_MAX, opened

UNUSABLE: Final = 2

A_POLICY: Final = "the name of a published policy or a file; `-` reads standard input"
# Names the policy of a journal where `--policy` does not.
POLICY_VARIABLE: Final = "WITHDRAW_GUARD_POLICY"

A_JOURNAL: Final = """\
A journal has one event on a line, in the order of arrival, such as
  {"type": "security_event", "id": "e1", "account": "a1",
   "at": "2026-01-05T09:00:00Z", "trigger": "password_changed",
   "initiated_by": "user", "context": {}}
written on one line. `withdraw-guard schema event` has every kind of event;
`withdraw-guard convert` makes such lines of others, for example of a CSV file.
"""


@final
class Unusable(Exception):
    """The command cannot do what was asked for; the text says why, in one line."""


@final
class Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line."""

    def error(self, message: str) -> NoReturn:
        """Print the message without the usage and exit."""
        self.exit(UNUSABLE, f"withdraw-guard: {message}\n")


AddParser: TypeAlias = Callable[..., Parser]


def add_command(add_parser: AddParser, name: str, notes: str) -> Parser:
    """Add a command. Its help ends with the notes: examples, the exit status, and the members of `--json`."""
    summary = COMMANDS[name]
    described = f"{summary[0].upper()}{summary[1:]}."
    shape = argparse.RawDescriptionHelpFormatter
    return add_parser(name, help=summary, description=described, epilog=notes, formatter_class=shape)


def add_journal(parser: Parser) -> None:
    """Add a journal, its policy and the instant of the question; `--account` is added by each command."""
    default = os.environ.get(POLICY_VARIABLE) or "binance"
    parser.add_argument("journal", metavar="JOURNAL.jsonl", help="one event per line; `-` reads standard input")
    parser.add_argument(
        "--policy",
        default=default,
        metavar="POLICY",
        help=f"the name of a published policy or a file (default: what {POLICY_VARIABLE} says, or else binance)",
    )
    parser.add_argument("--at", type=instant_read, metavar="INSTANT", help="answer as of this instant (default: now)")
    parser.add_argument("--knowing-all", action="store_true", help="also use the events that happened after --at")


def add_destination(parser: Parser) -> None:
    """Add the destination of the withdrawal that the question is about."""
    parser.add_argument("--destination", metavar="ID", help="where the withdrawal goes (default: it does not say)")


def add_json(parser: Parser, what: str = "one JSON object") -> None:
    """Add the output for a machine."""
    parser.add_argument("--json", action="store_true", help=f"print {what} instead of text")


def add_form(parser: Parser) -> None:
    """Add the forms of the output of an analysis."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    form.add_argument("--markdown", action="store_true", help="print a report for a pull request instead of text")
    form.add_argument("--github", action="store_true", help="print lines that GitHub shows beside the file")


def policy_named(name: str) -> Policy:
    """Return the published policy of that name, or read the file. Raises `Unusable` with the path to the fault."""
    return policy_in(name, draft_named(name))


def policy_in(name: str, draft: Policy | Faulty) -> Policy:
    """Return the policy that was read. Raises `Unusable` with the first fault if there are any."""
    if isinstance(draft, Policy):
        return draft
    first, *more = draft.mistakes
    others = f"; {len(more)} more: `withdraw-guard check-policy` says them all" if more else ""
    raise Unusable(f"{place(name, draft.text, first)}: {first}{others}")


def draft_named(name: str) -> Policy | Faulty:
    """Return the published policy of that name, or what a file says. Raises `Unusable` if there is neither."""
    if name == policies.BINANCE.id:
        # The one that is loaded already: all others together take as long as the command line itself.
        return policies.BINANCE
    if name in policies.GALLERY:
        return policies.GALLERY[name].policy
    try:
        with opened(name) as stream:
            return draft_in(name, stream.read(DOCUMENT_BYTES_MAX + 1))
    except FileNotFoundError:
        meant = did_you_mean(name, policies.GALLERY)
        raise Unusable(f"{name}: is neither the name of a published policy nor a file{meant}") from None


def draft_in(name: str, document: bytes) -> Policy | Faulty:
    """Return what the bytes of a file say."""
    return read_policy(name, document, yaml_parts)


def place(name: str, text: str, mistake: Mistake) -> str:
    """Return the file, the line and the column of a mistake, as an editor or a terminal makes a link of them."""
    begins = line_and_column_of(text, mistake)
    return ":".join([name, *map(str, begins or ())])


def line_and_column_of(text: str, mistake: Mistake) -> tuple[int, int] | None:
    """Return where a mistake begins; none if it is about the whole text."""
    return None if mistake.begin == mistake.end else line_and_column(text, mistake.begin)


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Return the line and the column of a place in a text, both from one."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def yaml_parts(text: str) -> tuple[Part | None, tuple[Mistake, ...]]:
    """Read YAML. Its library is loaded only now: most policies are JSON, and it is an extra."""
    try:
        read: ReadParts = import_module("withdraw_guard._drafts.yaml_text").yaml_parts
    except ImportError as error:
        raise Unusable(str(error)) from None
    return read(text)


def request_to(destination: str | None) -> Request:
    """Return the question about a withdrawal. Raises `Unusable` for a destination that cannot exist."""
    try:
        return attrs.evolve(WITHDRAWAL, destination_id=destination)
    except InvalidValue as fault:
        raise Unusable(f"--destination: {fault.problem}") from None


def instant_asked(arguments: argparse.Namespace) -> datetime:
    """Return the instant of the question: `--at`, or now to the second."""
    at: datetime | None = arguments.at
    return at or datetime.now(UTC).replace(microsecond=0)


def instant_read(text: str) -> datetime:
    """Read an instant for an argument."""
    try:
        return utc("", read_instant("", text))
    except InvalidValue as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None
