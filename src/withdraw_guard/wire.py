"""The wire format: values to plain data and back. It is versioned and part of the public API.

`to_dict` writes a value; each kind of value has one typed reader. Every reader is strict: an unknown or missing
member, a wrong type, an instant that is naive or not RFC 3339 is refused with an `InvalidValue` that names the path to
it (`rules[2].clearance.appeal.limit`). Only a policy may leave out a member that has a default; it then means the
default. `parse` reads JSON text into plain data; nothing here reads or writes a file.

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
from withdraw_guard._model.policy import POLICY_SCHEMA, Policy, Rule
from withdraw_guard._values.checks import check_identifier
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import AccountId, DestinationId, Operation
from withdraw_guard._values.public import publish as _publish
from withdraw_guard._values.vocabulary import Destination, Phase
from withdraw_guard._wire.json import parse
from withdraw_guard._wire.plain import Json, Members, exact_bytes, members_of
from withdraw_guard._wire.structure import (
    ONLY_IF_GIVEN,
    KnownRule,
    policy_members,
    read,
    read_one_of,
    read_policy,
    write,
)

__all__ = [
    "ACCOUNT_SCHEMA",
    "POLICY_SCHEMA",
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

ACCOUNT_SCHEMA: Final = "withdraw-guard/account/1"
"""The first member of the document of an account: it names the form of the document."""


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def to_dict(value: Policy | Event | Account | Change | Decision) -> Members:
    """Write a value as plain data for `json.dumps`. Sets are written sorted, so equal values have equal documents."""
    # By exact type, because an object may claim to be of any class.
    if type(value) is Policy:
        return {"schema": POLICY_SCHEMA, **write(value)}
    if type(value) is Account:
        return {"schema": ACCOUNT_SCHEMA, **write(value)}
    if type(value) is Allowed:
        return write(_allowed_form(value))
    if type(value) is Denied:
        return write(_denied_form(value))
    if type(value) in (*EVENTS, *CHANGES):
        return write(value)
    raise InvalidValue("", f"must be a value that has a wire form, got {shown(value)}")


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def policy_from_dict(data: object) -> Policy:
    """Read a policy. Raises `InvalidValue` with the path to the first fault.

    A member that has a default in its constructor may be left out. `"$schema"` at the top is ignored.
    """
    return read_policy(policy_members(_no_text(data)))


def event_from_dict(data: object) -> Event:
    """Read an event of any of the eleven types. Raises `InvalidValue` with the path to the first fault.

    A security event that cannot be read did happen: park its account and deny until the event can be read.
    """
    event: Event = read_one_of(_no_text(data), "type", _EVENT_CLASSES)
    return event


def change_from_dict(data: object) -> Change:
    """Read a change of any of the six types. Raises `InvalidValue` with the path to the first fault."""
    change: Change = read_one_of(_no_text(data), "type", _CHANGE_CLASSES)
    return change


def account_from_dict(data: object, rules: Collection[Rule] = (), account: AccountId | str | None = None) -> Account:
    """Read an account. Raises `InvalidValue` for an account that no history can produce.

    Each hold contains its rule. Pass `policy.rules`: a hold whose rule is equal to one of `rules` shares that one, so
    that a million accounts keep each rule once. It also takes half the time or less. Pass as `account` the id that the
    row should have: a row of another account is refused.
    """
    members = members_of(_no_text(data), ACCOUNT_SCHEMA)
    known, holds = _by_document(rules), members.get("holds")
    if known and type(holds) is list:
        members["holds"] = [_with_known_rule(hold, known) for hold in holds]
    read_account = read(members, Account)
    if account is not None:
        check_identifier("account", account)
        if account != read_account.id:
            raise InvalidValue("id", f"must be {shown(account)}, got {shown(read_account.id)}")
    return read_account


def decision_from_dict(data: object) -> Decision:
    """Read a decision. Raises `InvalidValue` with the path to the first fault."""
    form = read_one_of(_no_text(data), "decision", _DECISION_FORMS)
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
    destination_id: DestinationId | None = attrs.field(default=None, metadata={ONLY_IF_GIVEN: True})


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
    destination_id: DestinationId | None = attrs.field(default=None, metadata={ONLY_IF_GIVEN: True})


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
    return next((other for other in known.values() if other.is_told_as(rule)), rule)


def _no_text(data: object) -> object:
    if type(data) is str:
        raise InvalidValue("", "must be an object: read the text with `wire.parse` first")
    return data


_publish(vars())
