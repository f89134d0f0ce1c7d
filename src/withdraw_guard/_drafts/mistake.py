"""A mistake in a draft: what is wrong, where it stands in the text, and what to write there."""

from __future__ import annotations

from typing import final

import attrs


@final
@attrs.frozen(kw_only=True)
class Correction:
    """What to write instead of the text from one place to another."""

    begin: int
    end: int
    text: str


@final
@attrs.frozen(kw_only=True)
class Mistake:
    """One fault, from one place of the text to another, with advice in sentences."""

    path: str
    problem: str
    begin: int
    end: int
    advice: tuple[str, ...] = ()
    correction: Correction | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


def corrected(text: str, mistakes: tuple[Mistake, ...]) -> str:
    """Return the text as somebody leaves it who follows the advice; of two corrections that overlap, the first."""
    corrections = sorted(
        (mistake.correction for mistake in mistakes if mistake.correction), key=lambda each: each.begin
    )
    done, pieces = 0, list[str]()
    for each in corrections:
        if each.begin >= done:
            pieces += (text[done : each.begin], each.text)
            done = each.end
    return "".join((*pieces, text[done:]))
