"""The desk: reviews and appeals by due date, releases, retractions, logins, messages that wait, payouts in doubt.

Who may do what is a permission of Django. Whether the guard accepts it is the guard's to say: the second person of an
appeal, the office of a release, an order that is older than what has happened since.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from withdraw_guard import ActorKind, EventRefused, GuardError, check, triggers
from withdraw_guard.messages import Audience, explain, explain_refusal, render

from guard import config
from guard.events import happened, header, report
from guard.hooks import handle
from guard.models import Entry, GuardedAccount, Message, Payout
from guard.payouts import settle
from shop.models import Upload

_REVIEW, _APPEAL = {"type": "review_decided"}, {"type": "appeal_decided"}
ORDERS: dict[str, tuple[str, str, dict[str, object]]] = {
    "approve": ("review", "Approve", {**_REVIEW, "outcome": "approved", "final": False}),
    "reject": ("review", "Reject", {**_REVIEW, "outcome": "rejected", "final": False}),
    "close": ("review", "Reject for good", {**_REVIEW, "outcome": "rejected", "final": True}),
    "more": ("review", "Ask for more", {"type": "more_requested"}),
    "grant": ("review", "Grant the appeal", {**_APPEAL, "outcome": "granted"}),
    "dismiss": ("review", "Dismiss the appeal", {**_APPEAL, "outcome": "dismissed"}),
    "release": ("release", "Release", {"type": "release_ordered", "authority": "support", "override_stale": False}),
    "retract": ("retract", "Take back", {"type": "event_retracted", "authority": "security"}),
    "reset-factor": ("reset_login", "Reset the second factor", {}),
    "unlock": ("reset_login", "Unlock the login", {}),
}
"""Each order: the permission that it needs, its label, and what its event says."""


@admin.register(GuardedAccount)
class Accounts(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's class has no parameters when it runs
    """The queue, and one account as the desk sees it."""

    list_display = ("user", "phase", "due", "may_withdraw_from", "is_readable")
    list_filter = ("phase",)
    search_fields = ("user__email",)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("review_due").asc(nulls_last=True), "pk"]

    def get_urls(self) -> list[Any]:
        ours = [
            path("<int:pk>/order", self.admin_site.admin_view(self.order), name="order"),
            path("documents/<int:pk>", self.admin_site.admin_view(self.document), name="document"),
        ]
        return [*ours, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    @admin.display(description="Decide by")
    def due(self, row: GuardedAccount) -> str:
        return "" if row.review_due is None else told(row.review_due)

    @admin.display(description="May withdraw from")
    def may_withdraw_from(self, row: GuardedAccount) -> str:
        return told(row.resumes_at)

    @admin.display(boolean=True)
    def is_readable(self, row: GuardedAccount) -> bool:
        """One row that cannot be read must not break the list."""
        try:
            return bool(row.account)
        except GuardError:
            return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(GuardedAccount, pk=object_id)
        return super().change_view(request, object_id, extra_context=self.seen(request, row))

    def seen(self, request: HttpRequest, row: GuardedAccount) -> dict[str, Any]:
        """Return what the desk sees of an account, and the orders that this person may give."""
        orders = [
            (name, label) for name, (needs, label, _) in ORDERS.items() if request.user.has_perm(f"guard.{needs}")
        ]
        entries = Entry.objects.filter(account=row).order_by("-pk")[:30]
        seen: dict[str, Any] = {
            "row": row,
            "orders": orders,
            "entries": entries,
            "uploads": Upload.objects.filter(account=row),
        }
        try:
            account = row.account
        except GuardError as problem:
            return {**seen, "lines": [f"This row cannot be read: {problem}"]}
        answer = check(account, config.now())
        lines = [render(line, ["en"], now=answer.at) for line in explain(answer, Audience.STAFF)]
        holds = [
            (hold.id, getattr(hold.progress.state, "attempt", "")) for hold in account.holds if hold.is_open(answer.at)
        ]
        return {**seen, "lines": lines, "holds": holds}

    def document(self, request: HttpRequest, pk: int) -> FileResponse:
        """Download what somebody handed in. It is never shown in the browser, because strangers made it."""
        if not request.user.has_perm("guard.review"):
            raise PermissionDenied
        return FileResponse(get_object_or_404(Upload, pk=pk).file, as_attachment=True)

    def order(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Report what this person decided, under their name."""
        row = get_object_or_404(GuardedAccount, pk=pk)
        needs, _, event = ORDERS[request.POST["order"]]
        if not request.user.has_perm(f"guard.{needs}"):
            raise PermissionDenied
        try:
            if event:
                self.reported(request, row, event)
            elif request.POST["order"] == "unlock":
                reset(username=row.user.email.lower())
            else:
                Authenticator.objects.filter(user=row.user).delete()
                happened(row.pk, triggers.TWO_FACTOR_RESET, ActorKind.ADMIN)
        except EventRefused as refused:
            for line in explain_refusal(refused, Audience.STAFF):
                messages.error(request, render(line, ["en"]))
        return redirect(reverse("admin:guard_guardedaccount_change", args=[pk]))

    def reported(self, request: HttpRequest, row: GuardedAccount, event: dict[str, object]) -> None:
        """Complete the event with what was typed, and report it. The round is the one that the person looked at."""
        said, kind = request.POST, event["type"]
        words, documents = said.get("reasons", "").split(), said.get("documents", "").split()
        hold, _, attempt = said.get("hold", "").partition(" ")
        more: dict[str, object] = {"by": {"id": str(request.user.pk), "kind": "admin"}, "hold": hold}
        if kind in ("release_ordered", "event_retracted"):
            more["note"] = said.get("note", "")
        else:
            more |= {"attempt": attempt or None, "reasons": words}
        if kind == "more_requested":
            more["documents"] = documents
        if kind == "event_retracted":
            more["event"] = said.get("event", "")
            del more["hold"]
        if report(str(row.pk), {**header(row.pk), **event, **more}) is None:
            messages.warning(request, "This waits: something about the account could not be applied yet.")
        else:
            messages.success(request, "Done.")


