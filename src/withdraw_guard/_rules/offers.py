"""What a hold offers a person at an instant: which methods it accepts, and whether an appeal.

The refusals of `move.py` and the next steps of `_answers/open.py` both ask here, so that a step that is named is never
refused and a step that would be taken is never left out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Appeal, Clearance
from withdraw_guard._model.progress import InAppeal
from withdraw_guard._values.ids import Document, Method
from withdraw_guard._values.vocabulary import Identity

_NO_METHODS: Final[frozenset[Method]] = frozenset()


def accepted_methods(clearance: Clearance, identity: Identity | None) -> frozenset[Method]:
    """Return the methods that the clearance accepts from an account with this identity, or with none."""
    return clearance.unverified if identity is None else clearance.verified


def offered_methods(hold: Hold, identity: Identity | None, at: datetime) -> frozenset[Method]:
    """Return the methods with which verification may be started at `at`: none if it is not needed or used up.

    None as well while the hold knows of a later move: a verification that is older than that would be stale.
    """
    clearance = hold.clearance_outstanding
    if clearance is None or not hold.attempts_left or hold.knows_later_move(at):
        return _NO_METHODS
    return accepted_methods(clearance, identity)


def offered_appeal(hold: Hold, at: datetime) -> Appeal | None:
    """Return the terms of the appeal that may be filed at `at`, or none if none is offered (rule 16)."""
    clearance = hold.clearance_outstanding
    appeal = None if clearance is None else clearance.appeal
    if appeal is None:
        return None
    if hold.progress.failures < appeal.after_failures or hold.progress.appeals >= appeal.limit:
        return None
    closes_at = appeal_closes_at(hold, appeal)
    return appeal if closes_at is None or at < closes_at else None


def required_documents(hold: Hold) -> frozenset[Document]:
    """Return the documents that an appeal on this hold needs now: those asked for in the open one, or of its terms."""
    state = hold.progress.state
    if isinstance(state, InAppeal) and state.needed is not None:
        return state.needed.documents
    appeal = None if hold.rule.clearance is None else hold.rule.clearance.appeal
    return frozenset() if appeal is None else appeal.documents


def appeal_closes_at(hold: Hold, appeal: Appeal) -> datetime | None:
    """Return the instant from which an appeal on these terms is no longer offered, if its window closes."""
    if appeal.within is None:
        return None
    opened = [at for at in (hold.progress.failed_at, hold.latest_at) if at is not None]
    return max(opened, default=hold.cause.at) + appeal.within
