"""Every source that is ready to use."""

from __future__ import annotations

from typing import Final

from withdraw_guard.intake._signals import SIGNALS, SIGNALS_STRICT
from withdraw_guard.intake._streams import CLOUDEVENTS, DEBEZIUM, KEYCLOAK, OUTBOX
from withdraw_guard.intake._vendors import PERSONA, STRIPE, VERIFF, VERIFF_EVENTS

SOURCES: Final = (
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
