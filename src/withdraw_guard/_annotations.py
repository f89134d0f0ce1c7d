"""Lines that GitHub shows beside a file. What would end such a line, or forge another one, is escaped."""

from __future__ import annotations

from collections.abc import Mapping

from withdraw_guard._values.escape import visible


def annotation(level: str, given: Mapping[str, str | int | None], message: str) -> str:
    """Return one line. `given` is its file, line, column and title; what is none is left out."""
    told = ",".join(f"{name}={_property(str(value))}" for name, value in given.items() if value is not None)
    return f"::{level} {told}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
