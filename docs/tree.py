"""Name the state of the code that a committed result is about, so that it says which code it was measured on.

    python docs/tree.py     prints each committed result, the tree that it names, and the tree of its code now

The name is a digest of the paths and the bytes of the files. It needs no git, so an unpacked archive has it as well.
A result is about a part of `src`: how fast an event is does not depend on the words of a catalogue.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "withdraw_guard"


@dataclass(frozen=True)
class Result:
    """A committed result: the command that measures it again, and the files and folders of `src` that it is about."""

    command: str
    about: tuple[str, ...]


CORE = ("_values", "_model", "_rules", "_answers")
WORDS = ("steps.py", "tips.py", "operations.py", "methods.py", "public_reasons.py")
RESULTS = {
    "docs/bench/speed.json": Result("nox -s bench", (*CORE, "_wire", "wire.py")),
    "docs/bench/analysis.md": Result("python docs/bench/analysis.py", (*CORE, "analysis")),
    "docs/policies/proofs.json": Result("python docs/prove_gallery.py", (*CORE, "analysis", "policies")),
    "tests/hosts/RESULT.md": Result("nox -s hosts -- --write", (*CORE, "testing")),
    "tests/seeds/RESULT.md": Result("nox -s seeds -- --write", (*CORE, *WORDS)),
    "tests/seeds/loops.json": Result("nox -s seeds -- --loop tests --loop quick --write", (*CORE, *WORDS)),
    "tests/mutants/DATA.md": Result("nox -s mutants", (*CORE, *WORDS, "_wire", "policies/_binance.py")),
    "tests/mutants/FUNCTIONS.md": Result("nox -s mutmut", CORE),
}
_NAMED = re.compile(r"\btree\b\W+([0-9a-f]{16})\b")


def tree_about(result: Path) -> str:
    """Return the name of the code that a committed result is about, as it is now."""
    return tree_of(SRC / part for part in RESULTS[result.resolve().relative_to(ROOT).as_posix()].about)


def tree_of(parts: Iterable[Path]) -> str:
    """Return the first 16 hexadecimal digits of a SHA-256 over the names and the contents of files and folders."""
    digest = hashlib.sha256()
    for part in parts:
        for path in sorted([part] if part.is_file() else part.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                content = path.read_bytes()
                digest.update(f"{path.relative_to(part.parent).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()[:16]


def named_in(result: Path) -> str | None:
    """Return the tree that a committed result names, or none."""
    found = _NAMED.search(result.read_text("utf-8"))
    return found[1] if found else None


if __name__ == "__main__":
    for name, result in RESULTS.items():
        print(f"{named_in(ROOT / name)} → {tree_about(ROOT / name)}  {name}: {result.command}")
