"""Exhaustive walks beside which the analysis is tested: small, slow and written with `apply` alone.

`allowed_ticks` tries everything that people can do under some help, at every microsecond, on real accounts.
`denied_ticks` gives the opposite by the five endings. The first shows that the second is right. The second is fast
enough to walk thousands of pairs of policies. Both return a set of microseconds as the bits of a number.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import combinations, product
from random import Random

from withdraw_guard import (
    WITHDRAWAL,
    Account,
    Appeal,
    BusinessDay,
    Calendar,
    Clearance,
    EventRefused,
    Facts,
    Hold,
    HoldEvent,
    Identity,
    IdentityChanged,
    InvalidValue,
    Policy,
    Request,
    Rule,
    Scope,
    SecurityEvent,
    State,
    apply,
    check,
)
from withdraw_guard._factory import OFFICER, RELEASER, REVIEWER, event_of
from withdraw_guard._rules.transitions import Move
from withdraw_guard.analysis import Verdict
from withdraw_guard.analysis._help import AT_ONCE, Ending, EndsBy, Help, ending_under
from withdraw_guard.analysis._people import SECOND_OFFICER, START, security_event

# How many times as many random cases as usual: `WITHDRAW_GUARD_PAIRS=1600` tries ten times as many.
_PAIRS = int(os.environ.get("WITHDRAW_GUARD_PAIRS", "160"))
DEPTH = max(1, _PAIRS // 160)
TICK = timedelta(microseconds=1)
TRIGGER, OTHER_TRIGGER = "abnormal_activity", "password_changed"
FACT_CLASSES = tuple(
    {name: fact for name, fact in (("score", score), ("vip", vip)) if fact is not None}
    for score in (None, 0, 1, 2)
    for vip in (None, True, False)
)
WHERES = ({}, {}, {}, {"score": 1}, {"score": 2}, {"vip": True}, {"score": 1, "vip": False})
METHODS = ("face_web", "identity_personal")
DOCUMENTS = (frozenset[str](), frozenset({"id_photo"}))
AUTHORITIES = (frozenset[str](), frozenset({"support"}), frozenset({"support", "compliance"}))
SCOPES = (Scope(), Scope(), Scope(operations=frozenset({"withdrawal"})), Scope(destinations="new"))

Heard = tuple[bool, ...]  # which of the rules an event matches


def cases(number: int) -> int:
    """So many random cases in the loop `ci`; a fifth of them in the loop `tests`, and more in `deep`."""
    return number * DEPTH if _PAIRS >= 100 else number // 5


def some(random: Random, *choices):
    return random.choice(choices)


def random_calendar(random: Random, fewest: int, most: int) -> Calendar:
    """Days of one or two ticks, with a tick between some of them."""
    days, begins = [], START + random.choice((0, 0, 1)) * TICK
    for _ in range(random.randint(fewest, most)):
        ends = begins + random.randint(1, 2) * TICK
        days.append(BusinessDay(begins=begins, ends=ends))
        begins = ends + random.randint(0, 1) * TICK
    return Calendar(days=tuple(days))


def random_rule(random: Random, name: str, where: bool = True, deadlines: bool = False) -> Rule:
    """A rule with a duration of at most three microseconds, of any kind that the rulebook allows."""
    duration = some(random, None, 1, 2, 3, 3)

    def deadline() -> timedelta | None:
        ticks = some(random, None, 1, 2, 3) if deadlines else None
        return None if ticks is None else ticks * TICK

    clearance = None
    if random.random() < 0.6:
        appeal = None
        if random.random() < 0.6:
            appeal = Appeal(
                after_failures=some(random, 0, 1, 1, 2),
                limit=some(random, 1, 1, 2),
                documents=some(random, *DOCUMENTS),
                within=deadline(),
            )
        sets = [frozenset(), frozenset({METHODS[0]}), frozenset({METHODS[1]}), frozenset(METHODS)]
        clearance = Clearance(
            unverified=some(random, *sets),
            verified=some(random, *sets),
            attempts=some(random, None, 1, 2),
            verify_within=deadline(),
            appeal=appeal,
        )
    lifted_by = some(random, "any", "all")
    ends_alone = duration is not None and (clearance is None or lifted_by == "any")
    return Rule(
        id=name,
        trigger=some(random, TRIGGER, TRIGGER, TRIGGER, OTHER_TRIGGER),
        where=some(random, *WHERES) if where else {},
        scope=some(random, *SCOPES),
        duration=None if duration is None else duration * TICK,
        clearance=clearance,
        lifted_by=lifted_by,
        repeat=some(random, "extend", "keep"),
        releasable_by=some(random, *AUTHORITIES[0 if ends_alone else 1 :]),
    )


def random_policy(random: Random, rules_max: int = 3, deadlines: bool = False) -> Policy:
    count = random.randint(1, rules_max)
    rules = (random_rule(random, f"rule-{n}", deadlines=deadlines) for n in range(count))
    return Policy(id="p", version="1", rules=tuple(rules))


def random_delay(random: Random) -> timedelta:
    return some(random, 0, 0, 1, 2, 3) * TICK


def every_help(*rules: Rule) -> Iterator[Help]:
    """All help that makes a difference to these rules, without authorities."""
    if not any(rule.clearance for rule in rules):
        yield Help(unverified=True, verified=True)
        return
    methods = [frozenset(chosen) for size in range(3) for chosen in combinations(METHODS, size)]
    for unverified, verified in ((True, True), (True, False), (False, True)):
        for passable, failures, tries, documents, dismissals in product(
            methods, (0, 1, 2), (None, 0, 1), DOCUMENTS, (0, 1, 2)
        ):
            if "identity_personal" not in passable or verified:
                yield Help(
                    unverified=unverified,
                    verified=verified,
                    methods=passable,
                    failures=failures,
                    tries=tries,
                    documents=documents,
                    dismissals=dismissals,
                )


def random_help(random: Random) -> Help:
    """Random help that makes a difference to rules of this module, with delays."""
    unverified, verified = some(random, (True, True), (True, False), (False, True))
    return Help(
        unverified=unverified,
        verified=verified,
        methods=some(random, frozenset(METHODS), frozenset(METHODS[:1]), frozenset(METHODS[verified:][:verified])),
        failures=some(random, 0, 0, 1, 2),
        tries=some(random, None, None, 0, 1),
        documents=some(random, *DOCUMENTS),
        dismissals=some(random, 0, 0, 1, 2),
        authorities=some(random, *AUTHORITIES[:2]),
        hands_in_after=random_delay(random),
        appeals_after=random_delay(random),
    )


def firings(rules: tuple[Rule, ...], trigger: str, times: int, count: int) -> Iterator[tuple[tuple[int, Heard], ...]]:
    """Every way to report this many events of a trigger at different instants, with different facts."""
    classes = range(len(FACT_CLASSES))
    kinds = sorted({tuple(rule.trigger == trigger and matches(rule, facts) for rule in rules) for facts in classes})
    for instants in combinations(range(times), count):
        for heard in product(kinds, repeat=count):
            yield tuple(zip(instants, heard, strict=True))


@cache
def matches(rule: Rule, facts: int) -> bool:
    event = security_event(rule.trigger, "e", START, Facts(FACT_CLASSES[facts]))
    return bool(apply(Policy(id="p", version="1", rules=(rule,)), Account(id="a1"), event).changes)


@cache
def denied_ticks(ending: Ending, shots: tuple[int, ...], horizon: int) -> int:
    """When a rule with this ending denies, if events that it matches happen at these instants."""
    lasts = min(ending.lasts // TICK, horizon)
    denied, end = 0, -1
    for at in shots:
        match ending.by:
            case EndsBy.NOTHING:
                end = horizon
            case EndsBy.EXTENDED_TIMER:
                end = at + lasts
            case EndsBy.FIRST_TIMER:
                end = shots[0] + lasts
            case EndsBy.KEPT_TIMER:
                end = at + lasts if at >= end else end
            case EndsBy.PEOPLE_AT_ONCE:
                end = at
        denied |= ticks(at, end)
    return denied & ticks(0, horizon)


def ticks(begin: int, end: int) -> int:
    """The microseconds of a span, as bits."""
    return (1 << end) - (1 << begin) if begin < end else 0


class TooMany(Exception):
    """People can bring about more different accounts than are walked."""


def allowed_on_real_accounts(
    policy: Policy,
    help_: Help,
    journal: Iterable[SecurityEvent],
    request: Request,
    horizon: int,
    in_a_hurry: bool = False,
    most: int = 10_000,
) -> int:
    """When some behaviour within this help allows the request after these events, found by trying all of it.

    A policy that refuses an event denies from then on, as its host does. Who is `in_a_hurry` does at once whatever
    meets its deadline. Raises `TooMany` beyond this many different accounts at one instant.
    """
    accounts, allowed = [_fresh(help_)], 0
    for tick in range(horizon):
        at = START + tick * TICK
        for event in (event for event in journal if event.at == at):
            try:
                accounts = [apply(policy, account, event).account for account in accounts]
            except InvalidValue:
                return allowed
        accounts = _closure(policy, accounts, help_, at, in_a_hurry, most)
        if any(check(account, at, request) for account in accounts):
            allowed |= 1 << tick
    return allowed


def allowed_ticks(rule: Rule, help_: Help, shots: Iterable[int], horizon: int) -> int:
    """When some behaviour within this help allows a withdrawal, found by trying all of it on real accounts."""
    policy = Policy(id="p", version="1", rules=(rule,))
    accounts, allowed = [_fresh(help_)], 0
    for tick in range(horizon):
        at = START + tick * TICK
        if tick in shots:
            event = security_event(rule.trigger, f"e{tick}", at, rule.where)
            accounts = [apply(policy, account, event).account for account in accounts]
        accounts = _closure(policy, accounts, help_, at)
        if any(check(account, at, WITHDRAWAL) for account in accounts):
            allowed |= 1 << tick
    return allowed


def differences(
    rules: tuple[Rule, ...], count: int, journals: Iterable[tuple[tuple[int, Heard], ...]], horizon: int
) -> dict[Verdict, int]:
    """Which differences these journals show between the first rules and the others, each with the fewest events.

    The shortest journals come first, so that the walk stops when both differences are found.
    """
    numbers = range(len(rules))
    vectors = ending_vectors(rules)
    endings = [list({vector[number] for vector in vectors}) for number in numbers]
    chosen = [[endings[number].index(vector[number]) for number in numbers] for vector in vectors]
    found: dict[Verdict, int] = {}
    for journal in journals:
        shots = [tuple(at for at, heard in journal if heard[number]) for number in numbers]
        denied = [[denied_ticks(ending, shots[number], horizon) for ending in endings[number]] for number in numbers]
        for choice in chosen:
            held = held_anew = 0
            for number in numbers[:count]:
                held |= denied[number][choice[number]]
            for number in numbers[count:]:
                held_anew |= denied[number][choice[number]]
            if held & ~held_anew:
                found.setdefault(Verdict.LOOSER, len(journal))
            if held_anew & ~held:
                found.setdefault(Verdict.STRICTER, len(journal))
            if len(found) == 2:
                return found
    return found


def _form(account: Account, at: datetime, is_timed: bool) -> tuple:
    """What can still make a difference; instants of rounds do so only with delays or deadlines."""
    holds = [hold for hold in account.holds if hold.is_open(at) or hold.latest_at == at]
    forms = []
    for hold in holds:
        progress = hold.progress
        tried = (progress.failures, progress.appeals, progress.verification_closed, progress.reviewer)
        opened_at = getattr(progress.state, "opened_at", None)
        times = (opened_at, getattr(progress.state, "waits_since", None), progress.failed_at) if is_timed else ()
        waits = getattr(progress.state, "submitted_at", at) is None
        method = getattr(progress.state, "method", "")
        forms.append((hold.cause, hold.latest_at, progress.state.state, waits, method, hold.end, tried, times))
    report = account.identity_report
    reported = None if report is None else (report.source.at == at, report.ends_at)
    return tuple(forms), account.identity_at(at), reported


def _fresh(help_: Help) -> Account:
    account = Account(id="a1")
    return account if help_.unverified else _identified(account, Identity.PERSONAL, START - TICK)


def _identified(account: Account, identity: Identity | None, at: datetime) -> Account:
    event = IdentityChanged(id=f"i{at.microsecond}{identity}", account="a1", at=at, identity=identity)
    return apply(Policy(id="p", version="1", rules=()), account, event).account


def _closure(
    policy: Policy,
    accounts: list[Account],
    help_: Help,
    at: datetime,
    in_a_hurry: bool = False,
    most: int = 10_000,
) -> list[Account]:
    is_timed = help_.is_late or any(_has_deadlines(rule) for rule in policy.rules)
    seen = {_form(account, at, is_timed): account for account in accounts}
    ahead = list(seen.values())
    while ahead:
        account = ahead.pop()
        for then in _next(policy, account, help_, at, in_a_hurry):
            form = _form(then, at, is_timed)
            if form not in seen:
                seen[form] = then
                ahead.append(then)
        if len(seen) > most:
            raise TooMany
    return list(seen.values())


def _has_deadlines(rule: Rule) -> bool:
    clearance = rule.clearance
    if clearance is None:
        return False
    return bool(clearance.verify_within or (clearance.appeal is not None and clearance.appeal.within))


def _next(policy: Policy, account: Account, help_: Help, at: datetime, in_a_hurry: bool) -> Iterator[Account]:
    rules = (hold.rule for hold in account.holds)
    clearances = [rule.clearance for rule in rules if rule.clearance is not None]
    makes_a_difference = any(clearance.unverified != clearance.verified for clearance in clearances)
    if help_.unverified and help_.verified and makes_a_difference:
        for identity in (None, Identity.PERSONAL):
            report = account.identity_report
            if account.identity_at(at) is not identity and (report is None or report.source.at < at):
                yield _identified(account, identity, at)
    for hold in account.holds:
        for event in _events_about(hold, help_, at, in_a_hurry):
            try:
                yield apply(policy, account, event).account
            except EventRefused:
                continue


def _events_about(hold: Hold, help_: Help, at: datetime, in_a_hurry: bool) -> Iterator[HoldEvent]:
    """Every event about the hold that this help allows and that its state does not refuse."""
    progress, state = hold.progress, hold.progress.state
    event_id = f"d{progress.failures}-{progress.appeals}-{len(progress.moves)}-{state.state}"
    event = partial(event_of, account=Account(id="a1"), hold=hold, event_id=event_id, at=at)
    yield from (event(Move.RELEASED, by=RELEASER, authority=authority) for authority in help_.authorities)
    clearance = hold.rule.clearance
    if clearance is None or not hold.is_open(at):
        return
    # No rule and no help asks for more than two failures, so a third one makes a difference to nothing.
    may_end = progress.failures < (3 if help_.tries is None else help_.tries)
    latest = max(progress.failed_at or hold.latest_at, hold.latest_at)
    match state.state:
        case State.SUSPENDED:
            yield from (event(Move.STARTED, method=method) for method in METHODS)
        case State.VERIFICATION:
            if may_end:
                yield event(Move.FAILED)
            if _is_time(help_.hands_in_after, clearance.verify_within, at - state.opened_at, in_a_hurry):
                yield event(Move.SUBMITTED)
        case State.REVIEW if may_end:
            yield event(Move.REJECTED, by=REVIEWER)
            if progress.failures >= help_.failures and state.method in help_.methods:
                yield event(Move.APPROVED, by=REVIEWER)
            yield event(Move.MORE_REQUESTED, by=REVIEWER)
        case State.APPEAL:
            yield event(Move.DISMISSED, by=OFFICER)
            yield event(Move.MORE_REQUESTED, by=SECOND_OFFICER)
            yield event(Move.APPEALED, documents=help_.documents)
            if progress.appeals > help_.dismissals:
                yield event(Move.GRANTED, by=OFFICER)
    # A verification that lapsed permits an appeal, so it is tried in that state too.
    appeal, suspended = clearance.appeal, state.state in (State.SUSPENDED, State.VERIFICATION)
    if appeal is not None and suspended and _is_time(help_.appeals_after, appeal.within, at - latest, in_a_hurry):
        yield event(Move.APPEALED, documents=help_.documents)


def _is_time(delay: timedelta, deadline: timedelta | None, passed: timedelta, in_a_hurry: bool) -> bool:
    """Whether somebody with this delay is done by now; in a hurry it is done at once, or the deadline is missed."""
    return (deadline is None or delay < deadline) if in_a_hurry else passed >= delay


def ending_vectors(rules: tuple[Rule, ...]) -> set[tuple[Ending, ...]]:
    """The different combinations of endings that holds of these rules have under all help."""
    unreleased = {tuple(ending_under(rule, help_) for rule in rules) for help_ in every_help(*rules)}
    return {
        tuple(AT_ONCE if rule.releasable_by & answering else ending for rule, ending in zip(rules, vector, strict=True))
        for vector in unreleased
        for answering in (*AUTHORITIES, frozenset({"compliance"}))
    }


def denies(ending: Ending, shots: Iterable[datetime], at: datetime) -> bool:
    """Whether a rule with this ending denies at this instant, if events that it matches happened at these."""
    heard = sorted(shot for shot in shots if shot <= at)
    if not heard or ending.by is EndsBy.PEOPLE_AT_ONCE:
        return False
    if ending.by is EndsBy.NOTHING:
        return True
    if ending.by is EndsBy.EXTENDED_TIMER:
        return at < heard[-1] + ending.lasts
    if ending.by is EndsBy.FIRST_TIMER:
        return at < heard[0] + ending.lasts
    end = heard[0]
    for shot in heard:
        end = shot + ending.lasts if shot >= end else end
    return at < end
