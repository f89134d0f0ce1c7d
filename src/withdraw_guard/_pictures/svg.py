"""SVG as text: every text is escaped, and numbers have one form."""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.escape import Markup, shortened, visible, xml_text

# The average width of a sign as a part of its size: in a few Latin words, in a Latin sentence, in other scripts.
SIGN_WIDTH: Final = 0.6
SIGN_WIDTH_IN_SENTENCES: Final = 0.55
_WIDE_SIGN_WIDTH: Final = 1.05


def tag(element: str, *children: Markup, **attributes: str | float | None) -> Markup:
    """Write an element. Underscores in names of attributes become hyphens; an attribute without a value is left out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return Markup(f"<{element}{written}>{inside}</{element}>\n" if inside else f"<{element}{written}/>\n")


def text(x: float, y: float, words: str, css: str) -> Markup:
    """Write words, in one line."""
    return tag("text", xml_text(words), class_=css, x=x, y=y)


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> Markup:
    """Draw a straight line."""
    return tag("line", class_=css, x1=x1, y1=y1, x2=x2, y2=y2)


def number(value: float) -> str:
    """Write a number with one digit of fraction at most."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def text_width(words: str, size: float, sign_width: float = SIGN_WIDTH) -> float:
    """Estimate the width of words, rather too wide than too narrow."""
    return size * sum(sign_width if sign.isascii() else _WIDE_SIGN_WIDTH for sign in words)


def letters_in(room: float, words: str, size: float, sign_width: float = SIGN_WIDTH) -> int:
    """Estimate how many letters like those of these words fit."""
    shown = visible(words)
    return int(room / text_width(shown, size, sign_width) * len(shown))


def fitted(room: float, words: str, size: float) -> str:
    """Return the words; if they do not fit, a part of their middle is left out."""
    return shortened(words, letters_in(room, words, size))


def _value(value: str | float) -> str:
    return xml_text(value) if isinstance(value, str) else number(value)
