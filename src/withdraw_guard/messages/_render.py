"""From a message to a text. It is pure and never raises: whoever waits for an answer gets one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.time import utc
from withdraw_guard.messages._catalogue import CATALOGUE, Catalogue
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

    `zone` is the account holder's. With `now`, the instant of the decision, what lies ahead is said as a duration
    too. Escape the text where it is shown: an identifier of the host's is part of what staff is told.

    Nothing raises here. An ill-formed or unknown language is skipped, a zone that does not add up is UTC, a `now`
    that is no instant is unknown, and a code without a text is its own text.
    """
    tags = catalogue.lookup(languages)
    return Voice(catalogue=catalogue, tags=tags, zone=zone, now=_instant_or_none(now)).message(message)


def _instant_or_none(now: object) -> datetime | None:
    try:
        return utc("now", now)
    except InvalidValue:
        return None
