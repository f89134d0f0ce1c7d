"""An account: the set of its holds, and whether its identity is verified. Immutable.

A fresh account is `Account(id="a1")`: no holds, no identity. Beware: an account that could not be loaded is not a
fresh account; a host that finds no row must deny.
"""

from datetime import datetime
from typing import final

import attrs

from withdraw_guard._model.events import valid_until
from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._values.checks import check_identifier, check_items, check_type, check_word
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import AccountId, EventId, HoldId, RuleId
from withdraw_guard._values.limits import REPORTS_MAX, RETRACTIONS_MAX
from withdraw_guard._values.time import settle_end
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Identity


@final
@attrs.frozen(kw_only=True, repr=False)
class IdentityReport(Value):
    """The report about the identity that counts: which one was verified, or none, and the event that said so.

    From `valid_until` on, and from `retracted_at` on, the account has no identity.
    """

    identity: Identity | None
    source: Occurrence
    valid_until: datetime | None = None
    retracted_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if self.identity is not None:
            settle(self, "identity", check_word("identity", self.identity, Identity))
        check_type("source", self.source, Occurrence, "an Occurrence")
        settle(self, "valid_until", valid_until(self.valid_until, self.identity, self.source.at))
        settle_end(self, "retracted_at")

    @property
    def ends_at(self) -> datetime | None:
        """The instant from which the account has no identity by this report, if there is one."""
        ends = [at for at in (self.valid_until, self.retracted_at) if at is not None]
        return min(ends, default=None)

    @property
    def rank(self) -> tuple[datetime, EventId]:
        """Of two reports the one with the higher rank counts: the later one, then the one with the greater id."""
        at = self.source.at
        return (at if self.retracted_at is None else min(at, self.retracted_at), self.source.event)


@final
@attrs.frozen(kw_only=True, repr=False)
class Account(Value):
    """The state of one account. `holds` are in order of placement; ended ones stay until they are pruned.

    The account remembers the last 16 `reports` about the identity that were recorded, the last 16 that were retracted,
    and the last 16 `retractions`, so that one of these changes nothing if it is delivered again.
    """

    id: AccountId = attrs.field(converter=AccountId)
    holds: tuple[Hold, ...] = ()
    identity_report: IdentityReport | None = None
    reports: tuple[Occurrence, ...] = ()
    retracted_reports: tuple[Occurrence, ...] = ()
    retractions: tuple[Occurrence, ...] = ()

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id)
        check_type("holds", self.holds, tuple, "a list of holds")
        if self.identity_report is not None:
            check_type("identity_report", self.identity_report, IdentityReport, "an IdentityReport")
        check_items("holds", self.holds, Hold, "a Hold")
        if len(self.holds) > 1:
            _check_holds_fit_together(self.holds)
        _check_remembered("reports", self.reports, REPORTS_MAX)
        _check_remembered("retracted_reports", self.retracted_reports, REPORTS_MAX)
        _check_remembered("retractions", self.retractions, RETRACTIONS_MAX)

    def identity_at(self, at: datetime) -> Identity | None:
        """The verified identity at `at`, or none. The report on record counts also for instants before it was made."""
        report = self.identity_report
        if report is None:
            return None
        ends_at = report.ends_at
        return report.identity if ends_at is None or at < ends_at else None

    def hold(self, hold_id: HoldId) -> Hold | None:
        """Return the hold of that id, or none if the account does not have it."""
        for hold in self.holds:
            if hold.id == hold_id:
                return hold
        return None


def _check_remembered(field: str, events: tuple[Occurrence, ...], most: int) -> None:
    check_type(field, events, tuple, "a list of events")
    if len(events) > most:
        raise InvalidValue(field, f"must be at most {most} events, got {len(events)}")
    check_items(field, events, Occurrence, "an Occurrence")


def _check_holds_fit_together(holds: tuple[Hold, ...]) -> None:
    """Refuse holds that no sequence of events can have placed together."""
    ids: set[HoldId] = set()
    known: set[tuple[RuleId, EventId, datetime]] = set()
    for index, hold in enumerate(holds):
        if hold.id in ids:
            raise InvalidValue(f"holds[{index}].id", f"must be unique in the account, got `{hold.id}` again")
        ids.add(hold.id)
        own = {(hold.rule.id, trigger.event, trigger.at) for trigger in hold.triggers}
        if not known.isdisjoint(own):
            raise InvalidValue(f"holds[{index}]", "must not share a trigger with another hold of its rule")
        known |= own
