"""What the command line prints: rows in colour on a terminal and plain elsewhere, progress bars, complaints, files."""

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from withdraw_guard._report import Row
from withdraw_guard.wire import Members

ShowProgress: TypeAlias = Callable[[int, int], None]


def print_rows(rows: Iterable[Row]) -> None:
    """Print in colour on a terminal and as plain text elsewhere, without wrapping a line."""
    if sys.stdout.isatty():
        console = Console(highlight=False, soft_wrap=True)
        for row in rows:
            console.print(Text.assemble(*((visible(text), style) for text, style in row)))
    else:
        for row in rows:
            print("".join(visible(text) for text, _ in row))


def print_analysis(
    arguments: Namespace,
    members: Callable[[], Members],
    markdown: Callable[[], str],
    annotations: Callable[[], Iterable[str]],
    rows: Callable[[], Iterable[Row]],
) -> None:
    """Print what was found in the form that was asked for."""
    if arguments.json:
        print(json.dumps(members()))
    elif arguments.markdown:
        print(markdown(), end="")
    elif arguments.github:
        print(*annotations(), sep="\n")
    else:
        print_rows(rows())


def columns(table: Sequence[Sequence[str]]) -> Iterator[Row]:
    """Set a table in columns, its heads dimmed."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for index, cells in enumerate(table):
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield ((f"  {line.rstrip()}", "" if index else "dim"),)


def complain(problem: str) -> None:
    """Print a line on standard error."""
    print(f"withdraw-guard: {visible(problem)}", file=sys.stderr)


@contextmanager
def progress_bar(task_name: str) -> Generator[ShowProgress | None]:
    """Show on a terminal how much is done; elsewhere there is nothing to call."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(task_name)
        yield lambda done, count: progress.update(task, completed=done, total=count)


def visible(text: str) -> str:
    """Show as an escape what would move the cursor, turn the direction of the text or forge a line."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
