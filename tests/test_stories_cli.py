"""The command `test-policy`, the plugin for pytest, and the page about both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import withdraw_guard
from terminal import Terminal
from withdraw_guard import cli, policies, wire
from withdraw_guard.cli import _fuzz, _stories
from withdraw_guard.testing import LAWS, LawBroken
from withdraw_guard.testing import _law as laws

PAGE = (Path(__file__).parents[1] / "docs" / "policy-tests.md").read_text("utf-8")
POLICY, STORIES = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TRANSCRIPTS = re.findall(r"^```console\n\$ withdraw-guard (.*?)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the page, in a folder of their own."""
    (tmp_path / "ours.json").write_text(POLICY, "utf-8")
    (tmp_path / "ours.stories.json").write_text(STORIES, "utf-8")
    (tmp_path / "wrong.json").write_text(STORIES.replace("+24h", "+48h"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("command", "shown"), TRANSCRIPTS)
def test_the_page_shows_what_the_command_prints(folder: Path, run: Run, command: str, shown: str) -> None:
    status, out, err = run(*command.split())
    assert out.startswith(shown)
    assert (status, err) == (1 if "wrong" in command else 0, "")


def test_the_page_shows_two_runs() -> None:
    assert [command for command, _ in TRANSCRIPTS] == [
        "test-policy ours.json",
        "test-policy ours.json --stories wrong.json",
    ]


def test_a_point_that_is_not_covered_fails_only_if_it_was_asked_for(folder: Path, run: Run) -> None:
    assert run("test-policy", "ours.json", "--fail-if", "broken")[0] == 0
    assert run("test-policy", "ours.json", "--fail-if", "uncovered")[0] == 1
    assert run("test-policy", "binance", "--fail-if", "uncovered")[0] == 0


def test_several_policies_are_told_one_after_the_other(folder: Path, run: Run) -> None:
    status, out, _ = run("test-policy", "swyftx", "ours.json", "kraken")
    heads = re.findall(r"(?:\A|\n\n)policy (\S+), version", out)
    assert (status, heads) == (0, ["swyftx", "ours", "kraken"])
    assert "policy swyftx, version 1.0.0: 3 stories, 12 answers: all as expected\n" in out


def test_a_rule_that_no_story_is_about_has_one_row(folder: Path, run: Run) -> None:
    one = json.loads(STORIES)
    one["stories"] = one["stories"][:1]
    (folder / "one.json").write_text(json.dumps(one), "utf-8")
    _, out, _ = run("test-policy", "ours.json", "--stories", "one.json")
    assert "policy ours, version 1.0.0: 1 story, 7 answers: all as expected\n" in out
    assert re.search(r"^  flagged +everything +\d+ points: no story is about it$", out, re.MULTILINE)


def test_a_long_list_of_what_is_not_covered_is_cut(folder: Path, run: Run) -> None:
    (folder / "binance.json").write_text(json.dumps(wire.to_dict(policies.BINANCE)), "utf-8")
    lines = [{"event": "abnormal_activity", "expect": "denied"}]
    document = {"schema": "withdraw-guard/stories/1", "stories": [{"story": "s", "lines": lines}]}
    (folder / "binance.stories.json").write_text(json.dumps(document), "utf-8")
    _, out, _ = run("test-policy", "binance.json")
    assert len(out.splitlines()) == 2 + 2 + 20 + 1
    assert re.search(r"^  and \d+ more: --json lists all of them$", out, re.MULTILINE)


def test_a_timeline_fits_the_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stdout", screen := Terminal())
    assert cli.main(["test-policy", "ours.json", "--stories", "wrong.json"]) == 1
    timeline = screen.getvalue().split("\n\n")[1].splitlines()
    assert max(map(len, timeline)) <= 60
    assert f"{' ' * 27}(hold e1:password-changed)" in timeline


def test_a_machine_gets_one_object_for_each_policy(folder: Path, run: Run) -> None:
    status, out, _ = run("test-policy", "ours.json", "kraken", "--stories", "wrong.json", "--json")
    ours, kraken = map(json.loads, out.splitlines())
    assert (status, ours["policy"], ours["stories"]) == (1, {"id": "ours", "version": "1.0.0"}, 3)
    (broken,) = ours["broken"]
    assert (broken["file"], broken["path"]) == ("wrong.json", "stories[0].lines[0]")
    assert broken["story"] == "a reset of the password stops payouts for a day"
    assert broken["problem"] == "withdrawal at +0h: expected `denied until +48h`, got `denied until +24h`"
    assert broken["timeline"].startswith("2026-01-05 09:00:00  password changed (e1)\n")
    assert set(ours["coverage"]) == {"rules", "scopes", "ends", "moves", "bounds"}
    assert sum(each["of"] - each["covered"] for each in ours["coverage"].values()) == len(ours["uncovered"])
    assert {"about": "ends", "rule": None, "says": "the end by a retraction for `security`: at it"} in ours["uncovered"]
    assert ours["laws"] is None
    assert len(kraken["broken"]) == 3


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere.json"], "nowhere.json: is neither the name of a published policy nor a file"),
        (["lonely.json"], "lonely.json: has no stories beside it: write lonely.stories.json, or name --stories"),
        (["ours.json", "--stories", "gone.json"], "gone.json: No such file or directory"),
        (["ours.json", "--stories", "ours.json"], "ours.json: id: is not a member here"),
        (["ours.json", "--stories", "text.json"], "text.json: must be JSON: expecting value at column 1"),
    ],
)
def test_what_cannot_be_told_is_one_line(folder: Path, run: Run, arguments: list[str], complaint: str) -> None:
    (folder / "lonely.json").write_text(POLICY, "utf-8")
    (folder / "text.json").write_text("stories:", "utf-8")
    assert run("test-policy", *arguments) == (2, "", f"withdraw-guard: {complaint}\n")


