"""A comparison in words: what changed, the verdict with a witness for each rule, what is listed, and what is unknown.

A report for a terminal and one for a pull request say the same in this order. Nothing is decided here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final, assert_never, cast, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._answers.request import Request
from withdraw_guard._model.calendar import Calendar
from withdraw_guard._model.events import Event, SecurityEvent
from withdraw_guard._model.policy import Policy, PolicyRef, Rule
from withdraw_guard._values.checks import check_type
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import RuleId
from withdraw_guard._values.value import Value
from withdraw_guard.analysis._changes import ChangeKind, RuleChange, Term, TermChange, policy_changes, rule_changes
from withdraw_guard.analysis._compare import Comparison, NotKnown, Standing
from withdraw_guard.analysis._help import accepted
from withdraw_guard.analysis._people import MICROSECOND, START, Journal
from withdraw_guard.analysis._witness import NotOffered, Witness

WAYS: Final = ("looser", "stricter")

_TERMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "duration": "timer",
        "where": "condition",
        "scope.leaves": "operations left out",
        "chosen.minimum": "shortest choice",
        "chosen.maximum": "longest choice",
        "clearance.unverified": "methods before the identity is verified",
        "clearance.verified": "methods after the identity is verified",
        "clearance.verify_within": "time to verify",
        "clearance.review_within": "time to review",
        "clearance.review_business_days": "business days to review",
        "clearance.identity_valid_for": "time that an identity counts",
        "clearance.appeal.after_failures": "failures before an appeal",
        "clearance.appeal.limit": "appeals",
        "clearance.appeal.within": "time to appeal",
        "clearance.appeal.decide_within": "time to decide an appeal",
        "clearance.appeal.decide_business_days": "business days to decide an appeal",
        "clearance.appeal.documents": "documents of an appeal",
        "releasable_by": "released by",
        "retractable_by": "who may retract a report",
    }
)


@final
@attrs.frozen(kw_only=True, repr=False)
class Accepted(Value):
    """A rule whose change is intended: in one direction, or in both if `way` is none."""

    rule: RuleId
    way: str | None = None

    def __attrs_post_init__(self) -> None:
        check_type("rule", self.rule, str, "the id of a rule")
        if self.way not in (None, *WAYS):
            raise InvalidValue("way", f"must be `looser` or `stricter`, got `{self.way}`")

    def covers(self, way: str, rule: RuleId) -> bool:
        """Whether this change of this rule is intended."""
        return self.rule == rule and self.way in (None, way)


@final
@attrs.frozen(kw_only=True, repr=False)
class Review(Value):
    """A comparison with both policies, what they are called (by default id and version), and the intended changes."""

    comparison: Comparison
    old: Policy
    new: Policy
    names: tuple[str, str] = attrs.Factory(lambda self: (named(self.old.ref), named(self.new.ref)), takes_self=True)
    accepted: tuple[Accepted, ...] = ()

    @property
    def changes(self) -> tuple[RuleChange, ...]:
        """What happened to each rule that is not the same."""
        return rule_changes(self.old, self.new)

    @property
    def listed(self) -> tuple[tuple[str, TermChange], ...]:
        """Choices, deadlines, due dates and what people are told, each with its rule; then the policy's own terms."""
        of_rules = [
            (_name(each.old or each.new), term) for each in self.changes for term in each.terms if term.is_listed
        ]
        return (*of_rules, *(("", term) for term in policy_changes(self.old, self.new)))

    @property
    def is_one_version(self) -> bool:
        """Whether both have one id and one version, and another content: a version that was edited in place."""
        return self.old.ref == self.new.ref and self.old.fingerprint != self.new.fingerprint

    def shown(self, way: str) -> tuple[Witness, ...]:
        """Return one witness for each rule that denies what the other policy allows, the shortest of the rule."""
        return self.comparison.loosened if way == "looser" else self.comparison.tightened

    def sides(self, way: str) -> tuple[str, str]:
        """Return the names of the policy that denies and of the one that allows."""
        return self.names if way == "looser" else (self.names[1], self.names[0])

    def is_accepted(self, way: str, rule: RuleId) -> bool:
        """Whether this change is intended."""
        return any(each.covers(way, rule) for each in self.accepted)

    def left(self, way: str) -> Standing:
        """Return what is known of a direction but for the changes that are intended."""
        if any(not self.is_accepted(way, witness.rule.id) for witness in self.shown(way)):
            return Standing.SHOWN
        unknown = (each for each in self.comparison.unknown if each.way == way)
        return Standing.UNKNOWN if any(not self.is_accepted(way, each.rule) for each in unknown) else Standing.RULED_OUT


