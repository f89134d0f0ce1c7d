"""What a journal says about each account: the state, the counts and the faults; without rows its size has a limit."""

import argparse
from datetime import datetime
from typing import Final, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import Event
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._report import Row
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import AccountId
from withdraw_guard.cli._arguments import Unusable, policy_named
from withdraw_guard.cli._journal import account_of_unreadable, event_of_line, lines_with_progress, opened
from withdraw_guard.cli._rows import FAULT, below, rows_of_event, rows_of_time
from withdraw_guard.cli._terminal import complain
from withdraw_guard.wire import Json, Members

APPLIED, REFUSED, UNREADABLE = 0, 1, 2

FAULTS_LISTED_MAX: Final = 100


@final
@attrs.define
class Faults:
    """Counts all faults and keeps the first of them, so that its size has a limit."""

    first: list[Json] = attrs.Factory(list[Json])
    count: int = 0

    def add(self, fault: Members) -> None:
        """Count a fault."""
        self.count += 1
        if len(self.first) < FAULTS_LISTED_MAX:
            self.first.append(fault)


@final
@attrs.define
class AccountRecord:
    """What the journal says about one account so far.

    `latest_at` is the latest instant of the events that are used: as much time has passed for the account. `rows` tell
    what happened; with `--json` there are none, and the size of a record does not depend on the length of the journal.
    """

    account: Account
    latest_at: datetime | None = None
    applied: int = 0
    refused: Faults = attrs.Factory(Faults)
    unreadable: Faults = attrs.Factory(Faults)
    left_out: int = 0
    rows: list[Row] = attrs.Factory(list[Row])

    @property
    def events(self) -> int:
        return self.applied + self.refused.count


@final
@attrs.define(kw_only=True)
class JournalReplay:
    """The records of all accounts, in the order in which they first appear, and the lines that name no account.

    Events that happened after `until` are left out. With `keeps` the others are kept in the order of the journal, for
    a picture of them.
    """

    policy: Policy
    only: AccountId | None = None
    until: datetime | None = None
    tells: bool = False
    keeps: bool = False
    kept: list[Event] = attrs.Factory(list[Event])
    records: dict[AccountId, AccountRecord] = attrs.Factory(dict[AccountId, AccountRecord])
    unattributed: int = 0

    def take(self, number: int, line: bytes) -> None:
        """Apply the event of a line to its account, or record that it is left out or why it cannot be applied."""
        if line.isspace():
            return
        try:
            event = event_of_line(line)
        except InvalidValue as fault:
            self._park(number, account_of_unreadable(line), fault)
            return
        if self.only not in (None, event.account):
            return
        if self.until is not None and event.at > self.until:
            self._record_of(event.account).left_out += 1
        else:
            self._apply(number, event)

    @property
    def status(self) -> int:
        """The exit status: unreadable lines outweigh refused events."""
        if self.unattributed or any(record.unreadable.count for record in self.records.values()):
            return UNREADABLE
        return REFUSED if any(record.refused.count for record in self.records.values()) else APPLIED

    def _record_of(self, account: AccountId) -> AccountRecord:
        record = self.records.get(account)
        if record is None:
            record = self.records[account] = AccountRecord(Account(id=account))
        return record

    def _park(self, number: int, account: AccountId | None, fault: InvalidValue, what: str = "read") -> None:
        if account is None:
            self.unattributed += 1
        elif self.only in (None, account):
            record = self._record_of(account)
            record.unreadable.add({"line": number, "path": fault.path, "problem": fault.problem})
            if self.tells:
                record.rows.append(below(f"line {number} could not be {what}: {fault}", FAULT))
        else:
            return
        complain(f"line {number} cannot be {what}: {fault}")

    def _apply(self, number: int, event: Event) -> None:
        record = self._record_of(event.account)
        before, since = record.account, record.latest_at or event.at
        outcome: tuple[Change, ...] | EventRefused
        try:
            applied = apply(self.policy, before, event)
        except EventRefused as refused:
            # Without the traceback: it holds this frame, and this frame holds the refusal.
            outcome = refused.with_traceback(None)
            reason, outdated = refused.reason.value, refused.outdated
            record.refused.add({"line": number, "event": event.id, "reason": reason, "outdated": outdated})
        except InvalidValue as fault:
            # The policy can never apply it (rules 25 and 29): it is parked, like a line that cannot be read.
            self._park(number, event.account, InvalidValue(fault.path.removeprefix("event."), fault.problem), "applied")
            return
        else:
            outcome = applied.changes
            record.account, record.applied = applied.account, record.applied + 1
        record.latest_at = now = max(since, event.at)
        if self.keeps:
            self.kept.append(event)
        if self.tells:
            record.rows += rows_of_time(before, since, now)
            record.rows += rows_of_event(self.policy, event, outcome, before, record.account, since)


def replayed_from(arguments: argparse.Namespace, *, tells: bool = False, keeps: bool = False) -> JournalReplay:
    """Read the journal of the arguments. Raises `Unusable` if it has nothing about the account that was asked for."""
    replay = JournalReplay(
        policy=policy_named(arguments.policy),
        only=arguments.account,
        until=None if arguments.knowing_all else arguments.at,
        tells=tells,
        keeps=keeps,
    )
    with opened(arguments.journal) as stream:
        for number, line in lines_with_progress(stream):
            replay.take(number, line)
    if replay.only is not None and replay.only not in replay.records:
        raise Unusable(f"the journal has no line about the account {shown(replay.only)}")
    return replay


def complain_of_counts(replay: JournalReplay) -> None:
    """Count everything on standard error, and warn of events left out and of lines that may be about any account."""
    records = replay.records.values()
    refused = sum(record.refused.count for record in records)
    unreadable = sum(record.unreadable.count for record in records) + replay.unattributed
    events = _prose.counted(sum(record.events for record in records), "event")
    accounts = _prose.counted(len(records), "account")
    complain(f"{events} of {accounts}, {refused} refused; {_prose.counted(unreadable, 'unreadable line')}")
    if left_out := sum(record.left_out for record in records):
        complain(f"{_prose.counted(left_out, 'event')} after --at left out; --knowing-all uses every event")
    if replay.unattributed:
        whose = "may be about any account: no account is allowed to withdraw until the journal is corrected"
        complain(f"{_prose.counted(replay.unattributed, 'unreadable line')} {whose}")
