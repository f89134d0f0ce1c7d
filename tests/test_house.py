"""The rules of the code: what it may import and call, what it exports, how it is laid out."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import withdraw_guard

REPOSITORY = Path(__file__).parents[1]
SOURCE = REPOSITORY / "src" / "withdraw_guard"
MODULES = {str(path.relative_to(SOURCE)): ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
# The command line is the one shell: it reads files, asks the clock and prints.
SHELL = {"__main__.py", *(name for name in MODULES if name.startswith("cli/"))}
PURE = [name for name in MODULES if name not in SHELL]
# What helps to test a host: it may use what the extra `[testing]` brings along, and it runs the hooks of an asyncio
# host to their end, one after the other, on a loop that it makes and closes itself; nothing in it is a coroutine.
TESTING = [name for name in MODULES if name.startswith("testing")]

each_module = pytest.mark.parametrize("module", MODULES)
each_pure_module = pytest.mark.parametrize("module", PURE)

HARMLESS = {
    "__future__",
    "abc",
    "attrs",
    "bisect",
    "codecs",
    "collections",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "functools",
    "hashlib",
    "heapq",
    "html",
    "itertools",
    "json",
    "marshal",
    "math",
    "operator",
    "re",
    "string",
    "textwrap",
    "types",
    "typing",
    "withdraw_guard",
}
HOMES = {
    "dateutil": {"_values/time.py"},
    "cattrs": {"_wire/structure.py"},
    "rich": {"cli/_rich.py"},
    "ruamel": {"_drafts/yaml_text.py"},
}
# The one pure module that imports while it runs: it loads a policy when the policy is asked for.
LOADS_LATER = "policies/__init__.py"
FORBIDDEN_CALLS = {
    "__import__",
    "breakpoint",
    "compile",
    "eval",
    "exec",
    "exit",
    "globals",
    "id",
    "input",
    "locals",
    "open",
    "print",
    "quit",
}
# Clocks, local time, the environment, files. `datetime.now` needs no import of its own.
FORBIDDEN_ATTRIBUTES = {
    "environ",
    "fromtimestamp",
    "getenv",
    "gettz",
    "localtime",
    "monotonic",
    "now",
    "perf_counter",
    "read_text",
    "time_ns",
    "today",
    "tzlocal",
    "utcfromtimestamp",
    "utcnow",
    "write_text",
}
FUNCTION_LINES_MAX = 40

Function = ast.FunctionDef | ast.AsyncFunctionDef


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.Import | ast.ImportFrom]]:
    """Every module that is imported anywhere, by its top-level name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0], node


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def looks_at_the_world(tree: ast.AST) -> Iterator[str]:
    """Every call of what is forbidden, and every clock that is passed on without being called."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                yield name
            case ast.Call(func=ast.Attribute(attr=name)) if name in FORBIDDEN_ATTRIBUTES:
                yield name
            case ast.Attribute(value=ast.Name(id="date" | "datetime" | "os" | "sys" | "time" | "tz"), attr=name):
                if name in FORBIDDEN_ATTRIBUTES:
                    yield f"{name} of a module or class"


def top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of the module itself, among them those of a `try` around an import."""
    for node in tree.body:
        yield node
        if isinstance(node, ast.Try):
            yield from node.body


# ── Nothing but its arguments ────────────────────────────────────────────────────────────────────────────────────


def test_there_is_something_to_look_at() -> None:
    assert len(PURE) >= 30
    assert {"_rules/move.py", "wire.py", "policies/kraken.py"} <= set(PURE)


@each_pure_module
def test_a_module_imports_only_what_is_harmless(module: str) -> None:
    """No clock, randomness, files, sockets, processes, threads, event loops, environment or logs: they are not here."""
    homes = {package for package, homes in HOMES.items() if module in homes}
    allowed = HARMLESS | homes | ({"asyncio", "hypothesis"} if module in TESTING else set())
    allowed |= {"importlib"} if module == LOADS_LATER else set()
    assert {name for name, _ in imports(MODULES[module])} <= allowed


@pytest.mark.parametrize("package", HOMES)
def test_a_dependency_is_used_where_it_is_at_home_and_nowhere_else(package: str) -> None:
    users = {module for module, tree in MODULES.items() if package in {name for name, _ in imports(tree)}}
    assert users == HOMES[package]


@each_pure_module
def test_a_module_calls_nothing_that_looks_at_the_world(module: str) -> None:
    """One makes its constructors of text, as attrs does; the text is its own."""
    assert set(looks_at_the_world(MODULES[module])) == ({"compile"} if module == "_model/unchecked.py" else set())


@each_pure_module
def test_a_module_has_no_state(module: str) -> None:
    changed = [node for node in ast.walk(MODULES[module]) if isinstance(node, ast.Global | ast.Nonlocal)]
    assert changed == []
    awaited = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert [node for node in ast.walk(MODULES[module]) if isinstance(node, awaited)] == []


