"""Everything a developer checks. `nox` runs it all; `nox -l` lists the sessions; `nox -s tests` is the README's."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.10"
nox.options.sessions = ["tests", "pythons", "lint", "types", "layers", "wheel", "docs"]
nox.options.error_on_missing_interpreters = False

CONSTRAINTS = "constraints.txt"
TEST_TOOLS = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "test")
DOCS_TOOLS = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "docs")
BENCH_TOOLS = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "bench")
LINT_TOOLS = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "lint")
OTHER_PYTHONS = ["3.12", "3.13", "3.14"]
# By file, because the blocks of a page and the journeys of a test module belong together.
IN_PARALLEL = ("--numprocesses=auto", "--dist=loadfile")
# They reach no line that the others do not reach, and take twice as long while coverage is measured.
LONG_ONES = ("differential", "guided_machine", "laws", "metamorphic", "of_the_tests", "walk")
LONG = tuple(f"tests/test_{name}.py" for name in LONG_ONES)

# Interpreters that are on the machine and not on the path.
for versions in ("~/.pyenv/versions", "~/.local/share/uv/python"):
    for scripts in sorted(Path(versions).expanduser().glob("*/bin")):
        os.environ["PATH"] += f"{os.pathsep}{scripts}"


@nox.session
def tests(session: nox.Session) -> None:
    """Run the whole suite on this Python, with branch coverage."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *TEST_TOOLS)
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *IN_PARALLEL, *(f"--ignore={file}" for file in LONG))
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")
    session.run("pytest", *IN_PARALLEL, *LONG)


@nox.session(python=OTHER_PYTHONS)
def pythons(session: nox.Session) -> None:
    """Run the suite on another Python, with fewer examples, and without what looks at the code and not at its work."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *TEST_TOOLS)
    slow = ("tests/test_analysis_compare.py", "tests/test_hosts.py", "tests/test_typing.py")
    left_out = [f"--ignore={file}" for file in (*LONG, *slow) if file != "tests/test_laws.py"]
    session.run("pytest", *IN_PARALLEL, "--hypothesis-profile=quick", *left_out, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check format and style."""
    session.install("-c", CONSTRAINTS, *LINT_TOOLS)
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, both strict, and that both find the planted mistakes."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *LINT_TOOLS, *TEST_TOOLS)
    session.run("mypy")
    session.run("pyright")
    session.run("pytest", "-p", "no:randomly", "tests/test_typing.py")


@nox.session
def layers(session: nox.Session) -> None:
    """Check that modules import only from below."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli]", *LINT_TOOLS)
    session.run("lint-imports")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel and use it in an environment that has nothing else."""
    session.install("-c", CONSTRAINTS, "build")
    with tempfile.TemporaryDirectory() as folder:
        session.run("python", "-m", "build", "--outdir", folder, silent=True)
        (built,) = Path(folder).glob("*.whl")
        empty = Path(folder) / "empty"
        session.run("python", "-m", "venv", str(empty))
        python = str(empty / "bin" / "python")
        session.run(python, "-m", "pip", "install", "-q", "-c", CONSTRAINTS, str(built), external=True)
        session.run(python, "-c", "import withdraw_guard; print(withdraw_guard.policies.BINANCE.id)", external=True)
        session.run(python, "-m", "withdraw_guard", external=True, success_codes=[2])
        session.run(python, "-m", "pip", "install", "-q", "-c", CONSTRAINTS, f"{built}[cli]", external=True)
        journal = Path("docs/examples/journal.jsonl").resolve()
        replay = (python, "-m", "withdraw_guard", "replay", str(journal), "--json")
        session.run(*replay, external=True, success_codes=[1], silent=True)


@nox.session
def docs(session: nox.Session) -> None:
    """Make the site of the pages, with every warning and every link that leads nowhere as an error."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *DOCS_TOOLS)
    site = Path(session.create_tmp()) / "html"
    session.run("sphinx-build", "-W", "--keep-going", "-n", "-E", "-q", "-b", "html", "docs", str(site))
    session.log(f"read it: {site / 'index.html'}")


@nox.session
def seeds(session: nox.Session) -> None:
    """Show which technique kills which seeded fault; a fault that survives fails. Takes some minutes."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *TEST_TOOLS)
    session.run("python", "tests/run_seeds.py", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Mutate tables, defaults, limits and policies; a mutant that survives without a reason fails. Takes an hour."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *TEST_TOOLS)
    session.run("python", "tests/mutants/data.py", *session.posargs)


@nox.session
def mutmut(session: nox.Session) -> None:
    """Mutate the verbs; a mutant that survives without a reason fails. Takes a quarter of an hour."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *TEST_TOOLS, "mutmut")
    session.run("python", "tests/mutants/functions.py")


@nox.session
def hosts(session: nox.Session) -> None:
    """Show how soon `HostMachine` breaks each of nine hosts, and that the tenth passes. Takes some minutes."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *TEST_TOOLS)
    session.run("python", "-m", "hosts.run", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the library beside its peers and print the page about it. Takes ten minutes; `-- --quick` one or two."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli]", *BENCH_TOOLS)
    session.run("python", "-m", "bench.run", *session.posargs)


@nox.session
def deep(session: nox.Session) -> None:
    """Run the laws with fifty times as many examples. Takes an hour."""
    session.install("-c", CONSTRAINTS, "-e", ".[cli,testing]", *TEST_TOOLS)
    session.run("pytest", "--hypothesis-profile=deep", "tests/test_laws.py", *session.posargs)


if shutil.which("npm"):

    @nox.session
    def pyodide(session: nox.Session) -> None:
        """Run the suite on the newest Python, as Pyodide from npm."""
        session.run("bash", "tests/pyodide/run.sh", external=True)
