"""cattrs, taught our vocabulary and made strict: every member asked for, nothing converted, faults with a path.

This is the only module that knows cattrs. A reader takes plain data of exact types and gives a value; a writer
does the opposite. The classes are the schema: what a class can hold is what its wire form can say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar, cast, final, get_args, get_origin

import attrs

from withdraw_guard._model.calendar import BusinessDay
from withdraw_guard._model.events import EVENTS, EventType, SecurityEvent
from withdraw_guard._model.policy import EVERYTHING, Everything, Rule
from withdraw_guard._model.progress import HOLD_STATES, HoldState, InAppeal, InReview, Moved
from withdraw_guard._values.checks import check_type, check_word
from withdraw_guard._values.errors import InvalidValue, member_path, shown
from withdraw_guard._values.facts import NO_FACTS, Facts, freeze_facts
from withdraw_guard._values.ids import Authority, Document, EventId, Method, Operation, Reason, Tip, Trigger
from withdraw_guard._values.limits import CALENDAR_DAYS_MAX, NAMES_MAX, RULES_MAX
from withdraw_guard._values.time import read_duration, read_instant, write_duration, write_instant
from withdraw_guard._values.vocabulary import VOCABULARIES
from withdraw_guard._wire.json import Json
from withdraw_guard.steps import STEPS, Step

try:
    from cattrs import Converter
    from cattrs.errors import AttributeValidationNote, BaseValidationError
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
except ImportError as error:
    raise ImportError("withdraw_guard.wire needs cattrs: install withdraw-guard with its extra `wire`") from error

_NAMES: Final = (Authority, Document, Method, Operation, Reason, Tip, Trigger)
# The lists whose length is known before anything in them is read.
_LENGTHS_MAX: Final[Mapping[Any, int]] = {
    Rule: RULES_MAX,
    BusinessDay: CALENDAR_DAYS_MAX,
    **dict.fromkeys(_NAMES, NAMES_MAX),
}

_TEXT: Final = frozenset({str})

Members: TypeAlias = dict[str, Json]
"""The members of a JSON object, by name."""
T = TypeVar("T")

# The member that tells the classes of a union apart; each class says its own word under that name.
TAGS: Final = ("type", "step", "state")
# The members of an event that may be left out: then the field has its default.
_OPTIONAL: Final = frozenset({"attempt"})
# The members that came with schema 1.1: they are left out where the field has its default.
_ADDED: Final = frozenset(
    {
        "business_days",
        "calendar",
        "chosen",
        "decide_business_days",
        "destination_id",
        "extended_by",
        "review_business_days",
        "timer",
    }
)
_ADDED_BY_CLASS: Final[Mapping[type, frozenset[str]]] = {
    SecurityEvent: frozenset({"duration"}),
    InReview: frozenset({"due"}),
    InAppeal: frozenset({"due"}),
}


def write(value: attrs.AttrsInstance) -> Members:
    """Write a value as plain data."""
    members: Members = _CONVERTER.unstructure(value)
    return members


def read(members: Members, cls: type[T]) -> T:
    """Read a value of the class from what `members_in` returned. Raises `InvalidValue` for the first fault."""
    # The hook of every class that has members is one of ours.
    reader = cast("_Reader", _CONVERTER.get_structure_hook(cls))
    try:
        value: T = reader.read(members)
    except BaseValidationError as error:
        raise _first_fault(error) from None
    return value


def read_one_of(data: object, tag: str, classes: Mapping[str, type[Any]]) -> Any:
    """Read a value of the class that a word of the data chooses; the caller knows of which union that is."""
    members = members_in(data)
    if tag not in members:
        raise InvalidValue(tag, "is missing")
    word = members.pop(tag)
    if type(word) is not str or word not in classes:
        choices = ", ".join(f"`{choice}`" for choice in classes)
        raise InvalidValue(tag, f"must be one of {choices}, got {shown(word)}")
    return read(members, classes[word])


def members_in(data: object) -> Members:
    """Return a copy of the members of a plain object."""
    if type(data) is not dict:
        raise InvalidValue("", f"must be an object, got {shown(data)}")
    members = dict(cast("Members", data))
    if not _TEXT.issuperset(map(type, members)):
        raise InvalidValue("", "must be an object with text for names")
    return members


def _first_fault(error: BaseValidationError) -> InvalidValue:
    """Turn cattrs' tree of errors into its first fault, with the path that the notes on the way spell."""
    fault = error.exceptions[0]
    if isinstance(fault, BaseValidationError):
        return _first_fault(fault).within(_step_of_path(fault))
    if isinstance(fault, InvalidValue):
        return fault.within(_step_of_path(fault))
    raise AssertionError("a reader raised something else than a fault") from fault


