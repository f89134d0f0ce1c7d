"""The command `convert`: messages of other shapes to events in the wire format, one a line.

The lines of a file are messages in JSON, or the file is a JSON array of messages, or a CSV file with a head. Faults and
what is ignored go to standard error when the file was read, each kind once, with its first line and how often it came.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from withdraw_guard import _prose
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard.cli._arguments import UNUSABLE, AddParser, Unusable
from withdraw_guard.cli._journal import DOCUMENT_BYTES_MAX, lines_with_progress, opened, text_of
from withdraw_guard.cli._terminal import complain
from withdraw_guard.intake import SOURCES, Ignored, Reported, Resolve, Source, Unreadable, read, source_from_dict
from withdraw_guard.wire import Json, Members, parse, to_dict

_BY_ID: Final = {source.id: source for source in SOURCES}
# Members of a subject that say whose its account is, and not which one.
_NOT_THE_ACCOUNT: Final = frozenset({"format", "iss", "issuer", "realm"})


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_parser("convert", help="read messages of another shape, and print events")
    parser.add_argument("file", metavar="FILE", help="JSON lines, a JSON array or CSV; `-` reads standard input")
    parser.add_argument("--map", required=True, metavar="SOURCE", help="the name of a source or a file with one")
    parser.add_argument("--account", metavar="ID", help="the account of every message (default: what its subject says)")
    parser.add_argument("--csv", action="store_true", help="read CSV, whatever the file is called")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    source = _source_named(arguments.map)
    received_at = datetime.now(UTC)
    resolve: Resolve = _account_of if arguments.account is None else lambda _: arguments.account
    notes = _Notes()
    with opened(arguments.file) as stream:
        is_csv = arguments.csv or arguments.file.lower().endswith(".csv")
        for number, message in _rows(stream) if is_csv else _documents(stream):
            outcome = message if isinstance(message, Unreadable) else read(source, message, resolve, received_at)
            if isinstance(outcome, Reported):
                for event in outcome.events:
                    print(json.dumps(to_dict(event)))
            notes.take(number, outcome)
    notes.complain()
    return UNUSABLE if notes.unreadable else 0


def _source_named(name: str) -> Source:
    if name in _BY_ID:
        return _BY_ID[name]
    try:
        with Path(name).open("rb") as stream:
            return source_from_dict(parse(text_of(stream.read(DOCUMENT_BYTES_MAX + 1))))
    except InvalidValue as fault:
        raise Unusable(f"{name}: {fault}") from None


def _account_of(subject: Members) -> str | None:
    """Return the account that a subject names: its user's, or the first text of it that is no issuer."""
    user = subject.get("user")
    if isinstance(user, dict):
        return _account_of(user)
    texts = (text for name, text in subject.items() if name not in _NOT_THE_ACCOUNT and isinstance(text, str))
    return next(texts, None)


# ── Messages, with the line or the place of each ─────────────────────────────────────────────────────────────────


def _rows(stream: BinaryIO) -> Iterator[tuple[int, Json | Unreadable]]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.DictReader(text, restkey="", restval="")
    try:
        for row in reader:
            yield reader.line_num, {name: value for name, value in row.items() if name}
    except csv.Error as error:
        yield reader.line_num, Unreadable(path="", problem=f"must be CSV: {error}")
    finally:
        # The stream is closed by whoever opened it.
        text.detach()


def _documents(stream: BinaryIO) -> Iterator[tuple[int, Json | Unreadable]]:
    lines = lines_with_progress(stream)
    for number, line in lines:
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
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
        self.unreadable = Counter[str]()
        self.ignored = Counter[str]()
        self.first: dict[str, int] = {}
        self.events = 0

    def take(self, number: int, outcome: Reported | Ignored | Unreadable) -> None:
        """Count one message."""
        if isinstance(outcome, Reported):
            self.events += len(outcome.events)
            return
        reason = outcome.reason if isinstance(outcome, Ignored) else str(outcome)
        counts = self.ignored if isinstance(outcome, Ignored) else self.unreadable
        self.first.setdefault(reason, number)
        counts[reason] += 1

    def complain(self) -> None:
        """Print each reason once."""
        for what, counts in (("ignored", self.ignored), ("unreadable", self.unreadable)):
            for reason, count in counts.most_common():
                complain(f"{_prose.counted(count, 'message')} {what}, first in line {self.first[reason]}: {reason}")
        unreadable = _prose.counted(self.unreadable.total(), "unreadable message")
        complain(f"{_prose.counted(self.events, 'event')}, {self.ignored.total()} ignored, {unreadable}")
