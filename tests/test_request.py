"""Which scopes cover a request, and that a destination that is not exactly known is new."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from good_values import NAMED
from hostile_values import Evil, EvilText
from withdraw_guard import Destination, Destinations, Request, Scope, State


@pytest.mark.parametrize(
    ("about", "asked", "is_covered"),
    [
        ("bc1q", "bc1q", True),
        ("bc1q", "bc1r", False),
        ("bc1q", "BC1Q", False),
        ("bc1q", None, True),
        (None, "bc1q", True),
        (None, None, True),
    ],
)
def test_a_hold_about_a_destination_covers_all_but_a_request_that_names_another(
    about: Any, asked: Any, is_covered: bool
) -> None:
    for destination in Destination:
        request = Request(operation="withdrawal", destination=destination, destination_id=asked)
        assert request.is_covered_by(NAMED, about) is is_covered
        assert request.is_covered_by(Scope(), about)
        assert request.is_covered_by(Scope(destinations=Destinations.NEW), about) is (destination == "new")
        assert not request.is_covered_by(attrs.evolve(NAMED, operations=frozenset({"trade"})), about)


def test_a_destination_that_is_not_exactly_known_is_new() -> None:
    for unknown in ("new", "KNOWN", " known", None, True, 1, Evil(), EvilText("known"), State.SUSPENDED):
        assert Request(operation="withdrawal", destination=unknown).destination is Destination.NEW  # type: ignore[arg-type]
    for known in ("known", Destination.KNOWN):
        assert Request(operation="withdrawal", destination=known).destination is Destination.KNOWN  # type: ignore[arg-type]
