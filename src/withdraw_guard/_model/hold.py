"""A hold: one reason why withdrawals are stopped. An account has a set of them.

A hold remembers the terms it was placed under (its rule, by value), its first and its latest trigger, and how far
a person has come in lifting it. Everything else follows from these: its timer, its end, what is due. Nothing that
follows is stored by a job, so nothing can be out of date.

    ──────┬──────────────────────────────┬──────────▶ time
        trigger         blocks          end
    (blocks before, too: clocks differ)  (no longer)
"""

import re
from datetime import datetime, timedelta
from typing import Final, assert_never, final

import attrs

from withdraw_guard._model.policy import Appeal, Clearance, PolicyRef, Rule
from withdraw_guard._model.progress import UNTOUCHED, InAppeal, InReview, InVerification, Progress, Restored, Suspended
from withdraw_guard._values.checks import check_identifier, check_type
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import DestinationId, EventId, HoldId
from withdraw_guard._values.limits import HOLD_ID_LENGTH_MAX, INSTANT_MAX
from withdraw_guard._values.time import utc, utc_end
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
    """Which event, and when."""

    event: EventId = attrs.field(converter=EventId)
    at: datetime

    def __attrs_post_init__(self) -> None:
        check_identifier("event", self.event)
        settle(self, "at", utc("at", self.at))


@final
@attrs.frozen(kw_only=True, repr=False)
class Hold(Value):
    """One reason why withdrawals are stopped, with the terms under which it was placed.

    `until` is its timer, if its rule has one. `end` is the instant from which it no longer blocks, or none
    while nothing that has happened ends it. `timer` is given exactly where `until` does not follow from the rule: it
    was chosen, or counted in business days. `destination_id` is the destination that it is about, if about one.
    """

    id: HoldId = attrs.field(converter=HoldId)
    rule: Rule
    policy: PolicyRef
    cause: Occurrence
    latest: Occurrence
    progress: Progress = UNTOUCHED
    destination_id: DestinationId | None = None
    timer: datetime | None = None
    until: datetime | None = attrs.field(init=False, eq=False, repr=False)
    end: datetime | None = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id, HOLD_ID_LENGTH_MAX)
        check_type("rule", self.rule, Rule, "a Rule")
        check_type("policy", self.policy, PolicyRef, "a PolicyRef")
        check_type("cause", self.cause, Occurrence, "an Occurrence")
        check_type("latest", self.latest, Occurrence, "an Occurrence")
        check_type("progress", self.progress, Progress, "a Progress")
        if self.timer is not None:
            settle(self, "timer", utc_end("timer", self.timer))
        settle(self, "until", until_of(self.rule, self.cause, self.latest, self.timer))
        settle(self, "end", end_of(self.rule, self.until, self.progress))
        _check_timer(self)
        _check_destination(self)
        _check_triggers(self)
        _check_progress(self)

    def is_open(self, at: datetime) -> bool:
        """Whether it blocks at `at`: half-open, and also before it was placed."""
        return self.end is None or at < self.end

    @property
    def clearance_outstanding(self) -> Clearance | None:
        """The clearance that somebody still has to give, if there is one."""
        return None if type(self.progress.state) is Restored else self.rule.clearance

    @property
    def attempts_left(self) -> bool:
        """Whether verification may be tried again: it was not closed for good, and fewer failed than may."""
        if self.rule.clearance is None or self.progress.verification_closed:
            return False
        return self.rule.clearance.attempts is None or self.progress.failures < self.rule.clearance.attempts

    @property
    def released(self) -> bool:
        """Whether an authority has ended it."""
        state = self.progress.state
        return type(state) is Restored and state.released

    @property
    def knows_of(self) -> datetime:
        """The latest instant that it has heard of: its latest trigger, or the latest event that moved it."""
        moved = self.progress.moved
        return self.latest.at if moved is None else max(self.latest.at, moved.at)

    def stage(self, at: datetime) -> State:
        """Where it stands at `at` in the table of transitions. A lapsed verification stands at suspended."""
        state = self.progress.state
        if isinstance(state, InVerification):
            due = self.due
            return _SUSPENDED if due is not None and at >= due else _VERIFICATION
        return state.state

    def reads_as(self, at: datetime) -> State:
        """How it reads at `at`: what was lifted but is still open reads as suspended."""
        stage = self.stage(at)
        return State.SUSPENDED if stage is State.RESTORED and self.is_open(at) else stage

    @property
    def due(self) -> datetime | None:
        """When the open round is due: a verification lapses then; a review or an appeal is merely overdue."""
        clearance, state = self.rule.clearance, self.progress.state
        if clearance is None:
            return None
        match state:
            case InVerification():
                return _later(state.opened_at, clearance.verify_within)
            case InReview():
                return state.due or _later(state.submitted_at, clearance.review_within)
            case InAppeal():
                return state.due or _later(
                    state.opened_at, clearance.appeal.decide_within if clearance.appeal else None
                )
            case Suspended() | Restored():
                return None
            case _ as never:
                assert_never(never)


