"""Every Python block of the README and of the docs runs as a test, in the order of the page."""

from __future__ import annotations

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).pytest()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the blocks of a page in order; pytest-randomly has shuffled them with everything else."""
    blocks = [item for item in items if item.path.suffix == ".md"]
    blocks.sort(key=lambda item: (item.path, item.reportinfo()[1] or 0))
    items[:] = [*blocks, *(item for item in items if item.path.suffix != ".md")]
