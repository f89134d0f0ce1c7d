"""The question: may this account do this at this instant, and if not, why and until when?"""

from __future__ import annotations

from datetime import datetime

from withdraw_guard._answers.decision import Allowed, Denied, allowed, denied, stops
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.account import Account
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.time import utc


def check(account: Account, at: datetime, request: Request = WITHDRAWAL) -> Allowed | Denied:
    """Decide whether the request may go through at `at`: denied exactly when some open hold covers it.

    Ask with the account as it is now, in the transaction that marks the payout as leaving, commit it, then send.
    Raises `InvalidValue` for an instant that is naive or out of range; a question that cannot be asked is not an allow.
    """
    kind: type = type(account)
    if kind is not Account or type(request) is not Request:
        check_type("account", account, Account, "an Account")
        check_type("request", request, Request, "a Request")
    if request.account is not None and request.account != account.id:
        raise InvalidValue("request.account", f"must be the account that is asked about, got {shown(request.account)}")
    at = utc("at", at)
    for hold in account.holds:
        end = hold.end
        if (end is None or at < end) and stops(hold, request):
            return denied(account, at, request)
    return allowed(account, at, request)
