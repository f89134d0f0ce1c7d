"""Events, changes, refusals, decisions and policies in plain English, for readers of replays and pictures.

The names and the next steps are those of `catalogues.en`; only what has no message code is worded here.
Every sentence is made from the account that `check` is asked about, so it cannot disagree with the decision.
Instants are exact and in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias, assert_never

from withdraw_guard import steps, triggers
from withdraw_guard._answers.decision import Decision
from withdraw_guard._answers.open import next_change_at, open_holds
from withdraw_guard._answers.request import OpenHold, Request
from withdraw_guard._model import changes, events
from withdraw_guard._model.account import Account, IdentityReport
from withdraw_guard._model.changes import Change
from withdraw_guard._model.events import Actor, Event
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import EVERYTHING, Policy, Rule, Scope
from withdraw_guard._model.progress import InAppeal, InReview, InVerification, Progress, Restored, Suspended
from withdraw_guard._model.refusal import EventRefused, Refusal
from withdraw_guard._values.complete import complete
from withdraw_guard._values.escape import shortened
from withdraw_guard._values.ids import HoldId, Method, Reason, Trigger
from withdraw_guard._values.time import write_duration
from withdraw_guard._values.vocabulary import Destination, Destinations, LiftedBy, Repeat, ReviewOutcome, State
from withdraw_guard.messages import CATALOGUE
from withdraw_guard.messages._explain import step_message
from withdraw_guard.messages._message import say
from withdraw_guard.messages._voice import Voice
from withdraw_guard.steps import Step

# A row is a sequence of texts, each with its style. Without a terminal the styles are ignored.
Row: TypeAlias = tuple[tuple[str, str], ...]

# ── What happened ────────────────────────────────────────────────────────────────────────────────────────────────


def happened(event: Event) -> str:
    """Say what happened: `password changed`, `review rejected by admin r-7: document unreadable`."""
    match event:
        case events.SecurityEvent():
            return f"{trigger_words(event.trigger)}{_details(event)}"
        case events.VerificationStarted():
            return f"{_ENGLISH.name('method', event.method)} started"
        case events.VerificationSubmitted():
            return "verification handed in"
        case events.VerificationFailed():
            return f"verification failed{_because(event.reasons)}"
        case events.ReviewDecided():
            finally_so = " for good" if event.final and event.outcome is ReviewOutcome.REJECTED else ""
            return f"review {event.outcome}{finally_so} by {_actor(event.by)}{_because(event.reasons)}"
        case events.MoreRequested():
            asked_for = listed("document", event.documents, "and")
            return f"{asked_for or 'more'} requested by {_actor(event.by)}{_because(event.reasons)}"
        case events.AppealSubmitted():
            verb = "filed" if event.attempt is None else "handed in again"
            return f"appeal {verb} with {listed('document', event.documents, 'and') or 'no documents'}"
        case events.AppealDecided():
            return f"appeal {event.outcome} by {_actor(event.by)}{_because(event.reasons)}"
        case events.ReleaseOrdered():
            return _ordered(event)
        case events.IdentityChanged():
            return "identity taken away" if event.identity is None else f"identity reported: {event.identity}"
        case events.EventRetracted():
            authority = _ENGLISH.name("authority", event.authority)
            return f"retraction of event {event.event} ordered for {authority} by {_actor(event.by)}: {event.note}"
        case _ as never:
            assert_never(never)


def _details(event: events.SecurityEvent) -> str:
    about = "" if event.destination_id is None else f": {event.destination_id}"
    return about if event.duration is None else f"{about}, {duration_words(event.duration)} chosen"


def _ordered(event: events.ReleaseOrdered) -> str:
    anyway = ", whatever is known later" if event.override_stale else ""
    note = f": {event.note}" if event.note else ""
    authority = _ENGLISH.name("authority", event.authority)
    return f"release ordered for {authority} by {_actor(event.by)}{anyway}{note}"


def _actor(actor: Actor) -> str:
    return f"{actor.kind} {actor.id}"


def _because(reasons: Iterable[Reason]) -> str:
    named = _ENGLISH.names("reason", reasons, "list.comma")
    return f": {named}" if named else ""


# ── What the guard made of it ────────────────────────────────────────────────────────────────────────────────────


def changed(change: Change, before: Account, after: Account, now: datetime) -> str:
    """Say what a change did to the account; `now` is the latest instant that is known of it.

    `before` and `after` are the account before the event and after all that the event changed.
    """
    match change:
        case changes.HoldPlaced():
            return _placed(_hold_of(after, change.hold.id), now)
        case changes.HoldRepeated():
            return _repeated(_hold_of(before, change.hold), _hold_of(after, change.hold), now)
        case changes.HoldMoved():
            return _moved(_hold_of(before, change.hold), _hold_of(after, change.hold), now)
        case changes.HoldReleased():
            return f"hold {change.hold} is released"
        case changes.IdentityRecorded():
            return _identity(change.report, now)
        case changes.TriggerRetracted():
            return _retracted(change, _hold_of(before, change.hold), _hold_of(after, change.hold), now)
        case _ as never:
            assert_never(never)


def _identity(report: IdentityReport, now: datetime) -> str:
    if report.retracted_at is not None or report.identity is None:
        return "identity is no longer verified"
    if report.valid_until is None:
        return f"identity is {report.identity} now"
    verb = "is" if now < report.valid_until else "was"
    return f"identity {verb} {report.identity} until {instant_words(report.valid_until)}"


def _retracted(change: changes.TriggerRetracted, before: Hold, after: Hold, now: datetime) -> str:
    """Say what else a retraction changed: the end of the hold, or else its timer."""
    said = f"event {change.trigger} no longer counts for hold {after.id}"
    if after.end is not None and after.end != before.end:
        return f"{said}, which {'ends' if after.is_open(now) else 'ended'} at {instant_words(after.end)}"
    if after.until is not None and after.until != before.until:
        return f"{said}, its timer ends at {instant_words(after.until)}"
    return said


def nothing_new(policy: Policy, event: Event) -> str:
    """Say that an event changed nothing, and why if no rule has its trigger."""
    if isinstance(event, events.SecurityEvent) and event.trigger not in policy.triggers:
        return f"nothing new: no rule listens to {event.trigger}"
    return "nothing new"


def _hold_of(account: Account, hold_id: HoldId) -> Hold:
    hold = account.hold(hold_id)
    if hold is None:
        raise AssertionError("a change names a hold that the account does not have")
    return hold


def _placed(hold: Hold, now: datetime) -> str:
    verb = "are held" if hold.is_open(now) else "were held"
    return f"{held_words(hold)} {verb} {_until_what(hold)} (hold {hold.id})"


def _until_what(hold: Hold) -> str:
    timer = [] if hold.until is None else [f"until {instant_words(hold.until)}"]
    clearance = [] if hold.rule.clearance is None else ["until a verification is approved"]
    ways = [*timer, *clearance] or [f"until {listed('authority', hold.rule.releasable_by, 'or')} releases them"]
    return (" or " if hold.rule.lifted_by is LiftedBy.ANY else " and ").join(ways)


def _repeated(before: Hold, after: Hold, now: datetime) -> str:
    if after.until is None:
        return f"hold {after.id} is triggered again"
    if after.until == before.until:
        return f"hold {after.id} is triggered again, its timer stays as it is"
    verb = "is extended" if after.is_open(now) else "had been extended"
    return f"hold {after.id} {verb} to {instant_words(after.until)}"


def _moved(before: Hold, hold: Hold, now: datetime) -> str:
    state = hold.progress.state
    if state == before.progress.state:
        return f"hold {hold.id} stays in {state.state}, because the event comes too late to move it"
    match state:
        case InVerification():
            back = "" if state.needed is None else "back "
            lapsed = hold.stage(now) is State.SUSPENDED
            due = _due(hold.due, "which lapsed" if lapsed else "which lapses")
            return f"hold {hold.id} moved {back}to verification{due}"
        case InReview():
            return f"hold {hold.id} moved to review{_due(hold.due, 'due')}"
        case InAppeal() if state.submitted_at is None:
            return f"the appeal against hold {hold.id} waits for the account holder"
        case InAppeal() if isinstance(before.progress.state, InAppeal):
            return f"the appeal against hold {hold.id} waits for a decision again{_due(hold.due, 'due')}"
        case InAppeal():
            return f"hold {hold.id} moved to appeal{_due(hold.due, 'due')}"
        case Suspended():
            return f"hold {hold.id} is suspended again{_tally(hold.progress)}"
        case Restored():
            still = f", it ends at {instant_words(hold.end)}" if hold.end is not None and hold.is_open(now) else ""
            return f"hold {hold.id} is cleared{still}"
        case _ as never:
            assert_never(never)


def _tally(progress: Progress) -> str:
    so_far = f", {counted(progress.failures, 'failure')} so far" if progress.failures else ""
    return f"{so_far}, closed to verification" if progress.verification_closed else so_far


def _due(due: datetime | None, word: str) -> str:
    return "" if due is None else f", {word} at {instant_words(due)}"


def why_refused(refused: EventRefused) -> str:
    """Say why an event was refused, and whether it comes too late."""
    outdated = f". {_ENGLISH.message(say('staff.outdated'))}" if refused.outdated else ""
    return f"refused, {refused.reason}: {refusal_words(refused.reason)}{outdated}"


def refusal_words(reason: Refusal) -> str:
    """Say a reason of a refusal in words."""
    return _ENGLISH.name("refusal", reason)


# ── What changes by time ─────────────────────────────────────────────────────────────────────────────────────────


def passed(account: Account, since: datetime, until: datetime) -> Iterator[tuple[datetime, str]]:
    """Give each change that comes by time after `since` and up to `until` if nothing happens, in order.

    Between two results of `next_change_at` nothing changes, so each difference belongs exactly to the later one.
    """
    at, then = since, next_change_at(account, since)
    while then is not None and then <= until:
        still = {hold.id: hold for hold in open_holds(account, then)}
        for was in open_holds(account, at):
            now = still.get(was.id)
            texts = [_ended(_hold_of(account, was.id))] if now is None else _lapsed(was, now)
            yield from ((then, text) for text in texts)
        at, then = then, next_change_at(account, then)


def _ended(hold: Hold) -> str:
    how = how_ended(hold)
    return f"hold {hold.id} {how}" if how == BY_ITSELF else f"hold {hold.id} is {how}"


BY_ITSELF: Final = "ended by itself"
RETRACTED: Final = "retracted"


def how_ended(hold: Hold) -> str:
    """Say how a hold that has an end ended: by itself, retracted, released or cleared."""
    settled = [trigger.settled_at for trigger in hold.triggers if trigger.settled_at is not None]
    if len(settled) == len(hold.triggers) and hold.end == max(settled):
        return RETRACTED
    if hold.end == hold.until:
        return BY_ITSELF
    return "released" if hold.released else "cleared"


def _lapsed(was: OpenHold, now: OpenHold) -> Iterator[str]:
    """Say what time alone changed about a hold that is still open."""
    has_lapsed = was.state is State.VERIFICATION and now.state is State.SUSPENDED
    if has_lapsed:
        again = ", it may be started again" if _methods(now) else ""
        yield f"the verification on hold {was.id} lapsed{again}"
    if _names(was, steps.Wait) and not _names(now, steps.Wait):
        yield f"the timer of hold {was.id} ran out, what remains is the clearance"
    if _methods(was) != _methods(now) and not has_lapsed:
        accepted = listed("method", _methods(now), "or") or "no verification"
        yield f"hold {was.id} accepts {accepted} from now on"
    if _names(was, steps.Appeal) and not _names(now, steps.Appeal):
        yield f"the time to appeal against hold {was.id} is over"
    if _names(now, steps.Appeal) and not _names(was, steps.Appeal):
        yield f"an appeal against hold {was.id} may be handed in from now on"


def _names(hold: OpenHold, step: type[Step]) -> bool:
    return any(type(named) is step for named in hold.steps)


def _methods(hold: OpenHold) -> frozenset[Method]:
    """Return the methods with which a verification may be started."""
    return frozenset(method for step in hold.steps if isinstance(step, steps.Verify) for method in step.methods)


# ── The answer ───────────────────────────────────────────────────────────────────────────────────────────────────


def answered(decision: Decision) -> str:
    """Say the answer: `allowed`, `denied until …`, or `denied, and time alone does not change that`.

    If all holds are about single destinations, a request that names no destination is denied, and one that names
    another destination is allowed.
    """
    if decision:
        return "allowed"
    is_only_for_not_saying = decision.request.destination_id is None and all(
        hold.destination_id is not None for hold in decision.holds
    )
    unless = " unless it names a destination that is not held" if is_only_for_not_saying else ""
    if decision.resumes_at is None:
        return f"denied{unless}, and time alone does not change that"
    return f"denied{unless}{',' if unless else ''} until {instant_words(decision.resumes_at)}"


def asked(request: Request) -> str:
    """Say the request: `withdrawal`, `withdrawal to …`, `fiat withdrawal to a known destination`."""
    if request.destination_id is not None:
        return f"{words(request.operation)} to {shortened(request.destination_id, 40)}"
    return f"{words(request.operation)}{' to a known destination' if is_known(request) else ''}"


def asked_in_all(request: Request) -> str:
    """Say all requests of a kind: `withdrawals`, `withdrawals to …`, `P2P sales to known destinations`."""
    operations = listed("operation", [request.operation], "and")
    if request.destination_id is not None:
        return f"{operations} to {request.destination_id}"
    return f"{operations}{' to known destinations' if is_known(request) else ''}"


def is_known(request: Request) -> bool:
    """Whether the request goes to a known destination."""
    return request.destination is Destination.KNOWN


def begun(sentence: str) -> str:
    """Begin a sentence with a capital letter."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def denying(hold: OpenHold) -> str:
    """Say the trigger and the state of a hold that denies."""
    only = "" if hold.destination_id is None else f", about the destination {hold.destination_id} only"
    since = f"{trigger_words(hold.trigger)} at {instant_words(hold.since)}{only}"
    return f"{since}, in {hold.state}" if hold.state is not State.SUSPENDED else since


