"""Reads a journal line by line: numbered bytes, the event of a line, and the account of a line that cannot be read."""

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import AccountId
from withdraw_guard._values.limits import JSON_LENGTH_MAX
from withdraw_guard._wire.json import refuse_depth
from withdraw_guard.cli._terminal import progress_bar
from withdraw_guard.wire import event_from_dict, parse

DOCUMENT_BYTES_MAX: Final = JSON_LENGTH_MAX
# Some editors write it before the first line.
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
# A journal shorter than this is read before a progress bar is worth looking at.
LINES_BEFORE_PROGRESS: Final = 20_000
LINES_PER_STEP: Final = 1_000


def opened(name: str) -> AbstractContextManager[BinaryIO]:
    """Open the journal of that name; `-` is standard input."""
    return nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb")


def lines_with_progress(stream: BinaryIO, task: str) -> Iterator[tuple[int, bytes]]:
    """Yield the numbered lines; on a terminal, show how much of a long file has been read."""
    lines = _lines(stream)
    yield from islice(lines, LINES_BEFORE_PROGRESS)
    size = _size(stream) if sys.stderr.isatty() else None
    if size is None or stream.tell() >= size:
        yield from lines
        return
    with progress_bar(task) as show:
        for number, line in lines:
            yield number, line
            if show is not None and number % LINES_PER_STEP == 0:
                show(stream.tell(), size)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Number the lines from 1. A line that is too long is cut, and what is kept of it is still too long."""
    number = 0
    while line := stream.readline(DOCUMENT_BYTES_MAX + 1):
        number, rest = number + 1, line
        line = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        while len(line) > DOCUMENT_BYTES_MAX and rest and not rest.endswith(b"\n"):
            rest = stream.readline(DOCUMENT_BYTES_MAX)
        yield number, line


def _size(stream: BinaryIO) -> int | None:
    """Return the size of a file; the size of a pipe is unknown."""
    status = os.fstat(stream.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def event_of_line(line: bytes) -> Event:
    """Return the event that a line says. Raises `InvalidValue` with the path inside the line."""
    return event_from_dict(parse(text_of(line).rstrip("\r\n")))


def text_of(document: bytes) -> str:
    """Decode a document. Raises `InvalidValue` if it is too long or not UTF-8."""
    if len(document) > DOCUMENT_BYTES_MAX:
        raise InvalidValue("", f"must be at most {DOCUMENT_BYTES_MAX} bytes")
    try:
        return document.decode()
    except UnicodeDecodeError as error:
        byte = f"0x{document[error.start]:02x}"
        raise InvalidValue("", f"must be UTF-8, got the byte {byte} at {error.start + 1}") from None


def account_of_unreadable(line: bytes) -> AccountId | None:
    """Return the account that an unreadable line is about, or none if the line does not say.

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
