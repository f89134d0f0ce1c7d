"""`withdraw-guard` and `python -m withdraw_guard`: the command line, or one line that says what it needs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

NEEDS_EXTRA: Final = (
    "withdraw-guard: the command line needs cattrs and rich: install withdraw-guard with its extra `cli`"
)

try:
    from withdraw_guard.cli import main
except ImportError as error:
    # A library of the extra may be missing; any other missing module is a fault and is not hidden.
    missing = str(getattr(error.__cause__ or error, "name", None))
    if missing.partition(".")[0] not in ("cattrs", "rich"):
        raise

    def main(argv: Sequence[str] | None = None) -> int:
        """Say what is missing; nothing is read."""
        del argv
        sys.stderr.write(f"{NEEDS_EXTRA}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