def next_step(hold: OpenHold, step: Step, at: datetime) -> str:
    """Say a next step to the account holder, at the instant of the question."""
    return _ENGLISH.message(step_message(hold, step, at))


def advice(step: Step) -> str:
    """Say the tips of a step, or why a reviewer asked for more; nothing if it has neither."""
    if isinstance(step, steps.CompleteVerification) and step.reasons:
        return _ENGLISH.message(say("step.more_because", reasons=step.reasons))
    given = step.tips if isinstance(step, steps.Verify) else ()
    return "; ".join(_ENGLISH.name("tip", tip) for tip in given)


# ── A policy ─────────────────────────────────────────────────────────────────────────────────────────────────────

POLICY_COLUMNS: Final = ("RULE", "TRIGGER", "STOPS", "FOR", "LIFTED BY", "RELEASABLE BY")


def rule_cells(rule: Rule) -> tuple[str, ...]:
    """Return a rule as the cells of a row, under `POLICY_COLUMNS`."""
    facts = ", ".join(f"{name} = {json.dumps(fact)}" for name, fact in rule.where.items())
    separate = " (each separate)" if rule.repeat is Repeat.SEPARATE else ""
    ways = ["time"] if rule.has_timer else []
    if rule.clearance is not None:
        ways.append("verification" if rule.clearance.appeal is None else "verification (appeal)")
    return (
        rule.id,
        (f"{rule.trigger} where {facts}" if facts else rule.trigger) + separate,
        scope_words(rule.scope),
        timer_words(rule) if rule.has_timer else "-",
        (" or " if rule.lifted_by is LiftedBy.ANY else " and ").join(ways) or "-",
        listed("authority", rule.releasable_by, "or") or "-",
    )


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def words(name: str) -> str:
    """Say a name in its own words: `document_unreadable` is `document unreadable`."""
    return name.replace("_", " ")


