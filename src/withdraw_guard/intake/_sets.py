"""Security event tokens: their subjects, their instants and their several events.

Written from RFC 8417, RFC 9493, and the final texts of SSF, CAEP and RISC 1.0 of 2025-08-29. The token was verified by
the host: here are its claims. What a transmitter does in its own way is read, and named as a deviation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from withdraw_guard._values.errors import InvalidValue, join_path, member_path, shown
from withdraw_guard._wire.plain import Json, Members, members_in
from withdraw_guard.intake._fields import counts_milliseconds, joined_id, read_number, required_text
from withdraw_guard.intake._outcome import Deviation

EVENT: Final = "event"
"""Where the type of an event stands when its claims are read."""
SUBJECT: Final = "subject"

_FORBIDDEN: Final = ("sub", "exp")
_TIMES_OF_OTHERS: Final = ("occurred_at", "cause-time")
# The members that each format of a subject requires.
_FORMATS: Final = {
    "account": ("uri",),
    "did": ("url",),
    "email": ("email",),
    "iss_sub": ("iss", "sub"),
    "jwt_id": ("iss", "jti"),
    "opaque": ("id",),
    "phone_number": ("phone_number",),
    "saml_assertion_id": ("issuer", "assertion_id"),
    "scim": ("uri",),
    "uri": ("uri",),
}
_LISTS: Final = {"aliases": "identifiers", "ip-addresses": "ip-addresses"}
_PRINCIPALS: Final = frozenset({"application", "device", "group", "org_unit", "session", "tenant", "user"})


def events_in(claims: Members) -> Iterator[tuple[Members, set[Deviation]]]:
    """Yield each event of a token: its claims with its type, and how its type deviates."""
    try:
        events = members_in(claims.get("events"))
    except InvalidValue as fault:
        raise fault.within("events") from None
    if not events:
        raise InvalidValue("events", "must have at least one event")
    for name, body in events.items():
        if type(body) is not dict:
            raise InvalidValue(join_path("events", member_path(name)), f"must be an object, got {shown(body)}")
        deviations = set[Deviation]()
        if name.startswith("http:"):
            deviations.add(Deviation.HTTP_EVENT_TYPE)
        if any(claim in claims for claim in _FORBIDDEN):
            deviations.add(Deviation.SUB_OR_EXP)
        yield {**body, EVENT: name.replace("http:", "https:", 1)}, deviations


def id_of_token(claims: Members) -> str:
    """Return the id of the token. All of its events have it, so that one retraction takes all of them back."""
    return joined_id([required_text(claims, "iss"), required_text(claims, "jti")])


def instant_of_event(claims: Members, event: Members, deviations: set[Deviation]) -> datetime:
    """Return when it happened: what the event says, else the token's `toe`, else its `iat`."""
    places = [(event, name) for name in ("event_timestamp", *_TIMES_OF_OTHERS)] + [(claims, "toe")]
    members, name = next(
        ((members, name) for members, name in places if members.get(name) is not None), (claims, "iat")
    )
    found = members.get(name)
    if name in _TIMES_OF_OTHERS:
        deviations.add(Deviation.OTHER_TIME_MEMBER)
    if counts_milliseconds(found):
        deviations.add(Deviation.MILLISECONDS)
    return read_number(name, found, milliseconds=counts_milliseconds(found))


# ── Subjects ─────────────────────────────────────────────────────────────────────────────────────────────────────


def subject_of(claims: Members, event: Members, deviations: set[Deviation]) -> Members:
    """Return whom the event is about. Raises `InvalidValue` if two subjects are named, or none."""
    places = (("sub_id", claims.get("sub_id")), (SUBJECT, event.get(SUBJECT)))
    named = [_subject(place, found, deviations) for place, found in places if found is not None]
    if event.get(SUBJECT) is not None:
        deviations.add(Deviation.SUBJECT_IN_EVENT)
    if not named and type(claims.get("sub")) is str:
        deviations.add(Deviation.SUBJECT_IN_SUB)
        return {"format": "iss_sub", "iss": required_text(claims, "iss"), "sub": required_text(claims, "sub")}
    if not named:
        raise InvalidValue("sub_id", "is missing")
    if named[0] != named[-1]:
        raise InvalidValue(SUBJECT, "must be the subject that `sub_id` names")
    return named[0]


def _subject(path: str, given: Json, deviations: set[Deviation]) -> Members:
    if type(given) is not dict:
        raise InvalidValue(path, f"must be an object, got {shown(given)}")
    unnamed = "format" not in given and not _PRINCIPALS.isdisjoint(given)
    if unnamed:
        deviations.add(Deviation.COMPLEX_WITHOUT_FORMAT)
    is_complex = unnamed or given.get("format") == "complex"
    return (_complex if is_complex else _simple)(path, given, deviations)


def _complex(path: str, given: Members, deviations: set[Deviation]) -> Members:
    principals = {name: value for name, value in given.items() if type(value) is dict}
    if not principals:
        raise InvalidValue(path, "must name somebody, for example the `user`")
    named = {name: _simple(f"{path}.{name}", value, deviations) for name, value in principals.items()}
    return {"format": "complex", **named}


def _simple(path: str, given: Members, deviations: set[Deviation]) -> Members:
    chosen, rest = given.get("format"), {name: value for name, value in given.items() if name != "subject_type"}
    if chosen is None and type(given.get("subject_type")) is str:
        deviations.add(Deviation.SUBJECT_TYPE)
        chosen = str(given["subject_type"]).replace("-", "_")
    if type(chosen) is not str or not chosen or chosen == "complex":
        raise InvalidValue(f"{path}.format", f"must be the format of a subject, got {shown(chosen)}")
    if chosen in _LISTS:
        return {"format": chosen, _LISTS[chosen]: _listed(path, given, chosen, deviations)}
    if chosen not in _FORMATS:
        # A format of the transmitter's own: the host knows what it means.
        return {**rest, "format": chosen}
    return {"format": chosen, **{name: _text(f"{path}.{name}", given.get(name)) for name in _FORMATS[chosen]}}


def _listed(path: str, given: Members, chosen: str, deviations: set[Deviation]) -> list[Json]:
    place = f"{path}.{_LISTS[chosen]}"
    items = given.get(_LISTS[chosen])
    if type(items) is not list or not items:
        raise InvalidValue(place, f"must be a list that is not empty, got {shown(items)}")
    return [_item(f"{place}[{index}]", item, chosen, deviations) for index, item in enumerate(items)]


def _item(path: str, item: Json, chosen: str, deviations: set[Deviation]) -> Json:
    if chosen == "ip-addresses":
        return _text(path, item)
    if type(item) is not dict or item.get("format") == chosen:
        raise InvalidValue(path, "must be a subject other than `aliases`")
    return _simple(path, item, deviations)


def _text(path: str, found: Json) -> str:
    if type(found) is not str or not found:
        raise InvalidValue(path, f"must be text, got {shown(found)}")
    return found
