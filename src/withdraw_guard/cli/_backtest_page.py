"""The report of a backtest as one HTML page: its sections as tables, and timelines of the accounts that change most.

The page has no script and fetches nothing. Each timeline is drawn as `withdraw-guard timeline` draws it, at the own
instants of the events, once for each policy.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final

from withdraw_guard._model.account import Account
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.escape import visible
from withdraw_guard._values.ids import AccountId
from withdraw_guard.backtest import Arrived, Backtest, Replayed, replayed_twice
from withdraw_guard.cli._backtest_lines import Lines
from withdraw_guard.cli._backtest_report import Section, sections_of
from withdraw_guard.diagram import history_of, timeline_as_svg

TIMELINES_MAX: Final = 5

_STYLE: Final = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid #8884; white-space: nowrap }
th { font-size: .8rem; font-weight: 600 }
svg { max-width: 100%; height: auto }
"""


def page_of(
    report: Backtest,
    lines: Lines,
    policies: tuple[Policy, Policy],
    arrivals: Mapping[AccountId, Sequence[Arrived]],
) -> Iterator[str]:
    """Give the page in parts."""
    first, *others = sections_of(report, lines)
    yield f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{_text(first.head)}</title>\n'
    yield f'<meta name="viewport" content="width=device-width">\n<style>{_STYLE}</style>\n'
    yield from _section("h1", first)
    for section in others:
        yield from _section("h2", section)
    for change in report.accounts_changed[:TIMELINES_MAX]:
        yield from _timelines(report, policies, change.account, arrivals[change.account], lines.until)


def _section(level: str, section: Section) -> Iterator[str]:
    yield f"<{level}>{_text(section.head)}</{level}>\n"
    if len(section.table) > 1:
        heads, *rows = section.table
        yield f'<div class="wide"><table>\n<tr>{_cells("th", heads)}</tr>\n'
        yield from (f"<tr>{_cells('td', cells)}</tr>\n" for cells in rows)
        yield "</table></div>\n"
    yield from (f"<p>{_text(line)}</p>\n" for line in section.lines)


def _cells(tag: str, cells: Sequence[str]) -> str:
    return "".join(f"<{tag}>{_text(cell)}</{tag}>" for cell in cells)


def _text(text: str) -> str:
    return escape(visible(text))


def _timelines(
    report: Backtest,
    policies: tuple[Policy, Policy],
    account: AccountId,
    arrivals: Sequence[Arrived],
    until: datetime,
) -> Iterator[str]:
    """Give one account under the old and under the new policy, without what is assumed."""
    old, new = policies
    both = replayed_twice(old, new, Account(id=account), arrivals, report.assumption)
    for policy, replay, taken in ((old, both.old, arrivals), (new, both.new, both.mapped)):
        which = "old" if replay is both.old else "new"
        yield f"<h2>{_text(account)} under the {which} policy</h2>\n"
        yield _timeline(policy, replay, taken, until)


def _timeline(policy: Policy, replay: Replayed, taken: Sequence[Arrived], until: datetime) -> str:
    """Draw it. An event that can never be applied is counted as unread, as in every picture."""
    invalid = [each.arrived for each in replay.refused if isinstance(each.fault, InvalidValue)]
    events = [each.event for each in taken if each not in invalid]
    history = history_of(policy, replay.account.id, events, now=until, unread=len(invalid))
    return f'<div class="wide">{timeline_as_svg(history)}</div>\n'
