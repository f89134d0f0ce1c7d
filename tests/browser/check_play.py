"""The playground as a person uses it, in Chromium, with every other host blocked.

`nox -s play` makes the page and `nox -s browser` runs this file; the loops of the tests do not. `PLAY` is the folder
with the page. How long the start, an answer, the proofs and a comparison take is printed, and nothing fails by it.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import time
import zlib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).parent
PLAY = Path(os.environ.get("PLAY", "dist/play")).resolve()
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
WIDTHS = (360, 768, 1366, 1440, 1920)
START_MS = 60_000
EVENTS = (
    ("security_event:abnormal_activity", "2026-01-05T13:00:00Z"),
    ("verification_started", "2026-01-05T13:10:00Z"),
    ("verification_failed", "2026-01-05T13:20:00Z"),
)
OWN_RULE = """\
schema: withdraw-guard/policy/1
id: mine
version: "1"
rules:
  - id: new-phone
    trigger: phone_changed
    duration: PT72H
"""


class Files(SimpleHTTPRequestHandler):
    extensions_map: ClassVar = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the folder under a path, as on a site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(PLAY))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """Open a window in which every other host is blocked, and note each request to one and each error of the page."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    wrong: list[str] = []
    opened = context.new_page()
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(address) else route.abort())
    context.on("request", lambda asked: None if asked.url.startswith((address, "data:")) else wrong.append(asked.url))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield opened, wrong
    context.close()


@pytest.fixture
def page(window: tuple[Page, list[str]]) -> Iterator[Page]:
    """Use the one window, because each start of Python takes seconds."""
    opened, wrong = window
    opened.set_viewport_size({"width": 1366, "height": 900})
    yield opened
    assert wrong == []


def open_at(page: Page, address: str) -> None:
    """Open the page, or only read another fragment if it is open."""
    if page.url.startswith("http"):
        # The page writes its own address a moment after the last input; Chromium drops another one that comes then.
        page.wait_for_timeout(600)
        page.evaluate("() => { document.getElementById('state').textContent = ''; }")
    page.goto(address if "#" in address else f"{address}#policy=binance")
    is_answered(page, START_MS)


def is_answered(page: Page, within: float = 10_000) -> None:
    expect(page.locator("#state")).to_have_text("Ready.", timeout=within)
    expect(page.locator("#shown.stale")).to_have_count(0)


def tab_to(page: Page, wanted: str) -> None:
    """Press the key until the part of that id has the focus."""
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.id || document.activeElement.textContent"))
        if reached[-1] == wanted:
            return
    raise AssertionError(f"{wanted} was not reached: {reached}")


def seconds(what: str, begun: float) -> None:
    print(f"{what}: {time.perf_counter() - begun:.2f} s")


def test_the_whole_walk(page: Page, address: str) -> None:
    open_at(page, address)
    begun = time.perf_counter()
    page.goto(f"{address}?again")
    is_answered(page, START_MS)
    seconds("start from a warm cache", begun)
    expect(page.locator("#words .verdict")).to_contain_text("This withdrawal is paused")
    for number, (what, at) in enumerate(EVENTS, 2):
        page.select_option("#kind", what)
        page.click("#add")
        page.get_by_label(f"Instant of event {number}, in UTC").fill(at)
    page.fill("#at", "2026-01-05T14:00:00Z")
    is_answered(page)
    expect(page.locator("#events > li")).to_have_count(4)
    expect(page.locator(".came.refused, .came.unread, .came.later")).to_have_count(0)
    expect(page.locator("#words .verdict")).to_contain_text("does not become possible by itself")
    expect(page.locator("#words .hold")).to_have_count(2)
    expect(page.locator("#picture svg")).to_contain_text("abnormal-activity")

    begun = time.perf_counter()
    page.select_option("#language", "de")
    expect(page.locator("#words .verdict")).to_contain_text("Auszahlung")
    seconds("answer and picture", begun)

    begun = time.perf_counter()
    page.click("#examine")
    expect(page.locator("#proof-state")).to_contain_text("Done", timeout=START_MS)
    seconds("lint and proofs, with the start of the second worker", begun)
    expect(page.locator("#proof .good")).to_have_count(4)

    page.select_option("#published-old", "binance-2026")
    expect(page.locator("#old")).to_have_value(PLAY.joinpath("policies/binance-2026.yaml").read_text("utf-8"))
    begun = time.perf_counter()
    page.click("#compare")
    expect(page.locator("#diff .verdict")).to_contain_text("looser", timeout=START_MS)
    seconds("comparison", begun)
    page.locator("#diff summary").first.click()
    expect(page.locator("#diff .witness").first.locator("svg")).to_have_count(2)
    page.locator("#diff").get_by_role("button").first.click()
    is_answered(page)
    expect(page.locator(".came.unread")).to_have_count(0)

    told, policy = page.inner_text("#words"), page.input_value("#policy")
    page.click("#share")
    expect(page.locator("#shared")).not_to_be_empty()
    shared = page.url
    page.goto("about:blank")
    open_at(page, shared)
    assert page.inner_text("#words") == told
    assert page.input_value("#policy") == policy
    expect(page.locator("#published")).to_have_value("binance")
    expect(page.locator("#published-old")).to_have_value("binance-2026")


