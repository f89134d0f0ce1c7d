"""`lint`: what in a policy never makes a difference, is never offered or opens too easily.

Every finding has a journal and an instant that show it, found with `apply` of the library. A finding states a fact; its
severity says how likely the fact is a mistake.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, final

import attrs

from withdraw_guard import _prose, triggers
from withdraw_guard._answers.check import check
from withdraw_guard._answers.request import Request
from withdraw_guard._model.events import INITIATED_BY, IdentityChanged
from withdraw_guard._model.policy import Appeal, Clearance, Policy, Rule
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import Authority, Method, RuleId
from withdraw_guard._values.time import utc
from withdraw_guard._values.vocabulary import ActorKind, Identity, LiftedBy, Repeat
from withdraw_guard.analysis._circumstances import (
    Circumstance,
    fits_calendar,
    policy_of_one,
    request_stopped_by,
    start_of,
    timer_length,
)
from withdraw_guard.analysis._compare import Progress, requests_of
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._diff import facts_told, lasting
from withdraw_guard.analysis._findings import WELL_KNOWN_AUTHORITIES, Code, Finding, Severity, found, once
from withdraw_guard.analysis._help import accepted, can_appeal, full_help
from withdraw_guard.analysis._lint_names import of_names
from withdraw_guard.analysis._lint_terms import of_calendar, of_terms
from withdraw_guard.analysis._people import ACCOUNT, MICROSECOND, matching_event, replayed, security_event
from withdraw_guard.analysis._search import matters
from withdraw_guard.analysis._writer import ClearanceWriter, JournalWriter

WELL_KNOWN_TRIGGERS: Final = (
    triggers.ABNORMAL_ACTIVITY,
    triggers.ACCOUNT_UNLOCKED,
    triggers.EMAIL_CHANGED,
    triggers.PASSWORD_CHANGED,
    triggers.TWO_FACTOR_DISABLED,
    triggers.TWO_FACTOR_RESET,
    triggers.VERIFICATION_REVOKED,
)
# A text that says one of these was meant to be a fact without quotation marks.
_NO_TEXTS: Final = ("true", "false")


def lint(policy: Policy, at: datetime | None = None, progress: Progress | None = None) -> tuple[Finding, ...]:
    """Return the findings: the most severe first, then in the order of the rules.

    With `at` it is also checked whether the calendar ends soon after that instant. `progress` is called with the number
    of rules for which it is known whether they matter, and of all.
    """
    check_type("policy", policy, Policy, "a Policy")
    every = [
        *_dead_rules(policy, progress),
        *(finding for rule in policy.rules for finding in _of_rule(policy, rule)),
        *_of_conditions(policy),
        *_of_names(policy),
        *of_names(policy, start_of(policy)),
        *(() if at is None else of_calendar(policy, utc("at", at))),
    ]
    places = {rule.id: place for place, rule in enumerate(policy.rules)}
    severities, codes = list(Severity), list(Code)
    every.sort(
        key=lambda finding: (
            -severities.index(finding.severity),
            len(places) if finding.rule is None else places[finding.rule],
            codes.index(finding.code),
        )
    )
    return tuple(every)


# ── Rules that never matter ──────────────────────────────────────────────────────────────────────────────────────


def _dead_rules(policy: Policy, progress: Progress | None) -> Iterator[Finding]:
    """Remove each rule that changes no answer, from the last rule on. So of two equal rules the later one is named."""
    # A rule whose events the calendar refuses is found as such, and does not make other rules useless.
    left = attrs.evolve(policy, rules=tuple(rule for rule in policy.rules if fits_calendar(policy, rule)))
    start = start_of(policy)
    for done, rule in enumerate(reversed(policy.rules)):
        if progress is not None:
            progress(done + 1, len(policy.rules))
        if not can_match(rule):
            sentence = f"never matches, because `{rule.where[INITIATED_BY]}` initiates no event"
            yield found(Code.CONDITION_NEVER_MET, Severity.ERROR, rule, sentence, once(rule, start))
        elif not fits_calendar(policy, rule):
            sentence = "the calendar has fewer business days than the rule counts, even from its first day on"
            yield found(Code.CALENDAR_TOO_SHORT, Severity.ERROR, rule, sentence, once(rule, start))
        elif not _matters(left, rule):
            left = attrs.evolve(left, rules=tuple(other for other in left.rules if other != rule))
            others = _what_makes_it_useless(left, rule)
            yield found(Code.RULE_NEVER_MATTERS, Severity.WARNING, rule, f"never matters: {others}", once(rule, start))


def _matters(policy: Policy, rule: Rule) -> bool:
    """Whether the policy denies more because of the rule. Of requests that the same rules cover one is enough."""
    beside, asked = policy.rules_by_trigger[rule.trigger], dict[frozenset[RuleId], Request]()
    for _, request in requests_of(policy):
        if request.is_covered_by(rule.scope):
            asked.setdefault(frozenset(each.id for each in beside if request.is_covered_by(each.scope)), request)
    return matters(policy, rule, asked.values())


def _what_makes_it_useless(left: Policy, rule: Rule) -> str:
    """Name one rule that is enough, the longest first, or all rules together if no single rule is enough.

    A rule that asks for a fact that this rule does not ask for is not enough, because it leaves other events out.
    """
    wider = [other for other in left.rules_by_trigger[rule.trigger] if other.where.items() <= rule.where.items()]
    for other in sorted(wider, key=_how_long, reverse=True):
        if not _matters(attrs.evolve(left, rules=(other, rule)), rule):
            return f"`{other.id}` holds at least as long, and stops at least as much"
    return "the other rules together hold at least as long, and stop at least as much"


def _how_long(rule: Rule) -> tuple[timedelta, int]:
    return (rule.duration or timedelta()) if rule.has_timer else timedelta.max, rule.business_days or 0


# ── One rule ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_rule(policy: Policy, rule: Rule) -> Iterator[Finding]:
    if not can_match(rule) or not fits_calendar(policy, rule):
        return
    whole, policy = policy, policy_of_one(policy, rule)
    if rule.clearance is not None:
        journals = _ClearanceJournals(policy=policy, rule=rule, clearance=rule.clearance)
        yield from _of_methods(journals)
        yield from _of_attempts(journals)
        if rule.clearance.appeal is not None:
            yield from _of_appeal(journals, rule.clearance.appeal)
    yield from _of_settings(policy, rule)
    yield from _of_texts(rule, start_of(policy))
    yield from of_terms(whole, rule)
    if rule.repeat is Repeat.KEEP:
        yield from _of_kept_timer(policy, rule)


@final
@attrs.frozen(kw_only=True)
class _ClearanceJournals:
    """Writes journals about a hold of one rule with a clearance, in a policy of only this rule."""

    policy: Policy
    rule: Rule
    clearance: Clearance

    @property
    def start(self) -> datetime:
        return start_of(self.policy)

    @property
    def can_start(self) -> bool:
        return bool(self.clearance.unverified | self.clearance.verified)

    @property
    def offers_appeal(self) -> bool:
        return can_appeal(self.clearance, full_help(self.policy))

    def failed(self, times: int, *, starts_again: bool = False) -> JournalWriter:
        """A hold with this many failed verifications, or as many as possible, and perhaps one more that is started."""
        writer = JournalWriter(help=full_help(self.policy))
        writer.write(matching_event(self.rule, writer.event_id, self.start))
        (hold,) = replayed(self.policy, writer.journal).holds
        of_hold = ClearanceWriter(journal=writer, hold=hold, clearance=self.clearance, now=self.start, identity=None)
        attempts = self.clearance.attempts
        of_hold.write_failures((times if attempts is None else min(times, attempts)) if self.can_start else 0)
        if starts_again:
            of_hold.write_verification(accepted(self.clearance, writer.help))
        return writer


def _of_methods(journals: _ClearanceJournals) -> Iterator[Finding]:
    rule, clearance, flagged = journals.rule, journals.clearance, journals.failed(0).journal
    if not journals.can_start:
        sentence = "no verification clears the hold, because the clearance accepts no method"
        yield found(Code.CLEARANCE_WITHOUT_METHOD, Severity.ERROR, rule, sentence, flagged)
        return
    identified = IdentityChanged(id="e0", account=ACCOUNT, at=journals.start, identity=Identity.PERSONAL)
    for code, methods, state, journal in (
        (Code.NO_METHOD_FOR_VERIFIED, clearance.verified, "verified", (identified, *flagged)),
        (Code.NO_METHOD_FOR_UNVERIFIED, clearance.unverified, "not verified", flagged),
    ):
        if not methods:
            sentence = f"an account whose identity is {state} can start no verification: {_what_remains(journals)}"
            severity = Severity.NOTE if rule.ends_by_time_alone else Severity.WARNING
            yield found(code, severity, rule, sentence, journal)


def _what_remains(journals: _ClearanceJournals) -> str:
    """Say what ends the hold if no verification can be started."""
    appeal, ways = journals.clearance.appeal, list[str]()
    if appeal is not None and appeal.after_failures == 0:
        ways.append("an appeal")
    if journals.rule.ends_by_time_alone:
        ways.append("the timer")
    ways.extend(f"a release by {authority}" for authority in sorted(journals.rule.releasable_by))
    return f"only {' or '.join(ways)} ends the hold"


def _of_attempts(journals: _ClearanceJournals) -> Iterator[Finding]:
    rule, attempts = journals.rule, journals.clearance.attempts
    if attempts is None or journals.offers_appeal or not journals.can_start:
        return
    severity = Severity.NOTE if rule.releasable_by else Severity.ERROR
    last = f"after {_prose.counted(attempts, 'failure')} no verification is left and no appeal is offered"
    remains = f"only {' or '.join(sorted(rule.releasable_by)) or 'the timer'} ends the hold"
    journal = journals.failed(attempts).journal
    yield found(Code.ATTEMPTS_RUN_OUT, severity, rule, f"{last}: {remains}", journal)


def _of_appeal(journals: _ClearanceJournals, appeal: Appeal) -> Iterator[Finding]:
    rule, attempts = journals.rule, journals.clearance.attempts
    failed = journals.failed(appeal.after_failures)
    if not journals.offers_appeal:
        possible = _prose.counted(attempts if attempts and journals.can_start else 0, "failure")
        needed = _prose.counted(appeal.after_failures, "failure")
        sentence = f"its appeal is never offered: it asks for {needed}, and no more than {possible} can happen"
        yield found(Code.APPEAL_NEVER_OFFERED, Severity.ERROR, rule, sentence, failed.journal)
    elif attempts is None or appeal.after_failures < attempts:
        yield _appeal_skips(journals, appeal, failed)
        if journals.can_start and appeal.within is not None:
            yield from _of_window(journals, appeal.after_failures, appeal.within)


def _appeal_skips(journals: _ClearanceJournals, appeal: Appeal, failed: JournalWriter) -> Finding:
    """Report an appeal that is offered before the attempts are used up."""
    rule = journals.rule
    (hold,) = replayed(journals.policy, failed.journal).holds
    appealing = attrs.evolve(failed.help, methods=frozenset[Method](), authorities=frozenset[Authority]())
    granted = JournalWriter(help=appealing, events=[matching_event(rule, "e0001", journals.start)])
    granted.write_end_of(replayed(journals.policy, granted.journal), hold, journals.start)
    needed = _prose.counted(appeal.after_failures, "failure")
    offered = f"an appeal is offered after {needed}, and the account holder can fail on purpose"
    sentence = (
        f"{offered if appeal.after_failures else 'an appeal needs no failure'}: the appeal skips the verification"
    )
    now = max(event.at for event in failed.journal)
    return found(Code.APPEAL_CHEAPER_THAN_VERIFICATION, Severity.NOTE, rule, sentence, granted.journal, now)


def _of_window(journals: _ClearanceJournals, failures: int, window: timedelta) -> Iterator[Finding]:
    """Report a window for appeals that ends while a started verification still runs."""
    verify_within = journals.clearance.verify_within
    if verify_within is None or window > verify_within:
        return
    started = journals.failed(failures, starts_again=True).journal
    lapses_at = max(event.at for event in started) + verify_within
    if any(hold.is_open(lapses_at) for hold in replayed(journals.policy, started).holds):
        times = f"the time to appeal is {lasting(window)}, and the time to verify is {lasting(verify_within)}"
        sentence = f"{times}: who waits for a verification may lose the appeal"
        yield found(Code.APPEAL_WINDOW_TOO_SHORT, Severity.WARNING, journals.rule, sentence, started, lapses_at)


def _of_settings(policy: Policy, rule: Rule) -> Iterator[Finding]:
    start, bounds = start_of(policy), rule.chosen
    if rule.lifted_by is LiftedBy.ALL and not (rule.has_timer and rule.clearance is not None):
        sentence = "`lifted_by: all` has no effect, because there is only one thing to wait for"
        yield found(Code.SETTING_WITHOUT_EFFECT, Severity.NOTE, rule, sentence, once(rule, start))
    if bounds is not None and bounds.minimum == bounds.maximum:
        sentence = "`chosen` has no effect, because there is only one duration to choose"
        yield found(Code.SETTING_WITHOUT_EFFECT, Severity.NOTE, rule, sentence, once(rule, start))
    if rule.repeat is Repeat.KEEP and not rule.has_timer:
        sentence = "`repeat: keep` has no effect, because there is no timer to keep"
        again = (*once(rule, start), matching_event(rule, "e2", start + MICROSECOND))
        yield found(Code.SETTING_WITHOUT_EFFECT, Severity.NOTE, rule, sentence, again, again[1].at)


def _of_kept_timer(policy: Policy, rule: Rule) -> Iterator[Finding]:
    """Report a kept timer if a trigger just before its end is held for one microsecond."""
    start = start_of(policy)
    duration = timer_length(policy, rule, Circumstance(since=start))
    if duration is None or duration <= MICROSECOND:
        return
    again_at, ends_at = start + duration - MICROSECOND, start + duration
    if timer_length(policy, rule, Circumstance(since=again_at)) is None:
        return
    writer = JournalWriter(help=attrs.evolve(full_help(policy), authorities=frozenset[Authority]()))
    for at in (start, again_at):
        writer.write(matching_event(rule, writer.event_id, at))
    account = replayed(policy, writer.journal)
    for hold in account.holds:
        if hold.end is None:
            writer.write_end_of(account, hold, ends_at)
    if check(replayed(policy, writer.journal), ends_at, request_stopped_by(rule)):
        sentence = "its timer is kept: after a trigger just before its end the account is held for almost no time"
        yield found(Code.KEPT_TIMER_CUT_SHORT, Severity.WARNING, rule, sentence, writer.journal, ends_at)


# ── Conditions, triggers and authorities ─────────────────────────────────────────────────────────────────────────


def _of_conditions(policy: Policy) -> Iterator[Finding]:
    for trigger in sorted({rule.trigger for rule in policy.rules}):
        rules = [rule for rule in policy.rules if rule.trigger == trigger and can_match(rule)]
        gap = _gap(rules) if rules else None
        if gap is not None:
            event = security_event(trigger, "e1", start_of(policy), gap)
            names = ", ".join(f"`{rule.id}`" for rule in rules)
            leave = "leaves" if len(rules) == 1 else "leave"
            sentence = f"{names} {leave} a gap: an event `{trigger}` with {_asked(gap, rules)} places no hold"
            severity = Severity.WARNING if _share(rules, gap) else Severity.NOTE
            yield found(Code.CONDITIONS_LEAVE_GAP, severity, rules[0], sentence, (event,))
        for name in sorted({name for rule in rules for name in rule.where}):
            yield from _of_fact(name, [rule for rule in rules if name in rule.where], start_of(policy))


def _share(rules: list[Rule], gap: Facts) -> bool:
    """Whether rules expect different values of a fact of the gap, as if they were to share all events among them.

    A rule with a condition of its own leaves the other side open on purpose. So do rules that expect numbers, because
    nobody names all of them, and rules that name every initiator but the policy itself.
    """
    asked = [name for name, fact in gap.items() if type(fact) is not int and fact != ActorKind.POLICY]
    expected = ({rule.where.get(name) for rule in rules} for name in asked)
    return any(len(values) > 1 and None not in values for values in expected)


def _gap(rules: list[Rule]) -> Facts | None:
    """Return facts that none of the rules matches, of another initiator than the policy if there are such facts."""
    of_the_policy = attrs.evolve(rules[0], where={INITIATED_BY: ActorKind.POLICY.value})
    try:
        return facts_for([], [*rules, of_the_policy]) or facts_for([], rules)
    except GivenUp:
        return None


def _of_fact(name: str, rules: list[Rule], start: datetime) -> Iterator[Finding]:
    """Compare the first rule that asks about a fact with the first other rule that expects another value."""
    first = rules[0]
    journal = once(first, start)
    for other in rules[1:]:
        pair = f"`{first.id}` and `{other.id}`"
        if type(other.where[name]) is not type(first.where[name]):
            sentence = f"{pair} expect `{name}` of different types, and a fact of another type always matches"
            yield found(Code.CONDITIONS_OF_DIFFERENT_TYPES, Severity.WARNING, other, sentence, journal)
            return
        if other.where[name] != first.where[name]:
            sentence = f"{pair} exclude each other: they expect different values of `{name}`"
            yield found(Code.CONDITIONS_EXCLUDE_EACH_OTHER, Severity.NOTE, other, sentence, journal)
            return


def _asked(gap: Facts, rules: list[Rule]) -> str:
    """Say the facts of a gap. Who initiates the event is left out if no rule asks about it."""
    asked = {name for rule in rules for name in rule.where}
    return facts_told(Facts({name: fact for name, fact in gap.items() if name in asked}))


def _of_texts(rule: Rule, start: datetime) -> Iterator[Finding]:
    """Report each condition that asks for a text where another type was meant, and is met by that other type."""
    for name, expected in rule.where.items():
        if name == INITIATED_BY and type(expected) is not str:
            sentence = f"expects an `{INITIATED_BY}` that is no text, so every initiator matches"
        elif isinstance(expected, str) and expected.casefold() in _NO_TEXTS:
            fact = f"`{name}` is `{expected.casefold()}`"
            sentence = f'expects the text `"{expected}"` in `{name}`, and an event always matches if its {fact}'
        else:
            continue
        yield found(Code.CONDITIONS_OF_DIFFERENT_TYPES, Severity.WARNING, rule, sentence, once(rule, start))


def _of_names(policy: Policy) -> Iterator[Finding]:
    unheard = [trigger for trigger in WELL_KNOWN_TRIGGERS if trigger not in policy.triggers]
    if unheard:
        sentence = f"no rule listens to {', '.join(f'`{trigger}`' for trigger in unheard)}"
        event = security_event(unheard[0], "e1", start_of(policy))
        yield found(Code.TRIGGER_UNHEARD, Severity.NOTE, None, sentence, (event,))
    naming = [rule for rule in policy.rules if rule.releasable_by]
    named = sorted({authority for rule in naming for authority in rule.releasable_by} - WELL_KNOWN_AUTHORITIES)
    for authority in named:
        rules = [rule for rule in naming if authority in rule.releasable_by]
        if len(rules) == 1 and len(naming) > 1:
            sentence = f"names the authority `{authority}`, which no other rule names"
            yield found(Code.AUTHORITY_NAMED_ONCE, Severity.NOTE, rules[0], sentence, once(rules[0], start_of(policy)))