@each_module
def test_nothing_is_enforced_by_an_assert(module: str) -> None:
    """`python -O` drops them."""
    assert [node.lineno for node in ast.walk(MODULES[module]) if isinstance(node, ast.Assert)] == []


@each_module
def test_imports_are_absolute_and_at_the_top(module: str) -> None:
    at_the_top = list(top_level(MODULES[module]))
    for _, node in imports(MODULES[module]):
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"relative import in line {node.lineno}"
        assert node in at_the_top, f"import inside a function, a class or a condition in line {node.lineno}"


def test_a_manner_that_is_broken_is_seen() -> None:
    """These checks can fail."""
    rude = ast.parse(
        "import os.path\nfrom . import x\ndef f():\n    from time import time\n    global y\n    assert y\n"
        "    open('x')\n    self.clock.now()\n    f(datetime.now)\n    entry.now\n"
    )
    assert {name for name, _ in imports(rude)} == {"os", "", "time"}
    late = [node for _, node in imports(rude) if node not in list(top_level(rude))]
    assert [node.lineno for node in late] == [4]
    assert sorted(looks_at_the_world(rude)) == ["now", "now of a module or class", "open"]


AUDITED = """
import sys
from datetime import UTC, datetime, timedelta, timezone
from contextlib import suppress

sys.path.insert(0, {tests!r})
from digest_journal import ACCOUNT, CHAPTERS, REQUESTS
from withdraw_guard import (
    Account, EventRefused, InvalidValue, apply, check, decide,
    evolve, next_change_at, open_holds, phase, replay, wire,
)

chapters = [
    (wire.policy_from_dict(policy), [wire.event_from_dict(event) for event, _ in chapter])
    for policy, chapter in CHAPTERS
]
instants = [datetime(2026, month, day, 9, tzinfo=zone)
    for month in (1, 2, 3) for day in (1, 5, 6, 20) for zone in (UTC, timezone(timedelta(hours=5)))]
naive = datetime(2026, 1, 5, 9)
listening, heard = False, []

def becomes_a_value(event, arguments):
    # The interpreter reports it when a draft of ours becomes a value.
    made, *what = arguments if event == "object.__setattr__" else (None,)
    return what[:1] == ["__class__"] and type(made).__name__.endswith("Draft")

def listen(event, arguments):
    if listening and not becomes_a_value(event, arguments):
        heard.append(event)
        raise RuntimeError("the library looked at the world: " + event)

sys.addaudithook(listen)
listening = True
try:
    open({control!r})
except RuntimeError:
    control = heard.pop()
account, changes = Account(id=ACCOUNT), ()
for policy, events in chapters:
    for event in events:
        with suppress(EventRefused):
            decided = decide(policy, account, event)
            assert replay(account, decided) == apply(policy, account, event).account
            for change in decided:
                account = evolve(account, change)
            changes += decided
        for at in instants:
            for request in REQUESTS:
                check(account, at, request)
            open_holds(account, at), phase(account, at), next_change_at(account, at)
for wrong in (naive, datetime.max.replace(tzinfo=UTC), "now", None):
    with suppress(InvalidValue):
        check(account, wrong)
assert replay(Account(id=ACCOUNT), changes) == account
listening = False
print(control, len(changes), heard)
"""


def test_the_verbs_ask_the_system_for_nothing() -> None:
    """Every audit event of the interpreter while a whole journal is handled and asked about is a failure."""
    script = AUDITED.format(tests=str(Path(__file__).parent), control=os.devnull)
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert told.stderr == ""
    control, count, heard = told.stdout.split(maxsplit=2)
    assert (control, heard) == ("open", "[]\n")
    assert int(count) > 20


# ── What is exported ─────────────────────────────────────────────────────────────────────────────────────────────


def sorted_as_ruff_does(names: list[str]) -> list[str]:
    """Constants, then classes, then the rest: RUF022, `isort-style`."""
    return sorted(names, key=lambda name: (0 if name.isupper() else 1 if name[0].isupper() else 2, name))


def public_imports(tree: ast.Module) -> set[str]:
    imported = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module != "__future__"]
    names = {alias.asname or alias.name for node in imported for alias in node.names}
    return {name for name in names if not name.startswith("_")}


def exporting_modules() -> list[str]:
    """The modules that have an `__all__`, by their import names."""
    having = []
    for name, tree in MODULES.items():
        targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            dotted = name.removesuffix(".py").removesuffix("__init__").replace("/", ".").strip(".")
            having.append(f"withdraw_guard.{dotted}".rstrip("."))
    return having


# The catalogues are data of `messages`, and a language is added to them by one line.
PUBLIC_PACKAGES = [name for name in MODULES if re.fullmatch(r"((?!catalogues)[a-z]\w*/)?__init__\.py", name)]


@pytest.mark.parametrize("package", PUBLIC_PACKAGES)
def test_every_public_name_of_a_package_is_exported(package: str) -> None:
    dotted = f"withdraw_guard/{package}".removesuffix("/__init__.py").replace("/", ".")
    assert public_imports(MODULES[package]) <= set(importlib.import_module(dotted).__all__)


