"""`lint`: what of a policy can never matter, never be finished or never open, and what opens too easily.

Every finding has a journal and an instant that show it, found with the library's own `apply`. A finding says what is
so, not that it is wrong: a severity says how likely that is.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, final

import attrs

from withdraw_guard import _prose, authorities, triggers
from withdraw_guard._answers.check import check
from withdraw_guard._model.events import INITIATED_BY, IdentityChanged
from withdraw_guard._model.policy import Appeal, Clearance, Policy, Rule
from withdraw_guard._values.checks import check_type, check_word
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import Authority, Method, RuleId
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Identity, LiftedBy, Repeat
from withdraw_guard.analysis._circumstances import Circumstance, alone, can_last, lasts, start_of, stopped_by
from withdraw_guard.analysis._compare import matters
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._deeds import ACCOUNT, MICROSECOND, Journal, fired, flag, replayed
from withdraw_guard.analysis._help import accepted, can_appeal, full_help
from withdraw_guard.analysis._writer import Clerk, Writer

WELL_KNOWN_AUTHORITIES: Final = frozenset({authorities.COMPLIANCE, authorities.SUPPORT})
WELL_KNOWN_TRIGGERS: Final = (
    triggers.ABNORMAL_ACTIVITY,
    triggers.ACCOUNT_UNLOCKED,
    triggers.EMAIL_CHANGED,
    triggers.PASSWORD_CHANGED,
    triggers.TWO_FACTOR_DISABLED,
    triggers.TWO_FACTOR_RESET,
    triggers.VERIFICATION_REVOKED,
)


@final
class Severity(StrEnum):
    """How likely a finding is a mistake, from what is worth knowing to what nobody can have meant."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@final
class Code(StrEnum):
    """What was found. The codes are stable: a host may list those that it accepts."""

    CONDITION_NEVER_MET = "condition-never-met"
    CALENDAR_TOO_SHORT = "calendar-too-short"
    CLEARANCE_WITHOUT_METHOD = "clearance-without-method"
    ATTEMPTS_RUN_OUT = "attempts-run-out"
    APPEAL_NEVER_OFFERED = "appeal-never-offered"
    RULE_NEVER_MATTERS = "rule-never-matters"
    NO_METHOD_FOR_UNVERIFIED = "no-method-for-unverified"
    NO_METHOD_FOR_VERIFIED = "no-method-for-verified"
    APPEAL_WINDOW_TOO_SHORT = "appeal-window-too-short"
    KEPT_TIMER_CUT_SHORT = "kept-timer-cut-short"
    CONDITIONS_LEAVE_GAP = "conditions-leave-gap"
    CONDITIONS_OF_DIFFERENT_TYPES = "conditions-of-different-types"
    AUTHORITY_NAMED_ONCE = "authority-named-once"
    APPEAL_CHEAPER_THAN_VERIFICATION = "appeal-cheaper-than-verification"
    CONDITIONS_EXCLUDE_EACH_OTHER = "conditions-exclude-each-other"
    SETTING_WITHOUT_EFFECT = "setting-without-effect"
    TRIGGER_UNHEARD = "trigger-unheard"


@final
@attrs.frozen(kw_only=True, repr=False)
class Finding(Value):
    """Something that a policy does or cannot do, and the shortest journal that shows it at an instant.

    `rule` is none where it is about the policy as a whole.
    """

    code: Code
    severity: Severity
    rule: RuleId | None
    sentence: str
    journal: Journal
    at: datetime

    def __attrs_post_init__(self) -> None:
        settle(self, "code", check_word("code", self.code, Code))
        settle(self, "severity", check_word("severity", self.severity, Severity))
        check_type("journal", self.journal, tuple, "a tuple of events")


def lint(policy: Policy) -> tuple[Finding, ...]:
    """Return what was found, the most severe first, then in the order of the rules."""
    check_type("policy", policy, Policy, "a Policy")
    found = [
        *_dead_rules(policy),
        *(finding for rule in policy.rules for finding in _of_rule(policy, rule)),
        *_of_conditions(policy),
        *_of_names(policy),
    ]
    places = {rule.id: place for place, rule in enumerate(policy.rules)}
    severities, codes = list(Severity), list(Code)
    found.sort(
        key=lambda finding: (
            -severities.index(finding.severity),
            len(places) if finding.rule is None else places[finding.rule],
            codes.index(finding.code),
        )
    )
    return tuple(found)


