"""The events of one account under two policies: what people did about a hold of the old one, done about the new one.

People's events name holds of the old policy. Each rule of the old policy has at most one counterpart in the new one,
which listens to the same trigger. An event about a hold is given to the hold of the counterpart that the same event
placed or joined. A hold without such an origin is placed by the new policy only; an assumption says what ends it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import final

import attrs

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event, EventRetracted, IdentityChanged, SecurityEvent
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._model.progress import Restored
from withdraw_guard._values.ids import HoldId, RuleId
from withdraw_guard.backtest._assumption import NOBODY_ACTS, Assumed, Assumption, Origin
from withdraw_guard.backtest._known import KnownHold
from withdraw_guard.backtest._replayed import Replay, Replayed
from withdraw_guard.backtest._span import Arrived


@final
@attrs.frozen(kw_only=True)
class ReplayedTwice:
    """One account under both policies. `unmapped` are the events about holds that the new policy did not place.

    `mapped` is what the new policy was given. `acted_at` are the instants at which people are assumed to have ended a
    hold that only the new policy places.
    """

    old: Replayed
    new: Replayed
    mapped: tuple[Arrived, ...]
    unmapped: tuple[Arrived, ...]
    acted_at: tuple[datetime, ...]


def replayed_twice(
    old: Policy,
    new: Policy,
    account: Account,
    arrivals: Iterable[Arrived],
    assumption: Assumption = NOBODY_ACTS,
) -> ReplayedTwice:
    """Return the spans under both policies. The arrivals are in order of arrival, and name holds of the old policy.

    The assumption is about the holds that only the new policy places.
    """
    names = counterparts(old, new)
    of_old, of_new = Replay(policy=old, account=account), Replay(policy=new, account=account)
    mapped, unmapped = list[Arrived](), list[Arrived]()
    for arrived in arrivals:
        event = _mapped(arrived.event, of_old.account, of_new.account, names)
        of_old.take(arrived)
        if event is None:
            unmapped.append(arrived)
        else:
            mapped.append(arrived if event is arrived.event else Arrived(at=arrived.at, event=event))
            of_new.take(mapped[-1])
    known = of_old.all_known()
    assumed = Assumed(assumption=assumption, shared=_shared(known, names))
    new_spans = of_new.outcome(assumed.applied(of_new.all_known()))
    return ReplayedTwice(
        old=of_old.outcome(known),
        new=new_spans,
        mapped=tuple(mapped),
        unmapped=tuple(unmapped),
        acted_at=tuple(assumed.acted_at),
    )


def _shared(known: Iterable[KnownHold], names: Mapping[RuleId, RuleId]) -> set[Origin]:
    """Return where the holds of the old policy came from, each with the rule of the new policy for its own."""
    causes = ((names.get(each.hold.rule.id), each.hold.cause) for each in known)
    return {(rule, cause.event, cause.at) for rule, cause in causes if rule is not None}


def times_to_end(policy: Policy, account: Account, arrivals: Iterable[Arrived]) -> list[timedelta]:
    """Return how long after each hold became known the event arrived with which people cleared or released it."""
    replay = Replay(policy=policy, account=account)
    for arrived in arrivals:
        replay.take(arrived)
    since: dict[HoldId, datetime] = {}
    taken: dict[HoldId, timedelta] = {}
    for each in replay.all_known():
        first = since.setdefault(each.hold.id, each.known_from)
        if isinstance(each.hold.progress.state, Restored):
            taken.setdefault(each.hold.id, each.known_from - first)
    return [*taken.values()]


def counterparts(old: Policy, new: Policy) -> Mapping[RuleId, RuleId]:
    """Return which rule of the new policy stands for which rule of the old one, trigger by trigger.

    The same rule comes first, then the rule that differs in its id only, then the rule of the same id, then the rules
    that are left, in their order.
    """
    names: dict[RuleId, RuleId] = {}
    for trigger, rules in old.rules_by_trigger.items():
        left, others = list(rules), list(new.rules_by_trigger.get(trigger, ()))
        for is_alike in _WAYS:
            for rule, other in _pairs(left, others, is_alike):
                names[rule.id] = other.id
    return names


_WAYS: tuple[Callable[[Rule, Rule], bool], ...] = (
    lambda rule, other: rule == other,
    lambda rule, other: rule == attrs.evolve(other, id=rule.id),
    lambda rule, other: rule.id == other.id,
    lambda _, __: True,
)


def _pairs(left: list[Rule], others: list[Rule], is_alike: Callable[[Rule, Rule], bool]) -> Iterator[tuple[Rule, Rule]]:
    """Yield each rule with the first of the others that is alike, and take both off their lists."""
    for rule in tuple(left):
        other = next((each for each in others if is_alike(rule, each)), None)
        if other is not None:
            left.remove(rule)
            others.remove(other)
            yield rule, other


def _mapped(event: Event, old: Account, new: Account, names: Mapping[RuleId, RuleId]) -> Event | None:
    """Return the event about the hold of the new policy; none if that policy has no such hold."""
    if isinstance(event, SecurityEvent | IdentityChanged | EventRetracted):
        return event
    hold = old.hold(event.hold)
    name = None if hold is None else _counterpart(hold, new, names)
    return None if name is None else attrs.evolve(event, hold=name)


def _counterpart(hold: Hold, new: Account, names: Mapping[RuleId, RuleId]) -> HoldId | None:
    rule, origin = names.get(hold.rule.id), (hold.cause.event, hold.cause.at)
    for other in new.holds:
        if other.rule.id == rule and any((trigger.event, trigger.at) == origin for trigger in other.triggers):
            return other.id
    return None
