"""Every message code, with the parameters that its text names.

    code ──▶ an English text ──▶ its placeholders: the parameters ──▶ a text of exactly these, in every language

A parameter has one meaning in all codes: `until` is always an end, `methods` always a choice of methods. So a message
has plain typed values, and every renderer, ours or a host's, knows how to write them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType, ModuleType
from typing import Final, final

import attrs

from withdraw_guard import authorities, documents, methods, operations, public_reasons, reasons, tips
from withdraw_guard._model.refusal import Refusal
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Destination, Phase
from withdraw_guard.catalogues import en


@final
class ParameterKind(StrEnum):
    """The kind of a parameter, which decides how it is written."""

    DAY = "day"  # the day of an instant, without its time
    MOMENT = "moment"  # an instant in the past
    END = "end"  # an instant that a person waits for: never written too early
    DEADLINE = "deadline"  # the last instant to do something: never written too late
    DURATION = "duration"
    COUNT = "count"
    IDENTIFIER = "identifier"  # an id of the host, written unchanged; invisible signs are escaped
    NAME = "name"
    NAMES = "names"


@final
@attrs.frozen(kw_only=True, repr=False)
class Parameter(Value):
    """The kind of a parameter; for names also their family, and for lists of names the code that joins them."""

    kind: ParameterKind
    family: str = ""
    joined_by: str = ""


def _name(family: str) -> Parameter:
    return Parameter(kind=ParameterKind.NAME, family=family)


def _names(family: str, joined_by: str) -> Parameter:
    return Parameter(kind=ParameterKind.NAMES, family=family, joined_by=joined_by)


_AND: Final = "list.and"
_CLAUSES: Final = "list.clauses"
_OR: Final = "list.or"
_IDENTIFIER: Final = Parameter(kind=ParameterKind.IDENTIFIER)

PARAMETERS: Final[Mapping[str, Parameter]] = MappingProxyType(
    {
        "account": _IDENTIFIER,
        "authorities": _names("authority", _OR),
        "authority": _name("authority"),
        "began_on": Parameter(kind=ParameterKind.DAY),
        "count": Parameter(kind=ParameterKind.COUNT),
        "destination": _name("destination"),
        "destination_id": _IDENTIFIER,
        "documents": _names("document", _AND),
        "due": Parameter(kind=ParameterKind.DEADLINE),
        "duration": Parameter(kind=ParameterKind.DURATION),
        "event": _IDENTIFIER,
        "expected_by": Parameter(kind=ParameterKind.END),
        "hold": _IDENTIFIER,
        "method": _name("method"),
        "methods": _names("method", _OR),
        "operation": _name("operation"),
        "phase": _name("phase"),
        "policy": _IDENTIFIER,
        "public_reason": _IDENTIFIER,
        "reasons": _names("reason", _CLAUSES),
        "refusal": _name("refusal"),
        "resumes_at": Parameter(kind=ParameterKind.END),
        "rule": _IDENTIFIER,
        "since": Parameter(kind=ParameterKind.MOMENT),
        "state": _name("phase"),
        "tip": _name("tip"),
        "trigger": _IDENTIFIER,
        "until": Parameter(kind=ParameterKind.END),
        "version": _IDENTIFIER,
    }
)


def _well_known(names: ModuleType) -> tuple[str, ...]:
    """Return the names that a module of well-known names exports as constants."""
    return tuple(value for name, value in vars(names).items() if name.isupper() and type(value) is str)


# A closed family has these names only. In an open family any other name `[a-z][a-z0-9_]*` may have a text as well.
_OPEN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "authority": _well_known(authorities),
        "document": _well_known(documents),
        "method": _well_known(methods),
        "operation": _well_known(operations),
        "reason": _well_known(reasons),
        "tip": _well_known(tips),
        "why": _well_known(public_reasons),
    }
)
_CLOSED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "destination": tuple(Destination),
        "phase": tuple(Phase),
        "refusal": tuple(Refusal),
    }
)


PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


def _placeholders(text: str | Mapping[str, str]) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(text if isinstance(text, str) else text["other"]))


# A name of the library has a code as well if its English text was forgotten, so that the catalogue misses it.
CODES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {f"{family}.{name}": frozenset[str]() for family, names in (*_CLOSED.items(), *_OPEN.items()) for name in names}
    | {code: _placeholders(text) for code, text in en.TEXTS.items()}
)
"""Every code, with the parameters that its text names."""

_OPEN_NAME: Final = re.compile(rf"({'|'.join(_OPEN)})\.([a-z][a-z0-9_]{{0,127}})")


def placeholders_of(code: str) -> frozenset[str] | None:
    """Return the parameters of a code, or none if the code is unknown; names that a host invents have a code too."""
    known = CODES.get(code)
    return frozenset() if known is None and _OPEN_NAME.fullmatch(code) else known


def name_of(code: str) -> tuple[str, str] | None:
    """Return the family and the name that a code of an open family consists of, or none."""
    match = _OPEN_NAME.fullmatch(code)
    return None if match is None else (match[1], match[2])


def families_of(name: str) -> tuple[str, ...]:
    """Return the codes that a name has, one in each open family."""
    return tuple(f"{family}.{name}" for family in _OPEN)


def is_counted(code: str) -> bool:
    """Whether the text of a code has plural forms."""
    return "count" in CODES.get(code, ())
