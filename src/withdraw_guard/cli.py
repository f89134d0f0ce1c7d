"""The command line: replay or draw a journal, check, lint, prove or compare policies. The one shell of this library.

    withdraw-guard replay JOURNAL.jsonl [--policy POLICY] [--account ID] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--json]
    withdraw-guard timeline JOURNAL.jsonl --account ID [--policy POLICY] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--svg FILE.svg | --mermaid]
    withdraw-guard policies [NAME]
    withdraw-guard check-policy POLICY
    withdraw-guard lint POLICY [--fail-if note|warning|error] [--json | --markdown]
    withdraw-guard prove POLICY [--authority NAME …] [--no-authority] [--states N] [--json | --markdown]
    withdraw-guard diff OLD NEW [--fail-if looser|stricter|different …] [--json | --markdown]
    withdraw-guard --version

A POLICY is a file in the wire format or the name of a published one (binance, if it is left out). `policies` lists
these, with the grades of what their rules rest on: O for the site of the operator or regulator, M for a host that is
not known to be theirs, T for others. `policies NAME` prints one in the wire format, to begin a file of your own with.

A journal has one event in the wire format per line, of any number of accounts, in the order of arrival; `-` reads
it from standard input. For every account the replay tells what happened, what the guard made of it, what changed by
itself in between, and whether a withdrawal is allowed at `--at`. With `--destination` it is asked about a withdrawal
to that destination; without, about one that does not say where it goes.

The answer is as of `--at`. An event that happened later is left out and counted, wherever it stands in the journal;
an event that happened by then is used, even if it was delivered later. With `--knowing-all` every event is used: the
question is still about `--at`, and the answer knows the whole journal. Without `--at` the question is about now and
every event is used, because all of the journal is known now, also an event that is dated ahead. A line that cannot be
read always counts, because its instant is not known.

A line that cannot be read may have been a security event. So may one that the policy can never apply: it chooses a
duration that is not offered, or a business day that the calendar does not reach. An account with such a line gets no
answer but a denial, and the faults go to standard error, each with its line and the path inside it. If a line does
not even say which account it is about, it may be about any of them: then no account gets an answer but a denial.

A timeline is a picture of what happened to one account, until `--at` and from there on if nothing else happens: a
Mermaid gantt chart on standard output, or an SVG file. It leaves out what a replay leaves out. Where a line could
not be read, nothing in it reads as allowed.

With `--json` there is one JSON object per line and account, in the order in which the accounts first appear:

    account            its id
    events             how many of its events were used; each of them was applied or refused
    applied            how many changed it or were known already
    refused            the first 100 that were refused: {"line", "event", "reason", "outdated"}
    refused_count      how many were refused
    unreadable         the first 100 of its lines that could not be read or applied: {"line", "path", "problem"}
    unreadable_count   how many could not be read or applied
    unattributed_count how many unreadable lines of the journal may be about any account
    left_out_count     how many of its events are left out because they happened after `--at`
    latest_event_at    the latest instant at which an event that is used happened, or null
    phase              the phase at `--at`, as far as its events could be read
    decision           the decision in the wire format, or null if one of these lines may be about this account
    next_change_at     when some answer changes by itself after `--at`, or null
    state              the account in the wire format

Exit status: 0 all events applied, 1 some refused, 2 some line unreadable or the command unusable.

`lint`, `prove` and `diff` are made for a pull request: `--markdown` writes a report with timelines, and `--json` one
object whose journals are in the wire format. Their exit status: 1 for a finding at least as severe as `--fail-if`
(error, if left out), for a promise that is refuted, or for a difference that `--fail-if` names (none, if left out);
3 if that is not known, because a walk or a search was given up; 2 if the command is unusable; else 0. What `diff` is
not asked about is no reason to fail: 0 for `--fail-if looser` where looser is ruled out and stricter is not known.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import stat
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn, cast, final

import attrs
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from withdraw_guard import _prose, _report, analysis
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Denied
from withdraw_guard._answers.open import next_change_at, phase
from withdraw_guard._answers.request import WITHDRAWAL, OpenHold, Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import Event
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._report import Row
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.complete import complete
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import AccountId, Authority, DestinationId
from withdraw_guard._values.limits import JSON_LENGTH_MAX
from withdraw_guard._values.time import read_instant, utc, write_instant
from withdraw_guard._values.vocabulary import Phase
from withdraw_guard._wire.json import refuse_depth
from withdraw_guard.analysis import STATES_MAX, Severity
from withdraw_guard.diagram import history_of, timeline_as_mermaid, timeline_as_svg
from withdraw_guard.policies import GALLERY
from withdraw_guard.wire import Json, Members, event_from_dict, parse, policy_from_dict, to_dict

DOCUMENT_BYTES_MAX: Final = JSON_LENGTH_MAX
FAULTS_LISTED_MAX: Final = 100
# A journal shorter than this is read before a progress bar is worth looking at.
LINES_BEFORE_PROGRESS: Final = 20_000
LINES_PER_STEP: Final = 1_000
OBJECTS_PER_COLLECTION: Final = 50_000

APPLIED, REFUSED, UNREADABLE = 0, 1, 2
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

_PHASE_STYLES: Final = complete(
    Phase,
    {
        Phase.ACTIVE: "green",
        Phase.SUSPENDED: "red",
        Phase.VERIFICATION: "yellow",
        Phase.REVIEW: "yellow",
        Phase.APPEAL: "yellow",
        Phase.RESTORED: "green",
    },
)
_PHASE_WIDTH: Final = max(len(phase) for phase in Phase)
_INDENT: Final = " " * (len("  2026-01-05 09:00:00  ") + _PHASE_WIDTH + 2)
_FAULT: Final = "magenta"
_A_POLICY: Final = "the name of a published policy or a file"
_KNOWING_ALL: Final = "use the events that happened after --at as well"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads on. What is still buffered goes nowhere, so that the interpreter has nothing to complain about.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _unusable(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    except _Unusable as problem:
        return _unusable(str(problem))
    return status


@final
class _Unusable(Exception):
    """What was asked for cannot be done; the text says why, in one line."""


def _unusable(problem: str) -> int:
    _complain(problem)
    return UNREADABLE


@final
class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(UNREADABLE, f"withdraw-guard: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="withdraw-guard", description="May this account withdraw, and if not, why and until when?")
    parser.add_argument("--version", action="version", version=f"withdraw-guard {_version()}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    replaying = commands.add_parser("replay", help="tell what happened to the accounts of a journal")
    replaying.add_argument("journal", metavar="JOURNAL.jsonl", help="one event per line; `-` reads standard input")
    replaying.add_argument("--policy", default="binance", metavar="POLICY", help=f"{_A_POLICY} (binance)")
    replaying.add_argument("--account", metavar="ID", help="tell of this account only")
    replaying.add_argument("--at", type=_instant, metavar="INSTANT", help="answer as of this instant (now)")
    replaying.add_argument("--knowing-all", action="store_true", help=_KNOWING_ALL)
    replaying.add_argument("--destination", metavar="ID", help="where the withdrawal goes (it does not say)")
    replaying.add_argument("--json", action="store_true", help="one JSON object per account instead of text")
    replaying.set_defaults(run=_replay)
    drawing = commands.add_parser("timeline", help="draw what happened to an account of a journal")
    drawing.add_argument("journal", metavar="JOURNAL.jsonl", help="one event per line; `-` reads standard input")
    drawing.add_argument("--account", metavar="ID", required=True, help="the account to draw")
    drawing.add_argument("--policy", default="binance", metavar="POLICY", help=f"{_A_POLICY} (binance)")
    drawing.add_argument("--at", type=_instant, metavar="INSTANT", help="what is now in the picture (now)")
    drawing.add_argument("--knowing-all", action="store_true", help=_KNOWING_ALL)
    drawing.add_argument("--destination", metavar="ID", help="where the withdrawals go (they do not say)")
    form = drawing.add_mutually_exclusive_group()
    form.add_argument("--svg", metavar="FILE.svg", help="write the picture to this file")
    form.add_argument("--mermaid", action="store_true", help="print a Mermaid gantt chart (the default)")
    drawing.set_defaults(run=_timeline)
    listing = commands.add_parser("policies", help="list the published policies, or print one")
    listing.add_argument("name", metavar="NAME", nargs="?", help="print this one in the wire format")
    listing.set_defaults(run=_policies)
    checking = commands.add_parser("check-policy", help="check a policy and summarise it")
    checking.add_argument("policy", metavar="POLICY", help=_A_POLICY)
    checking.set_defaults(run=_check_policy)
    _add_analyses(commands.add_parser)
    return parser


def _add_analyses(add: Callable[..., argparse.ArgumentParser]) -> None:
    linting = add("lint", help="find what of a policy can never matter, be finished or open")
    linting.add_argument("policy", metavar="POLICY", help=_A_POLICY)
    linting.add_argument("--fail-if", choices=[*Severity], default=Severity.ERROR.value, help="or worse (error)")
    linting.set_defaults(run=_lint)
    proving = add("prove", help="prove or refute what a policy promises")
    proving.add_argument("policy", metavar="POLICY", help=_A_POLICY)
    who = proving.add_mutually_exclusive_group()
    who.add_argument("--authority", action="append", metavar="NAME", help="who really answers (all that are named)")
    who.add_argument("--no-authority", action="store_true", help="nobody who may release answers")
    proving.add_argument("--states", type=int, default=STATES_MAX, metavar="N", help="give a rule up after so many")
    proving.set_defaults(run=_prove)
    comparing = add("diff", help="say where another policy is looser or stricter")
    comparing.add_argument("old", metavar="OLD", help=_A_POLICY)
    comparing.add_argument("new", metavar="NEW", help=_A_POLICY)
    ways = ("looser", "stricter", "different")
    comparing.add_argument("--fail-if", action="append", default=[], choices=ways, help="fail if the new one is")
    comparing.set_defaults(run=_diff)
    for parser in (linting, proving, comparing):
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="one JSON object instead of text")
        form.add_argument("--markdown", action="store_true", help="a report for a pull request instead of text")


def _version() -> str:
    try:
        return version("withdraw-guard")
    except PackageNotFoundError:
        return "(not installed)"


def _instant(text: str) -> datetime:
    try:
        return utc("", read_instant("", text))
    except InvalidValue as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


# ── The commands ─────────────────────────────────────────────────────────────────────────────────────────────────


def _replay(arguments: argparse.Namespace) -> int:
    policy = _policy(arguments.policy)
    at = arguments.at or datetime.now(UTC).replace(microsecond=0)
    request = _request(arguments.destination)
    replay = _Replay(policy=policy, only=arguments.account, until=_until(arguments), tells=not arguments.json)
    _read(replay, arguments.journal)
    if arguments.json:
        for record in replay.records.values():
            print(json.dumps(_summary(record, at, request, replay.unattributed)))
    else:
        _print(_story(replay, at, request))
    _sum_up(replay)
    return replay.status


def _timeline(arguments: argparse.Namespace) -> int:
    policy = _policy(arguments.policy)
    at = arguments.at or datetime.now(UTC).replace(microsecond=0)
    request = _request(arguments.destination)
    replay = _Replay(policy=policy, only=arguments.account, until=_until(arguments), tells=False, keeps=True)
    _read(replay, arguments.journal)
    unread = replay.records[arguments.account].unreadable.count + replay.unattributed
    to = request.destination_id
    history = history_of(policy, arguments.account, replay.kept, now=at, unread=unread, destination_id=to)
    if arguments.svg is None:
        print(timeline_as_mermaid(history), end="")
    else:
        _write(arguments.svg, timeline_as_svg(history), arguments.journal, arguments.policy)
    _sum_up(replay)
    return replay.status


def _until(arguments: argparse.Namespace) -> datetime | None:
    """Return the instant after which events are left out, or none if every event is used."""
    return None if arguments.knowing_all else arguments.at


def _request(destination: str | None) -> Request:
    """Return what is asked for. Raises `_Unusable` for a destination that cannot exist."""
    try:
        return Request(
            operation=WITHDRAWAL.operation, destination_id=None if destination is None else DestinationId(destination)
        )
    except InvalidValue as fault:
        raise _Unusable(f"--destination: {fault.problem}") from None


def _read(replay: _Replay, journal: str) -> None:
    """Take every line of the journal. Raises `_Unusable` if there is none about the account that was asked for."""
    with _journal(journal) as stream, _seldom_collecting():
        for number, line in _with_progress(_lines(stream), stream):
            replay.take(number, line)
    if replay.only is not None and replay.only not in replay.records:
        raise _Unusable(f"the journal has nothing about the account {shown(replay.only)}")


def _sum_up(replay: _Replay) -> None:
    """Count everything on standard error, and warn of what is left out and of what could belong to any account."""
    records = replay.records.values()
    refused = sum(record.refused.count for record in records)
    unreadable = sum(record.unreadable.count for record in records) + replay.unattributed
    events = _prose.counted(sum(record.events for record in records), "event")
    accounts = _prose.counted(len(records), "account")
    _complain(f"{events} of {accounts}, {refused} refused; {_lines_unread(unreadable)}")
    if left_out := sum(record.left_out for record in records):
        _complain(f"{_prose.counted(left_out, 'event')} after --at left out; --knowing-all uses every event")
    if replay.unattributed:
        whose = "could belong to any account: none is allowed to withdraw until the journal is mended"
        _complain(f"{_lines_unread(replay.unattributed)} {whose}")


def _policies(arguments: argparse.Namespace) -> int:
    if arguments.name is not None:
        print(json.dumps(to_dict(_policy(arguments.name)), indent=2))
        return APPLIED
    table = [("NAME", "VERSION", "RULES", "GRADE", "OF")]
    for name, published in GALLERY.items():
        policy, grades = published.policy, {published.grade_of(rule) for rule in published.policy.rules}
        table.append((name, policy.version, str(len(policy.rules)), "+".join(sorted(grades)), published.author))
    _print(_columns(table))
    return APPLIED


def _columns(table: Sequence[Sequence[str]]) -> Iterator[Row]:
    """Set a table in columns, its heads dimmed."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for index, cells in enumerate(table):
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield ((f"  {line.rstrip()}", "" if index else "dim"),)


