"""The doors of the shop."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from guard import hooks
from shop import api, vendor, views

urlpatterns = [
    path("", views.home, name="home"),
    path("payouts/", views.request_payout, name="request"),
    path("payouts/<uuid:payout_id>/send", views.send_payout, name="send"),
    path("held/", views.held, name="held"),
    path("held/verify", views.verify, name="verify"),
    path("held/hand-in", views.hand_in, name="hand-in"),
    path("clock", views.move_clock, name="clock"),
    path("vendor/<slug:session_id>", vendor.page, name="vendor"),
    path("api/payouts", api.payouts, name="api-payouts"),
    path("api/payouts/<slug:key>/send", api.send_payout, name="api-send"),
    path("api/withdrawal", api.withdrawal, name="api-withdrawal"),
    path("hooks/<slug:name>", hooks.receive, name="hook"),
    path("accounts/", include("allauth.urls")),
    path("desk/", admin.site.urls),
]
