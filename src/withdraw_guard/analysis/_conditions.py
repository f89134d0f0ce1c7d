"""Facts of an event that some rules match and other rules do not match.

A rule asks about finitely many facts. For each it makes a difference only whether the event has the fact with the same
type and another value. So it is enough to try, for each fact and type, the value to match or a value in no rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._model.events import INITIATED_BY
from withdraw_guard._model.policy import Rule
from withdraw_guard._values.facts import Fact, Facts
from withdraw_guard._values.limits import FACTS_MAX
from withdraw_guard._values.vocabulary import ActorKind

# At most this many steps of the search for one event.
REMEDIES_TRIED_MAX: Final = 500
_INITIATORS: Final = tuple(kind.value for kind in ActorKind)  # the account holder first


def can_match(rule: Rule) -> bool:
    """Whether an event can match the rule: only the four kinds of actor initiate events."""
    asked = rule.where.get(INITIATED_BY)
    return type(asked) is not str or asked in _INITIATORS


def facts_for(match: Sequence[Rule], avoid: Sequence[Rule]) -> Facts | None:
    """Return facts that all of `match` and none of `avoid` match, or none if there are no such facts.

    The facts include `initiated_by` if it makes a difference, and no other fact that is not needed. Raises `GivenUp`
    if the search is too long: it is a satisfiability problem, with one clause for each rule to avoid.
    """
    search = _FactSearch(_remedies(match, avoid))
    for initiator in _INITIATORS:
        said: dict[str, Fact] = {INITIATED_BY: initiator}
        if not any(contradict(said, rule) for rule in match):
            left = sum(1 << number for number, rule in enumerate(avoid) if not contradict(said, rule))
            facts = search.facts(left, said)
            if facts is not None:
                return _carried(facts)
    return None


def _carried(facts: dict[str, Fact]) -> Facts:
    """Return `Facts`. Next to the most facts that fit, the initiator is left out if it is the account holder."""
    if len(facts) > FACTS_MAX and facts.pop(INITIATED_BY) != _INITIATORS[0]:
        raise GivenUp
    return Facts(facts)


def with_own_facts(rule: Rule, facts: Facts) -> Facts:
    """Return these facts and those that the rule asks for, if an event can have so many. Fewer other rules match."""
    together = {**rule.where, **facts}
    return Facts(together) if len(together) <= FACTS_MAX else facts


@final
class GivenUp(Exception):
    """It is not known whether there are such facts, because the search for them was given up."""


_Remedy: TypeAlias = tuple[str, Fact, int]


@final
@attrs.define
class _FactSearch:
    """Searches for facts, at most one for each name, that keep every rule to avoid from matching.

    A remedy is a fact with the rules, as bits, that it keeps from matching. The rule with the fewest remedies is tried
    first. A branch ends early if it needs more facts than an event can have.
    """

    remedies: list[_Remedy]
    tried: int = 0

    def facts(self, left: int, said: dict[str, Fact]) -> dict[str, Fact] | None:
        """Return the given facts and more that keep all rules that are left from matching, if there are such facts."""
        if not left:
            return said
        self.tried += 1
        if self.tried > REMEDIES_TRIED_MAX:
            raise GivenUp
        free = [remedy for remedy in self.remedies if remedy[2] & left and remedy[0] not in said]
        by_rule = _by_rule(left, free)
        if _needed(by_rule) > FACTS_MAX + 1 - len(said):
            return None
        for name, value, remedied in min(by_rule, key=len):
            facts = self.facts(left & ~remedied, {**said, name: value})
            if facts is not None:
                return facts
        return None


def _by_rule(left: int, free: Sequence[_Remedy]) -> list[list[_Remedy]]:
    """Return the remedies for each rule that is left."""
    found = {rule: list[_Remedy]() for rule in _bits(left)}
    for remedy in free:
        for rule in _bits(remedy[2] & left):
            found[rule].append(remedy)
    return list(found.values())


def _bits(rules: int) -> Iterator[int]:
    while rules:
        rule = rules & -rules
        rules ^= rule
        yield rule


def _needed(by_rule: Iterable[list[_Remedy]]) -> int:
    """Return a lower bound for the number of facts: the number of rules of which no two share a fact."""
    needed, used = 0, set[str]()
    for remedies in by_rule:
        names = {name for name, _, _ in remedies}
        if not names & used:
            needed, used = needed + 1, used | names
    return needed


def _remedies(match: Sequence[Rule], avoid: Sequence[Rule]) -> list[_Remedy]:
    """Return every fact that keeps a rule of `avoid` from matching, and no rule of `match`."""
    wanted, unwanted = _expectations(match), _expectations(avoid)
    found: dict[tuple[str, type, Fact], int] = {}
    for name, expected in (asked for rule in avoid for asked in _asked(rule)):
        kind = type(expected)
        asking = unwanted[name, kind]
        value = _other_value(expected, wanted.get((name, kind), ()), asking)
        if name != INITIATED_BY and value is not None and (name, kind, value) not in found:
            found[name, kind, value] = sum(rules for other, rules in asking.items() if other != value)
    return [(name, value, remedied) for (name, _, value), remedied in found.items()]


def _expectations(rules: Sequence[Rule]) -> dict[tuple[str, type], dict[Fact, int]]:
    """Return the expected values for each fact and type, and the rules, as bits, that expect each value."""
    found: dict[tuple[str, type], dict[Fact, int]] = {}
    for number, rule in enumerate(rules):
        for name, expected in _asked(rule):
            rules_asking = found.setdefault((name, type(expected)), {})
            rules_asking[expected] = rules_asking.get(expected, 0) | 1 << number
    return found


def _asked(rule: Rule) -> Iterator[tuple[str, Fact]]:
    """Give what the rule asks. It asks nothing about an initiator of another type than text."""
    for name, expected in rule.where.items():
        if name != INITIATED_BY or type(expected) is str:
            yield name, expected


def contradict(facts: Mapping[str, Fact], rule: Rule) -> bool:
    """Whether the rule matches no event with these facts."""
    return any(
        name in facts and type(facts[name]) is type(expected) and facts[name] != expected
        for name, expected in _asked(rule)
    )


def _other_value(expected: Fact, wanted: Collection[Fact], unwanted: Collection[Fact]) -> Fact | None:
    """Return another value of the same type: the one that `match` expects, or one that no rule expects."""
    if wanted:
        (value, *others) = wanted
        return None if others or value == expected else value
    if isinstance(expected, bool):
        return not expected
    if isinstance(expected, int):
        return next(number for number in range(len(unwanted) + 1) if number not in unwanted)
    return next(text for text in ("other", *(f"other-{n}" for n in range(len(unwanted)))) if text not in unwanted)
