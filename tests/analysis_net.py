"""A net that needs no theory: nearly equal policies, short journals, and everything that people can do.

For each pair the verdict of `compare` is held against brute force on real accounts, one tick (a microsecond) after the
other: after each event of a random journal every event that some help allows is tried, in every order. A direction that
was ruled out must not be seen, and where a witness is given, nothing that its help allows ends the denial earlier.

    python tests/analysis_net.py [--first] PAIRS [FAMILY …]

prints a table, one row for each family. The seed of a pair is its family and its number.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TypeVar

import attrs

from analysis_walks import (
    DOCUMENTS,
    METHODS,
    TICK,
    TRIGGER,
    WHERES,
    TooMany,
    allowed_on_real_accounts,
    random_calendar,
    random_rule,
    some,
)
from withdraw_guard import (
    Appeal,
    BusinessDay,
    Calendar,
    Chosen,
    Destinations,
    Facts,
    IdentityChanged,
    InvalidValue,
    Policy,
    Request,
    Rule,
    Scope,
    SecurityEvent,
    check,
)
from withdraw_guard.analysis import Help, Standing, Verdict, Witness, compare, replayed
from withdraw_guard.analysis._circumstances import ASKED, ELSEWHERE
from withdraw_guard.analysis._help import most_help_that_keeps_it_open
from withdraw_guard.analysis._people import ACCOUNT, START

HORIZON = 8
LAST_TICK = 3
ACCOUNTS_MAX = 120
SUPPORT = frozenset({"support"})
NAMED = Scope(destinations="named")
ASKS = Request(operation="withdrawal", destination_id=ASKED)
FACTS = tuple(
    Facts({name: fact for name, fact in (("score", score), ("vip", vip)) if fact is not None})
    for score in (None, 1, 2, 3)
    for vip in (None, True, False)
)
Pair = tuple[Policy, Policy]
Change = Callable[[Rule], tuple[Rule, ...]]
T = TypeVar("T")


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _timed(random: Random, rule: Rule) -> Rule:
    return attrs.evolve(rule, duration=random.randint(1, 3) * TICK)


def _bare(random: Random, rule: Rule, **terms: object) -> Rule:
    """The rule with a timer alone."""
    return attrs.evolve(_timed(random, rule), clearance=None, lifted_by="any", releasable_by=frozenset(), **terms)


def _cleared(random: Random, rule: Rule, lifted_by: str | None = None, **terms: object) -> Rule:
    """The rule with a clearance, and with what the family says."""
    other = rule
    while other.clearance is None:
        other = random_rule(random, rule.id, where=False, deadlines=terms.pop("deadlines", False))
    return attrs.evolve(
        rule,
        clearance=other.clearance,
        lifted_by=lifted_by or other.lifted_by,
        duration=rule.duration if rule.chosen is None else None,
        chosen=None,
        releasable_by=SUPPORT,
        **terms,
    )


def _of_timers(random: Random, rule: Rule) -> Rule:
    return _bare(random, rule, repeat="extend")


def _of_any(random: Random, rule: Rule) -> Rule:
    return _cleared(random, _timed(random, rule), "any", repeat=some(random, "extend", "extend", "keep"))


def _of_all(random: Random, rule: Rule) -> Rule:
    return _cleared(random, _timed(random, rule), "all", repeat=some(random, "extend", "extend", "keep"))


def _of_kept(random: Random, rule: Rule) -> Rule:
    return attrs.evolve(_timed(random, rule), repeat="keep")


def _of_separate(random: Random, rule: Rule) -> Rule:
    return attrs.evolve(_timed(random, rule), repeat="separate")


def _of_named(random: Random, rule: Rule) -> Rule:
    return _bare(random, rule, repeat="separate", scope=some(random, NAMED, NAMED, Scope()))


def _of_chosen(random: Random, rule: Rule) -> Rule:
    usual = random.randint(1, 3)
    bounds = Chosen(minimum=random.randint(1, usual) * TICK, maximum=random.randint(usual, 4) * TICK)
    repeat = some(random, "extend", "extend", "separate")
    return attrs.evolve(_bare(random, rule, repeat=repeat), duration=usual * TICK, chosen=bounds)


def _of_counted(random: Random, rule: Rule) -> Rule:
    repeat = some(random, "extend", "extend", "separate", "keep")
    return attrs.evolve(_bare(random, rule, repeat=repeat), duration=None, business_days=random.randint(1, 2))


def _of_facts(random: Random, rule: Rule) -> Rule:
    return attrs.evolve(_bare(random, rule, repeat="extend"), where=some(random, *WHERES[2:]))


def _of_timerless(random: Random, rule: Rule) -> Rule:
    if random.random() < 0.5:
        return _bare(random, rule, repeat="extend")
    named = {"repeat": "separate", "scope": NAMED} if random.random() < 0.5 else {"repeat": "extend"}
    return _without_timer(attrs.evolve(rule, clearance=None, **named))


def _of_late(random: Random, rule: Rule) -> Rule:
    return _cleared(random, attrs.evolve(rule, repeat="extend", clearance=None), deadlines=True)


def _of_ageing(random: Random, rule: Rule) -> Rule:
    found = _cleared(random, attrs.evolve(rule, repeat="extend", duration=None), "any")
    verified = some(random, frozenset(), frozenset(METHODS[1:]))
    clearance = attrs.evolve(
        found.clearance,
        unverified=some(random, *_METHOD_SETS[1:]),
        verified=some(random, verified, verified, *_METHOD_SETS),
        identity_valid_for=some(random, None, 1, 1, 2) and random.randint(1, 2) * TICK,
    )
    return attrs.evolve(found, clearance=clearance)


_METHOD_SETS = (frozenset[str](), frozenset(METHODS[:1]), frozenset(METHODS[1:]), frozenset(METHODS))


@dataclass(frozen=True)
class Family:
    """How its rules are made, how many a policy has at most, and which changes are the most frequent.

    Of each pair so many journals are walked: more where few show a difference.
    """

    make: Callable[[Random, Rule], Rule]
    rules_max: int = 2
    crossed: bool = True
    mostly: Callable[[list[Change]], list[Change]] | None = None
    journals: int = 4


FAMILIES = {
    "timers": Family(_of_timers),
    "any": Family(_of_any, 1),
    "all": Family(_of_all, 1),
    "kept": Family(_of_kept),
    "separate": Family(_of_separate),
    "named": Family(_of_named),
    "chosen": Family(_of_chosen),
    "business days": Family(_of_counted),
    "facts": Family(_of_facts, 3),
    "timerless": Family(_of_timerless),
    "late": Family(_of_late, 1, mostly=lambda deadlines: deadlines),
    "ageing": Family(_of_ageing, 2, crossed=False, mostly=lambda _: [lambda _: ()], journals=12),
}


def _without_timer(rule: Rule) -> Rule:
    return attrs.evolve(rule, duration=None, business_days=None, chosen=None, releasable_by=SUPPORT)


def _after(calendar: Calendar, other: Calendar) -> Calendar:
    """The other calendar, as that of the next year: it begins where the first one ends."""
    by = calendar.days[-1].ends - other.days[0].begins
    return Calendar(days=tuple(BusinessDay(begins=day.begins + by, ends=day.ends + by) for day in other.days))


def _base(random: Random, family: Family) -> Policy:
    def made(name: str) -> Rule:
        rule = random_rule(random, name, where=False)
        rule = family.make(random, attrs.evolve(rule, trigger=TRIGGER, scope=Scope(), where={}))
        if family.crossed and random.random() < 0.3:
            rule = _without_timer(rule) if random.random() < 0.5 else _cleared(random, rule)
        return rule

    rules = tuple(_until_valid(lambda name=f"rule-{n}": made(name)) for n in range(random.randint(1, family.rules_max)))
    return Policy(id="p", version="1", rules=rules, calendar=random_calendar(random, 3, 7))


def _until_valid(make: Callable[[], T]) -> T:
    while True:
        try:
            return make()
        except InvalidValue:
            continue


# ── One small change ─────────────────────────────────────────────────────────────────────────────────────────────


def _changes(random: Random, family: Family) -> list[Change]:
    """What a person may change about a rule, as the rules that stand in its place."""
    step = random.choice((-1, 1)) * TICK

    def of(**terms: Callable[[Rule], object]) -> Callable[[Rule], tuple[Rule, ...]]:
        return lambda rule: (attrs.evolve(rule, **{name: term(rule) for name, term in terms.items()}),)

    def of_clearance(**terms: Callable[[Rule], object]) -> Callable[[Rule], tuple[Rule, ...]]:
        def change(rule: Rule) -> tuple[Rule, ...]:
            if rule.clearance is None:
                raise InvalidValue("clearance", "must be given")
            said = {name: term(rule) for name, term in terms.items()}
            return (attrs.evolve(rule, clearance=attrs.evolve(rule.clearance, **said)),)

        return change

    def of_bounds(rule: Rule) -> tuple[Rule, ...]:
        if rule.chosen is None:
            raise InvalidValue("chosen", "must be given")
        name = some(random, "minimum", "maximum")
        return (attrs.evolve(rule, chosen=attrs.evolve(rule.chosen, **{name: getattr(rule.chosen, name) + step})),)

    def split(rule: Rule) -> tuple[Rule, ...]:
        if rule.where:
            raise InvalidValue("where", "must be empty")
        halves = [attrs.evolve(rule, id=f"{rule.id}-{vip}", where={"vip": vip}) for vip in (True, False)]
        return tuple(halves)

    def another(rule: Rule) -> tuple[Rule, ...]:
        return (attrs.evolve(family.make(random, attrs.evolve(rule, clearance=None)), id=rule.id, trigger=TRIGGER),)

    def appeal(rule: Rule) -> object:
        other = _cleared(random, attrs.evolve(rule, clearance=None))
        return other.clearance.appeal

    deadlines = [
        of_clearance(verify_within=lambda _: some(random, None, TICK, 2 * TICK)),
        of_clearance(appeal=lambda rule: _with_another_window(random, rule.clearance.appeal)),
    ]
    if family.mostly is not None and random.random() < 0.5:
        return family.mostly(deadlines)
    return [
        *deadlines,
        of(duration=lambda rule: rule.duration + step if rule.duration else None),
        of(business_days=lambda rule: rule.business_days and rule.business_days + step // TICK),
        of(repeat=lambda _: some(random, "extend", "keep", "separate")),
        of(scope=lambda _: NAMED, repeat=lambda _: "separate"),
        of(scope=lambda _: some(random, Scope(), Scope(destinations="new"), Scope(operations=frozenset({"p2p_sale"})))),
        of(lifted_by=lambda rule: "all" if rule.lifted_by == "any" else "any"),
        of(releasable_by=lambda _: some(random, frozenset(), SUPPORT)),
        of_clearance(attempts=lambda _: some(random, None, 1, 2)),
        of_clearance(unverified=lambda _: some(random, *_METHOD_SETS)),
        of_clearance(verified=lambda _: some(random, *_METHOD_SETS)),
        of_clearance(appeal=appeal),
        of_bounds,
        of_bounds,
        split,
        another,
        lambda rule: (),
        lambda rule: (rule, *another(attrs.evolve(rule, id="more"))),
    ]


def _with_another_window(random: Random, appeal: Appeal | None) -> Appeal | None:
    return appeal and attrs.evolve(appeal, within=some(random, None, TICK, 2 * TICK))


def _renamed(policy: Policy) -> Policy:
    rules = tuple(attrs.evolve(rule, id=f"other-{n}") for n, rule in enumerate(reversed(policy.rules)))
    return attrs.evolve(policy, rules=rules)


def _changed(random: Random, family: Family, policy: Policy) -> Policy:
    index = random.randrange(len(policy.rules))
    place = random.choice(_changes(random, family))(policy.rules[index])
    if place == (policy.rules[index],):
        raise InvalidValue("rules", "must differ")
    rules = (*policy.rules[:index], *place, *policy.rules[index + 1 :])
    return attrs.evolve(policy, version="2", rules=rules)


def random_pair(name: str, number: int) -> Pair:
    """Two policies that differ a little, or not at all in what they do."""
    random, family = Random(f"{name} {number}"), FAMILIES[name]
    old = _base(random, family)
    new = _until_valid(lambda: _changed(random, family, old)) if random.random() < 0.9 else _renamed(old)
    if random.random() < 0.15:
        new = _until_valid(lambda: _changed(random, family, new)) if new.rules else new
    if name == "business days" and random.random() < 0.4:
        other = random_calendar(random, 3, 7)
        new = attrs.evolve(new, calendar=some(random, other, _after(old.calendar, other)))
    return (old, new) if random.random() < 0.5 else (new, old)


# ── Brute force ──────────────────────────────────────────────────────────────────────────────────────────────────


def random_help(random: Random, *both: Policy) -> Help:
    """Any help, or one of the largest that keep the hold of a rule open."""
    rules = [rule for policy in both for rule in policy.rules]
    ages = any(rule.clearance and rule.clearance.identity_valid_for for rule in rules)
    if ages and random.random() < 0.6:
        methods = some(random, METHODS, METHODS[1:])
        return Help(unverified=False, verified=True, methods=frozenset(methods), failures=some(random, 0, 0, 0, 1))
    late = any(_has_deadline(rule) for rule in rules)
    if late and random.random() < 0.6:
        return _late_help(random)
    if rules and random.random() < 0.6:
        return random.choice(list(most_help_that_keeps_it_open(random.choice(rules), *both)))
    unverified, verified = some(random, (True, True), (True, False), (False, True))
    methods = some(random, frozenset(METHODS), frozenset(METHODS), frozenset(METHODS[:1]), frozenset[str]())
    return Help(
        unverified=unverified,
        verified=verified,
        methods=methods if verified else methods - {METHODS[1]},
        failures=some(random, 0, 0, 1, 2),
        tries=some(random, None, None, 0, 1),
        documents=some(random, *DOCUMENTS),
        dismissals=some(random, 0, 0, 1, 2),
        authorities=some(random, frozenset[str](), frozenset[str](), SUPPORT),
        hands_in_after=some(random, 0, 0, 1, 2, 3) * TICK if late else timedelta(),
        appeals_after=some(random, 0, 0, 1, 2, 3) * TICK if late else timedelta(),
    )


def _late_help(random: Random) -> Help:
    """Help that only time takes away, but for appeals."""
    return Help(
        unverified=True,
        verified=True,
        methods=frozenset(METHODS),
        documents=DOCUMENTS[-1],
        dismissals=some(random, 0, 2, 2),
        hands_in_after=random.randint(1, 2) * TICK,
        appeals_after=some(random, 0, 0, 1, 2) * TICK,
    )


def _has_deadline(rule: Rule) -> bool:
    clearance = rule.clearance
    return bool(clearance and (clearance.verify_within or (clearance.appeal and clearance.appeal.within)))


def random_journal(random: Random, *both: Policy) -> list[SecurityEvent]:
    """One to three events that some rule may hear."""
    rules = [rule for policy in both for rule in policy.rules]
    offers = [rule.chosen for rule in rules if rule.chosen is not None]
    durations = [None, *{bound for offer in offers for bound in (offer.minimum, offer.maximum)}]
    named = any(rule.scope.destinations is Destinations.NAMED for rule in rules)
    said = FACTS if any(rule.where for rule in rules) else FACTS[:1]
    ticks = sorted(random.sample(range(LAST_TICK + 1), random.choice((1, 1, 2, 3))))
    return [
        SecurityEvent(
            id=f"e{tick}",
            account=ACCOUNT,
            at=START + tick * TICK,
            trigger=TRIGGER,
            initiated_by="user",
            context=random.choice(said),
            duration=random.choice(durations),
            destination_id=some(random, ASKED, ELSEWHERE) if named else None,
        )
        for tick in ticks
    ]


def on_either_calendar(old: Policy, new: Policy) -> Pair:
    """Both policies, each with the days of the other's calendar that lie before or after its own."""

    def longer(policy: Policy, other: Policy) -> Policy:
        own, others = policy.calendar.days, other.calendar.days
        before = tuple(day for day in others if day.ends <= own[0].begins)
        after = tuple(day for day in others if day.begins >= own[-1].ends)
        return attrs.evolve(policy, calendar=Calendar(days=(*before, *own, *after)))

    return longer(old, new), longer(new, old)


