"""Reads what the code says of itself: its sentences, its signatures, the names of its tests."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from withdraw_guard.testing import LAWS


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return re.split(r"(?<=[.?!])\s+(?=[A-Z`])", paragraph, maxsplit=1)[0]


def sentences(made: object) -> dict[str, str]:
    """What stands as a string below each constant of a module, or below each member of a class."""
    body = _body(made)
    return {
        name: inspect.cleandoc(said.value.value)
        for statement, said in pairwise(body)
        if (name := _assigned(statement)) and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
    }


def docstring_of(file: Path) -> str:
    """What a file says it is for, without running it."""
    return ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""


def public_names(module: ModuleType) -> tuple[str, ...]:
    """What a module exports: its `__all__`, or what it defines without an underscore."""
    named: list[str] | None = getattr(module, "__all__", None)
    return tuple(named or dict.fromkeys(name for name in _defined(module) if not name.startswith("_")))


def home_of(module: ModuleType, name: str) -> ModuleType:
    """The module in which a name is defined that this one may only pass on."""
    for statement in _body(module):
        if isinstance(statement, ast.ImportFrom) and name in {alias.name for alias in statement.names}:
            return home_of(importlib.import_module(str(statement.module)), name)
    return module


def source_of(module: ModuleType, name: str) -> str:
    """The value that a constant is given, as it is written."""
    statement = next(found for found in _body(module) if _assigned(found) == name)
    assert isinstance(statement, ast.Assign | ast.AnnAssign)
    assert statement.value is not None
    return ast.unparse(statement.value)


def signature(made: object) -> str:
    """The arguments of a function, a value or an error as they are written; nothing for a vocabulary."""
    node = _node(made)
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    decorators = " ".join(map(ast.unparse, node.decorator_list))
    if isinstance(node, ast.FunctionDef):
        arguments, returned = ast.unparse(node.args), ast.unparse(node.returns) if node.returns else ""
        if decorators == "st.composite":  # `draw` comes from Hypothesis, and the caller gets a strategy.
            arguments, returned = arguments.removeprefix("draw: st.DrawFn, "), f"SearchStrategy[{returned}]"
        return f"({arguments}){f' -> {returned}' if returned else ''}"
    if isinstance(made, type) and issubclass(made, Enum):
        return ""
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return f"({ast.unparse(statement.args).removeprefix('self, ')})"
    by_name = [] if "attrs" in decorators and "kw_only=True" not in decorators else ["*"]
    return f"({', '.join([*by_name, *_fields(node)])})" if list(_fields(node)) else "()"


def fields_of(cls: type) -> dict[str, str]:
    """The fields of a value with their types, as they are written."""
    node = _node(cls)
    assert isinstance(node, ast.ClassDef)
    return {
        statement.target.id: ast.unparse(statement.annotation)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        if "ClassVar" not in ast.unparse(statement.annotation)
    }


def laws(file: Path) -> dict[str, list[tuple[str, str]]]:
    """The tests of a file that are a law or say what they prove, with the first paragraph of that, by section."""
    text = file.read_text("utf-8")
    _, *parts = re.split(r"^# ── (.+?) ─+$", text, flags=re.MULTILINE)
    return {head: list(_proofs(part)) for head, part in zip(parts[::2], parts[1::2], strict=True)}


def _proofs(part: str) -> Iterator[tuple[str, str]]:
    for test in ast.parse(part).body:
        match test:
            case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]) if name.startswith("test_"):
                own = ast.get_docstring(test) if isinstance(test, ast.FunctionDef) else None
                law = name.removeprefix("test_")
                if said := own or (inspect.getdoc(LAWS[law]) if law in LAWS else None):
                    yield law, " ".join(said.partition("\n\n")[0].split())


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text("utf-8"))


def _body(made: object) -> list[ast.stmt]:
    if isinstance(made, ModuleType):
        assert made.__file__ is not None
        stub = Path(made.__file__).with_suffix(".pyi")
        return _tree(str(stub) if stub.exists() else made.__file__).body
    node = _node(made)
    assert isinstance(node, ast.ClassDef)
    return node.body


def _node(made: object) -> ast.stmt:
    assert isinstance(made, type) or inspect.isfunction(made)
    home = home_of(importlib.import_module(made.__module__), made.__name__)
    # The last, because overloads stand before the function itself.
    return next(node for node in reversed(_body(home)) if getattr(node, "name", "") == made.__name__)


def _assigned(statement: ast.stmt) -> str | None:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return None


def _defined(module: ModuleType) -> list[str]:
    return [
        name
        for statement in _body(module)
        if (name := statement.name if isinstance(statement, ast.ClassDef | ast.FunctionDef) else _assigned(statement))
    ]


def _fields(node: ast.ClassDef) -> Iterator[str]:
    """The keywords that a value takes: a default is what its field says it is."""
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or "ClassVar" in ast.unparse(statement.annotation):
            continue
        default = statement.value
        if isinstance(default, ast.Call) and ast.unparse(default.func) == "attrs.field":
            options = {keyword.arg: keyword.value for keyword in default.keywords}
            if "init" in options:
                continue
            default = options.get("default")
        written = f"{ast.unparse(statement.target)}: {ast.unparse(statement.annotation)}"
        if default is None:
            yield written
        else:
            shown = ast.unparse(default)
            yield f"{written} = {'...' if shown.startswith('_') else shown}"