def _check_policy(arguments: argparse.Namespace) -> int:
    policy = _policy(arguments.policy)
    head: Row = ((f"policy {policy.id}, version {policy.version}: ", "bold"), (_rules(policy), ""))
    _print((head, *_columns([_prose.POLICY_COLUMNS, *_prose.policy_cells(policy)])))
    return APPLIED


def _lint(arguments: argparse.Namespace) -> int:
    policy = _policy(arguments.policy)
    findings = analysis.lint(policy)
    if arguments.json:
        print(json.dumps(_report.findings_as_members(policy, findings)))
    elif arguments.markdown:
        print(analysis.findings_as_markdown(policy, findings), end="")
    else:
        _print(_report.findings_as_rows(findings))
    return _report.status_of_findings(findings, arguments.fail_if)


def _prove(arguments: argparse.Namespace) -> int:
    policy = _policy(arguments.policy)
    authorities: list[Authority] | None = [] if arguments.no_authority else arguments.authority
    with _told("proving") as progress:
        try:
            proof = analysis.prove(policy, authorities, arguments.states, progress)
        except InvalidValue as fault:
            raise _Unusable(str(fault)) from None
    if arguments.json:
        print(json.dumps(_report.proof_as_members(proof)))
    elif arguments.markdown:
        print(analysis.proof_as_markdown(proof, policy), end="")
    else:
        _print(_report.proof_as_rows(proof))
    return _report.status_of_proof(proof)


