"""Names that look misspelt: close to a well-known name or another one of the policy, or a well-known one in short."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Final, TypeAlias

from withdraw_guard import authorities, documents, methods, operations, public_reasons, triggers
from withdraw_guard._model.events import INITIATED_BY
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule
from withdraw_guard._values.vocabulary import ActorKind
from withdraw_guard.analysis._findings import Code, Finding, Severity, found, once
from withdraw_guard.analysis._people import security_event

Said: TypeAlias = tuple[str, str, Rule | None]
"""A kind of name, the name, and the rule that says it, or none if the policy itself does."""

# Two names may differ by so many letters, if they are at least so long.
_LETTERS: Final = ((6, 2), (4, 1))


def _names_in(module: object) -> frozenset[str]:
    return frozenset(str(name) for key, name in vars(module).items() if key.isupper() and isinstance(name, str))


_WELL_KNOWN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "operation": frozenset(map(str, operations.WELL_KNOWN)),
        "method": frozenset(map(str, methods.WELL_KNOWN)),
        "document": _names_in(documents),
        "authority": _names_in(authorities),
        "trigger": _names_in(triggers),
        "public reason": _names_in(public_reasons),
        "initiator": frozenset(kind.value for kind in ActorKind),
    }
)


def of_names(policy: Policy, start: datetime) -> Iterator[Finding]:
    """Report each name that is not well known and that is close to one that is, or to one that is said earlier."""
    seen: dict[str, set[str]] = {}
    of_policy = (("authority", name, None) for name in sorted(policy.retractable_by))
    for kind, name, rule in chain(chain.from_iterable(map(_said, policy.rules)), of_policy):
        known, before = _WELL_KNOWN.get(kind, frozenset()), seen.setdefault(kind, set())
        if name not in known and name not in before:
            near = meant(name, known) or meant(name, before) or in_short(name, known)
            before.add(name)
            if near is not None:
                whose = "`retractable_by` names" if rule is None else "names"
                sentence = f"{whose} the {kind} `{name}`: did you mean `{near}`?"
                journal = (
                    (security_event(triggers.PASSWORD_CHANGED, "e1", start),) if rule is None else once(rule, start)
                )
                yield found(Code.UNKNOWN_NAME, Severity.WARNING, rule, sentence, journal)


def meant(name: str, others: Collection[str]) -> str | None:
    """Return the closest of some other names, if one differs in case only or by a few letters."""
    distances = {other: _distance(name, other) for other in sorted(others) if other != name}
    near = [other for other, distance in distances.items() if distance <= _tolerated(name, other)]
    return min(near, key=lambda other: distances[other], default=None)


def _tolerated(name: str, other: str) -> int:
    """Return how many letters may differ. Names that differ in digits only are different on purpose."""
    if _without_digits(name) == _without_digits(other):
        return -1
    if name.casefold() == other.casefold():
        return len(name)
    shorter = min(len(name), len(other))
    return next((letters for least, letters in _LETTERS if shorter >= least), 0)


def _without_digits(name: str) -> str:
    return "".join(sign for sign in name if not sign.isdigit())


def in_short(name: str, others: Collection[str]) -> str | None:
    """Return the name that has the same words, in another order or with one of them in short: `pwd_changed`."""
    return next((other for other in sorted(others) if _is_short_for(name.split("_"), other.split("_"))), None)


def _is_short_for(words: list[str], whole: list[str]) -> bool:
    if sorted(words) == sorted(whole):
        return True
    different = [pair for pair in zip(words, whole, strict=False) if pair[0] != pair[1]]
    return len(words) == len(whole) > len(different) == 1 and _has_the_letters(*different[0])


def _has_the_letters(short: str, word: str) -> bool:
    """Whether the short word has some letters of the other one in their order, the first one among them."""
    rest = iter(word)
    return len(short) > 1 and short[0] == word[0] and all(sign in rest for sign in short)


def _distance(one: str, two: str) -> int:
    """Return how many letters to insert, remove or replace."""
    row = list(range(len(two) + 1))
    for index, sign in enumerate(one, start=1):
        before, row = row, [index]
        for place, other in enumerate(two, start=1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (sign != other)))
    return row[-1]


def _said(rule: Rule) -> Iterator[Said]:
    """Give every name that a rule says, and the text values of its condition, each beside those of the same fact."""
    yield "trigger", rule.trigger, rule
    named = () if rule.scope.operations == EVERYTHING else rule.scope.operations
    yield from (("operation", name, rule) for name in sorted({*named, *rule.scope.leaves}))
    yield from (("authority", name, rule) for name in sorted(rule.releasable_by))
    if rule.public_reason is not None:
        yield "public reason", rule.public_reason, rule
    if rule.clearance is not None:
        yield from (("method", name, rule) for name in sorted(rule.clearance.unverified | rule.clearance.verified))
        if rule.clearance.appeal is not None:
            yield from (("document", name, rule) for name in sorted(rule.clearance.appeal.documents))
    for name, value in rule.where.items():
        if name != INITIATED_BY:
            yield "fact", name, rule
        if isinstance(value, str):
            yield "initiator" if name == INITIATED_BY else f"value of `{name}`", value, rule
