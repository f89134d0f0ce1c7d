"""The published tips for a verification that works, and which of them answer which failure.

The six tips are those of the published guide. They are given with every method that is known to take a picture.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from withdraw_guard import reasons
from withdraw_guard._values.ids import Method, Reason, Tip
from withdraw_guard.methods import WELL_KNOWN

CHECK_NETWORK: Final = Tip("check_network")
GOOD_LIGHT: Final = Tip("good_light")
NO_EDITED_PICTURES: Final = Tip("no_edited_pictures")
NO_HAT_OR_GLASSES: Final = Tip("no_hat_or_glasses")
SECURITY_SOFTWARE: Final = Tip("security_software")
SYNCHRONISE_CLOCKS: Final = Tip("synchronise_clocks")

PUBLISHED_ORDER: Final = (
    CHECK_NETWORK,
    SECURITY_SOFTWARE,
    SYNCHRONISE_CLOCKS,
    NO_HAT_OR_GLASSES,
    GOOD_LIGHT,
    NO_EDITED_PICTURES,
)
"""The six tips in the order of the published guide."""

ANSWERS: Final[Mapping[Reason, tuple[Tip, ...]]] = MappingProxyType(
    {
        reasons.CLOCK_SKEW: (SYNCHRONISE_CLOCKS,),
        reasons.DOCUMENT_TAMPERED: (NO_EDITED_PICTURES,),
        reasons.DOCUMENT_UNREADABLE: (GOOD_LIGHT,),
        reasons.FACE_COVERED: (NO_HAT_OR_GLASSES,),
        reasons.FACE_MISMATCH: (NO_HAT_OR_GLASSES, GOOD_LIGHT),
        reasons.FACE_NOT_FOUND: (GOOD_LIGHT, NO_HAT_OR_GLASSES),
        reasons.IMAGE_EDITED: (NO_EDITED_PICTURES,),
        reasons.NETWORK_ERROR: (CHECK_NETWORK,),
        reasons.POOR_LIGHT: (GOOD_LIGHT,),
        reasons.SOFTWARE_BLOCKED: (SECURITY_SOFTWARE,),
    }
)
"""Which tips answer which failure."""

_WITH_A_PICTURE: Final = frozenset(method for method, known in WELL_KNOWN.items() if known.takes_a_picture)


def tips_for(accepted: Collection[Method], failed_for: Collection[Reason]) -> tuple[Tip, ...]:
    """Return the tips for these methods, those that answer the latest failure first."""
    if _WITH_A_PICTURE.isdisjoint(accepted):
        return ()
    answers = [tip for reason in failed_for for tip in ANSWERS.get(reason, ())]
    return tuple(dict.fromkeys([*answers, *PUBLISHED_ORDER]))
