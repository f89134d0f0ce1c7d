"""The command `overdue`: what waits for somebody of the operator, the oldest first."""

import argparse
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._answers.open import open_holds
from withdraw_guard._answers.request import OpenHold
from withdraw_guard._prose import Row
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import AccountId, Authority
from withdraw_guard._values.time import write_duration, write_instant
from withdraw_guard.cli._arguments import AddParser, add_command, add_journal, add_json, instant_asked
from withdraw_guard.cli._records import AccountRecord, JournalReplay, complain_of_counts, replayed_from
from withdraw_guard.cli._terminal import columns, print_rows
from withdraw_guard.steps import AwaitAppeal, AwaitReview, ContactSupport
from withdraw_guard.wire import Members

NOTES: Final = """\
It lists four things, each with the oldest first:
  - accounts that are parked, because a line about them could not be read;
  - reviews that are past due, and appeals that are past due;
  - holds that only an authority ends: time does not, and the account holder
    can do nothing about them now.

examples:
  withdraw-guard overdue journal.jsonl
  withdraw-guard overdue journal.jsonl --at 2026-02-01T09:00:00Z --json

exit status:
  0  nothing is overdue
  1  something is listed
  2  the command cannot be run

--json prints one object:
  at                  the instant of the question
  parked              {"account", "lines", "first_line", "problem"}
  unattributed_count  how many unreadable lines may be about any account: then
                      every account is parked
  reviews             {"account", "hold", "rule", "due", "late_by"}
  appeals             the same
  releases            {"account", "hold", "rule", "since", "open_for",
                      "authorities"}
"""

FINE, LISTED = 0, 1


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "overdue", NOTES)
    add_journal(parser)
    add_json(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    at = instant_asked(arguments)
    replay = replayed_from(arguments, None)
    overdue = _overdue_in(replay, at)
    if arguments.json:
        print(json.dumps(_members(overdue)))
    else:
        print_rows(_rows(overdue))
    complain_of_counts(replay)
    return LISTED if overdue.count else FINE


@final
@attrs.frozen(kw_only=True)
class _Waiting:
    """A hold that has waited since an instant: since it was due, or since it was placed."""

    account: AccountId
    hold: OpenHold
    since: datetime


@final
@attrs.define(kw_only=True)
class _Overdue:
    """All that is listed, as of an instant."""

    at: datetime
    unattributed: int
    parked: list[AccountRecord] = attrs.Factory(list[AccountRecord])
    reviews: list[_Waiting] = attrs.Factory(list[_Waiting])
    appeals: list[_Waiting] = attrs.Factory(list[_Waiting])
    releases: list[_Waiting] = attrs.Factory(list[_Waiting])

    @property
    def count(self) -> int:
        holds = (*self.reviews, *self.appeals, *self.releases)
        return self.unattributed + len(self.parked) + len(holds)

    def take(self, record: AccountRecord) -> None:
        """List what waits on this account."""
        account = record.account
        if record.unreadable.count:
            self.parked.append(record)
        for hold in open_holds(account, self.at):
            for step in hold.steps:
                if isinstance(step, AwaitReview | AwaitAppeal) and step.due is not None and step.due <= self.at:
                    late = self.reviews if isinstance(step, AwaitReview) else self.appeals
                    late.append(_Waiting(account=account.id, hold=hold, since=step.due))
            if all(isinstance(step, ContactSupport) for step in hold.steps):
                self.releases.append(_Waiting(account=account.id, hold=hold, since=hold.since))


def _overdue_in(replay: JournalReplay, at: datetime) -> _Overdue:
    overdue = _Overdue(at=at, unattributed=replay.unattributed)
    for record in replay.records.values():
        overdue.take(record)
    for waiting in (overdue.reviews, overdue.appeals, overdue.releases):
        waiting.sort(key=lambda each: each.since)
    return overdue


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def _members(overdue: _Overdue) -> Members:
    return {
        "at": write_instant(overdue.at),
        "parked": [_parked(record) for record in overdue.parked],
        "unattributed_count": overdue.unattributed,
        "reviews": [_late(each, overdue.at) for each in overdue.reviews],
        "appeals": [_late(each, overdue.at) for each in overdue.appeals],
        "releases": [
            {
                **_hold(each),
                "since": write_instant(each.since),
                "open_for": write_duration(_age(each, overdue.at)),
                "authorities": [*_authorities(each.hold)],
            }
            for each in overdue.releases
        ],
    }


def _parked(record: AccountRecord) -> Members:
    first: Any = record.unreadable.first[0]
    told = InvalidValue(first["path"], first["problem"])
    lines = record.unreadable.count
    return {"account": record.account.id, "lines": lines, "first_line": first["line"], "problem": str(told)}


def _late(each: _Waiting, at: datetime) -> Members:
    return {**_hold(each), "due": write_instant(each.since), "late_by": write_duration(_age(each, at))}


def _hold(each: _Waiting) -> Members:
    return {"account": each.account, "hold": each.hold.id, "rule": each.hold.rule}


def _age(each: _Waiting, at: datetime) -> timedelta:
    """Return for how long a hold has waited; not at all, if what it waits for is dated ahead."""
    return max(at - each.since, timedelta(0))


def _authorities(hold: OpenHold) -> tuple[Authority, ...]:
    return next(step.authorities for step in hold.steps if isinstance(step, ContactSupport))


# ── For a person ─────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(overdue: _Overdue) -> Iterator[Row]:
    found = f"{overdue.count} overdue" if overdue.count else "nothing is overdue"
    yield ((f"{found} at {_prose.instant_words(overdue.at)}", "bold"),)
    late = ("LATE BY", "DUE (UTC)", "ACCOUNT", "HOLD")
    yield from _table("parked", ("ACCOUNT", "LINES", "FIRST LINE", "PROBLEM"), _parked_cells(overdue))
    yield from _table("reviews past due", late, (_cells(each, overdue.at) for each in overdue.reviews))
    yield from _table("appeals past due", late, (_cells(each, overdue.at) for each in overdue.appeals))
    open_for = ("OPEN FOR", "SINCE (UTC)", "ACCOUNT", "HOLD", "RELEASED BY")
    releases = ((*_cells(each, overdue.at), _released_by(each)) for each in overdue.releases)
    yield from _table("only an authority ends", open_for, releases)


def _table(head: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[Row]:
    """Give a table under its head, or nothing if it has no row."""
    listed = list(rows)
    if listed:
        yield ()
        yield ((head, "bold"),)
        yield from columns([heads, *listed])


def _parked_cells(overdue: _Overdue) -> Iterator[tuple[str, ...]]:
    if overdue.unattributed:
        yield "any account", str(overdue.unattributed), "", "the lines do not say which account they are about"
    for record in overdue.parked:
        account, lines, first_line, problem = map(str, _parked(record).values())
        yield account, lines, first_line, problem


def _cells(each: _Waiting, at: datetime) -> tuple[str, ...]:
    return _age_words(_age(each, at)), _prose.clock_words(each.since), each.account, each.hold.id


def _released_by(each: _Waiting) -> str:
    return _prose.listed("authority", _authorities(each.hold), "or")


def _age_words(age: timedelta) -> str:
    """Write an age in whole days and hours, or in minutes if it is shorter."""
    hours, rest = divmod(age, timedelta(hours=1))
    if not hours:
        return f"{rest // timedelta(minutes=1)} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours:02} h"
