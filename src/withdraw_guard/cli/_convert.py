"""The command `convert`: messages of other shapes to events in the wire format, one a line.

The lines of a file are messages in JSON, or the file is a JSON array of messages, or a CSV file with a head. Faults and
what is ignored go to standard error when the file was read, each kind once, with its first line and how often it came.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, assert_never
from zoneinfo import ZoneInfo

from withdraw_guard import _prose
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._wire.plain import members_in
from withdraw_guard.cli._arguments import UNUSABLE, AddParser, Unusable, add_command
from withdraw_guard.cli._faults import Kinds
from withdraw_guard.cli._journal import DOCUMENT_BYTES_MAX, lines_with_progress, opened, text_of
from withdraw_guard.cli._local_times import LocalTimes
from withdraw_guard.cli._terminal import complain
from withdraw_guard.cli._zones import zone_named
from withdraw_guard.intake import SOURCES, Ignored, Reported, Resolve, Source, Unreadable, read, source_from_dict
from withdraw_guard.wire import Json, Members, parse, to_dict

NOTES: Final = """\
A source is the name of one of `intake.SOURCES` or a file with its document.
With --zone, or with a member `zone` of the document that is the name of a zone,
local times are read on the clocks of that zone. A time that these clocks never
showed is a fault. Of a time that they showed twice the later one is used.
An instant ahead of now is clamped to now.

examples:
  withdraw-guard convert keycloak.jsonl --map keycloak > journal.jsonl
  withdraw-guard convert activity.csv --map mine.json --account a1 \\
      --zone Europe/Berlin
  zcat hooks.gz | withdraw-guard convert - --map signals

exit status:
  0  every message was read; some may have been ignored
  2  a message could not be read, or the command cannot be run

A log of your own, whose events differ only in how they write the instant or the
account, is read by a document such as this:
  {"schema": "withdraw-guard/source/1", "id": "own", "documented": "our log",
   "carries": [""], "at": ["at"], "unit": "seconds",
   "subject": {"id": "account"}, "lines": [{"words": [""], "says": "event"}]}

It prints one event in the wire format on a line. Faults and what is ignored go
to standard error: each kind once, with its first line and how often it came.
"""

_BY_ID: Final = {source.id: source for source in SOURCES}
# Members of a subject that say whose its account is, and not which one.
_NOT_THE_ACCOUNT: Final = frozenset({"format", "iss", "issuer", "realm"})


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "convert", NOTES)
    parser.add_argument("file", metavar="FILE", help="JSON lines, a JSON array or CSV; `-` reads standard input")
    parser.add_argument("--map", required=True, metavar="SOURCE", help="the name of a source or a file with one")
    parser.add_argument("--account", metavar="ID", help="the account of every message (default: what its subject says)")
    parser.add_argument("--zone", type=zone_named, metavar="NAME", help="the time zone of local times")
    parser.add_argument("--csv", action="store_true", help="read CSV, whatever the file is called")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    source = _source_of(arguments)
    received_at = datetime.now(UTC)
    resolve: Resolve = _account_of if arguments.account is None else lambda _: arguments.account
    notes = _Notes()
    with opened(arguments.file) as stream:
        is_csv = arguments.csv or arguments.file.lower().endswith(".csv")
        for number, message in _rows(stream) if is_csv else _documents(stream):
            outcome = _outcome(source, message, resolve, received_at)
            if isinstance(outcome, Reported):
                for event in outcome.events:
                    print(json.dumps(to_dict(event)))
            notes.take(number, outcome)
    notes.complain()
    if isinstance(source, LocalTimes) and source.shown_twice:
        complain(f"{_prose.counted(source.shown_twice, 'local time')} came twice that day: the later one is used")
    return UNUSABLE if notes.unreadable.count else 0


def _outcome(
    source: Source | LocalTimes, message: Json | Unreadable, resolve: Resolve, received_at: datetime
) -> Reported | Ignored | Unreadable:
    if isinstance(message, Unreadable):
        return message
    try:
        of_then = source.source_of(message) if isinstance(source, LocalTimes) else source
    except InvalidValue as fault:
        return Unreadable(path=fault.path, problem=fault.problem)
    return read(of_then, message, resolve, received_at)


def _source_of(arguments: argparse.Namespace) -> Source | LocalTimes:
    """Return the source of the arguments, in a zone if one has a name."""
    source, zone = _source_named(arguments.map)
    zone = arguments.zone or zone
    if zone is None:
        return source
    try:
        return LocalTimes(source, zone)
    except InvalidValue as fault:
        raise Unusable(f"{arguments.map}: {fault}") from None


def _source_named(name: str) -> tuple[Source, ZoneInfo | None]:
    """Return the source of that name or in that file, and its zone if that has a name."""
    if name in _BY_ID:
        return _BY_ID[name], None
    try:
        with Path(name).open("rb") as stream:
            document = parse(text_of(stream.read(DOCUMENT_BYTES_MAX + 1)))
        zone = _zone_in(document)
        return source_from_dict(document if zone is None else {**members_in(document), "zone": None}), zone
    except InvalidValue as fault:
        raise Unusable(f"{name}: {fault}") from None


def _zone_in(document: Json) -> ZoneInfo | None:
    """Return the zone that a source names; an offset is not the name of one."""
    named = document.get("zone") if isinstance(document, dict) else None
    if type(named) is not str or named[:1] in ("", "Z", "+", "-"):
        return None
    try:
        return zone_named(named)
    except argparse.ArgumentTypeError as error:
        raise InvalidValue("zone", str(error)) from None


def _account_of(subject: Members) -> str | None:
    """Return the account that a subject names: its user's, or the first text of it that is no issuer."""
    user = subject.get("user")
    if isinstance(user, dict):
        return _account_of(user)
    texts = (text for name, text in subject.items() if name not in _NOT_THE_ACCOUNT and isinstance(text, str))
    return next(texts, None)


