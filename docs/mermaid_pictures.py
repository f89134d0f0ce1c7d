"""The pictures in Mermaid, drawn while the site is made: who reads it needs neither a script nor a network."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import mermaidx

BLOCK = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def drawn_at(source: str) -> str:
    """Return where a picture in Mermaid stands in the site. Its name changes whenever its picture could."""
    return f"_static/drawn/{hashlib.sha256((mermaidx.__version__ + source).encode()).hexdigest()[:16]}.svg"


def draw_mermaid(source: str) -> str:
    """Draw a picture with Mermaid's own code, in an engine that comes with the package."""
    return mermaidx.render(source, backend="v8").svg()


def draw_pictures(docs: Path, site: Path) -> None:
    """Draw each picture of the pages that the site does not have yet. A host of code draws the same block itself."""
    pages = (page for page in sorted(docs.rglob("*.md")) if "_build" not in page.parts)
    sources = {source.strip("\n") for page in pages for source in BLOCK.findall(page.read_text("utf-8"))}
    missing = sorted(source for source in sources if not (site / drawn_at(source)).exists())
    # An engine has one thread, so there are two of them.
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as engines:
        for source, picture in zip(missing, engines.map(draw_mermaid, missing), strict=True):
            file = site / drawn_at(source)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(picture, "utf-8")
