"""When to fire a trigger that only extends a rule, so that the rule outlasts what holds as long without it.

Such a trigger comes shortly before the timer of the rule is over, and again, until everything else that was placed
together with the rule is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from withdraw_guard._model.policy import Rule
from withdraw_guard._values.ids import Trigger
from withdraw_guard.analysis._circumstances import is_plain, plain_rule
from withdraw_guard.analysis._conditions import can_match, facts_for
from withdraw_guard.analysis._help import Ending, EndsBy, Help, ending_under
from withdraw_guard.analysis._people import MICROSECOND
from withdraw_guard.analysis._witness import Case, Plan, PlannedEvent

# So often at most a rule is extended to outlast another one.
EXTENSIONS_MAX: Final = 32


def extensions(case: Case, terms: Ending, help_: Help, rivals: Mapping[Rule, Rule]) -> Iterator[Plan | None]:
    """Give the security events that begin with the rule and extend it, and none where there may be others.

    `terms` is the ending of the rule; `rivals` are the plain rules of the same trigger, each with its original.
    """
    if not case.rule.extended_by or terms.by is not EndsBy.EXTENDED_TIMER:
        return
    if _is_followed(case, terms, help_, rivals) or all(_is_met(case, terms, help_, b) for b in case.rule.extended_by):
        return
    begun = facts_for([case.rule], [rival for rival in rivals if ending_under(rival, help_).by is EndsBy.NOTHING])
    longest = max((ending_under(rival, help_).lasts for rival in rivals), default=timedelta())
    step = terms.lasts - MICROSECOND
    times = max(1, -(-(longest - terms.lasts + MICROSECOND) // step)) if step else EXTENSIONS_MAX + 1
    for trigger in sorted(case.rule.extended_by):
        extended = facts_for([], _lasting(case, terms, help_, trigger))
        if begun is not None and extended is not None and times <= EXTENSIONS_MAX:
            first = PlannedEvent(at=timedelta(), facts=begun)
            again = (PlannedEvent(at=n * step, facts=extended, trigger=trigger) for n in range(1, times + 1))
            yield first, *again
    yield None


def _is_followed(case: Case, terms: Ending, help_: Help, rivals: Mapping[Rule, Rule]) -> bool:
    """Whether a rule that nothing avoids lasts as long, and is extended whenever this one is."""
    return any(
        other.extended_by >= case.rule.extended_by
        and _lasts_as_long(ending_under(rival, help_), terms)
        and facts_for([case.rule], [rival]) is None
        for rival, other in rivals.items()
    )


def _is_met(case: Case, terms: Ending, help_: Help, trigger: Trigger) -> bool:
    """Whether whatever fires the trigger places a hold that lasts as long."""
    return any(facts_for([], [rule]) is None for rule in _lasting(case, terms, help_, trigger))


def _lasting(case: Case, terms: Ending, help_: Help, trigger: Trigger) -> list[Rule]:
    """Return what the rules that hear the trigger come to, as far as it lasts as long whatever the trigger says."""
    heard = (rule for rule in case.allowing.rules if rule.trigger == trigger and can_match(rule))
    listening = [rule for rule in heard if is_plain(rule)]
    placed = (plain_rule(case.allowing, rule, case.here, case.request) for rule in listening)
    return [rule for rule in placed if rule is not None and _lasts_as_long(ending_under(rule, help_), terms)]


def _lasts_as_long(other: Ending, terms: Ending) -> bool:
    return other.by is EndsBy.NOTHING or (other.by is EndsBy.EXTENDED_TIMER and other.lasts >= terms.lasts)
