"""The command `backtest`: what would have been different if another policy had been in force.

Both files are read into memory: the events are sorted by their arrival, account by account.
"""

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final, TypeAlias, assert_never

from withdraw_guard import _prose
from withdraw_guard._model.policy import Policy
from withdraw_guard._prose import Row
from withdraw_guard._values.ids import AccountId, RuleId
from withdraw_guard._values.time import write_instant
from withdraw_guard.backtest import (
    ActsAfter,
    Arrived,
    Assumption,
    Backtest,
    Changed,
    HoldTimes,
    NeverEnds,
    NobodyActs,
    Payout,
    UnderPolicy,
    amount_of,
    backtest,
    median_time_to_end,
)
from withdraw_guard.cli._arguments import A_POLICY, UNUSABLE, AddParser, Unusable, add_command, add_json, policy_named
from withdraw_guard.cli._backtest_lines import Lines, read_lines
from withdraw_guard.cli._terminal import columns, complain, print_rows
from withdraw_guard.wire import Json, Members

NOTES: Final = """\
An answer at an instant uses what had arrived by then. People's events name
holds of the old policy: they are done about the hold of the new one that the
same event placed. --as says what ends a hold that only the new policy places:
  nothing  people do nothing, and its timer runs out if it has one (the default)
  median   people end it in the median time in which they ended the holds of the
           old policy in this journal; a hold with a timer alone ends with that
  never    neither people nor time end it before the end of the files, unless
           what placed it is retracted: the most that such holds can deny
A payout of an account without events, or from before the first of them, is left
out. The files are read into memory.

examples:
  withdraw-guard backtest in-force.json new.json --events 2026.jsonl \\
      --payouts payouts.jsonl
  withdraw-guard backtest binance new.json --events 2026-*.jsonl \\
      --payouts payouts-*.jsonl --json --fail-if "blocked>1%"

A line of --events is an event in the wire format, or one with its arrival:
  {"arrived_at": "2026-01-05T09:00:02Z", "event": {"type": "security_event", …}}
Without it an event arrives at its own instant. A line of --payouts is:
  {"id": "p1", "account": "a1", "at": "2026-01-05T12:00:00Z", "amount": "12.50"}
`operation` (default: withdrawal), `destination` (default: new), `amount`, which
is text or a number, and `destination_id` may be left out.

exit status:
  0  every line was read, and nothing that --fail-if names came true
  1  something that --fail-if names came true
  2  a line could not be read, or the command cannot be run

--fail-if takes `blocked>N`, `let-through>N`, or N with % for a share of the
payouts that are compared; several are possible.

--json prints one object:
  old, new            {"policy", "denied", "refused", "hold_hours"}: how many
                      payouts it denies, how many events it refuses by reason,
                      and for each rule {"holds", "sum", "median", "p95"}
  assumption          nothing, median or never: what --as says
  acts_after          with median: after how many hours people are assumed to
                      end a hold; else null
  accounts, events    how many there are
  compared            how many payouts both policies answered
  blocked, let_through  {"count", "amount", "without_amount", "payouts"}: which
                      payouts exactly one policy denies:
                      {"id", "account", "at", "amount", "because"}
  unmapped            how many events are about a hold that only the old policy
                      places, or that it does not know
  without_arrival     how many events arrive at their own instant
  left_out            {"unknown_account", "before_first_event"}: the ids of
                      payouts; "unreadable": {"count", "line", "problem"} for
                      each kind of fault, at most 20 kinds, with its first line
  incomplete          whether a line could not be read
"""

_CONDITION: Final = re.compile(r"(blocked|let-through)>(\d{1,18}(?:\.\d{1,9})?)(%?)", re.ASCII)
_HOUR: Final = 3600
_LISTED_MAX: Final = 20

NOTHING, MEDIAN, NEVER = "nothing", "median", "never"