# ── Rules that never matter ──────────────────────────────────────────────────────────────────────────────────────


def _dead_rules(policy: Policy) -> Iterator[Finding]:
    """Take away, from the last rule on, what changes no answer; so of two equal rules the later one is named."""
    # What the calendar refuses is found as such, and not as something that holds longer than the others.
    lasting = tuple(rule for rule in policy.rules if can_last(policy, rule))
    left, start = attrs.evolve(policy, rules=lasting), start_of(policy)
    for rule in reversed(policy.rules):
        if not can_match(rule):
            event = fired(rule.trigger, "e1", start, Facts({n: v for n, v in rule.where.items() if n != INITIATED_BY}))
            asked = f"`{rule.where[INITIATED_BY]}` initiates no event"
            yield _finding(Code.CONDITION_NEVER_MET, Severity.ERROR, rule, f"never matches: {asked}", (event,))
            continue
        if not can_last(policy, rule):
            sentence = "the calendar does not reach as far as it counts, not even from the first day on"
            yield _finding(Code.CALENDAR_TOO_SHORT, Severity.ERROR, rule, sentence, (flag(rule, "e1", start),))
            continue
        if matters(left, rule):
            continue
        left = attrs.evolve(left, rules=tuple(other for other in left.rules if other != rule))
        rivals = (other for other in left.rules if other.trigger == rule.trigger)
        alone = (other for other in rivals if not matters(attrs.evolve(left, rules=(other, rule)), rule))
        why = next((f"`{other.id}` holds" for other in alone), "the other rules together hold")
        sentence = f"never matters: {why} at least as long over at least as much"
        yield _finding(Code.RULE_NEVER_MATTERS, Severity.WARNING, rule, sentence, (flag(rule, "e1", start),))


# ── One rule ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_rule(policy: Policy, rule: Rule) -> Iterator[Finding]:
    if not can_match(rule) or not can_last(policy, rule):
        return
    policy = alone(policy, rule)
    if rule.clearance is not None:
        story = _Story(policy=policy, rule=rule, clearance=rule.clearance)
        yield from _of_methods(story)
        yield from _of_attempts(story)
        if rule.clearance.appeal is not None:
            yield from _of_appeal(story, rule.clearance.appeal)
    yield from _of_timer(policy, rule)


@final
@attrs.frozen(kw_only=True)
class _Story:
    """Writes what happens to a hold of one rule, were it the only one."""

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

    def failed(self, times: int, starts_again: bool = False) -> Writer:
        """A hold on which so many verifications failed, as far as they may; and perhaps one more was started."""
        writer = Writer(help=full_help(self.policy))
        writer.write(flag(self.rule, writer.event_id, self.start))
        (hold,) = replayed(self.policy, writer.journal).holds
        clerk = Clerk(writer=writer, hold=hold, since=self.start, identity=None)
        attempts = self.clearance.attempts
        clerk.fail(self.clearance, (times if attempts is None else min(times, attempts)) if self.can_start else 0)
        if starts_again:
            clerk.start(self.clearance, accepted(self.clearance, writer.help))
        return writer


def _of_methods(story: _Story) -> Iterator[Finding]:
    rule, clearance = story.rule, story.clearance
    if not story.can_start:
        sentence = "no verification clears it: no method is accepted from anybody"
        yield _finding(Code.CLEARANCE_WITHOUT_METHOD, Severity.ERROR, rule, sentence, story.failed(0).journal)
        return
    identified = IdentityChanged(id="e0", account=ACCOUNT, at=story.start, identity=Identity.PERSONAL)
    if not clearance.verified:
        sentence = f"an account whose identity is verified can start no verification: {_what_remains(story)}"
        journal = (identified, *story.failed(0).journal)
        yield _finding(Code.NO_METHOD_FOR_VERIFIED, Severity.WARNING, rule, sentence, journal)
    if not clearance.unverified:
        sentence = f"an account whose identity is not verified can start no verification: {_what_remains(story)}"
        journal = story.failed(0).journal
        yield _finding(Code.NO_METHOD_FOR_UNVERIFIED, Severity.WARNING, rule, sentence, journal)


