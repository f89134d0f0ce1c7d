"""Pictures: the transition table, a policy and the history of an account, as Mermaid, Markdown and SVG.

    table_as_mermaid()               table_as_markdown()
    policy_as_mermaid(policy)        policy_as_markdown(policy)
    timeline_as_mermaid(history)     timeline_as_svg(history)

A history comes from `history_of(policy, account_id, events, now=…)`: the events of one account in the order of their
delivery. With `destination_id` it is about withdrawals to that destination.

All functions are pure: the same values give the same text. A timeline is made with `check` and `open_holds` from the
accounts of the history, so it cannot disagree with the decision. Untrusted text (ids, notes, facts) is escaped.

A picture has limits: a timeline shows the latest 60 events and the 24 holds that last longest, a policy as Mermaid
shows its first 24 rules, and each says what is left out. The Markdown tables are complete.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from withdraw_guard import _prose
from withdraw_guard._model.policy import Appeal, Clearance, Policy, Rule
from withdraw_guard._pictures.history import Entry, History, Outcome, Refused, history_of
from withdraw_guard._pictures.picture import draw
from withdraw_guard._pictures.timeline import (
    Lane,
    Mark,
    MarkKind,
    Permission,
    Span,
    Stage,
    Timeline,
    described,
    timeline_of,
)
from withdraw_guard._rules.transitions import TABLE, Move
from withdraw_guard._values.complete import complete
from withdraw_guard._values.escape import markdown_code, mermaid_text, shortened
from withdraw_guard._values.facts import Fact
from withdraw_guard._values.ids import Method
from withdraw_guard._values.limits import (
    DESCRIPTION_LENGTH_MAX,
    LABEL_LENGTH_MAX,
    MILESTONE_LENGTH_MAX,
    RULES_DRAWN_MAX,
)
from withdraw_guard._values.public import publish as _publish
from withdraw_guard._values.vocabulary import LiftedBy, Repeat, State

__all__ = [
    "Entry",
    "History",
    "Outcome",
    "Refused",
    "history_of",
    "policy_as_markdown",
    "policy_as_mermaid",
    "table_as_markdown",
    "table_as_mermaid",
    "timeline_as_mermaid",
    "timeline_as_svg",
]


_NONE: Final = "—"


# ── The table of transitions ─────────────────────────────────────────────────────────────────────────────────────


def table_as_mermaid() -> str:
    """Return the table of transitions as a Mermaid state diagram, from the trigger to the end of the hold."""
    edges = (edge for state, row in TABLE.items() for edge in _edges(state, row))
    return _lines(
        "stateDiagram-v2", "    direction LR", "    [*] --> suspended : trigger", *edges, "    restored --> [*]"
    )


def table_as_markdown() -> str:
    """Return the table of transitions as Markdown: one row for each state, one column for each move."""
    rows = [(f"**{state}**", *(TABLE[state].get(move, _NONE) for move in Move)) for state in State]
    return _table(("state", *(f"`{move}`" for move in Move)), rows)


def _edges(state: State, row: Mapping[Move, State]) -> Iterator[str]:
    """Give one edge to each next state, with all moves that lead to it."""
    for after in dict.fromkeys(row.values()):
        yield f"    {state} --> {after} : {' or '.join(move for move, to in row.items() if to is after)}"


# ── A policy ─────────────────────────────────────────────────────────────────────────────────────────────────────


def policy_as_mermaid(policy: Policy) -> str:
    """Return a policy as a Mermaid flowchart: which trigger places which hold, and all that ends the hold."""
    drawn = policy.rules[:RULES_DRAWN_MAX]
    numbers = {trigger: number for number, trigger in enumerate(dict.fromkeys(rule.trigger for rule in drawn), 1)}
    placed = (line for number, rule in enumerate(drawn, 1) for line in _rule_flow(number, numbers[rule.trigger], rule))
    left_out = len(policy.rules) - len(drawn)
    return _lines(
        "flowchart LR",
        f"    accTitle: {_label(f'policy {policy.id}, version {policy.version}')}",
        *(f"    t{number}([{_quoted(_prose.trigger_words(trigger))}])" for trigger, number in numbers.items()),
        *placed,
        *([f"    cut[{_quoted(_prose.counted(left_out, 'more rule'))}]"] if left_out else []),
        '    over(("the hold<br/>has ended"))',
    )


def policy_as_markdown(policy: Policy) -> str:
    """Return a policy as a Markdown table, one row for each rule."""
    columns = ("rule", "trigger", "stops", "timer", "verification", "appeal", "ends", "released by")
    return _table(columns, [_rule_row(rule) for rule in policy.rules])


def _rule_flow(number: int, trigger: int, rule: Rule) -> Iterator[str]:
    """Draw a rule: its trigger, its hold, and the edges from the hold to its end, each with its condition."""
    hold, clearance = f"h{number}", rule.clearance
    needs_both = rule.has_timer and clearance is not None and rule.lifted_by is LiftedBy.ALL
    goal = f"b{number}" if needs_both else "over"
    separate = ("each event its own hold",) if rule.repeat is Repeat.SEPARATE else ()
    yield f"    {hold}[{_quoted(rule.id, f'stops {_prose.scope_words(rule.scope)}', *separate)}]"
    yield f"    t{trigger} -->{_edge(_where(rule))} {hold}"
    if rule.has_timer:
        yield f"    {hold} -->{_edge(_timer(rule))} {goal}"
    if clearance is not None:
        yield from _clearance_flow(number, goal, clearance)
    if needs_both:
        yield f"    {goal}{{{{{_quoted('both')}}}}} --> over"
    if rule.releasable_by:
        released = f"released by {_prose.listed('authority', rule.releasable_by, 'or')}"
        yield f"    {hold} -.->{_edge(released)} over"


def _clearance_flow(number: int, goal: str, clearance: Clearance) -> Iterator[str]:
    hold, verification, appeal = f"h{number}", f"v{number}", f"a{number}"
    yield f"    {hold} --> {verification}({_quoted('verification and review', *_methods(clearance))})"
    yield f"    {verification} -->{_edge('approved')} {goal}"
    if clearance.appeal is not None:
        yield f"    {appeal}({_quoted('appeal', *_appeal_terms(clearance.appeal))})"
        yield f"    {verification} -->{_edge(_appeal_from(clearance.appeal))} {appeal}"
        yield f"    {appeal} -->{_edge('granted')} {goal}"


def _rule_row(rule: Rule) -> tuple[str, ...]:
    clearance = rule.clearance
    appeal = None if clearance is None else clearance.appeal
    facts = ", ".join(markdown_code(_fact(name, fact)) for name, fact in rule.where.items())
    separate = ", each event its own hold" if rule.repeat is Repeat.SEPARATE else ""
    return (
        markdown_code(rule.id),
        (f"{markdown_code(rule.trigger)} where {facts}" if facts else markdown_code(rule.trigger)) + separate,
        _prose.scope_words(rule.scope),
        _timer(rule) if rule.has_timer else _NONE,
        "; ".join(_methods(clearance)) if clearance is not None else _NONE,
        "; ".join((_appeal_from(appeal), *_appeal_terms(appeal))) if appeal is not None else _NONE,
        _ends(rule),
        _prose.listed("authority", rule.releasable_by, "or") or "nobody",
    )


def _ends(rule: Rule) -> str:
    ways = [word for word, is_way in (("by time", rule.has_timer), ("by clearance", rule.clearance)) if is_way]
    return (" or " if rule.lifted_by is LiftedBy.ANY else " and ").join(ways) or "by release"


def _timer(rule: Rule) -> str:
    if rule.business_days is not None:
        return f"end of business day {rule.business_days} after {_TIMED_FROM[rule.repeat]}"
    if rule.chosen is not None and rule.repeat is Repeat.EXTEND:
        return f"{_prose.timer_words(rule)}, to the latest end that a trigger sets"
    return f"{_prose.timer_words(rule)} after {_TIMED_FROM[rule.repeat]}"


_TIMED_FROM: Final = complete(
    Repeat, {Repeat.EXTEND: "the latest trigger", Repeat.KEEP: "the first trigger", Repeat.SEPARATE: "its trigger"}
)


def _where(rule: Rule) -> str:
    return " and ".join(_fact(name, fact) for name, fact in rule.where.items())


def _fact(name: str, fact: Fact) -> str:
    return f"{name} = {json.dumps(fact, ensure_ascii=False)}"


def _methods(clearance: Clearance) -> Iterator[str]:
    """Say the accepted methods, the number of attempts, the deadlines, and how long an identity counts."""
    if clearance.unverified == clearance.verified:
        yield _either(clearance.verified)
    else:
        yield f"identity not verified: {_either(clearance.unverified)}"
        yield f"identity verified: {_either(clearance.verified)}"
    if clearance.attempts is not None:
        yield f"closed after {_prose.counted(clearance.attempts, 'failure')}"
    if clearance.verify_within is not None:
        yield f"a started one lapses after {_prose.duration_words(clearance.verify_within)}"
    yield from _due("review", clearance.review_within, clearance.review_business_days)
    if clearance.identity_valid_for is not None:
        yield f"a proved identity counts for {_prose.duration_words(clearance.identity_valid_for)}"


def _either(methods: Iterable[Method]) -> str:
    return _prose.listed("method", methods, "or") or "no method"


def _appeal_from(appeal: Appeal) -> str:
    return f"after {_prose.counted(appeal.after_failures, 'failure')}" if appeal.after_failures else "at any time"


def _appeal_terms(appeal: Appeal) -> Iterator[str]:
    yield "once" if appeal.limit == 1 else f"up to {appeal.limit} times"
    if appeal.within is not None:
        yield f"within {_prose.duration_words(appeal.within)} of the latest failure or trigger"
    yield f"with {_prose.listed('document', appeal.documents, 'and') or 'no documents'}"
    yield from _due("decision", appeal.decide_within, appeal.decide_business_days)


def _due(what: str, within: timedelta | None, business_days: int | None) -> Iterator[str]:
    if business_days is not None:
        yield f"{what} due within {_prose.counted(business_days, 'business day')}"
    if within is not None:
        yield f"{what} due within {_prose.duration_words(within)}"


# ── A timeline ───────────────────────────────────────────────────────────────────────────────────────────────────

_TAGS: Final[Mapping[Permission | Stage, str]] = {
    **complete(Permission, {Permission.ALLOWED: "done", Permission.DENIED: "crit", Permission.UNKNOWN: "active"}),
    **complete(
        Stage,
        {
            Stage.SUSPENDED: "crit",
            Stage.VERIFICATION: "active",
            Stage.REVIEW: "active",
            Stage.APPEAL: "active",
            Stage.MORE_NEEDED: "active",
            Stage.CLEARED: "done",
        },
    ),
}


def timeline_as_svg(history: History, *, only_changes: bool = False) -> str:
    """Return the history as one self-contained SVG file, readable on light and on dark pages.

    With `only_changes` an event that changed nothing is not drawn: one that was refused, that was already known, or
    that no rule listens to.
    """
    return draw(timeline_of(history, only_changes=only_changes))


def timeline_as_mermaid(history: History, *, only_changes: bool = False) -> str:
    """Return the history as a Mermaid gantt chart, to the millisecond, in UTC; `only_changes` as for an SVG file."""
    timeline = timeline_of(history, only_changes=only_changes)
    left, right = _window(timeline)
    return _lines(
        # The names of the holds need this space on the left.
        "%%{init: {'gantt': {'leftPadding': 170}}}%%",
        "gantt",
        f"    title {_label(f'{_prose.instant_words(history.now)}, {timeline.asked_and_answered}')}",
        f"    accTitle: {_label(timeline.title)}",
        f"    accDescr: {mermaid_text(described(timeline), DESCRIPTION_LENGTH_MAX)}",
        "    dateFormat YYYY-MM-DDTHH:mm:ss.SSS",
        f"    axisFormat {_axis_format(right - left)}",
        "    todayMarker off",
        f"    section Account<br/>{_label(shortened(history.account, 26))}",
        *(_task(span, left, right) for span in timeline.band if span.until is None or span.until > left),
        f"    now, {_label(timeline.asked_and_answered)} :milestone, {_stamp(history.now)}, 0d",
        *(f"    note, {_label(note)} :milestone, {_stamp(history.now)}, 0d" for note in timeline.notes),
        "    section Events",
        *(_milestone(mark) for mark in timeline.marks),
        *(line for lane in timeline.lanes for line in _section(lane, left, right)),
    )


def _window(timeline: Timeline) -> tuple[datetime, datetime]:
    """Return the first and the last instant of a chart: all that it has to show, and a margin on both sides."""
    first, last = timeline.instants[0], timeline.instants[-1]
    beside = max((last - first) / 20, timedelta(hours=1))
    return first - beside, last + beside


def _axis_format(length: timedelta) -> str:
    return "%d %b %H:%M" if length < timedelta(days=30) else "%Y-%m-%d"


def _section(lane: Lane, left: datetime, right: datetime) -> Iterator[str]:
    hold = lane.hold
    name = (shortened(hold.rule.id, 26), f"by {shortened(hold.cause.event, 14)}, {lane.ending}")
    beside = (shortened(lane.aside, 34),) if lane.aside else ()
    yield f"    section {'<br/>'.join(_label(line) for line in (*name, *beside))}"
    yield from (_task(span, left, right) for span in lane.spans if span.until is None or span.until > left)


def _task(span: Span, left: datetime, right: datetime) -> str:
    since, until = max(span.since, left), right if span.until is None else span.until
    return f"    {span.what} :{_TAGS[span.what]}, {_stamp(since)}, {_stamp(until)}"


def _milestone(mark: Mark) -> str:
    aside = "" if mark.kind is MarkKind.MOVE else f", {mark.kind}"
    words = f"{shortened(mark.happened, MILESTONE_LENGTH_MAX)}{aside}"
    return f"    {mark.number} {_label(words)} :milestone, {_stamp(mark.at)}, 0d"


def _stamp(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds")


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _label(words: str) -> str:
    return mermaid_text(words, LABEL_LENGTH_MAX)


def _quoted(*lines: str) -> str:
    return f'"{"<br/>".join(_label(line) for line in lines)}"'


def _edge(words: str) -> str:
    return f"|{_quoted(words)}|" if words else ""


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return _lines(*(f"| {' | '.join(cells)} |" for cells in (columns, ("---",) * len(columns), *rows)))


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


_publish(vars())
