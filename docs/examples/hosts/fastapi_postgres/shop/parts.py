"""What every door needs, and how it asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Path, Request
from guard.accounts import Sessions
from guard.payouts import Rail
from joserfc.jwk import KeySet


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A database, a rail, a clock, and the keys of those who send messages."""

    sessions: Sessions
    rail: Rail
    clock: Callable[[], datetime]
    vendor_secret: bytes
    signal_keys: KeySet
    signal_issuer: str
    signal_audience: str


def _shop(request: Request) -> Shop:
    return cast("Shop", request.app.state.shop)


TheShop = Annotated[Shop, Depends(_shop)]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
