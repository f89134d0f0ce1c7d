"""Single calls, measured with pyperf: the questions, the events, the wire, and how each grows.

    python bench/micro.py -o FILE.json [--short] [pyperf's options]

Each benchmark gives the time of one call. What it needs is made in the process that measures it, before the clock
starts and only once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from time import process_time
from typing import Any

from withdraw_guard import (
    Account,
    Actor,
    ActorKind,
    Event,
    Policy,
    ReleaseOrdered,
    ReviewDecided,
    Rule,
    SecurityEvent,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    check,
    next_change_at,
    open_holds,
    policies,
    replay,
    triggers,
    wire,
)

RULES = (1, 4, 16, 64, 256)
HOLDS = (1, 2, 4, 8, 16, 32, 64)
HISTORY = (10, 100, 1_000, 10_000, 100_000, 1_000_000)

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
FRESH = Account(id="a1")
BINANCE = policies.BINANCE
LISTENED_TO = tuple(rule.trigger for rule in BINANCE.rules)
HOLD = "e5:abnormal-activity"
REVIEWER = Actor(id="r1", kind=ActorKind.ADMIN)

Work = tuple[Callable[..., Any], tuple[Any, ...]]


def flagged(event: str, trigger: str, at: datetime) -> SecurityEvent:
    return SecurityEvent(id=event, account=FRESH.id, at=at, trigger=trigger, initiated_by=ActorKind.USER)


@cache
def holding(count: int) -> Account:
    """Return an account with that many open holds of Binance's rule."""
    events = (flagged(f"e{n}", trigger, NINE) for n, trigger in enumerate(LISTENED_TO[:count]))
    return apply(BINANCE, FRESH, *events).account


@cache
def in_state(state: str) -> Account:
    """Return an account whose hold of abnormal activity stands there."""
    road: tuple[Event, ...] = (
        flagged("e5", triggers.ABNORMAL_ACTIVITY, NINE),
        VerificationStarted(id="v1", account=FRESH.id, at=NINE + HOUR, hold=HOLD, method="identity_personal"),
        VerificationSubmitted(id="v2", account=FRESH.id, at=NINE + 2 * HOUR, hold=HOLD),
    )
    length = ("suspended", "verification", "review").index(state) + 1
    return apply(BINANCE, FRESH, *road[:length]).account


# ── The calls ────────────────────────────────────────────────────────────────────────────────────────────────────


def loaded(row: str) -> Account:
    return wire.account_from_dict(wire.parse(row), rules=BINANCE.rules)


@cache
def row_of(count: int) -> str:
    """Return what a host has stored of an account with that many open holds."""
    return json.dumps(wire.to_dict(holding(count)))


def loaded_and_stored(count: int) -> Work:
    """Do all that a host does when something happened: the row is read, and written again."""

    def step(row: str, event: Event) -> str:
        return json.dumps(wire.to_dict(apply(BINANCE, loaded(row), event).account))

    return step, (row_of(count), flagged("e9", triggers.PASSWORD_CHANGED, NINE + HOUR))


def loaded_and_asked(count: int) -> Work:
    """Do all that a host does when somebody wants to withdraw."""

    def step(row: str, at: datetime) -> object:
        return check(loaded(row), at)

    return step, (row_of(count), NINE + HOUR)


def asked(count: int) -> Work:
    return check, (holding(count), NINE + HOUR)


def asked_and_told(count: int) -> Work:
    """Ask, and read everything that the answer can say."""

    def ask(account: Account, at: datetime) -> object:
        decision = check(account, at)
        return decision if decision else (decision.phase, decision.resumes_at, decision.holds)

    return ask, (holding(count), NINE + HOUR)


def placing() -> Work:
    return apply, (BINANCE, FRESH, flagged("e1", triggers.PASSWORD_CHANGED, NINE))


def joining() -> Work:
    return apply, (BINANCE, holding(1), flagged("e9", triggers.PASSWORD_CHANGED, NINE + HOUR))


