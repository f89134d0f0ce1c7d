"""The wire format: values to plain data and back. It is versioned and part of the public API.

`to_dict` writes a value; each kind of value has one typed reader. Every reader is strict: an unknown or missing
member, a wrong type, an instant that is naive or not RFC 3339 is refused with an `InvalidValue` that names the path to
it (`rules[2].clearance.appeal.limit`). `parse` reads JSON text into plain data; nothing here reads or writes a file.

It needs cattrs, which the extra `wire` installs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import ClassVar, Final, cast

import attrs

from withdraw_guard._answers.decision import Allowed, Decision, Denied
from withdraw_guard._answers.request import OpenHold, Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.changes import CHANGES, Change
from withdraw_guard._model.events import EVENTS, Event
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import AccountId, DestinationId, Operation
from withdraw_guard._values.public import publish as _publish
from withdraw_guard._values.vocabulary import Destination, Destinations, Phase, Repeat
from withdraw_guard._wire.json import parse
from withdraw_guard._wire.plain import Json, Members, exact_bytes, members_in
from withdraw_guard._wire.structure import KnownRule, read, read_one_of, write

__all__ = [
    "ACCOUNT_SCHEMA",
    "ACCOUNT_SCHEMA_1_1",
    "POLICY_SCHEMA",
    "POLICY_SCHEMA_1_1",
    "Json",
    "Members",
    "account_from_dict",
    "change_from_dict",
    "decision_from_dict",
    "event_from_dict",
    "parse",
    "policy_from_dict",
    "to_dict",
]

POLICY_SCHEMA: Final = "withdraw-guard/policy/1"
"""The first member of the document of a policy: it names the form of the document."""
POLICY_SCHEMA_1_1: Final = "withdraw-guard/policy/1.1"
"""The form of a policy that the first form cannot express. Any other policy is written in the first form."""
ACCOUNT_SCHEMA: Final = "withdraw-guard/account/1"
"""The first member of the document of an account: it names the form of the document."""
ACCOUNT_SCHEMA_1_1: Final = "withdraw-guard/account/1.1"
"""The form of an account that the first form cannot express. Any other account is written in the first form."""


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def to_dict(value: Policy | Event | Account | Change | Decision) -> Members:
    """Write a value as plain data for `json.dumps`. Sets are written sorted, so equal values have equal documents."""
    # By exact type, because an object may claim to be of any class.
    if type(value) is Policy:
        return {"schema": _policy_schema(value), **write(value)}
    if type(value) is Account:
        return {"schema": _account_schema(value), **write(value)}
    if type(value) is Allowed:
        return write(_allowed_form(value))
    if type(value) is Denied:
        return write(_denied_form(value))
    if type(value) in (*EVENTS, *CHANGES):
        return write(value)
    raise InvalidValue("", f"must be a value that has a wire form, got {shown(value)}")


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def policy_from_dict(data: object) -> Policy:
    """Read a policy. Raises `InvalidValue` with the path to the first fault."""
    schema, members = _schema_and_members(data, (POLICY_SCHEMA, POLICY_SCHEMA_1_1))
    policy = read(members, Policy)
    _check_schema(schema, _policy_schema(policy))
    return policy


def event_from_dict(data: object) -> Event:
    """Read an event of any of the nine types. Raises `InvalidValue` with the path to the first fault.

    A security event that cannot be read did happen: park its account and deny until the event can be read.
    """
    event: Event = read_one_of(data, "type", _EVENT_CLASSES)
    return event


def change_from_dict(data: object) -> Change:
    """Read a change of any of the five types. Raises `InvalidValue` with the path to the first fault."""
    change: Change = read_one_of(data, "type", _CHANGE_CLASSES)
    return change


def account_from_dict(data: object, rules: Collection[Rule] = ()) -> Account:
    """Read an account of any schema ever released. Raises `InvalidValue` for an account that no history can produce.

    Each hold contains its rule. Pass `policy.rules`: a hold whose rule is equal to one of `rules` shares that one, so
    that a million accounts keep each rule once. It also takes half the time or less.
    """
    schema, members = _schema_and_members(data, (ACCOUNT_SCHEMA, ACCOUNT_SCHEMA_1_1))
    known, holds = _by_document(rules), members.get("holds")
    if known and type(holds) is list:
        members["holds"] = [_with_known_rule(hold, known) for hold in holds]
    account = read(members, Account)
    _check_schema(schema, _account_schema(account))
    return account


def decision_from_dict(data: object) -> Decision:
    """Read a decision. Raises `InvalidValue` with the path to the first fault."""
    form = read_one_of(data, "decision", _DECISION_FORMS)
    if isinstance(form, _AllowedForm):
        return Allowed(account=form.account, at=form.at, request=_request(form), phase=form.phase)
    return Denied(
        account=form.account,
        at=form.at,
        request=_request(form),
        phase=form.phase,
        resumes_at=form.resumes_at,
        holds=form.holds,
    )


# ── The documents of decisions, which contain the members of their request ───────────────────────────────────────────


@attrs.frozen(kw_only=True)
class _AllowedForm:
    decision: ClassVar = "allowed"
    account: AccountId
    at: datetime
    operation: Operation
    destination: Destination
    phase: Phase
    destination_id: DestinationId | None = None


@attrs.frozen(kw_only=True)
class _DeniedForm:
    decision: ClassVar = "denied"
    account: AccountId
    at: datetime
    operation: Operation
    destination: Destination
    phase: Phase
    resumes_at: datetime | None
    holds: tuple[OpenHold, ...]
    destination_id: DestinationId | None = None


def _allowed_form(answer: Allowed) -> _AllowedForm:
    return _AllowedForm(
        account=answer.account,
        at=answer.at,
        operation=answer.request.operation,
        destination=answer.request.destination,
        phase=answer.phase,
        destination_id=answer.request.destination_id,
    )


def _denied_form(answer: Denied) -> _DeniedForm:
    return _DeniedForm(
        account=answer.account,
        at=answer.at,
        operation=answer.request.operation,
        destination=answer.request.destination,
        phase=answer.phase,
        resumes_at=answer.resumes_at,
        holds=answer.holds,
        destination_id=answer.request.destination_id,
    )


def _request(form: _AllowedForm | _DeniedForm) -> Request:
    return Request(operation=form.operation, destination=form.destination, destination_id=form.destination_id)


_EVENT_CLASSES: Final = {event.type.value: event for event in EVENTS}
_CHANGE_CLASSES: Final = {change.type.value: change for change in CHANGES}
_DECISION_FORMS: Final = {form.decision: form for form in (_AllowedForm, _DeniedForm)}


def _by_document(rules: Collection[Rule]) -> Mapping[bytes, Rule]:
    if type(rules) not in (tuple, list, set, frozenset) or not {Rule}.issuperset(map(type, rules)):
        raise InvalidValue("rules", "must be a collection of rules")
    return {rule.made_once(_document_bytes): rule for rule in rules}


def _document_bytes(rule: Rule) -> bytes:
    return exact_bytes(write(rule))


def _with_known_rule(hold: Json, known: Mapping[bytes, Rule]) -> Json:
    """Replace the document of a known rule by the rule, so that it is neither read again nor kept twice."""
    # Whatever is not a hold is refused, with its path, when the account is read.
    if type(hold) is not dict or "rule" not in hold:
        return hold
    rule = known.get(exact_bytes(hold["rule"])) or _equal_rule(hold["rule"], known)
    return hold if rule is None else {**hold, "rule": cast("Json", rule.made_once(KnownRule))}


def _equal_rule(document: Json, known: Mapping[bytes, Rule]) -> Rule | None:
    """Read a rule that is written in another way, for example with its members in the order of a database."""
    try:
        rule = read(document, Rule)
    except InvalidValue:
        return None
    return next((other for other in known.values() if other == rule), rule)


def _policy_schema(policy: Policy) -> str:
    is_of_1 = policy.calendar is None and all(_is_of_1(rule) for rule in policy.rules)
    return POLICY_SCHEMA if is_of_1 else POLICY_SCHEMA_1_1


def _account_schema(account: Account) -> str:
    return ACCOUNT_SCHEMA if all(hold.rule.made_once(_is_of_1) for hold in account.holds) else ACCOUNT_SCHEMA_1_1


def _is_of_1(rule: Rule) -> bool:
    """Whether the first schema can express this rule."""
    if rule.extended_by or rule.leaves_the_timer_to_the_hold or rule.counts_business_days:
        return False
    return rule.repeat is not Repeat.SEPARATE and rule.scope.destinations is not Destinations.NAMED


def _schema_and_members(data: object, schemas: tuple[str, str]) -> tuple[str, Members]:
    members = {**members_in(data)}
    if "schema" not in members:
        raise InvalidValue("schema", "is missing")
    given = members.pop("schema")
    if type(given) is not str or given not in schemas:
        choices = " or ".join(f"`{schema}`" for schema in schemas)
        raise InvalidValue("schema", f"must be {choices}, got {shown(given)}")
    return given, members


def _check_schema(given: str, needed: str) -> None:
    """Refuse a document with members that its schema does not have: a reader of that schema would miss them."""
    if given < needed:
        raise InvalidValue("schema", f"must be `{needed}`, for that is what it uses, got {shown(given)}")


_publish(vars())
