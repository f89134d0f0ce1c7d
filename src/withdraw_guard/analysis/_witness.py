"""A witness: a journal, an instant and a request that one policy denies and another policy allows.

The account holder and all helpers do what ends the holds of the policy that allows. The same events are replayed under
the policy that denies, which may refuse them. Both sides use `apply` and `check`.
"""

from datetime import datetime, timedelta
from typing import TypeAlias, final

import attrs

from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Allowed, Denied, stops
from withdraw_guard._answers.request import Request
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import IdentityChanged
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Identity
from withdraw_guard.analysis._circumstances import Circumstance
from withdraw_guard.analysis._help import Ending, EndsBy, Help
from withdraw_guard.analysis._people import ACCOUNT, Journal, applied, replayed, security_event
from withdraw_guard.analysis._writer import JournalWriter


@final
@attrs.frozen(kw_only=True, repr=False)
class Case(Value):
    """A rule of a policy that denies a request, another policy that may allow it, and the circumstances."""

    rule: Rule
    denying: Policy
    allowing: Policy
    request: Request
    here: Circumstance


@final
@attrs.frozen(kw_only=True, repr=False)
class PlannedEvent(Value):
    """A security event of a plan, with the trigger of the rule: its time since the start, and its facts."""

    at: timedelta
    facts: Facts


Plan: TypeAlias = tuple[PlannedEvent, ...]


@final
@attrs.frozen(kw_only=True, repr=False)
class Witness(Value):
    """Shows that one policy denies and the other allows, for an account holder with this help.

    Apply `journal` to a fresh account under either policy, ignore refused events, and ask `check` at `at`: the one
    policy gives `denied` and the other `allowed`. The first denies whatever the account holder and all helpers do
    within this help, even if everything that meets its deadline took no time.
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
        """How much earlier the one policy allows; none if time alone does not end the denial of the other."""
        return None if self.denied.resumes_at is None else self.denied.resumes_at - self.at


def witnessed(case: Case, ending: Ending, help_: Help, plan: Plan) -> Witness | None:
    """Return the witness that these security events lead to, or none.

    `ending` is that of the rule under this help, in these circumstances.
    """
    writer = _begun(case, help_, plan)
    if not all(_is_applied_by(policy, writer.journal) for policy in (case.denying, case.allowing)):
        return None
    now, is_endless = case.here.since + plan[-1].at, ending.by is EndsBy.NOTHING
    writer.saves_time = not is_endless
    held = [hold for hold in replayed(case.denying, writer.journal).holds if hold.rule == case.rule]
    denied_until = None if is_endless else max((hold.until for hold in held if hold.until is not None), default=None)
    _write_ends(case, writer, now, denied_until)
    if not is_endless:
        for hold in replayed(case.denying, writer.journal).holds:
            if hold.rule == case.rule and hold.end is None:
                writer.write_end_of(replayed(case.denying, writer.journal), hold, now)
    witness = _asked(case, writer, now)
    # Another rule may deny longer. What it comes to under this help is asked for that rule.
    return witness if witness is not None and (denied_until is None or witness.at < denied_until) else None


def _write_ends(case: Case, writer: JournalWriter, now: datetime, denied_until: datetime | None) -> None:
    """Write how people end the holds of the policy that allows, unless a timer ends them in time."""
    is_late = writer.help.is_late
    for hold in replayed(case.allowing, writer.journal).holds:
        ends_in_time = hold.end is not None and (denied_until is None or hold.end < denied_until)
        if hold.is_open(now) and stops(hold, case.request) and not ends_in_time:
            # What takes time is started at once, before the later events of the plan.
            since = hold.cause.at if is_late else now
            known = tuple(event for event in writer.journal if event.at <= since or not is_late)
            writer.write_end_of(replayed(case.allowing, known), hold, since)
    writer.write_outcomes(case.allowing)


def _begun(case: Case, help_: Help, plan: Plan) -> JournalWriter:
    """Return a journal of the plan, after a report about the identity if it is always verified."""
    writer, start = JournalWriter(help=help_), case.here.since
    if help_.verified and not help_.unverified:
        writer.write(IdentityChanged(id=writer.event_id, account=ACCOUNT, at=start, identity=Identity.PERSONAL))
    for planned in plan:
        event = security_event(case.rule.trigger, writer.event_id, start + planned.at, planned.facts)
        writer.write(case.here.applied_to(event))
    return writer


def _is_applied_by(policy: Policy, journal: Journal) -> bool:
    """Whether the policy can apply every event: its calendar reaches far enough and it offers the chosen duration."""
    return all(applied(policy, Account(id=ACCOUNT), event) is not None for event in journal)


def _asked(case: Case, writer: JournalWriter, now: datetime) -> Witness | None:
    """Ask both policies at the first instant at which the one allows."""
    account = replayed(case.allowing, writer.journal)
    latest = max(event.at for event in writer.journal)
    answer = check(account, max(now, latest), case.request)
    at = answer.at if answer else answer.resumes_at
    if at is None:
        return None
    allowed = check(account, at, case.request)
    denied = check(replayed(case.denying, writer.journal), at, case.request)
    if isinstance(denied, Allowed) or isinstance(allowed, Denied):
        return None
    return Witness(
        rule=case.rule,
        help=writer.help,
        journal=writer.journal,
        at=at,
        request=case.request,
        denied=denied,
        allowed=allowed,
    )
