"""Exhaustive walks beside which the analysis is tested: small, slow and written from the rulebook's own `apply`.

`allowed_ticks` tries everything that people may do under some help, at every microsecond, on real accounts.
`denied_ticks` says the same by the five courses. The first shows that the second is right; the second is fast enough
to walk thousands of pairs of policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import combinations, product
from random import Random

from withdraw_guard import (
    WITHDRAWAL,
    Account,
    Appeal,
    Clearance,
    EventRefused,
    Facts,
    Identity,
    IdentityChanged,
    Policy,
    Rule,
    Scope,
    apply,
    check,
)
from withdraw_guard._factory import HoldEventFactory
from withdraw_guard.analysis._help import AT_ONCE, Ending, EndsBy, Help, ending_under
from withdraw_guard.analysis._people import START, security_event

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


def some(random: Random, *choices):
    return random.choice(choices)


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
    """Every help that these rules can tell apart, and more, but for who releases."""
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
    """Any help that says something to rules of this module, and how late it comes."""
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


def firings(
    rules: tuple[Rule, ...], trigger: str, times: int, count_max: int
) -> Iterator[tuple[tuple[int, Heard], ...]]:
    """Every way to report so many events of a trigger at different instants, with facts that differ."""
    classes = range(len(FACT_CLASSES))
    kinds = sorted({tuple(rule.trigger == trigger and matches(rule, facts) for rule in rules) for facts in classes})
    for count in range(1, count_max + 1):
        for instants in combinations(range(times), count):
            for heard in product(kinds, repeat=count):
                yield tuple(zip(instants, heard, strict=True))


@cache
def matches(rule: Rule, facts: int) -> bool:
    event = security_event(rule.trigger, "e", START, Facts(FACT_CLASSES[facts]))
    return bool(apply(Policy(id="p", version="1", rules=(rule,)), Account(id="a1"), event).changes)


@cache
def denied_ticks(terms: Ending, shots: tuple[int, ...], horizon: int) -> frozenset[int]:
    """When a rule of such a course denies, if events that it matches happen at these instants."""
    lasts = terms.lasts // TICK
    denied: set[int] = set()
    if shots and terms.by is EndsBy.NOTHING:
        denied.update(range(shots[0], horizon))
    elif terms.by is EndsBy.EXTENDED_TIMER:
        denied.update(*(range(at, at + lasts) for at in shots))
    elif shots and terms.by is EndsBy.FIRST_TIMER:
        denied.update(range(shots[0], shots[0] + lasts))
    elif terms.by is EndsBy.KEPT_TIMER:
        end = -1
        for at in shots:
            end = at + lasts if at >= end else end
            denied.update(range(at, end))
    return frozenset(at for at in denied if at < horizon)


def allowed_ticks(rule: Rule, help_: Help, shots: Iterable[int], horizon: int) -> frozenset[int]:
    """When some behaviour within this help lets a withdrawal through, found by trying all of it on real accounts."""
    policy = Policy(id="p", version="1", rules=(rule,))
    accounts, allowed = [_fresh(help_)], set()
    for tick in range(horizon):
        at = START + tick * TICK
        if tick in shots:
            event = security_event(rule.trigger, f"e{tick}", at, rule.where)
            accounts = [apply(policy, account, event).account for account in accounts]
        accounts = _closure(policy, accounts, help_, at)
        if any(check(account, at, WITHDRAWAL) for account in accounts):
            allowed.add(tick)
    return frozenset(allowed)


def _form(account: Account, at: datetime, is_timed: bool) -> tuple:
    """What of an account can still matter; when a round was opened or failed only where anything takes time."""
    holds = [hold for hold in account.holds if hold.is_open(at) or hold.latest.at == at]
    forms = []
    for hold in holds:
        progress = hold.progress
        tried = (progress.failures, progress.appeals, progress.verification_closed, progress.reviewer)
        times = (getattr(progress.state, "opened_at", None), progress.failed_at) if is_timed else ()
        method = getattr(progress.state, "method", "")
        forms.append((hold.cause, hold.latest, progress.state.state, method, hold.end, tried, times))
    report = account.identity_report
    return tuple(forms), account.identity, report is not None and report.source.at == at


def _fresh(help_: Help) -> Account:
    account = Account(id="a1")
    return account if help_.unverified else _identified(account, Identity.PERSONAL, START - TICK)


def _identified(account: Account, identity: Identity | None, at: datetime) -> Account:
    event = IdentityChanged(id=f"i{at.microsecond}{identity}", account="a1", at=at, identity=identity)
    return apply(Policy(id="p", version="1", rules=()), account, event).account


def _closure(policy: Policy, accounts: list[Account], help_: Help, at: datetime) -> list[Account]:
    is_timed = help_.is_late or any(_has_deadlines(rule) for rule in policy.rules)
    seen = {_form(account, at, is_timed): account for account in accounts}
    ahead = list(seen.values())
    while ahead:
        account = ahead.pop()
        for then in _next(policy, account, help_, at):
            form = _form(then, at, is_timed)
            if form not in seen:
                seen[form] = then
                ahead.append(then)
    return list(seen.values())


def _has_deadlines(rule: Rule) -> bool:
    clearance = rule.clearance
    if clearance is None:
        return False
    return bool(clearance.verify_within or (clearance.appeal is not None and clearance.appeal.within))


def _next(policy: Policy, account: Account, help_: Help, at: datetime) -> Iterator[Account]:
    if help_.unverified and help_.verified:
        for identity in (None, Identity.PERSONAL):
            report = account.identity_report
            if account.identity is not identity and (report is None or report.source.at < at):
                yield _identified(account, identity, at)
    for hold in account.holds:
        for event in _deeds(hold, help_, at):
            try:
                yield apply(policy, account, event).account
            except EventRefused:
                continue


def _deeds(hold, help_: Help, at: datetime) -> Iterator:
    progress = hold.progress
    event_id = f"d{progress.failures}-{progress.appeals}-{progress.state.state}"
    events = HoldEventFactory(account="a1", hold=hold.id, at=at, event_id=event_id)
    for authority in help_.authorities:
        yield events.release_ordered(authority)
    if hold.rule.clearance is None or not hold.is_open(at):
        return
    # No rule and no help asks for more than two failures, so a third one makes a difference to nothing.
    may_end = progress.failures < (3 if help_.tries is None else help_.tries)
    for method in METHODS:
        if progress.state.state == "suspended":
            yield events.verification_started(method)
    if may_end:
        yield events.verification_failed()
    if at - getattr(progress.state, "opened_at", at) >= help_.hands_in_after:
        yield events.verification_submitted()
    may_pass = may_end and progress.failures >= help_.failures
    if may_pass and getattr(progress.state, "method", None) in help_.methods:
        yield events.review_decided("approved")
    if may_end:
        yield events.review_decided("rejected")
    if at - max(progress.failed_at or hold.latest.at, hold.latest.at) >= help_.appeals_after:
        yield events.appeal_submitted(help_.documents)
    if progress.appeals > help_.dismissals:
        yield events.appeal_decided("granted")
    yield events.appeal_decided("dismissed")


def term_vectors(rules: tuple[Rule, ...]) -> set[tuple[Ending, ...]]:
    """The different things that these rules come to under all helps."""
    unreleased = {tuple(ending_under(rule, help_) for rule in rules) for help_ in every_help(*rules)}
    return {
        tuple(AT_ONCE if rule.releasable_by & answering else terms for rule, terms in zip(rules, vector, strict=True))
        for vector in unreleased
        for answering in (*AUTHORITIES, frozenset({"compliance"}))
    }


def denies(terms: Ending, shots: Iterable[datetime], at: datetime) -> bool:
    """Whether a rule of such a course denies at this instant, if events that it matches happened at these."""
    heard = sorted(shot for shot in shots if shot <= at)
    if not heard or terms.by is EndsBy.PEOPLE_AT_ONCE:
        return False
    if terms.by is EndsBy.NOTHING:
        return True
    if terms.by is EndsBy.EXTENDED_TIMER:
        return at < heard[-1] + terms.lasts
    if terms.by is EndsBy.FIRST_TIMER:
        return at < heard[0] + terms.lasts
    end = heard[0]
    for shot in heard:
        end = shot + terms.lasts if shot >= end else end
    return at < end
