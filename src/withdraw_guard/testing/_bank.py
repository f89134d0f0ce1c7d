"""The bank of a test: it remembers what it was told to send, and the process may die while it sends."""

from enum import StrEnum
from typing import final


@final
class Crashed(BaseException):
    """The process has died here: nothing after this line runs, and `except Exception` does not catch it."""


@final
class Crash(StrEnum):
    """When the process dies."""

    BEFORE_SENDING = "right before the money is sent"
    AFTER_SENDING = "right after the money was sent"


@final
class Bank:
    """The bank that the host pays with. It sends whatever it is told to send, also twice, and remembers all of it."""

    def __init__(self) -> None:
        self._sent: list[str] = []
        self.crash: Crash | None = None

    @property
    def sent(self) -> tuple[str, ...]:
        """The payouts that were sent, in order; one that was sent twice is here twice."""
        return tuple(self._sent)

    def send(self, payout: str) -> None:
        """Send the money of a payout. Raises `Crashed` if the process is to die: do not catch it."""
        if self.crash is Crash.BEFORE_SENDING:
            raise Crashed(payout)
        self._sent.append(payout)
        if self.crash is Crash.AFTER_SENDING:
            raise Crashed(payout)

    def has_sent(self, payout: str) -> bool:
        """Tell whether the payout with this id was sent. A host asks this after a crash."""
        return payout in self._sent
