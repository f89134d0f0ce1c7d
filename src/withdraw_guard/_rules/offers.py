"""What a hold offers a person at an instant: which methods it accepts, and whether an appeal can be filed.

Both the refusals of `move.py` and the next steps of `_answers/open.py` ask here. So a step that is named is never
refused, and no step is left out that would be accepted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Appeal, Clearance
from withdraw_guard._values.ids import Method
from withdraw_guard._values.vocabulary import Identity

_NO_METHODS: Final[frozenset[Method]] = frozenset()


def accepted_methods(clearance: Clearance, identity: Identity | None) -> frozenset[Method]:
    """Return the methods that the clearance accepts from an account with this identity, or with none."""
    return clearance.unverified if identity is None else clearance.verified


def offered_methods(hold: Hold, identity: Identity | None) -> frozenset[Method]:
    """Return the methods that a verification may be started with: none if none is needed or no attempt is left."""
    clearance = hold.clearance_outstanding
    if clearance is None or not hold.attempts_left:
        return _NO_METHODS
    return accepted_methods(clearance, identity)


def offered_appeal(hold: Hold, at: datetime) -> Appeal | None:
    """Return the terms of the appeal that is offered at `at`, or none (rule 16)."""
    clearance = hold.clearance_outstanding
    appeal = None if clearance is None else clearance.appeal
    if appeal is None:
        return None
    if hold.progress.failures < appeal.after_failures or hold.progress.appeals >= appeal.limit:
        return None
    closes_at = appeal_closes_at(hold, appeal)
    return appeal if closes_at is None or at < closes_at else None


def appeal_closes_at(hold: Hold, appeal: Appeal) -> datetime | None:
    """Return the instant from which an appeal on these terms is no longer offered, if there is one."""
    if appeal.within is None:
        return None
    failed_at = hold.progress.failed_at
    opened_at = hold.latest.at if failed_at is None else max(failed_at, hold.latest.at)
    return opened_at + appeal.within
