"""The well-known methods of verification. Any other name of the form `[a-z][a-z0-9_]*` is one as well.

Approving one of the two identity methods records that identity on the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, final

import attrs

from withdraw_guard._values.ids import Method
from withdraw_guard._values.vocabulary import Identity

FACE_MOBILE: Final = Method("face_mobile")
FACE_WEB: Final = Method("face_web")
IDENTITY_BUSINESS: Final = Method("identity_business")
IDENTITY_PERSONAL: Final = Method("identity_personal")


@final
class Family(StrEnum):
    """What is verified. A person who is offered every well-known method of a family is asked to choose one of them."""

    IDENTITY = "identity"
    FACE = "face"


@final
@attrs.frozen(kw_only=True)
class WellKnown:
    """What the library knows of a method; `records` is the identity that an approval records, if it records one."""

    family: Family
    records: Identity | None
    takes_a_picture: bool
    scans_a_qr_code: bool


WELL_KNOWN: Final[Mapping[Method, WellKnown]] = MappingProxyType(
    {
        IDENTITY_PERSONAL: WellKnown(
            family=Family.IDENTITY, records=Identity.PERSONAL, takes_a_picture=True, scans_a_qr_code=False
        ),
        IDENTITY_BUSINESS: WellKnown(
            family=Family.IDENTITY, records=Identity.BUSINESS, takes_a_picture=True, scans_a_qr_code=False
        ),
        FACE_WEB: WellKnown(family=Family.FACE, records=None, takes_a_picture=True, scans_a_qr_code=False),
        FACE_MOBILE: WellKnown(family=Family.FACE, records=None, takes_a_picture=True, scans_a_qr_code=True),
    }
)
"""What the library knows of each well-known method. It knows nothing of any other method."""


def recorded_by(method: Method) -> Identity | None:
    """Return the identity that an approval of this method records, or none."""
    known = WELL_KNOWN.get(method)
    return None if known is None else known.records
