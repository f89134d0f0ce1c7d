"""A timeline as one SVG file: no script, no font and no second file.

From top to bottom: the account, the answer and the warnings; the chart (axis, band, marks, one lane for each hold);
the legend; one sentence for each event and for each change that comes by time. A state is never shown by its colour
alone: it has a pattern and a word as well. The colours are those of Okabe and Ito, which colour-blind people can tell
apart. The picture has its own background, dark if the reader prefers dark, so it can be read on any page.

Sizes are in user units; the sheet is 960 wide. The estimated width of a text is rather too wide than too narrow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Final, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._pictures.axis import Axis, Label, axis_of
from withdraw_guard._pictures.svg import (
    SIGN_WIDTH_IN_SENTENCES,
    fitted,
    letters_in,
    line,
    number,
    tag,
    text,
    text_width,
)
from withdraw_guard._pictures.timeline import (
    Lane,
    Mark,
    MarkKind,
    Permission,
    Span,
    Stage,
    Timeline,
    described,
    lane_words,
    span_words,
)
from withdraw_guard._values.complete import complete
from withdraw_guard._values.escape import Markup, shortened, xml_text
from withdraw_guard._values.limits import TOOLTIP_LENGTH_MAX
from withdraw_guard._values.value import Value

WIDTH: Final = 960.0
MARGIN: Final = 24.0
LEFT: Final = 208.0
RIGHT: Final = WIDTH - MARGIN - 12
BAR_HEIGHT: Final = 20.0
LANE_HEIGHT: Final = 44.0
ROW_HEIGHT: Final = 17.0
LINE_HEIGHT: Final = 20.0
MARK_LEVELS_MAX: Final = 4
_BEYOND: Final = "if nothing else happens"

# Text, soft text, faint lines and background.
_PAPER: Final = "#1b1f24", "#57606a", "#d8dee4", "#ffffff"
_NIGHT: Final = "#e6edf3", "#9aa4af", "#30363d", "#0d1117"

# The colour of a state, and one tile of its pattern: size, rotation and dark parts.
_LOOKS: Final[Mapping[Permission | Stage, tuple[str, int, int, str]]] = {
    **complete(
        Permission,
        {
            Permission.ALLOWED: ("#4fc3a1", 8, 0, ""),
            Permission.DENIED: ("#e8743b", 9, 45, "M0 0h3v9h-3z"),
            Permission.UNKNOWN: ("#b5bcc4", 10, 0, "M0 0h5v5h-5zM5 5h5v5h-5z"),
        },
    ),
    **complete(
        Stage,
        {
            Stage.SUSPENDED: ("#e69f00", 7, 135, "M0 0h1.3v7h-1.3z"),
            Stage.VERIFICATION: ("#7cc7f2", 7, 0, "M2 2h2.4v2.4h-2.4z"),
            Stage.REVIEW: ("#f0e442", 6, 0, "M0 0h1.2v6h-1.2z"),
            Stage.APPEAL: ("#d99bbd", 8, 45, "M0 0h1.2v8h-1.2zM0 0h8v1.2h-8z"),
            Stage.MORE_NEEDED: ("#9db8e8", 8, 0, "M1 1h6v1.4h-6zM1 4.4h3.4v1.4h-3.4z"),
            Stage.CLEARED: ("#b9d9cd", 6, 0, "M0 0h6v1.2h-6z"),
        },
    ),
}

# Each has its centre at 0 0 and is ten wide.
_SHAPES: Final = complete(
    MarkKind,
    {
        MarkKind.TRIGGER: "M-5 -4.5H5L0 5z",
        MarkKind.MOVE: "M-4.2 0a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0 -8.4 0z",
        MarkKind.RELEASE: "M-4 -4H4V4H-4z",
        MarkKind.RETRACTION: "M-5 4.5H5L0 -5z",
        MarkKind.IDENTITY: "M0 -5.2L5.2 0L0 5.2L-5.2 0z",
        MarkKind.NOTHING_NEW: "M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0z",
        MarkKind.REFUSED: "M-4.2 -4.2L4.2 4.2M-4.2 4.2L4.2 -4.2",
    },
)


@final
@attrs.frozen(kw_only=True, repr=False)
class _Block(Value):
    """A part of the sheet: its elements, and the height at which it ends."""

    drawn: tuple[Markup, ...]
    bottom: float


@final
@attrs.frozen(kw_only=True, repr=False)
class _Flag(Value):
    """One mark, or several that are too close to be drawn separately, on one level."""

    marks: tuple[Mark, ...]
    level: int

    @property
    def caption(self) -> str:
        first, last = self.marks[0].number, self.marks[-1].number
        return f"{first}" if first == last else f"{first}–{last}"

    @property
    def width(self) -> float:
        return 16 + text_width(self.caption, 11)


@final
@attrs.frozen(kw_only=True, repr=False)
class _Row(Value):
    """A line below the chart: what happened and, for an event, what the guard made of it."""

    at: datetime
    first: str
    then: str = ""
    css: str
    mark: Mark | None = None


def draw(timeline: Timeline) -> str:
    """Return the whole file. The same timeline gives the same bytes, always."""
    key = f"wg-{hashlib.sha256(described(timeline).encode()).hexdigest()[:12]}"
    head = _head(timeline, 0)
    chart = _chart(timeline, key, head.bottom)
    legend = _legend(timeline, key, chart.bottom)
    rows = _rows(timeline, legend.bottom)
    height = rows.bottom + MARGIN
    drawn = (
        tag("title", xml_text(f"{timeline.title}: {timeline.answer}"), id=f"{key}-t"),
        tag("desc", xml_text(described(timeline)), id=f"{key}-d"),
        tag("style", Markup(_style())),
        tag("defs", *(_pattern(key, what) for what in _LOOKS)),
        tag("rect", class_="wg-sheet", x=0.5, y=0.5, width=WIDTH - 1, height=height - 1, rx=8),
        *(part for block in (head, chart, legend, rows) for part in block.drawn),
    )
    return tag(
        "svg",
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        class_="wg",
        lang="en",
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
        width=WIDTH,
        height=height,
        viewBox=f"0 0 {number(WIDTH)} {number(height)}",
    )


# ── The head ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _head(timeline: Timeline, top: float) -> _Block:
    policy = timeline.history.policy
    under = fitted(WIDTH - 200, f"policy {policy.id}, version {policy.version}", 11)
    drawn = [
        text(MARGIN, top + 34, fitted(WIDTH - 2 * MARGIN, timeline.history.account, 18), "wg-h"),
        text(MARGIN, top + 54, f"{under}; all times in UTC", "wg-soft"),
        *_answer(timeline, top + 66),
    ]
    bottom = top + 100
    for note in timeline.notes:
        drawn += _note(note, bottom + 10)
        bottom += LINE_HEIGHT
    return _Block(drawn=tuple(drawn), bottom=bottom)


def _answer(timeline: Timeline, top: float) -> Iterator[Markup]:
    """The answer in words, beside a tick or a cross."""
    verdict = Permission.ALLOWED if timeline.is_allowed else Permission.DENIED
    sign = "M-5 0L-1.5 4L5.5 -5" if timeline.is_allowed else "M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5"
    words = f"{_prose.instant_words(timeline.history.now)}: {timeline.asked_and_answered}"
    width = min(WIDTH - 2 * MARGIN, text_width(words, 13) + 40)
    yield tag("rect", class_="wg-edge", x=MARGIN, y=top, width=width, height=26, rx=4, fill=_colour(verdict))
    yield tag("path", class_="wg-sign", d=sign, transform=f"translate({number(MARGIN + 16)} {number(top + 13)})")
    yield text(MARGIN + 30, top + 18, words, "wg-answer")


def _note(words: str, middle: float) -> Iterator[Markup]:
    at = f"translate({number(MARGIN + 7)} {number(middle)})"
    yield tag("path", class_="wg-note", d="M0 -7L8 6H-8zM0 -3V1.5M0 3.2V4.6", transform=at)
    yield text(MARGIN + 24, middle + 4, words, "wg-strong")


# ── The chart ────────────────────────────────────────────────────────────────────────────────────────────────────


def _chart(timeline: Timeline, key: str, top: float) -> _Block:
    """The axis, the band, the marks and the lanes; the grid below them, the breaks and the line of now above them."""
    axis = axis_of(timeline.instants, LEFT, RIGHT)
    flags = _flags(timeline.marks, axis)
    band_top = top + 64
    marks_top = band_top + BAR_HEIGHT + 8
    lanes_top = marks_top + LINE_HEIGHT * (1 + max((flag.level for flag in flags), default=0)) + 6
    bottom = lanes_top + LANE_HEIGHT * len(timeline.lanes) + 4
    tops = [lanes_top + index * LANE_HEIGHT for index in range(len(timeline.lanes))]
    spans = [(span, band_top) for span in timeline.band]
    spans += [(span, lane_top + 16) for lane, lane_top in zip(timeline.lanes, tops, strict=True) for span in lane.spans]
    shown = [(span, y) for span, y in spans if span.until is None or span.until > axis.pieces[0].since]
    drawn = [
        *_grid(axis, top + 40, bottom),
        *(line(MARGIN, y, RIGHT + 12, y, "wg-grid") for y in tops),
        *(part for span, y in shown for part in _bar(span, axis, key, y)),
        *_future(timeline, axis, band_top, bottom),
        *_breaks(axis, top + 40, bottom),
        *_now(timeline, axis, top + 43, bottom),
        *(part for span, y in shown for part in _bar_label(span, axis, y)),
        text(MARGIN, band_top + 15, fitted(LEFT - MARGIN - 16, _in_all(timeline), 12), "wg-strong"),
        *_where_to(timeline, band_top + 28),
        text(MARGIN, marks_top + 15, "events", "wg-strong"),
        *(part for flag in flags for part in _flag(flag, axis, marks_top)),
    ]
    for lane, lane_top in zip(timeline.lanes, tops, strict=True):
        drawn += _lane(lane, timeline.marks, axis, lane_top)
    return _Block(drawn=tuple(drawn), bottom=bottom)


def _in_all(timeline: Timeline) -> str:
    return _prose.asked_in_all(attrs.evolve(timeline.history.request, destination_id=None))


def _where_to(timeline: Timeline, y: float) -> Iterator[Markup]:
    where_to = timeline.history.destination_id
    if where_to is not None:
        yield text(MARGIN, y, fitted(LEFT - MARGIN - 16, f"to {where_to}", 11), "wg-aside")


def _grid(axis: Axis, top: float, bottom: float) -> Iterator[Markup]:
    """The axis is at `top`, its labels are above it, and its lines reach the bottom."""
    for heading in _spaced(axis.headings()):
        yield text(heading.x, top - 18, heading.text, "wg-strong")
    for tick in axis.ticks():
        yield line(tick.x, top, tick.x, bottom, "wg-grid")
        if any(piece.left + 15 <= tick.x <= piece.right - 15 for piece in axis.pieces):
            yield text(tick.x, top - 4, tick.text, "wg-tick")
    for piece in axis.pieces:
        yield line(piece.left, top, piece.right, top, "wg-axis")


def _spaced(headings: Iterable[Label]) -> list[Label]:
    """Leave out a heading that would overlap the next one. The first heading of a piece moves to the left instead."""
    kept, limit = list[Label](), WIDTH - MARGIN + 12
    for heading in reversed(list(headings)):
        width = text_width(heading.text, 11) + 6
        x = min(heading.x, limit - width) if heading.may_move else heading.x
        if x + width <= limit:
            kept.append(Label(x=x, text=heading.text))
            limit = x
    return kept[::-1]


def _bar(span: Span, axis: Axis, key: str, top: float) -> Iterator[Markup]:
    """A span in its colour and pattern, with an arrow if nothing ends it."""
    left, right = _edges(span, axis)
    yield from _swatch(span.what, key, left, top, max(right - left, 1.5), BAR_HEIGHT)
    if span.until is None:
        tip = f"M{number(right)} {number(top)}l10 {number(BAR_HEIGHT / 2)}l-10 {number(BAR_HEIGHT / 2)}z"
        yield tag("path", class_="wg-edge", d=tip, fill=_colour(span.what))


def _bar_label(span: Span, axis: Axis, top: float) -> Iterator[Markup]:
    """The word of a span in its widest piece, if it fits, and a transparent rectangle with a tooltip."""
    left, right = _edges(span, axis)
    yield _box("wg-hover", left, top, max(right - left, 1.5), BAR_HEIGHT, _tooltip(span_words(span)))
    parts = [(max(left, piece.left), min(right, piece.right)) for piece in axis.pieces]
    start, end = max(parts, key=lambda part: part[1] - part[0])
    if end - start >= text_width(span.what, 11) + 4:
        yield text((start + end) / 2, top + 14, span.what, "wg-word")


def _edges(span: Span, axis: Axis) -> tuple[float, float]:
    return axis.x(span.since), RIGHT if span.until is None else axis.x(span.until)


def _future(timeline: Timeline, axis: Axis, top: float, bottom: float) -> Iterator[Markup]:
    """Shade the future, which comes like this if nothing else happens."""
    left = axis.x(timeline.history.now)
    yield _box("wg-future", left, top - 2, RIGHT + 12 - left, bottom - top + 2)


def _breaks(axis: Axis, top: float, bottom: float) -> Iterator[Markup]:
    """Cover each break of the axis, and draw it with ragged edges."""
    for piece, after in pairwise(axis.pieces):
        yield _box("wg-gap", piece.right, top - 2, after.left - piece.right, bottom - top + 4)
        for edge in (piece.right, after.left):
            teeth = "l3 4l-6 4l3 4" * int((bottom - top) / 12)
            yield tag("path", class_="wg-ragged", d=f"M{number(edge)} {number(top - 2)}{teeth}")


def _now(timeline: Timeline, axis: Axis, top: float, bottom: float) -> Iterator[Markup]:
    """The line between what is known and what is expected, with its labels."""
    x = axis.x(timeline.history.now)
    yield line(x, top + 16, x, bottom, "wg-now")
    yield tag("rect", class_="wg-pill", x=x - 17, y=top, width=34, height=16, rx=8)
    yield text(x, top + 12, "now", "wg-pilled")
    if x + 22 + text_width(_BEYOND, 11) <= RIGHT:
        yield text(x + 22, top + 11.5, _BEYOND, "wg-aside")


# ── Marks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _flags(marks: Iterable[Mark], axis: Axis) -> list[_Flag]:
    """Give each mark the first level on which it fits; a mark that fits on none joins the mark before it."""
    flags: list[_Flag] = []
    free_from = [0.0] * MARK_LEVELS_MAX
    for mark in marks:
        x = axis.x(mark.at)
        level = next((level for level, free in enumerate(free_from) if x >= free), None)
        if level is None:
            flags[-1] = _Flag(marks=(*flags[-1].marks, mark), level=flags[-1].level)
        else:
            flags.append(_Flag(marks=(mark,), level=level))
        free_from[flags[-1].level] = axis.x(flags[-1].marks[0].at) + flags[-1].width + 3
    return flags


def _flag(flag: _Flag, axis: Axis, top: float) -> Iterator[Markup]:
    """A flag with its numbers. The first mark gives the shape, unless one of them was refused."""
    first = flag.marks[0]
    refused = any(mark.kind is MarkKind.REFUSED for mark in flag.marks)
    x, y = axis.x(first.at), top + LINE_HEIGHT * flag.level + 11
    if first.dated < first.at:
        yield line(axis.x(first.dated), y, x - 6, y, "wg-late")
    elif first.dated > first.at:
        yield line(min(x + flag.width, RIGHT), y, max(x + flag.width, axis.x(first.dated)), y, "wg-late")
    words = _tooltip("; ".join(f"{mark.number} ({mark.event}): {mark.happened}" for mark in flag.marks))
    shape = _shape(MarkKind.REFUSED if refused else first.kind, x, y)
    beside = x + flag.width <= WIDTH - 8
    place, css = (x + 8, "wg-number") if beside else (x - 8, "wg-number wg-left")
    struck = [line(x - 8, y, x + 8, y, "wg-strike")] if all(mark.retracted for mark in flag.marks) else []
    yield tag("g", words, shape, *struck, text(place, y + 4, flag.caption, css))


def _shape(kind: MarkKind, x: float, y: float, scale: float = 1) -> Markup:
    size = "" if scale == 1 else f" scale({number(scale)})"
    at = f"translate({number(x)} {number(y)}){size}"
    return tag("path", class_=f"wg-mark wg-{kind.replace(' ', '-')}", d=_SHAPES[kind], transform=at)


# ── Lanes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lane(lane: Lane, marks: Iterable[Mark], axis: Axis, top: float) -> Iterator[Markup]:
    """The name of a hold, the event that placed it, how it ended, and the marks that are about it."""
    hold = lane.hold
    words = _tooltip(f"hold {hold.id}, {lane_words(lane)}; it stops {_prose.held_words(hold)}")
    name = text(MARGIN, top + 15, shortened(hold.rule.id, 26), "wg-strong")
    aside = text(MARGIN, top + 28, f"by {fitted(80, hold.cause.event, 11)}, {lane.ending}", "wg-aside")
    room = LEFT - MARGIN - 16
    beside = (text(MARGIN, top + 40, fitted(room, lane.aside, 11), "wg-aside"),) if lane.aside else ()
    yield tag("g", words, name, aside, *beside)
    for mark in marks:
        if hold.id in mark.holds:
            yield _shape(mark.kind, axis.x(mark.at), top + 9, 0.8)
            if mark.retracted:
                yield line(axis.x(mark.at) - 7, top + 9, axis.x(mark.at) + 7, top + 9, "wg-strike")
    if lane.until is not None and lane.until <= axis.pieces[-1].until:
        x = axis.x(lane.until)
        yield line(x, top + 12, x, top + 20 + BAR_HEIGHT, "wg-end")


# ── The legend and the rows ──────────────────────────────────────────────────────────────────────────────────────


def _legend(timeline: Timeline, key: str, top: float) -> _Block:
    """Each colour and each shape of this picture, with its word."""
    spans = (*timeline.band, *(span for lane in timeline.lanes for span in lane.spans))
    used = {span.what for span in spans}
    kinds = {mark.kind for mark in timeline.marks}
    x, y, drawn = MARGIN, top + 22, list[Markup]()
    for what in (what for what in _LOOKS if what in used):
        drawn += [*_swatch(what, key, x, y - 10, 18, 12), text(x + 23, y, what, "wg-text")]
        x += 40 + text_width(what, 11)
    for kind in (kind for kind in _SHAPES if kind in kinds):
        x, y = (x, y) if x + text_width(kind, 11) + 40 <= RIGHT else (MARGIN, y + LINE_HEIGHT)
        drawn += [_shape(kind, x + 6, y - 4), text(x + 16, y, kind, "wg-text")]
        x += 34 + text_width(kind, 11)
    return _Block(drawn=tuple(drawn), bottom=y + 8)


def _rows(timeline: Timeline, top: float) -> _Block:
    """One line for each event, for each change that comes by time and for the answer, in the order of knowledge."""
    rows = sorted(_sentences(timeline), key=lambda row: row.at)
    instants = [_prose.clock_words(row.mark.dated if row.mark else row.at) for row in rows]
    left = MARGIN + 58 + max(text_width(instant, 11) for instant in instants)
    drawn, y = [line(MARGIN, top + 12, RIGHT + 12, top + 12, "wg-grid")], top + 18
    for row, instant in zip(rows, instants, strict=True):
        y += ROW_HEIGHT
        if row.mark is not None:
            drawn += [
                _shape(row.mark.kind, MARGIN + 6, y - 4),
                text(MARGIN + 16, y, f"{row.mark.number}", "wg-number"),
            ]
        drawn.append(text(MARGIN + 46, y, instant, "wg-time"))
        drawn.append(_sentence(row, left, y))
    return _Block(drawn=tuple(drawn), bottom=y)


def _sentences(timeline: Timeline) -> Iterator[_Row]:
    """Give the rows by kind. Of one instant they stay in this order: what comes by time, the events, the answer."""
    for passage in timeline.passages:
        yield _Row(at=passage.at, first=passage.text, css="wg-self")
    for mark in timeline.marks:
        css = "wg-text wg-struck" if mark.retracted else "wg-text"
        yield _Row(at=mark.at, first=mark.happened, then=mark.outcome, css=css, mark=mark)
    yield _Row(at=timeline.history.now, first=f"now: {timeline.asked_and_answered}", css="wg-strong")


def _sentence(row: _Row, left: float, y: float) -> Markup:
    """Write a row in one line. If it is too long, what happened is cut before what the guard made of it."""
    whole = f"{row.first} → {row.then}" if row.then else row.first
    room = letters_in(RIGHT + 12 - left, whole, 11, SIGN_WIDTH_IN_SENTENCES)
    said = shortened(whole, room)
    if row.then and said != whole:
        then = shortened(row.then, max(room - len(row.first) - 3, room * 2 // 3))
        said = f"{shortened(row.first, room - len(then) - 3)} → {then}"
    tip = () if said == whole else (_tooltip(whole),)
    return tag("g", *tip, text(left, y, said, row.css))


# ── Style ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _style() -> str:
    """Rules for light pages, then rules for dark ones; without variables, which some SVG readers lack."""
    return (
        ".wg{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;font-size:11px;"
        "max-width:100%;height:auto}"
        ".wg text{white-space:pre}"
        ".wg-h{font-size:18px;font-weight:700}"
        ".wg-strong,.wg-number{font-weight:600}"
        ".wg-answer{font-size:13px;font-weight:700;fill:#12161a}"
        ".wg-word{text-anchor:middle;fill:#12161a;font-weight:600;paint-order:stroke;stroke:#fff;stroke-opacity:.8;"
        "stroke-width:3px;stroke-linejoin:round}"
        ".wg-tick,.wg-pilled{text-anchor:middle}"
        ".wg-number{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}"
        ".wg-left{text-anchor:end}"
        ".wg-self{font-style:italic}"
        ".wg-struck{text-decoration:line-through}"
        ".wg-strike{stroke-width:2}"
        ".wg-time,.wg-tick{font-variant-numeric:tabular-nums}"
        ".wg-pilled{font-weight:700}"
        ".wg-hover{fill:#fff;fill-opacity:0}"
        ".wg-sign{fill:none;stroke:#12161a;stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}"
        ".wg-note{fill:#f0e442;stroke:#12161a;stroke-width:1.3;stroke-linejoin:round}"
        ".wg-now{stroke-width:1.6;stroke-dasharray:5 3}"
        ".wg-late{stroke-dasharray:2 2}"
        ".wg-end{stroke-width:2}"
        ".wg-ragged{fill:none}"
        ".wg-future{fill-opacity:.5}"
        f"{_inks(*_PAPER)}@media (prefers-color-scheme:dark){{{_inks(*_NIGHT)}}}"
    )


def _inks(ink: str, soft: str, faint: str, background: str) -> str:
    return (
        f".wg-h,.wg-strong,.wg-text,.wg-number,.wg-time,.wg-self{{fill:{ink}}}"
        f".wg-soft,.wg-tick,.wg-aside{{fill:{soft}}}"
        f".wg-grid{{stroke:{faint}}}"
        f".wg-axis,.wg-ragged,.wg-late{{stroke:{soft}}}"
        f".wg-now,.wg-end,.wg-strike{{stroke:{ink}}}"
        f".wg-edge{{stroke:{ink};stroke-width:.8}}"
        f".wg-mark{{fill:{ink};stroke:{background};stroke-width:.8}}"
        f".wg-nothing-new{{fill:{background};stroke:{ink};stroke-width:1.4}}"
        f".wg-refused{{fill:none;stroke:{ink};stroke-width:2.2}}"
        f".wg-number{{stroke:{background}}}"
        f".wg-pill{{fill:{ink}}}.wg-pilled{{fill:{background}}}"
        f".wg-sheet{{fill:{background};stroke:{faint}}}.wg-gap,.wg-future{{fill:{background}}}"
    )


def _pattern(key: str, what: Permission | Stage) -> Markup:
    _, size, turn, dark = _LOOKS[what]
    parts = [tag("path", d=dark, fill="#12161a", fill_opacity=0.3)] if dark else []
    return tag(
        "pattern",
        *parts,
        id=_pattern_id(key, what),
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({turn})" if turn else None,
    )


def _pattern_id(key: str, what: Permission | Stage) -> str:
    return f"{key}-{what.replace(' ', '-')}"


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _box(css: str, x: float, y: float, width: float, height: float, *children: Markup) -> Markup:
    return tag("rect", *children, class_=css, x=x, y=y, width=width, height=height)


def _swatch(what: Permission | Stage, key: str, x: float, y: float, width: float, height: float) -> Iterator[Markup]:
    """A rectangle in the colour of a state, with its pattern over it."""
    size = {"x": x, "y": y, "width": width, "height": height}
    yield tag("rect", class_="wg-edge", fill=_colour(what), **size)
    if _LOOKS[what][-1]:
        yield tag("rect", fill=f"url(#{_pattern_id(key, what)})", **size)


def _colour(what: Permission | Stage) -> str:
    return _LOOKS[what][0]


def _tooltip(words: str) -> Markup:
    return tag("title", xml_text(shortened(words, TOOLTIP_LENGTH_MAX)))
