"""`withdraw-guard timeline`: what it draws, what it returns, and that it never draws an allow by mistake."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from withdraw_guard import Policy, Rule, cli, wire
from withdraw_guard.cli import _timeline
from withdraw_guard.diagram import history_of, timeline_as_mermaid, timeline_as_svg
from withdraw_guard.policies import BINANCE

JOURNAL = Path(__file__).parent.parent / "docs" / "examples" / "journal.jsonl"
AT = datetime(2026, 3, 1, tzinfo=UTC)
INSTANT = "2026-03-01T00:00:00Z"
Run = Callable[..., tuple[int, str, str]]


def changed(event: str = "e1", account: str = "a1", at: str = "2026-02-28T20:00:00Z") -> dict:
    members = {"type": "security_event", "id": event, "account": account, "at": at}
    return {**members, "trigger": "password_changed", "initiated_by": "user", "context": {}}


def started(event: str = "e2", account: str = "a1") -> dict:
    members = {"type": "verification_started", "id": event, "account": account, "at": "2026-02-28T21:00:00Z"}
    return {**members, "hold": "e1:password-changed", "method": "face_web"}


def picture(account: str, *lines: dict, unread: int = 0, policy: Policy = BINANCE) -> object:
    events = [wire.event_from_dict(line) for line in lines]
    return history_of(policy, account, events, now=AT, unread=unread)


def of_the_example(account: str) -> list[dict]:
    lines = [json.loads(line) for line in JOURNAL.read_text("utf-8").splitlines()]
    return [line for line in lines if line["account"] == account]


# ── What it draws ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", [[], ["--mermaid"]])
def test_it_prints_a_mermaid_chart(run: Run, form: list[str]) -> None:
    status, out, err = run("timeline", JOURNAL, "--account", "whole-road", "--at", INSTANT, *form)
    assert status == 0
    assert out == timeline_as_mermaid(picture("whole-road", *of_the_example("whole-road")))
    assert err.splitlines() == [*COUNTED]


COUNTED = (
    "withdraw-guard: 7 events of 1 account, 0 refused; 0 unreadable lines",
    "withdraw-guard: 1 event that no rule listens to: signed_in (1)",
)


def test_it_writes_an_svg_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    status, out, err = run("timeline", JOURNAL, "--account", "whole-road", "--at", INSTANT, "--svg", path)
    assert (status, out) == (0, "")
    assert path.read_bytes() == timeline_as_svg(picture("whole-road", *of_the_example("whole-road"))).encode()
    assert err.splitlines() == [*COUNTED, f"withdraw-guard: wrote {path}"]
    status, _, _ = run("timeline", JOURNAL, "--account", "takeover", "--at", INSTANT, "--svg", path)
    assert status == 0
    assert "takeover" in path.read_text("utf-8")


@pytest.mark.parametrize("account", sorted({json.loads(line)["account"] for line in JOURNAL.read_text().splitlines()}))
def test_every_account_of_the_example_can_be_drawn(run: Run, account: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    asked = [JOURNAL, "--account", account, "--at", INSTANT]
    status, _, _ = run("timeline", *asked, "--svg", path)
    replayed, out, _ = run("replay", *asked, "--json")
    assert status == replayed
    answer = json.loads(out)["decision"]["decision"]
    assert f"withdrawal {answer}" in path.read_text("utf-8")


def test_it_draws_under_a_policy_in_a_file(run: Run, journal: Callable[..., Path], tmp_path: Path) -> None:
    policy = Policy(
        id="mine", version="3", rules=(Rule(id="r", trigger="password_changed", duration=timedelta(days=9)),)
    )
    (tmp_path / "mine.json").write_text(json.dumps(wire.to_dict(policy)))
    asked = ["--account", "a1", "--at", INSTANT, "--policy", tmp_path / "mine.json"]
    status, out, _ = run("timeline", journal(changed()), *asked)
    assert status == 0
    assert out == timeline_as_mermaid(picture("a1", changed(), policy=policy))


def test_without_an_instant_the_picture_is_of_now(run: Run, journal: Callable[..., Path]) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    _, out, _ = run("timeline", journal(changed()), "--account", "a1")
    after = datetime.now(UTC)
    (stamp,) = [line.split(", ")[-2] for line in out.splitlines() if line.startswith("    now, ")]
    assert before <= datetime.fromisoformat(stamp).replace(tzinfo=UTC) <= after


def test_a_later_event_is_drawn_only_with_knowing_all(run: Run, journal: Callable[..., Path]) -> None:
    later = changed("e2", at="2026-03-01T00:00:00.000001Z")
    asked = ["timeline", journal(changed(), later), "--account", "a1", "--at", INSTANT]
    status, out, err = run(*asked)
    assert status == 0
    assert out == timeline_as_mermaid(picture("a1", changed()))
    assert err.splitlines()[1:] == ["withdraw-guard: 1 event after --at left out; --knowing-all uses every event"]
    status, out, err = run(*asked, "--knowing-all")
    assert status == 0
    assert out == timeline_as_mermaid(picture("a1", changed(), later))
    assert len(err.splitlines()) == 1


def test_an_account_with_later_events_only_is_drawn_as_it_was_then(run: Run, journal: Callable[..., Path]) -> None:
    asked = ["--account", "a1", "--at", "2026-01-01T00:00:00Z"]
    status, out, _ = run("timeline", journal(changed()), *asked)
    assert status == 0
    assert out == timeline_as_mermaid(history_of(BINANCE, "a1", [], now=datetime(2026, 1, 1, tzinfo=UTC)))


def test_it_reads_standard_input(run: Run, journal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with journal(changed()).open("rb") as stream:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        status, out, _ = run("timeline", "-", "--account", "a1", "--at", INSTANT)
    assert status == 0
    assert out == timeline_as_mermaid(picture("a1", changed()))


def test_what_changed_nothing_is_left_out_if_asked_to_be(
    run: Run, journal: Callable[..., Path], tmp_path: Path
) -> None:
    unheard = {**changed("e0", at="2026-02-28T19:00:00Z"), "trigger": "signed_in"}
    lines = journal(unheard, changed(), changed(), started())
    asked = ["timeline", lines, "--account", "a1", "--at", INSTANT]
    status, whole, _ = run(*asked)
    assert status == 1
    status, out, _ = run(*asked, "--only-changes")
    assert status == 1
    assert [line for line in whole.splitlines() if "milestone" in line and line[4].isdigit()] == [
        "    1 signed in, nothing new :milestone, 2026-02-28T19:00:00.000, 0d",
        "    2 password changed, trigger :milestone, 2026-02-28T20:00:00.000, 0d",
        "    3 password changed, nothing new :milestone, 2026-02-28T20:00:00.000, 0d",
        "    4 face verification on the web started, refused :milestone, 2026-02-28T21:00:00.000, 0d",
    ]
    assert [line for line in out.splitlines() if "milestone" in line and line[4].isdigit()] == [
        "    2 password changed, trigger :milestone, 2026-02-28T20:00:00.000, 0d"
    ]
    assert "    note, not drawn#58; 3 events that changed nothing :milestone" in out
    assert [line for line in whole.splitlines() if " :crit, " in line] == [
        line for line in out.splitlines() if " :crit, " in line
    ]
    path = tmp_path / "picture.svg"
    _, _, err = run(*asked, "--only-changes", "--svg", path)
    assert "not drawn: 3 events that changed nothing" in path.read_text("utf-8")
    assert err.splitlines()[-1] == f"withdraw-guard: wrote {path}"


def test_what_the_picture_shows_is_printed_as_json(run: Run, journal: Callable[..., Path]) -> None:
    unreadable = {**changed("e9"), "at": "yesterday"}
    status, out, _ = run(
        "timeline", journal(changed(), started(), unreadable), "--account", "a1", "--at", INSTANT, "--json"
    )
    told = json.loads(out)
    documented = re.findall(r"^  (\w[\w, ]*?)  +", _timeline.NOTES.partition("as one object:\n")[2], re.MULTILINE)
    assert status == 2
    assert set(told) == {name for line in documented for name in line.split(", ")}
    assert (told["account"], told["at"], told["allowed"]) == ("a1", INSTANT, False)
    assert told["answer"].startswith("withdrawal denied: 1 event that may be about this account")
    assert [(span["what"], span["until"]) for span in told["band"]] == [
        ("unknown", "2026-02-28T20:00:00Z"),
        ("denied", "2026-03-01T20:00:00Z"),
        ("unknown", None),
    ]
    (lane,) = told["lanes"]
    assert (lane["hold"], lane["rule"], lane["ending"]) == ("e1:password-changed", "password-changed", "ends by itself")
    assert [(event["event"], event["kind"], event["retracted"]) for event in told["events"]] == [
        ("e1", "trigger", False),
        ("e2", "refused", False),
    ]
    assert told["events"][0]["holds"] == ["e1:password-changed"]
    assert told["passages"] == [
        {"at": "2026-03-01T20:00:00Z", "text": "expected: hold e1:password-changed ended by itself"}
    ]


# ── What it returns ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_event_is_drawn_and_counted(run: Run, journal: Callable[..., Path]) -> None:
    status, out, err = run("timeline", journal(changed(), started()), "--account", "a1", "--at", INSTANT)
    assert status == 1
    assert "face verification on the web started, refused" in out
    assert err == "withdraw-guard: 2 events of 1 account, 1 refused; 0 unreadable lines\n"


def test_an_unreadable_line_of_the_account_is_a_warning_in_the_picture(
    run: Run, journal: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "picture.svg"
    lines = journal(changed(at="2026-02-01T00:00:00Z"), {**changed("e2"), "at": "yesterday"})
    status, out, err = run("timeline", lines, "--account", "a1", "--at", INSTANT, "--svg", path)
    assert (status, out) == (2, "")
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - it is our own
    shown = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    unread = "1 event that may be about this account could not be read"
    assert f"2026-03-01 00:00:00 UTC: withdrawal denied: {unread}" in shown
    assert f"{unread}: nothing here is known to be allowed" in shown
    assert "unknown" in shown
    assert "allowed" not in shown
    assert root.find("{http://www.w3.org/2000/svg}title").text.endswith(f": denied: {unread}")
    assert "line 2 cannot be read: at: must be an RFC 3339 instant" in err
    status, out, _ = run("timeline", lines, "--account", "a1", "--at", INSTANT)
    assert status == 2
    assert "    allowed :" not in out


def test_an_account_with_nothing_but_unreadable_lines_is_drawn_as_unknown(
    run: Run, journal: Callable[..., Path]
) -> None:
    lines = journal({**changed(), "at": "yesterday"})
    status, out, _ = run("timeline", lines, "--account", "a1", "--at", INSTANT)
    assert status == 2
    assert out == timeline_as_mermaid(picture("a1", unread=1))
    assert "    unknown :active" in out


def test_a_line_that_may_be_about_any_account_is_a_warning_in_every_picture(
    run: Run, journal: Callable[..., Path]
) -> None:
    lines = journal(changed(at="2026-02-01T00:00:00Z"), b"{")
    status, out, err = run("timeline", lines, "--account", "a1", "--at", INSTANT)
    assert status == 2
    assert out == timeline_as_mermaid(picture("a1", changed(at="2026-02-01T00:00:00Z"), unread=1))
    assert "may be about any account" in err


def test_an_unreadable_line_of_another_account_changes_nothing(run: Run, journal: Callable[..., Path]) -> None:
    lines = journal(changed(), {**changed("e2", account="a2"), "at": "yesterday"})
    status, out, err = run("timeline", lines, "--account", "a1", "--at", INSTANT)
    assert status == 0
    assert out == timeline_as_mermaid(picture("a1", changed()))
    assert err == "withdraw-guard: 1 event of 1 account, 0 refused; 0 unreadable lines\n"


# ── What it refuses ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_account_without_a_line_in_the_journal_is_not_drawn(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    status, out, err = run("timeline", JOURNAL, "--account", "nobody", "--svg", path)
    assert (status, out, path.exists()) == (2, "", False)
    assert err == "withdraw-guard: the journal has no line about the account `nobody`\n"


@pytest.mark.parametrize("source", ["journal.jsonl", "mine.json", "./x/../journal.jsonl"])
def test_a_picture_never_overwrites_a_file_that_was_read(
    run: Run, journal: Callable[..., Path], tmp_path: Path, source: str
) -> None:
    (tmp_path / "mine.json").write_text(json.dumps(wire.to_dict(BINANCE)))
    (tmp_path / "x").mkdir()
    lines = journal(changed())
    before = (tmp_path / source).read_bytes()
    asked = ["--account", "a1", "--policy", tmp_path / "mine.json", "--svg", f"{tmp_path}/{source}"]
    status, out, err = run("timeline", lines, *asked)
    assert (status, out) == (2, "")
    assert err == f"withdraw-guard: {tmp_path}/{source}: is one of the files that were read and is not overwritten\n"
    assert (tmp_path / source).read_bytes() == before


def test_a_file_that_cannot_be_written_is_one_line(run: Run, journal: Callable[..., Path], tmp_path: Path) -> None:
    status, _, err = run("timeline", journal(changed()), "--account", "a1", "--svg", tmp_path / "none" / "picture.svg")
    assert status == 2
    assert err == f"withdraw-guard: {tmp_path}/none/picture.svg: No such file or directory\n"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["timeline", "x"], "the following arguments are required: --account"),
        (["timeline", "x", "--account", "a", "--svg", "f", "--mermaid"], "not allowed with argument --svg"),
        (["timeline", "x", "--account", "a", "--at", "today"], "must be an RFC 3339 instant"),
    ],
)
def test_wrong_arguments_are_one_line(capsys: pytest.CaptureFixture[str], words: list[str], problem: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)
    assert stopped.value.code == 2
    assert problem in capsys.readouterr().err


def test_the_output_has_no_control_characters(run: Run, journal: Callable[..., Path]) -> None:
    account = "a\u202eb\u200b"
    _, out, _ = run("timeline", journal(changed("\u2066e", account)), "--account", account, "--at", INSTANT)
    assert all(sign.isprintable() or sign == "\n" for sign in out)
