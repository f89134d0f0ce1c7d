"""What the docs show of the code is what the code says today: the pages are made again and compared, byte by byte."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
SCRIPT = DOCS / "make_pages.py"

MADE: dict[Path, str] = runpy.run_path(str(SCRIPT))["pages"]()


@pytest.mark.parametrize("page", MADE, ids=lambda page: page.name)
def test_a_generated_page_is_up_to_date(page: Path) -> None:
    assert page.read_bytes().decode() == MADE[page], "run `python docs/make_pages.py`"


def test_every_picture_of_a_timeline_is_generated() -> None:
    assert set(DOCS.glob("examples/*.svg")) == {page for page in MADE if page.suffix == ".svg"}


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_script_writes_the_same_bytes_whatever_the_order_of_sets(seed: str, tmp_path: Path) -> None:
    script = tmp_path / "make_pages.py"
    script.write_bytes(SCRIPT.read_bytes())
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "journal.jsonl").write_bytes((DOCS / "examples" / "journal.jsonl").read_bytes())
    subprocess.run([sys.executable, script], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, timeout=60)
    for page, text in MADE.items():
        assert (tmp_path / page.relative_to(DOCS)).read_bytes() == text.encode()
