"""The answer: `Allowed` or `Denied`, with everything that explains it.

Most callers only ask yes or no. So what explains an answer is worked out when it is first read, from the account that
was asked about, and kept. Nobody can tell: an answer that is compared, hashed, shown, copied or written reads it all.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NoReturn, TypeAlias, final

import attrs

from withdraw_guard._answers.open import describe, phase
from withdraw_guard._answers.request import OpenHold, Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.hold import Hold
from withdraw_guard._values.checks import check_identifier, check_type, check_word
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import AccountId
from withdraw_guard._values.time import utc, utc_end
from withdraw_guard._values.value import Value, draft_of, settle
from withdraw_guard._values.vocabulary import Phase


@final
@attrs.frozen(kw_only=True, repr=False)
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
            work_out = _OF_AN_ALLOWED.get(name) or _no_field(self, name)
            return _kept(self, name, work_out(self._asked, self.at, self.request))


@final
@attrs.frozen(kw_only=True, repr=False)
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
            work_out = _OF_A_DENIED.get(name) or _no_field(self, name)
            return _kept(self, name, work_out(self._asked, self.at, self.request))


Decision: TypeAlias = Allowed | Denied
"""The answer."""


def _settle_answer(answer: Decision) -> None:
    check_identifier("account", answer.account)
    settle(answer, "at", utc("at", answer.at))
    check_type("request", answer.request, Request, "a Request")
    settle(answer, "phase", check_word("phase", answer.phase, Phase))


# ── Answers about an account: what was asked is filled in at once, the rest when it is read ──────────────────────

_Allowed = draft_of(Allowed)
_Denied = draft_of(Denied)


def allowed(account: Account, at: datetime, request: Request) -> Allowed:
    """Answer yes, about an account that has no open hold which covers the request. Nothing is checked again."""
    answer = _Allowed()
    answer._asked = account
    answer.at = at
    answer.request = request
    answer.__class__ = Allowed
    return answer


def denied(account: Account, at: datetime, request: Request) -> Denied:
    """Answer no, about an account that has an open hold which covers the request. Nothing is checked again."""
    answer = _Denied()
    answer._asked = account
    answer.at = at
    answer.request = request
    answer.__class__ = Denied
    return answer


def stops(hold: Hold, request: Request) -> bool:
    """Whether the hold, while it is open, stops the request."""
    return request.is_covered_by(hold.rule.scope, hold.destination_id)


# The interpreter asks a value for a field by `__getattr__` when it finds the field empty.


def _kept(answer: Decision, name: str, found: object) -> object:
    settle(answer, name, found)
    return found


def _no_field(answer: Decision, name: str) -> NoReturn:
    raise AttributeError(f"`{type(answer).__name__}` has no `{name}`", name=name, obj=answer)


def _account(account: Account, _at: datetime, _request: Request) -> AccountId:
    return account.id


def _phase(account: Account, at: datetime, _request: Request) -> Phase:
    return phase(account, at)


def _resumes_at(account: Account, at: datetime, request: Request) -> datetime | None:
    """The instant from which none of them blocks, or none if one of them has no end."""
    latest = at
    for hold in account.holds:
        if hold.is_open(at) and stops(hold, request):
            if hold.end is None:
                return None
            latest = max(latest, hold.end)
    return latest


def _holds(account: Account, at: datetime, request: Request) -> tuple[OpenHold, ...]:
    denying = (hold for hold in account.holds if hold.is_open(at) and stops(hold, request))
    return tuple(describe(hold, account, at) for hold in denying)


_WorkOut: TypeAlias = Callable[[Account, datetime, Request], object]

_OF_AN_ALLOWED: Final[Mapping[str, _WorkOut]] = MappingProxyType({"account": _account, "phase": _phase})
_OF_A_DENIED: Final[Mapping[str, _WorkOut]] = MappingProxyType(
    {"account": _account, "phase": _phase, "resumes_at": _resumes_at, "holds": _holds}
)
