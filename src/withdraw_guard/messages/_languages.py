"""Language tags: read leniently, written in canonical case, looked up by truncation (RFC 4647, section 3.4).

A tag comes from a browser or a profile, so an ill-formed one is no error when a language is looked up: it is skipped.
What is asked is whether it is well formed, not whether it is registered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.limits import TAG_LENGTH_MAX

# RFC 4647, section 2.1, without `*`, which says nothing about a language.
_TAG: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_REGION_LENGTH: Final = 2
_SCRIPT_LENGTH: Final = 4

# Where truncation alone does not lead from what people send to what a catalogue calls the language.
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
    """Give what to look for, from the tag itself to its language, each followed by what people call it here.

    In lower case. A subtag of one letter goes together with the one that it introduces.
    """
    subtags = tag.lower().split("-")
    while subtags:
        candidate = "-".join(subtags)
        yield candidate
        if candidate in ALIASES:
            yield ALIASES[candidate]
        del subtags[-2 if len(subtags) > 1 and len(subtags[-2]) == 1 else -1 :]
