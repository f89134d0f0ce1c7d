"""What a journal says about each account: the state, the counts and the faults; without rows its size has a limit."""

import argparse
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Final, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._model import changes
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import Event, SecurityEvent
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._prose import Row
from withdraw_guard._rules.apply import apply
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import AccountId, RuleId
from withdraw_guard.cli._arguments import Unusable, policy_named
from withdraw_guard.cli._faults import FAULTS_LISTED_MAX, OTHER_KINDS, Faults, Kinds
from withdraw_guard.cli._foreign import shape_of
from withdraw_guard.cli._journal import account_of_unreadable, event_of_line, lines_with_progress, opened
from withdraw_guard.cli._period import ALWAYS, Period
from withdraw_guard.cli._rows import CHECK_THE_UNIT, FAULT, OVER_ON_ARRIVAL, below, is_over, rows_of_event, rows_of_time
from withdraw_guard.cli._terminal import complain, complain_in_columns

APPLIED, FAILED, UNREADABLE = 0, 1, 2

# So many faults, and so many refusals, are told one by one; more of them are counted in a table.
TOLD_MAX: Final = 20
UNMATCHED_NAMED_MAX: Final = 8


@final
@attrs.define
class AccountRecord:
    """What the journal says about one account so far.

    `latest_at` is the latest instant of the events that are used: as much time has passed for the account. The counts
    are about the period that is told; `outside` counts the other events that are used. `rows` tell what happened; with
    `--json` there are none, and the size of a record does not depend on the length of the journal.
    """

    account: Account
    latest_at: datetime | None = None
    applied: int = 0
    refused: Faults = attrs.Factory(Faults)
    unmatched: Counter[str] = attrs.Factory(Counter[str])
    over_on_arrival: Faults = attrs.Factory(Faults)
    unreadable: Faults = attrs.Factory(Faults)
    left_out: int = 0
    outside: int = 0
    rows: list[Row] = attrs.Factory(list[Row])

    @property
    def events(self) -> int:
        return self.applied + self.refused.count + self.unmatched.total()


@final
@attrs.define
class Totals:
    """What is counted over all accounts: holds by rule, refusals by reason, faults by kind, triggers without a rule."""

    placed: Counter[RuleId] = attrs.Factory(Counter[RuleId])
    repeated: Counter[RuleId] = attrs.Factory(Counter[RuleId])
    refused: Kinds = attrs.Factory(Kinds)
    unreadable: Kinds = attrs.Factory(Kinds)
    unmatched: Kinds = attrs.Factory(Kinds)
    over_on_arrival: Kinds = attrs.Factory(Kinds)


@final
@attrs.define(kw_only=True)
class JournalReplay:
    """The records of all accounts, in the order in which they first appear, and the lines that name no account.

    Events that happened after `until` are left out. With `tells` each record has rows; with `names_refusals` standard
    error has the first refusals instead. With `keeps` the events that are used are kept in the order of the journal,
    for a picture of them. With `skips` a line that cannot be read counts as if it were about nothing.
    """

    policy: Policy
    only: frozenset[AccountId] | None = None
    until: datetime | None = None
    told: Period = ALWAYS
    tells: bool = False
    names_refusals: bool = False
    keeps: bool = False
    skips: bool = False
    kept: list[Event] = attrs.Factory(list[Event])
    records: dict[AccountId, AccountRecord] = attrs.Factory(dict[AccountId, AccountRecord])
    totals: Totals = attrs.Factory(Totals)
    unattributed: int = 0
    shape: str | None = None

    def take(self, number: int, line: bytes) -> None:
        """Apply the event of a line to its account, or record that it is left out or why it cannot be applied."""
        if line.isspace():
            return
        try:
            event = event_of_line(line)
        except InvalidValue as fault:
            if not self.totals.unreadable.count:
                self.shape = shape_of(number, line)
            self._park(number, account_of_unreadable(line), fault)
            return
        if self.only is not None and event.account not in self.only:
            return
        if self.until is not None and event.at > self.until:
            self._record_of(event.account).left_out += 1
        else:
            self._apply(number, event)

    @property
    def unreadable(self) -> int:
        """How many lines could not be read or applied."""
        return self.totals.unreadable.count

    def unread_of(self, record: AccountRecord) -> tuple[int, int]:
        """Return how many lines of the account, and of any account, may hide a reason to deny."""
        return (0, 0) if self.skips else (record.unreadable.count, self.unattributed)

    def status(self, fail_if: Collection[str] = ()) -> int:
        """Return the exit status: unreadable lines outweigh refused events, and those that no rule listens to."""
        if self.unreadable and not self.skips:
            return UNREADABLE
        is_unmatched = "unmatched" in fail_if and self.totals.unmatched.count
        return FAILED if self.totals.refused.count or is_unmatched else APPLIED

    def _record_of(self, account: AccountId) -> AccountRecord:
        record = self.records.get(account)
        if record is None:
            record = self.records[account] = AccountRecord(Account(id=account))
        return record

    def _park(self, number: int, account: AccountId | None, fault: InvalidValue, what: str = "read") -> None:
        if account is None:
            self.unattributed += 1
        elif self.only is None or account in self.only:
            record = self._record_of(account)
            record.unreadable.add({"line": number, "path": fault.path, "problem": fault.problem})
            if self.tells:
                record.rows.append(below(f"line {number} could not be {what}: {fault}", FAULT))
        else:
            return
        self.totals.unreadable.add(number, str(fault))
        if self.unreadable <= TOLD_MAX:
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
        except InvalidValue as fault:
            # The policy can never apply it (rules 25 and 29): it is parked, like a line that cannot be read.
            self._park(number, event.account, InvalidValue(fault.path.removeprefix("event."), fault.problem), "applied")
            return
        else:
            outcome, record.account = applied.changes, applied.account
        record.latest_at = now = max(since, event.at)
        if self.keeps:
            self.kept.append(event)
        if event.at in self.told:
            self._count(number, event, outcome, record, since)
        else:
            record.outside += 1
        if self.tells:
            record.rows += rows_of_time(before, since, now, self.told)
        if self.tells and event.at in self.told:
            record.rows += rows_of_event(self.policy, event, outcome, before, record.account, since)

    def _count(
        self,
        number: int,
        event: Event,
        outcome: tuple[Change, ...] | EventRefused,
        record: AccountRecord,
        since: datetime,
    ) -> None:
        if isinstance(outcome, EventRefused):
            self._count_refusal(number, outcome, record)
            return
        if isinstance(event, SecurityEvent) and event.trigger not in self.policy.triggers:
            known = event.trigger in record.unmatched or len(record.unmatched) < FAULTS_LISTED_MAX
            record.unmatched[event.trigger if known else OTHER_KINDS] += 1
            self.totals.unmatched.add(number, event.trigger)
            return
        record.applied += 1
        for change in outcome:
            if isinstance(change, changes.HoldPlaced):
                self._count_placed(number, event, change, record, since)
            elif isinstance(change, changes.HoldRepeated):
                hold = record.account.hold(change.hold)
                self.totals.repeated.update([hold.rule.id] if hold is not None else [])

    def _count_refusal(self, number: int, refused: EventRefused, record: AccountRecord) -> None:
        reason, outdated = refused.reason.value, refused.outdated
        record.refused.add({"line": number, "event": refused.event.id, "reason": reason, "outdated": outdated})
        self.totals.refused.add(number, f"{reason}: {_prose.refusal_words(refused.reason)}")
        if self.names_refusals and self.totals.refused.count <= TOLD_MAX:
            complain(f"line {number} is {_prose.why_refused(refused)}")

    def _count_placed(
        self, number: int, event: Event, change: changes.HoldPlaced, record: AccountRecord, since: datetime
    ) -> None:
        self.totals.placed[change.hold.rule.id] += 1
        if is_over(change.hold, since):
            record.over_on_arrival.add({"line": number, "event": event.id, "hold": change.hold.id})
            self.totals.over_on_arrival.add(number, "")


