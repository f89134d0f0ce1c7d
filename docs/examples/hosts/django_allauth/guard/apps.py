"""The app: it listens to signals, and checks the settings when the project starts."""

from __future__ import annotations

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """Withdrawals are held after a security event."""

    name = "guard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guard import checks, signals  # noqa: F401  # the models must be loaded first
