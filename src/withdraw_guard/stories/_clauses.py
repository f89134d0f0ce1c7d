"""What a line of a story expects, in a sentence: `denied until +24h, because password-changed, may appeal`.

A sentence is clauses between commas; each begins with the words of its kind. To try a clause, the clause of the same
family that is true is made from the answer, and the two are compared. So a fault can always say what is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar, final

import attrs

from withdraw_guard import steps
from withdraw_guard._answers.decision import Decision, Denied
from withdraw_guard._answers.request import OpenHold
from withdraw_guard._drafts.meant import did_you_mean
from withdraw_guard._values.complete import complete
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.value import Value
from withdraw_guard.stories._times import read_time, time_words

_S = TypeVar("_S", bound=steps.Step)


@final
class Kind(StrEnum):
    """How a clause begins. Of two that begin alike, the longer one comes first."""

    ALLOWED = "allowed"
    DENIED_UNTIL = "denied until"
    DENIED_FOR_EVER = "denied whatever time passes"
    DENIED = "denied"
    BECAUSE = "because"
    TOLD = "told"
    PHASE = "phase"
    REASONS = "reasons"
    WAIT = "wait until"
    VERIFY = "may verify with"
    NO_VERIFY = "may not verify"
    COMPLETE = "to complete"
    REVIEW = "awaits review"
    APPEAL = "may appeal with"
    APPEAL_PLAIN = "may appeal"
    NO_APPEAL = "may not appeal"
    DECISION = "awaits appeal"
    CONTACT = "may contact"
    REFUSED = "refused"
    UNMATCHED = "unmatched"


@final
class _Tail(StrEnum):
    """What follows the words of a kind."""

    NOTHING = "nothing, or a comma and the next clause,"
    TIME = "a time such as `+24h`"
    NAME = "one name"
    NAMES = "names with `and` or `or` between them"
    DUE = "nothing, or `until` and a time"
    NAME_DUE = "one name, or a name, `until` and a time"


_FORMS: Final[Mapping[Kind, _Tail]] = complete(
    Kind,
    {
        Kind.ALLOWED: _Tail.NOTHING,
        Kind.DENIED_UNTIL: _Tail.TIME,
        Kind.DENIED_FOR_EVER: _Tail.NOTHING,
        Kind.DENIED: _Tail.NOTHING,
        Kind.BECAUSE: _Tail.NAMES,
        Kind.TOLD: _Tail.NAMES,
        Kind.PHASE: _Tail.NAME,
        Kind.REASONS: _Tail.NAMES,
        Kind.WAIT: _Tail.TIME,
        Kind.VERIFY: _Tail.NAMES,
        Kind.NO_VERIFY: _Tail.NOTHING,
        Kind.COMPLETE: _Tail.NAME_DUE,
        Kind.REVIEW: _Tail.DUE,
        Kind.APPEAL: _Tail.NAMES,
        Kind.APPEAL_PLAIN: _Tail.NOTHING,
        Kind.NO_APPEAL: _Tail.NOTHING,
        Kind.DECISION: _Tail.DUE,
        Kind.CONTACT: _Tail.NAMES,
        Kind.REFUSED: _Tail.NAME,
        Kind.UNMATCHED: _Tail.NOTHING,
    },
)
INVALID: Final = "invalid"
"""Why an event is refused that the policy can never apply: a choice that is not offered, a day beyond the calendar."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Clause(Value):
    """One thing that is expected: its kind, and the names and the time after it."""

    kind: Kind
    names: tuple[str, ...] = ()
    at: datetime | None = None

    def words(self, begin: datetime) -> str:
        """Write the clause as a story does."""
        joint = " or " if self.kind in (Kind.VERIFY, Kind.CONTACT) else " and "
        before_time = " until" if _FORMS[self.kind] in (_Tail.DUE, _Tail.NAME_DUE) else ""
        time = "" if self.at is None else f"{before_time} {time_words(self.at, begin)}"
        names = f" {joint.join(self.names) or 'nothing'}" if _FORMS[self.kind] in _NAMED else ""
        return f"{self.kind}{names}{time}"


_NAMED: Final = (_Tail.NAME, _Tail.NAMES, _Tail.NAME_DUE)


@final
@attrs.frozen(kw_only=True, repr=False)
class Answer(Value):
    """What a clause is tried on: a decision, and what became of the event of the line, if it has one."""

    decision: Decision
    refused: str | None = None
    is_unmatched: bool = False

    @property
    def holds(self) -> tuple[OpenHold, ...]:
        """The holds that deny, if any do."""
        return self.decision.holds if isinstance(self.decision, Denied) else ()

    def steps(self, kind: type[_S]) -> list[_S]:
        """The next steps of a kind, of all holds that deny."""
        return [step for hold in self.holds for step in hold.steps if isinstance(step, kind)]


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def read_clauses(field: str, text: object, begin: datetime) -> tuple[Clause, ...]:
    """Read a sentence. Raises `InvalidValue` for the first clause that is none."""
    if type(text) is not str:
        raise InvalidValue(field, f"must be a sentence such as `denied until +24h`, got {shown(text)}")
    return tuple(_read(field, part.strip(), begin) for part in text.split(","))


