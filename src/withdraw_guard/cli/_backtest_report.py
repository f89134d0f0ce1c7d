"""The report of a backtest for a person: sections with a head, lines and a table, as text or as Markdown.

Every list is cut. What was cut is counted, and `--csv` has all payouts.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final, assert_never, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._prose import Row
from withdraw_guard._values.escape import visible
from withdraw_guard._values.ids import RuleId
from withdraw_guard.backtest import (
    AccountChange,
    ActsAfter,
    Assumption,
    Backtest,
    Changed,
    NeverEnds,
    NobodyActs,
    Payout,
    Stuck,
    Task,
    UnderPolicy,
    amount_of,
)
from withdraw_guard.cli._backtest_lines import Lines
from withdraw_guard.cli._terminal import columns

LISTED_MAX: Final = 20
_HOUR: Final = 3600

Table = Sequence[tuple[str, ...]]


@final
@attrs.frozen(kw_only=True)
class Section:
    """A part of the report. The first row of a table has the heads; a table without another row is left out."""

    head: str
    table: Table = ()
    lines: Sequence[str] = ()


def as_text(report: Backtest, lines: Lines) -> Iterator[Row]:
    """Give the report as rows."""
    for number, section in enumerate(sections_of(report, lines)):
        if number:
            yield ()
        yield ((section.head, "bold"),)
        if len(section.table) > 1:
            yield from columns(section.table)
        yield from (((f"  {line}" if number else line, ""),) for line in section.lines)


def as_markdown(report: Backtest, lines: Lines) -> Iterator[str]:
    """Give the report as lines of Markdown."""
    for number, section in enumerate(sections_of(report, lines)):
        yield f"{'##' if number else '#'} {_cell(section.head)}"
        yield ""
        if len(section.table) > 1:
            heads, *rows = section.table
            yield from (f"| {' | '.join(map(_cell, cells))} |" for cells in (heads, ("---",) * len(heads), *rows))
            yield ""
        yield from (f"- {_cell(line)}" for line in section.lines)
        if section.lines:
            yield ""


def _cell(text: str) -> str:
    """Write text so that Markdown shows it as it is."""
    return "".join(f"\\{sign}" if sign in r"\`*_[]<>|#&" else sign for sign in visible(text))


def rules_of(change: Changed) -> list[RuleId]:
    """Return the rules that deny it, each once."""
    return [*dict.fromkeys(span.rule for span in change.spans)]


def hours(length: timedelta) -> float:
    """Return a length in hours."""
    return round(length.total_seconds() / _HOUR, 3)


def amount_told(payout: Payout) -> str | None:
    """Return the amount of a payout without an exponent; none if it is not known."""
    return None if payout.amount is None else f"{payout.amount:f}"


def longer_and_shorter(changes: Sequence[AccountChange]) -> tuple[int, int]:
    """Return how many accounts the new policy holds longer, and how many shorter."""
    longer = sum(each.held_after > each.held_before for each in changes)
    shorter = sum(each.held_after < each.held_before for each in changes)
    return longer, shorter


def sections_of(report: Backtest, lines: Lines) -> Iterator[Section]:
    """Give the parts of the report, the first of which is about the whole."""
    old, new = report.old.policy, report.new.policy
    yield Section(
        head=f"policy {new.id}, version {new.version}, instead of {old.id}, version {old.version}",
        lines=[
            *(["incomplete: a line could not be read"] if lines.unreadable.count else []),
            *([f"a sample: one account in {lines.sample}"] if lines.sample > 1 else []),
            f"{_prose.counted(report.compared, 'payout')} compared",
            f"a hold that only the new policy places {_assumed(report.assumption)}",
        ],
    )
    yield _payouts("newly blocked", report.blocked, report.compared)
    yield _payouts("newly let through", report.let_through, report.compared)
    if report.accounts_changed:
        yield _accounts(report.accounts_changed)
    for under, which in ((report.old, "old"), (report.new, "new")):
        yield from _of_policy(under, which)


def _assumed(assumption: Assumption) -> str:
    match assumption:
        case NobodyActs():
            return "is ended by time alone"
        case ActsAfter():
            return f"is ended by people after {hours(assumption.time):g} hours, the median of this journal"
        case NeverEnds():
            return "does not end"
        case _ as never:
            assert_never(never)


def _payouts(what: str, changes: Sequence[Changed], compared: int) -> Section:
    share = f" ({len(changes) / compared:.2%})" if compared else ""
    cells = [_payout(each) for each in changes[:LISTED_MAX]]
    return Section(
        head=f"{what}: {len(changes)}{share}, amount {amount_of(changes):f}",
        table=[("PAYOUT", "ACCOUNT", "AT (UTC)", "AMOUNT", "BECAUSE OF"), *cells],
        lines=_more(len(changes), "--csv lists them all"),
    )


def _payout(change: Changed) -> tuple[str, ...]:
    payout, rules = change.payout, ", ".join(rules_of(change))
    return payout.id, payout.account, _prose.clock_words(payout.at), amount_told(payout) or "", rules


def _more(count: int, advice: str = "") -> list[str]:
    more = count - LISTED_MAX
    return [f"{more} more{f': {advice}' if advice else ''}"] if more > 0 else []


def _accounts(changes: Sequence[AccountChange]) -> Section:
    cells = [_account(each) for each in changes[:LISTED_MAX]]
    longer, shorter = longer_and_shorter(changes)
    return Section(
        head=f"accounts held longer: {longer}, held shorter: {shorter}; those that change most",
        table=[("ACCOUNT", "BLOCKED", "LET THROUGH", "HOURS BEFORE", "HOURS AFTER"), *cells],
        lines=_more(len(changes)),
    )


def _account(change: AccountChange) -> tuple[str, ...]:
    held = (f"{hours(length):.1f}" for length in (change.held_before, change.held_after))
    return change.account, str(change.blocked), str(change.let_through), *held


def _of_policy(under: UnderPolicy, which: str) -> Iterator[Section]:
    cells = [
        (rule, str(times.holds), *(f"{hours(length):.1f}" for length in (times.total, times.median, times.p95)))
        for rule, times in under.hold_times.items()
    ]
    yield Section(
        head=f"{which} policy: {_prose.counted(under.denied, 'payout')} denied",
        table=[("RULE", "HOLDS", "HOURS", "MEDIAN", "P95"), *cells],
        lines=[f"{_prose.counted(count, 'event')} refused: {reason}" for reason, count in under.refused.items()],
    )
    if under.desk:
        weeks = [(f"{monday}", *(str(work[task]) for task in Task)) for monday, work in under.desk.items()]
        heads = ("WEEK OF", *(task.upper() for task in Task))
        yield Section(head=f"{which} policy: the work of people, week by week", table=[heads, *weeks])
    if under.stuck:
        accounts = _prose.counted(len(under.stuck), "account")
        yield Section(
            head=f"{which} policy: {accounts} held at the end by a hold that time does not end",
            table=[("ACCOUNT", "SINCE (UTC)", "RULES"), *map(_stuck, under.stuck[:LISTED_MAX])],
            lines=_more(len(under.stuck)),
        )


def _stuck(stuck: Stuck) -> tuple[str, ...]:
    return stuck.account, _prose.clock_words(stuck.since), ", ".join(stuck.rules)
