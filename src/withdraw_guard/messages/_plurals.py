"""The plural form that a language uses for a whole number.

These are the cardinal rules of CLDR for whole numbers, for the shipped languages and for some that hosts add. They
have a few lines each and are the same on every machine, so Babel is not needed at run time; the tests compare the
rules with it. A language without a rule here has one form, as the root of CLDR has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Category: TypeAlias = Literal["zero", "one", "two", "few", "many", "other"]
_Rule: TypeAlias = Callable[[int], Category]


def plural_category(tag: str, count: int) -> Category:
    """Return the category of a count in a language: the name of the plural form of its text."""
    return _rule_of(tag)[1](count)


def plural_categories(tag: str) -> tuple[Category, ...]:
    """Return the forms that a counted text must have in a language: those of whole numbers, and `other`."""
    return _rule_of(tag)[0]


def _rule_of(tag: str) -> tuple[tuple[Category, ...], _Rule]:
    subtags = tag.lower().split("-")
    return _RULES.get("-".join(subtags[:2])) or _RULES.get(subtags[0]) or _ROOT


def _one_form(_: int) -> Category:
    return "other"


def _english(count: int) -> Category:
    return "one" if count == 1 else "other"


def _spanish(count: int) -> Category:
    return "one" if count == 1 else _millions(count)


def _portuguese(count: int) -> Category:
    return "one" if count in (0, 1) else _millions(count)


def _millions(count: int) -> Category:
    return "many" if count and count % 1_000_000 == 0 else "other"


def _czech(count: int) -> Category:
    return "one" if count == 1 else "few" if 2 <= count <= 4 else "other"


def _russian(count: int) -> Category:
    if count % 10 == 1 and count % 100 != 11:
        return "one"
    return _few_or_many(count)


def _polish(count: int) -> Category:
    return "one" if count == 1 else _few_or_many(count)


def _few_or_many(count: int) -> Category:
    return "few" if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else "many"


def _arabic(count: int) -> Category:
    few: tuple[Category, Category, Category] = ("zero", "one", "two")
    if count < len(few):
        return few[count]
    return "few" if 3 <= count % 100 <= 10 else "many" if count % 100 >= 11 else "other"


_ROOT: Final[tuple[tuple[Category, ...], _Rule]] = (("other",), _one_form)
_FAMILIES: Final[tuple[tuple[str, tuple[Category, ...], _Rule], ...]] = (
    ("id ja ko lo ms my th vi zh", ("other",), _one_form),
    ("bg da de el en et fi hu nb nl nn no sv sw tr", ("one", "other"), _english),
    ("ca es it pt-pt", ("one", "many", "other"), _spanish),
    ("fr pt", ("one", "many", "other"), _portuguese),
    ("cs sk", ("one", "few", "other"), _czech),
    ("be ru uk", ("one", "few", "many", "other"), _russian),
    ("pl", ("one", "few", "many", "other"), _polish),
    ("ar", ("zero", "one", "two", "few", "many", "other"), _arabic),
)
_RULES: Final[Mapping[str, tuple[tuple[Category, ...], _Rule]]] = MappingProxyType(
    {language: (categories, rule) for languages, categories, rule in _FAMILIES for language in languages.split()}
)

COUNTED_LANGUAGES: Final = tuple(sorted(_RULES))
