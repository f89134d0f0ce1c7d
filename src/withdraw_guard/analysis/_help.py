"""Help: what people can do for an account holder. Ending: when a hold of a rule ends under some help.

What people do depends on the policy, so two policies cannot be compared by a list of actions. Help is the same under
both policies and at all times: which methods the account holder can pass and after how many failures, which documents
they have, after how many dismissals an appeal is granted, which authorities release holds, and which deadlines the
account holder misses. Under some help everybody does the best they can, and at once. Then a hold of a rule ends in one
of five ways: at once, by one of three kinds of timer, or never.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from math import inf
from typing import Final, final

import attrs

from withdraw_guard._model.policy import Clearance, Policy, Rule
from withdraw_guard._values.checks import check_duration, check_flag, check_names, check_tally
from withdraw_guard._values.ids import Authority, Document, Method
from withdraw_guard._values.limits import TALLY_MAX
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import LiftedBy, Repeat
from withdraw_guard.methods import recorded_by


@final
@attrs.frozen(kw_only=True, repr=False)
class Help(Value):
    """What people can do for an account holder: the same for every hold and at all times.

    `unverified` and `verified` say which identity the account can have. With both, it changes as often as useful.
    An account holder who can pass an identity verification can have a verified identity. At most `tries` verifications
    of a hold end, or any number if `tries` is none. `failures` of them fail before one of `methods` is approved; the
    account holder can let more of them fail. `dismissals` appeals with `documents` are dismissed before one is
    granted. `authorities` release every hold that they may release. Help that is not needed is not used.

    A verification is handed in `hands_in_after` its start. An appeal is filed `appeals_after` the latest failure or
    trigger. A delay as long as a deadline misses the deadline.
    """

    unverified: bool
    verified: bool
    methods: frozenset[Method] = frozenset()
    failures: int = 0
    tries: int | None = None
    documents: frozenset[Document] = frozenset()
    dismissals: int = 0
    authorities: frozenset[Authority] = frozenset()
    hands_in_after: timedelta = timedelta()
    appeals_after: timedelta = timedelta()

    def __attrs_post_init__(self) -> None:
        check_flag("unverified", self.unverified)
        check_flag("verified", self.verified)
        check_names("methods", self.methods)
        check_tally("failures", self.failures)
        if self.tries is not None:
            check_tally("tries", self.tries)
        check_names("documents", self.documents)
        check_tally("dismissals", self.dismissals)
        check_names("authorities", self.authorities)
        for name, delay in (("hands_in_after", self.hands_in_after), ("appeals_after", self.appeals_after)):
            if delay != timedelta():
                check_duration(name, delay)

    @property
    def is_late(self) -> bool:
        """Whether a verification or an appeal takes time."""
        return bool(self.hands_in_after or self.appeals_after)


@final
class EndsBy(StrEnum):
    """What ends a hold of a rule under some help, from the earliest to the latest."""

    PEOPLE_AT_ONCE = "people_at_once"
    FIRST_TIMER = "first_timer"  # a kept timer; every later trigger repeats the hold, because it may stay uncleared
    KEPT_TIMER = "kept_timer"  # a timer that starts at a trigger; triggers before its end do not move it
    EXTENDED_TIMER = "extended_timer"  # a timer that starts again at every trigger
    NOTHING = "nothing"


@final
@attrs.frozen(kw_only=True, repr=False)
class Ending(Value):
    """What ends a hold, with the length of the timer if it is a timer."""

    by: EndsBy
    lasts: timedelta = timedelta()


AT_ONCE: Final = Ending(by=EndsBy.PEOPLE_AT_ONCE)
NEVER: Final = Ending(by=EndsBy.NOTHING)


def ending_under(rule: Rule, help_: Help) -> Ending:
    """Return what ends a hold of this rule under this help."""
    if rule.releasable_by & help_.authorities:
        return AT_ONCE
    clears = rule.clearance is not None and (can_verify(rule.clearance, help_) or can_appeal(rule.clearance, help_))
    if rule.duration is None or (rule.clearance is not None and rule.lifted_by is LiftedBy.ALL and not clears):
        return AT_ONCE if clears else NEVER
    if clears and rule.lifted_by is LiftedBy.ANY:
        return AT_ONCE
    by = EndsBy.EXTENDED_TIMER
    if rule.repeat is Repeat.KEEP:
        by = EndsBy.FIRST_TIMER if clears else EndsBy.KEPT_TIMER
    return Ending(by=by, lasts=rule.duration)


def accepted(clearance: Clearance, help_: Help) -> frozenset[Method]:
    """Return the methods that the clearance accepts from an account with an identity of this help."""
    unverified = clearance.unverified if help_.unverified else frozenset[Method]()
    return unverified | (clearance.verified if help_.verified else frozenset[Method]())


def can_verify(clearance: Clearance, help_: Help) -> bool:
    """Whether a verification is handed in before it lapses, and one is approved in the end."""
    if not _is_in_time(help_.hands_in_after, clearance.verify_within):
        return False
    return help_.failures < _tries(clearance, help_) and bool(accepted(clearance, help_) & help_.methods)


def can_appeal(clearance: Clearance, help_: Help) -> bool:
    """Whether an appeal is granted in the end. The account holder can let verifications fail to get one offered."""
    appeal = clearance.appeal
    if appeal is None or not _is_in_time(help_.appeals_after, appeal.within):
        return False
    if appeal.after_failures and (appeal.after_failures > _tries(clearance, help_) or not accepted(clearance, help_)):
        return False
    return help_.dismissals < appeal.limit and appeal.documents <= help_.documents


def _is_in_time(delay: timedelta, deadline: timedelta | None) -> bool:
    return deadline is None or delay < deadline


def _tries(clearance: Clearance, help_: Help) -> float:
    """Return how many verifications of a hold can end."""
    return min(tries for tries in (clearance.attempts, help_.tries, inf) if tries is not None)


def full_help(*policies: Policy) -> Help:
    """Return the most help: everything that these policies name."""
    named = [rule for policy in policies for rule in policy.rules]
    clearances = [rule.clearance for rule in named if rule.clearance is not None]
    appeals = [clearance.appeal for clearance in clearances if clearance.appeal is not None]
    return Help(
        unverified=True,
        verified=True,
        methods=frozenset(method for clearance in clearances for method in clearance.unverified | clearance.verified),
        documents=frozenset(document for appeal in appeals for document in appeal.documents),
        authorities=frozenset(authority for rule in named for authority in rule.releasable_by),
    )


def most_help_that_keeps_it_open(rule: Rule, *policies: Policy) -> Iterator[Help]:
    """Give each largest help under which a hold of this rule stays open for some time.

    Every help under which the hold stays open as long is contained in one of these. More help only ends other holds
    earlier. So if another policy allows a withdrawal under any such help, it does under one of these.

    Where an identity ends, who is always verified may lose it by a method that records one. So there the most help
    without such a method is given as well.
    """
    most = full_help(*policies)
    no_record = _recording_nothing(most.methods)
    rows = ((True, True, most.methods), (True, False, no_record), (False, True, most.methods), (False, True, no_record))
    for unverified, verified, methods in rows if some_identity_ends(policies) else rows[:3]:
        full = attrs.evolve(
            most,
            unverified=unverified,
            verified=verified,
            methods=methods,
            authorities=most.authorities - rule.releasable_by,
        )
        if rule.clearance is None:
            yield full
            continue
        if rule.duration is not None and rule.lifted_by is LiftedBy.ALL:
            yield full
        for unverifiable in _without_verification(rule.clearance, full):
            yield from _without_appeal(rule.clearance, unverifiable)


def some_identity_ends(policies: Iterable[Policy]) -> bool:
    """Whether an approval under one of these policies may record an identity that ends."""
    clearances = (rule.clearance for policy in policies for rule in policy.rules)
    return any(clearance is not None and clearance.identity_valid_for is not None for clearance in clearances)


def identity_ends_after(policy: Policy, help_: Help) -> timedelta | None:
    """Return how soon somebody who is always verified under this help can be unverified under this policy, if ever.

    It takes a verification that a verified account can pass, and whose approval records an identity that ends.
    """
    if help_.unverified:
        return None
    clearances = (rule.clearance for rule in policy.rules if records_an_end(rule.clearance, help_))
    ends = (clearance.identity_valid_for for clearance in clearances if clearance is not None)
    return min((each for each in ends if each is not None), default=None)


def records_an_end(clearance: Clearance | None, help_: Help) -> bool:
    """Whether an approval within this help records an identity that ends."""
    if clearance is None or clearance.identity_valid_for is None:
        return False
    return can_verify(clearance, recording_something(help_))


def recording_something(help_: Help) -> Help:
    """Return the help without appeals, releases, and methods that record no identity."""
    methods = help_.methods - _recording_nothing(help_.methods)
    return attrs.evolve(help_, methods=methods, authorities=frozenset(), dismissals=TALLY_MAX)


def records_identity(rule: Rule) -> bool:
    """Whether an approval of the rule may record an identity."""
    clearance = rule.clearance
    return clearance is not None and any(map(recorded_by, clearance.unverified | clearance.verified))


def _recording_nothing(methods: frozenset[Method]) -> frozenset[Method]:
    return frozenset(method for method in methods if recorded_by(method) is None)


def _without_verification(clearance: Clearance, full: Help) -> Iterator[Help]:
    """Take as little as possible from full help so that no verification succeeds, in each way that there is."""
    if not can_verify(clearance, full):
        yield full
        return
    yield attrs.evolve(full, methods=full.methods - accepted(clearance, full))
    if clearance.attempts is not None:
        yield attrs.evolve(full, failures=clearance.attempts)
    if clearance.verify_within is not None:
        yield attrs.evolve(full, hands_in_after=clearance.verify_within)


def _without_appeal(clearance: Clearance, full: Help) -> Iterator[Help]:
    """Take as little as possible from this help so that no appeal succeeds, in each way that there is."""
    appeal = clearance.appeal
    if appeal is None or not can_appeal(clearance, full):
        yield full
        return
    yield attrs.evolve(full, dismissals=appeal.limit)
    if appeal.after_failures:
        yield attrs.evolve(full, tries=appeal.after_failures - 1)
    if appeal.within is not None:
        yield attrs.evolve(full, appeals_after=appeal.within)
    for document in sorted(appeal.documents):
        yield attrs.evolve(full, documents=full.documents - {document})
