"""The command line accepts the name of a published policy wherever it accepts a policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from withdraw_guard import policies, wire
from withdraw_guard.policies import GALLERY

Run = Callable[..., tuple[int, str, str]]
AT = ("--at", "2026-01-06T00:00:00Z")
# One that is quickly proved, and one with all that the language has grown by.
NAMES = ("hitbtc", "kraken")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    lines = [
        {"id": "e1", "trigger": "password_changed", "context": {"reset": True}},
        {"id": "e2", "trigger": "settings_unlock_requested", "duration": "P60D"},
        {"id": "e3", "trigger": "payment_suspected", "destination_id": "payment-1"},
    ]
    head = {
        "type": "security_event",
        "account": "a1",
        "at": "2026-03-05T09:00:00Z",
        "initiated_by": "user",
        "context": {},
    }
    path.write_text("".join(json.dumps({**head, **line}) + "\n" for line in lines), "utf-8")
    return path


def test_the_published_policies_are_listed_with_their_grades(run: Run) -> None:
    status, out, err = run("policies")
    assert (status, err) == (0, "")
    head, *rows = [line.split() for line in out.splitlines()]
    assert head == ["NAME", "VERSION", "RULES", "GRADE", "OF"]
    assert [row[0] for row in rows] == list(GALLERY)
    listed = {name: (version, int(rules), grade) for name, version, rules, grade, *_ in rows}
    assert listed["binance"] == ("1.0.0", 6, "T")
    assert listed["kraken"] == ("1.0.0", 5, "O")
    assert listed["okx"] == ("1.0.0", 6, "M+O")


@pytest.mark.parametrize("name", GALLERY)
def test_a_published_policy_is_printed_as_a_file_that_can_be_read(name: str, run: Run, tmp_path: Path) -> None:
    status, out, err = run("policies", name)
    assert (status, err) == (0, "")
    assert wire.policy_from_dict(wire.parse(out)) == GALLERY[name].policy
    mine = tmp_path / "mine.json"
    mine.write_text(out, "utf-8")
    assert run("check-policy", mine) == run("check-policy", name)


def test_an_unknown_name_is_no_policy(run: Run) -> None:
    status, out, err = run("policies", "nobodys")
    assert (status, out) == (2, "")
    assert err == "withdraw-guard: nobodys: is neither the name of a published policy nor a file\n"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", ["check-policy", "lint", "prove"])
def test_a_policy_is_taken_by_its_name(command: str, name: str, run: Run) -> None:
    status, out, err = run(command, name)
    assert (status, err) == (0, "")
    assert out


def test_two_policies_are_compared_by_their_names(run: Run) -> None:
    _, out, _ = run("diff", "hitbtc", "fmfw")
    assert out.startswith("hitbtc 1.0.0 → fmfw 1.0.0: looser (3 rules looser)\n")


@pytest.mark.parametrize("name", NAMES)
def test_a_journal_is_replayed_and_drawn_under_a_policy_by_its_name(name: str, run: Run, journal: Path) -> None:
    _, out, _ = run("replay", journal, "--policy", name, *AT)
    assert out.startswith(f"policy {name}, version 1.0.0: ")
    _, out, _ = run("timeline", journal, "--policy", name, "--account", "a1", *AT)
    assert "\ngantt\n" in out


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("kraken", "line 2 cannot be applied: duration: "),
        ("uk-payment-delay", "line 3 cannot be applied: at: "),
    ],
)
def test_an_event_that_cannot_be_applied_gives_no_decision(name: str, fault: str, run: Run, journal: Path) -> None:
    """A choice out of bounds, or a day beyond the calendar: the event changes nothing, and there is no decision."""
    status, out, err = run("replay", journal, "--policy", name, "--json")
    assert status == 2
    assert fault in err
    told = json.loads(out)
    assert (told["unreadable_count"], told["decision"]) == (1, None)
    assert (told["events"], told["refused_count"]) == (2, 0)
    status, _, err = run("timeline", journal, "--policy", name, "--account", "a1")
    assert (status, fault in err) == (2, True)


def test_the_name_of_a_policy_comes_before_a_file_of_that_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kraken").write_text(json.dumps(wire.to_dict(policies.BINANCE)), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("check-policy", "kraken")[1].startswith("policy kraken, ")
    assert run("check-policy", "./kraken")[1].startswith("policy binance, ")
