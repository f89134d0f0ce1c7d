"""The name of a case, as it stands between brackets behind a test."""

from __future__ import annotations


def shown(value: object, length: int = 40) -> str:
    """Return a value in ASCII, cut, without the backslashes that pytest escapes anew each time it collects."""
    return ascii(value)[:length].replace("\\", "/")