def _diff(arguments: argparse.Namespace) -> int:
    old, new = _policy(arguments.old), _policy(arguments.new)
    with _told("comparing") as progress:
        comparison = analysis.compare(old, new, progress)
    if arguments.json:
        print(json.dumps(_report.comparison_as_members(comparison)))
    elif arguments.markdown:
        print(analysis.comparison_as_markdown(comparison, old, new), end="")
    else:
        _print(_report.comparison_as_rows(comparison))
    return _report.status_of_comparison(comparison, arguments.fail_if)


def _rules(policy: Policy) -> str:
    return _prose.counted(len(policy.rules), "rule")


def _policy(name: str) -> Policy:
    """Return the published policy of that name, or read the file. Raises `_Unusable` with the path to the fault."""
    if name in GALLERY:
        return GALLERY[name].policy
    try:
        with Path(name).open("rb") as stream:
            return policy_from_dict(parse(_text(stream.read(DOCUMENT_BYTES_MAX + 1))))
    except InvalidValue as fault:
        raise _Unusable(f"{name}: {fault}") from None


# ── Reading a journal ────────────────────────────────────────────────────────────────────────────────────────────


def _journal(name: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb")


@contextmanager
def _seldom_collecting() -> Generator[None]:
    """Have Python look less often for garbage that goes round in a circle: hardly a line of a journal leaves any."""
    thresholds = gc.get_threshold()
    gc.set_threshold(OBJECTS_PER_COLLECTION, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Number the lines from 1. Of one that is too long a part is kept that is too long as well."""
    number = 0
    while line := stream.readline(DOCUMENT_BYTES_MAX + 1):
        number, rest = number + 1, line
        while len(line) > DOCUMENT_BYTES_MAX and rest and not rest.endswith(b"\n"):
            rest = stream.readline(DOCUMENT_BYTES_MAX)
        yield number, line


def _with_progress(lines: Iterator[tuple[int, bytes]], stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Pass the lines on; in a terminal, show how much of a long file has been read."""
    size = _size(stream) if sys.stderr.isatty() else None
    yield from lines if size is None else islice(lines, LINES_BEFORE_PROGRESS)
    if size is None or stream.tell() >= size:
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replaying", total=size)
        for number, line in lines:
            yield number, line
            if number % LINES_PER_STEP == 0:
                progress.update(task, completed=stream.tell())


def _size(stream: BinaryIO) -> int | None:
    status = os.fstat(stream.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _event(line: bytes) -> Event:
    return event_from_dict(parse(_text(line).rstrip("\r\n")))


def _text(document: bytes) -> str:
    if len(document) > DOCUMENT_BYTES_MAX:
        raise InvalidValue("", f"must be at most {DOCUMENT_BYTES_MAX} bytes")
    try:
        return document.decode()
    except UnicodeDecodeError as error:
        byte = f"0x{document[error.start]:02x}"
        raise InvalidValue("", f"must be UTF-8, got the byte {byte} at {error.start + 1}") from None


def _account_of(line: bytes) -> AccountId | None:
    """Return the account that an unreadable line is about, or none if that cannot be made out.

    The strict reader has refused the line already. Here it is enough that it is JSON and names one account.
    """
    try:
        text = line.decode()
        refuse_depth(text)
        document: object = json.loads(text, object_pairs_hook=tuple)
        members = cast("tuple[tuple[str, Any], ...]", document) if type(document) is tuple else ()
        named = [value for name, value in members if name == "account"]
        return Account(id=named[0]).id if len(named) == 1 else None
    except ValueError:
        return None


# ── What the journal says ────────────────────────────────────────────────────────────────────────────────────────


@final
@attrs.define
class _Faults:
    """Counts all faults and remembers the first of them, so that its size has a limit."""

    first: list[Json] = attrs.Factory(list[Json])
    count: int = 0

    def add(self, fault: Members) -> None:
        self.count += 1
        if len(self.first) < FAULTS_LISTED_MAX:
            self.first.append(fault)


@final
@attrs.define
class _Record:
    """What the journal says about one account so far.

    `latest_at` is the latest instant of the events that are used: as much time has passed for it. `rows` tell the
    story; with `--json` there are none, and the size of a record does not depend on the length of the journal.
    """

    account: Account
    latest_at: datetime | None = None
    applied: int = 0
    refused: _Faults = attrs.Factory(_Faults)
    unreadable: _Faults = attrs.Factory(_Faults)
    left_out: int = 0
    rows: list[Row] = attrs.Factory(list[Row])

    @property
    def events(self) -> int:
        return self.applied + self.refused.count


@final
@attrs.define(kw_only=True)
class _Replay:
    """The records of all accounts, in the order in which they first appear, and what belongs to none of them.

    Events that happened after `until` are left out. With `keeps` the others are kept in the order of the journal, for
    a picture of them.
    """

    policy: Policy
    only: AccountId | None
    until: datetime | None = None
    tells: bool
    keeps: bool = False
    kept: list[Event] = attrs.Factory(list[Event])
    records: dict[AccountId, _Record] = attrs.Factory(dict[AccountId, _Record])
    unattributed: int = 0

    def take(self, number: int, line: bytes) -> None:
        """Apply the event of a line to its account, or put on record that it is left out or why it cannot be done."""
        if line.isspace():
            return
        try:
            event = _event(line)
        except InvalidValue as fault:
            self._park(number, _account_of(line), fault)
            return
        if self.only not in (None, event.account):
            return
        if self.until is not None and event.at > self.until:
            self._record_of(event.account).left_out += 1
        else:
            self._apply(number, event)

    @property
    def status(self) -> int:
        """The exit status: unreadable lines outweigh refused events."""
        if self.unattributed or any(record.unreadable.count for record in self.records.values()):
            return UNREADABLE
        return REFUSED if any(record.refused.count for record in self.records.values()) else APPLIED

    def _record_of(self, account: AccountId) -> _Record:
        record = self.records.get(account)
        if record is None:
            record = self.records[account] = _Record(Account(id=account))
        return record

    def _park(self, number: int, account: AccountId | None, fault: InvalidValue, what: str = "read") -> None:
        if account is None:
            self.unattributed += 1
        elif self.only in (None, account):
            record = self._record_of(account)
            record.unreadable.add({"line": number, "path": fault.path, "problem": fault.problem})
            if self.tells:
                record.rows.append(_below(f"line {number} could not be {what}: {fault}", _FAULT))
        else:
            return
        _complain(f"line {number} cannot be {what}: {fault}")

    def _apply(self, number: int, event: Event) -> None:
        record = self._record_of(event.account)
        before, since = record.account, record.latest_at or event.at
        outcome: tuple[Change, ...] | EventRefused
        try:
            applied = apply(self.policy, before, event)
        except EventRefused as refused:
            # Without its traceback, which holds on to this frame, as this frame does to it.
            outcome = refused.with_traceback(None)
            record.refused.add(_refusal(number, refused))
        except InvalidValue as fault:
            # The policy can never apply it (rules 25 and 29): it may not be missed, like a line that cannot be read.
            self._park(number, event.account, InvalidValue(fault.path.removeprefix("event."), fault.problem), "applied")
            return
        else:
            outcome = applied.changes
            record.account, record.applied = applied.account, record.applied + 1
        record.latest_at = now = max(since, event.at)
        if self.keeps:
            self.kept.append(event)
        if self.tells:
            record.rows += _passing(before, since, now)
            record.rows += _handling(self.policy, event, outcome, before, record.account, since)


def _refusal(number: int, refused: EventRefused) -> Members:
    event, reason = refused.event, refused.reason.value
    return {"line": number, "event": event.id, "reason": reason, "outdated": refused.outdated}


# ── Telling it to a machine ──────────────────────────────────────────────────────────────────────────────────────


def _summary(record: _Record, at: datetime, request: Request, unattributed: int) -> Members:
    """Return what `--json` prints about an account; the docstring of this module explains the members."""
    account, unreadable = record.account, record.unreadable
    return {
        "account": account.id,
        "events": record.events,
        "applied": record.applied,
        "refused": record.refused.first,
        "refused_count": record.refused.count,
        "unreadable": unreadable.first,
        "unreadable_count": unreadable.count,
        "unattributed_count": unattributed,
        "left_out_count": record.left_out,
        "latest_event_at": _written(record.latest_at),
        "phase": phase(account, at).value,
        "decision": None if unreadable.count or unattributed else to_dict(check(account, at, request)),
        "next_change_at": _written(next_change_at(account, at)),
        "state": to_dict(account),
    }


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)


# ── Telling it to a person ───────────────────────────────────────────────────────────────────────────────────────


def _handling(
    policy: Policy,
    event: Event,
    outcome: tuple[Change, ...] | EventRefused,
    before: Account,
    after: Account,
    since: datetime,
) -> Iterator[Row]:
    """Tell of one event and of what the guard made of it. Time has passed to `since` before, and never goes back."""
    now = max(since, event.at)
    late = "late: " if event.at < since else ""
    yield (*_when(event.at, phase(after, now)), (f"{late}{_prose.happened(event)}", ""), (f" ({event.id})", "dim"))
    if isinstance(outcome, EventRefused):
        yield _below(_prose.why_refused(outcome), _FAULT)
    elif outcome:
        yield from (_below(_prose.changed(event, change, before, after, now)) for change in outcome)
    else:
        yield _below(_prose.nothing_new(policy, event), "dim")


def _passing(account: Account, since: datetime, until: datetime) -> Iterator[Row]:
    for then, text in _prose.passed(account, since, until):
        yield (*_when(then, phase(account, then)), (text, "italic"))


def _story(replay: _Replay, at: datetime, request: Request) -> Iterator[Row]:
    policy, legend = replay.policy, "when (UTC), the phase after it, what happened and what came of it"
    yield ((f"policy {policy.id}, version {policy.version}: ", "bold"), (legend, ""))
    for record in replay.records.values():
        yield ()
        yield ((record.account.id, "bold"),)
        yield from record.rows
        yield from _passing(record.account, record.latest_at or at, at)
        yield from _answer(record, at, request, replay.unattributed)


def _answer(record: _Record, at: datetime, request: Request, unattributed: int) -> Iterator[Row]:
    """Tell whether a withdrawal is allowed at `at`. What could not be read may have been a reason to deny it."""
    decision = check(record.account, at, request)
    unread = _unread(record.unreadable.count, unattributed)
    answer = f"denied: {unread}" if unread else _prose.answered(decision)
    yield (
        *_when(at, decision.phase),
        (f"{_prose.asked(request.destination_id)} {answer}", "bold green" if decision and not unread else "bold red"),
    )
    yield from (_below(caveat, _FAULT) for caveat in _caveats(record, at))
    if isinstance(decision, Denied):
        for hold in decision.holds:
            yield from _denial(hold, at)


def _caveats(record: _Record, at: datetime) -> Iterator[str]:
    if record.left_out:
        yield f"{_prose.counted(record.left_out, 'later event')} left out"
    if record.refused.count:
        yield f"{_prose.counted(record.refused.count, 'event')} refused, see above"
    if record.latest_at is not None and record.latest_at > at:
        yield f"what happened until {_prose.instant_words(record.latest_at)} is known already and counts"


def _denial(hold: OpenHold, at: datetime) -> Iterator[Row]:
    yield _below(f"because of {_prose.denying(hold)}")
    for step in hold.steps:
        yield _below(f"- {_prose.next_step(step, at)}")
        if advice := _prose.advice(step):
            yield _below(f"  {advice}", "dim")


def _when(at: datetime, now: Phase) -> Row:
    return (f"  {_prose.clock_words(at)}  ", "dim"), (f"{now:<{_PHASE_WIDTH}}  ", _PHASE_STYLES[now])


def _below(text: str, style: str = "") -> Row:
    return ((f"{_INDENT}  {text}", style),)


def _unread(own: int, unattributed: int) -> str:
    """Return what could not be read and may have been a reason to deny; empty if everything was read."""
    of_this = f"{_prose.counted(own, 'event')} of this account could not be read or applied" if own else ""
    of_any = f"{_lines_unread(unattributed)} of the journal may be about this account" if unattributed else ""
    return ", and ".join(filter(None, (of_this, of_any)))


def _lines_unread(lines: int) -> str:
    return _prose.counted(lines, "unreadable line")


# ── Progress ─────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _told(what: str) -> Generator[analysis.Progress | None]:
    """Show on a terminal how much of an analysis is done."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what)
        yield lambda done, count: progress.update(task, completed=done, total=count)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _print(rows: Iterable[Row]) -> None:
    """Print in colour on a terminal and as plain text elsewhere; a line is never wrapped by us."""
    if sys.stdout.isatty():
        console = Console(highlight=False, soft_wrap=True)
        for row in rows:
            console.print(Text.assemble(*((_visible(text), style) for text, style in row)))
    else:
        for row in rows:
            print("".join(_visible(text) for text, _ in row))


def _write(name: str, document: str, *sources: str) -> None:
    """Write a file, but never over one that was read."""
    path = Path(name)
    if path.exists() and any(Path(source).exists() and path.samefile(source) for source in sources):
        raise _Unusable(f"{name}: was read just now and is not written over")
    path.write_bytes(document.encode())


def _complain(problem: str) -> None:
    print(f"withdraw-guard: {_visible(problem)}", file=sys.stderr)


def _visible(text: str) -> str:
    """Show what would move the cursor, turn the direction of the text or forge a line as an escape."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
