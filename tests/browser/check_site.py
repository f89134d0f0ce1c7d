"""The site as a browser shows it: nothing is wider than the window, too small, glued together or closed to a reader.

`nox -s site` makes the site and runs this file; the loops of the tests do not. Each page is opened once, without a
network, and measured at five widths. axe-core, from the lock beside this file, looks for what a screen reader misses.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

HERE = Path(__file__).parent
SITE = Path(os.environ.get("SITE", "site")).resolve()
PICTURES = SITE.parent / "screenshots"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

PHONE, DESK = 360, 1440
WIDTHS = (PHONE, 768, 1366, 1920, DESK)
SCREEN = 900
SCREENS_MAX = 6
SIDE_MAX = 1080
TEXT_MIN = 11
GAP_MIN = 4
# The index of all names and the search are lists that nobody reads from top to bottom.
LISTS = ("genindex.html", "search.html", "py-modindex.html")
THEMES = ("light", "dark")
# What is looked at in the dark theme as well, beside the pages that are shown: one page of each kind.
DARK = (
    "api/messages",
    "api/names",
    "schemas/change-rest",
    "events/review_decided",
    "refusals/stale",
    "told/denials",
)
# Longer than that, and no longer than this many screens: tables and lists of a module, and pages to be split.
LONGER = {
    "api/analysis-results.html": 6.5, "api/messages.html": 6.7, "api/withdraw_guard-accounts.html": 6.3,
    "schemas/change-rest.html": 6.4, "bench/speed.html": 7.6, "testing.html": 7.4, "lint.html": 7,
    "analysis.html": 7, "explanation/instead-of-a-column.html": 6.5, "howto/gate-the-payout.html": 7.5,
    "policy-tests.html": 6.2, "tutorial.html": 6.9,
}  # fmt: skip
# What is looked at by a person after the run.
SHOWN = (
    "index", "tutorial", "howto/show-a-denial", "howto/write-a-policy", "explanation/the-domain", "explanation/time",
    "policies/kraken", "policies", "bench/speed", "analysis",
)  # fmt: skip

SMALLEST = """() => {
  const sizes = [];
  const walk = document.createTreeWalker(document.querySelector('.content'), NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const owner = node.parentElement;
    const box = owner.getBoundingClientRect();
    if (!node.data.trim() || !box.width || box.height < 2 || owner.closest('style, title, desc')) continue;
    const svg = owner.closest('svg');
    const scale = svg && owner.getScreenCTM ? owner.getScreenCTM().a : 1;
    const drawn = owner.closest('foreignObject');
    const by = drawn ? drawn.getScreenCTM().a : scale;
    sizes.push([parseFloat(getComputedStyle(owner).fontSize) * by, node.data.trim().slice(0, 40)]);
  }
  // A timeline is a picture of 960 units, and its smallest letters are 11 of them.
  for (const picture of document.querySelectorAll('img.timeline, img.chart'))
    sizes.push([11 * picture.clientWidth / 960, picture.alt]);
  return sizes.sort((a, b) => a[0] - b[0])[0] || [99, ''];
}"""
GLUED = """() => [...document.querySelectorAll('.content h2, .content h3, .content h4')].flatMap(head => {
  const next = head.nextElementSibling, before = head.closest('section')?.previousElementSibling;
  const own = head.getBoundingClientRect();
  const gaps = [next && next.getBoundingClientRect().height && next.getBoundingClientRect().top - own.bottom,
                before && before.getBoundingClientRect().height && own.top - before.getBoundingClientRect().bottom];
  return gaps.some((gap, i) => typeof gap === 'number' && gap && gap < (i ? 4 : 1) * LEAST)
    ? [`${head.textContent.slice(0, 40)}: ${gaps}`] : [];
})""".replace("LEAST", str(GAP_MIN))
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(each => ['serious', 'critical'].includes(each.impact))
  .map(each => `${each.id}: ${each.nodes.length}, ${each.nodes[0].html.slice(0, 90)}, ${each.nodes[0].target}`)"""


def pages() -> list[str]:
    """The pages of the site, without those of another program that stands in a folder of it."""
    found = (page.relative_to(SITE) for page in SITE.rglob("*.html"))
    return sorted(str(page) for page in found if page.parts[0] not in ("_static", "playground"))


async def measured(page: Page, name: str) -> dict[str, Any]:
    """Open a page and measure it."""
    await page.set_viewport_size({"width": PHONE, "height": 800})
    await page.goto((SITE / name).as_uri())
    smallest = await page.evaluate(SMALLEST)
    widths = {}
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": SCREEN})
        widths[width] = await page.evaluate("document.documentElement.scrollWidth")
    await page.evaluate(AXE.read_text("utf-8"))
    return {
        "smallest": smallest,
        "widths": widths,
        "height": await page.evaluate("document.querySelector('.content').scrollHeight"),
        "glued": await page.evaluate(GLUED),
        "serious": await page.evaluate(SERIOUS),
        "side": await page.evaluate("document.querySelector('.sidebar-scroll').scrollHeight"),
    }