Condition: TypeAlias = tuple[str, Decimal, bool]


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "backtest", NOTES)
    parser.add_argument("old", metavar="OLD", help=A_POLICY)
    parser.add_argument("new", metavar="NEW", help=A_POLICY)
    for what in ("event", "payout"):
        told = f"one {what} per line; `-` reads standard input"
        parser.add_argument(f"--{what}s", nargs="+", action="extend", required=True, metavar="FILE", help=told)
    parser.add_argument(
        "--fail-if", type=_condition, action="append", default=[], metavar="CONDITION", help='such as "blocked>1%%"'
    )
    parser.add_argument(
        "--as",
        dest="assumed",
        choices=(NOTHING, MEDIAN, NEVER),
        default=NOTHING,
        help="what ends a hold that only the new policy places (default: nothing)",
    )
    add_json(parser)
    parser.set_defaults(run=_run)


def _condition(text: str) -> Condition:
    matched = _CONDITION.fullmatch(text)
    if matched is None:
        raise argparse.ArgumentTypeError(f"must be such as `blocked>1%` or `let-through>0`, got `{text}`")
    name, number, percent = matched.groups()
    return name, Decimal(number), bool(percent)


def _run(arguments: argparse.Namespace) -> int:
    if [arguments.old, arguments.new, *arguments.events, *arguments.payouts].count("-") > 1:
        raise Unusable("`-` must be given once, because standard input is read once")
    old, new = policy_named(arguments.old), policy_named(arguments.new)
    lines = read_lines(arguments.events, arguments.payouts)
    in_order = {account: sorted(arrivals, key=lambda each: each.at) for account, arrivals in lines.arrivals.items()}
    assumption = _assumption(arguments.assumed, old, in_order)
    report = backtest(old, new, in_order, lines.payouts.values(), lines.until, assumption)
    if arguments.json:
        print(json.dumps(_members(report, lines)))
    else:
        print_rows(_rows(report, lines))
    _complain(report, lines)
    if lines.unreadable.count:
        return UNUSABLE
    return 1 if any(_is_true(condition, report) for condition in arguments.fail_if) else 0


def _assumption(word: str, old: Policy, arrivals: Mapping[AccountId, Sequence[Arrived]]) -> Assumption:
    if word == NOTHING:
        return NobodyActs()
    if word == NEVER:
        return NeverEnds()
    median = median_time_to_end(old, arrivals)
    if median is None:
        raise Unusable("--as median: nobody ended a hold of the old policy in these files, so there is no median")
    return ActsAfter(time=median)


def _is_true(condition: Condition, report: Backtest) -> bool:
    name, limit, is_share = condition
    count = len(report.blocked if name == "blocked" else report.let_through)
    return count * 100 > limit * report.compared if is_share else count > limit


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def _members(report: Backtest, lines: Lines) -> Members:
    faults = lines.unreadable.most_common()
    return {
        "old": _policy_members(report.old),
        "new": _policy_members(report.new),
        "assumption": _word_of(report.assumption),
        "acts_after": _hours(report.assumption.time) if isinstance(report.assumption, ActsAfter) else None,
        "accounts": report.accounts,
        "events": report.events,
        "compared": report.compared,
        "blocked": _changed_members(report.blocked),
        "let_through": _changed_members(report.let_through),
        "unmapped": report.unmapped,
        "without_arrival": lines.without_arrival,
        "left_out": {
            "unknown_account": _ids(report.unknown_account),
            "before_first_event": _ids(report.before_first_event),
            "unreadable": [{"count": count, "line": line, "problem": told} for count, line, told in faults],
        },
        "incomplete": lines.unreadable.count > 0,
    }


def _word_of(assumption: Assumption) -> str:
    match assumption:
        case NobodyActs():
            return NOTHING
        case ActsAfter():
            return MEDIAN
        case NeverEnds():
            return NEVER
        case _ as never:
            assert_never(never)


def _policy_members(under: UnderPolicy) -> Members:
    return {
        "policy": {"id": under.policy.id, "version": under.policy.version},
        "denied": under.denied,
        "refused": {**under.refused},
        "hold_hours": {rule: _hours_members(times) for rule, times in under.hold_times.items()},
    }


def _hours_members(times: HoldTimes) -> Members:
    return {
        "holds": times.holds,
        "sum": _hours(times.total),
        "median": _hours(times.median),
        "p95": _hours(times.p95),
    }