def until_of(rule: Rule, cause: Occurrence, latest: Occurrence, timer: datetime | None) -> datetime | None:
    """Return the timer of a hold: its own where the rule leaves that to it, else what follows from its triggers."""
    if rule.leaves_the_timer_to_the_hold:
        return timer
    return None if rule.duration is None else _counted_from(rule, cause, latest) + rule.duration


def end_of(rule: Rule, until: datetime | None, progress: Progress) -> datetime | None:
    """Return the end of a hold (rule 12), from its timer and from how far a person has come in lifting it."""
    state = progress.state
    if type(state) is not Restored:
        return until if rule.ends_by_time_alone else None
    if state.released or until is None:
        return state.at
    return min(until, state.at) if rule.lifted_by is LiftedBy.ANY else max(until, state.at)


def _counted_from(rule: Rule, cause: Occurrence, latest: Occurrence) -> datetime:
    """Return the instant of the trigger that the timer counts from: of equal durations the latest ends last."""
    return cause.at if rule.repeat is _KEEP else latest.at


def _later(instant: datetime, duration: timedelta | None) -> datetime | None:
    return None if duration is None else instant + duration


def _check_triggers(hold: Hold) -> None:
    """Refuse a hold that no sequence of triggers can have placed."""
    plain = f"{hold.cause.event}:{hold.rule.id}"
    if hold.id != plain and not (hold.id.startswith(plain) and re.fullmatch(_SUFFIX, hold.id[len(plain) :])):
        raise InvalidValue("id", f"must be the id of its cause and of its rule, `{plain}`, or that with `#2`, `#3`, …")
    if hold.latest != hold.cause and hold.latest.at <= hold.cause.at:
        raise InvalidValue("latest", "must be the cause or a trigger after it")
    kept = hold.rule.repeat is Repeat.KEEP and hold.rule.ends_by_time_alone
    if kept and hold.until is not None and hold.latest.at >= hold.until:
        raise InvalidValue("latest.at", "must be before the end of the timer that it left as it was")


def _check_timer(hold: Hold) -> None:
    """Refuse a timer that no trigger of this hold can have set."""
    if hold.rule.leaves_the_timer_to_the_hold != (hold.timer is not None):
        raise InvalidValue("timer", "must be given exactly where it was chosen or counted in business days")
    if hold.timer is not None:
        check_timer_of("timer", hold.rule, hold.timer, _counted_from(hold.rule, hold.cause, hold.latest))


def check_timer_of(field: str, rule: Rule, timer: datetime, trigger_at: datetime) -> None:
    """Refuse a timer that no trigger at that instant can have set, whatever was chosen and whatever the calendar."""
    if rule.chosen is not None and not rule.chosen.allows(timer - trigger_at):
        raise InvalidValue(field, "must be as long after the trigger as the rule lets people choose")
    if rule.business_days is not None:
        _check_counted(field, rule.business_days, timer, trigger_at)


def _check_counted(field: str, number: int, end: datetime, since: datetime) -> None:
    """Refuse an end that no calendar can give: each of its days begins after the one before, and has a length."""
    if not since + number * _TICK < end <= INSTANT_MAX:
        raise InvalidValue(field, f"must be where a calendar can have its business day number {number}")