@pytest.mark.parametrize("count", ["0", "many", "1000001"])
def test_a_wrong_number_of_journals_is_refused(run: Run, count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run("test-policy", "swyftx", "--fuzz", count)
    expected = "withdraw-guard: argument --fuzz: must be a number from 1 to 1000000\n"
    assert capsys.readouterr().err == expected


# ── The laws ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_laws_are_tried_on_drawn_journals(run: Run) -> None:
    status, out, _ = run("test-policy", "swyftx", "--fuzz", "2")
    assert (status, out.splitlines()[-1]) == (0, f"laws: {len(LAWS)} laws, 2 drawn journals: all hold")


def test_a_law_that_is_broken_is_told_with_its_timeline(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_is_denied(policy: object, journal: Any) -> None:
        raise LawBroken("nothing_is_denied", journal[0].at, "something is", "a timeline")

    monkeypatch.setattr(laws, "LAWS", {"nothing_is_denied": nothing_is_denied})
    status, out, _ = run("test-policy", "swyftx", "--fuzz", "3")
    assert status == 1
    assert "drawn journals: one is broken\n    nothing_is_denied: something is, at 2026-" in out
    assert out.endswith("    a timeline\n")
    status, machine, _ = run("test-policy", "swyftx", "--fuzz", "3", "--json")
    assert (status, json.loads(machine)["laws"]["journals"]) == (1, 3)
    assert run("test-policy", "swyftx", "--fuzz", "3")[1] == out  # the same journals each time


def test_without_hypothesis_the_laws_cannot_be_tried(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, _fuzz.__name__, None)
    expected = "withdraw-guard: --fuzz needs hypothesis: install withdraw-guard with its extra `testing`\n"
    assert run("test-policy", "swyftx", "--fuzz", "2") == (2, "", expected)


# ── YAML ─────────────────────────────────────────────────────────────────────────────────────────────────────────

IN_YAML = """\
schema: withdraw-guard/stories/1
stories:
  - story: a password
    begins: 2026-02-01T00:00:00Z  # an instant stays text
    lines:
      - event: password_changed
        context: {reset: true}
        expect: denied until +24h, because password-changed
"""


def test_stories_may_be_yaml(folder: Path, run: Run) -> None:
    (folder / "ours.stories.json").unlink()
    (folder / "ours.stories.yaml").write_text(IN_YAML, "utf-8")
    status, out, _ = run("test-policy", "ours.json")
    assert (status, out.splitlines()[0]) == (0, "policy ours, version 1.0.0: 1 story, 3 answers: all as expected")


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("stories: [\n", "must be YAML: ", 1),
        ("schema: a\nschema: b\n", "must not have two members of one name, got `schema` twice", 2),
        ("schema: a\nstories: no\n", "stories: must be written so that every YAML reads it alike, got `no`", 2),
    ],
)
def test_a_fault_in_yaml_has_its_line(folder: Path, run: Run, text: str, fault: str, line: int) -> None:
    (folder / "bad.yaml").write_text(text, "utf-8")
    status, _, err = run("test-policy", "ours.json", "--stories", "bad.yaml")
    assert (status, err.startswith(f"withdraw-guard: bad.yaml: {fault}")) == (2, True)
    assert err.endswith(f", in line {line}\n")


