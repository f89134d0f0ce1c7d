"""What differs between two policies, term by term, whatever it comes to."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from withdraw_guard._model.policy import Policy, Rule


def also_changed(old: Policy, new: Policy) -> Iterator[str]:
    """Give the path to each term that differs and that no witness can show."""
    if old.retractable_by != new.retractable_by:
        yield "retractable_by"
    if old.calendar != new.calendar:
        yield "calendar"
    yield from identities_that_age_otherwise(old, new)
    for rule, others in _counterparts(old, new):
        if rule.told_reason not in {other.told_reason for other in others}:
            yield f"{rule.id}.public_reason"
        yield from _choices_changed(rule, others)


def _choices_changed(rule: Rule, others: Sequence[Rule]) -> Iterator[str]:
    offers = [other.chosen for other in others]
    if rule.chosen is None or None in offers:
        if any(offer != rule.chosen for offer in offers):
            yield f"{rule.id}.chosen"
        return
    for name in ("minimum", "maximum"):
        if getattr(rule.chosen, name) not in {getattr(offer, name) for offer in offers}:
            yield f"{rule.id}.chosen.{name}"


def identities_that_age_otherwise(old: Policy, new: Policy) -> Iterator[str]:
    """Give the path to each term that differs about how long an identity counts."""
    for rule, others in _counterparts(old, new):
        ages = {other.clearance.identity_valid_for for other in others if other.clearance is not None}
        if rule.clearance is not None and ages and rule.clearance.identity_valid_for not in ages:
            yield f"{rule.id}.clearance.identity_valid_for"


def _counterparts(old: Policy, new: Policy) -> Iterator[tuple[Rule, list[Rule]]]:
    """Give each rule with the rules of the other policy that have its id, or its trigger and condition; if any do."""
    for policy, another in ((old, new), (new, old)):
        for rule in policy.rules:
            same = (rule.trigger, rule.where)
            others = [other for other in another.rules if other.id == rule.id or (other.trigger, other.where) == same]
            if others:
                yield rule, others


def deadlines_changed(old: Policy, new: Policy) -> Iterator[str]:
    """Give the path to each due date that differs in two rules with the same id."""
    before = {rule.id: _deadlines(rule) for rule in old.rules}
    for rule in new.rules:
        for name, deadline in _deadlines(rule).items():
            if name in before.get(rule.id, {}) and before[rule.id][name] != deadline:
                yield f"{rule.id}.clearance.{name}"


def _deadlines(rule: Rule) -> dict[str, timedelta | int | None]:
    clearance = rule.clearance
    if clearance is None:
        return {}
    found: dict[str, timedelta | int | None] = {
        "review_within": clearance.review_within,
        "review_business_days": clearance.review_business_days,
    }
    if clearance.appeal is not None:
        found["appeal.decide_within"] = clearance.appeal.decide_within
        found["appeal.decide_business_days"] = clearance.appeal.decide_business_days
    return found