def _read(field: str, text: str, begin: datetime) -> Clause:
    kind = next((kind for kind in Kind if f"{text} ".startswith(f"{kind} ")), None)
    if kind is None:
        known = ", ".join(f"`{kind}`" for kind in Kind)
        raise InvalidValue(
            field, f"must be clauses that begin with one of {known}, got {shown(text)}{did_you_mean(text, Kind)}"
        )
    rest = text.removeprefix(kind).strip()
    if _FORMS[kind] is _Tail.TIME:
        return Clause(kind=kind, at=read_time(field, rest, begin))
    named, _, due = f" {rest}".partition(" until ") if _FORMS[kind] in (_Tail.DUE, _Tail.NAME_DUE) else (rest, "", "")
    names = tuple(sorted(filter(None, re.split(r" and | or ", named.strip()))))
    if not _fits(_FORMS[kind], names):
        raise InvalidValue(field, f"must have {_FORMS[kind]} after `{kind}`, got {shown(rest)}")
    return Clause(kind=kind, names=names, at=read_time(field, due, begin) if due else None)


def _fits(form: _Tail, names: tuple[str, ...]) -> bool:
    if any(" " in name for name in names):
        return False
    if form is _Tail.NAMES:
        return len(names) > 0
    return len(names) == (form in (_Tail.NAME, _Tail.NAME_DUE))


# ── Trying ───────────────────────────────────────────────────────────────────────────────────────────────────────


def is_so(clause: Clause, answer: Answer) -> bool:
    """Whether the clause is true of the answer."""
    true = truth(clause.kind, answer)
    if clause.kind is Kind.DENIED:
        return true.kind is not Kind.ALLOWED
    if clause.at is None:
        true = attrs.evolve(true, at=None)
    return true == clause


def truth(kind: Kind, answer: Answer) -> Clause:
    """Return the clause of the same family as `kind` that is true of the answer."""
    return _TRUTHS[kind](answer)


def _verdict(answer: Answer) -> Clause:
    if answer.decision:
        return Clause(kind=Kind.ALLOWED)
    resumes_at = answer.decision.resumes_at
    return Clause(kind=Kind.DENIED_FOR_EVER) if resumes_at is None else Clause(kind=Kind.DENIED_UNTIL, at=resumes_at)


def _named(kind: Kind, names: Iterable[str]) -> Clause:
    return Clause(kind=kind, names=tuple(sorted(names)))


def _because(answer: Answer) -> Clause:
    return _named(Kind.BECAUSE, [hold.rule for hold in answer.holds])


def _told(answer: Answer) -> Clause:
    return _named(Kind.TOLD, {hold.public_reason for hold in answer.holds})


def _phase(answer: Answer) -> Clause:
    return _named(Kind.PHASE, [answer.decision.phase.value])


def _reasons(answer: Answer) -> Clause:
    return _named(Kind.REASONS, {reason for hold in answer.holds for reason in hold.reasons})


def _wait(answer: Answer) -> Clause:
    return Clause(kind=Kind.WAIT, at=max((step.until for step in answer.steps(steps.Wait)), default=None))


def _verify(answer: Answer) -> Clause:
    offered = answer.steps(steps.Verify)
    return _named(Kind.VERIFY if offered else Kind.NO_VERIFY, {method for step in offered for method in step.methods})


def _complete(answer: Answer) -> Clause:
    started = answer.steps(steps.CompleteVerification)
    dues = [step.due for step in started if step.due is not None]
    return Clause(kind=Kind.COMPLETE, names=tuple(sorted(step.method for step in started)), at=max(dues, default=None))


def _appeal(answer: Answer) -> Clause:
    offered = answer.steps(steps.Appeal)
    documents = {document for step in offered for document in step.documents}
    return _named(Kind.APPEAL if documents else Kind.APPEAL_PLAIN if offered else Kind.NO_APPEAL, documents)


def _contact(answer: Answer) -> Clause:
    return _named(Kind.CONTACT, {name for step in answer.steps(steps.ContactSupport) for name in step.authorities})


def _awaits_review(answer: Answer) -> Clause:
    waiting = answer.steps(steps.AwaitReview)
    return _awaited(Kind.REVIEW, [step.due for step in waiting], answer)


def _awaits_appeal(answer: Answer) -> Clause:
    waiting = answer.steps(steps.AwaitAppeal)
    return _awaited(Kind.DECISION, [step.due for step in waiting], answer)


def _awaited(kind: Kind, dues: list[datetime | None], answer: Answer) -> Clause:
    if not dues:
        return _phase(answer)
    return Clause(kind=kind, at=max((due for due in dues if due is not None), default=None))


def _refused(answer: Answer) -> Clause:
    return _named(Kind.REFUSED, [answer.refused] if answer.refused else [])


def _unmatched(answer: Answer) -> Clause:
    return Clause(kind=Kind.UNMATCHED) if answer.is_unmatched else _refused(answer)


_TRUTHS: Final[Mapping[Kind, Callable[[Answer], Clause]]] = complete(
    Kind,
    {
        Kind.ALLOWED: _verdict,
        Kind.DENIED_UNTIL: _verdict,
        Kind.DENIED_FOR_EVER: _verdict,
        Kind.DENIED: _verdict,
        Kind.BECAUSE: _because,
        Kind.TOLD: _told,
        Kind.PHASE: _phase,
        Kind.REASONS: _reasons,
        Kind.WAIT: _wait,
        Kind.VERIFY: _verify,
        Kind.NO_VERIFY: _verify,
        Kind.COMPLETE: _complete,
        Kind.REVIEW: _awaits_review,
        Kind.APPEAL: _appeal,
        Kind.APPEAL_PLAIN: _appeal,
        Kind.NO_APPEAL: _appeal,
        Kind.DECISION: _awaits_appeal,
        Kind.CONTACT: _contact,
        Kind.REFUSED: _refused,
        Kind.UNMATCHED: _unmatched,
    },
)