def test_an_empty_yaml_file_has_no_stories(folder: Path, run: Run) -> None:
    (folder / "bad.yaml").write_text("# nothing yet\n", "utf-8")
    status, _, err = run("test-policy", "ours.json", "--stories", "bad.yaml")
    assert (status, err) == (2, "withdraw-guard: bad.yaml: must be an object, got `null`\n")


def test_without_the_library_yaml_is_not_read(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    (folder / "some.yaml").write_text(IN_YAML, "utf-8")
    monkeypatch.delitem(sys.modules, "withdraw_guard._drafts.yaml_text", raising=False)
    needed = "what is in YAML needs ruamel.yaml: install withdraw-guard with its extra `yaml`"
    expected = f"withdraw-guard: some.yaml: {needed}\n"
    assert run("test-policy", "ours.json", "--stories", "some.yaml") == (2, "", expected)


# ── In pytest ────────────────────────────────────────────────────────────────────────────────────────────────────


def in_pytest(folder: Path) -> str:
    plugins = [
        "-p",
        "withdraw_guard.cli.pytest_stories",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ]
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), *plugins, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout


def test_each_story_is_a_test(folder: Path) -> None:
    assert "3 passed" in in_pytest(folder)


def test_a_broken_story_is_told_without_python(folder: Path) -> None:
    (folder / "ours.stories.json").write_text(STORIES.replace("+24h", "+48h"), "utf-8")
    told = in_pytest(folder)
    assert "a reset of the password stops payouts for a day" in told
    line = "stories[0].lines[0]: withdrawal at +0h: expected `denied until +48h`, got `denied until +24h`\n\n2026-01-05"
    assert line in told
    assert "Traceback" not in told
    assert "1 failed, 2 passed" in told


def test_a_file_of_stories_that_cannot_be_told_is_an_error(folder: Path) -> None:
    (folder / "lonely.stories.json").write_text(STORIES, "utf-8")
    (folder / "ours.stories.json").write_text("{}", "utf-8")
    told = in_pytest(folder)
    assert "lonely.stories.json: no policy lies beside it" in told
    assert "ours.stories.json: schema: is missing" in told


def test_a_fault_of_the_library_is_shown_as_one(folder: Path) -> None:
    """Only what a story says is told without its traceback."""
    (folder / "conftest.py").write_text(
        "import withdraw_guard.cli.pytest_stories as plugin\n"
        "def tell(policy, story): raise ZeroDivisionError('ours')\n"
        "plugin.tell = tell\n",
        "utf-8",
    )
    assert "ZeroDivisionError: ours" in in_pytest(folder)


def test_the_stories_of_a_published_policy_are_shipped_with_it() -> None:
    (path,) = _stories.stories_beside("kraken")
    assert path.is_relative_to(Path(withdraw_guard.__file__).parent)


def test_the_policy_of_a_story_file_is_that_of_its_name(tmp_path: Path) -> None:
    for form in (".yaml", ".json"):
        (tmp_path / f"ours{form}").write_text("", "utf-8")
        assert _stories.policy_beside(tmp_path / "ours.stories.json") == tmp_path / f"ours{form}"
    assert _stories.policy_beside(tmp_path / "theirs.stories.json") is None
