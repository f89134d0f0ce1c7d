"""A witness: a journal, an instant and a request, and what two policies say to it.

The account holder and everybody who helps do what leads out under the policy that allows; where the same deed does
not lead out under the other, it is refused there. Both sides are replayed with `apply` and answered by `check`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import final

import attrs

from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Allowed, Denied, stops
from withdraw_guard._answers.request import Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import IdentityChanged
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import Trigger
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Identity
from withdraw_guard.analysis._circumstances import Circumstance
from withdraw_guard.analysis._deeds import ACCOUNT, Journal, fired, handled, replayed
from withdraw_guard.analysis._help import Course, Help, Terms
from withdraw_guard.analysis._writer import Writer


@final
@attrs.frozen(kw_only=True, repr=False)
class Case(Value):
    """A rule of a policy that denies a request, a policy that may allow it, and the circumstances of the events."""

    rule: Rule
    denying: Policy
    allowing: Policy
    request: Request
    here: Circumstance


@final
@attrs.frozen(kw_only=True, repr=False)
class Shooting(Value):
    """Which security events are reported, and when: the facts of each, and the time since the beginning.

    The trigger is that of the rule, unless another one is given.
    """

    at: timedelta
    facts: Facts
    trigger: Trigger | None = None


@final
@attrs.frozen(kw_only=True, repr=False)
class Witness(Value):
    """Where one policy denies and the other allows, for an account holder with this help.

    Apply `journal` to a fresh account under either policy, passing over what is refused, and ask at `at`: you get
    `denied` from the one and `allowed` from the other. Whatever else the account holder and their helpers do, and
    even if it took no time wherever they are not too late anyway, the one denies.
    """

    rule: Rule
    help: Help
    journal: Journal
    at: datetime
    request: Request
    denied: Denied
    allowed: Allowed

    @property
    def earlier_by(self) -> timedelta | None:
        """How much earlier the one policy allows; none if time alone never ends the denial of the other."""
        return None if self.denied.resumes_at is None else self.denied.resumes_at - self.at


def witnessed(case: Case, terms: Terms, help_: Help, shots: Sequence[Shooting]) -> Witness | None:
    """Return the witness that these security events lead to, if they do.

    `terms` are what the rule comes to under this help, in these circumstances.
    """
    rule, denying, allowing, request = case.rule, case.denying, case.allowing, case.request
    if _is_refused(case, help_, shots):
        return None
    writer = _begun(case, help_, shots)
    writer.in_haste = terms.course is not Course.FOR_EVER
    now = case.here.since + shots[-1].at
    held = replayed(denying, writer.journal)
    until = max((hold.until for hold in held.holds if hold.rule == rule and hold.until is not None), default=None)
    patience = None if terms.course is Course.FOR_EVER else until
    freed = replayed(allowing, writer.journal)
    for hold in freed.holds:
        if hold.is_open(now) and stops(hold, request) and not _ends_before(hold, patience):
            # What takes time is begun at once, whatever else is still to come.
            since = hold.cause.at if help_.is_late else now
            known = (event for event in writer.journal if event.at <= since or not help_.is_late)
            writer.lift(replayed(allowing, tuple(known)), hold, since)
    writer.finish(allowing)
    if terms.course is not Course.FOR_EVER:
        held = replayed(denying, writer.journal)
        for hold in held.holds:
            if hold.rule == rule and hold.end is None:
                writer.lift(replayed(denying, writer.journal), hold, now)
    witness = _asked(denying, allowing, rule, writer, now, request)
    # Another rule may deny longer, but what it comes to under this help is asked elsewhere.
    return witness if witness is not None and (patience is None or witness.at < patience) else None


def _is_refused(case: Case, help_: Help, shots: Sequence[Shooting]) -> bool:
    """Whether one of the policies refuses such an event as a whole: then it shows nothing, either way."""
    journal = _begun(case, help_, shots).journal
    return not all(_is_applied_by(policy, journal) for policy in (case.denying, case.allowing))


def _begun(case: Case, help_: Help, shots: Sequence[Shooting]) -> Writer:
    """Return a journal of the identity, where it is verified from the beginning on, and the security events."""
    writer, start = Writer(help=help_), case.here.since
    if help_.verified and not help_.unverified:
        writer.write(IdentityChanged(id=writer.event_id, account=ACCOUNT, at=start, identity=Identity.PERSONAL))
    for shot in shots:
        event = fired(shot.trigger or case.rule.trigger, writer.event_id, start + shot.at, shot.facts)
        writer.write(case.here.told_by(event))
    return writer


def _is_applied_by(policy: Policy, journal: Journal) -> bool:
    """Whether no event is beyond the calendar of the policy, or says what it does not let people choose."""
    return all(handled(policy, Account(id=ACCOUNT), event) is not None for event in journal)


def _ends_before(hold: Hold, patience: datetime | None) -> bool:
    return hold.end is not None and (patience is None or hold.end < patience)


def _asked(
    denying: Policy, allowing: Policy, rule: Rule, writer: Writer, now: datetime, request: Request
) -> Witness | None:
    """Ask both policies at the first instant at which the one allows."""
    account = replayed(allowing, writer.journal)
    latest = max(event.at for event in writer.journal)
    answer = check(account, max(now, latest), request)
    at = answer.at if answer else answer.resumes_at
    if at is None:
        return None
    allowed, denied = check(account, at, request), check(replayed(denying, writer.journal), at, request)
    if isinstance(denied, Allowed) or isinstance(allowed, Denied):
        return None
    return Witness(
        rule=rule,
        help=writer.help,
        journal=writer.journal,
        at=at,
        request=request,
        denied=denied,
        allowed=allowed,
    )
