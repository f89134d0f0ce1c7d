"""A source whose messages have local times of a zone with a name.

A source itself knows only offsets, so that what it reads depends on no machine. Here each message gets the source with
the offset that the zone had at its local time.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard.intake import Source, Unit
from withdraw_guard.intake._fields import at_path
from withdraw_guard.wire import Json

_LOCAL: Final = re.compile(r"(?a)(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?")
_MINUTE: Final = timedelta(minutes=1)


class LocalTimes:
    """The same source with each offset of a zone. Counts the local times that the clocks of the zone showed twice."""

    def __init__(self, source: Source, zone: ZoneInfo) -> None:
        if source.unit is not Unit.TEXT:
            raise InvalidValue("unit", f"must be `text` for local times, got {shown(source.unit.value)}")
        self.shown_twice = 0
        self._plain = attrs.evolve(source, zone=None)
        self._zone = zone
        self._by_offset: dict[timedelta, Source] = {}

    def source_of(self, message: Json) -> Source:
        """Return the source for the local time of a message. Raises `InvalidValue` for one that never was."""
        path, found = next(self._instants_in(message), ("", None))
        parts = _LOCAL.fullmatch(found) if type(found) is str else None
        if parts is None:
            return self._plain
        try:
            wall = datetime.fromisoformat(f"{parts[1]}T{parts[2]}")
        except ValueError:
            return self._plain
        earlier, later = self._offset_at(wall), self._offset_at(wall.replace(fold=1))
        if earlier < later:
            raise InvalidValue(path, f"must be a time that the clocks of {self._zone.key} showed, got {shown(found)}")
        self.shown_twice += later < earlier
        return self._with_offset(later)

    def _instants_in(self, message: Json) -> Iterator[tuple[str, Json]]:
        return ((path, found) for path in self._plain.at if (found := at_path(message, path)) is not None)

    def _offset_at(self, wall: datetime) -> timedelta:
        offset = self._zone.utcoffset(wall)
        if offset is None:
            raise AssertionError("a zone with a name has an offset at every time")
        return offset

    def _with_offset(self, offset: timedelta) -> Source:
        if offset not in self._by_offset:
            hours, minutes = divmod(abs(offset) // _MINUTE, 60)
            written = f"{'-' if offset < timedelta(0) else '+'}{hours:02}:{minutes:02}"
            self._by_offset[offset] = attrs.evolve(self._plain, zone=written)
        return self._by_offset[offset]
