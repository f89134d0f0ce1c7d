"""The question: may this account do this at this instant, and if not, why and until when?"""

from __future__ import annotations

from datetime import datetime

from withdraw_guard._account import Account
from withdraw_guard._decisions import WITHDRAWAL, Allowed, Denied, Request
from withdraw_guard._fields import check_type
from withdraw_guard._holds import Hold
from withdraw_guard._open import describe, phase
from withdraw_guard._time import utc


def check(account: Account, at: datetime, request: Request = WITHDRAWAL) -> Allowed | Denied:
    """Decide whether the request may go through at `at`: denied exactly when some open hold covers it.

    Ask right before money leaves, in the transaction that sends it, with the account as it is then. Raises
    `InvalidValue` for an instant that is naive or out of range; a question that cannot be asked is not an allow.
    """
    check_type("account", account, Account, "an Account")
    check_type("request", request, Request, "a Request")
    at = utc("at", at)
    denying = [hold for hold in account.holds if hold.is_open(at) and _stops(hold, request)]
    if not denying:
        return Allowed(account=account.id, at=at, request=request, phase=phase(account, at))
    return Denied(
        account=account.id,
        at=at,
        request=request,
        phase=phase(account, at),
        resumes_at=_latest_end(denying),
        holds=tuple(describe(hold, account.identity, at) for hold in denying),
    )


def _stops(hold: Hold, request: Request) -> bool:
    return request.is_covered_by(hold.rule.scope, hold.destination_id)


def _latest_end(holds: list[Hold]) -> datetime | None:
    """The instant from which none of them blocks, or none if one of them has no end."""
    ends = [hold.end for hold in holds if hold.end is not None]
    return max(ends) if len(ends) == len(holds) else None
