"""What differs between two policies, rule by rule and term by term, whatever it comes to."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._model.policy import Appeal, Chosen, Clearance, Policy, Rule, Scope
from withdraw_guard._values.ids import RuleId
from withdraw_guard._values.value import Value, members_of

Term: TypeAlias = object
"""The value of one term of a rule or a policy: a duration, a number, names, facts, a word, or none."""

DUE_DATES: Final = (
    "clearance.review_within",
    "clearance.review_business_days",
    "clearance.appeal.decide_within",
    "clearance.appeal.decide_business_days",
)
IDENTITY_ENDS: Final = "clearance.identity_valid_for"
# Terms that no witness can show, and what may be chosen.
NOT_SHOWN: Final = (IDENTITY_ENDS, "public_reason", "chosen")
# Terms that make no answer another one by themselves, and those of what may be chosen: a report lists them apart.
LISTED: Final = (
    *DUE_DATES,
    *NOT_SHOWN,
    "clearance.verify_within",
    "clearance.appeal.within",
)


@final
class ChangeKind(StrEnum):
    """What happened to a rule: of the last three, the rule has the same terms as before."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    MOVED = "moved"


@final
@attrs.frozen(kw_only=True, repr=False)
class TermChange(Value):
    """One term that differs: its path, and its values under both policies."""

    path: str
    old: Term
    new: Term

    @property
    def is_listed(self) -> bool:
        """Whether it is a choice, a deadline, a due date, or what people are told."""
        return _is_one_of(self.path, LISTED)


def _is_one_of(path: str, names: Sequence[str]) -> bool:
    return any(path == name or path.startswith(f"{name}.") for name in names)


@final
@attrs.frozen(kw_only=True, repr=False)
class RuleChange(Value):
    """What happened to one rule. Its ids differ if it was also renamed; `terms` are those that differ."""

    kind: ChangeKind
    old: Rule | None
    new: Rule | None
    terms: tuple[TermChange, ...] = ()


def rule_changes(old: Policy, new: Policy) -> tuple[RuleChange, ...]:
    """Return each rule that was changed, renamed, moved, removed or added, in the order of the old rules."""
    pairs = _pairs(old, new)
    moved = _moved(old, new, pairs)
    kept = {pair.id for pair in pairs.values()}
    found = [_change(rule, pairs.get(rule.id), rule.id in moved) for rule in old.rules]
    added = [RuleChange(kind=ChangeKind.ADDED, old=None, new=rule) for rule in new.rules if rule.id not in kept]
    return tuple(each for each in (*found, *added) if each is not None)


def policy_changes(old: Policy, new: Policy) -> tuple[TermChange, ...]:
    """Return the terms of the policy itself that differ: who may retract a report, and the calendar."""
    terms = ("retractable_by", old.retractable_by, new.retractable_by), ("calendar", old.calendar, new.calendar)
    return tuple(TermChange(path=path, old=before, new=after) for path, before, after in terms if before != after)


def _pairs(old: Policy, new: Policy) -> dict[RuleId, Rule]:
    """Return the new rule for each old one: that of its id, else with its terms, else with its trigger and condition.

    Each new rule stands for one old rule.
    """
    left = {rule.id: rule for rule in new.rules}
    pairs = {rule.id: left.pop(rule.id) for rule in old.rules if rule.id in left}
    for is_alike in (is_same, _hear_alike):
        for rule in old.rules:
            alike = next((other for other in left.values() if rule.id not in pairs and is_alike(rule, other)), None)
            if alike is not None:
                pairs[rule.id] = left.pop(alike.id)
    return pairs


def is_same(other: Rule, rule: Rule) -> bool:
    """Whether the rules differ in their ids only."""
    return other.made_once(nameless) == rule.made_once(nameless)


def nameless(rule: Rule) -> Rule:
    """Return the rule under an id that all rules share."""
    return attrs.evolve(rule, id=RuleId("rule"))


def _hear_alike(one: Rule, two: Rule) -> bool:
    return (one.trigger, one.where) == (two.trigger, two.where)


def _moved(old: Policy, new: Policy, pairs: Mapping[RuleId, Rule]) -> set[RuleId]:
    """Return the old rules that stand in another place among the rules of both policies."""
    places = {pair.id: rule for rule, pair in pairs.items()}
    before = [rule.id for rule in old.rules if rule.id in pairs]
    after = [places[rule.id] for rule in new.rules if rule.id in places]
    return set(before).difference(_longest_in_order([before.index(rule) for rule in after], before))


def _longest_in_order(places: Sequence[int], names: Sequence[RuleId]) -> set[RuleId]:
    """Return the most names whose places ascend."""
    best: list[list[int]] = []
    for index, place in enumerate(places):
        before = (chain for chain, last in zip(best, places[:index], strict=True) if last < place)
        best.append([*max(before, key=len, default=list[int]()), place])
    return {names[place] for place in max(best, key=len, default=list[int]())}


def _change(old: Rule, new: Rule | None, is_moved: bool) -> RuleChange | None:
    if new is None:
        return RuleChange(kind=ChangeKind.REMOVED, old=old, new=None)
    terms = tuple(_term_changes(_terms(old), _terms(new)))
    if terms:
        return RuleChange(kind=ChangeKind.CHANGED, old=old, new=new, terms=terms)
    if old.id != new.id:
        return RuleChange(kind=ChangeKind.RENAMED, old=old, new=new)
    return RuleChange(kind=ChangeKind.MOVED, old=old, new=new) if is_moved else None


def _term_changes(old: Mapping[str, Term], new: Mapping[str, Term]) -> Iterator[TermChange]:
    for path in dict.fromkeys((*old, *new)):
        # No names are as good as no term: a rule without a clearance accepts no method.
        if (old.get(path) or None) != (new.get(path) or None):
            yield TermChange(path=path, old=old.get(path), new=new.get(path))


def _terms(rule: Rule) -> dict[str, Term]:
    """Return the terms of a rule by their paths, and what people are told about it."""
    return dict(_flat("", attrs.evolve(rule, public_reason=rule.told_reason)))


def _flat(path: str, value: Value) -> Iterator[tuple[str, Term]]:
    for name, inner in members_of(value).items():
        if isinstance(inner, Scope | Clearance | Appeal | Chosen):
            yield from _flat(f"{path}{name}.", inner)
        elif path or name != "id":
            yield f"{path}{name}", inner


def paths_changed(old: Policy, new: Policy, names: Sequence[str]) -> Iterator[str]:
    """Give the path to each of these terms that differs."""
    for change in rule_changes(old, new):
        for term in change.terms:
            if change.new is not None and _is_one_of(term.path, names):
                yield f"{change.new.id}.{term.path}"
