"""The command `backtest`: what would have been different if another policy had been in force.

Both files are read into memory: the events are sorted by their arrival, account by account.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from withdraw_guard import _prose
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.ids import AccountId
from withdraw_guard.backtest import (
    ActsAfter,
    Arrived,
    Assumption,
    Backtest,
    NeverEnds,
    NobodyActs,
    backtest,
    median_time_to_end,
)
from withdraw_guard.cli._arguments import A_POLICY, UNUSABLE, AddParser, Unusable, add_command, policy_named
from withdraw_guard.cli._backtest_lines import Lines, read_lines
from withdraw_guard.cli._backtest_members import MEDIAN, NEVER, NOTHING, members_of, write_csv
from withdraw_guard.cli._backtest_page import page_of
from withdraw_guard.cli._backtest_report import as_markdown, as_text
from withdraw_guard.cli._terminal import complain, print_rows
from withdraw_guard.cli._timeline import write_document

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
is text or a number, and `destination_id` may be left out. A file of payouts
whose name ends in .csv is CSV with these names in its head; an empty cell is
left out.

exit status:
  0  every line was read, and nothing that --fail-if names came true
  1  something that --fail-if names came true
  2  a line could not be read, or the command cannot be run

--fail-if takes `blocked>N`, `let-through>N`, or N with % for a share of the
payouts that are compared; several are possible.

--json prints one object. A list in it has at most 1,000 members:
  old, new            {"policy", "denied", "refused", "hold_hours", "desk",
                      "stuck"}: how many payouts it denies, how many events it
                      refuses by reason, for each rule {"holds", "sum",
                      "median", "p95"}, for each week with work {"week",
                      "verifications", "reviews", "appeals", "releases",
                      "assumed"}, and the accounts that are held at the end by
                      holds that time does not end: {"count", "accounts"}
  sample              one account in so many was taken
  assumption          nothing, median or never: what --as says
  acts_after          with median: after how many hours people are assumed to
                      end a hold; else null
  accounts, events    how many there are
  compared            how many payouts both policies answered
  blocked, let_through  {"count", "amount", "without_amount", "payouts"}: which
                      payouts exactly one policy denies:
                      {"id", "account", "at", "amount", "because"}
  accounts_changed    {"longer", "shorter", "accounts"}: how many are held
                      longer and shorter, and those that change most:
                      {"account", "blocked", "let_through", "hours_before",
                      "hours_after"}; holds that overlap count their hours twice
  unmapped            how many events are about a hold that only the old policy
                      places, or that it does not know
  without_arrival     how many events arrive at their own instant
  left_out            {"unknown_account", "before_first_event"}: {"count",
                      "ids"} of payouts; "unreadable": {"count", "line",
                      "problem"} for each kind of fault, at most 20 kinds, with
                      its first line
  incomplete          whether a line could not be read

--html writes one page that fetches nothing: the report, and the five accounts
that change most, each with a timeline under both policies. A timeline draws
events at their own instants, and not what --as assumes.

With --sample the report is incomplete if a line could not be read, also if it
may be about an account that is not in the sample.

--csv prints every payout that changes: change, id, account, at, amount,
because. Where several rules deny it, `because` has a space between them.

A week begins on Monday, in UTC. Verifications are counted when they begin,
reviews and appeals when they are decided, releases when they are ordered. Work
that is assumed by --as median is counted as assumed, and not as the others.
"""

_CONDITION: Final = re.compile(r"(blocked|let-through)>(\d{1,18}(?:\.\d{1,9})?)(%?)", re.ASCII)

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
    parser.add_argument(
        "--sample", type=_whole, default=1, metavar="N", help="take one account in N, always the same ones"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    form.add_argument("--csv", action="store_true", help="print every payout that changes, as CSV")
    form.add_argument("--markdown", action="store_true", help="print the report as Markdown")
    form.add_argument("--html", metavar="FILE.html", help="write a page with timelines to this file")
    parser.set_defaults(run=_run)


def _condition(text: str) -> Condition:
    matched = _CONDITION.fullmatch(text)
    if matched is None:
        raise argparse.ArgumentTypeError(f"must be such as `blocked>1%` or `let-through>0`, got `{text}`")
    name, number, percent = matched.groups()
    return name, Decimal(number), bool(percent)


def _whole(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, got `{text}`")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    if [arguments.old, arguments.new, *arguments.events, *arguments.payouts].count("-") > 1:
        raise Unusable("`-` must be given once, because standard input is read once")
    old, new = policy_named(arguments.old), policy_named(arguments.new)
    lines = read_lines(arguments.events, arguments.payouts, arguments.sample)
    in_order = {account: sorted(arrivals, key=lambda each: each.at) for account, arrivals in lines.arrivals.items()}
    assumption = _assumption(arguments.assumed, old, in_order)
    report = backtest(old, new, in_order, lines.payouts.values(), lines.until, assumption)
    if arguments.html is not None:
        page = "".join(page_of(report, lines, (old, new), in_order))
        write_document(arguments.html, page, arguments.old, arguments.new, *arguments.events, *arguments.payouts)
        complain(f"wrote {arguments.html}")
    else:
        _print(arguments, report, lines)
    _complain(report, lines)
    if lines.unreadable.count:
        return UNUSABLE
    return 1 if any(_is_true(condition, report) for condition in arguments.fail_if) else 0


def _print(arguments: argparse.Namespace, report: Backtest, lines: Lines) -> None:
    if arguments.json:
        print(json.dumps(members_of(report, lines)))
    elif arguments.csv:
        write_csv(report, sys.stdout)
    elif arguments.markdown:
        print(*as_markdown(report, lines), sep="\n", end="")
    else:
        print_rows(as_text(report, lines))


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