def seen(random: Random, both: Pair, journals: int) -> Iterator[tuple[Verdict | None, object]]:
    """Give each difference that a random journal and a random help show, with what showed it; none if none is shown."""
    for _ in range(journals):
        journal = random_journal(random, *both)
        helps = random_help(random, *both)
        if _beyond_a_calendar(both, journal):
            continue
        try:
            held = [_allowed(policy, helps, journal, hurry=True) for policy in both]
            freed = [_allowed(policy, helps, journal, hurry=False) for policy in both] if helps.is_late else held
        except TooMany:
            continue
        yield None, journal
        for verdict, denying, allowing in ((Verdict.LOOSER, 0, 1), (Verdict.STRICTER, 1, 0)):
            if freed[allowing] & ~held[denying]:
                yield verdict, (journal, helps, bin(freed[allowing] & ~held[denying]))


def _allowed(policy: Policy, helps: Help, journal: list[SecurityEvent], *, hurry: bool) -> int:
    return allowed_on_real_accounts(policy, helps, journal, ASKS, HORIZON, hurry, ACCOUNTS_MAX)


def _beyond_a_calendar(both: Pair, journal: list[SecurityEvent]) -> bool:
    """Whether a policy cannot count the business days of an event. Such an event is in no comparison."""
    counts = [(policy.calendar, rule.business_days) for policy in both for rule in policy.rules if rule.business_days]
    return any(calendar.end_of_business_day(days, event.at) is None for calendar, days in counts for event in journal)


