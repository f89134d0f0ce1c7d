"""The lines that a backtest reads: events, with or without the instant of their arrival, and payouts."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO, Final, final
from zlib import crc32

import attrs

from withdraw_guard._values.errors import InvalidValue, member_path, shown
from withdraw_guard._values.ids import AccountId
from withdraw_guard._values.limits import INSTANT_MIN
from withdraw_guard._values.time import read_instant
from withdraw_guard._wire.plain import members_in
from withdraw_guard.backtest import Arrived, Payout
from withdraw_guard.cli._arguments import Unusable
from withdraw_guard.cli._faults import Kinds
from withdraw_guard.cli._journal import lines_with_progress, opened, text_of
from withdraw_guard.wire import Json, Members, event_from_dict, parse

_AMOUNT: Final = re.compile(r"\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_OF_AN_ARRIVAL: Final = ("arrived_at", "event")
_OF_A_PAYOUT: Final = ("id", "account", "at", "operation", "destination", "destination_id", "amount")
_NEEDED_OF_A_PAYOUT: Final = ("id", "account", "at")


@final
@attrs.define
class Lines:
    """What was read: arrivals by account in the order of the files, payouts, and each kind of fault.

    Of the accounts one in `sample` is taken. Which ones they are depends on their ids alone.
    """

    sample: int = 1
    arrivals: dict[AccountId, list[Arrived]] = attrs.Factory(dict[AccountId, list[Arrived]])
    payouts: dict[tuple[AccountId, str], Payout] = attrs.Factory(dict[tuple[AccountId, str], Payout])
    without_arrival: int = 0
    unreadable: Kinds = attrs.Factory(Kinds)

    @property
    def until(self) -> datetime:
        """The latest instant of all."""
        of_events = (arrived.at for arrivals in self.arrivals.values() for arrived in arrivals)
        return max([INSTANT_MIN, *of_events, *(payout.at for payout in self.payouts.values())])

    def take_event(self, document: Json) -> None:
        """Keep an event with the instant of its arrival, which is its own if the line does not say."""
        members = members_in(document)
        if "arrived_at" in members:
            _check_names(members, _OF_AN_ARRIVAL, _OF_AN_ARRIVAL)
            arrived = Arrived(at=read_instant("arrived_at", members["arrived_at"]), event=_event_in(members["event"]))
        else:
            event = event_from_dict(document)
            arrived = Arrived(at=event.at, event=event)
            self.without_arrival += self._takes(event.account)
        if self._takes(arrived.event.account):
            self.arrivals.setdefault(arrived.event.account, []).append(arrived)

    def take_payout(self, document: Json) -> None:
        """Keep a payout. Its id is unique in its account."""
        members: dict[str, Any] = {**members_in(document)}
        _check_names(members, _OF_A_PAYOUT, _NEEDED_OF_A_PAYOUT)
        members["at"] = read_instant("at", members["at"])
        members["amount"] = _amount(members.get("amount"))
        payout = Payout(**members)
        if not self._takes(payout.account):
            return
        if (payout.account, payout.id) in self.payouts:
            raise InvalidValue("id", f"must be unique in the account, got {shown(payout.id)} again")
        self.payouts[payout.account, payout.id] = payout

    def _takes(self, account: AccountId) -> bool:
        return self.sample == 1 or crc32(account.encode()) % self.sample == 0


def read_lines(events: Collection[str], payouts: Collection[str], sample: int = 1) -> Lines:
    """Read all lines of the files with events, and of the files with payouts; of these some may be CSV."""
    lines = Lines(sample=sample)
    for name in (*events, *payouts):
        if name.lower().endswith(".parquet"):
            raise Unusable(f"{name}: must be JSON lines; for Parquet there is an example, `docs/examples/engines`")
    for name in events:
        if name.lower().endswith(".csv"):
            raise Unusable(f"{name}: must be JSON lines; `withdraw-guard convert` makes events of CSV")
        _read(_json_lines, name, lines.take_event, lines.unreadable)
    for name in payouts:
        is_csv = name.lower().endswith(".csv")
        _read(_csv_rows if is_csv else _json_lines, name, lines.take_payout, lines.unreadable)
    return lines


def _read(
    documents_of: Callable[[BinaryIO], Iterator[tuple[int, Json | InvalidValue]]],
    name: str,
    take: Callable[[Json], None],
    unreadable: Kinds,
) -> None:
    with opened(name) as stream:
        for number, document in documents_of(stream):
            try:
                if isinstance(document, InvalidValue):
                    raise document
                take(document)
            except InvalidValue as fault:
                unreadable.add(number, f"{name}: {fault}")


def _json_lines(stream: BinaryIO) -> Iterator[tuple[int, Json | InvalidValue]]:
    for number, line in lines_with_progress(stream, "reading"):
        if not line.isspace():
            try:
                yield number, parse(text_of(line).rstrip("\r\n"))
            except InvalidValue as fault:
                yield number, fault


def _csv_rows(stream: BinaryIO) -> Iterator[tuple[int, Json | InvalidValue]]:
    """Yield each row below the head. An empty cell is left out."""
    lines = lines_with_progress(stream, "reading")
    rows = csv.reader((line.decode(errors="surrogateescape") for _, line in lines), strict=True)
    try:
        heads = next(rows, list[str]())
        if len(set(heads)) < len(heads):
            yield rows.line_num, InvalidValue("", "must not have two columns of one name; no row is read")
            return
        for cells in rows:
            if len(cells) > len(heads):
                yield rows.line_num, InvalidValue("", f"must have at most {len(heads)} cells, got {len(cells)}")
            elif cells:
                yield rows.line_num, {name: cell for name, cell in zip(heads, cells, strict=False) if cell}
    except csv.Error as error:
        yield rows.line_num, InvalidValue("", f"must be CSV, and is not read from here on: {error}")


def _event_in(document: Json) -> Any:
    # `Any`, because `event_from_dict` says which event it is.
    try:
        return event_from_dict(document)
    except InvalidValue as fault:
        raise fault.within("event") from None


def _check_names(members: Members, names: tuple[str, ...], needed: tuple[str, ...]) -> None:
    for name in needed:
        if name not in members:
            raise InvalidValue(name, "is missing")
    for name in members:
        if name not in names:
            raise InvalidValue(member_path(name), "is not a member of this document")


def _amount(given: Json) -> Decimal | None:
    """Return an amount. Text is kept exactly; a number has the digits that JSON readers keep."""
    if given is None:
        return None
    if type(given) in (int, float):
        return Decimal(str(given))
    if type(given) is str and _AMOUNT.fullmatch(given):
        return Decimal(given)
    raise InvalidValue("amount", f"must be a number such as `12.50`, got {shown(given)}")
