"""What a terminal gets: rows in colour and in its width, and progress bars. Loaded only where there is a terminal."""

import re
import textwrap
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from withdraw_guard._prose import Row

ShowProgress: TypeAlias = Callable[[int, int], None]

# What stands before the text of a row that begins with an instant and a phase.
_DATED: Final = re.compile(r" +\d{4}-\d\d-\d\d [\d:.]+ +\w+ +")


def print_in_colour(rows: Iterable[Row]) -> None:
    """Print each row in colour, on as many lines as it needs. With `NO_COLOR` there are no colours."""
    console = Console(highlight=False, soft_wrap=True)
    for row in rows:
        for line in _broken(Text.assemble(*row), console.width):
            console.print(line)


def _broken(row: Text, columns: int) -> Iterator[Text]:
    """Break a row between words where it is longer than the terminal is wide; the rest is indented further."""
    whole, place = row.plain, 0
    dated = _DATED.match(whole)
    indent = " " * min(dated.end() if dated else len(whole) - len(whole.lstrip()) + 2, columns // 2)
    lines = textwrap.wrap(whole, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines or [""]):
        text = line.removeprefix(indent) if number else line
        place = whole.index(text, place)
        yield Text(indent if number else "") + row[place : place + len(text)]
        place += len(text)


@contextmanager
def moving_bar(task_name: str) -> Generator[ShowProgress]:
    """Show how much is done, and remove the bar at the end."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(task_name)
        yield lambda done, count: progress.update(task, completed=done, total=count)
