"""The strict cattrs converter: plain data to values and back.

This is the only module that imports cattrs. The classes are the schema: a document has a member for each field of its
class and no other. A reader takes data of exact types, converts nothing, and refuses the first fault with its path.

There are two converters. Only in a policy may a member be left out because it has a default: people write policies by
hand. A rule inside a hold is read by the other one, because a member that was lost there must not become a default.

The same readers also collect: for a person who writes a policy, `collecting_reader` gives all faults that one reading
finds, and the first of them is the one that `read_policy` raises. A constructor is called only with good members, so a
fault between two members is found when each of them is good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from functools import partial
from types import NoneType
from typing import Any, Final, TypeVar, final, get_args, get_origin

import attrs

from withdraw_guard._answers.request import OpenHold
from withdraw_guard._model.calendar import BusinessDay
from withdraw_guard._model.events import EVENTS, EventType
from withdraw_guard._model.policy import EVERYTHING, POLICY_SCHEMA, Everything, Policy, Rule
from withdraw_guard._model.progress import HOLD_STATES, UNTOUCHED, HoldState, Progress
from withdraw_guard._values.checks import check_type, check_word
from withdraw_guard._values.errors import InvalidValue, member_path, shown
from withdraw_guard._values.facts import NO_FACTS, Facts, freeze_facts
from withdraw_guard._values.ids import Authority, Document, Method, Operation, PublicReason, Reason, Tip, Trigger
from withdraw_guard._values.limits import CALENDAR_DAYS_MAX, NAMES_MAX, RULES_MAX
from withdraw_guard._values.time import read_duration, read_instant, write_duration, write_instant
from withdraw_guard._values.vocabulary import VOCABULARIES
from withdraw_guard._wire.plain import Json, Members, copier_of, exact_bytes, members_in, members_of
from withdraw_guard.steps import STEPS, Step

try:
    from cattrs import Converter
    from cattrs.errors import AttributeValidationNote, BaseValidationError
    from cattrs.fns import identity
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
except ImportError as error:
    raise ImportError("withdraw_guard.wire needs cattrs: install withdraw-guard with its extra `wire`") from error

_NAMES: Final = (Authority, Document, Method, Operation, PublicReason, Reason, Tip, Trigger)
# The lists whose length is checked before any item is read.
_LENGTHS_MAX: Final[Mapping[Any, int]] = {
    Rule: RULES_MAX,
    BusinessDay: CALENDAR_DAYS_MAX,
    **dict.fromkeys(_NAMES, NAMES_MAX),
}

T = TypeVar("T")

# A class of a union is named by one of these members, and has its own word as an attribute of that name.
_TAGS: Final = ("type", "step", "state", "decision")
# An event may leave out these members; they are read as null.
_OPTIONAL_OF_EVENTS: Final = frozenset({"attempt", "destination_id", "duration", "valid_until"})
# A member of a decision that is written only if it is given has this in its metadata.
ONLY_IF_GIVEN: Final = "only_if_given"


def write(value: attrs.AttrsInstance) -> Members:
    """Write a value as plain data."""
    members: Members = _CONVERTER.unstructure(value)
    return members


def read(data: object, cls: type[T]) -> T:
    """Read a value of the class. Raises `InvalidValue` for the first fault."""
    return _CONVERTER.structure(data, cls)


def read_policy(data: object) -> Policy:
    """Read a policy, in which a member with a default may be left out. Raises `InvalidValue` for the first fault."""
    return _POLICY_CONVERTER.structure(data, Policy)


def policy_members(data: object) -> Members:
    """Return the members of the document of a policy, without those that name its form."""
    members = members_of(data, POLICY_SCHEMA)
    # By it an editor finds the JSON Schema of the file.
    members.pop("$schema", None)
    return members


def collecting_reader() -> Callable[[object], Sequence[InvalidValue]]:
    """Return a reader that gives all faults of a policy that one reading finds, in the order in which it finds them."""
    converter = _converter(_has_default, collects=True)

    def faults_of(data: object) -> Sequence[InvalidValue]:
        try:
            converter.structure(policy_members(data), Policy)
        except (InvalidValue, _Collected) as refusal:
            return _each(refusal)
        return ()

    return faults_of


def read_one_of(data: object, tag: str, classes: Mapping[str, type[Any]]) -> Any:
    """Read a value of the class that the member `tag` names. The caller knows which union these classes form."""
    members = members_in(data)
    if tag not in members:
        raise InvalidValue(tag, "is missing")
    word = members[tag]
    if type(word) is not str or word not in classes:
        choices = ", ".join(f"`{choice}`" for choice in classes)
        raise InvalidValue(tag, f"must be one of {choices}, got {shown(word)}")
    return read(members, classes[word])


@final
class KnownRule:
    """Replaces the document of a rule that is known: it is not read again."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule


@final
class _Collected(Exception):
    """All faults of a value; a reader that does not collect raises the first one instead."""

    def __init__(self, faults: Sequence[InvalidValue]) -> None:
        self.faults = faults


def _each(refusal: InvalidValue | _Collected) -> Sequence[InvalidValue]:
    return refusal.faults if isinstance(refusal, _Collected) else (refusal,)


def _refuse(faults: Sequence[InvalidValue], collects: bool) -> None:
    """Raise the faults, if there are any: the first, or all of them."""
    if faults:
        raise _Collected(faults) if collects else faults[0]


def _converter(optional_of: Callable[[type[Any]], Set[str]], collects: bool = False) -> Converter:
    """Return a converter; `optional_of` says which members of a class may be missing."""
    converter = Converter(detailed_validation=True)
    _teach_scalars(converter)
    _teach_collections(converter, collects)
    _teach_unions(converter)
    reader = partial(_reader, converter=converter, optional_of=optional_of, collects=collects)
    converter.register_structure_hook_factory(attrs.has, reader)
    return converter


def _strict_converter() -> Converter:
    converter = _converter(_marked_optional)
    converter.register_unstructure_hook_factory(attrs.has, partial(_writer, converter=converter))
    # The hook that is registered last is asked first.
    converter.register_structure_hook(Rule, _rule_reader(converter))
    converter.register_unstructure_hook(Rule, _rule_writer(converter))
    converter.register_structure_hook(Progress, _progress_reader(converter))
    converter.register_unstructure_hook(Progress, _progress_writer(converter))
    return converter


def _teach_scalars(converter: Converter) -> None:
    # cattrs would convert anything to text, and take a member of an enum for text: each class has a hook of its own.
    for scalar, noun in ((str, "text"), (int, "a whole number"), (bool, "true or false")):
        converter.register_structure_hook(scalar, _exactly(scalar, noun))
    converter.register_structure_hook_func(_is_kind_of_text, _exactly(str, "text"))
    converter.register_unstructure_hook_func(_is_kind_of_text, identity)
    for words in (*VOCABULARIES, EventType):
        converter.register_structure_hook(words, lambda word, words: check_word("", word, words))
        converter.register_unstructure_hook(words, lambda member: member.value)
    converter.register_structure_hook(datetime, lambda text, _: read_instant("", text))
    converter.register_unstructure_hook(datetime, write_instant)
    converter.register_structure_hook(timedelta, lambda text, _: read_duration("", text))
    converter.register_unstructure_hook(timedelta, write_duration)
    converter.register_structure_hook(Facts, _read_facts)
    converter.register_unstructure_hook(Facts, dict)


def _is_kind_of_text(cls: Any) -> bool:
    # Every kind of identifier and of name is text at run time.
    return getattr(cls, "__supertype__", None) is str


def _read_facts(data: object, _: type) -> Facts:
    members = members_in(data)
    # Most events carry no facts.
    return freeze_facts("", members) if members else NO_FACTS


def _exactly(scalar: type, noun: str) -> Callable[[object, type], object]:
    def read_scalar(value: object, _: type) -> object:
        if type(value) is not scalar:
            raise InvalidValue("", f"must be {noun}, got {shown(value)}")
        return value

    return read_scalar


