"""Turkey's rule: the first withdrawal 72 hours after what was bought or came in, later ones 48 hours after each."""

from __future__ import annotations

from typing import Final

from withdraw_guard import public_reasons, triggers
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._values.ids import PublicReason, Trigger
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import CRYPTO, CRYPTO_ONLY, NO_RELEASE, READ_ON, hours, timed

_INFLOWS: Final = {
    triggers.PURCHASE_MADE: public_reasons.PURCHASE_MADE,
    Trigger("swap_made"): public_reasons.EXCHANGE_MADE,
    triggers.DEPOSIT_CREDITED: public_reasons.MONEY_RECEIVED,
}


def _both(trigger: Trigger, reason: PublicReason) -> tuple[Rule, Rule]:
    name, first = trigger.replace("_", "-"), {"has_withdrawn": False}
    before = f"{name}-before-the-first-withdrawal"
    return (
        timed(trigger, hours(72), CRYPTO, rule=before, where=first, public_reason=reason),
        timed(trigger, hours(48), CRYPTO, rule=name, public_reason=reason),
    )


TURKEY: Final = Policy(
    id="turkey-masak",
    version="1.0.0",
    rules=tuple(rule for inflow in _INFLOWS.items() for rule in _both(*inflow)),
)
"""The delays of MASAK, Turkey's financial crimes board, 28 June 2025."""

PUBLISHED: Final = Published(
    author="MASAK, Turkey's financial crimes board: rule of 28 June 2025, as an operator gives notice of it",
    policy=TURKEY,
    sources=(
        Source(
            address="https://tr.okx.com/en/help/masak-duzenlemesi-hakkinda-bilgilendirme",
            grade=Grade.OFFICIAL,
            read="the notice of an operator: the first withdrawal 72 hours after the first purchase, swap or deposit, "
            "later ones 48 hours after each",
        ),
        Source(
            address="https://cryptodataspace.com/turkish-crypto-exchanges/",
            grade=Grade.THIRD_PARTY,
            read="the same, with caps",
        ),
    ),
    readings=(
        "How holds overlap is not stated: each purchase, swap and deposit starts its 48 hours again, and the latest "
        "end decides.",
        "The fact `has_withdrawn` says whether the account has withdrawn before; until then every purchase, swap and "
        "deposit is held for 72 hours, which is stricter than what is stated. An event that does not carry it is held.",
        "What came in is not kept apart from what was there: all crypto is held.",
        NO_RELEASE,
        CRYPTO_ONLY,
    ),
    left_out=(
        "Caps on stablecoins (3,000 dollars a day, 50,000 a month) are amounts.",
        "Market makers are exempt with an approval by the board: a host reports none of these events for them.",
    ),
    read_on=READ_ON,
)
"""The sources and readings of `TURKEY`."""
