"""The page *Django in an hour* shows this code, and the part to copy stays short."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

from django.test import SimpleTestCase

HOST = Path(__file__).parents[1]
PAGE = HOST.parents[2] / "howto" / "django-in-an-hour.md"
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


class ThePage(SimpleTestCase):
    """What it shows, and what it says about sizes."""

    def test_each_block_is_part_of_the_file_that_is_named_above_it(self) -> None:
        blocks = re.findall(r"`([\w/.]+)`:\n\n```py\n(.*?)```", PAGE.read_text(), re.DOTALL)
        assert len(blocks) == PAGE.read_text().count("```py\n") == 7
        for name, block in blocks:
            assert block in (HOST / name).read_text(), f"{name} does not have:\n{block}"

    def test_the_first_safe_payout_needs_at_most_1_200_words(self) -> None:
        before, found, _ = PAGE.read_text().partition("**This is the first safe payout.**")
        assert found
        assert len(before.split()) <= 1200

    def test_the_part_to_copy_and_the_shop_are_short(self) -> None:
        assert code_lines("guard") <= 530
        assert code_lines("shop") <= 735


def code_lines(folder: str) -> int:
    """Count the lines with code: without blank lines, comments, docstrings and what Django generates."""
    files = (path for path in (HOST / folder).rglob("*.py") if "migrations" not in path.parts)
    return sum(len(lines_of(path.read_text())) for path in files)


def lines_of(source: str) -> set[int]:
    """Return the numbers of the lines with code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in LAYOUT:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines
