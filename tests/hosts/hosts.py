"""Nine small hosts, each with one real bug of the field and right in everything else, and a tenth that is right.

`BROKEN` names them with what `HostMachine` must say. Some guard with columns of their own, as most hosts do; the others
use the library and spoil what is around it. The tenth keeps everything in SQLite.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import attrs

from withdraw_guard import (
    Account,
    Appeal,
    Clearance,
    Event,
    Hold,
    InAppeal,
    Policy,
    Progress,
    ReleaseOrdered,
    Rule,
    SecurityEvent,
    apply,
    check,
    wire,
)
from withdraw_guard.policies import BINANCE
from withdraw_guard.testing import Finding, HostMachine

# The part of the published rule that ends by itself: all that a host with one column can hope to follow.
TIMED = Policy(id="timed", version="1", rules=BINANCE.rules[:5])
HOURS = {rule.trigger: rule.duration for rule in TIMED.rules}
SUPPORT = frozenset({"support"})
RELEASABLE = Policy(
    id="releasable",
    version="1",
    rules=(
        Rule(id="risk", trigger="abnormal_activity", releasable_by=SUPPORT),
        Rule(id="takeover", trigger="account_takeover", releasable_by=SUPPORT),
    ),
)
RELEASABLE_ONE = Policy(id="releasable", version="1", rules=RELEASABLE.rules[:1])
APPEALABLE = Policy(
    id="appealable",
    version="1",
    rules=(
        Rule(
            id="risk",
            trigger="abnormal_activity",
            clearance=Clearance(unverified=frozenset(), verified=frozenset(), appeal=Appeal(after_failures=0, limit=9)),
            releasable_by=SUPPORT,
        ),
    ),
)


class Host(HostMachine):
    """What the hosts share: payouts in a table, and a check before every sending. Subclasses spoil one thing."""

    policy = TIMED

    def begin(self) -> None:
        self.states: dict[str, str] = {}
        self.open()

    def request(self, payout: str, at: datetime) -> bool:
        self.states[payout] = "requested"
        return True

    def confirm(self, payout: str, at: datetime) -> None:
        if self.states[payout] == "requested":
            self.states[payout] = "confirmed"

    def broadcast(self, payout: str, at: datetime) -> None:
        if self.states[payout] == "confirmed" and self.may_withdraw(at):
            self.send(payout)

    def send(self, payout: str) -> None:
        """The mark comes first: after a crash the bank is asked about a payout that is `sending`."""
        self.states[payout] = "sending"
        self.bank.send(payout)
        self.states[payout] = "sent"

    def open(self) -> None:
        raise NotImplementedError


class Guarded(Host):
    """A host that keeps its accounts with the library."""

    policy = BINANCE

    def open(self) -> None:
        self.row = Account(id=self.account)

    def report(self, event: Event, at: datetime) -> None:
        self.row = apply(self.policy, self.row, event).account

    def may_withdraw(self, at: datetime) -> bool:
        return bool(check(self.row, at))


# ── With a column of their own ───────────────────────────────────────────────────────────────────────────────────


class OneColumn(Host):
    """1. One column, and the last write wins: a second, shorter hold ends the first."""

    def open(self) -> None:
        self.frozen_till = datetime.min.replace(tzinfo=UTC)

    def report(self, event: Event, at: datetime) -> None:
        if isinstance(event, SecurityEvent) and event.trigger in HOURS:
            self.frozen_till = event.at + HOURS[event.trigger]

    def may_withdraw(self, at: datetime) -> bool:
        return at >= self.frozen_till


class ABoolean(Host):
    """2. A boolean that anyone releases."""

    policy = RELEASABLE_ONE

    def open(self) -> None:
        self.is_frozen = False
        self.latest = datetime.min.replace(tzinfo=UTC)

    def report(self, event: Event, at: datetime) -> None:
        if isinstance(event, SecurityEvent) and event.trigger in self.policy.triggers and event.at > self.latest:
            self.is_frozen, self.latest = True, event.at
        if isinstance(event, ReleaseOrdered):
            self.is_frozen = False

    def may_withdraw(self, at: datetime) -> bool:
        return not self.is_frozen


class ExpiryByJob(OneColumn):
    """3. The column is right, but a job has to clear it, and the job may not run."""

    def open(self) -> None:
        super().open()
        self.is_frozen = False

    def report(self, event: Event, at: datetime) -> None:
        if isinstance(event, SecurityEvent) and event.trigger in HOURS:
            self.frozen_till = max(self.frozen_till, event.at + HOURS[event.trigger])
            self.is_frozen = at < self.frozen_till

    def may_withdraw(self, at: datetime) -> bool:
        return not self.is_frozen

    def clear_what_has_ended(self, at: datetime) -> None:
        self.is_frozen = at < self.frozen_till


class LocalTime(Host):
    """4. Naive datetimes in local time: a day is 23 hours long when the clocks go forward."""

    HERE = ZoneInfo("Europe/Berlin")

    def open(self) -> None:
        self.frozen_till = datetime(1970, 1, 1)  # noqa: DTZ001, this is the bug

    def report(self, event: Event, at: datetime) -> None:
        if isinstance(event, SecurityEvent) and event.trigger in HOURS:
            self.frozen_till = max(self.frozen_till, self.local(event.at) + HOURS[event.trigger])

    def may_withdraw(self, at: datetime) -> bool:
        return self.local(at) >= self.frozen_till

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.HERE).replace(tzinfo=None)


# ── With the library, and a door beside the gate ─────────────────────────────────────────────────────────────────


class GateAtRequest(Guarded):
    """5. The gate is asked when the payout is requested, and not when the money leaves."""

    def request(self, payout: str, at: datetime) -> bool:
        allowed = self.may_withdraw(at)
        self.states[payout] = "requested" if allowed else "refused"
        return allowed

    def broadcast(self, payout: str, at: datetime) -> None:
        if self.states[payout] == "confirmed":
            self.send(payout)


class RetryWithoutGate(Guarded):
    """6. What was held is retried on a path of its own, and that path does not ask."""

    def broadcast(self, payout: str, at: datetime) -> None:
        super().broadcast(payout, at)
        if self.states[payout] == "confirmed":
            self.states[payout] = "held"

    def retry(self, payout: str, at: datetime) -> None:
        if self.states[payout] == "held":
            self.send(payout)


class CrashBetweenSendAndSave(Guarded):
    """7. The payout is sent and then marked; if the process dies in between, it is sent again."""

    def send(self, payout: str) -> None:
        self.bank.send(payout)
        self.states[payout] = "sent"


# ── With the library, and holds that are one ─────────────────────────────────────────────────────────────────────


class SecondHoldDropsAppeal(Guarded):
    """8. A second flag sets the case back to its beginning, and the pending appeal is gone."""

    policy = APPEALABLE

    def report(self, event: Event, at: datetime) -> None:
        super().report(event, at)
        if isinstance(event, SecurityEvent):
            self.row = attrs.evolve(self.row, holds=tuple(map(self.set_back, self.row.holds)))

    def set_back(self, hold: Hold) -> Hold:
        return attrs.evolve(hold, progress=Progress()) if isinstance(hold.progress.state, InAppeal) else hold


class ReleasingOneReleasesAll(Guarded):
    """9. An order to release one hold releases the account."""

    policy = RELEASABLE

    def report(self, event: Event, at: datetime) -> None:
        super().report(event, at)
        for hold in self.row.holds if isinstance(event, ReleaseOrdered) else ():
            if hold.is_open(event.at):
                order = attrs.evolve(event, hold=hold.id, override_stale=True)
                self.row = apply(self.policy, self.row, order).account


# ── And one that is right ────────────────────────────────────────────────────────────────────────────────────────


class Right(HostMachine):
    """10. SQLite; it asks in the transaction that marks the payout as leaving, commits it, then sends.

    If the process dies between the mark and the sending, the mark is left: the bank is asked by the id of the payout,
    and what it does not know is confirmed again, so that it meets the gate again.
    """

    def begin(self) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.execute("create table accounts (id text primary key, row text not null)")
        self.db.execute("create table payouts (id text primary key, state text not null)")
        self.save(Account(id=self.account))

    def end(self) -> None:
        self.db.close()

    def restart(self, at: datetime) -> None:
        """Uncommitted rows are gone; the bank is asked about payouts that are marked as leaving."""
        if self.db.in_transaction:
            self.db.execute("rollback")
        for (payout,) in self.db.execute("select id from payouts where state = 'sending'").fetchall():
            self.mark(payout, "sending", "sent" if self.bank.has_sent(payout) else "confirmed")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.db.execute("begin immediate")
        try:
            yield
        except Exception:
            self.db.execute("rollback")
            raise
        self.db.execute("commit")

    def report(self, event: Event, at: datetime) -> None:
        with self.transaction():
            self.save(apply(self.policy, self.load(), event).account)

    def may_withdraw(self, at: datetime) -> bool:
        return bool(check(self.load(), at))

    def request(self, payout: str, at: datetime) -> None:
        with self.transaction():
            self.db.execute("insert into payouts values (?, 'requested')", (payout,))

    def confirm(self, payout: str, at: datetime) -> None:
        with self.transaction():
            self.mark(payout, "requested", "confirmed")

    def broadcast(self, payout: str, at: datetime) -> None:
        with self.transaction():
            leaving = self.state(payout) == "confirmed" and bool(check(self.load(), at))
            if leaving:
                self.mark(payout, "confirmed", "sending")
        if leaving:
            self.bank.send(payout)
            self.mark(payout, "sending", "sent")

    def load(self) -> Account:
        ((row,),) = self.db.execute("select row from accounts where id = ?", (self.account,)).fetchall()
        return wire.account_from_dict(wire.parse(row), rules=self.policy.rules)

    def save(self, account: Account) -> None:
        row = json.dumps(wire.to_dict(account))
        self.db.execute("insert or replace into accounts values (?, ?)", (account.id, row))

    def state(self, payout: str) -> str:
        ((state,),) = self.db.execute("select state from payouts where id = ?", (payout,)).fetchall()
        return str(state)

    def mark(self, payout: str, before: str, after: str) -> None:
        self.db.execute("update payouts set state = ? where id = ? and state = ?", (after, payout, before))


# What each of them must be found to do.
BROKEN = {
    OneColumn: {Finding.SAYS_YES},
    ABoolean: {Finding.SAYS_YES, Finding.REFUSED_WITHOUT_REASON},
    ExpiryByJob: {Finding.NEVER_OUT, Finding.REFUSED_WITHOUT_REASON},
    LocalTime: {Finding.SAYS_YES, Finding.REFUSED_WITHOUT_REASON},
    GateAtRequest: {Finding.MONEY_LEFT},
    RetryWithoutGate: {Finding.MONEY_LEFT},
    CrashBetweenSendAndSave: {Finding.SENT_TWICE},
    SecondHoldDropsAppeal: {Finding.REFUSED_WITHOUT_REASON},
    ReleasingOneReleasesAll: {Finding.SAYS_YES, Finding.REFUSED_WITHOUT_REASON},
}
