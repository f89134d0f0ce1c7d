"""From a message to its text. Rendering is pure and never raises: a person who waits for an answer gets one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from withdraw_guard._values.checks import check_name
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.time import utc
from withdraw_guard.messages._catalogue import CATALOGUE, Catalogue
from withdraw_guard.messages._codes import families_of
from withdraw_guard.messages._message import Message
from withdraw_guard.messages._voice import Voice


def render(
    message: Message,
    languages: Iterable[str],
    *,
    zone: tzinfo = UTC,
    now: datetime | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> str:
    """Return the text of a message in the first of these languages that the catalogue has, as plain text.

    `zone` is the time zone of the account holder. With `now`, the instant of the decision, a future instant is also
    written as a duration. Escape the text where you show it, because messages to staff contain ids of the host.

    Nothing raises here. An ill-formed or unknown language is skipped, an inconsistent zone counts as UTC, an invalid
    `now` counts as unknown, and a code without a text is its own text.
    """
    tags = catalogue.lookup(languages)
    return Voice(catalogue=catalogue, tags=tags, zone=zone, now=_instant_or_none(now)).message(message)


def label_of(name: str, languages: Iterable[str], *, catalogue: Catalogue = CATALOGUE) -> str:
    """Return the label of a method, a document, an operation or an authority; one without a text in its own words."""
    check_name("name", name)
    tags = catalogue.lookup(languages)
    codes = families_of(name)
    code = next((code for code in codes if catalogue.find(code, tags) is not None), codes[0])
    return Voice(catalogue=catalogue, tags=tags).message(Message(code=code))


def _instant_or_none(now: object) -> datetime | None:
    try:
        return utc("now", now)
    except InvalidValue:
        return None