def _what_remains(story: _Story) -> str:
    """Say what leads out where no verification can be started."""
    appeal, ways = story.clearance.appeal, list[str]()
    if appeal is not None and appeal.after_failures == 0:
        ways.append("an appeal")
    if story.rule.ends_by_time_alone:
        ways.append("the timer")
    ways.extend(f"a release by {authority}" for authority in sorted(story.rule.releasable_by))
    return f"what leads out is {' or '.join(ways)}"


def _of_attempts(story: _Story) -> Iterator[Finding]:
    rule, attempts = story.rule, story.clearance.attempts
    if attempts is None or story.offers_appeal or not story.can_start:
        return
    severity = Severity.NOTE if rule.releasable_by else Severity.ERROR
    last = f"after {_prose.counted(attempts, 'failure')} no verification is left and no appeal is offered"
    remains = f"only {' or '.join(sorted(rule.releasable_by)) or 'the timer'} ends it"
    journal = story.failed(attempts).journal
    yield _finding(Code.ATTEMPTS_RUN_OUT, severity, rule, f"{last}: {remains}", journal)


def _of_appeal(story: _Story, appeal: Appeal) -> Iterator[Finding]:
    rule, clearance = story.rule, story.clearance
    needed = _prose.counted(appeal.after_failures, "failure")
    if not story.offers_appeal:
        possible = _prose.counted(clearance.attempts if clearance.attempts and story.can_start else 0, "failure")
        sentence = f"its appeal is never offered: it asks for {needed}, and no more than {possible} can happen"
        journal = story.failed(appeal.after_failures).journal
        yield _finding(Code.APPEAL_NEVER_OFFERED, Severity.ERROR, rule, sentence, journal)
        return
    if clearance.attempts is not None and appeal.after_failures >= clearance.attempts:
        return
    writer = story.failed(appeal.after_failures)
    (hold,) = replayed(story.policy, writer.journal).holds
    now = max(event.at for event in writer.journal)
    no_verification = attrs.evolve(writer.help, methods=frozenset[Method](), authorities=frozenset[Authority]())
    granted = Writer(help=no_verification, events=[flag(rule, "e0001", story.start)])
    granted.lift(replayed(story.policy, granted.journal), hold, story.start)
    door = f"an appeal is offered after {needed}, which the account holder can bring about"
    sentence = f"{door if appeal.after_failures else 'an appeal needs no failure'}: it skips the verification"
    yield _finding(Code.APPEAL_CHEAPER_THAN_VERIFICATION, Severity.NOTE, rule, sentence, granted.journal, now)
    if story.can_start and appeal.within is not None and _is_within(appeal.within, clearance.verify_within):
        started = story.failed(appeal.after_failures, starts_again=True)
        lapses_at = max(event.at for event in started.journal) + (clearance.verify_within or appeal.within)
        if not any(hold.is_open(lapses_at) for hold in replayed(story.policy, started.journal).holds):
            return
        window = _prose.duration_words(appeal.within)
        sentence = f"an appeal may be filed for {window}, and a verification that was begun may take as long"
        yield _finding(Code.APPEAL_WINDOW_TOO_SHORT, Severity.WARNING, rule, sentence, started.journal, lapses_at)


def _is_within(window: timedelta, verification: timedelta | None) -> bool:
    return verification is not None and window <= verification


def _of_timer(policy: Policy, rule: Rule) -> Iterator[Finding]:
    start = start_of(policy)
    duration = lasts(policy, rule, Circumstance(since=start))
    if rule.lifted_by is LiftedBy.ALL and (duration is None or rule.clearance is None):
        sentence = "`lifted_by: all` has no effect: there is only one thing to wait for"
        yield _finding(Code.SETTING_WITHOUT_EFFECT, Severity.NOTE, rule, sentence, (flag(rule, "e1", start),))
    if rule.chosen is not None and rule.chosen.minimum == rule.chosen.maximum:
        sentence = "`chosen` has no effect: there is only one duration to choose"
        yield _finding(Code.SETTING_WITHOUT_EFFECT, Severity.NOTE, rule, sentence, (flag(rule, "e1", start),))
    if rule.repeat is not Repeat.KEEP:
        return
    if duration is None:
        sentence = "`repeat: keep` has no effect: there is no timer to keep"
        again = (flag(rule, "e1", start), flag(rule, "e2", start + MICROSECOND))
        yield _finding(Code.SETTING_WITHOUT_EFFECT, Severity.NOTE, rule, sentence, again, again[1].at)
        return
    ends_at = start + duration
    if lasts(policy, rule, Circumstance(since=ends_at - MICROSECOND)) is None:
        return
    writer = Writer(help=attrs.evolve(full_help(policy), authorities=frozenset[Authority]()))
    for at in (start, ends_at - MICROSECOND):
        writer.write(flag(rule, writer.event_id, at))
    account = replayed(policy, writer.journal)
    for hold in account.holds:
        if hold.end is None:
            writer.lift(account, hold, ends_at)
    if check(replayed(policy, writer.journal), ends_at, stopped_by(rule)) and duration > MICROSECOND:
        sentence = "its timer is kept: a trigger just before the end is held for next to nothing"
        yield _finding(Code.KEPT_TIMER_CUT_SHORT, Severity.WARNING, rule, sentence, writer.journal, ends_at)


