"""A hold: one reason why withdrawals are stopped. An account has a set of them.

A hold remembers the terms it was placed under (its rule, by value), its triggers, and how far a person has come in
lifting it. Everything else follows from these: its timer, its end, what is due. Nothing that follows is stored by a
job, so nothing can be out of date.

    ──────┬──────────────────────────────┬──────────▶ time
        trigger         blocks          end
    (blocks before, too: clocks differ)  (no longer)

Redelivery, late evidence and retraction all follow from the memory of triggers. Each trigger says until when the timer
runs that it set. A trigger that was retracted, or that another hold has taken over after its own hold was lifted, is
*settled*: from `settled_at` on it no longer counts, and its timer counts until then.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, assert_never, final

import attrs

from withdraw_guard._model.events import HoldEvent, attempt_of
from withdraw_guard._model.policy import Appeal, Clearance, PolicyRef, Rule
from withdraw_guard._model.progress import (
    UNTOUCHED,
    HoldState,
    InAppeal,
    InReview,
    InVerification,
    Progress,
    Restored,
    Round,
    Suspended,
)
from withdraw_guard._values.checks import check_identifier, check_items, check_type
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.given import text_or_none
from withdraw_guard._values.ids import DestinationId, EventId, HoldId
from withdraw_guard._values.limits import HOLD_ID_LENGTH_MAX, INSTANT_MAX, TRIGGERS_MAX
from withdraw_guard._values.time import settle_end, settle_instant
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Destinations, LiftedBy, Repeat, State

_TICK: Final = timedelta(microseconds=1)
_SUFFIX: Final = "#(?:[2-9]|[1-9][0-9]{1,9})"

_KEEP: Final = Repeat.KEEP
_SUSPENDED: Final = State.SUSPENDED
_VERIFICATION: Final = State.VERIFICATION


@final
@attrs.frozen(kw_only=True, repr=False)
class Occurrence(Value):
    """An event that the library remembers, by its id and its instant."""

    event: EventId = attrs.field(converter=EventId)
    at: datetime

    def __attrs_post_init__(self) -> None:
        check_identifier("event", self.event)
        settle_instant(self, "at")


@final
@attrs.frozen(kw_only=True, repr=False)
class HoldTrigger(Value):
    """What a hold remembers of one event that placed or joined it.

    `until` is the end of the timer that the event set, if the rule has a timer. From `settled_at` on, if given, the
    event no longer counts.
    """

    event: EventId = attrs.field(converter=EventId)
    at: datetime
    until: datetime | None = None
    settled_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        check_identifier("event", self.event)
        settle_instant(self, "at")
        settle_end(self, "until")
        settle_end(self, "settled_at")

    @property
    def counts_from(self) -> datetime:
        """The instant at which it counts as evidence: its own, or that at which it was settled, if that is earlier."""
        return self.at if self.settled_at is None else min(self.at, self.settled_at)


@final
@attrs.frozen(kw_only=True, repr=False)
class Dropped(Value):
    """What a hold keeps of the triggers that it no longer remembers one by one.

    `latest_at` is the latest of their instants. `until` is the latest end of their timers, if the rule has one.
    """

    latest_at: datetime
    until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        settle_instant(self, "latest_at")
        settle_end(self, "until")


@final
@attrs.frozen(kw_only=True, repr=False)
class Hold(Value):
    """One reason why withdrawals are stopped, with the terms under which it was placed.

    `triggers` are at most 16 events in the order in which they were reported; the first is the cause. `dropped` is what
    is left of any others. `until` is its timer, if its rule has one. `end` is the instant from which it no longer
    blocks, or none while nothing that has happened ends it. `destination_id` is the destination that it is about, if
    about one.
    """

    id: HoldId = attrs.field(converter=HoldId)
    rule: Rule
    policy: PolicyRef
    triggers: tuple[HoldTrigger, ...]
    progress: Progress = UNTOUCHED
    destination_id: DestinationId | None = attrs.field(default=None, converter=text_or_none)
    dropped: Dropped | None = None
    until: datetime | None = attrs.field(init=False, eq=False, repr=False)
    end: datetime | None = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id, HOLD_ID_LENGTH_MAX)
        check_type("rule", self.rule, Rule, "a Rule")
        check_type("policy", self.policy, PolicyRef, "a PolicyRef")
        check_type("progress", self.progress, Progress, "a Progress")
        _check_triggers(self)
        settle(self, "until", until_of(self.rule, self.triggers, self.dropped))
        settle(self, "end", end_of(self.rule, self.triggers, self.until, self.progress.state))
        _check_destination(self)
        _check_progress(self)

    def is_open(self, at: datetime) -> bool:
        """Whether it blocks at `at`: half-open, and also before it was placed."""
        return self.end is None or at < self.end

    def remembers(self, event: EventId, at: datetime) -> bool:
        """Whether this very event is one of its triggers, settled or not."""
        return (event, at) in [(trigger.event, trigger.at) for trigger in self.triggers]

    @property
    def cause(self) -> HoldTrigger:
        """The trigger that placed it."""
        return self.triggers[0]

    @property
    def latest_at(self) -> datetime | None:
        """The instant of its latest trigger that is not settled; none if all are."""
        latest: datetime | None = None
        for trigger in self.triggers:
            if trigger.settled_at is None and (latest is None or latest < trigger.at):
                latest = trigger.at
        return latest

    @property
    def since(self) -> datetime:
        """The instant of the cause; if that is settled, of the earliest trigger that is not, if there is one."""
        if self.cause.settled_at is None:
            return self.cause.at
        return min((trigger.at for trigger in self.triggers if trigger.settled_at is None), default=self.cause.at)

    @property
    def clearance_outstanding(self) -> Clearance | None:
        """The clearance that is still to be given, if there is one."""
        return None if type(self.progress.state) is Restored else self.rule.clearance

    @property
    def attempts_left(self) -> bool:
        """Whether verification may be tried again: it is not closed, and fewer attempts failed than the rule allows."""
        if self.rule.clearance is None or self.progress.verification_closed:
            return False
        return self.rule.clearance.attempts is None or self.progress.failures < self.rule.clearance.attempts

    @property
    def released(self) -> bool:
        """Whether an authority has ended it."""
        state = self.progress.state
        return type(state) is Restored and state.released

    def knows_later_move(self, at: datetime) -> bool:
        """Whether the hold was moved by an event that is later than `at`."""
        return self.progress.moved_at is not None and at < self.progress.moved_at

    def open_round(self, at: datetime) -> Round | None:
        """Return the verification, review or appeal that is open at `at`; a verification that has lapsed is not."""
        state = self.progress.state
        if isinstance(state, InVerification):
            due = self.due
            return None if due is not None and at >= due else state
        return state if isinstance(state, Round) else None

    def round_named_by(self, event: HoldEvent) -> Round | None:
        """Return the open round if the event names it. Such an event happened no earlier than the round was opened."""
        state, attempt = self.progress.state, attempt_of(event)
        if attempt is None or not isinstance(state, Round) or state.attempt != attempt:
            return None
        return self.open_round(max(event.at, state.opened_at))

    def stage(self, at: datetime) -> State:
        """Return the state from which an event at `at` moves it; a verification that has lapsed is `suspended`."""
        state = self.progress.state
        if type(state) is InVerification:
            return _SUSPENDED if self.open_round(at) is None else _VERIFICATION
        return state.state

    def reads_as(self, at: datetime) -> State:
        """How it reads at `at`: a hold whose clearance was given but that is still open reads as suspended."""
        stage = self.stage(at)
        return State.SUSPENDED if stage is State.RESTORED and self.is_open(at) else stage

    @property
    def lapses_at(self) -> datetime | None:
        """When the verification that is under way lapses, if one is under way and if it does."""
        state = self.progress.state
        match state:
            case InVerification():
                return self.due
            case Suspended() | InReview() | InAppeal() | Restored():
                return None
            case _ as never:
                assert_never(never)

    @property
    def due(self) -> datetime | None:
        """When the open round is due: a verification lapses then; a review or an appeal is merely overdue."""
        clearance, state = self.rule.clearance, self.progress.state
        if clearance is None:
            return None
        match state:
            case InVerification():
                return _later(state.waits_since, clearance.verify_within)
            case InReview():
                return state.due or _later(state.submitted_at, clearance.review_within)
            case InAppeal():
                within = None if clearance.appeal is None else clearance.appeal.decide_within
                return state.due or _later(state.submitted_at, within)
            case Suspended() | Restored():
                return None
            case _ as never:
                assert_never(never)


def until_of(rule: Rule, triggers: tuple[HoldTrigger, ...], dropped: Dropped | None) -> datetime | None:
    """Return the timer of a hold (rule 8): the latest that any trigger set; of a kept one, that of its cause.

    The timer of a trigger that was settled before it was over counts until then. Where the cause of a kept hold was
    settled, the timers of the other triggers count as well.
    """
    if rule.repeat is _KEEP and triggers[0].settled_at is None:
        return triggers[0].until
    latest = None if dropped is None else dropped.until
    for trigger in triggers:
        until = counts_until(trigger)
        if until is not None and (latest is None or latest < until):
            latest = until
    return latest


def end_of(rule: Rule, triggers: tuple[HoldTrigger, ...], until: datetime | None, state: HoldState) -> datetime | None:
    """Return the end of a hold (rule 12), from its triggers, its timer and how far a person has come in lifting it.

    If every trigger is settled, it ends when the last of them stopped counting, unless it ended before.
    """
    end = _lifted_at(rule, until, state)
    settled = settled_at(triggers)
    if settled is None:
        return end
    return settled if end is None else min(end, settled)


def _lifted_at(rule: Rule, until: datetime | None, state: HoldState) -> datetime | None:
    if type(state) is not Restored:
        return until if rule.ends_by_time_alone else None
    if state.released or until is None:
        return state.at
    return min(until, state.at) if rule.lifted_by is LiftedBy.ANY else max(until, state.at)


def settled_at(triggers: Iterable[HoldTrigger]) -> datetime | None:
    """Return the instant from which none of the triggers counts any more; none while one of them counts."""
    latest: datetime | None = None
    for trigger in triggers:
        if trigger.settled_at is None:
            return None
        latest = trigger.settled_at if latest is None else max(latest, trigger.settled_at)
    return latest


def counts_until(trigger: HoldTrigger) -> datetime | None:
    """Return until when the timer of a trigger counts: until it is over, or until the trigger was settled."""
    if trigger.until is None or trigger.settled_at is None:
        return trigger.until
    return min(trigger.until, trigger.settled_at)


def _later(instant: datetime | None, duration: timedelta | None) -> datetime | None:
    return None if instant is None or duration is None else instant + duration


# ── What a hold may look like ────────────────────────────────────────────────────────────────────────────────────


def _check_triggers(hold: Hold) -> None:
    """Refuse triggers that cannot have placed or joined this hold."""
    check_type("triggers", hold.triggers, tuple, "a list of triggers")
    if not 1 <= len(hold.triggers) <= TRIGGERS_MAX:
        raise InvalidValue("triggers", f"must be 1 to {TRIGGERS_MAX} triggers, got {len(hold.triggers)}")
    check_items("triggers", hold.triggers, HoldTrigger, "a trigger")
    seen: set[tuple[EventId, datetime]] = set()
    for index, trigger in enumerate(hold.triggers):
        _check_timer(f"triggers[{index}].until", hold.rule, trigger)
        if (trigger.event, trigger.at) in seen:
            raise InvalidValue(f"triggers[{index}]", "must be another event than the triggers before it")
        seen.add((trigger.event, trigger.at))
    if hold.dropped is not None:
        check_type("dropped", hold.dropped, Dropped, "what is left of dropped triggers")
        if len(hold.triggers) < TRIGGERS_MAX or (hold.dropped.until is not None) != hold.rule.has_timer:
            raise InvalidValue("dropped", "must be what a full memory of triggers has dropped")
    plain = f"{hold.cause.event}:{hold.rule.id}"
    if hold.id != plain and not (hold.id.startswith(plain) and re.fullmatch(_SUFFIX, hold.id[len(plain) :])):
        raise InvalidValue("id", f"must be the id of its cause and of its rule, `{plain}`, or that with `#2`, `#3`, …")


def _check_timer(field: str, rule: Rule, trigger: HoldTrigger) -> None:
    """Refuse a timer that this trigger cannot have set, whatever was chosen and whatever the calendar."""
    until = trigger.until
    if (until is not None) != rule.has_timer:
        raise InvalidValue(field, "must be given exactly where the rule has a timer")
    if until is None:
        return
    if rule.business_days is not None:
        _check_counted(field, rule.business_days, until, trigger.at)
    elif rule.chosen is not None:
        if not rule.chosen.allows(until - trigger.at):
            raise InvalidValue(field, "must be as long after the trigger as the rule lets people choose")
    elif rule.duration is not None and until != trigger.at + rule.duration:
        raise InvalidValue(field, "must be as long after the trigger as the rule says")


def _check_counted(field: str, number: int, end: datetime, since: datetime) -> None:
    """Refuse an end that no calendar can give, because its days follow each other and have a length."""
    if not since + number * _TICK < end <= INSTANT_MAX:
        raise InvalidValue(field, f"must be an end that a calendar can have for business day number {number}")


def _check_destination(hold: Hold) -> None:
    if hold.destination_id is None:
        return
    check_identifier("destination_id", hold.destination_id)
    if hold.rule.scope.destinations is not Destinations.NAMED:
        raise InvalidValue("destination_id", "must be left out, because the rule is not about single destinations")
    if len(hold.triggers) > 1:
        raise InvalidValue("triggers", "must be one, because no event joins a hold about one destination")


def _check_progress(hold: Hold) -> None:
    """Refuse a record of progress that the rule of this hold rules out."""
    progress, state = hold.progress, hold.progress.state
    if hold.released and not hold.rule.releasable_by:
        raise InvalidValue("progress.state", "must not be released, because the rule names no authority")
    if hold.rule.clearance is None:
        if type(state) is not Suspended and not hold.released:
            raise InvalidValue("progress.state", "must be suspended or released, because the rule has no clearance")
        if progress.failures or progress.appeals or progress.reviewer is not None:
            raise InvalidValue("progress", "must be empty, because the rule has no clearance")
        return
    _check_attempts(hold, hold.rule.clearance)
    _check_appeals(hold, hold.rule.clearance.appeal)


def _check_attempts(hold: Hold, clearance: Clearance) -> None:
    progress, state = hold.progress, hold.progress.state
    if clearance.attempts is not None and progress.failures > clearance.attempts:
        raise InvalidValue("progress.failures", f"must be at most the {clearance.attempts} attempts of the rule")
    ever_accepted = clearance.unverified | clearance.verified
    approved = type(state) is Restored and not state.released and progress.appeals == 0
    if approved and not ever_accepted:
        raise InvalidValue("progress.state", "must not be approved, because the rule accepts no method")
    if (approved or isinstance(state, InVerification | InReview)) and not hold.attempts_left:
        raise InvalidValue("progress.state", "must be suspended or in appeal, because no attempt is left")
    if isinstance(state, InVerification | InReview) and state.method not in ever_accepted:
        raise InvalidValue("progress.state.method", f"must be one that the rule accepts, got {shown(state.method)}")
    if isinstance(state, InReview):
        _check_due(state.due, clearance.review_business_days, state.submitted_at)


def _check_appeals(hold: Hold, appeal: Appeal | None) -> None:
    progress, state = hold.progress, hold.progress.state
    if progress.appeals == 0:
        return
    if appeal is None or progress.appeals > appeal.limit or progress.failures < appeal.after_failures:
        raise InvalidValue("progress.appeals", "must be no more than the rule offers")
    if isinstance(state, InAppeal):
        _check_due(state.due, appeal.decide_business_days, state.submitted_at)


def _check_due(due: datetime | None, number: int | None, since: datetime | None) -> None:
    if due is None or since is None:
        return
    if number is None:
        raise InvalidValue("progress.state.due", "must be left out, because the rule counts no business days for it")
    _check_counted("progress.state.due", number, due, since)
