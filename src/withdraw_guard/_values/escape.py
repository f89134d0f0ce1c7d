r"""Untrusted text inside sentences, XML, Mermaid and Markdown: it stays text, whatever it contains.

Ids, versions, notes and facts come from the host and may be hostile. A character that is invisible, changes the
direction of the line or is forbidden in XML is first replaced by an escape (`\u202e`). Then each format has its own
escapes. The sets are spelled out because `str.isprintable` differs between Python versions and a picture must not.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final, NewType

Markup = NewType("Markup", str)

_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_XML: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}
# The characters that may have a meaning in Mermaid. It writes its own entities with the last four.
_MERMAID: Final = {ord(sign): f"#{ord(sign)};" for sign in "#:;%<>&\"'`$|{}[]\\^~@*\ufb02\u00b0\u00b6\u00df"}
_BACKTICKS: Final = re.compile("`+")
_ELLIPSIS: Final = "…"


def visible(text: str) -> str:
    r"""Replace invisible characters by escapes: `\n`, `\u202e`."""
    return _UNSEEN.sub(lambda sign: ascii(sign[0])[1:-1], text)


def isolated(text: str) -> str:
    """Return the text for a sentence: without invisible characters, and with a direction of its own.

    Letters that are read from right to left would otherwise change the order of the words around them.
    """
    return text if text.isascii() and text.isprintable() else f"\u2068{visible(text)}\u2069"


def shortened(text: str, length_max: int) -> str:
    """Leave out the middle of a text that is too long; its beginning and its end distinguish it from others."""
    return _fitting([visible(sign) for sign in _ends(text, length_max)], length_max)


def xml_text(text: str) -> Markup:
    """Return the text for the content of an element or for an attribute in quotation marks."""
    return Markup(visible(text).translate(_XML))


def mermaid_text(text: str, length_max: int) -> str:
    """Return the text for a Mermaid label; a character with a meaning becomes an entity code.

    The code is at most this long, because Mermaid draws nothing if it gets more than 50,000 characters.
    """
    return _fitting([visible(sign).translate(_MERMAID) for sign in _ends(text, length_max)], length_max)


def markdown_code(text: str) -> str:
    """Return the text as a code span for a cell of a table."""
    shown = visible(text)
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(shown)), default=0))
    padding = " " if "`" in shown else ""
    return f"{fence}{padding}{shown}{padding}{fence}".replace("|", "\\|")


def _ends(text: str, length: int) -> str:
    """Return what can be left of a text that is cut to this length: the signs between its two ends are not read."""
    return text if len(text) <= 2 * length else text[:length] + text[-length:]


def _fitting(signs: list[str], length_max: int) -> str:
    """Join signs, each of one or more characters; leave out the middle if the whole is too long."""
    if sum(map(len, signs)) <= length_max:
        return "".join(signs)
    head = _first(signs, (length_max - 1) * 2 // 3)
    tail = _first(signs[::-1], length_max - 1 - sum(map(len, head)))
    return "".join((*head, _ELLIPSIS, *tail[::-1]))


def _first(signs: list[str], length_max: int) -> list[str]:
    """Return as many of the first signs as fit."""
    lengths = accumulate(map(len, signs))
    return signs[: sum(length <= length_max for length in lengths)]
