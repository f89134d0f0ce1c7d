"""The optional members of events are empty where they are not given.

What the constructors refuse is in `refused_values.py`.
"""

from __future__ import annotations

from good_values import ADMIN, EVENT, REQUEST, good
from withdraw_guard import (
    ActorKind,
    AppealSubmitted,
    Facts,
    IdentityChanged,
    ReleaseOrdered,
    ReviewDecided,
    ReviewOutcome,
    SecurityEvent,
    VerificationFailed,
    VerificationSubmitted,
)


def test_the_optional_members_of_events_are_empty_by_default() -> None:
    header = {**EVENT, "hold": "e1:r"}
    assert VerificationSubmitted(**header).attempt is None
    assert VerificationFailed(**header).reasons == ()
    assert ReviewDecided(**header, by=ADMIN, outcome=ReviewOutcome.APPROVED).final is False
    assert AppealSubmitted(**header).documents == frozenset()
    release = ReleaseOrdered(**header, by=ADMIN, authority="support")
    assert (release.note, release.override_stale) == ("", False)
    event = SecurityEvent(**EVENT, trigger="t", initiated_by=ActorKind.USER)
    assert (event.context, event.duration, event.destination_id) == (Facts(), None, None)
    assert (REQUEST.destination_id, REQUEST.account) == (None, None)
    assert good(IdentityChanged, valid_until=None).valid_until is None
