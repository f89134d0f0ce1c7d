"""A new state is named by the import or by the type checker in every file that says something of it.

A state is added to a copy of the source, and everything that the import asks for, one step after the other.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from withdraw_guard import methods

REPOSITORY = Path(__file__).parents[1]
HOW_TO_ADD = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8").partition("\n## To add a word\n")[2]
PACKAGE = Path("src") / "withdraw_guard"

MEMBER = '    DOCUMENTS = "documents"\n'
TEXT = '        "phase.documents": "Documents",\n'
CLASS = '''@final
@attrs.frozen(kw_only=True, repr=False)
class InDocuments(Value):
    """Documents are awaited."""

    state: ClassVar = State.DOCUMENTS


'''

# Imports every module; a table that is not complete is printed, and the import goes on.
IMPORT_ALL = """
import importlib.util, pkgutil, sys

name = "withdraw_guard._values.complete"
spec = importlib.util.spec_from_file_location(name, "src/withdraw_guard/_values/complete.py")
module = sys.modules[name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
complete = module.complete

def complete_or_named(words, table):
    try:
        return complete(words, table)
    except AssertionError:
        print(sys._getframe(1).f_code.co_filename)
        return table

module.complete = complete_or_named
import withdraw_guard
for found in pkgutil.walk_packages(withdraw_guard.__path__, "withdraw_guard."):
    if found.name.rpartition(".")[2] not in ("__main__", "_hypothesis"):
        importlib.import_module(found.name)
"""


def put(tree: Path, file: str, text: str, before: str, within: str = "") -> None:
    """Put text into a file, before the first line that begins so, in the class or table that begins so."""
    path = tree / PACKAGE / file
    source = path.read_text("utf-8")
    at = source.index(f"\n{before}", source.index(f"\n{within}")) + 1
    path.write_text(source[:at] + text + source[at:], "utf-8")


def replace(tree: Path, file: str, old: str, new: str) -> None:
    path = tree / PACKAGE / file
    source = path.read_text("utf-8")
    assert source.count(old) == 1
    path.write_text(source.replace(old, new), "utf-8")


def files_in(report: str) -> set[str]:
    """The files of the package that a report names."""
    return {named.replace("\\", "/") for named in re.findall(r"withdraw_guard[/\\](\S+?\.py)", report)}


def named_by_the_import(tree: Path) -> set[str]:
    surroundings = {**os.environ, "PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"}
    told = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=tree,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    fault = told.stderr.strip().rpartition("\n")[2]
    in_english = "`phase.documents`]: is missing in the default language" in fault
    assert in_english or fault == ""
    return files_in(told.stdout) | ({"catalogues/en.py"} if in_english else set())


def named_by_the_type_checker(tree: Path) -> set[str]:
    beside = Path(sys.executable).with_name("mypy")
    mypy = str(beside) if beside.exists() else shutil.which("mypy")
    if mypy is None:
        pytest.skip("mypy is not installed")
    command = [mypy, "--no-error-summary", "--hide-error-context", f"--cache-dir={os.devnull}"]
    told = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=300)
    assert told.stderr == ""
    faults = told.stdout.splitlines()
    assert [fault for fault in faults if 'Argument 1 to "assert_never"' not in fault] == []
    return files_in(told.stdout)


def files_of_the_table(named_by: str) -> set[str]:
    rows = re.findall(r"^\| `(.+?)` \| .+? \| (.*)\|$", HOW_TO_ADD, re.MULTILINE)
    return {file for file, by in rows if named_by in by}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def test_nothing_is_named_while_no_state_is_new(tree: Path) -> None:
    assert named_by_the_import(tree) == set()


def test_a_new_state_is_named_in_every_file_that_says_something_of_it(tree: Path) -> None:
    put(tree, "_values/vocabulary.py", MEMBER, before="    RESTORED", within="class State(")
    named = named_by_the_import(tree)
    put(tree, "_values/vocabulary.py", MEMBER, before="    RESTORED", within="class Phase(")
    named |= named_by_the_import(tree)
    put(tree, "catalogues/en.py", TEXT, before='        "phase.')
    put(tree, "_pictures/timeline.py", MEMBER, before="    CLEARED", within="class Stage(")
    named |= named_by_the_import(tree)
    assert named == files_of_the_table("import")

    put(tree, "_model/progress.py", CLASS, before="HoldState: TypeAlias")
    replace(tree, "_model/progress.py", "HoldState: TypeAlias = ", "HoldState: TypeAlias = InDocuments | ")
    assert named_by_the_type_checker(tree) == files_of_the_table("type checker")


def test_every_file_that_is_named_for_a_new_word_is_there() -> None:
    files: list[str] = re.findall(r"`([\w/]+(?:\.py|\.md|/))`", HOW_TO_ADD)
    assert len(files) > 20
    missing = [file for file in files if not any((home / file).exists() for home in (REPOSITORY / PACKAGE, REPOSITORY))]
    assert missing == []


def test_every_well_known_method_has_a_row() -> None:
    constants = {value for name, value in vars(methods).items() if name.isupper() and isinstance(value, str)}
    assert methods.WELL_KNOWN.keys() == constants
