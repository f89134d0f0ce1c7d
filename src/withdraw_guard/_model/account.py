"""An account: the set of its holds, and whether its identity is verified. Immutable.

A fresh account is `Account(id="a1")`: no holds, no identity. Beware: an account that could not be loaded is not a
fresh account; a host that finds no row must deny.
"""

from typing import final

import attrs

from withdraw_guard._model.hold import Hold, Occurrence
from withdraw_guard._model.policy import Rule
from withdraw_guard._model.progress import Restored
from withdraw_guard._values.checks import check_identifier, check_type, check_word
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import AccountId, HoldId, RuleId
from withdraw_guard._values.limits import HOLDS_APART_MAX
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Identity, Repeat


@final
@attrs.frozen(kw_only=True, repr=False)
class IdentityReport(Value):
    """The latest report about the identity: which one was verified, or none, and the event that said so."""

    identity: Identity | None
    source: Occurrence

    def __attrs_post_init__(self) -> None:
        if self.identity is not None:
            settle(self, "identity", check_word("identity", self.identity, Identity))
        check_type("source", self.source, Occurrence, "an Occurrence")

    def is_older_than(self, other: Occurrence) -> bool:
        """Whether another report counts instead: the later of two counts, by instant and then by id."""
        return (self.source.at, self.source.event) < (other.at, other.event)


@final
@attrs.frozen(kw_only=True, repr=False)
class Account(Value):
    """The state of one account. `holds` are in order of placement; ended ones are among them until they are pruned."""

    id: AccountId = attrs.field(converter=AccountId)
    holds: tuple[Hold, ...] = ()
    identity_report: IdentityReport | None = None

    def __attrs_post_init__(self) -> None:
        check_identifier("id", self.id)
        check_type("holds", self.holds, tuple, "a tuple of holds")
        if self.identity_report is not None:
            check_type("identity_report", self.identity_report, IdentityReport, "an IdentityReport")
        for index, hold in enumerate(self.holds):
            check_type(f"holds[{index}]", hold, Hold, "a Hold")
        if len(self.holds) > 1 or any(hold.rule.repeat is Repeat.SEPARATE for hold in self.holds):
            _check_holds_fit_together(self.holds)

    @property
    def identity(self) -> Identity | None:
        """The verified identity, or none."""
        return None if self.identity_report is None else self.identity_report.identity

    def hold(self, hold_id: HoldId) -> Hold | None:
        """Return the hold of that id, or none if the account does not have it."""
        for hold in self.holds:
            if hold.id == hold_id:
                return hold
        return None


def _check_holds_fit_together(holds: tuple[Hold, ...]) -> None:
    """Refuse holds that no sequence of events can have placed together."""
    ids: set[HoldId] = set()
    triggers: set[tuple[RuleId, Occurrence]] = set()
    open_to_joining: set[Rule] = set()
    apart: dict[Rule, list[Hold]] = {}
    for index, hold in enumerate(holds):
        own_triggers = {(hold.rule.id, hold.cause), (hold.rule.id, hold.latest)}
        if hold.id in ids:
            raise InvalidValue(f"holds[{index}].id", f"must be unique in the account, got `{hold.id}` again")
        if not triggers.isdisjoint(own_triggers):
            raise InvalidValue(f"holds[{index}]", "must not share a trigger with another hold of its rule")
        if hold.rule in open_to_joining:
            raise InvalidValue(
                f"holds[{index}]",
                "must not be beside an open hold of its rule, because its trigger would have joined that one",
            )
        ids.add(hold.id)
        triggers |= own_triggers
        if hold.rule.repeat is Repeat.SEPARATE:
            apart.setdefault(hold.rule, []).append(hold)
        elif type(hold.progress.state) is not Restored:
            open_to_joining.add(hold.rule)
    for same_rule in apart.values():
        _check_holds_apart(same_rule)


def _check_holds_apart(same_rule: list[Hold]) -> None:
    """Refuse holds of one `separate` rule if some would have joined another one or would have been pruned."""
    unlifted = [hold for hold in same_rule if type(hold.progress.state) is not Restored]
    about_no_single_one = sum(hold.destination_id is None for hold in unlifted)
    # After 63 separate holds one overflow hold without a destination is placed, and only one.
    most = HOLDS_APART_MAX if about_no_single_one == 1 else HOLDS_APART_MAX - 1
    if len(unlifted) > most:
        raise InvalidValue("holds", f"must have at most {most} open holds of one `separate` rule, got {len(unlifted)}")
    by_time_alone = same_rule[0].rule.ends_by_time_alone
    # A repeated hold stays when others are pruned: a hold that a person ended is kept, and a hold whose timer has ended
    # is pruned only when another one is placed.
    if len(same_rule) < (2 if by_time_alone else HOLDS_APART_MAX - 1) and _is_any_joined(same_rule):
        raise InvalidValue("holds", f"must not repeat a separate hold before there are {HOLDS_APART_MAX - 1} of them")
    if not by_time_alone:
        return
    first_over = min(hold.until for hold in same_rule if hold.until is not None)
    if any(first_over <= hold.cause.at for hold in same_rule):
        raise InvalidValue(
            "holds", "must not have a hold whose timer had ended by the trigger of another hold of its rule"
        )


def _is_any_joined(holds: list[Hold]) -> bool:
    return any(hold.latest != hold.cause for hold in holds)
