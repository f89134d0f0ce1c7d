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
from withdraw_guard._prose import Row
from withdraw_guard._values.time import write_instant
from withdraw_guard.cli._arguments import (
    A_JOURNAL,
    AddParser,
    Unusable,
    add_command,
    add_destination,
    add_journal,
    add_json,
    instant_asked,
    instant_read,
    request_to,
)
from withdraw_guard.cli._period import Period
from withdraw_guard.cli._records import AccountRecord, JournalReplay, complain_of_counts, replayed_from
from withdraw_guard.cli._rows import FAULT, below, dated, rows_of_time
from withdraw_guard.cli._summary import summary_as_members, summary_as_rows, summary_of
from withdraw_guard.cli._terminal import complain, print_rows
from withdraw_guard.wire import Json, Members, to_dict

NOTES: Final = f"""\
{A_JOURNAL}
It reads a journal from its beginning and asks about each account. It is not
the `replay` of the library, which folds changes into an account.

examples:
  withdraw-guard replay journal.jsonl --account a1
  withdraw-guard replay journal.jsonl --at 2026-02-01T00:00:00Z --json
  withdraw-guard replay journal.jsonl --summary --fail-if unmatched
  zcat 2026.jsonl.gz | withdraw-guard replay - --policy mine.json --summary \\
      --from 2026-01-01T00:00:00Z --until 2026-02-01T00:00:00Z

exit status:
  0  every event was applied
  1  an event was refused, or no rule listens to one and --fail-if says so
  2  a line could not be read or applied, or the command cannot be run

--json prints one object on a line for each account, in the order in which the
accounts first appear:
  account               its id
  events                how many of its events were used and are in the period;
                        each was applied, refused or unmatched
  applied               how many changed the account or were already known
  refused               the first 100 refused events:
                        {{"line", "event", "reason", "outdated"}}
  refused_count         how many events were refused
  unmatched             how often each trigger came that no rule listens to
  unmatched_count       how many events no rule listens to
  over_on_arrival       the first 100 holds that had ended before the previous
                        event of the account: {{"line", "event", "hold"}}
  over_on_arrival_count how many such holds there are
  unreadable            the first 100 of its lines that could not be read or
                        applied: {{"line", "path", "problem"}}
  unreadable_count      how many of its lines could not be read or applied
  unattributed_count    how many unreadable lines may be about any account
  skipped_count         how many unreadable lines that may be about this
                        account the decision ignores
  left_out_count        how many of its events happened after --at
  outside_count         how many of its events were used, and are not counted,
                        because they are outside --from and --until
  latest_event_at       the latest instant of the events that were used, or null
  phase                 the phase at --at, as far as its events could be read
  decision              the decision in the wire format, or null if an
                        unreadable line may be about this account
  next_change_at        when an answer next changes by itself, or null
  state                 the account in the wire format

--summary --json prints one object:
  policy, at            the policy ({{"id", "version"}}) and the instant
  accounts, events, …   how many there are, under the names above
  decisions             how many accounts are allowed, denied and unknown
  phases                how many accounts are in each phase
  rules                 {{"rule", "placed", "repeated", "open",
                        "accounts_denied"}} for each rule of the policy
  refused               {{"count", "first_line", "kind"}} for each reason
  unmatched             the same for each trigger that no rule listens to
  unreadable            the same for each kind of fault; at most 20 kinds
"""

_PICTURE: Final = "a picture of this account: `timeline` with the same arguments and --svg FILE.svg"


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "replay", NOTES)
    add_journal(parser)
    add_destination(parser)
    parser.add_argument("--account", action="append", metavar="ID", help="only this account; several are possible")
    parser.add_argument(
        "--from",
        dest="since",
        type=instant_read,
        metavar="INSTANT",
        help="tell and count what happened from then on; what happened before is used all the same",
    )
    parser.add_argument(
        "--until",
        type=instant_read,
        metavar="INSTANT",
        help="tell and count what happened before then; without --at the answer is as of then",
    )
    parser.add_argument("--summary", action="store_true", help="print the totals by rule, phase and refusal only")
    parser.add_argument("--skip-unreadable", action="store_true", help="answer as if such a line were about nothing")
    parser.add_argument("--fail-if", action="append", default=[], choices=["unmatched"], help="also fail for this")
    add_json(parser, "JSON")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if None not in (arguments.since, arguments.until) and arguments.since >= arguments.until:
        raise Unusable("--until: must be later than --from")
    at = arguments.at or arguments.until or instant_asked(arguments)
    request, is_story = request_to(arguments.destination), not (arguments.json or arguments.summary)
    replay = replayed_from(
        arguments,
        arguments.account,
        told=Period(since=arguments.since, until=arguments.until),
        until=arguments.until,
        tells=is_story,
        names_refusals=not is_story,
        skips=arguments.skip_unreadable,
    )
    if arguments.summary:
        _print_summary(replay, at, request, as_json=arguments.json)
    elif arguments.json:
        for record in replay.records.values():
            print(json.dumps(members_of(replay, record, at, request)))
    else:
        print_rows(_story(replay, at, request))
    complain_of_counts(replay, in_tables=not arguments.summary)
    if is_story and len(arguments.account or ()) == 1:
        complain(_PICTURE)
    return replay.status(arguments.fail_if)