# ── The net ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Row:
    """What was found in one family."""

    family: str
    verdicts: Counter[str] = field(default_factory=Counter)
    journals: int = 0
    contradictions: list[str] = field(default_factory=list)

    def told(self) -> str:
        """One row of the table."""
        cells = (self.family, sum(self.verdicts.values()), *(self.verdicts[each] for each in Verdict), self.journals)
        return f"| {' | '.join(map(str, cells))} |"


HEAD = f"| family | pairs | {' | '.join(Verdict)} | journals |\n| --- {'| --- ' * 7}|"


def walk(name: str, pairs: int, stop: bool = False) -> Row:
    """Compare this many pairs of a family with brute force."""
    row = Row(family=name)
    for number in range(pairs):
        found = contradiction(name, number, FAMILIES[name].journals, row)
        if found is not None:
            row.contradictions.append(f"{name} {number}: {found}")
            if stop:
                break
    return row


def contradiction(name: str, number: int, journals: int, row: Row) -> str | None:
    """Return what is wrong about one pair, if something is."""
    given = random_pair(name, number)
    comparison = compare(*given)
    random = Random(f"{name} {number} walk")
    kind = next(each for each in comparison.differences if each.operation in ("withdrawal", "*"))
    row.verdicts[kind.verdict] += 1
    turned = compare(*reversed(given))
    if (turned.about_looser, turned.about_stricter) != (comparison.about_stricter, comparison.about_looser):
        return f"the other way round it is {turned.verdict}, and not the opposite of {comparison.verdict}: {given}"
    for difference in comparison.differences:
        ways = {"looser": difference.about_looser, "stricter": difference.about_stricter}
        named = {each.way for each in comparison.unknown}
        if any(about is Standing.UNKNOWN and way not in named for way, about in ways.items()):
            return f"{difference.operation} to {difference.destination} is unknown without a reason: {given}"
    both = on_either_calendar(*given)
    about = {Verdict.LOOSER: kind.about_looser, Verdict.STRICTER: kind.about_stricter}
    for verdict, shown in seen(random, both, journals):
        row.journals += verdict is None
        if verdict is not None and about[verdict] is Standing.RULED_OUT:
            return f"{verdict} is ruled out, but {shown} shows it: {given}"
    for way, denying, allowing in (("looser", *both), ("stricter", *reversed(both))):
        witness = getattr(kind, way)
        if witness is not None and not _is_a_witness(witness, denying, allowing):
            return f"{way} is shown by {witness}, which shows nothing: {given}"
    return None


