"""Everything a developer checks. `nox` runs it all, `nox -l` lists the sessions.

The loops of the tests are `quick`, `tests`, `.ci/run` and `deep`: `tests/loops.py` says what each of them runs. The
sessions that run tests share one environment, and so do those that check types, style and layers.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent / "tests"))

from loops import LOOPS, QUICK

nox.needs_version = ">=2025.10"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["coverage", "pythons", "floors", "lint", "types", "layers", "wheel", "sdist", "docs"]
nox.options.error_on_missing_interpreters = False

CONSTRAINTS = "constraints.txt"
PROJECT = nox.project.load_toml("pyproject.toml")
LIBRARY = ("-e", ".[cli,testing]")
TEST_TOOLS = nox.project.dependency_groups(PROJECT, "test")
LINT_TOOLS = nox.project.dependency_groups(PROJECT, "lint")
DOCS_TOOLS = nox.project.dependency_groups(PROJECT, "docs")
SITE_TOOLS = nox.project.dependency_groups(PROJECT, "site")
ENGINES = nox.project.dependency_groups(PROJECT, "engines")
SPARK = nox.project.dependency_groups(PROJECT, "spark")
BENCH_TOOLS = nox.project.dependency_groups(PROJECT, "bench")
RELEASE_TOOLS = nox.project.dependency_groups(PROJECT, "release")
# What the library needs in the playground: pure wheels.
IN_THE_BROWSER = ("attrs", "cattrs", "python-dateutil", "ruamel.yaml", "six", "typing_extensions")
WITHOUT_LOOPS = ("pytest", "-q", "--noconftest", "-c", "tests/browser/pytest.ini")
OTHER_PYTHONS = ["3.12", "3.13", "3.14"]
# One pool for everything: a file stays in one process, and the longest begin.
IN_PARALLEL = ("--numprocesses=logical", "--dist=loadfile", "--no-loadscope-reorder")
# What another Python or an older library could change: the ten seconds, and whatever reads or writes.
IN_PART = ("--loop=quick", *QUICK, "tests/test_wire.py", "tests/test_time.py", "tests/test_digest.py")

# Interpreters that are on the machine and not on the path.
for versions in ("~/.pyenv/versions", "~/.local/share/uv/python"):
    for scripts in sorted(Path(versions).expanduser().glob("*/bin")):
        os.environ["PATH"] += f"{os.pathsep}{scripts}"


# ── The two environments that sessions share ─────────────────────────────────────────────────────────────────────


def install(session: nox.Session, *wanted: str, constraints: str = CONSTRAINTS) -> None:
    """Install, unless the environment has it already: asking pip again takes seconds."""
    stamp = Path(session.virtualenv.location) / "installed.txt"
    asked = "\n".join([*wanted, Path("pyproject.toml").read_text("utf-8"), Path(constraints).read_text("utf-8")])
    if not stamp.exists() or stamp.read_text("utf-8") != asked:
        session.install("-c", constraints, *wanted)
        stamp.write_text(asked, "utf-8")


@nox.session(default=False)
def tools(session: nox.Session) -> None:
    """Make the environment that tests run in."""
    install(session, *LIBRARY, *TEST_TOOLS)


@nox.session(default=False)
def checkers(session: nox.Session) -> None:
    """Make the environment that checks style, types and layers."""
    install(session, *LIBRARY, *TEST_TOOLS, *LINT_TOOLS)


def run_from(session: nox.Session, environment: str, program: str, *arguments: str, **variables: str) -> None:
    """Run a program of one of the shared environments."""
    session.run(program_of(session.cache_dir.parent / environment, program), *arguments, external=True, env=variables)


def program_of(environment: Path, name: str) -> str:
    """Return where an environment has a program."""
    return str(environment / ("Scripts" if os.name == "nt" else "bin") / name)


# ── The loops ────────────────────────────────────────────────────────────────────────────────────────────────────


@nox.session(python=False, requires=["tools"])
def quick(session: nox.Session) -> None:
    """Run the tests that find most: ten seconds."""
    run_from(session, "tools", "pytest", *IN_PARALLEL, *LOOPS["quick"].arguments(), *session.posargs)


@nox.session(python=False, requires=["tools"])
def tests(session: nox.Session) -> None:
    """Run every kind of test at a small size: two minutes with the environment, on two cores."""
    run_from(session, "tools", "pytest", *IN_PARALLEL, *LOOPS["tests"].arguments(), *session.posargs)


@nox.session(python=False, requires=["tools"])
def coverage(session: nox.Session) -> None:
    """Run every test, with branch coverage of 100 %."""
    run_from(session, "tools", "coverage", "erase")
    run_from(session, "tools", "coverage", "run", "-m", "pytest", *IN_PARALLEL, *LOOPS["ci"].arguments())
    run_from(session, "tools", "coverage", "combine", "--quiet")
    run_from(session, "tools", "coverage", "report")


@nox.session(python=False, requires=["tools"])
def deep(session: nox.Session) -> None:
    """Run the random tests at a large size, then everything that is measured and written down. Takes hours."""
    run_from(session, "tools", "pytest", *IN_PARALLEL, *LOOPS["deep"].arguments(), *session.posargs)
    for name in ("crosshair", "hosts", "seeds", "mutants", "mutmut"):
        session.notify(name, [])
    session.notify("hosts-django", ["deep"])
    session.notify("hosts-fastapi", ["deep"])


# ── Other Pythons, other versions ────────────────────────────────────────────────────────────────────────────────


@nox.session(python=OTHER_PYTHONS)
def pythons(session: nox.Session) -> None:
    """Run a part of the tests on another Python."""
    install(session, *LIBRARY, *TEST_TOOLS)
    session.run("pytest", *IN_PARALLEL, *(session.posargs or IN_PART))


@nox.session(python="3.11")
def floors(session: nox.Session) -> None:
    """Run a part of the tests with the oldest versions that `pyproject.toml` allows."""
    optional = PROJECT["project"]["optional-dependencies"].values()
    asked = [*PROJECT["project"]["dependencies"], *(each for extra in optional for each in extra)]
    oldest = [each.replace(">=", "==") for each in asked if ">=" in each]
    names = "|".join(re.escape(each.partition("==")[0]) for each in oldest)
    newest = Path(session.create_tmp()) / "constraints.txt"
    lines = Path(CONSTRAINTS).read_text("utf-8").splitlines()
    newest.write_text("\n".join(line for line in lines if not re.match(f"({names})==", line)), "utf-8")
    install(session, *LIBRARY, *oldest, *TEST_TOOLS, constraints=str(newest))
    session.run("pytest", *IN_PARALLEL, *(session.posargs or IN_PART))


if shutil.which("npm"):

    @nox.session(python=False, default=False)
    def pyodide(session: nox.Session) -> None:
        """Run the suite on the newest Python, as Pyodide from npm."""
        session.run("bash", "tests/pyodide/run.sh", external=True)


# ── Style, types, layers ─────────────────────────────────────────────────────────────────────────────────────────


@nox.session(python=False, requires=["checkers"])
def lint(session: nox.Session) -> None:
    """Check format and style."""
    run_from(session, "checkers", "ruff", "format", "--check", ".")
    run_from(session, "checkers", "ruff", "check", ".")


@nox.session(python=False, requires=["checkers"])
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, both strict: the library, the pages, and that both find planted mistakes."""
    run_from(session, "checkers", "mypy")
    run_from(
        session, "checkers", "pyright", "--pythonpath", program_of(session.cache_dir.parent / "checkers", "python")
    )
    run_from(session, "checkers", "pytest", "-p", "no:randomly", "tests/test_typing.py")


