"""A story: what happens to one account, line by line, and what is expected. Read from plain data, strictly.

A line has an `event`, or an `expect`, or both. An event is a trigger, or another kind of event, with the members that
it has in the wire format; what a test seldom cares about may be left out. The rules of the policy are not asked here:
the same stories can be told of another policy.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeVar, cast, final

import attrs

from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._drafts.meant import did_you_mean
from withdraw_guard._model.events import Event, EventType
from withdraw_guard._values.checks import check_text
from withdraw_guard._values.errors import InvalidValue, member_path, shown
from withdraw_guard._values.ids import DestinationId, Operation
from withdraw_guard._values.limits import NOTE_LENGTH_MAX
from withdraw_guard._values.time import write_duration, write_instant
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import ActorKind, Destination
from withdraw_guard.stories._clauses import Clause, read_clauses
from withdraw_guard.stories._times import BEGIN, read_length, read_time
from withdraw_guard.wire import Json, Members, event_from_dict

STORIES_SCHEMA: Final = "withdraw-guard/stories/1"
"""The first member of a document of stories: it names the form of the document."""
ACCOUNT: Final = "a1"
"""The account of every story."""

T = TypeVar("T")

_OF_LINE: Final = ("event", "at", "ask", "expect", "hold")
# What a line may leave out, by the kind of its event. Different people decide, because no one may hear an appeal
# against their own review.
_LEFT_OUT: Final[Mapping[str, Members]] = {
    "security_event": {"initiated_by": "user", "context": {}},
    "verification_failed": {"reasons": []},
    "review_decided": {"by": "admin reviewer", "reasons": [], "final": False},
    "more_requested": {"by": "admin reviewer", "reasons": [], "documents": []},
    "appeal_submitted": {"documents": []},
    "appeal_decided": {"by": "admin appeals-officer", "reasons": []},
    "release_ordered": {"by": "admin releaser", "note": "", "override_stale": False},
    "event_retracted": {"by": "admin releaser", "note": "a mistake"},
}
_OTHER_EVENTS: Final = tuple(kind.value for kind in EventType if kind is not EventType.SECURITY_EVENT)
_NOT_ABOUT_A_HOLD: Final = ("security_event", "identity_changed", "event_retracted")
# The member of the line that says what the wire format calls otherwise.
_SAID_BY: Final = {"trigger": "event", "type": "event"}


@final
@attrs.frozen(kw_only=True, repr=False)
class StoryLine(Value):
    """One line: an instant, what happens then, what is asked, and what is expected of each answer.

    `path` is where it stands in its document. `hold` is the rule or the id of the hold that the event is about; without
    it, the account has only one.
    """

    path: str
    at: datetime
    event: Event | None = None
    hold: str | None = None
    requests: tuple[Request, ...] = ()
    clauses: tuple[Clause, ...] = ()


@final
@attrs.frozen(kw_only=True, repr=False)
class Story(Value):
    """What happens to one account, and what is expected. `source` says where the expectations are from."""

    name: str
    lines: tuple[StoryLine, ...]
    begins: datetime = BEGIN
    source: str = ""


def read_stories(document: object) -> tuple[Story, ...]:
    """Read a document of stories. Raises `InvalidValue` with the path to the first fault."""
    members = _members(document, required=("schema", "stories"), optional=("$schema",))
    if members["schema"] != STORIES_SCHEMA:
        raise InvalidValue("schema", f"must be `{STORIES_SCHEMA}`, got {shown(members['schema'])}")
    stories = _each("stories", members["stories"], _story)
    names = [story.name for story in stories]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InvalidValue(f"stories[{index}].story", f"must be unique in the file, got {shown(name)} again")
    return stories


def _story(data: Json, number: int) -> Story:
    members = _members(data, required=("story", "lines"), optional=("begins", "source"))
    begins = read_time("begins", members.get("begins", "+0h"), BEGIN)
    source = members.get("source", "")
    check_text("story", members["story"], NOTE_LENGTH_MAX)
    check_text("source", source, NOTE_LENGTH_MAX)
    lines: list[StoryLine] = []

    def line(data: Json, index: int) -> StoryLine:
        before = lines[-1].at if lines else begins
        lines.append(attrs.evolve(_line(data, index, begins, before), path=f"stories[{number}].lines[{index}]"))
        return lines[-1]

    return Story(
        name=str(members["story"]), lines=_each("lines", members["lines"], line), begins=begins, source=str(source)
    )


def _line(data: Json, index: int, begins: datetime, before: datetime) -> StoryLine:
    members = _members(data)
    at = read_time("at", members["at"], begins) if "at" in members else before
    details = {name: value for name, value in members.items() if name not in _OF_LINE}
    if "event" not in members:
        for name in (name for name in members if name == "hold" or name in details):
            raise InvalidValue(member_path(name), "is not a member here: the line has no `event`")
        if "expect" not in members:
            raise InvalidValue("", "must have an `event`, or say what to `expect`")
    if "ask" in members and "expect" not in members:
        raise InvalidValue("ask", "must stand beside an `expect`")
    hold = members.get("hold")
    if hold is not None:
        check_text("hold", hold, NOTE_LENGTH_MAX)
    return StoryLine(
        path="",
        at=at,
        event=_event(members, details, index, at, begins) if "event" in members else None,
        hold=None if hold is None else str(hold),
        requests=_requests(members.get("ask", WITHDRAWAL.operation)) if "expect" in members else (),
        clauses=read_clauses("expect", members["expect"], begins) if "expect" in members else (),
    )


# ── An event ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _event(members: Members, details: Members, index: int, at: datetime, begins: datetime) -> Event:
    """Read an event by the reader of the wire format. The hold that it is about is known only when it happens."""
    said = members["event"]
    kind = said if said in _OTHER_EVENTS else "security_event"
    wired: Members = {
        "type": kind,
        "id": f"e{index + 1}",
        "account": ACCOUNT,
        "at": write_instant(at),
        **_LEFT_OUT.get(str(kind), {}),
        **details,
    }
    for name, written in _SHORT.items():
        if name in wired:
            wired[name] = written(name, wired[name], begins)
    if kind == "security_event":
        wired["trigger"] = said
    if kind == "event_retracted":
        wired["event"] = _taken(wired, "retracts")
    if kind in _NOT_ABOUT_A_HOLD:
        if "hold" in members:
            raise InvalidValue("hold", "is not a member here")
    else:
        wired["hold"] = "the-hold"
    try:
        return event_from_dict(wired)
    except InvalidValue as fault:
        raise InvalidValue(_SAID_BY.get(fault.path, fault.path), fault.problem) from None


def _taken(members: Members, name: str) -> Json:
    if name not in members:
        raise InvalidValue(name, "is missing")
    return members.pop(name)


def _actor(field: str, said: Json, begins: datetime) -> Json:
    """Write `admin r-7` as an actor; without an id, the kind is the id."""
    del begins
    kind, _, name = said.partition(" ") if type(said) is str else ("", "", "")
    if kind not in list(ActorKind):
        kinds = ", ".join(f"`{kind}`" for kind in ActorKind)
        raise InvalidValue(field, f"must be one of {kinds}, with or without an id after it, got {shown(said)}")
    return {"kind": kind, "id": name or kind}


def _duration(field: str, said: Json, begins: datetime) -> Json:
    del begins
    return write_duration(read_length(field, said))


def _instant(field: str, said: Json, begins: datetime) -> Json:
    return write_instant(read_time(field, said, begins))


_SHORT: Final[Mapping[str, Callable[[str, Json, datetime], Json]]] = {
    "by": _actor,
    "duration": _duration,
    "valid_until": _instant,
}

# ── A request ────────────────────────────────────────────────────────────────────────────────────────────────────


def _requests(asked: Json) -> tuple[Request, ...]:
    return _each("ask", asked, _request) if type(asked) is list else (_request_of("ask", asked),)


def _request(asked: Json, _: int) -> Request:
    return _request_of("", asked)


def _request_of(field: str, asked: Json) -> Request:
    """Read `payment`, `payment to known`, `payment to address-1` or `payment to known address-1`."""
    if type(asked) is not str:
        raise InvalidValue(field, f"must be a request such as `withdrawal to known`, got {shown(asked)}")
    operation, _, where = asked.partition(" to ")
    is_known, _, name = where.partition(" ") if where.split(" ")[0] == Destination.KNOWN else ("", "", where)
    try:
        return Request(
            operation=Operation(operation),
            destination=Destination.KNOWN if is_known else Destination.NEW,
            destination_id=DestinationId(name) if name else None,
        )
    except InvalidValue as fault:
        raise InvalidValue(field, fault.problem) from None


def request_words(request: Request) -> str:
    """Write a request as a story does."""
    where = [*(["known"] if request.destination is Destination.KNOWN else []), *filter(None, [request.destination_id])]
    return " to ".join(filter(None, [request.operation, " ".join(where)]))


# ── Plain data ───────────────────────────────────────────────────────────────────────────────────────────────────


def _members(data: object, required: tuple[str, ...] = (), optional: tuple[str, ...] | None = None) -> Members:
    """Return a copy of the members of an object. `optional` are those that it may have; by default, any."""
    if type(data) is not dict:
        raise InvalidValue("", f"must be an object, got {shown(data)}")
    members = dict(cast("Members", data))
    for name in members if optional is not None else ():
        if name not in required and name not in (optional or ()):
            meant = did_you_mean(name, (*required, *(optional or ())))
            raise InvalidValue(member_path(name), f"is not a member here{meant}")
    for name in required:
        if name not in members:
            raise InvalidValue(name, "is missing")
    return members


def _each(field: str, data: Json, read: Callable[[Json, int], T]) -> tuple[T, ...]:
    if type(data) is not list or not data:
        raise InvalidValue(field, f"must be a list with at least one entry, got {shown(data)}")
    return tuple(_read_each(field, data, read))


def _read_each(field: str, data: list[Json], read: Callable[[Json, int], T]) -> Iterator[T]:
    for index, part in enumerate(data):
        try:
            yield read(part, index)
        except InvalidValue as fault:
            raise fault.within(f"{field}[{index}]") from None