def _print_summary(replay: JournalReplay, at: datetime, request: Request, *, as_json: bool) -> None:
    summary = summary_of(replay, at, request)
    if as_json:
        print(json.dumps(summary_as_members(summary)))
    else:
        print_rows(summary_as_rows(summary))


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def members_of(replay: JournalReplay, record: AccountRecord, at: datetime, request: Request) -> Members:
    """Return what `--json` prints about an account; the notes of this module explain the members."""
    account, unreadable = record.account, record.unreadable
    unmatched: dict[str, Json] = {**record.unmatched}
    return {
        "account": account.id,
        "events": record.events,
        "applied": record.applied,
        "refused": record.refused.first,
        "refused_count": record.refused.count,
        "unmatched": unmatched,
        "unmatched_count": record.unmatched.total(),
        "over_on_arrival": record.over_on_arrival.first,
        "over_on_arrival_count": record.over_on_arrival.count,
        "unreadable": unreadable.first,
        "unreadable_count": unreadable.count,
        "unattributed_count": replay.unattributed,
        "skipped_count": _skipped(replay, record),
        "left_out_count": record.left_out,
        "outside_count": record.outside,
        "latest_event_at": _written(record.latest_at),
        "phase": phase(account, at).value,
        "decision": None if any(replay.unread_of(record)) else to_dict(check(account, at, request)),
        "next_change_at": _written(next_change_at(account, at)),
        "state": to_dict(account),
    }


def _skipped(replay: JournalReplay, record: AccountRecord) -> int:
    return record.unreadable.count + replay.unattributed if replay.skips else 0


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
        yield from rows_of_time(record.account, record.latest_at or at, at, replay.told)
        yield from _answer(replay, record, at, request)


def _answer(replay: JournalReplay, record: AccountRecord, at: datetime, request: Request) -> Iterator[Row]:
    """Tell whether a withdrawal is allowed at `at`. What could not be read may have been a reason to deny it."""
    decision = check(record.account, at, request)
    unread = _unread(*replay.unread_of(record))
    answer = f"denied: {unread}" if unread else _prose.answered(decision)
    style = "bold green" if decision and not unread else "bold red"
    yield dated(at, decision.phase, f"{_prose.asked(request)} {answer}", style)
    yield from (below(caveat, FAULT) for caveat in _caveats(replay, record, at))
    if isinstance(decision, Denied):
        for hold in decision.holds:
            yield from _denial(hold, at)


def _unread(own: int, unattributed: int) -> str:
    """Return what could not be read and may have been a reason to deny; empty if everything was read."""
    of_this = f"{_prose.counted(own, 'event')} of this account could not be read or applied" if own else ""
    lines = _prose.counted(unattributed, "unreadable line")
    of_any = f"{lines} of the journal may be about this account" if unattributed else ""
    return ", and ".join(filter(None, (of_this, of_any)))


def _caveats(replay: JournalReplay, record: AccountRecord, at: datetime) -> Iterator[str]:
    if skipped := _skipped(replay, record):
        lines = _prose.counted(skipped, "unreadable line")
        yield f"{lines} skipped: the answer is an analysis, and no withdrawal may rest on it"
    if record.left_out:
        yield f"{_prose.counted(record.left_out, 'later event')} left out"
    if record.outside:
        yield f"{_prose.counted(record.outside, 'event')} outside --from and --until used, and not told"
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
