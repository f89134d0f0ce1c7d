"""The pages of the account holder: withdraw, and what to do when that is held."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from withdraw_guard import InVerification, OpenHold, VerificationStarted, open_holds
from withdraw_guard.steps import Appeal, CompleteVerification, Verify

from guard import config
from guard.events import NoAnswer, ask, header, report
from guard.models import GuardedAccount, Payout
from guard.payouts import send
from shop import clock, vendor
from shop.models import Session, Upload
from shop.pages import Page, handle_of

MEGABYTES_MAX = 5


def name_typed(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return whose login axes counts: with allauth it is an e-mail address."""
    return str((credentials or {}).get("email") or request.POST.get("login", "")).lower()


class PayoutForm(forms.Form):
    """What somebody asks for. The key is the browser's: asked for twice, it is one payout."""

    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    destination = forms.CharField(max_length=64)
    key = forms.SlugField(max_length=64)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the notice of the user centre, the payouts, and the form for another one."""
    payouts = Payout.objects.filter(account=request.user.pk).order_by("-pk")
    return render(request, "shop/home.html", {"notice": _notice(request), "payouts": payouts, **_demo()})


@login_required
@require_POST
def request_payout(request: HttpRequest) -> HttpResponse:
    """Ask for a payout. It is held here already if it would be held when it leaves."""
    if not ask(request.user.pk):
        return redirect("held")
    form = PayoutForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data
        Payout.objects.get_or_create(account_id=request.user.pk, key=wanted.pop("key"), defaults=wanted)
    else:
        messages.error(request, form.errors.as_text())
    return redirect("home")


@transaction.non_atomic_requests
@login_required
@require_POST
def send_payout(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """The second click: it leaves now, if it may."""
    payout = get_object_or_404(Payout, pk=payout_id, account=request.user.pk)
    return redirect("home" if send(payout.pk).answer else "held")


@login_required
def held(request: HttpRequest) -> HttpResponse:
    """Say why, until when, and what to do about it."""
    answer = ask(request.user.pk)
    if answer:
        return redirect("home")
    return render(request, "shop/held.html", {**Page(request, answer).context(), **_demo()}, status=403)


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """*Verify now*: begin with this method on every hold that takes it, or go on with the session that is open."""
    method = request.POST.get("method", "")
    row = get_object_or_404(GuardedAccount, pk=request.user.pk)
    account, at = row.account, config.now()
    for hold in account.holds:
        state = hold.progress.state
        if isinstance(state, InVerification) and state.method == method and hold.is_open(at):
            return redirect("vendor", state.attempt)
    holds = [hold.id for hold in open_holds(account, at) if _takes(hold, method)]
    if not holds:
        return redirect("held")
    session = Session.objects.create(id=vendor.new_session(), account=row, method=method)
    starts = [VerificationStarted(id=session.id, account=account.id, at=at, hold=hold, method=method) for hold in holds]
    report(account.id, *starts)
    return redirect("vendor", session.id)


@login_required
@require_POST
def hand_in(request: HttpRequest) -> HttpResponse:
    """File an appeal, or hand in the documents that somebody asked for."""
    row = get_object_or_404(GuardedAccount, pk=request.user.pk)
    for hold in open_holds(row.account, config.now()):
        step = next((step for step in hold.steps if isinstance(step, Appeal | CompleteVerification)), None)
        if step is not None and handle_of(hold) == request.POST.get("hold"):
            files: dict[str, Any] = {name: request.FILES[name] for name in step.documents if name in request.FILES}
            try:
                for file in files.values():
                    _check_file(file)
            except ValidationError as refused:
                messages.error(request, " ".join(refused.messages))
                break
            _handed_in(row, hold, step, files)
            break
    return redirect("held")


def _handed_in(row: GuardedAccount, hold: OpenHold, step: Appeal | CompleteVerification, files: dict[str, Any]) -> None:
    event: dict[str, object] = {**header(row.pk), "hold": hold.id}
    for name, file in files.items():
        Upload.objects.create(account=row, event=str(event["id"]), name=name, file=file)
    if isinstance(step, Appeal):
        report(str(row.pk), {**event, "type": "appeal_submitted", "documents": [*files]})
    else:
        report(str(row.pk), {**event, "type": "verification_submitted"})


@login_required
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Let time pass in the example."""
    if settings.SHOP_PRETENDS:
        clock.move(timedelta(hours=int(request.POST["hours"])))
    return redirect("home")


def _takes(hold: OpenHold, method: str) -> bool:
    return any(isinstance(step, Verify) and method in step.methods for step in hold.steps)


def _notice(request: HttpRequest) -> dict[str, str] | None:
    try:
        answer = ask(request.user.pk)
    except NoAnswer:
        return {"text": "Some actions on your account are paused.", "link": "Read more"}
    return None if answer else Page(request, answer).notice()


def _demo() -> dict[str, Any]:
    return {"now": config.now(), "key": vendor.new_session()}


def _check_file(file: Any) -> None:
    FileExtensionValidator(["pdf", "png", "jpg", "jpeg"])(file)
    if file.size > MEGABYTES_MAX * 1024 * 1024:
        raise ValidationError(f"A document must have at most {MEGABYTES_MAX} MB.")
