"""The types say what the library means: both checkers find every planted mistake and nothing else.

mypy reads the Python of every page as well, one module a page.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import withdraw_guard

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "typing"
PLANTED, GOOD = FOLDER / "planted_mistakes.py", FOLDER / "good_use.py"
SOURCE = Path(withdraw_guard.__file__).parents[1]
MARK = re.compile(r"#\s*mistake: \S")
# Both files are checked in one run, because it is the start that takes time.
FILES = [str(PLANTED), str(GOOD)]
Report = dict[tuple[str, int], str]


def installed(checker: str) -> str:
    beside = Path(sys.executable).with_name(checker)
    found = str(beside) if beside.exists() else shutil.which(checker)
    if found is None:
        pytest.skip(f"{checker} is not installed")
    return found


def run(*command: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "MYPYPATH": str(SOURCE)}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=surroundings)


@cache
def mypy() -> Report:
    flags = (
        "--strict",
        "--config-file=",
        "--no-error-summary",
        "--hide-error-context",
        "--no-pretty",
        f"--cache-dir={os.devnull}",
    )
    told = run(installed("mypy"), *flags, f"--python-executable={sys.executable}", *FILES)
    assert told.stderr == ""
    lines = [re.fullmatch(r"(.+?):(\d+):(?:\d+:)? (error|warning): (.+)", line) for line in told.stdout.splitlines()]
    return {(Path(line[1]).name, int(line[2])): line[4] for line in lines if line is not None}


@cache
def pyright() -> Report:
    told = run(installed("pyright"), "--outputjson", f"--pythonpath={sys.executable}", *FILES)
    if not told.stdout.startswith("{"):
        pytest.skip("pyright cannot be run here")
    return {
        (Path(found["file"]).name, found["range"]["start"]["line"] + 1): found["message"]
        for found in json.loads(told.stdout)["generalDiagnostics"]
    }


def python_of(page: Path) -> str:
    """The Python blocks of a page as one module, each line where it stands on the page."""
    text, lines = page.read_text("utf-8"), list[str]()
    for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        lines += [""] * (text.count("\n", 0, block.start(1)) - len(lines))
        lines += block[1].splitlines()
    return "\n".join(lines)


def faults_of_pages(folder: Path, pages: dict[str, str]) -> list[str]:
    """What mypy says of the Python of each page, by the name of its module."""
    for name, python in pages.items():
        (folder / f"{name}.py").write_text(python, "utf-8")
    flags = ("--strict", "--config-file=", "--no-error-summary", "--no-pretty", "--hide-error-context")
    told = run(installed("mypy"), *flags, f"--python-executable={sys.executable}", *map(str, folder.glob("*.py")))
    assert told.stderr == ""
    # From its cache mypy tells a page by the folder in which it saw it first.
    places = [re.sub(r"^.*[/\\](?=\w+\.py:)", "", line) for line in told.stdout.splitlines() if ": error:" in line]
    return sorted(place for place in places if place.partition(".py:")[0] in pages)


each_checker = pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])


def marked_lines() -> dict[int, str]:
    return {number: line for number, line in enumerate(PLANTED.read_text("utf-8").splitlines(), 1) if MARK.search(line)}


def test_there_are_mistakes_enough() -> None:
    assert len(marked_lines()) >= 25


@each_checker
def test_every_planted_mistake_is_reported(checker: Callable[[], Report]) -> None:
    report = checker()
    missed = {line.strip() for number, line in marked_lines().items() if (PLANTED.name, number) not in report}
    assert missed == set()


@each_checker
def test_nothing_but_the_planted_mistakes_is_reported(checker: Callable[[], Report]) -> None:
    marked = {(PLANTED.name, number) for number in marked_lines()}
    assert {place: message for place, message in checker().items() if place not in marked} == {}


def test_the_python_of_every_page_has_the_types_that_it_says(tmp_path: Path) -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    names = {re.sub(r"\W", "_", str(page.relative_to(ROOT).with_suffix(""))): python_of(page) for page in pages}
    with_python = {name: python for name, python in names.items() if python}
    assert len(with_python) >= 20
    assert faults_of_pages(tmp_path, with_python) == []


def test_a_page_with_a_wrong_type_is_found_in_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("A page.\n\n```python\nnumber = 1\n```\n\n```python\n\nnumber = 'one'\n```\n", "utf-8")
    (fault,) = faults_of_pages(tmp_path, {"page": python_of(page)})
    assert fault.startswith("page.py:9: error: Incompatible types in assignment")


def test_the_good_use_runs() -> None:
    told = run(sys.executable, str(GOOD))
    assert told.stderr == ""
    assert told.stdout.splitlines()[-1] == "True False True"
