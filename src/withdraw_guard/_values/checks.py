"""The checks of fields: what a field may hold, and the error if it holds anything else.

Each check is called from `__attrs_post_init__` and is no attrs validator, because any library in the process can
switch attrs' validators off. Exact types are required (`type(x) is str`), because a subclass may compare equal to
anything.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Set
from datetime import timedelta
from typing import Final, TypeVar

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import COUNT_MAX, DURATION_MAX, IDENTIFIER_LENGTH_MAX, NAMES_MAX, TALLY_MAX

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_RULE_ID: Final = re.compile(r"[a-z][a-z0-9-]*")
# Control characters and line separators would let an identifier forge a line of a log; a lone surrogate
# cannot be written as UTF-8. The set is spelled out because `str.isprintable` differs between Python versions.
# Like every pattern here that few texts meet, it is compiled when the first one does, and not by the import.
_UNSAFE: Final = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_UNSAFE_TEXT: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"

E = TypeVar("E", bound=enum.Enum)


def check_type(field: str, value: object, expected: type, noun: str) -> None:
    """Refuse a value that is not exactly of the expected type."""
    if type(value) is not expected:
        raise InvalidValue(field, f"must be {noun}, got {shown(value)}")


def check_items(field: str, items: Iterable[object], expected: type, noun: str) -> None:
    """Refuse a list with an item that is not exactly of the expected type."""
    for index, item in enumerate(items):
        if type(item) is not expected:
            raise InvalidValue(f"{field}[{index}]", f"must be {noun}, got {shown(item)}")


def check_identifier(field: str, value: object, length_max: int = IDENTIFIER_LENGTH_MAX) -> None:
    """Refuse what is not 1 to `length_max` characters without control characters or lone surrogates."""
    if type(value) is not str:
        raise InvalidValue(field, f"must be text, got {shown(value)}")
    if not 1 <= len(value) <= length_max:
        raise InvalidValue(field, f"must be 1 to {length_max} characters, got {shown(value)}")
    # Nearly every identifier is ASCII. For ASCII `isprintable` means the same in every version, and it is faster.
    if not (value.isascii() and value.isprintable()) and re.search(_UNSAFE, value):
        raise InvalidValue(field, f"must not contain control characters or lone surrogates, got {shown(value)}")


def check_optional_identifier(field: str, value: object) -> None:
    """Refuse what is neither none nor an identifier."""
    if value is not None:
        check_identifier(field, value)


def check_text(field: str, value: object, length_max: int) -> None:
    """Refuse free text that is too long or cannot be written down; it may be empty and may have lines."""
    if type(value) is not str:
        raise InvalidValue(field, f"must be text, got {shown(value)}")
    if len(value) > length_max:
        raise InvalidValue(field, f"must be at most {length_max} characters, got {len(value)}")
    if re.search(_UNSAFE_TEXT, value):
        raise InvalidValue(field, f"must not contain control characters or lone surrogates, got {shown(value)}")


def check_name(field: str, value: object) -> None:
    """Refuse what is not a word of the domain: lower-case letters, digits and underscores."""
    _check_pattern(field, value, _NAME, "lower-case letters, digits and `_`")


def check_rule_id(field: str, value: object) -> None:
    """Refuse what is not a rule id: lower-case letters, digits and hyphens."""
    _check_pattern(field, value, _RULE_ID, "lower-case letters, digits and `-`")


def check_names(field: str, names: Collection[str], collection: type = frozenset) -> None:
    """Refuse what is not a frozenset (or the given collection) of at most 64 names."""
    if type(names) not in (frozenset, tuple, list, set):
        raise InvalidValue(field, f"must be a list of names, got {shown(names)}")
    if len(names) > NAMES_MAX:
        raise InvalidValue(field, f"must have at most {NAMES_MAX} entries, got {len(names)}")
    for index, name in enumerate(in_order(names)):
        check_name(f"{field}[{index}]" if collection is tuple else field, name)
    check_type(field, names, collection, f"a {collection.__name__} of names")


def in_order(texts: Collection[str]) -> Collection[str]:
    """Return a set sorted, so that every machine reports the same one of several faults."""
    return sorted(texts) if isinstance(texts, Set) and all(type(text) is str for text in texts) else texts


def check_count(field: str, value: object, least: int, most: int = COUNT_MAX) -> None:
    """Refuse what is not a whole number from `least` to `most`; a boolean is not a number."""
    if type(value) is not int or not least <= value <= most:
        raise InvalidValue(field, f"must be a whole number from {least} to {most}, got {shown(value)}")


def check_tally(field: str, value: object) -> None:
    """Refuse what is not a whole number from zero on that every JSON reader keeps exactly."""
    if type(value) is not int or not 0 <= value <= TALLY_MAX:
        raise InvalidValue(field, f"must be a whole number that is not negative, got {shown(value)}")


def check_flag(field: str, value: object) -> None:
    """Refuse what is not exactly true or false."""
    check_type(field, value, bool, "true or false")


def check_duration(field: str, value: object) -> None:
    """Refuse what is not an exact elapsed time longer than zero and of at most 3653 days."""
    if type(value) is not timedelta:
        raise InvalidValue(field, f"must be a timedelta (exact elapsed time), got {shown(value)}")
    if not timedelta(0) < value <= DURATION_MAX:
        raise InvalidValue(field, f"must be longer than zero and at most {DURATION_MAX.days} days, got `{value}`")


def check_optional_duration(field: str, value: object) -> None:
    """Refuse what is neither none nor a duration."""
    if value is not None:
        check_duration(field, value)


def check_word(field: str, value: object, words: type[E]) -> E:
    """Return the member of a closed vocabulary; refuse what is neither a member nor the exact word of one."""
    if type(value) is words:
        return value
    if type(value) is str:
        try:
            return words(value)
        except ValueError:
            pass
    choices = ", ".join(f"`{member.value}`" for member in words)
    raise InvalidValue(field, f"must be one of {choices}, got {shown(value)}")


def _check_pattern(field: str, value: object, pattern: re.Pattern[str], alphabet: str) -> None:
    if type(value) is not str:
        raise InvalidValue(field, f"must be text, got {shown(value)}")
    if not (len(value) <= IDENTIFIER_LENGTH_MAX and pattern.fullmatch(value)):
        limit = f"1 to {IDENTIFIER_LENGTH_MAX} characters"
        raise InvalidValue(field, f"must be {limit} of {alphabet} that begin with a letter, got {shown(value)}")
