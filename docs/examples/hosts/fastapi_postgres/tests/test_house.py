"""What the README promises about the code."""

from __future__ import annotations

import ast
import asyncio
import re
import tokenize
from pathlib import Path

import measure
import pytest
from cluster import Cluster
from world import World, run

HOST = Path(__file__).parents[1]


def lines_of_code(path: Path) -> int:
    """Count the lines that are neither blank nor part of a comment or a docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    told = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    told_lines = {n for node in told for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    code, nothing = set[int](), {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type not in nothing | {tokenize.ENDMARKER, tokenize.ENCODING}:
                code |= {*range(token.start[0], token.end[0] + 1)}
    return len(code - told_lines)


@pytest.mark.parametrize(("folder", "most"), [("guard", 400), ("shop", 600)])
def test_the_part_to_copy_and_the_shop_are_as_short_as_promised(folder: str, most: int) -> None:
    assert sum(map(lines_of_code, (HOST / folder).glob("*.py"))) <= most


def test_the_readme_is_one_page() -> None:
    assert len((HOST / "README.md").read_text("utf-8").splitlines()) < 90
    assert len((HOST / "README.md").read_text("utf-8").split()) < 800


def test_every_package_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        lines = [line for line in (HOST / name).read_text("utf-8").splitlines() if line and line[0] not in "#-"]
        assert all("==" in line for line in lines)


def test_nothing_but_the_one_function_sends_money() -> None:
    sends = [path.name for path in (HOST / "guard").glob("*.py") if "rail.send(" in path.read_text("utf-8")]
    sends += [path.name for path in (HOST / "shop").glob("*.py") if "rail.send(" in path.read_text("utf-8")]
    assert sends == ["payouts.py"]


def test_the_walk_of_the_readme_ends_with_a_denial(cluster: Cluster) -> None:
    readme = (HOST / "README.md").read_text("utf-8")
    walk = re.findall(r"^curl -X (\w+) localhost:8000(\S+)(?: --json '(.*)')?$", readme, re.MULTILINE)

    async def story(world: World) -> None:
        headers = {"Content-Type": "application/json"}
        said = [
            await world.client.request(verb, path, content=body, headers=headers if body else {})
            for verb, path, body in walk
        ]
        assert [each.status_code for each in said] == [201, 201, 200, 403]
        assert said[-1].json()["type"].endswith(":wait")

    run(cluster, story)


def test_the_table_of_the_readme_is_what_the_script_writes(cluster: Cluster) -> None:
    """The numbers are of another machine; the rows and the columns are not."""
    run(cluster, _empty)
    written = measure.table(3, *asyncio.run(measure.whole(cluster.url, 3)))
    readme = (HOST / "README.md").read_text("utf-8")
    table = readme.partition(measure.BEGIN)[2].partition(measure.END)[0]
    numbers = re.compile(r"[0-9][0-9.]*|x86_64|aarch64|arm64")
    assert numbers.sub("0", table.strip()) == numbers.sub("0", written)


async def _empty(_: World) -> None:
    """A new world has empty tables."""
