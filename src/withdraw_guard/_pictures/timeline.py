"""The contents of a picture of a history, before anything is drawn: a band, lanes, marks and rows.

The band shows when a withdrawal was allowed, as `check` answers. A lane shows the states of one hold while it was
open, as `open_holds` answers. Both come from the accounts of the history, so the picture cannot disagree with the
decision. A mark is at the instant at which an event became known; the rows say each event in a sentence.

A picture has limits: it shows the latest events and the holds that last longest, and `cuts` says what is left out.
The band and the lanes take everything into account.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from operator import itemgetter
from typing import Final, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Decision, stops
from withdraw_guard._answers.open import open_holds
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import Applied
from withdraw_guard._model.events import EventRetracted, EventType
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.progress import InAppeal, InVerification, Restored
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._pictures.history import Entry, History, Refused, stretches
from withdraw_guard._values.complete import complete
from withdraw_guard._values.ids import EventId, HoldId
from withdraw_guard._values.limits import (
    EVENTS_DRAWN_MAX,
    INSTANT_MAX,
    INSTANT_MIN,
    LANES_DRAWN_MAX,
    PASSAGES_LISTED_MAX,
    SPANS_DESCRIBED_MAX,
)
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import State


@final
class Permission(StrEnum):
    """What the band shows: unknown instead of allowed if an event could not be read."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


@final
class Stage(StrEnum):
    """The state of an open hold. It is cleared if its clearance was given and its timer still runs.

    While a reviewer has asked for more, a verification or an appeal waits for the person: more is needed.
    """

    SUSPENDED = "suspended"
    VERIFICATION = "verification"
    REVIEW = "review"
    APPEAL = "appeal"
    MORE_NEEDED = "more needed"
    CLEARED = "cleared"


@final
class MarkKind(StrEnum):
    """What an event did to the account."""

    TRIGGER = "trigger"
    MOVE = "move"
    RELEASE = "release"
    RETRACTION = "retraction"
    IDENTITY = "identity"
    NOTHING_NEW = "nothing new"
    REFUSED = "refused"


@final
@attrs.frozen(kw_only=True, repr=False)
class Span(Value):
    """The band or a lane from `since` to `until` (half-open); `until` is none if nothing ends it."""

    what: Permission | Stage
    since: datetime
    until: datetime | None


@final
@attrs.frozen(kw_only=True, repr=False)
class Lane(Value):
    """One hold as it was first known, and its states while it was open; `ending` says how it ended, if it did."""

    hold: Hold
    spans: tuple[Span, ...]
    ending: str
    request: Request

    @property
    def until(self) -> datetime | None:
        return self.spans[-1].until

    @property
    def aside(self) -> str:
        """The exception that a reader must see beside its name, or nothing."""
        asked = attrs.evolve(self.request, destination_id=None)
        if not stops(self.hold, asked):
            return f"does not stop {'withdrawals' if asked == WITHDRAWAL else 'this request'}"
        return "" if self.hold.destination_id is None else f"only to {self.hold.destination_id}"


@final
@attrs.frozen(kw_only=True, repr=False)
class Mark(Value):
    """An event that is dated `dated` and became known at `at`: what happened, and what the guard made of it.

    `retracted` is whether a later event of the history says that it did not happen.
    """

    number: int
    kind: MarkKind
    at: datetime
    dated: datetime
    event: str
    holds: tuple[HoldId, ...]
    happened: str
    outcome: str
    retracted: bool


@final
@attrs.frozen(kw_only=True, repr=False)
class Passage(Value):
    """A change that came, or will come, by time alone."""

    at: datetime
    text: str


_UNSAID: Final = "the withdrawals here name no destination, so a hold about one destination stops them too"


