"""The points of a policy that its stories should cover, from its terms alone, and the words for each.

They are its rules, what each of them stops and lets through, every move, both sides of every end, and every bound.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._model.policy import EVERYTHING, Appeal, Clearance, Policy, Rule
from withdraw_guard._rules.transitions import TABLE, Move
from withdraw_guard._values.complete import complete
from withdraw_guard._values.ids import Authority, Method, Operation, RuleId
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Destinations, LiftedBy, State
from withdraw_guard.methods import IDENTITY_BUSINESS, IDENTITY_PERSONAL


@final
class Group(StrEnum):
    """What a point is about."""

    RULES = "rules"
    SCOPES = "scopes"
    ENDS = "ends"
    MOVES = "moves"
    BOUNDS = "bounds"


@final
@attrs.frozen(kw_only=True, repr=False)
class Point(Value):
    """One thing that the stories of a policy should cover: of a rule, or of the policy as a whole."""

    group: Group
    says: str
    rule: RuleId | None = None


Words: TypeAlias = tuple[Group, str]
"""A point before it is known of which rule it is."""

# ── The words ────────────────────────────────────────────────────────────────────────────────────────────────────

PLACES: Final = (Group.RULES, "an event that it stops something for")
FURTHER: Final = (Group.RULES, "a further event while its hold is open")
TOLD: Final = (Group.RULES, "what the account holder is told")

STOPS_OTHER: Final = (Group.SCOPES, "an operation other than a withdrawal is stopped")
PASSES_OTHER: Final = (Group.SCOPES, "another well-known operation passes")
STOPS_KNOWN: Final = (Group.SCOPES, "a known destination is stopped")
PASSES_KNOWN: Final = (Group.SCOPES, "a known destination passes")
PASSES_ELSEWHERE: Final = (Group.SCOPES, "a destination that the event does not name passes")
STOPS_UNSAID: Final = (Group.SCOPES, "a request that names no destination is stopped")

TIMER: Final = "the end by time"
APPROVAL: Final = "the end by an approval"
GRANT: Final = "the end by a granted appeal"
LAPSE: Final = "the end of a verification that lapses"
WINDOW: Final = "the end of the time to appeal"
IDENTITY: Final = "the end of an identity"

SHORTEST: Final = (Group.BOUNDS, "the shortest choice")
TOO_SHORT: Final = (Group.BOUNDS, "a choice just under the shortest")
LONGEST: Final = (Group.BOUNDS, "the longest choice")
TOO_LONG: Final = (Group.BOUNDS, "a choice just over the longest")
UNCHOSEN: Final = (Group.BOUNDS, "no choice")
LAST_ATTEMPT: Final = (Group.BOUNDS, "the last attempt to verify")
NO_ATTEMPT: Final = (Group.BOUNDS, "no attempt after the last")
FIRST_APPEAL: Final = (Group.BOUNDS, "an appeal after as many failures as it needs")
EARLY_APPEAL: Final = (Group.BOUNDS, "no appeal after one failure less")
LAST_APPEAL: Final = (Group.BOUNDS, "the last appeal")
NO_APPEAL: Final = (Group.BOUNDS, "no appeal after the last")
DOCUMENTS: Final = (Group.BOUNDS, "the documents of an appeal")
REVIEW_DUE: Final = (Group.BOUNDS, "when a review is due")
DECISION_DUE: Final = (Group.BOUNDS, "when the decision of an appeal is due")


def otherwise(fact: str) -> Words:
    """Words for an event that it does not match because of one fact."""
    return Group.RULES, f"an event whose `{fact}` says otherwise"


def stops(operation: Operation) -> Words:
    """Words for an operation that it stops."""
    return Group.SCOPES, f"`{operation}` is stopped"


def passes(operation: Operation) -> Words:
    """Words for an operation of the host's that it leaves."""
    return Group.SCOPES, f"`{operation}` passes"


def before(end: str) -> Words:
    """Words for the microsecond before an end."""
    return Group.ENDS, f"{end}: just before it"


def at(end: str) -> Words:
    """Words for an end itself."""
    return Group.ENDS, f"{end}: at it"


def release(authority: Authority) -> str:
    """Words for the end of a hold that an authority released."""
    return f"the end by a release for `{authority}`"


def retraction(authority: Authority) -> str:
    """Words for the end of a hold whose triggers were retracted."""
    return f"the end by a retraction for `{authority}`"


def moved(move: Move, state: State) -> Words:
    """Words for a move of the table of transitions."""
    return Group.MOVES, f"{move} in {state}"


def verifies(method: Method, *, is_verified: bool) -> Words:
    """Words for a method that it accepts."""
    return Group.MOVES, f"`{method}` by who {'is' if is_verified else 'is not'} verified"


