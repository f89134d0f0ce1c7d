"""The well-known methods of verification. Any other name of the form `[a-z][a-z0-9_]*` is one as well.

Approving one of the two identity methods records that identity on the account.
"""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.ids import Method

FACE_MOBILE: Final = Method("face_mobile")
FACE_WEB: Final = Method("face_web")
IDENTITY_BUSINESS: Final = Method("identity_business")
IDENTITY_PERSONAL: Final = Method("identity_personal")
