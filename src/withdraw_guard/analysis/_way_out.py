"""`way_out`: the shortest sequence of actions after which this account may withdraw again.

Each hold ends by itself, whatever happens to the others (rulebook 19). So the shortest actions for each hold are found
and put together. The identity is the exception: an approval records it for every hold, also on one that does not stop
the request. The search applies real events to the real account, breadth first, so `apply` takes the result without
a refusal. A release is the last choice, because an authority can release nearly every hold.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice, permutations, product, zip_longest
from typing import ClassVar, Final, TypeAlias, assert_never, final, get_args

import attrs

from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    AppealDecided,
    AppealSubmitted,
    Event,
    HoldEvent,
    MoreRequested,
    ReleaseOrdered,
    ReviewDecided,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._values.checks import check_names, check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import Authority, Document, EventId, HoldId, Method
from withdraw_guard._values.limits import INSTANT_MAX
from withdraw_guard._values.time import utc
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import AppealOutcome, ReviewOutcome
from withdraw_guard.analysis._people import NO_RULES, Party, applied, possible_events, stopping, unused_ids


@final
@attrs.frozen(kw_only=True, repr=False)
class WaitUntil(Value):
    """Wait until this instant, at which the last timer ends."""

    who: ClassVar = Party.HOLDER
    at: datetime


@final
@attrs.frozen(kw_only=True, repr=False)
class StartVerification(Value):
    """The account holder starts a verification with this method."""

    who: ClassVar = Party.HOLDER
    at: datetime
    hold: HoldId
    method: Method
    event: VerificationStarted


@final
@attrs.frozen(kw_only=True, repr=False)
class CompleteVerification(Value):
    """The account holder hands in the verification."""

    who: ClassVar = Party.HOLDER
    at: datetime
    hold: HoldId
    event: VerificationSubmitted


@final
@attrs.frozen(kw_only=True, repr=False)
class ApproveReview(Value):
    """A reviewer approves the verification."""

    who: ClassVar = Party.REVIEWER
    at: datetime
    hold: HoldId
    event: ReviewDecided


@final
@attrs.frozen(kw_only=True, repr=False)
class RejectReview(Value):
    """A reviewer rejects a verification that can no longer be approved, because the identity was taken away."""

    who: ClassVar = Party.REVIEWER
    at: datetime
    hold: HoldId
    event: ReviewDecided


@final
@attrs.frozen(kw_only=True, repr=False)
class FileAppeal(Value):
    """The account holder files an appeal with these documents (sorted)."""

    who: ClassVar = Party.HOLDER
    at: datetime
    hold: HoldId
    documents: tuple[Document, ...]
    event: AppealSubmitted


@final
@attrs.frozen(kw_only=True, repr=False)
class GrantAppeal(Value):
    """An appeals officer, who did not decide the review, grants the appeal."""

    who: ClassVar = Party.APPEALS_OFFICER
    at: datetime
    hold: HoldId
    event: AppealDecided


@final
@attrs.frozen(kw_only=True, repr=False)
class OrderRelease(Value):
    """An authority of the rule releases the hold."""

    who: ClassVar = Party.AUTHORITY
    at: datetime
    hold: HoldId
    authority: Authority
    event: ReleaseOrdered


_ActionWithEvent: TypeAlias = (
    StartVerification | CompleteVerification | ApproveReview | RejectReview | FileAppeal | GrantAppeal | OrderRelease
)
Action: TypeAlias = WaitUntil | _ActionWithEvent
"""One action of a way out: waiting, or an event that a person causes."""
ACTIONS: Final = get_args(Action)

# At most this many orders of the holds are tried.
ORDERS_TRIED_MAX: Final = 24
# More actions are never needed for one hold.
ACTIONS_PER_HOLD_MAX: Final = 8


@final
@attrs.frozen(kw_only=True, repr=False)
class WayOut(Value):
    """The actions in order, and the instant from which the request is allowed after them.

    Every report is taken as true; `if_wrong` says what to do if one was wrong. Without actions the request is allowed
    already.
    """

    actions: tuple[Action, ...]
    allowed_at: datetime

    def __attrs_post_init__(self) -> None:
        check_type("actions", self.actions, tuple, "a tuple of actions")
        if any(type(action) not in ACTIONS for action in self.actions):
            raise InvalidValue("actions", "must be actions")

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of the actions: `apply` takes them in this order without a refusal."""
        return tuple(action.event for action in self.actions if not isinstance(action, WaitUntil))