def test_a_shared_address_reloads_on_a_phone_and_is_used_by_the_keyboard(page: Page, address: str) -> None:
    open_at(page, f"{address}#policy=kraken")
    page.click("#share")
    expect(page.locator("#shared")).not_to_be_empty()
    told, shared = page.inner_text("#words"), page.url
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("about:blank")
    open_at(page, shared)
    assert page.inner_text("#words") == told
    assert page.evaluate("() => document.documentElement.scrollWidth") == 360
    expect(page.locator("#published")).to_have_value("kraken")
    page.locator("#examine").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#proof-state")).to_contain_text("Done", timeout=START_MS)
    page.locator("#copy-old").focus()
    page.keyboard.press("Space")
    tab_to(page, "compare")
    page.keyboard.press("Enter")
    expect(page.locator("#diff .verdict")).to_contain_text("equal", timeout=START_MS)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 360


def test_a_published_name_over_another_text_is_not_believed(page: Page, address: str) -> None:
    open_at(page, f"{address}#policy=kraken")
    page.locator("#policy").press("Space")
    is_answered(page)
    page.click("#share")
    expect(page.locator("#shared")).not_to_be_empty()
    coded = page.url.partition("#s=")[2]
    state = json.loads(zlib.decompress(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)), -15))
    assert state["names"] == ["", ""]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps({**state, "names": ["kraken", "../x"]}).encode()) + packer.flush()
    open_at(page, f"{address}#s={base64.urlsafe_b64encode(packed).decode().rstrip('=')}")
    expect(page.locator("#published")).to_have_value("")
    expect(page.locator("#published-old")).to_have_value("")


@pytest.mark.parametrize("width", [1366, 390])
def test_a_rule_of_ones_own_holds_a_withdrawal_is_proved_and_is_compared(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    open_at(page, address)
    page.fill("#policy", OWN_RULE)
    is_answered(page)
    expect(page.locator("#read")).to_have_text("mine 1: 1 rule, no fault.")
    expect(page.locator("#kind")).to_have_value("security_event:phone_changed")
    page.click("#add")
    is_answered(page)
    expect(page.locator("#words .verdict.denied")).to_contain_text("This withdrawal is paused")
    page.click("#examine")
    expect(page.locator("#proof-state")).to_contain_text("Done", timeout=START_MS)
    expect(page.locator("#proof .good")).to_have_count(4)
    page.click("#copy-old")
    page.fill("#policy", OWN_RULE.replace("PT72H", "PT24H"))
    page.click("#compare")
    expect(page.locator("#diff .verdict")).to_contain_text("looser", timeout=START_MS)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width


def test_a_gallery_page_opens_its_policy(page: Page, address: str) -> None:
    open_at(page, f"{address}#policy=kraken")
    expect(page.locator("#read")).to_contain_text("kraken 1.0.0")
    expect(page.locator("#events > li")).to_have_count(1)
    expect(page.locator("#words .verdict.denied")).to_have_count(1)


@pytest.mark.parametrize("fragment", ["#s=broken", "#s=", "#policy=nobody", "#policy=../x", "#x", "#s=bnVsbA"])
def test_a_broken_address_gives_one_clear_sentence(page: Page, address: str, fragment: str) -> None:
    open_at(page, f"{address}{fragment}")
    expect(page.locator("#trouble")).to_have_text(
        "The address cannot be read: it is cut off or changed. The page begins with Binance's rule instead."
    )
    expect(page.locator("#read")).to_contain_text("binance 1.0.0")


def test_a_fragment_that_unpacks_to_too_much_is_broken(page: Page, address: str) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps({"policy": "x" * 5_000_000}).encode()) + packer.flush()
    open_at(page, f"{address}#s={base64.urlsafe_b64encode(packed).decode().rstrip('=')}")
    expect(page.locator("#trouble")).to_contain_text("cannot be read")