def trigger_words(trigger: Trigger) -> str:
    """Say a trigger in words. Triggers have no message code: an account holder never reads them."""
    return _TRIGGERS.get(trigger, words(trigger))


_TRIGGERS: Final[Mapping[Trigger, str]] = {
    triggers.EMAIL_CHANGED: "e-mail address changed",
    triggers.TWO_FACTOR_CHANGED: "two-factor changed",
    triggers.TWO_FACTOR_DISABLED: "two-factor disabled",
    triggers.TWO_FACTOR_ENABLED: "two-factor enabled",
    triggers.TWO_FACTOR_RESET: "two-factor reset",
}


def scope_words(scope: Scope) -> str:
    """Say what a scope stops: `withdrawals`, `all operations to new destinations`."""
    return f"{_operations(scope)}{_WHERE_TO[scope.destinations]}"


_WHERE_TO: Final = complete(
    Destinations,
    {
        Destinations.ANY: "",
        Destinations.NEW: " to new destinations",
        Destinations.NAMED: " to the destination that the event names",
    },
)


def held_words(hold: Hold) -> str:
    """Say what a hold stops. If its event named no destination, the hold is about all of them."""
    scope = hold.rule.scope
    if scope.destinations is not Destinations.NAMED:
        return scope_words(scope)
    return _operations(scope) if hold.destination_id is None else f"{_operations(scope)} to {hold.destination_id}"