def test_the_library_exports_what_it_imports_and_nothing_else() -> None:
    assert set(withdraw_guard.__all__) == public_imports(MODULES["__init__.py"])


@pytest.mark.parametrize("name", exporting_modules())
def test_what_is_exported_exists_and_is_sorted(name: str) -> None:
    module = importlib.import_module(name)
    assert [export for export in module.__all__ if not hasattr(module, export)] == []
    assert module.__all__ == sorted_as_ruff_does(module.__all__)
    assert len(module.__all__) == len(set(module.__all__))
    defined = {
        public
        for public, value in vars(module).items()
        if not public.startswith("_") and getattr(value, "__module__", None) == name
    }
    assert defined <= set(module.__all__)


def test_the_modules_that_export_are_found() -> None:
    assert {"withdraw_guard", "withdraw_guard.policies", "withdraw_guard.wire"} <= set(exporting_modules())


def test_everything_can_be_imported_at_once() -> None:
    script = "from withdraw_guard import *; print(check, policies.BINANCE.id)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert told.stderr == ""
    assert told.stdout.startswith("<function check at ")


def test_the_package_is_typed() -> None:
    assert (SOURCE / "py.typed").exists()


# ── How it is laid out ───────────────────────────────────────────────────────────────────────────────────────────


@each_module
def test_a_module_begins_with_what_it_is_for(module: str) -> None:
    docstring = ast.get_docstring(MODULES[module])
    assert docstring, "the theory stands at the top of the file"
    assert docstring.splitlines()[0].endswith((".", ":", "?"))


def public_definitions(tree: ast.Module) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in top_level(tree):
        if isinstance(node, Function | ast.ClassDef) and not (node.name.startswith("_") or is_overload(node)):
            yield node.name, node
            for member in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(member, Function) and not (member.name.startswith("_") or is_property(member)):
                    yield f"{node.name}.{member.name}", member


def is_overload(node: Function | ast.ClassDef) -> bool:
    """A signature for type checkers; the function itself says what it is."""
    return any(isinstance(decorator, ast.Name) and decorator.id == "overload" for decorator in node.decorator_list)


def is_property(function: Function) -> bool:
    """A property that is named by its meaning needs no sentence."""
    return any(isinstance(decorator, ast.Name) and decorator.id == "property" for decorator in function.decorator_list)


# Each is a public name of two modules: the terms of an appeal and the step to it, a fault of a policy and of a host,
# the step to complete a verification and the action of a way out that completes it, the page that a published policy
# was read from and whatever sends messages.
NAMED_TWICE = {"Appeal", "Finding", "CompleteVerification", "Payout", "Source", "Span"}


def test_no_two_classes_have_the_same_name() -> None:
    """With and without an underscore, so that a reader who searches for a class finds one."""
    trees = MODULES.values()
    classes = Counter(
        node.name.lstrip("_") for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in classes.items() if count > 1} == NAMED_TWICE
    assert {classes[name] for name in NAMED_TWICE} == {2}


@each_module
def test_every_public_class_and_callable_says_what_it_is(module: str) -> None:
    silent = [name for name, node in public_definitions(MODULES[module]) if ast.get_docstring(node) is None]
    assert silent == []


def body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return 0 if not body else (body[-1].end_lineno or 0) - body[0].lineno + 1


@each_module
def test_no_function_must_be_scrolled(module: str) -> None:
    long = {node.name: body_lines(node) for node in functions(MODULES[module]) if body_lines(node) > FUNCTION_LINES_MAX}
    assert long == {}


def test_the_lines_of_a_function_are_counted_without_its_docstring() -> None:
    (function,) = functions(ast.parse('def f():\n    """One\n    two."""\n    x = 1\n\n    return x\n'))
    assert body_lines(function) == 3


# Spelled in two pieces, so that this file does not match itself.
MACHINE_PATHS = ["/wor" + "k/", "/t" + "mp/ve" + "nv", "/roo" + "t/", "/home/" + "user", ".pyenv/ver" + "sions/3"]
REGISTRIES = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "golang" + ".org", "crates" + ".io"]


def files_of_the_repository() -> list[Path]:
    if shutil.which("git") is None or not (REPOSITORY / ".git").exists():
        pytest.skip("this is not a clone of the repository")
    command = ["git", "-C", str(REPOSITORY), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [REPOSITORY / name for name in listed.split("\0") if name and (REPOSITORY / name).is_file()]


@pytest.mark.parametrize("word", [*MACHINE_PATHS, *REGISTRIES], ids=lambda word: word.strip("/").replace("/", "-"))
def test_no_file_knows_a_machine_or_a_registry(word: str) -> None:
    """What is true on one machine only has no place in a repository."""
    files = files_of_the_repository()
    assert len(files) > 30
    assert [str(path.relative_to(REPOSITORY)) for path in files if word.encode() in path.read_bytes()] == []
