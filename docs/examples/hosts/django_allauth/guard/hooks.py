"""Signed messages of others: `/hooks/NAME`. What a message means is data of `withdraw_guard.intake`.

A message is kept before it is read, and dated by its first receipt. Redelivered, it is the same message.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from withdraw_guard import Account, Event, EventRefused, InvalidValue, wire
from withdraw_guard.intake import Ignored, Unreadable

from guard import config, webhooks
from guard.events import OURS, Document, NoAnswer, is_parked, number_of, park, report
from guard.models import GuardedAccount, Message

SIGNATURE_AGE_MAX = 300


def signature(secret: str, body: bytes, at: int | None = None) -> str:
    """Return the header `Signature` of a message: when it was signed, and HMAC-SHA-256 over that and the body."""
    at = int(time.time()) if at is None else at
    return f"t={at},v1={hmac.new(secret.encode(), b'%d.%s' % (at, body), hashlib.sha256).hexdigest()}"


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Tell whether the message is the sender's, and not an old one that somebody sends again."""
    stamp = header.partition(",")[0].removeprefix("t=")
    fresh = stamp.isdecimal() and abs(time.time() - int(stamp[:12])) <= SIGNATURE_AGE_MAX
    return fresh and hmac.compare_digest(signature(secret, body, int(stamp)).encode(), header.encode())


@csrf_exempt
@require_POST
def receive(request: HttpRequest, name: str) -> HttpResponse:
    """Keep a message and apply it. The answer is 200 whenever the message was kept: the sender need not come again."""
    sender = config.senders().get(name)
    if sender is None:
        raise Http404
    if sender.opened is not None:
        opened = sender.opened(request.body)
    else:
        signed = is_signed(sender.secret, request.body, request.headers.get("Signature", ""))
        opened = request.body if signed else None
    if opened is None:
        return HttpResponse(status=401)
    body = opened.decode(errors="backslashreplace").replace("\0", "\\0")
    return JsonResponse(handle(Message.kept(name, body, config.now())))


def handle(message: Message) -> dict[str, str]:
    """Apply a message as far as that is possible, and say what became of it."""
    with transaction.atomic():
        message.problem, message.blocks = "", False
        outcome = _handled(message)
        message.save()
    return outcome


def _handled(message: Message) -> dict[str, str]:
    try:
        said = _ours(message) if message.sender == OURS else _of_a_sender(message, config.senders()[message.sender])
    except NoAnswer:  # `report` has parked it
        return {"outcome": "parked"}
    if isinstance(said, Unreadable):
        everything = message.sender == OURS or config.senders()[message.sender].stops_everything
        park(message, str(said), blocks=everything or bool(message.account))
        return {"outcome": "parked"}
    if isinstance(said, Ignored):
        return {"outcome": "ignored", "reason": said.reason}
    for refused in said:
        if not refused.outdated:  # its predecessor may still be on the way: `guard_tick` tries it again
            park(message, str(refused), blocks=False)
    return {"outcome": "refused", "reason": said[-1].reason} if said else {"outcome": "applied"}


def _ours(message: Message) -> Unreadable | tuple[EventRefused, ...]:
    """Report all events of a message of our own, or none."""
    try:
        _report(message, message.account, *json.loads(message.body))
    except (TypeError, ValueError) as fault:  # somebody has corrected the body, and not well
        return Unreadable(path="", problem=f"must be a list of events: {fault}")
    except EventRefused as refused:
        return (refused,)
    return ()


def _of_a_sender(message: Message, sender: config.Sender) -> Ignored | Unreadable | tuple[EventRefused, ...]:
    """Report each event of a message of others."""
    try:
        payload = wire.parse(message.body)
    except InvalidValue as fault:
        return Unreadable(path=fault.path, problem=fault.problem)
    message.account = _account_named(payload, sender.account_at)
    if is_parked(message.account, message.sender, before=message.pk):
        return Unreadable(path="", problem="it waits behind a message that could not be applied")
    return webhooks.receive(
        sender.source,
        payload,
        lambda _: _locked(message.account),
        message.received_at,
        lambda event: _report(message, event.account, event),
    )


def _report(message: Message, account: str, *events: Event | Document) -> None:
    if report(account, *events, message=message) is None:
        raise NoAnswer(message.problem)


def _account_named(payload: object, path: str) -> str:
    for name in path.split("."):
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload if isinstance(payload, str) else ""


def _locked(account: str) -> Account | None:
    """What a word of a vendor means depends on where the hold stands, so the row is locked before it is read."""
    row = GuardedAccount.objects.select_for_update(no_key=True).filter(pk=number_of(account)).first()
    return None if row is None else row.account
