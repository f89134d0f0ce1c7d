"""Where the rules of a policy stand, for the lines that GitHub shows beside a file."""

import re
from pathlib import Path
from typing import Final

from withdraw_guard._report import Place
from withdraw_guard.policies import GALLERY

_ID: Final = re.compile(r'"id"\s*:\s*"([^"]*)"')


def place_of(name: str) -> Place:
    """Return where the policy of that name stands: no file if it is published or read here, else each rule's line."""
    if name == "-" or name in GALLERY:
        return Place(file=None, lines={})
    text = Path(name).read_text(encoding="utf-8")
    ids = _ID.finditer(text, text.find('"rules"'))
    lines = {found[1]: text.count("\n", 0, found.start()) + 1 for found in ids}
    return Place(file=name, lines=lines)