def _is_a_witness(witness: Witness, denying: Policy, allowing: Policy) -> bool:
    """Whether the journal replays as told, and nothing that the help allows ends the denial by its instant."""
    if check(replayed(allowing, witness.journal), witness.at, witness.request) != witness.allowed:
        return False
    lost = [event for event in witness.journal if isinstance(event, IdentityChanged) and event.identity is None]
    if lost and not witness.help.unverified:
        return False
    reported = [event for event in witness.journal if isinstance(event, SecurityEvent)]
    tick = (witness.at - START) // TICK
    if tick > 2 * HORIZON:
        return True
    try:
        ends = allowed_on_real_accounts(denying, witness.help, reported, witness.request, tick + 1, True, ACCOUNTS_MAX)
    except TooMany:
        return True
    return not ends >> tick & 1


def main(words: list[str]) -> int:
    """Print the table, and return whether something is wrong; with `--first` stop at the first contradiction."""
    first = "--first" in words
    count, *names = (word for word in words if word != "--first")
    print(HEAD)
    wrong: list[str] = []
    for name in names or FAMILIES:
        row = walk(name, int(count), stop=first)
        print(row.told(), flush=True)
        wrong += row.contradictions
        if first and wrong:
            break
    print(*wrong[:20], f"{len(wrong)} contradictions", sep="\n\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
