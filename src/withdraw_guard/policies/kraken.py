"""Kraken: twelve hours for new addresses after a password, 72 after a first purchase, a lock of the settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import authorities, operations, public_reasons, triggers
from withdraw_guard._answers.request import Request
from withdraw_guard._model.policy import Chosen, Policy, Rule, Scope
from withdraw_guard._values.ids import Authority, Trigger
from withdraw_guard._values.vocabulary import Destination, Destinations, Repeat
from withdraw_guard.policies._published import Grade, Published, Source, Vector
from withdraw_guard.policies._terms import AT_MOST, CRYPTO, READ_ON, START, happened, held_until, hours, not_held, timed

MASTER_KEY: Final = Authority("master_key")
"""Kraken's Master Key, in whose name a host releases what it opens at once."""
UNLOCK_REQUEST: Final = Authority("unlock_request")
"""The request to unlock the settings: it ends the lock and begins the wait."""

_SETTINGS: Final = Scope(operations=frozenset({operations.SETTINGS_CHANGE, operations.ADDRESS_ADDITION}))

KRAKEN: Final = Policy(
    id="kraken",
    version="1.0.0",
    rules=(
        timed(
            triggers.PASSWORD_CHANGED,
            hours(12),
            Scope(operations=CRYPTO.operations, destinations=Destinations.NEW),
            where={"two_factor_enabled": False, "master_key_enabled": False},
        ),
        timed(
            triggers.PURCHASE_MADE,
            hours(72),
            rule="first-instant-purchase",
            where={"first_ever": True},
            repeat=Repeat.KEEP,
        ),
        Rule(
            id="settings-locked",
            trigger=Trigger("settings_locked"),
            where={"without_wait": False},
            scope=_SETTINGS,
            releasable_by=frozenset({MASTER_KEY, UNLOCK_REQUEST}),
            public_reason=public_reasons.OWN_REQUEST,
        ),
        Rule(
            id="settings-locked-without-wait",
            trigger=Trigger("settings_locked"),
            where={"without_wait": True},
            scope=_SETTINGS,
            releasable_by=frozenset({MASTER_KEY, authorities.SUPPORT}),
            public_reason=public_reasons.OWN_REQUEST,
        ),
        Rule(
            id="settings-unlock-requested",
            trigger=Trigger("settings_unlock_requested"),
            scope=_SETTINGS,
            duration=timedelta(days=30),
            chosen=Chosen(minimum=timedelta(days=1), maximum=timedelta(days=30)),
            releasable_by=frozenset({MASTER_KEY}),
            public_reason=public_reasons.OWN_REQUEST,
        ),
    ),
)
"""The published rule of Kraken."""

PUBLISHED: Final = Published(
    author="Kraken",
    policy=KRAKEN,
    sources=(
        Source(
            address="https://support.kraken.com/hc/en-us/articles/"
            "7631228462484-Adding-and-confirming-a-new-cryptocurrency-withdrawal-address",
            grade=Grade.OFFICIAL,
            read="12 hours for new addresses after a password was changed while neither a second factor for signing in "
            "nor a Master Key was on; addresses that are there already stay open",
            rules=("password-changed",),
        ),
        Source(
            address="https://support.kraken.com/hc/en-us/articles/"
            "360000389606-Why-is-there-a-withdrawal-hold-on-my-account-",
            grade=Grade.OFFICIAL,
            read="up to 72 hours for withdrawals after the first instant purchase; later purchases are locked for the "
            "remainder of the 72 hours",
            rules=("first-instant-purchase",),
        ),
        Source(
            address="https://support.kraken.com/hc/en-us/articles/201396877-What-is-the-Global-Settings-Lock-GSL-",
            grade=Grade.OFFICIAL,
            read="a lock of the settings that the account holder sets, with a wait of 1 to 30 days that begins when "
            "they ask for the unlocking; a Master Key unlocks at once",
            rules=("settings-locked", "settings-locked-without-wait", "settings-unlock-requested"),
        ),
        Source(
            address="https://support.kraken.com/hc/en-us/articles/201396527-I-can-t-unlock-my-account-settings",
            grade=Grade.OFFICIAL,
            read="an old lock of 0 days without a Master Key is unlocked by support only",
            rules=("settings-locked-without-wait",),
        ),
    ),
    readings=(
        "How different holds overlap is not stated: each stands by itself and the latest end decides.",
        "Changing the password again extends the twelve hours; that is not stated.",
        "A hold for a purchase is kept and not extended: that is what “for the remainder” says. The fact `first_ever` "
        "says whether it is the first one; an event that does not carry it is held.",
        AT_MOST,
        "The facts `two_factor_enabled` and `master_key_enabled` are those at the change of the password; an event "
        "that does not carry them is held.",
        "The host orders the release of the lock in the name of `unlock_request` when the account holder asks for the "
        "unlocking, and reports `settings_unlock_requested` in the same breath.",
        "The wait that was chosen is the `duration` of that event; where it is not known, 30 days.",
        "A wait of 0 days is the fact `without_wait`; an event that does not carry it is held until support ends it.",
        "After a purchase both `withdrawal` and `fiat_withdrawal` are held, after a password `withdrawal` only.",
    ),
    left_out=(
        "Deposits by ACH are locked for 7 days up to their amount, with a haircut: a ledger's work.",
        "An older text holds new addresses for up to 24 hours after any change of a password.",
    ),
    read_on=READ_ON,
    vectors=(
        held_until(
            "V6",
            "a first purchase, and another 70 hours later: both are free after 72 hours",
            hours(72),
            happened(triggers.PURCHASE_MADE, first_ever=True),
            happened(triggers.PURCHASE_MADE, hours(70), first_ever=False),
        ),
        not_held(
            "V8",
            "the password changed while the second factor is on: no hold",
            happened(triggers.PASSWORD_CHANGED, two_factor_enabled=True, master_key_enabled=False),
        ),
        not_held(
            "V8",
            "neither second factor nor Master Key: an address that was there before is open",
            happened(triggers.PASSWORD_CHANGED, two_factor_enabled=False, master_key_enabled=False),
            request=Request(operation=operations.WITHDRAWAL, destination=Destination.KNOWN),
        ),
        held_until(
            "V8",
            "neither second factor nor Master Key: a new address is held for 12 hours",
            hours(12),
            happened(triggers.PASSWORD_CHANGED, two_factor_enabled=False, master_key_enabled=False),
        ),
        Vector(
            number="V18",
            says="a lock without a wait and without a Master Key: it never ends by itself, only support ends it",
            journal=(happened(Trigger("settings_locked"), without_wait=True),),
            denied_at=(START, START + timedelta(days=3653)),
            request=Request(operation=operations.SETTINGS_CHANGE),
        ),
    ),
)
"""The sources and readings of `KRAKEN`."""
