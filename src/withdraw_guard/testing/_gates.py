"""Which entry points of a host let money past a hold: each one is tried under every kind of hold.

    report = gate_coverage({"send now": MyHost.broadcast, "batch": MyHost.batch}, host=MyHost)
    assert report.is_tight, report

`MyHost` is your `HostMachine`; an entry point takes it, the id of a payout and an instant. For each cell of the table
a fresh host is opened, the payout is requested and confirmed while nothing is held, the hold is placed, and the entry
point is tried once. An entry point that moves nothing although nothing is held proves nothing, and is named as well.
So is one whose operation no rule names or leaves: nobody has said which holds stop it, or the name is misspelt.

    gate_coverage({"sell": MyHost.sell}, host=MyHost, requests={"sell": Request(operation="p2p_sale")})

`requests` says what an entry point asks, where that is not the `withdrawal` of the host.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar, final

import attrs

from withdraw_guard._answers.check import check
from withdraw_guard._answers.request import Request
from withdraw_guard._factory import event_of, matching_event
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule
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
    "in review, and more is requested": (Move.STARTED, Move.SUBMITTED, Move.MORE_REQUESTED),
    "rejected": (Move.STARTED, Move.SUBMITTED, Move.REJECTED),
    "in appeal": (Move.APPEALED,),
    "in appeal after a rejection": (Move.STARTED, Move.SUBMITTED, Move.REJECTED, Move.APPEALED),
    "cleared, its timer runs": (Move.STARTED, Move.SUBMITTED, Move.APPROVED),
}


@final
@attrs.frozen(kw_only=True, repr=False)
class GateRow(Value):
    """One kind of hold, or none, and whether each entry point moved money; none where the hold does not stop it."""

    kind: str
    is_held: bool
    moved: tuple[bool | None, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class GateReport(Value):
    """The result of every entry point under every kind of hold. `str()` of it is the table."""

    doors: tuple[str, ...]
    rows: tuple[GateRow, ...]
    unnamed: tuple[str, ...] = ()
    """The entry points whose operation no rule of the policy names or leaves."""

    @property
    def slips(self) -> tuple[tuple[str, str], ...]:
        """Each entry point that moved money during a hold, with the kind of hold."""
        return tuple((door, row.kind) for row, door, moved in self._cells if row.is_held and moved)

    @property
    def idle(self) -> tuple[str, ...]:
        """The entry points that moved nothing although nothing was held: their other results prove nothing."""
        return tuple(door for row, door, moved in self._cells if not row.is_held and moved is False)

    @property
    def is_tight(self) -> bool:
        """Whether every entry point moves money, none does during a hold, and some rule names what each is for."""
        return not self.slips and not self.idle and not self.unnamed

    @property
    def _cells(self) -> Iterator[tuple[GateRow, str, bool | None]]:
        return ((row, door, moved) for row in self.rows for door, moved in zip(self.doors, row.moved, strict=True))

    def __str__(self) -> str:
        lines = [("", *self.doors), *((row.kind, *(_word(row, moved) for moved in row.moved)) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
        tried = sum(row.is_held and moved is not None for row, _, moved in self._cells)
        unnamed = (f"no rule names or leaves the operation of {door}" for door in self.unnamed)
        return "\n".join([*table, f"{len(self.slips)} of {tried} slip", *unnamed])


def gate_coverage(
    entry_points: Mapping[str, EntryPoint[_Host]],
    *,
    host: type[_Host],
    requests: Mapping[str, Request] = MappingProxyType({}),
) -> GateReport:
    """Try every entry point under every kind of hold that the policy of the host can place on what it asks."""
    asked = {door: requests.get(door, host.withdrawal) for door in entry_points}
    rows: list[GateRow] = []
    for kind, events, at in [("nothing is held", (), START), *_holds(host.policy, asked.values())]:
        account = _account_after(host.policy, events)
        tried = (
            host().moves_money(entry_point, events, at) if not events or not check(account, at, asked[door]) else None
            for door, entry_point in entry_points.items()
        )
        rows.append(GateRow(kind=kind, is_held=bool(events), moved=tuple(tried)))
    unnamed = (door for door, request in asked.items() if not _is_named(host.policy, request))
    return GateReport(doors=tuple(entry_points), rows=tuple(rows), unnamed=tuple(unnamed))


def _is_named(policy: Policy, request: Request) -> bool:
    """Whether some rule names the operation of the request or leaves it, or every rule is about all operations."""
    about_all = all(rule.scope.operations == EVERYTHING for rule in policy.rules)
    return about_all or request.operation in policy.operations


def _holds(policy: Policy, requests: Collection[Request]) -> Iterator[_Case]:
    """Yield events and an instant at which some request is denied, for each way in which a rule can hold."""
    for rule in policy.rules:
        ways = (_alone(policy, rule), _after_another(policy, rule, False), _after_another(policy, rule, True))
        for way, count in zip(ways, (None, 1, 1), strict=True):
            for kind, events, at in islice((case for case in way if _denies(policy, case, requests)), count):
                yield f"{rule.id}: {kind}", events, at


def _denies(policy: Policy, case: _Case, requests: Iterable[Request]) -> bool:
    _, events, at = case
    account = _account_after(policy, events)
    return any(not check(account, at, request) for request in requests)


def _alone(policy: Policy, rule: Rule) -> Iterator[_Case]:
    for kind, moves in _MOVES.items():
        with suppress(EventRefused):
            events = _events_of(policy, rule, moves)
            yield kind, events, events[-1].at
    placed = _events_of(policy, rule, ())
    end = _hold_of(policy, placed, rule).end
    if end is not None:
        yield "just before it ends", placed, end - TICK


def _after_another(policy: Policy, rule: Rule, is_released: bool) -> Iterator[_Case]:
    """Yield a trigger of the rule, then one of each other rule, when the hold of the other has ended or is released."""
    for other in policy.rules:
        if other.id != rule.id:
            each = ((rule, "e1", START), (other, "e2", START + TICK))
            events = tuple(matching_event(of, ACCOUNT, name, at) for of, name, at in each)
            hold = _hold_of(policy, events, other)
            if is_released and other.releasable_by:
                order = event_of(Move.RELEASED, _account_after(policy, events), hold, "e3", START + TICK)
                yield f"after {other.id} was released", (*events, order), order.at
            elif not is_released and hold.end is not None:
                yield f"after {other.id} has ended", events, hold.end


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


def _word(row: GateRow, moved: bool | None) -> str:
    if moved is None:
        return "-"
    if row.is_held:
        return "SLIPS" if moved else "stopped"
    return "moves" if moved else "IDLE"
