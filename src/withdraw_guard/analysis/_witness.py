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
from withdraw_guard._model.events import IdentityChanged, SecurityEvent
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.value import Value
from withdraw_guard._values.vocabulary import Identity
from withdraw_guard.analysis._circumstances import Circumstance
from withdraw_guard.analysis._help import Ending, EndsBy, Help, recording_something, records_an_end
from withdraw_guard.analysis._people import ACCOUNT, Journal, applied, replayed, security_event, stopping
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
class NotOffered(Value):
    """The policy offers no such choice and refuses the event, so a host denies until a person has looked at it."""

    event: SecurityEvent


@final
@attrs.frozen(kw_only=True, repr=False)
class Witness(Value):
    """Shows that one policy denies and the other allows, for an account holder with this help.

    Apply `journal` to a fresh account under either policy, ignore refused events, and ask `check` at `at`: the one
    policy gives `denied` and the other `allowed`. The first denies whatever the account holder and all helpers do
    within this help, even if everything that meets its deadline took no time. If `denied` is `NotOffered`, the first
    policy cannot apply the event at all.

    If the calendars of the policies differ, each is taken with the days of both (`on_either_calendar`).
    """

    rule: Rule
    help: Help
    journal: Journal
    at: datetime
    request: Request
    denied: Denied | NotOffered
    allowed: Allowed

    @property
    def earlier_by(self) -> timedelta | None:
        """How much earlier the one policy allows; none if time alone does not end the denial of the other."""
        denied = self.denied
        return None if isinstance(denied, NotOffered) or denied.resumes_at is None else denied.resumes_at - self.at

    def asking(self, request: Request) -> "Witness":
        """Return the same witness for another request that the same rules cover."""
        denied = self.denied
        if isinstance(denied, Denied):
            denied = attrs.evolve(denied, request=request)
        return attrs.evolve(self, request=request, denied=denied, allowed=attrs.evolve(self.allowed, request=request))


def witnessed(case: Case, ending: Ending, help_: Help, plan: Plan) -> Witness | None:
    """Return the witness that these security events lead to, or none.

    `ending` is that of the rule under this help, in these circumstances.
    """
    writer = _begun(case, help_, plan)
    planned = _applied_by(case.denying, writer.journal)
    if planned is None or _applied_by(case.allowing, writer.journal) is None:
        return None
    now, is_endless = case.here.since + plan[-1].at, ending.by is EndsBy.NOTHING
    writer.saves_time = not is_endless
    held = [hold for hold in planned.holds if hold.rule == case.rule]
    denied_until = None if is_endless else max((hold.until for hold in held if hold.until is not None), default=None)
    _write_ends(case, writer, now, denied_until)
    if not is_endless:
        for hold in replayed(case.denying, writer.journal).holds:
            if hold.rule == case.rule and hold.end is None:
                writer.write_end_of(replayed(case.denying, writer.journal), hold, now)
    witness = _asked(case, writer, now, None)
    # Another rule may deny longer. What it comes to under this help is asked for that rule.
    return witness if witness is not None and (denied_until is None or witness.at < denied_until) else None


def witnessed_by_age(case: Case, help_: Help, plan: Plan) -> Witness | None:
    """Return the witness that somebody who is always verified gets out when their identity has ended, or none.

    It is one if no event and no time ends a hold of the rule under this help. First everything is verified that can be,
    last what records the identity that ends first. When it has ended, they verify what is left.
    """
    writer, now = _begun(case, help_, plan), case.here.since + plan[-1].at
    account = _applied_by(case.allowing, writer.journal)
    if help_.is_late or account is None or _applied_by(case.denying, writer.journal) is None:
        return None
    for hold in sorted(account.holds, key=_identity_counts_for, reverse=True):
        records = records_an_end(hold.rule.clearance, help_)
        writer.help = recording_something(help_) if records else help_
        if records or stops(hold, case.request):
            writer.write_end_of(account, hold, now)
    account = replayed(case.allowing, writer.journal)
    ended_at = None if account.identity_report is None else account.identity_report.ends_at
    writer.help = attrs.evolve(help_, unverified=True, verified=False)
    if ended_at is not None:
        for hold in stopping(account, ended_at, case.request):
            writer.write_end_of(account, hold, ended_at)
    writer.help = help_
    return _asked(case, writer, now, None)


def _identity_counts_for(hold: Hold) -> timedelta:
    valid_for = None if hold.rule.clearance is None else hold.rule.clearance.identity_valid_for
    return timedelta.max if valid_for is None else valid_for


def witnessed_refusal(case: Case, help_: Help, facts: Facts) -> Witness | None:
    """Return the witness that the one policy refuses an event with these facts, and the other one allows after it."""
    writer = _begun(case, help_, (PlannedEvent(at=timedelta(), facts=facts),))
    _write_ends(case, writer, case.here.since, None)
    refused = next(event for event in writer.journal if isinstance(event, SecurityEvent))
    return _asked(case, writer, case.here.since, NotOffered(event=refused))


def _write_ends(case: Case, writer: JournalWriter, now: datetime, denied_until: datetime | None) -> None:
    """Write how people end the holds of the policy that allows, unless a timer ends them in time."""
    whole = replayed(case.allowing, writer.journal)
    account, since, known = whole, now, len(writer.events)
    for hold in whole.holds:
        ends_in_time = hold.end is not None and (denied_until is None or hold.end < denied_until)
        if hold.is_open(now) and stops(hold, case.request) and not ends_in_time:
            if writer.help.is_late and since != hold.cause.at:
                # What takes time is started at once, before the later events of the plan.
                since = hold.cause.at
                account = replayed(case.allowing, tuple(event for event in writer.journal if event.at <= since))
            else:
                account = replayed(case.allowing, tuple(writer.events[known:]), account)
            known = len(writer.events)
            writer.write_end_of(account, hold, since)
    writer.write_outcomes(case.allowing)


def _begun(case: Case, help_: Help, plan: Plan) -> JournalWriter:
    """Return a journal of the plan, after a report about the identity if it is always verified."""
    writer, start = JournalWriter(help=help_), case.here.since
    if help_.verified and not help_.unverified:
        writer.write(IdentityChanged(id=writer.event_id, account=ACCOUNT, at=start, identity=Identity.PERSONAL))
    for planned in plan:
        event = security_event(case.rule.trigger, writer.event_id, start + planned.at, planned.facts)
        here = case.here
        writer.write(attrs.evolve(event, duration=here.chosen, destination_id=here.destination_id))
    return writer


def _applied_by(policy: Policy, journal: Journal) -> Account | None:
    """Return the account after these events, or none if the policy cannot apply one of them."""
    account: Account | None = Account(id=ACCOUNT)
    for event in journal:
        account = None if account is None else applied(policy, account, event)
    return account


def _asked(case: Case, writer: JournalWriter, now: datetime, denied: NotOffered | None) -> Witness | None:
    """Ask both policies at the first instant at which the one allows, unless the other one refused the event."""
    account = replayed(case.allowing, writer.journal)
    reported = max(now, *(event.at for event in writer.journal))
    ends = [hold.end for hold in stopping(account, reported, case.request)]
    if None in ends:
        return None  # a hold has no end
    at = max([reported, *(end for end in ends if end is not None)])
    allowed = check(account, at, case.request)
    answer = denied or check(replayed(case.denying, writer.journal), at, case.request)
    if not isinstance(allowed, Allowed) or isinstance(answer, Allowed):
        return None
    return Witness(
        rule=case.rule,
        help=writer.help,
        journal=writer.journal,
        at=allowed.at,
        request=case.request,
        denied=answer,
        allowed=allowed,
    )
