"""What was probably meant by a name that nobody knows."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(said: str, possible: Iterable[str]) -> str:
    """Return the end of an error that names the closest of the possible names, or nothing if none is close."""
    close = get_close_matches(said, list(possible), 1)
    return f"; did you mean `{close[0]}`?" if close else ""