def test_a_fault_that_is_clicked_selects_its_place_and_can_be_corrected(page: Page, address: str) -> None:
    open_at(page, address)
    text = page.input_value("#policy").replace("duration: PT48H", "duration: 48 hours", 1)
    page.fill("#policy", f"# 💶 before it\n{text.replace('trigger: account_unlocked', 'triger: account_unlocked')}")
    expect(page.locator("#read")).to_contain_text("2 faults")
    expect(page.locator("#words")).to_contain_text("There is no answer")
    expect(page.locator("#picture svg")).to_have_count(0)
    page.locator("#faults .fault").first.click()
    chosen = "(box) => [box.value.slice(box.selectionStart, box.selectionEnd), box.value.slice(0, box.selectionEnd)]"
    selected, before = page.locator("#policy").evaluate(chosen)
    assert selected == "48 hours"
    (line,) = (each.split(":")[0] for each in page.locator("#faults .fault").all_inner_texts() if "48 hours" in each)
    assert line == f"Line {before.count(chr(10)) + 1}"
    for _ in range(2):
        page.locator("#faults").get_by_text("Correct it").first.click()
        is_answered(page)
    expect(page.locator("#read")).to_contain_text("no fault")


def test_nothing_is_shown_for_another_text_than_that_in_the_box(page: Page, address: str) -> None:
    open_at(page, address)
    page.click("#examine")
    expect(page.locator("#proof-state")).to_contain_text("Done", timeout=START_MS)
    shown = page.locator("#policy").evaluate(
        """(box) => {
          box.value += ' ';
          box.dispatchEvent(new Event('input'));
          const visible = (id) => getComputedStyle(document.getElementById(id)).visibility;
          return [visible('words'), visible('picture'), document.getElementById('proof').childElementCount];
        }"""
    )
    assert shown == ["hidden", "hidden", 0]
    is_answered(page)
    page.click("#examine")
    page.locator("#policy").press("Space")
    is_answered(page)
    page.click("#examine")
    page.click("#examine")
    expect(page.locator("#proof-state")).to_contain_text("Done", timeout=START_MS)


def test_an_event_that_cannot_be_read_leaves_no_answer(page: Page, address: str) -> None:
    open_at(page, address)
    page.get_by_label("Instant of event 1, in UTC").fill("yesterday")
    expect(page.locator("#words")).to_contain_text("Event 1 cannot be read")
    expect(page.locator(".came.unread")).to_have_count(1)
    expect(page.locator("#words .allowed")).to_have_count(0)


def test_the_keyboard_is_enough(page: Page, address: str) -> None:
    open_at(page, address)
    tab_to(page, "published")
    page.keyboard.type("kraken")
    expect(page.locator("#read")).to_contain_text("kraken")
    for wanted in ("policy", "kind"):
        tab_to(page, wanted)
    page.keyboard.type("reviewer app")
    tab_to(page, "add")
    page.keyboard.press("Enter")
    expect(page.locator("#events > li")).to_have_count(2)
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Instant of event 2, in UTC"
    tab_to(page, "next")
    tab_to(page, "picture")
    tab_to(page, "examine")
    page.keyboard.press("Enter")
    expect(page.locator("#proof-state")).to_contain_text("Done", timeout=START_MS)
    tab_to(page, "compare")
    page.keyboard.press("Enter")
    expect(page.locator("#diff-state")).to_contain_text("The old text is no policy", timeout=START_MS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(page: Page, address: str, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    open_at(page, address)
    page.click("#copy-old")
    page.fill("#policy", page.input_value("#policy").replace("duration: PT48H", "duration: PT24H"))
    is_answered(page)
    page.click("#examine")
    expect(page.locator("#proof-state")).to_contain_text("Done", timeout=START_MS)
    page.click("#compare")
    expect(page.locator("#diff .verdict")).to_contain_text("looser", timeout=START_MS)
    page.locator("#diff summary").first.click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("() => document.documentElement.scrollWidth") == width
        if width in (360, 1366):
            page.screenshot(path=PLAY.parent / f"play-{width}-{theme}.png", full_page=True)
    page.evaluate(AXE.read_text("utf-8"))
    violations = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    serious = [each for each in violations if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in serious] == []