def _step_of_path(fault: Exception) -> str:
    """Return the member that cattrs noted, or nothing for a fault of the value as a whole."""
    notes = [note for note in getattr(fault, "__notes__", []) if isinstance(note, AttributeValidationNote)]
    return notes[-1].name if notes else ""


def _strict_converter() -> Converter:
    converter = Converter(detailed_validation=True)
    _teach_scalars(converter)
    _teach_collections(converter)
    _teach_unions(converter)
    converter.register_structure_hook_factory(attrs.has, partial(_Reader, converter=converter))
    converter.register_unstructure_hook_factory(attrs.has, partial(_writer, converter=converter))
    # Registered after the classes, because the one that is registered last is asked first.
    converter.register_structure_hook(Moved, lambda data, _: _read_moved(data, converter))
    converter.register_unstructure_hook(Moved, _write_moved)
    return converter


def _teach_scalars(converter: Converter) -> None:
    # cattrs would make text of anything and take a word for the text that it is, so each class has a hook of its own.
    for scalar, noun in ((str, "text"), (int, "a whole number"), (bool, "true or false")):
        converter.register_structure_hook(scalar, _exactly(scalar, noun))
    # Every kind of identifier and of name is text at run time.
    converter.register_structure_hook_func(
        lambda cls: getattr(cls, "__supertype__", None) is str, _exactly(str, "text")
    )
    for words in (*VOCABULARIES, EventType):
        converter.register_structure_hook(words, lambda word, words: check_word("", word, words))
        converter.register_unstructure_hook(words, lambda member: member.value)
    converter.register_structure_hook(datetime, lambda text, _: read_instant("", text))
    converter.register_unstructure_hook(datetime, write_instant)
    converter.register_structure_hook(timedelta, lambda text, _: read_duration("", text))
    converter.register_unstructure_hook(timedelta, write_duration)
    converter.register_structure_hook(Facts, lambda data, _: _read_facts(members_in(data)))
    converter.register_unstructure_hook(Facts, dict)


def _read_facts(members: Members) -> Facts:
    # Most events carry none.
    return freeze_facts("", members) if members else NO_FACTS


def _exactly(scalar: type, noun: str) -> Callable[[object, type], object]:
    def read_scalar(value: object, _: type) -> object:
        check_type("", value, scalar, noun)
        return value

    return read_scalar


def _teach_collections(converter: Converter) -> None:
    converter.register_structure_hook_factory(_is_a(tuple), partial(_tuple_reader, converter=converter))
    converter.register_unstructure_hook_func(
        _is_a(tuple), lambda items: [converter.unstructure(item) for item in items]
    )
    converter.register_structure_hook_factory(_is_a(frozenset), partial(_set_reader, converter=converter))
    converter.register_unstructure_hook_func(_is_a(frozenset), sorted)


def _is_a(collection: type) -> Callable[[Any], bool]:
    return lambda cls: cls is collection or get_origin(cls) is collection


def _tuple_reader(cls: Any, converter: Converter) -> Callable[[object, type], tuple[Any, ...]]:
    """Return a reader that reads the items one by one: the first fault ends it, however many follow."""
    item_type = get_args(cls)[0]
    read_item, length_max = converter.get_structure_hook(item_type), _LENGTHS_MAX.get(item_type)

    def read_tuple(data: object, _: type) -> tuple[Any, ...]:
        check_type("", data, list, "a list")
        given = cast("list[object]", data)
        if length_max is not None and len(given) > length_max:
            raise InvalidValue("", f"must have at most {length_max} entries, got {len(given)}")
        items: list[Any] = []
        for index, item in enumerate(given):
            try:
                items.append(read_item(item, item_type))
            except InvalidValue as fault:
                raise fault.within(f"[{index}]") from None
            except BaseValidationError as error:
                raise _first_fault(error).within(f"[{index}]") from None
        return tuple(items)

    return read_tuple