def named(policy: PolicyRef) -> str:
    """Name a policy: `binance 1.0.0`."""
    return f"{policy.id} {policy.version}"


# ── What changed ─────────────────────────────────────────────────────────────────────────────────────────────────


def change_told(change: RuleChange) -> str:
    """Say what happened to a rule: `email-changed (e-mail address changed): timer 72 hours → 48 hours`."""
    match change.kind:
        case ChangeKind.ADDED:
            return f"{_rule_told(change.new)}: added"
        case ChangeKind.REMOVED:
            return f"{_rule_told(change.old)}: removed"
        case ChangeKind.RENAMED:
            return f"{_rule_told(change.old)}: only renamed to {_name(change.new)}"
        case ChangeKind.MOVED:
            return f"{_rule_told(change.old)}: only moved"
        case ChangeKind.CHANGED:
            renamed = "" if _name(change.old) == _name(change.new) else f"renamed to {_name(change.new)}; "
            return f"{_rule_told(change.old)}: {renamed}{'; '.join(map(term_told, change.terms))}"
        case _ as never:
            assert_never(never)


def _name(rule: Rule | None) -> str:
    return "" if rule is None else rule.id


def _rule_told(rule: Rule | None) -> str:
    return "" if rule is None else f"{rule.id} ({_prose.trigger_words(rule.trigger)})"


def term_told(change: TermChange) -> str:
    """Say how one term differs: `timer 72 hours → 48 hours`."""
    name = _TERMS.get(change.path) or _prose.words(change.path.rpartition(".")[2])
    return f"{name} {_value_told(change.old)} → {_value_told(change.new)}"


def _value_told(value: Term) -> str:
    if value is None:
        return "none"
    if isinstance(value, timedelta):
        return lasting(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(_prose.words, cast("frozenset[str]", value)))) or "none"
    if isinstance(value, Facts):
        return facts_told(value) or "none"
    if isinstance(value, Calendar):
        days = value.days
        return f"{days[0].begins:%Y-%m-%d} to {days[-1].ends:%Y-%m-%d} ({_prose.counted(len(days), 'business day')})"
    return "all" if value == "*" else _prose.words(str(value.value if isinstance(value, Enum) else value))


def facts_told(facts: Facts) -> str:
    """Say facts: `country = "DE", vip = true`."""
    return ", ".join(f"{name} = {json.dumps(fact, ensure_ascii=False)}" for name, fact in facts.items())


