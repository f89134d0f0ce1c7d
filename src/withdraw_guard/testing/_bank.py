"""Where the money goes in a test: it remembers what it was told to send, and the process may die right there."""

from enum import StrEnum
from typing import final


@final
class Crashed(BaseException):
    """The process has died here: nothing after this line happens, and no `except Exception` sees it."""


@final
class Crash(StrEnum):
    """When the process dies."""

    BEFORE_SENDING = "right before the money is sent"
    AFTER_SENDING = "right after the money was sent"


@final
class Bank:
    """The rail at the other end. It takes whatever it is told to send, also twice; it forgets nothing."""

    def __init__(self) -> None:
        self._sent: list[str] = []
        self.crash: Crash | None = None

    @property
    def sent(self) -> tuple[str, ...]:
        """The payouts that were sent, in order; one that was sent twice is here twice."""
        return tuple(self._sent)

    def send(self, payout: str) -> None:
        """Send the money of a payout. Raises `Crashed` where the process is to die: let it through."""
        if self.crash is Crash.BEFORE_SENDING:
            raise Crashed(payout)
        self._sent.append(payout)
        if self.crash is Crash.AFTER_SENDING:
            raise Crashed(payout)

    def has_sent(self, payout: str) -> bool:
        """Tell whether this payout was sent: what a host asks after a crash, by the id of the payout."""
        return payout in self._sent
