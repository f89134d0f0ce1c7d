"""The pictures of the pages: timelines of what their own examples do, and charts of what was measured.

A timeline is made of the events that the page's examples apply, so it cannot say anything else than they do.
`make_pages` writes them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import withdraw_guard
from withdraw_guard import AccountId, Event, Policy
from withdraw_guard._pictures.svg import line, number, tag, text
from withdraw_guard._values.escape import Markup
from withdraw_guard.diagram import history_of, timeline_as_svg

DOCS = Path(__file__).parent
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HOUR = timedelta(hours=1)

# Each page, with the account whose timeline is shown, and how many hours after Monday morning it is looked at.
OF_AN_ACCOUNT = {
    "tutorial": ("a2", 71),
    "explanation/a-set-of-holds": ("a1", 3),
    "explanation/time": ("a1", 21),
    "howto/show-a-denial": ("a1", 0.5),
}


def timelines() -> dict[str, str]:
    """Return each picture of a page, by the name of its file."""
    made = {}
    for page, (account, hours) in OF_AN_ACCOUNT.items():
        found, applied = run(page)
        events, now = dict.fromkeys(event for _, event in applied if event.account == account), found["monday"]
        policy = next(policy for policy, event in applied if event.account == account)
        made[f"timeline-{Path(page).name}.svg"] = drawn(policy, AccountId(account), events, now + hours * HOUR)
    found, _ = run("analysis")
    for name in ("old", "new"):
        witness = found["witness"]
        account = witness.journal[0].account
        made[f"timeline-analysis-{name}.svg"] = drawn(found[name], account, witness.journal, witness.at)
    return made


def run(page: str) -> tuple[dict[str, Any], list[tuple[Policy, Event]]]:
    """Run the examples of a page; return what they name, and each event that they apply with its policy."""
    applied: list[tuple[Policy, Event]] = []
    apply: Callable[..., Any] = withdraw_guard.apply

    def recorded(policy: Policy, account: Any, *events: Event) -> Any:
        applied.extend((policy, event) for event in events)
        return apply(policy, account, *events)

    found: dict[str, Any] = {"__name__": page}
    withdraw_guard.apply = recorded
    try:
        for block in BLOCK.findall((DOCS / f"{page}.md").read_text("utf-8")):
            exec(block, found)  # noqa: S102 - the page is ours, and its test runs it in the same way
    finally:
        withdraw_guard.apply = apply
    return found, applied


def drawn(policy: Policy, account: AccountId, events: Iterable[Event], now: datetime) -> str:
    so_far = [event for event in events if event.at <= now]
    return timeline_as_svg(history_of(policy, account, so_far, now=now), only_changes=True)


# ── Charts ───────────────────────────────────────────────────────────────────────────────────────────────────────

WIDTH, LEFT, RIGHT, STEP = 960, 330, 880, 28
LIGHT = ("#1b1f24", "#57606a", "#d8dee4", "#ffffff")
DARK = ("#e6edf3", "#9aa4af", "#30363d", "#0d1117")
# Those of Okabe and Ito; a line has a name beside it and a dash as well.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4")


def charts() -> dict[str, str]:
    """Return the charts of the pages about speed and about growth, by the name of the file."""
    result = json.loads((DOCS / "bench" / "speed.json").read_text("utf-8"))
    told = sorted(result["comparison"], key=lambda each: each["ns"])
    floor = next(each["ns"] for each in told if each["name"].startswith("the floor"))
    bars = [(each["name"], each["ns"] / 1000, f"{number(each['ns'] / floor)} × the floor") for each in told]
    lines = [(name, [(int(size), us) for size, us in by_size.items()]) for name, by_size in result["growth"].items()]
    growth = DOCS / "bench" / "analysis.md"
    return {
        "chart-speed.svg": bar_chart(
            "Microseconds for an event or a question; each line is ten times the one before", bars
        ),
        "chart-growth.svg": line_chart("Microseconds of a call, as what is named grows", lines, "µs"),
        "chart-analysis.svg": line_chart(
            "Seconds of processor time, as the rules of a policy grow", grown(growth), "s"
        ),
    }


def grown(page: Path) -> list[tuple[str, list[tuple[int, float]]]]:
    """Read the first table of the page about the growth of the analysis."""
    rows = re.findall(r"^\| (\d+) \| ([\d.]+) s.*? \| ([\d.]+) s", page.read_text("utf-8").split("\n## ")[1], re.M)
    # What was measured as 0.00 seconds is drawn as a hundredth.
    return [
        (name, [(int(row[0]), max(float(row[place]), 0.01)) for row in rows])
        for place, name in ((1, "prove"), (2, "compare"))
    ]


def bar_chart(title: str, bars: list[tuple[str, float, str]]) -> str:
    low, high = 0.1, 10 ** math.ceil(math.log10(max(value for _, value, _ in bars)))
    bottom = 56 + STEP * len(bars)
    drawn = list(upright(low, high, bottom))
    for place, (name, value, said) in enumerate(bars):
        top, right = 56 + STEP * place, along(value, low, high)
        ours = "bold" if name == "withdraw_guard" else "ink"
        drawn += [
            text(LEFT - 10, top + 15, name, f"{ours} end"),
            tag("rect", x=LEFT, y=top + 3, width=right - LEFT, height=STEP - 10, fill=COLOURS[ours == "ink"]),
            text(min(right + 8, RIGHT - 30), top + 15, f"{value:.1f} µs, {said}" if right < RIGHT - 150 else "", ours),
        ]
        if right >= RIGHT - 150:
            drawn.append(tag("text", Markup(f"{value:.1f} µs, {said}"), class_="on end", x=right - 8, y=top + 15))
    return sheet(title, drawn, bottom + 24)


def line_chart(title: str, lines: list[tuple[str, list[tuple[int, float]]]], unit: str) -> str:
    """Both axes are logarithmic: what does not grow is a flat line."""
    sizes = [size for _, points in lines for size, _ in points]
    values = [value for _, points in lines for _, value in points]
    low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))
    first, last = min(sizes), max(sizes)
    bottom, drawn = 320.0, list[Markup]()

    def x(size: float) -> float:
        return 90 + (RIGHT - 90) * (math.log(size / first) / math.log(last / first))

    def y(value: float) -> float:
        return bottom - 250 * (math.log(value / low) / math.log(high / low))

    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        drawn += [
            line(90, y(10**power), RIGHT, y(10**power), "faint"),
            text(80, y(10**power) + 4, f"{10**power:g} {unit}", "soft end"),
        ]
    for size in (
        size for size in (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 2, 4, 8, 16, 32, 64) if first <= size <= last
    ):
        if last > 100 and math.log10(size) % 1:
            continue
        drawn.append(text(x(size), bottom + 18, f"{size:,}", "soft middle"))
    for place, (name, points) in enumerate(lines):
        colour, dash = COLOURS[place % 5], DASHES[place % 5]
        path = "M" + "L".join(f"{number(x(size))} {number(y(value))}" for size, value in points)
        below = bottom + 48 + 20 * place
        drawn.append(stroke(path, colour, dash))
        drawn += [tag("circle", cx=x(size), cy=y(value), r=3, fill=colour) for size, value in points]
        drawn += [stroke(f"M90 {number(below - 4)}h40", colour, dash), text(140, below, name, "ink")]
    return sheet(title, drawn, bottom + 44 + 20 * len(lines))


def stroke(path: str, colour: str, dash: str) -> Markup:
    return tag("path", d=path, fill="none", stroke=colour, stroke_width=2.5, stroke_dasharray=dash or None)


def along(value: float, low: float, high: float) -> float:
    return LEFT + (RIGHT - LEFT) * math.log(value / low) / math.log(high / low)


def upright(low: float, high: float, bottom: float) -> Iterator[Markup]:
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        place = along(10**power, low, high)
        yield line(place, 50, place, bottom, "faint")
        yield text(place, bottom + 14, f"{10**power:g} µs", "soft middle")


def sheet(title: str, drawn: Iterable[Markup], height: float) -> str:
    """Return the file: on paper of its own, dark for whoever prefers dark."""
    return tag(
        "svg",
        tag("title", Markup(title)),
        tag("style", Markup(f"{STYLE}{inks(*LIGHT)}@media (prefers-color-scheme:dark){{{inks(*DARK)}}}")),
        tag("rect", class_="sheet", x=0.5, y=0.5, width=WIDTH - 1, height=height - 1, rx=8),
        text(24, 32, title, "bold"),
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        width=WIDTH,
        height=height,
        viewBox=f"0 0 {WIDTH} {number(height)}",
    )


STYLE = (
    "text{font:12px system-ui,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif}.bold{font-weight:700}"
    ".end{text-anchor:end}.middle{text-anchor:middle}.on{fill:#12161a;font-weight:600}"
)


def inks(ink: str, soft: str, faint: str, background: str) -> str:
    return (
        f".ink,.bold{{fill:{ink}}}.soft{{fill:{soft}}}.faint{{stroke:{faint}}}"
        f".sheet{{fill:{background};stroke:{faint}}}"
    )