def replayed_from(
    arguments: argparse.Namespace,
    accounts: Collection[str] | None,
    *,
    told: Period = ALWAYS,
    until: datetime | None = None,
    tells: bool = False,
    names_refusals: bool = False,
    keeps: bool = False,
    skips: bool = False,
) -> JournalReplay:
    """Read the journal of the arguments. Raises `Unusable` if it has nothing about an account that was asked for."""
    if arguments.journal == arguments.policy == "-":
        raise Unusable("--policy: must be a file or a name, because the journal is standard input")
    replay = JournalReplay(
        policy=policy_named(arguments.policy),
        only=None if accounts is None else frozenset(map(AccountId, accounts)),
        until=None if arguments.knowing_all else arguments.at or until,
        told=told,
        tells=tells,
        names_refusals=names_refusals,
        keeps=keeps,
        skips=skips,
    )
    with opened(arguments.journal) as stream:
        for number, line in lines_with_progress(stream, "replaying"):
            replay.take(number, line)
    for account in accounts or ():
        if account not in replay.records:
            raise Unusable(f"the journal has no line about the account {shown(account)}")
    return replay


def complain_of_counts(replay: JournalReplay, *, in_tables: bool = True) -> None:
    """Count everything on standard error; where much went wrong, in a table by kind and by reason."""
    records, totals = replay.records.values(), replay.totals
    events = _prose.counted(sum(record.events for record in records), "event")
    accounts = _prose.counted(len(records), "account")
    unreadable = _prose.counted(replay.unreadable, "unreadable line")
    complain(f"{events} of {accounts}, {totals.refused.count} refused; {unreadable}")
    if replay.shape is not None:
        complain(replay.shape)
    for kinds, head in ((totals.unreadable, "CANNOT BE READ OR APPLIED, FOR EXAMPLE"), (totals.refused, "REFUSED")):
        if in_tables and kinds.count > TOLD_MAX:
            complain_in_columns(kinds.table(head))
    if totals.unmatched.count:
        complain(_unmatched(totals.unmatched))
    if totals.over_on_arrival.count:
        holds = _prose.counted(totals.over_on_arrival.count, "hold")
        complain(f"{holds} {OVER_ON_ARRIVAL}, first in line {totals.over_on_arrival.first_line}: {CHECK_THE_UNIT}")
    if left_out := sum(record.left_out for record in records):
        complain(f"{_prose.counted(left_out, 'event')} after --at left out; --knowing-all uses every event")
    if replay.unattributed and not replay.skips:
        whose = "may be about any account: no account is allowed to withdraw until the journal is corrected"
        complain(f"{_prose.counted(replay.unattributed, 'unreadable line')} {whose}")


def _unmatched(kinds: Kinds) -> str:
    """Name the triggers that no rule listens to, the most frequent first."""
    named = [f"{trigger} ({count})" for count, _, trigger in kinds.most_common()]
    more = ", …" if len(named) > UNMATCHED_NAMED_MAX else ""
    events = _prose.counted(kinds.count, "event")
    return f"{events} that no rule listens to: {', '.join(named[:UNMATCHED_NAMED_MAX])}{more}"