def _teach_collections(converter: Converter, collects: bool) -> None:
    converter.register_structure_hook_factory(
        _is_a(tuple), partial(_tuple_reader, converter=converter, collects=collects)
    )
    converter.register_unstructure_hook_factory(_is_a(tuple), partial(_tuple_writer, converter=converter))
    converter.register_structure_hook_factory(
        _is_a(frozenset), partial(_set_reader, converter=converter, collects=collects)
    )
    converter.register_unstructure_hook_func(_is_a(frozenset), sorted)


def _is_a(collection: type) -> Callable[[Any], bool]:
    return lambda cls: cls is collection or get_origin(cls) is collection


def _tuple_reader(cls: Any, converter: Converter, collects: bool) -> Callable[[object, type], tuple[Any, ...]]:
    """Return a reader of lists. Unless it collects, it stops at the first fault, however many items follow."""
    item_type = get_args(cls)[0]
    read_item, length_max = converter.get_structure_hook(item_type), _LENGTHS_MAX.get(item_type)

    def read_tuple(data: Any, _: type) -> tuple[Any, ...]:
        check_type("", data, list, "a list")
        if length_max is not None and len(data) > length_max:
            raise InvalidValue("", f"must have at most {length_max} entries, got {len(data)}")
        items: list[Any] = []
        faults: list[InvalidValue] = []
        for index, item in enumerate(data):
            try:
                items.append(read_item(item, item_type))
            except (InvalidValue, _Collected) as refusal:
                faults += (fault.within(f"[{index}]") for fault in _each(refusal))
                if not collects:
                    break
        _refuse(faults, collects)
        return tuple(items)

    return read_tuple


def _tuple_writer(cls: Any, converter: Converter) -> Callable[[tuple[Any, ...]], list[Any]]:
    write_item = converter.get_unstructure_hook(get_args(cls)[0])
    return lambda items: [write_item(item) for item in items]


def _set_reader(cls: Any, converter: Converter, collects: bool) -> Callable[[object, type], frozenset[Any]]:
    read_tuple = _tuple_reader(cls, converter, collects)

    def read_set(data: object, _: type) -> frozenset[Any]:
        items = read_tuple(data, tuple)
        distinct = frozenset(items)
        if len(distinct) < len(items):
            _refuse([*_repeated(items)], collects)
        return distinct

    return read_set


def _repeated(items: Sequence[object]) -> Iterator[InvalidValue]:
    for index, item in enumerate(items):
        if item in items[:index]:
            yield InvalidValue(f"[{index}]", f"must not be listed twice, got {shown(item)}")


def _teach_unions(converter: Converter) -> None:
    converter.register_structure_hook_factory(_is_optional, partial(_optional_reader, converter=converter))
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


def _is_optional(cls: Any) -> bool:
    return len(get_args(cls)) == 2 and NoneType in get_args(cls)


def _optional_reader(cls: Any, converter: Converter) -> Callable[[object, type], Any]:
    # The reader of cattrs looks the reader of the other type up for each value.
    (given_type,) = {*get_args(cls)} - {NoneType}
    read_given = converter.get_structure_hook(given_type)
    return lambda data, _: None if data is None else read_given(data, given_type)


def _reader(
    cls: type[Any], converter: Converter, optional_of: Callable[[type[Any]], Set[str]], collects: bool = False
) -> Callable[[object, type], Any]:
    """Return a reader of a class. It requires every member that is not optional, and refuses what is no member."""
    names = {attribute.name for attribute in attrs.fields(cls) if attribute.init} | _tag_of(cls).keys()
    required = names - optional_of(cls)
    read_members = make_dict_structure_fn(cls, converter)

    def read_class(data: object, _: type) -> Any:
        members = members_in(data)
        given = members.keys()
        faults: list[InvalidValue] = []
        if given != required and not required <= given <= names:
            faults += _wrong_members(members, names, required)
            if not collects:
                raise faults[0]
        try:
            value = read_members(members, cls)
        except BaseValidationError as error:
            faults += _faults_in_members(error)
        else:
            # What is no member is not read, so there may be a fault although there is a value.
            if not faults:
                return value
        raise _Collected(faults) if collects else faults[0]

    return read_class


