"""The JSON API. What is denied, refused or unknown is a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST
from withdraw_guard import Denied, EventRefused, GuardError, InvalidValue
from withdraw_guard.messages import CATALOGUE, explain_refusal, render
from withdraw_guard.problem import BASE, MEDIA_TYPE, problem_of, retry_after
from withdraw_guard.wire import parse

from guard.events import NoAnswer, ask
from guard.models import Payout
from guard.payouts import send
from shop.pages import languages_of
from shop.views import PayoutForm


@login_required
def withdrawal(request: HttpRequest) -> HttpResponse:
    """Tell whether the account may withdraw now."""
    answer = ask(request.user.pk)
    return JsonResponse({"allowed": True}) if answer else denied(request, answer)


@login_required
@require_POST
def payouts(request: HttpRequest) -> HttpResponse:
    """Ask for a payout. The header `Idempotency-Key` names it: asked for twice, it is one."""
    answer = ask(request.user.pk)
    if not answer:
        return denied(request, answer)
    form = PayoutForm({**_body(request), "key": request.headers.get("Idempotency-Key", "")})
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    wanted = form.cleaned_data
    key = wanted.pop("key")
    payout, _ = Payout.objects.get_or_create(account_id=request.user.pk, key=key, defaults=wanted)
    return JsonResponse({"key": payout.key, "state": payout.state}, status=201)


@transaction.non_atomic_requests
@login_required
@require_POST
def send_payout(request: HttpRequest, key: str) -> HttpResponse:
    """Let a payout leave. `let_go` says whether this very request did."""
    payout = get_object_or_404(Payout, key=key, account=request.user.pk)
    sent = send(payout.pk)
    if not sent.answer:
        return denied(request, sent.answer)
    return JsonResponse({"key": key, "state": sent.state, "let_go": sent.let_go})


def denied(request: HttpRequest, answer: Denied) -> HttpResponse:
    """Return a denial as a problem document."""
    languages = languages_of(request)
    response = JsonResponse(problem_of(answer, languages=languages), status=403, content_type=MEDIA_TYPE)
    response["Content-Language"] = CATALOGUE.lookup(languages)[0]
    seconds = retry_after(answer)
    if seconds is not None:
        response["Retry-After"] = str(seconds)
    return response


class Problems:
    """The middleware that turns what a view raises into a page or a problem document. Nothing was allowed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a refused event, an account that nobody can answer for, and a database that is away."""
        if isinstance(error, EventRefused):
            if request.path.startswith("/api/"):
                problem: Any = problem_of(error, languages=languages_of(request))
                return JsonResponse(problem, status=problem["status"], content_type=MEDIA_TYPE)
            for message in explain_refusal(error):
                messages.error(request, render(message, languages_of(request)))
            return redirect("held")
        if isinstance(error, NoAnswer | GuardError | DatabaseError):
            problem = {"type": f"{BASE}contact-support", "title": "Withdrawals are paused", "status": 503}
            return JsonResponse(problem, status=503, content_type=MEDIA_TYPE)
        return None


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = parse(request.body.decode(errors="replace"))
    except InvalidValue:
        return {}
    return body if isinstance(body, dict) else {}
