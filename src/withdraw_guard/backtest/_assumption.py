"""What people would have done about a hold that only the new policy places: nobody knows, so the user chooses.

    NobodyActs    people do nothing; time ends what time can end
    ActsAfter     people end it as long after it became known as they took for the holds of the old policy
    NeverEnds     neither people nor time end it before the end of the backtest

Whatever `ActsAfter` denies, `NobodyActs` denies, and whatever that denies, `NeverEnds` denies.
"""

from collections.abc import Iterator, Sequence, Set
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias, assert_never, final

import attrs

from withdraw_guard._model.hold import Dropped, Hold
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import EventId, HoldId, RuleId
from withdraw_guard._values.vocabulary import LiftedBy
from withdraw_guard.backtest._known import KnownHold

# The rule of the new policy, and the id and the instant of the event that placed the hold of its counterpart.
Origin: TypeAlias = tuple[RuleId, EventId, datetime]


@final
@attrs.frozen
class NobodyActs:
    """Nobody ends such a hold. Its timer runs out, if it has one."""


@final
@attrs.frozen(kw_only=True)
class ActsAfter:
    """People end such a hold so long after it became known, if people can end it.

    They end a hold that has a clearance, or that no timer ends. A hold with a timer alone ends with its timer. A
    trigger that arrives when people have ended the hold begins it again.
    """

    time: timedelta

    def __attrs_post_init__(self) -> None:
        check_type("time", self.time, timedelta, "a duration")
        if self.time < timedelta():
            raise InvalidValue("time", "must not be negative")


@final
@attrs.frozen
class NeverEnds:
    """Such a hold denies from its arrival until the end of the backtest, unless its triggers are retracted."""


Assumption: TypeAlias = NobodyActs | ActsAfter | NeverEnds
"""What ends a hold that only the new policy places, because nobody knows what people would have done about it."""
NOBODY_ACTS: Final = NobodyActs()


@final
class _Act(NamedTuple):
    """When people act on a hold, when it ends because of that, and the triggers that they know of."""

    at: datetime
    end: datetime | None
    evidence: tuple[EventId, datetime, Dropped | None]


@final
@attrs.define(kw_only=True)
class Assumed:
    """Applies an assumption to the holds of the new policy, as they were known one after the other.

    `shared` says where the holds of the old policy came from. `acted_at` are the instants at which people are assumed
    to have ended a hold.
    """

    assumption: Assumption
    shared: Set[Origin]
    acted_at: list[datetime] = attrs.Factory(list[datetime])
    acts: dict[HoldId, _Act] = attrs.Factory(dict[HoldId, _Act])

    def applied(self, known: Sequence[KnownHold]) -> Iterator[KnownHold]:
        """Yield each hold with the end that is assumed."""
        last = {each.hold.id: each for each in known}
        for each in known:
            if any((each.hold.rule.id, trigger.event, trigger.at) in self.shared for trigger in each.hold.triggers):
                yield each
                continue
            match self.assumption:
                case NobodyActs():
                    yield each
                case ActsAfter():
                    yield self._ended_by_people(each, self.assumption.time)
                case NeverEnds():
                    yield _endless(each, is_last=last[each.hold.id] is each)
                case _ as never:
                    assert_never(never)

    def _ended_by_people(self, known: KnownHold, time: timedelta) -> KnownHold:
        """Return the hold with the end that people give it. A new trigger after that end begins it again."""
        hold, evidence = known.hold, _evidence(known.hold)
        act = self.acts.get(hold.id)
        is_again = act is not None and evidence != act.evidence and act.end is not None and act.end <= known.known_from
        at = known.known_from + time if act is None or is_again else act.at
        end = _end(hold, at)
        self.acts[hold.id] = _Act(at=at, end=end, evidence=evidence)
        if _is_within(known, at) and end != hold.end:
            self.acted_at.append(at)
        return known._replace(end=end)


def _evidence(hold: Hold) -> tuple[EventId, datetime, Dropped | None]:
    latest = hold.triggers[-1]
    return latest.event, latest.at, hold.dropped


def _end(hold: Hold, acted_at: datetime) -> datetime | None:
    """Return when the hold ends if people clear or release it at that instant."""
    rule, until = hold.rule, hold.until
    if rule.clearance is None and until is not None:
        return hold.end
    needs_both = until is not None and rule.lifted_by is LiftedBy.ALL
    ended_at = max(until, acted_at) if until is not None and needs_both else acted_at
    return ended_at if hold.end is None else min(hold.end, ended_at)


def _is_within(known: KnownHold, at: datetime) -> bool:
    return known.known_from <= at and (known.known_until is None or at < known.known_until)


def _endless(known: KnownHold, *, is_last: bool) -> KnownHold:
    """Return the hold without an end. One whose triggers are all retracted ends as it did."""
    if all(trigger.settled_at is not None for trigger in known.hold.triggers):
        return known
    return known._replace(end=None, known_until=None if is_last else known.known_until)