# ── Messages, with the line or the place of each ─────────────────────────────────────────────────────────────────


def _rows(stream: BinaryIO) -> Iterator[tuple[int, Json | Unreadable]]:
    lines = lines_with_progress(stream, "converting")
    reader = csv.DictReader((line.decode(errors="surrogateescape") for _, line in lines), restkey="", restval="")
    try:
        for row in reader:
            yield reader.line_num, {name: value for name, value in row.items() if name}
    except csv.Error as error:
        yield reader.line_num, Unreadable(path="", problem=f"must be CSV: {error}")


def _documents(stream: BinaryIO) -> Iterator[tuple[int, Json | Unreadable]]:
    lines = lines_with_progress(stream, "converting")
    for number, line in lines:
        if number == 1 and line.lstrip().startswith(b"["):
            yield from _items(b"".join((line, *(rest for _, rest in lines))))
        elif not line.isspace():
            yield number, _parsed(line)


def _items(array: bytes) -> Iterator[tuple[int, Json | Unreadable]]:
    document = _parsed(array)
    yield from enumerate(document, start=1) if isinstance(document, list) else [(1, document)]


def _parsed(line: bytes) -> Json | Unreadable:
    try:
        return parse(text_of(line).rstrip("\r\n"))
    except InvalidValue as fault:
        return Unreadable(path=fault.path, problem=fault.problem)


# ── What is said at the end ──────────────────────────────────────────────────────────────────────────────────────


class _Notes:
    """What was not reported: how often each reason came, and where first."""

    def __init__(self) -> None:
        self.unreadable = Kinds()
        self.ignored = Kinds()
        self.events = 0

    def take(self, number: int, outcome: Reported | Ignored | Unreadable) -> None:
        """Count one message."""
        match outcome:
            case Reported():
                self.events += len(outcome.events)
            case Ignored():
                self.ignored.add(number, outcome.reason)
            case Unreadable():
                self.unreadable.add(number, str(outcome))
            case _ as never:
                assert_never(never)

    def complain(self) -> None:
        """Print each reason once."""
        for what, kinds in (("ignored", self.ignored), ("unreadable", self.unreadable)):
            for count, line, reason in kinds.most_common():
                complain(f"{_prose.counted(count, 'message')} {what}, first in line {line}: {reason}")
        unreadable = _prose.counted(self.unreadable.count, "unreadable message")
        complain(f"{_prose.counted(self.events, 'event')}, {self.ignored.count} ignored, {unreadable}")
