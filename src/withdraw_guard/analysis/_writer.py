"""Writes journals in which people end holds, within some help and with its delays.

The start of a verification or an appeal and its outcome may be hours apart, and other events happen in between. So if
the help has delays, `write_end_of` writes the start, and `write_outcomes` writes all outcomes in the order of time.
"""

from __future__ import annotations

from datetime import datetime
from typing import final

import attrs

from withdraw_guard._factory import ADMIN, OFFICER, RELEASER, REVIEWER, event_of
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Actor, Event, IdentityChanged
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Clearance, Policy
from withdraw_guard._rules.offers import accepted_methods
from withdraw_guard._rules.transitions import Move
from withdraw_guard._values.ids import EventId, Method
from withdraw_guard._values.vocabulary import Identity
from withdraw_guard.analysis._help import Help, accepted, can_appeal, can_verify
from withdraw_guard.analysis._people import ACCOUNT, Journal, replayed
from withdraw_guard.methods import recorded_by


@final
@attrs.define
class JournalWriter:
    """Writes a journal within some help: with the fewest events, or with the least delay if `saves_time`."""

    help: Help
    events: list[Event] = attrs.Factory(list[Event])
    saves_time: bool = False
    started: list[ClearanceWriter] = attrs.Factory(list["ClearanceWriter"])

    @property
    def journal(self) -> Journal:
        """What was written so far, in the order of time."""
        return tuple(sorted(self.events, key=lambda event: event.at))

    @property
    def event_id(self) -> EventId:
        """The next id. Ids ascend, because of two reports about the identity at one instant the greater id counts."""
        return EventId(f"e{len(self.events) + 1:04}")

    def write(self, event: Event) -> None:
        """Write an event."""
        self.events.append(event)

    def write_end_of(self, account: Account, hold: Hold, now: datetime) -> None:
        """Write how people end the hold, if they can. If the help has delays, only the start is written."""
        answering, clearance = hold.rule.releasable_by & self.help.authorities, hold.rule.clearance
        if answering:
            authority = min(answering)
            self.write(event_of(Move.RELEASED, account, hold, self.event_id, now, by=RELEASER, authority=authority))
        elif clearance is not None:
            hold_writer = ClearanceWriter(
                journal=self, hold=hold, clearance=clearance, now=now, identity=account.identity_at(now)
            )
            if hold_writer.write_start():
                self.started.append(hold_writer)
        if not self.help.is_late:
            self._write_next_outcome()

    def write_outcomes(self, policy: Policy) -> None:
        """Write the outcome of everything that was started under this policy."""
        self.started.sort(key=lambda each: each.ends_at, reverse=True)
        account, known = Account(id=ACCOUNT), 0
        while self.started:
            each = self.started[-1]
            before = tuple(event for event in self.journal if event.at <= each.ends_at)
            account, known = replayed(policy, before[known:], account), len(before)
            each.identity = account.identity_at(each.ends_at)
            self._write_next_outcome()

    def _write_next_outcome(self) -> None:
        if self.started:
            self.started.pop().write_outcome()


@final
@attrs.define
class ClearanceWriter:
    """Writes the events that clear one hold, the next one at `now`.

    `method` is that of the started verification; if there is none, an appeal follows.
    """

    journal: JournalWriter
    hold: Hold
    clearance: Clearance
    now: datetime
    identity: Identity | None
    method: Method | None = None

    @property
    def ends_at(self) -> datetime:
        """When the verification is handed in or the appeal is filed."""
        if self.method is not None:
            return self.now + self.journal.help.hands_in_after
        return max(self.now, self.hold.latest_at or self.now) + self.journal.help.appeals_after

    def write_start(self) -> bool:
        """Write everything up to the last verification or the first appeal, and return whether there is one."""
        help_, appeal = self.journal.help, self.clearance.appeal
        if can_verify(self.clearance, help_) and not self._prefers_appeal():
            self.write_failures(help_.failures)
            self.method = self.write_verification(help_.methods)
        elif appeal is not None and can_appeal(self.clearance, help_):
            self.write_failures(appeal.after_failures)
        else:
            return False
        return True

    def write_failures(self, times: int) -> None:
        """Write this many failed verifications."""
        for _ in range(times):
            self.write_verification(accepted(self.clearance, self.journal.help))
            self._write(Move.FAILED)

    def write_verification(self, among: frozenset[Method]) -> Method:
        """Write the start with one of these methods, after a report about the identity if none is accepted now."""
        if not accepted_methods(self.clearance, self.identity) & among:
            self._write_identity(Identity.PERSONAL if self.identity is None else None)
        usable = accepted_methods(self.clearance, self.identity) & among
        method = min(usable, key=lambda each: (recorded_by(each) is Identity.BUSINESS, each))
        self._write(Move.STARTED, method=method)
        return method

    def write_outcome(self) -> None:
        """Write that the verification is handed in and approved, or appeals until one is granted."""
        self.now = self.ends_at
        if self.method is None:
            for decided in (*[Move.DISMISSED] * self.journal.help.dismissals, Move.GRANTED):
                self._write(Move.APPEALED)
                self._write(decided, by=OFFICER)
            return
        if self.identity is None and self.method not in self.clearance.unverified:
            self._write_identity(Identity.PERSONAL)
        self._write(Move.SUBMITTED)
        self._write(Move.APPROVED, by=REVIEWER)

    def _prefers_appeal(self) -> bool:
        """Whether an appeal takes fewer events than a verification, or less time if that is what counts."""
        help_, appeal = self.journal.help, self.clearance.appeal
        if appeal is None or not can_appeal(self.clearance, help_):
            return False
        if self.journal.saves_time and help_.appeals_after != help_.hands_in_after:
            return help_.appeals_after < help_.hands_in_after
        return 2 * (appeal.after_failures + help_.dismissals) + 2 < 2 * help_.failures + 3

    def _write(self, move: Move, by: Actor = ADMIN, method: Method | None = None) -> None:
        event_id = self.journal.event_id
        self.journal.write(event_of(move, Account(id=ACCOUNT), self.hold, event_id, self.now, by=by, method=method))

    def _write_identity(self, identity: Identity | None) -> None:
        event_id, self.identity = self.journal.event_id, identity
        self.journal.write(IdentityChanged(id=event_id, account=ACCOUNT, at=self.now, identity=identity))
