"""Where the rules of a policy stand, for the lines that GitHub shows beside a file."""

from pathlib import Path
from typing import cast

from withdraw_guard._drafts.draft import is_yaml
from withdraw_guard._drafts.json_text import json_parts
from withdraw_guard._drafts.part import Part
from withdraw_guard._report import Place
from withdraw_guard.cli._arguments import line_and_column, yaml_parts
from withdraw_guard.policies import GALLERY


def place_of(name: str) -> Place:
    """Return where the policy of that name stands: no file if it is published or read here, else each rule's line."""
    if name == "-" or name in GALLERY:
        return Place(file=None, lines={})
    text = Path(name).read_text(encoding="utf-8-sig")
    document, _ = (yaml_parts if is_yaml(name, text) else json_parts)(text)
    # It is a policy, because it was read as one already.
    ids = [_member(rule, "id") for _, rule in _member(cast("Part", document), "rules").children()]
    return Place(file=name, lines={str(rule.value): line_and_column(text, rule.begin)[0] for rule in ids})


def _member(part: Part, name: str) -> Part:
    return dict(part.children())[name]
