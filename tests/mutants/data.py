"""Mutates what mutmut skips: tables, fields and defaults of classes, limits, members of vocabularies, policies.

    python tests/mutants/data.py [--only MODULE]…

Every constant, member and element outside the bodies of functions is changed once, in a copy of `src`, and a short
suite runs on the copy. Where the functions of a module run while it is imported, mutmut cannot reach them, so they are
changed here as well. A mutant that survives must stand in `EXPLAINED` with its reason; another one, or an
explanation that is no longer needed, fails. The result is written to `DATA.md` beside this file.
"""

from __future__ import annotations

import argparse
import ast
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
RESULT = HERE / "DATA.md"
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(ROOT / "docs"))

from tree import named_in, tree_about  # noqa: E402

from loops import BY_MODULE  # noqa: E402

PACKAGE = Path("src/withdraw_guard")
MODULES = (
    "_rules/transitions.py",
    "_model/policy.py",
    "_model/events.py",
    "_model/progress.py",
    "_model/hold.py",
    "_model/account.py",
    "_model/changes.py",
    "_answers/request.py",
    "_rules/move.py",
    "_values/limits.py",
    "_rules/offers.py",
    "_answers/open.py",
    "_model/refusal.py",
    "_wire/structure.py",
    "_values/time.py",
    "_values/vocabulary.py",
    "steps.py",
    "tips.py",
    "policies/_binance.py",
)
# Their functions run while they are imported.
WHOLE = ("_wire/structure.py",)
PROCESSES = 2
# What the type checkers need (a `NewType` gives back what it was given), and what only makes a second hash quick.
FOR_OTHERS = ("converter", "cache_hash")
# Too few journeys for all that is rare.
RARE = "tests/test_differential.py::test_everything_that_can_happen_happened_on_the_way"
FEWER = {"WITHDRAW_GUARD_JOURNEYS": "40"}
SUITE = (
    "tests/test_rulebook.py",
    "tests/test_policies.py",
    "tests/test_conformance.py",
    *BY_MODULE,
    "tests/test_schemas.py",
    "tests/test_wire.py",
    "tests/test_time.py",
    "tests/test_differential.py",
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
OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
# Why a mutant may survive: `module: what was changed` → the reason.
NO_FIELDS = "a class without fields takes no arguments, by keyword or otherwise"
BY_KEYWORD = "only cattrs makes it, and always by keyword"
EXPLAINED = {
    "_model/progress.py: without `kw_only`, in `Suspended`": NO_FIELDS,
    "_model/progress.py: `True` negated, in `Suspended`": NO_FIELDS,
    "_wire/structure.py: without `kw_only`, in `_Mover`": BY_KEYWORD,
    "_wire/structure.py: `True` negated, in `_Mover`": BY_KEYWORD,
    "_wire/structure.py: without `kw_only`, in `_MovedForm`": BY_KEYWORD,
    "_wire/structure.py: `True` negated, in `_MovedForm`": BY_KEYWORD,
    "_wire/structure.py: without `detailed_validation`": "it is the default of cattrs, said because all rests on it",
    "_wire/structure.py: none for `cls`": "the reader that cattrs makes knows its class",
}


class Mutator(ast.NodeTransformer):
    """Changes the place with the given number, and tells what it was; without a number it only counts."""

    def __init__(self, number: int | None, whole: bool = False) -> None:
        self.number, self.whole, self.count, self.told = number, whole, 0, ""
        self.within = ""

    def _is_next(self, told: str) -> bool:
        self.count += 1
        if self.count - 1 != self.number:
            return False
        self.told = f"{told}, in `{self.within}`" if self.within else told
        return True

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.within = node.name
        node = self.generic_visit(node)
        self.within = ""
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if self.whole:
            node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        if self.whole:
            node.body = self.visit(node.body)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        opposite = OPPOSITES.get(type(node.ops[0]))
        if self.whole and opposite and self._is_next(f"line {node.lineno}: `{ast.unparse(node)[:60]}` negated"):
            node.ops[0] = opposite()
            return node
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        if self.whole and self._is_next(f"line {node.lineno}: `{ast.unparse(node)[:60]}` with the other connective"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            return node
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None and ast.unparse(node.annotation) != "TypeAlias":
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

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        # What cannot happen needs no words, and whence an error came is for those who mend the library.
        if isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) != "AssertionError":
            node.exc = self.visit(node.exc)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if ast.unparse(node.func) in ("cast", "TypeVar"):
            return node
        for index, argument in enumerate(node.args if self.whole else []):
            if self._is_next(f"line {node.lineno}: none for `{ast.unparse(argument)[:60]}`"):
                node.args[index] = ast.Constant(None)
                return node
        for keyword in list(node.keywords):
            if keyword.arg in FOR_OTHERS:
                continue
            if self._is_next(f"line {node.lineno}: without `{keyword.arg}`"):
                node.keywords.remove(keyword)
                return node
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            if keyword.arg not in FOR_OTHERS:
                keyword.value = self.visit(keyword.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node if ast.unparse(node.value) == "Literal" else self.generic_visit(node)

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
    source, whole = (ROOT / PACKAGE / module).read_text(), module in WHOLE
    counter = Mutator(None, whole)
    counter.visit(ast.parse(source))
    for number in range(counter.count):
        mutator = Mutator(number, whole)
        tree = ast.fix_missing_locations(mutator.visit(ast.parse(source)))
        yield mutator.told, ast.unparse(tree)


def survives(copy: Path) -> bool:
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1", **FEWER}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    try:
        run = subprocess.run(
            [*command, "--hypothesis-profile=quick", "--deselect", RARE, *SUITE],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=300,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


def copies(folder: Path) -> SimpleQueue[Path]:
    """One copy of the repository for each process, with the open scenarios beside it where they are here."""
    free: SimpleQueue[Path] = SimpleQueue()
    left_out = shutil.ignore_patterns(".git", ".nox", ".venv", ".hypothesis", "mutants")
    for number in range(PROCESSES):
        copy = folder / str(number) / "repository"
        shutil.copytree(ROOT, copy, ignore=left_out)
        for name in ("conformance", "vectors"):
            if (ROOT.parent / "shared" / name).exists():
                shutil.copytree(ROOT.parent / "shared" / name, copy.parent / "shared" / name)
        free.put(copy)
    return free


def survivors_of(module: str, free: SimpleQueue[Path]) -> tuple[int, list[str]]:
    """How many mutants a module has, and those that the suite does not see."""

    def told_if_it_survives(mutant: tuple[str, str]) -> str | None:
        told, source = mutant
        copy = free.get()
        try:
            (copy / PACKAGE / module).write_text(source)
            return told if survives(copy) else None
        finally:
            shutil.copy(ROOT / PACKAGE / module, copy / PACKAGE / module)
            free.put(copy)

    with ThreadPoolExecutor(PROCESSES) as pool:
        results = list(pool.map(told_if_it_survives, mutants_of(module)))
    return len(results), [told for told in results if told is not None]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", help="a module; the rows of the others stay as they are")
    modules = parser.parse_args().only or list(MODULES)
    is_whole = len(modules) == len(MODULES)
    rows, survived = ({}, set[str]()) if is_whole else read_result()
    # The rows that stay were measured on the tree that the file names.
    tree = tree_about(RESULT) if is_whole else named_in(RESULT)
    survived -= {line for line in survived if line.partition(":")[0] in modules}
    with tempfile.TemporaryDirectory() as folder:
        free = copies(Path(folder))
        for module in modules:
            total, survivors = survivors_of(module, free)
            rows[module] = (total, total - len(survivors))
            survived |= {f"{module}: {told.partition(': ')[2]}" for told in survivors}
            print(f"{module}: {total - len(survivors)} of {total} killed", *survivors, sep="\n  ", flush=True)
    write_result(rows, survived, tree)
    unexpected = survived ^ EXPLAINED.keys()
    print(*sorted(unexpected), sep="\n")
    return 1 if unexpected else 0


def read_result() -> tuple[dict[str, tuple[int, int]], set[str]]:
    """The rows and the survivors that were written down last."""
    text = RESULT.read_text()
    rows = {name: (int(total), int(killed)) for name, total, killed in re.findall(r"`(.+)` \| (\d+) \| (\d+)", text)}
    return rows, set(re.findall(r"^- (.+) — ", text, re.MULTILINE))


def write_result(rows: dict[str, tuple[int, int]], survived: set[str], tree: str | None) -> None:
    lines = ["# Mutants of the data", "", "Written by `nox -s mutants`; repeat it with that command."]
    lines += [f"Measured on the tree `{tree}` of `src`.", f"Python {platform.python_version()}.", ""]
    lines += ["| module | mutants | killed |", "| --- | --: | --: |"]
    lines += [f"| `{module}` | {rows[module][0]} | {rows[module][1]} |" for module in MODULES if module in rows]
    lines += [
        f"| **all** | {sum(total for total, _ in rows.values())} | {sum(killed for _, killed in rows.values())} |"
    ]
    lines += ["", "## Survivors", ""]
    lines += [f"- {key} — {EXPLAINED.get(key, 'not explained')}" for key in sorted(survived)] or ["None."]
    RESULT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
