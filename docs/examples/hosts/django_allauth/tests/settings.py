"""The settings of the tests: a clock that stands still, a rail that remembers, and passwords that are cheap to hash."""

from shop.settings import *  # noqa: F403

GUARD_CLOCK, GUARD_RAIL = "tests.base.now", "tests.base.RAIL"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False  # the tests log in more often than a person does
