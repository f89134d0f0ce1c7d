"""Writes journals in which a hold is lifted, in the fewest events: what everybody does, within the help there is."""

from __future__ import annotations

from datetime import datetime
from typing import Final, final

import attrs

from withdraw_guard._account import Account
from withdraw_guard._events import Event, IdentityChanged
from withdraw_guard._holds import Hold
from withdraw_guard._ids import EventId, Method
from withdraw_guard._offers import accepted_methods
from withdraw_guard._policy import Clearance
from withdraw_guard._words import AppealOutcome, Identity, ReviewOutcome
from withdraw_guard.analysis._deeds import ACCOUNT, MICROSECOND, Desk, Journal
from withdraw_guard.analysis._help import Help, accepted, can_appeal, can_verify

# So many events about one hold fit into one microsecond; the next ones happen in the next.
_DEEDS_PER_INSTANT: Final = 60


@final
@attrs.define
class Writer:
    """Writes a journal event by event, within the help that there is."""

    help: Help
    events: list[Event] = attrs.Factory(list[Event])

    @property
    def journal(self) -> Journal:
        """What was written so far."""
        return tuple(self.events)

    @property
    def event_id(self) -> EventId:
        """The next id. Of two reports about the identity in one instant the one with the greater id counts."""
        return EventId(f"e{len(self.events) + 1:04}")

    def write(self, event: Event) -> None:
        """Write an event."""
        self.events.append(event)

    def lift(self, account: Account, hold: Hold, now: datetime) -> None:
        """Write the shortest way to lift the hold, if there is one."""
        clearance, answering = hold.rule.clearance, hold.rule.releasable_by & self.help.authorities
        appeal = None if clearance is None else clearance.appeal
        clerk = Clerk(writer=self, hold=hold, since=now, identity=account.identity)
        if answering:
            self.write(clerk.next().released(min(answering)))
        elif clearance is not None and can_verify(clearance, self.help) and not self._prefers_appeal(clearance):
            clerk.fail(clearance, self.help.failures)
            clerk.start(clearance, self.help.methods)
            self.write(clerk.next().submitted())
            self.write(clerk.next().reviewed(ReviewOutcome.APPROVED))
        elif clearance is not None and appeal is not None and can_appeal(clearance, self.help):
            clerk.fail(clearance, appeal.after_failures)
            for outcome in (*[AppealOutcome.DISMISSED] * self.help.dismissals, AppealOutcome.GRANTED):
                self.write(clerk.next().appealed(appeal.documents))
                self.write(clerk.next().decided(outcome))

    def _prefers_appeal(self, clearance: Clearance) -> bool:
        """Whether an appeal takes fewer events than a verification."""
        appeal = clearance.appeal
        if appeal is None or not can_appeal(clearance, self.help):
            return False
        return 2 * (appeal.after_failures + self.help.dismissals) + 2 < 2 * self.help.failures + 3


@final
@attrs.define
class Clerk:
    """Writes about one hold: everything in one instant, as far as the library remembers that much of one."""

    writer: Writer
    hold: Hold
    since: datetime
    identity: Identity | None
    done: int = 0

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

    def start(self, clearance: Clearance, among: frozenset[Method]) -> None:
        """Start with one of these methods; where another identity is asked for, it is reported first."""
        if not accepted_methods(clearance, self.identity) & among:
            self.identity = Identity.PERSONAL if self.identity is None else None
            desk = self.next()
            self.writer.write(
                IdentityChanged(id=desk.event_id, account=desk.account, at=desk.at, identity=self.identity)
            )
        self.writer.write(self.next().started(min(accepted_methods(clearance, self.identity) & among)))
