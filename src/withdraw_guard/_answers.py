"""The answer: `Allowed` or `Denied`, with everything that explains it.

Most callers only ask yes or no. So what explains an answer is worked out when it is first read, from the account that
was asked about, and kept. Nobody can tell: an answer that is compared, hashed, shown, copied or written reads it all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, final

import attrs

from withdraw_guard._account import Account
from withdraw_guard._decisions import OpenHold, Request
from withdraw_guard._errors import InvalidValue
from withdraw_guard._fields import check_identifier, check_type, check_word
from withdraw_guard._holds import Hold
from withdraw_guard._ids import AccountId
from withdraw_guard._open import describe, phase
from withdraw_guard._time import utc, utc_end
from withdraw_guard._value import Value, blank, settle, slots_of
from withdraw_guard._words import Phase


@final
@attrs.frozen(kw_only=True)
class Allowed(Value):
    """The request may go through at `at`, and for as long as nothing else happens. It is true."""

    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    request: Request
    phase: Phase
    _asked: Account = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _settle_answer(self)

    def __bool__(self) -> Literal[True]:
        return True

    if not TYPE_CHECKING:  # pragma: no branch

        def __getattr__(self, name: str) -> object:
            return _worked_out(self, name)


@final
@attrs.frozen(kw_only=True)
class Denied(Value):
    """The request may not go through at `at`. It is false, so that `if check(…)` cannot pay by mistake.

    `holds` are all that cover the request, in order of placement. `resumes_at` is the instant from which the same
    request would be allowed if nothing else happened, or none if time alone does not bring it.
    """

    account: AccountId = attrs.field(converter=AccountId)
    at: datetime
    request: Request
    phase: Phase
    resumes_at: datetime | None
    holds: tuple[OpenHold, ...]
    _asked: Account = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _settle_answer(self)
        if self.resumes_at is not None:
            settle(self, "resumes_at", utc_end("resumes_at", self.resumes_at))
            if self.resumes_at <= self.at:
                raise InvalidValue("resumes_at", "must be after the instant of the question")
        check_type("holds", self.holds, tuple, "a tuple of open holds")
        if not self.holds:
            raise InvalidValue("holds", "must name what denies")
        asked = self.request.destination_id
        for index, hold in enumerate(self.holds):
            check_type(f"holds[{index}]", hold, OpenHold, "an OpenHold")
            if None not in (hold.destination_id, asked) and hold.destination_id != asked:
                raise InvalidValue(f"holds[{index}].destination_id", "must be the destination of the request")
        if self.phase in (Phase.ACTIVE, Phase.RESTORED):
            raise InvalidValue("phase", f"must be a phase with an open hold, got `{self.phase}`")

    def __bool__(self) -> Literal[False]:
        return False

    if not TYPE_CHECKING:  # pragma: no branch

        def __getattr__(self, name: str) -> object:
            return _worked_out(self, name)


Decision: TypeAlias = Allowed | Denied
"""The answer."""


def _settle_answer(answer: Decision) -> None:
    check_identifier("account", answer.account)
    settle(answer, "at", utc("at", answer.at))
    check_type("request", answer.request, Request, "a Request")
    settle(answer, "phase", check_word("phase", answer.phase, Phase))


# ── Answers about an account: what was asked is filled in at once, the rest when it is read ──────────────────────

_, _allowed_at, _allowed_request, _, _allowed_asked = slots_of(Allowed)
_, _denied_at, _denied_request, _, _, _, _denied_asked = slots_of(Denied)


def allowed(account: Account, at: datetime, request: Request) -> Allowed:
    """Answer yes, about an account that has no open hold which covers the request. Nothing is checked again."""
    answer = blank(Allowed)
    _allowed_asked(answer, account)
    _allowed_at(answer, at)
    _allowed_request(answer, request)
    return answer


def denied(account: Account, at: datetime, request: Request) -> Denied:
    """Answer no, about an account that has an open hold which covers the request. Nothing is checked again."""
    answer = blank(Denied)
    _denied_asked(answer, account)
    _denied_at(answer, at)
    _denied_request(answer, request)
    return answer


def stops(hold: Hold, request: Request) -> bool:
    """Whether the hold, while it is open, stops the request."""
    return request.is_covered_by(hold.rule.scope, hold.destination_id)


def _worked_out(answer: Decision, name: str) -> object:
    """Fill a field that is read for the first time. The interpreter asks here when it finds one empty."""
    work_out = _WORK_OUT[type(answer)].get(name)
    if work_out is None:
        raise AttributeError(f"`{type(answer).__name__}` has no `{name}`", name=name, obj=answer)
    found = work_out(answer)
    settle(answer, name, found)
    return found


def _account(answer: Decision) -> AccountId:
    return answer._asked.id


def _phase(answer: Decision) -> Phase:
    return phase(answer._asked, answer.at)


def _resumes_at(answer: Decision) -> datetime | None:
    """The instant from which none of them blocks, or none if one of them has no end."""
    latest = answer.at
    for hold in _denying(answer):
        if hold.end is None:
            return None
        latest = max(latest, hold.end)
    return latest


def _holds(answer: Decision) -> tuple[OpenHold, ...]:
    identity = answer._asked.identity
    return tuple(describe(hold, identity, answer.at) for hold in _denying(answer))


def _denying(answer: Decision) -> list[Hold]:
    return [hold for hold in answer._asked.holds if hold.is_open(answer.at) and stops(hold, answer.request)]


_WORK_OUT: Final[Mapping[type[Decision], Mapping[str, Callable[[Decision], object]]]] = MappingProxyType(
    {
        Allowed: {"account": _account, "phase": _phase},
        Denied: {"account": _account, "phase": _phase, "resumes_at": _resumes_at, "holds": _holds},
    }
)
