"""Rules that are no harder than others, term by term: what ends a hold of the other rule also ends a hold of this one.

Both rules hear the same events, and their timers are the same. This one accepts every method that the other accepts,
permits as many failures, gives as much time, offers an appeal after as few failures, as often and for no more
documents, and is released by the same authorities. Then `apply` takes on its hold every event that it takes on a hold
of the other rule, in the same order and at the same instants. So both end together, or this one earlier. Only a
verification that lapses under the other rule alone is left out: nothing has come of it. Due dates end nothing.

That needs no theory of endings, so it also holds for kept timers whatever starts them, and for business days.
"""

from datetime import timedelta
from typing import Final, TypeVar

from withdraw_guard._model.policy import Appeal, Clearance, Rule
from withdraw_guard._values.vocabulary import Destinations

Limit = TypeVar("Limit", int, timedelta)

_SAME: Final = ("trigger", "where", "duration", "business_days", "chosen", "repeat")


def is_no_harder(rule: Rule, other: Rule) -> bool:
    """Whether whatever ends a hold of the other rule, done about a hold of this rule, ends it no later.

    It says nothing about which requests the holds stop, but for a named destination.
    """
    if any(getattr(rule, term) != getattr(other, term) for term in _SAME):
        return False
    if Destinations.NAMED in (rule.scope.destinations, other.scope.destinations) and rule.scope != other.scope:
        return False
    if not other.releasable_by <= rule.releasable_by:
        return False
    if rule.clearance is None or other.clearance is None:
        return rule.clearance is other.clearance
    is_lifted_alike = rule.lifted_by is other.lifted_by or not rule.has_timer
    return is_lifted_alike and _clears_as_well(rule.clearance, other.clearance)


def _clears_as_well(clearance: Clearance, other: Clearance) -> bool:
    return (
        other.unverified <= clearance.unverified
        and other.verified <= clearance.verified
        and _permits(clearance.attempts, other.attempts)
        and _permits(clearance.verify_within, other.verify_within)
        and clearance.identity_valid_for == other.identity_valid_for
        and (other.appeal is None or _is_offered_as_well(clearance.appeal, other.appeal))
    )


def _is_offered_as_well(appeal: Appeal | None, other: Appeal) -> bool:
    return (
        appeal is not None
        and appeal.after_failures <= other.after_failures
        and appeal.limit >= other.limit
        and appeal.documents <= other.documents
        and _permits(appeal.within, other.within)
    )


def _permits(most: Limit | None, others: Limit | None) -> bool:
    """Whether this limit is no less than the other one; none is no limit."""
    return most is None or (others is not None and most >= others)
