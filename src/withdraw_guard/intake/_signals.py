"""Security event tokens as data: what each event of CAEP, RISC and SSF means for the guard.

Where the specification cannot say whether something was changed by its owner or reset without it, the trigger is the
one that holds longer: a factor that was updated or removed counts as a second factor that was reset. What was only
announced, and what lowers a risk, is ignored: nothing here lifts a hold.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import attrs

from withdraw_guard import triggers
from withdraw_guard._values.ids import Trigger
from withdraw_guard.intake._outcome import Deviation
from withdraw_guard.intake._source import Form, Line, Says, Source

_CAEP: Final = "https://schemas.openid.net/secevent/caep/event-type/"
_RISC: Final = "https://schemas.openid.net/secevent/risc/event-type/"
_SSF: Final = "https://schemas.openid.net/secevent/ssf/event-type/"
_OAUTH: Final = "https://schemas.openid.net/secevent/oauth/event-type/"
_LOGIN_GOV: Final = "https://schemas.login.gov/secevent/risc/event-type/"

_CHANGED: Final = ("create", "update", "revoke", "delete")
_SECRETS: Final = ("password", "pin")


def _reported(word: str, trigger: Trigger, deviation: Deviation | None = None, **when: Collection[str]) -> Line:
    conditions = {name.replace("__", "."): texts for name, texts in when.items()}
    return Line(words=(word,), says=Says.SECURITY_EVENT, trigger=trigger, when=conditions, deviation=deviation)


def _ignored(base: str, names: Collection[str], why: str) -> Line:
    return Line(words=tuple(base + name for name in names), says=Says.IGNORED, why=why)


_CREDENTIAL: Final = _CAEP + "credential-change"
_LINES_OF_CAEP: Final = (
    _reported(_CREDENTIAL, triggers.PASSWORD_CHANGED, credential_type=_SECRETS, change_type=_CHANGED),
    _reported(_CREDENTIAL, triggers.PASSWORD_CHANGED, Deviation.OTHER_CHANGE_TYPE, credential_type=_SECRETS),
    _reported(_CREDENTIAL, triggers.TWO_FACTOR_ENABLED, credential_type=("*",), change_type=("create",)),
    _reported(_CREDENTIAL, triggers.TWO_FACTOR_RESET, credential_type=("*",), change_type=_CHANGED),
    _reported(_CREDENTIAL, triggers.TWO_FACTOR_RESET, Deviation.OTHER_CHANGE_TYPE),
    Line(
        words=(_CAEP + "session-revoked",),
        says=Says.IGNORED,
        when={"initiating_entity": ("user",)},
        why="the account holder ended a session",
    ),
    _reported(_CAEP + "session-revoked", triggers.ABNORMAL_ACTIVITY),
    _reported(_CAEP + "assurance-level-change", triggers.ABNORMAL_ACTIVITY, change_direction=("decrease",)),
    _ignored(_CAEP, ["assurance-level-change"], "the assurance level is not said to be lower"),
    _reported(_CAEP + "device-compliance-change", triggers.ABNORMAL_ACTIVITY, current_status=("not-compliant",)),
    _ignored(_CAEP, ["device-compliance-change"], "the device is not said to be out of compliance"),
    _reported(_CAEP + "risk-level-change", triggers.ABNORMAL_ACTIVITY, current_level=("HIGH",)),
    _ignored(_CAEP, ["risk-level-change"], "the risk level is not said to be high"),
    _ignored(_CAEP, ["token-claims-change"], "the claims of a token say nothing about the security of the account"),
    _ignored(_CAEP, ["session-established", "session-presented"], "a session was used"),
)
_LINES_OF_RISC: Final = (
    _reported(_RISC + "account-disabled", triggers.ABNORMAL_ACTIVITY, reason=("hijacking", "bulk-account")),
    _ignored(_RISC, ["account-disabled"], "the provider does not say why; when it is enabled, that is reported"),
    _reported(_RISC + "account-enabled", triggers.ACCOUNT_UNLOCKED),
    _reported(_RISC + "credential-compromise", triggers.ABNORMAL_ACTIVITY),
    *(
        _reported(_RISC + name, trigger, deviation, **when)
        for name in ("identifier-changed", "identifier-recycled")
        for trigger, deviation, when in (
            (triggers.EMAIL_CHANGED, None, {"subject__format": ("email",)}),
            (triggers.PHONE_CHANGED, None, {"subject__format": ("phone_number",)}),
            (triggers.EMAIL_CHANGED, Deviation.OTHER_SUBJECT, dict[str, tuple[str, ...]]()),
        )
    ),
    _reported(_RISC + "recovery-information-changed", triggers.EMAIL_CHANGED),
    _reported(_RISC + "sessions-revoked", triggers.ABNORMAL_ACTIVITY),
    _ignored(_RISC, ["account-credential-change-required"], "a change was demanded; nothing has changed yet"),
    _ignored(_RISC, ["account-purged"], "the account at the provider was deleted"),
    _ignored(_RISC, ["recovery-activated"], "a recovery was begun; nothing has changed yet"),
    _ignored(
        _RISC,
        ["opt-in", "opt-out-initiated", "opt-out-cancelled", "opt-out-effective"],
        "it is about which events are exchanged",
    ),
)
_LINES_OF_OTHERS: Final = (
    _ignored(_SSF, ["verification"], "the stream was tested"),
    _ignored(_SSF, ["stream-updated"], "the state of the stream changed: while it is paused, you are told nothing"),
    _ignored(_RISC, ["verification"], "the stream was tested"),
    _ignored(_OAUTH, ["token-revoked", "tokens-revoked"], "tokens of your own application were revoked"),
    _reported(_LOGIN_GOV + "password-reset", triggers.PASSWORD_CHANGED),
    _reported(_LOGIN_GOV + "authorization-fraud-detected", triggers.ABNORMAL_ACTIVITY),
    _reported(_LOGIN_GOV + "identity-fraud-detected", triggers.ABNORMAL_ACTIVITY),
    _reported(_LOGIN_GOV + "mfa-limit-account-locked", triggers.ABNORMAL_ACTIVITY),
    _ignored(_LOGIN_GOV, ["reproof-completed"], "an identity was proofed for another service"),
)

SIGNALS: Final = Source(
    id="signals",
    documented="RFC 8417, RFC 9493; OpenID SSF, CAEP and RISC 1.0 of 2025-08-29; Okta, Google and login.gov, 2026-11",
    form=Form.SECURITY_EVENT_TOKEN,
    word="event",
    initiator="initiating_entity",
    context={name: name for name in ("change_type", "credential_type", "current_level", "reason")},
    lines=(*_LINES_OF_CAEP, *_LINES_OF_RISC, *_LINES_OF_OTHERS),
)
"""Security event tokens of CAEP, RISC and SSF as transmitters really send them. `resolve` is given the subject."""
SIGNALS_STRICT: Final = attrs.evolve(SIGNALS, id="signals-strict", strict=True)
"""The same tokens, exactly as the final specifications have them: what deviates is unreadable."""