def _wrong_members(members: Members, names: Set[str], required: Set[str]) -> Iterator[InvalidValue]:
    """Name each unknown member, then each missing one."""
    for unknown in (name for name in members if name not in names):
        yield InvalidValue(member_path(unknown), "is not a member here")
    for missing in sorted(required - members.keys()):
        yield InvalidValue(missing, "is missing")


def _faults_in_members(error: BaseValidationError) -> Iterator[InvalidValue]:
    """Yield each fault that cattrs collected, with the member that it was found in."""
    for refusal in error.exceptions:
        # A reader that collects has named the missing members already.
        if isinstance(refusal, KeyError):
            continue
        if not isinstance(refusal, InvalidValue | _Collected):
            raise AssertionError("a reader may raise `InvalidValue` only") from refusal
        notes = [note for note in getattr(refusal, "__notes__", []) if isinstance(note, AttributeValidationNote)]
        # A fault of the whole value has no note.
        yield from (fault.within(notes[-1].name) if notes else fault for fault in _each(refusal))


def _writer(cls: type[Any], converter: Converter) -> Callable[[Any], Members]:
    """Return a writer of a class. If the class is one of a union, the member that names it comes first."""
    # `Any`, because cattrs takes these beside keywords of its own.
    left_out: dict[str, Any] = dict.fromkeys(_only_if_given(cls), override(omit_if_default=True))
    write_members = make_dict_unstructure_fn(cls, converter, **left_out)
    tag = _tag_of(cls)
    return (lambda value: {**tag, **write_members(value)}) if tag else write_members


def _tag_of(cls: type[Any]) -> dict[str, Json]:
    """Return the member that names the class in its union, or no member if it is in none."""
    fields = {attribute.name for attribute in attrs.fields(cls)}
    return {tag: str(getattr(cls, tag)) for tag in _TAGS if tag not in fields and hasattr(cls, tag)}


def _marked_optional(cls: type[Any]) -> frozenset[str]:
    return _OPTIONAL_OF_EVENTS if cls in EVENTS else _only_if_given(cls)


def _has_default(cls: type[Any]) -> frozenset[str]:
    return frozenset(field.name for field in attrs.fields(cls) if field.default is not attrs.NOTHING)


def _only_if_given(cls: type[Any]) -> frozenset[str]:
    if cls is OpenHold:
        return frozenset({"destination_id"})
    return frozenset(field.name for field in attrs.fields(cls) if ONLY_IF_GIVEN in field.metadata)


# ── Classes with a reader or a writer of their own ───────────────────────────────────────────────────────────────


def _rule_reader(converter: Converter) -> Callable[[object, type], Rule]:
    read_rule = _reader(Rule, converter, _marked_optional)
    return lambda data, cls: data.rule if type(data) is KnownRule else read_rule(data, cls)


def _rule_writer(converter: Converter) -> Callable[[Rule], Members]:
    # Every hold of every account contains a rule, so the document of a rule is made once and copied.
    write_rule = _writer(Rule, converter)

    def copier(rule: Rule) -> Callable[[], Members]:
        return copier_of(write_rule(rule))

    return lambda rule: rule.made_once(copier)()


# Most holds end by time alone, and nothing ever moves them. So the document of an untouched progress is made once.
def _progress_writer(converter: Converter) -> Callable[[Progress], Members]:
    write_progress = _writer(Progress, converter)
    write_untouched = copier_of(write_progress(UNTOUCHED))
    return lambda progress: write_untouched() if progress is UNTOUCHED else write_progress(progress)


def _progress_reader(converter: Converter) -> Callable[[object, type], Progress]:
    read_progress = _reader(Progress, converter, _marked_optional)
    untouched = exact_bytes(_writer(Progress, converter)(UNTOUCHED))
    return lambda data, cls: UNTOUCHED if exact_bytes(data) == untouched else read_progress(data, cls)


_CONVERTER: Final = _strict_converter()
_POLICY_CONVERTER: Final = _converter(_has_default)
