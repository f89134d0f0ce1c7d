"""The command `timeline`: a picture of what happened to one account of a journal."""

import argparse
import json
from pathlib import Path
from typing import Final

from withdraw_guard._pictures.timeline import Lane, Mark, Span, Timeline, timeline_of
from withdraw_guard._values.time import write_instant
from withdraw_guard.cli._arguments import (
    AddParser,
    Unusable,
    add_command,
    add_destination,
    add_journal,
    instant_asked,
    request_to,
)
from withdraw_guard.cli._records import complain_of_counts, replayed_from
from withdraw_guard.cli._terminal import complain
from withdraw_guard.diagram import History, history_of, timeline_as_mermaid, timeline_as_svg
from withdraw_guard.wire import Json, Members

NOTES: Final = """\
examples:
  withdraw-guard timeline journal.jsonl --account a1 --svg a1.svg
  withdraw-guard timeline journal.jsonl --account a1 --only-changes
  withdraw-guard timeline journal.jsonl --account a1 --json

exit status:
  0  every event was applied
  1  an event was refused
  2  a line could not be read or applied, or the command cannot be run

--json prints what the picture shows, as one object:
  account, at  the account and the instant of the question
  answer       the answer, in words
  allowed      whether a withdrawal is known to be allowed
  notes        what a reader must know, and what is left out
  band         {"what", "since", "until"}: allowed, denied or unknown; until is
               null if nothing ends it
  lanes        {"hold", "rule", "ending", "spans"}: each hold with its states
  events       {"number", "event", "kind", "at", "dated", "holds", "happened",
               "outcome", "retracted"}
  passages     {"at", "text"}: what time alone changes
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "timeline", NOTES)
    add_journal(parser)
    add_destination(parser)
    parser.add_argument("--account", metavar="ID", required=True, help="the account to draw")
    parser.add_argument("--only-changes", action="store_true", help="draw no event that changed nothing")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--svg", metavar="FILE.svg", help="write the picture to this file")
    form.add_argument("--mermaid", action="store_true", help="print a Mermaid gantt chart (the default)")
    form.add_argument("--json", action="store_true", help="print what the picture shows as one JSON object")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    at, to = instant_asked(arguments), request_to(arguments.destination).destination_id
    replay = replayed_from(arguments, [arguments.account], keeps=True)
    unread = replay.records[arguments.account].unreadable.count + replay.unattributed
    history = history_of(replay.policy, arguments.account, replay.kept, now=at, unread=unread, destination_id=to)
    if arguments.svg is not None:
        picture = timeline_as_svg(history, only_changes=arguments.only_changes)
        write_document(arguments.svg, picture, arguments.journal, arguments.policy)
    elif arguments.json:
        print(json.dumps(_members(history, only_changes=arguments.only_changes)))
    else:
        print(timeline_as_mermaid(history, only_changes=arguments.only_changes), end="")
    complain_of_counts(replay)
    if arguments.svg is not None:
        complain(f"wrote {arguments.svg}")
    return replay.status()


def write_document(name: str, document: str, *sources: str) -> None:
    """Write a file. Raises `Unusable` if it is a file that was read."""
    path = Path(name)
    if path.exists() and any(Path(source).exists() and path.samefile(source) for source in sources):
        raise Unusable(f"{name}: is one of the files that were read and is not overwritten")
    path.write_bytes(document.encode())


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def _members(history: History, *, only_changes: bool) -> Members:
    timeline: Timeline = timeline_of(history, only_changes=only_changes)
    return {
        "account": history.account,
        "at": write_instant(history.now),
        "answer": timeline.asked_and_answered,
        "allowed": timeline.is_allowed,
        "notes": list(timeline.notes),
        "band": [_span(span) for span in timeline.band],
        "lanes": [_lane(lane) for lane in timeline.lanes],
        "events": [_event(mark) for mark in timeline.marks],
        "passages": [{"at": write_instant(each.at), "text": each.text} for each in timeline.passages],
    }


def _span(span: Span) -> Members:
    until = None if span.until is None else write_instant(span.until)
    return {"what": span.what.value, "since": write_instant(span.since), "until": until}


def _lane(lane: Lane) -> Members:
    spans: list[Json] = [_span(span) for span in lane.spans]
    return {"hold": lane.hold.id, "rule": lane.hold.rule.id, "ending": lane.ending, "spans": spans}


def _event(mark: Mark) -> Members:
    return {
        "number": mark.number,
        "event": mark.event,
        "kind": mark.kind.value,
        "at": write_instant(mark.at),
        "dated": write_instant(mark.dated),
        "holds": list(mark.holds),
        "happened": mark.happened,
        "outcome": mark.outcome,
        "retracted": mark.retracted,
    }
