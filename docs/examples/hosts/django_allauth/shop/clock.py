"""The clock of the example. It can be moved, so that a day of waiting takes a second. Delete that from yours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings


def now() -> datetime:
    """Return the instant: that of the machine, and what the clock was moved by."""
    return datetime.now(UTC) + moved_by()


def moved_by() -> timedelta:
    """Return by how much the clock was moved. It is a file, so that every process reads the same."""
    moved = settings.DATA / "clock"
    return timedelta(seconds=float(moved.read_text()) if moved.exists() else 0)


def move(by: timedelta) -> None:
    """Move the clock. It never goes back."""
    (settings.DATA / "clock").write_text(str((moved_by() + max(by, timedelta(0))).total_seconds()))
