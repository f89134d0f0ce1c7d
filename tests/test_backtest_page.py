"""The HTML page of a backtest: what it shows, that it fetches nothing, and a disk that is full or an interrupt."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import pytest

from test_backtest_both import HOUR, LONG, SHORT, policy
from test_backtest_cli import event, instant, payout
from withdraw_guard import Chosen, Rule, wire

Run = Callable[..., tuple[int, str, str]]


def written(folder: Path, old: Rule, new: Rule, events: list[Any], payouts: list[Any]) -> list[str]:
    """Write the files of a backtest, and return its arguments."""
    named = {"old.json": wire.to_dict(policy(old)), "new.json": wire.to_dict(policy(new))}
    for name, document in named.items():
        (folder / name).write_text(json.dumps(document))
    for name, lines in (("events.jsonl", events), ("payouts.jsonl", payouts)):
        (folder / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    old_file, new_file, journal, asked = (str(folder / name) for name in (*named, "events.jsonl", "payouts.jsonl"))
    return ["backtest", old_file, new_file, "--events", journal, "--payouts", asked]


class Elements(HTMLParser):
    """Reads which elements a page has, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


def test_the_page_has_the_report_and_both_timelines_of_an_account_and_fetches_nothing(run: Run, tmp_path: Path) -> None:
    arguments = written(tmp_path, SHORT, LONG, [event()], [payout(30, id="<p&1>")])
    page = tmp_path / "report.html"
    status, out, err = run(*arguments, "--html", page)
    assert (status, out, err.splitlines()[0]) == (0, "", f"withdraw-guard: wrote {page}")
    text = page.read_text()
    assert "<h2>newly blocked: 1 (100.00%), amount 0</h2>" in text
    assert "<td>&lt;p&amp;1&gt;</td><td>a1</td>" in text
    assert "<p>a hold that only the new policy places is ended by time alone</p>" in text
    assert ("<h2>a1 under the old policy</h2>" in text, "<h2>a1 under the new policy</h2>" in text) == (True, True)
    elements = Elements(text).found
    assert [tag for tag, _ in elements].count("svg") == 2
    assert {tag for tag, _ in elements} & {"script", "link", "img", "iframe", "object"} == set()
    assert [each for _, each in elements if {"src", "href", "xlink:href"} & each.keys()] == []
    assert "@import" not in text
    assert "url(http" not in text


def test_five_accounts_are_drawn(run: Run, tmp_path: Path) -> None:
    names = [f"a{number}" for number in range(7)]
    arguments = written(tmp_path, SHORT, LONG, [event(account=name) for name in names], [payout(30)])
    page = tmp_path / "report.html"
    run(*arguments, "--html", page)
    assert page.read_text().count("<svg ") == 10


def test_a_timeline_of_the_new_policy_has_what_people_did_about_its_own_hold(run: Run, tmp_path: Path) -> None:
    by = {"id": "s1", "kind": "admin"}
    head = {"type": "release_ordered", "id": "r1", "account": "a1", "at": instant(6), "hold": "e0:short", "by": by}
    release = {**head, "authority": "support", "note": "a call", "override_stale": False}
    arguments = written(tmp_path, SHORT, attrs.evolve(LONG, id="other"), [event(), release, event(9)], [payout(40)])
    page = tmp_path / "report.html"
    run(*arguments, "--html", page)
    _, _, of_new = page.read_text().partition("<h2>a1 under the new policy</h2>")
    assert "by e0, released" in of_new


def test_an_event_that_the_new_policy_can_never_apply_is_counted_as_unread(run: Run, tmp_path: Path) -> None:
    choosing = attrs.evolve(LONG, chosen=Chosen(minimum=HOUR, maximum=50 * HOUR))
    arguments = written(tmp_path, SHORT, choosing, [event(), event(30, duration="PT51H")], [payout(26)])
    page = tmp_path / "report.html"
    assert run(*arguments, "--html", page)[0] == 0
    _, _, of_new = page.read_text().partition("<h2>a1 under the new policy</h2>")
    assert "1 event that may be about this account could not be read" in of_new


def test_a_file_that_was_read_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    arguments = written(tmp_path, SHORT, LONG, [event()], [])
    journal = arguments[4]
    problem = f"withdraw-guard: {journal}: is one of the files that were read and is not overwritten\n"
    assert run(*arguments, "--html", journal) == (2, "", problem)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    arguments = written(tmp_path, SHORT, LONG, [event()], [])
    assert run(*arguments, "--html", "/dev/full") == (2, "", "withdraw-guard: No space left on device\n")


def test_an_interrupt_ends_it_without_a_word(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("withdraw_guard.cli._backtest.read_lines", interrupted)
    assert run(*written(tmp_path, SHORT, LONG, [event()], [])) == (130, "", "")
