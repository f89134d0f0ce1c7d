"""`way_out`: the shortest sequence of things that lets this very account withdraw again.

A hold is lifted by itself, whatever happens to the others (rulebook 19), so each is led out in turn and the steps are
put together. The search tries real events on the real account, breadth first: what it returns replays without a
refusal. An authority is asked last: it could release nearly everything, and that is no help for a support desk.
"""

from collections import deque
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import count, islice, permutations, product, zip_longest
from typing import ClassVar, Final, TypeAlias, assert_never, final, get_args

import attrs

from withdraw_guard._answers.decision import stops
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._factory import Desk
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    AppealDecided,
    AppealSubmitted,
    Event,
    HoldEvent,
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
from withdraw_guard._values.limits import MOVES_PER_INSTANT_MAX
from withdraw_guard._values.time import utc
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import AppealOutcome, ReviewOutcome
from withdraw_guard.analysis._deeds import MICROSECOND, NO_RULES, Party, deeds, handled


@final
@attrs.frozen(kw_only=True, repr=False)
class WaitUntil(Value):
    """Wait: at this instant the last of the timers is over."""

    who: ClassVar = Party.HOLDER
    at: datetime


@final
@attrs.frozen(kw_only=True, repr=False)
class StartVerification(Value):
    """The account holder starts to verify with this method."""

    who: ClassVar = Party.HOLDER
    at: datetime
    hold: HoldId
    method: Method
    event: VerificationStarted


@final
@attrs.frozen(kw_only=True, repr=False)
class CompleteVerification(Value):
    """The account holder hands in what the verification asks for."""

    who: ClassVar = Party.HOLDER
    at: datetime
    hold: HoldId
    event: VerificationSubmitted


@final
@attrs.frozen(kw_only=True, repr=False)
class ApproveReview(Value):
    """A reviewer approves what was handed in."""

    who: ClassVar = Party.REVIEWER
    at: datetime
    hold: HoldId
    event: ReviewDecided


@final
@attrs.frozen(kw_only=True, repr=False)
class RejectReview(Value):
    """A reviewer closes a review that can no longer be approved, because the identity was taken away meanwhile."""

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
    """A person who did not decide the review grants the appeal."""

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


Deed: TypeAlias = (
    StartVerification | CompleteVerification | ApproveReview | RejectReview | FileAppeal | GrantAppeal | OrderRelease
)
Action: TypeAlias = WaitUntil | Deed
"""One thing on the way out: waiting, or what somebody does."""
ACTIONS: Final = get_args(Action)

# Of more than four holds, so many orders are tried: the rest would only differ in who is led out first.
ORDERS_TRIED_MAX: Final = 24
# Nobody needs more about one hold: rejected, started, handed in, approved, and every deed told apart.
DEEDS_PER_HOLD_MAX: Final = 8
_ROOM: Final = MOVES_PER_INSTANT_MAX - len(ACTIONS)


