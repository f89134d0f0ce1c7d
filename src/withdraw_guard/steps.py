"""What can be done about a hold: the next steps that a denial names. Closed; match them by keyword.

A step is data for an account holder's next move. `withdraw_guard.steps.Appeal` is the step; the terms of an
appeal in a policy are `withdraw_guard.Appeal`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal, TypeAlias, final, get_args

import attrs

from withdraw_guard._values.checks import check_name, check_names
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.given import in_a_tuple
from withdraw_guard._values.ids import Authority, Document, Method, Reason, Tip
from withdraw_guard._values.time import utc_end
from withdraw_guard._values.value import Value, settle


@final
class StepType(StrEnum):
    """The kind of a step; on the wire its `step`."""

    WAIT = "wait"
    VERIFY = "verify"
    APPEAL = "appeal"
    CONTACT_SUPPORT = "contact_support"
    COMPLETE_VERIFICATION = "complete_verification"
    AWAIT_REVIEW = "await_review"
    AWAIT_APPEAL = "await_appeal"


def _word(step: StepType) -> Any:
    # `Any`: a member is its word, but only the word as a literal lets `step.step == "wait"` tell the steps apart.
    return step


@final
@attrs.frozen(kw_only=True, repr=False)
class Wait(Value):
    """Wait until this instant. If a clearance is needed as well, waiting alone does not lift the hold."""

    step: ClassVar[Literal["wait"]] = _word(StepType.WAIT)
    until: datetime

    def __attrs_post_init__(self) -> None:
        settle(self, "until", utc_end("until", self.until))


@final
@attrs.frozen(kw_only=True, repr=False)
class Verify(Value):
    """Verify with one of these methods (sorted). The tips that answer the latest failure come first."""

    step: ClassVar[Literal["verify"]] = _word(StepType.VERIFY)
    methods: tuple[Method, ...] = attrs.field(converter=in_a_tuple)
    tips: tuple[Tip, ...] = attrs.field(default=(), converter=in_a_tuple)

    def __attrs_post_init__(self) -> None:
        check_names("methods", self.methods, tuple)
        check_names("tips", self.tips, tuple)


@final
@attrs.frozen(kw_only=True, repr=False)
class Appeal(Value):
    """File an appeal with all of these documents (sorted)."""

    step: ClassVar[Literal["appeal"]] = _word(StepType.APPEAL)
    documents: tuple[Document, ...] = attrs.field(converter=in_a_tuple)

    def __attrs_post_init__(self) -> None:
        check_names("documents", self.documents, tuple)


@final
@attrs.frozen(kw_only=True, repr=False)
class ContactSupport(Value):
    """Contact customer support: these authorities (sorted) may release the hold."""

    step: ClassVar[Literal["contact_support"]] = _word(StepType.CONTACT_SUPPORT)
    authorities: tuple[Authority, ...] = attrs.field(converter=in_a_tuple)

    def __attrs_post_init__(self) -> None:
        check_names("authorities", self.authorities, tuple)
        if not self.authorities:
            raise InvalidValue("authorities", "must name at least one authority")


@final
@attrs.frozen(kw_only=True, repr=False)
class CompleteVerification(Value):
    """Complete the verification that was started, before it lapses at `due` (half-open), if it does.

    If a reviewer asked for more, `reasons` say why, and `documents` (sorted) what is to be handed in.
    """

    step: ClassVar[Literal["complete_verification"]] = _word(StepType.COMPLETE_VERIFICATION)
    method: Method = attrs.field(converter=Method)
    due: datetime | None
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=in_a_tuple)
    documents: tuple[Document, ...] = attrs.field(default=(), converter=in_a_tuple)

    def __attrs_post_init__(self) -> None:
        check_name("method", self.method)
        check_names("reasons", self.reasons, tuple)
        check_names("documents", self.documents, tuple)
        _settle_due(self)


@final
@attrs.frozen(kw_only=True, repr=False)
class AwaitReview(Value):
    """Wait for the reviewer; `due` is when they should have decided, and nothing lifts by itself then."""

    step: ClassVar[Literal["await_review"]] = _word(StepType.AWAIT_REVIEW)
    due: datetime | None

    def __attrs_post_init__(self) -> None:
        _settle_due(self)


@final
@attrs.frozen(kw_only=True, repr=False)
class AwaitAppeal(Value):
    """Wait for the decision of the appeal; `due` is when it should have come, and nothing lifts by itself then."""

    step: ClassVar[Literal["await_appeal"]] = _word(StepType.AWAIT_APPEAL)
    due: datetime | None

    def __attrs_post_init__(self) -> None:
        _settle_due(self)


Step: TypeAlias = Wait | Verify | Appeal | ContactSupport | CompleteVerification | AwaitReview | AwaitAppeal
"""A next step: one of seven kinds."""
STEPS: Final = get_args(Step)
"""The seven kinds of step."""


def _settle_due(step: CompleteVerification | AwaitReview | AwaitAppeal) -> None:
    if step.due is not None:
        settle(step, "due", utc_end("due", step.due))
