"""What the laws have in common: how a function becomes a law, and the list of them.

A law is a function of a policy and a journal: it returns, or raises `LawBroken`. Each law is stated once: the tests of
the library run the same functions that a host gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Concatenate, Final, ParamSpec, TypeAlias, cast

import attrs

from withdraw_guard._answers.open import open_holds
from withdraw_guard._factory import event_of
from withdraw_guard._model.account import Account
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, Scope
from withdraw_guard._rules.apply import apply
from withdraw_guard._rules.transitions import Move
from withdraw_guard.steps import Step, Verify
from withdraw_guard.testing._trial import Journal, Trial

_P = ParamSpec("_P")
Law: TypeAlias = Callable[[Policy, Journal], None]
"""A promise as a function of a policy and a journal; it returns, or raises `LawBroken`."""
_Statement: TypeAlias = Callable[Concatenate[Trial, _P], None]
_OpenLaw: TypeAlias = Callable[Concatenate[Policy, Journal, _P], None]
_LAWS: Final[dict[str, Law]] = {}
LAWS: Final[Mapping[str, Law]] = MappingProxyType(_LAWS)
"""Every law by its name, each a function of a policy and a journal."""


def law(statement: _Statement[_P]) -> _OpenLaw[_P]:
    """Make a law of a statement about a trial, and list it in `LAWS`. Other arguments of the statement are optional."""

    def made(policy: Policy, journal: Journal, /, *args: _P.args, **options: _P.kwargs) -> None:
        statement(Trial(statement.__name__, policy, journal), *args, **options)

    made.__name__ = made.__qualname__ = statement.__name__
    made.__doc__ = statement.__doc__
    _LAWS[statement.__name__] = cast("Law", made)
    return made


def check_laws(policy: Policy, journal: Journal) -> None:
    """Check every law on the journal of one account under the policy. Raises `LawBroken` for the first that fails."""
    events = tuple(journal)
    for each in LAWS.values():
        each(policy, events)


def others(policy: Policy) -> Iterator[Policy]:
    """Yield the policy with other scopes, and with every second day of its calendar, if it has one."""
    yield attrs.evolve(policy, rules=tuple(attrs.evolve(rule, scope=Scope()) for rule in policy.rules))
    if policy.calendar is not None:
        yield attrs.evolve(policy, calendar=attrs.evolve(policy.calendar, days=policy.calendar.days[::2]))


def steps_of(account: Account, hold: Hold, at: datetime) -> tuple[Step, ...]:
    """Return the next steps of the hold; none if it is not open then."""
    return next((reading.steps for reading in open_holds(account, at) if reading.id == hold.id), ())


def offers_verification(account: Account, hold: Hold, at: datetime) -> bool:
    """Whether the hold can be verified then."""
    return any(isinstance(step, Verify) for step in steps_of(account, hold, at))


def ended(policy: Policy, account: Account, hold: Hold, at: datetime) -> Account:
    """End an open hold at that instant if that is possible: by verifying if it offers that, else by an order."""
    if offers_verification(account, hold, at):
        proof = (Move.STARTED, Move.SUBMITTED, Move.APPROVED)
        return apply(policy, account, *(event_of(move, account, hold, move.value, at) for move in proof)).account
    if hold.is_open(at) and hold.rule.releasable_by:
        return apply(policy, account, event_of(Move.RELEASED, account, hold, "order", at)).account
    return account