def lasting(duration: timedelta) -> str:
    """Say a duration in days, hours, minutes and seconds, and a microsecond less as `just under 24 hours`."""
    if duration % timedelta(seconds=1) == timedelta(seconds=1) - MICROSECOND:
        return f"just under {lasting(duration + MICROSECOND)}"
    hours, rest = divmod(duration, timedelta(hours=1))
    if not rest and hours <= _HOURS_MAX:
        return _prose.counted(hours, "hour")
    parts = [(hours // 24, "day"), (hours % 24, "hour"), (rest // _MINUTE, "minute")]
    words = [_prose.counted(number, noun) for number, noun in parts if number]
    seconds = rest % _MINUTE
    if seconds:
        words.append(f"{seconds.total_seconds():f}".rstrip("0").rstrip(".") + " seconds")
    return " ".join(words)


_HOURS_MAX: Final = 72
_MINUTE: Final = timedelta(minutes=1)

# ── The verdict ──────────────────────────────────────────────────────────────────────────────────────────────────


def counts_told(reviewed: Review) -> str:
    """Count the rules: `3 rules looser, 2 stricter, 1 for some`. A rule may deny some longer and others shorter."""
    shown = {way: {witness.rule.id for witness in reviewed.shown(way)} for way in WAYS}
    pairs = {(_name(each.old), _name(each.new)) for each in reviewed.changes}
    pairs |= {(rule, rule) for way in WAYS for rule in shown[way] if not any(rule in pair for pair in pairs)}
    both = sum(old in shown["looser"] and new in shown["stricter"] for old, new in pairs)
    numbers = (*((len(shown[way]) - both, way) for way in WAYS), (both, "looser for some and stricter for others"))
    told = [f"{number} {word}" for number, word in numbers if number]
    if not told:
        return "no rule looser or stricter"
    number, _, rest = told[0].partition(" ")
    return ", ".join([f"{number} {'rule' if number == '1' else 'rules'} {rest}", *told[1:]])


def shown_told(witness: Witness, denying: str, allowing: str) -> str:
    """Say what a witness shows: which rule denies what, under which facts, and what people had to do."""
    what = f"{_prose.words(witness.request.operation)} to a {witness.request.destination} destination"
    rule, after = f"rule {witness.rule.id} of {denying}", f"after {journal_told(witness)}"
    if isinstance(witness.denied, NotOffered):
        refuses = f"{rule} does not offer this choice, so {denying} refuses the event"
        return f"{refuses}; {allowing} takes it, and allows {what} afterwards: {after}"
    if witness.earlier_by is not None:
        return f"{rule} denies {what}, and {allowing} allows it {lasting(witness.earlier_by)} earlier: {after}"
    wait = witness.at - max(event.at for event in witness.journal)
    sooner = f"{lasting(wait)} after the last event" if wait else "at once"
    return f"{rule} denies {what} until somebody ends the hold, and {allowing} allows it {sooner}: {after}"


def journal_told(witness: Witness) -> str:
    """Say a journal with the facts of each event, who caused it, which destination it names, and the date.

    The date is said if business days count: then the journal begins on a day of the calendar.
    """
    is_dated = witness.rule.business_days is not None or witness.journal[0].at != START
    return in_order(witness.journal, lambda event: _given(event, witness.request, is_dated))


def in_order(journal: Journal, given: Callable[[Event], str]) -> str:
    """Say a journal in one line, with what is given beside each event."""
    words: list[str] = []
    before = journal[0].at
    for event in journal:
        later = f"{lasting(event.at - before)} later " if event.at != before else ""
        words.append(f"{later}{_prose.happened(_about_none(event))}{given(event)}")
        before = event.at
    return ", then ".join(words)


def _about_none(event: Event) -> Event:
    """Return the event without its destination, which only has a name here so that it can be told from others."""
    return attrs.evolve(event, destination_id=None) if isinstance(event, SecurityEvent) else event


def _given(event: Event, request: Request, is_dated: bool) -> str:
    if not isinstance(event, SecurityEvent):
        return ""
    by = "the account holder" if event.initiated_by == "user" else f"the {event.initiated_by}"
    said = [f"by {by}", facts_told(event.context)]
    if event.destination_id is not None:
        said.append(f"about {'the same' if event.destination_id == request.destination_id else 'another'} destination")
    if is_dated:
        said.append(_dated(event.at))
    return f" ({', '.join(part for part in said if part)})"


def _dated(at: datetime) -> str:
    """Say on which day an event happens; a microsecond before a day begins as `just before Tuesday …`."""
    is_before = (at + MICROSECOND).microsecond == 0
    at, word = (at + MICROSECOND, "just before") if is_before else (at, "on")
    return f"{word} {at:%A} {_prose.instant_words(at)}"


def people_told(witness: Witness) -> str:
    """Say for which account holders the rule denies, whatever people do; empty if it does for all of them."""
    help_, rule, clearance = witness.help, witness.rule, witness.rule.clearance
    said = list[str]()
    if rule.releasable_by and not isinstance(witness.denied, NotOffered):
        said.append(f"is not released by {_prose.listed('authority', rule.releasable_by, 'or')}")
    if clearance is None or isinstance(witness.denied, NotOffered):
        return "; ".join(said)
    if clearance.unverified != clearance.verified and not (help_.verified and help_.unverified):
        said.append(f"{'always' if help_.verified else 'never'} has a verified identity")
    lacking = accepted(clearance, help_) - help_.methods
    if lacking:
        said.append(f"cannot pass {_prose.listed('method', lacking, 'or')}")
    if help_.failures:
        said.append(f"fails {_times(help_.failures)} before passing")
    if help_.tries is not None:
        said.append(f"tries {f'at most {_times(help_.tries)}' if help_.tries else 'no verification'}")
    if help_.hands_in_after:
        said.append(f"hands a verification in {lasting(help_.hands_in_after)} after its start")
    if clearance.appeal is not None:
        missing = clearance.appeal.documents - help_.documents
        if missing:
            said.append(f"does not have {_prose.listed('document', missing, 'and')}")
        if help_.appeals_after:
            said.append(f"appeals {lasting(help_.appeals_after)} after the latest failure or trigger")
        if help_.dismissals:
            said.append(f"loses the first {f'{help_.dismissals} appeals' if help_.dismissals > 1 else 'appeal'}")
    return "; ".join(said)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def unknown_told(unknown: NotKnown) -> str:
    """Say what is not known, and why."""
    where = " for other requests as well" if unknown.in_part else ""
    return f"whether rule {unknown.rule} is {unknown.way}{where}: {'; '.join(unknown.why)}"


def left_told(reviewed: Review) -> Iterator[str]:
    """Say what is accepted and what is left, if something was to be accepted: `intended: email-changed is looser`."""
    known = [(way, witness.rule.id, "is") for way in WAYS for witness in reviewed.shown(way)]
    unknown = [(each.way, each.rule, "may be") for each in reviewed.comparison.unknown]
    for title, is_intended in (("intended", True), ("not intended", False)) if reviewed.accepted else ():
        told = [
            f"{rule} {verb} {way}"
            for way, rule, verb in known + unknown
            if reviewed.is_accepted(way, rule) is is_intended
        ]
        yield f"{title}: {', '.join(told) or 'nothing'}"


def unused(reviewed: Review) -> Iterator[Accepted]:
    """Give each entry that accepts nothing, so that the list of them stays short."""
    found = [(way, witness.rule.id) for way in WAYS for witness in reviewed.shown(way)]
    found += [(each.way, each.rule) for each in reviewed.comparison.unknown]
    yield from (each for each in reviewed.accepted if not any(each.covers(*pair) for pair in found))


def listed_told(rule: str, change: TermChange) -> str:
    """Say a choice, a deadline, a due date, a calendar or a permission that differs."""
    return f"{rule}: {term_told(change)}" if rule else term_told(change)


@final
@attrs.frozen(kw_only=True, repr=False)
class ReportLine(Value):
    """A line of the report: its kind, what it says, and the rule of the new policy that it is about, if there is one.

    The kind is `changed`, one of `WAYS`, `accepted`, `listed` or `unknown`.
    """

    kind: str
    told: str
    rule: RuleId | None


def lines_of(reviewed: Review) -> Iterator[ReportLine]:
    """Give each line of the report."""
    of_old = {each.old.id: each.new and each.new.id for each in reviewed.changes if each.old is not None}
    for change in reviewed.changes:
        yield ReportLine(kind="changed", told=change_told(change), rule=change.new and change.new.id)
    for way in WAYS:
        for witness in reviewed.shown(way):
            rule, people = witness.rule.id, people_told(witness)
            told = shown_told(witness, *reviewed.sides(way)) + (people and f"; for an account holder who {people}")
            kind = "accepted" if reviewed.is_accepted(way, rule) else way
            yield ReportLine(kind=kind, told=told, rule=of_old.get(rule, rule) if way == "looser" else rule)
    for name, term in reviewed.listed:
        yield ReportLine(kind="listed", told=listed_told(name, term), rule=of_old.get(RuleId(name)))
    for each in reviewed.comparison.unknown:
        kind = "accepted" if reviewed.is_accepted(each.way, each.rule) else "unknown"
        now = of_old.get(each.rule, each.rule) if each.way == "looser" else each.rule
        yield ReportLine(kind=kind, told=unknown_told(each), rule=now)
