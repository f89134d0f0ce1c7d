"""`withdraw-guard backtest`: the report for people and for machines, bad input, and the exit status."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from strategies import START
from test_backtest_both import HOUR, LONG, SHORT, policy
from withdraw_guard import wire

Run = Callable[..., tuple[int, str, str]]
Tested = Callable[..., tuple[int, str, str]]
FILES = ("old.json", "new.json", "events.jsonl", "payouts.jsonl")


def instant(hours: int) -> str:
    return (START + hours * HOUR).isoformat().replace("+00:00", "Z")


def event(hours: int = 0, account: str = "a1", **members: Any) -> dict[str, Any]:
    head = {"type": "security_event", "id": f"e{hours}", "account": account, "at": instant(hours)}
    return {**head, "trigger": "password_changed", "initiated_by": "user", "context": {}, **members}


def payout(hours: int, **members: Any) -> dict[str, Any]:
    return {"id": f"p{hours}", "account": "a1", "at": instant(hours), **members}


@pytest.fixture
def tested(run: Run, tmp_path: Path) -> Tested:
    """Run a backtest of a hold of 48 hours in place of one of 24."""

    def test(events: list[Any], payouts: list[Any], *words: str) -> tuple[int, str, str]:
        texts = [json.dumps(wire.to_dict(policy(rule))) for rule in (SHORT, LONG)]
        texts += [
            "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines)
            for lines in (events, payouts)
        ]
        old, new, journal, asked = (tmp_path / name for name in FILES)
        for path, text in zip((old, new, journal, asked), texts, strict=True):
            path.write_text(text)
        return run("backtest", old, new, "--events", journal, "--payouts", asked, *words)

    return test


def members(tested: Tested, events: list[Any], payouts: list[Any]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(tested(events, payouts, "--json")[1])
    return report


def test_a_machine_reads_which_payouts_are_blocked(tested: Tested) -> None:
    report = members(tested, [event()], [payout(1), payout(30, amount="10.50"), payout(31, amount=2), payout(32)])
    assert report["blocked"]["payouts"][0] == {
        "id": "p30", "account": "a1", "at": instant(30), "amount": "10.50", "because": ["long"]
    }  # fmt: skip
    blocked = {name: report["blocked"][name] for name in ("count", "amount", "without_amount")}
    assert blocked == {"count": 3, "amount": "12.50", "without_amount": 1}
    assert report["let_through"] == {"count": 0, "amount": "0", "without_amount": 0, "payouts": []}
    assert report["old"] == {
        "policy": {"id": "p", "version": "1"},
        "denied": 1,
        "refused": {},
        "hold_hours": {"short": {"holds": 1, "sum": 24, "median": 24, "p95": 24}},
        "desk": [],
        "stuck": {"count": 0, "accounts": []},
    }
    assert report["accounts_changed"] == {
        "longer": 1,
        "shorter": 0,
        "accounts": [{"account": "a1", "blocked": 3, "let_through": 0, "hours_before": 24, "hours_after": 32}],
    }
    assert (report["accounts"], report["events"], report["compared"], report["incomplete"]) == (1, 1, 4, False)
    assert (report["assumption"], report["unmapped"], report["without_arrival"]) == ("nothing", 0, 1)


def test_a_person_reads_the_same(tested: Tested) -> None:
    release = event(40, type="verification_submitted", hold="e0:short")
    for name in ("trigger", "initiated_by", "context"):
        del release[name]
    status, out, err = tested([event(), release], [payout(30, amount=2.5), payout(50)])
    assert out.splitlines() == [
        "policy p, version 1, instead of p, version 1",
        "2 payouts compared",
        "a hold that only the new policy places is ended by time alone",
        "",
        "newly blocked: 1 (50.00%), amount 2.5",
        "  PAYOUT  ACCOUNT  AT (UTC)             AMOUNT  BECAUSE OF",
        f"  p30     a1       {(START + 30 * HOUR).replace(tzinfo=None)}  2.5     long",
        "",
        "newly let through: 0 (0.00%), amount 0",
        "",
        "accounts held longer: 1, held shorter: 0; those that change most",
        "  ACCOUNT  BLOCKED  LET THROUGH  HOURS BEFORE  HOURS AFTER",
        "  a1       1        0            24.0          48.0",
        "",
        "old policy: 0 payouts denied",
        "  RULE   HOLDS  HOURS  MEDIAN  P95",
        "  short  1      24.0   24.0    24.0",
        "  1 event refused: hold_not_open",
        "",
        "new policy: 1 payout denied",
        "  RULE  HOLDS  HOURS  MEDIAN  P95",
        "  long  1      48.0   48.0    48.0",
        "  1 event refused: no_clearance",
    ]
    assert (status, err) == (0, "withdraw-guard: 2 events without an arrival: its own instant is used\n")


@pytest.mark.parametrize(
    ("word", "told", "acts_after", "denied"),
    [("nothing", "is ended by time alone", None, 2), ("never", "does not end", None, 3)],
)
def test_what_is_assumed_is_said(
    run: Run, tmp_path: Path, word: str, told: str, acts_after: float | None, denied: int
) -> None:
    arguments = one_rule_instead_of_none(tmp_path, [event()], "--as", word)
    assert f"a hold that only the new policy places {told}" in run(*arguments)[1].splitlines()
    report = json.loads(run(*arguments, "--json")[1])
    assert (report["assumption"], report["acts_after"], report["new"]["denied"]) == (word, acts_after, denied)


def test_the_median_is_that_of_the_journal(tested: Tested) -> None:
    by = {"id": "s1", "kind": "admin"}
    head = {"type": "release_ordered", "id": "r1", "account": "a1", "at": instant(6), "hold": "e0:short", "by": by}
    release = {**head, "authority": "support", "note": "a call", "override_stale": False}
    status, out, _ = tested([event(), release], [payout(7)], "--as", "median")
    assert status == 0
    told = "a hold that only the new policy places is ended by people after 6 hours, the median of this journal"
    assert told in out.splitlines()
    report = json.loads(tested([event(), release], [payout(7)], "--as", "median", "--json")[1])
    assert (report["assumption"], report["acts_after"]) == ("median", 6)
    problem = "--as median: nobody ended a hold of the old policy in these files, so there is no median"
    assert tested([event()], [payout(7)], "--as", "median") == (2, "", f"withdraw-guard: {problem}\n")


def test_a_list_for_a_machine_is_cut_and_csv_has_every_payout(tested: Tested) -> None:
    asked = [payout(24, id=f"q{number}", amount=number) for number in range(1_001)]
    listed = members(tested, [event()], asked)["blocked"]
    assert (listed["count"], len(listed["payouts"])) == (1_001, 1_000)
    status, out, _ = tested([event()], asked, "--csv")
    first, second, *_, last = out.splitlines()
    assert (status, first) == (0, "change,id,account,at,amount,because")
    assert (second, last) == (
        f"blocked,q0,a1,{instant(24)},0,long",
        f"blocked,q1000,a1,{instant(24)},1000,long",
    )


def test_csv_has_the_payouts_that_are_let_through_and_leaves_out_an_unknown_amount(run: Run, tmp_path: Path) -> None:
    _, _, new, *rest = one_rule_instead_of_none(tmp_path, [event()], "--csv")
    out = run("backtest", new, tmp_path / FILES[0], *rest)[1]
    assert out.splitlines()[1:] == [f"let_through,p{hours},a1,{instant(hours)},,short" for hours in (1, 23)]


def test_markdown_has_a_table_for_each_part_and_shows_every_text_as_it_is(tested: Tested) -> None:
    _, out, _ = tested([event(account="a|1")], [payout(30, account="a|1", id="p_*_1")], "--markdown")
    lines = out.splitlines()
    assert lines[0] == "# policy p, version 1, instead of p, version 1"
    assert lines[2:4] == ["- 1 payout compared", "- a hold that only the new policy places is ended by time alone"]
    at = lines.index("| PAYOUT | ACCOUNT | AT (UTC) | AMOUNT | BECAUSE OF |")
    assert lines[at + 1] == "| --- | --- | --- | --- | --- |"
    assert lines[at + 2].startswith(r"| p\_\*\_1 | a\|1 | ")
    assert out.endswith("\n")


def test_the_work_of_people_is_counted_by_week(tested: Tested) -> None:
    by = {"id": "s1", "kind": "admin"}
    head = {"type": "release_ordered", "id": "r1", "account": "a1", "at": instant(6), "hold": "e0:short", "by": by}
    release = {**head, "authority": "support", "note": "a call", "override_stale": False}
    report = members(tested, [event(), release, release], [])
    none = {"verifications": 0, "reviews": 0, "appeals": 0, "assumed": 0}
    monday = f"{START.date() - START.weekday() * 24 * HOUR}"
    assert report["old"]["desk"] == report["new"]["desk"] == [{"week": monday, **none, "releases": 1}]
    _, out, _ = tested([event(), release], [])
    assert "  WEEK OF     VERIFICATIONS  REVIEWS  APPEALS  RELEASES  ASSUMED" in out.splitlines()


def test_accounts_that_never_get_out_are_listed(run: Run, tmp_path: Path) -> None:
    arguments = one_rule_instead_of_none(tmp_path, [event(), event(account="a2")], "--as", "never")
    _, out, _ = run(*arguments)
    assert "new policy: 2 accounts held at the end by a hold that time does not end" in out.splitlines()
    stuck = json.loads(run(*arguments, "--json")[1])["new"]["stuck"]
    assert stuck["count"] == 2
    assert stuck["accounts"][0] == {"account": "a1", "since": instant(0), "rules": ["short"]}


def test_a_sample_takes_the_same_accounts_of_both_files_and_says_so(tested: Tested) -> None:
    names = [f"a{number}" for number in range(40)]
    events, asked = [event(account=name) for name in names], [payout(30, account=name) for name in names]
    found = json.loads(tested(events, asked, "--sample", "4", "--json")[1])
    assert (found["sample"], found["left_out"]["unknown_account"]["count"]) == (4, 0)
    assert 0 < found["compared"] == found["accounts"] == found["without_arrival"] < 40
    assert "  a sample: one account in 4" not in (lines := tested(events, asked, "--sample", "4")[1].splitlines())
    assert "a sample: one account in 4" in lines
    assert json.loads(tested(events, asked, "--sample", "4", "--json")[1]) == found


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5"])
def test_a_sample_is_one_in_a_whole_number(tested: Tested, capsys: pytest.CaptureFixture[str], number: str) -> None:
    with pytest.raises(SystemExit):
        tested([], [], f"--sample={number}")
    assert f"must be a whole number from 1 on, got `{number}`" in capsys.readouterr().err


def test_events_are_put_in_order_of_arrival_across_files(run: Run, tmp_path: Path) -> None:
    command, old, new, _, *rest = one_rule_instead_of_none(tmp_path, [])
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_text(json.dumps(event(20)) + "\n")
    second.write_text(json.dumps(event(0)) + "\n")
    reports = [
        json.loads(run(command, old, new, "--events", *files, *rest[1:], "--json")[1])
        for files in ((first, second), (second, first))
    ]
    assert reports[0] == reports[1]
    assert (reports[0]["new"]["denied"], reports[0]["incomplete"]) == (3, False)


def one_rule_instead_of_none(folder: Path, events: list[Any], *words: str) -> list[Any]:
    old, new, journal, asked = (folder / name for name in FILES)
    old.write_text(json.dumps(wire.to_dict(policy())))
    new.write_text(json.dumps(wire.to_dict(policy(SHORT))))
    journal.write_text("".join(f"{json.dumps(each)}\n" for each in events))
    asked.write_text("".join(f"{json.dumps(payout(hours))}\n" for hours in (1, 23, 30)))
    return ["backtest", old, new, "--events", journal, "--payouts", asked, *words]


def test_a_long_list_is_cut_and_without_payouts_there_is_no_share(tested: Tested) -> None:
    out = tested([event()], [payout(24, id=f"q{number}") for number in range(21)])[1]
    assert "  1 more: --csv lists them all" in out.splitlines()
    assert "newly blocked: 0, amount 0" in tested([], [])[1].splitlines()


def test_an_event_is_known_from_its_arrival_on_in_whatever_order_the_lines_stand(tested: Tested) -> None:
    late = {"arrived_at": instant(5), "event": event(1)}
    report = members(tested, [late, event(0, trigger="unheard_of")], [payout(4), payout(6), payout(30)])
    assert (report["new"]["denied"], report["without_arrival"], report["compared"]) == (2, 1, 3)


def test_a_retraction_is_read_with_and_without_its_arrival(tested: Tested) -> None:
    by = {"id": "s1", "kind": "admin"}
    head = {"type": "event_retracted", "id": "r1", "account": "a1", "at": instant(2), "event": "e0"}
    retraction = {**head, "by": by, "authority": "security", "note": "a mistake"}
    for line in (retraction, {"arrived_at": instant(2), "event": retraction}):
        report = members(tested, [event(), line], [payout(1), payout(3)])
        assert (report["incomplete"], report["events"], report["new"]["denied"]) == (False, 2, 1)


def test_what_is_left_out_is_said(tested: Tested) -> None:
    unmapped = {
        "type": "verification_submitted", "id": "v1", "account": "a1", "at": instant(9), "hold": "x:y"
    }  # fmt: skip
    asked = [payout(1), payout(3, account="a9"), payout(30)]
    status, _, err = tested([event(2), unmapped], asked)
    assert status == 0
    assert err.splitlines()[:2] == [
        "withdraw-guard: 1 payout of an account without events left out",
        "withdraw-guard: 1 payout before the first event of the account left out",
    ]
    assert "withdraw-guard: 1 event about a hold that the new policy did not place" in err.splitlines()
    left_out = members(tested, [event(2)], asked)["left_out"]
    assert left_out == {
        "unknown_account": {"count": 1, "ids": ["p3"]},
        "before_first_event": {"count": 1, "ids": ["p1"]},
        "unreadable": [],
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", ""),
        ("[]", "must be an object, got a list"),
        ({"id": "p", "account": "a1"}, "at: is missing"),
        (payout(1, at="yesterday"), "at: "),
        (payout(1, at=None), "at: "),
        (payout(1, amount="ten"), "amount: must be a number such as `12.50`, got `ten`"),
        (payout(1, amount=True), "amount: must be a number such as `12.50`, got `true`"),
        (payout(1, amount=-1), "amount: must be a number from zero on, got `-1`"),
        (payout(1, currency="EUR"), "currency: is not a member of this document"),
        (payout(2), "id: must be unique in the account, got `p2` again"),
    ],
)
def test_an_unreadable_payout_makes_the_report_incomplete(
    tested: Tested, tmp_path: Path, line: object, problem: str
) -> None:
    status, out, err = tested([event()], [payout(2), "  ", line], "--json")
    fault = f"withdraw-guard: 1 line unreadable, first in line 3: {tmp_path / 'payouts.jsonl'}: {problem}"
    assert (status, json.loads(out)["incomplete"], err.startswith(fault)) == (2, True, True)
    assert json.loads(out)["left_out"]["unreadable"][0]["line"] == 3


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (event(1, at="yesterday"), "at: "),
        ({"event": event(1)}, "type: is missing"),
        ({"arrived_at": instant(1)}, "event: is missing"),
        ({"event": {**event(1), "at": 7}, "arrived_at": instant(1)}, "event.at: "),
        ({"event": event(1), "arrived_at": "soon"}, "arrived_at: "),
    ],
)
def test_an_unreadable_event_makes_the_report_incomplete(tested: Tested, line: object, problem: str) -> None:
    status, out, err = tested([event(), line], [payout(2)])
    assert (status, out.splitlines()[1]) == (2, "incomplete: a line could not be read")
    assert f"events.jsonl: {problem}" in err


@pytest.mark.parametrize(
    ("condition", "status"),
    [("blocked>0", 1), ("blocked>1", 0), ("blocked>49.9%", 1), ("blocked>50%", 0), ("let-through>0", 0)],
)
def test_a_condition_makes_it_fail(tested: Tested, condition: str, status: int) -> None:
    assert tested([event()], [payout(1), payout(30)], "--fail-if", condition)[0] == status


def test_a_wrong_argument_is_refused(tested: Tested, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        tested([], [], "--fail-if", "blocked")
    assert "must be such as `blocked>1%` or `let-through>0`, got `blocked`" in capsys.readouterr().err
    problem = "withdraw-guard: `-` must be given once, because standard input is read once\n"
    assert run("backtest", "-", "binance", "--events", "-", "--payouts", "p.jsonl") == (2, "", problem)
    assert run("backtest", "binance", "binance", "--events", "none.jsonl", "--payouts", "p.jsonl")[0] == 2


def test_the_page_shows_what_is_printed(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "howto" / "backtest-a-policy.md").read_text()
    events, payouts, command = re.findall(r"```(?:text|console)\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("events.jsonl").write_text(events)
    Path("payouts.jsonl").write_text(payouts)
    typed, _, printed = command.partition("\n")
    status, out, err = run(*typed.removeprefix("$ withdraw-guard ").replace('"', "").split())
    assert (status, out + err) == (1, printed)


def with_csv(folder: Path, text: str | bytes) -> list[Any]:
    *arguments, _ = one_rule_instead_of_none(folder, [event()])
    asked = folder / "payouts.csv"
    asked.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [*arguments, asked, "--json"]


def test_payouts_may_be_csv_and_an_empty_cell_is_left_out(run: Run, tmp_path: Path) -> None:
    rows = f"\ufeffid,account,at,amount\np1,a1,{instant(1)},2.50\n\np2,a1,{instant(2)},\np3,a1,{instant(99)}\n"
    status, out, _ = run(*with_csv(tmp_path, rows))
    report = json.loads(out)
    assert (status, report["compared"], report["incomplete"]) == (0, 3, False)
    assert [(each["id"], each["amount"]) for each in report["blocked"]["payouts"]] == [("p1", "2.50"), ("p2", None)]


@pytest.mark.parametrize(
    ("rows", "line", "problem"),
    [
        (f"p1,a1,{instant(1)},1,2", 2, "must have at most 4 cells, got 5"),
        (f"p1,a1,{instant(1)},ten", 2, "amount: must be a number such as `12.50`, got `ten`"),
        ("p1,a1,,1", 2, "at: is missing"),
        (b"p1,a\xff,2026-01-05T09:00:00Z,1", 2, "account: "),
        (f'p1,a1,{instant(1)},"1"x', 2, "must be CSV, and is not read from here on: "),
    ],
)
def test_an_unreadable_row_of_csv_makes_the_report_incomplete(
    run: Run, tmp_path: Path, rows: str | bytes, line: int, problem: str
) -> None:
    body = rows if isinstance(rows, bytes) else rows.encode()
    status, out, err = run(*with_csv(tmp_path, b"id,account,at,amount\n" + body + b"\n"))
    fault = f"withdraw-guard: 1 line unreadable, first in line {line}: {tmp_path / 'payouts.csv'}: {problem}"
    assert (status, json.loads(out)["incomplete"], err.startswith(fault)) == (2, True, True), err


@pytest.mark.parametrize("files", [("e.parquet", "p.jsonl"), ("e.jsonl", "p.PARQUET")])
def test_parquet_is_named_before_anything_is_read(run: Run, files: tuple[str, str]) -> None:
    status, out, err = run("backtest", "binance", "coinbase", "--events", files[0], "--payouts", files[1])
    (named,) = (name for name in files if name.lower().endswith("parquet"))
    problem = f"{named}: must be JSON lines; for Parquet there is an example, `docs/examples/engines`"
    assert (status, out, err) == (2, "", f"withdraw-guard: {problem}\n")


def test_events_are_not_read_from_csv(run: Run) -> None:
    problem = "withdraw-guard: e.csv: must be JSON lines; `withdraw-guard convert` makes events of CSV\n"
    assert run("backtest", "binance", "binance", "--events", "e.csv", "--payouts", "p.csv") == (2, "", problem)


def test_no_row_is_read_below_two_columns_of_one_name(run: Run, tmp_path: Path) -> None:
    status, out, err = run(*with_csv(tmp_path, f"id,account,at,at\np1,a1,{instant(1)},{instant(90)}\n"))
    assert (status, json.loads(out)["compared"]) == (2, 0)
    assert "must not have two columns of one name; no row is read" in err