def joining_late() -> Work:
    return apply, (BINANCE, holding(1), flagged("e0", triggers.PASSWORD_CHANGED, NINE - HOUR))


def starting() -> Work:
    start = VerificationStarted(id="v9", account=FRESH.id, at=NINE + HOUR, hold=HOLD, method="identity_personal")
    return apply, (BINANCE, in_state("suspended"), start)


def submitting() -> Work:
    submitted = VerificationSubmitted(id="v9", account=FRESH.id, at=NINE + 2 * HOUR, hold=HOLD)
    return apply, (BINANCE, in_state("verification"), submitted)


def approving() -> Work:
    approved = ReviewDecided(id="v9", account=FRESH.id, at=NINE + 3 * HOUR, hold=HOLD, by=REVIEWER, outcome="approved")
    return apply, (BINANCE, in_state("review"), approved)


def replaying() -> Work:
    return replay, (FRESH, apply(BINANCE, FRESH, *history(REPLAYED)).changes)


def changing(count: int) -> Work:
    return next_change_at, (holding(count), NINE + HOUR)


def listing(count: int) -> Work:
    return open_holds, (holding(count), NINE + HOUR)


def reading_an_event() -> Work:
    return wire.event_from_dict, (wire.to_dict(flagged("e1", triggers.PASSWORD_CHANGED, NINE)),)


def parsing_an_event() -> Work:
    return wire.parse, (json.dumps(wire.to_dict(flagged("e1", triggers.PASSWORD_CHANGED, NINE))),)


def writing_an_event() -> Work:
    return wire.to_dict, (flagged("e1", triggers.PASSWORD_CHANGED, NINE),)


def reading(account: Callable[[], Account]) -> Work:
    return wire.account_from_dict, (wire.to_dict(account()), BINANCE.rules)


def writing(account: Callable[[], Account]) -> Work:
    return wire.to_dict, (account(),)


def writing_a_denial() -> Work:
    return wire.to_dict, (check(in_state("review"), NINE + 3 * HOUR),)


# ── How it grows ─────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def policy_of(count: int) -> Policy:
    rules = tuple(Rule(id=f"rule-{n}", trigger=f"trigger_{n}", duration=24 * HOUR) for n in range(count))
    return Policy(id="grown", version="1", rules=rules)


@cache
def holding_of(count: int) -> Account:
    events = (flagged(f"e{n}", f"trigger_{n}", NINE) for n in range(count))
    return apply(policy_of(count), FRESH, *events).account


def placing_under(rules: int) -> Work:
    return apply, (policy_of(rules), FRESH, flagged("e1", "trigger_0", NINE))


def asked_with(holds: int) -> Work:
    return check, (holding_of(holds), NINE + HOUR)


def joining_with(holds: int) -> Work:
    return apply, (policy_of(holds), holding_of(holds), flagged("e-1", f"trigger_{holds - 1}", NINE + HOUR))


def history(length: int) -> Iterator[Event]:
    """Give the events of one account, one an hour: each places a hold, joins one, moves one or releases it."""
    for number in range(length):
        yield _event(number, NINE + number * HOUR)


