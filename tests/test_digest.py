"""The same journal gives byte-identical output: on every machine, under every Python, for ever.

The digest covers every account, change, refusal and decision of `digest_journal.py`. If it changes, an answer, a
refusal or the wire format has changed: that is a change of the public API, to be looked at line by line
(`python tests/digest_journal.py --lines`), never to be waved through by pasting the new digest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import cattrs
import dateutil
import pytest

import withdraw_guard
from digest_journal import CHAPTERS, digest, handle, lines
from withdraw_guard import ChangeType, EventRefused, EventType, Phase, Refusal, wire

PINNED = "311e28c052a47c8e94cf5f567376e7155d2f8b6b8027a1c2dfc0f5fb1ea74a92"

SCRIPT = Path(__file__).parent / "digest_journal.py"
SOURCE = Path(withdraw_guard.__file__).parents[1]
# Pure Python packages: an interpreter that has none of its own may borrow these.
BORROWED = {str(Path(package.__file__ or "").parents[1]) for package in (attrs, cattrs, dateutil)}
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
PYENV_LIKE = ("~/.pyenv/versions", "~/.local/share/uv/python", "~/.local/share/mise/installs/python", "/opt/python")

CIRCUMSTANCES = {
    "hash seed 0": ((), {"PYTHONHASHSEED": "0"}),
    "hash seed 1": ((), {"PYTHONHASHSEED": "1"}),
    "random hash seed": ((), {"PYTHONHASHSEED": "random"}),
    "in Tokyo": ((), {"TZ": "Asia/Tokyo"}),
    "in New York": ((), {"TZ": "America/New_York"}),
    "optimised": (("-O",), {}),
    "in the C locale": ((), {"LC_ALL": "C", "PYTHONUTF8": "0"}),
}


def interpreters() -> list[str]:
    """Every Python of a supported version that is on the path or in a folder like pyenv's."""
    names = [f"python{version}" for version in VERSIONS]
    on_path = [found for name in names if (found := shutil.which(name))]
    in_folders = [
        str(found)
        for folder in PYENV_LIKE
        for name in names
        for found in sorted(Path(folder).expanduser().glob(f"*/bin/{name}"))
    ]
    return list(dict.fromkeys([*on_path, *in_folders]))


def run(python: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(SOURCE), *sorted(BORROWED)])
    surroundings = {**os.environ, "PYTHONPATH": path, **environment}
    command = [python, *arguments]
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=60, check=False)


def test_the_digest_is_pinned() -> None:
    assert digest() == PINNED


def test_the_digest_is_the_same_a_second_time_in_one_process() -> None:
    assert list(lines()) == list(lines())


@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
def test_the_same_journal_gives_byte_identical_output(circumstance: str) -> None:
    flags, environment = CIRCUMSTANCES[circumstance]
    told = run(sys.executable, *flags, str(SCRIPT), **environment)
    assert (told.stdout.strip(), told.stderr) == (PINNED, "")


@pytest.mark.parametrize("python", interpreters())
def test_every_python_here_gives_byte_identical_output(python: str) -> None:
    able = run(python, "-c", "import sys, attrs, cattrs, dateutil; assert sys.version_info >= (3, 11)")
    if able.returncode != 0:
        pytest.skip(f"{python} cannot import attrs, cattrs and dateutil")
    told = run(python, str(SCRIPT))
    assert (told.stdout.strip(), told.stderr) == (PINNED, "")


def test_the_journal_goes_through_the_whole_machine() -> None:
    """A digest says nothing about what it does not cover."""
    story = list(handle())
    assert len(story) == sum(len(chapter) for _, chapter in CHAPTERS) >= 40
    assert len({policy for policy, _, _, _ in story}) == 2
    assert {event.type for _, event, _, _ in story} == set(EventType)
    refused = [made for _, _, made, _ in story if isinstance(made, EventRefused)]
    assert {refusal.reason for refusal in refused} == set(Refusal)
    assert {refusal.outdated for refusal in refused} == {True, False}
    said = [wire.parse(line) for line in lines()]
    decisions = [line for line in said if isinstance(line, dict) and "decision" in line]
    assert {decision["decision"] for decision in decisions} == {"allowed", "denied"}
    assert {decision["phase"] for decision in decisions} == set(Phase)
    changes = {line["type"] for line in said if isinstance(line, dict) and "event" in line and "id" not in line}
    assert changes == set(ChangeType)
    steps = {step["step"] for decision in decisions for hold in decision.get("holds", ()) for step in hold["steps"]}
    assert steps == {
        "wait",
        "verify",
        "appeal",
        "contact_support",
        "complete_verification",
        "await_review",
        "await_appeal",
    }
