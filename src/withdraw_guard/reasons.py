"""The well-known reasons for which a verification fails. Any other name `[a-z][a-z0-9_]*` is one as well.

The names follow Stripe Identity's error codes where it has one, and the published tips for the rest.
"""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.ids import Reason

ABANDONED: Final = Reason("abandoned")
CLOCK_SKEW: Final = Reason("clock_skew")
DOCUMENT_EXPIRED: Final = Reason("document_expired")
DOCUMENT_TAMPERED: Final = Reason("document_tampered")
DOCUMENT_TYPE_NOT_SUPPORTED: Final = Reason("document_type_not_supported")
DOCUMENT_UNREADABLE: Final = Reason("document_unreadable")
FACE_COVERED: Final = Reason("face_covered")
FACE_MISMATCH: Final = Reason("face_mismatch")
FACE_NOT_FOUND: Final = Reason("face_not_found")
IMAGE_EDITED: Final = Reason("image_edited")
NETWORK_ERROR: Final = Reason("network_error")
PERSONAL_DATA_MISMATCH: Final = Reason("personal_data_mismatch")
POOR_LIGHT: Final = Reason("poor_light")
SOFTWARE_BLOCKED: Final = Reason("software_blocked")
