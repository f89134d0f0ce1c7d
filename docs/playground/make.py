"""Make the playground: `python docs/playground/make.py NODE_MODULES WHEELS FOLDER`.

The folder has the page, Pyodide, one archive with the library and what it needs, and the published policies as texts.
It is served by any server of files; nothing in it is fetched from elsewhere.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from playground import play
from ruamel.yaml import YAML

from withdraw_guard import InvalidValue, Policy
from withdraw_guard.policies import GALLERY
from withdraw_guard.wire import Json, Members, policy_from_dict, to_dict

HERE: Final = Path(__file__).parent
PAGE: Final = ("index.html", "play.css", "play.js", "worker.js")
PYODIDE: Final = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip")
# The page does not use these parts of the library.
LEFT_OUT: Final = (
    "withdraw_guard/cli/",
    "withdraw_guard/testing/",
    "withdraw_guard/intake/",
    "withdraw_guard/stories/",
)


def make(modules: Path, wheels: Path, folder: Path) -> None:
    """Write the whole folder again."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "policies").mkdir(parents=True)
    (folder / "pyodide").mkdir()
    for name in PAGE:
        shutil.copy(HERE / name, folder / name)
    for name in PYODIDE:
        shutil.copy(modules / "pyodide" / name, folder / "pyodide" / name)
    for name, published in GALLERY.items():
        (folder / "policies" / f"{name}.yaml").write_text(text_of(published.policy), "utf-8", newline="\n")
    lists = {
        "policies": [{"name": name, "author": each.author} for name, each in GALLERY.items()],
        "languages": play.languages(),
        "kinds": [{"what": what, "words": kind.words, "about": kind.is_about} for what, kind in play.KINDS.items()],
    }
    (folder / "lists.json").write_text(json.dumps(lists, ensure_ascii=False), "utf-8")
    sources = folder / "sources.zip"
    _pack(wheels, sources)
    node = shutil.which("node") or "node"
    subprocess.run([node, HERE / "compile.mjs", modules, sources, folder / "site.zip"], check=True)
    sources.unlink()


def _pack(wheels: Path, target: Path) -> None:
    """Put the files of the wheels and `play.py` into one archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(HERE / "play.py", "play.py")
        for wheel in sorted(wheels.glob("*.whl")):
            with zipfile.ZipFile(wheel) as files:
                for name in files.namelist():
                    if not name.startswith(LEFT_OUT):
                        archive.writestr(name, files.read(name))


# ── A policy as people write it ──────────────────────────────────────────────────────────────────────────────────


def text_of(policy: Policy) -> str:
    """Write a policy as YAML, without the members that only say their default."""
    document = to_dict(policy)
    _shorten(document, document, policy.fingerprint)
    yaml, stream = YAML(typ="safe", pure=True), io.StringIO()
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # its stub knows one value
    yaml.width = 100
    yaml.allow_unicode = True
    yaml.dump(document, stream)
    return stream.getvalue()


def _shorten(document: Members, part: Json, fingerprint: str) -> None:
    """Leave out each member without which the document is the same policy."""
    if isinstance(part, list):
        for item in part:
            _shorten(document, item, fingerprint)
    if isinstance(part, dict):
        for name in [*part]:
            value = part.pop(name)
            if not _is(document, fingerprint):
                part[name] = value
        for value in part.values():
            _shorten(document, value, fingerprint)


def _is(document: Members, fingerprint: str) -> bool:
    try:
        return policy_from_dict(document).fingerprint == fingerprint
    except InvalidValue:
        return False


if __name__ == "__main__":
    make(*map(Path, sys.argv[1:4]))
