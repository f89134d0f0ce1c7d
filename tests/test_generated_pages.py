"""What the docs show of the code is what the code says today: the pages are made again and compared, byte by byte."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from make_pages import DOCS, pages
from reference_pages import api_modules, pages_of_the_site

from withdraw_guard import Account, Event, EventRefused, Refusal, apply, policies, wire
from withdraw_guard._model.events import EVENTS
from withdraw_guard._values import limits

ROOT = DOCS.parent
MADE = pages()
OF_THE_SITE = pages_of_the_site()
MODULES = list(api_modules())


@pytest.mark.parametrize("page", MADE, ids=lambda page: str(page.relative_to(DOCS)))
def test_a_generated_page_is_up_to_date(page: Path) -> None:
    assert page.read_bytes().decode() == MADE[page], "run `python docs/make_pages.py`"


def test_nothing_is_left_of_a_page_that_is_no_longer_made() -> None:
    marked = {page for page in DOCS.rglob("*.md") if "Made by docs/make_pages.py" in page.read_text("utf-8")}
    assert {*DOCS.glob("examples/*.svg"), *marked} - {DOCS / name for name in OF_THE_SITE} == set(MADE)


def test_git_ignores_the_pages_that_only_the_site_has() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {f"/docs/{name.partition('/')[0]}" + "/" * ("/" in name) for name in OF_THE_SITE} <= set(ignored)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_script_writes_the_same_bytes_whatever_the_order_of_sets(seed: str, tmp_path: Path) -> None:
    docs = shutil.copytree(DOCS, tmp_path / "docs")
    for folder in ("src", "tests"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for page in MADE:
        (docs / page.relative_to(DOCS)).unlink()
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, docs / "make_pages.py"], env=environment, check=True, timeout=60)
    for page, text in MADE.items():
        assert (docs / page.relative_to(DOCS)).read_bytes() == text.encode()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_name_is_in_the_api(module: ModuleType) -> None:
    """As something that Sphinx is told to show, or with what it means in the page of the well-known names."""
    head = re.compile(rf"^##? `{module.__name__}`(?:: .*)?\n", re.MULTILINE)
    shown = (head.split(text, maxsplit=1) for text in OF_THE_SITE.values())
    part = "".join(parts[1].partition("\n## `withdraw_guard.")[0] for parts in shown if len(parts) > 1)
    for name in getattr(module, "__all__", None) or defined_in(module):
        if not isinstance(getattr(module, name), ModuleType):
            assert re.search(rf"^\.\. [a-z:]+:: {name}\b|^\| `{name}` \| `[a-z0-9_]+` \| \w", part, re.MULTILINE)


def defined_in(module: ModuleType) -> list[str]:
    source = Path(module.__file__ or "").read_text("utf-8")
    return re.findall(r"^(?:def |class )?([A-Za-z]\w*)(?:\(|: \w+ = |: Final)", source, re.MULTILINE)


def test_every_public_module_is_in_the_api() -> None:
    files = {
        path.stem
        for path in (ROOT / "src" / "withdraw_guard").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    public = {f"withdraw_guard.{name}" for name in files if not name.startswith("_")} | {"withdraw_guard"}
    private = {"withdraw_guard.cli", "withdraw_guard.catalogues"}
    assert public - {module.__name__ for module in MODULES} == private


def test_every_refusal_event_and_limit_has_its_row() -> None:
    refusals = re.findall(r"^\| (\d+) \| \[`(\w+)`\]\((.*?)\) \|", MADE[DOCS / "refusals.md"], re.MULTILINE)
    assert refusals == [(str(at), reason, f"refusals/{reason}.md") for at, reason in enumerate(Refusal, 1)]
    assert all(f"| [`{event.__name__}`](events/{event.type}.md) |" in MADE[DOCS / "events.md"] for event in EVENTS)
    stated = {name for name in vars(limits) if name.isupper() and name != "UTC"}
    assert all(f"| `{limit}` | " in MADE[DOCS / "limits.md"] for limit in stated)


@pytest.mark.parametrize("reason", Refusal)
def test_the_page_of_a_refusal_has_the_shortest_journal_whose_last_event_is_refused_so(reason: Refusal) -> None:
    """No event before the last one can be left out. The page itself runs with the others."""
    journal = re.findall(r"^\{.*\}$", MADE[DOCS / "refusals" / f"{reason}.md"], re.MULTILINE)
    *before, last = (wire.event_from_dict(wire.parse(line)) for line in journal)
    assert refusal_of(before, last) == reason
    shorter = ([event for event in before if event is not left_out] for left_out in before)
    assert reason not in [refusal_of(events, last) for events in shorter]


def refusal_of(before: Sequence[Event], last: Event) -> Refusal | None:
    """The reason for which the last event is refused after the others, or none if another one is refused first."""
    account = Account(id="a1")
    try:
        for event in (*before, last):
            account = apply(policies.BINANCE, account, event).account
    except EventRefused as refused:
        return refused.reason if refused.event is last else None
    return None
