"""Language tags: written in canonical case, looked up by truncation (RFC 4647, section 3.4).

A tag comes from a browser or a profile, so the lookup skips an ill-formed tag instead of refusing it. A tag must be
well formed; whether it is registered is not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import TAG_LENGTH_MAX

# RFC 4647, section 2.1, without `*`, which names no language.
_TAG: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_REGION_LENGTH: Final = 2
_SCRIPT_LENGTH: Final = 4

# Tags that people send for a language that has another tag here, and that truncation does not find.
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nn": "nb",
        "no": "nb",
        "pt": "pt-br",
        "zh": "zh-hans",
        "zh-hk": "zh-hant",
        "zh-mo": "zh-hant",
        "zh-tw": "zh-hant",
    }
)


def is_well_formed(tag: object) -> bool:
    """Whether this can be a language tag."""
    return type(tag) is str and len(tag) <= TAG_LENGTH_MAX and _TAG.fullmatch(tag) is not None


def canonical_tag(path: str, tag: object) -> str:
    """Return the tag in the case of RFC 5646, section 2.1.1 (`zh-Hans-CN`); refuse an ill-formed one."""
    if type(tag) is not str or not is_well_formed(tag):
        raise InvalidValue(path, f"must be a language tag such as `pt-BR`, got {shown(tag)}")
    language, *rest = tag.lower().split("-")
    return "-".join([language, *_cased(rest)])


def _cased(subtags: list[str]) -> Iterator[str]:
    after_singleton = False
    for subtag in subtags:
        cased = {_REGION_LENGTH: subtag.upper(), _SCRIPT_LENGTH: subtag.capitalize()}.get(len(subtag), subtag)
        yield subtag if after_singleton else cased
        after_singleton = after_singleton or len(subtag) == 1


def candidates(tag: str) -> Iterator[str]:
    """Give the tags to look up, in lower case: from the tag itself to its language, each followed by its alias.

    A subtag of one letter is removed together with the subtag after it.
    """
    subtags = tag.lower().split("-")
    while subtags:
        candidate = "-".join(subtags)
        yield candidate
        if candidate in ALIASES:
            yield ALIASES[candidate]
        del subtags[-2 if len(subtags) > 1 and len(subtags[-2]) == 1 else -1 :]
