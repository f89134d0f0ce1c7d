"""Who posts to `/hooks/…`: the vendor of verifications, and our own systems (detectors, the back office)."""

from __future__ import annotations

from withdraw_guard.intake import OUTBOX, STRIPE

from guard.config import Sender

SENDERS = {
    "vendor": Sender(STRIPE, secret="the vendor's secret", account_at="data.object.client_reference_id"),
    "outbox": Sender(OUTBOX, secret="our own secret", account_at="payload.account", stops_everything=True),
}