def _check_destination(hold: Hold) -> None:
    if hold.destination_id is None:
        return
    check_identifier("destination_id", hold.destination_id)
    if hold.rule.scope.destinations is not Destinations.NAMED:
        raise InvalidValue("destination_id", "must be left out, this hold is not about one destination")
    if hold.latest != hold.cause:
        raise InvalidValue("latest", "must be the cause, nothing joins a hold about one destination")


def _check_progress(hold: Hold) -> None:
    """Refuse a record of progress that the rule of this hold rules out."""
    progress, state = hold.progress, hold.progress.state
    has_moved = progress.moved is not None and hold.rule.ends_by_time_alone
    if has_moved and hold.until is not None and any(at >= hold.until for at in progress.instants):
        raise InvalidValue("progress", "must not have moved a hold whose time was up")
    if hold.released and not hold.rule.releasable_by:
        raise InvalidValue("progress.state", "must not be released, nobody may release this hold")
    if hold.rule.clearance is None:
        if type(state) is not Suspended and not hold.released:
            raise InvalidValue("progress.state", "must be suspended or released, this hold has no clearance")
        if progress.failures or progress.appeals or progress.reviewer is not None:
            raise InvalidValue("progress", "must be empty, this hold has no clearance")
        return
    if type(state) is Restored and not state.released and state.at < hold.latest.at:
        raise InvalidValue("progress.state.at", "must not be before the latest trigger")
    _check_attempts(hold, hold.rule.clearance)
    _check_appeals(hold, hold.rule.clearance.appeal)


def _check_attempts(hold: Hold, clearance: Clearance) -> None:
    progress, state = hold.progress, hold.progress.state
    if clearance.attempts is not None and progress.failures > clearance.attempts:
        raise InvalidValue("progress.failures", f"must be at most the {clearance.attempts} attempts of the rule")
    ever_accepted = clearance.unverified | clearance.verified
    approved = type(state) is Restored and not state.released and progress.appeals == 0
    if approved and not ever_accepted:
        raise InvalidValue("progress.state", "must not be approved, the rule accepts no method")
    if (approved or isinstance(state, InVerification | InReview)) and not hold.attempts_left:
        raise InvalidValue("progress.state", "must not have come this far, no attempt was left for it")
    if isinstance(state, InVerification | InReview) and state.method not in ever_accepted:
        raise InvalidValue("progress.state.method", f"must be one that the rule accepts, got {shown(state.method)}")
    if isinstance(state, InReview):
        _check_due(state.due, clearance.review_business_days, state.submitted_at)
        lapsed_at = _later(state.opened_at, clearance.verify_within)
        if lapsed_at is not None and state.submitted_at >= lapsed_at:
            raise InvalidValue("progress.state.submitted_at", "must be before the verification lapsed")


def _check_appeals(hold: Hold, appeal: Appeal | None) -> None:
    progress, state = hold.progress, hold.progress.state
    if progress.appeals == 0:
        return
    if appeal is None or progress.appeals > appeal.limit or progress.failures < appeal.after_failures:
        raise InvalidValue("progress.appeals", "must be no more than the rule offers")
    if isinstance(state, InAppeal):
        _check_due(state.due, appeal.decide_business_days, state.opened_at)
    # A trigger that came after the appeal was filed has moved the window since; then nothing can be said.
    if isinstance(state, InAppeal) and hold.latest.at <= state.opened_at:
        closes_at = _later(max(hold.latest.at, progress.failed_at or hold.latest.at), appeal.within)
        if closes_at is not None and state.opened_at >= closes_at:
            raise InvalidValue("progress.state.opened_at", "must be while an appeal was offered")


def _check_due(due: datetime | None, number: int | None, since: datetime) -> None:
    if due is None:
        return
    if number is None:
        raise InvalidValue("progress.state.due", "must be left out, the rule counts no business days for it")
    _check_counted("progress.state.due", number, due, since)
