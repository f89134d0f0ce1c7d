"""The engine: a message of a source, as parsed JSON, to what becomes of it.

Pure and total: any JSON gives one of the three outcomes. It verifies no signature and fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, TypeAlias, cast

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event, SecurityEvent, not_after
from withdraw_guard._values.checks import check_identifier
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import AccountId, Reason
from withdraw_guard._values.limits import NAMES_MAX
from withdraw_guard._values.time import utc, write_instant
from withdraw_guard._values.vocabulary import ActorKind
from withdraw_guard._wire.plain import Json, Members, members_in
from withdraw_guard.intake._cloudevents import cloudevents_in
from withdraw_guard.intake._fields import at_path, holds, id_of, instant_of, required_text, text_at
from withdraw_guard.intake._outcome import Deviation, Ignored, Outcome, Part, Reported, Unreadable, together
from withdraw_guard.intake._sessions import Word, events_of_session
from withdraw_guard.intake._sets import EVENT, SUBJECT, events_in, id_of_token, instant_of_event, subject_of
from withdraw_guard.intake._source import Form, Line, Says, Source
from withdraw_guard.wire import event_from_dict, parse

Resolve: TypeAlias = Callable[[Members], Account | str | None]
"""Your function from a subject to the account or its id; none if you know no such account.

