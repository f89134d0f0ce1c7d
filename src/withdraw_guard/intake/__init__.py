"""Messages of identity providers, of verification vendors and of your own systems, read into events.

    source × message × resolve × received_at  → read →  Reported(events) | Ignored(reason) | Unreadable(path, problem)

A source says as data how the messages of one sender are read, and has a JSON form. `read` is pure: it verifies no
signature and fetches nothing, so verify the message before you read it. It needs cattrs, which the extra `wire`
installs.
"""

from __future__ import annotations

from typing import Final as _Final

from withdraw_guard._values.public import publish as _publish
from withdraw_guard.intake._outcome import Deviation, Ignored, Outcome, Reported, Unreadable
from withdraw_guard.intake._read import Resolve, read
from withdraw_guard.intake._signals import SIGNALS, SIGNALS_STRICT
from withdraw_guard.intake._source import (
    SOURCE_SCHEMA,
    Form,
    Line,
    Says,
    Source,
    Unit,
    source_from_dict,
    source_to_dict,
)
from withdraw_guard.intake._streams import CLOUDEVENTS, DEBEZIUM, KEYCLOAK, OUTBOX
from withdraw_guard.intake._vendors import PERSONA, STRIPE, VERIFF, VERIFF_EVENTS, sumsub

__all__ = [
    "CLOUDEVENTS",
    "DEBEZIUM",
    "KEYCLOAK",
    "OUTBOX",
    "PERSONA",
    "SIGNALS",
    "SIGNALS_STRICT",
    "SOURCES",
    "SOURCE_SCHEMA",
    "STRIPE",
    "VERIFF",
    "VERIFF_EVENTS",
    "Deviation",
    "Form",
    "Ignored",
    "Line",
    "Outcome",
    "Reported",
    "Resolve",
    "Says",
    "Source",
    "Unit",
    "Unreadable",
    "read",
    "source_from_dict",
    "source_to_dict",
    "sumsub",
]

SOURCES: _Final = (
    SIGNALS,
    SIGNALS_STRICT,
    CLOUDEVENTS,
    DEBEZIUM,
    OUTBOX,
    KEYCLOAK,
    STRIPE,
    VERIFF,
    VERIFF_EVENTS,
    PERSONA,
)
"""Every source that is ready to use, but for `sumsub`, which needs the name of your level."""

_publish(vars())
