"""The settings of the example. What is below *The guard* is what a project adds."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from joserfc.jwk import KeySetSerialization

HERE = Path(__file__).parent
DATA = Path(os.environ.get("SHOP_DATA", HERE.parent / ".data"))

DEBUG = True
SHOP_PRETENDS = True  # a vendor, a bank and a clock of our own: never where money is
SECRET_KEY = "not a secret: an example on your own machine"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
ROOT_URLCONF = "shop.urls"
LANGUAGE_CODE, USE_TZ, TIME_ZONE = "en", True, "UTC"
STATIC_URL = "static/"
MEDIA_ROOT = DATA / "uploads"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA / "mail"

INSTALLED_APPS = [
    "guard",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "shop",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shop.api.Problems",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]

LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_RATE_LIMITS: dict[str, bool] | bool = {"login_failed": False}  # axes does this
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME = 5, timedelta(hours=1)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "shop.views.name_typed"

# The identity provider whose security event tokens are believed, our name there, and its public keys (JWKS).
SHOP_ISSUER, SHOP_AUDIENCE = "https://identity.example", "https://shop.example"
SHOP_ISSUER_KEYS: KeySetSerialization = {"keys": []}

# ── The guard ────────────────────────────────────────────────────────────────────────────────────────────────────

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": os.environ.get("PGUSER", "shop"),
        "HOST": os.environ.get("PGHOST", ""),
        "PORT": os.environ.get("PGPORT", ""),
        # A changed password and its hold are committed together, or neither is.
        "ATOMIC_REQUESTS": True,
    }
}
GUARD_POLICY = "shop.policy.POLICY"
GUARD_FINGERPRINT = "2b0d80662fa0326d5cec081e87e5b5fb302b9f23fa533d6892d078a9e509ff15"
GUARD_CLOCK = "shop.clock.now"
GUARD_RAIL = "shop.rail.RAIL"
GUARD_SENDERS = "shop.senders.SENDERS"
# Longer than any sender takes: see `guard/payouts.py`.
GUARD_LEASE = timedelta(minutes=5)
# The views that let money leave must not run inside the transaction of `ATOMIC_REQUESTS`.
GUARD_SENDING_VIEWS = ["shop.views.send_payout", "shop.api.send_payout"]
