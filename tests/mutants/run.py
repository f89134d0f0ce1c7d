"""Mutates what mutmut skips: tables, fields and defaults of classes, limits, members of vocabularies, policies.

    python tests/mutants/run.py [--only MODULE]

Every constant, member and element outside the bodies of functions is changed once, in a copy of `src`, and a short
suite runs on the copy. A mutant that survives must stand in `EXPLAINED` with its reason; another one, or an
explanation that is no longer needed, fails. The result is written to `RESULT.md` beside this file.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PACKAGE = Path("src/withdraw_guard")
MODULES = (
    "_transitions.py",
    "_policy.py",
    "_events.py",
    "_progress.py",
    "_holds.py",
    "_account.py",
    "_changes.py",
    "_decisions.py",
    "_lift.py",
    "_limits.py",
    "_offers.py",
    "_open.py",
    "_refusals.py",
    "_structure.py",
    "_time.py",
    "_words.py",
    "steps.py",
    "tips.py",
    "policies/binance.py",
)
SUITE = (
    "test_policies.py",
    "test_conformance.py",
    "test_values.py",
    "test_schemas.py",
    "test_wire.py",
    "test_time.py",
    "test_laws.py",
)
VOCABULARIES = {
    "State": ("SUSPENDED", "VERIFICATION", "REVIEW", "APPEAL", "RESTORED"),
    "Move": ("STARTED", "SUBMITTED", "FAILED", "APPROVED", "REJECTED", "APPEALED", "GRANTED", "DISMISSED", "RELEASED"),
    "LiftedBy": ("ANY", "ALL"),
    "Repeat": ("EXTEND", "KEEP"),
    "Destinations": ("ANY", "NEW"),
    "Destination": ("NEW", "KNOWN"),
    "Identity": ("PERSONAL", "BUSINESS"),
}
# Why a mutant may survive: `module: what was changed` → the reason.
EXPLAINED: dict[str, str] = {}


class Mutator(ast.NodeTransformer):
    """Changes the place with the given number, and tells what it was; without a number it only counts."""

    def __init__(self, number: int | None) -> None:
        self.number, self.count, self.told = number, 0, ""

    def _is_next(self, told: str) -> bool:
        self.count += 1
        if self.count - 1 != self.number:
            return False
        self.told = told
        return True

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        where = f"line {node.lineno}: `{node.value!r}`"
        if isinstance(node.value, bool):
            return ast.Constant(not node.value) if self._is_next(f"{where} negated") else node
        if isinstance(node.value, int):
            return ast.Constant(node.value + 1) if self._is_next(f"{where} plus one") else node
        if isinstance(node.value, str):
            return ast.Constant(f"{node.value}x") if self._is_next(f"{where} with an x") else node
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        members = VOCABULARIES.get(node.value.id, ()) if isinstance(node.value, ast.Name) else ()
        if node.attr in members:
            following = members[(members.index(node.attr) + 1) % len(members)]
            if self._is_next(f"line {node.lineno}: `{node.attr}` for `{following}`"):
                return ast.Attribute(node.value, following, ast.Load())
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        for keyword in list(node.keywords):
            if self._is_next(f"line {node.lineno}: without `{keyword.arg}`"):
                node.keywords.remove(keyword)
                return node
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node

    def visit_Set(self, node: ast.Set) -> ast.AST:
        return self._without_an_element(node, node.elts)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        return self._without_an_element(node, node.elts)

    def _without_an_element(self, node: ast.Set | ast.Tuple, elements: list[ast.expr]) -> ast.AST:
        for element in list(elements):
            if len(elements) > 1 and self._is_next(f"line {element.lineno}: without `{ast.unparse(element)[:60]}`"):
                elements.remove(element)
                return node
        return self.generic_visit(node)


def mutants_of(module: str) -> Iterator[tuple[str, str]]:
    """Every mutant of a module: what was changed, and its source."""
    source = (ROOT / PACKAGE / module).read_text()
    counter = Mutator(None)
    counter.visit(ast.parse(source))
    for number in range(counter.count):
        mutator = Mutator(number)
        tree = ast.fix_missing_locations(mutator.visit(ast.parse(source)))
        yield mutator.told, ast.unparse(tree)


def survives(copy: Path) -> bool:
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    tests = [f"tests/{name}" for name in SUITE]
    try:
        run = subprocess.run(
            [*command, "--hypothesis-profile=quick", *tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=300,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="one module")
    modules = [only] if (only := parser.parse_args().only) else list(MODULES)
    rows, unexpected, explained = [], [], set()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "repository"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".nox", ".venv", ".hypothesis"))
        for name in ("conformance", "vectors"):
            if (ROOT.parent / "shared" / name).exists():
                shutil.copytree(ROOT.parent / "shared" / name, Path(folder) / "shared" / name)
        for module in modules:
            total, killed = 0, 0
            for told, source in mutants_of(module):
                (copy / PACKAGE / module).write_text(source)
                total, survived = total + 1, survives(copy)
                killed += not survived
                key = f"{module}: {told.partition(': ')[2]}"
                if survived and key in EXPLAINED:
                    explained.add(key)
                elif survived:
                    unexpected.append(f"{module}: {told}")
                    print(f"survived  {module}: {told}", flush=True)
            shutil.copy(ROOT / PACKAGE / module, copy / PACKAGE / module)
            rows.append((module, total, killed))
            print(f"{module}: {killed} of {total} killed", flush=True)
    if not only:
        write_result(rows, unexpected)
        unexpected += [f"no longer survives: {key}" for key in EXPLAINED.keys() - explained]
    return 1 if unexpected else 0


def write_result(rows: list[tuple[str, int, int]], unexpected: list[str]) -> None:
    lines = ["# Mutants of the data", "", "Written by `nox -s mutants`. Repeat it with that command.", ""]
    lines += ["| module | mutants | killed |", "| --- | --: | --: |"]
    lines += [f"| `{module}` | {total} | {killed} |" for module, total, killed in rows]
    lines += ["", "## Survivors", ""]
    lines += [f"- `{key}`: {reason}" for key, reason in sorted(EXPLAINED.items())] or ["None."]
    lines += ["", *(f"- not explained: {told}" for told in unexpected)] if unexpected else []
    (HERE / "RESULT.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