def _set_reader(cls: Any, converter: Converter) -> Callable[[object, type], frozenset[Any]]:
    read_tuple = _tuple_reader(cls, converter)

    def read_set(data: object, _: type) -> frozenset[Any]:
        items: set[Any] = set()
        for index, item in enumerate(read_tuple(data, tuple)):
            if item in items:
                raise InvalidValue(f"[{index}]", f"must not be listed twice, got {shown(item)}")
            items.add(item)
        return frozenset(items)

    return read_set


def _teach_unions(converter: Converter) -> None:
    steps = {str(step.step): step for step in STEPS}
    states = {word.value: state for word, state in HOLD_STATES.items()}
    converter.register_structure_hook(Step, lambda data, _: read_one_of(data, "step", steps))
    converter.register_structure_hook(HoldState, lambda data, _: read_one_of(data, "state", states))
    operations = frozenset[Operation]
    converter.register_structure_hook(
        operations | Everything,
        lambda data, _: (
            EVERYTHING if type(data) is str and data == EVERYTHING else converter.structure(data, operations)
        ),
    )


@final
class _Reader:
    """Reads a class: it asks for every member of it and takes no other."""

    def __init__(self, cls: type[Any], converter: Converter) -> None:
        self._cls = cls
        self._names = {attribute.name for attribute in attrs.fields(cls) if attribute.init}
        self._required = self._names - _added_to(cls) - (_OPTIONAL if cls in EVENTS else frozenset())
        self._read_members = make_dict_structure_fn(cls, converter)

    def __call__(self, data: object, _: type) -> Any:
        return self.read(members_in(data))

    def read(self, members: Members) -> Any:
        """Read members that were looked at already."""
        given = members.keys()
        if given != self._names and not self._required <= given <= self._names:
            raise _wrong_members(members, self._names, self._required)
        return self._read_members(members, self._cls)


def _wrong_members(members: Members, names: Set[str], required: Set[str]) -> InvalidValue:
    """Tell of the first member that is none of the class, or else of the first that is missing."""
    unknown = next((name for name in members if name not in names), None)
    if unknown is not None:
        return InvalidValue(member_path(unknown), "is not a member here")
    return InvalidValue(min(required - members.keys()), "is missing")


def _writer(cls: type[Any], converter: Converter) -> Callable[[Any], Members]:
    """Return a writer that puts the word of the class, if it is one of a union, before its members."""
    # `Any`: cattrs takes what to leave out as keywords beside its own.
    left_out: dict[str, Any] = dict.fromkeys(_added_to(cls), override(omit_if_default=True))
    write_members = make_dict_unstructure_fn(cls, converter, **left_out)
    fields = {attribute.name for attribute in attrs.fields(cls)}
    tagged = {tag: getattr(cls, tag).value for tag in TAGS if tag not in fields and hasattr(cls, tag)}
    return (lambda value: {**tagged, **write_members(value)}) if tagged else write_members


def _added_to(cls: type[Any]) -> frozenset[str]:
    """Return the members of the class that its first schema did not have."""
    # These names were there before, in other classes, where they are required.
    added = _ADDED | _ADDED_BY_CLASS.get(cls, frozenset())
    return frozenset(attribute.name for attribute in attrs.fields(cls) if attribute.init and attribute.name in added)


def _read_moved(data: object, converter: Converter) -> Moved:
    moved = converter.structure(data, _MovedForm)
    pairs = [(mover.type, mover.id) for mover in moved.by]
    if len(set(pairs)) < len(pairs):
        raise InvalidValue("by", "must not list an event twice")
    return Moved(at=moved.at, by=frozenset(pairs))


def _write_moved(moved: Moved) -> Members:
    by: list[Json] = [{"type": event_type.value, "id": event} for event_type, event in sorted(moved.by)]
    return {"at": write_instant(moved.at), "by": by}


@attrs.frozen(kw_only=True)
class _Mover:
    type: EventType
    id: EventId


@attrs.frozen(kw_only=True)
class _MovedForm:
    at: datetime
    by: tuple[_Mover, ...]


_CONVERTER: Final = _strict_converter()