# ── What is wanted ───────────────────────────────────────────────────────────────────────────────────────────────


def points_of(policy: Policy) -> tuple[Point, ...]:
    """Return every point of a policy: rule by rule, then those of the policy as a whole."""
    of_rules = [Point(group=group, says=says, rule=rule.id) for rule in policy.rules for group, says in _of_rule(rule)]
    ends = [retraction(authority) for authority in sorted(policy.retractable_by)] if policy.rules else []
    return (
        *of_rules,
        *(Point(group=group, says=says) for end in ends for group, says in (before(end), at(end))),
    )


def _of_rule(rule: Rule) -> Iterator[Words]:
    yield PLACES
    yield from map(otherwise, rule.where)
    yield FURTHER
    yield TOLD
    yield from _of_scope(rule)
    for end in _ends(rule):
        yield before(end)
        yield at(end)
    yield from _moves(rule)
    if rule.chosen is not None:
        yield from (SHORTEST, TOO_SHORT, LONGEST, TOO_LONG, UNCHOSEN)
    if rule.clearance is not None:
        yield from _bounds(rule.clearance)


def _of_scope(rule: Rule) -> Iterator[Words]:
    scope = rule.scope
    if scope.operations == EVERYTHING:
        yield STOPS_OTHER
    else:
        yield from map(stops, sorted(scope.operations))
        yield from map(passes, sorted(scope.leaves))
        yield PASSES_OTHER
    yield from _OF_DESTINATIONS[scope.destinations]


_OF_DESTINATIONS: Final = complete(
    Destinations,
    {
        Destinations.ANY: (STOPS_KNOWN,),
        Destinations.NEW: (PASSES_KNOWN,),
        Destinations.NAMED: (PASSES_ELSEWHERE, STOPS_UNSAID),
    },
)


def _ends(rule: Rule) -> Iterator[str]:
    if rule.has_timer:
        yield TIMER
    yield from map(release, sorted(rule.releasable_by))
    clearance = rule.clearance
    if clearance is None:
        return
    if _methods(clearance):
        yield APPROVAL
    if _methods(clearance) and clearance.verify_within is not None:
        yield LAPSE
    if clearance.identity_valid_for is not None and clearance.unverified & {IDENTITY_BUSINESS, IDENTITY_PERSONAL}:
        yield IDENTITY
    if clearance.appeal is not None:
        yield GRANT
        if clearance.appeal.within is not None:
            yield WINDOW


def _methods(clearance: Clearance) -> frozenset[Method]:
    return clearance.unverified | clearance.verified


def _moves(rule: Rule) -> Iterator[Words]:
    clearance = rule.clearance
    for state, row in TABLE.items():
        for move in row:
            if _is_possible(rule, state, move):
                yield moved(move, state)
    if clearance is not None:
        for methods, is_verified in ((clearance.unverified, False), (clearance.verified, True)):
            yield from (verifies(method, is_verified=is_verified) for method in sorted(methods))


def _is_possible(rule: Rule, state: State, move: Move) -> bool:
    """Whether a hold of the rule may stand in this state, and whether its terms allow the move there."""
    clearance = rule.clearance
    can_verify = clearance is not None and bool(_methods(clearance))
    can_appeal = clearance is not None and clearance.appeal is not None
    stays_open = clearance is not None and rule.has_timer and rule.lifted_by is LiftedBy.ALL
    may_stand = {
        State.SUSPENDED: True,
        State.VERIFICATION: can_verify,
        State.REVIEW: can_verify,
        State.APPEAL: can_appeal,
        State.RESTORED: stays_open,
    }
    needs = {Move.STARTED: can_verify, Move.APPEALED: can_appeal, Move.RELEASED: bool(rule.releasable_by)}
    return may_stand[state] and needs.get(move, True)


def _bounds(clearance: Clearance) -> Iterator[Words]:
    if _methods(clearance):
        if clearance.attempts is not None:
            yield from (LAST_ATTEMPT, NO_ATTEMPT)
        if (clearance.review_within, clearance.review_business_days) != (None, None):
            yield REVIEW_DUE
    if clearance.appeal is not None:
        yield from _bounds_of_appeal(clearance.appeal)


def _bounds_of_appeal(appeal: Appeal) -> Iterator[Words]:
    yield FIRST_APPEAL
    if appeal.after_failures:
        yield EARLY_APPEAL
    yield from (LAST_APPEAL, NO_APPEAL)
    if appeal.documents:
        yield DOCUMENTS
    if (appeal.decide_within, appeal.decide_business_days) != (None, None):
        yield DECISION_DUE