def _operations(scope: Scope) -> str:
    if scope.operations == EVERYTHING:
        return "all operations"
    leaves = f" (and not {listed('operation', scope.leaves, 'or')})" if scope.leaves else ""
    return f"{listed('operation', scope.operations, 'and')}{leaves}"


def timer_words(rule: Rule) -> str:
    """Say the length of the timer of a rule: `24 hours`, `4 business days`, or the choice that people have."""
    if rule.business_days is not None:
        return counted(rule.business_days, "business day")
    if rule.duration is None:
        raise AssertionError("a rule without a timer has no duration")
    if rule.chosen is None:
        return duration_words(rule.duration)
    choice = f"{duration_words(rule.chosen.minimum)} to {duration_words(rule.chosen.maximum)} as chosen"
    return f"{choice} ({duration_words(rule.duration)} if nothing is)"


def instant_words(instant: datetime) -> str:
    """Write an instant: `2026-01-06 09:00:00 UTC`."""
    return f"{clock_words(instant)} UTC"


def clock_words(instant: datetime) -> str:
    """Write an instant under a heading that names UTC."""
    return instant.replace(tzinfo=None).isoformat(sep=" ")


def duration_words(duration: timedelta) -> str:
    """Write a duration: whole hours up to three days, whole days beyond, and ISO 8601 for all others."""
    hours, odd = divmod(duration, timedelta(hours=1))
    if odd or (hours > _HOURS_MAX and hours % 24):
        return write_duration(duration)
    return _ENGLISH.counted("hour", hours) if hours <= _HOURS_MAX else _ENGLISH.counted("day", hours // 24)


_HOURS_MAX: Final = 72


def month_words(number: int) -> str:
    """Name a month: `January` is 1."""
    return _ENGLISH.month(number)


def counted(number: int, noun: str) -> str:
    """Count a noun: `1 event`, `2 events`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(family: str, names: Iterable[str], conjunction: Literal["and", "or"]) -> str:
    """List the names of a family of message codes, sorted: `documents` with `and`, `authorities` with `or`."""
    return _ENGLISH.names(family, sorted(names), f"list.{conjunction}")


_ENGLISH: Final = Voice(catalogue=CATALOGUE, tags=("en",), write=instant_words)
