"""Which entry points of a host let money past a hold: each one is tried under every kind of hold.

    report = gate_coverage({"send now": MyHost.broadcast, "batch": MyHost.batch}, host=MyHost)
    assert report.is_tight, report

`MyHost` is your `HostMachine`; an entry point takes it, the id of a payout and an instant. For each cell of the table
a fresh host is opened, the payout is requested and confirmed while nothing is held, the hold is placed, and the entry
point is tried once. An entry point that moves nothing although nothing is held proves nothing, and is named as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Final, TypeAlias, TypeVar, final

import attrs

from withdraw_guard._answers.check import check
from withdraw_guard._answers.request import Request
from withdraw_guard._factory import event_of, matching_event
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._rules.apply import apply
from withdraw_guard._rules.transitions import Move
from withdraw_guard._values.value import Value
from withdraw_guard.testing._host import HostMachine
from withdraw_guard.testing._instants import START, TICK
from withdraw_guard.testing._journal import ACCOUNT

_Host = TypeVar("_Host", bound=HostMachine)
EntryPoint: TypeAlias = Callable[[_Host, str, datetime], object]
_Case: TypeAlias = tuple[str, tuple[Event, ...], datetime]

# How far a hold has come, by the moves since its trigger. Moves that its rule does not allow give no row.
_MOVES: Final[Mapping[str, tuple[Move, ...]]] = {
    "placed": (),
    "in verification": (Move.STARTED,),
    "in review": (Move.STARTED, Move.SUBMITTED),
    "rejected": (Move.STARTED, Move.SUBMITTED, Move.REJECTED),
    "in appeal": (Move.APPEALED,),
    "in appeal after a rejection": (Move.STARTED, Move.SUBMITTED, Move.REJECTED, Move.APPEALED),
    "cleared, its timer runs": (Move.STARTED, Move.SUBMITTED, Move.APPROVED),
}


@final
@attrs.frozen(kw_only=True, repr=False)
class GateRow(Value):
    """One kind of hold, or none, and whether each entry point moved money."""

    kind: str
    is_held: bool
    moved: tuple[bool, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class GateReport(Value):
    """The result of every entry point under every kind of hold. `str()` of it is the table."""

    doors: tuple[str, ...]
    rows: tuple[GateRow, ...]

    @property
    def slips(self) -> tuple[tuple[str, str], ...]:
        """Each entry point that moved money during a hold, with the kind of hold."""
        return tuple((door, row.kind) for row, door, moved in self._cells if row.is_held and moved)

    @property
    def idle(self) -> tuple[str, ...]:
        """The entry points that moved nothing although nothing was held: their other results prove nothing."""
        return tuple(door for row, door, moved in self._cells if not row.is_held and not moved)

    @property
    def is_tight(self) -> bool:
        """Whether every entry point moves money, and none does during a hold."""
        return not self.slips and not self.idle

    @property
    def _cells(self) -> Iterator[tuple[GateRow, str, bool]]:
        return ((row, door, moved) for row in self.rows for door, moved in zip(self.doors, row.moved, strict=True))

    def __str__(self) -> str:
        lines = [("", *self.doors), *((row.kind, *(_word(row, moved) for moved in row.moved)) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
        return "\n".join(
            [*table, f"{len(self.slips)} of {sum(row.is_held for row in self.rows) * len(self.doors)} slip"]
        )


def gate_coverage(entry_points: Mapping[str, EntryPoint[_Host]], *, host: type[_Host]) -> GateReport:
    """Try every entry point under every kind of hold that the policy of the host can place on its withdrawals."""
    cases = [("nothing is held", (), START), *_holds(host.policy, host.withdrawal)]
    rows = (
        GateRow(
            kind=kind,
            is_held=bool(events),
            moved=tuple(host().moves_money(entry_point, events, at) for entry_point in entry_points.values()),
        )
        for kind, events, at in cases
    )
    return GateReport(doors=tuple(entry_points), rows=tuple(rows))


def _holds(policy: Policy, request: Request) -> Iterator[_Case]:
    """Yield events and an instant at which the request is denied, for each way in which a rule can hold."""
    for rule in policy.rules:
        ways = (_alone(policy, rule), _beside_an_ended_one(policy, rule), _beside_a_released_one(policy, rule))
        for way, count in zip(ways, (None, 1, 1), strict=True):
            denied = (case for case in way if not check(_account_after(policy, case[1]), case[2], request))
            for kind, events, at in islice(denied, count):
                yield f"{rule.id}: {kind}", events, at


def _alone(policy: Policy, rule: Rule) -> Iterator[_Case]:
    for kind, moves in _MOVES.items():
        with suppress(EventRefused):
            events = _events_of(policy, rule, moves)
            yield kind, events, events[-1].at
    placed = _events_of(policy, rule, ())
    end = _hold_of(policy, placed, rule).end
    if end is not None:
        yield "just before it ends", placed, end - TICK


def _beside_an_ended_one(policy: Policy, rule: Rule) -> Iterator[_Case]:
    for other, events in _pairs(policy, rule):
        end = _hold_of(policy, events, other).end
        if end is not None:
            yield f"after {other.id} has ended", events, end


def _beside_a_released_one(policy: Policy, rule: Rule) -> Iterator[_Case]:
    for other, events in _pairs(policy, rule):
        if other.releasable_by:
            hold, account = _hold_of(policy, events, other), _account_after(policy, events)
            order = event_of(Move.RELEASED, account, hold, "e3", events[-1].at)
            yield f"after {other.id} was released", (*events, order), order.at


def _pairs(policy: Policy, rule: Rule) -> Iterator[tuple[Rule, tuple[Event, ...]]]:
    """Yield every other rule with two events: a trigger of this rule, then one of the other."""
    first = matching_event(rule, ACCOUNT, "e1", START)
    return (
        (other, (first, matching_event(other, ACCOUNT, "e2", START + TICK)))
        for other in policy.rules
        if other.id != rule.id
    )


def _events_of(policy: Policy, rule: Rule, moves: Iterable[Move]) -> tuple[Event, ...]:
    """Return a trigger of the rule and the moves. Raises `EventRefused` for a move that the rule does not allow."""
    events: tuple[Event, ...] = (matching_event(rule, ACCOUNT, "e1", START),)
    for number, move in enumerate(moves, 2):
        account = _account_after(policy, events)
        events += (event_of(move, account, _hold_of(policy, events, rule), f"e{number}", START),)
    _account_after(policy, events)
    return events


def _hold_of(policy: Policy, events: Iterable[Event], rule: Rule) -> Hold:
    return next(hold for hold in _account_after(policy, events).holds if hold.rule == rule)


def _account_after(policy: Policy, events: Iterable[Event]) -> Account:
    return apply(policy, Account(id=ACCOUNT), *events).account


def _word(row: GateRow, moved: bool) -> str:
    if row.is_held:
        return "SLIPS" if moved else "stopped"
    return "moves" if moved else "IDLE"
