"""From one word about a session of a verification to events, for each hold that the session may clear.

The same word means another event where the hold stands elsewhere, so the account is looked at. The session is the
round: its id is that of the `VerificationStarted` that opened it, and every event names it as its `attempt`. So it is
believed about its round, although the clock of the vendor may be behind.

Vendors repeat words, leave some out, and deliver them in any order:

- A verdict without a submission: something was handed in, nobody said so. The submission is dated as early as it can
  have been, when the round began to wait. So a machine does not clear a flag that came in between.
- A word that the hold knows, something handed in while it is in review, and a word from before the latest request for
  more: ignored.
- A word about a round that is over: ignored. Only a verdict against a person whom this very session has cleared says
  something new: the pass is taken back. The identity ends, and `verification_revoked` is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile
from typing import Final, TypedDict, final

import attrs

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    Actor,
    Event,
    EventType,
    HoldEvent,
    IdentityChanged,
    MoreRequested,
    ReviewDecided,
    SecurityEvent,
    VerificationFailed,
    VerificationSubmitted,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.progress import InReview, InVerification, Restored
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import AccountId, EventId, HoldId, Reason
from withdraw_guard._values.vocabulary import ActorKind, ReviewOutcome
from withdraw_guard.intake._fields import safe_id
from withdraw_guard.intake._outcome import Ignored, Part, Reported, together
from withdraw_guard.intake._source import Says
from withdraw_guard.triggers import VERIFICATION_REVOKED

_AGAINST: Final = frozenset({Says.AGAIN, Says.REJECTED, Says.CLOSED})
_VERDICTS: Final = _AGAINST | {Says.APPROVED}


@final
@attrs.frozen(kw_only=True)
class Word:
    """One word of a vendor about one session. A short-lived working object; not validated."""

    says: Says
    id: str
    at: datetime
    session: str
    vendor: str
    reasons: tuple[Reason, ...]


class _Header(TypedDict):
    account: AccountId
    hold: HoldId
    attempt: EventId


def events_of_session(word: Word, account: Account) -> Part:
    """Return what the word says about each hold that its session may clear."""
    holds = [hold for hold in account.holds if _knows(hold, word.session)]
    if not holds:
        # The start may not have been reported yet. A verdict must not be lost.
        raise InvalidValue("session", f"must be one that a hold of the account knows, got {shown(word.session)}")
    return together(_about(word, account, hold) for hold in holds)


def _knows(hold: Hold, session: str) -> bool:
    state = hold.progress.state
    if isinstance(state, InVerification | InReview) and state.attempt == session:
        return True
    return any(move.type is EventType.VERIFICATION_STARTED and move.event == session for move in hold.progress.moves)


def _about(word: Word, account: Account, hold: Hold) -> Part:
    state = hold.progress.state
    if any(move.event == word.id for move in hold.progress.moves):
        return Ignored(reason="the hold knows this already")
    if not isinstance(state, InVerification | InReview) or state.attempt != word.session:
        return _about_the_past(word, account, hold)
    if _more_was_requested_after(word, hold):
        return Ignored(reason="more was requested after this")
    events = tuple(_events(word, account, hold, state))
    return Reported(events=events) if events else Ignored(reason=f"the hold is in {state.state} already")


def _events(word: Word, account: Account, hold: Hold, state: InVerification | InReview) -> Iterator[HoldEvent]:
    header = _Header(account=account.id, hold=hold.id, attempt=EventId(word.session))
    if isinstance(state, InVerification):
        if word.says is Says.HANDED_IN:
            yield VerificationSubmitted(id=word.id, at=word.at, **header)
        if word.says is Says.ENDED:
            yield VerificationFailed(id=word.id, at=word.at, reasons=word.reasons, **header)
        if word.says in _VERDICTS:
            yield VerificationSubmitted(id=safe_id(f"{word.id}:handed-in"), at=state.waits_since, **header)
            yield _verdict(word, header)
    elif word.says in _VERDICTS or word.says is Says.ENDED or _waits_again(word, state):
        yield _verdict(word, header)


def _waits_again(word: Word, state: InReview) -> bool:
    return word.says is Says.WAITS and word.at > state.submitted_at


def _verdict(word: Word, header: _Header) -> ReviewDecided | MoreRequested:
    if word.says in (Says.AGAIN, Says.WAITS):
        return MoreRequested(id=word.id, at=word.at, by=_actor(word), reasons=word.reasons, **header)
    approved = word.says is Says.APPROVED
    return ReviewDecided(
        id=word.id,
        at=word.at,
        by=_actor(word),
        outcome=ReviewOutcome.APPROVED if approved else ReviewOutcome.REJECTED,
        reasons=() if approved else word.reasons,
        final=word.says is Says.CLOSED,
        **header,
    )


def _actor(word: Word) -> Actor:
    return Actor(id=word.vendor, kind=ActorKind.SYSTEM)


def _more_was_requested_after(word: Word, hold: Hold) -> bool:
    """Whether this round knows of a request for more that is later, by the clock of the vendor."""
    moves = reversed(hold.progress.moves)
    of_the_round = takewhile(lambda move: move.type is not EventType.VERIFICATION_STARTED, moves)
    return any(move.type is EventType.MORE_REQUESTED and word.at < move.at for move in of_the_round)


def _about_the_past(word: Word, account: Account, hold: Hold) -> Part:
    if word.says in _AGAINST and _was_passed_before(word, hold):
        return Reported(events=_taken_back(word, account))
    return Ignored(reason="the session is over")


def _was_passed_before(word: Word, hold: Hold) -> bool:
    """Whether this session has cleared the hold, and the word is later than that."""
    state, moves = hold.progress.state, hold.progress.moves
    if type(state) is not Restored or state.released or moves[-1].type is not EventType.REVIEW_DECIDED:
        return False
    started = [move.event for move in moves if move.type is EventType.VERIFICATION_STARTED]
    return started[-1:] == [word.session] and word.at > moves[-1].at


def _taken_back(word: Word, account: Account) -> tuple[Event, ...]:
    event_id = EventId(word.id)
    return (
        IdentityChanged(id=event_id, account=account.id, at=word.at, identity=None),
        SecurityEvent(
            id=event_id,
            account=account.id,
            at=word.at,
            trigger=VERIFICATION_REVOKED,
            initiated_by=ActorKind.SYSTEM,
        ),
    )
