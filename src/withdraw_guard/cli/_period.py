"""The period of a replay that is told and counted; what happened before it is used all the same."""

from datetime import datetime
from typing import Final, final

import attrs


@final
@attrs.frozen(kw_only=True)
class Period:
    """The time that is told and counted: from `since` on, and before `until`; by default all of it."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


ALWAYS: Final = Period()
