"""What every command has in common: its help, standard input, widths, bars, and what it loads."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from terminal import Terminal
from withdraw_guard import cli, wire
from withdraw_guard.cli import _journal
from withdraw_guard.cli._commands import COMMANDS
from withdraw_guard.cli._main import _parser, module_of
from withdraw_guard.policies import BINANCE

Run = Callable[..., tuple[int, str, str]]
JOURNAL = Path(__file__).parent.parent / "docs" / "examples" / "journal.jsonl"
AT = "2026-03-01T00:00:00Z"


# ── The help ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_command_there_is_help(run: Run) -> None:
    status, out, err = run()
    assert (status, err) == (0, "")
    assert out.startswith("usage: withdraw-guard ")
    assert all(f"\n    {command}" in out for command in COMMANDS)


def help_of(command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as stopped:
        cli.main([command, "--help"])
    assert stopped.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_has_examples_and_the_exit_status(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    told = help_of(command, capsys, monkeypatch)
    assert "\nexamples:\n" in told
    statuses = told.partition("\nexit status:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  (\d)  ", statuses, re.MULTILINE)[0] == "0"
    assert re.findall(r"^  (2)  ", statuses, re.MULTILINE) == ["2"]
    assert ("--json" in told.partition("\nexamples:\n")[0]) == bool(re.search(r"^--json prints ", told, re.MULTILINE))
    assert max(map(len, module_of(command).NOTES.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_of_the_help_can_be_run(command: str) -> None:
    lines = module_of(command).NOTES.partition("examples:\n")[2].partition("\n\n")[0].replace("\\\n", "")
    examples = [re.split(" >>? ", line.partition("withdraw-guard ")[2])[0] for line in lines.splitlines()]
    assert len(examples) >= 2
    for example in examples:
        words = shlex.split(example)
        assert words[0] == command
        assert _parser(words).parse_args(words).run is module_of(command)._run


# ── Standard input and output ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words", [["check-policy", "-"], ["lint", "-"], ["replay", str(JOURNAL), "--at", AT, "--policy", "-"]]
)
def test_a_policy_is_read_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    policy = json.dumps(wire.to_dict(BINANCE)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(policy)))
    piped = run(*words)
    named = run(*("binance" if word == "-" else word for word in words))
    assert piped == named


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_a_policy_from_standard_input_is_printed_in_its_canonical_form(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    canonical = f"{json.dumps(wire.to_dict(BINANCE), indent=2)}\n"
    for text in (json.dumps(wire.to_dict(BINANCE)), canonical):
        piped(monkeypatch, text)
        assert run("fmt", "-") == (0, canonical, "")
    piped(monkeypatch, canonical)
    assert run("fmt", "-", "--check") == (0, "", "")


def test_holidays_and_stories_are_read_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, "2026-01-06\n")
    days = ("--zone", "UTC", "--from", "2026-01-05", "--to", "2026-01-07")
    assert len(json.loads(run("calendar", *days, "--holidays", "-")[1])["days"]) == 2
    piped(monkeypatch, (files("withdraw_guard.stories") / "published" / "binance.json").read_text("utf-8"))
    assert run("test-policy", "binance", "--stories", "-") == run("test-policy", "binance")


def test_standard_input_is_not_both_the_journal_and_its_policy(run: Run) -> None:
    problem = "--policy: must be a file or a name, because the journal is standard input"
    assert run("overdue", "-", "--policy", "-") == (2, "", f"withdraw-guard: {problem}\n")


@pytest.mark.parametrize("command", ["explain", "way-out", "overdue"])
def test_a_journal_is_read_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    words = ["--at", "2026-01-16T18:00:00Z", *([] if command == "overdue" else ["--account", "takeover"])]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(JOURNAL.read_bytes())))
    assert run(command, "-", *words) == run(command, JOURNAL, *words)


@pytest.mark.parametrize("words", [["policies", "--json"], ["overdue", str(JOURNAL), "--json"]])
def test_standard_output_of_json_is_json_alone(run: Run, words: list[str]) -> None:
    for line in run(*words)[1].splitlines():
        json.loads(line)


def test_the_list_of_the_policies_as_json_is_that_of_the_table(run: Run) -> None:
    listed = json.loads(run("policies", "--json")[1])
    table = run("policies")[1].splitlines()[1:]
    assert [each["name"] for each in listed] == [row.split()[0] for row in table]
    assert listed[0].keys() == {"name", "version", "author", "rules", "grades"}
    assert [["+".join(each["grades"])] for each in listed] == [
        re.findall(r" ([OMT](?:\+[OMT])*) ", row)[:1] for row in table
    ]
    assert run("policies", "hitbtc", "--json") == run("policies", "hitbtc")


# ── On a terminal ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[Terminal, Terminal]]:
    def open_terminal(columns: int) -> tuple[Terminal, Terminal]:
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "stdout", out := Terminal())
        monkeypatch.setattr(sys, "stderr", err := Terminal())
        return out, err

    return open_terminal


def shown(terminal: Terminal) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue())


@pytest.mark.parametrize("columns", [80, 160])
@pytest.mark.parametrize(
    "words",
    [
        ["policies"],
        ["overdue", str(JOURNAL), "--at", "2026-03-01T00:00:00Z"],
        ["replay", str(JOURNAL), "--summary", "--at", "2026-03-01T00:00:00Z"],
        ["explain", str(JOURNAL), "--account", "takeover", "--at", "2026-01-16T18:00:00Z", "--lang", "de"],
        ["way-out", str(JOURNAL), "--account", "takeover", "--at", "2026-01-16T18:00:00Z"],
    ],
)
def test_what_is_printed_fits_the_terminal_and_says_the_same(
    run: Run, terminal: Callable[[int], tuple[Terminal, Terminal]], words: list[str], columns: int
) -> None:
    _, plain, _ = run(*words)
    out, _ = terminal(columns)
    cli.main(words)
    assert max(map(len, shown(out).splitlines())) <= columns
    assert set(shown(out).split()) == set(plain.split())


def test_a_table_that_cannot_be_narrow_enough_is_set_as_lists_and_no_word_is_broken(
    terminal: Callable[[int], tuple[Terminal, Terminal]],
) -> None:
    out, _ = terminal(30)
    cli.main(["policies"])
    assert shown(out).splitlines()[:5] == [
        "  NAME  binance",
        "    VERSION  1.0.0",
        "    RULES  6",
        "    GRADE  T",
        "    OF  Binance, the rule of",
    ]
    assert max(map(len, shown(out).splitlines())) <= 30


def test_a_bar_moves_while_a_long_file_is_read_and_says_what_is_done(
    terminal: Callable[[int], tuple[Terminal, Terminal]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_journal, "LINES_BEFORE_PROGRESS", 20)
    monkeypatch.setattr(_journal, "LINES_PER_STEP", 10)
    table = tmp_path / "table.csv"
    table.write_text("userId,type\n" + "a1,LOGIN\n" * 500, "utf-8")
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"userId": "a1", "type": "LOGIN"}\n' * 500, "utf-8")
    for words, task in (
        (["replay", str(JOURNAL), "--json"], "replaying"),
        (["convert", str(lines), "--map", "keycloak"], "converting"),
        (["convert", str(table), "--map", "keycloak"], "converting"),
    ):
        out, err = terminal(80)
        cli.main(words)
        assert task in shown(err)
        assert re.search(r"[1-9]\d*%", shown(err))
        assert task not in shown(out)


# ── What it loads ────────────────────────────────────────────────────────────────────────────────────────────────


def loaded_by(*words: str) -> set[str]:
    script = (
        "import sys; from withdraw_guard import cli; cli.main(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr, sep='\\n')"
    )
    command = [sys.executable, "-c", script, *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "NO_COLOR": "1"})
    return set(ran.stderr.splitlines())


def test_a_command_loads_what_it_needs_and_nothing_else() -> None:
    """Each of these takes a tenth or more of the time in which a command starts."""
    loaded = loaded_by("replay", str(JOURNAL), "--account", "password-24h", "--json")
    spared = ("withdraw_guard.analysis", "withdraw_guard.intake", "withdraw_guard.diagram", "rich.console")
    assert loaded & {*spared, "importlib.metadata", "withdraw_guard.policies.kraken"} == set()
    assert "withdraw_guard.cli._replay" in loaded


def test_the_help_loads_no_command() -> None:
    assert {name for name in loaded_by() if name.startswith("withdraw_guard.cli._")} <= {
        f"withdraw_guard.cli.{name}" for name in ("_arguments", "_commands", "_journal", "_main", "_terminal")
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_described_alike_in_both_helps(command: str) -> None:
    (commands,) = (action for action in _parser([command])._actions if action.dest == "COMMAND" or action.choices)
    (told,) = (choice.help for choice in commands._choices_actions if choice.dest == command)
    assert told == COMMANDS[command]