@nox.session(python=False, requires=["checkers"])
def layers(session: nox.Session) -> None:
    """Check that modules import only from below."""
    run_from(session, "checkers", "lint-imports")


# ── What is shipped ──────────────────────────────────────────────────────────────────────────────────────────────


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the archive and the wheel into `dist`, twice with the same bytes, and use the wheel in an empty place."""
    install(session, "build")
    shutil.rmtree("dist", ignore_errors=True)
    build(session, Path(), Path("dist").resolve())
    folder = Path(session.create_tmp())
    shutil.rmtree(folder, ignore_errors=True)
    build(session, unpacked(folder), folder / "again")
    for built in sorted(Path("dist").iterdir()):
        if built.read_bytes() != (folder / "again" / built.name).read_bytes():
            session.error(f"{built.name} has other bytes when it is built from the unpacked archive")
    use(session, folder / "empty", next(Path("dist").glob("*.whl")).resolve())


def build(session: nox.Session, source: Path, target: Path) -> None:
    """Build the archive and, from it, the wheel."""
    command = ("python", "-m", "build", "--outdir", str(target), str(source))
    session.run(*command, env={"PIP_CONSTRAINT": str(Path(CONSTRAINTS).resolve())}, silent=True)


def unpacked(folder: Path) -> Path:
    """Unpack the archive that stands in `dist`, and return where its files are."""
    (archive,) = Path("dist").glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def use(session: nox.Session, environment: Path, built: Path) -> None:
    """Install the wheel in an environment of its own, without and with its command line, and ask it something."""
    session.run("python", "-m", "venv", "--clear", str(environment))
    python = program_of(environment, "python")
    pip = (python, "-m", "pip", "install", "-q", "-c", CONSTRAINTS)
    session.run(*pip, str(built), external=True)
    session.run(python, "-c", "import withdraw_guard; print(withdraw_guard.policies.BINANCE.id)", external=True)
    session.run(python, "-m", "withdraw_guard", external=True, success_codes=[2])
    session.run(*pip, f"{built}[cli]", external=True)
    journal = str(Path("docs/examples/journal.jsonl").resolve())
    session.run(python, "-m", "withdraw_guard", "replay", journal, external=True, success_codes=[0, 1], silent=True)
    session.run(python, "-m", "withdraw_guard", "test-policy", "kraken", "--fail-if", "uncovered", external=True)


@nox.session
def sdist(session: nox.Session) -> None:
    """Unpack the archive somewhere else and run there what the README says, word for word."""
    install(session, "build")
    with tempfile.TemporaryDirectory() as folder:
        session.run("python", "-m", "build", "--sdist", "--outdir", "dist", silent=True)
        checkout = unpacked(Path(folder))
        for command in readme_commands():
            session.log(command)
            session.run("bash", "-euo", "pipefail", "-c", f"cd {checkout} && {command}", external=True)


def readme_commands() -> list[str]:
    """Return the commands of the README that make an environment and run something in it."""
    return re.findall(r"^python3 -m venv .*$", Path("README.md").read_text("utf-8"), re.MULTILINE)


@nox.session(default=False)
def pages(session: nox.Session) -> None:
    """Make the environment that makes the site and the playground, and looks at both."""
    install(session, *LIBRARY, *DOCS_TOOLS, *SITE_TOOLS)


@nox.session(python=False, requires=["pages"])
def docs(session: nox.Session) -> None:
    """Make the site of the pages, with every warning and every link that leads nowhere as an error."""
    made, begun = site_of(session), time.monotonic()
    shutil.rmtree(made, ignore_errors=True)
    if Path("dist/play").exists():  # what `play` left there
        shutil.copytree("dist/play", made / "playground")
    strict = ("-W", "--keep-going", "-n", "-E", "-q", "-j", "2")
    run_from(session, "pages", "sphinx-build", *strict, "-b", "html", "docs", str(made))
    session.log(f"read it: {made / 'index.html'}, made in {time.monotonic() - begun:.0f} s")


def site_of(session: nox.Session) -> Path:
    """Return where the site is made."""
    return session.cache_dir.parent.resolve() / "pages" / "tmp" / "html"


if shutil.which("npm"):

    def install_modules(session: nox.Session) -> None:
        """Install what the lock in `tests/browser/` names."""
        session.run("npm", "ci", "--prefix", "tests/browser", "--no-audit", "--no-fund", external=True, silent=True)

    @nox.session(python=False, requires=["docs"], default=False)
    def site(session: nox.Session) -> None:
        """Measure each page of the site in Chromium, and keep pictures of ten pages in both themes."""
        install_modules(session)
        made = site_of(session)
        run_from(session, "pages", *WITHOUT_LOOPS, "tests/browser/check_site.py", SITE=str(made))
        session.log(f"look at them: {made.parent / 'screenshots'}")

    @nox.session(python=False, requires=["pages"], default=False)
    def play(session: nox.Session) -> None:
        """Make the playground in `dist/play`: put it into the folder `playground` of the site, or serve it as it is."""
        install_modules(session)
        wheels = site_of(session).parent / "wheels"
        shutil.rmtree(wheels, ignore_errors=True)
        download = ("download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(wheels), "-c", CONSTRAINTS)
        run_from(session, "pages", "pip", *download, *IN_THE_BROWSER)
        run_from(
            session, "pages", "pip", "wheel", "-q", "--no-deps", "-w", str(wheels), ".", PIP_CONSTRAINT=CONSTRAINTS
        )
        made = ("tests/browser/node_modules", str(wheels), "dist/play")
        run_from(session, "pages", "python", "-m", "playground.make", *made, PYTHONPATH="docs")
        session.log("read it: `python -m http.server -d dist/play`")

    @nox.session(python=False, requires=["play"], default=False)
    def browser(session: nox.Session) -> None:
        """Walk through the playground in Chromium, with every other host blocked."""
        run_from(session, "pages", *WITHOUT_LOOPS, "-s", "tests/browser/check_play.py", PLAY="dist/play")


@nox.session(default=False)
def release(session: nox.Session) -> None:
    """Build what would be published, check it, and print its notes: RELEASING.md says what comes before and after."""
    install(session, *LIBRARY, *TEST_TOOLS, *RELEASE_TOOLS)
    version = PROJECT["project"]["version"]
    notes = notes_of(version)
    if not notes:
        session.error(f"CHANGELOG.md has no section about {version}")
    session.run("pytest", "-q", "-p", "no:randomly", "tests/test_results.py")
    shutil.rmtree("dist", ignore_errors=True)
    build(session, Path(), Path("dist").resolve())
    session.run("twine", "check", "--strict", *sorted(map(str, Path("dist").iterdir())))
    session.log(f"the notes of {version}:\n\n{notes}")


def notes_of(version: str) -> str:
    """Return the section of the changelog about a version."""
    text = Path("CHANGELOG.md").read_text("utf-8")
    found = re.search(rf"^## \[?{re.escape(version)}\b.*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


# ── What is measured and written down ────────────────────────────────────────────────────────────────────────────


@nox.session(python=False, requires=["tools"], default=False)
def seconds(session: nox.Session) -> None:
    """Measure how much processor time each file of tests takes in the loop `tests`, and write it down."""
    loop = ("--loop=tests", "-p", "seconds")
    run_from(session, "tools", "pytest", *IN_PARALLEL, *loop, *session.posargs, PYTHONPATH="tests")


@nox.session(python=False, requires=["tools"], default=False)
def seeds(session: nox.Session) -> None:
    """Show which technique finds which planted fault, or with `-- --loop tests` which of them that loop finds alone."""
    run_from(session, "tools", "python", "tests/run_seeds.py", *session.posargs)


@nox.session(python=False, requires=["tools"], default=False)
def mutants(session: nox.Session) -> None:
    """Mutate tables, defaults, limits and policies; a mutant that survives without a reason fails. Takes an hour."""
    run_from(session, "tools", "python", "tests/mutants/data.py", *session.posargs)


@nox.session(default=False)
def mutmut(session: nox.Session) -> None:
    """Mutate the verbs; a mutant that survives without a reason fails. Takes a quarter of an hour."""
    install(session, *LIBRARY, *TEST_TOOLS, "mutmut")
    session.run("python", "tests/mutants/functions.py")


@nox.session(python=False, requires=["tools"], default=False)
def hosts(session: nox.Session) -> None:
    """Show how soon `HostMachine` breaks each of nine hosts, and that the tenth passes. Takes some minutes."""
    run_from(session, "tools", "python", "-m", "hosts.run", *session.posargs, PYTHONPATH="tests")


@nox.session(python=False, name="hosts-fastapi", default=False)
def hosts_fastapi(session: nox.Session) -> None:
    """Check the host for FastAPI and PostgreSQL, on a PostgreSQL of its own; `-- deep` runs a larger crowd."""
    host = "docs/examples/hosts/fastapi_postgres/serve.py"
    larger = {"GUARD_DEEP": "1", "GUARD_EXAMPLES": "500"} if "deep" in session.posargs else {}
    for command in ("types", "test"):
        session.run(sys.executable, host, command, external=True, env=larger)


@nox.session(name="hosts-django", python=False, default=False)
def hosts_django(session: nox.Session) -> None:
    """Check the host for Django, on a PostgreSQL of its own; `-- deep` runs a larger crowd and longer walks."""
    program = "docs/examples/hosts/django_allauth/run.py"
    larger = {"SHOP_DEEP": "1"} if "deep" in session.posargs else {}
    for command in ("types", "test"):
        session.run("python3", program, command, external=True, env=larger)


@nox.session(default=False)
def engines(session: nox.Session) -> None:
    """Check that plain Python, DuckDB and Spark give the same backtest; without a JDK, Spark is left out."""
    spark = SPARK if shutil.which("java") else ()
    install(session, *LIBRARY, *ENGINES, *spark)
    session.run(*WITHOUT_LOOPS, "-rs", "docs/examples/engines")
    if not spark:
        session.warn("SKIPPED: the backtest was NOT run on Spark, because there is no JDK")


@nox.session(default=False)
def crosshair(session: nox.Session) -> None:
    """Let a solver look for a number that breaks one of the laws with one number in it."""
    install(session, *LIBRARY, *TEST_TOOLS, "hypothesis-crosshair")
    solver = ("-p", "no:randomly", "--hypothesis-profile=crosshair")
    session.run("pytest", *solver, "tests/test_one_number.py", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the library beside its peers and print the page about it. Takes ten minutes; `-- --quick` one or two."""
    install(session, "-e", ".[cli]", *BENCH_TOOLS)
    session.run("python", "-m", "bench.run", *session.posargs)