@final
@attrs.frozen(kw_only=True, repr=False)
class Timeline(Value):
    """All that a picture shows of a history, from `begins` on. `decision` is the answer now."""

    history: History
    decision: Decision
    begins: datetime
    band: tuple[Span, ...]
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    passages: tuple[Passage, ...]
    cuts: tuple[str, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether the answer now is an allow that can be trusted."""
        return bool(self.decision) and not self.history.unread

    @property
    def title(self) -> str:
        """The title of the picture."""
        return f"{_prose.begun(_prose.asked_in_all(self.history.request))} of account {self.history.account}"

    @property
    def asked(self) -> str:
        """The request, in words."""
        return _prose.asked(self.history.request)

    @property
    def answer(self) -> str:
        """The answer now, in words."""
        return f"denied: {_unread(self.history)}" if self.history.unread else _prose.answered(self.decision)

    @property
    def asked_and_answered(self) -> str:
        """Both in words: `withdrawal denied until …`."""
        return f"{self.asked} {self.answer}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know before trusting the picture, and what is left out of it."""
        about_one = any(lane.hold.destination_id is not None for lane in self.lanes)
        unsaid = (_UNSAID,) if about_one and self.history.destination_id is None else ()
        return (*_warnings(self.history), *unsaid, *self.cuts)

    @property
    def instants(self) -> tuple[datetime, ...]:
        """Every instant that the picture has to show, sorted."""
        spans = (*self.band, *(span for lane in self.lanes for span in lane.spans))
        ends = {at for span in spans for at in (span.since, span.until) if at is not None and at >= self.begins}
        return tuple(sorted({self.history.now, *ends, *(mark.at for mark in self.marks)}))


def timeline_of(history: History, *, only_changes: bool = False) -> Timeline:
    """Return the contents of the picture of a history; with `only_changes` without the events that changed nothing."""
    entries = [entry for entry in history.entries if not only_changes or _has_changed(entry)]
    drawn = entries[-EVENTS_DRAWN_MAX:]
    begins = drawn[0].known_at if drawn else history.now
    lanes = [lane for lane in _lanes(history) if lane.until is None or lane.until > begins]
    passages = [passage for passage in _passages(history) if passage.at >= begins]
    retracted = _retracted(history)
    return Timeline(
        history=history,
        decision=check(history.latest, history.now, history.request),
        begins=begins,
        band=_band(history),
        lanes=_lasting(lanes),
        marks=tuple(_mark(history, entry, entry.event.id in retracted) for entry in drawn),
        passages=_nearest(passages, history.now),
        cuts=tuple(_cuts(len(history.entries) - len(entries), len(entries), len(lanes), len(passages))),
    )


def _has_changed(entry: Entry) -> bool:
    return isinstance(entry.outcome, Applied) and bool(entry.outcome.changes)


def described(timeline: Timeline) -> str:
    """Describe the picture in words, for readers who cannot see it."""
    spans = [span for span in timeline.band if span.until is None or span.until > timeline.begins]
    told = "; ".join(span_words(span) for span in spans[-SPANS_DESCRIBED_MAX:])
    of_late = " of late" if len(spans) > SPANS_DESCRIBED_MAX else ""
    lanes = "".join(f" Hold {lane.hold.id}, {lane_words(lane)}." for lane in timeline.lanes)
    notes = "".join(f" Note: {text}." for text in timeline.notes)
    at = _prose.instant_words(timeline.history.now)
    asked = f"{'an' if timeline.asked[0] in 'aeiou' else 'a'} {timeline.asked}"
    in_all = _prose.begun(_prose.asked_in_all(attrs.evolve(timeline.history.request, destination_id=None)))
    return f"Asked at {at}, {asked} is {timeline.answer}.{notes} {in_all}{of_late}: {told}.{lanes}"


def lane_words(lane: Lane) -> str:
    """Say since when a hold is open and how it ended: `since 2026-01-05 09:00:00, ended by itself at …`."""
    only = "" if lane.hold.destination_id is None else f"only to {lane.hold.destination_id}, "
    since = f"{only}since {_prose.clock_words(lane.spans[0].since)}"
    return f"{since}, {lane.ending} at {_prose.clock_words(lane.until)}" if lane.until else f"{since}, still open"


# ── The band and the lanes ───────────────────────────────────────────────────────────────────────────────────────


def _band(history: History) -> tuple[Span, ...]:
    spans: list[Span] = []
    for stretch in stretches(history):
        verdict = Permission.ALLOWED if check(stretch.account, stretch.since, history.request) else Permission.DENIED
        trusted = Permission.UNKNOWN if history.unread and verdict is Permission.ALLOWED else verdict
        _append(spans, Span(what=trusted, since=stretch.since, until=stretch.until))
    return tuple(spans)


def _lanes(history: History) -> Iterator[Lane]:
    """Give a lane for each hold that was ever open, in order of placement."""
    spans: dict[HoldId, list[Span]] = {}
    for stretch in stretches(history):
        for seen in open_holds(stretch.account, stretch.since):
            stage = _stage(stretch.account.hold(seen.id), seen.state)
            _append(spans.setdefault(seen.id, []), Span(what=stage, since=stretch.since, until=stretch.until))
    accounts = [entry.after for entry in history.entries]
    first = {hold.id: hold for account in reversed(accounts) for hold in account.holds}
    latest = {hold.id: hold for account in accounts for hold in account.holds}
    for hold_id, seen_in in spans.items():
        yield Lane(
            hold=first[hold_id],
            spans=tuple(seen_in),
            ending=_ending(latest[hold_id], history.now),
            request=history.request,
        )


def _append(spans: list[Span], span: Span) -> None:
    """Append a span, or prolong the last one if it is followed by the same."""
    if spans and spans[-1].what is span.what and spans[-1].until == span.since:
        span = Span(what=span.what, since=spans.pop().since, until=span.until)
    spans.append(span)


def _stage(hold: Hold | None, reads_as: State) -> Stage:
    if hold is not None and isinstance(hold.progress.state, Restored) and not hold.released:
        return Stage.CLEARED
    return Stage.MORE_NEEDED if hold is not None and _waits_for_more(hold, reads_as) else _STAGES[reads_as]


def _waits_for_more(hold: Hold, reads_as: State) -> bool:
    """Whether a round that is open waits for what a reviewer asked for."""
    match hold.progress.state:
        case InVerification(needed=needed):
            return needed is not None and reads_as is State.VERIFICATION
        case InAppeal(needed=needed, submitted_at=submitted_at):
            return needed is not None and submitted_at is None
        case _:
            return False


_STAGES: Final = complete(
    State,
    {
        State.SUSPENDED: Stage.SUSPENDED,
        State.VERIFICATION: Stage.VERIFICATION,
        State.REVIEW: Stage.REVIEW,
        State.APPEAL: Stage.APPEAL,
        State.RESTORED: Stage.CLEARED,
    },
)


def _ending(hold: Hold, now: datetime) -> str:
    if hold.end is None:
        return "still open"
    ending = _prose.how_ended(hold)
    return "ends by itself" if ending == _prose.BY_ITSELF and hold.is_open(now) else ending


def _lasting(lanes: list[Lane]) -> tuple[Lane, ...]:
    """Keep the lanes that end last, in their order."""
    by_end = sorted(lanes, key=lambda lane: (lane.until is None, lane.until or INSTANT_MIN), reverse=True)
    kept = {lane.hold.id for lane in by_end[:LANES_DRAWN_MAX]}
    return tuple(lane for lane in lanes if lane.hold.id in kept)


# ── Marks and passages ───────────────────────────────────────────────────────────────────────────────────────────


def _retracted(history: History) -> set[EventId]:
    """Return the ids of the reports that were retracted."""
    applied = (entry.event for entry in history.entries if isinstance(entry.outcome, Applied))
    return {event.event for event in applied if isinstance(event, EventRetracted)}


def _mark(history: History, entry: Entry, retracted: bool) -> Mark:
    return Mark(
        number=entry.number,
        kind=_kind(entry),
        at=entry.known_at,
        dated=entry.event.at,
        event=entry.event.id,
        holds=entry.holds,
        happened=f"{'retracted: ' if retracted else ''}{_misdated(entry)}{_prose.happened(entry.event)}",
        outcome=_what_came_of(history, entry),
        retracted=retracted,
    )


def _misdated(entry: Entry) -> str:
    if entry.event.at == entry.known_at:
        return ""
    return "late: " if entry.event.at < entry.known_at else "ahead: "


def _kind(entry: Entry) -> MarkKind:
    if isinstance(entry.outcome, Refused):
        return MarkKind.REFUSED
    return _KINDS[entry.event.type] if entry.outcome.changes else MarkKind.NOTHING_NEW


_KINDS: Final = complete(
    EventType,
    {
        EventType.SECURITY_EVENT: MarkKind.TRIGGER,
        EventType.VERIFICATION_STARTED: MarkKind.MOVE,
        EventType.VERIFICATION_SUBMITTED: MarkKind.MOVE,
        EventType.VERIFICATION_FAILED: MarkKind.MOVE,
        EventType.REVIEW_DECIDED: MarkKind.MOVE,
        EventType.MORE_REQUESTED: MarkKind.MOVE,
        EventType.APPEAL_SUBMITTED: MarkKind.MOVE,
        EventType.APPEAL_DECIDED: MarkKind.MOVE,
        EventType.RELEASE_ORDERED: MarkKind.RELEASE,
        EventType.IDENTITY_CHANGED: MarkKind.IDENTITY,
        EventType.EVENT_RETRACTED: MarkKind.RETRACTION,
    },
)


def _what_came_of(history: History, entry: Entry) -> str:
    outcome = entry.outcome
    if isinstance(outcome, Refused):
        return _prose.why_refused(EventRefused(outcome.reason, entry.event, outcome.hold))
    said = [_prose.changed(change, entry.before, entry.after, entry.known_at) for change in outcome.changes]
    return "; ".join(said) or _prose.nothing_new(history.policy, entry.event)


def _passages(history: History) -> Iterator[Passage]:
    """Give the changes by time between the events and, if nothing else happens, after them."""
    known = [entry.known_at for entry in history.entries]
    for entry, until in zip(history.entries, (*known[1:], INSTANT_MAX), strict=False):
        of_the_identity = _identity_ends(entry.after, entry.known_at, until)
        of_the_holds = _prose.passed(entry.after, entry.known_at, until)
        for at, text in sorted((*of_the_identity, *of_the_holds), key=itemgetter(0)):
            yield Passage(at=at, text=text if at <= history.now else f"expected: {text}")


def _identity_ends(account: Account, since: datetime, until: datetime) -> Iterator[tuple[datetime, str]]:
    report = account.identity_report
    ends_at = None if report is None or account.identity_at(since) is None else report.ends_at
    if ends_at is not None and since < ends_at <= until:
        yield ends_at, "identity is no longer verified"


def _nearest(passages: list[Passage], now: datetime) -> tuple[Passage, ...]:
    """Keep the passages that are nearest to now, in their order."""
    by_distance = sorted(range(len(passages)), key=lambda index: abs(passages[index].at - now))
    return tuple(passages[index] for index in sorted(by_distance[:PASSAGES_LISTED_MAX]))


# ── What is left out, and warnings ───────────────────────────────────────────────────────────────────────────────


def _cuts(idle: int, events: int, lanes: int, passages: int) -> Iterator[str]:
    if idle:
        yield f"not drawn: {_prose.counted(idle, 'event')} that changed nothing"
    if events > EVENTS_DRAWN_MAX:
        yield f"not drawn: the first {_prose.counted(events - EVENTS_DRAWN_MAX, 'event')}, and what ended before"
    if lanes > LANES_DRAWN_MAX:
        yield f"not drawn: {_prose.counted(lanes - LANES_DRAWN_MAX, 'hold')} that end before all others"
    if passages > PASSAGES_LISTED_MAX:
        yield f"not listed: {_prose.counted(passages - PASSAGES_LISTED_MAX, 'change')} that come by themselves"


def _warnings(history: History) -> Iterator[str]:
    if history.unread:
        yield f"{_unread(history)}: nothing here is known to be allowed"
    ahead = sum(entry.event.at > history.now for entry in history.entries)
    if ahead:
        yield f"{_prose.counted(ahead, 'event')} dated after now; what is known counts, whatever its date"


def _unread(history: History) -> str:
    return f"{_prose.counted(history.unread, 'event')} that may be about this account could not be read"


def span_words(span: Span) -> str:
    """Say what a span shows, from when and until when: `denied from 2026-01-05 09:00:00 UTC`."""
    since = "" if span.since == INSTANT_MIN else f" from {_prose.instant_words(span.since)}"
    until = "" if span.until is None else f" until {_prose.instant_words(span.until)}"
    return f"{span.what}{since}{until}" if since or until else f"{span.what} throughout"