def _event(number: int, at: datetime) -> Event:
    event, move = f"e{number}", number % 4
    hold = f"e{number - move + 1}:abnormal-activity"
    if move == 0:
        return flagged(event, LISTENED_TO[number // 4 % 5], at)
    if move == 1:
        return flagged(event, triggers.ABNORMAL_ACTIVITY, at)
    if move == 2:
        return VerificationStarted(id=event, account=FRESH.id, at=at, hold=hold, method="identity_personal")
    return ReleaseOrdered(id=event, account=FRESH.id, at=at, hold=hold, by=REVIEWER, authority="support")


@cache
def lived(length: int) -> Account:
    """Return an account after so many events."""
    account = FRESH
    for event in history(length):
        account = apply(BINANCE, account, event).account
    return account


def asked_after(length: int) -> Work:
    return check, (lived(length), NINE + length * HOUR)


def joining_after(length: int) -> Work:
    return apply, (BINANCE, lived(length), flagged("next", triggers.PASSWORD_CHANGED, NINE + length * HOUR))


# ── What is measured ─────────────────────────────────────────────────────────────────────────────────────────────

REPLAYED = 100
CALLS: dict[str, Callable[[], Work]] = {
    "load → apply → store, one open hold": partial(loaded_and_stored, 1),
    "load → apply → store, six open holds": partial(loaded_and_stored, 6),
    "load → check, one open hold": partial(loaded_and_asked, 1),
    "load → check, six open holds": partial(loaded_and_asked, 6),
    "check, no hold": partial(asked, 0),
    "check, one open hold": partial(asked, 1),
    "check, six open holds": partial(asked, 6),
    "check and read all of it, no hold": partial(asked_and_told, 0),
    "check and read all of it, one open hold": partial(asked_and_told, 1),
    "check and read all of it, six open holds": partial(asked_and_told, 6),
    "apply, placing a hold": placing,
    "apply, joining a hold": joining,
    "apply, an earlier event joins a hold": joining_late,
    "apply, starting a verification": starting,
    "apply, submitting it": submitting,
    "apply, approving it": approving,
    f"replay, {REPLAYED} changes": replaying,
    "next_change_at, one open hold": partial(changing, 1),
    "next_change_at, six open holds": partial(changing, 6),
    "open_holds, one": partial(listing, 1),
    "open_holds, six": partial(listing, 6),
    "wire.parse, an event": parsing_an_event,
    "wire.event_from_dict": reading_an_event,
    "wire.to_dict, an event": writing_an_event,
    "wire.account_from_dict, one open hold": partial(reading, partial(holding, 1)),
    "wire.account_from_dict, six open holds": partial(reading, partial(holding, 6)),
    "wire.account_from_dict, a hold in review": partial(reading, partial(in_state, "review")),
    "wire.to_dict, an account with one open hold": partial(writing, partial(holding, 1)),
    "wire.to_dict, an account with six open holds": partial(writing, partial(holding, 6)),
    "wire.to_dict, an account with a hold in review": partial(writing, partial(in_state, "review")),
    "wire.to_dict, a denial": writing_a_denial,
}
GROWTH: dict[str, tuple[Callable[[int], Work], tuple[int, ...]]] = {
    "apply, placing a hold; rules in the policy": (placing_under, RULES),
    "check; open holds on the account": (asked_with, HOLDS),
    "apply, joining a hold; open holds on the account": (joining_with, HOLDS),
    "check; events in its history": (asked_after, HISTORY),
    "apply, placing or joining a hold; events in its history": (joining_after, HISTORY),
}


def timed(loops: int, made: Callable[[], Work]) -> float:
    """Return the seconds of the processor for so many calls; what is called is made before."""
    call, arguments = made()
    begun = process_time()
    for _ in range(loops):
        call(*arguments)
    return process_time() - begun


SHORT_MAX = 10_000


def main() -> None:
    """Measure everything; with `--short` nothing that takes seconds to make."""
    # Here, because the tests read the names of the calls and have no pyperf.
    import pyperf

    runner = pyperf.Runner(add_cmdline_args=_pass_on)
    runner.argparser.add_argument("--short", action="store_true")
    is_short = runner.parse_args().short
    for name, made in CALLS.items():
        runner.bench_time_func(name, timed, made)
    for name, (made_of, sizes) in GROWTH.items():
        for size in sizes:
            if not is_short or size <= SHORT_MAX:
                runner.bench_time_func(f"{name}: {size}", timed, partial(made_of, size))


def _pass_on(command: list[str], arguments: argparse.Namespace) -> None:
    if arguments.short:
        command.append("--short")


if __name__ == "__main__":
    main()
