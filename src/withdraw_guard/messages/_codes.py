"""Every message code, with the parameters that its text names.

    code ──▶ parameters ──▶ a text of exactly these placeholders, in every language

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

# The messages to a person: the decision, each hold, each next step, and the texts of the published guide.
MESSAGES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "allowed": (),
        "allowed_operation": ("operation",),
        "denied.until": ("resumes_at",),
        "denied.until_operation": ("operation", "resumes_at"),
        "denied.open": (),
        "denied.open_operation": ("operation",),
        "denied.until_destination": ("resumes_at",),
        "denied.until_destination_operation": ("operation", "resumes_at"),
        "denied.open_destination": (),
        "denied.open_destination_operation": ("operation",),
        "denied.destinations_only": (),
        "denied.several": ("count",),
        "hold.began_on": ("began_on",),
        "hold.this_destination": (),
        "hold.destination": ("destination_id",),
        "hold.failed": (),
        "hold.failed_because": ("reasons",),
        "step.wait": ("until",),
        "step.wait_too": ("until",),
        "step.sooner": (),
        "step.verify": ("methods",),
        "step.verify_otherwise": ("methods",),
        "step.complete_verification": ("method",),
        "step.complete_verification_by": ("method", "due"),
        "step.hand_in": ("method", "documents"),
        "step.hand_in_by": ("method", "due", "documents"),
        "step.more_because": ("reasons",),
        "step.await_review": (),
        "step.await_review_by": ("expected_by",),
        "step.await_review_overdue": ("expected_by",),
        "step.appeal": ("documents",),
        "step.appeal_bare": (),
        "step.appeal_more": ("documents",),
        "step.appeal_more_bare": (),
        "step.await_appeal": (),
        "step.await_appeal_by": ("expected_by",),
        "step.await_appeal_overdue": ("expected_by",),
        "step.contact_support": ("authorities",),
        "step.ask_others": ("authorities",),
        "step.nothing_now": (),
        "step.tip": ("tip",),
        "choice.identity": (),
        "choice.personal": (),
        "choice.business": (),
        "choice.face": (),
        "choice.web": (),
        "choice.mobile": (),
        "choice.qr_code": (),
        "notice.abnormal_activity": (),
        "notice.abnormal_activity_some": (),
        "notice.timed": ("resumes_at",),
        "notice.link": (),
        "verify.prompt": (),
        "verify.button": (),
        "appeal.button": (),
        "refused.look_again": (),
        "refused.choose_another_method": (),
        "refused.verification_closed": (),
        "refused.appeal_not_offered": (),
        "refused.documents_missing": ("documents",),
        "refused.not_permitted": (),
        "problem.wait": (),
        "problem.verify": (),
        "problem.complete_verification": (),
        "problem.await_review": (),
        "problem.appeal": (),
        "problem.await_appeal": (),
        "problem.contact_support": (),
        "problem.ask_others": (),
        "problem.look_again": (),
        "problem.choose_another_method": (),
        "problem.add_documents": (),
        "staff.decision": ("account", "operation", "destination", "phase"),
        "staff.request_destination": ("destination_id",),
        "staff.hold": ("hold", "rule", "trigger", "policy", "version", "state", "since"),
        "staff.hold_destination": ("destination_id",),
        "staff.hold_timer": ("until",),
        "staff.open_for": ("duration",),
        "staff.reasons": ("reasons",),
        "staff.more_because": ("reasons",),
        "staff.public_reason": ("public_reason",),
        "staff.keep_to_yourself": (),
        "staff.refused": ("event", "refusal"),
        "staff.authorities": ("authority", "authorities"),
        "staff.outdated": (),
        "staff.early": (),
    }
)

# The grammar of a language: how it writes an instant, a duration and a list.
GRAMMAR: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "date": ("day", "month", "year"),
        "instant": ("date", "time", "offset"),
        "instant.ahead": ("date", "time", "offset", "duration"),
        **{f"month.{number}": () for number in range(1, 13)},
        "unit.day": ("count",),
        "unit.hour": ("count",),
        "unit.minute": ("count",),
        "duration.pair": ("larger", "smaller"),
        "list.comma": ("head", "last"),
        "list.clauses": ("head", "last"),
        "list.and": ("head", "last"),
        "list.or": ("head", "last"),
    }
)


def _well_known(names: ModuleType) -> tuple[str, ...]:
    """Return the names that a module of well-known names exports as constants."""
    return tuple(value for name, value in vars(names).items() if name.isupper() and type(value) is str)


# The names of the published policies that are not well known.
_PUBLISHED_AUTHORITIES: Final = ("master_key", "unlock_request")
_PUBLISHED_METHODS: Final = ("bank_deposit", "id_photo_with_note", "registered_email", "second_approver", "video_call")

# A closed family has these names only. In an open family any other name `[a-z][a-z0-9_]*` may have a text as well.
_OPEN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "authority": (*_well_known(authorities), *_PUBLISHED_AUTHORITIES),
        "document": _well_known(documents),
        "method": (*_well_known(methods), *_PUBLISHED_METHODS),
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

CODES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {code: frozenset(names) for code, names in (*MESSAGES.items(), *GRAMMAR.items())}
    | {f"{family}.{name}": frozenset[str]() for family, names in (*_CLOSED.items(), *_OPEN.items()) for name in names}
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
