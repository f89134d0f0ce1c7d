"""Who posts to `/hooks/…`: the vendor of verifications, the identity provider, and our own systems (detectors, the back
office)."""

from __future__ import annotations

import attrs
from withdraw_guard.intake import OUTBOX, SIGNALS, STRIPE

from guard.config import Sender
from shop.policy import POLICY
from shop.tokens import claims_of

_HEARD = tuple(line for line in SIGNALS.lines if line.trigger is None or line.trigger in POLICY.triggers)

SENDERS = {
    "vendor": Sender(STRIPE, secret="the vendor's secret", account_at="data.object.client_reference_id"),
    "signals": Sender(attrs.evolve(SIGNALS, lines=_HEARD), opened=claims_of, account_at="sub_id.sub"),
    "outbox": Sender(OUTBOX, secret="our own secret", account_at="payload.account", stops_everything=True),
}