def way_out(
    account: Account, at: datetime, request: Request = WITHDRAWAL, authorities: Collection[Authority] | None = None
) -> WayOut | None:
    """Return the shortest sequence of actions after which the request is allowed, from `at` on.

    Of several the earliest counts; waiting is one action. A release is used only if nothing else ends a hold, by one of
    `authorities`: those that really answer; by default all that a rule names. A failed verification is no action.
    Returns none if nothing ends a hold, which is impossible if every authority answers.
    """
    check_type("account", account, Account, "an Account")
    check_type("request", request, Request, "a Request")
    at = utc("at", at)
    if authorities is not None:
        authorities = frozenset(authorities)
        check_names("authorities", authorities)
    holds = stopping(account, at, request)
    ids = tuple(islice(unused_ids(account), (len(holds) + 1) * ACTIONS_PER_HOLD_MAX))
    ways: list[WayOut] = []
    for start, now in _starts(account, holds, at, ids):
        ways.extend(_ways(start, holds, at, now, authorities, ids))
        if any(_cost(way)[0] == 0 for way in ways):
            break
    return min(ways, key=_cost, default=None)


def _starts(
    account: Account, holds: list[Hold], at: datetime, ids: tuple[EventId, ...]
) -> Iterator[tuple["_Actions", datetime]]:
    """Give what to begin with, and when: the account as it is, first now and then when the identity on record ends.

    Last, a verification on another hold, one that does not stop the request, records the identity that is needed.
    """
    as_it_is, now = _Actions(account=account), _known_until(holds, at)
    yield as_it_is, now
    ends_at = None if account.identity_report is None else account.identity_report.ends_at
    if ends_at is not None and now < ends_at <= INSTANT_MAX:
        yield as_it_is, ends_at
    for hold in account.holds:
        if hold not in holds and hold.is_open(now):
            then = _known_until([hold], now)
            question = _Question(as_it_is, then, True, True, frozenset(), ids)
            walked = _walked(question, as_it_is, hold)
            identified = (reached for reached in walked if reached.account.identity_at(then) is not None)
            yield from ((reached, then) for reached in islice(identified, 1))


def _known_until(holds: Iterable[Hold], at: datetime) -> datetime:
    """Return the first instant from this one on at which no event about the holds is stale."""
    known = (then for hold in holds for then in (hold.latest_at, hold.progress.moved_at) if then is not None)
    return max([at, *known])


def _ways(
    start: "_Actions",
    holds: list[Hold],
    at: datetime,
    now: datetime,
    authorities: frozenset[Authority] | None,
    ids: tuple[EventId, ...],
) -> Iterator[WayOut]:
    # A longer way out of one hold can record the identity that another hold needs.
    for may_wait, proves_identity in product((True, False), (False, True)):
        question = _Question(start, now, may_wait, proves_identity, authorities, ids)
        for order in islice(permutations(holds), ORDERS_TRIED_MAX):
            yield from (_as_way_out(plan, holds, at) for plan in _plans(question, order))


def _cost(way: WayOut) -> tuple[int, int, datetime]:
    """Fewest releases first, then fewest actions, then the earliest instant."""
    releases = sum(isinstance(action, OrderRelease) for action in way.actions)
    return releases, len(way.actions), way.allowed_at


def _as_way_out(plan: "_Actions", holds: list[Hold], at: datetime) -> WayOut:
    by_then = max([at, *(action.at for action in plan.actions)])
    allowed_at = max([by_then, *(_current(plan.account, hold).end or by_then for hold in holds)])
    waiting = (WaitUntil(at=allowed_at),) if allowed_at > by_then else ()
    return WayOut(actions=(*plan.actions, *waiting), allowed_at=allowed_at)


@final
@attrs.frozen(kw_only=True)
class _Actions:
    """Some actions, in order, and the account after them."""

    account: Account
    actions: tuple[_ActionWithEvent, ...] = ()


@final
@attrs.frozen
class _Question:
    """The account, the instant, whether timers may be waited for, and which authorities answer (none: all do).

    With `proves_identity` a longer way is taken if it records an identity. `ids` are unused event ids.
    """

    start: _Actions
    now: datetime
    may_wait: bool
    proves_identity: bool
    authorities: frozenset[Authority] | None
    ids: tuple[EventId, ...]


