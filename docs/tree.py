"""Name the state of `src`, so that a committed result says which code it was measured on.

    python docs/tree.py     prints the tree of `src`, and for each committed result the tree that it names

The name is a digest of the paths and the bytes of the files. It needs no git, so an unpacked archive has it as well.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Each committed result, with the command that measures it again.
RESULTS = {
    "docs/bench/speed.json": "nox -s bench",
    "docs/bench/analysis.md": "nox -s bench",
    "docs/policies/proofs.json": "python docs/prove_gallery.py",
    "tests/hosts/RESULT.md": "nox -s hosts -- --write",
    "tests/seeds/RESULT.md": "nox -s seeds -- --write",
    "tests/seeds/loops.json": "nox -s seeds -- --loop tests --loop quick --write",
    "tests/mutants/DATA.md": "nox -s mutants",
    "tests/mutants/FUNCTIONS.md": "nox -s mutmut",
}
_NAMED = re.compile(r"\btree\b\W+([0-9a-f]{16})\b")


def tree_of(folder: Path = ROOT / "src") -> str:
    """Return the first 16 hexadecimal digits of a SHA-256 over the paths and the contents below a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def named_in(result: Path) -> str | None:
    """Return the tree that a committed result names, or none."""
    found = _NAMED.search(result.read_text("utf-8"))
    return found[1] if found else None


if __name__ == "__main__":
    print(f"{tree_of()}  src")
    for name, command in RESULTS.items():
        print(f"{named_in(ROOT / name)}  {name}: {command}")