# ── Conditions, triggers and authorities ─────────────────────────────────────────────────────────────────────────


def _of_conditions(policy: Policy) -> Iterator[Finding]:
    for trigger in sorted({rule.trigger for rule in policy.rules}):
        rules = [rule for rule in policy.rules if rule.trigger == trigger and can_match(rule)]
        gap = _gap(rules) if rules else None
        if gap is not None:
            event = fired(trigger, "e1", start_of(policy), gap)
            names = ", ".join(f"`{rule.id}`" for rule in rules)
            sentence = f"{names} leave a gap: an event `{trigger}` with {_shown(gap)} places no hold"
            yield _finding(Code.CONDITIONS_LEAVE_GAP, Severity.WARNING, rules[0], sentence, (event,))
        for name in sorted({name for rule in rules for name in rule.where}):
            yield from _of_fact(name, [rule for rule in rules if name in rule.where], start_of(policy))


def _gap(rules: list[Rule]) -> Facts | None:
    """Return facts that none of the rules matches, if they are found."""
    try:
        return facts_for([], rules)
    except GivenUp:
        return None


def _of_fact(name: str, rules: list[Rule], start: datetime) -> Iterator[Finding]:
    """Compare the first rule that asks about a fact with the first other that asks otherwise."""
    first = rules[0]
    event = flag(first, "e1", start)
    for other in rules[1:]:
        pair = f"`{first.id}` and `{other.id}`"
        if type(other.where[name]) is not type(first.where[name]):
            sentence = f"{pair} ask for `{name}` of different types: a fact of another type always matches"
            yield _finding(Code.CONDITIONS_OF_DIFFERENT_TYPES, Severity.WARNING, other, sentence, (event,))
            return
        if other.where[name] != first.where[name]:
            sentence = f"{pair} exclude each other: both hold only what does not say its `{name}`"
            yield _finding(Code.CONDITIONS_EXCLUDE_EACH_OTHER, Severity.NOTE, other, sentence, (event,))
            return


def _shown(facts: Facts) -> str:
    return ", ".join(f"{name} = {json.dumps(fact)}" for name, fact in facts.items())


def _of_names(policy: Policy) -> Iterator[Finding]:
    for trigger in WELL_KNOWN_TRIGGERS:
        if trigger not in policy.triggers:
            event = fired(trigger, "e1", start_of(policy))
            yield _finding(Code.TRIGGER_UNHEARD, Severity.NOTE, None, f"no rule listens to `{trigger}`", (event,))
    naming = [rule for rule in policy.rules if rule.releasable_by]
    named = sorted({authority for rule in naming for authority in rule.releasable_by} - WELL_KNOWN_AUTHORITIES)
    for authority in named:
        rules = [rule for rule in naming if authority in rule.releasable_by]
        if len(rules) == 1 and len(naming) > 1:
            sentence = f"names the authority `{authority}`, which no other rule names"
            journal = (flag(rules[0], "e1", start_of(policy)),)
            yield _finding(Code.AUTHORITY_NAMED_ONCE, Severity.WARNING, rules[0], sentence, journal)


def _finding(
    code: Code, severity: Severity, rule: Rule | None, sentence: str, journal: Journal, at: datetime | None = None
) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        rule=None if rule is None else rule.id,
        sentence=sentence,
        journal=journal,
        at=max(event.at for event in journal) if at is None else at,
    )
