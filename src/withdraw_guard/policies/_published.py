"""The sources of a policy: who published what, where it was read, and which parts are our readings.

A source has a grade, and a policy may claim to be published only if every rule rests on a source of grade O.
If the sources do not state something, the policy contains our reading; it is written down, so that every reader can
tell it from a fact.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import final

import attrs

from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.events import Event
from withdraw_guard._model.policy import EVERYTHING, Everything, Policy, Rule
from withdraw_guard._values.checks import check_identifier, check_type, check_word
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.public import publish
from withdraw_guard._values.time import utc
from withdraw_guard._values.value import Value, settle


@final
class Grade(StrEnum):
    """How close a source is to the operator or regulator."""

    OFFICIAL = "O"
    """The operator's or regulator's own site."""
    MIRROR = "M"
    """The operator's own text by its wording, on a host that may not be theirs: check before you quote."""
    THIRD_PARTY = "T"
    """News, a law firm, a blog, a copied article."""


@final
@attrs.frozen(kw_only=True, repr=False)
class Source(Value):
    """Where something was read, how near to its author, and what was read there.

    `rules` are the rules whose numbers rest on it: all rules of the policy by default, none if it is background.
    """

    address: str
    grade: Grade
    read: str
    rules: tuple[str, ...] | Everything = EVERYTHING

    def __attrs_post_init__(self) -> None:
        check_type("address", self.address, str, "an address")
        settle(self, "grade", check_word("grade", self.grade, Grade))
        check_type("read", self.read, str, "text")
        if self.rules != EVERYTHING:
            check_type("rules", self.rules, tuple, "a tuple of rule ids")

    def states(self, rule: Rule) -> bool:
        """Whether a rule rests on this source."""
        return self.rules == EVERYTHING or rule.id in self.rules


@final
@attrs.frozen(kw_only=True, repr=False)
class Vector(Value):
    """A published example: what happened, and the instants at which a request is denied and is allowed.

    `number` is its place in the list of examples that the gallery is tested by.
    """

    number: str
    says: str
    journal: tuple[Event, ...]
    denied_at: tuple[datetime, ...] = ()
    allowed_at: tuple[datetime, ...] = ()
    request: Request = WITHDRAWAL

    def __attrs_post_init__(self) -> None:
        check_identifier("number", self.number)
        check_type("says", self.says, str, "text")
        check_type("journal", self.journal, tuple, "a tuple of events")
        settle(self, "denied_at", tuple(utc("denied_at", at) for at in self.denied_at))
        settle(self, "allowed_at", tuple(utc("allowed_at", at) for at in self.allowed_at))
        check_type("request", self.request, Request, "a Request")


@final
@attrs.frozen(kw_only=True, repr=False)
class Published(Value):
    """A policy with its sources and readings.

    `author` is the operator or rule-maker in words. `readings` are our own sentences. `left_out` is what the author
    states and the policy leaves out, with the reason. `read_on` is the day on which the facts were collected.
    """

    author: str
    policy: Policy
    sources: tuple[Source, ...]
    readings: tuple[str, ...]
    read_on: date
    left_out: tuple[str, ...] = ()
    vectors: tuple[Vector, ...] = ()

    def __attrs_post_init__(self) -> None:
        check_type("author", self.author, str, "text")
        check_type("policy", self.policy, Policy, "a Policy")
        check_type("read_on", self.read_on, date, "a date")
        ids: set[str] = {rule.id for rule in self.policy.rules}
        for index, source in enumerate(self.sources):
            check_type(f"sources[{index}]", source, Source, "a Source")
            if source.rules != EVERYTHING and (unknown := set(source.rules) - ids):
                raise InvalidValue(f"sources[{index}].rules", f"names no rule of the policy: `{min(unknown)}`")
        for rule in self.policy.rules:
            if not self.sources_of(rule):
                raise InvalidValue("sources", f"must have a source for the rule `{rule.id}`")

    @property
    def name(self) -> str:
        """The name in the gallery: the id of the policy."""
        return self.policy.id

    @property
    def is_published(self) -> bool:
        """Whether every rule rests on the operator's or regulator's own site."""
        return all(self.grade_of(rule) is Grade.OFFICIAL for rule in self.policy.rules)

    def sources_of(self, rule: Rule) -> tuple[Source, ...]:
        """Return the sources that a rule rests on."""
        return tuple(source for source in self.sources if source.states(rule))

    def grade_of(self, rule: Rule) -> Grade:
        """Return the best grade among the sources of a rule."""
        return min((source.grade for source in self.sources_of(rule)), key=list(Grade).index)


# `policies` loads this module when a name of it is asked for, or a policy other than `BINANCE`.
publish({**vars(), "__name__": "withdraw_guard.policies", "__all__": ["Grade", "Published", "Source", "Vector"]})