def _changed_members(changes: Sequence[Changed]) -> Members:
    return {
        "count": len(changes),
        "amount": format(amount_of(changes), "f"),
        "without_amount": sum(each.payout.amount is None for each in changes),
        "payouts": [
            {
                "id": each.payout.id,
                "account": each.payout.account,
                "at": write_instant(each.payout.at),
                "amount": None if each.payout.amount is None else format(each.payout.amount, "f"),
                "because": [*_rules(each)],
            }
            for each in changes
        ],
    }


def _ids(payouts: Sequence[Payout]) -> list[Json]:
    return [payout.id for payout in payouts]


def _rules(change: Changed) -> list[RuleId]:
    """Return the rules that deny it, each once."""
    return [*dict.fromkeys(span.rule for span in change.spans)]


def _hours(length: timedelta) -> float:
    return round(length.total_seconds() / _HOUR, 3)


# ── For a person ─────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(report: Backtest, lines: Lines) -> Iterator[Row]:
    old, new = report.old.policy, report.new.policy
    yield ((f"policy {new.id}, version {new.version}, instead of {old.id}, version {old.version}", "bold"),)
    yield ((f"{_prose.counted(report.compared, 'payout')} compared", ""),)
    yield ((f"a hold that only the new policy places {_told(report.assumption)}", ""),)
    yield from _changed_rows("newly blocked", report.blocked, report.compared)
    yield from _changed_rows("newly let through", report.let_through, report.compared)
    for under, which in ((report.old, "old"), (report.new, "new")):
        yield from _policy_rows(under, which)
    if lines.unreadable.count:
        yield (("incomplete: a line could not be read", "bold red"),)


def _told(assumption: Assumption) -> str:
    match assumption:
        case NobodyActs():
            return "is ended by time alone"
        case ActsAfter():
            return f"is ended by people after {_hours(assumption.time):g} hours, the median of this journal"
        case NeverEnds():
            return "does not end"
        case _ as never:
            assert_never(never)


def _changed_rows(what: str, changes: Sequence[Changed], compared: int) -> Iterator[Row]:
    share = f" ({len(changes) / compared:.2%})" if compared else ""
    yield ()
    yield ((f"{what}: {len(changes)}{share}, amount {amount_of(changes):f}", "bold"),)
    if changes:
        cells = [_cells(each) for each in changes[:_LISTED_MAX]]
        yield from columns([("PAYOUT", "ACCOUNT", "AT (UTC)", "AMOUNT", "BECAUSE OF"), *cells])
    if len(changes) > _LISTED_MAX:
        yield ((f"  {len(changes) - _LISTED_MAX} more: --json lists them all", "dim"),)


def _cells(change: Changed) -> tuple[str, ...]:
    payout = change.payout
    amount = "" if payout.amount is None else f"{payout.amount:f}"
    return payout.id, payout.account, _prose.clock_words(payout.at), amount, ", ".join(_rules(change))


def _policy_rows(under: UnderPolicy, which: str) -> Iterator[Row]:
    yield ()
    yield ((f"{which} policy: {_prose.counted(under.denied, 'payout')} denied", "bold"),)
    if under.hold_times:
        yield from columns([("RULE", "HOLDS", "HOURS", "MEDIAN", "P95"), *_hours_cells(under.hold_times)])
    for reason, count in under.refused.items():
        yield ((f"  {_prose.counted(count, 'event')} refused: {reason}", ""),)


def _hours_cells(times: Mapping[RuleId, HoldTimes]) -> Iterator[tuple[str, ...]]:
    for rule, of in times.items():
        yield rule, str(of.holds), *(f"{_hours(length):.1f}" for length in (of.total, of.median, of.p95))


def _complain(report: Backtest, lines: Lines) -> None:
    for count, line, told in lines.unreadable.most_common():
        complain(f"{_prose.counted(count, 'line')} unreadable, first in line {line}: {told}")
    for payouts, why in (
        (report.unknown_account, "of an account without events"),
        (report.before_first_event, "before the first event of the account"),
    ):
        if payouts:
            complain(f"{_prose.counted(len(payouts), 'payout')} {why} left out")
    if lines.without_arrival:
        complain(f"{_prose.counted(lines.without_arrival, 'event')} without an arrival: its own instant is used")
    if report.unmapped:
        complain(f"{_prose.counted(report.unmapped, 'event')} about a hold that the new policy did not place")
