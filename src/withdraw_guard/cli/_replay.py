"""The command `replay`: what happened to the accounts of a journal, and whether each may withdraw."""

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from withdraw_guard import _prose
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Denied
from withdraw_guard._answers.open import next_change_at, phase
from withdraw_guard._answers.request import OpenHold, Request
from withdraw_guard._report import Row
from withdraw_guard._values.time import write_instant
from withdraw_guard.cli._arguments import AddParser, add_journal, instant_asked, request_to
from withdraw_guard.cli._records import AccountRecord, JournalReplay, complain_of_counts, replayed_from
from withdraw_guard.cli._rows import FAULT, below, dated, rows_of_time
from withdraw_guard.cli._terminal import complain, print_rows
from withdraw_guard.wire import Members, to_dict

_PICTURE: Final = "a picture of this account: `timeline` with the same arguments and --svg FILE.svg"


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_parser("replay", help="tell what happened to the accounts of a journal, and whether they may withdraw")
    add_journal(parser)
    parser.add_argument("--account", metavar="ID", help="only this account")
    parser.add_argument("--json", action="store_true", help="print one JSON object per account instead of text")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    at, request = instant_asked(arguments), request_to(arguments.destination)
    replay = replayed_from(arguments, tells=not arguments.json)
    if arguments.json:
        for record in replay.records.values():
            print(json.dumps(summary(record, at, request, replay.unattributed)))
    else:
        print_rows(_story(replay, at, request))
    complain_of_counts(replay)
    if arguments.account is not None and not arguments.json:
        complain(_PICTURE)
    return replay.status


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def summary(record: AccountRecord, at: datetime, request: Request, unattributed: int) -> Members:
    """Return what `--json` prints about an account; the docstring of this package explains the members."""
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


# ── For a person ─────────────────────────────────────────────────────────────────────────────────────────────────


def _story(replay: JournalReplay, at: datetime, request: Request) -> Iterator[Row]:
    policy, legend = replay.policy, "when (UTC), the phase after it, what happened and what came of it"
    yield ((f"policy {policy.id}, version {policy.version}: ", "bold"), (legend, ""))
    for record in replay.records.values():
        yield ()
        yield ((record.account.id, "bold"),)
        yield from record.rows
        yield from rows_of_time(record.account, record.latest_at or at, at)
        yield from _answer(record, at, request, replay.unattributed)


def _answer(record: AccountRecord, at: datetime, request: Request, unattributed: int) -> Iterator[Row]:
    """Tell whether a withdrawal is allowed at `at`. What could not be read may have been a reason to deny it."""
    decision = check(record.account, at, request)
    unread = _unread(record.unreadable.count, unattributed)
    answer = f"denied: {unread}" if unread else _prose.answered(decision)
    style = "bold green" if decision and not unread else "bold red"
    yield dated(at, decision.phase, f"{_prose.asked(request)} {answer}", style)
    yield from (below(caveat, FAULT) for caveat in _caveats(record, at))
    if isinstance(decision, Denied):
        for hold in decision.holds:
            yield from _denial(hold, at)


def _unread(own: int, unattributed: int) -> str:
    """Return what could not be read and may have been a reason to deny; empty if everything was read."""
    of_this = f"{_prose.counted(own, 'event')} of this account could not be read or applied" if own else ""
    lines = _prose.counted(unattributed, "unreadable line")
    of_any = f"{lines} of the journal may be about this account" if unattributed else ""
    return ", and ".join(filter(None, (of_this, of_any)))


def _caveats(record: AccountRecord, at: datetime) -> Iterator[str]:
    if record.left_out:
        yield f"{_prose.counted(record.left_out, 'later event')} left out"
    if record.refused.count:
        yield f"{_prose.counted(record.refused.count, 'event')} refused, see above"
    if record.latest_at is not None and record.latest_at > at:
        yield f"what happened until {_prose.instant_words(record.latest_at)} is already known and used"


def _denial(hold: OpenHold, at: datetime) -> Iterator[Row]:
    yield below(f"because of {_prose.denying(hold)}")
    for step in hold.steps:
        yield below(f"- {_prose.next_step(hold, step, at)}")
        if advice := _prose.advice(step):
            yield below(f"  {advice}", "dim")
