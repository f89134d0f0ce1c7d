"""A source: how the messages of one sender are read, as data. The engine is in `_read.py`.

A source has a JSON form. Paths are names joined by dots (`data.object.status`); the number of an item of a list is a
name as well (`target.0.id`).

A message says one word, such as the status of a session. The lines of the source tell what each word means. The first
line that has the word and all of whose conditions hold is used. A word without a line is ignored, with the word in the
reason.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar, cast, final

import attrs

from withdraw_guard._values.checks import (
    check_flag,
    check_name,
    check_names,
    check_rule_id,
    check_text,
    check_type,
    check_word,
)
from withdraw_guard._values.errors import InvalidValue, member_path, shown
from withdraw_guard._values.frozen import Frozen, members_by_name
from withdraw_guard._values.given import in_a_tuple
from withdraw_guard._values.ids import Reason, Trigger
from withdraw_guard._values.limits import NOTE_LENGTH_MAX
from withdraw_guard._values.value import Value, fields_of, members_of, settle
from withdraw_guard._values.vocabulary import ActorKind
from withdraw_guard._wire.plain import Json, Members, members_in
from withdraw_guard.intake._outcome import Deviation

SOURCE_SCHEMA: Final = "withdraw-guard/source/1"
"""The first member of the document of a source: it names the form of the document."""
PRESENT: Final = "*"
"""In a condition: any value will do, if there is one."""

_OFFSET: Final = r"Z|[+-](?:[01]\d|2[0-3]):[0-5]\d"
_NO_CONDITIONS: Final = Frozen[tuple[str, ...]]({})
_NO_REASONS: Final = Frozen[Reason]({})
_NOTHING: Final = Frozen[str]({})
_T = TypeVar("_T", bound=Value)


@final
class Says(StrEnum):
    """What a message means for the guard, whatever words the sender has for it."""

    SECURITY_EVENT = "security_event"
    """Something happened to the account: the `trigger` of the line."""
    EVENT = "event"
    """The message carries an event in the wire format."""
    WAITS = "waits"
    """The session waits for the account holder."""
    HANDED_IN = "handed_in"
    """Something was handed in, and the vendor works on it."""
    AGAIN = "again"
    """The vendor has decided, and the account holder may try again in the same session."""
    APPROVED = "approved"
    """A final pass."""
    REJECTED = "rejected"
    """A rejection; the account holder may try again in another session."""
    CLOSED = "closed"
    """A final rejection."""
    ENDED = "ended"
    """The session ended without a verdict."""
    IGNORED = "ignored"
    """Nothing follows from it; the line says why."""


@final
class Unit(StrEnum):
    """How instants are written."""

    RFC3339 = "rfc3339"
    TEXT = "text"
    """As RFC 3339, but with a space for the `T`, an offset such as `+00`, or none if the source has a zone."""
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


@final
class Form(StrEnum):
    """What surrounds a message."""

    OBJECT = "object"
    SECURITY_EVENT_TOKEN = "security_event_token"
    """The claims of a token of RFC 8417, with one or several events."""
    CLOUDEVENT = "cloudevent"
    """One CloudEvent, or a list of them."""


def _any_mapping(given: Mapping[str, Any]) -> Any:
    """Let a plain mapping be given; the constructor checks it and gives it its normal form."""
    return given


@final
@attrs.frozen(kw_only=True, repr=False)
class Line(Value):
    """What some words of a source mean, where every condition of `when` holds.

    A condition is a path with the texts that may stand there. `""` stands for nothing at all, `"*"` for anything.
    """

    words: tuple[str, ...] = attrs.field(converter=in_a_tuple)
    says: Says
    when: Frozen[tuple[str, ...]] = attrs.field(default=_NO_CONDITIONS, converter=_any_mapping)
    trigger: Trigger | None = None
    why: str = ""
    deviation: Deviation | None = None

    def __attrs_post_init__(self) -> None:
        _check_texts("words", self.words)
        settle(self, "says", check_word("says", self.says, Says))
        settle(self, "when", _conditions("when", self.when))
        check_text("why", self.why, NOTE_LENGTH_MAX)
        if self.deviation is not None:
            settle(self, "deviation", check_word("deviation", self.deviation, Deviation))
        if self.trigger is not None:
            check_name("trigger", self.trigger)
        if (self.trigger is not None) != (self.says is Says.SECURITY_EVENT):
            raise InvalidValue("trigger", "must be given exactly for `security_event`")
        if bool(self.why) != (self.says is Says.IGNORED):
            raise InvalidValue("why", "must be given exactly for `ignored`")


@final
@attrs.frozen(kw_only=True, repr=False)
class Source(Value):
    """How the messages of one sender are read.

    `id` names the members whose texts are the id of a message. `at` names the members that may tell the instant, the
    first one present counts; with `dated_by_receipt` the receipt counts where none is. `zone` is the offset of texts
    that have none. `subject` is what your `resolve` is given. `session` is the id of the session of a verification; it
    must be the id of the `VerificationStarted` that opened it. Only messages for which all conditions of `only` hold
    are read. `within` and `carries` lead to the part of the message that is read, or to the event that it carries.
    """

    id: str
    documented: str
    event_id: tuple[str, ...] = attrs.field(default=(), converter=in_a_tuple)
    form: Form = Form.OBJECT
    within: tuple[str, ...] = attrs.field(default=(), converter=in_a_tuple)
    only: Frozen[tuple[str, ...]] = attrs.field(default=_NO_CONDITIONS, converter=_any_mapping)
    at: tuple[str, ...] = attrs.field(default=(), converter=in_a_tuple)
    unit: Unit = Unit.RFC3339
    zone: str | None = None
    dated_by_receipt: bool = False
    subject: Frozen[str] = attrs.field(default=_NOTHING, converter=_any_mapping)
    session: str | None = None
    initiator: str | None = None
    initiated_by: ActorKind = ActorKind.SYSTEM
    context: Frozen[str] = attrs.field(default=_NOTHING, converter=_any_mapping)
    word: str | None = None
    lines: tuple[Line, ...]
    carries: tuple[str, ...] = attrs.field(default=(), converter=in_a_tuple)
    reasons: str | None = None
    reason_words: Frozen[Reason] = attrs.field(default=_NO_REASONS, converter=_any_mapping)
    strict: bool = False
    by_word: Mapping[str, tuple[Line, ...]] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        check_rule_id("id", self.id)
        check_text("documented", self.documented, NOTE_LENGTH_MAX)
        for field, words in (("form", Form), ("unit", Unit), ("initiated_by", ActorKind)):
            settle(self, field, check_word(field, getattr(self, field), words))
        for field in ("event_id", "within", "at", "carries"):
            _check_texts(field, getattr(self, field))
        for field in ("dated_by_receipt", "strict"):
            check_flag(field, getattr(self, field))
        for field in ("session", "initiator", "word", "reasons"):
            if getattr(self, field) is not None:
                check_text(field, getattr(self, field), NOTE_LENGTH_MAX)
        for field in ("subject", "context", "reason_words"):
            settle(self, field, _texts_by_name(field, getattr(self, field)))
        settle(self, "only", _conditions("only", self.only))
        check_names("reason_words", list(self.reason_words.values()), list)
        _check_zone(self.zone)
        _check_lines(self)
        settle(self, "by_word", _by_word(self.lines))

    @property
    def triggers(self) -> frozenset[Trigger]:
        """Every trigger that its messages may report: assert at start-up that your policy listens to those you mean."""
        return frozenset(line.trigger for line in self.lines if line.trigger is not None)


def _by_word(lines: tuple[Line, ...]) -> Mapping[str, tuple[Line, ...]]:
    words = dict.fromkeys(word for line in lines for word in line.words)
    return {word: tuple(line for line in lines if word in line.words) for word in words}


# ── What a source may look like ──────────────────────────────────────────────────────────────────────────────────


def _check_texts(field: str, texts: object) -> None:
    check_type(field, texts, tuple, "a list of texts")
    for index, text in enumerate(cast("tuple[object, ...]", texts)):
        check_text(f"{field}[{index}]", text, NOTE_LENGTH_MAX)


def _texts_by_name(field: str, given: object) -> Frozen[str]:
    texts: dict[str, Any] = {**members_by_name(field, given)}
    _check_texts(field, tuple(texts.values()))
    return Frozen(texts)


def _conditions(field: str, given: object) -> Frozen[tuple[str, ...]]:
    by_path: dict[str, Any] = {**members_by_name(field, given)}
    conditions = {path: in_a_tuple(texts) for path, texts in by_path.items()}
    for texts in conditions.values():
        _check_texts(field, texts)
    return Frozen(conditions)


def _check_zone(zone: object) -> None:
    if zone is not None and not (type(zone) is str and re.fullmatch(_OFFSET, zone)):
        raise InvalidValue("zone", f"must be `Z` or an offset such as `+01:00`, got {shown(zone)}")


def _check_lines(source: Source) -> None:
    is_token = source.form is Form.SECURITY_EVENT_TOKEN
    check_type("lines", source.lines, tuple, "a list of lines")
    for index, line in enumerate(source.lines):
        check_type(f"lines[{index}]", line, Line, "a line")
        if line.says in _ABOUT_SESSIONS and source.session is None:
            raise InvalidValue("session", f"must be given, because a line says `{line.says}`")
        if line.says is Says.EVENT and not source.carries:
            raise InvalidValue("carries", "must be given, because a line says `event`")
        if line.says not in (Says.EVENT, Says.IGNORED) and not source.event_id and not is_token:
            raise InvalidValue("event_id", f"must be given, because a line says `{line.says}`")
        if is_token and line.says not in (Says.SECURITY_EVENT, Says.IGNORED):
            raise InvalidValue(f"lines[{index}].says", "must be `security_event` or `ignored` for a token")


_ABOUT_SESSIONS: Final = frozenset(
    {Says.WAITS, Says.HANDED_IN, Says.AGAIN, Says.APPROVED, Says.REJECTED, Says.CLOSED, Says.ENDED}
)


# ── The document ─────────────────────────────────────────────────────────────────────────────────────────────────


def source_to_dict(source: Source) -> Members:
    """Write a source as plain data. Members that have their default are left out."""
    return {"schema": SOURCE_SCHEMA, **_written(source)}


def source_from_dict(data: object) -> Source:
    """Read a source. A member that has a default may be left out. Raises `InvalidValue` with the path to the fault."""
    members = {**members_in(data)}
    schema = members.pop("schema", None)
    if schema != SOURCE_SCHEMA:
        raise InvalidValue("schema", f"must be `{SOURCE_SCHEMA}`, got {shown(schema)}")
    members.pop("$schema", None)
    lines = members.get("lines")
    if type(lines) is list:
        members["lines"] = cast("Json", tuple(_line(index, line) for index, line in enumerate(lines)))
    return _constructed(Source, members)


def _line(index: int, data: object) -> Line:
    try:
        return _constructed(Line, members_in(data))
    except InvalidValue as fault:
        raise fault.within(f"lines[{index}]") from None


def _constructed(cls: type[_T], members: Members) -> _T:
    fields = {field.name: field for field in fields_of(cls) if field.init}
    for name in members:
        if name not in fields:
            raise InvalidValue(member_path(name), "is not a member here")
    for name, field in fields.items():
        if name not in members and field.default is attrs.NOTHING:
            raise InvalidValue(name, "is missing")
    # The constructor checks every member.
    return cls(**cast("dict[str, Any]", members))


def _written(value: Value) -> Members:
    defaults = {field.name: field.default for field in fields_of(type(value))}
    return {name: _plain(member) for name, member in members_of(value).items() if member != defaults[name]}


def _plain(member: Any) -> Json:
    if isinstance(member, Value):
        return _written(member)
    if isinstance(member, tuple):
        return [_plain(item) for item in cast("tuple[object, ...]", member)]
    if isinstance(member, Mapping):
        return {name: _plain(item) for name, item in cast("Mapping[str, Any]", member).items()}
    return member.value if isinstance(member, StrEnum) else cast("Json", member)