Return the account itself for a source that tells of sessions: what a word means depends on where the hold stands.
"""

_ACTORS: Final = frozenset(kind.value for kind in ActorKind)


def read(source: Source, payload: object, resolve: Resolve, received_at: datetime) -> Outcome:
    """Read a message that was verified: its events, a reason to ignore it, or the path to what could not be read.

    `payload` is parsed JSON. `received_at` is when the message first came; a later instant in the message is clamped
    to it. Raises `InvalidValue` for a `received_at` that is no instant. If `resolve` raises `InvalidValue`, the message
    is unreadable; anything else that it raises is raised.
    """
    received_at = utc("received_at", received_at)
    try:
        return together(_parts(source, cast("Json", payload), resolve, received_at))
    except InvalidValue as fault:
        return Unreadable(path=fault.path, problem=fault.problem)


def _parts(source: Source, payload: Json, resolve: Resolve, received_at: datetime) -> Iterator[Part]:
    if source.form is Form.SECURITY_EVENT_TOKEN:
        claims = members_in(payload)
        for event, deviations in events_in(claims):
            yield _event_of_token(source, (claims, event, deviations), resolve, received_at)
    elif source.form is Form.CLOUDEVENT:
        for path, event in cloudevents_in(payload):
            try:
                yield _message(source, event, resolve, received_at)
            except InvalidValue as fault:
                raise fault.within(path) from None
    else:
        yield _message(source, members_in(payload), resolve, received_at)


def _event_of_token(
    source: Source, token: tuple[Members, Members, set[Deviation]], resolve: Resolve, received_at: datetime
) -> Part:
    claims, event, deviations = token
    if any(line.says is Says.SECURITY_EVENT for line in source.by_word.get(str(event[EVENT]), ())):
        event[SUBJECT] = subject_of(claims, event, deviations)
    line = _line(source, event)
    if isinstance(line, Ignored):
        return line
    at, deviations = _clamped(instant_of_event(claims, event, deviations), received_at, deviations)
    account = _account(resolve, members_in(event[SUBJECT]))
    reported = _security_event(source, line, id_of_token(claims), account, at, event)
    return _reported(source, (reported,), deviations, line)


# ── One message ──────────────────────────────────────────────────────────────────────────────────────────────────


def _message(source: Source, message: Members, resolve: Resolve, received_at: datetime) -> Part:
    for name in source.within:
        inner = message.get(name)
        message = inner if type(inner) is dict else message
    if not holds(message, source.only):
        return Ignored(reason=f"`{source.id}` is not about such messages")
    line = _line(source, message)
    if isinstance(line, Ignored):
        return line
    if line.says is Says.EVENT:
        return _carried(source, message, resolve, received_at)
    at, deviations = _clamped(instant_of(source, message, received_at), received_at, set[Deviation]())
    event_id = id_of(source, message)
    account = _account(resolve, _subject(source, message))
    if line.says is Says.SECURITY_EVENT:
        event = _security_event(source, line, event_id, account, at, message)
        return _reported(source, (event,), deviations, line)
    if not isinstance(account, Account):
        raise InvalidValue("account", f"must be the account itself, because `{source.id}` tells of sessions")
    session = required_text(message, source.session or "")
    reasons = _reasons(source, message)
    word = Word(says=line.says, id=event_id, at=at, session=session, vendor=source.id, reasons=reasons)
    part = events_of_session(word, account)
    return part if isinstance(part, Ignored) else _reported(source, part.events, deviations, line)


def _line(source: Source, message: Members) -> Line | Ignored:
    """Return the line that tells what the message means, or the reason to ignore it."""
    word = "" if source.word is None else text_at(message, source.word)
    if word is None:
        raise InvalidValue(source.word or "", f"must be text, got {shown(at_path(message, source.word or ''))}")
    lines = source.by_word.get(word, ())
    line = next((line for line in lines if holds(message, line.when)), None)
    if line is None:
        if not lines:
            return Ignored(reason=f"{shown(word)} is not a word that `{source.id}` documents")
        return Ignored(reason=f"{shown(word)} stands beside values for which `{source.id}` documents nothing")
    return Ignored(reason=line.why) if line.says is Says.IGNORED else line


def _clamped(at: datetime, received_at: datetime, deviations: set[Deviation]) -> tuple[datetime, set[Deviation]]:
    if at <= received_at:
        return at, deviations
    return received_at, deviations | {Deviation.AHEAD_OF_RECEIPT}


def _account(resolve: Resolve, subject: Members) -> Account | str:
    found = resolve(subject)
    if found is None:
        raise InvalidValue("subject", "must belong to an account that is known")
    if not isinstance(found, Account):
        check_identifier("account", found)
    return found


def _account_id(account: Account | str) -> AccountId:
    return account.id if isinstance(account, Account) else AccountId(account)


def _security_event(
    source: Source, line: Line, event_id: str, account: Account | str, at: datetime, message: Members
) -> SecurityEvent:
    initiator = None if source.initiator is None else text_at(message, source.initiator)
    return SecurityEvent(
        id=event_id,
        account=_account_id(account),
        at=at,
        trigger=line.trigger or "",
        initiated_by=ActorKind(initiator) if initiator in _ACTORS else source.initiated_by,
        context=_facts(source, message),
    )


def _facts(source: Source, message: Members) -> Facts:
    found = ((name, at_path(message, path)) for name, path in source.context.items())
    facts = {name: fact for name, fact in found if isinstance(fact, str | int)}
    try:
        return Facts(facts)
    except InvalidValue:
        # Hardly any message has a fact that does not fit.
        return Facts.clipped(facts)


def _reported(source: Source, events: tuple[Event, ...], deviations: set[Deviation], line: Line) -> Reported:
    if line.deviation is not None:
        deviations = deviations | {line.deviation}
    if source.strict and deviations:
        raise InvalidValue("", f"must follow its specification, but: {', '.join(sorted(deviations))}")
    return Reported(events=events, deviations=tuple(sorted(deviations)))


def _reasons(source: Source, message: Members) -> tuple[Reason, ...]:
    found = None if source.reasons is None else at_path(message, source.reasons)
    words = [text_at(word, "") for word in (found if type(found) is list else [found])]
    return tuple(dict.fromkeys(_reason(source, word) for word in words[:NAMES_MAX] if word))


def _reason(source: Source, word: str) -> Reason:
    """Return the reason for a word of the vendor; one that is not well known is named after the vendor."""
    name = re.sub("[^a-z0-9]+", "_", f"{source.id}_{word.lower()}").strip("_")
    return source.reason_words.get(word) or Reason(name[:NAMES_MAX])


# ── An event that is carried ─────────────────────────────────────────────────────────────────────────────────────


def _carried(source: Source, message: Members, resolve: Resolve, received_at: datetime) -> Part:
    path = next((path for path in source.carries if at_path(message, path) is not None), source.carries[0])
    found = at_path(message, path)
    try:
        data = {**members_in(parse(found) if type(found) is str else found)}
        event = event_from_dict(_completed(source, data, resolve, received_at))
    except InvalidValue as fault:
        raise fault.within(path) from None
    deviations = () if event.at <= received_at else (Deviation.AHEAD_OF_RECEIPT,)
    return Reported(events=(not_after(event, received_at),), deviations=deviations)


def _completed(source: Source, data: Members, resolve: Resolve, received_at: datetime) -> Members:
    """Return the event with the members that the sender writes in another way."""
    other: Members = {}
    if source.event_id:
        other["id"] = id_of(source, data)
    if source.at:
        other["at"] = write_instant(instant_of(source, data, received_at))
    if source.subject:
        other["account"] = _account_id(_account(resolve, _subject(source, data)))
    return {**data, **other}


def _subject(source: Source, message: Members) -> Members:
    return {name: text_at(message, path) for name, path in source.subject.items()}