@final
@attrs.frozen(kw_only=True, repr=False)
class WayOut(Value):
    """What has to happen, in order, and the instant from which the request is allowed if it does.

    No actions: it is allowed already.
    """

    actions: tuple[Action, ...]
    allowed_at: datetime

    def __attrs_post_init__(self) -> None:
        check_type("actions", self.actions, tuple, "a tuple of actions")
        if any(type(action) not in ACTIONS for action in self.actions):
            raise InvalidValue("actions", "must be actions")

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of the actions: `apply` takes them one by one without a refusal."""
        return tuple(action.event for action in self.actions if not isinstance(action, WaitUntil))


def way_out(
    account: Account, at: datetime, request: Request = WITHDRAWAL, authorities: Collection[Authority] | None = None
) -> WayOut | None:
    """Return the shortest way to an instant at which the request is allowed, from `at` on.

    Of ways with as few actions the earliest counts; waiting is an action. A release is only named where nothing else
    leads out, by one of `authorities` (all that a rule names, if left out): those who answer. To let a verification
    fail is no action. Returns none if nothing leads out, which cannot be where every named authority answers.
    """
    check_type("account", account, Account, "an Account")
    check_type("request", request, Request, "a Request")
    at = utc("at", at)
    if authorities is not None:
        authorities = frozenset(authorities)
        check_names("authorities", authorities)
    still_open = [hold for hold in account.holds if hold.is_open(at)]
    holds = [hold for hold in still_open if stops(hold, request)]
    now = _earliest_deed(holds, at)
    plans = [
        plan
        for search in _searches(account, now, holds, authorities)
        for order in islice(permutations(holds), ORDERS_TRIED_MAX)
        for plan in _plans(search, order)
    ]
    ways = [_as_way_out(plan, holds, at) for plan in plans]
    return min(ways, key=_cost, default=None)


def _earliest_deed(holds: list[Hold], at: datetime) -> datetime:
    """Return an instant at which nothing done is older than what a hold knows, and no hold is full of moves."""
    now = max([at, *(hold.knows_of for hold in holds)])
    moves = [hold.progress.moved for hold in holds]
    is_full = any(moved.at == now and len(moved.by) >= _ROOM for moved in moves if moved is not None)
    return now + MICROSECOND if is_full else now


def _cost(way: WayOut) -> tuple[int, int, datetime]:
    """Fewest releases first, then fewest actions, then the earliest."""
    return sum(isinstance(action, OrderRelease) for action in way.actions), len(way.actions), way.allowed_at


def _as_way_out(plan: "_Plan", holds: list[Hold], at: datetime) -> WayOut:
    by_then = max([at, *(deed.at for deed in plan.deeds)])
    ends = [_current(plan.account, hold).end or by_then for hold in holds]
    allowed_at = max([by_then, *ends])
    return WayOut(
        actions=(*plan.deeds, *([WaitUntil(at=allowed_at)] if allowed_at > by_then else [])), allowed_at=allowed_at
    )


@final
@attrs.frozen(kw_only=True)
class _Plan:
    """What is done, in order, and the account after it."""

    account: Account
    deeds: tuple[Deed, ...] = ()


@final
@attrs.frozen(kw_only=True)
class _Search:
    """From where, at which instant, whether timers may be waited for, and which authorities answer (none: all do)."""

    start: Account
    now: datetime
    may_wait: bool
    proves_identity: bool
    authorities: frozenset[Authority] | None
    ids: tuple[EventId, ...]


def _searches(
    account: Account, now: datetime, holds: Collection[Hold], authorities: frozenset[Authority] | None
) -> Iterator[_Search]:
    """Give the same search with and without waiting, and with and without proving the identity on the way.

    One way out of a hold may be longer and record the identity that another hold waits for.
    """
    ids = tuple(islice(_free_ids(account), len(holds) * DEEDS_PER_HOLD_MAX))
    for may_wait, proves_identity in product((True, False), (False, True)):
        yield _Search(
            start=account,
            now=now,
            may_wait=may_wait,
            proves_identity=proves_identity,
            authorities=authorities,
            ids=ids,
        )


def _plans(search: _Search, order: tuple[Hold, ...]) -> Iterator[_Plan]:
    """Lead the holds out one after the other, and side by side: approving one may record an identity.

    Where every round was started before the first is approved, each finds the identity that it began with.
    """
    in_turn: _Plan | None = _Plan(account=search.start)
    alone: list[_Plan] = []
    for hold in order:
        in_turn = None if in_turn is None else _led_out(search, in_turn, hold)
        by_itself = _led_out(search, _Plan(account=search.start), hold)
        alone.extend([] if by_itself is None else [by_itself])
    side_by_side = _merged(search, alone) if len(alone) == len(order) else None
    yield from (plan for plan in (in_turn, side_by_side) if plan is not None)


def _merged(search: _Search, alone: list[_Plan]) -> _Plan | None:
    rounds = zip_longest(*(plan.deeds for plan in alone))
    events = [deed.event for together in rounds for deed in together if deed is not None]
    plan: _Plan | None = _Plan(account=search.start)
    for event in events:
        if plan is not None:
            renumbered: HoldEvent = attrs.evolve(event, id=search.ids[len(plan.deeds)])
            plan = _after(plan, renumbered)
    return plan


def _led_out(search: _Search, plan: _Plan, hold: Hold) -> _Plan | None:
    """Return the shortest plan that ends the hold as well, or none; a release is in it only if nothing else does."""
    seen: set[tuple[object, ...]] = set()
    ending: _Plan | None = None
    ahead = deque([plan])
    while ahead:
        reached = ahead.popleft()
        current = _current(reached.account, hold)
        if current.end is not None and (search.may_wait or current.end <= search.now):
            ending = ending or reached
            if not search.proves_identity or reached.account.identity is not None:
                return reached
        method = getattr(current.progress.state, "method", None)
        form = (current.stage(search.now), current.progress.failures, method)
        if form not in seen:
            seen.add(form)
            ahead.extend(_favourable(search, reached, current))
    return ending or _released(search, plan, hold)


def _favourable(search: _Search, plan: _Plan, hold: Hold) -> list[_Plan]:
    """Return where what helps leads to. A rejection helps only where the review can no longer be approved."""
    events = list(deeds(plan.account, hold, search.now, search.ids[len(plan.deeds)]))
    helping = [reached for event in events if _helps(event) and (reached := _after(plan, event)) is not None]
    rejecting = [event for event in events if isinstance(event, ReviewDecided) and not _helps(event)][:1]
    return helping or [reached for event in rejecting if (reached := _after(plan, event)) is not None]


def _helps(event: HoldEvent) -> bool:
    match event:
        case VerificationStarted() | VerificationSubmitted() | AppealSubmitted():
            return True
        case ReviewDecided():
            return event.outcome is ReviewOutcome.APPROVED
        case AppealDecided():
            return event.outcome is AppealOutcome.GRANTED
        case VerificationFailed() | ReleaseOrdered():
            return False
        case _ as never:
            assert_never(never)


def _released(search: _Search, plan: _Plan, hold: Hold) -> _Plan | None:
    answering = hold.rule.releasable_by if search.authorities is None else search.authorities & hold.rule.releasable_by
    if not answering:
        return None
    event_id = search.ids[len(plan.deeds)]
    desk = Desk(account=plan.account.id, hold=hold.id, at=search.now, event_id=event_id)
    return _after(plan, desk.released(min(answering)))


def _after(plan: _Plan, event: HoldEvent) -> _Plan | None:
    account = handled(NO_RULES, plan.account, event)
    return None if account is None else _Plan(account=account, deeds=(*plan.deeds, _deed(event)))


def _deed(event: HoldEvent) -> Deed:
    match event:
        case VerificationFailed():
            raise AssertionError("a failure leads nobody out")
        case VerificationStarted():
            return StartVerification(at=event.at, hold=event.hold, method=event.method, event=event)
        case VerificationSubmitted():
            return CompleteVerification(at=event.at, hold=event.hold, event=event)
        case ReviewDecided():
            approves = event.outcome is ReviewOutcome.APPROVED
            return (ApproveReview if approves else RejectReview)(at=event.at, hold=event.hold, event=event)
        case AppealSubmitted():
            return FileAppeal(at=event.at, hold=event.hold, documents=tuple(sorted(event.documents)), event=event)
        case AppealDecided():
            return GrantAppeal(at=event.at, hold=event.hold, event=event)
        case ReleaseOrdered():
            return OrderRelease(at=event.at, hold=event.hold, authority=event.authority, event=event)
        case _ as never:
            assert_never(never)


def _free_ids(account: Account) -> Iterator[EventId]:
    """Give ids of our own that no hold knows yet, one for each deed."""
    known = {event for hold in account.holds for event in _events_of(hold)}
    return (EventId(f"way-out-{n}") for n in count(1) if f"way-out-{n}" not in known)


def _events_of(hold: Hold) -> Iterator[EventId]:
    yield from (hold.cause.event, hold.latest.event)
    yield from (event for _, event in (hold.progress.moved.by if hold.progress.moved is not None else ()))


def _current(account: Account, hold: Hold) -> Hold:
    return next(current for current in account.holds if current.id == hold.id)
