"""The docs say what the code says: lists and tables in them are compared with it."""

from __future__ import annotations

import re
from pathlib import Path

import test_laws
from withdraw_guard import policies
from withdraw_guard._time import write_duration

ROOT = Path(__file__).parent.parent
NAMED_EXAMPLES = "# ── named examples"


def test_the_laws_in_the_docs_are_the_laws_in_the_tests() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "laws.md").read_text(), re.MULTILINE)
    tested = [name.removeprefix("test_") for name in vars(test_laws) if name.startswith("test_")]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(tested)
    source = Path(test_laws.__file__).read_text()
    properties = re.findall(r"^@given\([^\n]*\)\ndef test_(\w+)\(", source, re.MULTILINE)
    assert set(properties) <= set(listed)


def test_the_readme_says_the_hours_of_the_published_rule() -> None:
    readme = (ROOT / "README.md").read_text()
    hours = {rule.id: rule.duration for rule in policies.BINANCE.rules if rule.duration is not None}
    for words, rule_ids in {
        "password changed; two-factor disabled while logged in": ("password-changed", "two-factor-disabled"),
        "two-factor reset; account unlocked; e-mail changed": (
            "two-factor-reset",
            "account-unlocked",
            "email-changed",
        ),
    }.items():
        (published,) = {write_duration(hours.pop(rule_id)) for rule_id in rule_ids}
        assert f"| {words} | for {published[2:-1]} hours |" in readme
    assert not hours


def test_every_link_in_the_docs_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
