"""Who helps an account holder, and what a hold of a rule comes to under that help.

Two policies cannot be compared by what people do under each, because what they do depends on the policy. So what
people *can* do is laid down first, the same under both and all the time (`Help`): which methods the account holder can
pass and after how many failures, which documents they have, after how many dismissals an appeal is granted, which
authorities release, and for which deadlines the account holder is too late. Under it the account holder does the best
they can, at once. Then all that is left of a rule is one of five courses: nothing, a timer of one of three kinds, or
for ever.
"""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from itertools import product
from math import inf
from typing import Final, final

import attrs

from withdraw_guard._model.policy import Appeal, Clearance, Policy, Rule
from withdraw_guard._values.checks import check_duration, check_flag, check_names, check_tally
from withdraw_guard._values.ids import Authority, Document, Method
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import LiftedBy, Repeat
from withdraw_guard.methods import recorded_by


@final
@attrs.frozen(kw_only=True, repr=False)
class Help(Value):
    """What people can do for an account holder: on every hold alike, and all the time.

    `unverified` and `verified` say which identity the account has; with both it is verified and taken away as it
    suits. Whoever can pass an identity verification may have a verified identity. On every hold at most `tries`
    verifications come to an end (any number, if it is none); `failures` of them fail before one of `methods` is
    approved, and the account holder may let more of them fail. `dismissals` appeals with `documents` are dismissed
    before one is granted. `authorities` release whatever they may. What is not needed is not used.

    `hands_in_after` is how long after its start a verification is handed in, and `appeals_after` how long after the
    latest failure or trigger an appeal is filed: who is slower than a deadline does not make it.
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
        """Whether anything takes time at all."""
        return bool(self.hands_in_after or self.appeals_after)


@final
class Course(StrEnum):
    """What a rule comes to under some help, from nothing to for ever."""

    NOTHING = "nothing"
    FROM_FIRST = "from_first"  # a kept timer that every later trigger joins, because the hold may stay uncleared
    KEPT = "kept"  # a timer from a trigger on; triggers while it runs change nothing
    EXTENDED = "extended"  # a timer from the latest trigger on
    FOR_EVER = "for_ever"


@final
@attrs.frozen(kw_only=True, repr=False)
class Terms(Value):
    """A course with the length of its timer, if it has one."""

    course: Course
    lasts: timedelta = timedelta()


NOTHING: Final = Terms(course=Course.NOTHING)
FOR_EVER: Final = Terms(course=Course.FOR_EVER)


def terms_under(rule: Rule, help_: Help) -> Terms:
    """Return what a hold of this rule comes to under this help, if everybody does the best they can."""
    if rule.releasable_by & help_.authorities:
        return NOTHING
    clears = rule.clearance is not None and (can_verify(rule.clearance, help_) or can_appeal(rule.clearance, help_))
    if rule.duration is None or (rule.clearance is not None and rule.lifted_by is LiftedBy.ALL and not clears):
        return NOTHING if clears else FOR_EVER
    if rule.clearance is not None and clears and rule.lifted_by is LiftedBy.ANY:
        return NOTHING
    course = Course.EXTENDED
    if rule.repeat is Repeat.KEEP:
        course = Course.FROM_FIRST if clears else Course.KEPT
    return Terms(course=course, lasts=rule.duration)


def accepted(clearance: Clearance, help_: Help) -> frozenset[Method]:
    """Return the methods that are accepted from an account of such an identity."""
    unverified = clearance.unverified if help_.unverified else frozenset[Method]()
    return unverified | (clearance.verified if help_.verified else frozenset[Method]())


def can_verify(clearance: Clearance, help_: Help) -> bool:
    """Whether a verification is handed in before it lapses, and approved in the end."""
    if not _is_in_time(help_.hands_in_after, clearance.verify_within):
        return False
    return help_.failures < _tries(clearance, help_) and bool(accepted(clearance, help_) & help_.methods)


def can_appeal(clearance: Clearance, help_: Help) -> bool:
    """Whether an appeal is granted in the end. The failures that it asks for the account holder can bring about."""
    appeal = clearance.appeal
    if appeal is None or not _can_be_offered(clearance, appeal, help_):
        return False
    if not _is_in_time(help_.appeals_after, appeal.within):
        return False
    return help_.dismissals < appeal.limit and appeal.documents <= help_.documents


def _is_in_time(delay: timedelta, deadline: timedelta | None) -> bool:
    return deadline is None or delay < deadline


def _can_be_offered(clearance: Clearance, appeal: Appeal, help_: Help) -> bool:
    if appeal.after_failures == 0:
        return True
    return appeal.after_failures <= _tries(clearance, help_) and bool(accepted(clearance, help_))


def _tries(clearance: Clearance, help_: Help) -> float:
    """Return how many verifications of a hold can come to an end."""
    return min(tries for tries in (clearance.attempts, help_.tries, inf) if tries is not None)


def full_help(*policies: Policy) -> Help:
    """Return all the help that these policies speak of."""
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


def useless_helps(rule: Rule, *policies: Policy) -> Iterator[Help]:
    """Give the most help under which a hold of this rule still comes to something.

    Whatever help leaves this hold standing as long, it is part of one of these. So if another policy lets a
    withdrawal through under some such help, it does under one of these.
    """
    most = full_help(*policies)
    for unverified, verified in ((True, True), (True, False), (False, True)):
        full = attrs.evolve(
            most,
            unverified=unverified,
            verified=verified,
            methods=frozenset(method for method in most.methods if verified or recorded_by(method) is None),
            authorities=most.authorities - rule.releasable_by,
        )
        if rule.clearance is None:
            yield full
            continue
        if rule.duration is not None and rule.lifted_by is LiftedBy.ALL:
            yield full
        yield from _closed(rule.clearance, full)


def _closed(clearance: Clearance, full: Help) -> Iterator[Help]:
    """Take away from full help as little as shuts both doors, the verification and the appeal, in every way."""
    for without_verification, without_appeal in product(_unverified(clearance, full), _unheard(clearance, full)):
        yield attrs.evolve(
            full,
            methods=without_verification.methods,
            failures=without_verification.failures,
            hands_in_after=without_verification.hands_in_after,
            documents=without_appeal.documents,
            dismissals=without_appeal.dismissals,
            tries=without_appeal.tries,
            appeals_after=without_appeal.appeals_after,
        )


def _unverified(clearance: Clearance, full: Help) -> Iterator[Help]:
    if not can_verify(clearance, full):
        yield full
        return
    yield attrs.evolve(full, methods=full.methods - accepted(clearance, full))
    if clearance.attempts is not None:
        yield attrs.evolve(full, failures=clearance.attempts)
    if clearance.verify_within is not None:
        yield attrs.evolve(full, hands_in_after=clearance.verify_within)


def _unheard(clearance: Clearance, full: Help) -> Iterator[Help]:
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
