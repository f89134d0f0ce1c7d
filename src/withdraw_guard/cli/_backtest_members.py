"""The report of a backtest for a machine: one JSON object whose lists are cut, and CSV with every payout.

Both write the same members of a payout.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TextIO, assert_never

from withdraw_guard._values.time import write_instant
from withdraw_guard.backtest import (
    ActsAfter,
    Assumption,
    Backtest,
    Changed,
    HoldTimes,
    NeverEnds,
    NobodyActs,
    Payout,
    Task,
    UnderPolicy,
    amount_of,
)
from withdraw_guard.cli._backtest_lines import Lines
from withdraw_guard.cli._backtest_report import amount_told, hours, longer_and_shorter, rules_of
from withdraw_guard.wire import Json, Members

LISTED_MAX: Final = 1_000
NOTHING, MEDIAN, NEVER = "nothing", "median", "never"

COLUMNS: Final = ("change", "id", "account", "at", "amount", "because")


def write_csv(report: Backtest, stream: TextIO) -> None:
    """Write a line for every payout that changes. Several rules stand in one cell, with a space between them."""
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(COLUMNS)
    for change, changes in (("blocked", report.blocked), ("let_through", report.let_through)):
        for each in changes:
            payout, because = each.payout, " ".join(rules_of(each))
            rows.writerow((change, payout.id, payout.account, write_instant(payout.at), amount_told(payout), because))


def members_of(report: Backtest, lines: Lines) -> Members:
    """Return the members of the object."""
    faults = lines.unreadable.most_common()
    return {
        "old": _policy(report.old),
        "new": _policy(report.new),
        "sample": lines.sample,
        "assumption": _word_of(report.assumption),
        "acts_after": hours(report.assumption.time) if isinstance(report.assumption, ActsAfter) else None,
        "accounts": report.accounts,
        "events": report.events,
        "compared": report.compared,
        "blocked": _changes(report.blocked),
        "let_through": _changes(report.let_through),
        "accounts_changed": _accounts(report),
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
    """Return the word of `--as` for an assumption."""
    match assumption:
        case NobodyActs():
            return NOTHING
        case ActsAfter():
            return MEDIAN
        case NeverEnds():
            return NEVER
        case _ as never:
            assert_never(never)


def _policy(under: UnderPolicy) -> Members:
    stuck: list[Json] = [
        {"account": each.account, "since": write_instant(each.since), "rules": [*each.rules]}
        for each in under.stuck[:LISTED_MAX]
    ]
    return {
        "policy": {"id": under.policy.id, "version": under.policy.version},
        "denied": under.denied,
        "refused": {**under.refused},
        "hold_hours": {rule: _hours(times) for rule, times in under.hold_times.items()},
        "desk": [{"week": f"{monday}", **_work(of_week)} for monday, of_week in under.desk.items()],
        "stuck": {"count": len(under.stuck), "accounts": stuck},
    }


def _work(of_week: Mapping[Task, int]) -> Members:
    return {task.value: count for task, count in of_week.items()}


def _hours(times: HoldTimes) -> Members:
    lengths = {"sum": times.total, "median": times.median, "p95": times.p95}
    return {"holds": times.holds, **{name: hours(length) for name, length in lengths.items()}}


def _changes(changes: Sequence[Changed]) -> Members:
    return {
        "count": len(changes),
        "amount": format(amount_of(changes), "f"),
        "without_amount": sum(each.payout.amount is None for each in changes),
        "payouts": [
            {
                "id": each.payout.id,
                "account": each.payout.account,
                "at": write_instant(each.payout.at),
                "amount": amount_told(each.payout),
                "because": [*rules_of(each)],
            }
            for each in changes[:LISTED_MAX]
        ],
    }


def _accounts(report: Backtest) -> Members:
    changes = report.accounts_changed
    longer, shorter = longer_and_shorter(changes)
    listed: list[Json] = [
        {
            "account": each.account,
            "blocked": each.blocked,
            "let_through": each.let_through,
            "hours_before": hours(each.held_before),
            "hours_after": hours(each.held_after),
        }
        for each in changes[:LISTED_MAX]
    ]
    return {"longer": longer, "shorter": shorter, "accounts": listed}


def _ids(payouts: Iterable[Payout]) -> Members:
    ids: list[Json] = [payout.id for payout in payouts]
    return {"count": len(ids), "ids": ids[:LISTED_MAX]}
