"""The command `timeline`: a picture of what happened to one account of a journal."""

import argparse
from pathlib import Path

from withdraw_guard.cli._arguments import AddParser, Unusable, add_journal, instant_asked, request_to
from withdraw_guard.cli._records import complain_of_counts, replayed_from
from withdraw_guard.diagram import history_of, timeline_as_mermaid, timeline_as_svg


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_parser("timeline", help="draw what happened to one account of a journal")
    add_journal(parser)
    parser.add_argument("--account", metavar="ID", required=True, help="the account to draw")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--svg", metavar="FILE.svg", help="write the picture to this file")
    form.add_argument("--mermaid", action="store_true", help="print a Mermaid gantt chart (the default)")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    at, to = instant_asked(arguments), request_to(arguments.destination).destination_id
    replay = replayed_from(arguments, keeps=True)
    unread = replay.records[arguments.account].unreadable.count + replay.unattributed
    history = history_of(replay.policy, arguments.account, replay.kept, now=at, unread=unread, destination_id=to)
    if arguments.svg is None:
        print(timeline_as_mermaid(history), end="")
    else:
        _write(arguments.svg, timeline_as_svg(history), arguments.journal, arguments.policy)
    complain_of_counts(replay)
    return replay.status


def _write(name: str, document: str, *sources: str) -> None:
    """Write a file. Raises `Unusable` if it is a file that was read."""
    path = Path(name)
    if path.exists() and any(Path(source).exists() and path.samefile(source) for source in sources):
        raise Unusable(f"{name}: is one of the files that were read and is not overwritten")
    path.write_bytes(document.encode())