def _plans(question: _Question, order: tuple[Hold, ...]) -> Iterator[_Actions]:
    """End the holds one after the other, and side by side, because an approval may record an identity.

    Side by side, every verification starts before the first approval, with the identity that the account has now.
    """
    in_turn: _Actions | None = question.start
    alone: list[_Actions] = []
    for hold in order:
        in_turn = None if in_turn is None else _ended(question, in_turn, hold)
        by_itself = _ended(question, question.start, hold)
        alone.extend([] if by_itself is None else [by_itself])
    side_by_side = _merged(question, alone) if len(alone) == len(order) else None
    yield from (plan for plan in (in_turn, side_by_side) if plan is not None)


def _merged(question: _Question, alone: list[_Actions]) -> _Actions | None:
    """Take the first actions of all plans, then the second ones, and so on."""
    begun = len(question.start.actions)
    rounds = zip_longest(*(plan.actions[begun:] for plan in alone))
    plan: _Actions | None = question.start
    for action in (action for actions in rounds for action in actions if action is not None):
        if plan is not None:
            renumbered: HoldEvent = attrs.evolve(action.event, id=question.ids[len(plan.actions)])
            plan = _after(plan, renumbered)
    return plan


def _ended(question: _Question, plan: _Actions, hold: Hold) -> _Actions | None:
    """Return the shortest plan that also ends this hold, or none. A release is used only if nothing else ends it."""
    ending: _Actions | None = None
    for reached in _walked(question, plan, hold):
        end = _current(reached.account, hold).end
        if end is not None and (question.may_wait or end <= question.now):
            ending = ending or reached
            if not question.proves_identity or reached.account.identity_at(question.now) is not None:
                return reached
    return ending or _released(question, plan, hold)


def _walked(question: _Question, plan: _Actions, hold: Hold) -> Iterator[_Actions]:
    """Give the plans that go on with this hold, the shortest first: one for each form that the hold can take."""
    seen: set[tuple[object, ...]] = set()
    ahead = deque([plan])
    while ahead:
        reached = ahead.popleft()
        current = _current(reached.account, hold)
        yield reached
        method = getattr(current.progress.state, "method", None)
        form = (current.stage(question.now), current.progress.failures, method)
        if form not in seen:
            seen.add(form)
            ahead.extend(_next(question, reached, current))


def _next(question: _Question, plan: _Actions, hold: Hold) -> list[_Actions]:
    """Return the plan with each event that helps. A rejection helps only if the review can no longer be approved."""
    events = possible_events(plan.account, hold, question.now, question.ids[len(plan.actions)])
    longer = [_after(plan, event) for event in events if not isinstance(event, ReleaseOrdered)]
    every = [each for each in longer if each is not None]
    return [each for each in every if not isinstance(each.actions[-1], RejectReview)] or every[:1]


def _released(question: _Question, plan: _Actions, hold: Hold) -> _Actions | None:
    named = hold.rule.releasable_by
    answering = named if question.authorities is None else named & question.authorities
    for event in possible_events(plan.account, hold, question.now, question.ids[len(plan.actions)]):
        if isinstance(event, ReleaseOrdered) and event.authority in answering:
            return _after(plan, event)
    return None


def _after(plan: _Actions, event: HoldEvent) -> _Actions | None:
    action = _action(event)
    account = None if action is None else applied(NO_RULES, plan.account, event)
    if action is None or account is None:
        return None
    return _Actions(account=account, actions=(*plan.actions, action))


def _action(event: HoldEvent) -> _ActionWithEvent | None:
    """Return the action of an event; none if no way out has it."""
    match event:
        case VerificationStarted():
            return StartVerification(at=event.at, hold=event.hold, method=event.method, event=event)
        case VerificationSubmitted():
            return CompleteVerification(at=event.at, hold=event.hold, event=event)
        case ReviewDecided():
            approves = event.outcome is ReviewOutcome.APPROVED
            return (ApproveReview if approves else RejectReview)(at=event.at, hold=event.hold, event=event)
        case AppealSubmitted():
            return FileAppeal(at=event.at, hold=event.hold, documents=tuple(sorted(event.documents)), event=event)
        case AppealDecided(outcome=AppealOutcome.GRANTED):
            return GrantAppeal(at=event.at, hold=event.hold, event=event)
        case ReleaseOrdered():
            return OrderRelease(at=event.at, hold=event.hold, authority=event.authority, event=event)
        case VerificationFailed() | MoreRequested() | AppealDecided():
            return None
        case _ as never:
            assert_never(never)


def _current(account: Account, hold: Hold) -> Hold:
    return next(current for current in account.holds if current.id == hold.id)
