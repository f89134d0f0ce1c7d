"""What the command line prints: rows in colour on a terminal and plain elsewhere, progress bars, complaints."""

import json
import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from importlib.util import find_spec
from itertools import zip_longest
from typing import Final, TypeAlias, cast

from withdraw_guard._prose import Row
from withdraw_guard.wire import Members

ShowProgress: TypeAlias = Callable[[int, int], None]

# Only a terminal loads it, because that takes a quarter of the time in which a command starts.
_RICH: Final = "withdraw_guard.cli._rich"
if find_spec("rich") is None:
    raise ImportError("the command line needs rich", name="rich")

_GAP: Final = "  "


def print_rows(rows: Iterable[Row]) -> None:
    """Print in colour on a terminal, in its width, and as plain text elsewhere, without wrapping a line."""
    shown = (tuple((visible(text), style) for text, style in row) for row in rows)
    if sys.stdout.isatty():
        import_module(_RICH).print_in_colour(shown)
    else:
        for row in shown:
            print("".join(text for text, _ in row))


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
    """Set a table in columns, its heads dimmed; on a narrow terminal the widest cells are wrapped.

    If that is not enough, each row is set as a list, each cell after its head.
    """
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    widths = _fitting(list(zip(*table, strict=True)), room - len(_GAP) * len(table[0]))
    if widths is None:
        yield from _listed(table)
        return
    for index, cells in enumerate(table):
        wrapped = [_broken(cell, width) for cell, width in zip(cells, widths, strict=True)]
        for line in zip_longest(*wrapped, fillvalue=""):
            text = _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            yield ((f"{_GAP}{text.rstrip()}", "" if index else "dim"),)


def _listed(table: Sequence[Sequence[str]]) -> Iterator[Row]:
    heads, *rows = table
    for cells in rows:
        for place, (head, cell) in enumerate(zip(heads, cells, strict=True)):
            yield (f"{_GAP * 2 if place else _GAP}{head}{_GAP if head else ''}", "dim"), (cell, "")


def _broken(cell: str, width: int) -> list[str]:
    """Break a cell between its words. A word stays whole, because it may be an id that somebody copies."""
    if len(cell) <= width:
        return [cell]
    return textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False)


def _parts(cell: str) -> list[str]:
    """Return what of a cell stays together: a word, or a cell that begins with a digit, such as an instant."""
    return [cell] if cell[:1].isdigit() else cell.split() or [""]


def _fitting(cells: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Return the widths of columns, the widest narrowed to what fits; none if a word would have to be broken."""
    widths = [max(map(len, column)) for column in cells]
    least = [max(len(part) for cell in column for part in _parts(cell)) for column in cells]
    if sum(least) > room:
        return None
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda place: (widths[place] > least[place], widths[place]))
        widths[widest] -= 1
    return widths


def complain(problem: str) -> None:
    """Print a line on standard error."""
    print(f"withdraw-guard: {visible(problem)}", file=sys.stderr)


def complain_in_columns(table: Sequence[Sequence[str]]) -> None:
    """Print a table on standard error."""
    for row in columns(table):
        print("".join(visible(text) for text, _ in row), file=sys.stderr)


def progress_bar(task_name: str) -> AbstractContextManager[ShowProgress | None]:
    """Show on a terminal how much is done; elsewhere there is nothing to call."""
    if not sys.stderr.isatty():
        return nullcontext()
    return cast("AbstractContextManager[ShowProgress]", import_module(_RICH).moving_bar(task_name))


def visible(text: str) -> str:
    """Show as an escape what would move the cursor, turn the direction of the text or forge a line."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
