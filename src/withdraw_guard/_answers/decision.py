"""The answer: `Allowed` or `Denied`, with everything that explains it.

Most callers only ask yes or no. So an answer has one of two sources. An answer that was *asked about an account* keeps
the question, and its explanation is computed when a member is first read. An answer that was *read from a document*,
through its constructor, has its explanation from the start. Equality, hash, `repr` and copies read every member, and
the source is no member, so the two are the same to every caller.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeAlias, TypeVar, final

import attrs

from withdraw_guard._answers.open import describe, phase_of
from withdraw_guard._answers.request import OpenHold, Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.hold import Hold
from withdraw_guard._values.checks import check_identifier, check_type, check_word
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import AccountId
from withdraw_guard._values.time import utc, utc_end
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Phase

_Question: TypeAlias = tuple[Account, datetime, Request]


@final
@attrs.frozen(kw_only=True)
class _Contents:
    account: AccountId
    at: datetime
    request: Request
    phase: Phase
    resumes_at: datetime | None = None
    holds: tuple[OpenHold, ...] = ()


_Source: TypeAlias = _Question | _Contents

# attrs takes a property for a member only if it is listed here.
_MEMBERS = {field.name: attrs.field(type=field.type) for field in attrs.fields(_Contents)}
_MEMBERS_OF_ALLOWED = {name: _MEMBERS[name] for name in ("account", "at", "request", "phase")}


@final
@attrs.frozen(these=_MEMBERS_OF_ALLOWED, init=False, repr=False, slots=False)
class Allowed(Value):
    """The request may go through at `at`, and for as long as nothing else happens. It is true."""

    __slots__ = ("_source",)
    _source: _Source

    def __init__(self, *, account: str, at: datetime, request: Request, phase: Phase) -> None:
        settle(self, "_source", _read(account, at, request, phase))

    def __bool__(self) -> Literal[True]:
        return True

    @property
    def account(self) -> AccountId:
        return _contents(self, self._source).account

    @property
    def at(self) -> datetime:
        return _contents(self, self._source).at

    @property
    def request(self) -> Request:
        return _contents(self, self._source).request

    @property
    def phase(self) -> Phase:
        return _contents(self, self._source).phase


@final
@attrs.frozen(these=_MEMBERS, init=False, repr=False, slots=False)
class Denied(Value):
    """The request may not go through at `at`. It is false, so that `if check(…)` cannot pay by mistake.

    `holds` are all that cover the request, in order of placement. `resumes_at` is the instant from which the same
    request would be allowed if nothing else happened, or none if time alone does not bring it.
    """

    __slots__ = ("_source",)
    _source: _Source

    def __init__(
        self,
        *,
        account: str,
        at: datetime,
        request: Request,
        phase: Phase,
        resumes_at: datetime | None,
        holds: tuple[OpenHold, ...],
    ) -> None:
        read = _read(account, at, request, phase)
        if resumes_at is not None:
            resumes_at = utc_end("resumes_at", resumes_at)
            if resumes_at <= read.at:
                raise InvalidValue("resumes_at", "must be after the instant of the question")
        _check_holds(holds, request)
        if read.phase in (Phase.ACTIVE, Phase.RESTORED):
            raise InvalidValue("phase", f"must be a phase with an open hold, got `{read.phase}`")
        settle(self, "_source", attrs.evolve(read, resumes_at=resumes_at, holds=holds))

    def __bool__(self) -> Literal[False]:
        return False

    @property
    def account(self) -> AccountId:
        return _contents(self, self._source).account

    @property
    def at(self) -> datetime:
        return _contents(self, self._source).at

    @property
    def request(self) -> Request:
        return _contents(self, self._source).request

    @property
    def phase(self) -> Phase:
        return _contents(self, self._source).phase

    @property
    def resumes_at(self) -> datetime | None:
        return _contents(self, self._source).resumes_at

    @property
    def holds(self) -> tuple[OpenHold, ...]:
        return _contents(self, self._source).holds


Decision: TypeAlias = Allowed | Denied
"""The answer."""


def _contents(answer: Decision, source: _Source) -> _Contents:
    """Return what explains the answer; if that was still a question, keep the explanation instead."""
    if isinstance(source, tuple):
        source = _computed(*source)
        settle(answer, "_source", source)
    return source


# ── Asked about an account ───────────────────────────────────────────────────────────────────────────────────────

D = TypeVar("D", Allowed, Denied)


def _asked(cls: type[D]) -> Callable[[Account, datetime, Request], D]:
    """Return a constructor without validation."""
    new, set_source = object.__new__, vars(cls)["_source"].__set__

    def answer(account: Account, at: datetime, request: Request) -> D:
        made = new(cls)
        set_source(made, (account, at, request))
        return made

    return answer


allowed = _asked(Allowed)
denied = _asked(Denied)


def _computed(account: Account, at: datetime, request: Request) -> _Contents:
    still_open = [hold for hold in account.holds if hold.is_open(at)]
    denying = [hold for hold in still_open if stops(hold, request)]
    ends = [hold.end for hold in denying if hold.end is not None]
    return _Contents(
        account=account.id,
        at=at,
        request=_without_account(request),
        phase=phase_of(account, still_open, at),
        resumes_at=max(ends, default=None) if len(ends) == len(denying) else None,
        holds=tuple(describe(hold, account, at) for hold in denying),
    )


def _without_account(request: Request) -> Request:
    """Return the request as an answer keeps it: the answer itself says whose it is, and so does its document."""
    return request if request.account is None else attrs.evolve(request, account=None)


def stops(hold: Hold, request: Request) -> bool:
    """Whether the hold, while it is open, stops the request."""
    return request.is_covered_by(hold.rule.scope, hold.destination_id)


# ── Read from a document ─────────────────────────────────────────────────────────────────────────────────────────


def _read(account: str, at: datetime, request: Request, phase: Phase) -> _Contents:
    check_identifier("account", account)
    at = utc("at", at)
    check_type("request", request, Request, "a Request")
    if request.account is not None and request.account != account:
        raise InvalidValue("request.account", f"must be the account of the answer, got {shown(request.account)}")
    return _Contents(
        account=AccountId(account),
        at=at,
        request=_without_account(request),
        phase=check_word("phase", phase, Phase),
    )


def _check_holds(holds: tuple[OpenHold, ...], request: Request) -> None:
    check_type("holds", holds, tuple, "a tuple of open holds")
    if not holds:
        raise InvalidValue("holds", "must name what denies")
    for index, hold in enumerate(holds):
        check_type(f"holds[{index}]", hold, OpenHold, "an OpenHold")
        if None not in (hold.destination_id, request.destination_id) and hold.destination_id != request.destination_id:
            raise InvalidValue(f"holds[{index}].destination_id", "must be the destination of the request")
