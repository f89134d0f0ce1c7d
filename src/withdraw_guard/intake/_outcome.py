"""What becomes of a message: events, a reason to ignore it, or the path to what could not be read."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeAlias, final

import attrs

from withdraw_guard._model.events import Event
from withdraw_guard._values.value import Value


@final
class Deviation(StrEnum):
    """Where a message departs from its specification, or from your clock, and was read all the same."""

    AHEAD_OF_RECEIPT = "ahead_of_receipt"
    """It is dated later than it was received; the event is dated at the receipt."""
    COMPLEX_WITHOUT_FORMAT = "complex_without_format"
    """The subject has members such as `user`, and no `format` that says so."""
    HTTP_EVENT_TYPE = "http_event_type"
    """The type of the event begins with `http:` where the specification has `https:`."""
    MILLISECONDS = "milliseconds"
    """The instant counts milliseconds; the specification counts seconds."""
    OTHER_CHANGE_TYPE = "other_change_type"
    """The change of the credential is not one of the four of CAEP; the trigger that holds longer is reported."""
    OTHER_SUBJECT = "other_subject"
    """The identifier is neither an e-mail address nor a telephone number; it is taken for an e-mail address."""
    OTHER_TIME_MEMBER = "other_time_member"
    """The instant is in a member of an older draft or of the transmitter's own."""
    SUBJECT_IN_EVENT = "subject_in_event"
    """The subject is inside the event; the specification has it at the top, in `sub_id`."""
    SUBJECT_IN_SUB = "subject_in_sub"
    """The only subject is the claim `sub`, which the specification forbids."""
    SUBJECT_TYPE = "subject_type"
    """The subject names its format in `subject_type`, as older drafts did."""
    SUB_OR_EXP = "sub_or_exp"
    """The token has one of the claims `sub` and `exp`, which the specification forbids."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Reported(Value):
    """The events that a message reports, in the order in which to apply them, and where it departs from the rules."""

    events: tuple[Event, ...]
    deviations: tuple[Deviation, ...] = ()


@final
@attrs.frozen(kw_only=True, repr=False)
class Ignored(Value):
    """The message was read, and nothing follows from it: acknowledge it."""

    reason: str


@final
@attrs.frozen(kw_only=True, repr=False)
class Unreadable(Value):
    """The message could not be read, or it belongs to no account that you know: keep it, and deny until it is read."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


Outcome: TypeAlias = Reported | Ignored | Unreadable
"""What becomes of a message."""
Part: TypeAlias = Reported | Ignored


def together(parts: Iterable[Part]) -> Part:
    """Return one outcome for the parts of a message; the first reason where no part reports anything."""
    every = list(parts)
    if len(every) == 1:
        return every[0]
    reported = [part for part in every if isinstance(part, Reported)]
    if not reported:
        return every[0] if every else Ignored(reason="the message is empty")
    deviations = {deviation for part in reported for deviation in part.deviations}
    # One token may name one fact twice.
    events = dict.fromkeys(event for part in reported for event in part.events)
    return Reported(events=tuple(events), deviations=tuple(sorted(deviations)))
