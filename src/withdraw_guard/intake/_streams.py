"""Streams of events as data: CloudEvents, Debezium, outbox rows, Keycloak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from withdraw_guard import triggers
from withdraw_guard._values.ids import Trigger
from withdraw_guard._values.vocabulary import ActorKind
from withdraw_guard.intake._source import Form, Line, Says, Source, Unit

_EVENT: Final = Line(words=("",), says=Says.EVENT)

CLOUDEVENTS: Final = Source(
    id="cloudevents",
    documented="CloudEvents 1.0.2 with its JSON event format, 2026-07",
    form=Form.CLOUDEVENT,
    carries=("data", "data_base64"),
    lines=(
        Line(words=("",), says=Says.IGNORED, when={"datacontenttype": ("text/plain",)}, why="its data is plain text"),
        Line(words=("",), says=Says.IGNORED, when={"data": ("",), "data_base64": ("",)}, why="it carries no data"),
        _EVENT,
    ),
)
"""A CloudEvent, or a batch of them, whose `data` is an event in the wire format."""
OUTBOX: Final = Source(
    id="outbox",
    documented="The columns of the Debezium outbox event router, 2026-11",
    carries=("payload",),
    lines=(_EVENT,),
)
"""A row of an outbox table, whose `payload` is an event in the wire format, as an object or as its text."""
DEBEZIUM: Final = Source(
    id="debezium",
    documented="Debezium change events and the outbox event router, 2026-11",
    within=("payload",),
    carries=("after.payload",),
    word="op",
    lines=(
        # A row that is read by a snapshot, or updated, has been an event before; its id says so.
        Line(words=("c", "r", "u"), says=Says.EVENT),
        Line(words=("d", "t"), says=Says.IGNORED, why="rows were deleted"),
        Line(words=("m",), says=Says.IGNORED, why="it is a message of the database"),
    ),
)
"""A change of an outbox table as Debezium tells it, with or without its schema."""


def _line(words: str, trigger: Trigger, when: Mapping[str, tuple[str, ...]] | None = None) -> Line:
    return Line(words=words.split(), says=Says.SECURITY_EVENT, trigger=trigger, when=when or {})


_TYPE: Final = "details.credential_type"

KEYCLOAK: Final = Source(
    id="keycloak",
    documented="Keycloak 26.8, the enum `EventType` of its user events, 2026-11",
    event_id=("id",),
    at=("time",),
    unit=Unit.MILLISECONDS,
    subject={"user": "userId", "realm": "realmId"},
    initiated_by=ActorKind.USER,
    context={"client": "clientId", "credential_type": _TYPE},
    word="type",
    lines=(
        _line("UPDATE_PASSWORD RESET_PASSWORD", triggers.PASSWORD_CHANGED),
        _line("UPDATE_CREDENTIAL REMOVE_CREDENTIAL", triggers.PASSWORD_CHANGED, {_TYPE: ("password",)}),
        Line(
            words=("UPDATE_CREDENTIAL", "REMOVE_CREDENTIAL"),
            says=Says.IGNORED,
            when={_TYPE: ("recovery-authn-codes",)},
            why="recovery codes are no second factor by themselves",
        ),
        # It is not said whether a factor was added or replaced.
        _line("UPDATE_CREDENTIAL UPDATE_TOTP", triggers.TWO_FACTOR_CHANGED),
        _line("REMOVE_CREDENTIAL REMOVE_TOTP", triggers.TWO_FACTOR_DISABLED),
        _line("UPDATE_EMAIL", triggers.EMAIL_CHANGED),
        _line("UPDATE_PROFILE", triggers.EMAIL_CHANGED, {"details.updated_email": ("*",)}),
        Line(words=("UPDATE_PROFILE",), says=Says.IGNORED, why="the e-mail address is not said to be changed"),
        _line("USER_DISABLED_BY_PERMANENT_LOCKOUT", triggers.ABNORMAL_ACTIVITY),
    ),
)
"""The user events of Keycloak, as its listeners and its admin interface give them."""
