"""Counts of what went wrong in a file. Their size has a limit, however much goes wrong."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, final

import attrs

from withdraw_guard.wire import Json, Members

FAULTS_LISTED_MAX: Final = 100
KINDS_MAX: Final = 20
OTHER_KINDS: Final = "other kinds"
# What differs between two faults of one kind: the value that is shown, and the place inside the line.
_OWN: Final = re.compile(r", got .*| at (column )?\d+$|\[\d+\]")


@final
@attrs.define
class Faults:
    """Counts all faults and keeps the first of them."""

    first: list[Json] = attrs.Factory(list[Json])
    count: int = 0

    def add(self, fault: Members) -> None:
        """Count a fault."""
        self.count += 1
        if len(self.first) < FAULTS_LISTED_MAX:
            self.first.append(fault)


@final
@attrs.define
class Kinds:
    """Counts faults by kind: how often each kind came, in which line first, and how the first was told."""

    counts: Counter[str] = attrs.Factory(Counter[str])
    first: dict[str, tuple[int, str]] = attrs.Factory(dict[str, tuple[int, str]])

    def add(self, line: int, told: str) -> None:
        """Count a fault. Beyond the first kinds, all others count as one."""
        kind = _OWN.sub("", told)
        if kind not in self.first and len(self.first) >= KINDS_MAX:
            kind = told = OTHER_KINDS
        self.first.setdefault(kind, (line, told))
        self.counts[kind] += 1

    @property
    def count(self) -> int:
        return self.counts.total()

    @property
    def first_line(self) -> int:
        """The line of the first of them all."""
        return min(line for line, _ in self.first.values())

    def most_common(self) -> Iterator[tuple[int, int, str]]:
        """Give each kind, the most frequent first: how often it came, its first line, and how that was told."""
        for kind, count in self.counts.most_common():
            yield (count, *self.first[kind])

    def table(self, head: str) -> list[tuple[str, str, str]]:
        """Return a table of the kinds."""
        cells = ((str(count), str(line), told) for count, line, told in self.most_common())
        return [("COUNT", "FIRST LINE", head), *cells]