async def in_dark(page: Page, name: str) -> list[str]:
    """Look at a page in the dark theme, while the system prefers the light one."""
    await page.set_viewport_size({"width": DESK, "height": SCREEN})
    await page.goto((SITE / f"{name}.html").as_uri())
    await page.evaluate("document.body.dataset.theme = 'dark'")
    await page.evaluate(AXE.read_text("utf-8"))
    return await page.evaluate(SERIOUS)  # type: ignore[no-any-return]


async def photographed(page: Page, name: str) -> None:
    """Keep a page at the width of a phone and of a desk, in both themes."""
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": SCREEN})
        await page.goto((SITE / f"{name}.html").as_uri())
        for theme in THEMES:
            await page.evaluate("theme => document.body.dataset.theme = theme", theme)
            file = PICTURES / f"{name.replace('/', '-')}-{width}-{theme}.png"
            await page.screenshot(path=file, clip={"x": 0, "y": 0, "width": width, "height": 1800}, full_page=True)


async def a_page(browser: Browser) -> Page:
    """Open a window that knows no network: what is asked for outside fails, and is remembered."""
    context = await browser.new_context(color_scheme="light")
    await context.route("http*://**", lambda route: route.abort())
    page = await context.new_page()
    page.on("request", lambda asked: OUTSIDE.append(asked.url) if asked.url.startswith("http") else None)
    return page


OUTSIDE: list[str] = []


async def look() -> tuple[dict[str, dict[str, Any]], dict[str, list[str]]]:
    """Measure every page, in four windows at a time."""
    PICTURES.mkdir(exist_ok=True)
    found: dict[str, dict[str, Any]] = {}
    dark: dict[str, list[str]] = {}
    waiting = iter([*pages(), *SHOWN, *DARK])

    async def worker(browser: Browser) -> None:
        page = await a_page(browser)
        for name in waiting:
            if name.endswith(".html"):
                found[name] = await measured(page, name)
                continue
            dark[name] = await in_dark(page, name)
            if name in SHOWN:
                await photographed(page, name)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await asyncio.gather(*(worker(browser) for _ in range(4)))
        await browser.close()
    return found, dark


@pytest.fixture(scope="session")
def seen() -> tuple[dict[str, dict[str, Any]], dict[str, list[str]]]:
    looked = asyncio.run(look())
    (SITE.parent / "measured.json").write_text(json.dumps(looked, indent=1), "utf-8")
    return looked


Seen = tuple[dict[str, dict[str, Any]], dict[str, list[str]]]


def test_every_page_was_opened_and_asked_for_nothing_outside(seen: Seen) -> None:
    assert len(seen[0]) == len(pages()) > 100
    assert OUTSIDE == []


def test_no_page_scrolls_sideways(seen: Seen) -> None:
    wider = {(page, width): found for page, each in seen[0].items() for width, found in each["widths"].items()}
    assert {where: found for where, found in wider.items() if found > where[1]} == {}


def test_no_text_is_smaller_than_eleven_pixels_on_a_phone(seen: Seen) -> None:
    small = {page: each["smallest"] for page, each in seen[0].items()}
    assert {page: found for page, found in small.items() if found[0] < TEXT_MIN - 0.05} == {}


def test_no_heading_is_glued_to_what_is_around_it(seen: Seen) -> None:
    assert {page: each["glued"] for page, each in seen[0].items() if each["glued"]} == {}


def test_axe_finds_nothing_serious(seen: Seen) -> None:
    assert {page: each["serious"] for page, each in seen[0].items() if each["serious"]} == {}
    assert {page: found for page, found in seen[1].items() if found} == {}


def test_no_page_is_longer_than_six_screens(seen: Seen) -> None:
    heights = {page: each["height"] / SCREEN for page, each in seen[0].items() if page not in LISTS}
    too_long = {page: screens for page, screens in heights.items() if screens > LONGER.get(page, SCREENS_MAX)}
    assert too_long == {}


def test_the_sidebar_of_the_first_page_fits_a_window(seen: Seen) -> None:
    assert seen[0]["index.html"]["side"] <= SIDE_MAX


def test_each_page_was_photographed_in_both_themes(seen: Seen) -> None:
    assert len(list(PICTURES.glob("*.png"))) == len(SHOWN) * 4


# What is typed, and how the address of the first page that is found begins.
SEARCHED = {
    "payout": "howto/",
    "release": "howto/",
    "stale": "refusals/stale",
    "unknown-name": "lint.html#unknown-name",
}


async def first_found() -> dict[str, str]:
    """The first page that the search of the site finds, for each word that is typed."""
    found = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await a_page(browser)
        for words in SEARCHED:
            await page.goto(f"{(SITE / 'search.html').as_uri()}?q={words}")
            first = page.locator("#search-results li > a").first
            found[words] = await first.get_attribute("href") or ""
        await browser.close()
    return found


def test_a_search_finds_how_tos_before_symbols_and_a_code_at_its_place() -> None:
    found = asyncio.run(first_found())
    assert {words: page for words, page in found.items() if not page.startswith(SEARCHED[words])} == {}
