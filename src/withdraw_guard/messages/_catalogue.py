"""The texts of every language, as frozen data that is validated when the catalogue is built.

    language ──▶ code ──▶ a text, or one text for each plural form

Every fault of a text is refused here, with its path, so that no fault is left when a customer waits for an answer.
A text has plain `{name}` placeholders: all those of its code and no others. It is never given to `str.format`,
because a text could then read attributes of our objects.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType, ModuleType
from typing import Final, TypeAlias, cast, final

import attrs

from withdraw_guard import catalogues
from withdraw_guard._values.checks import check_identifier
from withdraw_guard._values.errors import InvalidValue, join_path, member_path, shown
from withdraw_guard._values.frozen import Frozen, members_by_name
from withdraw_guard._values.limits import LANGUAGES_ASKED_MAX, TEXT_LENGTH_MAX
from withdraw_guard._values.value import Value, settle
from withdraw_guard.messages._codes import CODES, PLACEHOLDER, is_counted, placeholders_of
from withdraw_guard.messages._languages import candidates, canonical_tag, is_well_formed
from withdraw_guard.messages._plurals import plural_categories

Text: TypeAlias = str | Mapping[str, str]
"""The text of a code, or one text for each plural form of the language."""
Texts: TypeAlias = Mapping[str, Text]
"""The texts of a language, by code."""


def _languages(given: Mapping[str, Texts]) -> Frozen[Frozen[str | Frozen[str]]]:
    checked: dict[str, Frozen[str | Frozen[str]]] = {}
    for name, texts in members_by_name("languages", given).items():
        path = join_path("languages", member_path(name))
        tag = canonical_tag(path, name)
        if tag in checked:
            raise InvalidValue(path, "must be given once, whatever its case")
        checked[tag] = _texts(path, tag, texts)
    return Frozen(checked)


def _tags(languages: Frozen[Frozen[str | Frozen[str]]]) -> str:
    return repr(list(languages))


@final
@attrs.frozen(kw_only=True)  # attrs writes its repr, with the tags of the languages
class Catalogue(Value):
    """Texts by language and code; a code that is counted has one text for each plural form of the language.

    Raises `InvalidValue` with the path of the first invalid text. The default language must be complete, because other
    languages borrow its texts; `missing` gives the codes that a language lacks.
    """

    languages: Frozen[Frozen[str | Frozen[str]]] = attrs.field(converter=_languages, repr=_tags)
    default: str = "en"
    tags: Mapping[str, str] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        settle(self, "default", canonical_tag("default", self.default))
        if self.default not in self.languages:
            raise InvalidValue("default", f"must be one of the languages, got {shown(self.default)}")
        for code in sorted(self.missing(self.default)):
            raise InvalidValue(f"languages.{self.default}[`{code}`]", "is missing in the default language")
        settle(self, "tags", MappingProxyType({tag.lower(): tag for tag in self.languages}))

    def missing(self, tag: str) -> frozenset[str]:
        """Return the codes for which a language has no text. Assert in your tests that yours lacks none."""
        return frozenset(CODES.keys() - self.languages[self._known("tag", tag)].keys())

    def with_language(self, tag: str, texts: Texts) -> "Catalogue":
        """Return a catalogue with one more language. If it lacks a text, the text of the default language is used."""
        added = canonical_tag("tag", tag)
        if added in self.languages:
            raise InvalidValue("tag", f"must be a new language, override single texts of {shown(added)} instead")
        return Catalogue(languages={**self.languages, added: texts}, default=self.default)

    def overriding(self, texts: Mapping[str, Texts]) -> "Catalogue":
        """Return a catalogue in which these texts, by language and code, replace the old ones."""
        merged: dict[str, Mapping[str, object]] = dict(self.languages)
        for name, instead in members_by_name("texts", texts).items():
            path = join_path("texts", member_path(name))
            tag = self._known(path, name)
            merged[tag] = {**merged[tag], **members_by_name(path, instead)}
        return Catalogue(languages=cast("Mapping[str, Texts]", merged), default=self.default)

    def lookup(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Return the languages to take a text from, best first: RFC 4647 lookup, and the default language last.

        Ill-formed and unknown languages are skipped. Only the first 32 languages are read.
        """
        asked = (languages,) if isinstance(languages, str) else islice(languages, LANGUAGES_ASKED_MAX)
        found = (candidate for tag in asked if is_well_formed(tag) for candidate in candidates(tag))
        here = [self.tags[candidate] for candidate in found if candidate in self.tags]
        return tuple(dict.fromkeys([*here, self.default]))

    def find(self, code: str, tags: Iterable[str]) -> tuple[str, str | Mapping[str, str]] | None:
        """Return the first text for a code in these languages, with its language, or none."""
        return next(((tag, self.languages[tag][code]) for tag in tags if code in self.languages[tag]), None)

    def _known(self, path: str, name: str) -> str:
        tag = canonical_tag(path, name)
        if tag not in self.languages:
            raise InvalidValue(path, f"must be a language of the catalogue, got {shown(tag)}; add it first")
        return tag


def _texts(path: str, tag: str, given: object) -> Frozen[str | Frozen[str]]:
    texts: dict[str, str | Frozen[str]] = {}
    for code, text in members_by_name(path, given).items():
        where = join_path(path, member_path(code))
        placeholders = placeholders_of(code)
        if placeholders is None:
            raise InvalidValue(where, "must be the code of a text, see `CODES`")
        if is_counted(code):
            texts[code] = _forms(where, tag, placeholders, text)
        else:
            texts[code] = _template(where, placeholders, text)
    return Frozen(texts)


def _forms(path: str, tag: str, placeholders: frozenset[str], given: object) -> Frozen[str]:
    categories = plural_categories(tag)
    # The text of a language with one form may be given without the form.
    forms = {"other": given} if type(given) is str and len(categories) == 1 else members_by_name(path, given)
    if forms.keys() != set(categories):
        expected = ", ".join(f"`{category}`" for category in categories)
        raise InvalidValue(path, f"must have exactly the plural forms of `{tag}`: {expected}")
    return Frozen({name: _template(join_path(path, name), placeholders, forms[name]) for name in categories})


def _template(path: str, placeholders: frozenset[str], text: object) -> str:
    check_identifier(path, text, TEXT_LENGTH_MAX)
    template = cast("str", text)
    for problem in _problems(template, placeholders):
        raise InvalidValue(path, problem)
    return template


def _problems(template: str, placeholders: frozenset[str]) -> Iterator[str]:
    named = frozenset(PLACEHOLDER.findall(template))
    if re.search(r"[{}]", PLACEHOLDER.sub("", template)):
        yield f"must have braces only around a plain name, as in `{{until}}`, got {shown(template)}"
    for name in sorted(named - placeholders):
        yield f"must not name `{{{name}}}`, which this text is not given"
    for name in sorted(placeholders - named):
        yield f"must name `{{{name}}}`"


def _shipped(modules: ModuleType) -> Iterator[tuple[str, Texts]]:
    """Give the texts of each language that the package imports, by its tag."""
    for name, module in vars(modules).items():
        if isinstance(module, ModuleType):
            yield name.replace("_", "-"), module.TEXTS


CATALOGUE: Final = Catalogue(languages=dict(_shipped(catalogues)))
"""The shipped texts, by language and code."""
