"""Facts of an event that some rules match and others do not.

A rule asks about finitely many facts, and of each only whether the event carries it with the same type and another
value. So it is enough to try, for each fact, the values that the rules name and one that none of them names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from withdraw_guard._events import INITIATED_BY
from withdraw_guard._facts import Fact, Facts
from withdraw_guard._limits import FACTS_MAX
from withdraw_guard._policy import Rule
from withdraw_guard._words import ActorKind

_INITIATORS: Final = tuple(kind.value for kind in ActorKind)  # the account holder first


def can_match(rule: Rule) -> bool:
    """Whether any event can match: nobody but the four kinds of actor ever initiates one."""
    asked = rule.where.get(INITIATED_BY)
    return type(asked) is not str or asked in _INITIATORS


def facts_for(match: Sequence[Rule], avoid: Sequence[Rule]) -> Facts | None:
    """Return facts of an event that all of `match` and none of `avoid` match, or none if there are no such facts.

    `initiated_by` is among them where it matters. No fact is carried that is not needed.
    """
    return next(_assigned({}, match, avoid), None)


def _assigned(facts: dict[str, Fact], match: Sequence[Rule], avoid: Sequence[Rule]) -> Iterator[Facts]:
    if INITIATED_BY not in facts:
        for initiator in _INITIATORS:
            yield from _assigned({INITIATED_BY: initiator, **facts}, match, avoid)
        return
    if len(facts) > FACTS_MAX or any(_says_otherwise(facts, rule) for rule in match):
        return
    left = next((rule for rule in avoid if not _says_otherwise(facts, rule)), None)
    if left is None:
        yield Facts(facts)
    for name, expected in () if left is None else _asked(left):
        if name not in facts:
            for value in _others(name, expected, (*match, *avoid)):
                yield from _assigned({**facts, name: value}, match, avoid)


def _asked(rule: Rule) -> Iterator[tuple[str, Fact]]:
    """Give what the rule really asks: an initiator is text, so a rule that expects another type asks nothing."""
    for name, expected in rule.where.items():
        if name != INITIATED_BY or type(expected) is str:
            yield name, expected


def _says_otherwise(facts: dict[str, Fact], rule: Rule) -> bool:
    return any(
        name in facts and type(facts[name]) is type(expected) and facts[name] != expected
        for name, expected in _asked(rule)
    )


def _others(name: str, expected: Fact, rules: Sequence[Rule]) -> Iterator[Fact]:
    """Give the values of the same type that some rule names, and one that none does."""
    named = {rule.where[name] for rule in rules if name in rule.where and type(rule.where[name]) is type(expected)}
    if isinstance(expected, bool):
        yield not expected
    elif isinstance(expected, int):
        yield from sorted(value for value in named if value != expected)
        yield next(number for number in range(len(named) + 1) if number not in named)
    else:
        texts = {str(value) for value in named}
        yield from sorted(texts - {expected})
        yield next(text for text in ("other", *(f"other-{n}" for n in range(len(texts)))) if text not in texts)
