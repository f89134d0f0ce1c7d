"""A pretended vendor of verifications: it speaks as Stripe Identity does, signs its webhooks and sends them twice."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import uuid4

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from guard import config, hooks
from shop.models import Session

WORDS = {
    "processing": ("processing", None),
    "verified": ("verified", None),
    "unreadable": ("requires_input", "document_unverified_other"),
    "canceled": ("canceled", None),
}


def new_session() -> str:
    """Return an id that nobody has used."""
    return f"vs_{uuid4().hex}"


def message(session: Session, word: str) -> bytes:
    """Return the body of the webhook that says this word about a session, dated in whole seconds."""
    status, code = WORDS[word]
    subject = {
        "id": session.id,
        "object": "identity.verification_session",
        "status": status,
        "client_reference_id": str(session.account_id),
        "last_error": {"code": code},
    }
    at = int(config.now().timestamp())
    kind = f"identity.verification_session.{status}"
    return json.dumps({"id": f"evt_{uuid4().hex}", "type": kind, "created": at, "data": {"object": subject}}).encode()


def deliver(url: str, body: bytes) -> None:
    """Post a webhook. A vendor tries again later; this one gives up."""
    headers = {
        "Content-Type": "application/json",
        "Signature": hooks.signature(config.senders()["vendor"].secret, body),
    }
    try:
        urlopen(Request(url, body, headers), timeout=10).close()  # noqa: S310  # the address of this very server
    except URLError:
        return


@transaction.non_atomic_requests
def page(request: HttpRequest, session_id: str) -> HttpResponse:
    """The vendor's own site: the account holder takes pictures, and the buttons play the vendor."""
    if not settings.SHOP_PRETENDS:
        raise Http404
    session = get_object_or_404(Session, pk=session_id)
    if request.method == "POST":
        url = request.build_absolute_uri(reverse("hook", args=["vendor"]))
        bodies = [message(session, word) for word in request.POST["words"].split()]
        for body in [*bodies, *bodies]:
            deliver(url, body)
        return redirect("held")
    return render(request, "shop/vendor.html", {"session": session, "qr_code": _qr_code(request)})


def _qr_code(request: HttpRequest) -> str:
    image: Any = qrcode.make(request.build_absolute_uri(), image_factory=qrcode.image.svg.SvgPathImage, box_size=8)
    return str(image.to_string(encoding="unicode"))
