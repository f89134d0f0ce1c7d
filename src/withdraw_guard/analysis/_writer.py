"""Writes journals in which holds are lifted: what everybody does, within the help there is and as late as it says.

What opens a round and what comes of it may be hours apart, and other things happen in between. So where anything
takes time, `lift` writes what opens the round and `finish` what comes of all rounds, in the order in which it happens.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, final

import attrs

from withdraw_guard._factory import Desk
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event, IdentityChanged
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Clearance, Policy
from withdraw_guard._rules.offers import accepted_methods
from withdraw_guard._values.ids import EventId, Method
from withdraw_guard._values.vocabulary import AppealOutcome, Identity, ReviewOutcome
from withdraw_guard.analysis._deeds import ACCOUNT, MICROSECOND, Journal, replayed
from withdraw_guard.analysis._help import Help, accepted, can_appeal, can_verify

# So many events about one hold fit into one microsecond; the next ones happen in the next.
_DEEDS_PER_INSTANT: Final = 60


@final
@attrs.define
class Writer:
    """Writes a journal event by event, within the help that there is; in the fewest events, or `in_haste`."""

    help: Help
    events: list[Event] = attrs.Factory(list[Event])
    in_haste: bool = False
    clerks: list[Clerk] = attrs.Factory(list["Clerk"])

    @property
    def journal(self) -> Journal:
        """What was written so far, in the order in which it happens."""
        return tuple(sorted(self.events, key=lambda event: event.at))

    @property
    def event_id(self) -> EventId:
        """The next id. Of two reports about the identity in one instant the one with the greater id counts."""
        return EventId(f"e{len(self.events) + 1:04}")

    def write(self, event: Event) -> None:
        """Write an event."""
        self.events.append(event)

    def lift(self, account: Account, hold: Hold, now: datetime) -> None:
        """Write how the hold is lifted, if it can be; where anything takes time only how that begins."""
        clearance, answering = hold.rule.clearance, hold.rule.releasable_by & self.help.authorities
        appeal = None if clearance is None else clearance.appeal
        clerk = Clerk(writer=self, hold=hold, since=now, identity=account.identity)
        if answering:
            self.write(clerk.next().released(min(answering)))
        elif clearance is not None and can_verify(clearance, self.help) and not self._prefers_appeal(clearance):
            clerk.fail(clearance, self.help.failures)
            clerk.method = clerk.start(clearance, self.help.methods)
            self.clerks.append(clerk)
        elif clearance is not None and appeal is not None and can_appeal(clearance, self.help):
            clerk.fail(clearance, appeal.after_failures)
            self.clerks.append(clerk)
        if not self.help.is_late:
            self._finish_next()

    def finish(self, policy: Policy) -> None:
        """Write what comes of all rounds under this policy."""
        self.clerks.sort(key=lambda clerk: clerk.finishes_at, reverse=True)
        while self.clerks:
            clerk = self.clerks[-1]
            before = tuple(event for event in self.journal if event.at <= clerk.finishes_at)
            clerk.identity = replayed(policy, before).identity
            self._finish_next()

    def _finish_next(self) -> None:
        if self.clerks:
            clerk = self.clerks.pop()
            clerk.wait_until(clerk.finishes_at)
            clerk.finish()

    def _prefers_appeal(self, clearance: Clearance) -> bool:
        """Whether an appeal takes fewer events than a verification, or in haste less time."""
        appeal = clearance.appeal
        if appeal is None or not can_appeal(clearance, self.help):
            return False
        if self.in_haste and self.help.appeals_after != self.help.hands_in_after:
            return self.help.appeals_after < self.help.hands_in_after
        return 2 * (appeal.after_failures + self.help.dismissals) + 2 < 2 * self.help.failures + 3


@final
@attrs.define
class Clerk:
    """Writes about one hold: everything at once, as far as the library remembers that much of one instant.

    `method` is that of the verification that is under way and will be approved; none: an appeal is filed.
    """

    writer: Writer
    hold: Hold
    since: datetime
    identity: Identity | None
    done: int = 0
    method: Method | None = None

    @property
    def now(self) -> datetime:
        """When the next thing happens."""
        return self.since + self.done // _DEEDS_PER_INSTANT * MICROSECOND

    def next(self) -> Desk:
        """Return the desk for the next event."""
        at, self.done = self.now, self.done + 1
        return Desk(account=ACCOUNT, hold=self.hold.id, at=at, event_id=self.writer.event_id)

    def fail(self, clearance: Clearance, times: int) -> None:
        """Let so many verifications fail."""
        for _ in range(times):
            self.start(clearance, accepted(clearance, self.writer.help))
            self.writer.write(self.next().failed())

    def start(self, clearance: Clearance, among: frozenset[Method]) -> Method:
        """Start with one of these methods; where another identity is asked for, it is reported first."""
        if not accepted_methods(clearance, self.identity) & among:
            self._report(Identity.PERSONAL if self.identity is None else None)
        method = min(accepted_methods(clearance, self.identity) & among)
        self.writer.write(self.next().started(method))
        return method

    @property
    def finishes_at(self) -> datetime:
        """When the verification is handed in or the appeal is filed."""
        if self.method is not None:
            return self.now + self.writer.help.hands_in_after
        return max(self.now, self.hold.latest.at) + self.writer.help.appeals_after

    def wait_until(self, then: datetime) -> None:
        """Do what is next at this instant."""
        if then > self.now:
            self.since, self.done = then, 0

    def finish(self) -> None:
        """Hand in and be approved, or appeal until it is granted."""
        clearance = self.hold.rule.clearance
        if clearance is None:
            raise AssertionError("what nobody can clear was begun to be cleared")
        if self.method is not None:
            if self.identity is None and self.method not in clearance.unverified:
                self._report(Identity.PERSONAL)
            self.writer.write(self.next().submitted())
            self.writer.write(self.next().reviewed(ReviewOutcome.APPROVED))
        else:
            appeal = clearance.appeal
            if appeal is None:
                raise AssertionError("what offers no appeal was begun to be appealed")
            for outcome in (*[AppealOutcome.DISMISSED] * self.writer.help.dismissals, AppealOutcome.GRANTED):
                self.writer.write(self.next().appealed(appeal.documents))
                self.writer.write(self.next().decided(outcome))

    def _report(self, identity: Identity | None) -> None:
        """Report the identity, for it to be accepted."""
        desk, self.identity = self.next(), identity
        self.writer.write(IdentityChanged(id=desk.event_id, account=desk.account, at=desk.at, identity=identity))