@admin.register(Message)
class Messages(admin.ModelAdmin):  # type: ignore[type-arg]
    """What waits. Correct the body, and try it again."""

    list_display = ("sender", "account", "received_at", "blocks", "problem")
    list_filter = ("blocks", "sender")
    fields = ("sender", "account", "received_at", "problem", "body")
    readonly_fields = ("sender", "account", "received_at", "problem")
    actions = ("try_again",)

    @admin.action(description="Try again", permissions=["change"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        for message in chosen.order_by("pk"):
            messages.info(request, f"{message.pk}: {handle(message)['outcome']}")


@admin.register(Payout)
class Payouts(admin.ModelAdmin):  # type: ignore[type-arg]
    """Payouts that need a person: unclear ones, and those that left before an event that came late."""

    list_display = ("id", "account", "amount", "state", "left_at", "doubted_by")
    list_filter = ("state", ("doubted_by", admin.EmptyFieldListFilter))
    readonly_fields = tuple(field.name for field in Payout._meta.fields)
    actions = ("it_was_sent", "it_was_not_sent")

    @admin.action(description="The bank says: it was sent", permissions=["change"])
    def it_was_sent(self, request: HttpRequest, chosen: QuerySet[Payout]) -> None:
        self.settled(request, chosen, Payout.State.SENT)

    @admin.action(description="The bank says: it was not sent. Ask again, and send it", permissions=["change"])
    def it_was_not_sent(self, request: HttpRequest, chosen: QuerySet[Payout]) -> None:
        self.settled(request, chosen, Payout.State.REQUESTED)

    def settled(self, request: HttpRequest, chosen: QuerySet[Payout], state: str) -> None:
        for payout in chosen:
            if not settle(payout.pk, state):
                messages.error(request, f"{payout.pk} is not unclear, or its sender may still be at work: wait.")


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """Staff who set a password: Django has no signal for it."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        happened(user.pk, triggers.PASSWORD_CHANGED, ActorKind.ADMIN)
        return user


# What protects an account is changed where the guard hears of it, and not in another page of the admin.
UserAdmin.change_password_form = PasswordForm
UserAdmin.readonly_fields = ("email",)
admin.site.unregister([Authenticator, EmailAddress])


def told(at: Any) -> str:
    """Return an instant for a list. `infinity` has no day."""
    return "no date" if at.year == 9999 else f"{at:%Y-%m-%d %H:%M}"
